"""Freed memory stays with the process: requesting it again costs more than using it.

On Linux, glibc returns a large array to the system as soon as it is freed, and the next
one is made of new pages: for every 4 KiB the system interrupts the program and fills
them with zeros. Work that makes a few such arrays for each photo takes several times as
long. Once an array has been freed, though, glibc keeps the memory of others up to its
size, and at most twice as much: 64 MiB. Other systems are not affected.
"""

LARGEST = 2**25 - 2**16  # bytes: glibc learns from blocks of less than 32 MiB


def keep_freed_memory() -> None:
    """Let arrays of up to 32 MiB reuse the memory of freed ones."""
    # Allocated and freed at once; it is never touched, so it costs no page.
    bytes(LARGEST)
