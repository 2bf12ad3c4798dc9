"""The sheet for pencil and paper: it is current, and its numbers are the notebooks'."""

import importlib.util
import json
import re

import numpy as np
import pytest
from conftest import PROJECT


@pytest.fixture(scope="module")
def sheet():
    path = PROJECT / "docs" / "make_print_sheet.py"
    spec = importlib.util.spec_from_file_location("make_print_sheet", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def line_of(number, start):
    """Return what is set by a notebook's first cell of code that begins a line so."""
    (path,) = (PROJECT / "walkthrough").glob(f"{number:02}-*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    text = next(text for text in texts if f"\n{start}" in f"\n{text}")
    names = {"np": np}
    lines = f"\n{text}".split(f"\n{start}", 1)[1]
    exec(start + lines.split("\n\n")[0].split("\nprint")[0], names)
    return names


def test_the_sheet_is_current(sheet):
    text = sheet.SHEET.read_text(encoding="utf-8")
    assert text == sheet.page(), "run docs/make_print_sheet.py"
    asked, _, results = text.partition("## Results")
    assert "0.5622" in results
    assert "0.5622" not in asked
    assert max(map(len, asked.splitlines())) <= 90  # as wide as a page


def test_the_results_are_printed_on_a_sheet_of_their_own(sheet):
    text = sheet.PRINTED.read_text(encoding="utf-8")
    assert text == sheet.printed(), "run docs/make_print_sheet.py"
    assert '<h2 class="new">Results' in text
    assert text.count("<pre>") == sheet.page().count("```") / 2
    assert "0.5622" not in text.partition('<h2 class="new">Results')[0]
    assert not re.search(r"^#|\\|```|\]\(|^\||<a", text, re.M)  # all is converted


def test_the_exit_ticket_is_printed_on_the_last_page_without_its_answers(sheet):
    *_, last = sheet.printed().split('<h2 class="new">')
    assert last.startswith("The exit ticket</h2>")
    assert last.count("<li>") == 3
    assert "The answers" not in last and "b, b and c" not in last


def test_its_numbers_are_those_of_the_notebooks(sheet):
    assert np.array_equal(line_of(4, "x = ")["x"], sheet.SIXTEEN)
    small = line_of(8, "photo = ")
    for name, numbers in (
        ("photo", sheet.PHOTO),
        ("kernel", sheet.KERNEL),
        ("weights", sheet.WEIGHTS),
        ("kernel_bias", sheet.BIAS),
        ("weights_bias", sheet.BIAS),
    ):
        assert np.array_equal(small[name], numbers), name
    assert small["y_true"] == 0
    assert tuple(line_of(11, "slopes = ")["slopes"]) == sheet.SLOPES


def test_its_results_were_worked_out_by_hand(sheet):
    results = sheet.page().partition("## Results")[2]
    for line in (
        r"* 1\. Feature map: `4 3 4 / 2 4 3 / 2 3 4`",
        r"* 2\. average: `4 1 / 3 3`",
        r"* 3\. pooled: `2 1 / 2 0`",
        r"* 3\. logit: `0.25`",  # 0.5 * 2 - 0.25 * 1 + 0.25 * 2 + 0.75 * 0 - 1
        r"* 4\. dpooled: `0.2811 -0.1405 0.1405 0.4216`",
        r"* 5\. t = 1: `m +0.5000, v 0.025000, step -0.001000`",
    ):
        assert line in results
