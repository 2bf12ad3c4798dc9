"""Input: the shape of one photo, first in a Sequential, as in Keras 3."""

from collections.abc import Sequence
from typing import Any

from tinycnn.keras.names import ONE_ROW
from tinycnn.keras.words import LAYER_WORDS, say_once, spelled
from tinycnn.shapes import Shape, whole_number


class InputLayer:
    """The shape of the input, before the first layer; not a layer of its own.

    Parameters
    ----------
    shape : tuple of int
        (H, W, C), without the batch axis.

    Attributes
    ----------
    shape : tuple of int

    Raises
    ------
    ValueError
        If a number of the shape is not a whole number of at least 1.

    Examples
    --------
    >>> InputLayer((64, 64, 3)).shape
    (64, 64, 3)
    """

    @spelled(LAYER_WORDS)
    def __init__(
        self,
        shape: Shape | None = None,
        *,
        input_shape: Shape | None = None,
        name: str | None = None,
    ) -> None:
        shape = input_shape if shape is None else shape
        if shape is None:
            raise ValueError("Input should be given shape=(rows, columns, channels)")
        if not isinstance(shape, (tuple, list)):
            shape = (shape,)
        self.shape: Shape = tuple(whole_number(n, "shape") for n in shape)
        self.name = name

    def __repr__(self) -> str:
        return f"Input(shape={self.shape})"


def Input(*args: Any, **keywords: Any) -> InputLayer:
    """Return the shape of the input, first in a Sequential: ``Input(shape=...)``.

    Examples
    --------
    >>> Input(shape=(64, 64, 3))
    Input(shape=(64, 64, 3))
    """
    return InputLayer(*args, **keywords)


class Model:
    """Keras's `Model(inputs, outputs)`: importable, and refused when it is made.

    Raises
    ------
    TypeError
        Always, with what to write instead.
    """

    def __init_subclass__(cls, **keywords: Any) -> None:
        raise TypeError(f"tinycnn has no models.Model to inherit from: {ONE_ROW}")

    def __init__(self, *args: Any, **keywords: Any) -> None:
        raise TypeError(f"tinycnn has no Model(inputs, outputs): {ONE_ROW}")


def leave_out_shape(layer: Any, shape: Shape | None, place: int) -> None:
    """Let go of an `input_shape` after the first layer: it does not count there."""
    given, is_built = layer.input_shape, layer.output_shape is not None
    if given is not None and not is_built:
        layer.input_shape = None
        if given != shape:
            say_once(
                f"input_shape={given} of layer {place} ({type(layer).__name__}) does "
                "not count: its input is the output of the layer before"
            )


def say_if_nothing_learns(layers: Sequence[Any]) -> None:
    """Say so if every layer with params is frozen."""
    with_params = [layer for layer in layers if layer.params]
    if with_params and not any(layer.trainable for layer in with_params):
        say_once(
            "fit: every layer has trainable=False, so nothing is learnt; "
            "Dense(..., activation=...) is two layers here, so that the last Dense is "
            "model.layers[-2]"
        )
