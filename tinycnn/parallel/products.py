"""The product of two matrices: without a BLAS, in pieces for threads, or by rows."""

from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import DTypeLike

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


class Product(NDArrayOperatorsMixin):
    """``a @ b``, an array whose numbers are computed where they are read.

    The gradient of a large kernel is read once, by the optimiser, some rows at a time.
    Rows that are computed there are still in the cache, and the whole gradient, as
    large as the kernel, is never in memory. Everything else reads it as an array.

    Parameters
    ----------
    a : ndarray of shape (rows, K)
    b : ndarray of shape (K, columns)
        Neither may be changed later.

    Examples
    --------
    >>> grad = Product(np.array([[1.0], [2.0]]), np.array([[3.0, 4.0]]))
    >>> grad[1:].tolist(), (grad / 2).tolist()
    ([[6.0, 8.0]], [[1.5, 2.0], [3.0, 4.0]])
    """

    def __init__(self, a: Array, b: Array) -> None:
        self.a: Array = a
        self.b: Array = b
        self.shape: tuple[int, int] = (len(a), b.shape[1])
        self.dtype: np.dtype[Any] = np.result_type(a, b)
        self.whole: Array | None = None  # once a number of it has been changed

    def __len__(self) -> int:
        return len(self.a)

    def __getitem__(self, key: Any) -> Any:
        """Return rows, by a slice, without computing the others; or any numbers."""
        if isinstance(key, slice) and self.whole is None:
            return matmul(self.a[key], self.b)
        return np.asarray(self)[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._made()[key] = value

    def _made(self) -> Array:
        """Return the array, which is kept from now on."""
        if self.whole is None:
            self.whole = product(self.a, self.b)
        return self.whole

    def __array__(
        self, dtype: DTypeLike | None = None, copy: bool | None = None
    ) -> Array:
        whole = product(self.a, self.b) if self.whole is None else self.whole
        return np.array(whole, dtype) if copy else np.asarray(whole, dtype)

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any
    ) -> Any:
        """Compute with the whole array: ``grad * 2``, ``np.sqrt(grad)``, ..."""
        changed = options.get("out", ())
        if changed:  # as in grads["kernel"] *= 2
            options["out"] = tuple(
                out._made() if isinstance(out, Product) else out for out in changed
            )
        arrays = [np.asarray(x) if isinstance(x, Product) else x for x in inputs]
        result = getattr(ufunc, method)(*arrays, **options)
        return changed[0] if len(changed) == 1 else result

    def __getattr__(self, name: str) -> Any:
        """Return what the whole array has: ``sum``, ``T``, ``reshape``, ..."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(np.asarray(self), name)

    def __repr__(self) -> str:
        """Return how the array is written."""
        return repr(np.asarray(self))
