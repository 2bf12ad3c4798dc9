"""Mistakes by composition: what is said of a result is equal to it, by other means."""

import re

import numpy as np
import pytest
import slow

from tinycnn.diagnosis import diagnose, diagnose_forward, diagnose_optimizer
from tinycnn.diagnosis.causes import CAUSES
from tinycnn.diagnosis.patterns.equality import (
    factor_name,
    is_equal,
    place_of_errors,
    reordered,
)
from tinycnn.diagnosis.patterns.sliding import variations, windows_of
from tinycnn.layers import (
    Conv2D,
    Dense,
    MaxPooling2D,
    ReLU,
    Sigmoid,
    SumPooling2D,
    Tanh,
)
from tinycnn.optimizers import SGD

PHOTO = (5, 6, 2)


def named(cls, **methods):
    """Return a subclass named like the library's with My in front."""
    return type(f"My{cls.__name__}", (cls,), methods)


def test_whole_numbers():
    def forward(self, x, training=False):
        return np.trunc(SumPooling2D.forward(self, x))

    (found,) = diagnose_forward(named(SumPooling2D, forward=forward)(2), PHOTO)
    assert found.cause == "y_whole_numbers"


@pytest.mark.parametrize(
    "formula",
    ["dy * y * (1 + y)", "dy * (1 - y)", "dy * y * (1 - x)", "dy + y * (1 - y)",
     "dy / (y * (1 - y))", "0.3 * dy", "dy * y - y", "dy * np.exp(-x)"],
)  # fmt: skip
def test_the_formula_of_a_wrong_slope_is_an_equation_that_holds(formula):
    def forward(self, x, training=False):
        self.x, self.y = x, Sigmoid.forward(self, x)
        return self.y

    def backward(self, dy):
        return eval(formula, {"np": np, "x": self.x, "y": self.y, "dy": dy})

    layer = named(Sigmoid, forward=forward, backward=backward)()
    (found,) = diagnose(layer, (4, 3))
    assert found.cause == "gradient_equals"
    said = re.fullmatch(r"dx equals (.+); it should be .+\.", found.sentence)[1]
    rng = np.random.default_rng(5)
    x, dy = rng.standard_normal((2, 7, 4, 3))
    y = 1 / (1 + np.exp(-x))
    said = said.replace("(the correct slope)", "(y * (1 - y))").replace("exp", "np.exp")
    names = {"np": np, "x": x, "y": y, "dy": dy}
    assert np.allclose(eval(said, names), eval(formula, names), rtol=1e-3)


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("np.where(x > 0, x, 0.2 * x)", "y equals 0.2 * x where x is below 0"),
        ("abs(x)", "y equals abs(x)"),
        ("np.clip(x, 0, 1)", "y equals the correct y, but never above 1"),
        ("np.where(x > 1.5, x, 0)", "y equals x from about 1.5 on, and 0 below"),
    ],
)
def test_what_a_wrong_relu_computes(formula, said):
    def forward(self, x, training=False):
        return eval(formula, {"np": np, "x": x})

    (found,) = diagnose_forward(named(ReLU, forward=forward)(), PHOTO)
    assert found.sentence.startswith(said)


def test_a_tanh_of_another_x():
    def forward(self, x, training=False):
        return np.tanh(0.5 * x)

    (found,) = diagnose_forward(named(Tanh, forward=forward)(), (3,))
    assert found.sentence.startswith("y equals the tanh of 0.5 * x;")


def test_windows_laid_elsewhere_are_those_of_a_loop():
    layer = MaxPooling2D((2, 3), (1, 2), "same")
    layer.build(PHOTO, np.random.default_rng(0), np.float64)
    x = slow.distinct((3, *PHOTO), np.random.default_rng(1), np.float64)
    right = windows_of(layer, PHOTO)
    (top, _), (left, _) = right.borders
    for words, windows in variations(right):
        cells = windows.cells(x)
        (t, _), (f, _) = windows.borders
        assert words.split(":")[0]
        for n, i, j, a, b, c in np.ndindex(cells.shape):
            at = (j, i) if windows.is_swapped else (i, j)
            row = at[0] * windows.strides[0] + a + windows.start[0] - t
            column = at[1] * windows.strides[1] + b + windows.start[1] - f
            if 0 <= row < PHOTO[0] and 0 <= column < PHOTO[1]:
                assert cells[n, i, j, a, b, c] == x[n, row, column, c], words
    assert (top, left) != ((1, 1), (1, 1))


def test_two_matches_are_joined_by_either():
    def update(self, params, grads):
        self.t += 1
        for name, param in params.items():
            v = self.v.setdefault(name, np.zeros_like(param))
            v[...] = self.momentum**2 * v - self.learning_rate * grads[name]
            param += v

    (found,) = diagnose_optimizer(named(SGD, update=update)(0.1, momentum=0.7))
    assert found.cause == "step_equals"
    assert ": either from the old v the new one keeps momentum**2 * v" in found.sentence
    assert " or what is kept for the next update is momentum * v" in found.sentence


def test_the_maximum_of_dy_is_not_called_overwritten():
    def backward(self, dy):
        dx = Dense.backward(self, dy)
        self.grads["bias"] = dy.max(axis=0)
        return dx

    (found,) = diagnose(named(Dense, backward=backward)(3), (4,))
    assert found.sentence.startswith("dbias equals dy.max(axis=0);")


def test_as_many_photos_as_rows_are_told_apart():
    def backward(self, dy):
        return ReLU.backward(self, dy) / dy.shape[1]

    (found,) = diagnose(named(ReLU, backward=backward)(), PHOTO)  # five photos, too
    assert found.cause == "constant_factor"
    (found,) = diagnose(
        named(ReLU, backward=lambda self, dy: ReLU.backward(self, dy) / len(dy))(),
        PHOTO,
    )
    assert found.cause == "divided_by_batch"


def test_exchanged_gradients():
    def backward(self, dy):
        dx = Conv2D.backward(self, dy)
        self.grads = dict(zip(self.grads, [*self.grads.values()][::-1], strict=True))
        return dx

    (found,) = diagnose(named(Conv2D, backward=backward)(3, 2), PHOTO)
    assert found.cause == "grads_exchanged"


def test_where_alone_two_arrays_differ():
    right = np.arange(1.0, 37).reshape(3, 3, 4)
    axes = ("photos", "rows", "columns")
    wrong = right.copy()
    wrong[:, -1] = 0
    words = "wrong only in the last of its 3 rows, where it is 0; the rest is right"
    assert place_of_errors(wrong, right, axes) == words
    wrong = 0 * right
    wrong[0] = right[0]
    words = "right only in the first of its 3 photos; it is 0 in the others"
    assert place_of_errors(wrong, right, axes) == words
    wrong = right.copy()
    wrong[1, 0, 0] = 0  # one number may be an accident
    assert place_of_errors(wrong, right, axes) == ""
    assert place_of_errors(right, right[:1], axes) == ""


def test_equality_ignores_what_is_not_known_unless_it_is_most():
    assert is_equal(np.array([1.0, 2.0, 5.0]), np.array([1.0, 2.0, np.nan]))
    assert not is_equal(np.array([1.0, 2.0, 5.0]), np.array([1.0, np.nan, np.nan]))
    assert not is_equal(np.array([1.0]), np.array([[1.0]]))
    assert len(list(reordered(np.ones((2, 3, 4))))) == 10
    assert factor_name(1 / 36, {"KH * KW": 6}) == (
        " (as if divided by (KH * KW)**2 = 36)"
    )


def test_a_sentence_of_a_pattern_ends_in_what_should_be():
    for cause in ("y_equals", "gradient_equals", "loss_equals", "rows_equal"):
        assert "should" in CAUSES[cause][0]
