"""Which classes a file has, and how to construct each of them.

A file may say how itself, in a list named CASES, as the library's own tests do::

    CASES = [(MyScale(factor=2), (5, 6, 2)), (MyDense(3), (4,)), MySGD(lr=0.1)]

each a layer and the shape of one input, or a loss or an optimiser alone. A class that
is not in it is constructed like the library's class of that name (or that it derives
from), and any other by the names of its arguments: `filters`, `kernel_size`, `units`
... have their usual meaning.
"""

import copy
import importlib.util
import inspect
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from tinycnn.diagnosis.reference import TWINS
from tinycnn.diagnosis.windows import FUNCTIONS
from tinycnn.layers import Dense, Layer
from tinycnn.losses import Loss
from tinycnn.optimizers import Optimizer
from tinycnn.randomness import rng_for
from tinycnn.shapes import Shape

PHOTO, ROW = (5, 6, 2), (4,)
_POOLING: list[dict[str, Any]] = [
    {"pool_size": (2, 3)},
    {"pool_size": (2, 2), "strides": 1},
    {"pool_size": (2, 3), "strides": (1, 2), "padding": "same"},
]
# How the library's own layers are constructed here: arguments, by name of the class.
ARGUMENTS: dict[str, list[dict[str, Any]]] = {
    "Conv2D": [
        {"filters": 3, "kernel_size": (2, 3)},
        {"filters": 2, "kernel_size": (3, 2), "strides": (2, 1)},
        {"filters": 2, "kernel_size": (2, 3), "padding": "same"},
    ],
    "MaxPooling2D": _POOLING,
    "AveragePooling2D": _POOLING,
    "SumPooling2D": _POOLING,
    "Dense": [{"units": 3}, {"units": 1}],
    "Dropout": [{"rate": 0.3}],
    "SGD": [{"learning_rate": 0.01, "momentum": 0.5}, {"learning_rate": 0.01}],
}
# What an argument of this name usually is.
USUAL: dict[str, Any] = {
    "filters": 3,
    "kernel_size": (2, 3),
    "pool_size": (2, 3),
    "units": 3,
    "rate": 0.3,
    "learning_rate": 0.01,
}
Case = tuple[Any, Shape | None]


class CannotConstruct(Exception):
    """Nobody knows how to construct a class: one line that says what to write."""


def load(path: Path) -> ModuleType:
    """Return a file as a module; what it runs, runs now."""
    # At the end: a file named random.py beside it must not replace Python's own.
    sys.path.append(str(path.parent))
    sys.dont_write_bytecode = True  # nothing is left in somebody's folder
    name = f"_file_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError("it is no Python file: its name should end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def parts_of(module: ModuleType) -> dict[str, Any]:
    """Return what is written in a file and can be checked, by name.

    Those are the subclasses of Layer, Loss and Optimizer, any class that looks like
    one (`looks_like`), and functions named `my_im2col` and `my_col2im`. A name that
    begins with _ is left out.
    """
    return {
        name: part
        for name, part in vars(module).items()
        if getattr(part, "__module__", None) == module.__name__
        and not name.startswith("_")
        and (_is_checked(part) or (name in FUNCTIONS and inspect.isfunction(part)))
    }


def _is_checked(part: object) -> bool:
    """Return whether this is a class that a check knows what to ask of."""
    return isinstance(part, type) and (
        issubclass(part, (Layer, Loss, Optimizer)) or bool(looks_like(part))
    )


def looks_like(kind: type) -> dict[str, type]:
    """Return the telling methods that a class has, each with the base it should have.

    Only methods of somebody's own count: a dict has an `update`, too.
    """
    bases = {"forward": Layer, "backward": Layer, "per_photo": Loss}
    found = {name: base for name, base in bases.items() if hasattr(kind, name)}
    update = getattr(kind, "update", None)
    if inspect.isfunction(update) and {"params", "grads"} <= {
        *inspect.signature(update).parameters
    }:
        found["update"] = Optimizer
    return found


def cases_of(module: ModuleType, kind: type) -> list[Case]:
    """Return (object, shape of one input) for each way to check a class.

    Raises
    ------
    CannotConstruct
        If neither CASES nor the names of the arguments say how.
    """
    if not issubclass(kind, (Layer, Loss, Optimizer)):
        telling = looks_like(kind)
        has = " and ".join(f"a {name}" for name in telling).replace("a u", "an u")
        base = next(iter(telling.values()))
        home = {Layer: "layers", Loss: "losses", Optimizer: "optimizers"}[base]
        raise CannotConstruct(
            f"{kind.__name__} has {has}, but is no "
            f"{base.__name__}: write `from tinycnn.{home} import {base.__name__}` and "
            f"`class {kind.__name__}({base.__name__}):`"
        )
    if listed := _listed(module, kind):
        return listed
    names = [kind.__name__.removeprefix("My"), *(k.__name__ for k in kind.__mro__[1:])]
    twin = next((name for name in names if name in TWINS), "")
    has_cases, ways = hasattr(module, "CASES"), ARGUMENTS.get(twin, [{}])
    things = [_constructed(kind, given, has_cases) for given in ways]
    return [
        (thing, _shape_for(thing) if isinstance(thing, Layer) else None)
        for thing in things
    ]


def _shape_for(layer: Layer) -> Shape:
    """Return the shape of one input: a photo, or a row where a photo does not work."""
    possible = []
    for shape in (getattr(layer, "input_shape", None), PHOTO, ROW):
        if shape is not None:
            mine = copy.deepcopy(layer)
            try:
                mine.build(shape, rng_for(0, "check"), np.float64)
                possible.append(shape)
                mine.forward(np.ones((1, *shape)))
            except NotImplementedError:
                return shape
            except Exception:
                continue
            return shape
    # It works on none: then the first that it can be built for shows its own error.
    return possible[0] if possible else PHOTO


def _listed(module: ModuleType, kind: type) -> list[Case]:
    """Return what the file itself lists for this class in CASES."""
    try:
        cases: list[Case] = []
        for entry in getattr(module, "CASES", []):
            alone = isinstance(entry, (Loss, Optimizer))
            thing, shape = (entry, ()) if alone else entry
            if type(thing) is kind:
                cases.append((thing, tuple(shape)))
    except (TypeError, ValueError):
        raise CannotConstruct(
            "CASES should be a list of (layer, shape of one input), such as "
            "[(MyDense(3), (4,))]; a loss or an optimiser stands there alone"
        ) from None
    return cases


def _constructed(kind: type, arguments: dict[str, Any], has_cases: bool) -> Any:
    """Return an object of a class, with those of the arguments that it takes."""
    parameters = inspect.signature(kind).parameters
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    known = {**USUAL, **arguments}
    chosen = {name: known[name] for name in parameters if name in known}
    # Whatever a class passes on to the library's (**keywords) is meant for that one.
    if takes_any:
        chosen |= arguments
    needed = [
        name
        for name, p in parameters.items()
        if p.default is p.empty
        and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
        and name not in chosen
    ]
    if needed:
        case = f"{kind.__name__}({', '.join(f'{name}=...' for name in needed)})"
        about = ""
        if issubclass(kind, Layer):
            case = f"({case}, {ROW if issubclass(kind, Dense) else PHOTO})"
            about = ", the layer and the shape of one input"
        how = (
            f"add {case} to CASES"
            if has_cases
            else f"say how to construct it with a line CASES = [{case}] at the end of "
            "the file"
        )
        needs = ", ".join(needed)
        raise CannotConstruct(f"{kind.__name__} needs {needs}: {how}{about}")
    return kind(**chosen)
