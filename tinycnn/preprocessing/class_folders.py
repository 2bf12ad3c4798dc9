"""Class folders: their classes, their photos, and what is wrong with a folder."""

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tinycnn.preprocessing.photos import PHOTO_EXTENSIONS
from tinycnn.text import display_name


class FolderError(ValueError):
    """A folder is not usable for training; the message names it and the reason."""


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
    """

    folder: Path
    class_names: list[str]
    paths: list[Path] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)

    def subset(self, indices: Any) -> "PhotoList":
        """Return the list of only these photos."""
        return PhotoList(
            self.folder,
            self.class_names,
            [self.paths[i] for i in indices],
            [self.labels[i] for i in indices],
            self.others,
        )


def list_photos(folder: str | Path) -> PhotoList:
    """Return the photos in the class folders of a folder, without opening them.

    Each folder in `folder` is a class, sorted by name, unless its name begins with "."
    or is "__MACOSX". Photos in folders within a class folder belong to that class, too.

    Raises
    ------
    FolderError
        If there is no such folder, or no class folder in it.
    """
    folder = Path(folder)
    class_folders = _class_folders(folder)
    if not class_folders:
        raise FolderError(
            f"{display_name(folder)} holds no class folders; it should hold one folder "
            "per class, named after it, with that class's photos inside"
        )
    photos = PhotoList(folder, sorted(class_folders))
    photos.others = sorted(
        path for path in folder.iterdir() if path.is_file() and not is_hidden(path.name)
    )
    for label, name in enumerate(photos.class_names):
        for path in walk(class_folders[name]):
            if path.suffix.lower() in PHOTO_EXTENSIONS:
                photos.paths.append(path)
                photos.labels.append(label)
            else:
                photos.others.append(path)
    return photos


def _class_folders(folder: Path) -> dict[str, Path]:
    """Return class name -> folder.

    Names are composed (NFC): macOS writes an e and an accent where other systems write
    one letter, and train and test may come from different systems.
    """
    parents = {Path(os.path.realpath(folder)), *Path(os.path.realpath(folder)).parents}
    class_folders: dict[str, Path] = {}
    for name in subfolders(folder):
        path = folder / name
        if Path(os.path.realpath(path)) in parents:
            raise FolderError(
                f"the class folder {display_name(path)} is a link to a folder that "
                "holds it; remove the link"
            )
        class_name = unicodedata.normalize("NFC", name)
        for other in class_folders:
            if display_name(other) == display_name(class_name):
                raise FolderError(
                    f"{display_name(folder)} holds two class folders whose names look "
                    f"the same: {class_folders[other].name!a} and {name!a}; rename "
                    "one of them"
                )
        class_folders[class_name] = path
    return class_folders


def subfolders(folder: Path) -> list[str]:
    """Return the names of the folders in a folder, sorted, except hidden ones.

    Raises
    ------
    FolderError
        If there is no such folder or it cannot be read.
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
    """Return whether the name is of a file or folder that the system made."""
    return name.startswith(".") or name in ("__MACOSX", "Thumbs.db", "desktop.ini")


def walk(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, sorted; links are followed, but not in circles.

    Raises
    ------
    FolderError
        If a folder cannot be read; its photos would otherwise be missing silently.
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
