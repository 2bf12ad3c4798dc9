# An online course of 2019: horses or humans, and a callback that ends the training.
import os

import numpy as np
import tensorflow as tf
from tensorflow.keras.optimizers import RMSprop
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train_horse_dir = os.path.join("horse-or-human/horses")
train_human_dir = os.path.join("horse-or-human/humans")
print(os.listdir(train_horse_dir)[:3], os.listdir(train_human_dir)[:3])


class myCallback(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get("accuracy") > 0.2:
            print("\nReached the accuracy so cancelling training!")
            self.model.stop_training = True


callbacks = myCallback()

model = tf.keras.models.Sequential(
    [
        tf.keras.layers.Conv2D(8, (3, 3), activation="relu", input_shape=(50, 50, 3)),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Conv2D(16, (3, 3), activation="relu"),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(16, activation="relu"),
        tf.keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.summary()
model.compile(
    loss="binary_crossentropy", optimizer=RMSprop(lr=0.001), metrics=["accuracy"]
)

train_datagen = ImageDataGenerator(rescale=1 / 255)
validation_datagen = ImageDataGenerator(rescale=1 / 255)
train_generator = train_datagen.flow_from_directory(
    "horse-or-human/", target_size=(50, 50), batch_size=8, class_mode="binary"
)
validation_generator = validation_datagen.flow_from_directory(
    "validation-horse-or-human/",
    target_size=(50, 50),
    batch_size=8,
    class_mode="binary",
)

history = model.fit(
    train_generator,
    steps_per_epoch=3,
    epochs=5,
    verbose=1,
    validation_data=validation_generator,
    validation_steps=1,
    callbacks=[callbacks],
)

for fn in sorted(os.listdir("validation-horse-or-human/horses"))[:2]:
    path = "validation-horse-or-human/horses/" + fn
    img = tf.keras.utils.load_img(path, target_size=(50, 50))
    x = tf.keras.utils.img_to_array(img) / 255
    x = np.expand_dims(x, axis=0)
    images = np.vstack([x])
    classes = model.predict(images, batch_size=10)
    print(classes[0])
    if classes[0] > 0.5:
        print(fn + " is a human")
    else:
        print(fn + " is a horse")

model.save("horses_humans.h5")
