"""Resizing: photos of any size become maps of one size."""

from typing import Any

import numpy as np

from tinycnn.layers.base import Kept, Layer
from tinycnn.shapes import Array, Shape, whole_number

INTERPOLATIONS = ("bilinear", "nearest")


class Resizing(Layer):
    """Resize each photo to `height` rows and `width` columns.

    Parameters
    ----------
    height, width : int
        Of the output.
    interpolation : {"bilinear", "nearest"}
        Whether a number is the mean of the four around its place, weighted by their
        distance, or the nearest of them.
    input_shape : (int, int, int), optional
        (H, W, C), if this is the first layer.

    Raises
    ------
    ValueError
        If an argument is out of range, or (in ``build``) the input is not (H, W, C).

    Notes
    -----
    Input (N, H, W, C), output (N, height, width, C)::

        y[n, i, j, c] = sum over r, s of R[i, r] * S[j, s] * x[n, r, s, c]
        dx[n, r, s, c] = sum over i, j of R[i, r] * S[j, s] * dy[n, i, j, c]

    Row i of the output lies at (i + 0.5) * H / height - 0.5 in the input, and R[i, :]
    are the weights of the two rows beside this place. Nothing is blurred first, as in
    Keras: a photo much larger than the output loses detail between the rows. (Photos
    that are read from files with a target_size are.)

    References
    ----------
    Keras API, "Resizing layer", https://keras.io/api/layers/preprocessing_layers

    Examples
    --------
    >>> Resizing(1, 2)(np.array([[0.0, 2.0, 4.0, 6.0]]).reshape(1, 1, 4, 1)).ravel()
    array([1., 5.])
    """

    is_by_photo = is_straight = True

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        input_shape: Shape | None = None,
        **unsupported: object,
    ) -> None:
        super().__init__(input_shape, **unsupported)
        self.height: int = whole_number(height, "height")
        self.width: int = whole_number(width, "width")
        if interpolation not in INTERPOLATIONS:
            raise ValueError(
                f"interpolation should be one of {', '.join(INTERPOLATIONS)}, got "
                f"{interpolation!r}"
            )
        self.interpolation = interpolation

    def infer_shapes(self, input_shape: Shape) -> tuple[Shape, dict[str, Shape]]:
        if len(input_shape) != 3:
            raise ValueError(
                f"the input should be (rows, columns, channels), got {input_shape}"
            )
        return (self.height, self.width, input_shape[2]), {}

    def _weights(self, x_shape: Shape, dtype: Any) -> tuple[Array, Array]:
        """Return R (height, H) and S (width, W)."""
        is_nearest = self.interpolation == "nearest"
        return (
            weights(x_shape[1], self.height, is_nearest).astype(dtype),
            weights(x_shape[2], self.width, is_nearest).astype(dtype),
        )

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        R, S = self._weights(x.shape, x.dtype)
        self.kept: Kept = (x.shape,)
        y: Array = np.einsum("ir,nrsc,js->nijc", R, x, S, optimize=True)
        return y

    def backward(self, dy: Array) -> Array:
        (x_shape,) = self.kept_for(dy)
        R, S = self._weights(x_shape, dy.dtype)
        dx: Array = np.einsum("ir,nijc,js->nrsc", R, dy, S, optimize=True)
        return dx

    def config(self) -> dict[str, Any]:
        return {
            "height": self.height,
            "width": self.width,
            "interpolation": self.interpolation,
        }


def weights(old: int, new: int, is_nearest: bool) -> Array:
    """Return which rows each new row is made of, and how much of each: (new, old)."""
    places = (np.arange(new) + 0.5) * old / new - 0.5
    if is_nearest:
        places = np.floor(places + 0.5)
    first = np.floor(places)
    share = places - first  # of the row after the first
    matrix = np.zeros((new, old))
    for row, part in ((first, 1 - share), (first + 1, share)):
        inside = np.clip(row, 0, old - 1).astype(int)
        np.add.at(matrix, (np.arange(new), inside), part)
    return matrix
