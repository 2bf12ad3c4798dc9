"""Find bug number 7: MyDense is not right.

What it should compute is described in my_exercises.py, how to search in README.md. When
you have fixed it, check it:

    python -m tinycnn.check bug_07.py
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
        dkernel, dbias = x.T @ dy, dy.sum(axis=0)
        dkernel += self.grads.get("kernel", 0)
        dbias += self.grads.get("bias", 0)
        self.grads = {"kernel": dkernel, "bias": dbias}
        return dy @ self.params["kernel"].T


# (For make.py, which never overwrites your work: made as a3e2f57c3518f060)
