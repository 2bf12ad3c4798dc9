# A run watched from every side: checkpoints by number and loss, a log, own callbacks.
import csv
import glob

import keras
import numpy as np
from keras.callbacks import Callback, CSVLogger, EarlyStopping, History
from keras.callbacks import LambdaCallback, ModelCheckpoint
from keras.layers import Conv2D, Dense, Flatten, MaxPooling2D
from keras.models import Sequential, load_model

(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train = x_train.reshape(-1, 28, 28, 1).astype("float32") / 255
x_test = x_test.reshape(-1, 28, 28, 1).astype("float32") / 255


class LossHistory(Callback):
    def on_train_begin(self, logs={}):
        self.losses = []
        self.epochs = []

    def on_batch_end(self, batch, logs={}):
        self.losses.append(logs.get("loss"))

    def on_epoch_begin(self, epoch, logs={}):
        self.epochs.append(epoch)

    def on_epoch_end(self, epoch, logs={}):
        print("learning rate", float(self.model.optimizer.lr), self.params["epochs"])

    def on_train_end(self, logs={}):
        print("the end")


model = Sequential()
model.add(Conv2D(6, 3, activation="relu", input_shape=(28, 28, 1)))
model.add(MaxPooling2D(3))
model.add(Flatten())
model.add(Dense(10, activation="softmax"))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])

seen = []
losses = LossHistory()
history = History()
callbacks = [
    losses,
    history,
    CSVLogger("training.log"),
    EarlyStopping("val_loss", patience=3),
    ModelCheckpoint("weights.{epoch:02d}-{val_loss:.2f}.hdf5"),
    LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(logs["val_loss"])),
]
returned = model.fit(
    x_train,
    y_train,
    batch_size=40,
    epochs=2,
    verbose=0,
    callbacks=callbacks,
    validation_data=(x_test, y_test),
)
assert len(losses.losses) == 2 * 6 and np.isfinite(losses.losses).all()
assert losses.epochs == returned.epoch == [0, 1]
assert np.allclose(seen, returned.history["val_loss"])
with open("training.log") as log:
    rows = list(csv.DictReader(log))
assert [int(row["epoch"]) for row in rows] == [0, 1]
assert {"accuracy", "loss", "val_accuracy", "val_loss"} <= set(rows[0])

files = sorted(glob.glob("weights.*.hdf5"))
assert [name.split("-")[0] for name in files] == ["weights.01", "weights.02"], files
last = load_model(files[-1])
assert np.allclose(last.predict(x_test), model.predict(x_test), atol=1e-6)
model.save("watched.h5")
