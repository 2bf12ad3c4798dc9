"""Whole files by three readers who had not seen the rules: with a mistake, and right.

Each entry is (name, part, what is wrong or unusual, the file).
"""

from mistakes.whole.layers import LAYERS
from mistakes.whole.right import RIGHT
from mistakes.whole.training import TRAINING

WRONG = [*LAYERS, *TRAINING]

__all__ = ["RIGHT", "WRONG"]
