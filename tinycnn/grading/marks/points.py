"""The points that one student gets, part by part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tinycnn.grading.grade import FAILED, UNCHECKED, Grade
from tinycnn.text import display_name


@dataclass(frozen=True)
class Mark:
    """The points of one part.

    Attributes
    ----------
    grade : Grade
        What the grader found.
    most : float
        The points of the part if it is right.
    """

    grade: Grade
    most: float = 1

    @property
    def points(self) -> float:
        """The points that the student gets: all, or none."""
        return self.most if self.grade.counts else 0


def marks_of(
    grades: Mapping[Path, Sequence[Grade]],
    only: Sequence[str] = (),
    points: Mapping[str, float] | None = None,
) -> list[Mark]:
    """Return the marks of what one student handed in: one file, or several.

    Parameters
    ----------
    grades : dict of Path to list of Grade
        As `grade_files` and `grade_parts` give them.
    only : list of str
        The parts that count; all that are found if empty. One that no file has gets 0
        points.
    points : dict of str to float, optional
        The points of a part, by its name; 1 if it is not there.

    Notes
    -----
    If several files have a part of the same name, the first file counts.

    Examples
    --------
    >>> grades = {Path("anna.py"): [Grade("MyReLU"), Grade("MyDense", "WRONG")]}
    >>> [(m.grade.name, m.points) for m in marks_of(grades, points={"MyReLU": 2})]
    [('MyReLU', 2), ('MyDense', 0)]
    """
    found: dict[str, Grade] = {}
    broken: list[Grade] = []
    for path, of_file in grades.items():
        for grade in of_file:
            if not grade.name:
                broken.append(_named(path, grade))
            elif grade.verdict != UNCHECKED or not only:
                found.setdefault(grade.name, grade)
    why = [line for grade in broken for line in grade.lines]
    missing = why or ["No file has this part."]
    unread = {
        name: Grade(name, FAILED if why else UNCHECKED, lines=missing)
        for name in only
        if name not in found
    }
    if not found and not only:
        unread = {"": Grade("", FAILED, lines=missing)}
    known = {**found, **unread}
    worth = points or {}
    return [Mark(known[name], worth.get(name, 1)) for name in only or known]


def _named(path: Path, grade: Grade) -> Grade:
    """Return the grade of a file as a whole, with its name in each line."""
    name = display_name(path.name)
    return Grade("", grade.verdict, lines=[f"{name}: {line}" for line in grade.lines])
