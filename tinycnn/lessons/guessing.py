"""Guess before you run: one typed line, answered at once.

A wrong guess never stops a notebook. A missing one does: "Run All" stops there, with
one line of text in place of an error's.
"""

import textwrap
from difflib import get_close_matches

from tinycnn.lessons.questions import QUESTIONS
from tinycnn.text import say, shortened

WIDTH = 84
_was_right: dict[str, bool] = {}  # by the question's name: the last guess of each


class NoGuess(Exception):
    """The three dots are still there: one line for the student."""

    def _render_traceback_(self) -> list[str]:
        """Return what Jupyter shows in place of the traceback."""
        return [str(self)]


def guess(name: str, answer: object = ..., *more: object) -> None:
    """Print whether a guess is right, and why, or what leads to the wrong one.

    Parameters
    ----------
    name : str
        The question, as the notebook writes it.
    answer : str, number or several numbers
        Your guess, in place of the three dots.
    *more : number
        Several numbers do not need parentheses.

    Raises
    ------
    NoGuess
        If the three dots are still there.
    """
    question = QUESTIONS.get(str(name))
    if question is None:
        near = get_close_matches(str(name), QUESTIONS, 1)
        hint = f': the question here is "{near[0]}"' if near else ""
        _tell(f'There is no question "{shortened(name)}"{hint}.')
    elif answer is ... or (isinstance(answer, str) and answer in ("...", "\u2026")):
        raise NoGuess(
            f"Your guess first: replace the three dots by {question.can_be_typed}."
        )
    elif more and not question.takes_several:
        whole, *rest = map(str, (answer, *more))
        point = f": {whole}.{rest[0]}" if len(rest) == 1 and rest[0].isdigit() else ""
        _tell(f"Please type one number, with a decimal point{point}.")
    else:
        verdict = question.verdict_on((answer, *more) if more else answer)
        if verdict.is_right is not None:
            _was_right.pop(name, None)  # the last guess stands last
            _was_right[name] = verdict.is_right
        _tell(verdict.text)


def guesses() -> None:
    """Print how many of a notebook's guesses were right, and what to look at again."""
    if not _was_right:
        _tell("There is no guess yet.")
        return
    notebook = QUESTIONS[next(reversed(_was_right))].notebook
    names = [name for name, q in QUESTIONS.items() if q.notebook == notebook]
    missing = [name for name in names if name not in _was_right]
    wrong = [name for name in names if not _was_right.get(name, True)]
    right = len(names) - len(missing) - len(wrong)
    text = f"{right} of {len(names)} guesses were right"
    for what, others in (("look again at", wrong), ("no guess yet", missing)):
        if others:
            text += f"; {what}: " + ", ".join(f'"{name}"' for name in others)
    _tell(text + ".")


def _tell(text: str) -> None:
    """Print a text in lines that fit on a page."""
    for line in textwrap.wrap(text, WIDTH):
        say(line)
