"""Batches: which photos come together, as a pure function of (seed, pass, index).

A *pass* goes through all photos once; it is an epoch unless `steps_per_epoch` is set.
Since no batch depends on the ones before it, a resumed training run sees the same
photos as an uninterrupted one.
"""

import math
from collections.abc import Iterator
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

    # The photos' preprocessing, class names and survey, if the source has them.
    preprocessing: Any = None
    class_indices: Any = None
    survey: Any = None

    def __init__(
        self, samples: int, batch_size: int = 32, shuffle: bool = True, seed: int = 0
    ) -> None:
        self.samples = samples
        self.batch_size: int = whole_number(batch_size, "batch_size")
        self.is_shuffled: bool = bool(shuffle)
        self.seed: int = whole_number(seed, "seed", least=0)
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
        self.x: Any = _one_array(x)
        self.y: NDArray[Any] | None = None if y is None else np.asarray(y)
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


def stratified_split(
    labels: Any, share: float, seed: int, use: str = "split"
) -> tuple[Any, Any]:
    """Return (training indices, test indices): `share` of each class is for the test.

    The seed and the use decide which photos of a class are chosen; a class of two
    photos or more has at least one on each side.
    """
    labels = np.asarray(labels)
    test = []
    for label in np.unique(labels):
        indices = np.flatnonzero(labels == label)
        count = min(max(round(len(indices) * share), 1), len(indices) - 1)
        order = rng_for(seed, use, int(label)).permutation(len(indices))
        test.append(indices[order[:count]])
    test_indices = np.sort(np.concatenate(test))
    return np.setdiff1d(np.arange(len(labels)), test_indices), test_indices
