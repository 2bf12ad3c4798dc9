"""Find the bug number 1: MyReLU is not right.

What it should do stands in my_exercises.py, and how to hunt in README.md. Ask

    python -m tinycnn.check bug_01.py
"""

import numpy as np

from tinycnn.layers import ReLU


class MyReLU(ReLU):
    """Keep what is positive, make the rest 0."""

    def forward(self, x, training=False):
        x = self.check_input(x)
        y = np.maximum(x, 0)
        self._cache = (x < 0,)
        return y

    def backward(self, dy):
        (is_positive,) = self._remembered(dy)
        return dy * is_positive


# (For make.py, which never overwrites your work: made as 1d8c1dee0b0fb196)
