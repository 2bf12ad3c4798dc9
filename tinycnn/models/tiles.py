"""A pass through the layers and back, the first layers a few photos at a time.

The maps of one photo fit into the processor's cache, those of a batch do not. So the
layers below the first Dense work on a few photos from end to end before the next few
have their turn, and several such tiles run side by side. Each tile has copies of the
layers: the same params, but what forward keeps for backward is the tile's own. The
tiles' gradients are added up in the order of the photos, whichever was ready first.

`Network.forward` and `Network.backward` are the plain twins: all photos at once.
"""

import copy
import math
from collections.abc import Sequence

import numpy as np

from tinycnn.layers import (
    AveragePooling2D,
    Conv2D,
    Flatten,
    Layer,
    MaxPooling2D,
    ReLU,
    Sigmoid,
    SumPooling2D,
)
from tinycnn.parallel.threads import parallel_map, pieces
from tinycnn.shapes import Array

# Layers that treat each photo by itself, whatever its place in the batch. (A Dropout's
# mask is made for the batch, a Dense has too many weights to add up tile by tile.)
BY_PHOTO = {
    Conv2D, MaxPooling2D, AveragePooling2D, SumPooling2D, ReLU, Sigmoid, Flatten,
}  # fmt: skip
TILE_NUMBERS = 2**20  # 4 MiB of float32


class Pass:
    """One forward through a row of layers, and one backward.

    Parameters
    ----------
    layers : sequence of Layer
        Built. Their `grads` are written by `backward`; what they remember is not
        touched where tiles do the work.
    training : bool, default False
        Handed to each ``forward``.
    keep : bool, default True
        Whether `backward` will follow; if not, nothing is remembered.
    """

    def __init__(
        self, layers: Sequence[Layer], *, training: bool = False, keep: bool = True
    ) -> None:
        count = next(
            (k for k, layer in enumerate(layers) if type(layer) not in BY_PHOTO),
            len(layers),
        )
        self.front, self.rest = layers[:count], layers[count:]
        self.training, self.keep = training, keep
        self.tiles: list[tuple[slice, list[Layer]]] = []

    def forward(self, x: Array) -> Array:
        """Return the output for a batch (N, ...)."""
        if self.front:
            x = self._forward_tiles(x)
        for layer in self.rest:
            x = layer.forward(x, self.training)
            if not self.keep:
                layer.forget()
        return x

    def backward(self, dy: Array) -> None:
        """Write the grads of all layers for dy; the photo's own is left out."""
        if any(layer.params for layer in self.front):
            for layer in reversed(self.rest):
                dy = layer.backward(dy)
            self._backward_tiles(dy)
        else:
            backward_to_params(self.rest, dy)

    def _forward_tiles(self, x: Array) -> Array:
        tiles = pieces(len(x), photos_per_tile(self.front))
        dtypes = [param.dtype for one in self.front for param in one.params.values()]
        shape = (len(x), *(self.front[-1].output_shape or ()))
        y = np.empty(shape, np.result_type(x.dtype, *dtypes))

        def forward(photos: slice) -> list[Layer]:
            layers, z = in_order(self.front), x[photos]
            for layer in layers:
                z = layer.forward(z, self.training)
            y[photos] = z
            return layers if self.keep else []

        self.tiles = list(zip(tiles, parallel_map(forward, tiles), strict=True))
        return y

    def _backward_tiles(self, dy: Array) -> None:
        def backward(tile: tuple[slice, list[Layer]]) -> None:
            photos, layers = tile
            backward_to_params(layers, dy[photos])

        parallel_map(backward, self.tiles)
        for place, layer in enumerate(self.front):
            copies = [layers[place] for _, layers in self.tiles]
            layer.grads = {
                name: np.sum([one.grads[name] for one in copies], axis=0)
                for name in layer.params
            }


def backward_to_params(layers: Sequence[Layer], dy: Array) -> None:
    """Go back as far as there is something to learn; the photo's gradient is not."""
    places = [place for place, layer in enumerate(layers) if layer.params]
    if not places:
        return
    first = layers[places[0]]
    first.skip_dx = True
    try:
        for layer in reversed(layers[places[0] :]):
            dy = layer.backward(dy)
    finally:
        first.skip_dx = False


def photos_per_tile(layers: Sequence[Layer]) -> int:
    """Return how many photos' maps, or windows as rows, fit into a core's cache."""
    largest = 1
    for layer in layers:
        rows = layer.multiply_adds() // getattr(layer, "filters", 1)
        largest = max(largest, rows, math.prod(layer.output_shape or ()))
    return max(1, TILE_NUMBERS // largest)


def in_order(layers: Sequence[Layer]) -> list[Layer]:
    """Return copies of the layers for one tile, each ReLU behind its max pooling.

    The larger of two numbers stays the larger when both lose what is below 0, so the
    results are the same to the bit, and ReLU has a quarter of the work.
    """
    copies = [copy.copy(layer) for layer in layers]
    for place in range(len(copies) - 1):
        one, two = copies[place : place + 2]
        if isinstance(one, ReLU) and isinstance(two, MaxPooling2D):
            one.input_shape = one.output_shape = two.output_shape
            copies[place : place + 2] = two, one
    return copies
