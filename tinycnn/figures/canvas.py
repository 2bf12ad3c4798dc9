"""What all figures share: colours, an empty figure, rows of pictures, the PNG file."""

import io
import textwrap
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinycnn.files.atomic import write_aside
from tinycnn.shapes import Array
from tinycnn.text import display_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Numbers = NDArray[Any]
Style = dict[str, Any]

# Blue and vermilion of Okabe and Ito's palette: told apart by colour-blind readers; the
# second line is dashed too, for paper without colours.
BLUE, VERMILION = "#0072B2", "#D55E00"
DIVERGING, SEQUENTIAL, SHARES = "RdBu_r", "cividis", "Blues"
MOST_PANELS = 64  # of one figure; what is left out is said in its heading
# Names are other people's: a "$" in them is no formula.
PLAIN: Style = {"parse_math": False, "usetex": False}


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


def new_figure(width: float, height: float) -> "Figure":
    """Return an empty figure, in inches, that nobody but the caller knows."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    figure.set_layout_engine("constrained", h_pad=0.14)
    return figure


def panels(
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
    figure = new_figure(width, max(height, 2.0))
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


def to_picture(photo: ArrayLike) -> Array:
    """Return a photo as matplotlib draws it: (H, W) or (H, W, 3), numbers 0..1."""
    x = np.asarray(photo)
    x = x / 255 if x.dtype == np.uint8 else np.nan_to_num(x)
    x = x[..., np.newaxis] if x.ndim == 2 else x
    if x.ndim != 3 or x.shape[2] not in (1, 3) or not 0 < x.size or x.max() > 1.5:
        raise ValueError(  # up to 1.5, for a little above 1 is rounding
            "a photo should be (H, W), (H, W, 1) or (H, W, 3), its numbers 0..1 or "
            f"uint8, got {np.shape(photo)} and numbers up to {x.max(initial=0):g}"
        )
    picture: Array = np.clip(x, 0, 1)
    return picture[..., 0] if picture.shape[2] == 1 else picture
