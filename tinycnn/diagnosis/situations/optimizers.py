"""Situations of an optimiser: a gradient of 0, another rate, the gradients' dict."""

import copy
from collections.abc import Iterator

import numpy as np

from tinycnn.diagnosis.calls import same_luck
from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.reference import reference_of
from tinycnn.optimizers import Named, Optimizer
from tinycnn.randomness import rng_for

UPDATES = 12
NAMES = ("kernel", "bias")


def diagnose_steps(optimizer: Optimizer) -> list[Finding]:
    """Return what is wrong with an optimiser in one situation only.

    Parameters
    ----------
    optimizer : Optimizer
        Its steps are right for the usual gradients. Not modified: copies are used.

    Examples
    --------
    >>> from tinycnn.optimizers import SGD
    >>> class MySGD(SGD):
    ...     def update(self, params, grads):
    ...         super().update(params, {name: grads.pop(name) for name in params})
    >>> print(diagnose_steps(MySGD(0.1))[0].sentence)
    update changes the dict of the gradients: its keys, or which arrays it holds.
    """
    looks = (_dict, _in_another_order, _where_zero, _of_two_layers)
    return next((found for look in looks if (found := list(look(optimizer)))), [])


def diagnose_rate(optimizer: Optimizer) -> list[Finding]:
    """Return what is wrong with an optimiser once its learning rate changes.

    Parameters
    ----------
    optimizer : Optimizer
        Right in all its cases: a rate that is a number in the code is seen there. Not
        modified: copies are used.

    Examples
    --------
    >>> from tinycnn.optimizers import SGD
    >>> class MySGD(SGD):
    ...     def update(self, params, grads):
    ...         for name, param in params.items():
    ...             v = self.momentum * self.v.get(name, 0) + grads[name]
    ...             self.v[name] = v
    ...             param -= self.learning_rate * v
    >>> print(diagnose_rate(MySGD(0.1, momentum=0.9))[0].sentence)
    Once learning_rate changes, the steps differ from those of SGD.
    """
    reference: Optimizer | None = reference_of(optimizer)
    if reference is None or not isinstance(optimizer.learning_rate, float):
        return []
    if end_equally(optimizer, reference, some_gradients(), 0.1):
        return []
    return [finding("rate_of_another_update", reference=type(reference).__name__)]


def not_moved(params: Named, grads: Named, got: Named, right: Named) -> float:
    """Return the largest gradient that moves nothing, if all larger ones are right."""
    flat = [np.concatenate([a[n] for n in params]) for a in (params, grads, got, right)]
    before, grad, after, expected = flat
    is_still = (after == before) & (expected != before)
    if not is_still.any() or is_still.all():
        return 0.0
    below = abs(grad[is_still]).max()
    is_right = np.allclose(after[~is_still], expected[~is_still], rtol=1e-10, atol=0)
    return float(below) if is_right and below < abs(grad[~is_still]).min() else 0.0


def counts(
    optimizer: Optimizer, params: Named, grads: list[Named]
) -> Iterator[Finding]:
    """Yield "updates_not_counted" unless t is the number of updates."""
    optimizer, params = copy.deepcopy(optimizer), copy.deepcopy(params)
    updates = optimizer.t + len(grads)
    for step_grads in grads:
        optimizer.update(params, copy.deepcopy(step_grads))
    if optimizer.t != updates:
        yield finding("updates_not_counted", got=optimizer.t, updates=updates)


def is_right_for_new_names(optimizer: Optimizer, reference: Optimizer) -> bool:
    """Return whether the steps are right only for params whose names are new."""
    grads = some_gradients()
    new = [{f"new_{n}": a for n, a in step.items()} for step in grads]
    return not end_equally(optimizer, reference, grads, 1.0) and (
        end_equally(optimizer, reference, new, 1.0)
    )


def shares_its_state(optimizer: Optimizer) -> bool:
    """Return whether a second optimiser makes other steps than the first."""
    return not end_equally(optimizer, optimizer, some_gradients(), 1.0)


def some_gradients() -> list[Named]:
    """Return the gradients of two small arrays for each of the updates."""
    rng = rng_for(2, "check")
    return [{name: rng.standard_normal(2) for name in NAMES} for _ in range(UPDATES)]


def _params() -> Named:
    return {name: np.array([1.0, -2.0]) for name in NAMES}


def _dict(optimizer: Optimizer) -> Iterator[Finding]:
    """Yield "grads_dict_written" if the dict holds other arrays after an update."""
    params, grads = _params(), some_gradients()[0]
    passed = dict(grads)
    copy.deepcopy(optimizer).update(params, passed)
    if passed.keys() != grads.keys() or any(
        passed[name] is not array for name, array in grads.items()
    ):
        yield finding("grads_dict_written")


def _in_another_order(optimizer: Optimizer) -> Iterator[Finding]:
    """Yield "paired_by_order" if the order of the gradients' dict counts."""
    ends = []
    for is_reversed in (False, True):
        one, params = copy.deepcopy(optimizer), _params()
        with same_luck(one):
            for step_grads in some_gradients():
                names = sorted(step_grads, reverse=is_reversed)
                one.update(params, {name: step_grads[name] for name in names})
        ends.append(params)
    if any(not np.allclose(ends[0][n], ends[1][n], rtol=1e-9) for n in NAMES):
        yield finding("paired_by_order")


def _of_two_layers(optimizer: Optimizer) -> Iterator[Finding]:
    """Yield what is wrong with the params of a layer, or of two."""
    reference: Optimizer | None = reference_of(optimizer)
    if reference is None:
        return
    rng = rng_for(3, "check")
    shapes = {"kernel": (2, 3), "bias": (3,)}
    for layers, cause in (
        ((0,), "wrong_for_two_axes"),
        ((0, 2), "wrong_for_two_layers"),
    ):
        grads: list[Named] = [
            {f"{k}.{n}": rng.standard_normal(shapes[n]) for k in layers for n in NAMES}
            for _ in range(UPDATES)
        ]
        if not end_equally(optimizer, reference, grads, 1.0):
            names = ", ".join(list(grads[0])[::2])
            values = {"names": names, "reference": type(reference).__name__}
            yield finding(cause, **values)
            return


def _where_zero(optimizer: Optimizer) -> Iterator[Finding]:
    """Yield "zero_gradient_skipped" if a gradient of 0 makes other steps."""
    reference: Optimizer | None = reference_of(optimizer)
    if reference is None:
        return
    grads = some_gradients()
    for step_grads in grads[2:6]:
        step_grads["kernel"] *= 0
    if not end_equally(optimizer, reference, grads, 1.0):
        yield finding("zero_gradient_skipped", reference=type(reference).__name__)


def end_equally(
    optimizer: Optimizer, reference: Optimizer, grads: list[Named], factor: float
) -> bool:
    """Return whether both end with the same params; the rate changes half-way."""
    ends = []
    for one in (copy.deepcopy(optimizer), copy.deepcopy(reference)):
        params: Named = {
            name: np.linspace(1, -2, grad.size).reshape(grad.shape)
            for name, grad in grads[0].items()
        }
        with same_luck(one):  # random numbers are not a state that is shared
            for number, step_grads in enumerate(grads):
                if number == len(grads) // 2 and factor != 1:
                    one.learning_rate *= factor
                one.update(params, copy.deepcopy(step_grads))
        ends.append(params)
    return all(np.allclose(ends[0][n], ends[1][n], rtol=1e-9) for n in grads[0])
