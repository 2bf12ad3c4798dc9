"""First numbers that do not depend on the fans: constants, given sizes, orthogonal."""

import math

import numpy as np
from numpy.typing import DTypeLike

from tinycnn.initializers.base import Initializer, normal
from tinycnn.shapes import Array, Shape, number


class Zeros(Initializer):
    """Zeros: where every bias starts."""

    def __init__(self) -> None:
        super().__init__()

    def __call__(
        self, shape: Shape, rng: np.random.Generator, dtype: DTypeLike
    ) -> Array:
        """Return the first numbers; see `Initializer`."""
        return np.zeros(shape, dtype)


class Ones(Initializer):
    """Ones: where a scale starts that changes nothing at first."""

    def __init__(self) -> None:
        super().__init__()

    def __call__(
        self, shape: Shape, rng: np.random.Generator, dtype: DTypeLike
    ) -> Array:
        """Return the first numbers; see `Initializer`."""
        return np.ones(shape, dtype)


class Constant(Initializer):
    """One number everywhere.

    Parameters
    ----------
    value : float, default 0.0
    """

    def __init__(self, value: float = 0.0) -> None:
        super().__init__()
        self.value: float = number(value, "value", above=-math.inf)

    def __call__(
        self, shape: Shape, rng: np.random.Generator, dtype: DTypeLike
    ) -> Array:
        """Return the first numbers; see `Initializer`."""
        return np.full(shape, self.value, dtype)


class RandomNormal(Initializer):
    """Normal numbers.

    Parameters
    ----------
    mean : float, default 0.0
    stddev : float, default 0.05
        Standard deviation, at least 0.
    seed : int, optional
        See `Initializer`.

    Raises
    ------
    ValueError
        If an argument is out of range.
    """

    def __init__(
        self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None
    ) -> None:
        super().__init__(seed)
        self.mean: float = number(mean, "mean", above=-math.inf)
        self.stddev: float = number(stddev, "stddev", least=0)

    def __call__(
        self, shape: Shape, rng: np.random.Generator, dtype: DTypeLike
    ) -> Array:
        """Return the first numbers; see `Initializer`."""
        numbers = self.generator(rng).standard_normal(shape)
        return (self.mean + self.stddev * numbers).astype(dtype)


class TruncatedNormal(RandomNormal):
    """Normal numbers; those beyond two deviations are drawn again.

    The deviation of what is left is 0.8796 * stddev. Parameters are those of
    `RandomNormal`.
    """

    def __call__(
        self, shape: Shape, rng: np.random.Generator, dtype: DTypeLike
    ) -> Array:
        """Return the first numbers; see `Initializer`."""
        numbers = normal(shape, self.generator(rng))
        return (self.mean + self.stddev * numbers).astype(dtype)


class RandomUniform(Initializer):
    """Uniform numbers.

    Parameters
    ----------
    minval : float, default -0.05
    maxval : float, default 0.05
    seed : int, optional
        See `Initializer`.

    Raises
    ------
    ValueError
        If `maxval` is below `minval`.
    """

    def __init__(
        self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None
    ) -> None:
        super().__init__(seed)
        self.minval: float = number(minval, "minval", above=-math.inf)
        self.maxval: float = number(maxval, "maxval", least=self.minval)

    def __call__(
        self, shape: Shape, rng: np.random.Generator, dtype: DTypeLike
    ) -> Array:
        """Return the first numbers; see `Initializer`."""
        rng = self.generator(rng)
        return rng.uniform(self.minval, self.maxval, shape).astype(dtype)


class Orthogonal(Initializer):
    """A matrix whose rows (or columns, if they are fewer) are orthogonal.

    Parameters
    ----------
    gain : float, default 1.0
        Length of each of them.
    seed : int, optional
        See `Initializer`.

    Notes
    -----
    The kernel as a matrix (KH*KW*C, F) is Q of the QR decomposition of normal numbers,
    its columns turned so that R has a positive diagonal: otherwise not every
    orthogonal matrix would be as likely as every other.

    References
    ----------
    Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning
    in deep linear neural networks", ICLR 2014.
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        super().__init__(seed)
        self.gain: float = number(gain, "gain", above=-math.inf)

    def __call__(
        self, shape: Shape, rng: np.random.Generator, dtype: DTypeLike
    ) -> Array:
        """Return the first numbers; see `Initializer`."""
        if len(shape) < 2:
            raise ValueError(f"an orthogonal kernel has two axes or more, got {shape}")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        size = max(rows, columns), min(rows, columns)
        q, r = np.linalg.qr(self.generator(rng).standard_normal(size))
        q = q * np.where(np.diag(r) < 0, -1, 1)
        q = q if rows >= columns else q.T
        return (self.gain * q.reshape(shape)).astype(dtype)
