"""Saving under any name: nothing learnt is lost, and nothing there is replaced."""

import errno
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tinycnn import ModelFileError, Sequential, load_model
from tinycnn.callbacks import ModelCheckpoint
from tinycnn.layers import Conv2D, Dense, Flatten, ReLU
from tinycnn.models import saving
from tinycnn.optimizers import SGD
from tinycnn.preprocessing.photos import Preprocessing

X = np.random.default_rng(3).random((6, 5, 4, 1)).astype(np.float32)
Y = np.array([0, 1, 0, 1, 1, 0])


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    saving._said.clear()


def names_in(folder="."):
    return sorted(path.name for path in Path(folder).iterdir())


def layers(last=None):
    first = Conv2D(2, (2, 3), input_shape=(5, 4, 1))
    return [first, last or ReLU(), Flatten(), Dense(1, "sigmoid")]


def trained(seed=1, last=None):
    model = Sequential(layers(last), seed=seed)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.fit(X, Y, epochs=2, verbose=0)
    return model


def assert_same(model, other):
    np.testing.assert_array_equal(model.predict(X), other.predict(X))


@pytest.mark.parametrize(
    "name",
    [
        *("model.h5", "model.hdf5", "model.keras", "model.pkl", "model", "1"),
        *("models/of/today/best.h5", "saved_model/", "My Model.v2", "m.safetensors"),
    ],
)
def test_a_model_is_saved_and_loaded_under_any_name(name):
    model = trained()
    model.save(name)
    assert Path(name).is_file()
    assert_same(load_model(name), model)
    assert load_model(name).optimizer is not None
    model.save(name)  # its own file is replaced
    assert len([path for path in Path().rglob("*") if path.is_file()]) == 1


def test_one_line_says_which_format_it_is_and_how_keras_gets_it(capsys):
    model = trained()
    for _ in range(2):
        model.save("model.h5")
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    assert line.startswith("model.h5 is in tinycnn's own safe format, for load_model")
    assert line.endswith("Keras file: python -m tinycnn.export model.h5 --to keras\n")
    assert len(line) < 150
    for name, end in [
        ("saved", "for load_model\n"),
        ("a.keras", "Keras file: python -m tinycnn.export a.keras --to keras\n"),
        ("a.pt", "PyTorch file: python -m tinycnn.export a.pt --to torch\n"),
        ("a.onnx", "ONNX file: python -m tinycnn.export a.onnx --to onnx\n"),
    ]:
        model.save(name)
        assert capsys.readouterr().out.endswith(end)
    model.save("model.safetensors")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("content", [b"\x89HDF\r\n\x1a\n rest", b"my notes", b"PK\3\4"])
@pytest.mark.parametrize("name", ["model.h5", "model.safetensors"])
def test_a_file_of_another_program_is_never_replaced(capsys, content, name):
    Path(name).write_bytes(content)
    model = trained()
    for _ in range(2):
        model.save(name)
        said = (
            f"{name} already exists and is not replaced: the file is {name}.safetensors"
        )
        assert said in capsys.readouterr().out
    assert Path(name).read_bytes() == content
    assert sorted(names_in()) == sorted([name, f"{name}.safetensors"])
    assert_same(load_model(name), model)
    assert f"{name}: reading {name}.safetensors" in capsys.readouterr().out


def test_a_folder_is_never_replaced(capsys):
    Path("model").mkdir()
    Path("model/mine.txt").write_text("mine")
    Path("model.safetensors").write_text("mine too")
    model = trained()
    model.save("model")
    assert "the file is model-2.safetensors" in capsys.readouterr().out
    assert Path("model/mine.txt").read_text() == "mine"
    assert Path("model.safetensors").read_text() == "mine too"
    assert_same(load_model("model-2.safetensors"), model)
    assert_same(load_model("model"), model)
    assert "model: reading model-2.safetensors" in capsys.readouterr().out


@pytest.mark.parametrize("taken", [1, 2, 3, 4])
def test_what_was_written_beside_other_files_is_found_by_the_name_asked_for(taken):
    places = ["f.h5", "f.h5.safetensors", "f.h5-2.safetensors", "f.h5-3.safetensors"]
    for place in places[:taken]:
        Path(place).write_text("mine")
    model = trained()
    for _ in range(2):  # the second replaces the first, not a file of the user's
        model.save("f.h5")
        assert_same(load_model("f.h5"), model)
    trained(2).load_weights("f.h5")
    assert len(names_in()) == taken + 1
    for place in places[:taken]:
        assert Path(place).read_text() == "mine"


def test_what_was_written_into_the_working_folder_is_found_beside_other_files(
    tmp_path,
):
    Path("file").write_text("not a folder")
    Path("model.h5.safetensors").write_text("mine")
    model = trained()
    with pytest.warns(UserWarning, match="could not be written"):
        model.save("file/model.h5")
    assert_same(load_model("file/model.h5"), model)
    assert Path("model.h5.safetensors").read_text() == "mine"


def test_a_folder_alone_is_a_place_for_a_model():
    model = trained()
    model.save(".")
    assert names_in() == ["model"]
    assert_same(load_model("."), model)


def test_overwrite_false_keeps_the_earlier_model():
    first, second = trained(1), trained(2)
    first.save("model.h5")
    second.save("model.h5", overwrite=False)
    assert_same(load_model("model.h5"), first)
    assert_same(load_model("model.h5.safetensors"), second)


def test_a_half_written_file_of_ours_is_replaced():
    model = trained()
    model.save("model.h5")
    Path("model.h5").write_bytes(Path("model.h5").read_bytes()[:500])
    model.save("model.h5")
    assert_same(load_model("model.h5"), model)
    assert names_in() == ["model.h5"]


@pytest.mark.parametrize("name", ["model.h5", "model.safetensors"])
def test_an_empty_file_is_the_users_since_none_of_ours_is_ever_empty(name):
    Path(name).touch()
    model = trained()
    for _ in range(2):
        model.save(name)
    assert Path(name).read_bytes() == b""
    assert sorted(names_in()) == sorted([name, f"{name}.safetensors"])
    assert_same(load_model(name), model)


def test_keras_words_of_save_are_taken():
    model = trained()
    model.save(filepath="a.keras", save_format="h5", include_optimizer=False)
    assert load_model("a.keras").optimizer is None
    model.save("b.h5", signatures=None)
    with pytest.warns(UserWarning, match="'signatures': it changed nothing"):
        model.save("b.h5", signatures=[1])
    assert load_model("b.h5", compile=False, custom_objects={}).optimizer is None


def test_a_place_that_cannot_be_written_to_costs_no_training(tmp_path):
    Path("file").write_text("not a folder")
    model = trained()
    with pytest.warns(
        UserWarning, match=r"could not be written; the file is .*model\.h5"
    ):
        model.save("file/model.h5")
    assert_same(load_model(tmp_path / "model.h5.safetensors"), model)
    assert Path("file").read_text() == "not a folder"


def test_a_full_disk_is_still_an_error(monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(saving, "_write", full)
    with pytest.raises(OSError, match="No space left"):
        trained().save("model.h5")


def test_a_hdf5_file_is_recognised_whatever_its_name():
    for name in ("model.h5", "model.safetensors", "model"):
        Path(name).write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
        with pytest.raises(ModelFileError, match="a Keras HDF5 file: to convert") as e:
            load_model(name)
        assert f"from_keras(keras.models.load_model('{name}'))" in str(e.value)
        assert str(e.value).endswith("model.save('model.safetensors')")
        with pytest.raises(ModelFileError, match="a Keras HDF5 file"):
            trained().load_weights(name)


def test_a_keras_archive_and_a_saved_model_folder_are_recognised():
    with zipfile.ZipFile("model.keras", "w") as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", b"\x89HDF")
    with pytest.raises(ModelFileError, match=r"but a \.keras file"):
        load_model("model.keras")
    Path("old").mkdir()
    Path("old/saved_model.pb").touch()
    with pytest.raises(ModelFileError, match="but a SavedModel folder"):
        load_model("old")


def test_weights_of_keras_are_loaded_there_first():
    Path("a.weights.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    with pytest.raises(ModelFileError, match=r"after keras_model\.load_weights") as e:
        trained().load_weights("a.weights.h5")
    assert "from_keras(keras_model) after" in str(e.value)


@pytest.mark.parametrize("name", ["model.pt", "model.pth", "MODEL.PT"])
def test_a_file_of_pytorch_says_which_function_brings_it_here(name):
    with zipfile.ZipFile(name, "w") as archive:
        archive.writestr("model/data.pkl", b"\x80\x02}q\x00.")
    message = r"but a PyTorch file: .*from_torch\(network, input_shape\).*\(H, W, C\)"
    with pytest.raises(ModelFileError, match=message) as e:
        load_model(name)
    saved = f"{Path(name).stem}.safetensors"
    assert str(e.value).endswith(f"model.save('{saved}')")
    with pytest.raises(ModelFileError, match="but a PyTorch file"):
        trained().load_weights(name)


def test_there_is_no_way_back_from_onnx():
    Path("model.onnx").write_bytes(b"\x08\x0a\x12\x07tinycnn:" + bytes(100))
    with pytest.raises(ModelFileError, match="an ONNX file, and there is no way back"):
        load_model("model.onnx")
    # An empty file and tinycnn's own under such a name are neither.
    Path("empty.onnx").touch()
    with pytest.raises(ModelFileError, match="does not begin like a"):
        load_model("empty.onnx")
    trained().save("own.pt")
    assert load_model("own.pt").count_params() > 0


UNFIT = "should be a list of 2 different names"


@pytest.mark.parametrize(
    "word, value, message, kept",
    [
        ("classes", ["a", "b", "c"], UNFIT + r".*\['a', 'b', 'c'\]", None),
        ("classes", ["a"], UNFIT, None),
        ("classes", [], UNFIT, None),
        ("classes", "ab", UNFIT + r".*'ab'; the file is written without it", None),
        ("classes", ["a", "a"], UNFIT, None),
        ("classes", ["a", 1], UNFIT, None),
        ("classes", {"a": 0, "b": 1}, UNFIT, None),
        ("classes", ["a", "b\n"], r"a name of one line, got 'b\\n'", None),
        ("classes", ["", "b"], "a name of one line, got ''", None),
        ("preprocessing", Preprocessing((4, 5), "grayscale"), r"got \(4, 5, 1\)", None),
        ("preprocessing", Preprocessing((5, 4)), r"\(5, 4, 1\), got \(5, 4, 3\)", None),
        ("preprocessing", np.asarray, "should be a tinycnn.preprocessing", None),
        ("threshold", 1.5, "between 0 and 1, got 1.5; .* written with 0.5", 0.5),
        ("threshold", 1, "between 0 and 1, got 1", 0.5),
        ("threshold", "0.4", "written with 0.5", 0.5),
    ],
)
def test_what_load_model_would_refuse_is_left_out_of_the_file(
    word, value, message, kept
):
    model = trained()
    setattr(model, word, value)
    with pytest.warns(UserWarning, match=message):
        model.save("model.safetensors")
    loaded = load_model("model.safetensors")
    assert getattr(loaded, word) == kept
    assert_same(loaded, model)


def test_what_only_differs_in_its_type_is_kept():
    model = trained()
    model.classes, model.threshold = (np.str_("a"), "b"), np.float32(0.25)
    model.preprocessing = Preprocessing((5, 4), "grayscale")
    model.input_range = (0, 255)
    model.save("model.safetensors")
    loaded = load_model("model.safetensors")
    assert (loaded.classes, loaded.threshold) == (["a", "b"], 0.25)
    assert loaded.preprocessing == model.preprocessing
    assert loaded.input_range == (0.0, 255.0)


def test_a_file_of_weights_says_its_format_without_a_keras_file(capsys):
    trained().save_weights("w.h5")
    line = capsys.readouterr().out
    assert line == "w.h5 is in tinycnn's own safe format, for model.load_weights\n"


class Own(ReLU):
    """A layer of the user's own."""


def test_with_a_layer_of_the_users_own_the_weights_are_saved():
    model = trained(last=Own())
    with pytest.warns(
        UserWarning, match=r"not layer 1 \(Own\): best\.h5 holds the wei"
    ):
        model.save("best.h5")
    with pytest.raises(ModelFileError, match="make the same layers again and call"):
        load_model("best.h5")
    again = Sequential(layers(Own()), seed=5)
    again.load_weights("best.h5")
    assert_same(again, model)


def test_an_optimizer_of_the_users_own_and_layers_changed_since_lose_nothing():
    class Mine(SGD):
        name = "mine"

    model = Sequential(layers())
    model.compile(Mine(), "binary_crossentropy")
    model.fit(X, Y, verbose=0)
    model.save("mine.h5")
    assert_same(load_model("mine.h5"), model)
    assert load_model("mine.h5").optimizer is None
    model = trained()
    del model.layers[-1]
    model.save("shorter.h5")
    assert_same(load_model("shorter.h5"), model)


def test_weights_are_saved_and_loaded_under_any_name():
    model, other = trained(1), trained(2)
    for name in ("w.h5", "w", "checkpoints/w.weights.h5", "w.safetensors"):
        model.save_weights(name)
        other.set_weights([np.zeros_like(a) for a in other.get_weights()])
        other.load_weights(name, by_name=False)
        assert_same(other, model)
    model.save("model.h5")
    trained(2).load_weights("model.h5")


def test_weights_that_do_not_fit_are_refused_before_any_is_changed():
    model = trained()
    model.save_weights("w.h5")
    other = Sequential([Dense(3, input_shape=(2,)), Dense(1)])
    before = other.get_weights()
    with pytest.raises(
        ModelFileError, match=r"w\.h5: the weights 0\.kernel should have"
    ):
        other.load_weights("w.h5")
    for array, old in zip(other.get_weights(), before, strict=True):
        np.testing.assert_array_equal(array, old)
    with pytest.raises(ModelFileError, match="no shape yet"):
        Sequential([Dense(1)]).load_weights("w.h5")
    with pytest.raises(ValueError, match="by_name=True is not here"):
        model.load_weights("w.h5", by_name=True)
    with pytest.raises(ValueError, match="no shape yet"):
        Sequential([Dense(1)]).save_weights("w.h5")


@pytest.mark.parametrize("only", [True, False])
def test_a_checkpoint_takes_kerass_names(only, capsys):
    model = Sequential(layers(), seed=2)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    callback = ModelCheckpoint(
        "out/w.{epoch:02d}-{val_accuracy:.2f}.hdf5",
        monitor="val_accuracy",
        save_weights_only=only,
        mode="max",
        period=2,
        save_freq="epoch",
    )
    model.fit(X, Y, epochs=5, validation_data=(X, Y), verbose=0, callbacks=callback)
    names = sorted(names_in("out"))
    assert [name[:5] for name in names] == ["w.02-", "w.04-"]
    assert capsys.readouterr().out.count("safe format") == 1
    path = f"out/{names[-1]}"
    if only:
        trained(3).load_weights(path)
    else:
        load_model(path)


def test_a_checkpoint_after_so_many_batches():
    model = trained()
    callback = ModelCheckpoint("{epoch}.h5", save_freq=4)
    model.fit(X, Y, batch_size=2, epochs=3, verbose=0, callbacks=callback)
    assert sorted(names_in()) == ["2.h5", "3.h5"]  # batches 4 and 8 of 9
