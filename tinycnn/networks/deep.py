"""A deeper network: blocks of convolution, normalisation, ReLU and pooling.

Each block halves the feature maps and looks at twice the field of the one before; the
later ones, whose maps are small, have more filters.
"""

from tinycnn.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    MaxPooling2D,
    ReLU,
)
from tinycnn.models import Sequential
from tinycnn.optimizers import Adam
from tinycnn.optimizers.schedules import CosineDecay
from tinycnn.shapes import Shape
from tinycnn.text import size_of

# The filters of each block's convolutions.
PHOTO_BLOCKS = ((32,), (64,), (128,), (128,))
SMALL_BLOCKS = ((32,), (64, 64), (48,))
# Rows or columns. A digit fills its 28x28 image, so the place of each part counts.
SMALL = 48
BYTES_PER_CELL = 4 * 4  # float32: what convolution, normalisation and ReLU make, and dx
MAX_BYTES = 4 * 2**30
LEAST_SIDE = 3  # of the last feature maps: a 3x3 kernel should have neighbours to see
DROPPED = 0.3
MOMENTUM = 0.9  # of the running means: an epoch of a few photos has few steps


def check_size(rows: int, columns: int, batch_size: int = 32) -> None:
    """Raise ValueError if the feature maps of a batch need over `MAX_BYTES`.

    Counted are those of the first block, which are the largest.
    """
    needed = batch_size * rows * columns * PHOTO_BLOCKS[0][0] * BYTES_PER_CELL
    if needed > MAX_BYTES:
        raise ValueError(
            f"the feature maps of {batch_size} photos of {rows}x{columns} would need "
            f"{size_of(needed)} of memory, more than {size_of(MAX_BYTES)}; make the "
            "photos smaller"
        )


def blocks(smallest: int) -> list[tuple[int, ...]]:
    """Return the filters of the blocks for a photo whose shorter side this is."""
    halved = [smallest // 2**block for block in range(1, len(PHOTO_BLOCKS) + 1)]
    filters = SMALL_BLOCKS if smallest < SMALL else PHOTO_BLOCKS
    return [f for f, side in zip(filters, halved, strict=False) if side >= LEAST_SIDE]


def deep_network(
    input_shape: Shape,
    classes: int = 2,
    learning_rate: float = 0.002,
    steps: int = 1000,
    seed: int = 0,
) -> Sequential:
    """Return a deeper network, compiled.

    Parameters
    ----------
    input_shape : (int, int, int)
        (H, W, C) of a photo. Up to four blocks halve it, to not less than 3 cells. The
        last feature maps are averaged; those of an image with fewer than 48 rows or
        columns are flattened.
    classes : int, default 2
        Two classes use one sigmoid output; more use a softmax.
    learning_rate : float, default 0.002
        Of Adam, in the first step.
    steps : int, default 1000
        Steps of training, in which the learning rate falls to 0.
    seed : int, default 0

    Raises
    ------
    ValueError
        If the photo is too small for one block.

    Examples
    --------
    >>> deep_network((28, 28, 1), classes=10).count_params()
    88602
    """
    smallest = min(input_shape[:2])
    if smallest // 2 < LEAST_SIDE:
        rows, columns, _ = input_shape
        raise ValueError(
            f"a photo should have {2 * LEAST_SIDE} rows and columns or more for the "
            f"deep network, got {rows}x{columns}"
        )
    layers: list[Layer] = []
    for block in blocks(smallest):
        for filters in block:
            layers += [
                Conv2D(filters, (3, 3), padding="same", kernel_initializer="he_normal"),
                BatchNormalization(momentum=MOMENTUM),
                ReLU(),
            ]
        layers += [MaxPooling2D((2, 2))]
    is_binary = classes == 2
    layers += [
        Flatten() if smallest < SMALL else GlobalAveragePooling2D(),
        Dropout(DROPPED),
        Dense(1, "sigmoid") if is_binary else Dense(classes, "softmax"),
    ]
    model = Sequential(layers, seed=seed)
    model.build(input_shape)
    loss = "binary_crossentropy" if is_binary else "categorical_crossentropy"
    model.compile(Adam(CosineDecay(learning_rate, steps)), loss, ["accuracy"])
    return model
