"""Regularisers: a penalty on large weights, added to the loss.

The penalty of a batch is that of the weights, once, whatever the number of photos; its
derivative is added to the gradient of those weights.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from tinycnn.files.described import Described, from_description
from tinycnn.keras.names import other_names
from tinycnn.keras.words import L1_WORDS, L2_WORDS, spelled
from tinycnn.shapes import Array, number


class L1L2(Described):
    """Both penalties together.

    Parameters
    ----------
    l1, l2 : float, default 0.0
        Factors of the two sums.

    Raises
    ------
    ValueError
        If a factor is below 0.

    Notes
    -----
    ::

        penalty  = l1 * sum of |w| + l2 * sum of w**2
        gradient = l1 * w / |w| + 2 * l2 * w

    The slope of ``|w|`` at w = 0 is taken as 0. There is no 1/2 in front of w**2, as in
    Keras: PyTorch's ``weight_decay=d`` of SGD is ``L2(d / 2)``.

    References
    ----------
    Goodfellow, Bengio and Courville, "Deep Learning", 2016, section 7.1.

    Examples
    --------
    >>> L1L2(l1=0.5, l2=0.25)(np.array([-2.0, 1.0]))
    2.75
    >>> L1L2(l1=0.5, l2=0.25).gradient(np.array([-2.0, 1.0])).tolist()
    [-1.5, 1.0]
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1: float = number(l1, "l1", least=0)
        self.l2: float = number(l2, "l2", least=0)

    def __call__(self, w: Array) -> float:
        """Return the penalty of weights of any shape."""
        absolute = float(np.sum(np.abs(w), dtype=np.float64)) if self.l1 else 0.0
        square = float(np.sum(np.square(w), dtype=np.float64)) if self.l2 else 0.0
        return self.l1 * absolute + self.l2 * square

    def gradient(self, w: Array) -> Array:
        """Return d penalty / d w."""
        return self.l1 * np.sign(w) + 2 * self.l2 * w


class L1(L1L2):
    """``l1 * sum of |w|``: pushes small weights to exactly 0. See `L1L2`."""

    @spelled(L1_WORDS)
    def __init__(self, l1: float = 0.01) -> None:
        super().__init__(l1=l1)


class L2(L1L2):
    """``l2 * sum of w**2``: keeps all weights small. See `L1L2`."""

    @spelled(L2_WORDS)
    def __init__(self, l2: float = 0.01) -> None:
        super().__init__(l2=l2)


# Keras has both spellings.
l1 = L1
l2 = L2
l1_l2 = L1L2
REGULARIZERS: dict[str, type[L1L2]] = {kind.__name__: kind for kind in (L1, L2, L1L2)}
NAMES: dict[str, L1L2] = {"l1": L1(), "l2": L2(), "l1_l2": L1L2(0.01, 0.01)}


def check_regularizer(regularizer: Any, what: str) -> L1L2 | None:
    """Return the regulariser of a name, of a description in a file, or the object.

    Raises
    ------
    ValueError or TypeError
        If it is none of these.
    """
    if regularizer is None or isinstance(regularizer, L1L2):
        return regularizer
    if isinstance(regularizer, str) and regularizer.lower() in NAMES:
        return NAMES[regularizer.lower()]
    if isinstance(regularizer, dict):
        return from_description(regularizer, REGULARIZERS, what)
    raise ValueError(
        f"{what} should be l1, l2, l1_l2, or an object such as L2(0.01), "
        f"got {regularizer!r}"
    )


if not TYPE_CHECKING:  # else every misspelt name would look right to mypy
    __getattr__ = other_names(__name__)
