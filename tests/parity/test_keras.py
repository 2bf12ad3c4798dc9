"""Layers, losses, optimisers and the tutorial's network against Keras itself."""

import keras_oracle
import numpy as np
import pytest
from keras_oracle import DTYPE, LOSS_CURVE_LIMIT
from parity_cases import (
    KERAS_OPTIMIZERS,
    LIMITS,
    LOSSES,
    OPTIMIZERS,
    WEIGHT_LIMITS,
    assert_within,
    loss_cases,
)

from tinycnn.layers import (
    LAYERS,
    Dropout,
    SpatialDropout2D,
    SumPooling2D,
    preparation,
)
from tinycnn.layers.more import light

# Keras's own: its tensors meet NumPy in an old way; one output is no softmax to it.
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept:DeprecationWarning",
    "ignore:You are using a softmax over axis:UserWarning",
)

# Exact by hand in tests/layers/test_preparation.py; the random ones draw other numbers.
PREPARING = {
    kind
    for kind in LAYERS.values()
    if kind.__module__ in (preparation.__name__, light.__name__)
}


@pytest.mark.parametrize("case", keras_oracle.CASES, ids=str)
def test_a_layer_computes_what_it_computes_in_keras(case):
    assert_within(keras_oracle.compare_layer(case), LIMITS[DTYPE])


def test_every_layer_that_keras_has_is_compared_both_paddings_with_strides():
    kinds = {case.layer_type for case in keras_oracle.CASES}
    assert kinds == set(LAYERS.values()) - {
        *(Dropout, SpatialDropout2D, SumPooling2D),
        *PREPARING,
    }
    walks = {
        (case.layer_type, case.arguments["padding"])
        for case in keras_oracle.CASES
        if min(case.arguments.get("strides", (1, 1))) >= 2
    }
    assert len(walks) == 10  # three convolutions, max, average; "valid" and "same"


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_is_the_same_in_keras(name):
    for case in loss_cases(name):
        assert_within(keras_oracle.compare_loss(case), LIMITS[DTYPE])


@pytest.mark.parametrize("name", [*OPTIMIZERS, *KERAS_OPTIMIZERS])
def test_an_optimiser_steps_as_in_keras_also_where_gradients_are_tiny(name):
    assert_within(keras_oracle.compare_optimizer(name), LIMITS[DTYPE])


@pytest.mark.parametrize("loss_from", keras_oracle.TRAINING_CASES)
def test_the_tutorials_network_learns_the_same_in_twenty_steps(loss_from):
    found = keras_oracle.compare_training(loss_from)
    assert_within({"loss curve": found.pop("loss curve")}, LOSS_CURVE_LIMIT)
    assert_within(found, WEIGHT_LIMITS[DTYPE])


FACTORS = {
    "RandomRotation": ((0.07, 0.07),),
    "RandomZoom": ((0.2, 0.2), (-0.3, -0.3)),
    "RandomTranslation": ((0.2, 0.2), (-0.3, -0.3)),
}


@pytest.mark.parametrize("fill_mode", ["reflect", "nearest", "constant"])
@pytest.mark.parametrize("name", FACTORS)
def test_a_random_layer_of_one_value_changes_photos_as_in_keras(name, fill_mode):
    x = np.random.default_rng(0).random((2, 9, 12, 3)).astype(np.float32)
    words = {"fill_mode": fill_mode, "fill_value": 0.5}
    theirs = getattr(keras_oracle.keras.layers, name)(*FACTORS[name], **words)
    wanted = keras_oracle.keras.ops.convert_to_numpy(theirs(x, training=True))
    ours = getattr(preparation, name)(*FACTORS[name], **words)
    ours.build(x.shape[1:], np.random.default_rng(0))
    np.testing.assert_allclose(ours.forward(x, training=True), wanted, atol=1e-5)
