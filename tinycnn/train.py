"""Train the tutorial's network on a folder of photos: python -m tinycnn.train."""

import argparse
from pathlib import Path

from tinycnn.commands import output_folder, resume, train_messages
from tinycnn.commands.arguments import DONE, PARTLY, CommandError
from tinycnn.commands.checkpoint import Checkpoint, versions
from tinycnn.commands.checkpoint_writer import Keeper
from tinycnn.commands.folder_lock import locked
from tinycnn.commands.process import Interrupted, Signals, run
from tinycnn.commands.train_options import parser
from tinycnn.datasets.dataset import Dataset, drawings, open_dataset
from tinycnn.metrics import Result, evaluate_answers
from tinycnn.models import Sequential
from tinycnn.models.step import DivergedError
from tinycnn.page.facts import Json
from tinycnn.page.report.run_facts import about
from tinycnn.text import count_of, display_name, say
from tinycnn.tutorial import check_size, tutorial_network

DRAWINGS = Path("runs/drawings/Dataset")


def main(arguments: list[str], signals: Signals) -> int:
    """Train as the arguments say; return the exit status."""
    parse = parser()
    options = parse.parse_args(arguments)
    folder = DRAWINGS if options.dataset is None else Path(options.dataset)
    name = folder.resolve().name if options.dataset else DRAWINGS.parent.name
    output = options.output or Path("runs") / name
    resumed = None
    if options.resume:
        resumed = resume.open_checkpoint(output)
        options = resume.options_of(parse, arguments, resumed, output)
        if resumed.is_finished and options.epochs == resumed.epoch:
            say(
                f"the training in {display_name(output)} is finished, after "
                f"{count_of(resumed.epoch, 'epoch')}; nothing was changed (a larger "
                "--epochs goes on)"
            )
            return DONE
    keeper = Keeper(output, signals, resumed)
    try:
        data = _open(folder, options)
        with locked(output):
            return _train(data, options, keeper, resumed)
    except Interrupted:
        if keeper.model is None:
            keeper.tell_nothing_kept()
        raise
    except BrokenPipeError:
        raise
    except OSError as error:
        done = len(keeper.rows)
        hint = f"; --resume goes on after epoch {done}" if done else ""
        reason = error.strerror or str(error)
        if error.filename is not None:
            reason = f"{display_name(error.filename)}: {reason}"
        raise CommandError(f"{reason}{hint}", PARTLY) from error


def _open(folder: Path, options: argparse.Namespace) -> Dataset:
    """Return the data set; without one, draw it."""
    if options.dataset is None:
        try:
            drawings(folder, say)
        except OSError as error:
            raise CommandError(
                f"cannot draw into {display_name(folder)}: {error.strerror or error}"
            ) from error
    try:
        check_size(options.image_size or 0, options.image_size or 0)
    except ValueError as error:
        raise CommandError(f"{error} (--image-size)") from error
    return open_dataset(
        folder,
        image_size=options.image_size,
        batch_size=options.batch_size,
        augmentation=options.augmentation,
        seed=options.seed,
    )


def _train(
    data: Dataset,
    options: argparse.Namespace,
    keeper: Keeper,
    resumed: Checkpoint | None,
) -> int:
    """Train, or go on with it, and write everything; return the exit status."""
    output, signals = keeper.output, keeper.signals
    if output_folder.prepare(output) and not resumed:
        keeps = "another --output" if options.output else "--output FOLDER"
        say(
            f"note: {display_name(output)} holds an earlier training; it will be "
            f"replaced ({keeps} keeps it, --resume goes on with one that was "
            "interrupted)"
        )
    twins = train_messages.tell_found(data, options.verbose)
    keeper.notes = resume.notes(options, data)
    model = resumed.model if resumed else _network(data, options)
    if resumed:
        resume.refuse_other_photos(
            resumed.notes["photos"], keeper.notes["photos"], data, options, output
        )
        resume.warn_of_versions(resumed, output)
        say(f"going on after epoch {resumed.epoch} of {options.epochs}")
    if options.verbose:
        say()
        model.summary()
        say()
    keeper.model = model
    try:
        with signals.waiting():
            model.fit(
                data.train,
                epochs=options.epochs,
                initial_epoch=len(keeper.rows),
                steps_per_epoch=options.steps_per_epoch,
                validation_data=data.test,
                callbacks=[keeper],
                verbose=options.verbose,
            )
            written = [
                output_folder.write_model(model, output),
                output_folder.write_history(keeper.rows, output),
            ]
        signals.check()
        y_pred = model.predict(data.test)
        if options.verbose:
            say()
        result = evaluate_answers(data.train, data.test, y_pred, model.threshold)
        train_messages.tell_result(result)
        about_run = about(data, keeper.notes["options"], twins, versions())
        written += _shown(data, keeper, result, about_run, options.verbose)
        with signals.waiting():
            keeper.write_checkpoint(keeper.rows, is_finished=True)
    except (DivergedError, Interrupted) as stop:
        keeper.keep(stop, train_messages.next_training(options.dataset, output))
        if isinstance(stop, DivergedError):
            return PARTLY
        raise
    say(f"wrote into {display_name(output)}: {', '.join(written)}")
    train_messages.tell_next(output / output_folder.MODEL, data)
    return DONE


def _shown(
    data: Dataset, keeper: Keeper, result: Result, about_run: Json, verbose: int
) -> list[str]:
    """Write the pictures and the report; return what was written."""
    model, rows, output = keeper.model, keeper.rows, keeper.output
    tell = train_messages.Progress(verbose)
    tell("the pictures")
    written = output_folder.write_pictures(model, rows, data.test, result, output)
    page = output_folder.write_report(
        model, rows, data, result, about_run, output, tell
    )
    tell.wipe()
    return [*written, page]


def _network(data: Dataset, options: argparse.Namespace) -> Sequential:
    try:
        return tutorial_network(
            data.train.preprocessing.shape,
            len(data.class_names),
            options.pooling,
            options.learning_rate,
            options.seed,
        )
    except ValueError as error:
        raise CommandError(f"{error} (--image-size)") from error


if __name__ == "__main__":
    run(main)
