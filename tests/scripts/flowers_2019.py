# Five flowers, 2019: a number of photos divided by the batch gives the steps, a float.
import matplotlib.pyplot as plt
from keras import layers, models, optimizers
from keras.preprocessing.image import ImageDataGenerator

img_size = 36
batch_size = 8
t_steps = 48 / batch_size
v_steps = 12 / batch_size

train = ImageDataGenerator(
    rescale=1.0 / 255,
    horizontal_flip=True,
    shear_range=0.2,
    zoom_range=0.2,
    width_shift_range=0.2,
    height_shift_range=0.2,
    fill_mode="nearest",
    validation_split=0.2,
)
train_gen = train.flow_from_directory(
    "../input/flowers/flowers",
    target_size=(img_size, img_size),
    batch_size=batch_size,
    class_mode="categorical",
    subset="training",
)
valid_gen = train.flow_from_directory(
    "../input/flowers/flowers/",
    target_size=(img_size, img_size),
    batch_size=batch_size,
    class_mode="categorical",
    subset="validation",
)

model = models.Sequential()
model.add(
    layers.Conv2D(8, (3, 3), activation="relu", input_shape=(img_size, img_size, 3))
)
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(16, (3, 3), activation="relu"))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Flatten())
model.add(layers.Dense(32, activation="relu"))
model.add(layers.Dense(5, activation="softmax"))

model.compile(
    loss="categorical_crossentropy",
    optimizer=optimizers.Adam(lr=0.001),
    metrics=["acc"],
)
model_hist = model.fit_generator(
    train_gen,
    steps_per_epoch=t_steps,
    epochs=2,
    validation_data=valid_gen,
    validation_steps=v_steps,
)
model.save("flowers_model.h5")

acc = model_hist.history["acc"]
val_acc = model_hist.history["val_acc"]
epochs = range(1, len(acc) + 1)
plt.plot(epochs, acc, "b", label="training")
plt.plot(epochs, val_acc, "r", label="validation")
plt.legend()
plt.show()
