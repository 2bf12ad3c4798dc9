"""Keras's names for looking inside a model, and layers that do not learn."""

import warnings

import numpy as np
import pytest

from tinycnn import Sequential, load_model
from tinycnn.keras import words
from tinycnn.keras.words import KerasWordWarning
from tinycnn.layers import BatchNormalization, Conv2D, Dense, Flatten, Layer
from tinycnn.models import Model
from tinycnn.optimizers import Adam

X = np.random.default_rng(2).random((6, 5, 5, 1)).astype(np.float32)
Y = np.arange(6) % 2


def stack():
    model = Sequential()
    model.add(Conv2D(2, (3, 3), input_shape=(5, 5, 1), activation="relu"))
    model.add(Conv2D(3, (2, 2), activation="relu"))
    model.add(BatchNormalization())
    model.add(Flatten())
    model.add(Dense(1, activation="sigmoid"))
    model.compile(Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
    return model


def test_layers_have_names_and_are_found_by_them():
    model = stack()
    names = [layer.name for layer in model.layers]
    assert names[0] == "conv2d"
    assert "conv2d_1" in names
    assert len(set(names)) == len(names)
    assert model.get_layer("conv2d_1") is model.layers[2]
    assert model.get_layer(index=0) is model.layers[0]
    with pytest.raises(ValueError, match=r"the layers are conv2d, .*, got 'lstm'"):
        model.get_layer("lstm")
    with pytest.raises(ValueError, match="got 99"):
        model.get_layer(index=99)


def test_weights_of_a_layer_are_copied_out_and_in():
    layer = stack().layers[0]
    kernel, bias = layer.get_weights()
    assert layer.count_params() == kernel.size + bias.size == 20
    assert np.shares_memory(layer.kernel, layer.params["kernel"])
    assert np.shares_memory(layer.weights[1], layer.bias)
    assert type(layer.kernel.numpy()) is type(layer.weights[0].numpy()) is np.ndarray
    kernel += 1
    assert not np.array_equal(kernel, layer.kernel)
    layer.set_weights([kernel, bias])
    np.testing.assert_array_equal(layer.kernel, kernel)
    with pytest.raises(ValueError, match=r"Conv2D has weights of shapes \[\(3, 3"):
        layer.set_weights([])


def test_a_model_is_called_shortened_and_described():
    model, lines = stack(), []
    np.testing.assert_array_equal(model(X), model.predict(X))
    model.summary(print_fn=lines.append, line_length=100)
    assert any("Conv2D" in line for line in lines)
    assert len(lines) > len(model.layers)
    count = len(model.layers)
    model.pop()
    assert len(model.layers) == count - 2  # Dense, and its activation=
    model.pop()
    assert len(model.layers) == count - 3
    with pytest.raises(TypeError, match="no layer to take away"):
        Sequential().pop()


def test_the_learning_rate_is_read_and_set_under_both_names():
    optimizer = stack().optimizer
    optimizer.lr = 0.125
    assert optimizer.lr == optimizer.learning_rate == 0.125


@pytest.mark.parametrize("place", [0, 4])
def test_a_layer_that_is_not_trainable_does_not_move(tmp_path, place):
    model, free = stack(), stack()
    layer = model.layers[place]
    layer.trainable = False
    before = [array.copy() for array in layer.weights]
    others = model.layers[-2].get_weights()
    for one in (model, free):
        one.fit(X, Y, epochs=3, verbose=0)
    for old, new in zip(before, layer.weights, strict=True):
        np.testing.assert_array_equal(old, new)
    assert not np.array_equal(others[0], model.layers[-2].kernel)
    assert not np.array_equal(free.layers[place].weights[0], before[0])
    assert layer.trainable_weights == []
    model.save(tmp_path / "frozen.h5")
    again = load_model(tmp_path / "frozen.h5")
    assert [one.trainable for one in again.layers].count(False) == 1
    assert not again.layers[place].trainable


def test_a_model_that_is_not_trainable_does_not_learn(monkeypatch):
    monkeypatch.setattr(words, "_said", set())
    model = stack()
    model.trainable = False
    before = model.get_weights()
    with pytest.warns(KerasWordWarning, match="every layer has trainable=False"):
        model.fit(X, Y, epochs=2, verbose=0)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert model.trainable_weights == []
    assert len(model.non_trainable_weights) == len(before)
    model.trainable = True
    model.fit(X, Y, verbose=0)
    assert not np.array_equal(model.get_weights()[0], before[0])


def test_weights_are_a_list_and_arrays_have_their_names():
    model = Sequential([Dense(3, input_shape=(2,)), BatchNormalization()])
    names = ["0.kernel", "0.bias", "1.gamma", "1.beta"]
    assert [*model.arrays][:4] == names
    assert len(model.weights) == 6
    named = zip(model.weights, model.arrays.values(), strict=True)
    assert all(one is other for one, other in named)


@pytest.mark.parametrize("shape", [(5, 5, 1), (None, 5, 5, 1), (32, 5, 5, 1)])
def test_build_takes_a_shape_with_or_without_the_batch_axis(shape):
    model = Sequential([Conv2D(2, 3), Flatten()])
    model.build(shape)
    assert (model.input_shape, model.output_shape) == ((5, 5, 1), (18,))


def test_a_layer_with_keras_s_call_is_refused_when_it_is_written():
    with pytest.raises(TypeError, match=r"Twice defines call.*backward\(dy\)"):

        class Twice(Layer):
            def call(self, x):
                return 2 * x

    class Both(Layer):
        def call(self, x):
            return self.forward(x)

        def forward(self, x, training=False):
            return x

    assert Both()(np.ones((1, 2))).tolist() == [[1, 1]]


def test_a_model_to_a_layers_output_shows_what_the_layer_answers():
    model = stack()
    whole = model.activations(X)
    inside = Model(inputs=model.input, outputs=[one.output for one in model.layers[:3]])
    for start, found in zip((2, 2, 4), inside.predict(X), strict=True):
        np.testing.assert_array_equal(found, whole[start])  # after the activation
    features = Model(model.inputs, model.get_layer("conv2d_1").output)
    np.testing.assert_array_equal(features.predict(X), whole[4])
    np.testing.assert_array_equal(Model(model.input, model.output)(X), whole[-1])
    assert model.layers[0].output.shape == (None, 3, 3, 2)
    many = np.concatenate([X] * 7)  # more than one batch
    np.testing.assert_allclose(
        inside(many)[0], np.concatenate([whole[2]] * 7), rtol=1e-6
    )


def test_a_layer_of_another_model_is_not_inside():
    with pytest.raises(ValueError, match=r"^Conv2D\(.*\) is not a layer of Sequential"):
        Model(stack().input, stack().layers[0].output)


def test_variables_are_the_weights():
    model = stack()
    assert len(model.variables) == len(model.weights)
    assert len(model.trainable_variables) == len(model.trainable_weights)
    assert len(model.non_trainable_variables) == 2  # of the batch normalisation
    layer = model.layers[0]
    assert [v.shape for v in layer.variables] == [(3, 3, 1, 2), (2,)]
    assert np.shares_memory(layer.trainable_variables[0], layer.kernel)


def test_a_layer_counts_its_own_numbers_and_has_no_kernel_if_it_learns_none():
    model = stack()
    assert model.layers[0].count_params() == 3 * 3 * 2 + 2
    assert model.get_layer("batch_normalization").count_params() == 4 * 3
    with pytest.raises(AttributeError, match="Flatten has no kernel"):
        Flatten().kernel  # noqa: B018


def test_a_layers_config_has_its_name():
    assert Dense(3, name="last").get_config()["name"] == "last"
    assert stack().layers[0].get_config()["filters"] == 2


def test_layers_cut_apart_from_their_activation_are_remarked_on(monkeypatch):
    monkeypatch.setattr(words, "_said", set())
    model = stack()
    with pytest.warns(KerasWordWarning, match=r"model\.layers\[:-2\] leaves out both"):
        Sequential(model.layers[:-1])
    with pytest.warns(KerasWordWarning, match=r"model\.layers\[-2\] is model\.layers"):
        Model(model.input, model.layers[-2].output)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Sequential(model.layers[:-2])
        Model(model.input, model.layers[-3].output)
        Model(model.input, model.output)


def test_fit_names_what_is_frozen(capsys):
    model = stack()
    for layer in model.layers[:2]:  # conv2d and its activation: one layer in Keras
        layer.trainable = False
    model.fit(X, Y, epochs=1)
    assert "frozen (trainable is False): conv2d\n" in capsys.readouterr().out
    model.fit(X, Y, epochs=1, verbose=0)
    assert capsys.readouterr().out == ""
