"""Every layer and loss against PyTorch, forward and backward, in both dtypes."""

from collections import Counter

import pytest
import torch_oracle
from parity_cases import (
    LAYER_CASES,
    LIMITS,
    LOSSES,
    assert_within,
    layer_cases,
    loss_cases,
)

from tinycnn import losses
from tinycnn.layers import LAYERS, Dropout, SpatialDropout2D, preparation
from tinycnn.layers.more import light

every_dtype = pytest.mark.parametrize("dtype", LIMITS)

# Exact by hand in tests/layers; the random ones draw other numbers.
ROOMS = {preparation.__name__, light.__name__}
PREPARING = {kind for kind in LAYERS.values() if kind.__module__ in ROOMS}


@every_dtype
@pytest.mark.parametrize("case", LAYER_CASES, ids=str)
def test_a_layer_and_all_its_gradients_equal_those_of_torch(case, dtype):
    assert_within(torch_oracle.compare_layer(case, dtype), LIMITS[dtype])


@every_dtype
@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_and_its_gradient_equal_those_of_torch(name, dtype):
    for case in loss_cases(name):
        assert_within(torch_oracle.compare_loss(case, dtype), LIMITS[dtype])


# The table itself: what it must hold, whatever chance drew ----------------------------


def test_the_same_configurations_are_drawn_each_time():
    assert list(map(str, layer_cases())) == list(map(str, LAYER_CASES))


def test_at_least_300_configurations_are_different():
    without_number = {str(case).partition(": ")[2] for case in LAYER_CASES}
    assert len(without_number) >= 300


def test_every_layer_and_loss_is_drawn_but_dropout_which_is_chance_itself():
    drawn = {case.layer_type for case in LAYER_CASES}
    assert drawn == set(LAYERS.values()) - {Dropout, SpatialDropout2D, *PREPARING}
    assert set(LOSSES.values()) == set(losses.LOSSES.values())


def test_the_configurations_have_the_corners_where_layers_go_wrong():
    corners = Counter()
    for case in LAYER_CASES:
        if case.arguments.get("padding") not in ("valid", "same"):
            continue
        layer, _ = case.built("float32")
        (photos, rows, columns, _), (down, across) = case.shape, layer.strides
        window = case.arguments.get("kernel_size") or case.arguments["pool_size"]
        is_valid = layer.padding == "valid"
        corners["one photo"] += photos == 1
        corners["photo not square"] += rows != columns
        corners["window not square"] += window[0] != window[1]
        corners["strides not equal"] += down != across
        corners["windows overlap"] += down < window[0] and across < window[1]
        corners["gaps between windows"] += down > window[0] or across > window[1]
        corners["no border"] += is_valid
        corners["rows left out"] += is_valid and (rows - window[0]) % down > 0
        corners["window larger than the photo"] += window[0] > rows
        top, bottom = torch_oracle.same_border(rows, window[0], down)
        corners["even border"] += not is_valid and 0 < top == bottom
        corners["uneven border"] += not is_valid and top != bottom
    assert min(corners.values()) >= 10, corners
