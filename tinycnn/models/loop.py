"""Training: the loop of fit - epochs, steps, running means, validation, History.

It works on anything that can take a step and be evaluated; it knows nothing of layers.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from tinycnn.batches import Batch, Batches, BatchList, BatchStream
from tinycnn.callbacks import Callback, Logs, ProgressBar, figures_text
from tinycnn.shapes import whole_number
from tinycnn.text import count_of, say


class DivergedError(ArithmeticError):
    """The loss is no number any more, or so large that nothing can be learnt from it.

    Attributes
    ----------
    epoch, step : int
        Where, counted from 1; step 0 is the validation after the epoch.
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

    def evaluate_batches(
        self, batches: Iterable[Batch], counts: Iterable[int], is_learning: bool = False
    ) -> Logs:
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


def evaluate_source(
    trainee: Trainee,
    source: Any,
    steps: int | None,
    callbacks: list[Callback] | None = None,
) -> Logs:
    """Return the figures of a source, in file order and never augmented.

    Keras runs `steps` batches, over and over the same photos. The same photos give the
    same figures, so each batch is computed once and counted as often as it would come.
    With callbacks (maybe none) it belongs to a training, and may raise DivergedError.
    """
    if isinstance(source, BatchStream):
        ready = list(source.epoch(steps))
        batches, counts = iter(ready), [1] * len(ready)
    else:
        size = len(source)
        whole, rest = divmod(steps if steps is not None else size, size)
        batches = source.in_order()
        counts = [whole + (place < rest) for place in range(size)]
    if callbacks is None:
        return trainee.evaluate_batches(batches, counts)
    return trainee.evaluate_batches(_told(batches, callbacks), counts, is_learning=True)


def _told(batches: Iterator[Batch], callbacks: list[Callback]) -> Iterator[Batch]:
    """Yield the batches, and tell the callbacks when each was judged."""
    for place, batch in enumerate(batches):
        yield batch
        for callback in callbacks:
            callback.on_test_batch_end(place)


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
            try:
                figures = evaluate_source(
                    trainee, validation, validation_steps, callbacks
                )
            except DivergedError as error:
                where = f"epoch {epoch + 1}, validation after its last step: {error}"
                raise DivergedError(where, epoch + 1) from None
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
