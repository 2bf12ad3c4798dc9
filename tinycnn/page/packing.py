"""Arrays as text: base64 of the raw numbers; `numbers.js` is the inverse."""

import base64
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinycnn.shapes import Array

INT16_MAX = 2**15 - 1
DTYPES = {"float64": "<f8", "float32": "<f4", "int32": "<i4", "int16": "<i2"}
Packed = dict[str, Any]


def packed(array: ArrayLike, dtype: str = "float32") -> Packed:
    """Return an array as {dtype: base64 of its numbers in C order}."""
    numbers = np.ascontiguousarray(array, DTYPES[dtype])
    return {dtype: base64.b64encode(numbers.tobytes()).decode("ascii")}


def packed_rounded(array: Array) -> Packed:
    """Return an array rounded to 16 bits, half the length of float32."""
    numbers, scale = to_int16(array)
    return {**packed(numbers, "int16"), "scale": scale}


def to_int16(array: Array) -> tuple[NDArray[np.int16], float]:
    """Return (integers, scale) with ``array`` close to ``integers * scale``."""
    largest = float(np.abs(array).max(initial=0))
    scale = largest / INT16_MAX if largest else 1.0
    return np.rint(array / scale).astype(np.int16), scale
