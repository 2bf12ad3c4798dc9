"""Pooling: a window of cells becomes one cell - the largest, the mean, or the sum."""

from typing import Any

import numpy as np

from tinycnn.layers.base import Kept, Layer
from tinycnn.layers.windows import crop, pad, window_cells
from tinycnn.shapes import (
    Array,
    Borders,
    Pair,
    Shape,
    check_padding,
    pair,
    window_grid,
)


class _Pooling2D(Layer):
    """What the three poolings share: the walk of the window, channel by channel."""

    def __init__(
        self,
        pool_size: int | Pair = (2, 2),
        strides: int | Pair | None = None,
        padding: str = "valid",
        input_shape: Shape | None = None,
        **unsupported: object,
    ) -> None:
        super().__init__(input_shape, **unsupported)
        self.pool_size: Pair = pair(pool_size, "pool_size")
        self.window: Pair | None = self.pool_size
        self.strides: Pair = pair(pool_size if strides is None else strides, "strides")
        self.padding: str | Borders = check_padding(padding)

    def infer_shapes(self, input_shape: Shape) -> tuple[Shape, dict[str, Shape]]:
        grid, _ = self._grid(input_shape)
        return (*grid, input_shape[2]), {}

    def _grid(self, input_shape: Shape) -> tuple[Pair, Borders]:
        return window_grid(
            input_shape, self.pool_size, self.strides, self.padding, "pooling window"
        )

    def config(self) -> dict[str, Any]:
        return {
            "pool_size": list(self.pool_size),
            "strides": list(self.strides) if self.strides != self.pool_size else None,
            "padding": self.padding,
        }


class MaxPooling2D(_Pooling2D):
    """Keep the largest value of each window.

    "Is the feature anywhere in this window?" - its exact place is forgotten. Nothing
    is learnt.

    Parameters
    ----------
    pool_size : int or (int, int), default (2, 2)
        Rows and columns of the window, in cells.
    strides : int or (int, int), optional
        Cells from one window to the next; by default `pool_size`, so that windows
        touch and do not overlap.
    padding : {"valid", "same"}, default "valid"
        "valid" leaves out the last rows and columns that do not fill a window; "same"
        lets the windows hang over the border, where only real cells count.
    input_shape : (int, int, int), optional
        (H, W, C), if this is the first layer.

    Notes
    -----
    Input (N, H, W, C), output (N, OH, OW, C), OH = (H - KH) // stride + 1 ("valid")::

        y[n, i, j, c] = max over a, b of x[n, i * stride + a, j * stride + b, c]

    The derivative is 1 for the cell that won and 0 for the others. At a tie the first
    maximum in row order wins and gets it all: ties are common, since after a ReLU
    whole windows are 0.

    References
    ----------
    Goodfellow, Bengio and Courville, "Deep Learning", 2016, section 9.3.

    Examples
    --------
    >>> pool = MaxPooling2D(pool_size=(2, 2))
    >>> pool.build((62, 62, 32), rng=np.random.default_rng(0))  # both sizes halved
    (31, 31, 32)
    """

    is_by_photo = is_straight = takes_max = True

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders, fill=-np.inf)
        first, *others = window_cells(padded, self.pool_size, self.strides)
        y = first.copy()
        winner = np.zeros(y.shape, np.min_scalar_type(len(others)))
        for place, cell in enumerate(others, start=1):
            # ">": at a tie the first stays. Places grow, so the last to win is the max.
            np.maximum(winner, (cell > y) * winner.dtype.type(place), out=winner)
            np.maximum(y, cell, out=y)
        self.kept: Kept = (padded.shape, borders, winner)
        return y

    def backward(self, dy: Array) -> Array:
        padded_shape, borders, winner = self.kept_for(dy)
        dpadded = np.zeros(padded_shape, dy.dtype)
        dcells = window_cells(dpadded, self.pool_size, self.strides)
        touch = all(s >= p for s, p in zip(self.strides, self.pool_size, strict=True))
        for place, dcell in enumerate(dcells):
            if touch:  # no cell is in two windows: writing is cheaper than adding
                np.multiply(dy, winner == place, out=dcell)
            else:
                dcell += dy * (winner == place)
        return crop(dpadded, borders)


class SumPooling2D(_Pooling2D):
    """Keep the sum of each window.

    "How much of the feature is in this window?" Keras has no such layer; the tutorial
    names it. Nothing is learnt.

    Parameters
    ----------
    pool_size, strides, padding, input_shape
        As in `MaxPooling2D`; with "same" the cells over the border count as 0.

    Notes
    -----
    Input (N, H, W, C), output (N, OH, OW, C)::

        y[n, i, j, c] = sum over a, b of x[n, i * stride + a, j * stride + b, c]

    The derivative is 1 for every cell of the window: dy goes to all of them, and
    a cell in several windows gets the sum.

    Examples
    --------
    >>> x = np.arange(4.0).reshape(1, 2, 2, 1)
    >>> SumPooling2D()(x).item()
    6.0
    """

    is_by_photo = is_straight = True

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        first, *others = window_cells(padded, self.pool_size, self.strides)
        y = first.copy()
        for cell in others:
            y += cell
        self.kept: Kept = (padded.shape, borders)
        return y

    def backward(self, dy: Array) -> Array:
        padded_shape, borders = self.kept_for(dy)
        dpadded = np.zeros(padded_shape, dy.dtype)
        for dcell in window_cells(dpadded, self.pool_size, self.strides):
            dcell += dy
        return crop(dpadded, borders)


class AveragePooling2D(SumPooling2D):
    """Keep the mean of each window.

    Nothing is learnt.

    Parameters
    ----------
    pool_size, strides, padding, input_shape
        As in `MaxPooling2D`; with "same" the sum is divided by the number of real
        cells, so that a border does not darken the photo.

    Notes
    -----
    Input (N, H, W, C), output (N, OH, OW, C): sum pooling divided by `cells`, the
    number of real cells in each window::

        y[n, i, j, c] = (sum over a, b of x[...]) / cells[i, j]

    The derivative is 1 / cells for every cell of the window.

    Examples
    --------
    >>> x = np.arange(4.0).reshape(1, 2, 2, 1)
    >>> AveragePooling2D()(x).item()
    1.5
    """

    is_by_photo = is_straight = True

    @property
    def _cells(self) -> Array:
        """The number of real cells in each window, (1, OH, OW, 1)."""
        height, width, _ = shape = self.input_shape or (0, 0, 0)
        _, (down, across) = self._grid(shape)
        (KH, KW), (SH, SW) = self.pool_size, self.strides
        column = pad(np.ones((1, height, 1, 1), np.float32), (down, (0, 0)))
        row = pad(np.ones((1, 1, width, 1), np.float32), ((0, 0), across))
        rows_in = sum(window_cells(column, (KH, 1), (SH, 1)))
        columns_in = sum(window_cells(row, (1, KW), (1, SW)))
        return np.asarray(rows_in * columns_in, np.float32)

    def forward(self, x: Array, training: bool = False) -> Array:
        return super().forward(x, training) / self._cells

    def backward(self, dy: Array) -> Array:
        return super().backward(dy / self._cells)
