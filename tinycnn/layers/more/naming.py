"""Names of layers, as Keras gives them: "conv2d", "conv2d_1", or those of the script.

An activation that was an argument, ``Dense(3, activation="softmax")``, is joined to the
layer before it: it is a layer of its own here and none in Keras, so `pop` takes both.
"""

import inspect
import re
from collections.abc import Iterable, Sequence
from itertools import chain, count
from typing import Any

Kinds = tuple[type, ...]


def plain_name(layer: Any) -> str:
    """Return the class's name in Keras's letters.

    Examples
    --------
    >>> plain_name(type("MaxPooling2D", (), {})())
    'max_pooling2d'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", type(layer).__name__).lower()


def free_name(layer: Any, layers: Iterable[Any]) -> str:
    """Return the layer's name, or the next one, that no other layer has.

    A layer without a name gets that of its class: "conv2d", "conv2d_1", ...

    Raises
    ------
    ValueError
        If another layer has the name that a script chose.
    """
    taken = {other.name for other in layers}
    if layer.name in taken and _is_own_name(layer):
        raise ValueError(
            f"two layers are named {layer.name!r}: give each a name of its own"
        )
    is_free = layer.name and layer.name not in taken
    return str(layer.name) if is_free else _automatic_name(layer, taken)


def _automatic_name(layer: Any, taken: Iterable[str]) -> str:
    """Return the name of the class, with the first number that makes it another."""
    name = plain_name(layer)
    numbered = (f"{name}_{number}" for number in count(1))
    return next(one for one in chain([name], numbered) if one not in taken)


def _is_own_name(layer: Any) -> bool:
    """Return whether a name is none of those that layers of this class get."""
    automatic = rf"{re.escape(plain_name(layer))}(_\d+)?"
    return layer.name is not None and not re.fullmatch(automatic, layer.name)


def _could_be_joined(layers: Sequence[Any], place: int, activations: Kinds) -> bool:
    """Return whether a layer may be the activation of the one before it."""
    if not place or not isinstance(layers[place], activations):
        return False
    return "activation" in inspect.signature(type(layers[place - 1])).parameters


def names_to_keep(layers: Sequence[Any], activations: Kinds = ()) -> dict[str, str]:
    """Return the names that a file should keep: place in the row -> name.

    They are those that a layer there would not get by itself ("dense_7" of the first
    one), and those of activations after a layer that could have had them as an
    argument: there no name means that it had.
    """
    kept: dict[str, str] = {}
    names: list[str] = []  # those before this place
    for place, layer in enumerate(layers):
        automatic = _automatic_name(layer, names)
        if layer.is_joined:
            is_chosen = _is_own_name(layer)
        else:
            is_chosen = layer.name not in (None, automatic)
            is_chosen = is_chosen or _could_be_joined(layers, place, activations)
        if is_chosen:
            kept[str(place)] = layer.name
        names.append(layer.name if is_chosen else automatic)
    return kept


def labels(layers: Sequence[Any]) -> list[str]:
    """Return "Dense" for each layer, or "scores (Dense)" if a script named it."""
    names = names_to_keep(layers)
    kinds = [type(layer).__name__ for layer in layers]
    return [
        f"{names[str(place)]} ({kind})" if str(place) in names else kind
        for place, kind in enumerate(kinds)
    ]


def name_layers(
    layers: Sequence[Any], names: dict[str, str], activations: Kinds
) -> None:
    """Give layers what `names_to_keep` returned, and the others free names."""
    for place, layer in enumerate(layers):
        layer.name = names.get(str(place))
        layer.is_joined = layer.name is None and _could_be_joined(
            layers, place, activations
        )
        if layer.is_joined:
            layers[place - 1].has_joined = True
        layer.name = free_name(layer, layers[:place])
