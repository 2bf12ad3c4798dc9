"""A conversion proves itself: both networks answer the same random photos."""

import copy
import importlib
import importlib.util
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tinycnn.files.settings import checked_classes, checked_preprocessing
from tinycnn.layers import Layer, Rescaling
from tinycnn.models import Sequential
from tinycnn.models.network import Network
from tinycnn.shapes import Array
from tinycnn.text import count_of, say

PHOTOS = 16
LEAST_SPREAD = 0.01  # of the answers, from photo to photo
LIMIT = 1e-5  # of the difference, relative to the largest number of the answers
Answer = Callable[[Array], Array]  # photos (N, H, W, C) -> answers in tinycnn's shape
KERAS_RUNS_ON = ("tensorflow", "jax", "torch")
LOGITS = (
    "the network ends without sigmoid or softmax; if its answers are logits, compile "
    "the model with a loss of from_logits=True before model.save: predict then shows "
    "probabilities"
)


class ExportError(ValueError):
    """A model cannot be converted, or a file not be written; one line says why."""


class NotEqualError(ExportError):
    """The converted network answers differently, so it is refused."""


class Compared(NamedTuple):
    """What was compared, and how far the two are apart.

    Attributes
    ----------
    what : str
    difference, size : float
        The largest difference of a number, and the largest number.
    spread : float
        How far a number differs from photo to photo, at most, relative to `size`.
    least : float
        What the size is taken as at least: 1 for logits, which mean nothing smaller,
        and for the probabilities that are made of them.
    """

    what: str
    difference: float
    size: float
    spread: float
    least: float = 0.0

    @property
    def relative(self) -> float:
        """The largest difference, relative to the size of the numbers."""
        return self.difference / (max(self.size, self.least) or 1.0)


class Proof(NamedTuple):
    """How far the converted network's answers are from the model's.

    Attributes
    ----------
    name : str
        The framework that computed them.
    photos : int
        Number of photos.
    parts : tuple of Compared
        The answers; then what is before the last sigmoid or softmax, which may hide a
        difference; then the answers with random weights, if those of the model give
        nearly the same for every photo, which hides differences, too.
    """

    name: str
    photos: int
    parts: tuple[Compared, ...]

    @property
    def relative(self) -> float:
        """The largest difference of all, relative to the size of its numbers."""
        return max(part.relative for part in self.parts)

    def __str__(self) -> str:
        first, *others = self.parts
        text = (
            f"compared with {self.name} on {count_of(self.photos, 'photo')}: the "
            f"{first.what}, up to {first.size:.2g}, differ by at most "
            f"{first.difference:.1e}"
        )
        for part in others:
            text += f"; {part.what}, up to {part.size:.2g}: {part.difference:.1e}"
        if self.parts[-1].spread < LEAST_SPREAD:
            text += "; these hardly depend on the photo, so it shows little"
        return text


def prove(
    model: Network,
    convert: Callable[[Network], Answer],
    name: str,
    photos: Array | None = None,
    takes_any: bool = True,
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
    takes_any : bool, default True
        Whether it converts the model with other weights, too.

    Raises
    ------
    ExportError
        If the photos do not fit the model.
    NotEqualError
        If the difference is above `LIMIT`, relative to the size of the answers.
    """
    x = random_photos(model)
    if photos is not None:
        x = np.concatenate([x, _checked(photos, x)])
    parts = [_compared("answers", model, convert, x)]
    if model.layers[-1].makes_probabilities and len(model.layers) > 1:
        logits = model.part(0, -1)
        before = _compared("before the last activation", logits, convert, x)
        parts.append(before._replace(least=1.0))
        # A sigmoid's 0.001 stands beside the other class's 0.999.
        parts[0] = parts[0]._replace(least=1.0)
    else:
        logits = model
    if takes_any and parts[-1].spread < LEAST_SPREAD:
        other = with_random_weights(logits)
        parts.append(_compared("with random weights", other, convert, x))
    proof = Proof(name, len(x), tuple(parts))
    if not proof.relative <= LIMIT:
        raise NotEqualError(
            f"{proof}; that is {proof.relative:.1e} of their size, and at most "
            f"{LIMIT:g} is allowed: this conversion is refused"
        )
    return proof


def _checked(photos: Any, like: Array) -> Array:
    """Return photos of the shape and the dtype of others."""
    try:
        x = np.asarray(photos, like.dtype)
    except (TypeError, ValueError):
        x = np.empty(0, like.dtype)
    if x.ndim != like.ndim or x.shape[1:] != like.shape[1:]:
        wanted = ", ".join(map(str, like.shape[1:]))
        got = getattr(photos, "shape", None) or f"{photos!r:.80}"
        raise ExportError(f"photos should be an array (N, {wanted}), got {got}")
    return x


def random_photos(model: Network, count: int = PHOTOS) -> Array:
    """Return random photos, with numbers of the range that the model learnt from.

    Each has 4x4 patches of random colours below its noise: the means of noise alone are
    the same for every photo.
    """
    low, high = model.input_range or (0.0, 1.0)
    first = model.layers[0] if model.layers else None
    if model.input_range is None and isinstance(first, Rescaling) and first.scale:
        high = 1 / abs(first.scale)
    dtype = next((array.dtype for array in model.weights), np.dtype(np.float32))
    shape = model.input_shape or ()
    rng = np.random.default_rng(0)
    x = rng.uniform(low, high, (count, *shape))
    if len(shape) == 3:
        patches = rng.uniform(low, high, (count, 4, 4, shape[2]))
        rows, columns = (np.arange(length) * 4 // length for length in shape[:2])
        x = 0.75 * patches[:, rows[:, np.newaxis], columns] + 0.25 * x
    return x.astype(dtype)


def with_random_weights(network: Network) -> Network:
    """Return a network of the same layers whose weights are random."""
    rng = np.random.default_rng(1)
    other = Network(seed=network.seed)
    for layer in network.layers:
        bare = copy.copy(layer)
        bare.grads, bare.kept = {}, None
        bare = copy.deepcopy(bare)
        for arrays in (bare.params, bare.state):
            for name, array in arrays.items():
                fan_in = np.prod(array.shape[: 2 if "depthwise" in name else -1])
                if array.ndim > 1:
                    numbers = rng.standard_normal(array.shape) / np.sqrt(fan_in)
                else:
                    numbers = rng.uniform(0.5, 1.5, array.shape)
                arrays[name] = numbers.astype(array.dtype)
        other.layers.append(bare)
    return other


def _compared(
    what: str, model: Network, convert: Callable[[Network], Answer], x: Array
) -> Compared:
    """Compare the answers for photos; if theirs are not finite, they differ by inf."""
    ours = model.forward(x, keep=False)
    theirs = convert(model)(x)
    if ours.shape != theirs.shape:
        raise NotEqualError(
            f"the model answers with shape {ours.shape} and the converted one with "
            f"{theirs.shape}: this conversion is refused"
        )
    if not np.isfinite(ours).all():
        raise NotEqualError(
            f"{what}: the model's own numbers contain nan or inf, so they cannot be "
            "compared: this conversion is refused"
        )
    if not np.isfinite(theirs).all():
        return Compared(what, np.inf, 1.0, 1.0)
    ours = ours.astype(np.float64)
    size = float(np.abs(ours).max())
    spread = float(np.ptp(ours, axis=0).max()) / (size or 1.0)
    return Compared(what, float(np.abs(ours - theirs).max()), size, spread)


def built(model: Any, include_rescale: bool = False) -> Network:
    """Return the model, or the model after a layer that rescales its photos.

    Raises
    ------
    ExportError
        If it is not one of tinycnn's, its shapes are not known, or it does not say how
        its photos are rescaled.
    """
    if not isinstance(model, Network):
        raise ExportError(f"a model of tinycnn should be given, got {model!r:.80}")
    if not model.layers or model.output_shape is None:
        raise ExportError("the model has no shape yet: give input_shape, or fit it")
    return _with_rescale(model) if include_rescale else model


def describe(model: Sequential, classes: Any, preprocessing: Any) -> None:
    """Give a model from elsewhere the names of its classes and its preprocessing.

    Raises
    ------
    ExportError
        If they do not fit its layers: its file could not be loaded again.
    """
    try:
        model.classes = checked_classes(classes, model.output_shape or ())
        model.preprocessing = checked_preprocessing(preprocessing, model.input_shape)
    except ValueError as error:
        raise ExportError(str(error)) from None
    if model.classes and not model.layers[-1].makes_probabilities:
        say(LOGITS)


def refused(place: int, layer: Layer, framework: str, why: str) -> ExportError:
    """Return the error that names a layer and why a framework cannot have it."""
    return ExportError(
        f"layer {place}, {layer!r:.200}, cannot be written for {framework}: {why}"
    )


def _with_rescale(model: Network) -> Network:
    preprocessing = getattr(model, "preprocessing", None)
    if preprocessing is None:
        raise ExportError(
            "the model has no preprocessing, so it does not say how photos are "
            "rescaled: set model.preprocessing, or leave out the rescaling"
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
