"""A setting of the whole process that several threads may need at once."""

import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ContextDecorator


class Shared(ContextDecorator):
    """A context that the first thread enters and the last one leaves.

    Two threads that set and put back the same thing by themselves would spoil it for
    each other: the second takes the first's setting for what was before.

    Parameters
    ----------
    make : callable
        Returns the context manager that is entered once for all.

    Examples
    --------
    >>> from contextlib import redirect_stdout
    >>> quiet = Shared(lambda: redirect_stdout(None))
    >>> with quiet, quiet:
    ...     print("nobody hears this")
    """

    def __init__(self, make: Callable[[], AbstractContextManager[object]]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self.depth = 0
        if hasattr(os, "register_at_fork"):  # a thread that is not there may hold it
            os.register_at_fork(after_in_child=self._renew_lock)

    def _renew_lock(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            if not self.depth:
                self._entered = self._make()
                self._entered.__enter__()
            self.depth += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.depth -= 1
            if not self.depth:
                self._entered.__exit__(None, None, None)
