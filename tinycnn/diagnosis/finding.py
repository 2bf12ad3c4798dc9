"""One thing that is wrong, in words."""

from dataclasses import dataclass
from typing import Any

from tinycnn.diagnosis.causes import CAUSES


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes
    ----------
    array : str
        Whose gradient: "x", "kernel", "bias"; "y" for the output; "" for none.
    cause : str
        An identifier of `causes.CAUSES`.
    sentence : str
        What is wrong.
    hint : str
        Where to look.
    """

    array: str
    cause: str
    sentence: str
    hint: str

    def __str__(self) -> str:
        return f"{self.sentence} {self.hint}"


def finding(cause: str, array: str = "", **words: Any) -> Finding:
    """Return the finding of a cause, with its sentence filled in."""
    sentence, hint = CAUSES[cause]
    d = {"": "", "y": "y", "params": "params"}.get(array, f"d{array}")
    return Finding(array, cause, sentence.format(d=d, **words), hint)
