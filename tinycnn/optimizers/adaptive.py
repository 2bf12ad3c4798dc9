"""A step length for each number, from its past gradients: Adagrad and its heirs."""

from typing import Any, ClassVar

import numpy as np

from tinycnn.optimizers.base import Named, Optimizer
from tinycnn.optimizers.schedules import Rate
from tinycnn.shapes import Array, number, yes_or_no


class Adagrad(Optimizer):
    """Divide by the root of the sum of all squared gradients so far.

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule, default 0.001
    initial_accumulator_value : float, default 0.1
        Where the sum starts.
    epsilon : float, default 1e-7
        Added under the root.
    **options
        Those of every `Optimizer`.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    With v starting at `initial_accumulator_value`::

        v = v + grad**2
        param = param - learning_rate * grad / sqrt(v + epsilon)

    v only grows, so steps only get shorter: good for rare features, too short in the
    end for a long training run.

    References
    ----------
    Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and
    stochastic optimization", JMLR 12, 2011.

    Examples
    --------
    >>> params, optimizer = {"bias": np.array([1.0])}, Adagrad(0.1, 0.75, 1e-12)
    >>> optimizer.update(params, {"bias": np.array([0.5])})  # v is 1
    >>> params["bias"].round(6).tolist()
    [0.95]
    """

    name = "adagrad"
    never_negative: ClassVar[tuple[str, ...]] = ("v",)

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        **options: object,
    ) -> None:
        super().__init__(learning_rate, options)
        self.initial_accumulator_value: float = number(
            initial_accumulator_value, "initial_accumulator_value", least=0
        )
        self.epsilon: float = number(epsilon, "epsilon", above=0.0)
        self.v: Named = {}
        self.starts: dict[str, float] = {"v": self.initial_accumulator_value}

    def step(self, param: Array, grad: Array, *moments: Array) -> None:
        """Make one step; see `Optimizer.step`."""
        (v,) = moments
        v += grad**2
        param -= self.learning_rate * grad / np.sqrt(v + self.epsilon)

    def memory(self) -> dict[str, Named]:
        """Return the sums of squares; see `Optimizer.memory`."""
        return {"v": self.v}

    def config(self) -> dict[str, Any]:
        """Return the arguments of ``__init__`` as plain JSON."""
        return {
            **super().config(),
            "initial_accumulator_value": self.initial_accumulator_value,
            "epsilon": self.epsilon,
        }


class RMSprop(Optimizer):
    """Divide by the root of a running mean of the squared gradients.

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule, default 0.001
    rho : float, default 0.9
        Share of the running mean that is kept each step.
    momentum : float, default 0.0
        Share of the last step that is kept.
    epsilon : float, default 1e-7
        Added under the root.
    centered : bool, default False
        Whether the square of the gradients' running mean is subtracted first, which
        leaves their variance.
    **options
        Those of every `Optimizer`.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    With v, m and b starting at 0::

        v = rho * v + (1 - rho) * grad**2
        m = rho * m + (1 - rho) * grad             if centered; otherwise m = 0
        b = momentum * b + learning_rate * grad / sqrt(v - m**2 + epsilon)
        param = param - b

    This is the form of Keras 3, epsilon under the root. PyTorch and Keras before 2.11
    add it to the root, where 1e-7 weighs less.

    References
    ----------
    Tieleman and Hinton, "Neural networks for machine learning", lecture 6.5, 2012;
    centred: Graves, "Generating sequences with recurrent neural networks", 2013.

    Examples
    --------
    >>> params = {"bias": np.array([1.0])}
    >>> RMSprop(0.1, rho=0.75).update(params, {"bias": np.array([6.0])})  # v is 9
    >>> params["bias"].round(6).tolist()
    [0.8]
    """

    name = "rmsprop"
    never_negative: ClassVar[tuple[str, ...]] = ("v",)

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        **options: object,
    ) -> None:
        super().__init__(learning_rate, options)
        self.rho: float = number(rho, "rho", least=0.0, below=1.0)
        self.momentum: float = number(momentum, "momentum", least=0.0, below=1.0)
        self.epsilon: float = number(epsilon, "epsilon", above=0.0)
        self.centered: bool = yes_or_no(centered, "centered")
        self.v: Named = {}
        self.m: Named = {}
        self.b: Named = {}

    def step(self, param: Array, grad: Array, *moments: Array) -> None:
        """Make one step; see `Optimizer.step`."""
        named = dict(zip(self.memory(), moments, strict=True))
        v = named["v"]
        v *= self.rho
        v += (1 - self.rho) * grad**2
        variance = v
        if self.centered:
            m = named["m"]
            m *= self.rho
            m += (1 - self.rho) * grad
            variance = v - m**2
        step = self.learning_rate * grad / np.sqrt(variance + self.epsilon)
        if self.momentum:
            b = named["b"]
            b *= self.momentum
            b += step
            step = b
        param -= step

    def memory(self) -> dict[str, Named]:
        """Return v, and m and b if they are used; see `Optimizer.memory`."""
        memory = {"v": self.v}
        if self.centered:
            memory["m"] = self.m
        if self.momentum:
            memory["b"] = self.b
        return memory

    def config(self) -> dict[str, Any]:
        """Return the arguments of ``__init__`` as plain JSON."""
        return {
            **super().config(),
            "rho": self.rho,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "centered": self.centered,
        }


class Adadelta(Optimizer):
    """RMSprop whose step length comes from the past steps.

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule, default 0.001
        A factor of the step; the paper has none, which is 1.0.
    rho : float, default 0.95
        Share of both running means that is kept each step.
    epsilon : float, default 1e-7
        Added under both roots: it makes the first step.
    **options
        Those of every `Optimizer`.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    With v and d starting at 0::

        v = rho * v + (1 - rho) * grad**2
        delta = -sqrt(d + epsilon) / sqrt(v + epsilon) * grad
        d = rho * d + (1 - rho) * delta**2
        param = param + learning_rate * delta

    References
    ----------
    Zeiler, "ADADELTA: an adaptive learning rate method", 2012.
    """

    name = "adadelta"
    never_negative: ClassVar[tuple[str, ...]] = ("v", "d")

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        **options: object,
    ) -> None:
        super().__init__(learning_rate, options)
        self.rho: float = number(rho, "rho", least=0.0, below=1.0)
        self.epsilon: float = number(epsilon, "epsilon", above=0.0)
        self.v: Named = {}
        self.d: Named = {}

    def step(self, param: Array, grad: Array, *moments: Array) -> None:
        """Make one step; see `Optimizer.step`."""
        v, d = moments
        v *= self.rho
        v += (1 - self.rho) * grad**2
        delta = -np.sqrt(d + self.epsilon) / np.sqrt(v + self.epsilon) * grad
        d *= self.rho
        d += (1 - self.rho) * delta**2
        param += self.learning_rate * delta

    def memory(self) -> dict[str, Named]:
        """Return the means of squares of grads and steps; see `Optimizer.memory`."""
        return {"v": self.v, "d": self.d}

    def config(self) -> dict[str, Any]:
        """Return the arguments of ``__init__`` as plain JSON."""
        return {**super().config(), "rho": self.rho, "epsilon": self.epsilon}
