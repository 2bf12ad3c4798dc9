"""Somebody's own file of layers, losses and optimisers, checked part by part."""

from tinycnn.grading.answer import RIGHT, Answer, summary, table
from tinycnn.grading.processes import Progress, answers, one_by_one

__all__ = [
    "RIGHT",
    "Answer",
    "Progress",
    "answers",
    "one_by_one",
    "summary",
    "table",
]
