# Faces and moods, 2020: ELU and He's first weights, a batch of callbacks, grey 48x48.
from __future__ import print_function
import keras
from keras.preprocessing.image import ImageDataGenerator
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation, Flatten, BatchNormalization
from keras.layers import Conv2D, MaxPooling2D, ELU
from keras.optimizers import RMSprop, SGD, Adam
from keras.callbacks import ModelCheckpoint, EarlyStopping, ReduceLROnPlateau

num_classes = 5
img_rows, img_cols = 48, 48
batch_size = 10
train_data_dir = "fer/train"
validation_data_dir = "fer/validation"

train_datagen = ImageDataGenerator(
    rescale=1.0 / 255,
    rotation_range=30,
    shear_range=0.3,
    zoom_range=0.3,
    width_shift_range=0.4,
    height_shift_range=0.4,
    horizontal_flip=True,
    fill_mode="nearest",
)
validation_datagen = ImageDataGenerator(rescale=1.0 / 255)
train_generator = train_datagen.flow_from_directory(
    train_data_dir,
    color_mode="grayscale",
    target_size=(img_rows, img_cols),
    batch_size=batch_size,
    class_mode="categorical",
    shuffle=True,
)
validation_generator = validation_datagen.flow_from_directory(
    validation_data_dir,
    color_mode="grayscale",
    target_size=(img_rows, img_cols),
    batch_size=batch_size,
    class_mode="categorical",
    shuffle=True,
)

model = Sequential()
for filters in (4, 8):
    model.add(
        Conv2D(
            filters,
            (3, 3),
            padding="same",
            kernel_initializer="he_normal",
            input_shape=(img_rows, img_cols, 1),
        )
    )
    model.add(Activation("elu"))
    model.add(BatchNormalization())
    model.add(MaxPooling2D(pool_size=(2, 2)))
    model.add(Dropout(0.2))
model.add(Flatten())
model.add(Dense(16, kernel_initializer="he_normal"))
model.add(ELU(alpha=1.0))
model.add(BatchNormalization())
model.add(Dropout(0.5))
model.add(Dense(num_classes, kernel_initializer="he_normal"))
model.add(Activation("softmax"))
print(model.summary())

checkpoint = ModelCheckpoint(
    "EmotionDetectionModel.h5",
    monitor="val_loss",
    mode="min",
    save_best_only=True,
    verbose=1,
)
earlystop = EarlyStopping(
    monitor="val_loss", min_delta=0, patience=3, verbose=1, restore_best_weights=True
)
reduce_lr = ReduceLROnPlateau(
    monitor="val_loss", factor=0.2, patience=3, verbose=1, min_delta=0.0001
)
model.compile(
    loss="categorical_crossentropy",
    optimizer=Adam(lr=0.001, beta_1=0.9, beta_2=0.999, epsilon=None, decay=0.0001),
    metrics=["accuracy"],
)
history = model.fit_generator(
    train_generator,
    steps_per_epoch=train_generator.samples // batch_size,
    epochs=2,
    callbacks=[earlystop, checkpoint, reduce_lr],
    validation_data=validation_generator,
    validation_steps=validation_generator.samples // batch_size,
)
