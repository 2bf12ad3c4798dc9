# Blood cells, 2019: one folder, split by the generator; the archive repeats itself.
import tensorflow as tf
from tensorflow import keras

base = "../input/cell-images-for-detecting-malaria/cell_images/cell_images"

datagen = keras.preprocessing.image.ImageDataGenerator(
    rescale=1.0 / 255, validation_split=0.25, horizontal_flip=True, rotation_range=20
)
train_generator = datagen.flow_from_directory(
    base,
    target_size=(40, 40),
    batch_size=8,
    class_mode="binary",
    subset="training",
    seed=3,
)
validation_generator = datagen.flow_from_directory(
    base,
    target_size=(40, 40),
    batch_size=8,
    class_mode="binary",
    subset="validation",
    seed=3,
)
print(train_generator.class_indices)
print(train_generator.samples, validation_generator.samples)


class StopHigh(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs.get("val_accuracy") > 0.999:
            print("high enough, stopping")
            self.model.stop_training = True


model = tf.keras.models.Sequential(
    [
        tf.keras.layers.Conv2D(
            8, (3, 3), activation=tf.nn.relu, input_shape=(40, 40, 3)
        ),
        tf.keras.layers.MaxPool2D(2, 2),
        tf.keras.layers.Conv2D(16, (3, 3), activation=tf.nn.relu),
        tf.keras.layers.MaxPool2D(2, 2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(32, activation=tf.nn.relu),
        tf.keras.layers.Dropout(0.3),
        tf.keras.layers.Dense(1, activation=tf.nn.sigmoid),
    ]
)
model.summary()
model.compile(
    optimizer=tf.keras.optimizers.Adam(learning_rate=0.001),
    loss=tf.keras.losses.BinaryCrossentropy(),
    metrics=["accuracy"],
)
history = model.fit_generator(
    train_generator,
    epochs=2,
    validation_data=validation_generator,
    callbacks=[StopHigh()],
)
print(sorted(history.history))
model.save("malaria_detector.h5")
