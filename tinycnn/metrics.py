"""Metrics: how good the predictions are, and how precisely that is known."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinycnn.keras.names import other_names
from tinycnn.shapes import Array

if TYPE_CHECKING:
    from tinycnn.batches import Batches

# The normal distribution's 97.5 % point: 95 % lie within ± this many deviations.
Z_95 = 1.959963984540054


def predicted_labels(y_pred: Array, threshold: float = 0.5) -> NDArray[np.intp]:
    """Return the class number for each row of probabilities: (N, K) -> (N,).

    One output (K = 1) is the probability of class 1: the label is 1 if it is strictly
    above `threshold`. With several outputs the largest wins; at a tie the first.
    """
    y_pred = np.asarray(y_pred)
    if y_pred.ndim < 2 or y_pred.shape[-1] == 1:
        return (y_pred.reshape(-1) > threshold).astype(np.intp)
    return y_pred.argmax(axis=-1)


def answer_probabilities(y_pred: Array, labels: NDArray[np.intp]) -> Array:
    """Return the probability of each predicted label: (N, K) and (N,) -> (N,).

    Examples
    --------
    >>> answer_probabilities(np.array([[0.25], [0.75]]), np.array([0, 1])).tolist()
    [0.75, 0.75]
    """
    if y_pred.shape[-1] == 1:
        y_pred = np.concatenate([1 - y_pred, y_pred], axis=-1)
    return np.take_along_axis(y_pred, labels[:, np.newaxis], axis=-1)[:, 0]


def true_labels(y_true: ArrayLike) -> NDArray[np.intp]:
    """Return labels (N,) from labels (N,) or (N, 1) or from one-hot rows (N, K)."""
    y = np.asarray(y_true)
    if y.ndim < 2 or y.shape[-1] == 1:
        return y.reshape(-1).astype(np.intp)
    return y.argmax(axis=-1)


def accuracy(y_true: ArrayLike, y_pred: Array, threshold: float = 0.5) -> float:
    """Return the share of correct predictions, 0..1.

    Parameters
    ----------
    y_true : array-like
        Integer labels (N,) or one-hot rows (N, K); rows of 0 and 1 that do not sum to 1
        are K answers of yes or no, each of which counts.
    y_pred : ndarray of shape (N, K)
        Probabilities.
    threshold : float, default 0.5
        For yes or no; see `predicted_labels`.

    Raises
    ------
    ValueError
        If the arrays are empty or differ in length.

    Examples
    --------
    >>> accuracy([0, 1, 1], np.array([[0.2], [0.9], [0.5]]))  # 0.5 counts as class 0
    0.6666666666666666
    """
    if _are_several_answers(y_true, y_pred):
        return float(np.mean((y_pred > threshold) == (np.asarray(y_true) > 0.5)))
    truth, predicted = true_labels(y_true), predicted_labels(y_pred, threshold)
    if len(truth) != len(predicted) or not len(truth):
        raise ValueError(
            "accuracy needs as many labels as predictions, and at least one: got "
            f"{len(truth)} and {len(predicted)}"
        )
    return float(np.mean(truth == predicted))


def _are_several_answers(y_true: ArrayLike, y_pred: Array) -> bool:
    """Return whether the rows are several answers of yes or no, not one class."""
    y = np.asarray(y_true)
    if y.ndim < 2 or y.shape[-1] == 1 or y.shape != np.shape(y_pred):
        return False
    return not np.allclose(y.sum(axis=-1), 1, atol=1e-3)


def confusion_matrix(
    y_true: ArrayLike, y_answer: ArrayLike, class_count: int
) -> NDArray[np.intp]:
    """Return how often each class was predicted for each true class (the rows).

    Parameters
    ----------
    y_true, y_answer : array-like of int, shape (N,)
        True and predicted labels, 0..class_count-1.
    class_count : int
        Number of classes K.

    Returns
    -------
    ndarray of int, shape (K, K)
        Rows are true classes, columns predicted ones.

    Raises
    ------
    ValueError
        If a label is not one of the classes.

    Examples
    --------
    >>> confusion_matrix([0, 0, 1], [0, 1, 1], 2).tolist()
    [[1, 1], [0, 1]]
    """
    truth, predicted = np.asarray(y_true, np.intp), np.asarray(y_answer, np.intp)
    both = np.concatenate([truth.reshape(-1), predicted.reshape(-1)])
    if both.size and not (0 <= both.min() and both.max() < class_count):
        raise ValueError(
            f"labels should be 0..{class_count - 1}, got {both.min()}..{both.max()}"
        )
    matrix = np.zeros((class_count, class_count), np.intp)
    np.add.at(matrix, (truth, predicted), 1)
    return matrix


def wilson_interval(right: int, total: int) -> tuple[float, float]:
    """Return the 95 % confidence interval (low, high) of the accuracy.

    Thirty-three of 36 test photos are 91.7 %, but a different 36 photos would have
    given a different number. Wilson's interval is reliable near 0 and 1, too, and for
    small counts.

    Notes
    -----
    With p = right / total, n = total and z = 1.96::

        centre = (p + z²/2n) / (1 + z²/n)
        half   = z sqrt(p (1 - p) / n + z²/4n²) / (1 + z²/n)

    References
    ----------
    E. B. Wilson, "Probable inference, the law of succession, and statistical
    inference", JASA 22, 1927.

    Raises
    ------
    ValueError
        Unless 0 <= right <= total and total >= 1.

    Examples
    --------
    >>> [round(end, 3) for end in wilson_interval(33, 36)]
    [0.782, 0.971]
    """
    if not 0 <= right <= total or total < 1:
        raise ValueError(
            f"right should be 0..total, and total at least 1: got {right} of {total}"
        )
    p, n, zz = right / total, total, Z_95**2
    centre = (p + zz / (2 * n)) / (1 + zz / n)
    half = Z_95 * math.sqrt(p * (1 - p) / n + zz / (4 * n * n)) / (1 + zz / n)
    return max(0.0, centre - half), min(1.0, centre + half)


class Ratio(float):
    """A part of a whole, of which several batches make one ratio, not a mean."""

    whole: float

    def __new__(cls, part: float, whole: float) -> "Ratio":
        """Return part / whole; 0 if the whole is 0, as in Keras."""
        ratio = super().__new__(cls, part / whole if whole else 0.0)
        ratio.whole = whole
        return ratio


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
    is_plain : bool
        Whether the name alone says which metric it is, so that a file can name it.
    """

    default_name = ""

    def __init__(self, name: str | None = None, dtype: object = None) -> None:
        self.name = name or self.default_name

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
        self.threshold = None if thresholds is None else float(thresholds)

    def measure(
        self, y_true: ArrayLike, y_pred: Array, threshold: float, yes_no: bool
    ) -> float:
        """Return the ratio of a batch; see `Metric.measure`."""
        yes = y_pred > (threshold if self.threshold is None else self.threshold)
        true = rows(y_true, y_pred) > 0.5
        return Ratio(float(np.sum(yes & true)), float(np.sum(self.of(yes, true))))

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
}
_DEFAULT_NAMES = {kind.__name__: kind.default_name for kind in METRICS.values()}
binary_accuracy = BinaryAccuracy()
categorical_accuracy = CategoricalAccuracy()
sparse_categorical_accuracy = SparseCategoricalAccuracy()


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


def majority(train_labels: Any, test_labels: Any) -> float:
    """Return the accuracy of always predicting the most frequent training class.

    Examples
    --------
    >>> majority([0, 0, 1], [0, 1, 1, 1])
    0.25
    """
    most_frequent = np.bincount(np.asarray(train_labels, np.intp)).argmax()
    return float(np.mean(np.asarray(test_labels) == most_frequent))


def channel_means(source: "Batches") -> NDArray[np.float64]:
    """Return the mean of each colour channel of each photo: -> (N, C)."""
    return np.concatenate(
        [np.mean(x, axis=(1, 2), dtype=np.float64) for x, _ in source.in_order()]
    )


def mean_colour(
    train_means: Array, train_labels: Any, test_means: Array, test_labels: Any
) -> float:
    """Return the accuracy of predicting the class with the nearest mean colour.

    Parameters
    ----------
    train_means, test_means : ndarray of shape (N, C)
        The channel means of each photo.
    train_labels, test_labels : array-like of int, shape (N,)

    Examples
    --------
    >>> mean_colour(np.array([[0.0], [1.0]]), [0, 1], np.array([[0.2], [0.3]]), [0, 1])
    0.5
    """
    labels = np.asarray(train_labels)
    classes = np.unique(labels)
    centres = np.stack([train_means[labels == k].mean(axis=0) for k in classes])
    distances = ((test_means[:, np.newaxis] - centres) ** 2).sum(axis=-1)
    return float(np.mean(classes[distances.argmin(axis=1)] == np.asarray(test_labels)))


@dataclass(frozen=True, eq=False)
class Result:
    """Predictions for the test photos, their accuracy, and baselines for it.

    Attributes
    ----------
    truth, answers : ndarray of int, shape (N,)
        True and predicted labels.
    certainty : ndarray of shape (N,)
        The probability of each predicted label.
    right, total : int
        Numbers of photos.
    low, high : float
        The 95 % confidence interval of the accuracy.
    majority, mean_colour : float
        Accuracies without a network; see `majority` and `mean_colour`.
    """

    truth: NDArray[np.intp]
    answers: NDArray[np.intp]
    certainty: Array
    right: int
    total: int
    low: float
    high: float
    majority: float
    mean_colour: float


def evaluate_answers(train: Any, test: Any, y_pred: Array, threshold: float) -> Result:
    """Return the accuracy on the test photos, with its interval and baselines.

    Parameters
    ----------
    train, test : Batches
        With their labels in ``classes``.
    y_pred : ndarray of shape (N, K)
        Probabilities for the test photos, in file order.
    threshold : float
        For a single output.
    """
    truth = np.asarray(test.classes, np.intp)
    answers = predicted_labels(y_pred, threshold)
    right, total = int(np.sum(answers == truth)), len(truth)
    low, high = wilson_interval(right, total)
    train_means, test_means = map(channel_means, (train, test))
    return Result(
        truth,
        answers,
        answer_probabilities(y_pred, answers),
        right,
        total,
        low,
        high,
        majority(train.classes, truth),
        mean_colour(train_means, train.classes, test_means, truth),
    )


if not TYPE_CHECKING:  # else every misspelt name would look right to mypy
    __getattr__ = other_names(__name__)
