"""A network as a picture: one box for each layer, and what goes from box to box."""

from typing import TYPE_CHECKING, Any

from tinycnn.figures.canvas import BLUE, PLAIN, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STEP, WIDTH, NAME_WIDTH = 0.62, 3.2, 1.9  # inches: from box to box, of a box, more


def network_diagram(
    model: Any, shapes: bool = False, names: bool = True, trainable: bool = False
) -> "Figure":
    """Return a figure of the layers of a model, the first one on top.

    Parameters
    ----------
    model : Sequential
    shapes : bool, default False
        Write the shapes of input and output into each box.
    names : bool, default True
        Write each layer's name beside its kind.
    trainable : bool, default False
        Write which layers do not learn.

    Raises
    ------
    ValueError
        If the model has no layers.
    """
    if not model.layers:
        raise ValueError("there are no layers to draw: add some first")
    boxes = [_text(layer, shapes, names, trainable) for layer in model.layers]
    if model.input_shape is not None:
        boxes.insert(0, f"input (None, {', '.join(map(str, model.input_shape))})")
    width = WIDTH + NAME_WIDTH * (shapes + names) / 2
    figure = new_figure(width, STEP * len(boxes) + 0.2)
    ax = figure.add_subplot(xlim=(0, 1), ylim=(len(boxes) - 0.4, -0.6))
    ax.axis("off")
    frame = {"boxstyle": "round,pad=0.45", "facecolor": "white", "edgecolor": BLUE}
    for row, text in enumerate(boxes):
        if row:
            arrow = {"arrowstyle": "->", "color": "black", "shrinkA": 9, "shrinkB": 9}
            ax.annotate("", (0.5, row), (0.5, row - 1), arrowprops=arrow)
        style: Any = {"ha": "center", "va": "center", "fontsize": 9, "bbox": frame}
        ax.text(0.5, row, text, **style, **PLAIN)
    return figure


def _text(layer: Any, shapes: bool, names: bool, trainable: bool) -> str:
    """Return what stands in a layer's box."""
    text = type(layer).__name__
    if names and layer.name:
        text = f"{layer.name}: {text}"
    if shapes and layer.input_shape and layer.output_shape:
        sides = (
            f"(None, {', '.join(map(str, shape))})"
            for shape in (layer.input_shape, layer.output_shape)
        )
        text += "  " + " -> ".join(sides)
    if trainable and layer.params and not layer.trainable:
        text += "  (frozen)"
    return text
