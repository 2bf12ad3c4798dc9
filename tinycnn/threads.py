"""Several pieces of work side by side: the one place where tinycnn uses threads.

NumPy lets go of Python's lock while it computes, so plain threads keep several cores
busy. What a piece computes never depends on which thread does it, or when: with one
thread or with eight the result is the same to the bit.

How many: ``TINYCNN_NUM_THREADS`` if it is set. Otherwise the cores are shared with the
threads that NumPy's products (the BLAS) use: if ``OPENBLAS_NUM_THREADS`` or its like
says 1, tinycnn takes all cores; if it says nothing, the BLAS takes them all, and
tinycnn keeps to one thread, since two threads on one core slow each other down.
"""

import contextvars
import functools
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

SETTING = "TINYCNN_NUM_THREADS"
BLAS_SETTINGS = (
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "OMP_NUM_THREADS",
)
Item = TypeVar("Item")
Result = TypeVar("Result")
_is_piece = contextvars.ContextVar("is_piece", default=False)


def thread_count() -> int:
    """Return how many threads `each` uses.

    Raises
    ------
    ValueError
        If ``TINYCNN_NUM_THREADS`` is no whole number of at least 1.
    """
    setting = os.environ.get(SETTING)
    if setting:
        if not setting.isascii() or not setting.isdigit() or int(setting) < 1:
            raise ValueError(
                f"{SETTING} should be a whole number of at least 1, got {setting!r}"
            )
        return int(setting)
    return max(1, _core_count() // max(1, blas_thread_count()))


def blas_thread_count() -> int:
    """Return how many threads NumPy's products use, as far as the settings say.

    Another number adds up in another order: the last bits of a large product differ.
    """
    said = (os.environ.get(name, "") for name in BLAS_SETTINGS)
    return next((int(text) for text in said if text.isdigit()), _core_count())


def each(function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Return ``[function(item) for item in items]``, computed side by side.

    Work that is a piece itself runs its own pieces one after the other.

    Examples
    --------
    >>> each(len, ["a", "bc", ""])
    [1, 2, 0]
    """
    items = list(items)
    count = min(thread_count(), len(items))
    if count <= 1 or _is_piece.get():
        return [function(item) for item in items]
    # In a copy of the caller's context, so that np.errstate holds in the pieces, too.
    waiting = [
        _pool(thread_count()).submit(
            contextvars.copy_context().run, _piece, function, i
        )
        for i in items
    ]
    return [piece.result() for piece in waiting]


def pieces(length: int, size: int) -> list[slice]:
    """Return slices of at most `size` that make up 0..length.

    Examples
    --------
    >>> pieces(5, 2)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    return [slice(start, min(start + size, length)) for start in range(0, length, size)]


def _piece(function: Callable[[Item], Result], item: Item) -> Result:
    _is_piece.set(True)
    return function(item)


@functools.cache
def _pool(count: int) -> ThreadPoolExecutor:
    """Return the threads; they wait for work until the program ends."""
    return ThreadPoolExecutor(count, thread_name_prefix="tinycnn")


if hasattr(os, "register_at_fork"):  # a forked process has none of these threads
    os.register_at_fork(after_in_child=_pool.cache_clear)


def _core_count() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
