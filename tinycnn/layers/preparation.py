"""Layers that prepare photos inside the network: Rescaling, and random changes.

The random layers act during training only. Each changes every photo of a batch by a map
of its own, as `preprocessing.augmentation` does, and is the identity otherwise.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tinycnn.layers.base import Kept, Layer
from tinycnn.preprocessing.augmentation import (
    Change,
    change_matrices,
    warp,
    warp_transposed,
)
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Pair, Shape

FILL_MODES = ("reflect", "nearest", "constant")
EDGE = ((0, 0), (1, 1), (1, 1), (0, 0))  # of one pixel around each photo
INWARDS = np.array([[1.0, 0, -1], [0, 1, -1], [0, 0, 1]])
FLIPS = ("horizontal_and_vertical", "horizontal", "vertical")
Range = float | tuple[float, float]


class Rescaling(Layer):
    """Multiply each number by `scale` and add `offset`.

    Parameters
    ----------
    scale : float
        1/255 makes 0..1 of 0..255.
    offset : float, default 0
        ``Rescaling(1 / 127.5, offset=-1)`` makes -1..1 of them.
    input_shape : tuple of int, optional
        Shape of one input, if this is the first layer.

    Raises
    ------
    ValueError
        If `scale` or `offset` is not a finite number.

    Notes
    -----
    Any shape. ``y = x * scale + offset``, ``dx = dy * scale``.

    References
    ----------
    Keras API, "Rescaling layer", https://keras.io/api/layers/preprocessing_layers

    Examples
    --------
    >>> Rescaling(1 / 127.5, offset=-1)(np.array([[0.0, 255.0]])).tolist()
    [[-1.0, 1.0]]
    """

    window: Pair | None = (1, 1)
    is_straight = is_by_photo = True

    def __init__(
        self,
        scale: float,
        offset: float = 0.0,
        input_shape: Shape | None = None,
        **unsupported: object,
    ) -> None:
        super().__init__(input_shape, **unsupported)
        self.scale: float = finite("scale", scale)
        self.added: float = finite("offset", offset)

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        self.kept: Kept = ()
        return x * np.asarray(self.scale, x.dtype) + np.asarray(self.added, x.dtype)

    def backward(self, dy: Array) -> Array:
        self.kept_for(dy)
        return dy * np.asarray(self.scale, dy.dtype)

    def offset(self) -> Array | float:
        """Return what is added to each output."""
        return self.added

    def config(self) -> dict[str, Any]:
        return {"scale": self.scale, "offset": self.added}


class RandomLayer(Layer):
    """What the random layers have in common: another change of each photo, in training.

    Notes
    -----
    (N, H, W, C) -> (N, H, W, C). The changes are a function of the layer's seed and of
    the model's `step`, so a training run can be repeated.
    """

    is_straight = is_identity = True
    # As Dropout: outside training one cell is computed from one cell.
    window: Pair | None = (1, 1)
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

    def __call__(self, x: Any, training: bool = True) -> Any:
        """Change photos, anew with each call: as in Keras, alone it is for training."""
        self.step += 1
        return super().__call__(x, training)


class RandomChange(RandomLayer):
    """What the layers that move pixels have in common: a map for each photo.

    Notes
    -----
    During training each number of y is the weighted mean of the four numbers of x
    around the point that the map gives; dx adds each number of dy to these four with
    the same weights.
    """

    is_straight = True

    def __init__(
        self,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        input_shape: Shape | None = None,
        **unsupported: object,
    ) -> None:
        super().__init__(input_shape, **unsupported)
        if fill_mode not in FILL_MODES:
            raise ValueError(
                f"fill_mode should be one of {', '.join(FILL_MODES)}, got {fill_mode!r}"
            )
        if interpolation != "bilinear":
            raise ValueError(
                f"interpolation should be 'bilinear', got {interpolation!r}"
            )
        self.fill_mode = fill_mode
        self.seed: int | None = seed
        self.fill_value: float = finite("fill_value", fill_value)

    def change(self, u: Any, size: tuple[int, int]) -> Change:
        """Return the change of one photo for four random numbers, uniform in 0..1."""
        raise NotImplementedError(f"{type(self).__name__} should define change")

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        if not training:
            self.kept = (None,)
            return x
        uniform = rng_for(self._seed, "augmentation", self.step).random((len(x), 4))
        size = (x.shape[1], x.shape[2])
        matrices = change_matrices([self.change(u, size) for u in uniform], size)
        if self.fill_mode == "constant":  # an edge of it, which is then the nearest
            matrices = np.linalg.inv(INWARDS) @ matrices @ INWARDS
            x = np.pad(x, EDGE, constant_values=self.fill_value)
        self.kept: Kept = (matrices,)
        if self.fill_mode == "constant":
            return warp(x, matrices, "nearest")[:, 1:-1, 1:-1]
        return warp(x, matrices, self.fill_mode)

    def backward(self, dy: Array) -> Array:
        (matrices,) = self.kept_for(dy)
        if matrices is None:
            return dy
        if self.fill_mode == "constant":
            dx = warp_transposed(np.pad(dy, EDGE), matrices, "nearest")
            return dx[:, 1:-1, 1:-1]
        return warp_transposed(dy, matrices, self.fill_mode)


def draw_anew(layers: Sequence[Layer]) -> bool:
    """Return whether layers do nothing but augment, and let them draw anew."""
    are_random = [isinstance(layer, RandomLayer) for layer in layers]
    if not any(are_random) or any(layer.params for layer in layers):
        return False
    for layer in layers:
        layer.step += 1
    return True


class RandomFlip(RandomChange):
    """Mirror photos at random, each with a probability of one half.

    Parameters
    ----------
    mode : {"horizontal_and_vertical", "horizontal", "vertical"}
    seed : int, optional
        By default it comes from the model's.
    input_shape : tuple of int, optional

    Raises
    ------
    ValueError
        If an argument is out of its range.
    """

    is_straight = is_identity = True
    window: Pair | None = (1, 1)

    def __init__(
        self,
        mode: str = "horizontal_and_vertical",
        seed: int | None = None,
        input_shape: Shape | None = None,
        **unsupported: object,
    ) -> None:
        super().__init__("reflect", "bilinear", seed, 0.0, input_shape, **unsupported)
        if mode not in FLIPS:
            raise ValueError(f"mode should be one of {', '.join(FLIPS)}, got {mode!r}")
        self.mode = mode

    def change(self, u: Any, size: tuple[int, int]) -> Change:
        """Return the change of one photo."""
        return Change(
            horizontal_flip="horizontal" in self.mode and u[0] < 0.5,
            vertical_flip="vertical" in self.mode and u[1] < 0.5,
        )

    def config(self) -> dict[str, Any]:
        return {"mode": self.mode, "seed": self.seed}


class RandomRotation(RandomChange):
    """Turn photos about their centre by a random angle.

    Parameters
    ----------
    factor : float or (float, float)
        Fraction of a full turn, ± if it is one number; 0.1 is up to 36 degrees.
        Positive is counter-clockwise.
    fill_mode, seed, input_shape
        As in `RandomZoom`.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    """

    is_straight = is_identity = True
    window: Pair | None = (1, 1)

    def __init__(
        self,
        factor: Range,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        input_shape: Shape | None = None,
        **unsupported: object,
    ) -> None:
        super().__init__(
            fill_mode, interpolation, seed, fill_value, input_shape, **unsupported
        )
        self.factor: tuple[float, float] = as_range("factor", factor)

    def change(self, u: Any, size: tuple[int, int]) -> Change:
        """Return the change of one photo."""
        return Change(rotation=360 * _between(self.factor, u[0]))

    def config(self) -> dict[str, Any]:
        return {"factor": as_json(self.factor), **_words(self)}


class RandomZoom(RandomChange):
    """Zoom photos about their centre by a random factor.

    Parameters
    ----------
    height_factor : float or (float, float)
        Fraction by which the photo becomes smaller, ± if it is one number; negative
        magnifies: (-0.3, -0.2) by 20 to 30 percent.
    width_factor : float or (float, float), optional
        By default the same zoom as that of the height.
    fill_mode : {"reflect", "nearest", "constant"}, default "reflect"
        What is beyond the border of the photo: the mirrored photo (cba|abcd|dcb), the
        edge (aaa|abcd|ddd), or `fill_value`.
    interpolation : {"bilinear"}
    seed : int, optional
        By default it comes from the model's.
    fill_value : float, default 0
    input_shape : tuple of int, optional
        Shape of one input, if this is the first layer.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    """

    is_straight = is_identity = True
    window: Pair | None = (1, 1)

    def __init__(
        self,
        height_factor: Range,
        width_factor: Range | None = None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        input_shape: Shape | None = None,
        **unsupported: object,
    ) -> None:
        super().__init__(
            fill_mode, interpolation, seed, fill_value, input_shape, **unsupported
        )
        self.height_factor: tuple[float, float] = as_range(
            "height_factor", height_factor
        )
        self.width_factor: tuple[float, float] | None = None
        if width_factor is not None:
            self.width_factor = as_range("width_factor", width_factor)
        for name in ("height_factor", "width_factor"):
            both = getattr(self, name)
            if both is not None and min(both) <= -1:
                raise ValueError(f"{name} should be above -1, got {both}")

    def change(self, u: Any, size: tuple[int, int]) -> Change:
        """Return the change of one photo."""
        down = across = 1 + _between(self.height_factor, u[0])
        if self.width_factor is not None:
            across = 1 + _between(self.width_factor, u[1])
        return Change(zoom_down=down, zoom_across=across)

    def config(self) -> dict[str, Any]:
        height, width = self.height_factor, self.width_factor
        factors = {
            "height_factor": as_json(height),
            "width_factor": width and as_json(width),
        }
        return {**factors, **_words(self)}


class RandomTranslation(RandomChange):
    """Shift photos by a random part of their height and width.

    Parameters
    ----------
    height_factor, width_factor : float or (float, float)
        Fraction of the height or width, ± if it is one number; positive is down or to
        the right.
    fill_mode, seed, input_shape
        As in `RandomZoom`.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    """

    is_straight = is_identity = True
    window: Pair | None = (1, 1)

    def __init__(
        self,
        height_factor: Range,
        width_factor: Range,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        input_shape: Shape | None = None,
        **unsupported: object,
    ) -> None:
        super().__init__(
            fill_mode, interpolation, seed, fill_value, input_shape, **unsupported
        )
        self.height_factor: tuple[float, float] = as_range(
            "height_factor", height_factor
        )
        self.width_factor: tuple[float, float] = as_range("width_factor", width_factor)

    def change(self, u: Any, size: tuple[int, int]) -> Change:
        """Return the change of one photo."""
        rows, columns = size
        # The sampled points move the other way than the photo.
        return Change(
            down=-rows * _between(self.height_factor, u[0]),
            across=-columns * _between(self.width_factor, u[1]),
        )

    def config(self) -> dict[str, Any]:
        height, width = as_json(self.height_factor), as_json(self.width_factor)
        return {"height_factor": height, "width_factor": width, **_words(self)}


def _words(layer: RandomChange) -> dict[str, Any]:
    value = layer.fill_value
    return {"fill_mode": layer.fill_mode, "fill_value": value, "seed": layer.seed}


def _between(both: tuple[float, float], uniform: float) -> float:
    """Return the number of a range at a place in 0..1."""
    return both[0] + (both[1] - both[0]) * float(uniform)


def as_json(both: tuple[float, float]) -> float | list[float]:
    """Return a range as it was given: one number if it is ± that number."""
    return both[1] if both[0] == -both[1] else list(both)


def as_range(name: str, value: Any) -> tuple[float, float]:
    """Return (smallest, largest): ± one number, or two numbers."""
    if isinstance(value, (tuple, list)) and len(value) == 2:
        low, high = (finite(name, number) for number in value)
    else:
        high = finite(name, value)
        low = -high
    if low > high:
        raise ValueError(
            f"{name} should be 0 or more, or (smallest, largest), got {value!r}"
        )
    return low, high


def finite(name: str, value: Any) -> float:
    """Return a number that is finite; raise ValueError for anything else."""
    is_number = isinstance(value, (int, float, np.number))
    if not is_number or isinstance(value, bool) or not np.isfinite(value):
        raise ValueError(f"{name} should be a finite number, got {value!r}")
    return float(value)
