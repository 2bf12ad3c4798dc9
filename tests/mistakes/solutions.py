"""Right solutions of the exercises, as students write them; two ways for some."""
# ruff: noqa: E501
# fmt: off

from mistakes import afterwards, courses, later, others, reported, unseen

HEAD = """\
import numpy as np

from tinycnn.layers import (
    ELU, AveragePooling2D, BatchNormalization, Conv2D, Dense, Dropout, Flatten,
    GlobalAveragePooling2D, GlobalMaxPooling2D, LeakyReLU, MaxPooling2D, ReLU,
    Sigmoid, Softmax, SumPooling2D, Tanh,
)
from tinycnn.layers.windows import crop, grid_of, pad, window_cells
from tinycnn.losses import (
    BinaryCrossentropy, CategoricalCrossentropy, MeanAbsoluteError, MeanSquaredError,
)
from tinycnn.optimizers import SGD, Adam, RMSprop
"""
RELU = """
class MyReLU(ReLU):
    def forward(self, x, training=False):
        self.mask = x > 0
        y = np.maximum(x, 0)
        return y

    def backward(self, dy):
        dx = dy * self.mask
        return dx
"""
SIGMOID = """
class MySigmoid(Sigmoid):
    def forward(self, x, training=False):
        e = np.exp(-np.abs(x))
        y = np.where(x >= 0, 1 / (1 + e), e / (1 + e))
        self.x, self.y = x, y
        return y

    def backward(self, dy):
        y = self.y
        dx = dy * y * (1 - y)
        return dx
"""
TANH = """
class MyTanh(Tanh):
    def forward(self, x, training=False):
        y = np.tanh(x)
        self.x, self.y = x, y
        return y

    def backward(self, dy):
        dx = dy * (1 - self.y**2)
        return dx
"""
SOFTMAX = """
class MySoftmax(Softmax):
    def forward(self, x, training=False):
        shifted = x - x.max(axis=-1, keepdims=True)
        e = np.exp(shifted)
        y = e / e.sum(axis=-1, keepdims=True)
        self.y = y
        return y

    def backward(self, dy):
        y = self.y
        inner = (dy * y).sum(axis=-1, keepdims=True)
        dx = y * (dy - inner)
        return dx
"""
FLATTEN = """
class MyFlatten(Flatten):
    def forward(self, x, training=False):
        self.shape = x.shape
        y = x.reshape(len(x), -1)
        return y

    def backward(self, dy):
        dx = dy.reshape(self.shape)
        return dx
"""
DENSE = """
class MyDense(Dense):
    def forward(self, x, training=False):
        self.x = x
        y = x @ self.params["kernel"] + self.params["bias"]
        return y

    def backward(self, dy):
        dkernel = self.x.T @ dy
        dbias = dy.sum(axis=0)
        self.grads = {"kernel": dkernel, "bias": dbias}
        dx = dy @ self.params["kernel"].T
        return dx
"""
MAX_POOLING = """
class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders, fill=-np.inf)
        (KH, KW), (SH, SW) = self.pool_size, self.strides
        N, _, _, C = x.shape
        y = np.zeros((N, OH, OW, C), x.dtype)
        for i in range(OH):
            for j in range(OW):
                window = padded[:, i * SH : i * SH + KH, j * SW : j * SW + KW]
                y[:, i, j] = window.max(axis=(1, 2))
        self.padded, self.borders = padded, borders
        return y

    def backward(self, dy):
        (KH, KW), (SH, SW) = self.pool_size, self.strides
        padded = self.padded
        dpadded = np.zeros(padded.shape, dy.dtype)
        N, OH, OW, C = dy.shape
        for n in range(N):
            for i in range(OH):
                for j in range(OW):
                    for c in range(C):
                        top, left = i * SH, j * SW
                        window = padded[n, top : top + KH, left : left + KW, c]
                        a, b = np.unravel_index(window.argmax(), window.shape)
                        dpadded[n, top + a, left + b, c] += dy[n, i, j, c]
        dx = crop(dpadded, self.borders)
        return dx
"""
SUM_POOLING = """
class MySumPooling2D(SumPooling2D):
    def forward(self, x, training=False):
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        (KH, KW), (SH, SW) = self.pool_size, self.strides
        y = np.zeros((len(x), OH, OW, x.shape[3]), x.dtype)
        for i in range(OH):
            for j in range(OW):
                window = padded[:, i * SH : i * SH + KH, j * SW : j * SW + KW]
                y[:, i, j] = window.sum(axis=(1, 2))
        self.shape, self.borders = padded.shape, borders
        return y

    def backward(self, dy):
        (KH, KW), (SH, SW) = self.pool_size, self.strides
        dpadded = np.zeros(self.shape, dy.dtype)
        N, OH, OW, C = dy.shape
        for i in range(OH):
            for j in range(OW):
                cells = dpadded[:, i * SH : i * SH + KH, j * SW : j * SW + KW]
                cells += dy[:, i, j][:, None, None, :]
        dx = crop(dpadded, self.borders)
        return dx
"""
AVERAGE_POOLING = """
class MyAveragePooling2D(AveragePooling2D):
    def forward(self, x, training=False):
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        real = pad(np.ones_like(x), borders)
        (KH, KW), (SH, SW) = self.pool_size, self.strides
        y = np.zeros((len(x), OH, OW, x.shape[3]), x.dtype)
        self.cells = np.zeros_like(y)
        for i in range(OH):
            for j in range(OW):
                rows, columns = slice(i * SH, i * SH + KH), slice(j * SW, j * SW + KW)
                count = real[:, rows, columns].sum(axis=(1, 2))
                self.cells[:, i, j] = count
                y[:, i, j] = padded[:, rows, columns].sum(axis=(1, 2)) / count
        self.shape, self.borders = padded.shape, borders
        return y

    def backward(self, dy):
        (KH, KW), (SH, SW) = self.pool_size, self.strides
        dpadded = np.zeros(self.shape, dy.dtype)
        share = dy / self.cells
        N, OH, OW, C = dy.shape
        for i in range(OH):
            for j in range(OW):
                rows, columns = slice(i * SH, i * SH + KH), slice(j * SW, j * SW + KW)
                dpadded[:, rows, columns] += share[:, i, j][:, None, None, :]
        dx = crop(dpadded, self.borders)
        return dx
"""
IM2COL = """
def my_im2col(padded, window, strides):
    N, H, W, C = padded.shape
    (KH, KW), (SH, SW) = window, strides
    OH = (H - KH) // SH + 1
    OW = (W - KW) // SW + 1
    cols = np.zeros((N, OH, OW, KH, KW, C), padded.dtype)
    for a in range(KH):
        for b in range(KW):
            cols[:, :, :, a, b] = padded[:, a : a + SH * OH : SH, b : b + SW * OW : SW]
    return cols.reshape(N * OH * OW, KH * KW * C)
"""
COL2IM = """
def my_col2im(cols, padded_shape, window, strides):
    N, H, W, C = padded_shape
    (KH, KW), (SH, SW) = window, strides
    OH = (H - KH) // SH + 1
    OW = (W - KW) // SW + 1
    padded = np.zeros(padded_shape, cols.dtype)
    blocks = cols.reshape(N, OH, OW, KH, KW, C)
    for a in range(KH):
        for b in range(KW):
            padded[:, a : a + SH * OH : SH, b : b + SW * OW : SW] += blocks[:, :, :, a, b]
    return padded
"""
CONV = """
class MyConv2D(Conv2D):
    def forward(self, x, training=False):
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        cols = my_im2col(padded, self.kernel_size, self.strides)
        K = self.params["kernel"].reshape(-1, self.filters)
        y = cols @ K + self.params["bias"]
        self.cols, self.shape, self.borders = cols, padded.shape, borders
        return y.reshape(len(x), OH, OW, self.filters)

    def backward(self, dy):
        kernel = self.params["kernel"]
        rows = dy.reshape(-1, self.filters)
        dkernel = (self.cols.T @ rows).reshape(kernel.shape)
        dbias = rows.sum(axis=0)
        self.grads = {"kernel": dkernel, "bias": dbias}
        dcols = rows @ kernel.reshape(-1, self.filters).T
        dpadded = my_col2im(dcols, self.shape, self.kernel_size, self.strides)
        return crop(dpadded, self.borders)
"""
CONV_LOOPS = """
class MyConv2D(Conv2D):
    def forward(self, x, training=False):
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        kernel, bias = self.params["kernel"], self.params["bias"]
        (KH, KW), (SH, SW) = self.kernel_size, self.strides
        N, F = len(x), self.filters
        y = np.zeros((N, OH, OW, F), x.dtype)
        for i in range(OH):
            for j in range(OW):
                for f in range(F):
                    window = padded[:, i * SH : i * SH + KH, j * SW : j * SW + KW]
                    y[:, i, j, f] = (window * kernel[..., f]).sum(axis=(1, 2, 3)) + bias[f]
        self.padded, self.borders = padded, borders
        return y

    def backward(self, dy):
        kernel, padded = self.params["kernel"], self.padded
        (KH, KW), (SH, SW) = self.kernel_size, self.strides
        N, OH, OW, F = dy.shape
        dkernel = np.zeros_like(kernel)
        dpadded = np.zeros_like(padded)
        for n in range(N):
            for i in range(OH):
                for j in range(OW):
                    for f in range(F):
                        rows = slice(i * SH, i * SH + KH)
                        columns = slice(j * SW, j * SW + KW)
                        window = padded[n, rows, columns]
                        dkernel[..., f] += window * dy[n, i, j, f]
                        dpadded[n, rows, columns] += kernel[..., f] * dy[n, i, j, f]
        dbias = dy.sum(axis=(0, 1, 2))
        self.grads = {"kernel": dkernel, "bias": dbias}
        return crop(dpadded, self.borders)
"""
BINARY = """
class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        z = y_pred
        e = np.exp(-np.abs(z))
        p = np.where(z >= 0, 1 / (1 + e), e / (1 + e))
        loss = np.maximum(z, 0) - z * y + np.log1p(e)
        dz = (p - y) / z.shape[1]
        return loss.mean(axis=1), dz
"""
CATEGORICAL = """
class MyCategoricalCrossentropy(CategoricalCrossentropy):
    def per_photo(self, y, y_pred):
        z = y_pred - y_pred.max(axis=1, keepdims=True)
        total = np.exp(z).sum(axis=1, keepdims=True)
        log_p = z - np.log(total)
        loss = -(y * log_p).sum(axis=1)
        dz = np.exp(log_p) - y
        return loss, dz
"""
SQUARED = """
class MyMeanSquaredError(MeanSquaredError):
    def per_photo(self, y, y_pred):
        error = y_pred - y
        loss = (error**2).mean(axis=1)
        gradient = 2 * error / y.shape[1]
        return loss, gradient
"""
MY_SGD = """
class MySGD(SGD):
    def update(self, params, grads):
        self.t += 1
        for name, param in params.items():
            if name not in self.v:
                self.v[name] = np.zeros_like(param)
            v = self.momentum * self.v[name] - self.learning_rate * grads[name]
            self.v[name] = v
            param += v
"""
MY_ADAM = """
class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        b1, b2, t = self.beta_1, self.beta_2, self.t
        for name, param in params.items():
            g = grads[name]
            if name not in self.m:
                self.m[name], self.v[name] = np.zeros_like(g), np.zeros_like(g)
            m = b1 * self.m[name] + (1 - b1) * g
            v = b2 * self.v[name] + (1 - b2) * g**2
            self.m[name], self.v[name] = m, v
            rate = self.learning_rate * np.sqrt(1 - b2**t) / (1 - b1**t)
            param -= rate * m / (np.sqrt(v) + self.epsilon)
"""
WINDOWS = IM2COL + "\n" + COL2IM
# The name of a solution: (part, text of the file without its head).
SOLUTIONS = {
    "relu": ("MyReLU", RELU),
    "sigmoid": ("MySigmoid", SIGMOID),
    "tanh": ("MyTanh", TANH),
    "softmax": ("MySoftmax", SOFTMAX),
    "flatten": ("MyFlatten", FLATTEN),
    "dense": ("MyDense", DENSE),
    "max": ("MyMaxPooling2D", MAX_POOLING),
    "sum": ("MySumPooling2D", SUM_POOLING),
    "average": ("MyAveragePooling2D", AVERAGE_POOLING),
    "im2col": ("my_im2col", IM2COL),
    "col2im": ("my_col2im", COL2IM),
    "conv": ("MyConv2D", WINDOWS + "\n" + CONV),
    "loops": ("MyConv2D", CONV_LOOPS),
    "binary": ("MyBinaryCrossentropy", BINARY),
    "categorical": ("MyCategoricalCrossentropy", CATEGORICAL),
    "squared": ("MyMeanSquaredError", SQUARED),
    "sgd": ("MySGD", MY_SGD),
    "adam": ("MyAdam", MY_ADAM),
    "relu_copy": ("MyReLU", others.RELU_COPY),
    "sigmoid_branches": ("MySigmoid", others.SIGMOID_BRANCHES),
    "dense_loops": ("MyDense", others.DENSE_LOOPS),
    "max_cells": ("MyMaxPooling2D", others.MAX_CELLS),
    "im2col_loops": ("my_im2col", others.IM2COL_LOOPS),
    "col2im_loops": ("my_col2im", others.COL2IM_LOOPS),
    "tensordot": ("MyConv2D", others.CONV_TENSORDOT),
    "softplus": ("MyBinaryCrossentropy", others.BINARY_SOFTPLUS),
    "sgd_short": ("MySGD", others.SGD_SHORT),
    "adam_short": ("MyAdam", others.ADAM_SHORT),
    **{name: (part, text) for name, (part, text, _) in later.LATER.items()},
    **{name: (part, text) for name, (part, text, _) in reported.REPORTED.items()},
    **{name: (part, text) for name, (part, text, _) in unseen.ALL.items()},
    **{name: (part, text) for name, (part, text, _) in courses.COURSES.items()},
    **{name: (part, text) for name, (part, text, _) in afterwards.AFTERWARDS.items()},
}


def text_of(name, changes=()):
    """Return the text of a solution's file, with changes (old, new) made in it."""
    _, text = SOLUTIONS[name]
    for old, new in changes:
        if text.count(old) != 1:
            raise ValueError(f"{name}: {old!r} should occur once")
        text = text.replace(old, new)
    return HEAD + "\n" + text
