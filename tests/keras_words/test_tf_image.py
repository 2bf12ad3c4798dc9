"""tf.image and tf.io: by hand, against loops, and from files."""

import io

import numpy as np
import pytest
from PIL import Image

import tinycnn as tf

RNG = np.random.default_rng(4)
X = RNG.random((3, 4, 6, 3)).astype(np.float32)
LEVELS = (X * 255).astype(np.uint8)


def content(array, kind="PNG"):
    file = io.BytesIO()
    Image.fromarray(array).save(file, kind)
    return file.getvalue()


def test_photos_are_read_from_files(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(content(LEVELS[0]))
    photo = tf.io.decode_png(tf.io.read_file(str(path)), channels=3)
    np.testing.assert_array_equal(photo, LEVELS[0])
    grey = tf.image.decode_image(content(LEVELS[0, ..., 0]))
    np.testing.assert_array_equal(grey[..., 0], LEVELS[0, ..., 0])
    assert tf.image.decode_jpeg(content(LEVELS[0], "JPEG"), channels=1).shape[2] == 1
    as_fractions = tf.image.decode_image(contents=content(LEVELS[0]), dtype=tf.float32)
    np.testing.assert_allclose(as_fractions, LEVELS[0] / 255, rtol=1e-6)
    with pytest.raises(ValueError, match="this is not a photo"):
        tf.image.decode_png(b"abc")
    with pytest.raises(ValueError, match="channels should be one of"):
        tf.image.decode_png(content(LEVELS[0]), channels=2)


def test_levels_become_fractions_and_back():
    half = tf.image.convert_image_dtype(LEVELS, tf.float32)
    np.testing.assert_allclose(half, LEVELS / 255, rtol=1e-6)
    back = tf.image.convert_image_dtype(half, tf.uint8)
    np.testing.assert_array_equal(back, LEVELS)
    assert tf.image.convert_image_dtype(X, tf.float32) is not None
    too_light = tf.image.convert_image_dtype(X + 1, tf.uint8, saturate=True)
    assert (too_light == 255).all()
    with pytest.raises(ValueError, match=r"use tf\.cast"):
        tf.image.convert_image_dtype(LEVELS, tf.int32)


def test_resizing_is_that_of_the_layer():
    layer = tf.layers.Resizing(7, 5)
    layer.build((4, 6, 3), RNG)
    y = tf.image.resize(X, (7, 5))
    np.testing.assert_allclose(y, layer.forward(X), rtol=1e-5)
    np.testing.assert_allclose(tf.image.resize(X[0], [7, 5]), y[0], rtol=1e-5)
    nearest = tf.image.resize(LEVELS, (8, 12), method="nearest")
    np.testing.assert_array_equal(nearest, LEVELS.repeat(2, 1).repeat(2, 2))
    kept = tf.image.resize(X, (2, 30), preserve_aspect_ratio=True)
    assert kept.shape == (3, 2, 3, 3)
    for wrong in ({"method": "bicubic"}, {"antialias": True}):
        with pytest.raises(ValueError, match="'bilinear' or 'nearest' without"):
            tf.image.resize(X, (2, 2), **wrong)


def test_light_and_colour_by_hand():
    np.testing.assert_allclose(tf.image.adjust_brightness(X, 0.5), X + 0.5)
    lighter = tf.image.adjust_brightness(LEVELS, 0.2).numpy().astype(int)
    assert np.abs(lighter - np.minimum(LEVELS + 51.0, 255)).max() <= 1
    mean = X.mean(axis=(1, 2), keepdims=True)
    y = tf.image.adjust_contrast(X, 2.0)
    np.testing.assert_allclose(y, 2 * X - mean, rtol=1e-5, atol=1e-6)
    grey = tf.image.rgb_to_grayscale(X)
    by_hand = 0.2989 * X[..., 0] + 0.587 * X[..., 1] + 0.114 * X[..., 2]
    np.testing.assert_allclose(grey[..., 0], by_hand, rtol=1e-5)
    assert tf.image.rgb_to_grayscale(LEVELS).dtype == np.uint8
    np.testing.assert_array_equal(tf.image.grayscale_to_rgb(grey)[..., 2:], grey)
    y = tf.image.per_image_standardization(X)
    np.testing.assert_allclose(y.mean(axis=(1, 2, 3)), 0, atol=1e-6)
    np.testing.assert_allclose(y.std(axis=(1, 2, 3)), 1, rtol=1e-5)
    flat = tf.image.per_image_standardization(np.full((2, 2, 1), 3.0))
    assert (flat == 0).all()


def test_places_by_hand():
    np.testing.assert_array_equal(tf.image.flip_left_right(X), X[:, :, ::-1])
    np.testing.assert_array_equal(tf.image.flip_up_down(X[0]), X[0, ::-1])
    np.testing.assert_array_equal(tf.image.rot90(X[0]), np.rot90(X[0]))
    part = tf.image.crop_to_bounding_box(X, 1, 2, 3, 4)
    np.testing.assert_array_equal(part, X[:, 1:4, 2:6])
    np.testing.assert_array_equal(tf.image.central_crop(X, 0.5), X[:, 1:3, 1:5])
    padded = tf.image.resize_with_crop_or_pad(X, 6, 4)
    np.testing.assert_array_equal(padded[:, 1:5], X[:, :, 1:5])
    assert not padded[:, [0, 5]].any()
    with pytest.raises(ValueError, match="should lie in the photo of 4 x 6"):
        tf.image.crop_to_bounding_box(X, 2, 0, 3, 1)


def test_random_functions_draw_anew():
    mirrored = [tf.image.random_flip_left_right(X[0]) for _ in range(40)]
    count = sum(np.array_equal(y, X[0, :, ::-1]) for y in mirrored)
    assert 5 < count < 35
    assert count + sum(np.array_equal(y, X[0]) for y in mirrored) == 40
    upside = tf.image.random_flip_up_down(np.repeat(X, 20, axis=0))
    assert len({y.tobytes() for y in upside}) == 6
    deltas = [float((tf.image.random_brightness(X, 0.3) - X).mean()) for _ in range(9)]
    assert len({round(d, 6) for d in deltas}) == 9
    assert max(map(abs, deltas)) <= 0.3
    assert tf.image.random_contrast(X, 0.5, 1.5).shape == X.shape
    part = tf.image.random_crop(X[0], (2, 3, 3))
    assert any(
        np.array_equal(part, X[0, i : i + 2, j : j + 3])
        for i in range(3)
        for j in range(4)
    )
    with pytest.raises(ValueError, match="does not fit in"):
        tf.image.random_crop(X[0], (9, 3, 3))


def test_what_is_not_there_is_refused_by_name():
    with pytest.raises(AttributeError, match=r"tinycnn has no tf\.image\.adjust_hue"):
        tf.image.adjust_hue(X, 0.1)
