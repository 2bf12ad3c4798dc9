"""Whole files that are right, written in unusual ways."""
# ruff: noqa: E501
# fmt: off

RIGHT = [
    ('relu_by_flat_places', 'MyReLU',
     'keeps the flat numbers of the positive places, no mask and no self.kept',
     '''
import numpy as np

from tinycnn.layers import ReLU


class MyReLU(ReLU):
    def forward(self, x, training=False):
        self.alive = np.flatnonzero(x > 0)
        y = np.zeros(x.shape, x.dtype)
        y.flat[self.alive] = x.flat[self.alive]
        return y

    def backward(self, dy):
        dx = np.zeros(dy.shape, dy.dtype)
        dx.flat[self.alive] = dy.flat[self.alive]
        return dx
'''),
    ('relu_clip_heaviside', 'MyReLU',
     'np.clip and np.heaviside, the slope kept in a dictionary behind a property',
     '''
import numpy as np

from tinycnn.layers import ReLU


class MyReLU(ReLU):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._memory = {}

    @property
    def slope(self):
        return self._memory["slope"]

    def forward(self, x, training=False):
        # heaviside(x, 0): 0 below, 0 at the kink, 1 above
        self._memory.update(slope=np.heaviside(x, 0))
        return np.clip(x, 0, None)

    def backward(self, dy):
        return np.multiply(dy, self.slope)
'''),
    ('relu_scatter_indices', 'MyReLU',
     'keeps the flat indices of the positive numbers and scatters into zeros',
     '''
import numpy as np

from tinycnn.layers import ReLU


def only_at(places, source):
    """Zeros, with the numbers of source at some flat places."""
    target = np.zeros(source.size, source.dtype)
    target[places] = source.ravel()[places]
    return target.reshape(source.shape)


class MyReLU(ReLU):
    def forward(self, x, training=False):
        x = self.check_input(x)
        self.alive = np.flatnonzero(x > 0)
        return only_at(self.alive, x)

    def backward(self, dy):
        return only_at(self.alive, dy)
'''),
    ('relu_recursive_lists', 'MyReLU',
     'recursion down nested Python lists, with lambdas',
     '''
import numpy as np

from tinycnn.layers import ReLU


def walk(function, *trees):
    """Apply function to each leaf of nested lists."""
    if isinstance(trees[0], list):
        return [walk(function, *branches) for branches in zip(*trees)]
    return function(*trees)


class MyReLU(ReLU):
    def forward(self, x, training=False):
        x = self.check_input(x)
        nested = x.tolist()
        self.kept = (nested,)
        y = walk(lambda v: v if v > 0 else 0.0, nested)
        return np.array(y, dtype=x.dtype).reshape(x.shape)

    def backward(self, dy):
        (nested,) = self.kept_for(dy)
        dx = walk(lambda v, d: d if v > 0 else 0.0, nested, dy.tolist())
        return np.array(dx, dtype=dy.dtype).reshape(dy.shape)
'''),
    ('sigmoid_by_logaddexp', 'MySigmoid',
     'y = exp(-log(exp(0) + exp(-x))), with np.logaddexp; the slope as y - y * y',
     '''
import numpy as np

from tinycnn.layers import Sigmoid


class MySigmoid(Sigmoid):
    def forward(self, x, training=False):
        y = np.exp(-np.logaddexp(0, -x))
        self.kept = (y,)
        return y

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        return (y - y * y) * dy
'''),
    ('sigmoid_logaddexp', 'MySigmoid',
     'exp of minus logaddexp(0, -x); the slope as a closure',
     '''
import numpy as np

from tinycnn.layers import Sigmoid


class MySigmoid(Sigmoid):
    def forward(self, x, training=False):
        x = self.check_input(x)
        # log(1 + exp(-x)) without overflow
        y = np.exp(-np.logaddexp(0, -x))
        self.kept = (lambda dy: dy * (y - y * y),)
        return y

    def backward(self, dy):
        (pull_back,) = self.kept_for(dy)
        return pull_back(dy)
'''),
    ('sigmoid_two_halves', 'MySigmoid',
     'the positive and the negative numbers computed apart with boolean indexing, a formula for each, float64 inside and cast back',
     '''
import numpy as np

from tinycnn.layers import Sigmoid


class MySigmoid(Sigmoid):
    def forward(self, x, training=False):
        x = self.check_input(x)
        halves = {
            "right": (x >= 0, lambda t: 1 / (1 + np.exp(-t))),
            "left": (x < 0, lambda t: np.exp(t) / (1 + np.exp(t))),
        }
        self.y = np.empty(x.shape)  # float64
        for is_here, formula in halves.values():
            self.y[is_here] = formula(x[is_here].astype(float))
        return self.y.astype(x.dtype)

    def backward(self, dy):
        # y - y**2 = 1/4 - (y - 1/2)**2
        return (dy * (0.25 - (self.y - 0.5) ** 2)).astype(dy.dtype)
'''),
    ('sigmoid_minimum_trick', 'MySigmoid',
     'exp(min(x, 0)) / (1 + exp(-|x|)); the slope e / (1 + e)**2 from e, not from y',
     '''
import numpy as np

from tinycnn.layers import Sigmoid


class MySigmoid(Sigmoid):
    def forward(self, x, training=False):
        x = self.check_input(x)
        self.e = np.exp(-np.abs(x))
        return np.exp(np.minimum(x, 0)) / (1 + self.e)

    def backward(self, dy):
        # sigmoid' is even, so the sign of x does not matter
        return dy * self.e / (1 + self.e) ** 2
'''),
    ('tanh_by_expm1', 'MyTanh',
     'tanh from expm1(-2|x|) and the sign; the slope as (1 - y)(1 + y)',
     '''
import numpy as np
from tinycnn.layers import Tanh


class MyTanh(Tanh):
    def forward(self, x, training=False):
        x = self.check_input(x)
        with np.errstate(over="ignore"):
            shrink = np.expm1(-2 * np.abs(x))  # from 0 down to -1
        y = np.copysign(shrink / (2 + shrink), x)
        self.kept = (y,)
        return y

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        return (1 - y) * dy * (1 + y)
'''),
    ('tanh_expm1', 'MyTanh',
     'by hand with expm1 of -2|x|, the sign put back by copysign; the slope 4 e / (1 + e)**2',
     '''
import numpy as np

from tinycnn.layers import Tanh


class MyTanh(Tanh):
    def forward(self, x, training=False):
        x = self.check_input(x)
        t = -2 * np.abs(x)
        self.e = np.exp(t)
        return np.copysign(-np.expm1(t) / (1 + self.e), x)

    def backward(self, dy):
        # 1 - y**2, with y = (1 - e) / (1 + e)
        return dy * (4 * self.e / (1 + self.e) ** 2)
'''),
    ('softmax_by_jacobian', 'MySoftmax',
     'forward by logaddexp.reduce; backward builds the whole Jacobian of each row',
     '''
import numpy as np
from tinycnn.layers import Softmax


class MySoftmax(Softmax):
    def forward(self, x, training=False):
        x = self.check_input(x)
        top = x.max(axis=-1, keepdims=True)
        with np.errstate(over="ignore"):
            low = x - top
        log_sum = np.logaddexp.reduce(low, axis=-1, keepdims=True)
        y = np.exp(low - log_sum)
        self.kept = (y,)
        return y

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        K = y.shape[-1]
        jacobian = -y[..., :, None] * y[..., None, :]
        diagonal = np.arange(K)
        jacobian[..., diagonal, diagonal] += y
        return np.matmul(dy[..., None, :], jacobian)[..., 0, :]
'''),
    ('softmax_jacobian', 'MySoftmax',
     'log-softmax by logaddexp.reduce; backward with the full Jacobian of each row',
     '''
import numpy as np

from tinycnn.layers import Softmax


class MySoftmax(Softmax):
    def forward(self, x, training=False):
        x = self.check_input(x)
        z = x - x.max(axis=-1, keepdims=True)
        y = np.exp(z - np.logaddexp.reduce(z, axis=-1)[..., None])
        self.kept = (y,)
        return y

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        K = y.shape[-1]
        jacobian = np.eye(K, dtype=y.dtype) * y[..., None] - y[..., :, None] * y[..., None, :]
        return np.matmul(jacobian, dy[..., None])[..., 0]
'''),
    ('flatten_by_index', 'MyFlatten',
     'every number is copied by its index, as the formula says; backward takes the columns of an index table',
     '''
import numpy as np
from tinycnn.layers import Flatten


class MyFlatten(Flatten):
    def forward(self, x, training=False):
        x = self.check_input(x)
        table = np.arange(np.prod(x.shape[1:], dtype=int)).reshape(x.shape[1:])
        y = np.zeros((x.shape[0], table.size), x.dtype)
        for place in np.ndindex(*x.shape[1:]):
            y[:, table[place]] = x[(slice(None), *place)]
        self.kept = (table,)
        return y

    def backward(self, dy):
        (table,) = self.kept_for(dy)
        return np.take(dy, table, axis=1)
'''),
    ('flatten_indices', 'MyFlatten',
     'a loop over np.ndindex that copies number after number; the length is a property',
     '''
import math

import numpy as np

from tinycnn.layers import Flatten


class MyFlatten(Flatten):
    @property
    def length(self):
        return math.prod(self.shape)

    def forward(self, x, training=False):
        x = self.check_input(x)
        self.shape = x.shape[1:]
        y = np.zeros((len(x), self.length), x.dtype)
        for position, place in enumerate(np.ndindex(*self.shape)):
            y[:, position] = x[(slice(None), *place)]
        return y

    def backward(self, dy):
        dx = np.empty((len(dy), *self.shape), dy.dtype)
        for position, place in enumerate(np.ndindex(*self.shape)):
            dx[(slice(None), *place)] = dy[:, position]
        return dx
'''),
    ('dense_column_of_ones', 'MyDense',
     'the bias is a row of a larger kernel, for an input that is always 1',
     '''
import numpy as np

from tinycnn.layers import Dense


class MyDense(Dense):
    def _both(self):
        return np.concatenate([self.params["bias"][None], self.params["kernel"]])

    def forward(self, x, training=False):
        one_more = np.ones((x.shape[0], x.shape[1] + 1), x.dtype)
        one_more[:, 1:] = x
        self.one_more = one_more
        return one_more @ self._both()

    def backward(self, dy):
        dbias, *dkernel = self.one_more.T @ dy
        self.grads = {"bias": dbias, "kernel": np.stack(dkernel)}
        return (self._both() @ dy.T).T[:, 1:]
'''),
    ('dense_augmented', 'MyDense',
     'a column of ones on x and the bias as the last row of one matrix; both gradients from one product',
     '''
import numpy as np

from tinycnn.layers import Dense


class MyDense(Dense):
    @property
    def whole(self):
        """kernel above, bias as the last row: (inputs + 1, units)"""
        return np.vstack([self.params["kernel"], self.params["bias"]])

    def forward(self, x, training=False):
        x = self.check_input(x)
        ones = np.ones((x.shape[0], 1), x.dtype)
        self.x1 = np.hstack([x, ones])
        return self.x1 @ self.whole

    def backward(self, dy):
        dwhole = self.x1.T @ dy
        self.grads = {"kernel": dwhole[:-1], "bias": dwhole[-1]}
        return (dy @ self.whole.T)[:, :-1]
'''),
    ('dense_neurons', 'MyDense',
     'a helper class Neuron with Python sums in float64, cast back',
     '''
import numpy as np

from tinycnn.layers import Dense


class Neuron:
    """One unit: a list of weights and a bias."""

    def __init__(self, weights, bias):
        self.weights = list(map(float, weights))
        self.bias = float(bias)

    def fire(self, inputs):
        return self.bias + sum(w * v for w, v in zip(self.weights, inputs))


class MyDense(Dense):
    def forward(self, x, training=False):
        kernel, bias = self.params["kernel"], self.params["bias"]
        self.x = x
        self.neurons = [Neuron(w, b) for w, b in zip(kernel.T, bias)]
        y = np.empty((len(x), len(self.neurons)), np.result_type(x, kernel))
        for n, photo in enumerate(x.tolist()):
            y[n] = [neuron.fire(photo) for neuron in self.neurons]
        return y

    def backward(self, dy):
        kernel = self.params["kernel"]
        dkernel = np.zeros(kernel.shape)
        dbias = np.zeros(len(self.neurons))
        dx = np.zeros(self.x.shape)
        for n in range(len(dy)):
            for u, neuron in enumerate(self.neurons):
                d = float(dy[n, u])
                dbias[u] += d
                dkernel[:, u] += d * self.x[n].astype(float)
                dx[n] += d * np.array(neuron.weights)
        self.grads = {
            "kernel": dkernel.astype(dy.dtype),
            "bias": dbias.astype(dy.dtype),
        }
        return dx.astype(dy.dtype)
'''),
    ('dense_broadcast_sums', 'MyDense',
     'no product of matrices at all: broadcasting to (N, inputs, units) and three sums',
     '''
import numpy as np

from tinycnn.layers import Dense


class MyDense(Dense):
    def forward(self, x, training=False):
        x = self.check_input(x)
        kernel, bias = (self.params[name] for name in ("kernel", "bias"))
        self.kept = (x[:, :, None], kernel[None])
        return (x[:, :, None] * kernel).sum(1) + bias

    def backward(self, dy):
        x, kernel = self.kept_for(dy)
        dcube = dy[:, None, :]
        self.grads = dict(kernel=(x * dcube).sum(0), bias=dcube.sum((0, 1)))
        return (kernel * dcube).sum(2)
'''),
    ('dense_einsum_dictionary', 'MyDense',
     'a table of einsum formulas, looped over; works without a bias too',
     '''
import numpy as np

from tinycnn.layers import Dense

FORMULAS = {
    "kernel": "ni,nu->iu",
    "bias": "ni,nu->u",
}


class MyDense(Dense):
    def forward(self, x, training=False):
        x = self.check_input(x)
        self.kept = (x,)
        y = np.einsum("ni,iu->nu", x, self.params["kernel"])
        for name in self.params.keys() - {"kernel"}:
            y = y + self.params[name][np.newaxis]
        return y

    def backward(self, dy):
        (x,) = self.kept_for(dy)
        what = {"kernel": x, "bias": np.ones((len(x), 1), dy.dtype)}
        self.grads = {
            name: np.einsum(FORMULAS[name], what[name], dy) for name in self.params
        }
        return np.einsum("nu,iu->ni", dy, self.params["kernel"])
'''),
    ('max_argmax_and_add_at', 'MyMaxPooling2D',
     'sliding windows, argmax, and np.add.at at the places of x; no padded gradient',
     '''
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import pad


class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        (OH, OW), borders = self._grid(x.shape[1:])
        ((top, _), (left, _)) = borders
        padded = pad(x, borders, fill=-np.inf)
        view = sliding_window_view(padded, self.pool_size, axis=(1, 2))
        view = view[:, :: self.strides[0], :: self.strides[1]]
        flat = view.reshape(*view.shape[:4], self.pool_size[0] * self.pool_size[1])
        a, b = np.divmod(flat.argmax(axis=-1), self.pool_size[1])
        n, i, j, c = np.ogrid[tuple(map(slice, a.shape))]
        rows = i * self.strides[0] + a - top
        columns = j * self.strides[1] + b - left
        self.kept = (x.shape, (n, rows, columns, c))
        return x[n, rows, columns, c]

    def backward(self, dy):
        shape, places = self.kept_for(dy)
        dx = np.zeros(shape, dy.dtype)
        np.add.at(dx, places, dy)
        return dx
'''),
    ('max_python_max_with_key', 'MyMaxPooling2D',
     'plain Python: max(places, key=...) of the real places, the winners in a dictionary',
     '''
import numpy as np

from tinycnn.layers import MaxPooling2D


class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        (OH, OW), ((top, _), (left, _)) = self._grid(x.shape[1:])
        N, H, W, C = x.shape
        y = np.empty((N, OH, OW, C), x.dtype)
        self.shape, self.won = x.shape, {}
        for here in np.ndindex(y.shape):
            n, i, j, c = here
            r, s = i * self.strides[0] - top, j * self.strides[1] - left
            places = [
                (n, row, column, c)
                for row in range(r, r + self.pool_size[0])
                for column in range(s, s + self.pool_size[1])
                if 0 <= row < H and 0 <= column < W
            ]
            best = max(places, key=lambda place: x[place])  # the first of equal ones
            y[here] = x[best]
            self.won.setdefault(best, []).append(here)
        return y

    def backward(self, dy):
        dx = np.zeros(self.shape, dy.dtype)
        for place, outputs in self.won.items():
            dx[place] = sum(dy[output] for output in outputs)
        return dx
'''),
    ('max_separable', 'MyMaxPooling2D',
     'separable: the maximum across first, then down; scattered with np.add.at',
     '''
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import crop, pad


class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders, fill=-np.inf)
        (KH, KW), (down, across) = self.pool_size, self.strides
        in_row = sliding_window_view(padded, KW, axis=2)[:, :, ::across]
        best_b, best = in_row.argmax(-1), in_row.max(-1)  # N, H, OW, C
        in_column = sliding_window_view(best, KH, axis=1)[:, ::down]
        best_a = in_column.argmax(-1)  # N, OH, OW, C
        n, i, j, c = np.ogrid[: len(x), :OH, :OW, : x.shape[3]]
        row = i * down + best_a
        column = j * across + best_b[n, row, j, c]
        self.kept = (n, row, column, c), padded.shape, borders
        return in_column.max(-1)

    def backward(self, dy):
        winners, padded_shape, borders = self.kept_for(dy)
        dpadded = np.zeros(padded_shape, dy.dtype)
        np.add.at(dpadded, winners, dy)
        return crop(dpadded, borders)
'''),
    ('max_dictionary', 'MyMaxPooling2D',
     'pure Python loops; a dictionary from output cell to winning pixel, without a border',
     '''
from itertools import product

import numpy as np

from tinycnn.layers import MaxPooling2D


class MyMaxPooling2D(MaxPooling2D):
    def pixels_of(self, i, j):
        """Yield the real pixels of window i, j in row order."""
        top, left = self.corner
        for a, b in product(*map(range, self.pool_size)):
            r = i * self.strides[0] + a - top
            s = j * self.strides[1] + b - left
            if 0 <= r < self.size[0] and 0 <= s < self.size[1]:
                yield r, s

    def forward(self, x, training=False):
        (OH, OW), ((top, _), (left, _)) = self._grid(x.shape[1:])
        N, H, W, C = x.shape
        self.corner, self.size = (top, left), (H, W)
        self.winner = {}
        y = np.zeros((N, OH, OW, C), x.dtype)
        for n, i, j, c in product(range(N), range(OH), range(OW), range(C)):
            # max of Python keeps the first of equal ones
            r, s = max(self.pixels_of(i, j), key=lambda place: x[n, place[0], place[1], c])
            self.winner[n, i, j, c] = n, r, s, c
            y[n, i, j, c] = x[n, r, s, c]
        self.x_shape = x.shape
        return y

    def backward(self, dy):
        dx = np.zeros(self.x_shape, dy.dtype)
        for cell, pixel in self.winner.items():
            dx[pixel] += dy[cell]
        return dx
'''),
    ('max_nchw_bincount', 'MyMaxPooling2D',
     'NCHW inside, flat pixel numbers, np.bincount with weights in float64 and cast back',
     '''
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import crop, pad

to_nchw = lambda t: np.moveaxis(t, -1, 1)
to_nhwc = lambda t: np.moveaxis(t, 1, -1)


class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        (OH, OW), borders = self._grid(x.shape[1:])
        planes = to_nchw(pad(x, borders, fill=-np.inf))
        N, C, H, W = planes.shape
        KH, KW = self.pool_size
        down, across = self.strides
        windows = sliding_window_view(planes, (KH, KW), axis=(2, 3))[:, :, ::down, ::across]
        flat = windows.reshape(N, C, OH, OW, KH * KW)
        a, b = np.divmod(flat.argmax(axis=4), KW)
        row = a + down * np.arange(OH)[:, None]
        column = b + across * np.arange(OW)
        plane = np.arange(N * C).reshape(N, C, 1, 1)
        self.kept = ((plane * H + row) * W + column, (N, C, H, W), borders)
        return to_nhwc(flat.max(axis=4))

    def backward(self, dy):
        pixel, shape, borders = self.kept_for(dy)
        total = np.bincount(
            pixel.ravel(), weights=to_nchw(dy).ravel(), minlength=int(np.prod(shape))
        )
        return crop(to_nhwc(total.reshape(shape)).astype(dy.dtype), borders)
'''),
    ('max_reduce_masks', 'MyMaxPooling2D',
     'functools.reduce over the cells, then one mask for each cell with a set of windows already taken',
     '''
from functools import reduce

import numpy as np

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders, fill=-np.inf)
        cells = list(window_cells(padded, self.pool_size, self.strides))
        y = np.array(reduce(np.maximum, cells))
        free = np.ones(y.shape, bool)
        masks = []
        for cell in cells:
            masks.append((cell == y) & free)
            free &= ~masks[-1]
        self.kept = (masks, padded.shape, borders)
        return y

    def backward(self, dy):
        masks, padded_shape, borders = self.kept_for(dy)
        dpadded = np.zeros(padded_shape, dy.dtype)
        targets = window_cells(dpadded, self.pool_size, self.strides)
        for mask, target in zip(masks, targets):
            target += np.where(mask, dy, 0)
        return crop(dpadded, borders)
'''),
    ('max_sorted_stable', 'MyMaxPooling2D',
     'a stable argsort of minus the window; take_along_axis and put_along_axis in both directions',
     '''
import numpy as np

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders, fill=-np.inf)
        stack = np.stack(list(window_cells(padded, self.pool_size, self.strides)))
        # stable: of equal ones the first stays first
        order = np.argsort(-stack, axis=0, kind="stable")
        self.kept = (order[:1], stack.shape, padded.shape, borders)
        return np.take_along_axis(stack, order[:1], axis=0)[0]

    def backward(self, dy):
        first, stack_shape, padded_shape, borders = self.kept_for(dy)
        dstack = np.zeros(stack_shape, dy.dtype)
        np.put_along_axis(dstack, first, dy[None], axis=0)
        dpadded = np.zeros(padded_shape, dy.dtype)
        for d, cell in zip(dstack, window_cells(dpadded, self.pool_size, self.strides)):
            cell += d
        return crop(dpadded, borders)
'''),
    ('sum_two_matrices', 'MySumPooling2D',
     'a matrix of 0 and 1 for the rows and one for the columns; backward their transposes',
     '''
import numpy as np

from tinycnn.layers import SumPooling2D


def belongs(length, windows, size, stride, before):
    """Return (windows, length): 1 where the cell is in the window."""
    start = np.arange(windows)[:, None] * stride - before
    cell = np.arange(length)[None, :]
    return (start <= cell) & (cell < start + size)


class MySumPooling2D(SumPooling2D):
    def forward(self, x, training=False):
        _, H, W, _ = x.shape
        (OH, OW), ((top, _), (left, _)) = self._grid(x.shape[1:])
        rows = belongs(H, OH, self.pool_size[0], self.strides[0], top)
        columns = belongs(W, OW, self.pool_size[1], self.strides[1], left)
        self.kept = (rows, columns)
        half = np.einsum("ih,nhwc->niwc", rows.astype(x.dtype), x)
        return np.einsum("jw,niwc->nijc", columns.astype(x.dtype), half)

    def backward(self, dy):
        rows, columns = self.kept_for(dy)
        half = np.einsum("jw,nijc->niwc", columns.astype(dy.dtype), dy)
        return np.einsum("ih,niwc->nhwc", rows.astype(dy.dtype), half)
'''),
    ('sum_integral_image', 'MySumPooling2D',
     'a summed-area table in float64 forward, a difference array backward',
     '''
import numpy as np

from tinycnn.layers import SumPooling2D
from tinycnn.layers.windows import crop, pad


class MySumPooling2D(SumPooling2D):
    """Summed-area table; backward is its transpose, a difference array."""

    def corners(self, OH, OW):
        """Yield sign, rows, columns of the four corners of all windows."""
        for low, sign_a in ((0, -1), (self.pool_size[0], 1)):
            for left, sign_b in ((0, -1), (self.pool_size[1], 1)):
                rows = low + self.strides[0] * np.arange(OH)
                columns = left + self.strides[1] * np.arange(OW)
                yield sign_a * sign_b, rows[:, None], columns

    def forward(self, x, training=False):
        x = self.check_input(x)
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders).astype(np.float64)
        N, H, W, C = padded.shape
        table = np.zeros((N, H + 1, W + 1, C))
        table[:, 1:, 1:] = padded.cumsum(axis=1).cumsum(axis=2)
        y = sum(sign * table[:, r, s] for sign, r, s in self.corners(OH, OW))
        self.kept = (table.shape, borders)
        return y.astype(x.dtype)

    def backward(self, dy):
        shape, borders = self.kept_for(dy)
        steps = np.zeros(shape)
        for sign, r, s in self.corners(*dy.shape[1:3]):
            steps[:, r, s] += sign * dy
        dpadded = steps.cumsum(axis=1).cumsum(axis=2)[:, :-1, :-1]
        return crop(dpadded, borders).astype(dy.dtype)
'''),
    ('sum_linear_map', 'MySumPooling2D',
     'two 0/1 matrices, down and across, which know the border; y = R x C^T, dx = R^T dy C',
     '''
import numpy as np

from tinycnn.layers import SumPooling2D


def membership(length, before, size, stride, count):
    """(count, length): 1 where cell k of the photo is in window i, else 0."""
    first = np.arange(count)[:, None] * stride - before
    k = np.arange(length)[None, :]
    return ((k >= first) & (k < first + size)).astype(float)


class MySumPooling2D(SumPooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        grid, borders = self._grid(x.shape[1:])
        self.maps = [
            membership(x.shape[1 + axis], borders[axis][0], self.pool_size[axis],
                       self.strides[axis], grid[axis])
            for axis in (0, 1)
        ]
        y = np.einsum("ih,nhwc,jw->nijc", self.maps[0], x, self.maps[1], optimize=True)
        return y.astype(x.dtype)

    def backward(self, dy):
        rows, columns = self.maps
        dx = np.einsum("ih,nijc,jw->nhwc", rows, dy, columns, optimize=True)
        return dx.astype(dy.dtype)
'''),
    ('sum_dilate_and_slide', 'MySumPooling2D',
     'sliding_window_view in both directions: backward spreads dy over a grid with gaps and sums windows again',
     '''
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tinycnn.layers import SumPooling2D
from tinycnn.layers.windows import crop, pad


class MySumPooling2D(SumPooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        self.kept = (padded.shape, borders)
        windows = sliding_window_view(padded, self.pool_size, axis=(1, 2))
        return windows[:, :: self.strides[0], :: self.strides[1]].sum(axis=(-2, -1))

    def backward(self, dy):
        (N, H, W, C), borders = self.kept_for(dy)
        (KH, KW), (down, across) = self.pool_size, self.strides
        # pixel (h, w) is in the windows that start at h-KH+1..h, w-KW+1..w
        starts = np.zeros((N, H + KH - 1, W + KW - 1, C), dy.dtype)
        OH, OW = dy.shape[1:3]
        starts[:, KH - 1 :, KW - 1 :][:, : OH * down : down, : OW * across : across] = dy
        spread = sliding_window_view(starts, (KH, KW), axis=(1, 2)).sum(axis=(4, 5))
        return crop(spread, borders)
'''),
    ('average_windows_cut_at_edge', 'MyAveragePooling2D',
     'no border, no _cells: slices cut off at the edge, .mean(), and their own count',
     '''
import numpy as np

from tinycnn.layers import SumPooling2D


class MyAveragePooling2D(SumPooling2D):
    def _slices(self, shape):
        (OH, OW), ((top, _), (left, _)) = self._grid(shape[1:])
        for i in range(OH):
            r = i * self.strides[0] - top
            down = slice(max(r, 0), min(r + self.pool_size[0], shape[1]))
            for j in range(OW):
                s = j * self.strides[1] - left
                across = slice(max(s, 0), min(s + self.pool_size[1], shape[2]))
                yield (slice(None), i, j), (slice(None), down, across)

    def forward(self, x, training=False):
        grid, _ = self._grid(x.shape[1:])
        y = np.empty((x.shape[0], *grid, x.shape[3]), x.dtype)
        for cell, window in self._slices(x.shape):
            y[cell] = x[window].mean(axis=(1, 2))
        self.kept = (x.shape,)
        return y

    def backward(self, dy):
        (shape,) = self.kept_for(dy)
        dx = np.zeros(shape, dy.dtype)
        for cell, window in self._slices(shape):
            part = dx[window]
            part += dy[cell][:, None, None] / (part.shape[1] * part.shape[2])
        return dx
'''),
    ('average_real_slices', 'MyAveragePooling2D',
     'no border at all: a generator of the slices of real cells, .mean of each',
     '''
import numpy as np

from tinycnn.layers import AveragePooling2D


class MyAveragePooling2D(AveragePooling2D):
    def places(self, shape):
        """Yield (output cell, slice of the photo) without the border."""
        (OH, OW), ((top, _), (left, _)) = self._grid(shape)
        for i in range(OH):
            r = i * self.strides[0] - top
            for j in range(OW):
                s = j * self.strides[1] - left
                yield (slice(None), i, j), (
                    slice(None),
                    slice(max(r, 0), r + self.pool_size[0]),
                    slice(max(s, 0), s + self.pool_size[1]),
                )

    def forward(self, x, training=False):
        x = self.check_input(x)
        self.kept = (x.shape,)
        y = np.empty((len(x), *self.output_shape), x.dtype)
        for cell, window in self.places(x.shape[1:]):
            y[cell] = x[window].mean(axis=(1, 2))
        return y

    def backward(self, dy):
        (shape,) = self.kept_for(dy)
        dx = np.zeros(shape, dy.dtype)
        for cell, window in self.places(shape[1:]):
            target = dx[window]
            target += dy[cell][:, None, None] / (target.shape[1] * target.shape[2])
        return dx
'''),
    ('average_row_stochastic', 'MyAveragePooling2D',
     'two matrices whose rows sum to 1 (the count of cells is a product), tensordot in float64',
     '''
import numpy as np

from tinycnn.layers import AveragePooling2D


class MyAveragePooling2D(AveragePooling2D):
    def _matrix(self, axis, shape):
        grid, borders = self._grid(shape)
        M = np.zeros((grid[axis], shape[axis]))
        for i, row in enumerate(M):
            start = i * self.strides[axis] - borders[axis][0]
            row[max(0, start) : start + self.pool_size[axis]] = 1
        return M / M.sum(axis=1, keepdims=True)

    def forward(self, x, training=False):
        x = self.check_input(x)
        A, B = self.maps = [self._matrix(axis, x.shape[1:]) for axis in (0, 1)]
        y = np.tensordot(A, x, axes=(1, 1))  # OH, N, W, C
        y = np.tensordot(B, y, axes=(1, 2))  # OW, OH, N, C
        return y.transpose(2, 1, 0, 3).astype(x.dtype)

    def backward(self, dy):
        A, B = self.maps
        dx = np.tensordot(A.T, dy, axes=(1, 1))  # H, N, OW, C
        dx = np.tensordot(B.T, dx, axes=(1, 2))  # W, H, N, C
        return dx.transpose(2, 1, 0, 3).astype(dy.dtype)
'''),
    ('average_nan_border', 'MyAveragePooling2D',
     'the border is NaN and np.nanmean leaves it out',
     '''
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tinycnn.layers import AveragePooling2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyAveragePooling2D(AveragePooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders, fill=np.nan)
        windows = sliding_window_view(padded, self.pool_size, axis=(1, 2))
        windows = windows[:, :: self.strides[0], :: self.strides[1]]
        self.kept = ((~np.isnan(windows)).sum((-2, -1)), padded.shape, borders)
        return np.nanmean(windows, axis=(-2, -1))

    def backward(self, dy):
        how_many, padded_shape, borders = self.kept_for(dy)
        share = dy / how_many.astype(dy.dtype)
        dpadded = np.zeros(padded_shape, dy.dtype)
        for cell in window_cells(dpadded, self.pool_size, self.strides):
            cell += share
        return crop(dpadded, borders)
'''),
    ('im2col_broadcast_index', 'my_im2col',
     'one fancy index of broadcast row and column numbers, no loop and no view',
     '''
import numpy as np


def my_im2col(padded, window, strides):
    N, H, W, C = padded.shape
    tops = np.arange(0, H - window[0] + 1, strides[0])
    lefts = np.arange(0, W - window[1] + 1, strides[1])
    rows = tops[:, None, None, None] + np.arange(window[0])[:, None]
    columns = lefts[:, None, None] + np.arange(window[1])
    picked = padded[:, rows, columns]  # N, OH, OW, KH, KW, C
    return picked.reshape(
        N * len(tops) * len(lefts), window[0] * window[1] * C
    )
'''),
    ('im2col_index_grids', 'my_im2col',
     'one fancy index of broadcast index grids (N, OH, OW, KH, KW, C)',
     '''
import numpy as np

from tinycnn.layers.windows import grid_of


def my_im2col(padded, window, strides):
    N, H, W, C = padded.shape
    OH, OW = grid_of(padded.shape, window, strides)
    n, i, j, a, b, c = np.ogrid[:N, :OH, :OW, : window[0], : window[1], :C]
    windows = padded[n, i * strides[0] + a, j * strides[1] + b, c]
    return windows.reshape(N * OH * OW, window[0] * window[1] * C)
'''),
    ('im2col_as_strided', 'my_im2col',
     'as_strided with the strides in bytes of the array itself',
     '''
import numpy as np
from numpy.lib.stride_tricks import as_strided


def my_im2col(padded, window, strides):
    (N, H, W, C), (KH, KW), (down, across) = padded.shape, window, strides
    OH, OW = 1 + (H - KH) // down, 1 + (W - KW) // across
    photo, row, pixel, channel = padded.strides
    six = as_strided(
        padded,
        shape=(N, OH, OW, KH, KW, C),
        strides=(photo, row * down, pixel * across, row, pixel, channel),
        writeable=False,
    )
    return np.array(six).reshape(N * OH * OW, KH * KW * C)
'''),
    ('im2col_fromiter', 'my_im2col',
     'np.fromiter over a generator of single numbers',
     '''
from itertools import product

import numpy as np


def numbers(padded, window, strides):
    N, H, W, C = padded.shape
    tops = range(0, H - window[0] + 1, strides[0])
    lefts = range(0, W - window[1] + 1, strides[1])
    inside = list(product(range(window[0]), range(window[1])))
    for n, top, left in product(range(N), tops, lefts):
        for a, b in inside:
            yield from padded[n, top + a, left + b]


def my_im2col(padded, window, strides):
    flat = np.fromiter(numbers(padded, window, strides), padded.dtype)
    return flat.reshape(-1, window[0] * window[1] * padded.shape[3])
'''),
    ('col2im_bincount', 'my_col2im',
     'numbers the pixels, takes the windows of the numbers, and adds up with np.bincount',
     '''
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def my_col2im(cols, padded_shape, window, strides):
    size = int(np.prod(padded_shape))
    numbers = np.arange(size).reshape(padded_shape)
    windows = sliding_window_view(numbers, window, axis=(1, 2))
    windows = windows[:, :: strides[0], :: strides[1]]
    targets = np.moveaxis(windows, 3, -1).ravel()
    summed = np.bincount(targets, weights=cols.ravel(), minlength=size)
    return summed.reshape(padded_shape).astype(cols.dtype)
'''),
    ('col2im_add_at', 'my_col2im',
     'the pixel numbers as an index photo cut into windows, then np.add.at',
     '''
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def my_col2im(cols, padded_shape, window, strides):
    _, H, W, C = padded_shape
    number = np.arange(H * W).reshape(H, W)
    windows = sliding_window_view(number, window)[:: strides[0], :: strides[1]]
    pixel = windows.reshape(-1, window[0] * window[1])  # OH*OW, KH*KW
    photos = np.zeros((padded_shape[0], H * W, C), cols.dtype)
    values = cols.reshape(len(photos), *pixel.shape, C)
    np.add.at(photos, (slice(None), pixel), values)
    return photos.reshape(padded_shape)
'''),
    ('col2im_bincount', 'my_col2im',
     'np.bincount of raveled indices, weighted, in float64 and cast back',
     '''
import numpy as np


def my_col2im(cols, padded_shape, window, strides):
    N, H, W, C = padded_shape
    OH = len(range(0, H - window[0] + 1, strides[0]))
    OW = len(range(0, W - window[1] + 1, strides[1]))
    n, i, j, a, b, c = np.indices((N, OH, OW, *window, C)).reshape(6, -1)
    where = np.ravel_multi_index(
        (n, i * strides[0] + a, j * strides[1] + b, c), padded_shape
    )
    total = np.bincount(where, weights=cols.ravel(), minlength=N * H * W * C)
    return total.reshape(padded_shape).astype(cols.dtype)
'''),
    ('col2im_gather', 'my_col2im',
     'the other way round: each pixel asks which windows it is in, and collects',
     '''
import numpy as np


def seen_by(place, size, stride, count):
    """Yield (window, place inside it) for all windows that a pixel is in."""
    for inside in range(size):
        index, rest = divmod(place - inside, stride)
        if rest == 0 and 0 <= index < count:
            yield index, inside


def my_col2im(cols, padded_shape, window, strides):
    N, H, W, C = padded_shape
    KH, KW = window
    OH, OW = (H - KH) // strides[0] + 1, (W - KW) // strides[1] + 1
    six = cols.reshape(N, OH, OW, KH, KW, C)
    padded = np.zeros(padded_shape, cols.dtype)
    for h in range(H):
        for w in range(W):
            for i, a in seen_by(h, KH, strides[0], OH):
                for j, b in seen_by(w, KW, strides[1], OW):
                    padded[:, h, w] += six[:, i, j, a, b]
    return padded
'''),
    ('conv_cell_by_cell', 'MyConv2D',
     'no im2col: one small product for each cell of the kernel, forward and back',
     '''
import numpy as np

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyConv2D(Conv2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        matrices = np.concatenate(self.params["kernel"])  # KH*KW, C, F
        cells = window_cells(padded, self.kernel_size, self.strides)
        y = sum(cell @ matrix for cell, matrix in zip(cells, matrices))
        self.kept = (padded, borders)
        return y + self.params["bias"] if "bias" in self.params else y

    def backward(self, dy):
        padded, borders = self.kept_for(dy)
        dpadded = np.zeros(padded.shape, dy.dtype)
        kernel = self.params["kernel"]
        grads = {name: np.zeros(p.shape, dy.dtype) for name, p in self.params.items()}
        where = np.ndindex(*self.kernel_size)
        cells = window_cells(padded, self.kernel_size, self.strides)
        dcells = window_cells(dpadded, self.kernel_size, self.strides)
        for place, cell, dcell in zip(where, cells, dcells):
            dcell += np.einsum("nijf,cf->nijc", dy, kernel[place])
            grads["kernel"][place] = np.einsum("nijc,nijf->cf", cell, dy)
        if "bias" in grads:
            grads["bias"] += dy.sum(axis=(0, 1, 2))
        self.grads = grads
        return crop(dpadded, borders)
'''),
    ('conv_fft', 'MyConv2D',
     'the Fourier transform in float64, cast back; strides by leaving out, and gaps in dy',
     '''
import numpy as np

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import crop, pad


class MyConv2D(Conv2D):
    """By the Fourier transform: a correlation is conj(K) * X."""

    def forward(self, x, training=False):
        x = self.check_input(x)
        kernel = self.params["kernel"]
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        size = padded.shape[1:3]
        X = np.fft.rfft2(padded.astype(float), axes=(1, 2))
        K = np.fft.rfft2(kernel.astype(float), s=size, axes=(0, 1))
        Y = np.einsum("nhwc,hwcf->nhwf", X, K.conj())
        y = np.fft.irfft2(Y, s=size, axes=(1, 2))
        down, across = self.strides
        y = y[:, : OH * down : down, : OW * across : across][:, :OH, :OW]
        self.kept = (X, K, size, borders)
        return (y + self.params["bias"]).astype(np.result_type(x, kernel))

    def backward(self, dy):
        X, K, size, borders = self.kept_for(dy)
        (KH, KW), (down, across) = self.kernel_size, self.strides
        N, OH, OW, F = dy.shape
        spread = np.zeros((N, *size, F))
        spread[:, : (OH - 1) * down + 1 : down, : (OW - 1) * across + 1 : across] = dy
        D = np.fft.rfft2(spread, axes=(1, 2))
        dK = np.fft.irfft2(
            np.einsum("nhwc,nhwf->hwcf", X, D.conj()), s=size, axes=(0, 1)
        )
        self.grads = {
            "kernel": dK[:KH, :KW].astype(dy.dtype),
            "bias": dy.sum(axis=(0, 1, 2)),
        }
        dX = np.einsum("nhwf,hwcf->nhwc", D, K)
        dpadded = np.fft.irfft2(dX, s=size, axes=(1, 2))
        return crop(dpadded, borders).astype(dy.dtype)
'''),
    ('conv_matrix_of_the_map', 'MyConv2D',
     'the whole layer as one big matrix (pixels, output cells), its gradient picked out by index',
     '''
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import crop, pad


class MyConv2D(Conv2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        kernel, bias = self.params["kernel"], self.params["bias"]
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        N, H, W, C = padded.shape
        number = np.arange(H * W * C).reshape(H, W, C)
        view = sliding_window_view(number, self.kernel_size, axis=(0, 1))
        view = view[:: self.strides[0], :: self.strides[1]]
        source = view.transpose(0, 1, 3, 4, 2).reshape(OH * OW, -1)
        cell = np.arange(OH * OW)[:, None]
        big = np.zeros((H * W * C, OH * OW, self.filters), kernel.dtype)
        big[source, cell] = kernel.reshape(-1, self.filters)
        big = big.reshape(H * W * C, -1)
        flat = padded.reshape(N, H * W * C)
        self.kept = (flat, big, source, cell, padded.shape, borders)
        return (flat @ big).reshape(N, OH, OW, self.filters) + bias

    def backward(self, dy):
        flat, big, source, cell, padded_shape, borders = self.kept_for(dy)
        rows = dy.reshape(len(dy), big.shape[1])
        dbig = (flat.T @ rows).reshape(flat.shape[1], -1, self.filters)
        dkernel = dbig[source, cell].sum(axis=0)
        self.grads = {
            "kernel": dkernel.reshape(self.params["kernel"].shape),
            "bias": dy.sum((0, 1, 2)),
        }
        return crop((rows @ big.T).reshape(padded_shape), borders)
'''),
    ('conv_nchw_transposed', 'MyConv2D',
     'NCHW inside as in PyTorch; dx as a transposed convolution with the turned kernel',
     '''
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import crop, pad


def correlate(images, weights, strides=(1, 1)):
    """(N, C, H, W) with (F, C, KH, KW) -> (N, F, OH, OW), like PyTorch."""
    view = sliding_window_view(images, weights.shape[2:], axis=(2, 3))
    view = view[:, :, :: strides[0], :: strides[1]]
    return np.tensordot(view, weights, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)


class MyConv2D(Conv2D):
    """NCHW inside; dx is a transposed convolution."""

    def forward(self, x, training=False):
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        images = pad(x, borders).transpose(0, 3, 1, 2)
        weights = self.params["kernel"].transpose(3, 2, 0, 1)
        self.kept = (images, weights, borders)
        y = correlate(images, weights, self.strides)
        return y.transpose(0, 2, 3, 1) + self.params["bias"]

    def backward(self, dy):
        images, weights, borders = self.kept_for(dy)
        KH, KW = self.kernel_size
        down, across = self.strides
        N, OH, OW, F = dy.shape
        H, W = images.shape[2:]
        # dy with gaps, in a frame of KH - 1 and KW - 1 zeros
        spread = np.zeros((N, F, H + KH - 1, W + KW - 1), dy.dtype)
        inner = spread[:, :, KH - 1 :, KW - 1 :]
        inner[:, :, : OH * down : down, : OW * across : across] = dy.transpose(0, 3, 1, 2)
        turned = weights[:, :, ::-1, ::-1].swapaxes(0, 1)
        dimages = correlate(spread, turned)
        view = sliding_window_view(images, (KH, KW), axis=(2, 3))[:, :, ::down, ::across]
        self.grads = {
            "kernel": np.einsum("ncijab,nijf->abcf", view, dy, optimize=True),
            "bias": np.einsum("nijf->f", dy),
        }
        return crop(dimages.transpose(0, 2, 3, 1), borders)
'''),
    ('conv_taps', 'MyConv2D',
     'one small Dense for each place of the kernel, kept in a dictionary; works without a bias too',
     '''
from itertools import product

import numpy as np

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import crop, pad


class MyConv2D(Conv2D):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.taps = {}

    def _seen_from(self, photo, a, b, grid):
        """The pixels that place (a, b) of the kernel meets: a view."""
        down, across = self.strides
        return photo[:, a:, b:][:, : grid[0] * down : down, : grid[1] * across : across]

    def forward(self, x, training=False):
        x = self.check_input(x)
        kernel = self.params["kernel"]
        grid, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        self.taps = {
            (a, b): self._seen_from(padded, a, b, grid)
            for a, b in product(*map(range, self.kernel_size))
        }
        self.kept = (padded.shape, borders, grid)
        y = sum(view @ kernel[place] for place, view in self.taps.items())
        return y + self.params.get("bias", 0)

    def backward(self, dy):
        shape, borders, grid = self.kept_for(dy)
        kernel = self.params["kernel"]
        dkernel = np.empty_like(kernel)
        dpadded = np.zeros(shape, dy.dtype)
        for (a, b), view in self.taps.items():
            dkernel[a, b] = np.tensordot(view, dy, axes=([0, 1, 2], [0, 1, 2]))
            target = self._seen_from(dpadded, a, b, grid)
            target += dy @ kernel[a, b].T
        self.grads = {"kernel": dkernel}
        if "bias" in self.params:
            self.grads["bias"] = dy.reshape(-1, self.filters).sum(0)
        return crop(dpadded, borders)
'''),
    ('dropout_by_places', 'MyDropout',
     'keeps the flat places of the dropped numbers and puts zeros there; the same function serves forward and backward',
     '''
import numpy as np
from tinycnn.layers import Dropout
from tinycnn.randomness import rng_for


class MyDropout(Dropout):
    def forward(self, x, training=False):
        x = self.check_input(x)
        places = None
        if training:
            rng = rng_for(self._seed, "dropout", self.step)
            places = np.flatnonzero(rng.random(x.shape, np.float32) < self.rate)
        self.kept = (places,)
        return self._thinned(x, places)

    def backward(self, dy):
        (places,) = self.kept_for(dy)
        return self._thinned(dy, places)

    def _thinned(self, array, places):
        if places is None:
            return array.copy()
        out = array / array.dtype.type(1 - self.rate)
        out.flat[places] = 0
        return out
'''),
    ('dropout_survivors', 'MyDropout',
     "keeps the flat places of the survivors, not a mask; the library's own random numbers",
     '''
import numpy as np

from tinycnn.layers import Dropout
from tinycnn.randomness import rng_for


class MyDropout(Dropout):
    def _thin(self, t):
        if self.survivors is None:
            return t.copy()
        thin = np.zeros(t.size, t.dtype)
        thin[self.survivors] = t.ravel()[self.survivors] / (1 - self.rate)
        return thin.reshape(t.shape)

    def forward(self, x, training=False):
        x = self.check_input(x)
        self.survivors = None
        if training:
            chance = rng_for(self._seed, "dropout", self.step).random(x.shape, np.float32)
            self.survivors = np.flatnonzero(chance >= self.rate)
        return self._thin(x)

    def backward(self, dy):
        return self._thin(dy)
'''),
    ('bn_channel_by_channel', 'MyBatchNormalization',
     'a loop over channels, each one vector in float64; dx by projecting out the vectors 1 and x_hat',
     '''
import numpy as np
from tinycnn.layers import BatchNormalization


class MyBatchNormalization(BatchNormalization):
    def forward(self, x, training=False):
        x = self.check_input(x)
        gamma, beta = self.params["gamma"], self.params["beta"]
        of_batch = bool(training) and self.trainable and x.shape[0] > 0
        C = x.shape[-1]
        if of_batch:
            columns = [x[..., c].astype(np.float64).ravel() for c in range(C)]
            mean = np.array([column.sum() / column.size for column in columns])
            var = np.array(
                [np.dot(k - m, k - m) / k.size for k, m in zip(columns, mean)]
            )
            for key, now in (("moving_mean", mean), ("moving_variance", var)):
                old = self.state[key]
                new = old + (1 - self.momentum) * (now - old)
                self.state[key] = new.astype(np.result_type(old, x))
        else:
            mean = self.state["moving_mean"].astype(np.float64)
            var = self.state["moving_variance"].astype(np.float64)
        std = np.sqrt(var + self.epsilon)
        x_hat = (x - mean) / std  # float64
        self.kept = (x_hat, std, of_batch)
        return (gamma * x_hat + beta).astype(np.result_type(x, gamma))

    def backward(self, dy):
        x_hat, std, of_batch = self.kept_for(dy)
        gamma = self.params["gamma"]
        kind = np.result_type(dy, gamma)
        dgamma, dbeta = np.zeros(len(gamma), kind), np.zeros(len(gamma), kind)
        dx = np.zeros(dy.shape, kind)
        for c in range(len(gamma)):
            d, h = dy[..., c].astype(np.float64), x_hat[..., c]
            dgamma[c], dbeta[c] = (d * h).sum(), d.sum()
            if of_batch:
                d = d - d.mean() - h * (d * h).mean()
            dx[..., c] = d * gamma[c] / std[c]
        self.grads = {"gamma": dgamma, "beta": dbeta}
        return dx
'''),
    ('batch_norm_projection', 'MyBatchNormalization',
     'channel by channel in float64; dx takes away the parts along 1 and along x_hat',
     '''
import numpy as np

from tinycnn.layers import BatchNormalization


class MyBatchNormalization(BatchNormalization):
    """Channel by channel in float64; dx by projection."""

    def forward(self, x, training=False):
        x = self.check_input(x)
        learns = bool(training and self.trainable and len(x))
        channels = x.reshape(-1, x.shape[-1]).T.astype(np.float64)  # C, M
        x_hats, inverse, y = [], [], np.empty(channels.shape)
        moving = {name: old.copy() for name, old in self.state.items()}
        for c, numbers in enumerate(channels):
            if learns:
                mean, var = np.mean(numbers), np.var(numbers)
                for name, of_batch in (("moving_mean", mean), ("moving_variance", var)):
                    old = self.state[name][c]
                    moving[name][c] = self.momentum * old + (1 - self.momentum) * of_batch
            else:
                mean, var = self.state["moving_mean"][c], self.state["moving_variance"][c]
            inverse.append((float(var) + self.epsilon) ** -0.5)
            x_hats.append((numbers - mean) * inverse[c])
            y[c] = self.params["gamma"][c] * x_hats[c] + self.params["beta"][c]
        self.state = moving
        self.kept = (x_hats, inverse, learns)
        return np.ascontiguousarray(y.T).reshape(x.shape).astype(x.dtype)

    def backward(self, dy):
        x_hats, inverse, learns = self.kept_for(dy)
        channels = dy.reshape(-1, dy.shape[-1]).T.astype(np.float64)
        gamma = self.params["gamma"]
        M = channels.shape[1]
        dgamma, dbeta, dx = np.zeros(len(gamma)), np.zeros(len(gamma)), np.empty(channels.shape)
        for c, (d, x_hat) in enumerate(zip(channels, x_hats)):
            dgamma[c], dbeta[c] = d @ x_hat, d.sum()
            if learns:
                # take away what points along 1 and along x_hat
                d = d - d.sum() / M - x_hat * (x_hat @ d) / M
            dx[c] = gamma[c] * inverse[c] * d
        self.grads = {"gamma": dgamma.astype(dy.dtype), "beta": dbeta.astype(dy.dtype)}
        return np.ascontiguousarray(dx.T).reshape(dy.shape).astype(dy.dtype)
'''),
    ('bce_by_two_logaddexp', 'MyBinaryCrossentropy',
     'a weighted sum of two logaddexp; p is exp of minus one of them',
     '''
import numpy as np
from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        K = y_pred.shape[-1]
        # -log p = log(e^0 + e^-z), -log(1 - p) = log(e^0 + e^z). A factor of 0 keeps
        # its term finite, since no term is infinite.
        yes = np.logaddexp(0.0, -y_pred)
        no = np.logaddexp(0.0, y_pred)
        loss = np.einsum("nk->n", y * yes + (1 - y) * no) / K
        return loss, np.subtract(np.exp(-yes), y) / K
'''),
    ('bce_logaddexp', 'MyBinaryCrossentropy',
     'np.logaddexp for the softplus, and p as exp(-softplus(-z))',
     '''
import numpy as np

from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        log_p = -np.logaddexp(0, -y_pred)
        log_q = -np.logaddexp(0, y_pred)
        loss = -np.mean(y * log_p + (1 - y) * log_q, axis=1)
        return loss, (np.exp(log_p) - y) / y.shape[1]
'''),
    ('bce_scalar_loops', 'MyBinaryCrossentropy',
     'math functions number by number, math.fsum, a helper that returns loss and slope of one logit',
     '''
import math

import numpy as np

from tinycnn.losses import BinaryCrossentropy


def one(y, z):
    """Loss and slope of one logit."""
    if z < 0:
        e = math.exp(z)
        return math.log1p(e) - y * z, e / (1 + e) - y
    e = math.exp(-z)
    return math.log1p(e) + (1 - y) * z, 1 / (1 + e) - y


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        losses, slopes = [], []
        for labels, logits in zip(y.tolist(), y_pred.tolist()):
            pairs = [one(*pair) for pair in zip(labels, logits)]
            K = len(pairs)
            losses.append(math.fsum(pair[0] for pair in pairs) / K)
            slopes.append([pair[1] / K for pair in pairs])
        return np.array(losses), np.array(slopes).reshape(y_pred.shape)
'''),
    ('bce_mirrored', 'MyBinaryCrossentropy',
     'a sum over the answers yes and no, each with its weight and the logit mirrored',
     '''
import numpy as np

from tinycnn.losses import BinaryCrossentropy


def softplus(t):
    return np.where(t > 0, t, 0) + np.log1p(np.exp(-abs(t)))


def logistic(t):
    return np.exp(np.minimum(t, 0)) / (1 + np.exp(-abs(t)))


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        loss, dz = np.zeros_like(y_pred), np.zeros_like(y_pred)
        for sign, weight in ((1, 1 - y), (-1, y)):
            loss += weight * softplus(sign * y_pred)
            dz += weight * sign * logistic(sign * y_pred)
        K = np.size(y_pred, axis=-1)
        return loss.sum(axis=-1) / K, dz / K
'''),
    ('cce_by_differences', 'MyCategoricalCrossentropy',
     'all differences z[j] - z[k]: -log p[k] is their logaddexp, so no largest logit is subtracted by hand',
     '''
import numpy as np
from tinycnn.losses import CategoricalCrossentropy


class MyCategoricalCrossentropy(CategoricalCrossentropy):
    def per_photo(self, y, y_pred):
        # surprise[n, k] = -log p[n, k] = log sum over j of exp(z[j] - z[k])
        differences = y_pred[:, :, None] - y_pred[:, None, :]
        surprise = np.logaddexp.reduce(differences, axis=1)
        loss = np.einsum("nk,nk->n", y, surprise)
        # labels may sum to 1.0005 or so: the derivative as the contract gives it, p - y
        return loss, np.exp(-surprise) - y
'''),
    ('cce_logsumexp_rows', 'MyCategoricalCrossentropy',
     'row by row with a generator, log-softmax by logaddexp.reduce',
     '''
import numpy as np

from tinycnn.losses import CategoricalCrossentropy


def rows(y, z):
    for labels, logits in zip(y, z):
        log_p = logits - np.logaddexp.reduce(logits)
        yield -np.dot(labels, log_p), np.exp(log_p) - labels


class MyCategoricalCrossentropy(CategoricalCrossentropy):
    def per_photo(self, y, y_pred):
        loss, dz = np.empty(len(y_pred)), np.empty_like(y_pred)
        for n, (loss[n], dz[n]) in enumerate(rows(y, y_pred)):
            pass
        return loss, dz
'''),
    ('mse_variance', 'MyMeanSquaredError',
     'the mean of squares as variance plus squared mean',
     '''
import numpy as np

from tinycnn.losses import MeanSquaredError


class MyMeanSquaredError(MeanSquaredError):
    def per_photo(self, y, y_pred):
        wrong_by = np.subtract(y_pred, y)
        loss = wrong_by.var(axis=1) + wrong_by.mean(axis=1) ** 2
        return loss, wrong_by * (2 / wrong_by.shape[1])
'''),
    ('sgd_new_velocity_dict', 'MySGD',
     'no in-place velocity: self.v is a new dict of new arrays in each update; the param is changed by np.add with out',
     '''
import numpy as np
from tinycnn.optimizers import SGD


class MySGD(SGD):
    def update(self, params, grads):
        def next_velocity(name):
            push = np.multiply(grads[name], -self.learning_rate)
            if name in self.v:
                push = push + np.multiply(self.v[name], self.momentum)
            return push.astype(params[name].dtype)

        new = {name: next_velocity(name) for name in params}
        self.v = {**self.v, **new}
        self.t = self.t + 1
        for name, param in params.items():
            np.add(param, new[name], out=param)
'''),
    ('sgd_history', 'MySGD',
     "no running velocity: all past steps in a list, folded by Horner's rule each time",
     '''
from functools import reduce

import numpy as np

from tinycnn.optimizers import SGD


class MySGD(SGD):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.past = {}

    def update(self, params, grads):
        self.t += 1
        for name in params:
            steps = self.past.setdefault(name, [])
            steps.append(self.learning_rate * grads[name])
            v = reduce(
                lambda v, step: self.momentum * v - step,
                steps,
                np.zeros_like(params[name]),
            )
            self.v[name] = v
            params[name][...] = params[name] + v
'''),
    ('sgd_out_arguments', 'MySGD',
     'ufuncs with out= into the arrays themselves, try/except for the first update',
     '''
import numpy as np

from tinycnn.optimizers import SGD


class MySGD(SGD):
    def update(self, params, grads):
        rate = float(self.learning_rate)
        for name, param in params.items():
            try:
                v = self.v[name]
            except KeyError:
                v = self.v[name] = np.full(param.shape, 0, param.dtype)
            np.multiply(v, self.momentum, out=v)
            np.subtract(v, np.multiply(grads[name], rate), out=v)
            np.add(param, v, out=param)
        self.t = self.t + 1
'''),
    ('sgd_functional', 'MySGD',
     'new velocities in a dict comprehension, copied back in float64 with np.copyto',
     '''
import numpy as np

from tinycnn.optimizers import SGD


class MySGD(SGD):
    def _moved(self, name, grad):
        old = self.v.get(name)
        step = -self.learning_rate * grad
        return step if old is None else step + self.momentum * old

    def update(self, params, grads):
        self.t += 1
        self.v = {**self.v, **{name: self._moved(name, grads[name]) for name in params}}
        for name, param in params.items():
            exact = param.astype(np.float64) + self.v[name]
            np.copyto(param, exact, casting="same_kind")
'''),
    ('adam_number_by_number', 'MyAdam',
     'np.nditer walks over four arrays at once and changes number by number',
     '''
import numpy as np
from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        b1, b2 = self.beta_1, self.beta_2
        rate = self.learning_rate * (1 - b2**self.t) ** 0.5 / (1 - b1**self.t)
        for name, param in params.items():
            for memory in (self.m, self.v):
                if name not in memory:
                    memory[name] = np.zeros_like(param)
            walk = np.nditer(
                [param, grads[name], self.m[name], self.v[name]],
                flags=["zerosize_ok"],
                op_flags=[["readwrite"], ["readonly"], ["readwrite"], ["readwrite"]],
            )
            with walk:
                for p, g, m, v in walk:
                    slope = float(g)
                    m[...] = b1 * float(m) + (1 - b1) * slope
                    v[...] = b2 * float(v) + (1 - b2) * slope * slope
                    p[...] = float(p) - rate * float(m) / (float(v) ** 0.5 + self.epsilon)
'''),
    ('adam_functional_ema', 'MyAdam',
     'a helper ema, and dict comprehensions that make new m and v in each update',
     '''
import numpy as np

from tinycnn.optimizers import Adam


def ema(old, new, keep):
    """The running mean, one step on."""
    return keep * old + (1 - keep) * new


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        zero = {name: np.zeros_like(param) for name, param in params.items()}
        before_m, before_v = {**zero, **self.m}, {**zero, **self.v}
        self.m = {**self.m, **{k: ema(before_m[k], grads[k], self.beta_1) for k in params}}
        self.v = {**self.v, **{k: ema(before_v[k], grads[k] ** 2, self.beta_2) for k in params}}
        rate = self.learning_rate * (1 - self.beta_2**self.t) ** 0.5 / (1 - self.beta_1**self.t)
        for k in params:
            params[k] -= rate * self.m[k] / (np.sqrt(self.v[k]) + self.epsilon)
'''),
    ('adam_hats', 'MyAdam',
     'm_hat and v_hat as in the paper, with epsilon divided by sqrt(1 - beta_2**t), which is the same',
     '''
import numpy as np

from tinycnn.optimizers import Adam


class MyAdam(Adam):
    @property
    def corrections(self):
        return 1 - self.beta_1**self.t, 1 - self.beta_2**self.t

    def update(self, params, grads):
        self.t += 1
        c1, c2 = self.corrections
        for name, param in params.items():
            g = grads[name]
            if name not in self.m:
                self.m[name] = g * 0
                self.v[name] = g * 0
            m, v = self.m[name], self.v[name]
            m[...] = self.beta_1 * m + (1 - self.beta_1) * g
            v[...] = self.beta_2 * v + (1 - self.beta_2) * g * g
            m_hat, v_hat = m / c1, v / c2
            # epsilon here is outside of the correction, in the paper it is inside
            param -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon / c2**0.5)
'''),
    ('adam_number_by_number', 'MyAdam',
     'np.ndindex and Python floats: each number on its own, with math.sqrt',
     '''
import math

import numpy as np

from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        b1, b2 = self.beta_1, self.beta_2
        rate = float(self.learning_rate) * math.sqrt(1 - b2**self.t) / (1 - b1**self.t)
        for name, param in params.items():
            m = self.m.setdefault(name, np.zeros(param.shape, param.dtype))
            v = self.v.setdefault(name, np.zeros(param.shape, param.dtype))
            for place in np.ndindex(param.shape):
                g = float(grads[name][place])
                m[place] = b1 * float(m[place]) + (1 - b1) * g
                v[place] = b2 * float(v[place]) + (1 - b2) * g**2
                step = rate * float(m[place]) / (math.sqrt(v[place]) + self.epsilon)
                param[place] = float(param[place]) - step
'''),
    ('rmsprop_by_stacked_memory', 'MyRMSprop',
     'the arrays of memory() (v, and m and b where used) are views of one stacked array; v is written as a weighted sum by np.tensordot',
     '''
import numpy as np
from tinycnn.optimizers import RMSprop


class MyRMSprop(RMSprop):
    def update(self, params, grads):
        grads = self._prepared(params, grads)
        self.t += 1
        weights = np.array([self.rho, 1 - self.rho])
        memory = self.memory()
        for name, param in params.items():
            grad = grads[name]
            stack = np.zeros((len(memory), *param.shape), param.dtype)
            at = {}
            for row, (kind, arrays) in zip(stack, memory.items()):
                at[kind] = arrays.setdefault(name, row)
            at["v"][...] = np.tensordot(weights, np.stack([at["v"], grad * grad]), 1)
            variance = np.array(at["v"])
            if "m" in at:
                at["m"][...] = np.tensordot(weights, np.stack([at["m"], grad]), 1)
                variance -= at["m"] * at["m"]
            step = self.learning_rate * grad / np.sqrt(variance + self.epsilon)
            if "b" in at:
                at["b"][...] = self.momentum * at["b"] + step
                step = at["b"]
            param[...] = param - step
'''),
]
