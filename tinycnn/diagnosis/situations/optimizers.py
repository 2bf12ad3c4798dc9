"""Situations of an optimiser: a gradient of 0, and the dict of the gradients."""

import copy
from collections.abc import Iterator

import numpy as np

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
    return list(_dict(optimizer)) or list(_where_zero(optimizer))


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


def _gradients() -> list[Named]:
    rng = rng_for(2, "check")
    return [{name: rng.standard_normal(2) for name in NAMES} for _ in range(UPDATES)]


def _params() -> Named:
    return {name: np.array([1.0, -2.0]) for name in NAMES}


def _dict(optimizer: Optimizer) -> Iterator[Finding]:
    """Yield "grads_dict_written" if the dict holds other arrays after an update."""
    params, grads = _params(), _gradients()[0]
    passed = dict(grads)
    copy.deepcopy(optimizer).update(params, passed)
    if passed.keys() != grads.keys() or any(
        passed[name] is not array for name, array in grads.items()
    ):
        yield finding("grads_dict_written")


def _where_zero(optimizer: Optimizer) -> Iterator[Finding]:
    """Yield "zero_gradient_skipped" if a gradient of 0 makes other steps."""
    reference: Optimizer | None = reference_of(optimizer)
    if reference is None:
        return
    grads = _gradients()
    for step_grads in grads[2:6]:
        step_grads["kernel"] *= 0
    ends = []
    for one in (copy.deepcopy(optimizer), reference):
        params = _params()
        for step_grads in grads:
            one.update(params, copy.deepcopy(step_grads))
        ends.append(params)
    if not all(np.allclose(ends[0][n], ends[1][n], rtol=1e-9) for n in NAMES):
        yield finding("zero_gradient_skipped", reference=type(reference).__name__)
