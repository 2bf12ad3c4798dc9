"""The usual mistakes with pencil and paper, made on purpose on the sheet's numbers.

A mistake is what a student wrote down in place of one array, everything before it being
right. Where the museum of wrong layers and optimisers (`tests/museum`) has the mistake,
its class computes the numbers; the others occur with a pencil only.
"""

import importlib
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import make_print_sheet as sheet
import numpy as np

from tinycnn.layers import Conv2D, Layer, MaxPooling2D, ReLU
from tinycnn.layers.windows import im2col
from tinycnn.lessons.kernels import FILTER_3X3, IMAGE_5X5
from tinycnn.optimizers import Adam


def in_museum(name):
    """Return a module of the museum, which stands among the tests."""
    tests = str(Path(__file__).parents[2] / "tests")
    if tests not in sys.path:
        sys.path.append(tests)
    return importlib.import_module(f"museum.{name}")


museum = in_museum("layers")
wrong_optimizers = in_museum("optimizers")


@dataclass(frozen=True)
class Mistake:
    """Numbers, the mistake that gives them, and what to do instead."""

    numbers: np.ndarray
    what: str
    instead: str


def windows(image: np.ndarray, side: int = 3) -> np.ndarray:
    """Return the windows as rows, side * side numbers in each."""
    return im2col(image[np.newaxis, :, :, np.newaxis], (side, side), (1, 1))


def square(rows: np.ndarray) -> np.ndarray:
    """Return numbers as a square map."""
    return np.asarray(rows).reshape(math.isqrt(np.size(rows)), -1)


def hanging_over(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Return the map if the kernel's middle begins on the image's corner."""
    bordered = np.pad(image, 1)
    found = square(windows(bordered) @ kernel.ravel())
    rows = len(image) - 2
    return found[:rows, :rows]


def by_layer(layer: Layer, x: np.ndarray, **params: np.ndarray) -> np.ndarray:
    """Return what a layer with these params makes of one map."""
    layer.build((*x.shape, 1), np.random.default_rng(0), np.float64)
    layer.params |= params
    return layer.forward(x[np.newaxis, :, :, np.newaxis])[0, :, :, 0]


def back(layer: Layer, x: np.ndarray, dy: np.ndarray) -> np.ndarray:
    """Return dx of a layer for one map."""
    by_layer(layer, x)
    return layer.backward(dy[np.newaxis, :, :, np.newaxis])[0, :, :, 0]


def of_feature_map() -> Iterator[Mistake]:
    image, kernel = IMAGE_5X5, FILTER_3X3
    rows = windows(image)
    right = square(rows @ kernel.ravel())
    yield Mistake(
        right / 9,
        "you took the mean of the nine products",
        "A convolution adds them up and divides by nothing.",
    )
    number_by_number = "Multiply number by number, and add up all nine products."
    products = rows.reshape(-1, 3, 3) @ kernel
    yield Mistake(
        products[0],
        "you took the matrix product of the first window and the kernel",
        f"{number_by_number} That is the first box only.",
    )
    yield Mistake(
        square(products.sum(axis=(1, 2))),
        "you took the matrix product of each window and the kernel, and added it up",
        number_by_number,
    )
    yield Mistake(
        square(rows.sum(axis=1)),
        "you added up all nine pixels and left the kernel out",
        "Multiply each pixel by the kernel's number on it first: five of them count.",
    )
    yield Mistake(
        square((rows == kernel.ravel()).sum(axis=1)),
        "you counted the places where picture and kernel agree, 0 on 0 among them",
        "0 times 0 is 0: only a 1 on a 1 adds something.",
    )
    yield Mistake(
        right.T,
        "you wrote the rows of the feature map as its columns",
        "The second box of the first row is the window one column further right.",
    )
    yield Mistake(
        hanging_over(image, kernel),
        "you began with the middle of the kernel on the corner of the picture",
        "Here the whole kernel lies on the picture: its corner begins on the corner.",
    )
    yield Mistake(
        square((rows * kernel.ravel()).max(axis=1)),
        "you wrote down the largest product of each window",
        "That would be max pooling. A convolution adds up all nine products.",
    )


POOLING = {"max": np.max, "average": np.mean, "sum": np.sum}
DID = {
    "max": "you took the largest number of each square",
    "average": "you took the mean of each square",
    "sum": "you added up the four numbers",
}
TASK = {
    "max": "Max pooling keeps the largest number of each square.",
    "average": "Average pooling adds up the four numbers and divides by 4.",
    "sum": "Sum pooling adds up the four numbers.",
}


def squares(x: np.ndarray) -> np.ndarray:
    """Return the 2x2 squares of a map: (OH, OW, 4), each in row order."""
    rows, columns = x.shape
    cut = x.reshape(rows // 2, 2, columns // 2, 2).transpose(0, 2, 1, 3)
    return cut.reshape(rows // 2, columns // 2, 4)


def of_pooling(kind: str, x: np.ndarray) -> Iterator[Mistake]:
    cut, pool = squares(x), POOLING[kind]
    for other, what in DID.items():
        if other != kind:
            yield Mistake(POOLING[other](cut, axis=2), what, TASK[kind])
    overlapping = windows(x, 2).reshape(len(x) - 1, -1, 4)
    yield Mistake(
        pool(overlapping, axis=2)[:2, :2],
        "you moved the square by one column and one row",
        "It moves by two, its own width: no number is in two squares.",
    )
    yield Mistake(
        pool(cut, axis=2).T,
        "you wrote the rows of the result as its columns",
        "The second box of the first row is the square at the top right.",
    )
    if kind == "max":
        yield Mistake(
            cut.min(axis=2),
            "you took the smallest number of each square",
            "Max pooling keeps the largest.",
        )
        yield Mistake(
            cut[:, :, 0],
            "you took the first number of each square",
            "Max pooling keeps the largest, wherever it is in the square.",
        )
    if kind == "average":
        yield Mistake(
            cut.sum(axis=2) / 2,
            "you divided by 2",
            "A square of 2 x 2 has four numbers: divide by 4.",
        )
        yield Mistake(
            np.median(cut, axis=2),
            "you took the median: the middle of the sorted numbers",
            "The average is the sum of the four, divided by 4.",
        )


def of_convolution() -> Iterator[Mistake]:
    photo, kernel, bias = sheet.PHOTO, sheet.KERNEL, sheet.BIAS
    plain = square(windows(photo) @ kernel.ravel())
    yield Mistake(
        plain,
        "you left out the bias",
        f"Add {bias:g} to each sum, once.",
    )
    yield Mistake(
        plain - bias,
        "you subtracted the bias",
        f"Add it: a sum of 3 becomes 3 + ({bias:g}) = {3 + bias:g}.",
    )
    yield Mistake(
        plain + 9 * bias,
        "you added the bias to each of the nine products",
        "Add it once to each sum.",
    )
    yield Mistake(
        by_layer(
            museum.FlippedForward(1, 3),
            photo,
            kernel=kernel.reshape(3, 3, 1, 1),
            bias=np.array([bias]),
        ),
        "you turned the kernel by 180 degrees",
        "That is the convolution of mathematics. Networks lay the kernel on as it is.",
    )
    yield Mistake(
        square(windows(photo) @ kernel.T.ravel()) + bias,
        "you exchanged the kernel's rows and columns",
        "The kernel's columns are 1 1 1, 0 0 0 and -1 -1 -1.",
    )
    yield Mistake(
        plain / 9 + bias,
        "you took the mean of the nine products",
        "A convolution adds them up and divides by nothing.",
    )
    yield Mistake(
        hanging_over(photo, kernel) + bias,
        "you began with the middle of the kernel on the corner of the photo",
        "The whole kernel lies on the photo: its corner begins on the corner.",
    )
    yield Mistake(
        (plain + bias).T,
        "you wrote the rows of the map as its columns",
        "The second box of the first row is the window one column further right.",
    )


def of_relu(conv: np.ndarray) -> Iterator[Mistake]:
    yield Mistake(
        abs(conv),
        "you took the minus signs away",
        "A number below 0 becomes 0.",
    )
    yield Mistake(
        np.minimum(conv, 0),
        "you kept what is below 0 and set the rest to 0",
        "It is the other way round: what is above 0 stays.",
    )
    yield Mistake(
        (conv > 0).astype(float),
        "you wrote 1 where the number is above 0",
        "That is the slope of ReLU. The number itself stays.",
    )
    yield Mistake(
        conv,
        "you copied the numbers without any change",
        "Each number below 0 becomes 0.",
    )
    yield Mistake(
        np.maximum(conv, 1),
        "you replaced everything below 1 by 1",
        "ReLU compares with 0.",
    )


def of_pooled(relu: np.ndarray, conv: np.ndarray) -> Iterator[Mistake]:
    yield from of_pooling("max", relu)
    yield Mistake(
        squares(conv).max(axis=2),
        "you pooled the convolution and not what ReLU made of it",
        "First ReLU, then pooling: below 0 nothing is left.",
    )


def of_logit(pooled: np.ndarray) -> Iterator[Mistake]:
    weights, bias = sheet.WEIGHTS, sheet.BIAS
    total = pooled.ravel() @ weights
    yield Mistake(total, "you left out the bias", f"Add {bias:g} at the end.")
    yield Mistake(
        total - bias, "you subtracted the bias", f"Add it: the bias is {bias:g}."
    )
    yield Mistake(
        pooled.T.ravel() @ weights + bias,
        "you put the pooled numbers in a row column by column",
        "Flatten reads row by row, as we read a page.",
    )
    yield Mistake(
        pooled.sum() + bias,
        "you added up the pooled numbers without their weights",
        "Multiply each by its weight first.",
    )
    yield Mistake(
        weights.sum() + bias,
        "you added up the weights without the pooled numbers",
        "Multiply each pooled number by its weight first.",
    )
    yield Mistake(
        pooled.ravel() @ abs(weights) + bias,
        "you counted the negative weight as a positive one",
        "A negative weight lowers the logit.",
    )
    yield Mistake(
        total / 4 + bias,
        "you took the mean of the four products",
        "A dense layer adds them up.",
    )


def of_p(logit: float) -> Iterator[Mistake]:
    yield Mistake(
        1 / (1 + math.exp(logit)),
        "you left out the minus sign in exp(-logit)",
        "A positive logit gives a probability above one half.",
    )
    yield Mistake(
        1 / math.exp(-logit),
        "you left out the 1 + below the line",
        "p = 1 / (1 + exp(-logit)); a probability is never above 1.",
    )
    yield Mistake(
        math.exp(-logit),
        "you computed exp(-logit) only",
        "Then add 1, and divide 1 by the result.",
    )
    yield Mistake(
        logit,
        "you took the logit for the probability",
        "p = 1 / (1 + exp(-logit)).",
    )
    yield Mistake(
        math.tanh(logit),
        "you computed tanh",
        "The sigmoid is 1 / (1 + exp(-logit)).",
    )


def of_loss(p: float) -> Iterator[Mistake]:
    yield Mistake(
        -math.log(p),
        "you computed the loss for the other class, -log(p)",
        "The right answer is 0, and its probability is 1 - p.",
    )
    yield Mistake(
        math.log(1 - p),
        "you left out the minus sign",
        "The logarithm of a number below 1 is negative; the loss is positive.",
    )
    yield Mistake(
        -math.log10(1 - p),
        "you used the logarithm to base 10",
        "Use the natural logarithm, the key ln.",
    )
    yield Mistake(
        p**2,
        "you computed the squared error",
        "Cross-entropy is -log(1 - p) where the right answer is 0.",
    )
    yield Mistake(
        1 - p,
        "you stopped at 1 - p",
        "Take its natural logarithm, and the minus sign.",
    )


def of_dlogit(p: float) -> Iterator[Mistake]:
    yield Mistake(
        p - 1,
        "you took 1 for the right answer",
        "The right answer is 0: p - 0.",
    )
    yield Mistake(
        -p,
        "you computed 0 - p",
        "It is p minus the right answer: a logit that is too large has slope above 0.",
    )
    yield Mistake(
        p * (1 - p),
        "you computed the slope of the sigmoid, p(1 - p)",
        "Sigmoid and loss together have the slope p - y.",
    )
    yield Mistake(
        p * p * (1 - p),
        "you multiplied p - 0 by the slope of the sigmoid once more",
        "p - y is the slope of sigmoid and loss together.",
    )


def of_dweights(pooled: np.ndarray, dlogit: float) -> Iterator[Mistake]:
    weights, numbers = sheet.WEIGHTS, pooled.ravel()
    yield Mistake(
        weights * dlogit,
        "you multiplied the weights by dlogit",
        "The slope of a weight is what it is multiplied by: its pooled number.",
    )
    yield Mistake(
        numbers,
        "you left out dlogit",
        "Multiply each by dlogit: how much the loss grows with the logit.",
    )
    yield Mistake(
        -numbers * dlogit,
        "you turned the sign round",
        "That would be the direction of the step; the slope has dlogit's sign.",
    )
    yield Mistake(
        pooled.T.ravel() * dlogit,
        "you read the pooled numbers column by column",
        "Flatten reads row by row.",
    )
    yield Mistake(
        np.full(4, dlogit),
        "you gave each weight dlogit itself",
        "That is the slope of the bias. A weight's is also multiplied by its input.",
    )


def of_dpooled(pooled: np.ndarray, dlogit: float) -> Iterator[Mistake]:
    weights = sheet.WEIGHTS
    yield Mistake(
        pooled.ravel() * dlogit,
        "you multiplied the pooled numbers by dlogit",
        "The slope of a pooled number is what it is multiplied by: its weight.",
    )
    yield Mistake(weights, "you left out dlogit", "Multiply each weight by dlogit.")
    yield Mistake(
        -weights * dlogit, "you turned the sign round", "The signs are the weights'."
    )
    yield Mistake(
        weights * dlogit + sheet.BIAS,
        "you added the bias",
        "Where something is only added, it has no part in the slope.",
    )


def of_drelu(relu: np.ndarray, dpooled: np.ndarray) -> Iterator[Mistake]:
    dy = dpooled.reshape(2, 2)
    spread = back(museum.SpreadOverWindow(2), relu, dy)
    yield Mistake(
        spread,
        "you gave the message to all four",
        "Only the largest number of each square reaches the output, so only it gets "
        "the message.",
    )
    yield Mistake(
        spread / 4,
        "you divided the message among all four",
        "That is average pooling. Here the largest gets all of it.",
    )
    yield Mistake(
        back(museum.TiesCountedTwice(2), relu, dy),
        "you gave the message to each of several equal largest numbers",
        "The first of equal ones wins, the others get 0.",
    )
    yield Mistake(
        back(museum.LastOfEquals(2), relu, dy),
        "you gave the message to the last of several equal largest numbers",
        "The first one wins, reading row by row.",
    )
    yield Mistake(
        back(MaxPooling2D(2), relu, dy.T),
        "you exchanged the squares at the top right and at the bottom left",
        "dpooled is in the order of the rows: top left, top right, bottom left ...",
    )
    first = np.zeros_like(relu)
    first[::2, ::2] = dy
    yield Mistake(
        first,
        "you gave the message to the first cell of each square",
        "It goes to the cell that won when pooling.",
    )
    yield Mistake(
        back(MaxPooling2D(2), relu, dy) * relu,
        "you multiplied the message by the winner's number",
        "The winner is copied by pooling, so its slope is the message itself.",
    )


def of_dconvolution(conv: np.ndarray, drelu: np.ndarray) -> Iterator[Mistake]:
    yield Mistake(
        drelu,
        "you let everything through",
        "Where the convolution is not above 0, ReLU has cut off: the slope there is 0.",
    )
    yield Mistake(
        back(museum.ReLUByDy(), conv, drelu),
        "you cut off the negative messages",
        "The sign of the convolution decides, not that of the message.",
    )
    yield Mistake(
        back(museum.ReLUWrongSide(), conv, drelu),
        "you let the message through where the convolution is below 0",
        "It is the other way round.",
    )
    yield Mistake(
        back(ReLU(), conv, drelu) * conv,
        "you multiplied the message by the convolution",
        "Above 0, ReLU copies: its slope is 1.",
    )
    yield Mistake(
        back(museum.ReLUUpstreamIgnored(), conv, drelu),
        "you wrote the slope of ReLU alone",
        "Multiply it by the message from the next layer (the chain rule).",
    )


def dkernel_of(photo: np.ndarray, dconv: np.ndarray) -> np.ndarray:
    conv = Conv2D(1, 3)
    back(conv, photo, dconv)
    return conv.grads["kernel"][:, :, 0, 0]


def of_dkernel(dconv: np.ndarray, drelu: np.ndarray) -> Iterator[Mistake]:
    photo = sheet.PHOTO
    right = dkernel_of(photo, dconv)
    yield Mistake(
        right[::-1, ::-1],
        "you turned the result by 180 degrees",
        "The top left number of the kernel saw the top left pixel of each window.",
    )
    yield Mistake(
        right.T,
        "you exchanged rows and columns",
        "The top right number of the kernel saw the top right pixel of each window.",
    )
    yield Mistake(
        right / 16,
        "you took the mean over the sixteen windows",
        "Every window adds its share: a sum, not a mean.",
    )
    yield Mistake(
        right * sheet.KERNEL,
        "you multiplied by the kernel",
        "The slope of a kernel's number is the pixel that it was multiplied by.",
    )
    yield Mistake(
        dkernel_of(photo, drelu),
        "you used dReLU in place of dconvolution",
        "Use the messages that ReLU has let through.",
    )
    places = np.argwhere(dconv)
    for name, (i, j) in (("first", places[0]), ("last", places[-1])):
        yield Mistake(
            photo[i : i + 3, j : j + 3] * dconv[i, j],
            f"you kept only the {name} window that has a message",
            "Add up what all windows say: += and not =.",
        )
    yield Mistake(
        sum(photo[i : i + 3, j : j + 3] for i, j in places),
        "you added up the pixels without the messages",
        "Multiply the nine pixels of a window by its number of dconvolution first.",
    )


def of_dbiases(dlogit: float, dconv: np.ndarray, drelu: np.ndarray) -> dict:
    """Return the mistakes with the slopes of both biases, by name of the array."""
    of_weights = [
        Mistake(
            sheet.BIAS * dlogit,
            "you multiplied dlogit by the bias",
            "The bias is added to the logit: its slope is dlogit itself.",
        ),
        Mistake(
            np.float64(0),
            "you wrote 0",
            "If the bias grows, so does the logit: its slope is dlogit.",
        ),
    ]
    of_kernel = [
        Mistake(
            dconv.sum() / 16,
            "you took the mean over the sixteen windows",
            "The bias is added in every window: add up all of dconvolution.",
        ),
        Mistake(
            drelu.sum(),
            "you added up dReLU",
            "Add up the messages that ReLU has let through: dconvolution.",
        ),
        Mistake(
            sheet.BIAS * dconv.sum(),
            "you multiplied by the bias",
            "The bias is only added: its slope is the sum of dconvolution.",
        ),
        Mistake(
            np.float64(0),
            "you wrote 0",
            "The bias is added in every window: add up all of dconvolution.",
        ),
        Mistake(
            np.float64(np.count_nonzero(dconv)),
            "you counted the messages",
            "Add up their numbers.",
        ),
    ]
    return {"dbias of the weights": of_weights, "dbias of the kernel": of_kernel}


def steps_of(optimizer: Adam, what: str) -> np.ndarray:
    """Return m, v or the steps of an optimiser on the sheet's slopes."""
    rows, w = [], np.zeros(1)
    for slope in sheet.SLOPES:
        before = w.copy()
        optimizer.update({"w": w}, {"w": np.array([slope])})
        found = {"m": optimizer.m["w"], "v": optimizer.v["w"], "step": w - before}
        rows.append(found[what].item())
    return np.array(rows)


def running(keep: float, new: float, numbers: Callable[[float], float]) -> np.ndarray:
    """Return keep * old + new * number, from 0, on the sheet's slopes."""
    found, old = [], 0.0
    for slope in sheet.SLOPES:
        old = keep * old + new * numbers(slope)
        found.append(old)
    return np.array(found)


def of_m() -> Iterator[Mistake]:
    slopes = np.array(sheet.SLOPES)
    yield Mistake(
        running(0.9, 1, float),
        "you added the whole slope",
        "Only a tenth of the slope is added: 0.1 slope.",
    )
    yield Mistake(
        running(0.1, 0.9, float),
        "you exchanged 0.9 and 0.1",
        "Nine tenths of the old m stay.",
    )
    yield Mistake(
        0.1 * slopes,
        "you forgot the old m",
        "m remembers: 0.9 times the m of the row above comes first.",
    )
    yield Mistake(
        running(0.9, 0.1, abs),
        "you took the slope without its sign",
        "-3 pulls m down. Only v loses the sign.",
    )
    yield Mistake(
        running(0.9, 0.1, lambda slope: slope**2),
        "you squared the slope",
        "Only v has the square.",
    )
    yield Mistake(
        running(0.999, 0.001, float),
        "you used 0.999 and 0.001, the numbers of v",
        "m has 0.9 and 0.1.",
    )


def of_v() -> Iterator[Mistake]:
    slopes = np.array(sheet.SLOPES)
    yield Mistake(
        steps_of(wrong_optimizers.NotSquared(), "v"),
        "you did not square the slope",
        "v adds slope * slope: 5 gives 25.",
    )
    yield Mistake(
        running(0.999, 0.001, float),
        "you added the slope with its sign",
        "v adds slope * slope: -3 gives 9.",
    )
    yield Mistake(
        0.001 * slopes**2,
        "you forgot the old v",
        "v remembers: 0.999 times the v of the row above comes first.",
    )
    yield Mistake(
        running(0.9, 0.1, lambda slope: slope**2),
        "you used 0.9 and 0.1, the numbers of m",
        "v has 0.999 and 0.001.",
    )
    yield Mistake(
        running(0.999, 1, lambda slope: slope**2),
        "you added the whole square",
        "Only a thousandth of it is added.",
    )
    yield Mistake(
        running(0.999, 0.001, lambda slope: 2 * slope),
        "you doubled the slope",
        "To square is to multiply the slope by itself.",
    )


def of_step() -> Iterator[Mistake]:
    right = steps_of(Adam(), "step")
    m, v = steps_of(Adam(), "m"), steps_of(Adam(), "v")
    t = np.arange(1, len(m) + 1)
    correction = np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    yield Mistake(
        -right,
        "you walked uphill",
        "The minus sign leads down: a positive m makes the weight smaller.",
    )
    yield Mistake(
        steps_of(wrong_optimizers.WithoutCorrection(), "step"),
        "you left out the correction",
        "m and v begin at 0 and are too small at first; the fraction makes up for it.",
    )
    yield Mistake(
        steps_of(wrong_optimizers.WithoutPower(), "step"),
        "you left out the powers of t in the correction",
        "0.999 and 0.9 are raised to the power of t, the number of the row.",
    )
    yield Mistake(
        steps_of(wrong_optimizers.Multiplied(), "step"),
        "you multiplied by the root of v",
        "Divide by it: where the slopes are steep, the step is shorter.",
    )
    yield Mistake(
        -0.001 * correction * m / v,
        "you divided by v and not by its root",
        "Take the square root of v first.",
    )
    yield Mistake(
        -0.001 * (1 - 0.999**t) / (1 - 0.9**t) * m / np.sqrt(v),
        "you left out the root in the correction",
        "It is sqrt(1 - 0.999^t) / (1 - 0.9^t).",
    )
    yield Mistake(
        right * 1000,
        "you left out the learning rate",
        "Multiply by 0.001.",
    )
    yield Mistake(
        -0.001 * m / (1 - 0.9**t) / np.sqrt(v),
        "you corrected m and not v",
        "sqrt(1 - 0.999^t) belongs above the line.",
    )
    yield Mistake(
        -0.001 * np.array(sheet.SLOPES),
        "you made a step of plain gradient descent",
        "Adam's step is made of m and v, not of the slope.",
    )
