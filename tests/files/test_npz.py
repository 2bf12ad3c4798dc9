"""tinycnn.files.npz: arrays of bytes, from files that may be anything."""

import io
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
from drawn_sets import Trap, drawn

from tinycnn.files.npz import NpzError, read_npz

MOST = {"x": 60, "y": 5}
X, Y = drawn((5, 3, 4), 0), drawn(5, 1)


def saved(save=np.savez, **arrays):
    file = io.BytesIO()
    save(file, **{"x": X, "y": Y, **arrays})
    return file.getvalue()


def zipped(members, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def npy_saying(header, content=b""):
    text = header.encode("ascii") + b"\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text + content


def read(tmp_path, content, most=MOST):
    path = tmp_path / "set.npz"
    path.write_bytes(content)
    return read_npz(path, most)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("x", [X, np.asfortranarray(X)], ids=["C", "Fortran"])
def test_arrays_are_read_back_as_they_were_written(tmp_path, save, x):
    arrays = read(tmp_path, saved(save, x=x, other=np.ones(1000)))
    assert list(arrays) == ["x", "y"]
    np.testing.assert_array_equal(arrays["x"], X)
    np.testing.assert_array_equal(arrays["y"], Y)
    assert arrays["x"].dtype == arrays["y"].dtype == np.uint8


LONG = "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999, 99999999), }"
SHORT = "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 4), }"
Y_NPY = {"y.npy": npy(Y)}
HOSTILE = {
    "empty": (b"", "is not an .npz file: it begins with ''"),
    "html": (b"<html>", "is not an .npz file: it begins with '<htm'"),
    "npy": (npy(X), r"is not an .npz file: it begins with '\x93NUM'"),
    "cut off": (saved()[:-30], "is cut off or damaged: it does not end as an"),
    "only a head": (b"PK\3\4", "is cut off or damaged"),
    "no such array": (zipped({"a.npy": b"", **Y_NPY}), "no array x; it holds a.npy, y"),
    "nothing": (zipped({**Y_NPY, "x": b""}), "holds no array x; it holds y.npy, x"),
    "numbers": (saved(x=X * 1.0), "holds x as float64, should be uint8; save it after"),
    "large labels": (saved(y=Y.astype(int)), "y.astype('uint8')"),
    "structure": (saved(x=np.zeros(2, "u1,u1")), "holds x as [('f0', 'u1'), ('f1'"),
    "too large": (saved(x=drawn(61, 0)), "x of shape (61,), should be at most 60"),
    "no image": (saved(x=X[:0]), "x of shape (0, 3, 4), should be at most 60"),
    "huge": (zipped({"x.npy": npy_saying(LONG), **Y_NPY}), "should be at most 60"),
    "short": (zipped({"x.npy": npy_saying(SHORT, b"12345678901"), **Y_NPY}), "11 byte"),
    "long": (
        zipped({"x.npy": npy_saying(SHORT, b"1234567890123"), **Y_NPY}),
        "in more bytes",
    ),
    "no npy": (zipped({"x.npy": b"\x93NUMPY", **Y_NPY}), "is damaged: "),
    "version 3": (zipped({"x.npy": b"\x93NUMPY\3\0", **Y_NPY}), "version (3, 0) of"),
    "code": (zipped({"x.npy": npy_saying("print(1)"), **Y_NPY}), "is damaged: "),
    "bzip2": (zipped({"x.npy": npy(X), **Y_NPY}, zipfile.ZIP_BZIP2), "x compressed or"),
    "crowd": (zipped({f"{n:0999}": b"" for n in range(70)}), "holds too many files"),
}


@pytest.mark.parametrize(("content", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_other_and_hostile_files_are_refused_in_one_line(tmp_path, content, reason):
    with pytest.raises(NpzError) as caught:
        read(tmp_path, content)
    message = str(caught.value)
    assert reason in message
    assert "set.npz " in message
    assert message.isprintable()
    assert len(message) < 300 + len(str(tmp_path))
    assert (tmp_path / "set.npz").read_bytes() == content


def test_a_pickle_in_it_is_not_read(tmp_path):
    marker = tmp_path / "the pickle was read"
    content = saved(x=np.array([Trap(marker)], dtype=object))
    with pytest.raises(NpzError, match="holds x as object, should be uint8"):
        read(tmp_path, content)
    assert not marker.exists()


def test_a_zip64_directory_is_not_believed(tmp_path):
    content = saved()
    locator = b"PK\6\7" + struct.pack("<IQI", 0, 0, 1)
    with pytest.raises(NpzError, match="holds too many files"):
        read(tmp_path, content[:-22] + locator + content[-22:])


def test_an_encrypted_array_is_refused(tmp_path):
    content = bytearray(saved())
    content[content.index(b"PK\1\2") + 8] |= 1
    with pytest.raises(NpzError, match="holds x compressed or encrypted"):
        read(tmp_path, bytes(content))


def test_a_bomb_is_not_unpacked(tmp_path):
    bomb = zipped({"x.npy": npy(np.zeros(2**26, np.uint8)), **Y_NPY})
    assert len(bomb) < 2**17
    tracemalloc.start()
    try:
        with pytest.raises(NpzError, match="should be at most 60"):
            read(tmp_path, bomb)
        assert tracemalloc.get_traced_memory()[1] < 2**21
    finally:
        tracemalloc.stop()


def test_a_file_with_changed_bytes_is_refused_or_its_arrays_are_whole(tmp_path):
    rng = np.random.default_rng(0)
    refused = 0
    for save in (np.savez, np.savez_compressed):
        content = np.frombuffer(saved(save), np.uint8)
        for _ in range(700):
            changed = content.copy()
            places = rng.integers(0, len(changed), rng.integers(1, 4))
            changed[places] = rng.integers(0, 256, len(places))
            try:
                arrays = read(tmp_path, changed.tobytes())
            except NpzError as error:
                refused += 1
                assert str(error).isprintable()
            else:
                # Dates and the like may change; the sums hold the numbers fast.
                assert sorted(arrays["x"].ravel()) == sorted(X.ravel())
                np.testing.assert_array_equal(arrays["y"], Y)
    assert refused > 700


def test_a_file_cut_off_anywhere_is_refused(tmp_path):
    content = saved(np.savez_compressed)
    for length in range(len(content)):
        with pytest.raises(NpzError):
            read(tmp_path, content[:length])


def test_no_file_is_an_oserror(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_npz(tmp_path / "nowhere.npz", MOST)
