"""Which line of an optimiser is wrong, from what it keeps and from its steps.

The library's optimiser is given the params, m, v and t that the student's had before an
update, and makes the same update: a mean that comes out differently was computed
differently, and if none does, the step was.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.fits.combination import function_of, sum_of
from tinycnn.diagnosis.patterns.equality import Named as NamedArray
from tinycnn.optimizers import Adagrad, Named, Optimizer, RMSprop
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array

UPDATES, NUMBERS = 5, 24
ABOUT = 1e-3  # an epsilon elsewhere changes a step by less


@dataclass
class _Update:
    """One update of one param: before, after, and as it should be."""

    number: int
    param: Array
    grad: Array
    old: dict[str, Array]
    new: dict[str, Array]
    right: dict[str, Array]
    step: Array
    right_step: Array


def wrong_line(optimizer: Optimizer, reference: Optimizer) -> Finding | None:
    """Return which of an optimiser's lines is wrong, and what it computes; or None.

    None as well if what it keeps is not where the library keeps it, in `memory`.
    """
    with np.errstate(all="ignore"):
        try:
            updates = list(_updates(optimizer, reference))
        except Exception:
            return None
        if not updates:
            return None
        for update in updates:
            for kind, right in update.right.items():
                if not _same(update.new[kind], right):
                    return _of_moment(kind, updates)
        return _of_step(updates, reference)


def decay_of(start: Named, got: list[Named], right: list[Named]) -> str:
    """Return the share of each param that every step takes as well, in words; or "".

    `got` and `right` are the params after each update, from the same `start`.
    """
    extra = []
    for before, after, a, b in zip(
        [start, *got], got, [start, *right], right, strict=False
    ):
        extra += [(after[k] - before[k] - (b[k] - a[k])) / before[k] for k in start]
    ratio = np.concatenate(extra)
    if np.ptp(ratio) > 1e-9 or abs(ratio).min() < 1e-9:
        return ""
    return f"each param is multiplied by {1 + ratio[0]:.6g} as well (weight decay)"


def is_one_array(optimizer: Optimizer, params: Named, grads: list[Named]) -> bool:
    """Return whether m and v of a param are one array."""
    optimizer, params = copy.deepcopy(optimizer), copy.deepcopy(params)
    optimizer.update(params, copy.deepcopy(grads[0]))
    m, v = (getattr(optimizer, name, None) for name in ("m", "v"))
    if not isinstance(m, dict) or not isinstance(v, dict):
        return False
    pairs = [(m.get(name), v.get(name)) for name in params]
    return any(one is not None and one is other for one, other in pairs)


def step_factor(got: list[Named], expected: list[Named], start: Named) -> float:
    """Return the factor of every step, or 0 if there is none."""
    pairs = list(zip(got, expected, strict=True))
    factor = float(
        ((got[0]["bias"] - start["bias"]) / (expected[0]["bias"] - start["bias"]))[0]
    )
    is_same = all(
        np.allclose(a[k] - start[k], factor * (b[k] - start[k]), rtol=1e-6, atol=1e-12)
        for a, b in pairs
        for k in start
    )
    return factor if is_same else 0.0


def _same(got: Array, right: Array) -> bool:
    return bool(np.allclose(got, right, rtol=1e-9, atol=1e-13))


def _updates(optimizer: Optimizer, reference: Optimizer) -> Iterator[_Update]:
    """Yield each update of each param, beside the right one from the same state."""
    optimizer, rng = copy.deepcopy(optimizer), rng_for(5, "check")
    params: Named = {
        "kernel": rng.standard_normal(NUMBERS), "bias": rng.random(NUMBERS) + 1
    }  # fmt: skip
    for number in range(1, UPDATES + 1):
        grads: Named = {name: rng.standard_normal(NUMBERS) for name in params}
        before, old = copy.deepcopy(params), _memory(optimizer)
        right = copy.deepcopy(reference)
        right.t = number - 1
        for kind, arrays in right.memory().items():
            arrays.update(copy.deepcopy(old.get(kind, {})))
        rights = copy.deepcopy(before)
        right.update(rights, copy.deepcopy(grads))
        optimizer.update(params, copy.deepcopy(grads))
        new, should = _memory(optimizer), _memory(right)
        for name in params:
            if any(name not in new.get(kind, {}) for kind in should):
                return
            start = {kind: np.zeros(NUMBERS) for kind in should}
            yield _Update(
                number, before[name], grads[name],
                {kind: old.get(kind, {}).get(name, start[kind]) for kind in should},
                {kind: new[kind][name] for kind in should},
                {kind: should[kind][name] for kind in should},
                params[name] - before[name], rights[name] - before[name],
            )  # fmt: skip


def _memory(optimizer: Optimizer) -> dict[str, Named]:
    return {
        kind: {
            name: np.array(array, float)
            for name, array in arrays.items()
            if np.shape(array) == (NUMBERS,)
        }
        for kind, arrays in optimizer.memory().items()
        if isinstance(arrays, dict)
    }


def _terms(update: _Update) -> list[NamedArray]:
    g, p = update.grad, update.param
    terms: list[NamedArray] = [("grad", g)]
    terms += [(f"old {kind}", array) for kind, array in update.old.items()]
    terms += [("grad**2", g * g), ("abs(grad)", abs(g)), ("param", p), ("1", 1 + 0 * g)]
    terms += [("the sign of grad", np.sign(g)), ("grad**3", g**3), ("grad**4", g**4)]
    terms += [("the mean of grad", 0 * g + g.mean()), ("param**2", p * p)]
    terms += [("the mean of grad**2", 0 * g + (g * g).mean())]
    terms += [("grad / its length", g / np.sqrt((g * g).sum()))]
    for kind, array in update.old.items():
        terms += [(f"(grad - old {kind})**2", (g - array) ** 2)]
        terms += [(f"(old {kind})**2", array**2), (f"grad * old {kind}", g * array)]
        terms += [(f"the root of abs(old {kind})", np.sqrt(abs(array)))]
    return terms


def _of_moment(kind: str, updates: list[_Update]) -> Finding | None:
    """Return what m, v ... becomes in an update, and what it should become."""
    wrong = [u for u in updates if not _same(u.new[kind], u.right[kind])]
    later = [u for u in wrong if u.number > 1] or wrong
    for update in (*later[:2], *wrong[:1]):
        new, right = update.new[kind], update.right[kind]
        others: list[NamedArray] = [
            (f"the new {name}", a) for name, a in update.new.items() if name != kind
        ]
        squares = [
            (f"(grad - {name})**2", (update.grad - a) ** 2) for name, a in others
        ]
        squares += [(f"({name})**2", a * a) for name, a in others]
        terms = [*_terms(update), *others, *squares]
        if np.ptp(new) < 1e-12 < np.ptp(right):
            what = "the same number in the whole array"
            if not new.any():
                what = "0, as if it were never written"
        else:
            what = function_of(new, f"the correct {kind}", right)
            what = what or sum_of(new, terms, most=3)
        should = sum_of(right, _terms(update), most=2)
        if what:
            return finding(
                "moment_becomes", number=update.number, kind=kind, what=what,
                right=should or f"another {kind}",
            )  # fmt: skip
    return None


def _of_step(updates: list[_Update], reference: Optimizer) -> Finding | None:
    """Return what the step is, if all that is kept is right."""
    if all(_same(u.step, u.right_step) for u in updates):
        return None
    kept = " and ".join(updates[0].new)
    if what := _divided(updates, reference):
        return finding("step_of_moments", kept=kept, what=what)
    factors = [_factor(u) for u in updates]
    first = next(u for u in updates if not _same(u.step, u.right_step))
    if all(factors):
        by_update = {u.number: f for u, f in zip(updates, factors, strict=True)}
        series = [by_update[n] for n in sorted(by_update)]
        if all(
            np.isclose(f, by_update[u.number], rtol=ABOUT)
            for u, f in zip(updates, factors, strict=True)
        ):
            what = _series(series, reference)
            return finding("step_of_moments", kept=kept, what=what)
    wrong = [u for u in updates if not _same(u.step, u.right_step)]
    for update in (*wrong[2:4], first):
        terms = [("the correct step", update.right_step), *_terms(update)]
        terms += [(f"the new {name}", a) for name, a in update.new.items()]
        terms += [
            (f"grad / the root of the new {name}", update.grad / np.sqrt(abs(a)))
            for name, a in update.new.items()
        ]
        what = function_of(update.step, "the correct step", update.right_step)
        if what := what or sum_of(update.step, terms):
            words = f"it is {what} in update {update.number}"
            return finding("step_of_moments", kept=kept, what=words)
    words = f"from update {first.number} on it differs from the correct one"
    return finding("step_of_moments_differs", kept=kept, what=words)


def _divided(updates: list[_Update], reference: Optimizer) -> str:
    """Return by what the gradient is divided where only v is kept; or ""."""
    if not isinstance(reference, (RMSprop, Adagrad)):
        return ""
    if isinstance(reference, RMSprop) and (reference.momentum or reference.centered):
        return ""
    rate, e = reference.learning_rate, reference.epsilon
    dividers: list[tuple[str, Callable[[_Update], Array]]] = [
        ("sqrt(v) + epsilon", lambda u: np.sqrt(u.new["v"]) + e),
        ("sqrt(v)", lambda u: np.sqrt(u.new["v"])),
        ("sqrt(old v + epsilon)", lambda u: np.sqrt(u.old["v"] + e)),
    ]
    for words, of in dividers:
        if all(_same(u.step, -rate * u.grad / of(u)) for u in updates):
            return f"grad is divided by {words}; it should be by sqrt(v + epsilon)"
    return ""


def _factor(update: _Update) -> float:
    """Return how many times the correct step a step is; 0 if it is not a multiple."""
    size = float((update.right_step**2).sum())
    factor = float((update.step * update.right_step).sum()) / (size + 1e-300)
    is_multiple = np.allclose(update.step, factor * update.right_step, ABOUT, 0)
    return factor if is_multiple and abs(factor) > 1e-9 else 0.0


def _series(factors: list[float], reference: Optimizer) -> str:
    """Return how the steps' factors go on: in words if they follow a rule."""
    f, t = np.array(factors), np.arange(1.0, len(factors) + 1)
    if np.ptp(f) < ABOUT * abs(f).max():
        return f"each is about {f[0]:.4g} times the correct one"
    first = ", ".join(f"{value:.4g}" for value in factors[:3])
    text = f"the first three are about {first} times the correct ones"
    rules = {"1 / t": 1 / t, "1 / sqrt(t)": t**-0.5, "t": t, "sqrt(t)": t**0.5}
    rules |= {f"{f[1] / f[0]:.6g}**t": (f[1] / f[0]) ** t}
    for name in ("beta_1", "beta_2", "rho"):
        if (beta := getattr(reference, name, None)) is not None:
            for power, words in ((1, ""), (-1, ""), (2, "**2"), (-2, "**2"),
                                 (0.5, "root"), (-0.5, "root")):  # fmt: skip
                body = f"(1 - {name}**t){words}" if words != "root" else (
                    f"sqrt(1 - {name}**t)")  # fmt: skip
                rules[body if power > 0 else f"1 / {body}"] = (1 - beta**t) ** power
            rules[f"{name}**t"] = beta**t
    both = {
        f"{a} * {b}".replace("* 1 /", "/"): one * other
        for a, one in rules.items() for b, other in rules.items()
        if "beta_1" in a and "beta_2" in b
    }  # fmt: skip
    for words, rule in {**rules, **both}.items():
        if np.allclose(f, rule, rtol=ABOUT):
            return f"{text}: it is multiplied by {words} once too often"
        if np.ptp(f / rule) < ABOUT * abs(f / rule).max():
            return f"{text}, as if multiplied by {f[0] / rule[0]:.4g} * {words}"
    return text
