"""The product of two matrices, in pieces that several threads can work on."""

import numpy as np

from tinycnn.parallel.threads import each, pieces
from tinycnn.shapes import Array

PIECES = 4
LARGE = 2**24  # multiply-adds from which handing pieces to other threads is worth it


def product(a: Array, b: Array) -> Array:
    """Return ``a @ b``: (rows, K) and (K, columns) -> (rows, columns).

    The longest of rows, columns and K is cut into pieces, each a product of its own;
    the products of pieces of K are added up. Where they are cut depends on the shapes
    only, so the number of threads changes no bit.

    Examples
    --------
    >>> product(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])).item()
    11.0
    """
    (rows, K), columns = a.shape, b.shape[1]
    if rows * K * columns < LARGE:
        return a @ b
    longest = max(rows, K, columns)
    some = pieces(longest, -(-longest // PIECES))
    if K == longest:
        total: Array = np.sum(each(lambda k: a[:, k] @ b[k], some), axis=0)
        return total
    y = np.empty((rows, columns), np.result_type(a, b))

    def multiply(piece: slice) -> None:
        if rows == longest:
            np.matmul(a[piece], b, out=y[piece])
        else:
            np.matmul(a, b[:, piece], out=y[:, piece])

    each(multiply, some)
    return y
