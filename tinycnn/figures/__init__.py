"""Figures: arrays -> pictures of a training, of its answers and of what was learnt.

matplotlib lives here, and loads when the first figure is drawn. Nothing is shown and no
window opens: a function returns the axes it drew on or the whole figure, for
`save_figure` or for a notebook (after ``%matplotlib inline``) to show.
"""

from tinycnn.figures.canvas import save_figure
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
    "augmentation_preview",
    "confusion_matrix",
    "feature_maps",
    "filters",
    "kernel_gallery",
    "learning_curves",
    "learning_curves_figure",
    "mistakes",
    "save_figure",
]
