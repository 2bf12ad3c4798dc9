"""The methods of a part: their signatures, and whose work they do."""

import inspect
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.reference import REFERENCES
from tinycnn.diagnosis.windows import FUNCTIONS
from tinycnn.layers import Layer
from tinycnn.losses import Loss
from tinycnn.optimizers import Optimizer

LIBRARY = "tinycnn."


def borrowed(part: Any) -> list[str]:
    """Return the names of methods whose work is done by the library.

    Such a method is inherited from the library, or calls the library's own through
    ``super()`` or by name. This applies to parts that have a reference (`Dense`,
    `MyDense`, `my_im2col`). Any other class may use the library freely if it defines a
    method of its own.

    Examples
    --------
    >>> from tinycnn.layers import Dense
    >>> class MyDense(Dense):
    ...     __module__ = "my_exercises"
    ...     def forward(self, x, training=False):
    ...         return x @ self.params["kernel"] + self.params["bias"]
    ...     def backward(self, dy):
    ...         return super().backward(dy)
    >>> borrowed(MyDense)
    ['backward']
    """
    if inspect.isfunction(part):
        return [part.__name__] if _uses(part, FUNCTIONS[part.__name__]) else []
    reference = REFERENCES.get(part.__name__.removeprefix("My"))
    if reference is None:
        return [] if _has_own_method(part) else list(methods_of(part))
    return [name for name in methods_of(part) if _is_borrowed(part, name, reference)]


def _has_own_method(cls: type) -> bool:
    """Return whether a class defines a method outside the library, besides __init__."""
    own = [base for base in cls.__mro__[:-1] if not base.__module__.startswith(LIBRARY)]
    return any(
        inspect.isfunction(member) and name != "__init__"
        for base in own
        for name, member in vars(base).items()
    )


def methods_of(cls: type) -> dict[str, tuple[str, ...]]:
    """Return the methods of a layer, loss or optimiser, each with its arguments."""
    if issubclass(cls, Layer):
        return {"forward": ("x", "training"), "backward": ("dy",)}
    if issubclass(cls, Loss):
        return {"per_photo": ("y", "y_pred")}
    return {"update": ("params", "grads")}


def dependencies(part: Any, parts: dict[str, Any]) -> list[str]:
    """Return the names of other parts of a file that this part depends on.

    Those are functions and classes that its code names, and bases whose methods it
    inherits or calls through ``super()``.

    Examples
    --------
    >>> def my_im2col(padded, window, strides): ...
    >>> class MyConv2D(Layer):
    ...     def forward(self, x, training=False):
    ...         return my_im2col(x, (2, 2), (1, 1)) @ self.params["kernel"]
    >>> dependencies(MyConv2D, {"my_im2col": my_im2col, "MyConv2D": MyConv2D})
    ['my_im2col']
    """
    classes = part.__mro__ if isinstance(part, type) else ()
    own = [cls for cls in classes if cls.__module__ == part.__module__]
    members = list(vars(own[0]).values()) if own else [part]
    functions = [member for member in members if isinstance(member, FunctionType)]
    bases = [base for base in own[1:] if _works_through(part, base)]
    return [
        name
        for name, other in parts.items()
        if other is not part
        and (other in bases or any(_uses(f, other) for f in functions))
    ]


def _works_through(cls: type, base: type) -> bool:
    """Return whether a class inherits a method from this base or calls super()'s."""
    for name in methods_of(cls):
        owner = next(k for k in cls.__mro__ if name in vars(k))
        code = getattr(vars(owner)[name], "__code__", None)
        if issubclass(base, owner) or (code and "super" in code.co_names):
            return True
    return False


def wrong_signatures(part: Any) -> Iterator[Finding]:
    """Yield "wrong_arguments" for each method that the library could not call."""
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
            call = f"{name}({', '.join(a for a in arguments if a != 'self')})"
            line = _definition(FUNCTIONS.get(name) or _library_method(part, name), name)
            array = "y" if name == "forward" else ""
            values = {"name": name, "call": call, "error": error, "line": line}
            yield finding("wrong_arguments", array, **values)


def _library_method(cls: type, name: str) -> Callable[..., Any]:
    """Return the library's method of that name."""
    return next(
        vars(base)[name]
        for base in cls.__mro__
        if base.__module__.startswith(LIBRARY) and name in vars(base)
    )


def _definition(function: Callable[..., Any], name: str) -> str:
    """Return the def line of a function, without annotations."""
    parameters = inspect.signature(function).parameters.values()
    plain = [p.replace(annotation=p.empty) for p in parameters]
    arguments = str(inspect.Signature(plain)).replace("<class 'numpy.float32'>", "...")
    return f"def {name}{arguments}"


def _is_borrowed(cls: type, name: str, reference: type) -> bool:
    """Return whether a class's method is the library's, or calls it."""
    owner, *above = [base for base in cls.__mro__ if name in vars(base)]
    if owner.__module__.startswith(LIBRARY):
        # The library's update calls the class's own step, which does the work.
        return name != "update" or _is_borrowed(cls, "step", reference)
    method = vars(owner)[name]
    if not isinstance(method, FunctionType):
        return False
    names = method.__code__.co_names
    if "super" in names and name in names and above:
        # Another layer's work is allowed: a mean may be made from the library's sum.
        return vars(above[0])[name] is getattr(reference, name)
    return _uses(method, reference)


def _uses(function: FunctionType, target: type | Callable[..., Any]) -> bool:
    """Return whether a function's code names a class or function, under any alias.

    ``__code__.co_names`` lists the global names and attributes in the code; each is
    looked up among the function's globals.

    Examples
    --------
    >>> from tinycnn.layers.windows import im2col
    >>> quick = im2col
    >>> def my_im2col(padded, window, strides):
    ...     return quick(padded, window, strides)
    >>> my_im2col.__code__.co_names
    ('quick',)
    >>> _uses(my_im2col, im2col)
    True
    """
    values = (function.__globals__.get(name) for name in function.__code__.co_names)
    return any(value is target for value in values)
