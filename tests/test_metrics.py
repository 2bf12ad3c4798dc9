"""Metrics: how good the predictions are, and how precisely that is known."""

import numpy as np
import pytest

from tinycnn import metrics
from tinycnn.metrics import (
    accuracy,
    as_metrics,
    confusion_matrix,
    predicted_labels,
    true_labels,
    wilson_interval,
)
from tinycnn.models.loop import Means


# (right, total) -> the 95 % interval in percent; the first two are the tutorial's.
@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [
        (33, 36, 78.2, 97.1),
        (36, 36, 90.4, 100.0),
        (0, 36, 0.0, 9.6),  # the mirror of 36 of 36
        (3, 36, 2.9, 21.8),  # the mirror of 33 of 36
        (18, 36, 34.5, 65.5),
        (1, 1, 20.7, 100.0),  # one photo shows next to nothing
        (9170, 10000, 91.1, 92.2),
    ],
)
def test_wilsons_interval(right, total, low, high):
    found = [round(100 * end, 1) for end in wilson_interval(right, total)]
    assert found == [low, high]


@pytest.mark.parametrize("total", [1, 2, 36, 1000])
def test_wilsons_interval_stays_in_0_to_1_and_contains_the_share(total):
    for right in {0, 1, total // 2, total - 1, total}:
        low, high = wilson_interval(right, total)
        assert 0 <= low < high <= 1
        assert low - 1e-15 <= right / total <= high + 1e-15


@pytest.mark.parametrize(("right", "total"), [(5, 4), (-1, 4), (0, 0)])
def test_wilsons_interval_refuses_impossible_counts(right, total):
    message = f"total at least 1: got {right} of {total}"
    with pytest.raises(ValueError, match=message):
        wilson_interval(right, total)


def test_a_probability_of_exactly_one_half_counts_as_class_0():
    just_above = np.nextafter(np.float32(0.5), np.float32(1))
    y_pred = np.array([[0.5], [just_above], [0.0], [1.0]], np.float32)
    assert predicted_labels(y_pred).tolist() == [0, 1, 0, 1]


def test_the_threshold_can_be_changed():
    y_pred = np.array([[0.2], [0.5], [0.9]])
    assert predicted_labels(y_pred, threshold=0.1).tolist() == [1, 1, 1]
    assert accuracy([0, 0, 1], y_pred, threshold=0.6) == 1


def test_of_several_outputs_the_largest_wins_and_at_a_tie_the_first():
    y_pred = np.array([[0.2, 0.3, 0.5], [0.4, 0.4, 0.2], [0.9, 0.05, 0.05]])
    assert predicted_labels(y_pred).tolist() == [2, 0, 0]


@pytest.mark.parametrize(
    "labels",
    [
        [2, 0, 1],
        [[2], [0], [1]],
        [[0, 0, 1], [1, 0, 0], [0, 1, 0]],
        np.float32([2, 0, 1]),
    ],
)
def test_labels_may_be_integers_a_column_or_one_hot_rows(labels):
    assert true_labels(labels).tolist() == [2, 0, 1]
    y_pred = np.array([[0, 0.1, 0.9], [0.8, 0.1, 0.1], [0.5, 0.2, 0.3]])
    assert accuracy(labels, y_pred) == pytest.approx(2 / 3)


def test_accuracy_is_the_share_of_correct_predictions():
    y_pred = np.array([[0.1], [0.6], [0.5], [0.7]])
    assert accuracy([0, 1, 1, 0], y_pred) == 0.5
    assert type(accuracy([0, 1, 1, 0], y_pred)) is float


@pytest.mark.parametrize(
    ("y_true", "count", "got"),
    [([0, 1], 3, "2 and 3"), ([0, 1, 1], 1, "3 and 1"), ([], 0, "0 and 0")],
)
def test_accuracy_needs_as_many_labels_as_predictions(y_true, count, got):
    with pytest.raises(ValueError, match=f"at least one: got {got}"):
        accuracy(y_true, np.zeros((count, 1)))


def test_rows_of_the_confusion_matrix_are_true_and_columns_predicted():
    truth, predicted = [0, 0, 0, 1, 1, 2], [0, 1, 1, 1, 2, 0]
    assert confusion_matrix(truth, predicted, 3).tolist() == [
        [1, 2, 0],  # of three photos of class 0, two were predicted as class 1
        [0, 1, 1],
        [1, 0, 0],
    ]


def test_a_class_that_was_never_seen_keeps_its_row_and_column():
    assert confusion_matrix([0], [0], 3).shape == (3, 3)
    assert confusion_matrix([], [], 2).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(
    ("y_true", "y_answer", "got"),
    [([0, 2], [0, 0], "0..2"), ([0, 1], [-1, 0], "-1..1")],
)
def test_a_label_beyond_the_classes_is_refused(y_true, y_answer, got):
    with pytest.raises(ValueError, match=rf"should be 0\.\.1, got {got}"):
        confusion_matrix(y_true, y_answer, 2)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (None, []),
        ([], []),
        ("accuracy", ["accuracy"]),
        (["acc", "mse"], ["acc", "mse"]),
        (("binary_accuracy",), ["binary_accuracy"]),
        (["Precision", metrics.Recall(name="r")], ["precision", "r"]),
        ([metrics.BinaryAccuracy, metrics.categorical_accuracy], None),
    ],
)
def test_metrics_have_the_names_that_they_were_given(given, names):
    names = ["binary_accuracy", "categorical_accuracy"] if names is None else names
    assert [metric.name for metric in as_metrics(given)] == names


@pytest.mark.parametrize("unknown", ["f2", ["accuracy", "f2"], [None], 3])
def test_an_unknown_metric_is_refused_with_the_known_ones(unknown):
    with pytest.raises(ValueError, match=r"should be some of accuracy, acc, .*, got"):
        as_metrics(unknown)


def test_several_yes_or_no_answers_are_right_one_by_one():
    y = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1], [0, 0, 0]])
    p = np.where(y, 0.8, 0.1)
    assert accuracy(y, p) == 1.0
    p[0, 2] = 0.9  # one of 12 is wrong
    assert accuracy(y, p) == pytest.approx(11 / 12)


def test_precision_and_recall_by_hand_over_batches_of_different_kinds():
    y, p = np.array([1, 0, 1, 1, 0, 0]), np.array([0.9, 0.8, 0.4, 0.6, 0.7, 0.1])
    for metric, right in ((metrics.Precision(), 2 / 4), (metrics.Recall(), 2 / 3)):
        assert metric(y, p[:, None]) == pytest.approx(right)
        means = Means()
        for batch in (slice(0, 1), slice(1, 4), slice(4, 6)):
            means.add({"m": metric(y[batch], p[batch, None])}, len(y[batch]))
        assert means.logs()["m"] == pytest.approx(right)
    assert metrics.Precision()([1, 0], np.zeros((2, 1))) == 0.0
    assert metrics.Precision(thresholds=0.65)(y, p[:, None]) == pytest.approx(1 / 3)


def test_one_hot_rows_and_labels_give_the_same_figures():
    rng = np.random.default_rng(5)
    labels, p = rng.integers(0, 3, 20), rng.random((20, 3))
    for name in metrics.METRICS:
        (metric,) = as_metrics(name)
        assert metric(labels, p) == pytest.approx(metric(np.eye(3)[labels], p))
    binary = np.mean((p > 0.5) == (np.eye(3)[labels] == 1))
    assert metrics.BinaryAccuracy()(labels, p) == pytest.approx(binary)
    assert metrics.MeanAbsoluteError()(labels, p) == pytest.approx(
        np.mean([abs(p[n, k] - (labels[n] == k)) for n in range(20) for k in range(3)])
    )


@pytest.mark.parametrize(
    ("metric", "one_hot"),
    [
        (metrics.Accuracy(), True),
        (metrics.SparseCategoricalAccuracy(), False),
        (metrics.TopKCategoricalAccuracy(2), True),
        (metrics.Precision(), True),
        (metrics.AUC(), True),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_metric_counts_batches_of_different_sizes_together(metric, one_hot):
    rng = np.random.default_rng(6)
    labels, y_pred = rng.integers(0, 3, 10), rng.random((10, 3))
    y_true = np.eye(3)[labels] if one_hot else labels
    assert metric.result().numpy() == 0
    for part in (slice(7), slice(7, 10)):
        metric.update_state(y_true[part], y_pred[part])
    assert float(metric.result()) == pytest.approx(float(metric(y_true, y_pred)))
    metric.reset_states()
    assert metric.result().numpy() == 0
