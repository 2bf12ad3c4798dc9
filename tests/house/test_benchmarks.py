"""The benchmark runs: a quick one of tinycnn alone, so that it does not rot."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from conftest import environment

from tinycnn import layers
from tinycnn.models import Sequential
from tinycnn.networks import deep_network

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
    kept = list((tmp_path / "measured").iterdir())
    assert {path.suffix for path in kept} == {".md", ".json", ".png"}
    (name,) = {path.stem for path in kept}
    overview = page.read_text(encoding="utf-8")
    assert f"[{name}](measured/{name}.md)" in overview
    assert (
        "| (a) tutorial step, against the fastest | 0.85 | not measured |" in overview
    )
    text = (tmp_path / "measured" / f"{name}.md").read_text(encoding="utf-8")
    for title in (
        "(a) A training step",
        "(e) First pass",
        "Later passes",
        "First pass over photos of 12 megapixels",
        "(g) Import",
    ):
        assert f"## {title}" in text
    rows = [line for line in text.split("\n") if line.startswith("| tinycnn |")]
    assert len(rows) == 6
    for row in rows:
        assert float(row.split("|")[2].replace(",", "")) > 0


@pytest.mark.slow
def test_accuracies_are_measured_once_and_each_change_can_be_made(heroes, tmp_path):
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
    assert deep == ["deep", "242,753", "1"]
    ladder = run("--seeds", "0", "--changes", "all")[-9:]
    changes = [line.split(" | ")[1] for line in ladder]
    assert changes[0] == "nothing"
    assert len(set(changes)) == 9


def test_a_target_without_a_peer_is_held_against_the_fastest(monkeypatch):
    monkeypatch.syspath_prepend(RUN.parent)
    rounds, targets = import_module("rounds"), import_module("targets")
    ours, keras, torch = "tinycnn", targets.KERAS, targets.TORCH
    steps = {ours: [8.0, 30.0, 9.0], keras: [10.0, 40.0, 10.0], torch: [4.0, 20.0, 6.0]}
    measured = rounds.Measured(
        None,
        {name: {"step": times} for name, times in steps.items()},
        {ours: 30, keras: 100, torch: None},
    )
    ratios = measured.ratios(ours)
    fastest = targets.Target("d", "deep step", "step", 1.0)
    assert fastest.value(ratios) == 1.5  # of 2.0, 1.5 and 1.5
    assert fastest.verdict(1.5) == "1.50 missed"
    one = targets.Target("c", "cifar step", "step", 1.0, keras)
    assert one.value(ratios) == 0.8 and one.verdict(0.8) == "0.80 met"
    assert targets.Target("a", "a", "peak", 1.0).value(ratios) == 0.3
    del measured.seconds[keras]
    assert one.verdict(one.value(measured.ratios(ours))) == "not measured"


def test_the_overview_has_a_column_for_each_machine_and_the_range(
    monkeypatch, tmp_path
):
    monkeypatch.syspath_prepend(RUN.parent)
    page, targets = import_module("page"), import_module("targets")
    for name, job, ratio in [
        ("one", "tutorial step", 0.7),
        ("two", "tutorial step", 0.9),
        ("three", "cifar step", 0.4),
    ]:
        step = {"step": {targets.KERAS: ratio, targets.TORCH: 0.5}}
        kept = {"facts": {"processor": name}, "ratios": {job: step}, "memory": None}
        (tmp_path / f"{name}.json").write_text(json.dumps(kept))
    lines = page.overview(tmp_path).splitlines()
    assert "| processor | one | three | two |" in lines
    row = "| (a) tutorial step, against the fastest | 0.85 "
    row += "| 0.70 met | not measured | 0.90 missed | 0.70 to 0.90 |"
    assert row in lines


def test_the_deep_network_that_is_timed_is_the_librarys(monkeypatch):
    monkeypatch.syspath_prepend(RUN.parent)
    networks = import_module("networks")
    timed = Sequential(networks.layers_of("deep", layers))
    shape = networks.SPECS["deep"].shape
    timed.build(shape)
    assert [layer.get_config() for layer in timed.layers] == [
        layer.get_config() for layer in deep_network(shape).layers
    ]
