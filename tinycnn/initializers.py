"""Initializers: the distribution of the first random kernels.

If each layer makes its signal larger, it explodes within ten layers; if smaller, it
vanishes. Glorot's and He's rules set the variance of the random weights so that the
variance of the signal stays the same on average. ``fan_in`` is the number of inputs of
one output, ``fan_out`` the number of outputs of one input; for a kernel (KH, KW, C, F)
they are KH*KW*C and KH*KW*F.
"""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import DTypeLike

from tinycnn.keras.names import other_names
from tinycnn.shapes import Array, Shape

Initializer = Callable[[Shape, np.random.Generator, DTypeLike], Array]


def fans(shape: Shape) -> tuple[int, int]:
    """Return (fan_in, fan_out) of a kernel (..., inputs, outputs).

    Examples
    --------
    >>> fans((3, 3, 3, 32))  # the tutorial's convolution
    (27, 288)
    """
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


def glorot_uniform(shape: Shape, rng: np.random.Generator, dtype: DTypeLike) -> Array:
    """Return weights uniform in ±sqrt(6 / (fan_in + fan_out)), Keras's default.

    References
    ----------
    Glorot and Bengio, "Understanding the difficulty of training deep feedforward
    neural networks", AISTATS 2010.
    """
    limit = math.sqrt(6 / sum(fans(shape)))
    return rng.uniform(-limit, limit, shape).astype(dtype)


def he_uniform(shape: Shape, rng: np.random.Generator, dtype: DTypeLike) -> Array:
    """Return weights uniform in ±sqrt(6 / fan_in), meant for layers before a ReLU.

    References
    ----------
    He, Zhang, Ren and Sun, "Delving deep into rectifiers", ICCV 2015.
    """
    limit = math.sqrt(6 / fans(shape)[0])
    return rng.uniform(-limit, limit, shape).astype(dtype)


def he_normal(shape: Shape, rng: np.random.Generator, dtype: DTypeLike) -> Array:
    """Return normally distributed weights of variance 2 / fan_in, truncated.

    Numbers beyond two standard deviations are drawn again. Truncation leaves 0.8796 of
    the standard deviation, so the rest is divided by that, as in Keras.
    """
    deviation = math.sqrt(2 / fans(shape)[0]) / 0.87962566103423978
    z = rng.standard_normal(shape)
    while (outside := np.abs(z) > 2).any():
        z[outside] = rng.standard_normal(int(outside.sum()))
    return (z * deviation).astype(dtype)


def zeros(shape: Shape, rng: np.random.Generator, dtype: DTypeLike) -> Array:
    """Return zeros, the initial value of every bias."""
    return np.zeros(shape, dtype)


def ones(shape: Shape, rng: np.random.Generator, dtype: DTypeLike) -> Array:
    """Return ones: where a scale starts that changes nothing at first."""
    return np.ones(shape, dtype)


INITIALIZERS: dict[str, Initializer] = {
    "glorot_uniform": glorot_uniform,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
    "zeros": zeros,
    "ones": ones,
}


def check_initializer(name: object) -> str:
    """Return `name` if it is one of `INITIALIZERS`; otherwise raise ValueError."""
    if isinstance(name, str) and name in INITIALIZERS:
        return name
    raise ValueError(
        f"kernel_initializer should be one of {', '.join(INITIALIZERS)}, got {name!r}"
    )


if not TYPE_CHECKING:  # else every misspelt name would look right to mypy
    __getattr__ = other_names(__name__)
