"""Input and Model: a row of layers from a shape, or a look inside a model."""

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tinycnn.keras.arrays import ready
from tinycnn.keras.names import ONE_ROW
from tinycnn.keras.words import LAYER_WORDS, say_once, spelled
from tinycnn.shapes import Array, Shape, whole_number
from tinycnn.text import say

BATCH = 32  # photos at a time


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

    def followed_by(self, layer: Any) -> "Row":
        """Return the row of this input and a layer, or a network."""
        return Row(self, (layer,))

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


class Row:
    """What a layer returns for an `Input`: the layers from there to here, in a row.

    ``x = Conv2D(8, 3)(inputs)``, ``x = Flatten()(x)`` and ``Model(inputs, x)`` are the
    same network as ``Sequential([inputs, Conv2D(8, 3), Flatten()])``.

    Attributes
    ----------
    start : InputLayer
    layers : tuple of Layer
    """

    def __init__(self, start: InputLayer, layers: tuple[Any, ...]) -> None:
        self.start: InputLayer = start
        self.layers: tuple[Any, ...] = layers

    def followed_by(self, layer: Any) -> "Row":
        """Return the row with a layer, or a network, more."""
        return Row(self.start, (*self.layers, layer))

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError(
            "the output of a layer has no numbers before there are photos: write "
            "layers one after the other, such as Rescaling(1/255) and ReLU(), and then "
            "Model(inputs, outputs)"
        )

    def __repr__(self) -> str:
        return f"Row({', '.join(map(repr, (self.start, *self.layers)))})"


class NetworkInput:
    """`model.input`: where `Model` begins."""

    def __init__(self, network: Any) -> None:
        self.network = network


class LayerOutput:
    """`layer.output`: where `Model` ends. It has no numbers before there are photos.

    As in Keras, the output of a layer that was given an activation is that of the
    activation, although it is a layer of its own here.
    """

    def __init__(self, layer: Any) -> None:
        self.layer = layer

    @property
    def shape(self) -> tuple[int | None, ...]:
        """The shape with the batch axis, which is not known: (None, OH, OW, F)."""
        return (None, *(self.layer.output_shape or ()))

    def place_in(self, network: Any) -> int:
        """Return the index of the layer whose output this is.

        Raises
        ------
        ValueError
            If the layer is not in the network.
        """
        layers = network.layers
        place = next((i for i, one in enumerate(layers) if one is self.layer), None)
        if place is None:
            raise ValueError(f"{self.layer!r} is not a layer of {network!r}")
        has_more = place + 1 < len(layers) and layers[place + 1].is_joined
        return place + 1 if has_more else place


class Outputs:
    """A network whose answer are the outputs of several of its layers.

    Parameters
    ----------
    network : Network
    places : iterable of int
        The indices of the layers.
    """

    def __init__(self, network: Any, places: Iterable[int]) -> None:
        self.network: Any = network
        self.places: list[int] = list(places)

    def predict(self, x: Any, *_: Any, **__: Any) -> list[Array]:
        """Return the outputs of the layers for photos, in the order of `places`.

        Parameters
        ----------
        x : ndarray of shape (N, H, W, C)
        """
        x = self.network.as_input(x)
        found: list[list[Array]] = [[] for _ in self.places]
        for start in range(0, max(1, len(x)), BATCH):
            outputs = self.network.activations(x[start : start + BATCH])
            for several, place in zip(found, self.places, strict=True):
                several.append(outputs[place + 1])
        self.network.forget()
        return [ready(np.concatenate(several)) for several in found]

    __call__ = predict

    def __repr__(self) -> str:
        return f"Outputs(layers {self.places} of {self.network!r})"


def model_inside(inputs: Any, outputs: Any, make: Any) -> Any:
    """Return the model from `model.input` to one or several layers' outputs.

    Parameters
    ----------
    inputs : NetworkInput
    outputs : LayerOutput, or list of them
    make : callable
        Makes a `Sequential` of layers.
    """
    network = inputs.network
    if isinstance(outputs, LayerOutput):
        place = outputs.place_in(network)
        if place + 1 == len(network.layers) and outputs.layer.has_joined:
            say_once(
                f"Model(model.input, layer.output) of the last "
                f"{type(outputs.layer).__name__} is the whole model: its activation is "
                "a layer of its own here, so that Keras's model.layers[-2] is "
                "model.layers[-3]"
            )
        return make(network.layers[: place + 1])
    return Outputs(network, [one.place_in(network) for one in outputs])


class Model:
    """Keras's `Model(inputs, outputs)`: a Sequential, if the layers are one row.

    Parameters
    ----------
    inputs : InputLayer or NetworkInput
        What ``Input(shape=...)`` returned, or ``model.input`` to look inside a model.
    outputs : Row, LayerOutput or list of LayerOutput
        What the last layer returned; to look inside, ``layer.output``.
    name : str, optional

    Raises
    ------
    TypeError
        If the layers are not one row from the input to one output, or for a class that
        inherits from Model, with what to write instead.
    """

    def __init_subclass__(cls, **keywords: Any) -> None:
        raise TypeError(f"tinycnn has no models.Model to inherit from: {ONE_ROW}")

    def __new__(cls, *args: Any, **keywords: Any) -> Any:
        """Return the Sequential of the layers from the input to the output."""
        words = dict(zip(("inputs", "outputs", "name"), args, strict=False)) | keywords
        for old in ("input", "output"):  # of Keras 1
            if old in words:
                words[f"{old}s"] = words.pop(old)
        name = words.pop("name", None)
        inputs, outputs = (
            value[0] if isinstance(value, (list, tuple)) and len(value) == 1 else value
            for value in (words.pop("inputs", None), words.pop("outputs", None))
        )
        sequential = sys.modules["tinycnn"].Sequential
        ends = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        is_inside = all(isinstance(end, LayerOutput) for end in ends)
        if isinstance(inputs, NetworkInput) and is_inside and not words:
            return model_inside(inputs, outputs, sequential)
        is_a_row = isinstance(outputs, Row) and outputs.start is inputs
        if words or not is_a_row:
            raise TypeError(f"tinycnn has no such Model(inputs, outputs): {ONE_ROW}")
        return sequential([inputs, *outputs.layers], name=name)


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


def say_if_cut_apart(layers: Sequence[Any]) -> None:
    """Say so if the last layer has lost its activation: Keras counts them as one."""
    if layers and layers[-1].has_joined:
        say_once(
            f"the last layer, {type(layers[-1]).__name__}, comes without its "
            "activation, which is a layer of its own here: model.layers[:-2] leaves "
            "out both, as model.layers[:-1] does in Keras"
        )


def say_what_is_frozen(layers: Sequence[Any], verbose: Any) -> None:
    """Name the layers that do not learn: a number may mean another one in Keras."""
    with_params = [layer for layer in layers if layer.params]
    frozen = [str(layer.name) for layer in with_params if not layer.trainable]
    if verbose and frozen:
        say(f"frozen (trainable is False): {', '.join(frozen)}")
    if frozen and len(frozen) == len(with_params):
        say_once(
            "fit: every layer has trainable=False, so nothing is learnt; "
            "Dense(..., activation=...) is two layers here, so that the last Dense is "
            "model.layers[-2]"
        )
