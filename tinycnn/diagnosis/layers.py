"""What is wrong with my backward? The cause of an error, read from its pattern.

The gradient check says *that* a gradient is wrong. Here forward is tried number by
number, which gives the whole derivative of every output by every input (the Jacobian).
Each usual mistake, applied to it on purpose, leaves a fingerprint; the mistake whose
fingerprint is the given gradient is the cause. What leaves none (writing into x, adding
to old gradients) is caught by watching the layer at work.
"""

import copy
from collections.abc import Iterator
from itertools import combinations, permutations
from typing import Any

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.gradient_check import TOLERANCE, jacobian, relative_error
from tinycnn.layers import Layer
from tinycnn.layers.windows import crop, pad
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Shape


def diagnose(
    layer: Layer, input_shape: Shape, *, batch: int = 5, training: bool = False
) -> list[Finding]:
    """Return what is wrong with a layer's backward: nothing, if it is right.

    Parameters
    ----------
    layer : Layer
        Not touched: copies are built.
    input_shape : tuple of int
        Without the batch axis; best not square, and with windows that overlap.
    batch : int, default 5
        Photos; a number that is no factor of the sizes tells factors apart.
    training : bool, default False
        Handed to ``forward``.

    Notes
    -----
    What stops the layer itself with an error is passed on. A forward that computes
    something else, with a backward that fits to it, is right in the eyes of this.

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
    return [*_habits(case), *_gradients(case)]


class _Case:
    """A layer built in float64, an x without ties and kinks, and a random dy."""

    def __init__(self, layer: Layer, shape: Shape, batch: int, training: bool) -> None:
        rng = rng_for(0, "check")
        self.layer, self.training = copy.deepcopy(layer), training
        output_shape = self.layer.build(shape, rng, np.float64)
        for param in self.layer.params.values():
            param += 0.1 * rng.standard_normal(param.shape)  # no bias stays at 0
        size = batch * int(np.prod(shape))
        numbers = (rng.permutation(size) + 0.25 - size // 2) * 6 / size  # -3 .. 3
        self.x = numbers.reshape(batch, *shape)
        self.dy = rng.standard_normal((batch, *output_shape))
        self.given = self.run(self.fresh(), self.x, self.dy)
        names = ("x", *self.layer.params)
        if self.given["y"].dtype != np.float64:
            names = ()  # too coarse for small steps
        self.slopes = {name: self.tried(name) for name in names}

    def fresh(self) -> Layer:
        return copy.deepcopy(self.layer)

    def run(self, layer: Layer, x: Array, dy: Array) -> dict[str, Array]:
        """Return y, dx and the grads; x and dy are copied first."""
        y = layer.forward(x.copy(), self.training)
        found = {"y": y, "x": layer.backward(dy.copy()), **layer.grads}
        return {k: np.asarray(v) for k, v in found.items() if v is not None}

    def tried(self, name: str, kernel: Array | None = None) -> Array:
        """Return d y / d array by trying, (numbers, outputs); NaN at a kink."""
        layer, x = self.fresh(), self.x.copy()
        if kernel is not None:
            layer.params["kernel"] = kernel
        array = layer.params.get(name, x)
        return jacobian(lambda: layer.forward(x.copy(), self.training), array)

    def pull(self, slopes: Array, dy: Array, name: str) -> Array:
        """Return the gradient of an array for this dy."""
        return (slopes @ dy.ravel()).reshape(self.layer.params.get(name, self.x).shape)


def _close(given: Any, wanted: Array) -> bool:
    """Return whether two arrays are equal, leaving out NaN in `wanted` (kinks)."""
    if np.shape(given) != wanted.shape:
        return False
    tried = ~np.isnan(wanted)
    return relative_error(given[tried], wanted[tried]) <= TOLERANCE


def _habits(case: _Case) -> Iterator[Finding]:
    """Yield what is seen by watching: what is written to, kept, added to, shared."""
    given, before = case.given, case.layer.params
    layer, x, dy = case.fresh(), case.x.copy(), case.dy.copy()
    layer.forward(x, case.training)
    is_forward = not np.array_equal(x, case.x)
    layer.backward(dy)
    if not np.array_equal(x, case.x):
        yield finding("x_written", "y" if is_forward else "")
    if not np.array_equal(dy, case.dy):
        yield finding("dy_written")
    for name, param in before.items():
        if not np.array_equal(layer.params[name], param):
            yield finding("params_changed", name)
    layer = case.fresh()  # another x first, then the same as before
    first = copy.deepcopy(case.run(layer, -case.x[::-1], 2 * case.dy[::-1]))
    layer.params = copy.deepcopy(before)
    again = case.run(layer, case.x, case.dy)
    for name in given:
        if not np.allclose(again[name], given[name], equal_nan=True):
            is_sum = np.allclose(again[name], given[name] + first[name])
            yield finding("accumulated" if is_sum else "stale", name)
    one, other = case.fresh(), case.fresh()
    for built in (one, other):
        built.build(case.x.shape[1:], rng_for(1, "check"), np.float32)
    if any(np.shares_memory(one.params[k], other.params[k]) for k in before):
        yield finding("shared_state", "params")
    single = case.run(one, case.x.astype(np.float32), case.dy.astype(np.float32))
    for run, wanted in ((given, "float64"), (single, "float32")):
        for name, array in run.items():
            if array.dtype != wanted:
                yield finding("wrong_dtype", name, got=array.dtype, wanted=wanted)


def _gradients(case: _Case) -> Iterator[Finding]:
    """Yield what is wrong with each gradient, by its pattern."""
    for name, slopes in case.slopes.items():
        wanted = case.pull(slopes, case.dy, name)
        if (given := case.given.get(name)) is None:
            yield finding("missing_gradient", name)
        elif given.shape != wanted.shape:
            yield _misshapen(name, given, wanted)
        elif not np.isfinite(given).all():
            yield finding("not_finite", name)
        elif not _close(given, wanted):
            yield _pattern(case, name, given, wanted)
        elif name == "x" and _selects(slopes):
            tied = case.run(case.fresh(), np.ones_like(case.x), case.dy)["x"]
            if not np.isclose(tied.sum(), case.dy.sum()):
                yield finding("ties_counted_twice", name)


def _selects(jx: Array) -> bool:
    """Return whether each output is one of the inputs, as in max pooling."""
    count = (abs(np.nan_to_num(jx)) > TOLERANCE).sum(axis=0)
    return bool((count == 1).all()) and np.allclose(np.nansum(jx, axis=0), 1)


def _misshapen(name: str, given: Array, wanted: Array) -> Finding:
    """Return why a gradient has another shape than its array."""
    for count in range(1, given.ndim + 1):
        for axes in combinations(range(given.ndim), count):
            if given.size > wanted.size and _close(given.sum(axis=axes), wanted):
                return finding("not_summed", name, axes=axes)
    if any(_close(given.transpose(o), wanted) for o in permutations(range(given.ndim))):
        return finding("axes_swapped", name)
    if given.ndim == wanted.ndim == 4:
        rows, columns = wanted.shape[1:3]
        for a, b in np.ndindex(given.shape[1:3]):
            if _close(given[:, a : a + rows, b : b + columns], wanted):
                return finding("border_not_cropped", name)
    return finding("wrong_shape", name, got=given.shape, wanted=wanted.shape)


def _pattern(case: _Case, name: str, given: Array, wanted: Array) -> Finding:
    """Return the mistake whose fingerprint is the given gradient."""
    N, windows = len(case.x), int(np.prod(case.dy.shape[1:-1]))
    factor = float(np.nansum(given * wanted) / (np.nansum(wanted**2) + 1e-300))
    is_multiple = _close(given, factor * wanted)
    for cause, value in (
        ("sign", -1),
        ("divided_by_batch", 1 / N),
        ("divided_by_batch_twice", 1 / N**2),
        ("multiplied_by_batch", N),
        ("mean_instead_of_sum", 1 / (N * windows)),
    ):
        if is_multiple and np.isclose(factor, value):
            return finding(cause, name, factor=factor)
    for cause, candidate in _candidates(case, name, wanted):
        if np.isnan(candidate).mean() < 0.5 and _close(given, candidate):
            return finding(cause, name)
    if is_multiple:
        return finding("constant_factor", name, factor=factor)
    products = case.slopes[name] * case.dy.ravel()
    shares = products.reshape(given.size, N * windows, -1).sum(axis=-1)  # of a window
    gaps = np.minimum(abs(shares.T - given.ravel()).min(axis=0), abs(given.ravel()))
    if ((abs(shares) > TOLERANCE).sum(axis=1) > 1).any() and gaps.max() <= TOLERANCE:
        return finding("overwritten", name)
    is_kept = name == "x" and np.isclose(given.sum(), case.dy.sum())
    if is_kept and _selects(case.slopes["x"]):
        return finding("wrong_winner", name)
    return finding("unknown", name, share=np.mean(abs(given - wanted) > TOLERANCE))


def _candidates(case: _Case, name: str, wanted: Array) -> Iterator[tuple[str, Array]]:
    """Yield (cause, what the gradient would be) for one mistake after the other."""
    dy, x, jx, slopes = case.dy, case.x, case.slopes["x"], case.slopes[name]
    yield "zero", np.zeros_like(wanted)
    yield "upstream_ignored", case.run(case.fresh(), x, -2 * dy)[name]
    for photo in (0, len(x) - 1):
        one = np.where(np.indices(dy.shape)[0] == photo, dy, 0)
        yield "one_photo_only", case.pull(slopes, one, name)
    if name == "x":
        if dy.shape == x.shape:
            yield "slope_left_out", dy
            yield "slope_from_dy", dy * (dy > 0)
            yield "slope_on_wrong_side", dy * (x < 0)
            yield "slope_below_zero_lost", dy * (x > 0)
            yield "alpha_left_out", dy * np.exp(np.minimum(x, 0))
            yield "slope_from_x", dy * x * (1 - x)
            yield "slope_from_x_of_tanh", dy * (1 - x**2)
            yield "diagonal_only", dy * np.diagonal(jx).reshape(x.shape)
            yield "slope_of_sigmoid", dy * case.given["y"] * (1 - case.given["y"])
        seen, layer = 1.0 * (abs(jx) > TOLERANCE), case.fresh()
        if is_max := _selects(jx):
            for place in range(x.size):
                far = np.where(np.arange(x.size).reshape(x.shape) == place, 1e6, x)
                seen[place] = layer.forward(far, case.training).ravel() > 1e5
        cells = np.maximum(seen.sum(axis=0), 1)
        if is_max or np.allclose(jx, np.where(seen, 1 / cells, 0)):
            cause = "spread_over_window" if is_max else "window_divided_wrongly"
            for spread in (seen / cells, seen / cells.max(), jx / cells):
                yield cause, case.pull(spread, dy, name)
            cause = "spread_over_window" if is_max else "not_divided_by_window"
            yield cause, case.pull(seen, dy, name)
        if x.ndim == 4:
            wider = pad(wanted, ((2, 2), (2, 2)), fill=np.nan)
            for a, b in np.ndindex(5, 5):
                shifted = crop(wider, ((a, 4 - a), (b, 4 - b)))
                yield "border_cropped_on_wrong_side", shifted
    others = [case.pull(slopes, other, name) for other in turned(dy)]
    yield from (("axes_swapped", other) for other in (*others, *turned(wanted)))
    for axes in (*combinations(range(wanted.ndim), 2), *range(wanted.ndim)):
        yield "flipped", np.flip(wanted, axes)
    if name == "x" and "kernel" in case.layer.params:
        kernel = case.layer.params["kernel"]
        for other in (np.flip(kernel, (0, 1)), *turned(kernel)):
            yield "kernel_rearranged", case.pull(case.tried("x", other), dy, name)


def turned(array: Array) -> Iterator[Array]:
    """Yield the array with two axes swapped, read as its own shape, both ways."""
    for a, b in combinations(range(array.ndim), 2):
        swapped = array.swapaxes(a, b)
        yield swapped.reshape(array.shape)
        yield array.reshape(swapped.shape).swapaxes(a, b)
