"""The description in a model file, and the checks before it is believed.

A model file is a .safetensors file (see `tinycnn.files`) whose JSON names the layers
with their arguments, the preprocessing, the classes and the threshold. Files are not
trusted: layers are made from a fixed table, each layer checks its own arguments, and
the arrays must be exactly those that the layers imply, before any of them is made.
"""

import inspect
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tinycnn import losses, metrics, optimizers
from tinycnn.files import ModelFileError
from tinycnn.files.safetensors import AnyArray, Header, abridged, open_file
from tinycnn.files.settings import kept_settings
from tinycnn.layers import KINDS, LAYERS, Layer
from tinycnn.layers.more.naming import names_to_keep
from tinycnn.models.step import loss_after
from tinycnn.preprocessing.photos import Preprocessing
from tinycnn.shapes import Shape, whole_number
from tinycnn.text import display_name, is_name, size_of

FORMAT = "tinycnn model"
VERSION = 1
MAX_BYTES = 2**32
MAX_LAYERS = 1000
MAX_NAME = 200  # characters of a layer's name
MAX_AXES = 8
MAX_WINDOW = 2**20  # cells of a pooling window


@dataclass
class ModelContent:
    """A model file, checked."""

    input_shape: Shape
    seed: int
    layers: list[Layer]
    weights: dict[str, AnyArray]
    compiled: dict[str, Any] | None
    classes: list[str] | None
    threshold: float
    preprocessing: Preprocessing | None
    input_range: tuple[float, float] | None
    frozen: list[int]
    names: dict[str, str]


def model_config(model: Any) -> dict[str, Any]:
    """Return the description of a model (a `Sequential`), without the weights.

    Raises
    ------
    ValueError
        If the model is not built, or a layer is not the library's own.
    """
    if model.output_shape is None:
        raise ValueError("the model has no shape yet: give input_shape, or fit it")
    layers = enumerate(model.layers)
    frozen = [place for place, layer in layers if not layer.trainable]
    return {
        "format": FORMAT,
        "version": VERSION,
        **layers_config(model),
        "compiled": _compiled_config(model) if model.optimizer is not None else None,
        **kept_settings(model),
        **({"frozen": frozen} if frozen else {}),
    }


def layers_config(model: Any) -> dict[str, Any]:
    """Return a model's layers, the shape of its input, and its seed, as plain JSON.

    Raises
    ------
    ValueError
        If a layer is not the library's own.
    """
    return {
        "input_shape": model.input_shape and list(model.input_shape),
        "seed": model.seed,
        "layers": [_layer_config(*entry) for entry in enumerate(model.layers)],
        **({"names": names} if (names := names_to_keep(model.layers, KINDS)) else {}),
    }


def _compiled_config(model: Any) -> dict[str, Any] | None:
    """Return what `compile` chose; None if a file cannot name it.

    An optimiser or loss of the user's own, or layers changed since, do not keep the
    weights from being saved: the model is compiled again after loading.
    """
    optimizer, loss = model.optimizer, model.loss
    if type(optimizer) is not optimizers.OPTIMIZERS.get(optimizer.name):
        return None
    if type(loss) is not losses.LOSSES.get(loss.name):
        return None
    try:
        loss_after(model.layers, loss)
    except ValueError:
        return None
    return {
        "optimizer": [optimizer.name, optimizer.config()],
        "loss": [loss.name, loss.config()] if loss.config() else loss.name,
        "metrics": [metric.name for metric in model.metrics if metric.is_plain],
    }


def unknown_layers(layers: list[Layer]) -> list[str]:
    """Return the layers that a file cannot name, as "2 (Own)"; see `model_config`."""
    names = ((place, type(layer)) for place, layer in enumerate(layers))
    return [
        f"{place} ({kind.__name__})"
        for place, kind in names
        if LAYERS.get(kind.__name__) is not kind
    ]


def _layer_config(place: int, layer: Layer) -> list[Any]:
    """Return [class name, arguments]; a file may name the library's code only."""
    name = type(layer).__name__
    if LAYERS.get(name) is not type(layer):
        raise ValueError(
            f"layer {place} ({name}) cannot be saved: a model file may only name the "
            f"library's own layers ({', '.join(LAYERS)}); use get_weights() instead"
        )
    return [name, layer.config()]


def read_model_file(path: str | Path) -> ModelContent:
    """Return what is in a model file, every check passed, or raise ModelFileError."""
    with open_file(path) as (config, header, read_arrays):
        try:
            content = content_of(config, header)
        except (ValueError, TypeError, KeyError) as error:
            reason = f"no {error}" if isinstance(error, KeyError) else str(error)
            raise ModelFileError(
                f"{display_name(path)} is not a model that can be loaded: "
                f"{abridged(reason)}"
            ) from None
        content.weights = read_arrays()
    for name, array in content.weights.items():
        refuse_infinite(path, name, array)
    return content


def refuse_infinite(path: str | Path, name: str, array: AnyArray) -> None:
    """Raise ModelFileError unless all of a file's weights are finite numbers."""
    # One NaN makes both NaN; isfinite(array) would make a second large array.
    with np.errstate(invalid="ignore"):
        is_finite = math.isfinite(array.min()) and math.isfinite(array.max())
    if not is_finite:
        raise ModelFileError(
            f"{display_name(path)}: the weights {name} are not all finite numbers; "
            "the training run that made it went wrong"
        )


def content_of(config: Any, header: Header) -> ModelContent:
    """Return the file's content, checked, without its weights.

    A file that is not a model, or one that may not be loaded, raises a ValueError,
    TypeError, KeyError or OverflowError.
    """
    if _typed(config, dict).get("format") == "tinycnn checkpoint":
        raise ValueError(
            "it is the checkpoint of a training run, not its model; take "
            "model.safetensors beside it, or finish the run with "
            "python -m tinycnn.train --resume"
        )
    if config.get("format") == "tinycnn weights":
        raise ValueError(
            "it holds the weights of a model, not its layers: make the same layers "
            "again and call model.load_weights with this file"
        )
    if config.get("format") != FORMAT:
        raise ValueError("it holds no model")
    version = config["version"]
    if type(version) is not int or version != VERSION:
        raise ValueError(
            f"it has format version {version!r} and this tinycnn reads "
            f"version {VERSION}; it was made by a newer tinycnn"
        )
    known = set(ModelContent.__dataclass_fields__) - {"weights", "frozen", "names"}
    if set(config) - {"frozen", "names"} != known | {"format", "version"}:
        raise ValueError("its entries should be " + ", ".join(sorted(known)))
    input_shape, layers = layers_of(config["input_shape"], config["layers"])
    if input_shape is None:
        raise ValueError("its input_shape is missing")
    output_shape, expected = _expected(layers, input_shape)
    _check_arrays(expected, header)
    preprocessing = _preprocessing(config["preprocessing"])
    if preprocessing is not None and preprocessing.shape != input_shape:
        raise ValueError(
            f"its photos are {preprocessing.shape} and its layers want {input_shape}"
        )
    return ModelContent(
        input_shape=input_shape,
        seed=whole_number(config["seed"], "seed", least=0),
        layers=layers,
        weights={},
        compiled=_compiled(config["compiled"], layers, output_shape),
        classes=_classes(config["classes"], output_shape),
        threshold=_share(config["threshold"]),
        preprocessing=preprocessing,
        input_range=_range(config["input_range"]),
        frozen=_places(config.get("frozen", []), len(layers)),
        names=names_of(config.get("names", {}), layers),
    )


def layers_of(shape: Any, entries: Any) -> tuple[Shape | None, list[Layer]]:
    """Return (input shape, layers) of a description, made but not built.

    Layers that do not fit or may not be made raise an error, as in `content_of`.
    """
    input_shape = None
    if shape is not None:
        input_shape = tuple(whole_number(n, "input_shape") for n in _typed(shape, list))
        if not 1 <= len(input_shape) <= MAX_AXES:
            raise ValueError(
                f"its input_shape should have 1 to {MAX_AXES} numbers, "
                f"got {len(input_shape)}"
            )
    if not 1 <= len(_typed(entries, list)) <= MAX_LAYERS:
        raise ValueError(f"it should have 1 to {MAX_LAYERS} layers, got {len(entries)}")
    layers = [_layer(entry) for entry in entries]
    if input_shape is not None:
        _expected(layers, input_shape)
    return input_shape, layers


def _layer(entry: Any) -> Layer:
    name, arguments = _typed(entry, list)
    if not isinstance(name, str) or name not in LAYERS:
        raise ValueError(f"layers should be of {', '.join(LAYERS)}, got {name!r}")
    layer = _made(LAYERS[name], arguments)
    # Its own config must say the same again: no argument missing, none to spare, and
    # none that belongs elsewhere (an activation, an input_shape).
    if layer.config() != arguments:
        raise ValueError(f"{name} has arguments {arguments!r}")
    return layer


def _expected(layers: list[Layer], shape: Shape) -> tuple[Shape, dict[str, Shape]]:
    """Return (output shape, shape of every array), by arithmetic alone."""
    expected: dict[str, Shape] = {}
    cells = math.prod(shape)
    for place, layer in enumerate(layers):
        window = layer.window or (1, 1)
        if math.prod(window) > MAX_WINDOW:
            raise ValueError(f"layer {place} has a window of more than {MAX_WINDOW:,}")
        if math.prod(window) > 1:  # the input may get a border as wide as the window
            rows_columns = map(sum, zip(shape, window, strict=False))
            cells += math.prod((*rows_columns, *shape[len(window) :]))
        arrays = layer.state_shapes(shape)
        shape, params = layer.infer_shapes(shape)
        arrays = {**params, **arrays}
        expected |= {f"{place}.{name}": shape for name, shape in arrays.items()}
        cells += math.prod(shape)
        if cells * 4 > MAX_BYTES:
            raise ValueError(f"it would make more than {size_of(MAX_BYTES)} of a photo")
    return shape, expected


def _check_arrays(expected: dict[str, Shape], header: Header) -> None:
    """Raise unless the file's arrays are exactly the expected ones, all float32."""
    for name in [*expected, *header]:
        got = header.get(name)
        if name not in expected:
            raise ValueError(f"it holds weights {name!r} that no layer has")
        if got is None or got != (np.dtype("<f4"), expected[name]):
            raise ValueError(
                f"the weights {name} should be float32 of shape {expected[name]}, got "
                + ("none" if got is None else f"{got[0]} of shape {got[1]}")
            )


def _preprocessing(config: Any) -> Preprocessing | None:
    if config is None:
        return None
    arguments = _typed(config, dict)
    if set(arguments) != set(Preprocessing.__dataclass_fields__):
        raise ValueError("its preprocessing is not complete")
    _typed(arguments["color_mode"], str)
    _typed(arguments["interpolation"], str)
    if arguments["rescale"] is not None:
        _typed(arguments["rescale"], float)
    return Preprocessing(**arguments)


def _compiled(
    config: Any, layers: list[Layer], output_shape: Shape
) -> dict[str, Any] | None:
    """Return optimiser, loss and metrics as `compile` keeps them."""
    if config is None:
        return None
    if set(_typed(config, dict)) != {"optimizer", "loss", "metrics"}:
        raise ValueError("compiled should hold optimizer, loss and metrics")
    name, arguments = _typed(config["optimizer"], list)
    optimizer = _made(optimizers.OPTIMIZERS[_typed(name, str)], arguments)
    loss = _loss(config["loss"])
    loss_after(layers, loss, output_shape)
    return {
        "optimizer": optimizer,
        "loss": loss,
        "metrics": metrics.as_metrics(
            [_typed(name, str) for name in _typed(config["metrics"], list)]
        ),
    }


def _loss(entry: Any) -> losses.Loss:
    """Return the loss of a name, or of [name, arguments]."""
    if not isinstance(entry, list):
        return losses.get(_typed(entry, str))
    if len(entry) != 2:
        raise ValueError("its loss should be a name, or a name and arguments")
    name, arguments = entry
    loss: losses.Loss = _made(losses.LOSSES[_typed(name, str)], arguments)
    if loss.config() != arguments:
        raise ValueError(f"{name} has arguments {arguments!r}")
    return loss


def _made(kind: type, arguments: Any) -> Any:
    """Return an object made with a file's arguments; no old spelling is translated."""
    known = {*inspect.signature(kind).parameters, *getattr(kind, "option_words", ())}
    for name in _typed(arguments, dict):
        if name not in known:
            raise TypeError(f"{kind.__name__} has no argument {name!r}")
    return kind(**arguments)


def _classes(names: Any, output_shape: Shape) -> list[str] | None:
    if names is None:
        return None
    count = 2 if output_shape == (1,) else output_shape[-1]
    if len(set(map(str, _typed(names, list)))) != count or len(names) != count:
        raise ValueError(f"it should name {count} different classes")
    for name in names:
        if not is_name(_typed(name, str)):
            raise ValueError(f"a class is named {name!r}")
    return list(names)


def _share(number: Any) -> float:
    if not 0 < _typed(number, float) < 1:
        raise ValueError(f"its threshold should be between 0 and 1, got {number}")
    return float(number)


def _range(numbers: Any) -> tuple[float, float] | None:
    if numbers is None:
        return None
    if len(_typed(numbers, list)) != 2:
        raise ValueError("its input_range should be two numbers")
    return _typed(numbers[0], float), _typed(numbers[1], float)


def _places(places: Any, count: int) -> list[int]:
    """Return the layers that do not learn, by their places."""
    for place in _typed(places, list):
        if not 0 <= _typed(place, int) < count:
            raise ValueError(f"it has no layer {place} to freeze")
    return list(places)


def is_layer_name(name: str) -> bool:
    """Return whether a layer of that name can be loaded again."""
    return is_name(name) and len(name) <= MAX_NAME


def names_of(names: Any, layers: list[Layer]) -> dict[str, str]:
    """Return the names of layers, by their places, after a check."""
    places = {str(place) for place in range(len(layers))}
    if not places.issuperset(_typed(names, dict)):
        raise ValueError("it names layers that it does not have")
    for name in names.values():
        if not is_layer_name(_typed(name, str)):
            raise ValueError(f"a layer is named {abridged(repr(name))}")
    if len(set(names.values())) < len(names):
        raise ValueError("it gives two layers the same name")
    return dict(names)


def _typed(value: Any, kind: type) -> Any:
    """Return the value if it is of that type exactly (a bool is not a number)."""
    if type(value) is not kind:
        raise ValueError(f"{kind.__name__} expected, got {type(value).__name__}")
    return value
