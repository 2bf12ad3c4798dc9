"""Files from the network: whole and with the right checksum, or not there at all.

A file is received beside its place, compared with its published SHA-256, and only then
given its name; whatever goes wrong, and at Ctrl-C, nothing stays. A file that is there
already is never replaced.
"""

import contextlib
import hashlib
import http.client
import os
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tinycnn.files.atomic import ASIDE
from tinycnn.preprocessing.photo_lists.photo_list import FolderError
from tinycnn.text import LiveLine, display_name, say, size_of

PIECE = 2**16
TIME_OUT = 30.0  # seconds without a byte, and the span that SLOWEST is measured over
SLOWEST = 1024.0  # bytes a second; a slower mirror is left for the next
ABANDONED = 3600.0  # seconds after which an untouched part belongs to a killed process
_LOCK = threading.Lock()  # two threads would download the same file


class DatasetError(FolderError):
    """A data set is not there or not whole; the message says what to put where."""


class MirrorError(Exception):
    """A mirror did not deliver; the message is the reason."""


@dataclass(frozen=True)
class RemoteFile:
    """A published file: its name, its length in bytes and its checksum."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Mirror:
    """A place on the network that offers a whole data set.

    Attributes
    ----------
    url : str
        What the files' names are appended to.
    files : tuple of RemoteFile
    folder : str
        Where the files go, below the folder that is downloaded into.
    """

    url: str
    files: tuple[RemoteFile, ...]
    folder: str = ""


def download(mirrors: tuple[Mirror, ...], folder: Path) -> None:
    """Bring a data set's files into a folder, from the first mirror that delivers.

    Raises
    ------
    MirrorError
        If no mirror delivers; the message names each and its reason.
    DatasetError
        If the folder cannot be written.
    """
    failures: dict[str, list[str]] = {}
    with _LOCK:
        for mirror in mirrors:
            try:
                for file in mirror.files:
                    _fetch(mirror.url, file, folder / mirror.folder)
            except MirrorError as error:
                host = urllib.parse.urlsplit(mirror.url).netloc
                failures.setdefault(str(error), []).append(host)
            else:
                return
    raise MirrorError(
        "; ".join(
            f"{', '.join(dict.fromkeys(hosts))}: {reason}"
            for reason, hosts in failures.items()
        )
    )


def _fetch(url: str, file: RemoteFile, folder: Path) -> None:
    """Bring one file, unless it is there."""
    path = folder / file.name
    if path.exists():
        return
    line, shown = LiveLine(), ""
    # Not this process's number: containers that share a folder may all be number 1.
    aside = path.with_name(f".{path.name}.tinycnn-{uuid.uuid4().int}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(path)
        # Opened before the request: a folder that cannot be written costs no download.
        with aside.open("xb") as part:
            digest, received = hashlib.sha256(), 0
            line.write(f"{file.name}: connecting to {url}")
            for piece in _pieces(url + file.name, file.size):
                if not received:
                    line.wipe()
                    say(
                        f"Downloading {file.name} ({size_of(file.size)}) from {url} "
                        f"into {display_name(folder)}"
                    )
                part.write(piece)
                digest.update(piece)
                received += len(piece)
                before, shown = shown, size_of(received)
                if shown != before:
                    line.write(f"{file.name}: {shown} of {size_of(file.size)}")
            part.flush()
            os.fsync(part.fileno())
        if digest.hexdigest() != file.sha256:
            raise MirrorError(
                f"{file.name} has SHA-256 {digest.hexdigest()[:12]}..., should be "
                f"{file.sha256[:12]}..."
            )
        if not path.exists():  # else another process was quicker
            aside.replace(path)
    except BrokenPipeError:
        raise  # the reader of the output has gone; no file is to blame
    except OSError as error:
        raise DatasetError(
            f"could not write {display_name(path)}: {error.strerror or error}; set the "
            "environment variable TINYCNN_HOME to a folder that can be written"
        ) from None
    finally:
        line.wipe()
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


def _pieces(url: str, size: int) -> Iterator[bytes]:
    """Yield a file's bytes as they come, `size` of them."""
    request = urllib.request.Request(url, headers={"User-Agent": "tinycnn"})
    received = counted = 0
    since = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=TIME_OUT) as response:
            while piece := response.read1(PIECE):
                received += len(piece)
                if received > size:
                    raise MirrorError(f"sent more than the {size:,} bytes of the file")
                yield piece
                seconds = time.monotonic() - since
                if seconds > TIME_OUT:
                    if received - counted < SLOWEST * seconds:
                        raise TimeoutError
                    counted, since = received, time.monotonic()
    except urllib.error.HTTPError as error:
        error.close()
        words = display_name(str(error.reason).partition("\n")[0])
        raise MirrorError(f"HTTP {error.code} {words}") from error
    # ValueError: an address that cannot be one, to which a mirror redirects.
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise MirrorError(_reason(error)) from error
    if received < size:
        raise MirrorError(f"stopped after {received:,} of {size:,} bytes")


def _reason(error: Exception) -> str:
    """Return in words why a connection failed, in one line."""
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, socket.gaierror):
        return "no such name is known here; is there a network?"
    if isinstance(cause, TimeoutError):
        return f"no answer, or too slow, for {TIME_OUT:g} s"
    words = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
    return display_name(words)


def _remove_abandoned(path: Path) -> None:
    """Remove the parts of this file that killed processes left."""
    for part in path.parent.iterdir():
        match = ASIDE.fullmatch(part.name)
        if match and match["name"] == path.name:
            with contextlib.suppress(OSError):
                if time.time() - part.stat().st_mtime > ABANDONED:
                    part.unlink()
