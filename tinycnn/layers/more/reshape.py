"""Reshape: the numbers stay, and their shape changes."""

import math
from typing import Any

from tinycnn.layers.base import Kept, Layer
from tinycnn.shapes import Array, Shape, whole_number


class Reshape(Layer):
    """Give each photo's numbers another shape; `Flatten` is the one to a single row.

    Parameters
    ----------
    target_shape : tuple of int
        The new shape without the batch axis. One length may be -1: it is what is left.
    input_shape : tuple of int, optional
        Shape of one input, if this is the first layer.

    Raises
    ------
    ValueError
        If a length is not a whole number, more than one is -1, or (in ``build``) the
        numbers do not fill the shape.

    Notes
    -----
    Input (N, ...), output ``(N, *target_shape)``, in row order: the last axis changes
    fastest. The derivative is 1, so dx is dy in the shape of x.

    Examples
    --------
    >>> import numpy as np
    >>> Reshape((2, -1, 1))(np.arange(6.0).reshape(1, 6)).shape
    (1, 2, 3, 1)
    """

    is_by_photo = is_straight = True

    def __init__(
        self,
        target_shape: Shape,
        input_shape: Shape | None = None,
        **unsupported: object,
    ) -> None:
        super().__init__(input_shape, **unsupported)
        if not isinstance(target_shape, (tuple, list)):
            target_shape = (target_shape,)
        self.target_shape: tuple[int, ...] = tuple(
            n if n == -1 else whole_number(n, "target_shape") for n in target_shape
        )
        if self.target_shape.count(-1) > 1:
            raise ValueError(
                f"one length of target_shape may be -1, got {self.target_shape}"
            )

    def infer_shapes(self, input_shape: Shape) -> tuple[Shape, dict[str, Shape]]:
        count, shape = math.prod(input_shape), self.target_shape
        known = math.prod(n for n in shape if n != -1)
        shape = tuple(count // known if n == -1 else n for n in shape)
        if math.prod(shape) != count:
            raise ValueError(
                f"the input {input_shape} has {count} numbers, which do not fill the "
                f"target_shape {self.target_shape}"
            )
        return shape, {}

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        self.kept: Kept = (x.shape,)
        return x.reshape(len(x), *(self.output_shape or ()))

    def backward(self, dy: Array) -> Array:
        (shape,) = self.kept_for(dy)
        return dy.reshape(shape)

    def config(self) -> dict[str, Any]:
        return {"target_shape": list(self.target_shape)}
