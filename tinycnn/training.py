"""Training: the loop of fit - epochs, steps, running means, validation, History.

It works on anything that can take a step and be evaluated; it knows nothing of layers.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import numpy as np

from tinycnn.batches import Batch, Batches
from tinycnn.callbacks import Callback, Logs, ProgressBar, figures_text
from tinycnn.shapes import whole_number
from tinycnn.text import count_of, say


class DivergedError(ArithmeticError):
    """The loss is no number any more.

    Attributes
    ----------
    epoch, step : int
        Where, counted from 1.
    """

    def __init__(self, message: str, epoch: int = 0, step: int = 0) -> None:
        super().__init__(message)
        self.epoch, self.step = epoch, step


class History:
    """The figures of a training.

    Attributes
    ----------
    history : dict of str to list of float
        loss, accuracy, val_loss, val_accuracy: one number per epoch. During an epoch
        the weights move, so loss and accuracy are means over moving targets; the
        validation figures are of the weights at the epoch's end.
    epoch : list of int
        The epochs' numbers, from 0.
    """

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []

    def add(self, epoch: int, logs: Logs) -> None:
        """Append the figures of one epoch."""
        self.epoch.append(epoch)
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)

    def __repr__(self) -> str:
        last = {name: values[-1] for name, values in self.history.items()}
        return f"History({count_of(len(self.epoch), 'epoch')}: {figures_text(last)})"


class Trainee(Protocol):
    """What the loop needs of a model."""

    stop_training: bool

    def train_step(self, batch: Batch, class_weight: dict[int, float] | None) -> Logs:
        """Learn from one batch and return its figures."""

    def evaluate_batches(self, batches: Iterable[Batch], counts: Iterable[int]) -> Logs:
        """Return the figures of batches, each counted so many times."""


class Means:
    """Means of figures over batches of different sizes."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = {}
        self._count = 0

    def add(self, logs: Logs, count: int) -> None:
        """Count the figures of `count` photos in."""
        self._count += count
        for name, value in logs.items():
            self._sums[name] = self._sums.get(name, 0.0) + value * count

    def logs(self) -> Logs:
        """Return the means so far."""
        return {name: total / self._count for name, total in self._sums.items()}


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


def as_source(x: Any, shuffle: bool, seed: int) -> Batches | BatchStream:
    """Return what fit can take batches from.

    Raises
    ------
    ValueError
        If `x` cannot be iterated over.
    """
    if isinstance(x, Batches):
        return x
    if hasattr(x, "__len__") and hasattr(x, "__getitem__"):
        return BatchList(x, shuffle, seed)
    if hasattr(x, "__iter__"):
        return BatchStream(x)
    raise ValueError(f"x should be arrays or yield batches, got {type(x).__name__}")


def steps_sentence(steps: int, source: Batches, what: str = "step") -> str:
    """Return in words what a number of steps amounts to.

    Examples
    --------
    >>> from tinycnn.batches import ArrayBatches
    >>> steps_sentence(109, ArrayBatches([0] * 109))
    '109 steps of up to 32 photos = 27.25 passes over 109 photos'
    """
    passes = f"{steps / len(source):.2f}".rstrip("0").rstrip(".")
    noun = "pass" if passes == "1" else "passes"
    photos = count_of(source.samples, "photo")
    size = count_of(min(source.batch_size, source.samples), "photo")
    return f"{count_of(steps, what)} of up to {size} = {passes} {noun} over {photos}"


def evaluate_source(trainee: Trainee, source: Any, steps: int | None) -> Logs:
    """Return the figures of a source, in file order and never augmented.

    Keras runs `steps` batches, over and over the same photos. The same photos give the
    same figures, so each batch is computed once and counted as often as it would come.
    """
    if isinstance(source, BatchStream):
        batches = list(source.epoch(steps))
        return trainee.evaluate_batches(batches, [1] * len(batches))
    size = len(source)
    whole, rest = divmod(steps if steps is not None else size, size)
    counts = [whole + (place < rest) for place in range(size)]
    return trainee.evaluate_batches(source.plain(), counts)


def run(
    trainee: Trainee,
    source: Batches | BatchStream,
    *,
    epochs: int,
    initial_epoch: int,
    steps_per_epoch: int | None,
    validation: Batches | BatchStream | None,
    validation_steps: int | None,
    callbacks: list[Callback],
    class_weight: dict[int, float] | None,
    verbose: int,
) -> History:
    """Train for some epochs and return their History; see `Sequential.fit`."""
    epochs = whole_number(epochs, "epochs", least=0)
    initial_epoch = whole_number(initial_epoch, "initial_epoch", least=0)
    steps = (
        whole_number(steps_per_epoch, "steps_per_epoch")
        if steps_per_epoch is not None
        else len(source) if isinstance(source, Batches) else None
    )  # fmt: skip
    if validation_steps is not None:
        whole_number(validation_steps, "validation_steps")
    if verbose and isinstance(source, Batches) and not isinstance(source, BatchList):
        if steps is not None and steps != len(source):
            say(steps_sentence(steps, source))
    if verbose == 1:
        callbacks = [ProgressBar(), *callbacks]
    elif verbose:
        callbacks = [ProgressBar(live=False), *callbacks]
    history = History()
    trainee.stop_training = False
    for callback in callbacks:
        callback.model = trainee
        callback.params = {"epochs": epochs, "steps": steps}
        callback.on_train_begin()
    logs: Logs = {}
    for epoch in range(initial_epoch, epochs):
        for callback in callbacks:
            callback.on_epoch_begin(epoch)
        logs = _run_epoch(trainee, source, epoch, steps, callbacks, class_weight)
        if validation is not None:
            figures = evaluate_source(trainee, validation, validation_steps)
            logs |= {f"val_{name}": value for name, value in figures.items()}
        history.add(epoch, logs)
        for callback in callbacks:
            callback.on_epoch_end(epoch, logs)
        if trainee.stop_training:
            break
    for callback in callbacks:
        callback.on_train_end(logs)
    return history


def _run_epoch(
    trainee: Trainee,
    source: Batches | BatchStream,
    epoch: int,
    steps: int | None,
    callbacks: list[Callback],
    class_weight: dict[int, float] | None,
) -> Logs:
    """Take the steps of one epoch and return the means of their figures."""
    means = Means()
    for step, batch in enumerate(_epoch_batches(source, epoch, steps)):
        for callback in callbacks:
            callback.on_train_batch_begin(step)
        try:
            logs = trainee.train_step(batch, class_weight)
        except DivergedError as error:
            where = f"epoch {epoch + 1}, step {step + 1}: {error}"
            raise DivergedError(where, epoch + 1, step + 1) from None
        means.add(logs, len(batch[0]))
        for callback in callbacks:
            callback.on_train_batch_end(step, means.logs())
        if trainee.stop_training:
            break
    return means.logs()


def _epoch_batches(
    source: Batches | BatchStream, epoch: int, steps: int | None
) -> Iterator[Batch]:
    """Yield the batches of one epoch; the passes go on from epoch to epoch."""
    if isinstance(source, BatchStream):
        yield from source.epoch(steps)
        return
    first = epoch * (steps or 0)
    for number in range(first, first + (steps or 0)):
        yield source.batch(*divmod(number, len(source)))


def split_arrays(
    x: Any, y: Any, validation_split: float
) -> tuple[tuple[Any, Any], tuple[Any, Any] | None]:
    """Return ((x, y) to learn from, (x, y) to validate with): the last part, as Keras.

    Raises
    ------
    ValueError
        If the split leaves nothing on one side.
    """
    if not validation_split:
        return (x, y), None
    count = len(x)
    first = math.floor(count * (1 - validation_split))
    if not 0 < validation_split < 1 or not 0 < first < count:
        raise ValueError(
            "validation_split should be a share between 0 and 1 that leaves photos on "
            f"both sides, got {validation_split!r} of {count_of(count, 'photo')}"
        )
    return (x[:first], y[:first]), (x[first:], y[first:])
