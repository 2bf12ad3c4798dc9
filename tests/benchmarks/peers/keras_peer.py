"""What Keras is asked to repeat, whatever it runs on."""

from time import perf_counter

import keras
import numpy as np
from networks import SPECS, layers_of, photos_of
from repeats import epochs_of_fit, passes_of_folder


def model_of(network):
    spec = SPECS[network]
    inputs = keras.Input(spec.shape)
    model = keras.Sequential([inputs, *layers_of(network, keras.layers)])
    model.compile(optimizer="adam", loss=spec.loss, metrics=["accuracy"])
    return model


def training(network, batch, steps):
    """One epoch of fit over arrays in memory: seconds per step."""
    model = model_of(network)
    return epochs_of_fit(model, keras.callbacks.Callback, network, batch, steps)


def prediction(network, photos):
    """One call of predict: seconds."""
    model = model_of(network)
    x, _ = photos_of(network, photos)

    def repeat():
        start = perf_counter()
        model.predict(x, verbose=0)
        return {"predict": perf_counter() - start}

    return repeat


def direct_call(network, photos):
    """One call of the model itself, as Keras advises for few photos: seconds."""
    model = model_of(network)
    x, _ = photos_of(network, photos)

    def repeat():
        start = perf_counter()
        np.asarray(keras.ops.convert_to_numpy(model(x, training=False)))
        return {"predict": perf_counter() - start}

    return repeat


def folder(path, size=64):
    """Two passes over a folder of photos, augmented: seconds per photo."""
    from tensorflow.keras.preprocessing.image import ImageDataGenerator

    return passes_of_folder(ImageDataGenerator, path, size)
