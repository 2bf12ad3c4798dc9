"""Dropout: during training, a random part of the numbers is set to 0."""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tinycnn.layers.base import Kept, Layer
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Pair, Shape


class Dropout(Layer):
    """Drop each number with probability `rate` during training, so none is relied on.

    Parameters
    ----------
    rate : float
        Share that is dropped, from 0 up to (not including) 1.
    input_shape : tuple of int, optional
        Shape of one input, if this is the first layer.

    Notes
    -----
    Any shape. During training ``y = x * mask``, where mask is 0 with probability `rate`
    and 1 / (1 - rate) otherwise, so that the expected sum stays the same; the
    derivative is the mask. Outside training ``y = x``. The mask is a function of the
    seed the layer was built with and of the model's `step`: the same step drops the
    same numbers, so a training run can be repeated and the gradient checked.

    References
    ----------
    Srivastava et al., "Dropout: a simple way to prevent neural networks from
    overfitting", JMLR 15, 2014.

    Examples
    --------
    >>> Dropout(0.25)(np.ones((1, 3))).tolist()  # not training: nothing happens
    [[1.0, 1.0, 1.0]]
    """

    window: Pair | None = (1, 1)
    is_straight = is_identity = True

    def __init__(
        self,
        rate: float,
        input_shape: Shape | None = None,
        **unsupported: object,
    ) -> None:
        super().__init__(input_shape, **unsupported)
        is_number = isinstance(rate, (int, float, np.number))
        if not is_number or isinstance(rate, bool) or not 0 <= rate < 1:
            raise ValueError(
                "rate should be the share that is dropped, from 0 up to but not "
                f"including 1, got {rate!r}"
            )
        self.rate: float = float(rate)

    def build(
        self,
        input_shape: Shape,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
    ) -> Shape:
        self._seed = int(rng.integers(2**32))
        return super().build(input_shape, rng, dtype)

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        if not training:
            self.kept = (None,)
            return x
        rng = rng_for(self._seed, "dropout", self.step)
        chance = rng.random(self.mask_shape(x), np.float32)
        mask = (chance >= self.rate) / np.asarray(1 - self.rate, x.dtype)
        self.kept: Kept = (mask,)
        return x * mask

    def backward(self, dy: Array) -> Array:
        (mask,) = self.kept_for(dy)
        return dy if mask is None else dy * mask

    def mask_shape(self, x: Array) -> Shape:
        """Return the shape of the mask: one number for each of x."""
        return x.shape

    def config(self) -> dict[str, Any]:
        return {"rate": self.rate}
