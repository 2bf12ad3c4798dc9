"""The metrics that `compile` takes: classes, and Keras's names for them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from tinycnn.keras.arrays import ready
from tinycnn.metrics.curves import AreaUnderCurve
from tinycnn.metrics.evaluation import accuracy, predicted_labels, true_labels
from tinycnn.metrics.tally import Ratio, Tally
from tinycnn.shapes import Array, whole_number


class Metric:
    """A figure that `compile(metrics=[...])` reports for each epoch.

    Parameters
    ----------
    name : str, optional
        The key in the history; by default Keras's.
    dtype : object, optional
        Keras's word; it changes nothing here.

    Attributes
    ----------
    takes_probabilities : bool
        Whether `measure` should be given probabilities also where the model gives
        logits.
    is_plain : bool
        Whether the name alone says which metric it is, so that a file can name it.
    """

    default_name = ""
    takes_probabilities = False
    _tally: Any = None

    def __init__(self, name: str | None = None, dtype: object = None) -> None:
        self.name: str = name or self.default_name

    @property
    def is_plain(self) -> bool:
        """Whether `as_metrics` makes the same metric from the name alone."""
        made = METRICS.get(self.name)
        return made is type(self) and vars(made(name=self.name)) == vars(self)

    def measure(
        self, y_true: ArrayLike, y_pred: Array, threshold: float, yes_no: bool
    ) -> float:
        """Return the metric of a batch.

        Parameters
        ----------
        y_true : array-like
            Labels (N,), one-hot rows (N, K), or what the loss takes.
        y_pred : ndarray of shape (N, K)
            The model's output.
        threshold : float
            Above it an output says yes.
        yes_no : bool
            Whether each output answers a question of its own (sigmoids).
        """
        raise NotImplementedError(f"{type(self).__name__} should define measure")

    def __call__(self, y_true: ArrayLike, y_pred: ArrayLike) -> float:
        """Return the metric of labels and probabilities."""
        return self.measure(y_true, np.asarray(y_pred), 0.5, False)

    def update_state(self, y_true: ArrayLike, y_pred: ArrayLike) -> None:
        """Count the answers for a batch in; `result` is that of all batches so far."""
        value: Any = self(y_true, y_pred)
        count = len(np.asarray(y_pred))
        tally = value if isinstance(value, Tally) else Ratio((value * count, count))
        self._tally = tally.plus(self._tally)

    def result(self) -> Any:
        """Return the metric of all batches since the last `reset_state`."""
        return ready(np.float32(0 if self._tally is None else float(self._tally)))

    def reset_state(self) -> None:
        """Forget the batches so far."""
        vars(self).pop("_tally", None)

    reset_states = reset_state

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name!r})"


class Accuracy(Metric):
    """The share of right answers: per photo, or per output if each says yes or no."""

    default_name = "accuracy"

    def measure(
        self, y_true: ArrayLike, y_pred: Array, threshold: float, yes_no: bool
    ) -> float:
        """Return the accuracy of a batch; see `Metric.measure`."""
        if yes_no and y_pred.shape[-1] > 1:
            return float(np.mean((y_pred > threshold) == (rows(y_true, y_pred) > 0.5)))
        return accuracy(y_true, y_pred, threshold)


class BinaryAccuracy(Metric):
    """The share of outputs on the right side of the threshold.

    Parameters
    ----------
    name, dtype
        See `Metric`.
    threshold : float, optional
        By default the model's, 0.5 (0 for logits).
    """

    default_name = "binary_accuracy"

    def __init__(
        self,
        name: str | None = None,
        dtype: object = None,
        threshold: float | None = None,
    ) -> None:
        super().__init__(name, dtype)
        self.threshold = threshold

    def measure(
        self, y_true: ArrayLike, y_pred: Array, threshold: float, yes_no: bool
    ) -> float:
        """Return the accuracy of a batch; see `Metric.measure`."""
        above = y_pred > (threshold if self.threshold is None else self.threshold)
        return float(np.mean(above == (rows(y_true, y_pred) > 0.5)))


class CategoricalAccuracy(Metric):
    """The share of photos whose largest output is that of their class."""

    default_name = "categorical_accuracy"

    def measure(
        self, y_true: ArrayLike, y_pred: Array, threshold: float, yes_no: bool
    ) -> float:
        """Return the accuracy of a batch; see `Metric.measure`."""
        return float(
            np.mean(true_labels(y_true) == predicted_labels(y_pred, threshold))
        )


class SparseCategoricalAccuracy(CategoricalAccuracy):
    """`CategoricalAccuracy` under the name Keras has for labels as numbers."""

    default_name = "sparse_categorical_accuracy"


class MeanSquaredError(Metric):
    """The mean of the squared differences."""

    default_name = "mean_squared_error"

    def measure(
        self, y_true: ArrayLike, y_pred: Array, threshold: float, yes_no: bool
    ) -> float:
        """Return the mean over a batch; see `Metric.measure`."""
        return float(np.mean((y_pred - rows(y_true, y_pred)) ** 2))


class MeanAbsoluteError(Metric):
    """The mean of the differences' sizes."""

    default_name = "mean_absolute_error"

    def measure(
        self, y_true: ArrayLike, y_pred: Array, threshold: float, yes_no: bool
    ) -> float:
        """Return the mean over a batch; see `Metric.measure`."""
        return float(np.mean(np.abs(y_pred - rows(y_true, y_pred))))


class Precision(Metric):
    """Of the outputs that say yes, the share that is right.

    Parameters
    ----------
    thresholds : float, optional
        By default the model's, 0.5 (0 for logits).
    name, dtype
        See `Metric`.
    """

    default_name = "precision"

    def __init__(
        self,
        thresholds: float | None = None,
        name: str | None = None,
        dtype: object = None,
    ) -> None:
        super().__init__(name, dtype)
        self.threshold: float | None = None if thresholds is None else float(thresholds)

    def measure(
        self, y_true: ArrayLike, y_pred: Array, threshold: float, yes_no: bool
    ) -> float:
        """Return the ratio of a batch; see `Metric.measure`."""
        yes = y_pred > (threshold if self.threshold is None else self.threshold)
        true = rows(y_true, y_pred) > 0.5
        return Ratio((np.sum(yes & true), np.sum(self.of(yes, true))))

    @staticmethod
    def of(yes: Any, true: Any) -> Any:
        """Return the outputs that make up the whole."""
        return yes


class Recall(Precision):
    """Of the outputs that should say yes, the share that does."""

    default_name = "recall"

    @staticmethod
    def of(yes: Any, true: Any) -> Any:
        """Return the outputs that make up the whole."""
        return true


class AUC(Metric):
    """The area under the ROC curve: 1 if all yes answers are above all no answers.

    It is the probability that a random yes gets a higher output than a random no; 0.5
    is guessing.

    Parameters
    ----------
    num_thresholds : int, default 200
        Steps of the curve, as in Keras: the area is that of the steps.
    name, dtype
        See `Metric`.

    References
    ----------
    Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27, 2006.
    """

    default_name = "auc"
    takes_probabilities = True

    def __init__(
        self, num_thresholds: int = 200, name: str | None = None, dtype: object = None
    ) -> None:
        super().__init__(name, dtype)
        self.num_thresholds: int = whole_number(num_thresholds, "num_thresholds", 2)

    def measure(
        self, y_true: ArrayLike, y_pred: Array, threshold: float, yes_no: bool
    ) -> float:
        """Return the area of a batch; see `Metric.measure`."""
        true = rows(y_true, y_pred) > 0.5
        return AreaUnderCurve.of(true, y_pred, self.num_thresholds)


class TopKCategoricalAccuracy(Metric):
    """The share of photos whose class is among the k largest outputs.

    Parameters
    ----------
    k : int, default 5
    name, dtype
        See `Metric`.
    """

    default_name = "top_k_categorical_accuracy"

    def __init__(self, k: int = 5, name: str | None = None, dtype: object = None):
        super().__init__(name, dtype)
        self.k: int = whole_number(k, "k")

    def measure(
        self, y_true: ArrayLike, y_pred: Array, threshold: float, yes_no: bool
    ) -> float:
        """Return the accuracy of a batch; see `Metric.measure`."""
        labels = true_labels(y_true)
        theirs = y_pred[np.arange(len(labels)), labels][:, np.newaxis]
        return float(np.mean(np.sum(y_pred > theirs, axis=-1) < self.k))


class Own(Metric):
    """A function of the user's: the mean of f(y_true, y_pred) over a batch."""

    def __init__(self, function: Callable[[Any, Array], Any]) -> None:
        super().__init__(getattr(function, "__name__", type(function).__name__))
        self.function = function

    def measure(
        self, y_true: ArrayLike, y_pred: Array, threshold: float, yes_no: bool
    ) -> float:
        """Return the mean over a batch; see `Metric.measure`."""
        y = np.asarray(y_true)
        y = y.reshape(y_pred.shape) if y.size == y_pred.size else y
        return float(np.mean(self.function(y, y_pred)))


METRICS: dict[str, type[Metric]] = {
    "accuracy": Accuracy,
    "acc": Accuracy,
    "binary_accuracy": BinaryAccuracy,
    "categorical_accuracy": CategoricalAccuracy,
    "sparse_categorical_accuracy": SparseCategoricalAccuracy,
    "mean_squared_error": MeanSquaredError,
    "mse": MeanSquaredError,
    "mean_absolute_error": MeanAbsoluteError,
    "mae": MeanAbsoluteError,
    "precision": Precision,
    "recall": Recall,
    "auc": AUC,
    "top_k_categorical_accuracy": TopKCategoricalAccuracy,
}
_DEFAULT_NAMES = {kind.__name__: kind.default_name for kind in METRICS.values()}
binary_accuracy: BinaryAccuracy = BinaryAccuracy()
categorical_accuracy: CategoricalAccuracy = CategoricalAccuracy()
sparse_categorical_accuracy: SparseCategoricalAccuracy = SparseCategoricalAccuracy()


def rows(y_true: ArrayLike, y_pred: Array) -> Array:
    """Return the right answers in the shape of the output; labels become one-hot."""
    y = np.asarray(y_true)
    if y.size == y_pred.size:
        return y.reshape(y_pred.shape)
    return np.eye(y_pred.shape[-1])[true_labels(y)]


def as_metrics(metrics: object) -> list[Metric]:
    """Return the metrics of `compile`, each under the name that it was given.

    Raises
    ------
    ValueError
        If a metric is unknown.
    """
    if metrics is None:
        return []
    found = list(metrics) if isinstance(metrics, (list, tuple)) else [metrics]
    return [_metric(one) for one in found]


def _metric(one: object) -> Metric:
    if isinstance(one, Metric):
        return one
    if isinstance(one, type) and issubclass(one, Metric):
        return one()
    if isinstance(one, str):
        name = one if one in METRICS else one.lower()
        name = _DEFAULT_NAMES.get(one, name)
        if name in METRICS:
            return METRICS[name](name=name)
    elif callable(one):
        return Own(one)
    raise ValueError(
        f"metrics should be some of {', '.join(METRICS)}, got {one!r}; others can be "
        "computed from model.predict(x), or by a function of (y_true, y_pred) in NumPy"
    )
