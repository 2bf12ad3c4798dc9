"""What is wrong with my layer during training? Batch normalisation, and any other.

Of a batch normalisation three results are compared with those of each usual mistake: y
during training, y outside training after three batches (what the running means have
become), and dx during training. A dropout has a room of its own, `dropout.py`.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from tinycnn.diagnosis.calls import (
    WITH_TRAINING,
    built,
    depends_on_training,
    drawn,
    noted,
    repeatable,
)
from tinycnn.diagnosis.dropout import diagnose_dropout
from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.fits.normalization import fitted_normalization
from tinycnn.diagnosis.layers import diagnose
from tinycnn.diagnosis.reference import reference_of
from tinycnn.diagnosis.return_values import diagnose_return_values
from tinycnn.gradient_check import TOLERANCE, relative_error
from tinycnn.layers import BatchNormalization, Dropout, Layer
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Shape

BATCHES = 3
# Found outside training already, or no mistake there.
VAGUE = ("unknown", "differs_in_training", "running_differ", "used_wrongly_outside")
NOT_HERE = ("stale", "wrong_dtype", "shared_state")


def diagnose_training(layer: Layer, input_shape: Shape) -> list[Finding]:
    """Return what is wrong with a layer during training.

    Parameters
    ----------
    layer : Layer
        Not modified: copies are built, in float64.
    input_shape : tuple of int
        Without the batch axis.

    Notes
    -----
    An empty list for a layer that does the same with and without training, and for one
    whose random numbers cannot be repeated (such as those of the clock).

    Examples
    --------
    >>> class Doubled(Layer):
    ...     def forward(self, x, training=False):
    ...         return 2 * x if training else x
    ...     def backward(self, dy):
    ...         return dy
    >>> for found in diagnose_training(Doubled(), (4,)):
    ...     print(found.sentence)
    With training=True: dx equals dy: the slope of the activation is missing.
    """
    reference = reference_of(layer)
    with noted(WITH_TRAINING):
        found = diagnose_return_values(
            repeatable(layer), input_shape, backward=False, training=True
        )
    if found:
        return [replace(f, sentence=f"With training=True: {f.sentence}") for f in found]
    if isinstance(reference, Dropout):
        return diagnose_dropout(layer, input_shape, reference)
    if isinstance(reference, BatchNormalization):
        return diagnose_normalization(layer, input_shape, reference)
    if not depends_on_training(layer, input_shape):
        return []
    with noted(WITH_TRAINING):
        return diagnose_return_values(
            repeatable(layer), input_shape, backward=True, training=True
        ) or list(_gradients(layer, input_shape))


def _gradients(layer: Layer, input_shape: Shape) -> Iterator[Finding]:
    """Yield what is wrong with the gradients, the random numbers being the same."""
    trial = repeatable(built(layer, input_shape))
    x = rng_for(0, "check").standard_normal((3, *input_shape))
    y = np.array(trial.forward(x.copy(), True))
    if relative_error(np.asarray(trial.forward(x.copy(), True)), y) > TOLERANCE:
        return
    with drawn(trial) as used:
        trial.backward(np.ones_like(y))
    found = diagnose(repeatable(layer), input_shape, training=True)
    if used and any(f.array == "x" for f in found):
        yield finding("backward_draws", "x", sources=" and ".join(used))
        return
    for f in found:
        if f.cause not in NOT_HERE:
            yield replace(f, sentence=f"With training=True: {f.sentence}")


def diagnose_normalization(
    layer: Layer, input_shape: Shape, reference: BatchNormalization
) -> list[Finding]:
    """Return what is wrong with a batch normalisation; an empty list if it is right.

    Parameters
    ----------
    layer : Layer
        Not modified: copies are built, in float64.
    input_shape : tuple of int
        Without the batch axis.
    reference : BatchNormalization
        The library's, with the same arguments.

    Examples
    --------
    >>> class Frozen(BatchNormalization):
    ...     def forward(self, x, training=False):
    ...         return super().forward(x)
    >>> layer = Frozen()
    >>> diagnose_normalization(layer, (4,), BatchNormalization())[0].sentence
    'With training=True, y is normalised with the running mean and variance.'
    """
    plain, fresh = layer, copy.deepcopy(reference)
    layer, rng = copy.deepcopy(layer), rng_for(0, "check")
    layer.build(input_shape, rng, np.float64)
    reference.build(input_shape, rng, np.float64)
    for name, param in layer.params.items():
        param += 0.5 * rng.standard_normal(param.shape)
        reference.params[name] = param.copy()
    # Channels that differ, so that one mean for all of them is seen.
    C = input_shape[-1]
    sizes, middles = rng.uniform(0.5, 2, C), rng.uniform(-2, 2, C)
    batches: list[Array] = [
        middles + n + (1 + n) * sizes * rng.standard_normal((5, *input_shape))
        for n in range(BATCHES)
    ]
    unused = copy.deepcopy(layer)
    with noted(WITH_TRAINING):
        found = (
            list(_in_training(copy.deepcopy(layer), reference, batches[0]))
            or list(_backward(copy.deepcopy(layer), reference, batches[0]))
            or list(_gradients(layer, input_shape))
            or list(_running(layer, reference, batches))
            or list(_outside(unused, reference, batches[0]))
        )
        if any(f.cause in VAGUE for f in found):
            fitted = fitted_normalization(plain, fresh, input_shape)
            found = found if fitted is None else [fitted]
        return found


def _in_training(
    layer: Layer, reference: BatchNormalization, x: Array
) -> Iterator[Finding]:
    """Yield how y differs during training."""
    expected = copy.deepcopy(reference).forward(x, True)
    y = np.asarray(layer.forward(x.copy(), True))
    if y.shape != x.shape:
        yield finding("y_shape_in_training", "y", got=y.shape, expected=x.shape)
        return
    if relative_error(y, expected) <= TOLERANCE:
        return
    for cause, candidate in _candidates(reference, x):
        if relative_error(y, candidate) <= TOLERANCE:
            yield finding(cause, "y")
            return
    yield finding("differs_in_training", "y", share=np.mean(~np.isclose(y, expected)))


def _candidates(reference: BatchNormalization, x: Array) -> Iterator[tuple[str, Array]]:
    """Yield (cause, the y that this mistake would give)."""
    gamma, beta = reference.params["gamma"], reference.params["beta"]
    epsilon, axes = reference.epsilon, tuple(range(x.ndim - 1))
    M = x.size // x.shape[-1]

    centred, var = x - x.mean(axis=axes), x.var(axis=axes)
    root = np.sqrt(var + epsilon)
    yield "running_in_training", reference.forward(x, False)
    yield "running_in_training", _after(reference, [x], RUNNING[0][1]).forward(x, False)
    yield (
        "variance_of_a_sample",
        gamma * centred / np.sqrt(var * M / (M - 1) + epsilon) + beta,
    )
    yield "epsilon_outside_root", gamma * centred / (np.sqrt(var) + epsilon) + beta
    yield "epsilon_left_out", gamma * centred / np.sqrt(var) + beta
    yield "divided_by_variance", gamma * centred / (var + epsilon) + beta
    yield "mean_not_subtracted", gamma * x / root + beta
    yield "not_divided_by_deviation", gamma * centred + beta
    yield "gamma_left_out", centred / root + beta
    yield "beta_left_out", gamma * centred / root
    yield "gamma_left_out", centred / root
    yield "gamma_beta_swapped", beta * centred / root + gamma
    middle = x.mean()
    for spread in (var, ((x - middle) ** 2).mean(axis=axes)):
        y = gamma * (x - middle) / np.sqrt(spread + epsilon) + beta
        yield "mean_over_channels", y
    for cause, over in (
        ("statistics_per_place", (0,)),
        ("statistics_over_channels", tuple(range(x.ndim))),
        ("statistics_per_photo", tuple(range(1, x.ndim))),
        ("statistics_per_photo", tuple(range(1, x.ndim - 1))),
        ("statistics_per_photo", (x.ndim - 1,)),
    ):
        if over and over != axes:
            mean = x.mean(axis=over, keepdims=True)
            deviation = np.sqrt(x.var(axis=over, keepdims=True) + epsilon)
            yield cause, gamma * (x - mean) / deviation + beta


def _backward(
    layer: Layer, reference: BatchNormalization, x: Array
) -> Iterator[Finding]:
    """Yield how dx differs during training, if mean or variance count as constants."""
    dy = rng_for(1, "check").standard_normal(x.shape)
    layer.forward(x.copy(), True)
    dx = np.asarray(layer.backward(dy.copy()))
    reference = copy.deepcopy(reference)
    reference.forward(x, True)
    expected = reference.backward(dy)
    if relative_error(dx, expected) <= TOLERANCE:
        return
    _, mean, inv_std, _ = reference.kept_for(dy)
    x_hat = (x - mean) * inv_std
    gamma, axes = reference.params["gamma"], tuple(range(x.ndim - 1))
    through_mean = dy.mean(axis=axes)
    through_var = x_hat * (dy * x_hat).mean(axis=axes)
    scale = gamma * inv_std
    for cause, candidate in (
        ("statistics_constant", dy),
        ("variance_constant", dy - through_mean),
        ("mean_constant", dy - through_var),
    ):
        if relative_error(dx, candidate * scale) <= TOLERANCE:
            yield finding(cause, "x")
    if relative_error(dx * gamma, expected) <= TOLERANCE:
        yield finding("gamma_left_out_of_dx", "x")


def _outside(
    layer: Layer, reference: BatchNormalization, x: Array
) -> Iterator[Finding]:
    """Yield that dx outside training has the gradients of mean and variance."""
    dy, axes = rng_for(1, "check").standard_normal(x.shape), tuple(range(x.ndim - 1))
    layer.state = copy.deepcopy(reference.state)
    layer.forward(x.copy(), False)
    dx = np.asarray(layer.backward(dy.copy()))
    reference = copy.deepcopy(reference)
    reference.forward(x, False)
    expected = reference.backward(dy)
    _, mean, inv_std, _ = reference.kept_for(dy)
    x_hat = (x - mean) * inv_std
    through = dy.mean(axis=axes) + x_hat * (dy * x_hat).mean(axis=axes)
    wrong = expected - reference.params["gamma"] * inv_std * through
    if relative_error(dx, wrong) <= TOLERANCE:
        yield finding("gradient_of_statistics_outside", "x")


def moves_outside(layer: Layer, input_shape: Shape) -> list[Finding]:
    """Return a finding if a running mean moves in a forward outside training."""
    reference: Layer | None = reference_of(layer)
    if not isinstance(reference, BatchNormalization):
        return []
    layer, reference = built(layer, input_shape), built(reference, input_shape)
    reference.params = copy.deepcopy(layer.params)
    x = rng_for(0, "check").standard_normal((3, *input_shape))
    before = copy.deepcopy(layer.state)
    y, right = layer.forward(x.copy()), reference.forward(x)
    if np.shape(y) != x.shape or relative_error(np.asarray(y), right) > TOLERANCE:
        return []  # of a wrong y, the running ones are not the first thing to mend
    if all(np.array_equal(layer.state[k], array) for k, array in before.items()):
        return []
    return [finding("running_moves_outside", "y")]


def _running(
    layer: Layer, reference: BatchNormalization, batches: list[Array]
) -> Iterator[Finding]:
    """Yield what is wrong with the running mean and variance."""
    x = batches[0]
    before = np.array(layer.forward(x.copy(), False))
    if relative_error(np.asarray(layer.forward(x.copy(), False)), before) > TOLERANCE:
        yield finding("running_moves_outside", "y")
        return
    for batch in batches:
        layer.step += 1
        layer.forward(batch.copy(), True)
    y = np.array(layer.forward(x.copy(), False))
    right = _after(reference, batches, RUNNING[0][1])
    is_kept = all(
        np.allclose(layer.state.get(name, np.nan), array)
        for name, array in right.state.items()
    )
    is_wrong = ~np.isclose(y, right.forward(x, False))
    batch_y = copy.deepcopy(reference).forward(x, True)
    if relative_error(y, batch_y) <= TOLERANCE:
        yield finding("batch_statistics_outside", "y")
        return
    if is_kept and is_wrong.any():
        yield finding("used_wrongly_outside", "y", share=is_wrong.mean())
        return
    for cause, change in RUNNING:
        expected = _after(reference, batches, change).forward(x, False)
        if relative_error(y, expected) <= TOLERANCE:
            if cause:
                yield finding(cause, "y", momentum=reference.momentum)
            return
    if relative_error(y, before) <= TOLERANCE:
        yield finding("running_never_move", "y")
        return
    yield finding("running_differ", "y", share=np.mean(~np.isclose(y, expected)))


Moments = dict[str, Array]
Change = Callable[[float, Moments, Moments, int], Moments]


def _after(
    reference: BatchNormalization, batches: list[Array], change: Change
) -> BatchNormalization:
    """Return a copy whose running mean and variance were moved by these batches."""
    result = copy.deepcopy(reference)
    for batch in batches:
        axes = tuple(range(batch.ndim - 1))
        mean, var = batch.mean(axis=axes), batch.var(axis=axes)
        moments = {"moving_mean": mean, "moving_variance": var}
        M = batch.size // batch.shape[-1]
        result.state = change(result.momentum, result.state, moments, M)
    return result


def _moved(share: float, old: Moments, new: Moments) -> Moments:
    return {name: share * old[name] + (1 - share) * new[name] for name in old}


def _only(name: str) -> Change:
    def change(share: float, old: Moments, new: Moments, M: int) -> Moments:
        return {**old, name: _moved(share, old, new)[name]}

    return change


def _first_batch(share: float, old: Moments, new: Moments, M: int) -> Moments:
    return _moved(share if old["moving_mean"].any() else 0.0, old, new)


def _sample(share: float, old: Moments, new: Moments, M: int) -> Moments:
    factor = M / (M - 1)
    return _moved(
        share, old, {**new, "moving_variance": new["moving_variance"] * factor}
    )


def _deviation(share: float, old: Moments, new: Moments, M: int) -> Moments:
    return _moved(share, old, {**new, "moving_variance": new["moving_variance"] ** 0.5})


# (cause, how the running moments move); the first is right.
RUNNING: list[tuple[str, Change]] = [
    ("", lambda share, old, new, M: _moved(share, old, new)),
    ("momentum_swapped", lambda share, old, new, M: _moved(1 - share, old, new)),
    ("first_batch_replaces", _first_batch),
    ("running_last_batch", lambda share, old, new, M: new),
    ("running_variance_of_a_sample", _sample),
    ("running_deviation", _deviation),
    ("running_variance_never_moves", _only("moving_mean")),
    ("running_mean_never_moves", _only("moving_variance")),
]
