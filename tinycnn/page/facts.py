"""The data of the explaining page: a model's layers and one photo's numbers, as JSON.

The page computes everything else itself, from the pixels on; what would be too large
for it (`large.py`) is computed here, in float64.
"""

import base64
import copy
from typing import Any

import numpy as np

from tinycnn.layers import LAYERS, Layer
from tinycnn.models import Sequential
from tinycnn.models.inputs import photos_of
from tinycnn.models.network import Network
from tinycnn.models.step import with_probabilities
from tinycnn.page.large_dense import TERMS, large_layers
from tinycnn.page.packing import packed, packed_rounded, to_int16
from tinycnn.preprocessing.previews import jpeg_preview
from tinycnn.shapes import Array, Shape, window_grid
from tinycnn.text import count_of, display_name

WHOLE_DENSE = 2**15  # weights of a Dense layer that goes into the page as it is
EXACT_KERNELS = 2**21  # weights of all convolutions that do; if more, they are rounded
MOST_KERNELS = 2**25
LEADING = 3
LEADING_NUMBERS = 2**16  # short rows leave room for more leading logits than three
Json = dict[str, Any]


class PageError(ValueError):
    """A page cannot explain this model or photo; the message says why."""


class Explained:
    """A model, described for the page, and its photos.

    A model that is not built, not made for photos, or too large raises PageError.
    """

    end: int
    answer: str

    def __init__(self, model: Sequential, name: object = "a model") -> None:
        shape = model.input_shape
        if shape is None or model.output_shape is None or len(shape) != 3:
            raise PageError(
                "the page explains networks of photos: input_shape should be (rows, "
                f"columns, channels), got {shape}"
            )
        self.model: Sequential = model
        self.name: str = display_name(name)
        self.network: Network = with_probabilities(model, model.loss)
        self.layers: list[Layer] = self.network.layers
        for place, layer in enumerate(self.layers):
            if LAYERS.get(type(layer).__name__) is not type(layer):
                raise PageError(
                    f"the page cannot compute layer {place}, {type(layer).__name__}: "
                    "it holds the arithmetic of tinycnn's own layers only"
                )
        self.end, self.answer = _logits(self.layers)
        self.large: list[int] = [
            place
            for place, layer in enumerate(self.layers)
            if _kernel_size(layer, 2) > WHOLE_DENSE
        ]
        self.kernel_count: int = sum(_kernel_size(layer, 4) for layer in self.layers)
        if self.kernel_count > MOST_KERNELS:
            raise PageError(
                f"the convolutions have {self.kernel_count:,} weights, too many for a "
                f"page, which holds {MOST_KERNELS:,} at most"
            )

    @property
    def is_rounded(self) -> bool:
        """Whether the convolutions' kernels are too many to be kept exactly."""
        return self.kernel_count > EXACT_KERNELS

    def content(self) -> Json:
        """Return the page's data on the model."""
        output_shape = self.model.output_shape or ()
        return {
            "file": self.name,
            "inputShape": self.model.input_shape,
            "outputShape": output_shape,
            "names": _names(self.model.classes, output_shape, self.answer),
            "threshold": self.model.threshold,
            "answer": self.answer,
            "logits": self.end,
            "layers": [self._layer(*item) for item in enumerate(self.layers)],
            "notes": self._notes(),
        }

    def _layer(self, place: int, layer: Layer) -> Json:
        """Return one layer: its kind, shapes, window and weights."""
        shape = layer.input_shape or ()
        layer_json: Json = {
            "kind": type(layer).__name__,
            "input": shape,
            "output": layer.output_shape,
            "isStraight": layer.is_straight,
        }
        if layer.window is not None and len(shape) == 3:
            window, strides = layer.window, layer.strides
            _, borders = window_grid(shape, window, strides, layer.padding, "window")
            layer_json |= {"window": window, "strides": strides, "borders": borders}
        arrays = {**layer.params, **layer.state}
        if place in self.large:
            del arrays["kernel"]
        for name, array in arrays.items():
            rounds = self.is_rounded and array.ndim == 4
            layer_json[name] = (packed_rounded if rounds else packed)(array)
        return {**layer.config(), **layer_json, "arrays": [*arrays]}

    def _notes(self) -> list[str]:
        """Return notes on what the page does not compute from the pixels."""
        notes = []
        for place in self.large:
            params = self.layers[place].params
            notes.append(
                f"Layer {place}, Dense, has {params['kernel'].size:,} weights. The "
                "page holds what this photo needs of them, computed by Python: the "
                f"outputs of its {count_of(params['kernel'].shape[1], 'unit')}, the "
                f"{TERMS} strongest terms of each, and the factors d logit / d cell "
                "(float32), with which the page adds up the logit from the cells it "
                "computed."
            )
        classes = self.model.classes
        if self.answer == "number" and classes and len(classes) == 2:
            high, low = display_name(classes[1]), display_name(classes[0])
            notes.append(
                f"predict answers {high} where the output is above "
                f"{self.model.threshold:g}, otherwise {low}."
            )
        return notes

    def photo(self, photo: Any, name: object = "a photo") -> Json:
        """Return the page's data on one photo.

        Arrays are taken as they are, as by `Sequential.predict`. A photo that cannot
        be read raises PhotoError; one that does not fit the model, or whose answer is
        not finite, PageError.
        """
        x = self._input(photo)
        with np.errstate(over="ignore", invalid="ignore"):
            activations = self.network.activations(x[np.newaxis].astype(np.float64))
        self.network.forget()
        if not all(np.isfinite(y).all() for y in activations):
            raise PageError(f"{display_name(name)}: the answer is not a finite number")
        logits = activations[self.end].ravel()
        leading, large, notes = [], {}, []
        if self.large:
            count = max(LEADING, LEADING_NUMBERS // activations[self.large[0]].size)
            leading = np.argsort(-logits, kind="stable")[:count].tolist()
            large = large_layers(
                self.network, self.large, activations, self.end, leading
            )
        if self.is_rounded:
            error = np.abs(self._rounded_logits(x) - logits).max()
            notes.append(
                f"The convolutions' {self.kernel_count:,} weights are rounded to 16 "
                f"bits. That changes the logits of this photo by up to {error:.1e}."
            )
        shown = photos_of(photo) is not None
        return {
            "name": display_name(name),
            "preview": data_uri(jpeg_preview(photo)) if shown else None,
            "input": packed(x),
            "range": self._range(x),
            "logits": logits.tolist(),
            "leading": leading,
            "large": large,
            "notes": notes,
        }

    def _input(self, photo: Any) -> Array:
        """Return the photo as the network sees it, float32 (H, W, C)."""
        if photos_of(photo) is not None:
            if self.model.preprocessing is None:
                raise PageError(
                    "the model does not know how a photo becomes an array: hand over "
                    "an array, or set model.preprocessing"
                )
            return self.model.preprocessing([photo])[0]
        x: Array = np.asarray(photo, np.float32)
        x = x[0] if x.ndim == 4 and len(x) == 1 else x
        if x.shape != self.model.input_shape or not np.isfinite(x).all():
            raise PageError(
                f"the photo should be an array of shape {self.model.input_shape} with "
                f"finite numbers, got {x.shape}"
            )
        return x

    def _range(self, x: Array) -> tuple[float, float]:
        """Return which numbers are black and white."""
        if self.model.preprocessing is not None:
            white = 255 * (self.model.preprocessing.rescale or 1.0)
            return 0.0, white
        high = float(x.max(initial=0))
        return float(x.min(initial=0)), 1.0 if high <= 1.5 else max(255.0, high)

    def _rounded_logits(self, x: Array) -> Array:
        """Return the logits that the rounded kernels give."""
        rounded = self.network.part(stop=self.end)
        rounded.layers = rounded.stages = [copy.copy(layer) for layer in rounded.layers]
        for layer in rounded.layers:
            if _kernel_size(layer, 4):
                numbers, scale = to_int16(layer.params["kernel"])
                layer.params = {**layer.params, "kernel": numbers * scale}
        return rounded.forward(x[np.newaxis].astype(np.float64), keep=False).ravel()


def _kernel_size(layer: Layer, axes: int) -> int:
    """Return how many weights a kernel of so many axes has: 4 of a window, 2 of all."""
    kernel = layer.params.get("kernel")
    return 0 if kernel is None or kernel.ndim != axes else kernel.size


def _logits(layers: list[Layer]) -> tuple[int, str]:
    """Return (how many layers make the logits, what is made of them)."""
    end = len(layers)
    while end and layers[end - 1].is_identity:
        end -= 1
    if end and (word := layers[end - 1].makes_probabilities):
        return end - 1, word
    return end, "number"


def _names(classes: list[str] | None, shape: Shape, answer: str) -> list[str]:
    """Return what each answer is called; one sigmoid speaks for two classes."""
    count = int(np.prod(shape))
    if count == 1:
        if answer == "number":
            return ["the output"]
        count = 2
    if classes is not None and len(classes) == count:
        return [display_name(name) for name in classes]
    if len(shape) == 3 and shape[:2] != (1, 1):
        return [f"output {c} at row {i}, column {j}" for i, j, c in np.ndindex(*shape)]
    return [f"class {n}" for n in range(count)]


def data_uri(jpeg: bytes) -> str:
    """Return a JPEG as an address that holds it."""
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")
