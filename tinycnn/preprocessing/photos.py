"""One photo <-> one array. Pillow lives here, and loads when the first photo does.

Every photo of the library comes in through `load_img`, in training, prediction and
explanation alike. It looks at the content and never at the name, and differs from
Keras on purpose: photos are turned upright, transparent pixels are laid on white,
16-bit photos are scaled (Keras clips them to white), and resizing is bilinear with
antialiasing.
"""

import math
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from tinycnn.parallel.threads import parallel_map
from tinycnn.preprocessing.decoding import (
    decoded,
    orientation,
    plain,
    upright,
    without_warnings,
)
from tinycnn.shapes import Array, Pair, pair
from tinycnn.text import display_name

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = NDArray[np.uint8]
PathLike = str | Path

PHOTO_EXTENSIONS = frozenset(
    ".jpg .jpeg .jpe .png .gif .bmp .webp .tif .tiff .ppm .pgm .pbm".split()
)
COLOR_MODES = {"rgb": "RGB", "grayscale": "L"}
INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos", "box", "hamming")


class PhotoError(ValueError):
    """A photo cannot be read; the message names the file and the reason."""


@dataclass(frozen=True)
class Preprocessing:
    """How a photo becomes the array that a model was trained on.

    Kept in the model file, so that a prediction cannot be made with another one.

    Parameters
    ----------
    target_size : (int, int)
        Rows and columns that each photo is resized to.
    color_mode : {"rgb", "grayscale"}, default "rgb"
        Three channels or one.
    interpolation : str, default "bilinear"
        One of `INTERPOLATIONS`.
    rescale : float, optional
        The numbers 0..255 are multiplied by it; 1/255 makes them 0..1.
    """

    target_size: Pair
    color_mode: str = "rgb"
    interpolation: str = "bilinear"
    rescale: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "target_size", pair(self.target_size, "target_size"))
        _one_of("color_mode", self.color_mode, COLOR_MODES)
        _one_of("interpolation", self.interpolation, INTERPOLATIONS)
        if self.rescale is not None:
            object.__setattr__(self, "rescale", float(self.rescale))
            if not 1e-30 < abs(self.rescale) < 1e30:  # float32 has no others
                raise ValueError(f"rescale should not be {self.rescale}; try 1/255")

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape (H, W, C) of a photo."""
        return (*self.target_size, 3 if self.color_mode == "rgb" else 1)

    @property
    def size(self) -> int:
        """How many numbers, and so bytes as uint8, a photo has."""
        return math.prod(self.shape)

    def pixels(self, photo: "PathLike | Image") -> Pixels:
        """Return the photo as numbers 0..255, uint8 of shape (H, W, C)."""
        image = load_img(
            photo,
            color_mode=self.color_mode,
            target_size=self.target_size,
            interpolation=self.interpolation,
        )
        return np.asarray(image, np.uint8).reshape(self.shape)

    def scaled(self, numbers: NDArray[Any], is_mine: bool = False) -> Array:
        """Return numbers 0..255 as the model wants them, float32.

        Parameters
        ----------
        numbers : ndarray
        is_mine : bool, default False
            Whether they are float32 that nobody else needs, and may be overwritten.
        """
        if self.rescale is None:
            return numbers.astype(np.float32, copy=not is_mine)
        factor, out = np.float32(self.rescale), numbers if is_mine else None
        x: Array = np.multiply(numbers, factor, out=out, dtype=np.float32)
        return x

    def __call__(self, photos: "Iterable[PathLike | Image]") -> Array:
        """Return photos as one array, float32 of shape (N, H, W, C)."""
        pixels = parallel_map(self.pixels, photos)
        return self.scaled(np.stack(pixels) if pixels else np.empty((0, *self.shape)))

    def config(self) -> dict[str, Any]:
        """Return the arguments as plain JSON."""
        return {**asdict(self), "target_size": list(self.target_size)}


def load_img(
    path: "PathLike | Image",
    grayscale: bool = False,
    color_mode: str = "rgb",
    target_size: Pair | None = None,
    interpolation: str = "bilinear",
) -> "Image":
    """Return a photo as a Pillow image: upright, opaque, 8 bits.

    Parameters
    ----------
    path : str, Path or PIL.Image.Image
        The photo. Its content decides what it is, never its name.
    grayscale : bool, default False
        Keras's old way to say ``color_mode="grayscale"``.
    color_mode : {"rgb", "grayscale"}, default "rgb"
        Three channels or one.
    target_size : (int, int), optional
        (rows, columns) to resize to; the photo is stretched, not cropped.
    interpolation : str, default "bilinear"
        One of `INTERPOLATIONS`; Keras's default is "nearest".

    Returns
    -------
    PIL.Image.Image
        Mode "RGB" or "L".

    Raises
    ------
    PhotoError
        If it cannot be read: no such file, no photo, damaged, too large.
    """
    from PIL import Image

    mode = COLOR_MODES[
        _one_of("color_mode", "grayscale" if grayscale else color_mode, COLOR_MODES)
    ]
    _one_of("interpolation", interpolation, INTERPOLATIONS)
    if target_size is not None:
        target_size = pair(target_size, "target_size")
    try:
        lent: AbstractContextManager[Image.Image] = (
            decoded(Path(path), target_size)
            if isinstance(path, (str, Path))
            else nullcontext(path)
        )
        with without_warnings, lent as image:
            held = orientation(image)
            image = plain(image, mode)
            image = upright(image, held)
            if target_size is not None and image.size != target_size[::-1]:
                # Keras says (rows, columns), Pillow (columns, rows).
                image = image.resize(
                    target_size[::-1], Image.Resampling[interpolation.upper()]
                )
            return image
    except Exception as error:  # Pillow raises six kinds and more on damaged files
        name = path if isinstance(path, (str, Path)) else type(path).__name__
        raise PhotoError(f"{display_name(name)}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """Return why a photo cannot be read, in one line of plain words."""
    kind = type(error).__name__
    if kind == "UnidentifiedImageError":
        return "it is no photo of a kind that is read (JPEG, PNG, WEBP, GIF, BMP, ...)"
    if kind.startswith("DecompressionBomb"):
        return "it has too many pixels"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return display_name(str(error).splitlines()[0]) if str(error) else kind


def img_to_array(image: Any, dtype: DTypeLike = np.float32) -> Array:
    """Return a Pillow image as an array (H, W, C), numbers 0..255.

    Parameters
    ----------
    image : PIL.Image.Image
    dtype : dtype, default float32

    Examples
    --------
    >>> from PIL import Image
    >>> img_to_array(Image.new("RGB", (6, 5))).shape  # 6 columns, 5 rows
    (5, 6, 3)
    """
    if isinstance(image, (str, Path)):
        raise TypeError(f"img_to_array takes an image: load_img({str(image)!r}) first")
    x = np.asarray(image).astype(dtype)
    return x[..., np.newaxis] if x.ndim == 2 else x


def array_to_img(x: Array, scale: bool = True) -> "Image":
    """Return an array (H, W, C) as a Pillow image.

    Parameters
    ----------
    x : ndarray of shape (H, W, C) with C 1 or 3
    scale : bool, default True
        Stretch the numbers so that the smallest becomes 0 and the largest 255, as
        Keras does; False takes them as 0..255.

    Raises
    ------
    ValueError
        If the shape is not that of one photo.
    """
    from PIL import Image

    x = np.asarray(x)
    if x.ndim != 3 or x.shape[2] not in (1, 3):
        raise ValueError(
            f"x should be one photo, (H, W, 3) or (H, W, 1), got {x.shape}"
        )
    numbers = x.astype(np.float32)
    if scale:
        numbers = numbers - numbers.min()
        largest = numbers.max()
        numbers = numbers * np.float32(255 / largest) if largest else numbers
    pixels = np.clip(np.rint(numbers), 0, 255).astype(np.uint8)
    return Image.fromarray(pixels[:, :, 0] if x.shape[2] == 1 else pixels)


def is_photo(x: object) -> bool:
    """Return whether this is a path or a Pillow image (not an array)."""
    return isinstance(x, (str, Path)) or hasattr(x, "getexif")


def _one_of(name: str, value: str, known: Iterable[str]) -> str:
    if value in known:
        return value
    raise ValueError(f"{name} should be one of {', '.join(known)}, got {value!r}")
