"""Train again and again, and see that the model is the same to the last bit.

python tests/faults/same_bytes.py --runs 20
"""

import argparse
import os
import subprocess
import tempfile
from collections import Counter
from hashlib import sha256
from pathlib import Path

import tiny


def run(runs, epochs, folder, seed=0, **environment):
    """Train so many times; return how often each model came out.

    Each time with another hash seed, from another working folder, and on photos that
    were copied in another order to another place.
    """
    chance, found = tiny.chance(seed), Counter()
    for number in range(runs):
        place = folder / f"{number} {chance.random()}"
        photos = tiny.write_photos(place / "some" / "photos", order=chance)
        working = place / "some" if number % 2 else place
        words = tiny.command(os.path.relpath(photos, working), place / "out", epochs)
        subprocess.run(
            words,
            cwd=working,
            env=tiny.environment(PYTHONHASHSEED=chance.randrange(2**32), **environment),
            stdout=subprocess.DEVNULL,
            check=True,
        )
        found[sha256((place / "out" / tiny.MODEL).read_bytes()).hexdigest()[:16]] += 1
    return found


def main():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--runs", type=int, default=20)
    parse.add_argument("--epochs", type=int, default=5)
    parse.add_argument("--threads", type=int, default=1, help="of the BLAS library")
    options = parse.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run(
            options.runs,
            options.epochs,
            Path(folder),
            OPENBLAS_NUM_THREADS=options.threads,
        )
    print(f"{options.runs} runs, {options.threads} BLAS threads:")
    for digest, count in found.most_common():
        print(f"{count:6,}  model {digest}")


if __name__ == "__main__":
    main()
