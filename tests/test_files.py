"""Model files: back to the bit, never half written, and never believed unchecked."""

import errno
import itertools
import json
import math
import os
import pickle
import re
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from tinycnn import ModelFileError, Sequential, files, load_model
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
    """Return a small model with everything a file can hold."""
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
    """Return the bytes of a good file."""
    path = tmp_path_factory.mktemp("valid") / "model.safetensors"
    trained().save(path)
    return path.read_bytes()


# -- there and back ----------------------------------------------------------------


def test_a_model_comes_back_to_the_bit(tmp_path):
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
    assert loaded.metrics == ["accuracy"]
    again = tmp_path / "again.safetensors"
    loaded.save(again)
    assert again.read_bytes() == path.read_bytes()


def test_a_loaded_model_can_go_on_learning(tmp_path):
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
def test_every_layers_arguments_come_back(tmp_path, layers):
    model = Sequential(layers)
    model.build(SHAPE)
    model.save(tmp_path / "model.safetensors")
    loaded = load_model(tmp_path / "model.safetensors")
    assert [layer.config() for layer in loaded.layers] == [
        layer.config() for layer in model.layers
    ]
    assert (loaded.predict(photos()) == model.predict(photos())).all()


@pytest.mark.parametrize("rescale", [None, 1 / 255])
def test_how_photos_are_prepared_comes_back(tmp_path, rescale):
    model = Sequential([Flatten(input_shape=SHAPE)])
    model.preprocessing = Preprocessing(SHAPE[:2], rescale=rescale)
    model.save(tmp_path / "model.safetensors")
    loaded = load_model(tmp_path / "model.safetensors")
    assert loaded.preprocessing == model.preprocessing


def test_optimisers_come_back_with_their_arguments(tmp_path):
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


def test_all_dtypes_and_shapes_come_back(tmp_path):
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
    path = files.write_file(tmp_path / "some.bin", arrays, config)
    found_config, found = files.read_file(path)
    assert found_config == config
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype.newbyteorder("<")
        assert found[name].tolist() == array.tolist()
    official = load_file(path)
    assert all((official[name] == array).all() for name, array in arrays.items())


@pytest.mark.parametrize("length", range(9))
def test_numbers_begin_at_a_multiple_of_eight_bytes(tmp_path, length):
    path = files.write_file(tmp_path / "a.bin", {"x" * 3: np.ones(2)}, "y" * length)
    (header_length,) = struct.unpack("<Q", path.read_bytes()[:8])
    assert header_length % 8 == 0
    assert files.read_file(path)[0] == "y" * length


def test_the_file_says_nothing_of_when_where_and_who(tmp_path, monkeypatch):
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
    header, _ = opened(content)
    config = json.loads(header["__metadata__"]["tinycnn"])
    assert set(config) == {
        *("format", "version", "input_shape", "seed", "layers", "compiled"),
        *("classes", "threshold", "preprocessing", "input_range"),
    }


# -- what cannot be saved ----------------------------------------------------------


@pytest.mark.parametrize("name", ["model.h5", "model.pkl", "model", "model.keras"])
def test_other_formats_are_refused(tmp_path, name):
    with pytest.raises(ValueError, match=r"the path should end in \.safetensors"):
        trained().save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_model_without_a_shape_is_not_saved(tmp_path):
    model = Sequential([Dense(1)])
    with pytest.raises(ValueError, match="no shape yet: give input_shape, or fit it"):
        model.save(tmp_path / "model.safetensors")


def test_a_strangers_layer_is_not_saved(tmp_path):
    class Dense(Flatten):
        """Has the library's name, and is not the library's."""

    model = Sequential([Dense(input_shape=SHAPE)])
    message = r"layer 0 \(Dense\) cannot be saved: a model file may only name"
    with pytest.raises(ValueError, match=message):
        model.save(tmp_path / "model.safetensors")


def test_a_model_whose_loss_cannot_work_is_not_saved(tmp_path):
    model = Sequential()
    model.compile("adam", "binary_crossentropy")
    model.add(Dense(2, activation="softmax", input_shape=(3,)))
    with pytest.raises(ValueError, match="needs a last layer with activation='sigm"):
        model.save(tmp_path / "model.safetensors")


# -- machines fail -----------------------------------------------------------------


def fail_at(monkeypatch, where, error):
    """Let one of the steps of writing fail."""

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
    else:  # whichever way the new name is given
        monkeypatch.setattr(os, "replace", fail)
        monkeypatch.setattr(Path, "replace", fail)
        monkeypatch.setattr(os, "rename", fail)


class HalfWritten:
    """A file on a disk that is full after the first piece."""

    def __init__(self, file, fail):
        self.file, self.fail, self.pieces = file, fail, 0

    def write(self, piece):
        self.pieces += 1
        return self.fail() if self.pieces == 2 else self.file.write(piece)

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
            match=r"could not write .*model\.safetensors \(.* KiB\): No space left",
        ) as caught:
            model.save(path)
    assert caught.value.errno == errno.ENOSPC
    assert str(tmp_path.name) in str(caught.value)
    assert [entry.name for entry in tmp_path.iterdir()] == had_a_file * [path.name]
    if had_a_file:
        assert path.read_bytes() == valid
        load_model(path)


def test_an_interrupt_while_writing_leaves_nothing_half_done(
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
    moments = []
    real_fsync, real_replace = os.fsync, Path.replace

    def fsync(handle):
        moments.append("fsync")
        real_fsync(handle)

    def replace(self, target):
        moments.append(("replace", self.parent == Path(target).parent))
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    trained().save(tmp_path / "model.safetensors")
    assert moments[:2] == ["fsync", ("replace", True)]
    assert len(moments) == (3 if os.name == "posix" else 2)  # then the folder


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(OSError, match=r"could not write .*nowhere"):
        trained().save(tmp_path / "nowhere" / "model.safetensors")


# -- files from strangers ----------------------------------------------------------


def opened(content):
    """Return (header, numbers) of a file's bytes."""
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + length]), content[8 + length :]


def closed(header, numbers):
    """Return a file's bytes; a header that is text already stays as it is."""
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(head)) + head + numbers


def cut(length):
    return lambda content: content[:length]


def head(change):
    """Return what changes a file's header (a dict) in place."""

    def changed(content):
        header, numbers = opened(content)
        numbers = change(header) or numbers
        return closed(header, numbers)

    return changed


def head_text(old, new, count=1):
    """Return what changes the text of a file's header."""

    def changed(content):
        header, numbers = opened(content)
        text = json.dumps(header)
        assert old in text
        return closed(text.replace(old, new, count).encode("utf-8"), numbers)

    return changed


def entry(name, **changes):
    return head(lambda header: header[name].update(changes))


def config(change):
    """Return what changes the model's description in a file."""

    def changed(header):
        metadata = header["__metadata__"]
        described = json.loads(metadata["tinycnn"])
        change(described)
        metadata["tinycnn"] = json.dumps(described)

    return head(changed)


def put(*keys_and_value):
    """Return what puts a value into the description: put("layers", 0, 0, "Lambda")."""
    *keys, last, value = keys_and_value

    def changed(described):
        for key in keys:
            described = described[key]
        described[last] = value

    return config(changed)


def without(*keys):
    *before, last = keys

    def changed(described):
        for key in before:
            described = described[key]
        del described[last]

    return config(changed)


def config_text(text):
    return head(lambda header: header["__metadata__"].update(tinycnn=text))


def config_part(old, new):
    """Return what changes the description's text."""

    def changed(header):
        metadata = header["__metadata__"]
        assert old in metadata["tinycnn"]
        metadata["tinycnn"] = metadata["tinycnn"].replace(old, new, 1)

    return head(changed)


def only_layers(layers, input_shape, classes=None):
    """Return a file of these layers, with no weights at all."""

    def changed(header):
        described = json.loads(header["__metadata__"]["tinycnn"])
        described |= {"layers": layers, "input_shape": input_shape}
        described |= {"classes": classes, "compiled": None, "preprocessing": None}
        header.clear()
        header["__metadata__"] = {"tinycnn": json.dumps(described)}

    def emptied(content):
        return closed(opened(head(changed)(content))[0], b"")

    return emptied


def pooling(name, size, strides, padding="valid"):
    return [name, {"pool_size": size, "strides": strides, "padding": padding}]


def nan_weights(value):
    def changed(content):
        header, numbers = opened(content)
        start = header["0.bias"]["data_offsets"][0]
        number = struct.pack("<f", value)
        return closed(header, numbers[:start] + number + numbers[start + 4 :])

    return changed


def hole(header):
    """Move the last array eight bytes on."""
    header["5.bias"]["data_offsets"] = [
        place + 8 for place in header["5.bias"]["data_offsets"]
    ]


def hole_filled(content):
    """Leave a hole, with numbers in it, so that only the hole is wrong."""
    header, numbers = opened(content)
    name = max(
        (n for n in header if n != "__metadata__"),
        key=lambda n: header[n]["data_offsets"][0],
    )
    start, end = header[name]["data_offsets"]
    header[name]["data_offsets"] = [start + 8, end + 8]
    return closed(header, numbers[:start] + bytes(8) + numbers[start:])


def overlap(header):
    header["5.bias"]["data_offsets"] = header["0.bias"]["data_offsets"][:1] * 2
    first = header["0.bias"]["data_offsets"][0]
    header["5.bias"]["data_offsets"] = [first, first + 4]


NOT_ONE = "it does not begin like a .safetensors file"
CUT = "it is cut off or has something behind its end"
NO_MARK = "it was not written by tinycnn"
IMPOSSIBLE = "has an impossible shape or place"
DEEP = 5000
LAYERS_KNOWN = "layers should be of Conv2D, MaxPooling2D"

HOSTILE = {
    # bytes
    "empty file": (cut(0), NOT_ONE),
    "one byte": (cut(1), NOT_ONE),
    "seven bytes": (cut(7), NOT_ONE),
    "length only": (cut(8), NOT_ONE),
    "header cut off": (cut(100), NOT_ONE),
    "last byte missing": (lambda content: content[:-1], CUT),
    "last array missing": (lambda content: content[:-4], CUT),
    "no numbers": (lambda content: closed(opened(content)[0], b""), CUT),
    "one byte too many": (lambda content: content + b"\0", CUT),
    "a zip behind the end": (lambda content: content + b"PK\5\6" + bytes(18), CUT),
    "pickle": (lambda content: pickle.dumps({"weights": [1.0] * 50}), NOT_ONE),
    "zip": (lambda content: b"PK\3\4" + bytes(100), NOT_ONE),
    "hdf5": (lambda content: b"\x89HDF\r\n\x1a\n" + bytes(100), NOT_ONE),
    "text": (lambda content: b"{'not': 'a model'}" * 10, NOT_ONE),
    "header of length 0": (lambda content: bytes(8) + content[8:], NOT_ONE),
    "header longer than the file": (
        lambda content: struct.pack("<Q", len(content) - 7) + content[8:],
        NOT_ONE,
    ),
    "header of 2**64 - 1 bytes": (lambda content: b"\xff" * 8 + content[8:], NOT_ONE),
    "header above 1 MiB": (
        lambda content: closed(b"{" + b" " * 2**20 + b"}", b""),
        NOT_ONE,
    ),
    # JSON
    "no JSON": (head_text("{", "["), "its header is no JSON"),
    "no UTF-8": (
        lambda content: closed(b'{"\xff\xfe": 1}', b""),
        "its header is no UTF-8 text",
    ),
    "UTF-16": (
        lambda content: closed("{}".encode("utf-16"), b""),
        "its header is no UTF-8 text",
    ),
    "a list": (lambda content: closed([], b""), "its header should be a dict"),
    "null": (lambda content: closed(None, b""), "its header should be a dict"),
    "a number": (lambda content: closed(12, b""), "its header should be a dict"),
    "NaN in the header": (head_text("[0, ", "[NaN, "), "its header holds NaN"),
    "Infinity in the header": (
        head_text("[0, ", "[Infinity, "),
        "its header holds Infinity",
    ),
    "1e999 in the header": (
        head_text("[0, ", "[1e999, "),
        "its header holds the number 1e999",
    ),
    "array named twice": (
        head_text('"0.kernel"', '"0.bias"'),
        "its header names something twice",
    ),
    "key twice in an entry": (
        head_text('"dtype": "F32"', '"dtype": "F32", "dtype": "F32"'),
        "its header names something twice",
    ),
    "deep nesting": (
        lambda content: closed(b"[" * DEEP + b"]" * DEEP, b""),
        "its header is nested too deep",
    ),
    "deep nesting of dicts": (
        lambda content: closed(b'{"a":' * DEEP + b"1" + b"}" * DEEP, b""),
        "its header is nested too deep",
    ),
    "a number of 5,000 digits": (
        head_text("[0, ", f"[{'9' * 5000}, "),
        "is not a tinycnn file",
    ),
    # the list of arrays
    "no metadata": (head(lambda header: header.pop("__metadata__") and None), NO_MARK),
    "metadata a list": (head(lambda header: header.update(__metadata__=[])), NO_MARK),
    "someone else's file": (
        head(lambda header: header.update(__metadata__={"format": "pt"})),
        NO_MARK,
    ),
    "description no string": (
        head(lambda header: header["__metadata__"].update(tinycnn={})),
        NO_MARK,
    ),
    "entry a list": (
        head(lambda header: header.update({"0.bias": []})),
        "array '0.bias' should have dtype, shape, data_offsets",
    ),
    "entry without a shape": (
        head(lambda header: header["0.bias"].pop("shape") and None),
        "array '0.bias' should have dtype, shape, data_offsets",
    ),
    "entry with more": (
        entry("0.bias", url="file:///etc"),
        "array '0.bias' should have dtype, shape, data_offsets",
    ),
    "dtype unknown": (entry("0.bias", dtype="O"), "array '0.bias' has an unknown dty"),
    "dtype a list": (entry("0.bias", dtype=[]), "array '0.bias' has an unknown dtype"),
    "dtype of another size": (
        entry("0.bias", dtype="F64"),
        "array '0.bias' does not have the size of its shape",
    ),
    "shape negative": (entry("0.bias", shape=[-1, -2]), IMPOSSIBLE),
    "shape of floats": (entry("0.bias", shape=[2.0]), IMPOSSIBLE),
    "shape of bools": (entry("0.bias", shape=[True, 2]), IMPOSSIBLE),
    "shape of petabytes": (entry("0.bias", shape=[10**15]), IMPOSSIBLE),
    "shape of many petabytes": (
        entry("0.bias", shape=[2**32] * 8),
        "array '0.bias' does not have the size of its shape",
    ),
    "shape of nine axes": (entry("0.bias", shape=[1] * 8 + [2]), IMPOSSIBLE),
    "shape a number": (entry("0.bias", shape=2), IMPOSSIBLE),
    "offsets negative": (entry("0.bias", data_offsets=[-8, 0]), IMPOSSIBLE),
    "offsets backwards": (
        entry("0.bias", data_offsets=[8, 0]),
        "array '0.bias' does not have the size of its shape",
    ),
    "three offsets": (entry("0.bias", data_offsets=[0, 4, 8]), IMPOSSIBLE),
    "offsets of a giant": (entry("0.bias", data_offsets=[10**30] * 2), IMPOSSIBLE),
    "hole": (head(hole), "array '5.bias' leaves a hole or overlaps another"),
    "hole with numbers in it": (hole_filled, "leaves a hole or overlaps another"),
    "overlap": (head(overlap), "leaves a hole or overlaps another"),
    # the arrays are not those of the layers
    "shape of other axes": (
        entry("5.kernel", shape=[1, 20]),
        "the weights 5.kernel should be float32 of shape (20, 1), got float32 of shape "
        "(1, 20)",
    ),
    "other dtype of the same size": (
        lambda content: closed(
            json.dumps(opened(content)[0])
            .replace('"dtype": "F32", "shape": [2]', '"dtype": "I64", "shape": [1]')
            .encode(),
            opened(content)[1],
        ),
        "the weights 0.bias should be float32 of shape (2,), got int64 of shape (1,)",
    ),
    "array renamed": (
        head_text('"0.bias"', '"0.offset"'),
        "the weights 0.bias should be float32 of shape (2,), got none",
    ),
    "array to spare": (
        head(
            lambda header: header.update(
                {"9.bias": {"dtype": "U8", "shape": [0], "data_offsets": [0, 0]}}
            )
        ),
        "it holds weights '9.bias' that no layer has",
    ),
    "weight NaN": (nan_weights(math.nan), "the weights 0.bias are not all finite"),
    "weight infinite": (nan_weights(-math.inf), "the weights 0.bias are not all fini"),
    # the description
    "description no JSON": (config_text("Sequential()"), "its header is no JSON"),
    "description a list": (config_text("[]"), "dict expected, got list"),
    "description deep": (
        config_text("[" * DEEP + "]" * DEEP),
        "its header is nested too deep",
    ),
    "description with NaN": (
        config_part('"threshold": 0.4', '"threshold": NaN'),
        "its header holds NaN",
    ),
    "description with 1e999": (
        config_part('"threshold": 0.4', '"threshold": 1e999'),
        "its header holds the number 1e999",
    ),
    "description with a key twice": (
        config_part('"seed": 3', '"seed": 3, "seed": 4'),
        "its header names something twice",
    ),
    "description with half a character": (
        config_part('"Iron Man"', '"\\ud800"'),
        r"a class is named '\ud800'",
    ),
    "half a character around it": (
        config_text("\ud800"),
        "is not a tinycnn file",
    ),
    "format missing": (without("format"), "it holds no model"),
    "format another": (put("format", "tinycnn checkpoint"), "it holds no model"),
    "version missing": (without("version"), "version"),
    "version newer": (put("version", 2), "it was made by a newer tinycnn"),
    "version a bool": (put("version", True), "version True"),
    "version a float": (put("version", 1.0), "version 1.0"),
    "version a list": (put("version", [1]), "format version [1]"),
    "layers missing": (without("layers"), "its entries should be"),
    "an entry more": (put("code", "import os"), "its entries should be"),
    "seed a bool": (put("seed", True), "seed should be a whole number of at least 0"),
    "seed negative": (put("seed", -1), "seed should be a whole number of at least 0"),
    # layers
    "layers a dict": (put("layers", {}), "list expected, got dict"),
    "no layers": (put("layers", []), "it should have 1 to 1000 layers, got 0"),
    "too many layers": (
        config(lambda c: c["layers"].extend([["ReLU", {}]] * 1000)),
        "it should have 1 to 1000 layers, got 1007",
    ),
    "layer a name only": (put("layers", 1, "ReLU"), "list expected, got str"),
    "layer of three": (put("layers", 1, ["ReLU", {}, 1]), "too many values"),
    "layer unknown": (put("layers", 1, 0, "Lambda"), f"{LAYERS_KNOWN}"),
    "layer a path": (put("layers", 1, 0, "os.system"), "got 'os.system'"),
    "layer's base class": (put("layers", 1, 0, "Layer"), "got 'Layer'"),
    "layer a number": (put("layers", 1, 0, 3), f"{LAYERS_KNOWN}"),
    "layer's arguments a list": (put("layers", 1, 1, []), "dict expected, got list"),
    "argument unknown": (
        put("layers", 1, 1, {"code": "print(1)"}),
        "ReLU has no argument 'code'",
    ),
    "argument missing": (without("layers", 0, 1, "filters"), "filters"),
    "argument with a default missing": (
        without("layers", 0, 1, "padding"),
        "Conv2D has arguments",
    ),
    "argument self": (put("layers", 1, 1, {"self": 1}), "self"),
    "activation in a config": (
        put("layers", 0, 1, "activation", "relu"),
        "Conv2D has arguments",
    ),
    "input_shape in a config": (
        put("layers", 0, 1, "input_shape", list(SHAPE)),
        "Conv2D has arguments",
    ),
    "filters a bool": (put("layers", 0, 1, "filters", True), "filters should be a wh"),
    "filters a float": (put("layers", 0, 1, "filters", 2.0), "filters should be a who"),
    "filters a giant": (
        put("layers", 0, 1, "filters", 10**4000),
        "it would make more than 4.0 GiB",
    ),
    "strides of three": (put("layers", 0, 1, "strides", [1, 1, 1]), "strides should b"),
    "padding a dict": (put("layers", 0, 1, "padding", {}), "padding should be 'valid'"),
    "rate 1": (put("layers", 4, 1, "rate", 1.0), "rate should be the share"),
    "initializer unknown": (
        put("layers", 0, 1, "kernel_initializer", "eval"),
        "kernel_initializer should be",
    ),
    "initializer a list": (
        put("layers", 0, 1, "kernel_initializer", []),
        "kernel_initializer should be",
    ),
    "layers that do not fit": (
        put("layers", 2, 1, "pool_size", [9, 9]),
        "a 9x9 pooling window does not fit",
    ),
    # sizes
    "input_shape a number": (put("input_shape", 6), "list expected, got int"),
    "input_shape of none": (put("input_shape", []), "input_shape"),
    "input_shape negative": (
        put("input_shape", [-6, 7, 3]),
        "input_shape should be a whole number of at least 1, got -6",
    ),
    "input_shape of bools": (put("input_shape", [True, 7, 3]), "got True"),
    "input_shape of floats": (put("input_shape", [6.0, 7, 3]), "got 6.0"),
    "input_shape of petabytes": (
        put("input_shape", [10**8, 10**8, 3]),
        "it would make more than 4.0 GiB",
    ),
    "input_shape of giants": (
        put("input_shape", [10**4000, 7, 3]),
        "it would make more than 4.0 GiB",
    ),
    "petabytes behind the first layer": (
        only_layers([pooling("MaxPooling2D", [1, 1], None)] * 3, [10**8, 10**8, 1]),
        "it would make more than 4.0 GiB",
    ),
    "petabytes that a long stride hides": (
        only_layers(
            [pooling("AveragePooling2D", [1, 1], [10**8] * 2)], [10**8, 10**8, 1]
        ),
        "it would make more than 4.0 GiB",
    ),
    "petabytes of border": (
        only_layers(
            [pooling("AveragePooling2D", [10**8] * 2, [1, 1], "same")], [4, 4, 1]
        ),
        "layer 0",
    ),
    "a window of a thousand million cells": (
        only_layers(
            [pooling("AveragePooling2D", [30_000] * 2, [1, 1], "same")], [1, 1, 1]
        ),
        "layer 0",
    ),
    "gigabytes a thousand times": (
        only_layers(
            [pooling("AveragePooling2D", [1, 1], None)] * 1000, [30_000, 30_000, 1]
        ),
        "it would make more than 4.0 GiB",
    ),
    # the rest of the description
    "classes a string": (put("classes", "ab"), "list expected, got str"),
    "class name missing": (put("classes", ["a"]), "it should name 2 different classes"),
    "class name too many": (put("classes", ["a", "b", "c"]), "it should name 2 differ"),
    "class names equal": (put("classes", ["a", "a"]), "it should name 2 different cla"),
    "class name empty": (put("classes", ["", "b"]), "a class is named ''"),
    "class name a number": (put("classes", ["a", 1]), "str expected, got int"),
    "class name with an escape": (
        put("classes", ["a", "\x1b[31mb"]),
        r"a class is named '\x1b[31mb'",
    ),
    "class name of two lines": (put("classes", ["a", "b\n"]), r"a class is named 'b\n"),
    "threshold 2": (put("threshold", 2.0), "threshold should be between 0 and 1, got"),
    "threshold 0": (put("threshold", 0.0), "threshold should be between 0 and 1, got"),
    "threshold a bool": (put("threshold", True), "float expected, got bool"),
    "preprocessing a list": (put("preprocessing", []), "dict expected, got list"),
    "preprocessing of another size": (
        put("preprocessing", "target_size", [7, 6]),
        "its photos are (7, 6, 3) and its layers want (6, 7, 3)",
    ),
    "preprocessing in grey": (
        put("preprocessing", "color_mode", "grayscale"),
        "its photos are (6, 7, 1) and its layers want (6, 7, 3)",
    ),
    "preprocessing negative": (
        put("preprocessing", "target_size", [-6, 7]),
        "target_size should be a whole number",
    ),
    "preprocessing incomplete": (
        without("preprocessing", "rescale"),
        "its preprocessing is not complete",
    ),
    "preprocessing with more": (
        put("preprocessing", "path", "/etc/passwd"),
        "its preprocessing is not complete",
    ),
    "color_mode a list": (
        put("preprocessing", "color_mode", []),
        "str expected, got l",
    ),
    "rescale a string": (put("preprocessing", "rescale", "1"), "float expected, got s"),
    "rescale 0": (put("preprocessing", "rescale", 0.0), "rescale should not be 0"),
    "compiled a list": (put("compiled", []), "dict expected, got list"),
    "compiled with more": (
        put("compiled", "callbacks", []),
        "optimizer, loss and metrics",
    ),
    "optimizer unknown": (put("compiled", "optimizer", 0, "rmsprop"), "'rmsprop'"),
    "optimizer a string": (put("compiled", "optimizer", "adam"), "list expected, got"),
    "optimizer's argument unknown": (
        put("compiled", "optimizer", 1, "lr", 0.1),
        "Adam has no argument 'lr'",
    ),
    "learning rate negative": (
        put("compiled", "optimizer", 1, "learning_rate", -0.1),
        "learning_rate should be a number above 0",
    ),
    "loss unknown": (put("compiled", "loss", "hinge"), "loss should be one of"),
    "loss a number": (put("compiled", "loss", 1), "str expected, got int"),
    "loss missing": (without("compiled", "loss"), "optimizer, loss and metrics"),
    "loss of another last layer": (
        put("compiled", "loss", "categorical_crossentropy"),
        "needs a last layer with activation='softmax'",
    ),
    "metric unknown": (put("compiled", "metrics", ["auc"]), "metrics should be"),
    "input_range of one": (put("input_range", [0.5]), "input_range"),
    "input_range of ints": (put("input_range", [0, 1]), "float expected, got int"),
}


@pytest.mark.parametrize(("spoil", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_a_damaged_or_hostile_file_is_refused_with_its_name_and_the_reason(
    tmp_path, valid, spoil, reason
):
    path = tmp_path / "from a stranger.safetensors"
    path.write_bytes(spoil(valid))
    with pytest.raises(ModelFileError, match=re.escape(reason)) as caught:
        load_model(path)
    message = str(caught.value)
    assert "from a stranger.safetensors" in message
    assert message.isprintable()
    assert len(message) < 1500
    assert path.exists()  # and is left alone


def test_the_file_that_is_spoiled_above_is_good(tmp_path, valid):
    path = tmp_path / "model.safetensors"
    header, numbers = opened(valid)
    path.write_bytes(closed(header, numbers))
    assert load_model(path).classes[0] == "Iron Man"


def test_a_file_cut_off_anywhere_is_refused(tmp_path, valid):
    path = tmp_path / "model.safetensors"
    for length in itertools.chain(range(0, len(valid), 41), range(8)):
        path.write_bytes(valid[:length])
        with pytest.raises(ModelFileError, match=r"model\.safetensors"):
            load_model(path)


def test_a_file_with_any_byte_of_its_header_damaged_raises_nothing_else(
    tmp_path, valid
):
    path = tmp_path / "model.safetensors"
    (length,) = struct.unpack("<Q", valid[:8])
    refused = 0
    rng = np.random.default_rng(0)
    for place in range(0, 8 + length, 5):
        damaged = bytearray(valid)
        damaged[place] ^= int(rng.integers(1, 256))
        path.write_bytes(damaged)
        try:
            load_model(path)
        except ModelFileError as error:
            assert "model.safetensors" in str(error)
            refused += 1
    assert refused > length / 5 * 0.8  # what is left: letters of a class name, digits


def test_a_real_zip_and_an_npz_are_refused(tmp_path):
    path = tmp_path / "model.safetensors"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "{}")
    with pytest.raises(ModelFileError, match=re.escape(NOT_ONE)):
        load_model(path)
    np.savez(tmp_path / "model.npz", kernel=np.ones(3))
    with pytest.raises(ModelFileError, match=r"model\.npz.* does not begin like"):
        load_model(tmp_path / "model.npz")


def test_a_pickle_is_never_run(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "it ran",))

    path = tmp_path / "model.safetensors"
    path.write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(ModelFileError, match=re.escape(NOT_ONE)):
        load_model(path)
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelFileError, match=r"nobody\.safetensors.*no such file"):
        load_model(tmp_path / "nobody.safetensors")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(ModelFileError, match="should be a file, not a folder"):
        load_model(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only POSIX has named pipes")
def test_a_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "model.safetensors")
    with pytest.raises(ModelFileError, match="not a folder or a device"):
        load_model(tmp_path / "model.safetensors")


def test_a_name_with_a_zero_byte_is_no_file():
    with pytest.raises(ModelFileError, match=r"mo\\x00del"):
        load_model("mo\0del.safetensors")


def test_a_file_above_the_limit_is_not_read(tmp_path, monkeypatch, valid):
    path = tmp_path / "model.safetensors"
    path.write_bytes(valid)
    monkeypatch.setattr(files, "MAX_FILE", len(valid) - 1)
    with pytest.raises(ModelFileError, match=r"KiB is more than .* KiB"):
        load_model(path)


def test_an_unreadable_file_says_why(tmp_path, monkeypatch, valid):
    path = tmp_path / "model.safetensors"
    path.write_bytes(valid)

    def refuse(*arguments, **keywords):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ModelFileError, match=r"model\.safetensors.*Permission denied"):
        load_model(path)


def test_a_name_that_would_paint_the_terminal_is_shown_harmless(tmp_path):
    name = "\x1b[31m.safetensors" if os.name == "posix" else "x.safetensors"
    with pytest.raises(ModelFileError, match="there is no such file") as caught:
        load_model(tmp_path / name)
    assert "\x1b" not in str(caught.value)


def test_a_model_file_error_is_a_value_error():
    assert issubclass(ModelFileError, ValueError)


def test_the_table_is_long_enough():
    assert len(HOSTILE) >= 40


def test_an_array_with_the_name_of_the_metadata_is_refused(tmp_path):
    with pytest.raises(ValueError, match="should not be named __metadata__"):
        files.write_file(tmp_path / "a.safetensors", {"__metadata__": np.ones(2)}, {})
    assert not list(tmp_path.iterdir())
