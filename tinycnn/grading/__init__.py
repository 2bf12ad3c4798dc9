"""A student's own file of layers, losses and optimisers, checked part by part.

A part is a class or a function that can be checked by itself.
"""

from tinycnn.grading.grade import RIGHT, Grade, summary, table
from tinycnn.grading.marks.cell import require, stop
from tinycnn.grading.processes import Status, grade_files, grade_parts, loaded

__all__ = [
    "RIGHT",
    "Grade",
    "Status",
    "grade_files",
    "grade_parts",
    "loaded",
    "require",
    "stop",
    "summary",
    "table",
]
