"""Constraints: the formulas by hand, weights that obey after training, files."""

import math

import numpy as np
import pytest

from tinycnn import Sequential, constraints, keras, load_model
from tinycnn.constraints import MaxNorm, MinMaxNorm, NonNeg, UnitNorm
from tinycnn.files import ModelFileError
from tinycnn.keras import words
from tinycnn.keras.words import KerasWordWarning
from tinycnn.layers import Conv2D, Dense, Flatten
from tinycnn.optimizers import SGD

RNG = np.random.default_rng(4)
W = RNG.normal(0, 2, (3, 4)).astype(np.float32)
KERNEL = RNG.normal(0, 1, (3, 2, 2, 5)).astype(np.float32)


def column_norms(w):
    """Norms of the columns, number by number."""
    rows, columns = w.shape
    return [
        math.sqrt(sum(float(w[i, j]) ** 2 for i in range(rows))) for j in range(columns)
    ]


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        (MaxNorm(2.5), lambda norm: min(norm, 2.5)),
        (MinMaxNorm(3, 4), lambda norm: min(max(norm, 3), 4)),
        (MinMaxNorm(3, 4, rate=0.25), lambda n: 0.25 * min(max(n, 3), 4) + 0.75 * n),
        (UnitNorm(), lambda norm: 1.0),
    ],
)
def test_the_norm_of_each_column_by_hand(rule, wanted):
    norms, changed = column_norms(W), rule(W)
    assert changed.dtype == W.dtype
    for j, norm in enumerate(norms):
        factor = wanted(norm) / (1e-7 + norm)
        np.testing.assert_allclose(changed[:, j], W[:, j] * factor, rtol=1e-6)


def test_axes_of_a_kernel_and_a_norm_of_nothing():
    changed = MaxNorm(1, axis=(0, 1, 2))(KERNEL)
    norms = np.sqrt((changed.astype(float) ** 2).sum(axis=(0, 1, 2)))
    assert norms.max() == pytest.approx(1, abs=1e-6)
    assert (MaxNorm()(np.zeros((2, 2))) == 0).all()
    assert (NonNeg()(W) == np.where(W > 0, W, 0)).all()


def trained(epochs=3, **options):
    model = Sequential()
    model.add(Conv2D(3, 2, input_shape=(5, 6, 2), **options))
    model.add(Flatten())
    model.add(Dense(2, activation="softmax", **options))
    model.compile(SGD(learning_rate=0.5), "categorical_crossentropy")
    x = np.random.default_rng(1).random((12, 5, 6, 2), np.float32)
    model.fit(x, np.arange(12) % 2, batch_size=4, epochs=epochs, verbose=0)
    return model, x


def test_weights_obey_after_every_update_and_biases_theirs():
    model, _ = trained(kernel_constraint=MaxNorm(0.5), bias_constraint="non_neg")
    free, _ = trained()
    for layer, loose in ((model.layers[i], free.layers[i]) for i in (0, 2)):
        norms = np.sqrt((layer.kernel**2).sum(axis=0))
        assert norms.max() <= 0.5 + 1e-6
        assert np.sqrt((loose.kernel**2).sum(axis=0)).max() > 0.5
        assert (layer.bias >= 0).all()
    assert min(free.layers[0].bias.min(), free.layers[2].bias.min()) < 0


def test_a_frozen_layer_is_not_changed():
    model, x = trained(epochs=1)
    layer = model.layers[0]
    layer.constraints = {"kernel": MaxNorm(0.01)}
    layer.trainable = False
    before = layer.kernel.copy()
    model.fit(x, np.arange(12) % 2, verbose=0)
    assert (layer.kernel == before).all()


def test_a_file_keeps_the_constraint(tmp_path):
    model, x = trained(kernel_constraint=MaxNorm(0.5, axis=(0,)))
    model.save(tmp_path / "m.keras")
    loaded = load_model(tmp_path / "m.keras")
    for one in (model, loaded):
        one.fit(x, np.arange(12) % 2, verbose=0)
    np.testing.assert_array_equal(loaded.predict(x), model.predict(x))
    assert repr(loaded.layers[0].constraints) == (
        "{'kernel': MaxNorm(max_value=0.5, axis=[0])}"
    )


def test_a_file_cannot_name_another_class():
    with pytest.raises((ValueError, ModelFileError), match="kernel_constraint should"):
        Dense(2, kernel_constraint={"system": {}})


@pytest.mark.parametrize(
    "rule",
    [
        MaxNorm(3),
        constraints.maxnorm(3),
        keras.constraints.max_norm(max_value=3.0),
        constraints.max_norm(3.0, axis=0),
    ],
)
def test_keras_s_spellings(rule):
    assert rule.config() == {"max_value": 3.0, "axis": 0}
    assert Dense(2, kernel_constraint=rule).constraints == {"kernel": rule}


@pytest.mark.parametrize(
    "name", ["MaxNorm", "max_norm", "maxnorm", "unit_norm", "NonNeg", "min_max_norm"]
)
def test_names_and_classes(name):
    layer = Dense(2, kernel_constraint=name, bias_constraint=None)
    assert list(layer.constraints) == ["kernel"]
    kind = type(layer.constraints["kernel"])
    assert isinstance(Dense(2, bias_constraint=kind).constraints["bias"], kind)


def test_keras_1_s_words(monkeypatch):
    monkeypatch.setattr(words, "_said", set())
    with pytest.warns(KerasWordWarning) as said:
        layer = Dense(2, W_constraint=constraints.maxnorm(m=4), b_constraint="nonneg")
    assert layer.constraints["kernel"].max_value == 4
    assert [str(one.message) for one in said] == [
        "MaxNorm: m= is max_value= today",
        "Dense: W_constraint= is kernel_constraint= today",
        "Dense: b_constraint= is bias_constraint= today",
    ]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MaxNorm(-1), "max_value should be"),
        (lambda: MaxNorm(1, axis=0.5), "axis should be a whole number"),
        (lambda: Dense(2, kernel_constraint="norm"), "kernel_constraint should be max"),
        (lambda: Dense(2, bias_constraint=3), "bias_constraint should be max_norm"),
        (lambda: Flatten(kernel_constraint=MaxNorm()), "kernel and bias of Conv2D"),
    ],
)
def test_what_is_wrong_is_said(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()
