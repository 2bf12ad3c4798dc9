"""What is wrong with my optimiser? Its steps, next to those of the usual mistakes."""

import copy
import math
from collections.abc import Iterator

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.reference import twin_of
from tinycnn.optimizers import SGD, Adam, AdamW, Named, Optimizer
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array

UPDATES = 25
Steps = list[Named]
ADAM_CAUSES = (
    "uphill", "adam_without_power", "adam_without_correction", "adam_multiplied",
    "adam_not_squared", "adam_without_root", "adam_epsilon_in_root",
    "adam_epsilon_in_correction", "adam_counts_parameters", "adam_shared_moments",
    "adam_betas_swapped", "adam_share_forgotten",
)  # fmt: skip


def diagnose_optimizer(optimizer: Optimizer) -> list[Finding]:
    """Return what is wrong with an optimiser: nothing, if it is right.

    Parameters
    ----------
    optimizer : Optimizer
        Not touched: copies are used. One that is named as one of the library's (`Adam`,
        `MyAdam`) is compared with it, over 25 updates of two small arrays; of any other
        it is only asked whether it changes the params, in place and downhill.

    Notes
    -----
    What stops the optimiser itself with an error is passed on.

    Examples
    --------
    >>> class MySGD(SGD):
    ...     def update(self, params, grads):
    ...         super().update(params, {name: -grad for name, grad in grads.items()})
    >>> diagnose_optimizer(MySGD(0.1))[0].sentence
    'The step goes uphill.'
    """
    habits = list(_habits(optimizer))
    twin = twin_of(optimizer)
    if habits or twin is None:
        return habits or list(_downhill(optimizer))
    params, steps = _case()
    mine, right = _walk(optimizer, params, steps), _walk(twin, params, steps)
    first = next((t for t in range(UPDATES) if not _same(mine, right, t)), None)
    if first is None:
        return []
    for cause, other in _candidates(twin, params, steps, first):
        if all(_same(mine, other, t) for t in range(UPDATES)):
            return [finding(cause, updates=first)]
    return [finding("steps_differ", update=first + 1, twin=type(twin).__name__)]


def _case() -> tuple[Named, Steps]:
    """Return (params, the gradients of each update), large and small ones."""
    rng, sizes = rng_for(0, "check"), np.array([1.0, 1e-3])
    params = {"kernel": np.array([1.0, -2.0]), "bias": np.array([0.5, 3.0])}
    return params, [
        {name: sizes * rng.standard_normal(2) for name in params}
        for _ in range(UPDATES)
    ]


def _walk(optimizer: Optimizer, params: Named, steps: Steps) -> Steps:
    """Return where the params are after each update."""
    optimizer, params = copy.deepcopy(optimizer), copy.deepcopy(params)
    path = []
    for grads in steps:
        optimizer.update(params, copy.deepcopy(grads))
        path.append(copy.deepcopy(params))
    return path


def _same(one: Steps, other: Steps, t: int) -> bool:
    return all(np.allclose(one[t][k], other[t][k], rtol=1e-10, atol=0) for k in one[t])


def _habits(optimizer: Optimizer) -> Iterator[Finding]:
    """Yield what is seen by watching one update: what is written to, and what not."""
    params, (grads, *_) = _case()
    before, given = copy.deepcopy((params, grads))
    arrays, grads = dict(params), dict(grads)
    copy.deepcopy(optimizer).update(params, grads)
    if any(not np.array_equal(grads[name], given[name]) for name in given):
        yield finding("grads_written")
    if all(np.array_equal(arrays[name], before[name]) for name in before):
        yield finding("not_in_place")


def _downhill(optimizer: Optimizer) -> Iterator[Finding]:
    """Yield "uphill" if one update of x * x makes it larger."""
    params = {"bias": np.array([1.0])}
    copy.deepcopy(optimizer).update(params, {"bias": np.array([2.0])})
    if params["bias"][0] > 1:
        yield finding("uphill")


def _candidates(
    twin: Optimizer, params: Named, steps: Steps, first: int
) -> Iterator[tuple[str, Steps]]:
    """Yield (cause, path) for one mistake after the other."""
    if isinstance(twin, SGD):
        against = [{name: -grad for name, grad in grads.items()} for grads in steps]
        yield "uphill", _walk(twin, params, against)
        yield "momentum_lost", _walk(SGD(twin.learning_rate), params, steps)
        plain = SGD(twin.learning_rate, twin.momentum)
        yield "nesterov_lost", _walk(plain, params, steps)
    if isinstance(twin, AdamW):
        yield "decay_in_gradient", _decay_in_gradient(twin, params, steps)
    if type(twin) is Adam:
        for cause in ADAM_CAUSES:
            yield cause, _wrong_adam(cause, twin, params, steps)
        if first:
            yield "adam_restarts", _restarting(twin, params, steps, every=first)


def _decay_in_gradient(adam: AdamW, params: Named, steps: Steps) -> Steps:
    """Return the path of an Adam whose gradients contain the decay of the params."""
    plain = Adam(adam.learning_rate, adam.beta_1, adam.beta_2, adam.epsilon)
    params, path = copy.deepcopy(params), []
    for grads in steps:
        decayed = {n: grads[n] + adam.weight_decay * params[n] for n in params}
        plain.update(params, decayed)
        path.append(copy.deepcopy(params))
    return path


def _restarting(adam: Adam, params: Named, steps: Steps, every: int) -> Steps:
    """Return the path of an Adam whose t starts again after every so many updates."""
    adam, params, path = copy.deepcopy(adam), copy.deepcopy(params), []
    for grads in steps:
        adam.t %= every
        adam.update(params, grads)
        path.append(copy.deepcopy(params))
    return path


def _wrong_adam(cause: str, adam: Adam, params: Named, steps: Steps) -> Steps:
    """Return the path of Adam with one mistake made on purpose."""
    params, t = copy.deepcopy(params), 0
    beta_1, beta_2, epsilon = adam.beta_1, adam.beta_2, adam.epsilon
    if cause == "adam_betas_swapped":
        beta_1, beta_2 = beta_2, beta_1
    share_1, share_2 = 1 - beta_1, 1 - beta_2
    if cause == "adam_share_forgotten":
        share_1 = share_2 = 1.0
    m: Named = {}
    v: Named = {}
    path = []
    for grads in steps:
        t += 1
        for place, (name, param) in enumerate(params.items()):
            t += cause == "adam_counts_parameters" and place > 0
            key = "all" if cause == "adam_shared_moments" else name
            grad, power = grads[name], 1 if cause == "adam_without_power" else t
            square = abs(grad) if cause == "adam_not_squared" else grad**2
            m[key] = beta_1 * m.get(key, 0 * param) + share_1 * grad
            v[key] = beta_2 * v.get(key, 0 * param) + share_2 * square
            root: Array = np.sqrt(v[key]) + epsilon
            rate = math.sqrt(1 - beta_2**power) / (1 - beta_1**power)
            if cause == "adam_without_correction":
                rate = 1.0
            elif cause == "adam_without_root":
                root = v[key] + epsilon
            elif cause == "adam_epsilon_in_root":
                root = np.sqrt(v[key] + epsilon)
            elif cause == "adam_epsilon_in_correction":
                root = np.sqrt(v[key]) + epsilon * math.sqrt(1 - beta_2**power)
            step = m[key] * root if cause == "adam_multiplied" else m[key] / root
            sign = -1 if cause == "uphill" else 1
            param -= sign * adam.learning_rate * rate * step
        path.append(copy.deepcopy(params))
    return path
