"""Randomness without state: what chance decides is a function of (seed, what, where).

Every random choice of the library - first weights, order of the photos, how a photo
is sheared, what Dropout drops - is made by a generator that is created on the spot
from the seed, the purpose and the place (layer, epoch, step, photo). So nothing
depends on what was called before, and a training that was interrupted can be
continued as if it had not been.
"""

import numpy as np

from tinycnn.shapes import whole_number

PURPOSES = ("build", "order", "augmentation", "dropout", "split", "check")


def rng_for(seed: int, purpose: str, *place: int) -> np.random.Generator:
    """Return the generator for one purpose at one place.

    Parameters
    ----------
    seed : int
        The user's seed, 0 or more.
    purpose : str
        One of `PURPOSES`; two purposes never share random numbers.
    *place : int
        Where: the layer's number, the pass, the step, the photo ...

    Raises
    ------
    ValueError
        If the seed is not a whole number of at least 0.

    Examples
    --------
    >>> rng_for(0, "order", 3).permutation(4).tolist()
    [2, 1, 3, 0]
    >>> rng_for(0, "order", 3).permutation(4).tolist()  # again the same
    [2, 1, 3, 0]
    """
    seed = whole_number(seed, "seed", least=0)
    return np.random.default_rng((seed, PURPOSES.index(purpose), *place))
