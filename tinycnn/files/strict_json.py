"""JSON from untrusted files, without what Python accepts but no writer produces.

Python accepts NaN, duplicate keys, lists nested to any depth and numbers of thousands
of digits. A file with any of these was not written by this library.
"""

import json
import math
from typing import Any

MAX_DEPTH = 16  # of nested dicts and lists; a model file needs seven
MAX_DIGITS = 100


def strict_json(text: bytes, name: str, depth: int = MAX_DEPTH) -> Any:
    """Return the JSON value of UTF-8 text or raise ValueError; messages call it `name`.

    NaN, duplicate keys, nesting deeper than `depth` and huge numbers are refused.
    """

    def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError(f"{name} has a duplicate key")
        return dict(pairs)

    def number(digits: str) -> Any:
        # Python reads "-0" as an int; other readers of the format do not.
        if len(digits) <= MAX_DIGITS and digits != "-0":
            value = int(digits) if digits.lstrip("-").isdigit() else float(digits)
            if math.isfinite(value):
                return value
        raise ValueError(f"{name} holds the number {digits[:20]}")

    try:
        value = json.loads(
            text.decode("utf-8"),
            object_pairs_hook=unique_keys,
            parse_constant=number,
            parse_float=number,
            parse_int=number,
        )
    except json.JSONDecodeError:
        raise ValueError(f"{name} is not JSON") from None
    except UnicodeDecodeError:
        raise ValueError(f"{name} is not UTF-8 text") from None
    except RecursionError:
        raise ValueError(f"{name} is nested too deeply") from None
    if _is_deep(value, depth):
        raise ValueError(f"{name} is nested too deeply")
    return value


def _is_deep(value: Any, depth: int) -> bool:
    values = [value]
    for _ in range(depth):
        containers = [v for v in values if isinstance(v, (dict, list))]
        if not containers:
            return False
        values = []
        for one in containers:
            values += one.values() if isinstance(one, dict) else one
    return True
