"""Batch normalisation: each channel gets mean 0 and variance 1, then learns its own."""

from typing import Any

import numpy as np

from tinycnn.layers.base import Layer
from tinycnn.shapes import Array, Shape, number


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

    window = (1, 1)
    is_straight = True
    option_words = (*Layer.option_words, "axis")

    def __init__(
        self,
        momentum: float = 0.99,
        epsilon: float = 0.001,
        input_shape: Shape | None = None,
        **unsupported: object,
    ) -> None:
        axis = unsupported.pop("axis", -1)
        super().__init__(input_shape, **unsupported)
        self.axis = axis[0] if isinstance(axis, (list, tuple)) and axis else axis
        self.momentum = number(momentum, "momentum", least=0, below=1)
        self.epsilon = number(epsilon, "epsilon", above=0)
        self.initializers = {"gamma": "ones", "moving_variance": "ones"}

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
        # No photo has no mean; a frozen layer keeps to its own, as in Keras.
        training = training and len(x) > 0 and self.trainable
        mean, var = self.state["moving_mean"], self.state["moving_variance"]
        if training:
            mean, var = self._moments(x)
        inv_std = 1 / np.sqrt(var + self.epsilon)  # C
        x_hat = (x - mean) * inv_std
        self.kept = (x_hat, inv_std, training)
        return self.params["gamma"] * x_hat + self.params["beta"]

    def backward(self, dy: Array) -> Array:
        x_hat, inv_std, training = self.kept_for(dy)
        dgamma, dbeta = _sum(dy * x_hat), _sum(dy)
        self.grads = {"gamma": dgamma, "beta": dbeta}
        dx = dy
        if training:
            M = dy.size // dy.shape[-1]
            dx = dy - dbeta / M - x_hat * (dgamma / M)
        return dx * (self.params["gamma"] * inv_std)

    def _moments(self, x: Array) -> tuple[Array, Array]:
        """Return mean and variance of each channel, and move the running ones."""
        M = x.size // x.shape[-1]
        mean = _sum(x) / M
        var = _sum((x - mean) ** 2) / M
        for name, batch in (("moving_mean", mean), ("moving_variance", var)):
            moving = self.state[name]
            self.state[name] = self.momentum * moving + (1 - self.momentum) * batch
        return mean, var

    def offset(self) -> Array:
        gamma, beta = self.params["gamma"], self.params["beta"]
        mean, var = self.state["moving_mean"], self.state["moving_variance"]
        return beta - gamma * mean / np.sqrt(var + self.epsilon)

    def config(self) -> dict[str, Any]:
        return {"momentum": self.momentum, "epsilon": self.epsilon}

    def multiply_adds(self) -> int:
        return int(np.prod(self.output_shape or 0))


def _sum(x: Array) -> Array:
    """Return the sum over all axes but the channel: (..., C) -> (C,)."""
    rows = x.reshape(-1, x.shape[-1])
    # A product with ones is a sum, faster and in float32 more exact than sum(axis=0).
    return np.ones(len(rows), x.dtype) @ rows
