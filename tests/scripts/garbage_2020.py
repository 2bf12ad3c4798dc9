# Six kinds of rubbish, 2020: the best network is kept, large weights are penalised.
import glob
import os
import random

import matplotlib.pyplot as plt
import numpy as np
from keras.callbacks import EarlyStopping, ModelCheckpoint
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential, load_model
from keras.preprocessing.image import ImageDataGenerator, img_to_array, load_img
from keras.regularizers import l2

base_path = "garbage classification/Garbage classification"
img_list = glob.glob(os.path.join(base_path, "*/*.jpg"))
print(len(img_list))
for i, img_path in enumerate(random.sample(img_list, 6)):
    img = img_to_array(load_img(img_path), dtype=np.uint8)
    plt.subplot(2, 3, i + 1)
    plt.imshow(img.squeeze())

train_datagen = ImageDataGenerator(
    rescale=1.0 / 255,
    shear_range=0.1,
    zoom_range=0.1,
    width_shift_range=0.1,
    height_shift_range=0.1,
    horizontal_flip=True,
    vertical_flip=True,
    validation_split=0.2,
)
test_datagen = ImageDataGenerator(rescale=1.0 / 255, validation_split=0.2)
train_generator = train_datagen.flow_from_directory(
    base_path,
    target_size=(48, 36),
    batch_size=12,
    class_mode="categorical",
    subset="training",
    seed=0,
)
validation_generator = test_datagen.flow_from_directory(
    base_path,
    target_size=(48, 36),
    batch_size=12,
    class_mode="categorical",
    subset="validation",
    seed=0,
)
labels = dict((v, k) for k, v in train_generator.class_indices.items())

model = Sequential(
    [
        Conv2D(
            filters=8,
            kernel_size=3,
            padding="same",
            activation="relu",
            kernel_regularizer=l2(0.0005),
            input_shape=(48, 36, 3),
        ),
        MaxPooling2D(pool_size=2),
        Conv2D(filters=12, kernel_size=3, padding="same", activation="relu"),
        MaxPooling2D(pool_size=2),
        Flatten(),
        Dense(24, activation="relu", kernel_regularizer=l2(0.0005)),
        Dropout(0.3),
        Dense(6, activation="softmax"),
    ]
)
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["acc"])
model.summary()

checkpoint = ModelCheckpoint(
    "garbage_best.h5", monitor="val_acc", verbose=1, save_best_only=True, mode="max"
)
early = EarlyStopping(monitor="val_acc", patience=5, mode="max")
model.fit_generator(
    train_generator,
    epochs=2,
    validation_data=validation_generator,
    callbacks=[checkpoint, early],
)

best = load_model("garbage_best.h5")
test_x, test_y = validation_generator.__getitem__(0)
preds = best.predict(test_x)
for answer, truth in zip(preds, test_y):
    print(labels[int(np.argmax(answer))], labels[int(np.argmax(truth))])
