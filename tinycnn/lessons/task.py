"""A task of a notebook: what a student writes in a cell, and what is said about it."""

import copy
import dis
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

from tinycnn.grading.errors import add_error
from tinycnn.grading.grade import RIGHT, UNWRITTEN, WRONG, Grade
from tinycnn.grading.grader import grade_object
from tinycnn.randomness import rng_for
from tinycnn.text import shortened

CASES = 3  # with other random numbers each
CLOSE = 1e-6
# All that is left of a body of three dots, "pass" or "return None".
EMPTY = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}


@dataclass(frozen=True)
class Mistake:
    """A wrong way to do a task that students take.

    Attributes
    ----------
    made : callable
        The wrong function.
    sentence : str
        What is wrong, and where to look.
    """

    made: Callable[..., Any]
    sentence: str


@dataclass(frozen=True)
class Task:
    """What a student writes in a cell that ends in ``your_turn(name)``.

    Attributes
    ----------
    name : str
        The name of the function or class.
    notebook : int
        The number of its notebook.
    section : str
        The heading above it.
    stars : int
        How hard it is: 1 is one line, 2 are a few, 3 needs pencil and paper first.
    what : str
        What is to be written, as an order: "return the part with the ear".
    why : str
        What is good about the right solution: printed after "Right:".
    right : callable or None
        The right function, written in another way than the notebook's solution. None if
        the grader knows the part: MyReLU, my_im2col.
    arguments : callable or None
        rng -> the arguments of one call, as a tuple.
    mistakes : tuple of Mistake
        The known wrong ways.
    look : str
        What to look at when the result is wrong in another way.
    """

    name: str
    notebook: int
    section: str
    stars: int
    what: str
    why: str
    right: Callable[..., Any] | None = None
    arguments: Callable[[np.random.Generator], tuple[Any, ...]] | None = None
    mistakes: tuple[Mistake, ...] = ()
    look: str = ""

    @property
    def first_line(self) -> str:
        """The first line of its cell in the notebook."""
        return f"# Your turn ({'*' * self.stars}): {self.what}"

    def grade(self, part: Any) -> Grade:
        """Return the grade of a student's function or class."""
        if inspect.isclass(part):
            with _not_written(part):
                return grade_object(part)
        grade = Grade(self.name)
        if _is_empty(part):
            grade.verdict = UNWRITTEN
            return grade
        if self.right is None or self.arguments is None:
            return grade_object(part)
        try:
            if line := self._wrong_in(part, self.right, self.arguments):
                grade.verdict, grade.lines = WRONG, [line]
        except BaseException as error:  # any exception, SystemExit too
            add_error(grade, error, Path(part.__code__.co_filename))
            # The error says where the code stopped; this, what the task needs.
            last = 0 if grade.verdict == WRONG else -1
            grade.lines[last] = f"{grade.lines[last].removesuffix('.')}. {self.look}"
        return grade

    def _wrong_in(
        self,
        function: Callable[..., Any],
        right: Callable[..., Any],
        arguments: Callable[[np.random.Generator], tuple[Any, ...]],
    ) -> str:
        """Return what is wrong with a function, in words, or ""."""
        cases = [arguments(rng_for(seed, "check")) for seed in range(CASES)]
        given = [_copies(case) for case in cases]
        try:
            inspect.signature(function).bind(*cases[0])
        except TypeError as error:
            names = ", ".join(inspect.signature(right).parameters)
            return f"It is called as {self.name}({names}): {error}."
        results = [function(*case) for case in given]
        rights = [right(*_copies(case)) for case in cases]
        if not all(map(_same, cases, given)):
            return "It changes an array that it is given. Make a new one."
        if all(map(_same, results, rights)):
            return ""
        for mistake in self.mistakes:
            wrongs = [mistake.made(*_copies(case)) for case in cases]
            if all(map(_same, results, wrongs)):
                return mistake.sentence
        pairs = zip(results, rights, strict=True)
        got, expected = next(pair for pair in pairs if not _same(*pair))
        return f"{_difference(got, expected)} {self.look}"


def text_of(task: Task, grade: Grade) -> str:
    """Return what a student reads about a grade, as one paragraph."""
    if grade.label == RIGHT:
        return f"Right: {task.why}"
    if grade.verdict == UNWRITTEN:
        done = " and ".join(grade.right_methods)
        return f"{done} is right. " * bool(done) + f"To write: {task.what}."
    # One thing at a time: the next is said when this one is right.
    lines = grade.lines[:1] if grade.verdict == WRONG else grade.lines
    ended = (line if line.endswith((".", "?")) else f"{line}." for line in lines)
    return f"Not yet: {' '.join(ended).removeprefix('Note: ')}"


@contextmanager
def _not_written(cls: Any) -> Iterator[None]:
    """Let empty methods of a class say that they are: "not written" for the grader."""
    mine = vars(cls).items()
    empty = {n: f for n, f in mine if inspect.isfunction(f) and _is_empty(f)}
    for name, function in empty.items():
        setattr(cls, name, _saying_so(function))
    try:
        yield
    finally:
        for name, function in empty.items():
            setattr(cls, name, function)


def _saying_so(function: FunctionType) -> Callable[..., None]:
    """Return a function with the same arguments that says that it is not written."""

    @wraps(function)
    def not_written(*arguments: Any, **keywords: Any) -> None:
        raise NotImplementedError

    return not_written


def _is_empty(function: FunctionType) -> bool:
    """Return whether a function does nothing, as with three dots for a body."""
    steps = list(dis.get_instructions(function))
    values = [step.argval for step in steps if "CONST" in step.opname]
    return {step.opname for step in steps} <= EMPTY and values[-1:] == [None]


def _copies(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    return copy.deepcopy(arguments)


def _same(one: object, other: object) -> bool:
    """Return whether two results are the same: numbers, or several of them."""
    if isinstance(one, tuple) or isinstance(other, tuple):
        return (
            isinstance(one, tuple)
            and isinstance(other, tuple)
            and len(one) == len(other)
            and all(map(_same, one, other))
        )
    if one is other:
        return True
    try:
        first, second = np.asarray(one, float), np.asarray(other, float)
    except (TypeError, ValueError):
        return False
    return (
        first.shape == second.shape
        and _is_bytes(one) == _is_bytes(other)
        and np.allclose(first, second, CLOSE, CLOSE)
    )


def _is_bytes(numbers: object) -> bool:
    """Return whether these are the whole numbers 0 to 255 of a photo."""
    return np.asarray(numbers).dtype == np.uint8


def _difference(got: object, right: object) -> str:
    """Return how a result differs from the right one."""
    if got is None:
        return "It returns nothing: is the last line a return?"
    if isinstance(right, tuple):
        results = got if isinstance(got, tuple) else (got,)
        if len(results) != len(right):
            return f"It should return {len(right)} results, got {len(results)}."
        return next(
            f"Result {n}: {_difference(one, other)}"
            for n, (one, other) in enumerate(zip(results, right, strict=True), start=1)
            if not _same(one, other)
        )
    try:
        numbers = np.asarray(got, float)
    except (TypeError, ValueError):
        return f"It should return numbers, got {shortened(got)}."
    expected = np.asarray(right, float)
    if numbers.shape != expected.shape:
        return (
            f"The result has the shape {numbers.shape}, and should have "
            f"{expected.shape}."
        )
    is_close = np.isclose(numbers, expected, CLOSE, CLOSE)
    if np.all(is_close):
        types = np.asarray(got).dtype, np.asarray(right).dtype
        return "The numbers are right, but the dtype is {}, and not {}.".format(*types)
    place = tuple(int(n) for n in np.argwhere(~is_close)[0])
    where = f" at {list(place)}" if place else ""
    pair = expected[place], numbers[place]
    for digits in range(4, 18):  # as many as show that the two differ
        first, second = (f"{number:.{digits}g}" for number in pair)
        if first != second:
            break
    return f"The number{where} should be {first}, got {second}."
