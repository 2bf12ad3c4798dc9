"""A model as a Keras model, layer by layer; the weights move as they are.

Keras's words are tinycnn's, so most layers are made from their own arguments. What
Keras lacks is built from what it has. Average pooling over an uneven border is built,
too: on PyTorch, Keras 3 fills that border with copies of the edge and counts them.
"""

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np

from tinycnn import layers
from tinycnn.export.proof import (
    Answer,
    ExportError,
    built,
    framework,
    prove,
    refused,
)
from tinycnn.export.torch_source import borders_of
from tinycnn.layers import ACTIVATIONS, Layer
from tinycnn.models.network import Network
from tinycnn.shapes import Array, Pair
from tinycnn.text import say

# Layers here, functions there: keras.layers.Activation(name).
FUNCTIONS: dict[type[layers.Layer], str] = {
    layers.SELU: "selu",
    layers.Sigmoid: "sigmoid",
    layers.Tanh: "tanh",
    layers.Softplus: "softplus",
    layers.Swish: "silu",
    layers.Identity: "linear",
}
NAME = "Keras"
# Not needed in Keras: the weights are set.
STARTS = ("initializer",)
RULES = {"regularizer": "regularizers", "constraint": "constraints"}


def to_keras(
    model: Any, include_rescale: bool = False, photos: Array | None = None
) -> Any:
    """Return a model as a Keras model of the same layers and weights.

    It answers random photos first, and a line gives the largest difference.

    Parameters
    ----------
    model : Sequential
    include_rescale : bool, default False
        Whether the rescaling of photos, such as 1/255, becomes its first layer.
    photos : ndarray of shape (N, H, W, C), optional
        Photos to compare the answers for, besides the random ones.

    Returns
    -------
    keras.Sequential
        Not compiled. It takes photos as tinycnn does, (N, H, W, C). Frozen layers are
        frozen there, too; regularisers and constraints are kept.

    Raises
    ------
    ExportError
        If Keras is not installed or has no counterpart of a layer.
    NotEqualError
        If the answers differ.
    """
    network = built(model, include_rescale)
    keras = framework("keras", NAME, "keras, and tensorflow, jax or torch")
    theirs = _model(keras, network)

    def convert(part: Network) -> Answer:
        return answer_of(keras, theirs if part is network else _model(keras, part))

    say(str(prove(network, convert, f"Keras on {keras.backend.backend()}", photos)))
    return theirs


def answer_of(keras: Any, model: Any) -> Answer:
    """Return the function that a Keras model makes of photos."""

    def answer(x: Array) -> Array:
        try:
            y = model(x.astype(np.float32), training=False)
        except Exception as error:  # such as unequal strides on some backend
            raise ExportError(
                f"Keras on {keras.backend.backend()} cannot run the network: "
                f"{_first_line(error)}"
            ) from None
        return np.array(keras.ops.convert_to_numpy(y))

    return answer


def _model(keras: Any, network: Network) -> Any:
    """Return the Keras model with the network's weights."""
    theirs = keras.Sequential()
    theirs.add(keras.Input(network.input_shape))
    taken: set[str] = set()
    row = network.layers
    for place, layer in enumerate(row):
        joined = _joined(row, place)
        if place and _joined(row, place - 1):
            continue  # it is the activation of the layer before it
        made = _made(keras, place, layer, joined)
        for part, one in enumerate(reversed(made)):
            name = str(layer.name).replace("/", "_")  # Keras refuses a slash
            one.name = f"{name}_before_{part}" if part else name
            if one.name in taken:
                one.name += f"_at_{place}"
            taken.add(one.name)
            one.trainable = layer.trainable
        for one in made:
            try:
                theirs.add(one)
            except Exception as error:  # its backends raise many types
                raise refused(place, layer, NAME, _first_line(error)) from None
        with_weights = next((one for one in made if one.weights), None)
        if with_weights is not None:
            with_weights.set_weights(
                [np.asarray(array, np.float32) for array in layer.weights]
            )
    return theirs


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:300]


def _joined(row: list[Layer], place: int) -> str | None:
    """Return the name of an activation that is the argument of this layer in Keras."""
    if place + 1 >= len(row) or not row[place + 1].is_joined:
        return None
    activation = row[place + 1]
    for name, make in ACTIVATIONS.items():
        like = make()
        if type(like) is type(activation) and like.config() == activation.config():
            return name
    return None


def _made(keras: Any, place: int, layer: Layer, joined: str | None) -> list[Any]:
    """Return the layers that stand for one of tinycnn's, not built."""
    kind = type(layer)
    if layers.LAYERS.get(kind.__name__) is not kind:
        raise refused(place, layer, NAME, "it is not one of the library's layers")
    if kind in FUNCTIONS:
        return [keras.layers.Activation(FUNCTIONS[kind], dtype="float32")]
    is_mean = kind is layers.AveragePooling2D
    if kind is layers.SumPooling2D or (is_mean and _is_uneven(layer)):
        return list(_rebuilt(keras, layer))
    arguments = _arguments(keras, layer)
    if joined:
        arguments["activation"] = joined
    return [_layer(keras, kind.__name__, **arguments)]


def _layer(keras: Any, name: str, **arguments: Any) -> Any:
    """Return a layer of Keras, whatever its settings of dtype and layout are."""
    kind = getattr(keras.layers, name)
    if "data_format" in inspect.signature(kind).parameters:
        arguments["data_format"] = "channels_last"
    return kind(**arguments, dtype="float32")


def _arguments(keras: Any, layer: Layer) -> dict[str, Any]:
    """Return a layer's arguments as Keras takes them."""
    arguments = {}
    for name, value in layer.config().items():
        what = name.rpartition("_")[2]
        if what in STARTS:
            continue
        if what in RULES and value is not None:
            value = _rule(keras, RULES[what], value)
        arguments[name] = value
    return arguments


def _rule(keras: Any, module: str, value: Any) -> Any:
    """Return Keras's regulariser or constraint of a description."""
    ((name, arguments),) = value.items()
    if isinstance(arguments.get("axis"), list):
        arguments = {**arguments, "axis": tuple(arguments["axis"])}
    return getattr(getattr(keras, module), name)(**arguments)


def _is_uneven(layer: Any) -> bool:
    return any(before != after for before, after in borders_of(layer))


def _rebuilt(keras: Any, layer: Any) -> Iterator[Any]:
    """Yield sum pooling, or the mean of real cells: mean, times cells of a window.

    Where a border is uneven, dividing by the share of real cells in each window is done
    by a Normalization of fixed variance: (x - 0) / sqrt(share ** 2).
    """
    borders = borders_of(layer)
    if any(map(any, borders)):
        yield _layer(keras, "ZeroPadding2D", padding=borders)
    window = {"pool_size": layer.pool_size, "strides": layer.strides}
    yield _layer(keras, "AveragePooling2D", **window)
    if type(layer) is layers.SumPooling2D:
        yield _layer(keras, "Rescaling", scale=float(np.prod(layer.pool_size)))
        return
    share = real_share(layer.input_shape[:2], layer)
    zeros = np.zeros_like(share)
    yield _layer(keras, "Normalization", axis=(1, 2), mean=zeros, variance=share**2)


def real_share(size: Pair, layer: Any) -> Array:
    """Return which share of each window's cells is in the photo: (OH, OW)."""
    sums = layers.SumPooling2D(layer.pool_size, layer.strides, layer.padding)
    ones = np.ones((1, *size, 1))
    share: Array = np.asarray(sums(ones))[0, :, :, 0] / np.prod(layer.pool_size)
    return share
