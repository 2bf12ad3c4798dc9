"""Batch normalisation: each channel gets mean 0 and variance 1, then learns its own."""

from typing import Any, ClassVar

import numpy as np

from tinycnn.initializers.base import Initializer
from tinycnn.layers.base import Arrays, Kept, Layer
from tinycnn.parallel.rows import by_rows, sum_of_rows
from tinycnn.shapes import Array, Pair, Shape, number


class BatchNormalization(Layer):
    """Normalise each channel over the batch, then scale and shift it.

    Parameters
    ----------
    momentum : float, default 0.99
        Share of the running mean and variance that is kept at each step.
    epsilon : float, default 0.001
        Added to the variance, so that a constant channel is not divided by 0.
    input_shape : tuple of int, optional
        Shape of one input, if this is the first layer.

    Attributes
    ----------
    params["gamma"], params["beta"] : ndarray of shape (C,)
        Scale and shift, which start at 1 and 0.
    state["moving_mean"], state["moving_variance"] : ndarray of shape (C,)
        Running means over the training batches, which start at 0 and 1.

    Raises
    ------
    ValueError
        Unless 0 <= momentum < 1 and epsilon > 0.

    Notes
    -----
    Any shape, the channel last, which is what Keras's ``axis=`` should name. During
    training mean and var are those of the channel over the batch, M = N*H*W numbers,
    var with 1/M::

        x_hat = (x - mean) / sqrt(var + epsilon)
        y     = gamma * x_hat + beta
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance likewise, from var

    Outside training the running ones take the place of mean and var, so that a photo's
    answer does not depend on the photos beside it. Then each number is only scaled and
    shifted, and dx = dy * gamma / sqrt(var + epsilon). During training every x moves
    the mean and the variance, too [1]_::

        dgamma = sum of dy * x_hat        dbeta = sum of dy
        dx = gamma / sqrt(var + epsilon) * (dy - dbeta / M - x_hat * dgamma / M)

    This is Keras's form. PyTorch's momentum is 1 - momentum, its epsilon 1e-5, and its
    running variance is that of a sample, with 1/(M - 1).

    References
    ----------
    .. [1] Ioffe and Szegedy, "Batch normalization: accelerating deep network training
       by reducing internal covariate shift", ICML 2015, section 3.

    Examples
    --------
    >>> layer = BatchNormalization(epsilon=1e-12)
    >>> layer(np.array([[1.0, 5.0], [3.0, 5.0]]), training=True).round(6).tolist()
    [[-1.0, 0.0], [1.0, 0.0]]
    """

    window: Pair | None = (1, 1)
    is_straight = True
    option_words: ClassVar[tuple[str, ...]] = (*Layer.option_words, "axis")

    def __init__(
        self,
        momentum: float = 0.99,
        epsilon: float = 0.001,
        input_shape: Shape | None = None,
        **unsupported: object,
    ) -> None:
        axis = unsupported.pop("axis", -1)
        super().__init__(input_shape, **unsupported)
        self.axis: Any = axis[0] if isinstance(axis, (list, tuple)) and axis else axis
        self.momentum: float = number(momentum, "momentum", least=0, below=1)
        self.epsilon: float = number(epsilon, "epsilon", above=0)
        self.initializers: dict[str, str | Initializer] = {
            "gamma": "ones",
            "moving_variance": "ones",
        }

    def infer_shapes(self, input_shape: Shape) -> tuple[Shape, dict[str, Shape]]:
        if self.axis not in (-1, len(input_shape)):
            raise ValueError(
                f"axis should be -1 or {len(input_shape)}, the channels of an input "
                f"{input_shape}, got {self.axis!r}: the mean and the variance are "
                "those of each channel, the last axis"
            )
        channels = input_shape[-1:]
        return input_shape, {"gamma": channels, "beta": channels}

    def state_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        channels = input_shape[-1:]
        return {"moving_mean": channels, "moving_variance": channels}

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        gamma, beta = self.params["gamma"], self.params["beta"]
        mean, var = self.state["moving_mean"], self.state["moving_variance"]
        # No photo has no mean; a frozen layer keeps to its own, as in Keras.
        training = training and len(x) > 0 and self.trainable
        if training:
            M = x.size // x.shape[-1]
            mean = sum_of_rows(lambda x: x, [x]) / M
            var = sum_of_rows(lambda x, mean: (x - mean) ** 2, [x], [mean]) / M
            self._move("moving_mean", mean)
            self._move("moving_variance", var)
        inv_std = 1 / np.sqrt(var + self.epsilon)  # C
        self.kept: Kept = (x, mean, inv_std, training)
        return by_rows(_y, [x], [mean, gamma * inv_std, beta])

    def backward(self, dy: Array) -> Array:
        x, mean, inv_std, training = self.kept_for(dy)
        scale = self.params["gamma"] * inv_std
        dgamma = inv_std * sum_of_rows(
            lambda dy, x, mean: dy * (x - mean), [dy, x], [mean]
        )
        dbeta = sum_of_rows(lambda dy: dy, [dy])
        self.grads: Arrays = {"gamma": dgamma, "beta": dbeta}
        if not training:
            return by_rows(np.multiply, [dy], [scale])
        M = dy.size // dy.shape[-1]
        vectors = [mean, inv_std * dgamma / M, dbeta / M, scale]
        return by_rows(_dx, [dy, x], vectors)

    def _move(self, name: str, of_batch: Array) -> None:
        """Move a running mean towards the batch's."""
        moving = self.state[name]
        self.state[name] = self.momentum * moving + (1 - self.momentum) * of_batch

    def scale(self) -> Array:
        """Return the factor of each channel where no photos are learnt from: (C,)."""
        var = self.state["moving_variance"]
        return self.params["gamma"] / np.sqrt(var + self.epsilon)

    def offset(self) -> Array:
        return self.params["beta"] - self.state["moving_mean"] * self.scale()

    def config(self) -> dict[str, Any]:
        return {"momentum": self.momentum, "epsilon": self.epsilon}

    def multiply_adds(self) -> int:
        return int(np.prod(self.output_shape or 0))


# In place: an expression makes an array for each of its operations. With gamma and
# 1 / sqrt(var + epsilon) as one factor, y and dx need one operation less.


def _y(x: Array, mean: Array, scale: Array, beta: Array, y: Array) -> None:
    """Put (x - mean) * scale + beta into y."""
    np.subtract(x, mean, out=y)
    y *= scale
    y += beta


def _dx(
    dy: Array,
    x: Array,
    mean: Array,
    slope: Array,
    mean_dy: Array,
    scale: Array,
    dx: Array,
) -> None:
    """Put (dy - (x - mean) * slope - mean_dy) * scale into dx."""
    np.subtract(x, mean, out=dx)
    dx *= slope
    np.subtract(dy, dx, out=dx)
    dx -= mean_dy
    dx *= scale
