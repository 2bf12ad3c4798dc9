"""Data sets by name: which folders are searched for one, and when it is downloaded.

The user's folder comes first, then the cache (and Keras's, which may hold the files
already), then one download into the cache. What is read is checked against what the
data set is: the size of its images, its classes, its length.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from tinycnn.datasets.download import (
    DatasetError,
    Mirror,
    MirrorError,
    RemoteFile,
    download,
)
from tinycnn.datasets.idx import has_all_idx_files, is_idx_folder, load_idx_folder
from tinycnn.files.npz import ZIP_MAGIC, NpzError, read_npz
from tinycnn.preprocessing.photo_lists.photo_list import FolderError
from tinycnn.text import display_name, say

Bytes = NDArray[np.uint8]
Part = tuple[Bytes, Bytes]
IDX_NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
# How a pickle of protocol 2 and later begins.
PICKLES = tuple(bytes((0x80, protocol)) for protocol in range(2, 6))


def cache_folder() -> Path:
    """Return the folder that data sets are downloaded into.

    It is ``datasets`` in the folder that the environment variable TINYCNN_HOME names,
    by default ``~/.tinycnn``.
    """
    return _home("TINYCNN_HOME", ".tinycnn") / "datasets"


def _home(variable: str, default: str) -> Path:
    """Return the folder that a variable names, else `default` in the user's own."""
    try:
        if named := os.environ.get(variable):
            return Path(named).expanduser()
        return Path.home() / default
    except RuntimeError:
        raise DatasetError(
            f"this user has no home folder; set the environment variable {variable} "
            "to a folder for the data sets"
        ) from None


@dataclass(frozen=True)
class NamedDataset:
    """A published data set of small images in ten classes, or in `class_count`.

    Attributes
    ----------
    name : str
    image_shape : tuple of int
        (H, W), or (H, W, C) for colours.
    label_shape : tuple of int
        Of one label, as Keras has it: () or (1,).
    counts : (int, int)
        Images in the training and in the test part.
    files : tuple of str
        Names that the whole set may have as one file.
    folders : tuple of str
        Names of a folder that holds it, as tinycnn, Keras and torchvision call theirs.
    pickles : tuple of str
        Names of its files that are never read, since a pickle can run code.
    mirrors : tuple of Mirror
        Tried in turn.
    """

    name: str
    image_shape: tuple[int, ...]
    label_shape: tuple[int, ...]
    counts: tuple[int, int]
    files: tuple[str, ...]
    folders: tuple[str, ...]
    pickles: tuple[str, ...]
    mirrors: tuple[Mirror, ...]
    class_count: ClassVar[int] = 10

    def load(self, path: str | os.PathLike[str] | None = None) -> tuple[Part, Part]:
        """Return ((x_train, y_train), (x_test, y_test)) from the first place with both.

        Parameters
        ----------
        path : str or Path, optional
            A folder or file of the user's. Without it the cache is searched, and the
            set is downloaded into it where it is not there.

        Raises
        ------
        DatasetError
            If the set is not found and cannot be downloaded, or a file is damaged or
            something else. Files that were found are left as they are.
        """
        try:
            if path is not None:
                return self._checked(self._place_of_user(Path(path)))
            place = self._place_in_cache() or self._download()
            try:
                return self._checked(place)
            except DatasetError as error:
                raise DatasetError(
                    f"{error}; move it away, and the next call downloads {self.name} "
                    "again"
                ) from None
        except BrokenPipeError:
            raise  # the reader of the output has gone; no file is to blame
        except OSError as error:
            where = display_name(error.filename or path or cache_folder())
            raise DatasetError(
                f"{where}: {error.strerror or display_name(error)}"
            ) from None

    def _place_of_user(self, path: Path) -> Path:
        """Return the folder or file that `path` means."""
        if path.is_file():
            self._refuse_pickle(path)
            return path
        if not path.is_dir():
            raise DatasetError(
                f"there is no file or folder {display_name(path)}; without path= "
                f"{self.name} is taken from {display_name(cache_folder())}, or "
                "downloaded into it"
            )
        if place := self._whole(path):
            return place
        if self._holds_some(path):
            return path  # reading it tells what is missing
        for name in self.pickles:
            if (path / name).exists():
                self._refuse_pickle(path / name)
        raise DatasetError(
            f"{display_name(path)} holds no {self.name}; it should hold "
            f"{self._wanted()}"
        )

    def _place_in_cache(self) -> Path | None:
        """Return where a whole set lies, in our cache or in Keras's."""
        ours = cache_folder()
        keras = _home("KERAS_HOME", ".keras") / "datasets"
        for folder in (ours, ours.parent, keras):
            if place := self._whole(folder, is_shared=True):
                return place
        return None

    def _whole(self, folder: Path, is_shared: bool = False) -> Path | None:
        """Return where in a folder the whole set lies.

        In a shared folder, files that other sets have too count only in the set's own
        folder.
        """
        own = [folder / name for name in self.folders]
        # As in cifar10/cifar-10-batches-bin: an archive unpacked in the set's folder.
        inner = [place / name for place in own for name in self.folders]
        for place in (folder, *own, *inner):
            for name in self.files:
                if (place / name).is_file():
                    return place / name
            if not (is_shared and place == folder) and self._holds_all(place):
                return place
        return None

    def _download(self) -> Path:
        """Return where the set lies after a download."""
        folder = cache_folder()
        try:
            download(self.mirrors, folder)
        except MirrorError as error:
            first = self.mirrors[0]
            names = ", ".join(file.name for file in first.files)
            more = " and so on" if len(first.files) > 1 else ""
            raise DatasetError(
                f"{self.name} could not be downloaded ({error}). Put {names} (from "
                f"{first.url}{first.files[0].name}{more}) into "
                f"{display_name(folder / first.folder)}, or name your own folder: "
                f"load_data(path=...){self._pickle_note()}"
            ) from None
        place = self._place_in_cache()
        if place is None:  # a folder of that name, or the like
            raise DatasetError(
                f"{display_name(folder)} should hold {self.name} after its download, "
                "and does not; is a folder in the place of a file?"
            )
        return place

    def _pickle_note(self) -> str:
        """Return a remark on the pickles that lie in a cache, where there are any."""
        keras = _home("KERAS_HOME", ".keras") / "datasets"
        for folder in (cache_folder(), cache_folder().parent, keras):
            for name in self.pickles:
                if (folder / name).exists():
                    where = display_name(folder / name)
                    return f". {where} is not read: it is a pickle, which can run code"
        return ""

    def _refuse_pickle(self, path: Path) -> None:
        """Raise if this is a pickle, by its name or its first bytes."""
        is_pickle = path.name in self.pickles
        if path.is_file() and not is_pickle:
            with path.open("rb") as file:
                is_pickle = file.read(2) in PICKLES
        if is_pickle:
            raise DatasetError(
                f"{display_name(path)} is not read: it is a pickle, which can run "
                f"code; use {self._wanted()}"
            )

    def _checked(self, place: Path) -> tuple[Part, Part]:
        """Return the arrays that lie there, as Keras returns them."""
        train, test = (
            self._part(place, *part) for part in zip(self._read(place), strict=True)
        )
        counts = len(train[0]), len(test[0])
        if counts != self.counts:
            say(
                f"{self.name}: {counts[0]:,} training and {counts[1]:,} test images in "
                f"{display_name(place)}; the whole set has {self.counts[0]:,} and "
                f"{self.counts[1]:,}"
            )
        return train, test

    def _part(self, place: Path, part: Part) -> Part:
        """Return one part's arrays, checked, and such as the caller may write to."""
        x, y = part
        if x.shape[1:] != self.image_shape:
            raise DatasetError(
                f"{display_name(place)} is not {self.name}: its images have shape "
                f"{x.shape[1:]}, should be {self.image_shape}"
            )
        if y.shape not in ((len(x),), (len(x), 1)):
            raise DatasetError(
                f"{display_name(place)}: {len(x):,} images need as many labels, the "
                f"labels have shape {y.shape}"
            )
        if y.max() >= self.class_count:
            raise DatasetError(
                f"{display_name(place)} is not {self.name}: it has the label "
                f"{y.max()}, should be 0 to {self.class_count - 1}"
            )
        return np.array(x, order="C"), y.reshape(len(x), *self.label_shape).copy()

    def _read(self, place: Path) -> tuple[Part, Part]:
        if place.is_dir():
            return self._read_folder(place)
        with place.open("rb") as file:
            is_npz = file.read(len(ZIP_MAGIC)) == ZIP_MAGIC
        if is_npz or place.suffix == ".npz":
            return self._read_npz(place)
        return self._read_file(place)

    def _read_npz(self, path: Path) -> tuple[Part, Part]:
        train, test = self.counts
        pixels = int(np.prod(self.image_shape))
        most = {
            "x_train": train * pixels,
            "y_train": train,
            "x_test": test * pixels,
            "y_test": test,
        }
        try:
            arrays = read_npz(path, most)
        except NpzError as error:
            raise DatasetError(str(error)) from None
        return (
            (arrays["x_train"], arrays["y_train"]),
            (arrays["x_test"], arrays["y_test"]),
        )

    def _wanted(self) -> str:
        """Return in words what a folder should hold."""
        raise NotImplementedError

    def _holds_all(self, folder: Path) -> bool:
        """Return whether a folder holds all files of the set as it is published."""
        raise NotImplementedError

    def _holds_some(self, folder: Path) -> bool:
        """Return whether a folder looks as if it were meant to."""
        raise NotImplementedError

    def _read_folder(self, folder: Path) -> tuple[Part, Part]:
        raise NotImplementedError

    def _read_file(self, path: Path) -> tuple[Part, Part]:
        """Return what a file holds that is not an .npz."""
        raise DatasetError(
            f"{display_name(path)} is not a file that {self.name} comes in; use "
            f"{self._wanted()}"
        )


def idx_files(*files: tuple[int, str]) -> tuple[RemoteFile, ...]:
    """Return a set's four compressed idx files from the size and SHA-256 of each."""
    return tuple(
        RemoteFile(f"{name}.gz", *file)
        for name, file in zip(IDX_NAMES, files, strict=True)
    )


class IdxDataset(NamedDataset):
    """A data set that is published as four idx files."""

    def _wanted(self) -> str:
        return (
            f"{self.files[0]} or {', '.join(IDX_NAMES[:3])} and {IDX_NAMES[3]} (or .gz)"
        )

    def _holds_all(self, folder: Path) -> bool:
        return has_all_idx_files(folder)

    def _holds_some(self, folder: Path) -> bool:
        return is_idx_folder(folder)

    def _read_folder(self, folder: Path) -> tuple[Part, Part]:
        most = max(self.counts) * int(np.prod(self.image_shape))
        try:
            (x_train, y_train), (x_test, y_test) = load_idx_folder(folder, most)
        except FolderError as error:
            raise DatasetError(str(error)) from None
        return (x_train[..., 0], y_train), (x_test[..., 0], y_test)
