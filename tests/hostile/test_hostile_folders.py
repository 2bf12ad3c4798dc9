"""Folders that are not valid data sets: one line and a status, no traceback."""

import errno
import os
from pathlib import Path

import pytest
from conftest import PROJECT
from folder_cases import FOLDERS, IDX, POSIX_FOLDERS, cases_here, parts, photos, table

from tinycnn import Sequential
from tinycnn.commands import output_folder
from tinycnn.layers import Dense, Flatten
from tinycnn.preprocessing.class_folders import list_photos, walk
from tinycnn.preprocessing.directory_iterator import DirectoryIterator
from tinycnn.preprocessing.image import ImageDataGenerator
from tinycnn.preprocessing.photo_lists.photo_list import FolderError
from tinycnn.preprocessing.photos import PhotoError

PAGE = PROJECT / "docs" / "security.md"


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch):
    monkeypatch.setattr(output_folder, "write_pictures", lambda *arguments: [])


@pytest.fixture
def train(call, tmp_path):
    """Run a short training; return (status, lines on stderr)."""

    def run(folder, *size):
        arguments = ["--epochs", 1, "--verbose", 0, *size]
        run = call("train", folder, *arguments, cwd=tmp_path)
        return run.returncode, run.stderr.splitlines()

    return run


@pytest.mark.parametrize("case", cases_here(), ids=lambda case: case.name)
def test_each_folder_ends_with_its_status_and_its_line(tmp_path, train, case):
    folder = tmp_path / "data"
    folder.mkdir()
    case.make(folder)
    size = () if case in IDX else ("--image-size", 8)  # digits have their own
    status, lines = train(folder, *size)
    assert status == case.status, lines
    if case.words:
        kind = "error: " if case.status else "warning: "
        assert all(line.startswith(kind) for line in lines)
        assert case.words in lines[0]
        assert case.status == 0 or len(lines) == 1
    else:
        assert lines == []


def test_the_tables_are_long_enough_and_in_the_documentation():
    assert len(FOLDERS) + len(POSIX_FOLDERS) >= 20
    text = PAGE.read_text(encoding="utf-8")
    assert table([*FOLDERS, *POSIX_FOLDERS]) in text
    assert table(IDX) in text


@pytest.mark.parametrize("name", ["a" * 300, "x" * 5000], ids=len)
def test_a_name_that_is_too_long_is_no_traceback(train, name):
    status, lines = train(name)
    assert status == 2
    assert len(lines) == 1
    assert lines[0].startswith("error: ")


def test_a_photo_whose_name_is_too_long_is_no_traceback(trained, call, tmp_path):
    run = call("predict", trained[1] / "model.safetensors", "a" * 300, cwd=tmp_path)
    assert run.returncode == 1
    assert "there is no such file or folder" in run.stderr


def test_three_classes_with_a_sigmoid_are_an_error_that_says_what_to_write(tmp_path):
    parts(tmp_path, "ABC", "ABC")
    photos_of = ImageDataGenerator().flow_from_directory
    batches = photos_of(tmp_path / "train", target_size=(4, 4), class_mode="sparse")
    model = Sequential([Flatten(input_shape=(4, 4, 3)), Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    with pytest.raises(ValueError, match=r"3 classes need Dense\(3, activation='soft"):
        model.fit(batches, verbose=0)


@pytest.mark.parametrize("place", ["", "train", "train/A"])
def test_a_folder_that_may_not_be_looked_into_is_named(
    tmp_path, train, monkeypatch, place
):
    """Mocked, since root may look into all of them."""
    folder = tmp_path / "data"
    parts(folder)
    real = os.scandir

    def scandir(path="."):
        if Path(path) == folder / place:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    status, lines = train(folder)
    assert status == 2
    assert len(lines) == 1
    assert lines[0].endswith(f"{(folder / place).name}: Permission denied")


def test_a_folder_within_a_class_that_may_not_be_looked_into_is_named(
    tmp_path, monkeypatch
):
    parts(tmp_path)
    photos(tmp_path / "train" / "A" / "secret")
    real = os.scandir

    def scandir(path="."):
        if Path(path).name == "secret":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(FolderError, match="secret: Permission denied"):
        list_photos(tmp_path / "train")
    with pytest.raises(FolderError, match="secret: Permission denied"):
        list(walk(tmp_path / "train"))


def test_a_photo_that_is_gone_during_training_is_one_line_and_status_1(
    tmp_path, train, monkeypatch
):
    parts(tmp_path / "data")

    def gone(self, number):
        raise PhotoError(f"{self.filepaths[number]}: No such file or directory")

    monkeypatch.setattr(DirectoryIterator, "pixels", gone)
    status, lines = train(tmp_path / "data")
    assert status == 1
    assert len(lines) == 1
    assert lines[0].endswith(".png: No such file or directory")
