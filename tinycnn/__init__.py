"""tinycnn: a convolutional network written from scratch on NumPy, to be read.

Importing it needs NumPy only; Pillow and matplotlib load when they are first used.
"""

from typing import TYPE_CHECKING

import tinycnn.parallel.startup  # noqa: F401 - before NumPy loads
from tinycnn.callbacks import History
from tinycnn.files import ModelFileError
from tinycnn.keras import finder
from tinycnn.keras.names import other_names, starred
from tinycnn.models import Sequential, load_model
from tinycnn.models.step import DivergedError

finder.install()  # `import tinycnn.keras.layers` is tinycnn.layers

__version__ = "0.1.0"

__all__ = ["DivergedError", "History", "ModelFileError", "Sequential", "load_model"]

if not TYPE_CHECKING:  # else every misspelt name would look right to mypy
    __all__ = starred(__name__, __all__)
    __getattr__ = other_names(__name__)
