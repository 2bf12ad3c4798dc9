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
from tinycnn.parallel.threads import thread_count
from tinycnn.preprocessing.photo_lists.photo_list import FolderError
from tinycnn.preprocessing.photos import PhotoError

CLOSED_PIPE = 141  # what a shell shows for a program that a closed pipe ended


class Interrupted(BaseException):
    """Ctrl-C or SIGTERM; no `except Exception` may swallow it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number: int = number
        self.status: int = 128 + number


class Signals:
    """Ctrl-C and SIGTERM: at once, or at the end of a training step.

    The first signal raises `Interrupted`, or within `waiting` waits for `check`; the
    second raises it at once. When a program has finished or was stopped, a further
    signal ends it on the spot: there is nothing left to lose. If the process does not
    end with the command (`is_program`), the handlers before are restored.
    """

    def __init__(self, is_program: bool = False) -> None:
        self.received: int | None = None  # the first signal's number
        self._is_program = is_program
        self._is_waiting = self._is_working = False

    def __enter__(self) -> "Signals":
        self._before = [
            (number, signal.signal(number, self._on_signal))
            for number in (signal.SIGINT, signal.SIGTERM)
        ]
        self._hook, sys.unraisablehook = sys.unraisablehook, self._on_unraisable
        return self

    def __exit__(self, *_: object) -> None:
        sys.unraisablehook = self._hook
        for number, handler in self._before:
            # A program's status is settled; nothing may change it while Python ends.
            signal.signal(number, signal.SIG_IGN if self._is_program else handler)

    def _on_signal(self, number: int, _: Any) -> None:
        if self._is_program and not self._is_working:
            os._exit(128 + number)
        is_first = self.received is None
        self.received = self.received or number
        if not (is_first and self._is_waiting):
            raise Interrupted(number)

    def _on_unraisable(self, what: Any) -> None:
        # A signal that arrives while Python deletes an object cannot be raised there;
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
        """Let the first signal wait for `check`."""
        self._is_waiting = True
        try:
            yield
        finally:
            self._is_waiting = False

    def check(self) -> None:
        """Raise Interrupted if a signal has arrived."""
        if self.received is not None:
            raise Interrupted(self.received)


Main = Callable[[list[str], Signals], int]


def run(main: Main) -> NoReturn:
    """Run a command as this program, and end it with the command's exit status."""
    sys.exit(exit_status(main, Signals(is_program=True)))


def exit_status(main: Main, signals: Signals) -> int:
    """Run a command and return its exit status; each error becomes one line."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed from the start
            setattr(sys, name, Path(os.devnull).open("w"))
    with signals:
        try:
            status = _guarded(main, signals)
        except Interrupted as stop:  # while an error was written
            status = stop.status
        except BrokenPipeError:
            status = CLOSED_PIPE
        _discard_output()
    return status


def _discard_output() -> None:
    """Discard what cannot be written any more; Python would report it when it ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _guarded(main: Main, signals: Signals) -> int:
    """Run the command; print an error it raises and return the status for it."""
    try:
        with signals.working():
            try:
                thread_count()
            except ValueError as error:  # TINYCNN_NUM_THREADS; before any work
                raise CommandError(str(error)) from None
            return main(sys.argv[1:], signals)
    except CommandError as error:
        complain(f"error: {error}")
        return error.status
    except (FolderError, ModelFileError) as error:
        complain(f"error: {error}")
        return NOT_STARTED
    except PhotoError as error:  # it could be read at first, and is gone now
        complain(f"error: {error}")
        return PARTLY
    except MemoryError:
        complain("error: there is not enough memory; try smaller images or batches")
        return PARTLY
    except Interrupted as stop:
        name = "Ctrl-C" if stop.number == signal.SIGINT else "SIGTERM"
        complain(f"stopped by {name}")
        return stop.status
