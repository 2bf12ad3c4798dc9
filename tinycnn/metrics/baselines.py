"""What one gets without a network, and the result of a training run beside it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinycnn.batches import channel_means
from tinycnn.metrics.evaluation import (
    answer_probabilities,
    predicted_labels,
    wilson_interval,
)
from tinycnn.shapes import Array


def majority(train_labels: Any, test_labels: Any) -> float:
    """Return the accuracy of always predicting the most frequent training class.

    Examples
    --------
    >>> majority([0, 0, 1], [0, 1, 1, 1])
    0.25
    """
    most_frequent = np.bincount(np.asarray(train_labels, np.intp)).argmax()
    return float(np.mean(np.asarray(test_labels) == most_frequent))


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
        The 95% confidence interval of the accuracy.
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

    Both parts have their labels in ``classes``. The probabilities `y_pred` (N, K) of
    the test photos are in file order; the threshold is that of a single output.
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
