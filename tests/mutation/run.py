"""Try mutants of the library on its tests: python tests/mutation/run.py --help

Verdicts on the mutants that no test killed are kept in mutation_verdicts.json, under
the text of the statement and not its line, so that they outlive changes elsewhere.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections import Counter
from importlib.metadata import version
from pathlib import Path

from mutant_trials import (
    TESTS,
    all_trials,
    drawn,
    measured_limits,
    results,
    run_pytest,
)

MAKERS_TESTS = Path(__file__).with_name("test_mutants.py")
VERDICTS = Path(__file__).with_name("verdicts.json")
WANTED = 0.9
PAGE = """\
# Mutation testing

A mutant is the library with one small change: a `+` that became a `-`, a `<` that
became a `<=`, a line left out. If all tests still pass, they do not cover what changed;
so the share of mutants that make a test fail measures how closely the tests look.

This page is written by

```
{command}
```

in {minutes:.0f} minutes: {sample} of the {count} mutants of `tinycnn/layers/`,
`parallel/products.py`, `losses.py` and `optimizers/`, drawn at random from seed
{seed}, with {jobs} processes of one thread each ({versions}).
`tests/mutation/mutants.py` makes the mutants; `tests/mutation/mutant_trials.py` lists
the tests that each file's mutants are run against, besides its doctests. Docstrings,
annotations and the text of messages are not changed.

{table}

**{score:.1%} of the mutants that change anything were killed** ({killed} of {of}). A
mutant that exceeds its time limit counts as killed: a hang would not go unnoticed.

## Survivors

*Equivalent* means that no result can differ, so no test could detect it; these do not
count. *Accepted* ones count as survivors. The verdicts are kept in
`tests/mutation/verdicts.json`.

{survivors}
"""


def verdicts():
    """Return {(file, where, before, after): (verdict, why)}."""
    rows = json.loads(VERDICTS.read_text(encoding="utf-8"))
    return {
        tuple(row[name] for name in ("file", "where", "before", "after")): (
            row["verdict"],
            row["why"],
        )
        for row in rows
    }


def cut(before, after, room=24):
    """Return both without most of what they have in common, for a table."""
    head = shared(before, after)
    tail = shared(before[head:][::-1], after[head:][::-1])
    first = before.rfind(" ", 0, max(0, head - room)) + 1

    def shown(text):
        last = text.find(" ", len(text) - tail + room)
        end = text[first:] if last < 0 else f"{text[first:last]} …"
        return f"{'… ' if first else ''}{end}"

    return shown(before), shown(after)


def shared(a, b):
    """Return how many letters are the same from the beginning."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((k for k, (x, y) in pairs if x != y), min(len(a), len(b)))


def table(heads, rows, names=1):
    """Return a Markdown table, `names` columns to the left and numbers to the right."""
    marks = ["---"] * names + ["---:"] * (len(heads) - names)
    lines = [heads, marks, *[[str(cell) for cell in row] for row in rows]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def totals(outcomes, judged):
    """Return (rows for the table, killed, of how many that change anything)."""
    counts = {file: Counter() for file in dict.fromkeys(t.file for t in outcomes)}
    for trial, outcome in outcomes.items():
        verdict, _ = judged.get(trial.key(), ("", ""))
        kind = "equivalent" if verdict == "equivalent" else "survived"
        counts[trial.file].update(["mutants", "killed" if outcome else kind, outcome])
    counts["all"] = sum(counts.values(), Counter())
    kinds = ("mutants", "killed", "time limit", "survived", "equivalent")
    rows = [[file, *(count[kind] for kind in kinds)] for file, count in counts.items()]
    everything = counts["all"]
    return rows, everything["killed"], everything["mutants"] - everything["equivalent"]


def survivors(outcomes, judged):
    """Return the rows of the table of what no test killed."""
    return [
        [
            f"{trial.file}:{trial.mutant.line}",
            *(f"`{text}`".replace("|", r"\|") for text in cut(*trial.mutant[2:4])),
            *judged.get(trial.key(), ("", "")),
        ]
        for trial, outcome in outcomes.items()
        if not outcome
    ]


def complaints(everything, outcomes, judged):
    """Yield what is wrong with the verdicts."""
    for trial, outcome in outcomes.items():
        text = f"{trial.file}:{trial.mutant.line} {' | '.join(trial.key()[1:])}"
        if not outcome and trial.key() not in judged:
            yield f"survived and has no verdict: {text}"
        if outcome and trial.key() in judged:
            yield f"has a verdict, but {outcome} killed it: {text}"
    exist = {trial.key() for trial in everything}
    for key in judged:
        if key[0] in {trial.file for trial in everything} and key not in exist:
            yield f"has a verdict, but is no mutant any more: {' | '.join(key)}"


def main():
    parser = argparse.ArgumentParser(description="Try mutants of tinycnn on its tests.")
    add = parser.add_argument
    add("--sample", type=int, default=400, help="how many mutants (default: 400)")
    add("--seed", type=int, default=0, help="which ones (default: 0)")
    add("--jobs", type=int, default=2, help="processes side by side (default: 2)")
    add("--only", default="", help="only files with this in their name")
    add("--write", type=Path, help="where to write the page: docs/mutation.md")
    arguments = parser.parse_args()
    # The cores are for the processes: no threads of the BLAS, nor of tinycnn.
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "TINYCNN_NUM_THREADS": "1"}
    begin, judged = time.monotonic(), verdicts()
    everything = all_trials(arguments.only)
    trials = drawn(everything, arguments.sample, arguments.seed)
    if not trials:
        parser.error(f"no mutant; --sample should be 1 or more, --only in {[*TESTS]}")
    # Not only a check: processes forked from here have pytest's plugins loaded.
    if run_pytest(str(MAKERS_TESTS)):
        sys.exit("the maker of mutants should pass its own tests first")
    files = dict.fromkeys(trial.file for trial in trials)
    limits = measured_limits(files, arguments.jobs)
    outcomes = dict.fromkeys(trials, "")
    found = results(trials, arguments.jobs, limits)
    for number, (trial, outcome, seconds) in enumerate(found, start=1):
        outcomes[trial] = outcome
        change = " -> ".join(cut(*trial.mutant[2:4]))
        end = f"{outcome or 'SURVIVED'} ({seconds:.1f} s)"
        place = f"{trial.file}:{trial.mutant.line}"
        print(f"{number}/{len(trials)} {place} {change}: {end}", flush=True)

    rows, killed, of = totals(outcomes, judged)
    packages = [f"{name} {version(name)}" for name in ("numpy", "pytest")]
    heads = ["file", "mutants", "killed", "by time limit", "survived", "equivalent"]
    survivor_heads = ["where", "before", "after", "verdict", "why"]
    page = PAGE.format(
        command=" ".join(["python tests/mutation/run.py", *sys.argv[1:]]),
        minutes=(time.monotonic() - begin) / 60,
        sample=len(trials),
        count=len(everything),
        seed=arguments.seed,
        versions=", ".join([f"Python {platform.python_version()}", *packages]),
        jobs=arguments.jobs,
        table=table(heads, rows),
        score=killed / max(1, of),
        killed=killed,
        of=of,
        survivors=table(survivor_heads, survivors(outcomes, judged), names=5),
    )
    print(page)
    wrong = list(complaints(everything, outcomes, judged))
    if killed < WANTED * of:
        wrong.append(f"at least {WANTED:.0%} should be killed, got {killed} of {of}")
    if wrong:
        sys.exit("\n".join(wrong))
    if arguments.write:
        arguments.write.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
