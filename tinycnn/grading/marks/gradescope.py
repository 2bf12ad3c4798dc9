"""results.json, as Gradescope reads it.

Its "Autograder Specifications" list the fields: a score and a largest score for each
test, its output, and who may see it.
"""

import json
from collections.abc import Sequence
from typing import Any

from tinycnn.grading.grade import HINTS, Grade
from tinycnn.grading.marks.points import Mark

VISIBLE = ("visible", "after_due_date", "after_published", "hidden")


def results(
    marks: Sequence[Mark],
    seconds: float,
    visibility: str = VISIBLE[0],
    level: int = HINTS,
    notes: Sequence[str] = (),
) -> str:
    """Return the text of results.json for one student.

    Parameters
    ----------
    marks : list of Mark
        One for each part.
    seconds : float
        How long the check took.
    visibility : str
        Who may see the tests, and when: one of `VISIBLE`.
    level : int
        How much the student is shown: see `Grade.hints`.
    notes : list of str
        What is to be known about the files as a whole.
    """
    tests = [
        {
            "name": mark.grade.name or "the file",
            "score": mark.points,
            "max_score": mark.most,
            "output": _text(mark.grade, level),
            "visibility": visibility,
        }
        for mark in marks
    ]
    total, most = sum(m.points for m in marks), sum(m.most for m in marks)
    return _json(
        {
            "output": "\n".join([f"{total:g} of {most:g} points.", *notes]),
            "execution_time": round(seconds, 1),
            "tests": tests,
        }
    )


def no_results(message: str) -> str:
    """Return the text of results.json if there is nothing that can be checked."""
    return _json({"score": 0, "output": message})


def _text(grade: Grade, level: int) -> str:
    return "\n".join([grade.label, *grade.hints(level)])


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=1)
