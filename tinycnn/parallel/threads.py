"""Several pieces of work side by side: the one place where tinycnn uses threads.

NumPy lets go of Python's lock while it computes, so plain threads keep several cores
busy. What a piece computes never depends on which thread does it, or when: with one
thread or with eight the result is the same to the bit.

How many: ``TINYCNN_NUM_THREADS`` if it is set. Otherwise tinycnn takes the place of the
threads of NumPy's products (`blas`): as many as those are told to use, by
``OPENBLAS_NUM_THREADS`` or its like, and else one for each core. Where they cannot be
kept to one for the time, tinycnn uses only the cores that they leave.
"""

import contextlib
import contextvars
import functools
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, TypeVar

from tinycnn.parallel import blas
from tinycnn.parallel.process_setting import Shared

SETTING = "TINYCNN_NUM_THREADS"
SWITCH_SECONDS = 1e-4
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
    if blas.openblas():
        return blas.thread_count()
    return max(1, blas.core_count() // blas.thread_count())


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
    with blas.alone:
        if count <= 1 or _is_piece.get():
            return [function(item) for item in items]
        return _side_by_side(function, items, count)


def _side_by_side(
    function: Callable[[Item], Result], items: list[Item], count: int
) -> list[Result]:
    """Let this thread and others take the next piece until none is left."""
    results: list[Any] = [None] * len(items)
    left = deque(enumerate(items))

    def work() -> None:
        _is_piece.set(True)
        while True:
            try:
                place, item = left.popleft()
            except IndexError:
                return
            try:
                results[place] = function(item)
            except BaseException:
                left.clear()  # nobody will want the others
                raise

    with _often:
        # In copies of the caller's context: np.errstate holds in the pieces, too.
        others = [
            _pool(count - 1).submit(contextvars.copy_context().run, work)
            for _ in range(count - 1)
        ]
        try:
            contextvars.copy_context().run(work)
        finally:
            wait(others)
    for other in others:
        other.result()
    return results


def pieces(length: int, size: int) -> list[slice]:
    """Return slices of at most `size` that make up 0..length.

    Examples
    --------
    >>> pieces(5, 2)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    return [slice(start, min(start + size, length)) for start in range(0, length, size)]


@contextlib.contextmanager
def _switching_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


# A thread that lets go of Python's lock for moments only, as where it opens a file,
# has it back before another wakes; Python makes it wait for its turn after 5 ms.
_often = Shared(_switching_often)


@functools.cache
def _pool(count: int) -> ThreadPoolExecutor:
    """Return the threads; they wait for work until the program ends."""
    return ThreadPoolExecutor(count, thread_name_prefix="tinycnn")


if hasattr(os, "register_at_fork"):  # a forked process has none of these threads
    os.register_at_fork(after_in_child=_pool.cache_clear)
