"""One thing that is wrong, in words."""

from dataclasses import dataclass
from typing import Any

from tinycnn.diagnosis.causes import CAUSES, LOSS_HINTS

NO_GRADIENTS = ("", "y", "params", "cols", "padded")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes
    ----------
    array : str
        Whose gradient: "x", "kernel", "bias"; "y" for the output; "cols" or "padded"
        for what im2col and col2im give; "" for none.
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
    if array == "y_pred":
        hint = LOSS_HINTS.get(cause, hint)
    d = array if array in NO_GRADIENTS else f"d{array}"
    return Finding(array, cause, sentence.format(d=d, **words), hint)
