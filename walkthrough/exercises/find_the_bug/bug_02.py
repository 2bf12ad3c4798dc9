"""Find the bug number 2: MySigmoid is not right.

What it should do stands in my_exercises.py, and how to hunt in README.md. Ask

    python -m tinycnn.check bug_02.py
"""

import numpy as np

from tinycnn.layers import Sigmoid


class MySigmoid(Sigmoid):
    """Squeeze any number into 0..1: a logit becomes a probability."""

    def forward(self, x, training=False):
        x = self.check_input(x)
        e = np.exp(-np.abs(x))
        y = np.where(x >= 0, np.ones_like(e), e) / (1 + e)
        self._cache = (x,)
        return y

    def backward(self, dy):
        (y,) = self._remembered(dy)
        return dy * y * (1 - y)


# (For make.py, which never overwrites your work: made as 32e90998b67d4bf7)
