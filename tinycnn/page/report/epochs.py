"""What the network was after each epoch: its first filters, and a few answers."""

from typing import Any

import numpy as np

from tinycnn.callbacks import Callback, Logs
from tinycnn.datasets.dataset import Dataset
from tinycnn.metrics import answer_probabilities, predicted_labels
from tinycnn.page.facts import Json, data_uri
from tinycnn.page.packing import packed_rounded
from tinycnn.page.report.photo_choice import first_of_each_class
from tinycnn.preprocessing.photos import array_to_img
from tinycnn.preprocessing.previews import jpeg_preview
from tinycnn.shapes import Array
from tinycnn.text import display_name

PHOTOS = 6
MOST_EPOCHS = 40  # in the page: some of more, as far apart as each other
THUMBNAIL_SIDE = 64
Numbers = dict[str, Any]


class EpochRecorder(Callback):
    """Keeps the first layer's kernel and the answers to a few photos, after each epoch.

    The photos are the first ones of each class, of the part that is evaluated after
    each epoch: they are chosen before anything is learnt.

    Attributes
    ----------
    first : int
        The epoch of the first record: 0 is the network before training.
    kernels : list of ndarray of shape (KH, KW, C, F)
    answers : list of ndarray of shape (photos, outputs)
    photos : list of int
        Their places in the part.
    """

    is_optional = True

    def __init__(self) -> None:
        self.first: int = 0
        self.kernels: list[Array] = []
        self.answers: list[Array] = []
        self.photos: list[int] = []
        self._x: Array | None = None

    def watch(self, data: Dataset, epochs: int) -> None:
        """Choose the photos; `epochs` is how many are finished already."""
        part = data.validation or data.test
        self.photos = first_of_each_class(part.classes, PHOTOS)
        self._x = part.load(np.array(self.photos), None)[0]
        fits = all(len(answer) == len(self.photos) for answer in self.answers)
        if not fits or self.first + len(self.kernels) != epochs + 1:
            self.first, self.kernels, self.answers = epochs, [], []

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Record the network as it begins."""
        if not self.kernels:
            self._record()

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Record the network."""
        self._record()

    def _record(self) -> None:
        self.kernels.append(self.model.layers[0].params["kernel"].copy())
        self.answers.append(np.asarray(self.model.predict(self._x), np.float32))

    def state(self) -> tuple[Numbers, dict[str, Array]]:
        """Return the first epoch, and all records; see `Callback.state`."""
        if not self.kernels:
            return {"first": self.first}, {}
        kernels, answers = np.stack(self.kernels), np.stack(self.answers)
        return {"first": self.first}, {"kernels": kernels, "answers": answers}

    def restore(self, numbers: Numbers, arrays: dict[str, Array]) -> None:
        """Continue from these records; see `Callback.restore`."""
        first, kernel = numbers["first"], self.model.layers[0].params.get("kernel")
        kernels, answers = arrays.get("kernels"), arrays.get("answers")
        if type(first) is not int or first < 0:
            raise ValueError(f"the first epoch should be 0 or more, got {first!r}")
        if kernels is None or answers is None or kernel is None:
            self.first, self.kernels, self.answers = first, [], []
            return
        outputs = self.model.output_shape[-1]
        fits = (
            (kernels.dtype, kernels.shape[1:]) == (kernel.dtype, kernel.shape)
            and (answers.dtype, answers.ndim) == (np.dtype(np.float32), 3)
            and (len(answers), answers.shape[2]) == (len(kernels), outputs)
        )
        if not fits:
            raise ValueError("the records of the epochs do not fit the model")
        self.first, self.kernels, self.answers = first, list(kernels), list(answers)


def epochs_facts(
    recorder: EpochRecorder, data: Dataset, threshold: float, filters: int
) -> Json | None:
    """Return what the report shows of the epochs; None if there is no record."""
    count = len(recorder.kernels)
    if not count:
        return None
    part = data.validation or data.test
    names = getattr(part, "filenames", None)
    shown = np.linspace(0, count - 1, min(count, MOST_EPOCHS)).round().astype(int)
    kernels = [recorder.kernels[place][..., :filters] for place in shown]
    return {
        "part": data.watched,
        "epochs": [recorder.first + int(place) for place in shown],
        "shape": kernels[0].shape,
        "kernels": [packed_rounded(kernel) for kernel in kernels],
        "answers": [_answers(recorder.answers[place], threshold) for place in shown],
        "photos": [
            {
                "name": display_name(names[n]) if names else f"{data.watched} {n}",
                "truth": int(part.classes[n]),
                "thumbnail": data_uri(
                    jpeg_preview(
                        array_to_img(part.pixels(n), scale=False), THUMBNAIL_SIDE
                    )
                ),
            }
            for n in recorder.photos
        ],
    }


def _answers(y_pred: Array, threshold: float) -> list[Json]:
    """Return the predicted class of each photo, and its probability."""
    labels = predicted_labels(y_pred, threshold)
    probabilities = answer_probabilities(y_pred, labels)
    return [
        {"answer": label, "probability": round(p, 6)}
        for label, p in zip(labels.tolist(), probabilities.tolist(), strict=True)
    ]
