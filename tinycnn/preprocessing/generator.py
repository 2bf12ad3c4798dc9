"""ImageDataGenerator: photos rescaled, augmented and in batches, as in Keras."""

from pathlib import Path
from typing import Any

import numpy as np

from tinycnn.batches import ArrayBatches, Batch, Indices
from tinycnn.keras.words import FLOW_WORDS, GENERATOR_WORDS, spelled
from tinycnn.preprocessing.augmentation import Ranges, augment
from tinycnn.preprocessing.class_folders import FolderError, PhotoList, list_photos
from tinycnn.preprocessing.directory_iterator import CACHE_BYTES, DirectoryIterator
from tinycnn.preprocessing.photos import Preprocessing
from tinycnn.shapes import Array, Pair
from tinycnn.text import count_of, display_name

SUBSETS = (None, "training", "validation")


class ImageDataGenerator:
    """How photos are rescaled and augmented; the `flow` methods return batches of them.

    Parameters
    ----------
    rescale : float, optional
        Factor for the values 0..255; 1/255 makes them 0..1.
    rotation_range : float, default 0
        ± degrees.
    width_shift_range, height_shift_range : float, default 0
        ± fraction of the width or height if below 1; otherwise ± pixels.
    shear_range : float, default 0
        ± degrees (not radians: the tutorial's 0.2 is invisible; try 10).
    zoom_range : float or (float, float), default 0
        A fraction z means factors 1-z..1+z; below 1 magnifies.
    horizontal_flip, vertical_flip : bool, default False
        Mirror a photo with a probability of one half.
    fill_mode : {"nearest", "reflect", "wrap", "constant"}, default "nearest"
        What is beyond the border of the photo; see `Ranges`.
    validation_split : float, default 0
        This fraction of each class, the first photos in file order, belongs to
        ``subset="validation"`` and is never augmented.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    TypeError
        For arguments of Keras that are not supported.

    Examples
    --------
    >>> train_datagen = ImageDataGenerator(
    ...     rescale=1.0 / 255, shear_range=10, zoom_range=0.2, horizontal_flip=True
    ... )
    >>> batches = train_datagen.flow(np.zeros((5, 8, 8, 3)), [0, 1, 0, 1, 1])
    >>> next(batches)[0].shape
    (5, 8, 8, 3)
    """

    @spelled(GENERATOR_WORDS)
    def __init__(
        self,
        rescale: float | None = None,
        rotation_range: float = 0.0,
        width_shift_range: float = 0.0,
        height_shift_range: float = 0.0,
        shear_range: float = 0.0,
        zoom_range: float | tuple[float, float] = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        fill_mode: str = "nearest",
        validation_split: float = 0.0,
    ) -> None:
        if isinstance(zoom_range, (tuple, list)):
            zoom: Any = tuple(zoom_range)  # Ranges checks that there are two
        else:
            zoom = (1 - zoom_range, 1 + zoom_range)
        self.rescale = rescale
        self.ranges = Ranges(
            rotation_range,
            width_shift_range,
            height_shift_range,
            shear_range,
            zoom,
            horizontal_flip,
            vertical_flip,
            fill_mode,
        )
        Preprocessing((1, 1), rescale=rescale)  # raises if rescale is invalid
        if not 0 <= validation_split < 1:
            raise ValueError(
                "validation_split should be a fraction from 0 to below 1, "
                f"got {validation_split!r}"
            )
        self.validation_split = validation_split

    @spelled(FLOW_WORDS)
    def flow_from_directory(
        self,
        directory: str | Path,
        target_size: Pair = (256, 256),
        color_mode: str = "rgb",
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        interpolation: str = "bilinear",
        subset: str | None = None,
        cache_bytes: int = CACHE_BYTES,
    ) -> DirectoryIterator:
        """Return batches of the photos in a folder with one folder per class.

        Parameters
        ----------
        directory : str or Path
            Holds one folder per class, named after the class.
        target_size : (int, int), default (256, 256)
            Rows and columns; all photos are resized to these.
        color_mode : {"rgb", "grayscale"}, default "rgb"
        class_mode : {"categorical", "binary", "sparse", "input", None}
            "binary" is for two classes and one sigmoid output.
        batch_size : int, default 32
        shuffle : bool, default True
            Shuffle the photos anew for each pass.
        seed : int, optional
            Of the order and the augmentation; None means 0.
        interpolation : str, default "bilinear"
            How photos are resized ("nearest" gives Keras's pixels).
        subset : {"training", "validation"}, optional
            One side of `validation_split`.
        cache_bytes : int, default 512 MiB
            Memory for decoded photos; photos beyond it are read again for each batch.

        Raises
        ------
        FolderError
            If the folder is missing or has no classes, a class has no readable photo,
            or `class_mode` does not match the number of classes.
        ValueError
            If an argument is out of its range.
        """
        photos = self._subset(list_photos(directory), subset)
        iterator = DirectoryIterator(
            photos,
            Preprocessing(target_size, color_mode, interpolation, self.rescale),
            Ranges() if subset == "validation" else self.ranges,
            class_mode,
            batch_size,
            shuffle,
            0 if seed is None else seed,
            cache_bytes,
        )
        iterator.report()
        return iterator

    def _subset(self, photos: PhotoList, subset: str | None) -> PhotoList:
        """Return one side of the split; the first photos of each class validate."""
        if subset not in SUBSETS:
            raise ValueError(f"subset should be one of {SUBSETS}, got {subset!r}")
        if subset is None:
            return photos
        if not self.validation_split:
            raise ValueError(
                f"subset={subset!r} needs ImageDataGenerator(validation_split=...)"
            )
        labels = np.array(photos.labels)
        indices: list[int] = []
        for label in range(len(photos.class_names)):
            of_class = np.flatnonzero(labels == label).tolist()
            count = int(len(of_class) * self.validation_split)
            if of_class and subset == "validation" and not count:
                raise FolderError(
                    f"validation_split={self.validation_split} of "
                    f"{count_of(len(of_class), 'photo')} in the class folder "
                    f"{display_name(photos.folder / photos.class_names[label])} is "
                    "less than one photo; choose a larger fraction"
                )
            indices += of_class[:count] if subset == "validation" else of_class[count:]
        return photos.subset(indices)

    @spelled(FLOW_WORDS)
    def flow(
        self,
        x: Any,
        y: Any = None,
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
    ) -> "NumpyArrayIterator":
        """Return batches of the photos in an array (N, H, W, C), values 0..255.

        Parameters
        ----------
        x : array-like of shape (N, H, W, C)
        y : array-like of shape (N, ...), optional
        batch_size, shuffle, seed
            As in `flow_from_directory`.
        """
        return NumpyArrayIterator(self, x, y, batch_size, shuffle, seed or 0)

    def random_transform(self, x: Array, seed: int | None = None) -> Array:
        """Return one photo (H, W, C), randomly changed."""
        photo = np.asarray(x, np.float32)[np.newaxis]
        return augment(photo, self.ranges, seed or 0, 0, np.array([0]))[0]


class NumpyArrayIterator(ArrayBatches):
    """Batches of photos from an array, augmented and rescaled by a generator."""

    def __init__(
        self,
        generator: ImageDataGenerator,
        x: Any,
        y: Any,
        batch_size: int,
        shuffle: bool,
        seed: int,
    ) -> None:
        super().__init__(x, y, batch_size, shuffle, seed)
        if self.x.ndim != 4:
            raise ValueError(
                f"x should have the shape (N, rows, columns, channels), "
                f"got {self.x.shape}; grey photos need a channel axis: x[..., None]"
            )
        self.ranges = generator.ranges
        self._rescale = generator.rescale

    def load(self, indices: Indices, pass_number: int | None) -> Batch:
        """Return (x, y) of these rows; see `Batches.load`."""
        x, y = super().load(indices, pass_number)
        if pass_number is not None:
            x = augment(x, self.ranges, self.seed, pass_number, indices)
        if self._rescale is not None:
            x = x * np.float32(self._rescale)
        return x, y
