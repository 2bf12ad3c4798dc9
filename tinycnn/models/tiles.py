"""Tiles: layers in a row work on a few photos at a time - for speed alone.

The maps of one photo fit into the processor's cache, those of a batch do not. So layers
that need no other photo, such as those below the first Dense or between two batch
normalisations, take a few photos from end to end before the next few have their turn,
and several such tiles run side by side. `Tiles` is a layer: `Network` runs it like any
other, in its one loop, and each tile is a `Network` again.

Each tile has copies of the layers: the same params, but what forward keeps for backward
is the tile's own. The tiles' gradients are added up in the order of the photos, so the
number of threads changes no bit.

For an answer, each batch normalisation is folded into the convolution before it.
"""

import copy
import math
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from tinycnn.layers import BatchNormalization, Conv2D, Dense, Layer
from tinycnn.layers.base import Arrays, Kept
from tinycnn.parallel.threads import parallel_map, pieces
from tinycnn.shapes import Array, Shape

if TYPE_CHECKING:
    from tinycnn.models.network import Network

TILE_NUMBERS = 2**20  # 4 MiB of float32


class Tiles(Layer):
    """Some layers of a network as one layer, a few photos at a time.

    Parameters
    ----------
    part : Network
        Its layers are built, each with `is_by_photo`. Backward writes their `grads`.
    keep : bool
        Whether `backward` will follow; if not, the tiles keep nothing.
    """

    def __init__(self, part: "Network", keep: bool) -> None:
        super().__init__()
        self.part: Network = part
        self.keep: bool = keep
        self.params: Arrays = part.params
        self.output_shape: Shape | None = part.output_shape

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return y, the photos' outputs in their order; see `Layer.forward`."""
        y_dtype = np.result_type(x.dtype, *(p.dtype for p in self.params.values()))
        y = np.empty((len(x), *(self.output_shape or ())), y_dtype)

        def forward_tile(photos: slice) -> "tuple[slice, Network | None]":
            tile = self.part.part()
            tile.layers = tile.stages = swapped(self.part.layers)
            y[photos] = tile.forward(x[photos], training, self.keep)
            return photos, tile if self.keep else None

        self.kept: Kept = tuple(
            parallel_map(forward_tile, pieces(len(x), tile_size(self.part)))
        )
        return y

    def backward(self, dy: Array) -> Array:
        """Return dx, and write the sums of the tiles' gradients; see `Layer`."""
        tiles = self.kept_for(dy)
        dx = np.empty((len(dy), *(self.part.input_shape or ())), dy.dtype)

        def backward_tile(tile: "tuple[slice, Network]") -> None:
            photos, layers = tile
            dx_tile = layers.backward(dy[photos], self.skip_dx)
            if not self.skip_dx:
                dx[photos] = dx_tile

        parallel_map(backward_tile, tiles)
        for place, layer in enumerate(self.part.layers):
            layer.grads = {
                name: np.sum([tile.layers[place].grads[name] for _, tile in tiles], 0)
                for name in layer.params
            }
        return dx


def in_tiles(
    network: "Network", photo_count: int, keep: bool, training: bool
) -> list[Layer]:
    """Return the layers as they run: those that follow each other as one `Tiles`.

    A batch that fits into one tile, and layers that need the whole batch, run as they
    are.
    """
    if not (keep or training):
        network = network.part()
        network.layers = folded(network.layers)
    stages: list[Layer] = []
    start = 0
    for is_by_photo, run in groupby(network.layers, lambda one: one.is_by_photo):
        layers = list(run)
        part = network.part(start, start + len(layers))
        start += len(layers)
        if is_by_photo and photo_count > tile_size(part):
            stages.append(Tiles(part, keep))
        else:
            stages += layers
    return stages


def tile_size(part: "Network") -> int:
    """Return how many photos' maps, or windows as rows, fit into a core's cache."""
    largest = 1
    for layer in part.layers:
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


def folded(layers: list[Layer]) -> list[Layer]:
    """Return the layers with each batch normalisation as part of the layer before it.

    An answer uses the running means, so a normalisation is one factor and one summand
    for each channel, which the kernel and the bias of the layer before can hold:
    ``(x @ K + b) * scale + offset = x @ (K * scale) + (b * scale + offset)``, up to
    rounding.
    """
    kept: list[Layer] = []
    for layer in layers:
        # Not for subclasses: what they compute may be no product with a kernel.
        if (
            isinstance(layer, BatchNormalization)
            and kept
            and type(kept[-1]) in (Conv2D, Dense)
        ):
            kept[-1] = _with_factor(kept[-1], layer.scale(), layer.offset())
        else:
            kept.append(layer)
    return kept


def _with_factor(layer: Layer, scale: Array, offset: Array) -> Any:
    """Return a copy of the layer whose output is y * scale + offset."""
    one: Any = copy.copy(layer)
    bias = layer.params.get("bias", 0) * scale + offset
    one.params = {"kernel": layer.params["kernel"] * scale, "bias": bias}
    one.use_bias = True
    return one
