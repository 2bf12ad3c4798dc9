"""What does backward do where there is no derivative? A layer beside its twin.

At x = 0 a ReLU bends; of several equal cells a maximum may take any. Trying says
nothing there, and the gradient check leaves such numbers out. But after a ReLU much is
exactly 0, so what happens there is agreed upon: the library's layer does it, and so
should one that has its name.
"""

import copy
from collections.abc import Iterator

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.twins import twin_of
from tinycnn.gradient_check import TOLERANCE, relative_error
from tinycnn.layers import Layer, MaxPooling2D, ReLU
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Shape


def diagnose_kinks(layer: Layer, input_shape: Shape) -> list[Finding]:
    """Return how dx differs from the library's where x is 0 or cells are equal.

    Parameters
    ----------
    layer : Layer
        Not touched: a copy is built, in float64. One that is named as the library's
        ReLU or MaxPooling2D (`ReLU`, `MyReLU`); of any other nothing is said.
    input_shape : tuple of int
        Without the batch axis.

    Notes
    -----
    To be asked of a layer that is right everywhere else. What stops the layer itself
    with an error is passed on.

    Examples
    --------
    >>> class MyReLU(ReLU):
    ...     def forward(self, x, training=False):
    ...         self.mask = x >= 0
    ...         return x * self.mask
    ...     def backward(self, dy):
    ...         return dy * self.mask
    >>> diagnose_kinks(MyReLU(), (4, 4))[0].sentence
    'dx has the slope 1 where x is exactly 0; it should be 0 there.'
    """
    twin = twin_of(layer)
    if not isinstance(twin, (ReLU, MaxPooling2D)):
        return []
    layer, rng = copy.deepcopy(layer), rng_for(0, "check")
    layer.build(input_shape, rng, np.float64)
    twin.build(input_shape, rng, np.float64)
    # Whole numbers around 0, so that many are 0 and many neighbours equal.
    x = rng.integers(-2, 2, (5, *input_shape)).astype(np.float64)
    dy = rng.standard_normal(twin.forward(x).shape)
    layer.forward(x.copy())
    given = np.asarray(layer.backward(dy.copy()))
    if relative_error(given, twin.backward(dy)) <= TOLERANCE:
        return []
    return list((_slope if isinstance(twin, ReLU) else _winner)(twin, x, dy, given))


def _slope(twin: Layer, x: Array, dy: Array, given: Array) -> Iterator[Finding]:
    """Yield which slope a ReLU has at 0."""
    slope = float(np.median((given / dy)[x == 0]))
    yield finding("slope_at_zero", "x", slope=slope)


def _winner(twin: Layer, x: Array, dy: Array, given: Array) -> Iterator[Finding]:
    """Yield which of several equal cells gets the gradient."""
    places = np.arange(x[0, ..., 0].size).reshape(1, *x.shape[1:3], 1)
    who = "another"
    twin.forward(x + 1e-3 * places / places.size)  # a little more for each later cell
    if relative_error(given, twin.backward(dy)) <= TOLERANCE:
        who = "the last"
    yield finding("not_the_first_of_equals", "x", who=who)
