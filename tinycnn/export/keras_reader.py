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
        if names[theirs.name] == 1:
            ours.name = theirs.name
        ours.trainable = bool(theirs.trainable)
        try:
            model.add(ours)
            ours.set_weights(weights)
        except ValueError as error:
            raise _refused(place, theirs, str(error)) from None
        place += count or 1
    if not model.layers:
        raise ExportError("the Keras model has no layers")
    describe(model, classes, preprocessing)

    def convert(part: Network) -> Answer:
        if part is model:
            return answer_of(keras, keras_model)
        return _before_last(keras, keras_model, row)

    name = f"Keras on {keras.backend.backend()}"
    say(str(prove(model, convert, name, takes_any=False)))
    return model


def _input_shape(model: Any) -> Shape:
    """Return the shape of one photo."""
    if not model.built or len(model.inputs) != 1 or len(model.outputs) != 1:
        raise ExportError(
            "the Keras model should be built, with one input and one output: call "
            "build, or give it a keras.Input"
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
    found: list[Any] = []
    before: Any = None
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            before = layer.output
            continue
        if not isinstance(model, keras.Sequential):
            if before is None or layer.input is not before:
                raise ExportError(
                    f"the Keras model is not a row of layers: {layer.name} does not "
                    "take the output of the layer before it"
                )
            before = layer.output
        if isinstance(layer, keras.Model):
            found += _row(keras, layer)
        else:
            found.append(layer)
    return found


def _before_last(keras: Any, model: Any, row: list[Any]) -> Answer:
    """Return what answers before the last activation, a layer or an argument."""
    last = row[-1]
    rest = keras.Sequential([keras.Input(model.input_shape[1:]), *row[:-1]])
    if type(last).__name__ in ("Activation", "Softmax"):
        return answer_of(keras, rest)
    bare = type(last).from_config({**last.get_config(), "activation": "linear"})
    rest.add(bare)
    bare.set_weights(last.get_weights())
    return answer_of(keras, rest)


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
    if ours is None or ours in FUNCTIONS:
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
        elif value not in NEUTRAL.get(name, (None,)):
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
