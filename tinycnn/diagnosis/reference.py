"""Does my forward compute what the library's does? A layer beside its twin.

A backward can only be wrong compared with its own forward. What a forward *should* be
is known for a class that has the name of one of the library's: `Dense`, or `MyDense`.
"""

import copy
import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.layers import turned
from tinycnn.gradient_check import TOLERANCE, relative_error
from tinycnn.layers import LAYERS, AveragePooling2D, Layer, MaxPooling2D, ReLU
from tinycnn.layers.windows import pad
from tinycnn.losses import LOSSES
from tinycnn.optimizers import OPTIMIZERS
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Shape

TWINS: dict[str, type] = {
    kind.__name__: kind
    for kind in (*LAYERS.values(), *LOSSES.values(), *OPTIMIZERS.values())
}


def twin_of(mine: Any) -> Any:
    """Return the library's object of the same name and arguments, or None.

    The arguments are read from the attributes of the same name: ``filters`` from
    ``mine.filters``.

    Examples
    --------
    >>> class MyDense(Layer):
    ...     def __init__(self, units):
    ...         super().__init__()
    ...         self.units = units
    >>> twin_of(MyDense(3))
    Dense(units=3)
    """
    twin = TWINS.get(type(mine).__name__.removeprefix("My"))
    if twin is None or not isinstance(mine, twin.__mro__[-2]):
        return None
    arguments = {
        name: getattr(mine, name)
        for name, parameter in inspect.signature(twin).parameters.items()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        and name not in ("activation", "input_shape")
        and hasattr(mine, name)
    }
    try:
        return twin(**arguments)
    except (TypeError, ValueError):
        return None


def diagnose_forward(layer: Layer, input_shape: Shape) -> list[Finding]:
    """Return how y differs from what the library's layer of that name gives.

    Parameters
    ----------
    layer : Layer
        Not touched: a copy is built, in float64.
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
    twin: Layer | None = twin_of(layer)
    if twin is None:
        return []
    layer, rng = copy.deepcopy(layer), rng_for(0, "check")
    layer.build(input_shape, rng, np.float64)
    twin.build(input_shape, rng, np.float64)
    wanted = {name: param.shape for name, param in twin.params.items()}
    got = {name: np.shape(param) for name, param in layer.params.items()}
    if got != wanted:
        return [finding("other_params", "params", got=got, wanted=wanted)]
    for name, param in layer.params.items():
        twin.params[name] = param = param + 0.1 * rng.standard_normal(param.shape)
        layer.params[name] = param.copy()
    x = rng.standard_normal((5, *input_shape))
    y, right = np.asarray(layer.forward(x.copy())), twin.forward(x)
    if y.shape != right.shape:
        return [finding("y_shape", "y", got=y.shape, wanted=right.shape)]
    if relative_error(y, right) <= TOLERANCE:
        return list(_far_out(layer, x)) if y.shape == x.shape else []
    for cause, candidate in _candidates(twin, x, right):
        if relative_error(y, candidate) <= TOLERANCE:
            return [finding(cause, "y")]
    factor = float((y * right).sum() / (right**2).sum())
    if relative_error(y, factor * right) <= TOLERANCE:
        return [finding("y_factor", "y", factor=factor)]
    share = np.mean(~np.isclose(y, right))
    return [finding("y_differs", "y", share=share, twin=type(twin).__name__)]


def goes_back_rightly(layer: Layer, input_shape: Shape) -> bool:
    """Return whether backward is right with what the library's forward keeps.

    Then a wrong gradient comes from forward, which keeps something else. Asked of a
    layer that keeps it in `_cache`, as the library's do; of any other it is not known.
    """
    twin: Layer | None = twin_of(layer)
    if twin is None:
        return False
    layer, rng = copy.deepcopy(layer), rng_for(0, "check")
    layer.build(input_shape, rng, np.float64)
    twin.build(input_shape, rng, np.float64)
    twin.params = copy.deepcopy(layer.params)
    x = rng.standard_normal((5, *input_shape))
    dy = rng.standard_normal(twin.forward(x).shape)
    try:
        layer.forward(x)
        if layer._cache is None:
            return False
        # Arrays and tuples of arrays: what the layer keeps under this name, only.
        layer._cache = copy.deepcopy(twin._cache)
        dx = layer.backward(dy.copy())
    except Exception:
        return False  # it keeps its things otherwise
    return relative_error(np.asarray(dx), twin.backward(dy)) <= TOLERANCE


def _far_out(layer: Layer, x: Array) -> Iterator[Finding]:
    """Yield "y_overflows" if an activation fails where x is large."""
    for far in (-1000.0, 1000.0):
        try:
            with np.errstate(divide="raise", over="raise", invalid="raise"):
                layer.forward(np.full_like(x, far))
        except ArithmeticError as error:
            yield finding("y_overflows", "y", x=far, error=error)
            return


def _candidates(twin: Layer, x: Array, right: Array) -> Iterator[tuple[str, Array]]:
    """Yield (cause, what y would be) for one mistake after the other."""
    params = twin.params

    def with_other(**others: Array) -> Array:
        twin.params = {**params, **others}
        y = twin.forward(x)
        twin.params = params
        return y

    yield "zero", 0 * right
    if "bias" in params:
        yield "bias_left_out", with_other(bias=0 * params["bias"])
    if "kernel" in params:
        kernel = params["kernel"]
        if kernel.ndim == 4:
            yield "kernel_flipped", with_other(kernel=kernel[::-1, ::-1])
        for other in turned(kernel):
            yield "kernel_turned", with_other(kernel=other)
    if isinstance(twin, (MaxPooling2D, AveragePooling2D)) and twin.padding == "same":
        _, borders = twin._grid(x.shape[1:])
        cause = "border_wins" if isinstance(twin, MaxPooling2D) else "border_counted"
        # The border as cells that are 0: as if it belonged to the photo.
        yield cause, type(twin)(twin.pool_size, twin.strides)(pad(x, borders))
    for other in turned(right):
        yield "y_turned", other
    for axes in ((1,), (2,), (1, 2)):
        if right.ndim == 4:
            yield "y_turned", np.flip(right, axes)


def diagnose_kinks(layer: Layer, input_shape: Shape) -> list[Finding]:
    """Return how dx differs from the library's where x is 0 or cells are equal.

    Parameters
    ----------
    layer : Layer
        Not touched: a copy is built, in float64. One that is named as the library's
        ReLU or MaxPooling2D (`ReLU`, `MyReLU`); of any other nothing is said.
    input_shape : tuple of int
        Without the batch axis.

    Notes
    -----
    To be asked of a layer that is right everywhere else. What stops the layer itself
    with an error is passed on.

    Examples
    --------
    >>> class MyReLU(ReLU):
    ...     def forward(self, x, training=False):
    ...         self.mask = x >= 0
    ...         return x * self.mask
    ...     def backward(self, dy):
    ...         return dy * self.mask
    >>> diagnose_kinks(MyReLU(), (4, 4))[0].sentence
    'dx has the slope 1 where x is exactly 0; it should be 0 there.'
    """
    twin = twin_of(layer)
    if not isinstance(twin, (ReLU, MaxPooling2D)):
        return []
    layer, rng = copy.deepcopy(layer), rng_for(0, "check")
    layer.build(input_shape, rng, np.float64)
    twin.build(input_shape, rng, np.float64)
    # Whole numbers around 0, so that many are 0 and many neighbours equal.
    x = rng.integers(-2, 2, (5, *input_shape)).astype(np.float64)
    dy = rng.standard_normal(twin.forward(x).shape)
    layer.forward(x.copy())
    given = np.asarray(layer.backward(dy.copy()))
    if relative_error(given, twin.backward(dy)) <= TOLERANCE:
        return []
    return list((_slope if isinstance(twin, ReLU) else _winner)(twin, x, dy, given))


def _slope(twin: Layer, x: Array, dy: Array, given: Array) -> Iterator[Finding]:
    """Yield which slope a ReLU has at 0."""
    slope = float(np.median((given / dy)[x == 0]))
    yield finding("slope_at_zero", "x", slope=slope)


def _winner(twin: Layer, x: Array, dy: Array, given: Array) -> Iterator[Finding]:
    """Yield which of several equal cells gets the gradient."""
    places = np.arange(x[0, ..., 0].size).reshape(1, *x.shape[1:3], 1)
    who = "another"
    twin.forward(x + 1e-3 * places / places.size)  # a little more for each later cell
    if relative_error(given, twin.backward(dy)) <= TOLERANCE:
        who = "the last"
    yield finding("not_the_first_of_equals", "x", who=who)
