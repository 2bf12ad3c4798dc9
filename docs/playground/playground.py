"""The playground's training run: what its page wants, done by tinycnn's own functions.

Runs in Pyodide, in a worker of the page, and on any other Python as well. The page
calls the methods of `Playground` by name, with JSON; files are handed over as paths.
"""

import hashlib
import json
import math
import shutil
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np

from tinycnn import DivergedError, Sequential
from tinycnn.datasets.drawings import CLASS_NAMES, draw_hero, write_dataset
from tinycnn.metrics import class_probabilities, predicted_labels
from tinycnn.networks import tutorial_network
from tinycnn.page.facts import Explained, data_uri
from tinycnn.page.html import document
from tinycnn.page.packing import packed
from tinycnn.preprocessing.image import ImageDataGenerator, load_img
from tinycnn.preprocessing.photos import is_photo_name
from tinycnn.preprocessing.previews import jpeg_preview
from tinycnn.text import count_of, display_name

Json = dict[str, Any]
PREVIEW = 64  # rows and columns
TEST_SHARE = 0.2
LEAST = 5  # photos of a class: one of them is for the test
LONGEST_NAME = 60
MODEL = "model.safetensors"
# Weights of earlier epochs are kept for photos that are added later: in so many bytes.
KEPT_BYTES = 256 * 2**20
LISTING = """\
{header}from tinycnn.networks import tutorial_network
from tinycnn.preprocessing.image import ImageDataGenerator

{data}words = dict(target_size=({size}, {size}), class_mode="{mode}"{classes})
changed = ImageDataGenerator(rescale=1/255, zoom_range=0.2, horizontal_flip=True{split})
plain = ImageDataGenerator(rescale=1/255{split})
train = changed.flow_from_directory("{train}", **words{training})
test = plain.flow_from_directory("{test}", **words{validation})
model = tutorial_network(({size}, {size}, 3), classes={count})
model.fit(train, epochs={epochs}, validation_data=test)
model.save("{model}")
"""


class Playground:
    """Boxes of photos, one for each class, and the network that learns from them.

    Parameters
    ----------
    folder : path
        Where photos and the model file are written.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.boxes: dict[int, Path] = {}
        self.contents: dict[int, set[str]] = {}  # digests of the photos in each box
        self.has_heroes = False
        self.model: Sequential | None = None
        self.drawn = 0

    # -- photos -------------------------------------------------------------------

    def add_photo(self, box: int, name: str, path: str) -> Json:
        """Put a photo into a box; return its name and a preview.

        "twin" is another box with the same photo, None if there is none.

        Raises
        ------
        PhotoError
            If it cannot be read.
        """
        digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
        place = self.boxes.setdefault(box, self.folder / "boxes" / str(box))
        added = self._added(place, name, Path(path))
        self.contents.setdefault(box, set()).add(digest)
        twins = [other for other, held in self.contents.items() if digest in held]
        return {**added, "twin": next((one for one in twins if one != box), None)}

    def _added(self, place: Path, name: str, path: Path) -> Json:
        """Move a readable photo into a folder, under a name that is free there."""
        try:
            preview = _preview(path)
        except ValueError as error:
            path.unlink()
            reason = str(error).removeprefix(f"{display_name(path)}: ")
            raise ValueError(f"{display_name(name)}: {reason}") from error
        place.mkdir(parents=True, exist_ok=True)
        target = place / _file_name(name)
        number = 2
        while target.exists():
            target = target.with_stem(f"{Path(_file_name(name)).stem}-{number}")
            number += 1
        shutil.move(path, target)
        return {"name": display_name(name), "preview": preview, "path": str(target)}

    def empty_box(self, box: int) -> None:
        """Take all photos out of a box."""
        self.contents.pop(box, None)
        if box in self.boxes:
            shutil.rmtree(self.boxes.pop(box), ignore_errors=True)

    def take_heroes(self) -> list[Json]:
        """Draw the heroes' data set; return what is in each box."""
        self.start_again()
        heroes = self.folder / "heroes"
        write_dataset(heroes)
        self.has_heroes = True
        return [
            {
                "name": name,
                "photos": [
                    {"name": path.name, "preview": _preview(path), "path": str(path)}
                    for path in sorted((heroes / "train" / name).iterdir())
                ],
                "test": len(list((heroes / "test" / name).iterdir())),
            }
            for name in CLASS_NAMES
        ]

    def start_again(self) -> None:
        """Forget photos and network."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.boxes, self.contents = {}, {}
        self.has_heroes, self.model = False, None

    # -- training -----------------------------------------------------------------

    def begin(self, names: list[str], size: int, epochs: int) -> Json:
        """Prepare a training run; return how long it is, and the test photos.

        Parameters
        ----------
        names : list of str
            The class of each box, in the order of the boxes. A box without name and
            photos is left out, if there are two others.
        size : int
            Rows and columns of the photos.
        epochs : int

        Raises
        ------
        ValueError
            If a name cannot be one, or a box has too few photos.
        """
        # A mistake in the names leaves the last run as it is.
        self.classes = list(CLASS_NAMES) if self.has_heroes else self._named(names)
        self.size, self.epochs = size, epochs
        words = {
            "target_size": (size, size),
            "class_mode": "binary" if len(self.classes) == 2 else "categorical",
        }
        split: Json = {}
        parts: list[Json] = [{}, {}]
        root = [self.folder / "heroes" / part for part in ("train", "test")]
        if not self.has_heroes:
            root = [self.folder / "photos"] * 2
            words["classes"] = self.classes
            split = {"validation_split": TEST_SHARE}
            parts = [{"subset": "training"}, {"subset": "validation"}]
        changed = ImageDataGenerator(
            rescale=1 / 255, zoom_range=0.2, horizontal_flip=True, **split
        )
        plain = ImageDataGenerator(rescale=1 / 255, **split)
        self.train = changed.flow_from_directory(root[0], **words, **parts[0])
        self.test = plain.flow_from_directory(root[1], **words, **parts[1])
        self.model = tutorial_network((size, size, 3), classes=len(self.classes))
        self.step_count = 0
        self.sums, self.seen = {}, 0
        self.weights: dict[float, list[Any]] = {}
        bytes_each = 4 * self.model.count_params()
        self.stride = math.ceil(epochs * bytes_each / KEPT_BYTES)
        return {
            "steps": len(self.train),
            "epochs": epochs,
            "size": size,
            "classes": [display_name(name) for name in self.classes],
            "photos": self.train.samples,
            "test": [
                {
                    "name": display_name(Path(name).name),
                    "truth": int(label),
                    "thumbnail": _preview(root[1] / name),
                }
                for name, label in zip(
                    self.test.filenames, self.test.classes, strict=True
                )
            ],
        }

    def _named(self, names: list[str]) -> list[str]:
        """Name the boxes' folders after the classes; return the names."""
        names = [unicodedata.normalize("NFC", name.strip()) for name in names]
        if len(names) < 2:
            raise ValueError("there should be two boxes or more, each with one class")
        counts = [self._count(box) for box in range(len(names))]
        used = [box for box, name in enumerate(names) if name or counts[box]]
        if len(used) < 2:
            used = list(range(len(names)))
        classes: list[str] = []
        for box in used:
            name, count = names[box], counts[box]
            _check_class_name(name, box + 1)
            if name in classes:
                raise ValueError(
                    f"two boxes are called {display_name(name)}: give each its own name"
                )
            classes.append(name)
            if count < LEAST:
                raise ValueError(
                    f"{display_name(name)} has {count_of(count, 'photo')}: put at "
                    f"least {LEAST} into each box, since one in {LEAST} is kept for "
                    "the test"
                )
        asides = [self.folder / f"aside-{box}" for box in used]
        for box, aside in zip(used, asides, strict=True):
            self.boxes[box].rename(aside)
        for box, name, aside in zip(used, classes, asides, strict=True):
            self.boxes[box] = self.folder / "photos" / name
            self.boxes[box].parent.mkdir(exist_ok=True)
            aside.rename(self.boxes[box])
        return classes

    def _count(self, box: int) -> int:
        """Return how many photos a box holds."""
        place = self.boxes.get(box)
        return len(list(place.iterdir())) if place and place.is_dir() else 0

    def step(self) -> Json:
        """Make one step; return where the training run is, and its figures so far.

        `fit` with ``steps_per_epoch=1`` continues where its last call ended, so all
        calls together are the one call of `script`.

        Raises
        ------
        DivergedError
            If the loss is not finite any more.
        """
        number, steps = self.step_count, len(self.train)
        if number % steps == 0:
            self.sums, self.seen = {}, 0
        history = self.model.fit(
            self.train,
            epochs=number + 1,
            initial_epoch=number,
            steps_per_epoch=1,
            verbose=0,
        ).history
        count = min(
            self.train.batch_size,
            self.train.samples - number % steps * self.train.batch_size,
        )
        self.seen += count
        for name, (value,) in history.items():
            self.sums[name] = self.sums.get(name, 0.0) + value * count
        self.step_count += 1
        return {
            "step": self.step_count,
            "steps": steps,
            "of": steps * self.epochs,
            "ends_epoch": self.step_count % steps == 0,
            **self._means(),
        }

    def _means(self) -> dict[str, float]:
        return {name: total / self.seen for name, total in self.sums.items()}

    def look(self) -> Json:
        """Return the network as it is: its figures, kernels and answers to the test."""
        steps = len(self.train)
        figures = self.model.evaluate(self.test, verbose=0, return_dict=True)
        place = self.step_count / steps
        is_last = self.step_count >= steps * self.epochs
        if not place.is_integer() or is_last or place % self.stride == 0:
            self.weights[place] = [array.copy() for array in self.model.get_weights()]
        kernel = self.model.layers[0].params["kernel"]
        return {
            "epoch": place,
            **self._means(),
            **{f"val_{name}": value for name, value in figures.items()},
            "kernel": packed(kernel),
            "shape": list(kernel.shape),
            "answers": self._answers(self.model, self.test),
        }

    def _answers(self, model: Sequential, photos: Any) -> list[Json]:
        """Return the answer for each photo, with the probability of each class."""
        y_pred = model.predict(photos)
        labels = predicted_labels(y_pred, model.threshold).tolist()
        rows = class_probabilities(y_pred).tolist()
        return [
            {"answer": label, "probabilities": row}
            for label, row in zip(labels, rows, strict=True)
        ]

    # -- answers ------------------------------------------------------------------

    def ask(self, name: str, path: str) -> Json:
        """Answer for another photo: now, and as the network of earlier epochs did.

        Raises
        ------
        ValueError
            If the photo cannot be read, or no network has learnt yet.
        """
        if self.model is None or not self.weights:
            raise ValueError("train the network first: it has not learnt anything yet")
        added = self._added(self.folder / "asked", name, Path(path))
        # Read once, as `preprocessing` does: a photo of a phone takes half a second.
        photo = load_img(added["path"], target_size=(self.size, self.size))
        earlier = tutorial_network((self.size, self.size, 3), classes=len(self.classes))
        earlier.preprocessing = self.model.preprocessing
        over = []
        for epoch, weights in self.weights.items():
            earlier.set_weights(weights)
            (answer,) = self._answers(earlier, [photo])
            over.append({"epoch": epoch, **answer})
        (answer,) = self._answers(self.model, [photo])
        return {**added, **answer, "over": over}

    def draw_another(self) -> Json:
        """Return a drawing that is in neither part of the data set, as a file."""
        label = int(np.random.default_rng(self.drawn).integers(2))
        rng = np.random.default_rng([2**20, self.drawn])
        path = self.folder / "drawing.jpg"
        self.folder.mkdir(parents=True, exist_ok=True)
        draw_hero(CLASS_NAMES[label], rng, 128).save(path, quality=90)
        self.drawn += 1
        return {"name": f"drawing {self.drawn}.jpg", "path": str(path)}

    def explain(self, name: str, path: str) -> str:
        """Return the page that explains the answer for a photo."""
        explained = Explained(self.model, MODEL)
        photo = explained.photo(path, name)
        return document(explained.content(), [photo])

    # -- to keep ------------------------------------------------------------------

    def save(self) -> str:
        """Write the model file; return its path."""
        path = self.folder / MODEL
        self.model.save(path)
        return str(path)

    def script(self) -> str:
        """Return the program that does the same."""
        has_parts = self.has_heroes
        return LISTING.format(
            header=(
                "from tinycnn.datasets.drawings import write_dataset\n"
                if has_parts
                else "# The photos of each class are in a folder: photos/NAME/*.jpg\n"
            ),
            data='write_dataset("heroes")\n' if has_parts else "",
            train="heroes/train" if has_parts else "photos",
            test="heroes/test" if has_parts else "photos",
            classes="" if has_parts else f", classes={self.classes!r}",
            split="" if has_parts else f", validation_split={TEST_SHARE}",
            training="" if has_parts else ', subset="training"',
            validation="" if has_parts else ', subset="validation"',
            mode="binary" if len(self.classes) == 2 else "categorical",
            size=self.size,
            count=len(self.classes),
            epochs=max(1, round(self.step_count / len(self.train))),
            model=MODEL,
        )


def _preview(path: Path) -> str:
    """Return a photo as the network gets it, as an address for the page."""
    image = load_img(path, target_size=(PREVIEW, PREVIEW))
    return data_uri(jpeg_preview(image))


def _file_name(name: str) -> str:
    """Return a name for a file that is one, and one of a photo."""
    name = name.replace("/", "_").replace("\0", "_").lstrip(".") or "photo"
    return name if is_photo_name(Path(name)) else f"{name}.jpg"


def _check_class_name(name: str, number: int) -> None:
    """Raise ValueError if this cannot be the name of a class, which is a folder's."""
    if not name:
        raise ValueError(f"box {number} has no name: write which class it holds")
    if len(name) > LONGEST_NAME:
        raise ValueError(
            f"the name of box {number} has {len(name)} characters: at most "
            f"{LONGEST_NAME}, please"
        )
    if name.startswith(".") or set(name) & set("/\\\0"):
        raise ValueError(
            f"{display_name(name)} cannot be the name of a folder: leave out slashes, "
            "and a dot at the beginning"
        )


def call(playground: Playground, method: str, arguments: str) -> str:
    """Call a method by its name; return JSON: {"value": ...} or {"error": one line}."""
    try:
        value = getattr(playground, method)(*json.loads(arguments))
    except (ValueError, DivergedError, MemoryError) as error:
        line = (str(error) or type(error).__name__).splitlines()[0]
        return json.dumps({"error": line})
    return json.dumps({"value": value})
