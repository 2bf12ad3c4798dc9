"""tinycnn: a convolutional network written from scratch on NumPy, to be read.

Importing it needs NumPy only; Pillow and matplotlib load when they are first used.
"""

import tinycnn.parallel.startup  # noqa: F401 - before NumPy loads
from tinycnn.files import ModelFileError
from tinycnn.models import Sequential, load_model
from tinycnn.models.loop import History
from tinycnn.models.step import DivergedError

__version__ = "0.1.0"

__all__ = ["DivergedError", "History", "ModelFileError", "Sequential", "load_model"]
