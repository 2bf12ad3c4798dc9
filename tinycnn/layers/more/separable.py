"""Convolutions in two parts: a kernel for each channel, then a mixture of channels."""

from typing import Any

import numpy as np

from tinycnn.files.described import Described
from tinycnn.initializers import Initializer, check_initializer
from tinycnn.layers.base import Arrays, Kept, Layer
from tinycnn.layers.more.activations import check_activation
from tinycnn.layers.windows import crop, grid_of, pad, window_cells
from tinycnn.shapes import (
    Array,
    Borders,
    Pair,
    Shape,
    check_padding,
    pair,
    whole_number,
    window_grid,
    yes_or_no,
)


def depthwise(padded: Array, kernel: Array, strides: Pair) -> Array:
    """Return every channel under its own kernels: (N, OH, OW, C * M)."""
    KH, KW, C, M = kernel.shape
    grid = grid_of(padded.shape, (KH, KW), strides)
    y = np.zeros((len(padded), *grid, C, M), np.result_type(padded, kernel))
    cells = window_cells(padded, (KH, KW), strides)
    for cell, weights in zip(cells, kernel.reshape(-1, C, M), strict=True):
        y += cell[..., np.newaxis] * weights
    return y.reshape(len(padded), *grid, C * M)


def depthwise_backward(
    dy: Array, padded: Array, kernel: Array, strides: Pair
) -> tuple[Array, Array]:
    """Return (dkernel, dpadded) for dy of `depthwise`."""
    KH, KW, C, M = kernel.shape
    dy = dy.reshape(*dy.shape[:3], C, M)
    dkernel = np.empty((KH * KW, C, M), dy.dtype)
    dpadded = np.zeros(padded.shape, dy.dtype)
    cells = window_cells(padded, (KH, KW), strides)
    dcells = window_cells(dpadded, (KH, KW), strides)
    weights = kernel.reshape(-1, C, M)
    for place, (cell, dcell) in enumerate(zip(cells, dcells, strict=True)):
        dkernel[place] = np.einsum("nijc,nijcm->cm", cell, dy)
        dcell += np.einsum("nijcm,cm->nijc", dy, weights[place])
    return dkernel.reshape(kernel.shape), dpadded


class DepthwiseConv2D(Layer):
    """2D convolution of each channel with kernels of its own; nothing is mixed.

    Parameters
    ----------
    kernel_size : int or (int, int)
        Rows and columns of a kernel, in pixels.
    strides : int or (int, int), default 1
        Pixels from one window to the next, down and across.
    padding : {"valid", "same"}, default "valid"
        As of `Conv2D`.
    depth_multiplier : int, default 1
        Number M of kernels for each channel.
    activation : str or Layer, optional
        As of `Conv2D`.
    input_shape : (int, int, int), optional
        (H, W, C) of a photo; the first layer of a model needs it.
    use_bias : bool, default True
        Whether a bias is learnt and added.
    depthwise_initializer, bias_initializer : str or Initializer
        How kernels and biases start; "glorot_uniform" and "zeros".

    Attributes
    ----------
    params["depthwise_kernel"] : ndarray of shape (KH, KW, C, M)
    params["bias"] : ndarray of shape (C * M,)

    Raises
    ------
    ValueError
        If an argument is out of range, or (in ``build``) no window fits.

    Notes
    -----
    Input (N, H, W, C), output (N, OH, OW, C * M), with OH and OW as of `Conv2D`::

        y[n, i, j, c * M + m] = bias[c * M + m] + sum over a, b of
                      x[n, i * stride + a, j * stride + b, c] * kernel[a, b, c, m]

    With u[n, i, j, a, b, c] for that number of x::

        dkernel[a, b, c, m] = sum over n, i, j of u * dy[n, i, j, c * M + m]
        dx: kernel[a, b, c, m] * dy[n, i, j, c * M + m] is added where u came from

    References
    ----------
    Chollet, "Xception: deep learning with depthwise separable convolutions", CVPR 2017.

    Examples
    --------
    >>> conv = DepthwiseConv2D(3, depth_multiplier=2)
    >>> conv.build((32, 32, 3), rng=np.random.default_rng(0))
    (30, 30, 6)
    """

    is_by_photo = is_straight = True

    def __init__(
        self,
        kernel_size: int | Pair,
        strides: int | Pair = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        activation: str | Layer | None = None,
        input_shape: Shape | None = None,
        use_bias: bool = True,
        depthwise_initializer: str | Initializer = "glorot_uniform",
        bias_initializer: str | Initializer = "zeros",
        **unsupported: object,
    ) -> None:
        super().__init__(input_shape, **unsupported)
        self.kernel_size: Pair = pair(kernel_size, "kernel_size")
        self.window: Pair | None = self.kernel_size
        self.strides: Pair = pair(strides, "strides")
        self.padding: str | Borders = check_padding(padding)
        self.depth_multiplier: int = whole_number(depth_multiplier, "depth_multiplier")
        self.activation: str | Layer | None = check_activation(activation)
        self.use_bias: bool = yes_or_no(use_bias, "use_bias")
        self.depthwise_initializer: str | Initializer = check_initializer(
            depthwise_initializer, "depthwise_initializer"
        )
        self.bias_initializer: str | Initializer = check_initializer(
            bias_initializer, "bias_initializer"
        )
        self.initializers["depthwise_kernel"] = self.depthwise_initializer
        self.initializers["bias"] = self.bias_initializer

    def infer_shapes(self, input_shape: Shape) -> tuple[Shape, dict[str, Shape]]:
        (rows, columns), _ = self._grid(input_shape)
        C, M = input_shape[2], self.depth_multiplier
        shapes: dict[str, Shape] = {"depthwise_kernel": (*self.kernel_size, C, M)}
        if self.use_bias:
            shapes["bias"] = (C * M,)
        return (rows, columns, C * M), shapes

    def _grid(self, input_shape: Shape) -> tuple[Pair, Borders]:
        return window_grid(
            input_shape, self.kernel_size, self.strides, self.padding, "kernel"
        )

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        y = depthwise(padded, self.params["depthwise_kernel"], self.strides)
        if self.use_bias:
            y += self.params["bias"]
        self.kept: Kept = (padded, borders)
        return y

    def backward(self, dy: Array) -> Array:
        padded, borders = self.kept_for(dy)
        kernel = self.params["depthwise_kernel"]
        dkernel, dpadded = depthwise_backward(dy, padded, kernel, self.strides)
        self.grads: Arrays = {"depthwise_kernel": dkernel}
        if self.use_bias:
            self.grads["bias"] = dy.sum(axis=(0, 1, 2))
        return crop(dpadded, borders)

    def config(self) -> dict[str, Any]:
        rules = {
            "depthwise_initializer": self.depthwise_initializer,
            "bias_initializer": self.bias_initializer,
        }
        return {
            "kernel_size": list(self.kernel_size),
            "strides": list(self.strides),
            "padding": self.padding,
            "depth_multiplier": self.depth_multiplier,
            "use_bias": self.use_bias,
            **_described(rules),
        }

    def multiply_adds(self) -> int:
        rows, columns, _ = self.output_shape or (0, 0, 0)
        return rows * columns * self.params["depthwise_kernel"].size


class SeparableConv2D(DepthwiseConv2D):
    """A depthwise convolution, then a 1x1 convolution that mixes its channels.

    It needs far fewer weights than a `Conv2D` of the same size: KH * KW * C + C * F in
    place of KH * KW * C * F (with ``depth_multiplier=1``).

    Parameters
    ----------
    filters : int
        Number F of channels in the output.
    kernel_size, strides, padding, depth_multiplier, activation, input_shape
        As of `DepthwiseConv2D`.
    use_bias : bool, default True
        Whether a bias is learnt and added, at the end.
    depthwise_initializer, pointwise_initializer : str or Initializer
        How the two kernels start; "glorot_uniform".
    bias_initializer : str or Initializer, default "zeros"

    Attributes
    ----------
    params["depthwise_kernel"] : ndarray of shape (KH, KW, C, M)
    params["pointwise_kernel"] : ndarray of shape (1, 1, C * M, F)
    params["bias"] : ndarray of shape (F,)

    Raises
    ------
    ValueError
        If an argument is out of range, or (in ``build``) no window fits.

    Notes
    -----
    Input (N, H, W, C), output (N, OH, OW, F). With d the output of the depthwise part,
    as rows (N*OH*OW, C*M), and P the pointwise kernel as a matrix (C*M, F)::

        y = d @ P + bias
        dP = d.T @ dy        dbias = sum of dy over n, i, j        dd = dy @ P.T

    and dd goes back through the depthwise part.

    References
    ----------
    Chollet, "Xception: deep learning with depthwise separable convolutions", CVPR 2017.

    Examples
    --------
    >>> conv = SeparableConv2D(8, 3)
    >>> conv.build((32, 32, 3), rng=np.random.default_rng(0))
    (30, 30, 8)
    """

    is_by_photo = is_straight = True

    def __init__(
        self,
        filters: int,
        kernel_size: int | Pair,
        strides: int | Pair = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        activation: str | Layer | None = None,
        input_shape: Shape | None = None,
        use_bias: bool = True,
        depthwise_initializer: str | Initializer = "glorot_uniform",
        pointwise_initializer: str | Initializer = "glorot_uniform",
        bias_initializer: str | Initializer = "zeros",
        **unsupported: object,
    ) -> None:
        super().__init__(
            kernel_size,
            strides,
            padding,
            depth_multiplier,
            activation,
            input_shape,
            use_bias,
            depthwise_initializer,
            bias_initializer,
            **unsupported,
        )
        self.filters: int = whole_number(filters, "filters")
        self.pointwise_initializer: str | Initializer = check_initializer(
            pointwise_initializer, "pointwise_initializer"
        )
        self.initializers["pointwise_kernel"] = self.pointwise_initializer

    def infer_shapes(self, input_shape: Shape) -> tuple[Shape, dict[str, Shape]]:
        (rows, columns, channels), shapes = super().infer_shapes(input_shape)
        shapes = {
            "depthwise_kernel": shapes["depthwise_kernel"],
            "pointwise_kernel": (1, 1, channels, self.filters),
        }
        if self.use_bias:
            shapes["bias"] = (self.filters,)
        return (rows, columns, self.filters), shapes

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders)
        d = depthwise(padded, self.params["depthwise_kernel"], self.strides)
        y = d @ self.params["pointwise_kernel"][0, 0]
        if self.use_bias:
            y += self.params["bias"]
        self.kept: Kept = (padded, borders, d)
        return y

    def backward(self, dy: Array) -> Array:
        padded, borders, d = self.kept_for(dy)
        P = self.params["pointwise_kernel"][0, 0]
        dP = d.reshape(-1, len(P)).T @ dy.reshape(-1, self.filters)
        kernel = self.params["depthwise_kernel"]
        dkernel, dpadded = depthwise_backward(dy @ P.T, padded, kernel, self.strides)
        self.grads: Arrays = {
            "depthwise_kernel": dkernel,
            "pointwise_kernel": dP[np.newaxis, np.newaxis],
        }
        if self.use_bias:
            self.grads["bias"] = dy.sum(axis=(0, 1, 2))
        return crop(dpadded, borders)

    def config(self) -> dict[str, Any]:
        rules = {"pointwise_initializer": self.pointwise_initializer}
        return {"filters": self.filters, **super().config(), **_described(rules)}

    def multiply_adds(self) -> int:
        rows, columns, _ = self.output_shape or (0, 0, 0)
        pointwise = self.params["pointwise_kernel"].size
        return super().multiply_adds() + rows * columns * pointwise


def _described(rules: dict[str, Any]) -> dict[str, Any]:
    """Return initialisers as plain JSON."""
    return {
        name: rule.described() if isinstance(rule, Described) else rule
        for name, rule in rules.items()
    }
