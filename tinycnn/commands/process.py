"""A command as a process: exit statuses, signals, a closed pipe."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from tinycnn.commands.arguments import NOT_STARTED, PARTLY, CommandError, complain
from tinycnn.files import ModelFileError
from tinycnn.parallel.startup import end_at_once
from tinycnn.parallel.threads import thread_count
from tinycnn.preprocessing.class_folders import FolderError
from tinycnn.preprocessing.photos import PhotoError

CLOSED_PIPE = 141  # what a shell shows for a program that a closed pipe ended


class Interrupted(BaseException):
    """Ctrl-C or a request to end; no `except Exception` may swallow it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number, self.status = number, 128 + number


class Signals:
    """Ctrl-C and SIGTERM: at once, or at the end of a training step.

    The first signal raises `Interrupted`, or waits for `check` within `waiting`; a
    second one raises it at once. After a program's work is done, or was stopped, a
    further signal ends it on the spot: there is nothing left to lose.

    Attributes
    ----------
    received : int or None
        The first signal's number.
    """

    def __init__(self) -> None:
        self.received: int | None = None
        self._is_waiting = self._is_working = self._is_program = False

    def __enter__(self) -> "Signals":
        self._before = [
            (number, signal.signal(number, self._on_signal))
            for number in (signal.SIGINT, signal.SIGTERM)
        ]
        self._is_program = self._before[0][1] is end_at_once
        self._hook, sys.unraisablehook = sys.unraisablehook, self._on_unraisable
        return self

    def __exit__(self, *_: object) -> None:
        sys.unraisablehook = self._hook
        for number, handler in self._before:
            # A program's status is settled, and nothing changes it while Python ends.
            signal.signal(number, signal.SIG_IGN if self._is_program else handler)

    def _on_signal(self, number: int, _: Any) -> None:
        if self._is_program and not self._is_working:
            os._exit(128 + number)
        is_first = self.received is None
        self.received = self.received or number
        if not (is_first and self._is_waiting):
            raise Interrupted(number)

    def _on_unraisable(self, what: Any) -> None:
        # A signal that comes while Python tidies up an object cannot be raised there;
        # Python would print a traceback. `check` raises it soon.
        if not isinstance(what.exc_value, Interrupted):
            self._hook(what)

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Let signals raise `Interrupted`; outside of this they end the program."""
        self._is_working = True
        try:
            yield
        finally:
            self._is_working = False

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Let the first signal wait for `check`; a second one ends at once."""
        self._is_waiting = True
        try:
            yield
        finally:
            self._is_waiting = False

    def check(self) -> None:
        """Raise Interrupted if a signal has come."""
        if self.received is not None:
            raise Interrupted(self.received)


def run(main: Callable[[list[str], Signals], int]) -> NoReturn:
    """Run a command and leave with its exit status; errors become one line each."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed from the start
            setattr(sys, name, Path(os.devnull).open("w"))
    with Signals() as signals:
        try:
            status = _guarded(main, signals)
        except Interrupted as stop:  # while an error was written
            status = stop.status
        except BrokenPipeError:
            status = CLOSED_PIPE  # whoever read the output has gone
        _give_up_output()
    sys.exit(status)


def _give_up_output() -> None:
    """Drop what cannot be written any more; Python would complain of it at its exit."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _check_threads() -> None:
    """Raise before any work if the environment asks for no number of threads."""
    try:
        thread_count()
    except ValueError as error:
        raise CommandError(str(error)) from None


def _guarded(main: Callable[[list[str], Signals], int], signals: Signals) -> int:
    """Return the command's exit status."""
    try:
        with signals.working():
            _check_threads()
            status = main(sys.argv[1:], signals)
    except CommandError as error:
        complain(f"error: {error}")
        return error.status
    except (FolderError, ModelFileError) as error:
        complain(f"error: {error}")
        return NOT_STARTED
    except PhotoError as error:  # read well at first and is gone now
        complain(f"error: {error}")
        return PARTLY
    except MemoryError:
        complain("error: there is not enough memory; try smaller images or batches")
        return PARTLY
    except Interrupted as stop:
        name = "Ctrl-C" if stop.number == signal.SIGINT else "a request to end"
        complain(f"stopped by {name}")
        return stop.status
    return status
