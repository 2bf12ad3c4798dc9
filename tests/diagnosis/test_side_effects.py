"""What a part changes besides its result, and what a mean is taken of."""

import copy

import numpy as np
import pytest

from tinycnn.diagnosis import (
    diagnose,
    diagnose_forward,
    diagnose_loss,
    diagnose_optimizer,
    diagnose_training,
)
from tinycnn.diagnosis.training import moves_outside
from tinycnn.layers import (
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    MaxPooling2D,
    Sigmoid,
)
from tinycnn.losses import Loss, MeanAbsoluteError
from tinycnn.optimizers import RMSprop

PHOTO = (5, 6, 2)


class MySigmoid(Sigmoid):
    def backward(self, dy):
        (y,) = self.kept_for(dy)
        dx = dy * y * (1 - y)
        y *= 1 - y
        return dx


class MovesInBackward(BatchNormalization):
    def backward(self, dy):
        self.state["moving_mean"] = 0.9 * self.state["moving_mean"] + 1
        return super().backward(dy)


class MyBatchNormalization(BatchNormalization):
    def forward(self, x, training=False):
        y = super().forward(x, training)
        self._move("moving_mean", x.mean(axis=tuple(range(x.ndim - 1))))
        return y


def causes_of(found):
    return list(dict.fromkeys(f.cause for f in found))


def test_a_backward_that_changes_what_forward_returned_is_named():
    assert causes_of(diagnose(MySigmoid(), (4,))) == ["y_written"]
    assert diagnose(Sigmoid(), (4,)) == []


def test_a_running_mean_that_moves_elsewhere_is_named():
    found, *_ = diagnose(MovesInBackward(), (4,))
    assert found.sentence == 'backward changes self.state["moving_mean"].'
    (found,) = moves_outside(MyBatchNormalization(), PHOTO)
    assert found.cause == "running_moves_outside"
    for right in (BatchNormalization(), Dense(3)):
        assert moves_outside(right, (4,)) == []


@pytest.mark.parametrize("changed", ["y", "y_pred"])
def test_a_loss_that_changes_its_argument_is_named(changed):
    class MyLoss(MeanAbsoluteError):
        def per_photo(self, y, y_pred):
            pair = super().per_photo(y, y_pred)
            (y if changed == "y" else y_pred)[:] = 0
            return pair

    (found,) = diagnose_loss(MyLoss())
    assert found.sentence == f"per_photo modified {changed}, its argument."


def test_a_loss_that_defines_call_alone_is_not_looked_at():
    class MyLoss(Loss):
        last_activation = None

        def __call__(self, y_true, y_pred):
            gap = y_pred - np.asarray(y_true)
            return float((gap**2).mean()), 2 * gap / gap.size

    assert diagnose_loss(MyLoss()) == []


@pytest.mark.parametrize("is_own_spread", [True, False])
def test_one_mean_for_all_channels_is_named(is_own_spread):
    class MyBatchNormalization(BatchNormalization):
        def forward(self, x, training=False):
            if not training:
                return super().forward(x)
            axes = tuple(range(x.ndim - 1))
            centred = x - x.mean()
            var = x.var(axis=axes) if is_own_spread else (centred**2).mean(axis=axes)
            x_hat = centred / np.sqrt(var + self.epsilon)
            return self.params["gamma"] * x_hat + self.params["beta"]

    found = diagnose_training(MyBatchNormalization(), PHOTO)
    assert "mean_over_channels" in causes_of(found)


def test_the_running_ones_in_training_are_named_after_they_moved_too():
    class MyBatchNormalization(BatchNormalization):
        def forward(self, x, training=False):
            y = super().forward(x, training)
            return super().forward(x) if training else y

    found = diagnose_training(MyBatchNormalization(), PHOTO)
    assert found[0].cause == "running_in_training"


def test_gradients_of_mean_and_variance_outside_training_are_named():
    class MyBatchNormalization(BatchNormalization):
        def forward(self, x, training=False):
            self.used = training
            return super().forward(x, training)

        def backward(self, dy):
            x, mean, inv_std, _ = self.kept_for(dy)
            dx = super().backward(dy)
            if self.used:
                return dx
            axes, x_hat = tuple(range(x.ndim - 1)), (x - mean) * inv_std
            through = dy.mean(axis=axes) + x_hat * (dy * x_hat).mean(axis=axes)
            return dx - self.params["gamma"] * inv_std * through

    (found,) = diagnose_training(MyBatchNormalization(), PHOTO)
    assert found.cause == "gradient_of_statistics_outside"
    assert diagnose_training(BatchNormalization(), PHOTO) == []


class Bent(BatchNormalization):
    def backward(self, dy):
        return np.sin(7 * super().backward(dy))


def test_a_first_step_fits_the_layer():
    found = [f for f in diagnose(Bent(), (4,)) if f.cause == "unknown"]
    assert "channel with three numbers" in found[0].hint

    class MyDropout(Dropout):
        def backward(self, dy):
            return super().backward(dy + np.sin(9 * dy))

    (found,) = diagnose_training(MyDropout(0.3), (4,))
    assert found.cause == "unknown"
    assert "the mask of forward" in found.hint


@pytest.mark.parametrize("kind", [Conv2D, MaxPooling2D])
def test_swapped_strides_are_named(kind):
    arguments = (3, (2, 3)) if kind is Conv2D else ((2, 3),)

    def forward(self, x, training=False):
        other = copy.deepcopy(self)
        other.strides = self.strides[::-1]
        return kind.forward(other, x, training)

    cls = type(f"My{kind.__name__}", (kind,), {"forward": forward})
    (found,) = diagnose_forward(cls(*arguments, strides=(2, 1)), PHOTO)
    assert found.cause == "y_strides_swapped"
    assert "as with the strides swapped, (1, 2)" in found.sentence


def test_rounding_down_and_the_furthest_number_are_named():
    class MyAveragePooling2D(AveragePooling2D):
        def forward(self, x, training=False):
            return np.floor(super().forward(x, training))

    (found,) = diagnose_forward(MyAveragePooling2D((2, 3)), PHOTO)
    assert found.cause == "y_whole_numbers"

    class MyMaxPooling2D(MaxPooling2D):
        def forward(self, x, training=False):
            high = super().forward(x, training)
            low = -super().forward(-x, training)
            return np.where(high > -low, high, low)

    (found,) = diagnose_forward(MyMaxPooling2D((2, 3)), PHOTO)
    assert "the x with the largest abs(x) of each window" in found.sentence


def test_a_kernel_row_left_out_is_no_wrong_index():
    class MyConv2D(Conv2D):
        def backward(self, dy):
            kernel = self.params["kernel"]
            self.params["kernel"] = kernel.copy()
            self.params["kernel"][1] = 0
            dx = super().backward(dy)
            self.params["kernel"] = kernel
            return dx

    (found,) = diagnose(MyConv2D(3, (2, 3)), PHOTO)
    assert "nothing of row 1 of the kernel is used" in found.sentence


DIVIDERS = {
    "sqrt(v) + epsilon": lambda new, old, e: np.sqrt(new) + e,
    "sqrt(v)": lambda new, old, e: np.sqrt(new),
    "sqrt(old v + epsilon)": lambda new, old, e: np.sqrt(old + e),
}


@pytest.mark.parametrize("words", DIVIDERS)
def test_what_rmsprop_divides_by_is_named(words):
    class MyRMSprop(RMSprop):
        def update(self, params, grads):
            self.t += 1
            for name, g in grads.items():
                old = self.v.get(name, np.zeros_like(g))
                new = self.v[name] = self.rho * old + (1 - self.rho) * g * g
                by = DIVIDERS[words](new, old, self.epsilon)
                params[name] -= self.learning_rate * g / by

    found = diagnose_optimizer(MyRMSprop(0.01))
    assert f"grad is divided by {words}; it should be by" in found[0].sentence


def test_one_mean_square_for_a_whole_array_is_named():
    class MyRMSprop(RMSprop):
        def update(self, params, grads):
            self.t += 1
            for name, g in grads.items():
                old = self.v.get(name, np.zeros_like(g))
                v = self.v[name] = self.rho * old + (1 - self.rho) * np.mean(g * g)
                params[name] -= self.learning_rate * g / np.sqrt(v + self.epsilon)

    (found,) = diagnose_optimizer(MyRMSprop())
    assert "v becomes the same number in the whole array" in found.sentence
