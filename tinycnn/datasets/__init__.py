"""Data sets: class folders, idx files, published sets by name, and drawings."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if not TYPE_CHECKING:  # else every misspelt name would look right to mypy

    def __getattr__(name: str) -> ModuleType:
        # `import tinycnn` is enough for tinycnn.datasets.mnist.load_data().
        if name in ("cifar10", "fashion_mnist", "mnist"):
            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
