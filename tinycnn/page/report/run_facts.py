"""A finished training run, as the report shows it: options, notes, versions."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tinycnn.callbacks import Logs
from tinycnn.datasets.dataset import Dataset
from tinycnn.metrics import Result
from tinycnn.models import Sequential
from tinycnn.page.facts import Json
from tinycnn.page.report.epochs import EpochRecorder
from tinycnn.preprocessing.directory_iterator import DirectoryIterator
from tinycnn.text import display_name

MODEL = "model.safetensors"
METRICS = ("loss", "accuracy", "val_loss", "val_accuracy")
MOST_NAMED = 20


@dataclass
class RunFacts:
    """What the report needs of a training run.

    Attributes
    ----------
    data : Dataset
    model : Sequential
        Trained, with a convolution as its first layer.
    rows : list of dict
        `METRICS` and "seconds" of each finished epoch.
    result : Result
        Of the test part.
    settings : dict of str to Any
        The options that decide what is learnt, as they were given.
    duplicates : list of str
        A sentence for each pair of photos with the same pixels.
    versions : dict of str to str
    recorder : EpochRecorder
        What the network was after each epoch.
    """

    data: Dataset = field(init=False)
    model: Sequential = field(init=False)
    rows: list[Logs] = field(init=False, default_factory=list)
    result: Result = field(init=False)
    settings: dict[str, Any] = field(init=False)
    duplicates: list[str] = field(init=False, default_factory=list)
    versions: dict[str, str] = field(init=False)
    recorder: EpochRecorder = field(init=False, default_factory=EpochRecorder)


def about(run: RunFacts) -> Json:
    """Return "options", "notes" and "versions": lists of (name, text), or of text."""
    train = run.data.train
    rows, columns = train.preprocessing.target_size
    used = {
        **run.settings,
        "image_size": f"{rows} x {columns} pixels",
        "learning_rate": _rate_in_words(run),
        "augmentation": _in_words(train.ranges),
        "steps_per_epoch": run.settings["steps_per_epoch"] or len(train),
    }
    return {
        "options": [
            [name.replace("_", " "), str(value)] for name, value in used.items()
        ],
        "notes": [
            line[0].upper() + line[1:]
            for line in [*_left_out(run.data), *run.duplicates]
        ],
        "versions": [[name, version] for name, version in run.versions.items()],
    }


def _rate_in_words(run: RunFacts) -> str:
    rate = f"{run.settings['learning_rate']:g}"
    is_falling = getattr(run.model.optimizer, "schedule", None) is not None
    return f"{rate}, falling to 0" if is_falling else rate


def _in_words(ranges: Any) -> str:
    """Return how the training photos were augmented."""
    if ranges.is_nothing:
        return "none"
    low, high = ranges.zoom
    across, down = ranges.width_shift, ranges.height_shift
    words = {
        f"rotated by up to {ranges.rotation:g} degrees": ranges.rotation,
        f"shifted by up to {across:.0%} across and {down:.0%} down": across or down,
        f"zoomed by {low:g} to {high:g}": (low, high) != (1.0, 1.0),
        f"sheared by {ranges.shear:g} degrees": ranges.shear,
        "mirrored": ranges.horizontal_flip,
    }
    return ", ".join(text for text, is_used in words.items() if is_used)


def _left_out(data: Dataset) -> list[str]:
    """Return what was left out, without the names of the folders above."""
    notes = []
    for part in data.parts():
        if isinstance(part, DirectoryIterator):
            above = f"{display_name(Path(part.directory).parent)}{os.sep}"
            lines = [*part.left_out(MOST_NAMED), *part.other_files()]
            notes += [line.replace(above, "") for line in lines]
    return notes
