"""The programs of walkthrough/scaling/: two processes or devices learn as one does."""

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from conftest import PROJECT, environment

from tinycnn import load_model
from tinycnn.commands import process
from tinycnn.datasets.drawings import draw_heroes
from tinycnn.networks import tutorial_network

if not all(map(find_spec, ("dask", "jax", "keras", "torch"))):
    pytest.skip("needs pip install '.[scaling]'", allow_module_level=True)

PROGRAMS = Path(__file__).parents[2] / "walkthrough" / "scaling"
EPOCHS, PHOTOS, SIZE, BATCH = 8, 96, 32, 32


def start(*words, cwd, **variables):
    return subprocess.run(
        [sys.executable, *map(str, words)],
        env={**environment(), "OMP_NUM_THREADS": "1", **variables},
        cwd=cwd, capture_output=True, text=True, timeout=600,
    )  # fmt: skip


def run(*words, cwd):
    done = start(*words, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


def losses_of(folder, *words, steps=EPOCHS * PHOTOS // BATCH):
    """The loss of each step, and the model that the program wrote."""
    run(*words, "--losses", "losses.json", "--output", "m.safetensors", cwd=folder)
    losses = json.loads((folder / "losses.json").read_text(encoding="utf-8"))
    assert len(losses) == steps
    return losses, load_model(folder / "m.safetensors")


def assert_predict_answers(folder, photos):
    """The file that a program wrote is all that predict needs."""
    predict = ("-m", "tinycnn.predict", "m.safetensors", photos, "--format", "csv")
    head, *rows = run(*predict, cwd=folder).splitlines()
    assert head == "path,label,Iron Man,Pikachu"
    assert len(rows) == 8


def heroes_as_arrays():
    images, y = draw_heroes(PHOTOS, seed=1, size=SIZE)
    return images.astype(np.float32) / 255, y.astype(np.float32)


@pytest.fixture(scope="module")
def here():
    """What tinycnn itself learns from the same batches: (losses, model)."""
    x, y = heroes_as_arrays()
    model, losses = tutorial_network((SIZE, SIZE, 3), seed=0), []
    for epoch in range(EPOCHS):
        order = np.random.default_rng(epoch).permutation(PHOTOS)
        for first in range(0, PHOTOS, BATCH):
            batch = order[first : first + BATCH]
            losses.append(model.train_on_batch(x[batch], y[batch])[0])
    return losses, model


def test_two_processes_of_torch_learn_what_one_does_with_the_doubled_batch(
    tmp_path, heroes
):
    program = PROGRAMS / "train_with_torch.py"
    one, first = losses_of(tmp_path, program, "--batch-size", 32)
    launch = ("-m", "torch.distributed.run", "--nproc-per-node", 2)
    two, second = losses_of(tmp_path, *launch, program, "--batch-size", 16)
    np.testing.assert_allclose(two, one, rtol=0, atol=1e-5)
    assert two[-1] < two[0]
    assert_predict_answers(tmp_path, heroes / "test")
    x, _ = heroes_as_arrays()
    np.testing.assert_allclose(first.predict(x), second.predict(x), atol=1e-5)
    # Half of each batch is another lesson: the test can fail.
    other, _ = losses_of(
        tmp_path, program, "--batch-size", 32, "--learning-rate", 0.002
    )
    assert np.abs(np.subtract(other, one)).max() > 0.01


@pytest.mark.parametrize("photos", [33, 35], ids=["one and none", "two and one"])
def test_each_photo_of_a_short_batch_weighs_the_same(tmp_path, photos):
    program = PROGRAMS / "train_with_torch.py"
    words = ("--photos", photos, "--epochs", 2, "--batch-size")
    one, first = losses_of(tmp_path, program, *words, 32, steps=4)
    launch = ("-m", "torch.distributed.run", "--nproc-per-node", 2)
    two, second = losses_of(tmp_path, *launch, program, *words, 16, steps=4)
    np.testing.assert_allclose(two, one, rtol=0, atol=1e-5)
    x, _ = heroes_as_arrays()
    np.testing.assert_allclose(first.predict(x), second.predict(x), atol=1e-5)


GLOO_AT_EXIT = """
import atexit, os
from pathlib import Path


def threads():
    names = [p.read_text() for p in Path("/proc/self/task").glob("*/comm")]
    if any("gloo" in name for name in names):
        os._exit(7)


atexit.register(threads)
"""


def test_no_thread_of_gloo_lives_when_python_shuts_down(tmp_path):
    # Such a thread aborts the process when it asks for Python's lock: once in hundreds
    # of runs, so the threads are counted instead.
    (tmp_path / "sitecustomize.py").write_text(GLOO_AT_EXIT, encoding="utf-8")
    launch = ("-m", "torch.distributed.run", "--nproc-per-node", 2)
    words = ("--photos", 33, "--epochs", 1)
    done = start(
        *launch, PROGRAMS / "train_with_torch.py", *words,
        cwd=tmp_path, PYTHONPATH=os.pathsep.join(map(str, (tmp_path, PROJECT))),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "epoch 1: loss" in done.stdout


AT_LEAST = "should be a whole number of at least "


@pytest.mark.parametrize(
    "program, words, message",
    [
        ("train_with_torch.py", "--batch-size 0", AT_LEAST + "1, got '0'"),
        ("train_with_torch.py", "--epochs -1", AT_LEAST + "0, got '-1'"),
        ("train_with_torch.py", "--photos 1", AT_LEAST + "2, got '1'"),
        ("train_with_torch.py", "--learning-rate nan", "should be a number above 0"),
        ("train_with_torch.py", "--losses none/l.json", "there is no folder none"),
        ("train_with_keras.py", "--devices 0", AT_LEAST + "1, got '0'"),
        ("train_with_keras.py", "--batch-size 0", AT_LEAST + "1, got '0'"),
        ("train_with_keras.py", "--epochs half", AT_LEAST + "0, got 'half'"),
        ("train_with_keras.py", "--losses none/l.json", "there is no folder none"),
    ],
)
def test_an_option_that_cannot_be_is_one_line(
    program, words, message, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [program, *words.split()])
    with pytest.raises(SystemExit, match="2"):
        runpy.run_path(str(PROGRAMS / program), run_name="__main__")
    last = capsys.readouterr().err.splitlines()[-1]
    assert re.search(f"error: .*{message}", last)


@pytest.mark.parametrize("devices, size, short", [(2, 5, 5), (4, 31, 31), (2, 95, 95)])
def test_keras_refuses_a_batch_that_its_devices_cannot_share(
    devices, size, short, tmp_path
):
    program = PROGRAMS / "train_with_keras.py"
    done = start(program, "--devices", devices, "--batch-size", size, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    message = f"a batch of {short} photos cannot be divided among {devices} devices"
    assert message in done.stderr.splitlines()[-1]


def test_two_devices_of_keras_learn_what_one_does_and_what_tinycnn_does(
    tmp_path, here, heroes
):
    program = PROGRAMS / "train_with_keras.py"
    one, _ = losses_of(tmp_path, program, "--devices", 1)
    two, model = losses_of(tmp_path, program, "--devices", 2)
    np.testing.assert_allclose(two, one, rtol=0, atol=1e-5)
    np.testing.assert_allclose(two, here[0], atol=1e-3)
    assert_predict_answers(tmp_path, heroes / "test")
    x, _ = heroes_as_arrays()
    np.testing.assert_allclose(model.predict(x), here[1].predict(x), atol=2e-3)


LABEL = PROGRAMS / "label_with_dask.py"


@pytest.fixture
def photos(heroes, tmp_path):
    return shutil.copytree(heroes / "test", tmp_path / "photos")


@pytest.fixture
def label(monkeypatch, capsys, tmp_path):
    """Start the program in this process; return (status, lines on stderr)."""
    main = runpy.run_path(str(LABEL))["main"]

    def start(*words):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["label_with_dask.py", *map(str, words)])
        status = process.exit_status(main, process.Signals())
        return status, capsys.readouterr().err.splitlines()

    return start


def test_dask_answers_as_predict_does(trained, photos, tmp_path):
    model = trained[1] / "model.safetensors"
    out = run(LABEL, model, photos, "a.csv", "--block", 3, cwd=tmp_path)
    assert out == "8 photos in 3 blocks: a.csv\n"
    rows = (tmp_path / "a.csv").read_text(encoding="utf-8")
    predict = ("-m", "tinycnn.predict", model, photos, "--format", "csv")
    assert rows == run(*predict, cwd=tmp_path)
    # A broken photo has no row in either, but a line on stderr.
    (photos / "broken.png").write_bytes(b"not a photo")
    done, theirs = (
        start(LABEL, model, photos, "b.csv", cwd=tmp_path),
        start(*predict, cwd=tmp_path),
    )
    assert done.stdout == "8 photos in 1 block: b.csv\n"
    assert (tmp_path / "b.csv").read_text(encoding="utf-8") == theirs.stdout
    assert (done.returncode, done.stderr) == (theirs.returncode, theirs.stderr)
    assert done.returncode == 1
    assert "broken.png: it is not a photo" in done.stderr


def test_what_dask_would_find_too_late_is_one_line_before_it_starts(
    trained, photos, label, tmp_path
):
    model = trained[1] / "model.safetensors"
    (tmp_path / "mine.csv").write_text("path,label\n", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    load_model(model).save(tmp_path / "unnamed.safetensors")
    unnamed = load_model(model)
    unnamed.classes = None
    unnamed.save(tmp_path / "unnamed.safetensors")
    one = next(path for path in photos.rglob("*.*"))
    for words, status, message in [
        (
            ("none.safetensors", photos, "a.csv"),
            2,
            "none.safetensors: there is no such",
        ),
        (("unnamed.safetensors", photos, "a.csv"), 2, "not say what its classes are"),
        ((model, "none", "a.csv"), 1, "none: there is no such file or folder"),
        ((model, one, "a.csv"), 2, "is a file, not a folder"),
        ((model, "empty", "a.csv"), 1, "there is no photo in empty"),
        ((model, photos, "none/a.csv"), 2, "there is no folder none"),
        ((model, photos, "empty"), 2, "empty is a folder; name a file in it"),
        ((model, photos, "mine.csv"), 2, "mine.csv already exists; choose another"),
        ((model, photos, "a.csv", "--processes", 0), 2, AT_LEAST + "1, got '0'"),
        ((model, photos, "a.csv", "--block", -1), 2, AT_LEAST + "1, got '-1'"),
    ]:
        got, lines = label(*words)
        assert (got, len(lines)) == (status, 1), lines
        assert lines[0].startswith("error: ")
        assert message in lines[0]
    assert not (tmp_path / "a.csv").exists()
    assert (tmp_path / "mine.csv").read_text(encoding="utf-8") == "path,label\n"


def test_the_page_trains_on_photos_of_a_folder(trained, heroes, tmp_path, monkeypatch):
    page = (PROGRAMS.parents[1] / "docs/scaling.md").read_text(encoding="utf-8")
    (program,) = (
        block
        for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL)
        if "class Photos(Dataset)" in block
    )
    shutil.copy(trained[1] / "model.safetensors", tmp_path)
    shutil.copytree(heroes / "train", tmp_path / "Dataset/train")
    (line,) = re.findall(r"^python -m tinycnn.export (.*)$", page, re.MULTILINE)
    run("-m", "tinycnn.export", *line.split(), cwd=tmp_path)
    (tmp_path / "page.py").write_text(program, encoding="utf-8")
    run("page.py", cwd=tmp_path)
    before, after = (
        load_model(tmp_path / name)
        for name in ("model.safetensors", "continued.safetensors")
    )
    assert (after.classes, after.preprocessing) == (
        before.classes,
        before.preprocessing,
    )
    paths = sorted((heroes / "test").rglob("*.*"))
    change = np.abs(after.predict(paths) - before.predict(paths)).max()
    assert 1e-4 < change < 0.5  # it went on from there
