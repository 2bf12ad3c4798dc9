"""The causes of wrong forwards, losses and optimisers, compared with a reference."""

import re

import numpy as np
import pytest
from museum import layers, losses, optimizers
from museum.naming import library_class_of

from tinycnn.diagnosis import (
    diagnose_forward,
    diagnose_kinks,
    diagnose_loss,
    diagnose_optimizer,
    reference,
    reference_of,
)
from tinycnn.layers import LAYERS, Conv2D, Dense, MaxPooling2D, ReLU, SumPooling2D
from tinycnn.losses import LOSSES, BinaryCrossentropy, MeanSquaredError
from tinycnn.optimizers import SGD, Adam


def with_reference(monkeypatch, buggy):
    """Compare an object with the library's, whatever the name of its class."""
    name, cls = type(buggy).__name__, library_class_of(buggy)
    monkeypatch.setitem(reference.REFERENCES, name, cls)
    return buggy


@pytest.mark.parametrize("exhibit", losses.EXHIBITS, ids=lambda e: repr(e[0]))
def test_the_causes_of_the_museums_losses(monkeypatch, exhibit):
    loss, _, _, cause = exhibit
    found = diagnose_loss(with_reference(monkeypatch, loss))
    assert [finding.cause for finding in found] == [cause]


@pytest.mark.parametrize("exhibit", optimizers.EXHIBITS, ids=lambda e: repr(e[0]))
def test_the_causes_of_the_museums_optimisers(monkeypatch, exhibit):
    buggy, cause = exhibit
    found = diagnose_optimizer(with_reference(monkeypatch, buggy))
    assert [finding.cause for finding in found] == [cause]


class Formula(Adam):
    """Adam by its formula; a subclass changes one term."""

    shares = True
    betas = (0.9, 0.999)
    power, sign = 0.5, 1

    def update(self, params, grads):
        self.t += 1
        b, c = self.betas
        for name, param in params.items():
            s, r = (1 - b, 1 - c) if self.shares else (1, 1)
            self.m[name] = b * self.m.get(name, 0) + s * grads[name]
            self.v[name] = c * self.v.get(name, 0) + r * grads[name] ** 2
            rate = (1 - c**self.t) ** 0.5 / (1 - b**self.t) * self.learning_rate
            step = self.m[name] / (self.v[name] ** self.power + self.epsilon)
            param -= self.sign * rate * step


@pytest.mark.parametrize(
    ("change", "causes"),
    [
        ({}, []),
        ({"shares": False}, ["adam_share_forgotten"]),
        ({"betas": (0.999, 0.9)}, ["adam_betas_swapped"]),
        ({"power": 1}, ["adam_without_root"]),
        ({"sign": -1}, ["uphill"]),
        ({"power": 0.4}, ["step_of_moments_differs"]),
    ],
)
def test_more_causes_of_a_wrong_adam(monkeypatch, change, causes):
    wrong = type("Mine", (Formula,), change)()
    monkeypatch.setitem(reference.REFERENCES, "Mine", Adam)
    assert [found.cause for found in diagnose_optimizer(wrong)] == causes


def test_an_optimiser_without_a_reference_is_only_checked_for_its_direction():
    class Sign(SGD):
        def update(self, params, grads):
            for name, param in params.items():
                param += self.learning_rate * abs(grads[name]) / grads[name]

    assert [found.cause for found in diagnose_optimizer(Sign())] == ["uphill"]
    assert diagnose_optimizer(type("Other", (Adam,), {})()) == []


class NoLossSlope(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        loss, gradient = super().per_photo(y, y_pred)
        p = gradient * y.shape[-1] + y
        return loss, gradient / (p * (1 - p))


class ZeroLoss(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        loss, gradient = super().per_photo(y, y_pred)
        return loss, 0 * gradient


class CubedLoss(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        loss, gradient = super().per_photo(y, y_pred)
        return loss, gradient**3


class FlatLoss(BinaryCrossentropy):
    def __call__(self, *arguments):
        loss, gradient = super().__call__(*arguments)
        return loss, gradient.ravel()


class HalfLoss(BinaryCrossentropy):
    def __call__(self, *arguments):
        loss, gradient = super().__call__(*arguments)
        return loss / 2, gradient / 2


class InfiniteLoss(BinaryCrossentropy):
    def __call__(self, y, y_pred):
        loss, gradient = super().__call__(y, y_pred)
        return loss, gradient / (abs(y_pred).max() < 1e3)


class NotDividedByOutputs(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        loss, gradient = super().per_photo(y, y_pred)
        return loss, gradient * y.shape[-1]


class NotDividedByOutputsWithoutTwo(MeanSquaredError):
    def per_photo(self, y, y_pred):
        d = y_pred - y
        return (d**2).mean(axis=1), d


class SquareNotDividedByOutputs(MeanSquaredError):
    def per_photo(self, y, y_pred):
        d = y_pred - y
        return (d**2).mean(axis=1), 2 * d


class TwiceTheSquare(MeanSquaredError):
    def per_photo(self, y, y_pred):
        loss, gradient = super().per_photo(y, y_pred)
        return loss, 2 * gradient


class LogOfOutputs(MeanSquaredError):
    def per_photo(self, y, y_pred):
        return np.log(y_pred).mean(axis=1), 1 / y_pred / y.shape[1]


class InfiniteGradient(MeanSquaredError):
    def per_photo(self, y, y_pred):
        loss, gradient = super().per_photo(y, y_pred)
        return loss, gradient + np.inf


@pytest.mark.parametrize(
    ("cls", "cause"),
    [
        (NotDividedByOutputs, "not_divided_by_outputs"),
        (NotDividedByOutputsWithoutTwo, "not_divided_by_outputs"),
        (SquareNotDividedByOutputs, "not_divided_by_outputs"),
        (TwiceTheSquare, "constant_factor"),
        (InfiniteGradient, "not_finite"),
        (NoLossSlope, "slope_missing"),
        (ZeroLoss, "zero"),
        (CubedLoss, "gradient_equals"),
        (FlatLoss, "wrong_shape"),
        (HalfLoss, "loss_factor"),
        (InfiniteLoss, "loss_overflows"),
    ],
)
def test_more_causes_of_a_wrong_loss(monkeypatch, cls, cause):
    loss = with_reference(monkeypatch, cls())
    assert [found.cause for found in diagnose_loss(loss)] == [cause]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_loss_that_is_not_a_number_is_named():
    with np.errstate(invalid="ignore"):
        (found,) = diagnose_loss(LogOfOutputs())
    assert found.cause == "loss_not_finite"


def test_no_hint_for_a_loss_mentions_layers():
    for kind in (NotDividedByOutputs, TwiceTheSquare, CubedLoss, FlatLoss, HalfLoss):
        for found in diagnose_loss(kind()):
            assert not re.search("backward|layer|window", str(found))


def at_kinks(kind, change):
    """Return a layer named like the library's whose dx is changed."""

    def backward(self, dy):
        return change(self, kind.backward(self, dy), dy)

    return type(f"My{kind.__name__}", (kind,), {"backward": backward})()


def test_the_gradient_at_a_kink_is_described():
    half = at_kinks(ReLU, lambda self, dx, dy: np.where(dx == 0, dy / 2, dx))
    other = at_kinks(MaxPooling2D, lambda self, dx, dy: dx[:, ::-1])
    for layer, cause, words in (
        (
            half,
            "slope_at_zero",
            "dx uses slope 0.5 where x is exactly 0; it should be 0 there.",
        ),
        (
            other,
            "not_the_first_of_equals",
            "dx goes to another; it should go to the first.",
        ),
    ):
        (found,) = diagnose_kinks(layer, (4, 4, 1))
        assert (found.array, found.cause) == ("x", cause)
        assert words in found.sentence


def test_at_kinks_only_layers_with_a_reference_are_compared():
    leaky = type("LeakyReLU", (ReLU,), {"backward": lambda self, dy: dy})
    for layer in (leaky(), Dense(3), type("MyReLU", (ReLU,), {})()):
        assert diagnose_kinks(layer, (4,)) == []
    for padding in ("valid", "same"):
        pool = type("MyMaxPooling2D", (MaxPooling2D,), {})((2, 3), 1, padding)
        assert diagnose_kinks(pool, (5, 6, 2)) == []


def test_a_loss_that_is_wrong_at_large_logits_is_named_with_its_values(monkeypatch):
    (clipped,) = (loss for loss, *_ in losses.EXHIBITS if "Logits" in repr(loss))
    (found,) = diagnose_loss(with_reference(monkeypatch, clipped))
    assert found.sentence == (
        "The loss stops growing: where all logits are 20 and wrong, it is 16; it "
        "should be 20."
    )

    class Growing(BinaryCrossentropy):
        def per_photo(self, y, y_pred):
            loss, gradient = super().per_photo(y, y_pred)
            return loss * (1 + (abs(y_pred).max() > 1e5)), gradient

    (found,) = diagnose_loss(with_reference(monkeypatch, Growing()))
    assert found.sentence == "The loss is 6e+38; it should be 3e+38."


def test_nothing_is_found_in_correct_code():
    for loss in LOSSES.values():
        assert diagnose_loss(loss()) == []
    for optimizer in (SGD(0.1), SGD(0.1, 0.5), Adam(), Adam(0.1, 0.5, 0.9, 1e-3)):
        assert diagnose_optimizer(optimizer) == []
    for layer, shape in (
        (Conv2D(2, (2, 3), padding="same"), (5, 6, 2)),
        (MaxPooling2D((2, 3), 1), (5, 6, 2)),
        (Dense(3), (4,)),
    ):
        mine = type("My" + type(layer).__name__, (type(layer),), {})(**layer.config())
        assert repr(reference_of(mine)) == repr(layer)
        assert diagnose_forward(mine, shape) == []


def test_what_has_no_reference_is_not_compared():
    class MyConv2D:
        pass

    assert reference_of(MyConv2D()) is None
    assert reference_of(type("Other", (Dense,), {})(3)) is None
    no_size = type("Dense", (LAYERS["ReLU"],), {})()
    assert reference_of(no_size) is None
    assert diagnose_forward(no_size, (4,)) == []


def forward(change):
    """Return a forward that calls the library's and changes y."""

    def method(self, x, training=False):
        return change(self, super(type(self), self).forward(x))

    return method


@pytest.mark.parametrize(
    ("kind", "arguments", "change", "cause"),
    [
        (Dense, (3,), lambda self, y: y - self.params["bias"], "bias_left_out"),
        (Dense, (5,), lambda self, y: y.T, "y_axes_swapped"),
        (Dense, (3,), lambda self, y: y[:, :2], "y_shape"),
        (Dense, (3,), lambda self, y: y + 1, "y_equals"),
        (Dense, (3,), lambda self, y: y + np.sin(7 * y), "y_differs"),
        (Conv2D, (2, 3), lambda self, y: y[:, ::-1], "y_axes_swapped"),
        (SumPooling2D, (2,), lambda self, y: y / 4, "y_factor"),
    ],
)
def test_the_cause_of_a_wrong_forward(kind, arguments, change, cause):
    name = f"My{kind.__name__}"
    wrong = type(name, (kind,), {"forward": forward(change)})(*arguments)
    shape = (4,) if kind is Dense else (5, 6, 2)
    assert [found.cause for found in diagnose_forward(wrong, shape)] == [cause]


def test_a_kernel_with_swapped_axes_and_params_of_other_shapes():
    def wrong_order(self, x, training=False):
        kernel = self.params["kernel"]
        swapped = kernel.transpose(1, 0, 2, 3).reshape(kernel.shape)
        self.params = {**self.params, "kernel": swapped}
        y = Conv2D.forward(self, x)
        self.params = {**self.params, "kernel": kernel}
        return y

    mine = type("MyConv2D", (Conv2D,), {"forward": wrong_order})(2, (2, 3))
    (found,) = diagnose_forward(mine, (5, 6, 2))
    assert found.cause == "kernel_axes_swapped"

    def build(self, input_shape, rng, dtype):
        Dense.build(self, input_shape, rng, dtype)
        self.params = {"weights": self.params["kernel"]}

    (found,) = diagnose_forward(type("Dense", (Dense,), {"build": build})(3), (4,))
    assert found.cause == "other_params"
    assert "they should have {'kernel': (4, 3), 'bias': (3,)}" in found.sentence


def test_the_museums_flipped_forward_is_named(monkeypatch):
    ((flipped, shape),) = (
        (layer, shape)
        for layer, shape, _ in layers.EXHIBITS
        if type(layer).__name__ == "FlippedForward"
    )
    (found,) = diagnose_forward(with_reference(monkeypatch, flipped), shape)
    assert found.cause == "kernel_flipped"
