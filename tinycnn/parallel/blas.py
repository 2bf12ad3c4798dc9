"""How many threads the BLAS uses for NumPy's products, and how to use only one.

NumPy hands a large product to the BLAS, which computes it with threads of its own.
After the product these threads spin while they wait for the next one, and so occupy
cores that other work could use. While tinycnn's threads run, each of them multiplies by
itself.

OpenBLAS, which comes with NumPy's wheels, has a function that sets its number of
threads at run time; the previous number is restored afterwards. Other libraries
(Intel's, Apple's) are not changed: they read the environment once, when NumPy loads.
"""

import contextlib
import ctypes
import functools
import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from tinycnn.parallel.process_setting import ProcessSetting

SETTINGS = (
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "OMP_NUM_THREADS",
)
NAMES = [
    f"{prefix}openblas_{{}}_num_threads{suffix}"
    for prefix in ("scipy_", "")
    for suffix in ("64_", "_64", "")
]
Control = tuple[Callable[[], int], Callable[[int], object]]


def thread_count() -> int:
    """Return how many threads products use outside of `one_thread`, as far as known.

    Never more than there are cores.
    """
    values = (os.environ.get(name, "") for name in SETTINGS)
    count = next((int(value) for value in values if value.isdigit()), core_count())
    if control := openblas():
        count = _previous_count if one_thread.depth else control[0]()
    return max(1, min(count, core_count()))


_previous_count = 1  # the BLAS's threads when `one_thread` was entered


@ProcessSetting
@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Compute each product in the thread that calls for it.

    For ``with one_thread: ...`` and as a decorator. Without OpenBLAS it does nothing.
    """
    global _previous_count
    control = openblas()
    if control is None:
        yield
        return
    get_count, set_count = control
    _previous_count = get_count()
    set_count(1)
    try:
        yield
    finally:
        set_count(_previous_count)


@functools.cache
def openblas() -> Control | None:
    """Return OpenBLAS's functions that get and set its number of threads.

    None if NumPy uses another library. The names that builds give to the two functions
    are those in the list of joblib's threadpoolctl, which supports many libraries.
    """
    core = find_spec("numpy._core._multiarray_umath")
    if core is None or core.origin is None:
        return None
    # Windows searches only the library itself; elsewhere NumPy's extension finds it.
    dlls = sorted(Path(core.origin).parents[2].glob("numpy.libs/*openblas*.dll"))
    for file in (core.origin, *map(str, dlls)):
        with contextlib.suppress(OSError):
            library = ctypes.CDLL(file)
            for name in NAMES:
                with contextlib.suppress(AttributeError):
                    get = getattr(library, name.format("get"))
                    return get, getattr(library, name.format("set"))
    return None


def core_count() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
