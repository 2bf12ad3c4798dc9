"""Convolution: the same small kernel looks at every place of the photo."""

from typing import Any

import numpy as np

from tinycnn.initializers import Initializer
from tinycnn.layers.base import Arrays, Kept, Layer
from tinycnn.layers.more.activations import check_activation
from tinycnn.layers.weighted import WeightedLayer
from tinycnn.layers.windows import crop, im2col, pad, product_col2im
from tinycnn.parallel.products import matmul
from tinycnn.regularizers import L1L2
from tinycnn.shapes import (
    Array,
    Borders,
    Pair,
    Shape,
    check_padding,
    pair,
    whole_number,
    window_grid,
)

# Numbers. More windows than these are made again in backward, not kept: those of a
# batch of 256x256 pixels would fill 220 MB.
LARGE = 2**20


class Conv2D(WeightedLayer):
    """2D convolution with learnt kernels.

    Each of the `filters` kernels is laid over every window of the photo; the output is
    the sum of the products, plus a bias. One kernel gives one feature map.

    Parameters
    ----------
    filters : int
        Number of kernels, and so of channels in the output.
    kernel_size : int or (int, int)
        Rows and columns of a kernel, in pixels.
    strides : int or (int, int), default 1
        Pixels from one window to the next, down and across.
    padding : {"valid", "same"}, default "valid"
        "valid" uses only windows that lie inside the photo. "same" adds a border of
        zeros so that the output has ceil(H / stride) rows.
    activation : str or Layer, optional
        A name of `ACTIVATIONS`, such as "relu", or a layer such as ``ELU(0.5)``.
        `Sequential.add` makes it a layer of its own, after this one.
    input_shape : (int, int, int), optional
        (H, W, C) of a photo; the first layer of a model needs it.
    kernel_initializer : str or Initializer, default "glorot_uniform"
        How the kernels are initialised: a name of `initializers.INITIALIZERS`, or an
        object of `initializers`.
    use_bias : bool, default True
        Whether a bias is learnt and added.
    bias_initializer : str or Initializer, default "zeros"
    kernel_regularizer, bias_regularizer : str or L1L2, optional
        A penalty on large weights: "l2", or an object of `regularizers`.

    Attributes
    ----------
    params["kernel"] : ndarray of shape (KH, KW, C, F)
    params["bias"] : ndarray of shape (F,)

    Notes
    -----
    Input (N, H, W, C), output (N, OH, OW, F), with OH = (H - KH) // stride + 1 and OW
    likewise ("valid")::

        y[n, i, j, f] = bias[f] + sum over a, b, c of
                        x[n, i * stride + a, j * stride + b, c] * kernel[a, b, c, f]

    The kernel is not flipped: mathematicians call this cross-correlation [1]_. With the
    windows as rows of a matrix, and K the kernel as a matrix (KH*KW*C, F), it is one
    product, and so is each derivative::

        y = cols @ K + bias
        dK = cols.T @ dy        dbias = sum of dy over n, i, j        dcols = dy @ K.T

    ``col2im`` then adds ``dcols`` back onto the pixels. Kernels start uniform in
    ±sqrt(6 / (KH*KW * (C + F))), the Glorot rule that Keras uses [2]_; biases at zero.

    References
    ----------
    .. [1] Goodfellow, Bengio and Courville, "Deep Learning", 2016, section 9.1.
    .. [2] Glorot and Bengio, "Understanding the difficulty of training deep feedforward
       neural networks", AISTATS 2010.

    Examples
    --------
    >>> conv = Conv2D(filters=8, kernel_size=3)
    >>> conv.build((32, 32, 3), rng=np.random.default_rng(0))
    (30, 30, 8)
    >>> conv.forward(np.zeros((16, 32, 32, 3), dtype=np.float32)).shape
    (16, 30, 30, 8)
    """

    is_by_photo = is_straight = True

    def __init__(
        self,
        filters: int,
        kernel_size: int | Pair,
        strides: int | Pair = 1,
        padding: str = "valid",
        activation: str | Layer | None = None,
        input_shape: Shape | None = None,
        kernel_initializer: str | Initializer = "glorot_uniform",
        use_bias: bool = True,
        bias_initializer: str | Initializer = "zeros",
        kernel_regularizer: str | L1L2 | None = None,
        bias_regularizer: str | L1L2 | None = None,
        **unsupported: object,
    ) -> None:
        super().__init__(
            input_shape,
            kernel_initializer,
            bias_initializer,
            use_bias,
            kernel_regularizer,
            bias_regularizer,
            **unsupported,
        )
        self.filters: int = whole_number(filters, "filters")
        self.kernel_size: Pair = pair(kernel_size, "kernel_size")
        self.window: Pair | None = self.kernel_size
        self.strides: Pair = pair(strides, "strides")
        self.padding: str | Borders = check_padding(padding)
        self.activation: str | Layer | None = check_activation(activation)

    def infer_shapes(self, input_shape: Shape) -> tuple[Shape, dict[str, Shape]]:
        grid, _ = self._grid(input_shape)
        kernel = (*self.kernel_size, input_shape[2], self.filters)
        bias = {"bias": (self.filters,)} if self.use_bias else {}
        return (*grid, self.filters), {"kernel": kernel, **bias}

    def _grid(self, input_shape: Shape) -> tuple[Pair, Borders]:
        return window_grid(
            input_shape, self.kernel_size, self.strides, self.padding, "kernel"
        )

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        kernel = self.params["kernel"]
        (rows, columns), borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        cols = im2col(padded, self.kernel_size, self.strides)  # N*OH*OW, KH*KW*C
        K = kernel.reshape(-1, self.filters)  # KH*KW*C, F
        y = matmul(cols, K)  # N*OH*OW, F
        if self.use_bias:
            y += self.params["bias"]
        seen = cols if cols.size <= LARGE else padded
        self.kept: Kept = (padded.shape, borders, seen)
        return y.reshape(-1, rows, columns, self.filters)

    def backward(self, dy: Array) -> Array:
        padded_shape, borders, seen = self.kept_for(dy)
        cols = seen if seen.ndim == 2 else im2col(seen, self.kernel_size, self.strides)
        kernel = self.params["kernel"]
        dy = dy.reshape(-1, self.filters)  # N*OH*OW, F
        self.grads: Arrays = {"kernel": matmul(cols.T, dy).reshape(kernel.shape)}
        if self.use_bias:
            # A product with ones is a sum, and several times as fast as sum(axis=0).
            self.grads["bias"] = np.ones(len(dy), dy.dtype) @ dy
        if self.skip_dx:  # an array all the same, so that the type is always one
            return np.empty(0, dy.dtype)
        K = kernel.reshape(-1, self.filters)  # KH*KW*C, F
        # col2im(dy @ K.T), without keeping the product as a whole
        dpadded = product_col2im(dy, K.T, padded_shape, self.kernel_size, self.strides)
        return crop(dpadded, borders)

    def config(self) -> dict[str, Any]:
        return {
            "filters": self.filters,
            "kernel_size": list(self.kernel_size),
            "strides": list(self.strides),
            "padding": self.padding,
            **super().config(),
        }

    def multiply_adds(self) -> int:
        rows, columns, _ = self.output_shape or (0, 0, 0)
        return rows * columns * self.params["kernel"].size
