"""The names of `keras.preprocessing.image`."""

from typing import TYPE_CHECKING

from tinycnn.keras.names import other_names, starred
from tinycnn.preprocessing.directory_iterator import DirectoryIterator
from tinycnn.preprocessing.generator import ImageDataGenerator, NumpyArrayIterator
from tinycnn.preprocessing.image_dataset import image_dataset_from_directory
from tinycnn.preprocessing.photo_lists.dataframe_iterator import DataFrameIterator
from tinycnn.preprocessing.photo_lists.photo_list import FolderError
from tinycnn.preprocessing.photos import (
    PhotoError,
    array_to_img,
    img_to_array,
    load_img,
)

__all__ = [
    "DataFrameIterator", "DirectoryIterator", "FolderError", "ImageDataGenerator",
    "NumpyArrayIterator", "PhotoError", "array_to_img", "image_dataset_from_directory",
    "img_to_array", "load_img",
]  # fmt: skip

if not TYPE_CHECKING:  # else every misspelt name would look right to mypy
    __all__ = starred(__name__, __all__)
    __getattr__ = other_names(__name__)
