"""Batches: which photos come together, as a pure function of (seed, pass, place).

One *pass* is once through all photos; in Keras's words an epoch, unless
`steps_per_epoch` says otherwise. Since no batch depends on the ones before it, a
training that is taken up again sees the same photos as one that was never stopped.
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
Numbers = NDArray[np.intp]


class Batches:
    """A source of batches; subclasses say how photos are loaded.

    Parameters
    ----------
    samples : int
        How many photos there are.
    batch_size : int, default 32
        Photos in a batch; the last batch of a pass may be smaller.
    shuffle : bool, default True
        Mix the photos anew for each pass.
    seed : int, default 0
        Which mixture.
    """

    # Photo preprocessing and class names, where the source knows them.
    preprocessing: Any = None
    class_indices: Any = None

    def __init__(
        self, samples: int, batch_size: int = 32, shuffle: bool = True, seed: int = 0
    ) -> None:
        self.samples = samples
        self.batch_size = whole_number(batch_size, "batch_size")
        self.shuffle = bool(shuffle)
        self.seed = whole_number(seed, "seed", least=0)
        self._next = 0
        self._order: tuple[int, Numbers] | None = None

    def __len__(self) -> int:
        """Return the number of batches in one pass."""
        return math.ceil(self.samples / self.batch_size)

    def order(self, pass_number: int) -> Numbers:
        """Return the photos' numbers in the order of that pass."""
        if not self.shuffle:
            return np.arange(self.samples)
        if self._order is None or self._order[0] != pass_number:
            rng = rng_for(self.seed, "order", pass_number)
            self._order = (pass_number, rng.permutation(self.samples))
            self._order[1].setflags(write=False)  # handed out, and used again
        return self._order[1]

    def batch(self, pass_number: int, place: int) -> Batch:
        """Return batch number `place` of that pass, augmented if the source does so."""
        start = place * self.batch_size
        chosen = self.order(pass_number)[start : start + self.batch_size]
        return self.load(chosen, pass_number)

    def plain(self, batch_size: int | None = None) -> Iterator[Batch]:
        """Yield every photo once, in file order, never augmented."""
        size = batch_size or self.batch_size
        for start in range(0, self.samples, size):
            yield self.load(np.arange(start, min(start + size, self.samples)), None)

    def load(self, chosen: Numbers, pass_number: int | None) -> Batch:
        """Return (x, y) of the photos of these numbers; no pass: never augmented."""
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

    def __getitem__(self, place: int) -> Any:
        """Return batch number `place` of the current pass."""
        count = len(self)
        if not -count <= place < count:
            raise IndexError(f"there are {count} batches, 0..{count - 1}, got {place}")
        return self._as_keras(self.batch(self._next // count, place % count))

    def reset(self) -> None:
        """Let `next` start again with the first batch of the first pass."""
        self._next = 0

    @staticmethod
    def _as_keras(batch: Batch) -> Any:
        return batch[0] if batch[1] is None else batch


class ArrayBatches(Batches):
    """Batches out of arrays x and y that are in memory.

    Parameters
    ----------
    x : array-like of shape (N, ...)
    y : array-like of shape (N, ...), optional
    batch_size, shuffle, seed
        As in `Batches`.

    Raises
    ------
    ValueError
        If there is no photo, or x and y differ in length.

    Examples
    --------
    >>> source = ArrayBatches(np.arange(5.0), np.arange(5), batch_size=2, shuffle=False)
    >>> [x.tolist() for x, y in source.plain()]
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
        self.x = np.asarray(x)
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

    def load(self, chosen: Numbers, pass_number: int | None) -> Batch:
        """Return (x, y) of these rows; see `Batches.load`."""
        y = None if self.y is None else self.y[chosen]
        return self.x[chosen].astype(np.float32, copy=False), y


def stratified_split(labels: Any, share: float, seed: int) -> tuple[Any, Any]:
    """Return (numbers to learn from, numbers to judge by), `share` of each class.

    Which photos of a class are chosen is a function of the seed; each class with two
    photos or more keeps at least one on either side.
    """
    labels = np.asarray(labels)
    judged = []
    for label in np.unique(labels):
        numbers = np.flatnonzero(labels == label)
        wanted = round(len(numbers) * share)
        count = min(max(wanted, 1), len(numbers) - 1)
        chosen = rng_for(seed, "split", int(label)).permutation(len(numbers))[:count]
        judged.append(numbers[chosen])
    test = np.sort(np.concatenate(judged))
    return np.setdiff1d(np.arange(len(labels)), test), test
