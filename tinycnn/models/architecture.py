"""A model's layers without their weights: as plain data, as JSON, as a new model."""

import copy
import json

from tinycnn.layers import LAYERS, Layer
from tinycnn.models.sequential import Sequential


def model_from_json(
    json_string: str, custom_objects: dict[str, object] | None = None
) -> Sequential:
    """Return a model with the layers that `Sequential.to_json` wrote down.

    Its weights are new; `load_weights` gives it those of a file.

    Parameters
    ----------
    json_string : str
    custom_objects : dict, optional
        Keras's word; the text never names code that is not the library's own.

    Raises
    ------
    ValueError
        If the text is not that of a tinycnn model.
    """
    try:
        entry = json.loads(json_string)
        entry["config"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ValueError(
            "model_from_json should be given what model.to_json() returned"
        ) from None
    if "tinycnn" not in entry:
        raise ValueError(
            "the JSON is not from tinycnn's to_json (Keras's names its layers "
            "differently): write the layers again as a Sequential"
        )
    return Sequential.from_config(entry["config"])


def clone_model(model: Sequential) -> Sequential:
    """Return a model of the same layers with new weights, not compiled."""
    clone = Sequential(map(_clone, model.layers), seed=model.seed)
    if model.input_shape is not None:
        clone.build(model.input_shape)
    return clone


def _clone(layer: Layer) -> Layer:
    """Return a layer made with the same arguments, not built."""
    kind = type(layer)
    if LAYERS.get(kind.__name__) is kind:
        bare = kind(**layer.config())
        for what in ("name", "trainable", "is_joined"):
            setattr(bare, what, getattr(layer, what))
        return bare
    bare = copy.copy(layer)
    bare.params, bare.grads, bare.state, bare.kept = {}, {}, {}, None
    bare = copy.deepcopy(bare)
    bare.input_shape = bare.output_shape = None
    return bare
