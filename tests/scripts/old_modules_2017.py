# The rooms of Keras as they were in 2017: layers.core, layers.convolutional and so on.
import numpy as np
from keras.layers.advanced_activations import LeakyReLU
from keras.layers.convolutional import Conv2D, ZeroPadding2D
from keras.layers.core import Activation, Dense, Dropout, Flatten
from keras.layers.normalization import BatchNormalization
from keras.layers.pooling import MaxPooling2D
from keras.callbacks import ModelCheckpoint
from keras.models import Sequential
from keras.optimizers import Adamax
from keras.utils.np_utils import to_categorical
from keras import backend as K

K.set_image_data_format("channels_last")
assert K.epsilon() == 1e-7 and K.floatx() == "float32"

rng = np.random.RandomState(7)
labels = rng.randint(0, 3, 48)
images = rng.rand(48, 20, 24, 3) * 0.3
for image, label in zip(images, labels):
    image[4 + 5 * label : 8 + 5 * label] = 1.0
targets = to_categorical(labels, 3)

model = Sequential()
model.add(ZeroPadding2D((1, 1), input_shape=(20, 24, 3)))
model.add(Conv2D(8, (3, 3), strides=(1, 1), data_format="channels_last"))
model.add(LeakyReLU(0.2))
model.add(BatchNormalization(axis=-1, momentum=0.8))
model.add(MaxPooling2D((2, 2), strides=(2, 2)))
model.add(Flatten())
model.add(Dense(16, kernel_initializer="random_uniform"))
model.add(Activation("tanh"))
model.add(Dropout(0.3))
model.add(Dense(3, kernel_initializer="lecun_normal"))
model.add(Activation("softmax"))
model.compile(loss="categorical_crossentropy", optimizer=Adamax(), metrics=["accuracy"])
check = ModelCheckpoint(
    "weights-{epoch:02d}.hdf5",
    monitor="val_loss",
    verbose=0,
    save_best_only=False,
    save_weights_only=False,
    mode="auto",
    period=1,
)
model.fit(
    images,
    targets,
    batch_size=np.int64(16),
    epochs=np.int64(3),
    verbose=2,
    validation_split=0.25,
    shuffle=True,
    callbacks=[check],
)
model.save("old_modules.h5", overwrite=True)
