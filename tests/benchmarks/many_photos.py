"""A folder that is larger than memory: time to the first step, memory, what is read.

python tests/benchmarks/many_photos.py --photos 200000 --folder runs/many

The photos are small JPEG files of noise, brighter in one class, made on the spot (and
kept: a second run measures only). The files were just written, so the system may hold
them in memory: a slow disk adds its time.
"""

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from contenders import TINYCNN
from PIL import Image
from tables import table

SIDE, STEPS, BATCH = 64, 100, 32
CLASSES = {"dark": 0, "light": 40}


def make(folder, count):
    """Write photos for training, and a hundredth of them for the test."""
    rng = np.random.default_rng(0)
    for part, photos in (("train", count), ("test", max(count // 100, 4))):
        for name, brighter in CLASSES.items():
            place = folder / part / name
            place.mkdir(parents=True, exist_ok=True)
            for number in range(photos // len(CLASSES)):
                path = place / f"{number:06}.jpg"
                if path.exists():
                    continue
                coarse = rng.integers(0, 200, (8, 8, 3), dtype=np.uint8) + brighter
                image = Image.fromarray(coarse.astype(np.uint8))
                image.resize((SIDE, SIDE)).save(path, quality=80)


def iterator(folder):
    """Rows of `flow_from_directory`: made, first batch, a later batch."""
    from tinycnn.preprocessing.image import ImageDataGenerator

    begin = time.perf_counter()
    generator = ImageDataGenerator(rescale=1 / 255)
    batches = generator.flow_from_directory(
        folder / "train", (SIDE, SIDE), batch_size=BATCH, class_mode="binary"
    )
    made = time.perf_counter()
    batches.batch(0, 0)
    first = time.perf_counter()
    steps = min(STEPS, len(batches))
    for step in range(1, steps):
        batches.batch(0, step)
    later = time.perf_counter() - first
    kept = len(batches._cache)
    yield "flow_from_directory: every photo decoded once", f"{made - begin:.1f} s"
    yield "the first batch after it", f"{1000 * (first - made):.1f} ms"
    if steps > 1:
        mean = f"{1000 * later / (steps - 1):.1f} ms"
        yield f"each of the next {steps - 1} batches of {BATCH}", mean
    yield "photos kept in memory", f"{kept:,} of {batches.samples:,}"
    yield "read again in each epoch", f"{batches.samples - kept:,}"


def peak():
    """Return the process's largest memory, in MiB."""
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale


def training(folder):
    """Rows of `python -m tinycnn.train`, stopped after so many steps."""
    command = [
        sys.executable, "-m", "tinycnn.train", folder, "--epochs", "1",
        "--steps-per-epoch", str(STEPS), "--verbose", "0", "--output", folder / "out",
    ]  # fmt: skip
    begin = time.perf_counter()
    subprocess.run(command, env=TINYCNN.variables(), check=True, capture_output=True)
    seconds = time.perf_counter() - begin
    scale = 2**20 if sys.platform == "darwin" else 2**10
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / scale
    what = f"train, an epoch of {STEPS} steps, with its report"
    yield what, f"{seconds:.1f} s"
    yield "peak memory of train", f"{most:,.0f} MiB"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=200_000)
    parser.add_argument("--folder", type=Path, default=Path("runs/many"))
    parser.add_argument("--only-iterator", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only_iterator:  # this program, in a process of its own
        for what, figure in iterator(options.folder):
            print(f"{what}|{figure}")
        print(f"peak memory of it|{peak():,.0f} MiB")
        return
    begin = time.perf_counter()
    make(options.folder, options.photos)
    print(f"made in {time.perf_counter() - begin:.0f} s")
    words = ["--only-iterator", "--folder", options.folder]
    run = subprocess.run(
        [sys.executable, __file__, *words],
        env=TINYCNN.variables(), check=True, capture_output=True, text=True,
    )  # fmt: skip
    lines = [line for line in run.stdout.splitlines() if "|" in line]
    rows = [line.split("|") for line in lines] + [*map(list, training(options.folder))]
    print(table([f"{options.photos:,} photos of {SIDE}x{SIDE}", ""], rows))


if __name__ == "__main__":
    main()
