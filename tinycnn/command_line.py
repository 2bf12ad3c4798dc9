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
from tinycnn.preprocessing.folders import FolderError, walk
from tinycnn.preprocessing.photos import PHOTO_EXTENSIONS
from tinycnn.text import count_of, display_name

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
        if not path.exists():
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


class Signals:
    """Ctrl-C and SIGTERM: at once, or at the end of a training step.

    Attributes
    ----------
    received : int or None
        The first signal's number.
    """

    def __init__(self) -> None:
        self.received: int | None = None
        self._is_waiting = False

    def __enter__(self) -> "Signals":
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def _on_signal(self, number: int, _: Any) -> None:
        if self.received is not None or not self._is_waiting:
            self.received = number
            raise Interrupted(number)
        self.received = number

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
    with Signals() as signals:
        try:
            status = _guarded(main, signals)
        except Interrupted as stop:
            status = stop.status
    sys.exit(status)


def _guarded(main: Callable[[list[str], Signals], int], signals: Signals) -> int:
    """Return the command's exit status."""
    try:
        status = main(sys.argv[1:], signals)
        sys.stdout.flush()
    except CommandError as error:
        complain(f"error: {error}")
        return error.status
    except (FolderError, ModelFileError) as error:
        complain(f"error: {error}")
        return NOT_STARTED
    except MemoryError:
        complain("error: there is not enough memory; try smaller images or batches")
        return PARTLY
    except BrokenPipeError:
        # Whoever read the output has gone; Python would complain again at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    except Interrupted as stop:
        name = "Ctrl-C" if stop.number == signal.SIGINT else "a request to end"
        complain(f"stopped by {name}")
        return stop.status
    return status
