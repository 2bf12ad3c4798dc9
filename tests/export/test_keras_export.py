"""Keras models: the same answers there and back, on whatever Keras runs on here."""

import os

import numpy as np
import pytest
import stacks
from exported import (
    CASES,
    NETWORKS,
    UNFIT_WORDS,
    assert_same,
    assert_the_program_answers_as_predict_does,
    model_of,
    photos_for,
)

from tinycnn import Sequential, load_model
from tinycnn.constraints import MaxNorm
from tinycnn.export import (
    ExportError,
    NotEqualError,
    from_keras,
    keras_model,
    to_keras,
)
from tinycnn.layers import (
    LAYERS,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    LeakyReLU,
    ReLU,
    SumPooling2D,
)
from tinycnn.preprocessing.photos import Preprocessing
from tinycnn.regularizers import L1L2

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip(
    "keras", reason="Keras is not installed (pip install '.[test,parity]')"
)
L = keras.layers
# Keras's own: its tensors meet NumPy in an old way; one output is no softmax to it.
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept:DeprecationWarning",
    "ignore:You are using a softmax over axis:UserWarning",
)


def answers(model, x):
    return np.array(keras.ops.convert_to_numpy(model(x, training=False)))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_layer_answers_the_same_there_and_back(case):
    model = model_of(case)
    x = photos_for(model)
    theirs = to_keras(model)
    assert_same(model.forward(x), answers(theirs, x), 2e-6)
    assert_same(model.forward(x), from_keras(theirs).forward(x), 1e-6)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_answers_the_same_there_and_back(name, tmp_path):
    model = stacks.model_of(name)
    x = photos_for(model, count=3)
    theirs = to_keras(model)
    assert_same(model.forward(x), answers(theirs, x), 2e-6)
    theirs.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert_same(model.forward(x), from_keras(loaded).forward(x), 1e-6)


def test_every_layer_has_a_counterpart():
    names = {kind.__name__ for kind in LAYERS.values()} - {"SumPooling2D"}
    functions = {kind.__name__ for kind in keras_model.FUNCTIONS}
    assert {name for name in names - functions if not hasattr(L, name)} == set()


def test_the_mean_over_an_uneven_border_is_not_keras_own():
    # 5 rows, windows of 3 that start at 0 and 3: the second has one row of border.
    model = Sequential(
        [AveragePooling2D(3, strides=3, padding="same", input_shape=(5, 5, 1))]
    )
    theirs = to_keras(model)
    assert [type(layer).__name__ for layer in theirs.layers] == [
        *("ZeroPadding2D", "AveragePooling2D", "Normalization")
    ]
    x = photos_for(model)
    own = answers(L.AveragePooling2D(3, strides=3, padding="same"), x)
    is_wrong = np.abs(own - model.forward(x)).max() > 1e-3
    assert is_wrong == (keras.backend.backend() == "torch")
    assert str(from_keras(theirs).layers) == str(model.layers)


def test_a_sum_is_a_mean_times_its_cells():
    model = Sequential([SumPooling2D((2, 3), padding="same", input_shape=(5, 5, 1))])
    assert [type(layer).__name__ for layer in to_keras(model).layers] == [
        *("ZeroPadding2D", "AveragePooling2D", "Rescaling")
    ]


def test_an_activation_is_an_argument_again_where_it_was_one():
    model = Sequential(
        [
            Conv2D(2, 2, activation="relu", input_shape=(4, 5, 1)),
            Conv2D(2, 2),
            ReLU(),
            Flatten(name="row"),
            Dense(3, activation=LeakyReLU(0.07)),
            Dense(2, activation="softmax"),
        ]
    )
    theirs = to_keras(model)
    assert [layer.name for layer in theirs.layers] == [
        *("conv2d", "conv2d_1", "relu_1", "row", "dense", "leaky_relu", "dense_1")
    ]
    assert theirs.layers[0].activation is keras.activations.relu
    back = from_keras(theirs)
    assert [type(layer) for layer in back.layers] == [
        type(layer) for layer in model.layers
    ]
    assert back.layers[4].name == "row"


def test_names_that_keras_refuses_are_changed():
    model = Sequential(
        [
            Flatten(input_shape=(2, 3, 1), name="a/b"),
            ReLU(name="a_b"),
            Dense(1),
        ]
    )
    names = [layer.name for layer in to_keras(model).layers]
    assert names == ["a_b", "a_b_at_1", "dense"]


def test_rules_of_learning_travel_along():
    conv = Conv2D(
        *(2, 2),
        kernel_regularizer=L1L2(0.1, 0.2),
        bias_regularizer="l2",
        kernel_constraint=MaxNorm(3, axis=(0, 1, 2)),
        bias_constraint="non_neg",
        input_shape=(4, 5, 1),
    )
    model = Sequential([conv, BatchNormalization(0.9, 0.01)])
    model.layers[0].trainable = False
    theirs, normal = to_keras(model).layers
    assert theirs.kernel_regularizer.get_config() == pytest.approx(
        {"l1": 0.1, "l2": 0.2}
    )
    assert float(theirs.bias_regularizer.l2) == pytest.approx(0.01)
    assert theirs.kernel_constraint.get_config() == {"max_value": 3, "axis": (0, 1, 2)}
    assert type(theirs.bias_constraint).__name__ == "NonNeg"
    assert (theirs.trainable, normal.trainable) == (False, True)
    assert (normal.momentum, normal.epsilon) == (0.9, 0.01)


def test_the_rescaling_can_be_its_first_layer():
    model = stacks.model_of("tutorial")
    model.preprocessing = Preprocessing((64, 64), rescale=1 / 255)
    theirs = to_keras(model, include_rescale=True)
    pixels = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3))
    ours = model.forward(model.preprocessing.scaled(pixels))
    assert_same(ours, answers(theirs, pixels.astype(np.float32)), 1e-6)


def test_a_difference_is_seen(monkeypatch):
    monkeypatch.setattr(keras_model, "real_share", lambda size, layer: np.ones((2, 2)))
    model = Sequential(
        [AveragePooling2D(3, strides=3, padding="same", input_shape=(5, 5, 1))]
    )
    with pytest.raises(NotEqualError, match="is allowed: this conversion is refused"):
        to_keras(model)


def test_a_layer_of_ones_own_is_refused_by_name():
    class Own(ReLU):
        pass

    model = Sequential([Own(input_shape=(2, 2, 1))])
    with pytest.raises(ExportError, match=r"layer 0, Own\(\).*one of the library's"):
        to_keras(model)


def test_what_keras_cannot_make_is_refused_by_name(monkeypatch):
    def fail(*arguments, **keywords):
        raise TypeError("no such shape\nand more")

    model = Sequential([Flatten(input_shape=(2, 2, 1))])
    monkeypatch.setattr(L.Flatten, "__call__", fail)
    with pytest.raises(ExportError, match=r"Flatten\(\).*TypeError: no such shape$"):
        to_keras(model)
    with pytest.raises(ExportError, match="cannot run the network: TypeError: no such"):
        keras_model.answer_of(keras, fail)(np.zeros((1, 2)))


# -- from Keras --------------------------------------------------------------------


def row(*layers, shape=(6, 7, 2)):
    return keras.Sequential([keras.Input(shape), *layers])


def functional(end):
    x = keras.Input((6, 7, 2))
    return keras.Model(x, end(L.Conv2D(2, 3, padding="same", activation="relu")(x)))


def grown():
    """A network that is a part of another: its layers have been called in both."""
    x = keras.Input((6, 7, 2))
    first = keras.Model(x, L.Flatten()(L.BatchNormalization()(x)))
    y = keras.Input((6, 7, 2))
    return keras.Model(y, L.Dense(2, activation="softmax")(first(y)))


def reused():
    """A functional network of layers that another one called first."""
    layers = row(L.Conv2D(2, 2), L.Softmax()).layers
    y = x = keras.Input((8, 9, 2))
    for layer in layers:
        y = layer(y)
    return keras.Model(x, y)


def in_half(dtype):
    return row(
        L.Conv2D(2, 2, activation=L.LeakyReLU(0.3), dtype=dtype),
        L.BatchNormalization(dtype=dtype),
        L.Flatten(),
        L.Dense(2, activation="softmax"),
    )


FROM = {
    "functional, augmented in a row without Input": lambda: functional(
        keras.Sequential([L.RandomFlip("horizontal"), L.RandomRotation(0.1)])
    ),
    "functional, in a functional": grown,
    "layers of another network": reused,
    "equal names in two parts": lambda: row(
        row(L.Conv2D(2, 2, name="one")),
        row(L.Conv2D(2, 2, name="one"), L.Softmax(), shape=(5, 6, 2)),
    ),
    "nothing between": lambda: row(L.Identity(), L.ReLU()),
    "seeds": lambda: row(L.Dropout(0.2, seed=42), L.SpatialDropout2D(0.2, seed=1)),
    "a row in a row": lambda: row(
        row(L.Conv2D(2, 2)), L.Flatten(), row(L.Dense(3), shape=(60,))
    ),
    "functional": lambda: functional(
        lambda x: L.Dense(2, activation="sigmoid")(L.Flatten()(x))
    ),
    "activations": lambda: row(
        L.Conv2D(2, 3, activation=L.LeakyReLU(0.3)),
        L.Conv2D(2, 2, activation=keras.activations.silu),
        L.ReLU(negative_slope=0.1),
        L.ELU(0.4),
        L.Activation("linear"),
        L.Softmax(axis=3),
    ),
    "normalisation": lambda: row(
        L.BatchNormalization(scale=False),
        L.BatchNormalization(center=False, axis=3),
        L.BatchNormalization(scale=False, center=False),
        L.BatchNormalization(momentum=0.8, epsilon=0.1),
    ),
    "two convolutions": lambda: row(
        L.SeparableConv2D(4, 2, depth_multiplier=2), L.DepthwiseConv2D(2)
    ),
    "preparing": lambda: row(
        L.Resizing(5, 4, interpolation="nearest"),
        L.RandomFlip(seed=3),
        L.RandomZoom(0.1, fill_mode="constant", fill_value=0.3),
        L.Rescaling(2.0, offset=0.1),
        L.SpatialDropout2D(0.2),
    ),
    "one layer": lambda: row(L.Dense(2, activation="softmax"), shape=(5,)),
    "a softmax layer": lambda: row(L.Flatten(), L.Dense(2), L.Softmax()),
    "a mean that is no mean of real cells": lambda: row(
        L.ZeroPadding2D(1), L.AveragePooling2D(2)
    ),
}


@pytest.mark.parametrize("name", FROM)
def test_a_model_written_in_keras_becomes_a_model(name):
    theirs = FROM[name]()
    rng = np.random.default_rng(0)
    # Small ones: float32 knows a softmax's logits of 100 only to 1e-5.
    theirs.set_weights([rng.uniform(0.1, 0.5, w.shape) for w in theirs.get_weights()])
    model = from_keras(theirs)
    x = photos_for(model)
    assert_same(answers(theirs, x), model.forward(x), 1e-6)


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "float16"])
def test_a_model_of_less_precision_is_compared_in_float32(dtype, capsys):
    theirs, exact = in_half(dtype), in_half("float32")
    rng = np.random.default_rng(0)
    exact.set_weights([rng.uniform(0.1, 0.5, w.shape) for w in exact.get_weights()])
    theirs.set_weights(exact.get_weights())
    exact.set_weights([np.float32(array) for array in theirs.get_weights()])
    model = from_keras(theirs)
    assert "(in float32) on 16 photos" in capsys.readouterr().out
    x = photos_for(model)
    assert_same(answers(exact, x), model.forward(x), 1e-6)


def test_a_functional_model_is_only_read():
    theirs = functional(lambda x: L.Dense(2, activation="softmax")(L.Flatten()(x)))
    for _ in range(2):
        from_keras(theirs)
    assert [len(layer._inbound_nodes) for layer in theirs.layers] == [1, 1, 1, 1]


class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = L.Dense(2)

    def call(self, x):
        return self.dense(x)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: row(L.Conv2D(2, 3, dilation_rate=2)), r"Conv2D.*dilation_rate=\(2, 2"),
        (lambda: row(L.ReLU(max_value=6)), "max_value=6"),
        (lambda: row(L.Conv2D(2, 3, activation="gelu")), "no activation 'gelu'"),
        (lambda: row(L.BatchNormalization(axis=1)), "axis=1 is not here"),
        (lambda: row(L.LayerNormalization()), "tinycnn has no such layer"),
        (lambda: row(L.Normalization(mean=0.0, variance=2.0)), "no such layer"),
        (lambda: row(L.GlobalMaxPooling2D(keepdims=True)), "keepdims=True"),
        (lambda: row(L.Resizing(3, 4, "bicubic")), "got 'bicubic'"),
        (lambda: row(L.RandomZoom(0.1, fill_mode="wrap")), "got 'wrap'"),
        (lambda: row(L.Dense(3)), "add Flatten"),
        (lambda: functional(lambda x: L.Add()([x, x])), "not a row of layers: add"),
        (lambda: functional(lambda x: [x, L.ReLU()(x)]), "one input and one output"),
        (lambda: functional(keras.ops.relu), "is an operation on tensors"),
        (lambda: row(Own(), shape=(3,)), "'own.*' has a call of its own: write it as"),
        (Own, "'own.*' has a call of its own: write it as"),
        (lambda: keras.Sequential([L.Dense(2)]), "should be built"),
        (lambda: row(L.ReLU(), shape=(None, None, 3)), "photos of any size"),
        (lambda: (lambda x: keras.Model(x, x))(keras.Input((2,))), "has no layers"),
        (lambda: "model.keras", "takes a Keras model, got 'model.keras'"),
    ],
)
def test_what_has_no_counterpart_is_refused_by_name(make, message):
    with pytest.raises(ExportError, match=message) as caught:
        from_keras(make())
    assert "\n" not in str(caught.value)


def test_classes_preprocessing_and_frozen_layers_are_kept():
    theirs = row(L.Flatten(), L.Dense(2, trainable=False), shape=(6, 7, 3))
    preprocessing = Preprocessing((6, 7))
    model = from_keras(theirs, ["a", "b"], preprocessing)
    assert (model.classes, model.preprocessing) == (["a", "b"], preprocessing)
    assert [layer.trainable for layer in model.layers] == [True, False]


def test_a_name_that_no_file_can_hold_is_not_taken(tmp_path):
    names = ["a" * 201, "b\nc", "né 1"]
    model = from_keras(row(*(L.ReLU(name=name) for name in names)))
    model.save(tmp_path / "model.safetensors")
    loaded = load_model(tmp_path / "model.safetensors")
    assert [layer.name for layer in loaded.layers] == ["relu", "relu_1", "né 1"]


@pytest.mark.parametrize("words, message", UNFIT_WORDS)
def test_classes_and_preprocessing_that_do_not_fit_are_refused(words, message):
    theirs = row(L.Flatten(), L.Dense(1, activation="sigmoid"), shape=(6, 7, 3))
    with pytest.raises(ExportError, match=message):
        from_keras(theirs, **words)


def test_the_command_writes_a_file_and_a_program_that_answers_the_same(
    trained, call, tmp_path
):
    _, output = trained
    done = call(
        *("export.__main__", output / "model.safetensors", "--to", "keras"),
        *("--output", tmp_path / "model.keras"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert_the_program_answers_as_predict_does(
        *(tmp_path / "model_keras.py", output, call),
        strictness="ignore",  # of Keras's own
    )
    assert keras.saving.load_model(tmp_path / "model.keras").count_params() > 0
