"""What a result should not depend on: chance, the call before, sizes of many kinds.

A gradient check has one batch and no luck: it cannot see that forward draws new random
numbers in each call, that one photo comes out in another shape than five, or that an
array kept from a larger batch is still in use, or that exp overflows far from 0.
"""

import copy
import itertools
import pickle
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FunctionType
from typing import Any

import numpy as np

from tinycnn.diagnosis.causes import CAUSES
from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.patterns.pointwise import right_of
from tinycnn.gradient_check import relative_error
from tinycnn.layers import Layer, Softmax
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Shape

SOURCES = (np.random.Generator, np.random.RandomState, random.Random)
TOLERANCE = 1e-7
SIZES = (5, 1, 3, 7)  # of batches, one after the other
WITH_TRAINING = "This is with training=True."


def built(layer: Layer, shape: Shape) -> Layer:
    """Return a copy, built in float64, whose bias is not 0."""
    layer, rng = copy.deepcopy(layer), rng_for(0, "check")
    layer.build(shape, rng, np.float64)
    for param in layer.params.values():
        param += 0.1 * rng.standard_normal(param.shape)
    return layer


@contextmanager
def noted(note: str) -> Iterator[None]:
    """Add a sentence, if it is not "", to whatever exception is raised inside."""
    try:
        yield
    except Exception as error:
        if note:
            error.add_note(note)
        raise


# -- random numbers --------------------------------------------------------------------


def _sources(part: Any) -> dict[str, Any]:
    """Return what the code of a part can draw random numbers from, by name."""
    found: dict[str, Any] = {"np.random": np.random, "random": random}
    cls = part if isinstance(part, type) else type(part)
    functions = [part]
    for owner in cls.__mro__:
        if not owner.__module__.startswith("tinycnn."):
            functions += vars(owner).values()
            values = vars(owner).items()
            found |= {f"{owner.__name__}.{n}": v for n, v in values if _draws(v)}
    for function in functions:
        if isinstance(function, FunctionType):
            values = function.__globals__.items()
            found |= {name: v for name, v in values if _draws(v)}
    if not isinstance(part, type):
        found |= {f"self.{n}": v for n, v in vars(part).items() if _draws(v)}
    return found


def _draws(value: Any) -> bool:
    return isinstance(value, SOURCES)


def _state(source: Any) -> Any:
    """Return the state of a source, as something that can be put back."""
    if isinstance(source, np.random.Generator):
        return source.bit_generator.state
    is_numpy = source is np.random or isinstance(source, np.random.RandomState)
    return source.get_state() if is_numpy else source.getstate()


def _put_back(source: Any, state: Any) -> None:
    if isinstance(source, np.random.Generator):
        source.bit_generator.state = state
    elif source is np.random or isinstance(source, np.random.RandomState):
        source.set_state(state)
    else:
        source.setstate(state)


@contextmanager
def drawn(layer: Layer) -> Iterator[list[str]]:
    """Give a list that at the end holds the names of the sources that were used."""
    used: list[str] = []
    make, calls = np.random.default_rng, []

    def counted(*arguments: Any, **keywords: Any) -> np.random.Generator:
        calls.append(arguments)
        return make(*arguments, **keywords)

    before = {n: pickle.dumps(_state(s)) for n, s in _sources(layer).items()}
    np.random.default_rng = counted
    try:
        yield used
    finally:
        np.random.default_rng = make
        for name, source in _sources(layer).items():
            if before.get(name) != pickle.dumps(_state(source)):
                used.append(name)
        if calls and not used:
            used.append("np.random.default_rng")


@contextmanager
def same_luck(part: Any, each_generator: bool = True) -> Iterator[None]:
    """Let the code of a part draw the same random numbers each time; then undo that.

    With `each_generator`, all generators made inside without a seed draw the same
    numbers; else the first, the second, ... of one time draw what they drew the last
    time.
    """
    sources, make, seeds = _sources(part), np.random.default_rng, itertools.count()
    states = {name: _state(source) for name, source in sources.items()}

    def seeded(seed: Any = None, **keywords: Any) -> np.random.Generator:
        if seed is None:
            seed = 0 if each_generator else next(seeds)
        return make(seed, **keywords)

    np.random.default_rng = seeded
    try:
        for source in sources.values():
            if isinstance(source, np.random.Generator):
                fresh = type(source.bit_generator)(0)
                source.bit_generator.state = fresh.state
            else:
                source.seed(0)
        yield
    finally:
        np.random.default_rng = make
        for name, source in sources.items():
            if not name.startswith("self."):
                _put_back(source, states[name])


def repeatable(layer: Layer) -> Layer:
    """Return a copy whose forward draws the same random numbers in each call."""
    kind = type(layer)

    def forward(self: Layer, x: Array, training: bool = False) -> Array:
        with same_luck(self):
            return kind.forward(self, x, training)

    members = {"forward": forward, "__module__": kind.__module__}
    result = copy.copy(layer)
    result.__class__ = type(kind.__name__, (kind,), members)
    return copy.deepcopy(result)


def diagnose_randomness(layer: Layer, input_shape: Shape) -> list[Finding]:
    """Return "draws_random" if, outside training, the same x gives another y.

    Parameters
    ----------
    layer : Layer
        Not modified: copies are built, in float64.
    input_shape : tuple of int
        Without the batch axis.

    Examples
    --------
    >>> class Noise(Layer):
    ...     def forward(self, x, training=False):
    ...         return x + np.random.standard_normal(x.shape)
    >>> print(diagnose_randomness(Noise(), (4,))[0].sentence)
    The same x gives another y: outside training, forward draws from np.random.
    """
    fresh = built(layer, input_shape)
    x = rng_for(0, "check").standard_normal((SIZES[0], *input_shape))
    one, other = copy.deepcopy(fresh), copy.deepcopy(fresh)
    with drawn(one) as used:
        results = [np.array(one.forward(x.copy())) for _ in range(2)]
    with drawn(other) as used_again:
        results.append(np.array(other.forward(x.copy())))
    names = list(dict.fromkeys([*used, *used_again]))
    first = results[0]
    if names and not all(np.array_equal(y, first, equal_nan=True) for y in results):
        return [finding("draws_random", "y", sources=" and ".join(names))]
    return []


# -- with and without training ---------------------------------------------------------


def depends_on_training(layer: Layer, input_shape: Shape) -> bool:
    """Return whether forward computes something else with training=True."""
    layer = repeatable(built(layer, input_shape))
    x = rng_for(0, "check").standard_normal((SIZES[0], *input_shape))
    with noted(WITH_TRAINING):
        y = copy.deepcopy(layer).forward(x.copy(), True)
    plain = layer.forward(x.copy(), False)
    return relative_error(np.asarray(y), np.asarray(plain)) > TOLERANCE


def is_only_for_training(layer: Layer, input_shape: Shape) -> bool:
    """Return whether backward works after forward(x, training=True) only.

    As in a dropout that keeps its mask only during training, which is enough.
    """
    x = rng_for(0, "check").standard_normal((SIZES[0], *input_shape))
    works = []
    for training in (False, True):
        one = repeatable(built(layer, input_shape))
        try:
            y = one.forward(x.copy(), training)
            one.backward(np.ones_like(y))
        except NotImplementedError:
            return False
        except Exception:
            works.append(False)
        else:
            works.append(True)
    return works == [False, True]


# -- large numbers ---------------------------------------------------------------------


def at_large_inputs(layer: Layer, reference: Layer, x: Array) -> Iterator[Finding]:
    """Yield what is wrong with an activation where numbers are large, or far apart."""
    for large in (-1000.0, 1000.0):
        try:
            with np.errstate(divide="raise", over="raise", invalid="raise"):
                layer.forward(np.full_like(x, large))
        except ArithmeticError as error:
            found = finding("y_overflows", "y", x=large, error=error)
            if isinstance(reference, Softmax):
                found = replace(found, hint=CAUSES["batch_maximum"][1])
            yield found
            return
    # The first photo around -1000, the next around 0, the next around 1000 ...
    middles = np.resize([-1000.0, 0.0, 1000.0], len(x))
    for apart in (x + middles.reshape(-1, *[1] * (x.ndim - 1)), 1000 * x):
        with np.errstate(all="ignore"):
            y, expected = np.asarray(layer.forward(apart.copy())), reference(apart)
            if np.allclose(y, expected, atol=TOLERANCE):
                continue
            for what, wrong in far_softmaxes(apart):
                if isinstance(reference, Softmax) and np.allclose(
                    y, wrong, atol=TOLERANCE, equal_nan=True
                ):
                    yield finding("batch_maximum", "y", what=what)
                    return
        name = type(reference).__name__
        if np.allclose(y, np.clip(expected, y.min(), y.max()), atol=TOLERANCE):
            what = (
                f"the correct y, but never below {y.min():.4g} or above {y.max():.4g}"
            )
            yield finding("y_equals", "y", what=what, right=right_of(reference)[0])
        elif np.isfinite(y).all():
            yield finding("y_differs_far_out", "y", reference=name)
        else:
            yield finding("y_overflows_far_apart", "y")
        return


def far_softmaxes(z: Array) -> Iterator[tuple[str, Array]]:
    """Yield (what is subtracted, the softmax) for each wrong choice of a number."""
    for what, number in (
        ("the maximum of the whole batch", z.max()),
        ("the mean of the whole batch", z.mean()),
        ("the smallest of the whole batch", z.min()),
    ):
        with np.errstate(all="ignore"):
            e = np.exp(z - number)
            p: Array = e / e.sum(axis=-1, keepdims=True)
        yield what, p


# -- the size of the batch -------------------------------------------------------------


def diagnose_batches(
    layer: Layer, input_shape: Shape, *, backward: bool, training: bool = False
) -> list[Finding]:
    """Return what is wrong for one photo, or where batches differ in size.

    Parameters
    ----------
    layer : Layer
        Not modified: copies are built, in float64.
    input_shape : tuple of int
        Without the batch axis.
    backward : bool
        Whether to look at dx and the grads as well.
    training : bool, default False
        Passed to ``forward``.

    Notes
    -----
    An exception is passed on, with a note on the batch it was raised for.

    Examples
    --------
    >>> class Squeezed(Layer):
    ...     def forward(self, x, training=False):
    ...         return np.squeeze(2 * x)
    >>> print(diagnose_batches(Squeezed(), (4,), backward=False)[0].sentence)
    For a batch of one photo y has shape (4,); it should have (1, 4).
    """
    fresh = built(layer, input_shape)
    if training:
        fresh = repeatable(fresh)
    rng, used, before = rng_for(0, "check"), copy.deepcopy(fresh), 0
    first = fresh.output_shape or ()
    for size in SIZES:
        x = rng.standard_normal((size, *input_shape))
        note = (
            f"This is for a batch of {_photos(size)}; one of {SIZES[0]} photos works."
        )
        for one, what in ((copy.deepcopy(fresh), note), (used, f"{note} {AFTER}")):
            note_of_call = what.format(before=before)
            with noted(note_of_call if before else ""):
                y = np.asarray(one.forward(x.copy(), training))
                if not before:
                    first = y.shape[1:]
                arrays: dict[str, tuple[Any, Shape]] = {"y": (y, (size, *first))}
                if backward and y.shape == (size, *first):
                    dx = one.backward(rng.standard_normal(y.shape))
                    arrays["x"] = (dx, x.shape)
                    for name, param in one.params.items():
                        arrays[name] = (one.grads.get(name), param.shape)
            if before and (found := _of_sizes(arrays, size, one is used, before)):
                return found
        before = size
    return []


AFTER = "It comes after a batch of {before}."


def _photos(size: int) -> str:
    return "one photo" if size == 1 else f"{size} photos"


def _of_sizes(
    arrays: dict[str, tuple[Any, Shape]], size: int, is_used: bool, before: int
) -> list[Finding]:
    """Return a finding for the first array of the wrong shape."""
    for name, (got, expected) in arrays.items():
        if got is None or np.shape(got) == expected:
            continue
        values = {"got": np.shape(got), "expected": expected, "n": _photos(size)}
        if is_used:
            return [finding("batch_size_kept", name, before=before, **values)]
        return [finding("one_photo_shape", name, **values)]
    return []
