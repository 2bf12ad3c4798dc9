"""What is wrong with my backward? The cause of an error, read from its pattern.

The gradient check shows *that* a gradient is wrong. To find out why, the Jacobian (the
derivative of every output by every input) is computed numerically. Each usual mistake,
applied to the Jacobian on purpose, gives a gradient of its own; the mistake whose
gradient equals the layer's is the cause. Mistakes that leave no such pattern (modifying
x, adding to old gradients) are found by comparing arrays before and after each call.
"""

import copy
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, permutations
from typing import Any

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.fits.evidence import (
    by_hand,
    digits_of,
    gives_to_one_cell,
    reaches,
    slope_at,
    slopes_of,
)
from tinycnn.diagnosis.fits.indices import of_gradient
from tinycnn.diagnosis.fits.layers import fitted_gradient
from tinycnn.diagnosis.patterns.backward import (
    gradient_pattern,
    gradient_shape_pattern,
    kernels_rearranged,
    place_pattern,
    product_of,
)
from tinycnn.diagnosis.patterns.equality import data_factor, with_axes_swapped
from tinycnn.diagnosis.patterns.forward import named_factor
from tinycnn.diagnosis.situations.side_effects import side_effects
from tinycnn.gradient_check import TOLERANCE, relative_error
from tinycnn.gradient_check import jacobian as numerical_jacobian
from tinycnn.layers import Conv2D, Layer
from tinycnn.layers.windows import crop, pad
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Shape


def diagnose(
    layer: Layer, input_shape: Shape, *, batch: int = 5, training: bool = False
) -> list[Finding]:
    """Return what is wrong with a layer's backward; an empty list if it is right.

    Parameters
    ----------
    layer : Layer
        Not modified: copies are built.
    input_shape : tuple of int
        Without the batch axis; preferably not square, and with overlapping windows.
    batch : int, default 5
        Number of photos. It should not divide the sizes, so that a wrong factor can be
        attributed to one of them.
    training : bool, default False
        Passed to ``forward``.

    Notes
    -----
    backward is compared with the layer's own forward, so a wrong forward with a
    matching backward is not reported here.

    Examples
    --------
    >>> from tinycnn.layers import Dense
    >>> diagnose(Dense(3), (4,))
    []
    >>> class MyDense(Dense):
    ...     def backward(self, dy):
    ...         return super().backward(dy / len(dy))
    >>> [(finding.array, finding.cause) for finding in diagnose(MyDense(3), (4,))][0]
    ('x', 'divided_by_batch')
    """
    case = _Case(layer, input_shape, batch, training)
    found = [*side_effects(case), *_gradients(case)]
    return sorted(found, key=lambda f: f.cause == "wrong_dtype")


class _Case:
    """A layer built in float64, an x without ties and kinks, and a random dy."""

    def __init__(self, layer: Layer, shape: Shape, batch: int, training: bool) -> None:
        rng = rng_for(0, "check")
        self.layer, self.training = copy.deepcopy(layer), training
        self.got_grads: list[str] = []  # the names in the grads of the last run
        output_shape = self.layer.build(shape, rng, np.float64)
        for param in self.layer.params.values():
            param += 0.1 * rng.standard_normal(param.shape)  # so that no bias is 0
        size = batch * int(np.prod(shape))
        numbers = (rng.permutation(size) + 0.25 - size // 2) * 6 / size  # -3 .. 3
        self.x = numbers.reshape(batch, *shape)
        self.dy = rng.standard_normal((batch, *output_shape))
        self.got = self.run(self.fresh(), self.x, self.dy)
        names = ("x", *self.layer.params)
        if self.got["y"].dtype != np.float64:
            names = ()  # too coarse for small steps
        self.jacobians = {name: self.jacobian(name) for name in names}

    def fresh(self) -> Layer:
        return copy.deepcopy(self.layer)

    def run(self, layer: Layer, x: Array, dy: Array) -> dict[str, Array]:
        """Return y, dx and the grads; x and dy are copied first."""
        y = layer.forward(x.copy(), self.training)
        arrays = {"y": y, "x": layer.backward(dy.copy()), **layer.grads}
        self.got_grads = [*layer.grads]
        return {k: np.asarray(v) for k, v in arrays.items() if v is not None}

    def jacobian(self, name: str, kernel: Array | None = None) -> Array:
        """Return the numerical d y / d array, (numbers, outputs); NaN at a kink."""
        layer, x = self.fresh(), self.x.copy()
        if kernel is not None:
            layer.params["kernel"] = kernel
        array = layer.params.get(name, x)
        return numerical_jacobian(lambda: layer.forward(x.copy(), self.training), array)

    def gradient(self, name: str, jacobian: Array, dy: Array) -> Array:
        """Return the gradient of an array: its Jacobian times dy."""
        shape = self.layer.params.get(name, self.x).shape
        return (jacobian @ dy.ravel()).reshape(shape)


def _close(got: Any, expected: Array) -> bool:
    """Return whether two arrays are equal, ignoring NaN in `expected` (kinks)."""
    if np.shape(got) != expected.shape:
        return False
    known = ~np.isnan(expected)
    return relative_error(got[known], expected[known]) <= TOLERANCE


def _gradients(case: _Case) -> Iterator[Finding]:
    """Yield what is wrong with each gradient, by its pattern."""
    names = set(case.layer.params)
    if set(case.got_grads) - names:
        lists = {"got": case.got_grads, "expected": names}
        values = {key: ", ".join(sorted(names)) for key, names in lists.items()}
        yield finding("other_grads", **values)
        return
    right = {n: case.gradient(n, j, case.dy) for n, j in case.jacobians.items()}
    for a, b in combinations([n for n in right if n in case.got], 2):
        if _close(case.got[a], right[b]) and _close(case.got[b], right[a]):
            yield finding("grads_exchanged", a, other=f"d{b}")
            return
    for name, jacobian in case.jacobians.items():
        expected = case.gradient(name, jacobian, case.dy)
        if (got := case.got.get(name)) is None:
            yield finding("missing_gradient", name)
        elif got.shape != expected.shape:
            yield _cause_of_shape(case, name, got, expected)
        elif not np.isfinite(got).all():
            yield finding("not_finite", name)
        elif not _close(got, expected):
            yield _cause_of_pattern(case, name, got, expected)
        elif name == "x" and _is_selection(jacobian):
            ones = np.ones_like(case.dy)
            tied = case.run(case.fresh(), np.ones_like(case.x), ones)["x"]
            if not np.isclose(tied.sum(), ones.sum()):
                is_lost = tied.sum() < ones.sum()
                yield finding("ties_lost" if is_lost else "ties_counted_twice", name)


def _is_selection(jacobian: Array) -> bool:
    """Return whether each output equals one of the inputs, as in max pooling."""
    count = (abs(np.nan_to_num(jacobian)) > TOLERANCE).sum(axis=0)
    return bool((count == 1).all()) and np.allclose(np.nansum(jacobian, axis=0), 1)


def _cause_of_shape(case: _Case, name: str, got: Array, expected: Array) -> Finding:
    """Return why a gradient does not have the shape of its array."""
    for count in range(1, got.ndim + 1):
        for axes in combinations(range(got.ndim), count):
            if got.size > expected.size and _close(got.sum(axis=axes), expected):
                return finding("not_summed", name, axes=axes)
    if any(_close(got.transpose(o), expected) for o in permutations(range(got.ndim))):
        return finding("axes_swapped", name)
    if got.ndim == expected.ndim == 4:
        rows, columns = got.shape[1:3]
        rest = expected.copy()
        rest[:, :rows, :columns] = 0
        is_part = rows <= expected.shape[1] and columns <= expected.shape[2]
        is_part = is_part and got.size < expected.size
        if is_part and not np.nan_to_num(rest).any():
            shapes = {"got": got.shape, "expected": expected.shape}
            return finding("leftover_missing", name, **shapes)
        rows, columns = expected.shape[1:3]
        for a, b in np.ndindex(got.shape[1:3]):
            if _close(got[:, a : a + rows, b : b + columns], expected):
                return finding("border_not_cropped", name)
    if not got.size:
        return finding("empty_slice", name, got=got.shape, expected=expected.shape)
    arrays = {"x": case.x, "y": case.got["y"], "dy": case.dy, **case.layer.params}
    if (found := gradient_shape_pattern(name, got, expected, arrays)) is not None:
        return found
    return finding("wrong_shape", name, got=got.shape, expected=expected.shape)


def _cause_of_pattern(case: _Case, name: str, got: Array, expected: Array) -> Finding:
    """Return the mistake that gives this gradient."""
    N, windows = len(case.x), int(np.prod(case.dy.shape[1:-1]))
    factor = float(np.nansum(got * expected) / (np.nansum(expected**2) + 1e-300))
    is_multiple = _close(got, factor * expected)
    for cause, value in (
        ("sign", -1),
        ("divided_by_batch", 1 / N),
        ("divided_by_batch_twice", 1 / N**2),
        ("multiplied_by_batch", N),
        ("mean_instead_of_sum", 1 / (N * windows)),
        ("divided_by_one_less", 1 / (N - 1) if N > 1 else 0.0),
        ("divided_by_root_of_batch", N**-0.5),
    ):
        if is_multiple and np.isclose(factor, value):
            is_rare = cause in ("divided_by_one_less", "divided_by_root_of_batch")
            is_clear = N not in case.x.shape[1:] and not is_rare
            if is_clear or _is_by_batch(case, name, cause):
                return finding(cause, name, factor=factor)
    for cause, candidate in _candidates(case, name, expected):
        if np.isnan(candidate).mean() < 0.5 and _close(got, candidate):
            return finding(cause, name)
    if is_multiple:
        words = named_factor(case.layer, case.x, case.dy, factor)
        words = words or data_factor(factor, np.nan_to_num(expected))
        return finding("constant_factor", name, factor=factor, name=words)
    products = case.jacobians[name] * case.dy.ravel()
    # What each window contributes to each number of the gradient.
    terms = products.reshape(got.size, N * windows, -1).sum(axis=-1)
    gaps = abs(terms.T - got.ravel()).min(axis=0)
    # Where there is something to add, only a maximum overwrites it with 0.
    if name != "x" or _is_selection(case.jacobians["x"]):
        gaps = np.minimum(gaps, abs(got.ravel()))
    else:
        reached = abs(terms) > TOLERANCE
        gaps += np.where(reached.any(axis=1) & (got.ravel() == 0), 1, 0)
    if name != "x":  # the last window is left over, the same for every number
        gaps = abs(terms[:, -1] - got.ravel())
    has_overlap = ((abs(terms) > TOLERANCE).sum(axis=1) > 1).any()
    if (
        has_overlap
        and gaps.max() <= TOLERANCE
        and (name != "x" or _is_selection(case.jacobians["x"]) or reaches(case))
    ):
        return finding("overwritten", name)
    layer, jacobian = case.layer, case.jacobians[name]
    y, dy = case.got["y"], case.dy
    pattern = gradient_pattern(layer, name, case.x, y, dy, got, jacobian)
    is_max = name == "x" and dy.size < got.size and _is_selection(jacobian)
    if is_max and gives_to_one_cell(case):
        found = finding("wrong_winner", name)
        if pattern is None:
            return found
        detail = pattern.sentence.partition(";")[0]
        return replace(found, sentence=f"{found.sentence} {detail}.")
    if pattern is not None:
        return pattern
    arrays = {"x": case.x, "y": y, "dy": dy}
    slopes = slopes_of(case, jacobian) if name == "x" else None
    fitted = fitted_gradient(layer, name, arrays, got, expected, slopes)
    if fitted is not None:
        return fitted
    if isinstance(layer, Conv2D):
        padding = str(layer.padding)
        right = Conv2D(layer.filters, layer.kernel_size, layer.strides, padding=padding)
        rules = of_gradient(layer, right, case.x.shape[1:], name)
        if rules is not None:
            return rules
    if _close(np.sort(got, axis=None), np.sort(expected, axis=None)):
        return finding("wrong_order", name)
    if (place := place_pattern(name, got, expected)) is not None:
        return place
    if (digits := digits_of(got, expected)) >= 3:
        return finding("nearly_right", name, digits=digits)
    share = np.mean(abs(got - expected) > TOLERANCE)
    return replace(finding("unknown", name, share=share), hint=by_hand(case, name))


def _is_by_batch(case: _Case, name: str, cause: str) -> bool:
    """Return whether a factor goes with the number of photos, for three of them, too.

    With as many photos as rows it may be the rows.
    """
    if "batch" not in cause and cause != "divided_by_one_less":
        return True
    N, other = 3, _Case(case.layer, case.x.shape[1:], 3, case.training)
    value = {"multiplied_by_batch": N, "divided_by_batch_twice": 1 / N**2}
    value |= {"divided_by_one_less": 0.5, "divided_by_root_of_batch": N**-0.5}
    expected = other.gradient(name, other.jacobians[name], other.dy)
    return _close(other.got[name], value.get(cause, 1 / N) * expected)


def _candidates(case: _Case, name: str, expected: Array) -> Iterator[tuple[str, Array]]:
    """Yield (cause, the gradient that this mistake would give)."""
    dy, x, jacobian_x = case.dy, case.x, case.jacobians["x"]
    jacobian = case.jacobians[name]
    yield "zero", np.zeros_like(expected)
    yield "upstream_ignored", case.run(case.fresh(), x, -2 * dy)[name]
    for n in (0, len(x) - 1):
        dy_of_one = np.where(np.indices(dy.shape)[0] == n, dy, 0)
        yield "one_photo_only", case.gradient(name, jacobian, dy_of_one)
    if name == "x":
        if dy.shape == x.shape:
            yield "slope_left_out", dy
            yield "slope_from_dy", dy * (dy > 0)
            if slopes_of(case, jacobian_x) is not None:
                yield "slope_at_dy", dy * slope_at(case, dy)
            yield "slope_on_wrong_side", dy * (x < 0)
            yield "slope_below_zero_lost", dy * (x > 0)
            yield "alpha_left_out", dy * np.exp(np.minimum(x, 0))
            yield "slope_from_x", dy * x * (1 - x)
            yield "slope_from_x_of_tanh", dy * (1 - x**2)
            yield "diagonal_only", dy * np.diagonal(jacobian_x).reshape(x.shape)
            products = dy * case.got["y"]
            for axis in (None, 0):
                wrong = case.got["y"] * (dy - products.sum(axis=axis))
                yield "sum_over_batch", wrong
            yield "slope_of_sigmoid", dy * case.got["y"] * (1 - case.got["y"])
        # Which inputs each output can depend on: 1 or 0.
        inputs, layer = 1.0 * (abs(jacobian_x) > TOLERANCE), case.fresh()
        if is_max := _is_selection(jacobian_x):
            for place in range(x.size):
                large = np.where(np.arange(x.size).reshape(x.shape) == place, 1e6, x)
                inputs[place] = layer.forward(large, case.training).ravel() > 1e5
        cells = np.maximum(inputs.sum(axis=0), 1)
        if is_max or np.allclose(jacobian_x, np.where(inputs, 1 / cells, 0)):
            cause = "winner_divided" if is_max else "window_divided_wrongly"
            yield cause, case.gradient(name, jacobian_x / cells, dy)
            cause = "spread_over_window" if is_max else "window_divided_wrongly"
            for wrong in (inputs / cells, inputs / cells.max()):
                yield cause, case.gradient(name, wrong, dy)
            cause = "spread_over_window" if is_max else "not_divided_by_window"
            yield cause, case.gradient(name, inputs, dy)
        if x.ndim == 4:
            padded = pad(expected, ((2, 2), (2, 2)), fill=np.nan)
            has_border = getattr(case.layer, "padding", "valid") != "valid"
            cause = "border_cropped_on_wrong_side"
            for a, b in np.ndindex(5, 5):
                shifted = crop(padded, ((a, 4 - a), (b, 4 - b)))
                yield cause if has_border else "leftover_on_wrong_side", shifted
    for swapped in with_axes_swapped(dy):
        yield "axes_swapped", case.gradient(name, jacobian, swapped)
    yield from (("axes_swapped", swapped) for swapped in with_axes_swapped(expected))
    rows, columns = (1, 2) if name == "x" else (0, 1)
    if expected.ndim == 4:
        for axes in ((rows, columns), (rows,), (columns,)):
            yield "flipped", np.flip(expected, axes)
    if name == "x" and "kernel" in case.layer.params:
        product = product_of(case.layer, x, case.got["y"], dy)
        if product is not None:  # without a Jacobian for each wrong kernel
            for _, wrong in kernels_rearranged(product):
                yield "kernel_rearranged", wrong
            return
        kernel = case.layer.params["kernel"]
        for wrong in (np.flip(kernel, (0, 1)), *with_axes_swapped(kernel)):
            jacobian = case.jacobian("x", wrong)
            yield "kernel_rearranged", case.gradient(name, jacobian, dy)
