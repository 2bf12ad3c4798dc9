"""Kernels designed by hand: the tutorial's pictures in numbers.

A network learns its kernels. These are the classical ones of image processing, for
edges, blurring and sharpening, applied to a photo by the very same convolution.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinycnn.layers import Conv2D
from tinycnn.shapes import Array

Kernel = NDArray[np.float64]
MAX_DIVISOR = 64  # the finest fraction that `kernel_text` writes as one


def _fixed(weights: ArrayLike, divisor: int = 1) -> Kernel:
    """Return a read-only array; it is shared."""
    array = np.array(weights, np.float64) / divisor
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

# In the tutorial's order. The weights of a blur add up to 1, which keeps the
# brightness; those of an edge kernel add up to 0, so an area of one colour becomes
# black.
KERNELS: dict[str, Kernel] = {
    "identity": _fixed([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
    "edge detection": _fixed([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
    "vertical edges": _fixed([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
    "horizontal edges": _fixed([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
    "sharpen": _fixed([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "box blur": _fixed([[1, 1, 1], [1, 1, 1], [1, 1, 1]], 9),
    "gaussian blur": _fixed([[1, 2, 1], [2, 4, 2], [1, 2, 1]], 16),
}


def feature_map(image: ArrayLike, kernel: ArrayLike, padding: str = "valid") -> Array:
    """Return an image convolved with a kernel: (H, W) -> (OH, OW).

    The kernel is laid over every window of the image; each value of the result is the
    sum of the products of one window. There is no bias, and nothing is learnt.

    Parameters
    ----------
    image : array-like of shape (H, W) or (H, W, C)
        Each channel of a colour image is convolved separately: (H, W, C) ->
        (OH, OW, C). (A learnt kernel has weights for every channel and adds them up.)
    kernel : array-like of shape (KH, KW)
        For instance one of `KERNELS`.
    padding : {"valid", "same"}, default "valid"
        "valid" uses only windows that lie inside the image; "same" adds a border of
        zeros, so that the result is as large as the image.

    Returns
    -------
    ndarray
        In the image's dtype if that is floating point, else float64. Values may leave
        the image's range: edges can be below 0.

    Raises
    ------
    ValueError
        If the kernel or the image has the wrong number of axes, the kernel does not
        fit, or `padding` is unknown.

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
    image, kernel = np.asarray(image), np.asarray(kernel)
    if image.ndim not in (2, 3):
        raise ValueError(
            "image should be one image, (rows, columns) or (rows, columns, channels), "
            f"got an array of shape {image.shape}"
        )
    if kernel.ndim != 2:
        raise ValueError(
            "kernel should be a table of numbers, (rows, columns), got an array of "
            f"shape {kernel.shape}; of a learnt kernel take kernel[:, :, c, f]"
        )
    dtype = image.dtype if image.dtype.kind == "f" else np.dtype(np.float64)
    x = np.atleast_3d(image).transpose(2, 0, 1)[..., np.newaxis]  # C, H, W, 1
    conv = Conv2D(1, (kernel.shape[0], kernel.shape[1]), padding=padding)
    conv.build(x.shape[1:], np.random.default_rng(0), dtype)
    conv.params["kernel"] = kernel[:, :, np.newaxis, np.newaxis].astype(dtype)
    y = conv.forward(x.astype(dtype))[..., 0].transpose(1, 2, 0)  # OH, OW, C
    return y[:, :, 0] if image.ndim == 2 else y


def kernel_text(kernel: ArrayLike) -> str:
    """Return a kernel as lines of text, followed by its common divisor.

    Parameters
    ----------
    kernel : array-like of shape (KH, KW)
        Weights that are whole multiples of one fraction, down to 1/64, are written as
        whole numbers and a divisor, all others with two decimals.

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
    weights = np.asarray(kernel, np.float64)
    for divisor in range(1, MAX_DIVISOR + 1):
        multiples = weights * divisor
        if np.allclose(multiples, np.rint(multiples), rtol=0, atol=1e-9):
            table = [[f"{w:.0f}" for w in row] for row in np.rint(multiples) + 0.0]
            break
    else:
        divisor, table = 1, [[f"{w:.2f}" for w in row] for row in weights]
    width = max(len(text) for row in table for text in row)
    lines = [" ".join(text.rjust(width) for text in row) for row in table]
    if divisor > 1:
        lines[len(lines) // 2] += f"  / {divisor}"
    return "\n".join(lines)
