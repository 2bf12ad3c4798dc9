"""image_dataset_from_directory: a folder of photos under Keras's newer name.

A data set's values are 0..255; a Rescaling layer of the network makes them 0..1. It is
iterated over once, batch by batch, and not without end as a generator's batches are.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tinycnn.batches import Batch, Batches
from tinycnn.keras.arrays import BatchArray
from tinycnn.preprocessing.augmentation import Ranges
from tinycnn.preprocessing.class_folders import list_photos
from tinycnn.preprocessing.directory_iterator import CACHE_BYTES, DirectoryIterator
from tinycnn.preprocessing.photo_lists.photo_list import FolderError, PhotoList
from tinycnn.preprocessing.photos import Preprocessing
from tinycnn.shapes import Pair
from tinycnn.text import count_of, display_name, warn

LABEL_MODES = {"int": "sparse", "categorical": "categorical", "binary": "binary"}
SUBSETS = (None, "training", "validation", "both")


class FiniteBatches:
    """Batches that are iterated over once, with the words of a TensorFlow data set."""

    def __iter__(self) -> Iterator[Any]:
        """Yield each batch of one pass."""
        for index in range(len(self)):
            yield self[index]

    def __len__(self) -> int:
        """Return the number of batches."""
        raise NotImplementedError

    def __getitem__(self, index: int) -> Any:
        """Return one batch."""
        raise NotImplementedError

    def take(self, count: int) -> "SomeBatches":
        """Return the first batches; all of them for -1."""
        return SomeBatches(self, range(len(self))[: None if count < 0 else count])

    def skip(self, count: int) -> "SomeBatches":
        """Return the batches after the first ones."""
        return SomeBatches(self, range(len(self))[count:])

    def map(self, function: Callable[..., Any], **_: Any) -> "SomeBatches":
        """Return the batches, each changed by a function of (images, labels)."""
        return SomeBatches(self, range(len(self)), function)

    def cache(self, *_: Any, **__: Any) -> Any:
        """Return the data set itself: decoded photos are kept anyway."""
        return self

    def prefetch(self, *_: Any, **__: Any) -> Any:
        """Return the data set itself: batches are made when they are needed."""
        return self

    def shuffle(self, *_: Any, **__: Any) -> Any:
        """Return the data set itself: `shuffle=` of its making decides the order."""
        return self

    def repeat(self, *_: Any, **__: Any) -> Any:
        """Return the data set itself: fit begins it anew with each pass."""
        return self

    def with_options(self, *_: Any, **__: Any) -> Any:
        """Return the data set itself."""
        return self

    def cardinality(self) -> int:
        """Return the number of batches."""
        return len(self)


class SomeBatches(FiniteBatches):
    """Some batches of a data set, or all of them changed by a function."""

    def __init__(
        self,
        source: FiniteBatches,
        indices: range,
        function: Callable[..., Any] | None = None,
    ) -> None:
        self.source: FiniteBatches = source
        self.indices: range = indices
        self.function: Callable[..., Any] | None = function
        self.class_names: Any = getattr(source, "class_names", None)

    def __len__(self) -> int:
        """Return the number of batches."""
        return len(self.indices)

    def __getitem__(self, index: int) -> Any:
        """Return one batch."""
        batch = self.source[self.indices[index]]
        if self.function is None:
            return batch
        return (
            self.function(*batch) if isinstance(batch, tuple) else self.function(batch)
        )


class ImageDataset(FiniteBatches, DirectoryIterator):
    """Batches (images, labels) of the photos in a folder.

    Attributes
    ----------
    class_names : list of str
    file_paths : list of str
    """

    def __init__(self, photos: PhotoList, *arguments: Any) -> None:
        DirectoryIterator.__init__(self, photos, *arguments)
        self.class_names: list[str] = list(self.class_indices)
        self.file_paths: list[str] = self.filepaths
        self._passes = 0

    def __iter__(self) -> Iterator[Any]:
        """Yield each batch of one pass; the next pass has another order."""
        self._passes += 1
        for index in range(len(self)):
            yield self._as_keras(self.batch(self._passes - 1, index))

    def __len__(self) -> int:
        """Return the number of batches."""
        return Batches.__len__(self)

    def __getitem__(self, index: int) -> Any:
        """Return one batch of the first pass."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"there are {len(self)} batches, got {index}")
        return self._as_keras(self.batch(0, index % len(self)))

    def _targets(self, indices: Any, x: Any) -> Any:
        y = super()._targets(indices, x)
        return y[:, np.newaxis] if self.class_mode == "binary" else y

    @staticmethod
    def _as_keras(batch: Batch) -> Any:
        x, y = (None if part is None else part.view(BatchArray) for part in batch)
        return x if y is None else (x, y)


class ValidationDataset(ImageDataset):
    """The photos that validate: a class may have none there."""

    is_part = True


def image_dataset_from_directory(
    directory: str | Path,
    labels: str | None = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    color_mode: str = "rgb",
    batch_size: int = 32,
    image_size: Pair = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    interpolation: str = "bilinear",
    follow_links: bool = False,
    crop_to_aspect_ratio: bool = False,
    verbose: bool = True,
) -> Any:
    """Return the photos of a folder with one folder per class, values 0..255.

    Parameters
    ----------
    directory : str or Path
    labels : {"inferred", None}
        Whether the folders' names are the classes.
    label_mode : {"int", "categorical", "binary", None}
        Labels as int (N,), as one-hot rows, as 0.0 and 1.0 of shape (N, 1), or none.
    class_names : sequence of str, optional
        The class folders, in the order of their labels.
    color_mode : {"rgb", "grayscale"}, default "rgb"
    batch_size : int, default 32
    image_size : (int, int), default (256, 256)
        Rows and columns; all photos are resized to these.
    shuffle : bool, default True
    seed : int, optional
        Of the order, and of which photos validate; None means 0.
    validation_split : float, optional
        This fraction of all photos validates: the same photos as in Keras, for the same
        seed and file names.
    subset : {"training", "validation", "both"}, optional
        One side of the split, or a pair of both.
    interpolation : str, default "bilinear"
    follow_links : bool
        Links are followed, never in circles.
    crop_to_aspect_ratio : bool, default False
        Only False: photos are stretched to `image_size`.
    verbose : bool, default True
        Whether to print how many photos there are.

    Raises
    ------
    FolderError
        As for `ImageDataGenerator.flow_from_directory`.
    ValueError
        If an argument is out of its range.
    """
    if labels not in ("inferred", None):
        raise ValueError(
            "labels should be 'inferred' (the folders' names) or None; for labels of "
            "your own pass arrays to fit"
        )
    if label_mode not in (*LABEL_MODES, None):
        raise ValueError(
            f"label_mode should be 'int', 'categorical', 'binary' or None, got "
            f"{label_mode!r}"
        )
    if crop_to_aspect_ratio:
        raise ValueError(
            "crop_to_aspect_ratio=True is not here: photos are stretched to image_size"
        )
    if subset not in SUBSETS:
        raise ValueError(f"subset should be one of {SUBSETS}, got {subset!r}")
    if (subset is None) != (not validation_split):
        raise ValueError(
            "validation_split and subset belong together: validation_split=0.2, "
            f"subset='training'; got {validation_split!r} and {subset!r}"
        )
    mode = None if labels is None or label_mode is None else LABEL_MODES[label_mode]
    seed = 0 if seed is None else seed
    photos = list_photos(directory, class_names, may_be_flat=mode is None)
    preprocessing = Preprocessing(image_size, color_mode, interpolation)

    def dataset(
        part: PhotoList, kind: type[ImageDataset] = ImageDataset
    ) -> ImageDataset:
        made = kind(
            part, preprocessing, Ranges(), mode, batch_size, shuffle, seed, CACHE_BYTES
        )
        if verbose:
            made.report("Using" if subset else "Found")
        return made

    if subset is None:
        return dataset(photos)
    training, validation = _split(photos, float(validation_split or 0), shuffle, seed)
    if subset == "both":
        return dataset(training), dataset(validation, ValidationDataset)
    if subset == "training":
        return dataset(training)
    return dataset(validation, ValidationDataset)


def _split(
    photos: PhotoList, fraction: float, shuffle: bool, seed: int
) -> tuple[PhotoList, PhotoList]:
    """Return (training, validation) photos: the last ones in Keras's order validate."""
    order = list(range(len(photos.paths)))
    if shuffle:  # Keras shuffles the list of files with this generator
        np.random.RandomState(seed).shuffle(order)
    count = int(fraction * len(order))
    if not 0 < count < len(order):
        raise ValueError(
            "validation_split should be a fraction that leaves photos on both sides, "
            f"got {fraction} of {count_of(len(order), 'photo')}"
        )
    sides = sorted(order[:-count]), sorted(order[-count:])
    for side, name in zip(sides, ("training", "validation"), strict=True):
        missing = set(photos.labels) - {photos.labels[i] for i in side}
        if missing:
            names = [display_name(photos.class_names[i]) for i in sorted(missing)]
            left_out = (
                f"validation_split={fraction} leaves no photo of {', '.join(names)} "
                f"for {name}: use another seed, fraction or shuffle=True"
            )
            if name == "training":
                raise FolderError(left_out)
            warn(left_out)
    return photos.subset(sides[0]), photos.subset(sides[1])
