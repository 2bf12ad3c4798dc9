"""A layer with a kernel: y = cols @ K + bias and three gradients, one thing off."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from tinycnn.diagnosis.patterns.equality import Named, reordered
from tinycnn.diagnosis.patterns.scattering import gradients_of_photos
from tinycnn.diagnosis.patterns.sliding import Windows, variations
from tinycnn.shapes import Array


@dataclass
class Product:
    """One layer with a kernel and one batch.

    Attributes
    ----------
    x, dy, kernel, bias : array
        Of a Dense (x and dy are rows) or a Conv2D (photos).
    windows : Windows, optional
        None for a Dense.
    """

    x: Array
    dy: Array
    kernel: Array
    bias: Array
    windows: Windows | None

    @property
    def cols(self) -> Array:
        """The rows that are multiplied by the kernel: (rows, inputs)."""
        return self.cols_of(self.windows)

    def cols_of(self, windows: Windows | None) -> Array:
        """Return the rows for other windows; NaN where they leave the photo."""
        if windows is None:
            return self.x
        return windows.cells(self.x).reshape(len(self.rows), -1)

    @property
    def rows(self) -> Array:
        """The gradient dy as rows: (rows, units)."""
        return self.dy.reshape(-1, self.dy.shape[-1])

    @property
    def matrix(self) -> Array:
        """The kernel as a matrix: (inputs, units)."""
        return self.kernel.reshape(-1, self.kernel.shape[-1])

    def to_x(self, dcols: Array, windows: Windows | None = None) -> Array:
        """Return dcols (rows, inputs) added to the numbers of x that they are of."""
        windows = windows or self.windows
        if windows is None:
            return dcols
        shape = (*self.dy.shape[:3], *self.kernel.shape[:3])
        return windows.scattered(dcols.reshape(shape), self.x.shape)


def outputs(case: Product, plain: Array) -> Iterator[Named]:
    """Yield (what y equals, y) for wrong biases; `plain` is y without its bias."""
    b, size = case.bias, case.matrix.shape[0]
    y = plain + b
    biases: list[Named] = [
        ("- bias (it should be + bias)", -b), ("+ 2 * bias", 2 * b),
        ("+ the sum of all biases", 0 * b + b.sum()),
        ("+ the mean of all biases", 0 * b + b.mean()),
        ("+ the first bias, for all outputs", 0 * b + b[0]),
        ("+ the last bias, for all outputs", 0 * b + b[-1]),
        ("+ the biases in reversed order", b[::-1]),
        (f"+ {size} * bias: bias is inside the sum", size * b),
        ("+ bias**2", b * b), ("+ 1", 1 + 0 * b),
    ]  # fmt: skip
    for words, bias in biases:
        yield f"the sum of products {words}", plain + bias
    yield "the sum of products * bias (it should be + bias)", plain * b
    yield "the sum of products / bias", plain / b
    for words, factor in (
        (f"divided by the number of inputs, {size}", 1 / size),
        (f"divided by the number of outputs, {len(b)}", 1 / len(b)),
        (f"divided by the number of photos, {len(case.x)}", 1 / len(case.x)),
        (f"divided by the root of the number of inputs, {size}", size**-0.5),
    ):
        yield f"the sum of products {words}, + bias", plain * factor + b
    for words, function in FUNCTIONS.items():
        yield f"{words} of the correct y", function(y)
        yield f"{words} of the sum of products, + bias", function(plain) + b
    if len(case.x) > 1:
        axes = tuple(range(y.ndim - 1))
        yield "the sum over all photos", 0 * y + plain.sum(axis=0, keepdims=True) + b
        yield "the mean over all photos", 0 * y + plain.mean(axis=0, keepdims=True) + b
        yield "the sum of everything", 0 * y + plain.sum(axis=axes, keepdims=True) + b
    yield "the sum over all outputs", 0 * y + plain.sum(axis=-1, keepdims=True) + b
    if case.windows is None:
        K = case.matrix
        for words, x in _inputs(case.x):
            yield f"{words} @ kernel + bias", 0 * y + x @ K + b
        for words, matrix in (
            ("abs(kernel)", abs(K)), ("kernel**2", K * K), ("kernel[::-1]", K[::-1]),
            ("kernel[:, ::-1]", K[:, ::-1]),
            ("the first column of the kernel", K[:, :1]),
        ):  # fmt: skip
            yield f"x @ {words} + bias", 0 * y + case.x @ matrix + b


FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "max(0, y)": lambda y: np.maximum(y, 0),
    "the sigmoid": lambda y: 1 / (1 + np.exp(-y)),
    "tanh": np.tanh,
    "abs": abs,
    "the square": lambda y: y * y,
    "exp": np.exp,
    "the whole part": np.trunc,
    "the rounded value": np.round,
}


def _inputs(x: Array) -> Iterator[Named]:
    """Yield (what is used for x, that)."""
    yield "abs(x)", abs(x)
    yield "x**2", x * x
    yield "max(x, 0)", np.maximum(x, 0)
    yield "1", np.ones_like(x)
    yield "x reversed", x[::-1]
    yield "the first photo, for every photo,", 0 * x + x[:1]
    yield "the last photo, for every photo,", 0 * x + x[-1:]
    yield "the mean of the photos", 0 * x + x.mean(axis=0)
    yield "(x - x.mean(axis=0))", x - x.mean(axis=0)
    yield "(x > 0)", 1.0 * (x > 0)


def gradients(case: Product, name: str, y: Array) -> Iterator[Named]:
    """Yield (what a gradient equals, that gradient), name: "kernel", "bias" or "x"."""
    cols, K, b = np.nan_to_num(case.cols), case.matrix, case.bias
    makers: dict[str, Callable[[Array], Array]] = {
        "kernel": lambda rows: (cols.T @ rows).reshape(case.kernel.shape),
        "bias": lambda rows: rows.sum(axis=0),
        "x": lambda rows: case.to_x(rows @ K.T),
    }
    make, units = makers[name], case.dy.shape[-1]
    expected = make(case.rows)
    for words, dy in _upstream(case, y):
        yield f"the gradient computed with {words}", make(dy.reshape(-1, units))
    if name == "bias":
        yield from _biases(case, y)
    elif name == "kernel":
        yield from _kernels(case)
    else:
        yield from _inputs_gradients(case, expected, y)
    for words, factor in (("bias", b), ("the bias's gradient", case.rows.sum(axis=0))):
        if expected.shape[-1] == units and name != "x":
            yield f"the correct gradient * {words}", expected * factor
            yield f"the correct gradient + {words}", expected + factor
            yield f"the correct gradient - {words}", expected - factor
    param = {"kernel": case.kernel, "bias": b, "x": case.x}[name]
    what = name if name == "x" else f"the {name} itself"
    yield what, param
    for sign, text in ((1, "+"), (-1, "-")):
        yield f"the correct gradient {text} {what}", expected + sign * param
        yield f"the correct gradient {text} 2 * {what}", expected + sign * 2 * param
    yield f"the correct gradient * {what}", expected * param
    yield "the square of the correct gradient", expected**2
    yield "the sign of the correct gradient", np.sign(expected)
    yield "abs of the correct gradient", abs(expected)


def _upstream(case: Product, y: Array) -> Iterator[Named]:
    """Yield (what is used for dy, that)."""
    dy = case.dy
    if dy.ndim == 4:
        yield from gradients_of_photos(dy)
    else:
        for n, word in ((0, "first"), (-1, "last")):
            yield f"the {word} photo's dy, for all photos,", 0 * dy + dy[[n]]
            only = 0 * dy
            only[n] = dy[n]
            yield f"the {word} photo's dy alone", only
            rest = dy - only
            yield f"dy without its {word} photo", rest
            column = 0 * dy + dy[:, [n]]
            yield f"the {word} column of dy, for all outputs,", column
        for words, value in (("sum", dy.sum), ("mean", dy.mean)):
            for axis in (0, 1):
                of = ("photos", "outputs")[axis]
                mean = 0 * dy + value(axis=axis, keepdims=True)
                yield f"the {words} of dy over the {of}", mean
        for array in reordered(dy):
            yield "the axes of dy in another order", array
        yield "dy reversed", dy[::-1]
        yield "1", np.ones_like(dy)
    for words, array in (
        ("y for dy", y), ("dy * y for dy", dy * y), ("max(dy, 0)", np.maximum(dy, 0)),
        ("dy * (y > 0)", dy * (y > 0)), ("dy * y * (1 - y)", dy * y * (1 - y)),
        ("abs(dy)", abs(dy)), ("dy**2", dy * dy), ("dy - y", dy - y),
        ("y - dy", y - dy), ("sign(dy)", np.sign(dy)), ("dy + bias", dy + case.bias),
        ("dy * bias", dy * case.bias),
    ):  # fmt: skip
        yield words, array


def _biases(case: Product, y: Array) -> Iterator[Named]:
    rows, units = case.rows, len(case.bias)
    ones, N = np.ones(units), len(case.x)
    for words, value in (("max", rows.max), ("min", rows.min), ("mean", rows.mean)):
        yield f"dy.{words}(axis=0)", value(axis=0)
    yield "the sum over all of dy, for every output", ones * rows.sum()
    yield "the mean over all of dy, for every output", ones * rows.mean()
    yield "the first row of dy", rows[0]
    yield "the last row of dy", rows[-1]
    yield "dkernel, summed over its inputs", np.nansum(case.cols, axis=1) @ rows
    yield from (("1", ones), ("0", 0 * ones))
    yield f"the number of photos, {N}", N * ones
    yield f"the number of rows, {len(rows)}", len(rows) * ones
    for array in (case.dy.reshape(units, -1), np.moveaxis(case.dy, -1, 0)):
        yield (
            "dy reshaped to (outputs, -1) and summed",
            array.reshape(units, -1).sum(axis=1),
        )
    yield (
        "the mean over the photos of dy, summed",
        case.dy.mean(axis=0).reshape(-1, units).sum(axis=0),
    )
    yield "(y * dy).sum(axis=0)", (case.dy * y).reshape(-1, units).sum(axis=0)
    yield "y.sum(axis=0)", y.reshape(-1, units).sum(axis=0)
    plain = (y - case.bias).reshape(-1, units)
    yield "(x @ kernel).sum(axis=0)", plain.sum(axis=0)


def _kernels(case: Product) -> Iterator[Named]:
    cols, rows, shape = np.nan_to_num(case.cols), case.rows, case.kernel.shape
    for words, x in _inputs(cols if case.windows is None else case.x):
        if case.windows is None:
            yield f"{words.rstrip(',')}.T @ dy".replace("1.T", "ones.T"), x.T @ rows
        else:
            other = Product(x, case.dy, case.kernel, case.bias, case.windows)
            matrix = np.nan_to_num(other.cols).T @ rows
            yield f"the gradient with {words} for x", matrix.reshape(shape)
    total, sums = cols.sum(axis=0), rows.sum(axis=0)
    yield "x.sum(axis=0) times dy.sum(axis=0)", np.outer(total, sums).reshape(shape)
    yield (
        "x.mean(axis=0) times dy.sum(axis=0)",
        np.outer(total / len(cols), sums).reshape(shape),
    )
    yield "x.sum(axis=0), without dy", (0 * case.matrix + total[:, None]).reshape(shape)
    yield "kernel * dy.sum(axis=0)", (case.matrix * sums).reshape(shape)
    last = cols.reshape(len(case.x), -1, cols.shape[1])[:, -1]
    of_last = rows.reshape(len(case.x), -1, rows.shape[1])[:, -1]
    yield (
        "that of the last window of each photo alone",
        (last.T @ of_last).reshape(shape),
    )
    yield (
        "that of the last window of the last photo alone",
        np.outer(cols[-1], rows[-1]).reshape(shape),
    )
    expected = (cols.T @ rows).reshape(shape)
    for array in reordered(expected):
        yield "the correct gradient with its axes in another order", array
    matrix = expected.reshape(-1, shape[-1])
    for axis, name in enumerate(("rows", "columns", "channels", "filters")):
        if expected.ndim == 4:
            yield (
                f"the correct gradient with its {name} reversed",
                np.flip(expected, axis),
            )
    yield "the correct gradient, flipped", np.flip(matrix, 0).reshape(shape)
    if case.windows is None:
        return
    for words, windows in variations(case.windows, sides=False):
        wrong = np.nan_to_num(case.cols_of(windows)).T @ rows
        yield f"the gradient with {words}", wrong.reshape(shape)


def _inputs_gradients(case: Product, expected: Array, y: Array) -> Iterator[Named]:
    rows, kernel, units = case.rows, case.kernel, case.kernel.shape[-1]
    cols = np.nan_to_num(case.cols)

    def with_kernel(other: Array) -> Array:
        return case.to_x(rows @ other.reshape(-1, units).T)

    for array in reordered(kernel):
        yield "dx computed with the kernel's axes in another order", with_kernel(array)
    if kernel.ndim == 4:
        for axes in permutations(range(4), 1):
            yield (
                "dx computed with a flipped kernel",
                with_kernel(np.flip(kernel, axes)),
            )
        for what, other in (
            ("a kernel rotated by 180 degrees", kernel[::-1, ::-1]),
            ("kernel[0, 0] for every cell", 0 * kernel + kernel[0, 0]),
        ):
            yield f"dx computed with {what}", with_kernel(other)
    for n, word in ((0, "first"), (-1, "last")):
        one = 0 * kernel + kernel[..., [n]]
        yield f"dx computed with the {word} output's kernel for all", with_kernel(one)
        only = 0 * kernel
        only[..., n] = kernel[..., n]
        yield f"dx computed with the {word} output's kernel alone", with_kernel(only)
    dkernel = (cols.T @ rows).reshape(kernel.shape)
    for words, other in (
        ("the kernel's gradient for the kernel", dkernel),
        ("abs(kernel)", abs(kernel)), ("1 for the kernel", np.ones_like(kernel)),
        ("kernel + bias for the kernel", kernel + case.bias),
        ("kernel / 2", kernel / 2), ("kernel**2", kernel * kernel),
        ("the updated kernel (kernel - 0.01 * dkernel)", kernel - 0.01 * dkernel),
    ):  # fmt: skip
        yield f"dx computed with {words}", with_kernel(other)
    windows_of_x = cols * rows.sum(axis=1, keepdims=True)
    yield "the windows of x times dy: x for the kernel", case.to_x(windows_of_x)
    x = case.x
    for words, factor in (
        ("x", x), ("(x > 0): the slope of a ReLU", x > 0),
        ("x * (1 - x): the slope of a sigmoid", x * (1 - x)),
    ):  # fmt: skip
        yield f"the correct dx * {words}", expected * factor
    if case.windows is None:
        extra = rows @ case.bias[:, np.newaxis]
        yield "the correct dx + dy @ bias", expected + extra
        yield "dy summed over the outputs", 0 * x + rows.sum(axis=1, keepdims=True)
        return
    for words, windows in variations(case.windows, sides=False):
        yield f"dx with {words}", case.to_x(rows @ case.matrix.T, windows)
    for words, r, K in (
        ("", rows, case.matrix),
        (", of the last filter", rows[:, -1:], case.matrix[:, -1:]),
    ):
        wrong = _assigned(case, r @ K.T)
        yield f"dx with = for +=: each window overwrites the one before{words}", wrong
    for n, word in ((0, "first"), (-1, "last")):
        joined = 0 * expected
        joined[n] = expected.sum(axis=0)
        yield f"the dx of all photos, added to the {word} photo", joined


def _assigned(case: Product, dcols: Array) -> Array:
    """Return dx where a window's numbers replace those of the windows before it."""
    if case.windows is None:
        return dcols
    (top, bottom), (left, right) = case.windows.borders
    batch, height, width, channels = case.x.shape
    KH, KW = case.kernel.shape[:2]
    padded = np.zeros((batch, height + top + bottom, width + left + right, channels))
    blocks = dcols.reshape(*case.dy.shape[:3], KH, KW, channels)
    for i, j in np.ndindex(case.windows.grid):
        a, b = i * case.windows.strides[0], j * case.windows.strides[1]
        padded[:, a : a + KH, b : b + KW] = blocks[:, i, j]
    return np.asarray(padded[:, top : top + height, left : left + width])
