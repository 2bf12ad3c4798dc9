"""Rows of windows in another order, or of other windows; and back onto the pixels."""

from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

import numpy as np

from tinycnn.diagnosis.patterns.equality import Named
from tinycnn.diagnosis.patterns.sliding import Windows, variations
from tinycnn.layers.windows import grid_of
from tinycnn.shapes import Array, Pair, Shape

LETTERS = ("N", "OH", "OW", "KH", "KW", "C")


def plain_windows(shape: Shape, window: Pair, strides: Pair) -> Windows:
    """Return the windows over photos that have their border already."""
    return Windows(window, strides, grid_of(shape, window, strides), ((0, 0), (0, 0)))


def rows_of(x: Array, window: Pair, strides: Pair) -> Iterator[Named]:
    """Yield (what the rows are, the rows) of an im2col with one thing off."""
    right = plain_windows(x.shape, window, strides)
    cells = right.cells(x)
    shape = (cells.shape[0] * cells.shape[1] * cells.shape[2], -1)
    for words, changed in variations(right):
        other = changed.cells(x)
        if other.size == cells.size:
            yield f"the windows with {words}", other.reshape(shape)
            yield f"the windows with {words}", np.nan_to_num(other).reshape(shape)
        elif not np.isnan(other).any():
            yield f"the windows with {words}", other.reshape(shape)
    for words, part in (
        ("the last row of windows", cells[:, :-1]),
        ("the last column of windows", cells[:, :, :-1]),
        ("the last row and the last column of windows", cells[:, :-1, :-1]),
        ("the last photo", cells[:-1]), ("the last channel", cells[..., :-1]),
        ("the last row of each window", cells[:, :, :, :-1]),
        ("the last column of each window", cells[:, :, :, :, :-1]),
        ("all photos but the first", cells[:1]),
    ):  # fmt: skip
        rows = part.shape[0] * part.shape[1] * part.shape[2]
        if part.size:
            yield f"the windows without {words}", part.reshape(rows, -1)
    for words, wrong in _mixed(cells):
        yield words, wrong.reshape(shape)
    if numbers := _numbers_with_rows(cells.shape):
        rows = cells.reshape(shape)
        wrong = np.zeros_like(rows)
        wrong[numbers] = rows
        yield "the windows, window (i, j) in row i * OH + j for i * OW + j", wrong
    for order in list(permutations(range(6)))[1:]:
        name = ", ".join(LETTERS[axis] for axis in order)
        there = cells.transpose(order)
        yield f"numbers in the order {name}", there.reshape(shape)
        yield (
            f"numbers in the order {name}",
            there.reshape(there.shape[0] * there.shape[1] * there.shape[2], -1),
        )
        back = cells.reshape(there.shape).transpose(np.argsort(order))
        yield f"numbers read as if their order were {name}", back.reshape(shape)


def _numbers_with_rows(shape: Shape) -> list[int]:
    """Return the row of each window if i * OH + j is taken for i * OW + j.

    Empty if that is the same, or if a number is beyond the last row.
    """
    N, OH, OW = shape[:3]
    numbers = [(n * OH * OW) + i * OH + j for n, i, j in np.ndindex(N, OH, OW)]
    is_other = OH != OW and OH > 1
    return numbers if is_other and max(numbers) < len(numbers) else []


def _mixed(cells: Array) -> Iterator[Named]:
    """Yield cells (N, OH, OW, KH, KW, C) where one axis is reversed or constant."""
    words = ("photo", "row of windows", "column of windows", "row of the window",
             "column of the window", "channel")  # fmt: skip
    for axis, word in enumerate(words):
        yield f"numbers with each {word} reversed", np.flip(cells, axis)
        for n, which in ((0, "first"), (-1, "last")):
            one = np.take(cells, [n], axis=axis)
            yield (
                f"the numbers of the {which} {word}, repeated",
                np.repeat(one, cells.shape[axis], axis=axis),
            )
            without = np.moveaxis(cells.copy(), axis, 0)
            without[n] = 0
            yield f"0 in the {which} {word}", np.moveaxis(without, 0, axis)
            only = 0 * np.moveaxis(cells, axis, 0)
            only[n] = np.moveaxis(cells, axis, 0)[n]
            yield f"0 everywhere but in the {which} {word}", np.moveaxis(only, 0, axis)
    yield "each window rotated by 180 degrees", cells[:, :, :, ::-1, ::-1]
    for a, b, which in ((0, 0, "first"), (-1, -1, "last")):
        one = cells[:, :, :, a, b][:, :, :, None, None]
        yield f"the {which} cell of each window, repeated", 0 * cells + one
        one = cells[:, a, b][:, None, None]
        yield f"the {which} window of each photo, repeated", 0 * cells + one
    if cells.shape[3] > 1:
        KH, KW = cells.shape[3:5]
        down, across = np.indices((KH, KW))
        yield "the cells (b, a) for (a, b)", cells[:, :, :, across % KH, down % KW]


def pixels_of(
    cols: Array, shape: Shape, window: Pair, strides: Pair
) -> Iterator[Named]:
    """Yield (what the pixels hold, padded) of a col2im with one thing off."""
    right = plain_windows(shape, window, strides)
    cells = cols.reshape(shape[0], *right.grid, *window, shape[3])
    expected = right.scattered(cells, shape)
    counts = right.scattered(np.ones_like(cells), shape)
    for words, factor in (
        ("-1 times the sum: the numbers are subtracted", -1),
        ("the sum divided by KH * KW", 1 / (window[0] * window[1])),
        ("the sum divided by the number of photos", 1 / shape[0]),
        ("2 times the sum", 2),
    ):
        yield words, factor * expected
    plain = cols.reshape(len(cols), -1)
    for words, other in (
        ("the row before, for each window", np.roll(plain, 1, axis=0)),
        ("the row after, for each window", np.roll(plain, -1, axis=0)),
        ("the first row, for each window", 0 * plain + plain[:1]),
        ("the last row, for each window", 0 * plain + plain[-1:]),
        ("the rows in reversed order", plain[::-1]),
    ):
        yield words, right.scattered(other.reshape(cells.shape), shape)
    if numbers := _numbers_with_rows(cells.shape):
        other = plain[numbers].reshape(cells.shape)
        words = "row i * OH + j, for row i * OW + j of window (i, j)"
        yield words, right.scattered(other, shape)
    yield (
        "the sum and that of the photos before, as padded is set to 0 only once",
        expected.cumsum(axis=0),
    )
    for n, word in ((0, "first"), (-1, "last")):
        joined = 0 * expected
        joined[n] = expected.sum(axis=0)
        yield f"the rows of all photos, added to the {word} photo", joined
    yield "the sum + 1: padded starts with ones", expected + 1
    yield "the sum divided by the number of windows", expected / np.maximum(counts, 1)
    yield "the sum times the number of windows", expected * counts
    yield "the largest of the windows' numbers", _extreme(right, cells, shape)
    for words, join in (
        ("the mean of what is there and each new number", lambda a, b: (a + b) / 2),
        ("the product of what is there + 1 and each new number",
         lambda a, b: (a + 1) * b),
        ("the difference: each new number minus what is there", lambda a, b: b - a),
    ):  # fmt: skip
        yield words, _joined(right, cells, shape, join)
    for words, changed in variations(right, sides=False):
        yield f"the sum with {words}", changed.scattered(cells, shape)
    if window[0] != window[1]:
        turned = cols.reshape(*cells.shape[:3], window[1], window[0], shape[3])
        swapped = Windows(window[::-1], strides, right.grid, right.borders)
        yield (
            "the sum with the window's sides swapped",
            swapped.scattered(turned, shape),
        )
    for words, wrong in _mixed(cells):
        yield f"the sum of {words}", right.scattered(wrong, shape)
    for order in list(permutations(range(6)))[1:]:
        name = ", ".join(LETTERS[axis] for axis in order)
        misread = cols.reshape([cells.shape[axis] for axis in order])
        wrong = misread.transpose(np.argsort(order))
        yield f"rows read in the order {name}", right.scattered(wrong, shape)
        there = cells.transpose(order).reshape(cells.shape)
        yield f"rows put into the order {name}", right.scattered(there, shape)


def _joined(
    right: Windows, cells: Array, shape: Shape, join: Callable[[Array, Array], Array]
) -> Array:
    """Return padded where each new number is joined with what is there."""
    padded = np.zeros(shape)
    for a, b in np.ndindex(right.window):
        (OH, OW), (SH, SW) = right.grid, right.strides
        at = (slice(None), slice(a, a + SH * OH, SH), slice(b, b + SW * OW, SW))
        padded[at] = join(padded[at], cells[:, :, :, a, b])
    return padded


def _extreme(right: Windows, cells: Array, shape: Shape) -> Array:
    rows, columns = right.places()
    padded = np.zeros(shape)
    pixels: Any = (slice(None), rows, columns)
    np.maximum.at(padded, pixels, cells)
    return padded
