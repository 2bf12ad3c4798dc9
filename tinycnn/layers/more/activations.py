"""Activations beyond the tutorial's, and the table that finds each by its name."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from tinycnn.layers.activations import ReLU, Sigmoid, Softmax, sigmoid
from tinycnn.layers.base import Kept, Layer
from tinycnn.shapes import Array, Pair, Shape, number


class LeakyReLU(Layer):
    """Keep what is positive, make the rest smaller: no unit ever falls silent.

    Parameters
    ----------
    negative_slope : float, default 0.3
        Slope below 0, at least 0; with 0 it is a `ReLU`.
    input_shape : tuple of int, optional
        Shape of one input, if this is the first layer.

    Raises
    ------
    ValueError
        If `negative_slope` is out of its range.

    Notes
    -----
    Any shape; ``y = x`` where x > 0 and ``negative_slope * x`` elsewhere. Its slope is
    1 where x > 0 and negative_slope elsewhere, also at the kink, x = 0. The layer's
    default is Keras's; the name, ``activation="leaky_relu"``, means a slope of 0.2
    there and here.

    References
    ----------
    Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic
    models", ICML 2013.

    Examples
    --------
    >>> LeakyReLU(0.5)(np.array([[-1.0, 0.0, 2.0]])).tolist()
    [[-0.5, 0.0, 2.0]]
    """

    window: Pair | None = (1, 1)
    is_by_photo = is_straight = True

    def __init__(
        self,
        negative_slope: float = 0.3,
        input_shape: Shape | None = None,
        **unsupported: object,
    ) -> None:
        super().__init__(input_shape, **unsupported)
        self.negative_slope: float = number(negative_slope, "negative_slope", least=0)

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        is_positive = x > 0
        self.kept: Kept = (is_positive,)
        return np.where(is_positive, x, self.negative_slope * x)

    def backward(self, dy: Array) -> Array:
        (is_positive,) = self.kept_for(dy)
        return np.where(is_positive, dy, self.negative_slope * dy)

    def config(self) -> dict[str, Any]:
        return {"negative_slope": self.negative_slope}


class ELU(Layer):
    """Keep what is positive, let the rest approach -alpha along an exponential curve.

    Parameters
    ----------
    alpha : float, default 1.0
        Minus the limit for very negative x, at least 0.
    input_shape : tuple of int, optional
        Shape of one input, if this is the first layer.

    Raises
    ------
    ValueError
        If `alpha` is out of its range.

    Notes
    -----
    Any shape; ``y = x`` where x > 0 and ``alpha * (exp(x) - 1)`` elsewhere. The
    derivative is 1 where x > 0 and ``alpha * exp(x)`` elsewhere: with alpha = 1 it has
    no step at 0. exp is taken of numbers up to 0 only, so it never overflows.

    References
    ----------
    Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by
    exponential linear units (ELUs)", ICLR 2016.

    Examples
    --------
    >>> ELU()(np.array([[-1000.0, 0.0, 2.0]])).tolist()
    [[-1.0, 0.0, 2.0]]
    """

    window: Pair | None = (1, 1)
    is_by_photo = True

    def __init__(
        self,
        alpha: float = 1.0,
        input_shape: Shape | None = None,
        **unsupported: object,
    ) -> None:
        super().__init__(input_shape, **unsupported)
        self.alpha: float = number(alpha, "alpha", least=0)

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        is_positive, below = x > 0, np.minimum(x, 0)
        self.kept: Kept = (is_positive, below)
        return np.where(is_positive, x, self.alpha * np.expm1(below))

    def backward(self, dy: Array) -> Array:
        is_positive, below = self.kept_for(dy)
        return np.where(is_positive, dy, dy * self.alpha * np.exp(below))

    def config(self) -> dict[str, Any]:
        return {"alpha": self.alpha}


class SELU(ELU):
    """An ELU whose two numbers keep mean 0 and variance 1 from layer to layer.

    Parameters
    ----------
    input_shape : tuple of int, optional
        Shape of one input, if this is the first layer.

    Notes
    -----
    Any shape; ``y = scale * x`` where x > 0 and ``scale * alpha * (exp(x) - 1)``
    elsewhere, with alpha = 1.67326324 and scale = 1.05070098. The derivative is scale
    where x > 0 and ``scale * alpha * exp(x)`` elsewhere. It goes with
    ``kernel_initializer="lecun_normal"``.

    References
    ----------
    Klambauer et al., "Self-normalizing neural networks", NeurIPS 2017.

    Examples
    --------
    >>> SELU()(np.array([[-1000.0, 0.0, 1.0]])).round(4).tolist()
    [[-1.7581, 0.0, 1.0507]]
    """

    window: Pair | None = (1, 1)
    is_by_photo = True
    scale: float = 1.0507009873554805

    def __init__(self, input_shape: Shape | None = None, **unsupported: object) -> None:
        super().__init__(1.6732632423543772, input_shape, **unsupported)

    def forward(self, x: Array, training: bool = False) -> Array:
        return self.scale * super().forward(x, training)

    def backward(self, dy: Array) -> Array:
        return self.scale * super().backward(dy)

    def config(self) -> dict[str, Any]:
        return {}


class Tanh(Layer):
    """Squeeze any number into -1..1: a sigmoid whose middle is 0.

    Parameters
    ----------
    input_shape : tuple of int, optional
        Shape of one input, if this is the first layer.

    Notes
    -----
    Any shape; ``y = tanh(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x))``. The derivative
    is ``1 - y**2``.

    References
    ----------
    LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998, section 4.4.

    Examples
    --------
    >>> Tanh()(np.array([[-1000.0, 0.0, 1000.0]])).tolist()
    [[-1.0, 0.0, 1.0]]
    """

    window: Pair | None = (1, 1)
    is_by_photo = True

    def forward(self, x: Array, training: bool = False) -> Array:
        y = np.tanh(self.check_input(x))
        self.kept: Kept = (y,)
        return y

    def backward(self, dy: Array) -> Array:
        (y,) = self.kept_for(dy)
        return dy * (1 - y**2)


class Softplus(Layer):
    """A ReLU with a round corner.

    Parameters
    ----------
    input_shape : tuple of int, optional
        Shape of one input, if this is the first layer.

    Notes
    -----
    Any shape; ``y = log(1 + exp(x))``, computed as ``max(x, 0) + log(1 + exp(-|x|))``,
    which never overflows. The derivative is ``sigmoid(x)``.

    References
    ----------
    Glorot, Bordes and Bengio, "Deep sparse rectifier neural networks", AISTATS 2011.

    Examples
    --------
    >>> Softplus()(np.array([[-1000.0, 0.0, 1000.0]])).round(4).tolist()
    [[0.0, 0.6931, 1000.0]]
    """

    window: Pair | None = (1, 1)
    is_by_photo = True

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        self.kept: Kept = (x,)
        y: Array = np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
        return y

    def backward(self, dy: Array) -> Array:
        (x,) = self.kept_for(dy)
        return dy * sigmoid(x)


class Swish(Layer):
    """Multiply each number by its own sigmoid; also called SiLU.

    Parameters
    ----------
    input_shape : tuple of int, optional
        Shape of one input, if this is the first layer.

    Notes
    -----
    Any shape; with ``s = sigmoid(x)``, ``y = x * s``. The derivative is
    ``s + x * s * (1 - s)``.

    References
    ----------
    Ramachandran, Zoph and Le, "Searching for activation functions", 2017.

    Examples
    --------
    >>> Swish()(np.array([[-1000.0, 0.0, 1000.0]])).tolist()
    [[-0.0, 0.0, 1000.0]]
    """

    window: Pair | None = (1, 1)
    is_by_photo = True

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        s = sigmoid(x)
        self.kept: Kept = (x, s)
        return x * s

    def backward(self, dy: Array) -> Array:
        x, s = self.kept_for(dy)
        return dy * (s + x * s * (1 - s))


class Identity(Layer):
    """Change nothing: the activation "linear", written as a layer.

    Parameters
    ----------
    input_shape : tuple of int, optional
        Shape of one input, if this is the first layer.

    Notes
    -----
    Any shape; ``y = x``, and the derivative is 1.
    """

    window: Pair | None = (1, 1)
    is_by_photo = is_straight = is_identity = True

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        self.kept: Kept = ()
        return x

    def backward(self, dy: Array) -> Array:
        self.kept_for(dy)
        return dy


ACTIVATIONS: dict[str, Callable[..., Layer]] = {
    "relu": ReLU,
    "sigmoid": Sigmoid,
    "softmax": Softmax,
    "tanh": Tanh,
    "elu": ELU,
    "selu": SELU,
    "leaky_relu": partial(LeakyReLU, 0.2),
    "softplus": Softplus,
    "swish": Swish,
    "silu": Swish,
}
KINDS = tuple({type(make()) for make in ACTIVATIONS.values()})


def check_activation(activation: object) -> str | Layer | None:
    """Return the argument if it is one of `ACTIVATIONS` or a layer.

    None (or "linear") means none.

    Raises
    ------
    ValueError
        If it is none of them.
    """
    activation = getattr(activation, "spelling", activation)  # of a function of Keras
    if activation is None or activation == "linear":
        return None
    if isinstance(activation, Layer):
        return activation
    if isinstance(activation, str) and activation in ACTIVATIONS:
        return activation
    raise ValueError(
        f"activation should be one of {', '.join(ACTIVATIONS)}, a layer such as "
        f"LeakyReLU(0.1), or None, got {activation!r}"
    )


def Activation(activation: str | Layer | None, **arguments: Any) -> Layer:
    """Return the activation layer of that name, as in Keras: ``Activation("relu")``.

    Parameters
    ----------
    activation : str or Layer
        A name of `ACTIVATIONS`, or "linear". A layer is returned as it is.
    **arguments
        Those of the layer, such as `input_shape`.

    Raises
    ------
    ValueError
        If the activation is unknown.

    Examples
    --------
    >>> Activation("relu")
    ReLU()
    """
    known = check_activation(activation)
    if isinstance(known, Layer):
        return known
    return ACTIVATIONS[known](**arguments) if known else Identity(**arguments)
