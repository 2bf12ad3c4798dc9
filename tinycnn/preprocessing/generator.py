"""ImageDataGenerator: Keras's name for "photos, prepared and augmented, in batches"."""

from pathlib import Path
from typing import Any

import numpy as np

from tinycnn.batches import ArrayBatches, Batch, Numbers
from tinycnn.preprocessing.augmentation import Ranges, augment
from tinycnn.preprocessing.class_folders import FolderError, PhotoList, list_photos
from tinycnn.preprocessing.directory_iterator import CACHE_BYTES, DirectoryIterator
from tinycnn.preprocessing.photos import Preprocessing
from tinycnn.shapes import Array, Pair
from tinycnn.text import count_of, display_name
from tinycnn.unsupported import FLOW_WORDS, GENERATOR_WORDS, refuse

SUBSETS = (None, "training", "validation")


class ImageDataGenerator:
    """How photos are prepared and augmented; the `flow` methods make batches of them.

    Parameters
    ----------
    rescale : float, optional
        The numbers 0..255 are multiplied by it; 1/255 makes them 0..1.
    rotation_range : float, default 0
        ± degrees.
    width_shift_range, height_shift_range : float, default 0
        ± share of the width or height, if below 1; else ± pixels.
    shear_range : float, default 0
        ± degrees (not radians: the tutorial's 0.2 is invisible; try 10).
    zoom_range : float or (float, float), default 0
        A share z stands for factors 1-z..1+z; below 1 magnifies.
    horizontal_flip, vertical_flip : bool, default False
        Mirror every second photo, by chance.
    fill_mode : {"nearest", "reflect", "wrap", "constant"}, default "nearest"
        What is shown beyond the border of a photo that was moved.
    validation_split : float, default 0
        This share of each class, the first photos in file order, is kept for
        ``subset="validation"``, and is never augmented.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    TypeError
        For Keras's arguments that are not there.

    Examples
    --------
    >>> train_datagen = ImageDataGenerator(
    ...     rescale=1.0 / 255, shear_range=10, zoom_range=0.2, horizontal_flip=True
    ... )
    >>> batches = train_datagen.flow(np.zeros((5, 8, 8, 3)), [0, 1, 0, 1, 1])
    >>> next(batches)[0].shape
    (5, 8, 8, 3)
    """

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
        **unsupported: object,
    ) -> None:
        refuse(type(self), unsupported, GENERATOR_WORDS)
        if isinstance(zoom_range, (tuple, list)):
            zoom: Any = tuple(zoom_range)  # Ranges says if they are not two
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
        Preprocessing((1, 1), rescale=rescale)  # say what is wrong with it now
        if not 0 <= validation_split < 1:
            raise ValueError(
                "validation_split should be a share from 0 up to (not including) 1, "
                f"got {validation_split!r}"
            )
        self.validation_split = validation_split

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
        **unsupported: object,
    ) -> DirectoryIterator:
        """Return batches of the photos in a folder with one folder per class.

        Parameters
        ----------
        directory : str or Path
            Holds one folder per class; its name is the class's name.
        target_size : (int, int), default (256, 256)
            Rows and columns that photos are resized to.
        color_mode : {"rgb", "grayscale"}, default "rgb"
        class_mode : {"categorical", "binary", "sparse", "input", None}
            "binary" is for one sigmoid output, and two classes.
        batch_size : int, default 32
        shuffle : bool, default True
            Mix the photos anew for each pass.
        seed : int, optional
            Of order and augmentation; None means 0.
        interpolation : str, default "bilinear"
            How photos are resized ("nearest" gives Keras's pixels).
        subset : {"training", "validation"}, optional
            With validation_split.
        cache_bytes : int, default 512 MiB
            Memory for decoded photos; beyond it they are read again.

        Raises
        ------
        FolderError
            If the folder, a class or the class_mode is not right.
        ValueError
            If an argument is out of its range.
        """
        refuse(type(self).flow_from_directory, unsupported, FLOW_WORDS)
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
        """Return the photos of one side of the split: the first of each class judge."""
        if subset not in SUBSETS:
            raise ValueError(f"subset should be one of {SUBSETS}, got {subset!r}")
        if subset is None:
            return photos
        if not self.validation_split:
            raise ValueError(
                f"subset={subset!r} needs ImageDataGenerator(validation_split=...)"
            )
        labels = np.array(photos.labels)
        chosen: list[int] = []
        for label in range(len(photos.class_names)):
            numbers = np.flatnonzero(labels == label).tolist()
            first = int(len(numbers) * self.validation_split)
            if numbers and subset == "validation" and not first:
                raise FolderError(
                    f"validation_split={self.validation_split} of "
                    f"{count_of(len(numbers), 'photo')} in the class folder "
                    f"{display_name(photos.folder / photos.class_names[label])} is "
                    "less than one photo; choose a larger share"
                )
            chosen += numbers[:first] if subset == "validation" else numbers[first:]
        return photos.chosen(chosen)

    def flow(
        self,
        x: Any,
        y: Any = None,
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        **unsupported: object,
    ) -> "NumpyArrayIterator":
        """Return batches of the photos in an array (N, H, W, C), numbers 0..255.

        Parameters
        ----------
        x : array-like of shape (N, H, W, C)
        y : array-like of shape (N, ...), optional
        batch_size, shuffle, seed
            As in `flow_from_directory`.
        """
        refuse(type(self).flow, unsupported, FLOW_WORDS)
        return NumpyArrayIterator(self, x, y, batch_size, shuffle, seed or 0)

    def random_transform(self, x: Array, seed: int | None = None) -> Array:
        """Return one photo (H, W, C) changed by chance."""
        photo = np.asarray(x, np.float32)[np.newaxis]
        changed: Array = augment(photo, self.ranges, seed or 0, 0, np.array([0]))[0]
        return changed


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

    def load(self, chosen: Numbers, pass_number: int | None) -> Batch:
        """Return (x, y) of these rows; see `Batches.load`."""
        x, y = super().load(chosen, pass_number)
        if pass_number is not None:
            x = augment(x, self.ranges, self.seed, pass_number, chosen)
        if self._rescale is not None:
            x = x * np.float32(self._rescale)
        return x, y
