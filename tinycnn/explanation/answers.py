"""One answer, in float64: every layer's output, and the logit of one class."""

from typing import Any

import numpy as np

from tinycnn.layers import Layer
from tinycnn.metrics import answer_probabilities, predicted_labels
from tinycnn.models import Sequential
from tinycnn.models.inputs import blocks_of, photos_of, warn_of_range
from tinycnn.models.network import Network
from tinycnn.models.step import with_probabilities
from tinycnn.shapes import Array
from tinycnn.text import display_name


class Answer:
    """A model's answer to one photo, layer by layer, and the logit of one class.

    The parameters and errors are those of `votes`. The model is not touched: its layers
    are copied, in float64.

    Attributes
    ----------
    network : Network
        The copy; `layers` are its layers.
    outputs : list of ndarray, each (1, ...)
        outputs[0] is the photo, outputs[n] what goes into layer n, the last one the
        model's answer.
    logit_place : int
        ``outputs[logit_place]`` holds the logits: the input of a last sigmoid or
        softmax, or the output itself if the model ends in neither.
    class_index : int
    class_name : str
    logit : float
        Of this class. A single output is about class 1; class 0 has minus its logit.
    """

    def __init__(self, model: Sequential, x: Any, class_index: Any = None) -> None:
        photo = one_photo(model, x)
        shape = model.output_shape or ()
        if len(shape) != 1:
            raise ValueError(
                "the model should answer with one number per class, (K,), got output "
                f"shape {shape}: end it with Flatten() and Dense()"
            )
        self.network: Network = with_probabilities(model, model.loss)
        self.layers: list[Layer] = self.network.layers
        self.outputs: list[Array] = self.network.activations(photo)
        ends_in_logits = self.layers[-1].makes_probabilities is None
        self.logit_place: int = len(self.layers) - (not ends_in_logits)
        if class_index is None:
            class_index = predicted_labels(self.outputs[-1], model.threshold)[0]
        names = model.classes or []
        self.class_index: int = class_number(class_index, max(2, shape[0]), names)
        known = self.class_index < len(names)
        self.class_name: str = (
            names[self.class_index] if known else str(self.class_index)
        )
        self._unit, self._sign = self.class_index, 1.0
        if shape[0] == 1:
            self._unit, self._sign = 0, 1.0 if self.class_index else -1.0
        self.logit: float = self._sign * float(
            self.outputs[self.logit_place][0, self._unit]
        )

    def probabilities(self, photos: Array) -> Array:
        """Return this class's probability for photos: (N, H, W, C) -> (N,)."""
        y = self.network.forward(photos, keep=False)
        return answer_probabilities(y, np.full(len(photos), self.class_index))

    def gradient(self, place: int) -> Array:
        """Return d logit / d outputs[place], without the batch axis."""
        return self.gradients(place)[0][0]

    def gradients(self, place: int) -> list[Array]:
        """Return d logit / d outputs[n] for n from `place` up to the logits."""
        dy = np.zeros_like(self.outputs[self.logit_place])
        dy[0, self._unit] = self._sign
        return self.network.part(place, self.logit_place).gradients(dy)


def one_photo(model: Sequential, x: Any) -> Array:
    """Return one photo as the model is fed, float64 of shape (1, H, W, C)."""
    if model.input_shape is None or model.output_shape is None:
        raise ValueError(
            "the model is not built yet: give its first layer input_shape, or fit it"
        )
    if (photos := photos_of(x)) is None:
        x = np.asarray(x)
        x = model.as_input(x[np.newaxis] if x.shape == model.input_shape else x)
        warn_of_range(x, model)
    else:
        x = np.concatenate([*blocks_of(photos, 1, model.preprocessing)])
        x = model.as_input(x)
    if len(x) != 1:
        raise ValueError(f"an explanation is about one photo, got {len(x)}")
    photo: Array = x.astype(np.float64)
    if not np.isfinite(photo).all():
        raise ValueError("the photo should hold finite numbers, got NaN or infinity")
    return photo


def class_number(class_index: Any, count: int, names: list[str]) -> int:
    """Return the number of a class from its number or its name."""
    if isinstance(class_index, str) and display_name(class_index) in names:
        return names.index(display_name(class_index))
    is_number = isinstance(class_index, (int, np.integer)) and not isinstance(
        class_index, bool
    )
    if is_number and 0 <= class_index < count:
        return int(class_index)
    known = ", ".join(f"{n} ({name})" for n, name in enumerate(names[:count]))
    known = known or f"0 to {count - 1} (the model knows no names)"
    raise ValueError(f"class_index should be one of {known}, got {class_index!r}")


def place_of(model: Sequential, layer: Any) -> int:
    """Return n for the layer whose output is ``outputs[n]``; 0 is the photo.

    The layer is "input", a layer of the model, or its number: the one that `summary`
    shows, or counted from the end below 0.
    """
    layers, count = model.layers, len(model.layers)
    if isinstance(layer, str) and layer == "input":
        return 0
    if isinstance(layer, Layer):
        layer = next((n for n, one in enumerate(layers) if one is layer), layer)
    is_number = isinstance(layer, (int, np.integer)) and not isinstance(layer, bool)
    if is_number and -count <= layer < count:
        return int(layer) % count + 1
    raise ValueError(
        f"layer should be 'input', a layer of the model or its number, 0 to "
        f"{count - 1} (summary() lists them), got {layer!r}"
    )


def layer_text(layers: list[Layer], place: int) -> str:
    """Return what outputs[place] is called: "input", or "layer 2 (MaxPooling2D)"."""
    if place == 0:
        return "input"
    return f"layer {place - 1} ({type(layers[place - 1]).__name__})"


def check_maps(layers: list[Layer], place: int) -> None:
    """Raise unless outputs[place] has feature maps: (rows, columns, channels)."""
    shape = layers[place - 1].output_shape if place else layers[0].input_shape
    if shape is None or len(shape) != 3:
        raise ValueError(
            "layer should be one with feature maps (rows, columns, channels), got "
            f"{layer_text(layers, place)} with output {shape}; try one before Flatten"
        )
