"""Whole files with one mistake each: what trains."""
# ruff: noqa: E501
# fmt: off

TRAINING = [
    ('dropout_rate_is_what_stays', 'MyDropout',
     "rate is read as the share that is kept (TensorFlow 1's keep_prob)",
     '''
import numpy as np
from tinycnn.layers import Dropout
from tinycnn.randomness import rng_for


class MyDropout(Dropout):
    def forward(self, x, training=False):
        x = self.check_input(x)
        if not training or self.rate == 0:
            self.kept = (None,)
            return x
        rng = rng_for(self._seed, "dropout", self.step)
        keep = rng.random(x.shape, np.float32) < self.rate
        mask = keep / np.asarray(self.rate, x.dtype)
        self.kept = (mask,)
        return x * mask

    def backward(self, dy):
        (mask,) = self.kept_for(dy)
        return dy if mask is None else dy * mask
'''),
    ('dropout_backward_not_scaled', 'MyDropout',
     'backward multiplies by 0 and 1 only; 1 / (1 - rate) is missing there',
     '''
import numpy as np
from tinycnn.layers import Dropout
from tinycnn.randomness import rng_for


class MyDropout(Dropout):
    def forward(self, x, training=False):
        x = self.check_input(x)
        if not training:
            self.kept = (None,)
            return x
        chance = rng_for(self._seed, "dropout", self.step).random(x.shape, np.float32)
        stays = chance >= self.rate
        self.kept = (stays,)
        return np.where(stays, x / (1 - self.rate), 0).astype(x.dtype)

    def backward(self, dy):
        (stays,) = self.kept_for(dy)
        if stays is None:
            return dy
        return dy * stays
'''),
    ('dropout_same_for_all_photos', 'MyDropout',
     'one mask of the shape of a photo: every photo of the batch loses the same',
     '''
import numpy as np
from tinycnn.layers import Dropout
from tinycnn.randomness import rng_for


class MyDropout(Dropout):
    def forward(self, x, training=False):
        x = self.check_input(x)
        mask = np.ones(x.shape[1:], x.dtype)
        if training:
            rng = rng_for(self._seed, "dropout", self.step)
            chance = rng.random(mask.shape, np.float32)
            mask[chance < self.rate] = 0
            mask /= 1 - self.rate
        self.kept = (mask,)
        return x * mask

    def backward(self, dy):
        (mask,) = self.kept_for(dy)
        return dy * mask
'''),
    ('dropout_mask_drawn_once', 'MyDropout',
     'the mask is drawn once and used in every step',
     '''
import numpy as np
from tinycnn.layers import Dropout
from tinycnn.randomness import rng_for


class MyDropout(Dropout):
    mask = None

    def forward(self, x, training=False):
        x = self.check_input(x)
        self.kept = (None,)
        if training:
            if self.mask is None or self.mask.shape != x.shape:
                rng = rng_for(self._seed, "dropout", self.step)
                alive = rng.random(x.shape, np.float32) >= self.rate
                self.mask = alive / np.asarray(1 - self.rate, x.dtype)
            self.kept = (self.mask,)
            x = x * self.mask
        return x

    def backward(self, dy):
        (mask,) = self.kept_for(dy)
        return dy if mask is None else mask * dy
'''),
    ('dropout_scaled_twice', 'MyDropout',
     'scaled by 1 / (1 - rate) in training and by 1 - rate outside, too',
     '''
import numpy as np
from tinycnn.layers import Dropout
from tinycnn.randomness import rng_for


class MyDropout(Dropout):
    def forward(self, x, training=False):
        x = self.check_input(x)
        keep_prob = np.asarray(1 - self.rate, x.dtype)
        if training:
            rng = rng_for(self._seed, "dropout", self.step)
            factor = (rng.random(x.shape, np.float32) >= self.rate) / keep_prob
        else:
            factor = keep_prob  # all units are there: weaken them
        self.kept = (factor,)
        return x * factor

    def backward(self, dy):
        (factor,) = self.kept_for(dy)
        return dy * factor
'''),
    ('bn_sample_variance', 'MyBatchNormalization',
     'var has 1 / (M - 1) (ddof=1) everywhere in training',
     '''
import numpy as np
from tinycnn.layers import BatchNormalization


class MyBatchNormalization(BatchNormalization):
    def forward(self, x, training=False):
        x = self.check_input(x)
        training = training and self.trainable and len(x) > 0
        axes = tuple(range(x.ndim - 1))
        if training:
            mean = x.mean(axis=axes)
            var = x.var(axis=axes, ddof=1)
            for name, new in (("moving_mean", mean), ("moving_variance", var)):
                self.state[name] = (
                    self.momentum * self.state[name] + (1 - self.momentum) * new
                )
        else:
            mean, var = self.state["moving_mean"], self.state["moving_variance"]
        std = np.sqrt(var + self.epsilon)
        x_hat = (x - mean) / std
        self.kept = (x_hat, std, training)
        return self.params["gamma"] * x_hat + self.params["beta"]

    def backward(self, dy):
        x_hat, std, training = self.kept_for(dy)
        axes = tuple(range(dy.ndim - 1))
        dgamma, dbeta = (dy * x_hat).sum(axis=axes), dy.sum(axis=axes)
        self.grads = {"gamma": dgamma, "beta": dbeta}
        scale = self.params["gamma"] / std
        if not training:
            return dy * scale
        M = dy.size // dy.shape[-1]
        return scale * (dy - dbeta / M - x_hat * dgamma / M)
'''),
    ('bn_running_variance_of_a_sample', 'MyBatchNormalization',
     'the running variance gets var * M / (M - 1), as in PyTorch; y is right in training',
     '''
import numpy as np
from tinycnn.layers import BatchNormalization


class MyBatchNormalization(BatchNormalization):
    def forward(self, x, training=False):
        x = self.check_input(x)
        C = x.shape[-1]
        rows = x.reshape(-1, C)
        M = len(rows)
        training = training and self.trainable and M > 0
        mu, var = self.state["moving_mean"], self.state["moving_variance"]
        if training:
            batch_mu, batch_var = rows.mean(0), rows.var(0)
            keep, new = self.momentum, 1 - self.momentum
            self.state["moving_mean"] = keep * mu + new * batch_mu
            unbiased = batch_var * M / max(M - 1, 1)
            self.state["moving_variance"] = keep * var + new * unbiased
            mu, var = batch_mu, batch_var
        inv = 1 / np.sqrt(var + self.epsilon)
        x_hat = (rows - mu) * inv
        self.kept = (x_hat, inv, training)
        return (x_hat * self.params["gamma"] + self.params["beta"]).reshape(x.shape)

    def backward(self, dy):
        x_hat, inv, training = self.kept_for(dy)
        d = dy.reshape(x_hat.shape)
        self.grads = {"gamma": (d * x_hat).sum(0), "beta": d.sum(0)}
        dx_hat = d * self.params["gamma"]
        if training:
            dx_hat = dx_hat - dx_hat.mean(0) - x_hat * (dx_hat * x_hat).mean(0)
        return (dx_hat * inv).reshape(dy.shape)
'''),
    ('bn_momentum_of_pytorch', 'MyBatchNormalization',
     'moving = (1 - momentum) * moving + momentum * batch',
     '''
import numpy as np
from tinycnn.layers import BatchNormalization


class MyBatchNormalization(BatchNormalization):
    def forward(self, x, training=False):
        x = self.check_input(x)
        axes = tuple(range(x.ndim - 1))
        learning = training and self.trainable and len(x) > 0
        if learning:
            stats = {"moving_mean": x.mean(axes), "moving_variance": x.var(axes)}
            for key in stats:
                old = self.state[key]
                self.state[key] = old + self.momentum * (stats[key] - old)
        else:
            stats = self.state
        inv_std = (stats["moving_variance"] + self.epsilon) ** -0.5
        x_hat = (x - stats["moving_mean"]) * inv_std
        self.kept = (x_hat, inv_std, learning)
        return self.params["gamma"] * x_hat + self.params["beta"]

    def backward(self, dy):
        x_hat, inv_std, learning = self.kept_for(dy)
        C = dy.shape[-1]
        dgamma = np.einsum("rc,rc->c", dy.reshape(-1, C), x_hat.reshape(-1, C))
        dbeta = np.einsum("rc->c", dy.reshape(-1, C))
        self.grads = {"gamma": dgamma, "beta": dbeta}
        dx = dy
        if learning:
            M = dy.size // C
            dx = dy - dbeta / M - x_hat * (dgamma / M)
        return dx * (self.params["gamma"] * inv_std)
'''),
    ('bn_epsilon_outside_the_root', 'MyBatchNormalization',
     'divides by sqrt(var) + epsilon',
     '''
import numpy as np
from tinycnn.layers import BatchNormalization


class MyBatchNormalization(BatchNormalization):
    def forward(self, x, training=False):
        x = self.check_input(x)
        axes = tuple(range(x.ndim - 1))
        training = bool(training and self.trainable and len(x))
        if training:
            mean, var = np.mean(x, axis=axes), np.var(x, axis=axes)
            self.state["moving_mean"] = (
                self.momentum * self.state["moving_mean"] + (1 - self.momentum) * mean
            )
            self.state["moving_variance"] = (
                self.momentum * self.state["moving_variance"] + (1 - self.momentum) * var
            )
        else:
            mean, var = self.state["moving_mean"], self.state["moving_variance"]
        inv_std = 1 / (np.sqrt(var) + self.epsilon)
        x_hat = (x - mean) * inv_std
        self.kept = (x_hat, inv_std, training)
        return self.params["gamma"] * x_hat + self.params["beta"]

    def backward(self, dy):
        x_hat, inv_std, training = self.kept_for(dy)
        axes = tuple(range(dy.ndim - 1))
        dgamma = np.sum(dy * x_hat, axis=axes)
        dbeta = np.sum(dy, axis=axes)
        self.grads = dict(gamma=dgamma, beta=dbeta)
        if training:
            M = dy.size // dy.shape[-1]
            dy = dy - dbeta / M - x_hat * dgamma / M
        return self.params["gamma"] * inv_std * dy
'''),
    ('bn_mean_over_photos_only', 'MyBatchNormalization',
     'mean and var over axis 0 only: each pixel is normalised by itself, not the channel',
     '''
import numpy as np
from tinycnn.layers import BatchNormalization


class MyBatchNormalization(BatchNormalization):
    def forward(self, x, training=False):
        x = self.check_input(x)
        training = training and self.trainable and len(x) > 0
        if training:
            mean, var = x.mean(axis=0), x.var(axis=0)
            C = x.shape[-1]
            for name, batch in (("moving_mean", mean), ("moving_variance", var)):
                batch = batch.reshape(-1, C).mean(axis=0)
                self.state[name] = self.momentum * self.state[name]
                self.state[name] += (1 - self.momentum) * batch
        else:
            mean, var = self.state["moving_mean"], self.state["moving_variance"]
        inv_std = 1 / np.sqrt(var + self.epsilon)
        x_hat = (x - mean) * inv_std
        self.kept = (x_hat, inv_std, training)
        return self.params["gamma"] * x_hat + self.params["beta"]

    def backward(self, dy):
        x_hat, inv_std, training = self.kept_for(dy)
        axes = tuple(range(dy.ndim - 1))
        self.grads = {"gamma": (dy * x_hat).sum(axis=axes), "beta": dy.sum(axis=axes)}
        scale = self.params["gamma"] * inv_std
        if not training:
            return scale * dy
        return scale * (dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0))
'''),
    ('bn_mean_and_var_as_constants', 'MyBatchNormalization',
     'in training dx = dy * gamma / std: that x moves mean and var is left out',
     '''
import numpy as np
from tinycnn.layers import BatchNormalization


class MyBatchNormalization(BatchNormalization):
    def forward(self, x, training=False):
        x = self.check_input(x)
        mean, var = self.state["moving_mean"], self.state["moving_variance"]
        if training and self.trainable and len(x):
            rows = x.reshape(-1, x.shape[-1])
            batch_mean = rows.sum(axis=0) / len(rows)
            batch_var = ((rows - batch_mean) ** 2).sum(axis=0) / len(rows)
            a = self.momentum
            self.state["moving_mean"] = a * mean + (1 - a) * batch_mean
            self.state["moving_variance"] = a * var + (1 - a) * batch_var
            mean, var = batch_mean, batch_var
        inv_std = 1 / np.sqrt(var + self.epsilon)
        x_hat = (x - mean) * inv_std
        self.kept = (x_hat, inv_std)
        return self.params["gamma"] * x_hat + self.params["beta"]

    def backward(self, dy):
        x_hat, inv_std = self.kept_for(dy)
        axes = tuple(range(dy.ndim - 1))
        self.grads = {"gamma": (dy * x_hat).sum(axis=axes), "beta": dy.sum(axis=axes)}
        return dy * self.params["gamma"] * inv_std
'''),
    ('bn_divides_by_the_photos', 'MyBatchNormalization',
     'dx has dbeta / N and dgamma / N in place of / M = N * H * W',
     '''
import numpy as np
from tinycnn.layers import BatchNormalization


class MyBatchNormalization(BatchNormalization):
    def forward(self, x, training=False):
        x = self.check_input(x)
        axes = tuple(range(x.ndim - 1))
        training = training and self.trainable and len(x) > 0
        if training:
            mean, var = x.mean(axis=axes), x.var(axis=axes)
            m = self.momentum
            self.state = {
                "moving_mean": m * self.state["moving_mean"] + (1 - m) * mean,
                "moving_variance": m * self.state["moving_variance"] + (1 - m) * var,
            }
        else:
            mean, var = (self.state["moving_" + s] for s in ("mean", "variance"))
        inv_std = 1 / np.sqrt(var + self.epsilon)
        self.kept = (x - mean, inv_std, training)
        return self.params["gamma"] * ((x - mean) * inv_std) + self.params["beta"]

    def backward(self, dy):
        centred, inv_std, training = self.kept_for(dy)
        N = dy.shape[0]
        axes = tuple(range(dy.ndim - 1))
        x_hat = centred * inv_std
        dgamma = (dy * x_hat).sum(axis=axes)
        dbeta = dy.sum(axis=axes)
        self.grads = {"gamma": dgamma, "beta": dbeta}
        scale = self.params["gamma"] * inv_std
        if not training:
            return scale * dy
        return scale / N * (N * dy - dbeta - x_hat * dgamma)
'''),
    ('bn_inference_backward_as_in_training', 'MyBatchNormalization',
     'backward uses the formula of training after a forward outside training, too',
     '''
import numpy as np
from tinycnn.layers import BatchNormalization


class MyBatchNormalization(BatchNormalization):
    def forward(self, x, training=False):
        x = self.check_input(x)
        axes = tuple(range(x.ndim - 1))
        if training and self.trainable and len(x):
            mean, var = x.mean(axis=axes), x.var(axis=axes)
            self._move("moving_mean", mean)
            self._move("moving_variance", var)
        else:
            mean, var = self.state["moving_mean"], self.state["moving_variance"]
        std = np.sqrt(var + self.epsilon)
        x_hat = (x - mean) / std
        self.kept = (x_hat, std)
        return self.params["gamma"] * x_hat + self.params["beta"]

    def backward(self, dy):
        x_hat, std = self.kept_for(dy)
        axes = tuple(range(dy.ndim - 1))
        dgamma = np.sum(dy * x_hat, axis=axes)
        dbeta = np.sum(dy, axis=axes)
        self.grads = {"gamma": dgamma, "beta": dbeta}
        M = dy.size // dy.shape[-1]
        return self.params["gamma"] / std * (dy - dbeta / M - x_hat * dgamma / M)
'''),
    ('bn_training_with_running_mean', 'MyBatchNormalization',
     "in training the running mean and variance are moved and then used, in place of the batch's",
     '''
import numpy as np
from tinycnn.layers import BatchNormalization


class MyBatchNormalization(BatchNormalization):
    def forward(self, x, training=False):
        x = self.check_input(x)
        training = training and self.trainable and len(x) > 0
        if training:
            rows = x.reshape(-1, x.shape[-1])
            for name, value in zip(
                ("moving_mean", "moving_variance"), (rows.mean(0), rows.var(0))
            ):
                self.state[name] = (
                    self.momentum * self.state[name] + (1 - self.momentum) * value
                )
        mean, var = self.state["moving_mean"], self.state["moving_variance"]
        inv_std = 1 / np.sqrt(var + self.epsilon)
        x_hat = (x - mean) * inv_std
        self.kept = (x_hat, inv_std, training)
        return self.params["gamma"] * x_hat + self.params["beta"]

    def backward(self, dy):
        x_hat, inv_std, training = self.kept_for(dy)
        axes = tuple(range(dy.ndim - 1))
        dgamma, dbeta = (dy * x_hat).sum(axes), dy.sum(axes)
        self.grads = {"gamma": dgamma, "beta": dbeta}
        scale = self.params["gamma"] * inv_std
        if not training:
            return scale * dy
        M = dy.size // dy.shape[-1]
        return scale * (dy - dbeta / M - x_hat * dgamma / M)
'''),
    ('bn_dgamma_of_x', 'MyBatchNormalization',
     "grads['gamma'] is the sum of dy * x, not of dy * x_hat (dx is right)",
     '''
import numpy as np
from tinycnn.layers import BatchNormalization


class MyBatchNormalization(BatchNormalization):
    def forward(self, x, training=False):
        x = self.check_input(x)
        axes = tuple(range(x.ndim - 1))
        training = training and self.trainable and len(x) > 0
        mean, var = self.state["moving_mean"], self.state["moving_variance"]
        if training:
            mean = x.mean(axis=axes)
            var = np.mean((x - mean) ** 2, axis=axes)
            m = self.momentum
            self.state["moving_mean"] = m * self.state["moving_mean"] + (1 - m) * mean
            self.state["moving_variance"] = m * self.state["moving_variance"] + (1 - m) * var
        inv_std = np.reciprocal(np.sqrt(var + self.epsilon))
        x_hat = (x - mean) * inv_std
        self.kept = (x, x_hat, inv_std, training)
        return self.params["gamma"] * x_hat + self.params["beta"]

    def backward(self, dy):
        x, x_hat, inv_std, training = self.kept_for(dy)
        axes = tuple(range(dy.ndim - 1))
        self.grads = {}
        self.grads["gamma"] = np.sum(dy * x, axis=axes)
        self.grads["beta"] = np.sum(dy, axis=axes)
        g = dy * self.params["gamma"]
        if training:
            g = g - g.mean(axis=axes) - x_hat * (g * x_hat).mean(axis=axes)
        return g * inv_std
'''),
    ('batch_norm_m_is_n', 'MyBatchNormalization',
     'M in dx is the number of photos, not N*H*W',
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
        M = len(dy)
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
    ('bce_slope_of_sigmoid_too', 'MyBinaryCrossentropy',
     'dz is (p - y) times p (1 - p), as for a squared error behind a sigmoid',
     '''
import numpy as np
from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        z = y_pred
        e = np.exp(-abs(z))
        p = np.where(z >= 0, 1 / (1 + e), e / (1 + e))
        loss = np.maximum(z, 0) - z * y + np.log1p(e)
        delta = (p - y) * p * (1 - p)
        return loss.mean(axis=1), delta / z.shape[1]
'''),
    ('bce_dz_over_photos_too', 'MyBinaryCrossentropy',
     'dz is divided by N * K: the mean over the photos is taken, too',
     '''
import numpy as np
from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        # log(1 + exp(-z)) + (1 - y) z
        terms = np.logaddexp(0, -y_pred) + (1 - y) * y_pred
        p = np.exp(-np.logaddexp(0, -y_pred))
        return np.mean(terms, axis=-1), (p - y) / y.size
'''),
    ('bce_dz_over_photos_instead_of_outputs', 'MyBinaryCrossentropy',
     'dz is divided by len(y), the number of photos, in place of K',
     '''
import numpy as np
from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        m = len(y)
        e = np.exp(-np.abs(y_pred))
        positive = y_pred >= 0
        p = np.empty_like(e)
        p[positive] = 1 / (1 + e[positive])
        p[~positive] = e[~positive] / (1 + e[~positive])
        cost = y_pred * (positive - y) + np.log1p(e)
        return cost.mean(1), (p - y) / m
'''),
    ('bce_sum_over_outputs', 'MyBinaryCrossentropy',
     'loss and dz are those of the sum over the K outputs, not of the mean',
     '''
import numpy as np
from tinycnn.losses import BinaryCrossentropy


def sig(z):
    small = np.exp(-np.abs(z))
    return np.where(z < 0, small, 1) / (1 + small)


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        softplus = np.maximum(y_pred, 0) + np.log1p(np.exp(-np.abs(y_pred)))
        loss = (softplus - y * y_pred).sum(axis=1)
        return loss, sig(y_pred) - y
'''),
    ('bce_probability_clipped', 'MyBinaryCrossentropy',
     'p is clipped to 1e-7 .. 1 - 1e-7 before the logarithm, as in old Keras',
     '''
import numpy as np
from tinycnn.losses import BinaryCrossentropy

EPS = 1e-7


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        e = np.exp(-np.abs(y_pred))
        p = np.where(y_pred >= 0, 1, e) / (1 + e)
        q = np.clip(p, EPS, 1 - EPS)
        loss = -(y * np.log(q) + (1 - y) * np.log(1 - q)).mean(axis=-1)
        dz = (p - y) / y_pred.shape[-1]
        return loss, dz
'''),
    ('bce_labels_are_hard', 'MyBinaryCrossentropy',
     'the loss takes one of its two terms by y == 1: wrong for labels between',
     '''
import numpy as np
from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        # the margin: z for a yes, -z for a no
        margin = np.where(y == 1, y_pred, -y_pred)
        e = np.exp(-np.abs(margin))
        loss = np.log1p(e) + np.maximum(-margin, 0)
        e = np.exp(-np.abs(y_pred))
        p = np.where(y_pred >= 0, 1.0, e) / (1.0 + e)
        K = y.shape[1]
        return loss.mean(axis=1), (p - y) / K
'''),
    ('bce_loss_overflows_below', 'MyBinaryCrossentropy',
     'log(1 + exp(-z)) without taking exp(-z) out for z < 0: infinite at -1000',
     '''
import numpy as np
from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        z = y_pred
        with np.errstate(over="ignore"):
            loss = np.log1p(np.exp(-z)) + (1 - y) * z
        e = np.exp(-np.abs(z))
        p = np.where(z >= 0, 1 / (1 + e), e / (1 + e))
        return loss.mean(axis=-1), (p - y) / z.shape[-1]
'''),
    ('bce_only_the_yes_term', 'MyBinaryCrossentropy',
     'the loss is -y log(p) alone, as in the categorical formula',
     '''
import numpy as np
from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        N, K = y_pred.shape
        loss = np.zeros(N, y_pred.dtype)
        dz = np.zeros_like(y_pred)
        for n in range(N):
            for k in range(K):
                z = y_pred[n, k]
                e = np.exp(-abs(z))
                log_p = min(z, 0) - np.log1p(e)
                p = 1 / (1 + e) if z >= 0 else e / (1 + e)
                loss[n] -= y[n, k] * log_p / K
                dz[n, k] = (p - y[n, k]) / K
        return loss, dz
'''),
    ('bce_sigmoid_of_the_size', 'MyBinaryCrossentropy',
     'p = 1 / (1 + exp(-|z|)) for both signs of z, so dz is wrong below 0',
     '''
import numpy as np
from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        e = np.exp(-np.abs(y_pred))
        loss = np.maximum(y_pred, 0) - y_pred * y + np.log1p(e)
        p = 1.0 / (1.0 + e)
        dz = (p - y) / y.shape[-1]
        return loss.mean(axis=-1), dz
'''),
    ('bce_derivative_by_p', 'MyBinaryCrossentropy',
     'the gradient is that by the probability, (1-y)/(1-p) - y/p, not by z',
     '''
import numpy as np
from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    def per_photo(self, y, y_pred):
        e = np.exp(-np.abs(y_pred))
        loss = np.maximum(y_pred, 0) - y_pred * y + np.log1p(e)
        p = np.where(y_pred >= 0, 1, e) / (1 + e)
        p = np.clip(p, 1e-12, 1 - 1e-12)
        dp = np.divide(1 - y, 1 - p) - np.divide(y, p)
        return loss.mean(axis=-1), dp / y.shape[-1]
'''),
    ('bce_mirrored_mean_only_in_loss', 'MyBinaryCrossentropy',
     'the loss is the mean over k, but dz is not divided by K',
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
        return loss.sum(axis=-1) / K, dz
'''),
    ('cce_mean_over_classes', 'MyCategoricalCrossentropy',
     'loss and dz are divided by the number of classes K',
     '''
import numpy as np
from tinycnn.losses import CategoricalCrossentropy


class MyCategoricalCrossentropy(CategoricalCrossentropy):
    def per_photo(self, y, y_pred):
        z = y_pred - y_pred.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        loss = np.mean(-y * log_p, axis=1)
        return loss, (np.exp(log_p) - y) / y.shape[1]
'''),
    ('cce_gradient_of_the_true_class_only', 'MyCategoricalCrossentropy',
     'dz is y (p - 1): the wrong classes get no gradient',
     '''
import numpy as np
from tinycnn.losses import CategoricalCrossentropy


class MyCategoricalCrossentropy(CategoricalCrossentropy):
    def per_photo(self, y, y_pred):
        biggest = y_pred.max(axis=-1)
        e = np.exp(y_pred - biggest[:, None])
        total = e.sum(axis=-1)
        p = e / total[:, None]
        loss = biggest + np.log(total) - np.einsum("nk,nk->n", y, y_pred)
        dz = y * (p - 1)
        return loss, dz
'''),
    ('cce_epsilon_in_the_logarithm', 'MyCategoricalCrossentropy',
     '-y log(p + 1e-9): the loss of a very wrong answer stops at 20.7',
     '''
import numpy as np
from tinycnn.losses import CategoricalCrossentropy


def softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


class MyCategoricalCrossentropy(CategoricalCrossentropy):
    def per_photo(self, y, y_pred):
        p = softmax(y_pred)
        loss = -np.sum(y * np.log(p + 1e-9), axis=-1)
        return loss, p - y
'''),
    ('cce_labels_by_argmax', 'MyCategoricalCrossentropy',
     'the label is read by argmax: label smoothing and shared labels are lost',
     '''
import numpy as np
from tinycnn.losses import CategoricalCrossentropy


class MyCategoricalCrossentropy(CategoricalCrossentropy):
    def per_photo(self, y, y_pred):
        n = np.arange(len(y_pred))
        label = y.argmax(axis=1)
        z = y_pred - y_pred.max(axis=1)[:, None]
        lse = np.log(np.exp(z).sum(axis=1))
        dz = np.exp(z - lse[:, None])
        dz[n, label] -= 1
        return lse - z[n, label], dz
'''),
    ('cce_shift_in_one_term', 'MyCategoricalCrossentropy',
     'the largest logit is subtracted in log(sum exp) but not in sum y z',
     '''
import numpy as np
from tinycnn.losses import CategoricalCrossentropy


class MyCategoricalCrossentropy(CategoricalCrossentropy):
    def per_photo(self, y, y_pred):
        c = y_pred.max(axis=-1, keepdims=True)
        e = np.exp(y_pred - c)
        s = e.sum(axis=-1, keepdims=True)
        loss = np.log(s)[:, 0] - (y * y_pred).sum(axis=-1)
        return loss, e / s - y
'''),
    ('cce_colon_in_place_of_rows', 'MyCategoricalCrossentropy',
     'dz[:, columns] -= ... in place of dz[rows, columns]: every photo gets the labels of the others',
     '''
import numpy as np
from tinycnn.losses import CategoricalCrossentropy


class MyCategoricalCrossentropy(CategoricalCrossentropy):
    def per_photo(self, y, y_pred):
        z = y_pred - y_pred.max(axis=1, keepdims=True)
        logs = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        loss = -(y * logs).sum(axis=1)
        dz = np.exp(logs)
        rows, columns = np.nonzero(y)
        dz[:, columns] -= y[rows, columns]
        return loss, dz
'''),
    ('cce_dz_over_photos', 'MyCategoricalCrossentropy',
     'dz is divided by N here, and once more by the caller',
     '''
import numpy as np
from tinycnn.losses import CategoricalCrossentropy


class MyCategoricalCrossentropy(CategoricalCrossentropy):
    def per_photo(self, y, y_pred):
        N, K = y_pred.shape
        loss, dz = np.zeros(N), np.zeros((N, K), y_pred.dtype)
        for n in range(N):
            z = y_pred[n] - max(y_pred[n])
            total = sum(np.exp(z))
            p = np.exp(z) / total
            loss[n] = np.log(total) - np.dot(y[n], z)
            dz[n] = (p - y[n]) / N
        return loss, dz
'''),
    ('cce_takes_probabilities', 'MyCategoricalCrossentropy',
     "y_pred is read as probabilities (Keras's from_logits=False), not as logits",
     '''
import numpy as np
from tinycnn.losses import CategoricalCrossentropy


class MyCategoricalCrossentropy(CategoricalCrossentropy):
    def per_photo(self, y, y_pred):
        p = np.clip(y_pred, 1e-7, 1 - 1e-7)
        loss = -(y * np.log(p)).sum(axis=-1)
        return loss, -y / p
'''),
    ('mse_without_the_2', 'MyMeanSquaredError',
     'the gradient has no factor 2, but the loss no 1/2',
     '''
import numpy as np
from tinycnn.losses import MeanSquaredError


class MyMeanSquaredError(MeanSquaredError):
    def per_photo(self, y, y_pred):
        error = y_pred - y
        return np.mean(error**2, axis=-1), error / error.shape[-1]
'''),
    ('mse_root', 'MyMeanSquaredError',
     'the loss is the root of the mean square (RMSE)',
     '''
import numpy as np
from tinycnn.losses import MeanSquaredError


class MyMeanSquaredError(MeanSquaredError):
    def per_photo(self, y, y_pred):
        K = y.shape[1]
        d = y_pred - y
        loss = np.linalg.norm(d, axis=1) / np.sqrt(K)
        return loss, 2 * d / K
'''),
    ('mse_gradient_over_size', 'MyMeanSquaredError',
     'the gradient is divided by N * K, the size of the batch, not by K',
     '''
import numpy as np
from tinycnn.losses import MeanSquaredError


class MyMeanSquaredError(MeanSquaredError):
    def per_photo(self, y, y_pred):
        diff = np.subtract(y, y_pred)
        loss = np.array([row @ row / len(row) for row in diff])
        return loss, -2.0 * diff / diff.size
'''),
    ('mse_mean_over_photos', 'MyMeanSquaredError',
     'the mean is over axis 0, the photos: one loss for each output',
     '''
import numpy as np
from tinycnn.losses import MeanSquaredError


class MyMeanSquaredError(MeanSquaredError):
    def per_photo(self, y, y_pred):
        delta = y_pred - y
        loss = np.square(delta).mean(axis=0)
        return loss, 2 * delta / delta.shape[1]
'''),
    ('sgd_velocity_by_shape', 'MySGD',
     'the velocity is kept under the shape, so params of one shape share it',
     '''
import numpy as np
from tinycnn.optimizers import SGD


class MySGD(SGD):
    def update(self, params, grads):
        self.t += 1
        for name in params:
            key = params[name].shape
            if key not in self.v:
                self.v[key] = np.zeros_like(params[name])
            self.v[key] = self.momentum * self.v[key] - self.learning_rate * grads[name]
            params[name] += self.v[key]
'''),
    ('sgd_rate_outside_the_velocity', 'MySGD',
     "PyTorch's form: v = momentum v + grad, param -= rate v; wrong once the learning rate changes, and v itself is another number",
     '''
import numpy as np
from tinycnn.optimizers import SGD


class MySGD(SGD):
    def update(self, params, grads):
        self.t += 1
        for name, param in params.items():
            buf = self.v.setdefault(name, np.zeros_like(param))
            buf *= self.momentum
            buf += grads[name]
            param -= self.learning_rate * buf
'''),
    ('sgd_new_array_in_dict', 'MySGD',
     "params[name] = param + v puts a new array into the dict; the layer's own array stays as it was",
     '''
import numpy as np
from tinycnn.optimizers import SGD


class MySGD(SGD):
    def update(self, params, grads):
        self.t = self.t + 1
        for name in list(params):
            old = self.v.get(name, 0.0)
            self.v[name] = self.momentum * old - self.learning_rate * grads[name]
            params[name] = params[name] + self.v[name]
'''),
    ('sgd_step_of_the_old_velocity', 'MySGD',
     'the step is made with the velocity of the update before; the first update changes nothing',
     '''
import numpy as np
from tinycnn.optimizers import SGD


class MySGD(SGD):
    def update(self, params, grads):
        self.t += 1
        if not self.v:
            self.v = {name: np.zeros_like(p) for name, p in params.items()}
        for name, p in params.items():
            p += self.v[name]
            self.v[name] *= self.momentum
            self.v[name] -= self.learning_rate * grads[name]
'''),
    ('sgd_scales_the_gradient_in_place', 'MySGD',
     "the caller's gradient is multiplied by the learning rate in place",
     '''
import numpy as np
from tinycnn.optimizers import SGD


class MySGD(SGD):
    def update(self, params, grads):
        self.t += 1
        for name, p in params.items():
            g = grads[name]
            g *= self.learning_rate
            v = self.v.get(name)
            if v is None:
                v = self.v[name] = np.zeros_like(p)
            np.multiply(v, self.momentum, out=v)
            np.subtract(v, g, out=v)
            np.add(p, v, out=p)
'''),
    ('sgd_velocity_in_default_argument', 'MySGD',
     'the velocities live in a default argument, so every MySGD shares them',
     '''
import numpy as np
from tinycnn.optimizers import SGD


class MySGD(SGD):
    def update(self, params, grads, velocity={}):
        self.t += 1
        self.v = velocity
        for name, param in params.items():
            if name not in velocity or velocity[name].shape != param.shape:
                velocity[name] = np.zeros_like(param)
            v = velocity[name]
            v[...] = self.momentum * v - self.learning_rate * grads[name]
            param[...] = param + v
'''),
    ('sgd_history_reversed', 'MySGD',
     'all past steps in a list, but folded from the newest to the oldest: the oldest counts most',
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
            steps.insert(0, self.learning_rate * grads[name])
            v = reduce(
                lambda v, step: self.momentum * v - step,
                steps,
                np.zeros_like(params[name]),
            )
            self.v[name] = v
            params[name][...] = params[name] + v
'''),
    ('adam_no_bias_correction', 'MyAdam',
     'the rate is not corrected for m and v starting at 0',
     '''
import numpy as np
from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        for k in params:
            g = grads[k]
            self.m[k] = self.beta_1 * self.m.get(k, np.zeros_like(g)) + (1 - self.beta_1) * g
            self.v[k] = self.beta_2 * self.v.get(k, np.zeros_like(g)) + (1 - self.beta_2) * g * g
            params[k] -= self.learning_rate * self.m[k] / (np.sqrt(self.v[k]) + self.epsilon)
'''),
    ('adam_epsilon_under_the_root', 'MyAdam',
     'sqrt(v + epsilon) in place of sqrt(v) + epsilon',
     '''
import numpy as np
from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        b1, b2, t = self.beta_1, self.beta_2, self.t
        rate = self.learning_rate * np.sqrt(1 - b2**t) / (1 - b1**t)
        rate = float(rate)
        for name, param in params.items():
            m = self.m.setdefault(name, np.zeros_like(param))
            v = self.v.setdefault(name, np.zeros_like(param))
            m += (1 - b1) * (grads[name] - m)
            v += (1 - b2) * (grads[name] ** 2 - v)
            param -= rate * m / np.sqrt(v + self.epsilon)
'''),
    ('adam_epsilon_of_the_paper', 'MyAdam',
     'm_hat / (sqrt(v_hat) + epsilon) as in the paper and in PyTorch: epsilon weighs more than in the formula; seen where gradients are tiny',
     '''
import numpy as np
from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        for name, w in params.items():
            g = grads[name]
            if self.t == 1 or name not in self.m:
                self.m[name] = np.zeros_like(w)
                self.v[name] = np.zeros_like(w)
            self.m[name] = self.beta_1 * self.m[name] + (1 - self.beta_1) * g
            self.v[name] = self.beta_2 * self.v[name] + (1 - self.beta_2) * np.square(g)
            m_hat = self.m[name] / (1 - self.beta_1**self.t)
            v_hat = self.v[name] / (1 - self.beta_2**self.t)
            w -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)
'''),
    ('adam_t_grows_per_param', 'MyAdam',
     't is counted inside the loop over the names: once for each param',
     '''
import math
import numpy as np
from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        for name, param in params.items():
            self.t += 1
            grad = grads[name]
            m = self.m.get(name, np.zeros_like(param))
            v = self.v.get(name, np.zeros_like(param))
            m = self.beta_1 * m + (1 - self.beta_1) * grad
            v = self.beta_2 * v + (1 - self.beta_2) * grad**2
            self.m[name], self.v[name] = m, v
            rate = (
                self.learning_rate
                * math.sqrt(1 - self.beta_2**self.t)
                / (1 - self.beta_1**self.t)
            )
            param -= rate * m / (np.sqrt(v) + self.epsilon)
'''),
    ('adam_correction_without_root', 'MyAdam',
     'the rate has 1 - beta_2**t in place of its square root',
     '''
import numpy as np
from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def _rate_now(self):
        return self.learning_rate * (1 - self.beta_2**self.t) / (1 - self.beta_1**self.t)

    def update(self, params, grads):
        self.t += 1
        rate = self._rate_now()
        for name in sorted(params):
            p, g = params[name], grads[name]
            if name not in self.m:
                self.m[name], self.v[name] = np.zeros_like(p), np.zeros_like(p)
            m, v = self.m[name], self.v[name]
            m *= self.beta_1
            m += (1 - self.beta_1) * g
            v *= self.beta_2
            v += (1 - self.beta_2) * g * g
            p -= rate * m / (np.sqrt(v) + self.epsilon)
'''),
    ('adam_m_and_v_are_one_array', 'MyAdam',
     'self.m[name] = self.v[name] = zeros: one array for both, changed in place',
     '''
import numpy as np
from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        c1 = 1 - self.beta_1**self.t
        c2 = 1 - self.beta_2**self.t
        rate = self.learning_rate * c2**0.5 / c1
        for name, param in params.items():
            g = grads[name]
            if name not in self.m:
                self.m[name] = self.v[name] = np.zeros_like(param)
            self.m[name] += (1 - self.beta_1) * (g - self.m[name])
            self.v[name] += (1 - self.beta_2) * (g**2 - self.v[name])
            param -= rate * self.m[name] / (np.sqrt(self.v[name]) + self.epsilon)
'''),
    ('adam_keeps_the_corrected_m', 'MyAdam',
     'm is divided by 1 - beta_1**t and kept so for the next update',
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
            m[:] = self.beta_1 * m + (1 - self.beta_1) * g
            v[:] = self.beta_2 * v + (1 - self.beta_2) * g**2
            m /= 1 - self.beta_1**self.t
            step = self.learning_rate * (1 - self.beta_2**self.t) ** 0.5
            param -= step * m / (np.sqrt(v) + self.epsilon)
'''),
    ('adam_v_from_m', 'MyAdam',
     'v is the running mean of m**2, not of grad**2',
     '''
import numpy as np
from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        bias = np.sqrt(1 - self.beta_2**self.t).item() / (1 - self.beta_1**self.t)
        for name, param in params.items():
            zero = np.zeros_like(param)
            m = self.beta_1 * self.m.get(name, zero) + (1 - self.beta_1) * grads[name]
            v = self.beta_2 * self.v.get(name, zero) + (1 - self.beta_2) * m**2
            self.m.update({name: m})
            self.v.update({name: v})
            param -= self.learning_rate * bias * m / (v**0.5 + self.epsilon)
'''),
    ('adam_rate_compounds', 'MyAdam',
     'the corrected rate is written back to self.learning_rate, so that the corrections of all updates multiply',
     '''
import numpy as np
from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        self.learning_rate = float(
            self.learning_rate
            * np.sqrt(1 - self.beta_2**self.t)
            / (1 - self.beta_1**self.t)
        )
        for name, param in params.items():
            grad = grads[name]
            m = self.m.setdefault(name, np.zeros_like(param))
            v = self.v.setdefault(name, np.zeros_like(param))
            m += (1 - self.beta_1) * (grad - m)
            v += (1 - self.beta_2) * (grad * grad - v)
            param -= self.learning_rate * m / (np.sqrt(v) + self.epsilon)
'''),
    ('adam_v_never_falls', 'MyAdam',
     'AMSGrad: v keeps the maximum of the old and the new running mean',
     '''
import numpy as np
from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        rate = self.learning_rate / (1 - self.beta_1**self.t)
        rate *= (1 - self.beta_2**self.t) ** 0.5
        for name, theta in params.items():
            g = grads[name]
            if name not in self.v:
                self.m[name] = np.zeros(theta.shape, theta.dtype)
                self.v[name] = np.zeros(theta.shape, theta.dtype)
            self.m[name] = self.beta_1 * self.m[name] + (1 - self.beta_1) * g
            new = self.beta_2 * self.v[name] + (1 - self.beta_2) * g**2
            self.v[name] = np.maximum(self.v[name], new)
            theta -= rate * self.m[name] / (np.sqrt(self.v[name]) + self.epsilon)
'''),
    ('adam_m_not_written_back', 'MyAdam',
     'the new m stays in a local variable; each update starts again from zeros',
     '''
import numpy as np
from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        b1, b2 = self.beta_1, self.beta_2
        rate = self.learning_rate * (1 - b2**self.t) ** 0.5 / (1 - b1**self.t)
        for name, param in params.items():
            if name not in self.m:
                self.m[name] = np.zeros_like(param)
                self.v[name] = np.zeros_like(param)
            m, v = self.m[name], self.v[name]
            m = b1 * m + (1 - b1) * grads[name]
            v *= b2
            v += (1 - b2) * grads[name] ** 2
            param -= rate * m / (np.sqrt(v) + self.epsilon)
'''),
    ('adam_one_v_for_all_numbers', 'MyAdam',
     'v is one number for each array, the running mean of grad**2 over all of it, so all its numbers have the same step length',
     '''
import numpy as np
from tinycnn.optimizers import Adam


class MyAdam(Adam):
    def update(self, params, grads):
        self.t += 1
        correction = np.sqrt(1 - self.beta_2**self.t) / (1 - self.beta_1**self.t)
        rate = float(self.learning_rate * correction)
        for name, param in params.items():
            g = grads[name]
            m = self.m.setdefault(name, np.zeros_like(param))
            v = self.v.setdefault(name, np.zeros_like(param))
            m += (1 - self.beta_1) * (g - m)
            v += (1 - self.beta_2) * (np.mean(g**2) - v)
            np.subtract(param, rate * m / (np.sqrt(v) + self.epsilon), out=param)
'''),
    ('adam_ema_square_of_mean', 'MyAdam',
     'v is the running mean of m**2, not of grad**2',
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
        self.v = {**self.v, **{k: ema(before_v[k], self.m[k] ** 2, self.beta_2) for k in params}}
        rate = self.learning_rate * (1 - self.beta_2**self.t) ** 0.5 / (1 - self.beta_1**self.t)
        for k in params:
            params[k] -= rate * self.m[k] / (np.sqrt(self.v[k]) + self.epsilon)
'''),
    ('rmsprop_epsilon_outside_the_root', 'MyRMSprop',
     'grad / (sqrt(v) + epsilon): the form of PyTorch and older Keras; seen where gradients are tiny',
     '''
import numpy as np
from tinycnn.optimizers import RMSprop


class MyRMSprop(RMSprop):
    def step(self, param, grad, *moments):
        named = dict(zip(self.memory(), moments))
        v = named["v"]
        v[...] = self.rho * v + (1 - self.rho) * grad**2
        variance = v
        if "m" in named:
            m = named["m"]
            m[...] = self.rho * m + (1 - self.rho) * grad
            variance = np.maximum(v - m**2, 0)
        change = self.learning_rate * grad / (np.sqrt(variance) + self.epsilon)
        if "b" in named:
            named["b"][...] = self.momentum * named["b"] + change
            change = named["b"]
        param -= change
'''),
    ('rmsprop_bias_correction', 'MyRMSprop',
     'v is divided by 1 - rho**t, a correction that only Adam has',
     '''
import numpy as np
from tinycnn.optimizers import RMSprop


class MyRMSprop(RMSprop):
    def update(self, params, grads):
        grads = self._prepared(params, grads)
        self.t += 1
        for name, param in params.items():
            g = grads[name]
            zero = np.zeros_like(param)
            self.v[name] = self.rho * self.v.get(name, zero) + (1 - self.rho) * g * g
            spread = self.v[name] / (1 - self.rho**self.t)
            if self.centered:
                self.m[name] = self.rho * self.m.get(name, zero) + (1 - self.rho) * g
                spread = spread - self.m[name] ** 2
            step = self.learning_rate * g / np.sqrt(spread + self.epsilon)
            if self.momentum:
                step = self.b[name] = self.momentum * self.b.get(name, zero) + step
            param -= step
'''),
    ('rmsprop_v_starts_at_1', 'MyRMSprop',
     'v starts at ones, as in TensorFlow 1, not at zeros',
     '''
import numpy as np
from tinycnn.optimizers import RMSprop


class MyRMSprop(RMSprop):
    def update(self, params, grads):
        grads = self._prepared(params, grads)
        self.t += 1
        for name, param in params.items():
            g = grads[name]
            v = self.v.setdefault(name, np.ones_like(param))
            v += (1 - self.rho) * (g**2 - v)
            inside = v + self.epsilon
            if self.centered:
                m = self.m.setdefault(name, np.zeros_like(param))
                m += (1 - self.rho) * (g - m)
                inside = inside - m**2
            step = self.learning_rate * g / np.sqrt(inside)
            if self.momentum > 0:
                b = self.b.setdefault(name, np.zeros_like(param))
                b *= self.momentum
                b += step
                step = b
            param -= step
'''),
    ('rmsprop_v_only_grows', 'MyRMSprop',
     'v += (1 - rho) * grad**2 without v *= rho before: it never forgets',
     '''
import numpy as np
from tinycnn.optimizers import RMSprop


class MyRMSprop(RMSprop):
    def step(self, param, grad, *moments):
        arrays = dict(zip(self.memory(), moments))
        arrays["v"] += (1 - self.rho) * np.square(grad)
        var = arrays["v"]
        if self.centered:
            arrays["m"] *= self.rho
            arrays["m"] += (1 - self.rho) * grad
            var = var - np.square(arrays["m"])
        move = self.learning_rate * grad / np.sqrt(var + self.epsilon)
        if self.momentum:
            arrays["b"] *= self.momentum
            arrays["b"] += move
            move = arrays["b"]
        np.subtract(param, move, out=param)
'''),
]
