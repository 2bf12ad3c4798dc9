"""A loss and its gradient as sums of usual terms, over many photos at once."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from tinycnn.diagnosis.fits.combination import agrees, function_of, sum_of
from tinycnn.diagnosis.patterns.equality import Named
from tinycnn.losses import Loss
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array

PHOTOS, OUTPUTS = 60, 3


def many(loss: Loss, is_hard: bool = False) -> tuple[Array, Array]:
    """Return (targets, y_pred) of many photos; soft labels tell y from y**2."""
    rng = rng_for(3, "check")
    z = 1.5 * rng.standard_normal((PHOTOS, OUTPUTS))
    y = rng.random((PHOTOS, OUTPUTS))
    if loss.last_activation == "softmax":
        soft = y / y.sum(axis=1, keepdims=True)
        y = np.eye(OUTPUTS)[rng.integers(OUTPUTS, size=PHOTOS)]
        y[1::2] = soft[1::2]
    elif loss.last_activation is None:
        y = rng.standard_normal((PHOTOS, OUTPUTS))
    y[::2] = np.round(y[::2])
    if is_hard and loss.last_activation == "softmax":
        y = np.eye(OUTPUTS)[y.argmax(axis=1)]
    return y, z


def depends_on_others(
    losses_of: Callable[[Array, Array], Array | None], y: Array, z: Array
) -> bool:
    """Return whether what a photo gets changes with the photos beside it."""
    with suppress(Exception):  # for one photo, a loss may fail: another mistake
        alone = [losses_of(y[n : n + 1], z[n : n + 1]) for n in range(len(z))]
        return not np.allclose(np.ravel(losses_of(y, z)), np.ravel(alone))  # type: ignore[arg-type]
    return False


def slope_of(loss: Loss, y_pred: Array) -> Array:
    """Return p (1 - p): the slope of a sigmoid; of a softmax, its diagonal."""
    e = np.exp(y_pred)
    p = e / e.sum(axis=-1, keepdims=True)
    if loss.last_activation == "sigmoid":
        p = e / (1 + e)
    return p * (1 - p)


def of_loss(loss: Loss, reference: Loss) -> str:
    """Return what the loss of a photo equals, as a sum of terms; "" if unknown."""
    y, z = many(loss)
    with np.errstate(all="ignore"):
        got = np.asarray(loss.per_photo(y.copy(), z.copy())[0])
        right = np.asarray(reference.per_photo(y, z)[0])
        if got.shape != (PHOTOS,) or not np.isfinite(got).all():
            return ""
        if found := function_of(got, "the correct loss", right):
            return found
        word, reduce = ("mean", np.mean) if _has_mean(loss) else ("sum", np.sum)
        terms: list[Named] = [("the correct loss", right), ("1", 1 + 0 * got)]
        for name, array in _terms(loss.last_activation, y, z):
            terms.append((f"the {word} of {name}", np.asarray(reduce(array, axis=1))))
            for n in (0, -1):
                which = "first" if n == 0 else "last"
                terms.append((f"{name} of the {which} output", array[:, n]))
            terms.append((f"the largest {name}", array.max(axis=1)))
            terms.append((f"the smallest {name}", array.min(axis=1)))
        return sum_of(got, terms)


def fitted(fit: Callable[[Loss, Loss], str], loss: Loss, reference: Loss) -> str:
    """Return what a loss or its gradient equals; "" if it cannot take many photos."""
    if type(loss).per_photo is Loss.per_photo:
        return ""
    try:
        return fit(loss, reference)
    except Exception:
        return ""  # it is about the photos of one case alone


def is_right(loss: Loss, reference: Loss | None, y_true: Any, y_pred: Array) -> bool:
    """Return whether the gradient is the library's: then it is the loss that is off."""
    if reference is None:
        return False
    got, right = (one(y_true, y_pred.copy())[1] for one in (loss, reference))
    return np.shape(got) == right.shape and agrees(np.asarray(got), right)


def of_labels(loss: Loss, reference: Loss) -> str:
    """Return "0.9 * y + 0.05" if all is right but that this is taken for y; or ""."""
    y, z = many(loss)
    with np.errstate(all="ignore"):
        got, gradient = map(np.asarray, loss.per_photo(y.copy(), z.copy()))
        if gradient.shape != z.shape or not np.isfinite(gradient).all():
            return ""
        p = probabilities(loss.last_activation, z)
        size = {"sigmoid": OUTPUTS, None: OUTPUTS / 2}.get(loss.last_activation, 1)
        used = p - size * gradient
        value, right = reference.per_photo(used, z)
        if not agrees(got, value) or not agrees(gradient, right) or agrees(used, y):
            return ""
        if agrees(used, 1.0 * (y > 0.5)):
            return "rounded: 1 where y is above 0.5, and 0 elsewhere"
        return sum_of(used, [("y", y), ("1", 1 + 0 * y)])


def zero_photos(got: Array, expected: Array) -> int:
    """Return of how many photos the gradient is 0, if it is right for the others."""
    is_zero = ~got.any(axis=1) & expected.any(axis=1)
    is_right = np.isclose(got, expected, rtol=1e-4, atol=1e-7).all(axis=1)
    return int(is_zero.sum()) if (is_zero ^ is_right).all() and is_right.any() else 0


def is_of_all(loss: Loss, reference: Loss, y_true: Any, y_pred: Array) -> bool:
    """Return whether a photo's loss is a mean over the labels of all photos."""
    if type(loss).per_photo is Loss.per_photo:
        return False  # a loss that defines __call__ alone
    y = loss.targets(y_true, y_pred)
    got = loss.per_photo(y.copy(), y_pred.copy())[0]
    table = [reference.per_photo(0 * y_pred + label, y_pred)[0] for label in y]
    return any(np.allclose(got, np.mean(table, axis=axis)) for axis in (0, 1))


def of_gradient(loss: Loss, reference: Loss) -> str:
    """Return what the gradient of each photo equals, as a sum of terms; or ""."""
    y, z = many(loss)
    with np.errstate(all="ignore"):
        got = np.asarray(loss.per_photo(y.copy(), z.copy())[1])
        right = np.asarray(reference.per_photo(y, z)[1])
        if got.shape != z.shape or not np.isfinite(got).all():
            return ""
        if found := function_of(got, "the correct gradient", right):
            return found
        note = " / K" if _has_mean(loss) else ""
        terms: list[Named] = [("the correct gradient", right), ("1", 1 + 0 * z)]
        for name, array in _terms(loss.last_activation, y, z):
            terms.append((f"{name}{note}", array / OUTPUTS if note else array))
        for name, array in (("p", probabilities(loss.last_activation, z)), ("y", y)):
            for words, other in _of_other_photos(array):
                scaled = other / OUTPUTS if note else other
                terms.append((f"{name} of {words}{note}", scaled))
        return sum_of(got, terms)


def _has_mean(loss: Loss) -> bool:
    return loss.last_activation != "softmax"


def _of_other_photos(array: Array) -> Iterator[Named]:
    yield "the last photo, for all", 0 * array + array[-1]
    yield "the first photo, for all", 0 * array + array[0]
    yield "the next photo", np.roll(array, -1, axis=0)
    yield "the photo before", np.roll(array, 1, axis=0)
    yield "the photos in reverse", array[::-1]
    yield "all photos, on average,", 0 * array + array.mean(axis=0)
    yield "all outputs, on average,", 0 * array + array.mean(axis=1, keepdims=True)
    yield "all outputs, summed,", 0 * array + array.sum(axis=1, keepdims=True)
    largest = array.argmax(axis=1)
    yield "the largest as 1, 0 elsewhere", np.eye(array.shape[1])[largest]
    yield "its largest output alone", array * np.eye(array.shape[1])[largest]


def probabilities(kind: str | None, z: Array) -> Array:
    """Return the softmax or the sigmoid of z; z itself if there is no activation."""
    if kind == "softmax":
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return np.asarray(e / e.sum(axis=1, keepdims=True))
    return np.asarray(0.5 * (1 + np.tanh(z / 2))) if kind == "sigmoid" else z


def _terms(kind: str | None, y: Array, z: Array) -> Iterator[Named]:
    """Yield (a term of each output in words, its values), the most usual first."""
    if kind is None:
        error = z - y
        yield "(y_pred - y)**2", error**2
        yield "abs(y_pred - y)", abs(error)
        yield "(y_pred - y)", error
        yield "(y_pred - y)**3", error**3
        yield "(y_pred - y)**4", error**4
        yield "the sign of (y_pred - y)", np.sign(error)
        yield "1 where y_pred > y", 1.0 * (error > 0)
        yield "the root of abs(y_pred - y)", np.sqrt(abs(error))
        yield "log(1 + (y_pred - y)**2)", np.log1p(error**2)
        yield "log(cosh(y_pred - y))", np.log(np.cosh(error))
        for a, one in (("y_pred", z), ("y", y)):
            yield a, one
            yield f"{a}**2", one**2
            yield f"abs({a})", abs(one)
            yield f"(y_pred - y) * {a}", error * one
            yield f"(y_pred - y)**2 * {a}", error**2 * one
        yield "y_pred * y", z * y
        yield "(y_pred + y)**2", (z + y) ** 2
        return
    p = probabilities(kind, z)
    q = 1 - p
    yield from (
        ("y * log(p)", y * np.log(p)), ("(1 - y) * log(1 - p)", (1 - y) * np.log(q)),
        ("p", p), ("y", y), ("(p - y)", p - y), ("z", z), ("z * y", z * y),
        ("log(p)", np.log(p)), ("log(1 - p)", np.log(q)),
        ("y * log(1 - p)", y * np.log(q)), ("(1 - y) * log(p)", (1 - y) * np.log(p)),
        ("p * log(p)", p * np.log(p)), ("(1 - p) * log(1 - p)", q * np.log(q)),
        ("p * log(y)", p * np.log(np.maximum(y, 1e-300))), ("y * p", y * p),
        ("(1 - y) * (1 - p)", (1 - y) * q), ("(p - y)**2", (p - y) ** 2),
        ("abs(p - y)", abs(p - y)), ("p**2", p * p), ("y**2", y * y),
        ("p * (1 - p)", p * q), ("max(z, 0)", np.maximum(z, 0)),
        ("log(1 + exp(-abs(z)))", np.log1p(np.exp(-abs(z)))),
        ("abs(z)", abs(z)), ("z**2", z * z), ("exp(z)", np.exp(z)),
        ("y rounded to 0 or 1", np.round(y)), ("p rounded to 0 or 1", np.round(p)),
        ("(p - y) * p", (p - y) * p), ("(p - y) * y", (p - y) * y),
        ("(p - y) * (1 - p)", (p - y) * q), ("(p - y) * p * (1 - p)", (p - y) * p * q),
        ("(p - y) * abs(p - y)", (p - y) * abs(p - y)),
        ("(p - y)**3", (p - y) ** 3), ("(p - y) * z", (p - y) * z),
        ("y / p", y / p), ("(1 - y) / (1 - p)", (1 - y) / q),
        ("(p - y) / p", (p - y) / p), ("(p - y) / (1 - p)", (p - y) / q),
        ("(p - y) / (p * (1 - p))", (p - y) / (p * q)),
        ("y * z**2", y * z * z), ("z * p", z * p), ("1 / p", 1 / p),
        ("log(p)**2", np.log(p) ** 2), ("y * log(p)**2", y * np.log(p) ** 2),
        ("(1 - p)**2 * y * log(p)", q * q * y * np.log(p)),
    )  # fmt: skip
