"""What y or a gradient of a layer with a kernel or with windows is made of."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import permutations

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.fits import activations
from tinycnn.diagnosis.fits.combination import (
    function_of,
    functions_of,
    permuted,
    sum_of,
)
from tinycnn.diagnosis.patterns import pointwise
from tinycnn.diagnosis.patterns.backward import (
    cut_from_joined,
    pooling_of,
    product_of,
    right_gradient,
)
from tinycnn.diagnosis.patterns.equality import Named, axes_of, is_equal
from tinycnn.diagnosis.patterns.forward import POOLED
from tinycnn.diagnosis.patterns.products import Product
from tinycnn.diagnosis.patterns.sliding import Windows, reducers, windows_of
from tinycnn.layers import (
    Conv2D,
    Dense,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Layer,
    Softmax,
)
from tinycnn.shapes import Array

KERNEL_AXES: dict[int, tuple[str, ...]] = {
    4: ("rows", "columns", "channels", "filters"),
    2: ("inputs", "outputs"),
}  # fmt: skip


def fitted_output(
    reference: Layer, x: Array, y: Array, expected: Array
) -> Finding | None:
    """Return what y equals, found by fitting, or None."""
    what, right = "", "the output of the library's layer"
    with np.errstate(all="ignore"):
        if words := permuted(y, expected, axes_of(y.shape)):
            what = f"the correct y with {words}"
        elif words := _rearranged(x, y, expected):
            what = f"x {words}, in rows"
        elif isinstance(reference, (Dense, Conv2D)) and "kernel" in reference.params:
            what, right = _of_products(reference, x, y, expected)
        elif x.ndim == 4 and isinstance(
            reference, (*POOLED, GlobalAveragePooling2D, GlobalMaxPooling2D)
        ):
            what, right = _of_windows(reference, x, y)
        elif isinstance(reference, Softmax):
            right = pointwise.RIGHT[Softmax][0]
        elif x.shape == y.shape:
            what = activations.output_of(x, y, expected)
            right = pointwise.right_of(reference)[0]
        what = what or _general(y, "the correct y", expected, [("x", x)])
    return finding("y_equals", "y", what=what, right=right) if what else None


def _rearranged(x: Array, y: Array, expected: Array) -> str:
    """Return how x was rearranged before its photos became rows, or ""."""
    is_flat = y.ndim == 2 and x.size == expected.size
    if not is_flat or not np.array_equal(expected, x.reshape(expected.shape)):
        return ""
    names = axes_of(x.shape)
    for order in permutations(range(1, x.ndim)):
        there = x.transpose(0, *order)
        moved = tuple(names[axis] for axis in (0, *order))
        text = "" if there.shape == x.shape and moved == names else (
            f"in the order {', '.join(moved)}")  # fmt: skip
        if words := permuted(y.reshape(there.shape), there, moved):
            return f"{text}, with {words}" if text else f"with {words}"
    return ""


def _general(got: Array, name: str, right: Array, others: list[Named]) -> str:
    """Return a function of the right array, or a sum of it and the others; or ""."""
    ones: Named = ("1", np.ones_like(right))
    terms = [(name, right), *others, ones]
    for axis, of in enumerate(axes_of(right.shape)):
        mean = np.broadcast_to(right.mean(axis=axis, keepdims=True), right.shape)
        terms.append((f"the mean of {name} over the {of}", mean))
        terms.append((f"{name} of the next of its {of}", np.roll(right, -1, axis)))
        for place, word in ((0, "first"), (-1, "last")):
            one = 0 * right + np.take(right, [place], axis=axis)
            terms.append((f"{name} of the {word} of its {of}, for all", one))
    terms.append((f"the mean of {name}", np.full_like(right, right.mean())))
    return function_of(got, name, right) or sum_of(got, terms)


def _of_products(
    reference: Layer, x: Array, y: Array, expected: Array
) -> tuple[str, str]:
    """Return (what y equals, what it should be) for the products with a kernel."""
    bias = reference.params.get("bias", np.zeros(y.shape[-1]))
    is_conv = isinstance(reference, Conv2D)
    windows = windows_of(reference, x.shape[1:]) if is_conv else None
    case = Product(x, y, reference.params["kernel"], bias, windows)
    right = "the convolution + bias" if is_conv else "x @ kernel + bias"
    plain = expected - bias
    terms: list[Named] = [("the correct y", expected), ("the sum of products", plain)]
    terms += [("bias", 0 * y + bias), ("1", 1 + 0 * y)]
    for words, cols in _changed("x", np.nan_to_num(case.cols), len(x)):
        for other, matrix in _changed("the kernel", case.matrix, 0):
            product = (cols @ matrix).reshape(y.shape)
            terms.append((f"the product of {words} with {other}", product))
    of_one = [(name, array + bias) for name, array in terms[4:]]
    for name, array in of_one:
        if is_equal(y, array):
            return f"{name}, + bias", right
    what = function_of(y, "the correct y", expected) or sum_of(y, terms[:30])
    return what or sum_of(y - bias, terms[4:], most=1), right


def _changed(name: str, array: Array, photos: int) -> Iterator[Named]:
    """Yield (in words, an array) as it is, and changed by each usual function.

    With `photos`, the rows of other photos as well.
    """
    yield name, array
    for words, other in functions_of(name, array):
        if np.isfinite(other).all():
            yield words, other
    if photos > 1 and len(array) % photos == 0:
        rows = array.reshape(photos, -1, *array.shape[1:])
        for words, chosen in (
            ("the first photo", rows[[0] * photos]),
            ("the last photo", rows[[-1] * photos]),
            ("the next photo", np.roll(rows, -1, axis=0)),
            ("the photo before", np.roll(rows, 1, axis=0)),
            ("the mean of all photos", 0 * rows + rows.mean(axis=0)),
        ):
            yield f"{name} of {words}", chosen.reshape(array.shape)


MORE_REDUCERS: dict[str, Callable[[Array], Array]] = {
    "the root of the sum of squares": lambda c: np.sqrt(np.nansum(c * c, axis=3)),
    "the root of the mean of squares": lambda c: np.sqrt(np.nanmean(c * c, axis=3)),
    "the mean of squares": lambda c: np.nanmean(c * c, axis=3),
    "the mean of abs(x)": lambda c: np.nanmean(abs(c), axis=3),
    "the mean of the largest and the smallest": lambda c: (
        (np.nanmax(c, axis=3) + np.nanmin(c, axis=3)) / 2
    ),
    "the largest minus the smallest": lambda c: (
        np.nanmax(c, axis=3) - np.nanmin(c, axis=3)
    ),
    "the variance": lambda c: np.nanvar(c, axis=3),
    "the standard deviation": lambda c: np.nanstd(c, axis=3),
    "the product": lambda c: np.nanprod(c, axis=3),
    "the log of the sum of exp(x)": lambda c: np.log(np.nansum(np.exp(c), axis=3)),
    "the sum of what is above 0": lambda c: np.nansum(np.maximum(c, 0), axis=3),
    "the mean of what is above 0": lambda c: np.nanmean(np.maximum(c, 0), axis=3),
    "the number of cells above 0": lambda c: 1.0 * (c > 0).sum(axis=3),
    "the median of its real cells": lambda c: np.nanmedian(c, axis=3),
    "the middle cell": lambda c: c[:, :, :, c.shape[3] // 2],
}


def _of_windows(reference: Layer, x: Array, y: Array) -> tuple[str, str]:
    """Return (what y equals, what it should be) for what is taken from each window."""
    if isinstance(reference, tuple(POOLED)):
        kind = POOLED[type(reference)]
        windows = replace(windows_of(reference, x.shape[1:]), fill=np.nan)
        cells = windows.cells(x)
        right = f"{kind} of each window of {windows.window}"
    else:
        is_max = isinstance(reference, GlobalMaxPooling2D)
        kind, right = ("the maximum" if is_max else "the mean"), ""
        cells, right = x[:, None, None], f"{kind} of each map"
    flat = cells.reshape(*cells.shape[:3], -1, cells.shape[-1])
    terms = [(name, f(cells)) for name, f in reducers().items()]
    terms += [(name, f(flat)) for name, f in MORE_REDUCERS.items()]
    for words, axis in (("rows", 3), ("columns", 4)):
        largest = np.where(np.isnan(cells), -np.inf, cells).max(axis=axis)
        terms.append((f"the mean of the maxima of its {words}", largest.mean(axis=3)))
        terms.append((f"the sum of the maxima of its {words}", largest.sum(axis=3)))
    shaped = [(name, a.reshape(y.shape)) for name, a in terms if a.size == y.size]
    place = "map" if cells.shape[1:3] == (1, 1) and right.endswith("map") else "window"
    named = [(f"{name} of each {place}", a) for name, a in shaped if name != kind]
    for words, array in shaped:
        if words == kind:
            named.insert(0, (f"{kind} of each {place}", array))
    return sum_of(y, [*named, ("1", 1 + 0 * y)]), right


def fitted_gradient(
    layer: Layer,
    name: str,
    arrays: dict[str, Array],
    got: Array,
    expected: Array,
    diagonal: Array | None,
) -> Finding | None:
    """Return what a gradient equals, found by fitting, or None.

    Parameters
    ----------
    layer : Layer
    name : str
        "x", or that of a param.
    arrays : dict of str to ndarray
        "x", "y" and "dy" of the case.
    got, expected : ndarray
    diagonal : ndarray, optional
        The slope at each number, if every output depends on its own input alone.
    """
    x, y, dy = arrays["x"], arrays["y"], arrays["dy"]
    expected = np.nan_to_num(expected)
    what, right = "", "the derivative of forward times dy"
    axes = KERNEL_AXES.get(got.ndim, ()) if name == "kernel" else axes_of(got.shape)
    with np.errstate(all="ignore"):
        case = product_of(layer, x, y, dy)
        if words := permuted(got, expected, axes):
            what = f"the correct gradient with {words}"
        elif case is not None:
            what, right = (
                _of_operands(case, name, got, expected, y),
                right_gradient(case, name),
            )
        elif name == "x" and isinstance(layer, Softmax):
            what = activations.softmax_gradient_of(y, dy, got)
            right = pointwise.RIGHT[Softmax][1]
        elif name == "x" and diagonal is not None:
            what = activations.gradient_of(x, y, dy, diagonal, got)
            known = [k for k in type(layer).__mro__ if k in pointwise.RIGHT]
            right = pointwise.RIGHT[known[0]][1] if known else "dy times the slope at x"
        elif name == "x" and (pooling := pooling_of(layer, x, y)) is not None:
            terms = list(_shares(*pooling, x, dy))
            what = sum_of(got, [("the correct dx", expected), *terms])
        others: list[Named] = [(n, a) for n, a in arrays.items() if n != "y"]
        if name in layer.params:
            others.insert(0, (f"the {name} itself", layer.params[name]))
        what = what or _general(got, "the correct gradient", expected, others)
    return finding("gradient_equals", name, what=what, right=right) if what else None


def _of_operands(
    case: Product, name: str, got: Array, expected: Array, y: Array
) -> str:
    """Return the product, of changed operands, that a gradient equals; or ""."""
    photos, units = len(case.x), case.dy.shape[-1]
    cols, rows = np.nan_to_num(case.cols), case.rows
    upstream = [*_changed("dy", rows, photos)]
    upstream += [("dy / its number of outputs", rows / units)]
    y_rows = y.reshape(rows.shape)
    upstream += [("y", y_rows), ("dy * y", rows * y_rows), ("dy - y", rows - y_rows)]
    terms: list[Named] = []
    if name == "bias":
        terms = [(f"the sum of {w}", r.sum(axis=0)) for w, r in upstream]
        terms += [(f"the mean of {w}", r.mean(axis=0)) for w, r in upstream]
        terms.append(("the bias itself", case.bias))
    elif name == "kernel":
        of_x = list(_changed("x", cols, photos))
        for words, r in upstream:
            for other, c in of_x:
                what = f"{other} times {words}, summed"
                terms.append((what, (c.T @ r).reshape(got.shape)))
        terms.insert(1, ("the kernel itself", case.kernel))
    else:
        for words, r in upstream:
            for other, matrix in _changed("the kernel", case.matrix, 0):
                terms.append((f"{words} times {other}", case.to_x(r @ matrix.T)))
        terms[1:1] = [("x", case.x), ("1", 1 + 0 * case.x)]
    if name != "x":
        terms.insert(1, ("1", np.ones_like(got)))
    for words, array in cut_from_joined(case, name):
        if is_equal(got, array):
            return words
    terms[0] = ("the correct gradient", expected)
    if found := function_of(got, "the correct gradient", expected):
        return found
    return sum_of(got, terms, most=1) or sum_of(got, terms[:120])


def _shares(kind: str, windows: Windows, x: Array, dy: Array) -> Iterator[Named]:
    """Yield (in words, dx) if each cell of a window gets some share of its dy."""
    fill = -np.inf if kind == "the maximum" else np.nan
    cells = replace(windows, fill=np.nan).cells(x)
    flat = cells.reshape(*cells.shape[:3], -1, cells.shape[-1])
    real = ~np.isnan(flat)
    known = np.where(real, flat, -np.inf)
    del fill

    def given(shares: Array) -> Array:
        values = np.where(real, shares, 0) * dy[:, :, :, None]
        return windows.scattered(values.reshape(cells.shape), x.shape)

    count = real.sum(axis=3, keepdims=True)
    largest = known.max(axis=3, keepdims=True)
    smallest = np.where(real, flat, np.inf).min(axis=3, keepdims=True)
    e = np.where(real, np.exp(known - largest), 0)
    yield "dy given to every cell of its window", given(np.ones_like(known))
    yield "dy / cells given to every cell of its window", given(1 / count)
    all_cells = flat.shape[3]
    yield (
        "dy / (KH * KW) given to every cell of its window",
        given(np.full_like(known, 1 / all_cells)),
    )
    yield "dy given to the largest cell of its window", given(known == largest)
    yield "dy given to the smallest cell of its window", given(known == smallest)
    yield (
        "dy given by the softmax of its window",
        given(e / e.sum(axis=3, keepdims=True)),
    )
    yield "dy times x given to every cell of its window", given(np.nan_to_num(flat))
    total = np.nansum(flat, axis=3, keepdims=True)
    yield "dy times x / the sum of its window", given(np.nan_to_num(flat) / total)
    for place, word in ((0, "first"), (-1, "last"), (all_cells // 2, "middle")):
        one = np.zeros_like(known)
        one[:, :, :, place] = 1
        yield f"dy given to the {word} cell of its window", given(one)
    if kind == "the maximum":
        order = np.argsort(np.argsort(-known, axis=3), axis=3)
        yield "dy given to the second largest of its window", given(order == 1)
        for near in (1e-3, 1e-2, 0.05, 0.1, 0.2, 0.25, 0.3, 0.5, 1.0):
            yield (
                f"dy given to every cell within {near:g} of the largest",
                given(known > largest - near),
            )
