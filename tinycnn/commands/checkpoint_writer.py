"""Writes a checkpoint after every epoch, and the last epoch's model after a stop."""

import re
import time

from tinycnn.callbacks import Callback, Logs
from tinycnn.commands import output_folder
from tinycnn.commands.arguments import complain
from tinycnn.commands.checkpoint import load_checkpoint
from tinycnn.commands.output_folder import CHECKPOINT
from tinycnn.commands.process import Interrupted
from tinycnn.commands.train_messages import print_nothing_kept, resume_command
from tinycnn.commands.training_run import TrainingRun
from tinycnn.models.step import DivergedError
from tinycnn.text import display_name


class CheckpointWriter(Callback):
    """Writes a checkpoint after each epoch; Ctrl-C ends the run after a step."""

    def __init__(self, run: TrainingRun) -> None:
        self.run = run

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Start the clock."""
        self._started = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """Stop here if a signal arrived during the step."""
        self.run.signals.check()

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Stop here if a signal arrived during the batch."""
        self.run.signals.check()

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Write the checkpoint."""
        run, before = self.run, self.run.rows
        seconds = round(time.perf_counter() - self._started, 3)
        run.rows = [*before, {**logs, "seconds": seconds}]
        run.has_earlier = False
        try:
            run.checkpoint(self.model.stop_training).save(run.folder / CHECKPOINT)
        except BaseException:
            run.rows = before
            raise
        run.signals.check()


def write_after_stop(run: TrainingRun, stop: DivergedError | Interrupted) -> None:
    """Write the model of the last finished epoch, and print how to continue.

    The model is read from the checkpoint, so it is the one that --resume continues.
    """
    if isinstance(stop, DivergedError):
        reason = str(stop).replace("smaller learning_rate", "smaller --learning-rate")
        if run.options.network == "deep":  # by then its rate is below the option's
            rate = f"{run.options.learning_rate:g}"
            reason = re.sub(r"(?<=--learning-rate than )\S+", rate, reason)
        complain(f"error: training went wrong in {reason}")
    if not run.rows:
        print_nothing_kept(run)
        return
    run.model = load_checkpoint(run.folder / CHECKPOINT).model
    written = [output_folder.write_model(run), output_folder.write_history(run)]
    output_folder.remove_pictures(run.folder)  # those of an earlier run
    complain(
        f"stopped; the model after epoch {len(run.rows)} is kept in "
        f"{display_name(run.folder)}: {', '.join(written)}"
    )
    if isinstance(stop, Interrupted):
        complain(f"next: {resume_command(run)}")
