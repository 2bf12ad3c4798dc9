"""What a run writes: a page for its machine, and the overview of all machines.

docs/measured/NAME.md holds the tables, NAME.json beside it the ratios. The part between
two marks in docs/performance.md is made of all those files; what people write around it
stays.
"""

import json
import re

from contenders import TINYCNN
from tables import growth_table, job_table, ratios_of, table, target_table, targets_of
from targets import memory_growth

BEGIN = "<!-- measured: begin (written by tests/benchmarks/run.py) -->"
END = "<!-- measured: end -->"
PICTURE = (
    "![Bars of what tinycnn, Keras and PyTorch take for each part, and curves of how "
    "tinycnn's cost grows]({})"
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


def machine_page(results, growth, facts, picture, quick=False):
    """Return the Markdown of everything that was measured on one machine."""
    parts = [f"# Measured on {facts['processor']}"]
    parts.append(table(["", "measured on"], facts.items()))
    if quick:
        parts.append("**A quick run**: too short for the figures to mean anything.")
    parts += [PICTURE.format(picture), "## Targets", targets_of(results, growth)]
    letter = None
    for measured in results.values():
        for figure, title in measured.job.figures.items():
            title = f"{title[0].upper()}{title[1:]}"
            if measured.job.letter != letter:
                letter = measured.job.letter
                title = f"({letter}) {title}"
            parts += [f"## {title}", HOW.get(measured.job.letter, "")]
            parts.append(job_table(measured, figure))
    if growth:
        parts += ["## (h) How the cost grows", HOW["h"], growth_table(growth)]
    return "\n\n".join(part for part in parts if part) + "\n"


def record(results, growth, facts):
    """Return what the overview needs of a run, for its JSON file."""
    return {
        "facts": facts,
        "ratios": ratios_of(results, TINYCNN),
        "memory": memory_growth(growth),
    }


def overview(folder):
    """Return the Markdown of all machines whose JSON files are in the folder."""
    records = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.json"))
    }
    links = [f"[{name}]({folder.name}/{name}.md)" for name in records]
    facts = dict.fromkeys(name for kept in records.values() for name in kept["facts"])
    rows = [
        [n, *(kept["facts"].get(n, "") for kept in records.values())] for n in facts
    ]
    columns = {name: (kept["ratios"], kept["memory"]) for name, kept in records.items()}
    return f"{table(['', *links], rows)}\n\n{target_table(columns, with_range=True)}"


def write(path, text):
    """Put the text between the page's two marks."""
    page = path.read_text(encoding="utf-8") if path.exists() else f"{BEGIN}\n{END}\n"
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise ValueError(f"{path.name} should hold the lines {BEGIN} and {END} once")
    between = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    whole = between.sub(lambda _: f"{BEGIN}\n\n{text}\n\n{END}", page)
    path.write_text(whole, encoding="utf-8", newline="\n")


def keep(performance, name, results, growth, facts, draw, quick):
    """Write the machine's page, picture and ratios, and the overview."""
    folder = performance.parent / "measured"
    folder.mkdir(exist_ok=True, parents=True)
    draw(results, growth, folder / f"{name}.png")
    text = machine_page(results, growth, facts, f"{name}.png", quick)
    (folder / f"{name}.md").write_text(text, encoding="utf-8", newline="\n")
    kept = json.dumps(record(results, growth, facts), indent=1) + "\n"
    (folder / f"{name}.json").write_text(kept, encoding="utf-8", newline="\n")
    write(performance, overview(folder))
