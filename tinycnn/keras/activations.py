"""Activations as functions: on an array, or in place of a name, ``activation=relu``.

The layers of the same names (`tinycnn.layers`) have the gradients; these are the
formulas alone, for the last axis of an array where they need one.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinycnn.keras.arrays import as_ready
from tinycnn.keras.names import other_names

Numbers = NDArray[np.floating[Any]]
Function = Callable[..., Numbers]
FUNCTIONS: dict[str, Function] = {}


def _named(function: Function) -> Function:
    """Let a function stand for its name where a layer wants one."""
    function = as_ready(function)
    function.spelling = function.__name__  # type: ignore[attr-defined]
    FUNCTIONS[function.__name__] = function
    return function


def _floats(x: ArrayLike) -> Numbers:
    array = np.asarray(x)
    return array if array.dtype.kind == "f" else array.astype(np.float32)


@_named
def linear(x: ArrayLike) -> Numbers:
    """Return x."""
    return _floats(x)


@_named
def relu(x: ArrayLike) -> Numbers:
    """Return max(x, 0)."""
    return np.maximum(_floats(x), 0)


@_named
def leaky_relu(x: ArrayLike, negative_slope: float = 0.2) -> Numbers:
    """Return x where it is positive, else negative_slope * x."""
    x = _floats(x)
    return np.where(x > 0, x, negative_slope * x).astype(x.dtype)


@_named
def elu(x: ArrayLike, alpha: float = 1.0) -> Numbers:
    """Return x where it is positive, else alpha * (exp(x) - 1)."""
    x = _floats(x)
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))).astype(x.dtype)


@_named
def selu(x: ArrayLike) -> Numbers:
    """Return `elu` with its two constants, which keep the mean and the variance."""
    scale, alpha = 1.0507009873554805, 1.6732632423543772
    return (scale * elu(x, alpha)).astype(_floats(x).dtype)


@_named
def tanh(x: ArrayLike) -> Numbers:
    """Return the hyperbolic tangent of x."""
    return np.tanh(_floats(x))


@_named
def sigmoid(x: ArrayLike) -> Numbers:
    """Return 1 / (1 + exp(-x)); nothing overflows."""
    x = _floats(x)
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


@_named
def softplus(x: ArrayLike) -> Numbers:
    """Return log(1 + exp(x))."""
    return np.logaddexp(_floats(x), 0)


@_named
def swish(x: ArrayLike) -> Numbers:
    """Return x * sigmoid(x)."""
    return _floats(x) * sigmoid(x)


@_named
def silu(x: ArrayLike) -> Numbers:
    """Return x * sigmoid(x): another name of `swish`."""
    return swish(x)


silu.spelling = "swish"  # type: ignore[attr-defined]


@_named
def softmax(x: ArrayLike, axis: int = -1) -> Numbers:
    """Return exp(x) / sum of exp(x) along an axis; nothing overflows."""
    x = _floats(x)
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def get(name: str | Function | None) -> Function:
    """Return the function of a name; a function is returned as it is.

    Raises
    ------
    ValueError
        If the name is unknown.
    """
    if callable(name):
        return name
    if name is None:
        return linear
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    raise ValueError(
        f"the activation should be one of {', '.join(FUNCTIONS)}, got {name!r}"
    )


if not TYPE_CHECKING:
    __getattr__ = other_names(__name__)
