"""Is it somebody's own work? What a part hands on to the library's own."""

import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any

from tinycnn.diagnosis.twins import TWINS
from tinycnn.diagnosis.windows import FUNCTIONS
from tinycnn.layers import Layer
from tinycnn.losses import Loss

LIBRARY = "tinycnn."


def borrowed(part: Any) -> list[str]:
    """Return which methods of a part are the library's own work, by name.

    Such a method is inherited from the library, or it calls the library's through
    ``super()`` or by name. Asked of parts that are named like the library's (`Dense`,
    `MyDense`, `my_im2col`); any other may use the library as it likes.
    """
    if inspect.isfunction(part):
        return [part.__name__] if _calls(part, FUNCTIONS[part.__name__]) else []
    twin = TWINS.get(part.__name__.removeprefix("My"))
    if twin is None:
        return []
    names = ["update"]
    if issubclass(part, Layer):
        names = ["forward", "backward"]
    elif issubclass(part, Loss):
        names = ["per_photo"]
    return [name for name in names if _is_borrowed(part, name, twin)]


def _is_borrowed(kind: type, name: str, twin: type) -> bool:
    """Return whether a class's method is the library's, or calls it."""
    places = [base for base in kind.__mro__ if name in vars(base)]
    owner, *above = places
    if owner.__module__.startswith(LIBRARY):
        return True
    method = vars(owner)[name]
    if not isinstance(method, FunctionType):
        return False
    words = method.__code__.co_names
    if "super" in words and name in words and above:
        return above[0].__module__.startswith(LIBRARY)
    return _calls(method, twin)


def _calls(function: FunctionType, wanted: type | Callable[..., Any]) -> bool:
    """Return whether a function uses the library's own, under whatever name."""
    known = (function.__globals__.get(word) for word in function.__code__.co_names)
    return any(one is wanted for one in known)
