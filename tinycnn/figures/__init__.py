"""Figures: arrays -> plots of training runs, predictions and explanations.

matplotlib is used here only, and imported with the first figure. No window opens: a
function returns the axes it drew on or the whole figure, for `save_figure` or for a
notebook (after ``%matplotlib inline``).
"""

from tinycnn.figures.canvas import save_figure
from tinycnn.figures.explanations import (
    explanation_figure,
    heat_map,
    top_patches,
    votes,
)
from tinycnn.figures.live import LiveCurves
from tinycnn.figures.pictures import (
    augmentation_preview,
    feature_maps,
    filters,
    kernel_gallery,
    mistakes,
)
from tinycnn.figures.training import (
    confusion_matrix,
    learning_curves,
    learning_curves_figure,
)

__all__ = [
    "LiveCurves", "augmentation_preview", "confusion_matrix", "explanation_figure",
    "feature_maps", "filters", "heat_map", "kernel_gallery", "learning_curves",
    "learning_curves_figure", "mistakes", "save_figure", "top_patches", "votes",
]  # fmt: skip
