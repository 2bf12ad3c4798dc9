"""The exercises: write the parts of a convolutional network yourself.

The docstring of each part gives its input, its output and the formula. Replace the
lines `raise NotImplementedError(...)` with your own code, part by part, and check it:

    python -m tinycnn.check my_exercises.py

The arguments (filters, pool_size ...), the shapes and the initial weights are inherited
from tinycnn's class of that name; you write only the methods that are empty here.

The letters: N photos in a batch; H, W, C rows, columns, channels of the input;
KH, KW rows and columns of a kernel or window; OH, OW rows and columns of the output;
F filters. dy is d loss / d y and has the shape of y; dx and dkernel likewise.

Helpers that you may use:

    (OH, OW), borders = self._grid(x.shape[1:])   how often the window fits; the border
    padded = pad(x, borders, fill=0.0)            x with its border ("same" padding)
    x = crop(padded, borders)                     the inverse: x without the border
    OH, OW = grid_of(padded.shape, window, strides)
    for cell in window_cells(padded, window, strides):
        a view (N, OH, OW, C) of padded: the top left cell of every window, then its
        right neighbour, and so on; cell += ... changes padded
    self.kept = (x, y)                            in forward: keep what backward needs
    x, y = self.kept_for(dy)                      in backward: get it back
"""

import numpy as np

from tinycnn.layers import Conv2D, Dense, MaxPooling2D, ReLU, Sigmoid, SumPooling2D
from tinycnn.layers.windows import crop, grid_of, pad, window_cells
from tinycnn.losses import BinaryCrossentropy
from tinycnn.optimizers import SGD, Adam


class MyReLU(ReLU):
    """Keep what is positive, make the rest 0."""

    def forward(self, x, training=False):
        """x of any shape -> y of the same shape::

            y = max(x, 0)

        Keep, for backward, the places where x is above 0. Do not change x in place.
        """
        raise NotImplementedError("return y, of the shape of x")

    def backward(self, dy):
        """dy (shape of y) -> dx (shape of x).

        To derive: the slope of y on each side of 0 (at 0 itself it is defined as 0),
        and how dx follows from it and dy. Do not change dy in place.
        """
        raise NotImplementedError("return dx, of the shape of x")


class MySigmoid(Sigmoid):
    """Squeeze any number into 0..1: a logit becomes a probability."""

    def forward(self, x, training=False):
        """x of any shape -> y of the same shape, in 0..1::

            y = 1 / (1 + exp(-x))

        x may be -1000 or 1000, and exp of a large number overflows: find a form that
        never takes exp of a number above 0.
        """
        raise NotImplementedError("return y, of the shape of x")

    def backward(self, dy):
        """dy (shape of y) -> dx (shape of x).

        To derive: the slope of y. It can be computed from y alone; so keep y.
        """
        raise NotImplementedError("return dx, of the shape of x")


class MyDense(Dense):
    """A fully connected layer.

    Each of the `units` outputs is a weighted sum of all inputs, plus a bias.
    """

    def forward(self, x, training=False):
        """x (N, inputs) -> y (N, units)::

            y[n, u] = bias[u] + sum over i of x[n, i] * kernel[i, u]

        self.params["kernel"] is (inputs, units), self.params["bias"] (units,). Keep x
        for backward.
        """
        raise NotImplementedError("return y, of shape (N, units)")

    def backward(self, dy):
        """dy (N, units) -> dx (N, inputs); self.grads written anew.

        To derive: dx, and self.grads = {"kernel": (inputs, units), "bias": (units,)}.
        Each is the derivative of the formula above, times dy, summed; the shapes decide
        what is transposed. Do not divide by N: the loss does.
        """
        raise NotImplementedError("return dx, of shape (N, inputs)")


class MyMaxPooling2D(MaxPooling2D):
    """Keep the largest value of each window.

    "Is the feature anywhere in this window?" - its exact place is forgotten. Nothing is
    learnt.
    """

    def forward(self, x, training=False):
        """x (N, H, W, C) -> y (N, OH, OW, C)::

            y[n, i, j, c] = max over a, b of
                            padded[n, i * strides[0] + a, j * strides[1] + b, c]

        a runs over the KH rows and b over the KW columns of self.pool_size;
        self.strides is (down, across). Fill the border with -np.inf, so that it is
        never the maximum. Keep, for backward, which cell of each window is the maximum;
        of several equal ones, the first in row order.
        """
        raise NotImplementedError("return y, of shape (N, OH, OW, C)")

    def backward(self, dy):
        """dy (N, OH, OW, C) -> dx (N, H, W, C).

        To derive: which cell gets dy[n, i, j, c]? A cell that is the maximum of two
        windows gets the sum.
        """
        raise NotImplementedError("return dx, of shape (N, H, W, C)")


class MySumPooling2D(SumPooling2D):
    """Keep the sum of each window.

    "How much of the feature is in this window?" Keras has no such layer; the tutorial
    names it. Nothing is learnt.
    """

    def forward(self, x, training=False):
        """x (N, H, W, C) -> y (N, OH, OW, C)::

            y[n, i, j, c] = sum over a, b of
                            padded[n, i * strides[0] + a, j * strides[1] + b, c]

        The border is 0. Keep the shapes that backward needs.
        """
        raise NotImplementedError("return y, of shape (N, OH, OW, C)")

    def backward(self, dy):
        """dy (N, OH, OW, C) -> dx (N, H, W, C).

        To derive: the slope of a sum, for each cell of the window. A cell in two
        windows gets the sum of both gradients.
        """
        raise NotImplementedError("return dx, of shape (N, H, W, C)")


class MyAveragePooling2D(MySumPooling2D):
    """Keep the mean of each window.

    Nothing is learnt.
    """

    @property
    def _cells(self):
        height, width, _ = shape = self.input_shape or (0, 0, 0)
        _, (down, across) = self._grid(shape)
        (KH, KW), (SH, SW) = self.pool_size, self.strides
        column = pad(np.ones((1, height, 1, 1), np.float32), (down, (0, 0)))
        row = pad(np.ones((1, 1, width, 1), np.float32), ((0, 0), across))
        rows_in = sum(window_cells(column, (KH, 1), (SH, 1)))
        columns_in = sum(window_cells(row, (1, KW), (1, SW)))
        return np.asarray(rows_in * columns_in, np.float32)

    def forward(self, x, training=False):
        """x (N, H, W, C) -> y (N, OH, OW, C): the mean of each window.

        Only real cells count, not the border: self._cells (1, OH, OW, 1) is their
        number in each window. You may use super().forward, which here is your own
        MySumPooling2D.
        """
        raise NotImplementedError("return y, of shape (N, OH, OW, C)")

    def backward(self, dy):
        """dy (N, OH, OW, C) -> dx (N, H, W, C).

        To derive: the slope of a mean, for each cell of the window.
        """
        raise NotImplementedError("return dx, of shape (N, H, W, C)")


def my_im2col(padded, window, strides):
    """Return every window as one row: (N, H, W, C) -> (N*OH*OW, KH*KW*C).

    padded (N, H, W, C) -> cols (N*OH*OW, KH*KW*C).

    window is (KH, KW), strides (down, across). One row for each window, in the order n,
    i, j (photo, down, across); the numbers of a row are in the order a, b, c (rows,
    columns, channels of the window)::

        padded[n, i * strides[0] + a, j * strides[1] + b, c]
    """
    raise NotImplementedError("return cols, of shape (N*OH*OW, KH*KW*C)")


def my_col2im(cols, padded_shape, window, strides):
    """Return the rows added up at their pixels: the adjoint of `im2col`.

    cols (N*OH*OW, KH*KW*C) -> padded (N, H, W, C).

    padded_shape is (N, H, W, C). Each number of cols goes back to the pixel that im2col
    copied it from. To derive: what is the result for a pixel in several windows? For
    every x and cols, this law holds::

        sum(im2col(x) * cols) == sum(x * col2im(cols))
    """
    raise NotImplementedError("return padded, of shape padded_shape")


class MyConv2D(Conv2D):
    """2D convolution with learnt kernels.

    Each of the `filters` kernels is laid over every window of the photo; the output is
    the sum of the products, plus a bias. One kernel gives one feature map.
    """

    def forward(self, x, training=False):
        """x (N, H, W, C) -> y (N, OH, OW, F)::

            y[n, i, j, f] = bias[f] + sum over a, b, c of kernel[a, b, c, f] *
                            padded[n, i * strides[0] + a, j * strides[1] + b, c]

        self.params["kernel"] is (KH, KW, C, F), self.params["bias"] (F,). With your
        my_im2col the windows are rows of a matrix, and the whole sum is one product, as
        in Dense. Keep what backward needs.
        """
        raise NotImplementedError("return y, of shape (N, OH, OW, F)")

    def backward(self, dy):
        """dy (N, OH, OW, F) -> dx (N, H, W, C); self.grads written anew.

        To derive: dx, and self.grads = {"kernel": (KH, KW, C, F), "bias": (F,)}. It is
        Dense again, with cols instead of x; your my_col2im adds dcols to the pixels.
        """
        raise NotImplementedError("return dx, of shape (N, H, W, C)")


class MyBinaryCrossentropy(BinaryCrossentropy):
    """The cross-entropy of yes-or-no labels, from logits."""

    def per_photo(self, y, y_pred):
        """y (N, K) in 0..1, logits z = y_pred (N, K) -> loss (N,), dz (N, K).

        A label may be any number from 0 to 1. With p = 1 / (1 + exp(-z))::

            loss[n] = mean over k of -y log(p) - (1 - y) log(1 - p)

        To derive: dz, the derivative of loss[n] by z (a very simple formula), and a
        form of the loss that is finite for every z, even for 1e38. The mean over the
        photos is not taken here.
        """
        raise NotImplementedError("return loss, dz, of shapes (N,) and (N, K)")


class MySGD(SGD):
    """Stochastic gradient descent: a small step against the gradient."""

    def update(self, params, grads):
        """Change each param in place, against its gradient.

        params and grads are dicts of arrays with the same names. With momentum, each
        step contains a fraction of the previous one, like a rolling ball: the velocity
        v. It starts at 0 for each param; keep it in self.v, a dict::

            v = self.momentum * v - self.learning_rate * grad
            param = param + v

        In place: the layer's own array must change. Do not change grads. Count the
        updates in self.t. self.learning_rate may change from one update to the next.
        """
        raise NotImplementedError("change the params in place")


class MyAdam(Adam):
    """Adam: each number has its own step length, from the history of its gradient."""

    def update(self, params, grads):
        """Change each param in place, against its gradient.

        m and v of each param start at 0 (keep them in self.m and self.v, which are
        dicts); self.t counts the updates from 1::

            m = beta_1 * m + (1 - beta_1) * grad
            v = beta_2 * v + (1 - beta_2) * grad**2
            rate = learning_rate * sqrt(1 - beta_2**t) / (1 - beta_1**t)
            param = param - rate * m / (sqrt(v) + epsilon)

        beta_1, beta_2, epsilon and learning_rate are in self; learning_rate may change
        from one update to the next. Do not change grads.
        """
        raise NotImplementedError("change the params in place")


# (For make.py, which never overwrites your work: made as 7abf79dc5175b0a7)
