"""Whole files by two more readers: habits of other frameworks, slips with NumPy.

Each entry is (name, part, what is wrong or unusual, the file).
"""

from mistakes.habits.layers import LAYERS
from mistakes.habits.right import RIGHT
from mistakes.habits.training import TRAINING

WRONG = [*LAYERS, *TRAINING]

__all__ = ["RIGHT", "WRONG"]
