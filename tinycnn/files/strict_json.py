"""JSON from strangers: what Python's own reader lets through, and nobody means.

Python takes NaN, a key that stands twice, lists in lists in lists, and numbers of
thousands of digits. A file that holds one of these was not written by this library.
"""

import json
import math
from typing import Any

MAX_DEPTH = 16  # dicts and lists within each other; a model file needs seven
MAX_DIGITS = 100


def strict_json(text: bytes, what: str) -> Any:
    """Return the JSON value; no NaN, no key twice, nothing deep, no giant number.

    Parameters
    ----------
    text : bytes
        UTF-8.
    what : str
        How the messages call it.

    Raises
    ------
    ValueError
        If it is no JSON or one of these.
    """

    def no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError(f"{what} names something twice")
        return dict(pairs)

    def number(digits: str) -> Any:
        # "-0" is a whole number to Python, and none to other readers of the format.
        if len(digits) <= MAX_DIGITS and digits != "-0":
            value = int(digits) if digits.lstrip("-").isdigit() else float(digits)
            if math.isfinite(value):
                return value
        raise ValueError(f"{what} holds the number {digits[:20]}")

    try:
        value = json.loads(
            text.decode("utf-8"),
            object_pairs_hook=no_twins,
            parse_constant=number,
            parse_float=number,
            parse_int=number,
        )
    except json.JSONDecodeError:
        raise ValueError(f"{what} is no JSON") from None
    except UnicodeDecodeError:
        raise ValueError(f"{what} is no UTF-8 text") from None
    except RecursionError:
        raise ValueError(f"{what} is nested too deep") from None
    if _is_deep(value):
        raise ValueError(f"{what} is nested too deep")
    return value


def _is_deep(value: Any) -> bool:
    values = [value]
    for _ in range(MAX_DEPTH):
        rooms = [v for v in values if isinstance(v, (dict, list))]
        if not rooms:
            return False
        values = [
            child
            for room in rooms
            for child in (room.values() if isinstance(room, dict) else room)
        ]
    return True
