"""The tasks of notebooks 9 to the last: checks, steps, training, numbers, reasons.

`tasks` has those of the first eight, and the table of them all.
"""

import math
from typing import Any

import numpy as np
from numpy.random import Generator

from tinycnn.lessons.task import Mistake, Task

LAST = 20  # the notebook "Where next"


def _photo(rng: Generator, height: int, width: int) -> Any:
    """Return a photo of random bytes (H, W, 3)."""
    return rng.integers(0, 256, (height, width, 3), np.uint8)


def _wave(x: Any) -> Any:
    """Return a function's value for notebook 9, where up and down are not alike."""
    return np.sin(x) + x**3


def _bowl(x: Any) -> float:
    """Return one number for an array, with another slope for each of its numbers."""
    return float(np.exp(np.sum(np.arange(1, x.size + 1).reshape(x.shape) * x) / 9))


def _gradient_that_stays_down(f: Any, x: Any, h: float) -> Any:
    """Return a wrong gradient: each number that went down stays there."""
    x, slopes = x.copy(), np.zeros_like(x)
    for place in np.ndindex(x.shape):
        x[place] += h
        up = f(x)
        x[place] -= 2 * h
        slopes[place] = (up - f(x)) / (2 * h)
    return slopes


def _running(values: Any, stays: float, new: float, start: float = 0.0) -> float:
    """Return m after all values, for any two shares."""
    m = start
    for value in values:
        m = stays * m + new * value
    return float(m)


def _adam(
    w: Any,
    slope: Any,
    m: Any,
    v: Any,
    t: int,
    factor: float | None = None,
    way: int = 1,
    root: float = 0.5,
    of: Any = np.square,
) -> Any:
    """Return w, m and v after a step of Adam, in which one thing may be wrong."""
    m = m + (1 - 0.9) * (slope - m)
    v = v + (1 - 0.999) * (of(slope) - v)
    if factor is None:
        factor = math.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    return w - way * 0.001 * factor * m / (v**root + 1e-7), m, v


def _losses(rng: Generator) -> tuple[Any, int]:
    """Return losses that fall, with steps back up on the way, and then rise."""
    down = np.array(
        [0.9, 0.7, 0.75, 0.72, 0.5, 0.55, 0.45, 0.6, 0.5, 0.54, 0.57, 0.6, 0.7]
    )
    return down + rng.uniform(0, 0.01, len(down)), 3


def _stopped(
    losses: Any, patience: int, previous: bool = False, restart: bool = True
) -> int:
    """Return where early stopping ends, in one of the wrong ways."""
    lowest, waited = float("inf"), 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < lowest:
            waited = 0 if restart else waited
        else:
            waited += 1
        lowest = loss if previous else min(lowest, loss)
        if waited == patience:
            return epoch
    return len(losses)


def _leaky_photos(rng: Generator) -> tuple[Any, Any]:
    """Return training photos, and test photos of which some are the same."""
    photos = rng.integers(0, 4, (9, 2, 2)).astype(np.uint8)
    photos[:, 0, 0] = np.arange(9)
    # 0 is twice among the training photos, 2 three times among the test photos.
    return photos[[0, 1, 2, 3, 4, 5, 0]], photos[[6, 2, 2, 2, 0, 5]]


def _sure_and_right(p: Any, y: Any, low: float, high: float) -> Any:
    """Return how sure the answers of a group are, and how many are right."""
    sure = np.where(p > 0.5, p, 1 - p)
    group = (low < sure) & (sure <= high)
    right = np.where(p > 0.5, 1, 0) == y
    return float(sure[group].mean()), float(right[group].mean())


def _mean_colour(photo: Any) -> Any:
    return photo.mean(axis=(0, 1))


def _covered(
    photo: Any, top: int, left: int, size: int, colour: Any = _mean_colour
) -> Any:
    """Return the photo with a square of one colour."""
    photo = photo.copy()
    photo[top : top + size, left : left + size] = colour(photo)
    return photo


LATER = (
    # -- 9: is the gradient right? ----------------------------------------------------
    Task(
        "numerical_slope",
        9,
        "A numerical slope",
        1,
        "return the slope of f at x, from a step h up and a step h down",
        "the two points are 2 * h apart, so the difference is divided by 2 * h.",
        lambda f, x, h: (f(x + h) - f(x - h)) / (h + h),
        lambda rng: (_wave, rng.uniform(-1, 1), rng.uniform(0.1, 0.5)),
        (
            Mistake(
                lambda f, x, h: (f(x + h) - f(x - h)) / h,
                "The slope is twice too large. How far apart are the two points?",
            ),
            Mistake(
                lambda f, x, h: f(x + h) - f(x - h) / (2 * h),
                "Only the second value is divided: the difference needs brackets.",
            ),
            Mistake(
                lambda f, x, h: (f(x + h) - f(x - h)) / 2 * h,
                "This is divided by 2 and then multiplied by h. Write / (2 * h).",
            ),
            Mistake(
                lambda f, x, h: (f(x + h) - f(x)) / h,
                "This is the step up alone. Take f(x - h) as the second value.",
            ),
            Mistake(
                lambda f, x, h: (f(x - h) - f(x + h)) / (2 * h),
                "The slope is negative where f rises: up comes first, minus down.",
            ),
        ),
        "Two values of f, their difference, divided by the distance.",
    ),
    Task(
        "numerical_gradient",
        9,
        "The check",
        2,
        "return the slope of f for each number of x, as an array of x's shape",
        "one number at a time goes up and down, and all others stay where they are.",
        lambda f, x, h: np.array(
            [
                (f(x + h * at) - f(x - h * at)) / (2 * h)
                for at in np.eye(x.size).reshape(-1, *x.shape)
            ]
        ).reshape(x.shape),
        lambda rng: (_bowl, rng.standard_normal((2, 3)), rng.uniform(0.1, 0.3)),
        (
            Mistake(
                lambda f, x, h: np.full(x.shape, (f(x + h) - f(x - h)) / (2 * h)),
                "All numbers have moved together. Change one of them, and leave the "
                "others as they are.",
            ),
            Mistake(
                _gradient_that_stays_down,
                "A number that went down should go back up before the next one moves: "
                "begin with a new copy of x each time.",
            ),
            Mistake(
                lambda f, x, h: np.array(
                    [
                        f(x + h * at) - f(x - h * at)
                        for at in np.eye(x.size).reshape(-1, *x.shape)
                    ]
                ).reshape(x.shape),
                "These are the differences. Divide them by 2 * h.",
            ),
            Mistake(
                lambda f, x, h: np.zeros(x.shape),
                "All slopes are 0. Are up and down two copies of x, x.copy(), and is "
                "each slope written into its place?",
            ),
        ),
        "for place in np.ndindex(x.shape): two copies of x, one with x[place] + h, one "
        "with x[place] - h.",
    ),
    # -- 10: steps downhill -----------------------------------------------------------
    Task(
        "rate_limit",
        10,
        "The simplest step",
        1,
        "return the learning rate that no direction may exceed",
        "1 - rate * steepness should stay above -1, in the steepest direction, too.",
        lambda steepness: min(2 / number for number in steepness),
        lambda rng: (rng.uniform(1, 100, 4),),
        (
            Mistake(
                lambda steepness: 2 / steepness.min(),
                "That is the limit of the flattest direction. Which one jumps first?",
            ),
            Mistake(
                lambda steepness: 1 / steepness.max(),
                "With this rate one step reaches the lowest point. It may be longer: "
                "until the jump across is as long as the way there.",
            ),
            Mistake(
                lambda steepness: 2 / steepness,
                "These are the limits of all directions. The rate is one number: which "
                "of them counts?",
            ),
            Mistake(
                lambda steepness: 2 / steepness.mean(),
                "The mean direction does not matter. Which one jumps first?",
            ),
        ),
        "Where does 1 - rate * steepness reach -1, and in which direction first?",
    ),
    Task(
        "momentum_step",
        10,
        "Momentum",
        2,
        "return the new w and the new velocity",
        "the velocity keeps a share of itself, and w moves by the new velocity.",
        lambda w, velocity, slope, rate, momentum: (
            w + momentum * velocity - rate * slope,
            momentum * velocity - rate * slope,
        ),
        lambda rng: (
            *rng.standard_normal((3, 4)),
            rng.uniform(0.01, 0.1),
            rng.uniform(0.5, 0.9),
        ),
        (
            Mistake(
                lambda w, velocity, slope, rate, momentum: (
                    w + velocity,
                    momentum * velocity - rate * slope,
                ),
                "w has moved by the old velocity. Compute the new one first.",
            ),
            Mistake(
                lambda w, velocity, slope, rate, momentum: (
                    w + momentum * velocity + rate * slope,
                    momentum * velocity + rate * slope,
                ),
                "This goes uphill: the slope is subtracted.",
            ),
            Mistake(
                lambda w, velocity, slope, rate, momentum: (
                    w - momentum * velocity + rate * slope,
                    momentum * velocity - rate * slope,
                ),
                "The velocity already points downhill: add it to w.",
            ),
            Mistake(
                lambda w, velocity, slope, rate, momentum: (
                    w - rate * slope,
                    momentum * velocity - rate * slope,
                ),
                "w has moved by the slope alone: move it by the new velocity.",
            ),
            Mistake(
                lambda w, velocity, slope, rate, momentum: (
                    w + momentum * velocity - (1 - momentum) * rate * slope,
                    momentum * velocity - (1 - momentum) * rate * slope,
                ),
                "This is a running mean, with 1 - momentum at the slope. Ours adds the "
                "whole step.",
            ),
        ),
        "Two lines, as in the text above, and both results: return w, velocity.",
    ),
    # -- 11: Adam ---------------------------------------------------------------------
    Task(
        "running_mean",
        11,
        "Adam by hand",
        1,
        "return m after all values, starting from 0",
        "each step keeps beta of m, and 1 - beta is new.",
        lambda values, beta: float(
            sum(
                (1 - beta) * beta**age * value
                for age, value in enumerate(reversed(list(values)))
            )
        ),
        lambda rng: (rng.standard_normal(6), rng.uniform(0.5, 0.9)),
        (
            Mistake(
                lambda values, beta: float(np.mean(values)),
                "This is the ordinary mean, in which old values count as much as new "
                "ones.",
            ),
            Mistake(
                lambda values, beta: _running(values, 1 - beta, beta),
                "beta and 1 - beta have changed places: beta is the share that stays.",
            ),
            Mistake(
                lambda values, beta: _running(values, beta, 1),
                "This adds the whole value, as momentum does: a mean adds 1 - beta of "
                "it.",
            ),
            Mistake(
                lambda values, beta: _running(values[1:], beta, 1 - beta, values[0]),
                "m starts at 0 here, not at the first value.",
            ),
        ),
        "m = 0, then for each value: m = beta * m + (1 - beta) * value.",
    ),
    Task(
        "adam_step",
        11,
        "Adam by hand",
        2,
        "return the new w, m and v; t is already counted",
        "m and v first, then the correction, then the step.",
        lambda w, slope, m, v, t: _adam(w, slope, m, v, t),
        lambda rng: (
            *rng.standard_normal((3, 4)),
            rng.uniform(0.1, 1, 4),
            int(rng.integers(2, 9)),
        ),
        (
            Mistake(
                lambda w, slope, m, v, t: _adam(w, slope, m, v, t, factor=1.0),
                "The correction for the start at 0 is missing: the factor in rate.",
            ),
            Mistake(
                lambda w, slope, m, v, t: _adam(w, slope, m, v, 1),
                "The correction lacks the power: beta_1**t and beta_2**t.",
            ),
            Mistake(
                lambda w, slope, m, v, t: _adam(
                    w, slope, m, v, t, factor=(1 - 0.999**t) / (1 - 0.9**t)
                ),
                "The correction lacks the root: sqrt(1 - beta_2**t).",
            ),
            Mistake(
                lambda w, slope, m, v, t: _adam(w, slope, m, v, t + 1),
                "t is the number of this step already: do not add 1 to it.",
            ),
            Mistake(
                lambda w, slope, m, v, t: _adam(w, slope, m, v, t, way=-1),
                "This goes uphill: subtract the step from w.",
            ),
            Mistake(
                lambda w, slope, m, v, t: _adam(w, slope, m, v, t, root=-0.5),
                "The step is multiplied by sqrt(v): divide by it.",
            ),
            Mistake(
                lambda w, slope, m, v, t: _adam(w, slope, m, v, t, root=1.0),
                "The step is divided by v: divide by its root.",
            ),
            Mistake(
                lambda w, slope, m, v, t: _adam(w, slope, m, v, t, of=np.abs),
                "v is the running mean of the *squared* slopes: slope**2.",
            ),
            Mistake(
                lambda w, slope, m, v, t: _adam(w, slope, m, v, t, of=np.positive),
                "v is the running mean of the *squared* slopes: slope**2.",
            ),
            Mistake(
                lambda w, slope, m, v, t: (_adam(w, slope, m, v, t)[0], m, v),
                "w is right. Return the new m and v as well: the next step needs them.",
            ),
        ),
        "Line by line, as in the text above, with the four numbers given there; then "
        "return w, m, v.",
    ),
    # -- 12: photos from folders ------------------------------------------------------
    Task(
        "batch_sizes",
        12,
        "From folders to batches",
        1,
        "return how many photos each batch of one pass has, as a list",
        "full batches first, and what is left over is a batch, too.",
        lambda photos, batch_size: [
            min(batch_size, photos - start) for start in range(0, photos, batch_size)
        ],
        # Some fill their last batch, and some do not: a test needs both.
        lambda rng: (52 - 3 * int(rng.integers(0, 5)), 8),
        (
            Mistake(
                lambda photos, batch_size: [batch_size] * (photos // batch_size),
                "The photos that are left over are missing: they are the last batch.",
            ),
            Mistake(
                lambda photos, batch_size: [batch_size] * -(-photos // batch_size),
                "The last batch is shorter: these are more photos than there are.",
            ),
            Mistake(
                lambda photos, batch_size: [
                    *[batch_size] * (photos // batch_size),
                    photos % batch_size,
                ],
                "If no photos are left over, the last batch is full: there is no batch "
                "of 0 photos.",
            ),
        ),
        "photos // batch_size batches are full, and photos % batch_size are left over.",
    ),
    Task(
        "moved_right",
        12,
        "Augmentation",
        2,
        "return the photo moved to the right, its left edge repeated",
        "every column comes from the left, and the first one fills the gap.",
        lambda photo, columns: np.stack(
            [photo[:, max(0, j - columns)] for j in range(photo.shape[1])], axis=1
        ),
        lambda rng: (_photo(rng, 5, 9), int(rng.integers(2, 5))),
        (
            Mistake(
                lambda photo, columns: np.roll(photo, columns, axis=1),
                "What leaves on the right comes back on the left. Repeat the left edge "
                "there.",
            ),
            Mistake(
                lambda photo, columns: np.concatenate(
                    [np.zeros_like(photo[:, :columns]), photo[:, :-columns]], axis=1
                ),
                "The gap is black. Repeat the left edge there.",
            ),
            Mistake(
                lambda photo, columns: np.concatenate(
                    [photo[:, :columns], photo[:, :-columns]], axis=1
                ),
                "The gap holds the first columns, one beside the other. Repeat the "
                "leftmost one.",
            ),
            Mistake(
                lambda photo, columns: np.concatenate(
                    [photo[:, columns:], *[photo[:, -1:]] * columns], axis=1
                ),
                "The photo has moved to the left.",
            ),
            Mistake(
                lambda photo, columns: np.concatenate(
                    [*[photo[:1]] * columns, photo[:-columns]]
                ),
                "The photo has moved down: the columns are the second axis.",
            ),
        ),
        "Which columns of the photo are kept, and what stands in the first ones?",
    ),
    # -- 13: training -----------------------------------------------------------------
    Task(
        "steps_of",
        13,
        "Three words",
        1,
        "return the number of steps in all epochs",
        "a batch that is not full is a step, too.",
        lambda photos, batch_size, epochs: (
            sum(1 for _ in range(0, photos, batch_size)) * epochs
        ),
        lambda rng: (int(rng.integers(101, 109)), 20, int(rng.integers(3, 9))),
        (
            Mistake(
                lambda photos, batch_size, epochs: photos // batch_size * epochs,
                "The last batch of each epoch is missing: it is short, and it counts.",
            ),
            Mistake(
                lambda photos, batch_size, epochs: photos * epochs,
                "This counts photos: a step is a batch.",
            ),
            Mistake(
                lambda photos, batch_size, epochs: -(-photos // batch_size),
                "This is one epoch.",
            ),
            Mistake(
                lambda photos, batch_size, epochs: photos / batch_size * epochs,
                "A step is never half a step: round the batches of an epoch up.",
            ),
            Mistake(
                lambda photos, batch_size, epochs: -(-photos * epochs // batch_size),
                "Each epoch ends with its own short batch: round up in each of them.",
            ),
        ),
        "How many batches does one epoch have, and how many epochs are there?",
    ),
    Task(
        "stopping_epoch",
        13,
        "Training",
        2,
        "return the epoch after which early stopping ends the training",
        "the count of epochs without progress starts again with each new lowest loss.",
        lambda val_loss, patience: next(
            (
                epoch
                for epoch in range(1, len(val_loss) + 1)
                if epoch - 1 - int(np.argmin(val_loss[:epoch])) == patience
            ),
            len(val_loss),
        ),
        lambda rng: _losses(rng),
        (
            Mistake(
                lambda val_loss, patience: int(np.argmin(val_loss)) + 1,
                "This is the epoch with the lowest loss. The training goes on for "
                "patience more, to see whether it falls again.",
            ),
            Mistake(
                lambda val_loss, patience: int(np.argmin(val_loss)) + patience,
                "One too few: epochs are counted from 1.",
            ),
            Mistake(
                lambda val_loss, patience: _stopped(val_loss, patience, previous=True),
                "This compares with the epoch before. Compare with the lowest loss so "
                "far.",
            ),
            Mistake(
                lambda val_loss, patience: _stopped(val_loss, patience, restart=False),
                "The count of epochs without progress starts again at 0 with each new "
                "lowest loss.",
            ),
            Mistake(
                lambda val_loss, patience: len(val_loss),
                "This never stops before the end.",
            ),
        ),
        "for epoch, loss in enumerate(val_loss, start=1): is it the lowest so far? If "
        "not, how many epochs in a row now?",
    ),
    # -- 14: honest numbers -----------------------------------------------------------
    Task(
        "only_one_right",
        14,
        "Two networks, the same photos",
        1,
        "return on how many photos only the first is right, and only the second",
        "photos on which both are right, or both wrong, do not say who is better.",
        lambda first, second: (
            sum(1 for a, b in zip(first, second, strict=True) if a and not b),
            sum(1 for a, b in zip(first, second, strict=True) if b and not a),
        ),
        lambda rng: (rng.random(40) < 0.8, rng.random(40) < 0.7),
        (
            Mistake(
                lambda first, second: (int(first.sum()), int(second.sum())),
                "These are all photos on which each is right. Leave out those on which "
                "the other is right, too.",
            ),
            Mistake(
                lambda first, second: (
                    int(np.sum(second & ~first)),
                    int(np.sum(first & ~second)),
                ),
                "The two numbers have changed places: the first network comes first.",
            ),
            Mistake(
                lambda first, second: int(np.sum(first != second)),
                "This is how often they differ. How often does each of them win?",
            ),
        ),
        "first & ~second is True where the first is right and the second is not.",
    ),
    Task(
        "coin_at_least",
        14,
        "Two networks, the same photos",
        3,
        "return how probable so many heads, or more, are with a fair coin",
        "this is the tail of the binomial distribution.",
        lambda heads, tosses: sum(
            math.comb(tosses, k) * 0.5**tosses for k in range(heads, tosses + 1)
        ),
        lambda rng: (int(rng.integers(5, 10)), 10),
        (
            Mistake(
                lambda heads, tosses: math.comb(tosses, heads) / 2**tosses,
                "This is how probable exactly so many heads are. Add the cases with "
                "more.",
            ),
            Mistake(
                lambda heads, tosses: (
                    sum(math.comb(tosses, k) for k in range(heads + 1, tosses + 1))
                    / 2**tosses
                ),
                "These are the cases with more heads. Exactly so many heads count, "
                "too.",
            ),
            Mistake(
                lambda heads, tosses: (
                    sum(math.comb(tosses, k) for k in range(heads, tosses)) / 2**tosses
                ),
                "The case in which all tosses are heads is missing: a range ends "
                "before its second number.",
            ),
            Mistake(
                lambda heads, tosses: (
                    2
                    * sum(math.comb(tosses, k) for k in range(heads, tosses + 1))
                    / 2**tosses
                ),
                "This is twice too large: heads alone count here, and not tails as "
                "well.",
            ),
            Mistake(
                lambda heads, tosses: 0.5**heads,
                "This is how probable it is that the first tosses are all heads. The "
                "heads may come in any order.",
            ),
            Mistake(
                lambda heads, tosses: float(
                    sum(math.comb(tosses, k) for k in range(heads, tosses + 1))
                ),
                "These are the ways to do it. Divide by all 2**tosses ways.",
            ),
        ),
        "math.comb(tosses, k) of all 2**tosses ways have k heads.",
    ),
    Task(
        "precision_and_recall",
        14,
        "Which mistakes?",
        2,
        "return precision and recall of Pikachu, class 1",
        "precision divides by what was answered so, recall by what really is so.",
        lambda table: (
            float(table[1][1] / (table[0][1] + table[1][1])),
            float(table[1][1] / (table[1][0] + table[1][1])),
        ),
        lambda rng: (rng.integers(5, 60, (2, 2)),),
        (
            Mistake(
                lambda table: (
                    table[1, 1] / table[1].sum(),
                    table[1, 1] / table[:, 1].sum(),
                ),
                "The two have changed places: precision comes first. A row is what a "
                "photo shows, a column what the network answers.",
            ),
            Mistake(
                lambda table: (
                    table[0, 0] / table[:, 0].sum(),
                    table[0, 0] / table[0].sum(),
                ),
                "These are the two shares of Iron Man, class 0.",
            ),
            Mistake(
                lambda table: (table[1, 1] / table.sum(), table[1, 1] / table.sum()),
                'Divide by the answers "Pikachu", or by the photos of Pikachu, and '
                "not by all photos.",
            ),
            Mistake(
                lambda table: (np.trace(table) / table.sum(),) * 2,
                "This is the accuracy.",
            ),
        ),
        "A row is what a photo shows, a column what the network answers.",
    ),
    # -- 15: shortcuts and leaks ------------------------------------------------------
    Task(
        "pairs_in_order",
        15,
        "Does it only see colour?",
        2,
        "return the share of pairs in which Pikachu gets the larger probability",
        "only pairs of one Pikachu and one Iron Man count: this is the AUC.",
        lambda p, y: float(
            np.mean(
                [
                    a > b
                    for a, k in zip(p, y, strict=True)
                    if k == 1
                    for b, m in zip(p, y, strict=True)
                    if m == 0
                ]
            )
        ),
        lambda rng: (rng.random(20), rng.integers(0, 2, 20) | (np.arange(20) == 3)),
        (
            Mistake(
                lambda p, y: np.mean(p[:, np.newaxis] > p),
                "These are all pairs. Take a Pikachu (y == 1), and an Iron Man (0).",
            ),
            Mistake(
                lambda p, y: np.mean(p[y == 0][:, np.newaxis] > p[y == 1]),
                "Here Iron Man gets the larger one.",
            ),
            Mistake(
                lambda p, y: np.mean((p > 0.5) == y),
                "This is the accuracy. The AUC needs no limit of 0.5.",
            ),
            Mistake(
                lambda p, y: float(np.sum(p[y == 1][:, np.newaxis] > p[y == 0])),
                "This is the number of pairs: divide by how many there are.",
            ),
        ),
        "Two loops, or p[y == 1][:, np.newaxis] > p[y == 0]; then the mean.",
    ),
    Task(
        "leaked",
        15,
        "Leaks",
        2,
        "return how many test photos are training photos, too",
        "the place in the list does not matter, only the numbers of the photo.",
        lambda train, test: len(
            [photo for photo in test if photo.tobytes() in {t.tobytes() for t in train}]
        ),
        _leaky_photos,
        (
            Mistake(
                lambda train, test: int(
                    sum(np.array_equal(a, b) for a, b in zip(train, test, strict=False))
                ),
                "This compares photos at the same place. A leaked photo can stand "
                "anywhere in the other list.",
            ),
            Mistake(
                lambda train, test: len(
                    [p for p in train if p.tobytes() in {t.tobytes() for t in test}]
                ),
                "This counts training photos. A photo may stand twice among the test "
                "photos.",
            ),
            Mistake(
                lambda train, test: sum(
                    np.array_equal(a, b) for a in test for b in train
                ),
                "This counts pairs: a test photo that stands twice among the training "
                "photos counts twice.",
            ),
            Mistake(
                lambda train, test: int(np.isin(test, train).sum()),
                "These are single numbers. A photo has leaked if all of its numbers "
                "are equal.",
            ),
        ),
        "For each test photo: is there any training photo with the same numbers? "
        "np.array_equal(one, other) compares two photos.",
    ),
    # -- 16: who is it? ---------------------------------------------------------------
    Task(
        "prepared",
        16,
        "By hand, step by step",
        1,
        "return the photo as predict needs it: 0 to 1, and a batch of one",
        "as in training: divided by 255, with an axis for the photos of a batch.",
        lambda photo: np.array([photo / 255]),
        lambda rng: (_photo(rng, 4, 6),),
        (
            Mistake(
                lambda photo: photo / 255,
                "The batch is missing: a first axis, for the photos. "
                "photo[np.newaxis] has it.",
            ),
            Mistake(
                lambda photo: photo[np.newaxis].astype(float),
                "The numbers go up to 255; the network has learnt from 0 to 1.",
            ),
            Mistake(
                lambda photo: photo[np.newaxis],
                "These are bytes up to 255; the network has learnt from 0 to 1.",
            ),
            Mistake(
                lambda photo: photo[..., np.newaxis] / 255,
                "The new axis should be the first: photo[np.newaxis].",
            ),
        ),
        "Two steps: divide, and a new first axis.",
    ),
    Task(
        "sure_and_right",
        16,
        'How sure is "95 %"?',
        3,
        "return how sure a group's answers are on average, and the share right",
        "an answer below 0.5 is sure of class 0: 1 - p.",
        lambda p, y, low, high: _sure_and_right(p, y, low, high),
        lambda rng: (rng.random(60), rng.integers(0, 2, 60), 0.6, 0.9),
        (
            Mistake(
                lambda p, y, low, high: (
                    p[(p > low) & (p <= high)].mean(),
                    np.mean(y[(p > low) & (p <= high)] == 1),
                ),
                "Answers of class 0 are missing: an answer of 0.1 is 90 % sure.",
            ),
            Mistake(
                lambda p, y, low, high: _sure_and_right(p, y, 0, 1),
                "These are all answers. Take those that are more than low and at most "
                "high sure.",
            ),
            Mistake(
                lambda p, y, low, high: _sure_and_right(p, 1 - y, low, high),
                "These are the wrong ones: right is (p > 0.5) == y.",
            ),
        ),
        "First how sure each answer is: np.maximum(p, 1 - p). Then the group. Then two "
        "means.",
    ),
    # -- 17: what did it look at? -----------------------------------------------------
    Task(
        "covered",
        17,
        "1. Cover a part: occlusion",
        2,
        "return a copy of the photo with a square in the photo's mean colour",
        "the mean over rows and columns is one colour: three numbers.",
        lambda photo, top, left, size: np.array(
            [
                [
                    photo.reshape(-1, 3).mean(axis=0)
                    if top <= i < top + size and left <= j < left + size
                    else photo[i, j]
                    for j in range(photo.shape[1])
                ]
                for i in range(photo.shape[0])
            ]
        ),
        lambda rng: (rng.random((7, 9, 3)), 2, int(rng.integers(3, 6)), 3),
        (
            Mistake(
                lambda photo, top, left, size: _covered(photo, left, top, size),
                "Rows and columns have changed places: top is a row.",
            ),
            Mistake(
                lambda photo, top, left, size: _covered(
                    photo, top, left, size, np.mean
                ),
                "The square is grey: the mean of *all* numbers. Take the mean of each "
                "channel, photo.mean(axis=(0, 1)).",
            ),
            Mistake(
                lambda photo, top, left, size: _covered(
                    photo, top, left, size, lambda photo: 0
                ),
                "The square is black. Black may be a strong reason, too: take the mean "
                "colour.",
            ),
            Mistake(
                lambda photo, top, left, size: _covered(
                    photo,
                    top,
                    left,
                    size,
                    lambda photo: photo[top : top + size, left : left + size].mean(
                        (0, 1)
                    ),
                ),
                "This is the mean colour of the square. Take that of the whole photo.",
            ),
        ),
        "photo.copy(), then a slice of rows and columns is set to one colour.",
    ),
    Task(
        "my_grad_cam",
        17,
        "3. and 4. Saliency and Grad-CAM",
        3,
        "return Grad-CAM's map from the maps and their slopes",
        "one weight for each map, a weighted sum, and only what is for the answer.",
        lambda maps, slopes: np.maximum(
            sum(maps[..., f] * slopes[..., f].mean() for f in range(maps.shape[-1])),
            0,
        ),
        lambda rng: tuple(rng.standard_normal((2, 4, 6, 3))),
        (
            Mistake(
                lambda maps, slopes: maps @ slopes.mean(axis=(0, 1)),
                "Places that are against the answer are still below 0: make them 0.",
            ),
            Mistake(
                lambda maps, slopes: np.maximum((maps * slopes).sum(axis=-1), 0),
                "Each place has a weight of its own here. Grad-CAM takes one for each "
                "map: the mean of its slopes.",
            ),
            Mistake(
                lambda maps, slopes: np.maximum(maps @ slopes.sum(axis=(0, 1)), 0),
                "The weights are sums. Take the mean of each map's slopes.",
            ),
            Mistake(
                lambda maps, slopes: np.maximum(maps * slopes.mean(axis=(0, 1)), 0),
                "The maps are still separate: add them, over the last axis.",
            ),
            Mistake(
                lambda maps, slopes: np.maximum(maps * slopes.mean(axis=(0, 1)), 0).sum(
                    axis=-1
                ),
                "Add the weighted maps first. Only their sum is cut off at 0.",
            ),
        ),
        "slopes.mean(axis=(0, 1)) has one number for each map.",
    ),
    # -- 18: the tutorial's slips -----------------------------------------------------
    Task(
        "class_numbers",
        18,
        "Answers that come out wrong",
        1,
        "return the class number, 0 or 1, of each probability",
        "a probability is compared with 0.5.",
        lambda p: [1 if each > 0.5 else 0 for each in p],
        lambda rng: (np.append(rng.random(8), (0.0, 1.0)),),
        (
            Mistake(
                lambda p: np.array(p == 1, int),
                "0.9 becomes 0 here: only 1 itself is class 1. Compare with 0.5.",
            ),
            Mistake(
                lambda p: np.array(p < 0.5, int),
                "The classes have changed places.",
            ),
            Mistake(
                lambda p: np.array(p > 0, int),
                "Everything above 0 is class 1 here. The limit is 0.5.",
            ),
        ),
        "One comparison; .astype(int) makes 0 and 1 of False and True.",
    ),
    Task(
        "passes",
        18,
        "A network that learns too little",
        1,
        "return how many times fit goes through all photos",
        "a step is a batch, and a pass has as many steps as batches.",
        lambda photos, batch_size, steps_per_epoch, epochs: (
            epochs * steps_per_epoch / len(range(0, photos, batch_size))
        ),
        lambda rng: (int(rng.integers(101, 109)), 20, int(rng.integers(7, 30)), 4),
        (
            Mistake(
                lambda photos, batch_size, steps_per_epoch, epochs: epochs,
                "This would be so if an epoch were one pass. Here the steps decide.",
            ),
            Mistake(
                lambda photos, batch_size, steps_per_epoch, epochs: (
                    epochs * steps_per_epoch / photos
                ),
                "A step is a batch: divide by the batches of a pass.",
            ),
            Mistake(
                lambda photos, batch_size, steps_per_epoch, epochs: (
                    epochs * steps_per_epoch / (photos // batch_size)
                ),
                "The last batch of a pass is missing: it is shorter, and it counts.",
            ),
            Mistake(
                lambda photos, batch_size, steps_per_epoch, epochs: (
                    epochs * steps_per_epoch
                ),
                "These are the steps. How many of them are a pass?",
            ),
            Mistake(
                lambda photos, batch_size, steps_per_epoch, epochs: (
                    epochs * steps_per_epoch / (photos / batch_size)
                ),
                "A pass has a whole number of batches, the last one shorter: round up.",
            ),
        ),
        "How many batches are one pass? math.ceil rounds up.",
    ),
    # -- the last: where next ---------------------------------------------------------
    Task(
        "photos_needed",
        LAST,
        "An experiment of your own",
        2,
        "return how many test photos are needed, as a whole number",
        "half the error needs four times the photos.",
        lambda points: math.ceil(0.25 / (points / 100 / 1.96) ** 2),
        lambda rng: (rng.uniform(1, 9),),
        (
            Mistake(
                lambda points: math.ceil(0.25 / (points / 1.96) ** 2),
                "The points are percent: 5 points are 0.05.",
            ),
            Mistake(
                lambda points: math.ceil(0.5 * 1.96 / (points / 100)),
                "The square is missing: solve 1.96 * sqrt(0.25 / n) = points / 100 for "
                "n.",
            ),
            Mistake(
                lambda points: math.ceil(0.25 / (points / 200 / 1.96) ** 2),
                "The interval goes so far up *and* down: points is half of its width.",
            ),
            Mistake(
                lambda points: 0.25 / (points / 100 / 1.96) ** 2,
                "Round up: half a photo cannot be taken.",
            ),
            Mistake(
                lambda points: math.floor(0.25 / (points / 100 / 1.96) ** 2),
                "Round up, not down: with fewer photos, the test is not exact enough.",
            ),
        ),
        "1.96 * sqrt(0.25 / n) should be points / 100. Solve for n.",
    ),
)
