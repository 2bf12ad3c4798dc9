"""Explanations as figures: votes, heat maps, and the strongest patches of a filter."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from tinycnn.explanation import Patch, Votes
from tinycnn.figures.canvas import (
    DIVERGING,
    PLAIN,
    AnyArray,
    new_figure,
    panels,
    to_picture,
)
from tinycnn.text import shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Extent = tuple[float, float, float, float]

# Kind of heat map: its name, the question it answers, the meaning of its colours.
MAPS = {
    "saliency": (
        "Saliency",
        "where would a change of a pixel matter?",
        "|d logit / d pixel|",
    ),
    "grad_cam": (
        "Grad-CAM",
        "where are the maps that favour it active?",
        "weighted sum\nof the maps (no unit)",
    ),
    "occlusion": (
        "Occlusion",
        "what is lost if this place is covered?",
        "probability lost",
    ),
}


def votes(photo: AnyArray, found: Votes, ax: "Axes | None" = None) -> "Axes":
    """Return axes with the votes of each cell, drawn on the photo.

    The channels of a cell are added up. Red votes are for the class, blue ones against
    it; a cell without colour has almost no vote.

    Parameters
    ----------
    photo : ndarray of shape (H, W), (H, W, 1) or (H, W, 3)
        As in the model's input; values 0..1, or uint8.
    found : explanation.Votes
        Of the input's pixels, or of a layer with feature maps.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a figure of its own.

    Raises
    ------
    ValueError
        If the votes are those of a flat layer, which have no position in the photo.
    """
    if found.extent is None:
        raise ValueError(
            "votes should be of a layer with feature maps or of 'input', got those of "
            f"{found.layer}"
        )
    limit = float(np.abs(found.per_cell).max()) or 1.0
    unit = "pixel" if found.layer == "input" else "cell"
    label = f"vote of a {unit}\n(above 0: for the class)"
    ax = _overlay(photo, found.per_cell, found.extent, (-limit, limit), label, ax)
    sign = "=" if found.is_exact else "≈"
    rest = "biases" if found.is_exact else "the rest"
    heading = f"Votes for and against {shortened(found.class_name)}\n"
    heading += f"logit {found.logit:+.3f} {sign} votes {found.votes.sum():+.3f}, "
    heading += f"{rest} {found.remainder:+.3f}"
    ax.set_title(heading, fontsize=10, **PLAIN)
    return ax


def heat_map(
    photo: AnyArray,
    numbers: ArrayLike,
    ax: "Axes | None" = None,
    *,
    what: str = "saliency",
    class_name: str = "",
) -> "Axes":
    """Return axes with a heat map of the photo's size, drawn on the photo.

    Values above 0 are red, below 0 blue, and 0 has no colour; the scale is symmetric.

    Parameters
    ----------
    photo : ndarray of shape (H, W), (H, W, 1) or (H, W, 3)
        As in the model's input; values 0..1, or uint8.
    numbers : array-like of shape (H, W)
        As returned by `explanation.saliency`, `grad_cam` or `occlusion`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a figure of its own.
    what : {"saliency", "grad_cam", "occlusion"}, default "saliency"
        Which of them it is; sets the title and the label of the colour bar.
    class_name : str, optional
        The class of the logit or probability.

    Raises
    ------
    ValueError
        If the map does not have the photo's size.
    """
    if what not in MAPS:
        raise ValueError(f"what should be one of {', '.join(MAPS)}, got {what!r}")
    heat, shape = np.asarray(numbers, np.float64), np.shape(photo)[:2]
    if heat.shape != shape:
        raise ValueError(f"the map should have shape {shape}, got {heat.shape}")
    name, question, label = MAPS[what]
    limit = float(np.abs(heat).max()) or 1.0
    signed = heat.min() < 0
    if what == "saliency" and signed:
        label = label.replace("|", "")
    extent = (-0.5, shape[1] - 0.5, shape[0] - 0.5, -0.5)
    scale = (-limit if signed else 0.0, limit)
    ax = _overlay(photo, heat, extent, scale, label, ax)
    of_class = f" of {shortened(class_name)}" if class_name else ""
    note = "" if heat.any() else " (0 everywhere)"
    ax.set_title(f"{name}{of_class}{note}\n{question}", fontsize=10, **PLAIN)
    return ax


def explanation_figure(
    photo: AnyArray, found: Votes, maps: Mapping[str, ArrayLike]
) -> "Figure":
    """Return a figure of a photo, its votes and its maps side by side.

    Parameters
    ----------
    photo : ndarray of shape (H, W), (H, W, 1) or (H, W, 3)
        As in the model's input; values 0..1, or uint8.
    found : explanation.Votes
    maps : dict of str to ndarray of shape (H, W)
        For any of "saliency", "grad_cam" and "occlusion".
    """
    count = 2 + len(maps)
    columns = min(3, count)
    rows = -(-count // columns)
    tall = min(2.0, max(0.5, len(photo) / len(photo[0])))
    figure = new_figure(3.9 * columns, rows * (2.75 * tall + 0.7))
    axes = [figure.add_subplot(rows, columns, n + 1) for n in range(count)]
    axes[0].imshow(to_picture(photo), "gray", vmin=0, vmax=1)
    axes[0].set(xticks=[], yticks=[])
    axes[0].set_title("The photo\nas the network was given it", fontsize=10)
    votes(photo, found, axes[1])
    for ax, (what, numbers) in zip(axes[2:], maps.items(), strict=True):
        heat_map(photo, numbers, ax, what=what, class_name=found.class_name)
    return figure


def top_patches(patches: Sequence[Patch], title: str | None = None) -> "Figure":
    """Return a figure of the patches with the strongest response of a filter.

    Parameters
    ----------
    patches : list of explanation.Patch
        As returned by `explanation.top_patches`, of a model with inputs 0..1.
    title : str, optional
        Replaces the first line of the heading.

    Raises
    ------
    ValueError
        If there are no patches, or their values are not colours.
    """
    pictures = [to_picture(patch.pixels) for patch in patches]
    names = [f"{patch.value:#.3g}" for patch in patches]
    below = [
        f"{shortened(Path(patch.path).name, 20)}\n"
        f"row {patch.box[0]}, column {patch.box[2]}"
        for patch in patches
    ]
    heading = title or "What a filter answers strongest to"
    heading += "\nabove each its answer, below it where the patch begins"
    return panels(pictures, names, heading, 5, 1.8, below=below)


def _overlay(
    photo: AnyArray,
    numbers: AnyArray,
    extent: Extent,
    scale: tuple[float, float],
    label: str,
    ax: "Axes | None",
) -> "Axes":
    """Return axes with values in colours on the photo, which is grey and dimmed."""
    picture = to_picture(photo)
    grey = picture.mean(axis=2) if picture.ndim == 3 else picture
    ax = new_figure(4.9, 4.2).add_subplot() if ax is None else ax
    ax.imshow(0.45 + 0.5 * grey, "gray", vmin=0, vmax=1)
    colours = _translucent(scale[0] < 0)
    style: dict[str, Any] = {"interpolation": "nearest", "extent": extent}
    image = ax.imshow(numbers, colours, vmin=scale[0], vmax=scale[1], **style)
    rows, columns = grey.shape
    ax.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5), xticks=[], yticks=[])
    ax.figure.colorbar(image, ax=ax, label=label, shrink=0.8)
    return ax


def _translucent(is_signed: bool) -> Any:
    """Return colours from blue through transparent to red, or their upper half."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    positions = np.linspace(0 if is_signed else 0.5, 1, 256)
    colours = colormaps[DIVERGING](positions)
    colours[:, 3] = 0.95 * np.sqrt(np.abs(2 * positions - 1))
    return ListedColormap(colours)
