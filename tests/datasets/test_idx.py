"""tinycnn.datasets.idx: MNIST-style files, and files that only resemble them."""

import gzip
import struct

import numpy as np
import pytest

from tinycnn.datasets.idx import is_idx_folder, load_idx_folder
from tinycnn.preprocessing.photo_lists.photo_list import FolderError

TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


def idx(x):
    """Return an array as the bytes of an idx file."""
    x = np.asarray(x, np.uint8)
    return struct.pack(f">4B{x.ndim}I", 0, 0, 8, x.ndim, *x.shape) + x.tobytes()


def digits(count, rows=3, columns=4, seed=0):
    shape = (count, rows, columns)
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def write(folder, name, content, compressed=False):
    path = folder / (name + ".gz" * compressed)
    path.write_bytes(gzip.compress(content) if compressed else content)
    return path


def write_all(folder, compressed=False):
    """Write a set of 6 training and 3 test digits."""
    contents = {
        TRAIN_IMAGES: idx(digits(6)),
        TRAIN_LABELS: idx([0, 1, 2, 0, 1, 2]),
        TEST_IMAGES: idx(digits(3, seed=1)),
        TEST_LABELS: idx([2, 1, 0]),
    }
    for name, content in contents.items():
        write(folder, name, content, compressed)
    return folder


@pytest.mark.parametrize("compressed", [False, True])
def test_files_are_read_as_they_were_written(tmp_path, compressed):
    write_all(tmp_path, compressed)
    assert is_idx_folder(tmp_path)
    (x_train, y_train), (x_test, y_test) = load_idx_folder(tmp_path)
    assert x_train.shape == (6, 3, 4, 1)
    assert x_train.dtype == y_train.dtype == np.uint8
    np.testing.assert_array_equal(x_train[..., 0], digits(6))
    np.testing.assert_array_equal(x_test[..., 0], digits(3, seed=1))
    assert y_train.tolist() == [0, 1, 2, 0, 1, 2]
    assert y_test.tolist() == [2, 1, 0]


def test_a_number_written_by_hand_is_read(tmp_path):
    write_all(tmp_path)
    head = bytes([0, 0, 8, 3, 0, 0, 0, 6, 0, 0, 0, 1, 0, 0, 0, 2])
    write(tmp_path, TRAIN_IMAGES, head + bytes(range(12)))
    head = bytes([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2])
    write(tmp_path, TEST_IMAGES, head + bytes(range(6)))
    (x_train, _), _ = load_idx_folder(tmp_path)
    assert x_train[..., 0].tolist() == np.arange(12).reshape(6, 1, 2).tolist()


def test_both_spellings_and_both_names_of_the_test_set_are_read(tmp_path):
    write_all(tmp_path)
    for path in list(tmp_path.iterdir()):
        name = path.name.replace("t10k", "test").replace("-idx", ".idx")
        path.rename(tmp_path / name)
    assert is_idx_folder(tmp_path)
    assert len(load_idx_folder(tmp_path)[1][0]) == 3


@pytest.mark.parametrize("named_gz", [False, True])
def test_compression_is_detected_from_the_content_and_not_the_name(tmp_path, named_gz):
    write_all(tmp_path)
    (tmp_path / TRAIN_LABELS).unlink()
    content = idx([0, 1, 2, 0, 1, 2])
    path = tmp_path / (TRAIN_LABELS + ".gz" * named_gz)
    path.write_bytes(content if named_gz else gzip.compress(content))
    assert load_idx_folder(tmp_path)[0][1].tolist() == [0, 1, 2, 0, 1, 2]


def test_other_folders_are_not_idx_folders(tmp_path):
    assert not is_idx_folder(tmp_path)
    (tmp_path / TRAIN_IMAGES).mkdir()
    assert not is_idx_folder(tmp_path)
    assert not is_idx_folder(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (idx([0, 1, 2]), "is not an idx file of uint8 with 3 axes: it begins with"),
        (
            b"\0\0\x0d\x03" + idx(digits(6))[4:],
            "is not an idx file of uint8 with 3 axes",
        ),
        (
            b"\1\0\x08\x03" + idx(digits(6))[4:],
            "is not an idx file of uint8 with 3 axes",
        ),
        (b"\0\0\x08\x03\0\0", "is not an idx file of uint8 with 3 axes"),
        (b"", "is not an idx file of uint8 with 3 axes: it begins with ''"),
        (b"<!DOCTYPE html>\x1b[31m", "axes: it begins with '<!DOCTYP'"),
        (idx(digits(6))[:-1], r"its shape \(6, 3, 4\) needs 72 bytes, it holds 71"),
        (idx(digits(6))[:16], r"its shape \(6, 3, 4\) needs 72 bytes, it holds 0"),
        (
            idx(digits(6)) + b"\0",
            r"its shape \(6, 3, 4\) needs 72 bytes, it holds more",
        ),
        (idx(digits(0)), r"its header gives the shape \(0, 3, 4\)"),
        (
            b"\0\0\x08\x03" + b"\xff" * 12,  # petabytes, without content
            r"its header gives the shape \(4294967295, 4294967295, 4294967295\)",
        ),
        (idx(digits(5)), "there are 5 images and 6 labels"),
    ],
)
@pytest.mark.parametrize("compressed", [False, True])
def test_a_file_of_another_kind_or_size_is_an_error(
    tmp_path, content, message, compressed
):
    write_all(tmp_path)
    (tmp_path / TRAIN_IMAGES).unlink()
    write(tmp_path, TRAIN_IMAGES, content, compressed)
    with pytest.raises(FolderError, match=message) as caught:
        load_idx_folder(tmp_path)
    assert "train-" in str(caught.value)


def test_one_label_is_one_label(tmp_path):
    write_all(tmp_path)
    write(tmp_path, TRAIN_LABELS, idx([7]))
    with pytest.raises(
        FolderError, match=r"idx1-ubyte: there are 6 images and 1 label$"
    ):
        load_idx_folder(tmp_path)


def test_html_named_gz_is_an_error_that_names_the_file(tmp_path):
    write_all(tmp_path, compressed=True)
    path = tmp_path / (TEST_LABELS + ".gz")
    path.write_text("<html>not found</html>")
    message = (
        r"t10k-labels-idx1-ubyte\.gz is not an idx file of uint8 with 1 axis: it beg"
    )
    with pytest.raises(FolderError, match=message):
        load_idx_folder(tmp_path)


@pytest.mark.parametrize("damage", ["cut", "bits", "sum", "rubbish at the end"])
def test_a_damaged_gz_is_an_error_that_names_the_file(tmp_path, damage):
    write_all(tmp_path, compressed=True)
    path = tmp_path / (TRAIN_IMAGES + ".gz")
    content = bytearray(path.read_bytes())
    if damage == "cut":
        content = content[:-20]
    elif damage == "bits":
        content[12:40] = b"\xff" * 28
    elif damage == "sum":
        content[-8] ^= 1
    else:
        content += b"rubbish"
    path.write_bytes(content)
    with pytest.raises(FolderError, match=r"train-images-idx3-ubyte\.gz: \w"):
        load_idx_folder(tmp_path)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        (TRAIN_IMAGES, r"holds no train-images-idx3-ubyte \(or \.gz\)"),
        (TRAIN_LABELS, r"holds no train-labels-idx1-ubyte \(or \.gz\)"),
        (TEST_IMAGES, r"holds no t10k-images-idx3-ubyte \(or \.gz\)"),
        (TEST_LABELS, r"holds no t10k-labels-idx1-ubyte \(or \.gz\)"),
    ],
)
def test_a_missing_file_is_an_error_that_names_it(tmp_path, missing, message):
    write_all(tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(FolderError, match=message):
        load_idx_folder(tmp_path)


def test_test_labels_not_among_the_training_labels_are_an_error(tmp_path):
    write_all(tmp_path)
    write(tmp_path, TEST_LABELS, idx([9, 1, 4]))
    message = r"the test labels \[4, 9\] are not among the training labels"
    with pytest.raises(FolderError, match=message):
        load_idx_folder(tmp_path)


def test_test_images_of_another_size_are_an_error(tmp_path):
    write_all(tmp_path)
    write(tmp_path, TEST_IMAGES, idx(digits(3, 4, 4)))
    message = "the training images are 3x4 and the test images 4x4"
    with pytest.raises(FolderError, match=message):
        load_idx_folder(tmp_path)
