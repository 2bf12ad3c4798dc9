"""SpatialDropout2D: during training, a random part of the maps is set to 0."""

from tinycnn.layers.dropout import Dropout
from tinycnn.shapes import Array, Pair, Shape


class SpatialDropout2D(Dropout):
    """Drop each map with probability `rate` during training.

    Neighbouring cells of a map say much the same, so that `Dropout`, which drops single
    numbers, takes little away from it.

    Parameters
    ----------
    rate : float
        Share of the maps that is dropped, from 0 up to (not including) 1.
    input_shape : (int, int, int), optional
        (H, W, C), if this is the first layer.

    Raises
    ------
    ValueError
        If `rate` is out of its range, or (in ``build``) the input is not (H, W, C).

    Notes
    -----
    As `Dropout`, with one number of the mask for each map: mask[n, c].

    References
    ----------
    Tompson et al., "Efficient object localization using convolutional networks", CVPR
    2015.
    """

    window: Pair | None = (1, 1)
    is_straight = is_identity = True

    def infer_shapes(self, input_shape: Shape) -> tuple[Shape, dict[str, Shape]]:
        if len(input_shape) != 3:
            raise ValueError(
                f"the input should be (rows, columns, channels), got {input_shape}"
            )
        return input_shape, {}

    def mask_shape(self, x: Array) -> Shape:
        """Return the shape of the mask: one number for each map."""
        N, _, _, C = x.shape
        return N, 1, 1, C
