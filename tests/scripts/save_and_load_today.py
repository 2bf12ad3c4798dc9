# Every way to keep a network today: .keras, .weights.h5, a folder, a copy.
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)
rng = np.random.default_rng(0)
x = rng.random((24, 12, 14, 3)).astype("float32")
y = (x[..., 0].mean(axis=(1, 2)) > 0.5).astype("int32")


def make_model():
    model = keras.Sequential(
        [
            keras.Input(shape=(12, 14, 3)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


model = make_model()
model.fit(x, y, epochs=2, verbose=0)
expected = model.predict(x, verbose=0)

model.save("model.keras")
reconstructed = keras.models.load_model("model.keras")
np.testing.assert_allclose(reconstructed.predict(x, verbose=0), expected, atol=1e-6)

model.save_weights("checkpoint.weights.h5")
fresh = make_model()
fresh.load_weights("checkpoint.weights.h5")
np.testing.assert_allclose(fresh.predict(x, verbose=0), expected, atol=1e-6)

twin = keras.models.model_from_json(model.to_json())
twin.set_weights(model.get_weights())
np.testing.assert_allclose(twin.predict(x, verbose=0), expected, atol=1e-6)

import os

os.makedirs("saved_models", exist_ok=True)
keras.models.save_model(model, "saved_models/final.keras", overwrite=True)
