"""Freed memory stays with the process: new pages cost more than the work on them.

On Linux, glibc returns the memory of a large array to the system as soon as the array
is freed. The next array then consists of new pages, and for every 4 KiB of it the
system interrupts the program to fill a page with zeros. Work that allocates a few such
arrays for each photo takes several times as long. Once an array has been freed, though,
glibc keeps the memory of arrays up to its size, and at most 64 MiB. On other systems
nothing changes.
"""

import numpy as np

LARGEST = 2**25 - 2**16  # bytes: glibc adapts to freed arrays of less than 32 MiB


def keep_freed_memory() -> None:
    """Make glibc keep the memory of freed arrays of up to 32 MiB for the next ones."""
    # Allocated and freed; since nothing is written to it, it costs no page.
    np.empty(LARGEST, np.uint8)
