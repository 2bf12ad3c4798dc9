"""Callbacks that write figures down, or call functions of the user's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tinycnn.callbacks.callback import Callback, Figures, Logs, figures_text
from tinycnn.text import count_of, csv_text, display_name, say


class History(Callback):
    """Loss and metrics of each epoch of a training run; `fit` has one of its own.

    Attributes
    ----------
    history : dict of str to list of float
        loss, accuracy, val_loss, val_accuracy: one number per epoch. During an epoch
        the weights move, so loss and accuracy are means over different weights; the
        validation uses the weights at the epoch's end.
    epoch : list of int
        The epochs' numbers, from 0.
    """

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = Figures()
        self.epoch: list[int] = []

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin anew."""
        self.history, self.epoch = Figures(), []

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Append the loss and metrics of one epoch."""
        self.epoch.append(epoch)
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)

    def __repr__(self) -> str:
        last = {name: values[-1] for name, values in self.history.items()}
        return f"History({count_of(len(self.epoch), 'epoch')}: {figures_text(last)})"


class CSVLogger(Callback):
    """Write the figures of each epoch as a line of a CSV file.

    Parameters
    ----------
    filename : str or Path
        A log that begins with "epoch" is replaced; any other file stays, and the log
        is written beside it.
    separator : str, default ","
    append : bool, default False
        Continue an existing log.
    """

    def __init__(
        self, filename: str | Path, separator: str = ",", append: bool = False
    ) -> None:
        self.filename: str | Path = filename
        self.separator: str = separator
        self.append: bool = append
        self._names: list[str] = []

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Choose the file."""
        self._names, path = [], Path(self.filename)
        self._path, self._is_new = path, True
        if path.is_file() and path.stat().st_size:
            with path.open(encoding="utf-8", errors="replace") as file:
                heading = file.readline().rstrip("\n").split(self.separator)
            if heading[0] == "epoch" and self.append:
                self._is_new, self._names = False, heading[1:]
            elif heading[0] != "epoch":
                self._path = path.with_name(f"{path.stem}-epochs{path.suffix}")
                say(
                    f"{display_name(path)} is not a log of epochs and is not replaced: "
                    f"the log is {display_name(self._path)}"
                )
        if self._is_new:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text("", encoding="utf-8")

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Write a line."""
        rows: list[list[Any]] = []
        if not self._names:
            self._names = sorted(logs)
            rows.append(["epoch", *self._names])
        rows.append([epoch, *(logs.get(name, "NA") for name in self._names)])
        with self._path.open("a", encoding="utf-8") as file:
            file.write(csv_text(rows, self.separator) + "\n")


class TensorBoard(CSVLogger):
    """Write ``epochs.csv`` into `log_dir`: event files for TensorBoard are not here.

    Parameters
    ----------
    log_dir : str or Path, default "logs"
    **others
        Keras's words for what TensorBoard would show besides.
    """

    def __init__(self, log_dir: str | Path = "logs", **others: object) -> None:
        super().__init__(Path(log_dir) / "epochs.csv")
        say(
            "TensorBoard's event files are not written: "
            f"{display_name(self.filename)} has the figures of each epoch, and "
            "tinycnn.figures.learning_curves_figure(history.history) draws those that "
            "fit returns"
        )


class LambdaCallback(Callback):
    """Call functions in place of methods, as ``on_epoch_end=lambda epoch, logs: ...``.

    Parameters
    ----------
    **functions
        A method's name -> a function of the method's arguments.
    """

    def __init__(self, **functions: Callable[..., object] | None) -> None:
        for name, function in functions.items():
            if not hasattr(Callback, name) or not name.startswith("on_"):
                raise TypeError(f"a callback has no method {name!r}")
            if function is not None:
                setattr(self, name, function)


class _NotHere(Callback):
    """A callback of Keras's that tinycnn does not have."""

    way_out = ""

    def __init__(self, *_: object, **__: object) -> None:
        raise ValueError(f"{type(self).__name__} is not here: {self.way_out}")


class BackupAndRestore(_NotHere):
    """Not here; says what to use."""

    way_out = (
        "ModelCheckpoint('model.h5') saves after each epoch, and load_model with "
        "fit(initial_epoch=...) continues; python -m tinycnn.train --resume does both"
    )


class RemoteMonitor(_NotHere):
    """Not here; says what to use."""

    way_out = "nothing is sent over a network; CSVLogger('log.csv') writes a file"
