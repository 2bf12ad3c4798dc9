"""Figures made of counts: those of several batches are added up, not averaged."""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from tinycnn.shapes import Array


class Tally(float):
    """A figure that is a function of counts.

    Attributes
    ----------
    counts : ndarray
        What it was computed from.
    """

    counts: Array

    def __new__(cls, counts: ArrayLike) -> Self:
        """Return the figure of these counts."""
        array = np.asarray(counts, np.float64)
        tally = super().__new__(cls, cls.figure(array))
        tally.counts = array
        return tally

    @staticmethod
    def figure(counts: Array) -> float:
        """Return the figure as a plain number."""
        raise NotImplementedError("a Tally should define figure")

    def plus(self, other: Self | None, times: int = 1) -> Self:
        """Return the figure of this, so many times, and another together."""
        counts = self.counts * times
        return type(self)(counts if other is None else other.counts + counts)


class Ratio(Tally):
    """A part of a whole; 0 if the whole is 0, as in Keras. counts: (part, whole)."""

    @staticmethod
    def figure(counts: Array) -> float:
        """Return part / whole."""
        part, whole = counts.tolist()
        return part / whole if whole else 0.0
