"""Lambda, RandomContrast and RandomBrightness: what the table of layers cannot say."""

import numpy as np
import pytest

import tinycnn as tf
from tinycnn import Sequential, layers

X = np.random.default_rng(2).random((9, 4, 5, 2)) * 255


def changed(layer, x=X, seed=0):
    layer.build(x.shape[1:], np.random.default_rng(seed))
    return layer.forward(x, training=True)


def test_contrast_is_the_distance_from_the_mean_of_each_channel():
    y = changed(layers.RandomContrast((0.5, 0), value_range=(-999, 999)))
    mean = X.mean(axis=(1, 2), keepdims=True)
    factors = (y - y.mean(axis=(1, 2), keepdims=True)) / (X - mean)
    np.testing.assert_allclose(y.mean(axis=(1, 2)), X.mean(axis=(1, 2)))
    for factor in factors:  # one of each photo, in 0.5..1
        assert np.ptp(factor) < 1e-9
        assert 0.5 <= factor.flat[0] <= 1
    assert len(set(factors[:, 0, 0, 0].round(6))) == len(X)


def test_brightness_adds_one_number_to_a_photo_and_cuts_off():
    y = changed(layers.RandomBrightness((0.5, 0.5)))
    np.testing.assert_allclose(y, np.minimum(X + 127.5, 255))
    dim = changed(layers.RandomBrightness(0.2, value_range=(0, 1)), X / 255)
    assert dim.min() >= 0
    assert dim.max() <= 1


@pytest.mark.parametrize("kind", [layers.RandomContrast, layers.RandomBrightness])
def test_the_light_changes_during_training_only_and_anew_with_each_step(kind):
    layer = kind(0.3, value_range=(-999, 999))
    first = changed(layer)
    np.testing.assert_array_equal(layer.forward(X), X)
    np.testing.assert_array_equal(layer.forward(X, training=True), first)
    layer.step += 1
    assert not np.allclose(layer.forward(X, training=True), first)
    assert not np.allclose(layer(X), layer(X))  # alone it is for training


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.RandomContrast(1.5), r"factor should be in 0\.\.1"),
        (lambda: layers.RandomContrast((0.1, -1)), r"factor should be in 0\.\.1"),
        (lambda: layers.RandomContrast(0.1, 42), "value_range should be"),
        (lambda: layers.RandomBrightness(2), r"factor should be in -1\.\.1"),
        (lambda: changed(layers.RandomBrightness(0.1), X[0, 0]), "given photos"),
    ],
)
def test_a_wrong_argument_is_an_error(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def in_front(function, **arguments):
    return Sequential(
        [
            layers.Lambda(function, **arguments),
            layers.Conv2D(2, 2, activation="relu"),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def test_a_function_before_everything_that_learns_prepares_the_photos(tmp_path):
    y = np.arange(9) % 2
    made = in_front(lambda x, by: tf.expand_dims(x, -1) / by, arguments={"by": 255})
    made.build((4, 5))
    plain = Sequential(made.layers[1:])
    for one in (made, plain):
        one.compile("adam", "binary_crossentropy")
    made.fit(X[..., 0], y, verbose=0)
    np.testing.assert_allclose(
        made.predict(X[..., 0]), plain.predict(X[..., :1] / 255), rtol=1e-6
    )
    with pytest.warns(UserWarning, match="holds the weights alone"):
        made.save(tmp_path / "made.keras")
    again = in_front(lambda x: tf.expand_dims(x, -1) / 255, input_shape=(4, 5))
    again.load_weights(tmp_path / "made.keras")
    np.testing.assert_array_equal(again.predict(X[..., 0]), made.predict(X[..., 0]))


def test_a_function_after_what_learns_is_refused_before_training():
    made = Sequential([layers.Conv2D(2, 2, input_shape=(4, 5, 2))])
    made.add(layers.Lambda(abs))
    made.add(layers.Flatten())
    made.compile("sgd", "mse")
    before = made.get_weights()
    with pytest.raises(ValueError, match="layer 1, Lambda, stands after layer 0"):
        made.fit(X, np.zeros((9, 24)), verbose=0)
    np.testing.assert_array_equal(made.get_weights()[0], before[0])
    made.forward(X)
    with pytest.raises(RuntimeError, match="Lambda has no derivative"):
        made.layers[1].backward(np.zeros((9, 3, 4, 2)))


def test_a_function_that_cannot_be_used_says_why():
    with pytest.raises(TypeError, match="should be given a function"):
        layers.Lambda(3)
    with pytest.raises(ValueError, match=r"fails for .* \(2, 4, 5\): ZeroDivision"):
        in_front(lambda x: 1 / 0, input_shape=(4, 5))
    with pytest.raises(ValueError, match="as many photos as it is given"):
        in_front(lambda x: x[0], input_shape=(4, 5))


@pytest.mark.parametrize(
    "layer",
    [
        layers.RandomContrast((0, 1), value_range=(60, 190), seed=1),
        layers.RandomBrightness((-0.4, 0.4), value_range=(60, 190), seed=1),
    ],
    ids=lambda one: type(one).__name__,
)
def test_the_derivative_is_0_where_a_value_is_cut_off(layer):
    y = changed(layer)
    is_cut = (y == 60) | (y == 190)
    assert 0.1 < is_cut.mean() < 0.9
    dy = np.random.default_rng(4).normal(size=X.shape)
    dx, step = layer.backward(dy), 1e-3
    for place in zip(*np.nonzero(np.ones_like(X)), strict=True):
        if np.random.default_rng(place).random() > 0.1:
            continue
        moved = X.copy()
        moved[place] += step
        up = layer.forward(moved, training=True)
        moved[place] -= 2 * step
        down = layer.forward(moved, training=True)
        if ((up == 60) | (up == 190) != is_cut).any():  # it moved over the edge
            continue
        numerical = ((up - down) * dy).sum() / (2 * step)
        assert dx[place] == pytest.approx(numerical, abs=1e-6)


@pytest.mark.parametrize("kind", [layers.RandomContrast, layers.RandomBrightness])
def test_a_model_of_light_alone_changes_photos_anew_with_each_call(kind):
    model = Sequential([kind(0.5, seed=1)])
    first, second = model(X), model(X)
    assert not np.allclose(first, X)
    assert not np.allclose(first, second)
