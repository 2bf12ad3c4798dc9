"""The product of two matrices, cut into pieces for several threads."""

import numpy as np

from tinycnn.parallel.threads import parallel_map, pieces
from tinycnn.shapes import Array

PIECES = 4
LARGE = 2**24  # multiply-adds; a smaller product is faster in one thread


def product(a: Array, b: Array) -> Array:
    """Return ``a @ b``: (rows, K) and (K, columns) -> (rows, columns).

    The longest of rows, columns and K is cut into pieces, each a product of its own; if
    it is K, the products are added up. The cuts depend on the shapes only, so the
    result is the same to the last bit for any number of threads.

    Examples
    --------
    >>> product(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])).item()
    11.0
    """
    (rows, K), columns = a.shape, b.shape[1]
    if rows * K * columns < LARGE:
        return a @ b
    longest = max(rows, K, columns)
    slices = pieces(longest, -(-longest // PIECES))
    if K == longest:
        return np.sum(parallel_map(lambda k: a[:, k] @ b[k], slices), axis=0)
    y = np.empty((rows, columns), np.result_type(a, b))

    def multiply(piece: slice) -> None:
        if rows == longest:
            np.matmul(a[piece], b, out=y[piece])
        else:
            np.matmul(a, b[:, piece], out=y[:, piece])

    parallel_map(multiply, slices)
    return y
