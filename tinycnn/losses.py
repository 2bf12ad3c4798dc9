"""Losses: one number for how wrong the predictions are, and its gradient.

Each loss is a function of (y_true, y_pred) that returns (loss, gradient), the loss as
a Python float computed in float64, the gradient d loss / d y_pred in y_pred's dtype.
The cross-entropies take *logits*, the numbers before the last Sigmoid or Softmax:
there the gradient is simply ``p - y``, and nothing can overflow or go flat.
"""

from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from tinycnn.keras.arrays import LossAndGradient
from tinycnn.keras.names import NO_DERIVATIVE, other_names
from tinycnn.shapes import Array, number, yes_or_no

EPSILON = 1e-7  # Keras's, of probabilities


class Loss:
    """What every loss promises.

    Attributes
    ----------
    name : str
        Keras's name for it.
    last_activation : str or None
        "sigmoid" or "softmax" if `__call__` takes the logits below such a last layer;
        None if it takes the model's output.
    from_logits : bool
        Whether the model may end without that layer, so that its output are logits.
    label_smoothing : float
        How far labels are moved from 0 and 1 towards an even guess.
    """

    name = ""
    last_activation: str | None = None
    from_logits = False
    label_smoothing: float = 0.0

    def __call__(
        self, y_true: object, y_pred: Array, weights: Array | None = None
    ) -> tuple[float, Array]:
        """Return (loss, gradient): the mean over the batch, and d loss / d y_pred.

        Parameters
        ----------
        y_true : array-like
            The right answers of N photos.
        y_pred : ndarray of shape (N, K)
            Logits, or the output (see `last_activation`).
        weights : ndarray of shape (N,), optional
            Each photo's loss is multiplied by its weight; the mean still divides by N.

        Raises
        ------
        ValueError
            If `y_true` does not fit `y_pred`.
        """
        y_pred = np.asarray(y_pred)
        if y_pred.dtype.kind != "f":
            y_pred = y_pred.astype(np.float64)
        as_keras = partial(self._as_keras, y_true, y_pred)
        y_true = self.targets(y_true, y_pred)
        if weights is None:
            weights = np.ones(len(y_pred))
        loss, gradient = self.per_photo(y_true, y_pred.astype(np.float64))
        column = weights.reshape(-1, *[1] * (y_pred.ndim - 1))
        gradient = gradient * column / len(y_pred)
        mean, gradient = float(np.mean(loss * weights)), gradient.astype(y_pred.dtype)
        return LossAndGradient(mean, gradient, as_keras)

    def _as_keras(self, y_true: object, y_pred: Array) -> float:
        """Return the loss of probabilities, where Keras's loss takes them."""
        takes_output = self.from_logits or not self.last_activation
        loss = self if takes_output else OfProbabilities(self)
        return loss(y_true, y_pred)[0]

    def targets(self, y_true: object, y_pred: Array) -> Array:
        """Return `y_true` as float64 in the shape of `y_pred`."""
        y = self._numbers(y_true)
        if y.size != y_pred.size or y.shape[:1] != y_pred.shape[:1]:
            are_numbers = y.ndim and y.size == len(y) == len(y_pred)
            raise ValueError(
                f"{self.name}: y_true should have the shape of the output, "
                f"{y_pred.shape}, got {y.shape}"
                + ("; utils.to_categorical(y) makes rows" if are_numbers else "")
            )
        return y.reshape(y_pred.shape)

    def _numbers(self, y_true: object) -> Array:
        """Return the right answers as float64."""
        try:
            return np.asarray(y_true, dtype=np.float64)
        except (TypeError, ValueError):
            raise ValueError(
                f"{self.name}: labels should be numbers, 0 for the first class, got "
                f"{np.asarray(y_true, dtype=object).ravel()[:1].tolist()}"
            ) from None

    def per_photo(self, y: Array, y_pred: Array) -> tuple[Array, Array]:
        """Return (loss of each photo (N,), d that / d y_pred (N, K))."""
        raise NotImplementedError(f"{type(self).__name__} should define per_photo")

    def config(self) -> dict[str, Any]:
        """Return the arguments of ``__init__`` that are not the default, as JSON."""
        config: dict[str, Any] = {"from_logits": True} if self.from_logits else {}
        if self.label_smoothing:
            config["label_smoothing"] = self.label_smoothing
        return config

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}={n}" for name, n in self.config().items())
        return f"{type(self).__name__}({arguments})"


class Crossentropy(Loss):
    """What the cross-entropies have in common.

    Parameters
    ----------
    from_logits : bool, default False
        The model ends without Sigmoid or Softmax, and `predict` returns logits.
    label_smoothing : float, default 0
        Share of each label that is spread evenly: 1 becomes 1 - s + s / K, with K
        classes (2 for yes or no).
    reduction, axis, name
        Keras's words; only values that change nothing are accepted.

    References
    ----------
    Szegedy et al., "Rethinking the Inception architecture", CVPR 2016, section 7 (label
    smoothing).
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: object = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        if axis != -1 or reduction not in ("sum_over_batch_size", "auto", None):
            raise ValueError(
                f"{type(self).__name__} is the mean over the batch, classes on the "
                f"last axis, got axis={axis!r}, reduction={reduction!r}"
            )
        self.from_logits: bool = yes_or_no(from_logits, "from_logits")
        self.label_smoothing: float = number(
            label_smoothing, "label_smoothing", least=0
        )


class BinaryCrossentropy(Crossentropy):
    """The cross-entropy of yes-or-no labels, from logits.

    Notes
    -----
    With logit z, p = sigmoid(z) and y in 0..1, per output::

        loss = -y log(p) - (1 - y) log(1 - p) = max(z, 0) - z y + log(1 + exp(-|z|))
        dz   = p - y

    then the mean over the outputs of a photo, and over the batch. The form on the
    right is finite for every z; ``log(p)`` itself fails as soon as p rounds to 0 or 1,
    and clipping p, as frameworks did, makes the gradient 0 just where the answer is
    most wrong.

    References
    ----------
    Goodfellow, Bengio and Courville, "Deep Learning", 2016, section 6.2.2.2.

    Examples
    --------
    >>> loss, dz = BinaryCrossentropy()([1, 0], np.array([[0.0], [0.0]]))
    >>> round(loss, 4), dz.tolist()  # ln 2: as good as a coin
    (0.6931, [[-0.25], [0.25]])
    """

    name = "binary_crossentropy"
    last_activation: str | None = "sigmoid"

    def targets(self, y_true: object, y_pred: Array) -> Array:
        """Return `y_true` as float64 in the shape of `y_pred`, all in 0..1."""
        y = super().targets(y_true, y_pred)
        if (wrong := ~((y >= 0) & (y <= 1))).any():
            raise ValueError(
                f"{self.name}: labels should be 0 or 1, got "
                f"{y[wrong][0]:g}; for three classes or more end the model "
                "with Dense(classes, activation='softmax') and use "
                "'categorical_crossentropy'"
            )
        return y * (1 - self.label_smoothing) + self.label_smoothing / 2

    def per_photo(self, y: Array, y_pred: Array) -> tuple[Array, Array]:
        """Return (loss of each photo (N,), dz (N, K))."""
        z, e = y_pred, np.exp(-np.abs(y_pred))
        loss = np.maximum(z, 0) - z * y + np.log1p(e)
        p = np.where(z >= 0, 1, e) / (1 + e)
        return loss.mean(axis=-1), (p - y) / z.shape[-1]


class CategoricalCrossentropy(Crossentropy):
    """The cross-entropy of one class among several, from logits.

    The labels are numbers 0..K-1 or rows with a single 1 ("one-hot").

    Notes
    -----
    With logits z, p = softmax(z), and y the one-hot row::

        loss = -sum over k of y[k] log(p[k])
             = log(sum over k of exp(z[k])) - sum over k of y[k] z[k]
        dz   = p - y

    The largest logit is subtracted from all first, so that no exp overflows.

    References
    ----------
    Goodfellow, Bengio and Courville, "Deep Learning", 2016, section 6.2.2.3.

    Examples
    --------
    >>> loss, dz = CategoricalCrossentropy()([2], np.zeros((1, 4)))
    >>> round(loss, 4), dz.tolist()  # ln 4: a guess among four
    (1.3863, [[0.25, 0.25, -0.75, 0.25]])
    """

    name = "categorical_crossentropy"
    last_activation: str | None = "softmax"

    def targets(self, y_true: object, y_pred: Array) -> Array:
        """Return the labels as one-hot rows, float64 of shape (N, K)."""
        y = self._numbers(y_true)
        classes = y_pred.shape[-1]
        if y.shape == y_pred.shape and classes > 1:
            if (y < 0).any() or not np.allclose(y.sum(axis=-1), 1, atol=1e-3):
                raise ValueError(
                    f"{self.name}: each row of one-hot labels should sum to 1"
                )
            return self._smooth(y)
        if classes == 1:
            raise ValueError(
                f"{self.name}: softmax over one output is always 1; for two classes "
                "use Dense(1, activation='sigmoid') and 'binary_crossentropy'"
            )
        if y.shape not in ((len(y_pred),), (len(y_pred), 1)):
            raise ValueError(
                f"{self.name}: labels should have shape ({len(y_pred)},) (numbers) or "
                f"{y_pred.shape} (one-hot), got {y.shape}"
            )
        labels = y.reshape(-1)
        wrong = (labels != np.floor(labels)) | (labels < 0) | (labels >= classes)
        if wrong.any():
            raise ValueError(
                f"{self.name}: labels should be whole numbers 0..{classes - 1}, one "
                f"for each of the {classes} outputs, got {labels[wrong][0]:g}"
            )
        return self._smooth(np.eye(classes)[labels.astype(np.intp)])

    def _smooth(self, y: Array) -> Array:
        """Return one-hot rows with their share of `label_smoothing` spread evenly."""
        share = self.label_smoothing
        return cast(Array, y * (1 - share) + share / y.shape[-1])

    def per_photo(self, y: Array, y_pred: Array) -> tuple[Array, Array]:
        """Return (loss of each photo (N,), dz (N, K))."""
        z = y_pred - y_pred.max(axis=-1, keepdims=True)
        e = np.exp(z)
        total = e.sum(axis=-1, keepdims=True)
        loss = np.log(total[:, 0]) - (y * z).sum(axis=-1)
        return loss, e / total - y


class SparseCategoricalCrossentropy(CategoricalCrossentropy):
    """`CategoricalCrossentropy` under the name Keras has for labels as numbers."""

    name = "sparse_categorical_crossentropy"


class OfProbabilities(Loss):
    """A cross-entropy after the other one's activation, computed as Keras does.

    Yes or no for each output of a softmax, or one class among sigmoids: there p - y is
    not the derivative, so the loss reads the output p.

    Parameters
    ----------
    loss : Crossentropy

    Notes
    -----
    ``log(q)`` and ``log(1 - q)`` with q = p, or for one class q = p / S, where S is the
    sum of p; q is clipped to `EPSILON` .. 1 - `EPSILON`, beyond which nothing is
    learnt. With K outputs::

        yes or no:  dp = (q - y) / (q (1 - q)) / K
        one class:  dp = (g - sum over k of g[k] q[k]) / S,  g = -y / q
    """

    def __init__(self, loss: Loss) -> None:
        self.loss: Loss = loss
        self.name: str = loss.name

    def targets(self, y_true: object, y_pred: Array) -> Array:
        """Return the right answers as the cross-entropy takes them."""
        return self.loss.targets(y_true, y_pred)

    def per_photo(self, y: Array, y_pred: Array) -> tuple[Array, Array]:
        """Return (loss of each photo (N,), dp (N, K))."""
        is_yes_no = self.loss.last_activation == "sigmoid"
        total = 1.0 if is_yes_no else y_pred.sum(axis=-1, keepdims=True)
        share = y_pred / total
        q = np.clip(share, EPSILON, 1 - EPSILON)
        is_inside = q == share
        if is_yes_no:
            loss = -(y * np.log(q) + (1 - y) * np.log(1 - q)).mean(axis=-1)
            return loss, is_inside * (q - y) / (q * (1 - q)) / y.shape[-1]
        g = -y / q * is_inside
        inner = (g * share).sum(axis=-1, keepdims=True)
        return -(y * np.log(q)).sum(axis=-1), (g - inner) / total


class MeanSquaredError(Loss):
    """The mean of the squared differences, from the model's output.

    Notes
    -----
    ``loss = mean over k of (y_pred[k] - y[k])**2``, ``d = 2 (y_pred - y) / K``.

    Examples
    --------
    >>> loss, d = MeanSquaredError()([[0.0, 1.0]], np.array([[0.0, 3.0]]))
    >>> loss, d.tolist()
    (2.0, [[0.0, 2.0]])
    """

    name = "mean_squared_error"

    def per_photo(self, y: Array, y_pred: Array) -> tuple[Array, Array]:
        """Return (loss of each photo (N,), d that / d output (N, K))."""
        difference = (y_pred - y).reshape(len(y_pred), -1)
        loss: Array = (difference**2).mean(axis=-1)
        gradient = 2 * difference / difference.shape[1]
        return loss, gradient.reshape(y_pred.shape)


class MeanAbsoluteError(Loss):
    """The mean of the differences' sizes, from the model's output.

    Notes
    -----
    ``loss = mean over k of |y_pred[k] - y[k]|``, ``d = ±1 / K`` with the sign of
    y_pred - y; at no difference, where the slope jumps from -1 to 1, d is 0.

    Examples
    --------
    >>> loss, d = MeanAbsoluteError()([[0.0, 1.0]], np.array([[0.0, 3.0]]))
    >>> loss, d.tolist()
    (1.0, [[0.0, 0.5]])
    """

    name = "mean_absolute_error"

    def per_photo(self, y: Array, y_pred: Array) -> tuple[Array, Array]:
        """Return (loss of each photo (N,), d that / d output (N, K))."""
        difference = (y_pred - y).reshape(len(y_pred), -1)
        loss: Array = np.abs(difference).mean(axis=-1)
        gradient = np.sign(difference) / difference.shape[1]
        return loss, gradient.reshape(y_pred.shape)


LOSSES: dict[str, type[Loss]] = {
    loss.name: loss
    for loss in (
        BinaryCrossentropy,
        CategoricalCrossentropy,
        SparseCategoricalCrossentropy,
        MeanSquaredError,
        MeanAbsoluteError,
    )
}
_SHORT = {"mse": "mean_squared_error", "mae": "mean_absolute_error"}


def get(loss: object) -> Loss:
    """Return the loss for a name, or the object itself if it is one already.

    Raises
    ------
    ValueError
        If the name is unknown.
    """
    if isinstance(loss, Loss):
        return loss
    if isinstance(loss, type) and issubclass(loss, Loss):
        return loss()
    loss = getattr(loss, "spelling", loss)  # a function that stands for its name
    if isinstance(loss, (list, tuple)) and len(loss) == 1:
        return get(loss[0])
    if isinstance(loss, str) and _SHORT.get(loss, loss) in LOSSES:
        return LOSSES[_SHORT.get(loss, loss)]()
    known: list[Any] = [*LOSSES, *_SHORT]
    got = f"{loss!r}{NO_DERIVATIVE if callable(loss) else ''}"
    raise ValueError(f"loss should be one of {', '.join(known)}, got {got}")


if not TYPE_CHECKING:  # else every misspelt name would look right to mypy
    __getattr__ = other_names(__name__)
