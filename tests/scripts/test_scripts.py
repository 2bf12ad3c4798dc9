"""Programs in the manner of many Keras tutorials run with only the word changed.

Each script is ours, written in the words and with the folder names of its family and
time. It runs as a program of its own in a folder that holds what its time would have
put there, ends with exit status 0, and leaves a model that loads and answers.
"""

import subprocess
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from conftest import environment, program
from drawn_folders import write_loose_photos, write_photos, write_published_sets
from replaced_word import in_tinycnn

import tinycnn

HERE = Path(__file__).parent


class Script(NamedTuple):
    """What a script finds and what it leaves.

    Parameters
    ----------
    model : str
        The file or folder that the script gives its trained model.
    x, y : tuple of int
        The shapes of one input and of its answer.
    folders : tuple of callables
        Each draws a folder of photos below the working folder.
    """

    model: str
    x: tuple
    y: tuple
    folders: tuple = ()


def photos(folder, classes, count, **how):
    return partial(_draw, write_photos, folder, classes.split("|"), count, how)


def loose(folder, classes, count, **how):
    return partial(_draw, write_loose_photos, folder, classes.split("|"), count, how)


def _draw(write, folder, classes, count, how, below):
    write(below / folder, classes, count, **how)


COURSE = (
    photos("dataset/training_set", "cats|dogs", 12),
    photos("dataset/test_set", "cats|dogs", 4),
    loose("dataset/single_prediction", "cat|dog", 1, name="cat_or_dog_{label}.jpg"),
)
SMALL = "cats_vs_dogs_small/"
XRAYS = "NORMAL|PNEUMONIA"

SCRIPTS = {
    "blog_2016_small_data": Script(
        "first_try_whole.h5",
        (32, 48, 3),
        (1,),
        (
            photos("data/train", "cats|dogs", 12),
            photos("data/validation", "cats|dogs", 6),
        ),
    ),
    "blog_today_small_data": Script(
        "pets.keras",
        (48, 32, 3),
        (1,),
        (photos("PetImages", "Cat|Dog", 16, name="{number}.jpg"),),
    ),
    "book_2017_cats_dogs": Script(
        "cats_and_dogs_small_1.h5",
        (40, 40, 3),
        (1,),
        (loose("kaggle_original_data", "cat|dog", 24),),
    ),
    "book_2021_cats_dogs": Script(
        "convnet_from_scratch.keras",
        (36, 36, 3),
        (1,),
        (
            photos(SMALL + "train", "cat|dog", 12),
            photos(SMALL + "validation", "cat|dog", 6),
            photos(SMALL + "test", "cat|dog", 6),
        ),
    ),
    "course_2017_cats_dogs": Script("cat_dog_classifier.h5", (32, 32, 3), (1,), COURSE),
    "course_2020_cats_dogs": Script("my_cnn.h5", (32, 32, 3), (1,), COURSE),
    "fashion_2018": Script("fashion_model.h5", (28, 28), (10,)),
    "keras_example_mnist_today": Script("mnist_convnet.keras", (28, 28, 1), (10,)),
    "online_course_horses_humans": Script(
        "horses_humans.h5",
        (50, 50, 3),
        (1,),
        (
            photos("horse-or-human", "horses|humans", 12, name="{name}{number:02}.png"),
            photos(
                "validation-horse-or-human",
                "horses|humans",
                4,
                name="{name}-{number}.png",
            ),
        ),
    ),
    "xray_pneumonia": Script(
        "pneumonia_model.h5",
        (36, 36, 1),
        (1,),
        (
            photos(
                "chest_xray/train", XRAYS, 12, name="IM-{number:04}-0001.jpeg", mode="L"
            ),
            photos("chest_xray/val", XRAYS, 6, name="IM-{number:04}.jpeg", mode="L"),
            photos("chest_xray/test", XRAYS, 6, name="person{number}.jpeg", mode="L"),
        ),
    ),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A cache that holds the three published sets, drawn small."""
    folder = tmp_path_factory.mktemp("home")
    write_published_sets(folder)
    return folder


def test_each_script_is_tried():
    written = {path.stem for path in HERE.glob("*.py")} - {"test_scripts"}
    assert written == set(SCRIPTS)


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_script_runs_to_its_end_and_its_model_answers(name, home, tmp_path):
    script = SCRIPTS[name]
    for draw in script.folders:
        draw(tmp_path)
    source = (HERE / f"{name}.py").read_text(encoding="utf-8")
    (tmp_path / f"{name}.py").write_text(in_tinycnn(source), encoding="utf-8")
    run = subprocess.run(
        program(f"{name}.py"),
        cwd=tmp_path,
        env={**environment(), "TINYCNN_HOME": str(home), "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert "Traceback" not in run.stderr
    assert (tmp_path / script.model).exists(), run.stdout[-2000:]
    model = tinycnn.load_model(tmp_path / script.model)
    x = np.random.default_rng(0).random((2, *script.x), dtype=np.float32)
    answers = model.predict(x)
    assert answers.shape == (2, *script.y)
    assert np.isfinite(answers).all()
