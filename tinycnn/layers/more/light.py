"""RandomContrast and RandomBrightness: other light, in training only."""

from typing import Any

import numpy as np

from tinycnn.layers.base import Kept
from tinycnn.layers.preparation import RandomLayer, Range, as_json, as_range, finite
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Shape


class RandomLight(RandomLayer):
    """What the two layers have in common: a number for each photo, in training only.

    Notes
    -----
    Values outside `value_range` are cut off, and there the derivative is 0.
    """

    is_straight = True

    def __init__(
        self,
        value_range: tuple[float, float],
        seed: int | None,
        input_shape: Shape | None,
        **unsupported: object,
    ) -> None:
        super().__init__(input_shape, **unsupported)
        if not isinstance(value_range, (tuple, list)):
            raise ValueError(
                f"value_range should be (smallest, largest), got {value_range!r}"
            )
        self.value_range: tuple[float, float] = as_range("value_range", value_range)
        self.seed = seed

    def drawn(self, x: Array, limits: tuple[float, float]) -> Array:
        """Return a random number for each photo, of shape (N, 1, 1, 1)."""
        rng = rng_for(self._seed, "augmentation", self.step)
        return rng.uniform(*limits, (len(x), 1, 1, 1)).astype(x.dtype)

    def cut_off(self, y: Array) -> tuple[Array, Any]:
        """Return y within `value_range`, and where it was."""
        low, high = self.value_range
        return np.clip(y, low, high), (y >= low) & (y <= high)


class RandomContrast(RandomLight):
    """Move the numbers of each photo away from their mean, or towards it.

    Parameters
    ----------
    factor : float or (float, float)
        With one number f the contrast becomes 1 - f to 1 + f times as large, with two
        1 - first to 1 + second times.
    value_range : (float, float), default (0, 255)
        What is beyond is cut off.
    seed : int, optional
        By default it comes from the model's.
    input_shape : (int, int, int), optional

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    With m[n, c] the mean of a photo's channel and f[n] its factor::

        y = (x - m) * f + m
        dx = f * dy + (1 - f) * mean of dy over the channel

    References
    ----------
    Keras API, "RandomContrast layer".
    """

    is_straight = True

    def __init__(
        self,
        factor: Range,
        value_range: tuple[float, float] = (0, 255),
        seed: int | None = None,
        input_shape: Shape | None = None,
        **unsupported: object,
    ) -> None:
        super().__init__(value_range, seed, input_shape, **unsupported)
        down, up = factor if isinstance(factor, (tuple, list)) else (factor, factor)
        self.lower: float = finite("factor", down)
        self.upper: float = finite("factor", up)
        if not 0 <= self.lower <= 1 or self.upper < 0:
            raise ValueError(f"factor should be in 0..1, got {factor!r}")

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        if not training:
            self.kept = (None, None)
            return x
        f = self.drawn(x, (1 - self.lower, 1 + self.upper))
        m = x.mean(axis=(1, 2), keepdims=True)
        y, is_inside = self.cut_off((x - m) * f + m)
        self.kept: Kept = (f, is_inside)
        return y

    def backward(self, dy: Array) -> Array:
        f, is_inside = self.kept_for(dy)
        if f is None:
            return dy
        dy = dy * is_inside
        dx: Array = f * dy + (1 - f) * dy.mean(axis=(1, 2), keepdims=True)
        return dx

    def config(self) -> dict[str, Any]:
        factor = [self.lower, self.upper]
        return {
            "factor": factor[0] if factor[0] == factor[1] else factor,
            "value_range": list(self.value_range),
            "seed": self.seed,
        }


class RandomBrightness(RandomLight):
    """Add one number to a whole photo.

    Parameters
    ----------
    factor : float or (float, float)
        Share of `value_range` that is added, ± if it is one number.
    value_range : (float, float), default (0, 255)
        What is beyond is cut off; for photos in 0..1 write (0, 1).
    seed : int, optional
        By default it comes from the model's.
    input_shape : (int, int, int), optional

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    ``y = x + d[n]``, ``dx = dy``.

    References
    ----------
    Keras API, "RandomBrightness layer".
    """

    is_straight = True

    def __init__(
        self,
        factor: Range,
        value_range: tuple[float, float] = (0, 255),
        seed: int | None = None,
        input_shape: Shape | None = None,
        **unsupported: object,
    ) -> None:
        super().__init__(value_range, seed, input_shape, **unsupported)
        self.factor: tuple[float, float] = as_range("factor", factor)
        if max(map(abs, self.factor)) > 1:
            raise ValueError(f"factor should be in -1..1, got {factor!r}")

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        if not training:
            self.kept = (None,)
            return x
        low, high = self.value_range
        d = self.drawn(x, self.factor) * np.asarray(high - low, x.dtype)
        y, is_inside = self.cut_off(x + d)
        self.kept: Kept = (is_inside,)
        return y

    def backward(self, dy: Array) -> Array:
        (is_inside,) = self.kept_for(dy)
        return dy if is_inside is None else dy * is_inside

    def config(self) -> dict[str, Any]:
        return {
            "factor": as_json(self.factor),
            "value_range": list(self.value_range),
            "seed": self.seed,
        }
