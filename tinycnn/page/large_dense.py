"""What one photo needs of Dense layers that are too large for a page.

The tutorial's has 3.9 million weights. For one photo the network after the cells is,
as long as it is piecewise linear, one weighted sum for each logit,

    logit = sum over k of cell[k] * G[k] + c

with G = d logit / d cell and c the share of the biases. So the page gets G for the
leading logits (one number per cell) in place of the weights (128 per cell).
"""

from typing import Any

import numpy as np

from tinycnn.models.network import Network
from tinycnn.page.packing import Packed, packed
from tinycnn.shapes import Array

TERMS = 8
UNITS_WITH_TERMS = 256


def large_layers(
    network: Network,
    places: list[int],
    activations: list[Array],
    end: int,
    leading: list[int],
) -> dict[str, Any]:
    """Return, by its place as text, what each large layer gives for this photo.

    The network is in float64, and `places` are those of its large layers. With the
    photo as ``activations[0]``, each layer's output follows: ``activations[end]`` are
    the logits, and G is computed for the `leading` ones.
    """
    # One row for each leading logit, and one for all weighted by their answers: the
    # backward view starts at p - y, and y is 1 for one class only.
    logits, answers = activations[end].ravel(), activations[-1].ravel()
    seeds = np.zeros((len(leading) + 1, logits.size))
    seeds[np.arange(len(leading)), leading] = 1
    seeds[-1] = answers
    x = np.repeat(activations[places[0]], len(seeds), axis=0)
    part = network.part(places[0], end)
    y_shape = part.activations(x)[-1].shape
    gradients = dict(enumerate(part.gradients(seeds.reshape(y_shape)), places[0]))
    part.forget()
    large = {}
    for place in reversed(range(places[0], end)):
        dx, dy = gradients[place], gradients[place + 1]
        if place in places:
            cells, y = activations[place].ravel(), activations[place + 1].ravel()
            rows = dx[:-1]
            kernel = network.layers[place].params["kernel"]
            large[str(place)] = {
                "outputs": packed(y, "float64"),
                "gradients": [packed(row) for row in rows],
                "mean": packed(dx[-1]) if len(rows) < logits.size else None,
                "shares": (logits[leading] - rows @ cells).tolist(),
                "terms": {
                    str(unit): strongest_terms(cells, kernel[:, unit])
                    for unit in most_heard(y, dy[0])
                },
            }
    return large


def most_heard(y: Array, dy: Array) -> list[int]:
    """Return the units with the largest share in the logit, at most 256 of them."""
    order = np.argsort(-np.abs(y * dy), kind="stable")
    return sorted(order[:UNITS_WITH_TERMS].tolist())


def strongest_terms(x: Array, weights: Array) -> dict[str, Packed]:
    """Return the places and weights of the largest products of a unit's sum."""
    sizes = np.abs(x * weights)
    # Of thirty thousand, only those as large as the last one shown need sorting.
    least = np.partition(sizes, -TERMS)[-TERMS] if sizes.size > TERMS else 0
    candidates = np.flatnonzero(sizes >= least)
    order = np.argsort(-sizes[candidates], kind="stable")
    places = candidates[order[:TERMS]]
    return {"places": packed(places, "int32"), "weights": packed(weights[places])}
