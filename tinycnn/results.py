"""How good a model's answers are on the test part, and what no network would get."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinycnn import baselines, metrics
from tinycnn.shapes import Array


@dataclass(frozen=True, eq=False)
class Result:
    """Answers on test photos, and figures to compare them with.

    Attributes
    ----------
    truth, answers : ndarray of int, shape (N,)
        Class numbers.
    certainty : ndarray of shape (N,)
        The probability that was given to the answer.
    right, total : int
        Photos.
    low, high : float
        The 95 % interval of the accuracy.
    majority, mean_colour : float
        Accuracies without a network; see `baselines`.
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


def judged(train: Any, test: Any, y_pred: Array, threshold: float) -> Result:
    """Return how good the answers are.

    Parameters
    ----------
    train, test : Batches
        With their labels in ``classes``.
    y_pred : ndarray of shape (N, K)
        Probabilities for the test part, in file order.
    threshold : float
        For a single output.
    """
    truth = np.asarray(test.classes, np.intp)
    answers = metrics.predicted_labels(y_pred, threshold)
    right, total = int(np.sum(answers == truth)), len(truth)
    low, high = metrics.wilson_interval(right, total)
    train_means, test_means = map(baselines.channel_means, (train, test))
    return Result(
        truth,
        answers,
        metrics.answer_probabilities(y_pred, answers),
        right,
        total,
        low,
        high,
        baselines.majority(train.classes, truth),
        baselines.mean_colour(train_means, train.classes, test_means, truth),
    )
