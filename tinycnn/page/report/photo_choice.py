"""The photos that the report shows: the same ones for the same answers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinycnn.metrics import Result

PHOTOS_SHOWN = 12
THUMBNAILS = 360
THUMBNAILS_IN_CELL = 24
LEAST_EXPLAINED, MOST_EXPLAINED = 4, 6
Cells = dict[tuple[int, int], list[int]]


def worst_photos(labels: Any, answers: Any, certainty: Any) -> tuple[str, list[int]]:
    """Return (title, numbers) of the worst mistakes, or of the least certain photos."""
    wrong = np.flatnonzero(answers != np.asarray(labels))
    if len(wrong):
        worst = wrong[np.argsort(-certainty[wrong], kind="stable")]
        title = f"The worst of {len(wrong):,} mistakes on {len(labels):,} test photos"
        if len(wrong) <= PHOTOS_SHOWN:
            title = f"All mistakes: {len(wrong)} of {len(labels):,} test photos"
        return title, worst[:PHOTOS_SHOWN].tolist()
    unsure = np.argsort(certainty, kind="stable")[:PHOTOS_SHOWN]
    title = f"No mistakes on {len(labels):,} test photos; the least certain answers"
    return title, unsure.tolist()


def cells(result: Result) -> Cells:
    """Return the photos of each cell (true class, answer) of the confusion matrix.

    Mistakes first, the fullest cells first; empty cells are left out. A cell of
    mistakes begins with the most certain photo, one of right answers with the least
    certain.
    """
    found: Cells = {}
    for number in np.argsort(-result.certainty, kind="stable").tolist():
        place = int(result.truth[number]), int(result.answers[number])
        found.setdefault(place, []).append(number)
    for (truth, answer), numbers in found.items():
        if truth == answer:
            numbers.sort(key=lambda n: (result.certainty[n], n))

    def rank(place: tuple[int, int]) -> tuple[bool, int, tuple[int, int]]:
        return place[0] == place[1], -len(found[place]), place

    return {place: found[place] for place in sorted(found, key=rank)}


def thumbnails(found: Cells) -> Cells:
    """Return the first photos of each cell, `THUMBNAILS` in all.

    Cells take turns, one photo each: a rare mistake is shown before the twentieth photo
    of a frequent one.
    """
    shown: Cells = {place: [] for place in found}
    room = THUMBNAILS
    for turn in range(THUMBNAILS_IN_CELL):
        for place, numbers in found.items():
            if room and turn < len(numbers):
                shown[place].append(numbers[turn])
                room -= 1
    return shown


def explained_photos(result: Result) -> list[tuple[int, str]]:
    """Return (number, why it was chosen) of at most six photos to explain.

    At least two mistakes and two right answers, if there are as many: the extremes of
    both, and for as many classes as fit a typical right answer, the median of its class
    by certainty.
    """
    is_right = result.answers == result.truth
    order = np.argsort(-result.certainty, kind="stable")
    wrong, right = order[~is_right[order]].tolist(), order[is_right[order]].tolist()
    candidates = [(n, "the most certain mistake") for n in wrong[:1]]
    candidates += [(n, "the least certain right answer") for n in right[-1:]]
    candidates += [(n, "the least certain mistake") for n in wrong[-1:]]
    for label in np.unique(result.truth).tolist():
        of_class = [n for n in right if result.truth[n] == label]
        middle = len(of_class) // 2
        candidates += [(n, "a typical right answer") for n in of_class[middle:][:1]]
    candidates += [(n, "the most certain right answer") for n in right[:1]]
    chosen: dict[int, str] = {}
    for number, why in candidates:
        if len(chosen) < MOST_EXPLAINED:
            chosen.setdefault(number, why)
    for number in [*wrong, *right]:
        if len(chosen) < LEAST_EXPLAINED:
            chosen.setdefault(number, "one more")
    return sorted(chosen.items(), key=lambda photo: bool(is_right[photo[0]]))


def first_of_each_class(labels: NDArray[np.int64], count: int) -> list[int]:
    """Return places: the first of each class, then the second of each, and so on.

    Examples
    --------
    >>> first_of_each_class(np.array([0, 0, 0, 1, 1]), 4)
    [0, 3, 1, 4]
    """
    seen: dict[int, int] = {}
    turns = []
    for place, label in enumerate(np.asarray(labels).tolist()):
        turns.append((seen.get(label, 0), label, place))
        seen[label] = seen.get(label, 0) + 1
    return [place for _, _, place in sorted(turns)[:count]]
