"""What a training tells in words: what it found, how good it is, what to try next."""

from pathlib import Path
from typing import Any

import numpy as np

from tinycnn.commands.arguments import complain
from tinycnn.datasets.dataset import Dataset
from tinycnn.datasets.duplicates import duplicates
from tinycnn.metrics import Result
from tinycnn.preprocessing.directory_iterator import DirectoryIterator
from tinycnn.text import LiveLine, count_of, display_name, say

Twins = tuple[int, list[tuple[str, str]]]


def tell_found(data: Dataset, verbose: int) -> Twins:
    """Say what was found: photos per class, class -> number, what was left out.

    Returns
    -------
    (int, list of (str, str))
        What `duplicates` found.
    """
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
        return 0, []
    skipped = len(data.train.skipped) + len(data.test.skipped)
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
    if skipped > 1:
        complain(f"warning: {count_of(skipped, 'photo')} left out")
    count, pairs = duplicates(data.train, data.test)
    for first, second in pairs:
        complain(f"warning: the same pixels twice: {first} and {second}")
    if count > len(pairs):
        complain(f"warning: {count - len(pairs)} more pairs with the same pixels")
    return count, pairs


def tell_result(result: Result) -> None:
    """Say how good the answers on the test part are, and what no network would get."""
    say(
        f"test accuracy: {result.right / result.total:.1%} ({result.right:,} of "
        f"{result.total:,}; 95 % interval {result.low:.1%} to {result.high:.1%})"
    )
    say(
        f"without a network: most frequent class {result.majority:.1%}, mean colour "
        f"{result.mean_colour:.1%}"
    )


class Progress:
    """Says what is being made: one line, in a terminal overwritten and then wiped.

    Parameters
    ----------
    verbose : int
        As of the command.
    """

    def __init__(self, verbose: int) -> None:
        self._line = LiveLine(None if verbose == 1 else False)
        if verbose and not self._line.is_live:
            say("making the pictures and the report")

    def __call__(self, doing: str) -> None:
        """Say what is being done now."""
        self._line.write(f"making the report: {doing} ...")

    def wipe(self) -> None:
        """Leave the line as if nothing had stood there."""
        self._line.wipe()


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
