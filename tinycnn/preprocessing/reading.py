"""Many photos read in parallel, in their order, with a line that shows the progress.

Pillow releases Python's lock (the GIL) while it decodes, so several threads can read
photos at the same time. For a photo that cannot be read, the error takes its place.
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

MIN_CHUNK, MAX_CHUNK = 16, 64  # photos that are read between updates of the line
MAX_CHUNK_BYTES = 16 * 2**20  # of pixels, for large photos
QUIET_SECONDS = 0.5  # a line that disappears sooner would only flicker


def read_photos(
    paths: Sequence[PathLike], preprocessing: Preprocessing
) -> Iterator[Pixels | PhotoError]:
    """Yield, in order, the pixels of each photo or the error if it cannot be read.

    In a terminal or a notebook a line shows how many photos have been read.
    """

    def read(path: PathLike) -> Pixels | PhotoError:
        try:
            return preprocessing.pixels(path)
        except PhotoError as error:
            return error

    max_chunk = max(1, min(MAX_CHUNK, MAX_CHUNK_BYTES // preprocessing.size))
    line, begun = LiveLine(), time.perf_counter()
    done, chunk = 0, min(MIN_CHUNK, max_chunk)
    while done < len(paths):
        now = time.perf_counter()
        if now - begun > QUIET_SECONDS:
            line.write(f"Reading photos: {done:,} of {len(paths):,}")
        try:
            with without_warnings:  # once per chunk, not once per photo
                results = parallel_map(read, paths[done : done + chunk])
        finally:
            line.wipe()
        yield from results
        done += chunk
        if time.perf_counter() - now < QUIET_SECONDS / 2:
            chunk = min(2 * chunk, max_chunk)  # fewer waits for the slowest thread
