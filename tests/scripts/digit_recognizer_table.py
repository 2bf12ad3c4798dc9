# Digits from a competition's table, 2018: RMSprop spelled out, a patience for its step.
import numpy as np
import matplotlib.pyplot as plt
from keras.utils.np_utils import to_categorical
from keras.models import Sequential
from keras.layers import Dense, Dropout, Flatten, Conv2D, MaxPool2D
from keras.optimizers import RMSprop
from keras.preprocessing.image import ImageDataGenerator
from keras.callbacks import ReduceLROnPlateau

np.random.seed(2)
train = np.loadtxt("train.csv", delimiter=",", skiprows=1)
X_train = train[:, 1:].reshape(-1, 28, 28, 1) / 255.0
Y_train = to_categorical(train[:, 0], num_classes=10)
X_val, Y_val = X_train[-40:], Y_train[-40:]
X_train, Y_train = X_train[:-40], Y_train[:-40]

model = Sequential()
model.add(
    Conv2D(
        filters=8,
        kernel_size=(5, 5),
        padding="Same",
        activation="relu",
        input_shape=(28, 28, 1),
    )
)
model.add(MaxPool2D(pool_size=(2, 2)))
model.add(Dropout(0.25))
model.add(Conv2D(filters=8, kernel_size=(3, 3), padding="Same", activation="relu"))
model.add(MaxPool2D(pool_size=(2, 2), strides=(2, 2)))
model.add(Flatten())
model.add(Dense(32, activation="relu"))
model.add(Dropout(0.5))
model.add(Dense(10, activation="softmax"))

optimizer = RMSprop(lr=0.001, rho=0.9, epsilon=1e-08, decay=0.0)
model.compile(
    optimizer=optimizer, loss="categorical_crossentropy", metrics=["accuracy"]
)
learning_rate_reduction = ReduceLROnPlateau(
    monitor="val_accuracy", patience=3, verbose=1, factor=0.5, min_lr=0.00001
)
datagen = ImageDataGenerator(
    featurewise_center=False,
    samplewise_center=False,
    featurewise_std_normalization=False,
    samplewise_std_normalization=False,
    zca_whitening=False,
    rotation_range=10,
    zoom_range=0.1,
    width_shift_range=0.1,
    height_shift_range=0.1,
    horizontal_flip=False,
    vertical_flip=False,
)
datagen.fit(X_train)
batch_size = 40
history = model.fit_generator(
    datagen.flow(X_train, Y_train, batch_size=batch_size),
    epochs=2,
    validation_data=(X_val, Y_val),
    verbose=2,
    steps_per_epoch=X_train.shape[0] // batch_size,
    callbacks=[learning_rate_reduction],
)
fig, ax = plt.subplots(2, 1)
ax[0].plot(history.history["loss"], color="b", label="Training loss")
ax[0].plot(history.history["val_loss"], color="r", label="validation loss")
ax[0].legend(loc="best", shadow=True)
ax[1].plot(history.history["accuracy"], color="b", label="Training accuracy")
plt.show()

test = np.loadtxt("test.csv", delimiter=",", skiprows=1).reshape(-1, 28, 28, 1) / 255
results = np.argmax(model.predict(test), axis=1)
lines = np.stack([np.arange(1, len(results) + 1), results], axis=1)
np.savetxt("submission.csv", lines, "%d", ",", header="ImageId,Label", comments="")
model.save("digit_recognizer.h5")
