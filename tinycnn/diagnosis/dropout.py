"""What is wrong with my dropout? Read from what becomes of each number.

With no x equal to 0, ``y / x`` is the mask itself: 0 where a number is dropped, and the
scale elsewhere. ``dx / dy`` is the mask that backward used. No two right dropouts draw
the same mask, so the two are compared with each other and with what they should be on
average, not with the library's.
"""

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from tinycnn.diagnosis.calls import WITH_TRAINING, built, noted
from tinycnn.diagnosis.causes import BY_HAND
from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.fits.combination import agrees, sum_of
from tinycnn.gradient_check import TOLERANCE, relative_error
from tinycnn.layers import Dropout, Layer, SpatialDropout2D
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Shape

NUMBERS = 3000  # of x, at least: the share that is dropped is known to about 1 %
DEVIATIONS = 6  # as far as this from its mean, a share is not plausible
CALLS = 200  # with one decision for the whole batch, some drop all and some nothing


def diagnose_dropout(
    layer: Layer, input_shape: Shape, reference: Dropout
) -> list[Finding]:
    """Return what is wrong with a dropout; an empty list if it is right.

    Parameters
    ----------
    layer : Layer
        Not modified: copies are built, in float64. Before each call of ``forward`` its
        `step` is changed, as by a model that learns.
    input_shape : tuple of int
        Without the batch axis.
    reference : Dropout
        The library's, with the same rate.

    Notes
    -----
    What backward does after a forward outside training is not looked at: nothing calls
    it then, and a right dropout may keep its mask during training only.

    Examples
    --------
    >>> class MyDropout(Dropout):
    ...     def forward(self, x, training=False):
    ...         return super().forward(x, training) * (1 - self.rate)
    >>> diagnose_dropout(MyDropout(0.5), (4,), Dropout(0.5))[0].sentence
    'Outside training y is 0.5 times x; it should be x itself.'
    """
    layer, rng = built(layer, input_shape), rng_for(0, "check")
    is_spatial = isinstance(reference, SpatialDropout2D)
    decisions = input_shape[-1] if is_spatial else math.prod(input_shape)
    photos = max(8, -(-NUMBERS // decisions))
    x = rng.uniform(0.5, 1.5, (photos, *input_shape)) * rng.choice([-1, 1], input_shape)
    found = list(_outside(copy.deepcopy(layer), x))
    if reference.rate == 0:
        return found
    try:
        with noted(WITH_TRAINING):
            for one in _training(layer, x, reference.rate, is_spatial, not found):
                found.append(one)
    except Exception:
        if not found:
            raise
    return found


def _outside(layer: Layer, x: Array) -> Iterator[Finding]:
    """Yield what forward does to x outside training."""
    y = np.asarray(layer.forward(x.copy()))
    if y.shape != x.shape:
        yield finding("y_shape", "y", got=y.shape, expected=x.shape)
    elif relative_error(y, x) > TOLERANCE:
        factor = float((y * x).sum() / (x * x).sum())
        if relative_error(y, factor * x) <= TOLERANCE:
            yield finding("scaled_outside_training", "y", factor=factor)
        elif _is_masked(y / x):
            yield finding("drops_outside_training", "y")
        else:
            share = np.mean(~np.isclose(y, x))
            yield finding("changes_outside_training", "y", share=share)


def _is_masked(ratio: Array) -> bool:
    """Return whether some numbers are 0 and all others have one factor."""
    is_kept = ratio != 0
    return not is_kept.all() and np.allclose(ratio[is_kept], ratio.max())


def _training(
    layer: Layer, x: Array, rate: float, is_spatial: bool, is_right_outside: bool
) -> Iterator[Finding]:
    """Yield what is wrong during training: of the mask, of backward, of later calls."""
    layer.step, passed = 1, x.copy()
    y = np.asarray(layer.forward(passed, True))
    if y.shape != x.shape:
        yield finding("y_shape_in_training", "y", got=y.shape, expected=x.shape)
        return
    if not np.array_equal(passed, x):
        yield finding("x_written", "y")
        return
    mask = y / x
    masks: list[Callable[[Array], Array]] = [lambda mask: mask]
    found = _of_mask(copy.deepcopy(layer), x, mask, rate, is_spatial)
    if not found:
        # A single mask may happen to drop exactly the rate.
        other = copy.deepcopy(layer)
        other.step = 2
        second = np.asarray(other.forward(x.copy(), True)) / x
        found = _of_mask(other, x, second, rate, is_spatial)
    if found:
        yield found
        if (mask != 0).mean() in (0, 1):
            return
        # backward may have the scale that forward should have.
        masks.append(lambda mask: (mask != 0) / (1 - rate))
    dy = rng_for(1, "check").uniform(0.5, 1.5, x.shape)
    passed = dy.copy()
    dx = np.asarray(layer.backward(passed))
    if dx.shape != x.shape:
        yield finding("wrong_shape", "x", got=dx.shape, expected=x.shape)
    elif not np.array_equal(passed, dy):
        yield finding("dy_written")
    else:
        right = [m for m in masks if relative_error(dx, dy * m(mask)) <= TOLERANCE]
        if not right:
            yield _of_backward(x, dx, dy, mask, rate)
        elif found := _of_calls(layer, x, mask, dy, right):
            yield found
        elif is_right_outside and not _is_same(layer, x):
            yield finding("drops_outside_training", "y")
        elif not is_spatial and _drops_zeros(layer, x, mask, dy):
            yield finding("dropped_where_zero", "x")


def _drops_zeros(layer: Layer, x: Array, mask: Array, dy: Array) -> bool:
    """Return whether dx is 0 wherever x is, although not all of it is dropped."""
    is_zero, layer.step = rng_for(2, "check").random(x.shape) < 0.5, 3
    y = np.asarray(layer.forward(np.where(is_zero, 0, x), True))
    dx = np.asarray(layer.backward(dy.copy()))
    is_kept = (y != 0)[~is_zero].mean() > 0.5 * (mask != 0).mean()
    return bool(is_kept and not dx[is_zero].any())


def _of_mask(
    layer: Layer, x: Array, mask: Array, rate: float, is_spatial: bool
) -> Finding | None:
    """Return what is wrong with one mask."""
    is_kept, scale = mask != 0, 1 / (1 - rate)
    shares = [1 - is_kept.mean()]
    if shares[0] in (0, 1):
        for layer.step in range(2, CALLS):
            y = np.asarray(layer.forward(x.copy(), True))
            shares.append(np.mean(y == 0))
        if set(shares) == {0.0, 1.0}:
            return finding("mask_per_batch", "y")
        if set(shares) == {1.0}:
            return finding("all_dropped", "y")
        if set(shares) == {0.0}:
            return finding("nothing_dropped", "y", rate=rate)
    rows = is_kept.reshape(len(x), -1)
    columns = is_kept if x.ndim == 2 else is_kept.reshape(len(x), -1, x.shape[-1])
    if is_spatial:
        if (columns != columns[:, :1]).any():
            return finding("mask_per_number", "y")
        columns = rows = columns[:, 0]
    for cause, is_equal in (
        ("mask_shared_by_photos", rows == rows[:1]),
        ("mask_per_photo", rows == rows[:, :1]),
        ("mask_per_channel", columns == columns[:, :1]),
        ("mask_per_cell", columns == columns[..., :1]),
    ):
        has_cells = columns.ndim == 3 and x.shape[-1] > 1
        if not has_cells and cause in ("mask_per_channel", "mask_per_cell"):
            continue
        if is_equal.all():
            return finding(cause, "y")
    plausible = DEVIATIONS * math.sqrt(rate * (1 - rate) / rows.size)
    if abs(shares[0] - rate) > plausible:
        is_swapped = abs(shares[0] - (1 - rate)) <= plausible
        cause = "rate_is_kept" if is_swapped else "share_dropped"
        return finding(cause, "y", share=shares[0], rate=rate)
    scales = mask[is_kept]
    got = float(np.median(scales))
    if not np.allclose(scales, got):
        return finding("scale_differs", "y", low=scales.min(), high=scales.max())
    if abs(got - scale) <= TOLERANCE:
        return None
    values = {"got": got, "scale": scale, "rate": rate}
    for cause, value in (
        ("not_scaled", 1.0),
        ("scaled_by_rate", 1 / rate if rate else 0.0),
        ("multiplied_by_share", 1 - rate),
        ("scaled_twice", scale**2),
    ):
        if math.isclose(got, value):
            return finding(cause, "y", **values)
    return finding("scale_wrong", "y", **values)


def _of_backward(x: Array, dx: Array, dy: Array, mask: Array, rate: float) -> Finding:
    """Return which mask backward used instead of that of forward."""
    is_kept, factor = mask != 0, float(mask.max())
    for cause, wrong in (
        ("mask_left_out", np.ones_like(mask)),
        ("scale_left_out", is_kept),
        ("scale_twice", is_kept * factor**2),
        ("scale_inverted", is_kept / factor),
        ("dropped_kept", ~is_kept * factor),
        ("dropped_kept", ~is_kept * 1.0),
        ("zero", 0 * mask),
    ):
        if relative_error(dx, dy * wrong) <= TOLERANCE:
            return finding(cause, "x")
    terms = [
        ("dy * mask", dy * mask), ("dy", dy), ("x * mask", x * mask), ("x", x),
        ("mask", mask), ("1", 1 + 0 * dy), ("dy * x", dy * x),
        ("dy * x * mask", dy * x * mask), ("dy * mask**2", dy * mask**2),
        ("dy * (mask > 0)", dy * is_kept), ("1 where mask > 0", 1.0 * is_kept),
        ("dy of the photo before * its mask", np.roll(dy * mask, 1, axis=0)),
    ]  # fmt: skip
    if found := sum_of(dx, terms):
        if agrees(dx, dy / (1 - rate)):
            found = "dy / (1 - rate): nothing is dropped"
        return finding("gradient_equals", "x", what=found, right="dy * mask")
    if np.mean((dx == 0) != ~is_kept) > 0.05 and (dx == 0).any():
        return finding("new_mask", "x")
    share = np.mean(~np.isclose(dx, dy * mask))
    return replace(finding("unknown", "x", share=share), hint=BY_HAND["mask"])


def _of_calls(
    layer: Layer,
    x: Array,
    mask: Array,
    dy: Array,
    masks: list[Callable[[Array], Array]],
) -> Finding | None:
    """Return what is wrong from one call to the next."""
    layer.step = 2
    second = np.asarray(layer.forward(x.copy(), True)) / x
    if np.array_equal(second == 0, mask == 0):
        return finding("mask_never_changes", "y")
    dx = layer.backward(dy.copy())
    if all(relative_error(dx, dy * m(second)) > TOLERANCE for m in masks):
        return finding("stale", "x")
    return None


def _is_same(layer: Layer, x: Array) -> bool:
    """Return whether y is x outside training, after all the calls before."""
    return relative_error(np.asarray(layer.forward(x.copy())), x) <= TOLERANCE
