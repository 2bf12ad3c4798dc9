"""What `train` prints: the photos it found, how good the model is, what to try next."""

from tinycnn.commands.arguments import complain
from tinycnn.commands.training_run import TrainingRun
from tinycnn.datasets.dataset import Dataset
from tinycnn.datasets.duplicates import duplicates
from tinycnn.page.report.run_facts import MODEL
from tinycnn.preprocessing.directory_iterator import DirectoryIterator
from tinycnn.text import LiveLine, count_of, display_name, quoted, say


def print_found(run: TrainingRun) -> None:
    """Print the photos per class, and what was left out or is there twice."""
    data = run.data
    if run.options.verbose:
        train, test = (count_of(p.samples, data.noun) for p in (data.train, data.test))
        say(f"{train} to learn from and {test} to test with:")
        counts = data.counts()
        for label, name in enumerate(map(display_name, data.class_names)):
            learnt, tested = counts["training"][label], counts["test"][label]
            say(f"  class {label} = {name}: {learnt:,} train, {tested:,} test")
    left_out = []
    for part in data.parts():
        if isinstance(part, DirectoryIterator):
            left_out += part.left_out()
            lines = [*part.notes, *part.other_files()] if run.options.verbose else []
            for line in lines:
                say(f"  {line}")
    for line in [*left_out, *run.duplicates]:
        complain(f"warning: {line}")
    if len(left_out) > 1:
        complain(f"warning: {count_of(len(left_out), 'photo')} left out")


def duplicate_lines(data: Dataset) -> list[str]:
    """Return a line for each of the first pairs with equal pixels; the rest counted."""
    count, pairs = duplicates(data.train, data.test)
    lines = [f"the same pixels twice: {one} and {other}" for one, other in pairs]
    more = count - len(pairs)
    return lines + ([f"{more} more pairs with the same pixels"] if more else [])


def print_result(run: TrainingRun) -> None:
    """Print the accuracy on the test part, and what one gets without a network."""
    result = run.result
    if run.options.verbose:
        say()
    say(
        f"test accuracy: {result.right / result.total:.1%} ({result.right:,} of "
        f"{result.total:,}; 95% interval {result.low:.1%} to {result.high:.1%})"
    )
    say(
        f"without a network: most frequent class {result.majority:.1%}, mean colour "
        f"{result.mean_colour:.1%}"
    )


class ProgressLine:
    """Shows what is being made: in a terminal, on one line that is overwritten."""

    def __init__(self, verbose: int) -> None:
        self._line = LiveLine(None if verbose == 1 else False)
        if verbose and not self._line.is_live:
            say("making the pictures and the report")

    def __call__(self, part: str) -> None:
        """Show that this part is being made now."""
        self._line.write(f"making the report: {part} ...")

    def wipe(self) -> None:
        """Leave the line empty."""
        self._line.wipe()


def print_next(run: TrainingRun) -> None:
    """Print the next command to try."""
    train, test = run.data.train, run.data.test
    is_folder = isinstance(test, DirectoryIterator)
    photos = "PHOTO.jpg"
    if is_folder and test.directory != train.directory:
        photos = test.directory
    model = run.folder / MODEL
    say(f"next: python -m tinycnn.predict {quoted(model)} {quoted(photos)}")


def resume_command(run: TrainingRun) -> str:
    """Return the command that continues the run."""
    dataset = run.options.dataset
    photos = f" {quoted(dataset)}" if dataset else ""
    return f"python -m tinycnn.train{photos} --output {quoted(run.folder)} --resume"


def print_nothing_kept(run: TrainingRun) -> None:
    """Print what the folder holds after a stop before the end of the first epoch."""
    folder = display_name(run.folder)
    if run.rows:
        done = count_of(len(run.rows), "epoch")
        complain(f"nothing was changed: {folder} has {done}")
        return
    kept = ": nothing was kept"
    if run.has_earlier:
        kept = f"; the earlier training run in {folder} is unchanged"
    complain(f"stopped before the first epoch was finished{kept}")
