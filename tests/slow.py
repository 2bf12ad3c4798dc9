"""The loop oracle: what each layer computes, one number at a time.

Nothing here is fast and nothing is shared with the library. Where a window lies is
worked out from Keras's own rule for "same": ceil(length / stride) windows, a border of
max(0, (windows - 1) * stride + window - length) cells, half of it before (rounded
down) and the rest behind. Letters as in the library: N H W C, KH KW, OH OW, F.
"""

import math
from collections.abc import Iterator

import numpy as np


def firsts(length: int, window: int, stride: int, padding: str) -> list[int]:
    """Return where each window begins along one axis; before 0 is border."""
    if padding == "valid":
        return list(range(0, length - window + 1, stride))
    windows = math.ceil(length / stride)
    border = max(0, (windows - 1) * stride + window - length)
    return [k * stride - border // 2 for k in range(windows)]


def real_cells(
    shape: tuple[int, ...],
    window: tuple[int, int],
    strides: tuple[int, int],
    padding: str,
) -> Iterator[tuple[tuple[int, int], list[tuple[int, int, int, int]]]]:
    """Yield ((i, j), [(a, b, row, column), ...]) for each window of a photo (H, W).

    (a, b) is the place in the window, (row, column) the cell of the photo under it;
    cells of the border are left out.
    """
    height, width = shape
    tops = firsts(height, window[0], strides[0], padding)
    lefts = firsts(width, window[1], strides[1], padding)
    for i, top in enumerate(tops):
        for j, left in enumerate(lefts):
            cells = []
            for a in range(window[0]):
                for b in range(window[1]):
                    row, column = top + a, left + b
                    if 0 <= row < height and 0 <= column < width:
                        cells.append((a, b, row, column))
            yield (i, j), cells


def _output(x, window, strides, padding, channels):
    rows = len(firsts(x.shape[1], window[0], strides[0], padding))
    columns = len(firsts(x.shape[2], window[1], strides[1], padding))
    return np.zeros((len(x), rows, columns, channels))


def convolution(x, kernel, bias, strides=(1, 1), padding="valid"):
    window, (C, F) = kernel.shape[:2], kernel.shape[2:]
    y = _output(x, window, strides, padding, F)
    for (i, j), cells in real_cells(x.shape[1:3], window, strides, padding):
        for n in range(len(x)):
            for f in range(F):
                total = float(bias[f])
                for a, b, row, column in cells:
                    for c in range(C):
                        total += x[n, row, column, c] * kernel[a, b, c, f]
                y[n, i, j, f] = total
    return y


def depthwiseconv2d(x, kernel, bias, strides=(1, 1), padding="valid"):
    window, (C, M) = kernel.shape[:2], kernel.shape[2:]
    y = _output(x, window, strides, padding, C * M)
    for (i, j), cells in real_cells(x.shape[1:3], window, strides, padding):
        for n, c, m in np.ndindex(len(x), C, M):
            total = float(bias[c * M + m])
            for a, b, row, column in cells:
                total += x[n, row, column, c] * kernel[a, b, c, m]
            y[n, i, j, c * M + m] = total
    return y


def separableconv2d(x, depthwise, pointwise, bias, strides=(1, 1), padding="valid"):
    d = depthwiseconv2d(x, depthwise, np.zeros(pointwise.shape[2]), strides, padding)
    return convolution(d, pointwise, bias)


def reshape(x, target_shape):
    y = np.zeros((len(x), x[0].size))
    for n in range(len(x)):
        for place, index in enumerate(np.ndindex(*x.shape[1:])):
            y[n, place] = x[(n, *index)]
    return y.reshape(len(x), *target_shape)


def resizing(x, height, width, interpolation):
    """Each number from the four around its place, weighted by their distance."""
    N, H, W, C = x.shape
    y = np.zeros((N, height, width, C))
    for n, i, j, c in np.ndindex(y.shape):
        row = (i + 0.5) * H / height - 0.5
        column = (j + 0.5) * W / width - 0.5
        if interpolation == "nearest":
            row, column = math.floor(row + 0.5), math.floor(column + 0.5)
        for r in (math.floor(row), math.floor(row) + 1):
            for s in (math.floor(column), math.floor(column) + 1):
                share = (1 - abs(row - r)) * (1 - abs(column - s))
                cell = x[n, min(max(r, 0), H - 1), min(max(s, 0), W - 1), c]
                y[n, i, j, c] += share * cell
    return y


def convolution_gradients(x, kernel, dy, strides=(1, 1), padding="valid"):
    """Return (dx, dkernel, dbias): every product of `convolution`, walked again."""
    window, (C, F) = kernel.shape[:2], kernel.shape[2:]
    dx, dkernel, dbias = np.zeros(x.shape), np.zeros(kernel.shape), np.zeros(F)
    for (i, j), cells in real_cells(x.shape[1:3], window, strides, padding):
        for n in range(len(x)):
            for f in range(F):
                slope = dy[n, i, j, f]
                dbias[f] += slope
                for a, b, row, column in cells:
                    for c in range(C):
                        dx[n, row, column, c] += kernel[a, b, c, f] * slope
                        dkernel[a, b, c, f] += x[n, row, column, c] * slope
    return dx, dkernel, dbias


def pooling(kind, x, window, strides=None, padding="valid"):
    """Return the "max", "average" or "sum" of the real cells of each window."""
    strides = strides or window
    y = _output(x, window, strides, padding, x.shape[3])
    for (i, j), cells in real_cells(x.shape[1:3], window, strides, padding):
        for n in range(len(x)):
            for c in range(x.shape[3]):
                numbers = [x[n, row, column, c] for _, _, row, column in cells]
                if kind == "max":
                    y[n, i, j, c] = max(numbers)
                elif kind == "average":
                    y[n, i, j, c] = sum(numbers) / len(numbers)
                else:
                    y[n, i, j, c] = sum(numbers)
    return y


def pooling_gradient(kind, x, dy, window, strides=None, padding="valid"):
    """Return dx; of several maxima in a window the first in row order gets it all."""
    strides = strides or window
    dx = np.zeros(x.shape)
    for (i, j), cells in real_cells(x.shape[1:3], window, strides, padding):
        for n in range(len(x)):
            for c in range(x.shape[3]):
                places = [(n, row, column, c) for _, _, row, column in cells]
                if kind == "max":  # Python's max, too, keeps the first of equals
                    dx[max(places, key=lambda place: x[place])] += dy[n, i, j, c]
                    continue
                share = len(places) if kind == "average" else 1
                for place in places:
                    dx[place] += dy[n, i, j, c] / share
    return dx


def zeropadding2d(x, padding):
    (top, bottom), (left, right) = padding
    N, H, W, C = x.shape
    y = np.zeros((N, top + H + bottom, left + W + right, C))
    for n, i, j, c in np.ndindex(y.shape):
        if 0 <= i - top < H and 0 <= j - left < W:
            y[n, i, j, c] = x[n, i - top, j - left, c]
    return y


def globalaveragepooling2d(x):
    N, H, W, C = x.shape
    return pooling("average", x, (H, W)).reshape(N, C)


def globalmaxpooling2d(x):
    N, H, W, C = x.shape
    return pooling("max", x, (H, W)).reshape(N, C)


def flatten(x):
    y = np.zeros((len(x), x[0].size))
    for place in np.ndindex(x.shape[1:]):
        number = 0  # (i * W + j) * C + c
        for index, length in zip(place, x.shape[1:], strict=True):
            number = number * length + index
        for n in range(len(x)):
            y[n, number] = x[n, *place]
    return y


def dense(x, kernel, bias):
    y = np.zeros((len(x), kernel.shape[1]))
    for n, unit in np.ndindex(y.shape):
        y[n, unit] = bias[unit]
        for k in range(kernel.shape[0]):
            y[n, unit] += x[n, k] * kernel[k, unit]
    return y


def dense_gradients(x, kernel, dy):
    """Return (dx, dkernel, dbias)."""
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    dbias = np.zeros(kernel.shape[1])
    for n, unit in np.ndindex(dy.shape):
        dbias[unit] += dy[n, unit]
        for k in range(kernel.shape[0]):
            dx[n, k] += kernel[k, unit] * dy[n, unit]
            dkernel[k, unit] += x[n, k] * dy[n, unit]
    return dx, dkernel, dbias


def relu(x):
    return _each(lambda number: number if number > 0 else 0.0, x)


def sigmoid(x):
    return _each(lambda number: 1 / (1 + math.exp(-number)), x)


def leakyrelu(x, negative_slope):
    return _each(lambda number: number if number > 0 else negative_slope * number, x)


def elu(x, alpha):
    return _each(
        lambda number: number if number > 0 else alpha * (math.exp(number) - 1), x
    )


def selu(x):
    def one(number):
        below = 1.6732632423543772 * (math.exp(min(number, 0)) - 1)
        return 1.0507009873554805 * (number if number > 0 else below)

    return _each(one, x)


def tanh(x):
    return _each(
        lambda number: (
            (math.exp(number) - math.exp(-number))
            / (math.exp(number) + math.exp(-number))
        ),
        x,
    )


def softplus(x):
    return _each(lambda number: math.log(1 + math.exp(number)), x)


def swish(x):
    return _each(lambda number: number / (1 + math.exp(-number)), x)


def identity(x):
    return _each(lambda number: number, x)


def softmax(x):
    y = np.zeros(x.shape)
    for place in np.ndindex(x.shape[:-1]):
        powers = [math.exp(number) for number in x[place]]
        for k, power in enumerate(powers):
            y[*place, k] = power / sum(powers)
    return y


def batch_normalization(x, gamma, beta, mean, variance, epsilon, training):
    y = np.zeros(x.shape)
    for c in range(x.shape[-1]):
        m, v = mean[c], variance[c]
        if training:
            numbers = [float(number) for number in x[..., c].ravel()]
            m = math.fsum(numbers) / len(numbers)
            v = math.fsum((number - m) ** 2 for number in numbers) / len(numbers)
        for place in np.ndindex(x.shape[:-1]):
            x_hat = (x[*place, c] - m) / math.sqrt(v + epsilon)
            y[*place, c] = gamma[c] * x_hat + beta[c]
    return y


def _each(function, x):
    y = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        y[place] = function(float(x[place]))
    return y


def numerical_gradient(function, x, h=1e-5):
    """Return d function() / d x by wiggling each number of x, which is put back.

    The function may return an array: the gradient is of its sum.
    """
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        kept = x[place]
        x[place] = kept + h
        above = function()
        x[place] = kept - h
        below = function()
        x[place] = kept
        # Subtract before summing: the other outputs cancel exactly, not about.
        gradient[place] = np.sum(above - below) / (2 * h)
    return gradient


def distinct(shape, rng, dtype=np.float64):
    """Return numbers 0.1 apart and none of them 0: no ties for max, no kink in ReLU."""
    size = math.prod(shape)
    numbers = (rng.permutation(size) - size // 2) / 10 + 0.05
    return numbers.reshape(shape).astype(dtype)
