"""tinycnn.datasets: kinds of data sets, duplicates, drawings, and the baselines."""

import gzip
import shutil
import struct
import tracemalloc

import numpy as np
import pytest
from PIL import Image

from tinycnn.batches import ArrayBatches, stratified_split
from tinycnn.datasets.dataset import drawings, open_dataset
from tinycnn.datasets.drawings import (
    CLASS_NAMES,
    draw_hero,
    draw_heroes,
    hero_rng,
    write_dataset,
)
from tinycnn.datasets.duplicates import duplicates
from tinycnn.metrics import channel_means, majority, mean_colour
from tinycnn.networks import RECIPES, TUTORIAL
from tinycnn.preprocessing.augmentation import Ranges
from tinycnn.preprocessing.photo_lists.photo_list import FolderError


def draw(path, number):
    """Write a photo that is different for each number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(number)
    x = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
    Image.fromarray(x).save(path)


def fill(folder, counts, first=0):
    """Write class folders with `counts` photos."""
    for class_name, count in counts.items():
        (folder / class_name).mkdir(parents=True)
        for number in range(count):
            draw(folder / class_name / f"{number:03}.png", first)
            first += 1
    return folder


def fill_both(folder, train, test):
    fill(folder / "train", train)
    fill(folder / "test", test, first=1000)
    return folder


def fill_idx(folder, train_labels=(3, 7, 3, 7, 9), test_labels=(9, 3)):
    for name, labels in (("train", train_labels), ("t10k", test_labels)):
        rng = np.random.default_rng(len(labels))
        images = rng.integers(0, 256, (len(labels), 6, 5), dtype=np.uint8)
        for what, x in (("images-idx3", images), ("labels-idx1", np.uint8(labels))):
            head = struct.pack(f">4B{x.ndim}I", 0, 0, 8, x.ndim, *x.shape)
            path = folder / f"{name}-{what}-ubyte.gz"
            path.write_bytes(gzip.compress(head + x.tobytes()))
    return folder


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


# train and test


def test_train_and_test_folders_are_the_two_sets(tmp_path):
    folder = fill_both(tmp_path, {"ant": 3, "bee": 2}, {"ant": 1, "bee": 2})
    data = open_dataset(folder, batch_size=4, seed=3)
    assert data.class_names == ["ant", "bee"]
    assert (data.train.samples, data.test.samples) == (5, 3)
    assert data.train.class_indices == data.test.class_indices == {"ant": 0, "bee": 1}
    assert data.train.directory == folder / "train"
    assert data.test.directory == folder / "test"
    assert (data.train.batch_size, data.train.seed) == (4, 3)
    assert not data.is_idx


def test_photos_are_64_pixels_in_colour_from_0_to_1_and_only_training_is_augmented(
    tmp_path,
):
    folder = fill_both(tmp_path, {"ant": 3, "bee": 2}, {"ant": 1, "bee": 2})
    data = open_dataset(folder)
    x, y = data.train.batch(0, 0)
    assert x.shape == (5, 64, 64, 3)
    assert 0.5 < x.max() <= 1
    assert y.dtype == np.float32  # two classes: binary
    assert data.train.preprocessing == data.test.preprocessing
    assert data.train.ranges == TUTORIAL.augmentation
    assert data.test.ranges.is_nothing


def test_the_augmentation_is_the_tutorials():
    generator = Ranges(shear=0.2, zoom=(0.8, 1.2), horizontal_flip=True)
    assert generator == TUTORIAL.augmentation


def test_size_and_augmentation_can_be_chosen(tmp_path):
    folder = fill_both(tmp_path, {"ant": 3, "bee": 2}, {"ant": 1, "bee": 2})
    data = open_dataset(folder, image_size=9, augmentation=False)
    assert data.train.image_shape == data.test.image_shape == (9, 9, 3)
    assert data.train.ranges.is_nothing


def test_three_classes_get_integer_labels(tmp_path):
    fill_both(tmp_path, {"ant": 1, "bee": 1, "cat": 1}, {"ant": 1, "bee": 1, "cat": 1})
    data = open_dataset(tmp_path, image_size=8)
    assert data.test.batch(0, 0)[1].dtype == np.int32
    assert data.train.class_mode == data.test.class_mode == "sparse"


def test_train_without_test_is_an_error(tmp_path):
    fill(tmp_path / "train", {"ant": 2, "bee": 2})
    with pytest.raises(
        FolderError, match="holds train but no test; it should hold both"
    ):
        open_dataset(tmp_path)


def test_a_test_folder_beside_the_one_that_is_named_is_said_to_be_left_out(tmp_path):
    fill(tmp_path / "seg_train", {"ant": 5, "bee": 5})
    assert open_dataset(tmp_path / "seg_train", image_size=8).train.notes == []
    fill(tmp_path / "seg_test", {"ant": 2, "bee": 2}, first=100)
    data = open_dataset(tmp_path / "seg_train", image_size=8)
    (note,) = data.train.notes
    assert note.startswith("seg_test lies beside it and is not used: to test with it, ")
    assert note.endswith(f"name {tmp_path.name}") or str(tmp_path) in note
    assert data.test.notes == []
    assert open_dataset(tmp_path / "seg_test", image_size=8).train.notes == []


def test_a_folder_that_holds_train_is_never_read_as_class_folders(tmp_path):
    fill(tmp_path, {"ant": 2, "bee": 2})
    fill(tmp_path / "train", {"ant": 2, "bee": 2})
    with pytest.raises(FolderError, match="holds train but no test"):
        open_dataset(tmp_path)
    fill(tmp_path / "test", {"ant": 1, "bee": 1}, first=100)
    assert open_dataset(tmp_path, image_size=8).train.samples == 4


@pytest.mark.parametrize(
    ("train", "test", "difference"),
    [
        (["ant", "bee"], ["ant", "cat"], "only in train: bee; only in test: cat"),
        (["ant", "bee"], ["ant"], "only in train: bee$"),
        (["ant", "bee"], ["ant", "bee", "cat", "dog"], "only in test: cat, dog$"),
    ],
)
def test_other_classes_in_test_are_an_error_that_names_both_sides(
    tmp_path, train, test, difference
):
    fill_both(tmp_path, dict.fromkeys(train, 1), dict.fromkeys(test, 1))
    message = f"train and test should hold the same classes; {difference}"
    with pytest.raises(FolderError, match=message):
        open_dataset(tmp_path)


@pytest.mark.parametrize("inner", ["", "train"])
def test_one_class_is_an_error_that_names_it(tmp_path, inner):
    fill(tmp_path / inner, {"ant": 4})
    with pytest.raises(
        FolderError, match="holds only one class folder, ant; it should"
    ):
        open_dataset(tmp_path)


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(FolderError, match=r"there is no folder .*nowhere"):
        open_dataset(tmp_path / "nowhere")


# Class folders


def test_a_fifth_of_each_class_becomes_the_test_set(tmp_path):
    fill(tmp_path, {"ant": 20, "bee": 10, "cat": 2})
    data = open_dataset(tmp_path, image_size=8)
    assert np.bincount(data.test.classes).tolist() == [4, 2, 1]
    assert np.bincount(data.train.classes).tolist() == [16, 8, 1]
    assert not set(data.train.filenames) & set(data.test.filenames)
    assert len(set(data.train.filenames) | set(data.test.filenames)) == 32


def test_the_seed_chooses_the_test_set(tmp_path):
    fill(tmp_path, {"ant": 20, "bee": 20})
    chosen = [
        open_dataset(tmp_path, image_size=8, seed=seed).test.filenames
        for seed in (1, 1, 2)
    ]
    assert chosen[0] == chosen[1] != chosen[2]
    first = [f"ant/{number:03}.png" for number in range(4)]
    assert chosen[0][:4] != first  # random, not the first ones


def test_a_class_with_one_photo_cannot_be_split(tmp_path):
    fill(tmp_path, {"ant": 5, "bee": 1})
    with pytest.raises(
        FolderError, match="bee holds 1 photo; it should hold two or mor"
    ):
        open_dataset(tmp_path)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_split_leaves_each_class_a_photo_on_each_side(share):
    labels = [1, 0, 0, 1, 0, 2, 2, 1, 1]
    train, test = stratified_split(labels, share, seed=0)
    assert sorted([*train, *test]) == list(range(9))
    for side in (train, test):
        assert {labels[number] for number in side} == {0, 1, 2}


# A validation part


def test_the_deep_recipe_cuts_a_tenth_of_each_class_for_validation(tmp_path):
    fill_both(tmp_path, {"ant": 20, "bee": 31}, {"ant": 1, "bee": 1})
    data = open_dataset(tmp_path, image_size=8, recipe=RECIPES["deep"])
    assert data.counts() == {
        "training": [18, 28], "validation": [2, 3], "test": [1, 1]
    }  # fmt: skip
    assert not set(data.train.filenames) & set(data.validation.filenames)
    assert data.watched == "validation"
    assert data.validation.ranges.is_nothing
    assert data.train.ranges == RECIPES["deep"].augmentation
    assert data.validation.notes == [
        "5 of the 51 training photos are set aside for validation; the test part is "
        "evaluated only at the end"
    ]


def test_the_validation_part_is_the_folders_own_where_there_is_one(tmp_path):
    fill_both(tmp_path, {"ant": 20, "bee": 20}, {"ant": 1, "bee": 1})
    fill(tmp_path / "val", {"ant": 3, "bee": 4}, first=200)
    data = open_dataset(tmp_path, image_size=8, recipe=RECIPES["deep"])
    assert data.counts()["training"] == [20, 20]
    assert data.counts()["validation"] == [3, 4]


def test_a_class_of_one_photo_cannot_be_cut(tmp_path):
    fill_both(tmp_path, {"ant": 1, "bee": 20}, {"ant": 1, "bee": 1})
    message = "train/ant holds 1 photo; it should hold two or more, since some are set"
    with pytest.raises(FolderError, match=message):
        open_dataset(tmp_path, image_size=8, recipe=RECIPES["deep"])


def test_the_seed_decides_which_photos_are_cut(tmp_path):
    fill_both(tmp_path, {"ant": 20, "bee": 20}, {"ant": 1, "bee": 1})
    cut = [
        open_dataset(
            tmp_path, image_size=8, recipe=RECIPES["deep"], seed=seed
        ).validation.filenames
        for seed in (0, 0, 1)
    ]
    assert cut[0] == cut[1] != cut[2]


def test_the_validation_part_of_idx_files_is_cut_too(tmp_path):
    labels = (3, 7) * 10
    data = open_dataset(fill_idx(tmp_path, labels, (3, 7)), recipe=RECIPES["deep"])
    assert data.counts() == {"training": [9, 9], "validation": [1, 1], "test": [1, 1]}
    assert data.train.ranges == Ranges()  # a mirrored digit is not one


# idx files


def test_idx_files_keep_their_size_and_one_channel(tmp_path):
    data = open_dataset(fill_idx(tmp_path))
    assert data.is_idx
    assert data.class_names == ["3", "7", "9"]
    assert data.train.class_indices == {"3": 0, "7": 1, "9": 2}
    assert data.train.classes.tolist() == [0, 1, 0, 1, 2]
    assert data.test.classes.tolist() == [2, 0]
    x, y = next(data.test.in_order())
    assert (x.shape, x.dtype) == ((2, 6, 5, 1), np.float32)
    assert 0.5 < x.max() <= 1
    assert y.tolist() == [2, 0]
    assert data.train.preprocessing.shape == (6, 5, 1)


def test_idx_files_are_resized_on_request(tmp_path):
    data = open_dataset(fill_idx(tmp_path), image_size=12)
    assert next(data.train.in_order())[0].shape == (5, 12, 12, 1)
    assert data.train.preprocessing.target_size == (12, 12)


@pytest.mark.parametrize(
    ("augmentation", "is_changed"), [(None, False), (False, False), (True, True)]
)
def test_idx_files_are_augmented_only_on_request(tmp_path, augmentation, is_changed):
    data = open_dataset(fill_idx(tmp_path), augmentation=augmentation, batch_size=5)
    x, _ = data.train.batch(0, 0)
    plain, _ = next(data.train.in_order())
    assert np.allclose(x, plain[data.train.order(0)]) is not is_changed
    assert data.test.ranges.is_nothing


def test_idx_files_of_one_class_are_an_error(tmp_path):
    fill_idx(tmp_path, (4, 4), (4,))
    with pytest.raises(FolderError, match="holds only one class, 4"):
        open_dataset(tmp_path)


# Duplicates


def test_different_photos_are_no_duplicates(tmp_path):
    fill_both(tmp_path, {"ant": 3, "bee": 2}, {"ant": 1, "bee": 2})
    data = open_dataset(tmp_path, image_size=8)
    assert duplicates(data.train, data.test) == (0, [])


def test_looking_for_duplicates_keeps_no_photo_in_memory(tmp_path):
    fill_both(tmp_path, {"ant": 12, "bee": 12}, {"ant": 1, "bee": 1})
    data = open_dataset(tmp_path, image_size=200)  # 120 kB each
    tracemalloc.start()
    duplicates(data.train, data.test)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3 * 200 * 200 * 3


def test_duplicates_are_named_across_sets_and_across_classes(tmp_path):
    fill_both(tmp_path, {"ant": 2, "bee": 2}, {"ant": 2, "bee": 2})
    for place in ("train/ant", "train/bee"):
        draw(tmp_path / place / "x.png", 77)
    for place in ("train/bee", "test/bee"):
        draw(tmp_path / place / "y.png", 78)
    for place in ("test/ant", "test/bee"):
        draw(tmp_path / place / "z.png", 79)
    data = open_dataset(tmp_path, image_size=8)
    assert duplicates(data.train, data.test) == (
        3,
        [
            ("train/ant/x.png", "train/bee/x.png"),
            ("train/bee/y.png", "test/bee/y.png"),
            ("test/ant/z.png", "test/bee/z.png"),
        ],
    )


def test_the_same_photo_twice_in_one_class_of_one_set_does_not_count(tmp_path):
    fill_both(tmp_path, {"ant": 2, "bee": 2}, {"ant": 2, "bee": 2})
    for name in ("x.png", "y.png"):
        draw(tmp_path / "train" / "ant" / name, 77)
    data = open_dataset(tmp_path, image_size=8)
    assert duplicates(data.train, data.test) == (0, [])


def test_duplicates_are_found_across_the_split_of_class_folders(tmp_path):
    fill(tmp_path, {"ant": 0, "bee": 10})
    for number in range(10):
        draw(tmp_path / "ant" / f"{number}.png", 77)  # ten times the same
    data = open_dataset(tmp_path, image_size=8)
    count, pairs = duplicates(data.train, data.test)
    assert count == 2
    folder = tmp_path.name
    assert [second for _, second in pairs] == [
        f"{folder}/{name}" for name in data.test.filenames if name.startswith("ant")
    ]


def test_only_the_first_few_duplicates_are_named(tmp_path):
    fill_both(tmp_path, {"ant": 1, "bee": 1}, {"ant": 1, "bee": 1})
    for number in range(4):
        for part in ("train", "test"):
            draw(tmp_path / part / "ant" / f"x{number}.png", 50 + number)
    data = open_dataset(tmp_path, image_size=8)
    count, pairs = duplicates(data.train, data.test, most=2)
    assert (count, len(pairs)) == (4, 2)


# The drawings


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Return the folder that training without a DATASET draws, and the messages."""
    folder, messages = tmp_path_factory.mktemp("runs") / "drawings" / "Dataset", []
    drawings(folder, messages.append)
    return folder, messages


def test_the_drawings_have_the_tutorials_counts(drawn):
    folder, messages = drawn
    assert messages == [f"Drawing two heroes into {folder} ..."]
    counts = {
        (part, name): len(list((folder / part / name).glob("*.jpg")))
        for part in ("train", "test")
        for name in CLASS_NAMES
    }
    assert counts == {
        ("train", "Iron Man"): 55,
        ("train", "Pikachu"): 54,
        ("test", "Iron Man"): 18,
        ("test", "Pikachu"): 18,
    }
    assert len(names(folder)) == 109 + 36 + 6  # and six folders
    assert names(folder.parent)[0] == "Dataset"  # nothing is left beside it


def test_the_drawings_are_a_data_set_without_duplicates(drawn):
    data = open_dataset(drawn[0], image_size=32)
    assert data.class_names == ["Iron Man", "Pikachu"]
    assert (data.train.samples, data.test.samples) == (109, 36)
    assert data.train.skipped == data.test.skipped == []
    assert duplicates(data.train, data.test) == (0, [])


def test_the_mean_colour_does_not_reveal_the_hero(drawn):
    data = open_dataset(drawn[0], image_size=16)
    accuracy = mean_colour(
        channel_means(data.train),
        data.train.classes,
        channel_means(data.test),
        data.test.classes,
    )
    assert accuracy < 0.8


def test_the_mean_colour_of_further_drawings_does_not_reveal_it_either():
    x, y = draw_heroes(120, seed=5, size=24)
    means = channel_means(ArrayBatches(x))
    accuracy = mean_colour(means[:60], y[:60], means[60:], y[60:])
    assert accuracy < 0.8


def test_the_same_drawings_are_drawn_again(tmp_path):
    for name in ("one", "two"):
        write_dataset(tmp_path / name, train_count=5, test_count=3, size=24)
    assert names(tmp_path / "one") == names(tmp_path / "two")
    files = list((tmp_path / "one").rglob("*.jpg"))
    assert len(files) == 8
    for path in files:
        copy = tmp_path / "two" / path.relative_to(tmp_path / "one")
        assert path.read_bytes() == copy.read_bytes()


def test_a_smaller_set_is_the_beginning_of_a_larger_one(tmp_path):
    write_dataset(tmp_path / "small", train_count=3, test_count=1, size=24)
    write_dataset(tmp_path / "large", train_count=6, test_count=2, size=24)
    for path in (tmp_path / "small").rglob("*.jpg"):
        larger = tmp_path / "large" / path.relative_to(tmp_path / "small")
        assert path.read_bytes() == larger.read_bytes()


def test_another_seed_makes_other_drawings(tmp_path):
    for seed in (0, 1):
        folder = tmp_path / str(seed)
        write_dataset(folder, train_count=2, test_count=0, seed=seed, size=24)
    name = "train/Pikachu/Pikachu.001.jpg"
    assert (tmp_path / "0" / name).read_bytes() != (tmp_path / "1" / name).read_bytes()


def test_an_existing_folder_is_not_touched(tmp_path):
    folder = tmp_path / "Dataset"
    (folder / "mine").mkdir(parents=True)
    (folder / "mine" / "notes.txt").write_text("mine")
    messages = []
    drawings(folder, messages.append)
    assert messages == []
    assert names(tmp_path) == ["Dataset", "Dataset/mine", "Dataset/mine/notes.txt"]
    with pytest.raises(FileExistsError, match="Dataset exists already: choose"):
        write_dataset(folder)


@pytest.mark.parametrize("problem", [OSError("disk full"), KeyboardInterrupt("Ctrl-C")])
def test_an_interrupted_drawing_leaves_nothing_half_filled(
    tmp_path, monkeypatch, problem
):
    save, saved = Image.Image.save, []

    def save_three(image, path, **options):
        if len(saved) == 3:
            raise problem
        saved.append(path)
        save(image, path, **options)

    monkeypatch.setattr(Image.Image, "save", save_three)
    with pytest.raises(type(problem), match=str(problem)):
        write_dataset(tmp_path / "Dataset", train_count=9, size=24)
    assert len(saved) == 3
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"train_count": -1}, "train_count should be 0 or more, got -1"),
        ({"test_count": -2}, "test_count should be 0 or more, got -2"),
        ({"size": 0}, "size should be at least 1 pixel, got 0"),
    ],
)
def test_wrong_arguments_leave_no_folder(tmp_path, arguments, message):
    with pytest.raises(ValueError, match=message):
        write_dataset(tmp_path / "Dataset", **arguments)
    assert names(tmp_path) == []


def test_draw_heroes_gives_arrays_and_labels_in_turn():
    x, y = draw_heroes(5, seed=0, size=24)
    assert (x.shape, x.dtype) == ((5, 24, 24, 3), np.uint8)
    assert y.tolist() == [0, 1, 0, 1, 0]
    assert len({image.tobytes() for image in x}) == 5
    assert draw_heroes(0, seed=0)[0].shape == (0, 64, 64, 3)


def test_fewer_heroes_are_the_first_of_more_heroes():
    x, y = draw_heroes(7, seed=3, size=24)
    few, labels = draw_heroes(4, seed=3, size=24)
    np.testing.assert_array_equal(few, x[:4])
    np.testing.assert_array_equal(labels, y[:4])


def test_another_seed_draws_other_heroes():
    one, other = (draw_heroes(2, seed=seed, size=24)[0] for seed in (0, 1))
    assert not np.array_equal(one, other)


def test_further_heroes_are_not_in_the_data_set():
    drawings_of_parts = [
        np.asarray(draw_hero("Pikachu", hero_rng(0, part, 1, 0), 24))
        for part in ("train", "test", "further")
    ]
    assert len({x.tobytes() for x in drawings_of_parts}) == 3
    np.testing.assert_array_equal(
        draw_heroes(2, seed=0, size=24)[0][1], drawings_of_parts[2]
    )


def test_wrong_heroes_are_errors():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="count should be 0 or more drawings, got -1"):
        draw_heroes(-1, seed=0)
    with pytest.raises(ValueError, match=r"class_name should be one of \('Iron Man', "):
        draw_hero("Batman", rng)
    with pytest.raises(ValueError, match="size should be at least 1 pixel, got 0"):
        draw_hero("Pikachu", rng, size=0)


# Baselines


@pytest.mark.parametrize(
    ("train", "test", "expected"),
    [([0, 0, 1], [0, 1, 1, 1], 0.25), ([2, 2, 1], [2, 2], 1), ([1, 1, 0], [0], 0)],
)
def test_the_majority_is_that_of_the_training_photos(train, test, expected):
    assert majority(train, test) == expected


def test_channel_means_are_one_row_per_photo_in_file_order():
    x = np.zeros((5, 2, 3, 3), np.uint8)
    x[:, 0, :, 0] = np.arange(5)[:, np.newaxis]
    means = channel_means(ArrayBatches(x, batch_size=2))
    assert means.tolist() == [[n / 2, 0, 0] for n in range(5)]


def test_the_mean_colour_is_the_nearest_class_mean():
    red, blue, dark = [250, 0, 0], [0, 0, 250], [9, 9, 9]
    train = np.array([red, blue, dark, [240, 0, 10]], float)
    test = np.array([[200, 20, 20], [0, 9, 200], [0, 0, 0], [0, 0, 240]], float)
    assert mean_colour(train, [0, 2, 5, 0], test, [0, 2, 5, 0]) == 0.75


def test_train_and_test_may_be_written_in_capitals(heroes, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(heroes, data)
    (data / "train").rename(data / "TRAIN-")
    (data / "TRAIN-").rename(data / "Train")
    (data / "test").rename(data / "TEST-")
    (data / "TEST-").rename(data / "Test")
    dataset = open_dataset(data, image_size=8)
    assert dataset.class_names == ["Iron Man", "Pikachu"]
    assert (dataset.train.samples, dataset.test.samples) == (24, 8)


PAIRS = [
    ("training_set", "test_set"),
    ("Train_Data", "Test_Data"),
    ("Training", "Testing"),
    ("TRAIN", "VALIDATION"),
    ("train", "val"),
    ("train", "valid"),
    ("seg_train", "seg_test"),
    ("flowers_train", "flowers_test"),
    ("entrenamiento", "prueba"),
    ("e\u011fitim", "do\u011frulama"),
    ("\u8bad\u7ec3\u96c6", "\u6d4b\u8bd5\u96c6"),
]


@pytest.mark.parametrize("names", PAIRS, ids="+".join)
def test_the_usual_names_of_the_parts_are_known(tmp_path, names):
    fill(tmp_path / names[0], {"ant": 3, "bee": 2})
    fill(tmp_path / names[1], {"ant": 1, "bee": 2}, first=100)
    data = open_dataset(tmp_path, image_size=8)
    assert data.class_names == ["ant", "bee"]
    assert (data.train.samples, data.test.samples) == (5, 3)
    assert data.validation is None


def test_without_a_test_val_is_the_test_part_and_a_line_says_so(tmp_path):
    fill(tmp_path / "train", {"ant": 3, "bee": 2})
    fill(tmp_path / "Val", {"ant": 1, "bee": 2}, first=100)
    data = open_dataset(tmp_path, image_size=8)
    assert data.test.notes == ["there is no test folder: Val is the test part"]


def test_with_all_three_val_is_looked_at_after_each_epoch(tmp_path):
    for first, part in enumerate(("train", "valid", "test")):
        fill(tmp_path / part, {"ant": 2 + first, "bee": 2}, first=100 * first)
    data = open_dataset(tmp_path, image_size=8)
    assert [part.samples for part in data.parts()] == [4, 5, 6]
    assert data.validation.samples == 5
    assert data.validation.ranges.is_nothing
    assert data.validation.notes == [
        "valid is evaluated after each epoch, test only at the end"
    ]


def test_val_with_other_classes_is_an_error_that_names_them(tmp_path):
    for first, part in enumerate(("train", "test")):
        fill(tmp_path / part, {"ant": 2, "bee": 2}, first=100 * first)
    fill(tmp_path / "val", {"ant": 2, "cat": 2}, first=300)
    message = (
        "train and val should hold the same classes; only in train: bee; only in v"
    )
    with pytest.raises(FolderError, match=message):
        open_dataset(tmp_path)


def test_parts_that_hold_themselves_and_photos_without_classes(tmp_path):
    for first, part in enumerate(("seg_train", "seg_test")):
        fill(tmp_path / "intel" / part / part, {"sea": 3, "ice": 2}, first=100 * first)
    fill(tmp_path / "intel" / "seg_pred", {"seg_pred": 4}, first=300)
    data = open_dataset(tmp_path / "intel", image_size=8)
    assert data.class_names == ["ice", "sea"]
    assert (data.train.samples, data.test.samples) == (5, 5)


def test_a_class_may_be_called_train(tmp_path):
    fill(tmp_path, {"bus": 3, "car": 3, "train": 3})
    assert open_dataset(tmp_path, image_size=8).class_names == ["bus", "car", "train"]
