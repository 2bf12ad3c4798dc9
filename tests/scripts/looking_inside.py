# What the network has learned: its layers by name, their weights, their numbers.
import matplotlib.pyplot as plt
import numpy as np
from keras.datasets import mnist
from keras.layers import Activation, Conv2D, Dense, Flatten, MaxPooling2D
from keras.models import Sequential

(x_train, y_train), _ = mnist.load_data()
x_train = x_train[..., np.newaxis] / 255.0

model = Sequential()
model.add(Conv2D(6, (5, 3), input_shape=(28, 28, 1), name="first_conv"))
model.add(Activation("relu"))
model.add(MaxPooling2D((2, 2)))
model.add(Flatten())
model.add(Dense(10, name="scores"))
model.add(Activation("softmax"))
model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=32, epochs=1, verbose=2)

print(model.metrics_names)
assert model.metrics_names[0] == "loss"
for number, layer in enumerate(model.layers):
    print(number, layer.name, type(layer).__name__, layer.count_params())
assert sum(layer.count_params() for layer in model.layers) == model.count_params()

conv = model.get_layer("first_conv")
kernel, bias = conv.get_weights()
assert kernel.shape == (5, 3, 1, 6) and bias.shape == (6,)
assert model.layers[0] is conv and model.get_layer(index=0) is conv
assert len(model.get_weights()) == len(model.weights) == 4
assert [w.shape for w in model.get_weights()][2:] == [(12 * 13 * 6, 10), (10,)]

fig, axes = plt.subplots(1, 6)
for filter_number, axis in enumerate(axes):
    axis.imshow(kernel[:, :, 0, filter_number], cmap="gray")
    axis.axis("off")
plt.show()

lines = []
model.summary(print_fn=lines.append)
assert "first_conv" in "\n".join(lines)

answers = np.asarray(model(x_train[:3].astype("float32")))
np.testing.assert_allclose(answers, model.predict(x_train[:3]), atol=1e-5)

conv.set_weights([kernel * 0.5, bias])
np.testing.assert_allclose(model.get_weights()[0], kernel * 0.5, atol=1e-7)
changed = np.asarray(model(x_train[:3].astype("float32")))
assert not np.allclose(changed, answers)
model.save("looked_inside.h5")
