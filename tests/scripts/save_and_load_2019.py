# Every way to keep a network in 2019, and whether it answers the same afterwards.
import numpy as np
from keras.layers import Activation, Conv2D, Dense, Flatten
from keras.models import Sequential, load_model, model_from_json

rng = np.random.RandomState(0)
x = rng.rand(24, 12, 14, 1)
y = (x.mean(axis=(1, 2, 3)) > 0.5).astype(int)


def create_model():
    model = Sequential()
    model.add(Conv2D(4, (3, 3), input_shape=(12, 14, 1)))
    model.add(Activation("relu"))
    model.add(Flatten())
    model.add(Dense(1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="sgd", metrics=["accuracy"])
    return model


model = create_model()
model.fit(x, y, epochs=2, verbose=0)
expected = model.predict(x)

model.save("my_model.h5")
answers = [load_model("my_model.h5").predict(x)]
answers += [load_model("my_model.h5", compile=False).predict(x)]

model.save_weights("my_model_weights.h5")
other = create_model()
other.load_weights("my_model_weights.h5")
answers.append(other.predict(x))

json_string = model.to_json()
copied = model_from_json(json_string)
copied.set_weights(model.get_weights())
answers.append(copied.predict(x))

again = Sequential.from_config(model.get_config())
again.load_weights("my_model_weights.h5")
answers.append(again.predict(x))

for answer in answers:
    np.testing.assert_allclose(answer, expected, atol=1e-6)

del model
model = load_model("my_model.h5")
model.fit(x, y, epochs=1, verbose=0)
model.save(filepath="my_model.h5")
print(load_model("my_model.h5").evaluate(x, y, verbose=0))
