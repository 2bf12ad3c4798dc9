# Rock, paper, scissors, 2019: three hands in two archives of an online course.
import os

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras.preprocessing import image
from tensorflow.keras.preprocessing.image import ImageDataGenerator

rock_dir = os.path.join("tmp/rps/rock")
print("total training rock images:", len(os.listdir(rock_dir)))

TRAINING_DIR = "tmp/rps/"
training_datagen = ImageDataGenerator(
    rescale=1.0 / 255,
    rotation_range=40,
    width_shift_range=0.2,
    height_shift_range=0.2,
    shear_range=0.2,
    zoom_range=0.2,
    horizontal_flip=True,
    fill_mode="nearest",
)
VALIDATION_DIR = "tmp/rps-test-set/"
validation_datagen = ImageDataGenerator(rescale=1.0 / 255)
train_generator = training_datagen.flow_from_directory(
    TRAINING_DIR, target_size=(40, 40), class_mode="categorical", batch_size=12
)
validation_generator = validation_datagen.flow_from_directory(
    VALIDATION_DIR, target_size=(40, 40), class_mode="categorical", batch_size=12
)

model = tf.keras.models.Sequential(
    [
        tf.keras.layers.Conv2D(8, (3, 3), activation="relu", input_shape=(40, 40, 3)),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Conv2D(8, (3, 3), activation="relu"),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dropout(0.5),
        tf.keras.layers.Dense(32, activation="relu"),
        tf.keras.layers.Dense(3, activation="softmax"),
    ]
)
model.summary()
model.compile(
    loss="categorical_crossentropy",
    optimizer=keras.optimizers.Adagrad(learning_rate=0.01),
    metrics=["accuracy"],
)
history = model.fit(
    train_generator,
    epochs=2,
    steps_per_epoch=3,
    validation_data=validation_generator,
    verbose=1,
    validation_steps=1,
)
for fn in sorted(os.listdir("tmp/rps-test-set/paper"))[:2]:
    img = image.load_img("tmp/rps-test-set/paper/" + fn, target_size=(40, 40))
    x = image.img_to_array(img) / 255
    images = np.vstack([np.expand_dims(x, axis=0)])
    print(fn, model.predict(images, batch_size=10))
model.save("rps.h5")
