"""Read nasty photos and check that the loader raises nothing but its own error.

python tests/hostile/photos.py --mutations 100000 [FOLDER]

Reads the nasty photos of photo_cases.py, some of the largest size allowed, this number
of mutated ones, and all files of a folder. Each has to become an array or a PhotoError
with a reason, within three seconds of processor time; the memory of the process is
measured.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from photo_cases import EITHER, write_large_photos, write_photos
from photo_mutations import mutated, small_photos
from watching import MIB, peak_memory

from tinycnn.preprocessing.photos import PhotoError, Preprocessing
from tinycnn.text import JOINERS, display_name, say

SECONDS = 3.0
PREPROCESSING = Preprocessing((64, 64), rescale=1 / 255)


class Reader:
    """Reads photos one by one and counts the outcomes."""

    def __init__(self):
        self.counts = Counter()
        self.faults = []
        self.slowest = (0.0, "")
        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGPROF, self._on_timer)

    @staticmethod
    def _on_timer(*_):
        # Not an Exception: the loader would turn it into its own.
        raise KeyboardInterrupt(f"more than {2 * SECONDS:g} s")

    def read(self, path, expected=EITHER):
        """Read a photo and record every fault."""
        name = display_name(path.name)
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_PROF, 2 * SECONDS)
        started = time.process_time()
        outcome = None
        try:
            pixels = PREPROCESSING.pixels(path)
            if pixels.shape != (64, 64, 3) or pixels.dtype != np.uint8:
                self.faults.append(f"{name}: {pixels.dtype} {pixels.shape}")
        except PhotoError as error:
            outcome = str(error)
            shown = f"{display_name(path)}: "
            if not outcome.startswith(shown) or len(outcome) == len(shown):
                self.faults.append(f"{name}: it is not named: {outcome}")
            if not outcome.translate(dict.fromkeys(map(ord, JOINERS))).isprintable():
                self.faults.append(f"{name}: it would paint the terminal")
        except BaseException as error:
            self.faults.append(f"{name}: {type(error).__name__}: {error}")
        finally:
            if hasattr(signal, "setitimer"):
                signal.setitimer(signal.ITIMER_PROF, 0)
        seconds = time.process_time() - started
        self.slowest = max(self.slowest, (seconds, name))
        if seconds > SECONDS:
            self.faults.append(f"{name}: {seconds:.1f} s")
        self.counts["read" if outcome is None else "left out"] += 1
        if expected is None and outcome is not None:
            self.faults.append(f"{name}: should be read: {outcome}")
        if expected and expected not in (outcome or ""):
            self.faults.append(f"{name}: {expected!r} expected, got {outcome}")

    def report(self, what):
        """Print the counts, and reset them."""
        read, left_out = self.counts["read"], self.counts["left out"]
        say(f"{what}: {read:,} read, {left_out:,} left out with the reason")
        self.counts.clear()


def main():
    parse = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parse.add_argument("folder", nargs="?", type=Path)
    parse.add_argument("--mutations", type=int, default=100_000, metavar="N")
    parse.add_argument("--seed", type=int, default=0, metavar="N")
    options = parse.parse_args()
    reader = Reader()
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(
        dir=memory if memory.is_dir() else None
    ) as temporary:
        with ProcessPoolExecutor(1) as pool:  # its memory is not the reader's
            data = Path(temporary, "data")
            nasty = pool.submit(write_photos, data / "class").result()
            large = pool.submit(write_large_photos, data).result()
            photos = pool.submit(small_photos).result()
        for what, expected in (
            ("nasty photos and names", nasty),
            ("photos of the largest size", dict.fromkeys(large)),
        ):
            for path, outcome in expected.items():
                reader.read(path, outcome)
            reader.report(what)
        path = Path(temporary, "photo.jpg")
        started = time.perf_counter()
        for number in range(options.mutations):
            path.write_bytes(mutated(photos, options.seed, number))
            faults = len(reader.faults)
            reader.read(path)
            if len(reader.faults) > faults:
                reader.faults[-1] += f" (mutation {number} of seed {options.seed})"
        reader.report(f"mutated photos, {time.perf_counter() - started:.0f} s")
    if options.folder:
        for folder, _, names in os.walk(options.folder):
            for name in sorted(names):
                reader.read(Path(folder, name))
        reader.report(display_name(options.folder.name))
    seconds, name = reader.slowest
    say(f"slowest: {seconds:.2f} s of processor time ({name})")
    say(f"peak memory: {peak_memory() / MIB:.0f} MiB")
    say(f"faults: {len(reader.faults)}")
    for fault in reader.faults[:20]:
        say(f"  {fault}")
    sys.exit(1 if reader.faults else 0)


if __name__ == "__main__":
    main()
