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
from drawn_folders import (
    write_loose_photos,
    write_photos,
    write_published_sets,
    write_table,
)
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


def table(path, count, **how):
    return lambda below: write_table(below / path, count, **how)


def _draw(write, folder, classes, count, how, below):
    write(below / folder, classes, count, **how)


COURSE = (
    photos("dataset/training_set", "cats|dogs", 12),
    photos("dataset/test_set", "cats|dogs", 4),
    loose("dataset/single_prediction", "cat|dog", 1, name="cat_or_dog_{label}.jpg"),
)
DATA = (
    photos("data/train", "cats|dogs", 12),
    photos("data/validation", "cats|dogs", 6),
)
CELLS = "../input/cell-images-for-detecting-malaria/cell_images/"
FLOWERS = "daisy|dandelion|roses|sunflowers|tulips"
RUBBISH = "cardboard|glass|metal|paper|plastic|trash"
SCENES = "buildings|forest|glacier|mountain|sea|street"
MOODS = "Angry|Happy|Neutral|Sad|Surprise"

SCRIPTS = {
    "attributes_of_faces": Script("attributes.h5", (24, 20, 3), (3,)),
    "blog_2016_small_data": Script("first_try_whole.h5", (32, 48, 3), (1,), DATA),
    "blog_2017_small_data": Script("blog_2017.h5", (36, 36, 3), (1,), DATA),
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
            photos("cats_vs_dogs_small/train", "cat|dog", 12),
            photos("cats_vs_dogs_small/validation", "cat|dog", 6),
            photos("cats_vs_dogs_small/test", "cat|dog", 6),
        ),
    ),
    "brain_scans_attribute_style": Script(
        "brain_scans.h5",
        (40, 32, 3),
        (1,),
        (photos("brain_tumor_dataset", "no|yes", 16),),
    ),
    "callbacks_of_all_kinds": Script("watched.h5", (28, 28, 1), (10,)),
    "cats_dogs_split_by_hand": Script(
        "cats_v_dogs.h5",
        (36, 36, 3),
        (1,),
        (photos("tmp/PetImages", "Cat|Dog", 16, name="{number}.jpg"),),
    ),
    "cifar10_2016_keras1": Script("cifar10_keras1.h5", (32, 32, 3), (10,)),
    "cifar10_2018": Script(
        "saved_models/keras_cifar10_trained_model.h5", (32, 32, 3), (10,)
    ),
    "cifar10_regularised": Script("cifar10_regularised.h5", (32, 32, 3), (10,)),
    "cifar10_today": Script("cifar10_today.keras", (32, 32, 3), (10,)),
    "course_2017_cats_dogs": Script("cat_dog_classifier.h5", (32, 32, 3), (1,), COURSE),
    "course_2020_cats_dogs": Script("my_cnn.h5", (32, 32, 3), (1,), COURSE),
    "digit_recognizer_table": Script(
        "digit_recognizer.h5",
        (28, 28, 1),
        (10,),
        (
            table("train.csv", 200, classes=10),
            table("test.csv", 40, classes=10, has_labels=False),
        ),
    ),
    "digits_2016_keras1": Script("mnist_keras1.h5", (28, 28, 1), (10,)),
    "digits_lenet": Script("lenet.h5", (28, 28, 1), (10,)),
    "emotions_faces": Script(
        "EmotionDetectionModel.h5",
        (48, 48, 1),
        (5,),
        (
            photos("fer/train", MOODS, 8, size=(48, 48), mode="L"),
            photos("fer/validation", MOODS, 4, size=(48, 48), mode="L"),
        ),
    ),
    "fashion_2018": Script("fashion_model.h5", (28, 28), (10,)),
    "fashion_convnet": Script("my_fashion_model", (28, 28, 1), (10,)),
    "flowers_2019": Script(
        "flowers_model.h5",
        (36, 36, 3),
        (5,),
        (photos("../input/flowers/flowers", FLOWERS, 12, name="{number}_n.jpg"),),
    ),
    "flowers_photos_2021": Script(
        "flowers_saved_model",
        (40, 36, 3),
        (5,),
        (photos("flower_photos", FLOWERS, 10, name="{number}.jpg"),),
    ),
    "frozen_layers": Script(
        "vehicles.h5",
        (32, 32, 3),
        (3,),
        (
            photos("animals", "bird|fish", 12),
            photos("vehicles", "bicycle|boat|car", 8),
        ),
    ),
    "fruits_2019": Script(
        "fruits_model.hdf5",
        (32, 32, 3),
        (4,),
        (
            photos("fruits-360/Training", "Apple Braeburn|Banana|Kiwi|Lemon", 10),
            photos("fruits-360/Test", "Apple Braeburn|Banana|Kiwi|Lemon", 5),
        ),
    ),
    "garbage_2020": Script(
        "garbage_best.h5",
        (48, 36, 3),
        (6,),
        (photos("garbage classification/Garbage classification", RUBBISH, 10),),
    ),
    "generators_of_ones_own": Script(
        "cat_dog_generator.h5",
        (32, 32, 3),
        (1,),
        (
            loose("train", "cat|dog", 12),
            loose("test1/unknown", "x", 10, name="{number}.jpg"),
        ),
    ),
    "hand_signs_2018": Script(
        "model-bw-whole.h5",
        (32, 32, 1),
        (6,),
        (
            photos("data/train", "0|1|2|3|4|5", 8, mode="L"),
            photos("data/test", "0|1|2|3|4|5", 4, mode="L"),
        ),
    ),
    "hands_2020_own_package": Script(
        "hands.h5",
        (32, 32, 1),
        (3,),
        (photos("tmp/rps", "paper|rock|scissors", 12, name="{name}{number}.png"),),
    ),
    "intel_scenes": Script(
        "intel_scenes.h5",
        (40, 40, 3),
        (6,),
        (
            photos(
                "../input/intel-image-classification/seg_train/seg_train", SCENES, 8
            ),
            photos("../input/intel-image-classification/seg_test/seg_test", SCENES, 4),
            loose("../input/intel-image-classification/seg_pred/seg_pred", "x", 6),
        ),
    ),
    "keras_example_mnist_today": Script("mnist_convnet.keras", (28, 28, 1), (10,)),
    "looking_inside": Script("looked_inside.h5", (28, 28, 1), (10,)),
    "malaria_cells": Script(
        "malaria_detector.h5",
        (40, 40, 3),
        (1,),
        (
            photos(CELLS, "Parasitized|Uninfected", 4, name="C{number}.png"),
            photos(
                CELLS + "cell_images",
                "Parasitized|Uninfected",
                16,
                name="C{number}.png",
            ),
        ),
    ),
    "mask_detector_2021": Script(
        "mymodel.h5",
        (40, 40, 3),
        (1,),
        (
            photos("train", "with_mask|without_mask", 12),
            photos("test", "with_mask|without_mask", 6, name="{number}-with-mask.jpg"),
        ),
    ),
    "old_modules_2017": Script("old_modules.h5", (20, 24, 3), (3,)),
    "online_course_horses_humans": Script(
        "horses_humans.h5",
        (50, 50, 3),
        (1,),
        (
            photos("horse-or-human", "horses|humans", 12, name="{name}-{number}.png"),
            photos(
                "validation-horse-or-human", "horses|humans", 4, name="{number}.png"
            ),
        ),
    ),
    "pipelines_of_digits": Script("digits_pipeline.keras", (20, 20, 1), (10,)),
    "rock_paper_scissors": Script(
        "rps.h5",
        (40, 40, 3),
        (3,),
        (
            photos("tmp/rps", "paper|rock|scissors", 12, name="{name}{number}.png"),
            photos("tmp/rps-test-set", "paper|rock|scissors", 4, name="{number}.png"),
        ),
    ),
    "save_and_load_2019": Script("my_model.h5", (12, 14, 1), (1,)),
    "save_and_load_today": Script("saved_models/final.keras", (12, 14, 3), (2,)),
    "sign_language_mnist": Script(
        "sign_language.h5",
        (28, 28, 1),
        (26,),
        (table("sign_mnist_train.csv", 240), table("sign_mnist_test.csv", 72)),
    ),
    "xray_pneumonia": Script(
        "pneumonia_model.h5",
        (36, 36, 1),
        (1,),
        (
            photos("chest_xray/train", "NORMAL|PNEUMONIA", 12, mode="L"),
            photos("chest_xray/val", "NORMAL|PNEUMONIA", 6, mode="L"),
            photos("chest_xray/test", "NORMAL|PNEUMONIA", 6, mode="L"),
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


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("from keras.layers import Dense", "from tinycnn.layers import Dense"),
        ("from keras import layers", "from tinycnn import layers"),
        ("from tensorflow import keras", "from tinycnn import keras"),
        ("from tensorflow.keras.utils import *", "from tinycnn.utils import *"),
        ("    from tensorflow.python.keras import x", "    from tinycnn import x"),
        ("import keras  # first", "import tinycnn as keras  # first"),
        ("import keras, os", "import tinycnn as keras, os"),
        ("import keras.models", "import tinycnn as keras"),
        ("import tensorflow as tf", "import tinycnn as tf"),
        ("import tensorflow.keras as k", "import tinycnn as k"),
        ("import keras.backend as K", "import tinycnn.backend as K"),
        ("import keras_tuner", "import keras_tuner"),
        ("model = keras.Sequential()", "model = keras.Sequential()"),
    ],
)
def test_the_word_is_replaced_in_import_lines(line, changed):
    assert in_tinycnn(f"a = 1\n{line}\nb = 2\n") == f"a = 1\n{changed}\nb = 2\n"


@pytest.mark.parametrize("name", SCRIPTS)
def test_only_import_lines_of_the_script_are_changed(name):
    source = (HERE / f"{name}.py").read_text(encoding="utf-8")
    lines = zip(source.splitlines(), in_tinycnn(source).splitlines(), strict=True)
    changed = [old for old, new in lines if old != new]
    assert changed
    assert all(line.startswith(("import ", "from ")) for line in changed)


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_script_runs_to_its_end_and_its_model_answers(name, home, tmp_path):
    script, folder = SCRIPTS[name], tmp_path / "work"  # beside it, perhaps, ../input
    folder.mkdir()
    for draw in script.folders:
        draw(folder)
    source = (HERE / f"{name}.py").read_text(encoding="utf-8")
    (folder / f"{name}.py").write_text(in_tinycnn(source), encoding="utf-8")
    run = subprocess.run(
        program(f"{name}.py"),
        cwd=folder,
        env={**environment(), "TINYCNN_HOME": str(home), "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert "Traceback" not in run.stderr
    assert (folder / script.model).exists(), run.stdout[-2000:]
    model = tinycnn.load_model(folder / script.model)
    x = np.random.default_rng(0).random((2, *script.x), dtype=np.float32)
    answers = model.predict(x)
    assert answers.shape == (2, *script.y)
    assert np.isfinite(answers).all()
