"""Losses as functions of (right answers, probabilities), or in place of a name.

``compile(loss=losses.categorical_crossentropy)`` takes the loss of that name. Called on
arrays, each returns one loss for each photo, as in Keras.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.floating[Any]]
Function = Callable[[ArrayLike, ArrayLike], Numbers]
EPSILON = 1e-7  # Keras's: no probability is nearer to 0 or 1


def _named(function: Function) -> Function:
    """Let a function stand for its name where `compile` wants one."""
    function.spelling = function.__name__  # type: ignore[attr-defined]
    return function


def _probabilities(y_pred: ArrayLike) -> Numbers:
    return np.clip(np.asarray(y_pred, np.float64), EPSILON, 1 - EPSILON)


@_named
def binary_crossentropy(y_true: ArrayLike, y_pred: ArrayLike) -> Numbers:
    """Return the mean over the outputs of -y log p - (1 - y) log(1 - p)."""
    y, p = np.asarray(y_true, np.float64), _probabilities(y_pred)
    losses: Numbers = -(y * np.log(p) + (1 - y) * np.log(1 - p))
    return losses.mean(axis=-1)


@_named
def categorical_crossentropy(y_true: ArrayLike, y_pred: ArrayLike) -> Numbers:
    """Return -log of the right class's probability, of one-hot answers."""
    p: Numbers = np.asarray(y_pred, np.float64)
    p = _probabilities(p / p.sum(axis=-1, keepdims=True))
    losses: Numbers = -(np.asarray(y_true, np.float64) * np.log(p))
    return losses.sum(axis=-1)


@_named
def sparse_categorical_crossentropy(y_true: ArrayLike, y_pred: ArrayLike) -> Numbers:
    """Return -log of the right class's probability, of class numbers."""
    p = np.asarray(y_pred, np.float64)
    labels = np.asarray(y_true).astype(np.intp).reshape(p.shape[:-1])
    return categorical_crossentropy(np.eye(p.shape[-1])[labels], p)


@_named
def mean_absolute_error(y_true: ArrayLike, y_pred: ArrayLike) -> Numbers:
    """Return the mean over the outputs of |y_pred - y|."""
    y, p = np.asarray(y_true, np.float64), np.asarray(y_pred, np.float64)
    losses: Numbers = np.abs(p - y)
    return losses.mean(axis=-1)


@_named
def mean_squared_error(y_true: ArrayLike, y_pred: ArrayLike) -> Numbers:
    """Return the mean over the outputs of (y_pred - y)**2."""
    y, p = np.asarray(y_true, np.float64), np.asarray(y_pred, np.float64)
    losses: Numbers = (p - y) ** 2
    return losses.mean(axis=-1)
