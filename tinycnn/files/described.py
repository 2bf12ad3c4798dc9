"""Small objects that a file can name: a class of a fixed table, and plain arguments."""

import inspect
from typing import Any, TypeVar

Kind = TypeVar("Kind", bound="Described")


class Described:
    """An object that keeps each argument of its ``__init__`` under the same name.

    Schedules, initialisers and regularisers are such objects. A file that names one
    holds ``{"L2": {"l2": 0.01}}``.
    """

    def config(self) -> dict[str, Any]:
        """Return the arguments of ``__init__`` as plain JSON."""
        names = inspect.signature(type(self)).parameters
        return {name: getattr(self, name) for name in names}

    def described(self) -> dict[str, Any]:
        """Return {name of the class: arguments}, as plain JSON."""
        return {type(self).__name__: self.config()}

    def __repr__(self) -> str:
        arguments = ", ".join(f"{k}={v!r}" for k, v in self.config().items())
        return f"{type(self).__name__}({arguments})"


def from_description(description: Any, table: dict[str, type[Kind]], what: str) -> Kind:
    """Return the object of a description.

    Parameters
    ----------
    description : dict
        As `Described.described` returns it. It may come from an untrusted file.
    table : dict of str to type
        The classes that may be named.
    what : str
        What is wanted, for the message.

    Raises
    ------
    ValueError or TypeError
        If it is not a description, or the class refuses its arguments.
    """
    if isinstance(description, dict) and len(description) == 1:
        ((name, arguments),) = description.items()
        if name in table and isinstance(arguments, dict):
            return table[name](**arguments)
    raise ValueError(f"{what} should be one of {', '.join(table)}, got {description!r}")
