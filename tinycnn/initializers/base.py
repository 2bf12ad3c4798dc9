"""What every initialiser promises."""

import numpy as np
from numpy.typing import DTypeLike

from tinycnn.files.described import Described
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Shape, whole_number


class Initializer(Described):
    """A rule for the first numbers of a kernel or bias.

    Parameters
    ----------
    seed : int, optional
        The numbers are a function of this seed, the same in every layer, as in Keras.
        By default they are a function of the model's seed and the layer's place.
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed: int | None = (
            None if seed is None else whole_number(seed, "seed", least=0)
        )

    def generator(self, rng: np.random.Generator) -> np.random.Generator:
        """Return the generator of the own seed, or the one given."""
        return rng if self.seed is None else rng_for(self.seed, "build")

    def __call__(
        self, shape: Shape, rng: np.random.Generator, dtype: DTypeLike
    ) -> Array:
        """Return the first numbers.

        Parameters
        ----------
        shape : tuple of int
        rng : numpy.random.Generator
            Where random numbers come from, unless the initialiser has its own seed.
        dtype : dtype
        """
        raise NotImplementedError(f"{type(self).__name__} should define __call__")


def normal(shape: Shape, rng: np.random.Generator) -> Array:
    """Return standard normal numbers; those beyond two deviations are drawn again."""
    numbers = rng.standard_normal(shape)
    while (outside := np.abs(numbers) > 2).any():
        numbers[outside] = rng.standard_normal(int(outside.sum()))
    return numbers
