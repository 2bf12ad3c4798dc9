"""One photo <-> one array. Pillow is used here, and imported with the first photo.

All photos are read by `load_img`, in training, prediction and explanation alike. It
detects the format from the content, not from the name, and differs from Keras on
purpose: photos are turned upright, transparent pixels are laid on white, 16-bit photos
are scaled (Keras clips them to white; if none of the values exceeds 4095, they count
as 12 bits, as in X-rays, and up to 255 as 8), and resizing is bilinear with
antialiasing.
"""

import math
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import DTypeLike, NDArray

from tinycnn.keras.words import PHOTO_WORDS, spelled
from tinycnn.parallel.threads import parallel_map
from tinycnn.preprocessing.decoding import (
    converted,
    decoded,
    orientation,
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
    ".jpg .jpeg .jpe .jfif .png .gif .bmp .webp .avif .tif .tiff .ppm .pgm .pbm".split()
)


def is_hidden(name: str) -> bool:
    """Return whether the name is of a file or folder that the system made."""
    return name.startswith(".") or name in ("__MACOSX", "Thumbs.db", "desktop.ini")


def is_photo_name(path: Path) -> bool:
    """Return whether a file has the extension of a photo."""
    return path.suffix.lower() in PHOTO_EXTENSIONS


DAMAGED = ("truncated", "broken data stream", "cannot load this image")  # says Pillow
MAGIC = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"GIF8": "GIF"}
HEIC = (b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1")
NO_HEIC = "Pillow cannot read HEIC: save it as JPEG"
COLOR_MODES = {"rgb": "RGB", "grayscale": "L"}
INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos", "box", "hamming")


class PhotoError(ValueError):
    """A photo cannot be read; the message names the file and the reason."""


@dataclass(frozen=True)
class Preprocessing:
    """How a photo becomes the array that a model was trained on.

    It is saved in the model file, so that predictions use the same preprocessing.

    Parameters
    ----------
    target_size : (int, int)
        Rows and columns that each photo is resized to.
    color_mode : {"rgb", "grayscale"}, default "rgb"
        Three channels or one.
    interpolation : str, default "bilinear"
        One of `INTERPOLATIONS`.
    rescale : float, optional
        Factor for the values 0..255; 1/255 makes them 0..1.
    """

    target_size: Pair
    color_mode: str = "rgb"
    interpolation: str = "bilinear"
    rescale: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "target_size", rows_and_columns(self.target_size))
        _one_of("color_mode", self.color_mode, COLOR_MODES)
        _one_of("interpolation", self.interpolation, INTERPOLATIONS)
        if self.rescale is not None:
            if isinstance(self.rescale, str):
                raise ValueError(
                    "rescale should be a number, such as 1/255 without quotes, got "
                    f"{self.rescale!r}"
                )
            object.__setattr__(self, "rescale", float(self.rescale))
            if not 1e-30 < abs(self.rescale) < 1e30:  # stays within float32
                raise ValueError(f"rescale should not be {self.rescale}; try 1/255")

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape (H, W, C) of a photo."""
        return (*self.target_size, 3 if self.color_mode == "rgb" else 1)

    @property
    def size(self) -> int:
        """Number of values of a photo, and of bytes as uint8."""
        return math.prod(self.shape)

    def is_like(self, other: "Preprocessing") -> bool:
        """Return whether the other differs in the interpolation at most."""
        return self == replace(other, interpolation=self.interpolation)

    def pixels(self, photo: "PathLike | Image") -> Pixels:
        """Return the photo as uint8 of shape (H, W, C)."""
        image = load_img(
            photo,
            color_mode=self.color_mode,
            target_size=self.target_size,
            interpolation=self.interpolation,
        )
        return np.asarray(image, np.uint8).reshape(self.shape)

    def scaled(self, pixels: NDArray[Any], in_place: bool = False) -> Array:
        """Return pixels 0..255 as the model's input, float32.

        With `in_place`, the pixels are float32 and may be overwritten.
        """
        if self.rescale is None:
            return pixels.astype(np.float32, copy=not in_place)
        factor, out = np.float32(self.rescale), pixels if in_place else None
        return np.multiply(pixels, factor, out=out, dtype=np.float32)

    def __call__(self, photos: "Iterable[PathLike | Image]") -> Array:
        """Return photos as one array, float32 of shape (N, H, W, C)."""
        pixels = parallel_map(self.pixels, photos)
        return self.scaled(np.stack(pixels) if pixels else np.empty((0, *self.shape)))

    def unlike(self, other: "Preprocessing") -> str:
        """Return what differs, such as "rescale is None, not 1/255"; "" if nothing."""
        names = {one.name for one in (*fields(self), *fields(other)) if one.compare}
        both = {n: (getattr(self, n, ()), getattr(other, n, ())) for n in sorted(names)}
        return ", ".join(
            f"{name} is {_shown(mine)}, not {_shown(learnt)}"
            for name, (mine, learnt) in both.items()
            if mine != learnt
        )

    def config(self) -> dict[str, Any] | None:
        """Return the arguments as JSON values."""
        return {**asdict(self), "target_size": list(self.target_size)}


@dataclass(frozen=True)
class Standardized(Preprocessing):
    """Preprocessing with a function or statistics, which no model file can hold.

    Parameters
    ----------
    settings : tuple
        What is compared: two generators with the same settings prepare photos alike.
    standardize : callable
        Gets photos (N, H, W, C), values 0..255, and returns the model's input.
    """

    settings: tuple[Any, ...] = ()
    standardize: Callable[[NDArray[Any]], Array] = field(
        default=np.asarray, compare=False, repr=False
    )

    def scaled(self, pixels: NDArray[Any], in_place: bool = False) -> Array:
        """Return pixels 0..255 as the model's input, float32."""
        return self.standardize(pixels)

    def config(self) -> dict[str, Any] | None:
        """Return None: a model file without preprocessing refuses paths of photos."""
        return None


@spelled(PHOTO_WORDS)
def load_img(
    path: "PathLike | Image | BinaryIO",
    grayscale: bool = False,
    color_mode: str = "rgb",
    target_size: Pair | None = None,
    interpolation: str = "bilinear",
) -> "Image":
    """Return a photo as a Pillow image: upright, opaque, 8 bits.

    Parameters
    ----------
    path : str, Path, PIL.Image.Image or file
        The photo; its format is detected from the content. A file is open for reading
        bytes, such as an upload or `io.BytesIO`; it is read from its beginning.
    grayscale : bool, default False
        The same as ``color_mode="grayscale"``, as in old versions of Keras.
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
        If it cannot be read: missing, not a photo, damaged, or too large.
    """
    from PIL import Image

    mode = COLOR_MODES[
        _one_of("color_mode", "grayscale" if grayscale else color_mode, COLOR_MODES)
    ]
    _one_of("interpolation", interpolation, INTERPOLATIONS)
    if target_size is not None:
        target_size = rows_and_columns(target_size)
    try:
        content = _content(path)
        opened: AbstractContextManager[Image.Image] = (
            decoded(content, target_size)
            if isinstance(content, (Path, bytes))
            else nullcontext(content)
        )
        with without_warnings, opened as image:
            exif_orientation = orientation(image)
            image = converted(image, mode)
            image = upright(image, exif_orientation)
            if target_size is not None and image.size != target_size[::-1]:
                # Keras takes (rows, columns), Pillow (columns, rows).
                image = image.resize(
                    target_size[::-1], Image.Resampling[interpolation.upper()]
                )
            return image
    except Exception as error:  # Pillow raises many types on damaged files
        name = path if isinstance(path, (str, Path)) else type(path).__name__
        reason = _reason(error, path)
        if str(name).lower().endswith((".heic", ".heif")) and NO_HEIC not in reason:
            reason += f"; {NO_HEIC}"
        raise PhotoError(f"{display_name(name)}: {reason}") from error


def _content(photo: Any) -> "Path | bytes | Image":
    """Return a path, the bytes of an open file, or the Pillow image itself."""
    if isinstance(photo, str) and photo.lower().startswith(("http://", "https://")):
        raise ValueError(
            "it is an address, not a file: save the photo first, for instance with "
            "urllib.request.urlretrieve(address, 'photo.jpg')"
        )
    if isinstance(photo, (str, Path)):
        return Path(photo)
    if isinstance(photo, np.ndarray):
        raise TypeError("it is an array already: array_to_img makes an image of it")
    if hasattr(photo, "getexif"):
        return photo
    if not hasattr(photo, "read"):
        raise TypeError("it is neither a path, an open file nor a Pillow image")
    if hasattr(photo, "seek"):
        photo.seek(0)
    content = photo.read()
    if not isinstance(content, bytes):
        raise TypeError("the file should be open for bytes: open(path, 'rb')")
    return content


def rows_and_columns(target_size: Any) -> Pair:
    """Return (rows, columns), or raise ValueError if it is neither one nor two."""
    if isinstance(target_size, (tuple, list)) and len(target_size) == 3:
        raise ValueError(
            f"target_size should be (rows, columns) without the channels, got "
            f"{target_size!r}: write target_size={tuple(target_size[:2])}, and "
            "color_mode for the channels"
        )
    return pair(target_size, "target_size")


def _reason(error: Exception, photo: Any) -> str:
    """Return in one line why a photo cannot be read."""
    kind = type(error).__name__
    if kind == "UnidentifiedImageError":
        if (known := _beginning(photo)) == "HEIC":
            return f"it is a HEIC photo, as phones take them, and {NO_HEIC}"
        if known:
            return (
                f"it begins like a {known} file, but is damaged or of a kind that "
                "Pillow cannot read"
            )
        return (
            "it is not a photo in a supported format (JPEG, PNG, WEBP, GIF, BMP, ...)"
        )
    if kind.startswith("DecompressionBomb"):
        return "it has too many pixels"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = display_name(str(error).splitlines()[0]) if str(error) else kind
    if any(words in text.lower() for words in DAMAGED):
        return f"the file is damaged or cut off; Pillow says: {text}"
    return text


def _beginning(photo: Any) -> str:
    """Return the format that a file begins like; "" for any other, or no file."""
    if not isinstance(photo, (str, Path)):
        return ""
    with Path(photo).open("rb") as file:
        start = file.read(12)
    if start[4:8] == b"ftyp" and start[8:] in HEIC:
        return "HEIC"
    return next((name for magic, name in MAGIC.items() if start.startswith(magic)), "")


@spelled(PHOTO_WORDS)
def img_to_array(image: Any, dtype: DTypeLike = np.float32) -> Array:
    """Return a Pillow image as an array (H, W, C), values 0..255.

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


@spelled(PHOTO_WORDS)
def array_to_img(x: Array, scale: bool = True) -> "Image":
    """Return an array (H, W, C) as a Pillow image.

    Parameters
    ----------
    x : ndarray of shape (H, W, C) with C 1 or 3
    scale : bool, default True
        Stretch the values so that the smallest becomes 0 and the largest 255, as in
        Keras; False takes them as 0..255.

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
    values = x.astype(np.float32)
    if scale:
        values = values - values.min()
        largest = values.max()
        values = values * np.float32(255 / largest) if largest else values
    pixels = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return Image.fromarray(pixels[:, :, 0] if x.shape[2] == 1 else pixels)


def is_photo(x: object) -> bool:
    """Return whether this is a path, an open file or a Pillow image, not an array."""
    return isinstance(x, (str, Path)) or hasattr(x, "getexif") or hasattr(x, "read")


def _shown(value: Any) -> str:
    """Return a setting as it would be written: 1/255, not 0.0039..."""
    if isinstance(value, float) and 0 < value < 1 and value == 1 / round(1 / value):
        return f"1/{round(1 / value)}"
    return repr(value)


def _one_of(name: str, value: str, allowed: Iterable[str]) -> str:
    if value in allowed:
        return value
    raise ValueError(f"{name} should be one of {', '.join(allowed)}, got {value!r}")
