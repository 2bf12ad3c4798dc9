"""The hour: its files are few, its plan is current, and its counts are right."""

import importlib.util

import pytest
from conftest import PROJECT


@pytest.fixture(scope="module")
def plan():
    path = PROJECT / "docs" / "make_reading.py"
    spec = importlib.util.spec_from_file_location("make_reading", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_plan_is_current(plan):
    text = plan.PLAN.read_text(encoding="utf-8")
    assert text == plan.page(), "run docs/make_reading.py"


def test_the_hour_is_an_hour(plan):
    readings = plan.readings()
    assert sum(one.lines for one in readings) <= plan.MOST_LINES
    assert sum(one.minutes for one in readings) <= plan.MOST_MINUTES


def test_readme_marks_the_same_files_in_the_same_order(plan):
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    hour = readme.partition("THE HOUR")[2].partition("PHOTOS")[0]
    place = 0
    names = [name for names in plan.HOUR.values() for name in names]
    for name in dict.fromkeys(f"{n.split('/')[0]}/" if "/" in n else n for n in names):
        assert name in hour[place:], name
        place = hour.index(name, place)


def test_a_file_is_counted_by_hand(plan, tmp_path, monkeypatch):
    source = '''"""One idea,
in four words - here."""

# why: two
NUMBERS = [
    1,  # the first

    2,
]


def double(x):
    """Return it."""
    text = """not
    a docstring"""
    return x * 2, text
'''
    (tmp_path / "a.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(plan, "PACKAGE", tmp_path)
    found = plan.reading_of("a.py")
    assert found.idea == "One idea, in four words - here."
    assert found.lines == 16
    assert found.code == 8  # NUMBERS [ 1 2 ] and def, text (2 lines), return
    assert found.words == 6 + 2 + 2 + 2  # the dash is not a word
    assert found.minutes == pytest.approx(12 / 240 + 8 / 60)
