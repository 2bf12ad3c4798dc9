"""Batches: which photos come together, as a pure function of (seed, pass, index).

A *pass* goes through all photos once; it is an epoch unless `steps_per_epoch` is set.
Since no batch depends on the ones before it, a resumed training run sees the same
photos as an uninterrupted one.
"""

import math
import time
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, whole_number
from tinycnn.text import count_of

Batch = tuple[Array, Array | None]
Indices = NDArray[np.intp]


class Batches:
    """A source of batches; subclasses define how photos are loaded.

    Parameters
    ----------
    samples : int
        Number of photos.
    batch_size : int, default 32
        Photos in a batch; the last batch of a pass may be smaller.
    shuffle : bool, default True
        Shuffle the photos anew for each pass.
    seed : int, default 0
        Of the shuffling.
    """

    # The photos' preprocessing and class names, if the source has them.
    preprocessing: Any = None
    class_indices: Any = None

    def __init__(
        self, samples: int, batch_size: int = 32, shuffle: bool = True, seed: int = 0
    ) -> None:
        self.samples = samples
        self.batch_size = whole_number(batch_size, "batch_size")
        self.is_shuffled = bool(shuffle)
        self.seed = whole_number(seed, "seed", least=0)
        self._next = 0
        self._order: tuple[int, Indices] | None = None

    @property
    def shuffle(self) -> Any:
        """Whether the photos are shuffled anew for each pass."""
        return self.is_shuffled

    @shuffle.setter
    def shuffle(self, value: Any) -> None:
        self.is_shuffled = bool(value)

    def __len__(self) -> int:
        """Return the number of batches in one pass."""
        return math.ceil(self.samples / self.batch_size)

    def order(self, pass_number: int) -> Indices:
        """Return the indices of the photos in the order of that pass."""
        if not self.is_shuffled:
            return np.arange(self.samples)
        if self._order is None or self._order[0] != pass_number:
            rng = rng_for(self.seed, "order", pass_number)
            self._order = (pass_number, rng.permutation(self.samples))
            self._order[1].setflags(write=False)  # the caller gets the array itself
        return self._order[1]

    def batch(self, pass_number: int, index: int) -> Batch:
        """Return batch number `index` of that pass, augmented if the source does so."""
        start = index * self.batch_size
        indices = self.order(pass_number)[start : start + self.batch_size]
        return self.load(indices, pass_number)

    def in_order(self, batch_size: int | None = None) -> Iterator[Batch]:
        """Yield every photo once, in file order, never augmented."""
        size = batch_size or self.batch_size
        for start in range(0, self.samples, size):
            yield self.load(np.arange(start, min(start + size, self.samples)), None)

    def load(self, indices: Indices, pass_number: int | None) -> Batch:
        """Return (x, y) of these photos; not augmented if `pass_number` is None."""
        raise NotImplementedError(f"{type(self).__name__} should define load")

    def __repr__(self) -> str:
        photos, batches = count_of(self.samples, "photo"), count_of(len(self), "batch")
        return f"{type(self).__name__}({photos} in {batches})"

    def __iter__(self) -> Iterator[Any]:
        """Return an endless iterator over batches, as in Keras."""
        return self

    def __next__(self) -> Any:
        """Return the next batch; after the last one the next pass begins."""
        self._next += 1
        return self._as_keras(self.batch(*divmod(self._next - 1, len(self))))

    def __getitem__(self, index: int) -> Any:
        """Return batch number `index` of the current pass."""
        count = len(self)
        if not -count <= index < count:
            raise IndexError(f"there are {count} batches, 0..{count - 1}, got {index}")
        return self._as_keras(self.batch(self._next // count, index % count))

    def next(self) -> Any:
        """Return the next batch, as ``next(batches)`` does."""
        return next(self)

    @property
    def n(self) -> int:
        """The number of photos, under Keras's name."""
        return self.samples

    @property
    def batch_index(self) -> int:
        """The index, in its pass, of the batch that comes next."""
        return self._next % len(self)

    def reset(self) -> None:
        """Start again with the first batch of the first pass."""
        self._next = 0

    @staticmethod
    def _as_keras(batch: Batch) -> Any:
        return batch[0] if batch[1] is None else batch


class ArrayBatches(Batches):
    """Batches of arrays x and y in memory.

    Parameters
    ----------
    x : array-like of shape (N, ...)
    y : array-like of shape (N, ...), optional
    batch_size, shuffle, seed
        As in `Batches`.

    Raises
    ------
    ValueError
        If x is empty, or x and y differ in length.

    Examples
    --------
    >>> source = ArrayBatches(np.arange(5.0), np.arange(5), batch_size=2, shuffle=False)
    >>> [x.tolist() for x, y in source.in_order()]
    [[0.0, 1.0], [2.0, 3.0], [4.0]]
    """

    def __init__(
        self,
        x: object,
        y: object = None,
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int = 0,
    ) -> None:
        self.x = _one_array(x)
        self.y = None if y is None else np.asarray(y)
        if self.x.dtype.kind not in "fiub":
            raise ValueError(
                f"x should be an array of numbers, got dtype {self.x.dtype}"
            )
        if self.x.ndim == 0 or len(self.x) == 0:
            raise ValueError(f"x should hold at least one photo, got {self.x.shape}")
        if self.y is not None and (self.y.ndim == 0 or len(self.y) != len(self.x)):
            raise ValueError(
                "x and y should have the same length, got shapes "
                f"{self.x.shape} and {self.y.shape}"
            )
        super().__init__(len(self.x), batch_size, shuffle, seed)

    def load(self, indices: Indices, pass_number: int | None) -> Batch:
        """Return (x, y) of these rows; see `Batches.load`."""
        y = None if self.y is None else self.y[indices]
        return self.x[indices].astype(np.float32, copy=False), y


def _one_array(x: Any) -> Any:
    """Return x as an array; raise ValueError if its photos differ in size."""
    if not isinstance(x, np.ndarray) or x.dtype == object:
        try:
            shapes = {np.shape(photo) for photo in x}
        except (TypeError, ValueError):  # a number, or rows of different lengths
            shapes = set()
        if len(shapes) > 1:
            first, second = sorted(shapes)[:2]
            raise ValueError(
                f"the photos in x should have one size, got the shapes {first} and "
                f"{second}: load_img(path, target_size=(rows, columns)) gives them one"
            )
        if isinstance(x, np.ndarray) and x.size and shapes != {()}:
            x = np.stack(list(x))
    return np.asarray(x)


def stratified_split(labels: Any, share: float, seed: int) -> tuple[Any, Any]:
    """Return (training indices, test indices): `share` of each class is for the test.

    The seed decides which photos of a class are chosen; a class of two photos or more
    has at least one on each side.
    """
    labels = np.asarray(labels)
    test = []
    for label in np.unique(labels):
        indices = np.flatnonzero(labels == label)
        count = min(max(round(len(indices) * share), 1), len(indices) - 1)
        order = rng_for(seed, "split", int(label)).permutation(len(indices))
        test.append(indices[order[:count]])
    test_indices = np.sort(np.concatenate(test))
    return np.setdiff1d(np.arange(len(labels)), test_indices), test_indices


class BatchList(Batches):
    """A list of (x, y) batches, or a Keras Sequence: it has a length and an index.

    With `shuffle` the batches come in a different order in each pass.
    """

    def __init__(self, batches: Any, shuffle: bool, seed: int) -> None:
        super().__init__(len(batches), 1, shuffle, seed)
        if not len(batches):
            raise ValueError("x should yield at least one batch, got an empty list")
        self.batches = batches

    def batch(self, pass_number: int, index: int) -> Batch:
        """Return one of the batches."""
        return as_batch(self.batches[int(self.order(pass_number)[index])])

    def in_order(self, batch_size: int | None = None) -> Iterator[Batch]:
        """Yield every batch once, in order."""
        return (as_batch(self.batches[i]) for i in range(self.samples))


class NoMoreBatchesError(ValueError):
    """A generator has ended, and cannot start again."""


class BatchStream:
    """Batches from an iterator, such as a generator: no length, and no index.

    Parameters
    ----------
    batches : iterable
    steps_word : str, default "steps"
        The argument that says how many batches there should be, for a warning.
    is_answered : bool, default False
        Whether it may yield x alone, since it is only to be answered for.
    """

    PATIENCE_SECONDS = 3.0

    def __init__(
        self,
        batches: Iterable[Any],
        steps_word: str = "steps",
        is_answered: bool = False,
    ) -> None:
        # None for an iterator, which can be used only once.
        self._iterable = batches if iter(batches) is not batches else None
        self._iterator = iter(batches)
        self._name = getattr(batches, "__name__", type(batches).__name__)
        self._steps_word, self._is_answered = steps_word, is_answered
        self._has_warned = False

    def epoch(self, steps: int | None) -> Iterator[Batch]:
        """Yield `steps` batches, or all that are left if `steps` is None.

        In that case a generator that does not end within seconds is warned about: it
        may never do.
        """
        count, started = 0, time.monotonic()
        while steps is None or count < steps:
            try:
                item = next(self._iterator)
            except StopIteration:
                if not count or self._iterable is None:
                    break
                self._iterator = iter(self._iterable)
                if steps is None:
                    return
                continue
            count += 1
            if steps is None and time.monotonic() - started > self.PATIENCE_SECONDS:
                self._warn(count)
            is_x = self._is_answered and not isinstance(item, (tuple, list))
            yield (np.asarray(item), None) if is_x else as_batch(item)
        if not count:
            raise NoMoreBatchesError(
                "the generator has no more batches; for several epochs let it yield "
                "forever and pass steps_per_epoch"
            )

    def _warn(self, count: int) -> None:
        if not self._has_warned:
            self._has_warned = True
            warnings.warn(
                f"the generator {self._name!r} has not ended after {count} batches; if "
                f"it never does, pass {self._steps_word}=number of batches",
                stacklevel=4,
            )


def as_batch(item: Any) -> Batch:
    """Return the item as an (x, y) batch, or raise ValueError if it is not a pair."""
    if isinstance(item, (tuple, list)) and len(item) == 2:
        return np.asarray(item[0]), np.asarray(item[1])
    got = f"{len(item)} items" if isinstance(item, (tuple, list)) else type(item)
    raise ValueError(f"a batch should be a pair (x, y), got {got}")


def as_source(
    x: Any,
    y: Any,
    batch_size: int,
    shuffle: bool,
    seed: int,
    steps_word: str = "steps",
) -> Batches | BatchStream:
    """Return a source of batches for arrays x and y, or for x alone.

    Raises
    ------
    ValueError
        If `x` is an array and `y` is missing, or x cannot be iterated over.
    """
    if isinstance(x, str):
        raise ValueError(
            f"x should be arrays or batches, got the path {x!r}; for a folder write "
            "ImageDataGenerator(rescale=1/255).flow_from_directory(...)"
        )
    if y is not None and (isinstance(x, Batches) or isinstance(y, Batches)):
        raise ValueError(
            "photos from a folder have labels already: leave y out, and pass the "
            "validation photos as validation_data=..."
        )
    if y is not None:
        return ArrayBatches(x, y, batch_size, shuffle, seed)
    if isinstance(x, np.ndarray):
        raise ValueError("an array x needs y, the labels")
    if isinstance(x, Batches):
        return x
    if isinstance(x, tuple) and len(x) == 2:
        return ArrayBatches(*x, batch_size, shuffle, seed)
    if hasattr(x, "__len__") and hasattr(x, "__getitem__"):
        return BatchList(x, shuffle, seed)
    if hasattr(x, "__iter__"):
        return BatchStream(x, steps_word)
    raise ValueError(f"x should be arrays or yield batches, got {type(x).__name__}")


def split_arrays(
    x: Any, y: Any, validation_split: float
) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Return (training, validation) arrays, each (x, y); the last ones validate.

    Raises
    ------
    ValueError
        If the split leaves nothing on one side.
    """
    if y is None:
        raise ValueError("validation_split needs arrays x and y")
    count = len(x)
    train_count = math.floor(count * (1 - validation_split))
    if not 0 < validation_split < 1 or not 0 < train_count < count:
        raise ValueError(
            "validation_split should be a fraction between 0 and 1 that leaves photos "
            f"on both sides, got {validation_split!r} of {count_of(count, 'photo')}"
        )
    warn_of_left_out(y[:train_count], y[train_count:])
    return (x[:train_count], y[:train_count]), (x[train_count:], y[train_count:])


def warn_of_left_out(y_train: Any, y_val: Any) -> None:
    """Warn if a split of labels leaves whole classes out of the training."""
    train, val = (_classes_of(y) for y in (y_train, y_val))
    count = len(y_train) + len(y_val)
    if train and val - train and len(train | val) <= max(2, count / 2):
        names = ", ".join(map(str, sorted(val - train)[:10]))
        warnings.warn(
            f"validation_split takes the photos as they are ordered and leaves "
            f"{count_of(len(val - train), 'class')} out of the training ({names}): "
            "shuffle x and y together first",
            stacklevel=4,
        )


def _classes_of(y: Any) -> set[int]:
    """Return the classes among labels or one-hot rows; none for other numbers."""
    y = np.asarray(y)
    if y.dtype.kind not in "fiub":
        return set()
    if y.ndim == 2 and y.shape[1] > 1:
        y = y.argmax(axis=1) if (y.sum(axis=1) == 1).all() else y[:0]
    y = y.ravel()
    return set(y.astype(int).tolist()) if (y == np.floor(y)).all() else set()
