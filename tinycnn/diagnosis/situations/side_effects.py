"""What a call changes or keeps too long: arguments, params, the old gradients."""

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.randomness import rng_for


def side_effects(case: Any) -> Iterator[Finding]:
    """Yield arrays that are modified, kept too long, added to, shared or cast."""
    got, before = case.got, case.layer.params
    layer, x, dy = case.fresh(), case.x.copy(), case.dy.copy()
    y = layer.forward(x, case.training)
    is_forward = not np.array_equal(x, case.x)
    y_before, state = copy.deepcopy(y), copy.deepcopy(layer.state)
    layer.backward(dy)
    if not np.array_equal(x, case.x):
        yield finding("x_written", "y" if is_forward else "")
    elif not np.array_equal(y, y_before, equal_nan=True):
        yield finding("y_written")
    for name, array in state.items():
        if not np.array_equal(layer.state[name], array):
            yield finding("state_changed", what=name)
    if not np.array_equal(dy, case.dy):
        yield finding("dy_written")
    for name, param in before.items():
        if not np.array_equal(layer.params[name], param):
            yield finding("params_changed", name)
    layer = case.fresh()  # another x first, then the same as before
    first = copy.deepcopy(case.run(layer, -case.x[::-1], 2 * case.dy[::-1]))
    layer.params = copy.deepcopy(before)
    second = case.run(layer, case.x, case.dy)
    for name in got:
        if not np.allclose(second[name], got[name], equal_nan=True):
            is_sum = np.allclose(second[name], got[name] + first[name])
            is_first = name in before and np.allclose(second[name], first[name])
            cause = "grads_kept" if is_first else "stale"
            yield finding("accumulated" if is_sum else cause, name)
    layer_a, layer_b = case.fresh(), case.fresh()
    for layer in (layer_a, layer_b):
        layer.build(case.x.shape[1:], rng_for(1, "check"), np.float32)
    if any(np.shares_memory(layer_a.params[k], layer_b.params[k]) for k in before):
        yield finding("shared_state", "params")
    single = case.run(layer_a, case.x.astype(np.float32), case.dy.astype(np.float32))
    for arrays, expected in ((got, "float64"), (single, "float32")):
        for name, array in arrays.items():
            if array.dtype != expected:
                yield finding("wrong_dtype", name, got=array.dtype, expected=expected)
