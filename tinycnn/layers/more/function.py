"""Lambda: a function of the photos, before anything is learnt from them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tinycnn.layers.base import Kept, Layer
from tinycnn.shapes import Array, Shape


class Lambda(Layer):
    """Change photos by a function of the script's own, of which no derivative is known.

    So it stands before every layer that learns, where no gradient is needed: it
    prepares the photos, as `Rescaling` does.

    Parameters
    ----------
    function : callable
        Takes an array (N, ...) and returns one with the same N.
    output_shape : tuple of int, optional
        Accepted as Keras's word; the function itself shows the shape.
    arguments : dict, optional
        More arguments of the function, by name.
    input_shape : tuple of int, optional
        Shape of one photo, if this is the first layer.

    Raises
    ------
    TypeError
        If `function` cannot be called.
    ValueError
        In ``build``, if the function cannot work on such an input.
    RuntimeError
        In ``backward``: the derivative is not known.

    Notes
    -----
    ``y = function(x)``. A model file holds no code, so of a model with this layer
    ``save`` writes the weights alone.

    Examples
    --------
    >>> layer = Lambda(lambda x: x / 255, input_shape=(2,))
    >>> layer.build((2,), np.random.default_rng(0))
    (2,)
    >>> layer.forward(np.array([[0.0, 255.0]])).tolist()
    [[0.0, 1.0]]
    """

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        arguments: dict[str, Any] | None = None,
        input_shape: Shape | None = None,
        **unsupported: object,
    ) -> None:
        super().__init__(input_shape, **unsupported)
        if not callable(function):
            raise TypeError(f"Lambda should be given a function, got {function!r}")
        self.function: Callable[..., Any] = function
        self.arguments: dict[str, Any] = dict(arguments or {})

    def infer_shapes(self, input_shape: Shape) -> tuple[Shape, dict[str, Shape]]:
        tried = np.zeros((2, *input_shape), np.float32)
        try:
            y = np.asarray(self.function(tried, **self.arguments))
        except Exception as error:
            raise ValueError(
                f"Lambda's function fails for an array of shape (2, "
                f"{', '.join(map(str, input_shape))}): {type(error).__name__}: {error}"
            ) from error
        if y.shape[:1] != (2,):
            raise ValueError(
                f"Lambda's function should return an array of as many photos as it is "
                f"given, got the shape {y.shape} for 2 photos"
            )
        return y.shape[1:], {}

    def build(
        self,
        input_shape: Shape,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
    ) -> Shape:
        self._dtype = np.dtype(dtype)
        return super().build(input_shape, rng, dtype)

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        self.kept: Kept = ()
        return np.asarray(self.function(x, **self.arguments), x.dtype)

    def backward(self, dy: Array) -> Array:
        self.kept_for(dy)
        raise RuntimeError(
            "Lambda has no derivative, so nothing before it can learn: put it before "
            "the first layer with weights, or write a subclass of Layer with forward "
            "and backward"
        )


def check_order(layers: list[Any]) -> None:
    """Raise ValueError if a Lambda stands after a layer with weights."""
    learning = [place for place, layer in enumerate(layers) if layer.params]
    for place, layer in enumerate(layers):
        if isinstance(layer, Lambda) and learning and learning[0] < place:
            raise ValueError(
                f"layer {place}, Lambda, stands after layer {learning[0]}, "
                f"{type(layers[learning[0]]).__name__}, which could not learn: a "
                "function has no derivative; write a subclass of Layer with forward "
                "and backward"
            )
