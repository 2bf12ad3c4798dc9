"""Check the gradients of the library, or of your own file: python -m tinycnn.check."""

import sys
from collections.abc import Iterable
from functools import partial
from glob import glob
from pathlib import Path
from typing import Any

import numpy as np

from tinycnn.commands.arguments import (
    DONE,
    PARTLY,
    CommandError,
    Parser,
    complain,
    whole,
)
from tinycnn.commands.process import Signals, run
from tinycnn.gradient_check import Report, check_layer, check_loss, check_model, grid
from tinycnn.grading import RIGHT, Grade, Status, grade_parts, summary, table
from tinycnn.layers import Conv2D, Dense, Flatten, MaxPooling2D
from tinycnn.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Loss,
    MeanSquaredError,
)
from tinycnn.models import Sequential
from tinycnn.randomness import rng_for
from tinycnn.text import LiveLine, count_of, csv_text, display_name, say, text_table

SUFFIXES = (".py", ".ipynb")
CACHE = "__pycache__"
PATIENCE = 2.0  # seconds of silence before a terminal shows what is being checked
DESCRIPTION = """\
Without FILE: check the gradients of all layers over a grid of options, of the losses,
and of a whole small network: the derivative by formula (backward) next to the numerical
one (change one number a little and see how the result changes), in float64.

With FILE: find the classes in it that derive from tinycnn's Layer, Loss or Optimizer
(and functions named my_im2col and my_col2im), check each in a process of its own, and
say in plain words what is wrong and where to look. A class named after one of tinycnn's
(Dense, MyDense) is compared with it as well. FILE is run with your rights, so look into
it first if you do not know who wrote it.

FILE may be a notebook (.ipynb): its code cells run from the top, without lines for
Jupyter (% or !), and stored outputs do not count. It may be a folder: then all .py and
.ipynb in it, at any depth, except in hidden folders.

A class is constructed by the names of its arguments (filters, kernel_size, pool_size,
units, rate). For any other class, list in FILE how to construct it, and the shape of
one input:

    CASES = [(MyScale(gain=2), (5, 6, 2)), (MyDense(3), (4,)), MySGD(lr=0.1)]

A loss or an optimiser needs no shape.
"""
EPILOG = """\
--format csv without FILE has the header part,cases,kinks,worst_error,verdict; with FILE
a row for each file (without its ending) and a column for each class: right, or what is
wrong; the last column counts the right ones that do not use the library's own work.

Exit status: 0 all right, 1 something is wrong (it is named), 2 could not start.
"""


def reports() -> Iterable[tuple[str, Report]]:
    """Yield (part, report) for everything that has a gradient."""
    for layer, input_shape, training in grid():
        name = type(layer).__name__
        yield name, check_layer(layer, input_shape, training=training)
    losses: list[tuple[Loss, Any, tuple[int, int]]] = [
        (BinaryCrossentropy(), [0, 1, 1, 0.5], (4, 1)),
        (CategoricalCrossentropy(), [2, 0, 1], (3, 4)),
        (MeanSquaredError(), np.arange(6.0).reshape(2, 3), (2, 3)),
    ]
    for loss, y_true, shape in losses:
        yield type(loss).__name__, check_loss(loss, y_true, shape)
    x = rng_for(0, "check").random((3, 9, 8, 2))
    lasts = (
        (Dense(1, "sigmoid"), "binary_crossentropy"),
        (Dense(3, "softmax"), "categorical_crossentropy"),
    )
    for last, loss_name in lasts:
        model = Sequential(
            [
                Conv2D(4, (3, 3), input_shape=(9, 8, 2), activation="relu"),
                MaxPooling2D((2, 2)),
                Flatten(),
                Dense(5, activation="relu"),
                last,
            ]
        )
        model.compile("adam", loss_name)
        yield "whole network", check_model(model, x, [0, 1, 1])


def check_library(style: str) -> int:
    """Check everything and print a row for each part; return the exit status."""
    parts: dict[str, list[Report]] = {}
    for part, report in reports():
        parts.setdefault(part, []).append(report)
        if not report.is_right:
            complain(f"wrong: {report}")
    rows = [
        (
            part,
            str(len(found)),
            str(sum(report.skipped for report in found)),
            f"{max(report.worst for report in found):.1e}",
            "right" if all(report.is_right for report in found) else "WRONG",
        )
        for part, found in parts.items()
    ]
    wrong = sorted({part for part, *_, verdict in rows if verdict != "right"})
    if style == "csv":
        say(csv_text([("part", "cases", "kinks", "worst_error", "verdict"), *rows]))
    else:
        header = ("part", "cases", "kinks", "worst error", "verdict")
        for line in text_table([header, *rows], "<>"):
            say(line)
        total = sum(len(found) for found in parts.values())
        largest = max(report.worst for found in parts.values() for report in found)
        say(
            f"{count_of(total, 'case')}: "
            + (f"WRONG: {', '.join(wrong)}" if wrong else "all gradients are right")
            + f" (worst relative error {largest:.1e}; numbers at kinks are left out)"
        )
    return PARTLY if wrong else DONE


def check_files(paths: list[Path], style: str, limit: float, only: list[str]) -> int:
    """Check the classes in each file and print the verdicts; return the exit status."""
    for path in paths:
        if not path.is_file():
            name = display_name(path)
            raise CommandError(
                f"FILE should be a Python file or a notebook, got {name}: there is no "
                "such file"
            )
    found: dict[Path, list[Grade]] = {}
    live = LiveLine(sys.stderr.isatty(), sys.stderr)
    unique = list(dict.fromkeys(paths))
    show = partial(_show_status, live)
    for path, names, grade in grade_parts(unique, limit, show, only):
        live.wipe()
        is_first = path not in found
        found.setdefault(path, []).append(grade)
        if style == "table":
            lines = grade.text_lines(max(map(len, names)))
            notes = [f"  {note}" for note in grade.notes]
            head = [display_name(path), *notes] if is_first else []
            for line in head + lines:
                say(line)
    grades = [grade for of_file in found.values() for grade in of_file]
    if style == "csv":
        say(csv_text(map(display_name, row) for row in table(found)))
    else:
        say(
            f"{count_of(len(found), 'file')}, {count_of(len(grades), 'part')}: "
            + summary(grades)
        )
    return DONE if all(grade.verdict == RIGHT for grade in grades) else PARTLY


def _expanded(name: str) -> list[Path]:
    """Return the files that a name stands for: itself, a folder's, or a pattern's.

    Windows does not expand students/*.ipynb. Jupyter's copies of notebooks
    (.ipynb_checkpoints) and other hidden folders are skipped.
    """
    path = Path(name)
    if path.is_dir():
        inside = [p for p in path.rglob("*") if p.suffix in SUFFIXES and p.is_file()]
        if found := sorted(p for p in inside if not _is_hidden(p.relative_to(path))):
            return found
        raise CommandError(f"no file in {display_name(path)} ends in .py or .ipynb")
    if "*" in name and not path.exists():
        found = sorted(map(Path, glob(name, recursive=True)))  # noqa: PTH207
        if found := [match for match in found if CACHE not in match.parts]:
            return [file for match in found for file in _expanded(str(match))]
        raise CommandError(f"no file matches {display_name(name)}")
    return [path]


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == CACHE for part in path.parts)


def _show_status(live: LiveLine, status: Status) -> None:
    """Show what is being checked, if that takes long."""
    if status.seconds > PATIENCE:
        live.write(str(status))


def main(arguments: list[str], signals: Signals) -> int:
    """Check the library, or the files named; return the exit status."""
    parser = Parser("python -m tinycnn.check", DESCRIPTION, EPILOG)
    add = parser.add_argument
    add(
        "files",
        nargs="*",
        metavar="FILE",
        help="a Python file or a notebook of your own",
    )
    add("--format", choices=("table", "csv"), default="table",
        help="how the result is printed (default table)")  # fmt: skip
    add("--time-limit", type=whole(1), default=60, metavar="SECONDS",
        help="how long the check of each class of a FILE may take "
        "(default 60)")  # fmt: skip
    add("--only", action="append", metavar="NAME", default=[],
        help="check just this class or function of a FILE; may be given "
        "several times")  # fmt: skip
    options = parser.parse_args(arguments)
    if options.files:
        paths = [path for name in options.files for path in _expanded(name)]
        only = list(dict.fromkeys(options.only))
        return check_files(paths, options.format, options.time_limit, only)
    if options.only:
        raise CommandError("--only needs a FILE: it names a class or function in it")
    return check_library(options.format)


if __name__ == "__main__":
    run(main)
