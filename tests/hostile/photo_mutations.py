"""Mutated photos: chunks, segments and numbers changed, checksums corrected.

Photo number n of a seed is always the same.
"""

import random
import re
import struct
import zlib

from photo_cases import good_contents

GIANTS = (0, 1, 2, 127, 255, 256, 65535, 2**16, 2**24, 2**31 - 1, 2**31, 2**32 - 1)


def small_photos():
    """Return small photos of all formats and modes, so that many are decoded."""
    return [data for data in good_contents().values() if len(data) < 5000]


def mutated(photos, seed, number):
    """Return the bytes of photo `number`."""
    rng = random.Random(f"{seed}/{number}")
    data = bytearray(rng.choice(photos))
    for _ in range(rng.choice((1, 1, 2, 3, 5))):
        change = rng.choice((_bytes, _bytes, _number, _cut, _insert, _swap, _splice))
        change(rng, data, photos)
        if not data:
            break
    if data[:8] == b"\x89PNG\r\n\x1a\n" and rng.random() < 0.7:
        return _with_checksums(bytes(data))
    return bytes(data)


def _bytes(rng, data, _):
    for _ in range(rng.randint(1, 8)):
        data[rng.randrange(len(data))] = rng.randrange(256)


def _number(rng, data, _):
    """Write a giant or a tiny number where a length or a size may be: at the start."""
    place = rng.randrange(min(len(data), 200))
    kind = rng.choice((">H", "<H", ">I", "<I"))
    number = rng.choice(GIANTS) % 2 ** (8 * struct.calcsize(kind))
    data[place : place + struct.calcsize(kind)] = struct.pack(kind, number)


def _cut(rng, data, _):
    place = rng.randrange(len(data))
    del data[place : place + rng.choice((1, 2, 8, 100, len(data)))]


def _insert(rng, data, _):
    place = rng.randrange(len(data))
    data[place:place] = rng.randbytes(rng.choice((1, 2, 8, 300)))


def _swap(rng, data, _):
    """Move a piece to another place, or have it twice."""
    start = rng.randrange(len(data))
    piece = data[start : start + rng.randrange(1, 60)]
    if rng.random() < 0.5:
        del data[start : start + len(piece)]
    place = rng.randrange(len(data) + 1)
    data[place:place] = piece


def _splice(rng, data, photos):
    """Go on with the rest of another photo."""
    other = rng.choice(photos)
    data[rng.randrange(len(data)) :] = other[rng.randrange(len(other)) :]


def _with_checksums(data):
    """Return a PNG whose chunks have right checksums, as far as they can be found."""
    fixed = bytearray(data)
    for found in re.finditer(rb"IHDR|PLTE|tRNS|IDAT|zTXt|iCCP|eXIf|acTL|fcTL", data):
        start = found.start()
        (length,) = struct.unpack(">I", data[start - 4 : start].rjust(4, b"\0"))
        end = start + 4 + length
        if end + 4 <= len(data):
            fixed[end : end + 4] = struct.pack(">I", zlib.crc32(fixed[start:end]))
    return bytes(fixed)
