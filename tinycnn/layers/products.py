"""The product of two matrices, in pieces that several threads can work on."""

import numpy as np

from tinycnn.shapes import Array
from tinycnn.threads import each, pieces

PIECES = 4
LARGE = 2**24  # multiply-adds from which handing pieces to other threads is worth it


def product(a: Array, b: Array) -> Array:
    """Return ``a @ b``: (rows, K) and (K, columns) -> (rows, columns).

    The longer side of the result is cut into pieces, each a product of its own. Where
    they are cut depends on the shapes only, so the number of threads changes no bit.

    Examples
    --------
    >>> product(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])).item()
    11.0
    """
    rows, columns = len(a), b.shape[1]
    longer = max(rows, columns)
    if rows * columns * a.shape[1] < LARGE:
        return a @ b
    y = np.empty((rows, columns), np.result_type(a, b))

    def multiply(piece: slice) -> None:
        if rows > columns:
            np.matmul(a[piece], b, out=y[piece])
        else:
            np.matmul(a, b[:, piece], out=y[:, piece])

    each(multiply, pieces(longer, -(-longer // PIECES)))
    return y
