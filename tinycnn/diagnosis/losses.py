"""What is wrong with my loss? Its gradient, its value, and both at large logits."""

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.fits import losses as fits
from tinycnn.diagnosis.patterns.equality import factor_name
from tinycnn.diagnosis.patterns.formulas import (
    RIGHT,
    RIGHT_OF_SIZES,
    what_is_gradient,
    what_is_loss,
)
from tinycnn.diagnosis.reference import reference_of
from tinycnn.diagnosis.situations.losses import (
    diagnose_logits,
    only_hard,
    takes_probabilities,
)
from tinycnn.gradient_check import TOLERANCE, numerical_gradient, relative_error
from tinycnn.losses import Loss, MeanAbsoluteError
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Shape

# y_true and the shape of y_pred, by the activation that the loss includes. With one
# output, a missing / K changes nothing; with two, a missing 2 can cancel it.
CASES: dict[str | None, list[tuple[Any, Shape]]] = {
    "sigmoid": [
        ([[0.0], [1.0], [1.0], [0.0], [1.0]], (5, 1)),
        ([[0.9], [0.2], [0.6], [0.0], [1.0]], (5, 1)),
        (np.reshape([0.0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 1], (5, 3)), (5, 3)),
    ],
    "softmax": [
        ([2, 0, 1, 3, 2], (5, 4)),
        (
            np.tile([0.7, 0.1, 0.2, 0.0, 0.1, 0.6, 0.1, 0.2], 3).reshape(6, 4)[:5],
            (5, 4),
        ),
    ],
    None: [(np.sin(np.arange(5.0 * K)).reshape(5, K), (5, K)) for K in (3, 2, 1)],
}


def diagnose_loss(loss: Loss) -> list[Finding]:
    """Return what is wrong with a loss; an empty list if it is right.

    Parameters
    ----------
    loss : Loss
        Its ``last_activation`` is "sigmoid" or "softmax" if it takes logits, and None
        if it takes the model's output.

    Examples
    --------
    >>> from tinycnn.losses import MeanSquaredError
    >>> class Mine(MeanSquaredError):
    ...     def per_photo(self, y, y_pred):
    ...         loss, gradient = super().per_photo(y, y_pred)
    ...         return loss, gradient / 2
    >>> diagnose_loss(Mine())[0].sentence
    'dy_pred is 0.5 times the correct gradient, everywhere.'
    """
    for y_true, shape in CASES[loss.last_activation]:
        y_pred = rng_for(0, "check").standard_normal(shape)
        y_true = copy.deepcopy(y_true)  # a loss may change it
        found = list(_written(loss, y_true, y_pred))
        if unusable := list(_return_values(loss, y_true, y_pred)):
            return unusable
        if takes_probabilities(loss, y_true, y_pred):
            return [finding("probabilities_expected")]
        if not np.isfinite(loss(y_true, y_pred.copy())[0]):
            return [finding("loss_not_finite", low=y_pred.min(), high=y_pred.max())]
        found = found or _value_and_gradient(loss, y_true, y_pred)
        # A wrong gradient often vanishes at large logits as well: report it once.
        if found := found or diagnose_logits(loss, y_true, y_pred):
            return found
    return []


def _value_and_gradient(loss: Loss, y_true: Any, y_pred: Array) -> list[Finding]:
    """Return what is wrong with the value, or with the gradient, or with both.

    A gradient that is right, or that fits a wrong value, is not a second mistake.
    """
    value, gradient = (
        list(_value(loss, y_true, y_pred)), list(_gradient(loss, y_true, y_pred))
    )  # fmt: skip
    reference = reference_of(loss)
    if value and reference is not None:
        what = fits.fitted(fits.of_labels, loss, reference)
        if what and what != "-y":  # that is a plus for the minus of y_pred - y
            return [finding("labels_changed", what=what)]
    if not value or not gradient or reference is None:
        return value + gradient
    if fits.is_right(loss, reference, y_true, y_pred):
        return value
    return value + [f for f in gradient if f.cause == "gradient_equals"]


def _return_values(loss: Loss, y_true: Any, y_pred: Array) -> Iterator[Finding]:
    """Yield a finding unless per_photo returns (a loss per photo, a gradient)."""
    if type(loss).per_photo is Loss.per_photo:
        return  # a loss that defines __call__ alone
    pair: Any = loss.per_photo(loss.targets(y_true, y_pred), y_pred.copy())
    if pair is None:
        yield finding("nothing_returned", what="per_photo")
    elif not isinstance(pair, tuple) or len(pair) != 2:
        got = f"{len(pair)} values" if isinstance(pair, tuple) else "one value"
        yield finding("not_a_pair", got=got)
    elif np.shape(pair[0]) == y_pred.shape and np.shape(pair[1]) == (len(y_pred),):
        yield finding("pair_exchanged")
    elif np.shape(pair[0]) != (expected := (len(y_pred),)):
        got_shape = np.shape(pair[0])
        causes = {
            (): "loss_of_the_batch",
            y_pred.shape: "loss_of_each_output",
            y_pred.shape[1:]: "loss_over_the_photos",
        }
        cause = causes.get(got_shape, "loss_per_photo")
        yield finding(cause, got=got_shape, expected=expected)


def _written(loss: Loss, y_true: Any, y_pred: Array) -> Iterator[Finding]:
    """Yield a finding if per_photo changes one of its arguments."""
    if type(loss).per_photo is Loss.per_photo:
        return  # a loss that defines __call__ alone
    y, z = np.array(loss.targets(y_true, y_pred)), y_pred.copy()
    before = y.copy()
    loss.per_photo(y, z)
    for what, got, kept in (("y", y, before), ("y_pred", z, y_pred)):
        if not np.array_equal(got, kept):
            yield finding("arguments_written", what=what)
            return


def _gradient(loss: Loss, y_true: Any, y_pred: Array) -> Iterator[Finding]:
    """Yield what is wrong with the gradient, by its pattern."""
    got = loss(y_true, y_pred.copy())[1]
    x = y_pred.copy()
    expected, _ = numerical_gradient(lambda: loss(y_true, x)[0], x)
    if np.shape(got) != expected.shape:
        shapes = {"got": np.shape(got), "expected": expected.shape}
        yield finding("wrong_shape", "y_pred", **shapes)
        return
    if not np.isfinite(got).all():
        yield finding("not_finite", "y_pred")
        return
    known: Loss | None = reference_of(loss)
    if relative_error(got, expected) <= TOLERANCE or fits.is_right(
        loss, known, y_true, y_pred
    ):
        return
    (N, K), slope = y_pred.shape, fits.slope_of(loss, y_pred)
    # K / 2: the 2 of a square is missing as well. The loss of a softmax has no / K.
    outputs = () if K == 1 or loss.last_activation == "softmax" else (K, K / 2)
    factor = float((got * expected).sum() / ((expected**2).sum() + 1e-300))
    if _is_by_photos(loss):
        yield finding("divided_by_photos", "y_pred")
        return
    for cause, candidate in (
        ("zero", 0 * expected),
        ("sign", -expected),
        ("divided_by_batch", expected / N),
        ("not_divided_by_batch", expected * N),
        *(("not_divided_by_outputs", expected * value) for value in outputs),
        ("slope_twice", expected * slope),
        ("slope_missing", expected / slope),
        *(
            (("constant_factor", factor * expected),)
            if round(factor, 6) in (2, 0.5)
            else ()
        ),
    ):
        if relative_error(got, candidate) <= TOLERANCE:
            yield finding(cause, "y_pred", factor=factor, K=K)
            return
    kind = loss.last_activation
    for is_hard in (False, True):  # a label may be taken for the number of a class
        y, z = _many_or_widest(loss, is_hard)
        if what := what_is_gradient(kind, y, z, _gradients(loss, y, z)):
            yield finding("gradient_equals", "y_pred", what=what, right=_right(loss)[1])
            return
    if relative_error(got, factor * expected) <= TOLERANCE:
        yield finding("constant_factor", "y_pred", factor=factor)
        return
    if known is not None and (what := fits.fitted(fits.of_gradient, loss, known)):
        yield finding("gradient_equals", "y_pred", what=what, right=_right(loss)[1])
        return
    is_alike = np.all(got == got[:, :1]) and np.ptp(expected, axis=1).max() > TOLERANCE
    share = np.mean(abs(got - expected) > TOLERANCE)
    cause = "loss_slope_of_photo" if is_alike else "unknown"
    if fits.depends_on_others(lambda y, z: _gradients(loss, y, z), *_widest(loss)):
        cause = "gradient_of_others"
    cause = "some_photos_zero" if (zero := fits.zero_photos(got, expected)) else cause
    yield finding(cause, "y_pred", share=share, count=zero, N=N)


def _is_by_photos(loss: Loss) -> bool:
    """Return whether the gradient would be right if divided by K, not by N."""
    y, z = _widest(loss)
    reference, (N, K) = reference_of(loss), z.shape
    if reference is None or loss.last_activation == "softmax":
        return False
    got, right = _gradients(loss, y, z), _gradients(reference, y, z)
    return np.shape(got) == right.shape and np.allclose(got * N, right * K)


def _value(loss: Loss, y_true: Any, y_pred: Array) -> Iterator[Finding]:
    """Yield what is wrong with the value of the loss."""
    once = loss(y_true, y_pred)[0]
    twice = loss(np.concatenate([y_true, y_true]), np.concatenate([y_pred, y_pred]))[0]
    reference = reference_of(loss)
    if np.isclose(twice, 2 * once):
        yield finding("loss_summed")
    elif reference is not None:
        expected = reference(y_true, y_pred)[0]
        if not np.isclose(once, expected):
            yield _cause_of_value(loss, reference, y_true, y_pred, once)
        elif found := _of_each_photo(loss, reference, y_true, y_pred):
            yield found
        else:
            got = _losses(loss, y_true, y_pred)
            right = _losses(reference, y_true, y_pred)
            if got is None or right is None or np.allclose(got, right):
                return
            yield _formula_of(loss) or finding(
                "loss_differs", got=got[0], expected=right[0]
            )


def _cause_of_value(
    loss: Loss, reference: Loss, y_true: Any, y_pred: Array, got: float
) -> Finding:
    """Return why the loss has another value."""
    expected, K = reference(y_true, y_pred)[0], y_pred.shape[1]
    if np.isclose(got, -expected):
        return finding("loss_negative")
    if np.isclose(got * len(y_pred), expected):
        return finding("loss_divided_by_batch")
    if K > 1 and np.isclose(got, K * expected):
        return finding("loss_summed_over_outputs")
    if loss.last_activation == "sigmoid":
        y = loss.targets(y_true, y_pred)
        for label in (1, 0):
            each = [
                reference(y[n : n + 1, k : k + 1], y_pred[n : n + 1, k : k + 1])[0]
                for n, k in zip(*np.nonzero(y == label), strict=True)
            ]
            if np.isclose(got, sum(each) / y.size):
                return finding("loss_of_one_side", label=label)
    if found := _of_each_photo(loss, reference, y_true, y_pred):
        return found
    if K == 1 and fits.is_of_all(loss, reference, y_true, y_pred):
        return finding("labels_of_all_photos")
    other = y_pred[::-1] * 0.5  # a factor is the same for other predictions
    factor = got / expected if expected else 0.0
    if np.isclose(loss(y_true, other)[0], factor * reference(y_true, other)[0]):
        sizes = {"N": float(len(y_pred)), "K": float(K), "K / 2": K / 2}
        return finding("loss_factor", factor=factor, name=factor_name(factor, sizes))
    found = _formula_of(loss) or only_hard(loss, reference, y_true, y_pred)
    return found or finding("loss_differs", got=got, expected=expected)


def _widest(loss: Loss) -> tuple[Array, Array]:
    """Return (targets, y_pred) of the case with most outputs: with one, K is unseen."""
    y_true, shape = max(CASES[loss.last_activation], key=lambda case: case[1][1])
    z = rng_for(0, "check").standard_normal(shape)
    return loss.targets(y_true, z), z


def _many_or_widest(loss: Loss, is_hard: bool = False) -> tuple[Array, Array]:
    """Return (targets, y_pred) of many photos, with soft labels, if a loss takes them.

    Of five photos with labels of 0 and 1, two different formulas may be the same.
    """
    try:
        y, z = fits.many(loss, is_hard)
        pair = loss.per_photo(y.copy(), z.copy())
        if np.shape(pair[0]) == (len(z),) and np.shape(pair[1]) == z.shape:
            return y, z
    except Exception:  # it is about the photos of one case alone
        pass
    return _widest(loss)


def _gradients(loss: Loss, y: Array, z: Array) -> Array:
    """Return the gradient of each photo, not divided by their number."""
    if type(loss).per_photo is Loss.per_photo:
        return np.asarray(len(y) * loss(y, z.copy())[1])
    return np.asarray(loss.per_photo(y.copy(), z.copy())[1])


def _losses(loss: Loss, y_true: Any, y_pred: Array) -> Array | None:
    """Return the loss of each photo, if per_photo returns them."""
    if type(loss).per_photo is Loss.per_photo:
        return None
    if np.size(y_true) == y_pred.size:
        y = np.asarray(y_true, float).reshape(y_pred.shape)
    else:
        y = loss.targets(y_true, y_pred)
    return np.asarray(loss.per_photo(y, y_pred.copy())[0])


def _of_each_photo(
    loss: Loss, reference: Loss, y_true: Any, y_pred: Array
) -> Finding | None:
    """Return a finding if all photos get one loss, that of the whole batch."""
    got, right = _losses(loss, y_true, y_pred), _losses(reference, y_true, y_pred)
    if got is None or right is None or np.allclose(got, right):
        return None
    if np.ptp(right) > 0 and np.allclose(got, right.mean()):
        return finding("loss_same_for_all")
    return None


def _formula_of(loss: Loss) -> Finding | None:
    """Return what the loss of each photo equals, or that it depends on the others."""
    kind = loss.last_activation
    y, z = _many_or_widest(loss)
    got, reference = _losses(loss, y, z), reference_of(loss)
    what = "" if got is None else what_is_loss(kind, y, z, got)
    if not what and got is not None and reference is not None:
        what = fits.fitted(fits.of_loss, loss, reference)
    if what and what != _right(loss)[0]:  # that is so in another case
        return finding("loss_equals", what=what, right=_right(loss)[0])
    is_mixed = fits.depends_on_others(lambda y, z: _losses(loss, y, z), y, z)
    return finding("loss_of_others") if is_mixed else None


def _right(loss: Loss) -> tuple[str, str]:
    """Return what the loss of a photo, and its gradient, should be."""
    if isinstance(loss, MeanAbsoluteError):
        return RIGHT_OF_SIZES
    return RIGHT[loss.last_activation]
