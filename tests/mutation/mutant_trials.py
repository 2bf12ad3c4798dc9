"""Trials of mutants: which tests each has to pass, and a process of its own.

The process is handed the changed source in place of the file; nothing in the checkout
is written to.
"""

import importlib.abc
import importlib.util
import multiprocessing
import os
import random
import sys
import tempfile
import time
from multiprocessing.connection import wait
from pathlib import Path
from types import CodeType
from typing import NamedTuple

import pytest
from mutants import Mutant, mutants

PROJECT = Path(__file__).parents[2]
# File -> (what it is about; the files of tests, after its doctests: those first that
# kill most in the least time). Tests named after other layers are left out.
LAYERS = "conv dense dropout flatten pooling relu sigmoid softmax"
CONTRACT = "golden every_layer gradient_check"
TESTS = {
    "layers/activations.py": ("relu sigmoid softmax", f"{CONTRACT} models"),
    "layers/base.py": (LAYERS, f"{CONTRACT} models training"),
    "layers/conv.py": ("conv", f"{CONTRACT} conv initializers models"),
    "layers/dense.py": ("dense", f"{CONTRACT} initializers models"),
    "layers/dropout.py": ("dropout", f"{CONTRACT} models"),
    "layers/flatten.py": ("flatten", f"{CONTRACT} models"),
    "layers/pooling.py": ("pooling", f"{CONTRACT} pooling models"),
    "parallel/products.py": ("dense", f"threads {CONTRACT}"),
    "layers/windows.py": ("conv pooling", f"{CONTRACT} conv pooling laws"),
    "losses.py": ("sigmoid softmax", "losses golden gradient_check models"),
    "optimizers/base.py": ("", "optimizers golden models training checkpoints"),
    "optimizers/descent.py": ("", "optimizers golden models training checkpoints"),
}


PLACES = {
    "every_layer": "tests/layers/test_every_layer.py",
    "golden": "tests/layers/test_golden.py",
    "gradient_check": "tests/test_gradient_check.py",
    "models": "tests/models/test_sequential.py",
    "training": "tests/models/test_loop.py",
    "conv": "tests/layers/test_conv.py",
    "initializers": "tests/test_initializers.py",
    "pooling": "tests/layers/test_pooling.py",
    "threads": "tests/parallel/test_threads.py",
    "laws": "tests/layers/test_laws.py",
    "losses": "tests/test_losses.py",
    "optimizers": "tests/optimizers/test_descent.py",
    "checkpoints": "tests/commands/test_checkpoint.py",
}


class Trial(NamedTuple):
    """A mutant of one file; None is the file as it is, on which all must be green."""

    file: str
    mutant: Mutant | None

    def key(self) -> tuple[str, ...]:
        return (self.file, *self.mutant[1:4])

    def tests(self) -> list[str]:
        named = [PLACES[name] for name in TESTS[self.file][1].split()]
        return [f"tinycnn/{self.file}", *named]

    def selection(self) -> str:
        """Return which of the tests, as for pytest's -k."""
        about = TESTS[self.file][0].split()
        others = [layer for layer in LAYERS.split() if layer not in about]
        return f"not ({' or '.join(others)})" if others else ""


class Spoiled(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):
    """Finds and loads one module of the library, from the source it is given."""

    def __init__(self, trial: Trial) -> None:
        name = "tinycnn." + trial.file.removesuffix(".py").replace("/", ".")
        super().__init__(name, str(PROJECT / "tinycnn" / trial.file))
        self.source = trial.mutant.source

    def find_spec(self, name, path=None, target=None):
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def get_code(self, name: str) -> CodeType:
        return compile(self.source, self.path, "exec")


def try_out(trial: Trial, folder: str) -> None:
    """Run the tests one file after the other; end with the number of the red one."""
    sys.stdout.flush()
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os.chdir(PROJECT)
    sys.path.insert(0, str(PROJECT))
    sys.pycache_prefix = folder  # compiled tests are kept, but not in the checkout
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = folder
    os.environ.pop("PYTEST_ADDOPTS", None)  # such as --cov, which slows all mutants
    if trial.mutant:
        sys.meta_path.insert(0, spoiled := Spoiled(trial))
        importlib.import_module(spoiled.name)  # before pytest, which has a hook, too
    fine = pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED
    for number, path in enumerate(trial.tests(), start=1):
        if run_pytest(path, "-k", trial.selection()) not in fine:
            os._exit(number)
    os._exit(0)


def run_pytest(*arguments: str) -> int:
    """Stop at the first red test; keep no file; leave the tests in their order."""
    quiet = ["-x", "-q", "-n0", "-p", "no:cacheprovider", "-p", "no:randomly"]
    return pytest.main([*quiet, *arguments])


def results(trials, jobs, limits):
    """Yield (trial, outcome, seconds) as they end; "" is the outcome of a survivor."""
    waiting, running = list(reversed(trials)), {}
    # Forking hands on what is loaded already; macOS and Windows start afresh.
    method = "fork" if sys.platform == "linux" else "spawn"
    start = multiprocessing.get_context(method).Process
    with tempfile.TemporaryDirectory() as folder:
        while waiting or running:
            while waiting and len(running) < jobs:
                process = start(target=try_out, args=(waiting[-1], folder))
                process.start()
                running[process.sentinel] = process, waiting.pop(), time.monotonic()
            ended = wait(list(running), timeout=1)
            for sentinel, (process, trial, begin) in list(running.items()):
                seconds = time.monotonic() - begin
                is_late = seconds > limits.get(trial.file, 1200)
                if sentinel not in ended and not is_late:
                    continue
                if sentinel not in ended:
                    process.kill()
                process.join()
                del running[sentinel]
                red, tests = process.exitcode, trial.tests()
                outcome = tests[red - 1] if 0 < red <= len(tests) else f"crash ({red})"
                if sentinel not in ended:
                    outcome = "time limit"
                yield trial, outcome if red else "", seconds


def all_trials(only):
    """Return a trial for every mutant of the files whose name holds `only`."""
    return [
        Trial(file, mutant)
        for file in TESTS
        if only in file
        for mutant in mutants((PROJECT / "tinycnn" / file).read_text(encoding="utf-8"))
    ]


def drawn(trials, count, seed):
    """Return a random sample; a mutant's luck hangs on its own text alone."""
    lucky = sorted(trials, key=lambda t: random.Random(f"{seed}{t.key()}").random())
    return sorted(lucky[:count], key=lambda t: (t.file, t.mutant.line))


def measured_limits(files, jobs):
    """Return a time limit per file in seconds, or say which test is red already."""
    limits = {}
    for trial, red, seconds in results([Trial(f, None) for f in files], jobs, {}):
        if red:
            sys.exit(f"{red} should be green before anything is changed, and is not")
        limits[trial.file] = 30 + 3 * seconds
    return limits
