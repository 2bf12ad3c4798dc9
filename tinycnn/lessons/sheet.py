"""A class's guesses on one sheet: how many were right, how many took the mean."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tinycnn.lessons.question import Question
from tinycnn.lessons.questions import QUESTIONS

LONGEST_CELL = 10_000  # characters: a guess is one line
ANOTHER = "gave another answer"
LINE = re.compile(r"^guess\(.*", re.MULTILINE)
UNREADABLE = (SyntaxError, ValueError, TypeError, RecursionError, MemoryError)


@dataclass
class Row:
    """One question of the sheet.

    Attributes
    ----------
    question : Question
        The question.
    count : int
        How many students have guessed.
    right : int
        How many of them were right.
    mistakes : Counter of str
        How many made each mistake, as in "took the mean".
    """

    question: Question
    count: int = 0
    right: int = 0
    mistakes: Counter[str] = field(default_factory=Counter)


def guesses_in(cells: Iterable[str]) -> dict[str, object]:
    """Return the answers in the code of a notebook's cells, by the question's name.

    The code is read and never run. The last guess of a name counts; the three dots are
    not a guess.
    """
    found: dict[str, object] = {}
    for cell in cells:
        if "guess" not in cell or len(cell) > LONGEST_CELL:
            continue
        try:
            tree = ast.parse(cell)
        except UNREADABLE:
            continue
        for name, nodes in _calls(tree):
            answer = tuple(map(_answer, nodes)) if nodes[1:] else _answer(nodes[0])
            if _is_question(name, nodes) and answer is not ...:
                found[name] = answer
    return found


def unread_in(cells: Iterable[str]) -> list[str]:
    """Return the lines of guesses that cannot be read, as with a decimal comma."""
    found: list[str] = []
    for cell in cells:
        lines = LINE.findall(cell)
        if not lines:
            continue
        try:
            calls = list(_calls(ast.parse(cell)))
        except UNREADABLE:
            found += lines
        else:
            unread = [n[0] for name, n in calls if not _is_question(name, n)]
            every = cell.splitlines()
            found += [every[node.lineno - 1].strip() for node in unread]
    return found


def _is_question(name: object, nodes: list[ast.expr]) -> bool:
    """Return whether there is such a question, which takes that many values."""
    question = QUESTIONS.get(str(name))
    return question is not None and (not nodes[1:] or question.takes_several)


def _calls(tree: ast.Module) -> Iterator[tuple[str, list[ast.expr]]]:
    """Yield (name, answers) of each ``guess(name, answer)``, or of several numbers."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "guess":
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            if len(given) >= 2 and isinstance(given[0], ast.Constant):
                yield str(given[0].value), given[1:]


def _answer(node: ast.expr) -> object:
    """Return what is typed as an answer; a name is a word without its quotes."""
    if isinstance(node, ast.Name):
        return node.id
    try:
        return ast.literal_eval(node)
    except UNREADABLE:
        return None


def sheet(students: Iterable[dict[str, object]]) -> list[Row]:
    """Return a row for each question that has a guess, the worst first.

    Parameters
    ----------
    students : iterable of dict
        The answers of each student, as `guesses_in` returns them.
    """
    rows = {name: Row(question) for name, question in QUESTIONS.items()}
    for answers in students:
        for name, answer in answers.items():
            row = rows[name]
            verdict = row.question.verdict_on(answer)
            row.count += 1
            if verdict.is_right:
                row.right += 1
            else:
                row.mistakes[verdict.mistake.what if verdict.mistake else ANOTHER] += 1
    given = [row for row in rows.values() if row.count]
    return sorted(given, key=lambda row: row.right / row.count)
