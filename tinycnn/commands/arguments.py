"""What the commands share: their arguments, error lines and exit statuses."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from tinycnn.preprocessing.class_folders import walk
from tinycnn.preprocessing.photos import PHOTO_EXTENSIONS
from tinycnn.text import count_of, display_name

DONE, PARTLY, NOT_STARTED = 0, 1, 2


class CommandError(Exception):
    """What a command cannot do: one line for the reader, and the exit status."""

    def __init__(self, message: str, status: int = NOT_STARTED) -> None:
        super().__init__(message)
        self.status = status


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
