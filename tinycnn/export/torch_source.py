"""Layers as lines of PyTorch: what `to_torch` runs, and what its program shows.

PyTorch's maps are NCHW. A row of numbers after Flatten therefore has another order,
c * H * W + i * W + j in place of (i * W + j) * C + c, and the weights of the Dense
layer that reads it are put into that order. Where no Dense layer follows, maps are laid
out as tinycnn's before they are flattened.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from tinycnn import layers
from tinycnn.export.proof import refused
from tinycnn.layers import Layer
from tinycnn.layers.more.resizing import weights
from tinycnn.shapes import Array, Borders, Shape, window_grid

NAME = "PyTorch"
TO_NCHW, TO_NHWC = "Permute(0, 3, 1, 2)", "Permute(0, 2, 3, 1)"
# Modules that PyTorch does not have, by name.
HELPERS = {
    "Permute": '''\
class Permute(nn.Module):
    """The same numbers, their axes in another order."""

    def __init__(self, *axes):
        super().__init__()
        self.axes = axes

    def forward(self, x):
        return x.permute(*self.axes)
''',
    "Rescale": '''\
class Rescale(nn.Module):
    """Each number times `scale`, plus `offset`."""

    def __init__(self, scale, offset=0.0):
        super().__init__()
        self.scale, self.offset = scale, offset

    def forward(self, x):
        return x * self.scale + self.offset
''',
    "AveragePool": '''\
class AveragePool(nn.Module):
    """The mean of each window's real cells: the border (l, r, t, b) does not count."""

    def __init__(self, window, stride, border):
        super().__init__()
        self.window, self.stride, self.border = window, stride, border
        self.pad = nn.ZeroPad2d(border)
        self.sum = nn.AvgPool2d(window, stride, divisor_override=1)

    def forward(self, x):
        cells = self.sum(self.pad(torch.ones_like(x[:1, :1])))
        return self.sum(self.pad(x)) / cells
''',
    "Resize": '''\
class Resize(nn.Module):
    """New rows and columns are weighted means of the old: rows @ x @ columns."""

    def __init__(self, old, new):
        super().__init__()
        self.register_buffer("rows", torch.zeros(new[0], old[0]))
        self.register_buffer("columns", torch.zeros(old[1], new[1]))

    def forward(self, x):
        return self.rows @ x @ self.columns
''',
}
# Between Flatten and Dense these do not care about the order, or have it changed.
ANY_ORDER = (
    *(layers.ReLU, layers.LeakyReLU, layers.ELU, layers.SELU, layers.Sigmoid),
    *(layers.Tanh, layers.Softplus, layers.Swish, layers.Identity, layers.Dropout),
    *(layers.Softmax, layers.Rescaling, layers.BatchNormalization),
)
# Arrays whose last axis is the row. A Dense layer's bias may be as long, but is not.
ALONG_ROW: dict[type[Layer], tuple[str, ...]] = {
    layers.Dense: ("weight",),
    layers.BatchNormalization: ("weight", "bias", "running_mean", "running_var"),
}


class Line(NamedTuple):
    """A module as it is written, with the arrays of its state dict."""

    source: str
    arrays: dict[str, Array]
    place: int  # of the layer


def lines_of(row: Sequence[Layer]) -> list[Line]:
    """Return the modules of a row of layers that are built.

    Raises
    ------
    ExportError
        If PyTorch has no counterpart of a layer; the message names it.
    """
    lines: list[Line] = []
    order: Array | None = None
    for place, layer in enumerate(row):
        if type(layer) not in WRITERS:
            raise refused(place, layer, NAME, "it is not one of the library's layers")
        if isinstance(layer, layers.Flatten) and _dense_follows(row, place):
            order = flat_order(layer.input_shape or ())
            lines.append(Line("nn.Flatten()", {}, place))
            continue
        for source, arrays in WRITERS[type(layer)](layer):
            if source == "":
                raise refused(place, layer, NAME, "it has no such axes")
            if order is not None:
                arrays = _in_order(arrays, order, ALONG_ROW.get(type(layer), ()))
            lines.append(Line(source, arrays, place))
        if isinstance(layer, layers.Dense):
            order = None
    return lines


def flat_order(shape: Shape) -> Any:
    """Return, for each number of PyTorch's flattened row, its place in tinycnn's.

    Examples
    --------
    >>> flat_order((1, 2, 3)).tolist()  # a row of two cells with three channels
    [0, 3, 1, 4, 2, 5]
    """
    places = np.arange(int(np.prod(shape))).reshape(shape)
    return (np.moveaxis(places, -1, 0) if len(shape) == 3 else places).reshape(-1)


def _dense_follows(row: Sequence[Layer], place: int) -> bool:
    """Return whether a Dense layer reads the flattened row."""
    for layer in row[place + 1 :]:
        if type(layer) is layers.Dense:
            return True
        if type(layer) not in ANY_ORDER:
            return False
    return False


def _in_order(
    arrays: dict[str, Array], order: Any, along_row: tuple[str, ...]
) -> dict[str, Array]:
    """Return arrays, those whose last axis is the flattened row in PyTorch's order."""
    return {
        name: array[..., order] if name in along_row else array
        for name, array in arrays.items()
    }


# -- layer by layer ----------------------------------------------------------------

Written = Iterator[tuple[str, dict[str, Array]]]


def _plain(source: str) -> Callable[[Layer], Written]:
    """Return the writer of a layer that has nothing to say but its name."""

    def write(layer: Layer) -> Written:
        yield source, {}

    return write


def _with(pattern: str, *names: str) -> Callable[[Layer], Written]:
    """Return the writer of a layer whose attributes fill a pattern."""

    def write(layer: Layer) -> Written:
        yield pattern.format(*(getattr(layer, name) for name in names)), {}

    return write


def borders_of(layer: Any) -> Borders:
    """Return ((top, bottom), (left, right)) of a layer's windows."""
    return window_grid(
        layer.input_shape, layer.window, layer.strides, layer.padding, "window"
    )[1]


def _sides(borders: Borders) -> tuple[int, int, int, int]:
    """Return (left, right, top, bottom), PyTorch's order."""
    return (*borders[1], *borders[0])


def _border(layer: Any, fill: str = "nn.ZeroPad2d({})") -> tuple[list[str], str]:
    """Return (a module for an uneven border, the argument for an even one)."""
    borders = borders_of(layer)
    if any(before != after for before, after in borders):
        return [fill.format(_sides(borders))], ""
    if any(map(any, borders)):
        return [], f", padding={(borders[0][0], borders[1][0])}"
    return [], ""


def _bias(layer: Layer) -> tuple[str, dict[str, Array]]:
    if "bias" in layer.params:
        return "", {"bias": layer.params["bias"]}
    return ", bias=False", {}


def _conv(layer: Any) -> Written:
    before, padding = _border(layer)
    yield from ((source, {}) for source in before)
    KH, KW, C, F = layer.params["kernel"].shape
    no_bias, bias = _bias(layer)
    weight = layer.params["kernel"].transpose(3, 2, 0, 1)
    yield (
        f"nn.Conv2d({C}, {F}, {KH, KW}, stride={layer.strides}{padding}{no_bias})",
        {"weight": weight, **bias},
    )


def _depthwise(layer: Any) -> Written:
    before, padding = _border(layer)
    yield from ((source, {}) for source in before)
    KH, KW, C, M = layer.params["depthwise_kernel"].shape
    weight = layer.params["depthwise_kernel"].transpose(2, 3, 0, 1)
    weight = weight.reshape(C * M, 1, KH, KW)
    is_separable = "pointwise_kernel" in layer.params
    no_bias, bias = _bias(layer)
    start = f"nn.Conv2d({C}, {C * M}, {KH, KW}, stride={layer.strides}{padding}"
    if not is_separable:
        yield f"{start}, groups={C}{no_bias})", {"weight": weight, **bias}
        return
    yield f"{start}, groups={C}, bias=False)", {"weight": weight}
    weight = layer.params["pointwise_kernel"].transpose(3, 2, 0, 1)
    F = layer.filters
    yield f"nn.Conv2d({C * M}, {F}, (1, 1){no_bias})", {"weight": weight, **bias}


def _pooling(layer: Any) -> Written:
    window = f"{layer.pool_size}, {layer.strides}"
    before, padding = _border(layer)
    if type(layer) is layers.MaxPooling2D:
        before, padding = _border(layer, 'nn.ConstantPad2d({}, float("-inf"))')
        yield from ((source, {}) for source in before)
        yield f"nn.MaxPool2d({window}{padding})", {}
    elif type(layer) is layers.SumPooling2D:
        yield from ((source, {}) for source in before)
        yield f"nn.AvgPool2d({window}{padding}, divisor_override=1)", {}
    elif before:
        yield f"AveragePool({window}, {_sides(borders_of(layer))})", {}
    else:
        count = ", count_include_pad=False" if padding else ""
        yield f"nn.AvgPool2d({window}{padding}{count})", {}


def _zero_padding(layer: Any) -> Written:
    yield f"nn.ZeroPad2d({_sides(layer.padding)})", {}


def _global(kind: str) -> Callable[[Layer], Written]:
    def write(layer: Layer) -> Written:
        yield f"nn.{kind}(1)", {}
        yield "nn.Flatten()", {}

    return write


def _reshape(layer: Any) -> Written:
    if layer.input_shape == layer.output_shape:
        yield "nn.Identity()", {}
        return
    if len(layer.input_shape) == 3:
        yield TO_NHWC, {}
    if len(layer.input_shape) > 1:
        yield "nn.Flatten()", {}
    if len(layer.output_shape) > 1:
        yield f"nn.Unflatten(1, {layer.output_shape})", {}
    if len(layer.output_shape) == 3:
        yield TO_NCHW, {}


def _dense(layer: Any) -> Written:
    kernel = layer.params["kernel"]
    no_bias, bias = _bias(layer)
    yield (
        f"nn.Linear({kernel.shape[0]}, {kernel.shape[1]}{no_bias})",
        {
            "weight": kernel.T,
            **bias,
        },
    )


def _batch_normalization(layer: Any) -> Written:
    C, rank = layer.input_shape[-1], len(layer.input_shape)
    if rank > 3:
        yield "", {}
    # PyTorch's momentum is the share of the new numbers, Keras's that of the old.
    numbers = f"{C}, eps={layer.epsilon}, momentum={round(1 - layer.momentum, 12)}"
    arrays = {
        "weight": layer.params["gamma"],
        "bias": layer.params["beta"],
        "running_mean": layer.state["moving_mean"],
        "running_var": layer.state["moving_variance"],
        "num_batches_tracked": np.array(0),
    }
    turn: list[Any] = [("Permute(0, 2, 1)", {})] if rank == 2 else []
    yield from turn
    yield f"nn.BatchNorm{2 if rank == 3 else 1}d({numbers})", arrays
    yield from turn


def _softmax(layer: Any) -> Written:
    yield f"nn.Softmax(dim={1 if len(layer.input_shape) in (1, 3) else -1})", {}


def _resizing(layer: Any) -> Written:
    H, W, _ = layer.input_shape
    is_nearest = layer.interpolation == "nearest"
    new = (layer.height, layer.width)
    yield (
        f"Resize({H, W}, {new})",
        {
            "rows": weights(H, layer.height, is_nearest),
            "columns": weights(W, layer.width, is_nearest).T,
        },
    )


WRITERS: dict[type[Layer], Callable[[Any], Written]] = {
    # Random changes of photos too, which act in training only.
    **{
        kind: _plain("nn.Identity()")
        for kind in layers.LAYERS.values()
        if kind.is_identity
    },
    layers.Conv2D: _conv,
    layers.DepthwiseConv2D: _depthwise,
    layers.SeparableConv2D: _depthwise,
    layers.MaxPooling2D: _pooling,
    layers.AveragePooling2D: _pooling,
    layers.SumPooling2D: _pooling,
    layers.GlobalAveragePooling2D: _global("AdaptiveAvgPool2d"),
    layers.GlobalMaxPooling2D: _global("AdaptiveMaxPool2d"),
    layers.ZeroPadding2D: _zero_padding,
    layers.Flatten: _reshape,
    layers.Reshape: _reshape,
    layers.Resizing: _resizing,
    layers.Rescaling: _with("Rescale({}, {})", "scale", "added"),
    layers.Dense: _dense,
    layers.BatchNormalization: _batch_normalization,
    layers.ReLU: _plain("nn.ReLU()"),
    layers.LeakyReLU: _with("nn.LeakyReLU({})", "negative_slope"),
    layers.ELU: _with("nn.ELU({})", "alpha"),
    layers.SELU: _plain("nn.SELU()"),
    layers.Sigmoid: _plain("nn.Sigmoid()"),
    layers.Tanh: _plain("nn.Tanh()"),
    # Above its threshold PyTorch leaves out the 1; at 20 that shows in float64.
    layers.Softplus: _plain("nn.Softplus(threshold=40)"),
    layers.Swish: _plain("nn.SiLU()"),
    layers.Softmax: _softmax,
    layers.Dropout: _with("nn.Dropout({})", "rate"),
    layers.SpatialDropout2D: _with("nn.Dropout2d({})", "rate"),
}
