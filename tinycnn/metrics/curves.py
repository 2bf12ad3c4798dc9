"""The area under the ROC curve, from counts of right and wrong answers of yes."""

from typing import Any

import numpy as np

from tinycnn.metrics.tally import Tally
from tinycnn.shapes import Array

BEYOND = 1e-7  # Keras's: the first threshold is below 0 and the last above 1


class AreaUnderCurve(Tally):
    """The area under the curve of true positives over false positives.

    counts: for each threshold, the numbers of true and of false positives above it.

    Notes
    -----
    With TP and FP falling from threshold to threshold, in their rates tp and fp::

        area = sum over t of (fp[t] - fp[t + 1]) * (tp[t] + tp[t + 1]) / 2
    """

    @classmethod
    def of(cls, true: Any, y_pred: Array, num_thresholds: int) -> "AreaUnderCurve":
        """Return the area for answers of yes or no and probabilities.

        Parameters
        ----------
        true : ndarray of bool
        y_pred : ndarray of the same shape
        num_thresholds : int
        """
        thresholds = np.linspace(0.0, 1.0, num_thresholds)
        thresholds[[0, -1]] = -BEYOND, 1 + BEYOND
        above = [
            len(some) - np.searchsorted(np.sort(some), thresholds, side="right")
            for some in (y_pred[true], y_pred[~true])
        ]
        return cls(above)

    @staticmethod
    def figure(counts: Array) -> float:
        """Return the area; 0 if all answers are the same, as in Keras."""
        tp, fp = (row / row[0] if row[0] else row for row in counts)
        return float(np.sum((fp[:-1] - fp[1:]) * (tp[:-1] + tp[1:]) / 2))
