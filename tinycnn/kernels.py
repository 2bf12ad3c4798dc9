"""Kernels made by hand: the tutorial's pictures in numbers.

A network learns its kernels. These were thought out by people long before, and they are
laid over a photo by the very same convolution: edges, blur, sharper.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinycnn.layers import Conv2D
from tinycnn.shapes import Array

Numbers = NDArray[np.float64]
MOST_PARTS = 64  # the finest fraction that is written as one


def _fixed(numbers: ArrayLike, divisor: int = 1) -> Numbers:
    """Return an array that nobody can change: it is everybody's."""
    array = np.array(numbers, np.float64) / divisor
    array.setflags(write=False)
    return array


IMAGE_5X5 = _fixed(
    [
        [1, 1, 1, 0, 0],
        [0, 1, 1, 1, 0],
        [0, 0, 1, 1, 1],
        [0, 0, 1, 1, 0],
        [0, 1, 1, 0, 0],
    ]
)
FILTER_3X3 = _fixed([[1, 0, 1], [0, 1, 0], [1, 0, 1]])

# In the tutorial's order. The numbers of a blur add up to 1, so the photo stays as
# bright; those of an edge kernel to 0, so whatever is of one colour becomes black.
KERNELS: dict[str, Numbers] = {
    "identity": _fixed([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
    "edge detection": _fixed([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
    "vertical edges": _fixed([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
    "horizontal edges": _fixed([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
    "sharpen": _fixed([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "box blur": _fixed([[1, 1, 1], [1, 1, 1], [1, 1, 1]], 9),
    "gaussian blur": _fixed([[1, 2, 1], [2, 4, 2], [1, 2, 1]], 16),
}


def feature_map(image: ArrayLike, kernel: ArrayLike, padding: str = "valid") -> Array:
    """Return what a kernel makes of an image: (H, W) -> (OH, OW).

    The kernel is laid over every window of the image; each number of the result is the
    sum of the products of one window. No bias, nothing learnt.

    Parameters
    ----------
    image : array-like of shape (H, W) or (H, W, C)
        Of a colour image each channel is taken by itself: (H, W, C) -> (OH, OW, C).
        (A learnt kernel has numbers for every channel and adds the channels up.)
    kernel : array-like of shape (KH, KW)
        The numbers, for instance one of `KERNELS`.
    padding : {"valid", "same"}, default "valid"
        "valid" uses only windows that lie inside the image; "same" adds a border of
        zeros, so that the result is as large as the image.

    Returns
    -------
    ndarray
        In the image's own dtype if that is floating point, else float64. The numbers
        may leave the image's range: edges can be below 0.

    Raises
    ------
    ValueError
        If the kernel or the image has another number of axes, the kernel does not fit,
        or `padding` is another word.

    Notes
    -----
    With OH = H - KH + 1 and OW = W - KW + 1 ("valid")::

        y[i, j] = sum over a, b of image[i + a, j + b] * kernel[a, b]

    Examples
    --------
    >>> feature_map(IMAGE_5X5, FILTER_3X3)
    array([[4., 3., 4.],
           [2., 4., 3.],
           [2., 3., 4.]])
    >>> feature_map(np.zeros((64, 64, 3)), KERNELS["sharpen"], padding="same").shape
    (64, 64, 3)
    """
    image, numbers = np.asarray(image), np.asarray(kernel)
    if image.ndim not in (2, 3):
        raise ValueError(
            "image should be one image, (rows, columns) or (rows, columns, channels), "
            f"got an array of shape {image.shape}"
        )
    if numbers.ndim != 2:
        raise ValueError(
            "kernel should be a table of numbers, (rows, columns), got an array of "
            f"shape {numbers.shape}; of a learnt kernel take kernel[:, :, c, f]"
        )
    dtype = image.dtype if image.dtype.kind == "f" else np.dtype(np.float64)
    x = np.atleast_3d(image).transpose(2, 0, 1)[..., np.newaxis]  # C, H, W, 1
    conv = Conv2D(1, (numbers.shape[0], numbers.shape[1]), padding=padding)
    conv.build(x.shape[1:], np.random.default_rng(0), dtype)
    conv.params["kernel"] = numbers[:, :, np.newaxis, np.newaxis].astype(dtype)
    y = conv.forward(x.astype(dtype))[..., 0].transpose(1, 2, 0)  # OH, OW, C
    return y[:, :, 0] if image.ndim == 2 else y


def kernel_text(kernel: ArrayLike) -> str:
    """Return a kernel's numbers as lines of text, with a common divisor behind.

    Parameters
    ----------
    kernel : array-like of shape (KH, KW)
        Fractions up to 64ths are written as whole numbers and a divisor, all others
        with two decimals.

    Examples
    --------
    >>> print(kernel_text(KERNELS["sharpen"]))
     0 -1  0
    -1  5 -1
     0 -1  0
    >>> print(kernel_text(KERNELS["gaussian blur"]))
    1 2 1
    2 4 2  / 16
    1 2 1
    """
    numbers = np.asarray(kernel, np.float64)
    for divisor in range(1, MOST_PARTS + 1):
        parts = numbers * divisor
        if np.allclose(parts, np.rint(parts), rtol=0, atol=1e-9):
            words = [
                [f"{number:.0f}" for number in row] for row in np.rint(parts) + 0.0
            ]
            break
    else:
        divisor, words = 1, [[f"{number:.2f}" for number in row] for row in numbers]
    width = max(len(word) for row in words for word in row)
    lines = [" ".join(word.rjust(width) for word in row) for row in words]
    if divisor > 1:
        lines[len(lines) // 2] += f"  / {divisor}"
    return "\n".join(lines)
