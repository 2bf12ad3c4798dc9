"""The hand-made kernels against the tutorial's numbers, arithmetic and a loop."""

from importlib import import_module

import numpy as np
import pytest

import tinycnn
from tinycnn.lessons.kernels import (
    FILTER_3X3,
    IMAGE_5X5,
    KERNELS,
    feature_map,
    kernel_text,
)


def looped(image, kernel):
    """The definition, one number at a time."""
    rows = image.shape[0] - kernel.shape[0] + 1
    columns = image.shape[1] - kernel.shape[1] + 1
    y = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            for a in range(kernel.shape[0]):
                for b in range(kernel.shape[1]):
                    y[i, j] += image[i + a, j + b] * kernel[a, b]
    return y


def test_the_tutorials_feature_map():
    assert IMAGE_5X5.tolist() == [
        [1, 1, 1, 0, 0],
        [0, 1, 1, 1, 0],
        [0, 0, 1, 1, 1],
        [0, 0, 1, 1, 0],
        [0, 1, 1, 0, 0],
    ]
    assert FILTER_3X3.tolist() == [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
    y = feature_map(IMAGE_5X5, FILTER_3X3)
    assert y.tolist() == [[4, 3, 4], [2, 4, 3], [2, 3, 4]]


def test_a_kernel_is_not_flipped_and_equals_the_loop():
    rng = np.random.default_rng(0)
    image, kernel = rng.normal(size=(5, 7)), rng.normal(size=(2, 3))
    y = feature_map(image, kernel)
    assert y.shape == (4, 5)
    np.testing.assert_allclose(y, looped(image, kernel), rtol=1e-12)


def test_each_channel_is_convolved_separately():
    rng = np.random.default_rng(1)
    image, kernel = rng.normal(size=(5, 6, 3)), rng.normal(size=(3, 2))
    y = feature_map(image, kernel)
    assert y.shape == (3, 5, 3)
    for channel in range(3):
        np.testing.assert_allclose(
            y[..., channel], looped(image[..., channel], kernel), rtol=1e-12
        )


def test_same_pads_with_zeros():
    rng = np.random.default_rng(2)
    image, kernel = rng.normal(size=(4, 5)), KERNELS["sharpen"]
    y = feature_map(image, kernel, padding="same")
    np.testing.assert_allclose(y, looped(np.pad(image, 1), kernel), rtol=1e-12)


@pytest.mark.parametrize("name", KERNELS)
def test_an_area_of_one_colour(name):
    """Blurring and sharpening keep it, edge kernels make it black."""
    y = feature_map(np.full((6, 5, 3), 0.5), KERNELS[name])
    expected = 0.0 if "edge" in name else 0.5
    np.testing.assert_allclose(y, np.full((4, 3, 3), expected), atol=1e-12)


def test_edges_are_found_where_they_are():
    # dark on the left, light on the right: a vertical edge between columns 2 and 3
    image = np.zeros((5, 6))
    image[:, 3:] = 1
    assert feature_map(image, KERNELS["vertical edges"]).tolist() == [[0, 4, 4, 0]] * 3
    assert not feature_map(image, KERNELS["horizontal edges"]).any()
    edges = feature_map(image.T, KERNELS["horizontal edges"])
    assert edges.tolist() == [[0] * 3, [4] * 3, [4] * 3, [0] * 3]
    # around a single point: 8 times itself, minus it from each neighbour
    point = np.zeros((5, 5))
    point[2, 2] = 1
    edges = feature_map(point, KERNELS["edge detection"])
    assert edges.tolist() == [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]


def test_blurs_of_a_point_by_hand():
    point = np.zeros((3, 3))
    point[1, 1] = 144
    assert feature_map(point, KERNELS["box blur"]).round(9).tolist() == [[16]]
    assert feature_map(point, KERNELS["gaussian blur"]).tolist() == [[36]]
    assert feature_map(point, KERNELS["identity"]).tolist() == [[144]]


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [("float32", "float32"), ("float64", "float64"), ("uint8", "float64")],
)
def test_the_dtype_is_kept_and_the_image_is_not_changed(dtype, expected):
    image = np.arange(20).reshape(4, 5).astype(dtype)
    before = image.copy()
    y = feature_map(image, KERNELS["sharpen"])
    assert y.dtype == expected
    np.testing.assert_array_equal(image, before)
    # numbers 0..255 do not wrap around: 5 * 200 is 1000
    bright = np.full((3, 3), 200).astype(dtype)
    assert feature_map(bright, [[0, 0, 0], [0, 5, 0], [0, 0, 0]]).tolist() == [[1000]]


def test_the_shared_kernels_are_read_only():
    for array in (IMAGE_5X5, FILTER_3X3, *KERNELS.values()):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 9


@pytest.mark.parametrize(
    ("image", "kernel", "padding", "message"),
    [
        (np.zeros(4), FILTER_3X3, "valid", r"image should be one image.*\(4,\)"),
        (np.zeros((2, 4, 4, 3)), FILTER_3X3, "valid", r"got .*\(2, 4, 4, 3\)"),
        (np.zeros((4, 4)), np.zeros((3, 3, 3, 8)), "valid", r"kernel\[:, :, c, f\]"),
        (np.zeros((2, 4)), FILTER_3X3, "valid", "3x3 kernel does not fit in a 2x4"),
        (np.zeros((4, 4)), FILTER_3X3, "full", "should be 'valid' or 'same'.*'full'"),
    ],
)
def test_wrong_arguments_are_refused(image, kernel, padding, message):
    with pytest.raises(ValueError, match=message):
        feature_map(image, kernel, padding)


@pytest.mark.parametrize(
    ("kernel", "text"),
    [
        (KERNELS["edge detection"], "-1 -1 -1\n-1  8 -1\n-1 -1 -1"),
        (KERNELS["box blur"], "1 1 1\n1 1 1  / 9\n1 1 1"),
        ([[0.5, -0.25]], " 2 -1  / 4"),
        ([[0.123, -1.5]], " 0.12 -1.50"),
        ([[-0.0, 2]], "0 2"),
    ],
)
def test_kernels_as_text(kernel, text):
    assert kernel_text(kernel) == text


def test_the_kernels_are_also_found_where_they_were():
    today = import_module("tinycnn.lessons.kernels")
    assert import_module("tinycnn.kernels") is tinycnn.kernels is today
    assert today.__name__ == "tinycnn.lessons.kernels"
