"""Does my forward compute what the library's does? A layer and its reference.

A gradient check compares a backward with its own forward. What forward *should* compute
is known only for a class that is named like one of the library's: `Dense`, or
`MyDense`. The library's object is its reference.
"""

import copy
import inspect
import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np

from tinycnn.diagnosis.calls import at_large_inputs
from tinycnn.diagnosis.causes import BY_HAND
from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.fits.changed import of_changed, of_flat_shape
from tinycnn.diagnosis.fits.indices import of_convolution
from tinycnn.diagnosis.fits.layers import fitted_output
from tinycnn.diagnosis.fits.normalization import fitted_normalization
from tinycnn.diagnosis.fits.tables import of_table
from tinycnn.diagnosis.patterns.equality import with_axes_swapped
from tinycnn.diagnosis.patterns.forward import (
    forward_pattern,
    named_factor,
    shape_pattern,
)
from tinycnn.diagnosis.patterns.sliding import windows_of
from tinycnn.gradient_check import TOLERANCE, relative_error
from tinycnn.layers import (
    LAYERS,
    AveragePooling2D,
    BatchNormalization,
    Flatten,
    GlobalMaxPooling2D,
    Layer,
    MaxPooling2D,
    ReLU,
    Sigmoid,
    Softmax,
    SumPooling2D,
    Tanh,
)
from tinycnn.layers.windows import pad
from tinycnn.losses import LOSSES
from tinycnn.optimizers import OPTIMIZERS
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Shape

REFERENCES: dict[str, type] = {
    cls.__name__: cls
    for cls in (*LAYERS.values(), *LOSSES.values(), *OPTIMIZERS.values())
}
VAGUE = ("y_differs", "y_equals")
FACTOR_HINT = "Compare each factor and each division in forward with the formula."


def reference_of(mine: Any) -> Any:
    """Return the library's object of the same name and arguments, or None.

    The arguments are read from the attributes of the same name: ``filters`` from
    ``mine.filters``.

    Examples
    --------
    >>> class MyDense(Layer):
    ...     def __init__(self, units):
    ...         super().__init__()
    ...         self.units = units
    >>> reference_of(MyDense(3))
    Dense(units=3)
    """
    cls = REFERENCES.get(type(mine).__name__.removeprefix("My"))
    if cls is None or not isinstance(mine, cls.__mro__[-2]):
        return None
    arguments = {
        name: getattr(mine, name)
        for name, parameter in inspect.signature(cls).parameters.items()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        and name not in ("activation", "input_shape")
        and hasattr(mine, name)
    }
    try:
        return cls(**arguments)
    except (TypeError, ValueError):
        return None


def diagnose_forward(layer: Layer, input_shape: Shape) -> list[Finding]:
    """Return how y differs from the output of the reference.

    Parameters
    ----------
    layer : Layer
        Not modified: a copy is built, in float64.
    input_shape : tuple of int
        Without the batch axis.

    Examples
    --------
    >>> from tinycnn.layers import Dense
    >>> class MyDense(Dense):
    ...     def forward(self, x, training=False):
    ...         return super().forward(x, training) - self.params["bias"]
    >>> for found in diagnose_forward(MyDense(3), (4,)):
    ...     print(found.sentence)
    y lacks the bias.
    """
    reference: Layer | None = reference_of(layer)
    if reference is None:
        return []
    layer, rng = copy.deepcopy(layer), rng_for(0, "check")
    layer.build(input_shape, rng, np.float64)
    reference.build(input_shape, rng, np.float64)
    expected = {name: param.shape for name, param in reference.params.items()}
    got = {name: np.shape(param) for name, param in layer.params.items()}
    if got != expected:
        other = copy.deepcopy(layer)
        other.build(input_shape, rng, np.float64)
        if any(np.shares_memory(other.params[k], layer.params[k]) for k in got):
            return [finding("shared_state", "params")]
        return [finding("other_params", "params", got=got, expected=expected)]
    for name, param in layer.params.items():
        param = param + 0.1 * rng.standard_normal(param.shape)
        reference.params[name], layer.params[name] = param, param.copy()
    x = rng.standard_normal((5, *input_shape))
    unused = copy.deepcopy(layer)
    if found := _of_output(layer, reference, x):
        if isinstance(reference, BatchNormalization) and found[0].cause in VAGUE:
            fitted = fitted_normalization(layer, reference, input_shape)
            return found if fitted is None else [fitted]
        if found[0].cause == "size_of_x" and not np.allclose(
            unused.forward(x.copy()), unused.forward(-x)
        ):
            return [finding("branch_of_batch", "y")]
        return found
    second = -x[::-1]
    if found := _of_output(copy.deepcopy(unused), reference, second):
        return found
    again = np.asarray(layer.forward(second.copy()))
    if relative_error(again, reference.forward(second)) > TOLERANCE:
        return [finding("stale", "y")]
    for name, param in layer.params.items():
        param += 0.5
        reference.params[name] = param.copy()
    again = np.asarray(layer.forward(second.copy()))
    if relative_error(again, reference.forward(second)) > TOLERANCE:
        return [finding("params_copied", "y")]
    layer = unused
    for name, param in layer.params.items():
        reference.params[name] = param.copy()
    if isinstance(reference, (MaxPooling2D, GlobalMaxPooling2D)):
        # Where all cells are below 0, a maximum that starts at 0 is seen.
        return _of_output(layer, reference, -abs(x) - 0.1)
    return list(at_large_inputs(layer, reference, x)) if _keeps_shape(reference) else []


def _keeps_shape(layer: Layer) -> bool:
    return layer.input_shape == layer.output_shape


def _of_output(layer: Layer, reference: Layer, x: Array) -> list[Finding]:
    """Return how y for this x differs from the output of the reference."""
    passed, expected = x.copy(), reference.forward(x)
    y = np.asarray(layer.forward(passed))
    if y.shape != expected.shape:
        return [_of_shape(reference, x, y, expected)]
    if relative_error(y, expected) <= TOLERANCE:
        return []
    if not np.array_equal(passed, x):
        return [finding("x_written", "y")]
    for cause, candidate in _candidates(reference, x, expected):
        if relative_error(y, candidate) <= TOLERANCE:
            return [finding(cause, "y")]
    factor = float((y * expected).sum() / (expected**2).sum())
    if relative_error(y, factor * expected) <= TOLERANCE:
        name = named_factor(reference, x, y, factor)
        is_round = np.isclose(factor, round(factor, 4), rtol=1e-9)
        what = None if name or is_round else of_changed(reference, x, y, expected)
        if what is not None:
            return [what]
        found = finding("y_factor", "y", factor=factor, name=name)
        is_sum = isinstance(reference, (MaxPooling2D, SumPooling2D))
        return [found if is_sum else replace(found, hint=FACTOR_HINT)]
    for look in (of_table, forward_pattern, of_changed, fitted_output):
        if (pattern := look(reference, x, y, expected)) is not None:
            return [pattern]
    rules = of_convolution(layer, reference, x.shape[1:])
    if rules is not None:
        return [rules]
    values = {"share": np.mean(~np.isclose(y, expected)), "where": ""}
    if x.shape == y.shape:
        is_wrong = ~np.isclose(y, expected)
        for words, place in (("below", x < 0), ("above", x > 0)):
            if (is_wrong <= place).all():
                values["where"] = f", all where x is {words} 0"
    name = type(reference).__name__
    found = finding("y_differs", "y", reference=name, **values)
    return [replace(found, hint=BY_HAND.get(_kind(reference), found.hint))]


def _kind(reference: Layer) -> str:
    """Return which example of `BY_HAND` is about such a layer."""
    if reference.params:
        return "rows" if len(reference.output_shape or ()) == 1 else "windows"
    if isinstance(reference, (Softmax, Flatten)):
        return "rows" if isinstance(reference, Softmax) else "flat"
    return "numbers" if _keeps_shape(reference) else "windows"


def _of_shape(reference: Layer, x: Array, y: Array, right: Array) -> Finding:
    """Return why y has another shape."""
    got, expected = y.shape, right.shape
    shapes = {"got": got, "expected": expected}
    if [n for n in got if n != 1] == [n for n in expected if n != 1]:
        return finding("axis_lost", "y", **shapes)
    if (
        len(got) == len(expected)
        and got[0] == 1
        and math.prod(got) == math.prod(expected)
    ):
        return finding("photos_joined", "y", **shapes)
    if (found := shape_pattern(y, right)) is not None:
        return found
    if isinstance(reference, Flatten):
        return of_flat_shape(x, y, right)
    strides = getattr(reference, "strides", (1, 1))
    for cause, size in (
        ("y_strides_ignored", getattr(reference, "pool_size", (1, 1))),
        ("y_strides_ignored", (1, 1)),
        ("y_strides_swapped", strides[::-1]),
    ):
        other = copy.copy(reference)
        other.strides = size
        is_other = reference.window is not None and strides != size
        if is_other and got[1:] == other.infer_shapes(reference.input_shape or ())[0]:
            return finding(cause, "y", strides=strides, size=size, **shapes)
    return finding("y_shape", "y", **shapes)


def is_backward_right(layer: Layer, input_shape: Shape) -> bool:
    """Return whether backward is right if `kept` is what the reference keeps.

    A wrong gradient then comes from forward, which keeps something else. False if the
    layer has no reference or keeps its arrays under other names than `kept`.
    """
    reference: Layer | None = reference_of(layer)
    if reference is None:
        return False
    layer, rng = copy.deepcopy(layer), rng_for(0, "check")
    layer.build(input_shape, rng, np.float64)
    reference.build(input_shape, rng, np.float64)
    reference.params = copy.deepcopy(layer.params)
    x = rng.standard_normal((5, *input_shape))
    dy = rng.standard_normal(reference.forward(x).shape)
    try:
        layer.forward(x)
        if layer.kept is None:
            return False
        layer.kept = copy.deepcopy(reference.kept)
        dx = layer.backward(dy.copy())
    except Exception:
        return False  # its `kept` has another structure
    return relative_error(np.asarray(dx), reference.backward(dy)) <= TOLERANCE


def _candidates(
    reference: Layer, x: Array, expected: Array
) -> Iterator[tuple[str, Array]]:
    """Yield (cause, the y that this mistake would give)."""
    params = reference.params

    def y_with(**changed: Array) -> Array:
        reference.params = {**params, **changed}
        y = reference.forward(x)
        reference.params = params
        return y

    if isinstance(reference, (MaxPooling2D, GlobalMaxPooling2D)):
        yield "starts_at_zero", np.maximum(expected, 0)
    yield "zero", 0 * expected
    if isinstance(reference, BatchNormalization):
        yield "batch_statistics_outside", copy.deepcopy(reference).forward(x, True)
    if isinstance(reference, (Sigmoid, Tanh)):
        yield "size_of_x", reference.forward(abs(x))
        yield "size_of_x", reference.forward(-abs(x))
        yield "minus_forgotten", reference.forward(-x)
    if isinstance(reference, Softmax):
        e = np.exp(x)
        yield "softmax_over_batch", e / e.sum(axis=0)
        yield "softmax_over_all", e / e.sum()
        yield "not_divided_by_sum", e
        yield "not_divided_by_sum", np.exp(x - x.max(axis=-1, keepdims=True))
        yield "exp_left_out", x / x.sum(axis=-1, keepdims=True)
        e_0 = np.exp(x - x.max(axis=0))
        yield "maximum_over_batch", e_0 / e_0.sum(axis=-1, keepdims=True)
        yield "logarithm_of_softmax", np.log(expected)
    if isinstance(reference, Flatten):
        for order in permutations(range(1, x.ndim)):
            yield "flatten_order", x.transpose(0, *order).reshape(expected.shape)
        yield "photos_interleaved_flat", x.reshape(-1, len(x)).T
    if "bias" in params:
        yield "bias_left_out", y_with(bias=0 * params["bias"])
    if "kernel" in params:
        kernel = params["kernel"]
        if kernel.ndim == 4:
            yield "kernel_flipped", y_with(kernel=kernel[::-1, ::-1])
        for swapped in with_axes_swapped(kernel):
            yield "kernel_axes_swapped", y_with(kernel=swapped)
        for order in permutations(range(kernel.ndim)):
            # The axes in another order, read as if they were in this one; and back.
            there = kernel.transpose(order)
            yield "kernel_axes_swapped", y_with(kernel=there.reshape(kernel.shape))
            back = kernel.reshape(there.shape).transpose(np.argsort(order))
            yield "kernel_axes_swapped", y_with(kernel=back)
    if isinstance(reference, (MaxPooling2D, AveragePooling2D)):
        is_max = isinstance(reference, MaxPooling2D)
        cause = "border_wins" if is_max else "border_counted"
        if reference.padding == "same":
            # Zeros at the border, pooled as if they belonged to the photo.
            _, borders = reference._grid(x.shape[1:])
            pooling = type(reference)(reference.pool_size, reference.strides)
            yield cause, pooling(pad(x, borders))
    for swapped in with_axes_swapped(expected):
        yield "y_axes_swapped", swapped
    for axes in ((1,), (2,), (1, 2)):
        if expected.ndim == 4:
            yield "y_axes_swapped", np.flip(expected, axes)


def diagnose_kinks(layer: Layer, input_shape: Shape) -> list[Finding]:
    """Return how dx differs from the reference where x is 0 or cells are equal.

    Parameters
    ----------
    layer : Layer
        Not modified: a copy is built, in float64. Only a layer that is named like the
        library's ReLU or MaxPooling2D (`ReLU`, `MyReLU`) is compared.
    input_shape : tuple of int
        Without the batch axis.

    Notes
    -----
    Only meaningful for a layer whose gradient is right everywhere else.

    Examples
    --------
    >>> class MyReLU(ReLU):
    ...     def forward(self, x, training=False):
    ...         self.mask = x >= 0
    ...         return x * self.mask
    ...     def backward(self, dy):
    ...         return dy * self.mask
    >>> diagnose_kinks(MyReLU(), (4, 4))[0].sentence
    'dx uses slope 1 where x is exactly 0; it should be 0 there.'
    """
    reference = reference_of(layer)
    if not isinstance(reference, (ReLU, MaxPooling2D)):
        return []
    layer, rng = copy.deepcopy(layer), rng_for(0, "check")
    layer.build(input_shape, rng, np.float64)
    reference.build(input_shape, rng, np.float64)
    # Integers around 0, so that many are 0 and many neighbours are equal.
    x = rng.integers(-2, 2, (5, *input_shape)).astype(np.float64)
    dy = rng.standard_normal(reference.forward(x).shape)
    layer.forward(x.copy())
    dx = np.asarray(layer.backward(dy.copy()))
    if relative_error(dx, reference.backward(dy)) <= TOLERANCE:
        return []
    if isinstance(reference, ReLU):
        slope = float(np.median((dx / dy)[x == 0]))
        return [finding("slope_at_zero", "x", slope=slope)]
    windows = replace(windows_of(reference, x.shape[1:]), fill=-np.inf)
    cells = windows.cells(x)
    is_largest = cells == cells.max(axis=(3, 4), keepdims=True)
    parts = is_largest / is_largest.sum(axis=(3, 4), keepdims=True)
    shared = windows.scattered(parts * dy[:, :, :, None, None], x.shape)
    if relative_error(dx, shared) <= TOLERANCE:
        winner = "all of them, in equal parts"
        return [finding("not_the_first_of_equals", "x", winner=winner)]
    places = np.arange(x[0, ..., 0].size).reshape(1, *x.shape[1:3], 1)
    reference.forward(x + 1e-3 * places / places.size)  # now the last of equals wins
    is_last = relative_error(dx, reference.backward(dy)) <= TOLERANCE
    winner = "the last" if is_last else "another"
    return [finding("not_the_first_of_equals", "x", winner=winner)]
