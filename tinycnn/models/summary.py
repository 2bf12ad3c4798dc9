"""A model's table: what goes in and out of each layer, and what it costs."""

from tinycnn.layers import Layer
from tinycnn.layers.more.naming import labels
from tinycnn.shapes import Shape
from tinycnn.text import size_of, text_table

BYTES_PER_NUMBER = 4  # float32
HEADINGS = ("layer", "output shape", "parameters", "bytes", "multiply-adds")


def shape_text(shape: Shape | None) -> str:
    """Return ``62 x 62 x 32``, or ``?`` for a layer that is not built."""
    return " x ".join(map(str, shape)) if shape else "?"


def table(layers: list[Layer], input_shape: Shape | None) -> list[tuple[str, ...]]:
    """Return a row of text for the input and for each layer, under `HEADINGS`."""
    rows: list[tuple[str, ...]] = [("input", shape_text(input_shape), "", "", "")]
    for place, (layer, label) in enumerate(zip(layers, labels(layers), strict=True)):
        count = layer.count_params()
        products = layer.multiply_adds() if layer.output_shape else 0
        rows.append(
            (
                f"{place} {label}",
                shape_text(layer.output_shape),
                f"{count:,}" if count else "",
                size_of(count * BYTES_PER_NUMBER) if count else "",
                f"{products:,}" if products else "",
            )
        )
    return rows


def totals(layers: list[Layer]) -> str:
    """Return the last line: parameters, bytes, multiply-adds per photo."""
    if not layers or layers[-1].output_shape is None:
        return "not known yet: give the first layer input_shape, or fit the model"
    count = sum(layer.count_params() for layer in layers)
    products = sum(layer.multiply_adds() for layer in layers if layer.output_shape)
    kept = sum(array.size for layer in layers for array in layer.state.values())
    learnt = f"{count - kept:,} of them learnt, " if kept else ""
    return (
        f"{count:,} parameters ({size_of(count * BYTES_PER_NUMBER)} as float32), "
        f"{learnt}{products:,} multiply-adds per photo"
    )


def text(layers: list[Layer], input_shape: Shape | None) -> str:
    """Return the table as lines of text."""
    lines = text_table([HEADINGS, *table(layers, input_shape)], "<<>")
    return "\n".join([*lines, lines[1], totals(layers)])


def as_html(layers: list[Layer], input_shape: Shape | None) -> str:
    """Return the table for a notebook."""
    import html  # here, as it loads slowly

    head = "".join(f"<th>{heading}</th>" for heading in HEADINGS)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
        for row in table(layers, input_shape)
    )
    return f"<table><tr>{head}</tr>{body}</table><p>{totals(layers)}</p>"


def one_line(layers: list[Layer], input_shape: Shape | None) -> str:
    """Return the model in one line, for ``repr``."""
    names = " > ".join(type(layer).__name__ for layer in layers) or "no layers yet"
    shape = f"{shape_text(input_shape)} > " if input_shape else ""
    count = sum(layer.count_params() for layer in layers)
    return f"Sequential({shape}{names}; {count:,} parameters)"
