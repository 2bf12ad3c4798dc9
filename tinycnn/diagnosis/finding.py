"""One mistake that a diagnosis found, in words."""

from dataclasses import dataclass
from typing import Any

from tinycnn.diagnosis.causes import CAUSES, LOSS_HINTS

NOT_GRADIENTS = ("", "y", "params", "cols", "padded")


@dataclass(frozen=True)
class Finding:
    """One mistake.

    Attributes
    ----------
    array : str
        The array whose gradient is wrong: "x", "kernel", "bias"; "y" for the output,
        "cols" or "padded" for the result of im2col or col2im; "" for none.
    cause : str
        A key of `causes.CAUSES`.
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


def finding(cause: str, array: str = "", **values: Any) -> Finding:
    """Return the finding of a cause; `values` fill in its sentence."""
    sentence, hint = CAUSES[cause]
    values.setdefault("name", "")
    if array == "y_pred":
        hint = LOSS_HINTS.get(cause, hint)
    d = array if array in NOT_GRADIENTS else f"d{array}"
    return Finding(array, cause, sentence.format(d=d, **values), hint)
