"""Formulas over rows, computed on one block of rows after another - for speed alone.

NumPy computes a formula one operation at a time, each on whole arrays, which are too
large for the processor's cache: every operation fetches its numbers from memory again.
A block of rows stays in the cache from the first operation to the last, and several
blocks are computed side by side. Where a block begins does not depend on the number of
threads, so no bit of a result does.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from tinycnn.parallel.threads import parallel_map, pieces
from tinycnn.shapes import Array

# 512 KiB of float32; with smaller blocks the threads wait for Python's lock.
BLOCK_NUMBERS = 2**17
# Rows as short as a few channels would cost NumPy more to begin than to compute.
ROW_NUMBERS = 2**10


def by_rows(
    formula: Callable[..., object], arrays: Sequence[Array], vectors: Sequence[Array]
) -> Array:
    """Return what ``formula(*arrays, *vectors, y)`` puts into y, row by row.

    Parameters
    ----------
    formula : callable
        Made of operations that NumPy applies number by number. It fills y, an array of
        the shape of the others.
    arrays : sequence of ndarray of shape (..., C)
        All of one shape.
    vectors : sequence of ndarray of shape (C,)

    Examples
    --------
    >>> x, b = np.zeros((1, 2, 2)), np.array([1.0, 5.0])
    >>> by_rows(np.add, [x], [b]).tolist()
    [[[1.0, 5.0], [1.0, 5.0]]]
    """
    rows, vectors, blocks = _laid_out(arrays, vectors)
    y = np.empty(rows[0].shape, np.result_type(*arrays, *vectors))

    def compute(block: slice) -> None:
        formula(*(array[block] for array in rows), *vectors, y[block])

    parallel_map(compute, blocks)
    return y.reshape(arrays[0].shape)


def sum_of_rows(
    formula: Callable[..., Array],
    arrays: Sequence[Array],
    vectors: Sequence[Array] = (),
) -> Array:
    """Return the sum of the rows of ``formula(*arrays, *vectors)``: (..., C) -> (C,).

    See `by_rows`.
    """
    rows, wide, blocks = _laid_out(arrays, vectors)

    def add_up(block: slice) -> Array:
        terms = formula(*(array[block] for array in rows), *wide)
        # A product with ones is a sum, several times as fast as sum(axis=0).
        return np.ones(len(terms), terms.dtype) @ terms

    totals = np.array(parallel_map(add_up, blocks or [slice(0)]))
    return totals.reshape(-1, arrays[0].shape[-1]).sum(axis=0)


def _laid_out(
    arrays: Sequence[Array], vectors: Sequence[Array]
) -> tuple[list[Array], list[Array], list[slice]]:
    """Return arrays with several rows in one, vectors of that length, and blocks."""
    channels = arrays[0].shape[-1]
    count = math.prod(arrays[0].shape[:-1])
    together = math.gcd(count, max(1, ROW_NUMBERS // channels)) if count else 1
    length = together * channels
    return (
        [array.reshape(-1, length) for array in arrays],
        [np.tile(vector, together) for vector in vectors],
        pieces(count // together, max(1, BLOCK_NUMBERS // length)),
    )
