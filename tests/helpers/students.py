"""What a student hands in: three right parts, as texts."""

HEAD = """\
import numpy as np

from tinycnn.layers import Dense, ReLU
from tinycnn.optimizers import SGD
"""
RELU = """
class MyReLU(ReLU):
    def forward(self, x, training=False):
        mask = x > 0
        self.mask = mask
        return np.maximum(x, 0)

    def backward(self, dy):
        return dy * self.mask
"""
DENSE = """
class MyDense(Dense):
    def forward(self, x, training=False):
        self.x = x
        return x @ self.params["kernel"] + self.params["bias"]

    def backward(self, dy):
        dbias = dy.sum(axis=0)
        self.grads = {"kernel": self.x.T @ dy, "bias": dbias}
        return dy @ self.params["kernel"].T
"""
SGD = """
class MySGD(SGD):
    def update(self, params, grads):
        self.t += 1
        for name, param in params.items():
            v = self.v.setdefault(name, np.zeros_like(param))
            v *= self.momentum
            v -= self.learning_rate * grads[name]
            param += v
"""
PARTS = {"MyReLU": RELU, "MyDense": DENSE, "MySGD": SGD}


def class_of(name, file="a cell"):
    """Return the class of a part, made anew, as if it stood in a file."""
    names = {"__name__": __name__}
    exec(compile(HEAD + PARTS[name], file, "exec"), names)
    return names[name]
