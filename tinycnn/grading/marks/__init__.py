"""Marks: the points of each part, in the forms that other systems read.

Everywhere a part gets all its points if it is right and the student's own, else none.
"""

from tinycnn.grading.marks.assignment import SYSTEMS, Assignment, files_for
from tinycnn.grading.marks.cell import require
from tinycnn.grading.marks.gradescope import VISIBLE, no_results, results
from tinycnn.grading.marks.points import Mark, marks_of

__all__ = [
    "SYSTEMS",
    "VISIBLE",
    "Assignment",
    "Mark",
    "files_for",
    "marks_of",
    "no_results",
    "require",
    "results",
]
