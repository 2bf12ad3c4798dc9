"""--resume: whether options, photos and versions are those of the training begun.

What decides the result is kept in the checkpoint. Other options or photos would give a
model that neither training would have given: they are refused. Other versions may
change the last bits: that is said, and the training goes on.
"""

import argparse
import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tinycnn.commands.arguments import CommandError, Parser, complain, exists
from tinycnn.commands.checkpoint import Checkpoint, load_checkpoint, versions
from tinycnn.commands.output_folder import CHECKPOINT, COLUMNS
from tinycnn.datasets.dataset import Dataset
from tinycnn.files import ModelFileError
from tinycnn.text import count_of, display_name

# Everything that decides what is learnt. More epochs than before may be asked for.
OPTIONS = (
    "epochs", "steps_per_epoch", "batch_size", "image_size", "learning_rate",
    "pooling", "augmentation", "seed",
)  # fmt: skip
PARTS = {"train": "training", "test": "test"}


def open_checkpoint(output: Path) -> Checkpoint:
    """Return the training that was interrupted in an output folder.

    Raises
    ------
    CommandError
        If there is none.
    ModelFileError
        If it cannot be continued.
    """
    path = output / CHECKPOINT
    if not exists(path):
        raise CommandError(
            f"there is no {CHECKPOINT} in {display_name(output)} to go on from; leave "
            "--resume out to begin a training, or name its folder with --output"
        )
    checkpoint = load_checkpoint(path)
    if tuple(checkpoint.rows[0]) != COLUMNS[1:]:
        raise _error(path, f"its figures should be {', '.join(COLUMNS[1:])}")
    if set(checkpoint.notes) != {"options", "photos"}:
        raise _error(path, "it should hold the training's options and photos")
    return checkpoint


def _error(path: Path, reason: str) -> ModelFileError:
    return ModelFileError(f"{display_name(path)} was not made by train: {reason}")


def notes(options: argparse.Namespace, data: Dataset) -> dict[str, Any]:
    """Return what a checkpoint has to know of the options and photos, as JSON."""
    photos = {part: _fingerprint(getattr(data, part)) for part in PARTS}
    found = {
        "options": {name: getattr(options, name) for name in OPTIONS},
        "photos": {**photos, "augmentation": asdict(data.train.ranges)},
    }
    return dict(json.loads(json.dumps(found)))  # tuples become lists, as in the file


def _fingerprint(part: Any) -> dict[str, Any]:
    """Return (how many photos, digest of names and classes, digest of pixels).

    The names are those below the data set's folder, and the pixels those that the
    network is shown: the folder may be moved, and a photo's date may change.
    """
    names, pixels = hashlib.sha256(), hashlib.sha256()
    files = getattr(part, "filenames", [""] * part.samples)
    classes = list(part.class_indices)
    for number, (file, label) in enumerate(zip(files, part.classes, strict=True)):
        line = json.dumps([classes[label], file])
        names.update(line.encode("ascii") + b"\n")
        pixels.update(part.pixels(number).tobytes())
    return {
        "count": part.samples,
        "names": names.hexdigest(),
        "pixels": pixels.hexdigest(),
    }


def options_of(
    parser: Parser, arguments: list[str], checkpoint: Checkpoint, output: Path
) -> argparse.Namespace:
    """Return the options to go on with: those of before, where none are given now.

    Raises
    ------
    CommandError
        If one is given now that was another before.
    ModelFileError
        If those of before are none.
    """
    try:
        words = _words(checkpoint.notes["options"])
        before = parser.parse_args(words)
    except (CommandError, ValueError) as error:
        reason = f"its options are wrong: {error}"
        raise _error(output / CHECKPOINT, reason) from None
    options = parser.parse_args([*words, *arguments])
    differences = [
        f"{_spelled(name, getattr(before, name))} (not "
        f"{_spelled(name, getattr(options, name))})"
        for name in OPTIONS[1:]
        if getattr(options, name) != getattr(before, name)
    ]
    if differences:
        them = "it" if len(differences) == 1 else "them"
        raise CommandError(
            f"the training in {display_name(output)} was begun with "
            f"{', '.join(differences)}; leave {them} out to go on as before, or leave "
            "--resume out to begin anew"
        )
    if options.epochs < checkpoint.epoch:
        raise CommandError(
            f"the training in {display_name(output)} has "
            f"{count_of(checkpoint.epoch, 'epoch')} already, more than --epochs "
            f"{options.epochs}"
        )
    return options


def _words(options: Any) -> list[str]:
    """Return the options as they would be written on the command line."""
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


def refuse_other_photos(
    before: Any,
    now: dict[str, Any],
    data: Dataset,
    options: argparse.Namespace,
    output: Path,
) -> None:
    """Raise unless the photos are those that the training was begun with.

    Raises
    ------
    CommandError
        If they differ; the message says in what.
    """
    if before == now:
        return
    before = before if isinstance(before, dict) else {}
    advice = "it can only go on with the same ones"
    if options.dataset is None:
        advice = (
            "DATASET was left out, so the drawings were taken; name the folder the "
            "training was begun with"
        )
    raise CommandError(
        f"the training in {display_name(output)} was begun with "
        f"{display_name(_other_photos(before, now, data))}; {advice}"
    )


def _other_photos(before: dict[str, Any], now: dict[str, Any], data: Dataset) -> str:
    """Return what the photos were, in words that tell the difference."""
    noun = "images" if data.is_idx else "photos"
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
    return " and ".join(reasons) or "photos augmented in another way"


def warn_of_versions(checkpoint: Checkpoint, output: Path) -> None:
    """Say which versions are not those of the interrupted training."""
    now = versions()
    differences = [
        f"{name} {before} (now {now.get(name)})"
        for name, before in checkpoint.versions.items()
        if before != now.get(name)
    ]
    if differences:
        complain(
            f"warning: the training in {display_name(output)} was begun with "
            f"{', '.join(differences)}; the last bits of its model may come out "
            "different than without the interruption"
        )
