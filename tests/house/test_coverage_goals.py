"""The judge of the coverage must be able to say no."""

import json

import coverage_goals
import pytest


def report(lines=(9, 10), branches=(3, 4), missing_lines=(), missing_branches=()):
    counts = dict(zip(coverage_goals.COUNTS, (*lines, *branches), strict=True))
    return {
        "summary": counts,
        "missing_lines": list(missing_lines),
        "missing_branches": list(missing_branches),
    }


def status(tmp_path, **changes):
    """Return the exit status for a coverage with these files changed or left out."""
    whole = report((100, 100), (50, 50))
    files = {
        "tinycnn/layers/conv.py": whole,
        "tinycnn/losses.py": whole,
        "tinycnn\\optimizers\\descent.py": whole,  # as Windows spells it
        "tinycnn/text.py": report((98, 100), (49, 50), [7, 8], [[6, 7]]),
        **changes,
    }
    files = {name: file for name, file in files.items() if file}
    path = tmp_path / "coverage.json"
    path.write_text(json.dumps({"files": files}))
    return coverage_goals.main(path)


def test_a_coverage_that_reaches_the_goals_passes_and_names_what_is_left(
    tmp_path, capsys
):
    assert status(tmp_path) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "| tinycnn/layers/ | 1 | 100 of 100 | 50 of 50 |\n" in out
    assert "| tinycnn | 1 | 98 of 100 | 49 of 50 |\n" in out
    assert "| all | 4 | 398 of 400 | 199 of 200 |\n" in out
    assert out.endswith(
        "tinycnn/text.py:7 does not run\ntinycnn/text.py:8 does not run\n"
        "tinycnn/text.py:6 does not go on at line 7\n"
    )


@pytest.mark.parametrize(
    ("name", "file", "words"),
    [
        (
            "tinycnn/layers/conv.py",
            report(missing_lines=[12]),
            "tinycnn/layers/conv.py:12 does not run",
        ),
        (
            "tinycnn\\optimizers\\descent.py",
            report(missing_branches=[[5, -3]]),
            "tinycnn/optimizers/descent.py:5 does not go on at the end",
        ),
        ("tinycnn/losses.py", None, "tinycnn/losses.py was not measured"),
        ("tinycnn/text.py", report((70, 100)), "92.5% of all lines, should be 95%"),
        (
            "tinycnn/text.py",
            report((99, 100), (30, 50)),
            "90.0% of all branches, should be 95%",
        ),
    ],
)
def test_a_goal_that_is_missed_is_named_and_fails(name, file, words, tmp_path, capsys):
    assert status(tmp_path, **{name: file}) == 1
    assert f"coverage: {words}\n" in capsys.readouterr().err


def test_the_exports_are_measured_where_the_frameworks_are(tmp_path, capsys):
    assert status(tmp_path, **{"tinycnn\\export\\wire.py": report((0, 900))}) == 0
    assert "| all | 4 | 398 of 400 | 199 of 200 |\n" in capsys.readouterr().out
