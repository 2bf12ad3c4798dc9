"""Photos that a table lists: order, labels, split and batches as in Keras."""

import warnings
from importlib import import_module

import keras_oracle  # noqa: F401 - chooses a backend for Keras, or skips
import numpy as np
import pytest
from PIL import Image
from tiny_frame import Frame

from tinycnn.preprocessing.image import ImageDataGenerator

KERAS = import_module("keras.src.legacy.preprocessing.image")
KerasGenerator = KERAS.ImageDataGenerator
SIZE = (6, 5)
NAMES = "10.png b/2.png 9.png Z.png a.png b/1.png c.png b/0.png 8.png d.png".split()
CLASSES = "bee ant cow bee Ant cow ant bee cow ant".split()


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    (tmp_path / "b").mkdir()
    for name in NAMES:
        pixels = rng.integers(0, 256, (*SIZE, 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / name)
    return tmp_path


def both(columns, folder, fraction=0.0, **words):
    """Return the batches of Keras and ours, of the same photos in the table's order."""
    words = {"target_size": SIZE, "batch_size": 4, "shuffle": False, **words}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about classes that the split leaves out
        return [
            generator(rescale=1 / 255, validation_split=fraction).flow_from_dataframe(
                Frame(columns), str(folder), **words
            )
            for generator in (KerasGenerator, ImageDataGenerator)
        ]


def assert_alike(theirs, ours):
    assert ours.filenames == theirs.filenames
    assert ours.filepaths == theirs.filepaths
    assert (ours.samples, len(ours)) == (theirs.samples, len(theirs))
    if theirs.class_mode is not None:
        assert ours.class_indices == theirs.class_indices
        assert list(ours.classes) == list(theirs.classes)
    for index in range(len(theirs)):
        left, right = theirs[index], ours[index]
        if theirs.class_mode is None:
            left, right = [left], [right]
        for one, other in zip(left, right, strict=True):
            np.testing.assert_allclose(other, one, rtol=1e-6)


@pytest.mark.parametrize("class_mode", ["categorical", "sparse", None])
@pytest.mark.parametrize("subset", [None, "training", "validation"])
def test_rows_labels_and_batches_are_those_of_keras(folder, class_mode, subset):
    columns = {"filename": NAMES, "class": CLASSES}
    words = {"class_mode": class_mode, "subset": subset}
    assert_alike(*both(columns, folder, 0.25 if subset else 0.0, **words))


def test_two_classes_are_0_and_1_as_in_keras(folder):
    labels = ["yes" if name < "a" else "no" for name in NAMES]
    columns = {"id": NAMES, "answer": labels}
    words = {"x_col": "id", "y_col": "answer", "class_mode": "binary"}
    assert_alike(*both(columns, folder, **words))


def test_chosen_classes_have_keras_order_and_leave_out_the_rows_of_others(folder):
    columns = {"filename": NAMES, "class": CLASSES}
    theirs, ours = both(columns, folder, classes=["cow", "ant"])
    assert_alike(theirs, ours)
    assert ours.samples == 6


@pytest.mark.parametrize("subset", ["training", "validation"])
def test_missing_files_are_left_out_before_the_split_as_in_keras(folder, subset):
    names = ["no.png", *NAMES, "nor this.png"]
    columns = {"filename": names, "class": ["ant", *CLASSES, "bee"]}
    theirs, ours = both(columns, folder, 0.4, subset=subset)
    assert_alike(theirs, ours)
    assert [path for path, _ in ours.skipped] == [
        str(folder / names[0]), str(folder / names[-1])
    ]  # fmt: skip


@pytest.mark.parametrize("labels", [[0, 1], ["ant", None]])
def test_labels_that_are_not_text_are_refused_as_in_keras(folder, labels):
    for generator in (KerasGenerator, ImageDataGenerator):
        with pytest.raises(TypeError, match=r"class"):
            generator().flow_from_dataframe(
                Frame({"filename": NAMES[:2], "class": labels}), str(folder)
            )
