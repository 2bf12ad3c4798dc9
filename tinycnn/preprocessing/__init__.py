"""Photos to arrays: class folders, decoding, augmentation, batches."""

from typing import TYPE_CHECKING

from tinycnn.keras.names import other_names, starred
from tinycnn.preprocessing.image_dataset import image_dataset_from_directory

__all__ = ["image_dataset_from_directory"]

if not TYPE_CHECKING:  # else every misspelt name would look right to mypy
    __all__ = starred(__name__, __all__)
    __getattr__ = other_names(__name__)
