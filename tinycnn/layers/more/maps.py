"""Whole maps: a border of zeros around each, or one number for each."""

from typing import Any

import numpy as np

from tinycnn.layers.base import Kept, Layer
from tinycnn.layers.windows import crop, pad
from tinycnn.shapes import Array, Borders, Pair, Shape, whole_number, window_grid


class ZeroPadding2D(Layer):
    """Put a border of zeros around each photo, or each map.

    Parameters
    ----------
    padding : int, (int, int) or ((int, int), (int, int)), default 1
        Cells on every side; or (rows on top and at the bottom, columns on the left and
        on the right); or ((top, bottom), (left, right)).
    input_shape : (int, int, int), optional
        (H, W, C), if this is the first layer.

    Raises
    ------
    ValueError
        If `padding` is none of these, or (in ``build``) the input is not (H, W, C).

    Notes
    -----
    Input (N, H, W, C), output (N, top + H + bottom, left + W + right, C)::

        y[n, i, j, c] = x[n, i - top, j - left, c], or 0 where x has no such cell

    The derivative is 1 for each cell of x, so dx is dy without its border.

    Examples
    --------
    >>> ZeroPadding2D(((1, 0), (0, 2)))(np.ones((1, 1, 1, 1)))[0, :, :, 0].tolist()
    [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    """

    window: Pair | None = (1, 1)
    is_by_photo = is_straight = True
    padding: Borders

    def __init__(
        self,
        padding: int | Pair | Borders = 1,
        input_shape: Shape | None = None,
        **unsupported: object,
    ) -> None:
        super().__init__(input_shape, **unsupported)
        down, across = _two(padding, padding)
        (top, bottom), (left, right) = _two(down, padding), _two(across, padding)
        least = "each number of padding"
        self.padding = (
            (whole_number(top, least, 0), whole_number(bottom, least, 0)),
            (whole_number(left, least, 0), whole_number(right, least, 0)),
        )

    def infer_shapes(self, input_shape: Shape) -> tuple[Shape, dict[str, Shape]]:
        grid, _ = window_grid(input_shape, (1, 1), (1, 1), self.padding, "window")
        return (*grid, input_shape[2]), {}

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        self.kept: Kept = ()
        return pad(x, self.padding)

    def backward(self, dy: Array) -> Array:
        self.kept_for(dy)
        return crop(dy, self.padding)

    def config(self) -> dict[str, Any]:
        return {"padding": [list(sides) for sides in self.padding]}


def _two(value: Any, padding: object) -> tuple[Any, Any]:
    """Return a pair as it is, and one number as a pair of it."""
    if not isinstance(value, (tuple, list)):
        return value, value
    if len(value) != 2:
        raise ValueError(
            "padding should be one whole number, (rows, columns) or ((top, bottom), "
            f"(left, right)), got {padding!r}"
        )
    return value[0], value[1]


class _GlobalPooling2D(Layer):
    """What the two have in common: a map becomes a number."""

    def infer_shapes(self, input_shape: Shape) -> tuple[Shape, dict[str, Shape]]:
        if len(input_shape) != 3:
            raise ValueError(
                f"the input should be (rows, columns, channels), got {input_shape}"
            )
        return input_shape[2:], {}


class GlobalAveragePooling2D(_GlobalPooling2D):
    """Keep the mean of each map: "how much of the feature is in the photo?".

    It stands in the place of Flatten and a large Dense layer, and has no weights.

    Parameters
    ----------
    input_shape : (int, int, int), optional
        (H, W, C), if this is the first layer.

    Raises
    ------
    ValueError
        In ``build``, if the input is not (H, W, C).

    Notes
    -----
    Input (N, H, W, C), output (N, C)::

        y[n, c] = (sum over i, j of x[n, i, j, c]) / (H * W)

    The derivative is 1 / (H * W) for every cell.

    References
    ----------
    Lin, Chen and Yan, "Network in network", ICLR 2014, section 3.2.

    Examples
    --------
    >>> GlobalAveragePooling2D()(np.arange(4.0).reshape(1, 2, 2, 1)).tolist()
    [[1.5]]
    """

    is_by_photo = is_straight = True

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        self.kept: Kept = (x.shape,)
        return x.mean(axis=(1, 2))

    def backward(self, dy: Array) -> Array:
        ((N, H, W, C),) = self.kept_for(dy)
        share = dy.reshape(N, 1, 1, C) / (H * W)
        return np.broadcast_to(share, (N, H, W, C)).copy()


class GlobalMaxPooling2D(_GlobalPooling2D):
    """Keep the largest number of each map: "is the feature anywhere in the photo?".

    Parameters
    ----------
    input_shape : (int, int, int), optional
        (H, W, C), if this is the first layer.

    Raises
    ------
    ValueError
        In ``build``, if the input is not (H, W, C).

    Notes
    -----
    Input (N, H, W, C), output (N, C)::

        y[n, c] = max over i, j of x[n, i, j, c]

    The derivative is 1 for the cell that won and 0 for the others. Of equal cells the
    first in row order wins.

    Examples
    --------
    >>> GlobalMaxPooling2D()(np.arange(4.0).reshape(1, 2, 2, 1)).tolist()
    [[3.0]]
    """

    is_by_photo = is_straight = True

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        N, H, W, C = x.shape
        cells = x.reshape(N, H * W, C)
        winner = cells.argmax(axis=1)[:, np.newaxis]  # N, 1, C
        self.kept: Kept = (x.shape, winner)
        return np.take_along_axis(cells, winner, axis=1)[:, 0]

    def backward(self, dy: Array) -> Array:
        x_shape, winner = self.kept_for(dy)
        N, H, W, C = x_shape
        dcells = np.zeros((N, H * W, C), dy.dtype)
        np.put_along_axis(dcells, winner, dy[:, np.newaxis], axis=1)
        return dcells.reshape(x_shape)
