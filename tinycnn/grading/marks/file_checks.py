"""Check the parts of files, and print the verdicts: what `check` does with FILE."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from glob import glob
from pathlib import Path

from tinycnn.commands.arguments import DONE, PARTLY, CommandError
from tinycnn.grading import (
    RIGHT,
    Grade,
    Status,
    grade_parts,
    loaded,
    summary,
    table,
)
from tinycnn.grading.grade import HINTS
from tinycnn.grading.marks import VISIBLE, Assignment, files_for, marks_of, results
from tinycnn.text import LiveLine, count_of, csv_text, display_name, say

SUFFIXES = (".py", ".ipynb")
CACHE = "__pycache__"
PATIENCE = 2.0  # seconds of silence before a terminal shows what is being checked


@dataclass(frozen=True)
class Options:
    """How the parts of files are checked, and how the result is printed."""

    style: str = "table"
    limit: float = 60
    only: Sequence[str] = ()
    hint: int = HINTS
    own_work: bool = False
    points: dict[str, float] = field(default_factory=dict)
    visibility: str = VISIBLE[0]


def check_files(paths: list[Path], options: Options) -> int:
    """Check the classes in each file and print the verdicts; return the exit status."""
    start = time.monotonic()
    for path in paths:
        if not path.is_file():
            name = display_name(path)
            raise CommandError(
                f"FILE should be a Python file or a notebook, got {name}: there is no "
                "such file"
            )
    found: dict[Path, list[Grade]] = {}
    live = LiveLine(sys.stderr.isatty(), sys.stderr)
    unique = list(dict.fromkeys(paths))
    show = partial(_show_status, live)
    for path, names, grade in grade_parts(unique, options.limit, show, options.only):
        live.wipe()
        is_first = path not in found
        found.setdefault(path, []).append(grade)
        if options.style == "table":
            lines = grade.text_lines(max(map(len, names)), options.hint)
            notes = [f"  {note}" for note in grade.notes]
            head = [display_name(path), *notes] if is_first else []
            for line in head + lines:
                say(line)
    grades = [grade for of_file in found.values() for grade in of_file]
    wrong = [grade for grade in grades if grade.verdict != RIGHT]
    if options.style == "csv":
        say(csv_text(map(display_name, row) for row in table(found)))
    elif options.style == "gradescope":
        marks = marks_of(found, options.only, options.points)
        notes = [note for grade in grades for note in grade.notes]
        seconds = time.monotonic() - start
        say(results(marks, seconds, options.visibility, options.hint, notes))
    else:
        say(
            f"{count_of(len(found), 'file')}, {count_of(len(grades), 'part')}: "
            + summary(grades)
        )
        if options.hint < HINTS and any(grade.earlier for grade in wrong):
            say(f"More: --hint {options.hint + 1}")
    if options.own_work and not wrong:
        wrong = [grade for grade in grades if not grade.counts]
        if wrong and options.style == "table":
            who = ", ".join(grade.name for grade in wrong)
            say(f"Borrowed, which does not count with --own-work: {who}")
    return PARTLY if wrong else DONE


def write_assignment(
    path: Path, system: str, folder: Path | None, options: Options
) -> int:
    """Write what a system needs to mark the parts of a file; return the exit status."""
    if path.suffix != ".py":
        raise CommandError(
            f"--assignment needs one Python file (.py), got {display_name(path)}"
        )
    if folder is None:
        raise CommandError("--assignment needs --output FOLDER: where to write")
    try:
        source = path.read_text(encoding="utf-8-sig")
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(
                "--output should be a new or an empty folder, got "
                f"{display_name(folder)}: it is left as it is"
            )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise CommandError(f"{display_name(path)} cannot be read: {reason}") from None
    grade = loaded(path, options.limit)
    parts = list(options.only or grade.part_names)
    unknown = [name for name in parts if name not in grade.part_names]
    if unknown or not parts:
        why = " ".join(grade.lines) or f"it has {', '.join(grade.part_names)}"
        name = unknown[0] if unknown else "class or function that can be marked"
        raise CommandError(f"{display_name(path)} has no {name}: {why}")
    given = {name: n for name, n in options.points.items() if name in parts}
    assignment = Assignment(path.stem, source, parts, given, options.hint)
    for name, text in files_for(system, assignment).items():
        file = folder / name
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
            if text.startswith("#!"):
                file.chmod(0o755)
        except OSError as error:
            raise CommandError(
                f"{display_name(file)} cannot be written: {error.strerror}"
            ) from None
        say(display_name(file))
    return DONE


def expanded(name: str) -> list[Path]:
    """Return the files that a name stands for: itself, a folder's, or a pattern's.

    Windows does not expand students/*.ipynb. Jupyter's copies of notebooks
    (.ipynb_checkpoints) and other hidden folders are skipped.
    """
    path = Path(name)
    if path.is_dir():
        inside = [p for p in path.rglob("*") if p.suffix in SUFFIXES and p.is_file()]
        if found := sorted(p for p in inside if not _is_hidden(p.relative_to(path))):
            return found
        raise CommandError(f"no file in {display_name(path)} ends in .py or .ipynb")
    if "*" in name and not path.exists():
        found = sorted(map(Path, glob(name, recursive=True)))  # noqa: PTH207
        if found := [match for match in found if CACHE not in match.parts]:
            return [file for match in found for file in expanded(str(match))]
        raise CommandError(f"no file matches {display_name(name)}")
    return [path]


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == CACHE for part in path.parts)


def _show_status(live: LiveLine, status: Status) -> None:
    """Show what is being checked, if that takes long."""
    if status.seconds > PATIENCE:
        live.write(str(status))
