"""The output folder of a training run: its files, and whether they are ours.

Files that tinycnn did not write are never replaced or removed.
"""

from pathlib import Path
from typing import Any, cast

import numpy as np

from tinycnn import figures
from tinycnn.commands.arguments import CommandError, exists
from tinycnn.commands.training_run import TrainingRun
from tinycnn.files import ModelFileError
from tinycnn.files.atomic import ASIDE, write_aside
from tinycnn.files.safetensors import read_header, write_file
from tinycnn.metrics import confusion_matrix
from tinycnn.models.model_file import model_config
from tinycnn.page.html import is_page
from tinycnn.page.report.facts import OnProgress, report_facts
from tinycnn.page.report.html import MARK, document
from tinycnn.page.report.photo_choice import worst_photos
from tinycnn.page.report.run_facts import METRICS, MODEL
from tinycnn.text import csv_text, display_name, say, size_of

CHECKPOINT = "checkpoint.safetensors"
HISTORY = "history.csv"
REPORT = "report.html"
PICTURES = ("curves.png", "confusion_matrix.png", "mistakes.png", "filters.png")
COLUMNS = ("epoch", *METRICS, "seconds")
SHOWN = (*PICTURES, REPORT)
OURS = (MODEL, CHECKPOINT, HISTORY, *SHOWN)
# (offset, bytes) that our files begin with, by suffix.
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


def prepare(run: TrainingRun) -> None:
    """Check that every file to be replaced is ours; remove leftovers of killed runs."""
    for name in OURS:
        path = run.folder / name
        if (path.exists() or path.is_symlink()) and not is_ours(path):
            raise CommandError(
                f"{display_name(path)} was not written by tinycnn and would be "
                "replaced; move it away or choose another folder with --output"
            )
    for path in run.folder.iterdir():
        if is_leftover(path):
            path.unlink()
    if run.has_earlier:
        keeps = "another --output" if run.options.output else "--output FOLDER"
        say(
            f"note: {display_name(run.folder)} holds an earlier training run, which "
            f"will be replaced ({keeps} keeps it, --resume continues an interrupted "
            "one)"
        )


def holds_run(folder: Path) -> bool:
    """Return whether the folder holds the model or the checkpoint of a run."""
    return exists(folder / MODEL) or exists(folder / CHECKPOINT)


def is_leftover(path: Path) -> bool:
    """Return whether a killed run left this half-written file.

    While the folder is locked no other run writes into it. The name says that the file
    is ours, and as much of it as was written has to agree.
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
    """Remove the pictures and the report of an earlier run."""
    for name in SHOWN:
        if is_ours(folder / name):
            (folder / name).unlink()


def is_ours(path: Path) -> bool:
    """Return whether tinycnn wrote this file, by its content."""
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


def write_model(run: TrainingRun) -> str:
    """Write the model; return its name and size."""
    path = run.folder / MODEL
    write_file(path, run.model.arrays, model_config(run.model))
    return f"{MODEL} ({size_of(path.stat().st_size)})"


def write_history(run: TrainingRun) -> str:
    """Write one line per epoch; return the file's name."""
    epochs = ({"epoch": n, **row} for n, row in enumerate(run.rows, start=1))
    lines = csv_text([COLUMNS, *([row[name] for name in COLUMNS] for row in epochs)])
    write_aside(run.folder / HISTORY, [f"{lines}\n".encode()])
    return HISTORY


def write_pictures(run: TrainingRun) -> list[str]:
    """Write the four pictures; return their names."""
    names, result, test = run.data.class_names, run.result, run.data.test
    truth, answers, certainty = result.truth, result.answers, result.certainty
    title, shown = worst_photos(truth, answers, certainty)
    photos, _ = test.load(np.array(shown), None)
    files = getattr(test, "filenames", None)
    matrix = confusion_matrix(truth, answers, len(names))
    pictures = (
        figures.learning_curves_figure(
            {name: [row[name] for row in run.rows] for name in METRICS},
            validation_name=run.data.watched,
        ),
        cast(Any, figures.confusion_matrix(matrix, names).figure),
        figures.mistakes(
            photos,
            [names[truth[n]] for n in shown],
            [names[answers[n]] for n in shown],
            certainty[shown].tolist(),
            file_names=[files[n] for n in shown] if files else None,
            title=title,
        ),
        figures.filters(run.model.layers[0].params["kernel"]),
    )
    for name, picture in zip(PICTURES, pictures, strict=True):
        figures.save_figure(picture, run.folder / name)
    return list(PICTURES)


def write_report(run: TrainingRun, on_progress: OnProgress) -> str:
    """Write the page that shows everything; return its name and size."""
    page = document(report_facts(run, on_progress)).encode()
    write_aside(run.folder / REPORT, [page])
    return f"{REPORT} ({size_of(len(page))})"
