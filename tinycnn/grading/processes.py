"""Each part of each file in a process of its own, with a time limit.

Somebody else's code may never end, end Python itself, or change the library it is
checked by. In a process of its own it spoils nobody's result but its own. It is no
prison: it runs with the rights of whoever checks it.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tinycnn.grading.answer import FAILED, SLOW, Answer
from tinycnn.parallel import blas, threads
from tinycnn.text import display_name

PAUSE = 0.01  # seconds between two looks at what is running


@dataclass(frozen=True)
class Progress:
    """How far a check is: what a reader may be told while he waits.

    Attributes
    ----------
    done, known : int
        Parts that are answered, and all that are known so far.
    path : Path
        The file that is waited for longest.
    part : str
        The part of it; "" while the file is loaded.
    seconds : float
        How long it has been at work.
    """

    done: int
    known: int
    path: Path
    part: str
    seconds: float

    def __str__(self) -> str:
        part = f", {self.part}" if self.part else ""
        return (
            f"{self.done} of {self.known} parts; at work: "
            f"{display_name(self.path.name)}{part}, {self.seconds:.0f} s"
        )


class _Running:
    """One process that answers for one part."""

    def __init__(self, path: Path, part: str, folder: str, limit: float) -> None:
        self.path, self.part, self.limit = path, part, limit
        handle, name = tempfile.mkstemp(suffix=".json", dir=folder)
        os.close(handle)
        self.result = Path(name)
        self.start = time.monotonic()
        self.end = self.start + limit
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tinycnn.grading", path, part, name],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )

    def answer(self) -> Answer | None:
        """Return what it says, or None while it is at work."""
        status = self.process.poll()
        if status is None and time.monotonic() < self.end:
            return None
        self.stop()
        if status is None:
            line = f"It did not end within {self.limit:g} seconds: an endless loop?"
            return Answer(self.part, SLOW, lines=[line])
        with contextlib.suppress(ValueError, TypeError):
            return Answer.from_json(self.result.read_text(encoding="utf-8"))
        line = f"It ended Python by itself (exit status {status})."
        reason = f"exit status {status}"
        return Answer(self.part, FAILED, lines=[line], reason=reason)

    def stop(self) -> None:
        """End the process, and on POSIX what it has started."""
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.kill()
        self.process.wait()


def _environment() -> dict[str, str]:
    """Return this environment, with one thread and the same places for imports."""
    path = os.pathsep.join(filter(None, sys.path))
    one = dict.fromkeys((*blas.SETTINGS, threads.SETTING), "1")
    plain = {"MPLBACKEND": "Agg", "PYTHONUTF8": "1", "PYTHONPATH": path}
    return {**os.environ, **one, **plain}


def answers(paths: list[Path], limit: float) -> Iterator[tuple[Path, list[Answer]]]:
    """Yield (file, answers for its parts) in the order given.

    Parameters
    ----------
    paths : list of Path
        Python files.
    limit : float
        Seconds that each part may take.

    Notes
    -----
    A file that cannot be loaded has one answer, whose part is "".
    """
    given: list[Answer] = []
    for path, names, answer in one_by_one(paths, limit):
        given.append(answer)
        if len(given) == len(names):
            yield path, given
            given = []


def one_by_one(
    paths: list[Path],
    limit: float,
    watch: Callable[[Progress], None] = lambda progress: None,
) -> Iterator[tuple[Path, list[str], Answer]]:
    """Yield (file, names of all its parts, answer for the next), as soon as known.

    The order is that of the files and of the parts in them; see `answers`. `watch` is
    told again and again how far all is.
    """
    with tempfile.TemporaryDirectory() as folder:
        wanted = deque((path, "") for path in paths)
        found: dict[Path, dict[str, Answer | None]] = {
            path: {"": None} for path in paths
        }
        running: list[_Running] = []
        left, said = list(paths), 0
        try:
            while left:
                while wanted and len(running) < (os.cpu_count() or 1):
                    running.append(_Running(*wanted.popleft(), folder, limit))
                for one in list(running):
                    if (answer := one.answer()) is None:
                        continue
                    running.remove(one)
                    found[one.path][one.part] = answer
                    if answer.parts:
                        found[one.path] = dict.fromkeys(answer.parts)
                        wanted.extendleft((one.path, p) for p in answer.parts[::-1])
                while left:
                    names = list(found[left[0]])
                    if (answer := found[left[0]][names[said]]) is None:
                        break
                    yield left[0], names, answer
                    said += 1
                    if said == len(names):
                        left, said = left[1:], 0
                if running:
                    watch(_progress(found, running[0]))
                time.sleep(PAUSE)
        finally:
            for one in running:
                one.stop()


def _progress(found: dict[Path, dict[str, Answer | None]], first: _Running) -> Progress:
    """Return how far all is, with the process that has been at work longest."""
    every = [answer for parts in found.values() for answer in parts.values()]
    done = sum(answer is not None for answer in every)
    seconds = time.monotonic() - first.start
    return Progress(done, len(every), first.path, first.part, seconds)
