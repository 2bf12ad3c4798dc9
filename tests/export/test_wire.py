"""The wire format, by the examples of its own documentation."""

import struct

from tinycnn.export.wire import field, fields, varint


def test_whole_numbers_are_groups_of_seven_bits():
    assert varint(0) == b"\x00"
    assert varint(127) == b"\x7f"
    assert varint(128) == b"\x80\x01"
    assert varint(150) == b"\x96\x01"


def test_a_negative_number_is_its_64_bits():
    assert varint(-2).hex() == "fe" + 8 * "ff" + "01"


def test_a_field_is_a_key_and_a_value():
    assert field(1, 150).hex() == "089601"
    assert field(2, "testing").hex() == "120774657374696e67"
    assert field(3, field(1, 150)).hex() == "1a03089601"
    assert field(5, 0.5) == b"\x2d" + struct.pack("<f", 0.5)
    assert field(16, 1).hex() == "800101"  # a key of two bytes


def test_a_text_is_utf_8_and_its_length_counts_bytes():
    assert field(1, "é") == b"\x0a\x02\xc3\xa9"


def test_a_repeated_field_stands_once_for_each_value():
    assert fields(4, [3, 270]).hex() == "2003208e02"
    assert fields(4, []) == b""
