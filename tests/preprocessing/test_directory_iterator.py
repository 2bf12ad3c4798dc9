"""The directory iterator: a folder of photos becomes labelled batches."""

import errno
import os
import shutil

import numpy as np
import pytest
from PIL import Image

from tinycnn.preprocessing.class_folders import list_photos
from tinycnn.preprocessing.directory_iterator import NAME_BYTES, DirectoryIterator
from tinycnn.preprocessing.image import ImageDataGenerator
from tinycnn.preprocessing.photo_lists.photo_list import FolderError
from tinycnn.preprocessing.photos import PHOTO_EXTENSIONS, is_hidden

SIZE = (4, 5)
POSIX = pytest.mark.skipif(os.name != "posix", reason="needs POSIX")


def draw(path, number=0):
    """Write a photo that is different for each number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(number)
    x = rng.integers(0, 256, (*SIZE, 3), dtype=np.uint8)
    Image.fromarray(x).save(path, format="PNG")
    return x


def fill(folder, **counts):
    """Write a folder with `counts` photos per class; return their pixels in order."""
    pixels = []
    for class_name, count in counts.items():
        for number in range(count):
            path = folder / class_name / f"{number:03}.png"
            pixels.append(draw(path, len(pixels)))
    return np.stack(pixels)


def flow(folder, generator=None, **arguments):
    arguments = {"target_size": SIZE, **arguments}
    return (generator or ImageDataGenerator()).flow_from_directory(folder, **arguments)


def one_pass(batches):
    """Return (x, y) of the first pass, and the sizes of its batches."""
    xs, ys = zip(*(batches.batch(0, i) for i in range(len(batches))), strict=True)
    return np.concatenate(xs), np.concatenate(ys), [len(x) for x in xs]


def contents(folder):
    return {
        path.relative_to(folder): (
            path.read_bytes() if path.is_file() else None,
            path.stat().st_mtime_ns,
        )
        for path in folder.rglob("*")
    }


# Classes and photos


def test_classes_are_sorted_by_code_point(tmp_path):
    fill(tmp_path, **{"apple": 1, "Zebra": 2, "ω": 1, "10": 1, "9": 1})
    batches = flow(tmp_path)
    assert batches.class_indices == {
        "10": 0,
        "9": 1,
        "Zebra": 2,
        "apple": 3,
        "ω": 4,
    }
    assert batches.classes.tolist() == [0, 1, 2, 2, 3, 4]
    assert batches.classes.dtype == np.int32
    assert batches.num_classes == 5


def test_hidden_folders_and_files_are_neither_classes_nor_photos(tmp_path):
    fill(tmp_path, ant=1, bee=1)
    for name in (".ipynb_checkpoints", "__MACOSX"):
        draw(tmp_path / name / "no.png")
        draw(tmp_path / "ant" / name / "no.png")
    draw(tmp_path / "ant" / "._000.png")
    (tmp_path / "bee" / "Thumbs.db").write_text("")
    (tmp_path / "bee" / "desktop.ini").write_text("")
    draw(tmp_path / "loose.png")
    batches = flow(tmp_path)
    assert batches.class_indices == {"ant": 0, "bee": 1}
    assert batches.filenames == ["ant/000.png", "bee/000.png"]
    assert batches.others == [tmp_path / "loose.png"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (".git", True),
        ("__MACOSX", True),
        ("Thumbs.db", True),
        ("_", False),
        ("a.", False),
    ],
)
def test_names_that_systems_make_are_hidden(name, expected):
    assert is_hidden(name) is expected


def test_photos_in_folders_within_a_class_belong_to_it(tmp_path):
    fill(tmp_path, ant=1, bee=1)
    draw(tmp_path / "ant" / "b" / "c" / "deep.png")
    draw(tmp_path / "ant" / "a" / "deep.png")
    draw(tmp_path / "ant" / "x.jpg" / "in a folder called like a photo.png")
    batches = flow(tmp_path)
    assert batches.filenames == [
        "ant/000.png",
        "ant/a/deep.png",
        "ant/b/c/deep.png",
        "ant/x.jpg/in a folder called like a photo.png",
        "bee/000.png",
    ]
    assert batches.classes.tolist() == [0, 0, 0, 0, 1]


@pytest.mark.parametrize("extension", [*sorted(PHOTO_EXTENSIONS), ".JPG", ".Png"])
def test_extensions_are_taken_in_any_case(tmp_path, extension):
    path = tmp_path / "ant" / f"photo{extension}"
    draw(path)
    assert list_photos(tmp_path).paths == [path]


def test_other_files_are_counted_and_named(tmp_path, capsys):
    fill(tmp_path, ant=1, bee=1)
    for name in ("notes.txt", "photo.jpg.txt", "photo", "video.mp4"):
        (tmp_path / "ant" / name).write_text("")
    batches = flow(tmp_path)
    assert len(batches.others) == 4
    output = capsys.readouterr().out
    assert (
        "  4 files not taken for a photo: notes.txt, photo, photo.jpg.txt, ...\n"
        in (output)
    )


def test_it_says_how_many_photos_were_found_as_keras_does(tmp_path, capsys):
    fill(tmp_path, ant=3, bee=2)
    flow(tmp_path)
    assert capsys.readouterr().out == "Found 5 images belonging to 2 classes.\n"


# What is wrong with the folder


def test_an_unreadable_photo_is_left_out_named_once_and_the_run_goes_on(
    tmp_path, capsys
):
    pixels = fill(tmp_path, ant=3, bee=2)
    (tmp_path / "ant" / "001.png").write_text("<html>")
    batches = flow(tmp_path, shuffle=False)
    assert batches.samples == 4
    assert batches.filenames == [
        "ant/000.png",
        "ant/002.png",
        "bee/000.png",
        "bee/001.png",
    ]
    assert batches.classes.tolist() == [0, 0, 1, 1]
    np.testing.assert_array_equal(one_pass(batches)[0], pixels[[0, 2, 3, 4]])
    ((path, reason),) = batches.skipped
    assert path == str(tmp_path / "ant" / "001.png")
    assert "001.png: it is not a photo" in reason
    output = capsys.readouterr().out
    assert output.startswith("Found 4 images belonging to 2 classes.\n  left out ")
    assert output.count("001.png") == 1


def test_of_many_unreadable_photos_the_first_twenty_are_named(tmp_path, capsys):
    fill(tmp_path, ant=1, bee=1)
    for number in range(23):
        (tmp_path / "ant" / f"bad {number:02}.png").write_text("")
    assert len(flow(tmp_path).skipped) == 23
    output = capsys.readouterr().out
    assert "bad 19.png" in output
    assert "bad 20.png" not in output
    assert "  left out 3 more photos (see .skipped)\n" in output


@pytest.mark.parametrize("with_text", [False, True])
def test_a_class_without_photos_is_an_error(tmp_path, with_text):
    fill(tmp_path, ant=1)
    (tmp_path / "bee").mkdir()
    if with_text:
        (tmp_path / "bee" / "notes.txt").write_text("")
    with pytest.raises(
        FolderError, match=r"bee is empty: it holds no photos.* \(.*\.jpg"
    ):
        flow(tmp_path)


def test_a_class_without_a_readable_photo_is_an_error_with_the_reason(tmp_path):
    fill(tmp_path, ant=1, bee=2)
    for path in (tmp_path / "bee").iterdir():
        path.write_text("<html>")
    message = (
        "bee is empty: none of its 2 photos can be read; the first: .*it is not a photo"
    )
    with pytest.raises(FolderError, match=message):
        flow(tmp_path)


def test_a_folder_without_classes_is_an_error_that_says_what_it_should_hold(tmp_path):
    draw(tmp_path / "photo.png")
    (tmp_path / ".hidden").mkdir()
    with pytest.raises(FolderError, match="holds no class folders; it should hold one"):
        flow(tmp_path)


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(FolderError, match=r"there is no folder .*Datasat"):
        flow(tmp_path / "Datasat")


def test_a_file_instead_of_a_folder_is_an_error(tmp_path):
    draw(tmp_path / "photo.png")
    with pytest.raises(FolderError, match=r"photo\.png should be a folder, not a file"):
        flow(tmp_path / "photo.png")


@POSIX
def test_a_photo_that_may_not_be_read_is_left_out(tmp_path):
    fill(tmp_path, ant=2, bee=1)
    secret = tmp_path / "ant" / "000.png"
    secret.chmod(0)
    try:
        batches = flow(tmp_path)
        if os.geteuid() == 0:  # root reads everything
            assert batches.samples == 3
        else:
            assert [path for path, _ in batches.skipped] == [str(secret)]
    finally:
        secret.chmod(0o600)


# Labels


def test_a_folder_that_may_not_be_read_is_an_error_with_the_reason(
    tmp_path, monkeypatch
):
    # Not by taking the right away: an administrator may read all the same.
    def refuse(folder):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(FolderError, match=r"photos: Permission denied$"):
        (tmp_path / "photos").mkdir()
        flow(tmp_path / "photos")


def test_binary_with_three_classes_is_an_error_that_names_them(tmp_path):
    fill(tmp_path, ant=1, bee=1, cat=1)
    message = "class_mode='binary' needs two classes, got 3 in .*: ant, bee, cat; use"
    with pytest.raises(FolderError, match=message):
        flow(tmp_path, class_mode="binary")


def test_an_unknown_class_mode_is_an_error(tmp_path):
    fill(tmp_path, ant=1, bee=1)
    with pytest.raises(
        ValueError, match=r"class_mode should be one of \(.*got 'onehot'"
    ):
        flow(tmp_path, class_mode="onehot")


@pytest.mark.parametrize(
    ("class_mode", "expected", "dtype"),
    [
        ("categorical", [[1, 0], [1, 0], [0, 1]], np.float32),
        ("binary", [0, 0, 1], np.float32),
        ("sparse", [0, 0, 1], np.int32),
    ],
)
def test_class_mode_decides_the_form_of_the_labels(
    tmp_path, class_mode, expected, dtype
):
    fill(tmp_path, ant=2, bee=1)
    x, y = next(flow(tmp_path, class_mode=class_mode, shuffle=False))
    assert x.dtype == np.float32
    assert y.dtype == dtype
    assert y.tolist() == expected


def test_categorical_is_the_default_as_in_keras(tmp_path):
    fill(tmp_path, ant=1, bee=1, cat=2)
    assert flow(tmp_path).batch(0, 0)[1].shape == (4, 3)


def test_class_mode_input_gives_the_photos_as_labels(tmp_path):
    fill(tmp_path, ant=2, bee=1)
    generator = ImageDataGenerator(rescale=1 / 255, zoom_range=0.3)
    x, y = next(flow(tmp_path, generator, class_mode="input"))
    np.testing.assert_array_equal(x, y)


def test_class_mode_none_gives_only_photos(tmp_path):
    fill(tmp_path, ant=2, bee=1)
    assert next(flow(tmp_path, class_mode=None)).shape == (3, *SIZE, 3)


# Order


def test_attributes_describe_the_photos(tmp_path):
    fill(tmp_path, ant=2, bee=1)
    batches = flow(tmp_path, batch_size=2)
    assert isinstance(batches, DirectoryIterator)
    assert batches.samples == 3
    assert len(batches) == 2
    assert batches.filenames == ["ant/000.png", "ant/001.png", "bee/000.png"]
    assert batches.filepaths == [
        str(tmp_path / "ant" / "000.png"),
        str(tmp_path / "ant" / "001.png"),
        str(tmp_path / "bee" / "000.png"),
    ]
    assert batches.image_shape == (*SIZE, 3)
    assert batches.preprocessing.target_size == SIZE


def test_each_photo_comes_once_per_pass_and_the_last_batch_is_short(tmp_path):
    pixels = fill(tmp_path, ant=55, bee=54)
    batches = flow(tmp_path, class_mode="sparse")
    x, y, sizes = one_pass(batches)
    assert sizes == [32, 32, 32, 13]
    order = batches.order(0)
    assert sorted(order.tolist()) == list(range(109))
    assert order.tolist() != list(range(109))
    np.testing.assert_array_equal(x, pixels[order])
    np.testing.assert_array_equal(y, batches.classes[order])


def test_the_order_is_a_function_of_seed_and_pass(tmp_path):
    fill(tmp_path, ant=10, bee=10)
    first, again, other = (flow(tmp_path, seed=seed) for seed in (3, 3, 4))
    later = [first.order(number).tolist() for number in range(3)]
    assert [again.order(number).tolist() for number in (2, 1, 0)] == later[::-1]
    assert later[0] != later[1] != later[2]
    assert other.order(0).tolist() != later[0]


def test_no_seed_is_seed_0(tmp_path):
    fill(tmp_path, ant=10, bee=10)
    orders = [flow(tmp_path, seed=seed).order(0).tolist() for seed in (None, 0)]
    assert orders[0] == orders[1]


def test_without_shuffle_photos_line_up_with_classes(tmp_path):
    pixels = fill(tmp_path, ant=5, bee=4)
    batches = flow(tmp_path, shuffle=False, batch_size=4, class_mode="sparse")
    x, y, sizes = one_pass(batches)
    assert sizes == [4, 4, 1]
    np.testing.assert_array_equal(x, pixels)
    np.testing.assert_array_equal(y, batches.classes)


def test_next_never_ends_and_shuffles_each_pass(tmp_path):
    pixels = fill(tmp_path, ant=5, bee=4)
    batches = flow(tmp_path, batch_size=4, class_mode=None)
    seen = np.concatenate([x for x, _ in zip(batches, range(9), strict=False)])
    assert len(seen) == 27
    for number in range(3):
        expected = pixels[batches.order(number)]
        np.testing.assert_array_equal(seen[9 * number : 9 * number + 9], expected)


def test_reset_starts_again(tmp_path):
    fill(tmp_path, ant=5, bee=4)
    batches = flow(tmp_path, batch_size=4, class_mode=None)
    first, _ = next(batches), next(batches)
    batches.reset()
    np.testing.assert_array_equal(next(batches), first)


def test_a_batch_by_its_index_as_in_keras(tmp_path):
    fill(tmp_path, ant=5, bee=4)
    batches = flow(tmp_path, batch_size=4, class_mode=None)
    np.testing.assert_array_equal(batches[1], batches.batch(0, 1)[0])
    np.testing.assert_array_equal(batches[-1], batches.batch(0, 2)[0])
    with pytest.raises(IndexError, match=r"there are 3 batches, 0\.\.2, got 3"):
        batches[3]


@pytest.mark.parametrize("batch_size", [0, -1, 2.5, True])
def test_a_wrong_batch_size_is_an_error(tmp_path, batch_size):
    fill(tmp_path, ant=1, bee=1)
    with pytest.raises(
        ValueError, match="batch_size should be a whole number of at le"
    ):
        flow(tmp_path, batch_size=batch_size)


def test_a_negative_seed_is_an_error(tmp_path):
    fill(tmp_path, ant=1, bee=1)
    with pytest.raises(ValueError, match="seed should be a whole number of at least 0"):
        flow(tmp_path, seed=-1)


# Pixels


def test_rescale_multiplies_the_numbers(tmp_path):
    pixels = fill(tmp_path, ant=2, bee=1)
    generator = ImageDataGenerator(rescale=1 / 255)
    x, _, _ = one_pass(flow(tmp_path, generator, shuffle=False))
    assert x.dtype == np.float32
    np.testing.assert_allclose(x, pixels / 255, rtol=1e-6)


def test_grayscale_photos_have_one_channel(tmp_path):
    pixels = fill(tmp_path, ant=2, bee=1)
    x, _, _ = one_pass(flow(tmp_path, color_mode="grayscale", shuffle=False))
    assert x.shape == (3, *SIZE, 1)
    weighted = pixels @ np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(x[..., 0], weighted, atol=1)


def test_target_size_is_rows_then_columns_and_256_by_default(tmp_path):
    fill(tmp_path, ant=1, bee=1)
    assert flow(tmp_path, target_size=(6, 9)).batch(0, 0)[0].shape == (2, 6, 9, 3)
    batches = ImageDataGenerator().flow_from_directory(tmp_path)
    assert batches.image_shape == (256, 256, 3)


def test_training_photos_are_augmented_and_in_order_ones_never(tmp_path):
    pixels = fill(tmp_path, ant=5, bee=4)
    generator = ImageDataGenerator(rescale=1 / 255, zoom_range=0.5, rotation_range=30)
    batches = flow(tmp_path, generator, shuffle=False, class_mode="sparse")
    x, _, _ = one_pass(batches)
    changed = [not np.allclose(a, b / 255) for a, b in zip(x, pixels, strict=True)]
    assert all(changed)
    in_order = list(batches.in_order(batch_size=4))
    assert [len(x) for x, _ in in_order] == [4, 4, 1]
    whole = np.concatenate([x for x, _ in in_order])
    np.testing.assert_allclose(whole, pixels / 255, rtol=1e-6)
    labels = np.concatenate([y for _, y in in_order])
    np.testing.assert_array_equal(labels, batches.classes)


def test_augmentation_depends_on_the_photo_and_not_on_its_place_in_the_batch(tmp_path):
    fill(tmp_path, ant=5, bee=4)
    generator = ImageDataGenerator(zoom_range=0.5, rotation_range=30)
    shuffled = flow(tmp_path, generator, batch_size=4)
    in_order = flow(tmp_path, generator, shuffle=False)
    x, _, _ = one_pass(shuffled)
    np.testing.assert_array_equal(x, one_pass(in_order)[0][shuffled.order(0)])


# Memory


def test_photos_are_decoded_once_so_the_files_may_be_removed(tmp_path):
    pixels = fill(tmp_path, ant=3, bee=2)
    batches = flow(tmp_path, shuffle=False)
    shutil.rmtree(tmp_path / "ant")
    shutil.rmtree(tmp_path / "bee")
    np.testing.assert_array_equal(one_pass(batches)[0], pixels)


@pytest.mark.parametrize("photos_in_memory", [0, 3])
def test_beyond_cache_bytes_photos_are_read_again_to_the_same_batches(
    tmp_path, photos_in_memory
):
    fill(tmp_path, ant=3, bee=3)
    generator = ImageDataGenerator(rescale=1 / 255, zoom_range=0.5)
    cache_bytes = photos_in_memory * SIZE[0] * SIZE[1] * 3 + 6 * NAME_BYTES + 1
    cached = flow(tmp_path, generator)
    read_again = flow(tmp_path, generator, cache_bytes=cache_bytes)
    for left, right in zip(one_pass(cached), one_pass(read_again), strict=True):
        np.testing.assert_array_equal(left, right)
    shutil.rmtree(tmp_path / "ant")  # the first three
    assert read_again.pixels(5).shape == (*SIZE, 3)
    if photos_in_memory:
        np.testing.assert_array_equal(read_again.pixels(2), cached.pixels(2))
    else:
        with pytest.raises(ValueError, match=r"002\.png: "):
            read_again.pixels(2)


# The validation split


def test_the_first_photos_of_each_class_are_for_validation(tmp_path, capsys):
    pixels = fill(tmp_path, ant=9, bee=4)
    generator = ImageDataGenerator(validation_split=0.25, zoom_range=0.5)
    validation = flow(tmp_path, generator, subset="validation", shuffle=False)
    training = flow(tmp_path, generator, subset="training", shuffle=False)
    assert validation.filenames == ["ant/000.png", "ant/001.png", "bee/000.png"]
    assert training.filenames[0] == "ant/002.png"
    assert training.samples == 10
    assert not set(validation.filenames) & set(training.filenames)
    assert validation.classes.tolist() == [0, 0, 1]
    np.testing.assert_array_equal(
        one_pass(validation)[0], pixels[[0, 1, 9]]
    )  # not augmented
    assert not np.allclose(one_pass(training)[0][0], pixels[2])  # augmented
    assert capsys.readouterr().out == (
        "Found 3 images belonging to 2 classes.\n"
        "Found 10 images belonging to 2 classes.\n"
    )


def test_without_subset_a_validation_split_leaves_nothing_out(tmp_path):
    fill(tmp_path, ant=9, bee=4)
    assert flow(tmp_path, ImageDataGenerator(validation_split=0.25)).samples == 13


@pytest.mark.parametrize(
    ("subset", "message"),
    [
        (
            "validation",
            r"subset='validation' needs ImageDataGenerator\(validation_split",
        ),
        (
            "test",
            r"subset should be one of \(None, 'training', 'validation'\), got 'te",
        ),
    ],
)
def test_a_wrong_subset_is_an_error(tmp_path, subset, message):
    fill(tmp_path, ant=2, bee=2)
    with pytest.raises(ValueError, match=message):
        flow(tmp_path, subset=subset)


def test_a_validation_split_below_one_photo_is_an_error_that_says_so(tmp_path):
    fill(tmp_path, ant=9, bee=4)
    generator = ImageDataGenerator(validation_split=0.2)
    message = (
        r"validation_split=0\.2 of 4 photos in the class folder .*bee is less than"
    )
    with pytest.raises(FolderError, match=message):
        flow(tmp_path, generator, subset="validation")


# Links, devices and hostile names


@POSIX
def test_circular_links_are_followed_once(tmp_path):
    fill(tmp_path, ant=1, bee=1)
    ant = tmp_path / "ant"
    (ant / "circle").symlink_to(ant, target_is_directory=True)
    assert flow(tmp_path).filenames == ["ant/000.png", "bee/000.png"]


@POSIX
def test_links_to_photos_and_folders_are_followed_once(tmp_path):
    fill(tmp_path / "set", ant=1, bee=1)
    draw(tmp_path / "elsewhere" / "far.png", 7)
    ant = tmp_path / "set" / "ant"
    for name in ("linked", "linked again"):
        (ant / name).symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (ant / "photo.png").symlink_to(tmp_path / "set" / "bee" / "000.png")
    assert flow(tmp_path / "set").filenames == [
        "ant/000.png",
        "ant/photo.png",
        "ant/linked/far.png",
        "bee/000.png",
    ]


@POSIX
def test_a_broken_link_is_left_out_and_named(tmp_path):
    fill(tmp_path, ant=1, bee=1)
    (tmp_path / "ant" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    batches = flow(tmp_path)
    assert batches.samples == 2
    assert "gone.png: No such file" in batches.skipped[0][1]


@POSIX
def test_a_fifo_does_not_hang(tmp_path):
    fill(tmp_path, ant=1, bee=1)
    os.mkfifo(tmp_path / "ant" / "pipe.png")
    assert len(flow(tmp_path).skipped) == 1


def test_the_users_files_are_not_changed(tmp_path):
    fill(tmp_path, ant=3, bee=2)
    (tmp_path / "ant" / "001.png").write_text("<html>")
    (tmp_path / "ant" / "notes.txt").write_text("mine")
    before = contents(tmp_path)
    one_pass(flow(tmp_path, ImageDataGenerator(zoom_range=0.2), cache_bytes=0))
    assert contents(tmp_path) == before


@POSIX
def test_hostile_names_are_shown_escaped(tmp_path, capsys):
    fill(tmp_path, ant=1, bee=1)
    (tmp_path / "ant" / "evil\x1b[31m\n.png").write_text("no photo")
    (tmp_path / "ant" / "notes\x1b[2J\n.txt").write_text("")
    batches = flow(tmp_path)
    output = capsys.readouterr().out
    assert "\x1b" not in output
    assert len(output.splitlines()) == 3
    assert r"evil\x1b[31m\n.png: it is not a photo" in output
    assert r"notes\x1b[2J\n.txt" in output
    assert batches.skipped[0][0].endswith("evil\x1b[31m\n.png")  # the true name


@POSIX
def test_hostile_class_names_are_shown_escaped(tmp_path):
    fill(tmp_path, ant=1, bee=1)
    (tmp_path / "c\x1b[31m").mkdir()
    with pytest.raises(FolderError, match=r"c\\x1b\[31m is empty: it holds no"):
        flow(tmp_path)
    with pytest.raises(FolderError, match=r"got 3 in .*: ant, bee, c\\x1b\[31m; use"):
        flow(tmp_path, class_mode="binary")


@POSIX
def test_a_name_that_is_not_utf_8_is_read_and_shown_escaped(tmp_path, capsys):
    fill(tmp_path, ant=1, bee=1)
    good, bad = (os.fsdecode(name) for name in (b"\xe4.png", b"\xff.png"))
    try:
        draw(tmp_path / "ant" / good)
    except OSError:
        return  # macOS has no such names
    (tmp_path / "ant" / bad).write_text("no photo")
    assert flow(tmp_path).samples == 3
    assert r"\udcff.png: it is not a photo" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("keyword", "alternative"),
    [
        ("keep_aspect_ratio", "photos are stretched to target_size"),
        ("colour_mode", r"did you mean 'color_mode'\?"),
        ("foo", r"help\(ImageDataGenerator.flow_from_directory\) lists"),
    ],
)
def test_an_unsupported_keyword_of_keras_is_refused_with_an_alternative(
    tmp_path, keyword, alternative
):
    message = f"flow_from_directory has no argument '{keyword}': .*{alternative}"
    with pytest.raises(TypeError, match=message):
        flow(tmp_path, **{keyword: 1})


# Without class folders, or with chosen ones


def test_a_flat_folder_of_photos_to_predict(tmp_path, capsys):
    for number in range(3):
        draw(tmp_path / f"{number}.png", number)
    (tmp_path / "notes.txt").write_text("")
    batches = flow(tmp_path, class_mode=None, shuffle=False)
    assert "Found 3 images without class folders.\n" in capsys.readouterr().out
    assert batches.filenames == ["0.png", "1.png", "2.png"]
    assert (batches.samples, batches.num_classes) == (3, 0)
    assert next(batches).shape == (3, *SIZE, 3)
    with pytest.raises(FolderError, match="holds no class folders"):
        flow(tmp_path)
    for path in tmp_path.glob("*.png"):
        path.write_text("<html>")
    message = "none of the photos in .* can be read; the first: .*0.png: it is not a ph"
    with pytest.raises(FolderError, match=message):
        flow(tmp_path, class_mode=None)


def test_classes_gives_the_order_and_the_choice(tmp_path):
    pixels = fill(tmp_path, ant=1, bee=1, cat=2)
    batches = flow(tmp_path, classes=["cat", "ant"], shuffle=False)
    assert batches.class_indices == {"cat": 0, "ant": 1}
    assert batches.labels.tolist() == [0, 0, 1]
    np.testing.assert_array_equal(next(batches)[0], pixels[[2, 3, 0]])
    with pytest.raises(
        FolderError, match="no class folder 'dog'; it holds ant, bee, c"
    ):
        flow(tmp_path, classes=["ant", "dog"])
    with pytest.raises(
        ValueError, match="classes should be a list of folder names, got"
    ):
        flow(tmp_path, classes="ant")
    with pytest.raises(ValueError, match="classes should name each class once"):
        flow(tmp_path, classes=["ant", "ant"])


def test_save_to_dir_writes_batches_as_the_network_gets_them(tmp_path):
    fill(tmp_path / "data", ant=1, bee=1)
    batches = flow(tmp_path / "data", save_to_dir=tmp_path / "preview", shuffle=False)
    assert not list(tmp_path.glob("preview/*"))
    next(batches)
    names = sorted(path.name for path in (tmp_path / "preview").iterdir())
    assert names == ["_0_0.png", "_1_0.png"]
    list(batches.in_order())
    assert len(list((tmp_path / "preview").iterdir())) == 2


def test_numbers_in_the_order_of_words_are_pointed_out(tmp_path, capsys):
    fill(tmp_path, **{str(number): 1 for number in range(11)})
    flow(tmp_path)
    line = "the classes are numbers in the order of words: label 2 is class 10 (see"
    assert line in capsys.readouterr().out
    flow(tmp_path, classes=[str(number) for number in range(11)])
    assert "order of words" not in capsys.readouterr().out
