"""Baselines: what a network must beat before it has learnt anything about shapes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinycnn.batches import Batches
from tinycnn.shapes import Array


def majority(train_labels: Any, test_labels: Any) -> float:
    """Return the accuracy of always answering the training's most frequent class.

    Examples
    --------
    >>> majority([0, 0, 1], [0, 1, 1, 1])
    0.25
    """
    answer = np.bincount(np.asarray(train_labels, np.intp)).argmax()
    return float(np.mean(np.asarray(test_labels) == answer))


def channel_means(source: Batches) -> NDArray[np.float64]:
    """Return the mean of each colour channel of each photo: -> (N, C)."""
    return np.concatenate(
        [np.mean(x, axis=(1, 2), dtype=np.float64) for x, _ in source.plain()]
    )


def mean_colour(
    train_means: Array, train_labels: Any, test_means: Array, test_labels: Any
) -> float:
    """Return the accuracy of asking only which class has the nearest mean colour.

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
    known = np.unique(labels)
    centres = np.stack([train_means[labels == label].mean(axis=0) for label in known])
    distances = ((test_means[:, np.newaxis] - centres) ** 2).sum(axis=-1)
    return float(np.mean(known[distances.argmin(axis=1)] == np.asarray(test_labels)))
