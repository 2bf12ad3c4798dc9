"""A training that takes a second, for trying again and again what can go wrong."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is loaded

import matplotlib.backends.backend_agg  # noqa: F401 - loaded before forking
import numpy as np
from PIL import Image

PROJECT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(PROJECT))

from tinycnn import train  # noqa: E402
from tinycnn.commands.checkpoint import load_checkpoint  # noqa: E402
from tinycnn.commands.process import run  # noqa: E402

MODEL, CHECKPOINT = "model.safetensors", "checkpoint.safetensors"


def write_photos(folder, seed=0, order=None):
    """Write 12 photos to learn from and 4 to test with: noise, brighter in one class.

    With `order`, a random.Random, they are written in another order each time.
    """
    photos = []
    rng = np.random.default_rng(seed)
    for part, count in (("train", 6), ("test", 2)):
        for label, name in enumerate(("dark", "light")):
            for number in range(count):
                pixels = rng.integers(0, 200, (8, 8, 3)) + 55 * label
                photos.append((folder / part / name / f"{number}.png", pixels))
    if order is not None:
        order.shuffle(photos)
    for path, pixels in photos:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels.astype(np.uint8)).save(path)
    return folder


def command(photos, output, epochs, *more):
    """The words of a training of small photos, three steps per epoch."""
    words = "--image-size 8 --batch-size 4 --verbose 2 --epochs".split()
    return [
        sys.executable, "-m", "tinycnn.train", str(photos), *words, str(epochs),
        "--output", str(output), *map(str, more),
    ]  # fmt: skip


def environment(**more):
    """An environment in which the project is found from any folder."""
    path = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
    known = {"OPENBLAS_NUM_THREADS": "1", **os.environ, "PYTHONPATH": path}
    return {**known, **{name: str(value) for name, value in more.items()}}


def start(words):
    return subprocess.Popen(
        words,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class Forked:
    """A training in a process forked from this one, which has NumPy loaded already.

    To be killed a thousand times it need not load it a thousand times. It has what is
    used here of subprocess.Popen. `before` is called in the new process.
    """

    def __init__(self, words, before=None):
        out, err = os.pipe(), os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            # A signal that comes while coverage's tracer holds its lock keeps it held.
            sys.settrace(None)
            os.dup2(out[1], 1)
            os.dup2(err[1], 2)
            for handle in (*out, *err):
                os.close(handle)
            sys.stdout = open(1, "w", closefd=False)
            sys.stderr = open(2, "w", closefd=False)
            sys.argv = words[2:]
            if before is not None:
                before()
            status = 70
            try:
                run(train.main)
            except SystemExit as end:
                status = end.code
            finally:
                os._exit(status)
        os.close(out[1])
        os.close(err[1])
        self.stdout, self.stderr = os.fdopen(out[0]), os.fdopen(err[0])
        self.returncode = None

    def send_signal(self, number):
        os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout=None):
        self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def leave_out_pictures():
    """Let forked trainings draw nothing: it takes far longer than the training."""
    train.output_folder.write_pictures = lambda *arguments: []
    train.output_folder.write_report = lambda *arguments: ""


def end_of(process):
    """(what it still printed, stderr) of a program after its end."""
    out, err = process.stdout.read(), process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    process.wait(timeout=600)
    return out, err


def finish(words, begin_training=start):
    """Run a training that should succeed."""
    process = begin_training(words)
    _, err = end_of(process)
    if process.returncode:
        raise AssertionError(
            f"{' '.join(words)} ended with {process.returncode}: {err}"
        )


def reference(folder, epochs, begin_training=start):
    """(photos, bytes of the model, seconds) of a training that is not interrupted.

    The seconds are those from the first printed line to the end.
    """
    photos = write_photos(folder / "photos")
    process = begin_training(command(photos, folder / "reference", epochs))
    process.stdout.readline()
    begin = time.perf_counter()
    _, err = end_of(process)
    if process.returncode:
        raise AssertionError(f"the uninterrupted training failed: {err}")
    seconds = time.perf_counter() - begin
    return photos, (folder / "reference" / MODEL).read_bytes(), seconds


def epochs_in(lines):
    """How many epochs a training has printed."""
    return max(
        [int(x.split()[1].split("/")[0]) for x in lines if is_epoch(x)], default=0
    )


def is_epoch(line):
    return line.startswith("Epoch ")


def kept_epochs(output):
    """How many epochs the checkpoint holds; 0 without one. Raises if it is damaged."""
    path = output / CHECKPOINT
    return load_checkpoint(path).epoch if path.exists() else 0


def half_written(output):
    return [path.name for path in output.glob(".*.part")] if output.exists() else []


def chance(seed):
    return random.Random(seed)
