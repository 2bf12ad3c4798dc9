"""The files of Pyodide: from wherever they come, they are those that were published."""

import json
import re
import sys

import pytest
from conftest import PROJECT

sys.path += [str(PROJECT / "docs"), str(PROJECT / "docs" / "classroom")]
import run_notebooks
from classroom import pyodide_folder

WORKFLOW = PROJECT / ".github" / "workflows" / "pages.yml"


@pytest.fixture
def cache(tmp_path):
    """A cache with the list of one package, which is still to be fetched."""
    folder = tmp_path / "cache" / f"pyodide-{pyodide_folder.VERSION}"
    folder.mkdir(parents=True)
    entry = {
        "file_name": "small.whl",
        "sha256": pyodide_folder.sha256(b"published"),
        "depends": [],
    }
    lock = json.dumps({"packages": {"small": entry}})
    (folder / pyodide_folder.LOCK).write_text(lock, encoding="utf-8")
    return tmp_path / "cache"


@pytest.fixture
def servers_folder(tmp_path, monkeypatch):
    """What Pyodide's own servers hold."""
    folder = tmp_path / "servers"
    folder.mkdir()
    with run_notebooks.served(folder) as address:
        monkeypatch.setenv("PYODIDE_FILES", address)
        yield folder


def test_packages_come_from_pyodides_servers(cache, servers_folder):
    (servers_folder / "small.whl").write_bytes(b"published")
    folder = pyodide_folder.pyodide_folder(cache, ["small"])
    assert (folder / "small.whl").read_bytes() == b"published"


def test_a_file_that_is_another_or_not_there_is_refused(cache, servers_folder):
    with pytest.raises(pyodide_folder.NotToBeHad, match="cannot be fetched: HTTP"):
        pyodide_folder.pyodide_folder(cache, ["small"])
    (servers_folder / "small.whl").write_bytes(b"changed on the way")
    for _ in range(2):  # and it is not kept for the next time
        with pytest.raises(pyodide_folder.NotToBeHad, match="is not the file that"):
            pyodide_folder.pyodide_folder(cache, ["small"])


def test_the_published_site_takes_the_same_version():
    (version,) = re.findall(r"/pyodide/v([\d.]+)/", WORKFLOW.read_text("utf-8"))
    assert version == pyodide_folder.VERSION
