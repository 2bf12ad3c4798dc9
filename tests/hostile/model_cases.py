"""Hand-made hostile model files: the change to a valid one, and the error message.

Each row changes one thing, so that exactly one check has to refuse it.
"""

import gzip
import json
import math
import pickle
import struct

import numpy as np

from tinycnn import Sequential
from tinycnn.layers import AveragePooling2D, Conv2D, Dense, Dropout, Flatten
from tinycnn.optimizers import Adam
from tinycnn.preprocessing.photos import Preprocessing

SHAPE = (6, 7, 3)


def good_model(seed=3):
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
    photos = np.random.default_rng(seed).random((4, *SHAPE), np.float32)
    model.fit(photos, [0, 1, 0, 1], epochs=1, verbose=0)
    model.classes = ["Iron Man", "Pika" + chr(0xE7) + "hu"]
    model.preprocessing = Preprocessing(SHAPE[:2], rescale=1 / 255)
    model.threshold = 0.4
    return model


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


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


def every_entry(header, **changes):
    for name, entry in header.items():
        if name != "__metadata__":
            entry.update(changes)


def shared(content):
    """Let both biases of one number point to the same four bytes."""
    header, numbers = opened(content)
    header["5.kernel"]["data_offsets"][1] = header["5.kernel"]["data_offsets"][0] + 4
    header["5.kernel"]["shape"] = [1, 1]
    header["5.bias"]["data_offsets"] = header["5.kernel"]["data_offsets"]
    return closed(header, numbers)


def twice(content):
    """Let an entry stand twice in the header, which means the same to other readers."""
    header, numbers = opened(content)
    entry = f'"0.bias": {json.dumps(header["0.bias"])}'
    head = json.dumps(header).replace(entry, f"{entry}, {entry}")
    return closed(head.encode(), numbers)


def signalling_nan(content):
    header, numbers = opened(content)
    start = header["0.bias"]["data_offsets"][0]
    number = b"\x01\x00\xa0\x7f"  # the quiet bit is not set
    return closed(header, numbers[:start] + number + numbers[start + 4 :])


NOT_ONE = "it does not begin like a .safetensors file"
CUT = "it is cut off or has extra bytes at its end"
NO_MARK = "it was not written by tinycnn"
IMPOSSIBLE = "has an impossible shape or offset"
DEEP = 5000
CUT_HEAD = "is not a tinycnn file"
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
    "a zip after the end": (lambda content: content + b"PK\5\6" + bytes(18), CUT),
    "pickle": (lambda content: pickle.dumps({"weights": [1.0] * 50}), NOT_ONE),
    "zip": (lambda content: b"PK\3\4" + bytes(100), NOT_ONE),
    "hdf5": (
        lambda content: b"\x89HDF\r\n\x1a\n" + bytes(100),
        "but a Keras HDF5 file: to convert it write",
    ),
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
    "no JSON": (head_text("{", "["), "its header is not JSON"),
    "no UTF-8": (
        lambda content: closed(b'{"\xff\xfe": 1}', b""),
        "its header is not UTF-8 text",
    ),
    "UTF-16": (
        lambda content: closed("{}".encode("utf-16"), b""),
        "its header is not UTF-8 text",
    ),
    "a list": (lambda content: closed([], b""), "its header should be a dict"),
    "null": (lambda content: closed(None, b""), "its header should be a dict"),
    "a number": (lambda content: closed(12, b""), "its header should be a dict"),
    "NaN in the header": (
        head_text("[0, ", "[NaN, "),
        "its header holds the number NaN",
    ),
    "Infinity in the header": (
        head_text("[0, ", "[Infinity, "),
        "its header holds the number Infinity",
    ),
    "1e999 in the header": (
        head_text("[0, ", "[1e999, "),
        "its header holds the number 1e999",
    ),
    "array named twice": (
        head_text('"0.kernel"', '"0.bias"'),
        "its header has a duplicate key",
    ),
    "key twice in an entry": (
        head_text('"dtype": "F32"', '"dtype": "F32", "dtype": "F32"'),
        "its header has a duplicate key",
    ),
    "deep nesting": (
        lambda content: closed(b"[" * DEEP + b"]" * DEEP, b""),
        "its header is nested too deeply",
    ),
    "deep nesting of dicts": (
        lambda content: closed(b'{"a":' * DEEP + b"1" + b"}" * DEEP, b""),
        "its header is nested too deeply",
    ),
    "a number of 5,000 digits": (
        head_text("[0, ", f"[{'9' * 5000}, "),
        "its header holds the number 99999999999999999999",
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
    "hole": (head(hole), "array '5.bias' leaves a gap or overlaps another"),
    "hole with numbers in it": (hole_filled, "leaves a gap or overlaps another"),
    "overlap": (head(overlap), "leaves a gap or overlaps another"),
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
    "description no JSON": (config_text("Sequential()"), "its description is not JSON"),
    "description a list": (config_text("[]"), "dict expected, got list"),
    "description deep": (
        config_text("[" * DEEP + "]" * DEEP),
        "its description is nested too deeply",
    ),
    "description with NaN": (
        config_part('"threshold": 0.4', '"threshold": NaN'),
        "its description holds the number NaN",
    ),
    "description with 1e999": (
        config_part('"threshold": 0.4', '"threshold": 1e999'),
        "its description holds the number 1e999",
    ),
    "description with a key twice": (
        config_part('"seed": 3', '"seed": 3, "seed": 4'),
        "its description has a duplicate key",
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
    "format another": (put("format", "tinycnn checkpoints"), "it holds no model"),
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
        f"its description holds the number 1{'0' * 19}",
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
        put("input_shape", [10**90, 7, 3]),
        "it would make more than 4.0 GiB",
    ),
    "petabytes after the first layer": (
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
    "optimizer unknown": (put("compiled", "optimizer", 0, "ftrl"), "'ftrl'"),
    "schedule unknown": (
        put("compiled", "optimizer", 1, "learning_rate", {"Lambda": {}}),
        "a schedule should be one of ExponentialDecay",
    ),
    "schedule a list": (
        put("compiled", "optimizer", 1, "learning_rate", ["CosineDecay"]),
        "learning_rate should be a number above 0",
    ),
    "schedule's argument unknown": (
        put("compiled", "optimizer", 1, "learning_rate", {"CosineDecay": {"a": 1}}),
        "unexpected keyword argument 'a'",
    ),
    "schedule divides by nothing": (
        put(
            "compiled",
            "optimizer",
            1,
            "learning_rate",
            {
                "InverseTimeDecay": {
                    "initial_learning_rate": 0.1,
                    "decay_steps": 0,
                    "decay_rate": 1,
                }
            },
        ),
        "decay_steps should be a number at least 1",
    ),
    "clipnorm a word": (
        put("compiled", "optimizer", 1, "clipnorm", "all"),
        "clipnorm should be a number above 0",
    ),
    "clipped twice": (
        put("compiled", "optimizer", 1, {"clipnorm": 1.0, "clipvalue": 1.0}),
        "only one of clipnorm",
    ),
    "regulariser unknown": (
        put("layers", 0, 1, "kernel_regularizer", {"Lambda": {}}),
        "kernel_regularizer should be one of L1",
    ),
    "regulariser pays for large weights": (
        put("layers", 0, 1, "kernel_regularizer", {"L2": {"l2": -1}}),
        "l2 should be a number at least 0",
    ),
    "regulariser by its name": (
        put("layers", 0, 1, "kernel_regularizer", "l2"),
        "Conv2D has arguments",
    ),
    "initialiser unknown": (
        put("layers", 0, 1, "kernel_initializer", {"Lambda": {}}),
        "kernel_initializer should be one of Gl",
    ),
    "initialiser not complete": (
        put("layers", 0, 1, "kernel_initializer", {"HeNormal": {}}),
        "Conv2D has arguments",
    ),
    "bias that no weights belong to": (
        put("layers", 0, 1, "use_bias", False),
        "weights '0.bias' that no layer has",
    ),
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
    "metric unknown": (put("compiled", "metrics", ["f2"]), "metrics should be"),
    "input_range of one": (put("input_range", [0.5]), "input_range"),
    "input_range of ints": (put("input_range", [0, 1]), "float expected, got int"),
    # files of other programs
    "a page of HTML": (lambda content: b"<!DOCTYPE html><title>404</title>", NOT_ONE),
    "a page with the length of a header": (
        lambda content: struct.pack("<Q", 33) + b"<!DOCTYPE html><title>404</title>",
        "its header is not JSON",
    ),
    "a pointer of git-lfs": (
        lambda content: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
        NOT_ONE,
    ),
    "gzip": (lambda content: gzip.compress(content), NOT_ONE),
    "tar": (
        lambda content: b"model" + bytes(252) + b"ustar\x0000" + bytes(248),
        CUT_HEAD,
    ),
    "npy": (lambda content: b"\x93NUMPY\x01\0v\0{'descr': '<f4'}", NOT_ONE),
    "gguf": (lambda content: b"GGUF\3\0\0\0" + bytes(64), NOT_ONE),
    "a program": (lambda content: b"\x7fELF\2\1\1\0" + bytes(64), NOT_ONE),
    "a photo": (lambda content: b"\x89PNG\r\n\x1a\n" + bytes(64), NOT_ONE),
    "the length big endian": (
        lambda content: content[7::-1] + content[8:],
        NOT_ONE,
    ),
    "sent as text": (lambda content: content.replace(b"\0", b""), NOT_ONE),
    "sent as Windows text": (
        lambda content: content.replace(b'"dtype"', b'"dtype"\r\n'),
        "is not a tinycnn file",
    ),
    "sent as UTF-8": (
        lambda content: content.decode("latin-1").encode("utf-8"),
        CUT,
    ),
    "twice in a row": (lambda content: content * 2, CUT),
    "a header only": (lambda content: closed({}, b""), NO_MARK),
    "a header of one byte": (lambda content: struct.pack("<Q", 1) + b"1", NOT_ONE),
    "header longer by the last byte": (
        lambda content: struct.pack("<Q", len(content) - 8) + content[8:],
        "is not a tinycnn file",
    ),
    "header shorter by a byte": (
        lambda content: closed(json.dumps(opened(content)[0]).encode()[:-1], b""),
        "its header is not JSON",
    ),
    "length of 2**63": (lambda content: bytes(7) + b"\x80" + content[8:], NOT_ONE),
    "length of 2**32 and what there was": (
        lambda content: content[:4] + b"\1\0\0\0" + content[8:],
        NOT_ONE,
    ),
    "zeros": (lambda content: bytes(len(content)), NOT_ONE),
    "ones": (lambda content: b"\xff" * len(content), NOT_ONE),
    "zeros after the header": (
        lambda content: closed(json.dumps(opened(content)[0]).encode() + b"\0", b""),
        "its header is not JSON",
    ),
    # more JSON
    "a byte order mark": (
        lambda content: closed(b"\xef\xbb\xbf{}", b""),
        "its header is not JSON",
    ),
    "single quotes": (head_text('"0.bias"', "'0.bias'"), "its header is not JSON"),
    "a comment": (head_text("{", "{/* hello */"), "its header is not JSON"),
    "a comma too many": (head_text("]}", "],}"), "its description is not JSON"),
    "Python's True": (head_text("[0, ", "[True, "), "its header is not JSON"),
    "a number in hex": (head_text("[0, ", "[0x0, "), "its header is not JSON"),
    "a number with an underscore": (head_text("[0, ", "[0_0, "), "its header is not J"),
    "a line break in a string": (
        head_text("0.bias", "0.bi\nas"),
        "its header is not J",
    ),
    "overlong UTF-8": (
        lambda content: closed(b'{"\xc0\xaf": 1}', b""),
        "its header is not UTF-8 text",
    ),
    "half a character in UTF-8": (
        lambda content: closed(b'{"\xed\xa0\x80": 1}', b""),
        "its header is not UTF-8 text",
    ),
    "half a character as a name": (
        head_text('"0.bias"', '"\\ud800"'),
        "the weights 0.bias should be float32",
    ),
    "-Infinity in the header": (
        head_text("[0, ", "[-Infinity, "),
        "its header holds the number -Infinity",
    ),
    "-0 as an offset": (head_text("[0, ", "[-0, "), "its header holds the number -0"),
    "1e-999999999 in the header": (
        head_text("[0, ", "[1e-999999999, "),
        IMPOSSIBLE,
    ),
    "a number of a megabyte": (
        lambda content: closed(b'{"a": ' + b"7" * (2**20 - 20) + b"}", b""),
        "its header holds the number 77777777777777777777",
    ),
    "a fraction of a megabyte": (
        lambda content: closed(b'{"a": 0.' + b"7" * (2**20 - 20) + b"}", b""),
        "its header holds the number 0.777777777777777777",
    ),
    "an exponent of a megabyte": (
        lambda content: closed(b'{"a": 1e' + b"7" * (2**20 - 20) + b"}", b""),
        "its header holds the number 1e777777777777777777",
    ),
    "a thousand long numbers": (
        lambda content: closed(b'{"a": [' + b"7" * 999 + b",7" * 1000 + b"]}", b""),
        "its header holds the number 77777777777777777777",
    ),
    "half a million lists": (
        lambda content: closed(b'{"a": [' + b"[]," * 340_000 + b"[]]}", b""),
        NO_MARK,
    ),
    "half a million dicts": (
        lambda content: closed(b'{"a": [' + b"{}," * 340_000 + b"{}]}", b""),
        NO_MARK,
    ),
    "a hundred thousand arrays": (
        lambda content: closed(
            b'{"__metadata__": {"tinycnn": "{}"}'
            + b"".join(b',"%x":{}' % n for n in range(100_000))
            + b"}",
            b"",
        ),
        "array '0' should have dtype, shape, data_offsets",
    ),
    "an array named by a megabyte": (
        lambda content: closed(
            {"__metadata__": {"tinycnn": "{}"}, "a" * 10**6: 1}, b""
        ),
        "should have dtype, shape, data_offsets",
    ),
    "an array named in red": (
        head_text('"0.bias"', '"\\u001b[31m"'),
        "the weights 0.bias should be float32 of shape (2,), got none",
    ),
    "nested seventeen deep": (
        lambda content: closed(b"[" * 17 + b"]" * 17, b""),
        "its header is nested too deeply",
    ),
    "nested 900 deep, which Python reads": (
        lambda content: closed(b'{"a":' + b"[" * 900 + b"]" * 900 + b"}", b""),
        "its header is nested too deeply",
    ),
    "nested a hundred thousand deep": (
        lambda content: closed(b"[" * 10**5 + b"]" * 10**5, b""),
        "its header is nested too deeply",
    ),
    "never closed": (
        lambda content: closed(b"[" * 10**6, b""),
        "is not a tinycnn file",
    ),
    "arguments nested deep": (
        put("layers", 0, 1, "filters", nested(900)),
        "its description is nested too deeply",
    ),
    "__proto__": (
        head(lambda header: header.update(__proto__={"shape": [2]})),
        "array '__proto__' should have dtype, shape, data_offsets",
    ),
    # more of the list of arrays
    "metadata null": (head(lambda header: header.update(__metadata__=None)), NO_MARK),
    "metadata with more": (
        head(lambda header: header["__metadata__"].update(format="pt")),
        NO_MARK,
    ),
    "metadata with a number": (
        head(lambda header: header["__metadata__"].update(n=1)),
        NO_MARK,
    ),
    "metadata of two": (
        head_text('"__metadata__": {', '"__metadata__": {}, "__metadata__": {'),
        "its header has a duplicate key",
    ),
    "entry null": (
        head(lambda header: header.update({"0.bias": None})),
        "array '0.bias' should have dtype, shape, data_offsets",
    ),
    "entry as three values": (
        head(lambda header: header.update({"0.bias": ["F32", [2], [144, 152]]})),
        "array '0.bias' should have dtype, shape, data_offsets",
    ),
    "dtype null": (entry("0.bias", dtype=None), "array '0.bias' has an unknown dtype"),
    "dtype in small letters": (entry("0.bias", dtype="f32"), "an unknown dtype"),
    "dtype of NumPy": (entry("0.bias", dtype="<f4"), "an unknown dtype"),
    "dtype of four bits": (entry("0.bias", dtype="F4"), "an unknown dtype"),
    "dtype of half the size": (
        entry("0.bias", dtype="F16", shape=[4]),
        "an unknown dtype",
    ),
    "an entry with something deep beside it": (
        entry("0.bias", more=nested(20)),
        "its header is nested too deeply",
    ),
    "an entry with a giant beside it": (
        entry("0.bias", more=10**120),
        f"its header holds the number 1{'0' * 19}",
    ),
    "the same array twice": (twice, "its header has a duplicate key"),
    "shape empty": (
        entry("0.bias", shape=[]),
        "array '0.bias' does not have the size of its shape",
    ),
    "shape null": (entry("0.bias", shape=None), IMPOSSIBLE),
    "shape a string": (entry("0.bias", shape="2"), IMPOSSIBLE),
    "shape a dict": (entry("0.bias", shape={"0": 2}), IMPOSSIBLE),
    "shape of lists": (entry("0.bias", shape=[[2]]), IMPOSSIBLE),
    "shape of strings": (entry("0.bias", shape=["2"]), IMPOSSIBLE),
    "shape with null": (entry("0.bias", shape=[2, None]), IMPOSSIBLE),
    "shape with an extra axis": (
        entry("0.bias", shape=[2, 1]),
        "should be float32 of shape (2,), got float32 of shape (2, 1)",
    ),
    "shape with a 0": (
        entry("0.bias", shape=[0]),
        "array '0.bias' does not have the size of its shape",
    ),
    "shape whose product wraps around 2**64": (
        entry("0.bias", shape=[2**32, 2**31, 2, 2]),
        "array '0.bias' does not have the size of its shape",
    ),
    "shape of 100,000 axes": (entry("0.bias", shape=[1] * 100_000), IMPOSSIBLE),
    "offsets null": (entry("0.bias", data_offsets=None), IMPOSSIBLE),
    "offsets a dict": (entry("0.bias", data_offsets={"0": 0, "1": 8}), IMPOSSIBLE),
    "offsets of strings": (entry("0.bias", data_offsets=["0", "8"]), IMPOSSIBLE),
    "offsets of floats": (entry("0.bias", data_offsets=[144.0, 152.0]), IMPOSSIBLE),
    "offsets of bools": (entry("0.bias", data_offsets=[False, True]), IMPOSSIBLE),
    "one offset": (entry("0.bias", data_offsets=[0]), IMPOSSIBLE),
    "no offsets": (entry("0.bias", data_offsets=[]), IMPOSSIBLE),
    "offsets beyond the end": (
        entry("0.bias", data_offsets=[10**6, 10**6 + 8]),
        "leaves a gap or overlaps another",
    ),
    "offsets into the header": (entry("0.bias", data_offsets=[-100, -92]), IMPOSSIBLE),
    "all arrays in the same place": (
        head(lambda header: every_entry(header, data_offsets=[0, 8])),
        "does not have the size of its shape",
    ),
    "two arrays share their numbers": (shared, "leaves a gap or overlaps another"),
    "all arrays empty": (
        head(lambda header: every_entry(header, shape=[0], data_offsets=[0, 0])),
        CUT,
    ),
    # more of the description
    "description empty": (config_text(""), "its description is not JSON"),
    "description null": (config_text("null"), "dict expected, got NoneType"),
    "description a string": (config_text('"tinycnn model"'), "dict expected, got str"),
    "description a pickle": (
        config_text("cos\\nsystem\\n"),
        "its description is not JSON",
    ),
    "description YAML": (config_text("!!python/object/apply:os.system"), "is not JSON"),
    "description of a number": (config_text("1"), "dict expected, got int"),
    "description cut off": (
        head(
            lambda header: header["__metadata__"].update(
                tinycnn=header["__metadata__"]["tinycnn"][:-2]
            )
        ),
        "its description is not JSON",
    ),
    "format a list": (put("format", ["tinycnn model"]), "it holds no model"),
    "version older": (put("version", 0), "format version 0"),
    "version a giant": (put("version", 10**99), "format version 1000"),
    "version a string": (put("version", "1"), "format version '1'"),
    "seed a float": (put("seed", 0.5), "seed should be a whole number of at least 0"),
    "seed a string": (put("seed", "0"), "seed should be a whole number of at least 0"),
    "seed null": (put("seed", None), "seed should be a whole number of at least 0"),
    "weights in the description": (put("weights", {}), "its entries should be"),
    "every value a list": (
        config(lambda c: c.update({key: [] for key in c})),
        "it holds no model",
    ),
    # more layers
    "layers null": (put("layers", None), "list expected, got NoneType"),
    "layers a string": (put("layers", "Dense"), "list expected, got str"),
    "layer empty": (put("layers", 1, []), "not enough values"),
    "layer null": (put("layers", 1, None), "list expected, got NoneType"),
    "layer a model": (
        put("layers", 1, ["Sequential", {"layers": []}]),
        "got 'Sequential'",
    ),
    "layer in small letters": (put("layers", 1, 0, "relu"), "got 'relu'"),
    "layer a list": (put("layers", 1, 0, ["ReLU"]), LAYERS_KNOWN),
    "layer with a zero byte": (put("layers", 1, 0, "ReLU\0"), r"got 'ReLU\x00'"),
    "layer __class__": (put("layers", 1, 0, "__class__"), "got '__class__'"),
    "layer that is a private base": (
        put("layers", 1, 0, "_Pooling2D"),
        "got '_Pooling",
    ),
    "argument __init__": (
        put("layers", 1, 1, {"__init__": 1}),
        "ReLU has no argument '__init__'",
    ),
    "argument skip_dx": (
        put("layers", 1, 1, {"skip_dx": True}),
        "ReLU has no argument 'skip_dx'",
    ),
    "argument of a megabyte": (
        put("layers", 1, 1, {"a" * 10**6: 1}),
        "ReLU has no argument 'aaa",
    ),
    "ten thousand arguments": (
        put("layers", 1, 1, {f"a{n}": n for n in range(10_000)}),
        "ReLU has no argument 'a0'",
    ),
    "filters 0": (put("layers", 0, 1, "filters", 0), "filters should be a whole numbe"),
    "filters negative": (
        put("layers", 0, 1, "filters", -2),
        "filters should be a whol",
    ),
    "filters null": (put("layers", 0, 1, "filters", None), "filters should be a whole"),
    "filters another": (
        put("layers", 0, 1, "filters", 3),
        "the weights 0.kernel should be float32 of shape (2, 3, 3, 3)",
    ),
    "kernel_size an int": (put("layers", 0, 1, "kernel_size", 2), "has arguments"),
    "kernel_size of none": (
        put("layers", 0, 1, "kernel_size", []),
        "kernel_size shoul",
    ),
    "kernel_size of dicts": (put("layers", 0, 1, "kernel_size", [{}, {}]), "kernel_si"),
    "kernel_size larger than the photo": (
        put("layers", 0, 1, "kernel_size", [70, 3]),
        "a 70x3 kernel does not fit in a 6x7 input",
    ),
    "strides 0": (
        put("layers", 0, 1, "strides", [0, 0]),
        "strides should be a whole n",
    ),
    "padding another": (
        put("layers", 0, 1, "padding", "full"),
        "padding should be 'va",
    ),
    "padding null": (put("layers", 0, 1, "padding", None), "padding should be 'valid'"),
    "rate a string": (put("layers", 4, 1, "rate", "0.5"), "rate should be the share"),
    "rate a bool": (put("layers", 4, 1, "rate", False), "rate should be the share"),
    "rate null": (put("layers", 4, 1, "rate", None), "rate should be the share"),
    "rate of a giant": (
        put("layers", 4, 1, "rate", 10**99),
        "rate should be the share",
    ),
    "units a giant": (put("layers", 5, 1, "units", 10**99), "it would make more than"),
    "units in text": (put("layers", 5, 1, "units", "1"), "units should be a whole num"),
    "pool_size missing": (without("layers", 2, 1, "pool_size"), "has arguments"),
    "a Dense on a photo": (
        config(lambda c: c["layers"].insert(0, c["layers"][5])),
        "the input should be flat",
    ),
    "layers in another order": (
        config(lambda c: c["layers"].reverse()),
        "the input should be flat",
    ),
    # more sizes
    "input_shape a string": (put("input_shape", "673"), "list expected, got str"),
    "input_shape null": (put("input_shape", None), "its input_shape is missing"),
    "input_shape with a 0": (put("input_shape", [0, 7, 3]), "of at least 1, got 0"),
    "input_shape of lists": (put("input_shape", [[6], 7, 3]), "got [6]"),
    "input_shape of two": (put("input_shape", [6, 7]), "the input should be (rows"),
    "input_shape of 100,000 axes": (
        put("input_shape", [1] * 100_000),
        "its input_shape should have 1 to 8 numbers, got 100000",
    ),
    "input_shape of other channels": (
        put("input_shape", [6, 7, 1]),
        "the weights 0.kernel should be float32 of shape (2, 3, 1, 2)",
    ),
    # more of the rest
    "classes a dict": (put("classes", {"a": 0, "b": 1}), "list expected, got dict"),
    "classes of lists": (put("classes", [["a"], ["b"]]), "str expected, got list"),
    "class name null": (put("classes", [None, "b"]), "str expected, got NoneType"),
    "class name with a zero byte": (
        put("classes", ["a", "b\0"]),
        r"a class is named 'b",
    ),
    "class name that deletes": (put("classes", ["a", "b\x7f"]), r"a class is named 'b"),
    "class name with C1 controls": (
        put("classes", ["a", "\x9b31mb"]),
        "a class is nam",
    ),
    "fifty thousand classes": (
        put("classes", [str(n) for n in range(50_000)]),
        "it should name 2 different classes",
    ),
    "threshold null": (put("threshold", None), "float expected, got NoneType"),
    "threshold an int": (put("threshold", 1), "float expected, got int"),
    "threshold negative": (
        put("threshold", -0.5),
        "threshold should be between 0 and 1",
    ),
    "preprocessing a name": (
        put("preprocessing", "imagenet"),
        "dict expected, got str",
    ),
    "preprocessing's size a giant": (
        put("preprocessing", "target_size", [10**9, 10**9]),
        "its photos are (1000000000, 1000000000, 3)",
    ),
    "preprocessing's size a string": (
        put("preprocessing", "target_size", "64"),
        "target_size should be a whole number",
    ),
    "interpolation unknown": (
        put("preprocessing", "interpolation", "__class__"),
        "interpolation should be one of",
    ),
    "color_mode unknown": (
        put("preprocessing", "color_mode", "cmyk"),
        "color_mode should be one of",
    ),
    "rescale above all numbers": (
        put("preprocessing", "rescale", 1e300),
        "rescale should not be 1e+300",
    ),
    "rescale below all numbers": (
        put("preprocessing", "rescale", 1e-300),
        "rescale should not be 1e-300",
    ),
    "optimizer null": (put("compiled", "optimizer", None), "list expected, got NoneTy"),
    "optimizer of one": (put("compiled", "optimizer", ["adam"]), "not enough values"),
    "optimizer a path": (
        put("compiled", "optimizer", 0, "/etc/passwd"),
        "no '/etc/passwd'",
    ),
    "learning rate a bool": (
        put("compiled", "optimizer", 1, "learning_rate", True),
        "learning_rate should be a number",
    ),
    "beta_1 of 1": (
        put("compiled", "optimizer", 1, "beta_1", 1.0),
        "beta_1 should be a number",
    ),
    "loss a list": (put("compiled", "loss", ["mse"]), "a name and arguments"),
    "metrics null": (put("compiled", "metrics", None), "list expected, got NoneType"),
    "metrics of lists": (put("compiled", "metrics", [[]]), "str expected, got list"),
    "metrics of functions": (
        put("compiled", "metrics", ["os.system"]),
        "metrics should be",
    ),
    "input_range a dict": (put("input_range", {"low": 0.0}), "list expected, got dict"),
    "input_range of strings": (
        put("input_range", ["0", "1"]),
        "float expected, got st",
    ),
    "input_range of three": (put("input_range", [0.0, 0.5, 1.0]), "should be two numb"),
    "a weight that signals NaN": (
        signalling_nan,
        "the weights 0.bias are not all finite",
    ),
}
