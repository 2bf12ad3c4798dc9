"""Penalties of the weights, and first weights, in PyTorch and in Keras."""

import keras_oracle
import numpy as np
import pytest
import torch_oracle
from parity_cases import LIMITS, difference

from tinycnn.initializers import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    VarianceScaling,
)
from tinycnn.layers import Conv2D, Dense, Flatten
from tinycnn.models import Sequential
from tinycnn.optimizers import SGD
from tinycnn.regularizers import L1, L1L2, L2

keras, torch = keras_oracle.keras, torch_oracle.torch
PENALTIES = [L1(0.02), L2(0.05), L1L2(0.01, 0.03)]
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept:DeprecationWarning"
)


def trained(price, dtype, steps=20):
    """Return (first weights, losses, last weights, batches) of a small network."""
    rng = np.random.default_rng(0)
    model = Sequential(
        [
            Conv2D(3, 2, kernel_regularizer=price, input_shape=(5, 6, 2)),
            Flatten(),
            Dense(1, kernel_regularizer=price, bias_regularizer=price),
        ]
    )
    weights = [array.astype(dtype) for array in model.get_weights()]
    for layer in model.layers:
        layer.build(layer.input_shape, rng, dtype)
    model.set_weights(weights)
    model.compile(SGD(0.05), "mean_squared_error")
    batches = [
        (rng.standard_normal((4, 5, 6, 2)).astype(dtype), rng.random((4, 1)))
        for _ in range(steps)
    ]
    losses = [model.train_on_batch(*batch) for batch in batches]
    return weights, losses, model.get_weights(), batches


@pytest.mark.parametrize("dtype", LIMITS)
@pytest.mark.parametrize("price", PENALTIES, ids=repr)
def test_a_network_with_penalties_learns_as_in_torch(price, dtype):
    first, losses, last, batches = trained(price, dtype)
    conv, conv_bias, dense, dense_bias = params = [
        torch.tensor(array, requires_grad=True) for array in first
    ]
    optimizer = torch.optim.SGD(params, lr=0.05)
    for (x, y), loss in zip(batches, losses, strict=True):
        maps = torch.nn.functional.conv2d(
            torch.tensor(x).permute(0, 3, 1, 2), conv.permute(3, 2, 0, 1), conv_bias
        )
        flat = maps.permute(0, 2, 3, 1).flatten(1)
        error = flat @ dense + dense_bias - torch.tensor(y.astype(dtype))
        priced = [conv, dense, dense_bias]
        theirs = (error**2).mean() + sum(
            price.l1 * w.abs().sum() + price.l2 * (w**2).sum() for w in priced
        )
        assert abs(theirs.item() - loss) <= LIMITS[dtype]
        optimizer.zero_grad()
        theirs.backward()
        optimizer.step()
    for ours, param in zip(last, params, strict=True):
        assert difference(ours, param.detach().numpy()) <= LIMITS[dtype]


@pytest.mark.parametrize("price", PENALTIES, ids=repr)
def test_a_network_with_penalties_learns_as_in_keras(price):
    first, losses, last, batches = trained(price, "float32")
    layers, theirs = keras.layers, keras.regularizers.L1L2(price.l1, price.l2)
    model = keras.Sequential(
        [
            keras.Input((5, 6, 2)),
            layers.Conv2D(3, 2, kernel_regularizer=theirs),
            layers.Flatten(),
            layers.Dense(1, kernel_regularizer=theirs, bias_regularizer=theirs),
        ]
    )
    model.set_weights(first)
    model.compile(keras.optimizers.SGD(0.05), "mean_squared_error", jit_compile=False)
    for (x, y), loss in zip(batches, losses, strict=True):
        model.reset_metrics()
        assert abs(float(model.train_on_batch(x, y)) - loss) <= 1e-4
    for ours, array in zip(last, model.get_weights(), strict=True):
        assert difference(ours, array) <= 1e-4
    x, y = batches[0]
    loss = evaluated(price, last, x, y)
    assert float(model.evaluate(x, y, verbose=0)) == pytest.approx(loss, abs=1e-4)


def evaluated(price, weights, x, y):
    model = Sequential(
        [
            Conv2D(3, 2, kernel_regularizer=price, input_shape=(5, 6, 2)),
            Flatten(),
            Dense(1, kernel_regularizer=price, bias_regularizer=price),
        ]
    )
    model.set_weights(weights)
    model.compile("sgd", "mean_squared_error")
    return model.evaluate(x, y, verbose=0)


@pytest.mark.parametrize(
    "initializer",
    [
        GlorotUniform(), GlorotNormal(), HeUniform(), HeNormal(), LecunUniform(),
        LecunNormal(), RandomNormal(0.1, 0.2), TruncatedNormal(0.1, 0.2),
        RandomUniform(-0.3, 0.1), Orthogonal(2.0),
        VarianceScaling(3.0, "fan_out", "untruncated_normal"),
        VarianceScaling(0.5, "fan_avg", "uniform"),
    ],
    ids=repr,
)  # fmt: skip
def test_first_weights_have_the_mean_the_deviation_and_the_limits_of_keras(initializer):
    shape = (3, 4, 20, 100)  # 24,000 numbers
    ours = initializer(shape, np.random.default_rng(0), np.float64)
    arguments = {**initializer.config(), "seed": 1}
    theirs = getattr(keras.initializers, type(initializer).__name__)(**arguments)
    theirs = np.array(keras.ops.convert_to_numpy(theirs(shape)), np.float64)
    deviation = theirs.std()
    assert abs(ours.mean() - theirs.mean()) <= 0.03 * deviation
    assert ours.std() == pytest.approx(deviation, rel=0.02)
    if "untruncated" not in repr(initializer) and "Orthogonal" not in repr(initializer):
        if not isinstance(initializer, RandomNormal) or isinstance(
            initializer, TruncatedNormal
        ):
            assert ours.max() == pytest.approx(theirs.max(), abs=0.02 * deviation)
            assert ours.min() == pytest.approx(theirs.min(), abs=0.02 * deviation)
