"""Initializers: the distribution of the first random kernels."""

import math

import numpy as np
import pytest

from tinycnn.initializers import (
    INITIALIZERS,
    check_initializer,
    fans,
    glorot_uniform,
    he_normal,
    he_uniform,
    zeros,
)
from tinycnn.layers import Conv2D, Dense


def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize(
    ("shape", "fan_in", "fan_out"),
    [
        ((3, 3, 3, 32), 27, 288),
        ((2, 5, 3, 4), 30, 40),  # a window that is not square
        ((30752, 128), 30752, 128),
        ((128, 1), 128, 1),
    ],
)
def test_fans_count_the_inputs_of_an_output_and_the_outputs_of_an_input(
    shape, fan_in, fan_out
):
    assert fans(shape) == (fan_in, fan_out)


# Keras's own numbers for the tutorial's three kernels.
@pytest.mark.parametrize(
    ("layer", "input_shape", "limit"),
    [
        (Conv2D(32, (3, 3)), (64, 64, 3), 0.13801),  # sqrt(6 / (27 + 288))
        (Dense(128), (30752,), 0.013939),  # sqrt(6 / (30752 + 128))
        (Dense(1), (128,), 0.215666),  # sqrt(6 / (128 + 1))
    ],
)
def test_the_tutorials_kernels_span_glorots_range(layer, input_shape, limit):
    layer.build(input_shape, rng())
    kernel = layer.params["kernel"]
    rounding = 0.5 * 10 ** -len(str(limit).partition(".")[2])
    assert 0.95 * limit < kernel.max() <= limit + rounding
    assert 0.95 * limit < -kernel.min() <= limit + rounding
    # The variance of uniform numbers in ±limit is limit² / 3.
    assert kernel.var() == pytest.approx(limit**2 / 3, rel=0.15)
    assert not layer.params["bias"].any()


def test_he_uniform_depends_on_fan_in_only():
    kernel = he_uniform((3, 3, 3, 32), rng(), np.float64)
    assert 0.99 * math.sqrt(6 / 27) < np.abs(kernel).max() <= math.sqrt(6 / 27)


def test_he_normal_has_the_variance_and_is_truncated():
    kernel = he_normal((50, 2000), rng(), np.float64)
    assert kernel.var() == pytest.approx(2 / 50, rel=0.02)
    assert kernel.mean() == pytest.approx(0, abs=0.005)
    cut = 2 * 0.2 / 0.87962566  # two standard deviations before truncation
    assert 0.99 * cut < np.abs(kernel).max() <= cut


def test_zeros_are_zero():
    assert not zeros((3,), rng(), np.float32).any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", INITIALIZERS)
def test_every_initializer_keeps_shape_dtype_and_seed(name, dtype):
    first, again = (INITIALIZERS[name]((2, 3, 4, 5), rng(), dtype) for _ in range(2))
    assert first.shape == (2, 3, 4, 5)
    assert first.dtype == dtype
    np.testing.assert_array_equal(first, again)


def test_float32_kernels_are_the_float64_ones_rounded():
    wide = glorot_uniform((7, 4), rng(), np.float64)
    narrow = glorot_uniform((7, 4), rng(), np.float32)
    np.testing.assert_array_equal(narrow, wide.astype(np.float32))


def test_a_layer_uses_the_initializer_it_names():
    dense = Dense(4, kernel_initializer="he_uniform")
    dense.build((7,), rng(), np.float64)
    expected = he_uniform((7, 4), rng(), np.float64)
    np.testing.assert_array_equal(dense.params["kernel"], expected)


@pytest.mark.parametrize("name", ["twos", "Glorot_Uniform", None, 3, ["zeros"]])
def test_an_unknown_initializer_is_answered_with_the_known_ones(name):
    with pytest.raises(ValueError, match="should be one of glorot_uniform, he_uniform"):
        check_initializer(name)
