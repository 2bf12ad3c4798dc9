"""How fast is tinycnn? Measures it against Keras and PyTorch where they are installed.

    python tests/benchmarks/run.py                                  all, a quarter hour
    python tests/benchmarks/run.py --only a,c                       two of the jobs
    python tests/benchmarks/run.py --write docs/performance.md      into the page

Each library works in processes of its own, and they are timed in turns, so that all see
the machine in the same state. docs/performance.md says what is measured and how.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import growth
import machine
import rounds
from contenders import CONTENDERS
from jobs import JOBS, Photos
from tables import growth_table, job_table, targets_of
from workers import WorkerError

LETTERS = sorted({job.letter for job in JOBS} | {"h"})


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def arguments():
    titles = {job.letter: next(iter(job.figures.values())) for job in reversed(JOBS)}
    jobs = [*titles.items(), ("h", "how the cost grows")]
    parse = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"  {letter}  {title} ..." for letter, title in sorted(jobs)),
    )
    parse.add_argument("--only", default=",".join(LETTERS), help="letters, as in a,b")
    parse.add_argument("--quick", action="store_true", help="does it run? seconds")
    parse.add_argument("--alone", action="store_true", help="tinycnn without others")
    parse.add_argument(
        "--write", type=Path, metavar="PAGE", help="and measured/ beside"
    )
    parse.add_argument("--name", default=machine.name(), help="of the machine's page")
    options = parse.parse_args()
    options.only = options.only.split(",")
    if unknown := set(options.only) - set(LETTERS):
        parse.error(f"--only takes {','.join(LETTERS)}, got {','.join(unknown)}")
    return options


def contenders(alone):
    """Who is there; the others are named, with what is missing."""
    for contender in CONTENDERS:
        if alone and not contender.is_ours:
            continue
        if contender.is_installed:
            yield contender
        else:
            needs = " and ".join(contender.needs)
            say(f"{contender.name} is left out: it needs {needs}")


def main():
    options = arguments()
    facts = machine.facts()
    present = list(contenders(options.alone))
    results, points = {}, []
    # Ignore errors: on Windows a process that was killed may still hold a file.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        photos = Photos(Path(name), options.quick)
        for job in JOBS:
            if job.letter not in options.only:
                continue
            joining = [c for c in present if job.joined_by(c)]
            measured = rounds.measure(job, joining, photos, options.quick, say)
            results[job.key] = measured
            for figure, title in job.figures.items():
                say(f"\n({job.letter}) {title}\n{job_table(measured, figure)}")
        if "h" in options.only:
            say("\n(h) how the cost grows")
            points = list(growth.points(Path(name), options.quick, say))
            say(growth_table(points))
    if options.quick:
        say("\nquick: one cold round, which shows only that everything runs")
    elif not options.alone:
        say(f"\nThe targets:\n{targets_of(results, points)}")
    if options.write:
        # Only now: a process begins with its parent's peak memory; these are large.
        import page
        import plot

        page.keep(
            options.write,
            options.name,
            results,
            points,
            facts,
            plot.draw,
            options.quick,
        )
        say(f"wrote {options.write.name} and measured/{options.name}.md")


if __name__ == "__main__":
    try:
        main()
    except WorkerError as error:
        sys.exit(f"error: {error}")
