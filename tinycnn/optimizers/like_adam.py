"""Adam's relatives: AdamW, Adamax and Nadam."""

import math
from typing import Any

import numpy as np

from tinycnn.optimizers.descent import Adam
from tinycnn.optimizers.schedules import Rate
from tinycnn.shapes import Array

# u_1 * ... * u_t = beta_1**t * FACTORS[t]; beyond its end the factor stays the same.
FACTORS = np.cumprod(1 - 0.5 * 0.96 ** np.arange(1, 1025))


class AdamW(Adam):
    """Adam with weight decay: before each step every number shrinks by a small share.

    Parameters
    ----------
    learning_rate, beta_1, beta_2, epsilon
        As in `Adam`.
    weight_decay : float, default 0.004
        Share, times the learning rate.
    **options
        Those of every `Optimizer`.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    ``param = param - learning_rate * weight_decay * param``, then Adam's step. An L2
    penalty in the loss is something else: Adam divides its gradient by sqrt(v), too.

    References
    ----------
    Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019.
    """

    name = "adamw"

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **options: object,
    ) -> None:
        options = {"weight_decay": weight_decay, **options}
        super().__init__(learning_rate, beta_1, beta_2, epsilon, **options)

    def config(self) -> dict[str, Any]:
        """Return the arguments of ``__init__`` as plain JSON."""
        return {**super().config(), "weight_decay": self.weight_decay}


class Adamax(Adam):
    """Adam with the largest gradient in the place of the root of the mean square.

    Parameters
    ----------
    learning_rate, beta_1, beta_2, epsilon
        As in `Adam`.
    **options
        Those of every `Optimizer`.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    With m and v starting at 0, v being a maximum that fades::

        m = beta_1 * m + (1 - beta_1) * grad
        v = max(beta_2 * v, |grad|)
        param = param - learning_rate / (1 - beta_1**t) * m / (v + epsilon)

    References
    ----------
    Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, section 7.1.
    """

    name = "adamax"

    def step(self, param: Array, grad: Array, *moments: Array) -> None:
        """Make one step; see `Optimizer.step`."""
        m, v = moments
        m += (1 - self.beta_1) * (grad - m)
        np.maximum(self.beta_2 * v, np.abs(grad), out=v)
        rate = self.learning_rate / (1 - self.beta_1**self.t)
        param -= rate * m / (v + self.epsilon)


class Nadam(Adam):
    """Adam with Nesterov's momentum: the step looks at where the next one would go.

    Parameters
    ----------
    learning_rate, beta_1, beta_2, epsilon
        As in `Adam`.
    **options
        Those of every `Optimizer`.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    m and v as in Adam. The share of momentum grows with t,
    ``u_t = beta_1 * (1 - 0.96**t / 2)``, and U_t is the product u_1 * ... * u_t::

        m_hat = u_(t+1) * m / (1 - U_(t+1)) + (1 - u_t) * grad / (1 - U_t)
        v_hat = v / (1 - beta_2**t)
        param = param - learning_rate * m_hat / (sqrt(v_hat) + epsilon)

    References
    ----------
    Dozat, "Incorporating Nesterov momentum into Adam", ICLR 2016 workshop.
    """

    name = "nadam"

    def step(self, param: Array, grad: Array, *moments: Array) -> None:
        """Make one step; see `Optimizer.step`."""
        m, v = moments
        m += (1 - self.beta_1) * (grad - m)
        v += (1 - self.beta_2) * (grad**2 - v)
        t = self.t
        ahead = self._share(t + 1) / (1 - self._product(t + 1))
        here = (1 - self._share(t)) / (1 - self._product(t))
        rate = self.learning_rate * math.sqrt(1 - self.beta_2**t)
        # The root of v_hat is that of v, divided by the root of 1 - beta_2**t.
        widened = self.epsilon * math.sqrt(1 - self.beta_2**t)
        param -= rate * (ahead * m + here * grad) / (np.sqrt(v) + widened)

    def _share(self, t: int) -> float:
        """Return u_t."""
        return self.beta_1 * (1 - 0.5 * 0.96**t)

    def _product(self, t: int) -> float:
        """Return U_t."""
        return float(self.beta_1**t * FACTORS[min(t, len(FACTORS)) - 1])


__all__ = ["AdamW", "Adamax", "Nadam"]
