"""Metrics: how good the predictions are, and what one gets without a network."""

from typing import TYPE_CHECKING

from tinycnn.batches import channel_means
from tinycnn.keras.names import other_names, starred
from tinycnn.metrics.baselines import (
    Result,
    evaluate_answers,
    majority,
    mean_colour,
)
from tinycnn.metrics.evaluation import (
    accuracy,
    answer_probabilities,
    class_probabilities,
    confusion_matrix,
    predicted_labels,
    true_labels,
    wilson_interval,
)
from tinycnn.metrics.named import (
    AUC,
    METRICS,
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    MeanAbsoluteError,
    MeanSquaredError,
    Metric,
    Precision,
    Recall,
    SparseCategoricalAccuracy,
    TopKCategoricalAccuracy,
    as_metrics,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
)

__all__ = [
    "AUC", "METRICS", "Accuracy", "BinaryAccuracy", "CategoricalAccuracy",
    "MeanAbsoluteError", "MeanSquaredError", "Metric", "Precision", "Recall", "Result",
    "SparseCategoricalAccuracy", "TopKCategoricalAccuracy", "accuracy",
    "answer_probabilities", "as_metrics", "binary_accuracy", "categorical_accuracy",
    "channel_means", "class_probabilities", "confusion_matrix", "evaluate_answers",
    "majority", "mean_colour", "predicted_labels", "sparse_categorical_accuracy",
    "true_labels", "wilson_interval",
]  # fmt: skip

if not TYPE_CHECKING:  # else every misspelt name would look right to mypy
    __all__ = starred(__name__, __all__)
    __getattr__ = other_names(__name__)
