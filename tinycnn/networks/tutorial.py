"""The tutorial's network: convolution, pooling, flattening, full connection."""

from tinycnn.layers import (
    AveragePooling2D,
    Conv2D,
    Dense,
    Flatten,
    Layer,
    MaxPooling2D,
    SumPooling2D,
)
from tinycnn.models import Sequential
from tinycnn.networks.input_shape import check_side, photo_shape
from tinycnn.optimizers import Adam
from tinycnn.shapes import Shape, whole_number
from tinycnn.text import size_of

FILTERS, UNITS = 32, 128
LEAST_SIDE = 4  # a 3x3 kernel leaves 2 rows, and pooling one
BYTES_PER_WEIGHT = 4 * 4  # float32: the weight, its gradient, Adam's m and v
MAX_BYTES = 4 * 2**30
POOLINGS: dict[str, type[Layer]] = {
    "max": MaxPooling2D,
    "average": AveragePooling2D,
    "sum": SumPooling2D,
}


def check_size(rows: int, columns: int) -> None:
    """Raise ValueError if photos are too small, or the network over `MAX_BYTES`."""
    check_side(rows, columns, LEAST_SIDE, "tutorial's")
    kernel = (rows - 2) // 2 * ((columns - 2) // 2) * FILTERS * UNITS
    if (needed := kernel * BYTES_PER_WEIGHT) > MAX_BYTES:
        raise ValueError(
            f"the network for {rows}x{columns} photos would need {size_of(needed)} of "
            f"memory, more than {size_of(MAX_BYTES)}; make the photos smaller"
        )


def tutorial_network(
    input_shape: Shape,
    classes: int = 2,
    pooling: str = "max",
    learning_rate: float = 0.001,
    seed: int = 0,
) -> Sequential:
    """Return the tutorial's network, compiled.

    Parameters
    ----------
    input_shape : (int, int, int)
        (H, W, C) of a photo.
    classes : int, default 2
        Two classes use one sigmoid output; more use a softmax.
    pooling : {"max", "average", "sum"}, default "max"
        How a 2x2 window is summarised.
    learning_rate : float, default 0.001
        Of Adam.
    seed : int, default 0

    Raises
    ------
    ValueError
        If the photo is too small, or the network too large for memory.

    Examples
    --------
    >>> tutorial_network((64, 64, 3)).count_params()
    3937409
    """
    rows, columns, _ = photo_shape(input_shape)
    check_size(rows, columns)
    whole_number(classes, "classes", least=2)
    is_binary = classes == 2
    model = Sequential(
        [
            Conv2D(FILTERS, (3, 3), input_shape=input_shape, activation="relu"),
            POOLINGS[pooling](pool_size=(2, 2)),
            Flatten(),
            Dense(units=UNITS, activation="relu"),
            Dense(1, "sigmoid") if is_binary else Dense(classes, "softmax"),
        ],
        seed=seed,
    )
    loss = "binary_crossentropy" if is_binary else "categorical_crossentropy"
    model.compile(Adam(learning_rate), loss, ["accuracy"])
    return model
