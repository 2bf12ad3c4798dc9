"""Keeper: what a training leaves behind after every epoch, and when it is stopped."""

import time
from pathlib import Path
from typing import Any

from tinycnn.callbacks import Callback, Logs
from tinycnn.commands import output_folder
from tinycnn.commands.arguments import complain
from tinycnn.commands.checkpoint import Checkpoint, load_checkpoint
from tinycnn.commands.output_folder import CHECKPOINT
from tinycnn.commands.process import Interrupted, Signals
from tinycnn.models.step import DivergedError
from tinycnn.text import count_of, display_name


class Keeper(Callback):
    """Writes a checkpoint after each epoch, and lets Ctrl-C wait for a step's end.

    Parameters
    ----------
    output : Path
        The output folder.
    signals : Signals
    resumed : Checkpoint, optional
        The training that goes on.

    Attributes
    ----------
    rows : list of dict
        The figures of each finished epoch.
    notes : dict
        What the checkpoint says of options and photos.
    has_earlier : bool
        Whether the folder holds another training, of which nothing is replaced yet.
    """

    def __init__(
        self, output: Path, signals: Signals, resumed: Checkpoint | None
    ) -> None:
        self.output, self.signals = output, signals
        self.rows: list[Logs] = resumed.rows if resumed else []
        self.notes: dict[str, Any] = {}
        self.has_earlier = resumed is None and output_folder.holds_training(output)

    def on_epoch_begin(self, epoch: int) -> None:
        """Start the clock."""
        self._started = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """Stop here if Ctrl-C was pressed during the step."""
        self.signals.check()

    def on_test_batch_end(self, batch: int) -> None:
        """Stop here if Ctrl-C was pressed meanwhile."""
        self.signals.check()

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Keep the epoch."""
        seconds = round(time.perf_counter() - self._started, 3)
        rows = [*self.rows, {**logs, "seconds": seconds}]
        self.has_earlier = False
        self.write_checkpoint(rows)
        self.rows = rows
        self.signals.check()

    def write_checkpoint(self, rows: list[Logs], is_finished: bool = False) -> None:
        """Write all that is needed to go on after the last of these epochs."""
        checkpoint = Checkpoint(
            self.model, rows, notes=self.notes, is_finished=is_finished
        )
        checkpoint.save(self.output / CHECKPOINT)

    def keep(self, stop: DivergedError | Interrupted, next_command: str) -> None:
        """Leave the last finished epoch's model behind, and say how to go on."""
        if isinstance(stop, DivergedError):
            reason = str(stop).replace(
                "smaller learning_rate", "smaller --learning-rate"
            )
            complain(f"error: training went wrong in {reason}")
        if not self.rows:
            self.tell_nothing_kept()
            return
        model = load_checkpoint(self.output / CHECKPOINT).model
        written = [
            output_folder.write_model(model, self.output),
            output_folder.write_history(self.rows, self.output),
        ]
        output_folder.remove_pictures(self.output)  # those of an earlier training
        complain(
            f"stopped; the model after epoch {len(self.rows)} is kept in "
            f"{display_name(self.output)}: {', '.join(written)}"
        )
        if isinstance(stop, Interrupted):
            complain(f"next: {next_command}")

    def tell_nothing_kept(self) -> None:
        """Say what is there after a stop before the first epoch's end."""
        if self.rows:
            done = count_of(len(self.rows), "epoch")
            complain(f"nothing was changed: {display_name(self.output)} has {done}")
            return
        kept = ": nothing was kept"
        if self.has_earlier:
            kept = f"; the earlier training in {display_name(self.output)} is as it was"
        complain(f"stopped before the first epoch was finished{kept}")
