"""The classroom in a real browser: built, served from one folder, and run."""

import os
import sys

import pytest
from conftest import PROJECT

sys.path += [str(PROJECT / "docs"), str(PROJECT / "docs" / "classroom")]
import make_classroom
import run_notebooks
from classroom.pyodide_folder import NotToBeHad

pytestmark = pytest.mark.slow
NOTEBOOKS = ("02", "09")


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


def test_notebooks_pass_their_checks_and_ask_no_other_server(site, browser):
    with (
        run_notebooks.served(site) as address,
        run_notebooks.classroom(browser, address) as (page, elsewhere),
    ):
        for name in NOTEBOOKS:
            (path,) = (PROJECT / "walkthrough").glob(f"{name}*.ipynb")
            last = name == NOTEBOOKS[-1]
            result = run_notebooks.run_notebook(page, path, offline_after_start=last)
            assert result["error"] == "", path.name
            assert run_notebooks.PASSED in result["printed"]
    assert elsewhere == []
