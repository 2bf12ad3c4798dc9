"""All mistakes by name, and the two halves they were split into, once."""

import hashlib
from typing import NamedTuple

from mistakes import (
    afterwards,
    courses,
    fresh,
    habits,
    later,
    layers,
    reported,
    training,
    unseen,
    whole,
    windows,
)
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
# Held out whole: written when the first held-out half had been looked at.
FRESH = {
    "relu_copy": fresh.RELU, "sigmoid_branches": fresh.SIGMOID,
    "dense_loops": fresh.DENSE, "max_cells": fresh.MAX, "im2col_loops": fresh.IM2COL,
    "col2im_loops": fresh.COL2IM, "tensordot": fresh.CONV, "softplus": fresh.BINARY,
    "sgd_short": fresh.SGD, "adam_short": fresh.ADAM,
}  # fmt: skip
# Held out whole, once more: notebooks among them.
LATER = {name: listed for name, (_, _, listed) in later.LATER.items()}
# Split by odd and even, before any of them was graded.
REPORTED = {name: listed for name, (_, _, listed) in reported.REPORTED.items()}
# Held out whole: written without a look at the rules.
UNSEEN = {name: listed for name, (_, _, listed) in unseen.ALL.items()}
# Held out whole: in the ways of three courses.
COURSES = {name: listed for name, (_, _, listed) in courses.COURSES.items()}
# Held out whole: slips that show only in some situations.
AFTERWARDS = {name: listed for name, (_, _, listed) in afterwards.AFTERWARDS.items()}

# Held out whole: complete files, by three readers who had not seen the rules.
WHOLE = [
    (f"{part}/{name}", part, about, text) for name, part, about, text in whole.WRONG
]


# Held out whole: by two more, with habits of other frameworks.
HABITS = [
    (f"{part}/{name}", part, about, text) for name, part, about, text in habits.WRONG
]


class Mistake(NamedTuple):
    """One mistake: what is changed in which solution."""

    name: str
    part: str
    about: str
    text: str
    half: str


def half_of(name, solution):
    """Return the half of a mistake: most are split by the hash of the name."""
    if solution in FRESH:
        return "fresh"
    if solution in LATER:
        return "later"
    if solution in REPORTED:
        return reported.half_of(name)
    if solution in UNSEEN:
        return "unseen"
    if solution in COURSES:
        return "courses"
    if solution in AFTERWARDS:
        return "afterwards"
    is_odd = hashlib.sha256(name.encode()).digest()[0] % 2 == 1
    return "held out" if is_odd else "working"


def mistakes():
    """Yield every mistake."""
    sets = {**ROOMS, **FRESH, **LATER, **REPORTED, **UNSEEN, **COURSES, **AFTERWARDS}
    for solution, listed in sets.items():
        part, _ = SOLUTIONS[solution]
        for name, about, changes in listed:
            full = f"{solution}/{name}"
            text = text_of(solution, changes)
            yield Mistake(full, part, about, text, half_of(full, solution))
    for name, part, about, text in WHOLE:
        yield Mistake(name, part, about, text, "whole")
    for name, part, about, text in HABITS:
        yield Mistake(name, part, about, text, "habits")
