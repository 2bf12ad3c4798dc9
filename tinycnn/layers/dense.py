"""Full connection: every input has a say in every output."""

from typing import Any

import numpy as np

from tinycnn.initializers import Initializer
from tinycnn.layers.base import Arrays, Kept, Layer
from tinycnn.layers.more.activations import check_activation
from tinycnn.layers.weighted import WeightedLayer
from tinycnn.parallel.products import Product, product
from tinycnn.regularizers import L1L2
from tinycnn.shapes import Array, Shape, whole_number


class Dense(WeightedLayer):
    """A fully connected layer.

    Each of the `units` outputs is a weighted sum of all inputs, plus a bias.

    Parameters
    ----------
    units : int
        Number of outputs.
    activation : str or Layer, optional
        A name of `ACTIVATIONS`, such as "relu", or a layer such as ``ELU(0.5)``.
        `Sequential.add` makes it a layer of its own, after this one.
    input_shape : (int,), optional
        Number of inputs, if this is the first layer.
    kernel_initializer : str or Initializer, default "glorot_uniform"
        How the kernel is initialised: a name of `initializers.INITIALIZERS`, or an
        object of `initializers`.
    use_bias : bool, default True
        Whether a bias is learnt and added.
    bias_initializer : str or Initializer, default "zeros"
    kernel_regularizer, bias_regularizer : str or L1L2, optional
        A penalty on large weights: "l2", or an object of `regularizers`.

    Attributes
    ----------
    params["kernel"] : ndarray of shape (inputs, units)
    params["bias"] : ndarray of shape (units,)

    Notes
    -----
    Input (N, inputs), output (N, units)::

        y = x @ kernel + bias
        dkernel = x.T @ dy        dbias = sum of dy over n        dx = dy @ kernel.T

    Kernels start uniform in ±sqrt(6 / (inputs + units)), biases at zero.

    References
    ----------
    Goodfellow, Bengio and Courville, "Deep Learning", 2016, section 6.5.

    Examples
    --------
    >>> dense = Dense(units=128)
    >>> dense.build((30752,), rng=np.random.default_rng(0))
    (128,)
    """

    is_straight = True

    def __init__(
        self,
        units: int,
        activation: str | Layer | None = None,
        input_shape: Shape | None = None,
        kernel_initializer: str | Initializer = "glorot_uniform",
        use_bias: bool = True,
        bias_initializer: str | Initializer = "zeros",
        kernel_regularizer: str | L1L2 | None = None,
        bias_regularizer: str | L1L2 | None = None,
        **unsupported: object,
    ) -> None:
        super().__init__(
            input_shape,
            kernel_initializer,
            bias_initializer,
            use_bias,
            kernel_regularizer,
            bias_regularizer,
            **unsupported,
        )
        self.units: int = whole_number(units, "units")
        self.activation: str | Layer | None = check_activation(activation)

    def infer_shapes(self, input_shape: Shape) -> tuple[Shape, dict[str, Shape]]:
        if len(input_shape) != 1:
            raise ValueError(
                f"the input should be flat, (inputs,), got {input_shape}; "
                "add Flatten() before it"
            )
        kernel = (input_shape[0], self.units)
        bias = {"bias": (self.units,)} if self.use_bias else {}
        return (self.units,), {"kernel": kernel, **bias}

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        y = product(x, self.params["kernel"])
        if self.use_bias:
            y += self.params["bias"]
        self.kept: Kept = (x,)
        return y

    def backward(self, dy: Array) -> Array:
        (x,) = self.kept_for(dy)
        times: Any = Product if self.reads_grads_once else product
        self.grads: Arrays = {"kernel": times(x.T, dy)}
        if self.use_bias:
            self.grads["bias"] = dy.sum(axis=0)
        if self.skip_dx:
            return np.empty(0, dy.dtype)
        return product(dy, self.params["kernel"].T)

    def config(self) -> dict[str, Any]:
        return {"units": self.units, **super().config()}

    def multiply_adds(self) -> int:
        return self.params["kernel"].size
