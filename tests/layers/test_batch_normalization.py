"""Batch normalisation: its running means, its two ways of working, its arguments."""

import numpy as np
import pytest

from tinycnn.layers import BatchNormalization, Conv2D, Dense, Flatten
from tinycnn.models import Sequential, load_model


def built(shape=(4, 5, 3), **arguments):
    layer = BatchNormalization(**arguments)
    layer.build(shape, np.random.default_rng(0), np.float64)
    return layer


def test_training_gives_each_channel_mean_0_and_variance_1():
    x = 7 + 3 * np.random.default_rng(1).standard_normal((6, 4, 5, 3))
    y = built(epsilon=1e-12).forward(x, training=True)
    np.testing.assert_allclose(y.mean(axis=(0, 1, 2)), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=(0, 1, 2)), 1, rtol=1e-9)


def test_the_running_means_by_hand():
    layer = built((1,), momentum=0.75)
    layer.forward(np.array([[2.0], [6.0]]), training=True)  # mean 4, variance 4
    assert layer.state["moving_mean"].tolist() == [0.75 * 0 + 0.25 * 4]
    assert layer.state["moving_variance"].tolist() == [0.75 * 1 + 0.25 * 4]
    layer.forward(np.array([[1.0], [1.0]]), training=True)  # mean 1, variance 0
    assert layer.state["moving_mean"].tolist() == [0.75 * 1 + 0.25 * 1]
    assert layer.state["moving_variance"].tolist() == [0.75 * 1.75]


def test_only_training_moves_the_running_means():
    layer = built()
    before = {name: array.copy() for name, array in layer.state.items()}
    x = np.random.default_rng(1).standard_normal((6, 4, 5, 3))
    layer.backward(layer.forward(x))
    for name, array in layer.state.items():
        np.testing.assert_array_equal(array, before[name])


def test_outside_training_a_photo_does_not_depend_on_the_others():
    rng, layer = np.random.default_rng(1), built()
    layer.forward(rng.standard_normal((6, 4, 5, 3)), training=True)
    x = rng.standard_normal((2, 4, 5, 3))
    np.testing.assert_array_equal(layer.forward(x)[:1], layer.forward(x[:1]))


def test_the_offset_is_what_a_photo_of_zeros_gives():
    rng, layer = np.random.default_rng(1), built()
    for array in (*layer.params.values(), *layer.state.values()):
        array[...] = rng.uniform(0.5, 2, array.shape)
    y = layer.forward(np.zeros((1, 4, 5, 3)))
    np.testing.assert_allclose(y[0, 1, 2], layer.offset(), rtol=1e-14)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"momentum": 1.5},
            "momentum should be .* at least 0 and below 1, got 1.5",
        ),
        (
            {"momentum": True},
            "momentum should be .* at least 0 and below 1, got True",
        ),
        (
            {"momentum": "0.9"},
            "momentum should be .* at least 0 and below 1, got '0.9'",
        ),
        ({"epsilon": 0}, "epsilon should be a number above 0 and finite, got 0"),
        ({"epsilon": np.inf}, "epsilon should be a number above 0 and finite, got inf"),
    ],
)
def test_an_argument_out_of_range_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        BatchNormalization(**arguments)


def test_the_running_means_are_kept_in_the_model_file(tmp_path, capsys):
    rng = np.random.default_rng(2)
    layers = [Conv2D(3, 2, input_shape=(5, 6, 1)), BatchNormalization(), Flatten()]
    model = Sequential([*layers, Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    x, y = rng.random((40, 5, 6, 1), np.float32), rng.integers(0, 2, 40)
    model.fit(x, y, epochs=3, verbose=0)
    assert abs(model.layers[1].state["moving_mean"]).max() > 0
    model.save(tmp_path / "model.safetensors")
    again = load_model(tmp_path / "model.safetensors")
    assert [*again.arrays] == [*model.arrays]
    for name, array in again.arrays.items():
        np.testing.assert_array_equal(array, model.arrays[name], err_msg=name)
    np.testing.assert_array_equal(again.predict(x), model.predict(x))
    other = Sequential([Conv2D(3, 2, input_shape=(5, 6, 1)), BatchNormalization()])
    other.set_weights(model.get_weights()[:6])
    assert other.count_params() == 3 * 4 + 3 + 4 * 3
    other.summary()
    assert "27 parameters (108 bytes as float32), 21 of them learnt" in (
        capsys.readouterr().out
    )
    np.testing.assert_array_equal(
        other.layers[1].state["moving_mean"], model.arrays["1.moving_mean"]
    )


@pytest.mark.parametrize(
    ("axis", "shape"),
    [(-1, (4,)), (1, (4,)), ([1], (4,)), (3, (4, 5, 2)), (-1, (4, 5, 2))],
)
def test_keras_s_axis_is_the_channels(axis, shape):
    layer = BatchNormalization(axis=axis)
    layer.build(shape, np.random.default_rng(0))
    assert layer.params["gamma"].shape == shape[-1:]
    assert "axis" not in layer.config()


@pytest.mark.parametrize(("axis", "shape"), [(1, (4, 5, 2)), (3, (4,)), (0, (4,))])
def test_another_axis_is_refused_when_the_shape_is_known(axis, shape):
    layer = BatchNormalization(axis=axis)
    with pytest.raises(ValueError, match=f"axis should be -1 or .*got {axis}"):
        layer.build(shape, np.random.default_rng(0))
