"""Looking inside a layer, under Keras's names: weights, kernel, get_weights, ..."""

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tinycnn.constraints import Constraint
from tinycnn.keras.arrays import ready
from tinycnn.keras.inputs import LayerOutput
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Shape

NO_CALL = (
    "{} defines call, whose derivative Keras finds: a layer here defines "
    "forward(x, training) and backward(dy), which returns dx"
)


class Inside:
    """The part of `Layer` that shows its arrays; see there for the attributes."""

    params: dict[str, Array]
    state: dict[str, Array]
    constraints: dict[str, Constraint] = {}  # noqa: RUF012 - a layer with any has its own
    trainable: bool
    output_shape: Any
    name: Any
    config: Callable[[], dict[str, Any]]
    build: Callable[..., Any]
    forward: Callable[..., Any]
    activation: Any
    kept: tuple[Any, ...] | None
    kept_for: Callable[..., tuple[Any, ...]]

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Refuse Keras's ``call``, of which no derivative follows by itself."""
        super().__init_subclass__(**keywords)
        if "call" in vars(cls) and "forward" not in vars(cls):
            raise TypeError(NO_CALL.format(cls.__name__))

    @property
    def weights(self) -> list[Array]:
        """The layer's arrays: kernel, bias, ..., then `state`."""
        return [*map(ready, (*self.params.values(), *self.state.values()))]

    @property
    def trainable_weights(self) -> list[Array]:
        """The arrays that learning changes: none if `trainable` is False."""
        return [*map(ready, self.params.values())] if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Array]:
        """The other arrays."""
        return self.weights[len(self.trainable_weights) :]

    @property
    def kernel(self) -> Array:
        """``params["kernel"]``."""
        return self._array("kernel")

    @property
    def bias(self) -> Array:
        """``params["bias"]``."""
        return self._array("bias")

    def _array(self, name: str) -> Array:
        if name not in self.params:
            raise AttributeError(f"{type(self).__name__} has no {name}")
        return ready(self.params[name])

    @property
    def output(self) -> LayerOutput:
        """Where ``Model(model.input, layer.output)`` ends; see `keras.inputs`.

        The numbers for photos are those of ``model.activations(x)``.
        """
        return LayerOutput(self)

    @property
    def variables(self) -> list[Array]:
        """`weights`, under another of Keras's names."""
        return self.weights

    @property
    def trainable_variables(self) -> list[Array]:
        """`trainable_weights`, under another of Keras's names."""
        return self.trainable_weights

    def get_weights(self) -> list[Array]:
        """Return copies of the layer's arrays."""
        return [array.copy() for array in self.weights]

    def set_weights(self, weights: list[Array]) -> None:
        """Take over arrays such as `get_weights` returned.

        Raises
        ------
        ValueError
            If their number or a shape is not the layer's.
        """
        wanted = [array.shape for array in self.weights]
        got = [np.shape(weight) for weight in weights]
        if wanted != got:
            raise ValueError(
                f"{type(self).__name__} has weights of shapes {wanted}, got {got}"
            )
        for array, weight in zip(self.weights, weights, strict=True):
            array[...] = weight

    def count_params(self) -> int:
        """Return how many numbers the layer's arrays are."""
        return sum(array.size for array in self.weights)

    def get_config(self) -> dict[str, Any]:
        """Return `config`, with the layer's name."""
        return {"name": self.name, **self.config()}

    def _shown(self, name: str, value: Any) -> Any:
        """Return how `repr` writes an argument: an object as itself."""
        return getattr(self, name) if isinstance(value, dict) else _as_tuple(value)

    def __repr__(self) -> str:
        """Return the call that makes this layer; defaults are left out."""
        arguments = inspect.signature(type(self).__init__).parameters
        shown = [
            f"{name}={self._shown(name, value)!r}"
            for name, value in {**self.config(), "activation": self.activation}.items()
            if name in arguments and _differs(value, arguments[name].default)
        ]
        return f"{type(self).__name__}({', '.join(shown)})"

    # Exercises written for tinycnn 0.1 use these names.
    def _remembered(self, dy: Array) -> tuple[Any, ...]:
        return self.kept_for(dy)

    @property
    def _cache(self) -> tuple[Any, ...] | None:
        return self.kept

    @_cache.setter
    def _cache(self, kept: tuple[Any, ...] | None) -> None:
        self.kept = kept

    def __call__(self, x: Any, training: bool = False) -> Any:
        """Build for the shape of x if the layer is not built, then run `forward`.

        For an `Input`, or what another layer returned for one, nothing is computed: the
        layers become one row, for `Model`.
        """
        if hasattr(x, "followed_by"):
            return x.followed_by(self)
        x = np.asarray(x)
        if self.output_shape is None:
            self.build(x.shape[1:], rng_for(0, "build", 0))
        return ready(self.forward(x, training))


def shape_hint(shape: Shape, input_shape: Shape) -> str:
    """Return what makes an array of this shape a batch of that input; "" if unclear."""
    if shape == input_shape:
        return "; a single photo needs a batch axis: x[np.newaxis]"
    if (*shape[1:], 1) == input_shape:
        return "; grey photos need an axis for their one channel: x[..., np.newaxis]"
    if len(input_shape) == 3 and (*shape[2:], *shape[1:2]) == input_shape:
        return "; the channels are the last axis: np.moveaxis(x, 1, -1)"
    if math.prod(shape[1:]) == math.prod(input_shape):
        return f"; reshape it: x.reshape({', '.join(map(str, (-1, *input_shape)))})"
    return ""


def _differs(value: object, default: object) -> bool:
    """Return whether a value differs from the default (2 is the same as [2, 2])."""
    if isinstance(value, list):
        pairs = default if isinstance(default, tuple) else (default, default)
        return _as_tuple(value) != pairs
    return value != default


def _as_tuple(value: Any) -> Any:
    """Return a list, and lists in it, as tuples: so are pairs written in Python."""
    return tuple(map(_as_tuple, value)) if isinstance(value, list) else value
