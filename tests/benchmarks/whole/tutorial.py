"""The tutorial's job: python tutorial.py tinycnn|keras DATASET MODEL STEPS EPOCHS.

Learns from DATASET/train with augmentation, judges DATASET/test after each epoch, and
saves the model.
"""

import sys

LIBRARY, DATASET, MODEL, STEPS, EPOCHS = sys.argv[1:]
if LIBRARY == "tinycnn":
    from tinycnn.layers import Conv2D, Dense, Flatten, MaxPooling2D
    from tinycnn.models import Sequential
    from tinycnn.preprocessing.image import ImageDataGenerator
else:
    from keras.layers import Conv2D, Dense, Flatten, MaxPooling2D
    from keras.models import Sequential
    from tensorflow.keras.preprocessing.image import ImageDataGenerator


def endless(batches):
    """The batches as a generator: Keras 3 ends an epoch after one pass otherwise."""
    while True:
        yield next(batches)


classifier = Sequential()
classifier.add(Conv2D(32, (3, 3), input_shape=(64, 64, 3), activation="relu"))
classifier.add(MaxPooling2D(pool_size=(2, 2)))
classifier.add(Flatten())
classifier.add(Dense(units=128, activation="relu"))
classifier.add(Dense(units=1, activation="sigmoid"))
classifier.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])

train_datagen = ImageDataGenerator(
    rescale=1.0 / 255, shear_range=10, zoom_range=0.2, horizontal_flip=True
)
test_datagen = ImageDataGenerator(rescale=1.0 / 255)
training_set = train_datagen.flow_from_directory(
    f"{DATASET}/train", target_size=(64, 64), batch_size=32, class_mode="binary"
)
test_set = test_datagen.flow_from_directory(
    f"{DATASET}/test", target_size=(64, 64), batch_size=32, class_mode="binary"
)
classifier.fit(
    training_set if LIBRARY == "tinycnn" else endless(training_set),
    steps_per_epoch=int(STEPS),
    epochs=int(EPOCHS),
    validation_data=test_set,
    verbose=2,
)
classifier.save(MODEL)
