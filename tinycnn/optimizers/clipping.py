"""Clipping: gradients that are too large are made smaller before the step."""

import math

import numpy as np

from tinycnn.shapes import Array

WAYS = ("clipnorm", "global_clipnorm", "clipvalue")


def clipped(grads: dict[str, Array], way: str, limit: float) -> dict[str, Array]:
    """Return the gradients, none larger than a limit; the arrays given stay.

    Parameters
    ----------
    grads : dict of str to ndarray
    way : {"clipnorm", "global_clipnorm", "clipvalue"}
        What is limited: the length of each array, that of all arrays as one, or each
        number by itself.
    limit : float

    Notes
    -----
    The length is ``norm = sqrt(sum of grad**2)``::

        clipnorm         grad * limit / max(norm, limit)
        global_clipnorm  the same, with the norm of all arrays together
        clipvalue        min(max(grad, -limit), limit)

    A clipped length keeps the direction, a clipped value does not.

    References
    ----------
    Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural
    networks", ICML 2013.

    Examples
    --------
    >>> short = clipped({"bias": np.array([3.0, 4.0])}, "clipnorm", 1.0)
    >>> short["bias"].round(6).tolist()
    [0.6, 0.8]
    """
    if way == "clipvalue":
        return {name: np.clip(grad, -limit, limit) for name, grad in grads.items()}
    norms = {name: _norm(grad) for name, grad in grads.items()}
    if way == "global_clipnorm":
        norms = dict.fromkeys(grads, math.hypot(*norms.values()))
    return {
        name: grad * (limit / max(norms[name], limit)) for name, grad in grads.items()
    }


def _norm(grad: Array) -> float:
    return math.sqrt(np.sum(np.square(grad), dtype=np.float64))
