"""What `fit` takes beside arrays: lists, generators, and a split of arrays."""

import math
import time
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from tinycnn.batches.arrays import ArrayBatches, Batch, Batches
from tinycnn.batches.pipeline import INFINITE, Pipeline
from tinycnn.text import count_of, warn


class BatchList(Batches):
    """A list of (x, y) batches, or a Keras Sequence: it has a length and an index.

    With `shuffle` the batches come in a different order in each pass. After a pass the
    method ``on_epoch_end`` is called, if there is one.
    """

    def __init__(self, batches: Any, shuffle: bool, seed: int) -> None:
        super().__init__(len(batches), 1, shuffle, seed)
        if not len(batches):
            raise ValueError("x should yield at least one batch, got an empty list")
        self.batches = batches
        self._pass: int | None = None

    def batch(self, pass_number: int, index: int) -> Batch:
        """Return one of the batches."""
        if self._pass is not None and pass_number > self._pass:
            getattr(self.batches, "on_epoch_end", lambda: None)()
        self._pass = pass_number
        return as_batch(self.batches[int(self.order(pass_number)[index])])

    def in_order(self, batch_size: int | None = None) -> Iterator[Batch]:
        """Yield every batch once, in order."""
        return (as_batch(self.batches[i]) for i in range(self.samples))


class Sequence:
    """What a source of one's own may inherit from: Keras's `utils.Sequence`.

    It has ``__len__``, the number of batches, and ``__getitem__(index)``, which returns
    one of them, (x, y). `fit` calls ``on_epoch_end`` after each pass.
    """

    def __init__(self, *_: Any, **__: Any) -> None:
        """Accept Keras's words `workers`, `use_multiprocessing`, `max_queue_size`."""

    def __len__(self) -> int:
        """Return the number of batches."""
        raise NotImplementedError(f"{type(self).__name__} should define __len__")

    def __getitem__(self, index: int) -> Any:
        """Return batch number `index`, (x, y)."""
        raise NotImplementedError(f"{type(self).__name__} should define __getitem__")

    def __iter__(self) -> Iterator[Any]:
        """Yield every batch once."""
        return (self[index] for index in range(len(self)))

    def on_epoch_end(self) -> None:
        """Do nothing after a pass; for a subclass to shuffle its photos, say."""


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
        if not count and isinstance(self._iterable, Pipeline):
            raise ValueError(
                f"{self._iterable!r} has no batch: drop_remainder=True leaves a batch "
                "out that is not full"
            )
        if not count:
            raise NoMoreBatchesError(
                "the generator has no more batches; for several epochs let it yield "
                "forever and pass steps_per_epoch"
            )

    def restart(self) -> None:
        """Begin again with the first batch, if that is possible."""
        if self._iterable is not None:
            self._iterator = iter(self._iterable)

    def _warn(self, count: int) -> None:
        if not self._has_warned:
            self._has_warned = True
            warn(
                f"the generator {self._name!r} has not ended after {count} batches; if "
                f"it never does, pass {self._steps_word}=number of batches"
            )


def as_batch(item: Any) -> Batch:
    """Return the item as an (x, y) batch, or raise ValueError if it is not a pair."""
    if isinstance(item, (tuple, list)) and len(item) == 2:
        return np.asarray(item[0]), np.asarray(item[1])
    got = f"{len(item)} items" if isinstance(item, (tuple, list)) else type(item)
    raise ValueError(f"a batch should be a pair (x, y), got {got}")


def stream_of(
    dataset: Any, steps: int | None, steps_word: str, is_answered: bool = False
) -> BatchStream:
    """Return the batches of an iterator, or of a data set made step by step.

    Raises
    ------
    ValueError
        If its elements are not batches, or it has no end and `steps` does not say
        how many of its batches to use.
    """
    if not isinstance(dataset, Pipeline):
        return BatchStream(dataset, steps_word, is_answered)
    if dataset.is_batched is False:
        raise ValueError(
            "the data set should have batches, got single photos: write "
            "dataset.batch(32) before it is handed over"
        )
    if dataset.count == INFINITE and steps is None:
        raise ValueError(
            f"the data set has no end, because of repeat(): pass {steps_word}=number "
            "of batches, or leave repeat() out"
        )
    return BatchStream(dataset, steps_word, is_answered)


def as_source(
    x: Any,
    y: Any,
    batch_size: int,
    shuffle: bool,
    seed: int,
    steps_word: str = "steps",
    steps: int | None = None,
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
    if isinstance(x, Pipeline):
        return stream_of(x, steps, steps_word)
    if (
        isinstance(x, (tuple, list))
        and len(x) == 2
        and (isinstance(x, tuple) or all(isinstance(each, np.ndarray) for each in x))
    ):
        return ArrayBatches(x[0], x[1], batch_size, shuffle, seed)
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
        warn(
            f"validation_split takes the photos as they are ordered and leaves "
            f"{count_of(len(val - train), 'class')} out of the training ({names}): "
            "shuffle x and y together first"
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
