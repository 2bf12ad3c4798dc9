"""Let each write, fsync and rename fail in turn, and each file grow too large.

python tests/faults/writes.py

A training of four epochs, interrupted after two, goes on; then a disk operation fails.
What was there before has to be there after.
"""

import argparse
import contextlib
import errno
import io
import os
import pathlib
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from unittest import mock

import tiny

from tinycnn.commands.process import Signals, exit_status

BEFORE, EPOCHS = 2, 4


class FailingDisk:
    """Counts writes, fsyncs, renames and opens; number `fails_at` fails."""

    def __init__(self, fails_at=None):
        self.fails_at, self.count = fails_at, 0

    def tick(self):
        self.count += 1
        if self.count == self.fails_at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def ticking(self, real):
        def operation(*arguments, **keywords):
            self.tick()
            return real(*arguments, **keywords)

        return operation

    @contextlib.contextmanager
    def in_place(self):
        right = pathlib.Path.open

        def opened(path, mode="r", *more, **keywords):
            if mode != "wb":
                return right(path, mode, *more, **keywords)
            self.tick()
            file = right(path, mode, *more, **keywords)
            return TickingFile(file, self)

        with (
            mock.patch("pathlib.Path.open", opened),
            mock.patch("pathlib.Path.replace", self.ticking(pathlib.Path.replace)),
            mock.patch("os.fsync", self.ticking(os.fsync)),
        ):
            yield self


class TickingFile:
    def __init__(self, file, disk):
        self.file, self.disk = file, disk

    def write(self, piece):
        self.disk.tick()
        return self.file.write(piece)

    def flush(self):
        self.disk.tick()
        self.file.flush()

    def __getattr__(self, name):
        return getattr(self.file, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()


def train_here(words):
    """(status, stderr) of a training within this process."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", words[2:]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        status = exit_status(tiny.train.main, Signals())
        return status, err.getvalue()


def judged(output, status, err, wanted_status=1):
    """What of this is not as it should be, as words."""
    try:
        kept = tiny.kept_epochs(output)
    except ValueError:
        kept = 0
    lines = err.splitlines()
    found = {
        "previous checkpoint lost": kept < BEFORE,
        "other status": status != wanted_status,
        "not one line": len(lines) != 1 or not lines[0].startswith("error: "),
        "no path in the message": str(output) not in err,
        "left behind": bool(tiny.half_written(output))
        or (output / ".tinycnn.lock").exists(),
    }
    return [words for words, is_so in found.items() if is_so]


def begun(folder):
    """(photos, an output folder with a training after two of its epochs)."""
    photos = tiny.write_photos(folder / "photos")
    status, err = train_here(tiny.command(photos, folder / "begun", BEFORE))
    if status:
        raise AssertionError(err)
    return photos, folder / "begun"


def every_operation(folder, steps=1):
    """Let each operation (or each `steps`-th) fail; return what was counted."""
    photos, start = begun(folder)

    def going_on(output):
        shutil.copytree(start, output)
        return tiny.command(photos, output, EPOCHS, "--resume")

    whole = folder / "whole"
    with FailingDisk().in_place() as disk:
        status, err = train_here(going_on(whole))
    if status:
        raise AssertionError(err)
    wanted = (whole / tiny.MODEL).read_bytes()
    counts = Counter({"operations": disk.count})
    for fails_at in range(1, disk.count + 1, steps):
        output = folder / str(fails_at)
        words = going_on(output)
        with FailingDisk(fails_at).in_place():
            status, err = train_here(words)
        counts["failures"] += 1
        for wrong in judged(output, status, err):
            counts[wrong] += 1
            print(f"operation {fails_at}: {wrong}: {err}")
        counts["gone on with, same bytes"] += ends_as(wanted, words, output)
        shutil.rmtree(output)
    return counts


def ends_as(wanted, words, output):
    """Whether the training, let go on, ends with a model of these bytes."""
    with (
        mock.patch(
            "tinycnn.commands.output_folder.write_pictures", lambda *arguments: []
        ),
        mock.patch(
            "tinycnn.commands.output_folder.write_report", lambda *arguments: ""
        ),
    ):
        status, _ = train_here(words)
    return status == 0 and (output / tiny.MODEL).read_bytes() == wanted


def limited(sizes, folder):
    """Let no file grow beyond each of so many sizes; return what was counted."""
    import resource

    photos, start = begun(folder)
    whole = folder / "whole"
    status, err = train_here(tiny.command(photos, whole, EPOCHS))
    if status:
        raise AssertionError(err)
    wanted = (whole / tiny.MODEL).read_bytes()
    largest = (start / tiny.CHECKPOINT).stat().st_size
    counts = Counter()
    for number in range(sizes):
        size = largest * number // sizes
        output = folder / str(number)
        shutil.copytree(start, output)

        def limit(size=size):
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

        words = tiny.command(photos, output, EPOCHS, "--resume")
        process = tiny.Forked(words, limit)
        _, err = tiny.end_of(process)
        counts["sizes"] += 1
        counts["failures"] += process.returncode == 1
        for wrong in judged(output, process.returncode, err):
            counts[wrong] += 1
            print(f"{size:,} bytes: {wrong}: {err}")
        counts["gone on with, same bytes"] += ends_as(wanted, words, output)
        shutil.rmtree(output)
    return counts


def main():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--sizes", type=int, default=100)
    options = parse.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = every_operation(Path(folder))
        print("every write, fsync, rename and open fails in turn:")
        for name, count in found.items():
            print(f"{count:6,}  {name}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        print("no file may grow beyond a size:", flush=True)
        for name, count in limited(options.sizes, Path(folder)).items():
            print(f"{count:6,}  {name}")


if __name__ == "__main__":
    main()
