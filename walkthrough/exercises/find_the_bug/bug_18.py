"""Find bug number 18: MySGD is not right.

What it should compute is described in my_exercises.py, how to search in README.md. When
you have fixed it, check it:

    python -m tinycnn.check bug_18.py
"""

import numpy as np

from tinycnn.optimizers import SGD


class MySGD(SGD):
    """Stochastic gradient descent: a small step against the gradient."""

    def update(self, params, grads):
        self.t += 1
        for name, param in params.items():
            v = np.zeros_like(param)
            v *= self.momentum
            v -= self.learning_rate * grads[name]
            param += v


# (For make.py, which never overwrites your work: made as 6a45c02568106a64)
