"""Figures: arrays -> pictures of a training, of its answers and of what was learnt.

matplotlib lives here, and loads when the first figure is drawn. Nothing is shown and no
window opens: a function returns the axes it drew on or the whole figure, for
`save_figure` or for a notebook (after ``%matplotlib inline``) to show.
"""

import io
import textwrap
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinycnn.files import write_aside
from tinycnn.kernels import KERNELS, kernel_text
from tinycnn.preprocessing.photos import to_picture
from tinycnn.text import count_of, display_name, shortened, width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Numbers = NDArray[Any]
Style = dict[str, Any]
Curves = Mapping[str, Sequence[float]]

# Blue and vermilion of Okabe and Ito's palette: told apart by colour-blind readers; the
# second line is dashed too, for paper without colours.
BLUE, VERMILION = "#0072B2", "#D55E00"
DIVERGING, SEQUENTIAL, SHARES = "RdBu_r", "cividis", "Blues"
MOST_PANELS = 64  # of one figure; what is left out is said in its heading
# Names are other people's: a "$" in them is no formula.
PLAIN: Style = {"parse_math": False, "usetex": False}
MEANINGS = {"accuracy": "accuracy (share of right answers)", "loss": "loss (mean)"}


def save_figure(figure: "Figure", path: str | Path) -> None:
    """Write a figure as a PNG file: the same data gives the same bytes.

    The file is written aside and renamed, and holds no time and no path. (A figure that
    was drawn before is laid out once more, and may sit a pixel elsewhere.)

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What a function of this file returned; for axes, their ``.figure``.
    path : str or Path
        The file; one of that name is replaced.

    Raises
    ------
    OSError
        If it cannot be written; the message names the path and the size.
    """
    content = io.BytesIO()
    with warnings.catch_warnings():
        # A sign that no font has becomes a box; that is all there is to say about it.
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
        style: Style = {"dpi": 120, "bbox_inches": "tight"}  # nothing cut off
        figure.savefig(content, format="png", metadata={"Software": "tinycnn"}, **style)
    write_aside(Path(path), [content.getvalue()])


# How a training went -----------------------------------------------------------------


def learning_curves(
    history: Curves,
    ax: "Axes | None" = None,
    *,
    what: str = "accuracy",
    validation_name: str = "validation",
) -> "Axes":
    """Return axes with one figure of the training, epoch by epoch.

    Parameters
    ----------
    history : dict of str to list of float
        `History.history`: one number per epoch under `what`, ``"val_" + what`` or both.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a figure of its own.
    what : {"accuracy", "loss"}, default "accuracy"
    validation_name : str, default "validation"
        What the photos of the second line are called; "test" if they were the test
        photos.

    Raises
    ------
    ValueError
        If the history holds nothing of the kind.
    """
    from matplotlib.ticker import MaxNLocator

    named = {"training": history.get(what), validation_name: history.get(f"val_{what}")}
    lines = {name: np.array(line) for name, line in named.items() if line}
    if what not in MEANINGS or not lines:
        raise ValueError(f"what should be one of {[*history]}, got {what!r}")
    ax = _figure(6.4, 4.2).add_subplot() if ax is None else ax
    ends = {name: [0, *line[np.isfinite(line)]][-1] for name, line in lines.items()}
    highest, last = max(ends, key=ends.__getitem__), max(map(len, lines.values()))
    for name, line in lines.items():
        colour, style = (BLUE, "-") if name == "training" else (VERMILION, "--")
        style = "." * (last <= 30) + style  # more dots would hide the dashes
        epochs = np.arange(1, len(line) + 1)
        ax.plot(epochs, line, style, color=colour)
        # The higher line's name sits above its end, the other's below: they never meet.
        side = "bottom" if name == highest else "top"
        said = f"  {shortened(name)} {ends[name]:.2f}"
        ax.text(epochs[-1], ends[name], said, color=colour, va=side, **PLAIN)
    locator = MaxNLocator(nbins=12, steps=[1, 5, 10], integer=True)
    ax.set_xticks([1, *(t for t in locator.tick_values(1, last) if 1 < t <= last)])
    ax.set(xlabel="epoch", ylabel=MEANINGS[what])
    ax.set_ylim(0, 1.04 if what == "accuracy" else None)
    ax.grid(axis="y", alpha=0.3)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def learning_curves_figure(
    history: Curves, *, validation_name: str = "validation"
) -> "Figure":
    """Return a figure of accuracy and loss side by side, as far as there are both.

    Parameters
    ----------
    history : dict of str to list of float
        `History.history`.
    validation_name : str, default "validation"
        As in `learning_curves`.

    Raises
    ------
    ValueError
        If the history holds neither.
    """
    kinds = [w for w in MEANINGS if history.get(w) or history.get(f"val_{w}")]
    kinds = kinds or ["accuracy"]  # of which it will be said that there is none
    figure = _figure(6.0 * len(kinds), 4.2)
    for place, what in enumerate(kinds, start=1):
        ax = figure.add_subplot(1, len(kinds), place)
        learning_curves(history, ax, what=what, validation_name=validation_name)
    return figure


# What the answers are like -----------------------------------------------------------


def confusion_matrix(
    matrix: ArrayLike, class_names: Sequence[str], ax: "Axes | None" = None
) -> "Axes":
    """Return axes with the counts of a confusion matrix; the diagonal is right.

    The number in a cell counts photos, its colour is the share of the row: of the
    photos that are of this class.

    Parameters
    ----------
    matrix : array-like of int, shape (K, K)
        As `metrics.confusion_matrix` returns it: rows true, columns answered.
    class_names : sequence of str, length K
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a figure of its own, as large as K needs.

    Raises
    ------
    ValueError
        If the matrix is not of K rows and K columns.
    """
    counts, names = np.asarray(matrix), [shortened(name) for name in class_names]
    if counts.shape != (len(names), len(names)) or not names:
        wanted = f"({len(names)}, {len(names)}) for these classes"
        raise ValueError(f"matrix should have shape {wanted}, got {counts.shape}")
    side = min(20.0, max(2.6, 0.55 * len(names)))  # inches
    ax = _figure(side + 3.0, side + 1.4).add_subplot() if ax is None else ax
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    image = ax.imshow(shares, SHARES, vmin=0, vmax=1, interpolation="nearest")
    size = min(12.0, 14 * side / len(names))
    style: Style = {"ha": "center", "va": "center", "fontsize": size}
    for (row, column), share in np.ndenumerate(shares):
        style["color"] = "white" if share > 0.7 else "black"
        ax.text(column, row, f"{counts[row, column]:,}", **style)
    ax.set_xticks(range(len(names)), names, **PLAIN)
    ax.set_yticks(range(len(names)), names, **PLAIN)
    if max(map(width_of, names)) > 12 - len(names) / 2:  # else they would run together
        ax.tick_params("x", labelrotation=90)
    ax.set(xlabel="answer", ylabel="true class")
    ax.figure.colorbar(image, ax=ax, label="share of the true class's photos")
    return ax


def mistakes(
    photos: Sequence[Numbers] | Numbers,
    true_names: Sequence[str],
    answer_names: Sequence[str],
    probabilities: Sequence[float] | Numbers,
    *,
    file_names: Sequence[str] | None = None,
    title: str | None = None,
    columns: int = 4,
) -> "Figure":
    """Return a figure of photos, each with its true class, the answer and how sure.

    Parameters
    ----------
    photos : sequence of ndarray, each (H, W), (H, W, 1) or (H, W, 3)
        Numbers 0..1, or uint8. At most 64 are drawn.
    true_names, answer_names : sequence of str
        The names of the classes, one for each photo.
    probabilities : sequence of float
        Of the answer, 0..1.
    file_names : sequence of str, optional
        Written small below the photos.
    title : str, optional
        What these photos are; mistakes, if not said otherwise.
    columns : int, default 4
        Photos in a row.

    Raises
    ------
    ValueError
        If there is no photo, or something else than one of each for every photo.
    """
    files = [""] * len(photos) if file_names is None else file_names
    others = (true_names, answer_names, probabilities, files)
    if (lengths := {len(other) for other in others}) != {len(photos)}:
        wanted = f"names, answers, probabilities for {count_of(len(photos), 'photo')}"
        raise ValueError(f"mistakes should get {wanted}, got {sorted(lengths)}")
    answers = [
        f"{shortened(true)}\n→ {shortened(answer)} ({100 * probability:.0f} %)"
        for true, answer, probability, _ in zip(*others, strict=True)
    ]
    heading = f"{title or 'Mistakes'}\ntrue class → answer and its probability"
    pictures = [to_picture(photo) for photo in photos]
    below = [shortened(file, 32) for file in files]
    return _panels(pictures, answers, heading, columns, 2.3, below=below)


# What was learnt ---------------------------------------------------------------------


def filters(kernel: ArrayLike, columns: int = 8) -> "Figure":
    """Return a figure of the first layer's filters, all on one scale about 0.

    Filters of one channel are drawn in blue (below 0), white (0) and red (above 0).
    Filters of red, green and blue are drawn as colour pictures around grey: mid-grey is
    0 in all three, a reddish cell has a larger weight on red than on the others.

    Parameters
    ----------
    kernel : array-like of shape (KH, KW, C, F)
        ``model.layers[0].params["kernel"]``, with C 1 or 3. At most 64 are drawn.
    columns : int, default 8
        Filters in a row.

    Raises
    ------
    ValueError
        If it is no kernel of photos.
    """
    kernel = np.asarray(kernel, np.float64)
    if kernel.ndim != 4 or kernel.shape[2] not in (1, 3):
        wanted = "(KH, KW, 1 or 3, F), as the first layer's"
        raise ValueError(f"kernel should be {wanted}, got {kernel.shape}")
    rows, cells, channels, count = kernel.shape
    limit = float(np.abs(kernel).max(initial=0)) or 1.0
    heading = f"{count_of(count, 'filter')} of {rows}x{cells}"
    filters = np.moveaxis(kernel, 3, 0)  # F, KH, KW, C
    if channels == 1:
        pictures, scale = filters[..., 0], (-limit, limit)
        return _panels(pictures, (), heading, columns, 0.8, scale, "weight (no unit)")
    heading += " on red, green and blue\nmid-grey: weight 0 in all three; full colour: "
    heading += f"+{limit:.2f}; none of it: -{limit:.2f}"
    pictures = np.clip(0.5 + filters / (2 * limit), 0, 1)
    return _panels(pictures, (), heading, columns, 0.8)


def feature_maps(
    maps: ArrayLike, columns: int = 8, title: str | None = None
) -> "Figure":
    """Return a figure of one photo's feature maps, all on one scale.

    Maps with numbers below 0 are drawn in blue (below 0), white (0) and red (above 0);
    maps without, as after a ReLU, from dark (0) to light.

    Parameters
    ----------
    maps : array-like of shape (OH, OW, F)
        One photo's output of a layer. At most 64 are drawn.
    columns : int, default 8
        Maps in a row.
    title : str, optional
        What these maps are; their number and size, if not said otherwise.

    Raises
    ------
    ValueError
        If it is not one photo's.
    """
    maps = np.asarray(maps, np.float64)
    if maps.ndim != 3 or not maps.size:
        wanted = "(OH, OW, F), one photo's; of a batch take y[0]"
        raise ValueError(f"maps should have shape {wanted}; got {maps.shape}")
    rows, cells, count = maps.shape
    heading = title or f"{count_of(count, 'feature map')} of {rows}x{cells}"
    limit = float(np.abs(maps).max()) or 1.0
    scale = (-limit if maps.min() < 0 else 0.0, limit)
    pictures = np.moveaxis(maps, 2, 0)  # F, OH, OW
    return _panels(pictures, (), heading, columns, 1.2, scale, "value (no unit)")


# Photos and what becomes of them -----------------------------------------------------


def augmentation_preview(
    photo: Numbers, variants: Sequence[Numbers] | Numbers, columns: int = 4
) -> "Figure":
    """Return a figure of a photo and of what augmentation makes of it.

    Parameters
    ----------
    photo : ndarray of shape (H, W), (H, W, 1) or (H, W, 3)
        Numbers 0..1, or uint8.
    variants : sequence of ndarray, shaped like the photo
    columns : int, default 4
        Pictures in a row.
    """
    pictures = [to_picture(one) for one in (photo, *variants)]
    names = ["the photo", *(f"variant {n}" for n in range(1, len(pictures)))]
    return _panels(pictures, names, "One photo, augmented", columns, 2.0)


def kernel_gallery(photo: Numbers, results: Mapping[str, Numbers]) -> "Figure":
    """Return a figure of a photo and of what kernels make of it, with their numbers.

    Parameters
    ----------
    photo : ndarray of shape (H, W), (H, W, 1) or (H, W, 3)
        Numbers 0..1, or uint8.
    results : dict of str to ndarray
        The kernels' names and what `kernels.feature_map` made of the photo. Numbers
        below black are drawn black, numbers above white are drawn white. Below the
        picture stand the kernel's numbers, if it is one of `KERNELS`.
    """
    white = 255 if np.asarray(photo).dtype == np.uint8 else 1
    drawn = [np.clip(y / white, 0, 1) for y in results.values()]
    pictures = [to_picture(image) for image in (photo, *drawn)]
    names = ["the photo", *map(shortened, results)]
    below = ["", *(kernel_text(KERNELS[n]) if n in KERNELS else "" for n in results)]
    heading = "A photo and what kernels make of it\ndrawn black below 0, white above 1"
    return _panels(pictures, names, heading, 4, 2.3, below=below)


# What the figures share --------------------------------------------------------------


def _figure(width: float, height: float) -> "Figure":
    """Return an empty figure, in inches, that nobody but the caller knows."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    figure.set_layout_engine("constrained", h_pad=0.14)
    return figure


def _panels(
    pictures: Sequence[Numbers] | Numbers,
    names: Sequence[str],
    heading: str,
    columns: int,
    size: float,
    scale: tuple[float, float] = (0.0, 1.0),
    bar: str = "",
    below: Sequence[str] = (),
) -> "Figure":
    """Return a figure of pictures in rows: names above each, a heading over all.

    Parameters
    ----------
    pictures : sequence of ndarray, (H, W) or (H, W, 3)
        At least one; the first `MOST_PANELS` are drawn.
    names, below : sequence of str
        The lines above and below each picture, or none; above it its number then.
    heading : str
    columns : int
        Pictures in a row.
    size : float
        Width of a picture, in inches; of few pictures more.
    scale : (float, float), default (0, 1)
        The numbers at the two ends of the colours, for all pictures the same.
    bar : str, default ""
        What the colours mean; without it (H, W) is from black to white.
    """
    if not len(pictures):
        raise ValueError("there should be at least one picture to draw, got none")
    if len(pictures) > MOST_PANELS:
        heading += f" (here the first {MOST_PANELS})"
    pictures = pictures[:MOST_PANELS]
    columns = max(1, min(columns, len(pictures)))
    rows = -(-len(pictures) // columns)
    size = max(size, 3.9 / columns)
    tallest = max(min(2.0, len(one) / len(one[0])) for one in pictures)
    width = columns * size + (1.2 if bar else 0.3)
    signs = int(12 * width)  # that fit into a line of the heading
    said = "\n".join(textwrap.fill(display_name(s), signs) for s in heading.split("\n"))
    lines = 1 + len([*names, ""][0].splitlines()) + len([*below, ""][-1].splitlines())
    height = rows * (size * tallest + 0.3 * lines) + 0.2 * len(said.splitlines()) + 0.2
    figure = _figure(width, max(height, 2.0))
    figure.suptitle(said, fontsize=11, **PLAIN)
    colours = "gray" if not bar else DIVERGING if scale[0] < 0 else SEQUENTIAL
    under: Style = {"fontsize": 9, "family": "monospace", "multialignment": "left"}
    for place, picture in enumerate(pictures):
        ax = figure.add_subplot(rows, columns, place + 1, xticks=[], yticks=[])
        ax.imshow(picture, colours, vmin=scale[0], vmax=scale[1])
        name = names[place] if names else str(place)
        ax.set_title(name, fontsize=10 if names else 8, **PLAIN)
        ax.set_xlabel(below[place] if below else "", **under, **PLAIN)
    if bar:
        figure.colorbar(figure.axes[0].images[0], ax=figure.axes, label=bar)
    return figure
