"""How big the first random kernels are.

If a layer's outputs are larger than its inputs, ten layers explode; if smaller, they
fade away. All rules here choose the size of the random numbers so that the signal keeps
its size on average. ``fan_in`` is how many inputs feed one output, ``fan_out`` how
many outputs one input feeds; for a kernel (KH, KW, C, F) they are KH*KW*C and KH*KW*F.
"""

import math

import numpy as np
from numpy.typing import DTypeLike

from tinycnn.initializers.base import Initializer, normal
from tinycnn.shapes import Array, Shape, number

NORMAL = ("truncated_normal", "normal")
CUT = 0.87962566103423978  # deviation of normal numbers that are cut off at +-2


def fans(shape: Shape) -> tuple[int, int]:
    """Return (fan_in, fan_out) of a kernel (..., inputs, outputs).

    Examples
    --------
    >>> fans((3, 3, 3, 32))  # the tutorial's convolution
    (27, 288)
    """
    if len(shape) < 2:
        return (shape or (1,))[0], (shape or (1,))[0]
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


class VarianceScaling(Initializer):
    """Random numbers whose variance is scale / fan.

    Parameters
    ----------
    scale : float, default 1.0
    mode : {"fan_in", "fan_out", "fan_avg"}, default "fan_in"
        Which fan; "fan_avg" is the mean of the two.
    distribution : {"truncated_normal", "untruncated_normal", "uniform"}
        Normal numbers beyond two deviations are drawn again, and the rest is widened by
        1/0.8796, so that the variance is the one promised. Uniform numbers lie in
        ±sqrt(3 * scale / fan). "normal" is another name of "truncated_normal".
    seed : int, optional
        See `Initializer`.

    Raises
    ------
    ValueError
        If an argument is out of range.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
    ) -> None:
        super().__init__(seed)
        self.scale: float = number(scale, "scale", above=0)
        self.mode: str = mode
        self.distribution: str = distribution
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ValueError(f"mode should be fan_in, fan_out or fan_avg, got {mode!r}")
        if distribution not in (*NORMAL, "untruncated_normal", "uniform"):
            raise ValueError(
                "distribution should be truncated_normal, untruncated_normal or "
                f"uniform, got {distribution!r}"
            )

    def __call__(
        self, shape: Shape, rng: np.random.Generator, dtype: DTypeLike
    ) -> Array:
        """Return the first numbers; see `Initializer`."""
        rng, (fan_in, fan_out) = self.generator(rng), fans(shape)
        fan = {"fan_in": fan_in, "fan_out": fan_out}.get(
            self.mode, (fan_in + fan_out) / 2
        )
        if self.distribution == "uniform":
            limit = math.sqrt(3 * self.scale / fan)
            return rng.uniform(-limit, limit, shape).astype(dtype)
        deviation = math.sqrt(self.scale / fan)
        if self.distribution == "untruncated_normal":
            return (rng.standard_normal(shape) * deviation).astype(dtype)
        return (normal(shape, rng) * (deviation / CUT)).astype(dtype)


class GlorotUniform(VarianceScaling):
    """Numbers uniform in ±sqrt(6 / (fan_in + fan_out)), Keras's default.

    References
    ----------
    Glorot and Bengio, "Understanding the difficulty of training deep feedforward
    neural networks", AISTATS 2010.
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed)


class HeNormal(VarianceScaling):
    """Normal numbers of variance 2 / fan_in, made for layers before a ReLU.

    References
    ----------
    He, Zhang, Ren and Sun, "Delving deep into rectifiers", ICCV 2015.
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(2.0, "fan_in", "truncated_normal", seed)
