"""Find bug number 2: MySigmoid is not right.

What it should compute is described in my_exercises.py, how to search in README.md. When
you have fixed it, check it:

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
        self.kept = (x,)
        return y

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        return dy * y * (1 - y)


# (For make.py, which never overwrites your work: made as 54e532621b47e85e)
