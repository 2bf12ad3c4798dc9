"""RandomContrast and RandomBrightness: other light, in training only."""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tinycnn.layers.base import Layer
from tinycnn.layers.preparation import Range, as_json, as_range, finite
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Shape


class RandomLight(Layer):
    """What the two layers have in common: a number of each photo, in training only.

    Notes
    -----
    (N, H, W, C) -> (N, H, W, C). The numbers are a function of the layer's seed and of
    the model's `step`, so a training run can be repeated. Values outside `value_range`
    are cut off, and there the derivative is 0.
    """

    is_straight = is_identity = True
    window = (1, 1)
    value_range: tuple[float, float] = (0.0, 255.0)
    seed: int | None

    def infer_shapes(self, input_shape: Shape) -> tuple[Shape, dict[str, Shape]]:
        if len(input_shape) != 3:
            raise ValueError(
                f"{type(self).__name__} should be given photos (H, W, C), got the "
                f"shape {tuple(input_shape)}"
            )
        return input_shape, {}

    def build(
        self,
        input_shape: Shape,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
    ) -> Shape:
        drawn = int(rng.integers(2**32))
        self._seed = drawn if self.seed is None else int(self.seed)
        return super().build(input_shape, rng, dtype)

    def drawn(self, x: Array, limits: tuple[float, float]) -> Array:
        """Return a random number for each photo, of shape (N, 1, 1, 1)."""
        rng = rng_for(self._seed, "augmentation", self.step)
        return rng.uniform(*limits, (len(x), 1, 1, 1)).astype(x.dtype)

    def cut_off(self, y: Array) -> tuple[Array, Any]:
        """Return y within `value_range`, and where it was."""
        low, high = self.value_range
        return np.clip(y, low, high), (y >= low) & (y <= high)

    def __call__(self, x: Any, training: bool = True) -> Any:
        """Change photos, anew with each call: as in Keras, alone it is for training."""
        self.step += 1
        return super().__call__(x, training)


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

    is_straight = is_identity = True
    window = (1, 1)

    def __init__(
        self,
        factor: Range,
        value_range: tuple[float, float] = (0, 255),
        seed: int | None = None,
        input_shape: Shape | None = None,
        **unsupported: object,
    ) -> None:
        super().__init__(input_shape, **unsupported)
        self.seed = seed
        down, up = factor if isinstance(factor, (tuple, list)) else (factor, factor)
        self.lower, self.upper = finite("factor", down), finite("factor", up)
        if not 0 <= self.lower <= 1 or self.upper < 0:
            raise ValueError(f"factor should be in 0..1, got {factor!r}")
        self.value_range = _two_limits(value_range)

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        if not training:
            self.kept = (None, None)
            return x
        f = self.drawn(x, (1 - self.lower, 1 + self.upper))
        m = x.mean(axis=(1, 2), keepdims=True)
        y, is_inside = self.cut_off((x - m) * f + m)
        self.kept = (f, is_inside)
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

    is_straight = is_identity = True
    window = (1, 1)

    def __init__(
        self,
        factor: Range,
        value_range: tuple[float, float] = (0, 255),
        seed: int | None = None,
        input_shape: Shape | None = None,
        **unsupported: object,
    ) -> None:
        super().__init__(input_shape, **unsupported)
        self.seed = seed
        self.factor = as_range("factor", factor)
        if max(map(abs, self.factor)) > 1:
            raise ValueError(f"factor should be in -1..1, got {factor!r}")
        self.value_range = _two_limits(value_range)

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        if not training:
            self.kept = (None,)
            return x
        low, high = self.value_range
        d = self.drawn(x, self.factor) * np.asarray(high - low, x.dtype)
        y, is_inside = self.cut_off(x + d)
        self.kept = (is_inside,)
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


def _two_limits(value_range: Any) -> tuple[float, float]:
    """Return (smallest, largest), of which there have to be two."""
    if not isinstance(value_range, (tuple, list)):
        raise ValueError(
            f"value_range should be (smallest, largest), got {value_range!r}"
        )
    return as_range("value_range", value_range)
