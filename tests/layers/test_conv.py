"""Convolution: the tutorial's feature map, plain loops, and im2col's law."""

import itertools

import numpy as np
import pytest
import slow

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import col2im, crop, im2col, pad
from tinycnn.shapes import window_walk

IMAGE = ["11100", "01110", "00111", "00110", "01100"]
KERNEL = ["101", "010", "101"]
FEATURE_MAP = ["434", "243", "234"]


def digits(rows):
    return np.array([[float(digit) for digit in row] for row in rows])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_5x5_image_under_the_3x3_kernel_gives_the_tutorials_feature_map(dtype):
    conv = Conv2D(1, (3, 3))
    assert conv.build((5, 5, 1), np.random.default_rng(0), dtype) == (3, 3, 1)
    conv.params["kernel"] = digits(KERNEL).astype(dtype).reshape(3, 3, 1, 1)
    y = conv.forward(digits(IMAGE).astype(dtype).reshape(1, 5, 5, 1))
    assert y.dtype == dtype
    assert y[0, :, :, 0].tolist() == digits(FEATURE_MAP).tolist()


def test_the_loops_find_the_same_feature_map():
    y = slow.convolution(
        digits(IMAGE).reshape(1, 5, 5, 1), digits(KERNEL).reshape(3, 3, 1, 1), [0.0]
    )
    assert y[0, :, :, 0].tolist() == digits(FEATURE_MAP).tolist()


def test_the_kernel_is_not_flipped():
    conv = Conv2D(1, (1, 2))
    conv.build((1, 3, 1), np.random.default_rng(0))
    conv.params["kernel"][...] = np.reshape([1, 10], (1, 2, 1, 1))
    y = conv.forward(np.reshape([1.0, 2.0, 3.0], (1, 1, 3, 1)))
    assert y.ravel().tolist() == [1 + 20, 2 + 30]


GRID = list(
    itertools.product(
        [(5, 6), (6, 5), (4, 7)],
        [(2, 3), (3, 1), (1, 4), (3, 3)],
        [(1, 1), (2, 1), (1, 3), (3, 2)],
        ["valid", "same"],
    )
)


@pytest.mark.parametrize(("photo", "kernel_size", "strides", "padding"), GRID)
def test_forward_and_backward_are_what_plain_loops_compute(
    photo, kernel_size, strides, padding
):
    rng = np.random.default_rng(3)
    conv = Conv2D(2, kernel_size, strides, padding)
    output_shape = conv.build((*photo, 3), rng, np.float64)
    kernel, bias = conv.params["kernel"], conv.params["bias"]
    bias[...] = rng.standard_normal(2)
    x = rng.standard_normal((2, *photo, 3))
    dy = rng.standard_normal((2, *output_shape))

    y = conv.forward(x)
    dx = conv.backward(dy)
    wanted = slow.convolution(x, kernel, bias, strides, padding)
    wanted_dx, dkernel, dbias = slow.convolution_gradients(
        x, kernel, dy, strides, padding
    )

    close = {"rtol": 1e-11, "atol": 1e-12}
    np.testing.assert_allclose(y, wanted, **close)
    np.testing.assert_allclose(dx, wanted_dx, **close)
    np.testing.assert_allclose(conv.grads["kernel"], dkernel, **close)
    np.testing.assert_allclose(conv.grads["bias"], dbias, **close)


def test_the_gradient_of_a_bias_is_dy_summed_over_photos_rows_and_columns():
    conv = Conv2D(2, 1)
    conv.build((2, 3, 1), np.random.default_rng(0))
    conv.forward(np.zeros((2, 2, 3, 1)))
    conv.backward(np.arange(24.0).reshape(2, 2, 3, 2))
    # 0 + 2 + ... + 22 for the first filter, 1 + 3 + ... + 23 for the second
    assert conv.grads["bias"].tolist() == [132, 144]


# (length, window, stride) -> windows, cells of border before, behind; by hand.
SAME = [
    (5, 2, 2, 3, 0, 1),  # 3 windows reach over 6 cells: one too many, put behind
    (5, 3, 1, 5, 1, 1),
    (5, 4, 1, 5, 1, 2),  # an odd border has its extra cell behind
    (6, 3, 2, 3, 0, 1),
    (7, 3, 2, 4, 1, 1),
    (6, 2, 3, 2, 0, 0),  # nothing negative where windows leave gaps
    (6, 1, 4, 2, 0, 0),
    (2, 5, 1, 2, 2, 2),  # a window larger than the photo
    (1, 3, 2, 1, 1, 1),
]


@pytest.mark.parametrize(("length", "window", "stride", "steps", "a", "b"), SAME)
def test_same_borders_are_keras_s(length, window, stride, steps, a, b):
    assert window_walk(length, window, stride, "same") == (steps, (a, b))
    firsts = slow.firsts(length, window, stride, "same")  # the oracle, too
    assert (len(firsts), -firsts[0]) == (steps, a)


WALKS = [
    ((2, 5, 6, 2), (2, 3), (1, 1)),
    ((2, 5, 6, 2), (2, 3), (2, 1)),
    ((1, 6, 5, 3), (3, 2), (2, 3)),
    ((3, 4, 7, 1), (1, 2), (3, 3)),  # cells that no window sees
    ((1, 3, 4, 2), (3, 4), (1, 1)),
]


@pytest.mark.parametrize(("shape", "window", "strides"), WALKS)
def test_im2col_and_col2im_are_adjoint_exactly(shape, window, strides):
    rng = np.random.default_rng(0)
    x = rng.integers(-9, 10, shape).astype(np.float64)
    cols = im2col(x, window, strides)
    c = rng.integers(-9, 10, cols.shape).astype(np.float64)
    assert (cols * c).sum() == (x * col2im(c, shape, window, strides)).sum()


@pytest.mark.parametrize(("shape", "window", "strides"), WALKS)
def test_im2col_lays_each_window_into_a_row(shape, window, strides):
    x = np.arange(np.prod(shape), dtype=np.float64).reshape(shape)
    rows = []
    for n in range(shape[0]):
        for _, cells in slow.real_cells(shape[1:3], window, strides, "valid"):
            rows.append(
                [x[n, i, j, c] for _, _, i, j in cells for c in range(shape[3])]
            )
    assert im2col(x, window, strides).tolist() == rows


@pytest.mark.parametrize("strides", [(1, 1), (2, 1), (1, 3)])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_the_photos_gradient_is_col2im_of_all_rows_at_once(strides, padding):
    """`product_col2im` makes them cell by cell; this is the plain twin."""
    rng = np.random.default_rng(3)
    conv = Conv2D(4, (3, 2), strides, padding)
    conv.build((7, 9, 3), rng, np.float64)
    y = conv.forward(rng.standard_normal((2, 7, 9, 3)))
    dy = rng.standard_normal(y.shape)
    _, borders = conv._grid((7, 9, 3))
    padded_shape = pad(np.zeros((2, 7, 9, 3)), borders).shape
    dcols = dy.reshape(-1, 4) @ conv.params["kernel"].reshape(-1, 4).T
    wanted = crop(col2im(dcols, padded_shape, (3, 2), strides), borders)
    np.testing.assert_allclose(conv.backward(dy), wanted, rtol=1e-12, atol=1e-12)


def test_col2im_adds_up_where_windows_overlap():
    # Three 1x2 windows over four cells: the two in the middle are seen twice.
    added = col2im(np.ones((3, 2)), (1, 1, 4, 1), (1, 2), (1, 1))
    assert added.ravel().tolist() == [1, 2, 2, 1]


def test_crop_undoes_pad():
    x = np.arange(60.0).reshape(1, 5, 6, 2)
    borders = ((0, 1), (2, 3))
    assert pad(x, borders, fill=7.0).shape == (1, 6, 11, 2)
    assert pad(x, borders, fill=7.0)[0, 5].min() == 7
    np.testing.assert_array_equal(crop(pad(x, borders), borders), x)


# Glorot's limit is sqrt(6 / (fan_in + fan_out)): for the tutorial's three kernels
# sqrt(6 / (27 + 288)), sqrt(6 / (30752 + 128)) and sqrt(6 / (128 + 1)). The first,
# the convolution's, is checked here; all three of them in test_initializers.py.
def test_the_tutorials_kernel_starts_within_glorots_limit():
    conv = Conv2D(32, (3, 3))
    assert conv.build((64, 64, 3), np.random.default_rng(0)) == (62, 62, 32)
    kernel = conv.params["kernel"]
    assert kernel.shape == (3, 3, 3, 32)
    assert 0.99 * 0.13801 < np.abs(kernel).max() <= 0.138014
    assert not conv.params["bias"].any()
    assert sum(param.size for param in conv.params.values()) == 896


def test_products_are_counted_as_in_the_textbook():
    conv = Conv2D(32, (3, 3))
    conv.build((64, 64, 3), np.random.default_rng(0))
    assert conv.multiply_adds() == 62 * 62 * 3 * 3 * 3 * 32  # 3.32 million


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filters": 0}, "filters should be a whole number of at least 1, got 0"),
        ({"filters": 2.5}, "filters should be a whole number of at least 1, got 2.5"),
        ({"filters": True}, "filters should be a whole number.*got True"),
        ({"kernel_size": 0}, "kernel_size should be a whole number.*got 0"),
        ({"kernel_size": (3, -1)}, "kernel_size should be a whole number.*got -1"),
        ({"kernel_size": (3, 3, 3)}, r"kernel_size should be one.*or two.*3, 3, 3"),
        ({"strides": 0}, "strides should be a whole number of at least 1, got 0"),
        ({"padding": "full"}, "padding should be 'valid' or 'same', got 'full'"),
        ({"padding": None}, "padding should be 'valid' or 'same', got None"),
        ({"activation": "cos"}, "activation should be one of relu.*got 'cos'"),
        ({"input_shape": (64, 0, 3)}, "input_shape should be a whole number.*got 0"),
        ({"kernel_initializer": "twos"}, "kernel_initializer should be one of glorot"),
    ],
)
def test_a_wrong_argument_is_named_with_what_it_should_be(arguments, message):
    with pytest.raises(ValueError, match=message):
        Conv2D(**{"filters": 3, "kernel_size": 2, **arguments})


@pytest.mark.parametrize(
    ("word", "message"),
    [
        (
            "dilation_rate",
            "Conv2D has no argument 'dilation_rate': windows have no gap",
        ),
        ("data_format", "'data_format': arrays are always"),
        ("groups", "'groups': every kernel sees every channel"),
        ("kernal_size", r"'kernal_size': did you mean 'kernel_size'\?"),
        ("foo", r"'foo': help\(Conv2D\) lists"),
    ],
)
def test_keras_words_that_do_not_exist_here_are_refused_by_name(word, message):
    with pytest.raises(TypeError, match=message):
        Conv2D(3, 2, **{word: 2})


@pytest.mark.parametrize(
    ("input_shape", "message"),
    [
        ((1, 1, 4), "a 3x2 kernel does not fit in a 1x1 input; use a smaller one"),
        ((3, 1, 4), "a 3x2 kernel does not fit in a 3x1 input"),
        ((2, 9, 4), "a 3x2 kernel does not fit in a 2x9 input"),
        ((64, 64), r"should be \(rows, columns, channels\), got \(64, 64\)"),
        ((7,), r"should be \(rows, columns, channels\), got \(7,\)"),
    ],
)
def test_a_photo_that_does_not_fit_is_refused_by_build(input_shape, message):
    with pytest.raises(ValueError, match=message):
        Conv2D(2, (3, 2)).build(input_shape, np.random.default_rng(0))


def test_an_int_means_the_same_down_and_across():
    assert Conv2D(2, 3, strides=2).config() == Conv2D(2, (3, 3), [2, 2]).config()
