"""The check in a notebook's test cell, for nbgrader and Otter."""

from typing import Any

from tinycnn.grading.grade import HINTS
from tinycnn.grading.grader import grade_object


def require(part: Any, hint: int = HINTS) -> None:
    """Do nothing if a class or function is right and the student's own.

    Parameters
    ----------
    part : class or function
        What the student wrote in a cell above.
    hint : int, default 3
        How much the error says: 1 where to look, 2 also what is wrong, 3 also what to
        do.

    Raises
    ------
    AssertionError
        If it is not right, or if the library does the work; with what a student reads.

    Examples
    --------
    >>> from tinycnn.layers import ReLU
    >>> class MyReLU(ReLU):
    ...     pass
    >>> require(MyReLU)
    Traceback (most recent call last):
    ...
    AssertionError: MyReLU: right (borrowed)...
    """
    grade = grade_object(part)
    if not grade.counts:
        lines = [f"{grade.name}: {grade.label}", *grade.hints(hint)]
        raise AssertionError("\n".join(lines))
