"""The output folder of a training: which files, and never one that is not ours."""

import csv
import io
from pathlib import Path
from typing import Any, cast

import numpy as np

from tinycnn import figures
from tinycnn.callbacks import Logs
from tinycnn.commands.arguments import CommandError, exists
from tinycnn.datasets.dataset import Dataset
from tinycnn.files import ModelFileError
from tinycnn.files.atomic import ASIDE, write_aside
from tinycnn.files.safetensors import read_header
from tinycnn.metrics import Result, confusion_matrix
from tinycnn.models import Sequential
from tinycnn.page.facts import Json
from tinycnn.page.html import is_page
from tinycnn.page.report.facts import Tell, content
from tinycnn.page.report.html import MARK, document
from tinycnn.page.report.photo_choice import worst_photos
from tinycnn.text import display_name, size_of

MODEL = "model.safetensors"
CHECKPOINT = "checkpoint.safetensors"
HISTORY = "history.csv"
REPORT = "report.html"
PICTURES = ("curves.png", "confusion_matrix.png", "mistakes.png", "filters.png")
COLUMNS = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds")
SHOWN = (*PICTURES, REPORT)
OURS = (MODEL, CHECKPOINT, HISTORY, *SHOWN)
# (offset, bytes) that our files begin with, by the end of their names.
BEGINNINGS = {
    ".safetensors": (8, b'{"__metadata__": {"tinycnn"'),
    ".csv": (0, ",".join(COLUMNS).encode()),
    ".png": (0, b"\x89PNG\r\n\x1a\n"),
    ".html": (
        0,
        b'<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n'
        b'<meta http-equiv="Content-Security-Policy" content="default-src ',
    ),
}


def prepare(folder: Path) -> bool:
    """See that the folder, locked, holds nothing of others'; tidy up after the killed.

    Returns
    -------
    bool
        Whether an earlier training is there, which will be replaced.

    Raises
    ------
    CommandError
        If a file in it that would be replaced was not written by tinycnn.
    """
    for name in OURS:
        path = folder / name
        if (path.exists() or path.is_symlink()) and not is_ours(path):
            raise CommandError(
                f"{display_name(path)} was not written by tinycnn and would be "
                "replaced; move it away or choose another folder with --output"
            )
    for path in folder.iterdir():
        if is_left_over(path):
            path.unlink()
    return holds_training(folder)


def holds_training(folder: Path) -> bool:
    """Return whether an earlier training left a model or a checkpoint there."""
    return exists(folder / MODEL) or exists(folder / CHECKPOINT)


def is_left_over(path: Path) -> bool:
    """Return whether a training that was killed left this half-written file.

    While the folder is locked no other training writes there. The name says that the
    file is ours, and as much of it as was written has to say so too.
    """
    match = ASIDE.fullmatch(path.name)
    if match is None or match["name"] not in OURS or path.is_symlink():
        return False
    if not path.is_file():
        return False
    offset, beginning = BEGINNINGS[Path(match["name"]).suffix]
    with path.open("rb") as file:
        start = file.read(offset + len(beginning))[offset:]
    return beginning.startswith(start)


def remove_pictures(folder: Path) -> None:
    """Remove the pictures and the report of an earlier training from the folder."""
    for name in SHOWN:
        if is_ours(folder / name):
            (folder / name).unlink()


def is_ours(path: Path) -> bool:
    """Return whether tinycnn wrote this file: its content says so, not its name."""
    if not path.is_file():
        return False
    if path.name in (MODEL, CHECKPOINT):
        try:
            read_header(path)
        except ModelFileError:
            return False
        return True
    if path.name == REPORT:
        return is_page(path, MARK)
    with path.open("rb") as file:
        start = file.read(2048)
    if path.name == HISTORY:
        return start.startswith(BEGINNINGS[".csv"][1])
    return b"tEXtSoftware\x00tinycnn" in start


def write_model(model: Sequential, folder: Path) -> str:
    """Write the model; return its name and size."""
    path = folder / MODEL
    model.save(path)
    return f"{MODEL} ({size_of(path.stat().st_size)})"


def write_history(rows: list[Logs], folder: Path) -> str:
    """Write one line per epoch; return the file's name."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({"epoch": n, **row} for n, row in enumerate(rows, start=1))
    write_aside(folder / HISTORY, [text.getvalue().encode()])
    return HISTORY


def write_pictures(
    model: Sequential,
    rows: list[Logs],
    test: Any,
    result: Result,
    folder: Path,
) -> list[str]:
    """Write the four pictures of a training; return their names."""
    history = {name: [row[name] for row in rows] for name in COLUMNS[1:5]}
    names = model.classes or []
    truth, answers, certainty = result.truth, result.answers, result.certainty
    title, shown = worst_photos(truth, answers, certainty)
    matrix = confusion_matrix(truth, answers, len(names))
    photos, _ = test.load(np.array(shown), None)
    files = getattr(test, "filenames", None)
    made = (
        figures.learning_curves_figure(history, validation_name="test"),
        cast(Any, figures.confusion_matrix(matrix, names).figure),
        figures.mistakes(
            photos,
            [names[truth[n]] for n in shown],
            [names[answers[n]] for n in shown],
            certainty[shown].tolist(),
            file_names=[files[n] for n in shown] if files else None,
            title=title,
        ),
        figures.filters(model.layers[0].params["kernel"]),
    )
    for name, figure in zip(PICTURES, made, strict=True):
        figures.save_figure(figure, folder / name)
    return list(PICTURES)


def write_report(
    model: Sequential,
    rows: list[Logs],
    data: Dataset,
    result: Result,
    about_run: Json,
    folder: Path,
    tell: Tell,
) -> str:
    """Write the page that shows it all; return its name and size."""
    told = content(model, data, rows, result, about_run, tell)
    page = document(told).encode()
    write_aside(folder / REPORT, [page])
    return f"{REPORT} ({size_of(len(page))})"
