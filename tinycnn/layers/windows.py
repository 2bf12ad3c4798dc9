"""Windows as rows of a matrix (im2col), and rows back onto the pixels (col2im).

The law that ties the two: they are adjoint, for every x and c

    sum(im2col(x) * c) == sum(x * col2im(c))

That is why col2im *adds*: a pixel seen by nine windows gets nine gradients.
"""

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tinycnn.parallel.products import matmul
from tinycnn.shapes import Array, Borders, Pair, Shape


def pad(x: Array, borders: Borders, fill: float = 0.0) -> Array:
    """Return x (N, H, W, C) with a border of cells around each photo."""
    if not any(map(any, borders)):
        return x
    batch, rows, columns, channels = x.shape
    shape = (batch, rows + sum(borders[0]), columns + sum(borders[1]), channels)
    padded = np.full(shape, fill, x.dtype)
    crop(padded, borders)[...] = x
    return padded


def crop(padded: Array, borders: Borders) -> Array:
    """Return the photos without their border: the inverse of `pad`."""
    (top, bottom), (left, right) = borders
    rows, columns = padded.shape[1:3]
    return padded[:, top : rows - bottom, left : columns - right]


def im2col(padded: Array, window: Pair, strides: Pair) -> Array:
    """Return every window as one row: (N, H, W, C) -> (N*OH*OW, KH*KW*C)."""
    windows = sliding_window_view(padded, window, axis=(1, 2))
    windows = windows[:, :: strides[0], :: strides[1]]  # N, OH, OW, C, KH, KW
    rows = windows.transpose(0, 1, 2, 4, 5, 3)  # N, OH, OW, KH, KW, C
    return rows.reshape(-1, window[0] * window[1] * padded.shape[3])


def col2im(cols: Array, padded_shape: Shape, window: Pair, strides: Pair) -> Array:
    """Return the rows added up at their pixels: the adjoint of `im2col`."""
    padded = np.zeros(padded_shape, cols.dtype)
    batch, _, _, channels = padded_shape
    grid = grid_of(padded_shape, window, strides)
    cells = cols.reshape(batch, *grid, window[0] * window[1], channels)
    for place, pixels in enumerate(window_cells(padded, window, strides)):
        pixels += cells[:, :, :, place]
    return padded


def product_col2im(
    a: Array, b: Array, padded_shape: Shape, window: Pair, strides: Pair
) -> Array:
    """Return ``col2im(a @ b, ...)``: the rows of a product added up at their pixels.

    The product is made for one cell of the window after the other, so that its numbers
    are still in the cache when they are added: all of them together are KH*KW photos.
    """
    padded = np.zeros(padded_shape, np.result_type(a, b))
    channels = padded_shape[3]
    for place, pixels in enumerate(window_cells(padded, window, strides)):
        columns = b[:, place * channels : (place + 1) * channels]
        pixels += matmul(a, columns).reshape(pixels.shape)
    return padded


def window_cells(padded: Array, window: Pair, strides: Pair) -> Iterator[Array]:
    """Yield, for each cell of the window in row order, that cell of every window.

    Each is a view (N, OH, OW, C) of `padded`: the top left cells of all windows, then
    the ones right of them, and so on. Summing up the views is sum pooling; adding to
    the views is its gradient.
    """
    down, across = strides
    rows, columns = grid_of(padded.shape, window, strides)
    for a in range(window[0]):
        for b in range(window[1]):
            yield padded[
                :,
                a : a + (rows - 1) * down + 1 : down,
                b : b + (columns - 1) * across + 1 : across,
            ]


def grid_of(padded_shape: Shape, window: Pair, strides: Pair) -> Pair:
    """Return (OH, OW): how many windows lie inside the padded photo."""
    rows, columns = (
        (length - cells) // stride + 1
        for length, cells, stride in zip(
            padded_shape[1:3], window, strides, strict=True
        )
    )
    return rows, columns
