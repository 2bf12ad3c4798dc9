"""Shapes: the letters of every formula, and how many windows fit an input.

The legend, used in all formulas, comments and docstrings of the library:

======  ==========================================================
letter  meaning
======  ==========================================================
N       photos in a batch
H, W    rows and columns of a layer's input
C       channels of a layer's input
KH, KW  rows and columns of a kernel (or of a pooling window)
OH, OW  rows and columns of a layer's output
F       filters: kernels of a convolution, channels of its output
======  ==========================================================

Arrays of photos are NHWC: photo, row, column, channel - Keras's order, Pillow's
and matplotlib's too. A layer's *shape* never names the batch axis N.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Shape = tuple[int, ...]
Pair = tuple[int, int]
# Cells of border: ((top, bottom), (left, right)).
Borders = tuple[Pair, Pair]


def whole_number(value: object, name: str, least: int = 1) -> int:
    """Return `value` as an int if it is a whole number of at least `least`.

    Raises
    ------
    ValueError
        If it is not, or a bool. The message begins with `name`.
    """
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        if value >= least:
            return int(value)
    raise ValueError(
        f"{name} should be a whole number of at least {least}, got {value!r}"
    )


def number(
    value: object,
    name: str,
    *,
    least: float = -math.inf,
    above: float = -math.inf,
    below: float = math.inf,
) -> float:
    """Return `value` as a float, or say in which range it should have been.

    Raises
    ------
    ValueError
        Unless ``least <= value`` and ``above < value < below``; a bool is not a number.
    """
    if isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        if value >= least and above < value < below:
            return float(value)
    words = [f"at least {least:g}"] if least > -math.inf else []
    words += [f"above {above:g}"] if above > -math.inf else []
    words += [f"below {below:g}"] if below < math.inf else ["finite"]
    raise ValueError(f"{name} should be a number {' and '.join(words)}, got {value!r}")


def yes_or_no(value: object, name: str) -> bool:
    """Return `value` if it is True or False."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    raise ValueError(f"{name} should be True or False, got {value!r}")


def pair(value: object, name: str) -> Pair:
    """Return (down, across) for an int or a pair of ints, as in Keras.

    Raises
    ------
    ValueError
        If it is neither, or not positive.
    """
    both = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    if len(both) != 2:
        raise ValueError(
            f"{name} should be one whole number or two (down, across), got {value!r}"
        )
    return whole_number(both[0], name), whole_number(both[1], name)


def check_padding(padding: object) -> str:
    """Return `padding` if it is "valid" or "same"; otherwise raise ValueError."""
    if padding in ("valid", "same"):
        return str(padding)
    raise ValueError(f"padding should be 'valid' or 'same', got {padding!r}")


def along(padding: str | Borders, axis: int) -> str | Pair:
    """Return a layer's padding down (axis 0) or across (1), for `window_walk`."""
    return padding if isinstance(padding, str) else padding[axis]


def window_walk(
    length: int, window: int, stride: int, padding: str | Pair
) -> tuple[int, Pair]:
    """Return (steps, (before, after)) of a window that slides along one axis.

    Parameters
    ----------
    length : int
        Cells of the input along this axis (H or W).
    window : int
        Cells of the window (KH or KW).
    stride : int
        Cells from one window to the next.
    padding : {"valid", "same"} or (int, int)
        "valid": windows stay inside, ``steps = (length - window) // stride + 1``,
        and cells that do not fill a window are left out. "same": a border of
        ``before + after`` cells makes ``steps = ceil(length / stride)``; the extra
        cell of an odd border is at the bottom or right, as in Keras. A pair is the
        border itself, (before, after), and windows stay inside the whole.

    Returns
    -------
    steps : int
        Number of windows (OH or OW); below 1 if none fits.
    border : (int, int)
        Cells added before and after.

    Examples
    --------
    >>> window_walk(5, 3, 1, "valid")  # a 5x5 photo and a 3x3 kernel
    (3, (0, 0))
    >>> window_walk(5, 2, 2, "same")
    (3, (0, 1))
    """
    if padding != "same":
        before, after = (0, 0) if isinstance(padding, str) else padding
        return (before + length + after - window) // stride + 1, (before, after)
    steps = -(-length // stride)
    border = max(0, (steps - 1) * stride + window - length)
    return steps, (border // 2, border - border // 2)


def window_grid(
    input_shape: Shape,
    window: Pair,
    strides: Pair,
    padding: str | Borders,
    name: str,
) -> tuple[Pair, Borders]:
    """Return ((OH, OW), borders) of a window that slides over (H, W, C).

    Raises
    ------
    ValueError
        If the input is not (H, W, C), or no window fits into it.
    """
    if len(input_shape) != 3:
        raise ValueError(
            f"the input should be (rows, columns, channels), got {input_shape}"
        )
    (rows, row_border), (columns, column_border) = (
        window_walk(
            input_shape[axis], window[axis], strides[axis], along(padding, axis)
        )
        for axis in (0, 1)
    )
    if min(rows, columns) < 1:
        raise ValueError(
            f"a {window[0]}x{window[1]} {name} does not fit in a "
            f"{input_shape[0]}x{input_shape[1]} input; use a smaller one, "
            "padding='same', or fewer pooling layers before it"
        )
    return (rows, columns), (row_border, column_border)
