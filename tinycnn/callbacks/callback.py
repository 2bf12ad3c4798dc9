"""Callbacks: what else happens while a model learns.

`fit` calls each callback at the start and end of training, of every epoch and of every
batch, with `logs`, a dict of the metrics so far (loss, accuracy, val_loss ...).
"""

import inspect
import math
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from tinycnn.keras.words import CALLBACK_WORDS, refuse, say_once, spell
from tinycnn.shapes import Array, whole_number
from tinycnn.text import LiveLine, display_name, say

Logs = dict[str, float]
Numbers = dict[str, float | None]
Arrays = dict[str, Array]

BAR_CELLS = 24
ONE_NAME = {
    **{"acc": "accuracy", "accuracy": "acc"},
    **{"lr": "learning_rate", "learning_rate": "lr"},
}


class Figures(dict[str, Any]):
    """Figures by name, in which ``acc`` is found as ``accuracy``, and the reverse.

    Keras 2.0 to 2.2 called it acc whatever it was in ``compile``, later ones call it
    what it was there, so a script may say one and read the other; a line says so, once.
    ``lr`` and ``learning_rate`` are such a pair, too.
    """

    def _key(self, name: Any) -> Any:
        if not super().__contains__(name) and isinstance(name, str):
            bare = name.removeprefix("val_")
            other = name.removesuffix(bare) + ONE_NAME.get(bare, bare)
            if super().__contains__(other):
                return other
        return name

    def __missing__(self, name: str) -> Any:
        key = self._key(name)
        if key == name:
            raise KeyError(name)
        say_once(f"the figure {name!r} is called {key!r} here")
        return self[key]

    def __contains__(self, name: object) -> bool:
        return super().__contains__(self._key(name))

    def get(self, name: Any, default: Any = None) -> Any:
        """Return the figure of that name, or the default."""
        return self[name] if name in self else default


class Callback:
    """Does nothing; override the methods you need.

    Attributes
    ----------
    model : Sequential
        The model that learns.
    params : dict
        ``epochs`` and ``steps`` (None if unknown in advance).
    """

    model: Any = None
    params: dict[str, Any] = {}  # noqa: RUF012 - replaced by each fit

    # Whether `fit` ends, without an error, when the loss is not finite any more.
    ends_on_divergence = False
    # Whether a checkpoint that was made without it can be resumed with it.
    is_optional = False

    def set_model(self, model: Any) -> None:
        """Take the model that learns, or is asked."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Take `params`."""
        self.params = params

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Run before the first epoch."""

    def on_train_end(self, logs: Logs) -> None:
        """Run after the last epoch."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Run before each epoch; the first is 0."""

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Run after each epoch and its validation."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Run before each step of an epoch; the first is 0."""
        call(self, "on_batch_begin", batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """Run after each step, with the epoch's means so far."""
        call(self, "on_batch_end", batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Run before each step: the older name."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Run after each step: the older name."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Run before each validation and `evaluate`."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Run after each validation and `evaluate`."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Run before each batch of a validation."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Run after each batch of a validation."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Run before `predict`."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Run after `predict`."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Run before each batch of `predict`."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Run after each batch of `predict`."""

    def state(self) -> tuple[Numbers, Arrays]:
        """Return what must survive from epoch to epoch: (numbers, arrays) by name.

        A checkpoint keeps it, so that a resumed training run continues as if it had
        never been interrupted.
        """
        return {}, {}

    def restore(self, numbers: Numbers, arrays: Arrays) -> None:
        """Let the next `fit` continue from what `state` returned; `model` is set.

        Raises
        ------
        ValueError
            If the arrays do not fit the model.
        """


def takes(function: Any, most: int) -> int:
    """Return how many positional arguments a function takes, at most so many."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return most
    if any(one.kind is one.VAR_POSITIONAL for one in parameters):
        return most
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return min(most, sum(one.kind in kinds for one in parameters))


def call(callback: Callback, method: str, *arguments: Any) -> None:
    """Call a method of a callback with as many of the arguments as it takes.

    ``def on_train_begin(self)`` and ``def on_train_begin(self, logs)`` are both right.
    """
    function = getattr(callback, method)
    function(*arguments[: takes(function, len(arguments))])


def figures_text(logs: Logs) -> str:
    """Return ``loss: 0.6931 - accuracy: 0.5000``."""
    return " - ".join(
        f"{name}: {value:.4f}" if 1e-4 <= abs(value) < 1e6 or value == 0
        # 0.00002 would be shown as 0.0000, and a diverging loss as a line of digits.
        else f"{name}: {value:.2e}"
        for name, value in logs.items()
    )  # fmt: skip


class ProgressBar(Callback):
    """Show the progress of an epoch: live on a screen, one line per epoch elsewhere.

    Parameters
    ----------
    live : bool, optional
        Overwrite the line while the epoch runs. By default only in a terminal or a
        notebook; a file or a pipe gets one line per epoch.
    """

    REFRESH_SECONDS = 0.1

    def __init__(self, live: bool | None = None) -> None:
        self.live = live

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Start the clock."""
        self._line = LiveLine(self.live)
        self._started = self._drawn = time.perf_counter()
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """Draw the bar, no more often than the eye can follow."""
        now = time.perf_counter()
        if self._line.is_live and now - self._drawn >= self.REFRESH_SECONDS:
            self._drawn = now
            self._line.write(f"{self._bar(batch + 1)} {figures_text(logs)}")

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Leave one line with the epoch's metrics."""
        seconds = time.perf_counter() - self._started
        line = f"{self._head()} - {seconds:.1f}s - {figures_text(logs)}"
        if self._line.is_live:
            self._line.write(line)
            self._line.leave()
        else:
            say(line)

    def _head(self) -> str:
        epochs = self.params.get("epochs", 1)
        return f"Epoch {self._epoch + 1:>{len(str(epochs))}}/{epochs}"

    def _bar(self, done: int) -> str:
        steps = self.params.get("steps")
        if not steps:
            return f"{self._head()} - step {done}"
        cells = BAR_CELLS * done // steps
        bar = "=" * cells + "." * (BAR_CELLS - cells)
        left = (time.perf_counter() - self._started) / done * (steps - done)
        return f"{self._head()} [{bar}] {done}/{steps} - {left:.0f}s left -"


class Monitor(Callback):
    """A callback that waits for a metric to improve."""

    best: float | None  # so far
    watches = True  # whether `monitor` decides anything

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        spell(cls, CALLBACK_WORDS)

    def __init__(
        self,
        monitor: str,
        mode: str,
        min_delta: float,
        verbose: int,
        unsupported: dict[str, object],
    ) -> None:
        refuse(type(self), unsupported, CALLBACK_WORDS)
        self.verbose = verbose
        if mode not in ("auto", "min", "max"):
            raise ValueError(f"mode should be 'auto', 'min' or 'max', got {mode!r}")
        self.monitor = monitor
        is_max = mode == "max" or (mode == "auto" and "acc" in monitor)
        self._sign = 1.0 if is_max else -1.0
        self._min_delta = abs(min_delta)
        self._is_restored = False
        self._reset()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forget an earlier `fit`, unless its state was restored."""
        known = self.params.get("metrics")
        if known and self.watches and self.monitor not in Figures.fromkeys(known):
            self._refuse_monitor(known)
        if not self._is_restored:
            self._reset()
        self._is_restored = False

    def _reset(self) -> None:
        self.best = None

    def state(self) -> tuple[Numbers, Arrays]:
        """Return the best value so far."""
        return {"best": self.best}, {}

    def restore(self, numbers: Numbers, arrays: Arrays) -> None:
        """Continue from these numbers in the next `fit`."""
        for name, value in numbers.items():
            setattr(self, name, value)
        self._is_restored = True

    def _refuse_monitor(self, known: Iterable[str]) -> NoReturn:
        raise ValueError(
            f"{type(self).__name__} should watch one of {', '.join(known)}, got "
            f"{self.monitor!r}; val_... needs validation_data in fit"
        )

    def _is_better(self, logs: Logs) -> bool:
        """Return whether the metric is the best so far, and keep it as `best`."""
        logs = Figures(logs)
        if self.monitor not in logs:
            self._refuse_monitor(logs)
        value = logs[self.monitor]
        if math.isnan(value) or (
            self.best is not None
            and self._sign * (value - self.best) <= self._min_delta
        ):
            return False
        self.best = value
        return True


class EarlyStopping(Monitor):
    """Stop when a metric has not improved for `patience` epochs.

    Parameters
    ----------
    monitor : str, default "val_loss"
        The metric to watch.
    min_delta : float, default 0
        The least change that counts as an improvement.
    patience : int, default 0
        Epochs to wait for an improvement.
    verbose : int, default 0
        1 prints a line when it stops.
    mode : {"auto", "min", "max"}, default "auto"
        Whether smaller or larger is better; "auto" is "max" for accuracies, else "min".
    restore_best_weights : bool, default True
        Give the model back the weights of its best epoch at the end. (Keras's default
        is False, which leaves the weights of the last epoch.)

    Attributes
    ----------
    best : float
        The best value of the metric.
    best_weights : list of ndarray, or None
        The weights of the best epoch, until `on_train_end` gives them back.
    best_epoch, stopped_epoch : int or None
        Counted from 0; `stopped_epoch` is None unless this callback ended the run.
    waited : int
        Epochs since the best one.
    """

    best_epoch: int | None
    stopped_epoch: int | None
    waited: int
    best_weights: list[Array] | None

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        restore_best_weights: bool = True,
        **unsupported: object,
    ) -> None:
        super().__init__(monitor, mode, min_delta, verbose, unsupported)
        self.patience = patience
        self.restore_best_weights = restore_best_weights

    def _reset(self) -> None:
        super()._reset()
        self.best_epoch = self.stopped_epoch = self.best_weights = None
        self.waited = 0

    def state(self) -> tuple[Numbers, Arrays]:
        """Return the best value and epoch, the epochs since, and the best weights."""
        names = ("best", "best_epoch", "stopped_epoch", "waited")
        numbers = {name: getattr(self, name) for name in names}
        if self.best_weights is None:
            return numbers, {}
        return numbers, dict(zip(self.model.arrays, self.best_weights, strict=True))

    def restore(self, numbers: Numbers, arrays: Arrays) -> None:
        """Continue from this state in the next `fit`; see `Callback.restore`."""
        super().restore(numbers, arrays)
        self.best_weights = None
        if arrays:
            self.best_weights = [arrays[name] for name in self.model.arrays]
            for name, weight in self.model.arrays.items():
                best = arrays[name]
                if (best.shape, best.dtype) != (weight.shape, weight.dtype):
                    raise ValueError(f"the best weights {name} do not fit the model")

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Keep the weights of the best epoch; stop if it was too long ago."""
        self.waited += 1
        if self._is_better(logs):
            self.best_epoch, self.waited = epoch, 0
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
        elif self.waited >= self.patience:
            self.stopped_epoch = epoch
            self.model.stop_training = True
            if self.verbose:
                best = 0 if self.best_epoch is None else self.best_epoch + 1
                say(f"stopping: {self.monitor} was best in epoch {best}")

    def on_train_end(self, logs: Logs) -> None:
        """Give the model the weights of its best epoch back."""
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)
            self.best_weights = None


class ModelCheckpoint(Monitor):
    """Save the model after every epoch, or only after the best ones.

    Parameters
    ----------
    filepath : str or Path
        May hold ``{epoch}`` (counted from 1) and metrics, as in
        ``"model-{epoch:02d}-{val_loss:.2f}.safetensors"``.
    monitor, mode
        The metric that decides which epoch is best; see `EarlyStopping`.
    verbose : int, default 0
        1 prints a line when it saves.
    save_best_only : bool, default False
        Save only after epochs that improve on all earlier ones.
    save_weights_only : bool, default False
        Write the weights alone, for `load_weights`.
    save_freq : "epoch" or int, default "epoch"
        Or save after every so many batches.
    period : int, default 1
        Epochs between two files.
    """

    def __init__(
        self,
        filepath: str | Path,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        mode: str = "auto",
        save_weights_only: bool = False,
        save_freq: str | int = "epoch",
        period: int = 1,
        **unsupported: object,
    ) -> None:
        super().__init__(monitor, mode, 0.0, verbose, unsupported)
        self.filepath = filepath
        self.save_best_only: bool = save_best_only
        self.watches: bool = save_best_only
        self.save_weights_only = save_weights_only
        self.save_steps: int | None = None
        if save_freq != "epoch":
            self.save_steps = whole_number(save_freq, "save_freq")
        self.period: int = whole_number(period, "period")
        self._epoch = self._steps = self._epochs = 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Note the epoch, for a name that holds it."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """Save the model if `save_freq` is a number of batches that have passed."""
        if self.save_steps is not None:
            self._steps += 1
            if self._steps % self.save_steps == 0:
                self._save(self._epoch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Save the model, unless only the best are saved and this one is not."""
        self._epochs += 1
        if self.save_steps is None and self._epochs % self.period == 0:
            self._save(epoch, logs)

    def _save(self, epoch: int, logs: Logs) -> None:
        if self.save_best_only and not self._is_better(logs):
            return
        try:
            figures = Figures({**logs, "epoch": epoch + 1})
            path = str(self.filepath).format_map(figures)
        except (KeyError, IndexError, ValueError) as error:
            known = ", ".join(f"{{{name}}}" for name in ("epoch", *logs))
            raise ValueError(
                f"filepath may hold {known}, got {self.filepath}"
            ) from error
        save = self.model.save_weights if self.save_weights_only else self.model.save
        save(path)
        if self.verbose:
            say(f"saved {display_name(path)}")


def as_callbacks(callbacks: Any) -> list[Callback]:
    """Return a list of callbacks from a list, one callback, or None.

    Raises
    ------
    TypeError
        If one of them is not a Callback.
    """
    if callbacks is None:
        return []
    found = list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks]
    for one in found:
        if not isinstance(one, Callback):
            hint = "; write it with ()" if isinstance(one, type) else ""
            raise TypeError(f"callbacks should be of class Callback, got {one!r}{hint}")
    return found


def with_model(
    callbacks: list[Callback], model: Any, params: dict[str, Any]
) -> list[Callback]:
    """Give callbacks their model and `params`, and return them."""
    for callback in callbacks:
        callback.set_model(model)
        callback.set_params(params)
    return callbacks
