"""The measured part of docs/performance.md; what people write around it stays."""

import re

import machine
from tables import growth_table, job_table, table, target_table

BEGIN = "<!-- measured: begin (written by tests/benchmarks/run.py) -->"
END = "<!-- measured: end -->"
PICTURE = (
    "![Bars of what tinycnn, Keras and PyTorch take for each part, and curves of how "
    "tinycnn's cost grows](images/performance.png)"
)
HOW = {
    "a": "Seconds of one epoch of `fit` over arrays in memory, divided by its steps.",
    "e": "Photos with shear, zoom and flip to 64x64; the first pass opens the folder.",
    "f": "Process start to saved model.",
    "g": "Whole processes.",
    "i": "The tutorial's network; random photos in memory.",
    "h": "tinycnn alone; one thing grows, the others stay at batch 32, photos of "
    "64x64, 32 filters.",
}


def measured_part(results, growth, quick):
    """Return the Markdown of everything that was measured."""
    parts = [table(["", "measured on"], machine.facts())]
    if quick:
        parts.append("**A quick run**: too short for the figures to mean anything.")
    parts += [PICTURE, "### Targets", target_table(results, growth)]
    letter = None
    for measured in results.values():
        for figure, title in measured.job.figures.items():
            if measured.job.letter != letter:
                letter = measured.job.letter
                heading = f"### ({letter}) {title[0].upper()}{title[1:]}"
            else:
                heading = f"### {title[0].upper()}{title[1:]}"
            parts += [heading, HOW.get(measured.job.letter, "")]
            parts.append(job_table(measured, figure))
    if growth:
        parts += ["### (h) How the cost grows", HOW["h"], growth_table(growth)]
    return "\n\n".join(part for part in parts if part)


def write(path, text):
    """Put the measured part between the page's two marks."""
    page = path.read_text(encoding="utf-8") if path.exists() else f"{BEGIN}\n{END}\n"
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise ValueError(f"{path.name} should hold the lines {BEGIN} and {END} once")
    between = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    whole = between.sub(lambda _: f"{BEGIN}\n\n{text}\n\n{END}", page)
    path.write_text(whole, encoding="utf-8", newline="\n")
