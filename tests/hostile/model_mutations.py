"""Mutated model files: parsed, changed and serialised again.

Flipped bytes nearly always end in "not JSON". These mutations know the format: they
change fields, lengths, offsets, shapes and types, duplicate keys, nest deeply and
insert huge numbers, so that every check is reached. File number n of a seed is always
the same.
"""

import copy
import json
import math
import random
import re
import struct
import tempfile
from pathlib import Path

import numpy as np
from model_cases import good_model

from tinycnn import Sequential
from tinycnn.layers import Conv2D, Dense, Flatten, MaxPooling2D, SumPooling2D
from tinycnn.preprocessing.photos import Preprocessing

ATOMS = [
    None, True, False, 0, 1, -1, 2, 3, 7, 255, 2**31, 2**32, 2**53 + 1, 2**63, 2**64,
    10**20, 10**99, 10**200, -(10**30), 0.0, -0.0, 0.5, 1.0, 1e-320, 1e300, -1.5,
    "", "a", "1", "\0", "\x1b[31m", "\u202e", "\U0001f600", "x" * 70_000, "__class__",
    "../../etc/passwd", "file:///etc/passwd", "os.system", "Lambda", "Layer", "Dense",
    "ReLU", "Flatten", "Softmax", "F32", "F64", "U8", "O", "valid", "same", "relu",
    "adam", "sgd", "mse", "rgb", "grayscale", [], {}, [[]], [1], [0, 0], [1, 1],
    [2**31, 2**31], [-1, 8], ["a", "b"], [1] * 70, {"a": 1}, {"": None},
]  # fmt: skip
TOKENS = [
    "NaN", "Infinity", "-Infinity", "1e999", "-0", "-0.0", "0x10", "1_0", "01", "1.",
    "9" * 5000, "1" + "0" * 120, "0." + "3" * 3000, "tru", "'a'", '"\\ud800"', "[", "}",
    '"\\u0000"', "1E400", "+1", "\t1", "/**/1", "\ufeff1",
]  # fmt: skip
DTYPE_SIZES = {"F32": 4, "F64": 8, "I64": 8, "U8": 1, "F16": 2, "BOOL": 1}


def good_files():
    """Return the bytes of some small models, which the mutations start from."""
    softmax = Sequential(
        [
            Conv2D(2, 2, 1, "same", input_shape=(4, 5, 1)),
            MaxPooling2D((2, 2), (1, 2), "same"),
            SumPooling2D((2, 1)),
            Flatten(),
            Dense(3, activation="softmax"),
        ]
    )
    softmax.compile("sgd", "categorical_crossentropy")
    softmax.classes = ["a", "b", "c"]
    softmax.preprocessing = Preprocessing((4, 5), "grayscale", "nearest")
    plain = Sequential([Dense(2, activation="relu", input_shape=(3,))])
    files = []
    with tempfile.TemporaryDirectory() as folder:
        for model in (good_model(), softmax, plain):
            path = Path(folder, "model.safetensors")
            model.save(path)
            files.append(path.read_bytes())
    return [_Parts(content) for content in files]


class _Parts:
    """A file taken apart; header and description as text, copied by reading it."""

    def __init__(self, content):
        (length,) = struct.unpack("<Q", content[:8])
        header = json.loads(content[8 : 8 + length])
        self.config = header.pop("__metadata__")["tinycnn"]
        self.entries = json.dumps(header)
        self.numbers = content[8 + length :]


def mutated(files, seed, number):
    """Return file number `number`: one of the good files, changed in a few places."""
    try:
        return _mutated(files, random.Random(f"{seed}/{number}"))
    except RecursionError:  # nested so often that json does not write it
        return _mutated(files, random.Random(f"{seed}/{number}/again"))


def _mutated(files, rng):
    parts = rng.choice(files)
    config, entries = json.loads(parts.config), json.loads(parts.entries)
    numbers = parts.numbers
    texts = []
    for change in range(rng.choice((1, 1, 1, 2, 2, 3, 5))):
        deepest = 5 if change else 400  # once only: json would not write 2,000
        kind = rng.choices(
            ("config", "kind", "entries", "place", "text", "numbers", "bytes"),
            (8, 3, 5, 3, 2, 1, 1),
        )[0]
        if kind == "config":
            config = _tree_change(rng, config, deepest)
        elif kind == "kind":
            config, entries, numbers = _valid_change(rng, config, entries, numbers)
        elif kind == "entries":
            entries = _tree_change(rng, entries, deepest)
        elif kind == "place" and isinstance(entries, dict):
            _move(rng, entries, len(numbers))
        elif kind == "numbers":
            numbers = _other_numbers(rng, numbers)
        else:
            texts.append(kind)
    return _closed(rng, config, entries, numbers, texts)


def _closed(rng, config, entries, numbers, texts):
    text = json.dumps(config)
    if "text" in texts and rng.random() < 0.5:
        text = _text_change(rng, text)
    header = {"__metadata__": {"tinycnn": text}}
    if isinstance(entries, dict):
        header |= entries
    else:
        header["x"] = entries
    if rng.random() < 0.02:
        header = _tree_change(rng, header)
    head = json.dumps(header, ensure_ascii=rng.random() < 0.7)
    if "text" in texts:
        head = _text_change(rng, head)
    head = head.encode("utf-8", "surrogatepass")
    length = len(head)
    if "bytes" in texts:
        choice = rng.randrange(5)
        if choice == 0:
            length += rng.choice((-8, -1, 1, 8, 2**20, 2**32, 2**63))
        elif choice == 1:
            head += rng.choice((b" ", b"\0", b"\n", b"{}", b" " * 2**20))
            length = len(head)
        else:
            spoilt = bytearray(head)
            for _ in range(rng.randint(1, 4)):
                spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
            head = bytes(spoilt)
    return struct.pack("<Q", length % 2**64) + head + numbers


# Trees


def _places(tree, found):
    """Collect (room, key) of every value in the tree."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in pairs:
        found.append((tree, key))
        if isinstance(value, (dict, list)) and value:
            _places(value, found)
    return found


def _tree_change(rng, tree, deepest=5):
    """Return the tree with one place changed."""
    found = _places(tree, []) if isinstance(tree, (dict, list)) else []
    if not found or rng.random() < 0.01:
        return copy.deepcopy(rng.choice(ATOMS))
    room, key = rng.choice(found)
    value = room[key]
    choice = rng.randrange(9)
    if choice == 0:
        del room[key]
    elif choice == 1:  # the value of another place
        other, other_key = rng.choice(found)
        room[key] = json.loads(json.dumps(other[other_key]))
    elif choice == 2:
        for _ in range(min(deepest, rng.choice((1, 1, 2, 5, 14, 20, 400)))):
            value = [value] if rng.random() < 0.5 else {"a": value}
        room[key] = value
    elif choice == 3 and isinstance(room, list):
        room.insert(key, copy.deepcopy(value))
    elif choice == 3:
        room[rng.choice(("x", "url", "path", "module", str(key) + " "))] = (
            copy.deepcopy(value)
        )
    elif choice == 4 and isinstance(room, dict):  # under another name
        room[rng.choice(("x", "0.kernel", "__metadata__", "name"))] = room.pop(key)
    elif choice in (5, 6):
        room[key] = _near(rng, value)
    else:
        room[key] = copy.deepcopy(rng.choice(ATOMS))
    return tree


def _near(rng, value):
    """Return a value of the same or a kindred type."""
    if isinstance(value, bool) or value is None:
        return rng.choice((True, False, 0, 1, None))
    if isinstance(value, int):
        return rng.choice(
            (value + 1, value - 1, value * 2, -value, float(value), str(value),
             value + 2**32, value * 10**30, bool(value))
        )  # fmt: skip
    if isinstance(value, float):
        return rng.choice((value * 2, -value, 1 - value, int(value), str(value)))
    if isinstance(value, str):
        return rng.choice(
            (value + "a", value[:-1], value.upper(), value[::-1], [value])
        )
    if isinstance(value, list):
        return rng.choice((value[::-1], value * 2, value[:-1], dict(enumerate(value))))
    return list(map(list, value.items()))


# The list of arrays


def _move(rng, entries, size):
    """Change offsets and shapes by arithmetic, so that they still nearly fit."""
    named = [
        entry
        for entry in entries.values()
        if isinstance(entry, dict)
        and {"shape", "data_offsets", "dtype"} <= set(entry)
        and isinstance(entry["shape"], list)
        and isinstance(entry["data_offsets"], list)
        and all(type(n) is int for n in (*entry["shape"], *entry["data_offsets"]))
    ]
    if not named:
        return
    entry, other = rng.choice(named), rng.choice(named)
    choice = rng.randrange(7)
    if choice == 0:
        entry["data_offsets"], other["data_offsets"] = (
            other["data_offsets"],
            entry["data_offsets"],
        )
    elif choice == 1:
        entry["shape"], other["shape"] = other["shape"], entry["shape"]
    elif choice == 2:
        by = rng.choice((-size, -8, -4, -1, 1, 4, 8, size, 2**32, 2**63))
        entry["data_offsets"] = [place + by for place in entry["data_offsets"]]
    elif choice == 3:
        entry["shape"] = rng.choice(
            (entry["shape"][::-1], [math.prod(entry["shape"])], [1, *entry["shape"]],
             [*entry["shape"], 1], [2**32, 2**32], [0], [*entry["shape"], 0])
        )  # fmt: skip
    elif choice == 4:
        entry["dtype"] = rng.choice(list(DTYPE_SIZES))
        cells = math.prod(entry["shape"])
        start = (entry["data_offsets"] or [0])[0]
        entry["data_offsets"] = [start, start + cells * DTYPE_SIZES[entry["dtype"]]]
    elif choice == 5:
        entries[rng.choice(("x", "0.kernel", "", "../x", "é"))] = {
            "dtype": rng.choice(list(DTYPE_SIZES)),
            "shape": [0],
            "data_offsets": [rng.choice((0, size))] * 2,
        }
    else:
        names = list(entries)
        rng.shuffle(names)
        for name in names:  # the same arrays in another order of the header
            entries[name] = entries.pop(name)


def _other_numbers(rng, numbers):
    choice = rng.randrange(6)
    if choice == 0:
        return numbers[: rng.randrange(len(numbers) + 1)]
    if choice == 1:
        return numbers + bytes(rng.choice((1, 4, 8, 100_000)))
    if choice == 2 and len(numbers) >= 4:
        place = 4 * rng.randrange(len(numbers) // 4)
        number = rng.choice((math.nan, math.inf, -math.inf, 3e38, 1e-45, -0.0))
        return numbers[:place] + struct.pack("<f", number) + numbers[place + 4 :]
    return rng.randbytes(len(numbers)) if choice == 3 else numbers[::-1]


def _valid_change(rng, config, entries, numbers):
    """Return another model, mostly a valid one: files that are loaded count, too."""
    if not isinstance(config, dict) or not isinstance(entries, dict):
        return config, entries, numbers
    choice = rng.randrange(6)
    if choice == 0 and isinstance(config.get("classes"), list):
        config["classes"] = [
            rng.choice(("a", "é", "e\u0301", "\U0001f600", "<b>", "$x$", "\u202e"))
            + str(n)
            for n, _ in enumerate(config["classes"])
        ]
    elif choice == 1:
        config["seed"] = rng.choice((0, 1, 2**32, 2**64, 10**60))
    elif choice == 2:
        config["threshold"] = rng.random()
        config["compiled"] = None
    elif choice == 3:
        config["input_range"] = [rng.uniform(-1, 0), rng.uniform(1, 255)]
    elif choice == 4:
        numbers = np.frombuffer(rng.randbytes(len(numbers)), np.uint8) // 2
        numbers = (numbers & 0xBF).tobytes()  # exponents that are not all ones
    elif isinstance(config.get("layers"), list):
        place = rng.randrange(len(config["layers"]) + 1)
        config["layers"].insert(place, ["Dropout", {"rate": 0.5}])
        named = re.compile(r"(\d+)\.(kernel|bias)")
        entries = {
            f"{int(m[1]) + (int(m[1]) >= place)}.{m[2]}"
            if (m := named.fullmatch(name))
            else name: entry
            for name, entry in entries.items()
        }
    return config, entries, numbers


# Text


def _text_change(rng, text):
    """Return JSON text changed as no serialiser would write it."""
    choice = rng.randrange(6)
    if choice == 0:  # a number becomes another token
        spans = [match.span() for match in re.finditer(r"\b\d+\b", text)]
    elif choice == 1:  # something stands twice
        spans = [match.span() for match in re.finditer(r'"\w+": [\w"]+', text)]
    elif choice == 2:  # a letter becomes an escape, which means the same
        spans = [match.span() for match in re.finditer(r"[a-z]", text)]
    else:
        place = rng.randrange(len(text) + 1)
        spans = [(place, min(len(text), place + rng.randrange(3)))]
    if not spans:
        return text
    start, end = rng.choice(spans)
    new = {
        0: rng.choice(TOKENS),
        1: f"{text[start:end]}, {text[start:end]}",
        2: f"\\u{ord(text[start] if text else 'a'):04x}" if start < len(text) else "",
    }.get(
        choice, rng.choice((*TOKENS, "", " ", "\n", "\0", ",", ":", '"', "\\", "\x7f"))
    )
    return text[:start] + new + text[end:]
