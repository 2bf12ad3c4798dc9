"""What an activation is equal to: formulas of x, y and dy, tried in turn."""

import math
import re
from collections.abc import Callable, Iterator
from itertools import combinations, combinations_with_replacement

import numpy as np

from tinycnn.diagnosis.patterns.equality import Named, is_equal, multiple_of
from tinycnn.layers import ELU, SELU, Layer, LeakyReLU, ReLU, Sigmoid, Softmax, Tanh
from tinycnn.shapes import Array

# (what y should be, what dx should be)
RIGHT: dict[type[Layer], tuple[str, str]] = {
    ReLU: ("max(x, 0)", "dy where x > 0, and 0 elsewhere"),
    Sigmoid: ("1 / (1 + exp(-x))", "dy * y * (1 - y)"),
    Tanh: ("tanh(x)", "dy * (1 - y**2)"),
    Softmax: ("exp(x) / its sum over the last axis", "y * (dy - sum of dy * y)"),
    LeakyReLU: (
        "x above 0, and negative_slope * x below",
        "dy where x is above 0, and negative_slope * dy below",
    ),
    ELU: (
        "x above 0, and alpha * (exp(x) - 1) below",
        "dy where x is above 0, and alpha * exp(x) * dy below",
    ),
    SELU: ("scale times an ELU", "dy times the slope of that"),
}


def right_of(reference: Layer | None) -> tuple[str, str]:
    """Return what y and dx should be, in words."""
    words = ("the output of the library's layer", "dy times the slope at x")
    return RIGHT.get(type(reference), words) if reference is not None else words


def _sigmoid(x: Array) -> Array:
    return np.asarray(0.5 * (1 + np.tanh(x / 2)))


def functions_of(x: Array) -> Iterator[Named]:
    """Yield usual functions of x."""
    with np.errstate(all="ignore"):
        yield "x", x
        yield "abs(x)", abs(x)
        yield "1 where x > 0, and 0 elsewhere", 1.0 * (x > 0)
        yield "max(x, 0)", np.maximum(x, 0)
        yield "min(x, 0)", np.minimum(x, 0)
        yield "x**2", x * x
        yield "1 / (1 + exp(-x))", _sigmoid(x)
        yield "tanh(x)", np.tanh(x)
        yield "1 / (1 + exp(x))", _sigmoid(-x)
        yield "clip(0.2 * x + 0.5, 0, 1), a hard sigmoid", np.clip(0.2 * x + 0.5, 0, 1)
        yield "clip(x / 6 + 0.5, 0, 1), a hard sigmoid", np.clip(x / 6 + 0.5, 0, 1)
        yield "clip(x, -1, 1), a hard tanh", np.clip(x, -1, 1)
        yield "exp(x)", np.exp(x)
        yield "exp(-x)", np.exp(-x)
        yield "exp(abs(x))", np.exp(abs(x))
        yield "exp(-abs(x))", np.exp(-abs(x))
        yield "1 + exp(-x)", 1 + np.exp(-x)
        yield "1 / (1 - exp(-x))", 1 / (1 - np.exp(-x))
        yield "1 / (1 + x)", 1 / (1 + x)
        yield "1 - exp(-x)", 1 - np.exp(-x)
        yield "1 - exp(x)", 1 - np.exp(x)
        yield "1 + exp(x)", 1 + np.exp(x)
        yield "1 / (1 - exp(x))", 1 / (1 - np.exp(x))
        yield "exp(-x) / (1 + exp(-x))", _sigmoid(-x)
        yield "exp(-x) / (1 + exp(-x))**2, the slope", _sigmoid(x) * _sigmoid(-x)
        yield "1 - tanh(x)**2, the slope", 1 - np.tanh(x) ** 2
        yield "log(1 + exp(x))", np.logaddexp(0, x)
        yield "x / (1 + exp(-x))", x * _sigmoid(x)
        yield "log(1 / (1 + exp(-x)))", -np.logaddexp(0, -x)
        yield "exp(x) / exp(x).sum()", np.exp(x - x.max()) / np.exp(x - x.max()).sum()
        for name, axis in (("axis=0", 0), ("axis=-1", -1)):
            e = np.exp(x - x.max(axis=axis, keepdims=True))
            total = e.sum(axis=axis, keepdims=True)
            yield f"exp(x) / exp(x).sum({name}, keepdims=True)", e / total


def what_is_y(reference: Layer, x: Array, y: Array, expected: Array) -> str:
    """Return what the output of an activation equals, as a formula; "" if unknown."""
    if found := multiple_of(y, functions_of(x)):
        return found
    if found := _affine(y, expected):
        return found
    inverses: dict[type[Layer], Callable[[Array], Array]] = {
        Sigmoid: lambda v: np.log(v / (1 - v)), Tanh: np.arctanh,
    }  # fmt: skip
    inverse = inverses.get(type(reference))
    if inverse is not None:
        with np.errstate(all="ignore"):
            z = inverse(y)
        name = type(reference).__name__.lower()
        if np.isfinite(z).all() and (found := _affine(z, x, "x")):
            return f"the {name} of {found}"
    for words, bound in (("above", y.max()), ("below", y.min())):
        clipped = (
            np.minimum(expected, bound)
            if words == "above"
            else (np.maximum(expected, bound))
        )
        if is_equal(y, clipped) and not is_equal(expected, clipped):
            return f"the correct y, but never {words} {bound:.4g}"
    if isinstance(reference, ReLU):
        for words, is_on in (
            ("any photo of the batch", (x > 0).any(axis=0)),
            ("every photo of the batch", (x > 0).all(axis=0)),
            ("the first photo", x[0] > 0), ("the last photo", x[-1] > 0),
            ("the mean of the batch", x.mean(axis=0) > 0),
        ):  # fmt: skip
            if is_equal(y, x * is_on):
                return f"x where {words} is above 0 at that place, and 0 elsewhere"
        if found := _cut(x, y):
            return found
    sides = []
    for words, side in (("below", x < 0), ("above", x > 0)):
        if not side.any() or is_equal(y[side], expected[side]):
            continue
        what = _affine(y[side], x[side], "x")
        what = what or multiple_of(y[side], ((n, f[side]) for n, f in functions_of(x)))
        if not what:
            return ""
        sides.append(f"{what} where x is {words} 0")
    return ", and ".join(sides)


def _cut(x: Array, y: Array) -> str:
    """Return "x from -1 on, and 0 below" if y is x or 0, changing once, not at 0."""
    order = np.argsort(x, axis=None)
    x, y = x.ravel()[order], y.ravel()[order]
    is_kept = np.isclose(y, x)
    if not (is_kept | (y == 0)).all() or is_kept.all() or not is_kept.any():
        return ""
    first = int(is_kept.argmax())
    if not is_kept[first:].all() or not first or x[first - 1] * x[first] < 0:
        return ""
    return f"x from about {(x[first - 1] + x[first]) / 2:.2g} on, and 0 below"


def _affine(got: Array, expected: Array, name: str = "the correct y") -> str:
    """Return "2 * name - 1" if an array is made so from another, or ""."""
    if got.size < 3 or not np.isfinite(got).all():
        return ""
    if np.ptp(got) < 1e-12 * max(1, abs(got).max()):
        return f"{got.flat[0]:.4g}"
    if np.ptp(expected) < 1e-9:
        return ""
    slope, constant = np.polyfit(expected.ravel(), got.ravel(), 1)
    slope, constant = round(float(slope), 9), round(float(constant), 9)
    if abs(slope) < 1e-6 or not is_equal(got, slope * expected + constant):
        return ""
    text = name if np.isclose(slope, 1) else f"{slope:.4g} * {name}"
    if np.isclose(slope, -1):
        text = f"-{name}"
    if abs(constant) < 1e-8:
        return text
    return f"{text} {'-' if constant < 0 else '+'} {abs(constant):.4g}"


def what_is_dx(x: Array, y: Array, dy: Array, slope: Array, dx: Array) -> str:
    """Return what the gradient of an activation equals, as a formula; "" if unknown."""
    ratios: dict[str, float] = {}
    wrong = ~np.isclose(dx, dy * slope, rtol=1e-6, atol=1e-9) & ~np.isnan(slope)
    for words, side in (("below", x < 0), ("above", x > 0)):
        if wrong[side].any():
            ratio = dx[side] / dy[side]
            if np.ptp(ratio) > 1e-9 * max(1, abs(ratio).max()):
                ratios = {}
                break
            ratios[words] = float(np.median(ratio))
    if len(ratios) == 2 and np.isclose(ratios["above"], ratios["below"]):
        return f"{ratios['above']:.4g} * dy"
    if ratios:
        sides = (f"{v:.4g} * dy where x is {words} 0" for words, v in ratios.items())
        return ", and ".join(sides)
    if found := _steps(x, dx / dy):
        return found
    for words, other in _other_dy(dy):
        if is_equal(dx, other * np.nan_to_num(slope)):
            return f"{words} * (the correct slope)"
    return multiple_of(dx, _formulas(x, y, dy, np.nan_to_num(slope)))


def _other_dy(dy: Array) -> Iterator[Named]:
    """Yield what may be used for dy."""
    for word, reduced in (("mean", dy.mean), ("sum", dy.sum), ("max", dy.max)):
        yield f"dy.{word}(axis=0)", 0 * dy + reduced(axis=0)
        yield f"dy.{word}(axis=-1)", 0 * dy + reduced(axis=-1, keepdims=True)
        yield f"dy.{word}()", 0 * dy + reduced()
    yield "dy[0]", 0 * dy + dy[0]
    yield "dy[-1]", 0 * dy + dy[-1]
    yield "dy[::-1]", dy[::-1]


def _steps(x: Array, ratio: Array) -> str:
    """Return where a slope has one value and where another: "0 * dy where x < 1"."""
    order = np.argsort(x, axis=None)
    x, ratio = x.ravel()[order], ratio.ravel()[order]
    changes = np.flatnonzero(abs(np.diff(ratio)) > 1e-9)
    if not 0 < len(changes) < 3:
        return ""
    edges = [float((x[i] + x[i + 1]) / 2) for i in changes]
    values = [float(ratio[0]), *(float(ratio[i + 1]) for i in changes)]
    text = f"{values[0]:.4g} * dy up to x = {edges[0]:.2g}"
    for edge, value in zip(edges, values[1:], strict=True):
        text += f", {value:.4g} * dy from x = {edge:.2g} on"
    return text


def _formulas(x: Array, y: Array, dy: Array, slope: Array) -> Iterator[Named]:
    """Yield formulas from the simplest on."""
    with np.errstate(all="ignore"):
        atoms: list[Named] = [
            ("dy", dy), ("y", y), ("(1 - y)", 1 - y), ("x", x), ("(1 - x)", 1 - x),
            ("(1 + y)", 1 + y), ("(1 + x)", 1 + x), ("(x > 0)", 1.0 * (x > 0)),
            ("(dy > 0)", 1.0 * (dy > 0)), ("(1 - dy)", 1 - dy),
            ("(1 - y**2)", 1 - y * y), ("(1 - x**2)", 1 - x * x),
            ("(1 + y**2)", 1 + y * y), ("(x < 0)", 1.0 * (x < 0)),
            ("abs(x)", abs(x)), ("exp(x)", np.exp(x)), ("exp(-x)", np.exp(-x)),
            ("exp(-abs(x))", np.exp(-abs(x))),
            ("(1 - (y - 0.5)**2)", 1 - (y - 0.5) ** 2),
            ("exp(y)", np.exp(y)), ("exp(-y)", np.exp(-y)),
            ("(1 - exp(-abs(x)))", 1 - np.exp(-abs(x))), ("sigmoid(x)", _sigmoid(x)),
            ("(1 - sigmoid(x))", _sigmoid(-x)), ("sigmoid(y)", _sigmoid(y)),
            ("(1 - sigmoid(y))", _sigmoid(-y)), ("tanh(x)", np.tanh(x)),
            ("(1 - tanh(y)**2)", 1 - np.tanh(y) ** 2),
            ("(1 - tanh(x)**2)", 1 - np.tanh(x) ** 2), ("1 / cosh(x)", 1 / np.cosh(x)),
            ("1 / y", 1 / y),
            ("(the correct slope)", slope), ("1 / (the correct slope)", 1 / slope),
        ]  # fmt: skip
        for count in (1, 2, 3):
            for chosen in combinations_with_replacement(atoms, count):
                product = np.prod([array for _, array in chosen], axis=0)
                yield " * ".join(name for name, _ in chosen), product
        short = [*atoms[:6], atoms[-2]]
        terms = [*short, *_pairs(short)]
        terms.append(("dy * (the correct slope)", dy * slope))
        for (a, one), (b, other) in combinations(terms, 2):
            yield f"{a} + {b}", one + other
            yield f"{a} - {b}", one - other
        for count in (3, 4):
            for chosen in combinations_with_replacement(atoms[:7], count):
                product = np.prod([array for _, array in chosen], axis=0)
                text = " * ".join(name for name, _ in chosen)
                yield text, product
                for name, atom in atoms[:5]:
                    yield f"{text} - {name}", product - atom


ARGUMENTS: dict[type[Layer], str] = {LeakyReLU: "negative_slope", ELU: "alpha"}


def in_arguments(layer: Layer, text: str) -> str:
    """Return a formula with "1 / alpha" for a number that is made so, if one is.

    Examples
    --------
    >>> in_arguments(ELU(0.4), "2.5 * dy where x is below 0")
    '1 / alpha * dy where x is below 0'
    """
    found = [name for kind, name in ARGUMENTS.items() if isinstance(layer, kind)]
    if not found:
        return text
    a = float(getattr(layer, name := found[0]))
    forms = {
        f"1 / {name}": 1 / a, f"{name}**2": a * a, f"-{name}": -a,
        f"(1 + {name})": 1 + a, f"(1 - {name})": 1 - a, f"-{name}**2": -a * a,
        f"2 * {name}": 2 * a,
    }  # fmt: skip

    def named(number: re.Match[str]) -> str:
        value = float(number[1])
        words = [
            w for w, form in forms.items() if math.isclose(form, value, rel_tol=1e-3)
        ]
        return f"{words[0]} * " if words else number[0]

    return re.sub(r"(-?\d[\d.]*(?:e-?\d+)?) \* ", named, text) if a else text


def _pairs(atoms: list[Named]) -> list[Named]:
    return [
        (f"{a} * {b}", one * other)
        for (a, one), (b, other) in combinations_with_replacement(atoms, 2)
    ]


def what_is_dx_of_softmax(y: Array, dy: Array, dx: Array) -> str:
    """Return what the gradient of a softmax equals, as a formula; "" if unknown."""
    inner: list[Named] = []
    products = {"dy * y": dy * y, "dy": dy, "y": y, "y * (1 - y)": y * (1 - y)}
    for name, product in products.items():
        for axes, text in ((-1, "axis=-1"), (0, "axis=0"), (None, "")):
            for word in ("sum", "mean", "max"):
                value = getattr(product, word)(axis=axes, keepdims=True)
                inner.append((f"({name}).{word}({text})", value))
    candidates = [(f"y * {name}", y * s) for name, s in inner]
    candidates += [(name, 0 * y + s) for name, s in inner]
    forms: list[Named] = [
        ("dy", dy), ("y", y), ("dy * y", dy * y), ("dy * (1 - y)", dy * (1 - y)),
        ("dy * y * (1 - y)", dy * y * (1 - y)), ("dy - y", dy - y),
        ("y * (1 - y)", y * (1 - y)), ("y - dy", y - dy),
    ]  # fmt: skip
    for name, s in inner:
        for a, left in (("y", y), ("(1 - y)", 1 - y), ("dy", dy)):
            forms.append((f"{a} * (dy - {name})", left * (dy - s)))
            forms.append((f"{a} * (dy + {name})", left * (dy + s)))
            forms.append((f"{a} * (1 - {name})", left * (1 - s)))
            forms.append((f"{a} * {name}", left * s))
        forms.append((f"dy - {name}", dy - s))
        forms.append((f"dy - y * {name}", dy - y * s))
        forms.append((f"dy + y * {name}", dy + y * s))
        forms.append((f"dy * y - {name}", dy * y - s))
    return multiple_of(dx, [*forms, *candidates])
