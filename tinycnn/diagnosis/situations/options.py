"""Options that a student's class inherits: label smoothing, logits, Nesterov's step."""

import copy
from types import FunctionType

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.reference import reference_of
from tinycnn.diagnosis.situations.optimizers import end_equally, some_gradients
from tinycnn.losses import Loss
from tinycnn.optimizers import Optimizer
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array

# Each with its value and the cause if something is wrong with it.
OF_LOSSES = (
    ("label_smoothing", 0.2, "wrong_label_smoothing"),
    ("from_logits", True, "wrong_from_logits"),
)


def diagnose_options(part: Loss | Optimizer) -> list[Finding]:
    """Return what is wrong with a loss or an optimiser once an option is set.

    Parameters
    ----------
    part : Loss or Optimizer
        Right without the option. Not modified: copies are used.

    Notes
    -----
    ``nesterov`` is looked at only where the class reads it: an exercise may leave it
    out.

    Examples
    --------
    >>> from tinycnn.losses import BinaryCrossentropy
    >>> class MyBinaryCrossentropy(BinaryCrossentropy):
    ...     def per_photo(self, y, y_pred):
    ...         s = self.label_smoothing
    ...         return super().per_photo((1 - s) * y + s / 2, y_pred)
    >>> print(diagnose_options(MyBinaryCrossentropy())[0].sentence)
    With label_smoothing=0.2 the loss is wrong; without it, it is right.
    """
    if isinstance(part, Optimizer):
        return _nesterov(part)
    for name, value, cause in OF_LOSSES:
        mine = copy.deepcopy(part)
        if hasattr(mine, name):
            setattr(mine, name, value)
        reference: Loss | None = reference_of(mine)
        if reference is None or getattr(reference, name, None) != value:
            continue
        (got, dz), (loss, right) = _of(mine), _of(reference)
        if not np.isclose(got, loss):
            return [finding(cause, what="the loss", value=value)]
        if not np.allclose(dz, right):
            return [finding(cause, what="dy_pred", value=value)]
    return []


def _of(loss: Loss) -> tuple[float, Array]:
    """Return the loss and its gradient, for labels of its kind."""
    z = rng_for(4, "check").standard_normal((5, 3))
    y = rng_for(5, "check").integers(2, size=z.shape)
    return loss(np.arange(5) % 3 if loss.last_activation == "softmax" else y, z)


def _nesterov(optimizer: Optimizer) -> list[Finding]:
    if not _reads(optimizer, "nesterov") or not getattr(optimizer, "momentum", 0):
        return []
    mine = copy.deepcopy(optimizer)
    mine.nesterov = True  # type: ignore[attr-defined]
    reference: Optimizer | None = reference_of(mine)
    if reference is None or not getattr(reference, "nesterov", False):
        return []
    if end_equally(mine, reference, some_gradients(), 1.0):
        return []
    return [finding("wrong_nesterov", reference=type(reference).__name__)]


def _reads(part: object, name: str) -> bool:
    """Return whether a method that is not the library's reads this attribute."""
    return any(
        isinstance(member, FunctionType) and name in member.__code__.co_names
        for cls in type(part).__mro__
        if not cls.__module__.startswith("tinycnn.")
        for member in vars(cls).values()
    )
