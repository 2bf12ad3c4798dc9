"""Are the return values arrays at all? A missing return, a list, a mask, NaN."""

import copy
from typing import Any

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.layers import Layer
from tinycnn.randomness import rng_for
from tinycnn.shapes import Shape


def diagnose_return_values(
    layer: Layer, input_shape: Shape, *, backward: bool, training: bool = False
) -> list[Finding]:
    """Return which return values of a layer are not arrays of finite numbers.

    Parameters
    ----------
    layer : Layer
        Not modified: a copy is built, in float64.
    input_shape : tuple of int
        Without the batch axis.
    backward : bool
        Whether to check dx and `grads` as well as y.
    training : bool, default False
        Passed to ``forward``.

    Examples
    --------
    >>> class NoReturn(Layer):
    ...     def forward(self, x, training=False):
    ...         y = 2 * x
    >>> diagnose_return_values(NoReturn(), (4,), backward=False)[0].sentence
    'forward returns nothing (None).'
    """
    layer, rng = copy.deepcopy(layer), rng_for(0, "check")
    layer.build(input_shape, rng, np.float64)
    x = rng.standard_normal((5, *input_shape))
    y = layer.forward(x, training)
    if (found := not_an_array("forward", y)) is not None:
        return [found]
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        return [finding("y_not_finite", "y", low=x.min(), high=x.max())]
    if not backward:
        return []
    dx = layer.backward(rng.standard_normal(y.shape))
    if not isinstance(layer.grads, dict):
        return [finding("not_a_dict", got=type(layer.grads).__name__)]
    values = {"backward": dx}
    for name, grad in layer.grads.items():
        if grad is not None:  # None is a missing gradient, which `diagnose` reports
            values[f'self.grads["{name}"]'] = grad
    checked = (not_an_array(name, value) for name, value in values.items())
    return [found for found in checked if found is not None]


def not_an_array(what: str, got: Any) -> Finding | None:
    """Return a finding unless `got` is an array of numbers.

    `what` names the value: a function, whose return value it is, or an item.
    """
    array = "y" if what == "forward" else ""
    if got is None:
        return finding("nothing_returned", array, what=what)
    what = what if "[" in what else f"The return value of {what}"
    if not isinstance(got, (np.ndarray, np.generic)):
        return finding("not_an_array", array, what=what, got=type(got).__name__)
    if got.dtype.kind == "b":
        return finding("mask_returned", array, what=what)
    return None
