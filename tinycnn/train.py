"""Train the tutorial's network on a folder of photos: python -m tinycnn.train."""

import argparse
import math
import time
from pathlib import Path

from tinycnn import outputs, report
from tinycnn.callbacks import Callback, Logs
from tinycnn.command_line import (
    DONE,
    PARTLY,
    CommandError,
    Interrupted,
    Parser,
    Signals,
    complain,
    run,
    whole,
)
from tinycnn.datasets.choose import drawings, open_dataset
from tinycnn.models import Sequential
from tinycnn.shapes import Array
from tinycnn.text import display_name, say
from tinycnn.training import DivergedError
from tinycnn.tutorial import POOLINGS, check_size, tutorial_network

DRAWINGS = Path("runs/drawings/Dataset")
DESCRIPTION = """\
Train the tutorial's network - convolution, pooling, full connection - on a folder of
photos, and say how good it is on photos it has not seen.

DATASET is one of
  a folder with train/ and test/, each with one folder of photos per class:
      Dataset/train/Iron Man/*.jpg   Dataset/train/Pikachu/*.jpg
      Dataset/test/Iron Man/*.jpg    Dataset/test/Pikachu/*.jpg
  a folder with one folder of photos per class (a fifth becomes the test part)
  a folder of MNIST-style files (train-images-idx3-ubyte.gz ...)
Left out, two heroes are drawn into runs/drawings/Dataset: nothing is downloaded.
"""
EPILOG = """\
Written into the output folder: model.safetensors (the last epoch's model), history.csv,
curves.png, confusion_matrix.png, mistakes.png, filters.png. Your photos are only read.

Exit status: 0 done, 1 training went wrong (diverged), 2 could not start,
130 after Ctrl-C (the last finished epoch's model is kept).

Examples:
  python -m tinycnn.train
  python -m tinycnn.train Dataset --epochs 12 --output runs/first
"""


def parser() -> Parser:
    """Return the command's arguments."""
    parse = Parser(
        prog="python -m tinycnn.train",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parse.add_argument
    add("dataset", nargs="?", metavar="DATASET", help="folder of photos, see above")
    add("--epochs", type=whole(1), default=24, metavar="N",
        help="times through the photos (default 24)")  # fmt: skip
    add("--steps-per-epoch", type=whole(1), metavar="N",
        help="batches in an epoch (default: one pass over the photos)")  # fmt: skip
    add("--batch-size", type=whole(1), default=32, metavar="N",
        help="photos in a batch (default 32)")  # fmt: skip
    add("--image-size", type=whole(1), metavar="PIXELS",
        help="rows and columns that photos are resized to (default 64; "
        "idx files: their own)")  # fmt: skip
    add("--learning-rate", type=_learning_rate, default=0.001, metavar="RATE",
        help="Adam's step length (default 0.001)")  # fmt: skip
    add("--pooling", choices=POOLINGS, default="max",
        help="what a 2x2 window keeps (default max)")  # fmt: skip
    add("--augmentation", action=argparse.BooleanOptionalAction,
        help="zoom and mirror the training photos by chance "
        "(default: yes; no for idx files)")  # fmt: skip
    add("--seed", type=whole(0), default=0, metavar="N",
        help="the same seed gives the same model again (default 0)")  # fmt: skip
    add("--output", type=Path, metavar="FOLDER",
        help="where files are written (default runs/<name of DATASET>)")  # fmt: skip
    add("--verbose", type=int, choices=(0, 1, 2), default=1,
        help="0 result only, 1 live line per epoch, 2 plain line per epoch "
        "(default 1)")  # fmt: skip
    return parse


def _learning_rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not 0 < rate < math.inf:
        raise argparse.ArgumentTypeError(
            f"should be a number above 0, got {display_name(text)!r}"
        )
    return rate


class Keeper(Callback):
    """Keeps the last finished epoch, and lets Ctrl-C wait for the end of a step."""

    def __init__(self, signals: Signals) -> None:
        self.signals = signals
        self.rows: list[Logs] = []
        self.weights: list[Array] | None = None

    def on_epoch_begin(self, epoch: int) -> None:
        """Start the clock."""
        self._started = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """Stop here if Ctrl-C was pressed during the step."""
        self.signals.check()

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Keep the epoch."""
        seconds = round(time.perf_counter() - self._started, 3)
        self.rows.append({"epoch": epoch + 1, **logs, "seconds": seconds})
        self.weights = self.model.get_weights()
        self.signals.check()


def main(arguments: list[str], signals: Signals) -> int:
    """Train as the arguments say; return the exit status."""
    options = parser().parse_args(arguments)
    folder = DRAWINGS if options.dataset is None else Path(options.dataset)
    name = folder.resolve().name if options.dataset else DRAWINGS.parent.name
    output = options.output or Path("runs") / name
    if options.dataset is None:
        _draw(folder)
    try:
        check_size(options.image_size or 0, options.image_size or 0)
    except ValueError as error:
        raise CommandError(f"{error} (--image-size)") from error
    data = open_dataset(
        folder,
        image_size=options.image_size,
        batch_size=options.batch_size,
        augmentation=options.augmentation,
        seed=options.seed,
    )
    if outputs.prepare(output):
        say(
            f"note: {display_name(output)} holds an earlier training; it will be "
            "replaced (--output FOLDER keeps it)"
        )
    report.tell_found(data, options.verbose)
    try:
        model = tutorial_network(
            data.train.preprocessing.shape,
            len(data.class_names),
            options.pooling,
            options.learning_rate,
            options.seed,
        )
    except ValueError as error:
        raise CommandError(f"{error} (--image-size)") from error
    if options.verbose:
        say()
        model.summary()
        say()
    keeper = Keeper(signals)
    try:
        with signals.waiting():
            model.fit(
                data.train,
                epochs=options.epochs,
                steps_per_epoch=options.steps_per_epoch,
                validation_data=data.test,
                callbacks=[keeper],
                verbose=options.verbose,
            )
        written = [
            outputs.write_model(model, output),
            outputs.write_history(keeper.rows, output),
        ]
        y_pred = model.predict(data.test)
        if options.verbose:
            say()
        report.tell_result(data, y_pred, model.threshold)
        written += outputs.write_pictures(model, keeper.rows, data.test, y_pred, output)
    except (DivergedError, Interrupted) as stop:
        _keep_last_epoch(model, keeper, output, stop)
        if isinstance(stop, DivergedError):
            return PARTLY
        raise
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CommandError(str(error), PARTLY) from error
    say(f"wrote into {display_name(output)}: {', '.join(written)}")
    report.tell_next(output / outputs.MODEL, data)
    return DONE


def _draw(folder: Path) -> None:
    try:
        drawings(folder, say)
    except OSError as error:
        raise CommandError(
            f"cannot draw into {display_name(folder)}: {error.strerror or error}"
        ) from error


def _keep_last_epoch(
    model: Sequential, keeper: Keeper, output: Path, stop: BaseException
) -> None:
    """Write the last finished epoch's model, if there is one, and say so."""
    if isinstance(stop, DivergedError):
        complain(f"error: training went wrong in {stop}")
    if keeper.weights is None:
        complain("stopped before the first epoch was finished: nothing was kept")
        return
    model.set_weights(keeper.weights)
    written = [
        outputs.write_model(model, output),
        outputs.write_history(keeper.rows, output),
    ]
    outputs.remove_pictures(output)  # those of an earlier training are not its own
    complain(
        f"stopped; the model after epoch {keeper.rows[-1]['epoch']} is kept in "
        f"{display_name(output)}: {', '.join(written)}"
    )


if __name__ == "__main__":
    run(main)
