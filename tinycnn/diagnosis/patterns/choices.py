"""The lines of SGD and Adam, and what may stand in each by mistake."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tinycnn.shapes import Array

# A choice: (in words, how it is computed from the numbers at hand).
Choice = tuple[str, Callable[[Any], Any]]


class Values:
    """The numbers at hand in one update of one param."""

    rate: float
    momentum: float
    b1: float
    b2: float
    epsilon: float
    t: int
    number: int
    params: int
    g: Array
    param: Array
    old_m: Array
    old_v: Array
    m: Array
    v: Array
    step: Array
    numerator: Array
    root: Array


# The first choice of each is right.
SGD_CHOICES: dict[str, list[Choice]] = {
    "gradient": [
        ("grad", lambda s: s.g),
        ("sign(grad)", lambda s: np.sign(s.g)),
        ("abs(grad)", lambda s: abs(s.g)),
        ("grad**2", lambda s: s.g**2),
        ("-grad", lambda s: -s.g),
        ("grad divided by its length", lambda s: s.g / np.sqrt((s.g**2).sum())),
        ("the mean of grad", lambda s: 0 * s.g + s.g.mean()),
        ("grad + param", lambda s: s.g + s.param),
    ],
    "memory": [
        ("momentum * v", lambda s: s.momentum * s.old_v),
        ("v (momentum is missing)", lambda s: s.old_v),
        ("(1 - momentum) * v", lambda s: (1 - s.momentum) * s.old_v),
        ("-momentum * v", lambda s: -s.momentum * s.old_v),
        ("momentum**2 * v", lambda s: s.momentum**2 * s.old_v),
        ("learning_rate * v", lambda s: s.rate * s.old_v),
        ("learning_rate * momentum * v", lambda s: s.rate * s.momentum * s.old_v),
        ("no v at all", lambda s: 0 * s.old_v),
        ("momentum (v is missing)", lambda s: s.momentum + 0 * s.old_v),
        ("(1 + momentum) * v", lambda s: (1 + s.momentum) * s.old_v),
    ],
    "gain": [
        ("learning_rate", lambda s: s.rate),
        ("1 (learning_rate is missing)", lambda s: 1.0),
        ("learning_rate * (1 - momentum)", lambda s: s.rate * (1 - s.momentum)),
        ("(1 - momentum)", lambda s: 1 - s.momentum),
        ("learning_rate**2", lambda s: s.rate**2),
        ("-learning_rate", lambda s: -s.rate),
        ("momentum", lambda s: s.momentum),
        ("learning_rate * momentum", lambda s: s.rate * s.momentum),
        ("learning_rate / t", lambda s: s.rate / s.t),
        ("0 (the gradient is missing)", lambda s: 0.0),
    ],
    "step": [
        ("v", lambda s: s.v),
        ("-v", lambda s: -s.v),
        ("the v of the update before", lambda s: s.old_v),
        ("learning_rate * v", lambda s: s.rate * s.v),
        ("-learning_rate * v", lambda s: -s.rate * s.v),
        ("momentum * v", lambda s: s.momentum * s.v),
        ("v - learning_rate * grad", lambda s: s.v - s.rate * s.g),
        ("v + learning_rate * grad", lambda s: s.v + s.rate * s.g),
        ("momentum * v - learning_rate * grad",
         lambda s: s.momentum * s.v - s.rate * s.g),
        ("v - momentum * old v", lambda s: s.v - s.momentum * s.old_v),
        ("v + momentum * old v", lambda s: s.v + s.momentum * s.old_v),
        ("-learning_rate * grad", lambda s: -s.rate * s.g),
        ("2 * v", lambda s: 2 * s.v),
        ("v**2", lambda s: s.v**2),
        ("v - param", lambda s: s.v - s.param),
    ],
    "start": [
        ("0", lambda s: 0 * s.g),
        ("grad", lambda s: 1.0 * s.g),
        ("-learning_rate * grad", lambda s: -s.rate * s.g),
        ("param", lambda s: 1.0 * s.param),
        ("1", lambda s: 1 + 0 * s.g),
    ],
    "stored": [
        ("v", lambda s: s.v),
        ("nothing: v starts at 0 in each update", lambda s: 0 * s.v),
        ("the gradient", lambda s: s.g),
        ("-learning_rate * grad", lambda s: -s.rate * s.g),
        ("the step", lambda s: s.step),
        ("v - learning_rate * grad", lambda s: s.v - s.rate * s.g),
        ("v + learning_rate * grad", lambda s: s.v + s.rate * s.g),
        ("momentum * v", lambda s: s.momentum * s.v),
        ("the new param", lambda s: s.param + s.step),
        ("-v", lambda s: -s.v),
    ],
}  # fmt: skip
RIGHT_WORDS = {
    "gradient": "the gradient used is {} (it should be {})",
    "memory": "from the old v the new one keeps {} (it should be {})",
    "gain": "the gradient is multiplied by {} (it should be by {})",
    "step": "the step is {} (it should be {})",
    "start": "v starts at {} (it should be at {})",
    "stored": "what is kept for the next update is {} (it should be {})",
    "scope": "{} (it should be: {})",
    "keep_m": "the old m is multiplied by {} (it should be by {})",
    "keep_v": "the old v is multiplied by {} (it should be by {})",
    "gain_m": "in m the gradient is multiplied by {} (it should be by {})",
    "gain_v": "in v the squared gradient is multiplied by {} (it should be by {})",
    "square": "v is made of {} (it should be of {})",
    "of_m": "m is made of {} (it should be of {})",
    "correct_m": "m is divided by {} (it should be by {})",
    "correct_v": "v is divided by {} (it should be by {})",
    "root": "the step is divided by {} (it should be by {})",
    "number": "the step is made of {} (it should be of {})",
    "rate": "the step is multiplied by {} (it should be by {})",
    "start_m": "m starts at {} (it should be at {})",
    "start_v": "v starts at {} (it should be at {})",
    "stored_m": "what is kept of m is {} (it should be {})",
    "stored_v": "what is kept of v is {} (it should be {})",
    "count": "t is {} (it should be {})",
    "betas": "{} are used (it should be {})",
    "whole": "the step is made of {} (it should be of {})",
}
SCOPES = (
    "each param is updated with its own grad and state",
    "only the first param is updated",
    "only the last param is updated",
    "all params share one state",
    "the state of the first param is read for all",
    "the state of the last param is read for all",
    "the gradient of the first param is used for all",
    "the gradient of the last param is used for all",
)


def counted(beta: str, power: Callable[[Any, float], Any]) -> list[Choice]:
    """Return wrong forms of the correction 1 - beta**t, for the beta of `power`."""
    listed: list[Choice] = [
        ("1 - beta**t", lambda s: 1 - power(s, s.t)),
        ("1: it is not corrected", lambda s: 1.0),
        ("1 - beta", lambda s: 1 - power(s, 1)),
        ("1 + beta**t", lambda s: 1 + power(s, s.t)),
        ("abs(1 - beta * t)", lambda s: abs(1 - power(s, 1) * s.t)),
        ("1 - beta**2", lambda s: 1 - power(s, 2)),
        ("1 - beta**(t + 1)", lambda s: 1 - power(s, s.t + 1)),
        ("1 - beta**(t - 1), from the second update on",
         lambda s: 1 - power(s, max(s.t - 1, 1))),
        ("beta**t", lambda s: power(s, s.t)),
        ("(1 - beta)**t", lambda s: (1 - power(s, 1)) ** s.t),
        ("(1 - beta**t)**2", lambda s: (1 - power(s, s.t)) ** 2),
        ("the root of 1 - beta**t", lambda s: math.sqrt(1 - power(s, s.t))),
        ("1 / (1 - beta**t)", lambda s: 1 / (1 - power(s, s.t))),
        ("1 - beta_1**t", lambda s: 1 - s.b1**s.t),
        ("1 - beta_2**t", lambda s: 1 - s.b2**s.t),
        ("1 - beta**t * t", lambda s: abs(1 - power(s, s.t) * s.t)),
    ]  # fmt: skip
    return [
        (words if "beta_" in words else words.replace("beta", beta), function)
        for words, function in listed
    ]


ADAM_CHOICES: dict[str, list[Choice]] = {
    "betas": [
        ("beta_1 for m and beta_2 for v", lambda s: (s.b1, s.b2)),
        ("beta_2 for m and beta_1 for v", lambda s: (s.b2, s.b1)),
        ("beta_1 for both m and v", lambda s: (s.b1, s.b1)),
        ("beta_2 for both m and v", lambda s: (s.b2, s.b2)),
        ("1 - beta_1 and 1 - beta_2 for beta_1 and beta_2",
         lambda s: (1 - s.b1, 1 - s.b2)),
    ],
    "whole": [
        ("m / (sqrt(v) + epsilon)", lambda s: s.numerator / s.root),
        ("m / sqrt(v) + epsilon", lambda s: s.m / np.sqrt(s.v) + s.epsilon),
        ("(m + epsilon) / sqrt(v)", lambda s: (s.m + s.epsilon) / np.sqrt(s.v)),
        ("sqrt(m) / (sqrt(v) + epsilon)",
         lambda s: np.sqrt(abs(s.m)) / (np.sqrt(s.v) + s.epsilon)),
        ("v / (sqrt(m) + epsilon)",
         lambda s: s.v / (np.sqrt(abs(s.m)) + s.epsilon)),
        ("m / (sqrt(v) + epsilon) / t",
         lambda s: s.m / (np.sqrt(s.v) + s.epsilon) / s.t),
    ],
    "count": [
        ("the number of the update", lambda s: s.number),
        ("always 1", lambda s: 1),
        ("too large by 1", lambda s: s.number + 1),
        ("too small by 1 (1 in the first two)", lambda s: max(1, s.number - 1)),
        ("counted once more for each param, after it is used",
         lambda s: 1 + (s.number - 1) * (s.params + 1)),
        ("counted for each param, after it is used",
         lambda s: max(1, (s.number - 1) * s.params)),
        ("the number of params updated so far", lambda s: s.number * s.params),
        ("twice the number of the update", lambda s: 2 * s.number),
        ("half of the number of the update", lambda s: (s.number + 1) // 2),
    ],
    "keep_m": [
        ("beta_1", lambda s: s.b1), ("1 - beta_1", lambda s: 1 - s.b1),
        ("beta_2", lambda s: s.b2), ("1", lambda s: 1.0),
        ("0: it is forgotten", lambda s: 0.0),
        ("beta_1**t", lambda s: s.b1**s.t), ("-beta_1", lambda s: -s.b1),
    ],
    "gain_m": [
        ("1 - beta_1", lambda s: 1 - s.b1), ("1", lambda s: 1.0),
        ("beta_1", lambda s: s.b1), ("1 - beta_2", lambda s: 1 - s.b2),
        ("-(1 - beta_1)", lambda s: s.b1 - 1), ("beta_2", lambda s: s.b2),
        ("learning_rate", lambda s: s.rate), ("1 + beta_1", lambda s: 1 + s.b1),
        ("(1 - beta_1)**2", lambda s: (1 - s.b1) ** 2),
    ],
    "keep_v": [
        ("beta_2", lambda s: s.b2), ("1 - beta_2", lambda s: 1 - s.b2),
        ("beta_1", lambda s: s.b1), ("1", lambda s: 1.0),
        ("0: it is forgotten", lambda s: 0.0),
        ("beta_2**2", lambda s: s.b2**2), ("beta_2**t", lambda s: s.b2**s.t),
    ],
    "gain_v": [
        ("1 - beta_2", lambda s: 1 - s.b2), ("1", lambda s: 1.0),
        ("beta_2", lambda s: s.b2), ("1 - beta_1", lambda s: 1 - s.b1),
        ("(1 - beta_2)**2", lambda s: (1 - s.b2) ** 2), ("beta_1", lambda s: s.b1),
        ("1 + beta_2", lambda s: 1 + s.b2),
    ],
    "of_m": [
        ("grad", lambda s: s.g), ("grad**2", lambda s: s.g**2),
        ("sign(grad)", lambda s: np.sign(s.g)), ("abs(grad)", lambda s: abs(s.g)),
        ("the mean of grad", lambda s: 0 * s.g + s.g.mean()),
        ("learning_rate * grad", lambda s: s.rate * s.g),
        ("grad + param", lambda s: s.g + s.param),
    ],
    "square": [
        ("grad**2", lambda s: s.g**2), ("abs(grad)", lambda s: abs(s.g)),
        ("grad, not squared", lambda s: s.g), ("m**2", lambda s: s.m**2),
        ("(grad - m)**2", lambda s: (s.g - s.m) ** 2),
        ("(grad - old m)**2", lambda s: (s.g - s.old_m) ** 2),
        ("the mean of grad**2 over the array", lambda s: 0 * s.g + (s.g**2).mean()),
        ("the sum of grad**2 over the array", lambda s: 0 * s.g + (s.g**2).sum()),
        ("grad**3", lambda s: s.g**3), ("grad**4", lambda s: s.g**4),
        ("grad * m", lambda s: s.g * s.m), ("2 * grad", lambda s: 2 * s.g),
        ("param**2", lambda s: s.param**2), ("m", lambda s: s.m),
        ("(learning_rate * grad)**2", lambda s: (s.rate * s.g) ** 2),
    ],
    "number": [
        ("m", lambda s: s.m), ("grad", lambda s: s.g),
        ("the m of the update before", lambda s: s.old_m),
        ("sign(m)", lambda s: np.sign(s.m)), ("m**2", lambda s: s.m**2),
        ("beta_1 * m + (1 - beta_1) * grad", lambda s: s.b1 * s.m + (1 - s.b1) * s.g),
        ("m + grad", lambda s: s.m + s.g), ("-m", lambda s: -s.m),
        ("v", lambda s: s.v), ("m * grad", lambda s: s.m * s.g),
        ("abs(m)", lambda s: abs(s.m)), ("1", lambda s: 1 + 0 * s.m),
    ],
    "root": [
        ("sqrt(v) + epsilon", lambda s: np.sqrt(s.v) + s.epsilon),
        ("sqrt(v), without epsilon", lambda s: np.sqrt(s.v)),
        ("sqrt(v + epsilon)", lambda s: np.sqrt(s.v + s.epsilon)),
        ("v + epsilon", lambda s: s.v + s.epsilon), ("v", lambda s: s.v),
        ("v**2 + epsilon", lambda s: s.v**2 + s.epsilon),
        ("1", lambda s: 1.0),
        ("sqrt(old v) + epsilon", lambda s: np.sqrt(s.old_v) + s.epsilon),
        ("sqrt(v) + epsilon * sqrt(1 - beta_2**t), the paper's",
         lambda s: np.sqrt(s.v) + s.epsilon * math.sqrt(1 - s.b2**s.t)),
        ("sqrt(v + epsilon**2)", lambda s: np.sqrt(s.v + s.epsilon**2)),
        ("sqrt(v) + sqrt(epsilon)", lambda s: np.sqrt(s.v) + math.sqrt(s.epsilon)),
        ("sqrt(v) - epsilon", lambda s: np.sqrt(s.v) - s.epsilon),
        ("sqrt(v) * epsilon", lambda s: np.sqrt(s.v) * s.epsilon),
        ("1 / (sqrt(v) + epsilon): it is multiplied",
         lambda s: 1 / (np.sqrt(s.v) + s.epsilon)),
        ("1 / sqrt(v): it is multiplied", lambda s: 1 / np.sqrt(s.v)),
        ("sqrt(v) + 1", lambda s: np.sqrt(s.v) + 1),
        ("v**(1/4) + epsilon", lambda s: s.v**0.25 + s.epsilon),
        ("cbrt(v) + epsilon", lambda s: np.cbrt(s.v) + s.epsilon),
        ("sqrt(the mean of v) + epsilon",
         lambda s: np.sqrt(s.v.mean()) + s.epsilon),
        ("epsilon + sqrt(m**2)", lambda s: abs(s.m) + s.epsilon),
    ],
    "correct_m": counted("beta_1", lambda s, n: s.b1**n),
    "correct_v": counted("beta_2", lambda s, n: s.b2**n),
    "rate": [
        ("learning_rate", lambda s: s.rate), ("1", lambda s: 1.0),
        ("learning_rate**2", lambda s: s.rate**2),
        ("-learning_rate", lambda s: -s.rate),
        ("learning_rate / t", lambda s: s.rate / s.t),
        ("learning_rate / sqrt(t)", lambda s: s.rate / math.sqrt(s.t)),
        ("learning_rate * (1 - beta_1)", lambda s: s.rate * (1 - s.b1)),
        ("sqrt(learning_rate)", lambda s: math.sqrt(s.rate)),
        ("2 * learning_rate", lambda s: 2 * s.rate),
    ],
    "start_m": [
        ("0", lambda s: 0 * s.g), ("grad", lambda s: 1.0 * s.g),
        ("1", lambda s: 1 + 0 * s.g), ("param", lambda s: 1.0 * s.param),
    ],
    "start_v": [
        ("0", lambda s: 0 * s.g), ("grad**2", lambda s: s.g**2),
        ("1", lambda s: 1 + 0 * s.g), ("epsilon", lambda s: s.epsilon + 0 * s.g),
        ("abs(param)", lambda s: abs(s.param)), ("param**2", lambda s: s.param**2),
    ],
    "stored_m": [
        ("m", lambda s: s.m), ("nothing: m starts at 0 in each update",
                               lambda s: 0 * s.m),
        ("the corrected m", lambda s: s.m / (1 - s.b1**s.t)),
        ("the gradient", lambda s: s.g), ("v", lambda s: s.v),
        ("the m of the first update", lambda s: s.m if s.t == 1 else s.old_m),
        ("(1 - beta_1) * grad", lambda s: (1 - s.b1) * s.g),
    ],
    "stored_v": [
        ("v", lambda s: s.v), ("nothing: v starts at 0 in each update",
                               lambda s: 0 * s.v),
        ("the corrected v", lambda s: s.v / (1 - s.b2**s.t)),
        ("grad**2", lambda s: s.g**2), ("m", lambda s: abs(s.m)),
        ("sqrt(v)", lambda s: np.sqrt(s.v)),
        ("the largest v so far", lambda s: np.maximum(s.v, s.old_v)),
        ("the v of the first update", lambda s: s.v if s.t == 1 else s.old_v),
    ],
}  # fmt: skip
# Choices of which two may be off at once.
PAIRS = (
    ("keep_m", "gain_m"), ("keep_v", "gain_v"), ("correct_m", "correct_v"),
    ("keep_m", "keep_v"), ("gain_m", "gain_v"), ("stored_m", "stored_v"),
    ("start_m", "start_v"), ("memory", "gain"), ("step", "gain"), ("memory", "step"),
    ("step", "stored"), ("gradient", "step"), ("correct_v", "root"),
    ("correct_m", "root"), ("of_m", "square"),
)  # fmt: skip
