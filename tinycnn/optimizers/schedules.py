"""Learning rates that change as a function of the number of updates so far.

Each is used in place of a number: ``SGD(ExponentialDecay(0.1, 1000, 0.96))``. t counts
the updates that were made before: 0 in the first.
"""

import bisect
import math
from typing import Any

import numpy as np

from tinycnn.files.described import Described, from_description
from tinycnn.shapes import number


class LearningRateSchedule(Described):
    """A function of t, the number of updates so far.

    Derive from it for one of your own. The optimiser calls it before each update. A
    model file names the schedules of this module; of one of your own it holds the rate
    that was reached.
    """

    def __call__(self, t: int) -> float:
        """Return the learning rate of the update after t others."""
        raise NotImplementedError(f"{type(self).__name__} should define __call__")


Rate = float | LearningRateSchedule


class _Decay(LearningRateSchedule):
    """What ExponentialDecay and InverseTimeDecay have in common: their arguments."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
    ) -> None:
        self.initial_learning_rate: float = _rate(initial_learning_rate)
        self.decay_steps: float = number(decay_steps, "decay_steps", least=1)
        self.decay_rate: float = number(decay_rate, "decay_rate", least=0)
        self.staircase: bool = _flag(staircase, "staircase")

    def _progress(self, t: int) -> float:
        p = t / self.decay_steps
        return float(math.floor(p)) if self.staircase else p


class ExponentialDecay(_Decay):
    """Multiply the rate by `decay_rate` in each `decay_steps` updates.

    Parameters
    ----------
    initial_learning_rate : float
    decay_steps : float
    decay_rate : float
    staircase : bool, default False
        Change the rate once in `decay_steps` updates, not in each.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    With p = t / decay_steps, or its whole part with `staircase`::

        rate = initial_learning_rate * decay_rate ** p

    Examples
    --------
    >>> ExponentialDecay(0.8, decay_steps=10, decay_rate=0.5)(20)
    0.2
    """

    def __call__(self, t: int) -> float:
        """Return the learning rate of the update after t others."""
        with np.errstate(over="ignore"):  # of a rate above 1: infinity, not an error
            factor = np.float64(self.decay_rate) ** self._progress(t)
        return float(self.initial_learning_rate * factor)


class InverseTimeDecay(_Decay):
    """Divide the rate by a number that grows evenly; Keras 2's argument `decay`.

    Parameters
    ----------
    initial_learning_rate : float
    decay_steps : float
        1 for Keras 2's ``decay=decay_rate``.
    decay_rate : float
    staircase : bool, default False
        Change the rate once in `decay_steps` updates, not in each.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    With p = t / decay_steps, or its whole part with `staircase`::

        rate = initial_learning_rate / (1 + decay_rate * p)

    Examples
    --------
    >>> InverseTimeDecay(0.8, decay_steps=1, decay_rate=0.5)(6)
    0.2
    """

    def __call__(self, t: int) -> float:
        """Return the learning rate of the update after t others."""
        return self.initial_learning_rate / (1 + self.decay_rate * self._progress(t))


class PiecewiseConstantDecay(LearningRateSchedule):
    """One rate after the other.

    Parameters
    ----------
    boundaries : list of int
        Up to and including so many updates before it, each rate holds; increasing.
    values : list of float
        The rates: one more than boundaries.

    Raises
    ------
    ValueError
        If the lists do not fit together.

    Examples
    --------
    >>> schedule = PiecewiseConstantDecay([100, 200], [0.1, 0.01, 0.001])
    >>> [schedule(t) for t in (0, 100, 101, 500)]
    [0.1, 0.1, 0.01, 0.001]
    """

    def __init__(self, boundaries: list[int], values: list[float]) -> None:
        self.boundaries: list[float] = [
            number(b, "a boundary", least=0) for b in boundaries
        ]
        self.values: list[float] = [_rate(value) for value in values]
        if len(self.values) != len(self.boundaries) + 1:
            raise ValueError(
                "values should be one more than boundaries, got "
                f"{len(self.values)} for {len(self.boundaries)}"
            )
        if sorted(set(self.boundaries)) != self.boundaries:
            raise ValueError(f"boundaries should increase, got {boundaries!r}")

    def __call__(self, t: int) -> float:
        """Return the learning rate of the update after t others."""
        return self.values[bisect.bisect_left(self.boundaries, t)]


class PolynomialDecay(LearningRateSchedule):
    """From one rate to another along a power of the time that is left.

    Parameters
    ----------
    initial_learning_rate : float
    decay_steps : float
        After so many updates `end_learning_rate` is reached.
    end_learning_rate : float, default 0.0001
    power : float, default 1.0
        1 is a straight line.
    cycle : bool, default False
        Begin again, with twice, three times ... `decay_steps`.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    With p = min(1, t / decay_steps)::

        rate = (initial - end) * (1 - p) ** power + end
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
    ) -> None:
        self.initial_learning_rate: float = _rate(initial_learning_rate)
        self.decay_steps: float = number(decay_steps, "decay_steps", least=1)
        self.end_learning_rate: float = number(
            end_learning_rate, "end_learning_rate", least=0
        )
        self.power: float = number(power, "power", above=0)
        self.cycle: bool = _flag(cycle, "cycle")

    def __call__(self, t: int) -> float:
        """Return the learning rate of the update after t others."""
        rounds = max(1, math.ceil(t / self.decay_steps)) if self.cycle else 1
        p = min(1.0, t / (self.decay_steps * rounds))
        first, last = self.initial_learning_rate, self.end_learning_rate
        return (first - last) * (1 - p) ** self.power + last


class CosineDecay(LearningRateSchedule):
    """Half a wave of the cosine from the first rate down to the last.

    Parameters
    ----------
    initial_learning_rate : float
    decay_steps : float
        Updates in which the rate falls.
    alpha : float, default 0.0
        The last rate, as a share of the highest.
    warmup_target : float, optional
        The highest rate, up to which it rises first; by default it does not rise.
    warmup_steps : float, default 0
        Updates in which it rises, along a straight line.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    With p = min(1, (t - warmup_steps) / decay_steps)::

        rate = highest * ((1 - alpha) * (1 + cos(pi * p)) / 2 + alpha)

    References
    ----------
    Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts",
    ICLR 2017.

    Examples
    --------
    >>> round(CosineDecay(0.8, decay_steps=10)(5), 6)
    0.4
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        warmup_target: float | None = None,
        warmup_steps: float = 0,
    ) -> None:
        self.initial_learning_rate: float = number(
            initial_learning_rate, "initial_learning_rate", least=0
        )
        self.decay_steps: float = number(decay_steps, "decay_steps", least=1)
        self.alpha: float = number(alpha, "alpha", least=0)
        self.warmup_target: float | None = (
            None if warmup_target is None else _rate(warmup_target)
        )
        self.warmup_steps: float = number(warmup_steps, "warmup_steps", least=0)

    def __call__(self, t: int) -> float:
        """Return the learning rate of the update after t others."""
        first, highest = self.initial_learning_rate, self.warmup_target
        if highest is None:
            highest = first
        elif t < self.warmup_steps:
            return first + (highest - first) * t / self.warmup_steps
        else:
            t = t - self.warmup_steps  # type: ignore[assignment]
        p = min(1.0, t / self.decay_steps)
        share = (1 - self.alpha) * (1 + math.cos(math.pi * p)) / 2 + self.alpha
        return highest * share


SCHEDULES: dict[str, type[LearningRateSchedule]] = {
    schedule.__name__: schedule
    for schedule in (
        ExponentialDecay,
        InverseTimeDecay,
        PiecewiseConstantDecay,
        PolynomialDecay,
        CosineDecay,
    )
}


def check_schedule(rate: Any) -> LearningRateSchedule | None:
    """Return a schedule, given one or the description in a file; None of a number.

    Raises
    ------
    ValueError or TypeError
        If the description names no schedule, or one with wrong arguments.
    """
    if isinstance(rate, dict):
        return from_description(rate, SCHEDULES, "a schedule")
    return rate if isinstance(rate, LearningRateSchedule) else None


def _rate(value: object) -> float:
    return number(value, "each learning rate", above=0)


def _flag(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name} should be True or False, got {value!r}")
    return value
