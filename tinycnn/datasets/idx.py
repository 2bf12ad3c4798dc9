"""MNIST-style idx files: handwritten digits and the like, as they are published.

A data set has four files - images and labels for train and test (or "t10k") - each
possibly compressed (.gz). An idx file begins with two zeros, the code for uint8 (8),
the number of axes, and each axis's length as a big-endian 32-bit integer; the bytes
follow.
"""

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinycnn.batches import ArrayBatches, Batch, Indices
from tinycnn.preprocessing.augmentation import Ranges, augment
from tinycnn.preprocessing.photo_lists.photo_list import FolderError
from tinycnn.preprocessing.photos import Pixels, Preprocessing
from tinycnn.text import count_of, display_name

Bytes = NDArray[np.uint8]
UINT8_CODE = 8
MAX_BYTES = 2**31
SPLITS = (("train",), ("t10k", "test"))
KINDS = {"images": "idx3", "labels": "idx1"}


def is_idx_folder(folder: str | Path) -> bool:
    """Return whether a folder holds training images as an idx file."""
    return _found(Path(folder), SPLITS[0], "images") is not None


def has_all_idx_files(folder: str | Path) -> bool:
    """Return whether a folder holds all four idx files of a set."""
    return all(
        _found(Path(folder), names, content) for names in SPLITS for content in KINDS
    )


def load_idx_folder(
    folder: str | Path, max_bytes: int = MAX_BYTES
) -> tuple[tuple[Bytes, Bytes], tuple[Bytes, Bytes]]:
    """Return ((x_train, y_train), (x_test, y_test)) of a folder of idx files.

    All are uint8: the pixels x (N, H, W, 1) in 0..255, and the labels y (N,). A file
    that is missing, damaged, of another kind or unpacks to more than `max_bytes` raises
    FolderError, and so do files that do not match.
    """
    folder = Path(folder)
    train, test = (_load_split(folder, names, max_bytes) for names in SPLITS)
    if train[0].shape[1:] != test[0].shape[1:]:
        raise FolderError(
            f"{display_name(folder)}: the training images are "
            f"{train[0].shape[1]}x{train[0].shape[2]} and the test images "
            f"{test[0].shape[1]}x{test[0].shape[2]}"
        )
    unknown = sorted(set(test[1].tolist()) - set(train[1].tolist()))
    if unknown:
        raise FolderError(
            f"{display_name(folder)}: the test labels {unknown} are not among the "
            "training labels"
        )
    return train, test


def _load_split(
    folder: Path, names: tuple[str, ...], max_bytes: int
) -> tuple[Bytes, Bytes]:
    images = _read(_find(folder, names, "images"), 3, max_bytes)
    labels_path = _find(folder, names, "labels")
    labels = _read(labels_path, 1, max_bytes)
    if len(images) != len(labels):
        raise FolderError(
            f"{display_name(labels_path)}: there are {count_of(len(images), 'image')} "
            f"and {count_of(len(labels), 'label')}"
        )
    return images[..., np.newaxis], labels


def _found(folder: Path, names: tuple[str, ...], content: str) -> Path | None:
    """Return the file of that content, under whichever name it is there."""
    paths = (
        folder / f"{name}-{content}{dot}{KINDS[content]}-ubyte{end}"
        for name in names
        for dot in "-."  # both spellings are in use
        for end in ("", ".gz")
    )
    return next((path for path in paths if path.is_file()), None)


def _find(folder: Path, names: tuple[str, ...], content: str) -> Path:
    if path := _found(folder, names, content):
        return path
    raise FolderError(
        f"{display_name(folder)} holds no {names[0]}-{content}-{KINDS[content]}-ubyte "
        "(or .gz)"
    )


def _read(path: Path, axes: int, max_bytes: int) -> Bytes:
    """Return the array in one idx file, if its header matches its size."""
    try:
        with path.open("rb") as raw:
            is_compressed = raw.read(2) == b"\x1f\x8b"  # whatever its name
        with gzip.open(path) if is_compressed else path.open("rb") as file:
            head = file.read(4 + 4 * axes)
            if len(head) < 4 + 4 * axes or head[:4] != bytes((0, 0, UINT8_CODE, axes)):
                raise FolderError(
                    f"{display_name(path)} is not an idx file of uint8 with "
                    f"{count_of(axes, 'axis')}: it begins with "
                    f"{display_name(repr(head[:8])[1:])}"
                )
            shape = struct.unpack(f">{axes}I", head[4:])
            size = math.prod(shape)
            if not 0 < size <= max_bytes:
                raise FolderError(
                    f"{display_name(path)}: its header gives the shape {shape}"
                )
            content = file.read(size + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FolderError(f"{display_name(path)}: {reason}") from error
    if len(content) != size:
        raise FolderError(
            f"{display_name(path)}: its shape {shape} needs {size:,} bytes, it holds "
            f"{'more' if len(content) > size else f'{len(content):,}'}"
        )
    return np.frombuffer(content, np.uint8).reshape(shape)


class PixelBatches(ArrayBatches):
    """Batches of uint8 images in memory, prepared like photos from a folder."""

    def __init__(
        self,
        pixels: Pixels,
        labels: Any,
        class_names: list[str],
        preprocessing: Preprocessing,
        ranges: Ranges,
        batch_size: int,
        seed: int,
    ) -> None:
        super().__init__(pixels, labels, batch_size, seed=seed)
        self.class_indices: dict[str, int] = {
            name: label for label, name in enumerate(class_names)
        }
        self.classes: NDArray[Any] = np.asarray(labels)
        self.preprocessing = preprocessing
        self.ranges = ranges

    def pixels(self, index: int) -> Pixels:
        """Return one image, uint8 (H, W, 1)."""
        return self.x[index]

    def load(self, indices: Indices, pass_number: int | None) -> Batch:
        """Return (x, y) of these images; see `Batches.load`."""
        x, y = super().load(indices, pass_number)
        if pass_number is not None:
            x = augment(x, self.ranges, self.seed, pass_number, indices)
        return self.preprocessing.scaled(x), y
