"""The levels of folders: what is a part, a class, or a folder too many."""

import shutil

import pytest
from test_directory_iterator import draw, fill, flow

from tinycnn.layers import Dense, Flatten
from tinycnn.models import Sequential
from tinycnn.preprocessing.part_names import part_of, parts_among
from tinycnn.preprocessing.photo_lists.photo_list import FolderError


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ("train", "train Train TRAIN training_set train_set Train_Data seg_train"),
        ("train", "TrainSet trainingset 01_train tr\u00e4ning \u8bad\u7ec3\u96c6"),
        ("test", "test tests Testing test_set Test-Data seg_test test1 prova"),
        ("val", "val valid validation VALIDATION validaci\u00f3n dev_set"),
        ("pred", "seg_pred pred single_prediction"),
        (None, "Pikachu trainer contest predator tester train_valid _ 7"),
    ],
)
def test_names_of_parts_in_any_case_and_language(part, names):
    assert {name: part_of(name) for name in names.split()} == dict.fromkeys(
        names.split(), part
    )


def test_names_with_a_word_in_common_are_parts_only_together():
    alike = ["flowers_train", "flowers_test", "readme"]
    assert parts_among(alike) == {"flowers_train": "train", "flowers_test": "test"}
    assert parts_among(["train_cats", "train_dogs", "test_cats"]) == {}
    assert parts_among(["steam_train", "bus"]) == {}


@pytest.mark.parametrize(
    "names",
    [
        ("train", "test"),
        ("training_set", "test_set"),
        ("train", "validation"),
        ("Training", "Testing"),
        ("seg_train", "seg_test", "seg_pred"),
    ],
    ids="+".join,
)
def test_parts_are_not_classes_and_the_right_level_is_named(tmp_path, names):
    for first, name in enumerate(names):
        for number in range(2):
            draw(tmp_path / name / "ant" / f"{number}.png", 10 * first + number)
            draw(tmp_path / name / "bee" / f"{number}.png", 10 * first + 5 + number)
    message = "which are the parts of a data set and not classes: .* use .*rain"
    with pytest.raises(FolderError, match=message):
        flow(tmp_path)
    assert flow(tmp_path / names[0]).class_indices == {"ant": 0, "bee": 1}


def test_a_folder_that_only_holds_itself_is_entered(tmp_path):
    fill(tmp_path / "seg_train" / "seg_train" / "Seg_Train", ant=2, bee=1)
    batches = flow(tmp_path / "seg_train")
    assert batches.filenames == ["ant/000.png", "ant/001.png", "bee/000.png"]


def test_a_repeated_copy_is_not_a_class_and_a_line_says_so(tmp_path, capsys):
    folder = tmp_path / "cell_images"
    fill(folder, Parasitized=3, Uninfected=2)
    shutil.copytree(folder, tmp_path / "copy")
    shutil.move(tmp_path / "copy", folder / "cell_images")
    batches = flow(folder)
    assert batches.class_indices == {"Parasitized": 0, "Uninfected": 1}
    assert batches.samples == 5
    assert (
        "  cell_images is not a class: it repeats the photos of Parasitized, Uninf"
        in capsys.readouterr().out
    )
    draw(folder / "cell_images" / "Parasitized" / "another.png", 99)
    with pytest.raises(FolderError, match="which of the two is the data set"):
        flow(folder)


def test_folders_of_photos_to_predict_are_not_classes(tmp_path, capsys):
    fill(tmp_path, ant=2, bee=1, single_prediction=3)
    assert flow(tmp_path).class_indices == {"ant": 0, "bee": 1}
    assert "single_prediction is not a class: left out" in capsys.readouterr().out


def test_folders_of_the_same_classes_are_an_error_that_names_the_level(tmp_path):
    fill(tmp_path / "color", apple=2, pear=1)
    fill(tmp_path / "grayscale", apple=2, pear=1)
    message = "color and grayscale in .* hold the same folders, apple and pear: .* use"
    with pytest.raises(FolderError, match=rf"{message} .*color \("):
        flow(tmp_path)


def test_classes_that_share_most_of_their_photos_are_an_error(tmp_path):
    fill(tmp_path, ant=3, bee=5)
    shutil.copy(tmp_path / "ant" / "000.png", tmp_path / "bee" / "x.png")
    assert flow(tmp_path).samples == 9  # one: an oversight
    shutil.copy(tmp_path / "ant" / "001.png", tmp_path / "bee" / "y.png")
    with pytest.raises(FolderError, match=r"folders ant and bee in .* share 2 photos"):
        flow(tmp_path)


def test_classes_that_all_hold_the_same_photos_are_only_remarked_on(tmp_path, capsys):
    fill(tmp_path, ant=3)
    for name in ("bee", "皮卡丘"):
        shutil.copytree(tmp_path / "ant", tmp_path / name)
    assert flow(tmp_path).samples == 9
    assert "all classes hold the same photos" in capsys.readouterr().out
    for number in (10, 11):  # of one class only
        draw(tmp_path / "ant" / f"{number}.png", number)
    assert flow(tmp_path).samples == 11
    assert "all classes share most of their photos" in capsys.readouterr().out
    for number in (20, 21):  # now one class shares nothing
        draw(tmp_path / "wasp" / f"{number}.png", number)
    with pytest.raises(FolderError, match=r"folders ant and bee in .* share 3 photos"):
        flow(tmp_path)


def test_a_class_of_other_kinds_of_files_says_which(tmp_path):
    fill(tmp_path, ant=1)
    for name in ("1.HEIC", "2.HEIC", "notes.txt"):
        (tmp_path / "bee" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "bee" / name).write_text("")
    message = r"holds no photos but files of other kinds, 2 \.HEIC, 1 \.txt: if they"
    with pytest.raises(FolderError, match=message):
        flow(tmp_path)


def test_one_class_folder_asks_for_the_level(tmp_path):
    fill(tmp_path / "data" / "PetImages", cat=2, dog=2)
    message = "one class folder, PetImages; .*: one level too high. .*PetImages holds"
    with pytest.raises(FolderError, match=message):
        flow(tmp_path / "data", class_mode="binary")
    draw(tmp_path / "data" / "PetImages" / "cat" / "deep" / "x.png")
    message = "one class folder, deep; .*: one level too low. try .*PetImages"
    with pytest.raises(FolderError, match=message):
        flow(tmp_path / "data" / "PetImages" / "cat", class_mode="binary")


def test_a_class_folder_itself_names_the_folder_above(tmp_path):
    fill(tmp_path / "pets", cat=2, dog=2)
    message = "it holds 2 photos: is it a class folder itself. .*above it, .*pets$"
    with pytest.raises(FolderError, match=message):
        flow(tmp_path / "pets" / "cat")
    shutil.rmtree(tmp_path / "pets" / "dog")
    message = "can only be predicted, by predict or with class_mode=None"
    with pytest.raises(FolderError, match=message):
        flow(tmp_path / "pets" / "cat")


def test_one_class_is_said_and_no_model_learns_from_it(tmp_path, capsys):
    fill(tmp_path / "data" / "PetImages", cat=2, dog=2)
    batches = flow(tmp_path / "data")
    assert "one level too high? " in capsys.readouterr().out
    model = Sequential([Flatten(input_shape=(4, 5, 3)), Dense(2, "softmax")])
    model.compile("sgd", "categorical_crossentropy")
    with pytest.raises(ValueError, match=r"one level too high. .*PetImages holds fold"):
        model.fit(batches, epochs=1)
    flow(tmp_path / "data", class_mode=None)
    assert "one level" not in capsys.readouterr().out


@pytest.mark.parametrize("where", ["x", "x/seg_train", "x/y/z"])
def test_one_full_folder_beside_empty_ones_is_a_level_too_high(tmp_path, where):
    fill(tmp_path / "data" / where, ant=2, bee=1)
    (tmp_path / "data" / "empty").mkdir()
    message = rf"only .*data.x holds photos, and in folders of .*: .* use .*{where}$"
    with pytest.raises(FolderError, match=message):
        flow(tmp_path / "data")
    (tmp_path / "data" / "other").mkdir()
    (tmp_path / "data" / where / "empty").mkdir()
    with pytest.raises(FolderError, match=message):
        flow(tmp_path / "data")
    shutil.rmtree(tmp_path / "data" / "empty")
    shutil.rmtree(tmp_path / "data" / "other")
    with pytest.raises(FolderError, match=rf"level too high. .*{where} holds folders$"):
        flow(tmp_path / "data", class_mode="binary")


def test_an_empty_class_beside_one_of_photos_is_the_empty_class(tmp_path):
    fill(tmp_path / "ant", deep=2)
    (tmp_path / "bee").mkdir()
    with pytest.raises(FolderError, match=r"the class folder .*bee is empty"):
        flow(tmp_path)
