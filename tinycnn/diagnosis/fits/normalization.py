"""A batch normalisation fitted channel by channel: a line in x, and sums over dy.

Whatever mean and variance are used, y of a channel is a line in x: its slope and where
it crosses 0 show what was divided by, added and subtracted.
"""

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.fits.combination import agrees, sum_of
from tinycnn.diagnosis.patterns.equality import Named
from tinycnn.layers import BatchNormalization, Layer
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Shape

CHANNELS, BATCH = 8, 6
RIGHT_Y = "gamma * (x - mean) / sqrt(var + epsilon) + beta"


def _case(
    layer: Layer, reference: BatchNormalization, input_shape: Shape
) -> tuple[Layer, BatchNormalization, Array, Array]:
    """Return both layers, with the same params and running numbers, x and dy."""
    rng = rng_for(7, "check")
    layer, reference = copy.deepcopy(layer), copy.deepcopy(reference)
    shape = (*input_shape[:-1], CHANNELS)
    for one in (layer, reference):
        one.input_shape = None
        one.build(shape, rng_for(0, "check"), np.float64)
    gamma, beta = rng.uniform(0.5, 2, CHANNELS), rng.uniform(-1, 1, CHANNELS)
    state = {
        "moving_mean": rng.uniform(-1, 1, CHANNELS),
        "moving_variance": rng.uniform(0.5, 3, CHANNELS),
    }
    for one in (layer, reference):
        one.params |= {"gamma": gamma.copy(), "beta": beta.copy()}
        one.state |= copy.deepcopy(state)
    size = rng.uniform(0.5, 2, CHANNELS)
    x = rng.uniform(-1, 1, CHANNELS) + size * rng.standard_normal((BATCH, *shape))
    return layer, reference, x, rng.standard_normal(x.shape)


def fitted_normalization(
    layer: Layer, reference: BatchNormalization, input_shape: Shape
) -> Finding | None:
    """Return what y, the running numbers or a gradient equals; None if unknown."""
    with np.errstate(all="ignore"):
        try:
            for training in (False, True):
                case = _case(layer, reference, input_shape)
                if found := _of_output(*case[:3], training):
                    return found
            case = _case(layer, reference, input_shape)
            return _of_running(*case[:3]) or _of_gradients(*case)
        except Exception:
            return None  # it does not keep what the library keeps, where it keeps it


def _statistics(reference: BatchNormalization, x: Array, training: bool) -> Any:
    axes = tuple(range(x.ndim - 1))
    if training:
        return x.mean(axis=axes), x.var(axis=axes)
    return reference.state["moving_mean"], reference.state["moving_variance"]


def _of_output(
    layer: Layer, reference: BatchNormalization, x: Array, training: bool
) -> Finding | None:
    mean, var = (np.array(a) for a in _statistics(reference, x, training))
    right = copy.deepcopy(reference).forward(x, training)
    y = np.asarray(layer.forward(x.copy(), training))
    if y.shape != x.shape or agrees(y, right):
        return None
    gamma, beta = reference.params["gamma"], reference.params["beta"]
    columns, values = x.reshape(-1, CHANNELS), y.reshape(-1, CHANNELS)
    lines = [np.polyfit(columns[:, c], values[:, c], 1) for c in range(CHANNELS)]
    slope, constant = np.array(lines).T
    if not agrees(values, columns * slope + constant):
        return None
    for words, a in _slopes(gamma, beta, mean, var, reference.epsilon):
        if not agrees(slope, a):
            continue
        for note, b in _constants(gamma, beta, mean, a, var):
            if agrees(constant, b):
                what = f"{note.replace('SLOPE', words)}"
                sample = ", with the mean and variance of the batch"
                where = sample if training else ", with the running mean and variance"
                return finding(
                    "normalized_as", "y", what=what + where, right=RIGHT_Y,
                    training=training,
                )  # fmt: skip
    return None


def _slopes(
    gamma: Array, beta: Array, mean: Array, var: Array, epsilon: float
) -> Iterator[Named]:
    """Yield (what x is multiplied by, that), the right one first."""
    std = np.sqrt(var)
    dividers: list[Named] = [
        ("sqrt(var + epsilon)", np.sqrt(var + epsilon)),
        ("(sqrt(var) + epsilon)", std + epsilon), ("sqrt(var)", std),
        ("(var + epsilon)", var + epsilon), ("var", var), ("1", 1 + 0 * var),
        ("sqrt(var - epsilon)", np.sqrt(var - epsilon)),
        ("(var + epsilon)**2", (var + epsilon) ** 2),
        ("sqrt(sqrt(var + epsilon))", (var + epsilon) ** 0.25),
        ("sqrt(epsilon)", np.sqrt(epsilon) + 0 * var),
        ("(1 / sqrt(var + epsilon))", 1 / np.sqrt(var + epsilon)),
        ("sqrt(var + epsilon**2)", np.sqrt(var + epsilon**2)),
        ("sqrt(var + 1e-5)", np.sqrt(var + 1e-5)),
        ("sqrt(var + 1e-8)", np.sqrt(var + 1e-8)),
        ("sqrt(mean**2 + var + epsilon)", np.sqrt(mean**2 + var + epsilon)),
        ("sqrt(var**2 + epsilon)", np.sqrt(var**2 + epsilon)),
        ("sqrt(var + 0.001)", np.sqrt(var + 1e-3)),
        ("sqrt(the mean of x**2)", np.sqrt(mean**2 + var)),
    ]  # fmt: skip
    factors: list[Named] = [
        ("gamma", gamma), ("1", 1 + 0 * gamma), ("beta", beta),
        ("gamma**2", gamma**2), ("(1 + gamma)", 1 + gamma), ("1 / gamma", 1 / gamma),
        ("gamma * beta", gamma * beta), ("-gamma", -gamma),
    ]  # fmt: skip
    for words, factor in factors:
        for by, divider in dividers:
            yield f"{words} * (x - mean) / {by}", factor / divider


def _constants(
    gamma: Array, beta: Array, mean: Array, slope: Array, var: Array
) -> Iterator[Named]:
    """Yield (y in words, its constant), for a slope that is known."""
    centred = -slope * mean
    del var
    for words, added in (
        (" + beta", beta), ("", 0 * beta), (" - beta", -beta), (" + gamma", gamma),
        (" + 2 * beta", 2 * beta), (" + gamma * beta", gamma * beta),
        (" + beta**2", beta**2), (" + 1", 1 + 0 * beta),
    ):  # fmt: skip
        yield f"SLOPE{words}", centred + added
        yield f"SLOPE{words}, with x for (x - mean)", added
        yield f"SLOPE{words}, with (x + mean) for (x - mean)", -centred + added
        without = f"SLOPE{words}, with the mean subtracted after the division"
        yield without, added - gamma * mean
        yield f"SLOPE{words}, with the mean subtracted at the end", added - mean
    yield "SLOPE, with (x - mean + beta) for (x - mean)", centred + slope * beta


def _of_running(
    layer: Layer, reference: BatchNormalization, x: Array
) -> Finding | None:
    """Return what a running number becomes after one batch, if it is not right."""
    old = copy.deepcopy(reference.state)
    mean, var = _statistics(reference, x, True)
    reference.forward(x, True)
    layer.forward(x.copy(), True)
    M = x.size // CHANNELS
    for name, right in reference.state.items():
        got = np.asarray(layer.state[name])
        if got.shape != right.shape or agrees(got, right):
            continue
        other = {"moving_mean": "moving_variance"}.get(name, "moving_mean")
        terms: list[Named] = [
            (f"old {name}", old[name]), ("mean", mean), ("var", var),
            ("sqrt(var)", np.sqrt(var)), ("var * M / (M - 1)", var * M / (M - 1)),
            (f"old {other}", old[other]), ("var + epsilon", var + reference.epsilon),
            ("mean**2", mean**2), ("the mean of x**2", var + mean**2),
            ("sqrt(var + epsilon)", np.sqrt(var + reference.epsilon)),
            ("1", 1 + 0 * var), ("the mean of the first photo",
                                 x[0].reshape(-1, CHANNELS).mean(axis=0)),
            (f"old {name} * mean", old[name] * mean),
        ]  # fmt: skip
        if what := sum_of(got, terms, most=3):
            should = sum_of(right, terms[:3], most=2)
            return finding(
                "moment_becomes", number=1, kind=name, what=what, right=should
            )
    return None


def _of_gradients(
    layer: Layer, reference: BatchNormalization, x: Array, dy: Array
) -> Finding | None:
    """Return what a gradient equals during training: of gamma, beta, or x."""
    y = np.asarray(reference.forward(x, True))
    layer.forward(x.copy(), True)
    right = {"x": reference.backward(dy), **reference.grads}
    dx = np.asarray(layer.backward(dy.copy()))
    got = {"x": dx, **{k: np.asarray(g) for k, g in layer.grads.items()}}
    mean, var = _statistics(reference, x, True)
    std, gamma = np.sqrt(var + reference.epsilon), reference.params["gamma"]
    axes, x_hat = tuple(range(x.ndim - 1)), (x - mean) / std
    M = x.size // CHANNELS
    products = {
        "dy * x_hat": dy * x_hat, "dy": dy, "dy * x": dy * x, "dy * y": dy * y,
        "dy * (x - mean)": dy * (x - mean), "x_hat": x_hat, "x": x, "y": y,
        "dy * gamma": dy * gamma, "dy * gamma * x_hat": dy * gamma * x_hat,
        "dy * x_hat**2": dy * x_hat**2, "abs(dy)": abs(dy),
    }  # fmt: skip
    sums: list[Named] = [(f"the sum of {n}", p.sum(axis=axes)) for n, p in
                         products.items()]  # fmt: skip
    sums += [("gamma", gamma), ("beta", reference.params["beta"]), ("1", 1 + 0 * gamma)]
    for name in ("gamma", "beta"):
        one = got.get(name)
        if one is None or one.shape != gamma.shape or agrees(one, right[name]):
            continue
        if what := sum_of(one, sums):
            should = "the sum of dy * x_hat" if name == "gamma" else "the sum of dy"
            return finding("gradient_equals", name, what=what, right=should)
    if dx.shape != x.shape or agrees(dx, right["x"]):
        return None
    parts = _parts(dx, dy, x_hat)
    of_right = _parts(right["x"], dy, x_hat)
    if parts is None or of_right is None:
        return None
    sizes: dict[str, Any] = {
        "H * W (divided by N for M = N * H * W)": M / len(x),
        "M (the numbers of a channel)": M, "1 / M": 1 / M, "N": len(x),
        "1 / N": 1 / len(x), "gamma": gamma, "1 / gamma": 1 / gamma,
        "the deviation": std, "1 / the deviation": 1 / std, "the variance": std**2,
        "1 / the variance": std**-2, "2": 2, "1 / 2": 0.5, "-1": -1,
        "0: it is missing": 0,
    }  # fmt: skip
    wrong = []
    names = ("dy", "the mean of dy", "x_hat")
    for name, mine, other in zip(names, parts, of_right, strict=True):
        if agrees(mine, other):
            continue
        words = [w for w, f in sizes.items() if np.allclose(mine, f * other, atol=1e-9)]
        if not words:
            return None
        wrong.append(f"the part with {name} is multiplied by {words[0]}")
    if not wrong:
        return None
    what = "the correct dx, but " + " and ".join(wrong)
    rule = (
        "gamma / sqrt(var + epsilon) * (dy - mean of dy - x_hat * mean of dy * x_hat)"
    )
    return finding("gradient_equals", "x", what=what, right=rule)


def _parts(dx: Array, dy: Array, x_hat: Array) -> Array | None:
    """Return how much dx has of dy, of 1 and of x_hat, in each channel; or None."""
    parts = []
    for c in range(CHANNELS):
        columns = np.stack([dy[..., c].ravel(), np.ones(dy[..., c].size),
                            x_hat[..., c].ravel()], axis=1)  # fmt: skip
        one = np.linalg.lstsq(columns, dx[..., c].ravel(), rcond=None)[0]
        if not agrees(dx[..., c].ravel(), columns @ one):
            return None
        parts.append(one)
    return np.array(parts).T
