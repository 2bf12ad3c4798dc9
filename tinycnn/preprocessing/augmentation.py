"""Augmentation: the same photo turned, moved, sheared, zoomed and flipped.

A photo of Pikachu a little larger or mirrored is still Pikachu; showing such variants
in place of the same few photos makes it harder to learn them by heart. All changes but
the flips are one *affine map* per photo, so the photo is read out only once::

    (column, row) in the photo = M @ (column, row, 1) in the result
    M = to centre · rotation · shift · shear · zoom · from centre

M leads from the result to the photo: each pixel of the result looks up where it comes
from, and takes the weighted mean of the four pixels around there (bilinear).
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinycnn.randomness import rng_for
from tinycnn.shapes import Array
from tinycnn.threads import each, pieces

Matrices = NDArray[np.float64]
FILL_MODES = ("nearest", "reflect", "wrap", "constant")
PHOTOS_AT_A_TIME = 2  # so that they stay in the processor's cache


@dataclass(frozen=True)
class Ranges:
    """How far photos may be changed; each change is drawn evenly from its range.

    Parameters
    ----------
    rotation : float, default 0
        ± degrees.
    width_shift, height_shift : float, default 0
        ± share of the width or height, if below 1; else ± pixels.
    shear : float, default 0
        ± degrees. (The tutorial's 0.2 is a fifth of a degree: it moves no pixel by
        more than 0.11 of a pixel.)
    zoom : (float, float), default (1, 1)
        Smallest and largest factor; below 1 magnifies. Rows and columns are drawn
        independently, as in Keras.
    horizontal_flip, vertical_flip : bool, default False
        Mirror every second photo, by chance.
    fill_mode : {"nearest", "reflect", "wrap", "constant"}, default "nearest"
        What is beyond the border: the edge (aaa|abcd|ddd), the mirrored photo
        (cba|abcd|dcb), the photo again, or black.
    """

    rotation: float = 0.0
    width_shift: float = 0.0
    height_shift: float = 0.0
    shear: float = 0.0
    zoom: tuple[float, float] = (1.0, 1.0)
    horizontal_flip: bool = False
    vertical_flip: bool = False
    fill_mode: str = "nearest"

    def __post_init__(self) -> None:
        for name in ("rotation", "width_shift", "height_shift", "shear"):
            value = getattr(self, name)
            if not (_is_number(value) and math.isfinite(value) and value >= 0):
                raise ValueError(f"{name}_range should be 0 or more, got {value!r}")
        if len(self.zoom) != 2 or not all(
            _is_number(z) and 0 < z < math.inf for z in self.zoom
        ):
            raise ValueError(
                "zoom_range should leave factors above 0: a share below 1 or two "
                f"factors (smallest, largest), got {self.zoom}"
            )
        if self.fill_mode not in FILL_MODES:
            raise ValueError(
                f"fill_mode should be one of {', '.join(FILL_MODES)}, "
                f"got {self.fill_mode!r}"
            )

    @property
    def is_nothing(self) -> bool:
        """Do these ranges leave every photo as it is."""
        return self == Ranges(fill_mode=self.fill_mode)


def augment(
    x: Array, ranges: Ranges, seed: int, pass_number: int, numbers: NDArray[np.intp]
) -> Array:
    """Return the photos changed by chance: (N, H, W, C) -> (N, H, W, C).

    Parameters
    ----------
    x : ndarray of shape (N, H, W, C)
        Never written to.
    ranges : Ranges
    seed, pass_number : int
    numbers : ndarray of int, shape (N,)
        The photos' numbers: what happens to a photo is a function of (seed, pass,
        number), whoever is in the batch with it.
    """
    if ranges.is_nothing:
        return x
    chances = np.stack(
        [rng_for(seed, "augmentation", pass_number, int(n)).random(8) for n in numbers]
    )
    y = warp(x, _random_matrices(chances, ranges, x.shape[1:3]), ranges.fill_mode)
    if ranges.horizontal_flip:
        flipped = chances[:, 6] < 0.5
        y[flipped] = y[flipped, :, ::-1]
    if ranges.vertical_flip:
        flipped = chances[:, 7] < 0.5
        y[flipped] = y[flipped, ::-1]
    return y


def _random_matrices(
    chances: Matrices, ranges: Ranges, size: tuple[int, int]
) -> Matrices:
    """Return a matrix for each row of eight numbers drawn evenly from 0..1."""
    rows, columns = size
    plus_minus = 2 * chances - 1
    down = ranges.height_shift * (rows if ranges.height_shift < 1 else 1)
    across = ranges.width_shift * (columns if ranges.width_shift < 1 else 1)
    low, high = ranges.zoom
    return np.stack(
        [
            affine_matrix(
                size,
                rotation=ranges.rotation * chance[0],
                down=down * chance[1],
                across=across * chance[2],
                shear=ranges.shear * chance[3],
                zoom_across=low + (high - low) * (chance[4] + 1) / 2,
                zoom_down=low + (high - low) * (chance[5] + 1) / 2,
            )
            for chance in plus_minus
        ]
    )


def affine_matrix(
    size: tuple[int, int],
    *,
    rotation: float = 0.0,
    down: float = 0.0,
    across: float = 0.0,
    shear: float = 0.0,
    zoom_across: float = 1.0,
    zoom_down: float = 1.0,
) -> Matrices:
    """Return the matrix M (3, 3) that leads from the result's pixels to the photo's.

    Parameters
    ----------
    size : (int, int)
        Rows and columns of the photo, in pixels.
    rotation, shear : float, default 0
        Degrees.
    down, across : float, default 0
        Pixels by which the photo is read further down and to the right.
    zoom_across, zoom_down : float, default 1
        Below 1 magnifies.

    Notes
    -----
    On (column, row), about the photo's centre, in Keras's order and signs (2.9 and
    later)::

        rotation [[cos t, -sin t], [sin t, cos t]]     shear [[1, -sin s], [0, cos s]]

    Unlike in Keras, a shift down moves rows (there, since 2.9, columns), and the
    centre is right for photos that are not square.
    """
    t, s = math.radians(rotation), math.radians(shear)
    centre_x, centre_y = (size[1] - 1) / 2, (size[0] - 1) / 2
    steps = (
        [[1, 0, centre_x], [0, 1, centre_y], [0, 0, 1]],
        [[math.cos(t), -math.sin(t), 0], [math.sin(t), math.cos(t), 0], [0, 0, 1]],
        [[1, 0, across], [0, 1, down], [0, 0, 1]],
        [[1, -math.sin(s), 0], [0, math.cos(s), 0], [0, 0, 1]],
        [[zoom_across, 0, 0], [0, zoom_down, 0], [0, 0, 1]],
        [[1, 0, -centre_x], [0, 1, -centre_y], [0, 0, 1]],
    )
    matrix: Matrices = np.eye(3)
    for step in steps:
        matrix = matrix @ np.array(step, np.float64)
    return matrix


def warp(x: Array, matrices: Matrices, fill_mode: str = "nearest") -> Array:
    """Return each photo read out along its map: (N, H, W, C) -> (N, H, W, C).

    Parameters
    ----------
    x : ndarray of shape (N, H, W, C)
        Floating point; never written to.
    matrices : ndarray of shape (N, 3, 3)
        As `affine_matrix` returns them.
    fill_mode : {"nearest", "reflect", "wrap", "constant"}, default "nearest"
        As in `Ranges`.

    Examples
    --------
    >>> x = np.arange(4.0).reshape(1, 1, 4, 1)
    >>> zoomed = warp(x, affine_matrix((1, 4), zoom_across=0.5)[np.newaxis])
    >>> zoomed.ravel().tolist()
    [0.75, 1.25, 1.75, 2.25]
    """
    y = np.empty_like(x)

    def warp_some(photos: slice) -> None:
        y[photos] = _warp_some(x[photos], matrices[photos], fill_mode)

    each(warp_some, pieces(len(x), PHOTOS_AT_A_TIME))
    return y


def _warp_some(x: Array, matrices: Matrices, fill_mode: str) -> Array:
    count, height, width, channels = x.shape
    row, column = np.mgrid[:height, :width].reshape(2, -1).astype(np.float64)
    places = np.stack([column, row, np.ones_like(row)])  # 3, H*W
    across, down, _ = (matrices @ places).transpose(1, 0, 2)  # each N, H*W
    outside = (across < 0) | (across > width - 1) | (down < 0) | (down > height - 1)
    left, right, right_share = _neighbours(across, width, fill_mode)
    top, bottom, bottom_share = _neighbours(down, height, fill_mode)
    cells = x.reshape(-1, channels)
    start = height * width * np.arange(count)[:, np.newaxis]

    def read(rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Array:
        read_out: Array = np.take(cells, start + rows * width + columns, axis=0)
        return read_out  # N, H*W, C

    right_share = right_share[..., np.newaxis].astype(x.dtype)
    bottom_share = bottom_share[..., np.newaxis].astype(x.dtype)
    above = read(top, left) * (1 - right_share) + read(top, right) * right_share
    below = read(bottom, left) * (1 - right_share) + read(bottom, right) * right_share
    y: Array = above * (1 - bottom_share) + below * bottom_share
    if fill_mode == "constant":
        y[outside] = 0
    return y.reshape(x.shape)


def _neighbours(
    place: Matrices, length: int, fill_mode: str
) -> tuple[NDArray[np.intp], NDArray[np.intp], Matrices]:
    """Return (pixel before, pixel after, share of the latter) along one axis."""
    last = length - 1
    if fill_mode == "reflect":  # mirrored about the outer edge of the border pixels
        place = np.mod(place + 0.5, 2 * length)
        place = np.minimum(place, 2 * length - place) - 0.5
    elif fill_mode == "wrap":  # as SciPy's "wrap" and so Keras: first meets last pixel
        inside = (place >= 0) & (place <= last)
        place = np.where(inside, place, np.mod(place, max(last, 1)))
    place = np.clip(place, 0, last)
    before = place.astype(np.intp)
    return before, np.minimum(before + 1, last), place - before


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
