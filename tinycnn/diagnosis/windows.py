"""What is wrong with my im2col or my col2im? Compared with the library's, exactly.

Both only copy and add numbers, so with integers the results must be equal. Each usual
mistake gives an array of its own to compare with.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.fits.combination import function_of, sum_of
from tinycnn.diagnosis.fits.indices import of_rows
from tinycnn.diagnosis.patterns.equality import either, matches, with_axes_swapped
from tinycnn.diagnosis.patterns.forward import shape_pattern
from tinycnn.diagnosis.patterns.orders import pixels_of, rows_of
from tinycnn.diagnosis.return_values import not_an_array
from tinycnn.layers.windows import col2im, grid_of, im2col, window_cells
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Pair, Shape

FUNCTIONS: dict[str, Callable[..., Array]] = {
    f"my_{function.__name__}": function for function in (im2col, col2im)
}
# (padded shape, window, strides): not square; windows overlap, touch or leave gaps.
CASES: tuple[tuple[Shape, Pair, Pair], ...] = (
    ((2, 4, 5, 1), (2, 3), (1, 1)),
    ((3, 5, 6, 2), (2, 3), (1, 1)),
    ((2, 5, 7, 2), (3, 2), (2, 1)),
    ((2, 6, 5, 2), (2, 2), (1, 3)),
    ((2, 6, 7, 1), (2, 2), (3, 2)),  # a row and a column that fill no window
    ((1, 3, 3, 2), (3, 3), (1, 1)),  # one photo, one window
)
# Wrong orders of the axes N, OH, OW, KH, KW, C of the windows.
ORDERS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("channels_first", (0, 1, 2, 5, 3, 4)),
    ("cells_by_columns", (0, 1, 2, 4, 3, 5)),
    ("windows_by_columns", (0, 2, 1, 3, 4, 5)),
    ("photos_interleaved", (1, 2, 0, 3, 4, 5)),
)


def diagnose_windows(name: str, mine: Callable[..., Any]) -> list[Finding]:
    """Return what is wrong with an im2col or col2im; an empty list if it is right.

    Parameters
    ----------
    name : str
        "my_im2col" or "my_col2im": which of the two it should be.
    mine : callable
        Called like the library's: ``my_im2col(padded, window, strides)`` and
        ``my_col2im(cols, padded_shape, window, strides)``.

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
        if found := list(_values(name, mine, *case)):
            return found
    looks = (_dtypes, _in_memory, _other_calls)
    return next((found for look in looks if (found := list(look(name, mine)))), [])


BORDERS = ((1, "one cell"), (2, "two cells"), (3, "three cells"))


def _other_calls(name: str, mine: Callable[..., Any]) -> Iterator[Finding]:
    """Yield "calls_kept" if one of three arguments alone is another than before."""
    shape, window = (2, 6, 6, 2), (2, 2)
    for other in (
        (shape, window, (1, 1)), (shape, window, (2, 1)), (shape, (2, 3), (2, 1)),
        ((2, 6, 5, 2), (2, 3), (2, 1)), ((3, 6, 5, 2), (2, 3), (2, 1)),
        ((3, 6, 5, 1), (2, 3), (2, 1)),
    ):  # fmt: skip
        x = rng_for(2, "check").integers(1, 10, other[0]).astype(np.float64)
        cols = im2col(x, *other[1:])
        if name == "my_im2col":
            array, got, expected = "cols", mine(x.copy(), *other[1:]), cols
        else:
            array, got = "padded", mine(cols.copy(), *other)
            expected = col2im(cols, *other)
        if not np.array_equal(got, expected):
            # Nothing can be kept for photos of a size that did not come before.
            (N, H, W, C), *grid = other
            alone = list(_values(name, mine, (N + 3, H + 1, W + 1, C), *grid))
            yield from alone or [finding("calls_kept", array)]
            return


def _dtypes(name: str, mine: Callable[..., Any]) -> Iterator[Finding]:
    """Yield "wrong_dtype" if the result has another dtype than the argument."""
    shape, window, strides = CASES[0]
    for dtype in (np.float64, np.float32):
        x = np.ones(shape, dtype)
        if name == "my_im2col":
            array, got = "cols", mine(x, window, strides)
        else:
            cols = im2col(x, window, strides)
            array, got = "padded", mine(cols, shape, window, strides)
        if got.dtype != dtype:
            expected = np.dtype(dtype).name
            yield finding("wrong_dtype", array, got=got.dtype, expected=expected)


def _in_memory(name: str, mine: Callable[..., Any]) -> Iterator[Finding]:
    """Yield "order_in_memory" if a transposed array gives another result."""
    shape, *grid = CASES[1]
    array = "cols"
    rest: tuple[Shape, ...] = ()
    x: Array = rng_for(1, "check").integers(1, 10, shape).astype(np.float64)
    if name == "my_col2im":
        array, rest, x = "padded", (shape,), im2col(x, *grid)
    if not np.array_equal(
        mine(np.asfortranarray(x), *rest, *grid), mine(x, *rest, *grid)
    ):
        yield finding("order_in_memory", array, what="the argument")


def _values(
    name: str, mine: Callable[..., Any], shape: Shape, window: Pair, strides: Pair
) -> Iterator[Finding]:
    """Yield what is wrong in one case: the first cause that explains it."""
    rng, grid = rng_for(0, "check"), (window, strides)
    x = rng.integers(1, 10, shape).astype(np.float64)
    cols = rng.integers(1, 10, im2col(x, *grid).shape).astype(np.float64)
    if name == "my_im2col":
        array, argument, expected = "cols", x, im2col(x, *grid)
        candidates = _im2col_candidates(x, expected, *grid)
        got = mine(passed := argument.copy(), *grid)
    else:
        array, argument, expected = "padded", cols, col2im(cols, shape, *grid)
        candidates = _col2im_candidates(cols, shape, *grid)
        got = mine(passed := argument.copy(), shape, *grid)
    if (found := not_an_array(name, got)) is not None:
        yield found
        return
    if not np.array_equal(passed, argument):
        yield finding("argument_written", array)
    if np.array_equal(got, expected):
        rest = () if array == "cols" else (shape,)
        if not np.array_equal(mine(2 * argument, *rest, *grid), 2 * expected):
            yield finding("calls_kept", array)
        return
    for cause, candidate in candidates:
        if np.array_equal(got, candidate):
            yield finding(cause, array)
            return
    if what := _in_all_cases(name, mine):
        right = "the windows in the order N, OH, OW, KH, KW, C"
        if array == "padded":
            right = "the sum of the rows at their pixels"
        yield finding("rows_equal", array, what=either(what), right=right)
        return
    if rules := of_rows(name, mine, shape, *grid):
        places = {"where": "row (n, i, j)", "holds": "number (a, b, c) of cols"}
        yield finding("index_rules", array, what=rules, **places)
        return
    if got.shape != expected.shape:
        if (found := shape_pattern(got, expected, array)) is not None:
            yield found
            return
        OH, OW = (
            (n - k) / s for n, k, s in zip(shape[1:3], window, strides, strict=True)
        )
        rows = shape[0] * (math.ceil(OH) + 1) * (math.ceil(OW) + 1)
        if got.shape == (rows, *expected.shape[1:]):
            sizes = {"got": rows, "expected": len(expected)}
            yield finding("grid_rounded_up", array, **sizes)
            return
        for border, words in BORDERS if name == "my_im2col" else ():
            around = ((0, 0), (border, border), (border, border), (0, 0))
            if np.array_equal(got, im2col(np.pad(x, around), *grid)):
                yield finding("padded_again", array, border=words)
                return
        yield finding("windows_shape", array, got=got.shape, expected=expected.shape)
        return
    plain = np.asarray(got, float)
    ones = ("1", np.ones(expected.shape))
    name_of = f"the correct {array}"
    fitted = function_of(plain, name_of, expected)
    if fitted := fitted or sum_of(plain, [(name_of, expected), ones]):
        yield finding("rows_equal", array, what=fitted, right=name_of)
        return
    if array == "padded":
        if (misplaced := _misplaced(mine, shape, *grid)) is not None:
            yield misplaced
            return
        there, back = float((im2col(x, *grid) * cols).sum()), float((x * got).sum())
        if there != back:
            yield finding("not_adjoint", array, there=there, back=back)
            return
    share, reference = np.mean(got != expected), name.removeprefix("my_")
    yield finding("windows_differ", array, share=share, reference=reference)


def _misplaced(
    mine: Callable[..., Any], shape: Shape, window: Pair, strides: Pair
) -> Finding | None:
    """Return the first number of cols that col2im does not add to its pixel."""
    N, OH, OW = shape[0], *grid_of(shape, window, strides)
    for n, i, j, a, b, c in np.ndindex(N, OH, OW, *window, shape[3]):
        cols = np.zeros((N, OH, OW, *window, shape[3]))
        cols[n, i, j, a, b, c] = 1
        rows = cols.reshape(N * OH * OW, -1)
        got = np.asarray(mine(rows.copy(), shape, window, strides))
        if not np.array_equal(got, col2im(rows, shape, window, strides)):
            found = [
                f"padded{at} {got[tuple(at)]:g} times"
                for at in np.argwhere(got).tolist()
            ]
            what = f"added to {' and '.join(found[:2])}" if found else "lost"
            right = [n, i * strides[0] + a, j * strides[1] + b, c]
            values = {"number": (a, b, c), "row": (n, i, j), "what": what}
            return finding("number_misplaced", "padded", **values, right=right)
    return None


def _in_all_cases(name: str, mine: Callable[..., Any]) -> list[str]:
    """Return what the result is in every case in which it is wrong."""
    found: list[str] = []
    for shape, window, strides in CASES:
        rng, grid = rng_for(1, "check"), (window, strides)
        x = rng.integers(1, 10, shape).astype(np.float64)
        right = im2col(x, *grid)
        cols = rng.integers(1, 10, right.shape).astype(np.float64)
        try:
            if name == "my_im2col":
                got, candidates = mine(x.copy(), *grid), rows_of(x, *grid)
            else:
                right = col2im(cols, shape, *grid)
                got = mine(cols.copy(), shape, *grid)
                candidates = pixels_of(cols, shape, *grid)
        except Exception:
            continue
        if np.array_equal(got, right) or not np.size(got):
            continue
        # The numbers after a colon are those of this case.
        here = [text.partition(":")[0] for text in matches(got, candidates)]
        here = list(dict.fromkeys(here))
        found = [text for text in found if text in here] if found else here
        if not found:
            return []
    return found


def _im2col_candidates(
    x: Array, expected: Array, window: Pair, strides: Pair
) -> Iterator[tuple[str, Array]]:
    """Yield (cause, the cols that this mistake would give)."""
    if strides != (1, 1):
        yield "strides_ignored", im2col(x, window, (1, 1))
        yield "strides_swapped", im2col(x, window, strides[::-1])
    yield "sides_swapped", im2col(x, window[::-1], strides)
    cells = expected.reshape(len(x), *grid_of(x.shape, window, strides), *window, -1)
    for cause, axes in ORDERS:
        yield cause, cells.transpose(axes).reshape(expected.shape)
    for axes in ((3, 4, 5, 0, 1, 2), (5, 3, 4, 0, 1, 2), (5, 3, 4, 1, 2, 0)):
        yield "cols_transposed", cells.transpose(axes).reshape(expected.T.shape)
    yield from (("wrong_order", array) for array in with_axes_swapped(expected))


def _col2im_candidates(
    cols: Array, shape: Shape, window: Pair, strides: Pair
) -> Iterator[tuple[str, Array]]:
    """Yield (cause, the padded array that this mistake would give)."""
    expected = col2im(cols, shape, window, strides)
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
    yield "pixels_averaged", expected / np.maximum(counts, 1)
    if strides != (1, 1):
        without_gaps = np.zeros(shape)
        for i, j in np.ndindex(grid):
            without_gaps[:, i : i + window[0], j : j + window[1]] += blocks[:, i, j]
        yield "strides_ignored", without_gaps
    for cause, axes in ORDERS:
        # The numbers are in the right order, but taken to be in this one.
        misread = cols.reshape([blocks.shape[axis] for axis in axes])
        reordered = misread.transpose(np.argsort(axes)).reshape(cols.shape)
        yield cause, col2im(reordered, shape, window, strides)
    yield from (("wrong_order", array) for array in with_axes_swapped(expected))
