"""The benchmark runs: a quick one of tinycnn alone, so that it does not rot."""

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import environment

RUN = Path(__file__).parents[1] / "benchmarks" / "run.py"
ACCURACY = RUN.with_name("accuracy.py")


@pytest.mark.slow
def test_a_quick_run_fills_the_page(tmp_path):
    page = tmp_path / "performance.md"
    command = [sys.executable, RUN, "--quick", "--alone"]
    command += ["--only", "a,e,g", "--write", page]
    run = subprocess.run(
        command, env=environment(), capture_output=True, text=True, timeout=300
    )
    assert run.returncode == 0, run.stderr
    assert "left out" not in run.stdout
    text = page.read_text(encoding="utf-8")
    for title in (
        "(a) A training step",
        "(e) First pass",
        "Later passes",
        "First pass over photos of 12 megapixels",
        "(g) Import",
    ):
        assert f"### {title}" in text
    rows = [line for line in text.split("\n") if line.startswith("| tinycnn |")]
    assert len(rows) == 6
    for row in rows:
        assert float(row.split("|")[2].replace(",", "")) > 0
    assert (tmp_path / "images" / "performance.png").exists()


@pytest.mark.slow
def test_accuracies_are_measured_once_and_every_idea_can_be_left_out(heroes, tmp_path):
    def run(*words):
        done = subprocess.run(
            [sys.executable, ACCURACY, heroes, "--epochs", "1", *words],
            env=environment(), cwd=tmp_path, capture_output=True, text=True,
            timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    first, again = (run("--seeds", "0") for _ in range(2))
    assert len(first) == len(again) + 2  # a line for each network that was trained
    assert again == first[2:]
    tutorial, deep = (line.split(" | ")[1:4] for line in again[2:])
    assert tutorial == ["tutorial", "3,937,409", "1"]
    assert deep == ["deep", "242,369", "1"]
    ladder = run("--seeds", "0", "--without", "all")[-10:]
    left_out = [line.split(" | ")[1] for line in ladder]
    assert left_out[0] == "nothing"
    assert len(set(left_out)) == 10
