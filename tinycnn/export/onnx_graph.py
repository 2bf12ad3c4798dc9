"""Layers as an ONNX graph: nodes with named inputs and outputs, and arrays of numbers.

ONNX lays maps out as PyTorch does, NCHW. A graph takes photos as tinycnn does, NHWC; a
Transpose stands where the layout has to change and nowhere else, so that Flatten finds
the order that the weights of the next Dense layer expect.

References
----------
ONNX Operator Schemas, https://onnx.ai/onnx/operators (operator set 15)
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tinycnn import layers
from tinycnn.export.proof import refused
from tinycnn.export.wire import field, fields
from tinycnn.layers import Layer
from tinycnn.layers.more.resizing import weights
from tinycnn.models.network import Network
from tinycnn.shapes import Array, Shape, window_grid

OPSET = 15
FLOAT, INT64 = 1, 7  # TensorProto.DataType
FLOAT_VALUE, INT_VALUE, INT_VALUES = 1, 2, 7  # AttributeProto.AttributeType
TO_NCHW, TO_NHWC = (0, 3, 1, 2), (0, 2, 3, 1)
Attribute = int | float | tuple[int, ...]
Attributes = Mapping[str, Attribute]


class Graph:
    """A graph while it is written: node after node, each after the one before.

    Attributes
    ----------
    x : str
        The name of what the last node returned.
    shape : tuple of int
        Its shape as a layer's, (H, W, C), whatever the layout.
    is_nchw : bool
        Whether it is laid out as ONNX's maps are.
    """

    def __init__(self, shape: Shape) -> None:
        self.x: str = "photos"
        self.shape: Shape = shape
        self.is_nchw: bool = False
        self.prefix = ""
        self.nodes: list[bytes] = []
        self.arrays: list[bytes] = []
        self._count: Counter[str] = Counter()

    def node(self, kind: str, *arrays: Array, **attributes: Attribute) -> None:
        """Add a node that takes x and then arrays; its output is the new x."""
        names = [self.array(f"{kind}.{n}", a) for n, a in enumerate(arrays, start=1)]
        self.join(kind, [self.x, *names], **attributes)

    def join(self, kind: str, inputs: list[str], **attributes: Attribute) -> None:
        """Add a node that takes what has a name; its output is the new x."""
        self.put(kind, inputs, self._free_name(kind), attributes)

    def put(
        self, kind: str, inputs: list[str], output: str, attributes: Attributes
    ) -> None:
        """Add a node with a name for its output."""
        self.x = output
        self.nodes.append(
            fields(1, inputs)
            + field(2, output)
            + field(3, output)
            + field(4, kind)
            + fields(5, (_attribute(*item) for item in attributes.items()))
        )

    def array(self, name: str, array: Array) -> str:
        """Add an array and return its name in the graph."""
        name = self._free_name(name)
        self.arrays.append(tensor(name, np.asarray(array)))
        return name

    def as_nchw(self) -> None:
        """Lay maps out as ONNX's, if they are not."""
        if len(self.shape) == 3 and not self.is_nchw:
            self.node("Transpose", perm=TO_NCHW)
            self.is_nchw = True

    def as_nhwc(self) -> None:
        """Lay maps out as tinycnn's, if they are not."""
        if self.is_nchw:
            self.node("Transpose", perm=TO_NHWC)
            self.is_nchw = False

    def _free_name(self, name: str) -> str:
        """Return the name with the layer's before it, and a number if it is taken."""
        self._count[self.prefix + name] += 1
        count = self._count[self.prefix + name]
        return f"{self.prefix}{name}" + (f"_{count}" if count > 1 else "")


def _attribute(name: str, value: Attribute) -> bytes:
    """Return an AttributeProto."""
    if isinstance(value, float):
        return field(1, name) + field(2, value) + field(20, FLOAT_VALUE)
    if isinstance(value, int):
        return field(1, name) + field(3, value) + field(20, INT_VALUE)
    return field(1, name) + fields(8, value) + field(20, INT_VALUES)


def tensor(name: str, array: Array) -> bytes:
    """Return a TensorProto: float32, or int64 for whole numbers."""
    kind = INT64 if array.dtype.kind == "i" else FLOAT
    raw = array.astype("<i8" if kind == INT64 else "<f4")
    return (
        fields(1, array.shape)
        + field(2, kind)
        + field(8, name)
        + field(9, raw.tobytes())
    )


def value_info(name: str, shape: Shape) -> bytes:
    """Return a ValueInfoProto: float32 of shape (N, *shape), N any number."""
    batch = field(1, field(2, "N"))
    dims = batch + fields(1, (field(1, length) for length in shape))
    return field(1, name) + field(2, field(1, field(1, FLOAT) + field(2, dims)))


def graph_of(model: Network) -> bytes:
    """Return a model's layers as a GraphProto.

    Parameters
    ----------
    model : Network
        Its shapes are known.

    Returns
    -------
    bytes
        The graph takes ``photos``, float32 (N, H, W, C), and returns ``answers``.

    Raises
    ------
    ExportError
        If ONNX has no counterpart of a layer; the message names it.
    """
    graph = Graph(model.input_shape or ())
    for place, layer in enumerate(model.layers):
        write = WRITERS.get(type(layer))
        if write is None:
            raise refused(place, layer, "ONNX", "it is not one of the library's layers")
        graph.prefix = f"{place}_{type(layer).__name__}/"
        write(graph, layer)
        graph.shape = layer.output_shape or ()
    graph.prefix = ""
    graph.as_nhwc()
    graph.put("Identity", [graph.x], "answers", {})
    return (
        fields(1, graph.nodes)
        + field(2, "tinycnn")
        + fields(5, graph.arrays)
        + field(11, value_info("photos", model.input_shape or ()))
        + field(12, value_info("answers", model.output_shape or ()))
    )


# -- layer by layer ----------------------------------------------------------------


def _walk(layer: Any) -> Attributes:
    """Return the window, strides and borders of a layer, as ONNX names them."""
    (top, bottom), (left, right) = window_grid(
        layer.input_shape, layer.window, layer.strides, layer.padding, "window"
    )[1]
    return {
        "kernel_shape": layer.window,
        "strides": layer.strides,
        "pads": (top, left, bottom, right),
    }


def _bias(layer: Layer) -> list[Array]:
    return [layer.params["bias"]] if "bias" in layer.params else []


def _conv(graph: Graph, layer: Layer) -> None:
    graph.as_nchw()
    kernel = layer.params["kernel"].transpose(3, 2, 0, 1)  # F, C, KH, KW
    graph.node("Conv", kernel, *_bias(layer), **_walk(layer))


def _depthwise(graph: Graph, layer: Layer) -> None:
    graph.as_nchw()
    kernel = layer.params["depthwise_kernel"]
    KH, KW, C, M = kernel.shape
    kernel = kernel.transpose(2, 3, 0, 1).reshape(C * M, 1, KH, KW)
    is_last = "pointwise_kernel" not in layer.params
    bias = _bias(layer)
    graph.node("Conv", kernel, *(bias if is_last else []), group=C, **_walk(layer))
    if not is_last:
        pointwise = layer.params["pointwise_kernel"].transpose(3, 2, 0, 1)
        graph.node("Conv", pointwise, *bias, kernel_shape=(1, 1))


def _max_pooling(graph: Graph, layer: Layer) -> None:
    graph.as_nchw()
    graph.node("MaxPool", **_walk(layer))


def _average_pooling(graph: Graph, layer: Layer) -> None:
    graph.as_nchw()
    graph.node("AveragePool", count_include_pad=0, **_walk(layer))


def _sum_pooling(graph: Graph, layer: Any) -> None:
    graph.as_nchw()
    graph.node("AveragePool", count_include_pad=1, **_walk(layer))
    graph.node("Mul", np.asarray(float(math.prod(layer.pool_size))))


def _reshape(graph: Graph, layer: Layer) -> None:
    graph.as_nhwc()
    graph.node("Reshape", np.array([0, *(layer.output_shape or ())]))


def _dense(graph: Graph, layer: Layer) -> None:
    bias = _bias(layer) or [np.zeros(layer.params["kernel"].shape[1], np.float32)]
    graph.node("Gemm", layer.params["kernel"], *bias)


def _softmax(graph: Graph, layer: Layer) -> None:
    graph.node("Softmax", axis=1 if graph.is_nchw else -1)


def _swish(graph: Graph, layer: Layer) -> None:
    x = graph.x
    graph.node("Sigmoid")
    graph.join("Mul", [x, graph.x])


def _batch_normalization(graph: Graph, layer: Any) -> None:
    gamma, beta = layer.params["gamma"], layer.params["beta"]
    mean, var = layer.state["moving_mean"], layer.state["moving_variance"]
    if len(graph.shape) in (1, 3):
        graph.as_nchw()
        graph.node("BatchNormalization", gamma, beta, mean, var, epsilon=layer.epsilon)
    else:  # ONNX's wants the channels in the second axis
        for kind, array in (
            ("Sub", mean),
            ("Mul", gamma / np.sqrt(var + layer.epsilon)),
            ("Add", beta),
        ):
            graph.node(kind, array)


def _zero_padding(graph: Graph, layer: Any) -> None:
    graph.as_nchw()
    (top, bottom), (left, right) = layer.padding
    graph.node("Pad", np.array([0, 0, top, left, 0, 0, bottom, right]))


def _global(kind: str) -> Callable[[Graph, Layer], None]:
    def write(graph: Graph, layer: Layer) -> None:
        graph.as_nchw()
        graph.node(kind, axes=(2, 3), keepdims=0)
        graph.is_nchw = False  # (N, C) has no maps to lay out

    return write


def _rescaling(graph: Graph, layer: Any) -> None:
    graph.node("Mul", np.asarray(layer.scale))
    if layer.added:
        graph.node("Add", np.asarray(layer.added))


def _resizing(graph: Graph, layer: Any) -> None:
    # y = R @ x @ S.T, map by map.
    graph.as_nchw()
    H, W, _ = layer.input_shape
    is_nearest = layer.interpolation == "nearest"
    graph.node("MatMul", weights(W, layer.width, is_nearest).T)
    rows = graph.array("rows", weights(H, layer.height, is_nearest))
    graph.join("MatMul", [rows, graph.x])


def _one(kind: str, **names: str) -> Callable[[Graph, Any], None]:
    """Return the writer of a layer that is one node; `names` are its attributes."""

    def write(graph: Graph, layer: Any) -> None:
        values = {name: float(getattr(layer, ours)) for name, ours in names.items()}
        graph.node(kind, **values)

    return write


def _nothing(graph: Graph, layer: Layer) -> None:
    """Leave out a layer that acts in training only."""


WRITERS: dict[type[Layer], Callable[[Graph, Any], None]] = {
    layers.Conv2D: _conv,
    layers.DepthwiseConv2D: _depthwise,
    layers.SeparableConv2D: _depthwise,
    layers.MaxPooling2D: _max_pooling,
    layers.AveragePooling2D: _average_pooling,
    layers.SumPooling2D: _sum_pooling,
    layers.GlobalAveragePooling2D: _global("ReduceMean"),
    layers.GlobalMaxPooling2D: _global("ReduceMax"),
    layers.ZeroPadding2D: _zero_padding,
    layers.Flatten: _reshape,
    layers.Reshape: _reshape,
    layers.Resizing: _resizing,
    layers.Rescaling: _rescaling,
    layers.Dense: _dense,
    layers.BatchNormalization: _batch_normalization,
    layers.ReLU: _one("Relu"),
    layers.LeakyReLU: _one("LeakyRelu", alpha="negative_slope"),
    layers.ELU: _one("Elu", alpha="alpha"),
    layers.SELU: _one("Selu", alpha="alpha", gamma="scale"),
    layers.Sigmoid: _one("Sigmoid"),
    layers.Tanh: _one("Tanh"),
    layers.Softplus: _one("Softplus"),
    layers.Swish: _swish,
    layers.Softmax: _softmax,
    **{kind: _nothing for kind in layers.LAYERS.values() if kind.is_identity},
}
