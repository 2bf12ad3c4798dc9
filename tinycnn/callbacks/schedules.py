"""Callbacks that change the learning rate, or stop where nothing is learnt."""

from collections.abc import Callable
from typing import Any

from tinycnn.callbacks.callback import Callback, Logs, Monitor, Numbers, takes
from tinycnn.shapes import Array, number, whole_number
from tinycnn.text import say


class LearningRateScheduler(Callback):
    """Set the learning rate before every epoch.

    Parameters
    ----------
    schedule : callable
        Returns the learning rate of an epoch (from 0), given the epoch, or the epoch
        and the rate so far.
    verbose : int, default 0
        1 prints the rate.
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        self.schedule: Callable[..., float] = schedule
        self.verbose: int = verbose

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Set the rate."""
        optimizer = self.model.optimizer
        arguments = (epoch, optimizer.learning_rate)[: takes(self.schedule, 2)]
        rate = self.schedule(*arguments)
        optimizer.learning_rate = number(float(rate), "learning_rate", least=0.0)
        if self.verbose:
            say(f"epoch {epoch + 1}: learning rate {optimizer.learning_rate:g}")

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Add the rate to the figures, as ``lr``."""
        logs["lr"] = float(self.model.optimizer.learning_rate)


class ReduceLROnPlateau(Monitor):
    """Multiply the learning rate by `factor` when a metric stops improving.

    Parameters
    ----------
    monitor : str, default "val_loss"
        The metric to watch.
    factor : float, default 0.1
        Below 1.
    patience : int, default 10
        Epochs without an improvement before the rate falls.
    verbose : int, default 0
        1 prints a line when it falls.
    mode : {"auto", "min", "max"}, default "auto"
        Whether smaller or larger is better; "auto" is "max" for accuracies, else "min".
    min_delta : float, default 0.0001
        The least change that counts as an improvement.
    cooldown : int, default 0
        Epochs after a fall that are not counted.
    min_lr : float, default 0
        The rate does not fall below it.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
        **unsupported: object,
    ) -> None:
        super().__init__(monitor, mode, min_delta, verbose, unsupported)
        self.factor: float = number(factor, "factor", above=0.0, below=1.0)
        self.patience: int = whole_number(patience, "patience", least=0)
        self.cooldown: int = whole_number(cooldown, "cooldown", least=0)
        self.min_lr: float = number(min_lr, "min_lr", least=0.0)

    def _reset(self) -> None:
        super()._reset()
        self.waited: int = 0
        self.cooling: int = 0

    def state(self) -> tuple[Numbers, dict[str, Array]]:
        """Return the best value and what is counted."""
        names = ("best", "waited", "cooling")
        return {name: getattr(self, name) for name in names}, {}

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Let the rate fall if the metric has not improved for `patience` epochs."""
        optimizer: Any = self.model.optimizer
        rate = float(optimizer.learning_rate)
        is_better = self._is_better(logs)
        logs["lr"] = rate
        if self.cooling:
            self.cooling -= 1
            self.waited = 0
        if is_better:
            self.waited = 0
        elif not self.cooling:
            self.waited += 1
            if self.waited >= self.patience and rate > self.min_lr:
                optimizer.learning_rate = max(rate * self.factor, self.min_lr)
                self.waited, self.cooling = 0, self.cooldown
                if self.verbose:
                    say(
                        f"epoch {epoch + 1}: learning rate falls to "
                        f"{optimizer.learning_rate:g}"
                    )


class TerminateOnNaN(Callback):
    """End `fit` with a line, not with an error, when the loss is not finite."""

    ends_on_divergence = True
