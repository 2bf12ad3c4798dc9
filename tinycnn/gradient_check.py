"""Is my backward right? The numerical gradient, next to the one by formula.

Change one number by a tiny h, up and down, and see how the result changes: that is its
derivative, with no calculus at all - slow, but nothing in it can share a mistake with
``backward``. Everything runs in float64, and d loss / d y is random: with ones, rows
and columns could be swapped unnoticed.
"""

import copy
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

from tinycnn.layers import (
    ACTIVATIONS,
    LAYERS,
    AveragePooling2D,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Layer,
    MaxPooling2D,
    RandomBrightness,
    RandomContrast,
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
    Rescaling,
    Reshape,
    Resizing,
    SeparableConv2D,
    SpatialDropout2D,
    SumPooling2D,
    ZeroPadding2D,
)
from tinycnn.losses import Loss
from tinycnn.models import Sequential
from tinycnn.models.step import loss_after, split_at_logits
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Pair, Shape

STEP = 1e-5
TOLERANCE = 1e-7


@dataclass
class Report:
    """What a gradient check found.

    Attributes
    ----------
    name : str
        What was checked.
    errors : dict of str to float
        The largest relative error of d loss / d that array: "x", "kernel", "bias".
        An array that backward gave no gradient of the right shape for has infinity.
    skipped : int
        Numbers left out because they are at a kink (a sign or a winner changed).
    untried : list of str
        Arrays of which every number was left out: nothing is known about them.
    tolerance : float
        Errors above it are wrong.
    """

    name: str
    errors: dict[str, float] = field(default_factory=dict)
    skipped: int = 0
    untried: list[str] = field(default_factory=list)
    tolerance: float = TOLERANCE

    @property
    def worst(self) -> float:
        """The largest error."""
        return max(self.errors.values(), default=0.0)

    @property
    def is_right(self) -> bool:
        """Whether every gradient that could be tried agrees, and any could."""
        agree = (error <= self.tolerance for error in self.errors.values())
        return bool(self.errors) and all(agree)

    def add(
        self, name: str, by_formula: Array | None, numerical: Array, skipped: int
    ) -> None:
        """Compare one gradient with what `numerical_gradient` returned."""
        self.skipped += skipped
        if by_formula is None or np.shape(by_formula) != numerical.shape:
            self.errors[name] = math.inf
            return
        tried = ~np.isnan(numerical)
        if tried.any() or not numerical.size:
            self.errors[name] = relative_error(by_formula[tried], numerical[tried])
        else:
            self.untried.append(name)

    def __str__(self) -> str:
        parts = ", ".join(f"d{name} {error:.1e}" for name, error in self.errors.items())
        verdict = "right" if self.is_right else "WRONG"
        kinks = f", {self.skipped} at kinks left out" if self.skipped else ""
        parts += "".join(f", d{name} not tried: only kinks" for name in self.untried)
        return f"{self.name}: {verdict} (relative errors: {parts}{kinks})"


def relative_error(by_formula: Array, numerical: Array) -> float:
    """Return the largest ``|a - n| / max(1, |a|, |n|)``, inf for NaN or other shapes.

    Examples
    --------
    >>> relative_error(np.array([1.0, 200.0]), np.array([1.0, 100.0]))
    0.5
    """
    if np.shape(by_formula) != np.shape(numerical):
        return math.inf
    scale = np.maximum(1, np.maximum(abs(by_formula), abs(numerical)))
    error = float(np.max(abs(by_formula - numerical) / scale, initial=0.0))
    return error if math.isfinite(error) else math.inf


def numerical_gradient(
    function: Callable[[], Array | float],
    array: Array,
    choices: Callable[[], list[Array]] = list,
    places: Any = None,
    dy: Array | float = 1.0,
) -> tuple[Array, int]:
    """Return (numerical d loss / d array, how many numbers were left out).

    Parameters
    ----------
    function : callable
        Reads `array` and returns y: a float, or an array.
    array : ndarray of float64
        Changed in place, one number at a time, and put back.
    choices : callable, optional
        Returns the signs and winners of the last call; where they differ between
        x + h and x - h there is a kink in between, and the result is NaN.
    places : iterable of int, optional
        Which numbers to try, as flat places; NaN elsewhere. By default all.
    dy : ndarray or float, default 1.0
        d loss / d y.

    Notes
    -----
    Centred: ``(f(x + h) - f(x - h)) / 2h``, whose error shrinks with h². The
    difference is taken before the sum over y: what did not change cancels exactly.
    """
    gradient = np.full(array.shape, np.nan)
    skipped = 0
    for place in range(array.size) if places is None else places:
        index = np.unravel_index(place, array.shape)
        number = array[index]
        array[index] = number + STEP
        above, choices_above = function(), choices()
        array[index] = number - STEP
        below, choices_below = function(), choices()
        array[index] = number
        if all(map(np.array_equal, choices_above, choices_below)):
            gradient[index] = np.sum((above - below) * dy) / (2 * STEP)
        else:
            skipped += 1
    return gradient, skipped


def jacobian(function: Callable[[], Array], array: Array) -> Array:
    """Return the numerical d function() / d array: (numbers, outputs).

    As `numerical_gradient`, for a function that returns an array. A row is NaN where
    the slopes up and down differ: there is a kink.
    """
    here = function().copy()
    rows = np.empty((array.size, here.size))
    for place, index in enumerate(np.ndindex(array.shape)):
        number = array[index]
        array[index] = number + STEP
        above = function().copy()
        array[index] = number - STEP
        below = function()
        array[index] = number
        rows[place] = ((above - below) / (2 * STEP)).ravel()
        if np.max(abs(above + below - 2 * here), initial=0) > 1e-3 * STEP:
            rows[place] = np.nan
    return rows


def check_layer(
    layer: Layer,
    input_shape: Shape,
    *,
    batch: int = 2,
    training: bool = False,
    seed: int = 0,
) -> Report:
    """Return how well a layer's backward agrees with the numerical one.

    Parameters
    ----------
    layer : Layer
        Not touched: a copy is built, in float64.
    input_shape : tuple of int
        Without the batch axis; best not square.
    batch : int, default 2
        Photos.
    training : bool, default False
        Handed to ``forward``.
    seed : int, default 0

    Examples
    --------
    >>> check_layer(Conv2D(3, (2, 3)), (5, 6, 2)).is_right
    True
    """
    rng = rng_for(seed, "check")
    layer = copy.deepcopy(layer)
    layer.build(input_shape, rng, np.float64)
    for param in layer.params.values():
        param += 0.1 * rng.standard_normal(param.shape)  # no bias stays at 0
    shape = (batch, *input_shape)
    # Distinct numbers, far apart and none 0: no tie for a maximum, no kink of ReLU.
    x = rng.permutation(math.prod(shape)).reshape(shape) / 10 - 4.05
    y = layer.forward(x, training)
    dy = rng.standard_normal(y.shape)
    dx = layer.backward(dy)
    by_formula = {"x": dx, **copy.deepcopy(layer.grads)}
    report = Report(repr(layer))
    for name, array in {"x": x, **layer.params}.items():
        numerical = numerical_gradient(
            lambda: layer.forward(x, training).copy(),
            array,
            lambda: _choices([layer]),
            dy=dy,
        )
        report.add(name, by_formula.get(name), *numerical)
    return report


def check_model(
    model: Sequential, x: Any, y: Any, *, per_array: int = 20, seed: int = 0
) -> Report:
    """Return how close the gradients of a compiled model's loss are to numerical ones.

    Parameters
    ----------
    model : Sequential
        Not touched: a copy is made, in float64. Dropout is off.
    x, y : array-like
        A few photos and their right answers.
    per_array : int, default 20
        Numbers checked in each array, chosen at random: a model has millions.
    seed : int, default 0
    """
    if model.loss is None:
        raise RuntimeError("the model is not compiled: call compile first")
    loss, x = loss_after(model.layers, model.loss), np.asarray(x, np.float64)
    network, _ = split_at_logits(model.in_float64(), loss)

    def value() -> tuple[float, Array]:
        data_loss, dz = loss(y, network.activations(x)[-1])
        return data_loss + network.penalty(), dz

    dx = network.gradients(value()[1])[0]
    network.add_penalty_gradients()
    arrays = {"x": (x, dx)}
    for name, param in network.params.items():
        arrays[name] = (param, network.grads[name])
    report = Report(repr(model))
    rng = rng_for(seed, "check")
    for name, (array, by_formula) in arrays.items():
        places = rng.permutation(array.size)[:per_array]
        numerical = numerical_gradient(
            lambda: value()[0], array, lambda: _choices(network.layers), places
        )
        report.add(name, by_formula, *numerical)
    return report


def check_loss(loss: Loss, y_true: Any, shape: Shape, *, seed: int = 0) -> Report:
    """Return how close a loss's gradient is to the numerical one at random y_pred."""
    y_pred = rng_for(seed, "check").standard_normal(shape)
    _, gradient = loss(y_true, y_pred)
    numerical = numerical_gradient(lambda: loss(y_true, y_pred)[0], y_pred)
    report = Report(repr(loss))
    report.add("y_pred", gradient, *numerical)
    return report


def _choices(layers: list[Layer]) -> list[Array]:
    """Return what the layers remember as signs (bool) or winners (whole numbers)."""
    kept = (layer.kept for layer in layers)
    return [
        array
        for arrays in kept  # a student's own layer may keep an array, or anything
        for array in (arrays if isinstance(arrays, (tuple, list)) else (arrays,))
        if isinstance(array, np.ndarray) and array.dtype.kind in "bui"
    ]


PHOTOS: tuple[Shape, ...] = ((5, 6, 2), (6, 4, 1), (4, 7, 3), (3, 5, 2))
LISTED: set[type[Layer]] = {
    Conv2D, MaxPooling2D, AveragePooling2D, SumPooling2D, Dropout, Flatten, Dense,
    ZeroPadding2D, GlobalAveragePooling2D, GlobalMaxPooling2D, Rescaling, RandomFlip,
    RandomRotation, RandomZoom, RandomTranslation, RandomBrightness, RandomContrast,
    Reshape, Resizing, DepthwiseConv2D, SeparableConv2D, SpatialDropout2D,
    *(type(activation()) for activation in ACTIVATIONS.values()),
}  # fmt: skip


def random_layers() -> Iterator[Layer]:
    """Yield the layers that change photos at random, with all they can do."""
    yield RandomFlip()
    yield RandomTranslation(0.3, (-0.2, 0.4))
    yield RandomContrast(0.4, (-99, 99))
    yield RandomBrightness(0.1, (-99, 99))
    for fill_mode in ("reflect", "nearest", "constant"):
        yield RandomRotation(0.2, fill_mode)
        yield RandomZoom((-0.4, 0.5), 0.3, fill_mode)


def grid(photos: Iterable[Shape] = PHOTOS) -> Iterator[tuple[Layer, Shape, bool]]:
    """Yield (layer, input shape, training) for all layers over a grid of options."""
    paddings = ("valid", "same")
    conv_strides: tuple[int | Pair, ...] = (1, 2, (2, 1), (1, 3))
    pool_strides: tuple[int | Pair | None, ...] = (None, 1, (1, 2), (3, 2))
    for photo in photos:
        for size, strides, padding, filters in product(
            ((1, 1), (2, 3), (3, 2), (3, 3)), conv_strides, paddings, (1, 3)
        ):
            yield Conv2D(filters, size, strides, padding), photo, False
        for pooling, size, steps, padding in product(
            (MaxPooling2D, AveragePooling2D, SumPooling2D),
            ((2, 2), (2, 3), (3, 1)),
            pool_strides,
            paddings,
        ):
            yield pooling(size, steps, padding), photo, False
        for padding_2d in (0, (1, 2), ((2, 0), (0, 1))):
            yield ZeroPadding2D(padding_2d), photo, False
        yield GlobalAveragePooling2D(), photo, False
        yield GlobalMaxPooling2D(), photo, False
        for steps_2d, padding, multiplier in product(conv_strides, paddings, (1, 2)):
            yield DepthwiseConv2D((2, 3), steps_2d, padding, multiplier), photo, False
            yield SeparableConv2D(3, 2, steps_2d, padding, multiplier), photo, False
        yield SeparableConv2D(2, 2, use_bias=False), photo, False
        yield DepthwiseConv2D(2, use_bias=False), photo, False
        yield Reshape((-1, photo[1])), photo, False
        for interpolation in ("bilinear", "nearest"):
            yield Resizing(4, 9, interpolation), photo, False
        for training in (False, True):
            yield SpatialDropout2D(0.5), photo, training
        for activation in dict.fromkeys(ACTIVATIONS.values()):
            yield activation(), photo, False
        for rate, training in product((0.0, 0.3, 0.8), (False, True)):
            yield Dropout(rate), photo, training
        yield Flatten(), photo, False
    for units, inputs in product((1, 4), (1, 7)):
        yield Dense(units), (inputs,), False
    for activation in dict.fromkeys(ACTIVATIONS.values()):
        yield activation(), (7,), False
    yield from ((layer, PHOTOS[0], True) for layer in random_layers())
    for layer in (Rescaling(1 / 255), Rescaling(0.5, offset=-1)):
        yield layer, PHOTOS[1], False
    for kind in LAYERS.values():  # those above have options of their own
        if kind not in LISTED:
            for shape, training in product((PHOTOS[0], (7,)), (False, True)):
                yield kind(), shape, training
