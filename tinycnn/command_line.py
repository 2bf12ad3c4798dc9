"""What the commands share: error lines, exit statuses, signals."""

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from tinycnn.files import ModelFileError
from tinycnn.preprocessing.class_folders import FolderError, walk
from tinycnn.preprocessing.photos import PHOTO_EXTENSIONS, PhotoError
from tinycnn.starting import end_at_once
from tinycnn.text import count_of, display_name
from tinycnn.threads import thread_count

__all__ = [
    "DONE",
    "NOT_STARTED",
    "PARTLY",
    "CommandError",
    "Interrupted",
    "Parser",
    "Signals",
    "candidates",
    "complain",
    "display_name",
    "exists",
    "run",
]

DONE, PARTLY, NOT_STARTED = 0, 1, 2
CLOSED_PIPE = 141  # what a shell shows for a program that a closed pipe ended


class CommandError(Exception):
    """What a command cannot do: one line for the reader, and the exit status."""

    def __init__(self, message: str, status: int = NOT_STARTED) -> None:
        super().__init__(message)
        self.status = status


class Interrupted(BaseException):
    """Ctrl-C or a request to end; no `except Exception` may swallow it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number, self.status = number, 128 + number


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, without the usage block."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where help is, and end with status 2."""
        raise CommandError(f"{message}; {self.prog} --help shows what there is")


def whole(least: int) -> Callable[[str], int]:
    """Return a parser of whole numbers of at least `least`."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise argparse.ArgumentTypeError(
                f"should be a whole number of at least {least}, "
                f"got {display_name(text)!r}"
            )
        return number

    return parse


def complain(message: str) -> None:
    """Print one line to stderr."""
    line = f"{display_name(message)}\n"
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    sys.stderr.write(line.encode(encoding, errors="replace").decode(encoding))
    sys.stderr.flush()


def candidates(names: list[str]) -> tuple[list[Path], int]:
    """Return (files to look at, how many names there is nothing behind)."""
    paths: list[Path] = []
    failed = 0
    for name in names:
        path = Path(name)
        if not exists(path):
            complain(f"error: {display_name(name)}: there is no such file or folder")
            failed += 1
        elif path.is_dir():
            found = list(walk(path))
            photos = [p for p in found if p.suffix.lower() in PHOTO_EXTENSIONS]
            paths += photos
            if len(found) > len(photos):
                others = count_of(len(found) - len(photos), "file")
                complain(f"{display_name(name)}: {others} not named like a photo")
        else:
            paths.append(path)
    return paths, failed


def exists(path: Path) -> bool:
    """Return whether there is such a file or folder; no name is too long to ask."""
    try:
        return path.exists()
    except OSError:  # a name that is longer than names can be
        return False


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
