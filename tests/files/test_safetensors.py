"""Model files: bit-exact, never incomplete, and checked before use."""

import errno
import json
import math
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from tinycnn import Sequential, load_model
from tinycnn.files import safetensors
from tinycnn.layers import (
    AveragePooling2D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
    SumPooling2D,
)
from tinycnn.optimizers import SGD, Adam
from tinycnn.preprocessing.photos import Preprocessing

SHAPE = (6, 7, 3)


def photos(count=4, seed=0):
    rng = np.random.default_rng(seed)
    return rng.random((count, *SHAPE), np.float32)


def trained(seed=3):
    """Return a small model with everything that a file can contain."""
    model = Sequential(
        [
            Conv2D(2, (2, 3), input_shape=SHAPE, activation="relu"),
            AveragePooling2D((2, 1)),
            Flatten(),
            Dropout(0.25),
            Dense(1, activation="sigmoid"),
        ],
        seed=seed,
    )
    model.compile(Adam(0.01, epsilon=1e-5), "binary_crossentropy", ["accuracy"])
    model.fit(photos(), [0, 1, 0, 1], epochs=2, verbose=0)
    model.classes = ["Iron Man", "Pika" + chr(0xE7) + "hu"]
    model.preprocessing = Preprocessing(SHAPE[:2], rescale=1 / 255)
    model.threshold = 0.4
    return model


@pytest.fixture(scope="module")
def valid(tmp_path_factory):
    """Return the bytes of a valid file."""
    path = tmp_path_factory.mktemp("valid") / "model.safetensors"
    trained().save(path)
    return path.read_bytes()


# -- round trip -------------------------------------------------------------------


def test_a_loaded_model_equals_the_saved_one_to_the_bit(tmp_path):
    model = trained()
    path = tmp_path / "model.safetensors"
    model.save(path)
    loaded = load_model(path)
    assert loaded.params.keys() == model.params.keys()
    for name, param in model.params.items():
        assert loaded.params[name].dtype == param.dtype
        assert loaded.params[name].tobytes() == param.tobytes(), name
    assert repr(loaded.layers) == repr(model.layers)
    assert loaded.predict(photos()).tobytes() == model.predict(photos()).tobytes()
    assert loaded.classes == model.classes
    assert loaded.preprocessing == model.preprocessing
    assert loaded.threshold == model.threshold
    assert loaded.input_range == model.input_range
    assert loaded.input_shape == SHAPE
    assert loaded.seed == 3
    assert repr(loaded.optimizer) == repr(model.optimizer)
    assert repr(loaded.loss) == repr(model.loss)
    assert [metric.name for metric in loaded.metrics] == ["accuracy"]
    again = tmp_path / "again.safetensors"
    loaded.save(again)
    assert again.read_bytes() == path.read_bytes()


def test_a_loaded_model_can_be_trained_further(tmp_path):
    path = tmp_path / "model.safetensors"
    trained().save(path)
    model = load_model(path)
    before = model.get_weights()
    model.fit(photos(), [0, 1, 0, 1], verbose=0)
    assert any((a != b).any() for a, b in zip(before, model.get_weights(), strict=True))


def test_a_model_can_be_saved_before_it_is_compiled(tmp_path):
    model = Sequential([Dense(2, input_shape=(3,))])
    model.save(tmp_path / "model.safetensors")
    loaded = load_model(tmp_path / "model.safetensors")
    assert loaded.optimizer is None
    assert loaded.classes is None
    assert loaded.threshold == 0.5


@pytest.mark.parametrize(
    "layers",
    [
        [Conv2D(2, 3, (2, 1), "same", "sigmoid"), MaxPooling2D(2, 1, "same")],
        [SumPooling2D((2, 3)), Flatten(), Dense(3, activation="softmax")],
        [MaxPooling2D((2, 1), (1, 3)), AveragePooling2D(2, padding="same")],
    ],
    ids=repr,
)
def test_every_layers_arguments_are_restored(tmp_path, layers):
    model = Sequential(layers)
    model.build(SHAPE)
    model.save(tmp_path / "model.safetensors")
    loaded = load_model(tmp_path / "model.safetensors")
    assert [layer.config() for layer in loaded.layers] == [
        layer.config() for layer in model.layers
    ]
    assert (loaded.predict(photos()) == model.predict(photos())).all()


@pytest.mark.parametrize("rescale", [None, 1 / 255])
def test_the_preprocessing_is_restored(tmp_path, rescale):
    model = Sequential([Flatten(input_shape=SHAPE)])
    model.preprocessing = Preprocessing(SHAPE[:2], rescale=rescale)
    model.save(tmp_path / "model.safetensors")
    loaded = load_model(tmp_path / "model.safetensors")
    assert loaded.preprocessing == model.preprocessing


def test_optimisers_are_restored_with_their_arguments(tmp_path):
    model = Sequential([Dense(1, activation="sigmoid", input_shape=(3,))])
    model.compile(SGD(0.125, momentum=0.5), "binary_crossentropy")
    model.save(tmp_path / "model.safetensors")
    optimizer = load_model(tmp_path / "model.safetensors").optimizer
    assert repr(optimizer) == "SGD(learning_rate=0.125, momentum=0.5)"


def test_the_official_reader_finds_the_same_arrays(tmp_path):
    model = trained()
    path = tmp_path / "model.safetensors"
    model.save(path)
    found = load_file(path)
    assert found.keys() == model.params.keys()
    for name, param in model.params.items():
        assert found[name].dtype == param.dtype
        assert found[name].shape == param.shape
        assert found[name].tobytes() == param.tobytes()


def test_all_dtypes_and_shapes_are_restored(tmp_path):
    arrays = {
        "f4": np.float32([[1.5, -0.0], [math.inf, 2e-45]]),
        "f8": np.array(math.pi),
        "i8": np.array([-(2**62), 3]),
        "u1": np.arange(7, dtype=np.uint8),
        "empty": np.zeros((0, 3), np.float32),
        "big endian": np.arange(3, dtype=">f4"),
        "backwards": np.arange(6.0).reshape(2, 3)[:, ::-1],
    }
    config = {"a": [1, 2.5, None, True, "\u00e4\u2028\U0001f600"], "b": {}}
    path = safetensors.write_file(tmp_path / "some.bin", arrays, config)
    found_config, found = safetensors.read_file(path)
    assert found_config == config
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype.newbyteorder("<")
        assert found[name].tolist() == array.tolist()
    official = load_file(path)
    assert all((official[name] == array).all() for name, array in arrays.items())


@pytest.mark.parametrize("length", range(9))
def test_numbers_begin_at_a_multiple_of_eight_bytes(tmp_path, length):
    path = safetensors.write_file(
        tmp_path / "a.bin", {"x" * 3: np.ones(2)}, "y" * length
    )
    (header_length,) = struct.unpack("<Q", path.read_bytes()[:8])
    assert header_length % 8 == 0
    assert safetensors.read_file(path)[0] == "y" * length


def test_the_file_contains_no_time_path_or_user(tmp_path, monkeypatch):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    contents = set()
    for folder in ("one", "two"):
        monkeypatch.chdir(tmp_path / folder)
        trained().save("model.safetensors")
        contents.add(Path("model.safetensors").read_bytes())
    trained().save(tmp_path / "other name.safetensors")
    contents.add((tmp_path / "other name.safetensors").read_bytes())
    assert len(contents) == 1
    (content,) = contents
    for word in (str(tmp_path), tmp_path.name, "other name", "safetensors"):
        assert word.encode() not in content
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    config = json.loads(header["__metadata__"]["tinycnn"])
    assert set(config) == {
        *("format", "version", "input_shape", "seed", "layers", "compiled"),
        *("classes", "threshold", "preprocessing", "input_range"),
    }


# -- what cannot be saved ----------------------------------------------------------


def test_a_model_without_a_shape_is_not_saved(tmp_path):
    model = Sequential([Dense(1)])
    with pytest.raises(ValueError, match="no shape yet: give input_shape, or fit it"):
        model.save(tmp_path / "model.safetensors")


def test_a_layer_of_another_library_is_not_saved(tmp_path):
    class Dense(Flatten):
        """Has the name of a layer of tinycnn, and is not that layer."""

    model = Sequential([Dense(input_shape=SHAPE)])
    path = tmp_path / "model.safetensors"
    with pytest.warns(UserWarning, match=r"own layers, not layer 0 \(Dense\)"):
        model.save(path)
    with pytest.raises(ValueError, match="weights of a model, not its layers"):
        load_model(path)


def test_a_loss_that_cannot_work_is_left_out(tmp_path):
    model = Sequential()
    model.compile("adam", "categorical_crossentropy")
    model.add(Dense(1, activation="sigmoid", input_shape=(3,)))
    model.save(tmp_path / "model.safetensors")
    assert load_model(tmp_path / "model.safetensors").loss is None


# -- errors while writing ----------------------------------------------------------


def fail_at(monkeypatch, where, error):
    """Make one step of writing fail."""

    def fail(*arguments, **keywords):
        raise error

    if where == "write":
        real_open = Path.open

        def opened_to_fail(path, *arguments, **keywords):
            file = real_open(path, *arguments, **keywords)
            return HalfWritten(file, fail)

        monkeypatch.setattr(Path, "open", opened_to_fail)
    elif where == "open":
        monkeypatch.setattr(Path, "open", fail)
    elif where == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:  # any way to rename
        monkeypatch.setattr(os, "replace", fail)
        monkeypatch.setattr(Path, "replace", fail)
        monkeypatch.setattr(os, "rename", fail)


class HalfWritten:
    """A file on a disk that is full after the first write."""

    def __init__(self, file, fail):
        self.file, self.fail, self.writes = file, fail, 0

    def write(self, chunk):
        self.writes += 1
        return self.fail() if self.writes == 2 else self.file.write(chunk)

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self.file.close()

    def __getattr__(self, name):
        return getattr(self.file, name)


@pytest.mark.parametrize("where", ["open", "write", "fsync", "replace"])
@pytest.mark.parametrize("had_a_file", [True, False])
def test_the_old_file_stays_when_writing_fails(
    tmp_path, monkeypatch, valid, where, had_a_file
):
    path = tmp_path / "model.safetensors"
    if had_a_file:
        path.write_bytes(valid)
    model = trained(seed=4)
    with monkeypatch.context() as context:
        fail_at(context, where, OSError(errno.ENOSPC, "No space left on device"))
        with pytest.raises(
            OSError,
            match=r"could not write .*model\.safetensors.* \(.* KiB\): No space left",
        ) as caught:
            model.save(path)
    assert caught.value.errno == errno.ENOSPC
    assert str(tmp_path.name) in str(caught.value)
    assert [entry.name for entry in tmp_path.iterdir()] == had_a_file * [path.name]
    if had_a_file:
        assert path.read_bytes() == valid
        load_model(path)


def test_an_interrupt_while_writing_leaves_no_incomplete_file(
    tmp_path, monkeypatch, valid
):
    path = tmp_path / "model.safetensors"
    path.write_bytes(valid)
    with monkeypatch.context() as context:
        fail_at(context, "write", KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt, match=r"^$"):
            trained().save(path)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == valid


def test_the_new_file_is_on_the_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    calls = []
    real_fsync, real_replace = os.fsync, Path.replace

    def fsync(handle):
        calls.append("fsync")
        real_fsync(handle)

    def replace(self, target):
        calls.append(("replace", self.parent == Path(target).parent))
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    trained().save(tmp_path / "model.safetensors")
    assert calls[:2] == ["fsync", ("replace", True)]
    assert len(calls) == (3 if os.name == "posix" else 2)  # then the folder


def test_an_array_with_the_name_of_the_metadata_is_refused(tmp_path):
    with pytest.raises(ValueError, match="should not be named __metadata__"):
        safetensors.write_file(
            tmp_path / "a.safetensors", {"__metadata__": np.ones(2)}, {}
        )
    assert not list(tmp_path.iterdir())
