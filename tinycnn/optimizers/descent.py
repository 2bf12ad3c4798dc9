"""The two basic optimisers: SGD, with or without momentum, and Adam.

Read `SGD.update` first: it changes each param in place, given its gradient. What is
common to all optimisers is in `base.py`.
"""

import math
from typing import Any, ClassVar

import numpy as np

from tinycnn.optimizers.base import Named, Optimizer, blocks
from tinycnn.optimizers.schedules import Rate
from tinycnn.parallel.threads import parallel_rows
from tinycnn.shapes import Array, number, yes_or_no


class SGD(Optimizer):
    """Stochastic gradient descent: a small step against the gradient.

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule, default 0.01
        Length of the step, as a multiple of the gradient.
    momentum : float, default 0.0
        Share of the last step that is kept, from 0 up to (not including) 1.
    nesterov : bool, default False
        Whether the step is made as if the velocity had been applied once more.
    **options
        Those of every `Optimizer`.

    Notes
    -----
    Keras's form, with the velocity v starting at 0::

        v = momentum * v - learning_rate * grad
        param = param + v

    With Nesterov's momentum the step contains that of the next update::

        param = param + momentum * v - learning_rate * grad

    References
    ----------
    Goodfellow, Bengio and Courville, "Deep Learning", 2016, sections 8.3.1 to 8.3.3.

    Examples
    --------
    >>> params = {"bias": np.array([1.0])}
    >>> SGD(learning_rate=0.1).update(params, {"bias": np.array([2.0])})
    >>> params["bias"].tolist()
    [0.8]
    """

    name = "sgd"
    t: int

    def __init__(
        self,
        learning_rate: Rate = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        **options: object,
    ) -> None:
        super().__init__(learning_rate, options)
        self.momentum: float = number(momentum, "momentum", least=0.0, below=1.0)
        self.nesterov: bool = yes_or_no(nesterov, "nesterov")
        self.v: Named = {}

    def update(self, params: Named, grads: Named) -> None:
        """Make one step; see `Optimizer.update`."""
        grads = self._prepared(params, grads)
        self.t += 1
        for name, param in params.items():
            v = self.v.setdefault(name, np.zeros_like(param))
            v *= self.momentum
            v -= self.learning_rate * grads[name]
            param += self._nesterov_step(v, grads[name]) if self.nesterov else v

    def _nesterov_step(self, v: Array, grad: Array) -> Array:
        """Return the step with Nesterov's momentum."""
        return self.momentum * v - self.learning_rate * grad

    def memory(self) -> dict[str, Named]:
        """Return the velocities; see `Optimizer.memory`."""
        return {"v": self.v}

    def config(self) -> dict[str, Any]:
        """Return the arguments of ``__init__`` as plain JSON."""
        nesterov = {"nesterov": True} if self.nesterov else {}
        return {**super().config(), "momentum": self.momentum, **nesterov}


class Adam(Optimizer):
    """Adam: each number has its own step length, from the history of its gradient.

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule, default 0.001
        About the length of a step, however large the gradient is.
    beta_1 : float, default 0.9
        Share of the running mean of the gradients that is kept each step.
    beta_2 : float, default 0.999
        Share of the running mean of the squared gradients that is kept each step.
    epsilon : float, default 1e-7
        Keeps the denominator above 0 while all gradients were 0.
    **options
        Those of every `Optimizer`.

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
    epsilon that is larger by the factor 1 / sqrt(1 - beta_2**t). The code writes both
    running means as ``m += (1 - beta_1) * (grad - m)``, with fewer temporary arrays.

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
    never_negative: ClassVar[tuple[str, ...]] = ("v",)
    t: int

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **options: object,
    ) -> None:
        super().__init__(learning_rate, options)
        self.beta_1: float = number(beta_1, "beta_1", least=0.0, below=1.0)
        self.beta_2: float = number(beta_2, "beta_2", least=0.0, below=1.0)
        self.epsilon: float = number(epsilon, "epsilon", above=0.0)
        self.m: Named = {}
        self.v: Named = {}

    def update(self, params: Named, grads: Named) -> None:
        """Make one step: the loop of `Optimizer.update`, with m and v written out."""
        grads = self._prepared(params, grads)
        self.t += 1
        for name, param in params.items():
            if name not in self.m:
                self.m[name], self.v[name] = np.zeros_like(param), np.zeros_like(param)
            arrays = param, grads[name], self.m[name], self.v[name]
            # In blocks of rows: temporaries stay in the cache, and threads share them.
            parallel_rows(self.step, arrays, blocks(param))

    def step(self, param: Array, grad: Array, *moments: Array) -> None:
        """Make one step; see `Optimizer.step`."""
        m, v = moments
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
