"""Rescaling and the random layers: what a row of the table of layers cannot say."""

import numpy as np
import pytest

from tinycnn.layers import (
    Dense,
    Dropout,
    Flatten,
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
    Rescaling,
)
from tinycnn.layers.preparation import RandomChange
from tinycnn.models import Sequential, load_model


def photos(count=60, shape=(5, 6, 2), seed=0):
    return np.random.default_rng(seed).random((count, *shape))


def changed(layer, x, seed=0):
    layer.build(x.shape[1:], np.random.default_rng(seed))
    return layer.forward(x, training=True)


@pytest.mark.parametrize(
    ("mode", "flips"),
    [
        ("horizontal", [(1, 1), (1, -1)]),
        ("vertical", [(1, 1), (-1, 1)]),
        ("horizontal_and_vertical", [(1, 1), (1, -1), (-1, 1), (-1, -1)]),
    ],
)
def test_each_photo_is_mirrored_or_not_with_the_same_probability(mode, flips):
    x = photos(400)
    counts = dict.fromkeys(flips, 0)
    for before, after in zip(x, changed(RandomFlip(mode), x), strict=True):
        down, across = next(
            (d, a) for d, a in flips if np.allclose(before[::d, ::a], after)
        )
        counts[down, across] += 1
    for count in counts.values():
        assert abs(count - 400 / len(flips)) < 50


def test_a_positive_rotation_is_counter_clockwise():
    x = photos(3, (5, 5, 1))
    y = changed(RandomRotation((0.25, 0.25)), x)
    np.testing.assert_allclose(y, np.rot90(x, axes=(1, 2)), atol=1e-12)


def test_a_positive_translation_is_down_and_to_the_right():
    x = photos(2, (4, 6, 1))
    y = changed(RandomTranslation((0.25, 0.25), (0.5, 0.5), "constant"), x)
    np.testing.assert_allclose(y[:, 1:, 3:], x[:, :3, :3], atol=1e-12)
    assert not y[:, 0].any()
    assert not y[:, :, :3].any()


def test_a_negative_zoom_magnifies_and_one_factor_serves_both_sides():
    x = np.arange(9.0).reshape(1, 1, 9, 1).repeat(3, axis=1)
    y = changed(RandomZoom((-0.5, -0.5)), x)
    np.testing.assert_allclose(y[0, 0, :, 0], 2 + np.arange(9) / 2)
    wider = changed(RandomZoom(0, (1, 1), "nearest"), x)
    np.testing.assert_allclose(
        wider[0, 0, :, 0], [0, 0, 0, 2, 4, 6, 8, 8, 8], atol=1e-12
    )


@pytest.mark.parametrize(
    "layer", [RandomFlip(), RandomRotation(0.1), RandomZoom(0.2)], ids=repr
)
def test_changes_are_drawn_anew_in_each_step_and_repeat_with_it(layer):
    x = photos()
    first = changed(layer, x)
    np.testing.assert_array_equal(layer.forward(x, training=True), first)
    layer.step = 1
    assert not np.array_equal(layer.forward(x, training=True), first)
    np.testing.assert_array_equal(layer.forward(x), x)  # not training: nothing


def test_a_seed_of_its_own_decides():
    x = photos()
    one, other = (changed(RandomFlip(seed=7), x, seed=seed) for seed in (1, 2))
    np.testing.assert_array_equal(one, other)


def test_a_model_that_prepares_its_photos_learns_and_loads(tmp_path):
    x, y = photos(40) * 255, np.arange(40) % 2
    layers = [
        Rescaling(1 / 255, input_shape=(5, 6, 2)),
        RandomFlip("horizontal"),
        RandomRotation(0.1),
        RandomZoom(0.1, (-0.2, 0.1)),
        RandomTranslation(0.1, 0.1, fill_mode="nearest"),
        Flatten(),
        Dense(1, "sigmoid"),
    ]
    model = Sequential(layers)
    model.compile("adam", "binary_crossentropy")
    model.fit(x, y, epochs=2, verbose=0)
    model.save(tmp_path / "model.safetensors")
    loaded = load_model(tmp_path / "model.safetensors")
    assert [repr(layer) for layer in loaded.layers] == [repr(n) for n in model.layers]
    np.testing.assert_array_equal(loaded.predict(x), model.predict(x))
    x_scaled = x.astype(np.float32) * np.float32(1 / 255)
    kernel, bias = model.layers[-2].params.values()
    logits = x_scaled.reshape(40, -1) @ kernel + bias
    np.testing.assert_allclose(model.predict(x), 1 / (1 + np.exp(-logits)), rtol=1e-4)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Rescaling("1/255"), "scale should be a finite number, got '1/255'"),
        (lambda: RandomFlip("sideways"), "mode should be one of horizontal_and_vert"),
        (lambda: RandomRotation(-0.1), r"factor should be 0 or more, or \(smallest"),
        (lambda: RandomRotation((0.2, 0.1)), "factor should be 0 or more, or"),
        (lambda: RandomZoom(1.0), "height_factor should be above -1, got"),
        (lambda: RandomZoom(0.1, fill_mode="edge"), "fill_mode should be one of refl"),
        (lambda: RandomZoom(0.1, fill_mode="wrap"), "one of reflect, nearest, const"),
        (
            lambda: RandomZoom(0.1, interpolation="nearest"),
            "interpolation should be 'bilinear', got 'nearest'",
        ),
        (
            lambda: RandomFlip().build((7,), np.random.default_rng(0)),
            r"RandomFlip should be given photos \(H, W, C\), got the shape \(7,\)",
        ),
    ],
)
def test_a_wrong_argument_is_an_error(make, message):
    with pytest.raises(ValueError, match=message):
        make()


# -- called, as scripts do to look at them -------------------------------------------


def test_a_layer_or_network_that_only_augments_does_so_when_it_is_called():
    x = np.random.default_rng(3).random((4, 6, 5, 3)).astype(np.float32)
    for called in (
        RandomRotation(0.2),
        Sequential([RandomRotation(0.2)]),
        Sequential([Rescaling(1.0), RandomFlip(), RandomZoom(0.3)]),
    ):
        first, second = np.asarray(called(x)), np.asarray(called(x))
        assert np.abs(first - x).max() > 0.01
        assert np.abs(first - second).max() > 0.01  # each call draws anew
        np.testing.assert_array_equal(called(x, training=False), x)


def test_a_network_that_answers_does_not_augment_when_it_is_called():
    x = np.random.default_rng(3).random((4, 6, 5, 3)).astype(np.float32)
    model = Sequential([RandomFlip(input_shape=(6, 5, 3)), Flatten(), Dense(2)])
    np.testing.assert_array_equal(model(x), model.predict(x))
    np.testing.assert_array_equal(Sequential([Rescaling(2.0)])(x), 2 * x)
    np.testing.assert_array_equal(Sequential([Dropout(0.5)])(x), x)


def test_rescaling_states_what_it_adds():
    assert Rescaling(2.0, offset=-1.0).offset() == -1.0


def test_a_random_layer_of_ones_own_says_what_it_has_to_define():
    mine = type("Mine", (RandomChange,), {})()
    mine.build((3, 4, 1), np.random.default_rng(0))
    with pytest.raises(NotImplementedError, match="Mine should define change"):
        mine.forward(np.ones((2, 3, 4, 1)), training=True)
