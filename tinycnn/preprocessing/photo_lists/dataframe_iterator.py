"""Batches of the photos that a table lists."""

from typing import Any

from tinycnn.preprocessing.directory_iterator import DirectoryIterator
from tinycnn.preprocessing.photo_lists.listed_photos import ListedPhotos
from tinycnn.text import display_name


class DataFrameIterator(DirectoryIterator):
    """Batches of the photos that a table lists, each decoded once.

    Parameters and attributes are those of `DirectoryIterator`; `filenames` are the
    names in the table, and `skipped` has those of which there is no file, too.
    """

    is_part = True  # what each class should have is known from the table

    def __init__(self, photos: ListedPhotos, *arguments: Any) -> None:
        super().__init__(photos, *arguments)
        missing = [
            (str(path), f"{display_name(path)}: there is no such file")
            for path in photos.missing
        ]
        self.skipped: list[tuple[str, str]] = [*missing, *self.skipped]

    def found(self) -> str:
        """Return how many photos there are, and of how many classes, as Keras says."""
        classes = (
            f" belonging to {self.num_classes} classes" if self.num_classes else ""
        )
        return f"{self.samples:,} validated image filenames{classes}."
