"""Fixtures shared by the tests."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

# For the processes that run the tests side by side, and the programs they start: two
# whose BLAS threads wait for each other on two cores are many times slower than two
# with one thread each.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import conditions
from browsers import (  # noqa: F401 - fixtures for all, and a hook
    browser,
    pytest_runtest_makereport,
    serious_faults,
    visit,
)

conditions.impose()

PROJECT = Path(__file__).parent.parent
# Written for keras: test_tutorial.py and test_scripts.py run it with the word replaced.
# The benchmarks are programs, and some need frameworks: test_benchmarks.py runs them.
collect_ignore = ["helpers", "benchmarks"]
collect_ignore_glob = ["scripts/[!t]*.py"]


@pytest.fixture(scope="session")
def heroes(tmp_path_factory):
    """A small folder of drawings: 24 to learn from, 8 to test with."""
    from tinycnn.datasets.drawings import write_dataset

    folder = tmp_path_factory.mktemp("heroes") / "Dataset"
    write_dataset(folder, train_count=24, test_count=8, size=32)
    return folder


@pytest.fixture(scope="session")
def command():
    """Run ``python -m tinycnn.<verb> ...`` as a program of its own."""

    def run(*arguments, cwd, **keywords):
        return subprocess.run(
            command_line(*arguments),
            cwd=cwd,
            env=environment(),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
            check=False,
            **keywords,
        )

    return run


def command_line(verb, *arguments):
    return program(f"tinycnn.{verb}" if verb else "tinycnn", *arguments)


def program(name, *arguments):
    """The command line of a module or script that runs under the tests' conditions."""
    return [sys.executable, conditions.__file__, name, *map(str, arguments)]


def environment():
    """This process's environment, in which the project is found from any folder."""
    path = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"}


@pytest.fixture
def call(monkeypatch, capsys):
    """Run a command as `command` does, but in this process, which is quicker."""

    from tinycnn.commands import process

    def run(verb, *arguments, cwd):
        module = importlib.import_module(f"tinycnn.{verb}")
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", [verb, *map(str, arguments)])
        status = process.exit_status(module.main, process.Signals())
        out, err = capsys.readouterr()
        return subprocess.CompletedProcess(sys.argv, status, out, err)

    return run


@pytest.fixture(scope="session")
def trained(heroes, command, tmp_path_factory):
    """(run of a small training, its output folder)."""
    folder = tmp_path_factory.mktemp("trained")
    output = folder / "out"
    run = command(
        "train", heroes, "--epochs", 3, "--image-size", 16, "--output", output,
        cwd=folder,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run, output
