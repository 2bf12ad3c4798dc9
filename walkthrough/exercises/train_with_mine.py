"""Train a network of your own layers on drawings of two heroes.

    python train_with_mine.py [FILE] [--epochs 12]

FILE is my_exercises.py beside this script by default. Its parts must be right.
"""

from pathlib import Path

import numpy as np

from tinycnn.commands.arguments import DONE, PARTLY, CommandError, Parser, whole
from tinycnn.commands.process import run
from tinycnn.datasets.drawings import draw_heroes
from tinycnn.grading import RIGHT, Grade, grade_files
from tinycnn.grading.cases import load
from tinycnn.grading.grade import UNWRITTEN
from tinycnn.layers import Flatten
from tinycnn.metrics import accuracy, majority, mean_colour, wilson_interval
from tinycnn.models import Sequential
from tinycnn.text import display_name, say

EXERCISES = Path(__file__).with_name("my_exercises.py")
NEEDED = (
    "MyReLU",
    "MySigmoid",
    "MyDense",
    "MyMaxPooling2D",
    "my_im2col",
    "my_col2im",
    "MyConv2D",
    "MyBinaryCrossentropy",
    "MyAdam",
)
SIZE, TRAIN, TEST = (
    16,
    109,
    36,
)  # pixels per side; numbers of drawings as in the tutorial
TIME_LIMIT = 60  # seconds for the check of each part


def missing(path: Path) -> list[str]:
    """Return a line for each part that the network needs and that is not right."""
    ((_, of_file),) = grade_files([path], TIME_LIMIT)
    grades = {grade.name: grade for grade in of_file}
    if "" in grades:  # the file cannot be loaded
        return grades[""].lines
    borrowed = [n for n in NEEDED if n in grades and grades[n].borrowed]
    if borrowed:
        say(f"The library's work, not your own: {', '.join(borrowed)}")
    return [
        f"{name}: {_reason(grades[name]) if name in grades else 'missing'}"
        for name in NEEDED
        if name not in grades or grades[name].verdict != RIGHT
    ]


def _reason(grade: Grade) -> str:
    """Return why a part cannot be used: its first line, or the verdict."""
    is_unwritten = grade.verdict == UNWRITTEN or not grade.lines
    return grade.verdict if is_unwritten else grade.lines[0]


def network(mine: object) -> Sequential:
    """Return a small version of the tutorial's network, made of your own parts."""
    model = Sequential(
        [
            mine.MyConv2D(8, (3, 3), input_shape=(SIZE, SIZE, 3)),
            mine.MyReLU(),
            mine.MyMaxPooling2D((2, 2)),
            Flatten(),
            mine.MyDense(32),
            mine.MyReLU(),
            mine.MyDense(1),
            mine.MySigmoid(),
        ]
    )
    optimizer = mine.MyAdam(learning_rate=0.003)
    model.compile(optimizer, mine.MyBinaryCrossentropy(), metrics=["accuracy"])
    return model


def _short(path: Path) -> Path:
    """Return a path relative to the current folder, if it is inside."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def main(arguments: list[str], signals: object) -> int:
    """Check the parts, train a network of them, and print its accuracy."""
    parser = Parser("python train_with_mine.py", __doc__)
    parser.add_argument("file", nargs="?", type=Path, default=EXERCISES)
    parser.add_argument("--epochs", type=whole(1), default=12)
    options = parser.parse_args(arguments)
    path, name = options.file, display_name(_short(options.file))
    if not path.is_file():
        raise CommandError(f"there is no file {name}; it should hold your parts")
    if lines := missing(path):
        say("Not right yet:")
        for line in lines:
            say(f"  {line}")
        say(f"To see what is wrong: python -m tinycnn.check {name}")
        return PARTLY
    x, y = draw_heroes(TRAIN, seed=1, size=SIZE)
    x_test, y_test = draw_heroes(TEST, seed=2, size=SIZE)
    x, x_test = x / np.float32(255), x_test / np.float32(255)
    say(f"All parts are right. Training on {TRAIN} drawings of {SIZE}x{SIZE} pixels.")
    try:
        model = network(load(path.resolve()))
        model.fit(x, y, batch_size=16, epochs=options.epochs)
        y_pred = model.predict(x_test)
    except Exception as error:  # a student's code may raise any exception
        raise CommandError(
            f"training stopped with {type(error).__name__}: {display_name(error)}; "
            f"try python -m tinycnn.check {name}"
        ) from error
    share = accuracy(y_test, y_pred)
    right = round(share * TEST)
    low, high = wilson_interval(right, TEST)
    colour = mean_colour(x.mean(axis=(1, 2)), y, x_test.mean(axis=(1, 2)), y_test)
    say(
        f"test accuracy: {share:.1%} ({right} of {TEST} new drawings; "
        f"95% interval {low:.1%} to {high:.1%})"
    )
    say(
        f"without a network: most frequent class {majority(y, y_test):.1%}, "
        f"mean colour {colour:.1%}"
    )
    return DONE


if __name__ == "__main__":
    run(main)
