"""A setting of the whole process that several threads may change at once."""

import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ContextDecorator


class ProcessSetting(ContextDecorator):
    """A context that the first thread enters and the last one leaves.

    If two threads each saved, changed and restored the setting, the second would save
    the first one's setting as the original and restore that. So the context manager
    that `make` returns is entered once for all threads.

    Examples
    --------
    >>> from contextlib import redirect_stdout
    >>> quiet = ProcessSetting(lambda: redirect_stdout(None))
    >>> with quiet, quiet:
    ...     print("not printed")
    """

    def __init__(self, make: Callable[[], AbstractContextManager[object]]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self.depth: int = 0
        if hasattr(os, "register_at_fork"):  # in the child nothing would release it
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
