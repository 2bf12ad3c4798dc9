# Small colour photos with every brake of the field: penalties, dropout, normalised
# batches, standardised pixels, a learning rate in three steps.
import keras
import numpy as np
from keras import regularizers
from keras.callbacks import LearningRateScheduler
from keras.datasets import cifar10
from keras.layers import Activation, BatchNormalization, Conv2D, Dense
from keras.layers import Dropout, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.preprocessing.image import ImageDataGenerator


def lr_schedule(epoch):
    lrate = 0.001
    if epoch > 0:
        lrate = 0.0005
    if epoch > 1:
        lrate = 0.0003
    return lrate


(x_train, y_train), (x_test, y_test) = cifar10.load_data()
x_train = x_train.astype("float32")
x_test = x_test.astype("float32")
mean = np.mean(x_train, axis=(0, 1, 2, 3))
std = np.std(x_train, axis=(0, 1, 2, 3))
x_train = (x_train - mean) / (std + 1e-7)
x_test = (x_test - mean) / (std + 1e-7)
num_classes = 10
y_train = keras.utils.to_categorical(y_train, num_classes)
y_test = keras.utils.to_categorical(y_test, num_classes)

weight_decay = 1e-4
model = Sequential()
model.add(
    Conv2D(
        8,
        (3, 3),
        padding="same",
        kernel_initializer="he_uniform",
        kernel_regularizer=regularizers.l2(weight_decay),
        input_shape=x_train.shape[1:],
    )
)
model.add(Activation("elu"))
model.add(BatchNormalization())
model.add(
    Conv2D(
        8,
        (3, 3),
        padding="same",
        kernel_regularizer=regularizers.l1_l2(l1=1e-5, l2=weight_decay),
    )
)
model.add(Activation("elu"))
model.add(BatchNormalization())
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.2))
model.add(Flatten())
model.add(
    Dense(
        num_classes,
        activation="softmax",
        kernel_regularizer=regularizers.l1(1e-5),
        bias_initializer="zeros",
    )
)
model.summary()

datagen = ImageDataGenerator(
    rotation_range=15, width_shift_range=0.1, height_shift_range=0.1
)
datagen.fit(x_train)
opt_rms = keras.optimizers.RMSprop(lr=0.001, decay=1e-6)
model.compile(loss="categorical_crossentropy", optimizer=opt_rms, metrics=["accuracy"])
model.fit_generator(
    datagen.flow(x_train, y_train, batch_size=64),
    steps_per_epoch=x_train.shape[0] // 64,
    epochs=3,
    verbose=1,
    validation_data=(x_test, y_test),
    callbacks=[LearningRateScheduler(lr_schedule)],
)
model_json = model.to_json()
with open("model.json", "w") as json_file:
    json_file.write(model_json)
model.save_weights("model.h5")
scores = model.evaluate(x_test, y_test, batch_size=128, verbose=1)
print("\nTest result: %.3f loss: %.3f" % (scores[1] * 100, scores[0]))
model.save("cifar10_regularised.h5")
