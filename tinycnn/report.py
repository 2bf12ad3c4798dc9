"""What a training tells in words: what it found, how good it is, what to try next."""

from pathlib import Path
from typing import Any

import numpy as np

from tinycnn import baselines, metrics
from tinycnn.command_line import complain
from tinycnn.datasets.choose import Dataset, twins
from tinycnn.preprocessing.folders import DirectoryIterator
from tinycnn.text import count_of, display_name, say


def tell_found(data: Dataset, verbose: int) -> None:
    """Say what was found: photos per class, class -> number, what was left out."""
    counts = [
        np.bincount(part.classes, minlength=len(data.class_names)).tolist()
        for part in (data.train, data.test)
    ]
    if verbose:
        noun = "image" if data.is_idx else "photo"
        say(
            f"{count_of(data.train.samples, noun)} to learn from and "
            f"{count_of(data.test.samples, noun)} to test with:"
        )
        for label, name in enumerate(data.class_names):
            say(
                f"  class {label} = {display_name(name)}: "
                f"{counts[0][label]:,} train, {counts[1][label]:,} test"
            )
    if not isinstance(data.train, DirectoryIterator):
        return
    for part in (data.train, data.test):
        for _, reason in part.skipped:
            complain(f"warning: left out {reason}")
        if part.others and verbose:
            names = ", ".join(display_name(path.name) for path in part.others[:3])
            more = ", ..." if len(part.others) > 3 else ""
            say(
                f"  {count_of(len(part.others), 'file')} in "
                f"{display_name(part.directory)} not taken for a photo: {names}{more}"
            )
    count, pairs = twins(data.train, data.test)
    for first, second in pairs:
        complain(f"warning: the same pixels twice: {first} and {second}")
    if count > len(pairs):
        complain(f"warning: {count - len(pairs)} more pairs with the same pixels")


def tell_result(data: Dataset, y_pred: Any, threshold: float) -> None:
    """Say how good the answers on the test part are, and what no network would get."""
    truth = data.test.classes
    answers = metrics.predicted_labels(y_pred, threshold)
    right, total = int(np.sum(answers == truth)), len(truth)
    low, high = metrics.wilson_interval(right, total)
    say(
        f"test accuracy: {right / total:.1%} ({right:,} of {total:,}; 95 % interval "
        f"{low:.1%} to {high:.1%})"
    )
    train_means, test_means = map(baselines.channel_means, (data.train, data.test))
    colour = baselines.mean_colour(train_means, data.train.classes, test_means, truth)
    say(
        "without a network: most frequent class "
        f"{baselines.majority(data.train.classes, truth):.1%}, mean colour {colour:.1%}"
    )


def tell_next(model: Path, data: Dataset) -> None:
    """Say the next command to try."""
    photos: Any = "PHOTO.jpg"
    is_folder = isinstance(data.test, DirectoryIterator)
    if is_folder and data.test.directory != data.train.directory:
        photos = data.test.directory
    say(f"next: python -m tinycnn.predict {_quoted(model)} {_quoted(photos)}")


def next_training(dataset: str | None, output: Path) -> str:
    """Return the command that goes on with a training that was stopped."""
    words = ["python -m tinycnn.train", *filter(None, [dataset])]
    return " ".join([words[0], *map(_quoted, words[1:])]) + (
        f" --output {_quoted(output)} --resume"
    )


def _quoted(path: Any) -> str:
    text = display_name(path)
    return f'"{text}"' if " " in text else text
