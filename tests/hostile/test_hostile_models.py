"""Untrusted model files: refused with a reason, or loaded as a model."""

import errno
import io
import itertools
import json
import os
import pickle
import re
import struct
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from conftest import environment
from model_cases import HOSTILE, NOT_ONE, closed, good_model, opened
from model_files import STRICTER, reason_of
from safetensors.numpy import load as official_load

from tinycnn import ModelFileError, Sequential, load_model
from tinycnn.files import safetensors as format_
from tinycnn.layers import AveragePooling2D, Dense


@pytest.fixture(scope="module")
def valid(tmp_path_factory):
    """Return the bytes of a good file."""
    path = tmp_path_factory.mktemp("valid") / "model.safetensors"
    good_model().save(path)
    return path.read_bytes()


@pytest.mark.parametrize(("spoil", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_a_damaged_or_hostile_file_is_refused_with_its_name_and_the_reason(
    tmp_path, valid, spoil, reason
):
    path = tmp_path / "untrusted.safetensors"
    path.write_bytes(spoil(valid))
    with pytest.raises(ModelFileError, match=re.escape(reason)) as caught:
        load_model(path)
    message = str(caught.value)
    assert "untrusted.safetensors" in message
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
    with pytest.raises(ModelFileError, match=r"missing\.safetensors.*no such file"):
        load_model(tmp_path / "missing.safetensors")


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
    monkeypatch.setattr(format_, "MAX_FILE", len(valid) - 1)
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


def test_the_table_is_as_long_as_promised():
    assert len(HOSTILE) >= 200


def test_mutated_files_do_nothing_else():
    """The million of docs/security.md, in small: the same command, fewer files."""
    command = Path(__file__).with_name("model_files.py")
    arguments = ["--files", "1000", "--processes", "1", "--seed", "1"]
    # The second that a file may take is one without coverage's own work.
    variables = environment().items()
    run = subprocess.run(
        [sys.executable, command, *arguments],
        env={k: value for k, value in variables if not k.startswith("COVERAGE")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"{1000 + len(HOSTILE):,} files" in run.stdout
    assert "faults: 0" in run.stdout
    assert int(re.search(r"([\d,]+) valid models", run.stdout)[1].replace(",", "")) > 50


# Each advisory about a format for models, and what becomes of its idea here


def saved(path, config):
    """Write a file that is as it should be but for the description."""
    format_.write_file(path, {}, config)
    return path


def keras_config(class_name, **config):
    """Return a description as Keras's formats write it."""
    layer = {"module": "keras.layers", "class_name": class_name, "config": config}
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "sequential", "layers": [layer]},
    }


LAMBDA = "4wEAAAAAAAAAAAAAAAEAAAACAAAAQwAAAHMEAAAAfABTAKkATqkA"  # marshalled bytecode
ADVISORIES = {
    "CVE-2024-3660": keras_config("Lambda", function=[LAMBDA, None, None]),
    "CVE-2025-1550": {
        "module": "os",
        "class_name": "function",
        "config": "system",
        "registered_name": "system",
    },
    "CVE-2025-8747": keras_config(
        "Lambda",
        function={
            "module": "keras.utils",
            "class_name": "function",
            "config": "get_file",
        },
        arguments={"origin": "http://localhost/x", "extract": True},
    ),
    "CVE-2025-9906": keras_config(
        "Lambda",
        function={
            "module": "keras.config",
            "class_name": "function",
            "config": "enable_unsafe_deserialization",
        },
    ),
    "CVE-2025-12058": keras_config("StringLookup", vocabulary="/etc/passwd"),
}


@pytest.mark.parametrize("advisory", ADVISORIES)
def test_a_config_that_names_code_or_files_is_data(tmp_path, advisory):
    path = saved(tmp_path / "model.safetensors", ADVISORIES[advisory])
    with pytest.raises(ModelFileError, match="it holds no model"):
        load_model(path)


@pytest.mark.parametrize("advisory", ADVISORIES)
def test_a_layer_that_names_code_or_files_is_unknown(tmp_path, valid, advisory):
    path = tmp_path / "model.safetensors"
    header, numbers = opened(valid)
    described = json.loads(header["__metadata__"]["tinycnn"])
    config = ADVISORIES[advisory]
    for entry in (config, [config["class_name"], config], ["Lambda", config]):
        described["layers"][1] = entry
        header["__metadata__"]["tinycnn"] = json.dumps(described)
        path.write_bytes(closed(header, numbers))
        with pytest.raises(ModelFileError, match=r"list expected|layers should be of"):
            load_model(path)


def test_an_h5_file_is_not_opened_in_another_mode(tmp_path):
    """CVE-2025-9905: the old format ignored safe_mode."""
    path = tmp_path / "model.h5"
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(2040))
    with pytest.raises(ModelFileError, match="but a Keras HDF5 file"):
        load_model(path)


@pytest.mark.parametrize("name", ["../outside.txt", "/outside.txt", "a/../../outside"])
def test_an_archive_is_never_unpacked(tmp_path, name):
    """CVE-2025-12060, CVE-2025-12638: entries that leave the folder."""
    inside = tmp_path / "inside"
    inside.mkdir()
    path = inside / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "{}")
        archive.writestr(name, "written")
    with pytest.raises(ModelFileError, match=r"but a \.keras file"):
        load_model(path)
    assert [p.name for p in tmp_path.rglob("*")] == ["inside", "model.keras"]


def test_a_shape_bomb_takes_no_memory(tmp_path):
    """CVE-2026-0897: a small file that asks for petabytes."""
    path = tmp_path / "model.safetensors"
    entry = {"dtype": "F32", "shape": [2**31, 2**31], "data_offsets": [0, 2**64]}
    header = {"__metadata__": {"tinycnn": "{}"}, "0.kernel": entry}
    path.write_bytes(closed(header, b""))
    tracemalloc.start()
    try:
        with pytest.raises(ModelFileError, match="has an impossible shape or offset"):
            load_model(path)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


# Memory


def peak_while_loading(path):
    tracemalloc.start()
    try:
        load_model(path)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_loading_takes_the_memory_of_the_file_once(tmp_path):
    path = tmp_path / "model.safetensors"
    Sequential([Dense(1000, input_shape=(4000,))]).save(path)
    size = path.stat().st_size
    assert size > 16_000_000
    # The array that `build` makes is never written to, so the system gives it no
    # memory.
    assert peak_while_loading(path) < 2.1 * size
    del load_model(path).layers[0].grads


def test_a_large_photo_is_not_allocated_by_loading(tmp_path):
    model = Sequential([AveragePooling2D(2, input_shape=(16_000, 16_000, 1))])
    path = tmp_path / "model.safetensors"
    model.save(path)
    assert peak_while_loading(path) < 2**20


def test_a_file_that_is_replaced_while_it_is_read_is_read_as_it_was(
    tmp_path, monkeypatch, valid
):
    path = tmp_path / "model.safetensors"
    path.write_bytes(valid)
    other = tmp_path / "other"
    Sequential([Dense(1, input_shape=(1,))]).save(tmp_path / "other.safetensors")
    (tmp_path / "other.safetensors").rename(other)
    real = format_._read_head

    def then_replaced(*arguments):
        found = real(*arguments)
        other.replace(path)
        return found

    monkeypatch.setattr(format_, "_read_head", then_replaced)
    assert load_model(path).classes[0] == "Iron Man"


def test_a_file_that_is_cut_off_while_it_is_read_is_refused(
    tmp_path, monkeypatch, valid
):
    path = tmp_path / "model.safetensors"
    path.write_bytes(valid)
    real = format_._read_head

    def then_cut(*arguments):
        found = real(*arguments)
        os.truncate(path, len(valid) - 10)
        return found

    monkeypatch.setattr(format_, "_read_head", then_cut)
    # Read as it is: a buffer would have the small file whole by now.
    monkeypatch.setattr(Path, "open", lambda path, mode: io.FileIO(path))
    with pytest.raises(ModelFileError, match="it ends too early: not written or copi"):
        load_model(path)


# The official reader


def test_what_the_official_reader_takes_is_refused_by_listed_rules_only(
    tmp_path, valid
):
    path = tmp_path / "model.safetensors"
    used = set()
    for name, (spoil, _) in HOSTILE.items():
        content = spoil(valid)
        try:
            official_load(content)
        except Exception:
            continue
        path.write_bytes(content)
        with pytest.raises(ModelFileError) as caught:
            load_model(path)
        reason = reason_of(str(caught.value))
        rules = [rule for rule, how in STRICTER.items() if re.match(how, reason)]
        assert len(rules) == 1, f"{name}: {reason}"
        used.update(rules)
    assert used == set(STRICTER)


def test_the_listed_rules_are_in_the_documentation():
    page = Path(__file__).parents[2] / "docs" / "security.md"
    text = " ".join(page.read_text(encoding="utf-8").split())
    for rule in STRICTER:
        assert rule in text
