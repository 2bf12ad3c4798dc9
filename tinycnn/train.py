"""Train a network on a folder of photos: python -m tinycnn.train.

Open the photos, build the network, fit, evaluate, write: `TrainingRun` holds what is
known so far, and each step adds to it.
"""

import argparse
from typing import TYPE_CHECKING

from tinycnn.commands import output_folder, resume, train_messages
from tinycnn.commands.arguments import DONE, PARTLY, CommandError
from tinycnn.commands.checkpoint import mark_finished, versions
from tinycnn.commands.checkpoint_writer import CheckpointWriter, write_after_stop
from tinycnn.commands.folder_lock import locked
from tinycnn.commands.process import Interrupted, Signals, run
from tinycnn.commands.train_options import fill, train_parser
from tinycnn.commands.training_run import TrainingRun
from tinycnn.datasets.dataset import Dataset, drawings, open_dataset
from tinycnn.datasets.idx import is_idx_folder
from tinycnn.keras.names import other_names
from tinycnn.metrics import evaluate_answers
from tinycnn.models import Sequential
from tinycnn.models.step import DivergedError
from tinycnn.networks import RECIPES, deep, deep_network, tutorial, tutorial_network
from tinycnn.preprocessing.class_folders import entered
from tinycnn.text import display_name, say


def main(arguments: list[str], signals: Signals) -> int:
    """Train as the arguments say; return the exit status."""
    parser = train_parser()
    training = TrainingRun(parser.parse_args(arguments), signals)
    if training.options.resume:
        resume.reopen(training, parser, arguments)
        fill(training.options)
        if resume.is_complete(training):
            return DONE
    else:
        fill(training.options)
        training.has_earlier = output_folder.holds_run(training.folder)
    try:
        training.data = _open_data(training)
        with locked(training.folder):
            _prepare(training)
            return _train(training)
    except Interrupted:
        if not training.has_begun:
            train_messages.print_nothing_kept(training)
        raise
    except BrokenPipeError:
        raise
    except OSError as error:
        done = len(training.rows)
        hint = f"; --resume continues after epoch {done}" if done else ""
        reason = error.strerror or str(error)
        if error.filename is not None:
            reason = f"{display_name(error.filename)}: {reason}"
        raise CommandError(f"{reason}{hint}", PARTLY) from error


def _open_data(training: TrainingRun) -> Dataset:
    """Return the data set; without DATASET, draw one first."""
    options, folder = training.options, training.dataset
    if options.dataset is None:
        try:
            drawings(folder, say)
        except OSError as error:
            raise CommandError(
                f"cannot draw into {display_name(folder)}: {error.strerror or error}"
            ) from error
    recipe = RECIPES[options.network]
    # Before the photos are read, which may take minutes.
    side = options.image_size or (
        None if is_idx_folder(entered(folder)) else recipe.image_size
    )
    if side is not None:
        _check_size(options, side, side)
    data = open_dataset(
        folder,
        image_size=options.image_size,
        batch_size=options.batch_size,
        augmentation=options.augmentation,
        seed=options.seed,
        recipe=recipe,
    )
    if options.epochs is None:
        options.epochs = recipe.epochs_for(data.train.samples)
    return data


def _check_size(options: argparse.Namespace, rows: int, columns: int) -> None:
    """Raise CommandError if photos of this size are not for the network."""
    try:
        if options.network == "deep":
            deep.check_size(rows, columns, options.batch_size)
        else:
            tutorial.check_size(rows, columns)
    except ValueError as error:
        text = str(error).replace("batch_size", "--batch-size")
        raise CommandError(f"{text} (--image-size)") from error


def _prepare(training: TrainingRun) -> None:
    """Check the folder and the photos, and make the network ready to learn."""
    output_folder.prepare(training)
    data, resumed = training.data, training.resumed
    if not data.is_idx:
        training.duplicates = train_messages.duplicate_lines(data)
    train_messages.print_found(training)
    training.settings = resume.settings(training.options)
    training.photos = resume.fingerprints(data)
    training.versions = versions()
    if resumed:
        resume.check_photos(training, resumed)
        resume.warn_of_versions(training, resumed)
        say(f"resuming after epoch {resumed.epoch} of {training.options.epochs}")
    training.model = resumed.model if resumed else _network(training)
    training.recorder.watch(data, len(training.rows))
    if training.options.verbose:
        say()
        training.model.summary()
        say()


def _network(training: TrainingRun) -> Sequential:
    """Return the network, compiled, for photos of this size."""
    options, data = training.options, training.data
    shape, classes = data.train.preprocessing.shape, len(data.class_names)
    _check_size(options, *shape[:2])
    if options.network == "deep":
        steps = options.epochs * (options.steps_per_epoch or len(data.train))
        return deep_network(shape, classes, options.learning_rate, steps, options.seed)
    return tutorial_network(
        shape, classes, options.pooling, options.learning_rate, options.seed
    )


def _train(training: TrainingRun) -> int:
    """Fit, evaluate and write everything; return the exit status."""
    model, data, options = training.model, training.data, training.options
    training.has_begun = True
    try:
        with training.signals.waiting():
            model.fit(
                data.train,
                epochs=training.epochs,
                initial_epoch=len(training.rows),
                steps_per_epoch=options.steps_per_epoch,
                validation_data=data.validation or data.test,
                callbacks=[*training.callbacks, CheckpointWriter(training)],
                verbose=options.verbose,
            )
            written = [
                output_folder.write_model(training),
                output_folder.write_history(training),
            ]
        training.signals.check()
        y_pred = model.predict(data.test)
        training.result = evaluate_answers(
            data.train, data.test, y_pred, model.threshold
        )
        train_messages.print_result(training)
        progress = train_messages.ProgressLine(options.verbose)
        progress("the pictures")
        written += output_folder.write_pictures(training)
        written.append(output_folder.write_report(training, progress))
        progress.wipe()
        with training.signals.waiting():
            mark_finished(training.folder / output_folder.CHECKPOINT)
    except (DivergedError, Interrupted) as stop:
        write_after_stop(training, stop)
        if isinstance(stop, DivergedError):
            return PARTLY
        raise
    say(f"wrote into {display_name(training.folder)}: {', '.join(written)}")
    train_messages.print_next(training)
    return DONE


if __name__ == "__main__":
    run(main)
elif not TYPE_CHECKING:  # `tf.train` is also a module of TensorFlow's
    __getattr__ = other_names(__name__)
