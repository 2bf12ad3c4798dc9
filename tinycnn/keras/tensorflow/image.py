"""tf.image and tf.io: photos read, resized and changed, as arrays of NumPy.

Each function takes one photo (H, W, C) or several (N, H, W, C). Whole numbers are
levels 0..255; fractions are 0..1. A random function draws anew with each call, from the
seed of `tf.random.set_seed`.
"""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tinycnn.keras.arrays import as_ready
from tinycnn.layers.more.resizing import INTERPOLATIONS, weights
from tinycnn.preprocessing.decoding import converted, decoded
from tinycnn.randomness import default_seed, rng_for

FUNCTIONS: dict[str, Callable[..., Any]] = {}
GREY = (0.2989, 0.587, 0.114)  # of red, green and blue, as in tf.image
CHANNELS = (None, 0, 1, 3)
GREY_MODES = ("1", "L", "I;16")
_draws = itertools.count()


def _rng(seed: int | None) -> np.random.Generator:
    drawn = default_seed() if seed is None else int(seed)
    return rng_for(drawn, "augmentation", next(_draws))


def _named(function: Callable[..., Any]) -> Callable[..., Any]:
    """List a function on photos under its name."""
    named = _keyword_first(as_ready(function))
    FUNCTIONS[function.__name__] = named
    return named


def _keyword_first(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **keywords: Any) -> Any:
        for word in ("image", "images", "contents"):
            if not args and word in keywords:
                args = (keywords.pop(word),)
        return function(*args, **keywords)

    call.__name__, call.__doc__ = function.__name__, function.__doc__
    return call


# -- reading ---------------------------------------------------------------------------


def read_file(filename: Any, name: str | None = None) -> bytes:
    """Return what is in a file."""
    return Path(str(np.asarray(filename)[()])).read_bytes()


def _decoded(contents: Any, channels: int | None) -> Any:
    """Return levels (H, W, C); `channels` 0 or None: 1 if the photo is grey, else 3."""
    if not isinstance(contents, bytes):
        contents = bytes(np.asarray(contents)[()])
    if channels not in CHANNELS:
        raise ValueError(f"channels should be one of {CHANNELS}, got {channels!r}")
    try:
        with decoded(contents, None) as photo:
            is_grey = channels == 1 or (not channels and photo.mode in GREY_MODES)
            pixels = np.asarray(converted(photo, "L" if is_grey else "RGB"))
    except (OSError, ValueError, SyntaxError) as error:
        raise ValueError(f"decode_image: this is not a photo ({error})") from None
    return pixels if pixels.ndim == 3 else pixels[..., np.newaxis]


@_named
def decode_image(
    contents: Any,
    channels: int | None = None,
    dtype: Any = np.uint8,
    expand_animations: bool = True,
) -> Any:
    """Return the photo in the bytes of a file, as levels (H, W, C)."""
    return _converted(_decoded(contents, channels), dtype)


@_named
def decode_jpeg(contents: Any, channels: int = 0, **_: Any) -> Any:
    """Return the photo in the bytes of a JPEG file, as levels (H, W, C)."""
    return _decoded(contents, channels)


@_named
def decode_png(contents: Any, channels: int = 0, **_: Any) -> Any:
    """Return the photo in the bytes of a PNG file, as levels (H, W, C)."""
    return _decoded(contents, channels)


# -- numbers ---------------------------------------------------------------------------


def _converted(x: Any, dtype: Any, saturate: bool = False) -> Any:
    x, new = np.asarray(x), np.dtype(dtype)
    if x.dtype == new:
        return x
    if new.kind == "f":
        return x.astype(new) / (np.iinfo(x.dtype).max if x.dtype.kind in "iu" else 1)
    if x.dtype.kind != "f":
        raise ValueError(
            f"convert_image_dtype changes {x.dtype} to fractions, not to {new}: use "
            "tf.cast"
        )
    largest = np.iinfo(new).max
    scaled = x * (largest + 0.5)
    return (np.clip(scaled, 0, largest) if saturate else scaled).astype(new)


@_named
def convert_image_dtype(image: Any, dtype: Any, saturate: bool = False) -> Any:
    """Return levels 0..255 as fractions 0..1, or the other way round."""
    return _converted(image, dtype, saturate)


def _in_fractions(function: Callable[..., Any], x: Any, *arguments: Any) -> Any:
    """Return a function's value for fractions, in the numbers that it was given."""
    x = np.asarray(x)
    y = function(_converted(x, np.float32) if x.dtype.kind != "f" else x, *arguments)
    return _converted(y.astype(np.float32), x.dtype, True) if x.dtype.kind != "f" else y


def _contrast(x: Any, factor: float) -> Any:
    mean = x.mean(axis=(-3, -2), keepdims=True)
    return (x - mean) * np.asarray(factor, x.dtype) + mean


def _grey(x: Any) -> Any:
    return (x @ np.asarray(GREY, x.dtype))[..., np.newaxis]


@_named
def adjust_brightness(image: Any, delta: float) -> Any:
    """Return x + delta, delta being a fraction."""
    return _in_fractions(lambda x: x + np.asarray(delta, x.dtype), image)


@_named
def adjust_contrast(images: Any, contrast_factor: float) -> Any:
    """Return (x - mean) * contrast_factor + mean, with the mean of each channel."""
    return _in_fractions(_contrast, images, contrast_factor)


@_named
def random_brightness(image: Any, max_delta: float, seed: int | None = None) -> Any:
    """Return x + delta, with a delta in -max_delta..max_delta."""
    delta = _rng(seed).uniform(-max_delta, max_delta)
    return _in_fractions(lambda x: x + np.asarray(delta, x.dtype), image)


@_named
def random_contrast(
    image: Any, lower: float, upper: float, seed: int | None = None
) -> Any:
    """Return the photo with its contrast changed by a factor in lower..upper."""
    return _in_fractions(_contrast, image, _rng(seed).uniform(lower, upper))


@_named
def rgb_to_grayscale(images: Any, name: str | None = None) -> Any:
    """Return 0.2989 red + 0.587 green + 0.114 blue, of shape (..., 1)."""
    return _in_fractions(_grey, images)


@_named
def grayscale_to_rgb(images: Any, name: str | None = None) -> Any:
    """Return the one channel three times."""
    return np.repeat(images, 3, axis=-1)


@_named
def per_image_standardization(image: Any) -> Any:
    """Return (x - mean) / max(deviation, 1 / sqrt(numbers)) of each photo."""
    x = np.asarray(image).astype(np.float32)
    axes, count = (-3, -2, -1), np.prod(x.shape[-3:])
    deviation = np.maximum(x.std(axis=axes, keepdims=True), 1 / np.sqrt(count))
    return ((x - x.mean(axis=axes, keepdims=True)) / deviation).astype(np.float32)


# -- places ----------------------------------------------------------------------------


@_named
def resize(
    images: Any,
    size: Any,
    method: str = "bilinear",
    preserve_aspect_ratio: bool = False,
    antialias: bool = False,
) -> Any:
    """Return photos of another size, as fractions of float32, as `layers.Resizing`.

    Raises
    ------
    ValueError
        If `method` is not "bilinear" or "nearest", or `antialias` is True.
    """
    if method not in INTERPOLATIONS or antialias:
        raise ValueError(
            "tf.image.resize should be given method 'bilinear' or 'nearest' without "
            f"antialias, got {method!r} and antialias={antialias}: "
            "load_img(path, target_size=(rows, columns)) makes smooth small photos"
        )
    x = np.asarray(images)
    height, width = (int(n) for n in size)
    if preserve_aspect_ratio:
        scale = min(height / x.shape[-3], width / x.shape[-2])
        height, width = (round(n * scale) for n in x.shape[-3:-1])
    is_nearest = method == "nearest"
    rows = weights(x.shape[-3], height, is_nearest).astype(np.float32)
    columns = weights(x.shape[-2], width, is_nearest).astype(np.float32)
    arrays = rows, x.astype(np.float32), columns
    y = np.einsum("ir,...rsc,js->...ijc", *arrays, optimize=True)  # two products
    return y.astype(x.dtype) if is_nearest else y


@_named
def flip_left_right(image: Any) -> Any:
    """Return the photo mirrored: left is right."""
    return np.asarray(image)[..., ::-1, :]


@_named
def flip_up_down(image: Any) -> Any:
    """Return the photo upside down."""
    return np.asarray(image)[..., ::-1, :, :]


def _some_flipped(x: Any, axis: int, seed: int | None) -> Any:
    x = np.asarray(x)
    chosen = _rng(seed).random(x.shape[:-3]) < 0.5
    return np.where(chosen[..., None, None, None], np.flip(x, axis), x)


@_named
def random_flip_left_right(image: Any, seed: int | None = None) -> Any:
    """Return the photo, or one time in two its mirror image."""
    return _some_flipped(image, -2, seed)


@_named
def random_flip_up_down(image: Any, seed: int | None = None) -> Any:
    """Return the photo, or one time in two upside down."""
    return _some_flipped(image, -3, seed)


@_named
def rot90(image: Any, k: int = 1, name: str | None = None) -> Any:
    """Return the photo turned by k times 90 degrees, counter-clockwise."""
    return np.rot90(image, k, axes=(-3, -2))


@_named
def crop_to_bounding_box(
    image: Any,
    offset_height: int,
    offset_width: int,
    target_height: int,
    target_width: int,
) -> Any:
    """Return a part of the photo: so many rows and columns, from the offset on."""
    x = np.asarray(image)
    bottom, right = offset_height + target_height, offset_width + target_width
    if not (bottom <= x.shape[-3] and right <= x.shape[-2]):
        raise ValueError(
            f"the part should lie in the photo of {x.shape[-3]} x {x.shape[-2]}, got "
            f"rows up to {bottom} and columns up to {right}"
        )
    return x[..., offset_height:bottom, offset_width:right, :]


@_named
def central_crop(image: Any, central_fraction: float) -> Any:
    """Return the middle of the photo, so large a part of its height and width."""
    x = np.asarray(image)
    top, left = (int((n - n * central_fraction) / 2) for n in x.shape[-3:-1])
    return x[..., top : x.shape[-3] - top, left : x.shape[-2] - left, :]


@_named
def random_crop(value: Any, size: Any, seed: int | None = None) -> Any:
    """Return a part of that shape, from a random place."""
    x, rng = np.asarray(value), _rng(seed)
    if len(size) != x.ndim or any(n > m for n, m in zip(size, x.shape, strict=True)):
        raise ValueError(f"random_crop of {tuple(size)} does not fit in {x.shape}")
    starts = [int(rng.integers(m - n + 1)) for n, m in zip(size, x.shape, strict=True)]
    return x[tuple(slice(s, s + n) for s, n in zip(starts, size, strict=True))]


@_named
def resize_with_crop_or_pad(image: Any, target_height: int, target_width: int) -> Any:
    """Return the middle of the photo, with zeros around where it is too small."""
    x = np.asarray(image)
    for axis, wanted in ((-3, target_height), (-2, target_width)):
        have = x.shape[axis]
        cut, missing = max(have - wanted, 0), max(wanted - have, 0)
        start = cut // 2
        x = np.take(x, range(start, start + min(have, wanted)), axis)
        borders = [(0, 0)] * x.ndim
        borders[axis] = (missing // 2, missing - missing // 2)
        x = np.pad(x, borders)
    return x
