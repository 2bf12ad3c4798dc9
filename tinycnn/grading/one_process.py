"""Check a part in this process, where no other can be started: in a browser.

What `processes` offers is not to be had there. The code under check can change what it
likes, and it is stopped by a trace function, which Python calls before each of its
lines. So one line that takes for ever is not stopped, nor is a loop that catches every
exception; the browser's tab can be closed.
"""

import contextlib
import io
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from tinycnn.grading.grade import SLOW, Grade
from tinycnn.grading.grader import grade_part
from tinycnn.grading.notebooks import SUFFIX, is_in

NOTE = (
    "Checked in this process, as no other can be started here: what the file changes "
    "stays changed, and the time limit ends it between two of its lines."
)


class OutOfTime(BaseException):
    """The time limit is over; no `except Exception` may swallow it."""


class HereAndNow:
    """The check of one part, made when its grade is read; like a process otherwise."""

    def __init__(self, path: Path, name: str, folder: str, limit: float) -> None:
        self.path: Path = path
        self.name: str = name
        self.limit: float = limit
        self.seconds: float = 0.0

    def grade(self) -> Grade:
        """Return the grade; that of a whole file has the note."""
        path, known = self.path.resolve(), Grade(self.name, SLOW)

        def save(grade: Grade) -> None:
            nonlocal known
            known = grade

        with _undone(path), _deadline(path, self.limit) as is_over:
            grade = grade_part(path, self.name, save)
        if is_over():
            what = "The cells after the last class" if known.part_names else "It"
            line = f"{what} did not end within {self.limit:g} seconds: an endless loop?"
            known.verdict, known.lines = SLOW, [line]
            grade = known
        if not self.name:
            grade.notes = [NOTE, *grade.notes]
        return grade

    def stop(self) -> None:
        """Do nothing: it has ended."""


@contextlib.contextmanager
def _undone(path: Path) -> Iterator[None]:
    """Run a file as its own process would, and restore what that changes here."""
    before, bytecode = sys.path.copy(), sys.dont_write_bytecode
    modules = set(sys.modules)
    folder = path.parent if path.suffix == SUFFIX else Path()
    silence, ending = io.StringIO(), os._exit
    setattr(os, "_exit", sys.exit)  # noqa: B010 - it would end this process
    try:
        with (
            contextlib.chdir(folder),
            warnings.catch_warnings(),
            np.errstate(divide="warn", over="warn", invalid="warn", under="ignore"),
            contextlib.redirect_stdout(silence),
            contextlib.redirect_stderr(silence),
        ):
            warnings.simplefilter("default")
            yield
    finally:
        setattr(os, "_exit", ending)  # noqa: B010
        sys.path[:], sys.dont_write_bytecode = before, bytecode
        for name in set(sys.modules) - modules:
            # A module beside the file may be another one for the next file.
            file = getattr(sys.modules[name], "__file__", None)
            if file is not None and Path(file).is_relative_to(path.parent):
                del sys.modules[name]


@contextlib.contextmanager
def _deadline(path: Path, limit: float) -> Iterator[Callable[[], bool]]:
    """Raise OutOfTime at a line of the file once the limit is over."""
    end, before, is_over = time.monotonic() + limit, sys.gettrace(), False

    def at_line(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal is_over
        if time.monotonic() > end:
            is_over = True
            raise OutOfTime
        return at_line

    def at_call(frame: FrameType, event: str, argument: Any) -> Any:
        # The library's own lines are not traced: that would cost more than it brings.
        return at_line if is_in(frame.f_code.co_filename, path) else None

    sys.settrace(at_call)
    try:
        yield lambda: is_over
    finally:
        sys.settrace(before)
