"""How often `train` opens a photo's file, where no photo fits into memory."""

import hashlib
import shutil
from collections import Counter

import pytest

from tinycnn.commands import output_folder
from tinycnn.commands.checkpoint import load_checkpoint
from tinycnn.commands.output_folder import CHECKPOINT
from tinycnn.preprocessing import directory_iterator, photos

EPOCHS = 2
ONCE, EACH_EPOCH, IN_THE_END, KEPT = 1, EPOCHS, 1, 1
PARTS = {"train": "train", "test": "test", "validation": "val"}


@pytest.fixture
def opened(monkeypatch):
    """The path of a photo for each time that its file is opened; none is kept."""
    paths, decoded = [], photos.decoded

    def counted(path, target_size):
        paths.append(path)
        return decoded(path, target_size)

    monkeypatch.setattr(photos, "decoded", counted)
    monkeypatch.setattr(directory_iterator, "NAME_BYTES", 2**40)
    # They open the photos they show.
    monkeypatch.setattr(output_folder, "write_pictures", lambda *arguments: [])
    monkeypatch.setattr(output_folder, "write_report", lambda *arguments: "no report")
    return paths


@pytest.fixture
def folder(heroes, tmp_path):
    """A folder of 24 photos to learn from, 8 to validate, and 8 for the test."""
    whole = tmp_path / "data"
    shutil.copytree(heroes, whole)
    shutil.copytree(whole / "test", whole / "val")
    return whole


def times(opened, folder):
    """How often each photo of a folder was opened."""
    counts = Counter(path for path in opened if folder in path.parents)
    assert len(counts) == len([path for path in folder.rglob("*.jpg")])
    return set(counts.values())


def train(call, folder, *options):
    words = ("--image-size", 16, "--output", folder.parent / "out", *options)
    run = call("train", folder, *words, cwd=folder.parent)
    assert run.returncode == 0, run.stderr
    return run


def test_a_photo_is_opened_once_before_training_and_once_in_each_epoch(
    opened, folder, call
):
    run = train(call, folder, "--epochs", EPOCHS)
    assert "mean colour" in run.stdout
    assert times(opened, folder / "train") == {ONCE + EACH_EPOCH}
    # Six of the eight are kept, and answered after each epoch, for the report.
    assert times(opened, folder / "val") == {
        ONCE + EACH_EPOCH,
        KEPT + ONCE + EACH_EPOCH,
    }
    assert times(opened, folder / "test") == {ONCE + IN_THE_END}


def test_resuming_opens_each_photo_once_more(opened, folder, call):
    train(call, folder, "--epochs", 1)
    opened.clear()
    train(call, folder, "--epochs", 2, "--resume")
    assert times(opened, folder / "train") == {ONCE + 1}


def test_the_words_and_the_digests_are_those_of_photos_that_are_kept(
    opened, folder, call, monkeypatch
):
    one = min((folder / "train").rglob("*.jpg"))
    shutil.copy(one, folder / "test" / "Pikachu" / "copy.jpg")
    runs, notes = [], []
    for _ in ("not kept", "kept"):
        runs.append(train(call, folder, "--epochs", 1, "--verbose", 0))
        notes.append(load_checkpoint(folder.parent / "out" / CHECKPOINT).notes)
        monkeypatch.setattr(directory_iterator, "NAME_BYTES", 0)
        shutil.rmtree(folder.parent / "out")
    assert (runs[0].stdout, notes[0]) == (runs[1].stdout, notes[1])
    line = "warning: the same pixels twice: train/Iron Man/"
    assert [run.stderr.startswith(line) for run in runs] == [True, True]
    prepare = photos.Preprocessing((16, 16))
    for part, known in notes[0]["photos"].items():
        if part != "augmentation":
            files = sorted((folder / PARTS[part]).rglob("*.jpg"))
            pixels = b"".join(prepare.pixels(path).tobytes() for path in files)
            assert known["pixels"] == hashlib.sha256(pixels).hexdigest()
