"""What holds only in a browser, and the commands there; run by Node, not by pytest,
whose capturing of output stands in the commands' way inside Pyodide."""

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tinycnn.commands.run_command import run_command
from tinycnn.grading import one_process
from tinycnn.networks import tutorial_network
from tinycnn.parallel import blas, products, threads

STEPS = 3
WRONG = """from tinycnn.layers import Dense


class MyDense(Dense):
    def backward(self, dy):
        return super().backward(dy / len(dy))


class Endless(Dense):
    def forward(self, x, training=False):
        while True:
            pass
"""


def this_is_a_browsers_python():
    assert sys.platform == "emscripten"
    assert not products.HAS_BLAS
    assert blas.openblas() is None
    os.environ[threads.SETTING] = "2"
    assert threads.thread_count() == 1


def seconds_of_a_step(size):
    """The fastest of some steps of the tutorial's network on 32 photos."""
    rng = np.random.default_rng(0)
    x, y = rng.random((32, size, size, 3), np.float32), rng.integers(0, 2, 32)
    model, best = tutorial_network((size, size, 3)), np.inf
    for _ in range(STEPS):
        start = time.perf_counter()
        model.train_on_batch(x, y)
        best = min(best, time.perf_counter() - start)
    return best


def einsum_makes_a_step_at_least_a_third_faster():
    small, large = map(seconds_of_a_step, (32, 64))
    products.HAS_BLAS = True
    before = seconds_of_a_step(64)
    products.HAS_BLAS = False
    sys.stdout.write(
        f"a step of 32 photos takes {small:.2f} s at 32x32 and {large:.2f} s at 64x64, "
        f"where it takes {before:.2f} s with @\n"
    )
    assert large < before / 1.5


def check_names_the_cause_and_ends_what_does_not_end():
    Path("mine.py").write_text(WRONG, encoding="utf-8")
    result = run_command("check", "mine.py", "--only", "MyDense")
    assert result.returncode == 1, result.stderr
    assert one_process.NOTE in result.stdout
    assert "dx is divided by the number of photos once too often" in result.stdout
    result = run_command("check", "mine.py", "--only", "Endless", "--time-limit", 3)
    assert "It did not end within 3 seconds: an endless loop?" in result.stdout


def train_is_resumed_and_its_model_answers():
    options = ("train", "--image-size", 16, "--output", "out", "--epochs")
    for more in ((1,), (2, "--resume")):
        result = run_command(*options, *more)
        assert result.returncode == 0, result.stderr
    assert Path("out", "report.html").is_file()
    assert not Path("out", ".tinycnn.lock").exists()
    photo = min(Path().rglob("test/*/*.*"))
    answers = run_command("predict", "out/model.safetensors", photo, "--format", "csv")
    assert answers.returncode == 0, answers.stderr
    assert photo.name in answers.stdout
    page = run_command("explain", "out/model.safetensors", photo)
    assert page.returncode == 0, page.stderr
    assert Path("explanation.html").is_file()


def main():
    os.chdir(tempfile.mkdtemp())
    checks = (
        this_is_a_browsers_python,
        einsum_makes_a_step_at_least_a_third_faster,
        check_names_the_cause_and_ends_what_does_not_end,
        train_is_resumed_and_its_model_answers,
    )
    for check in checks:
        check()
        sys.stdout.write(f"{check.__name__}: right\n")
    sys.stdout.write(f"{len(checks)} passed\n")


if __name__ == "__main__":
    main()
