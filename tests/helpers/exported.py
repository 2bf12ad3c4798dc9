"""What the exports are tried on: every layer in many configurations, and whole rows."""

import csv
import io
import subprocess
import sys

import numpy as np
import stacks
from parity_cases import LAYER_CASES
from PIL import Image

from tinycnn import Sequential
from tinycnn.preprocessing.photos import Preprocessing

NETWORKS = [*stacks.STACKS, "tutorial"]
# Every fifth, and one of each kind: more of them show no more in three frameworks.
ONE_OF_EACH = {case.layer_type: case for case in LAYER_CASES}
CASES = [
    case
    for case in LAYER_CASES
    if case.seed % 5 == 0 or case is ONE_OF_EACH[case.layer_type]
]

# For a network of one answer for photos of 6 rows and 7 columns: what `classes` and
# `preprocessing` cannot be, and what the error says.
UNFIT_WORDS = [
    ({"classes": ["a", "b", "c"]}, r"list of 2 different names.*\['a', 'b', 'c'\]"),
    ({"classes": "cat"}, "list of 2 different names, .* got 'cat'"),
    ({"classes": ["a"]}, "list of 2 different names"),
    ({"classes": []}, "list of 2 different names"),
    ({"preprocessing": Preprocessing((7, 6))}, r"\(6, 7, 3\), got \(7, 6, 3\)"),
    (
        {"preprocessing": Preprocessing((6, 7), "grayscale")},
        r"\(H, W, C\), \(6, 7, 3\), got \(6, 7, 1\)",
    ),
]


def model_of(case):
    """Return a model of one layer with the case's weights."""
    layer, _ = case.built("float32")
    alone = case.layer_type(**case.arguments, input_shape=case.shape[1:])
    model = Sequential([alone])
    alone.set_weights(layer.get_weights())
    return model


def photos_for(model, count=5, dtype=np.float32):
    """Return photos that no proof has seen."""
    rng = np.random.default_rng(7)
    return rng.standard_normal((count, *model.input_shape)).astype(dtype)


def assert_same(ours, theirs, limit):
    """Fail unless they are as close as `limit`, relative to the largest number."""
    assert ours.shape == theirs.shape
    scale = max(1.0, np.abs(ours).max(initial=0))
    assert np.abs(ours.astype(np.float64) - theirs).max(initial=0) <= limit * scale


def drawn_photos(folder):
    """Photos of every kind that a program has to prepare by itself; return paths."""
    pixels = np.random.default_rng(3).integers(0, 256, (40, 90, 4), np.uint8)
    image = Image.fromarray(pixels)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    kinds = {
        "plain.png": (image.convert("RGB"), {}),
        "transparent.png": (image, {}),
        "palette.png": (image.convert("RGB").convert("P"), {"transparency": 3}),
        "grey.png": (image.convert("L"), {}),
        "large.jpg": (image.convert("RGB").resize((900, 400)), {"exif": exif}),
        "colours_of_print.jpg": (image.convert("CMYK"), {}),
    }
    for name, (photo, keywords) in kinds.items():
        photo.save(folder / name, **keywords)
    return [folder / name for name in kinds]


def assert_the_program_answers_as_predict_does(
    program, output, call, strictness="error"
):
    """Run a program without tinycnn, and compare its lines with predict's."""
    folder = program.parent / "photos of all kinds"
    folder.mkdir()
    paths = drawn_photos(folder)
    model = output / "model.safetensors"
    wanted = call("predict", model, *paths, "--format", "csv", cwd=folder).stdout
    rows = list(csv.DictReader(io.StringIO(wanted)))
    run = subprocess.run(
        [sys.executable, "-W", strictness, program, *paths],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert run.stderr == ""
    answers = [line.rsplit(": ", 1)[1] for line in run.stdout.splitlines()]
    assert answers == [f"{row['label']} {float(row[row['label']]):.1%}" for row in rows]
    missing = subprocess.run(
        [sys.executable, program, "none.jpg"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert missing.returncode == 1
    assert "none.jpg" in missing.stderr.splitlines()[0]
