"""Writing a file so that there is never half of one: aside first, then renamed."""

import contextlib
import os
import re
from pathlib import Path
from typing import Any

from tinycnn.text import display_name, size_of

# What `aside_of` names files; "name" is the file it was to become.
ASIDE = re.compile(r"\.(?P<name>.+)\.tinycnn-\d+\.part")


def aside_of(path: Path) -> Path:
    """Return where this process writes a file before it gets its name."""
    return path.with_name(f".{path.name}.tinycnn-{os.getpid()}.part")


def write_aside(path: Path, content: list[Any]) -> None:
    """Write the pieces into a file beside `path`, then give it that name.

    Whatever goes wrong, and whenever the process is killed, `path` is the file that it
    was before or the new one, complete.

    Raises
    ------
    OSError
        If it cannot be written; the message names the path and the size.
    """
    aside = aside_of(path)
    try:
        with aside.open("wb") as file:
            for piece in content:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        size = size_of(sum(memoryview(piece).nbytes for piece in content))
        reason = error.strerror or str(error)
        raise OSError(
            error.errno, f"could not write {display_name(path)} ({size}): {reason}"
        ) from error
    finally:
        with contextlib.suppress(OSError):  # what went wrong first is what is told
            aside.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut (Windows does so by itself)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
