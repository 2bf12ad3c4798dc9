"""What does backward compute? Compared with the right gradients with one thing off."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.patterns import pointwise
from tinycnn.diagnosis.patterns.equality import (
    Named,
    axes_of,
    either,
    is_equal,
    matches,
    place_of_errors,
    reductions,
    reordered,
)
from tinycnn.diagnosis.patterns.forward import POOLED, shape_pattern
from tinycnn.diagnosis.patterns.products import Product, gradients
from tinycnn.diagnosis.patterns.scattering import spread, to_winners
from tinycnn.diagnosis.patterns.sliding import Windows, reducers, windows_of
from tinycnn.layers import Conv2D, Dense, Layer, MaxPooling2D, Softmax
from tinycnn.shapes import Array

RIGHT = {
    "kernel": "the windows of x (rows of x) times dy, summed",
    "bias": "dy summed over all axes but the last",
    "x": "dy times the kernel, added up at the pixels",
}
RIGHT_OF_ROWS = {
    "kernel": "x.T @ dy", "bias": "dy.sum(axis=0)", "x": "dy @ kernel.T",
}  # fmt: skip


def right_gradient(case: Product, name: str) -> str:
    """Return what a gradient of a product should be, in words."""
    return (RIGHT_OF_ROWS if case.windows is None else RIGHT)[name]


def product_of(layer: Layer, x: Array, y: Array, dy: Array) -> Product | None:
    """Return the product of a Dense or a Conv2D whose y is right, or None."""
    if not isinstance(layer, (Dense, Conv2D)) or "kernel" not in layer.params:
        return None
    kernel = layer.params["kernel"]
    bias = layer.params.get("bias", np.zeros(dy.shape[-1]))
    is_conv = isinstance(layer, Conv2D)
    if kernel.ndim != (4 if is_conv else 2):
        return None
    windows = windows_of(layer, x.shape[1:]) if is_conv else None
    case = Product(x, dy, kernel, bias, windows)
    right = np.nan_to_num(case.cols) @ case.matrix + bias
    return case if is_equal(y, right.reshape(dy.shape)) else None


def pooling_of(layer: Layer, x: Array, y: Array) -> tuple[str, Windows] | None:
    """Return (what is taken, the windows) of a pooling whose y is right, or None."""
    if x.ndim != 4 or not isinstance(layer, tuple(POOLED)):
        return None
    windows = windows_of(layer, x.shape[1:])
    for kind, name in POOLED.items():
        fill = -np.inf if kind is MaxPooling2D else np.nan
        filled = replace(windows, fill=fill)
        if is_equal(y, reducers()[name](filled.cells(x))):
            return name, windows
    return None


def what_is_gradient(
    layer: Layer, name: str, x: Array, y: Array, dy: Array, got: Array, jacobian: Array
) -> tuple[str, str]:
    """Return (what a gradient equals, or ""; what it should be)."""
    with np.errstate(all="ignore"):
        if (case := product_of(layer, x, y, dy)) is not None:
            right = right_gradient(case, name)
            return _first(matches(got, gradients(case, name, y))), right
        if name != "x":
            return "", ""
        if (pooling := pooling_of(layer, x, y)) is not None:
            return _of_pooling(pooling, x, dy, got)
        if dy.shape != x.shape:
            return "", ""
        if isinstance(layer, Softmax):
            what = pointwise.what_is_dx_of_softmax(y, dy, got)
            return what, pointwise.RIGHT[Softmax][1]
        diagonal = np.diagonal(jacobian)
        if np.allclose(np.nan_to_num(jacobian), np.nan_to_num(np.diag(diagonal))):
            what = pointwise.what_is_dx(x, y, dy, diagonal.reshape(x.shape), got)
            what = pointwise.in_arguments(layer, what)
            known = [k for k in type(layer).__mro__ if k in pointwise.RIGHT]
            right = pointwise.RIGHT[known[0]][1] if known else "dy times the slope at x"
            return what, right
    return "", ""


def _of_pooling(
    pooling: tuple[str, Windows], x: Array, dy: Array, got: Array
) -> tuple[str, str]:
    name, windows = pooling
    if name == "the maximum":
        right = "dy given to the largest cell of each window"
        return _first(matches(got, to_winners(windows, x, dy))), right
    filled = replace(windows, fill=np.nan)
    share = np.ones(windows.grid)
    right = "dy added to every cell of its window"
    if name == "the mean":
        cells = filled.cells(x)[0, :, :, :, :, 0]
        share = 1 / (~np.isnan(cells)).sum(axis=(2, 3))
        right = "dy / cells added to every cell of its window"
    return _first(matches(got, spread(windows, x, dy, share))), right


def _first(found: list[str]) -> str:
    return either(found) if found else ""


def gradient_pattern(
    layer: Layer, name: str, x: Array, y: Array, dy: Array, got: Array, jacobian: Array
) -> Finding | None:
    """Return what a gradient of the right shape equals, or None."""
    what, right = what_is_gradient(layer, name, x, y, dy, got, jacobian)
    if what:
        return finding("gradient_equals", name, what=what, right=right)
    return None


def place_pattern(name: str, got: Array, expected: Array) -> Finding | None:
    """Return where alone a gradient is wrong, or None."""
    axes = axes_of(got.shape)
    if name == "kernel" and got.ndim == 4:
        axes = ("rows", "columns", "channels", "filters")
    elif name == "kernel" and got.ndim == 2:
        axes = ("inputs", "outputs")
    if where := place_of_errors(got, expected, axes):
        return finding("wrong_at", name, where=where)
    return None


def gradient_shape_pattern(
    name: str, got: Array, expected: Array, arrays: dict[str, Array]
) -> Finding | None:
    """Return why a gradient has another shape, or None.

    `arrays` are those of the layer by name: "x", "y", "dy", "kernel" ...
    """
    dy, right_one = arrays["dy"], np.nan_to_num(expected)
    for count in range(1, expected.ndim):
        for axes in combinations(range(expected.ndim), count):
            for word, reduced in (("sum", right_one.sum), ("mean", right_one.mean)):
                if expected.size > got.size and is_equal(got, reduced(axis=axes)):
                    shapes = {"got": got.shape, "expected": expected.shape}
                    text = ", ".join(map(str, axes))
                    return finding(
                        "summed_over_axes", name, word=word, axes=text, **shapes
                    )
    if (found := shape_pattern(got, np.nan_to_num(expected), name)) is not None:
        return found
    right = tuple(range(dy.ndim - 1))
    if name == "bias":
        for text, array in [*reductions(dy), ("dy", dy)]:
            if is_equal(got, array):
                axis = right[0] if len(right) == 1 else right
                words = f"dy.sum(axis={axis})"
                return finding("gradient_equals", name, what=text, right=words)
    matrices = {n: a for n, a in arrays.items() if a.ndim == 2}
    for (a, one), (b, other) in product(matrices.items(), repeat=2):
        if len(one) == len(other) and is_equal(got, one.T @ other):
            if should := {"x": "dy @ kernel.T", "kernel": "x.T @ dy"}.get(name):
                what = f"{a}.T @ {b}"
                return finding("gradient_equals", name, what=what, right=should)
    kept = np.nan_to_num(expected)
    if kept.size != got.size and is_equal(got.ravel(), kept[kept != 0]):
        what = "only the numbers that are not 0, in one row"
        shape = f"an array of shape {expected.shape}"
        return finding("gradient_equals", name, what=what, right=shape)
    if is_equal(got, dy):
        shape = f"an array of shape {expected.shape}"
        return finding("gradient_equals", name, what="dy itself", right=shape)
    return None


def kernels_rearranged(case: Product) -> Iterator[Named]:
    """Yield ("", dx) computed with each kernel that is flipped or reordered."""
    kernel = case.kernel
    others = list(reordered(kernel))
    if kernel.ndim == 4:
        others += [np.flip(kernel, axes) for axes in ((0, 1), (0,), (1,))]
    else:
        others += [np.flip(kernel, 0), np.flip(kernel, 1), np.flip(kernel)]
    for other in others:
        yield "", case.to_x(case.rows @ other.reshape(case.matrix.shape).T)


def cut_from_joined(case: Product, name: str) -> Iterator[Named]:
    """Yield what is cut out wrongly where the bias is a row of the kernel.

    Then x has a column of ones, and dx must lose it, dkernel the row of dbias.
    """
    if case.windows is not None:
        return
    dkernel, dbias = case.x.T @ case.dy, case.dy.sum(axis=0)
    dx, of_ones = case.dy @ case.matrix.T, case.dy @ case.bias[:, np.newaxis]
    joined = "the kernel and, as its {}, the bias"
    for last, other, place in ((True, 0, "last row"), (False, -1, "first row")):
        words = joined.format(place)
        cut = "first" if last else "last"
        if name == "x":
            whole = np.hstack([dx, of_ones] if last else [of_ones, dx])
            kept = whole[:, 1:] if last else whole[:, :-1]
            yield f"dy times ({words}), without the {cut} column", kept
        elif name == "kernel":
            rows = [dkernel, dbias[np.newaxis]]
            whole = np.vstack(rows if last else rows[::-1])
            kept = whole[1:] if last else whole[:-1]
            yield f"the gradient of ({words}), without the {cut} row", kept
        else:
            yield f"the {cut} row of dkernel", dkernel[other]
