"""Initializers: the distribution of the first random kernels."""

import math

import numpy as np
import pytest

from tinycnn import initializers
from tinycnn.initializers import (
    INITIALIZERS,
    Constant,
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    Ones,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    VarianceScaling,
    Zeros,
    check_initializer,
    fans,
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
    kernel = HeUniform()((3, 3, 3, 32), rng(), np.float64)
    assert 0.99 * math.sqrt(6 / 27) < np.abs(kernel).max() <= math.sqrt(6 / 27)


def test_he_normal_has_the_variance_and_is_truncated():
    kernel = HeNormal()((50, 2000), rng(), np.float64)
    assert kernel.var() == pytest.approx(2 / 50, rel=0.02)
    assert kernel.mean() == pytest.approx(0, abs=0.005)
    cut = 2 * 0.2 / 0.87962566  # two standard deviations before truncation
    assert 0.99 * cut < np.abs(kernel).max() <= cut


def test_zeros_are_zero():
    assert not Zeros()((3,), rng(), np.float32).any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", INITIALIZERS)
def test_every_initializer_keeps_shape_dtype_and_seed(name, dtype):
    first, again = (
        initializers.get(name)((2, 3, 4, 5), rng(), dtype) for _ in range(2)
    )
    assert first.shape == (2, 3, 4, 5)
    assert first.dtype == dtype
    np.testing.assert_array_equal(first, again)


def test_float32_kernels_are_the_float64_ones_rounded():
    wide = GlorotUniform()((7, 4), rng(), np.float64)
    narrow = GlorotUniform()((7, 4), rng(), np.float32)
    np.testing.assert_array_equal(narrow, wide.astype(np.float32))


def test_a_layer_uses_the_initializer_it_names():
    dense = Dense(4, kernel_initializer="he_uniform")
    dense.build((7,), rng(), np.float64)
    expected = HeUniform()((7, 4), rng(), np.float64)
    np.testing.assert_array_equal(dense.params["kernel"], expected)


@pytest.mark.parametrize("name", ["twos", "Glorot_Uniform", None, 3, ["zeros"]])
def test_an_unknown_initializer_is_answered_with_the_known_ones(name):
    with pytest.raises(ValueError, match="should be one of glorot_uniform, glorot_n"):
        check_initializer(name)


NORMAL_CUT = 0.87962566


def drawn(initializer):
    """A kernel of 60 inputs and 4,752 outputs."""
    return initializer((3, 4, 5, 396), rng(), np.float64)


@pytest.mark.parametrize(
    ("initializer", "variance"),
    [
        (GlorotUniform(), 2 / (60 + 3 * 4 * 396)),
        (GlorotNormal(), 2 / (60 + 3 * 4 * 396)),
        (HeUniform(), 2 / 60),
        (HeNormal(), 2 / 60),
        (LecunUniform(), 1 / 60),
        (LecunNormal(), 1 / 60),
        (VarianceScaling(3.0, "fan_out", "untruncated_normal"), 3 / (3 * 4 * 396)),
        (VarianceScaling(3.0, "fan_in", "normal"), 3 / 60),
        (RandomNormal(0.5, 0.2), 0.2**2),
        (TruncatedNormal(0.5, 0.2), (0.2 * NORMAL_CUT) ** 2),
        (RandomUniform(-0.1, 0.5), 0.6**2 / 12),
    ],
    ids=repr,
)
def test_the_variance_is_the_one_promised(initializer, variance):
    kernel = drawn(initializer)  # 23,760 numbers
    assert kernel.var() == pytest.approx(variance, rel=0.04)
    mean = getattr(initializer, "mean", 0.2 if variance == 0.03 else 0.0)
    assert kernel.mean() == pytest.approx(mean, abs=4 * math.sqrt(variance / 23_760))
    far = np.abs(kernel - mean).max() / math.sqrt(variance)
    name = f"{type(initializer).__name__} {getattr(initializer, 'distribution', '')}"
    if "niform" in name:
        assert 1.7 < far <= math.sqrt(3) + 1e-9
    elif "untruncated" in name or name.startswith("RandomNormal"):
        assert far > 3
    else:
        assert 2.2 < far <= 2 / NORMAL_CUT + 1e-6


@pytest.mark.parametrize("shape", [(3, 2, 4, 5), (2, 2, 1, 9), (6, 6)])
def test_an_orthogonal_kernel_is_orthogonal(shape):
    kernel = Orthogonal(gain=3.0)(shape, rng(), np.float64)
    matrix = kernel.reshape(-1, shape[-1])
    matrix = matrix if len(matrix) <= shape[-1] else matrix.T
    np.testing.assert_allclose(matrix @ matrix.T, 9 * np.eye(len(matrix)), atol=1e-12)
    with pytest.raises(ValueError, match=r"two axes or more, got \(3,\)"):
        Orthogonal()((3,), rng(), np.float64)


def test_an_orthogonal_matrix_and_its_mirror_image_are_as_likely():
    signs = [Orthogonal(seed=n)((2, 2), rng(), np.float64)[0, 0] > 0 for n in range(99)]
    assert 30 < sum(signs) < 70


def test_constants_are_constant():
    for initializer, value in ((Zeros(), 0), (Ones(), 1), (Constant(0.25), 0.25)):
        assert (initializer((2, 3), rng(), np.float32) == value).all()


def test_an_initialiser_with_a_seed_gives_the_same_numbers_in_every_layer():
    layers = [Dense(3, kernel_initializer=HeNormal(seed=4)) for _ in range(2)]
    for place, layer in enumerate(layers):
        layer.build((5,), np.random.default_rng(place))
    one, other = (layer.params["kernel"] for layer in layers)
    np.testing.assert_array_equal(one, other)
    assert (one != HeNormal(seed=5)((5, 3), rng(), np.float32)).all()


def test_a_bias_has_its_own_initialiser():
    conv = Conv2D(3, 2, bias_initializer=Constant(0.5))
    conv.build((4, 5, 1), rng())
    assert (conv.params["bias"] == 0.5).all()


def test_an_initialiser_goes_by_name_by_class_and_as_an_object():
    assert check_initializer("he_normal") == "he_normal"
    assert repr(check_initializer(RandomNormal)) == repr(RandomNormal())
    mine = RandomNormal(stddev=0.01)
    assert check_initializer(mine) is mine
    assert repr(mine) == "RandomNormal(mean=0.0, stddev=0.01, seed=None)"
    assert initializers.he_normal is HeNormal  # as Keras spells it, too
    text = repr(Dense(2, kernel_initializer=mine))
    assert text == f"Dense(units=2, kernel_initializer={mine!r})"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: VarianceScaling(0), "scale should be a number above 0"),
        (lambda: VarianceScaling(mode="fan"), "mode should be fan_in, .*got 'fan'"),
        (lambda: VarianceScaling(distribution="x"), "distribution should be .*got 'x'"),
        (lambda: RandomNormal(stddev=-1), "stddev should be a number at least 0"),
        (lambda: RandomUniform(1, 0), "maxval should be a number at least 1"),
        (lambda: Constant("a"), "value should be a number.*'a'"),
        (lambda: HeNormal(seed=-1), "seed should be a whole number of at least 0"),
        (lambda: Dense(1, bias_initializer="x"), "bias_initializer should be one of"),
        (lambda: check_initializer({"Zeros": 3}), "should be one of GlorotUniform"),
        (lambda: check_initializer({"Lambda": {}}), "should be one of GlorotUniform"),
    ],
)
def test_a_wrong_argument_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
