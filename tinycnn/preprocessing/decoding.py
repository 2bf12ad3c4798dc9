"""A photo's file -> 8-bit pixels: supported formats, the cost of decoding, conversion.

Photos come from cameras, phones and the web. Only full decoding shows whether one is
intact, and a file of a few bytes can require gigabytes. So the cost of decoding is
computed before it begins, and decoded photos are converted a few rows at a time.
"""

import functools
import io
import logging
import stat
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tinycnn.parallel.process_setting import ProcessSetting
from tinycnn.shapes import Pair
from tinycnn.text import size_of

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

# Silence Pillow's own log; `PhotoError` carries the reason.
logging.getLogger("PIL").addHandler(logging.NullHandler())

# These are only decoded; EPS and some others would start programs.
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "AVIF")
ORIENTATION = 0x0112  # the EXIF tag for how the camera was held
MAX_MEMORY = 384 * 2**20  # of one photo, and of all that are decoded in parallel
# Bytes per pixel: the decoded photo (Pillow takes 4 for RGB) and the converted one.
PLAIN_COST = 8
WEBP_COST = 16  # its decoder keeps three canvases of its own; that of AVIF, too
LINE_COST = 32  # bytes per row and column: row pointers, weights for resizing
# Pixels times scans: a progressive JPEG has about ten scans over all pixels, a hostile
# one has thousands, each of a few bytes.
MAX_SCANNED = 1_500_000_000
SCAN = b"\xff\xda"
MIN_SCAN = 10  # bytes: the marker, and a header of at least 8
# Pillow decodes these in Python, in about 0.4 microseconds per number.
SLOW_DECODERS = ("ppm", "ppm_plain", "bmp_rle")
MAX_SLOW = 5_000_000
STRIP = 2**20  # pixels converted at a time
# What white may be in a photo of 16 bits: the numbers of 8, 12 (X-rays) or 16 bits.
WHITES = (255, 4095, 65535)


class MemoryBudget:
    """Bytes that threads share: a thread that needs more than is left waits for it."""

    def __init__(self, total: int) -> None:
        self._left = total
        self._change = threading.Condition()

    @contextmanager
    def take(self, amount: int) -> Iterator[None]:
        """Reserve `amount` bytes, at most the whole budget."""
        with self._change:
            self._change.wait_for(lambda: amount <= self._left)
            self._left -= amount
        try:
            yield
        finally:
            with self._change:
                self._left += amount
                self._change.notify_all()


MEMORY_BUDGET = MemoryBudget(MAX_MEMORY)


@ProcessSetting  # the warning filters are one setting for all threads
@contextmanager
def without_warnings() -> Iterator[None]:
    """Ignore Pillow's warnings, but raise the one about too many pixels."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


@contextmanager
def decoded(photo: Path | bytes, target_size: Pair | None) -> "Iterator[Image]":
    """Open and decode a photo with Pillow, in any mode.

    Its memory is taken from `MEMORY_BUDGET` until the context ends; a photo that costs
    too much raises ValueError. Pillow's own errors are of many types.
    """
    from PIL import Image

    file: Any = io.BytesIO(photo) if isinstance(photo, bytes) else photo
    if _size(photo) == 0:
        raise ValueError("the file is empty")
    image: Any
    with Image.open(file, formats=_formats()) as image:
        pixels = image.width * image.height
        if target_size is not None and image.format in ("JPEG", "MPO"):
            # A large JPEG may be decoded at half, a quarter or an eighth of its size;
            # at least twice the target size is kept, so that resizing still averages.
            image.draft(None, (2 * max(target_size),) * 2)
        with MEMORY_BUDGET.take(_cost(image, pixels, photo)):
            image.load()
            yield image


@functools.cache
def _formats() -> tuple[str, ...]:
    """Return the formats that this Pillow can decode: AVIF since version 11.3."""
    from PIL import features

    has_avif = "avif" in features.modules and features.check("avif")
    return tuple(name for name in FORMATS if name != "AVIF" or has_avif)


def _size(photo: Path | bytes) -> int:
    """Return the number of bytes of a file or its content."""
    if isinstance(photo, bytes):
        return len(photo)
    status = photo.stat()
    if not stat.S_ISREG(status.st_mode):  # reading a pipe would block
        raise ValueError("it is a folder or a device, not a file")
    return status.st_size


def _cost(image: "ImageFile", pixels: int, photo: Path | bytes) -> int:
    """Return the bytes that decoding takes, or raise if it takes too many or too long.

    `pixels` is the photo's size in the file; the image may be a smaller draft of it.
    """
    bands = len(image.getbands())
    memory = PLAIN_COST * image.width * image.height
    if image.format in ("WEBP", "AVIF"):
        memory *= WEBP_COST // PLAIN_COST
    elif image.format in ("JPEG", "MPO"):
        # Between scans it keeps 16-bit coefficients of all pixels, even for a draft.
        coefficients = 2 * bands * pixels
        scans = _size(photo) // MIN_SCAN  # an upper bound
        if scans * pixels > MAX_SCANNED or coefficients > MAX_MEMORY // 64:
            scans = _count_scans(photo)  # reads the file, so only if it may matter
        if scans > 1 or "progressive" in image.info:
            memory = max(memory, coefficients)
        if scans * pixels > MAX_SCANNED:
            raise ValueError("it has too many scans for so many pixels")
    memory += LINE_COST * (image.width + image.height)
    if memory > MAX_MEMORY:
        raise ValueError(
            f"it has too many pixels: reading it would take {size_of(memory)} of memory"
        )
    decoder = image.tile[0][0] if image.tile else ""
    if decoder in SLOW_DECODERS and bands * pixels > MAX_SLOW:
        raise ValueError("it has too many pixels for a format that is slow to read")
    return memory


def _count_scans(photo: Path | bytes) -> int:
    """Return the number of scans in a JPEG, including those of its thumbnails."""
    if isinstance(photo, bytes):
        return photo.count(SCAN)
    count, last_byte = 0, b""
    with photo.open("rb") as file:
        while chunk := file.read(STRIP):
            count += (last_byte + chunk).count(SCAN)
            last_byte = chunk[-1:]
    return count


def converted(image: "Image", mode: str) -> "Image":
    """Return the photo in mode "RGB" or "L": 8 bits, transparency laid on white.

    Large photos are converted in strips, which avoids temporary copies of the whole.
    The result has no orientation or transparency in its ``info``: both are applied
    already and must not be applied again if the image is passed to `load_img`.
    """
    from PIL import Image

    if image.mode == mode and "transparency" not in image.info:
        result = image.copy()
        result.info.clear()
        return result
    largest = 0.0  # value of a photo of floats or of 16 bits; NaN counts as 0
    if image.mode.startswith(("I", "F")):
        largest = max(
            float(np.nan_to_num(np.asarray(strip)).max()) for _, strip in _strips(image)
        )
    result = Image.new(mode, image.size)
    for top, strip in _strips(image):
        result.paste(_opaque(_eight_bit(strip, largest)).convert(mode), (0, top))
    return result


def _strips(image: "Image") -> Iterator[tuple[int, "Image"]]:
    """Yield (first row, strip) from the top to the bottom."""
    rows = max(1, STRIP // image.width)
    for top in range(0, image.height, rows):
        bottom = min(top + rows, image.height)
        yield top, image.crop((0, top, image.width, bottom))


def _eight_bit(image: "Image", largest: float) -> "Image":
    """Return the photo, scaled to 8 bits if it has 16 or is of floats."""
    from PIL import Image

    if not image.mode.startswith(("I", "F")):
        return image
    numbers = np.asarray(image).astype(np.float64)
    if image.mode == "F":  # white is not defined: assume 1, 255, or the largest value
        numbers = np.nan_to_num(numbers)
        numbers *= 255 if largest <= 1 else 1 if largest <= 255 else 255 / largest
    else:
        white = next((white for white in WHITES if largest <= white), WHITES[-1])
        numbers *= 255 / white
    return Image.fromarray(np.clip(np.rint(numbers), 0, 255).astype(np.uint8))


def _opaque(image: "Image") -> "Image":
    """Return the photo with its transparent pixels laid on white."""
    from PIL import Image

    modes = ("RGBA", "LA", "PA", "La", "RGBa")
    if "transparency" not in image.info and image.mode not in modes:
        return image
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image)


def orientation(image: "Image") -> int:
    """Return the EXIF orientation, 1..8; 1 is upright."""
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # damaged EXIF in an intact photo
        return 1


def upright(image: "Image", exif_orientation: int) -> "Image":
    """Return the image turned upright."""
    from PIL.Image import Transpose

    transposes = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    transpose = transposes.get(exif_orientation)
    return image if transpose is None else image.transpose(transpose)
