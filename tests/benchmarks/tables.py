"""Figures as Markdown tables: what the benchmark prints, and what the page holds."""

from contenders import CONTENDERS, EARLY, TINYCNN
from targets import TARGETS, memory_growth, memory_verdict

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


def two_places(ratio):
    """A ratio; one that would read 0.00 keeps its first digit."""
    return f"{ratio:.2f}" if ratio >= 0.005 else f"{ratio:.1g}"


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
            two_places(measured.ratio(ours.name, name, figure))
            if ours.name in names and name != ours.name
            else ""
            for ours in (TINYCNN, EARLY)
        ]
        middle = in_unit(measured.median(name, figure), job.unit)
        memory = mebibytes(measured.peaks[name])
        rows.append([name, middle, span, *ratios, memory])
    head = ["", f"median, {job.unit}", "all rounds", "tinycnn / this"]
    return table([*head, "one BLAS thread / this", "peak memory"], rows)


def ratios_of(results, ours):
    """The ratios of one of tinycnn's settings, by job and figure."""
    return {
        job: measured.ratios(ours.name)
        for job, measured in results.items()
        if ours.name in measured.seconds
    }


def target_table(columns, with_range=False):
    """Each target next to its figures: ratios and memory by the column's heading.

    With `with_range`, a last column holds the least and the largest.
    """
    rows = []
    for target in TARGETS:
        values = [
            target.value(ratios.get(target.job, {})) for ratios, _ in columns.values()
        ]
        found = [f"{value:.2f}" for value in sorted(v for v in values if v is not None)]
        span = " to ".join(dict.fromkeys([found[0], found[-1]])) if found else ""
        verdicts = [*map(target.verdict, values), *([span] if with_range else [])]
        rows.append([target.title, f"{target.limit:.2f}", *verdicts])
    what = "(h) memory that 20,000 photos need more than 100"
    memory = [memory_verdict(growth) for _, growth in columns.values()]
    rows.append([what, "512 MiB", *memory, *([""] if with_range else [])])
    return table(["", "at most", *columns, *(["range"] if with_range else [])], rows)


def targets_of(results, growth):
    """The targets of one run, for tinycnn's two settings."""
    memory = memory_growth(growth)
    columns = {c.name: (ratios_of(results, c), memory) for c in (TINYCNN, EARLY)}
    return target_table(columns)


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
