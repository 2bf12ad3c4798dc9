"""Load hostile model files and check that nothing else happens.

python tests/hostile/model_files.py --files 1000000

Loads this number of mutated files, and the hand-made ones of model_cases.py, in a few
processes. Each has to end in ModelFileError or a valid model: with no other exception,
no import, no socket, no other file opened, in less than a second of processor time and
with at most 200 MiB of additional memory. Loaded arrays must equal those that the
official safetensors package reads, and a file that only tinycnn refuses must break one
of the listed rules.
"""

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import safetensors.numpy
from model_cases import HOSTILE, good_model
from model_mutations import good_files, mutated
from watching import MIB, Guard, limit_memory, peak_memory

from tinycnn import ModelFileError, load_model
from tinycnn.text import say

MEMORY = 200  # MiB beyond the start
CHUNK = 2000
# Rule of tinycnn -> beginning of its message; the official reader has no such rule.
STRICTER = {
    "the header is at most 1 MiB, the file at most 4 GiB": (
        r"it does not begin like a \.safetensors file|.* is more than 4\.0 GiB"
    ),
    "`__metadata__` contains our description and nothing else": (
        r"it was not written by tinycnn"
    ),
    "the header has no duplicate keys": "its header has a duplicate key",
    "the header's lists and dicts are at most 16 deep": "its header is nested too dee",
    "numbers have at most 100 digits and are neither -0 nor NaN nor infinite": (
        "its header holds the number"
    ),
    "the description is JSON as strict as the header": "its description ",
    "each array is a dict of dtype, shape and data_offsets, nothing else": (
        r"array .* should have dtype, shape, data_offsets"
    ),
    "dtypes are F32, F64, I64 and U8": r"array .* has an unknown dtype",
    "arrays have at most 8 axes": r"array .* has an impossible shape or offset",
    "the description is a model, its arrays the layers' own and float32": (r"CONFIG"),
    "weights are finite": r"WEIGHTS",
}
PREFIXES = (
    (r".*? is not a tinycnn file: ", ""),
    (r".*? is not a model that can be loaded: ", "CONFIG "),
    (r".*?: the weights \S+ are not all finite", "WEIGHTS "),
)


@dataclass
class Count:
    """What became of some files."""

    files: int = 0
    models: int = 0
    both_refuse: int = 0
    only_ours_refuses: int = 0
    reasons: Counter = field(default_factory=Counter)
    faults: list = field(default_factory=list)
    slowest: float = 0.0
    memory: int = 0

    def add(self, other):
        self.files += other.files
        self.models += other.models
        self.both_refuse += other.both_refuse
        self.only_ours_refuses += other.only_ours_refuses
        self.reasons += other.reasons
        self.faults += other.faults
        self.slowest = max(self.slowest, other.slowest)
        self.memory = max(self.memory, other.memory)


def reason_of(message):
    """Return a message's reason without the path."""
    for pattern, replacement in PREFIXES:
        if found := re.match(pattern, message, re.DOTALL):
            return replacement + message[found.end() :]
    return message


def check_file(content, name, path, guard, count):
    """Load one file; write down what is not as it should be."""
    path.write_bytes(content)
    model = reason = None
    try:
        with guard.watching(path):
            model = load_model(path)
    except ModelFileError as error:
        reason = reason_of(str(error))
    except BaseException as error:  # MemoryError and TimeoutError, too
        count.faults.append(f"{name}: {type(error).__name__}: {str(error)[:200]}")
        return
    finally:
        count.faults += [f"{name}: {event}" for event in guard.events]
        guard.events.clear()
    count.files += 1
    try:
        official = safetensors.numpy.load(content)
    except Exception:
        official = None
    if model is not None:
        count.models += 1
        if not _agree(model, official):
            count.faults.append(f"{name}: the official reader finds something else")
        return
    count.reasons[re.sub(r"\d+|'.*'|\[.*\]|\{.*\}|\(.*\)", "*", reason)[:60]] += 1
    if official is None:
        count.both_refuse += 1
        return
    count.only_ours_refuses += 1
    if not any(re.match(pattern, reason) for pattern in STRICTER.values()):
        count.faults.append(f"{name}: refused without a listed rule: {reason}")


def _agree(model, official):
    params = model.params
    return official is not None and (
        official.keys() == params.keys()
        and all(
            official[name].dtype == param.dtype
            and official[name].shape == param.shape
            and official[name].tobytes() == param.tobytes()
            for name, param in params.items()
        )
    )


def prepare():
    """Set up a process: load all that is needed, then put the guard in."""
    global GUARD, FILES, START
    FILES = good_files()
    GUARD = Guard()
    START = peak_memory()
    limit_memory(MEMORY)


def check_chunk(seed, first, last):
    """Check the mutated files first..last-1 of a seed."""
    count = Count()
    with tempfile.TemporaryDirectory(dir=_quick_folder()) as folder:
        path = Path(folder, "model.safetensors")
        for number in range(first, last):
            content = mutated(FILES, seed, number)
            check_file(content, f"file {number} of seed {seed}", path, GUARD, count)
    count.slowest, count.memory = GUARD.slowest, peak_memory() - START
    return count


def check_table():
    """Check the hand-made files."""
    count = Count()
    with tempfile.TemporaryDirectory(dir=_quick_folder()) as folder:
        path = Path(folder, "model.safetensors")
        good_model().save(path)
        good = path.read_bytes()
        for name, (spoil, _) in HOSTILE.items():
            check_file(spoil(good), name, path, GUARD, count)
    count.slowest, count.memory = GUARD.slowest, peak_memory() - START
    return count


def _quick_folder():
    memory = Path("/dev/shm")
    return memory if memory.is_dir() else None


def main():
    parse = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parse.add_argument("--files", type=int, default=1_000_000, metavar="N")
    parse.add_argument("--processes", type=int, default=2, metavar="N")
    parse.add_argument("--seed", type=int, default=0, metavar="N")
    options = parse.parse_args()
    started = time.perf_counter()
    total = Count()
    with ProcessPoolExecutor(options.processes, initializer=prepare) as pool:
        starts = range(0, options.files, CHUNK)
        jobs = [
            pool.submit(check_chunk, options.seed, n, min(n + CHUNK, options.files))
            for n in starts
        ]
        jobs.append(pool.submit(check_table))
        for place, job in enumerate(jobs):
            total.add(job.result())
            if place % 50 == 49:
                say(f"{total.files:,} files, {len(total.faults)} faults")
    seconds = time.perf_counter() - started
    say(f"{total.files:,} files ({len(HOSTILE)} of them hand-made) in {seconds:.0f} s")
    say(f"{total.models:,} valid models, the official reader finds equal arrays")
    say(f"{total.both_refuse:,} refused, by the official reader too")
    say(f"{total.only_ours_refuses:,} refused by the rules that only we have")
    say(f"{len(total.reasons):,} different reasons")
    say(f"slowest file: {total.slowest:.2f} s of processor time")
    say(f"memory beyond the start: {total.memory / MIB:.0f} MiB")
    say(f"faults: {len(total.faults)}")
    for fault in total.faults[:20]:
        say(f"  {fault}")
    sys.exit(1 if total.faults else 0)


if __name__ == "__main__":
    main()
