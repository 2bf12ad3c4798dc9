"""docs/keras.md: its tables are those of the wing."""

import importlib.util

import pytest
from conftest import PROJECT


@pytest.fixture(scope="module")
def maker():
    path = PROJECT / "docs" / "make_keras_words.py"
    spec = importlib.util.spec_from_file_location("make_keras_words", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_current(maker):
    text = maker.PAGE.read_text(encoding="utf-8")
    assert text == maker.page(text), "run docs/make_keras_words.py"


def test_no_row_is_there_twice(maker):
    rows = [line for line in maker.tables().splitlines() if line.startswith("|")]
    rows = [row for row in rows if not row.startswith(("| --- ", "| in "))]
    assert len({*rows}) == len(rows)


def test_every_kind_of_call_is_on_the_page(maker):
    tables = [
        one for one in vars(maker.words).values() if type(one) is maker.words.Words
    ]
    assert all(any(one is other for other in maker.CALLS.values()) for one in tables)


def test_a_word_of_each_kind_can_be_looked_up(maker):
    page = maker.tables()
    for row in (
        "| `layers.MaxPool2D` | `tinycnn.layers.MaxPooling2D` |",
        "| layers | `output_dim=` | `units=` |",
        "| `ImageDataGenerator` | `featurewise_center=` | `False` |",
        "| `applications`",
    ):
        assert row in page
