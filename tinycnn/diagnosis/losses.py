"""What is wrong with my loss? Its gradient, its size, and what it does far out."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.reference import twin_of
from tinycnn.gradient_check import TOLERANCE, numerical_gradient, relative_error
from tinycnn.losses import Loss
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Shape

# Right answers and the shape of the predictions, by what stands below the loss. With
# one output a forgotten / K changes nothing; with two it can hide in a forgotten 2.
CASES: dict[str | None, list[tuple[Any, Shape]]] = {
    "sigmoid": [
        ([[0.0], [1.0], [1.0], [0.0], [1.0]], (5, 1)),
        (np.reshape([0.0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 1], (5, 3)), (5, 3)),
    ],
    "softmax": [([2, 0, 1, 3, 2], (5, 4))],
    None: [(np.sin(np.arange(5.0 * K)).reshape(5, K), (5, K)) for K in (3, 2)],
}
# Where p clipped to 1e-7 stops, where exp rounds 1 + e away, where it overflows, and
# float32's largest.
LARGE = (20.0, 80.0, 1000.0, 3e38)


def diagnose_loss(loss: Loss) -> list[Finding]:
    """Return what is wrong with a loss: nothing, if it is right.

    Parameters
    ----------
    loss : Loss
        Its ``last_activation`` says what it takes: logits of a "sigmoid" or "softmax",
        or (None) the model's output.

    Notes
    -----
    What stops the loss itself with an error is passed on.

    Examples
    --------
    >>> from tinycnn.losses import MeanSquaredError
    >>> class Mine(MeanSquaredError):
    ...     def per_photo(self, y, y_pred):
    ...         loss, gradient = super().per_photo(y, y_pred)
    ...         return loss, gradient / 2
    >>> diagnose_loss(Mine())[0].sentence
    'dy_pred is 0.5 times what it should be, everywhere.'
    """
    for y_true, shape in CASES[loss.last_activation]:
        y_pred = rng_for(0, "check").standard_normal(shape)
        if unusable := list(_returned(loss, y_true, y_pred)):
            return unusable
        if not np.isfinite(loss(y_true, y_pred.copy())[0]):
            low, high = y_pred.min(), y_pred.max()
            return [finding("loss_not_finite", low=low, high=high)]
        found = [*_gradient(loss, y_true, y_pred), *_value(loss, y_true, y_pred)]
        # A wrong gradient is often flat far out as well: one cause, one finding.
        if found := found or list(_far_out(loss, y_true, y_pred)):
            return found
    return []


def _returned(loss: Loss, y_true: Any, y_pred: Array) -> Iterator[Finding]:
    """Yield what per_photo gives back that nobody can work with."""
    if type(loss).per_photo is Loss.per_photo:
        return  # a loss that defines __call__ alone
    pair: Any = loss.per_photo(loss.targets(y_true, y_pred), y_pred.copy())
    if pair is None:
        yield finding("nothing_returned", what="per_photo")
    elif not isinstance(pair, tuple) or len(pair) != 2:
        got = f"{len(pair)} things" if isinstance(pair, tuple) else "one thing"
        yield finding("no_pair", got=got)
    elif np.shape(pair[0]) != (wanted := (len(y_pred),)):
        yield finding("loss_per_photo", got=np.shape(pair[0]), wanted=wanted)


def _gradient(loss: Loss, y_true: Any, y_pred: Array) -> Iterator[Finding]:
    """Yield what is wrong with the gradient, by its pattern."""
    given = loss(y_true, y_pred.copy())[1]
    tried = y_pred.copy()
    wanted, _ = numerical_gradient(lambda: loss(y_true, tried)[0], tried)
    if np.shape(given) != wanted.shape:
        yield finding("wrong_shape", "y_pred", got=np.shape(given), wanted=wanted.shape)
        return
    if not np.isfinite(given).all():
        yield finding("not_finite", "y_pred")
        return
    if relative_error(given, wanted) <= TOLERANCE:
        return
    (N, K), slope = y_pred.shape, _slope(loss, y_pred)
    # K / 2: the 2 of a square left out as well. A softmax's loss divides by no K.
    outputs = () if K == 1 or loss.last_activation == "softmax" else (K, K / 2)
    factor = float((given * wanted).sum() / ((wanted**2).sum() + 1e-300))
    for cause, candidate in (
        ("zero", 0 * wanted),
        ("sign", -wanted),
        ("divided_by_batch", wanted / N),
        ("not_divided_by_batch", wanted * N),
        *(("not_divided_by_outputs", wanted * value) for value in outputs),
        ("slope_twice", wanted * slope),
        ("slope_missing", wanted / slope),
        ("constant_factor", factor * wanted),
    ):
        if relative_error(given, candidate) <= TOLERANCE:
            yield finding(cause, "y_pred", factor=factor, K=K)
            return
    share = np.mean(abs(given - wanted) > TOLERANCE)
    yield finding("unknown", "y_pred", share=share)


def _slope(loss: Loss, y_pred: Array) -> Array:
    """Return p (1 - p), the slope of the sigmoid or, by itself, of the softmax."""
    e = np.exp(y_pred)
    p = e / e.sum(axis=-1, keepdims=True)
    if loss.last_activation == "sigmoid":
        p = e / (1 + e)
    slope: Array = p * (1 - p)
    return slope


def _value(loss: Loss, y_true: Any, y_pred: Array) -> Iterator[Finding]:
    """Yield what is wrong with the number itself."""
    once = loss(y_true, y_pred)[0]
    twice = loss(np.concatenate([y_true, y_true]), np.concatenate([y_pred, y_pred]))[0]
    twin = twin_of(loss)
    if np.isclose(twice, 2 * once):
        yield finding("loss_summed")
    elif twin is not None and not np.isclose(once, wanted := twin(y_true, y_pred)[0]):
        yield finding("loss_differs", got=once, wanted=wanted)


def _far_out(loss: Loss, y_true: Any, y_pred: Array) -> Iterator[Finding]:
    """Yield what goes wrong where every answer is as wrong as can be."""
    if loss.last_activation is None:
        return
    is_class, twin = loss.targets(y_true, y_pred) > 0.5, twin_of(loss)
    for large in LARGE:
        z = np.where(is_class, -large, large)
        try:
            with np.errstate(divide="raise", over="raise", invalid="raise"):
                value, gradient = loss(y_true, z)
        except FloatingPointError as error:
            yield finding("loss_overflows", logit=large, error=error)
            return
        if not np.isfinite(value) or not np.isfinite(gradient).all():
            yield finding("loss_overflows", logit=large, error="not finite")
            return
        if not gradient[is_class].all():
            yield finding("dead_zone", "y_pred", logit=large)
            return
        if twin is not None and not np.isclose(value, right := twin(y_true, z)[0]):
            cause = "loss_capped" if value < right else "loss_differs"
            yield finding(cause, logit=large, got=value, wanted=right)
            return
