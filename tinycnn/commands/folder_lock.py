"""One training run per output folder: a lock that ends with the process holding it.

The operating system keeps the lock, on an empty file, and releases it when the process
ends, however it ends. So no lock is ever stale: the file of a killed run is locked
again. In a browser there are no locks, and no second process to keep out: a tab has
its own files and runs one program at a time.
"""

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from tinycnn.commands.arguments import CommandError, complain, exists
from tinycnn.text import display_name

if sys.platform == "win32":
    import msvcrt
elif sys.platform != "emscripten":
    import fcntl

NAME = ".tinycnn.lock"
# Errors of network folders that do not support locks.
UNSUPPORTED = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}
TAKEN = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Create the folder, and keep other training runs out of it."""
    path = folder / NAME
    if exists(folder) and not folder.is_dir():
        raise CommandError(
            f"the output folder {display_name(folder)} is a file, not a folder; choose "
            "another with --output"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = _locked_file(path)
    except OSError as error:
        raise CommandError(
            f"cannot write into the output folder {display_name(folder)}: "
            f"{error.strerror}; choose another with --output"
        ) from error
    try:
        yield
    finally:
        is_empty = os.fstat(handle).st_size == 0  # otherwise it is not ours
        if is_empty and sys.platform != "win32":
            path.unlink(missing_ok=True)
        os.close(handle)
        if is_empty and sys.platform == "win32":  # open files cannot be removed there
            with contextlib.suppress(OSError):
                path.unlink()


def _locked_file(path: Path) -> int:
    """Return the handle of the file, locked."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock(handle)
        except OSError as error:
            if error.errno in TAKEN:
                os.close(handle)
                raise CommandError(
                    "another training run is writing into "
                    f"{display_name(path.parent)}; wait until it ends or choose "
                    "another folder with --output"
                ) from None
            if error.errno not in UNSUPPORTED:
                raise
            complain(
                f"warning: {display_name(path.parent)} cannot be locked "
                f"({error.strerror}); do not start another run into it"
            )
            return handle
        # Its last owner may have removed it between the opening and the lock.
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        os.close(handle)


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    elif sys.platform != "emscripten":
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
