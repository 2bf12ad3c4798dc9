"""An activation fitted piece by piece: y by x, and the slope that backward used."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tinycnn.diagnosis.fits.combination import (
    SPARE,
    agrees,
    function_of,
    functions_of,
    sum_of,
)
from tinycnn.diagnosis.patterns.equality import Named, is_equal
from tinycnn.shapes import Array

MOST_PIECES = 3


def output_of(x: Array, y: Array, expected: Array) -> str:
    """Return what y equals, as a formula of x; "" if unknown.

    Examples
    --------
    >>> x = np.linspace(-3, 3, 20)
    >>> output_of(x, np.maximum(x - 1, 0), np.maximum(x, 0))
    '0 up to about x = 0.95, and x - 1 from there on'
    """
    with np.errstate(all="ignore"):
        return (
            pieces_of(x, y)
            or function_of(y, "the correct y", expected)
            or _sides(x, y, expected, [("x", x)])
            or sum_of(y, [("the correct y", expected), ("x", x), ("1", 1 + 0 * x)])
            or sum_of(y, [("the correct y", expected), *functions_of("x", x)])
        )


def pieces_of(x: Array, y: Array) -> str:
    """Return what y is, piece by piece, if it is made of at most three straight ones.

    Each piece has to hold more numbers of x than the two that make a line.
    """
    order = np.argsort(x, axis=None)
    x, y = x.ravel()[order].astype(float), y.ravel()[order].astype(float)
    if not np.isfinite(y).all() or len(x) < 3 * SPARE:
        return ""
    pieces: list[tuple[str, float]] = []
    start = 0
    while start < len(x):
        if len(pieces) == MOST_PIECES or len(x) - start < 2 + SPARE:
            return ""
        slope = (y[start + 1] - y[start]) / (x[start + 1] - x[start])
        line = y[start] + slope * (x - x[start])
        is_on = np.isclose(y, line, rtol=1e-9, atol=1e-9)[start:]
        end = start + (int(is_on.argmin()) if not is_on.all() else len(is_on))
        if end - start < 2 + SPARE:
            return ""
        edge = float((x[end - 1] + x[end]) / 2) if end < len(x) else 0.0
        pieces.append((_line(slope, y[start] - slope * x[start]), edge))
        start = end
    if len(pieces) == 1:
        return pieces[0][0]
    (first, edge), *others = pieces
    text = f"{first} up to about x = {edge:.2g}"
    for (words, following), is_last in zip(
        others, [*[False] * (len(others) - 1), True], strict=True
    ):
        end_words = "" if is_last else f" up to about {following:.2g}"
        text += f", and {words} from there on{end_words}"
    return text


def _line(slope: float, constant: float) -> str:
    slope, constant = round(slope, 6) + 0.0, round(constant, 6) + 0.0
    if slope == 0:
        return f"{constant:.4g}"
    text = {1.0: "x", -1.0: "-x"}.get(slope, f"{slope:.4g} * x")
    if constant:
        text += f" {'-' if constant < 0 else '+'} {abs(constant):.4g}"
    return text


def _sides(x: Array, got: Array, expected: Array, others: list[Named]) -> str:
    """Return "A where x is below 0, and B where x is above 0" for what differs."""
    found = []
    for words, side in (("below", x < 0), ("above", x > 0)):
        if is_equal(got[side], expected[side]) or side.sum() < 3 + SPARE:
            continue
        terms = [
            *((n, a[side]) for n, a in others),
            ("1", np.ones(int(side.sum()))),
            *((n, a[side]) for one, array in others for n, a in functions_of(one, array)
              if "mean" not in n and "length" not in n),
        ]  # fmt: skip
        if not (what := sum_of(got[side], terms)):
            return ""
        found.append(f"{what} where x is {words} 0")
    return ", and ".join(found)


def gradient_of(x: Array, y: Array, dy: Array, slope: Array, dx: Array) -> str:
    """Return what the gradient of an activation equals; "" if unknown.

    Examples
    --------
    >>> x = np.linspace(-2, 2, 20)
    >>> dy = np.cos(9 * x)
    >>> slope = 1.0 * (x > 0)
    >>> gradient_of(x, np.maximum(x, 0), dy, slope, dy * (x * dy > 0))
    'dy where x * dy > 0, and 0 elsewhere'
    """
    slope = np.nan_to_num(slope)
    with np.errstate(all="ignore"):
        for n, word in ((-1, "last"), (0, "first")):
            if agrees(dx, dy * slope[n]) and len(x) > 1:
                return f"dy times the slope of the {word} photo, for every photo"
        for words, mask in _masks(x, y, dy):
            if agrees(dx, dy * mask) and np.any(dx):
                return f"dy where {words}, and 0 elsewhere"
            if agrees(dx, dy * slope * mask) and np.any(dx):
                return f"dy * (the correct slope) where {words}, and 0 elsewhere"
        if found := function_of(dx, "the correct dx", dy * slope):
            return found
        used = dx / dy
        if found := function_of(used, "(the correct slope)", slope):
            return f"dy * {found}" if "," not in found else f"dy times {found}"
        others: list[Named] = [("y", y), ("x", x), ("dy", dy)]
        others.append(("min(dy, 0)", np.minimum(dy, 0)))
        if sides := _sides(x, used, slope, others):
            return f"dy times this slope: {sides}"
        terms = [
            ("dy * (the correct slope)", dy * slope), ("dy", dy), ("x", x), ("y", y),
            ("1", 1 + 0 * dy), ("dy * x", dy * x), ("dy * y", dy * y),
            ("dy * y**2", dy * y * y), ("dy * x**2", dy * x * x),
            ("(the correct slope)", slope), ("x * y", x * y), ("y**2", y * y),
            ("dy**2", dy * dy), ("dy * x * y", dy * x * y),
            ("dy * abs(x)", dy * abs(x)), ("dy * exp(x)", dy * np.exp(x)),
            ("dy * exp(-x)", dy * np.exp(-x)),
            ("dy of the next photo * its slope", np.roll(dy * slope, -1, axis=0)),
            ("dy of the photo before * its slope", np.roll(dy * slope, 1, axis=0)),
        ]  # fmt: skip
        return sum_of(dx, terms, most=3)


def _masks(x: Array, y: Array, dy: Array) -> Iterator[tuple[str, Any]]:
    """Yield (a condition in words, where it holds)."""
    yield "x * dy > 0", x * dy > 0
    yield "x * dy < 0", x * dy < 0
    yield "x > dy", x > dy
    yield "x < dy", x < dy
    yield "dy > 0", dy > 0
    yield "dy < 0", dy < 0
    yield "x > 0 or dy > 0", (x > 0) | (dy > 0)
    yield "x > 0 and dy > 0", (x > 0) & (dy > 0)
    yield "x < 0 and dy > 0", (x < 0) & (dy > 0)
    yield "x > 0 and dy < 0", (x > 0) & (dy < 0)
    yield "y > dy", y > dy
    yield "y > 0.5", y > 0.5
    axes: dict[str, Any] = {"in any photo": 0, "anywhere in the batch": None}
    axes |= {f"anywhere along axis {axis}": axis for axis in range(1, x.ndim)}
    if x.ndim > 2:
        axes["anywhere in its photo"] = tuple(range(1, x.ndim))
        axes["anywhere in its channel"] = tuple(range(1, x.ndim - 1))
    for name, axis in axes.items():
        for sign, word in ((1, "above"), (-1, "below")):
            on = (sign * x > 0).any(axis=axis, keepdims=True)
            yield f"x is {word} 0 {name}", np.broadcast_to(on, x.shape)
            yield f"x is {word} 0 nowhere: {name}", np.broadcast_to(~on, x.shape)
    for word, value in (("mean", x.mean()), ("median", np.median(x))):
        yield f"x is above the {word} of x", x > value
        yield f"x is below the {word} of x", x < value
    for axis in (0, -1):
        largest = x.max(axis=axis, keepdims=True)
        yield f"x is the largest along axis {axis}", x == largest


def softmax_gradient_of(y: Array, dy: Array, dx: Array) -> str:
    """Return what the gradient of a softmax equals, as a sum of terms; or ""."""
    terms: list[Named] = [("dy * y", dy * y), ("dy", dy), ("y", y), ("y**2", y * y)]
    terms += [("dy * y**2", dy * y * y), ("1", 1 + 0 * y)]
    for name, product in (("dy * y", dy * y), ("dy", dy), ("dy * y**2", dy * y * y)):
        for axis, of in ((-1, "of its row"), (0, "over the photos")):
            total = product.sum(axis=axis, keepdims=True)
            for factor, words in (
                (y, "y * "), (y * y, "y**2 * "), (1 + 0 * y, ""), (dy, "dy * "),
                (1 - y, "(1 - y) * "), (dy * y, "dy * y * "),
            ):  # fmt: skip
                terms.append((f"{words}(the sum of {name} {of})", factor * total))
    return sum_of(dx, terms, most=3) if len(terms) < 48 else sum_of(dx, terms)
