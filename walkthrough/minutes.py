"""How long each notebook takes: python walkthrough/minutes.py [--write].

The pace is that of a reader of seventeen who reads English as a second language: 110
words and 15 lines of code a minute, a minute and a quarter for each guess, and three
minutes for each star of the cells that the reader writes. Imports and the checks at the
end are not counted, nor is the time for which a cell runs. This is a stated method, not
a measurement of students. The result is rounded up to 5 minutes. With --write, they go
to the notebooks, README.md and docs/for-teachers.md.
"""

import argparse
import json
import math
import re
import sys
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
PAGES = (FOLDER / "README.md", FOLDER.parent / "docs" / "for-teachers.md")
WORDS_A_MINUTE, LINES_A_MINUTE, MINUTES_A_GUESS = 110, 15, 1.25
MINUTES_A_STAR = 3
TURN = re.compile(r"# Your turn \((\*+)\)")
STEP = 5


class Counts(NamedTuple):
    """What there is to do in a notebook."""

    words: int
    lines: int
    guesses: int
    stars: int

    @property
    def minutes(self) -> int:
        """The minutes at the stated pace, rounded up."""
        exact = self.words / WORDS_A_MINUTE + self.lines / LINES_A_MINUTE
        exact += self.guesses * MINUTES_A_GUESS + self.stars * MINUTES_A_STAR
        return STEP * math.ceil(exact / STEP)


def counted(path: Path) -> Counts:
    """Return the words, lines of code, guesses and stars of a notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]
    codes = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    text = "\n".join(texts)
    turns = [turn for code in codes if (turn := TURN.match(code))]
    read = [code for code in codes[:-1] if not TURN.match(code)]
    lines = [line.strip() for code in read for line in code.splitlines()]
    lines = [x for x in lines if x and not re.match(r"import |from |%|[\])}]+,?$", x)]
    guesses = text.count("**Guess before you run") + text.count(
        "What is wrong?</summary>"
    )
    stars = sum(len(turn[1]) for turn in turns)
    return Counts(len(re.findall(r"[^\W\d_]+", text)), len(lines), guesses, stars)


def with_minutes(page: str, number: int, minutes: int) -> str:
    """Return a page with a notebook's minutes in its row of the table of notebooks."""
    row = rf"(?m)^(\| {number} (?:\| \[|[A-Z])[^|\n]*\| )\d+ \|"
    return re.sub(row, rf"\g<1>{minutes} |", page)


def main() -> int:
    parser = argparse.ArgumentParser(description="How long each notebook takes.")
    parser.add_argument("--write", action="store_true", help="write the minutes")
    arguments = parser.parse_args()
    total = 0
    for number, path in enumerate(sorted(FOLDER.glob("[0-9]*.ipynb")), start=1):
        counts = counted(path)
        total += counts.minutes
        print(f"{number:2}  {counts.minutes:3} minutes  {counts}")
        if arguments.write:
            text = path.read_text(encoding="utf-8")
            text = re.sub(
                r"\*\*Time\*\*: \d+ min", f"**Time**: {counts.minutes} min", text
            )
            path.write_text(text, encoding="utf-8")
            for page in PAGES:
                text = page.read_text(encoding="utf-8")
                text = with_minutes(text, number, counts.minutes)
                page.write_text(text, encoding="utf-8")
    print(f"    {total} minutes in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
