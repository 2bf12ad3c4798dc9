"""A survey of photos: what is noted of each while all of them are decoded once.

Before and after learning, `train` needs three things that only pixels tell: which
photos are equal, whether they are those of an interrupted run, and the mean colour of
each. Photos that do not fit into memory would be decoded again for each of the three.
"""

import hashlib
from array import array
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinycnn.batches.arrays import Batches
from tinycnn.shapes import Array

DIGEST_BYTES = hashlib.sha256().digest_size


class Survey:
    """Digests and mean colours of photos, in file order; not the photos themselves.

    Parameters
    ----------
    scaled : callable
        Returns the pixels of a photo as the model's input; its mean colour is of that.

    Attributes
    ----------
    pixels : hash object
        The SHA-256 of the pixels of all photos in a row.

    Examples
    --------
    >>> survey = Survey(np.float32)
    >>> for value in (0, 100, 0):
    ...     survey.add(np.full((2, 3, 1), value, np.uint8))
    >>> survey.channel_means.tolist()
    [[0.0], [100.0], [0.0]]
    >>> first, second, third = survey.digests()
    >>> first == third, first == second
    (True, False)
    """

    def __init__(self, scaled: Callable[[NDArray[np.uint8]], Array]) -> None:
        self.pixels: hashlib._Hash = hashlib.sha256()
        self._scaled = scaled
        self._digests = bytearray()
        self._means = array("d")

    def add(self, pixels: NDArray[np.uint8]) -> None:
        """Note what there is to know of the next photo, uint8 of shape (H, W, C)."""
        content = pixels.tobytes()
        self.pixels.update(content)
        self._digests += hashlib.sha256(content).digest()
        x = self._scaled(pixels)
        # Whole rows are added first: few columns of channels are slow to add up.
        sums = x.sum(axis=0, dtype=np.float64).sum(axis=0)
        self._means.extend((sums / (x.shape[0] * x.shape[1])).tolist())

    def digests(self) -> Iterator[bytes]:
        """Yield the SHA-256 of each photo's pixels: equal photos have equal ones."""
        for start in range(0, len(self._digests), DIGEST_BYTES):
            yield bytes(self._digests[start : start + DIGEST_BYTES])

    @property
    def channel_means(self) -> NDArray[np.float64]:
        """The mean of each colour channel of each photo, (N, C)."""
        count = len(self._digests) // DIGEST_BYTES
        return np.array(self._means).reshape(count, -1)


def channel_means(source: Batches) -> NDArray[Any]:
    """Return the mean of each colour channel of each photo: -> (N, C).

    Those of a survey are taken; without one, all photos are loaded.
    """
    if source.survey is not None:
        return source.survey.channel_means
    return np.concatenate(
        [np.mean(x, axis=(1, 2), dtype=np.float64) for x, _ in source.in_order()]
    )
