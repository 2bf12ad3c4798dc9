"""Photos that a table lists: data frames, dicts and CSV files, right ones and wrong."""

import os
import random
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tiny_frame import Frame

from tinycnn.layers import Dense, Flatten
from tinycnn.models import Sequential, load_model
from tinycnn.preprocessing.image import ImageDataGenerator
from tinycnn.preprocessing.photo_lists.columns import columns_of
from tinycnn.preprocessing.photo_lists.listed_photos import listed_photos
from tinycnn.preprocessing.photo_lists.photo_list import FolderError

SIZE = (7, 9)
NAMES = ["c.png", "a.png", "in/d.png", "b.png", "e.png", "f.png"]
LABELS = ["bee", "ant", "bee", "ant", "ant", "bee"]
CSV = "filename,class\n" + "".join(
    f"{n},{c}\n" for n, c in zip(NAMES, LABELS, strict=True)
)


@pytest.fixture
def folder(tmp_path):
    """A folder of six photos, and of ``list.csv``, which lists them."""
    rng = np.random.default_rng(0)
    (tmp_path / "in").mkdir()
    for name in NAMES:
        pixels = rng.integers(0, 256, (*SIZE, 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / name)
    write(tmp_path, CSV)
    return tmp_path


def write(folder, content):
    """Write ``list.csv``; return its path."""
    path = folder / "list.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def flow(table, directory=None, generator=None, **words):
    generator = generator or ImageDataGenerator()
    words = {"target_size": SIZE, "shuffle": False, **words}
    return generator.flow_from_dataframe(table, directory, **words)


def table(**columns):
    return {"filename": NAMES, "class": LABELS, **columns}


def pixels_of(path):
    return np.asarray(Image.open(path))


# -- what it gives ------------------------------------------------------------------


def test_a_csv_file_lists_photos_beside_it_in_the_order_of_its_lines(folder, capsys):
    batches = flow(folder / "list.csv", class_mode="binary")
    out = capsys.readouterr().out
    assert out == "Found 6 validated image filenames belonging to 2 classes.\n"
    assert batches.filenames == NAMES
    assert batches.class_indices == {"ant": 0, "bee": 1}
    x, y = next(batches)
    assert y.tolist() == [1, 0, 1, 0, 0, 1]
    np.testing.assert_array_equal(x, np.stack([pixels_of(folder / n) for n in NAMES]))


@pytest.mark.parametrize("kind", [dict, Frame])
def test_a_dict_and_a_data_frame_give_what_the_file_gives(folder, kind):
    expected = flow(folder / "list.csv", seed=3, shuffle=True)
    batches = flow(kind(table()), folder, seed=3, shuffle=True)
    for one, other in zip(next(batches), next(expected), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_network_learns_from_a_table_and_predicts_photos_without_labels(folder):
    generator = ImageDataGenerator(rescale=1 / 255, validation_split=0.34)
    train, validation = (
        flow(folder / "list.csv", None, generator, class_mode="binary", subset=subset)
        for subset in ("training", "validation")
    )
    assert (train.samples, validation.samples) == (4, 2)
    model = Sequential(
        [Flatten(input_shape=(*SIZE, 3)), Dense(1, activation="sigmoid")]
    )
    model.compile("adam", "binary_crossentropy", ["accuracy"])
    history = model.fit(train, validation_data=validation, epochs=1, verbose=0)
    assert "val_accuracy" in history.history
    names_alone = flow({"filename": NAMES}, folder, generator, class_mode=None)
    assert model.predict(names_alone).shape == (6, 1)


def test_names_may_be_paths_and_begin_at_another_folder(folder, tmp_path, monkeypatch):
    paths = [folder / "a.png", Path("in") / ".." / "b.png", "./c.png"]
    batches = flow({"filename": paths, "class": ["x", "y", "x"]}, folder)
    assert batches.filenames == [str(paths[0]), str(paths[1]), "./c.png"]
    assert batches.samples == 3
    monkeypatch.chdir(folder / "in")
    here = flow({"filename": ["d.png", "../a.png"], "class": ["x", "y"]})
    assert here.filepaths == ["d.png", os.path.join("..", "a.png")]  # noqa: PTH118
    shutil.copy(folder / "list.csv", folder / "in" / "list.csv")
    assert flow(folder / "in" / "list.csv", folder).samples == 6


def test_without_classes_labels_are_not_read(folder, capsys):
    wrong = table(**{"class": [None] * 6})
    assert flow(wrong, folder, class_mode=None).class_indices == {}
    assert capsys.readouterr().out == "Found 6 validated image filenames.\n"
    x, y = next(flow(wrong, folder, class_mode="input", y_col=None))
    np.testing.assert_array_equal(x, y)
    with pytest.warns(UserWarning, match="classes are not used with class_mode=None"):
        flow(wrong, folder, class_mode=None, classes=["ant"])


def test_chosen_classes_leave_out_the_rows_of_others(folder):
    three = table(**{"class": ["bee", "cow", "bee", "ant", "ant", "bee"]})
    batches = flow(three, folder, classes=["bee", "ant", "bee"], class_mode="sparse")
    assert batches.class_indices == {"bee": 0, "ant": 1}
    assert batches.filenames == [NAMES[i] for i in (0, 2, 3, 4, 5)]
    assert batches.classes.tolist() == [0, 0, 1, 1, 0]


@pytest.mark.parametrize("validate_filenames", [True, False])
def test_what_is_not_there_or_no_photo_is_left_out_and_named(
    folder, validate_filenames, capsys
):
    (folder / "in" / "text.png").write_text("no photo", encoding="utf-8")
    names = ["no.png", *NAMES, "in/text.png"]
    batches = flow(
        {"filename": names, "class": ["ant", *LABELS, "bee"]}, folder,
        validate_filenames=validate_filenames,
    )  # fmt: skip
    assert batches.filenames == NAMES
    assert [path for path, _ in batches.skipped] == [
        str(folder / names[0]), str(folder / names[-1])
    ]  # fmt: skip
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Found 6 validated")
    assert "no.png: " in lines[1]
    assert "text.png: it is not a photo" in lines[2]


def test_names_are_counted_before_the_split_only_if_they_are_validated(folder):
    generator = ImageDataGenerator(validation_split=0.5)
    with_missing = {
        "filename": ["1", "2", *NAMES[:4]],
        "class": ["ant", "bee", *LABELS[:4]],
    }
    counts = [
        flow(
            with_missing, folder, generator, subset="training",
            validate_filenames=validate,
        ).samples
        for validate in (True, False)
    ]  # fmt: skip
    assert counts == [2, 3]


def test_the_first_rows_validate_and_a_class_that_they_lack_is_named(folder):
    generator = ImageDataGenerator(validation_split=0.4)
    sorted_rows = table(**{"class": ["a", "a", "b", "b", "b", "b"]})
    message = (
        r"0\.4 takes the first rows of the table and leaves no photo of 'a' for tr"
    )
    with pytest.raises(FolderError, match=message):
        flow(sorted_rows, folder, generator, subset="training")
    rows = table(**{"class": ["a", "a", "a", "b", "b", "a"]})
    with pytest.warns(UserWarning, match="no photo of 'b' for validation: shuffle"):
        part = flow(rows, folder, generator, subset="validation")
    assert part.filenames == NAMES[:2]
    assert part.class_indices == {"a": 0, "b": 1}


@pytest.mark.parametrize("fraction", [0.1, 0.01])
def test_a_split_without_photos_on_one_side_is_an_error(folder, fraction):
    generator = ImageDataGenerator(validation_split=fraction)
    with pytest.raises(
        FolderError, match="of 6 photos in the table leaves no photo on"
    ):
        flow(table(), folder, generator, subset="validation")


def test_a_split_needs_its_fraction_and_one_of_two_words(folder):
    with pytest.raises(
        ValueError, match=r"subset='training' needs .*validation_split="
    ):
        flow(table(), folder, subset="training")
    with pytest.raises(ValueError, match=r"subset should be one of .* got 'test'"):
        flow(table(), folder, subset="test")


# -- files --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        CSV.replace("\n", "\r\n"),
        CSV.replace(",", ";"),
        CSV.replace(",", "\t"),
        CSV.replace("\n", "\n\n"),
        CSV.removesuffix("\n"),
        CSV.encode("utf-8-sig"),
        CSV.encode("utf-16"),
        CSV.replace("filename,class", '"filename", class '),
        CSV.replace("a.png,ant", '"a.png","ant"'),
        "".join(f"{i},{line}\n" for i, line in enumerate(CSV.splitlines())),
    ],
)
def test_the_usual_kinds_of_files_say_the_same(folder, content):
    path = write(folder, content)
    assert columns_of(path, "filename", "class") == columns_of(
        write(folder, CSV), "filename", "class"
    )
    columns = columns_of(path, "filename", "class")
    assert (columns.names, columns.labels) == (NAMES, LABELS)


def test_a_file_without_a_line_of_names_has_numbered_columns(folder):
    path = write(folder, CSV.partition("\n")[2])
    assert flow(path, x_col=0, y_col=1).filenames == NAMES
    assert columns_of(path, 1, None).names == LABELS
    with pytest.raises(
        FolderError, match=r"first line .* photo already.* x_col=0, y_co"
    ):
        flow(path)
    with pytest.raises(
        FolderError, match=r"y_col should be one of the 2 columns .* -1"
    ):
        flow(path, x_col=0, y_col=-1)


def test_quotes_hold_commas_line_breaks_and_quotes(folder):
    content = 'class,filename\n"a, ""b""\nc",a.png\nant,b.png\n'
    columns = columns_of(write(folder, content), "filename", "class")
    assert columns.labels == ['a, "b"\nc', "ant"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "list.csv is empty"),
        ("\n\n", "list.csv is empty"),
        ("filename,class\n", "list.csv has no rows"),
        (CSV + "a.png\n", "line 8 of .*list.csv should have 2 cells as the first"),
        (CSV + "a.png,ant,bee\n", "line 8 .* it has 3"),
        (CSV + "\na.png,\n", "line 9 of .*list.csv has no label"),
        (CSV + ",ant\n", "line 8 of .*list.csv has no name"),
        (CSV + 'a.png,"ant\n', "line 8 of .*list.csv is not CSV: unexpected end"),
        (CSV + '"a"x.png,ant\n', "line 8 of .*list.csv is not CSV: ',' expected"),
        (CSV + "x" * 200_000, "line 8 of .*list.csv is not CSV: field larger"),
        (CSV.encode() + b"\xff\xfe,ant\n", "list.csv is not text in UTF-8: save"),
        ("path,label\na.png,x\n", r"no column 'filename' \(x_col\); it has 'path'"),
        ("filename,label\na.png,x\n", r"no column 'class' \(y_col\); it has 'fil"),
        (",".join(map(str, range(12))), "it has '0', .*'9', ...$"),
        ("filename,\x1b[31m\n", r"it has 'filename', '\\\\x1b\[31m'$"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_a_table_is_named_with_the_line(folder, content, message):
    with pytest.raises(FolderError, match=message) as caught:
        flow(write(folder, content))
    assert len(str(caught.value).splitlines()) == 1


def test_a_path_that_is_not_a_file_is_named(folder, monkeypatch):
    with pytest.raises(FolderError, match="is a folder: use flow_from_directory"):
        flow(folder)
    with pytest.raises(FolderError, match=r"there is no file .*none\.csv"):
        flow(str(folder / "none.csv"))
    with pytest.raises(FolderError, match=r"there is no folder .*none \(directory\)"):
        flow(folder / "list.csv", folder / "none")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(FolderError, match=r"list\.csv: Permission denied"):
        flow(folder / "list.csv")


def test_whatever_the_bytes_are_there_is_a_list_or_one_line(folder):
    rng = random.Random(0)
    for _ in range(400):
        content = bytearray(CSV.encode())
        for _ in range(rng.randint(1, 8)):
            place = rng.randrange(len(content))
            content[place] = rng.choice(b'\0\xff"\n\r,;\t\xc3a./')
        path = write(folder, bytes(content))
        try:
            photos = listed_photos(path)
        except FolderError as error:
            assert len(str(error).splitlines()) == 1
        else:
            assert len(photos.names) == len(photos.paths) == len(photos.labels) > 0


def test_rows_are_listed_without_opening_a_photo(folder):
    lines = "".join(f"{i}.png,{i % 10}\n" for i in range(1000))
    path = write(folder, f"filename,class\n{lines}")
    photos = listed_photos(path, validate_filenames=False)
    assert len(photos.paths) == 1000
    assert photos.class_names == [str(n) for n in range(10)]


# -- tables in memory ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([("a.png", "ant")], "should be a data frame, .* got list: a dict is written"),
        (None, "got NoneType"),
        (7, "got int"),
        (table(**{"class": [0, 1, 0, 1, 1, 0]}),
         r"hold text, got 0 \(int\) in row 0.* = table\['class'\].astype\(str\)"),
        (table(**{"class": np.arange(6)}), r"got 0 \(int64\) in row 0.* makes text"),
        (table(**{"class": [*LABELS[:5], float("nan")]}),
         r"got nan \(float\) in row 5, .* table.dropna\(\)"),
        (table(**{"class": ["a", None, *LABELS[2:]]}), r"None \(NoneType\) in row 1"),
        (table(**{"class": [["a", "b"]] * 6}), "several classes of one photo are not"),
        (table(filename=range(6)), r"the column 'filename' \(x_col\) should hold text"),
        (table(filename="a.png"), "the column 'filename' should be a list, got str"),
        (table(filename=5), "the column 'filename' should be a list, got int"),
    ],
)  # fmt: skip
def test_what_is_not_a_table_of_texts_is_a_type_error(folder, wrong, message):
    with pytest.raises(TypeError, match=message):
        flow(wrong, folder)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"id": NAMES}, r"the table has no column 'filename' \(x_col\); it has 'id'$"),
        ({"filename": NAMES}, r"no column 'class' \(y_col\); it has 'filename'$"),
        ({}, "it has none$"),
        (np.zeros(3), r"no column 'filename' \(x_col\)"),
        (table(**{"class": LABELS[:5]}), "same length, got 6 and 5"),
        ({"filename": [], "class": []}, "the table has no rows"),
    ],
)  # fmt: skip
def test_a_table_that_lacks_something_says_what(folder, wrong, message):
    with pytest.raises(FolderError, match=message):
        flow(wrong, folder)


def test_names_without_their_endings_are_recognised(folder):
    ids = [name.removesuffix(".png") for name in NAMES]
    message = (
        r"none of the 6 photos .* is there; the first: .*c; there is c\.png: .* \+ "
    )
    with pytest.raises(FolderError, match=message + r"'\.png'$"):
        flow(table(filename=ids), folder)


def test_names_that_begin_at_another_folder_are_recognised(folder):
    message = r"first: .*nowhere/c\.png; directory= should be the folder that the names"
    elsewhere = [f"nowhere/{name}" for name in NAMES]
    with pytest.raises(FolderError, match=message):
        flow(table(filename=elsewhere), folder)


def test_a_class_without_photos_is_named(folder):
    names = ["no.png", *NAMES[1:2], "nor.png", *NAMES[3:5], "neither.png"]
    message = (
        r"the class 'bee' of the table is empty: none of its 3 photos is there; th"
    )
    with pytest.raises(FolderError, match=message):
        flow(table(filename=names), folder)
    (folder / "c.png").write_text("no photo", encoding="utf-8")
    message = r"the class 'bee' of the table is empty: none of its 1 photo can be read;"
    with pytest.raises(FolderError, match=message):
        flow({"filename": ["c.png", "a.png"], "class": ["bee", "ant"]}, folder)


def test_none_of_the_photos_can_be_read(folder):
    (folder / "c.png").write_text("no photo", encoding="utf-8")
    with pytest.raises(
        FolderError, match="none of the photos in the table can be read"
    ):
        flow({"filename": ["c.png"]}, folder, class_mode=None)


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        ({"classes": "ant"}, ValueError, "classes should be a list of labels, got 'a"),
        ({"classes": [0, 1]}, ValueError, r"classes should be a list of labels, got"),
        ({"classes": ["ant", "cow"]}, FolderError, "no photo of the class 'cow'; it"),
        ({"class_mode": "raw"}, ValueError, "class_mode='raw' is not here; for"),
        ({"class_mode": "multi_output"}, ValueError, "class_mode='multi_output' is"),
        ({"class_mode": "both"}, ValueError, "class_mode should be one of"),
        ({"weight_col": "w"}, TypeError, "class_weight in fit weights whole classes"),
        ({"has_ext": False}, TypeError, r"names should be those of files: table"),
        ({"drop_duplicates": True}, TypeError, "table.drop_duplicates"),
    ],
)  # fmt: skip
def test_arguments_that_cannot_be_are_refused_by_name(folder, words, error, message):
    with pytest.raises(error, match=message):
        flow(table(), folder, **words)


def test_words_of_older_versions_that_change_nothing_are_taken(folder):
    old = {"weight_col": None, "has_ext": True, "sort": True, "drop_duplicates": False}
    assert flow(table(), folder, **old).filenames == NAMES


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (
            ["ant"] * 6,
            "needs two classes: the table has only one class, 'ant'; it should",
        ),
        (["a", "b", "c"] * 2, "needs two classes, got 3 in the table: a, b, c; use"),
    ],
)
def test_binary_is_for_two_classes(folder, labels, message):
    with pytest.raises(FolderError, match=message):
        flow(table(**{"class": labels}), folder, class_mode="binary")


def test_classes_that_share_their_photos_are_an_error(folder):
    names = ["a.png", "b.png", "a.png", "b.png", "c.png", "e.png"]
    labels = ["ant", "ant", "bee", "bee", "cow", "cow"]
    message = "the classes ant and bee of the table share 2 photos, most of what one of"
    with pytest.raises(FolderError, match=message):
        flow({"filename": names, "class": labels}, folder)


def test_classes_that_look_alike_and_many_classes_are_remarked_on(folder, capsys):
    flow(table(**{"class": ["ant", "Ant ", "ant", "bee", "bee", "cow"]}), folder)
    assert "  two classes look alike: 'Ant ' and 'ant'" in capsys.readouterr().out
    many = {"filename": NAMES * 2, "class": [f"class {n:02}" for n in range(12)]}
    with pytest.raises(
        FolderError, match=r"it has 'class 00', .* 'class 09' and 2 more$"
    ):
        flow(many, folder, classes=["cow"])


def test_the_program_of_the_documentation_trains_from_a_list(
    tmp_path, monkeypatch, capsys
):
    page = (Path(__file__).parents[2] / "docs/scaling.md").read_text(encoding="utf-8")
    (program,) = (
        block
        for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL)
        if "flow_from_dataframe" in block
    )
    (head,) = re.findall(r"begins with `(filename,\w+)`", page)
    lines = [head]
    (tmp_path / "photos/2021").mkdir(parents=True)
    for n in range(20):
        name, red = f"2021/{n:04}.png", 255 * (n % 2)
        Image.new("RGB", (8, 8), (red, 0, 0)).save(tmp_path / "photos" / name)
        lines.append(f"{name},{'bee' if red else 'ant'}")
    write(tmp_path, "\n".join(lines))
    monkeypatch.chdir(tmp_path)
    shorter = program.replace("epochs=24", "epochs=2")
    assert shorter != program
    names = {}
    exec(shorter, names)
    assert (names["train"].samples, names["test"].samples) == (16, 4)
    assert load_model("model.safetensors").predict(names["test"]).shape == (4, 1)


@pytest.mark.parametrize("name", ["list.csv", "list.TXT"])
def test_a_list_in_place_of_a_folder_is_led_to_its_method(tmp_path, name):
    (tmp_path / name).write_text(CSV)
    message = f"{name} should be a folder, not a file; .*flow_from_dataframe$"
    with pytest.raises(FolderError, match=message):
        ImageDataGenerator().flow_from_directory(tmp_path / name)
