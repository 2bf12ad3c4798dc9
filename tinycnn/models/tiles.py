"""Tiles: the first layers work on a few photos at a time - for speed alone.

The maps of one photo fit into the processor's cache, those of a batch do not. So the
layers below the first Dense take a few photos from end to end before the next few have
their turn, and several such tiles run side by side. `Tiles` is a layer: `Network` runs
it like any other, in its one loop, and each tile is a `Network` again.

Each tile has copies of the layers: the same params, but what forward keeps for backward
is the tile's own. The tiles' gradients are added up in the order of the photos, so the
number of threads changes no bit.
"""

import copy
import math
from itertools import takewhile
from typing import TYPE_CHECKING

import numpy as np

from tinycnn.layers import Layer
from tinycnn.parallel.threads import parallel_map, pieces
from tinycnn.shapes import Array

if TYPE_CHECKING:
    from tinycnn.models.network import Network

TILE_NUMBERS = 2**20  # 4 MiB of float32


class Tiles(Layer):
    """The front of a network as one layer, a few photos at a time.

    Parameters
    ----------
    front : Network
        Its layers are built, each with `is_by_photo`. Backward writes their `grads`.
    keep : bool
        Whether `backward` will follow; if not, the tiles keep nothing.
    """

    def __init__(self, front: "Network", keep: bool) -> None:
        super().__init__()
        self.front, self.keep = front, keep
        self.params = front.params
        self.output_shape = front.output_shape

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return y, the photos' outputs in their order; see `Layer.forward`."""
        y_dtype = np.result_type(x.dtype, *(p.dtype for p in self.params.values()))
        y = np.empty((len(x), *(self.output_shape or ())), y_dtype)

        def forward_tile(photos: slice) -> "tuple[slice, Network | None]":
            tile = self.front.part()
            tile.layers = tile.stages = swapped(self.front.layers)
            y[photos] = tile.forward(x[photos], training, self.keep)
            return photos, tile if self.keep else None

        self.kept = tuple(
            parallel_map(forward_tile, pieces(len(x), tile_size(self.front)))
        )
        return y

    def backward(self, dy: Array) -> Array:
        """Return dx, and write the sums of the tiles' gradients; see `Layer`."""
        tiles = self.kept_for(dy)
        dx = parallel_map(
            lambda tile: tile[1].backward(dy[tile[0]], self.skip_dx), tiles
        )
        for place, layer in enumerate(self.front.layers):
            layer.grads = {
                name: np.sum([tile.layers[place].grads[name] for _, tile in tiles], 0)
                for name in layer.params
            }
        return np.concatenate(dx)


def in_tiles(network: "Network", photo_count: int, keep: bool) -> list[Layer]:
    """Return the layers as they run: the front ones as one `Tiles`.

    A batch that fits into one tile, and a network without such layers, run as they are.
    """
    count = len([*takewhile(lambda layer: layer.is_by_photo, network.layers)])
    front = network.part(0, count)
    if not count or photo_count <= tile_size(front):
        return network.layers
    return [Tiles(front, keep), *network.layers[count:]]


def tile_size(front: "Network") -> int:
    """Return how many photos' maps, or windows as rows, fit into a core's cache."""
    largest = 1
    for layer in front.layers:
        cells = layer.output_shape or (1,)
        largest = max(largest, layer.multiply_adds() // cells[-1], math.prod(cells))
    return max(1, TILE_NUMBERS // largest)


def swapped(layers: list[Layer]) -> list[Layer]:
    """Return copies of the layers, each ReLU after the max pooling that follows it.

    The larger of two numbers stays the larger when both lose what is below 0, so the
    results are the same to the bit, and ReLU has a quarter of the work.
    """
    copies = [copy.copy(layer) for layer in layers]
    for place in range(len(copies) - 1):
        one, two = copies[place : place + 2]
        if one.commutes_with_max and two.takes_max:
            one.input_shape = one.output_shape = two.output_shape
            copies[place : place + 2] = two, one
    return copies
