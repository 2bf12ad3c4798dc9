"""Receptive fields: the pixels of the photo that a cell of a feature map can see.

A window that is ``cells`` wide, moves by ``stride`` and begins ``before`` cells outside
(padding "same") makes cell n of its output out of the cells

    n * stride - before  ...  n * stride - before + cells - 1

of its input. From layer to layer back to the photo that gives the field, exactly.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinycnn.explanation.answers import check_maps, place_of
from tinycnn.layers import Layer
from tinycnn.models import Sequential
from tinycnn.shapes import Pair, along, window_walk

Box = tuple[int, int, int, int]


def receptive_field(model: Sequential, layer: Any, row: int, column: int) -> Box:
    """Return which pixels a cell can see, as (top, bottom, left, right).

    ``photo[top:bottom, left:right]`` is what the cell sees; what a border of zeros adds
    is left out.

    Parameters
    ----------
    model : Sequential
    layer : int or Layer
        A layer with feature maps, or its number.
    row, column : int
        The cell.

    Raises
    ------
    ValueError
        If the layer has no maps or no such cell, or a layer below it is not one of the
        library's, so that its windows are not known.

    Examples
    --------
    >>> from tinycnn.layers import Conv2D, MaxPooling2D
    >>> conv = Conv2D(32, (3, 3), input_shape=(64, 64, 3), activation="relu")
    >>> model = Sequential([conv, MaxPooling2D((2, 2))])
    >>> receptive_field(model, 2, 0, 30)  # four by four pixels
    (0, 4, 60, 64)
    """
    place = place_of(model, layer)
    check_maps(model.layers, place)
    return field_of(model.layers[:place], row, column)


def field_of(layers: list[Layer], row: int, column: int) -> Box:
    """Return the field of a cell of the last of these layers, cut at the photo."""
    shape = layers[-1].output_shape if layers else None
    if shape and not (0 <= row < shape[0] and 0 <= column < shape[1]):
        raise ValueError(
            f"row and column should be a cell of the {shape[0]}x{shape[1]} of a map, "
            f"got ({row}, {column})"
        )
    (top, bottom), (left, right) = (
        _back(layers, axis, n, is_cut=True) for axis, n in enumerate((row, column))
    )
    return top, bottom + 1, left, right + 1


def centres(layers: list[Layer], axis: int, count: int) -> NDArray[np.float64]:
    """Return the pixel in the middle of each cell's field: down (0) or across (1).

    Fields are not cut at the photo here, so the middles are equally far apart.
    """
    return np.array([sum(_back(layers, axis, n)) / 2 for n in range(count)])


def _back(layers: list[Layer], axis: int, cell: int, is_cut: bool = False) -> Pair:
    """Return (first, last) pixel along one axis that a cell is made of."""
    first = last = cell
    for layer in reversed(layers):
        length = (layer.input_shape or ())[axis]
        if layer.window is None:
            raise ValueError(
                f"which pixels a cell of {type(layer).__name__} sees is not known"
            )
        cells, stride = layer.window[axis], layer.strides[axis]
        _, (before, _) = window_walk(length, cells, stride, along(layer.padding, axis))
        first, last = first * stride - before, last * stride - before + cells - 1
        if is_cut:
            first, last = max(first, 0), min(last, length - 1)
    return first, last
