"""Check every layer's backward against trying: python -m tinycnn.check."""

import argparse
from collections.abc import Iterable
from typing import Any

import numpy as np

from tinycnn.command_line import DONE, PARTLY, Parser, Signals, complain, run
from tinycnn.gradient_check import (
    Report,
    check_layer,
    check_loss,
    check_model,
    grid,
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
from tinycnn.text import count_of, say

DESCRIPTION = """\
Check the gradients of all layers over a grid of options, of the losses, and of a whole
small network: the derivative by formula (backward) next to the derivative by trying
(change one number a little, see how the result changes), in float64.
"""
EPILOG = (
    "Exit status: 0 all right, 1 a layer is wrong (it is named), 2 could not start."
)


def parser() -> Parser:
    """Return the command's arguments."""
    parse = Parser(
        prog="python -m tinycnn.check",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parse.add_argument(
        "--format",
        choices=("table", "csv"),
        default="table",
        help="csv has the header part,cases,worst_error,verdict (default table)",
    )
    return parse


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


def main(arguments: list[str], signals: Signals) -> int:
    """Check everything and print one row per part; return the exit status."""
    options = parser().parse_args(arguments)
    parts: dict[str, list[Report]] = {}
    for part, report in reports():
        parts.setdefault(part, []).append(report)
        if not report.is_right:
            complain(f"wrong: {report}")
    rows = [
        (
            part,
            str(len(found)),
            f"{max(report.worst for report in found):.1e}",
            "right" if all(report.is_right for report in found) else "WRONG",
        )
        for part, found in parts.items()
    ]
    if options.format == "csv":
        say("part,cases,worst_error,verdict")
        for row in rows:
            say(",".join(row))
    else:
        say(f"{'part':<24}{'cases':>6}  {'worst error':>11}  verdict")
        for part, cases, worst, verdict in rows:
            say(f"{part:<24}{cases:>6}  {worst:>11}  {verdict}")
    wrong = sorted({part for part, *_, verdict in rows if verdict != "right"})
    total = sum(len(found) for found in parts.values())
    if options.format == "table":
        say(
            f"{count_of(total, 'case')}: "
            + (f"WRONG: {', '.join(wrong)}" if wrong else "all gradients are right")
        )
    return PARTLY if wrong else DONE


if __name__ == "__main__":
    run(main)
