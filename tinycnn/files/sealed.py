"""Files with a seal at their end, so that only unchanged ones are ever replaced.

The seal is a digest of all that is before it. It fits into formats that other programs
read: a comment at the end of a program or a zip file, the last entry of a message.
"""

import hashlib
from pathlib import Path

from tinycnn.files.atomic import write_aside
from tinycnn.text import display_name

MARK = b"tinycnn.export sha256 "
LENGTH = len(MARK) + 64


class PlaceError(ValueError):
    """A file cannot be written there; one line says why."""


def seal(content: bytes) -> bytes:
    """Return what ends a file with this content: its mark and its digest."""
    return MARK + hashlib.sha256(content).hexdigest().encode()


def sealed_text(text: str) -> bytes:
    """Return the text of a program with the seal as its last comment."""
    content = f"{text.rstrip()}\n\n# ".encode()
    return content + seal(content) + b"\n"


def sealed_zip(content: bytes) -> bytes:
    """Return a zip file with the seal as its comment.

    Raises
    ------
    ValueError
        If it has a comment already.
    """
    if content[-2:] != b"\0\0":
        raise ValueError("the zip file should have no comment yet")
    content = content[:-2] + LENGTH.to_bytes(2, "little")
    return content + seal(content)


def is_sealed(path: Path) -> bool:
    """Return whether a file is as `write` left it."""
    if not path.is_file():
        return False
    content = path.read_bytes().removesuffix(b"\n")
    return content[-LENGTH:] == seal(content[:-LENGTH])


def check_place(path: Path) -> None:
    """Raise PlaceError unless a file may be written there.

    What has no seal, or was changed since, is never replaced.
    """
    name = display_name(path)
    try:
        is_folder, has_folder = path.is_dir(), path.parent.is_dir()
        may = is_sealed(path) or not (path.exists() or path.is_symlink())
    except OSError as error:
        raise _cannot(path, error) from error
    if is_folder:
        raise PlaceError(f"{name} is a folder; name a file in it")
    if not may:
        raise PlaceError(
            f"{name} already exists and is not as tinycnn.export wrote it, so it is "
            "not replaced; choose another name"
        )
    if not has_folder:
        raise PlaceError(
            f"{name} cannot be written: there is no folder {display_name(path.parent)}"
        )


def write(path: Path, content: bytes) -> None:
    """Write a sealed file: all of it or nothing.

    Raises
    ------
    PlaceError
        If something else is there, or it cannot be written.
    """
    check_place(path)
    try:
        write_aside(path, [content])
    except OSError as error:
        raise _cannot(path, error) from error


def _cannot(path: Path, error: OSError) -> PlaceError:
    reason = error.strerror or error
    return PlaceError(f"{display_name(path)} cannot be written: {reason}")
