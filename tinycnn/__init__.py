"""tinycnn: a convolutional network written from scratch on NumPy, to be read.

Importing it needs NumPy only; Pillow and matplotlib load when they are first used.
"""

from tinycnn import starting  # noqa: F401 - before NumPy is loaded
from tinycnn.files import ModelFileError
from tinycnn.memory import keep_freed_memory
from tinycnn.models import Sequential, load_model
from tinycnn.training import DivergedError, History

__version__ = "0.1.0"

keep_freed_memory()

__all__ = ["DivergedError", "History", "ModelFileError", "Sequential", "load_model"]
