# The online course's cats and dogs: split by the program itself, acc not accuracy.
import os
import random
from shutil import copyfile

import matplotlib.pyplot as plt
import tensorflow as tf
from tensorflow.keras.optimizers import RMSprop
from tensorflow.keras.preprocessing.image import ImageDataGenerator

for part in ("training", "testing"):
    for animal in ("cats", "dogs"):
        os.makedirs(os.path.join("tmp/cats-v-dogs", part, animal))


def split_data(source, training, testing, split_size):
    files = []
    for filename in sorted(os.listdir(source)):
        if os.path.getsize(os.path.join(source, filename)) > 0:
            files.append(filename)
        else:
            print(filename + " is zero length, so ignoring.")
    training_length = int(len(files) * split_size)
    shuffled_set = random.sample(files, len(files))
    for filename in shuffled_set[:training_length]:
        copyfile(os.path.join(source, filename), os.path.join(training, filename))
    for filename in shuffled_set[training_length:]:
        copyfile(os.path.join(source, filename), os.path.join(testing, filename))


TRAINING_DIR = "tmp/cats-v-dogs/training/"
VALIDATION_DIR = "tmp/cats-v-dogs/testing/"
split_data("tmp/PetImages/Cat/", TRAINING_DIR + "cats/", VALIDATION_DIR + "cats/", 0.8)
split_data("tmp/PetImages/Dog/", TRAINING_DIR + "dogs/", VALIDATION_DIR + "dogs/", 0.8)

model = tf.keras.models.Sequential(
    [
        tf.keras.layers.Conv2D(8, (3, 3), activation="relu", input_shape=(36, 36, 3)),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Conv2D(8, (3, 3), activation="relu"),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(32, activation="relu"),
        tf.keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=RMSprop(lr=0.001), loss="binary_crossentropy", metrics=["acc"])
train_datagen = ImageDataGenerator(rescale=1.0 / 255.0)
train_generator = train_datagen.flow_from_directory(
    TRAINING_DIR, batch_size=10, class_mode="binary", target_size=(36, 36)
)
validation_datagen = ImageDataGenerator(rescale=1.0 / 255.0)
validation_generator = validation_datagen.flow_from_directory(
    VALIDATION_DIR, batch_size=10, class_mode="binary", target_size=(36, 36)
)
history = model.fit_generator(
    train_generator, epochs=2, verbose=1, validation_data=validation_generator
)

acc = history.history["acc"]
val_acc = history.history["val_acc"]
epochs = range(len(acc))
plt.plot(epochs, acc, "r", "Training Accuracy")
plt.plot(epochs, val_acc, "b", "Validation Accuracy")
plt.title("Training and validation accuracy")
plt.figure()
tf.keras.models.save_model(model, "cats_v_dogs.h5")
