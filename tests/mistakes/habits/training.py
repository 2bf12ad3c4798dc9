"""Whole files with one mistake each: losses and optimisers."""
# ruff: noqa: E501
# fmt: off

TRAINING = [
    ('adagrad_sum_starts_at_0', 'MyAdagrad',
     'the sum of squares starts at 0 and not at initial_accumulator_value',
     '''
import numpy as np

from tinycnn.optimizers import Adagrad


class MyAdagrad(Adagrad):
    def update(self, params, grads):
        grads = self._prepared(params, grads)
        self.t += 1
        for name, param in params.items():
            total = self.v.setdefault(name, np.zeros_like(param))
            total += np.square(grads[name])
            param -= self.learning_rate * grads[name] / np.sqrt(total + self.epsilon)
'''),
    ('adagrad_sum_in_a_local_name', 'MyAdagrad',
     'v = v + grad**2 makes a new local array: the kept sum never grows, seen in the second step',
     '''
import numpy as np

from tinycnn.optimizers import Adagrad


class MyAdagrad(Adagrad):
    def step(self, param, grad, *moments):
        v = moments[0]
        v = v + grad**2
        np.subtract(
            param, self.learning_rate * grad / np.sqrt(v + self.epsilon), out=param
        )
'''),
    ('adam_epsilon_after_correction', 'MyAdam',
     "the paper's m_hat / (sqrt(v_hat) + epsilon): epsilon is in another place, seen with tiny gradients",
     '''
import numpy as np

from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        for name, param in params.items():
            g = grads[name]
            m = self.m.setdefault(name, np.zeros_like(param))
            v = self.v.setdefault(name, np.zeros_like(param))
            m[...] = self.beta_1 * m + (1 - self.beta_1) * g
            v[...] = self.beta_2 * v + (1 - self.beta_2) * g * g
            m_hat = m / (1 - self.beta_1**self.t)
            v_hat = v / (1 - self.beta_2**self.t)
            param -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)
'''),
    ('adam_t_for_each_layer', 'MyAdam',
     't grows at each kernel, that is once for each layer, and not once for each update',
     '''
import math

import numpy as np

from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        for name, param in params.items():
            if name.endswith("kernel") or self.t == 0:
                self.t += 1  # a new layer begins
            if name not in self.m:
                self.m[name] = np.zeros_like(param)
                self.v[name] = np.zeros_like(param)
            m, v, grad = self.m[name], self.v[name], grads[name]
            m += (1 - self.beta_1) * (grad - m)
            v += (1 - self.beta_2) * (grad**2 - v)
            rate = self.learning_rate * math.sqrt(1 - self.beta_2**self.t)
            rate /= 1 - self.beta_1**self.t
            param -= rate * m / (np.sqrt(v) + self.epsilon)
'''),
    ('adam_corrects_for_t_plus_1', 'MyAdam',
     't is counted up and the correction takes t + 1 as well: one update too far',
     '''
import numpy as np

from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        b1, b2, t = self.beta_1, self.beta_2, self.t + 1
        rate = self.learning_rate * (1 - b2**t) ** 0.5 / (1 - b1**t)
        for k in params:
            if k not in self.m:
                self.m[k] = 0 * params[k]
                self.v[k] = 0 * params[k]
            self.m[k] = b1 * self.m[k] + (1 - b1) * grads[k]
            self.v[k] = b2 * self.v[k] + (1 - b2) * np.square(grads[k])
            params[k] -= rate * self.m[k] / (self.v[k] ** 0.5 + self.epsilon)
'''),
    ('adam_m_hat_is_m', 'MyAdam',
     'm_hat = m and then m_hat /= ...: the correction is written into the kept m, seen from the second step',
     '''
import numpy as np

from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        for name, param in params.items():
            grad = grads[name]
            m = self.m.setdefault(name, np.zeros_like(param))
            v = self.v.setdefault(name, np.zeros_like(param))
            m *= self.beta_1
            m += (1 - self.beta_1) * grad
            v *= self.beta_2
            v += (1 - self.beta_2) * grad**2
            m_hat = m
            m_hat /= 1 - self.beta_1**self.t
            rate = self.learning_rate * np.sqrt(1 - self.beta_2**self.t).item()
            param -= rate * m_hat / (np.sqrt(v) + self.epsilon)
'''),
    ('adam_one_v_for_a_whole_param', 'MyAdam',
     'v is the running mean of mean(grad**2) over the param: one step length for all its numbers',
     '''
import numpy as np

from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        correction = (1 - self.beta_2**self.t) ** 0.5 / (1 - self.beta_1**self.t)
        for name, param in params.items():
            g = grads[name]
            if name not in self.m:
                self.m[name], self.v[name] = np.zeros_like(param), np.zeros_like(param)
            m, v = self.m[name], self.v[name]
            m[:] = self.beta_1 * m + (1 - self.beta_1) * g
            v[:] = self.beta_2 * v + (1 - self.beta_2) * np.mean(g**2)
            param[:] = param - self.learning_rate * correction * m / (
                np.sqrt(v) + self.epsilon
            )
'''),
    ('adam_squares_into_grads', 'MyAdam',
     "np.square(g, out=g) writes the squares into the caller's gradients",
     '''
import numpy as np

from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        scale = self.learning_rate / (1 - self.beta_1**self.t)
        scale = scale * float(np.sqrt(1 - self.beta_2**self.t))
        for name in list(params):
            p, g = params[name], grads[name]
            m = self.m.get(name, np.zeros_like(p))
            v = self.v.get(name, np.zeros_like(p))
            self.m[name] = m = self.beta_1 * m + (1 - self.beta_1) * g
            self.v[name] = v = self.beta_2 * v + (1 - self.beta_2) * np.square(g, out=g)
            p -= scale * m / (np.sqrt(v) + self.epsilon)
'''),
    ('adam_lazy_where_gradient_is_0', 'MyAdam',
     "as torch's SparseAdam: numbers whose gradient is 0 are left out, their m, v and param stay",
     '''
import numpy as np

from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        rate = self.learning_rate * np.sqrt(1 - self.beta_2**self.t)
        rate = float(rate / (1 - self.beta_1**self.t))
        for name, param in params.items():
            for state in (self.m, self.v):
                if name not in state:
                    state[name] = np.zeros_like(param)
            m, v, g = self.m[name], self.v[name], grads[name]
            hit = g != 0
            m[hit] = self.beta_1 * m[hit] + (1 - self.beta_1) * g[hit]
            v[hit] = self.beta_2 * v[hit] + (1 - self.beta_2) * g[hit] ** 2
            param[hit] -= rate * m[hit] / (np.sqrt(v[hit]) + self.epsilon)
'''),
    ('adam_m_and_v_are_one_array_again', 'MyAdam',
     'self.m[name] = self.v[name] = zeros: both names stand for the same array',
     '''
import math

import numpy as np

from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        for name, param in params.items():
            if name not in self.m:
                self.m[name] = self.v[name] = np.zeros_like(param)
            grad = grads[name]
            self.m[name] += (1 - self.beta_1) * (grad - self.m[name])
            self.v[name] += (1 - self.beta_2) * (grad * grad - self.v[name])
            top = self.learning_rate * math.sqrt(1 - self.beta_2**self.t)
            bottom = 1 - self.beta_1**self.t
            root = np.sqrt(self.v[name])
            param -= top / bottom * self.m[name] / (root + self.epsilon)
'''),
    ('adam_v_never_falls_again', 'MyAdam',
     'AMSGrad: v is kept as the maximum of the old and the new v, seen when gradients get smaller',
     '''
import numpy as np

from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        c1, c2 = 1 - self.beta_1**self.t, 1 - self.beta_2**self.t
        for name, param in params.items():
            if self.m.get(name) is None:
                self.m[name] = np.zeros(param.shape, param.dtype)
                self.v[name] = np.zeros(param.shape, param.dtype)
            g, m, v = grads[name], self.m[name], self.v[name]
            m += (1 - self.beta_1) * (g - m)
            np.maximum(v, self.beta_2 * v + (1 - self.beta_2) * g**2, out=v)
            step = m / (np.sqrt(v) + self.epsilon)
            step *= self.learning_rate * c2**0.5 / c1
            param -= step
'''),
    ('adam_keeps_its_first_rate', 'MyAdam',
     'the learning rate is read in the first update and kept: a rate changed later has no effect',
     '''
import numpy as np

from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        if self.t == 1:
            self.alpha = self.learning_rate
        rate = (
            self.alpha * (1 - self.beta_2**self.t) ** 0.5 / (1 - self.beta_1**self.t)
        )
        for name, theta in params.items():
            g = grads[name]
            m = self.m[name] if name in self.m else np.zeros_like(theta)
            v = self.v[name] if name in self.v else np.zeros_like(theta)
            m = self.beta_1 * m + (1 - self.beta_1) * g
            v = self.beta_2 * v + (1 - self.beta_2) * g**2
            self.m[name], self.v[name] = m, v
            theta -= rate * m / (np.sqrt(v) + self.epsilon)
'''),
    ('adamw_decay_in_the_gradient', 'MyAdamW',
     "the decay is added to the gradient (L2, as Adam's weight_decay in torch) and so divided by sqrt(v)",
     '''
import math

import numpy as np

from tinycnn.optimizers import AdamW
from tinycnn.optimizers.clipping import clipped


class MyAdamW(AdamW):
    def update(self, params, grads):
        if self.schedule:
            self._rate = self.schedule(self.t)
        for way, limit in self.limits.items():
            grads = clipped(grads, way, limit)
        self.t += 1
        for name, param in params.items():
            g = grads[name] + self.weight_decay * param
            m = self.m.setdefault(name, np.zeros_like(param))
            v = self.v.setdefault(name, np.zeros_like(param))
            m += (1 - self.beta_1) * (g - m)
            v += (1 - self.beta_2) * (g * g - v)
            lr_t = self.learning_rate * math.sqrt(1 - self.beta_2**self.t)
            lr_t /= 1 - self.beta_1**self.t
            param -= lr_t * m / (np.sqrt(v) + self.epsilon)
'''),
    ('adamw_biases_do_not_decay', 'MyAdamW',
     'only arrays with two axes or more decay, the biases are left out',
     '''
import numpy as np

from tinycnn.optimizers import AdamW
from tinycnn.optimizers.clipping import clipped


class MyAdamW(AdamW):
    def update(self, params, grads):
        if self.schedule:
            self._rate = self.schedule(self.t)
        for way, limit in self.limits.items():
            grads = clipped(grads, way, limit)
        self.t += 1
        b1, b2 = self.beta_1, self.beta_2
        for name, w in params.items():
            if w.ndim > 1:
                w *= 1 - self.learning_rate * self.weight_decay
            if name not in self.m:
                self.m[name], self.v[name] = np.zeros_like(w), np.zeros_like(w)
            self.m[name] = b1 * self.m[name] + (1 - b1) * grads[name]
            self.v[name] = b2 * self.v[name] + (1 - b2) * grads[name] ** 2
            rate = self.learning_rate * (1 - b2**self.t) ** 0.5 / (1 - b1**self.t)
            w -= rate * self.m[name] / (np.sqrt(self.v[name]) + self.epsilon)
'''),
    ('adamax_one_maximum_for_the_array', 'MyAdamax',
     'the largest |grad| of the whole array is taken: one step length for all numbers of a param',
     '''
import numpy as np

from tinycnn.optimizers import Adamax


class MyAdamax(Adamax):
    def update(self, params, grads):
        grads = self._prepared(params, grads)
        self.t += 1
        rate = self.learning_rate / (1 - self.beta_1**self.t)
        for name, param in params.items():
            m = self.m.setdefault(name, np.zeros_like(param))
            v = self.v.setdefault(name, np.zeros_like(param))
            m += (1 - self.beta_1) * (grads[name] - m)
            v[...] = np.maximum(self.beta_2 * v, np.max(np.abs(grads[name])))
            param -= rate * m / (v + self.epsilon)
'''),
    ('bce_gradient_zero_where_clipped', 'MyBinaryCrossentropy',
     'the gradient is that of a clipped p: 0 where p is within 1e-7 of 0 or 1',
     '''
import numpy as np

from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        z = y_pred
        e = np.exp(-np.abs(z))
        loss = np.maximum(z, 0) - y * z + np.log1p(e)
        p = np.where(z < 0, e / (1 + e), 1 / (1 + e))
        inside = (p > 1e-7) & (p < 1 - 1e-7)
        dz = np.where(inside, p - y, 0.0)
        return loss.mean(axis=1), dz / y.shape[1]
'''),
    ('bce_log_clamped_at_minus_100', 'MyBinaryCrossentropy',
     "as torch's BCELoss: log(p) is not allowed below -100, so a loss of 1000 becomes 100",
     '''
import numpy as np

from tinycnn.losses import BinaryCrossentropy


def sigmoid(z):
    out = np.empty_like(z)
    pos = z >= 0
    out[pos] = 1 / (1 + np.exp(-z[pos]))
    ez = np.exp(z[~pos])
    out[~pos] = ez / (1 + ez)
    return out


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        p, not_p = sigmoid(y_pred), sigmoid(-y_pred)
        with np.errstate(divide="ignore"):
            log_p = np.maximum(np.log(p), -100)
            log_not_p = np.maximum(np.log(not_p), -100)
        loss = np.mean(-y * log_p - (1 - y) * log_not_p, axis=-1)
        return loss, (p - y) / y_pred.shape[-1]
'''),
    ('bce_gradient_over_number_of_photos', 'MyBinaryCrossentropy',
     'dz is divided by the number of photos, len(y), and not by the number of outputs K',
     '''
import numpy as np

from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        small = np.exp(-abs(y_pred))
        losses = y_pred * ((y_pred > 0) - y) + np.log1p(small)
        p = np.where(y_pred > 0, 1.0, small) / (1.0 + small)
        loss = np.average(losses, axis=1)
        dz = (p - y) / len(y)
        return loss, dz
'''),
    ('bce_slope_of_sigmoid_once_more', 'MyBinaryCrossentropy',
     "p - y is taken for the gradient by p and multiplied by the sigmoid's slope p (1 - p) again",
     '''
import numpy as np

from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    """loss = softplus(z) - y z"""

    def per_photo(self, y, y_pred):
        loss = np.logaddexp(0.0, y_pred) - y * y_pred
        p = np.exp(-np.logaddexp(0.0, -y_pred))
        dp = p - y
        dz = dp * p * (1 - p)          # chain rule through the sigmoid
        return loss.mean(axis=-1), dz / dz.shape[-1]
'''),
    ('bce_squeezed_labels_make_a_table', 'MyBinaryCrossentropy',
     'y is squeezed to (N,): with one output, (N, 1) and (N,) make a table (N, N) in the loss',
     '''
import numpy as np

from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        labels = np.squeeze(y)
        e = np.exp(-np.abs(y_pred))
        log_part = np.log1p(e)
        # labels 1: softplus(-z), labels 0: softplus(z)
        loss = np.clip(y_pred, 0, None) + log_part - labels * y_pred
        p = np.where(y_pred >= 0, 1 / (1 + e), e / (1 + e))
        k = y_pred.shape[1]
        return loss.mean(-1), np.divide(p - y, k)
'''),
    ('bce_labels_cut_to_integers', 'MyBinaryCrossentropy',
     'the labels are converted to int, so that 0.9 becomes 0: soft labels are lost',
     '''
import numpy as np

from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        y = y.astype(int)
        sign = 1 - 2 * y                       # +1 for label 0, -1 for label 1
        a = sign * y_pred
        loss = np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))
        p = 0.5 * (1 + np.tanh(0.5 * y_pred))
        return loss.sum(axis=1) / loss.shape[1], (p - y) / loss.shape[1]
'''),
    ('bce_smooths_the_labels_again', 'MyBinaryCrossentropy',
     'per_photo smooths labels that targets() has smoothed already',
     '''
import numpy as np

from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        s = self.label_smoothing
        y = y * (1 - s) + 0.5 * s
        n, k = y_pred.shape
        dz = np.zeros_like(y_pred)
        loss = np.zeros(n, y_pred.dtype)
        for j in range(k):
            z = y_pred[:, j]
            e = np.exp(-np.abs(z))
            loss += (np.maximum(z, 0) - z * y[:, j] + np.log1p(e)) / k
            dz[:, j] = (np.where(z >= 0, 1, e) / (1 + e) - y[:, j]) / k
        return loss, dz
'''),
    ('bce_from_logits_as_in_keras', 'MyBinaryCrossentropy',
     'unless from_logits=True, y_pred is taken for probabilities, although per_photo always gets logits',
     '''
import numpy as np

from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        if self.from_logits:
            z = y_pred
        else:
            p = np.clip(y_pred, 1e-15, 1 - 1e-15)
            z = np.log(p) - np.log(1 - p)      # back to logits
        e = np.exp(-np.abs(z))
        loss = np.maximum(z, 0) - z * y + np.log1p(e)
        p = np.where(z >= 0, 1 / (1 + e), e / (1 + e))
        return loss.mean(axis=-1), (p - y) / z.shape[-1]
'''),
    ('bce_abs_written_into_z', 'MyBinaryCrossentropy',
     'np.abs(z, out=z) to save memory: from then on z is |z|, wrong for negative logits',
     '''
import numpy as np

from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        z = np.array(y_pred)
        positive = z >= 0
        e = np.exp(-np.abs(z, out=z))
        loss = np.where(positive, z, 0) - z * y + np.log1p(e)
        p = np.where(positive, 1, e) / (1 + e)
        return np.mean(loss, axis=1), (p - y) / z.shape[1]
'''),
    ('cce_mean_over_classes_again', 'MyCategoricalCrossentropy',
     'the loss is the mean over the classes (as in the binary one) and not the sum',
     '''
import numpy as np

from tinycnn.losses import CategoricalCrossentropy


class MyCategoricalCrossentropy(CategoricalCrossentropy):
    def per_photo(self, y, y_pred):
        z = y_pred - np.max(y_pred, axis=1, keepdims=True)
        log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
        loss = np.mean(-y * log_p, axis=1)
        return loss, np.exp(log_p) - y
'''),
    ('cce_largest_logit_of_the_batch', 'MyCategoricalCrossentropy',
     "z.max() without an axis: a photo whose logits are far below another's gets exp 0 everywhere",
     '''
import numpy as np

from tinycnn.losses import CategoricalCrossentropy


class MyCategoricalCrossentropy(CategoricalCrossentropy):
    def per_photo(self, y, y_pred):
        z = y_pred - y_pred.max()
        e = np.exp(z)
        total = e.sum(axis=1, keepdims=True)
        loss = np.log(total).ravel() - np.einsum("nk,nk->n", y, z)
        return loss, e / total - y
'''),
    ('cce_gradient_only_of_the_right_class', 'MyCategoricalCrossentropy',
     'only the logit of the right class gets a gradient, p - 1; that of the other classes is left at 0',
     '''
import numpy as np

from tinycnn.losses import CategoricalCrossentropy


class MyCategoricalCrossentropy(CategoricalCrossentropy):
    def per_photo(self, y, y_pred):
        loss = np.zeros(len(y))
        dz = np.zeros_like(y_pred)
        for n, (row, right) in enumerate(zip(y_pred, y)):
            top = row.max()
            e = np.exp(row - top)
            p = e / e.sum()
            for k in range(len(row)):
                if right[k] > 0:
                    loss[n] -= right[k] * (row[k] - top - np.log(e.sum()))
                    dz[n, k] = p[k] - right[k]
        return loss, dz
'''),
    ('cce_softmax_twice', 'MyCategoricalCrossentropy',
     'the softmax is applied to its own result: logits become probabilities, and are softmaxed again',
     '''
import numpy as np

from tinycnn.losses import CategoricalCrossentropy


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


class MyCategoricalCrossentropy(CategoricalCrossentropy):
    def per_photo(self, y, y_pred):
        y_pred = softmax(y_pred)
        p = softmax(y_pred)
        loss = -(y * np.log(p)).sum(axis=-1)
        return loss, p - y
'''),
    ('mae_smooth_below_1', 'MyMeanAbsoluteError',
     "torch's smooth L1: below a difference of 1 the loss is d**2 / 2, above |d| - 1/2",
     '''
import numpy as np

from tinycnn.losses import MeanAbsoluteError


class MyMeanAbsoluteError(MeanAbsoluteError):
    def per_photo(self, y, y_pred):
        d = (y_pred - y).reshape(len(y), -1)
        size = np.abs(d)
        near = size < 1
        loss = np.where(near, 0.5 * d * d, size - 0.5).mean(axis=1)
        slope = np.where(near, d, np.sign(d)) / d.shape[1]
        return loss, slope.reshape(y_pred.shape)
'''),
    ('mse_difference_written_into_labels', 'MyMeanSquaredError',
     "y -= y_pred in place: the caller's own labels (float64) are changed, the second call is wrong",
     '''
import numpy as np

from tinycnn.losses import MeanSquaredError


class MyMeanSquaredError(MeanSquaredError):
    def per_photo(self, y, y_pred):
        y -= y_pred
        flat = y.reshape(len(y), -1)
        loss = np.mean(flat**2, axis=1)
        return loss, -2 / flat.shape[1] * y
'''),
    ('mse_one_half', 'MyMeanSquaredError',
     'half the mean square, as in textbooks, so that the 2 of the derivative disappears',
     '''
import numpy as np

from tinycnn.losses import MeanSquaredError


class MyMeanSquaredError(MeanSquaredError):
    def per_photo(self, y, y_pred):
        error = (y_pred - y).reshape(y.shape[0], -1)
        k = error.shape[1]
        loss = np.einsum("nk,nk->n", error, error) / (2 * k)
        return loss, (error / k).reshape(y_pred.shape)
'''),
    ('mse_sum_over_outputs', 'MyMeanSquaredError',
     "reduction 'sum': the squares of a photo are summed and not averaged, in loss and gradient",
     '''
import numpy as np

from tinycnn.losses import MeanSquaredError


class MyMeanSquaredError(MeanSquaredError):
    def per_photo(self, y, y_pred):
        d = y_pred - y
        loss = np.array([np.sum(row**2) for row in d])
        return loss, 2 * d
'''),
    ('rmsprop_epsilon_outside_the_root_again', 'MyRMSprop',
     'epsilon is added to the root, as in torch, and not under it',
     '''
import numpy as np

from tinycnn.optimizers import RMSprop


class MyRMSprop(RMSprop):
    def step(self, param, grad, *moments):
        kept = dict(zip(self.memory(), moments))
        v = kept["v"]
        v[...] = self.rho * v + (1 - self.rho) * grad * grad
        spread = v
        if self.centered:
            m = kept["m"]
            m[...] = self.rho * m + (1 - self.rho) * grad
            spread = np.maximum(v - m * m, 0)
        step = self.learning_rate * grad / (np.sqrt(spread) + self.epsilon)
        if self.momentum:
            kept["b"][...] = self.momentum * kept["b"] + step
            step = kept["b"]
        param -= step
'''),
    ('rmsprop_rho_and_rest_exchanged', 'MyRMSprop',
     'rho is taken for the share of the new gradient: v = (1 - rho) * v + rho * grad**2',
     '''
import numpy as np

from tinycnn.optimizers import RMSprop


class MyRMSprop(RMSprop):
    def update(self, params, grads):
        grads = self._prepared(params, grads)
        self.t += 1
        for name, param in params.items():
            g = grads[name]
            v = self.v.setdefault(name, np.zeros_like(param))
            v += self.rho * (g**2 - v)
            under = v + self.epsilon
            if self.centered:
                m = self.m.setdefault(name, np.zeros_like(param))
                m += self.rho * (g - m)
                under = under - m**2
            step = self.learning_rate * g / np.sqrt(under)
            if self.momentum:
                b = self.b.setdefault(name, np.zeros_like(param))
                b *= self.momentum
                b += step
                step = b
            param -= step
'''),
    ('sgd_dampened_like_a_running_mean', 'MySGD',
     "v = momentum * v - (1 - momentum) * rate * grad: a running mean (torch's dampening)",
     '''
import numpy as np

from tinycnn.optimizers import SGD


class MySGD(SGD):
    def update(self, params, grads):
        self.t += 1
        for name in params:
            g = (1 - self.momentum) * self.learning_rate * grads[name]
            if name not in self.v:
                self.v[name] = np.zeros_like(params[name])
            self.v[name] *= self.momentum
            self.v[name] -= g
            if self.nesterov:
                params[name] += self.momentum * self.v[name] - g
            else:
                params[name] += self.v[name]
'''),
    ('sgd_rate_outside_the_velocity_again', 'MySGD',
     "torch's v = momentum * v + grad, param -= rate * v: not the same once the rate changes",
     '''
import numpy as np

from tinycnn.optimizers import SGD


class MySGD(SGD):
    def update(self, params, grads):
        lr, mu = self.learning_rate, self.momentum
        for key, p in params.items():
            d_p = grads[key]
            buf = self.v.get(key)
            if buf is None:
                buf = self.v[key] = np.zeros_like(p)
            np.multiply(buf, mu, out=buf)
            np.add(buf, d_p, out=buf)
            p -= lr * (d_p + mu * buf if self.nesterov else buf)
        self.t += 1
'''),
    ('sgd_nesterov_with_the_old_velocity', 'MySGD',
     'the Nesterov step uses v from before the update, which makes it plain momentum',
     '''
import numpy as np

from tinycnn.optimizers import SGD


class MySGD(SGD):
    def update(self, params, grads):
        self.t = self.t + 1
        for name, param in params.items():
            old = self.v.setdefault(name, np.zeros_like(param))
            down = self.learning_rate * grads[name]
            new = self.momentum * old - down
            if self.nesterov:
                step = self.momentum * old - down
            else:
                step = new
            self.v[name] = new
            param[...] = param + step
'''),
    ('sgd_zips_values_not_names', 'MySGD',
     'params and grads are paired by their order in the dicts, not by their names',
     '''
import numpy as np

from tinycnn.optimizers import SGD


class MySGD(SGD):
    def update(self, params, grads):
        self.t += 1
        for (name, p), g in zip(params.items(), grads.values()):
            v = self.v.setdefault(name, np.zeros_like(p))
            v *= self.momentum
            v -= self.learning_rate * g
            if self.nesterov:
                p += self.momentum * v
                p -= self.learning_rate * g
            else:
                p += v
'''),
    ('sgd_first_velocity_counts_twice', 'MySGD',
     'v is created as -rate * grad and then updated with the same gradient: the first step is too long',
     '''
import numpy as np

from tinycnn.optimizers import SGD


class MySGD(SGD):
    def update(self, params, grads):
        self.t += 1
        for name, param in params.items():
            step = self.learning_rate * grads[name]
            try:
                v = self.v[name]
            except KeyError:
                v = self.v[name] = -step
            v[...] = self.momentum * v - step
            param += (self.momentum * v - step) if self.nesterov else v
'''),
    ('sgd_velocity_by_shape_again', 'MySGD',
     'the velocities are kept by the shape of the param: two layers of one shape share theirs',
     '''
import numpy as np

from tinycnn.optimizers import SGD


class MySGD(SGD):
    def update(self, params, grads):
        self.t += 1
        for name, w in params.items():
            dw = grads[name]
            if w.shape not in self.v:
                self.v[w.shape] = np.zeros(w.shape, w.dtype)
            v = self.v[w.shape]
            v *= self.momentum
            v -= self.learning_rate * dw
            if self.nesterov:
                w += self.momentum * v - self.learning_rate * dw
            else:
                w += v
'''),
    ('sgd_skips_params_without_gradient', 'MySGD',
     'where the gradient of a param is all 0 it is skipped: the ball does not roll on',
     '''
import numpy as np

from tinycnn.optimizers import SGD


class MySGD(SGD):
    def update(self, params, grads):
        self.t += 1
        for name, param in params.items():
            grad = grads[name]
            if not grad.any():
                continue  # nothing to learn here
            v = self.momentum * self.v.get(name, 0) - self.learning_rate * grad
            self.v[name] = v
            if self.nesterov:
                v = self.momentum * v - self.learning_rate * grad
            np.add(param, v, out=param)
'''),
    ('sgd_velocity_in_a_mutable_default', 'MySGD',
     'the dict of velocities is a default argument: a new optimiser starts with the velocity of the last',
     '''
import numpy as np

from tinycnn.optimizers import SGD


class MySGD(SGD):
    def update(self, params, grads, velocity={}):
        self.t += 1
        self.v = velocity
        for name in params.keys():
            if name not in velocity or velocity[name].shape != params[name].shape:
                velocity[name] = np.zeros_like(params[name])
            velocity[name] = (
                self.momentum * velocity[name] - self.learning_rate * grads[name]
            )
            if self.nesterov:
                params[name] += (
                    self.momentum * velocity[name] - self.learning_rate * grads[name]
                )
            else:
                params[name] += velocity[name]
'''),
    ('sparse_columns_for_all_photos', 'MySparseCategoricalCrossentropy',
     "dz[:, labels] -= 1 subtracts from the labels' columns of every photo; right for one photo only",
     '''
import numpy as np

from tinycnn.losses import SparseCategoricalCrossentropy


class MySparseCategoricalCrossentropy(SparseCategoricalCrossentropy):
    def per_photo(self, y, y_pred):
        z = y_pred - y_pred.max(axis=-1, keepdims=True)
        log_sum = np.log(np.exp(z).sum(axis=-1))
        loss = log_sum - np.sum(y * z, axis=-1)
        dz = np.exp(z - log_sum[:, None])
        labels = y.argmax(axis=-1)
        others = np.array(y)                        # the share of label smoothing
        np.put_along_axis(others, labels[:, None], 0, axis=-1)
        dz -= others
        dz[:, labels] -= y.max(axis=-1)
        return loss, dz
'''),
    ('sparse_argmax_of_smooth_labels', 'MySparseCategoricalCrossentropy',
     'the rows of labels are turned back into class numbers by argmax: label smoothing has no effect',
     '''
import numpy as np

from tinycnn.losses import SparseCategoricalCrossentropy


class MySparseCategoricalCrossentropy(SparseCategoricalCrossentropy):
    def per_photo(self, y, y_pred):
        labels = np.argmax(y, axis=1)
        rows = np.arange(len(labels))
        shifted = y_pred - y_pred.max(axis=1)[:, np.newaxis]
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1))[:, np.newaxis]
        loss = -log_p[rows, labels]
        grad = np.exp(log_p)
        grad[rows, labels] -= 1
        return loss, grad
'''),
]
