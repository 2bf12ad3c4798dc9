"""What the report must be told: figures, photos, filters and explanations, as JSON."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tinycnn.datasets.dataset import Dataset
from tinycnn.metrics import Result
from tinycnn.models import Sequential, summary
from tinycnn.page.facts import Explained, Json, PageError, data_uri
from tinycnn.page.html import as_json
from tinycnn.page.packing import packed
from tinycnn.page.report.photo_choice import (
    LEAST_EXPLAINED,
    cells,
    explained_photos,
    thumbnails,
    worst_photos,
)
from tinycnn.preprocessing.photos import PhotoError, array_to_img
from tinycnn.preprocessing.previews import jpeg_preview
from tinycnn.text import display_name

FIGURES = ("loss", "accuracy", "val_loss", "val_accuracy")
MODEL_NAME = "model.safetensors"
THUMBNAIL_SIDE, PICTURE_SIDE = 64, 240
MOST_CLASSES = 30  # of a confusion matrix that can be read; else its fullest cells
MOST_FILTERS = 64
EXPLANATION_BYTES = 2 * 10**6
Tell = Callable[[str], None]


def content(
    model: Sequential,
    data: Dataset,
    rows: list[dict[str, Any]],
    result: Result,
    run: Json,
    tell: Tell,
) -> Json:
    """Return all that the report shows.

    Parameters
    ----------
    model : Sequential
        Trained, with a convolution at its beginning.
    data : Dataset
    rows : list of dict
        The figures of each epoch.
    result : Result
        Of the test part.
    run : dict
        "options", "notes" and "versions" to be shown as they are: lists of text, or of
        (name, text).
    tell : callable
        Gets a few words about what is being done.

    Notes
    -----
    The same training gives the same bytes: there is no time, no folder and no host.
    """
    photos = Photos(data, result)
    found = cells(result)
    if len(data.class_names) > MOST_CLASSES:
        mistakes = [place for place in found if place[0] != place[1]]
        found = {place: found[place] for place in mistakes[:MOST_CLASSES]}
    shown = thumbnails(found)
    title, worst = worst_photos(result.truth, result.answers, result.certainty)
    tell("the photos")
    matrix = [
        {
            "truth": place[0],
            "answer": place[1],
            "count": len(found[place]),
            "photos": [photos.number(n) for n in shown[place]],
        }
        for place in found
    ]
    pictures = [
        {"photo": photos.number(n), "picture": photos.picture(n)} for n in worst
    ]
    model_told, explanations, explained, missing = _explanations(model, photos, tell)
    kernel = model.layers[0].params["kernel"][..., :MOST_FILTERS]
    return {
        "model": model_told,
        "photos": explanations,
        "report": {
            "names": [display_name(name) for name in data.class_names],
            "noun": photos.noun,
            "result": _figures(result),
            "counts": [
                np.bincount(part.classes, minlength=len(data.class_names)).tolist()
                for part in (data.train, data.test)
            ],
            "history": {name: [row[name] for row in rows] for name in FIGURES},
            "cells": matrix,
            "isWhole": len(data.class_names) <= MOST_CLASSES,
            "worst": {"title": title, "pictures": pictures},
            "filters": {"shape": kernel.shape, "kernel": packed(kernel)},
            "filterCount": model.layers[0].params["kernel"].shape[-1],
            "explained": explained,
            "missing": missing,
            "photos": photos.told,
            "size": data.test.preprocessing.target_size,
            "layers": [
                ["input", summary.shape_text(model.input_shape), "", "", ""],
                *summary.table(model.layers),
            ],
            "totals": summary.totals(model.layers),
            "headings": summary.HEADINGS,
            **run,
        },
    }


class Photos:
    """The test photos that the page shows, each once."""

    def __init__(self, data: Dataset, result: Result) -> None:
        self.test, self.result = data.test, result
        self.noun = "image" if data.is_idx else "photo"
        self.told: list[Json] = []
        self._numbers: dict[int, int] = {}

    def name(self, photo: int) -> str:
        """Return the file's name with its class folder's; without files a number."""
        if files := getattr(self.test, "filenames", None):
            return display_name(files[photo])
        return f"test {self.noun} {photo}"

    def number(self, photo: int) -> int:
        """Return the photo's place in the page's list, where it is from now on."""
        if photo not in self._numbers:
            self._numbers[photo] = len(self.told)
            self.told.append(
                {
                    "name": self.name(photo),
                    "truth": int(self.result.truth[photo]),
                    "answer": int(self.result.answers[photo]),
                    "probability": float(self.result.certainty[photo]),
                    "thumbnail": self._small(photo, THUMBNAIL_SIDE),
                }
            )
        return self._numbers[photo]

    def _small(self, photo: int, longest: int) -> str:
        """Return what the network was shown."""
        image = array_to_img(self.test.pixels(photo), scale=False)
        return data_uri(jpeg_preview(image, longest))

    def picture(self, photo: int) -> str | None:
        """Return the photo as it was taken; None if there is no such file."""
        try:
            source = self.source(photo)
            if not isinstance(source, Path):
                return None
            return data_uri(jpeg_preview(source, PICTURE_SIDE))
        except PhotoError:
            return None

    def source(self, photo: int) -> Any:
        """Return the photo's file; without files, the array that the network gets."""
        if paths := getattr(self.test, "filepaths", None):
            return Path(paths[photo])
        return self.test.load(np.array([photo]), None)[0][0]


def _explanations(
    model: Sequential, photos: Photos, tell: Tell
) -> tuple[Json | None, list[Json], list[Json], str | None]:
    """Return (the model, explanations, which and why these, what is missing)."""
    try:
        explained = Explained(model, MODEL_NAME)
    except PageError as error:
        return None, [], [], str(error)
    told: list[Json] = []
    chosen: list[Json] = []
    wanted, size = explained_photos(photos.result), 0
    for place, (number, why) in enumerate(wanted, start=1):
        tell(f"explanation {place} of {len(wanted)}")
        try:
            one = explained.photo(photos.source(number), Path(photos.name(number)).name)
        except (PageError, PhotoError):
            continue
        size += len(as_json(one))
        if size > EXPLANATION_BYTES and len(told) >= LEAST_EXPLAINED:
            break
        told.append({**one, "truth": int(photos.result.truth[number])})
        chosen.append({"photo": photos.number(number), "why": why})
    return explained.content(), told, chosen, None


def _figures(result: Result) -> Json:
    return {
        "right": result.right,
        "total": result.total,
        "low": result.low,
        "high": result.high,
        "majority": result.majority,
        "meanColour": result.mean_colour,
    }
