"""Named arrays and JSON in one .safetensors file, whatever they are for.

The format: eight bytes with the header's length (little endian), the header as JSON -
for every array its dtype, shape and offsets - and then the raw numbers. Nothing in such
a file can run. A file is written under a temporary name and then renamed, so it is
never incomplete.
"""

import json
import math
import os
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinycnn.files.atomic import write_aside
from tinycnn.files.strict_json import strict_json
from tinycnn.shapes import Shape
from tinycnn.text import display_name, size_of

MAX_HEADER = 2**20
MAX_FILE = 2**32
MAX_REASON = 400
ENTRY = {"dtype", "shape", "data_offsets"}
DTYPES: dict[str, np.dtype[Any]] = {
    "F32": np.dtype("<f4"),
    "F64": np.dtype("<f8"),
    "I64": np.dtype("<i8"),
    "U8": np.dtype("u1"),
}
AnyArray = NDArray[Any]
Header = dict[str, tuple[np.dtype[Any], Shape]]
ReadArrays = Callable[[], dict[str, AnyArray]]


class ModelFileError(ValueError):
    """A file is not usable; the message names the file and the reason.

    Attributes
    ----------
    start : bytes
        The first eight bytes, if they show that it is a file of another kind.
    """

    start = b""


def write_file(path: str | Path, arrays: Mapping[str, AnyArray], config: Any) -> Path:
    """Write arrays (float32, float64, int64 or uint8) and JSON: all of it or nothing.

    An existing file is replaced when the new one is complete.
    """
    path = Path(path)
    if "__metadata__" in arrays:
        raise ValueError("an array should not be named __metadata__")
    names = {dtype: name for name, dtype in DTYPES.items()}
    # As one string: the header of a .safetensors file may contain only strings besides
    # its tensors.
    text = json.dumps(config, allow_nan=False, sort_keys=True)
    header: dict[str, Any] = {"__metadata__": {"tinycnn": text}}
    start = 0
    for name, array in arrays.items():
        header[name] = {
            "dtype": names[array.dtype.newbyteorder("<")],
            "shape": list(array.shape),
            "data_offsets": [start, start + array.nbytes],
        }
        start += array.nbytes
    header_bytes = json.dumps(header, ensure_ascii=True).encode("ascii")
    # The numbers begin at a multiple of eight bytes.
    header_bytes += b" " * (-len(header_bytes) % 8)
    content: list[Any] = [struct.pack("<Q", len(header_bytes)), header_bytes]
    content += [
        np.ascontiguousarray(a, a.dtype.newbyteorder("<")) for a in arrays.values()
    ]
    write_aside(path, content)
    return path


def read_header(path: str | Path) -> tuple[Any, Header]:
    """Return (config, dtype and shape of every array) without reading the numbers."""
    with open_file(path) as (config, header, _):
        return config, header


def read_file(path: str | Path) -> tuple[Any, dict[str, AnyArray]]:
    """Return (config, arrays) of a file written by `write_file`; see `open_file`."""
    with open_file(path) as (config, _, read_arrays):
        return config, read_arrays()


@contextmanager
def open_file(path: str | Path) -> Iterator[tuple[Any, Header, ReadArrays]]:
    """Open a file written by `write_file`, to check its header before reading arrays.

    Yields (config, header, function that reads the arrays). The header has dtype and
    shape of each array, which fill the file exactly; no memory is allocated for them
    yet. The file is opened once: the arrays belong to the header that was checked, even
    if another file replaces this one in the meantime. A file that is missing, damaged,
    or was not written by tinycnn raises ModelFileError.
    """
    path = Path(path)
    try:
        if not path.exists():
            raise ModelFileError(f"{display_name(path)}: there is no such file")
        if not path.is_file():
            model_file = path / "model.safetensors"
            hint = f"; use {display_name(model_file)}" if model_file.is_file() else ""
            raise _error(path, f"it should be a file, not a folder or a device{hint}")
        with path.open("rb") as file:
            config, header = _read_head(path, file)
            yield config, header, lambda: _read_arrays(path, file, header)
    except OSError as error:
        raise _error(path, error.strerror or str(error)) from error


def _read_arrays(
    path: Path, file: BufferedReader, header: Header
) -> dict[str, AnyArray]:
    arrays = {}
    for name, (dtype, shape) in header.items():
        array = np.empty(shape, dtype)
        buffer = array.reshape(-1).view(np.uint8).data
        if file.readinto(buffer) < len(buffer):
            raise _error(path, "it ends too early: not written or copied completely")
        arrays[name] = array
    return arrays


def _error(path: Path, reason: str) -> ModelFileError:
    return ModelFileError(
        f"{display_name(path)} is not a tinycnn file: {abridged(reason)}"
    )


def abridged(reason: str) -> str:
    """Return the reason in one line; text from an untrusted file may be a megabyte."""
    if len(reason) > MAX_REASON:
        reason = f"{reason[: MAX_REASON // 2]} ... {reason[-MAX_REASON // 2 :]}"
    return display_name(reason)


def _read_head(path: Path, file: BufferedReader) -> tuple[Any, Header]:
    """Return (config, dtypes and shapes in file order); the arrays are next to read."""
    size = os.fstat(file.fileno()).st_size
    if size > MAX_FILE:
        raise _error(path, f"{size_of(size)} is more than {size_of(MAX_FILE)}")
    first = file.read(8)
    length = struct.unpack("<Q", first)[0] if len(first) == 8 else -1
    if not 2 <= length <= min(MAX_HEADER, size - 8):
        error = _error(path, "it does not begin like a .safetensors file")
        error.start = first
        raise error
    try:
        header = strict_json(file.read(length), "its header")
        config = strict_json(_metadata(header), "its description")
        return config, _entries(header, size - 8 - length)
    except ValueError as error:
        raise _error(path, str(error)) from None


def _metadata(header: Any) -> bytes:
    if not isinstance(header, dict):
        raise ValueError("its header should be a dict")
    match header.get("__metadata__"):
        case {"tinycnn": str(text), **others} if not others:
            return text.encode()
    raise ValueError("it was not written by tinycnn (its header has no such entry)")


def _entries(header: dict[str, Any], data_size: int) -> Header:
    """Return the dtypes and shapes of the arrays, which must fill the file exactly."""
    entries: list[tuple[int, int, str, np.dtype[Any], Shape]] = []
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        if not isinstance(entry, dict) or set(entry) != ENTRY:
            raise ValueError(f"array {name!r} should have dtype, shape, data_offsets")
        dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
        if not isinstance(dtype, str) or dtype not in DTYPES:
            raise ValueError(f"array {name!r} has an unknown dtype")
        if not (
            _are_counts(shape, 8) and _are_counts(offsets, 2) and len(offsets) == 2
        ):
            raise ValueError(f"array {name!r} has an impossible shape or offset")
        if offsets[1] - offsets[0] != math.prod(shape) * DTYPES[dtype].itemsize:
            raise ValueError(f"array {name!r} does not have the size of its shape")
        entries.append((*offsets, name, DTYPES[dtype], tuple(shape)))
    # By start, then by end: an empty array precedes the one that starts at its offset.
    entries.sort(key=lambda entry: entry[:2])
    end = 0
    for start, stop, name, _, _ in entries:
        if start != end:
            raise ValueError(f"array {name!r} leaves a gap or overlaps another")
        end = stop
    if end != data_size:
        raise ValueError(
            f"its arrays need {end:,} bytes and it holds {data_size:,}: it is cut off "
            "or has extra bytes at its end"
        )
    return {name: (dtype, shape) for _, _, name, dtype, shape in entries}


def _are_counts(values: Any, most: int) -> bool:
    """Return whether this is a list of at most `most` whole numbers from 0."""
    return (
        isinstance(values, list)
        and len(values) <= most
        and all(type(n) is int and 0 <= n <= MAX_FILE for n in values)
    )
