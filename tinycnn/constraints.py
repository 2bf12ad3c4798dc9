"""Constraints: what the weights may be, restored after every update.

An update first moves the weights as the gradient says; then each constrained param is
changed to the nearest that is allowed. The loss does not know of it.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from tinycnn.files.described import Described, from_description
from tinycnn.keras.names import other_names
from tinycnn.keras.words import CONSTRAINT_WORDS, spelled
from tinycnn.shapes import Array, number, whole_number

EPSILON = 1e-7  # Keras's: a norm of 0 divides nothing


class Constraint(Described):
    """What every constraint promises."""

    def __call__(self, w: Array) -> Array:
        """Return the weights as they may be."""
        raise NotImplementedError(f"{type(self).__name__} should define __call__")


class MaxNorm(Constraint):
    """No norm along an axis is larger than `max_value`.

    Parameters
    ----------
    max_value : float, default 2
    axis : int or tuple of int, default 0
        What a norm is taken along: 0 for the inputs of each unit of a Dense layer,
        (0, 1, 2) for each kernel of a Conv2D.

    Raises
    ------
    ValueError
        If `max_value` is below 0, or an axis is not a whole number.

    Notes
    -----
    ``w * min(norm, max_value) / (1e-7 + norm)``, norm = sqrt(sum of w**2 along `axis`).

    References
    ----------
    Srivastava et al., "Dropout: a simple way to prevent neural networks from
    overfitting", JMLR 2014, section 5.1.

    Examples
    --------
    >>> MaxNorm(1)(np.array([[3.0, 0.3], [4.0, 0.4]])).round(3).tolist()
    [[0.6, 0.3], [0.8, 0.4]]
    """

    @spelled(CONSTRAINT_WORDS)
    def __init__(self, max_value: float = 2.0, axis: Any = 0) -> None:
        self.max_value: float = number(max_value, "max_value", least=0)
        self.axis: Any = _axis(axis)

    def __call__(self, w: Array) -> Array:
        """Return the weights with no norm above `max_value`."""
        norm = _norm(w, self.axis)
        return _scaled(w, np.minimum(norm, self.max_value), norm)


class MinMaxNorm(Constraint):
    """Norms along an axis are drawn into a range; see `MaxNorm`.

    Parameters
    ----------
    min_value, max_value : float, default 0 and 1
    rate : float, default 1
        Share of the way into the range that each update goes.
    axis : int or tuple of int, default 0

    Raises
    ------
    ValueError
        If a value is below 0.
    """

    @spelled(CONSTRAINT_WORDS)
    def __init__(
        self,
        min_value: float = 0.0,
        max_value: float = 1.0,
        rate: float = 1.0,
        axis: Any = 0,
    ) -> None:
        self.min_value: float = number(min_value, "min_value", least=0)
        self.max_value: float = number(max_value, "max_value", least=0)
        self.rate: float = number(rate, "rate", least=0)
        self.axis: Any = _axis(axis)

    def __call__(self, w: Array) -> Array:
        """Return the weights with their norms drawn into the range."""
        norm = _norm(w, self.axis)
        wanted = np.clip(norm, self.min_value, self.max_value)
        return _scaled(w, self.rate * wanted + (1 - self.rate) * norm, norm)


class UnitNorm(Constraint):
    """Every norm along an axis is 1; see `MaxNorm`."""

    @spelled(CONSTRAINT_WORDS)
    def __init__(self, axis: Any = 0) -> None:
        self.axis: Any = _axis(axis)

    def __call__(self, w: Array) -> Array:
        """Return the weights with norms of 1."""
        return _scaled(w, 1.0, _norm(w, self.axis))


class NonNeg(Constraint):
    """No weight is below 0: what would be becomes 0.

    Examples
    --------
    >>> NonNeg()(np.array([-1.0, 2.0])).tolist()
    [0.0, 2.0]
    """

    def __call__(self, w: Array) -> Array:
        """Return the weights without those below 0."""
        return np.maximum(w, 0)


def _axis(axis: Any) -> Any:
    """Return an axis, or several as a list, which a file can hold."""
    if isinstance(axis, (tuple, list)):
        return [whole_number(one, "axis", least=0) for one in axis]
    return whole_number(axis, "axis", least=0)


def _norm(w: Array, axis: Any) -> Any:
    along = tuple(axis) if isinstance(axis, list) else axis
    return np.sqrt(np.sum(np.square(w), axis=along, keepdims=True))


def _scaled(w: Array, wanted: Any, norm: Any) -> Array:
    changed: Array = w * (wanted / (EPSILON + norm))
    return changed.astype(w.dtype)


# Keras's other spellings.
max_norm = maxnorm = MaxNorm
min_max_norm = MinMaxNorm
unit_norm = unitnorm = UnitNorm
non_neg = nonneg = NonNeg
CONSTRAINTS: dict[str, type[Constraint]] = {
    kind.__name__: kind for kind in (MaxNorm, MinMaxNorm, UnitNorm, NonNeg)
}
NAMES: dict[str, type[Constraint]] = {
    "max_norm": MaxNorm,
    "maxnorm": MaxNorm,
    "min_max_norm": MinMaxNorm,
    "non_neg": NonNeg,
    "nonneg": NonNeg,
    "unit_norm": UnitNorm,
    "unitnorm": UnitNorm,
}


def check_constraint(constraint: Any, what: str) -> Constraint | None:
    """Return the constraint of a name, of a description in a file, or the object.

    Raises
    ------
    ValueError or TypeError
        If it is none of these.
    """
    if constraint is None or isinstance(constraint, Constraint):
        return constraint
    if isinstance(constraint, str):
        kind = CONSTRAINTS.get(constraint) or NAMES.get(constraint.lower())
        if kind:
            return kind()
    if isinstance(constraint, type) and issubclass(constraint, Constraint):
        return constraint()
    if isinstance(constraint, dict):
        return from_description(constraint, CONSTRAINTS, what)
    raise ValueError(
        f"{what} should be max_norm, min_max_norm, unit_norm, non_neg, or an object "
        f"such as MaxNorm(3), got {constraint!r}"
    )


if not TYPE_CHECKING:  # else every misspelt name would look right to mypy
    __getattr__ = other_names(__name__)
