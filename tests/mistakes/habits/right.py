"""Whole files that are right, written in unusual ways."""
# ruff: noqa: E501
# fmt: off

RIGHT = [
    ('adagrad_by_power', 'MyAdagrad',
     'step with the power -1/2 and np.add with out=',
     '''
import numpy as np

from tinycnn.optimizers import Adagrad


class MyAdagrad(Adagrad):
    def step(self, param, grad, *moments):
        total = moments[-1]
        np.add(total, grad * grad, out=total)
        param += -self.learning_rate * grad * (total + self.epsilon) ** -0.5
'''),
    ('adam_paper_with_wider_epsilon', 'MyAdam',
     "the paper's m_hat and v_hat, with epsilon divided by the root of the correction",
     '''
import numpy as np

from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        c1, c2 = 1 - self.beta_1**self.t, 1 - self.beta_2**self.t
        for name, param in params.items():
            g = grads[name]
            self.m[name] = self.beta_1 * self.m.get(name, 0) + (1 - self.beta_1) * g
            self.v[name] = self.beta_2 * self.v.get(name, 0) + (1 - self.beta_2) * g * g
            m_hat, v_hat = self.m[name] / c1, self.v[name] / c2
            param -= self.learning_rate * m_hat / (
                np.sqrt(v_hat) + self.epsilon / c2**0.5
            )
'''),
    ('adam_views_of_one_memory', 'MyAdam',
     'm and v of a param are the two rows of one array, reached through views',
     '''
import math

import numpy as np

from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        for name in params.keys() - self.m.keys():
            both = np.zeros((2, *params[name].shape), params[name].dtype)
            self.m[name], self.v[name] = both
        rate = self.learning_rate * math.sqrt(1 - self.beta_2**self.t)
        rate = rate / (1 - self.beta_1**self.t)
        for name, param in reversed(list(params.items())):
            new = grads[name], grads[name] ** 2
            for old, number, beta in zip(
                (self.m[name], self.v[name]), new, (self.beta_1, self.beta_2)
            ):
                old *= beta
                old += (1 - beta) * number
            param -= rate * self.m[name] / (np.sqrt(self.v[name]) + self.epsilon)
'''),
    ('adam_correction_kept_as_product', 'MyAdam',
     'the correction is computed in a helper by a loop, and the step written by np.copyto',
     '''
import numpy as np

from tinycnn.optimizers import Adam


def power(beta, t):
    product = 1.0
    for _ in range(t):
        product *= beta
    return product


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        left_1, left_2 = power(self.beta_1, self.t), power(self.beta_2, self.t)
        rate = float(self.learning_rate) * (1 - left_2) ** 0.5 / (1 - left_1)

        def one(name):
            param, grad = params[name], grads[name]
            m = self.m.setdefault(name, np.zeros_like(param))
            v = self.v.setdefault(name, np.zeros_like(param))
            np.copyto(m, m + (grad - m) * (1 - self.beta_1))
            np.copyto(v, v + (grad * grad - v) * (1 - self.beta_2))
            np.copyto(param, param - m / (v**0.5 + self.epsilon) * rate)

        list(map(one, params))
'''),
    ('adam_row_by_row', 'MyAdam',
     'a recursion into the rows of each array, down to vectors',
     '''
import math

import numpy as np

from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        for name, param in params.items():
            if name not in self.m:
                self.m[name] = np.zeros_like(param)
                self.v[name] = np.zeros_like(param)
            self._descend(param, grads[name], self.m[name], self.v[name])

    def _descend(self, param, grad, m, v):
        if param.ndim > 1:
            for rows in zip(param, grad, m, v):
                self._descend(*rows)
            return
        m[...] = m * self.beta_1 + grad * (1 - self.beta_1)
        v[...] = v * self.beta_2 + grad**2 * (1 - self.beta_2)
        rate = self.learning_rate * math.sqrt(1 - math.pow(self.beta_2, self.t))
        rate /= 1 - math.pow(self.beta_1, self.t)
        param[...] -= rate * m / (np.sqrt(v) + self.epsilon)
'''),
    ('adamw_shrinks_by_a_factor', 'MyAdamW',
     'the decay as one factor for each number, then Adam written out, with limits and schedule',
     '''
import math

import numpy as np

from tinycnn.optimizers import AdamW
from tinycnn.optimizers.clipping import clipped


class MyAdamW(AdamW):
    def update(self, params, grads):
        if self.schedule is not None:
            self._rate = self.schedule(self.t)
        for way, limit in self.limits.items():
            grads = clipped(grads, way, limit)
        self.t += 1
        shrink = 1 - self.learning_rate * self.weight_decay
        scale = math.sqrt(1 - self.beta_2**self.t) / (1 - self.beta_1**self.t)
        for name, param in params.items():
            if name not in self.m:
                self.m[name] = np.zeros_like(param)
                self.v[name] = np.zeros_like(param)
            m, v = self.m[name], self.v[name]
            m += (1 - self.beta_1) * (grads[name] - m)
            v += (1 - self.beta_2) * (grads[name] ** 2 - v)
            param *= shrink
            param -= self.learning_rate * scale * m / (np.sqrt(v) + self.epsilon)
'''),
    ('avgpool_slices_cut_at_the_edge', 'MyAveragePooling2D',
     "no border at all: each window is a slice cut at the photo's edge, and np.mean counts its cells by itself",
     '''
import numpy as np

from tinycnn.layers import SumPooling2D


class MyAveragePooling2D(SumPooling2D):
    def _slices(self):
        (OH, OW), ((top, _), (left, _)) = self._grid(self.input_shape)
        for i in range(OH):
            r = i * self.strides[0] - top
            for j in range(OW):
                s = j * self.strides[1] - left
                yield i, j, slice(max(r, 0), r + self.pool_size[0]), slice(max(s, 0), s + self.pool_size[1])

    def forward(self, x, training=False):
        x = self.check_input(x)
        self.kept = (x.shape,)
        y = np.empty((len(x), *self.output_shape), x.dtype)
        for i, j, rows, columns in self._slices():
            y[:, i, j] = x[:, rows, columns].mean(axis=(1, 2))
        return y

    def backward(self, dy):
        (shape,) = self.kept_for(dy)
        dx = np.zeros(shape, dy.dtype)
        for i, j, rows, columns in self._slices():
            part = dx[:, rows, columns]
            part += dy[:, i : i + 1, j : j + 1] / (part.shape[1] * part.shape[2])
        return dx
'''),
    ('bce_by_logaddexp', 'MyBinaryCrossentropy',
     'log(e**0 + e**z) by np.logaddexp, p as the exp of its own logarithm',
     '''
import numpy as np

from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        log_p = -np.logaddexp(0, -y_pred)
        loss = np.logaddexp(0, y_pred) - y * y_pred
        dz = np.exp(log_p)
        dz -= y
        dz /= y.shape[1]
        return np.add.reduce(loss, axis=1) / y.shape[1], dz
'''),
    ('bce_by_tanh_and_masks', 'MyBinaryCrossentropy',
     'p from the hyperbolic tangent; the loss in two halves by boolean masks',
     '''
import numpy as np

from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        up = y_pred > 0
        loss = np.empty_like(y_pred)
        loss[up] = (1 - y[up]) * y_pred[up] + np.log1p(np.exp(-y_pred[up]))
        loss[~up] = -y[~up] * y_pred[~up] + np.log1p(np.exp(y_pred[~up]))
        dz = (0.5 + 0.5 * np.tanh(y_pred / 2) - y) / y_pred.shape[1]
        return loss.mean(axis=1), dz
'''),
    ('bce_number_by_number', 'MyBinaryCrossentropy',
     'two loops over plain Python numbers with the module math',
     '''
import math

import numpy as np

from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        loss, dz = [], np.empty(y_pred.shape, y_pred.dtype)
        for n, (labels, logits) in enumerate(zip(y.tolist(), y_pred.tolist())):
            terms = []
            for k, (label, z) in enumerate(zip(labels, logits)):
                small = math.exp(-abs(z))
                wrong_side = z - z * label if z > 0 else -z * label
                terms.append(wrong_side + math.log1p(small))
                p = 1 / (1 + small) if z > 0 else small / (1 + small)
                dz[n, k] = (p - label) / len(logits)
            loss.append(math.fsum(terms) / len(terms))
        return np.array(loss, y_pred.dtype), dz
'''),
    ('cce_by_logaddexp_reduce', 'MyCategoricalCrossentropy',
     'the logarithm of the sum by np.logaddexp.reduce, the gradient from it',
     '''
import numpy as np

from tinycnn.losses import CategoricalCrossentropy


class MyCategoricalCrossentropy(CategoricalCrossentropy):
    def per_photo(self, y, y_pred):
        log_p = y_pred - np.logaddexp.reduce(y_pred, axis=-1, keepdims=True)
        return -np.einsum("nk,nk->n", y, log_p), np.exp(log_p) - y
'''),
    ('cce_by_differences', 'MyCategoricalCrossentropy',
     'photo by photo on sorted logits: the largest is taken out of the sum, log1p of the rest',
     '''
import numpy as np

from tinycnn.losses import CategoricalCrossentropy


class MyCategoricalCrossentropy(CategoricalCrossentropy):
    def per_photo(self, y, y_pred):
        loss = np.zeros(len(y), y_pred.dtype)
        dz = np.zeros_like(y_pred)
        for n in range(len(y)):
            order = np.argsort(y_pred[n])
            z = y_pred[n, order] - y_pred[n, order[-1]]
            log_p = z - np.log1p(np.exp(z[:-1]).sum())
            loss[n] = -(y[n, order] @ log_p)
            dz[n, order] = np.exp(log_p) - y[n, order]
        return loss, dz
'''),
    ('conv_sum_of_shifted_products', 'MyConv2D',
     'no im2col: a product for each cell of the kernel, on views of the padded photo, added up',
     '''
import numpy as np

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyConv2D(Conv2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        y = np.zeros((len(x), *self.output_shape), np.result_type(x, self.params["kernel"]))
        if self.use_bias:
            y += self.params["bias"]
        cells = window_cells(padded, self.kernel_size, self.strides)
        for (a, b), cell in zip(np.ndindex(self.kernel_size), cells):
            y += cell @ self.params["kernel"][a, b]
        self.kept = (padded, borders)
        return y

    def backward(self, dy):
        padded, borders = self.kept_for(dy)
        kernel = self.params["kernel"]
        dkernel = np.empty_like(kernel)
        dpadded = np.zeros(padded.shape, dy.dtype)
        cells = window_cells(padded, self.kernel_size, self.strides)
        dcells = window_cells(dpadded, self.kernel_size, self.strides)
        for (a, b), cell, dcell in zip(np.ndindex(self.kernel_size), cells, dcells):
            dkernel[a, b] = np.einsum("nijc,nijf->cf", cell, dy, optimize=True)
            dcell += dy @ kernel[a, b].T
        self.grads = {"kernel": dkernel}
        if self.use_bias:
            self.grads["bias"] = dy.sum(axis=(0, 1, 2))
        return crop(dpadded, borders)
'''),
    ('conv_dx_with_the_turned_kernel', 'MyConv2D',
     'einsum over sliding windows, and dx as a full convolution of the spread dy with the kernel turned by 180 degrees',
     '''
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import crop, pad


class MyConv2D(Conv2D):
    def windows(self, padded):
        view = sliding_window_view(padded, self.kernel_size, axis=(1, 2))
        return view[:, :: self.strides[0], :: self.strides[1]]  # n i j c a b

    def forward(self, x, training=False):
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        self.kept = (padded, borders)
        y = np.einsum("nijcab,abcf->nijf", self.windows(padded), self.params["kernel"], optimize=True)
        if self.use_bias:
            y = y + self.params["bias"]
        return y

    def backward(self, dy):
        padded, borders = self.kept_for(dy)
        (KH, KW), (SH, SW) = self.kernel_size, self.strides
        N, PH, PW, C = padded.shape
        _, OH, OW, F = dy.shape
        self.grads = {"kernel": np.einsum("nijcab,nijf->abcf", self.windows(padded), dy, optimize=True)}
        if self.use_bias:
            self.grads["bias"] = np.einsum("nijf->f", dy)
        spread = np.zeros((N, PH + KH - 1, PW + KW - 1, F), dy.dtype)
        spread[:, KH - 1 : KH - 1 + OH * SH : SH, KW - 1 : KW - 1 + OW * SW : SW][:, :OH, :OW] = dy
        view = sliding_window_view(spread, (KH, KW), axis=(1, 2))  # n r s f a b
        turned = self.params["kernel"][::-1, ::-1]
        dpadded = np.einsum("nrsfab,abcf->nrsc", view, turned, optimize=True)
        return crop(dpadded, borders)
'''),
    ('dense_bias_as_a_further_row', 'MyDense',
     'x gets a column of ones and the kernel the bias as a last row; one product then gives both gradients',
     '''
import numpy as np

from tinycnn.layers import Dense


class MyDense(Dense):
    def forward(self, x, training=False):
        x = self.check_input(x)
        rows = [self.params["kernel"]]
        if self.use_bias:
            x = np.hstack([x, np.ones((len(x), 1), x.dtype)])
            rows.append(self.params["bias"][np.newaxis])
        self.kept = (x,)
        return x @ np.vstack(rows)

    def backward(self, dy):
        (x,) = self.kept_for(dy)
        both = x.T @ dy
        if self.use_bias:
            self.grads = {"kernel": both[:-1].copy(), "bias": both[-1].copy()}
        else:
            self.grads = {"kernel": both}
        return dy @ self.params["kernel"].T
'''),
    ('dense_unit_by_unit', 'MyDense',
     'a loop over the units, each with its column of the kernel, all results collected and stacked',
     '''
import numpy as np

from tinycnn.layers import Dense


class MyDense(Dense):
    def forward(self, x, training=False):
        x = self.check_input(x)
        self.kept = (x,)
        bias = self.params.get("bias", np.zeros(self.units, self.params["kernel"].dtype))
        columns = [np.dot(x, w) + b for w, b in zip(self.params["kernel"].T, bias)]
        return np.stack(columns, axis=1)

    def backward(self, dy):
        (x,) = self.kept_for(dy)
        kernel = self.params["kernel"]
        dkernel = np.empty_like(kernel)
        dx = np.zeros(x.shape, dy.dtype)
        for u, d in enumerate(dy.T):
            dkernel[:, u] = np.dot(d, x)
            dx += np.multiply.outer(d, kernel[:, u])
        grads = {"kernel": dkernel}
        if "bias" in self.params:
            grads["bias"] = np.add.reduce(dy)
        self.grads = grads
        return dx
'''),
    ('maxpool_argmax_and_add_at', 'MyMaxPooling2D',
     'argmax over sliding windows, and np.add.at with the row and column of each winner',
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
        N, PH, PW, C = padded.shape
        KH, KW = self.pool_size
        windows = sliding_window_view(padded, (KH, KW), axis=(1, 2))
        windows = windows[:, :: self.strides[0], :: self.strides[1]].reshape(N, OH, OW, C, KH * KW)
        a, b = np.unravel_index(windows.argmax(axis=-1), (KH, KW))
        n, i, j, c = np.ogrid[:N, :OH, :OW, :C]
        place = (n, i * self.strides[0] + a, j * self.strides[1] + b, c)
        self.kept = (padded.shape, borders, place)
        return padded[place]

    def backward(self, dy):
        shape, borders, place = self.kept_for(dy)
        dpadded = np.zeros(shape, dy.dtype)
        np.add.at(dpadded, place, dy)
        return crop(dpadded, borders)
'''),
    ('maxpool_walks_backwards', 'MyMaxPooling2D',
     'walks the window from its last cell to its first with >=, so that the first of equal cells stays',
     '''
import numpy as np

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders, fill=-np.inf)
        cells = list(window_cells(padded, self.pool_size, self.strides))
        y = cells[-1].copy()
        takes = [np.ones(y.shape, bool)]
        for cell in reversed(cells[:-1]):
            wins = cell >= y
            for earlier in takes:
                earlier &= ~wins
            takes.append(wins)
            y[wins] = cell[wins]
        self.kept = (padded.shape, borders, takes[::-1])
        return y

    def backward(self, dy):
        shape, borders, takes = self.kept_for(dy)
        dpadded = np.zeros(shape, dy.dtype)
        views = window_cells(dpadded, self.pool_size, self.strides)
        for view, wins in zip(views, takes):
            np.add(view, dy, out=view, where=wins)
        return crop(dpadded, borders)
'''),
    ('mae_by_comparison', 'MyMeanAbsoluteError',
     'the sign as the difference of two comparisons; the size as sign times difference',
     '''
import numpy as np

from tinycnn.losses import MeanAbsoluteError


class MyMeanAbsoluteError(MeanAbsoluteError):
    def per_photo(self, y, y_pred):
        side = (y_pred > y).astype(y_pred.dtype) - (y_pred < y)
        k = y_pred[0].size
        away = side * (y_pred - y) / k
        return away.reshape(len(y), k).sum(axis=1), side / k
'''),
    ('mse_by_matmul', 'MyMeanSquaredError',
     'the sum of squares as a product of a row and a column, with a spare axis',
     '''
import numpy as np

from tinycnn.losses import MeanSquaredError


class MyMeanSquaredError(MeanSquaredError):
    def per_photo(self, y, y_pred):
        d = np.subtract(y, y_pred).reshape(len(y_pred), 1, -1)
        k = d.shape[-1]
        squares = d @ d.transpose(0, 2, 1)
        return squares[:, 0, 0] / k, (-2 / k) * d.reshape(y_pred.shape)
'''),
    ('rmsprop_in_one_update', 'MyRMSprop',
     'update written out, with m and b as 0 where they are not used',
     '''
import numpy as np

from tinycnn.optimizers import RMSprop


class MyRMSprop(RMSprop):
    def update(self, params, grads):
        grads = self._prepared(params, grads)
        self.t += 1
        rest = 1 - self.rho
        for name, param in params.items():
            g = grads[name]
            self.v[name] = v = self.rho * self.v.get(name, 0) + rest * g * g
            m = 0
            if self.centered:
                self.m[name] = m = self.rho * self.m.get(name, 0) + rest * g
            b = self.learning_rate * g / np.sqrt(v - m * m + self.epsilon)
            if self.momentum > 0:
                self.b[name] = b = b + self.momentum * self.b.get(name, 0)
            param -= b
'''),
    ('relu_clip_and_sign', 'MyReLU',
     'y is a clip, and backward multiplies by the sign of y, which is 1 or 0; y is kept in an attribute of its own',
     '''
import numpy as np

from tinycnn.layers import ReLU


class MyReLU(ReLU):
    def forward(self, x, training=False):
        self.y = np.clip(self.check_input(x), 0, None)
        return self.y.copy()

    def backward(self, dy):
        return np.sign(self.y) * dy
'''),
    ('relu_places_in_the_flat_array', 'MyReLU',
     'keeps the flat indices of what is positive, and copies only these into zeros, forward and backward',
     '''
import numpy as np

from tinycnn.layers import ReLU


class MyReLU(ReLU):
    def forward(self, x, training=False):
        x = self.check_input(x)
        where = np.flatnonzero(x > 0)
        self.kept = (where,)
        return self._only(x, where)

    def backward(self, dy):
        (where,) = self.kept_for(dy)
        return self._only(dy, where)

    @staticmethod
    def _only(values, where):
        flat = np.zeros(values.size, values.dtype)
        flat[where] = values.ravel()[where]
        return flat.reshape(values.shape)
'''),
    ('sgd_by_coefficients', 'MySGD',
     'plain, momentum and Nesterov as one formula: param += a * v - b * grad',
     '''
import numpy as np

from tinycnn.optimizers import SGD


class MySGD(SGD):
    def update(self, params, grads):
        self.t += 1
        a, b = (self.momentum, self.learning_rate) if self.nesterov else (1, 0)
        self.v = {
            name: self.momentum * self.v.get(name, np.zeros_like(param))
            - self.learning_rate * grads[name]
            for name, param in params.items()
        } | {name: v for name, v in self.v.items() if name not in params}
        for name in sorted(params):
            params[name] += a * self.v[name] - b * grads[name]
'''),
    ('sgd_with_out_arguments', 'MySGD',
     'ufuncs with out= only, a scratch array, and the count at the end',
     '''
import numpy as np

from tinycnn.optimizers import SGD


class MySGD(SGD):
    def update(self, params, grads):
        for name, param in params.items():
            if name not in self.v:
                self.v[name] = np.zeros_like(param)
            v = self.v[name]
            scratch = np.multiply(grads[name], self.learning_rate)
            np.multiply(v, self.momentum, out=v)
            np.subtract(v, scratch, out=v)
            if self.nesterov:
                np.subtract(param, scratch, out=param)
                np.multiply(v, self.momentum, out=scratch)
                np.add(param, scratch, out=param)
            else:
                np.add(param, v, out=param)
        self.t = 1 + self.t
'''),
    ('sgd_place_by_place', 'MySGD',
     'a loop over the places of the array with np.ndindex',
     '''
import numpy as np

from tinycnn.optimizers import SGD


class MySGD(SGD):
    def update(self, params, grads):
        self.t += 1
        rate, share = float(self.learning_rate), self.momentum
        for name in params:
            param, grad = params[name], grads[name]
            v = self.v.setdefault(name, np.zeros_like(param))
            for place in np.ndindex(param.shape):
                v[place] = share * v[place] - rate * grad[place]
                if self.nesterov:
                    param[place] += share * v[place] - rate * grad[place]
                else:
                    param[place] += v[place]
'''),
    ('sigmoid_through_logaddexp', 'MySigmoid',
     'y = exp(-log(1 + exp(-x))) with np.logaddexp, which never overflows',
     '''
import numpy as np

from tinycnn.layers import Sigmoid


class MySigmoid(Sigmoid):
    def forward(self, x, training=False):
        x = self.check_input(x)
        zero = np.zeros((), x.dtype)
        y = np.exp(-np.logaddexp(zero, -x))
        self.kept = (y,)
        return y

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        return dy * (y - np.square(y))
'''),
    ('sigmoid_slope_from_e', 'MySigmoid',
     'keeps e = exp(-|x|), and takes the slope as e / (1 + e)**2, which is the same on both sides of 0',
     '''
import numpy as np

from tinycnn.layers import Sigmoid


class MySigmoid(Sigmoid):
    def forward(self, x, training=False):
        x = self.check_input(x)
        e = np.exp(-np.abs(x))
        y = 1 / (1 + e)
        below = x < 0
        y[below] *= e[below]
        self.kept = (e,)
        return y

    def backward(self, dy):
        (e,) = self.kept_for(dy)
        return dy * e / (1 + e) ** 2
'''),
    ('softmax_from_its_logarithm', 'MySoftmax',
     'y = exp of (x - log of the sum of exp); backward makes the Jacobian diag(y) - y y^T of each row and multiplies',
     '''
import numpy as np

from tinycnn.layers import Softmax


class MySoftmax(Softmax):
    def forward(self, x, training=False):
        x = self.check_input(x)
        top = x.max(axis=-1, keepdims=True)
        with np.errstate(over="ignore"):
            shifted = x - top
        log_sum = np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        y = np.exp(shifted - log_sum)
        self.kept = (y,)
        return y

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        jacobian = y[..., :, None] * np.eye(y.shape[-1], dtype=y.dtype) - y[..., :, None] * y[..., None, :]
        return (jacobian @ dy[..., None])[..., 0]
'''),
    ('sparse_by_transposed_rows', 'MySparseCategoricalCrossentropy',
     'classes first (transposed), so that nothing needs keepdims',
     '''
import numpy as np

from tinycnn.losses import SparseCategoricalCrossentropy


class MySparseCategoricalCrossentropy(SparseCategoricalCrossentropy):
    def per_photo(self, y, y_pred):
        z = y_pred.T - y_pred.T.max(axis=0)
        e = np.exp(z)
        total = sum(e)
        loss = sum(labels * (np.log(total) - row) for labels, row in zip(y.T, z))
        return loss, (e / total).T - y
'''),
    ('sumpool_two_matrices', 'MySumPooling2D',
     'sums rows with a matrix (OH, H) of ones and zeros and columns with another; backward uses their transposes; no border is made',
     '''
import numpy as np

from tinycnn.layers import SumPooling2D


class MySumPooling2D(SumPooling2D):
    def _matrix(self, axis, dtype):
        steps, borders = self._grid(self.input_shape)
        first = np.arange(steps[axis])[:, None] * self.strides[axis] - borders[axis][0]
        cell = np.arange(self.input_shape[axis])
        return ((cell >= first) & (cell < first + self.pool_size[axis])).astype(dtype)

    def forward(self, x, training=False):
        x = self.check_input(x)
        self.kept = ()
        R, S = self._matrix(0, x.dtype), self._matrix(1, x.dtype)
        return np.einsum("ih,nhwc,jw->nijc", R, x, S, optimize=True)

    def backward(self, dy):
        self.kept_for(dy)
        R, S = self._matrix(0, dy.dtype), self._matrix(1, dy.dtype)
        return np.einsum("ih,nijc,jw->nhwc", R, dy, S, optimize=True)
'''),
    ('sumpool_spreads_dy_and_sums_again', 'MySumPooling2D',
     'backward is sum pooling, too: of dy, spread by the strides in a border of zeros, with stride 1',
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
        (N, PH, PW, C), borders = self.kept_for(dy)
        (KH, KW), (SH, SW) = self.pool_size, self.strides
        spread = np.zeros((N, PH + KH - 1, PW + KW - 1, C), dy.dtype)
        rows = KH - 1 + SH * np.arange(dy.shape[1])
        columns = KW - 1 + SW * np.arange(dy.shape[2])
        spread[:, rows[:, None], columns] = dy
        return crop(sliding_window_view(spread, (KH, KW), axis=(1, 2)).sum(axis=(-2, -1)), borders)
'''),
    ('col2im_bincount', 'my_col2im',
     'every number of cols gets the flat place of its pixel, and np.bincount with weights adds them up',
     '''
import numpy as np


def my_col2im(cols, padded_shape, window, strides):
    N, H, W, C = padded_shape
    places = np.arange(N * H * W * C).reshape(padded_shape)
    views = np.lib.stride_tricks.sliding_window_view(places, window, axis=(1, 2))
    views = views[:, :: strides[0], :: strides[1]].transpose(0, 1, 2, 4, 5, 3)
    summed = np.bincount(views.ravel(), weights=cols.ravel(), minlength=places.size)
    return summed.reshape(padded_shape).astype(cols.dtype)
'''),
    ('col2im_rows_from_an_iterator', 'my_col2im',
     'one iterator over the rows of cols, taken by three loops; flat slices of rows of the photo, row by row of the window',
     '''
import numpy as np


def my_col2im(cols, padded_shape, window, strides):
    N, H, W, C = padded_shape
    out = np.zeros((N * H, W * C), cols.dtype)
    width = window[1] * C
    rows = iter(cols)
    for photo in range(0, N * H, H):
        for top in range(photo, photo + H - window[0] + 1, strides[0]):
            for left in range(0, (W - window[1] + 1) * C, strides[1] * C):
                row = next(rows)
                for a in range(window[0]):
                    out[top + a, left : left + width] += row[a * width : (a + 1) * width]
    return out.reshape(padded_shape)
'''),
    ('im2col_broadcast_indices', 'my_im2col',
     'two index arrays (OH, 1, KH, 1) and (1, OW, 1, KW) pick all windows at once',
     '''
import numpy as np


def my_im2col(padded, window, strides):
    H, W = padded.shape[1:3]
    r = np.arange(0, H - window[0] + 1, strides[0])[:, None, None, None] + np.arange(window[0])[:, None]
    s = np.arange(0, W - window[1] + 1, strides[1])[:, None, None] + np.arange(window[1])
    picked = padded[:, r, s]
    return picked.reshape(-1, window[0] * window[1] * padded.shape[3])
'''),
    ('im2col_cells_side_by_side', 'my_im2col',
     'the views of window_cells, joined along the channels, are already the rows in the right order',
     '''
import numpy as np

from tinycnn.layers.windows import window_cells


def my_im2col(padded, window, strides):
    joined = np.concatenate(list(window_cells(padded, window, strides)), axis=-1)
    return joined.reshape(-1, joined.shape[-1])
'''),
]
