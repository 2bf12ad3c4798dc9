"""An array as a sum of a few others, each times a number; or as a function of one."""

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from math import comb

import numpy as np

from tinycnn.diagnosis.patterns.equality import Named, is_equal
from tinycnn.shapes import Array

# So many numbers beyond those that are fitted have to agree.
SPARE = 3
MOST_SUMS = 60_000
LEAST_SHARE = 1e-6  # of a term in the whole: less is rounding


def sum_of(got: Array, terms: Iterable[Named], most: int = 2) -> str:
    """Return "a + 0.1 * b" if an array is a sum of at most `most` terms, or "".

    Parameters
    ----------
    got : ndarray
    terms : iterable of (str, ndarray)
        Of the shape of `got`; those that are likely come first.
    most : int
        How many terms are combined. The fewest that are enough are taken.

    Examples
    --------
    >>> x = np.arange(8.0)
    >>> sum_of(2 * x + 1 + 0.5 * x**2, [("x", x), ("1", 1 + 0 * x), ("x**2", x**2)], 3)
    '2 * x + 1 + 0.5 * x**2'
    """
    if not np.any(got):
        return "0"
    known = [(n, a) for n, a in terms if np.shape(a) == got.shape and _is_usable(a)]
    if not known or not np.isfinite(got).all() or got.size < 1 + SPARE:
        return ""
    names = [name for name, _ in known]
    columns = np.array([np.ravel(array) for _, array in known], float)
    lengths = np.sqrt((columns**2).sum(axis=1))
    columns, target = columns / lengths[:, None], got.ravel().astype(float)
    products, values = columns @ columns.T, columns @ target
    for count in range(1, most + 1):
        if got.size < count + SPARE or comb(len(names), count) > MOST_SUMS:
            break
        chosen = np.array(list(combinations(range(len(names)), count)))
        # The squared error of each choice, from the normal equations of all at once.
        squares = products[chosen[:, :, None], chosen[:, None, :]]
        is_good = np.linalg.det(squares) > 1e-9  # of lengths 1: not parallel
        chosen, squares = chosen[is_good], squares[is_good]
        if not len(chosen):
            continue
        weights = np.linalg.solve(squares, values[chosen][..., None])[..., 0]
        left = (target**2).sum() - (weights * values[chosen]).sum(axis=1)
        close = np.flatnonzero(left < 1e-8 * (target**2).sum())
        for place in close[np.argsort(chosen[close].sum(axis=1), kind="stable")]:
            at = chosen[place]
            factors = _exact(columns[at], target) / lengths[at]
            fitted = factors @ (columns[at] * lengths[at][:, None])
            shares = abs(factors) * lengths[at] / np.sqrt((target**2).sum())
            if agrees(target, fitted) and shares.min() > LEAST_SHARE:
                return _in_words([names[i] for i in at], factors)
    return ""


def agrees(got: Array, fitted: Array) -> bool:
    """Return whether two arrays are equal to rounding, however small they are."""
    size = float(np.max(np.abs(got), initial=0.0)) or 1.0
    return is_equal(got / size, fitted / size)


def _is_usable(array: Array) -> bool:
    return bool(np.isfinite(array).all() and np.any(array))


def _exact(columns: Array, target: Array) -> Array:
    return np.asarray(np.linalg.lstsq(columns.T, target, rcond=None)[0])


def _in_words(names: list[str], factors: Array) -> str:
    text = ""
    for name, factor in zip(names, factors, strict=True):
        size = f"{abs(factor):.6g}"
        sign = "-" if factor < 0 else "+"
        joined = f" {sign} " if text else ("-" if factor < 0 else "")
        if name == "1":
            text += f"{joined}{size}"
        else:
            if size != "1" and (" + " in name or " - " in name) and name[-1] != ")":
                name = f"({name})"
            text += f"{joined}{name}" if size == "1" else f"{joined}{size} * {name}"
    return text


def functions_of(name: str, array: Array) -> Iterator[Named]:
    """Yield (in words, a function of an array, number by number)."""
    with np.errstate(all="ignore"):
        for words, function in FUNCTIONS.items():
            yield words.replace("_", name), function(array)


FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "the sign of _": np.sign,
    "abs(_)": abs,
    "(_)**2": np.square,
    "(_)**3": lambda a: a**3,
    "the root of _": np.sqrt,
    "the sign of _ * the root of abs(_)": lambda a: np.sign(a) * np.sqrt(abs(a)),
    "the root of abs(_)": lambda a: np.sqrt(abs(a)),
    "_ * abs(_)": lambda a: a * abs(a),
    "1 / (_)": lambda a: 1 / a,
    "max(_, 0)": lambda a: np.maximum(a, 0),
    "min(_, 0)": lambda a: np.minimum(a, 0),
    "exp(_)": np.exp,
    "exp(-_)": lambda a: np.exp(-a),
    "log(_)": np.log,
    "log(abs(_))": lambda a: np.log(abs(a)),
    "tanh(_)": np.tanh,
    "the sigmoid of _": lambda a: 0.5 * (1 + np.tanh(a / 2)),
    "_, rounded": np.round,
    "the whole part of _": np.trunc,
    "1 where _ > 0, and 0 elsewhere": lambda a: 1.0 * (a > 0),
    "_ divided by its length": lambda a: a / np.sqrt((a**2).sum()),
    "_ divided by its largest number": lambda a: a / a.max(),
    "_ divided by its largest size": lambda a: a / abs(a).max(),
    "_ minus its mean": lambda a: a - a.mean(),
    "_ minus its mean, divided by its deviation": lambda a: (a - a.mean()) / a.std(),
    "the mean of _, everywhere": lambda a: 0 * a + a.mean(),
}


def function_of(got: Array, name: str, array: Array) -> str:
    """Return "the sign of x" or "x, but never above 1" if that is what `got` is.

    Examples
    --------
    >>> x = np.linspace(-2, 2, 9)
    >>> function_of(np.clip(x, -1, 1), "x", x)
    'x, but never below -1 or above 1'
    >>> function_of(3 * np.sqrt(abs(x)), "x", x)
    '3 * the root of abs(x)'
    """
    if got.shape != array.shape or got.size < 1 + SPARE:
        return ""
    if found := _clipped(got, name, array):
        return found
    if found := sum_of(got, [(name, array)], most=1):
        return found
    for words, other in functions_of(name, array):
        if agrees(got, other) and np.ptp(got) > 0:
            return words
    return sum_of(got, functions_of(name, array), most=1)


def _clipped(got: Array, name: str, array: Array) -> str:
    low, high = float(got.min()), float(got.max())
    if not low < high or not agrees(got, np.clip(array, low, high)):
        return ""
    words = [
        f"{word} {bound:.4g}"
        for word, bound, is_cut in (
            ("below", low, array.min() < low - 1e-6 * abs(array).max()),
            ("above", high, array.max() > high + 1e-6 * abs(array).max()),
        )
        if is_cut and np.isclose(got, bound).sum() > 1
    ]
    return f"{name}, but never {' or '.join(words)}" if words else ""


def permuted(got: Array, right: Array, axes: tuple[str, ...]) -> str:
    """Return "with its rows reversed" if `got` is `right` so, or "".

    Examples
    --------
    >>> a = np.arange(6.0).reshape(2, 3)
    >>> permuted(a[:, ::-1], a, ("rows", "columns"))
    'its columns reversed'
    """
    if got.shape != right.shape or len(axes) != right.ndim:
        return ""
    for count in range(1, right.ndim + 1):
        for chosen in combinations(range(right.ndim), count):
            if agrees(got, np.flip(right, chosen)) and _is_usable(right):
                return f"its {' and '.join(axes[a] for a in chosen)} reversed"
    for axis, name in enumerate(axes):
        for shift, words in ((1, "the last comes first"), (-1, "the first comes last")):
            if right.shape[axis] > 2 and agrees(got, np.roll(right, shift, axis)):
                return f"its {name} moved by one place: {words}"
    return ""
