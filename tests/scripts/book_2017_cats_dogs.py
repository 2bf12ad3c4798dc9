# A book's first edition: a small part of the photos copied into three folders.
import os
import shutil

import matplotlib.pyplot as plt
from keras import layers
from keras import models
from keras import optimizers
from keras.preprocessing.image import ImageDataGenerator

original_dataset_dir = "kaggle_original_data"
base_dir = "cats_and_dogs_small"
os.mkdir(base_dir)
directories = {}
for part in ("train", "validation", "test"):
    os.mkdir(os.path.join(base_dir, part))
    for animal in ("cats", "dogs"):
        directories[part, animal] = os.path.join(base_dir, part, animal)
        os.mkdir(directories[part, animal])
for part, first, last in (("train", 0, 12), ("validation", 12, 18), ("test", 18, 24)):
    for animal in ("cat", "dog"):
        for fname in ["{}.{}.jpg".format(animal, i) for i in range(first, last)]:
            src = os.path.join(original_dataset_dir, fname)
            shutil.copyfile(src, os.path.join(directories[part, animal + "s"], fname))
print("total training cat images:", len(os.listdir(directories["train", "cats"])))

model = models.Sequential()
model.add(layers.Conv2D(8, (3, 3), activation="relu", input_shape=(40, 40, 3)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(8, (3, 3), activation="relu"))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Flatten())
model.add(layers.Dropout(0.5))
model.add(layers.Dense(16, activation="relu"))
model.add(layers.Dense(1, activation="sigmoid"))
model.summary()

model.compile(
    loss="binary_crossentropy", optimizer=optimizers.RMSprop(lr=1e-4), metrics=["acc"]
)

train_datagen = ImageDataGenerator(
    rescale=1.0 / 255,
    rotation_range=40,
    width_shift_range=0.2,
    height_shift_range=0.2,
    shear_range=0.2,
    zoom_range=0.2,
    horizontal_flip=True,
    fill_mode="nearest",
)
test_datagen = ImageDataGenerator(rescale=1.0 / 255)
train_generator = train_datagen.flow_from_directory(
    os.path.join(base_dir, "train"),
    target_size=(40, 40),
    batch_size=4,
    class_mode="binary",
)
validation_generator = test_datagen.flow_from_directory(
    os.path.join(base_dir, "validation"),
    target_size=(40, 40),
    batch_size=4,
    class_mode="binary",
)

for data_batch, labels_batch in train_generator:
    print("data batch shape:", data_batch.shape)
    print("labels batch shape:", labels_batch.shape)
    break

history = model.fit_generator(
    train_generator,
    steps_per_epoch=6,
    epochs=2,
    validation_data=validation_generator,
    validation_steps=3,
)
model.save("cats_and_dogs_small_1.h5")

acc = history.history["acc"]
val_acc = history.history["val_acc"]
loss = history.history["loss"]
val_loss = history.history["val_loss"]
epochs = range(1, len(acc) + 1)
plt.plot(epochs, acc, "bo", label="Training acc")
plt.plot(epochs, val_acc, "b", label="Validation acc")
plt.title("Training and validation accuracy")
plt.legend()
plt.figure()
plt.plot(epochs, loss, "bo", label="Training loss")
plt.plot(epochs, val_loss, "b", label="Validation loss")
plt.legend()
plt.show()
