"""Optimisers: one step downhill for every parameter, given its gradient."""

from typing import TYPE_CHECKING

from tinycnn.keras.names import other_names, starred
from tinycnn.optimizers import schedules
from tinycnn.optimizers.adaptive import Adadelta, Adagrad, RMSprop
from tinycnn.optimizers.base import Named, Optimizer
from tinycnn.optimizers.descent import SGD, Adam
from tinycnn.optimizers.like_adam import Adamax, AdamW, Nadam

# The fixed table by which `compile` and a model file may name an optimiser.
OPTIMIZERS: dict[str, type[Optimizer]] = {
    optimizer.name: optimizer
    for optimizer in (SGD, Adam, RMSprop, Adagrad, Adadelta, Nadam, Adamax, AdamW)
}

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Nadam",
    "Named",
    "Optimizer",
    "RMSprop",
    "get",
    "schedules",
]


def get(optimizer: object) -> Optimizer:
    """Return the optimiser for a name, or the object itself if it is one already.

    Raises
    ------
    ValueError
        If the name is unknown.
    """
    if isinstance(optimizer, Optimizer):
        return optimizer
    if isinstance(optimizer, type) and issubclass(optimizer, Optimizer):
        return optimizer()  # type: ignore[call-arg]
    if isinstance(optimizer, str) and optimizer.lower() in OPTIMIZERS:
        return OPTIMIZERS[optimizer.lower()]()  # type: ignore[call-arg]
    raise ValueError(
        f"optimizer should be one of {', '.join(OPTIMIZERS)}, or an object such as "
        f"Adam(learning_rate=0.001), got {optimizer!r}"
    )


if not TYPE_CHECKING:  # else every misspelt name would look right to mypy
    __all__ = starred(__name__, __all__)
    __getattr__ = other_names(__name__)
