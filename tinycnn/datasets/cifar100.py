"""CIFAR-100: 60,000 small colour photos of a hundred kinds of things.

Made as CIFAR-10 was, by the same authors. Each photo has two labels: its class, such as
"orchid", and one of twenty groups, such as "flowers". The binary version is read: two
files of records, each one byte for the group, one for the class and 3072 for pixels.
"""

import os
from typing import ClassVar

from tinycnn.datasets.cifar10 import Cifar
from tinycnn.datasets.download import Mirror, RemoteFile
from tinycnn.datasets.named import Part


class Cifar100(Cifar):
    """CIFAR-100 with the hundred labels: two files, or the archive of them."""

    train: ClassVar[tuple[str, ...]] = ("train.bin",)
    test: ClassVar[tuple[str, ...]] = ("test.bin",)
    label_bytes: ClassVar[int] = 2
    label_place: ClassVar[int] = 1
    most_records = 50000
    class_count = 100

    def _wanted(self) -> str:
        return (
            "cifar-100-binary.tar.gz (the binary version, from "
            f"{self.mirrors[0].url}) or its files train.bin and test.bin"
        )


class Cifar100Groups(Cifar100):
    """CIFAR-100 with the twenty labels."""

    label_place = 0
    class_count = 20


def published(kind: type[Cifar100]) -> Cifar100:
    """Return the set as it is published."""
    return kind(
        name="CIFAR-100",
        image_shape=(32, 32, 3),
        label_shape=(1,),
        counts=(50000, 10000),
        files=("cifar-100-binary.tar.gz",),
        folders=("cifar-100-binary", "cifar100", "cifar-100"),
        pickles=("cifar-100-python.tar.gz", "cifar-100-python"),
        mirrors=(
            Mirror(
                "https://www.cs.toronto.edu/~kriz/",
                (
                    # The SHA-256 of tensorflow_datasets/url_checksums/cifar100.txt.
                    RemoteFile(
                        "cifar-100-binary.tar.gz",
                        168513733,
                        "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8"
                        "ec",
                    ),
                ),
            ),
        ),
    )


CIFAR100 = {"fine": published(Cifar100), "coarse": published(Cifar100Groups)}


def load_data(
    label_mode: str = "fine", path: str | os.PathLike[str] | None = None
) -> tuple[Part, Part]:
    """Return the photos as ((x_train, y_train), (x_test, y_test)), as Keras does.

    The files are taken from `path`, else from the cache (``datasets`` in the folder of
    the environment variable TINYCNN_HOME, by default ``~/.tinycnn``), else they are
    downloaded into the cache, once (161 MiB).

    Parameters
    ----------
    label_mode : {"fine", "coarse"}
        Whether the labels are those of the 100 classes or of the 20 groups.
    path : str or Path, optional
        cifar-100-binary.tar.gz, or a folder with it or with its two .bin files.

    Returns
    -------
    x : ndarray of uint8, shape (50000, 32, 32, 3) and (10000, 32, 32, 3)
        Red, green and blue, 0 to 255.
    y : ndarray of uint8, shape (50000, 1) and (10000, 1)
        0 to 99, or 0 to 19.

    Raises
    ------
    ValueError
        If `label_mode` is something else.
    DatasetError
        If a file is damaged, a pickle or something else, or the photos are neither
        found nor can be downloaded; the message says what to put where. It is a
        `ValueError`.

    References
    ----------
    .. [1] Krizhevsky, "Learning multiple layers of features from tiny images",
       University of Toronto, 2009.
    """
    if label_mode not in CIFAR100:
        raise ValueError(
            f"label_mode should be 'fine' (100 classes) or 'coarse' (20 groups), got "
            f"{label_mode!r}"
        )
    return CIFAR100[label_mode].load(path)
