"""A cross-entropy after the other one's activation: as Keras computes it."""

import numpy as np
import pytest

from tinycnn import Sequential, load_model
from tinycnn.keras import loss_functions, words
from tinycnn.keras.words import KerasWordWarning
from tinycnn.layers import Dense, Flatten
from tinycnn.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    OfProbabilities,
    SparseCategoricalCrossentropy,
)
from tinycnn.optimizers import Adam

RNG = np.random.default_rng(7)
X = RNG.random((6, 3, 4, 1)).astype(np.float32)
LABELS = np.array([0, 2, 1, 1, 0, 2])
ROWS = np.eye(3)[LABELS]
PAIRS = [
    ("binary_crossentropy", "softmax", ROWS),
    ("categorical_crossentropy", "sigmoid", ROWS),
    ("sparse_categorical_crossentropy", "sigmoid", LABELS),
]


def by_hand(loss, y, p):
    """The loss of one photo, number by number, as Keras's source has it."""
    q = [min(max(v, 1e-7), 1 - 1e-7) for v in p]
    if loss == "binary_crossentropy":
        return -sum(
            a * np.log(b) + (1 - a) * np.log(1 - b) for a, b in zip(y, q, strict=True)
        ) / len(q)
    q = [min(max(v / sum(p), 1e-7), 1 - 1e-7) for v in p]
    return -sum(a * np.log(b) for a, b in zip(y, q, strict=True))


@pytest.mark.parametrize(
    ("loss", "y"),
    [
        (BinaryCrossentropy(), ROWS),
        (CategoricalCrossentropy(), ROWS),
        (SparseCategoricalCrossentropy(), LABELS),
    ],
)
def test_the_loss_is_the_sum_by_hand_and_its_gradient_the_difference(loss, y):
    p = RNG.uniform(0.05, 0.95, (6, 3))
    read = OfProbabilities(loss)
    value, slope = read(y, p)
    wanted = np.mean(
        [by_hand(loss.name, row, q) for row, q in zip(ROWS, p, strict=True)]
    )
    assert value == pytest.approx(wanted, rel=1e-12)
    function = getattr(loss_functions, loss.name)
    assert value == pytest.approx(function(y, p).mean(), rel=1e-12)
    h, moved = 1e-6, np.empty_like(p)
    for place in np.ndindex(*p.shape):
        up, down = p.copy(), p.copy()
        up[place] += h
        down[place] -= h
        moved[place] = (read(y, up)[0] - read(y, down)[0]) / (2 * h)
    np.testing.assert_allclose(slope, moved, atol=1e-8)


def test_weights_and_label_smoothing_are_those_of_the_cross_entropy():
    p = RNG.uniform(0.1, 0.9, (6, 3))
    smooth = OfProbabilities(CategoricalCrossentropy(label_smoothing=0.3))
    rows = ROWS * 0.7 + 0.1
    weights = np.arange(6.0)
    each = [
        by_hand("categorical_crossentropy", y, q) for y, q in zip(rows, p, strict=True)
    ]
    assert smooth(LABELS, p, weights)[0] == pytest.approx(np.mean(each * weights))


def test_beyond_the_clip_nothing_is_learnt_and_the_loss_is_finite():
    p = np.array([[0.0, 1.0]])
    for loss in (BinaryCrossentropy(), CategoricalCrossentropy()):
        value, slope = OfProbabilities(loss)([[1.0, 0.0]], p)
        assert value == pytest.approx(-np.log(1e-7), rel=1e-6)
        assert (slope == 0).all()


@pytest.mark.filterwarnings("ignore::tinycnn.keras.words.KerasWordWarning")
@pytest.mark.parametrize(("loss", "last", "y"), PAIRS)
def test_a_model_learns_and_is_saved(loss, last, y, tmp_path):
    model = Sequential([Flatten(input_shape=(3, 4, 1)), Dense(3, activation=last)])
    model.compile(Adam(learning_rate=0.05), loss, metrics=["accuracy"])
    before, _ = model.evaluate(X, y, verbose=0)
    history = model.fit(X, y, epochs=60, batch_size=3, verbose=0)
    after, accuracy = model.evaluate(X, y, verbose=0)
    assert after < 0.8 * before
    assert history.history["loss"][-1] < history.history["loss"][0]
    right = model.predict(X).argmax(axis=1) == LABELS
    assert accuracy == pytest.approx(right.mean())
    model.save(tmp_path / "m.keras")
    loaded = load_model(tmp_path / "m.keras")
    assert loaded.evaluate(X, y, verbose=0) == pytest.approx([after, accuracy])


@pytest.mark.parametrize(("loss", "last", "y"), PAIRS)
def test_one_line_names_the_usual_pair(loss, last, y, monkeypatch):
    monkeypatch.setattr(words, "_said", set())
    model = Sequential([Flatten(input_shape=(3, 4, 1)), Dense(3, activation=last)])
    with pytest.warns(KerasWordWarning, match=f"{loss} after {last}.*softmax"):
        model.compile("adam", loss)


@pytest.mark.filterwarnings("ignore::tinycnn.keras.words.KerasWordWarning")
@pytest.mark.parametrize("loss", ["binary_crossentropy", "mean_squared_error"])
def test_class_numbers_for_several_outputs_are_refused_with_the_way_out(loss):
    model = Sequential([Flatten(input_shape=(3, 4, 1)), Dense(3, "softmax")])
    model.compile("adam", loss)
    for y in (LABELS, LABELS[:, np.newaxis]):
        with pytest.raises(ValueError, match=r"to_categorical\(y\) makes rows"):
            model.fit(X, y, verbose=0)
