"""Class folders: which classes, which photos - and what is wrong with a folder."""

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tinycnn.preprocessing.photos import PHOTO_EXTENSIONS
from tinycnn.text import display_name


class FolderError(ValueError):
    """A folder is not what training needs; the message names it and the reason."""


@dataclass
class PhotoList:
    """The photos of a folder of class folders, in file order.

    Attributes
    ----------
    class_names : list of str
        The class folders' names, composed (NFC) and sorted; a photo's label is its
        class's place here.
    paths : list of Path
    labels : list of int
    others : list of Path
        Files outside of class folders, or whose name is not that of a photo.
    """

    folder: Path
    class_names: list[str]
    paths: list[Path] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)

    def chosen(self, numbers: Any) -> "PhotoList":
        """Return the same list with only these photos."""
        return PhotoList(
            self.folder,
            self.class_names,
            [self.paths[n] for n in numbers],
            [self.labels[n] for n in numbers],
            self.others,
        )


def list_photos(folder: str | Path) -> PhotoList:
    """Return the photos in the class folders of a folder; none is opened.

    Classes are the folders in `folder`, sorted by name; those that begin with "." or
    are called "__MACOSX" are none. Photos are found in folders within them too.

    Raises
    ------
    FolderError
        If there is no such folder, or no class folder in it.
    """
    folder = Path(folder)
    places = _class_folders(folder)
    if not places:
        raise FolderError(
            f"{display_name(folder)} holds no class folders; it should hold one folder "
            "per class, named after it, with that class's photos inside"
        )
    photos = PhotoList(folder, sorted(places))
    photos.others = sorted(
        path for path in folder.iterdir() if path.is_file() and not is_hidden(path.name)
    )
    for label, name in enumerate(photos.class_names):
        for path in walk(places[name]):
            if path.suffix.lower() in PHOTO_EXTENSIONS:
                photos.paths.append(path)
                photos.labels.append(label)
            else:
                photos.others.append(path)
    return photos


def _class_folders(folder: Path) -> dict[str, Path]:
    """Return class name -> folder.

    A name is taken in its composed form (NFC): macOS writes an e and an accent where
    other systems write one letter, and train and test may come from both.
    """
    above = {Path(os.path.realpath(folder)), *Path(os.path.realpath(folder)).parents}
    places: dict[str, Path] = {}
    for name in subfolders(folder):
        path = folder / name
        if Path(os.path.realpath(path)) in above:
            raise FolderError(
                f"the class folder {display_name(path)} is a link to a folder that "
                "holds it; remove the link"
            )
        class_name = unicodedata.normalize("NFC", name)
        for other in places:
            if display_name(other) == display_name(class_name):
                raise FolderError(
                    f"{display_name(folder)} holds two class folders whose names look "
                    f"the same: {places[other].name!a} and {name!a}; rename "
                    "one of them"
                )
        places[class_name] = path
    return places


def subfolders(folder: Path) -> list[str]:
    """Return the names of the folders in a folder, sorted, without hidden ones.

    Raises
    ------
    FolderError
        If there is no such folder or it cannot be looked into.
    """
    try:
        if not folder.exists():
            raise FolderError(f"there is no folder {display_name(folder)}")
        if not folder.is_dir():
            raise FolderError(f"{display_name(folder)} should be a folder, not a file")
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise FolderError(f"{display_name(folder)}: {error.strerror}") from error
    return [entry.name for entry in entries if _is_folder(entry)]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir() and not is_hidden(entry.name)
    except OSError:  # a link to itself
        return False


def is_hidden(name: str) -> bool:
    """Return whether this is a folder or file that systems make, not people."""
    return name.startswith(".") or name in ("__MACOSX", "Thumbs.db", "desktop.ini")


def walk(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, sorted; links are followed, never in circles.

    Raises
    ------
    FolderError
        If a folder cannot be looked into: its photos would be missing silently.
    """

    def refuse(error: OSError) -> None:
        raise FolderError(f"{display_name(error.filename)}: {error.strerror}")

    seen = {os.path.realpath(folder)}
    for root, folders, files in os.walk(folder, onerror=refuse, followlinks=True):
        folders.sort()
        kept = []
        for name in folders:
            real = os.path.realpath(os.path.join(root, name))  # noqa: PTH118
            if real not in seen and not is_hidden(name):
                seen.add(real)
                kept.append(name)
        folders[:] = kept
        for name in sorted(files):
            if not is_hidden(name):
                yield Path(root, name)
