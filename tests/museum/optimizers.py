"""Wrong optimisers: each is the library's own with a bug in its update.

The first three were found in eight published from-scratch Adams.
"""

import math

import numpy as np

from tinycnn.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop


class _AdamInSteps(Adam):
    """Adam with a method for each step, so that a subclass can replace one."""

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


class WithoutPower(_AdamInSteps):
    """1 - beta instead of 1 - beta**t: published."""

    def correction(self):
        return math.sqrt(1 - self.beta_2) / (1 - self.beta_1)


class Multiplied(_AdamInSteps):
    """m * sqrt(v) instead of m / sqrt(v): published."""

    def scaled(self, m, v):
        return m * (np.sqrt(v) + self.epsilon)


class Restarting(Adam):
    """t is reset in each epoch (here ten updates), m and v are not: published."""

    def update(self, params, grads):
        self.t %= 10
        super().update(params, grads)


class WithoutCorrection(_AdamInSteps):
    """No bias correction for m and v starting at 0: typical of short versions."""

    def correction(self):
        return 1.0


class NotSquared(_AdamInSteps):
    """v is a mean of |grad| instead of grad**2."""

    def square(self, grad):
        return abs(grad)


class EpsilonInsideRoot(_AdamInSteps):
    """sqrt(v + epsilon): inside the root, 1e-7 has the effect of 3e-4."""

    def scaled(self, m, v):
        return m / np.sqrt(v + self.epsilon)


class EpsilonInsideCorrection(_AdamInSteps):
    """epsilon as in the paper and in PyTorch: right, but not Keras's numbers."""

    def scaled(self, m, v):
        return m / (np.sqrt(v) + self.epsilon * math.sqrt(1 - self.beta_2**self.t))


class CountsParameters(Adam):
    """t += 1 inside the loop over the parameters: typical."""

    def update(self, params, grads):
        for name, param in params.items():
            super().update({name: param}, grads)


class SharedMoments(Adam):
    """One m and v for all parameters: a wrong key, as can happen in DeZero."""

    def update(self, params, grads):
        for name in params:
            super().update({"all": params[name]}, {"all": grads[name]})
            self.t -= 1
        self.t += 1


class RootForgotten(_AdamInSteps):
    """(1 - beta_2**t) / (1 - beta_1**t): the root of the correction is missing."""

    def correction(self):
        return (1 - self.beta_2**self.t) / (1 - self.beta_1**self.t)


class RunningMeanOfGradients(SGD):
    """v = 0.9 v + 0.1 grad: a running mean, which makes the steps ten times shorter."""

    def update(self, params, grads):
        share = 1 - self.momentum
        super().update(params, {name: share * grad for name, grad in grads.items()})


class NotInPlace(Adam):
    """param = param - step makes a new array; the layer keeps the old one."""

    def update(self, params, grads):
        super().update({name: param.copy() for name, param in params.items()}, grads)


class WritesGrads(Adam):
    """grad *= (1 - beta_1) saves an array and modifies the gradient."""

    def update(self, params, grads):
        super().update(params, grads)
        for grad in grads.values():
            grad *= 1 - self.beta_1


class Uphill(SGD):
    """+= instead of -=: the loss grows."""

    def update(self, params, grads):
        super().update(params, {name: -grad for name, grad in grads.items()})


class WithoutVelocity(SGD):
    """The velocity starts at 0 in each update: momentum has no effect."""

    def update(self, params, grads):
        self.v = {}
        super().update(params, grads)


class NesterovForgotten(SGD):
    """Takes v for the step: nesterov=True is accepted and has no effect."""

    def update(self, params, grads):
        self.nesterov = False
        super().update(params, grads)
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


# (optimiser, the cause that the diagnosis should name)
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
    (RootForgotten(), "adam_correction_without_root"),
    (RunningMeanOfGradients(momentum=0.5), "momentum_averaged"),
    (NotInPlace(), "not_in_place"),
    (WritesGrads(), "grads_written"),
    (Uphill(), "uphill"),
    (WithoutVelocity(momentum=0.5), "momentum_lost"),
    (NesterovForgotten(momentum=0.5, nesterov=True), "nesterov_lost"),
    (DecayInGradient(weight_decay=0.1), "decay_in_gradient"),
    (RMSWithoutRoot(), "moments_without_root"),
    (AdagradFading(), "moments_fade"),
]
