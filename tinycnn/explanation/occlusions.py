"""Occlusion: cover a part of the photo and see what becomes of the answer."""

from typing import Any

import numpy as np

from tinycnn.explanation.answers import Answer, check_maps
from tinycnn.models import Sequential
from tinycnn.shapes import Array, Pair, pair, whole_number


def occlusion(
    model: Sequential,
    x: Any,
    class_index: Any = None,
    size: int | Pair | None = None,
    stride: int | Pair | None = None,
    value: Any = None,
    batch_size: int = 32,
) -> Array:
    """Return how much probability is lost where the photo is covered: (H, W).

    Parameters
    ----------
    model, x, class_index
        As in `votes`.
    size : int or (int, int), optional
        Rows and columns of the square that covers, in pixels; by default an eighth of
        the photo's shorter side.
    stride : int or (int, int), optional
        Pixels from one square to the next; by default half of `size`.
    value : float or one per channel, optional
        What it is filled with, as the model is fed; by default the photo's mean colour.
    batch_size : int, default 32
        Covered photos at a time; the memory needed grows with it.

    Returns
    -------
    ndarray of float64, shape (H, W)
        For each pixel, the mean over the squares that covered it of probability before
        minus probability after: above 0, the square hid something that spoke for the
        class. (For a model without probabilities, of its output.)

    Raises
    ------
    ValueError
        As in `votes`; or if a square does not fit, or would leave out pixels.

    Notes
    -----
    Nothing is derived, so it works for any model; its price is one answer per square.
    A square is something new in the photo, too: its edges can be taken for a feature.
    A saturated answer loses nothing, whichever part is covered.

    References
    ----------
    Zeiler and Fergus, "Visualizing and understanding convolutional networks", ECCV
    2014, section 4.2.
    """
    answer = Answer(model, x, class_index)
    check_maps(answer.layers, 0)
    photo = answer.outputs[0][0]
    rows, columns, channels = photo.shape
    size = pair(max(1, min(rows, columns) // 8) if size is None else size, "size")
    stride = (-(-size[0] // 2), -(-size[1] // 2)) if stride is None else stride
    stride, batch_size = pair(stride, "stride"), whole_number(batch_size, "batch_size")
    if size[0] > rows or size[1] > columns:
        raise ValueError(
            f"size should fit into the photo's {rows}x{columns} pixels, got {size}"
        )
    if stride[0] > size[0] or stride[1] > size[1]:
        raise ValueError(
            f"stride should be at most size, {size}, or pixels are left out, "
            f"got {stride}"
        )
    value = photo.mean(axis=(0, 1)) if value is None else np.asarray(value, np.float64)
    if value.shape not in ((), (1,), (channels,)) or not np.isfinite(value).all():
        raise ValueError(
            f"value should be a number, or one for each of the {channels} channels, "
            f"got {value.tolist()}"
        )
    squares = [
        np.s_[top : top + size[0], left : left + size[1]]
        for top in starts(rows, size[0], stride[0])
        for left in starts(columns, size[1], stride[1])
    ]
    before = answer.probabilities(photo[np.newaxis])[0]
    lost, times = np.zeros((rows, columns)), np.zeros((rows, columns))
    for first in range(0, len(squares), batch_size):
        some = squares[first : first + batch_size]
        covered = np.repeat(photo[np.newaxis], len(some), axis=0)
        for one, square in zip(covered, some, strict=True):
            one[square] = value
        after = answer.probabilities(covered)
        for square, probability in zip(some, after, strict=True):
            lost[square] += before - probability
            times[square] += 1
    return lost / times


def starts(length: int, size: int, stride: int) -> list[int]:
    """Return where squares begin along one axis; the last one ends with the photo.

    Examples
    --------
    >>> starts(length=10, size=4, stride=4)
    [0, 4, 6]
    """
    return [*range(0, length - size, stride), length - size]
