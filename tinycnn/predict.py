"""Who is it? Answers for photos: python -m tinycnn.predict MODEL PHOTO ..."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from tinycnn.commands.arguments import (
    DONE,
    PARTLY,
    Parser,
    add_model_and_photos,
    complain,
    photo_paths,
    refuse_photo_first,
    refuse_undescribed,
)
from tinycnn.commands.process import Signals, run
from tinycnn.metrics import class_probabilities, predicted_labels
from tinycnn.models import Sequential, load_model
from tinycnn.models.inputs import readable_blocks
from tinycnn.models.step import as_probabilities
from tinycnn.shapes import Array
from tinycnn.text import csv_text, display_name, say, text_table

BLOCK = 32  # photos at a time

DESCRIPTION = """\
Say what a trained model sees on photos: one row per photo with the answer and the
probability of each class. Photos are prepared as the model file says, that is, as for
training.
"""
EPILOG = """\
Folders are searched with all folders in them; files that are not named like a photo are
counted. A file named on the command line is always tried. Errors go to stderr, so the
table stays clean.

Exit status: 0 all answered, 1 some photo could not be read, 2 could not start (a model
file that is missing, damaged or something else).

Examples:
  python -m tinycnn.predict runs/drawings/model.safetensors my_photo.jpg
  python -m tinycnn.predict runs/drawings/model.safetensors photos/ --format csv
"""


def main(arguments: list[str], signals: Signals) -> int:
    """Answer for the photos on the command line; return the exit status."""
    parser = Parser("python -m tinycnn.predict", DESCRIPTION, EPILOG)
    add_model_and_photos(parser)
    parser.add_argument("--format", choices=("table", "csv", "json"), default="table",
        help="csv has the header path,label,<class>,... (default table)")  # fmt: skip
    options = parser.parse_args(arguments)
    refuse_photo_first(options.model, options.photos)
    model = load_model(options.model)
    refuse_undescribed(model, options.model, needs_classes=True)
    paths, failed = photo_paths(options.photos)
    answered: list[Path] = []
    y_pred: list[Array] = []
    for readable, x, errors in readable_blocks(paths, BLOCK, model.preprocessing):
        for error in errors:
            complain(f"error: {error}")
        failed += len(errors)
        if readable:
            answered += readable
            y_pred.append(as_probabilities(model, model.loss, model.predict(x)))
    if answered:
        _print(options.format, model, answered, np.concatenate(y_pred))
    return PARTLY if failed else DONE


def _print(style: str, model: Sequential, paths: list[Path], y_pred: Any) -> None:
    """Print one row per photo."""
    names = model.classes or []
    labels = [names[n] for n in predicted_labels(y_pred, model.threshold)]
    probabilities = class_probabilities(y_pred)
    numbers = [[round(float(p), 6) for p in row] for row in probabilities]
    rows = list(zip(map(display_name, paths), labels, numbers, strict=True))
    if style == "json":
        entries = [
            {
                "path": path,
                "label": label,
                "probabilities": dict(zip(names, row, strict=True)),
            }
            for path, label, row in rows
        ]
        say(json.dumps(entries, indent=2, ensure_ascii=False))
    elif style == "csv":
        header = ["path", "label", *names]
        say(csv_text([header, *([p, a, *(f"{n:.6f}" for n in r)] for p, a, r in rows)]))
    else:
        header = ["photo", "answer", *map(display_name, names)]
        cells = [
            [path, display_name(label), *(f"{number:.1%}" for number in row)]
            for path, label, row in rows
        ]
        for line in text_table([header, *cells], "<<>"):
            say(line)


if __name__ == "__main__":
    run(main)
