"""tinycnn.text: what is said to the reader, and names made by others."""

import io
import sys

import pytest

from tinycnn.text import count_of, display_name, say, size_of


@pytest.mark.parametrize(
    "name",
    [
        "Iron Man/photo 1.jpg",
        "Zoë's Straße/日本語/фото.png",
        "$<script>&\\.jpg",
        "🐭.png",
        "👩\u200d🚀 क्\u200cष",  # joiners belong to their writing
        "",
    ],
)
def test_a_harmless_name_is_shown_as_it_is(name):
    assert display_name(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\nb", r"a\nb"),
        ("a\r\tb", r"a\r\tb"),
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("\x7f\x9b", r"\x7f\x9b"),
        ("photo\u202egpj.exe", r"photo\u202egpj.exe"),  # reads backwards
        ("a\u2066b\u200eb", r"a\u2066b\u200eb"),
        ("a\u2028b\u2029c", r"a\u2028b\u2029c"),
        ("\ufeffa\u200bb", r"\ufeffa\u200bb"),
        (b"\xff.jpg".decode("utf-8", "surrogateescape"), r"\udcff.jpg"),
    ],
)
def test_a_hostile_name_is_shown_in_one_line_without_escapes(name, shown):
    assert display_name(name) == shown


def test_paths_and_numbers_have_names_too(tmp_path):
    assert display_name(tmp_path / "a") == str(tmp_path / "a")
    assert display_name(7) == "7"


@pytest.mark.parametrize(
    ("count", "noun", "expected"),
    [
        (0, "photo", "0 photos"),
        (1, "photo", "1 photo"),
        (2, "class", "2 classes"),
        (1, "class", "1 class"),
        (1, "axis", "1 axis"),
        (3, "axis", "3 axes"),
        (1234567, "photo", "1,234,567 photos"),
    ],
)
def test_counts_have_their_noun_in_the_right_number(count, noun, expected):
    assert count_of(count, noun) == expected


@pytest.mark.parametrize(
    ("byte_count", "expected"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1024, "1.0 KiB"),
        (1536, "1.5 KiB"),
        (15749636, "15.0 MiB"),
        (3 * 2**30, "3.0 GiB"),
        (2**40, "1.0 TiB"),
        (5000 * 2**40, "5000.0 TiB"),
    ],
)
def test_sizes_are_written_as_people_write_them(byte_count, expected):
    assert size_of(byte_count) == expected


def test_say_prints_one_line(capsys):
    say("Found 5 images")
    say()
    assert capsys.readouterr().out == "Found 5 images\n\n"


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("ascii", "Pok?mon ?? ? ?"),
        ("cp1252", "Pokémon ?? ? ?"),
        ("utf-8", "Pokémon 日本 ▏ ?"),
    ],
)
def test_say_shows_a_question_mark_for_a_sign_that_cannot_be_shown(
    monkeypatch, encoding, shown
):
    output = io.BytesIO()
    stdout = io.TextIOWrapper(output, encoding=encoding, newline="\n")
    monkeypatch.setattr(sys, "stdout", stdout)
    say("Pokémon 日本 ▏ \udcff")
    # Nothing is held back: the line is there before anything is closed.
    assert output.getvalue() == (shown + "\n").encode(encoding)


def test_say_works_where_stdout_has_no_encoding_or_is_none(monkeypatch):
    output = io.StringIO()
    monkeypatch.setattr(sys, "stdout", output)
    say("é")
    assert output.getvalue() == "é\n"
    monkeypatch.setattr(sys, "stdout", None)
    say("é")  # as under pythonw
