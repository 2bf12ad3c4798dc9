"""What does forward compute? Compared with the library's layer with one thing off."""

from collections.abc import Iterator
from itertools import permutations

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.patterns import pointwise
from tinycnn.diagnosis.patterns.equality import (
    axes_of,
    either,
    factor_name,
    is_equal,
    matches,
    multiple_of,
    place_of_errors,
    reordered,
)
from tinycnn.diagnosis.patterns.products import Product, outputs
from tinycnn.diagnosis.patterns.sliding import convolved, pooled, windows_of
from tinycnn.layers import (
    AveragePooling2D,
    Conv2D,
    Dense,
    Layer,
    MaxPooling2D,
    Softmax,
    SumPooling2D,
)
from tinycnn.shapes import Array

POOLED: dict[type[Layer], str] = {
    MaxPooling2D: "the maximum", SumPooling2D: "the sum", AveragePooling2D: "the mean",
}  # fmt: skip


def forward_pattern(
    reference: Layer, x: Array, y: Array, expected: Array
) -> Finding | None:
    """Return what y equals, of the right shape but with wrong numbers; or None."""
    what, right = _what_is_y(reference, x, y, expected)
    if what:
        return finding("y_equals", "y", what=what, right=right)
    for array in reordered(expected):
        if is_equal(y, array):
            return finding("y_axes_swapped", "y")
    if any(np.array_equal(y, cut(expected)) for cut in (np.trunc, np.floor, np.round)):
        return finding("y_whole_numbers", "y")
    if where := place_of_errors(y, expected, axes_of(y.shape)):
        return finding("wrong_at", "y", where=where)
    return None


def _what_is_y(
    reference: Layer, x: Array, y: Array, expected: Array
) -> tuple[str, str]:
    """Return (what y equals, or ""; what it should be)."""
    kind = POOLED.get(type(reference))
    if kind is not None:
        windows = windows_of(reference, x.shape[1:])
        found = matches(y, pooled(kind, windows, x))
        return _either(found), f"{kind} of each window of {windows.window}"
    if type(reference) in (Dense, Conv2D):
        params = reference.params
        bias = params.get("bias", np.zeros(y.shape[-1]))
        is_conv = isinstance(reference, Conv2D)
        windows_or_none = windows_of(reference, x.shape[1:]) if is_conv else None
        case = Product(x, y, params["kernel"], bias, windows_or_none)
        plain = expected - bias
        with np.errstate(all="ignore"):
            found = matches(y, outputs(case, plain))
            if windows_or_none is not None and not found:
                others = convolved(windows_or_none, x, params["kernel"])
                found = matches(y - bias, others)
        right = "the convolution + bias" if is_conv else "x @ kernel + bias"
        return _either(found), right
    if isinstance(reference, Softmax):
        what = _either(matches(y, softmaxes(x))) or multiple_of(y, softmaxes(x))
        return what, pointwise.RIGHT[Softmax][0]
    if reference.input_shape == reference.output_shape:
        what = pointwise.what_is_y(reference, x, y, expected)
        what = pointwise.in_arguments(reference, what)
        return what, pointwise.right_of(reference)[0]
    if y.ndim == 2:
        for n, word in ((0, "first"), (-1, "last")):
            if is_equal(y, 0 * y + expected[n]):
                what = f"the numbers of the {word} photo, in every row"
                return what, "the numbers of each photo, in its own row"
    return "", ""


def softmaxes(x: Array) -> Iterator[tuple[str, Array]]:
    """Yield (what was computed, that): other maxima and sums, or -x."""
    shifts = {
        "x": 0 * x, "x - the largest of its row": x.max(axis=-1, keepdims=True),
        "x - the largest of its column": x.max(axis=0, keepdims=True),
        "x - the largest of all": 0 * x + x.max(),
    }  # fmt: skip
    for words, shift in shifts.items():
        for factor, minus in ((1, ""), (-1, "minus ")):
            e = np.exp(factor * (x - shift))
            for axis, of in ((-1, "its row"), (0, "its column"), (None, "all")):
                for word in ("sum", "max", "mean"):
                    total = getattr(e, word)(axis=axis, keepdims=True)
                    yield f"exp({minus}{words}) / the {word} of {of}", e / total
                square = np.sqrt((e * e).sum(axis=axis, keepdims=True))
                yield f"exp({minus}{words}) / the length of {of}", e / square
            yield f"exp({minus}{words})", e
            yield (
                f"log(exp({minus}{words}) / the sum of its row)",
                np.log(e / e.sum(axis=-1, keepdims=True)),
            )
    yield "x / the sum of its row", x / x.sum(axis=-1, keepdims=True)
    for words, array in pointwise.functions_of(x):
        yield words, array


def _either(found: list[str]) -> str:
    return either(found) if found else ""


def shape_pattern(y: Array, expected: Array, name: str = "y") -> Finding | None:
    """Return why an array of right numbers has another shape; or None."""
    shapes = {"got": y.shape, "expected": expected.shape}
    if not y.size:
        return finding("empty_slice", name, **shapes)
    if y.size == expected.size and is_equal(y.ravel(), expected.ravel()):
        return finding("shape_only", name, **shapes)
    for order in permutations(range(y.ndim)):
        if is_equal(y.transpose(order), expected):
            return finding("axes_in_other_order", name, **shapes)
    if name == "y" and y.shape[1:] == expected.shape[1:]:
        for n, word in ((slice(len(y)), "first"), (slice(-len(y), None), "last")):
            if is_equal(y, expected[n]):
                count = f"{word} {len(y)} of {len(expected)}"
                return finding("photos_missing", name, count=count, **shapes)
    return None


def sizes_of(reference: Layer, x: Array, y: Array) -> dict[str, float]:
    """Return the sizes by which a number may be divided by mistake, by name."""
    sizes: dict[str, float] = {}
    for name in ("pool_size", "kernel_size"):
        if (pair := getattr(reference, name, None)) is not None:
            KH, KW = pair
            sizes |= {"KH": KH, "KW": KW, "KH * KW": KH * KW, "KH + KW": KH + KW}
            sizes |= {"KH**2": KH**2, "KW**2": KW**2}
            sizes["N * KH * KW"] = len(x) * KH * KW
    sizes["N"] = len(x)
    if x.ndim == 4:
        H, W, C = x.shape[1:]
        sizes |= {"H": H, "W": W, "H * W": H * W, "C": C}
    if y.ndim == 4:
        OH, OW, F = y.shape[1:]
        sizes |= {"OH": OH, "OW": OW, "OH * OW": OH * OW}
        sizes |= {"F": F} if "kernel" in reference.params else {}
    if x.ndim == 2:
        inputs, outputs = x.shape[1], y.shape[1]
        sizes |= {"the number of inputs": inputs, "the number of outputs": outputs}
    return sizes


def named_factor(reference: Layer, x: Array, y: Array, factor: float) -> str:
    """Return " (divided by KH * KW = 6)" for a factor made of sizes, or ""."""
    sizes = sizes_of(reference, x, y)
    if isinstance(reference, AveragePooling2D) and y.ndim == 4 and factor:
        cells = sizes["KH * KW"]
        by = cells / factor
        names = [n for n, value in sizes.items() if np.isclose(value, by)]
        what = f" = {either(names)}" if names else ""
        return f": the sum of {cells:g} cells is divided by {by:.6g}{what}"
    return factor_name(factor, sizes) if factor else ""
