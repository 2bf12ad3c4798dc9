"""A table of sums (an integral image) whose corners are not put together rightly.

The sum of a window is four corners of the table: all up to its end, less what is above
it, less what is to its left, and what is above and to the left once more, as it was
taken off twice. With a corner wrong, y is the right sum and the sum of a strip beside
the window, once or twice.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.fits.combination import agrees
from tinycnn.diagnosis.patterns.equality import Named
from tinycnn.diagnosis.patterns.sliding import Indices, Windows, windows_of
from tinycnn.layers import AveragePooling2D, Layer, SumPooling2D
from tinycnn.shapes import Array

Span = tuple[Indices, Indices]  # from where to where, for each window


def of_table(reference: Layer, x: Array, y: Array, expected: Array) -> Finding | None:
    """Return the strip beside each window that y has too much or too little; or None.

    Examples
    --------
    >>> pooling = SumPooling2D((2, 2), 1)
    >>> x = np.arange(1.0, 17).reshape(1, 4, 4, 1)
    >>> expected = pooling(x)
    >>> y = expected + np.pad(x.cumsum(axis=2), ((0, 0), (0, 0), (1, 0), (0, 0)))[
    ...     :, 1:, :3]
    >>> print(of_table(pooling, x, y, expected).sentence.partition(";")[0])
    y equals the sum of each window + what is to its left in its last row
    """
    if type(reference) not in (SumPooling2D, AveragePooling2D):
        return None
    windows = replace(windows_of(reference, x.shape[1:]), fill=0.0)
    is_mean = isinstance(reference, AveragePooling2D)
    cells = (~np.isnan(replace(windows, fill=np.nan).cells(x))).sum(axis=(3, 4))
    extra = (y - expected) * (cells if is_mean else 1)
    kind = "the mean" if is_mean else "the sum"
    for words, strip in _strips(windows, x):
        for factor, sign in ((1, "+ "), (-1, "- "), (2, "+ 2 * "), (-2, "- 2 * ")):
            if np.any(strip) and agrees(extra, factor * strip):
                note = " / its cells" if is_mean else ""
                what = f"{kind} of each window {sign}{words}{note}"
                right = f"{kind} of each window of {windows.window}"
                return finding("y_equals", "y", what=what, right=right)
    return None


def _strips(windows: Windows, x: Array) -> Iterator[Named]:
    """Yield (in words, the sums) of what lies beside each window."""
    (KH, KW), (SH, SW), (OH, OW) = windows.window, windows.strides, windows.grid
    (top, bottom), (left, right) = windows.borders
    padded = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))
    H, W = padded.shape[1:3]
    table = np.zeros((len(x), H + 1, W + 1, x.shape[3]))
    table[:, 1:, 1:] = padded.cumsum(axis=1).cumsum(axis=2)
    i, j = SH * np.arange(OH), SW * np.arange(OW)
    first, last = (0, 1), (-1, 0)  # a row or column, from one end of the window

    def total(rows: Span, columns: Span) -> Array:
        a, b = (np.clip(r, 0, H) for r in rows)
        c, d = (np.clip(s, 0, W) for s in columns)
        lower, upper = table[:, b], table[:, a]
        return np.asarray(
            lower[:, :, d] - lower[:, :, c] - upper[:, :, d] + upper[:, :, c]
        )

    zero_i, zero_j = 0 * i, 0 * j
    yield "all that is above and to its left", total((zero_i, i), (zero_j, j))
    yield "what is above it", total((zero_i, i), (j, j + KW))
    yield "what is to its left", total((i, i + KH), (zero_j, j))
    up_to_end = total((zero_i, i), (zero_j, j + KW))
    yield "all that is above it, as far as its right end", up_to_end
    up_to_end = total((zero_i, i + KH), (zero_j, j))
    yield "all that is to its left, as far as its lower end", up_to_end
    for words, (a, b), size in (
        ("its first row", first, 0), ("its last row", last, KH),
        ("the row below it", first, KH), ("the row above it", last, 0),
    ):  # fmt: skip
        rows = (i + size + a, i + size + b)
        yield f"what is to its left in {words}", total(rows, (zero_j, j))
        yield f"{words}, and all to the left of that", total(rows, (zero_j, j + KW))
        yield f"{words}", total(rows, (j, j + KW))
    for words, (a, b), size in (
        ("its first column", first, 0), ("its last column", last, KW),
        ("the column to its right", first, KW),
        ("the column to its left", last, 0),
    ):  # fmt: skip
        columns = (j + size + a, j + size + b)
        yield f"what is above it in {words}", total((zero_i, i), columns)
        yield f"{words}, and all above that", total((zero_i, i + KH), columns)
        yield f"{words}", total((i, i + KH), columns)
