"""Where a gradient went: to other cells, other windows, other photos or channels."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from tinycnn.diagnosis.patterns.equality import Named, reordered
from tinycnn.diagnosis.patterns.sliding import Windows, variations
from tinycnn.shapes import Array


def gradients_of_photos(dy: Array) -> Iterator[Named]:
    """Yield (what is used for dy, that) with photos, channels or windows mixed up."""
    names = ("photos", "rows", "columns", "channels")
    for axis, name in enumerate(names):
        for n, word in ((0, "first"), (-1, "last")):
            one = np.take(dy, [n], axis=axis)
            size = dy.shape[axis]
            yield (
                f"the dy of the {word} of the {name}, for all {name}",
                np.repeat(one, size, axis=axis),
            )
            kept = np.moveaxis(dy.copy(), axis, 0)
            kept[n] = 0
            yield f"dy without its {word} {name[:-1]}", np.moveaxis(kept, 0, axis)
            only = 0 * np.moveaxis(dy, axis, 0)
            only[n] = np.moveaxis(dy, axis, 0)[n]
            yield f"the dy of the {word} {name[:-1]} alone", np.moveaxis(only, 0, axis)
        for word in ("sum", "mean"):
            value = getattr(dy, word)(axis=axis, keepdims=True)
            yield f"the {word} of dy over the {name}", 0 * dy + value
    for i, word in ((0, "first"), (-1, "last")):
        of_window = 0 * dy + dy[:, [i]][:, :, [i]]
        yield f"the dy of the {word} window, for all windows", of_window
    for array in reordered(dy):
        yield "the axes of dy in another order", array
    for axis, name in enumerate(names):
        yield f"the {name} of dy reversed", np.flip(dy, axis)
    yield "dy rotated by 180 degrees", dy[:, ::-1, ::-1]
    yield "1 for dy", np.ones_like(dy)
    yield "abs(dy)", abs(dy)


def spread(right: Windows, x: Array, dy: Array, share: Array) -> Iterator[Named]:
    """Yield (what dx equals, dx) for sum and average pooling with one thing off.

    `share` (OH, OW) is what each cell of a window gets of its dy: 1, or 1 / cells.
    """

    def scattered(windows: Windows, values: Array) -> Array:
        shape = (*values.shape[:3], *windows.window, values.shape[3])
        cells = np.broadcast_to(values[:, :, :, None, None], shape)
        return windows.scattered(cells, x.shape)

    scaled = dy * share[..., np.newaxis]
    for words, changed in variations(right):
        yield f"dy spread with {words}", scattered(changed, scaled)
        if (share != 1).any():
            yield f"the whole dy spread with {words}", scattered(changed, dy)
    for words, values in gradients_of_photos(dy):
        spread_values = scattered(right, values * share[..., np.newaxis])
        yield f"the gradient with {words}", spread_values
    for words, at in (("middle", 2), ("last", 1)):
        start = tuple((side - 1) // at for side in right.window)
        one = replace(right, window=(1, 1), start=(start[0], start[1]))
        for name, values in (("", scaled), ("the whole ", dy)):
            where = f"{name}dy given to the {words} cell of each window"
            yield where, scattered(one, values)
    for power in (2, 3, -1):
        wrong = share[..., np.newaxis] ** power
        what = f"dy times ({'1 / ' if power > 0 else ''}cells)"
        yield f"{what}{f'**{power}' if power > 1 else ''}", scattered(right, dy * wrong)
    for axis in (0, 1):
        count = right.window[axis]
        yield f"dy / {('KH', 'KW')[axis]} = dy / {count}", scattered(right, dy / count)


def to_winners(right: Windows, x: Array, dy: Array) -> Iterator[Named]:
    """Yield (what dx equals, dx) for max pooling with one thing off in backward."""
    cells = replace(right, fill=-np.inf).cells(x)
    flat = cells.reshape(*cells.shape[:3], -1, cells.shape[-1])
    winner = flat.argmax(axis=3)  # N, OH, OW, C
    (KH, KW), strides = right.window, right.strides
    places_of_dy: Any = np.indices(dy.shape)
    n, i, j, c = places_of_dy
    rows, columns = np.divmod(winner, KW)
    (top, _), (left, _) = right.borders

    def given(r: Array, s: Array, values: Array = dy) -> Array:
        """Return dx where values[n, i, j, c] goes to row r and column s of padded."""
        dx = np.zeros(x.shape)
        r, s = r - top, s - left
        inside = (r >= 0) & (r < x.shape[1]) & (s >= 0) & (s < x.shape[2])
        np.add.at(dx, (n[inside], r[inside], s[inside], c[inside]), values[inside])
        return dx

    down, across = i * strides[0], j * strides[1]
    places = {
        "the place in the window converted with KH for KW": np.divmod(winner, KH),
        "row and column in the window swapped": (columns, rows),
        "the row in the window left out": (0 * rows, columns),
        "the column in the window left out": (rows, 0 * columns),
    }
    numbers = {
        "the smallest cell": np.where(np.isinf(flat), np.inf, flat).argmin(axis=3),
        "the cell that is largest in size, abs(x)": np.where(
            np.isinf(flat), -1, abs(flat)
        ).argmax(axis=3),
        "the first cell": 0 * winner,
        "the last cell": 0 * winner + KH * KW - 1,
        "the cell that is the largest of all channels": 0 * winner
        + flat.max(axis=-1).argmax(axis=3)[..., None],
    }
    for axis, name in ((0, "photo"), (3, "channel")):
        for place, word in ((0, "first"), (-1, "last")):
            of_one = np.take(winner, [place], axis=axis)
            what = f"the cell that is the largest in the {word} {name}"
            numbers[what] = 0 * winner + of_one
    for words, number in numbers.items():
        places[f"{words} of each window"] = np.divmod(number, KW)
    for words, (r, s) in places.items():
        yield (
            f"dy given with {words}"
            if "left" in words or "swapped" in words or ("converted" in words)
            else f"dy given to {words}",
            given(down + r, across + s),
        )
    width, wide = x.shape[2], x.shape[2] + sum(right.borders[1])
    r, s = down + rows, across + columns
    with_border, without = "the width with its border", "the width of x"
    for made, taken, first, second in (
        (without, with_border, width, wide), (with_border, without, wide, width),
    ):  # fmt: skip
        what = f"dy given with one number for row and column, made with {made} and"
        at = np.divmod(r * first + s, second)
        yield f"{what} taken apart with {taken}", given(*at)
    for words, r, s in (
        ("the start of the window left out: only the place in it is used",
         rows, columns),
        ("i and j used as they are, without the strides", i + rows, j + columns),
        ("the strides swapped", i * strides[1] + rows, j * strides[0] + columns),
        ("the window's sides for the strides", i * KH + rows, j * KW + columns),
        ("i and j swapped", j * strides[0] + rows, i * strides[1] + columns),
        ("one row too low", down + rows + 1, across + columns),
        ("one column too far right", down + rows, across + columns + 1),
        ("one row too high", down + rows - 1, across + columns),
        ("one column too far left", down + rows, across + columns - 1),
    ):  # fmt: skip
        yield f"dy given with {words}", given(r, s)
        if words.startswith("one"):
            height = x.shape[1] + sum(right.borders[0]) - 1
            width = x.shape[2] + sum(right.borders[1]) - 1
            edge = given(np.clip(r, 0, height), np.clip(s, 0, width))
            yield f"dy given {words}", edge
    for words, changed in variations(replace(right, fill=-np.inf)):
        other = np.where(np.isnan(of := changed.cells(x)), -np.inf, of)
        down_to, across_to = changed.places()
        merged = other.reshape(*other.shape[:3], -1, other.shape[-1]).argmax(axis=3)
        a, b = np.divmod(merged, changed.window[1])
        at = down_to[i, j, a, b], across_to[i, j, a, b]
        yield f"dy given to the largest cell, with {words}", given(*at)
    for words, values in gradients_of_photos(dy):
        wrong = given(down + rows, across + columns, values)
        yield f"the gradient with {words}", wrong
    number = np.arange(KH * KW).reshape(-1, 1)
    shape = (*cells.shape[:3], KH, KW, cells.shape[-1])
    for words, mask in (
        ("every cell up to the largest", number <= winner[:, :, :, None]),
        ("every cell before the largest", number < winner[:, :, :, None]),
        ("every cell from the largest on", number >= winner[:, :, :, None]),
        ("every cell after the largest", number > winner[:, :, :, None]),
        ("every cell but the largest", number != winner[:, :, :, None]),
        ("the cell after the largest", number == winner[:, :, :, None] + 1),
        ("the cell before the largest", number == winner[:, :, :, None] - 1),
    ):
        wrong = right.scattered((mask * dy[:, :, :, None]).reshape(shape), x.shape)
        yield f"dy given to {words} of each window", wrong
    y = flat.max(axis=3)
    for words, values in (
        ("dy * y", dy * y), ("y", y), ("dy**2", dy * dy), ("dy + y", dy + y),
        ("dy - y", dy - y), ("dy / y", dy / y),
    ):  # fmt: skip
        yield (
            f"{words} given to the largest cell",
            given(down + rows, across + columns, values),
        )
    for words, value in (
        ("the sum", dy.sum(axis=(1, 2), keepdims=True)),
        ("the mean", dy.mean(axis=(1, 2), keepdims=True)),
    ):
        yield (
            f"{words} of dy over all windows given to the largest cell",
            given(down + rows, across + columns, 0 * dy + value),
        )
