"""Augmentation: random rotations, shifts, shears, zooms and flips of the photos.

A photo of Pikachu a little larger or mirrored is still Pikachu. Training on such
variants instead of the same few photos reduces over-fitting. All changes together are
one *affine map* per photo, so each photo is resampled only once::

    (column, row) in the photo = M @ (column, row, 1) in the result
    M = to centre · rotation · shift · shear · zoom · from centre · flips

M maps from the result to the photo: each pixel of the result is the weighted mean of
the four pixels around the point that it comes from (bilinear interpolation).
"""

import functools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinycnn.parallel.threads import parallel_map, pieces
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array

Matrices = NDArray[np.float64]
Shift = float | tuple[float, ...]
CHANNEL = "channel_shift"
FILL_MODES = ("nearest", "reflect", "wrap", "constant")
PHOTOS_AT_A_TIME = 8  # few enough for the processor's cache


@dataclass(frozen=True)
class Ranges:
    """The ranges of the random changes; each is uniformly distributed in its range.

    Parameters
    ----------
    rotation : float, default 0
        ± degrees.
    width_shift, height_shift : float, default 0
        ± fraction of the width or height if below 1; otherwise ± pixels.
    shear : float, default 0
        ± degrees. (The tutorial's 0.2 is a fifth of a degree: no pixel moves by more
        than 0.11 pixels.)
    zoom : (float, float), default (1, 1)
        Smallest and largest factor; below 1 magnifies. The factors of rows and columns
        are independent, as in Keras.
    horizontal_flip, vertical_flip : bool, default False
        Mirror a photo with a probability of one half.
    fill_mode : {"nearest", "reflect", "wrap", "constant"}, default "nearest"
        What is beyond the border: the edge (aaa|abcd|ddd), the mirrored photo
        (cba|abcd|dcb), the photo repeated, or black.
    brightness : (float, float), optional
        Smallest and largest factor of all values, which then stay within 0..255.
    channel_shift : float, default 0
        ± this number is added to all values of a photo, which then stay between its
        smallest and its largest.

    A shift that is a whole number n is by 0..n-1 pixels, and one that is a list by one
    of its numbers, to either side (as in Keras).
    """

    rotation: float = 0.0
    width_shift: Shift = 0.0
    height_shift: Shift = 0.0
    shear: float = 0.0
    zoom: tuple[float, float] = (1.0, 1.0)
    horizontal_flip: bool = False
    vertical_flip: bool = False
    fill_mode: str = "nearest"
    brightness: tuple[float, float] | None = None
    channel_shift: float = 0.0

    def __post_init__(self) -> None:
        for name in ("width_shift", "height_shift"):
            value = getattr(self, name)
            if isinstance(value, (tuple, list, np.ndarray)):
                object.__setattr__(self, name, _chosen_from(name, value))
        for name in ("rotation", "width_shift", "height_shift", "shear", CHANNEL):
            value = getattr(self, name)
            if isinstance(value, tuple):
                continue
            if not (_is_number(value) and math.isfinite(value) and value >= 0):
                raise ValueError(f"{name}_range should be 0 or more, got {value!r}")
        if len(self.zoom) != 2 or not all(
            _is_number(z) and 0 < z < math.inf for z in self.zoom
        ):
            raise ValueError(
                "zoom_range should give factors above 0: a fraction below 1 or two "
                f"factors (smallest, largest), got {self.zoom}"
            )
        if self.brightness is not None:
            both = tuple(self.brightness) if _has_two(self.brightness) else ()
            if not both or not 0 <= both[0] <= both[1] < math.inf:
                raise ValueError(
                    "brightness_range should be two factors (smallest, largest), such "
                    f"as (0.8, 1.2), got {self.brightness!r}"
                )
            object.__setattr__(self, "brightness", both)
        if self.fill_mode not in FILL_MODES:
            raise ValueError(
                f"fill_mode should be one of {', '.join(FILL_MODES)}, "
                f"got {self.fill_mode!r}"
            )

    @property
    def is_nothing(self) -> bool:
        """Whether these ranges change nothing."""
        return self == Ranges(fill_mode=self.fill_mode)


def augment(
    x: Array, ranges: Ranges, seed: int, pass_number: int, indices: NDArray[np.intp]
) -> Array:
    """Return the photos, randomly changed: (N, H, W, C) -> (N, H, W, C).

    The change of a photo is a function of (seed, pass, index) and does not depend on
    the other photos of the batch. x is never written to; integers become float32.
    """
    if ranges.is_nothing:
        return x
    uniform = np.stack(
        [rng_for(seed, "augmentation", pass_number, int(i)).random(10) for i in indices]
    )
    matrices = _random_matrices(uniform[:, :8], ranges, x.shape[1:3])
    y = warp(x, matrices, ranges.fill_mode)
    return _with_other_colours(y, uniform[:, 8:], ranges)


def _with_other_colours(y: Array, uniform: Matrices, ranges: Ranges) -> Array:
    """Return the photos with their values shifted and multiplied, in place."""
    shape = (len(y), 1, 1, 1)
    if ranges.channel_shift:
        shift = (ranges.channel_shift * (2 * uniform[:, 0] - 1)).reshape(shape)
        low, high = (f(y, axis=(1, 2, 3), keepdims=True) for f in (np.min, np.max))
        np.clip(y + shift.astype(y.dtype), low, high, out=y)
    if ranges.brightness is not None:
        low, high = ranges.brightness
        factor = (low + (high - low) * uniform[:, 1]).reshape(shape)
        np.clip(y * factor.astype(y.dtype), 0, 255, out=y)
    return y


def _shift(value: Shift, length: int, uniform: float) -> float:
    """Return the shift in pixels for a random number, uniform in -1..1."""
    if isinstance(value, (int, np.integer)):
        value = tuple(range(int(value))) or 0.0
    if isinstance(value, tuple):
        both = [*(-step for step in value), *value]
        chosen = both[min(int((uniform + 1) / 2 * len(both)), len(both) - 1)]
        return chosen * (length if max(value) < 1 and chosen % 1 else 1)
    return value * (length if value < 1 else 1) * uniform


def _random_matrices(
    uniform: Matrices, ranges: Ranges, size: tuple[int, int]
) -> Matrices:
    """Return a matrix for each row of eight random numbers, uniform in 0..1."""
    rows, columns = size
    low, high = ranges.zoom
    changes = [
        Change(
            rotation=ranges.rotation * u[0],
            down=_shift(ranges.height_shift, rows, u[1]),
            across=_shift(ranges.width_shift, columns, u[2]),
            shear=ranges.shear * u[3],
            zoom_across=low + (high - low) * (u[4] + 1) / 2,
            zoom_down=low + (high - low) * (u[5] + 1) / 2,
            horizontal_flip=ranges.horizontal_flip and u[6] < 0,
            vertical_flip=ranges.vertical_flip and u[7] < 0,
        )
        for u in (2 * uniform - 1).tolist()  # -1..1
    ]
    return change_matrices(changes, size)


@dataclass(frozen=True)
class Change:
    """One change of a photo.

    Parameters
    ----------
    rotation, shear : float, default 0
        Degrees.
    down, across : float, default 0
        Pixels by which the sampled points move down and to the right.
    zoom_across, zoom_down : float, default 1
        Below 1 magnifies.
    horizontal_flip, vertical_flip : bool, default False
        Mirror the photo.
    """

    rotation: float = 0.0
    down: float = 0.0
    across: float = 0.0
    shear: float = 0.0
    zoom_across: float = 1.0
    zoom_down: float = 1.0
    horizontal_flip: bool = False
    vertical_flip: bool = False

    def steps(self, size: tuple[int, int]) -> list[list[list[float]]]:
        """Return the (3, 3) matrices whose product, from left to right, is M."""
        t, s = math.radians(self.rotation), math.radians(self.shear)
        centre_x, centre_y = (size[1] - 1) / 2, (size[0] - 1) / 2
        x: list[float] = [-1, 0, 2 * centre_x] if self.horizontal_flip else [1, 0, 0]
        y: list[float] = [0, -1, 2 * centre_y] if self.vertical_flip else [0, 1, 0]
        return [
            [[1, 0, centre_x], [0, 1, centre_y], [0, 0, 1]],
            [[math.cos(t), -math.sin(t), 0], [math.sin(t), math.cos(t), 0], [0, 0, 1]],
            [[1, 0, self.across], [0, 1, self.down], [0, 0, 1]],
            [[1, -math.sin(s), 0], [0, math.cos(s), 0], [0, 0, 1]],
            [[self.zoom_across, 0, 0], [0, self.zoom_down, 0], [0, 0, 1]],
            [[1, 0, -centre_x], [0, 1, -centre_y], [0, 0, 1]],
            [x, y, [0, 0, 1]],
        ]


def affine_matrix(size: tuple[int, int], **change: Any) -> Matrices:
    """Return the matrix M (3, 3) that maps the result's pixels to the photo's.

    Parameters
    ----------
    size : (int, int)
        Rows and columns of the photo, in pixels.
    **change : float
        As in `Change`: rotation, shear, zoom_across ...

    Notes
    -----
    On (column, row), about the photo's centre, in Keras's order and signs (2.9 and
    later)::

        rotation [[cos t, -sin t], [sin t, cos t]]     shear [[1, -sin s], [0, cos s]]

    Unlike in Keras, a shift down moves rows (in Keras since 2.9: columns), and the
    centre is correct for photos that are not square.

    Examples
    --------
    >>> affine_matrix((4, 6), horizontal_flip=True) @ [0, 0, 1]  # left becomes right
    array([5., 0., 1.])
    """
    return change_matrices([Change(**change)], size)[0]


def change_matrices(changes: list[Change], size: tuple[int, int]) -> Matrices:
    """Return the matrix M of each change, (N, 3, 3); see `affine_matrix`."""
    steps = np.array([change.steps(size) for change in changes], np.float64)
    steps = steps.reshape(-1, 7, 3, 3)  # of no photos, too
    return functools.reduce(np.matmul, steps.transpose(1, 0, 2, 3))  # each N, 3, 3


def warp(x: Array, matrices: Matrices, fill_mode: str = "nearest") -> Array:
    """Return each photo resampled along its map: (N, H, W, C) -> (N, H, W, C).

    The maps (N, 3, 3) are those of `affine_matrix`. x is never written to; integers
    become float32.

    Examples
    --------
    >>> x = np.arange(4.0).reshape(1, 1, 4, 1)
    >>> zoomed = warp(x, affine_matrix((1, 4), zoom_across=0.5)[np.newaxis])
    >>> zoomed.ravel().tolist()
    [0.75, 1.25, 1.75, 2.25]
    """
    y = np.empty(x.shape, x.dtype if x.dtype.kind == "f" else np.float32)
    pixels = _pixels(y)

    def warp_photos(photos: slice) -> None:
        # N, 2, H*W: the point of the photo for each pixel of the result
        points = matrices[photos, :2].astype(y.dtype) @ pixels
        y[photos] = _sample(x[photos].astype(y.dtype, copy=False), points, fill_mode)

    parallel_map(warp_photos, pieces(len(x), PHOTOS_AT_A_TIME))
    return y


def warp_transposed(dy: Array, matrices: Matrices, fill_mode: str = "nearest") -> Array:
    """Return d loss / d x of `warp` for dy = d loss / d y: (N, H, W, C).

    y is a weighted mean of four pixels of x, so dx adds each dy to these four, with the
    same weights: the transposed of the matrix that `warp` multiplies x by.
    """
    count, height, width, channels = dy.shape
    lengths = np.array([[width], [height]], dy.dtype)
    points = matrices[:, :2].astype(dy.dtype) @ _pixels(dy)  # N, 2, H*W
    cells = dy.reshape(count, height * width, channels)
    if fill_mode == "constant":
        outside = np.any((points < 0) | (points > lengths - 1), axis=1)
        cells = np.where(outside[..., np.newaxis], 0, cells)
    before, step, weight = _neighbours(points, lengths, fill_mode)
    first = height * width * np.arange(count)[:, np.newaxis]
    dx = np.zeros((count * height * width, channels), dy.dtype)
    for down, across in ((0, 0), (0, 1), (1, 0), (1, 1)):
        row = before[:, 1] + down * step[:, 1]
        column = before[:, 0] + across * step[:, 0]
        share = weight[:, 1] if down else 1 - weight[:, 1]
        share = share * (weight[:, 0] if across else 1 - weight[:, 0])
        index = first + row * width + column  # N, H*W
        values = share[..., np.newaxis] * cells
        np.add.at(dx, index.ravel(), values.reshape(-1, channels))
    return dx.reshape(dy.shape)


def _pixels(x: Array) -> Array:
    """Return (column, row, 1) of each pixel of a photo, (3, H*W)."""
    row, column = np.mgrid[: x.shape[1], : x.shape[2]].reshape(2, -1).astype(x.dtype)
    return np.stack([column, row, np.ones_like(row)])


def _sample(x: Array, points: Array, fill_mode: str) -> Array:
    """Return the weighted mean of the four pixels around each point, (N, H, W, C)."""
    count, height, width, channels = x.shape
    lengths = np.array([[width], [height]], x.dtype)
    before, step, weight = _neighbours(points, lengths, fill_mode)
    first = height * width * np.arange(count)[:, np.newaxis]
    upper = first + before[:, 1] * width + before[:, 0]  # N, H*W: index of the pixel
    lower = upper + step[:, 1] * width
    cells = x.reshape(-1, channels)

    def mean(a: Array, b: Array, weight_of_b: Array) -> Array:
        b -= a  # in place: a new array would not be in the cache yet
        b *= weight_of_b
        a += b
        return a

    def row_mean(left: NDArray[np.intp]) -> Array:
        a, b = (np.take(cells, n, axis=0) for n in (left, left + step[:, 0]))
        return mean(a.reshape(count, -1), b.reshape(count, -1), weight_right)

    # Repeated for each channel: broadcasting along three channels would be slow.
    weights = np.repeat(weight, channels, axis=2)  # N, 2, H*W*C
    weight_right, weight_lower = weights[:, 0], weights[:, 1]
    y = mean(row_mean(upper), row_mean(lower), weight_lower).reshape(x.shape)
    if fill_mode == "constant":
        outside = ((points < 0) | (points > lengths - 1)).any(axis=1)
        y[outside.reshape(count, height, width)] = 0
    return y


def _neighbours(
    point: Array, length: Array, fill_mode: str
) -> tuple[NDArray[np.intp], NDArray[np.intp], Array]:
    """Return (pixel before, step to the one after, weight of the latter)."""
    last = length - 1
    if fill_mode == "reflect":  # mirrored about the outer edge of the border pixels
        point = np.mod(point + 0.5, 2 * length)
        point = np.minimum(point, 2 * length - point) - 0.5
    elif fill_mode == "wrap":  # SciPy's "wrap", as in Keras: last and first coincide
        inside = (point >= 0) & (point <= last)
        point = np.where(inside, point, np.mod(point, np.maximum(last, 1)))
    point = np.minimum(np.maximum(point, 0), last)
    floor = np.floor(point)
    return floor.astype(np.intp), (floor < last).astype(np.intp), point - floor


def _chosen_from(name: str, values: Any) -> tuple[float, ...]:
    """Return the numbers of a list as a tuple, or raise ValueError."""
    numbers = tuple(np.asarray(values).tolist())
    if not numbers or not all(_is_number(n) and math.isfinite(n) for n in numbers):
        raise ValueError(
            f"{name}_range should be a number or a list of numbers, got {values!r}"
        )
    return numbers


def _has_two(value: Any) -> bool:
    return (
        isinstance(value, (tuple, list))
        and len(value) == 2
        and all(map(_is_number, value))
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
