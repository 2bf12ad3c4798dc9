"""Does each window's gradient arrive, and in one cell? Tried window by window."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tinycnn.diagnosis.causes import BY_HAND
from tinycnn.gradient_check import TOLERANCE
from tinycnn.shapes import Array


def of_windows_alone(case: Any) -> Iterator[tuple[float, Array]]:
    """Yield (dy, dx) where dy is 0 in all windows but one.

    `case` has a layer, `fresh`, that `run` gives x and dy: see `diagnosis.layers`.
    """
    for place in np.ndindex(case.dy.shape):
        dy = np.zeros_like(case.dy)
        dy[place] = value = float(case.dy[place])
        yield value, case.run(case.fresh(), case.x, dy)["x"]


def gives_to_one_cell(case: Any) -> bool:
    """Return whether each dy goes as it is to one cell of dx."""
    return all(
        np.count_nonzero(abs(dx) > TOLERANCE) == 1 and np.isclose(dx.sum(), dy)
        for dy, dx in of_windows_alone(case)
    )


def reaches(case: Any) -> bool:
    """Return whether no window's gradient is lost as a whole, unlike one left out."""
    return all(abs(dx).max() > TOLERANCE for _, dx in of_windows_alone(case))


def slope_at(case: Any, x: Array) -> Array:
    """Return the slope of an activation at each number of another x."""
    up, down = (case.fresh().forward(x + h, case.training) for h in (1e-6, -1e-6))
    return np.asarray((up - down) / 2e-6)


def slopes_of(case: Any, jacobian: Array) -> Array | None:
    """Return the slope at each number of x, if y there depends on that alone."""
    slopes = np.diagonal(jacobian)
    if case.dy.shape != case.x.shape or not np.allclose(
        np.nan_to_num(jacobian), np.nan_to_num(np.diag(slopes))
    ):
        return None
    return np.asarray(slopes.reshape(case.x.shape))


def digits_of(got: Array, expected: Array) -> int:
    """Return to how many digits all numbers are right, against the largest."""
    error = np.nanmax(abs(got - expected)) / (np.nanmax(abs(expected)) + 1e-300)
    return int(-np.log10(error + 1e-300))


def by_hand(case: Any, name: str) -> str:
    """Return the first step that fits the layer and the array."""
    if name in case.layer.params:
        return BY_HAND["gradient of params"]
    if case.layer.state:
        return BY_HAND["gradient of a channel"]
    jacobian = np.nan_to_num(case.jacobians[name])
    if case.dy.shape == case.x.shape and np.allclose(
        jacobian, np.diag(jacobian.diagonal())
    ):
        return BY_HAND["slopes"]
    return BY_HAND["gradient of windows" if case.x.ndim == 4 else "gradient"]
