"""Write the plan of an hour's reading: python docs/make_reading.py.

Counts the files of the hour as they are now, so run it again after a change to them.
"""

import ast
import io
import tokenize
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parents[1] / "tinycnn"
PLAN = Path(__file__).parent / "reading.md"
# In reading order, in the sections of the page.
HOUR = {
    "The network, and the letters": ["networks/tutorial.py", "shapes.py"],
    "The layers": [
        "layers/base.py",
        "layers/windows.py",
        "layers/conv.py",
        "layers/pooling.py",
        "layers/flatten.py",
        "layers/dense.py",
        "layers/activations.py",
    ],
    "Learning": [
        "losses.py",
        "optimizers/descent.py",
        "initializers/variance_scaling.py",
        "batches/arrays.py",
    ],
    "The model": [
        "models/network.py",
        "models/step.py",
        "models/loop.py",
        "models/sequential.py",
        "models/inputs.py",
        "models/summary.py",
    ],
    "How good is it?": ["metrics/evaluation.py", "metrics/baselines.py"],
}
MOST_LINES, MOST_MINUTES = 4500, 70
WORDS_PER_MINUTE = 240
CODE_LINES_PER_MINUTE = 60
QUIET = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
PAGE = """\
# An hour with tinycnn

The files of the tutorial's network, in reading order: what a layer is, how it
computes and how it learns, how a model is trained and evaluated. It is
{lines:,} lines in {count} files, {code:,} of them code: **{minutes} minutes**.

{table}

A file's minutes are its words of prose (docstrings and comments) at {words} a minute,
the average for English non-fiction (238 in Brysbaert, "How many words do we read per
minute?", 2019), plus its lines of code at {code_lines} a minute: one a second is enough
to follow a program, not to inspect it. Minutes are rounded for each file; the sum is
of the exact ones. This page is written by `python docs/make_reading.py`, and a test
checks that it is current.

If you have less than an hour, read `layers/conv.py`, `layers/pooling.py`,
`models/network.py` and `models/step.py`: forward and backward pass, the loop over the
layers, and one step of learning.

## After the hour

* Beyond the tutorial: the other layers in `layers/` and `layers/more/`;
  `optimizers/base.py` (what every optimiser does around its step), the other
  optimisers, and `regularizers.py`;
  `models/tiles.py` (the same loop, a few photos at a time, for speed);
  `models/model_file.py` (what a model file may contain); `callbacks/` (early
  stopping and its like).
* Photos: `preprocessing/` from `photos.py` to `directory_iterator.py`; the drawn heroes
  in `datasets/`.
* Looking inside: `explanation/gradients.py`, then `page/web/network.js`, the layers
  once more in plain loops.
* Checking: `gradient_check.py`, then `diagnosis/causes.py`, the usual mistakes as a
  table.
* The commands and the cellar: `train.py` from top to bottom, with `commands/` and
  `parallel/` as it uses them.

The reasons for all of it are in [decisions.md](decisions.md); the
[walkthrough](../walkthrough/README.md) follows the same road in twenty notebooks.
"""


class Reading(NamedTuple):
    """What there is to read in a file."""

    name: str
    idea: str
    lines: int
    code: int
    words: int

    @property
    def minutes(self) -> float:
        return self.words / WORDS_PER_MINUTE + self.code / CODE_LINES_PER_MINUTE


def reading_of(name: str) -> Reading:
    """Count a file of the package."""
    source = (PACKAGE / name).read_text(encoding="utf-8")
    tree = ast.parse(source)
    prose, quiet = [], set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            text = ast.get_docstring(node)
            if text is not None:
                prose.append(text)
                first = node.body[0]
                quiet.update(range(first.lineno, (first.end_lineno or 0) + 1))
    code = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            prose.append(token.string)
        if token.type not in QUIET:
            code.update(range(token.start[0], token.end[0] + 1))
    idea = (ast.get_docstring(tree) or "").split("\n\n")[0]
    return Reading(
        name,
        " ".join(idea.split()),
        len(source.splitlines()),
        len(code - quiet),
        sum(any(c.isalnum() for c in word) for text in prose for word in text.split()),
    )


def readings() -> list[Reading]:
    """Count the files of the hour, in reading order."""
    return [reading_of(name) for names in HOUR.values() for name in names]


def page() -> str:
    """Return the whole page."""
    counted = {reading.name: reading for reading in readings()}
    rows = [["file of `tinycnn/`", "the idea", "lines", "of code", "minutes"]]
    rows.append(["---", "---", "---:", "---:", "---:"])
    for section, names in HOUR.items():
        rows.append([f"**{section}**", "", "", "", ""])
        for one in map(counted.get, names):
            minutes = max(1, round(one.minutes))
            idea = one.idea.replace("|", r"\|")
            rows.append([f"`{one.name}`", idea, one.lines, one.code, minutes])
    lines = sum(one.lines for one in counted.values())
    code = sum(one.code for one in counted.values())
    minutes = round(sum(one.minutes for one in counted.values()))
    rows.append(["all", "", f"{lines:,}", f"{code:,}", minutes])
    return PAGE.format(
        lines=lines,
        code=code,
        minutes=minutes,
        count=len(counted),
        words=WORDS_PER_MINUTE,
        code_lines=CODE_LINES_PER_MINUTE,
        table="\n".join(f"| {' | '.join(map(str, row))} |" for row in rows),
    )


if __name__ == "__main__":
    PLAN.write_text(page(), encoding="utf-8", newline="\n")
    print(f"wrote docs/{PLAN.name}")
