"""Situations of a layer: zeros in x, an order in memory, one photo, other calls."""

import copy
from collections.abc import Iterator

import numpy as np

from tinycnn.diagnosis.calls import built, noted
from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.diagnosis.reference import reference_of
from tinycnn.layers import BatchNormalization, GlobalMaxPooling2D, Layer
from tinycnn.randomness import rng_for
from tinycnn.shapes import Array, Shape

TOLERANCE = 1e-7
STEP = 1e-5  # on both sides of an x: with another gradient on each, it is at a kink
Arrays = dict[str, Array]


def diagnose_situations(layer: Layer, input_shape: Shape) -> list[Finding]:
    """Return what is wrong in one situation only; an empty list if nothing is.

    Parameters
    ----------
    layer : Layer
        Right for random numbers in a fresh array. Not modified: copies are built, in
        float64.
    input_shape : tuple of int
        Without the batch axis.

    Notes
    -----
    With zeros in x and for one photo, a layer is compared with the library's of its
    name, so one of another name is not. At a kink dx is not compared.

    Examples
    --------
    >>> from tinycnn.layers import Sigmoid
    >>> class MySigmoid(Sigmoid):
    ...     def forward(self, x, training=False):
    ...         return np.where(x == 0, 0, super().forward(x, training))
    >>> print(diagnose_situations(MySigmoid(), (4,))[0].sentence)
    y is wrong where x has zeros in it, as after a ReLU; for other numbers it is right.
    """
    layer = built(layer, input_shape)
    looks = (
        _writes, _of_scaled_dy, _with_zeros, _far_from_zero, _in_other_order,
        _one_photo, _of_two_layers, _of_two_calls, _of_more_photos,
        _of_new_params,
    )  # fmt: skip
    for look in looks:
        if found := list(look(layer, input_shape)):
            return found[:1]
    return []


def diagnose_size(layer: Layer, input_shape: Shape) -> list[Finding]:
    """Return what is wrong for photos of two other sizes.

    Parameters
    ----------
    layer : Layer
        Right for photos of `input_shape`, in all its cases: a mistake at the border
        depends on the size as well, and whether windows fill the photo. Not modified:
        copies are built.
    input_shape : tuple of int
        Without the batch axis; of a row, nothing is looked at.

    Examples
    --------
    >>> from tinycnn.layers import AveragePooling2D
    >>> class MyAveragePooling2D(AveragePooling2D):
    ...     def forward(self, x, training=False):
    ...         return super().forward(x, training) * (1 - x.shape[2] % 2)
    >>> print(diagnose_size(MyAveragePooling2D(2), (5, 6, 2))[0].sentence)
    y is wrong for photos of 6x7; for 5x6 it is right.
    """
    if len(input_shape) != 3 or reference_of(layer) is None:
        return []
    H, W, C = input_shape
    for rows, columns in ((H + 1, W + 1), (12, 6)):
        shape, other = (rows, columns, C), copy.deepcopy(layer)
        sizes = {"other": f"{rows}x{columns}", "size": f"{H}x{W}"}
        other.input_shape = None
        other = built(other, shape)
        if (reference := _like(other, shape)) is not None:
            x = _x(shape)
            with noted("This is for photos of {other}; {size} works.".format(**sizes)):
                got = _run(other, x.copy())
            if name := _unequal(got, _run(reference, x.copy())):
                return [finding("wrong_for_size", name, **sizes)]
    return []


def _x(shape: Shape, photos: int = 5) -> Array:
    return rng_for(2, "check").standard_normal((photos, *shape))


def _dy(y: Array) -> Array:
    return rng_for(3, "check").standard_normal(np.shape(y))


def _run(layer: Layer, x: Array, training: bool = False) -> Arrays:
    """Return y, dx and the grads of a copy of the layer."""
    one = copy.deepcopy(layer)
    return _arrays(one, one.forward(x, training))


def _arrays(layer: Layer, y: Array) -> Arrays:
    """Return copies of y, and of the dx and the grads that backward makes."""
    arrays = {"y": y, "x": layer.backward(_dy(y)), **layer.grads}
    return {k: np.array(v) for k, v in arrays.items() if v is not None}


def _like(layer: Layer, shape: Shape) -> Layer | None:
    """Return the library's layer with the same params and state, or None."""
    reference: Layer | None = reference_of(layer)
    if reference is None:
        return None
    reference = built(reference, shape)
    reference.params = copy.deepcopy(layer.params)
    reference.state = copy.deepcopy(layer.state)
    return reference


def _unequal(got: Arrays, right: Arrays) -> str:
    """Return the name of the first array that is not right, or ""."""
    for name, expected in right.items():
        if name in got and not (
            got[name].shape == expected.shape
            and np.allclose(got[name], expected, rtol=TOLERANCE, atol=TOLERANCE)
        ):
            return name
    return ""


def _with_zeros(layer: Layer, shape: Shape) -> Iterator[Finding]:
    """Yield what is wrong if many numbers of x are 0, but of no photo all."""
    reference = _like(layer, shape)
    if reference is None:
        return
    x = np.maximum(_x(shape), 0)
    got, right = _run(layer, x.copy()), _run(reference, x.copy())
    sides = [_run(reference, x + step)["x"] for step in (-STEP, STEP)]
    is_kink = ~np.isclose(sides[0], sides[1], atol=10 * STEP)
    if is_kink.any() or isinstance(reference, GlobalMaxPooling2D):
        del right["x"]
    if name := _unequal(got, right):
        where = "where x has zeros in it, as after a ReLU"
        other = "for other numbers"
        yield finding("wrong_in_situation", name, where=where, other=other)


def _far_from_zero(layer: Layer, shape: Shape) -> Iterator[Finding]:
    """Yield what is wrong with an activation's dx where x is large, but not huge."""
    reference = _like(layer, shape)
    if reference is None or reference.params or layer.output_shape != shape:
        return
    x = np.sign(_x(shape)) * (3 + abs(_x(shape)))
    if name := _unequal(_run(layer, x.copy()), _run(reference, x.copy())):
        values = {"where": "where x is beyond 3", "other": "closer to 0"}
        yield finding("wrong_in_situation", name, **values)


def _writes(layer: Layer, shape: Shape) -> Iterator[Finding]:
    """Yield an argument that is modified for some numbers only."""
    x = _x(shape)
    for case in (np.maximum(x, 0), 4 * np.sign(x), 100 * x, 1000 * x, 1e-3 * x, x[:1]):
        for scale in (1, 0, 1000):
            one, passed = copy.deepcopy(layer), case.copy()
            with np.errstate(all="ignore"):
                dy = scale * _dy(one.forward(passed, False))
                given = dy.copy()
                if not np.array_equal(passed, case):
                    yield finding("x_written", "y")
                    return
                one.backward(given)
            if not np.array_equal(given, dy):
                yield finding("dy_written")
                return


def _of_scaled_dy(layer: Layer, shape: Shape) -> Iterator[Finding]:
    """Yield what is wrong for another size of dy, since backward is linear in dy."""
    x, scaled = _x(shape), dict[float, Arrays]()
    for scale in (1.0, 1e-6, 1e6):
        one = copy.deepcopy(layer)
        y = one.forward(x.copy(), False)
        arrays = {"x": one.backward(scale * _dy(y)), **one.grads}
        scaled[scale] = {
            k: np.array(v) / scale for k, v in arrays.items() if v is not None
        }
    for scale, word in ((1e-6, "small"), (1e6, "large")):
        if name := _unequal(scaled[scale], scaled[1.0]):
            values = {"where": f"where dy is {word}", "other": "for other numbers"}
            yield finding("wrong_in_situation", name, **values)
            return


def _in_other_order(layer: Layer, shape: Shape) -> Iterator[Finding]:
    """Yield what is wrong if x lies in memory in another order, as after a .T."""
    x = _x(shape)
    if name := _unequal(_run(layer, np.asfortranarray(x)), _run(layer, x.copy())):
        yield finding("order_in_memory", name, what="x")


def _one_photo(layer: Layer, shape: Shape) -> Iterator[Finding]:
    """Yield what is wrong with one photo alone, during training as well."""
    reference = _like(layer, shape)
    if reference is None:
        return
    modes = (False, True) if isinstance(reference, BatchNormalization) else (False,)
    for training in modes:
        x = _x(shape, photos=1)
        right = _run(reference, x.copy(), training)
        if name := _unequal(_run(layer, x.copy(), training), right):
            where = "for a batch of one photo"
            where += " with training=True" if training else ""
            values = {"where": where, "other": "for several photos"}
            yield finding("wrong_in_situation", name, **values)
            return


def _of_two_layers(layer: Layer, shape: Shape) -> Iterator[Finding]:
    """Yield what backward takes from another layer of the class."""
    x, other = _x(shape), copy.deepcopy(layer)
    right = _run(layer, x.copy())
    one = copy.deepcopy(layer)
    y = one.forward(x.copy(), False)
    other.forward(-x[::-1], False)
    del right["y"]
    if name := _unequal(_arrays(one, y), right):
        yield finding("kept_for_all_layers", name)


def _of_two_calls(layer: Layer, shape: Shape) -> Iterator[Finding]:
    """Yield a result that the next call overwrites."""
    x, one = _x(shape), copy.deepcopy(layer)
    y = one.forward(x.copy(), False)
    dy = _dy(y)
    dx = one.backward(dy.copy())
    kept = {"y": np.array(y), "x": np.array(dx)}
    one.forward(-x[::-1], False)
    one.backward(-dy[::-1])
    if name := _unequal({"y": np.asarray(y), "x": np.asarray(dx)}, kept):
        yield finding("result_overwritten", name)


def _of_more_photos(layer: Layer, shape: Shape) -> Iterator[Finding]:
    """Yield what is wrong with a batch that is larger than the first."""
    x, one = _x(shape, photos=7), copy.deepcopy(layer)
    _arrays(one, one.forward(x[:2].copy(), False))
    right = _run(layer, x.copy())
    if name := _unequal(_arrays(one, one.forward(x.copy(), False)), right):
        yield finding("stale", name)


def _of_new_params(layer: Layer, shape: Shape) -> Iterator[Finding]:
    """Yield what backward makes of a copy of the params that the first call kept."""
    x, one, fresh = _x(shape), copy.deepcopy(layer), copy.deepcopy(layer)
    _arrays(one, one.forward(x.copy(), False))
    for name, param in fresh.params.items():
        param += 0.5
        one.params[name][...] = param
    right = _run(fresh, x.copy())
    if name := _unequal(_arrays(one, one.forward(x.copy(), False)), right):
        yield finding("params_copied", name)
