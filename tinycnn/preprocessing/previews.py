"""Photos as files to look at: small previews, and what augmentation makes of photos."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tinycnn.preprocessing.photos import PathLike, array_to_img, load_img
from tinycnn.shapes import Array

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_SIDE = 420
QUALITY = 82


def jpeg_preview(photo: "PathLike | Image", longest: int = LONGEST_SIDE) -> bytes:
    """Return the photo as a small JPEG.

    It is made from the pixels only, and so contains no place or time of the shot, no
    thumbnail of the uncropped original and no comment. No side has more than `longest`
    pixels.
    """
    from PIL import Image

    preview = Image.fromarray(np.asarray(load_img(photo)))
    preview.thumbnail((longest, longest))
    file = io.BytesIO()
    preview.save(file, "JPEG", quality=QUALITY, optimize=True)
    return file.getvalue()


@dataclass
class BatchSaver:
    """Writes the photos of each batch into a folder, as the network gets them.

    Parameters
    ----------
    folder : str or Path
        Made if it is not there.
    prefix : str, default ""
    format : str, default "png"
        "png", "jpeg", "bmp" ...
    """

    folder: str | Path
    prefix: str = ""
    format: str = "png"

    def __call__(self, x: Array, indices: Any) -> None:
        """Write one batch: ``prefix_index_number.format``; no file is replaced."""
        folder = Path(self.folder)
        folder.mkdir(parents=True, exist_ok=True)
        for photo, index in zip(x, indices.tolist(), strict=True):
            number = 0
            while True:
                name = f"{self.prefix}_{index}_{number}.{self.format}"
                try:
                    file = (folder / name).open("xb")
                except FileExistsError:
                    number += 1
                    continue
                with file:
                    kind = "jpeg" if self.format == "jpg" else self.format
                    array_to_img(photo).save(file, kind)
                break
