"""Networks in networks, names of layers, and activations that belong to a layer."""

import copy

import numpy as np
import pytest

from tinycnn import ModelFileError, Sequential, load_model
from tinycnn.files.safetensors import read_file, write_file
from tinycnn.keras.inputs import Input
from tinycnn.layers import (
    ELU,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
    ReLU,
    Rescaling,
    Sigmoid,
    Softmax,
)
from tinycnn.models import clone_model, model_from_json, save_model, saving

X = np.random.default_rng(4).random((6, 7, 5, 2)).astype(np.float32)
Y = np.arange(6) % 3


def front(**shape):
    return [Conv2D(3, (2, 3), activation="relu", **shape), MaxPooling2D(2)]


def back():
    return [Flatten(), Dense(4, "relu"), Dense(3, "softmax")]


def flat():
    return Sequential([*front(input_shape=(7, 5, 2)), *back()])


# -- networks in networks --------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda: Sequential([Input((7, 5, 2)), Sequential(front()), *back()]),
        lambda: Sequential([Sequential(front(input_shape=(7, 5, 2))), *back()]),
        lambda: Sequential([Sequential([Input((7, 5, 2)), *front()]), *back()]),
        lambda: Sequential([*front(input_shape=(7, 5, 2)), Sequential(back())]),
        lambda: Sequential(
            [Sequential([Input((7, 5, 2)), Sequential(front())]), Sequential(back())]
        ),
    ],
)
def test_the_layers_of_a_network_become_layers_of_the_one_it_is_added_to(make):
    model, expected = make(), flat()
    assert list(map(repr, model.layers)) == list(map(repr, expected.layers))
    model.set_weights(expected.get_weights())
    np.testing.assert_array_equal(model.predict(X), expected.predict(X))
    for one in (model, expected):
        one.compile("sgd", "sparse_categorical_crossentropy")
        one.fit(X, Y, epochs=2, verbose=0)
    for one, two in zip(model.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_the_inner_network_learns_with_the_outer_one_as_in_keras():
    inner = Sequential(front(input_shape=(7, 5, 2)))
    model = Sequential([inner, *back()])
    before = inner.get_weights()
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(X, Y, verbose=0)
    assert not np.array_equal(inner.get_weights()[0], before[0])
    np.testing.assert_array_equal(inner.get_weights()[0], model.get_weights()[0])
    inner.trainable = False
    kept = inner.get_weights()
    model.fit(X, Y, verbose=0)
    np.testing.assert_array_equal(inner.get_weights()[0], kept[0])


def test_an_inner_network_without_a_shape_waits_for_the_first_photos():
    model = Sequential([Sequential([Rescaling(0.5)]), Sequential(front()), *back()])
    assert model.predict(X).shape == (6, 3)
    assert [layer.name for layer in model.layers][:2] == ["rescaling", "conv2d"]


def test_an_inner_network_of_another_shape_is_refused_with_its_place():
    with pytest.raises(ValueError, match=r"layer 2 \(Dense\), given \(4,\): it was"):
        Sequential([Dense(4, "relu", input_shape=(3,)), Sequential([built_for(5)])])


def built_for(inputs):
    layer = Dense(2)
    layer.build((inputs,), np.random.default_rng(0))
    return layer


def test_a_network_is_added_once():
    inner = Sequential([Dense(3, input_shape=(3,))])
    with pytest.raises(ValueError, match="is in this model already"):
        Sequential([inner, inner])


# -- names ---------------------------------------------------------------------------


def named():
    return Sequential(
        [
            Conv2D(2, 3, activation="relu", input_shape=(7, 5, 2), name="eyes"),
            Flatten(),
            Dense(3, name="scores"),
            Softmax(),
        ]
    )


def test_layers_of_inner_networks_get_names_that_are_free():
    model = Sequential(
        [
            Sequential([Dense(3, "relu", input_shape=(4,))]),
            Sequential([Dense(3, "relu", name="mine"), Dense(2, "relu")]),
        ]
    )
    names = [layer.name for layer in model.layers]
    assert names == ["dense", "relu", "mine", "relu_1", "dense_1", "relu_2"]


def test_two_layers_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two layers are named 'eyes': give each"):
        Sequential([Dense(3, name="eyes", input_shape=(4,)), Dense(2, name="eyes")])


def test_the_summary_shows_names_that_a_script_chose():
    lines = []
    named().summary(print_fn=lines.append)
    text = "\n".join(lines)
    assert "0 eyes (Conv2D)" in text
    assert "3 scores (Dense)" in text
    assert "2 Flatten " in text


def numbered():
    """Names with the numbers of Keras's, but not those that layers get here."""
    return Sequential(
        [
            Conv2D(2, 3, activation="relu", input_shape=(7, 5, 2), name="conv2d_1"),
            Flatten(name="flatten_3"),
            Dense(4, name="dense_1"),
            Dense(3, name="dense"),
            Softmax(name="softmax"),
        ]
    )


def test_names_with_numbers_are_kept_too(tmp_path):
    model = numbered()
    names = ["conv2d_1", "relu", "flatten_3", "dense_1", "dense", "softmax"]
    assert [layer.name for layer in model.layers] == names
    model.save(tmp_path / "m.safetensors")
    for again in (
        load_model(tmp_path / "m.safetensors"),
        model_from_json(model.to_json()),
        clone_model(model),
    ):
        assert [layer.name for layer in again.layers] == names
        assert again.layers[1].is_joined
        assert not again.layers[5].is_joined
    lines = []
    model.summary(print_fn=lines.append)
    text = "\n".join(lines)
    assert "0 conv2d_1 (Conv2D)" in text
    assert "2 flatten_3 (Flatten)" in text
    assert "3 dense_1 (Dense)" in text
    assert "1 ReLU " in text


@pytest.mark.parametrize("trip", ["file", "json", "clone", "deepcopy"])
def test_names_survive(tmp_path, trip):
    model = named()
    if trip == "file":
        model.save(tmp_path / "m.safetensors")
        again = load_model(tmp_path / "m.safetensors")
    elif trip == "json":
        again = model_from_json(model.to_json())
    else:
        again = clone_model(model) if trip == "clone" else copy.deepcopy(model)
    names = [layer.name for layer in again.layers]
    assert names == [layer.name for layer in model.layers]
    assert names == ["eyes", "relu", "flatten", "scores", "softmax"]
    assert again.get_layer("scores").units == 3


def test_a_file_of_a_model_without_names_has_no_entry_for_them(tmp_path):
    flat().save(tmp_path / "m.safetensors")
    assert "names" not in read_file(tmp_path / "m.safetensors")[0]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "dict expected, got list"),
        ({"5": "x"}, "names layers that it does not have"),
        ({"-1": "x"}, "names layers that it does not have"),
        ({"0": 3}, "str expected, got int"),
        ({"0": ""}, "a layer is named ''"),
        ({"0": "a\x1b[2J"}, "a layer is named"),
        ({"0": "x" * 201}, "a layer is named"),
        ({"0": "x", "1": "x"}, "gives two layers the same name"),
    ],
)
def test_names_in_a_file_are_checked(tmp_path, names, message):
    path = tmp_path / "m.safetensors"
    named().save(path)
    config, arrays = read_file(path)
    write_file(path, arrays, {**config, "names": names})
    with pytest.raises(ModelFileError, match=message):
        load_model(path)


# -- activations that belong to a layer ----------------------------------------------


def ends():
    """A model whose activations were arguments, and one with layers for them."""
    joined = [Dense(4, ELU(0.5), input_shape=(3,)), Dropout(0.1), Dense(1, "sigmoid")]
    alone = [Dense(4, input_shape=(3,)), ReLU(), Dropout(0.1), Dense(1), Sigmoid()]
    return Sequential(joined), Sequential(alone)


@pytest.mark.parametrize("is_loaded", [False, True])
def test_pop_takes_what_keras_calls_a_layer(tmp_path, is_loaded):
    joined, alone = ends()
    if is_loaded:
        joined.save(tmp_path / "joined.safetensors")
        alone.save(tmp_path / "alone.safetensors")
        joined = load_model(tmp_path / "joined.safetensors")
        alone = load_model(tmp_path / "alone.safetensors")
    for kinds in ("Dense ELU Dropout", "Dense ELU", ""):
        joined.pop()
        assert [type(layer).__name__ for layer in joined.layers] == kinds.split()
    for kinds in ("Dense ReLU Dropout Dense", "Dense ReLU Dropout", "Dense ReLU"):
        alone.pop()
        assert [type(layer).__name__ for layer in alone.layers] == kinds.split()


def test_save_model_is_the_method(tmp_path, capsys):
    saving._said.clear()
    model = named()
    save_model(model, tmp_path / "m.h5", overwrite=True, include_optimizer=False)
    assert "load_model" in capsys.readouterr().out
    np.testing.assert_array_equal(
        load_model(tmp_path / "m.h5").predict(X), model.predict(X)
    )
