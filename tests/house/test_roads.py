"""Data flows one way: a batch through fit, and a photo through predict, hardly climb.

Each file stands above all that it imports. A call from a file to one above it climbs:
the reader, who came down from there, has to go up again. What `parallel_map` or a
decorator calls is called by the file that called it.
"""

import ast
import functools
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from test_architecture import PACKAGE, imports, tree_of

from tinycnn.networks import tutorial_network
from tinycnn.parallel import threads
from tinycnn.preprocessing.image import ImageDataGenerator

MOST_CLIMBS = 2
# They call what they are given: a function to map, or the method that they decorate.
PASSING_ON = {
    *PACKAGE.joinpath("parallel").glob("*.py"),
    PACKAGE / "keras" / "words.py",
}


@functools.cache
def height(path):
    """0 for a file that imports none of ours, else 1 more than the highest of them."""
    return max((1 + height(file) for file in imported(path)), default=0)


def imported(path):
    """Yield our files that a file imports, but for types only."""
    tree = tree_of(path)
    for_types = {name for name, _, is_type in imports(tree) if is_type}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or node.module in for_types:
            continue
        package, *parts = node.module.split(".")
        for alias in node.names if package == "tinycnn" else []:
            place = PACKAGE.joinpath(*parts)
            files = (
                place / f"{alias.name}.py",
                place / alias.name / "__init__.py",
                place.with_suffix(".py"),
            )
            yield next((f for f in files if f.exists()), place / "__init__.py")


def climbs(action):
    """Return the (from, to) pairs of files of all calls that climb during an action."""
    found = set()

    def watch(frame, event, _):
        back = frame.f_back
        while back and Path(back.f_code.co_filename) in PASSING_ON:
            back = back.f_back
        if event != "call" or back is None:
            return
        files = [Path(f.f_code.co_filename) for f in (back, frame)]
        if all(file.is_relative_to(PACKAGE) for file in files):
            caller, callee = files
            if height(callee) > height(caller):
                found.add(tuple(str(file.relative_to(PACKAGE)) for file in files))

    sys.setprofile(watch)
    try:
        action()
    finally:
        sys.setprofile(None)
    return found


@pytest.fixture
def flow(heroes, monkeypatch):
    """A folder's iterator; all work in this thread, where it can be watched."""
    monkeypatch.setenv(threads.SETTING, "1")
    generator = ImageDataGenerator(rescale=1 / 255, zoom_range=0.2)
    return generator.flow_from_directory(
        heroes / "train", target_size=(32, 32), class_mode="binary", batch_size=16
    )


def model():
    model = tutorial_network((32, 32, 3))
    model.compile("adam", "binary_crossentropy", ["accuracy"])
    return model


def test_a_batch_through_fit_climbs_at_most_twice(flow):
    learner = model()
    found = climbs(lambda: learner.fit(flow, epochs=1, steps_per_epoch=1, verbose=0))
    assert len(found) <= MOST_CLIMBS, found


def test_a_photo_through_predict_climbs_at_most_twice(flow, tmp_path):
    learner = model()
    learner.fit(flow, epochs=1, steps_per_epoch=1, verbose=0)
    pixels = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    found = climbs(lambda: learner.predict(tmp_path / "photo.png"))
    assert len(found) <= MOST_CLIMBS, found


def test_a_call_that_climbs_is_seen(flow):
    learner = model()
    learner.fit(flow, epochs=1, steps_per_epoch=1, verbose=0)
    many = np.zeros((70, 32, 32, 3), np.float32)  # more than one tile
    assert climbs(lambda: learner.predict(many)) == {
        ("models/tiles.py", "models/network.py")
    }
