"""Flattening: feature maps become one long row of numbers."""

import math

from tinycnn.layers.base import Kept, Layer
from tinycnn.shapes import Array, Shape


class Flatten(Layer):
    """Lay all cells of all feature maps into one row, for `Dense`.

    Notes
    -----
    Input (N, H, W, C), output (N, H*W*C), the channel running fastest::

        y[n, (i * W + j) * C + c] = x[n, i, j, c]

    No number changes, so the derivative only takes the old shape again.

    Examples
    --------
    >>> import numpy as np
    >>> Flatten()(np.zeros((2, 31, 31, 32))).shape
    (2, 30752)
    """

    is_by_photo = is_straight = True

    def infer_shapes(self, input_shape: Shape) -> tuple[Shape, dict[str, Shape]]:
        return (math.prod(input_shape),), {}

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        self.kept: Kept = (x.shape,)
        return x.reshape(len(x), math.prod(x.shape[1:]))

    def backward(self, dy: Array) -> Array:
        (x_shape,) = self.kept_for(dy)
        return dy.reshape(x_shape)
