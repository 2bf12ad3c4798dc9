"""A guard that records what a loader must not do with an untrusted file.

Python calls an audit hook for every file, import, socket and program that is opened. A
hook cannot be removed, so it is installed once and records only while `Guard` watches.
"""

import contextlib
import os
import signal
import sys
import time

try:
    import resource
except ImportError:  # Windows has neither limits nor timers; the rest is recorded there
    resource = None

MIB = 2**20
SECONDS = 1.0
# Events of inspecting a function's arguments, for the message "has no argument".
HARMLESS = {"builtins.id", "object.__getattr__"}


class Guard:
    """Records what happens while it watches.

    Attributes
    ----------
    events : list of (str, tuple)
        The audit events, except one opening of the file that may be read.
    slowest : float
        Processor seconds of the slowest load.
    """

    def __init__(self):
        self.events = []
        self.slowest = 0.0
        self._path, self._opened = None, 0
        sys.addaudithook(self._on_event)
        if resource:
            signal.signal(signal.SIGPROF, self._on_timer)

    def _on_event(self, name, arguments):
        if self._path is None:
            return
        if name in HARMLESS:
            return
        if name == "open" and str(arguments[0]) == self._path:
            self._opened += 1
            if self._opened == 1 and not arguments[2] & (os.O_WRONLY | os.O_RDWR):
                return
        self.events.append((name, repr(arguments)[:80]))

    @staticmethod
    def _on_timer(*_):
        raise TimeoutError(f"more than {SECONDS} s")

    @contextlib.contextmanager
    def watching(self, path):
        """Watch; no file but this one may be opened, nothing may take a second."""
        if resource:
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
        started = time.process_time()
        self._path, self._opened = str(path), 0
        try:
            yield
        finally:
            self._path = None
            if resource:
                signal.setitimer(signal.ITIMER_PROF, 0)
            self.slowest = max(self.slowest, time.process_time() - started)


def limit_memory(mib):
    """Let this process have so much more address space than it has now."""
    if sys.platform == "linux":
        with open("/proc/self/statm") as file:  # noqa: PTH123 - before any watching
            pages = int(file.read().split()[0])
        limit = pages * resource.getpagesize() + mib * MIB
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def peak_memory():
    """Return the most memory this process has had, in bytes (0 on Windows)."""
    if sys.platform == "linux":  # getrusage would count the parent's, too
        with open("/proc/self/status") as file:  # noqa: PTH123
            lines = [line.split() for line in file]
        return next(int(line[1]) * 1024 for line in lines if line[0] == "VmHWM:")
    if not resource:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
