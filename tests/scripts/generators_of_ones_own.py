# Batches from a function of one's own, 2018, and photos without a label to be answered.
import csv
import glob
import os
import random

import numpy as np
from keras.layers import Conv2D, Dense, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.preprocessing.image import ImageDataGenerator, img_to_array, load_img


def image_generator(files, batch_size):
    while True:
        batch = random.sample(files, batch_size)
        x = [img_to_array(load_img(f, target_size=(32, 32))) / 255.0 for f in batch]
        y = [1 if os.path.basename(f).startswith("dog") else 0 for f in batch]
        yield np.array(x), np.array(y)


files = sorted(glob.glob("train/*.jpg"))
training, validation = files[:8] + files[12:20], files[8:12] + files[20:]
train_generator = image_generator(training, 8)
validation_generator = image_generator(validation, 4)

model = Sequential()
model.add(Conv2D(8, (3, 3), activation="relu", input_shape=(32, 32, 3)))
model.add(MaxPooling2D((2, 2)))
model.add(Flatten())
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit_generator(
    train_generator,
    steps_per_epoch=len(training) / 8,
    epochs=2,
    validation_data=validation_generator,
    validation_steps=2,
    verbose=1,
)
loss, accuracy = model.evaluate_generator(validation_generator, steps=3)
print("loss %.3f accuracy %.3f" % (loss, accuracy))

test_generator = ImageDataGenerator(rescale=1.0 / 255).flow_from_directory(
    "test1",
    target_size=(32, 32),
    batch_size=3,
    class_mode=None,
    shuffle=False,
)
first = test_generator.next()
print(first.shape, test_generator.batch_index)
test_generator.reset()
probabilities = model.predict_generator(
    test_generator, steps=len(test_generator), verbose=1
)
assert len(probabilities) == len(test_generator.filenames) == 10
with open("submission.csv", "w") as out:
    writer = csv.writer(out)
    writer.writerow(["id", "label"])
    for name, probability in zip(test_generator.filenames, probabilities):
        writer.writerow([os.path.basename(name).split(".")[0], float(probability[0])])
model.save("cat_dog_generator.h5")
