"""What comes back at all? A forgotten return, a list for an array."""

import copy
from typing import Any

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.layers import Layer
from tinycnn.randomness import rng_for
from tinycnn.shapes import Shape


def diagnose_returned(
    layer: Layer, input_shape: Shape, *, backward: bool
) -> list[Finding]:
    """Return what of a layer is no array, or not finite: nothing, if all is well.

    Parameters
    ----------
    layer : Layer
        Not touched: a copy is built, in float64.
    input_shape : tuple of int
        Without the batch axis.
    backward : bool
        Whether to go back as well: dx and `grads`, and not y alone.

    Notes
    -----
    What stops the layer itself with an error is passed on.

    Examples
    --------
    >>> class Forgets(Layer):
    ...     def forward(self, x, training=False):
    ...         y = 2 * x
    >>> diagnose_returned(Forgets(), (4,), backward=False)[0].sentence
    'forward returns nothing (None).'
    """
    layer, rng = copy.deepcopy(layer), rng_for(0, "check")
    layer.build(input_shape, rng, np.float64)
    x = rng.standard_normal((5, *input_shape))
    low, high = x.min(), x.max()
    y = layer.forward(x)
    if no_array("forward", y):
        return _listed(no_array("forward", y))
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        return [finding("y_not_finite", "y", low=low, high=high)]
    if not backward:
        return []
    dx = layer.backward(rng.standard_normal(y.shape))
    if not isinstance(layer.grads, dict):
        got = type(layer.grads).__name__
        return [finding("no_dict", got=got)]
    grads = {
        name: grad for name, grad in layer.grads.items() if grad is not None
    }  # None is a missing gradient
    return _listed(
        no_array("backward", dx),
        *(no_array(f'self.grads["{name}"]', grad) for name, grad in grads.items()),
    )


def no_array(what: str, got: Any) -> Finding | None:
    """Return the finding of what is no array of numbers, or None if it is one."""
    array = "y" if what == "forward" else ""
    if got is None:
        return finding("nothing_returned", array, what=what)
    what = what if "[" in what else f"What {what} returns"
    if not isinstance(got, (np.ndarray, np.generic)):
        return finding("no_array", array, what=what, got=type(got).__name__)
    if got.dtype.kind == "b":
        return finding("mask_returned", array, what=what)
    return None


def _listed(*found: Finding | None) -> list[Finding]:
    return [one for one in found if one is not None]
