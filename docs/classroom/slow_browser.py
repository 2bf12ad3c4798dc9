"""A slower computer: a browser whose processes are stopped most of the time.

The browser's own throttle (DevTools' Emulation.setCPUThrottlingRate) slows a page, not
its workers, and Python runs in a worker. So all processes of the browser are stopped
by the system and go on in turn: for `SLICE` seconds they run, for ``times - 1`` as
many they do not. Needs Linux's /proc.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
SLICE = 0.02
NAMES = ("chrom", "headless_shell")


def browser_processes() -> list[int]:
    """Return the ids of the browser's processes that this program has started."""
    parents, names = {}, {}
    for path in PROC.glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # a process that has just ended
            head, _, rest = path.read_text(encoding="utf-8").rpartition(")")
            number = int(path.parent.name)
            names[number] = head.partition("(")[2]
            parents[number] = int(rest.split()[1])
    own = {os.getpid()}
    while more := {n for n, parent in parents.items() if parent in own} - own:
        own |= more
    return sorted(n for n in own if names.get(n, "").startswith(NAMES))


def cpu_seconds() -> float:
    """Return the processor's time that the browser's processes have had so far."""
    ticks = 0
    for number in browser_processes():
        with contextlib.suppress(OSError):
            text = (PROC / str(number) / "stat").read_text(encoding="utf-8")
            ticks += sum(map(int, text.rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def slowed(times: float) -> Iterator[None]:
    """Give the browser 1 / `times` of each second while the block runs."""
    if times <= 1:
        yield
        return
    ended = threading.Event()

    def send(which: signal.Signals, numbers: set[int]) -> None:
        for number in numbers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, which)

    def alternate() -> None:
        numbers = set(browser_processes())
        while not ended.is_set():
            send(signal.SIGSTOP, numbers)
            begun = time.monotonic()
            now = set(browser_processes())  # while they do not run, for it takes time
            ended.wait(max(0, SLICE * (times - 1) - (time.monotonic() - begun)))
            send(signal.SIGCONT, numbers | now)
            numbers = now
            ended.wait(SLICE)

    thread = threading.Thread(target=alternate, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
