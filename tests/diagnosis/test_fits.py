"""What is fitted is said only if it holds: for many numbers, small ones too."""

import numpy as np
import pytest

from tinycnn.diagnosis import diagnose, diagnose_forward, diagnose_optimizer
from tinycnn.diagnosis.fits.combination import function_of, permuted, sum_of
from tinycnn.diagnosis.fits.indices import of_rows, rule_of
from tinycnn.diagnosis.fits.losses import of_gradient, of_loss
from tinycnn.diagnosis.fits.normalization import fitted_normalization
from tinycnn.diagnosis.losses import diagnose_loss
from tinycnn.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    MaxPooling2D,
    SumPooling2D,
)
from tinycnn.losses import BinaryCrossentropy
from tinycnn.optimizers import SGD, Adam
from tinycnn.randomness import rng_for

PHOTO = (5, 6, 2)


@pytest.fixture
def rng():
    return rng_for(0, "check")


def named(cls, **methods):
    return type(f"My{cls.__name__}", (cls,), methods)


def test_a_sum_needs_more_numbers_than_it_has_terms_and_holds_for_small_ones(rng):
    x, y = rng.standard_normal((2, 30))
    terms = [("x", x), ("y", y), ("x**2", x * x), ("1", np.ones(30))]
    assert sum_of(1e-9 * (2 * x - y), terms) == "2e-09 * x - 1e-09 * y"
    assert sum_of(2 * x - y + 1e-6 * x**3, terms) == ""
    assert sum_of((2 * x - y)[:3], [(n, a[:3]) for n, a in terms]) == ""
    assert sum_of(0 * x, terms) == "0"
    assert sum_of(np.full(30, np.nan), terms) == ""
    # To one part in a million these are the same where x is small.
    assert function_of(1e-3 * np.tanh(x), "x", 1e-3 * x) == ""


def test_two_terms_that_are_one_are_not_combined(rng):
    x = rng.standard_normal(30)
    assert sum_of(3 * x, [("x", x), ("2 * x", 2 * x)]) == "3 * x"
    assert sum_of(3 * x + x**2, [("x", x), ("2 * x", 2 * x)]) == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda a: np.clip(a, -1, 0.5), "a, but never below -1 or above 0.5"),
        (lambda a: np.maximum(a, -0.2), "a, but never below -0.2"),
        (np.sign, "the sign of a"),
        (lambda a: 4 * a**2, "4 * (a)**2"),
        (lambda a: a + np.sin(a), ""),
    ],
)
def test_functions(change, words, rng):
    a = rng.standard_normal((4, 5))
    assert function_of(change(a), "a", a) == words


def test_permutations(rng):
    a = rng.standard_normal((3, 4))
    axes = ("rows", "columns")
    assert permuted(a[::-1, ::-1], a, axes) == "its rows and columns reversed"
    assert permuted(np.roll(a, 1, 1), a, axes) == (
        "its columns moved by one place: the last comes first"
    )
    assert permuted(a.copy().reshape(4, 3), a, axes) == ""
    assert permuted(np.sort(a, axis=1)[:, [1, 0, 3, 2]], a, axes) == ""


def test_one_cell_each_is_claimed_only_if_it_is_so():
    """Ties within 0.3 are rare: most windows give to one cell, and some to two."""

    def backward(self, dy):
        dx, x = np.zeros_like(self.x), self.x
        for i, j in np.ndindex(dy.shape[1:3]):
            window = x[:, 2 * i : 2 * i + 2, 3 * j : 3 * j + 3]
            near = window > window.max(axis=(1, 2), keepdims=True) - 0.3
            dx[:, 2 * i : 2 * i + 2, 3 * j : 3 * j + 3] += (
                near * dy[:, i : i + 1, j : j + 1]
            )
        return dx

    def forward(self, x, training=False):
        self.x = x
        return MaxPooling2D.forward(self, x)

    layer = named(MaxPooling2D, forward=forward, backward=backward)((2, 3))
    (found,) = diagnose(layer, PHOTO)
    assert found.cause == "gradient_equals"
    assert "every cell within 0.3 of the largest" in found.sentence


def test_windows_left_out_are_not_called_overwritten():
    def backward(self, dy):
        dy = dy.copy()
        dy[:, 1::2] = 0  # every second row of windows
        dy[:, :, 1::2] = 0
        return SumPooling2D.backward(self, dy)

    (found,) = diagnose(named(SumPooling2D, backward=backward)(2, 1), PHOTO)
    assert found.cause != "overwritten"


def test_flipped_is_said_of_rows_and_columns_alone():
    def backward(self, dy):
        return Flatten.backward(self, dy)[::-1]

    (found,) = diagnose(named(Flatten, backward=backward)(), PHOTO)
    assert found.sentence.startswith(
        "dx equals the correct gradient with its photos reversed;"
    )


def test_index_rules_of_a_convolution_and_of_rows():
    i, a = np.indices((4, 3)).reshape(2, -1)
    assert rule_of({"i": i, "a": a}, 2 * i - a + 3) == "2 * i - a + 3"
    assert rule_of({"i": i, "a": a}, i * a) == ""

    def shifted(padded, window, strides):
        from tinycnn.layers.windows import im2col

        moved = np.concatenate([padded[:, :, 1:], padded[:, :, -1:]], axis=2)
        return im2col(moved[:, :, :-1].repeat(1, axis=0), window, strides)

    assert of_rows("my_im2col", shifted, (2, 5, 7, 2), (3, 2), (2, 1)) == ""

    def one_to_the_right(padded, window, strides):
        from tinycnn.layers.windows import im2col

        wide = np.concatenate([padded, 1e6 + padded[:, :, -1:]], axis=2)
        return im2col(wide[:, :, 1:], window, (2, 2))

    found = of_rows("my_im2col", one_to_the_right, (2, 6, 4, 1), (2, 2), (2, 2))
    assert found == ""  # it leaves the photo: not a rule of its pixels

    def backward(self, dy):
        dx = Conv2D.backward(self, dy)
        self.grads["kernel"] = 0 * self.grads["kernel"]
        self.grads["kernel"][..., 0] = 1
        return dx

    found = diagnose(named(Conv2D, backward=backward)(2, (2, 3)), PHOTO)
    assert [f.array for f in found] == ["kernel"]


def test_a_formula_is_tried_on_soft_labels_and_many_photos():
    def per_photo(self, y, z):
        loss, _ = BinaryCrossentropy.per_photo(self, y, z)
        return loss, BinaryCrossentropy.per_photo(self, np.round(y), z)[1]

    loss = named(BinaryCrossentropy, per_photo=per_photo)()
    assert diagnose_loss(loss), "right for labels of 0 and 1 only"
    assert "y rounded to 0 or 1" in of_gradient(loss, BinaryCrossentropy())

    def weighted(self, y, z):
        loss, dz = BinaryCrossentropy.per_photo(self, y, z)
        p = 1 / (1 + np.exp(-z))
        return loss - (y * np.log(p)).mean(axis=1), dz

    loss = named(BinaryCrossentropy, per_photo=weighted)()
    words = of_loss(loss, BinaryCrossentropy())
    assert words == "the correct loss - the mean of y * log(p)"


def test_an_optimiser_is_read_line_by_line():
    def update(self, params, grads):
        self.t += 1
        for name, param in params.items():
            v = self.v.get(name, 0 * param)
            self.v[name] = 0.9 * v + 0.3 * grads[name] - 0.01 * param
            param += self.v[name]

    (found,) = diagnose_optimizer(named(SGD, update=update)(0.1, momentum=0.9))
    assert found.cause == "moment_becomes"
    assert "v becomes 0.3 * grad + 0.9 * old v - 0.01 * param" in found.sentence
    assert "it should become -0.1 * grad + 0.9 * old v" in found.sentence

    def step(self, param, grad, *moments):
        before = param.copy()
        Adam.step(self, param, grad, *moments)
        param[...] = before + (param - before) * 0.5**self.t

    (found,) = diagnose_optimizer(named(Adam, step=step)())
    assert found.cause == "step_of_moments"
    assert "0.5, 0.25, 0.125 times the correct ones" in found.sentence


def test_where_no_step_fits_what_is_kept_is_right_and_the_step_is_not():
    def step(self, param, grad, *moments):
        before = param.copy()
        Adam.step(self, param, grad, *moments)
        param[...] = before + np.sin(1e3 * grad + before) * (param - before)

    (found,) = diagnose_optimizer(named(Adam, step=step)())
    assert found.cause == "step_of_moments_differs"
    assert found.sentence == (
        "What is kept (m and v) is right, the step made from it is not: from update 1 "
        "on it differs from the correct one."
    )


def test_a_normalisation_is_a_line_in_x():
    def forward(self, x, training=False):
        return 2 * BatchNormalization.forward(self, x, training)

    layer = named(BatchNormalization, forward=forward)()
    assert fitted_normalization(layer, BatchNormalization(), PHOTO) is None

    def without_gamma(self, x, training=False):
        state = self.state
        std = np.sqrt(state["moving_variance"] + self.epsilon)
        return x / std + self.params["beta"]

    layer = named(BatchNormalization, forward=without_gamma)()
    found = fitted_normalization(layer, BatchNormalization(), PHOTO)
    assert found.sentence.startswith(
        "y equals 1 * (x - mean) / sqrt(var + epsilon) + beta, with x for (x - mean), "
        "with the running mean and variance;"
    )


def test_the_operands_of_a_product():
    def backward(self, dy):
        dx = Dense.backward(self, dy)
        kernel = self.params["kernel"]
        self.grads["kernel"] = self.grads["kernel"] + 0.25 * kernel
        return dx + np.tanh(dy) @ abs(kernel).T - dx

    dx, dkernel = diagnose(named(Dense, backward=backward)(3), (4,))
    assert "dx equals tanh(dy) times abs(the kernel);" in dx.sentence
    assert "dkernel equals the correct gradient + 0.25 * the kernel" in dkernel.sentence


def test_the_output_of_a_layer_with_windows():
    def forward(self, x, training=False):
        y = SumPooling2D.forward(self, x)
        return y - 2 * MaxPooling2D(self.pool_size)(x)

    (found,) = diagnose_forward(named(SumPooling2D, forward=forward)((2, 3)), PHOTO)
    assert "y equals the sum of each window - 2 * the maximum of each" in found.sentence
