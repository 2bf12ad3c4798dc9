"""Data sets: class folders, idx files, published sets by name, and drawings."""

from typing import TYPE_CHECKING

from tinycnn.keras.names import other_names

if not TYPE_CHECKING:  # else every misspelt name would look right to mypy
    # `import tinycnn` is enough for tinycnn.datasets.mnist.load_data().
    __getattr__ = other_names(__name__)
