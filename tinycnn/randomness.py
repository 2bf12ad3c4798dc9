"""Randomness without state: random numbers are a function of (seed, purpose, place).

Each random choice of the library - first weights, order of the photos, how a photo
is sheared, what Dropout drops - comes from a new generator, made from the seed, the
purpose and the place (layer, epoch, step, photo). So nothing depends on earlier calls,
and an interrupted training run resumes as if it had never stopped.
"""

import numpy as np

from tinycnn.shapes import whole_number

PURPOSES = (
    "build", "order", "augmentation", "dropout", "split", "check", "validation",
)  # fmt: skip

_default_seed = 0


def default_seed() -> int:
    """Return the seed of a model that is given none: 0, unless it was set."""
    return _default_seed


def set_default_seed(seed: int) -> None:
    """Let models made from here on take this seed, unless they are given one."""
    global _default_seed
    _default_seed = whole_number(seed, "seed", least=0)


def rng_for(seed: int, purpose: str, *place: int) -> np.random.Generator:
    """Return the random generator for one purpose at one place.

    Parameters
    ----------
    seed : int
        The user's seed, a whole number of 0 or more; otherwise a ValueError is raised.
    purpose : str
        One of `PURPOSES`; two purposes never share random numbers.
    *place : int
        Numbers of the layer, the pass, the step, the photo, and so on.

    Examples
    --------
    >>> rng_for(0, "order", 3).permutation(4).tolist()
    [2, 1, 3, 0]
    >>> rng_for(0, "order", 3).permutation(4).tolist()  # the same again
    [2, 1, 3, 0]
    """
    seed = whole_number(seed, "seed", least=0)
    return np.random.default_rng((seed, PURPOSES.index(purpose), *place))
