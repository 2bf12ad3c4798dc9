"""A deeper network: blocks of convolution, normalisation, ReLU and pooling.

Each block halves the feature maps and looks at twice the field of the one before; the
later ones, whose maps are small, have more filters.
"""

from tinycnn.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    Layer,
    MaxPooling2D,
    ReLU,
)
from tinycnn.models import Sequential
from tinycnn.networks.input_shape import check_side, photo_shape
from tinycnn.optimizers import Adam
from tinycnn.optimizers.schedules import CosineDecay
from tinycnn.shapes import Shape, whole_number
from tinycnn.text import size_of

# The filters of each block's convolutions. A digit's strokes are a few pixels wide: a
# second convolution sees them before the maps are halved.
PHOTO_BLOCKS = ((32,), (64,), (128,), (128,))
SMALL_BLOCKS = ((32, 32), (64, 64))
SMALL = 46  # rows or columns: a photo with fewer leaves no cell for the fourth block
KERNEL, POOL = 3, 2
LEAST_SIDE = len(SMALL_BLOCKS[0]) * (KERNEL - 1) + POOL  # of a photo
BYTES_PER_CELL = 4 * 4  # float32: the maps of convolution, normalisation, ReLU; one dx
MAX_BYTES = 4 * 2**30
# Of the running means. With the default of 0.99 they would still be near their start
# after the few steps that an epoch of 250 photos has.
MOMENTUM = 0.9


def check_size(rows: int, columns: int, batch_size: int = 1) -> None:
    """Raise ValueError if photos are too small, or a batch's maps over `MAX_BYTES`.

    Counted are the feature maps of the first block, which are the largest.
    """
    check_side(rows, columns, LEAST_SIDE, "deep")
    filters = sum(blocks(min(rows, columns))[0])
    needed = batch_size * rows * columns * filters * BYTES_PER_CELL
    if needed > MAX_BYTES:
        raise ValueError(
            f"the feature maps of {batch_size} photos of {rows}x{columns} would need "
            f"{size_of(needed)} of memory, more than {size_of(MAX_BYTES)}; make "
            "batch_size smaller, or the photos"
        )


def blocks(side: int) -> list[tuple[int, ...]]:
    """Return the filters of the blocks for a photo whose shorter side this is."""
    kept: list[tuple[int, ...]] = []
    for filters in SMALL_BLOCKS if side < SMALL else PHOTO_BLOCKS:
        side = (side - len(filters) * (KERNEL - 1)) // POOL
        if side < 1:
            break
        kept.append(filters)
    return kept


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
        (H, W, C) of a photo. As many blocks halve it as leave at least one cell, at
        most four; at most two, with two convolutions each, if it has fewer than 46 rows
        or columns.
    classes : int, default 2
        Two classes use one sigmoid output; more use a softmax.
    learning_rate : float, default 0.002
        Of Adam, in the first step.
    steps : int, default 1000
        Steps of training, epochs * batches: the learning rate falls to 0 in them, and
        after them nothing is learnt.
    seed : int, default 0

    Raises
    ------
    ValueError
        If the photo is too small for one block, or the maps of one too large for
        memory.

    Examples
    --------
    >>> deep_network((28, 28, 1), classes=10).count_params()
    76010

    Trained for 10 epochs of batches of 32 of the arrays x and y::

        model = deep_network(x.shape[1:], steps=10 * math.ceil(len(x) / 32))
        model.fit(x, y, batch_size=32, epochs=10)
    """
    rows, columns, _ = photo_shape(input_shape)
    check_size(rows, columns)
    whole_number(classes, "classes", least=2)
    layers: list[Layer] = []
    for block in blocks(min(rows, columns)):
        for filters in block:
            layers += [
                Conv2D(filters, (KERNEL, KERNEL)),
                BatchNormalization(momentum=MOMENTUM),
                ReLU(),
            ]
        layers += [MaxPooling2D((POOL, POOL))]
    is_binary = classes == 2
    layers += [
        Flatten(),
        Dense(1, "sigmoid") if is_binary else Dense(classes, "softmax"),
    ]
    model = Sequential(layers, seed=seed)
    model.build(input_shape)
    loss = "binary_crossentropy" if is_binary else "categorical_crossentropy"
    model.compile(Adam(CosineDecay(learning_rate, steps)), loss, ["accuracy"])
    return model
