"""Who is it? Answers for photos: python -m tinycnn.predict MODEL PHOTO ..."""

import argparse
import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np

from tinycnn.commands.arguments import (
    DONE,
    PARTLY,
    CommandError,
    Parser,
    candidates,
    complain,
)
from tinycnn.commands.process import Signals, run
from tinycnn.metrics import predicted_labels
from tinycnn.models import Sequential, load_model
from tinycnn.parallel.threads import pieces
from tinycnn.preprocessing.photos import PhotoError
from tinycnn.preprocessing.reading import read_photos
from tinycnn.text import display_name, say, width_of

BLOCK = 32

DESCRIPTION = """\
Say what a trained model sees on photos: one row per photo with the answer and the
probability of each class. Photos are prepared as the model file says, so the answers
are those that training judged.
"""
EPILOG = """\
Folders are looked through with all folders in them; files that are not named like a
photo are counted there. A file named on the command line is always tried. Errors go to
stderr, so the table stays clean.

Exit status: 0 all answered, 1 some photo could not be read, 2 could not start (a model
file that is missing, damaged or something else).

Examples:
  python -m tinycnn.predict runs/drawings/model.safetensors my_photo.jpg
  python -m tinycnn.predict runs/drawings/model.safetensors photos/ --format csv
"""


def parser() -> Parser:
    """Return the command's arguments."""
    parse = Parser(
        prog="python -m tinycnn.predict",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parse.add_argument("model", metavar="MODEL", help="a file that train wrote")
    parse.add_argument(
        "photos", metavar="PHOTO_OR_FOLDER", nargs="+", help="what to look at"
    )
    parse.add_argument(
        "--format",
        choices=("table", "csv", "json"),
        default="table",
        help="csv has the header path,label,<class>,... (default table)",
    )
    return parse


def main(arguments: list[str], signals: Signals) -> int:
    """Answer for the photos of the command line; return the exit status."""
    options = parser().parse_args(arguments)
    model = load_model(options.model)
    if model.preprocessing is None or model.classes is None:
        raise CommandError(
            f"{display_name(options.model)} did not learn from a folder of photos, so "
            "it does not say how photos are prepared or what its classes are called; "
            "train it with python -m tinycnn.train or fit it on flow_from_directory"
        )
    paths, failed = candidates(options.photos)
    answered: list[Path] = []
    rows: list[Any] = []
    answers = read_photos(paths, model.preprocessing)
    for some in pieces(len(paths), BLOCK):
        read = []
        for path, pixels in zip(paths[some], answers, strict=False):
            if isinstance(pixels, PhotoError):
                complain(f"error: {pixels}")
                failed += 1
            else:
                read.append((path, pixels))
        if read:
            block = np.stack([pixels for _, pixels in read])
            answered += [path for path, _ in read]
            rows += list(model.predict(model.preprocessing.scaled(block)))
    if rows:
        _print(options.format, model, answered, np.stack(rows))
    elif not failed:
        named = ", ".join(map(display_name, options.photos))
        complain(f"error: there is no photo in {named}")
        failed += 1
    return PARTLY if failed else DONE


def _print(form: str, model: Sequential, paths: list[Path], y_pred: Any) -> None:
    """Print one row per photo."""
    names = model.classes or []
    labels = [names[n] for n in predicted_labels(y_pred, model.threshold)]
    if y_pred.shape[1] == 1:
        y_pred = np.concatenate([1 - y_pred, y_pred], axis=1)
    shown = [display_name(path) for path in paths]
    numbers = [[round(float(p), 6) for p in row] for row in y_pred]
    answers = list(zip(shown, labels, numbers, strict=True))
    if form == "json":
        entries = [
            {
                "path": path,
                "label": label,
                "probabilities": dict(zip(names, row, strict=True)),
            }
            for path, label, row in answers
        ]
        say(json.dumps(entries, indent=2, ensure_ascii=False))
    elif form == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["path", "label", *names])
        for path, label, row in answers:
            writer.writerow([path, label, *(f"{number:.6f}" for number in row)])
        say(text.getvalue().rstrip("\n"))
    else:
        say(_table(answers, names))


def _table(answers: list[tuple[str, str, list[float]]], names: list[str]) -> str:
    """Return the answers as lines of columns."""
    heads = ["photo", "answer", *map(display_name, names)]
    rows = [
        [path, display_name(label), *(f"{number:.1%}" for number in row)]
        for path, label, row in answers
    ]
    widths = [max(map(width_of, column)) for column in zip(heads, *rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width - width_of(cell) + len(cell))
            if place < 2
            else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [heads, ["-" * width for width in widths], *rows]
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    run(main)
