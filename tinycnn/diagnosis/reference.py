"""Does my forward compute what the library's does? A layer and its reference.

A gradient check compares a backward with its own forward. What forward *should* compute
is known only for a class that is named like one of the library's: `Dense`, or
`MyDense`. The library's object is its reference.
"""

import copy
import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.layers import with_axes_swapped
from tinycnn.gradient_check import TOLERANCE, relative_error
from tinycnn.layers import LAYERS, AveragePooling2D, Layer, MaxPooling2D, ReLU
from tinycnn.layers.windows import pad
from tinycnn.losses import LOSSES
from tinycnn.optimizers import OPTIMIZERS
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Shape

REFERENCES: dict[str, type] = {
    cls.__name__: cls
    for cls in (*LAYERS.values(), *LOSSES.values(), *OPTIMIZERS.values())
}


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
        return [finding("other_params", "params", got=got, expected=expected)]
    for name, param in layer.params.items():
        param = param + 0.1 * rng.standard_normal(param.shape)
        reference.params[name], layer.params[name] = param, param.copy()
    x = rng.standard_normal((5, *input_shape))
    y, y_expected = np.asarray(layer.forward(x.copy())), reference.forward(x)
    if y.shape != y_expected.shape:
        return [finding("y_shape", "y", got=y.shape, expected=y_expected.shape)]
    if relative_error(y, y_expected) <= TOLERANCE:
        return list(_overflow(layer, x)) if y.shape == x.shape else []
    for cause, candidate in _candidates(reference, x, y_expected):
        if relative_error(y, candidate) <= TOLERANCE:
            return [finding(cause, "y")]
    factor = float((y * y_expected).sum() / (y_expected**2).sum())
    if relative_error(y, factor * y_expected) <= TOLERANCE:
        return [finding("y_factor", "y", factor=factor)]
    share, name = np.mean(~np.isclose(y, y_expected)), type(reference).__name__
    return [finding("y_differs", "y", share=share, reference=name)]


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


def _overflow(layer: Layer, x: Array) -> Iterator[Finding]:
    """Yield "y_overflows" if an activation fails at a large x."""
    for large in (-1000.0, 1000.0):
        try:
            with np.errstate(divide="raise", over="raise", invalid="raise"):
                layer.forward(np.full_like(x, large))
        except ArithmeticError as error:
            yield finding("y_overflows", "y", x=large, error=error)
            return


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

    yield "zero", 0 * expected
    if "bias" in params:
        yield "bias_left_out", y_with(bias=0 * params["bias"])
    if "kernel" in params:
        kernel = params["kernel"]
        if kernel.ndim == 4:
            yield "kernel_flipped", y_with(kernel=kernel[::-1, ::-1])
        for swapped in with_axes_swapped(kernel):
            yield "kernel_axes_swapped", y_with(kernel=swapped)
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
    places = np.arange(x[0, ..., 0].size).reshape(1, *x.shape[1:3], 1)
    reference.forward(x + 1e-3 * places / places.size)  # now the last of equals wins
    is_last = relative_error(dx, reference.backward(dy)) <= TOLERANCE
    winner = "the last" if is_last else "another"
    return [finding("not_the_first_of_equals", "x", winner=winner)]
