"""How many threads NumPy's products use (the BLAS), and how to keep them to one.

A large product is handed to the BLAS, which works on it with threads of its own. After
it they wait for the next product without sleeping, and so hold cores that other work
could use. While tinycnn's threads are at work, each of them multiplies by itself.

OpenBLAS, which NumPy's packages bring, can be told so while it runs, by the function
that it has for it; what it used before is put back. Other products (Intel's, Apple's)
are left alone: only what the environment says of them before NumPy loads counts.
"""

import contextlib
import ctypes
import functools
import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from tinycnn.parallel.process_setting import Shared

SETTINGS = (
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "OMP_NUM_THREADS",
)
NAMES = [
    f"{before}openblas_{{}}_num_threads{after}"
    for before in ("scipy_", "")
    for after in ("64_", "_64", "")
]
Control = tuple[Callable[[], int], Callable[[int], object]]


def thread_count() -> int:
    """Return how many threads products use when tinycnn is not at work, if known.

    Never more than there are cores.
    """
    said = (os.environ.get(name, "") for name in SETTINGS)
    count = next((int(text) for text in said if text.isdigit()), core_count())
    if control := openblas():
        count = _before[0] if alone.depth else control[0]()
    return max(1, min(count, core_count()))


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    control = openblas()
    if control is None:
        yield
        return
    get, put = control
    _before[0] = get()
    put(1)
    try:
        yield
    finally:
        put(_before[0])


# Let every product keep to the thread that asks for it: ``with alone: ...``. Without
# `openblas` it does nothing.
alone = Shared(_one_thread)
_before = [1]  # how many threads there were when `alone` was entered


@functools.cache
def openblas() -> Control | None:
    """Return OpenBLAS's own functions that read and set its number of threads.

    None if NumPy multiplies with another library. How a build names the two is taken
    from the list of joblib's threadpoolctl, which does this for many libraries.
    """
    core = find_spec("numpy._core._multiarray_umath")
    if core is None or core.origin is None:
        return None
    # Elsewhere the name is found through NumPy's own file; Windows looks in one only.
    beside = sorted(Path(core.origin).parents[2].glob("numpy.libs/*openblas*.dll"))
    for file in (core.origin, *map(str, beside)):
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
