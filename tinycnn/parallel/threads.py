"""Parallel work: the one place where tinycnn uses threads.

NumPy releases Python's lock (the GIL) while it computes, so plain threads keep several
cores busy. A result never depends on which thread computes it, or when: with one thread
or with eight it is the same to the last bit.

The number of threads is ``TINYCNN_NUM_THREADS`` if that is set. Otherwise tinycnn's
threads replace those of NumPy's products (`blas`): as many as ``OPENBLAS_NUM_THREADS``
or a variable like it allows, by default one per core. If the BLAS cannot be limited to
one thread, tinycnn uses only the cores that the BLAS leaves free. In a browser no
thread can be started: the number is 1, whatever is set.
"""

import contextlib
import contextvars
import functools
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, TypeVar

from tinycnn.parallel import blas
from tinycnn.parallel.process_setting import ProcessSetting

SETTING = "TINYCNN_NUM_THREADS"
SWITCH_SECONDS = 1e-4
CAN_START = sys.platform != "emscripten"  # a thread or a process; not in a browser
Item = TypeVar("Item")
Result = TypeVar("Result")
_is_worker = contextvars.ContextVar("is_worker", default=False)


def thread_count() -> int:
    """Return how many threads `parallel_map` uses, or refuse a wrong setting."""
    setting = os.environ.get(SETTING)
    if setting:
        if not setting.isascii() or not setting.isdigit() or int(setting) < 1:
            raise ValueError(
                f"{SETTING} should be a whole number of at least 1, got {setting!r}"
            )
        return int(setting) if CAN_START else 1
    if blas.openblas():
        return blas.thread_count()
    return max(1, blas.core_count() // blas.thread_count())


def parallel_map(
    function: Callable[[Item], Result], items: Iterable[Item]
) -> list[Result]:
    """Return ``[function(item) for item in items]``, computed in parallel.

    Called from within `function`, it works through its items one after the other.

    Examples
    --------
    >>> parallel_map(len, ["a", "bc", ""])
    [1, 2, 0]
    """
    items = list(items)
    count = min(thread_count(), len(items))
    with blas.one_thread:
        if count <= 1 or _is_worker.get():
            return [function(item) for item in items]
        return _run_threads(function, items, count)


def parallel_rows(
    function: Callable[..., object], arrays: Sequence[Any], blocks: Iterable[slice]
) -> None:
    """Call a function with the same rows of several arrays, for each block of rows."""
    parallel_map(lambda rows: function(*(array[rows] for array in arrays)), blocks)


def _run_threads(
    function: Callable[[Item], Result], items: list[Item], count: int
) -> list[Result]:
    """Return the results; `count` threads take the next item until none is left."""
    results: list[Any] = [None] * len(items)
    queue = deque(enumerate(items))

    def work() -> None:
        _is_worker.set(True)
        while True:
            try:
                index, item = queue.popleft()
            except IndexError:
                return
            try:
                results[index] = function(item)
            except BaseException:
                queue.clear()  # the remaining results are not needed
                raise

    with _frequent_switching:
        # In copies of the caller's context, so that np.errstate applies there, too.
        futures = [
            _pool(count - 1).submit(contextvars.copy_context().run, work)
            for _ in range(count - 1)
        ]
        try:
            contextvars.copy_context().run(work)
        finally:
            wait(futures)
    for future in futures:
        future.result()
    return results


def pieces(length: int, size: int) -> list[slice]:
    """Return slices of at most `size` that together cover 0..length.

    Examples
    --------
    >>> pieces(5, 2)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    return [slice(start, min(start + size, length)) for start in range(0, length, size)]


@ProcessSetting
@contextlib.contextmanager
def _frequent_switching() -> Iterator[None]:
    # A thread that releases Python's lock only briefly, as to open a file, has it back
    # before another thread wakes up, which by default then waits for another 5 ms.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)


@functools.cache
def _pool(count: int) -> ThreadPoolExecutor:
    """Return a pool of threads, which stay until the program ends."""
    return ThreadPoolExecutor(count, thread_name_prefix="tinycnn")


if hasattr(os, "register_at_fork"):  # a forked process has none of these threads
    os.register_at_fork(after_in_child=_pool.cache_clear)
