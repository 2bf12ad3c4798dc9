"""Which pixel goes with which number of a window: the index rules a loop computed.

A photo with a single 1 gives one number of the kernel for each window that covers it.
All numbers of the kernel differ, so each is recognised, and the rule by which its pixel
was chosen follows: "the row of the pixel is i + a (it should be 2 * i + a)".
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.layers import Conv2D, Layer
from tinycnn.layers.windows import grid_of
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Pair, Shape

Whole = np.ndarray[Any, Any]  # of integers

PLACES = ("photo", "row", "column", "channel")
LEAST = 8


@dataclass
class Pairs:
    """Which pixel (of x) belongs to which place of a window, for many pairs.

    Attributes
    ----------
    letters : dict of str to ndarray
        n, i, j (window), a, b, c (place in it), f, for each pair.
    pixels : dict of str to ndarray
        Of each pair: photo, row, column, channel.
    """

    letters: dict[str, Whole]
    pixels: dict[str, Whole]

    def at(self, some: Whole) -> "Pairs":
        """Return some of the pairs."""
        return Pairs(
            {name: values[some] for name, values in self.letters.items()},
            {name: values[some] for name, values in self.pixels.items()},
        )


def rule_of(letters: dict[str, Whole], values: Whole) -> str:
    """Return "2 * i + a - 1" if values are made so from the letters, or "".

    Examples
    --------
    >>> i, a = np.indices((3, 2)).reshape(2, -1)
    >>> rule_of({"i": i, "a": a}, 2 * i + a - 1)
    '2 * i + a - 1'
    """
    columns = np.stack([*letters.values(), np.ones(len(values))], axis=1).astype(float)
    solved = np.linalg.lstsq(columns, values.astype(float), rcond=None)[0]
    if not np.allclose(columns @ solved, values, atol=1e-6):
        return ""
    whole = [float(round(solved[k])) for k in range(len(solved))]
    if not np.allclose(columns @ np.array(whole), values):
        return ""
    text = ""
    for name, factor in zip([*letters, ""], whole, strict=True):
        size = int(abs(factor))
        if not size:
            continue
        body = f"{size}" if not name else (name if size == 1 else f"{size} * {name}")
        joined = " - " if factor < 0 else " + "
        text += (joined if text else joined.strip(" +")) + body
    return text or "0"


def differing(got: Pairs, right: Pairs) -> str:
    """Return which index rules differ, in words; "" if none does or one is unclear."""
    if _tuples(got) < _tuples(right):  # all that is there is right
        return _missing(got, right)
    found = []
    for place, values in got.pixels.items():
        rule = rule_of(got.letters, values)
        should = rule_of(right.letters, right.pixels[place])
        if not rule or not should:
            return ""
        if rule != should:
            found.append(f"the {place} of the pixel is {rule} (it should be {should})")
    return ", and ".join(found) or _missing(got, right)


def _tuples(pairs: Pairs) -> set[tuple[int, ...]]:
    """Return all letters and pixels of each pair."""
    columns = [*pairs.letters.values(), *pairs.pixels.values()]
    return set(zip(*(values.tolist() for values in columns), strict=True))


def _missing(got: Pairs, right: Pairs) -> str:
    """Return which parts of the kernel, or which windows, are not used at all."""
    for letters, words in (
        ("a", "row {} of the kernel"), ("b", "column {} of the kernel"),
        ("c", "channel {} of the kernel"), ("f", "filter {}"),
        ("ab", "the cell ({}, {}) of the kernel"),
        ("cf", "kernel[:, :, {}, {}]"), ("i", "window row {}"),
        ("j", "window column {}"), ("ij", "the window ({}, {})"),
    ):  # fmt: skip
        if not set(letters) <= set(right.letters):
            continue
        used = set(zip(*(got.letters[k].tolist() for k in letters), strict=True))
        should = set(zip(*(right.letters[k].tolist() for k in letters), strict=True))
        if missing := sorted(should - used):
            named = " and ".join(words.format(*one) for one in missing[:3])
            return f"nothing of {named} is used"
    return ""


def of_convolution(layer: Layer, reference: Layer, shape: Shape) -> Finding | None:
    """Return the index rules of a convolution's forward that are wrong; or None."""
    if not isinstance(reference, Conv2D):
        return None
    with np.errstate(all="ignore"):
        pairs = [_of_forward(one, shape) for one in _alike(layer, reference, shape)]
    what = "" if None in pairs else differing(*pairs)  # type: ignore[arg-type]
    values = {"what": what, "where": "y[n, i, j, f]", "holds": "kernel[a, b, c, f]"}
    return finding("index_rules", "y", **values) if what else None


def of_gradient(
    layer: Layer, reference: Layer | None, shape: Shape, name: str
) -> Finding | None:
    """Return the index rules of a convolution's backward that are wrong; or None."""
    if not isinstance(reference, Conv2D) or name not in ("x", "kernel"):
        return None
    of = _of_dx if name == "x" else _of_dkernel
    with np.errstate(all="ignore"):
        pairs = [of(one, shape) for one in _alike(layer, reference, shape)]
    what = "" if None in pairs else differing(*pairs)  # type: ignore[arg-type]
    holds = "kernel[a, b, c, f]" if name == "x" else "dkernel[a, b, c, f]"
    values = {"what": what, "where": "dy[n, i, j, f]", "holds": holds}
    return finding("index_rules", name, **values) if what else None


def _alike(layer: Layer, reference: Layer, shape: Shape) -> Iterator[Layer]:
    """Yield copies of both with the same kernel, all numbers of which differ."""
    kernel: Array | None = None
    for one in (layer, copy.deepcopy(reference)):
        other = copy.deepcopy(one)
        other.build(shape, rng_for(0, "check"), np.float64)
        if kernel is None:
            size = other.params["kernel"].size
            numbers = 1 + np.arange(size) / size
            kernel = numbers.reshape(other.params["kernel"].shape)
        other.params["kernel"] = kernel.copy()
        other.params["bias"] = 0 * other.params["bias"]
        yield other


def _recognised(values: Array, known: Array) -> Whole | None:
    """Return the flat place in `known` of each value; None if one is not there."""
    flat = known.ravel()
    places = abs(values[:, None] - flat).argmin(axis=1)
    return places if np.allclose(values, flat[places], rtol=1e-9, atol=0) else None


def _of_forward(layer: Layer, shape: Shape) -> Pairs | None:
    photos = np.eye(int(np.prod(shape))).reshape(-1, *shape)
    y = np.asarray(layer.forward(photos))
    at = np.nonzero(y)
    return _pairs(layer.params["kernel"], y[at], at[1:], at[0], shape)


def _of_dx(layer: Layer, shape: Shape) -> Pairs | None:
    x = rng_for(1, "check").standard_normal((1, *shape))
    outputs = np.asarray(layer.forward(x)).shape[1:]
    dy = np.eye(int(np.prod(outputs))).reshape(-1, *outputs)
    layer.forward(np.repeat(x, len(dy), axis=0))
    dx = np.asarray(layer.backward(dy))
    if dx.shape != (len(dy), *shape):
        return None
    at = np.nonzero(dx)
    window = np.unravel_index(at[0], outputs)
    flat = np.ravel_multi_index(at[1:], shape)
    return _pairs(layer.params["kernel"], dx[at], window, flat, shape)


def _pairs(
    kernel: Array, values: Array, window: Any, pixels: Whole, shape: Shape
) -> Pairs | None:
    """Return pairs whose values are numbers of the kernel."""
    places = _recognised(values, kernel) if len(values) >= LEAST else None
    if places is None:
        return None
    a, b, c, f = np.unravel_index(places, kernel.shape)
    i, j, of = window
    row, column, channel = np.unravel_index(pixels, shape)
    letters = {"i": i, "j": j, "a": a, "b": b, "c": c, "f": f}
    named = {"row": row, "column": column, "channel": channel}
    return Pairs(letters, {**named, "filter": of})


def _of_dkernel(layer: Layer, shape: Shape) -> Pairs | None:
    size = int(np.prod(shape))
    x = (1 + np.arange(size) / size).reshape(1, *shape)
    outputs = np.asarray(layer.forward(x)).shape[1:]
    found: dict[str, list[Whole]] = {}
    for i, j, of in np.ndindex(outputs):
        dy = np.zeros((1, *outputs))
        dy[0, i, j, of] = 1
        layer.forward(x)
        layer.backward(dy)
        dkernel = np.asarray(layer.grads["kernel"])
        a, b, c, f = np.nonzero(dkernel)
        places = _recognised(dkernel[a, b, c, f], x)
        if places is None:
            return None
        row, column, channel = np.unravel_index(places, shape)
        for name, values in (
            ("i", 0 * a + i), ("j", 0 * a + j), ("a", a), ("b", b), ("c", c), ("f", f),
            ("row", row), ("column", column), ("channel", channel),
            ("filter", 0 * a + of),
        ):  # fmt: skip
            found.setdefault(name, []).append(values)
    joined = {name: np.concatenate(listed) for name, listed in found.items()}
    if len(joined.get("row", ())) < LEAST:
        return None
    pixels = {k: joined.pop(k) for k in ("row", "column", "channel", "filter")}
    return Pairs(joined, pixels)


def of_rows(
    name: str, mine: Callable[..., Any], shape: Shape, window: Pair, strides: Pair
) -> str:
    """Return the wrong index rules of an im2col or a col2im, in words; or ""."""
    grid = grid_of(shape, window, strides)
    whole = (shape[0], *grid, *window, shape[3])
    size = int(np.prod(whole))
    rows = (int(np.prod(whole[:3])), -1)
    right = np.array(np.unravel_index(np.arange(size), whole))
    n, i, j, a, b, c = right
    letters = dict(zip("nijabc", right, strict=True))
    pixels = (n, i * strides[0] + a, j * strides[1] + b, c)
    should = Pairs(letters, dict(zip(PLACES, pixels, strict=True)))
    try:
        if name == "my_im2col":
            photo = 1.0 + np.arange(np.prod(shape)).reshape(shape)
            cols = np.asarray(mine(photo.copy(), window, strides), float)
            if cols.size != size:
                return ""
            places = _recognised(cols.ravel(), photo)
            if places is None:
                return ""
            at, chosen = np.unravel_index(places, shape), letters
        else:
            some = rng_for(2, "check").permutation(size)[:150]
            should = should.at(some)
            used, targets = [], []
            for one in some:
                cols = np.zeros(size)
                cols[one] = 1
                padded = np.asarray(mine(cols.reshape(rows), shape, window, strides))
                where = np.argwhere(padded)
                is_one = len(where) <= 1 and padded.sum() in (0, 1)
                if not is_one or padded.shape != shape:
                    return ""
                used += [one] * len(where)
                targets += list(where)
            at = tuple(np.array(targets).T)
            chosen = {letter: values[used] for letter, values in letters.items()}
    except Exception:
        return ""
    return differing(Pairs(chosen, dict(zip(PLACES, at, strict=True))), should)
