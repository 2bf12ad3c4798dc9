"""What the report says about the run: options, photos left out, versions."""

from pathlib import Path
from typing import Any

from tinycnn.datasets.dataset import Dataset
from tinycnn.page.facts import Json
from tinycnn.text import count_of, display_name

MOST_NAMED = 20
PARTS = {"train": "to learn from", "test": "to test with"}


def about(
    data: Dataset,
    options: dict[str, Any],
    twins: tuple[int, list[tuple[str, str]]],
    versions: dict[str, str],
) -> Json:
    """Return "options", "notes" and "versions" as `content.content` wants them.

    Parameters
    ----------
    data : Dataset
    options : dict of str to Any
        Of the command; those that were left out are told as what was done.
    twins : (int, list of (str, str))
        What `datasets.duplicates.duplicates` found.
    versions : dict of str to str
    """
    rows, columns = data.train.preprocessing.target_size
    done = {
        **options,
        "image_size": f"{rows} x {columns} pixels",
        "augmentation": _in_words(data.train.ranges),
        "steps_per_epoch": options["steps_per_epoch"] or len(data.train),
    }
    return {
        "options": [
            [name.replace("_", " "), str(value)] for name, value in done.items()
        ],
        "notes": [*_left_out(data), *_twice(*twins)],
        "versions": [[name, version] for name, version in versions.items()],
    }


def _in_words(ranges: Any) -> str:
    """Return how the training photos were changed by chance."""
    if ranges.is_nothing:
        return "none"
    low, high = ranges.zoom
    mirrored = ", mirrored" if ranges.horizontal_flip else ""
    return (
        f"zoomed by {low:g} to {high:g}, sheared by {ranges.shear:g} degrees{mirrored}"
    )


def _left_out(data: Dataset) -> list[str]:
    """Return a sentence for each photo that was left out, and one for other files."""
    notes = []
    for part, use in PARTS.items():
        source = getattr(data, part)
        skipped = getattr(source, "skipped", [])
        for path, reason in skipped[:MOST_NAMED]:
            name = display_name(Path(path).relative_to(source.directory).as_posix())
            why = reason.removeprefix(f"{display_name(path)}: ")
            notes.append(f"Left out of the photos {use}: {name} ({why})")
        if len(skipped) > MOST_NAMED:
            rest = len(skipped) - MOST_NAMED
            notes.append(f"Left out of the photos {use}: {rest} more")
        if others := getattr(source, "others", []):
            names = ", ".join(display_name(path.name) for path in others[:MOST_NAMED])
            more = ", ..." if len(others) > MOST_NAMED else ""
            files = count_of(len(others), "file")
            notes.append(f"{files} not taken for a photo {use}: {names}{more}")
    return notes


def _twice(count: int, pairs: list[tuple[str, str]]) -> list[str]:
    """Return a sentence for each pair of photos with the same pixels."""
    notes = [f"The same pixels twice: {first} and {second}" for first, second in pairs]
    if count > len(pairs):
        notes.append(f"{count - len(pairs)} more pairs with the same pixels")
    return notes
