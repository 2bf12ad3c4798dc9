"""A conversion proves itself: both networks answer the same random photos."""

import importlib
import importlib.util
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tinycnn.layers import Layer, Rescaling
from tinycnn.models import Sequential
from tinycnn.models.network import Network
from tinycnn.shapes import Array
from tinycnn.text import count_of

PHOTOS = 16
LIMIT = 1e-5  # of the difference, relative to the largest number of the answers
Answer = Callable[[Array], Array]  # photos (N, H, W, C) -> answers in tinycnn's shape
KERAS_RUNS_ON = ("tensorflow", "jax", "torch")


class ExportError(ValueError):
    """A model cannot be converted, or a file not be written; one line says why."""


class NotEqualError(ExportError):
    """The converted network answers differently, so it is refused."""


class Proof(NamedTuple):
    """How far the converted network's answers are from the model's.

    Attributes
    ----------
    name : str
        The framework that computed them.
    photos : int
        Number of photos.
    difference, size : float
        The largest difference of a number, and the largest number, of the answers.
    before : (float, float) or None
        Both, of the numbers before the last sigmoid or softmax, which may hide a
        difference.
    """

    name: str
    photos: int
    difference: float
    size: float
    before: tuple[float, float] | None = None

    @property
    def relative(self) -> float:
        """The larger of the two differences, relative to the size of its numbers."""
        pairs = [(self.difference, self.size), *([self.before] if self.before else [])]
        return max(difference / (size or 1.0) for difference, size in pairs)

    def __str__(self) -> str:
        text = (
            f"compared with {self.name} on {count_of(self.photos, 'photo')}: the "
            f"answers, up to {self.size:.2g}, differ by at most {self.difference:.1e}"
        )
        if self.before:
            difference, size = self.before
            text += f"; before the last activation, up to {size:.2g}: {difference:.1e}"
        return text


def prove(
    model: Network,
    convert: Callable[[Network], Answer],
    name: str,
    photos: Array | None = None,
) -> Proof:
    """Compare a model with its conversion.

    Parameters
    ----------
    model : Network
    convert : callable
        Is given a network, and returns the function that answers in its place.
    name : str
        The framework, for the message.
    photos : ndarray of shape (N, H, W, C), optional
        Photos besides the random ones.

    Raises
    ------
    NotEqualError
        If the difference is above `LIMIT`, relative to the size of the answers.
    """
    x = random_photos(model)
    if photos is not None:
        x = np.concatenate([x, photos.astype(x.dtype)])
    difference, size = _difference(model, convert(model), x)
    before = None
    if model.layers[-1].makes_probabilities and len(model.layers) > 1:
        part = model.part(0, -1)
        before = _difference(part, convert(part), x)
    proof = Proof(name, len(x), difference, size, before)
    if not proof.relative <= LIMIT:
        raise NotEqualError(
            f"{proof}; that is {proof.relative:.1e} of their size, and at most "
            f"{LIMIT:g} is allowed: this conversion is refused"
        )
    return proof


def random_photos(model: Network, count: int = PHOTOS) -> Array:
    """Return random photos, with numbers of the range that the model learnt from."""
    low, high = model.input_range or (0.0, 1.0)
    first = model.layers[0] if model.layers else None
    if model.input_range is None and isinstance(first, Rescaling) and first.scale:
        high = 1 / abs(first.scale)
    dtype = next((array.dtype for array in model.weights), np.dtype(np.float32))
    shape = (count, *(model.input_shape or ()))
    x = np.random.default_rng(0).uniform(low, high, shape)
    return x.astype(dtype)


def _difference(model: Network, answer: Answer, x: Array) -> tuple[float, float]:
    """Return (largest difference, largest number); NaN counts as infinite."""
    ours = model.forward(x, keep=False)
    theirs = answer(x)
    if ours.shape != theirs.shape:
        raise NotEqualError(
            f"the model answers with shape {ours.shape} and the converted one with "
            f"{theirs.shape}: this conversion is refused"
        )
    if not (np.isfinite(ours).all() and np.isfinite(theirs).all()):
        return np.inf, 1.0
    difference = np.abs(ours.astype(np.float64) - theirs)
    return float(difference.max(initial=0)), float(np.abs(ours).max(initial=0))


def built(model: Any) -> Network:
    """Return the model, if it is one of tinycnn's whose shapes are known.

    Raises
    ------
    ExportError
        If not.
    """
    if not isinstance(model, Network):
        raise ExportError(f"a model of tinycnn should be given, got {model!r:.80}")
    if not model.layers or model.output_shape is None:
        raise ExportError("the model has no shape yet: give input_shape, or fit it")
    return model


def refused(place: int, layer: Layer, framework: str, why: str) -> ExportError:
    """Return the error that names a layer and why a framework cannot have it."""
    return ExportError(
        f"layer {place}, {layer!r:.200}, cannot be written for {framework}: {why}"
    )


def with_rescale(model: Network) -> Network:
    """Return the model with the rescaling of its photos as the first layer.

    Raises
    ------
    ExportError
        If the model does not say how its photos are rescaled.
    """
    preprocessing = getattr(model, "preprocessing", None)
    if preprocessing is None:
        raise ExportError(
            "the model did not learn from a folder of photos, so it does not say how "
            "they are rescaled; leave out the rescaling"
        )
    if preprocessing.rescale is None:
        return model
    longer = Sequential(seed=model.seed)
    longer.add(Rescaling(preprocessing.rescale, input_shape=model.input_shape))
    longer.layers += model.layers
    longer.input_range = (0.0, 255.0)
    return longer


def framework(name: str, shown: str, install: str) -> Any:
    """Import a framework and return it.

    Raises
    ------
    ExportError
        If it is not installed; the message says what to install.
    """
    if name == "keras":
        _choose_backend()
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = "" if error.name == name else f" (it needs {error.name})"
        raise ExportError(
            f"{shown} is not installed here{missing}: pip install {install}"
        ) from None


def _choose_backend() -> None:
    """Let Keras run on what is installed.

    Keras writes its own choice, TensorFlow, into a file, whether it is installed or
    not.
    """
    if "KERAS_BACKEND" in os.environ or "keras" in sys.modules:
        return
    try:
        settings = json.loads(Path("~/.keras/keras.json").expanduser().read_bytes())
        chosen = [str(settings["backend"])]
    except (OSError, ValueError, TypeError, KeyError):
        chosen = []
    for name in (*chosen, *KERAS_RUNS_ON):
        if name in KERAS_RUNS_ON and importlib.util.find_spec(name) is not None:
            os.environ["KERAS_BACKEND"] = name
            return
