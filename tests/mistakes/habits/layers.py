"""Whole files with one mistake each: layers."""
# ruff: noqa: E501
# fmt: off

LAYERS = [
    ('avgpool_counts_shared_by_all_layers', 'MyAveragePooling2D',
     "the numbers of cells are kept in a dict of the class by input shape alone: a layer with another window gets the first one's",
     '''
import numpy as np

from tinycnn.layers import AveragePooling2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyAveragePooling2D(AveragePooling2D):
    known = {}

    def count(self):
        if self.input_shape not in self.known:
            self.known[self.input_shape] = self._cells
        return self.known[self.input_shape]

    def forward(self, x, training=False):
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        self.kept = (padded.shape, borders)
        return sum(window_cells(padded, self.pool_size, self.strides)) / self.count()

    def backward(self, dy):
        shape, borders = self.kept_for(dy)
        dpadded = np.zeros(shape, dy.dtype)
        share = dy / self.count()
        for cell in window_cells(dpadded, self.pool_size, self.strides):
            cell += share
        return crop(dpadded, borders)
'''),
    ('avgpool_counts_what_is_not_zero', 'MyAveragePooling2D',
     'takes every 0 for border: real cells that are 0 are not counted',
     '''
import numpy as np

from tinycnn.layers import AveragePooling2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyAveragePooling2D(AveragePooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        cells = np.array(list(window_cells(padded, self.pool_size, self.strides)))
        count = np.maximum(np.count_nonzero(cells, axis=0), 1).astype(x.dtype)
        self.kept = (padded.shape, borders, count)
        return cells.sum(axis=0) / count

    def backward(self, dy):
        shape, borders, count = self.kept_for(dy)
        dpadded = np.zeros(shape, dy.dtype)
        for view in window_cells(dpadded, self.pool_size, self.strides):
            view += dy / count
        return crop(dpadded, borders)
'''),
    ('avgpool_columns_counted_by_height', 'MyAveragePooling2D',
     'the real columns of a window are counted up to H instead of W: wrong where the photo is not square',
     '''
import numpy as np

from tinycnn.layers import SumPooling2D
from tinycnn.layers.windows import crop, pad


class MyAveragePooling2D(SumPooling2D):
    def real(self, axis, steps, before, length):
        first = np.arange(steps) * self.strides[axis] - before
        last = first + self.pool_size[axis]
        return np.minimum(last, length) - np.maximum(first, 0)

    def count(self):
        H, W, C = self.input_shape
        (OH, OW), ((top, _), (left, _)) = self._grid(self.input_shape)
        rows = self.real(0, OH, top, H)
        columns = self.real(1, OW, left, H)
        return np.outer(rows, columns)[None, :, :, None].astype(np.float32)

    def forward(self, x, training=False):
        x = self.check_input(x)
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        self.kept = (padded.shape, borders)
        y = np.zeros((len(x), OH, OW, x.shape[3]), x.dtype)
        for i in range(OH):
            for j in range(OW):
                r, s = i * self.strides[0], j * self.strides[1]
                y[:, i, j] = padded[:, r:r + self.pool_size[0], s:s + self.pool_size[1]].sum((1, 2))
        return y / self.count()

    def backward(self, dy):
        shape, borders = self.kept_for(dy)
        dy = dy / self.count()
        dpadded = np.zeros(shape, dy.dtype)
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                r, s = i * self.strides[0], j * self.strides[1]
                dpadded[:, r:r + self.pool_size[0], s:s + self.pool_size[1]] += dy[:, i:i+1, j:j+1]
        return crop(dpadded, borders)
'''),
    ('batchnorm_momentum_of_pytorch', 'MyBatchNormalization',
     'momentum is the share of the new batch, as in PyTorch, instead of the share that is kept',
     '''
import numpy as np

from tinycnn.layers import BatchNormalization


class MyBatchNormalization(BatchNormalization):
    def forward(self, x, training=False):
        x = self.check_input(x)
        axes = tuple(range(x.ndim - 1))
        learning = training and self.trainable and len(x) > 0
        if learning:
            mean, var = x.mean(axis=axes), x.var(axis=axes)
            m = self.momentum
            self.state["moving_mean"] = (1 - m) * self.state["moving_mean"] + m * mean
            self.state["moving_variance"] = (1 - m) * self.state["moving_variance"] + m * var
        else:
            mean, var = self.state["moving_mean"], self.state["moving_variance"]
        std = np.sqrt(var + self.epsilon)
        x_hat = (x - mean) / std
        self.kept = (x_hat, std, axes, learning)
        return self.params["gamma"] * x_hat + self.params["beta"]

    def backward(self, dy):
        x_hat, std, axes, learning = self.kept_for(dy)
        dgamma, dbeta = (dy * x_hat).sum(axis=axes), dy.sum(axis=axes)
        self.grads = {"gamma": dgamma, "beta": dbeta}
        if learning:
            M = dy.size // dy.shape[-1]
            dy = dy - dbeta / M - x_hat * dgamma / M
        return dy * (self.params["gamma"] / std)
'''),
    ('batchnorm_running_variance_of_a_sample', 'MyBatchNormalization',
     'the running variance is that of a sample, with 1/(M - 1) (PyTorch); the contract says 1/M',
     '''
import numpy as np

from tinycnn.layers import BatchNormalization


class MyBatchNormalization(BatchNormalization):
    def forward(self, x, training=False):
        x = self.check_input(x)
        rows = x.reshape(-1, x.shape[-1])
        M = len(rows)
        on = bool(training and self.trainable and M)
        if on:
            mean = rows.mean(0)
            var = np.square(rows - mean).mean(0)
            unbiased = var * (M / max(M - 1, 1))
            keep = self.momentum
            self.state = {
                "moving_mean": keep * self.state["moving_mean"] + (1 - keep) * mean,
                "moving_variance": keep * self.state["moving_variance"] + (1 - keep) * unbiased,
            }
        else:
            mean, var = self.state["moving_mean"], self.state["moving_variance"]
        inv = 1 / np.sqrt(var + self.epsilon)
        hat = (rows - mean) * inv
        self.kept = (hat, inv, on)
        return (hat * self.params["gamma"] + self.params["beta"]).reshape(x.shape)

    def backward(self, dy):
        hat, inv, on = self.kept_for(dy)
        d = dy.reshape(hat.shape)
        dbeta, dgamma = d.sum(0), (d * hat).sum(0)
        self.grads = {"gamma": dgamma, "beta": dbeta}
        if on:
            d = d - dbeta / len(d) - hat * (dgamma / len(d))
        return (d * self.params["gamma"] * inv).reshape(dy.shape)
'''),
    ('conv_dx_kernel_not_turned', 'MyConv2D',
     'dx is computed as a full convolution of dy, but the kernel is not turned by 180 degrees',
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
        # dy with SH - 1, SW - 1 zeros between its cells, and a border
        spread = np.zeros((N, PH + KH - 1, PW + KW - 1, F), dy.dtype)
        spread[:, KH - 1 : KH - 1 + OH * SH : SH, KW - 1 : KW - 1 + OW * SW : SW][:, :OH, :OW] = dy
        view = sliding_window_view(spread, (KH, KW), axis=(1, 2))  # n r s f a b
        dpadded = np.einsum("nrsfab,abcf->nrsc", view, self.params["kernel"], optimize=True)
        return crop(dpadded, borders)
'''),
    ('conv_kernel_read_filters_first', 'MyConv2D',
     'the kernel as a matrix is reshape(F, -1), as for kernels (F, ...), so its numbers are mixed up',
     '''
import numpy as np

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import crop, im2col, col2im, pad


class MyConv2D(Conv2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        cols = im2col(padded, self.kernel_size, self.strides)
        W = self.params["kernel"].reshape(self.filters, -1)
        y = cols @ W.T
        if self.use_bias:
            y += self.params["bias"]
        self.kept = (cols, padded.shape, borders)
        return y.reshape(len(x), OH, OW, self.filters)

    def backward(self, dy):
        cols, shape, borders = self.kept_for(dy)
        kernel = self.params["kernel"]
        d = dy.reshape(-1, self.filters)
        self.grads = {"kernel": (d.T @ cols).reshape(kernel.shape)}
        if self.use_bias:
            self.grads["bias"] = d.sum(axis=0)
        dcols = d @ kernel.reshape(self.filters, -1)
        return crop(col2im(dcols, shape, self.kernel_size, self.strides), borders)
'''),
    ('conv_same_with_half_the_kernel', 'MyConv2D',
     "'same' puts KH//2 and KW//2 cells on all four sides, as in PyTorch: other windows than Keras's for strides above 1 or even kernels",
     '''
import numpy as np

from tinycnn.layers import Conv2D


class MyConv2D(Conv2D):
    def half(self):
        if self.padding == "same":
            return self.kernel_size[0] // 2, self.kernel_size[1] // 2
        return 0, 0

    def forward(self, x, training=False):
        x = self.check_input(x)
        (OH, OW), _ = self._grid(x.shape[1:])
        p, q = self.half()
        KH, KW = self.kernel_size
        padded = np.pad(x, ((0, 0), (p, p), (q, q), (0, 0)))
        self.kept = (padded,)
        y = np.zeros((len(x), OH, OW, self.filters), x.dtype)
        for i in range(OH):
            for j in range(OW):
                r, s = i * self.strides[0], j * self.strides[1]
                y[:, i, j] = np.tensordot(padded[:, r:r + KH, s:s + KW], self.params["kernel"], 3)
        if self.use_bias:
            y += self.params["bias"]
        return y

    def backward(self, dy):
        (padded,) = self.kept_for(dy)
        kernel = self.params["kernel"]
        KH, KW = self.kernel_size
        dkernel = np.zeros_like(kernel)
        dpadded = np.zeros(padded.shape, dy.dtype)
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                r, s = i * self.strides[0], j * self.strides[1]
                g = dy[:, i, j]
                dkernel += np.tensordot(padded[:, r:r + KH, s:s + KW], g, ([0], [0]))
                dpadded[:, r:r + KH, s:s + KW] += np.tensordot(g, kernel, ([1], [3]))
        self.grads = {"kernel": dkernel}
        if self.use_bias:
            self.grads["bias"] = dy.sum((0, 1, 2))
        p, q = self.half()
        return dpadded[:, p:padded.shape[1] - p, q:padded.shape[2] - q]
'''),
    ('conv_crop_with_minus_zero', 'MyConv2D',
     'crops with [top:-bottom]: where a side of the border is 0 that is [top:0], which is empty',
     '''
import numpy as np

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import pad, window_cells


class MyConv2D(Conv2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        self.kept = (padded, borders)
        K = self.params["kernel"].reshape(-1, x.shape[3], self.filters)
        y = sum(cell @ k for cell, k in zip(window_cells(padded, self.kernel_size, self.strides), K))
        return y + self.params["bias"] if self.use_bias else y

    def backward(self, dy):
        padded, ((top, bottom), (left, right)) = self.kept_for(dy)
        kernel = self.params["kernel"]
        K = kernel.reshape(-1, *kernel.shape[2:])
        dpadded = np.zeros(padded.shape, dy.dtype)
        dK = []
        cells = window_cells(padded, self.kernel_size, self.strides)
        dcells = window_cells(dpadded, self.kernel_size, self.strides)
        for k, cell, dcell in zip(K, cells, dcells):
            dK.append(np.tensordot(cell, dy, axes=([0, 1, 2], [0, 1, 2])))
            dcell += dy @ k.T
        self.grads = {"kernel": np.array(dK).reshape(kernel.shape)}
        if self.use_bias:
            self.grads["bias"] = dy.sum(axis=(0, 1, 2))
        if self.padding == "same":
            return dpadded[:, top:-bottom, left:-right]
        return dpadded
'''),
    ('conv_kernel_matrix_made_once', 'MyConv2D',
     'the kernel as a matrix (F, KH*KW*C) is made in the first forward and kept: after an update the old weights are used',
     '''
import numpy as np

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import col2im, crop, im2col, pad


class MyConv2D(Conv2D):
    W = None

    def forward(self, x, training=False):
        x = self.check_input(x)
        if self.W is None:
            KHKWC = self.params["kernel"].size // self.filters
            self.W = np.array(self.params["kernel"].reshape(KHKWC, self.filters).T, order="C")
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        cols = im2col(padded, self.kernel_size, self.strides)
        self.kept = cols, padded.shape, borders
        y = np.dot(cols, self.W.T)
        if self.use_bias:
            y = y + self.params["bias"]
        return y.reshape(-1, OH, OW, self.filters)

    def backward(self, dy):
        cols, shape, borders = self.kept_for(dy)
        KH, KW = self.kernel_size
        flat = dy.reshape(-1, self.filters)
        dW = np.dot(flat.T, cols)
        self.grads = {"kernel": dW.reshape(self.filters, KH, KW, -1).transpose(1, 2, 3, 0)}
        if self.use_bias:
            self.grads["bias"] = flat.sum(0)
        dcols = np.dot(flat, self.W)
        return crop(col2im(dcols, shape, self.kernel_size, self.strides), borders)
'''),
    ('conv_output_reshaped_not_transposed', 'MyConv2D',
     'y is computed as (F, N*OH*OW) and reshaped to (N, OH, OW, F) without a transpose',
     '''
import numpy as np

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import col2im, crop, im2col, pad


class MyConv2D(Conv2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        cols = im2col(padded, self.kernel_size, self.strides).T
        K = self.params["kernel"].reshape(-1, self.filters).T
        out = K @ cols
        if self.use_bias:
            out += self.params["bias"][:, np.newaxis]
        self.kept = (cols, padded.shape, borders)
        return out.reshape(len(x), OH, OW, self.filters)

    def backward(self, dy):
        cols, shape, borders = self.kept_for(dy)
        kernel = self.params["kernel"]
        d = dy.transpose(3, 0, 1, 2).reshape(self.filters, -1)
        self.grads = {"kernel": (cols @ d.T).reshape(kernel.shape)}
        if self.use_bias:
            self.grads["bias"] = d.sum(axis=1)
        dcols = (kernel.reshape(-1, self.filters) @ d).T
        return crop(col2im(dcols, shape, self.kernel_size, self.strides), borders)
'''),
    ('dense_kernel_read_as_out_in', 'MyDense',
     "reads the kernel's numbers as (units, inputs), as in PyTorch: reshape in place of a transpose, in both directions",
     '''
import numpy as np

from tinycnn.layers import Dense


class MyDense(Dense):
    def forward(self, x, training=False):
        x = self.check_input(x)
        self.kept = (x,)
        weight = self.params["kernel"].reshape(self.units, -1)  # (out, in)
        y = x @ weight.T
        if "bias" in self.params:
            y = y + self.params["bias"]
        return y

    def backward(self, dy):
        (x,) = self.kept_for(dy)
        weight = self.params["kernel"].reshape(self.units, -1)
        dweight = dy.T @ x
        self.grads = {"kernel": dweight.reshape(self.params["kernel"].shape)}
        if "bias" in self.params:
            self.grads["bias"] = dy.sum(axis=0)
        return dy @ weight
'''),
    ('dense_bias_gradient_keepdims', 'MyDense',
     'the gradient of the bias has the shape (1, units): keepdims=True, from an example where the bias is a row',
     '''
import numpy as np

from tinycnn.layers import Dense


class MyDense(Dense):
    def forward(self, x, training=False):
        x = self.check_input(x)
        self.kept = (x,)
        y = np.dot(x, self.params["kernel"])
        return y + self.params["bias"] if self.use_bias else y

    def backward(self, dy):
        (x,) = self.kept_for(dy)
        self.grads = dict(kernel=np.dot(x.T, dy))
        if self.use_bias:
            self.grads["bias"] = np.sum(dy, axis=0, keepdims=True)
        return np.dot(dy, self.params["kernel"].T)
'''),
    ('dense_gradients_pile_up', 'MyDense',
     'adds to the gradients of the last backward (as PyTorch does until zero_grad)',
     '''
import numpy as np

from tinycnn.layers import Dense


class MyDense(Dense):
    def forward(self, x, training=False):
        self.x = self.check_input(x)
        y = np.einsum("ni,iu->nu", self.x, self.params["kernel"])
        if self.use_bias:
            y += self.params["bias"]
        return y

    def backward(self, dy):
        if not self.grads:
            self.grads = {k: np.zeros_like(p) for k, p in self.params.items()}
        self.grads["kernel"] = self.grads["kernel"] + np.einsum("ni,nu->iu", self.x, dy)
        if self.use_bias:
            self.grads["bias"] = self.grads["bias"] + np.einsum("nu->u", dy)
        return np.einsum("nu,iu->ni", dy, self.params["kernel"])
'''),
    ('dense_sums_before_the_outer_product', 'MyDense',
     'dkernel is the outer product of the sums of x and dy over the photos, right for one photo only',
     '''
import numpy as np

from tinycnn.layers import Dense


class MyDense(Dense):
    def forward(self, x, training=False):
        x = self.check_input(x)
        self.kept = (x,)
        W, b = self.params["kernel"], self.params.get("bias")
        return x @ W if b is None else x @ W + b

    def backward(self, dy):
        (x,) = self.kept_for(dy)
        total = dy.sum(0)
        self.grads = {"kernel": np.outer(x.sum(0), total), "bias": total}
        if not self.use_bias:
            del self.grads["bias"]
        return dy @ self.params["kernel"].T
'''),
    ('dense_adds_into_the_bias', 'MyDense',
     "row = self.params['bias'] is no copy: row += changes the layer's bias, and each photo gets those before it",
     '''
import numpy as np

from tinycnn.layers import Dense


class MyDense(Dense):
    def forward(self, x, training=False):
        x = self.check_input(x)
        self.kept = (x,)
        if not self.use_bias:
            return x @ self.params["kernel"]
        y = np.zeros((len(x), self.units), self.params["kernel"].dtype)
        for n in range(len(x)):
            row = self.params["bias"]
            row += x[n] @ self.params["kernel"]
            y[n] = row
        return y

    def backward(self, dy):
        (x,) = self.kept_for(dy)
        dkernel = np.zeros_like(self.params["kernel"])
        for xn, dyn in zip(x, dy):
            dkernel += np.outer(xn, dyn)
        self.grads = {"kernel": dkernel}
        if self.use_bias:
            self.grads["bias"] = dy.sum(axis=0)
        return dy @ self.params["kernel"].T
'''),
    ('dropout_divides_by_rate', 'MyDropout',
     'divides by the rate instead of 1 - rate (the keep_prob of old TensorFlow): right for 0.5 only',
     '''
import numpy as np

from tinycnn.layers import Dropout
from tinycnn.randomness import rng_for


class MyDropout(Dropout):
    def forward(self, x, training=False):
        x = self.check_input(x)
        mask = np.ones_like(x)
        if training and self.rate > 0:
            chance = rng_for(self._seed, "dropout", self.step).random(x.shape, np.float32)
            mask[chance < self.rate] = 0
            mask /= np.asarray(self.rate, x.dtype)
        self.kept = (mask,)
        return x * mask

    def backward(self, dy):
        (mask,) = self.kept_for(dy)
        return dy * mask
'''),
    ('flatten_channels_first_and_back', 'MyFlatten',
     'lays out the channels first, as Keras does for Theano and PyTorch does: (C, H, W), not (H, W, C); backward agrees with it',
     '''
import numpy as np

from tinycnn.layers import Flatten


class MyFlatten(Flatten):
    def forward(self, x, training=False):
        x = self.check_input(x)
        if x.ndim == 4:
            x = x.transpose(0, 3, 1, 2)
        self.kept = (x.shape,)
        return x.reshape(len(x), np.prod(x.shape[1:], dtype=int))

    def backward(self, dy):
        (shape,) = self.kept_for(dy)
        dx = dy.reshape(shape)
        return dx.transpose(0, 2, 3, 1) if dx.ndim == 4 else dx
'''),
    ('global_average_divides_by_height_squared', 'MyGlobalAveragePooling2D',
     'backward divides by H * H, wrong for photos that are not square',
     '''
import numpy as np

from tinycnn.layers import GlobalAveragePooling2D


class MyGlobalAveragePooling2D(GlobalAveragePooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        self.kept = (x.shape,)
        return np.einsum("nhwc->nc", x) / (x.shape[1] * x.shape[2])

    def backward(self, dy):
        (shape,) = self.kept_for(dy)
        dx = np.ones(shape, dy.dtype)
        dx *= dy[:, None, None, :] / (shape[1] * shape[1])
        return dx
'''),
    ('leaky_relu_slope_from_pytorch', 'MyLeakyReLU',
     "backward uses the constant 0.01, PyTorch's default, instead of self.negative_slope",
     '''
import numpy as np

from tinycnn.layers import LeakyReLU


class MyLeakyReLU(LeakyReLU):
    def forward(self, x, training=False):
        x = self.check_input(x)
        self.kept = (x > 0,)
        return np.maximum(x, 0) + self.negative_slope * np.minimum(x, 0)

    def backward(self, dy):
        (positive,) = self.kept_for(dy)
        slope = np.full(dy.shape, 0.01, dy.dtype)
        slope[positive] = 1
        return dy * slope
'''),
    ('maxpool_ties_in_column_order', 'MyMaxPooling2D',
     'numbers the cells of a window column by column: of equal maxima the first in column order wins',
     '''
import numpy as np

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import crop, pad


class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        KH, KW = self.pool_size
        down, across = self.strides
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders, fill=-np.inf)
        windows = np.lib.stride_tricks.sliding_window_view(padded, (KH, KW), axis=(1, 2))
        windows = windows[:, ::down, ::across].swapaxes(-1, -2)
        flat = windows.reshape(*windows.shape[:4], KW * KH)
        best = flat.argmax(axis=-1)
        self.kept = (padded.shape, borders, best)
        return flat.max(axis=-1)

    def backward(self, dy):
        shape, borders, best = self.kept_for(dy)
        KH, KW = self.pool_size
        b, a = np.divmod(best, KH)
        n, i, j, c = np.indices(dy.shape)
        dpadded = np.zeros(shape, dy.dtype)
        rows, columns = i * self.strides[0] + a, j * self.strides[1] + b
        np.add.at(dpadded, (n, rows, columns, c), dy)
        return crop(dpadded, borders)
'''),
    ('maxpool_border_of_the_smallest', 'MyMaxPooling2D',
     'the border is filled with x.min(): a border cell ties with real cells (zeros after a ReLU) and takes the gradient',
     '''
import numpy as np

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders, fill=x.min())
        cells = np.stack(list(window_cells(padded, self.pool_size, self.strides)))
        self.winner = cells.argmax(axis=0)
        self.shape, self.borders = padded.shape, borders
        return cells.max(axis=0)

    def backward(self, dy):
        dpadded = np.zeros(self.shape, dy.dtype)
        for k, cell in enumerate(window_cells(dpadded, self.pool_size, self.strides)):
            cell += np.where(self.winner == k, dy, 0)
        return crop(dpadded, self.borders)
'''),
    ('maxpool_fancy_plus_equals', 'MyMaxPooling2D',
     'dx[indices] += dy adds only once where an index repeats: a cell that wins two windows gets one gradient',
     '''
import numpy as np

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import crop, pad


class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders, fill=-np.inf)
        N, C = x.shape[0], x.shape[3]
        (KH, KW), (SH, SW) = self.pool_size, self.strides
        y = np.zeros((N, OH, OW, C), x.dtype)
        rows = np.zeros(y.shape, int)
        cols = np.zeros(y.shape, int)
        for i in range(OH):
            for j in range(OW):
                block = padded[:, i * SH:i * SH + KH, j * SW:j * SW + KW]
                block = block.reshape(N, KH * KW, C)
                where = block.argmax(axis=1)
                y[:, i, j] = block.max(axis=1)
                rows[:, i, j] = i * SH + where // KW
                cols[:, i, j] = j * SW + where % KW
        self.kept = (padded.shape, borders, rows, cols)
        return y

    def backward(self, dy):
        shape, borders, rows, cols = self.kept_for(dy)
        dpadded = np.zeros(shape, dy.dtype)
        photo = np.arange(shape[0])[:, None, None, None]
        channel = np.arange(shape[3])
        dpadded[photo, rows, cols, channel] += dy
        return crop(dpadded, borders)
'''),
    ('maxpool_winner_of_last_channel', 'MyMaxPooling2D',
     'works channel by channel and keeps the winners of the last channel only',
     '''
import numpy as np

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        grid, borders = self._grid(x.shape[1:])
        padded = pad(x, borders, fill=-np.inf)
        y = np.empty((len(x), *grid, x.shape[3]), x.dtype)
        for c in range(x.shape[3]):
            channel = padded[:, :, :, c:c + 1]
            best, winner = None, None
            for k, cell in enumerate(window_cells(channel, self.pool_size, self.strides)):
                if k == 0:
                    best = cell.copy()
                    winner = np.zeros(best.shape, int)
                    continue
                larger = cell > best
                winner[larger] = k
                best[larger] = cell[larger]
            y[..., c] = best[..., 0]
        self.kept = (padded.shape, borders, winner)
        return y

    def backward(self, dy):
        shape, borders, winner = self.kept_for(dy)
        dpadded = np.zeros(shape, dy.dtype)
        for c in range(shape[3]):
            view = dpadded[:, :, :, c:c + 1]
            for k, cell in enumerate(window_cells(view, self.pool_size, self.strides)):
                cell += dy[..., c:c + 1] * (winner == k)
        return crop(dpadded, borders)
'''),
    ('maxpool_two_widths', 'MyMaxPooling2D',
     'the place of the maximum is made one number with the width of x and taken apart with the padded width (wrong with a border)',
     '''
import numpy as np

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import crop, pad


class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        N, H, W, C = x.shape
        (OH, OW), borders = self._grid((H, W, C))
        padded = pad(x, borders, fill=-np.inf)
        KH, KW = self.pool_size
        y = np.zeros((N, OH, OW, C), x.dtype)
        place = np.zeros((N, OH, OW, C), int)
        for n, i, j, c in np.ndindex(y.shape):
            top, left = i * self.strides[0], j * self.strides[1]
            window = padded[n, top:top + KH, left:left + KW, c]
            a, b = np.unravel_index(np.argmax(window), window.shape)
            y[n, i, j, c] = window[a, b]
            place[n, i, j, c] = (top + a) * W + left + b
        self.kept = (padded.shape, borders, place)
        return y

    def backward(self, dy):
        shape, borders, place = self.kept_for(dy)
        dpadded = np.zeros(shape, dy.dtype)
        width = shape[2]
        for (n, i, j, c), g in np.ndenumerate(dy):
            r, s = divmod(place[n, i, j, c], width)
            dpadded[n, r, s, c] += g
        return crop(dpadded, borders)
'''),
    ('maxpool_blocks_without_transpose', 'MyMaxPooling2D',
     'the fast way for windows that tile the photo reshapes (OH, KH, OW, KW) to (OH, OW, KH*KW) without a transpose',
     '''
import numpy as np

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        N, H, W, C = x.shape
        KH, KW = self.pool_size
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders, fill=-np.inf)
        if self.strides == self.pool_size and H % KH == 0 and W % KW == 0:
            blocks = x.reshape(N, OH, KH, OW, KW, C)
            windows = blocks.reshape(N, OH, OW, KH * KW, C)
        else:
            cells = window_cells(padded, self.pool_size, self.strides)
            windows = np.stack(list(cells), axis=3)
        self.kept = (padded.shape, borders, np.argmax(windows, axis=3))
        return np.max(windows, axis=3)

    def backward(self, dy):
        shape, borders, winner = self.kept_for(dy)
        dpadded = np.zeros(shape, dy.dtype)
        for k, view in enumerate(window_cells(dpadded, self.pool_size, self.strides)):
            view += dy * (winner == k)
        return crop(dpadded, borders)
'''),
    ('relu_heaviside_half_at_zero', 'MyReLU',
     'the slope at x = 0 is 1/2 (np.heaviside with 0.5), it should be 0',
     '''
import numpy as np

from tinycnn.layers import ReLU


class MyReLU(ReLU):
    def forward(self, x, training=False):
        x = self.check_input(x)
        self.kept = (x,)
        return np.where(x > 0, x, np.zeros_like(x))

    def backward(self, dy):
        (x,) = self.kept_for(dy)
        step = np.heaviside(x, 0.5).astype(dy.dtype)
        return step * dy
'''),
    ('relu_mask_of_last_photo_again', 'MyReLU',
     "loops over the photos and keeps only the last photo's mask, which is then laid over all of dy",
     '''
import numpy as np

from tinycnn.layers import ReLU


class MyReLU(ReLU):
    def forward(self, x, training=False):
        x = self.check_input(x)
        y = np.zeros(x.shape, x.dtype)
        for n, photo in enumerate(x):
            self.positive = photo > 0
            y[n][self.positive] = photo[self.positive]
        return y

    def backward(self, dy):
        return np.where(self.positive, dy, np.zeros_like(dy))
'''),
    ('relu_six', 'MyReLU',
     'cuts y at 6 (the ReLU6 of MobileNet): large numbers are wrong',
     '''
import numpy as np

from tinycnn.layers import ReLU


class MyReLU(ReLU):
    def forward(self, x, training=False):
        x = self.check_input(x)
        y = np.clip(x, 0, 6)
        self.kept = (x > 0,)
        return y

    def backward(self, dy):
        mask, = self.kept_for(dy)
        return mask * dy
'''),
    ('relu_mask_through_bytes', 'MyReLU',
     'to save memory the mask is y cast to uint8, > 0: every y in 0..1 becomes 0 and loses its gradient',
     '''
import numpy as np

from tinycnn.layers import ReLU


class MyReLU(ReLU):
    def forward(self, x, training=False):
        x = self.check_input(x)
        y = np.maximum(x, 0)
        # one byte per number is enough
        self.kept = (y.astype(np.uint8),)
        return y

    def backward(self, dy):
        (on,) = self.kept_for(dy)
        dx = dy.copy()
        dx[on == 0] = 0
        return dx
'''),
    ('sigmoid_zero_never_filled', 'MySigmoid',
     'np.empty is filled where x > 0 and where x < 0; at x == 0 it holds whatever was in memory',
     '''
import numpy as np

from tinycnn.layers import Sigmoid


class MySigmoid(Sigmoid):
    def forward(self, x, training=False):
        x = self.check_input(x)
        y = np.empty_like(x)
        positive, negative = x > 0, x < 0
        y[positive] = 1 / (1 + np.exp(-x[positive]))
        e = np.exp(x[negative])
        y[negative] = e / (1 + e)
        self.kept = (y,)
        return y

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        return dy * y * (1 - y)
'''),
    ('sigmoid_keeps_too_early', 'MySigmoid',
     'keeps e = exp(-|x|) instead of y, since the line that keeps stands before y is made',
     '''
import numpy as np

from tinycnn.layers import Sigmoid


class MySigmoid(Sigmoid):
    def forward(self, x, training=False):
        x = self.check_input(x)
        out = np.exp(-np.abs(x))
        self.kept = (out,)
        out = np.where(x >= 0, 1 / (1 + out), out / (1 + out))
        return out

    def backward(self, dy):
        (out,) = self.kept_for(dy)
        return dy * (out - out * out)
'''),
    ('sigmoid_tilde_of_an_integer_mask', 'MySigmoid',
     '~ on a mask of integers 0/1 gives -1/-2, not the other half',
     '''
import numpy as np

from tinycnn.layers import Sigmoid


class MySigmoid(Sigmoid):
    def forward(self, x, training=False):
        x = self.check_input(x)
        above = (x >= 0).astype(np.int8)
        e = np.exp(-np.abs(x))
        y = (above + ~above * e) / (1 + e)
        self.kept = (y,)
        return y

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        return y * (1 - y) * dy
'''),
    ('sigmoid_cache_of_the_class', 'MySigmoid',
     'y is kept in a dict of the class, by shape: a second layer of the same shape overwrites it',
     '''
import numpy as np

from tinycnn.layers import Sigmoid


class MySigmoid(Sigmoid):
    cache = {}

    def forward(self, x, training=False):
        x = self.check_input(x)
        e = np.exp(-abs(x))
        y = np.where(x < 0, e, 1) / (1 + e)
        y = y.astype(x.dtype)
        self.cache[y.shape] = y
        return y

    def backward(self, dy):
        y = self.cache[dy.shape]
        return dy * y * (1 - y)
'''),
    ('sigmoid_keeps_half_precision', 'MySigmoid',
     'keeps y as float16 to save memory, so the slope has only three right digits, and y near 1 has none',
     '''
import numpy as np

from tinycnn.layers import Sigmoid


class MySigmoid(Sigmoid):
    def forward(self, x, training=False):
        x = self.check_input(x)
        e = np.exp(np.minimum(x, -x))
        y = np.where(np.signbit(x), e, np.ones_like(e)) / (1 + e)
        self.kept = (y.astype(np.float16),)
        return y

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        y = y.astype(dy.dtype)
        return dy * y * (1 - y)
'''),
    ('softmax_one_maximum_for_the_batch', 'MySoftmax',
     'subtracts the largest logit of the whole batch: a photo whose logits are far smaller becomes 0 / 0',
     '''
import numpy as np

from tinycnn.layers import Softmax


class MySoftmax(Softmax):
    def forward(self, x, training=False):
        x = self.check_input(x)
        y = np.exp(x - x.max())
        y /= y.sum(axis=-1, keepdims=True)
        self.kept = (y,)
        return y

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        weighted = dy * y
        return weighted - y * weighted.sum(axis=-1, keepdims=True)
'''),
    ('softmax_one_dot_for_the_batch', 'MySoftmax',
     'the sum of dy * y in backward is one number for the whole batch (np.vdot), right for one photo only',
     '''
import numpy as np

from tinycnn.layers import Softmax


class MySoftmax(Softmax):
    def forward(self, x, training=False):
        x = self.check_input(x)
        shifted = x - x.max(axis=-1, keepdims=True)
        self.p = np.exp(shifted)
        self.p = self.p / self.p.sum(axis=-1, keepdims=True)
        return self.p

    def backward(self, dy):
        return self.p * (dy - np.vdot(dy, self.p))
'''),
    ('sumpool_adds_into_a_view', 'MySumPooling2D',
     'y is the first view of window_cells, not a copy: += changes x, and overlapping windows see changed cells',
     '''
from tinycnn.layers import SumPooling2D
from tinycnn.layers.windows import crop, pad, window_cells
import numpy as np


class MySumPooling2D(SumPooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        self.kept = (padded.shape, borders)
        cells = window_cells(padded, self.pool_size, self.strides)
        y = next(cells)
        for cell in cells:
            y += cell
        return y

    def backward(self, dy):
        shape, borders = self.kept_for(dy)
        dpadded = np.zeros(shape, dy.dtype)
        for cell in window_cells(dpadded, self.pool_size, self.strides):
            cell += dy
        return crop(dpadded, borders)
'''),
    ('sumpool_gaps_left_empty', 'MySumPooling2D',
     'without overlap dx comes from np.empty and only cells in a window are written: gaps between windows and a ragged end keep garbage',
     '''
import numpy as np

from tinycnn.layers import SumPooling2D
from tinycnn.layers.windows import crop, pad, window_cells


class MySumPooling2D(SumPooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        self.kept = (padded.shape, borders)
        return np.sum(list(window_cells(padded, self.pool_size, self.strides)), axis=0)

    def backward(self, dy):
        shape, borders = self.kept_for(dy)
        apart = self.strides[0] >= self.pool_size[0] and self.strides[1] >= self.pool_size[1]
        if apart:
            dpadded = np.empty(shape, dy.dtype)
            for cell in window_cells(dpadded, self.pool_size, self.strides):
                cell[...] = dy
        else:
            dpadded = np.zeros(shape, dy.dtype)
            for cell in window_cells(dpadded, self.pool_size, self.strides):
                cell += dy
        return crop(dpadded, borders)
'''),
    ('sumpool_running_sums_wrap_around', 'MySumPooling2D',
     'running sums without a row and column of zeros: for the first windows the index -1 is the last row',
     '''
import numpy as np

from tinycnn.layers import SumPooling2D
from tinycnn.layers.windows import crop, pad


class MySumPooling2D(SumPooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        self.kept = (padded.shape, borders)
        S = padded.astype(np.float64).cumsum(axis=1).cumsum(axis=2)
        top, left = np.arange(OH) * self.strides[0], np.arange(OW) * self.strides[1]
        bottom, right = top + self.pool_size[0] - 1, left + self.pool_size[1] - 1

        def at(rows, columns):
            return S[:, rows][:, :, columns]

        y = at(bottom, right) - at(top - 1, right) - at(bottom, left - 1) + at(top - 1, left - 1)
        return y.astype(x.dtype)

    def backward(self, dy):
        shape, borders = self.kept_for(dy)
        KH, KW = self.pool_size
        dpadded = np.zeros(shape, dy.dtype)
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                r, s = i * self.strides[0], j * self.strides[1]
                dpadded[:, r:r + KH, s:s + KW] += dy[:, i, j][:, None, None]
        return crop(dpadded, borders)
'''),
    ('sumpool_backward_one_stride', 'MySumPooling2D',
     'backward steps across by strides[0], copied from the line above',
     '''
import numpy as np

from tinycnn.layers import SumPooling2D
from tinycnn.layers.windows import crop, pad


class MySumPooling2D(SumPooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        self.kept = (padded.shape, borders)
        y = np.zeros((len(x), OH, OW, x.shape[-1]), x.dtype)
        for i in range(OH):
            for j in range(OW):
                r = i * self.strides[0]
                s = j * self.strides[1]
                window = padded[:, r:r + self.pool_size[0], s:s + self.pool_size[1]]
                y[:, i, j] = window.sum(axis=(1, 2))
        return y

    def backward(self, dy):
        shape, borders = self.kept_for(dy)
        dpadded = np.zeros(shape, dy.dtype)
        N, OH, OW, C = dy.shape
        for i in range(OH):
            for j in range(OW):
                r = i * self.strides[0]
                s = j * self.strides[0]
                window = dpadded[:, r:r + self.pool_size[0], s:s + self.pool_size[1]]
                window += dy[:, i:i + 1, j:j + 1]
        return crop(dpadded, borders)
'''),
    ('sumpool_batch_of_first_call', 'MySumPooling2D',
     'the number of photos is noted in the first forward only: of a larger batch later, the rest gets no gradient',
     '''
import numpy as np

from tinycnn.layers import SumPooling2D
from tinycnn.layers.windows import crop, pad, window_cells


class MySumPooling2D(SumPooling2D):
    batch = None

    def forward(self, x, training=False):
        x = self.check_input(x)
        _, self.borders = self._grid(x.shape[1:])
        padded = pad(x, self.borders)
        if self.batch is None:
            self.batch = len(x)
            self.padded_shape = padded.shape[1:]
        y = 0
        for cell in window_cells(padded, self.pool_size, self.strides):
            y = y + cell
        return y

    def backward(self, dy):
        dpadded = np.zeros((len(dy), *self.padded_shape), dy.dtype)
        for n in range(min(self.batch, len(dy))):
            for cell in window_cells(dpadded[n:n + 1], self.pool_size, self.strides):
                cell += dy[n]
        return crop(dpadded, self.borders)
'''),
    ('tanh_overflows_again', 'MyTanh',
     '(exp(x) - exp(-x)) / (exp(x) + exp(-x)) as it stands: nan for x above 90 in float32',
     '''
import numpy as np

from tinycnn.layers import Tanh


class MyTanh(Tanh):
    def forward(self, x, training=False):
        x = self.check_input(x)
        up, down = np.exp(x), np.exp(-x)
        y = (up - down) / (up + down)
        self.kept = (y,)
        return y

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        return dy - dy * y * y
'''),
    ('zero_padding_top_and_bottom_exchanged', 'MyZeroPadding2D',
     'the rows of the bottom are put on top and the other way round: wrong only for an uneven border',
     '''
import numpy as np

from tinycnn.layers import ZeroPadding2D


class MyZeroPadding2D(ZeroPadding2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        N, H, W, C = x.shape
        (bottom, top), (left, right) = self.padding
        y = np.zeros((N, H + top + bottom, W + left + right, C), x.dtype)
        y[:, top:top + H, left:left + W, :] = x
        self.kept = (slice(top, top + H), slice(left, left + W))
        return y

    def backward(self, dy):
        rows, columns = self.kept_for(dy)
        return dy[:, rows, columns].copy()
'''),
    ('col2im_tiles_when_strides_are_larger', 'my_col2im',
     'the fast way for windows without overlap lays them side by side, also where the stride is larger than the window',
     '''
import numpy as np


def my_col2im(cols, padded_shape, window, strides):
    N, H, W, C = padded_shape
    KH, KW = window
    OH, OW = (H - KH) // strides[0] + 1, (W - KW) // strides[1] + 1
    cells = cols.reshape(N, OH, OW, KH, KW, C)
    padded = np.zeros(padded_shape, cols.dtype)
    if strides[0] >= KH and strides[1] >= KW:
        tiles = cells.transpose(0, 1, 3, 2, 4, 5)
        padded[:, :OH * KH, :OW * KW] = tiles.reshape(N, OH * KH, OW * KW, C)
        return padded
    for a in range(KH):
        for b in range(KW):
            padded[:, a:a + OH * strides[0]:strides[0], b:b + OW * strides[1]:strides[1]][:, :OH, :OW] += cells[:, :, :, a, b]
    return padded
'''),
    ('col2im_row_counter_restarts', 'my_col2im',
     "the row counter starts at 0 for each photo: all photos get the first one's rows",
     '''
import numpy as np


def my_col2im(cols, padded_shape, window, strides):
    N, H, W, C = padded_shape
    KH, KW = window
    padded = np.zeros(padded_shape, cols.dtype)
    for n in range(N):
        k = 0
        for r in range(0, H - KH + 1, strides[0]):
            for s in range(0, W - KW + 1, strides[1]):
                padded[n, r:r + KH, s:s + KW] += cols[k].reshape(KH, KW, C)
                k += 1
    return padded
'''),
    ('col2im_channels_first_in_the_row', 'my_col2im',
     'takes a row as (C, KH, KW), as in the well-known NCHW code, not as (KH, KW, C)',
     '''
import numpy as np

from tinycnn.layers.windows import grid_of, window_cells


def my_col2im(cols, padded_shape, window, strides):
    N, _, _, C = padded_shape
    OH, OW = grid_of(padded_shape, window, strides)
    grads = cols.reshape(N, OH, OW, C, *window)
    img = np.zeros(padded_shape, cols.dtype)
    views = window_cells(img, window, strides)
    for (y, x), view in zip(np.ndindex(*window), views):
        view += grads[..., y, x]
    return img
'''),
    ('im2col_strides_of_a_whole_array', 'my_im2col',
     'as_strided with byte steps computed from the shape, not padded.strides: wrong for a view, such as a transposed photo',
     '''
import numpy as np
from numpy.lib.stride_tricks import as_strided


def my_im2col(padded, window, strides):
    N, H, W, C = padded.shape
    KH, KW = window
    OH = (H - KH) // strides[0] + 1
    OW = (W - KW) // strides[1] + 1
    s = padded.itemsize
    view = as_strided(
        padded,
        shape=(N, OH, OW, KH, KW, C),
        strides=(H * W * C * s, strides[0] * W * C * s, strides[1] * C * s, W * C * s, C * s, s),
    )
    return view.reshape(N * OH * OW, KH * KW * C)
'''),
    ('im2col_width_with_window_height', 'my_im2col',
     "OW is computed with the window's height, wrong for windows that are not square",
     '''
import numpy as np


def my_im2col(padded, window, strides):
    N, H, W, C = padded.shape
    out_h = (H - window[0]) // strides[0] + 1
    out_w = (W - window[0]) // strides[1] + 1
    cols = np.zeros((N, out_h, out_w, window[0] * window[1] * C), padded.dtype)
    for i in range(out_h):
        for j in range(out_w):
            y, x = strides[0] * i, strides[1] * j
            patch = padded[:, y:y + window[0], x:x + window[1], :]
            cols[:, i, j, :] = patch.reshape(N, -1)
    return cols.reshape(N * out_h * out_w, -1)
'''),
    ('im2col_cache_forgets_strides', 'my_im2col',
     "the index is kept in a dict by shape and window, without strides: the second call with other strides gets the first one's windows",
     '''
import numpy as np

_indices = {}


def my_im2col(padded, window, strides):
    key = (padded.shape[1:], tuple(window))
    if key not in _indices:
        H, W, C = padded.shape[1:]
        rows = np.arange(0, H - window[0] + 1, strides[0])
        columns = np.arange(0, W - window[1] + 1, strides[1])
        corner = (rows[:, None] * W + columns) * C
        a, b, c = np.indices((window[0], window[1], C))
        inside = (a * W + b) * C + c
        _indices[key] = corner.reshape(-1, 1) + inside.reshape(1, -1)
    index = _indices[key]
    flat = padded.reshape(len(padded), -1)
    return flat[:, index].reshape(-1, index.shape[1])
'''),
    ('im2col_rows_in_the_default', 'my_im2col',
     'the list of rows is a default argument, so it still holds the windows of the calls before',
     '''
import numpy as np


def my_im2col(padded, window, strides, rows=[]):
    N, H, W, C = padded.shape
    for n in range(N):
        for top in range(0, H - window[0] + 1, strides[0]):
            for left in range(0, W - window[1] + 1, strides[1]):
                rows.append(padded[n, top:top + window[0], left:left + window[1]].ravel())
    return np.array(rows, padded.dtype)
'''),
    ('im2col_squeezed', 'my_im2col',
     'np.squeeze at the end drops an axis of length 1: a single window, or 1x1 windows of one channel',
     '''
import numpy as np


def my_im2col(padded, window, strides):
    views = np.lib.stride_tricks.sliding_window_view(padded, window, axis=(1, 2))
    views = views[:, :: strides[0], :: strides[1]]
    views = np.moveaxis(views, 3, -1)
    N, OH, OW, KH, KW, C = views.shape
    return np.squeeze(views.reshape(N * OH * OW, KH * KW * C))
'''),
]
