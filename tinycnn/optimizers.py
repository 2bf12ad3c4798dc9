"""Optimisers: one step downhill for every parameter, given its gradient.

An optimiser sees arrays under names ("0.kernel") and knows nothing of layers. It
changes the params in place. Read `SGD.update` first: six lines.
"""

import math
from functools import partial
from typing import Any

import numpy as np

from tinycnn.parallel.threads import parallel_map, pieces
from tinycnn.shapes import Array, number
from tinycnn.unsupported import OPTIMIZER_WORDS, refuse

Named = dict[str, Array]
BLOCK_NUMBERS = 2**18  # half a MiB of float32 for each of param, grad, m and v


class Optimizer:
    """What every optimiser promises.

    Attributes
    ----------
    t : int
        Number of updates so far. It never restarts.
    learning_rate : float
        May be changed between updates.
    """

    name = ""

    def __init__(
        self, learning_rate: float, unsupported: dict[str, object] | None = None
    ) -> None:
        refuse(type(self), unsupported or {}, OPTIMIZER_WORDS)
        self.learning_rate = number(learning_rate, "learning_rate", above=0.0)
        self.t = 0

    def update(self, params: Named, grads: Named) -> None:
        """Change each param in place, against its gradient.

        Parameters
        ----------
        params, grads : dict of str to ndarray
            The same names and shapes in both.
        """
        raise NotImplementedError(f"{type(self).__name__} should define update")

    def memory(self) -> dict[str, Named]:
        """Return the arrays kept from update to update, as {"m": {...}, "v": {...}}.

        They are the optimiser's own: an array that is put in is used from then on.
        """
        return {}

    def config(self) -> dict[str, Any]:
        """Return the arguments of ``__init__`` as plain JSON."""
        return {"learning_rate": self.learning_rate}

    def __repr__(self) -> str:
        arguments = ", ".join(f"{k}={v}" for k, v in self.config().items())
        return f"{type(self).__name__}({arguments})"


class SGD(Optimizer):
    """Stochastic gradient descent: a small step against the gradient.

    Parameters
    ----------
    learning_rate : float, default 0.01
        Length of the step, as a multiple of the gradient.
    momentum : float, default 0.0
        Share of the last step that is kept, from 0 up to (not including) 1.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Keras's form, with the velocity v starting at 0::

        v = momentum * v - learning_rate * grad
        param = param + v

    References
    ----------
    Goodfellow, Bengio and Courville, "Deep Learning", 2016, sections 8.3.1 and 8.3.2.

    Examples
    --------
    >>> params = {"bias": np.array([1.0])}
    >>> SGD(learning_rate=0.1).update(params, {"bias": np.array([2.0])})
    >>> params["bias"].tolist()
    [0.8]
    """

    name = "sgd"

    def __init__(
        self,
        learning_rate: float = 0.01,
        momentum: float = 0.0,
        **unsupported: object,
    ) -> None:
        super().__init__(learning_rate, unsupported)
        self.momentum = number(momentum, "momentum", least=0.0, below=1.0)
        self.v: Named = {}

    def update(self, params: Named, grads: Named) -> None:
        """Make one step; see `Optimizer.update`."""
        self.t += 1
        for name, param in params.items():
            v = self.v.setdefault(name, np.zeros_like(param))
            v *= self.momentum
            v -= self.learning_rate * grads[name]
            param += v

    def memory(self) -> dict[str, Named]:
        """Return the velocities; see `Optimizer.memory`."""
        return {"v": self.v}

    def config(self) -> dict[str, Any]:
        """Return the arguments of ``__init__`` as plain JSON."""
        return {**super().config(), "momentum": self.momentum}


class Adam(Optimizer):
    """Adam: each number has its own step length, from the history of its gradient.

    Parameters
    ----------
    learning_rate : float, default 0.001
        About the length of a step, however large the gradient is.
    beta_1 : float, default 0.9
        Share of the running mean of the gradients that is kept each step.
    beta_2 : float, default 0.999
        Share of the running mean of the squared gradients that is kept each step.
    epsilon : float, default 1e-7
        Added to the denominator, which is 0 while all gradients were 0.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    With t counting the updates from 1, and m and v starting at 0::

        m = beta_1 * m + (1 - beta_1) * grad
        v = beta_2 * v + (1 - beta_2) * grad**2
        rate = learning_rate * sqrt(1 - beta_2**t) / (1 - beta_1**t)
        param = param - rate * m / (sqrt(v) + epsilon)

    `rate` corrects for m and v starting at 0 (the "bias correction"). This is Keras's
    form: epsilon is added outside the correction. The paper's Algorithm 1 (and PyTorch)
    correct first, ``m_hat / (sqrt(v_hat) + epsilon)``, which is the same with an
    epsilon that is larger by 1 / sqrt(1 - beta_2**t). The code writes the first line
    as ``m += (1 - beta_1) * (grad - m)``, which goes through memory less often.

    References
    ----------
    Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, section 2.

    Examples
    --------
    >>> params = {"bias": np.array([1.0])}
    >>> Adam(learning_rate=0.1).update(params, {"bias": np.array([5.0])})
    >>> params["bias"].round(6).tolist()  # the first step is learning_rate long
    [0.9]
    """

    name = "adam"

    def __init__(
        self,
        learning_rate: float = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **unsupported: object,
    ) -> None:
        super().__init__(learning_rate, unsupported)
        self.beta_1 = number(beta_1, "beta_1", least=0.0, below=1.0)
        self.beta_2 = number(beta_2, "beta_2", least=0.0, below=1.0)
        self.epsilon = number(epsilon, "epsilon", above=0.0)
        self.m: Named = {}
        self.v: Named = {}

    def update(self, params: Named, grads: Named) -> None:
        """Make one step; see `Optimizer.update`."""
        self.t += 1
        for name, param in params.items():
            if name not in self.m:
                self.m[name], self.v[name] = np.zeros_like(param), np.zeros_like(param)
            arrays = param, grads[name], self.m[name], self.v[name]
            parallel_map(partial(self._step_rows, arrays), _blocks(param))

    def _step_rows(self, arrays: tuple[Array, ...], rows: slice) -> None:
        """Step some rows of a param: few enough to stay in the processor's cache."""
        self.step(*(array[rows] for array in arrays))

    def step(self, param: Array, grad: Array, m: Array, v: Array) -> None:
        """Change a param and its moments in place, number by number."""
        m += (1 - self.beta_1) * (grad - m)
        v += (1 - self.beta_2) * (grad**2 - v)
        correction = math.sqrt(1 - self.beta_2**self.t) / (1 - self.beta_1**self.t)
        rate = self.learning_rate * correction
        param -= rate * m / (np.sqrt(v) + self.epsilon)

    def memory(self) -> dict[str, Named]:
        """Return the means m and v; see `Optimizer.memory`."""
        return {"m": self.m, "v": self.v}

    def config(self) -> dict[str, Any]:
        """Return the arguments of ``__init__`` as plain JSON."""
        return {
            **super().config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
        }


def _blocks(param: Array) -> list[slice]:
    """Return slices of rows, of about `BLOCK_NUMBERS` numbers each."""
    row = max(1, param[:1].size)
    return pieces(len(param), max(1, BLOCK_NUMBERS // row))


OPTIMIZERS: dict[str, type[Optimizer]] = {"sgd": SGD, "adam": Adam}


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
