# Fruits, 2019: the classes in an order of one's own, leaky units, no dense middle.
import os

from keras.layers import Activation, Conv2D, Dense, Dropout, GlobalAveragePooling2D
from keras.layers import BatchNormalization, LeakyReLU, MaxPooling2D
from keras.models import Sequential
from keras.preprocessing.image import ImageDataGenerator

train_path = "fruits-360/Training"
test_path = "fruits-360/Test"
fruits = ["Lemon", "Banana", "Apple Braeburn", "Kiwi"]
assert sorted(fruits) == sorted(os.listdir(train_path))

train_data = ImageDataGenerator(rescale=1.0 / 255).flow_from_directory(
    train_path, batch_size=8, classes=fruits, target_size=(32, 32)
)
test_data = ImageDataGenerator(rescale=1.0 / 255).flow_from_directory(
    test_path, batch_size=8, classes=fruits, target_size=(32, 32), shuffle=False
)
assert train_data.class_indices == {fruit: i for i, fruit in enumerate(fruits)}

cnn = Sequential()
cnn.add(Conv2D(8, (3, 3), input_shape=(32, 32, 3), padding="same"))
cnn.add(LeakyReLU(alpha=0.1))
cnn.add(MaxPooling2D())
cnn.add(Conv2D(16, (3, 3), padding="same", use_bias=False))
cnn.add(BatchNormalization())
cnn.add(Activation("relu"))
cnn.add(GlobalAveragePooling2D())
cnn.add(Dropout(0.25))
cnn.add(Dense(len(fruits)))
cnn.add(Activation("softmax"))
cnn.compile(optimizer="nadam", loss="categorical_crossentropy", metrics=["accuracy"])
cnn.fit_generator(
    train_data,
    steps_per_epoch=len(train_data),
    epochs=2,
    validation_data=test_data,
    validation_steps=len(test_data),
    workers=4,
    max_queue_size=10,
    use_multiprocessing=False,
)
score = cnn.evaluate_generator(test_data, steps=len(test_data), verbose=0)
print("Test loss:", score[0])
print("Test accuracy:", score[1])
cnn.save("fruits_model.hdf5")
