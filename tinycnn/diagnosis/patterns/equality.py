"""Which of many arrays an array is equal to, and where alone two arrays differ."""

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, combinations_with_replacement, permutations

import numpy as np

from tinycnn.gradient_check import TOLERANCE, relative_error
from tinycnn.shapes import Array, Shape

Named = tuple[str, Array]


def is_equal(got: Array, expected: Array) -> bool:
    """Return whether two arrays are equal to rounding, ignoring NaN in `expected`."""
    if np.shape(got) != np.shape(expected):
        return False
    known = ~np.isnan(expected)
    if not known.any() or known.mean() < 0.5 or not np.isfinite(got[known]).all():
        return False
    return relative_error(got[known], expected[known]) <= TOLERANCE


def matches(got: Array, candidates: Iterable[Named]) -> list[str]:
    """Return the names of the candidates that are equal to an array, each once."""
    found = [name for name, array in candidates if is_equal(got, array)]
    return list(dict.fromkeys(found))


def either(names: list[str]) -> str:
    """Return "either a or b" for several names; at most three.

    Examples
    --------
    >>> either(["2 * x"]), either(["x", "y"])
    ('2 * x', 'either x or y')
    """
    return names[0] if len(names) == 1 else f"either {' or '.join(names[:3])}"


def multiple_of(got: Array, candidates: Iterable[Named]) -> str:
    """Return "0.5 * name" of the first candidate that an array is a multiple of."""
    for name, array in candidates:
        if np.shape(array) != np.shape(got) or not np.isfinite(array).all():
            continue
        factor = float((got * array).sum() / ((array * array).sum() + 1e-300))
        if abs(factor) > 1e-9 and is_equal(got, factor * array):
            return name if abs(factor - 1) < 1e-7 else f"{factor:.4g} * {_braced(name)}"
    return ""


def _braced(name: str) -> str:
    return f"({name})" if " + " in name or " - " in name else name


def reordered(array: Array) -> Iterator[Array]:
    """Yield an array with its axes in every other order, read in its own shape.

    Both ways: transposed and reshaped, and reshaped as if it were transposed already.
    """
    for order in list(permutations(range(array.ndim)))[1:]:
        there = array.transpose(order)
        yield there.reshape(array.shape)
        yield array.reshape(there.shape).transpose(np.argsort(order))


def factor_name(factor: float, sizes: dict[str, float]) -> str:
    """Return " (1 / 0.25 = KH * KW)" if a factor is made of known sizes, or "".

    Examples
    --------
    >>> factor_name(0.25, {"N": 5, "KH * KW": 4})
    ' (as if divided by KH * KW = 4)'
    >>> factor_name(7.3, {"N": 5})
    ''
    """
    known = {name: value for name, value in sizes.items() if value not in (0, 1)}
    squares = {f"({name})**2": value**2 for name, value in known.items()}
    pairs = combinations_with_replacement(known, 2)
    products = {f"{a} * {b}": known[a] * known[b] for a, b in pairs}
    for values in (known, squares, products):
        for word, sought in (("divided by", 1 / factor), ("multiplied by", factor)):
            names = [n for n, value in values.items() if np.isclose(value, sought)]
            if names:
                return f" (as if {word} {either(names[:2])} = {sought:.6g})"
    return ""


def data_factor(factor: float, right: Array) -> str:
    """Return " (as if divided by its length)" for a factor that the array decides.

    Examples
    --------
    >>> data_factor(0.2, np.array([3.0, 4.0]))
    ' (as if divided by its length, 5)'
    """
    sizes = {
        "its length": np.sqrt((right**2).sum()), "its largest size": abs(right).max(),
        "its sum": right.sum(), "the sum of its sizes": abs(right).sum(),
        "its deviation": right.std(), "its mean": right.mean(),
    }  # fmt: skip
    for words, size in sizes.items():
        if size and np.isclose(factor * size, 1, rtol=1e-7):
            return f" (as if divided by {words}, {size:.6g})"
    return ""


AXES: dict[int, tuple[str, ...]] = {
    4: ("photos", "rows", "columns", "channels"),
    2: ("photos", "numbers of a photo"),
    1: ("numbers",),
}


def place_of_errors(got: Array, expected: Array, axes: tuple[str, ...]) -> str:
    """Return where alone two arrays differ, as "wrong only in the last ...", or "".

    Examples
    --------
    >>> place_of_errors(np.array([1.0, 0.0]), np.array([1.0, 2.0]), ("numbers",))
    'wrong only in the last of its 2 numbers, where it is 0; the rest is right'
    """
    if got.shape != expected.shape or len(axes) != got.ndim:
        return ""
    is_wrong = ~np.isclose(got, expected, rtol=1e-6, atol=1e-9) & ~np.isnan(expected)
    best: tuple[float, str] = (1.0, "")
    for axis, name in enumerate(axes):
        size = got.shape[axis]
        others = tuple(a for a in range(got.ndim) if a != axis)
        wrong = np.flatnonzero(is_wrong.any(axis=others))
        if not 0 < len(wrong) < size:
            continue
        if np.take(is_wrong, wrong, axis=axis).mean() < MOSTLY:
            continue  # here and there: a few right ones may be an accident
        values = got[is_wrong]
        what = "where it is 0" if not values.any() else "where it is another number"
        if len(wrong) == 1:
            words = {0: "first", size - 1: "last"}
            number = words.get(int(wrong[0]), f"number {wrong[0] + 1}")
            where = f"wrong only in the {number} of its {size} {name}, {what}; {REST}"
        elif len(wrong) == size - 1:
            right = int(next(i for i in range(size) if i not in wrong))
            if not np.take(np.nan_to_num(expected), right, axis=axis).any():
                continue  # nothing is to be there
            words = {0: "first", size - 1: "last"}
            number = words.get(right, f"number {right + 1}")
            where = f"right only in the {number} of its {size} {name}; {what[6:]} in "
            where += "the others"
        elif wrong[0] > 0 and wrong[-1] == size - 1 and len(wrong) == size - wrong[0]:
            count = f"last {len(wrong)} of its {size} {name}"
            where = f"wrong only in the {count}, {what}; {REST}"
        else:
            continue
        best = min(best, (len(wrong) / size, where))
    return best[1]


REST = "the rest is right"
MOSTLY = 0.7


def axes_of(shape: Shape) -> tuple[str, ...]:
    """Return the names of the axes of an array of this shape."""
    return AXES.get(len(shape), ())


def reductions(array: Array) -> Iterator[Named]:
    """Yield the sums and means of an array over each choice of its axes."""
    functions: dict[str, Callable[..., Array]] = {
        "sum": np.sum, "mean": np.mean, "max": np.max, "min": np.min,
    }  # fmt: skip
    for bits in range(1, 2**array.ndim):
        axes = tuple(a for a in range(array.ndim) if bits >> a & 1)
        for word, function in functions.items():
            for keep in (False, True):
                note = ", keepdims=True" if keep else ""
                text = f"dy.{word}(axis={axes if len(axes) > 1 else axes[0]}{note})"
                value = np.asarray(function(array, axis=axes, keepdims=keep))
                yield text, value
                if value.ndim > 1 and not keep:
                    yield f"{text}, in one row", value.ravel()


def with_axes_swapped(array: Array) -> Iterator[Array]:
    """Yield the array with two axes swapped, reshaped to its own shape, both ways."""
    for a, b in combinations(range(array.ndim), 2):
        swapped = array.swapaxes(a, b)
        yield swapped.reshape(array.shape)
        yield array.reshape(swapped.shape).swapaxes(a, b)
