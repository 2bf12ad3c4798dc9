"""Activations: the nonlinearity without which two layers would collapse into one."""

import numpy as np

from tinycnn.layers.base import Kept, Layer
from tinycnn.shapes import Array, Pair


class ReLU(Layer):
    """Keep what is positive, make the rest 0.

    Notes
    -----
    Any shape; ``y = max(x, 0)``. The derivative is 1 where x > 0 and 0 elsewhere; at
    the kink, x = 0, it is taken as 0.

    References
    ----------
    Goodfellow, Bengio and Courville, "Deep Learning", 2016, section 6.3.

    Examples
    --------
    >>> ReLU()(np.array([[-1.0, 0.0, 2.0]])).tolist()
    [[0.0, 0.0, 2.0]]
    """

    window: Pair | None = (1, 1)
    is_by_photo = is_straight = commutes_with_max = True

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        y = np.maximum(x, 0)
        self.kept: Kept = (x > 0,)
        return y

    def backward(self, dy: Array) -> Array:
        (is_positive,) = self.kept_for(dy)
        return dy * is_positive


class Sigmoid(Layer):
    """Squeeze any number into 0..1: a logit becomes a probability.

    Notes
    -----
    Any shape; ``y = 1 / (1 + exp(-x))``, computed with ``e = exp(-|x|)``, which never
    overflows: ``1 / (1 + e)`` for x >= 0 and ``e / (1 + e)`` below. The derivative is
    ``y * (1 - y)``.

    Examples
    --------
    >>> Sigmoid()(np.array([[-1000.0, 0.0, 1000.0]])).tolist()
    [[0.0, 0.5, 1.0]]
    """

    window: Pair | None = (1, 1)
    is_by_photo = True
    makes_probabilities: str | None = "sigmoid"

    def forward(self, x: Array, training: bool = False) -> Array:
        y = sigmoid(self.check_input(x))
        self.kept: Kept = (y,)
        return y

    def backward(self, dy: Array) -> Array:
        (y,) = self.kept_for(dy)
        return dy * y * (1 - y)


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + exp(-x)) for each number of x."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, np.ones_like(e), e) / (1 + e)


class Softmax(Layer):
    """Turn one logit per class into probabilities that sum to 1.

    Notes
    -----
    Over the last axis, ``y[k] = exp(x[k]) / sum over j of exp(x[j])``; the largest
    logit is subtracted first, which changes nothing and never overflows. Each output
    depends on every input, ``dy[k]/dx[j] = y[k] * ((k == j) - y[j])``, so

        dx = y * (dy - sum over k of dy[k] * y[k])

    Examples
    --------
    >>> Softmax()(np.array([[1000.0, 1000.0]])).tolist()
    [[0.5, 0.5]]
    """

    window: Pair | None = (1, 1)
    makes_probabilities: str | None = "softmax"

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        with np.errstate(over="ignore"):  # beyond the range is -inf, and exp(-inf) 0
            e = np.exp(x - x.max(axis=-1, keepdims=True))
        y = e / e.sum(axis=-1, keepdims=True)
        self.kept: Kept = (y,)
        return y

    def backward(self, dy: Array) -> Array:
        (y,) = self.kept_for(dy)
        return y * (dy - (dy * y).sum(axis=-1, keepdims=True))
