"""The first numbers of kernels and biases, by name and as objects."""

from typing import TYPE_CHECKING, Any

from tinycnn.files.described import from_description
from tinycnn.initializers.base import Initializer
from tinycnn.initializers.plain import (
    Constant,
    Ones,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    Zeros,
)
from tinycnn.initializers.scaled import (
    GlorotNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
)
from tinycnn.initializers.variance_scaling import (
    GlorotUniform,
    HeNormal,
    VarianceScaling,
    fans,
)
from tinycnn.keras.names import other_names, starred

# Keras has both spellings, and the lower-case one is also the name as a string.
glorot_uniform = GlorotUniform
glorot_normal = GlorotNormal
he_uniform = HeUniform
he_normal = HeNormal
lecun_uniform = LecunUniform
lecun_normal = LecunNormal
variance_scaling = VarianceScaling
random_normal = RandomNormal
random_uniform = RandomUniform
truncated_normal = TruncatedNormal
orthogonal = Orthogonal
constant = Constant
zeros = Zeros
ones = Ones

# The fixed table by which a layer and a model file may name an initialiser.
INITIALIZERS: dict[str, type[Initializer]] = {
    name: globals()[name]
    for name in (
        "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform",
        "lecun_normal", "variance_scaling", "random_normal", "random_uniform",
        "truncated_normal", "orthogonal", "constant", "zeros", "ones",
    )
}  # fmt: skip
BY_CLASS = {kind.__name__: kind for kind in INITIALIZERS.values()}


def check_initializer(
    initializer: Any, what: str = "kernel_initializer"
) -> str | Initializer:
    """Return an initialiser as it is: its name, or the object.

    Raises
    ------
    ValueError or TypeError
        If it is not one of `INITIALIZERS`, by name, as an object, as a class, or as a
        model file describes it.
    """
    if isinstance(initializer, type) and issubclass(initializer, Initializer):
        return initializer()
    if isinstance(initializer, Initializer):
        return initializer
    if isinstance(initializer, str) and initializer in INITIALIZERS:
        return initializer
    if isinstance(initializer, dict):
        return from_description(initializer, BY_CLASS, what)
    raise ValueError(
        f"{what} should be one of {', '.join(INITIALIZERS)}, or an object such as "
        f"RandomNormal(stddev=0.01), got {initializer!r}"
    )


def get(initializer: str | Initializer) -> Initializer:
    """Return the object of an initialiser's name."""
    if isinstance(initializer, str):
        return INITIALIZERS[initializer]()
    return initializer


__all__ = [
    "INITIALIZERS",
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "check_initializer",
    "fans",
    "get",
]

if not TYPE_CHECKING:  # else every misspelt name would look right to mypy
    __all__ = starred(__name__, __all__)
    __getattr__ = other_names(__name__)
