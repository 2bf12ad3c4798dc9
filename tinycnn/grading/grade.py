"""What a check says of one part of somebody's file."""

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path

from tinycnn.text import count_of

RIGHT, WRONG, UNWRITTEN, FAILED = "right", "WRONG", "not written", "failed"
SLOW, UNCHECKED = "too slow", "not checked"


@dataclass
class Answer:
    """What a check says of one part, or of a file that cannot be loaded.

    Attributes
    ----------
    part : str
        The class's name; "" for the file as a whole.
    verdict : str
        "right", "WRONG", "not written" (NotImplementedError), "failed" (it raised an
        error), "too slow" (over the time limit), "not checked" (nobody knows how to
        construct it).
    cases : int
        How many ways of constructing it were checked.
    errors : dict of str to float
        The worst relative error of each gradient over the cases.
    skipped : int
        Numbers left out because they sit at a kink.
    causes : list of str
        Identifiers of what is wrong: "divided_by_batch".
    lines : list of str
        What is wrong and where to look, in words.
    done : list of str
        What was found right before the check ended: "forward".
    borrowed : list of str
        Methods that are the library's own work, or hand on to it.
    reason : str
        Why it failed, in a few words: "KeyError line 46".
    parts : list of str
        For a file as a whole: the names of its parts.
    """

    part: str
    verdict: str = RIGHT
    cases: int = 0
    errors: dict[str, float] = field(default_factory=dict)
    skipped: int = 0
    causes: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    borrowed: list[str] = field(default_factory=list)
    reason: str = ""
    parts: list[str] = field(default_factory=list)

    @property
    def cell(self) -> str:
        """The verdict in a few words, for a table of many files."""
        causes = dict.fromkeys(self.causes)
        if causes:
            return f"wrong: {', '.join(causes)}"
        if self.verdict == FAILED and self.reason:
            return f"{FAILED}: {self.reason}"
        return self.shown

    @property
    def shown(self) -> str:
        """The verdict, and whether it is somebody else's merit."""
        is_right = self.verdict == RIGHT
        return "right (borrowed)" if is_right and self.borrowed else self.verdict

    def table(self, width: int) -> list[str]:
        """Return what is printed of it, with `width` letters for the name."""
        errors = ", ".join(f"d{name} {e:.1e}" for name, e in self.errors.items())
        kinks = f"; {self.skipped} at kinks left out" if self.skipped else ""
        tried = f"{count_of(self.cases, 'case')}; " if self.cases else ""
        measured = f"  ({tried}relative errors: {errors}{kinks})" if errors else ""
        first = f"  {self.part:<{width}}  {self.shown}{measured}"
        return [first, *(f"      {line}" for line in self.lines)]

    def to_json(self) -> str:
        """Return this answer as one line of text."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Answer":
        """Return the answer that `to_json` wrote."""
        return cls(**json.loads(text))


def summary(given: list[Answer]) -> str:
    """Return how many parts are right, not right, and not written."""
    unwritten = sum(answer.verdict == UNWRITTEN for answer in given)
    right = sum(answer.verdict == RIGHT for answer in given)
    wrong = len(given) - right - unwritten
    if right == len(given):
        return "all right"
    counts = {"not right": wrong, "not written": unwritten}
    if not wrong:
        counts = {"right": right, **counts}
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)


def table(found: dict[Path, list[Answer]]) -> list[list[str]]:
    """Return the rows of a table, the header first.

    Parameters
    ----------
    found : dict of Path to list of Answer
        What was said of the parts of each file.

    Notes
    -----
    A file is called by its name without folder and ".py" if no two have the same one.
    The last column counts the parts that are right and their author's own. A file that
    cannot be loaded has the reason in each column.

    Examples
    --------
    >>> said = [Answer("MyReLU"), Answer("MyDense", "WRONG")]
    >>> table({Path("students/anna.py"): said})
    [['file', 'MyReLU', 'MyDense', 'right of 2'], ['anna', 'right', 'WRONG', '1']]
    """
    every = [answer for given in found.values() for answer in given]
    parts = list(dict.fromkeys(answer.part for answer in every if answer.part))
    are_told_apart = len({path.stem.casefold() for path in found}) == len(found)
    rows = [["file", *parts, f"right of {len(parts)}"]]
    for path, given in found.items():
        cells = {answer.part: answer.cell for answer in given}
        missing = cells.get("", "missing")  # a file that cannot be loaded
        right = sum(one.verdict == RIGHT and not one.borrowed for one in given)
        name = path.stem if are_told_apart else str(path)
        rows.append([name, *(cells.get(part, missing) for part in parts), str(right)])
    return rows
