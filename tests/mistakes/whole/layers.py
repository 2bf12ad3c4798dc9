"""Whole files with one mistake each: layers."""
# ruff: noqa: E501
# fmt: off

LAYERS = [
    ('relu_asarray_is_no_copy', 'MyReLU',
     "np.asarray(dy) taken for a copy: the caller's dy is set to 0 in place",
     '''
import numpy as np

from tinycnn.layers import ReLU


class MyReLU(ReLU):
    """Keep what is positive, make the rest 0."""

    def forward(self, x, training=False):
        Z = self.check_input(x)
        A = np.maximum(0, Z)
        self.kept = (Z,)
        return A

    def backward(self, dy):
        (Z,) = self.kept_for(dy)
        dZ = np.asarray(dy)  # a copy, so that dy stays as it is
        dZ[Z <= 0] = 0
        return dZ
'''),
    ('relu_tests_dy', 'MyReLU',
     'backward looks at the sign of dy, not of x (max(dy, 0))',
     '''
import numpy as np

from tinycnn.layers import ReLU


def relu(a):
    return np.where(a > 0, a, 0)


class MyReLU(ReLU):
    def forward(self, x, training=False):
        self.kept = (x > 0,)
        return relu(x)

    def backward(self, dy):
        self.kept_for(dy)
        # what was cut off going forward is cut off going back
        return relu(dy)
'''),
    ('relu_mask_of_last_photo', 'MyReLU',
     "the loop over the photos overwrites the mask: only the last photo's is left",
     '''
import numpy as np

from tinycnn.layers import ReLU


class MyReLU(ReLU):
    def forward(self, x, training=False):
        y = np.zeros(x.shape, x.dtype)
        for n, photo in enumerate(x):
            self.mask = photo > 0
            y[n][self.mask] = photo[self.mask]
        return y

    def backward(self, dy):
        return dy * self.mask
'''),
    ('relu_half_at_zero', 'MyReLU',
     'the slope (1 + sign(x)) / 2 is one half at x = 0, not 0',
     '''
import numpy as np

from tinycnn.layers import ReLU


class MyReLU(ReLU):
    """max(x, 0) is the mean of x and |x|."""

    def forward(self, x, training=False):
        x = self.check_input(x)
        self.kept = (np.sign(x),)
        return (x + np.abs(x)) / 2

    def backward(self, dy):
        (sign,) = self.kept_for(dy)
        slope = (1 + sign) / 2
        return dy * slope
'''),
    ('relu_mask_never_cleared', 'MyReLU',
     'the mask is made once and only ever switched on: it still holds the previous batch',
     '''
import numpy as np

from tinycnn.layers import ReLU


class MyReLU(ReLU):
    mask = None

    def forward(self, x, training=False):
        if self.mask is None or self.mask.shape != x.shape:
            self.mask = np.zeros(x.shape, dtype=bool)
        positive = np.nonzero(x > 0)
        self.mask[positive] = True
        y = np.zeros_like(x)
        y[positive] = x[positive]
        return y

    def backward(self, dy):
        dx = np.zeros_like(dy)
        dx[self.mask] = dy[self.mask]
        return dx
'''),
    ('relu_recursive_kink', 'MyReLU',
     'the gradient passes at x == 0 too: >= instead of > in the backward of a recursive solution',
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
        dx = walk(lambda v, d: d if v >= 0 else 0.0, nested, dy.tolist())
        return np.array(dx, dtype=dy.dtype).reshape(dy.shape)
'''),
    ('sigmoid_of_sigmoid', 'MySigmoid',
     'the derivative function expects x, but is given the y that was kept',
     '''
import numpy as np

from tinycnn.layers import Sigmoid


def sig(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + e), e / (1 + e))


def sig_prime(x):
    return sig(x) * (1 - sig(x))


class MySigmoid(Sigmoid):
    def forward(self, x, training=False):
        y = sig(x)
        self.kept = (y,)
        return y

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        return dy * sig_prime(y)
'''),
    ('sigmoid_clips_at_six', 'MySigmoid',
     'x is clipped to -6..6 against the overflow, so that y never comes near 0 or 1',
     '''
import numpy as np

from tinycnn.layers import Sigmoid


class MySigmoid(Sigmoid):
    """1 / (1 + exp(-x))"""

    def forward(self, x, training=False):
        x = self.check_input(x)
        safe = np.clip(x, -6, 6)  # the curve is flat outside
        y = 1.0 / (1.0 + np.exp(-safe))
        self.kept = (y,)
        return y

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        return (1.0 - y) * y * dy
'''),
    ('sigmoid_forgets_zero', 'MySigmoid',
     'two masks, x > 0 and x < 0: at x = 0 the 0 of np.zeros is left, not 0.5',
     '''
import numpy as np

from tinycnn.layers import Sigmoid


class MySigmoid(Sigmoid):
    def forward(self, x, training=False):
        out = np.zeros(x.shape, x.dtype)
        pos = x > 0
        neg = x < 0
        out[pos] = 1 / (1 + np.exp(-x[pos]))
        grown = np.exp(x[neg])
        out[neg] = grown / (grown + 1)
        self.kept = (out,)
        return out

    def backward(self, dy):
        (s,) = self.kept_for(dy)
        return dy * (s - s * s)
'''),
    ('sigmoid_tanh_without_half', 'MySigmoid',
     'the identity with tanh needs x / 2; this takes tanh(x), a curve twice as steep',
     '''
import numpy as np

from tinycnn.layers import Sigmoid


class MySigmoid(Sigmoid):
    """tanh never overflows, and the sigmoid is a tanh, moved and scaled."""

    def forward(self, x, training=False):
        x = self.check_input(x)
        y = 0.5 * (1 + np.tanh(x))
        self.kept = (y,)
        return y

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        return dy * y * (1 - y)
'''),
    ('sigmoid_spoils_its_y', 'MySigmoid',
     'backward does y *= 1 - y: the y that forward returned is overwritten',
     '''
import numpy as np

from tinycnn.layers import Sigmoid


class MySigmoid(Sigmoid):
    def forward(self, x, training=False):
        x = self.check_input(x)
        small = np.exp(-np.abs(x))
        self.y = np.where(x < 0, small, 1) / (1 + small)
        return self.y

    def backward(self, dy):
        slope = self.y
        slope *= 1 - slope
        return slope * dy
'''),
    ('sigmoid_even_slope_no_square', 'MySigmoid',
     'the slope is e / (1 + e) instead of e / (1 + e)**2',
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
        return dy * self.e / (1 + self.e)
'''),
    ('tanh_overflows', 'MyTanh',
     '(e^x - e^-x) / (e^x + e^-x) as it stands: inf / inf for large x',
     '''
import numpy as np
from tinycnn.layers import Tanh


class MyTanh(Tanh):
    def forward(self, x, training=False):
        x = self.check_input(x)
        with np.errstate(all="ignore"):
            up, down = np.exp(x), np.exp(-x)
            y = (up - down) / (up + down)
        self.kept = (y,)
        return y

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        return dy * (1 - y * y)
'''),
    ('tanh_of_half', 'MyTanh',
     '2 sigmoid(x) - 1, which is tanh(x / 2), in place of 2 sigmoid(2 x) - 1',
     '''
import numpy as np
from tinycnn.layers import Tanh


class MyTanh(Tanh):
    def forward(self, x, training=False):
        x = self.check_input(x)
        e = np.exp(-np.abs(x))
        s = np.where(x >= 0, np.ones_like(e), e) / (1 + e)
        self.y = 2 * s - 1
        return self.y

    def backward(self, dy):
        return (1 - self.y**2) * dy
'''),
    ('tanh_slope_from_x', 'MyTanh',
     'backward computes 1 - x**2: forward kept x, not y',
     '''
import numpy as np
from tinycnn.layers import Tanh


class MyTanh(Tanh):
    def forward(self, x, training=False):
        x = self.check_input(x)
        self.kept = (x,)
        return np.tanh(x)

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        return dy * (1 - np.square(y))
'''),
    ('softmax_largest_of_the_batch', 'MySoftmax',
     'the largest number of the whole batch is subtracted: 0 / 0 in a row that lies far below it',
     '''
import numpy as np
from tinycnn.layers import Softmax


class MySoftmax(Softmax):
    def forward(self, x, training=False):
        x = self.check_input(x)
        shifted = x - np.max(x, initial=-np.inf)
        with np.errstate(all="ignore"):
            e = np.exp(shifted)
            self.probs = e / np.sum(e, axis=-1, keepdims=True)
        self.kept = (self.probs,)
        return self.probs

    def backward(self, dy):
        (p,) = self.kept_for(dy)
        inner = np.einsum("...k,...k->...", dy, p)[..., None]
        return p * (dy - inner)
'''),
    ('softmax_slope_of_a_sigmoid', 'MySoftmax',
     'backward has only the diagonal of the Jacobian, y (1 - y)',
     '''
import numpy as np
from tinycnn.layers import Softmax


class MySoftmax(Softmax):
    def forward(self, x, training=False):
        x = self.check_input(x)
        e = np.exp(x - np.amax(x, axis=-1)[..., np.newaxis])
        y = e / np.sum(e, axis=-1)[..., np.newaxis]
        self.kept = (y,)
        return y

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        return dy * y * (1 - y)
'''),
    ('softmax_sum_without_y', 'MySoftmax',
     'backward subtracts the sum of dy, not the sum of dy * y',
     '''
import numpy as np
from tinycnn.layers import Softmax


class MySoftmax(Softmax):
    def forward(self, x, training=False):
        x = self.check_input(x)
        flat = x.reshape(-1, x.shape[-1])
        out = np.empty_like(flat)
        for row, logits in enumerate(flat):
            e = np.exp(logits - logits.max())
            out[row] = e / e.sum()
        out = out.reshape(x.shape)
        self.kept = (out,)
        return out

    def backward(self, dy):
        (y,) = self.kept_for(dy)
        return y * (dy - dy.sum(axis=-1, keepdims=True))
'''),
    ('softmax_backward_left_to_the_loss', 'MySoftmax',
     "backward returns dy: 'the cross-entropy has p - y already'",
     '''
import numpy as np
from tinycnn.layers import Softmax


class MySoftmax(Softmax):
    def forward(self, x, training=False):
        x = self.check_input(x)
        biggest = np.maximum.reduce(x, axis=-1, keepdims=True)
        top = np.exp(x - biggest)
        y = top / np.add.reduce(top, axis=-1, keepdims=True)
        self.kept = (y,)
        return y

    def backward(self, dy):
        self.kept_for(dy)
        return dy.copy()  # the loss gives p - y for the logits
'''),
    ('flatten_fortran_order', 'MyFlatten',
     "order='F': the rows run fastest, not the channels",
     '''
import numpy as np
from tinycnn.layers import Flatten


class MyFlatten(Flatten):
    def forward(self, x, training=False):
        x = self.check_input(x)
        self.kept = (x.shape,)
        n = len(x)
        return x.reshape((n, int(np.prod(x.shape[1:]))), order="F")

    def backward(self, dy):
        (shape,) = self.kept_for(dy)
        return dy.reshape(shape, order="F")
'''),
    ('flatten_channels_first', 'MyFlatten',
     'the channels are moved to the front before, as in PyTorch',
     '''
import numpy as np
from tinycnn.layers import Flatten


class MyFlatten(Flatten):
    def forward(self, x, training=False):
        x = self.check_input(x)
        moved = np.moveaxis(x, -1, 1)
        self.kept = (moved.shape,)
        return moved.reshape(len(x), *self.output_shape)

    def backward(self, dy):
        (shape,) = self.kept_for(dy)
        return np.moveaxis(dy.reshape(shape), 1, -1)
'''),
    ('flatten_rows_and_columns_swapped_back', 'MyFlatten',
     'backward unpacks the shape as n, w, h, c but walks it back as n, h, w, c',
     '''
import numpy as np
from tinycnn.layers import Flatten


class MyFlatten(Flatten):
    def forward(self, x, training=False):
        x = self.check_input(x)
        self.kept = (x.shape,)
        y = np.empty((len(x), *self.output_shape), x.dtype)
        for n, photo in enumerate(x):
            y[n] = photo.ravel()
        return y

    def backward(self, dy):
        (shape,) = self.kept_for(dy)
        if len(shape) < 4:
            return dy.reshape(shape)
        n, w, h, c = shape
        return dy.reshape(n, h, w, c)
'''),
    ('flatten_mixes_the_photos', 'MyFlatten',
     'x.reshape(-1, N).T in place of x.reshape(N, -1): each row holds numbers of all photos',
     '''
import numpy as np
from tinycnn.layers import Flatten


class MyFlatten(Flatten):
    def forward(self, x, training=False):
        x = self.check_input(x)
        m = x.shape[0]
        self.kept = (x.shape,)
        return x.reshape(self.output_shape[0], m).T

    def backward(self, dy):
        (shape,) = self.kept_for(dy)
        return dy.T.reshape(shape)
'''),
    ('dense_bias_keepdims', 'MyDense',
     "keepdims=True: the bias's gradient is (1, units), not (units,)",
     '''
import numpy as np

from tinycnn.layers import Dense


class MyDense(Dense):
    def forward(self, x, training=False):
        A = self.check_input(x)
        W, b = self.params["kernel"], self.params["bias"]
        Z = np.dot(A, W) + b
        self.kept = (A, W)
        return Z

    def backward(self, dy):
        A_prev, W = self.kept_for(dy)
        dZ = dy
        dW = np.dot(A_prev.T, dZ)
        db = np.sum(dZ, axis=0, keepdims=True)
        dA_prev = np.dot(dZ, W.T)
        self.grads = {"kernel": dW, "bias": db}
        return dA_prev
'''),
    ('dense_grads_add_up', 'MyDense',
     'grads of earlier calls are kept and added to, as in PyTorch without zero_grad',
     '''
import numpy as np

from tinycnn.layers import Dense


class MyDense(Dense):
    def forward(self, x, training=False):
        self.x = x
        return x @ self.params["kernel"] + self.params["bias"]

    def backward(self, dy):
        new = {"kernel": self.x.T @ dy, "bias": dy.sum(axis=0)}
        for name, grad in new.items():
            if name in self.grads:
                self.grads[name] = self.grads[name] + grad
            else:
                self.grads[name] = grad
        return dy @ self.params["kernel"].T
'''),
    ('dense_reshape_for_transpose', 'MyDense',
     'dx uses kernel.reshape(units, inputs), which is not the transpose',
     '''
import numpy as np

from tinycnn.layers import Dense


class MyDense(Dense):
    def forward(self, x, training=False):
        x = self.check_input(x)
        self.kept = (x,)
        return np.matmul(x, self.params["kernel"]) + self.params["bias"][None, :]

    def backward(self, dy):
        (x,) = self.kept_for(dy)
        kernel = self.params["kernel"]
        inputs, units = kernel.shape
        self.grads = {
            "kernel": np.tensordot(x, dy, axes=(0, 0)),
            "bias": np.add.reduce(dy, axis=0),
        }
        # (N, units) times (units, inputs)
        return np.matmul(dy, kernel.reshape(units, inputs))
'''),
    ('dense_sum_not_reset', 'MyDense',
     'the running sum starts once for each unit, not for each photo: photos pile up',
     '''
import numpy as np

from tinycnn.layers import Dense


class MyDense(Dense):
    def forward(self, x, training=False):
        kernel = self.params["kernel"]
        bias = self.params["bias"]
        N, inputs = x.shape
        units = len(bias)
        y = np.zeros((N, units), x.dtype)
        for u in range(units):
            total = bias[u]
            for n in range(N):
                for i in range(inputs):
                    total = total + x[n, i] * kernel[i, u]
                y[n, u] = total
        self.kept = (x,)
        return y

    def backward(self, dy):
        (x,) = self.kept_for(dy)
        kernel = self.params["kernel"]
        dx = np.zeros(x.shape, dy.dtype)
        dkernel = np.zeros(kernel.shape, dy.dtype)
        dbias = np.zeros(dy.shape[1], dy.dtype)
        for n in range(x.shape[0]):
            for u in range(dy.shape[1]):
                dbias[u] += dy[n, u]
                for i in range(x.shape[1]):
                    dx[n, i] += dy[n, u] * kernel[i, u]
                    dkernel[i, u] += dy[n, u] * x[n, i]
        self.grads = {"kernel": dkernel, "bias": dbias}
        return dx
'''),
    ('dense_learns_in_backward', 'MyDense',
     "backward also takes a step of gradient descent, which is the optimiser's task",
     '''
import numpy as np

from tinycnn.layers import Dense

LEARN_RATE = 0.01


class MyDense(Dense):
    def forward(self, x, training=False):
        self.last_input = x
        return np.dot(x, self.params["kernel"]) + self.params["bias"]

    def backward(self, dy):
        d_L_d_w = self.last_input.T @ dy
        d_L_d_b = dy.sum(axis=0)
        d_L_d_inputs = dy @ self.params["kernel"].T
        self.grads = {"kernel": d_L_d_w, "bias": d_L_d_b}

        # update weights and biases
        self.params["kernel"] -= LEARN_RATE * d_L_d_w
        self.params["bias"] -= LEARN_RATE * d_L_d_b
        return d_L_d_inputs
'''),
    ('dense_outer_of_sums', 'MyDense',
     'dkernel is the product of the two sums over n, not the sum of the products',
     '''
import numpy as np

from tinycnn.layers import Dense


class MyDense(Dense):
    def forward(self, x, training=False):
        x = self.check_input(x)
        self.kept = (x,)
        return np.einsum("ni,iu->nu", x, self.params["kernel"]) + self.params["bias"]

    def backward(self, dy):
        (x,) = self.kept_for(dy)
        total_dy = np.einsum("nu->u", dy)
        total_x = np.einsum("ni->i", x)
        self.grads = {
            "kernel": np.einsum("i,u->iu", total_x, total_dy),
            "bias": total_dy,
        }
        return np.einsum("nu,iu->ni", dy, self.params["kernel"])
'''),
    ('dense_drops_wrong_column', 'MyDense',
     'the column of ones (for the bias) is last, but dx leaves out the first column',
     '''
import numpy as np

from tinycnn.layers import Dense


class MyDense(Dense):
    """The bias is the weight of one more input, which is always 1."""

    def _both(self):
        return np.concatenate([self.params["kernel"], self.params["bias"][None]])

    def forward(self, x, training=False):
        ones = np.ones((len(x), 1), x.dtype)
        self.x1 = np.hstack([x, ones])
        return self.x1 @ self._both()

    def backward(self, dy):
        both = self.x1.T @ dy
        self.grads = {"kernel": both[:-1], "bias": both[-1]}
        dx1 = dy @ self._both().T
        return dx1[:, 1:]
'''),
    ('dense_weight_decay', 'MyDense',
     'a penalty on the weights, 0.01 * kernel, is added to dkernel unasked',
     '''
import numpy as np

from tinycnn.layers import Dense


class MyDense(Dense):
    lambd = 0.01

    def forward(self, x, training=False):
        x = self.check_input(x)
        self.kept = (x, self.params["kernel"])
        return x @ self.params["kernel"] + self.params["bias"]

    def backward(self, dy):
        x, W = self.kept_for(dy)
        dW = x.T @ dy + self.lambd * W  # regularised
        db = dy.sum(0)
        self.grads = dict(kernel=dW, bias=db)
        return dy @ W.T
'''),
    ('dense_first_weights_forever', 'MyDense',
     'the weights are copied in the first call; what is learnt later is never used',
     '''
import numpy as np

from tinycnn.layers import Dense


class MyDense(Dense):
    W = None

    def forward(self, x, training=False):
        if self.W is None:
            self.W = np.array(self.params["kernel"])
            self.b = np.array(self.params["bias"])
        self.kept = (x,)
        return x @ self.W + self.b

    def backward(self, dy):
        (x,) = self.kept_for(dy)
        self.grads = {"kernel": x.T @ dy, "bias": dy.sum(axis=0)}
        return dy @ self.W.T
'''),
    ('dense_dx_of_last_unit', 'MyDense',
     "the loop over the units assigns dx (=) in place of adding: the last unit's is left",
     '''
import numpy as np

from tinycnn.layers import Dense


class MyDense(Dense):
    def forward(self, x, training=False):
        columns = []
        for weights, b in zip(self.params["kernel"].T, self.params["bias"]):
            columns.append(x @ weights + b)
        self.kept = (x,)
        return np.stack(columns, axis=1)

    def backward(self, dy):
        (x,) = self.kept_for(dy)
        kernel = self.params["kernel"]
        dx = np.zeros(x.shape, dy.dtype)
        dkernel = np.zeros(kernel.shape, dy.dtype)
        dbias = np.zeros(kernel.shape[1], dy.dtype)
        for u in range(kernel.shape[1]):
            one = dy[:, u]
            dbias[u] = one.sum()
            dkernel[:, u] = one @ x
            dx[:] = np.outer(one, kernel[:, u])
        self.grads = {"kernel": dkernel, "bias": dbias}
        return dx
'''),
    ('dense_augmented_first_row', 'MyDense',
     'the bias is the last row of the joined matrix, but its gradient is taken from the first row',
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
        self.grads = {"kernel": dwhole[:-1], "bias": dwhole[0]}
        return (dy @ self.whole.T)[:, :-1]
'''),
    ('max_ties_share', 'MyMaxPooling2D',
     'equal maxima share the gradient; the first in row order should get all of it',
     '''
import numpy as np

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders, fill=-np.inf)
        cells = np.stack(list(window_cells(padded, self.pool_size, self.strides)))
        y = cells.max(axis=0)
        is_max = cells == y
        share = is_max / is_max.sum(axis=0)
        self.kept = (padded.shape, borders, share.astype(x.dtype))
        return y

    def backward(self, dy):
        shape, borders, share = self.kept_for(dy)
        dpadded = np.zeros(shape, dy.dtype)
        for k, cell in enumerate(window_cells(dpadded, self.pool_size, self.strides)):
            cell += dy * share[k]
        return crop(dpadded, borders)
'''),
    ('max_flat_index_of_narrow_photo', 'MyMaxPooling2D',
     'the flat place in the padded photo is computed with the width of x without border',
     '''
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import crop, pad


class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        (OH, OW), borders = self._grid(x.shape[1:])
        N, H, W, C = x.shape
        KH, KW = self.pool_size
        down, across = self.strides
        padded = pad(x, borders, fill=-np.inf)
        view = sliding_window_view(padded, (KH, KW), axis=(1, 2))[:, ::down, ::across]
        flat = view.reshape(N, OH, OW, C, KH * KW)
        best = flat.argmax(axis=-1)
        rows = np.arange(OH)[:, None, None] * down + best // KW
        cols = np.arange(OW)[:, None] * across + best % KW
        self.kept = (padded.shape, borders, rows * W + cols)
        return flat.max(axis=-1)

    def backward(self, dy):
        shape, borders, pixel = self.kept_for(dy)
        N, H, W, C = shape
        out = np.zeros((N, H * W, C), dy.dtype)
        n = np.arange(N)[:, None, None, None]
        c = np.arange(C)
        np.add.at(out, (n, pixel, c), dy)
        return crop(out.reshape(shape), borders)
'''),
    ('max_cell_number_column_major', 'MyMaxPooling2D',
     'the number of the cell, in row order, is taken apart as in column order (k % KH, k // KH)',
     '''
import numpy as np

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import crop, pad


class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        (OH, OW), self.borders = self._grid(x.shape[1:])
        padded = pad(x, self.borders, fill=-np.inf)
        self.padded_shape = padded.shape
        N, C = x.shape[0], x.shape[3]
        KH, KW = self.pool_size
        y = np.zeros((N, OH, OW, C), x.dtype)
        self.winner = np.zeros((N, OH, OW, C), int)
        for i in range(OH):
            for j in range(OW):
                r, s = i * self.strides[0], j * self.strides[1]
                window = padded[:, r : r + KH, s : s + KW].reshape(N, KH * KW, C)
                self.winner[:, i, j] = window.argmax(axis=1)
                y[:, i, j] = window.max(axis=1)
        return y

    def backward(self, dy):
        dpadded = np.zeros(self.padded_shape, dy.dtype)
        for (n, i, j, c), k in np.ndenumerate(self.winner):
            b, a = divmod(k, self.pool_size[0])
            r, s = i * self.strides[0] + a, j * self.strides[1] + b
            dpadded[n, r, s, c] += dy[n, i, j, c]
        return crop(dpadded, self.borders)
'''),
    ('max_starts_at_zero', 'MyMaxPooling2D',
     'the largest so far starts at 0: windows of negative numbers give 0',
     '''
import numpy as np

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders, fill=-np.inf)
        y = np.zeros((len(x), OH, OW, x.shape[3]), x.dtype)
        winner = np.zeros(y.shape, int)
        for number, cell in enumerate(
            window_cells(padded, self.pool_size, self.strides)
        ):
            larger = cell > y
            y[larger] = cell[larger]
            winner[larger] = number
        self.kept = (padded.shape, borders, winner)
        return y

    def backward(self, dy):
        shape, borders, winner = self.kept_for(dy)
        dpadded = np.zeros(shape, dy.dtype)
        for number, cell in enumerate(
            window_cells(dpadded, self.pool_size, self.strides)
        ):
            cell += np.where(winner == number, dy, 0)
        return crop(dpadded, borders)
'''),
    ('max_stride_is_pool_size', 'MyMaxPooling2D',
     'the photo is divided into H // KH by W // KW regions: the strides are ignored',
     '''
import numpy as np

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import crop, pad


class MyMaxPooling2D(MaxPooling2D):
    def iterate_regions(self, image):
        h, w = self.pool_size
        for i in range(image.shape[1] // h):
            for j in range(image.shape[2] // w):
                yield i, j, image[:, i * h : (i + 1) * h, j * w : (j + 1) * w]

    def forward(self, x, training=False):
        _, self.borders = self._grid(x.shape[1:])
        self.padded = pad(x, self.borders, fill=-np.inf)
        N, H, W, C = self.padded.shape
        h, w = self.pool_size
        output = np.zeros((N, H // h, W // w, C), x.dtype)
        for i, j, region in self.iterate_regions(self.padded):
            output[:, i, j] = np.amax(region, axis=(1, 2))
        return output

    def backward(self, dy):
        dpadded = np.zeros(self.padded.shape, dy.dtype)
        regions = self.iterate_regions(self.padded)
        dregions = self.iterate_regions(dpadded)
        for (i, j, region), (_, _, dregion) in zip(regions, dregions):
            N, h, w, C = region.shape
            first = region.reshape(N, h * w, C).argmax(axis=1)
            one_hot = np.arange(h * w)[None, :, None] == first[:, None, :]
            dregion += one_hot.reshape(N, h, w, C) * dy[:, i : i + 1, j : j + 1]
        return crop(dpadded, self.borders)
'''),
    ('max_gradient_of_whole_numbers', 'MyMaxPooling2D',
     'dx is an array of ints: each gradient is cut down to a whole number',
     '''
import numpy as np

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import crop, pad


class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        grid, borders = self._grid(x.shape[1:])
        padded = pad(x, borders, fill=-np.inf)
        KH, KW = self.pool_size
        y = np.empty((x.shape[0], *grid, x.shape[3]), x.dtype)
        places = {}
        for n, i, j, c in np.ndindex(y.shape):
            top, left = i * self.strides[0], j * self.strides[1]
            window = padded[n, top : top + KH, left : left + KW, c]
            a, b = np.unravel_index(np.argmax(window), window.shape)
            y[n, i, j, c] = window[a, b]
            places[n, i, j, c] = n, top + a, left + b, c
        self.kept = (padded.shape, borders, places)
        return y

    def backward(self, dy):
        shape, borders, places = self.kept_for(dy)
        dpadded = np.full(shape, 0)
        for here, there in places.items():
            dpadded[there] += dy[here]
        return crop(dpadded, borders).astype(dy.dtype)
'''),
    ('max_dict_without_channel', 'MyMaxPooling2D',
     "the winners are kept under (n, i, j): all channels get the last channel's place",
     '''
import numpy as np

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import crop, pad


class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        (OH, OW), self.borders = self._grid(x.shape[1:])
        padded = pad(x, self.borders, fill=-np.inf)
        self.shape = padded.shape
        self.argmax = {}
        y = np.zeros((len(x), OH, OW, x.shape[-1]), x.dtype)
        for n in range(len(x)):
            for i in range(OH):
                for j in range(OW):
                    for c in range(x.shape[-1]):
                        best = -np.inf
                        for a in range(self.pool_size[0]):
                            for b in range(self.pool_size[1]):
                                row = i * self.strides[0] + a
                                col = j * self.strides[1] + b
                                if padded[n, row, col, c] > best:
                                    best = padded[n, row, col, c]
                                    self.argmax[n, i, j] = (row, col)
                        y[n, i, j, c] = best
        return y

    def backward(self, dy):
        dx = np.zeros(self.shape, dy.dtype)
        for (n, i, j), (row, col) in self.argmax.items():
            for c in range(dy.shape[-1]):
                dx[n, row, col, c] += dy[n, i, j, c]
        return crop(dx, self.borders)
'''),
    ('max_crops_from_corner', 'MyMaxPooling2D',
     'the border is cut off below and right only ([:H, :W]), also where it is above and left',
     '''
import numpy as np

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import pad, window_cells


class MyMaxPooling2D(MaxPooling2D):
    def forward(self, x, training=False):
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders, fill=-np.inf)
        cells = np.array([*window_cells(padded, self.pool_size, self.strides)])
        winner = np.argmax(cells, axis=0)
        self.kept = (x.shape, padded.shape, winner)
        return np.take_along_axis(cells, winner[None], axis=0)[0]

    def backward(self, dy):
        x_shape, padded_shape, winner = self.kept_for(dy)
        dpadded = np.zeros(padded_shape, dy.dtype)
        views = window_cells(dpadded, self.pool_size, self.strides)
        for number, view in enumerate(views):
            won = winner == number
            view[won] += dy[won]
        _, H, W, _ = x_shape
        return dpadded[:, :H, :W]
'''),
    ('max_fancy_plus_equals', 'MyMaxPooling2D',
     'dpadded[index] += dy instead of np.add.at: a pixel that wins two windows gets only one gradient',
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
        total = np.zeros(int(np.prod(shape)), dy.dtype)
        total[pixel.ravel()] += to_nchw(dy).ravel()
        return crop(to_nhwc(total.reshape(shape)), borders)
'''),
    ('max_separable_column_order', 'MyMaxPooling2D',
     'separable, but down first and then across: of equal maxima the first in column order gets the gradient',
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
        in_column = sliding_window_view(padded, KH, axis=1)[:, ::down]
        best_a, best = in_column.argmax(-1), in_column.max(-1)  # N, OH, W, C
        in_row = sliding_window_view(best, KW, axis=2)[:, :, ::across]
        best_b = in_row.argmax(-1)  # N, OH, OW, C
        n, i, j, c = np.ogrid[: len(x), :OH, :OW, : x.shape[3]]
        column = j * across + best_b
        row = i * down + best_a[n, i, column, c]
        self.kept = (n, row, column, c), padded.shape, borders
        return in_row.max(-1)

    def backward(self, dy):
        winners, padded_shape, borders = self.kept_for(dy)
        dpadded = np.zeros(padded_shape, dy.dtype)
        np.add.at(dpadded, winners, dy)
        return crop(dpadded, borders)
'''),
    ('sum_adds_into_x', 'MySumPooling2D',
     "y is the first view, not a copy: += writes the sums into the caller's x",
     '''
import numpy as np

from tinycnn.layers import SumPooling2D
from tinycnn.layers.windows import crop, pad, window_cells


class MySumPooling2D(SumPooling2D):
    def forward(self, x, training=False):
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        self.kept = (padded.shape, borders)
        y = None
        for cell in window_cells(padded, self.pool_size, self.strides):
            if y is None:
                y = cell
            else:
                y += cell
        return y

    def backward(self, dy):
        shape, borders = self.kept_for(dy)
        dpadded = np.zeros(shape, dy.dtype)
        for cell in window_cells(dpadded, self.pool_size, self.strides):
            cell += dy
        return crop(dpadded, borders)
'''),
    ('sum_backward_repeats', 'MySumPooling2D',
     'backward repeats dy KH x KW times: right only if the strides are the pool size',
     '''
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tinycnn.layers import SumPooling2D
from tinycnn.layers.windows import crop, pad


class MySumPooling2D(SumPooling2D):
    def forward(self, x, training=False):
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        windows = sliding_window_view(padded, self.pool_size, axis=(1, 2))
        windows = windows[:, :: self.strides[0], :: self.strides[1]]
        self.kept = (padded.shape, borders)
        return windows.sum(axis=(-2, -1))

    def backward(self, dy):
        shape, borders = self.kept_for(dy)
        dpadded = np.zeros(shape, dy.dtype)
        big = dy.repeat(self.pool_size[0], axis=1).repeat(self.pool_size[1], axis=2)
        big = big[:, : shape[1], : shape[2]]
        dpadded[:, : big.shape[1], : big.shape[2]] = big
        return crop(dpadded, borders)
'''),
    ('sum_integral_without_corner', 'MySumPooling2D',
     'the summed-area table: the corner that was subtracted twice is not added again',
     '''
import numpy as np

from tinycnn.layers import SumPooling2D
from tinycnn.layers.windows import crop, pad


class MySumPooling2D(SumPooling2D):
    """With a summed-area table each window costs only a few additions."""

    def forward(self, x, training=False):
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        N, H, W, C = padded.shape
        table = np.zeros((N, H + 1, W + 1, C), x.dtype)
        table[:, 1:, 1:] = padded.cumsum(axis=1).cumsum(axis=2)
        top = np.arange(OH)[:, None] * self.strides[0]
        left = np.arange(OW)[None, :] * self.strides[1]
        bottom, right = top + self.pool_size[0], left + self.pool_size[1]
        self.kept = (padded.shape, borders)
        return table[:, bottom, right] - table[:, top, right] - table[:, bottom, left]

    def backward(self, dy):
        shape, borders = self.kept_for(dy)
        dpadded = np.zeros(shape, dy.dtype)
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                r, s = i * self.strides[0], j * self.strides[1]
                window = np.s_[:, r : r + self.pool_size[0], s : s + self.pool_size[1]]
                dpadded[window] += dy[:, i : i + 1, j : j + 1]
        return crop(dpadded, borders)
'''),
    ('sum_height_for_width', 'MySumPooling2D',
     'forward takes KH rows and KH columns: right for square windows only',
     '''
import numpy as np

from tinycnn.layers import SumPooling2D
from tinycnn.layers.windows import crop, pad, window_cells


class MySumPooling2D(SumPooling2D):
    def forward(self, x, training=False):
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        size = self.pool_size[0]
        sy, sx = self.strides
        y = np.zeros((x.shape[0], OH, OW, x.shape[3]), x.dtype)
        for i, j in np.ndindex(OH, OW):
            patch = padded[:, i * sy : i * sy + size, j * sx : j * sx + size]
            y[:, i, j] = patch.sum(axis=(1, 2))
        self.kept = (padded.shape, borders)
        return y

    def backward(self, dy):
        shape, borders = self.kept_for(dy)
        out = np.zeros(shape, dtype=dy.dtype)
        for cell in window_cells(out, self.pool_size, self.strides):
            np.add(cell, dy, out=cell)
        return crop(out, borders)
'''),
    ('sum_backward_without_border', 'MySumPooling2D',
     "dx is filled as if there were no border above and left: shifted with 'same'",
     '''
import numpy as np

from tinycnn.layers import SumPooling2D
from tinycnn.layers.windows import pad, window_cells


class MySumPooling2D(SumPooling2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        padded = pad(x, self._grid(x.shape[1:])[1])
        self.kept = (x.shape,)
        return np.sum(
            np.stack(list(window_cells(padded, self.pool_size, self.strides))), axis=0
        )

    def backward(self, dy):
        (x_shape,) = self.kept_for(dy)
        dx = np.zeros(x_shape, dy.dtype)
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                y0, x0 = i * self.strides[0], j * self.strides[1]
                y1, x1 = y0 + self.pool_size[0], x0 + self.pool_size[1]
                dx[:, y0:y1, x0:x1, :] += dy[:, i, j, :][:, None, None, :]
        return dx
'''),
    ('sum_integral_corner_sign', 'MySumPooling2D',
     'difference array: the corner at the lower right gets a minus sign (backward)',
     '''
import numpy as np

from tinycnn.layers import SumPooling2D
from tinycnn.layers.windows import crop, pad


class MySumPooling2D(SumPooling2D):
    """Summed-area table; backward is its transpose, a difference array."""

    def forward(self, x, training=False):
        x = self.check_input(x)
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders).astype(np.float64)
        N, H, W, C = padded.shape
        table = np.zeros((N, H + 1, W + 1, C))
        table[:, 1:, 1:] = padded.cumsum(axis=1).cumsum(axis=2)
        top = self.strides[0] * np.arange(OH)[:, None]
        left = self.strides[1] * np.arange(OW)
        low, far = top + self.pool_size[0], left + self.pool_size[1]
        y = table[:, low, far] - table[:, top, far] - table[:, low, left] + table[:, top, left]
        self.kept = (table.shape, borders, (top, left, low, far))
        return y.astype(x.dtype)

    def backward(self, dy):
        shape, borders, (top, left, low, far) = self.kept_for(dy)
        steps = np.zeros(shape)
        steps[:, top, left] += dy
        steps[:, low, left] -= dy
        steps[:, top, far] -= dy
        steps[:, low, far] -= dy
        dpadded = steps.cumsum(axis=1).cumsum(axis=2)[:, :-1, :-1]
        return crop(dpadded, borders).astype(dy.dtype)
'''),
    ('average_backward_counts_border', 'MyAveragePooling2D',
     'forward divides by the real cells, backward by KH * KW, border and all',
     '''
import numpy as np

from tinycnn.layers import SumPooling2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyAveragePooling2D(SumPooling2D):
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
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        self.kept = (padded.shape, borders)
        return sum(window_cells(padded, self.pool_size, self.strides)) / self._cells

    def backward(self, dy):
        shape, borders = self.kept_for(dy)
        dpadded = np.zeros(shape, dy.dtype)
        share = dy / (self.pool_size[0] * self.pool_size[1])
        for cell in window_cells(dpadded, self.pool_size, self.strides):
            cell += share
        return crop(dpadded, borders)
'''),
    ('average_divides_dy_in_place', 'MyAveragePooling2D',
     "dy /= cells changes the caller's array",
     '''
import numpy as np

from tinycnn.layers import SumPooling2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyAveragePooling2D(SumPooling2D):
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
        x = self.check_input(x)
        grid, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        y = np.zeros((len(x), *grid, x.shape[3]), x.dtype)
        for cell in window_cells(padded, self.pool_size, self.strides):
            y += cell
        y /= self._cells
        self.kept = (padded.shape, borders)
        return y

    def backward(self, dy):
        shape, borders = self.kept_for(dy)
        dy /= self._cells
        dpadded = np.zeros(shape, dy.dtype)
        for cell in window_cells(dpadded, self.pool_size, self.strides):
            cell += dy
        return crop(dpadded, borders)
'''),
    ('average_of_nonzero_cells', 'MyAveragePooling2D',
     'cells that are 0 are taken for border: real zeros do not count in the mean',
     '''
import numpy as np

from tinycnn.layers import SumPooling2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyAveragePooling2D(SumPooling2D):
    """The border is 0, so the real cells are those that are not."""

    def forward(self, x, training=False):
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        cells = np.stack(list(window_cells(padded, self.pool_size, self.strides)))
        real = np.count_nonzero(cells, axis=0)
        real = np.maximum(real, 1).astype(x.dtype)
        self.kept = (padded.shape, borders, real)
        return cells.sum(axis=0) / real

    def backward(self, dy):
        shape, borders, real = self.kept_for(dy)
        dpadded = np.zeros(shape, dy.dtype)
        for cell in window_cells(dpadded, self.pool_size, self.strides):
            cell += dy / real
        return crop(dpadded, borders)
'''),
    ('average_window_moved_inside', 'MyAveragePooling2D',
     'a window that begins in the border is moved into the photo, not cut off at its edge',
     '''
import numpy as np

from tinycnn.layers import SumPooling2D


class MyAveragePooling2D(SumPooling2D):
    """No border at all: each window is cut off at the edge of the photo."""

    def _spans(self, shape):
        (OH, OW), ((top, _), (left, _)) = self._grid(shape)
        H, W, _ = shape
        for i in range(OH):
            r0 = max(0, i * self.strides[0] - top)
            r1 = min(H, r0 + self.pool_size[0])
            for j in range(OW):
                s0 = max(0, j * self.strides[1] - left)
                s1 = min(W, s0 + self.pool_size[1])
                yield i, j, slice(r0, r1), slice(s0, s1)

    def forward(self, x, training=False):
        (OH, OW), _ = self._grid(x.shape[1:])
        y = np.zeros((x.shape[0], OH, OW, x.shape[3]), x.dtype)
        for i, j, rows, cols in self._spans(x.shape[1:]):
            y[:, i, j] = x[:, rows, cols].mean(axis=(1, 2))
        self.kept = (x.shape,)
        return y

    def backward(self, dy):
        (shape,) = self.kept_for(dy)
        dx = np.zeros(shape, dy.dtype)
        for i, j, rows, cols in self._spans(shape[1:]):
            count = (rows.stop - rows.start) * (cols.stop - cols.start)
            dx[:, rows, cols] += dy[:, i : i + 1, j : j + 1] / count
        return dx
'''),
    ('average_floor_division', 'MyAveragePooling2D',
     '// in place of /: the mean is rounded down to a whole number',
     '''
import numpy as np

from tinycnn.layers import SumPooling2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyAveragePooling2D(SumPooling2D):
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
        count = self._cells
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        first, *others = window_cells(padded, self.pool_size, self.strides)
        total = first.copy()
        for other in others:
            total += other
        self.kept = (padded.shape, borders, count)
        return total // count

    def backward(self, dy):
        shape, borders, count = self.kept_for(dy)
        dpadded = np.zeros(shape, dy.dtype)
        for cell in window_cells(dpadded, self.pool_size, self.strides):
            cell += dy / count
        return crop(dpadded, borders)
'''),
    ('average_slices_whole_window', 'MyAveragePooling2D',
     'the mean of the real cells forward, but backward divides by KH * KW, border included',
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
        KH, KW = self.pool_size
        for cell, window in self.places(shape[1:]):
            dx[window] += dy[cell][:, None, None] / (KH * KW)
        return dx
'''),
    ('im2col_columns_before_rows', 'my_im2col',
     'each row lists the window column by column: order b, a, c',
     '''
import numpy as np


def my_im2col(padded, window, strides):
    N, H, W, C = padded.shape
    OH = (H - window[0]) // strides[0] + 1
    OW = (W - window[1]) // strides[1] + 1
    pieces = []
    for b in range(window[1]):
        for a in range(window[0]):
            piece = padded[
                :,
                a : a + (OH - 1) * strides[0] + 1 : strides[0],
                b : b + (OW - 1) * strides[1] + 1 : strides[1],
            ]
            pieces.append(piece.reshape(N * OH * OW, C))
    return np.concatenate(pieces, axis=1)
'''),
    ('im2col_photos_last', 'my_im2col',
     'the photo is the innermost loop: rows are in the order i, j, n',
     '''
import numpy as np


def my_im2col(padded, window, strides):
    N, H, W, C = padded.shape
    KH, KW = window
    rows = []
    for top in range(0, H - KH + 1, strides[0]):
        for left in range(0, W - KW + 1, strides[1]):
            # this window of all the photos at once
            patch = padded[:, top : top + KH, left : left + KW, :]
            rows.append(patch.reshape(N, -1))
    return np.vstack(rows)
'''),
    ('im2col_as_strided_step_one', 'my_im2col',
     'as_strided: the memory steps from window to window are not times the strides',
     '''
import numpy as np
from numpy.lib.stride_tricks import as_strided


def my_im2col(padded, window, strides):
    N, H, W, C = padded.shape
    KH, KW = window
    OH = 1 + (H - KH) // strides[0]
    OW = 1 + (W - KW) // strides[1]
    sN, sH, sW, sC = padded.strides
    view = as_strided(
        padded,
        shape=(N, OH, OW, KH, KW, C),
        strides=(sN, sH, sW, sH, sW, sC),
        writeable=False,
    )
    return view.reshape(N * OH * OW, KH * KW * C)
'''),
    ('im2col_stacked_last', 'my_im2col',
     'the cells are stacked behind the channels: order c, a, b',
     '''
import numpy as np

from tinycnn.layers.windows import window_cells


def my_im2col(padded, window, strides):
    cells = list(window_cells(padded, window, strides))
    stacked = np.stack(cells, axis=-1)
    return stacked.reshape(-1, window[0] * window[1] * padded.shape[-1])
'''),
    ('im2col_row_number_with_rows', 'my_im2col',
     'the row number is i * OH + j in place of i * OW + j: right for square grids only',
     '''
import numpy as np

from tinycnn.layers.windows import grid_of


def my_im2col(padded, window, strides):
    N, _, _, C = padded.shape
    KH, KW = window
    OH, OW = grid_of(padded.shape, window, strides)
    cols = np.zeros((N, OH * OW, KH * KW * C), padded.dtype)
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                r, s = i * strides[0], j * strides[1]
                k = i * OH + j
                cols[n, k] = padded[n, r : r + KH, s : s + KW].ravel()
    return cols.reshape(N * OH * OW, -1)
'''),
    ('im2col_channels_first', 'my_im2col',
     'as_strided with the channel before rows and columns of the window: the order c, a, b',
     '''
import numpy as np
from numpy.lib.stride_tricks import as_strided


def my_im2col(padded, window, strides):
    (N, H, W, C), (KH, KW), (down, across) = padded.shape, window, strides
    OH, OW = 1 + (H - KH) // down, 1 + (W - KW) // across
    photo, row, pixel, channel = padded.strides
    six = as_strided(
        padded,
        shape=(N, OH, OW, C, KH, KW),
        strides=(photo, row * down, pixel * across, channel, row, pixel),
        writeable=False,
    )
    return np.array(six).reshape(N * OH * OW, KH * KW * C)
'''),
    ('col2im_fancy_index_adds_once', 'my_col2im',
     'padded[index] += cols: a pixel that the index names several times gets only one number',
     '''
import numpy as np

from tinycnn.layers.windows import grid_of


def my_col2im(cols, padded_shape, window, strides):
    N, H, W, C = padded_shape
    KH, KW = window
    OH, OW = grid_of(padded_shape, window, strides)
    n = np.arange(N).reshape(N, 1, 1, 1, 1, 1)
    r = (np.arange(OH) * strides[0]).reshape(OH, 1, 1, 1, 1)
    s = (np.arange(OW) * strides[1]).reshape(OW, 1, 1, 1)
    a = np.arange(KH).reshape(KH, 1, 1)
    b = np.arange(KW).reshape(KW, 1)
    c = np.arange(C)
    padded = np.zeros(padded_shape, cols.dtype)
    padded[n, r + a, s + b, c] += cols.reshape(N, OH, OW, KH, KW, C)
    return padded
'''),
    ('col2im_divides_by_visits', 'my_col2im',
     'each pixel is divided by the number of its windows: a mean, not the sum',
     '''
import numpy as np

from tinycnn.layers.windows import window_cells


def my_col2im(cols, padded_shape, window, strides):
    total = np.zeros(padded_shape, cols.dtype)
    visits = np.zeros(padded_shape, cols.dtype)
    C = padded_shape[3]
    views = zip(
        window_cells(total, window, strides), window_cells(visits, window, strides)
    )
    for k, (pixel, visit) in enumerate(views):
        pixel += cols[:, k * C : (k + 1) * C].reshape(pixel.shape)
        visit += 1
    # pixels in overlapping windows are counted several times
    return total / np.maximum(visits, 1)
'''),
    ('col2im_channels_first', 'my_col2im',
     "a row is read as (C, KH, KW), as in PyTorch's fold, not as (KH, KW, C)",
     '''
import numpy as np


def my_col2im(cols, padded_shape, window, strides):
    N, H, W, C = padded_shape
    KH, KW = window
    down, across = strides
    OH = (H - KH) // down + 1
    OW = (W - KW) // across + 1
    six = cols.reshape(N, OH, OW, C, KH, KW).transpose(0, 1, 2, 4, 5, 3)
    out = np.zeros(padded_shape, cols.dtype)
    for a in range(KH):
        for b in range(KW):
            bottom, right = a + down * OH, b + across * OW
            out[:, a:bottom:down, b:right:across] += six[:, :, :, a, b]
    return out
'''),
    ('col2im_same_canvas_for_all', 'my_col2im',
     'the canvas is not emptied between the photos: each contains the earlier ones',
     '''
import numpy as np


def my_col2im(cols, padded_shape, window, strides):
    N, H, W, C = padded_shape
    KH, KW = window
    rows = iter(cols)
    photos = []
    canvas = np.zeros((H, W, C), cols.dtype)
    for _ in range(N):
        for r in range(0, H - KH + 1, strides[0]):
            for s in range(0, W - KW + 1, strides[1]):
                canvas[r : r + KH, s : s + KW] += next(rows).reshape(KH, KW, C)
        photos.append(canvas.copy())
    return np.array(photos, cols.dtype).reshape(padded_shape)
'''),
    ('col2im_forgets_strides', 'my_col2im',
     'window (i, j) is put back at row i, column j: the strides only count the windows',
     '''
import numpy as np

from tinycnn.layers.windows import grid_of


def my_col2im(cols, padded_shape, window, strides):
    (OH, OW), (KH, KW) = grid_of(padded_shape, window, strides), window
    image = np.zeros(padded_shape, cols.dtype)
    for k, row in enumerate(cols):
        n, place = divmod(k, OH * OW)
        i, j = divmod(place, OW)
        image[n, i : i + KH, j : j + KW] += row.reshape(KH, KW, -1)
    return image
'''),
    ('col2im_gather_negative', 'my_col2im',
     "collecting by pixel without asking whether the window's number is below 0: -1 is the last window",
     '''
import numpy as np


def seen_by(place, size, stride, count):
    """Yield (window, place inside it) for all windows that a pixel is in."""
    for inside in range(size):
        index, rest = divmod(place - inside, stride)
        if rest == 0 and index < count:
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
    ('conv_flips_kernel', 'MyConv2D',
     "a mathematician's convolution: the kernel is turned by 180 degrees (backward agrees)",
     '''
import numpy as np

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyConv2D(Conv2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        flipped = self.params["kernel"][::-1, ::-1]
        weights = flipped.reshape(-1, *flipped.shape[2:])
        y = self.params["bias"]
        for cell, w in zip(window_cells(padded, self.kernel_size, self.strides), weights):
            y = y + cell @ w
        self.kept = (padded, borders)
        return y

    def backward(self, dy):
        padded, borders = self.kept_for(dy)
        flipped = self.params["kernel"][::-1, ::-1]
        weights = flipped.reshape(-1, *flipped.shape[2:])
        dpadded = np.zeros(padded.shape, dy.dtype)
        dweights = []
        cells = window_cells(padded, self.kernel_size, self.strides)
        dcells = window_cells(dpadded, self.kernel_size, self.strides)
        for cell, dcell, w in zip(cells, dcells, weights):
            dcell += dy @ w.T
            dweights.append(np.tensordot(cell, dy, axes=([0, 1, 2], [0, 1, 2])))
        dflipped = np.array(dweights).reshape(flipped.shape)
        self.grads = {"kernel": dflipped[::-1, ::-1], "bias": dy.sum(axis=(0, 1, 2))}
        return crop(dpadded, borders)
'''),
    ('conv_full_without_flip', 'MyConv2D',
     'dx is the full convolution of dy, but with the kernel not turned by 180 degrees',
     '''
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import crop, pad


class MyConv2D(Conv2D):
    def forward(self, x, training=False):
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        windows = sliding_window_view(padded, self.kernel_size, axis=(1, 2))
        windows = windows[:, :: self.strides[0], :: self.strides[1]]
        self.kept = (padded.shape, borders, windows)
        kernel = self.params["kernel"]
        return np.einsum("nijcab,abcf->nijf", windows, kernel) + self.params["bias"]

    def backward(self, dy):
        shape, borders, windows = self.kept_for(dy)
        kernel = self.params["kernel"]
        KH, KW = self.kernel_size
        N, H, W, _ = shape
        F = dy.shape[3]
        self.grads = {
            "kernel": np.einsum("nijcab,nijf->abcf", windows, dy),
            "bias": np.einsum("nijf->f", dy),
        }
        # dy with zeros between (the strides) and around (a full convolution)
        wide = np.zeros((N, H + KH - 1, W + KW - 1, F), dy.dtype)
        down, across = self.strides
        wide[
            :,
            KH - 1 : KH - 1 + down * dy.shape[1] : down,
            KW - 1 : KW - 1 + across * dy.shape[2] : across,
        ] = dy
        around = sliding_window_view(wide, (KH, KW), axis=(1, 2))
        dpadded = np.einsum("nrsfab,abcf->nrsc", around, kernel)
        return crop(dpadded, borders)
'''),
    ('conv_bias_mean_over_places', 'MyConv2D',
     'dbias: summed over the photos, but the mean (not the sum) over rows and columns',
     '''
import numpy as np

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import crop, pad


class MyConv2D(Conv2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        (OH, OW), borders = self._grid(x.shape[1:])
        (KH, KW), (down, across) = self.kernel_size, self.strides
        padded = pad(x, borders)
        kernel, bias = self.params["kernel"], self.params["bias"]
        y = np.zeros((len(x), OH, OW, self.filters), np.result_type(x, kernel))
        for i in range(OH):
            for j in range(OW):
                r, s = i * down, j * across
                patch = padded[:, r : r + KH, s : s + KW]
                y[:, i, j] = np.tensordot(patch, kernel, axes=3) + bias
        self.kept = (padded, borders)
        return y

    def backward(self, dy):
        padded, borders = self.kept_for(dy)
        (KH, KW), (down, across) = self.kernel_size, self.strides
        kernel = self.params["kernel"]
        dkernel = np.zeros(kernel.shape, dy.dtype)
        dpadded = np.zeros(padded.shape, dy.dtype)
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                r, s = i * down, j * across
                patch = padded[:, r : r + KH, s : s + KW]
                dkernel += np.tensordot(patch, dy[:, i, j], axes=(0, 0))
                dpadded[:, r : r + KH, s : s + KW] += np.tensordot(
                    dy[:, i, j], kernel, axes=(1, 3)
                )
        dbias = dy.sum(axis=0).mean(axis=(0, 1))
        self.grads = {"kernel": dkernel, "bias": dbias}
        return crop(dpadded, borders)
'''),
    ('conv_dkernel_not_transposed', 'MyConv2D',
     "dkernel is made as (F, KH*KW*C) and reshaped to the kernel's shape, not transposed",
     '''
import numpy as np

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyConv2D(Conv2D):
    def _cols(self, padded):
        cells = list(window_cells(padded, self.kernel_size, self.strides))
        return np.concatenate(cells, axis=3).reshape(-1, len(cells) * padded.shape[3])

    def forward(self, x, training=False):
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        cols = self._cols(padded)
        y = cols @ self.params["kernel"].reshape(-1, self.filters)
        y = y + self.params["bias"]
        self.kept = (padded.shape, borders, cols)
        return y.reshape(len(x), OH, OW, self.filters)

    def backward(self, dy):
        shape, borders, cols = self.kept_for(dy)
        kernel = self.params["kernel"]
        dY = dy.reshape(-1, self.filters)
        self.grads = {
            "kernel": (dY.T @ cols).reshape(kernel.shape),
            "bias": dY.sum(axis=0),
        }
        dcols = dY @ kernel.reshape(-1, self.filters).T
        dcols = dcols.reshape(*dy.shape[:3], -1, shape[3])
        dpadded = np.zeros(shape, dy.dtype)
        for k, cell in enumerate(window_cells(dpadded, self.kernel_size, self.strides)):
            cell += dcols[..., k, :]
        return crop(dpadded, borders)
'''),
    ('conv_output_read_as_nchw', 'MyConv2D',
     'the rows (n, i, j) by f are reshaped to (N, F, OH, OW) and then transposed',
     '''
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyConv2D(Conv2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        N = x.shape[0]
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        v = sliding_window_view(padded, self.kernel_size, axis=(1, 2))
        v = v[:, :: self.strides[0], :: self.strides[1]].transpose(0, 1, 2, 4, 5, 3)
        cols = v.reshape(N * OH * OW, -1)
        K = self.params["kernel"].reshape(-1, self.filters)
        out = cols @ K + self.params["bias"]
        self.kept = (padded.shape, borders, cols)
        return out.reshape(N, self.filters, OH, OW).transpose(0, 2, 3, 1)

    def backward(self, dy):
        shape, borders, cols = self.kept_for(dy)
        kernel = self.params["kernel"]
        flat = dy.reshape(-1, self.filters)
        self.grads = {}
        self.grads["kernel"] = (cols.T @ flat).reshape(kernel.shape)
        self.grads["bias"] = flat.sum(axis=0)
        dpadded = np.zeros(shape, dy.dtype)
        cells = window_cells(dpadded, self.kernel_size, self.strides)
        for w, cell in zip(kernel.reshape(-1, *kernel.shape[2:]), cells):
            cell += dy @ w.T
        return crop(dpadded, borders)
'''),
    ('conv_same_pads_both_sides', 'MyConv2D',
     "'same' by hand: KH // 2 above and below, as in PyTorch; wrong with strides or even kernels",
     '''
import numpy as np

from tinycnn.layers import Conv2D


class MyConv2D(Conv2D):
    def _border(self):
        if self.padding == "valid":
            return 0, 0
        return self.kernel_size[0] // 2, self.kernel_size[1] // 2

    def _places(self, OH, OW):
        for i in range(OH):
            for j in range(OW):
                r, s = i * self.strides[0], j * self.strides[1]
                rows = slice(r, r + self.kernel_size[0])
                yield i, j, rows, slice(s, s + self.kernel_size[1])

    def forward(self, x, training=False):
        (OH, OW), _ = self._grid(x.shape[1:])
        p, q = self._border()
        padded = np.pad(x, ((0, 0), (p, p), (q, q), (0, 0)))
        kernel = self.params["kernel"]
        y = np.zeros((len(x), OH, OW, self.filters), np.result_type(x, kernel))
        for i, j, rows, cols in self._places(OH, OW):
            y[:, i, j] = np.einsum("nabc,abcf->nf", padded[:, rows, cols], kernel)
        self.kept = (x.shape, padded)
        return y + self.params["bias"]

    def backward(self, dy):
        (N, H, W, C), padded = self.kept_for(dy)
        p, q = self._border()
        kernel = self.params["kernel"]
        dpadded = np.zeros(padded.shape, dy.dtype)
        dkernel = np.zeros(kernel.shape, dy.dtype)
        for i, j, rows, cols in self._places(*dy.shape[1:3]):
            here = dy[:, i, j]
            dkernel += np.einsum("nabc,nf->abcf", padded[:, rows, cols], here)
            dpadded[:, rows, cols] += np.einsum("nf,abcf->nabc", here, kernel)
        self.grads = {"kernel": dkernel, "bias": dy.sum((0, 1, 2))}
        return dpadded[:, p : p + H, q : q + W]
'''),
    ('conv_crops_bottom_for_top', 'MyConv2D',
     'dx is cut out at (bottom, right) in place of (top, left): wrong where the border is uneven',
     '''
import numpy as np

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import pad, window_cells


class MyConv2D(Conv2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        kernel = self.params["kernel"]
        KH, KW, C, F = kernel.shape
        terms = [
            cell @ kernel[k // KW, k % KW]
            for k, cell in enumerate(window_cells(padded, (KH, KW), self.strides))
        ]
        self.kept = (x.shape, padded, borders)
        return sum(terms) + self.params["bias"]

    def backward(self, dy):
        (_, H, W, _), padded, ((_, top), (_, left)) = self.kept_for(dy)
        kernel = self.params["kernel"]
        KH, KW, C, F = kernel.shape
        dkernel = np.zeros(kernel.shape, dy.dtype)
        dpadded = np.zeros(padded.shape, dy.dtype)
        pairs = zip(
            window_cells(padded, (KH, KW), self.strides),
            window_cells(dpadded, (KH, KW), self.strides),
        )
        for k, (cell, dcell) in enumerate(pairs):
            a, b = divmod(k, KW)
            dkernel[a, b] = cell.reshape(-1, C).T @ dy.reshape(-1, F)
            dcell += dy @ kernel[a, b].T
        self.grads = {"kernel": dkernel, "bias": dy.reshape(-1, F).sum(axis=0)}
        return dpadded[:, top : top + H, left : left + W]
'''),
    ('conv_bias_for_each_cell', 'MyConv2D',
     'the bias is added inside the loop over the window: KH * KW times',
     '''
import numpy as np

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import crop, pad


class MyConv2D(Conv2D):
    def forward(self, x, training=False):
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        kernel, bias = self.params["kernel"], self.params["bias"]
        (KH, KW), (SH, SW) = self.kernel_size, self.strides
        y = np.zeros((len(x), OH, OW, self.filters), np.result_type(x, kernel))
        for a in range(KH):
            for b in range(KW):
                part = padded[:, a::SH, b::SW][:, :OH, :OW]
                y += np.dot(part, kernel[a, b]) + bias
        self.kept = (padded, borders)
        return y

    def backward(self, dy):
        padded, borders = self.kept_for(dy)
        kernel = self.params["kernel"]
        (KH, KW), (SH, SW) = self.kernel_size, self.strides
        _, OH, OW, _ = dy.shape
        dkernel = np.empty(kernel.shape, dy.dtype)
        dpadded = np.zeros(padded.shape, dy.dtype)
        for a in range(KH):
            for b in range(KW):
                part = padded[:, a::SH, b::SW][:, :OH, :OW]
                dkernel[a, b] = np.einsum("nijc,nijf->cf", part, dy)
                dpadded[:, a::SH, b::SW][:, :OH, :OW] += np.dot(dy, kernel[a, b].T)
        self.grads = {"kernel": dkernel, "bias": dy.sum(axis=(0, 1, 2))}
        return crop(dpadded, borders)
'''),
    ('conv_keeps_old_windows', 'MyConv2D',
     'the windows are made again only if the shape of x changes: the next batch sees the old one',
     '''
import numpy as np

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyConv2D(Conv2D):
    cache = None

    def _windows(self, x):
        """The windows as rows; expensive, so they are made once."""
        if self.cache is None or self.cache[0] != x.shape:
            _, borders = self._grid(x.shape[1:])
            padded = pad(x, borders)
            cells = np.stack(list(window_cells(padded, self.kernel_size, self.strides)))
            rows = cells.transpose(1, 2, 3, 0, 4)  # N, OH, OW, KH*KW, C
            self.cache = (x.shape, padded.shape, borders, rows)
        return self.cache[1:]

    def forward(self, x, training=False):
        x = self.check_input(x)
        _, _, rows = self._windows(x)
        K = self.params["kernel"].reshape(-1, x.shape[3], self.filters)
        return np.tensordot(rows, K, axes=2) + self.params["bias"]

    def backward(self, dy):
        _, shape, borders, rows = self.cache
        kernel = self.params["kernel"]
        K = kernel.reshape(-1, shape[3], self.filters)
        dK = np.tensordot(rows, dy, axes=([0, 1, 2], [0, 1, 2]))
        self.grads = {"kernel": dK.reshape(kernel.shape), "bias": dy.sum((0, 1, 2))}
        dpadded = np.zeros(shape, dy.dtype)
        for w, cell in zip(K, window_cells(dpadded, self.kernel_size, self.strides)):
            cell += dy @ w.T
        return crop(dpadded, borders)
'''),
    ('conv_dkernel_of_last_photo', 'MyConv2D',
     'the loop over the photos assigns dkernel (=): only the last photo counts',
     '''
import numpy as np

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import crop, pad


def patches(photo, size, strides):
    """photo (H, W, C) -> (OH*OW, KH*KW*C)"""
    H, W, _ = photo.shape
    return np.array(
        [
            photo[r : r + size[0], s : s + size[1]].ravel()
            for r in range(0, H - size[0] + 1, strides[0])
            for s in range(0, W - size[1] + 1, strides[1])
        ]
    )


class MyConv2D(Conv2D):
    def forward(self, x, training=False):
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        K = self.params["kernel"].reshape(-1, self.filters)
        self.kept = (padded, borders)
        return np.array(
            [
                (patches(photo, self.kernel_size, self.strides) @ K).reshape(
                    OH, OW, self.filters
                )
                + self.params["bias"]
                for photo in padded
            ]
        )

    def backward(self, dy):
        padded, borders = self.kept_for(dy)
        kernel = self.params["kernel"]
        K = kernel.reshape(-1, self.filters)
        (KH, KW), (down, across) = self.kernel_size, self.strides
        dpadded = np.zeros(padded.shape, dy.dtype)
        dbias = np.zeros(self.filters, dy.dtype)
        for n, photo in enumerate(padded):
            d = dy[n].reshape(-1, self.filters)
            dbias += d.sum(axis=0)
            dkernel = patches(photo, self.kernel_size, self.strides).T @ d
            dcols = (d @ K.T).reshape(*dy.shape[1:3], KH, KW, -1)
            for i, j in np.ndindex(dy.shape[1:3]):
                r, s = i * down, j * across
                dpadded[n, r : r + KH, s : s + KW] += dcols[i, j]
        self.grads = {"kernel": dkernel.reshape(kernel.shape), "bias": dbias}
        return crop(dpadded, borders)
'''),
    ('conv_rows_channel_first', 'MyConv2D',
     "the rows are in the order c, a, b, the kernel's in a, b, c (backward agrees with forward)",
     '''
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import crop, pad


class MyConv2D(Conv2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        windows = sliding_window_view(padded, self.kernel_size, axis=(1, 2))
        windows = windows[:, :: self.strides[0], :: self.strides[1]]
        cols = windows.reshape(len(x) * OH * OW, -1)
        K = self.params["kernel"].reshape(-1, self.filters)
        y = cols @ K + self.params["bias"]
        self.kept = (padded.shape, borders, cols)
        return y.reshape(len(x), OH, OW, self.filters)

    def backward(self, dy):
        shape, borders, cols = self.kept_for(dy)
        N, OH, OW, F = dy.shape
        KH, KW = self.kernel_size
        kernel = self.params["kernel"]
        dy = dy.reshape(-1, F)
        self.grads = {
            "kernel": (cols.T @ dy).reshape(kernel.shape),
            "bias": dy.sum(axis=0),
        }
        dcols = dy @ kernel.reshape(-1, F).T
        dwindows = dcols.reshape(N, OH, OW, -1, KH, KW)
        dpadded = np.zeros(shape, dy.dtype)
        for i in range(OH):
            for j in range(OW):
                r, s = i * self.strides[0], j * self.strides[1]
                dpadded[:, r : r + KH, s : s + KW] += dwindows[:, i, j].transpose(
                    0, 2, 3, 1
                )
        return crop(dpadded, borders)
'''),
    ('conv_only_last_channel', 'MyConv2D',
     'the loop over the channels assigns y (=): only the last channel counts; right for grey photos',
     '''
import numpy as np

from tinycnn.layers import Conv2D
from tinycnn.layers.windows import crop, pad


class MyConv2D(Conv2D):
    def forward(self, x, training=False):
        x = self.check_input(x)
        (OH, OW), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        kernel, bias = self.params["kernel"], self.params["bias"]
        KH, KW, C, F = kernel.shape
        down, across = self.strides
        y = np.zeros((len(x), OH, OW, F), np.result_type(x, kernel))
        for i in range(OH):
            for j in range(OW):
                r, s = i * down, j * across
                window = padded[:, r : r + KH, s : s + KW]
                for f in range(F):
                    for c in range(C):
                        product = window[..., c] * kernel[:, :, c, f]
                        y[:, i, j, f] = product.sum(axis=(1, 2))
        y += bias
        self.kept = (padded, borders)
        return y

    def backward(self, dy):
        padded, borders = self.kept_for(dy)
        kernel = self.params["kernel"]
        KH, KW, C, F = kernel.shape
        down, across = self.strides
        dpadded = np.zeros(padded.shape, dy.dtype)
        dkernel = np.zeros(kernel.shape, dy.dtype)
        dbias = np.zeros(F, dy.dtype)
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                r, s = i * down, j * across
                window = padded[:, r : r + KH, s : s + KW]
                dwindow = dpadded[:, r : r + KH, s : s + KW]
                for f in range(F):
                    d = dy[:, i, j, f][:, None, None, None]
                    dkernel[..., f] += (window * d).sum(axis=0)
                    dwindow += kernel[..., f] * d
                    dbias[f] += d.sum()
        self.grads = {"kernel": dkernel, "bias": dbias}
        return crop(dpadded, borders)
'''),
    ('conv_transposed_not_turned', 'MyConv2D',
     'dx as a transposed convolution, but the kernel is not turned by 180 degrees',
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
        turned = weights.swapaxes(0, 1)
        dimages = correlate(spread, turned)
        view = sliding_window_view(images, (KH, KW), axis=(2, 3))[:, :, ::down, ::across]
        self.grads = {
            "kernel": np.einsum("ncijab,nijf->abcf", view, dy, optimize=True),
            "bias": np.einsum("nijf->f", dy),
        }
        return crop(dimages.transpose(0, 2, 3, 1), borders)
'''),
    ('conv_fft_odd_width', 'MyConv2D',
     'irfft2 without s= in forward: wrong numbers for photos of an odd (padded) width',
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
        y = np.fft.irfft2(Y, axes=(1, 2))
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
]
