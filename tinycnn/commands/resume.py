"""--resume: options, photos and versions must be those the training run began with.

The checkpoint keeps everything that decides the result. Other options or photos would
give a model that neither run would have given: they are refused. Other versions may
change the last bits: that is a warning.
"""

import argparse
import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tinycnn.commands.arguments import CommandError, Parser, complain, exists
from tinycnn.commands.checkpoint import Checkpoint, load_checkpoint
from tinycnn.commands.output_folder import CHECKPOINT, COLUMNS
from tinycnn.commands.training_run import TrainingRun
from tinycnn.datasets.dataset import Dataset
from tinycnn.files import ModelFileError
from tinycnn.text import count_of, display_name, say

# All that decides what is learnt. A resumed run may have more epochs, except with the
# deep network: its learning rate falls to 0 in those that the run began with.
OPTIONS = (
    "network", "epochs", "steps_per_epoch", "batch_size", "image_size", "learning_rate",
    "pooling", "augmentation", "seed",
)  # fmt: skip
PARTS = {"train": "training", "test": "test"}


def settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return the options that decide what is learnt."""
    return {name: getattr(options, name) for name in OPTIONS}


def fingerprints(data: Dataset) -> dict[str, Any]:
    """Return what identifies the photos and their augmentation, as JSON."""
    found = {part: _fingerprint(getattr(data, part)) for part in PARTS}
    if data.validation is not None:
        found["validation"] = _fingerprint(data.validation)
    ranges = asdict(data.train.ranges)
    for later in ("brightness", "channel_shift"):  # earlier checkpoints lack them
        ranges.pop(later)  # and the commands do not change them
    found["augmentation"] = ranges
    return dict(json.loads(json.dumps(found)))  # tuples become lists, as in the file


def _fingerprint(part: Any) -> dict[str, Any]:
    """Return (how many photos, digest of names and classes, digest of pixels).

    Names are those below the data set's folder, and pixels those that the network
    sees: the folder may be moved, and a photo's date may change.
    """
    names = hashlib.sha256()
    files = getattr(part, "filenames", [""] * part.samples)
    classes = list(part.class_indices)
    for file, label in zip(files, part.classes, strict=True):
        line = json.dumps([classes[label], file])
        names.update(line.encode("ascii") + b"\n")
    pixels = part.survey.pixels if part.survey else hashlib.sha256(part.x.tobytes())
    return {
        "count": part.samples,
        "names": names.hexdigest(),
        "pixels": pixels.hexdigest(),
    }


def reopen(run: TrainingRun, parser: Parser, arguments: list[str]) -> None:
    """Continue from the checkpoint in the run's folder, with its options."""
    path, folder = run.folder / CHECKPOINT, display_name(run.folder)
    if not exists(path):
        raise CommandError(
            f"there is no {CHECKPOINT} in {folder} to resume from; leave --resume out "
            "to begin a new run, or name the folder of the interrupted one with "
            "--output"
        )
    checkpoint = run.resumed = load_checkpoint(path, run.callbacks)
    run.rows = checkpoint.rows
    if tuple(run.rows[0]) != COLUMNS[1:]:
        raise _error(path, f"its metrics should be {', '.join(COLUMNS[1:])}")
    if set(checkpoint.notes) != {"options", "photos"}:
        raise _error(path, "it should hold the run's options and photos")
    try:
        words = _words(checkpoint.notes["options"])
        before = parser.parse_args(words)
    except (CommandError, ValueError) as error:
        raise _error(path, f"its options are wrong: {error}") from None
    run.options = parser.parse_args([*words, *arguments])
    if before.network == "deep" and run.options.epochs != before.epochs:
        raise CommandError(
            f"the training run in {folder} began with --epochs {before.epochs} (not "
            f"{run.options.epochs}), in which the deep network's learning rate falls "
            "to 0; leave --resume out to begin a new run"
        )
    differences = [
        f"{_spelled(name, getattr(before, name))} (not "
        f"{_spelled(name, getattr(run.options, name))})"
        for name in OPTIONS
        if name != "epochs" and getattr(run.options, name) != getattr(before, name)
    ]
    if differences:
        them = "it" if len(differences) == 1 else "them"
        raise CommandError(
            f"the training run in {folder} began with {', '.join(differences)}; leave "
            f"{them} out to continue it, or leave --resume out to begin a new run"
        )
    if run.options.epochs < checkpoint.epoch:
        raise CommandError(
            f"the training run in {folder} already has "
            f"{count_of(checkpoint.epoch, 'epoch')}, more than --epochs "
            f"{run.options.epochs}"
        )


def _error(path: Path, reason: str) -> ModelFileError:
    return ModelFileError(f"{display_name(path)} was not made by train: {reason}")


def is_complete(run: TrainingRun) -> bool:
    """Return whether nothing is left to do, and print that."""
    if not (run.resumed and run.resumed.is_finished and run.epochs == len(run.rows)):
        return False
    further = "a larger --epochs continues it"
    if run.options.network == "deep":
        further = "its learning rate has fallen to 0, so more epochs need a new run"
    say(
        f"the training run in {display_name(run.folder)} finished after "
        f"{count_of(len(run.rows), 'epoch')}; nothing was changed ({further})"
    )
    return True


def _words(options: Any) -> list[str]:
    """Return the options as the command line spells them."""
    if isinstance(options, dict) and "network" not in options:
        options = {"network": "tutorial", **options}  # a run before there was another
    if not isinstance(options, dict) or set(options) != set(OPTIONS):
        raise ValueError(f"they should be {', '.join(OPTIONS)}")
    return [
        _spelled(name, value, "=") for name, value in options.items()
        if value is not None
    ]  # fmt: skip


def _spelled(name: str, value: Any, between: str = " ") -> str:
    option = f"--{name.replace('_', '-')}"
    if value is None:
        return f"no {option}"
    if isinstance(value, bool):
        return option if value else f"--no-{name}"
    return f"{option}{between}{value}"


def check_photos(run: TrainingRun, checkpoint: Checkpoint) -> None:
    """Check that the photos are those that the run began with."""
    before = checkpoint.notes["photos"]
    if before == run.photos:
        return
    advice = "it can only continue with the same ones"
    if run.options.dataset is None:
        advice = (
            "without DATASET the drawings are used; name the folder that the run "
            "began with"
        )
    difference = _other_photos(before if isinstance(before, dict) else {}, run)
    raise CommandError(
        f"the training run in {display_name(run.folder)} began with "
        f"{display_name(difference)}; {advice}"
    )


def _other_photos(before: dict[str, Any], run: TrainingRun) -> str:
    """Describe the photos of the checkpoint by how they differ from these."""
    now, noun = run.photos, f"{run.data.noun}s"
    old = {
        part: before[part] if isinstance(before.get(part), dict) else {}
        for part in PARTS
    }
    counts = [old[part].get("count") for part in PARTS]
    if counts != [now[part]["count"] for part in PARTS]:
        train, test = (now[part]["count"] for part in PARTS)
        return (
            f"{counts[0]} training and {counts[1]} test {noun}, and now there are "
            f"{train} and {test}"
        )
    reasons = []
    for part, name in PARTS.items():
        if old[part].get("names") != now[part]["names"]:
            reasons.append(f"{name} {noun} with other names or in other classes")
        elif old[part].get("pixels") != now[part]["pixels"]:
            reasons.append(f"{name} {noun} that looked different")
    if before.get("validation") != now.get("validation"):
        reasons.append(f"other validation {noun}")
    return " and ".join(reasons) or "photos augmented in another way"


def warn_of_versions(run: TrainingRun, checkpoint: Checkpoint) -> None:
    """Print which versions differ from those of the interrupted run."""
    differences = [
        f"{name} {version} (now {run.versions.get(name)})"
        for name, version in checkpoint.versions.items()
        if version != run.versions.get(name)
    ]
    if differences:
        complain(
            f"warning: the training run in {display_name(run.folder)} began with "
            f"{', '.join(differences)}; the last bits of its model may differ from "
            "those of an uninterrupted run"
        )
