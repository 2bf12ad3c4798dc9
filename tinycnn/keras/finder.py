"""The finder of old modules: `import tinycnn.keras.layers.core` is `tinycnn.layers`.

Python asks each finder of ``sys.meta_path`` for a module. The first of the two here
answers with the module of today, the same object; the last one gives the way out for
names that nothing else has found, as in ``from tinycnn.layers import LSTM``.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from tinycnn.keras.names import (
    NAMESPACES,
    SHELLS,
    AbsentModule,
    found,
    is_absent,
    is_plain,
    module_of_today,
    way_out,
    without_prefix,
)

# `keras_preprocessing`, with the word replaced.
PACKAGE = "tinycnn_preprocessing"
WING = {path.stem for path in Path(__file__).parent.iterdir()}


class SameModule:
    """Loads nothing: an old name is put to a module that is there."""

    def __init__(self, target: str) -> None:
        self.target = target

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module of today."""
        module = import_module(self.target)
        self.own_spec: ModuleSpec | None = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its own description back, which the import replaced."""
        module.__spec__ = self.own_spec


class Shell:
    """Makes a package that holds nothing but a way to tinycnn: `tinycnn.compat`."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return a package of that name."""
        shell = ModuleType(spec.name, f"{spec.name} is tinycnn.")

        def __getattr__(name: str) -> Any:
            short = without_prefix(spec.name)
            if short in NAMESPACES:
                return getattr(found(f"tinycnn.keras.tensorflow:{short[8:]}"), name)
            if f"{spec.name}.{name}" in SHELLS:
                return import_module(f"{spec.name}.{name}")
            return getattr(sys.modules["tinycnn"], name)

        vars(shell)["__getattr__"] = __getattr__
        return shell

    def exec_module(self, module: ModuleType) -> None:
        """Run nothing."""


class Absent:
    """Makes a module whose names are refused when they are used."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return a module of that name."""
        return AbsentModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Run nothing."""


def package(fullname: str, loader: Any) -> ModuleSpec:
    """Return the description of a package that one of the loaders makes.

    The loaders have no base class: importlib.abc, which has it, loads slowly.
    """
    return ModuleSpec(fullname, loader, is_package=True)


class OldModules:
    """Old modules' names are the modules of today."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Return how to load a module, or None if the name is not an old one."""
        if fullname.split(".")[0] == PACKAGE:  # Keras's own, for reading photos
            today = fullname.replace(PACKAGE, "tinycnn.preprocessing", 1)
            return package(fullname, SameModule(today))
        if not fullname.startswith("tinycnn."):
            return None
        parts = fullname.split(".")
        if parts[:2] == ["tinycnn", "keras"] and (
            (len(parts) == 3 and parts[2] in WING) or "tensorflow" in parts[2:3]
        ):
            return None
        if fullname in SHELLS or without_prefix(fullname) in NAMESPACES:
            return package(fullname, Shell())
        found_today = module_of_today(fullname)
        if found_today is None:
            return None
        return package(fullname, SameModule(found_today))


class WaysOut:
    """Names that nothing has found: what to do instead."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Return how to stand for a module that is not here, or raise ImportError."""
        if not fullname.startswith("tinycnn."):
            return None
        parent, _, name = fullname.rpartition(".")
        module = sys.modules.get(parent)
        if module is None or name.startswith("_"):
            return None
        if isinstance(module, AbsentModule) or not is_absent(fullname):
            try:
                getattr(module, name)
            except AttributeError as error:
                if not is_plain(str(error)):
                    raise ImportError(str(error)) from None
                return None
        if is_absent(fullname):
            return package(fullname, Absent())
        if way := way_out(parent, name):
            raise ImportError(way)
        return None


def install() -> None:
    """Put the finders among Python's, once."""
    if not any(isinstance(finder, OldModules) for finder in sys.meta_path):
        sys.meta_path.insert(0, OldModules())
        sys.meta_path.append(WaysOut())
