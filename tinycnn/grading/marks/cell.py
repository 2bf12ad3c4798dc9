"""The check in a notebook's test cell, for nbgrader and Otter."""

import contextlib
import io
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, NoReturn

from tinycnn.grading.grade import HINTS, SLOW
from tinycnn.grading.grader import grade_object

LIMIT = 60.0  # seconds, as of a file's part


class TooSlow(BaseException):
    """The time is over; no `except Exception` may swallow it."""


def require(part: Any, hint: int = HINTS, limit: float = LIMIT) -> None:
    """Do nothing if a class or function is right and the student's own.

    Parameters
    ----------
    part : class or function
        What the student wrote in a cell above.
    hint : int, default 3
        How much the error says: 1 where to look, 2 also what is wrong, 3 also what to
        do.
    limit : float, default 60
        Seconds that the check may take.

    Raises
    ------
    AssertionError
        If it is not right, or if the library does the work; with what a student reads.

    Notes
    -----
    ``exit()``, ``input()`` and an endless loop in a part fail as in a file: Jupyter's
    own ``exit`` would go on, and end the kernel after the cell.

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
    names = (
        sys.modules[part.__module__].__dict__ if part.__module__ in sys.modules else {}
    )
    with _as_in_a_file(names), _deadline(names, limit) as is_over:
        grade = grade_object(part)
    if is_over():
        grade.verdict = SLOW
        grade.lines = [f"It did not end within {limit:g} seconds: an endless loop?"]
    if not grade.counts:
        lines = [f"{grade.name}: {grade.label}", *grade.hints(hint)]
        raise AssertionError("\n".join(lines))


def stop(*arguments: Any) -> NoReturn:
    """Raise SystemExit: what a cell of an assignment has for Jupyter's ``exit``.

    Jupyter's own ends the kernel, and with it the check of all other cells.
    """
    raise SystemExit(*arguments[:1])


@contextlib.contextmanager
def _as_in_a_file(names: dict[str, Any]) -> Iterator[None]:
    """Let exit() end the check and input() find no keyboard, as in a process."""
    before: dict[str, Any] = {
        name: names[name] for name in ("exit", "quit", "input") if name in names
    }
    ending, keyboard = os._exit, sys.stdin
    setattr(os, "_exit", stop)  # noqa: B010 - it would end the kernel
    names.update(exit=stop, quit=stop, input=_no_keyboard)
    sys.stdin = io.StringIO()
    try:
        yield
    finally:
        setattr(os, "_exit", ending)  # noqa: B010
        sys.stdin = keyboard
        for name in ("exit", "quit", "input"):
            names.pop(name, None)
        names.update(before)


def _no_keyboard(prompt: object = "") -> NoReturn:
    raise EOFError("EOF when reading a line")


@contextlib.contextmanager
def _deadline(names: dict[str, Any], limit: float) -> Iterator[Any]:
    """Raise TooSlow in the student's code once the limit is over."""
    is_over = False

    def over(*arguments: object) -> NoReturn:
        nonlocal is_over
        is_over = True
        raise TooSlow

    is_main = threading.current_thread() is threading.main_thread()
    can_ring = hasattr(signal, "setitimer") and is_main
    with _alarm(over, limit) if can_ring else _trace(names, over, limit):
        yield lambda: is_over


@contextlib.contextmanager
def _alarm(over: Callable[..., NoReturn], limit: float) -> Iterator[None]:
    """Call `over` when the clock rings; not on Windows, nor in another thread."""
    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _trace(
    names: dict[str, Any], over: Callable[..., NoReturn], limit: float
) -> Iterator[None]:
    """Call `over` between two lines of the student's code."""
    end, before = time.monotonic() + limit, sys.gettrace()

    def at_line(frame: FrameType, event: str, argument: Any) -> Any:
        if time.monotonic() > end:
            over()
        return at_line

    def at_call(frame: FrameType, event: str, argument: Any) -> Any:
        return at_line if frame.f_globals is names else None

    sys.settrace(at_call)
    try:
        yield
    finally:
        sys.settrace(before)
