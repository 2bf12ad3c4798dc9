"""Train a network of your own layers on the drawn heroes, when they are right.

    python train_with_mine.py [FILE] [--epochs 12]

FILE is my_exercises.py beside this script, unless another is named.
"""

from pathlib import Path

import numpy as np

from tinycnn.commands.arguments import DONE, PARTLY, CommandError, Parser, whole
from tinycnn.commands.process import run
from tinycnn.datasets.drawings import draw_heroes
from tinycnn.grading import RIGHT, Answer, answers
from tinycnn.grading.answer import UNWRITTEN
from tinycnn.grading.cases import load
from tinycnn.layers import Flatten
from tinycnn.metrics import accuracy, majority, mean_colour, wilson_interval
from tinycnn.models import Sequential
from tinycnn.text import display_name, say

SHELLS = Path(__file__).with_name("my_exercises.py")
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
SIZE, TRAIN, TEST = 16, 109, 36  # pixels of a side; drawings, as many as the tutorial's
SECONDS = 60  # for the check of each part


def missing(path: Path) -> list[str]:
    """Return a line for each part that the network needs and that is not right."""
    ((_, given),) = answers([path], SECONDS)
    found = {answer.part: answer for answer in given}
    if "" in found:  # the file cannot be loaded
        return found[""].lines
    borrowed = [n for n in NEEDED if n in found and found[n].borrowed]
    if borrowed:
        say(f"Not your own work, but the library's: {', '.join(borrowed)}")
    return [
        f"{name}: {_reason(found[name]) if name in found else 'missing'}"
        for name in NEEDED
        if name not in found or found[name].verdict != RIGHT
    ]


def _reason(answer: Answer) -> str:
    """Return why a part cannot be used: the first sentence on it, or the verdict."""
    is_unwritten = answer.verdict == UNWRITTEN or not answer.lines
    return answer.verdict if is_unwritten else answer.lines[0]


def network(mine: object) -> Sequential:
    """Return the tutorial's network, small, of somebody's own parts."""
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
    """Return a path as one would type it here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def main(arguments: list[str], signals: object) -> int:
    """Check the parts, train with them, and say how good the network is."""
    parser = Parser("python train_with_mine.py", __doc__)
    parser.add_argument("file", nargs="?", type=Path, default=SHELLS)
    parser.add_argument("--epochs", type=whole(1), default=12)
    options = parser.parse_args(arguments)
    path, name = options.file, display_name(_short(options.file))
    if not path.is_file():
        raise CommandError(f"{name} should hold your parts; it is not there")
    if lines := missing(path):
        say("Not right yet:")
        for line in lines:
            say(f"  {line}")
        say(f"Ask what is wrong with: python -m tinycnn.check {name}")
        return PARTLY
    x, y = draw_heroes(TRAIN, seed=1, size=SIZE)
    x_test, y_test = draw_heroes(TEST, seed=2, size=SIZE)
    x, x_test = x / np.float32(255), x_test / np.float32(255)
    say(f"All parts are right. They learn from {TRAIN} drawings of {SIZE}x{SIZE}.")
    try:
        model = network(load(path.resolve()))
        model.fit(x, y, batch_size=16, epochs=options.epochs)
        y_pred = model.predict(x_test)
    except Exception as error:  # somebody's own code may raise anything
        raise CommandError(
            f"the training stopped: {type(error).__name__}: {display_name(error)}; "
            f"ask python -m tinycnn.check {name}"
        ) from error
    share = accuracy(y_test, y_pred)
    right = round(share * TEST)
    low, high = wilson_interval(right, TEST)
    colour = mean_colour(x.mean(axis=(1, 2)), y, x_test.mean(axis=(1, 2)), y_test)
    say(
        f"test accuracy: {share:.1%} ({right} of {TEST} new drawings; "
        f"95 % interval {low:.1%} to {high:.1%})"
    )
    say(
        f"without a network: most frequent class {majority(y, y_test):.1%}, "
        f"mean colour {colour:.1%}"
    )
    return DONE


if __name__ == "__main__":
    run(main)
