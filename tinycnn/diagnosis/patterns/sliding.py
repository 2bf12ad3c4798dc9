"""Windows that are a little off: other sides, strides, starts, borders."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tinycnn.diagnosis.patterns.equality import Named
from tinycnn.shapes import Array, Borders, Pair, Shape

Indices = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True)
class Windows:
    """Where windows are laid over photos.

    Attributes
    ----------
    window, strides, grid : (int, int)
        Rows and columns of the window, of its step, and of the output.
    borders : ((int, int), (int, int))
        Rows above and below, columns left and right of the photo.
    fill : float
        What the border is filled with.
    start : (int, int)
        Row and column at which the first window starts.
    is_swapped : bool
        Whether window (i, j) is taken for window (j, i).
    """

    window: Pair
    strides: Pair
    grid: Pair
    borders: Borders
    fill: float = 0.0
    start: Pair = (0, 0)
    is_swapped: bool = False

    def places(self) -> tuple[Indices, Indices]:
        """Return (rows, columns) in the padded photo: (OH, OW, KH, KW) each."""
        i, j, a, b = np.indices((*self.grid, *self.window))
        if self.is_swapped:
            i, j = j, i
        rows = i * self.strides[0] + a + self.start[0]
        columns = j * self.strides[1] + b + self.start[1]
        return rows, columns

    def cells(self, x: Array) -> Array:
        """Return (N, OH, OW, KH, KW, C); NaN beyond the padded photo."""
        (top, bottom), (left, right) = self.borders
        batch, height, width, channels = x.shape
        rows, columns = self.places()
        size = (
            max(height + top + bottom, int(rows.max()) + 1),
            max(width + left + right, int(columns.max()) + 1),
        )
        padded = np.full((batch, *size, channels), np.nan)
        padded[:, : height + top + bottom, : width + left + right] = self.fill
        padded[:, top : top + height, left : left + width] = x
        result = padded[:, np.maximum(rows, 0), np.maximum(columns, 0)]
        result[:, (rows < 0) | (columns < 0)] = np.nan
        return np.asarray(result)

    def scattered(self, cells: Array, shape: Shape) -> Array:
        """Return dx (N, H, W, C): each number of cells added to its pixel."""
        (top, _), (left, _) = self.borders
        rows, columns = self.places()
        _, height, width, _ = shape
        rows, columns = rows - top, columns - left
        is_inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        dx = np.zeros(shape)
        pixels: Any = (slice(None), rows[is_inside], columns[is_inside])
        np.add.at(dx, pixels, cells[:, is_inside])
        return dx


def windows_of(layer: Any, input_shape: Shape) -> Windows:
    """Return the windows of a layer of the library."""
    grid, borders = layer._grid(input_shape)
    window = layer.kernel_size if hasattr(layer, "kernel_size") else layer.pool_size
    return Windows(tuple(window), tuple(layer.strides), grid, borders)


def variations(right: Windows, *, sides: bool = True) -> Iterator[tuple[str, Windows]]:
    """Yield (what is off, and what it should be; the windows) for each single change.

    Each windows once: two words for the same would be no choice.
    """
    known = {right}
    for words, windows in _variations(right, sides):
        if windows not in known:
            known.add(windows)
            yield words, windows


def _variations(right: Windows, sides: bool) -> Iterator[tuple[str, Windows]]:
    (KH, KW), (SH, SW) = right.window, right.strides
    for words, strides in (
        ("the strides swapped", (SW, SH)),
        ("steps of 1", (1, 1)),
        ("steps of the window's size", (KH, KW)),
        ("the step down used across, too", (SH, SH)),
        ("the step across used down, too", (SW, SW)),
        ("a step of 1 down", (1, SW)),
        ("a step of 1 across", (SH, 1)),
        ("steps of the window's size, swapped", (KW, KH)),
    ):
        if strides != right.strides:
            note = f"{words}: {strides} for {right.strides}"
            yield note, replace(right, strides=strides)
    for words, window in (
        ("the window's sides swapped", (KW, KH)),
        ("a square window of KH * KH", (KH, KH)),
        ("a square window of KW * KW", (KW, KW)),
        ("one row of the window missing", (KH - 1, KW)),
        ("one column of the window missing", (KH, KW - 1)),
        ("one row and one column of the window missing", (KH - 1, KW - 1)),
        ("one row too many in the window", (KH + 1, KW)),
        ("one column too many in the window", (KH, KW + 1)),
        ("one row and one column too many in the window", (KH + 1, KW + 1)),
        ("only the first row of the window", (1, KW)),
        ("only the first column of the window", (KH, 1)),
        ("only the first cell of the window", (1, 1)),
    ):
        if sides and window != right.window and min(window) > 0:
            note = f"{words}: {window} for {right.window}"
            yield note, replace(right, window=window)
    for words, start in (
        ("windows that start one row too low", (1, 0)),
        ("windows that start one column too far right", (0, 1)),
        ("windows that start one row too low and one column too far right", (1, 1)),
        ("windows that start one row too high", (-1, 0)),
        ("windows that start one column too far left", (0, -1)),
        ("windows that start one row and one column too early", (-1, -1)),
    ):
        yield words, replace(right, start=start)
    yield (
        "rows and columns swapped: window (j, i) for (i, j)",
        replace(right, is_swapped=True),
    )
    down, across = right.borders
    if any(down + across):
        yield "no border around x", replace(right, borders=((0, 0), (0, 0)))
        yield (
            "the border on the other side (what belongs below is above)",
            replace(right, borders=(down[::-1], across[::-1])),
        )
        yield (
            "the borders of rows and columns swapped",
            replace(right, borders=(across, down)),
        )
        for fill in (0.0, 1.0, -1.0):
            note = f"a border of {fill:g}"
            yield note, replace(right, fill=fill)


def _filled(cells: Array, value: float) -> Array:
    return np.where(np.isnan(cells), value, cells)


def _furthest_from_zero(cells: Array) -> Array:
    flat = _filled(cells, 0).reshape(*cells.shape[:3], -1, cells.shape[-1])
    flat = np.where(np.isinf(flat), 0, flat)
    winner = abs(flat).argmax(axis=3)[:, :, :, np.newaxis]
    return np.take_along_axis(flat, winner, axis=3)[:, :, :, 0]


def reducers() -> dict[str, Callable[[Array], Array]]:
    """Return what can be taken from each window (N, OH, OW, KH, KW, C), by name."""
    inside = (3, 4)
    return {
        "the maximum": lambda c: _filled(c, -np.inf).max(axis=inside),
        "the sum": lambda c: _filled(c, 0).sum(axis=inside),
        "the mean": lambda c: (
            _filled(c, 0).sum(axis=inside) / (~np.isnan(c)).sum(axis=inside)
        ),
        "the minimum": lambda c: _filled(c, np.inf).min(axis=inside),
        "the maximum of abs(x)": lambda c: _filled(abs(c), -np.inf).max(axis=inside),
        "the x with the largest abs(x)": _furthest_from_zero,
        "the median": lambda c: np.median(_filled(c, 0), axis=inside),
        "the second largest": lambda c: np.sort(
            _filled(c, -np.inf).reshape(*c.shape[:3], -1, c.shape[-1]), axis=3
        )[:, :, :, -2 if c.shape[3] * c.shape[4] > 1 else -1],
        "the sum of squares": lambda c: _filled(c * c, 0).sum(axis=inside),
        "the sum of abs(x)": lambda c: _filled(abs(c), 0).sum(axis=inside),
        "the first cell": lambda c: c[:, :, :, 0, 0],
        "the last cell": lambda c: c[:, :, :, -1, -1],
        "max(0, the sum)": lambda c: np.maximum(_filled(c, 0).sum(axis=inside), 0),
        "max(0, the mean)": lambda c: np.maximum(np.mean(c, axis=inside), 0),
    }


def pooled(kind: str, right: Windows, x: Array) -> Iterator[Named]:
    """Yield (what y equals, y) for pooling with one thing off.

    `kind` is what should be taken from each window: a name in `reducers`.
    """
    known = reducers()
    reducer, fill = known[kind], -np.inf if kind == "the maximum" else np.nan
    right = replace(right, fill=fill)
    with np.errstate(all="ignore"):
        cells = right.cells(x)
        for name, other in known.items():
            if name != kind:
                yield f"{name} of each window", other(cells)
        for words in ("last", "first"):
            flat = cells.reshape(*cells.shape[:3], -1, 1, cells.shape[-1])
            some = flat[:, :, :, :-1] if words == "last" else flat[:, :, :, 1:]
            if some.size:
                yield (
                    f"{kind} of all cells but the {words} of each window",
                    reducer(some),
                )
        plain = replace(right, fill=0.0)
        N, C = len(x), x.shape[3]
        for axis, words in ((3, "channels"), (0, "photos")):
            order = np.moveaxis(cells, -1, 4) if axis == 3 else np.moveaxis(cells, 0, 3)
            merged = order.reshape(*order.shape[:3], -1, 1, order.shape[-1])
            if axis == 3:
                merged = cells.reshape(*cells.shape[:3], -1, 1, 1)
            else:
                merged = np.moveaxis(cells, 0, 3)[np.newaxis]
                merged = merged.reshape(1, *merged.shape[1:3], -1, 1, C)
            y = np.broadcast_to(reducer(merged), (N, *right.grid, C))
            yield f"{kind} over all {words} of each window", y
        for n, words in ((0, "first"), (-1, "last")):
            of_one = reducer(right.cells(x[[n]]))
            repeated = np.broadcast_to(of_one, (N, *of_one.shape[1:]))
            yield f"{kind} in the {words} photo, for every photo", repeated
            of_one = reducer(right.cells(x[..., [n]]))
            repeated = np.broadcast_to(of_one, (*of_one.shape[:3], C))
            yield f"{kind} in the {words} channel, for every channel", repeated
        for words, moved in _reshaped(right, x):
            yield f"{kind} of {words}", reducer(moved)
        for words, changed in variations(right):
            yield f"{kind}, with {words}", reducer(changed.cells(x))
            if kind == "the mean":
                count = changed.window[0] * changed.window[1]
                y = known["the sum"](changed.cells(x)) / count
                yield f"the mean, with {words}", y
        for words, changed in variations(plain):
            if words.startswith("a border"):
                yield f"{kind}, with {words}", reducer(changed.cells(x))


def _reshaped(right: Windows, x: Array) -> Iterator[Named]:
    """Yield what a reshape makes of windows side by side, if its axes are wrong."""
    (KH, KW), (OH, OW) = right.window, right.grid
    if right.strides != right.window or any(map(sum, right.borders)):
        return
    part = x[:, : OH * KH, : OW * KW]
    N, C = len(x), x.shape[3]
    yield (
        f"cells that are {OH} rows and {OW} columns apart (as reshaped to KH, OH, KW, "
        "OW for OH, KH, OW, KW)",
        part.reshape(N, KH, OH, KW, OW, C).transpose(0, 2, 4, 1, 3, 5),
    )
    yield (
        "cells in the order of the photo (as reshaped without bringing the two axes of "
        "the window together)",
        part.reshape(N, OH, OW, KH, KW, C),
    )


def convolved(right: Windows, x: Array, kernel: Array) -> Iterator[Named]:
    """Yield (what y without its bias equals, y) for a wrong convolution."""

    def of(cells: Array, weights: Array = kernel) -> Array:
        return np.asarray(np.einsum("nijabc,abcf->nijf", _filled(cells, 0), weights))

    for words, changed in variations(right, sides=False):
        cells = changed.cells(x)
        if not np.isnan(cells).any():
            yield f"the convolution with {words}", of(cells)
    cells, F = right.cells(x), kernel.shape[-1]
    for n, word in ((0, "first"), (-1, "last")):
        y = of(cells[[n]])
        yield f"that of the {word} photo, for every photo", 0 * of(cells) + y
        one = np.repeat(kernel[..., [n]], F, axis=-1)
        yield f"that of the {word} kernel, for every filter", of(cells, one)
        only = np.zeros_like(kernel)
        only[:, :, n] = kernel[:, :, n]
        yield f"the convolution of the {word} channel alone", of(cells, only)
        only = np.zeros_like(kernel)
        only[n] = kernel[n]
        yield (
            f"the convolution with the {word} row of the kernel alone",
            of(cells, only),
        )
    for axis, name in enumerate(("rows", "columns", "channels", "filters")):
        what = f"the convolution with the {name} of the kernel reversed"
        yield what, of(cells, np.flip(kernel, axis))
    yield (
        "the convolution summed over all photos",
        0 * of(cells) + of(cells).sum(axis=0, keepdims=True),
    )
    yield (
        "the convolution summed over all filters",
        0 * of(cells) + of(cells).sum(axis=-1, keepdims=True),
    )
    yield (
        "the largest product of each window",
        np.max(_filled(cells, 0)[..., np.newaxis] * kernel, axis=(3, 4, 5)),
    )
    yield "the convolution with abs(kernel)", of(cells, abs(kernel))
    yield "the convolution of abs(x)", of(abs(cells))
