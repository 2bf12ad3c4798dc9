"""The grade of one part of a file, and tables of grades."""

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path

from tinycnn.text import count_of

RIGHT, WRONG, UNWRITTEN, FAILED = "right", "WRONG", "not written", "failed"
SLOW, UNCHECKED = "too slow", "not checked"
HINTS = 3  # the last level: where to look, what is wrong, what to do


@dataclass
class Grade:
    """The result of checking one part, or of loading a file.

    Attributes
    ----------
    name : str
        The name of the class or function; "" for the file as a whole.
    verdict : str
        "right", "WRONG", "not written" (NotImplementedError), "failed" (an exception),
        "too slow" (over the time limit) or "not checked" (no known arguments to
        construct it with).
    cases : int
        Number of combinations of arguments that were checked.
    errors : dict of str to float
        The largest relative error of each gradient over the cases.
    skipped : int
        Numbers left out because they are at a kink.
    causes : list of str
        What is wrong, as keys of `diagnosis.causes.CAUSES`: "divided_by_batch".
    lines : list of str
        What is wrong and where to look, in sentences.
    right_methods : list of str
        Methods found right before the check ended: "forward".
    borrowed : list of str
        Methods whose work is done by the library.
    reason : str
        Why it failed, in a few words: "KeyError line 46".
    part_names : list of str
        For a file as a whole: the names of its parts.
    earlier : dict of str to list of str
        For a line, what is printed in its place as the first and the second hint:
        where to look, and what is wrong.
    notes : list of str
        What is to be known about the file as a whole: "Left out: ...".
    """

    name: str
    verdict: str = RIGHT
    cases: int = 0
    errors: dict[str, float] = field(default_factory=dict)
    skipped: int = 0
    causes: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    right_methods: list[str] = field(default_factory=list)
    borrowed: list[str] = field(default_factory=list)
    reason: str = ""
    part_names: list[str] = field(default_factory=list)
    earlier: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The verdict, marked if the library did the work."""
        is_borrowed = self.verdict == RIGHT and self.borrowed
        return "right (borrowed)" if is_borrowed else self.verdict

    @property
    def counts(self) -> bool:
        """Whether the part is right and not borrowed: whether it gets its points."""
        return self.verdict == RIGHT and not self.borrowed

    @property
    def cell(self) -> str:
        """The verdict and its reason, for one cell of a table."""
        if self.causes:
            return f"wrong: {', '.join(dict.fromkeys(self.causes))}"
        if self.verdict == FAILED and self.reason:
            return f"{FAILED}: {self.reason}"
        return self.label

    def hints(self, level: int = HINTS) -> list[str]:
        """Return the lines up to a level: where to look, what is wrong, what to do."""
        if level >= HINTS:
            return self.lines
        found = [self.earlier.get(line, [line] * HINTS) for line in self.lines]
        return list(dict.fromkeys(steps[level - 1] for steps in found))

    def text_lines(self, width: int, level: int = HINTS) -> list[str]:
        """Return the lines to print; the name is padded to `width` characters."""
        cases = f"  ({count_of(self.cases, 'case')})" if self.cases else ""
        name = self.name or ("(cells)" if self.part_names else "")
        first = f"  {name:<{width}}  {self.label}{cases}"
        return [first, *(f"      {line}" for line in self.hints(level))]

    def to_json(self) -> str:
        """Return this grade as one line of text."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Grade":
        """Return the grade that `to_json` wrote."""
        return cls(**json.loads(text))


def summary(grades: list[Grade]) -> str:
    """Return how many parts are right, not right, and not written."""
    unwritten = sum(grade.verdict == UNWRITTEN for grade in grades)
    right = sum(grade.verdict == RIGHT for grade in grades)
    wrong = len(grades) - right - unwritten
    if right == len(grades):
        return "all right"
    counts = {"not right": wrong, "not written": unwritten}
    if not wrong:
        counts = {"right": right, **counts}
    return ", ".join(f"{count} {label}" for label, count in counts.items() if count)


def table(grades: dict[Path, list[Grade]]) -> list[list[str]]:
    """Return a table with a header, a row for each file and a column for each part.

    Notes
    -----
    A file is listed without its folder and its ending if that is unique. The last
    column counts the parts that are right and not borrowed. For a file that cannot be
    loaded, every column has the reason.

    Examples
    --------
    >>> grades = [Grade("MyReLU"), Grade("MyDense", "WRONG")]
    >>> table({Path("students/anna.py"): grades})
    [['file', 'MyReLU', 'MyDense', 'right of 2'], ['anna', 'right', 'WRONG', '1']]
    """
    names = list(
        dict.fromkeys(g.name for row in grades.values() for g in row if g.name)
    )
    is_unique = len({path.stem.casefold() for path in grades}) == len(grades)
    rows = [["file", *names, f"right of {len(names)}"]]
    for path, of_file in grades.items():
        cells = {grade.name: grade.cell for grade in of_file}
        missing = cells.get("", "missing")  # "" is a file that cannot be loaded
        right = sum(grade.counts for grade in of_file)
        file = path.stem if is_unique else str(path)
        rows.append([file, *(cells.get(name, missing) for name in names), str(right)])
    return rows
