"""What numpy-ml repeats: the tutorial's network, of its layers on NumPy."""

import collections
import collections.abc
import warnings
from time import perf_counter

# numpy-ml 0.1.2 was written before Python moved these names.
for name in ("Hashable", "Iterable", "Mapping"):
    setattr(collections, name, getattr(collections.abc, name))
warnings.simplefilter("ignore")  # it misses a package that only its agents need

import numpy as np
from networks import photos_of
from numpy_ml.neural_nets.layers import Conv2D, Flatten, FullyConnected, Pool2D


def layers_of(network):
    if network != "tutorial":
        raise ValueError(f"only the tutorial's network is timed here, not {network}")
    adam = "Adam(lr=0.001, eps=1e-7)"
    return [
        Conv2D(32, (3, 3), act_fn="ReLU", optimizer=adam),
        Pool2D((2, 2), stride=2, mode="max", optimizer=adam),
        Flatten(optimizer=adam),
        FullyConnected(128, act_fn="ReLU", optimizer=adam),
        FullyConnected(1, act_fn="Sigmoid", optimizer=adam),
    ]


def training(network, batch, steps):
    """One epoch over arrays in memory: seconds per step."""
    layers = layers_of(network)
    x, y = photos_of(network, batch * steps)

    def repeat():
        order = np.random.default_rng().permutation(len(x))
        start = perf_counter()
        for chosen in order.reshape(steps, batch):
            y_pred = x[chosen]
            for layer in layers:
                y_pred = layer.forward(y_pred)
            p = np.clip(y_pred, 1e-7, 1 - 1e-7)  # of the binary cross-entropy
            dy = (p - y[chosen, None]) / (p * (1 - p)) / batch
            for layer in reversed(layers):
                dy = layer.backward(dy)
            for layer in layers:
                layer.update()
        return {"step": (perf_counter() - start) / steps}

    return repeat
