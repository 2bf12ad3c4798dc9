"""Check many files, each part in its own process with a time limit.

A student's code may never end, may end Python itself, or change the library that checks
it. In its own process it cannot affect other results. This is not a sandbox: the code
runs with the rights of the user. Where no process can be started, `one_process` takes
over.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tinycnn.grading.grade import FAILED, RIGHT, SLOW, UNCHECKED, Grade
from tinycnn.grading.one_process import HereAndNow
from tinycnn.grading.spelling import nearest
from tinycnn.parallel import blas, threads
from tinycnn.text import display_name

POLL_INTERVAL = 0.01  # seconds


@dataclass(frozen=True)
class Status:
    """How far a check is, for a line on the terminal.

    Attributes
    ----------
    done, known : int
        Number of parts checked, and of all parts known so far.
    path : Path
        The file whose process has been running longest.
    name : str
        The part in that process; "" while the file is loaded.
    seconds : float
        How long it has been running.
    """

    done: int
    known: int
    path: Path
    name: str
    seconds: float

    def __str__(self) -> str:
        part = f", {self.name}" if self.name else ""
        return (
            f"{self.done} of {self.known} parts done; checking "
            f"{display_name(self.path.name)}{part}, {self.seconds:.0f} s"
        )


class _Process:
    """A process that checks one part."""

    def __init__(self, path: Path, name: str, folder: str, limit: float) -> None:
        self.path, self.name, self.limit = path, name, limit
        handle, result = tempfile.mkstemp(suffix=".json", dir=folder)
        os.close(handle)
        self.result = Path(result)
        self.start = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tinycnn.grading", path, name, result],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.start

    def grade(self) -> Grade | None:
        """Return the grade, or None while the process is running."""
        status = self.process.poll()
        if status is None and self.seconds < self.limit:
            return None
        self.stop()
        known = Grade(self.name, SLOW)
        with contextlib.suppress(ValueError, TypeError):
            known = Grade.from_json(self.result.read_text(encoding="utf-8"))
        if known.verdict != SLOW and status is not None:
            return known
        # A notebook's grade is SLOW, with its parts, while the last cells are running.
        what = "The cells after the last class" if known.part_names else "It"
        if status is None:
            known.verdict = SLOW
            line = f"{what} did not end within {self.limit:g} seconds: an endless loop?"
        else:
            known.verdict, known.reason = FAILED, f"exit status {status}"
            line = f"{what} ended the Python process ({known.reason})."
        known.lines = [line]
        return known

    def stop(self) -> None:
        """End the process and, on POSIX, its child processes."""
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.kill()
        self.process.wait()


def _environment() -> dict[str, str]:
    """Return this environment with one thread and the same import path."""
    path = os.pathsep.join(filter(None, sys.path))
    one_thread = dict.fromkeys((*blas.SETTINGS, threads.SETTING), "1")
    plain = {"MPLBACKEND": "Agg", "PYTHONUTF8": "1", "PYTHONPATH": path}
    return {**os.environ, **one_thread, **plain}


def loaded(path: Path, limit: float) -> Grade:
    """Return the grade of loading a file, with the names of its parts."""
    with tempfile.TemporaryDirectory() as folder:
        process = _Process(path, "", folder, limit)
        try:
            while (grade := process.grade()) is None:
                time.sleep(POLL_INTERVAL)
        finally:
            process.stop()
    return grade


def grade_files(paths: list[Path], limit: float) -> Iterator[tuple[Path, list[Grade]]]:
    """Yield (file, grades of its parts) in the order of the files.

    Parameters
    ----------
    paths : list of Path
        Python files and notebooks.
    limit : float
        Seconds allowed for each part.

    Notes
    -----
    A file that cannot be loaded has one grade, whose name is "".
    """
    grades: list[Grade] = []
    for path, names, grade in grade_parts(paths, limit):
        grades.append(grade)
        if len(grades) == len(names):
            yield path, grades
            grades = []


def grade_parts(
    paths: list[Path],
    limit: float,
    on_wait: Callable[[Status], None] = lambda status: None,
    only: Sequence[str] = (),
) -> Iterator[tuple[Path, list[str], Grade]]:
    """Yield (file, names of all its parts, grade of the next part), as soon as known.

    In the order of the files and of the parts in them; see `grade_files`. `on_wait` is
    called repeatedly while processes are running. With `only`, just the parts of these
    names are checked, in this order; one that a file does not have is "not checked".
    """
    with tempfile.TemporaryDirectory() as folder:
        queue = deque((path, "") for path in paths)
        grades: dict[Path, dict[str, Grade | None]] = {
            path: {"": None} for path in paths
        }
        notes: dict[Path, list[str]] = {}
        running: list[_Process | HereAndNow] = []
        start = _Process if threads.CAN_START else HereAndNow
        unfinished, yielded = list(paths), 0  # parts of the first unfinished file
        try:
            while unfinished:
                while queue and len(running) < (os.cpu_count() or 1):
                    running.append(start(*queue.popleft(), folder, limit))
                for process in list(running):
                    if (grade := process.grade()) is None:
                        continue
                    running.remove(process)
                    path = process.path
                    grades[path][process.name] = grade
                    if names := grade.part_names:
                        # A notebook may fail in one cell, and have its parts in others.
                        is_right = grade.verdict == RIGHT
                        grades[path] = {} if is_right else {"": grade}
                        wanted = only or names
                        for name in wanted:
                            is_there = name in names
                            grades[path][name] = (
                                None if is_there else _missing(name, names)
                            )
                        notes[path] = grade.notes
                        queue.extendleft(
                            (path, name) for name in wanted[::-1] if name in names
                        )
                while unfinished:
                    path = unfinished[0]
                    names = list(grades[path])
                    if (grade := grades[path][names[yielded]]) is None:
                        break
                    if not yielded:
                        grade.notes = notes.get(path, grade.notes)
                    yield path, names, grade
                    yielded += 1
                    if yielded == len(names):
                        unfinished, yielded = unfinished[1:], 0
                if running:
                    on_wait(_status(grades, running[0]))
                time.sleep(POLL_INTERVAL)
        finally:
            for process in running:
                process.stop()


def _missing(name: str, names: list[str]) -> Grade:
    """Return the grade of a part that a file does not have."""
    near = nearest(name, names)
    if near is not None:
        line = f"The file has no {name}: did you mean {near}?"
    else:
        line = f"The file has no {name}; it has {', '.join(names)}."
    return Grade(name, UNCHECKED, lines=[display_name(line)])


def _status(
    grades: dict[Path, dict[str, Grade | None]], oldest: _Process | HereAndNow
) -> Status:
    """Return how far the check is, with the process that has been running longest."""
    flat = [grade for of_file in grades.values() for grade in of_file.values()]
    done = sum(grade is not None for grade in flat)
    return Status(done, len(flat), oldest.path, oldest.name, oldest.seconds)
