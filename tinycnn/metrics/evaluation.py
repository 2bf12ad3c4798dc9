"""Evaluation: how good the predictions are, and how precisely that is known."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinycnn.shapes import Array

# The normal distribution's 97.5% point: 95% lie within ± this many deviations.
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


def class_probabilities(y_pred: Array) -> Array:
    """Return the probability of each class: (N, K) as it is, (N, 1) -> (N, 2).

    Examples
    --------
    >>> class_probabilities(np.array([[0.25], [1.0]])).tolist()
    [[0.75, 0.25], [0.0, 1.0]]
    """
    if y_pred.shape[-1] > 1:
        return y_pred
    return np.concatenate([1 - y_pred, y_pred], axis=-1)


def answer_probabilities(y_pred: Array, labels: NDArray[np.intp]) -> Array:
    """Return the probability of each predicted label: (N, K) and (N,) -> (N,).

    Examples
    --------
    >>> answer_probabilities(np.array([[0.25], [0.75]]), np.array([0, 1])).tolist()
    [0.75, 0.75]
    """
    rows = class_probabilities(y_pred)
    return np.take_along_axis(rows, labels[:, np.newaxis], axis=-1)[:, 0]


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
    """Return the 95% confidence interval (low, high) of the accuracy.

    Thirty-three of 36 test photos are 91.7%, but a different 36 photos would have
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
