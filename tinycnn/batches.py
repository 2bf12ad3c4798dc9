"""Batches: which photos come together, as a pure function of (seed, pass, place).

One *pass* is once through all photos; in Keras's words an epoch, unless
`steps_per_epoch` says otherwise. Since no batch depends on the ones before it, a
training that is taken up again sees the same photos as one that was never stopped.
"""

import math
from collections.abc import Iterable, Iterator
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


class BatchList(Batches):
    """A list of ready (x, y) batches, or Keras's Sequence: has a length and an index.

    With shuffle the batches come in another order in each pass.
    """

    def __init__(self, batches: Any, shuffle: bool, seed: int) -> None:
        super().__init__(len(batches), 1, shuffle, seed)
        if not len(batches):
            raise ValueError("x should yield at least one batch, got an empty list")
        self.batches = batches

    def batch(self, pass_number: int, place: int) -> Batch:
        """Return one of the batches."""
        return as_batch(self.batches[int(self.order(pass_number)[place])])

    def plain(self, batch_size: int | None = None) -> Iterator[Batch]:
        """Yield every batch once, in order."""
        return (as_batch(self.batches[i]) for i in range(self.samples))


class BatchStream:
    """Batches out of an iterator, such as a generator: no length, no way back."""

    def __init__(self, batches: Iterable[Any]) -> None:
        self._again = batches if iter(batches) is not batches else None
        self._iterator = iter(batches)

    def epoch(self, steps: int | None) -> Iterator[Batch]:
        """Yield `steps` batches, or as many as there are."""
        made = 0
        while steps is None or made < steps:
            try:
                item = next(self._iterator)
            except StopIteration:
                if not made or self._again is None:
                    break
                self._iterator = iter(self._again)
                if steps is None:
                    return
                continue
            made += 1
            yield as_batch(item)
        if not made:
            raise ValueError(
                "the generator has no more batches; for several epochs let it yield "
                "for ever and give steps_per_epoch"
            )


def as_batch(item: Any) -> Batch:
    """Return an (x, y) batch out of what a generator yields.

    Raises
    ------
    ValueError
        If it is not a pair.
    """
    if isinstance(item, (tuple, list)) and len(item) == 2:
        return np.asarray(item[0]), np.asarray(item[1])
    got = f"{len(item)} things" if isinstance(item, (tuple, list)) else type(item)
    raise ValueError(f"a batch should be a pair (x, y), got {got}")


def as_source(
    x: Any, y: Any, batch_size: int, shuffle: bool, seed: int
) -> Batches | BatchStream:
    """Return what batches can be taken from: arrays x and y, or x itself.

    Raises
    ------
    ValueError
        If `x` is an array and `y` is missing, or x cannot be iterated over.
    """
    if isinstance(x, str):
        raise ValueError(
            f"x should be arrays or batches, got the name {x!r}; for a folder write "
            "ImageDataGenerator(rescale=1/255).flow_from_directory(...)"
        )
    if y is not None and (isinstance(x, Batches) or isinstance(y, Batches)):
        raise ValueError(
            "photos from a folder bring their own answers: leave y out, and hand the "
            "photos to judge by over as validation_data=..."
        )
    if y is not None:
        return ArrayBatches(x, y, batch_size, shuffle, seed)
    if isinstance(x, np.ndarray):
        raise ValueError("an array x needs y, the right answers")
    if isinstance(x, Batches):
        return x
    if isinstance(x, tuple) and len(x) == 2:
        return ArrayBatches(*x, batch_size, shuffle, seed)
    if hasattr(x, "__len__") and hasattr(x, "__getitem__"):
        return BatchList(x, shuffle, seed)
    if hasattr(x, "__iter__"):
        return BatchStream(x)
    raise ValueError(f"x should be arrays or yield batches, got {type(x).__name__}")


def split_arrays(
    x: Any, y: Any, validation_split: float
) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Return ((x, y) to learn from, (x, y) to validate with): the last part, as Keras.

    Raises
    ------
    ValueError
        If the split leaves nothing on one side.
    """
    if y is None:
        raise ValueError("validation_split needs arrays x and y")
    count = len(x)
    first = math.floor(count * (1 - validation_split))
    if not 0 < validation_split < 1 or not 0 < first < count:
        raise ValueError(
            "validation_split should be a share between 0 and 1 that leaves photos on "
            f"both sides, got {validation_split!r} of {count_of(count, 'photo')}"
        )
    return (x[:first], y[:first]), (x[first:], y[first:])
