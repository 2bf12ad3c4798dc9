"""Freed memory stays with the process, since fetching it anew costs more than using it.

On Linux, glibc gives a large array back to the system as soon as it is freed, and the
next one is made of new pages: for every 4 KiB of it the system interrupts the program
and fills them with zeros. Work that makes a few such arrays for each photo takes
several times as long. Once an array has been freed, though, glibc keeps the memory of
others up to its size, and at most twice as much: 64 MiB. Elsewhere nothing changes.
"""

import numpy as np

LARGEST = 2**25 - 2**16  # bytes: glibc learns from arrays of less than 32 MiB


def keep_freed_memory() -> None:
    """Let arrays of up to 32 MiB be made from memory that others have left."""
    # Made and freed; it is never touched, so it costs no page.
    np.empty(LARGEST, np.uint8)
