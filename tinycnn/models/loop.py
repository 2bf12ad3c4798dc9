"""The loop of `fit`: epochs, steps, running means, validation, History."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import repeat
from typing import Any

from tinycnn.batches import Batch, Batches, BatchList, BatchStream, NoMoreBatchesError
from tinycnn.callbacks import (
    Callback,
    Figures,
    History,
    Logs,
    ProgressBar,
    call,
    with_model,
)
from tinycnn.metrics.tally import Ratio, Tally
from tinycnn.models.network import Network
from tinycnn.models.step import Compiled, DivergedError, evaluate_on, train_on
from tinycnn.shapes import whole_number
from tinycnn.text import count_of, say


class Means:
    """Means of loss and metrics over batches of different sizes."""

    def __init__(self) -> None:
        self._tallies: dict[str, Any] = {}

    def add(self, logs: Logs, count: int, times: int = 1) -> None:
        """Add the means over `count` photos, which came so many times."""
        for name, value in logs.items():
            tally: Tally = Ratio((value * count, count))
            if isinstance(value, Tally):
                tally = value
            self._tallies[name] = tally.plus(self._tallies.get(name), times)

    def logs(self) -> Logs:
        """Return the means so far."""
        return Figures({name: float(tally) for name, tally in self._tallies.items()})


def steps_sentence(steps: int, source: Batches, what: str = "step") -> str:
    """Return a sentence on how many passes a number of steps is.

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
    network: Network,
    compiled: Compiled,
    source: Batches | BatchStream,
    steps: int | None,
    callbacks: list[Callback] | None = None,
    is_training: bool = False,
) -> Logs:
    """Return the means of loss and metrics, in file order and never augmented.

    Keras runs `steps` batches, over and over the same photos. The same photos give the
    same numbers, so each batch is computed once and counted as often as it would come.
    The validation during `fit` (`is_training`) may raise DivergedError.
    """
    counts: Iterable[int] = repeat(1)
    if isinstance(source, BatchStream):
        source.restart()
        batches = source.epoch(steps)
    else:
        size = len(source)
        whole, rest = divmod(steps if steps is not None else size, size)
        batches = source.in_order()
        counts = [whole + (place < rest) for place in range(size)]
    means = Means()
    tell(callbacks, "on_test_begin", {})
    for place, (batch, count) in enumerate(zip(batches, counts, strict=False)):
        tell(callbacks, "on_test_batch_begin", place, {})
        if count:
            logs = evaluate_on(network, compiled, batch, is_training)
            means.add(logs, len(batch[0]), count)
        tell(callbacks, "on_test_batch_end", place, means.logs())
    tell(callbacks, "on_test_end", means.logs())
    return means.logs()


def tell(callbacks: list[Callback] | None, method: str, *arguments: Any) -> None:
    """Call a method of every callback."""
    for callback in callbacks or []:
        call(callback, method, *arguments)


def fit(
    network: Network,
    compiled: Compiled,
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
    if verbose:
        callbacks = [ProgressBar(live=None if verbose == 1 else False), *callbacks]
    history = History()
    network.stop_training = False
    params: dict[str, Any] = {"epochs": epochs, "steps": steps, "verbose": verbose}
    if all(type(one).__module__.startswith("tinycnn.") for one in callbacks):
        params["metrics"] = figure_names(compiled, validation is not None)
    with_model(callbacks, network, params)
    history.set_params(params)
    tell(callbacks, "on_train_begin", {})
    logs: Logs = {}
    for epoch in range(initial_epoch, epochs):
        tell(callbacks, "on_epoch_begin", epoch, {})
        try:
            logs = one_epoch(
                network, compiled, source, epoch, steps, callbacks, class_weight
            )
            if validation is not None:
                with located(epoch):
                    val_logs = evaluate_source(
                        network, compiled, validation, validation_steps, callbacks, True
                    )
                logs |= {f"val_{name}": value for name, value in val_logs.items()}
        except NoMoreBatchesError as error:
            if epoch == initial_epoch:
                raise
            say(f"the training run ends after {count_of(epoch, 'epoch')}: {error}")
            break
        except DivergedError as error:
            if not any(callback.ends_on_divergence for callback in callbacks):
                raise
            say(f"the training run ends: {error}")
            break
        tell(callbacks, "on_epoch_end", epoch, logs)
        history.on_epoch_end(epoch, logs)
        if network.stop_training:
            break
    tell(callbacks, "on_train_end", logs)
    return history


def one_epoch(
    network: Network,
    compiled: Compiled,
    source: Batches | BatchStream,
    epoch: int,
    steps: int | None,
    callbacks: list[Callback],
    class_weight: dict[int, float] | None,
) -> Logs:
    """Learn from the batches of one epoch; return the means of loss and metrics."""
    means = Means()
    for step, batch in enumerate(epoch_batches(source, epoch, steps)):
        tell(callbacks, "on_train_batch_begin", step, {})
        with located(epoch, step):
            logs = train_on(network, compiled, batch, class_weight)
        means.add(logs, len(batch[0]))
        tell(callbacks, "on_train_batch_end", step, means.logs())
        if network.stop_training:
            break
    return means.logs()


def figure_names(compiled: Compiled | None, is_validated: bool) -> list[str]:
    """Return the names that the figures of an epoch will have."""
    found = ["loss", *(one.name for one in compiled.metrics)] if compiled else []
    return found + [f"val_{name}" for name in found if is_validated]


@contextmanager
def located(epoch: int, step: int | None = None) -> Iterator[None]:
    """Add to a DivergedError where it happened; no step: in the validation."""
    try:
        yield
    except DivergedError as error:
        where = "validation after its last step"
        if step is not None:
            where, step = f"step {step + 1}", step + 1
        message = f"epoch {epoch + 1}, {where}: {error}"
        raise DivergedError(message, epoch + 1, step or 0) from None


def epoch_batches(
    source: Batches | BatchStream, epoch: int, steps: int | None
) -> Iterator[Batch]:
    """Yield the batches of one epoch; the passes continue from epoch to epoch."""
    if isinstance(source, BatchStream):
        yield from source.epoch(steps)
        return
    first = epoch * (steps or 0)
    for number in range(first, first + (steps or 0)):
        yield source.batch(*divmod(number, len(source)))
