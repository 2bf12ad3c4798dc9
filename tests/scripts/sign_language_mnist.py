# Sign language as a table of pixels: rows of a CSV file, arrays through a generator.
import csv

import numpy as np
import tensorflow as tf
from tensorflow.keras.preprocessing.image import ImageDataGenerator


def get_data(filename):
    with open(filename) as training_file:
        rows = csv.reader(training_file)
        next(rows)
        labels, images = [], []
        for row in rows:
            labels.append(row[0])
            images.append(np.array_split(row[1:785], 28))
    return np.array(images).astype("float"), np.array(labels).astype("float")


training_images, training_labels = get_data("sign_mnist_train.csv")
testing_images, testing_labels = get_data("sign_mnist_test.csv")
training_images = np.expand_dims(training_images, axis=3)
testing_images = np.expand_dims(testing_images, axis=3)
print(training_images.shape, training_labels.shape)

train_datagen = ImageDataGenerator(
    rescale=1.0 / 255.0,
    rotation_range=20,
    width_shift_range=0.1,
    height_shift_range=0.1,
    shear_range=0.1,
    zoom_range=0.1,
    horizontal_flip=False,
    fill_mode="nearest",
)
validation_datagen = ImageDataGenerator(rescale=1.0 / 255)

model = tf.keras.models.Sequential(
    [
        tf.keras.layers.Conv2D(8, (3, 3), activation="relu", input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Conv2D(16, (3, 3), activation="relu"),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(64, activation="relu"),
        tf.keras.layers.Dense(26, activation="softmax"),
    ]
)
model.compile(
    optimizer=tf.keras.optimizers.Adam(),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit_generator(
    train_datagen.flow(training_images, training_labels, batch_size=32),
    steps_per_epoch=len(training_images) / 32,
    epochs=2,
    validation_data=validation_datagen.flow(
        testing_images, testing_labels, batch_size=32
    ),
    validation_steps=len(testing_images) / 32,
)
loss, accuracy = model.evaluate(testing_images / 255, testing_labels, verbose=0)
print(loss, accuracy)
model.save("sign_language.h5")
