"""The facts of the report as JSON: metrics, photos, filters and explanations."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from tinycnn.datasets.dataset import Dataset
from tinycnn.metrics import Result
from tinycnn.models import Sequential, summary
from tinycnn.page.facts import Explained, Json, PageError, data_uri
from tinycnn.page.html import as_json
from tinycnn.page.packing import packed
from tinycnn.page.report.epochs import THUMBNAIL_SIDE, epochs_facts
from tinycnn.page.report.photo_choice import (
    LEAST_EXPLAINED,
    cells,
    explained_photos,
    thumbnails,
    worst_photos,
)
from tinycnn.page.report.run_facts import METRICS, MODEL, RunFacts, about
from tinycnn.preprocessing.photos import PhotoError, array_to_img
from tinycnn.preprocessing.previews import jpeg_preview
from tinycnn.text import display_name

PICTURE_SIDE = 240
MOST_CLASSES = 30  # of a readable confusion matrix; else its fullest cells are listed
MOST_FILTERS = 64
EXPLANATION_BYTES = 2 * 10**6
OnProgress = Callable[[str], None]


def report_facts(run: RunFacts, on_progress: OnProgress) -> Json:
    """Return all that the report shows.

    The same finished run gives the same bytes: they hold no time, no folder and no
    host. `on_progress` is called with a few words about each part, before it is made.
    """
    model, data, result = run.model, run.data, run.result
    photos = Photos(data, result)
    matrix = cells(result)
    if len(data.class_names) > MOST_CLASSES:
        mistakes = [place for place in matrix if place[0] != place[1]]
        matrix = {place: matrix[place] for place in mistakes[:MOST_CLASSES]}
    shown = thumbnails(matrix)
    title, worst = worst_photos(result.truth, result.answers, result.certainty)
    on_progress("the photos")
    matrix_json = [
        {
            "truth": place[0],
            "answer": place[1],
            "count": len(matrix[place]),
            "photos": [photos.number(n) for n in shown[place]],
        }
        for place in matrix
    ]
    pictures = [
        {"photo": photos.number(n), "picture": photos.picture(n)} for n in worst
    ]
    model_json, explanations, explained, missing = _explanations(
        model, photos, on_progress
    )
    kernel = model.layers[0].params["kernel"][..., :MOST_FILTERS]
    return {
        "model": model_json,
        "photos": explanations,
        "report": {
            "names": [display_name(name) for name in data.class_names],
            "noun": photos.noun,
            "result": {
                "right": result.right,
                "total": result.total,
                "low": result.low,
                "high": result.high,
                "majority": result.majority,
                "meanColour": result.mean_colour,
            },
            "counts": data.counts(),
            "watched": data.watched,
            "history": {name: [row[name] for row in run.rows] for name in METRICS},
            "cells": matrix_json,
            "isWhole": len(data.class_names) <= MOST_CLASSES,
            "worst": {"title": title, "pictures": pictures},
            "filters": {"shape": kernel.shape, "kernel": packed(kernel)},
            "filterCount": model.layers[0].params["kernel"].shape[-1],
            "epochs": epochs_facts(run.recorder, data, model.threshold, MOST_FILTERS),
            "explained": explained,
            "missing": missing,
            "photos": photos.json,
            "size": data.test.preprocessing.target_size,
            "layers": summary.table(model.layers, model.input_shape),
            "totals": summary.totals(model.layers),
            "headings": summary.HEADINGS,
            **about(run),
        },
    }


class Photos:
    """The test photos that the page shows, each once."""

    def __init__(self, data: Dataset, result: Result) -> None:
        self.test: Any = data.test
        self.result: Result = result
        self.noun: str = data.noun
        self.json: list[Json] = []
        self._numbers: dict[int, int] = {}

    def name(self, photo: int) -> str:
        """Return "class/file" of the photo; without files, a number."""
        if files := getattr(self.test, "filenames", None):
            return display_name(files[photo])
        return f"test {self.noun} {photo}"

    def number(self, photo: int) -> int:
        """Return the photo's place in the page's list; append it if it is new."""
        if photo not in self._numbers:
            self._numbers[photo] = len(self.json)
            self.json.append(
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
        """Return the photo as the network sees it."""
        image = array_to_img(self.test.pixels(photo), scale=False)
        return data_uri(jpeg_preview(image, longest))

    def picture(self, photo: int) -> str | None:
        """Return a preview of the photo's file; None if there is none."""
        source = self.source(photo)
        if isinstance(source, Path):
            with suppress(PhotoError):
                return data_uri(jpeg_preview(source, PICTURE_SIDE))
        return None

    def source(self, photo: int) -> Any:
        """Return the photo's file; without files, the network's input."""
        if paths := getattr(self.test, "filepaths", None):
            return Path(paths[photo])
        return self.test.load(np.array([photo]), None)[0][0]


def _explanations(
    model: Sequential, photos: Photos, on_progress: OnProgress
) -> tuple[Json | None, list[Json], list[Json], str | None]:
    """Return (the model, explanations, (photo, why it was chosen), what is missing)."""
    try:
        explained = Explained(model, MODEL)
    except PageError as error:
        return None, [], [], str(error)
    explanations: list[Json] = []
    cards: list[Json] = []
    chosen, size = explained_photos(photos.result), 0
    for place, (number, why) in enumerate(chosen, start=1):
        on_progress(f"explanation {place} of {len(chosen)}")
        name = Path(photos.name(number)).name
        try:
            explanation = explained.photo(photos.source(number), name)
        except (PageError, PhotoError):
            continue
        size += len(as_json(explanation))
        if size > EXPLANATION_BYTES and len(explanations) >= LEAST_EXPLAINED:
            break
        truth = int(photos.result.truth[number])
        explanations.append({**explanation, "truth": truth})
        cards.append({"photo": photos.number(number), "why": why})
    return explained.content(), explanations, cards, None
