"""What is wrong with my optimiser? Its steps, compared with those of usual mistakes."""

import copy
import math
from collections.abc import Iterator

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.fits.arguments import number_in_code, settings_changed
from tinycnn.diagnosis.fits.optimizers import (
    decay_of,
    is_one_array,
    step_factor,
    wrong_line,
)
from tinycnn.diagnosis.patterns.equality import either
from tinycnn.diagnosis.patterns.steps import deviations
from tinycnn.diagnosis.reference import reference_of
from tinycnn.diagnosis.situations.optimizers import (
    counts,
    is_right_for_new_names,
    not_moved,
    shares_its_state,
)
from tinycnn.optimizers import SGD, Adagrad, Adam, AdamW, Named, Optimizer, RMSprop
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array

UPDATES = 25
Trajectory = list[Named]  # the params after each update
ADAM_CAUSES = (
    "uphill", "adam_without_power", "adam_without_correction", "adam_multiplied",
    "adam_not_squared", "adam_without_root", "adam_epsilon_in_root",
    "adam_epsilon_in_correction", "adam_counts_parameters", "adam_shared_moments",
    "adam_betas_swapped", "adam_share_forgotten", "adam_correction_without_root",
    "adam_only_m_corrected", "adam_only_v_corrected", "adam_correction_inverted",
    "adam_counts_late", "adam_gradient_for_m", "adam_moments_lost",
)  # fmt: skip
SGD_CAUSES = (
    "momentum_averaged", "momentum_sign", "momentum_old", "rate_twice", "rate_left_out",
)  # fmt: skip
MOMENT_CAUSES = (
    "moments_without_root", "moments_not_squared", "moments_swapped", "moments_fade",
    "moments_not_added",
)  # fmt: skip


def diagnose_optimizer(optimizer: Optimizer) -> list[Finding]:
    """Return what is wrong with an optimiser; an empty list if it is right.

    Parameters
    ----------
    optimizer : Optimizer
        Not modified: copies are used. If it is named like one of the library's (`Adam`,
        `MyAdam`), the two are compared over 25 updates of two small arrays. Any other
        is only checked for changing the params in place and downhill.

    Examples
    --------
    >>> class MySGD(SGD):
    ...     def update(self, params, grads):
    ...         super().update(params, {name: -grad for name, grad in grads.items()})
    >>> diagnose_optimizer(MySGD(0.1))[0].sentence
    'The step goes uphill.'
    """
    side_effects = list(_side_effects(optimizer))
    reference = reference_of(optimizer)
    if side_effects or reference is None:
        return side_effects or list(_downhill(optimizer))
    params, grads = _case()
    got, expected = (
        _trajectory(optimizer, params, grads),
        _trajectory(reference, params, grads),
    )
    equal = [_is_close(*pair) for pair in zip(got, expected, strict=True)]
    if all(equal):
        return list(counts(optimizer, params, grads))
    if changed := list(settings_changed(optimizer, params, grads)):
        return changed[:1]
    if is_one_array(optimizer, params, grads):
        return [finding("moments_one_array")]
    if _counts_late(optimizer, params, grads, got, expected):
        return [finding("counts_from_zero")]
    first = equal.index(False)
    for cause, candidate in _candidates(reference, params, grads, first):
        if all(_is_close(*pair) for pair in zip(got, candidate, strict=True)):
            return [finding(cause, updates=first)]
    with np.errstate(all="ignore"):
        number = number_in_code(
            reference,
            lambda other: all(map(_is_close, got, _trajectory(other, params, grads))),
        )
    if number is not None:
        return [number]
    if (what := _what_steps(reference, params, grads, got)) is not None:
        return [what]
    if factor := step_factor(got, expected, params):
        return [finding("step_factor", factor=factor)]
    turned: Named = {n: 2 * params[n] - expected[0][n] for n in params}
    if _is_close(got[0], turned):
        return [finding("uphill_at_first")]
    if below := not_moved(params, grads[0], got[0], expected[0]):
        return [finding("some_not_moved", below=below)]
    name = type(reference).__name__
    is_shared = is_right_for_new_names(optimizer, reference)
    if is_shared or shares_its_state(optimizer):
        return [finding("state_of_another", reference=name)]
    if (line := wrong_line(optimizer, reference)) is not None:
        return [line]
    return [finding("steps_differ", update=first + 1, reference=name)]


def _what_steps(
    reference: Optimizer, params: Named, grads: list[Named], got: Trajectory
) -> Finding | None:
    """Return which one thing, or two, would give these steps; or None."""
    if type(reference) not in (SGD, Adam) or not isinstance(reference, (SGD, Adam)):
        return None
    found: list[str] = []
    for what, wrong in deviations(reference, params, grads):
        if "; and " in what and found:
            break
        is_number = any(np.isfinite(numbers).any() for numbers in wrong[0].values())
        if is_number and all(_is_near(*p) for p in zip(got, wrong, strict=True)):
            found.append(what)
            if "; and " in what:
                break
    name = type(reference).__name__
    if found:
        what = either(found)
        return finding("step_equals", what=what, reference=name)
    right = _trajectory(reference, params, grads)
    if what := decay_of(params, got, right):
        return finding("step_equals", what=what, reference=name)
    return None


def _is_near(got: Named, expected: Named) -> bool:
    return all(
        np.allclose(got[k], expected[k], rtol=1e-9, atol=1e-12, equal_nan=True)
        for k in got
    )


def _case() -> tuple[Named, list[Named]]:
    """Return (params, the grads of each update), large and small ones."""
    rng, sizes = rng_for(0, "check"), np.array([1.0, 1e-3])
    params = {"kernel": np.array([1.0, -2.0]), "bias": np.array([0.5, 3.0])}
    return params, [
        {name: sizes * rng.standard_normal(2) for name in params}
        for _ in range(UPDATES)
    ]


def _trajectory(
    optimizer: Optimizer, params: Named, grads: list[Named], reset_t: int = 0
) -> Trajectory:
    """Return the params after each update; t starts again after `reset_t` updates."""
    optimizer, params = copy.deepcopy(optimizer), copy.deepcopy(params)
    trajectory = []
    for step_grads in grads:
        if reset_t:
            optimizer.t %= reset_t
        optimizer.update(params, copy.deepcopy(step_grads))
        trajectory.append(copy.deepcopy(params))
    return trajectory


def _is_close(got: Named, expected: Named) -> bool:
    return all(np.allclose(got[k], expected[k], rtol=1e-10, atol=0) for k in got)


def _side_effects(optimizer: Optimizer) -> Iterator[Finding]:
    """Yield "grads_written" and "not_in_place", from all updates."""
    params, steps = _case()
    params_before, steps_before = copy.deepcopy((params, steps))
    arrays = dict(params)
    optimizer = copy.deepcopy(optimizer)
    for grads in steps:  # the first step may be 0, if it is the velocity's
        optimizer.update(params, dict(grads))
    if any(
        not np.array_equal(grads[k], old)
        for grads, before in zip(steps, steps_before, strict=True)
        for k, old in before.items()
    ):
        yield finding("grads_written")
    if all(np.array_equal(arrays[k], old) for k, old in params_before.items()):
        yield finding("not_in_place")


def _counts_late(
    optimizer: Optimizer,
    params: Named,
    grads: list[Named],
    got: Trajectory,
    expected: Trajectory,
) -> bool:
    """Return whether all would be right if t were 1 larger, and t = 0 divides by 0."""
    if np.isfinite(got[0]["bias"]).any():
        return False
    optimizer = copy.deepcopy(optimizer)
    optimizer.t += 1
    with np.errstate(all="ignore"):
        later = _trajectory(optimizer, params, grads)
    return all(_is_close(*pair) for pair in zip(later, expected, strict=True))


def _downhill(optimizer: Optimizer) -> Iterator[Finding]:
    """Yield "uphill" if one update of x * x makes it larger."""
    params = {"bias": np.array([1.0])}
    copy.deepcopy(optimizer).update(params, {"bias": np.array([2.0])})
    if params["bias"][0] > 1:
        yield finding("uphill")


def _candidates(
    reference: Optimizer, params: Named, grads: list[Named], first: int
) -> Iterator[tuple[str, Trajectory]]:
    """Yield (cause, the trajectory that this mistake would give)."""
    if isinstance(reference, SGD):
        negative = [{name: -grad for name, grad in step.items()} for step in grads]
        yield "uphill", _trajectory(reference, params, negative)
        yield "momentum_lost", _trajectory(SGD(reference.learning_rate), params, grads)
        plain = SGD(reference.learning_rate, reference.momentum)
        yield "nesterov_lost", _trajectory(plain, params, grads)
        for cause in SGD_CAUSES:
            yield cause, _wrong_sgd(cause, reference, params, grads)
    if isinstance(reference, (RMSprop, Adagrad)):
        for cause in MOMENT_CAUSES:
            yield cause, _wrong_moments(cause, reference, params, grads)
    if isinstance(reference, AdamW):
        yield "decay_in_gradient", _decay_in_gradient(reference, params, grads)
    if type(reference) is Adam:
        for cause in ADAM_CAUSES:
            yield cause, _wrong_adam(cause, reference, params, grads)
        for cause in ADAM_CAUSES:  # with the paper's epsilon, too: one after the other
            yield cause, _wrong_adam(cause, reference, params, grads, is_paper=True)
        both = _wrong_adam("counts_both", reference, params, grads)
        yield "adam_counts_parameters", both  # and the updates, before the loop
        if first:
            yield "adam_restarts", _trajectory(reference, params, grads, reset_t=first)


def _decay_in_gradient(adam: AdamW, params: Named, grads: list[Named]) -> Trajectory:
    """Return the trajectory of Adam with the decay of the params in the gradients."""
    plain = Adam(adam.learning_rate, adam.beta_1, adam.beta_2, adam.epsilon)
    params, trajectory = copy.deepcopy(params), []
    for step_grads in grads:
        decayed = {n: step_grads[n] + adam.weight_decay * params[n] for n in params}
        plain.update(params, decayed)
        trajectory.append(copy.deepcopy(params))
    return trajectory


def _wrong_sgd(cause: str, sgd: SGD, params: Named, grads: list[Named]) -> Trajectory:
    """Return the trajectory of SGD with one mistake made on purpose."""
    params, trajectory = copy.deepcopy(params), []
    v: Named = {name: 0 * param for name, param in params.items()}
    momentum, rate = sgd.momentum, float(sgd.learning_rate)
    for step_grads in grads:
        for name, param in params.items():
            old, step = v[name], rate * step_grads[name]
            v[name] = momentum * old - step
            if cause == "momentum_averaged":
                v[name] = momentum * old - (1 - momentum) * step
            elif cause == "momentum_sign":
                v[name] = -momentum * old - step
            elif cause == "rate_twice":
                v[name] = momentum * old - rate * step
            elif cause == "rate_left_out":
                v[name] = momentum * old - step_grads[name]
            param += old if cause == "momentum_old" else v[name]
        trajectory.append(copy.deepcopy(params))
    return trajectory


def _wrong_moments(
    cause: str, optimizer: RMSprop | Adagrad, params: Named, grads: list[Named]
) -> Trajectory:
    """Return the trajectory of RMSprop or Adagrad with one mistake made on purpose."""
    params, trajectory = copy.deepcopy(params), []
    is_adagrad = isinstance(optimizer, Adagrad)
    rho: float = getattr(optimizer, "rho", 1.0)  # Adagrad forgets nothing
    start: float = getattr(optimizer, "initial_accumulator_value", 0.0)
    v = {name: np.full_like(param, start) for name, param in params.items()}
    for step_grads in grads:
        for name, param in params.items():
            grad = step_grads[name]
            square = abs(grad) if cause == "moments_not_squared" else grad**2
            share = 1.0 if is_adagrad else 1 - rho
            keep = rho
            if cause == "moments_swapped" and not is_adagrad:
                keep, share = 1 - rho, rho
            elif cause == "moments_not_added" and is_adagrad:
                keep = 0.0
            elif cause == "moments_fade" and is_adagrad:
                keep = 0.9
            v[name] = keep * v[name] + share * square
            root = np.sqrt(v[name] + optimizer.epsilon)
            if cause == "moments_without_root":
                root = v[name] + optimizer.epsilon
            param -= float(optimizer.learning_rate) * grad / root
        trajectory.append(copy.deepcopy(params))
    return trajectory


def _wrong_adam(
    cause: str, adam: Adam, params: Named, grads: list[Named], is_paper: bool = False
) -> Trajectory:
    """Return the trajectory of Adam with one mistake made on purpose."""
    params, t = copy.deepcopy(params), 0
    beta_1, beta_2, epsilon = adam.beta_1, adam.beta_2, adam.epsilon
    if cause == "adam_betas_swapped":
        beta_1, beta_2 = beta_2, beta_1
    share_1, share_2 = 1 - beta_1, 1 - beta_2
    if cause == "adam_share_forgotten":
        share_1 = share_2 = 1.0
    m: Named = {}
    v: Named = {}
    trajectory = []
    for step_grads in grads:
        t += 1
        if cause == "adam_moments_lost":
            m, v = {}, {}
        for place, (name, param) in enumerate(params.items()):
            t += {"counts_both": 1, "adam_counts_parameters": place > 0}.get(cause, 0)
            key = "all" if cause == "adam_shared_moments" else name
            grad, power = step_grads[name], 1 if cause == "adam_without_power" else t
            square = abs(grad) if cause == "adam_not_squared" else grad**2
            m[key] = beta_1 * m.get(key, 0 * param) + share_1 * grad
            v[key] = beta_2 * v.get(key, 0 * param) + share_2 * square
            if is_paper:
                epsilon = adam.epsilon * math.sqrt(1 - beta_2**power)
            root: Array = np.sqrt(v[key]) + epsilon
            rate = math.sqrt(1 - beta_2**power) / (1 - beta_1**power)
            if cause == "adam_counts_late":
                rate = math.sqrt(1 - beta_2 ** (t + 1)) / (1 - beta_1 ** (t + 1))
            elif cause == "adam_correction_without_root":
                rate = (1 - beta_2**power) / (1 - beta_1**power)
            elif cause == "adam_only_m_corrected":
                rate = 1 / (1 - beta_1**power)
            elif cause == "adam_only_v_corrected":
                rate = math.sqrt(1 - beta_2**power)
            elif cause == "adam_correction_inverted":
                rate = 1 / rate
            elif cause == "adam_without_correction":
                rate = 1.0
            elif cause == "adam_without_root":
                root = v[key] + epsilon
            elif cause == "adam_epsilon_in_root":
                root = np.sqrt(v[key] + epsilon)
            elif cause == "adam_epsilon_in_correction":
                root = np.sqrt(v[key]) + epsilon * math.sqrt(1 - beta_2**power)
            step = m[key] * root if cause == "adam_multiplied" else m[key] / root
            step = grad / root if cause == "adam_gradient_for_m" else step
            sign = -1 if cause == "uphill" else 1
            param -= sign * adam.learning_rate * rate * step
        trajectory.append(copy.deepcopy(params))
    return trajectory
