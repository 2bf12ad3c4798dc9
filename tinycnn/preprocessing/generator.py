"""ImageDataGenerator: photos rescaled, augmented and in batches, as in Keras."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tinycnn.batches import ArrayBatches, Batch, Indices, warn_of_left_out
from tinycnn.keras.words import FLOW_WORDS, GENERATOR_WORDS, say_once, spelled
from tinycnn.preprocessing.augmentation import Ranges
from tinycnn.preprocessing.augmentation import augment as change
from tinycnn.preprocessing.class_folders import list_photos
from tinycnn.preprocessing.directory_iterator import CACHE_BYTES, DirectoryIterator
from tinycnn.preprocessing.photo_lists.columns import Column
from tinycnn.preprocessing.photo_lists.dataframe_iterator import DataFrameIterator
from tinycnn.preprocessing.photo_lists.listed_photos import listed_photos
from tinycnn.preprocessing.photo_lists.photo_list import SUBSETS
from tinycnn.preprocessing.photos import Preprocessing, Standardized
from tinycnn.preprocessing.previews import BatchSaver
from tinycnn.shapes import Array, Pair
from tinycnn.text import count_of, warn


class ImageDataGenerator:
    """How photos are rescaled and augmented; the `flow` methods return batches of them.

    Parameters
    ----------
    rescale : float, optional
        Factor for the values 0..255; 1/255 makes them 0..1.
    rotation_range : float, default 0
        ± degrees.
    width_shift_range, height_shift_range : float, int or list, default 0
        ± fraction of the width or height if below 1; otherwise ± pixels. An int n is
        a whole number of pixels below n, a list gives the numbers to choose from.
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

    brightness_range : (float, float), optional
        Smallest and largest factor of the values, such as (0.8, 1.2).
    channel_shift_range : float, default 0
        ± this number is added to a photo's values.
    samplewise_center, samplewise_std_normalization : bool, default False
        From each photo its mean is subtracted; it is divided by its deviation.
    featurewise_center, featurewise_std_normalization : bool, default False
        The same with each channel's mean and deviation of the photos given to `fit`.
    preprocessing_function : callable, optional
        Gets each photo (H, W, C), values 0..255, after augmentation and before
        `rescale`, and returns an array of that shape.

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
        width_shift_range: Any = 0.0,
        height_shift_range: Any = 0.0,
        shear_range: float = 0.0,
        zoom_range: float | tuple[float, float] = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        fill_mode: str = "nearest",
        validation_split: float = 0.0,
        brightness_range: Any = None,
        channel_shift_range: float = 0.0,
        samplewise_center: bool = False,
        samplewise_std_normalization: bool = False,
        featurewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        preprocessing_function: Callable[[Array], Any] | None = None,
    ) -> None:
        if isinstance(zoom_range, (tuple, list)):
            zoom: Any = tuple(zoom_range)  # Ranges checks that there are two
        else:
            zoom = (1 - zoom_range, 1 + zoom_range)
        self.rescale = rescale
        self.ranges: Ranges = Ranges(
            rotation_range,
            width_shift_range,
            height_shift_range,
            shear_range,
            zoom,
            horizontal_flip,
            vertical_flip,
            fill_mode,
            brightness_range,
            channel_shift_range,
        )
        Preprocessing((1, 1), rescale=rescale)  # raises if rescale is invalid
        if not 0 <= validation_split < 1:
            raise ValueError(
                "validation_split should be a fraction from 0 to below 1, "
                f"got {validation_split!r}"
            )
        self.validation_split = validation_split
        # As in Keras, a deviation is one from the mean, so it needs the mean.
        self.samplewise_std_normalization: bool = bool(samplewise_std_normalization)
        samplewise_center = samplewise_center or samplewise_std_normalization
        self.samplewise_center: bool = bool(samplewise_center)
        self.featurewise_std_normalization: bool = bool(featurewise_std_normalization)
        featurewise_center = featurewise_center or featurewise_std_normalization
        self.featurewise_center: bool = bool(featurewise_center)
        if not (preprocessing_function is None or callable(preprocessing_function)):
            raise TypeError(
                "preprocessing_function should be a function of one photo, got "
                f"{preprocessing_function!r}"
            )
        self.preprocessing_function = preprocessing_function
        self.mean: Any = None
        self.std: Any = None
        if self.featurewise_center or not self._is_plain:
            warn(
                "a model file holds only rescale: predict after load_model with this "
                "generator's batches or with arrays, not with the paths of photos"
            )

    @property
    def _is_plain(self) -> bool:
        """Whether photos are only rescaled."""
        return self.preprocessing_function is None and not (
            self.samplewise_center or self.mean is not None
        )

    def fit(
        self, x: Any, augment: bool = False, rounds: int = 1, seed: int | None = None
    ) -> None:
        """Compute each channel's mean and deviation, for `featurewise_center`.

        As in Keras these are of the numbers as given, before `rescale`.

        Parameters
        ----------
        x : array-like of shape (N, H, W, C)
        augment : bool, default False
            Compute them from randomly changed photos.
        rounds : int, default 1
            How often each photo is changed, with `augment`.
        seed : int, optional
        """
        photos = np.asarray(x, np.float32)
        if photos.ndim != 4:
            raise ValueError(
                f"x should have the shape (N, rows, columns, channels), got "
                f"{photos.shape}; grey photos need a channel axis: x[..., None]"
            )
        if augment:
            every = np.arange(len(photos))
            photos = np.concatenate(
                [
                    change(photos, self.ranges, seed or 0, number, every)
                    for number in range(rounds)
                ]
            )
        mean = photos.mean(axis=(0, 1, 2), dtype=np.float64)
        if self.featurewise_center:
            self.mean = mean.astype(np.float32).reshape(1, 1, -1)
        if self.featurewise_std_normalization:
            std = photos.std(axis=(0, 1, 2), dtype=np.float64)
            self.std = std.astype(np.float32).reshape(1, 1, -1)

    def standardize(self, x: Any) -> Array:
        """Return photos, (H, W, C) or (N, H, W, C), as the model's input.

        In this order: `preprocessing_function`, `rescale`, samplewise and featurewise
        mean and deviation; 1e-6 is added to each deviation, as in Keras.
        """
        x = np.array(x, np.float32)
        function, photo = self.preprocessing_function, (-3, -2, -1)
        if function is not None:
            photos = x.reshape(-1, *x.shape[-3:])
            changed = [np.asarray(function(one), np.float32) for one in photos]
            if any(one.shape != x.shape[-3:] for one in changed):
                raise ValueError(
                    f"preprocessing_function should return the shape {x.shape[-3:]} "
                    f"that it gets, got {changed[0].shape}"
                )
            x = np.stack(changed).reshape(x.shape) if changed else x
        if self.rescale is not None:
            x *= np.float32(self.rescale)
        if self.samplewise_center:
            x -= x.mean(axis=photo, keepdims=True)
        if self.samplewise_std_normalization:
            x /= x.std(axis=photo, keepdims=True) + np.float32(1e-6)
        if self._has_mean():
            x -= self.mean
        if self.std is not None:
            x /= self.std + np.float32(1e-6)
        return x

    def _has_mean(self) -> bool:
        """Return whether there is a mean; say so if one is wanted and missing."""
        if self.featurewise_center and self.mean is None:
            say_once(
                "featurewise_center: fit(x_train) of the generator was not called, so "
                "no mean is subtracted, as in Keras"
            )
        return self.mean is not None

    def _preprocessing(
        self, target_size: Pair, color_mode: str, interpolation: str
    ) -> Preprocessing:
        words = (target_size, color_mode, interpolation, self.rescale)
        self._has_mean()
        if self._is_plain:
            return Preprocessing(*words)
        numbers = [None if n is None else n.tolist() for n in (self.mean, self.std)]
        settings = (
            self.preprocessing_function,
            self.samplewise_center,
            self.samplewise_std_normalization,
            repr(numbers),
        )
        return Standardized(*words, settings, self.standardize)

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
        classes: Sequence[str] | None = None,
        save_to_dir: str | Path | None = None,
        save_prefix: str = "",
        save_format: str = "png",
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
            "binary" is for two classes and one sigmoid output. With None, for
            `predict`, the photos may lie in the folder itself.
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
        classes : sequence of str, optional
            The class folders to use, in the order of their labels; by default all of
            them, sorted.
        save_to_dir : str or Path, optional
            A folder that the photos of each batch are written into, to look at.
        save_prefix, save_format : str
            How their names begin, and "png", "jpeg" ...

        Raises
        ------
        FolderError
            If the folder is missing or has no classes, a class has no readable photo,
            or `class_mode` does not match the number of classes.
        ValueError
            If an argument is out of its range.
        """
        listed = list_photos(directory, classes, may_be_flat=class_mode is None)
        iterator = DirectoryIterator(
            listed.split(subset, self.validation_split),
            self._preprocessing(target_size, color_mode, interpolation),
            Ranges() if subset == "validation" else self.ranges,
            class_mode,
            batch_size,
            shuffle,
            0 if seed is None else seed,
            cache_bytes,
            _saver(save_to_dir, save_prefix, save_format),
        )
        iterator.report()
        return iterator

    @spelled(FLOW_WORDS)
    def flow_from_dataframe(
        self,
        dataframe: Any,
        directory: str | Path | None = None,
        x_col: Column = "filename",
        y_col: Column | None = "class",
        target_size: Pair = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: str | Path | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        interpolation: str = "bilinear",
        validate_filenames: bool = True,
        cache_bytes: int = CACHE_BYTES,
    ) -> DataFrameIterator:
        """Return batches of the photos that a table lists, with their labels.

        Parameters
        ----------
        dataframe : data frame, dict of columns, str or Path
            A table in memory, or the path of a CSV file, whose first line names the
            columns. pandas is not needed; a data frame of it is welcome.
        directory : str or Path, optional
            The folder that names in the table begin at; by default that of the CSV
            file, or the current one. A whole path in the table stands as it is.
        x_col, y_col : str, default "filename" and "class"
            The columns of names and of labels. In a CSV file without a line of names
            they are numbers: ``x_col=0, y_col=1``.
        classes : sequence of str, optional
            The labels to use, in order; rows of others are left out. By default all of
            them, sorted.
        validate_filenames : bool, default True
            Leave out rows of which there is no file before `subset` counts rows.
        subset : {"training", "validation"}, optional
            One side of `validation_split`; the first rows validate, as in Keras.
        target_size, color_mode, class_mode, batch_size, shuffle, seed, interpolation
            As in `flow_from_directory`, as are the others.

        Raises
        ------
        FolderError
            If there is no such table or column, no row, or no readable photo of a
            class.
        ValueError
            If an argument is out of its range.
        TypeError
            If a name or label is not text.

        Examples
        --------
        >>> ImageDataGenerator().flow_from_dataframe({"id": []}, x_col="filename")
        Traceback (most recent call last):
        ...
        tinycnn...FolderError: the table has no column 'filename' (x_col); it has 'id'
        """
        listed = listed_photos(
            dataframe, directory, x_col, y_col, classes, class_mode, validate_filenames
        )
        iterator = DataFrameIterator(
            listed.split(subset, self.validation_split),
            self._preprocessing(target_size, color_mode, interpolation),
            Ranges() if subset == "validation" else self.ranges,
            class_mode,
            batch_size,
            shuffle,
            0 if seed is None else seed,
            cache_bytes,
            _saver(save_to_dir, save_prefix, save_format),
        )
        iterator.report()
        return iterator

    @spelled(FLOW_WORDS)
    def flow(
        self,
        x: Any,
        y: Any = None,
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        subset: str | None = None,
        save_to_dir: str | Path | None = None,
        save_prefix: str = "",
        save_format: str = "png",
    ) -> "NumpyArrayIterator":
        """Return batches of the photos in an array (N, H, W, C), values 0..255.

        Parameters
        ----------
        x : array-like of shape (N, H, W, C)
        y : array-like of shape (N, ...), optional
        batch_size, shuffle, seed
            As in `flow_from_directory`.
        subset : {"training", "validation"}, optional
            One side of `validation_split`: the first photos validate, never augmented.
        save_to_dir, save_prefix, save_format
            As in `flow_from_directory`.
        """
        if subset is not None:
            x, y = self._subset_of_arrays(x, y, subset)
        return NumpyArrayIterator(
            self,
            x,
            y,
            batch_size,
            shuffle,
            seed or 0,
            Ranges() if subset == "validation" else self.ranges,
            _saver(save_to_dir, save_prefix, save_format),
        )

    def _subset_of_arrays(self, x: Any, y: Any, subset: str) -> tuple[Any, Any]:
        """Return one side of the split; the first rows validate, as in Keras."""
        if subset not in SUBSETS:
            raise ValueError(f"subset should be one of {SUBSETS}, got {subset!r}")
        count = int(len(x) * self.validation_split)
        if not 0 < count < len(x):
            raise ValueError(
                f"subset={subset!r} needs ImageDataGenerator(validation_split=...) and "
                f"photos on both sides, got {self.validation_split} of "
                f"{count_of(len(x), 'photo')}"
            )
        if y is not None:
            y = np.asarray(y)
            warn_of_left_out(y[count:], y[:count])
        part = slice(count) if subset == "validation" else slice(count, None)
        return x[part], None if y is None else y[part]

    def random_transform(self, x: Array, seed: int | None = None) -> Array:
        """Return one photo (H, W, C), randomly changed."""
        photo = np.asarray(x, np.float32)[np.newaxis]
        return change(photo, self.ranges, seed or 0, 0, np.array([0]))[0]


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
        ranges: Ranges | None = None,
        saver: BatchSaver | None = None,
    ) -> None:
        super().__init__(x, y, batch_size, shuffle, seed)
        if self.x.ndim != 4:
            raise ValueError(
                f"x should have the shape (N, rows, columns, channels), "
                f"got {self.x.shape}; grey photos need a channel axis: x[..., None]"
            )
        self.ranges: Ranges = generator.ranges if ranges is None else ranges
        self._standardize, self._saver = generator.standardize, saver

    def load(self, indices: Indices, pass_number: int | None) -> Batch:
        """Return (x, y) of these rows; see `Batches.load`."""
        x, y = super().load(indices, pass_number)
        if pass_number is not None:
            x = change(x, self.ranges, self.seed, pass_number, indices)
        x = self._standardize(x)
        if self._saver is not None and pass_number is not None:
            self._saver(x, indices)
        return x, y


def _saver(folder: str | Path | None, prefix: str, kind: str) -> BatchSaver | None:
    return None if folder is None else BatchSaver(folder, prefix, kind)
