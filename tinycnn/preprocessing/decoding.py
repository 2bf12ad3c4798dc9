"""A photo's file -> plain pixels: which formats, at what cost, and how each is read.

Photos come from cameras, phones and the web. Only a full decoding shows whether one is
good, and a few bytes can ask for gigabytes: what decoding will cost is worked out
before it begins, and what comes out is converted a few rows at a time.
"""

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

# Pillow would print what it thinks of some photos; here the reason is told once.
logging.getLogger("PIL").addHandler(logging.NullHandler())

# EPS and others would start programs; these are only ever decoded.
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
ORIENTATION = 0x0112  # EXIF's tag for how the camera was held
MAX_MEMORY = 384 * 2**20  # of one photo, and of all that are decoded side by side
# Bytes per pixel: the decoded photo (Pillow takes 4 for RGB) and the converted one.
PLAIN_COST = 8
WEBP_COST = 16  # its decoder keeps three canvases of its own
LINE_COST = 32  # bytes per row and column: where it begins, how it is resized
# Pixels times scans: a progressive JPEG comes in about ten passes over all pixels, a
# hostile one in thousands, each of a few bytes.
MAX_SCANNED = 1_500_000_000
SCAN = b"\xff\xda"
LEAST_SCAN = 10  # bytes: the mark, its length of at least 8, and some data or the end
# Pillow reads these in Python, at about 0.4 microseconds per number.
SLOW_DECODERS = ("ppm", "ppm_plain", "bmp_rle")
MAX_SLOW = 5_000_000
STRIP = 2**20  # pixels that are converted at a time


class Budget:
    """Bytes that several threads share: who wants more than is left waits for it."""

    def __init__(self, total: int) -> None:
        self._left = total
        self._change = threading.Condition()

    @contextmanager
    def take(self, amount: int) -> Iterator[None]:
        """Hold so many bytes, never more than the whole budget."""
        with self._change:
            self._change.wait_for(lambda: amount <= self._left)
            self._left -= amount
        try:
            yield
        finally:
            with self._change:
                self._left += amount
                self._change.notify_all()


MEMORY = Budget(MAX_MEMORY)


@contextmanager
def _pillows_warnings() -> Iterator[None]:
    """Keep Pillow's warnings to itself; of too many pixels it makes an error."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


# What Python does with warnings is one setting for all threads.
without_warnings = ProcessSetting(_pillows_warnings)


@contextmanager
def decoded(path: Path, target_size: Pair | None) -> "Iterator[Image]":
    """Lend the photo in a file as Pillow decodes it, of any mode.

    While it is lent, the memory that it takes counts as taken from `MEMORY`.

    Parameters
    ----------
    path : Path
    target_size : (int, int) or None
        A JPEG may be decoded smaller, but not below twice this size.

    Raises
    ------
    Exception
        Of many kinds: Pillow has no common one. ValueError if it would cost too much.
    """
    from PIL import Image

    status = path.stat()
    if not stat.S_ISREG(status.st_mode):  # a pipe would wait for ever
        raise ValueError("it is a folder or a device, no file")
    if status.st_size == 0:
        raise ValueError("the file is empty")
    image: Any
    with Image.open(path, formats=FORMATS) as image:
        pixels = image.width * image.height
        if target_size is not None and image.format in ("JPEG", "MPO"):
            # A large JPEG may be decoded at half, a quarter or an eighth of its size;
            # twice the size wanted is kept, so that the resizing still averages.
            image.draft(None, (2 * max(target_size),) * 2)
        with MEMORY.take(_cost(image, pixels, path)):
            image.load()
            yield image


def _cost(image: "ImageFile", pixels: int, path: Path) -> int:
    """Return how many bytes decoding takes; refuse what takes too many, or too long.

    `pixels` is the photo's size in the file; the image may be a smaller draft of it.
    """
    bands = len(image.getbands())
    memory = PLAIN_COST * image.width * image.height
    if image.format == "WEBP":
        memory *= WEBP_COST // PLAIN_COST
    elif image.format in ("JPEG", "MPO"):
        # Between scans it keeps 16-bit numbers for all pixels, even for a draft.
        between = 2 * bands * pixels
        scans = path.stat().st_size // LEAST_SCAN  # at most so many
        if scans * pixels > MAX_SCANNED or between > MAX_MEMORY // 64:
            scans = _count_scans(path)  # where it matters
        if scans > 1 or "progressive" in image.info:
            memory = max(memory, between)
        if scans * pixels > MAX_SCANNED:
            raise ValueError("it comes in too many passes over too many pixels")
    memory += LINE_COST * (image.width + image.height)
    if memory > MAX_MEMORY:
        raise ValueError(
            f"it has too many pixels: reading it would take {size_of(memory)} of memory"
        )
    decoder = image.tile[0][0] if image.tile else ""
    if decoder in SLOW_DECODERS and bands * pixels > MAX_SLOW:
        raise ValueError("it has too many pixels for a format that is slow to read")
    return memory


def _count_scans(path: Path) -> int:
    """Return how many scans a JPEG has; its thumbnails' are counted, too."""
    count, end = 0, b""
    with path.open("rb") as file:
        while piece := file.read(STRIP):
            count += (end + piece).count(SCAN)
            end = piece[-1:]
    return count


def plain(image: "Image", mode: str) -> "Image":
    """Return the photo in mode "RGB" or "L": 8 bits, on white where it is transparent.

    Large photos are converted in strips, so that no second and third copy of the whole
    is made on the way. What the file says of turning and of colours is left behind: it
    is done, and must not be done again if the image comes back.
    """
    from PIL import Image

    if image.mode == mode and "transparency" not in image.info:
        whole = image.copy()
        whole.info.clear()
        return whole
    largest = 0.0  # of a photo of floats; NaN is no number
    if image.mode == "F":
        largest = max(
            float(np.nan_to_num(np.asarray(strip)).max()) for _, strip in _strips(image)
        )
    whole = Image.new(mode, image.size)
    for top, strip in _strips(image):
        whole.paste(_opaque(_eight_bit(strip, largest)).convert(mode), (0, top))
    return whole


def _strips(image: "Image") -> Iterator[tuple[int, "Image"]]:
    """Yield (first row, strip) from the top to the bottom."""
    rows = max(1, STRIP // image.width)
    for top in range(0, image.height, rows):
        bottom = min(top + rows, image.height)
        yield top, image.crop((0, top, image.width, bottom))


def _eight_bit(image: "Image", largest: float) -> "Image":
    """Return a photo of 16 bits or of floats scaled to 8 bits."""
    from PIL import Image

    if not image.mode.startswith(("I", "F")):
        return image
    numbers = np.asarray(image).astype(np.float64)
    if image.mode == "F":  # no rule says what white is: 1, 255, or the largest
        numbers = np.nan_to_num(numbers)
        numbers *= 255 if largest <= 1 else 1 if largest <= 255 else 255 / largest
    else:
        numbers /= 257  # 65535 -> 255
    return Image.fromarray(np.clip(np.rint(numbers), 0, 255).astype(np.uint8))


def _opaque(image: "Image") -> "Image":
    """Return the photo with its transparent parts laid on white."""
    from PIL import Image

    modes = ("RGBA", "LA", "PA", "La", "RGBa")
    if "transparency" not in image.info and image.mode not in modes:
        return image
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image)


def orientation(image: "Image") -> int:
    """Return EXIF's number for how the camera was held; 1 is upright."""
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # damaged EXIF in a photo that is otherwise good
        return 1


def upright(image: "Image", held: int) -> "Image":
    """Return the image turned as the camera was held."""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    turn = turns.get(held)
    return image if turn is None else image.transpose(turn)
