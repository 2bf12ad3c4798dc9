"""All tasks of the notebooks, as a table: what students write in cells of their own.

A task with a `right` is checked with random numbers, and each mistake is recognised by
its results. The others are parts of the exercises, which the grader knows.
"""

from typing import Any

import numpy as np
from numpy.random import Generator

from tinycnn.lessons.task import Mistake, Task


def _photo(rng: Generator, height: int, width: int) -> Any:
    """Return a photo of random bytes (H, W, 3)."""
    return rng.integers(0, 256, (height, width, 3), np.uint8)


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

TASKS = {task.name: task for task in _ALL}
