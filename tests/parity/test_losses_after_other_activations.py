"""A loss after any last activation: training in Keras and here, step by step."""

import keras_oracle
import numpy as np
import pytest
from parity_cases import LIMITS, difference

from tinycnn.gradient_check import check_model
from tinycnn.layers import Dense, Flatten
from tinycnn.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
from tinycnn.models import Sequential
from tinycnn.optimizers import SGD

keras = keras_oracle.keras
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept:DeprecationWarning",
    "ignore::tinycnn.keras.words.KerasWordWarning",
)
RNG = np.random.default_rng(8)
X = RNG.random((12, 3, 4, 2)).astype(np.float32)
LABELS = RNG.integers(0, 3, 12)
ROWS = np.eye(3, dtype=np.float32)[LABELS]
SMOOTH = {"label_smoothing": 0.2}
PAIRS = [
    ("softmax", BinaryCrossentropy(), ROWS),
    ("softmax", BinaryCrossentropy(**SMOOTH), ROWS),
    ("sigmoid", CategoricalCrossentropy(), ROWS),
    ("sigmoid", CategoricalCrossentropy(**SMOOTH), ROWS),
    ("sigmoid", SparseCategoricalCrossentropy(), LABELS),
    *((last, "mean_squared_error", ROWS) for last in ("softmax", "sigmoid", "relu")),
    *((last, "mean_absolute_error", ROWS) for last in ("softmax", "sigmoid")),
]
IDS = [f"{loss}-{last}" for last, loss, _ in PAIRS]


def model_with(last, loss):
    model = Sequential([Flatten(input_shape=(3, 4, 2)), Dense(3, last)], seed=2)
    model.compile(SGD(0.2), loss, metrics=["accuracy"])
    return model


def keras_model_with(last, loss, weights):
    model = keras.Sequential([keras.Input((3, 4, 2)), keras.layers.Flatten()])
    model.add(keras.layers.Dense(3, activation=last))
    if not isinstance(loss, str):
        loss = getattr(keras.losses, type(loss).__name__)(**loss.config())
    model.compile(keras.optimizers.SGD(0.2), loss, metrics=["accuracy"])
    model.set_weights(weights)
    return model


@pytest.mark.parametrize(("last", "loss", "y"), PAIRS, ids=IDS)
def test_a_network_learns_as_in_keras(last, loss, y):
    ours = model_with(last, loss)
    theirs = keras_model_with(last, loss, ours.get_weights())
    mine, other = [], []
    for step in range(20):
        batch = slice(step % 3 * 4, step % 3 * 4 + 4)
        mine.append(ours.train_on_batch(X[batch], y[batch])[0])
        theirs.reset_metrics()
        other.append(theirs.train_on_batch(X[batch], y[batch])[0])
    assert difference(np.array(mine), np.array(other)) < 10 * LIMITS["float32"]
    for one, two in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        assert difference(one, two) < 10 * LIMITS["float32"]
    _, accuracy = ours.evaluate(X, y, verbose=0)
    if loss != "mean_squared_error" or last != "relu":  # ties of zeros
        assert accuracy == pytest.approx(theirs.evaluate(X, y, verbose=0)[1])


@pytest.mark.parametrize(("last", "loss", "y"), PAIRS, ids=IDS)
def test_its_gradient_is_the_numerical_one(last, loss, y):
    report = check_model(model_with(last, loss), X[:4], y[:4])
    assert report.is_right, report
