"""The classroom in a real browser: built, served from one folder, and run."""

import _imp
import contextlib
import json
import os
import sys
import zipfile

import pytest
from browsers import drop
from conftest import PROJECT
from PIL import Image

sys.path += [str(PROJECT / "docs"), str(PROJECT / "docs" / "classroom")]
import make_classroom
import run_notebooks
from classroom.pyodide_folder import LOCK, NotToBeHad, sha256

pytestmark = pytest.mark.slow
NOTEBOOKS = ("02", "09")
HOSTILE = "<img src=x onerror=alert(1)>.png"
OWN_PHOTOS = """\
from pathlib import Path
from tinycnn.preprocessing.image import load_img
for path in sorted(Path().glob("*.png")):
    try:
        print(path.name, load_img(path).size)
    except ValueError as error:
        print(error)
print("All checks passed.")"""
# Fails if Python compiles a source; what the kernel itself imports is loaded by then.
COMPILED = """\
from importlib.machinery import SourceFileLoader
sources, inner = [], SourceFileLoader.source_to_code
def noted(self, data, path, *arguments, **keywords):
    sources.append(path)
    return inner(self, data, path, *arguments, **keywords)
SourceFileLoader.source_to_code = noted
import matplotlib.pyplot, PIL.PngImagePlugin
import tinycnn.grading, tinycnn.lessons.turns, tinycnn.page.report
assert not sources, sources
print("All checks passed.")"""
# A line of the library is changed, as students do to see what becomes of it.
CHANGED = """\
import importlib
from pathlib import Path
import numpy as np
import tinycnn.layers.activations as activations
path = Path(activations.__file__)
text = path.read_text()
assert text.count("np.maximum(x, 0)") == 1
path.write_text(text.replace("np.maximum(x, 0)", "np.maximum(x, 7)"))
importlib.reload(activations)
assert activations.ReLU()(np.zeros((1, 2), np.float32)).tolist() == [[7, 7]]
print("All checks passed.")"""
# What axe-core finds in JupyterLab's own parts, as JupyterLite ships them: states on a
# button that is an element of its own kind, the tool bar's, whose real button lies in
# its shadow; and in an open notebook, whose list of cells is a feed, with the names of
# cells and of the buttons that fold a heading. None can be mended in a site that takes
# JupyterLite as it is; whatever comes to these fails the test.
JUPYTERLABS = {
    "aria-allowed-attr",
    "aria-input-field-name",
    "aria-required-children",
    "button-name",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The classroom, built by its command."""
    if not (os.environ.get("CI") or make_classroom.CACHE.is_dir()):
        pytest.skip("the classroom needs 100 MB: python docs/make_classroom.py FOLDER")
    folder = tmp_path_factory.mktemp("classroom") / "site"
    try:
        make_classroom.build(folder)
    except NotToBeHad as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))
    return folder


def test_it_holds_the_lessons_without_answers(site):
    contents = site / "files"
    names = {path.name for path in contents.glob("[0-9]*.ipynb")}
    assert names == {p.name for p in (PROJECT / "walkthrough").glob("[0-9]*.ipynb")}
    assert (contents / "exercises" / "my_exercises.py").is_file()
    text = next(contents.glob("02*.ipynb")).read_text(encoding="utf-8")
    assert '", ...)' in text
    assert "All checks passed.\\n" not in text


@pytest.mark.parametrize(
    "archive, source, compiled, is_checked",
    [
        ("tinycnn-*", "tinycnn/layers/conv.py",
         "tinycnn/layers/__pycache__/conv.cpython-312.pyc", True),
        ("matplotlib-3*", "matplotlib/pyplot.py",
         "matplotlib/__pycache__/pyplot.cpython-312.pyc", False),
        ("python_stdlib*", "json/__init__.py", "json/__init__.pyc", False),
    ],
)  # fmt: skip
def test_what_is_compiled_stands_beside_its_source(
    site, archive, source, compiled, is_checked
):
    folder = site / "static" / "pyodide"
    (path,) = folder.glob(archive)
    with zipfile.ZipFile(path) as files:
        code, text = files.read(compiled), files.read(source)
    assert code[4:8] == bytes([1 + 2 * is_checked, 0, 0, 0])  # against the source
    of_its_python = int.from_bytes(code[:4], "little")
    assert code[8:16] == _imp.source_hash(of_its_python, text)
    lock = json.loads((folder / LOCK).read_text(encoding="utf-8"))
    listed = {e["file_name"]: e["sha256"] for e in lock["packages"].values()}
    assert listed.get(path.name, sha256(path.read_bytes())) == sha256(path.read_bytes())


@pytest.fixture(scope="module")
def address(site):
    with run_notebooks.served(site) as address:
        yield address


@pytest.fixture(scope="module")
def room(browser, address):
    """The laboratory's page; at its end, no request went to another server."""
    with run_notebooks.classroom(browser, address) as (page, elsewhere):
        yield page
    assert elsewhere == []


@pytest.fixture
def narrow(browser, address):
    """A page of 360 pixels."""
    with contextlib.closing(
        browser.new_context(viewport={"width": 360, "height": 740})
    ) as context:
        yield context.new_page()


def test_notebooks_pass_their_checks_and_ask_no_other_server(room):
    for name in NOTEBOOKS:
        (path,) = (PROJECT / "walkthrough").glob(f"{name}*.ipynb")
        last = name == NOTEBOOKS[-1]
        result = run_notebooks.run_notebook(room, path, offline_after_start=last)
        assert result["error"] == "", path.name
        assert run_notebooks.PASSED in result["printed"]


def run_cell(room, source, path):
    """Run a notebook of one cell, which is written to the path."""
    cell = {"cell_type": "code", "source": source, "metadata": {}}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return run_notebooks.run_notebook(room, path)


def test_python_compiles_nothing_that_the_lessons_import(room, tmp_path):
    result = run_cell(room, COMPILED, tmp_path / "compiled.ipynb")
    assert result["error"] == ""
    assert run_notebooks.PASSED in result["printed"]


def test_a_line_of_the_library_may_be_changed_and_loaded_again(room, tmp_path):
    result = run_cell(room, CHANGED, tmp_path / "changed.ipynb")
    assert result["error"] == ""


def test_photos_of_ones_own_are_dropped_and_opened_by_name(room, tmp_path):
    Image.new("RGB", (21, 34)).save(tmp_path / HOSTILE)
    (tmp_path / "broken.png").write_bytes((tmp_path / HOSTILE).read_bytes()[:40])
    (tmp_path / "text.png").write_text("milk")
    drop(room, room.locator(".jp-DirListing-content"), *tmp_path.glob("*.png"))
    for name in (HOSTILE, "broken.png", "text.png"):
        room.locator(".jp-DirListing-item").get_by_text(name, exact=True).wait_for()
    assert room.locator("img[src=x]").count() == 0
    result = run_cell(room, OWN_PHOTOS, tmp_path / "own.ipynb")
    lines = result["printed"].splitlines()
    assert lines[0] == f"{HOSTILE} (21, 34)"
    assert lines[1].startswith("broken.png: ")
    assert lines[2].startswith("text.png: it is not a photo")
    assert len(lines) == 4


def test_the_laboratory_has_no_fault_but_jupyterlabs_own(room, serious_faults):
    assert {name for name, *_ in serious_faults(room)} <= JUPYTERLABS


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_start_page_fits_a_narrow_screen_and_has_no_fault(
    scheme, narrow, address, serious_faults
):
    narrow.emulate_media(color_scheme=scheme)
    narrow.goto(address)
    assert serious_faults(narrow) == []
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 360
    titles = narrow.get_by_role("listitem").all_inner_texts()
    assert [title.split(" ")[0] for title in titles] == [f"{n}" for n in range(1, 21)]


def test_a_lesson_and_the_list_of_files_fit_a_narrow_screen(narrow, address):
    narrow.set_default_timeout(run_notebooks.SECONDS * 1000)
    narrow.goto(address)
    narrow.get_by_role("link", name="1 · A photo is an array").click()
    narrow.get_by_role("heading", name="1 · A photo is an array").wait_for()
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 360
    narrow.goto(address)
    narrow.get_by_role("link", name="the list alone").click()
    narrow.get_by_text("01-a-photo-is-an-array.ipynb").wait_for()
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 360
