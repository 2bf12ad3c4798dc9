"""Try mutants of the library on its tests: python tests/mutation.py --help

Each mutant lives only in a process of its own, which is handed the changed source in
place of the file; nothing in the checkout is written to, but for the page. Verdicts on
the mutants that no test killed are kept in mutation_verdicts.json, under the text of
the statement and not its line, so that they outlive changes elsewhere.
"""

import argparse
import importlib.abc
import importlib.util
import json
import multiprocessing
import os
import platform
import random
import sys
import tempfile
import time
from collections import Counter
from importlib.metadata import version
from multiprocessing.connection import wait
from pathlib import Path
from types import CodeType
from typing import NamedTuple

# Cores are shared by processes: no threads of the BLAS, nor tinycnn's own.
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "TINYCNN_NUM_THREADS": "1"}

import pytest
from mutants import Mutant, mutants

PROJECT = Path(__file__).parent.parent
VERDICTS = Path(__file__).with_name("mutation_verdicts.json")
WANTED = 0.9
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
    "layers/products.py": ("dense", f"threads {CONTRACT}"),
    "layers/windows.py": ("conv pooling", f"{CONTRACT} conv pooling laws"),
    "losses.py": ("sigmoid softmax", "losses golden gradient_check models"),
    "optimizers.py": ("", "optimizers golden threads models training"),
}
PAGE = """\
# Mutation testing

A mutant is the library with one small thing changed: a `+` that became a `-`, a `<`
that became a `<=`, a line left out. If the tests stay green, they did not look there,
so the share of mutants that turns a test red says how closely the tests look.

Written by `{command}`
in {minutes:.0f} minutes: {sample} of the {count} mutants of `tinycnn/layers/`,
`losses.py` and `optimizers.py`, drawn by chance from seed {seed}. {versions}, {jobs}
processes of one thread each. `tests/mutants.py` makes the mutants; `tests/mutation.py`
tries each on the doctests of its file and on the tests that it names there for it.
Docstrings, annotations and the text of messages are not changed.

{table}

**{score:.1%} of the mutants that change anything were killed** ({killed} of {of}). One
that runs past its time limit is killed as well: a hang would not go unseen.

## Survivors

*Equivalent* means that no result can differ, so no test could tell; these do not count.
*Accepted* ones count as survivors. The verdicts are kept in
`tests/mutation_verdicts.json`.

{survivors}
"""


class Trial(NamedTuple):
    """A mutant of one file; None is the file as it is, on which all must be green."""

    file: str
    mutant: Mutant | None

    def key(self) -> tuple[str, ...]:
        return (self.file, *self.mutant[1:4])

    def tests(self) -> list[str]:
        named = [f"tests/test_{name}.py" for name in TESTS[self.file][1].split()]
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
    begin, judged = time.monotonic(), verdicts()
    everything = all_trials(arguments.only)
    trials = drawn(everything, arguments.sample, arguments.seed)
    if not trials:
        parser.error(f"no mutant; --sample should be 1 or more, --only in {[*TESTS]}")
    # Not only a check: processes forked from here have pytest's plugins loaded.
    if run_pytest(str(PROJECT / "tests" / "test_mutants.py")):
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
        command=" ".join(["python tests/mutation.py", *sys.argv[1:]]),
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
