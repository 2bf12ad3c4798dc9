"""What a data set's folder may hold: how it is made, the exit status, what is said.

`docs/security.md` shows this table; `python tests/hostile/folder_cases.py` prints it.
"""

import gzip
import os
import struct
import sys
from dataclasses import dataclass

import numpy as np
from photo_cases import LOOKALIKES, content, scene

from tinycnn.text import say


@dataclass
class Case:
    """One folder.

    Attributes
    ----------
    name : str
        What is special about it, as the documentation says it.
    make : callable
        Gets the folder, which is empty.
    status : int
        Of ``python -m tinycnn.train FOLDER``.
    words : str
        Of the one line on stderr; "" if there is none.
    """

    name: str
    make: object
    status: int
    words: str = ""


def photos(folder, count=3, first=0):
    """Write photos that no other number has."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        path = folder / f"{number}.png"
        path.write_bytes(content(scene(9, 9, seed=number), "png"))


def parts(folder, train=("A", "B"), test=("A", "B")):
    """Write train and test with these classes; all photos differ."""
    for place, names in (("train", train), ("test", test)):
        for number, name in enumerate(names):
            photos(folder / place / name, first=100 * len(place) + 10 * number)


def classes(folder, *names, count=5):
    for number, name in enumerate(names):
        photos(folder / name, count, first=10 * number)


def with_parts(change):
    """Return what writes a good folder and changes it then."""

    def make(folder):
        parts(folder)
        change(folder)

    return make


def removed(path):
    for file in path.iterdir():
        file.unlink()


def only_text(path):
    removed(path)
    (path / "notes.txt").write_text("no photo")


def only_pages(path):
    removed(path)
    for name in ("1.jpg", "2.jpg"):
        (path / name).write_text("<html>404</html>")


def heic(path):
    path.mkdir()
    for name in ("IMG_1.HEIC", "IMG_2.HEIC"):
        (path / name).write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 60)


def copied(source, target):
    target.write_bytes(source.read_bytes())


def linked(folder):
    """Let a class be a link to a folder beside the data set."""
    outside = folder.parent / "elsewhere"
    photos(outside, 5, first=500)
    classes(folder, "A")
    (folder / "B").symlink_to(outside, target_is_directory=True)


def link_to(folder, place, target):
    (folder / place).symlink_to(folder / target, target_is_directory=True)


def nested(folder):
    (folder / "train/A/more/still more").mkdir(parents=True)
    photos(folder / "train/A/more/still more", first=900)


def hidden(folder):
    for name in (".git", "__MACOSX"):
        photos(folder / "train" / name, first=900)


def in_capitals(folder):
    (folder / "train").rename(folder / "Train")
    (folder / "test").rename(folder / "TEST")


FOLDERS = [
    Case("`train` and `test` with the same classes", parts, 0),
    Case("class folders alone", lambda f: classes(f, "A", "B"), 0),
    Case("three classes", lambda f: parts(f, "ABC", "ABC"), 0),
    Case("one photo per class and part", with_parts(
        lambda f: [p.unlink() for p in f.rglob("*[12].png")]), 0),
    Case("`Train` and `TEST`", with_parts(in_capitals), 0),
    Case("folders within a class folder", with_parts(nested), 0),
    Case("hidden folders (`.git`, `__MACOSX`) beside classes", with_parts(hidden), 0),
    Case("another folder beside `train` and `test`: not looked at", with_parts(
        lambda f: photos(f / "more/C")), 0),
    Case("`training_set` and `Test_Data`", with_parts(lambda f: [
        (f / "train").rename(f / "training_set"),
        (f / "test").rename(f / "Test_Data")]), 0),
    Case("`train` and `val`", with_parts(
        lambda f: (f / "test").rename(f / "val")), 0),
    Case("another class in `validation`", with_parts(
        lambda f: photos(f / "validation/C", first=900)), 2,
        "train and val should hold the same classes; only in train: A, B; only in val"),
    Case("a folder that holds itself", lambda f: parts(f / f.name), 0),
    Case("a folder that repeats the classes beside it", lambda f: [
        classes(f, "A", "B"), classes(f / "again", "A", "B")], 0),
    Case("a folder that holds the classes beside it with other photos", lambda f: [
        classes(f, "A", "B"), classes(f / "again", "B", "A")], 2,
        "which of the two is the data set?"),
    Case("folders that hold the same folders", lambda f: [
        classes(f / "colour", "A", "B"), classes(f / "grey", "A", "B")], 2,
        "hold the same folders, A and B: those look like the classes"),
    Case("two classes of the same photos", lambda f: [
        photos(f / "A", 5), photos(f / "B", 4)], 2,
        "most of what one of them holds"),
    Case("a class folder of photos that Pillow cannot read", with_parts(
        lambda f: [p.rename(p.with_suffix(".HEIC")) for p in (
            f / "train/B").iterdir()]), 2,
        "is empty: it holds no photos but files of other kinds, 3 .HEIC"),
    Case("a photo that is a page of HTML", with_parts(
        lambda f: (f / "train/A/page.jpg").write_text("<html>")), 0,
        "page.jpg: it is not a photo in a supported format"),
    Case("the same photo in train and test", with_parts(
        lambda f: copied(f / "train/A/500.png", f / "test/A/again.png")), 0,
        "the same pixels twice: train/A/500.png and test/A/again.png"),
    Case("the same photo under two classes", with_parts(
        lambda f: copied(f / "train/A/500.png", f / "train/B/again.png")), 0,
        "the same pixels twice: train/A/500.png and train/B/again.png"),
    Case("no such folder", lambda f: f.rmdir(), 2, "there is no folder"),
    Case("a file", lambda f: [f.rmdir(), f.write_text("")], 2,
        "should be a folder, not a file"),
    Case("an empty folder", lambda f: None, 2, "holds no class folders"),
    Case("photos without class folders", photos, 2, "holds no class folders"),
    Case("hidden folders only", lambda f: classes(f, ".A", ".B"), 2,
        "holds no class folders"),
    Case("one class", lambda f: classes(f, "A"), 2, "holds only one class folder, A"),
    Case("one class in train and test", lambda f: parts(f, "A", "A"), 2,
        "holds only one class folder, A"),
    Case("`train` without `test`", lambda f: parts(f, test=()), 2,
        "holds train but no test"),
    Case("`test` without `train`", lambda f: parts(f, train=()), 2,
        "holds test but no train; it should hold train and test"),
    Case("`train` empty", with_parts(lambda f: [
        (f / "train").rename(f / "validation"), (f / "train").mkdir()]), 2,
        "train holds no class folders"),
    Case("`test` empty", with_parts(lambda f: [
        (f / "test").rename(f / "validation"), (f / "test").mkdir()]), 2,
        "test holds no class folders"),
    Case("a class missing in test", lambda f: parts(f, "ABC", "AB"), 2,
        "train and test should hold the same classes; only in train: C"),
    Case("a class too many in test", lambda f: parts(f, "AB", "ABC"), 2,
        "train and test should hold the same classes; only in test: C"),
    Case("a class of another name in test", lambda f: parts(f, "AB", "AC"), 2,
        "only in train: B; only in test: C"),
    Case("a class in lower case in test", lambda f: parts(f, "AB", "Ab"), 2,
        "only in train: B; only in test: b"),
    Case("an empty class folder", with_parts(lambda f: removed(f / "train/B")), 2,
        "is empty: it holds no photos"),
    Case("an empty class folder in test", with_parts(
        lambda f: removed(f / "test/B")), 2, "is empty: it holds no photos"),
    Case("a class folder of text files", with_parts(
        lambda f: only_text(f / "train/B")), 2, "is empty: it holds no photos"),
    Case("a class folder of unreadable photos", with_parts(
        lambda f: only_pages(f / "train/B")), 2, "none of its 2 photos can be read"),
    Case("class folders alone, one of them with a single photo", lambda f: [
        classes(f, "A"), photos(f / "B", 1, first=50)], 2,
        "holds 1 photo; it should hold two or more"),
    Case("class folders alone, one of them from a phone", lambda f: [
        classes(f, "A"), heic(f / "B")], 2,
        "holds 0 photos but files of other kinds, 2 .HEIC: if they are photos, save "
        "them as .jpg"),
]  # fmt: skip
LOOK_THE_SAME = "two class names that look the same"
BOTH = "both `Train` and `train`"
POSIX_FOLDERS = [
    Case("a class folder that is a link", linked, 0),
    Case("a link in a circle inside a class folder", with_parts(
        lambda f: link_to(f, "train/A/round", "train")), 2,
        "most of what one of them holds"),
    Case("a link to itself beside the classes", with_parts(
        lambda f: (f / "train/itself").symlink_to("itself")), 0),
    Case("a class name composed in train (`\u00e9`) and decomposed in test "
        "(`e` and an accent)",
        lambda f: parts(f, ("A", LOOKALIKES[0]), ("A", LOOKALIKES[1])), 0),
    Case("a class folder that is a link to the folder above", with_parts(
        lambda f: link_to(f, "train/all", "train")), 2,
        "is a link to a folder that holds it; remove the link"),
    Case(BOTH, with_parts(lambda f: (f / "Train").mkdir()), 2,
        "holds both Train and train; rename one of them"),
    Case(LOOK_THE_SAME,
        lambda f: classes(f, "A", *LOOKALIKES), 2,
        "holds two class folders whose names look the same"),
    Case("a class name with a line break, and one that spells it",
        lambda f: classes(f, "a\n", "a\\n"), 2,
        "holds two class folders whose names look the same"),
]  # fmt: skip


# MNIST-style files

TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


def idx(x):
    x = np.asarray(x, np.uint8)
    return struct.pack(f">4B{x.ndim}I", 0, 0, 8, x.ndim, *x.shape) + x.tobytes()


def digits(folder, labels=(0, 1, 2), test_labels=(0, 1, 2), side=9):
    """Write a set of small digits."""
    rng = np.random.default_rng(0)
    for names, known, count in (
        ((TRAIN_IMAGES, TRAIN_LABELS), labels, 12),
        ((TEST_IMAGES, TEST_LABELS), test_labels, 6),
    ):
        x = rng.integers(0, 256, (count, side, side))
        y = np.resize(np.array(known), count)
        for name, array in zip(names, (x, y), strict=True):
            (folder / name).write_bytes(idx(array))


def spoilt(name, change, compressed=False):
    """Return what writes a set with one file's bytes changed."""

    def make(folder):
        digits(folder)
        data = change((folder / name).read_bytes())
        (folder / name).unlink()
        (folder / (name + ".gz" * compressed)).write_bytes(data)

    return make


IDX = [
    Case("a good set", digits, 0),
    Case("labels with gaps (3 and 7 only)", lambda f: digits(f, (3, 7), (7, 3)), 0),
    Case("compressed, without `.gz`", spoilt(TRAIN_IMAGES, gzip.compress), 0),
    Case("the images' magic number is wrong", spoilt(
        TRAIN_IMAGES, lambda b: b"\0\0\x08\x02" + b[4:]), 2,
        "is not an idx file of uint8 with 3 axes: it begins with"),
    Case("images of floats", spoilt(
        TRAIN_IMAGES, lambda b: b"\0\0\x0d\x03" + b[4:]), 2,
        "is not an idx file of uint8 with 3 axes"),
    Case("labels in the place of images", spoilt(
        TRAIN_IMAGES, lambda b: idx([0, 1, 2])), 2,
        "is not an idx file of uint8 with 3 axes"),
    Case("a page of HTML named `.gz`", spoilt(
        TRAIN_LABELS, lambda b: b"<html>404</html>", compressed=True), 2,
        "is not an idx file of uint8 with 1 axis: it begins with '<html>40'"),
    Case("a NumPy array inside `.gz`", spoilt(
        TRAIN_IMAGES, lambda b: gzip.compress(b"\x93NUMPY" + b), compressed=True), 2,
        "is not an idx file of uint8 with 3 axes"),
    Case("an empty file", spoilt(TEST_LABELS, lambda b: b""), 2,
        "is not an idx file of uint8 with 1 axis: it begins with ''"),
    Case("compressed and cut off", spoilt(
        TRAIN_IMAGES, lambda b: gzip.compress(b)[:-20], compressed=True), 2,
        "Compressed file ended before the end-of-stream marker"),
    Case("cut off", spoilt(TRAIN_IMAGES, lambda b: b[:-1]), 2,
        "its shape (12, 9, 9) needs 972 bytes, it holds 971"),
    Case("extra bytes at its end", spoilt(TRAIN_IMAGES, lambda b: b + b"\0"), 2,
        "its shape (12, 9, 9) needs 972 bytes, it holds more"),
    Case("a shape of petabytes", spoilt(
        TRAIN_IMAGES, lambda b: b[:4] + b"\xff" * 12), 2,
        "its header gives the shape (4294967295, 4294967295, 4294967295)"),
    Case("no images", spoilt(TEST_IMAGES, lambda b: idx(np.zeros((0, 9, 9)))), 2,
        "its header gives the shape (0, 9, 9)"),
    Case("fewer labels than images", spoilt(TRAIN_LABELS, lambda b: idx([0, 1])), 2,
        "there are 12 images and 2 labels"),
    Case("a test label that train lacks", lambda f: digits(
        f, (0, 1, 2), (0, 9)), 2, "the test labels [9] are not among the training"),
    Case("one label only", lambda f: digits(f, (5,), (5,)), 2,
        "holds only one class, 5"),
    Case("a file missing", lambda f: [digits(f), (f / TEST_LABELS).unlink()], 2,
        "holds no t10k-labels-idx1"),
    Case("test images of another size", spoilt(
        TEST_IMAGES, lambda b: idx(np.zeros((6, 8, 8)))), 2,
        "the training images are 9x9 and the test images 8x8"),
    Case("images of one pixel", lambda f: digits(f, side=1), 2,
        "4 rows and columns or more for the tutorial's network, got 1x1"),
]  # fmt: skip


def table(cases):
    """Return a table for the documentation."""
    rows = ["| folder | exit status | on stderr |", "| --- | ---: | --- |"]
    for case in cases:
        kind = "error" if case.status else "warning"
        words = f"{kind}: ... {case.words} ..." if case.words else "nothing"
        rows.append(f"| {case.name} | {case.status} | {words} |")
    return "\n".join(rows)


def cases_here():
    """Return the cases that this system can make."""
    cases = [*FOLDERS, *(POSIX_FOLDERS if os.name == "posix" else []), *IDX]
    if sys.platform == "darwin":  # there the two are one folder
        return [case for case in cases if case.name not in (LOOK_THE_SAME, BOTH)]
    return cases


if __name__ == "__main__":
    say(f"{table([*FOLDERS, *POSIX_FOLDERS])}\n\n{table(IDX)}")
