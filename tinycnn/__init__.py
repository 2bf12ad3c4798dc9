"""tinycnn: a convolutional network written from scratch on NumPy, to be read.

Importing it needs NumPy only; Pillow and matplotlib load when they are first used.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

import tinycnn.parallel.startup  # noqa: F401 - before NumPy loads
from tinycnn.files import ModelFileError
from tinycnn.models import Sequential, load_model
from tinycnn.models.loop import History
from tinycnn.models.step import DivergedError

__version__ = "0.1.0"

__all__ = ["DivergedError", "History", "ModelFileError", "Sequential", "load_model"]

if not TYPE_CHECKING:  # else every misspelt name would look right to mypy

    def __getattr__(name: str) -> ModuleType:
        # Imported when it is first named: it stands above this file in the house.
        if name == "datasets":
            return import_module("tinycnn.datasets")
        raise AttributeError(f"module 'tinycnn' has no attribute {name!r}")
