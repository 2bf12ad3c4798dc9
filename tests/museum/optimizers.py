"""Wrong optimisers: each is the library's own with its update spoiled.

Three of eight public from-scratch Adams that were read are the first three here.
"""

import math

import numpy as np

from tinycnn.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop


class _Spoiled(Adam):
    """Adam in pieces, so that each piece can be spoiled by itself."""

    def correction(self):
        return math.sqrt(1 - self.beta_2**self.t) / (1 - self.beta_1**self.t)

    def square(self, grad):
        return grad**2

    def scaled(self, m, v):
        return m / (np.sqrt(v) + self.epsilon)

    def update(self, params, grads):
        self.t += 1
        for name, param in params.items():
            m = self.m.setdefault(name, np.zeros_like(param))
            v = self.v.setdefault(name, np.zeros_like(param))
            m += (1 - self.beta_1) * (grads[name] - m)
            v += (1 - self.beta_2) * (self.square(grads[name]) - v)
            param -= self.learning_rate * self.correction() * self.scaled(m, v)


class WithoutPower(_Spoiled):
    """1 - beta instead of 1 - beta**t: published."""

    def correction(self):
        return math.sqrt(1 - self.beta_2) / (1 - self.beta_1)


class Multiplied(_Spoiled):
    """m * sqrt(v) for m / sqrt(v): published."""

    def scaled(self, m, v):
        return m * (np.sqrt(v) + self.epsilon)


class Restarting(Adam):
    """t starts again each epoch (here of ten updates), m and v go on: published."""

    def update(self, params, grads):
        self.t %= 10
        super().update(params, grads)


class WithoutCorrection(_Spoiled):
    """m and v start at 0 and nothing makes up for it: typical of short versions."""

    def correction(self):
        return 1.0


class NotSquared(_Spoiled):
    """v is the mean of |grad|: the square is forgotten."""

    def square(self, grad):
        return abs(grad)


class EpsilonInsideRoot(_Spoiled):
    """sqrt(v + epsilon): 1e-7 under the root weighs as 3e-4."""

    def scaled(self, m, v):
        return m / np.sqrt(v + self.epsilon)


class EpsilonInsideCorrection(_Spoiled):
    """The paper's and PyTorch's epsilon: right there, but not Keras's numbers."""

    def scaled(self, m, v):
        return m / (np.sqrt(v) + self.epsilon * math.sqrt(1 - self.beta_2**self.t))


class CountsParameters(Adam):
    """t += 1 inside the loop over the parameters: typical."""

    def update(self, params, grads):
        for name, param in params.items():
            super().update({name: param}, grads)


class SharedMoments(Adam):
    """One m and v for all parameters: DeZero's trap of keys, at its simplest."""

    def update(self, params, grads):
        for name in params:
            super().update({"all": params[name]}, {"all": grads[name]})
            self.t -= 1
        self.t += 1


class NotInPlace(Adam):
    """param = param - step makes a new array; the layer keeps the old one."""

    def update(self, params, grads):
        super().update({name: param.copy() for name, param in params.items()}, grads)


class WritesGrads(Adam):
    """grad *= (1 - beta_1) saves an array and spoils the gradient."""

    def update(self, params, grads):
        super().update(params, grads)
        for grad in grads.values():
            grad *= 1 - self.beta_1


class Uphill(SGD):
    """+= for -=: the loss goes up."""

    def update(self, params, grads):
        super().update(params, {name: -grad for name, grad in grads.items()})


class WithoutMemory(SGD):
    """The velocity is made anew in each update: momentum without effect."""

    def update(self, params, grads):
        self.v = {}
        super().update(params, grads)


class NesterovForgotten(SGD):
    """Takes v for the step: nesterov=True is accepted and has no effect."""

    def step(self, param, grad, *moments):
        self.nesterov = False
        super().step(param, grad, *moments)
        self.nesterov = True


class DecayInGradient(AdamW):
    """Adds the decay to the gradient, where Adam divides it away: L2, not AdamW."""

    def update(self, params, grads):
        decay, self.weight_decay = self.weight_decay, 0.0
        grads = {name: grads[name] + decay * params[name] for name in params}
        super().update(params, grads)
        self.weight_decay = decay


class RMSWithoutRoot(RMSprop):
    """grad / v for grad / sqrt(v): small gradients make huge steps."""

    def step(self, param, grad, *moments):
        (v,) = moments
        v *= self.rho
        v += (1 - self.rho) * grad**2
        param -= self.learning_rate * grad / (v + self.epsilon)


class AdagradFading(Adagrad):
    """v fades by 0.9 as in RMSprop: an Adagrad that never slows down."""

    def step(self, param, grad, *moments):
        (v,) = moments
        v *= 0.9
        super().step(param, grad, *moments)


# (optimiser, cause that the diagnosis names)
EXHIBITS = [
    (WithoutPower(), "adam_without_power"),
    (Multiplied(), "adam_multiplied"),
    (Restarting(), "adam_restarts"),
    (WithoutCorrection(), "adam_without_correction"),
    (NotSquared(), "adam_not_squared"),
    (EpsilonInsideRoot(), "adam_epsilon_in_root"),
    (EpsilonInsideCorrection(), "adam_epsilon_in_correction"),
    (CountsParameters(), "adam_counts_parameters"),
    (SharedMoments(), "adam_shared_moments"),
    (NotInPlace(), "not_in_place"),
    (WritesGrads(), "grads_written"),
    (Uphill(), "uphill"),
    (WithoutMemory(momentum=0.5), "momentum_lost"),
    (NesterovForgotten(momentum=0.5, nesterov=True), "nesterov_lost"),
    (DecayInGradient(weight_decay=0.1), "decay_in_gradient"),
    (RMSWithoutRoot(), "steps_differ"),
    (AdagradFading(), "steps_differ"),
]
