"""Find the bug number 4: MyDense is not right.

What it should do stands in my_exercises.py, and how to hunt in README.md. Ask

    python -m tinycnn.check bug_04.py
"""

from tinycnn.layers import Dense


class MyDense(Dense):
    """A fully connected layer.

    Each of the `units` outputs is a weighted sum of all inputs, plus a bias.
    """

    def forward(self, x, training=False):
        x = self.check_input(x)
        y = x @ self.params["kernel"]
        y += self.params["bias"]
        self._cache = (x,)
        return y

    def backward(self, dy):
        (x,) = self._remembered(dy)
        self.grads = {"kernel": x.T @ dy, "bias": dy}
        return dy @ self.params["kernel"].T


# (For make.py, which never overwrites your work: made as 6219dd22eee01003)
