"""Find bug number 5: MyDense is not right.

What it should compute is described in my_exercises.py, how to search in README.md. When
you have fixed it, check it:

    python -m tinycnn.check bug_05.py
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
        self.kept = (x,)
        return y

    def backward(self, dy):
        (x,) = self.kept_for(dy)
        self.grads = {"kernel": dy.T @ x, "bias": dy.sum(axis=0)}
        return dy @ self.params["kernel"].T


# (For make.py, which never overwrites your work: made as 675004f5b54b4fac)
