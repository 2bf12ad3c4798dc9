"""Batches of photos from class folders, each decoded once."""

import math
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinycnn.batches import Batch, Batches, Indices, Survey
from tinycnn.parallel.threads import parallel_map
from tinycnn.preprocessing.augmentation import Ranges, augment
from tinycnn.preprocessing.photo_lists.photo_list import FolderError, PhotoList
from tinycnn.preprocessing.photos import PhotoError, Pixels, Preprocessing
from tinycnn.preprocessing.previews import BatchSaver
from tinycnn.preprocessing.reading import read_photos
from tinycnn.shapes import Shape
from tinycnn.text import count_of, display_name, say

CACHE_BYTES = 512 * 2**20
NAME_BYTES = 1024  # of each photo's path, in the forms that are kept of it
NAMES_SHOWN = 20
CLASS_MODES = ("categorical", "binary", "sparse", "input", None)


class DirectoryIterator(Batches):
    """Batches of photos from a folder of class folders, each decoded once.

    The constructor reads every photo. Those that cannot be read are left out and listed
    in `skipped`; the others are cached as uint8, up to `cache_bytes`. Photos beyond
    that are read again for each batch.

    Parameters
    ----------
    photos : PhotoList
    preprocessing : Preprocessing
    ranges : Ranges
        How photos are augmented; not in `in_order`.
    class_mode : {"categorical", "binary", "sparse", "input", None}
        Labels as one-hot rows, as float32 0 and 1, or as int; the photos themselves as
        targets; or no labels.
    batch_size, shuffle, seed
        As in `Batches`.
    cache_bytes : int, default 512 MiB
        Memory for decoded photos and their names.
    saver : BatchSaver, optional
        Writes the photos of each batch, except `in_order`.
    survey : Survey, optional
        Every photo that can be read is added to it.

    Attributes
    ----------
    samples : int
        Number of photos that can be read.
    class_indices : dict of str to int
        Label of each class name.
    classes : ndarray of int32, shape (samples,)
        Label of each photo.
    filenames : list of str
        "class/photo.jpg" of each photo; `filepaths` has the full paths.
    skipped : list of (str, str)
        The path of each photo that was left out, and the reason.

    Raises
    ------
    FolderError
        If a class has no readable photo, or "binary" is used for other than two
        classes.
    """

    is_part = False  # of a split: then a class may have no photos

    def __init__(
        self,
        photos: PhotoList,
        preprocessing: Preprocessing,
        ranges: Ranges,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int = 0,
        cache_bytes: int = CACHE_BYTES,
        saver: BatchSaver | None = None,
        survey: Survey | None = None,
    ) -> None:
        count = len(photos.class_names)
        if class_mode not in CLASS_MODES:
            raise ValueError(
                f"class_mode should be one of {CLASS_MODES}, got {class_mode!r}"
            )
        if class_mode == "binary" and count == 1:
            raise FolderError(
                f"class_mode='binary' needs two classes: {photos.one_class()}"
            )
        if class_mode == "binary" and count != 2:
            raise FolderError(
                f"class_mode='binary' needs two classes, got {count} in "
                f"{photos.source}: "
                f"{', '.join(map(display_name, photos.class_names))}; use "
                "class_mode='categorical' and Dense(classes, activation='softmax')"
            )
        self.preprocessing: Preprocessing = preprocessing
        self.class_indices: dict[str, int] = {
            name: i for i, name in enumerate(photos.class_names)
        }
        self.class_mode = class_mode
        self.ranges = ranges
        self._saver = saver
        self.survey: Any = survey
        self.directory: Path = photos.folder
        self.skipped: list[tuple[str, str]] = []
        self.others: list[Path] = photos.others
        self.notes: list[str] = list(photos.notes)
        if line := _words_of_numbers(photos.class_names):
            self.notes.append(line)
        self.one_class: str = photos.one_class() if count == 1 else ""
        readable: list[int] = []
        capacity = (cache_bytes - NAME_BYTES * len(photos.paths)) // preprocessing.size
        # One array for all photos; the system provides memory only as it is filled.
        shape = (max(0, min(capacity, len(photos.paths))), *preprocessing.shape)
        self._cache: Pixels = np.empty(shape, np.uint8)
        results = read_photos(photos.paths, preprocessing)
        for index, pixels in enumerate(results):
            if isinstance(pixels, PhotoError):
                self.skipped.append((str(photos.paths[index]), str(pixels)))
                continue
            if survey is not None:
                survey.add(pixels)
            if len(readable) < len(self._cache):
                self._cache[len(readable)] = pixels
            readable.append(index)
        self.filepaths: list[str] = [str(photos.paths[index]) for index in readable]
        self.filenames: list[str] = photos.filenames(readable)
        self.classes: NDArray[np.int32] = np.array(
            [photos.labels[index] for index in readable], np.int32
        )
        self._cache = self._cache[: len(readable)]
        self._cache.setflags(write=False)  # `pixels` returns views of it
        super().__init__(len(readable), batch_size, shuffle, seed)
        self._refuse_empty_classes(photos)
        self._refuse_shared_photos(photos)

    def _refuse_empty_classes(self, photos: PhotoList) -> None:
        if not len(self.classes) and not photos.class_names:
            raise FolderError(
                f"none of the photos in {photos.source} can be read; the first: "
                f"{self.skipped_reason(photos, 0)}"
            )
        needed = photos.labels if self.is_part else range(len(photos.class_names))
        empty = set(needed) - set(self.classes.tolist())
        for label in sorted(empty):
            skipped = photos.labels.count(label)
            reason = (
                f"none of its {count_of(skipped, 'photo')} can be read; the first: "
                f"{self.skipped_reason(photos, label)}"
                if skipped
                else photos.without_photos(label)
            )
            raise FolderError(f"{photos.place_of(label)} is empty: {reason}")

    def _refuse_shared_photos(self, photos: PhotoList) -> None:
        """Raise if two classes share most of their photos, but others do not.

        Where all classes hold the same photos, or each of three and more shares most of
        its photos with each other one, there is no better level to name: this is
        remarked on, and learning shows the rest.
        """
        holders: dict[int, set[int]] = {}
        for pixels, label in zip(self._cache, self.classes.tolist(), strict=False):
            holders.setdefault(hash(pixels.tobytes()), set()).add(label)
        sizes, shared = Counter[int](), Counter[tuple[int, int]]()
        for labels in holders.values():
            sizes.update(labels)
            shared.update(combinations(sorted(labels), 2))
        if all(len(labels) == len(sizes) > 1 for labels in holders.values()):
            self.notes.append("all classes hold the same photos: they look alike")
            return
        alike = {
            (a, b): count
            for (a, b), count in shared.items()
            if 2 <= count and min(sizes[a], sizes[b]) < 2 * count
        }
        if len(alike) == math.comb(len(sizes), 2) > 1:
            self.notes.append("all classes share most of their photos: they look alike")
            return
        for (a, b), count in alike.items():
            one, other = (display_name(photos.class_names[n]) for n in (a, b))
            raise FolderError(photos.shared(one, other, count))

    def skipped_reason(self, photos: PhotoList, label: int) -> str:
        """Return why the first photo of a class was left out."""
        first = str(photos.paths[photos.labels.index(label)])
        return dict(self.skipped)[first]

    @property
    def num_classes(self) -> int:
        """The number of classes."""
        return len(self.class_indices)

    @property
    def labels(self) -> Any:
        """The label of each photo, under Keras's newer name."""
        return self.classes

    @property
    def image_shape(self) -> Shape:
        """The shape (H, W, C) of a photo."""
        return self.preprocessing.shape

    def pixels(self, index: int) -> Pixels:
        """Return one photo, uint8 (H, W, C), from the cache or from its file."""
        if index < len(self._cache):
            return self._cache[index]
        return self.preprocessing.pixels(self.filepaths[index])

    def load(self, indices: Indices, pass_number: int | None) -> Batch:
        """Return (x, y) of these photos; see `Batches.load`."""
        if indices.max() < len(self._cache):
            x: Any = self._cache[indices]
        else:
            x = np.stack(parallel_map(self.pixels, indices.tolist()))
        is_augmented = pass_number is not None and not self.ranges.is_nothing
        if is_augmented and pass_number is not None:
            x = augment(x, self.ranges, self.seed, pass_number, indices)
        scaled = self.preprocessing.scaled(x, in_place=is_augmented)
        if self._saver is not None and pass_number is not None:
            self._saver(scaled, indices)
        return scaled, self._targets(indices, scaled)

    def _targets(self, indices: Indices, x: Any) -> Any:
        labels = self.classes[indices]
        if self.class_mode == "categorical":
            return np.eye(self.num_classes, dtype=np.float32)[labels]
        if self.class_mode == "binary":
            return labels.astype(np.float32)
        if self.class_mode == "sparse":
            return labels
        return x if self.class_mode == "input" else None

    def report(self, doing: str = "Found") -> None:
        """Print how many photos there are, and which were left out and why."""
        say(f"{doing} {self.found()}")
        if self.one_class and self.class_mode not in (None, "input"):
            say(f"  {self.one_class}")
        for line in [*self.notes, *self.left_out(NAMES_SHOWN), *self.other_files()]:
            say(f"  {line}")

    def found(self) -> str:
        """Return how many photos there are, and of how many classes."""
        classes = f"belonging to {self.num_classes} classes."
        without = "without class folders."
        return f"{self.samples:,} images {classes if self.class_indices else without}"

    def left_out(self, most: int | None = None) -> list[str]:
        """Return a line for each photo that cannot be read, up to `most`, and why."""
        lines = [f"left out {reason}" for _, reason in self.skipped[:most]]
        if rest := len(self.skipped) - len(lines):
            lines.append(f"left out {count_of(rest, 'more photo')} (see .skipped)")
        return lines

    def other_files(self) -> list[str]:
        """Return a line about the files not named like a photo; none without any."""
        if not self.others:
            return []
        names = ", ".join(display_name(path.name) for path in self.others[:3])
        more = ", ..." if len(self.others) > 3 else ""
        return [
            f"{count_of(len(self.others), 'file')} not taken for a photo: {names}{more}"
        ]


def _words_of_numbers(names: list[str]) -> str:
    """Return a line if the names are numbers but not in the order of numbers."""
    if not all(name.isdecimal() for name in names):
        return ""
    numbers = [int(name) for name in names]
    first = next((i for i, n in enumerate(sorted(numbers)) if n != numbers[i]), None)
    if first is None:
        return ""
    return (
        f"the classes are numbers in the order of words: label {first} is class "
        f"{names[first]} (see class_indices; classes=[...] gives another order)"
    )
