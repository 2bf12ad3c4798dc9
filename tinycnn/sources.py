"""Sources: what fit can take its batches from - arrays, lists, generators."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from tinycnn.batches import ArrayBatches, Batch, Batches
from tinycnn.text import count_of, display_name


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


def check_alike(source: Any, class_names: Any, preprocessing: Any) -> None:
    """Raise if photos to be judged are not classed and prepared as the training's.

    Parameters
    ----------
    source : source of batches
        Only a folder knows its classes and preprocessing; others pass.
    class_names : iterable of str, or None
    preprocessing : Preprocessing or None

    Raises
    ------
    ValueError
        If the classes or the preprocessing differ; both are named.
    """
    if getattr(source, "class_indices", None) is None:
        return
    judged = [display_name(name) for name in source.class_indices]
    learnt = [display_name(name) for name in class_names or judged]
    if judged != learnt:
        raise ValueError(
            f"the validation photos have the classes {', '.join(judged)} and the "
            f"training photos {', '.join(learnt)}; they should be the same"
        )
    if preprocessing is not None and source.preprocessing != preprocessing:
        raise ValueError(
            "the validation photos should be prepared like the training photos: "
            f"{source.preprocessing} and {preprocessing}"
        )


def check_outputs(source: Any, units: int) -> None:
    """Raise unless a model with so many outputs can answer for a folder's classes.

    Raises
    ------
    ValueError
        If their number does not fit, or one output meets one-hot labels.
    """
    count = len(source.class_indices)
    if units != count and (units, count) != (1, 2):
        raise ValueError(
            f"{count_of(count, 'class')} need Dense({count}, activation='softmax') at "
            "the end"
            + (" or Dense(1, activation='sigmoid')" if count == 2 else "")
            + f", got {count_of(units, 'output')}"
        )
    if units == 1 and getattr(source, "class_mode", None) == "categorical":
        raise ValueError("Dense(1, 'sigmoid') needs photos with class_mode='binary'")
