"""What tinycnn is asked to repeat."""

from time import perf_counter

from networks import SPECS, layers_of, photos_of
from repeats import epochs_of_fit, passes_of_folder

from tinycnn import layers
from tinycnn.callbacks import Callback
from tinycnn.models import Sequential
from tinycnn.preprocessing.image import ImageDataGenerator


def model_of(network, shape=None, filters=32):
    model = Sequential(layers_of(network, layers, filters))
    model.build(shape or SPECS[network].shape)
    model.compile("adam", SPECS[network].loss, ["accuracy"])
    return model


def training(network, batch, steps, shape=None, filters=32):
    """One epoch of fit over arrays in memory: seconds per step."""
    model = model_of(network, shape, filters)
    return epochs_of_fit(model, Callback, network, batch, steps, shape)


def prediction(network, photos):
    """One call of predict: seconds."""
    model = model_of(network)
    x, _ = photos_of(network, photos)

    def repeat():
        start = perf_counter()
        model.predict(x)
        return {"predict": perf_counter() - start}

    return repeat


# Called directly, as Keras advises for few photos; here there is only predict.
direct_call = prediction


def folder(path, size=64):
    """Two passes over a folder of photos, augmented: seconds per photo."""
    return passes_of_folder(ImageDataGenerator, path, size)
