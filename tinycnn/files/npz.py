"""NumPy's .npz files, read without trust: arrays of bytes by name, and nothing else.

An .npz is a zip of .npy files, and an .npy may hold a pickle, which can run code when
it is read. Here an array is uint8 or it is refused, and no more is read or unpacked
than the caller expects, whatever the file says of its own size.
"""

import io
import math
import struct
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from tinycnn.text import display_name

Bytes = NDArray[np.uint8]
ZIP_MAGIC = b"PK\3\4"
# The record at a zip's end: magic, ..., size of the directory at byte 12 of 22.
END = b"PK\5\6"
END_SIZE = 22
ZIP64_LOCATOR = b"PK\6\7"
ZIP64_LOCATOR_SIZE = 20
# Room for the names of hundreds of arrays; the zip reader would take up gigabytes.
MAX_DIRECTORY = 2**16
MAX_NPY_HEADER = 2**14
IS_ENCRYPTED = 1  # the bit of a member's flags


class NpzError(ValueError):
    """A file is not the .npz it should be; the message names it and the reason."""


def read_npz(path: Path, most: dict[str, int]) -> dict[str, Bytes]:
    """Return the named arrays of an .npz file.

    Parameters
    ----------
    path : Path
    most : dict of str to int
        The names of the arrays and the largest size of each, in bytes. Other arrays in
        the file are not looked at.

    Returns
    -------
    dict of str to ndarray of uint8
        Read-only arrays of whatever shape the file gives them.

    Raises
    ------
    NpzError
        If the file is damaged or not an .npz, an array is missing, larger than `most`,
        or not uint8.
    OSError
        If the file cannot be opened.
    """
    with path.open("rb") as file:
        try:
            _check_directory(file)
            with zipfile.ZipFile(file) as archive:
                return {name: _array(archive, name, most[name]) for name in most}
        except NpzError as error:
            raise NpzError(f"{display_name(path)} {error}") from None
        # All that Python's zip reader raises when bytes are changed at random.
        except (
            ArithmeticError,
            EOFError,
            LookupError,
            OSError,
            RuntimeError,
            ValueError,
            struct.error,
            zipfile.BadZipFile,
            zlib.error,
        ) as error:
            reason = display_name(error)
            raise NpzError(f"{display_name(path)} is damaged: {reason}") from None


def _check_directory(file: BinaryIO) -> None:
    """Raise unless this is a whole zip with a small directory."""
    head = file.read(len(ZIP_MAGIC))
    if head != ZIP_MAGIC:
        begin = display_name(repr(head)[1:])
        raise NpzError(f"is not an .npz file: it begins with {begin}")
    length = file.seek(0, io.SEEK_END)
    file.seek(max(0, length - ZIP64_LOCATOR_SIZE - END_SIZE))
    tail = file.read()
    end = tail[-END_SIZE:]
    if not end.startswith(END):
        raise NpzError("is cut off or damaged: it does not end as an .npz file does")
    (size,) = struct.unpack_from("<I", end, 12)
    if size > MAX_DIRECTORY or tail.startswith(ZIP64_LOCATOR):
        raise NpzError("is not an .npz file of a few arrays: it holds too many files")
    file.seek(0)


def _array(archive: zipfile.ZipFile, name: str, most: int) -> Bytes:
    """Return one array; nothing is believed that its bytes deny."""
    names = archive.namelist()
    if f"{name}.npy" not in names:
        found = ", ".join(display_name(other) for other in names[:5]) or "nothing"
        raise NpzError(f"holds no array {name}; it holds {found}")
    member = archive.getinfo(f"{name}.npy")
    if (
        member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        or member.flag_bits & IS_ENCRYPTED
    ):
        raise NpzError(f"holds {name} compressed or encrypted as NumPy never does")
    with archive.open(member) as file:
        content = file.read(most + MAX_NPY_HEADER + 1)
    data = io.BytesIO(content)
    version = npy.read_magic(data)
    read_header = {
        (1, 0): npy.read_array_header_1_0,
        (2, 0): npy.read_array_header_2_0,
    }.get(version)
    if read_header is None:
        raise NpzError(f"holds {name} in version {version} of .npy, should be 1 or 2")
    shape, is_fortran, dtype = read_header(data)
    if dtype != np.uint8:
        kind = display_name(dtype)[:40]
        raise NpzError(
            f"holds {name} as {kind}, should be uint8; save it after "
            f"{name}.astype('uint8')"
        )
    size = math.prod(shape)
    if not 0 < size <= most:
        raise NpzError(f"holds {name} of shape {shape}, should be at most {most:,}")
    rest = len(content) - data.tell()
    if rest != size:
        more = "more" if rest > size else f"{rest:,}"
        raise NpzError(f"holds {name} of shape {shape} in {more} bytes, not {size:,}")
    numbers = np.frombuffer(content, np.uint8, offset=data.tell())
    return numbers.reshape(shape, order="F" if is_fortran else "C")
