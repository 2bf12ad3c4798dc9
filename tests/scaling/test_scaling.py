"""The programs of walkthrough/scaling/: two processes or devices learn as one does."""

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from conftest import environment
from PIL import Image

from tinycnn import load_model
from tinycnn.datasets.drawings import draw_heroes
from tinycnn.networks import tutorial_network

if not all(map(find_spec, ("dask", "jax", "keras", "torch"))):
    pytest.skip("needs pip install '.[scaling]'", allow_module_level=True)

PROGRAMS = Path(__file__).parents[2] / "walkthrough" / "scaling"
EPOCHS, PHOTOS, SIZE, BATCH = 8, 96, 32, 32


def run(*words, cwd):
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        env={**environment(), "OMP_NUM_THREADS": "1"},
        cwd=cwd, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def losses_of(folder, *words):
    """The loss of each step, and the model that the program wrote."""
    run(*words, "--losses", "losses.json", "--output", "m.safetensors", cwd=folder)
    losses = json.loads((folder / "losses.json").read_text(encoding="utf-8"))
    assert len(losses) == EPOCHS * PHOTOS // BATCH
    return losses, load_model(folder / "m.safetensors")


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


def test_two_processes_of_torch_learn_what_one_does_with_the_doubled_batch(tmp_path):
    program = PROGRAMS / "train_with_torch.py"
    one, first = losses_of(tmp_path, program, "--batch-size", 32)
    launch = ("-m", "torch.distributed.run", "--nproc-per-node", 2)
    two, second = losses_of(tmp_path, *launch, program, "--batch-size", 16)
    np.testing.assert_allclose(two, one, atol=1e-4)
    assert two[-1] < two[0]
    x, _ = heroes_as_arrays()
    np.testing.assert_allclose(first.predict(x), second.predict(x), atol=1e-3)
    # Half of each batch is another lesson: the test can fail.
    other, _ = losses_of(
        tmp_path, program, "--batch-size", 32, "--learning-rate", 0.002
    )
    assert np.abs(np.subtract(other, one)).max() > 0.01


def test_two_devices_of_keras_learn_what_one_does_and_what_tinycnn_does(tmp_path, here):
    program = PROGRAMS / "train_with_keras.py"
    one, _ = losses_of(tmp_path, program, "--devices", 1)
    two, model = losses_of(tmp_path, program, "--devices", 2)
    np.testing.assert_allclose(two, one, atol=1e-4)
    np.testing.assert_allclose(two, here[0], atol=1e-2)
    x, _ = heroes_as_arrays()
    np.testing.assert_allclose(model.predict(x), here[1].predict(x), atol=2e-2)


def test_dask_answers_as_predict_does_and_names_a_broken_photo(
    trained, heroes, tmp_path
):
    photos = tmp_path / "photos"
    shutil.copytree(heroes / "test", photos)
    model = trained[1] / "model.safetensors"
    program = PROGRAMS / "label_with_dask.py"
    out = run(program, model, photos, "a.csv", "--block", 3, cwd=tmp_path)
    assert out == "8 photos in 3 blocks: a.csv\n"
    rows = (tmp_path / "a.csv").read_text(encoding="utf-8")
    predict = ("-m", "tinycnn.predict", model, photos, "--format", "csv")
    assert rows == run(*predict, cwd=tmp_path)
    (photos / "broken.png").write_bytes(b"not a photo")
    run(program, model, photos, "b.csv", cwd=tmp_path)
    broken = (tmp_path / "b.csv").read_text(encoding="utf-8").splitlines()
    assert len(broken) == len(rows.splitlines()) + 1
    assert any(line.startswith("error,") and "broken.png" in line for line in broken)
    Image.new("RGB", (9, 9)).save(photos / "broken.png")  # mended, it is answered
    out = run(program, model, photos, "c.csv", cwd=tmp_path)
    assert out.startswith("9 photos")
