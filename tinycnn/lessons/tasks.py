"""All tasks of the notebooks, as a table: what students write in cells of their own.

A task with a `right` is checked with random numbers, and each mistake is recognised by
its results. The others are parts of the exercises, which the grader knows. Those of
notebooks 9 to the last are in `later_tasks`.
"""

from typing import Any

import numpy as np
from numpy.random import Generator

from tinycnn.lessons.later_tasks import LATER
from tinycnn.lessons.task import Mistake, Task


def _photo(rng: Generator, height: int, width: int) -> Any:
    """Return a photo of random bytes (H, W, 3)."""
    return rng.integers(0, 256, (height, width, 3), np.uint8)


def _pooled(x: Any, KH: int, KW: int, reduce: Any) -> Any:
    """Return one number of each window; what fills no window is left out."""
    OH, OW = x.shape[0] // KH, x.shape[1] // KW
    squares = x[: OH * KH, : OW * KW].reshape(OH, KH, OW, KW)
    return reduce(squares, axis=(1, 3))


def _one_at(place: tuple[int, ...], shape: tuple[int, ...]) -> Any:
    """Return zeros with a 1 at one place."""
    numbers = np.zeros(shape)
    numbers[place] = 1
    return numbers


def _slope_of_squares(z: Any, y: Any) -> Any:
    """Return the slope of the mean of (p - y)^2 / 2."""
    p = 1 / (1 + np.exp(-z))
    return (p - y) * p * (1 - p) / len(z)


_ALL = (
    # -- 1: a photo is an array -------------------------------------------------------
    Task(
        "crop_the_tail",
        1,
        "Four changes, one line each",
        1,
        "return rows 24 to 45 and columns 7 to 26 of the photo",
        "rows first, then columns, and a slice stops before its second number.",
        lambda photo: [[photo[i, j] for j in range(7, 27)] for i in range(24, 46)],
        lambda rng: (_photo(rng, 64, 70),),
        (
            Mistake(
                lambda photo: photo[7:27, 24:46],
                "The columns stand where the rows should: the first axis of a photo is "
                "its rows.",
            ),
            Mistake(
                lambda photo: photo[24:45, 7:26],
                "The last row and the last column are missing: a slice stops before "
                "its second number.",
            ),
            Mistake(
                lambda photo: photo[7:26, 24:45],
                "The columns stand where the rows should, and a slice stops before its "
                "second number.",
            ),
        ),
        "A slice for the rows, a comma, a slice for the columns: photo[..., ...].",
    ),
    Task(
        "swap_green_and_blue",
        1,
        "Four changes, one line each",
        2,
        "return the photo with green and blue exchanged",
        "the channels are the last axis, and a list of places gives their order.",
        lambda photo: np.stack([photo[..., c] for c in (0, 2, 1)], axis=-1),
        lambda rng: (_photo(rng, 4, 6),),
        (
            Mistake(
                lambda photo: photo[:, :, ::-1],
                "Red and blue have changed places. Which places have red, green and "
                "blue on the last axis?",
            ),
            Mistake(
                lambda photo: photo[:, :, [1, 0, 2]],
                "Red and green have changed places: channel 0 is red, 1 is green, 2 is "
                "blue.",
            ),
            Mistake(
                lambda photo: photo[:, :, [0, 2, 2]],
                "Both channels are blue now. When the second was written, the first "
                "was already overwritten: keep a copy, or index with a list of places.",
            ),
            Mistake(
                lambda photo: photo[:, :, [0, 1, 1]],
                "Both channels are green now. When the second was written, the first "
                "was already overwritten: keep a copy, or index with a list of places.",
            ),
        ),
        "Only the last axis changes: a list of three places, photo[:, :, [...]].",
    ),
    Task(
        "brighter",
        1,
        "A trap: small whole numbers",
        2,
        "return the photo 60 brighter, at most 255, as uint8",
        "the sum needs more room than a byte; it is a byte again at the end.",
        lambda photo: np.array(
            [
                [[min(255, int(n) + 60) for n in pixel] for pixel in row]
                for row in photo
            ],
            np.uint8,
        ),
        lambda rng: (_photo(rng, 4, 6),),
        (
            Mistake(
                lambda photo: photo + np.uint8(60),
                "The bright pixels have become dark: above 255 a byte starts again at "
                "0. Two steps are needed: more room first, photo.astype(int), and a "
                "limit of 255 before the numbers are bytes again.",
            ),
            Mistake(
                lambda photo: np.minimum(photo.astype(int) + 60, 255),
                "The numbers are right, but they are not bytes any more: "
                ".astype(np.uint8) at the end.",
            ),
            Mistake(
                lambda photo: np.minimum(photo.astype(int) + 60, 255) / 255,
                "The numbers are from 0 to 1. Bytes are from 0 to 255.",
            ),
        ),
        "Three steps: more room, add and limit, bytes again.",
    ),
    # -- 2: sliding a kernel ----------------------------------------------------------
    Task(
        "one_number",
        2,
        "By hand",
        1,
        "return the sum of the products for the window at row i, column j",
        "cut out the window, multiply number by number, add up.",
        lambda image, kernel, i, j: sum(
            image[i + a, j + b] * kernel[a, b] for a, b in np.ndindex(kernel.shape)
        ),
        lambda rng: (
            rng.standard_normal((8, 9)),
            rng.standard_normal((2, 3)),
            int(rng.integers(0, 3)),
            int(rng.integers(3, 6)),
        ),
        (
            Mistake(
                lambda image, kernel, i, j: np.sum(
                    image[i : i + 2, j : j + 3] * kernel[::-1, ::-1]
                ),
                "The kernel is turned by 180 degrees. The first number of the window "
                "meets the first number of the kernel.",
            ),
            Mistake(
                lambda image, kernel, i, j: np.sum(
                    image[j : j + 2, i : i + 3] * kernel
                ),
                "i and j are exchanged: i is the row of the window, and rows are the "
                "first axis.",
            ),
            Mistake(
                lambda image, kernel, i, j: np.mean(
                    image[i : i + 2, j : j + 3] * kernel
                ),
                "This is the mean of the products. A feature map holds their sum.",
            ),
            Mistake(
                lambda image, kernel, i, j: image[i : i + 2, j : j + 3] * kernel,
                "These are the products one by one. One number is left when they are "
                "added up.",
            ),
        ),
        "The window has as many rows and columns as the kernel: kernel.shape.",
    ),
    Task(
        "bordered",
        2,
        "At the border",
        2,
        "return the picture with a border of zeros that keeps the map's size",
        "half of what the kernel takes away goes to each side.",
        lambda image, KH, KW: np.pad(
            image, (((KH - 1) // 2,) * 2, ((KW - 1) // 2,) * 2)
        ),
        lambda rng: (
            rng.standard_normal((4, 6)),
            int(rng.choice([3, 7])),
            int(rng.choice([1, 5])),
        ),
        (
            Mistake(
                lambda image, KH, KW: np.pad(
                    image, (((KW - 1) // 2,) * 2, ((KH - 1) // 2,) * 2)
                ),
                "KH and KW are exchanged: KH, the rows of the kernel, decides how many "
                "rows are added.",
            ),
            Mistake(
                lambda image, KH, KW: np.pad(image, ((KH - 1,) * 2, (KW - 1,) * 2)),
                "The border is twice as wide as it should be: KH - 1 rows are added in "
                "all, half of them above and half below.",
            ),
            Mistake(
                lambda image, KH, KW: np.pad(image, 1),
                "A border of 1 is right for 3 x 3 only. A larger kernel takes away "
                "more.",
            ),
            Mistake(
                lambda image, KH, KW: np.pad(image, ((0, KH - 1), (0, KW - 1))),
                "All new rows are below and all new columns on the right. Half of them "
                "belong on the other side.",
            ),
        ),
        "KH - 1 more rows and KW - 1 more columns, half of them on each side.",
    ),
    Task(
        "mean_squared_error",
        2,
        "A kernel can be learnt",
        1,
        "return how wrong a feature map is: the mean of the squared differences",
        "squares are never below 0, so differences cannot cancel each other.",
        lambda y, wanted: (
            sum((y[place] - wanted[place]) ** 2 for place in np.ndindex(y.shape))
            / y.size
        ),
        lambda rng: (rng.standard_normal((3, 4)), rng.standard_normal((3, 4))),
        (
            Mistake(
                lambda y, wanted: np.mean(y - wanted),
                "Differences above and below 0 cancel each other here. Take their "
                "squares before the mean.",
            ),
            Mistake(
                lambda y, wanted: np.sum((y - wanted) ** 2),
                "This is the sum. The mean does not depend on the size of the map.",
            ),
            Mistake(
                lambda y, wanted: np.mean(np.abs(y - wanted)),
                "This is the mean of the sizes of the differences; they should be "
                "squared.",
            ),
            Mistake(
                lambda y, wanted: np.mean(y - wanted) ** 2,
                "The mean is squared; take the mean of the squares. Differences above "
                "and below 0 cancel each other here.",
            ),
            Mistake(
                lambda y, wanted: np.sqrt(np.mean((y - wanted) ** 2)),
                "This is the root of the right number. It is not needed.",
            ),
            Mistake(
                lambda y, wanted: (y - wanted) ** 2,
                "These are the squares one by one. One number is left when you take "
                "their mean.",
            ),
        ),
        "Three steps: the difference, its square, the mean of all.",
    ),
    # -- 3: windows as rows -----------------------------------------------------------
    Task(
        "one_row",
        3,
        "One row per window",
        1,
        "return the window at row i, column j of a colour photo as one row",
        "row by row, pixel by pixel, and the channels of a pixel side by side.",
        lambda x, i, j, KH, KW: [
            x[i + a, j + b, c] for a, b, c in np.ndindex(KH, KW, x.shape[2])
        ],
        lambda rng: (
            rng.standard_normal((8, 9, 3)),
            int(rng.integers(0, 3)),
            int(rng.integers(3, 6)),
            2,
            3,
        ),
        (
            Mistake(
                lambda x, i, j, KH, KW: (
                    x[i : i + KH, j : j + KW].transpose(2, 0, 1).ravel()
                ),
                "First all of channel 0 is there, then all of channel 1. In our order "
                "the channels of a pixel stand side by side.",
            ),
            Mistake(
                lambda x, i, j, KH, KW: (
                    x[i : i + KH, j : j + KW].transpose(1, 0, 2).ravel()
                ),
                "The window is written column by column. In our order it is row by "
                "row.",
            ),
            Mistake(
                lambda x, i, j, KH, KW: x[j : j + KH, i : i + KW].ravel(),
                "i and j are exchanged: i is the row of the window, and rows are the "
                "first axis.",
            ),
            Mistake(
                lambda x, i, j, KH, KW: x[i : i + KW, j : j + KH].ravel(),
                "KH and KW are exchanged: KH is the number of rows.",
            ),
            Mistake(
                lambda x, i, j, KH, KW: x[i : i + KH, j : j + KW],
                "This is the window. .ravel() writes it as one row.",
            ),
            Mistake(
                lambda x, i, j, KH, KW: x[i : i + KH, j : j + KW, 0].ravel(),
                "One channel only: all channels belong to the row.",
            ),
        ),
        "KH rows from row i, KW columns from column j, all channels, as one row.",
    ),
    Task(
        "my_col2im",
        3,
        "The way back",
        3,
        "return the rows added up at the pixels that they came from",
        "each number goes back to its pixel, and the numbers of a pixel add up.",
    ),
    # -- 4: pooling -------------------------------------------------------------------
    Task(
        "pooled_rows",
        4,
        "Does it always halve?",
        1,
        'return how many windows fit into H rows, with "valid" padding',
        "the first window needs KH rows, and each further one a stride.",
        lambda H, KH, stride: len([i for i in range(0, H, stride) if i + KH <= H]),
        lambda rng: (
            int(rng.choice([17, 23])),
            int(rng.choice([4, 5])),
            int(rng.choice([2, 3])),
        ),
        (
            Mistake(
                lambda H, KH, stride: (H - KH) // stride,
                "The first window is missing: it is there before any step. Add 1.",
            ),
            Mistake(
                lambda H, KH, stride: H // KH,
                "That is right only if the stride is as large as the window.",
            ),
            Mistake(
                lambda H, KH, stride: H // stride,
                "That counts windows that hang over the edge; the last window needs KH "
                "rows, too.",
            ),
            Mistake(
                lambda H, KH, stride: -(-H // stride),
                'That is the number for "same" padding. With "valid", the last window '
                "lies inside.",
            ),
            Mistake(
                lambda H, KH, stride: (H - KH) / stride + 1,
                "Half a window does not count: divide with //, which rounds down.",
            ),
            Mistake(
                lambda H, KH, stride: H - KH + 1,
                "That is right for a stride of 1 only.",
            ),
        ),
        "How many steps fit into the H - KH rows after the first window?",
    ),
    Task(
        "max_pool",
        4,
        "Does it always halve?",
        2,
        "return the largest number of each KH x KW window, stride as the window",
        "each window by itself, and what fills no window is left out.",
        lambda x, KH, KW: [
            [
                max(x[i * KH + a, j * KW + b] for a, b in np.ndindex(KH, KW))
                for j in range(x.shape[1] // KW)
            ]
            for i in range(x.shape[0] // KH)
        ],
        lambda rng: (rng.standard_normal((7, 11)) - 1.5, 2, 3),
        (
            Mistake(
                lambda x, KH, KW: np.maximum(_pooled(x, KH, KW, np.max), 0),
                "A window with only numbers below 0 gives 0 here. Start with its first "
                "number, not with 0.",
            ),
            Mistake(
                lambda x, KH, KW: _pooled(x, KW, KH, np.max),
                "KH and KW are exchanged: KH is the number of rows of a window.",
            ),
            Mistake(
                lambda x, KH, KW: _pooled(x, KH, KW, np.mean),
                "This is the mean of each window, not its largest number.",
            ),
            Mistake(
                lambda x, KH, KW: _pooled(x, KH, KW, np.sum),
                "This is the sum of each window, not its largest number.",
            ),
            Mistake(
                lambda x, KH, KW: [
                    [
                        x[i : i + KH, j : j + KW].max()
                        for j in range(x.shape[1] - KW + 1)
                    ]
                    for i in range(x.shape[0] - KH + 1)
                ],
                "The windows overlap: they move by 1. Here they move by KH rows and KW "
                "columns.",
            ),
            Mistake(
                lambda x, KH, KW: [
                    [x[i : i + KH, j : j + KW].max() for j in range(x.shape[1] // KW)]
                    for i in range(x.shape[0] // KH)
                ],
                "The windows overlap: they move by 1. Window (i, j) begins at row "
                "i * KH and column j * KW.",
            ),
            Mistake(
                lambda x, KH, KW: [
                    [x[i : i + KH, j : j + KW].max() for j in range(0, x.shape[1], KW)]
                    for i in range(0, x.shape[0], KH)
                ],
                "The last windows hang over the edge. What fills no whole window is "
                "left out.",
            ),
        ),
        "Window (i, j) begins at row i * KH and column j * KW.",
    ),
    # -- 5: flattening ----------------------------------------------------------------
    Task(
        "MyFlatten",
        5,
        "Backwards",
        2,
        "forward: each photo becomes one row; backward: the old shape again",
        "no number changes, and the photos stay apart.",
    ),
    Task(
        "place_channels_first",
        5,
        "Does the order matter?",
        2,
        "return the place of x[i, j, c] if all of channel 0 comes first",
        "whole channels are skipped first, then whole rows, then numbers.",
        lambda i, j, c, shape: int(
            np.argmax(np.moveaxis(_one_at((i, j, c), shape), 2, 0).ravel())
        ),
        lambda rng: (
            int(rng.integers(1, 4)),
            int(rng.integers(1, 5)),
            int(rng.integers(1, 3)),
            (4, 5, 3),
        ),
        (
            Mistake(
                lambda i, j, c, shape: (i * shape[1] + j) * shape[2] + c,
                "This is our order, where the channel runs fastest.",
            ),
            Mistake(
                lambda i, j, c, shape: (c * shape[1] + j) * shape[0] + i,
                "The rows run fastest here. Within a channel, it is row by row: the "
                "column runs fastest.",
            ),
            Mistake(
                lambda i, j, c, shape: (c * shape[1] + i) * shape[0] + j,
                "H and W are exchanged: a channel has H rows, and a row W numbers.",
            ),
            Mistake(
                lambda i, j, c, shape: i * shape[1] + j,
                "The channels before this one are missing: each has H * W numbers.",
            ),
        ),
        "How many numbers come before channel c? How many of channel c before row i?",
    ),
    # -- 6: full connection -----------------------------------------------------------
    Task(
        "my_dense",
        6,
        "Many outputs",
        1,
        "return the outputs of a fully connected layer, for a whole batch",
        "one product for all photos and all outputs, and a bias for each output.",
        lambda x, kernel, bias: [
            [
                sum(row[i] * kernel[i, u] for i in range(len(row))) + bias[u]
                for u in range(kernel.shape[1])
            ]
            for row in x
        ],
        lambda rng: (
            rng.standard_normal((3, 4)),
            rng.standard_normal((4, 4)),
            rng.standard_normal(4),
        ),
        (
            Mistake(
                lambda x, kernel, bias: x @ kernel,
                "The bias is missing: one number for each output.",
            ),
            Mistake(
                lambda x, kernel, bias: x @ kernel.T + bias,
                "The kernel is transposed: it is (inputs, outputs), one column for "
                "each output.",
            ),
            Mistake(
                lambda x, kernel, bias: x @ (kernel + bias),
                "The bias is multiplied by the inputs, too. It is added to the sums.",
            ),
            Mistake(
                lambda x, kernel, bias: np.maximum(x @ kernel + bias, 0),
                "ReLU is a step of its own: outputs may be below 0 here.",
            ),
        ),
        "x is (N, inputs), the kernel (inputs, outputs): which product gives "
        "(N, outputs)?",
    ),
    Task(
        "parameters_of_conv",
        6,
        "Many outputs",
        1,
        "return how many numbers a convolution learns, with its biases",
        "each kernel has KH x KW x C numbers and one bias.",
        lambda KH, KW, C, F: np.zeros((F, KH, KW, C)).size + np.zeros(F).size,
        lambda rng: (
            int(rng.choice([2, 3])),
            int(rng.choice([4, 5])),
            int(rng.choice([6, 7])),
            int(rng.choice([8, 9])),
        ),
        (
            Mistake(
                lambda KH, KW, C, F: KH * KW * C * F,
                "The biases are missing: each kernel has one.",
            ),
            Mistake(
                lambda KH, KW, C, F: KH * KW * F + F,
                "The channels are missing: a kernel has numbers for each of them.",
            ),
            Mistake(
                lambda KH, KW, C, F: KH * KW * C * F + 1,
                "One bias for all is too few: each kernel has its own.",
            ),
            Mistake(
                lambda KH, KW, C, F: KH * KW * C * F + C * F,
                "That is a bias for each channel of each kernel. A kernel has one "
                "bias: all its products are one sum.",
            ),
        ),
        "How many numbers has one kernel? And one bias more for each kernel.",
    ),
    # -- 7: sigmoid and loss ----------------------------------------------------------
    Task(
        "my_cross_entropy",
        7,
        "How wrong is an answer?",
        1,
        "return the loss of a probability p, for the right answer y",
        "y chooses which of the two logarithms counts.",
        lambda p, y: np.where(y == 1, -np.log(p), -np.log(1 - p)),
        lambda rng: (rng.uniform(0.05, 0.95, 6), np.array([0.0, 1, 1, 0, 1, 0])),
        (
            Mistake(
                lambda p, y: y * np.log(p) + (1 - y) * np.log(1 - p),
                "The loss is below 0: the logarithm of a number below 1 is negative. "
                "A minus is missing.",
            ),
            Mistake(
                lambda p, y: -y * np.log(p),
                "Only Pikachus count here. For y = 0 the second half of the formula is "
                "needed.",
            ),
            Mistake(
                lambda p, y: -y * np.log10(p) - (1 - y) * np.log10(1 - p),
                "This is the logarithm to base 10. Here it is base e: np.log.",
            ),
            Mistake(
                lambda p, y: -y * np.log(p) + (1 - y) * np.log(1 - p),
                "The second half needs a minus, too.",
            ),
            Mistake(
                lambda p, y: -y * np.log(1 - p) - (1 - y) * np.log(p),
                "The two halves are exchanged: p is the probability of y = 1.",
            ),
            Mistake(
                lambda p, y: (p - y) ** 2,
                "This is the squared error. Cross-entropy takes logarithms.",
            ),
        ),
        "For y = 1 only -log(p) should be left, for y = 0 only -log(1 - p).",
    ),
    Task(
        "slopes_of_a_batch",
        7,
        "The slope is p \u2212 y",
        2,
        "return the slopes of the mean loss of N photos, one for each logit",
        "p - y for each photo, divided by N once, because the loss is a mean.",
        lambda z, y: [
            (1 / (1 + np.exp(-z[n])) if y[n] == 0 else -1 / (1 + np.exp(z[n]))) / len(z)
            for n in range(len(z))
        ],
        lambda rng: (rng.standard_normal(5), np.array([0.0, 1, 1, 0, 1])),
        (
            Mistake(
                lambda z, y: 1 / (1 + np.exp(-z)) - y,
                "Each slope is N times too large. The loss is the mean of N losses, so "
                "each counts one N-th.",
            ),
            Mistake(
                lambda z, y: (y - 1 / (1 + np.exp(-z))) / len(z),
                "y and p are exchanged: it is p - y, so that a p that is too large "
                "has a slope above 0.",
            ),
            Mistake(
                lambda z, y: y - 1 / (1 + np.exp(-z)),
                "y and p are exchanged (it is p - y), and each slope is N times too "
                "large.",
            ),
            Mistake(
                lambda z, y: (z - y) / len(z),
                "This is z - y. First the logit becomes a probability: p = sigmoid(z).",
            ),
            Mistake(
                lambda z, y: np.mean(1 / (1 + np.exp(-z)) - y),
                "This is one number for all photos. Each photo has a slope of its own; "
                "divide by N, and do not add up.",
            ),
            Mistake(
                lambda z, y: _slope_of_squares(z, y),
                "That slope belongs to the squared error: there p (1 - p) remains. "
                "With the cross-entropy it cancels.",
            ),
        ),
        "Two steps: p from z, and then (p - y) / N for each photo.",
    ),
    Task(
        "MySigmoid",
        7,
        "Why logits",
        3,
        "forward: 1 / (1 + exp(-x)), for any x; backward: its slope, from y",
        "no exp overflows, and the slope needs y alone.",
    ),
    # -- 8: backward ------------------------------------------------------------------
    Task(
        "MyDense",
        8,
        "From one number to a matrix",
        3,
        "forward, and backward with dx, dkernel and dbias, for a batch",
        "three products, and the shapes leave no other choice.",
    ),
    Task(
        "MyReLU",
        8,
        "Step 4: ReLU",
        2,
        "forward: keep what is positive; backward: pass these messages on",
        "forward keeps where x is positive, and backward needs nothing else.",
    ),
    # -- 19: what bigger networks add -------------------------------------------------
    Task(
        "normalised",
        19,
        "Batch normalisation",
        2,
        "return (x - mean) / sqrt(variance + epsilon), channel by channel",
        "one mean for each channel, over photos, rows and columns: axis=(0, 1, 2).",
        lambda x, epsilon: np.stack(
            [
                (x[..., c] - x[..., c].sum() / x[..., c].size)
                / np.sqrt(np.mean(x[..., c] ** 2) - np.mean(x[..., c]) ** 2 + epsilon)
                for c in range(x.shape[-1])
            ],
            axis=-1,
        ),
        lambda rng: (rng.normal(1, 2, (5, 3, 4, 2)), 0.5),
        (
            Mistake(
                lambda x, epsilon: (x - x.mean()) / np.sqrt(x.var() + epsilon),
                "There is one mean for all channels. Each channel needs its own: which "
                "axes remain when the channels are kept?",
            ),
            Mistake(
                lambda x, epsilon: (x - x.mean(0)) / np.sqrt(x.var(0) + epsilon),
                "Each place has a mean of its own. The mean of a channel is over all "
                "photos and all places: axis=(0, 1, 2).",
            ),
            Mistake(
                lambda x, epsilon: (
                    (x - x.mean((1, 2), keepdims=True))
                    / np.sqrt(x.var((1, 2), keepdims=True) + epsilon)
                ),
                "Each photo has a mean of its own. The mean of a channel is over the "
                "whole batch: axis=(0, 1, 2).",
            ),
            Mistake(
                lambda x, epsilon: (
                    (x - x.mean((0, 1, 2))) / (x.std((0, 1, 2)) + epsilon)
                ),
                "epsilon is added to the root. It belongs under it, to the variance.",
            ),
            Mistake(
                lambda x, epsilon: (
                    (x - x.mean((0, 1, 2))) / (x.var((0, 1, 2)) + epsilon)
                ),
                "The root is missing: np.sqrt(variance + epsilon).",
            ),
            Mistake(
                lambda x, epsilon: (x - x.mean((0, 1, 2))) / np.sqrt(x.var((0, 1, 2))),
                "epsilon is missing: it is added to the variance, under the root.",
            ),
        ),
        "Mean and variance are over photos, rows and columns: axis=(0, 1, 2).",
    ),
)

TASKS = {task.name: task for task in (*_ALL, *LATER)}
