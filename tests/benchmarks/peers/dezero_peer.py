"""What DeZero repeats: the framework on NumPy that a well-known book builds."""

from time import perf_counter

import numpy as np

np.int = int  # DeZero 0.0.13 was written before NumPy dropped this name

import dezero
from dezero import functions, layers
from networks import SPECS, photos_of


def pool(x):
    return functions.pooling(x, 2, 2)


def drop(x):
    return functions.dropout(x, 0.5)


def average(x):
    return functions.average(x, axis=(2, 3))


def layers_of(network):
    """What to call one after the other: from photos (N, C, H, W) to logits."""
    Conv2d, Linear, relu = layers.Conv2d, layers.Linear, functions.relu
    if network == "tutorial":
        dense = [Linear(128), relu, Linear(1)]
        return [Conv2d(32, 3), relu, pool, functions.flatten, *dense]
    if network == "mnist":
        blocks = [Conv2d(32, 3), relu, pool, Conv2d(64, 3), relu, pool]
        return [*blocks, functions.flatten, drop, Linear(10)]
    pairs = [[Conv2d(filters, 3, pad=1), relu] for filters in (32, 32, 64, 64)]
    blocks = [*pairs[0], *pairs[1], pool, *pairs[2], *pairs[3], pool]
    return [*blocks, functions.flatten, Linear(512), relu, Linear(10)]


class Network(dezero.Model):
    def __init__(self, network):
        super().__init__()
        self.steps = layers_of(network)
        for number, step in enumerate(self.steps):
            if isinstance(step, layers.Layer):
                setattr(self, f"layer{number}", step)

    def forward(self, x):
        for step in self.steps:
            x = step(x)
        return x


def arrays_of(network, count):
    x, y = photos_of(network, count)
    return np.ascontiguousarray(x.transpose(0, 3, 1, 2)), y


def training(network, batch, steps):
    """One epoch over arrays in memory: seconds per step."""
    model = Network(network)
    optimizer = dezero.optimizers.Adam(eps=1e-7).setup(model)
    x, y = arrays_of(network, batch * steps)
    loss_of = functions.softmax_cross_entropy
    if SPECS[network].classes == 2:
        loss_of, y = functions.sigmoid_cross_entropy, y[:, None]

    def repeat():
        total = 0.0
        order = np.random.default_rng().permutation(len(x))
        start = perf_counter()
        for chosen in order.reshape(steps, batch):
            loss = loss_of(model(x[chosen]), y[chosen])
            model.cleargrads()
            loss.backward()
            optimizer.update()
            total += float(loss.data)
        return {"step": (perf_counter() - start) / steps}

    return repeat


def prediction(network, photos):
    """The model's answers for photos in batches of 32: seconds."""
    model = Network(network)
    x, _ = arrays_of(network, photos)

    def repeat():
        start = perf_counter()
        with dezero.test_mode(), dezero.no_grad():
            some = [x[first : first + 32] for first in range(0, len(x), 32)]
            np.concatenate([functions.sigmoid(model(part)).data for part in some])
        return {"predict": perf_counter() - start}

    return repeat


direct_call = prediction
