"""More usual mistakes in forwards, losses and optimisers, and right ones written oddly.

Each wrong one is one change; each right one is another way to write the same.
"""

import math

import numpy as np
import pytest

from tinycnn.diagnosis import (
    diagnose,
    diagnose_forward,
    diagnose_loss,
    diagnose_optimizer,
)
from tinycnn.layers import (
    Conv2D,
    Dense,
    Flatten,
    GlobalMaxPooling2D,
    MaxPooling2D,
    Sigmoid,
    Softmax,
    Tanh,
)
from tinycnn.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    MeanAbsoluteError,
    MeanSquaredError,
)
from tinycnn.optimizers import SGD, Adagrad, Adam, RMSprop

PHOTO = (5, 6, 2)


def named(kind, method, function, *arguments, **keywords):
    """Return an object named like the library's, with another method."""
    cls = type(f"My{kind.__name__}", (kind,), {method: function})
    return cls(*arguments, **keywords)


def softmax(e):
    return e / e.sum(axis=-1, keepdims=True)


def forward(kind, formula, *arguments, **keywords):
    def method(self, x, training=False):
        with np.errstate(all="ignore"):
            return formula(self, x)

    return named(kind, "forward", method, *arguments, **keywords)


# -- forward: (layer, shape, the cause) -----------------------------------------------


def kernel_reshaped(self, x):
    """``kernel.reshape(F, -1).T``: the numbers of all kernels are mixed."""
    kernel = self.params["kernel"]
    mixed = kernel.reshape(self.filters, -1).T.reshape(kernel.shape)
    self.params["kernel"] = mixed
    y = Conv2D.forward(self, x)
    self.params["kernel"] = kernel
    return y


def from_zero(self, x):
    return np.maximum(MaxPooling2D.forward(self, x), 0)


def by_its_size(self, x):
    y = MaxPooling2D(self.pool_size)
    return y(x)


FORWARDS = [
    (forward(Conv2D, kernel_reshaped, 3, (2, 3)), PHOTO, "kernel_axes_swapped"),
    (forward(MaxPooling2D, from_zero, (2, 3)), PHOTO, "starts_at_zero"),
    (forward(MaxPooling2D, by_its_size, (2, 2), 1), PHOTO, "y_strides_ignored"),
    (forward(MaxPooling2D, lambda s, x: x[:, 2:, 2:], (2, 2), 3), PHOTO, "y_shape"),
    (forward(GlobalMaxPooling2D, lambda s, x: np.maximum(x.max(axis=(1, 2)), 0)), PHOTO,
     "starts_at_zero"),
    (forward(Sigmoid, lambda s, x: 1 / (1 + np.exp(-abs(x)))), PHOTO, "size_of_x"),
    (forward(Sigmoid, lambda s, x: 1 / (1 + np.exp(np.minimum(x, 700)))), PHOTO,
     "minus_forgotten"),
    (forward(Tanh, lambda s, x: np.tanh(abs(x))), PHOTO, "size_of_x"),
    (forward(Sigmoid, lambda s, x: Sigmoid.forward(s, np.clip(x, -9, 9))), PHOTO,
     "y_equals"),
    (forward(Sigmoid, lambda s, x: np.where(abs(x) > 99, 0.5, Sigmoid.forward(s, x))),
     PHOTO, "y_differs_far_out"),
    (forward(Sigmoid, lambda s, x: Sigmoid.forward(s, x) + 0 * x.max() / (
        x.max() - x.min() < 900)), PHOTO, "y_overflows_far_apart"),
    (forward(Softmax, lambda s, x: softmax(np.exp(x - x.max()))), (4,),
     "batch_maximum"),
    (forward(Softmax, lambda s, x: softmax(np.exp(x - x.max(axis=0)))), (4,),
     "maximum_over_batch"),
    (forward(Softmax, lambda s, x: softmax(np.exp(x - x.mean()))), (4,),
     "batch_maximum"),
    (forward(Softmax, lambda s, x: softmax(np.exp(x - x.min()))), (4,),
     "batch_maximum"),
    (forward(Softmax, lambda s, x: (lambda e: e / e.sum(axis=0))(np.exp(x))), (4,),
     "softmax_over_batch"),
    (forward(Softmax, lambda s, x: np.exp(x) / np.exp(x).sum()), (4,),
     "softmax_over_all"),
    (forward(Softmax, lambda s, x: np.exp(x)), (4,), "not_divided_by_sum"),
    (forward(Softmax, lambda s, x: softmax(x)), (4,), "exp_left_out"),
    (forward(Softmax, lambda s, x: np.exp(x) / np.exp(x).max(axis=1, keepdims=True)),
     (4,), "not_divided_by_sum"),
    (forward(Softmax, lambda s, x: np.log(Softmax.forward(s, x))), (4,),
     "logarithm_of_softmax"),
    (forward(Flatten, lambda s, x: np.array([a.ravel(order="F") for a in x])), PHOTO,
     "flatten_order"),
    (forward(Flatten, lambda s, x: x.transpose(0, 3, 1, 2).reshape(len(x), -1)), PHOTO,
     "flatten_order"),
    (forward(Flatten, lambda s, x: x.reshape(len(x), -1, order="F")), PHOTO,
     "flatten_order"),
    (forward(Flatten, lambda s, x: x.reshape(-1, len(x)).T), PHOTO,
     "photos_interleaved_flat"),
    (forward(Flatten, lambda s, x: x.reshape(1, -1)), PHOTO, "photos_joined"),
    (forward(Conv2D, lambda s, x: Conv2D(2, 2)(x), 2, 2, (2, 1)), PHOTO,
     "y_strides_ignored"),
    (forward(Dense, lambda s, x: np.squeeze(Dense.forward(s, x)), 1), (4,),
     "axis_lost"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("layer", "shape", "cause"),
    FORWARDS,
    ids=[f"{case[2]}-{number}" for number, case in enumerate(FORWARDS)],
)
def test_the_cause_of_a_wrong_forward(layer, shape, cause):
    (found,) = diagnose_forward(layer, shape)
    assert (found.array, found.cause) == ("y", cause), found


def test_what_a_softmax_subtracts_is_named():
    for function, words in (
        (lambda x: x.max(), "the maximum of the whole batch is subtracted"),
        (lambda x: x.min(), "the smallest of the whole batch is subtracted"),
    ):
        layer = forward(
            Softmax, lambda s, x, function=function: softmax(np.exp(x - function(x)))
        )
        (found,) = diagnose_forward(layer, (4,))
        assert words in found.sentence
        assert found.hint.endswith("x.max(axis=-1, keepdims=True).")


def test_a_generic_finding_says_where_and_gives_an_example_that_fits():
    below = forward(
        Sigmoid, lambda s, x: np.where(x < 0, np.sin(7 * x), Sigmoid.forward(s, x))
    )
    (found,) = diagnose_forward(below, PHOTO)
    assert "of its numbers, all where x is below 0)." in found.sentence
    assert found.hint.startswith("Take a number below 0 and one above, ")
    (found,) = diagnose_forward(
        forward(Dense, lambda s, x: np.sin(9 * Dense.forward(s, x)), 3), (4,)
    )
    assert found.hint.startswith("Take one row of two numbers, ")
    (found,) = diagnose_forward(
        forward(Conv2D, lambda s, x: np.sin(9 * Conv2D.forward(s, x)), 3, 2), PHOTO
    )
    assert found.hint.startswith("Take a small input (a 3x3 photo), ")


# -- backward of a pooling ------------------------------------------------------------


def test_what_becomes_of_rows_that_fill_no_window():
    def repeated(self, dy):
        dx = MaxPooling2D.backward(self, dy)
        return dx[:, :4]

    (found,) = diagnose(named(MaxPooling2D, "backward", repeated, 2), PHOTO)
    assert found.cause == "leftover_missing"
    assert found.sentence.startswith(
        "dx has shape (5, 4, 6, 2), and x has (5, 5, 6, 2)"
    )

    def moved(self, dy):
        return np.roll(MaxPooling2D.backward(self, dy), 1, axis=1)

    (found,) = diagnose(named(MaxPooling2D, "backward", moved, 2), PHOTO)
    assert found.cause == "leftover_on_wrong_side"


def test_a_maximum_divided_by_the_window_is_not_called_spread():
    def divided(self, dy):
        return MaxPooling2D.backward(self, dy) / math.prod(self.pool_size)

    def quarter(self, dy):
        return MaxPooling2D.backward(self, dy) / 4

    for size in ((2, 3), (2, 2)):
        (found,) = diagnose(named(MaxPooling2D, "backward", divided, size), PHOTO)
        assert found.cause == "winner_divided"
    (found,) = diagnose(named(MaxPooling2D, "backward", quarter, (2, 3)), PHOTO)
    assert found.cause == "constant_factor"


def test_a_dx_in_another_order_and_a_sum_over_the_batch():
    def order(self, dy):
        N, H, W, C = self.kept_for(dy)[0]
        return dy.reshape(N, C, H, W).transpose(0, 2, 3, 1)

    def summed(self, dy):
        (y,) = self.kept_for(dy)
        return y * (dy - (dy * y).sum())

    def odd(self, dy):
        return np.arcsinh(dy)

    for layer, shape, cause in (
        (named(Flatten, "backward", order), PHOTO, "wrong_order"),
        (named(Softmax, "backward", summed), (4,), "sum_over_batch"),
        (named(Softmax, "backward", odd), (4,), "unknown"),
    ):
        (found,) = diagnose(layer, shape)
        assert found.cause == cause
    assert found.hint == "Take two rows of two numbers, and compare number by number."


def test_a_softmax_that_overflows_is_told_what_to_subtract():
    def naive(self, x, training=False):
        return softmax(np.exp(x))

    (found,) = diagnose_forward(named(Softmax, "forward", naive), (4,))
    assert found.cause == "y_overflows"
    assert found.hint.endswith("x.max(axis=-1, keepdims=True).")


# -- losses ---------------------------------------------------------------------------


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def both(self, y, z):
    """Return the right loss and dz of a binary cross-entropy."""
    return BinaryCrossentropy.per_photo(self, y, z)


def one_side(label):
    def per_photo(self, y, z):
        kept = y if label else 1 - y
        logs = np.logaddexp(0, np.where(y > 0.5, -z, z))
        dz = kept * (np.where(z >= 0, 1, 1) * sigmoid(z) - y) / z.shape[1]
        return (kept * logs).mean(axis=1), dz

    return per_photo


def factor(kind, number):
    def per_photo(self, y, y_pred):
        loss, gradient = kind.per_photo(self, y, y_pred)
        return number * loss, number * gradient

    return per_photo


def summed(kind):
    def per_photo(self, y, y_pred):
        loss, gradient = kind.per_photo(self, y, y_pred)
        return y.shape[1] * loss, y.shape[1] * gradient

    return per_photo


def softmax_loss(subtracted):
    def per_photo(self, y, z):
        p = softmax(np.exp(z - subtracted(z)))
        return -(y * np.log(p)).sum(axis=1), p - y

    return per_photo


def fails_where_right(self, y, z):
    """0 * log(0) is not a number."""
    loss, dz = both(self, y, z)
    is_sure = abs(z).min() > 30 and ((z > 0) == (y > 0.5)).all()
    return loss + (0 * np.log(0.0 * loss) if is_sure else 0), dz


def infinite_where_right(self, y, z):
    loss, dz = both(self, y, z)
    is_sure = abs(z).min() > 30 and ((z > 0) == (y > 0.5)).all()
    return loss + (np.inf if is_sure else 0), dz


def in_a_column(self, y, z):
    """keepdims is left on: (N, 1) in place of (N,)."""
    loss, dz = CategoricalCrossentropy.per_photo(self, y, z)
    return loss[:, np.newaxis], dz


def depends_on_others(self, y, z):
    loss, dz = CategoricalCrossentropy.per_photo(self, y, z)
    is_far = z.max() - z.min() > 900
    return loss * (2 if is_far and len(z) > 1 else 1), dz


B, C = BinaryCrossentropy, CategoricalCrossentropy
LOSSES = [
    (B, one_side(1), "loss_of_one_side"),
    (B, one_side(0), "loss_of_one_side"),
    (B, factor(B, -1), "loss_negative"),
    (B, factor(B, 1 / math.log(2)), "loss_factor"),
    (B, summed(B), "loss_summed_over_outputs"),
    (MeanSquaredError, summed(MeanSquaredError), "loss_summed_over_outputs"),
    (MeanSquaredError, factor(MeanSquaredError, 0.5), "loss_factor"),
    (MeanAbsoluteError, factor(MeanAbsoluteError, 2), "loss_factor"),
    (B, lambda self, y, z: (both(self, y, z)[0] + 1, both(self, y, z)[1]),
     "loss_equals"),
    (B, lambda self, y, z: (both(self, y, z)[0] + np.sin(9 * z).sum(axis=1) ** 2,
                            both(self, y, z)[1]), "loss_differs"),
    (B, lambda self, y, z: tuple(a / len(y) for a in both(self, y, z)),
     "loss_divided_by_batch"),
    (C, in_a_column, "loss_per_photo"),
    (C, softmax_loss(lambda z: z.max()), "loss_batch_maximum"),
    (C, softmax_loss(lambda z: z.mean()), "loss_batch_maximum"),
    (C, softmax_loss(lambda z: 0), "loss_overflows"),
    (C, depends_on_others, "loss_far_apart"),
    (B, fails_where_right, "loss_fails_where_right"),
    (B, infinite_where_right, "loss_fails_where_right"),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    ("kind", "per_photo", "cause"),
    LOSSES,
    ids=[f"{case[2]}-{number}" for number, case in enumerate(LOSSES)],
)
def test_the_cause_of_a_wrong_loss(kind, per_photo, cause):
    (found,) = diagnose_loss(named(kind, "per_photo", per_photo))
    assert found.cause == cause, found


def stable(self, y, z):
    """A softmax that subtracts the row's maximum, then log of the sum."""
    shifted = (z - z.max(axis=1)[:, None]).astype(np.float64)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1))[:, None]
    return -np.einsum("nk,nk->n", y, logs), np.exp(logs) - y


def by_logaddexp(self, y, z):
    loss = y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)
    return loss.sum(axis=1) / z.shape[1], (np.tanh(z / 2) / 2 + 0.5 - y) / z.shape[1]


def in_loops(self, y, z):
    loss, dz = np.zeros(len(z)), np.zeros(z.shape)
    for n in range(len(z)):
        for k in range(z.shape[1]):
            t = (
                max(z[n, k], 0)
                - z[n, k] * y[n, k]
                + math.log1p(math.exp(-abs(z[n, k])))
            )
            loss[n] += t / z.shape[1]
            e = math.exp(-abs(z[n, k]))
            dz[n, k] = ((1 if z[n, k] >= 0 else e) / (1 + e) - y[n, k]) / z.shape[1]
    return loss, dz


@pytest.mark.parametrize(
    ("kind", "per_photo"), [(C, stable), (B, by_logaddexp), (B, in_loops)]
)
def test_a_right_loss_is_right_however_it_is_written(kind, per_photo):
    assert diagnose_loss(named(kind, "per_photo", per_photo)) == []


# -- optimisers -----------------------------------------------------------------------


def adam_rate(self, change):
    b, c, t = self.beta_1, self.beta_2, self.t
    return {
        "adam_correction_without_root": (1 - c**t) / (1 - b**t),
        "adam_only_m_corrected": 1 / (1 - b**t),
        "adam_only_v_corrected": math.sqrt(1 - c**t),
        "adam_correction_inverted": (1 - b**t) / math.sqrt(1 - c**t),
        "adam_counts_late": math.sqrt(1 - c ** (t + 1)) / (1 - b ** (t + 1)),
    }.get(change, math.sqrt(1 - c**t) / (1 - b**t))


def adam(change, is_paper=False):
    def update(self, params, grads):
        self.t += 1
        for name, param in params.items():
            m = self.m.setdefault(name, np.zeros_like(param))
            v = self.v.setdefault(name, np.zeros_like(param))
            if change == "adam_moments_lost":
                m[...], v[...] = 0, 0
            m[...] = self.beta_1 * m + (1 - self.beta_1) * grads[name]
            v[...] = self.beta_2 * v + (1 - self.beta_2) * grads[name] ** 2
            used = grads[name] if change == "adam_gradient_for_m" else m
            rate = self.learning_rate * adam_rate(self, change)
            scale = math.sqrt(1 - self.beta_2**self.t) if is_paper else 1
            rate *= 3 if change == "step_factor" else 1
            param -= rate * used / (np.sqrt(v) + scale * self.epsilon)
        self.t -= change == "updates_not_counted" and self.t == 25

    return named(Adam, "update", update)


def sgd(change):
    def update(self, params, grads):
        self.t += change != "updates_not_counted"
        b, rate = self.momentum, self.learning_rate
        for name, param in params.items():
            v = self.v.setdefault(name, np.zeros_like(param))
            old, g = v.copy(), grads[name]
            v[...] = {
                "momentum_averaged": b * v - (1 - b) * rate * g,
                "momentum_sign": -b * v - rate * g,
                "rate_twice": b * v - rate * rate * g,
                "rate_left_out": b * v - g,
            }.get(change, b * v - rate * g)
            param += old if change == "momentum_old" else v

    return named(SGD, "update", update, 0.01, momentum=0.5)


def moments(kind, change):
    def update(self, params, grads):
        self.t += 1
        for name, param in params.items():
            g, start = grads[name], 0.1 if kind is Adagrad else 0.0
            v = self.v.setdefault(name, np.full_like(param, start))
            square = abs(g) if change == "moments_not_squared" else g**2
            rho = 1 - 0.9 if change == "moments_swapped" else 0.9
            keep, share = (1, 1) if kind is Adagrad else (rho, 1 - rho)
            keep = 0.9 if change == "moments_fade" else keep
            v[...] = keep * v + share * square
            root = v + self.epsilon
            param -= (
                0.001
                * g
                / (root if change == "moments_without_root" else np.sqrt(root))
            )

    return named(kind, "update", update)


OPTIMIZERS = [
    *((adam(cause), cause) for cause in (
        "adam_correction_without_root", "adam_only_m_corrected",
        "adam_only_v_corrected", "adam_correction_inverted", "adam_counts_late",
        "adam_gradient_for_m", "adam_moments_lost", "step_factor",
        "updates_not_counted")),
    (adam("adam_moments_lost", is_paper=True), "adam_moments_lost"),
    (adam("", is_paper=True), "adam_epsilon_in_correction"),
    *((sgd(cause), cause) for cause in (
        "momentum_averaged", "momentum_sign", "momentum_old", "rate_twice",
        "rate_left_out", "updates_not_counted")),
    *((moments(RMSprop, cause), cause) for cause in (
        "moments_without_root", "moments_not_squared", "moments_swapped")),
    *((moments(Adagrad, cause), cause) for cause in (
        "moments_without_root", "moments_not_squared", "moments_fade")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("optimizer", "cause"),
    OPTIMIZERS,
    ids=[f"{type(o).__name__}-{cause}" for o, cause in OPTIMIZERS],
)
def test_the_cause_of_a_wrong_optimiser(optimizer, cause):
    (found,) = diagnose_optimizer(optimizer)
    assert found.cause == cause, found


@pytest.mark.parametrize(
    "optimizer", [adam(""), sgd(""), moments(RMSprop, ""), moments(Adagrad, "")]
)
def test_a_right_optimiser_is_right_however_it_is_written(optimizer):
    assert diagnose_optimizer(optimizer) == []


class Unlike(SGD):
    def update(self, params, grads):
        super().update(params, {n: np.sin(40 * g) for n, g in grads.items()})


def test_what_matches_no_usual_mistake_is_said_to_differ():
    unlike = type("MySGD", (Unlike,), {})(0.1)
    (found,) = diagnose_optimizer(unlike)
    assert found.cause == "steps_differ"
    assert found.sentence == "From update 1 on, the steps differ from those of SGD."
