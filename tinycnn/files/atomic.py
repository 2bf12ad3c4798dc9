"""Atomic writing: a file is written under a temporary name, then renamed."""

import contextlib
import os
import re
from pathlib import Path
from typing import Any

from tinycnn.text import display_name, size_of

# Names from `aside_of`; "name" is the final name of the file.
ASIDE = re.compile(r"\.(?P<name>.+)\.tinycnn-\d+\.part")


def aside_of(path: Path) -> Path:
    """Return the temporary path of this process for a file."""
    return path.with_name(f".{path.name}.tinycnn-{os.getpid()}.part")


def write_aside(path: Path, content: list[Any]) -> None:
    """Write the content to a temporary file beside `path`, then rename it.

    Whatever error occurs, and whenever the process is killed, `path` is either the old
    file or the complete new one. The message of an OSError names the path and the size.
    """
    aside = aside_of(path)
    try:
        with aside.open("wb") as file:
            for chunk in content:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        size = size_of(sum(memoryview(chunk).nbytes for chunk in content))
        reason = error.strerror or str(error)
        raise OSError(
            error.errno, f"could not write {display_name(path)} ({size}): {reason}"
        ) from error
    finally:
        with contextlib.suppress(OSError):  # the first error is the one to report
            aside.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power failure; Windows does so by itself."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
