"""What is wrong with my im2col or my col2im? Whole numbers, next to the library's.

Both only move numbers about and add them up, so on whole numbers every digit must be
right, and each usual mistake gives an array of its own that can be compared with.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.layers import turned
from tinycnn.diagnosis.return_values import no_array
from tinycnn.layers.windows import col2im, grid_of, im2col, window_cells
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Pair, Shape

FUNCTIONS: dict[str, Callable[..., Array]] = {
    f"my_{function.__name__}": function for function in (im2col, col2im)
}
# (padded shape, window, strides): not square, windows that overlap, touch, leave gaps.
CASES: tuple[tuple[Shape, Pair, Pair], ...] = (
    ((2, 4, 5, 1), (2, 3), (1, 1)),
    ((3, 5, 6, 2), (2, 3), (1, 1)),
    ((2, 5, 7, 2), (3, 2), (2, 1)),
    ((2, 6, 5, 2), (2, 2), (1, 3)),
)
# The axes N, OH, OW, KH, KW, C of the windows, in the orders that are taken for theirs.
ORDERS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("channels_first", (0, 1, 2, 5, 3, 4)),
    ("window_turned", (0, 1, 2, 4, 3, 5)),
    ("walk_turned", (0, 2, 1, 3, 4, 5)),
    ("photos_mixed", (1, 2, 0, 3, 4, 5)),
)


def diagnose_windows(name: str, mine: Callable[..., Any]) -> list[Finding]:
    """Return what is wrong with somebody's own im2col or col2im: nothing, if right.

    Parameters
    ----------
    name : str
        "my_im2col" or "my_col2im": which of the two it should be.
    mine : callable
        Called as the library's: ``my_im2col(padded, window, strides)`` and
        ``my_col2im(cols, padded_shape, window, strides)``.

    Notes
    -----
    What stops the function itself with an error is passed on.

    Examples
    --------
    >>> diagnose_windows("my_im2col", im2col)
    []
    >>> def mine(padded, window, strides):
    ...     return im2col(padded, window, (1, 1))
    >>> diagnose_windows("my_im2col", mine)[0].cause
    'strides_ignored'
    """
    for case in CASES:
        if found := list(_one(name, mine, *case)):
            return found
    return list(_dtypes(name, mine, *CASES[0]))


def _dtypes(
    name: str, mine: Callable[..., Any], shape: Shape, window: Pair, strides: Pair
) -> Iterator[Finding]:
    """Yield "wrong_dtype" if what comes back has another dtype than what went in."""
    for dtype in (np.float64, np.float32):
        x = np.ones(shape, dtype)
        if name == "my_im2col":
            array, got = "cols", mine(x, window, strides)
        else:
            cols = im2col(x, window, strides)
            array, got = "padded", mine(cols, shape, window, strides)
        if got.dtype != dtype:
            wanted = np.dtype(dtype).name
            yield finding("wrong_dtype", array, got=got.dtype, wanted=wanted)


def _one(
    name: str, mine: Callable[..., Any], shape: Shape, window: Pair, strides: Pair
) -> Iterator[Finding]:
    """Yield what is wrong in one case: the first that explains it."""
    rng = rng_for(0, "check")
    x = rng.integers(1, 10, shape).astype(np.float64)
    cols = rng.integers(1, 10, im2col(x, window, strides).shape).astype(np.float64)
    walk = (window, strides)
    if name == "my_im2col":
        array, given, wanted = "cols", x, im2col(x, *walk)
        candidates = _rows_candidates(x, wanted, *walk)
        got = mine(handed := given.copy(), *walk)
    else:
        array, given, wanted = "padded", cols, col2im(cols, shape, *walk)
        candidates = _pixel_candidates(cols, shape, *walk)
        got = mine(handed := given.copy(), shape, *walk)
    if (nothing := no_array(name, got)) is not None:
        yield nothing
        return
    if not np.array_equal(handed, given):
        yield finding("argument_written", array)
    if np.array_equal(got, wanted):
        return
    for cause, candidate in candidates:
        if np.array_equal(got, candidate):
            yield finding(cause, array)
            return
    if got.shape != wanted.shape:
        yield finding("windows_shape", array, got=got.shape, wanted=wanted.shape)
        return
    if array == "padded":
        there, back = float((im2col(x, *walk) * cols).sum()), float((x * got).sum())
        if there != back:
            yield finding("not_adjoint", array, there=there, back=back)
            return
    share = np.mean(got != wanted)
    yield finding("windows_differ", array, share=share, twin=name.removeprefix("my_"))


def _rows_candidates(
    x: Array, right: Array, window: Pair, strides: Pair
) -> Iterator[tuple[str, Array]]:
    """Yield (cause, what im2col would give) for one mistake after the other."""
    if strides != (1, 1):
        yield "strides_ignored", im2col(x, window, (1, 1))
        yield "strides_turned", im2col(x, window, strides[::-1])
    yield "sides_swapped", im2col(x, window[::-1], strides)
    cells = right.reshape(len(x), *grid_of(x.shape, window, strides), *window, -1)
    for cause, axes in ORDERS:
        yield cause, cells.transpose(axes).reshape(right.shape)
    for axes in ((3, 4, 5, 0, 1, 2), (5, 3, 4, 0, 1, 2), (5, 3, 4, 1, 2, 0)):
        yield "cols_transposed", cells.transpose(axes).reshape(right.T.shape)
    yield from (("cells_mixed", other) for other in turned(right))


def _pixel_candidates(
    cols: Array, shape: Shape, window: Pair, strides: Pair
) -> Iterator[tuple[str, Array]]:
    """Yield (cause, what col2im would give) for one mistake after the other."""
    right = col2im(cols, shape, window, strides)
    grid, channels = grid_of(shape, window, strides), shape[3]
    cells = cols.reshape(shape[0], *grid, window[0] * window[1], channels)
    counts = col2im(np.ones_like(cols), shape, window, strides)
    by_cell, by_window = np.zeros(shape), np.zeros(shape)
    for place, pixels in enumerate(window_cells(by_cell, window, strides)):
        pixels[...] = cells[:, :, :, place]
    blocks = cols.reshape(shape[0], *grid, *window, channels)
    for i, j in np.ndindex(grid):
        a, b = i * strides[0], j * strides[1]
        by_window[:, a : a + window[0], b : b + window[1]] = blocks[:, i, j]
    yield "overwritten", by_cell
    yield "overwritten", by_window
    yield "pixels_averaged", right / np.maximum(counts, 1)
    if strides != (1, 1):
        packed = np.zeros(shape)
        for i, j in np.ndindex(grid):
            packed[:, i : i + window[0], j : j + window[1]] += blocks[:, i, j]
        yield "strides_ignored", packed
    for cause, axes in ORDERS:
        # The numbers are there in the right order, and read as if it were this one.
        read = cols.reshape([blocks.shape[axis] for axis in axes])
        mixed = read.transpose(np.argsort(axes)).reshape(cols.shape)
        yield cause, col2im(mixed, shape, window, strides)
    yield from (("cells_mixed", other) for other in turned(right))
