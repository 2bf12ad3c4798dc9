"""A preview of a photo: small, upright, and without the metadata of the camera."""

import io
from typing import TYPE_CHECKING

import numpy as np

from tinycnn.preprocessing.photos import PathLike, load_img

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_SIDE = 420
QUALITY = 82


def jpeg_preview(photo: "PathLike | Image", longest: int = LONGEST_SIDE) -> bytes:
    """Return the photo as a small JPEG.

    It is made from the pixels only, and so contains no place or time of the shot, no
    thumbnail of the uncropped original and no comment.

    Parameters
    ----------
    photo : str, Path or PIL.Image.Image
    longest : int, default 420
        Maximum length of the longer side, in pixels.

    Raises
    ------
    PhotoError
        If it cannot be read.
    """
    from PIL import Image

    preview = Image.fromarray(np.asarray(load_img(photo)))
    preview.thumbnail((longest, longest))
    file = io.BytesIO()
    preview.save(file, "JPEG", quality=QUALITY, optimize=True)
    return file.getvalue()
