"""Grade all mistakes of the collection, and write what the grader says to a file.

    python tests/mistakes/measure.py [--half fresh] [--write]

Prints, for each mistake, the verdict and the first line that a student reads. With
--write the causes go to verdicts.json, which the tests and docs/museum.md use. Read the
lines before: whether a sentence is true, no program can say.
"""

import argparse
import hashlib
import json
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from mistakes import first_measure, reported
from mistakes.collection import mistakes
from tinycnn.grading.grader import grade_part
from tinycnn.text import say

VERDICTS = Path(__file__).with_name("verdicts.json")
# Causes that say that something is wrong, or where, but not what.
GENERIC = {
    "unknown", "y_differs", "y_differs_far_out", "steps_differ", "loss_differs",
    "loss_per_photo", "wrong_shape", "y_shape", "windows_differ", "windows_shape",
    "not_adjoint", "number_misplaced", "unexplained", "shapes_do_not_fit",
}  # fmt: skip
HALVES = (
    "working",
    "held out",
    "fresh",
    "later",
    *reported.HALVES,
    "unseen",
    "courses",
    "afterwards",
    "whole",
    "habits",
)
KINDS = ("named", "generic", "false", "called right")
# Read and found to be false: none may be left.
FALSE = set()
# Read, and found to say where something is wrong but not what.
ONLY_WHERE = {"batch_flat/var_around_running", "adam_in_place/t_capped"}


def notebook_of(sources):
    """Return the text of a notebook with these code cells."""
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None,
         "source": source} for source in sources
    ]  # fmt: skip
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4,
                       "nbformat_minor": 4})  # fmt: skip


def grade_of(mistake, folder):
    """Return the grade of one mistake."""
    name = hashlib.sha256(mistake.text.encode()).hexdigest()[:12]
    cells = re.split(r"^# %%\n", mistake.text, flags=re.MULTILINE)
    is_notebook = len(cells) > 1
    path = Path(folder) / f"mistake_{name}{'.ipynb' if is_notebook else '.py'}"
    text = notebook_of(cells) if is_notebook else mistake.text
    path.write_text(text, encoding="utf-8")
    with np.errstate(all="ignore"):
        return grade_part(path, mistake.part)


def kind_of(name, causes, verdict, lines):
    """Return "named", "generic", "false" or "called right"."""
    if verdict == "right":
        return "called right"
    if name in FALSE:
        return "false"
    if name in ONLY_WHERE:
        return "generic"
    words = ("would give", "would fit", "lacks the last")
    if causes[:1] == ["shapes_do_not_fit"] and any(w in lines[0] for w in words):
        return "named"  # with the two shapes, and what would fit
    return "named" if set(causes) - GENERIC else "generic"


def entry_of(mistake, grade):
    """Return what verdicts.json holds about a mistake."""
    causes = list(dict.fromkeys(grade.causes))
    kind = kind_of(mistake.name, causes, grade.verdict, grade.lines)
    return {"causes": causes, "kind": kind}


def table():
    """Return the lines of a table: each half, at first and now."""
    now = json.loads(VERDICTS.read_text(encoding="utf-8"))
    halves = {m.name: m.half for m in mistakes()}
    first = {
        "held out": first_measure.HELD_OUT,
        "fresh": first_measure.FRESH,
        "later": first_measure.LATER,
        "reported, seen": first_measure.REPORTED_SEEN,
        "reported, kept apart": first_measure.REPORTED_APART,
        "unseen": first_measure.UNSEEN,
        "courses": first_measure.COURSES,
        "afterwards": first_measure.AFTERWARDS,
        "whole": first_measure.WHOLE,
        "habits": first_measure.HABITS,
    }
    after = {"reported, kept apart": first_measure.REPORTED_AFTER}
    lines = ["| mistakes | number | | named | generic | false | called right |",
             "| - | - | - | - | - | - | - |"]  # fmt: skip
    for half in HALVES:
        names = [name for name, of in halves.items() if of == half]
        rows = {}
        for when, of_halves in (
            ("tried for the first time", first),
            ("after mending from the other half alone", after),
        ):
            if half in of_halves:
                others = {kind: len(of) for kind, of in of_halves[half].items()}
                named = len(names) - sum(others.values())
                rows[when] = {"named": named, **others}
        rows["now"] = Counter(now[name]["kind"] for name in names)
        for when, counts in rows.items():
            share = f"{counts['named'] / len(names):.0%}"
            cells = [str(counts.get(kind, 0)) for kind in KINDS]
            cells[0] = f"{cells[0]} ({share})"
            lines.append(f"| {half} | {len(names)} | {when} | {' | '.join(cells)} |")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=HALVES)
    parser.add_argument("--write", action="store_true", help="write verdicts.json")
    options = parser.parse_args()
    known = {}
    if VERDICTS.exists():
        known = json.loads(VERDICTS.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        for mistake in mistakes():
            if options.half not in (None, mistake.half):
                continue
            grade = grade_of(mistake, folder)
            known[mistake.name] = entry = entry_of(mistake, grade)
            line = (grade.lines or [""])[0]
            say(f"{mistake.name} [{mistake.about}] {entry['kind']}: {line}")
    if options.write:
        names = [m.name for m in mistakes()]
        rows = [f"{json.dumps(n)}: {json.dumps(known[n])}" for n in names]
        text = "{\n" + ",\n".join(rows) + "\n}\n"
        VERDICTS.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
