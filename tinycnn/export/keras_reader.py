"""A Keras model as a model: `to_keras` backwards, layer by layer."""

import inspect
from collections import Counter
from typing import Any

import numpy as np

from tinycnn import layers
from tinycnn.export.keras_model import FUNCTIONS, answer_of, real_share
from tinycnn.export.proof import Answer, ExportError, describe, framework, prove
from tinycnn.layers import ACTIVATIONS, LAYERS, Activation, Layer
from tinycnn.models import Sequential
from tinycnn.models.model_file import is_layer_name
from tinycnn.models.network import Network
from tinycnn.preprocessing.photos import Preprocessing
from tinycnn.shapes import Array, Shape
from tinycnn.text import say

# Arguments of Keras's that tinycnn does not have, and the values that change nothing.
NEUTRAL: dict[str, tuple[Any, ...]] = {
    "data_format": ("channels_last",),
    "dilation_rate": (1, [1, 1], (1, 1)),
    "groups": (1,),
    "activity_regularizer": (None,),
    "axis": (-1, [-1]),
    "center": (True,),
    "scale": (True,),
    "renorm": (False,),
    "synchronized": (False,),
    "max_value": (None,),
    "negative_slope": (0, None),  # of a ReLU
    "threshold": (0, None),
    "keepdims": (False,),
    "noise_shape": (None,),
    "crop_to_aspect_ratio": (False,),
    "pad_to_aspect_ratio": (False,),
    "antialias": (False,),
    "lora_rank": (None,),
    "lora_alpha": (None,),
    "quantization_config": (None,),
}
# Arguments that only matter for new weights, or are read elsewhere.
LEFT_OUT = (
    *("name", "trainable", "dtype", "batch_input_shape", "activation"),
    *("renorm_momentum", "renorm_clipping"),
)
ENDINGS = ("_initializer", "_regularizer", "_constraint")


def from_keras(
    keras_model: Any,
    classes: list[str] | None = None,
    preprocessing: Preprocessing | None = None,
) -> Sequential:
    """Return a Keras model as a model.

    It answers random photos first, and a line gives the largest difference.

    Parameters
    ----------
    keras_model : keras.Sequential or keras.Model
        Layers in a row. It is only read.
    classes : list of str, optional
        Class names by label.
    preprocessing : Preprocessing, optional
        How photos become arrays, so that the model takes paths.

    Returns
    -------
    Sequential
        Not compiled. Frozen layers are frozen here, too; penalties and constraints are
        for training, and are set anew.

    Raises
    ------
    ExportError
        If it is not such a row, or a layer has no counterpart, or the classes or the
        preprocessing do not fit it; the message names what.
    NotEqualError
        If the answers differ.
    """
    keras = framework("keras", "Keras", "keras, and tensorflow, jax or torch")
    if not isinstance(keras_model, keras.Model):
        raise ExportError(f"from_keras takes a Keras model, got {keras_model!r:.80}")
    row = _row(keras, keras_model)
    shape = _input_shape(keras_model)
    names = Counter(layer.name for layer in row)
    model = Sequential()
    place = 0
    while place < len(row):
        weights: list[Array] = []
        theirs, count = row[place], _real_cells(row[place:])
        if count:
            ours = _average(row[place:])
        else:
            ours, weights = _made(place, theirs)
        if not model.layers:
            ours.input_shape = shape
        if names[theirs.name] == 1 and is_layer_name(theirs.name):
            ours.name = theirs.name
        ours.trainable = bool(theirs.trainable)
        try:
            model.add(ours)
            ours.set_weights([np.asarray(array, np.float32) for array in weights])
        except ValueError as error:
            raise _refused(place, theirs, str(error)) from None
        place += count or 1
    if not model.layers:
        raise ExportError("the Keras model has no layers")
    describe(model, classes, preprocessing)

    name = f"Keras on {keras.backend.backend()}"
    is_whole = all(map(_is_float32, row))
    if not is_whole:
        name += " (in float32)"
        row = [
            layer if _is_float32(layer) else _changed(layer, dtype="float32")
            for layer in row
        ]

    def convert(part: Network) -> Answer:
        if part is not model:
            return _answer(keras, _before_last(row))
        return answer_of(keras, keras_model) if is_whole else _answer(keras, row)

    say(str(prove(model, convert, name, takes_any=False)))
    return model


def _input_shape(model: Any) -> Shape:
    """Return the shape of one photo."""
    if not model.built:
        raise ExportError(
            "the Keras model should be built: call build, or give it a keras.Input"
        )
    shape = tuple(model.input_shape[1:])
    if None in shape:
        raise ExportError(
            f"the Keras model takes photos of any size, {shape}: give it an Input of "
            "one size"
        )
    return shape


def _row(keras: Any, model: Any) -> list[Any]:
    """Return the layers of a model in a row, those of nested models too."""
    own = model.layers if isinstance(model, keras.Sequential) else _chain(keras, model)
    found: list[Any] = []
    for layer in own:
        found += _row(keras, layer) if isinstance(layer, keras.Model) else [layer]
    return found


def _chain(keras: Any, model: Any) -> list[Any]:
    """Return the layers of a functional model, found from its output backwards.

    A layer may have been called elsewhere, too, so its own `input` may be another.
    """
    if not getattr(model, "outputs", None):
        raise ExportError(
            f"the Keras model {model.name!r} has a call of its own: write it as a "
            "keras.Sequential, or with keras.Input and keras.Model(inputs, outputs)"
        )
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise ExportError(
            f"the Keras model {model.name!r} should have one input and one output, and "
            f"has {len(model.inputs)} and {len(model.outputs)}"
        )
    found: list[Any] = []
    (tensor,) = model.outputs
    while tensor is not model.inputs[0]:
        layer, call, _ = tensor._keras_history
        if not isinstance(layer, keras.layers.Layer):
            raise ExportError(
                f"the Keras model is not a row of layers: {layer.name} is an operation "
                "on tensors; a layer such as Rescaling or Activation should stand there"
            )
        sources = layer._inbound_nodes[call].input_tensors
        if len(sources) != 1:
            raise ExportError(
                f"the Keras model is not a row of layers: {layer.name} takes "
                f"{len(sources)} tensors, and should take that of the layer before it"
            )
        found.append(layer)
        (tensor,) = sources
    return found[::-1]


def _answer(keras: Any, row: list[Any]) -> Answer:
    """Return what Keras's layers answer one after another.

    They are called on arrays only: a new Sequential of them would note its calls in
    the layers of the user.
    """

    def run(x: Any, training: bool) -> Any:
        for layer in row:
            x = layer(x, training=training)
        return x

    return answer_of(keras, run)


def _before_last(row: list[Any]) -> list[Any]:
    """Return the layers before the last activation, a layer or an argument."""
    *rest, last = row
    if type(last).__name__ in ("Activation", "Softmax"):
        return rest
    return [*rest, _changed(last, activation="linear")]


def _changed(layer: Any, **arguments: Any) -> Any:
    """Return a layer of Keras's with other arguments and the same weights."""
    other = type(layer).from_config({**layer.get_config(), **arguments})
    other.build_from_config(layer.get_build_config())
    other.set_weights(layer.get_weights())
    return other


def _is_float32(layer: Any) -> bool:
    """Return whether a layer computes with as many digits as tinycnn does."""
    return layer.compute_dtype in ("float32", "float64")


def _refused(place: int, layer: Any, why: str) -> ExportError:
    return ExportError(
        f"Keras's layer {place}, {type(layer).__name__} {layer.name!r}, cannot become "
        f"a layer of tinycnn: {why}"
    )


def _real_cells(row: list[Any]) -> int:
    """Return 3 if these are the mean of real cells as `to_keras` builds it, else 0."""
    kinds = [type(layer).__name__ for layer in row[:3]]
    if kinds != ["ZeroPadding2D", "AveragePooling2D", "Normalization"]:
        return 0
    share = real_share(row[0].input.shape[1:3], _average(row))
    variance = np.asarray(row[2].input_variance)
    is_like = variance.shape == share.shape and np.allclose(variance, share**2)
    return 3 if is_like and not np.any(row[2].input_mean) else 0


def _average(row: list[Any]) -> Layer:
    config = row[1].get_config()
    return layers.AveragePooling2D(config["pool_size"], config["strides"], "same")


def _made(place: int, theirs: Any) -> tuple[Layer, list[Array]]:
    """Return the layer for one of Keras's, and its weights."""
    config, kind = theirs.get_config(), type(theirs).__name__
    if kind == "Activation":
        return _activation(place, theirs, config["activation"]), []
    if kind == "ReLU" and config["negative_slope"]:
        kind = "LeakyReLU"
    if kind == "Softmax" and config["axis"] == len(theirs.input.shape) - 1:
        config["axis"] = -1
    weights = theirs.get_weights()
    if kind == "BatchNormalization":
        config, weights = _normalization(theirs, config, weights)
    ours = LAYERS.get(kind)
    if ours is None or (ours in FUNCTIONS and kind != "Identity"):
        raise _refused(place, theirs, "tinycnn has no such layer")
    known = inspect.signature(ours).parameters
    arguments = {}
    for name, value in config.items():
        if name in LEFT_OUT or name.endswith(ENDINGS):
            continue
        if kind == "Resizing" and name in ("fill_mode", "fill_value"):
            continue  # of a border that keeps the photo's proportions
        if name in known:
            arguments[name] = value
        elif name != "seed" and value not in NEUTRAL.get(name, (None,)):
            raise _refused(place, theirs, f"{name}={value!r:.80} is not here")
    if config.get("activation", "linear") != "linear":
        arguments["activation"] = _activation(place, theirs, config["activation"])
    try:
        return ours(**arguments), weights
    except (TypeError, ValueError) as error:
        raise _refused(place, theirs, str(error)) from None


def _activation(place: int, theirs: Any, activation: Any) -> Layer:
    """Return the layer of an activation, which is a name or the config of a layer."""
    if isinstance(activation, str) and activation in (*ACTIVATIONS, "linear"):
        return Activation(activation)
    if isinstance(activation, dict) and activation.get("class_name") in LAYERS:
        return _made(place, theirs.activation)[0]
    raise _refused(place, theirs, f"it has no activation {activation!r:.80}")


def _normalization(
    theirs: Any, config: dict[str, Any], weights: list[Array]
) -> tuple[dict[str, Any], list[Array]]:
    """Fill in what a BatchNormalization is without: a scale of 1, a shift of 0."""
    mean, var = weights[-2:]
    learnt = iter(weights[:-2])
    gamma = next(learnt) if config["scale"] else np.ones_like(mean)
    beta = next(learnt) if config["center"] else np.zeros_like(mean)
    axis = config["axis"]
    axis = axis[0] if isinstance(axis, (list, tuple)) else axis
    if axis == len(theirs.input.shape) - 1:
        axis = -1
    config = {**config, "axis": axis, "scale": True, "center": True}
    return config, [gamma, beta, mean, var]
