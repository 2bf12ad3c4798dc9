"""One step of learning: forward, loss, backward, update. And one of judging."""

import math
from typing import Any

import numpy as np

from tinycnn import metrics
from tinycnn.layers import ACTIVATIONS, Layer
from tinycnn.losses import Loss
from tinycnn.models.loop import DivergedError
from tinycnn.models.network import Network
from tinycnn.models.tiles import Pass
from tinycnn.optimizers import Optimizer
from tinycnn.parallel import blas
from tinycnn.shapes import Array

# Logits of this size are certain to e**1000000, and in training always wrong. A
# squared error may be as large with good reason, if its targets are.
HUGE = 1_000_000.0


def learn(
    network: Network,
    optimizer: Optimizer,
    loss: Loss,
    x: Array,
    y: Any,
    weights: Array | None = None,
) -> tuple[float, Array]:
    """Make one update; return (loss, output) from before it.

    Parameters
    ----------
    x : ndarray of shape (N, H, W, C)
    y : array-like
        The right answers, as the loss takes them.
    weights : ndarray of shape (N,), optional
        Factor of each photo's loss.

    Raises
    ------
    DivergedError
        If the loss shows that nothing can be learnt any more; nothing is updated.
    """
    for layer in network.layers:
        layer.step = optimizer.t
    *below, last = network.layers
    way = Pass(below, training=True)
    # What overflows is reported by DivergedError, with its place, not by NumPy.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"), blas.one_thread:
        logits = way.forward(x)
        y_pred = last.forward(logits, training=True)
        if loss.last_activation:
            value, dlogits = loss(y, logits, weights)
        else:
            value, dy = loss(y, y_pred, weights)
            dlogits = last.backward(dy)
        way.backward(dlogits)
        refuse_diverged(network, optimizer, loss, x, value)
        optimizer.update(network.params, network.grads)
    return value, y_pred


def judge(network: Network, loss: Loss, x: Array, y: Any) -> tuple[float, Array]:
    """Return (loss, output) of a batch, learning nothing."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        logits, y_pred = network.infer(x)
        value, _ = loss(y, logits if loss.last_activation else y_pred)
    return value, y_pred


def check_last_layer(layers: list[Layer], loss: Loss) -> None:
    """Raise unless the loss finds its logits below the last layer.

    Raises
    ------
    ValueError
        If a cross-entropy meets another last layer than its own.
    """
    wanted = loss.last_activation
    if wanted and not isinstance(layers[-1], ACTIVATIONS[wanted]):
        raise ValueError(
            f"{loss.name} works on logits and needs a last layer with "
            f"activation='{wanted}', got {layers[-1]!r} at the end"
        )


def photo_weights(y: Any, class_weight: dict[int, float] | None) -> Array | None:
    """Return each photo's weight from its class.

    Raises
    ------
    ValueError
        If a class has no weight.
    """
    if class_weight is None:
        return None
    if not isinstance(class_weight, dict):
        raise ValueError(
            f"class_weight should be a dict, label -> weight, got {class_weight!r}"
        )
    labels = metrics.true_labels(y)
    missing = sorted(set(labels.tolist()) - set(class_weight))
    if missing:
        raise ValueError(
            f"class_weight should have a weight for every label, none for {missing}"
        )
    return np.array([class_weight[int(label)] for label in labels], np.float64)


def refuse_diverged(
    network: Network, optimizer: Optimizer, loss: Loss, x: Array, value: float
) -> None:
    """Raise if a batch's loss shows that the training has gone wrong.

    Raises
    ------
    DivergedError
        If the loss is NaN or infinite, or a cross-entropy of more than `HUGE`.
    """
    if value <= HUGE or (math.isfinite(value) and not loss.last_activation):
        return
    if not np.isfinite(x).all():
        raise DivergedError(
            f"the loss is {value}: the photos of this batch hold NaN or infinity"
        )
    limit, words = HUGE, f"grow beyond {HUGE:,.0f} first"
    if not math.isfinite(value):
        limit, words = math.inf, "stop being finite"
    where = "in the loss"
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for place, layer in enumerate(network.layers):
            x = layer.forward(x, training=True)
            if not np.abs(x).max() < limit:
                where = f"in layer {place} ({type(layer).__name__})"
                break
    raise DivergedError(
        f"the loss is {value:.3g}; numbers {words} {where}; "
        f"try a smaller learning_rate than {optimizer.learning_rate:g}"
    )
