"""Learning curves of a training run, and the confusion matrix of its predictions."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from tinycnn.figures.canvas import BLUE, PLAIN, SHARES, VERMILION, Style, new_figure
from tinycnn.text import shortened, width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Curves = Mapping[str, Sequence[float]]

MEANINGS = {"accuracy": "accuracy (share of right answers)", "loss": "loss (mean)"}


def learning_curves(
    history: Curves,
    ax: "Axes | None" = None,
    *,
    what: str = "accuracy",
    validation_name: str = "validation",
) -> "Axes":
    """Return axes with the accuracy or loss of each epoch.

    Parameters
    ----------
    history : dict of str to list of float
        `History.history`: one value per epoch for `what`, ``"val_" + what`` or both.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a figure of its own.
    what : {"accuracy", "loss"}, default "accuracy"
    validation_name : str, default "validation"
        The name of the second line: "test" if it is of the test photos.

    Raises
    ------
    ValueError
        If the history does not contain `what`.
    """
    from matplotlib.ticker import MaxNLocator

    named = {"training": history.get(what), validation_name: history.get(f"val_{what}")}
    lines = {name: np.array(line) for name, line in named.items() if line}
    if what not in MEANINGS or not lines:
        raise ValueError(f"what should be one of {[*history]}, got {what!r}")
    ax = new_figure(6.4, 4.2).add_subplot() if ax is None else ax
    ends = {name: [0, *line[np.isfinite(line)]][-1] for name, line in lines.items()}
    last = max(map(len, lines.values()))
    colours = {name: BLUE if name == "training" else VERMILION for name in lines}
    for name, line in lines.items():
        colour, style = colours[name], "-" if name == "training" else "--"
        style = "." * (last <= 30) + style  # more dots would hide the dashes
        epochs = np.arange(1, len(line) + 1)
        ax.plot(epochs, line, style, color=colour)
    locator = MaxNLocator(nbins=8, steps=[1, 2, 5, 10], integer=True)
    ax.set_xticks([1, *(t for t in locator.tick_values(1, last) if 1 < t <= last)])
    ax.set(xlabel="epoch", ylabel=MEANINGS[what])
    ax.set_ylim(0, 1.04 if what == "accuracy" else None)
    # The name of the lower line is below its end, but not below the axis, where the
    # epochs stand; that of the higher one is above its end, and above the other name.
    height, free = 0.07 * ax.get_ylim()[1], 0.0
    for place, name in enumerate(sorted(ends, key=ends.__getitem__), start=1):
        is_lower = place < len(ends)
        bottom = max(free, ends[name] - height * is_lower)
        label, colour = f"  {shortened(name)} {ends[name]:.2f}", colours[name]
        ax.text(len(lines[name]), bottom, label, color=colour, va="bottom", **PLAIN)
        free = bottom + height
    ax.grid(axis="y", alpha=0.3)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def learning_curves_figure(
    history: Curves, *, validation_name: str = "validation"
) -> "Figure":
    """Return a figure of accuracy and loss side by side, or of the one there is.

    Parameters and errors are those of `learning_curves`.
    """
    kinds = [w for w in MEANINGS if history.get(w) or history.get(f"val_{w}")]
    kinds = kinds or ["accuracy"]  # for which `learning_curves` raises
    # Two fit a page of 900 pixels; a larger figure would be scaled down, letters too.
    figure = new_figure(5.0 * len(kinds), 4.0)
    for index, what in enumerate(kinds, start=1):
        ax = figure.add_subplot(1, len(kinds), index)
        learning_curves(history, ax, what=what, validation_name=validation_name)
    return figure


def confusion_matrix(
    matrix: ArrayLike, class_names: Sequence[str], ax: "Axes | None" = None
) -> "Axes":
    """Return axes with a confusion matrix; correct predictions are on the diagonal.

    A cell's number counts photos; its colour is their share of the row, that is, of all
    photos of the true class.

    Parameters
    ----------
    matrix : array-like of int, shape (K, K)
        As returned by `metrics.confusion_matrix`: rows true, columns predicted.
    class_names : sequence of str, length K
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a figure of its own, as large as K needs.

    Raises
    ------
    ValueError
        If the matrix does not have K rows and K columns.
    """
    counts, names = np.asarray(matrix), [shortened(name) for name in class_names]
    if counts.shape != (len(names), len(names)) or not names:
        expected = f"({len(names)}, {len(names)}) for these classes"
        raise ValueError(f"matrix should have shape {expected}, got {counts.shape}")
    side = min(20.0, max(2.6, 0.55 * len(names)))  # inches
    ax = new_figure(side + 3.0, side + 1.4).add_subplot() if ax is None else ax
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    image = ax.imshow(shares, SHARES, vmin=0, vmax=1, interpolation="nearest")
    size = min(12.0, 14 * side / len(names))
    style: Style = {"ha": "center", "va": "center", "fontsize": size}
    for (row, column), share in np.ndenumerate(shares):
        style["color"] = "white" if share > 0.7 else "black"
        ax.text(column, row, f"{counts[row, column]:,}", **style)
    ax.set_xticks(range(len(names)), names, **PLAIN)
    ax.set_yticks(range(len(names)), names, **PLAIN)
    edges = np.arange(1, len(names)) - 0.5
    ax.set_xticks(edges, minor=True)
    ax.set_yticks(edges, minor=True)
    ax.grid(which="minor", color="silver", linewidth=0.8)
    ax.tick_params(which="minor", length=0)
    if max(map(width_of, names)) > 12 - len(names) / 2:  # otherwise they would overlap
        ax.tick_params("x", labelrotation=90)
    ax.set(xlabel="answer", ylabel="true class")
    ax.figure.colorbar(image, ax=ax, label="share of the true class's photos")
    return ax
