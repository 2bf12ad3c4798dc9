"""Data sets: class folders, idx files, published sets by name, and drawings."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tinycnn.keras.names import other_names

others = other_names(__name__)

if not TYPE_CHECKING:  # else every misspelt name would look right to mypy

    def __getattr__(name: str) -> Any:
        # `import tinycnn` is enough for tinycnn.datasets.mnist.load_data().
        if name in ("cifar10", "fashion_mnist", "mnist"):
            return import_module(f"{__name__}.{name}")
        return others(name)
