"""Find bug number 20: MyAdam is not right.

What it should compute is described in my_exercises.py, how to search in README.md. When
you have fixed it, check it:

    python -m tinycnn.check bug_20.py
"""

import math

import numpy as np

from tinycnn.optimizers import Adam


class MyAdam(Adam):
    """Adam: every number gets its own step length, from how its gradient behaved."""

    def update(self, params, grads):
        self.t += 1
        correction = math.sqrt(1 - self.beta_2**self.t) / (1 - self.beta_1**self.t)
        rate = self.learning_rate * correction
        for name, param in params.items():
            if name not in self.m:
                self.m[name], self.v[name] = np.zeros_like(param), np.zeros_like(param)
            arrays = param, grads[name], self.m[name], self.v[name]
            self._step(rate, arrays)

    def _step(self, rate, arrays):
        param, grad, m, v = arrays
        m += (1 - self.beta_1) * (grad - m)
        v += (1 - self.beta_2) * (grad**2 - v)
        param -= rate * m / np.sqrt(v + self.epsilon)


# (For make.py, which never overwrites your work: made as 2804b03f3ad22bc9)
