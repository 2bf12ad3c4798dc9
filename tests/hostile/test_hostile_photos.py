"""Nasty photos and names: each is named once, and the run continues unchanged."""

import ast
import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import PROJECT, command_line, environment
from photo_cases import content, good_contents, scene, write_photos
from photo_mutations import mutated, small_photos
from photos import Reader
from PIL import Image

from tinycnn import Sequential, load_model, predict
from tinycnn.layers import Dense, Flatten
from tinycnn.models.inputs import blocks_of
from tinycnn.preprocessing import decoding
from tinycnn.preprocessing.augmentation import Ranges
from tinycnn.preprocessing.class_folders import list_photos
from tinycnn.preprocessing.directory_iterator import DirectoryIterator
from tinycnn.preprocessing.photos import PhotoError, Preprocessing, load_img
from tinycnn.text import display_name

SHAPE = (16, 16, 3)
# A formula to matplotlib, and none that it can set; line breaks and escapes.
ODD, PLAIN = ("$x^2$\n", "$\\frac{\x1b[31m") if os.name == "posix" else ("$x^2$", "${")


@pytest.fixture(scope="module")
def nasty(tmp_path_factory):
    """(data set folder with nasty photos in one class, path -> expected)."""
    folder = tmp_path_factory.mktemp("nasty") / "data"
    expected = write_photos(folder / "train" / ODD)
    for place in (f"train/{PLAIN}", f"test/{ODD}", f"test/{PLAIN}"):
        (folder / place).mkdir(parents=True)
        for number in range(3):
            photo = content(scene(seed=len(place) + number + 50), "png")
            (folder / place / f"${number}_{{.png").write_bytes(photo)
    return folder, expected


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """Return the path of a small model for photos."""
    path = tmp_path_factory.mktemp("model") / "model.safetensors"
    model = Sequential([Flatten(input_shape=SHAPE), Dense(1, activation="sigmoid")])
    model.classes = ["a", "b"]
    model.preprocessing = Preprocessing(SHAPE[:2], rescale=1 / 255)
    model.save(path)
    return path


def state(folder):
    """Return all that can be known of a folder's files, names as bytes."""
    found = {}
    for root, folders, files in os.walk(os.fsencode(folder)):
        for name in folders + files:
            path = os.path.join(root, name)  # noqa: PTH118 - names are bytes
            status = os.lstat(path)
            content = None
            if os.path.isfile(path):  # noqa: PTH113
                content = Path(os.fsdecode(path)).read_bytes()
            found[path] = (status.st_mode, status.st_mtime_ns, status.st_size, content)
    return found


def test_there_are_as_many_as_promised(nasty):
    assert len(nasty[1]) >= 150


def test_each_is_read_or_left_out_for_the_reason_that_was_expected(nasty):
    reader = Reader()
    for path, outcome in nasty[1].items():
        reader.read(path, outcome)
    assert reader.faults == []
    assert min(reader.counts.values()) > 50


def test_training_on_them_names_each_once_and_changes_nothing(nasty, tmp_path):
    folder, expected = nasty
    before = state(folder)
    arguments = ["--epochs", 1, "--image-size", 8, "--verbose", 0]
    process = subprocess.Popen(
        command_line("train", folder, *arguments),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert state(folder) == before
    assert "\x1b" not in out + err
    lines = [line for line in err.splitlines() if "the same pixels" not in line]
    lines = [line for line in lines if "more pairs" not in line]
    left_out = []
    for path in expected:
        try:
            load_img(path)
        except PhotoError as error:
            left_out.append(f"warning: left out {error}")
    lines.remove(f"warning: {len(left_out)} photos left out")
    assert sorted(lines) == sorted(left_out)
    assert len(left_out) > 80
    output = tmp_path / "runs" / "data"
    classes = load_model(output / "model.safetensors").classes
    assert classes == sorted(map(display_name, (ODD, PLAIN)))
    assert (output / "mistakes.png").stat().st_size > 0


def test_reading_them_takes_less_than_500_mb(nasty, model, tmp_path):
    code = (
        "import sys; from tinycnn import predict; from watching import peak_memory; "
        "status = predict.main(sys.argv[1:], None); "
        "print(status, peak_memory(), file=sys.stderr)"
    )
    paths = os.pathsep.join([str(Path(__file__).parent), environment()["PYTHONPATH"]])
    run = subprocess.run(
        [sys.executable, "-c", code, model, nasty[0] / "train", "--format", "json"],
        env={**environment(), "PYTHONPATH": paths},
        cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    readable = sum(outcome is None for outcome in nasty[1].values())
    assert len(json.loads(run.stdout)) >= readable + 3
    status, peak = map(int, run.stderr.splitlines()[-1].split())
    assert status == 1  # some could not be read
    assert peak < 500_000_000


def test_mutated_photos_raise_the_loaders_own_error_only(tmp_path):
    reader, photos = Reader(), small_photos()
    for number in range(400):
        path = tmp_path / "photo.jpg"
        path.write_bytes(mutated(photos, 1, number))
        reader.read(path)
    assert reader.faults == []
    assert min(reader.counts.values()) > 50


# What a photo may cost


def test_a_photo_is_refused_before_its_memory_is_taken(tmp_path, monkeypatch):
    path = tmp_path / "photo.webp"
    Image.fromarray(scene(100, 100)).save(path)
    assert load_img(path).size == (100, 100)
    monkeypatch.setattr(decoding, "MAX_MEMORY", 100 * 100 * 16)
    message = "too many pixels: reading it would take 162.5 KiB of memory"
    with pytest.raises(PhotoError, match=message):
        load_img(path)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_draft_needs_less_memory_unless_the_jpeg_is_progressive(
    tmp_path, monkeypatch, progressive
):
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (800, 800)).save(path, progressive=progressive)
    monkeypatch.setattr(decoding, "MAX_MEMORY", 800 * 800 * 6 - 1)
    if progressive:
        with pytest.raises(PhotoError, match="too many pixels: reading it would"):
            load_img(path, target_size=(50, 50))
    else:
        assert load_img(path, target_size=(50, 50)).size == (50, 50)
        with pytest.raises(PhotoError, match="too many pixels: reading it would"):
            load_img(path)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P", "L", "F", "I;16"])
@pytest.mark.parametrize("colour", ["rgb", "grayscale"])
def test_a_photo_in_strips_is_the_same_photo(tmp_path, monkeypatch, mode, colour):
    path = tmp_path / "photo.tif"
    grey = np.arange(30 * 40, dtype=np.uint16).reshape(30, 40) * 50
    if mode in ("F", "I;16"):
        image = Image.fromarray(grey.astype(np.float32) if mode == "F" else grey)
    else:
        image = Image.fromarray(scene(30, 40)).convert(mode)
    if "A" in mode:
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    image.save(path)
    whole = np.asarray(load_img(path, color_mode=colour))
    monkeypatch.setattr(decoding, "STRIP", 7 * 40)
    strips = np.asarray(load_img(path, color_mode=colour))
    np.testing.assert_array_equal(strips, whole)


def test_an_image_that_was_loaded_is_not_turned_again(tmp_path):
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[decoding.ORIENTATION] = 6
    Image.fromarray(scene(10, 20)).save(path, exif=exif)
    once = load_img(path)
    assert once.size == (10, 20)
    np.testing.assert_array_equal(np.asarray(load_img(once)), np.asarray(once))


def test_a_photo_that_may_not_be_read_is_left_out(tmp_path, monkeypatch):
    """Mocked, since root may read everything."""
    path = tmp_path / "secret.png"
    path.write_bytes(content(scene(), "png"))

    def refuse(*arguments, **keywords):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Image, "open", refuse)
    with pytest.raises(PhotoError, match=r"secret\.png: Permission denied"):
        load_img(path)


# One way in


def test_train_predict_and_explain_see_the_same_bits(
    tmp_path, model, monkeypatch, capsys
):
    folder = tmp_path / "photos" / "odd"
    folder.mkdir(parents=True)
    for name, data in good_contents().items():
        (folder / name).write_bytes(data)
    prepare = Preprocessing(SHAPE[:2], rescale=1 / 255)
    learnt = DirectoryIterator(
        list_photos(folder.parent), prepare, Ranges(), "sparse", shuffle=False
    )
    x = np.concatenate([x for x, _ in learnt.in_order()])
    assert len(x) == len(good_contents()) > 80
    np.testing.assert_array_equal(prepare(learnt.filepaths), x)
    explained = np.concatenate([*blocks_of(learnt.filepaths, 7, prepare)])
    assert explained.tobytes() == x.tobytes()
    seen = []
    real = Sequential.predict
    monkeypatch.setattr(
        Sequential, "predict", lambda self, x: seen.append(x) or real(self, x)
    )
    assert predict.main([str(model), str(folder)], None) == 0
    assert np.concatenate(seen).tobytes() == x.tobytes()
    capsys.readouterr()


def test_a_photos_file_is_opened_in_one_place_only():
    """So that whatever is added later sees the same bits, too."""
    places = []
    for path in sorted((PROJECT / "tinycnn").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and node.attr == "open"
                and isinstance(node.value, ast.Name)
                and node.value.id == "Image"
            ):
                places.append(path.name)
    assert places == ["decoding.py"]
