"""Situations of a loss: logits far apart, large ones, soft labels, probabilities."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tinycnn.diagnosis.calls import far_softmaxes
from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.fits.losses import probabilities
from tinycnn.diagnosis.reference import reference_of
from tinycnn.losses import Loss
from tinycnn.shapes import Array

# At the first, a p clipped to 1e-7 no longer changes; at the second, 1 + exp(-z) rounds
# to 1; at the third, exp overflows; the last is close to the largest float32.
LARGE_LOGITS = (20.0, 80.0, 1000.0, 3e38)


def diagnose_logits(loss: Loss, y_true: Any, y_pred: Array) -> list[Finding]:
    """Return what is wrong with a loss where logits are far apart or large.

    Parameters
    ----------
    loss : Loss
        Right for usual logits. One that takes no logits is not looked at.
    y_true : array_like
        The labels, as `Loss.targets` takes them.
    y_pred : ndarray
        Usual logits of shape (N, K).

    Examples
    --------
    >>> from tinycnn.losses import BinaryCrossentropy
    >>> class MyBinaryCrossentropy(BinaryCrossentropy):
    ...     def per_photo(self, y, y_pred):
    ...         return super().per_photo(y, np.clip(y_pred, -16, 16))
    >>> mine, z = MyBinaryCrossentropy(), np.array([[0.5], [-1]])
    >>> sentence = diagnose_logits(mine, [1, 0], z)[0].sentence
    >>> print(sentence.partition(":")[0])
    The loss stops growing
    """
    if loss.last_activation is None:
        return []
    for look in (_far_apart, _at_large_logits, _where_right):
        if found := list(look(loss, y_true, y_pred)):
            return found
    return []


def takes_probabilities(loss: Loss, y_true: Any, y_pred: Array) -> bool:
    """Return whether the loss is right for probabilities, and not for logits."""
    reference = reference_of(loss)
    if reference is None or loss.last_activation is None:
        return False
    right = reference(y_true, y_pred)[0]
    p = probabilities(loss.last_activation, y_pred)
    with np.errstate(all="ignore"):
        of_logits, of_p = loss(y_true, y_pred.copy())[0], loss(y_true, p)[0]
    return bool(np.isclose(of_p, right) and not np.isclose(of_logits, right))


def only_hard(
    loss: Loss, reference: Loss, y_true: Any, y_pred: Array
) -> Finding | None:
    """Return a finding if all is right for labels of 0 and 1."""
    y = loss.targets(y_true, y_pred)
    hard = np.round(y)
    if loss.last_activation == "softmax":
        hard = np.eye(y.shape[1])[y.argmax(axis=1)]
    if loss.last_activation is None or np.array_equal(hard, y):
        return None
    for labels in (hard, np.roll(hard, 1, axis=-1), hard[::-1]):
        if not np.isclose(loss(labels, y_pred)[0], reference(labels, y_pred)[0]):
            return None
    return finding("loss_for_hard_labels")


def _far_apart(loss: Loss, y_true: Any, y_pred: Array) -> Iterator[Finding]:
    """Yield what goes wrong if the photos of a batch have very different logits."""
    z = y_pred + np.resize([-1000.0, 0.0, 1000.0], len(y_pred))[:, np.newaxis]
    y = np.asarray(y_true)
    with np.errstate(all="ignore"):
        got, dz = loss(y, z)
        alone = [loss(y[n : n + 1], z[n : n + 1]) for n in range(len(z))]
    value = float(np.mean([one for one, _ in alone]))
    expected = np.concatenate([d for _, d in alone]) / len(z)
    if not np.isfinite(value) or not np.isfinite(expected).all():
        return  # each photo by itself is found by `_at_large_logits`
    if np.isclose(got, value) and np.allclose(dz, expected):
        return
    targets = loss.targets(y, z)
    for what, p in far_softmaxes(z) if loss.last_activation == "softmax" else ():
        with np.errstate(all="ignore"):
            logs = np.where(targets > 0, np.log(p), 0)
            wrong = -float((targets * logs).sum(axis=-1).mean())
        if np.isclose(got, wrong, equal_nan=True) or (
            np.allclose(dz * len(z), p - targets, equal_nan=True)
        ):
            yield finding("loss_batch_maximum", what=what)
            return
    yield finding("loss_far_apart")


def _where_right(loss: Loss, y_true: Any, y_pred: Array) -> Iterator[Finding]:
    """Yield what goes wrong where every prediction is right and sure."""
    is_class = loss.targets(y_true, y_pred) > 0.5
    for logit in LARGE_LOGITS[:3]:
        try:
            with np.errstate(divide="raise", over="raise", invalid="raise"):
                value, gradient = loss(y_true, np.where(is_class, logit, -logit))
        except FloatingPointError as error:
            yield finding("loss_fails_where_right", logit=logit, error=error)
            return
        if not np.isfinite(value) or not np.isfinite(gradient).all():
            yield finding("loss_fails_where_right", logit=logit, error="not finite")
            return


def _at_large_logits(loss: Loss, y_true: Any, y_pred: Array) -> Iterator[Finding]:
    """Yield what goes wrong where every prediction is completely wrong."""
    is_class, reference = loss.targets(y_true, y_pred) > 0.5, reference_of(loss)
    for logit in LARGE_LOGITS:
        z = np.where(is_class, -logit, logit)
        try:
            with np.errstate(divide="raise", over="raise", invalid="raise"):
                value, gradient = loss(y_true, z)
        except FloatingPointError as error:
            yield finding("loss_overflows", logit=logit, error=error)
            return
        if not np.isfinite(value) or not np.isfinite(gradient).all():
            yield finding("loss_overflows", logit=logit, error="not finite")
            return
        if not gradient[is_class].all():
            yield finding("dead_zone", "y_pred", logit=logit)
            return
        if reference is not None:
            expected = reference(y_true, z)[0]
            if not np.isclose(value, expected):
                cause = "loss_capped" if value < expected else "loss_differs"
                yield finding(cause, logit=logit, got=value, expected=expected)
                return
