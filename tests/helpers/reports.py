"""Made-up training runs for the report page: photos, metrics of epochs, answers."""

import numpy as np
from stacks import model_of

from tinycnn.datasets.dataset import Dataset, open_dataset
from tinycnn.datasets.idx import PixelBatches
from tinycnn.metrics import evaluate_answers
from tinycnn.models import Sequential
from tinycnn.page.report.facts import report_facts
from tinycnn.page.report.html import document
from tinycnn.page.report.run_facts import METRICS, RunFacts
from tinycnn.preprocessing.augmentation import Ranges
from tinycnn.preprocessing.photos import Preprocessing

OPTIONS = {
    "epochs": 5, "steps_per_epoch": None, "batch_size": 32, "image_size": None,
    "learning_rate": 0.001, "pooling": "max", "augmentation": None, "seed": 0,
}  # fmt: skip


class Training(RunFacts):
    """What `train` knows when it comes to the report."""

    def __init__(self, model: Sequential, data: Dataset, epochs: int = 5) -> None:
        super().__init__()
        self.model, self.data = model, data
        model.preprocessing = data.train.preprocessing
        model.classes = list(data.class_names)
        rng = np.random.default_rng(3)
        self.rows = [
            {**{name: float(rng.random()) for name in METRICS}, "seconds": rng.random()}
            for _ in range(epochs)
        ]
        self.result = evaluate_answers(
            data.train, data.test, model.predict(data.test), model.threshold
        )
        self.settings, self.versions = OPTIONS, {"NumPy": np.__version__}
        self.progress = []
        self.recorder.watch(data, 0)
        self.recorder.model = model
        kernel = model.layers[0].params["kernel"]
        whole = kernel.copy()
        for epoch in range(epochs + 1):  # as if the kernel had grown
            kernel[...] = whole * np.float32(epoch / epochs)
            self.recorder.on_epoch_end(epoch, {})

    def facts(self):
        return report_facts(self, self.progress.append)

    def page(self):
        return document(self.facts())


def images(class_count, side=14, count=120, channels=1, names=None):
    """A data set in memory, of random images."""
    rng = np.random.default_rng(0)
    mode = "grayscale" if channels == 1 else "rgb"
    names = names or [f"kind {n}" for n in range(class_count)]
    parts = []
    for part in (count, count):
        pixels = rng.integers(0, 256, (part, side, side, channels), np.uint8)
        parts.append(
            PixelBatches(
                pixels,
                np.arange(part) % class_count,
                names,
                Preprocessing((side, side), mode, rescale=1 / 255),
                Ranges(),
                32,
                0,
            )
        )
    return Dataset(*parts, names, is_idx=True)


def digits(epochs=5):
    """Ten classes of small grey images, most answers of them wrong."""
    return Training(model_of("digits"), images(10), epochs)


def photos(folder):
    """Two classes of photos in a folder, and the tutorial's network."""
    model = model_of("tutorial")
    # Without training all answers are the same: the bias lets both appear.
    data = open_dataset(folder, image_size=64)
    training = Training(model, data)
    logits = np.log(training.result.certainty / (1 - training.result.certainty))
    signed = np.where(training.result.answers == 1, logits, -logits)
    model.layers[-2].params["bias"] -= np.float32(np.median(signed))
    return Training(model, data)
