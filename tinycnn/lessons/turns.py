"""Your turn: a student writes code in a cell, and the grader checks it at once.

What is not written yet never stops a notebook: one line says what is to be written.
"""

import contextlib
import inspect
import io
import textwrap
import warnings
from difflib import get_close_matches
from typing import Any

import numpy as np

from tinycnn.grading.grade import RIGHT
from tinycnn.lessons.task import text_of
from tinycnn.lessons.tasks import TASKS
from tinycnn.text import count_of, say, shortened

WIDTH = 84
_was_right: dict[str, bool] = {}  # by the task's name: the last verdict on each


def your_turn(part: Any) -> None:
    """Print whether a function or class of yours is right, or what is wrong with it.

    Parameters
    ----------
    part : function or class
        What you wrote, under the name that the notebook gives it.
    """
    name = str(getattr(part, "__name__", part))
    task = TASKS.get(name)
    if task is None:
        near = get_close_matches(name, TASKS, 1)
        hint = f': the task here is "{near[0]}"' if near else ""
        _tell(f'There is no task "{shortened(name)}"{hint}.')
        return
    if not (inspect.isfunction(part) or inspect.isclass(part)):
        _tell(f"Without quotes, please: your_turn({name}).")
        return
    with (
        contextlib.redirect_stdout(io.StringIO()),  # it is called many times
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        grade = task.grade(part)
    _was_right.pop(name, None)  # the last verdict stands last
    _was_right[name] = grade.label == RIGHT
    _tell(text_of(task, grade))


def turns() -> None:
    """Print how many of a notebook's tasks are right, and which are still open."""
    if not _was_right:
        _tell("Nothing is written yet.")
        return
    notebook = TASKS[next(reversed(_was_right))].notebook
    names = [name for name, task in TASKS.items() if task.notebook == notebook]
    still = [name for name in names if not _was_right.get(name)]
    text = f"{len(names) - len(still)} of {count_of(len(names), 'task')} right"
    _tell(text + (f"; still to do: {', '.join(still)}." if still else "."))


def _tell(text: str) -> None:
    """Print a text in lines that fit on a page."""
    for line in textwrap.wrap(text, WIDTH):
        say(line)
