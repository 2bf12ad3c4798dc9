"""The benchmark runs: a quick one of tinycnn alone, so that it does not rot."""

import subprocess
import sys
from pathlib import Path

from conftest import environment

RUN = Path(__file__).parents[1] / "benchmarks" / "run.py"


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
