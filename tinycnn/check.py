"""Check the gradients of the library, or of your own file: python -m tinycnn.check."""

import argparse
from collections.abc import Iterable
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
from tinycnn.grading.grade import HINTS
from tinycnn.grading.marks import SYSTEMS, VISIBLE, no_results
from tinycnn.grading.marks.file_checks import (
    Options,
    check_files,
    expanded,
    write_assignment,
)
from tinycnn.layers import Conv2D, Dense, Flatten, MaxPooling2D
from tinycnn.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Loss,
    MeanSquaredError,
)
from tinycnn.models import Sequential
from tinycnn.randomness import rng_for
from tinycnn.text import count_of, csv_text, display_name, say, text_table

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

With --assignment SYSTEM --output FOLDER, FILE is what you hand out: write what SYSTEM
needs to give the points of its parts to FOLDER (gradescope: setup.sh and
run_autograder; classroom: a workflow for GitHub; nbgrader and otter: a notebook, and
its tests). docs/for-teachers.md goes through each of them.
"""
EPILOG = """\
--format csv without FILE has the header part,cases,kinks,worst_error,verdict; with FILE
a row for each file (without its ending) and a column for each class: right, or what is
wrong; the last column counts the right ones that do not use the library's own work.

--format gradescope prints results.json for one student: all FILES are what this student
handed in. A part that is right and the student's own gets its points (1, or --points
NAME=N), any other 0; with --only, a part that no FILE has gets 0 as well.

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
    add("--format", choices=("table", "csv", "gradescope"), default="table",
        help="how the result is printed (default table)")  # fmt: skip
    add("--time-limit", type=whole(1), default=60, metavar="SECONDS",
        help="how long the check of each class of a FILE may take "
        "(default 60)")  # fmt: skip
    add("--only", action="append", metavar="NAME", default=[],
        help="check just this class or function of a FILE; may be given "
        "several times")  # fmt: skip
    add("--hint", type=int, choices=range(1, HINTS + 1), default=HINTS,
        help="how much is said of a mistake: 1 where to look, 2 what is wrong, 3 what "
        "to do as well (default 3)")  # fmt: skip
    add(
        "--own-work",
        action="store_true",
        help="exit status 1 also if the library does the work of a part",
    )
    add(
        "--points",
        type=_points,
        action="append",
        metavar="NAME=N",
        default=[],
        help="the points of a part (default 1); may be given several times",
    )
    add("--visibility", choices=VISIBLE, default=VISIBLE[0],
        help="who may see the tests on Gradescope (default visible)")  # fmt: skip
    add("--assignment", choices=tuple(SYSTEMS),
        help="write what this system needs to mark FILE")  # fmt: skip
    add("--output", type=Path, metavar="FOLDER",
        help="where --assignment writes: a new or an empty folder")  # fmt: skip
    given = parser.parse_args(arguments)
    only = list(dict.fromkeys(given.only))
    options = Options(
        given.format, given.time_limit, only, given.hint, given.own_work,
        dict(given.points), given.visibility,
    )  # fmt: skip
    for option, is_given in (
        ("--only", only), ("--own-work", given.own_work), ("--points", given.points),
        ("--assignment", given.assignment), ("--format gradescope",
        given.format == "gradescope"),
    ):  # fmt: skip
        if is_given and not given.files:
            raise CommandError(f"{option} needs a FILE")
    if given.output is not None and not given.assignment:
        raise CommandError("--output needs --assignment: it is where that is written")
    if stray := [name for name in options.points if only and name not in only]:
        raise CommandError(f"--points {stray[0]}: --only does not name that part")
    if not given.files:
        return check_library(given.format)
    try:
        paths = [path for name in given.files for path in expanded(name)]
        if given.assignment:
            if len(paths) > 1:
                raise CommandError("--assignment needs one FILE: what you hand out")
            return write_assignment(paths[0], given.assignment, given.output, options)
        return check_files(paths, options)
    except CommandError as error:
        if given.format == "gradescope":
            say(no_results(f"error: {error}"))  # the student sees what is missing
        raise


def _points(text: str) -> tuple[str, float]:
    """Return (name, points) of NAME=N."""
    name, _, number = text.partition("=")
    try:
        points = float(number)
    except ValueError:
        points = -1.0
    if not (name.isidentifier() and 0 <= points < float("inf")):
        raise argparse.ArgumentTypeError(
            f"should be NAME=N, such as MyDense=2, got {display_name(text)!r}"
        )
    return name, points


if __name__ == "__main__":
    run(main)
