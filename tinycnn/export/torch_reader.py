"""A PyTorch network as a model: `to_torch` backwards, module by module.

The layout is followed on the way. PyTorch's maps are NCHW, so the order of a flattened
row differs from tinycnn's, up to the Linear module that reads it: its weights are put
into tinycnn's order.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinycnn import layers
from tinycnn.export.proof import ExportError
from tinycnn.export.torch_source import HELPERS, borders_of, flat_order
from tinycnn.layers import Layer
from tinycnn.layers.more.resizing import INTERPOLATIONS, weights
from tinycnn.models import Sequential
from tinycnn.shapes import Array, Borders, Pair, Shape

TO_NCHW, TO_NHWC, TURN = (0, 3, 1, 2), (0, 2, 3, 1), (0, 2, 1)
NEVER_NEGATIVE = (layers.ReLU, layers.Sigmoid, layers.Softmax, layers.Softplus)
ADVICE = {  # beside "tinycnn has no such layer"
    "LogSoftmax": "put torch.nn.Softmax in its place, or leave it out for logits",
}


class Reader:
    """A model while it is read, module after module.

    Attributes
    ----------
    model : Sequential
        The layers so far.
    order : ndarray or None
        For each number of PyTorch's flattened row, its place in tinycnn's.
    is_last : bool
        Whether a Permute has put the channels last, as tinycnn's are.
    border : tuple or None
        A border of -inf that a max pooling has to take up.
    """

    def __init__(self, input_shape: Shape) -> None:
        self.input_shape = input_shape
        self.model: Sequential = Sequential()
        self.order: Any = None
        self.is_last: bool = len(input_shape) != 3
        self.border: Borders | None = None
        self.where: str = ""

    @property
    def shape(self) -> Shape:
        """The shape of what the layers so far return, in tinycnn's order."""
        return self.model.output_shape or self.input_shape

    def read(self, place: int, module: Any, later: Sequence[Any]) -> None:
        """Add the layers of a module.

        Raises
        ------
        ExportError
            If there are none; the message names the module.
        """
        name = type(module).__name__
        self.where = f"module {place}, {module!s:.200}".replace("\n", " ")
        known = READERS.get(name)
        is_torchs = type(module).__module__.startswith("torch.nn.")
        if known is None or not (is_torchs or name in HELPERS):
            raise self.refused(ADVICE.get(name, "tinycnn has no such layer"))
        if self.border and name != "MaxPool2d":
            raise self.refused("a border of -inf before it has no counterpart")
        before = len(self.model.layers)
        try:
            known(self, module, later)
        except ExportError:
            raise
        except ValueError as error:  # the layer's own check of its arguments
            raise self.refused(str(error)) from None
        self._freeze(self.model.layers[before:], module)

    def _freeze(self, added: Sequence[Layer], module: Any) -> None:
        """Freeze the layers of a module whose params do not learn."""
        learns = {param.requires_grad for param in module.parameters()}
        if len(learns) == 2:
            raise self.refused(
                "some of its params have requires_grad and others do not; a layer of "
                "tinycnn is frozen as a whole"
            )
        for layer in added:
            layer.trainable = learns != {False}

    def refused(self, why: str) -> ExportError:
        """Return the error that names the module."""
        return ExportError(f"{self.where} cannot become a layer of tinycnn: {why}")

    def need(self, module: Any, **wanted: object) -> None:
        """Raise ExportError unless these arguments of a module have these values."""
        for name, value in wanted.items():
            if getattr(module, name) != value:
                raise self.refused(f"its {name} should be {value!r}")

    def add(self, layer: Layer, *arrays: Array) -> None:
        """Add a layer with its arrays."""
        if not self.model.layers:
            layer.input_shape = self.input_shape
        try:
            self.model.add(layer)
            layer.set_weights(list(arrays))
        except ValueError as error:
            raise self.refused(str(error)) from None

    def in_place(self, array: Array) -> Array:
        """Return an array, whose first axis is a flattened row, in tinycnn's order."""
        if len(array) != len(self.order):
            raise self.refused(
                f"it takes rows of {len(array)} numbers, and those of {self.shape} come"
            )
        result = np.empty_like(array)
        result[self.order] = array
        return result

    def finished(self) -> Sequential:
        """Return the model, if its answers are in tinycnn's order."""
        if self.border:
            raise ExportError("a border of -inf at the end has no counterpart")
        if not self.model.layers:
            raise ExportError("the network has no modules")
        if self.order is not None or (self.is_last and len(self.shape) == 3):
            raise ExportError(
                "the network's answers are in an order that tinycnn cannot give: a "
                "flattened row needs a Linear module after it"
            )
        return self.model


# -- module by module --------------------------------------------------------------


def _arrays(*tensors: Any) -> list[Array]:
    """Return PyTorch's tensors as arrays; None is left out."""
    return [tensor.detach().numpy() for tensor in tensors if tensor is not None]


def _same(layer: Any, shape: Shape) -> Borders:
    """Return the borders that "same" gives a layer for this input."""
    layer.input_shape, layer.padding = shape, "same"
    borders = borders_of(layer)
    layer.input_shape, layer.padding = None, "valid"
    return borders


def _even(padding: Any) -> Borders:
    """Return the borders of PyTorch's padding, which is the same on both sides."""
    down, across = _pairs(padding)
    return (down, down), (across, across)


def _from_sides(sides: Any) -> Borders:
    """Return borders for PyTorch's (left, right, top, bottom)."""
    left, right, top, bottom = sides
    return (top, bottom), (left, right)


def _take_border(reader: Reader, layer: Any, padding: Any) -> None:
    """Give a layer the border of zeros that a module has, or put one before it."""
    if padding == "same" or (
        padding != "valid" and _even(padding) == _same(layer, reader.shape)
    ):
        layer.padding = "same"
    elif padding != "valid" and any(_pairs(padding)):
        reader.add(layers.ZeroPadding2D(_even(padding)))


def _pairs(value: Any) -> Pair:
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def _conv(reader: Reader, module: Any, later: Sequence[Any]) -> None:
    reader.need(module, dilation=(1, 1), padding_mode="zeros")
    window, strides, C = module.kernel_size, module.stride, module.in_channels
    has_bias = module.bias is not None
    weight, *bias = _arrays(module.weight, module.bias)
    layer: Any
    if module.groups == 1:
        layer = layers.Conv2D(module.out_channels, window, strides, use_bias=has_bias)
        kernel = weight.transpose(2, 3, 1, 0)
    elif module.groups == C:
        M = module.out_channels // C
        layer = layers.DepthwiseConv2D(
            window, strides, depth_multiplier=M, use_bias=has_bias
        )
        kernel = weight.reshape(C, M, *window).transpose(2, 3, 0, 1)
    else:
        raise reader.refused(f"its groups should be 1 or {C}")
    _take_border(reader, layer, module.padding)
    reader.add(layer, kernel, *bias)


def _linear(reader: Reader, module: Any, later: Sequence[Any]) -> None:
    weight, *bias = _arrays(module.weight, module.bias)
    kernel = weight.T
    if reader.order is not None:
        kernel, reader.order = reader.in_place(kernel), None
    layer = layers.Dense(module.out_features, use_bias=module.bias is not None)
    reader.add(layer, kernel, *bias)


def _batch_norm(reader: Reader, module: Any, later: Sequence[Any]) -> None:
    if module.running_mean is None:
        raise reader.refused("it has no running statistics (track_running_stats=True)")
    mean, var = _arrays(module.running_mean, module.running_var)
    gamma, beta = np.ones_like(mean), np.zeros_like(mean)
    if module.affine:
        gamma, beta = _arrays(module.weight, module.bias)
    arrays = [gamma, beta, mean, var]
    if reader.order is not None:
        arrays = [reader.in_place(array) for array in arrays]
    layer = layers.BatchNormalization(epsilon=module.eps)
    if module.momentum is not None:  # it is the mean of all batches otherwise
        layer = layers.BatchNormalization(round(1 - module.momentum, 12), module.eps)
    reader.add(layer, *arrays)


def _max_pool(reader: Reader, module: Any, later: Sequence[Any]) -> None:
    reader.need(module, ceil_mode=False, return_indices=False)
    if _pairs(module.dilation) != (1, 1):
        raise reader.refused("its dilation should be 1")
    layer = layers.MaxPooling2D(_pairs(module.kernel_size), _pairs(module.stride))
    border, reader.border = reader.border, None
    padding = _even(module.padding)
    if border and any(map(any, padding)):
        raise reader.refused("its padding should be 0 after a border of -inf")
    if border or any(map(any, padding)):
        _max_border(reader, layer, border, padding)
    reader.add(layer)


def _max_border(
    reader: Reader, layer: Any, border: Borders | None, padding: Borders
) -> None:
    """Let a max pooling have a border; zeros never win over what is never negative."""
    last = reader.model.layers[-1] if reader.model.layers else None
    # A window may lie in a border of its own module; in one of MaxPool2d's it cannot.
    is_free = isinstance(last, NEVER_NEGATIVE) and border is None
    if is_free and _same(layer, reader.shape) != padding:
        reader.add(layers.ZeroPadding2D(padding))
    else:
        _need_same(reader, layer, border or padding)


def _need_same(reader: Reader, layer: Any, border: Borders) -> None:
    """Let a layer have a border whose cells do not count, if "same" gives it that."""
    if _same(layer, reader.shape) != border:
        raise reader.refused('its border should be that of padding="same"')
    layer.padding = "same"


def _average_pool(reader: Reader, module: Any, later: Sequence[Any]) -> None:
    reader.need(module, ceil_mode=False)
    window, strides = _pairs(module.kernel_size), _pairs(module.stride)
    padding, divisor = _pairs(module.padding), module.divisor_override
    layer: Any = layers.AveragePooling2D(window, strides)
    if any(padding) and not (module.count_include_pad or divisor):
        _need_same(reader, layer, _even(padding))
    elif any(padding):
        reader.add(layers.ZeroPadding2D(_even(padding)))
    if divisor:
        layer = layers.SumPooling2D(window, strides)
    reader.add(layer)
    if divisor not in (None, 1):
        reader.add(layers.Rescaling(1 / divisor))


def _real_cells(reader: Reader, module: Any, later: Sequence[Any]) -> None:
    layer = layers.AveragePooling2D(module.window, module.stride)
    _need_same(reader, layer, _from_sides(module.border))
    reader.add(layer)


def _adaptive(whole: type[Layer], in_windows: type[Layer]) -> "Read":
    """Return the reader of a pooling that says how many windows there are."""

    def read(reader: Reader, module: Any, later: Sequence[Any]) -> None:
        H, W, _ = reader.shape if len(reader.shape) == 3 else (0, 0, 0)
        rows, columns = _pairs(module.output_size)
        OH, OW = rows or H, columns or W  # None: as many as there are
        if (OH, OW) == (1, 1):
            reader.add(whole())
            if not later or type(later[0]).__name__ != "Flatten":
                reader.add(layers.Reshape((1, 1, *reader.shape)))
        elif OH and OW and H >= OH and W >= OW and not (H % OH or W % OW):
            reader.add(in_windows((H // OH, W // OW)))
        else:
            raise reader.refused(f"its output_size should be 1, or divide {(H, W)}")

    return read


def _pad(reader: Reader, module: Any, later: Sequence[Any]) -> None:
    borders = _from_sides(module.padding)
    if module.value == -np.inf:
        reader.border = borders
    elif module.value == 0:
        reader.add(layers.ZeroPadding2D(borders))
    else:
        raise reader.refused("its value should be 0, or -inf before a MaxPool2d")


def _flatten(reader: Reader, module: Any, later: Sequence[Any]) -> None:
    reader.need(module, start_dim=1, end_dim=-1)
    shape = reader.shape
    if len(shape) == 1:
        reader.is_last = True
        return
    if len(shape) == 3 and not reader.is_last:
        order = flat_order(shape)
        is_moved = (order != np.arange(len(order))).any()
        reader.order = order if is_moved else None
    reader.is_last = True
    reader.add(layers.Flatten())


def _unflatten(reader: Reader, module: Any, later: Sequence[Any]) -> None:
    reader.need(module, dim=1)
    if reader.order is not None:
        raise reader.refused("a flattened row needs a Linear module after it")
    shape = tuple(module.unflattened_size)
    if len(shape) == 3 and not (later and _axes(later[0]) == TO_NCHW):
        raise reader.refused("maps of a row should be (H, W, C), then permuted")
    reader.add(layers.Reshape(shape))


def _axes(module: Any) -> Any:
    return tuple(module.axes) if type(module).__name__ == "Permute" else None


def _permute(reader: Reader, module: Any, later: Sequence[Any]) -> None:
    wanted = {3: TO_NCHW if reader.is_last else TO_NHWC, 2: TURN}
    if _axes(module) != wanted.get(len(reader.shape)):
        raise reader.refused("it should put the channels last, or second")
    if len(reader.shape) == 3:
        reader.is_last = not reader.is_last


def _softmax(reader: Reader, module: Any, later: Sequence[Any]) -> None:
    rank = len(reader.shape)
    channels = 1 if rank == 3 and not reader.is_last else rank
    if module.dim not in (channels, *([-1] if channels == rank else [])):
        raise reader.refused(f"its dim should be {channels}, the channels")
    reader.add(layers.Softmax())


def _resize(reader: Reader, module: Any, later: Sequence[Any]) -> None:
    rows, columns = _arrays(module.rows, module.columns)
    (H, W, _), size = reader.shape, (len(rows), columns.shape[1])
    for name in INTERPOLATIONS:
        wanted = (weights(H, size[0], name == "nearest"), rows)
        others = (weights(W, size[1], name == "nearest").T, columns)
        if all(a.shape == b.shape and np.allclose(a, b) for a, b in (wanted, others)):
            reader.add(layers.Resizing(*size, interpolation=name))
            return
    raise reader.refused("its rows and columns are not those of a Resizing layer")


def _softplus(reader: Reader, module: Any, later: Sequence[Any]) -> None:
    if module.beta != 1 or module.threshold < 15:
        raise reader.refused("its beta should be 1, its threshold at least 15")
    reader.add(layers.Softplus())


def _as(kind: type[Layer], *names: str) -> "Read":
    """Return the reader of a module that is one layer with these attributes."""

    def read(reader: Reader, module: Any, later: Sequence[Any]) -> None:
        reader.add(kind(*(getattr(module, name) for name in names)))

    return read


Read = Callable[[Reader, Any, Sequence[Any]], None]
READERS: dict[str, Read] = {
    "Conv2d": _conv,
    "Linear": _linear,
    "BatchNorm1d": _batch_norm,
    "BatchNorm2d": _batch_norm,
    "SyncBatchNorm": _batch_norm,
    "MaxPool2d": _max_pool,
    "AvgPool2d": _average_pool,
    "AveragePool": _real_cells,
    "AdaptiveAvgPool2d": _adaptive(
        layers.GlobalAveragePooling2D, layers.AveragePooling2D
    ),
    "AdaptiveMaxPool2d": _adaptive(layers.GlobalMaxPooling2D, layers.MaxPooling2D),
    "ZeroPad2d": _pad,
    "ConstantPad2d": _pad,
    "Flatten": _flatten,
    "Unflatten": _unflatten,
    "Permute": _permute,
    "Resize": _resize,
    "Rescale": _as(layers.Rescaling, "scale", "offset"),
    "ReLU": _as(layers.ReLU),
    "LeakyReLU": _as(layers.LeakyReLU, "negative_slope"),
    "ELU": _as(layers.ELU, "alpha"),
    "SELU": _as(layers.SELU),
    "Sigmoid": _as(layers.Sigmoid),
    "Tanh": _as(layers.Tanh),
    "Softplus": _softplus,
    "SiLU": _as(layers.Swish),
    "Softmax": _softmax,
    "Identity": _as(layers.Identity),
    "Dropout": _as(layers.Dropout, "p"),
    "Dropout2d": _as(layers.SpatialDropout2D, "p"),
}
