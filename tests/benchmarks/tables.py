"""Figures as Markdown tables: what the benchmark prints, and what the page holds."""

from contenders import CONTENDERS, EARLY, TINYCNN
from targets import TARGETS, memory_verdict

UNITS = {"ms": 1e3, "s": 1.0}
WORDS = {"step": "training", "first": "first pass", "later": "later passes"}


def table(head, rows):
    """Return a Markdown table; all columns but the first are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def in_unit(seconds, unit):
    """Seconds in the unit of the job; photos/s is one over the seconds per photo."""
    value = 1 / seconds if unit == "photos/s" else seconds * UNITS[unit]
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def mebibytes(count):
    return "-" if count is None else f"{count / 2**20:.0f} MiB"


def job_table(measured, figure):
    """One job: a row for each contender, and how tinycnn compares with it."""
    job = measured.job
    rows = []
    names = [c.name for c in CONTENDERS if c.name in measured.seconds]
    for name in names:
        seconds = sorted(measured.seconds[name][figure])
        ends = (seconds[0], seconds[-1])
        if job.unit == "photos/s":
            ends = ends[::-1]
        span = " to ".join(in_unit(s, job.unit) for s in ends)
        ratios = [
            f"{measured.ratio(ours.name, name, figure):.2f}"
            if ours.name in names and name != ours.name
            else ""
            for ours in (TINYCNN, EARLY)
        ]
        middle = in_unit(measured.median(name, figure), job.unit)
        memory = mebibytes(measured.peaks[name])
        rows.append([name, middle, span, *ratios, memory])
    head = ["", f"median, {job.unit}", "all rounds", "tinycnn / this"]
    return table([*head, "one BLAS thread / this", "peak memory"], rows)


def target_table(results, growth):
    """Each target next to its figure."""
    rows = []
    for target in TARGETS:
        measured = results.get(target.job)
        verdicts = [
            target.verdict(target.value(measured, ours.name))
            for ours in (TINYCNN, EARLY)
        ]
        rows.append([target.title, f"{target.limit:.2f}", *verdicts])
    what = "(h) memory that 20,000 photos need more than 100"
    rows.append([what, "512 MiB", memory_verdict(growth), ""])
    head = ["", "at most", "tinycnn", "one BLAS thread"]
    return table(head, rows)


def growth_table(points):
    """How the cost grows: time per photo and peak memory."""
    rows = []
    for point in points:
        what = f"{point.what} {point.value:,}"
        if point.what == "photos":
            what += f", kept in {point.image}x{point.image}"
        times = [f"{WORDS[name]} {s * 1e3:.3g} ms" for name, s in point.seconds.items()]
        rows.append([what, ", ".join(times), mebibytes(point.peak)])
    return table(["", "time per photo", "peak memory"], rows)
