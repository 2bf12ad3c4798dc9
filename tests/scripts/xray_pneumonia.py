# Chest X-rays, 2020: grey photos in three parts, a learning rate that gives way.
import numpy as np
import matplotlib.pyplot as plt
from keras.models import Sequential
from keras.layers import Dense, Conv2D, MaxPool2D, Flatten, Dropout, BatchNormalization
from keras.preprocessing.image import ImageDataGenerator
from keras.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau

img_dims = 36
batch_size = 6
input_path = "chest_xray/"

train_datagen = ImageDataGenerator(
    rescale=1.0 / 255, zoom_range=0.3, vertical_flip=True
)
test_val_datagen = ImageDataGenerator(rescale=1.0 / 255)
train_gen = train_datagen.flow_from_directory(
    directory=input_path + "train",
    target_size=(img_dims, img_dims),
    color_mode="grayscale",
    batch_size=batch_size,
    class_mode="binary",
    shuffle=True,
)
val_gen = test_val_datagen.flow_from_directory(
    directory=input_path + "val",
    target_size=(img_dims, img_dims),
    color_mode="grayscale",
    batch_size=batch_size,
    class_mode="binary",
)
test_gen = test_val_datagen.flow_from_directory(
    directory=input_path + "test",
    target_size=(img_dims, img_dims),
    color_mode="grayscale",
    batch_size=batch_size,
    class_mode="binary",
    shuffle=False,
)

model = Sequential()
model.add(
    Conv2D(
        8,
        (3, 3),
        strides=1,
        padding="same",
        activation="relu",
        input_shape=(img_dims, img_dims, 1),
    )
)
model.add(BatchNormalization())
model.add(MaxPool2D((2, 2), strides=2, padding="same"))
model.add(Conv2D(16, (3, 3), strides=1, padding="same", activation="relu"))
model.add(Dropout(0.1))
model.add(BatchNormalization())
model.add(MaxPool2D((2, 2), strides=2, padding="same"))
model.add(Flatten())
model.add(Dense(units=16, activation="relu"))
model.add(Dropout(0.2))
model.add(Dense(units=1, activation="sigmoid"))
model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])

checkpoint = ModelCheckpoint(
    filepath="best_weights.hdf5", save_best_only=True, save_weights_only=True
)
lr_reduce = ReduceLROnPlateau(
    monitor="val_loss", factor=0.3, patience=2, verbose=2, mode="max"
)
early_stop = EarlyStopping(monitor="val_loss", min_delta=0.1, patience=1, mode="min")

hist = model.fit_generator(
    train_gen,
    steps_per_epoch=train_gen.samples // batch_size,
    epochs=2,
    validation_data=val_gen,
    validation_steps=val_gen.samples // batch_size,
    callbacks=[checkpoint, lr_reduce],
)

fig, ax = plt.subplots(1, 2, figsize=(10, 3))
for i, met in enumerate(["accuracy", "loss"]):
    ax[i].plot(hist.history[met])
    ax[i].plot(hist.history["val_" + met])
    ax[i].legend(["train", "val"])
plt.show()

model.load_weights("best_weights.hdf5")
scores = model.evaluate_generator(test_gen)
print("loss %.3f, accuracy %.3f" % (scores[0], scores[1]))
preds = model.predict_generator(test_gen, steps=len(test_gen))
found = np.round(preds).astype(int).ravel()
confusion = np.zeros((2, 2), int)
for truth, answer in zip(test_gen.classes, found):
    confusion[truth, answer] += 1
print(confusion)
model.save("pneumonia_model.h5")
