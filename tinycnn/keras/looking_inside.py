"""`Model(model.input, [layer.output, ...])`: what a network's layers answer."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from tinycnn.keras.arrays import ready
from tinycnn.shapes import Array

BATCH = 32  # photos at a time


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
        self.network, self.places = network, list(places)

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
        return make(network.layers[: outputs.place_in(network) + 1])
    return Outputs(network, [one.place_in(network) for one in outputs])
