"""Judge a measured coverage: what the network computes with must be covered whole.

    python -m pytest --cov --cov-report=json
    python tests/house/coverage_goals.py

reads coverage.json, prints the table of docs/trust.md and every line and branch that
did not run, and ends with status 1 where a goal is missed: all lines and branches of
the layers, losses and optimizers, and 95 % of the lines and of the branches of all.
The exports are not counted here: their tests need other frameworks, and `.ci/run`
measures them where these are installed.
"""

import json
import sys
from pathlib import Path

from tinycnn.text import say

WHOLE = ("tinycnn/layers/", "tinycnn/losses.py", "tinycnn/optimizers/")
OVERALL = 0.95
ELSEWHERE = "tinycnn/export/"
COUNTS = ("covered_lines", "num_statements", "covered_branches", "num_branches")


def group_of(name):
    """Return the row a file belongs to: a row of `WHOLE`, else its folder."""
    return next((row for row in WHOLE if name.startswith(row)), name.rpartition("/")[0])


def row_of(group, reports):
    """Return a group's line of the table."""
    sums = [sum(report["summary"][name] for report in reports) for name in COUNTS]
    lines, all_lines, branches, all_branches = sums
    return (
        f"| {group} | {len(reports)} | {lines:,} of {all_lines:,} "
        f"| {branches:,} of {all_branches:,} |"
    )


def gaps(name, report):
    """Yield what of a file did not run."""
    for line in report["missing_lines"]:
        yield f"{name}:{line} does not run"
    for start, end in report["missing_branches"]:
        way = f"line {end}" if end > 0 else "the end"
        yield f"{name}:{start} does not go on at {way}"


def judge(measured):
    """Return (the table's lines, what is missed but may be, what breaks a goal)."""
    files = {
        name.replace("\\", "/"): report for name, report in measured["files"].items()
    }
    files = {name: files[name] for name in files if not name.startswith(ELSEWHERE)}
    table = ["| files | number | lines | branches |", "| --- | ---: | ---: | ---: |"]
    allowed, broken = [], []
    for group in sorted({*WHOLE, *map(group_of, files)}):
        members = {name: files[name] for name in files if group_of(name) == group}
        table.append(row_of(group, members.values()))
        if not members:
            broken.append(f"{group} was not measured")
        for name, report in sorted(members.items()):
            (broken if group in WHOLE else allowed).extend(gaps(name, report))
    table.append(row_of("all", files.values()))
    for what, part, whole in (("lines", *COUNTS[:2]), ("branches", *COUNTS[2:])):
        ran, there = (
            sum(report["summary"][name] for report in files.values())
            for name in (part, whole)
        )
        share = ran / there
        if share < OVERALL:
            broken.append(f"{share:.1%} of all {what}, should be {OVERALL:.0%}")
    return table, allowed, broken


def main(path="coverage.json"):
    """Say all of it; return the exit status."""
    table, allowed, broken = judge(json.loads(Path(path).read_text(encoding="utf-8")))
    say("\n".join([*table, *allowed]))
    sys.stderr.write("".join(f"coverage: {line}\n" for line in broken))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
