"""A list of photos with their labels, and the words for where it comes from."""

import os
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from tinycnn.preprocessing.photos import PHOTO_EXTENSIONS
from tinycnn.text import count_of, display_name

SUBSETS = (None, "training", "validation")


class FolderError(ValueError):
    """A folder or table is not usable for training; the message says why."""


@dataclass
class PhotoList:
    """The photos of a folder of class folders, in file order.

    Attributes
    ----------
    class_names : list of str
        The names of the class folders, composed (NFC) and sorted; the index of a class
        is the label of its photos.
    paths : list of Path
    labels : list of int
    others : list of Path
        Files outside of class folders, or without the extension of a photo.
    notes : list of str
        What was found out about the folders, a line each.
    """

    folder: Path
    class_names: list[str]
    paths: list[Path] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def subset(self, indices: Any) -> Self:
        """Return the list of only these photos."""
        paths = [self.paths[i] for i in indices]
        return replace(self, paths=paths, labels=[self.labels[i] for i in indices])

    def split(self, subset: str | None, fraction: float) -> Self:
        """Return one side of a split, "training" or "validation"; all photos for None.

        Raises
        ------
        ValueError
            If the subset is another word, or there is no fraction to split by.
        FolderError
            If that side has no photo of a class.
        """
        if subset not in SUBSETS:
            raise ValueError(f"subset should be one of {SUBSETS}, got {subset!r}")
        if subset is None:
            return self
        if not fraction:
            raise ValueError(
                f"subset={subset!r} needs ImageDataGenerator(validation_split=...)"
            )
        return self.side(subset == "validation", fraction)

    def side(self, is_validation: bool, fraction: float) -> Self:
        """Return one side; the first photos of each class validate."""
        labels = np.array(self.labels)
        indices: list[int] = []
        for label in range(len(self.class_names) or 1):
            of_class = np.flatnonzero(labels == label).tolist()
            count = int(len(of_class) * fraction)
            if of_class and is_validation and not count:
                raise FolderError(
                    f"validation_split={fraction} of "
                    f"{count_of(len(of_class), 'photo')} in {self.place_of(label)} is "
                    "less than one photo; choose a larger fraction"
                )
            indices += of_class[:count] if is_validation else of_class[count:]
        return self.subset(indices)

    def filenames(self, indices: list[int]) -> list[str]:
        """Return the names of photos below the folder, with slashes."""
        start = len(os.path.join(self.folder, ""))  # noqa: PTH118 - with a slash at the end
        return [str(self.paths[i])[start:].replace(os.sep, "/") for i in indices]

    # -- in messages ---------------------------------------------------------------

    @property
    def source(self) -> str:
        """What the photos come from."""
        return display_name(self.folder)

    def place_of(self, label: int) -> str:
        """Return where the photos of a class are."""
        return f"the class folder {display_name(self.folder / self.class_names[label])}"

    def one_class(self) -> str:
        """Return what is wrong with a list of a single class."""
        return (
            f"{self.source} holds only one class folder, "
            f"{display_name(self.class_names[0])}; it should hold two or more"
        )

    def without_photos(self, label: int) -> str:
        """Return why a class has no photos."""
        kinds = self.other_kinds(self.folder / self.class_names[label])
        extensions = " ".join(sorted(PHOTO_EXTENSIONS))
        return f"it holds no photos{kinds} (photos are called {extensions})"

    def shared(self, first: str, second: str, count: int) -> str:
        """Return what is wrong if two classes share most of what one of them holds."""
        return (
            f"the class folders {first} and {second} in {self.source} share "
            f"{count_of(count, 'photo')}, most of what one of them holds: a copy of "
            "the data set, or the wrong level? each photo should be in one class "
            "folder only"
        )

    def other_kinds(self, folder: Path) -> str:
        """Return which other files a class folder holds; "" if there are none."""
        kinds = Counter(
            path.suffix for path in self.others if folder in path.parents
        ).most_common()
        if not kinds:
            return ""
        names = ", ".join(
            f"{count:,} {display_name(kind) or 'without an extension'}"
            for kind, count in kinds[:3]
        )
        advice = "if they are photos, save them as .jpg"
        return f" but files of other kinds, {names}: {advice}"
