"""The key of a question whose answer stands in a figure alone: computed, not printed.

Where the cells below a guess print the answer, `test_guess_cells.py` compares the two.
"""

import numpy as np
import pytest
from notebook_cells import NOTEBOOKS, cells_until, play
from test_guess_cells import SHOWN

from tinycnn.layers import AveragePooling2D, MaxPooling2D, SumPooling2D
from tinycnn.lessons.kernels import KERNELS
from tinycnn.lessons.questions import QUESTIONS

# The answer is a judgement, or the number of a training run that the notebook's own
# checks hold.
JUDGED = {"changed photos", "cover", "four maps"}


@pytest.fixture(scope="module")
def photo():
    above, _ = cells_until(NOTEBOOKS[0], "Look closely")
    with pytest.MonkeyPatch.context() as patch:
        names, _ = play(patch, *above)
    return names["photo"]


def convolved(photo, kernel):
    """Return the convolution, window by window."""
    rows, columns = kernel.shape
    return np.array(
        [
            [(photo[i : i + rows, j : j + columns] * kernel).sum()
             for j in range(photo.shape[1] - columns + 1)]
            for i in range(photo.shape[0] - rows + 1)
        ]
    )  # fmt: skip


def dark_channel(photo):
    hero = photo[28:36, 26:34]  # the cut of "Look closely": Pikachu's face
    means = hero.reshape(-1, 3).mean(axis=0)
    return ("red", "green", "blue")[int(means.argmin())]


def four_changes(photo):
    H, W, _ = photo.shape
    looks = {
        "a": lambda p: p.shape == photo.shape and (p + photo == 255).all(),
        "b": lambda p: p.shape == photo.shape and (p[:, 0] == photo[:, -1]).all(),
        "c": lambda p: p.shape == photo.shape and (p[..., 0] == photo[..., 2]).all(),
        "d": lambda p: p.shape[:2] == (-(-H // 2), -(-W // 2)),
    }
    lines = (photo[:, ::-1], photo[::2, ::2], 255 - photo, photo[:, :, ::-1])
    return "".join(
        next(letter for letter, is_so in looks.items() if is_so(line)) for line in lines
    )


def even_colour(photo):
    (number,) = convolved(np.full((3, 3), 0.7), KERNELS["edge detection"]).ravel()
    return round(number, 12)


def direction(photo):
    kernel = KERNELS["vertical edges"]
    assert (kernel[:, 0] <= 0).all() and (kernel[:, -1] >= 0).all()
    upright = np.repeat([[0.0, 0, 0, 1, 1, 1]], 6, axis=0)
    found = {
        "vertical": abs(convolved(upright, kernel)).max(),
        "horizontal": abs(convolved(upright.T, kernel)).max(),
    }
    (name,) = (name for name, size in found.items() if size > 0)
    return name


def smaller_h(photo):
    steps = 10.0 ** np.arange(-13, 0)
    slopes = (np.sin(1 + steps) - np.sin(1 - steps)) / (2 * steps)
    best = int(abs(slopes - np.cos(1.0)).argmin())
    return {0: "a", len(steps) - 1: "c"}.get(best, "b")


def valley(photo):
    steepness = {"north": 100.0, "east": 1.0}
    limits = {name: 2 / slope for name, slope in steepness.items()}  # then it grows
    limiting = min(limits, key=limits.get)
    left = {n: abs(1 - 0.9 * limits[limiting] * s) for n, s in steepness.items()}
    suffering = max(left, key=left.get)  # what is left after a step
    return {("north", "east"): "a", ("east", "north"): "b", ("north", "north"): "c"}[
        limiting, suffering
    ]


def message(photo):
    x = np.arange(16.0).reshape(1, 4, 4, 1)
    shares = []
    for layer in (MaxPooling2D(), AveragePooling2D(), SumPooling2D()):
        layer(x)
        dx = layer.backward(np.ones((1, 2, 2, 1)))[0, :2, :2, 0]
        shares.append(sorted(dx.ravel().tolist()))
    assert shares[0] == [0, 0, 0, 1]
    return {(0.25, 1.0): "a", (0.25, 0.25): "b", (1.0, 1.0): "c", (1.0, 0.25): "d"}[
        shares[1][0], shares[2][0]
    ]


KEYS = {
    "dark channel": dark_channel, "four changes": four_changes,
    "even colour": even_colour, "direction": direction, "smaller h": smaller_h,
    "valley": valley, "message": message,
}  # fmt: skip


@pytest.mark.parametrize("name", KEYS)
def test_the_key_is_what_the_code_gives(name, photo):
    assert QUESTIONS[name].right == KEYS[name](photo)


def test_no_other_key_is_held_by_reading_alone():
    assert {*QUESTIONS} - {*SHOWN} - {*KEYS} == JUDGED
