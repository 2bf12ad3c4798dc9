# A trained network's eyes for another question: its end is taken off, its front frozen.
import numpy as np
from keras.layers import Activation, Conv2D, Dense, Flatten, MaxPooling2D
from keras.models import Sequential, load_model
from keras.optimizers import SGD
from keras.preprocessing.image import ImageDataGenerator

datagen = ImageDataGenerator(rescale=1.0 / 255)
first = datagen.flow_from_directory(
    "animals", target_size=(32, 32), batch_size=8, class_mode="binary"
)
second = datagen.flow_from_directory(
    "vehicles", target_size=(32, 32), batch_size=8, class_mode="categorical"
)

model = Sequential()
model.add(Conv2D(8, (3, 3), activation="relu", input_shape=(32, 32, 3), name="eyes"))
model.add(MaxPooling2D((2, 2)))
model.add(Flatten())
model.add(Dense(16, activation="relu", name="features"))
model.add(Dense(1, name="answer"))
model.add(Activation("sigmoid"))
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit_generator(first, steps_per_epoch=3, epochs=1)
model.save("animals.h5")

model = load_model("animals.h5")
model.pop()
model.pop()
for layer in model.layers:
    layer.trainable = False
model.add(Dense(3, activation="softmax", name="new_answer"))
before = model.get_layer("eyes").get_weights()
answer_before = model.get_layer("new_answer").get_weights()
model.compile(
    loss="categorical_crossentropy",
    optimizer=SGD(lr=1e-2, momentum=0.9),
    metrics=["accuracy"],
)
model.fit_generator(second, steps_per_epoch=3, epochs=2)
for old, new in zip(before, model.get_layer("eyes").get_weights()):
    np.testing.assert_array_equal(old, new)
kernel = model.get_layer("new_answer").get_weights()[0]
assert not np.allclose(kernel, answer_before[0])
model.save("vehicles.h5")
