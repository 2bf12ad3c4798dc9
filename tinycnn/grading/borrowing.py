"""The methods of a part: do they fit the calls, and are they its author's own."""

import inspect
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.reference import TWINS
from tinycnn.diagnosis.windows import FUNCTIONS
from tinycnn.layers import Layer
from tinycnn.losses import Loss
from tinycnn.optimizers import Optimizer

LIBRARY = "tinycnn."


def borrowed(part: Any) -> list[str]:
    """Return which methods of a part are the library's own work, by name.

    Such a method is inherited from the library, or it calls the library's through
    ``super()`` or by name. Asked of parts that are named like the library's (`Dense`,
    `MyDense`, `my_im2col`); any other may use the library as it likes, as long as it
    has a method of its own.
    """
    if inspect.isfunction(part):
        return [part.__name__] if _calls(part, FUNCTIONS[part.__name__]) else []
    twin = TWINS.get(part.__name__.removeprefix("My"))
    if twin is None:
        return [] if _has_own(part) else list(methods_of(part))
    return [name for name in methods_of(part) if _is_borrowed(part, name, twin)]


def _has_own(kind: type) -> bool:
    """Return whether anything but its ``__init__`` is its author's own."""
    own = [k for k in kind.__mro__[:-1] if not k.__module__.startswith(LIBRARY)]
    return any(
        inspect.isfunction(thing) and name != "__init__"
        for k in own
        for name, thing in vars(k).items()
    )


def methods_of(kind: type) -> dict[str, tuple[str, ...]]:
    """Return the methods that make up a layer, a loss or an optimiser: their calls."""
    if issubclass(kind, Layer):
        return {"forward": ("x", "training"), "backward": ("dy",)}
    if issubclass(kind, Loss):
        return {"per_photo": ("y", "y_pred")}
    return {"update": ("params", "grads")}


def leans_on(part: Any, parts: dict[str, Any]) -> list[str]:
    """Return the other parts of a file that do some of this part's work, by name.

    Those are functions and classes that it calls by name, and a base whose method it
    inherits or calls through ``super()``.
    """
    kinds = part.__mro__ if isinstance(part, type) else ()
    own = [k for k in kinds if k.__module__ == part.__module__]
    functions = [f for k in own[:1] for f in vars(k).values()] or [part]
    functions = [f for f in functions if isinstance(f, FunctionType)]
    bases = [k for k in own[1:] if _works_through(part, k)]
    return [
        name
        for name, other in parts.items()
        if other is not part
        and (other in bases or any(_calls(f, other) for f in functions))
    ]


def _works_through(kind: type, base: type) -> bool:
    """Return whether a class inherits a method from this base or calls super()'s."""
    for name in methods_of(kind):
        owner = next(k for k in kind.__mro__ if name in vars(k))
        code = getattr(vars(owner)[name], "__code__", None)
        if issubclass(base, owner) or (code and "super" in code.co_names):
            return True
    return False


def misfits(part: Any) -> Iterator[Finding]:
    """Yield "wrong_arguments" for each method that cannot be called as it will be."""
    if inspect.isfunction(part):
        arguments = tuple(inspect.signature(FUNCTIONS[part.__name__]).parameters)
        calls = [(part, part.__name__, arguments)]
    elif issubclass(part, (Layer, Loss, Optimizer)):
        calls = [
            (getattr(part, name), name, ("self", *arguments))
            for name, arguments in methods_of(part).items()
        ]
        if issubclass(part, Layer):
            build = ("self", "input_shape", "rng", "dtype")
            calls.append((part.build, "build", build))
    else:
        return
    for method, name, arguments in calls:
        try:
            inspect.signature(method).bind(*arguments)
        except TypeError as error:
            wanted = f"{name}({', '.join(a for a in arguments if a != 'self')})"
            array = "y" if name == "forward" else ""
            own = FUNCTIONS.get(name) or _library(part, name)
            words = {"name": name, "wanted": wanted, "error": error}
            yield finding("wrong_arguments", array, **words, line=_line(own, name))


def _library(kind: type, name: str) -> Callable[..., Any]:
    """Return the library's method of that name."""
    method: Callable[..., Any] = next(
        vars(k)[name]
        for k in kind.__mro__
        if k.__module__.startswith(LIBRARY) and name in vars(k)
    )
    return method


def _line(function: Callable[..., Any], name: str) -> str:
    """Return the line with def, without the types."""
    parameters = inspect.signature(function).parameters.values()
    plain = [p.replace(annotation=p.empty) for p in parameters]
    words = str(inspect.Signature(plain)).replace("<class 'numpy.float32'>", "...")
    return f"def {name}{words}"


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
        # Another layer's work is no loan: a mean may be made of the library's sum.
        return vars(above[0])[name] is getattr(twin, name)
    return _calls(method, twin)


def _calls(function: FunctionType, wanted: type | Callable[..., Any]) -> bool:
    """Return whether a function uses the library's own, under whatever name."""
    known = (function.__globals__.get(word) for word in function.__code__.co_names)
    return any(one is wanted for one in known)
