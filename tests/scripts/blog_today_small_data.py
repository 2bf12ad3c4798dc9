# The same blog post as it is written now: layers prepare the photos, Keras 3's words.
import keras
from keras import layers

keras.utils.set_random_seed(1337)

image_size = (48, 32)
batch_size = 8

train_ds = keras.utils.image_dataset_from_directory(
    "PetImages",
    validation_split=0.25,
    subset="training",
    seed=1337,
    image_size=image_size,
    batch_size=batch_size,
    label_mode="binary",
)
val_ds = keras.utils.image_dataset_from_directory(
    "PetImages",
    validation_split=0.25,
    subset="validation",
    seed=1337,
    image_size=image_size,
    batch_size=batch_size,
    label_mode="binary",
)
print(train_ds.class_names)

model = keras.Sequential(
    [
        keras.Input(shape=image_size + (3,)),
        layers.RandomFlip("horizontal"),
        layers.RandomRotation(0.1),
        layers.RandomZoom(0.1),
        layers.Rescaling(1.0 / 255),
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(3, strides=2, padding="same"),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dropout(0.25),
        layers.Dense(1, activation="sigmoid"),
    ],
    name="pets",
)
model.summary()

model.compile(
    optimizer=keras.optimizers.Adam(3e-4),
    loss=keras.losses.BinaryCrossentropy(),
    metrics=[keras.metrics.BinaryAccuracy(name="acc")],
)
callbacks = [keras.callbacks.ModelCheckpoint("save_at_{epoch}.keras")]
history = model.fit(train_ds, epochs=2, callbacks=callbacks, validation_data=val_ds)
print(history.history["acc"], history.history["val_acc"])

img = keras.utils.load_img("PetImages/Cat/6.jpg", target_size=image_size)
img_array = keras.utils.img_to_array(img)
score = float(model.predict(img_array[None])[0][0])
print(f"This image is {100 * (1 - score):.2f}% cat and {100 * score:.2f}% dog.")
model.save("pets.keras")
