"""CIFAR-10: 60,000 small colour photos of animals and vehicles.

Krizhevsky, Nair and Hinton chose and labelled them out of the "80 million tiny images"
that had been collected from the web; no licence is stated. The binary version is read:
six files of records, each one byte of label and 3072 of pixels, all the red ones first,
then green, then blue. The Python version holds pickles, which can run code when they
are read, and is refused.
"""

import gzip
import os
import tarfile
import zlib
from pathlib import Path
from typing import Any, ClassVar, cast

import numpy as np

from tinycnn.datasets.download import DatasetError, Mirror, RemoteFile
from tinycnn.datasets.named import NamedDataset, Part
from tinycnn.text import display_name

CLASS_NAMES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
PIXELS = 3 * 32 * 32
MAX_ARCHIVE = 2**28  # the published ones unpack to 184 MB


class Cifar(NamedDataset):
    """A data set of records in binary files, or in the archive of them.

    Attributes
    ----------
    train, test : tuple of str
        The files of each part.
    label_bytes : int
        Bytes of a record before its pixels.
    label_place : int
        Which of these is the label.
    most_records : int
        In one file.
    """

    train: ClassVar[tuple[str, ...]]
    test: ClassVar[tuple[str, ...]]
    label_bytes: ClassVar[int]
    label_place: ClassVar[int]
    most_records: ClassVar[int]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all files."""
        return self.train + self.test

    @property
    def record(self) -> int:
        """Bytes of one photo with its labels."""
        return self.label_bytes + PIXELS

    def _holds_all(self, folder: Path) -> bool:
        return all((folder / name).is_file() for name in self.names)

    def _holds_some(self, folder: Path) -> bool:
        return any((folder / name).is_file() for name in self.names)

    def _read_folder(self, folder: Path) -> tuple[Part, Part]:
        contents = {}
        for name in self.names:
            if not (folder / name).is_file():
                raise DatasetError(f"{display_name(folder)} holds no {name}")
            with (folder / name).open("rb") as file:
                contents[name] = file.read(self.most_records * self.record + 1)
        return self._parts(folder, contents)

    def _read_file(self, path: Path) -> tuple[Part, Part]:
        """Return what an archive holds; nothing of it is written to the disk."""
        contents = {}
        try:
            with gzip.open(path) as stream:
                limited: Any = _Limited(stream)
                for member in (archive := tarfile.open(fileobj=limited, mode="r|")):
                    name = Path(member.name).name
                    if name.removesuffix(".bin") + ".bin" in self.names:
                        contents[name] = self._member(path, archive, member)
        except DatasetError:
            raise
        except (
            ArithmeticError,
            EOFError,
            LookupError,
            OSError,
            ValueError,
            tarfile.TarError,
            zlib.error,
        ) as error:
            raise DatasetError(
                f"{display_name(path)} is damaged, cut off or not a .tar.gz: "
                f"{display_name(error)}"
            ) from None
        missing = [name for name in self.names if name not in contents]
        if missing:
            raise DatasetError(f"{display_name(path)} holds no {missing[0]}")
        return self._parts(path, contents)

    def _member(
        self, path: Path, archive: tarfile.TarFile, member: tarfile.TarInfo
    ) -> bytes:
        """Return one file of an archive."""
        if not member.name.endswith(".bin"):
            raise DatasetError(
                f"{display_name(path)} is not read: it holds pickles, which can run "
                f"code; use {self._wanted()}"
            )
        file = archive.extractfile(member) if member.isreg() else None
        if file is None or member.size > self.most_records * self.record:
            raise DatasetError(
                f"{display_name(path)}: {display_name(member.name)} should be a file "
                f"of at most {self.most_records * self.record:,} bytes"
            )
        return file.read()

    def _parts(self, place: Path, contents: dict[str, bytes]) -> tuple[Part, Part]:
        """Return the arrays that the binary files hold."""
        record, most = self.record, self.most_records * self.record
        for name, content in contents.items():
            if not 0 < len(content) <= most or len(content) % record:
                size = "more" if len(content) > most else f"{len(content):,} bytes"
                raise DatasetError(
                    f"{display_name(place)}: {name} should hold records of {record:,} "
                    f"bytes, at most {most:,}, it holds {size}"
                )
        train, test = (
            [self._records(contents[name]) for name in part]
            for part in (self.train, self.test)
        )
        return _joined(train), _joined(test)

    def _records(self, content: bytes) -> Part:
        """Return (x, y) of one file: x of shape (N, 32, 32, 3), a view."""
        records = np.frombuffer(content, np.uint8).reshape(-1, self.record)
        pixels = records[:, self.label_bytes :].reshape(-1, 3, 32, 32)
        return pixels.transpose(0, 2, 3, 1), records[:, self.label_place]


class _Limited:
    """A stream that ends in an error where the archive cannot be CIFAR-10's."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._left = stream, MAX_ARCHIVE

    def read(self, size: int) -> bytes:
        """Return the next bytes."""
        self._left -= size
        if self._left < 0:
            raise ValueError(f"it unpacks to more than {MAX_ARCHIVE:,} bytes")
        return cast("bytes", self._stream.read(size))


def _joined(files: list[Part]) -> Part:
    return np.concatenate([x for x, _ in files]), np.concatenate([y for _, y in files])


class Cifar10(Cifar):
    """CIFAR-10: six files, or the archive of them."""

    train: ClassVar[tuple[str, ...]] = tuple(
        f"data_batch_{number}.bin" for number in range(1, 6)
    )
    test: ClassVar[tuple[str, ...]] = ("test_batch.bin",)
    label_bytes: ClassVar[int] = 1
    label_place: ClassVar[int] = 0
    most_records = 10000

    def _wanted(self) -> str:
        return (
            "cifar-10-binary.tar.gz (the binary version, from "
            f"{self.mirrors[0].url}) or its files data_batch_1.bin to "
            "data_batch_5.bin and test_batch.bin"
        )


CIFAR10 = Cifar10(
    name="CIFAR-10",
    image_shape=(32, 32, 3),
    label_shape=(1,),
    counts=(50000, 10000),
    files=("cifar10.npz", "cifar-10.npz", "cifar-10-binary.tar.gz"),
    folders=("cifar-10-batches-bin", "cifar10", "cifar-10"),
    pickles=(
        "cifar-10-python.tar.gz",
        "cifar-10-batches-py.tar.gz",
        "cifar-10-batches-py",
        "data_batch_1",
    ),
    mirrors=tuple(
        Mirror(
            url,
            (
                # The SHA-256 of tensorflow_datasets/url_checksums/cifar10.txt.
                RemoteFile(
                    "cifar-10-binary.tar.gz",
                    170052171,
                    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
                ),
            ),
        )
        for url in (
            "https://www.cs.toronto.edu/~kriz/",
            "https://cave.cs.toronto.edu/kriz/",
            "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/",
        )
    ),
)


def load_data(path: str | os.PathLike[str] | None = None) -> tuple[Part, Part]:
    """Return the photos as ((x_train, y_train), (x_test, y_test)), as Keras does.

    The files are taken from `path`, else from the cache (``datasets`` in the folder of
    the environment variable TINYCNN_HOME, by default ``~/.tinycnn``), else they are
    downloaded into the cache, once (162 MiB).

    Parameters
    ----------
    path : str or Path, optional
        cifar-10-binary.tar.gz, a folder with it or with its .bin files, or an .npz file
        with x_train, y_train, x_test and y_test.

    Returns
    -------
    x : ndarray of uint8, shape (50000, 32, 32, 3) and (10000, 32, 32, 3)
        Red, green and blue, 0 to 255.
    y : ndarray of uint8, shape (50000, 1) and (10000, 1)
        The place of the class in `CLASS_NAMES`, 0 to 9.

    Raises
    ------
    DatasetError
        If a file is damaged, a pickle or something else, or the photos are neither
        found nor can be downloaded; the message says what to put where. It is a
        `ValueError`.

    Notes
    -----
    A smaller set of the same kind is returned as it is, and one line tells its size.

    References
    ----------
    .. [1] Krizhevsky, "Learning multiple layers of features from tiny images",
       University of Toronto, 2009.
    """
    return CIFAR10.load(path)
