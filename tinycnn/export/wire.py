"""Protocol buffers on the wire: numbered fields, each a number or a row of bytes.

A message is its fields one after another. A field is a key, ``number * 8 + kind``, and
its value: a whole number as a varint (kind 0), bytes, text or another message with its
length before it (kind 2), or a float32 (kind 5). That is all of the format that a graph
of layers needs.

References
----------
"Protocol Buffers: Encoding", https://protobuf.dev/programming-guides/encoding
"""

import struct
from collections.abc import Iterable

Value = int | float | str | bytes
VARINT, BYTES, FLOAT32 = 0, 2, 5


def varint(number: int) -> bytes:
    """Return a whole number in groups of seven bits, the lowest first.

    The eighth bit of a byte says that another follows; a negative number is written as
    its 64 bits.

    Examples
    --------
    >>> varint(300).hex()
    'ac02'
    """
    number &= 2**64 - 1
    groups = bytearray()
    while number >= 0x80:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)


def field(number: int, value: Value) -> bytes:
    """Return one field of a message.

    Examples
    --------
    >>> field(1, 150).hex()
    '089601'
    >>> field(2, "testing").hex()
    '120774657374696e67'
    """
    if isinstance(value, float):
        return varint(number << 3 | FLOAT32) + struct.pack("<f", value)
    if isinstance(value, int):
        return varint(number << 3 | VARINT) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | BYTES) + varint(len(content)) + content


def fields(number: int, values: Iterable[Value]) -> bytes:
    """Return a field that is repeated."""
    return b"".join(field(number, value) for value in values)
