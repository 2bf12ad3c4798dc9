"""Shared by all figures: colours, an empty figure, rows of pictures, the PNG file."""

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

AnyArray = NDArray[Any]
Style = dict[str, Any]

# Blue and vermilion of Okabe and Ito's palette, which colour-blind readers can tell
# apart; the second line is also dashed, for print without colours.
BLUE, VERMILION = "#0072B2", "#D55E00"
DIVERGING, SEQUENTIAL, SHARES = "RdBu_r", "cividis", "Blues"
MAX_PANELS = 64  # of one figure; its heading says if some are left out
# Class and file names: a "$" in them does not begin a formula.
PLAIN: Style = {"parse_math": False, "usetex": False}


def save_figure(figure: "Figure", path: str | Path) -> None:
    """Write a figure as a PNG file: the same data gives the same bytes.

    The file is written atomically and contains no time and no path. (A figure that was
    drawn before is laid out again, and may be off by a pixel.)

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        From a function of `tinycnn.figures`; for axes, their ``.figure``.
    path : str or Path
        The file; an existing one is replaced.

    Raises
    ------
    OSError
        If it cannot be written; the message names the path and the size.
    """
    write_aside(Path(path), [png_of(figure)])


def png_of(figure: "Figure") -> bytes:
    """Return a figure as the content of a PNG file; see `save_figure`."""
    content = io.BytesIO()
    with warnings.catch_warnings():
        # A missing glyph is drawn as a box; the warning adds nothing.
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
        style: Style = {"dpi": 120, "bbox_inches": "tight"}  # nothing is cut off
        figure.savefig(content, format="png", metadata={"Software": "tinycnn"}, **style)
    return content.getvalue()


def new_figure(width: float, height: float) -> "Figure":
    """Return an empty figure that pyplot does not track; sizes in inches."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    figure.set_layout_engine("constrained", h_pad=0.14)
    return figure


def panels(
    pictures: Sequence[AnyArray] | AnyArray,
    names: Sequence[str],
    heading: str,
    columns: int,
    size: float,
    scale: tuple[float, float] = (0.0, 1.0),
    bar: str = "",
    below: Sequence[str] = (),
) -> "Figure":
    """Return a figure of pictures in rows: names above each, a heading over all.

    Of the pictures, (H, W) or (H, W, 3), the first `MAX_PANELS` are drawn, `columns` in
    a row and at least `size` inches wide, with the lines of `names` above (or the
    index) and of `below` underneath. `scale` are the values at the ends of the colour
    scale; without a label for its `bar`, (H, W) is drawn from black to white.
    """
    if not len(pictures):
        raise ValueError("there should be at least one picture to draw, got none")
    if len(pictures) > MAX_PANELS:
        heading += f" (here the first {MAX_PANELS})"
    pictures = pictures[:MAX_PANELS]
    columns = max(1, min(columns, len(pictures)))
    rows = -(-len(pictures) // columns)
    size = max(size, 3.9 / columns)
    tallest = max(min(2.0, len(p) / len(p[0])) for p in pictures)
    width = columns * size + (1.2 if bar else 0.3)
    characters = int(12 * width)  # that fit into a line of the heading
    heading = "\n".join(
        textwrap.fill(display_name(line), characters) for line in heading.split("\n")
    )
    lines = 1 + len([*names, ""][0].splitlines()) + len([*below, ""][-1].splitlines())
    height = (
        rows * (size * tallest + 0.3 * lines) + 0.2 * len(heading.splitlines()) + 0.2
    )
    figure = new_figure(width, max(height, 2.0))
    figure.suptitle(heading, fontsize=11, **PLAIN)
    colours = "gray" if not bar else DIVERGING if scale[0] < 0 else SEQUENTIAL
    style: Style = {"fontsize": 9, "family": "monospace", "multialignment": "left"}
    for index, picture in enumerate(pictures):
        ax = figure.add_subplot(rows, columns, index + 1, xticks=[], yticks=[])
        ax.imshow(picture, colours, vmin=scale[0], vmax=scale[1])
        name = names[index] if names else str(index)
        ax.set_title(name, fontsize=10 if names else 8, **PLAIN)
        ax.set_xlabel(below[index] if below else "", **style, **PLAIN)
    if bar:
        figure.colorbar(figure.axes[0].images[0], ax=figure.axes, label=bar)
    return figure


def to_picture(photo: ArrayLike) -> Array:
    """Return a photo as matplotlib draws it: (H, W) or (H, W, 3), values 0..1."""
    x = np.asarray(photo)
    x = x / 255 if x.dtype == np.uint8 else np.nan_to_num(x)
    x = x[..., np.newaxis] if x.ndim == 2 else x
    if x.ndim != 3 or x.shape[2] not in (1, 3) or not 0 < x.size or x.max() > 1.5:
        raise ValueError(  # up to 1.5: slightly above 1 is rounding
            "a photo should be (H, W), (H, W, 1) or (H, W, 3), its numbers 0..1 or "
            f"uint8, got {np.shape(photo)} and numbers up to {x.max(initial=0):g}"
        )
    picture = np.clip(x, 0, 1)
    return picture[..., 0] if picture.shape[2] == 1 else picture
