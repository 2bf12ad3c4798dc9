"""The steps of SGD and Adam with one thing off, or two of the same kind."""

import copy
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np

from tinycnn.diagnosis.patterns.choices import (
    ADAM_CHOICES,
    PAIRS,
    RIGHT_WORDS,
    SCOPES,
    SGD_CHOICES,
    Choice,
    Values,
)
from tinycnn.optimizers import SGD, Adam, Named
from tinycnn.shapes import Array

Trajectory = list[Named]


def deviations(
    reference: SGD | Adam, params: Named, grads: list[Named]
) -> Iterator[tuple[str, Trajectory]]:
    """Yield (what is off, the params after each update), the simplest first."""
    choices = ADAM_CHOICES if isinstance(reference, Adam) else SGD_CHOICES
    run = _adam if isinstance(reference, Adam) else _sgd
    right = {name: 0 for name in choices}

    def trajectory(chosen: dict[str, int], scope: int = 0) -> Trajectory:
        with np.errstate(all="ignore"):
            return run(reference, choices, {**right, **chosen}, params, grads, scope)

    for name, listed in choices.items():
        for place in range(1, len(listed)):
            yield words_of(choices, {name: place}), trajectory({name: place})
    for scope in range(1, len(SCOPES)):
        text = RIGHT_WORDS["scope"].format(SCOPES[scope], SCOPES[0])
        yield text, trajectory({}, scope)
    for first, second in combinations(choices, 2):
        if (first, second) not in PAIRS and (second, first) not in PAIRS:
            continue
        for a in range(1, len(choices[first])):
            for b in range(1, len(choices[second])):
                chosen = {first: a, second: b}
                yield words_of(choices, chosen), trajectory(chosen)


def words_of(choices: dict[str, list[Choice]], chosen: dict[str, int]) -> str:
    """Return what is off, in words."""
    return "; and ".join(
        RIGHT_WORDS[name].format(choices[name][place][0], choices[name][0][0])
        for name, place in chosen.items()
    )


def _sgd(
    sgd: Any,
    choices: dict[str, list[Choice]],
    chosen: dict[str, int],
    params: Named,
    grads: list[Named],
    scope: int,
) -> Trajectory:
    pick = {name: choices[name][place][1] for name, place in chosen.items()}
    params, s = copy.deepcopy(params), Values()
    kept: dict[str, Array] = {}
    s.rate, s.momentum = float(sgd.learning_rate), sgd.momentum
    trajectory: Trajectory = []
    for s.t, step_grads in enumerate(grads, start=1):
        for name in _names(params, scope):
            s.g, s.param = step_grads[_graded(name, params, scope)], params[name]
            key = "all" if scope == 3 else name
            read = _read(key, params, scope)
            s.old_v = kept[read] if read in kept else pick["start"](s)
            s.v = pick["memory"](s) - pick["gain"](s) * pick["gradient"](s)
            s.step = pick["step"](s)
            if sgd.nesterov and not chosen["step"]:
                s.step = s.momentum * s.v - pick["gain"](s) * s.g
            kept[key] = pick["stored"](s)
            params[name] = s.param + s.step
        trajectory.append(dict(params))
    return trajectory


def _adam(
    adam: Any,
    choices: dict[str, list[Choice]],
    chosen: dict[str, int],
    params: Named,
    grads: list[Named],
    scope: int,
) -> Trajectory:
    pick = {name: choices[name][place][1] for name, place in chosen.items()}
    params, s = copy.deepcopy(params), Values()
    s.rate, s.b1, s.b2 = float(adam.learning_rate), adam.beta_1, adam.beta_2
    s.epsilon = adam.epsilon
    s.b1, s.b2 = pick["betas"](s)
    kept: dict[str, tuple[Array, Array]] = {}
    trajectory: Trajectory = []
    s.params = len(params)
    for s.number, step_grads in enumerate(grads, start=1):
        s.t = pick["count"](s)
        for name in _names(params, scope):
            s.g, s.param = step_grads[_graded(name, params, scope)], params[name]
            key = "all" if scope == 3 else name
            start = pick["start_m"](s), pick["start_v"](s)
            s.old_m, s.old_v = kept.get(_read(key, params, scope), start)
            s.m = pick["keep_m"](s) * s.old_m + pick["gain_m"](s) * pick["of_m"](s)
            s.v = pick["keep_v"](s) * s.old_v + pick["gain_v"](s) * pick["square"](s)
            stored = pick["stored_m"](s), pick["stored_v"](s)
            if chosen["stored_v"] == 6:  # AMSGrad: the step uses it, too
                s.v = stored[1]
            correction = np.sqrt(pick["correct_v"](s)) / pick["correct_m"](s)
            s.numerator, s.root = pick["number"](s), pick["root"](s)
            s.step = pick["rate"](s) * correction * pick["whole"](s)
            kept[key] = stored
            params[name] = s.param - s.step
        trajectory.append(dict(params))
    return trajectory


def _names(params: Named, scope: int) -> list[str]:
    names = list(params)
    return {1: names[:1], 2: names[-1:]}.get(scope, names)


def _read(key: str, params: Named, scope: int) -> str:
    """Return whose state is read: the own, or that of the first or the last param."""
    return {4: next(iter(params)), 5: list(params)[-1]}.get(scope, key)


def _graded(name: str, params: Named, scope: int) -> str:
    """Return whose gradient is used: its own, or that of the first or last param."""
    return {6: next(iter(params)), 7: list(params)[-1]}.get(scope, name)
