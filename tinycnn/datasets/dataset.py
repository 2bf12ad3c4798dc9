"""Data sets on disk: train and test folders, class folders, or idx files."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tinycnn.batches import Survey, stratified_split
from tinycnn.datasets.idx import PixelBatches, is_idx_folder, load_idx_folder
from tinycnn.networks import TUTORIAL, Recipe
from tinycnn.preprocessing.augmentation import Ranges
from tinycnn.preprocessing.class_folders import (
    entered,
    list_photos,
    part_folders,
)
from tinycnn.preprocessing.directory_iterator import DirectoryIterator
from tinycnn.preprocessing.photo_lists.photo_list import FolderError, PhotoList
from tinycnn.preprocessing.photos import Pixels, Preprocessing
from tinycnn.shapes import Pair
from tinycnn.text import count_of, display_name

TEST_SHARE = 0.2
RESCALE = 1 / 255


@dataclass
class Dataset:
    """Training and test photos of the same classes.

    Attributes
    ----------
    train, test : Batches
    class_names : list of str
    is_idx : bool
    validation : Batches or None
        The photos that are evaluated after each epoch, if they are not the test's.
    """

    train: Any
    test: Any
    class_names: list[str]
    is_idx: bool = False
    validation: Any = None

    def parts(self) -> list[Any]:
        """Return the parts that there are: training, validation, test."""
        return [p for p in (self.train, self.validation, self.test) if p is not None]

    def counts(self) -> dict[str, list[int]]:
        """Return how many photos each class has, of each part that there is."""
        named = {
            "training": self.train, "validation": self.validation, "test": self.test
        }  # fmt: skip
        return {
            name: np.bincount(part.classes, minlength=len(self.class_names)).tolist()
            for name, part in named.items()
            if part is not None
        }

    @property
    def watched(self) -> str:
        """The name of the part that is evaluated after each epoch."""
        return "test" if self.validation is None else "validation"

    @property
    def noun(self) -> str:
        """Images in idx files, photos otherwise."""
        return "image" if self.is_idx else "photo"


def open_dataset(
    folder: str | Path,
    *,
    image_size: int | None = None,
    batch_size: int = 32,
    augmentation: bool | None = None,
    seed: int = 0,
    recipe: Recipe = TUTORIAL,
) -> Dataset:
    """Return the data set in a folder.

    Parameters
    ----------
    folder : str or Path
        Holds ``train/`` and ``test/`` with one folder per class each; or one folder
        per class (a fifth of each class, chosen by the seed, becomes the test set); or
        MNIST-style idx files. Other usual names of the parts do as well, such as
        ``training_set`` and ``Test_Data``. With ``val/`` and no test, val is the test;
        with all three, val is evaluated after each epoch and the test at the end.
    image_size : int, optional
        Rows and columns; by default the recipe's for photos, and unchanged for idx
        files.
    batch_size : int, default 32
    augmentation : bool, optional
        Whether training photos are changed at random; by default as the recipe says.
    seed : int, default 0
    recipe : Recipe, default that of the tutorial's network
        How photos are augmented, and which share is set aside for validation.

    Raises
    ------
    FolderError
        If the folder is not a usable data set.
    """
    folder = entered(Path(folder))
    if is_idx_folder(folder):
        ranges = recipe.augmentation if augmentation else Ranges()
        share = recipe.validation_share
        return _idx_dataset(folder, image_size, batch_size, ranges, seed, share)
    ranges = Ranges() if augmentation is False else recipe.augmentation
    train, test, *validation = _photo_lists(folder, part_folders(folder), seed)
    if recipe.validation_share and not validation:
        train, *validation = _cut(train, recipe.validation_share, seed)
    size = image_size or recipe.image_size
    preprocessing = Preprocessing((size, size), rescale=RESCALE)
    mode = "binary" if len(train.class_names) == 2 else "sparse"

    def batches(part: PhotoList, ranges: Ranges, seed: int = 0) -> DirectoryIterator:
        survey = Survey(preprocessing.scaled)
        return DirectoryIterator(
            part, preprocessing, ranges, mode, batch_size, seed=seed, survey=survey
        )

    held_out = [batches(part, Ranges()) for part in (test, *validation)]
    return Dataset(
        batches(train, ranges, seed),
        held_out[0],
        train.class_names,
        validation=held_out[1] if validation else None,
    )


def _photo_lists(folder: Path, parts: dict[str, Path], seed: int) -> list[PhotoList]:
    """Return the photos of [training, test] or of [training, test, validation]."""
    if not set(parts) - {"pred"}:
        photos = list_photos(folder)
        photos.notes += _parts_beside(folder)
        return [*_split(photos, seed)]
    roles = [role for role in ("test", "val") if role in parts]
    if "train" not in parts:
        raise FolderError(
            f"{display_name(folder)} holds {' and '.join(roles)} but no train; it "
            "should hold train and test, or only class folders"
        )
    train = list_photos(parts["train"])
    _refuse_one_class(train)
    if not roles:
        raise FolderError(
            f"{display_name(folder)} holds {display_name(parts['train'].name)} but no "
            "test; it should hold both, or only class folders (a fifth of the photos "
            "becomes the test set)"
        )
    others = [list_photos(parts[role]) for role in roles]
    for role, photos in zip(roles, others, strict=True):
        if train.class_names != photos.class_names:
            raise FolderError(
                f"{display_name(folder)}: train and {role} should hold the same "
                f"classes; {_difference(train, photos, role)}"
            )
    names = [display_name(parts[role].name) for role in roles]
    if roles == ["val"]:
        others[0].notes.append(f"there is no test folder: {names[0]} is the test part")
    elif "val" in roles:
        others[1].notes.append(
            f"{names[1]} is evaluated after each epoch, {names[0]} only at the end"
        )
    return [train, *others]


def _parts_beside(folder: Path) -> list[str]:
    """Return a line if the folder is for training and that for the test beside it."""
    real = Path(os.path.realpath(folder))
    try:
        parts = part_folders(real.parent)
    except FolderError:
        return []
    others = [parts[role] for role in ("test", "val") if role in parts]
    if parts.get("train") != real or not others:
        return []
    other, above = display_name(others[0].name), display_name(real.parent)
    return [f"{other} lies beside it and is not used: to test with it, name {above}"]


def _split(photos: PhotoList, seed: int) -> tuple[PhotoList, PhotoList]:
    """Return (training photos, test photos), a fifth of each class for the test."""
    _refuse_one_class(photos)
    _refuse_too_few(photos, "since some are kept for the test")
    train, test = map(photos.subset, stratified_split(photos.labels, TEST_SHARE, seed))
    test.others, test.notes = [], []  # they are listed once, with the training photos
    return train, test


def _refuse_too_few(photos: PhotoList, reason: str) -> None:
    counts = np.bincount(photos.labels, minlength=len(photos.class_names))
    for name, count in zip(photos.class_names, counts.tolist(), strict=True):
        if count < 2:
            path = photos.folder / name
            raise FolderError(
                f"the class folder {display_name(path)} holds "
                f"{count_of(count, 'photo')}{photos.other_kinds(path)}; it should hold "
                f"two or more, {reason}"
            )


def _refuse_one_class(photos: PhotoList) -> None:
    if len(photos.class_names) == 1:
        raise FolderError(photos.one_class())


def _difference(train: PhotoList, test: PhotoList, role: str) -> str:
    """Return which classes are in one set only."""
    differences = []
    for split, photos, other in (("train", train, test), (role, test, train)):
        only = [n for n in photos.class_names if n not in other.class_names]
        if only:
            names = ", ".join(map(display_name, only))
            differences.append(f"only in {split}: {names}")
    return "; ".join(differences)


def _cut(photos: PhotoList, share: float, seed: int) -> tuple[PhotoList, PhotoList]:
    """Return (training photos, validation photos), a share of each class."""
    _refuse_too_few(photos, "since some are set aside for validation")
    train, validation = map(
        photos.subset, stratified_split(photos.labels, share, seed, "validation")
    )
    validation.others = []
    validation.notes = [_validation_note(len(validation.paths), len(photos.paths))]
    return train, validation


def _validation_note(count: int, all_of_them: int) -> str:
    return (
        f"{count:,} of the {all_of_them:,} training photos are set aside for "
        "validation; the test part is evaluated only at the end"
    )


def _idx_dataset(
    folder: Path,
    image_size: int | None,
    batch_size: int,
    ranges: Ranges,
    seed: int,
    share: float,
) -> Dataset:
    (x_train, y_train), (x_test, y_test) = load_idx_folder(folder)
    classes = np.unique(y_train)
    if len(classes) == 1:
        raise FolderError(f"{display_name(folder)} holds only one class, {classes[0]}")
    size: Pair = x_train.shape[1:3]
    if image_size is not None:
        size = (image_size, image_size)
    preprocessing = Preprocessing(size, "grayscale", rescale=RESCALE)
    names = [str(label) for label in classes]

    def batches(x: Pixels, y: Any, ranges: Ranges) -> PixelBatches:
        labels, x = np.searchsorted(classes, y), _resized(x, preprocessing)
        return PixelBatches(x, labels, names, preprocessing, ranges, batch_size, seed)

    test, validation = batches(x_test, y_test, Ranges()), None
    if share:
        kept, cut = stratified_split(y_train, share, seed, "validation")
        validation = batches(x_train[cut], y_train[cut], Ranges())
        x_train, y_train = x_train[kept], y_train[kept]
    train = batches(x_train, y_train, ranges)
    return Dataset(train, test, names, is_idx=True, validation=validation)


def _resized(x: Pixels, preprocessing: Preprocessing) -> Pixels:
    if x.shape[1:3] == preprocessing.target_size:
        return x
    from PIL import Image

    return np.stack([preprocessing.pixels(Image.fromarray(i[..., 0])) for i in x])


def drawings(folder: Path, say: Callable[[str], None]) -> None:
    """Draw the two heroes into a folder, unless it exists already."""
    if folder.exists():
        return
    from tinycnn.datasets.drawings import write_dataset

    say(f"Drawing two heroes into {folder} ...")
    write_dataset(folder)
