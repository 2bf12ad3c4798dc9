"""The parts of a file, and how to construct each of them.

A file may list how, in a variable named CASES, as the library's own tests do::

    CASES = [(MyScale(factor=2), (5, 6, 2)), (MyDense(3), (4,)), MySGD(lr=0.1)]

Each entry is a layer with the shape of one input, or a loss or an optimiser. A class
that is not listed is constructed with the arguments of the library's class of that name
(or the one it derives from), or by the names of its arguments: `filters`,
`kernel_size`, `units` ... have their usual meaning.
"""

import copy
import inspect
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from tinycnn.diagnosis.reference import REFERENCES
from tinycnn.diagnosis.windows import FUNCTIONS
from tinycnn.grading.notebooks import (
    SUFFIX,
    Notebook,
    prepare,
    read_notebook,
    run_cells,
)
from tinycnn.grading.statements import Script, read_statements
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
    # A border at the top, and another number of rows than of columns in it.
    {"pool_size": (3, 2), "strides": 1, "padding": "same"},
    {"pool_size": (2, 1), "strides": (3, 2)},  # a step larger than the window
    {"pool_size": (1, 3), "strides": 1, "padding": "same"},  # no border at the bottom
]
_LIKE_ADAM: dict[str, Any] = {"beta_1": 0.8, "beta_2": 0.98, "epsilon": 1e-4}
# Arguments to construct the library's classes with; {} for any other class.
ARGUMENTS: dict[str, list[dict[str, Any]]] = {
    "Conv2D": [
        {"filters": 3, "kernel_size": (2, 3)},
        {"filters": 2, "kernel_size": (3, 2), "strides": (2, 1)},
        {"filters": 2, "kernel_size": (2, 3), "padding": "same"},
        {"filters": 2, "kernel_size": (2, 1), "strides": (3, 2)},
        # With a step the border depends on the size of x: 2 columns, and 4 without.
        {"filters": 2, "kernel_size": (3, 5), "strides": (2, 3), "padding": "same"},
        {"filters": 2, "kernel_size": (1, 3), "padding": "same"},  # border at the sides
    ],
    "MaxPooling2D": _POOLING,
    "AveragePooling2D": _POOLING,
    "SumPooling2D": _POOLING,
    "Dense": [{"units": 3}, {"units": 1}],
    "Dropout": [{"rate": 0.3}],
    "LeakyReLU": [{"negative_slope": 0.15}],
    "ELU": [{"alpha": 0.4}],
    "Reshape": [{"target_shape": (3, -1)}],
    "Resizing": [{"height": 7, "width": 4}],
    "Rescaling": [{"scale": 0.5, "offset": -1.0}],
    "DepthwiseConv2D": [
        {"kernel_size": (2, 3), "depth_multiplier": 2},
        {"kernel_size": 2, "strides": (2, 1), "padding": "same"},
    ],
    "SeparableConv2D": [
        {"filters": 3, "kernel_size": (2, 3), "depth_multiplier": 2},
        {"filters": 2, "kernel_size": 2, "strides": (2, 1), "padding": "same"},
    ],
    "ZeroPadding2D": [{"padding": ((1, 2), (0, 1))}],
    # With the defaults alone, a number in the code is as good as the argument.
    "BatchNormalization": [{}, {"momentum": 0.8, "epsilon": 0.01}],
    "SGD": [{"learning_rate": 0.01, "momentum": 0.7}, {"learning_rate": 0.02}],
    "Adam": [{}, _LIKE_ADAM],
    "AdamW": [{"weight_decay": 0.1}, {"weight_decay": 0.1, **_LIKE_ADAM}],
    "Adamax": [{}, _LIKE_ADAM],
    "Nadam": [{}, _LIKE_ADAM],
    "RMSprop": [{}, {"rho": 0.8, "epsilon": 1e-4}],
    "Adagrad": [{}, {"initial_accumulator_value": 0.3, "epsilon": 1e-4}],
    "Adadelta": [{}, {"rho": 0.8, "epsilon": 1e-4}],
}
# Arguments of other classes, by name.
USUAL: dict[str, Any] = {
    "filters": 3, "kernel_size": (2, 3), "pool_size": (2, 3), "units": 3, "rate": 0.3,
    "learning_rate": 0.013, "kernel_initializer": "glorot_uniform", "use_bias": True,
    "bias_initializer": "zeros", "kernel_regularizer": None, "bias_regularizer": None,
}  # fmt: skip
# A softmax is over classes; axis=1 is the same as axis=-1 there, and not in a photo.
SHAPES: dict[str, Shape] = {"Softmax": ROW}
Case = tuple[Any, Shape | None]
NOTEBOOKS: dict[Path, Notebook] = {}  # those that are loaded


class CannotConstruct(Exception):
    """No known arguments for a class: one line that says what to add."""


def load(path: Path) -> ModuleType:
    """Import a file and return it as a module; its code runs.

    What the parts do not need, at the end of a file or a notebook, is left for
    `run_the_rest`. An exception does not stop what follows, in both.
    """
    # At the end: a file named random.py beside it must not replace Python's own.
    sys.path.append(str(path.parent))
    sys.dont_write_bytecode = True  # leave no __pycache__ in the student's folder
    name = f"_file_{path.stem}"
    if path.suffix == SUFFIX:
        notebook = read_notebook(path)
        module = sys.modules[name] = ModuleType(name)
        prepare(notebook, path, module)
        NOTEBOOKS[path] = notebook
        run_cells(notebook, path, module, range(1, notebook.needed + 1))
        return module
    if path.suffix != ".py":
        raise ImportError(f"its name should end in .py or {SUFFIX}")
    module = sys.modules[name] = ModuleType(name)
    script = read_statements(path, module)
    NOTEBOOKS[path] = script
    script.run(module, range(1, script.needed + 1))
    return module


def run_the_rest(path: Path, module: ModuleType) -> Notebook | None:
    """Run what `load` left, and return the notebook; None for code that is here."""
    if (notebook := NOTEBOOKS.get(path)) is not None:
        rest = range(notebook.needed + 1, len(notebook.sources) + 1)
        if isinstance(notebook, Script):
            notebook.run(module, rest)
        else:
            run_cells(notebook, path, module, rest)
    return notebook


def parts_of(module: ModuleType) -> dict[str, Any]:
    """Return the classes and functions of a file that can be checked, by name.

    Those are the subclasses of Layer, Loss and Optimizer, classes that look like one
    (`bases_it_looks_like`), and functions named `my_im2col` and `my_col2im`; not those
    that are imported, or whose name begins with _.
    """
    return {
        name: value
        for name, value in vars(module).items()
        if getattr(value, "__module__", None) == module.__name__
        and not name.startswith("_")
        and (_is_checked(value) or (name in FUNCTIONS and inspect.isfunction(value)))
    }


def _is_checked(value: object) -> bool:
    return isinstance(value, type) and (
        issubclass(value, (Layer, Loss, Optimizer)) or bool(bases_it_looks_like(value))
    )


def bases_it_looks_like(cls: type) -> dict[str, type]:
    """Return the methods that a layer, loss or optimiser has, each with that base.

    `update` counts only with the arguments params and grads: a dict has one, too.
    """
    bases = {"forward": Layer, "backward": Layer, "per_photo": Loss}
    found = {name: base for name, base in bases.items() if hasattr(cls, name)}
    update = getattr(cls, "update", None)
    if inspect.isfunction(update) and {"params", "grads"} <= {
        *inspect.signature(update).parameters
    }:
        found["update"] = Optimizer
    return found


def cases_of(module: ModuleType, cls: type) -> list[Case]:
    """Return (instance, shape of one input) for each case to check a class in.

    Raises
    ------
    CannotConstruct
        If neither CASES nor the names of the arguments are enough.
    """
    if not issubclass(cls, (Layer, Loss, Optimizer)):
        bases = bases_it_looks_like(cls)
        methods = " and ".join(f"{'an' if n == 'update' else 'a'} {n}" for n in bases)
        base = next(iter(bases.values()))
        room = {Layer: "layers", Loss: "losses", Optimizer: "optimizers"}[base]
        article = "an" if base is Optimizer else "a"
        raise CannotConstruct(
            f"{cls.__name__} has {methods}, but is not {article} {base.__name__}: "
            f"write `from tinycnn.{room} import {base.__name__}` and "
            f"`class {cls.__name__}({base.__name__}):`"
        )
    if listed := _listed(module, cls):
        return listed
    names = [cls.__name__.removeprefix("My"), *(k.__name__ for k in cls.__mro__[1:])]
    reference = next((name for name in names if name in REFERENCES), "")
    has_cases = hasattr(module, "CASES")
    instances = [
        _constructed(cls, arguments, has_cases)
        for arguments in ARGUMENTS.get(reference, [{}])
    ]
    shape = SHAPES.get(reference)
    return [
        (
            instance,
            shape or _shape_for(instance) if isinstance(instance, Layer) else None,
        )
        for instance in instances
    ]


def _shape_for(layer: Layer) -> Shape:
    """Return the shape of one input: a photo, or a row if the layer takes no photo."""
    possible = []
    for shape in (getattr(layer, "input_shape", None), PHOTO, ROW):
        if shape is not None:
            trial = copy.deepcopy(layer)
            try:
                trial.build(shape, rng_for(0, "check"), np.float64)
                possible.append(shape)
                trial.forward(np.ones((1, *shape)))
            except NotImplementedError:
                return shape
            except Exception:
                continue
            return shape
    # If all fail, the first that it can be built for shows the layer's own error.
    return possible[0] if possible else PHOTO


def _listed(module: ModuleType, cls: type) -> list[Case]:
    """Return the entries of CASES for this class."""
    try:
        cases: list[Case] = []
        for entry in getattr(module, "CASES", []):
            has_shape = not isinstance(entry, (Loss, Optimizer))
            instance, shape = entry if has_shape else (entry, ())
            if type(instance) is cls:
                cases.append((instance, tuple(shape)))
    except (TypeError, ValueError):
        raise CannotConstruct(
            "CASES should be a list of (layer, shape of one input), such as "
            "[(MyDense(3), (4,))]; a loss or an optimiser has no shape"
        ) from None
    return cases


def _constructed(cls: type, arguments: dict[str, Any], has_cases: bool) -> Any:
    """Return an instance of a class, with those of the arguments that it takes."""
    parameters = inspect.signature(cls).parameters
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    known = {**USUAL, **arguments}
    if (shape := parameters.get("input_shape")) and shape.default is shape.empty:
        known["input_shape"] = ROW if issubclass(cls, Dense) else PHOTO
    chosen = {name: known[name] for name in parameters if name in known}
    # **keywords are passed on to the library's class, so they are that one's arguments.
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
        case = f"{cls.__name__}({', '.join(f'{name}=...' for name in needed)})"
        about = ""
        if issubclass(cls, Layer):
            case = f"({case}, {ROW if issubclass(cls, Dense) else PHOTO})"
            about = ", the layer and the shape of one input"
        how = (
            f"add {case} to CASES"
            if has_cases
            else f"add a line CASES = [{case}] at the end of the file"
        )
        needs = ", ".join(needed)
        raise CannotConstruct(f"{cls.__name__} needs {needs}: {how}{about}")
    return cls(**chosen)
