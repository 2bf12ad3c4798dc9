"""A question of a notebook: what can be typed, what is right, what a mistake means."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinycnn.text import shortened

Answer = str | float | tuple[float, ...]
LONGEST = 200  # characters of a typed answer that are read
# 44, -0.5, .5, 1e-3, 1/2, 50%; a minus may be the longer one of a printed page.
NUMBER = re.compile(r"([+\-\u2212]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,2})?)(?:/(\d+))?%?")


@dataclass(frozen=True)
class Between:
    """Any number from low to high, both included."""

    low: float
    high: float


@dataclass(frozen=True)
class Wrong:
    """A wrong answer that students give, and what leads to it.

    Attributes
    ----------
    answer : str, float, tuple of float or Between
        What is typed.
    what : str
        What a student did, in the past tense: "took the mean".
    where : str
        One or two sentences: what is different, and where that can be seen.
    belief : str
        What students say, as in the table of misconceptions in docs/for-teachers.md.
    """

    answer: Answer | Between
    what: str
    where: str
    belief: str


@dataclass(frozen=True)
class Verdict:
    """What is to be said about an answer.

    Attributes
    ----------
    text : str
        For the student.
    is_right : bool or None
        None if the answer is not of the kind that can be typed.
    mistake : Wrong or None
        The wrong answer, if it is one of those known.
    """

    text: str
    is_right: bool | None
    mistake: Wrong | None = None


@dataclass(frozen=True)
class Question:
    """A question, its answer, and the wrong answers that are known.

    Attributes
    ----------
    name : str
        As it is typed in ``guess(name, ...)``.
    notebook : int
        The number of its notebook.
    section : str
        The heading above it.
    right : str, float or tuple of float
        One of the choices, or all of them in the right order; a number; or several
        numbers (a table of numbers row by row).
    why : str
        The reason, in one or two sentences.
    wrong : tuple of Wrong
        The known wrong answers; where one fits several, the nearest is named.
    look : str
        What to look at after a wrong answer that is not known.
    choices : tuple of str
        The words or letters that can be typed; empty if the answer is made of numbers.
    typed : str
        What can be typed, if it is made of numbers.
    tolerance : float
        How far a number may be from the right one.
    is_percentage : bool
        0.5 stands for 50 then, and (1, 0.5, 0) for (100, 50, 0).
    """

    name: str
    notebook: int
    section: str
    right: Answer
    why: str
    wrong: tuple[Wrong, ...]
    look: str
    choices: tuple[str, ...] = ()
    typed: str = "a number"
    tolerance: float = 1e-6
    is_percentage: bool = False

    @property
    def can_be_typed(self) -> str:
        """What can be typed, in words."""
        if not self.choices:
            return self.typed
        *first, last = (f'"{choice}"' for choice in self.choices)
        if self.right in self.choices:
            return f"{', '.join(first)} or {last}"
        return f'"{"".join(self.choices)}" in your order'

    @property
    def takes_several(self) -> bool:
        """Whether several values can be typed, with or without parentheses."""
        return isinstance(self.right, tuple) or bool(self.choices)

    def line(self, answer: Answer) -> str:
        """Return the line of a notebook that gives an answer: ``guess(...)``."""
        if isinstance(answer, tuple):
            written = f"({', '.join(f'{number:.10g}' for number in answer)})"
        else:
            written = f'"{answer}"' if isinstance(answer, str) else f"{answer:.10g}"
        return f'guess("{self.name}", {written})  # {self.can_be_typed}'

    def verdict_on(self, answer: object) -> Verdict:
        """Return what is to be said about an answer.

        Upper and lower case, spaces and quotes do not count; numbers may be written as
        text, with a decimal comma, a fraction or a %.
        """
        value = self._read(answer)
        if value is None:
            typed = f"Please type {self.can_be_typed}; this was {shortened(answer)}."
            return Verdict(typed, None)
        if self._distance(value, self.right) <= self.tolerance:
            return Verdict(f"Right: {self.why}", True)
        wrong = min(self.wrong, key=lambda known: self._distance(value, known.answer))
        if self._distance(value, wrong.answer) <= self.tolerance:
            perhaps = "You" if self.choices else "Perhaps you"
            text = f"Not quite. {perhaps} {wrong.what}. {wrong.where}"
            return Verdict(text, False, wrong)
        return Verdict(f"Not quite. {self.look}", False)

    def _read(self, answer: object) -> Answer | None:
        """Return an answer as the table writes it, or None if it is of another kind."""
        if not self.choices:
            numbers = _numbers(answer)
            if isinstance(self.right, tuple):
                are_shares = all(0 <= number <= 1 for number in numbers)
                if self.is_percentage and are_shares:
                    numbers = tuple(100 * number for number in numbers)
                return numbers if len(numbers) == len(self.right) else None
            if isinstance(answer, str):
                numbers = _number(answer)
            if len(numbers) != 1:
                return None
            (number,) = numbers
            is_share = self.is_percentage and 0 < number < 1
            return number * 100 if is_share else number
        if isinstance(answer, (list, tuple)) and all(
            isinstance(x, str) for x in answer
        ):
            answer = "".join(answer)
        if not isinstance(answer, str):
            return None
        word = re.sub(r"[\W_]+", "", answer[:LONGEST]).lower()
        if self.right in self.choices:
            plain = {
                re.sub(r"\W+", "", choice).lower(): choice for choice in self.choices
            }
            return plain.get(word)
        return word if sorted(word) == sorted(self.choices) else None

    def _distance(self, value: Answer, other: Answer | Between) -> float:
        """Return how far an answer is from another one; words differ infinitely."""
        if isinstance(other, Between):
            is_inside = isinstance(value, float) and other.low <= value <= other.high
            return 0.0 if is_inside else np.inf
        if isinstance(value, str) or isinstance(other, str):
            return 0.0 if value == other else np.inf
        return float(np.max(np.abs(np.subtract(value, other))))


def _numbers(answer: object) -> tuple[float, ...]:
    """Return the numbers of an answer, row by row; none if there is anything else."""
    if isinstance(answer, str):
        text = answer[:LONGEST].strip("[]() \n")
        # A comma before a space, or every comma if there are no spaces, separates.
        pieces: list[Any] = re.split(
            r"[;\s]+|,\s+" if re.search(r"\s|;", text) else ",", text
        )
        return _numbers([_number(piece.strip(",")) for piece in pieces])
    if isinstance(answer, np.ndarray):
        return _numbers(answer.tolist()) if answer.size <= LONGEST else ()
    if isinstance(answer, (list, tuple)):
        found = [
            _number(part) if isinstance(part, str) else _numbers(part)
            for part in answer[:LONGEST]
        ]
        return tuple(n for part in found for n in part) if all(found) else ()
    if isinstance(answer, (int, float, np.number)) and not isinstance(answer, bool):
        return _finite(answer)
    return ()


def _number(text: str) -> tuple[float, ...]:
    """Return the one number that a text is, or none: 0.5, "0,5", "1/2", "50 %"."""
    match = NUMBER.fullmatch(re.sub(r"[\s\"']", "", text[:LONGEST]).replace(",", "."))
    if not match or (match[2] and not float(match[2])):
        return ()
    return _finite(float(match[1].replace("\u2212", "-")) / float(match[2] or 1))


def _finite(number: Any) -> tuple[float, ...]:
    """Return a number if it is a real one that is not infinite, or none."""
    try:
        value = float(number)
    except (OverflowError, TypeError):
        return ()
    return (value,) if np.isfinite(value) else ()
