"""Many photos read side by side, in their order, with a line that says how far it is.

Pillow lets go of Python's lock while it decodes, so several threads read several photos
at a time. A photo that cannot be read stops nobody: its error takes its place.
"""

import time
from collections.abc import Iterator, Sequence

from tinycnn.parallel.threads import parallel_map
from tinycnn.preprocessing.decoding import without_warnings
from tinycnn.preprocessing.photos import (
    PathLike,
    PhotoError,
    Pixels,
    Preprocessing,
)
from tinycnn.text import LiveLine

FIRST, MOST = 16, 64  # photos that are read until the line is written anew
MOST_BYTES = 16 * 2**20  # of pixels, where photos are kept large
QUIET_SECONDS = 0.5  # a line that is gone before it can be read only flickers


def read_photos(
    paths: Sequence[PathLike], preprocessing: Preprocessing
) -> Iterator[Pixels | PhotoError]:
    """Yield the pixels of each photo, or why it cannot be read, in the order given.

    In a terminal or a notebook a line shows how many are read, as long as it takes.
    """

    def read(path: PathLike) -> Pixels | PhotoError:
        try:
            return preprocessing.pixels(path)
        except PhotoError as error:
            return error

    most = max(1, min(MOST, MOST_BYTES // preprocessing.size))
    line, begun = LiveLine(), time.perf_counter()
    place, count = 0, min(FIRST, most)
    while place < len(paths):
        now = time.perf_counter()
        if now - begun > QUIET_SECONDS:
            line.write(f"Reading photos: {place:,} of {len(paths):,}")
        try:
            with without_warnings:  # once for all, not once for each
                answers = parallel_map(read, paths[place : place + count])
        finally:
            line.wipe()
        yield from answers
        place += count
        if time.perf_counter() - now < QUIET_SECONDS / 2:
            count = min(2 * count, most)  # threads wait for each other less often
