"""All mistakes by name, and the two halves they were split into, once."""

import hashlib
from typing import NamedTuple

from mistakes import layers, training, windows
from mistakes.solutions import SOLUTIONS, text_of

ROOMS = {
    "relu": layers.RELU, "sigmoid": layers.SIGMOID, "tanh": layers.TANH,
    "softmax": layers.SOFTMAX, "flatten": layers.FLATTEN, "dense": layers.DENSE,
    "max": windows.MAX, "sum": windows.SUM, "average": windows.AVERAGE,
    "im2col": windows.IM2COL, "col2im": windows.COL2IM, "conv": windows.CONV,
    "loops": windows.LOOPS, "binary": training.BINARY,
    "categorical": training.CATEGORICAL, "squared": training.SQUARED,
    "sgd": training.SGD, "adam": training.ADAM,
}  # fmt: skip


class Mistake(NamedTuple):
    """One mistake: what is changed in which solution."""

    name: str
    part: str
    about: str
    text: str
    is_held_out: bool


def is_held_out(name):
    """Return the half that a name belongs to, by its hash: chance, but always one."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 1


def mistakes():
    """Yield every mistake."""
    for solution, listed in ROOMS.items():
        part, _ = SOLUTIONS[solution]
        for name, about, changes in listed:
            full = f"{solution}/{name}"
            text = text_of(solution, changes)
            yield Mistake(full, part, about, text, is_held_out(full))
