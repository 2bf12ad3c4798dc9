"""Callbacks: what else happens while a model learns.

`fit` calls each callback at the start and end of the training, of every epoch and of
every batch, with `logs`, a dict of the figures so far (loss, accuracy, val_loss ...).
"""

import math
import time
from pathlib import Path
from typing import Any, ClassVar

from tinycnn.shapes import Array
from tinycnn.text import LiveLine, display_name, say
from tinycnn.unsupported import CALLBACK_WORDS, refuse

Logs = dict[str, float]

BAR_CELLS = 24


class Callback:
    """Does nothing; override the moments you need.

    Attributes
    ----------
    model : Sequential
        The model that learns.
    params : dict
        ``epochs`` and ``steps`` (None if not known before).
    """

    model: Any = None
    params: dict[str, Any] = {}  # noqa: RUF012 - replaced for each training

    def on_train_begin(self) -> None:
        """Run before the first epoch."""

    def on_train_end(self, logs: Logs) -> None:
        """Run after the last epoch."""

    def on_epoch_begin(self, epoch: int) -> None:
        """Run before each epoch; the first is 0."""

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Run after each epoch and its validation."""

    def on_train_batch_begin(self, batch: int) -> None:
        """Run before each step of an epoch; the first is 0."""

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """Run after each step, with the epoch's means so far."""

    def on_test_batch_end(self, batch: int) -> None:
        """Run after each batch of the validation."""


def figures_text(logs: Logs) -> str:
    """Return ``loss: 0.6931 - accuracy: 0.5000``."""
    return " - ".join(
        f"{name}: {value:.4f}" if 1e-4 <= abs(value) < 1e6 or value == 0
        # A loss of 0.00002 is not 0.0000, and a diverging one is not a line of digits.
        else f"{name}: {value:.2e}"
        for name, value in logs.items()
    )  # fmt: skip


class ProgressBar(Callback):
    """Show how far the epoch is: live on a screen, one line per epoch elsewhere.

    Parameters
    ----------
    live : bool, optional
        Draw the line again and again. By default only in a terminal or a notebook,
        where a line can be overwritten; a file or a pipe gets one line per epoch.
    """

    REFRESH_SECONDS = 0.1

    def __init__(self, live: bool | None = None) -> None:
        self.live = live

    def on_epoch_begin(self, epoch: int) -> None:
        """Start the clock."""
        self._line = LiveLine(self.live)
        self._started = self._drawn = time.perf_counter()
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """Draw the bar, not more often than the eye can follow."""
        now = time.perf_counter()
        if self._line.is_live and now - self._drawn >= self.REFRESH_SECONDS:
            self._drawn = now
            self._line.write(f"{self._bar(batch + 1)} {figures_text(logs)}")

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Leave one line with the epoch's figures."""
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
    """What the callbacks share that wait for a figure to get better.

    Attributes
    ----------
    best : float or None
        The best figure so far.
    best_weights : list of ndarray, or None
        The weights that go with it, if they are to be given back.
    """

    # What has to be remembered from epoch to epoch, and how it starts.
    COUNTERS: ClassVar[dict[str, Any]] = {"best": None}
    best: float | None
    best_weights: list[Array] | None

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
        self._recalled: tuple[dict[str, Any], list[Array] | None] | None = None
        self.on_train_begin()

    def on_train_begin(self) -> None:
        """Forget the training before, unless it is to go on."""
        counters, self.best_weights = self._recalled or (self.COUNTERS, None)
        self._recalled = None
        for name, value in counters.items():
            setattr(self, name, value)

    def counters(self) -> dict[str, Any]:
        """Return what has to be remembered if the training is interrupted."""
        return {name: getattr(self, name) for name in self.COUNTERS}

    def recall(self, counters: dict[str, Any], weights: list[Array] | None) -> None:
        """Let the next training go on with these counters and best weights."""
        self._recalled = counters, weights

    def _is_better(self, logs: Logs) -> bool:
        """Return whether the figure is the best so far, and remember it."""
        if self.monitor not in logs:
            raise ValueError(
                f"{type(self).__name__} should watch one of {', '.join(logs)}, got "
                f"{self.monitor!r}; val_... needs validation_data in fit"
            )
        value = logs[self.monitor]
        if math.isnan(value) or (
            self.best is not None
            and self._sign * (value - self.best) <= self._min_delta
        ):
            return False
        self.best = value
        return True


class EarlyStopping(Monitor):
    """Stop when a figure has not become better for `patience` epochs.

    Parameters
    ----------
    monitor : str, default "val_loss"
        The figure to watch.
    min_delta : float, default 0
        What counts as better.
    patience : int, default 0
        Epochs without a better figure that are waited for.
    verbose : int, default 0
        1 says when it stops.
    mode : {"auto", "min", "max"}, default "auto"
        What better means; "auto" is "max" for accuracies, else "min".
    restore_best_weights : bool, default True
        Give the model back the weights of its best epoch at the end. (Keras's default
        is False, and hands over the weights of the worst moment.)

    Attributes
    ----------
    best : float
        The best figure.
    best_epoch, stopped_epoch : int or None
        Counted from 0; `stopped_epoch` is None if the training ran to its end.
    waited : int
        Epochs since the best one.
    """

    COUNTERS: ClassVar[dict[str, Any]] = {"best": None, "best_epoch": None, "waited": 0}
    best_epoch: int | None
    stopped_epoch: int | None
    waited: int

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

    def on_train_begin(self) -> None:
        """Forget the training before, unless it is to go on."""
        super().on_train_begin()
        self.stopped_epoch = None

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Keep the weights if this was the best epoch; stop if it was long ago."""
        self.waited += 1
        if self._is_better(logs):
            self.best_epoch, self.waited = epoch, 0
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
        elif self.waited >= self.patience:
            self.stopped_epoch = epoch
            self.model.stop_training = True
            if self.verbose:
                say(f"stopping: {self.monitor} was best in epoch {self._best_number()}")

    def _best_number(self) -> int:
        return 0 if self.best_epoch is None else self.best_epoch + 1

    def on_train_end(self, logs: Logs) -> None:
        """Give the model its best weights back."""
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)
            self.best_weights = None


class ModelCheckpoint(Monitor):
    """Save the model after every epoch, or only after the best ones.

    Parameters
    ----------
    filepath : str or Path
        Where to; may hold ``{epoch}`` (counted from 1) and figures, as in
        ``"model-{epoch:02d}-{val_loss:.2f}.safetensors"``.
    monitor : str, default "val_loss"
        The figure that says what is best.
    verbose : int, default 0
        1 says when it saves.
    save_best_only : bool, default False
        Leave out epochs that are not better than all before.
    mode : {"auto", "min", "max"}, default "auto"
        What better means; "auto" is "max" for accuracies, else "min".
    """

    def __init__(
        self,
        filepath: str | Path,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        mode: str = "auto",
        **unsupported: object,
    ) -> None:
        super().__init__(monitor, mode, 0.0, verbose, unsupported)
        if Path(filepath).suffix != ".safetensors":
            raise ValueError(
                f"filepath should end in .safetensors, got {display_name(filepath)}"
            )
        self.filepath = filepath
        self.save_best_only = save_best_only

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Save the model, if it is wanted."""
        if self.save_best_only and not self._is_better(logs):
            return
        try:
            path = str(self.filepath).format(epoch=epoch + 1, **logs)
        except (KeyError, IndexError, ValueError) as error:
            known = ", ".join(f"{{{name}}}" for name in ("epoch", *logs))
            raise ValueError(
                f"filepath may hold {known}, got {self.filepath}"
            ) from error
        self.model.save(path)
        if self.verbose:
            say(f"saved {display_name(path)}")


def as_callbacks(callbacks: Any) -> list[Callback]:
    """Return a list of callbacks out of a list, one, or none.

    Raises
    ------
    TypeError
        If something else is among them.
    """
    if callbacks is None:
        return []
    found = list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks]
    for one in found:
        if not isinstance(one, Callback):
            hint = "; write it with ()" if isinstance(one, type) else ""
            raise TypeError(f"callbacks should be of class Callback, got {one!r}{hint}")
    return found
