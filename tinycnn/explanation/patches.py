"""What does a filter like best? Its strongest answers among many photos."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tinycnn.batches import Batches
from tinycnn.explanation.answers import check_maps, place_of
from tinycnn.explanation.receptive_fields import Box, field_of
from tinycnn.models import Sequential
from tinycnn.models.inputs import (
    blocks_of,
    photos_of,
    readable_blocks,
    warn_of_range,
)
from tinycnn.preprocessing.class_folders import walk
from tinycnn.preprocessing.photos import is_photo_name
from tinycnn.shapes import Array, whole_number
from tinycnn.text import count_of, display_name, warn

BLOCK = 32  # photos at a time


@dataclass(frozen=True, eq=False)
class Patch:
    """One place of one photo, and how strongly a filter answers there.

    Attributes
    ----------
    value : float
        The filter's answer, the largest in this photo.
    path : str
        Which photo: its path, or "photo 3" of an array.
    row, column : int
        The cell of the feature map.
    box : (int, int, int, int)
        The cell's receptive field: ``photo[top:bottom, left:right]``.
    pixels : ndarray of float32, shape (bottom - top, right - left, C)
        What is there, as the model is fed.
    """

    value: float
    path: str
    row: int
    column: int
    box: Box
    pixels: Array


def top_patches(
    model: Sequential, photos: Any, layer: Any, filter: int, count: int = 9
) -> list[Patch]:
    """Return the patches of photos that a filter answers strongest to.

    Parameters
    ----------
    model : Sequential
        Not touched.
    photos : folder, ndarray of shape (N, H, W, C), photos or source of batches
        A folder is looked through with all folders in it; a photo there that cannot be
        read is left out with a warning. Else as `predict` takes them.
    layer : int or Layer
        A layer with feature maps, or its number.
    filter : int
        Which of its maps.
    count : int, default 9
        How many patches, one of each photo at most: neighbouring cells of one photo
        see almost the same. The strongest is first; at a tie, the earlier photo and
        the upper left cell.

    Raises
    ------
    ValueError
        If the model does not have the layer or filter, or no photo was found.
    PhotoError
        If a photo that was named cannot be read.

    References
    ----------
    Zeiler and Fergus, "Visualizing and understanding convolutional networks", ECCV
    2014, section 4: "the top 9 activations" of a feature map.
    """
    place = place_of(model, layer)
    check_maps(model.layers, place)
    network = model.part(stop=place).in_float64()
    maps = (network.output_shape if place else model.input_shape) or (0,)
    if whole_number(filter, "filter", least=0) >= maps[-1]:
        raise ValueError(f"filter should be 0 to {maps[-1] - 1}, got {filter}")
    count = whole_number(count, "count")
    best: list[Patch] = []
    for paths, x in _named_blocks(model, photos):
        x = model.as_input(x)
        warn_of_range(x, model)
        y = network.forward(x.astype(np.float64), keep=False) if place else x
        for path, photo, answers in zip(paths, x, y[..., filter], strict=True):
            row, column = divmod(int(answers.argmax()), answers.shape[1])
            value = float(answers[row, column])
            if len(best) == count and value <= best[-1].value:
                continue
            top, bottom, left, right = box = field_of(network.layers, row, column)
            pixels = photo[top:bottom, left:right].astype(np.float32)
            best.append(Patch(value, path, row, column, box, pixels))
            best = sorted(best, key=lambda patch: -patch.value)[:count]  # stable
    if not best:
        raise ValueError("there should be at least one photo to look at, got none")
    return best


def _named_blocks(model: Sequential, photos: Any) -> Iterator[tuple[list[str], Any]]:
    """Yield (what the photos are called, array) of some photos at a time."""
    if isinstance(photos, (str, Path)) and Path(photos).is_dir():
        yield from _folder_blocks(model, Path(photos))
        return
    sources = photos_of(photos)
    if sources is None:
        sources = np.asarray(photos)
    names = None if isinstance(sources, np.ndarray | Batches) else sources
    names = getattr(sources, "filenames", names)
    first = 0
    for x in blocks_of(sources, BLOCK, model.preprocessing):
        numbers = range(first, first + len(x))
        yield [_name(names[n] if names else None, n) for n in numbers], x
        first += len(x)


def _folder_blocks(
    model: Sequential, folder: Path
) -> Iterator[tuple[list[str], Array]]:
    """Yield the photos of a folder that can be read, and warn of the others."""
    paths = [path for path in walk(folder) if is_photo_name(path)]
    if not paths:
        raise ValueError(f"there is no photo in the folder {display_name(folder)}")
    reasons: list[str] = []
    for read, x, errors in readable_blocks(paths, BLOCK, model.preprocessing):
        reasons += map(str, errors)
        if read:
            yield list(map(str, read)), x
    if reasons:
        left_out = f"{count_of(len(reasons), 'photo')} left out"
        warn(f"{left_out}: {'; '.join(reasons[:5])}")


def _name(photo: Any, number: int) -> str:
    """Return what a photo is called: its path, or its number."""
    return str(photo) if isinstance(photo, (str, Path)) else f"photo {number}"
