"""The product of two matrices: with or without a BLAS, and in pieces for threads."""

import numpy as np

from tinycnn.parallel.threads import parallel_map, pieces
from tinycnn.shapes import Array

PIECES = 4
LARGE = 2**24  # multiply-adds; a smaller product is faster in one thread
# In a browser, NumPy is built without a library for products (a BLAS).
HAS_BLAS = "found" in np.show_config(mode="dicts")["Build Dependencies"]["blas"]


def matmul(a: Array, b: Array, out: Array | None = None) -> Array:
    """Return ``a @ b``: (rows, K) and (K, columns) -> (rows, columns).

    Without a BLAS, `einsum` is faster: it goes through both matrices in the order of
    their memory, where NumPy's own ``@`` takes every result by itself.

    Examples
    --------
    >>> matmul(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])).item()
    11.0
    """
    if HAS_BLAS:
        return np.matmul(a, b, out=out)
    return np.asarray(np.einsum("ik,kj->ij", a, b, out=out))


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
        return matmul(a, b)
    longest = max(rows, K, columns)
    slices = pieces(longest, -(-longest // PIECES))
    if K == longest:
        return np.sum(parallel_map(lambda k: matmul(a[:, k], b[k]), slices), axis=0)
    y = np.empty((rows, columns), np.result_type(a, b))

    def multiply(piece: slice) -> None:
        if rows == longest:
            matmul(a[piece], b, out=y[piece])
        else:
            matmul(a, b[:, piece], out=y[:, piece])

    parallel_map(multiply, slices)
    return y
