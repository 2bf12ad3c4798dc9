"""Find bug number 21: MyAdam is not right.

What it should compute is described in my_exercises.py, how to search in README.md. When
you have fixed it, check it:

    python -m tinycnn.check bug_21.py
"""

import math

import numpy as np

from tinycnn.optimizers import Adam


class MyAdam(Adam):
    """Adam: each number has its own step length, from the history of its gradient."""

    def update(self, params, grads):
        for name, param in params.items():
            self.t += 1
            if name not in self.m:
                self.m[name], self.v[name] = np.zeros_like(param), np.zeros_like(param)
            arrays = param, grads[name], self.m[name], self.v[name]
            self.step(*arrays)

    def step(self, param, grad, *moments):
        m, v = moments
        m += (1 - self.beta_1) * (grad - m)
        v += (1 - self.beta_2) * (grad**2 - v)
        correction = math.sqrt(1 - self.beta_2**self.t) / (1 - self.beta_1**self.t)
        rate = self.learning_rate * correction
        param -= rate * m / (np.sqrt(v) + self.epsilon)


# (For make.py, which never overwrites your work: made as 30a84c7e15b1877a)
