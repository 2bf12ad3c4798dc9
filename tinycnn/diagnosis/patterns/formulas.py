"""What a loss or its gradient is equal to: formulas of y, z and p, tried in turn."""

from collections.abc import Iterator

import numpy as np

from tinycnn.diagnosis.patterns.equality import Named, is_equal, multiple_of
from tinycnn.shapes import Array

RIGHT: dict[str | None, tuple[str, str]] = {
    "sigmoid": (
        "the mean over the outputs of -y * log(p) - (1 - y) * log(1 - p)",
        "(p - y) / K",
    ),
    "softmax": ("the sum over the classes of -y * log(p)", "p - y"),
    None: (
        "the mean over the outputs of (y_pred - y)**2",
        "2 * (y_pred - y) / K",
    ),
}
RIGHT_OF_SIZES = (
    "the mean over the outputs of abs(y_pred - y)",
    "the sign of (y_pred - y), divided by K",
)


def _sigmoid(z: Array) -> Array:
    return np.asarray(0.5 * (1 + np.tanh(z / 2)))


def _softmaxes(z: Array) -> Iterator[Named]:
    """Yield (p in words, p) for the right softmax and for wrong ones."""
    e = np.exp(z)
    yield "p", e / e.sum(axis=1, keepdims=True)
    yield "p with its sum over the batch (axis 0)", e / e.sum(axis=0)
    yield "p with its sum over everything", e / e.sum()
    yield "exp(z)", e
    own = np.exp(z - z.max(axis=1, keepdims=True))
    yield "p with its sum over the batch (axis 0)", own / own.sum(axis=0)
    yield "p with its sum over everything", own / own.sum()
    yield "the sigmoid of z", _sigmoid(z)
    p = e / e.sum(axis=1, keepdims=True)
    again = np.exp(p)
    yield "the softmax of p", again / again.sum(axis=1, keepdims=True)
    yield "z", z
    yield "p, rounded,", np.round(p)
    shifted = z - z.max(axis=0)
    yield (
        "p with the largest of axis 0 subtracted",
        np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True),
    )
    forgotten = np.exp(z - z.max(axis=1, keepdims=True))
    yield "exp(z - max z), not divided by its sum,", forgotten
    negative = np.exp(-z)
    yield "the softmax of -z", negative / negative.sum(axis=1, keepdims=True)


def _probabilities(kind: str | None, z: Array) -> list[Named]:
    if kind == "softmax":
        return list(_softmaxes(z))
    if kind == "sigmoid":
        p = _sigmoid(z)
        return [
            ("p", p), ("z", z), ("the sigmoid of p", _sigmoid(p)),
            ("the sigmoid of -z", _sigmoid(-z)), ("p, rounded,", np.round(p)),
            ("the sigmoid of abs(z)", _sigmoid(abs(z))), ("tanh(z)", np.tanh(z)),
            ("abs(z)", abs(z)), ("exp(z)", np.exp(z)), ("exp(-z)", np.exp(-z)),
            ("the softmax of z", np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)),
        ]  # fmt: skip
    return [
        ("y_pred", z), ("abs(y_pred)", abs(z)), ("-y_pred", -z),
        ("the sigmoid of y_pred", _sigmoid(z)),
    ]  # fmt: skip


def _braced(name: str) -> str:
    """Return a name that can stand before "- y": "(the softmax of p)"."""
    return f"({name})" if " of " in name else name


def _terms(kind: str | None, y: Array, z: Array) -> Iterator[Named]:
    """Yield (the term of each output in words, the terms): what is summed up."""
    e = np.exp(-abs(z))
    if kind == "sigmoid":
        p = _sigmoid(z)
        yield (
            "y * log(p) + (1 - y) * log(1 - p)",
            y * np.log(p) + (1 - y) * np.log(1 - p),
        )
        plain = np.maximum(z, 0) - z * y
        yield "max(z, 0) - z * y: log(1 + exp(-abs(z))) is missing", plain
        yield (
            "max(z, 0) + z * y + log(1 + exp(-abs(z)))",
            (np.maximum(z, 0) + z * y + np.log1p(e)),
        )
        yield "max(z, 0) - z * y + log(exp(-abs(z))): log(1 + ...)", plain - abs(z)
        yield "max(z, 0) - z * y - log(1 + exp(-abs(z)))", plain - np.log1p(e)
        yield "max(z, 0) - z * y + exp(-abs(z)): the log is missing", plain + e
        yield (
            "max(z, 0) - y + log(1 + exp(-abs(z)))",
            np.maximum(z, 0) - y + np.log1p(e),
        )
        yield (
            "max(z, 0) + log(1 + exp(-abs(z))): - z * y",
            np.maximum(z, 0) + np.log1p(e),
        )
        yield "log(1 + exp(-abs(z))) - z * y: max(z, 0) is missing", np.log1p(e) - z * y
        yield "abs(z) - z * y + log(1 + exp(-abs(z)))", abs(z) - z * y + np.log1p(e)
        yield "z - z * y + log(1 + exp(-abs(z)))", z - z * y + np.log1p(e)
        yield (
            "max(z, 0) - z * y + log(1 + exp(abs(z)))",
            plain + np.log1p(np.exp(abs(z))),
        )
        yield "max(z, 0) - z * y + log(1 + exp(-z))", plain + np.log1p(np.exp(-z))
        yield (
            "max(-z, 0) - z * y + log(1 + exp(-abs(z)))",
            (np.maximum(-z, 0) - z * y + np.log1p(e)),
        )
    if kind == "softmax":
        own = z - z.max(axis=1, keepdims=True)
        total = np.exp(own).sum(axis=1, keepdims=True)
        for name, log_p in (
            ("(z - max z - the sum of exp): log of the sum is missing,", own - total),
            ("(z - max z)", own),
            ("(z - max z + the log of the sum)", own + np.log(total)),
            ("(z - the sum of exp(z))", z - np.exp(z).sum(axis=1, keepdims=True)),
            ("the log of the sum", 0 * z + np.log(total)),
            ("(max z - z - the log of the sum)", -own - np.log(total)),
        ):
            yield f"y * {name}", y * log_p
            yield name, log_p
        p = np.exp(own) / total
        yield "y * (1 - p)", y * (1 - p)
        yield "p at the class taken from 1: y * (1 - p)", y * (1 - p)
        yield "y * p", y * p
    for name, p in _probabilities(kind, z):
        of = _braced(name)
        log_p, log_q = np.log(abs(p)), np.log(abs(1 - p))
        yield f"y * log({name})", y * log_p
        yield f"(1 - y) * log(1 - {name})", (1 - y) * log_q
        yield (
            f"y * log({name}) + (1 - y) * log(1 - {name})",
            y * log_p + (1 - y) * log_q,
        )
        yield (
            f"y * log({name}) - (1 - y) * log(1 - {name})",
            y * log_p - (1 - y) * log_q,
        )
        yield (
            f"(1 - y) * log({name}) + y * log(1 - {name}): y and 1 - y swapped",
            ((1 - y) * log_p + y * log_q),
        )
        yield f"y * log({name}) + log(1 - {name})", y * log_p + log_q
        yield f"log({name}) + (1 - y) * log(1 - {name})", log_p + (1 - y) * log_q
        yield f"log({name}) + log(1 - {name})", log_p + log_q
        yield f"y * log(1 - {name})", y * log_q
        yield f"(1 - y) * log({name})", (1 - y) * log_p
        yield f"log({name})", log_p
        yield f"log(1 - {name})", log_q
        yield f"{name} * log({name})", p * log_p
        yield f"{name} * log(y + 1e-7)", p * np.log(y + 1e-7)
        yield f"y * {name}", y * p
        yield f"({of} - y)**2", (p - y) ** 2
        yield f"abs({of} - y)", abs(p - y)
        yield f"{of} - y", p - y
        size = abs(p - y)
        huber = np.where(size < 1, size**2 / 2, size - 0.5)
        yield (
            f"the smooth loss of ({of} - y): d**2 / 2 below 1, abs(d) - 1/2 above",
            huber,
        )
        yield f"({of} - y)**3", (p - y) ** 3
        yield f"({of} - y)**4", (p - y) ** 4
        yield f"({of} + y)**2", (p + y) ** 2
        yield f"{name}", p
        yield f"{of}**2", p * p
        yield f"{of}**2 - y**2", p * p - y * y
        yield f"y * (1 - {name})", y * (1 - p)
        for small in (1e-7, 1e-8, 1e-10, 1e-12, 1e-15, 1e-6, 1e-5, 1e-9, 1e-3):
            yield (
                f"y * log({name} + {small:g}) + (1 - y) * log(1 - {name} + {small:g})",
                (y * np.log(p + small) + (1 - y) * np.log(1 - p + small)),
            )
            yield f"y * log({name} + {small:g})", y * np.log(p + small)


def what_is_loss(kind: str | None, y: Array, z: Array, loss: Array) -> str:
    """Return what the loss of each photo equals, as a formula; "" if unknown."""
    N, K = z.shape
    with np.errstate(all="ignore"):
        for name, term in _terms(kind, y, z):
            if not np.isfinite(term).all():
                continue
            total = term.sum(axis=1)
            factor = float((loss * total).sum() / ((total * total).sum() + 1e-300))
            word = _word_of(factor, N, K)
            if word and is_equal(loss, factor * total):
                return f"{word} over the {_outputs(kind)} of {name}"
            for words, value in (
                ("the root of the mean", np.sqrt(abs(total / K))),
                ("the root of the sum", np.sqrt(abs(total))),
                ("the square of the mean", (total / K) ** 2),
                ("the square of the sum", total**2),
                ("the largest", term.max(axis=1)),
                ("minus the log of the sum", -np.log(abs(total))),
                ("the largest in size", abs(term).max(axis=1)),
                ("the first", term[:, 0]), ("the last", term[:, -1]),
                ("the median", np.median(term, axis=1)),
                ("the smallest", term.min(axis=1)),
                ("minus the median", -np.median(term, axis=1)),
                ("minus the smallest", -term.min(axis=1)),
            ):  # fmt: skip
                if is_equal(loss, value):
                    return f"{words} over the {_outputs(kind)} of {name}"
            for words, value in (
                ("the mean over the whole batch, for every photo,", term.mean()),
                ("the sum over the whole batch, for every photo,", term.sum()),
                ("the sum over the batch divided by N, for every photo,",
                 term.sum() / N),
            ):  # fmt: skip
                for factor, minus in ((1, ""), (-1, "minus ")):
                    if is_equal(loss, 0 * total + factor * value):
                        return f"{minus}{words} of {name}"
    return ""


def _word_of(factor: float, N: int, K: int) -> str:
    """Return "the mean", "minus the sum" ... for the factor of a sum."""
    for value, word in _factors(N, K):
        if np.isclose(factor, value, rtol=1e-7):
            return word
    return ""


def _outputs(kind: str | None) -> str:
    return "classes" if kind == "softmax" else "outputs"


def _factors(N: int, K: int) -> Iterator[tuple[float, str]]:
    """Yield (the factor of a sum, in words)."""
    bases = (("", 1.0), (" (log2 for log)", 1 / np.log(2)), (" (log10 for log)",
             1 / np.log(10)), (" / 2", 0.5), (" * 2", 2.0))  # fmt: skip
    for note, base in bases:
        for factor, minus in ((1, ""), (-1, "minus ")):
            yield factor * base / K, f"{minus}the mean{note}"
            yield factor * base, f"{minus}the sum{note}"
            yield factor * base / N, f"{minus}the sum, divided by N,{note}"
            yield factor * base / (N * K), f"{minus}the mean, divided by N,{note}"
            yield factor * base * N / K, f"{minus}the mean, times N,{note}"


def what_is_gradient(kind: str | None, y: Array, z: Array, gradient: Array) -> str:
    """Return what the gradient of each photo equals, as a formula; "" if unknown.

    `gradient` is that of per_photo: not divided by N.
    """
    N, K = z.shape
    names: dict[float, str] = {
        1.0: "", 1 / K: " / K", -1.0: "-", 1 / (N * K): " / (N * K)", 1 / N: " / N",
        2 / N: "2 / N * ", 2.0: "2 * ", 2 / K: "2 / K * ", 0.5: "0.5 * ", K: "K * ",
        N: "N * ",
        N / K: "N / K * ", -1 / K: "-1 / K * ", -2 / K: "-2 / K * ",
    }  # fmt: skip
    with np.errstate(all="ignore"):
        for name, array in _gradients(kind, y, z):
            if not np.isfinite(array).all():
                continue
            for factor, word in names.items():
                if is_equal(gradient, factor * array):
                    return f"{name}{word}" if word[:1] == " " else f"{word}{name}"
        return multiple_of(gradient, _gradients(kind, y, z))


def _gradients(kind: str | None, y: Array, z: Array) -> Iterator[Named]:
    """Yield (a formula, its values)."""
    if kind is None:
        error = z - y
        yield "(y_pred - y)", error
        yield "the sign of (y_pred - y)", np.sign(error)
        yield "abs(y_pred - y)", abs(error)
        yield "(y_pred - y), between -1 and 1", np.clip(error, -1, 1)
        yield "(y_pred - y)**2", error**2
        yield "(y_pred - y)**3", error**3
        yield "the mean of y_pred - y", 0 * z + error.mean(axis=1, keepdims=True)
        yield "the sum of y_pred - y", 0 * z + error.sum(axis=1, keepdims=True)
        yield "(y_pred + y)", z + y
        yield "(y_pred - y) * y_pred", error * z
        yield "(y_pred - y) * y", error * y
        yield "(y_pred - y) * y_pred * (1 - y_pred)", error * z * (1 - z)
    p_right = _probabilities(kind, z)[0][1]
    slope = p_right * (1 - p_right)
    for plain, p in _probabilities(kind, z):
        name = _braced(plain)
        yield f"({name} - y)", p - y
        yield f"{name}", p
        yield f"({name} - (1 - y))", p - (1 - y)
        yield f"({name} + y)", p + y
        yield f"(log({name}) - y)", np.log(p) - y
        yield f"log({name})", np.log(p)
        yield f"(y / {name})", y / p
        yield f"((1 - y) / (1 - {name}))", (1 - y) / (1 - p)
        yield f"({name} - y) / ({name} * (1 - {name}))", (p - y) / (p * (1 - p))
        yield f"({name} - y) / {name}", (p - y) / p
        yield f"({name} - y) / (1 - {name})", (p - y) / (1 - p)
        yield f"({name} - y) * {name} * (1 - {name})", (p - y) * p * (1 - p)
        yield f"({name} - y) * p * (1 - p)", (p - y) * slope
        yield f"({name} - y) * {name}", (p - y) * p
        yield f"({name} - y) * (1 - {name})", (p - y) * (1 - p)
        yield f"({name} - y)**2", (p - y) ** 2
        yield f"abs({name} - y)", abs(p - y)
        yield f"the sign of ({name} - y)", np.sign(p - y)
        yield f"y * ({name} - y)", y * (p - y)
        yield f"(1 - y) * ({name} - y)", (1 - y) * (p - y)
        yield f"y * {name}", y * p
        yield f"(1 - y) * {name}", (1 - y) * p
        yield f"{name} * (1 - {name})", p * (1 - p)
        yield f"({name} - y) * z", (p - y) * z
        yield f"({name} - the mean of y)", p - y.mean()
        yield f"({name} - the mean of y over the photos)", p - y.mean(axis=0)
        yield f"({name} - y of the photos in reverse)", p - y[::-1]
        yield f"y * log({name})", y * np.log(p)
        mean = (p - y).mean(axis=0, keepdims=True)
        yield f"the mean over the photos of ({name} - y)", 0 * p + mean
        of_photo = (p - y).mean(axis=1, keepdims=True)
        yield f"the mean over the outputs of ({name} - y)", 0 * p + of_photo
        yield f"(y / {name} - (1 - y) / (1 - {name}))", y / p - (1 - y) / (1 - p)
    yield "y", y
    yield "z", z
    yield "1", np.ones_like(z)
