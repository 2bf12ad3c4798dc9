"""One step of learning: forward, loss, backward, update. And the evaluation of a batch.

The loss of a batch includes the penalty of the weights, if a layer has a regulariser.
The cross-entropies read the logits, the numbers before the last sigmoid or softmax. So
a step runs the network up to the logits, and starts backward there.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinycnn import metrics
from tinycnn.batches import Batch
from tinycnn.callbacks import Logs
from tinycnn.keras.words import say_once
from tinycnn.layers import Layer, Sigmoid, Softmax
from tinycnn.losses import Loss, OfProbabilities
from tinycnn.models.inputs import warn_of_range, widened
from tinycnn.models.network import Network
from tinycnn.optimizers import Optimizer
from tinycnn.shapes import Array, Shape
from tinycnn.text import warn

# A cross-entropy, or a number of a layer, is larger than this only when training has
# diverged. A squared error may be as large with good reason, if its targets are.
HUGE = 1_000_000.0


class DivergedError(ArithmeticError):
    """The loss is not finite, or so large that nothing can be learnt from it.

    Attributes
    ----------
    epoch, step : int
        Where, counted from 1; step 0 is the validation after the epoch.
    """

    def __init__(self, message: str, epoch: int = 0, step: int = 0) -> None:
        super().__init__(message)
        self.epoch: int = epoch
        self.step: int = step


@dataclass
class Compiled:
    """What `Sequential.compile` chose: how to learn, and what to report."""

    optimizer: Optimizer
    loss: Loss
    metrics: list[metrics.Metric]
    threshold: float

    def logs(self, loss: float, y: Any, y_pred: Array, is_logits: bool) -> Logs:
        """Return the loss, and the metrics, of a batch."""
        logs, threshold = {"loss": loss}, self.threshold
        if is_logits:
            # sigmoid(z) is above the threshold exactly where z is above its logit.
            threshold = math.log(threshold / (1 - threshold))
        yes_no = self.loss.last_activation == "sigmoid"
        for metric in self.metrics:
            answers = y_pred
            if is_logits and metric.takes_probabilities:
                answers = _activation_for(self.loss)(y_pred)
            logs[metric.name] = metric.measure(y, answers, threshold, yes_no)
        return logs


def learn(
    network: Network,
    optimizer: Optimizer,
    loss: Loss,
    x: Array,
    y: Any,
    weights: Array | None = None,
) -> tuple[float, Array]:
    """Make one update; return (loss, output) from before it.

    Nothing is updated if the loss shows that training has diverged: DivergedError.

    Parameters
    ----------
    x : ndarray of shape (N, H, W, C)
    y : array-like
        The right answers, as the loss takes them.
    weights : ndarray of shape (N,), optional
        Factor of each photo's loss.
    """
    # The cross-entropies start at the logits: there dz = p - y, and nothing overflows.
    up_to_logits, activation = split_at_logits(network, loss)
    for layer in network.layers:
        layer.step = optimizer.t  # what Dropout drops is a function of (seed, step)
    # What overflows is reported by DivergedError, with its place, not by NumPy.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        z = up_to_logits.forward(x, training=True)
        value, dz = loss(y, z, weights)
        refuse_diverged(network, optimizer, loss, x, value)
        value += network.penalty()
        up_to_logits.backward(dz, skip_dx=True)
        network.add_penalty_gradients()
        optimizer.update(*network.trainable_arrays())
        network.constrain()
        return value, activation.forward(z) if activation else z


def train_on(
    network: Network,
    compiled: Compiled,
    batch: Batch,
    class_weight: dict[int, float] | None = None,
) -> Logs:
    """Learn from one batch; return its loss and metrics from before the update."""
    x, y = network.as_input(batch[0]), batch[1]
    if y is None:
        raise ValueError("learning needs y, the right answers; class_mode is None")
    network.input_range = widened(network.input_range, x)
    weights = photo_weights(y, class_weight)
    value, y_pred = learn(network, compiled.optimizer, compiled.loss, x, y, weights)
    return compiled.logs(value, y, y_pred, gives_logits(network, compiled.loss))


def evaluate_on(
    network: Network, compiled: Compiled, batch: Batch, is_training: bool = False
) -> Logs:
    """Return the loss and metrics of one batch; nothing is learnt, nothing kept.

    During a training run it may raise DivergedError, as in `learn`, but not because the
    loss is large: the running means of a batch normalisation are far off at first.
    """
    x, y, loss = network.as_input(batch[0]), batch[1], compiled.loss
    warn_of_range(x, network)
    up_to_logits, activation = split_at_logits(network, loss)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        z = up_to_logits.forward(x, keep=False)
        value, _ = loss(y, z)
        y_pred = activation.forward(z) if activation else z
    network.forget()
    if is_training and not math.isfinite(value):
        refuse_diverged(network, compiled.optimizer, loss, x, value)
    value += network.penalty()
    return compiled.logs(value, y, y_pred, gives_logits(network, loss))


def split_at_logits(network: Network, loss: Loss) -> tuple[Network, Layer | None]:
    """Return (the network whose output the loss reads, the activation after it)."""
    if loss.last_activation and not gives_logits(network, loss):
        return network.part(stop=-1), network.layers[-1]
    return network, None


def gives_logits(network: Network, loss: Loss | None) -> bool:
    """Return whether the network's output are logits: it ends without activation."""
    if loss is None or not loss.from_logits or not network.layers:
        return False
    return network.layers[-1].makes_probabilities is None


def with_probabilities(network: Network, loss: Loss | None) -> Network:
    """Return a float64 copy that answers with probabilities wherever it can.

    A network that gives logits has the activation that its loss applies to them added.
    """
    double = network.in_float64()
    if loss and gives_logits(network, loss):
        double.add(_activation_for(loss))
    return double


def as_probabilities(network: Network, loss: Loss | None, y_pred: Array) -> Array:
    """Return a network's outputs as probabilities, if they are logits."""
    if not loss or not gives_logits(network, loss):
        return y_pred
    return _activation_for(loss)(y_pred)


def _activation_for(loss: Loss) -> Layer:
    """Return the activation that the loss expects, for a network without it."""
    return Sigmoid() if loss.last_activation == "sigmoid" else Softmax()


def loss_after(layers: list[Layer], loss: Loss, shape: Shape | None = None) -> Loss:
    """Return the loss, or its form that takes probabilities in place of logits.

    Raises
    ------
    ValueError
        If a cross-entropy does not find probabilities at the end.
    """
    last, expected = layers[-1], loss.last_activation
    made, shape = last.makes_probabilities, shape or last.output_shape
    if not expected or made == expected or (loss.from_logits and not made):
        return loss
    if not made or loss.from_logits or shape == (1,):
        raise ValueError(
            f"{loss.name} works on logits and needs a last layer with "
            f"activation='{expected}', got {last!r} at the end"
        )
    return OfProbabilities(loss)


def say_if_unusual(layers: list[Layer], loss: Loss) -> None:
    """Say so if the loss does not go with the last layer as usual."""
    made = layers[-1].makes_probabilities
    if isinstance(loss_after(layers, loss), OfProbabilities):
        say_once(
            f"{loss.name} after {made} is computed as in Keras: usual is "
            + (
                "'categorical_crossentropy' after softmax"
                if made == "softmax"
                else "activation='softmax', which makes the probabilities sum to 1"
            )
        )
    elif loss.from_logits and made:
        warn(
            f"the model ends with {layers[-1]!r}, so from_logits=True changes nothing: "
            "the loss works on the logits below it"
        )


def photo_weights(y: Any, class_weight: dict[int, float] | None) -> Array | None:
    """Return each photo's weight from its class."""
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
    """Raise if a batch's loss shows that training has diverged."""
    # NaN is not <= anything, and not < anything: both tests let it through to the end.
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
        for place, y in enumerate(network.activations(x, training=True)[1:]):
            if not np.abs(y).max() < limit:
                where = f"in layer {place} ({type(network.layers[place]).__name__})"
                break
    raise DivergedError(
        f"the loss is {value:.3g}; numbers {words} {where}; "
        f"try a smaller learning_rate than {optimizer.learning_rate:g}"
    )
