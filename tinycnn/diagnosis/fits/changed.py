"""A forward that is right for another x, another kernel or another border.

Whatever the layer: the library's is given x divided by its length, or with the mean of
its channels, and if that gives the student's y, this is what was done to x.
"""

import copy
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.fits.combination import agrees, function_of
from tinycnn.diagnosis.patterns.equality import Named, axes_of
from tinycnn.layers import (
    BatchNormalization,
    Conv2D,
    Layer,
    MaxPooling2D,
    Softmax,
    SumPooling2D,
)
from tinycnn.shapes import Array

MODES = {
    "edge": "repeats the last row and column of x",
    "reflect": "mirrors x, without its last row and column",
    "symmetric": "mirrors x",
    "wrap": "is the other side of x",
    "mean": "is the mean of its row or column",
}


def of_changed(reference: Layer, x: Array, y: Array, expected: Array) -> Finding | None:
    """Return for which other x, kernel or border y would be right; or None.

    Examples
    --------
    >>> from tinycnn.layers import Dense
    >>> layer, x = Dense(3), np.random.default_rng(0).random((5, 4))
    >>> right = layer(x)
    >>> y = layer(x / np.linalg.norm(x, axis=1, keepdims=True))
    >>> print(of_changed(layer, x, y, right).sentence)
    y equals the output for x divided by the length of its row; it should be that for x.
    """
    if isinstance(reference, BatchNormalization):
        return None
    with np.errstate(all="ignore"):
        if isinstance(reference, Softmax) and (what := _softmax(x, y)):
            return finding("y_equals", "y", what=what, right="the softmax of x")
        for words, other, right in _outputs(reference, x):
            if np.shape(other) == y.shape and agrees(y, other):
                if not agrees(expected, other):
                    return finding("y_equals", "y", what=words, right=right)
    return None


def _outputs(reference: Layer, x: Array) -> Iterator[tuple[str, Array, str]]:
    """Yield (what y equals, y, what it should be)."""
    for words, other in _inputs(x):
        if np.isfinite(other).all():
            yield f"the output for {words}", reference.forward(other), "that for x"
    if "kernel" in reference.params:
        layer = copy.deepcopy(reference)
        for words, kernel in _kernels(reference.params["kernel"]):
            layer.params = {**reference.params, "kernel": kernel}
            what = f"the output with {words}"
            yield what, layer.forward(x), "that with the kernel as it is"
    yield from _borders(reference, x)


def _inputs(x: Array) -> Iterator[Named]:
    """Yield (in words, x changed along its axes)."""
    axes = axes_of(x.shape)
    places: list[tuple[str, tuple[int, ...]]] = [("the photos", (0,))]
    if x.ndim == 2:
        places.append(("its row", (1,)))
    if x.ndim == 4:
        places += [("the channels", (3,)), ("its photo", (1, 2, 3)),
                   ("its channel", (1, 2)),
                   ("its channel in the batch", (0, 1, 2))]  # fmt: skip
    places.append(("the batch", tuple(range(x.ndim))))
    for of, over in places:
        mean = x.mean(axis=over, keepdims=True)
        length = np.sqrt((x * x).sum(axis=over, keepdims=True))
        deviation = x.std(axis=over, keepdims=True)
        smallest = x.min(axis=over, keepdims=True)
        largest = x.max(axis=over, keepdims=True)
        yield f"the mean over {of} in place of x", 0 * x + mean
        yield f"x minus the mean of {of}", x - mean
        yield f"x divided by the length of {of}", x / length
        size = abs(x).max(axis=over, keepdims=True)
        yield f"the largest of {of} in place of x", 0 * x + largest
        yield f"x divided by the largest of {of}", x / largest
        yield f"x divided by the largest size of {of}", x / size
        yield f"x divided by the sum of {of}", x / x.sum(axis=over, keepdims=True)
        scaled = (x - mean) / deviation
        yield f"x minus the mean of {of}, divided by its deviation", scaled
        yield f"x scaled from 0 to 1 in {of}", (x - smallest) / (largest - smallest)
    yield from (
        ("abs(x)", abs(x)), ("max(x, 0)", np.maximum(x, 0)),
        ("x, rounded", np.round(x)), ("x / 255", x / 255), ("x / 2", x / 2),
        ("2 * x", 2 * x), ("x**2", x * x), ("tanh(x)", np.tanh(x)),
        ("x, cut to 0 to 1", np.clip(x, 0, 1)),
    )  # fmt: skip
    for axis, of in enumerate(axes):
        yield f"x with its {of} in reverse", np.flip(x, axis)
        first = np.take(x, [0], axis=axis)
        yield f"the first of the {of}, for all of them", 0 * x + first
        if x.shape[axis] > 2:
            yield f"x with its {of} moved by one place", np.roll(x, 1, axis)
            yield f"x with its {of} moved back by one place", np.roll(x, -1, axis)


def _kernels(kernel: Array) -> Iterator[Named]:
    """Yield (in words, the kernel changed)."""
    for of, over in (
        ("for each output", tuple(range(kernel.ndim - 1))), ("as a whole", None),
        ("for each input", (kernel.ndim - 1,)),
    ):  # fmt: skip
        total = kernel.sum(axis=over, keepdims=True)
        yield f"the kernel divided by its sum {of}", kernel / total
        length = np.sqrt((kernel**2).sum(axis=over, keepdims=True))
        yield f"the kernel divided by its length {of}", kernel / length
        mean = kernel.mean(axis=over, keepdims=True)
        yield f"the kernel minus its mean {of}", kernel - mean
        e = np.exp(kernel)
        yield f"the softmax of the kernel {of}", e / e.sum(axis=over, keepdims=True)
    yield "the sign of the kernel", np.sign(kernel)
    yield "kernel**2", kernel**2


def _borders(reference: Layer, x: Array) -> Iterator[tuple[str, Array, str]]:
    """Yield y with a border that is made of x, not of zeros."""
    if not isinstance(reference, (Conv2D, SumPooling2D, MaxPooling2D)):
        return
    _, borders = reference._grid(x.shape[1:])
    if not any(map(sum, borders)):
        return
    plain = copy.deepcopy(reference)
    plain.padding = "valid"
    right = "one with the usual border"
    for mode, words in MODES.items():
        padded = np.pad(x, ((0, 0), *borders, (0, 0)), mode=mode)  # type: ignore[call-overload]
        plain.input_shape = padded.shape[1:]
        yield f"the output with a border that {words}", plain.forward(padded), right


def _softmax(x: Array, y: Array) -> str:
    """Return of what y is the softmax, or what was added to its sum; or ""."""
    if y.shape != x.shape or not np.isfinite(y).all():
        return ""
    rows = x - x.max(axis=-1, keepdims=True)
    if agrees(y, 1.0 * (rows == 0)):
        return "1 for the largest of its row, and 0 for the others"
    if (y <= 0).any():
        return ""
    for words, z in (("x", x), ("x - the largest of its row", rows)):
        added = np.exp(z) / y - np.exp(z).sum(axis=-1, keepdims=True)
        if np.ptp(added) < 1e-9 * abs(added).max() and abs(added).max() > 1e-12:
            total = f"(their sum + {added.flat[0]:.6g})"
            return f"exp({words}) / {total}"
    logs = np.log(y)
    centred = logs - logs.mean(axis=-1, keepdims=True)
    if agrees(y.sum(axis=-1), np.ones(len(y))):
        what = function_of(centred, "x", x - x.mean(axis=-1, keepdims=True))
        return f"the softmax of {what}" if what and "x" != what else ""
    return ""


def of_flat_shape(x: Array, y: Array, right: Array) -> Finding:
    """Return what was taken from each photo in place of all its numbers."""
    names = axes_of(x.shape)
    for count in range(1, x.ndim):
        for axes in combinations(range(1, x.ndim), count):
            for word, reduced in (("mean", x.mean), ("sum", x.sum), ("largest", x.max)):
                of = np.asarray(reduced(axis=axes)).reshape(len(x), -1)
                if y.shape == of.shape and agrees(y, of):
                    over = " and ".join(names[axis] for axis in axes)
                    what = f"the {word} of x over its {over}"
                    row = "all numbers of a photo, in one row"
                    return finding("y_equals", "y", what=what, right=row)
    found = finding("y_shape", "y", got=y.shape, expected=right.shape)
    return replace(found, hint="A photo becomes one row of all its numbers.")
