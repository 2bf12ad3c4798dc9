"""Photos that a table lists: their names in one column, their labels in another."""

import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tinycnn.preprocessing.photo_lists.columns import Column, Columns, columns_of
from tinycnn.preprocessing.photo_lists.photo_list import FolderError, PhotoList
from tinycnn.preprocessing.photos import PHOTO_EXTENSIONS
from tinycnn.text import count_of, display_name, warn

WITH_CLASSES = ("categorical", "binary", "sparse")
OTHER_MODES = ("raw", "other", "multi_output")
NAMES_SHOWN = 10


@dataclass
class ListedPhotos(PhotoList):
    """The photos of a table, in the order of its rows.

    Attributes
    ----------
    names : list of str
        The photos as the table names them.
    title : str
        What the table is called in messages.
    missing : list of Path
        Those that were left out, since there is no such file.
    """

    names: list[str] = field(default_factory=list)
    title: str = ""
    missing: list[Path] = field(default_factory=list)

    def subset(self, indices: Any) -> Self:
        """Return the list of only these photos."""
        part = super().subset(indices)
        part.names = [self.names[i] for i in indices]
        return part

    def side(self, is_validation: bool, fraction: float) -> Self:
        """Return one side; the first rows validate, as in Keras."""
        whole = len(self.paths)
        count = int(whole * fraction)
        if not 0 < count < whole:
            raise FolderError(
                f"validation_split={fraction} of {count_of(whole, 'photo')} in "
                f"{self.source} leaves no photo on one side"
            )
        first, rest = set(self.labels[:count]), set(self.labels[count:])
        for name, missing in (("training", first - rest), ("validation", rest - first)):
            if missing:
                line = (
                    f"validation_split={fraction} takes the first rows of "
                    f"{self.source} and leaves no photo of "
                    f"{_listed(self.class_names[i] for i in sorted(missing))} for "
                    f"{name}: shuffle the rows first"
                )
                if name == "training":
                    raise FolderError(line)
                warn(line)
        return self.subset(range(count) if is_validation else range(count, whole))

    def filenames(self, indices: list[int]) -> list[str]:
        """Return the names of photos as the table has them."""
        return [self.names[i] for i in indices]

    @property
    def source(self) -> str:
        """What the photos come from."""
        return self.title

    def place_of(self, label: int) -> str:
        """Return where the photos of a class are."""
        return f"the class {_listed([self.class_names[label]])} of {self.source}"

    def one_class(self) -> str:
        """Return what is wrong with a table of a single class."""
        return (
            f"{self.source} has only one class, {_listed(self.class_names)}; it should "
            "have two or more"
        )

    def shared(self, first: str, second: str, count: int) -> str:
        """Return what is wrong if two classes share most of what one of them holds."""
        return (
            f"the classes {first} and {second} of {self.source} share "
            f"{count_of(count, 'photo')}, most of what one of them has: each photo "
            "should have one label"
        )


def listed_photos(
    table: Any,
    directory: str | Path | None = None,
    x_col: Column = "filename",
    y_col: Column | None = "class",
    classes: Sequence[str] | None = None,
    class_mode: str | None = "categorical",
    validate_filenames: bool = True,
) -> ListedPhotos:
    """Return the photos that a table lists, without opening them.

    Parameters
    ----------
    table, x_col, y_col
        As in `columns_of`.
    directory : str or Path, optional
        The folder that names in the table begin at; by default that of the CSV file,
        or the current one. A whole path in the table stands as it is.
    classes : sequence of str, optional
        The classes to use, in the order of their labels; rows of others are left out.
        By default all of them, sorted.
    class_mode : str or None
        Without classes, labels are not read.
    validate_filenames : bool, default True
        Leave out names of which there is no file, before a split counts rows.

    Raises
    ------
    FolderError
        If the table has no rows, a class has no photo, or none of the files exists.
    ValueError
        If `class_mode` or `classes` is wrong.
    """
    if class_mode in OTHER_MODES:
        raise ValueError(
            f"class_mode={class_mode!r} is not here; for numbers as targets make "
            "arrays: x = np.stack([img_to_array(load_img(path, target_size=(64, 64))) "
            "for path in table['filename']]), then flow(x, y)"
        )
    has_classes = class_mode in WITH_CLASSES
    if classes is not None and not has_classes:
        warn(f"classes are not used with class_mode={class_mode!r}")
    columns = columns_of(table, x_col, y_col if has_classes else None)
    if directory is not None and not Path(directory).is_dir():
        raise FolderError(f"there is no folder {display_name(directory)} (directory)")
    folder = columns.folder if directory is None else Path(directory)
    photos = ListedPhotos(folder, _class_names(columns, classes), title=columns.source)
    label_of = {name: label for label, name in enumerate(photos.class_names)}
    missing: dict[int, list[Path]] = {}
    for row, name in enumerate(columns.names):
        label = 0 if columns.labels is None else label_of.get(columns.labels[row])
        if label is None:
            continue
        path = folder / name
        if validate_filenames and not os.path.isfile(path):  # noqa: PTH113 - quicker
            photos.missing.append(path)
            missing.setdefault(label, []).append(path)
            continue
        photos.names.append(name)
        photos.paths.append(path)
        photos.labels.append(label)
    if not photos.paths:
        raise FolderError(_none_there(photos))
    for label in sorted(set(missing) - set(photos.labels)):
        raise FolderError(
            f"{photos.place_of(label)} is empty: none of its "
            f"{count_of(len(missing[label]), 'photo')} is there; the first: "
            f"{display_name(missing[label][0])}"
        )
    photos.notes += _alike(photos.class_names)
    return photos


def _class_names(columns: Columns, classes: Sequence[str] | None) -> list[str]:
    """Return the classes in the order of their labels."""
    if columns.labels is None:
        return []
    found = set(columns.labels)
    if classes is None:
        return sorted(found)
    if isinstance(classes, str) or not all(isinstance(name, str) for name in classes):
        raise ValueError(f"classes should be a list of labels, got {classes!r}")
    names = list(dict.fromkeys(classes))
    if unknown := [name for name in names if name not in found]:
        raise FolderError(
            f"{columns.source} has no photo of the class {_listed(unknown[:1])}; it "
            f"has {_listed(sorted(found))}"
        )
    return names


def _none_there(photos: ListedPhotos) -> str:
    """Return why there is no photo, and what may help."""
    if not photos.missing:
        return f"{photos.source} has no rows"
    path = photos.missing[0]
    endings = (path.with_name(path.name + end) for end in sorted(PHOTO_EXTENSIONS))
    whole = next((one for one in endings if one.is_file()), None)
    return (
        f"none of the {count_of(len(photos.missing), 'photo')} of {photos.source} is "
        f"there; the first: {display_name(path)}; "
        + (
            "directory= should be the folder that the names begin at"
            if whole is None
            else f"there is {display_name(whole.name)}: names in the table should end "
            f"as the files do, table[x_col] + {whole.suffix!r}"
        )
    )


def _alike(names: list[str]) -> list[str]:
    """Return a line for classes that differ only in blanks, capitals or code points."""
    seen: dict[str, str] = {}
    lines = []
    for name in names:
        plain = unicodedata.normalize("NFC", name).strip().casefold()
        if plain in seen:
            lines.append(f"two classes look alike: {seen[plain]!a} and {name!a}")
        seen[plain] = name
    return lines


def _listed(names: Any) -> str:
    """Return names between quotation marks, at most ten of them."""
    names = list(names)
    shown = ", ".join(f"'{display_name(name)}'" for name in names[:NAMES_SHOWN])
    rest = len(names) - NAMES_SHOWN
    return f"{shown} and {rest:,} more" if rest > 0 else shown
