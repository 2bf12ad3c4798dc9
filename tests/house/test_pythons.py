""".ci/run's search for Pythons: the newest that runs, whatever else is in the way."""

import os
import runpy

import pytest
from conftest import PROJECT

POSIX = pytest.mark.skipif(os.name != "posix", reason="stand-ins for Python need sh")
SEARCH = runpy.run_path(str(PROJECT / ".ci" / "pythons.py"))


@pytest.fixture
def program(tmp_path):
    """Write a stand-in for Python, and return its path."""

    def write(name, *lines):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(("#!/bin/sh", *lines, "")), encoding="utf-8")
        path.chmod(0o755)
        return path

    return write


@pytest.fixture
def newest(tmp_path):
    """Search two folders of PATH, and pyenv's."""
    path = os.pathsep.join(str(tmp_path / name) for name in ("shims", "none", "bin"))
    return lambda minor: SEARCH["newest"](minor, path, tmp_path / "pyenv")


@POSIX
def test_a_shim_that_cannot_run_hides_no_other(program, newest):
    shim = program("shims/python3.12", "echo pyenv: command not found >&2", "exit 127")
    assert newest(12) is None
    real = program("bin/python3.12", "echo 3.12.4")
    assert newest(12) == ("3.12.4", real)
    shim.write_text("neither a script nor a program", encoding="utf-8")
    assert newest(12) == ("3.12.4", real)


@POSIX
def test_the_newest_patch_is_taken_as_a_number(program, newest):
    program("bin/python3.12", "echo 3.12.4")
    program("pyenv/versions/3.12.9/bin/python", "echo 3.12.9")
    tenth = program("pyenv/versions/3.12.10/bin/python", "echo 3.12.10")
    program("pyenv/versions/3.13.11/bin/python", "echo 3.13.11")
    assert newest(12) == ("3.12.10", tenth)
    on_path = program("shims/python3.12", "echo 3.12.11")
    assert newest(12) == ("3.12.11", on_path)


@POSIX
@pytest.mark.parametrize("says", ["", "3.11.7", "3.12.1\\nexit 1", "3.1"])
def test_what_says_no_version_of_its_own_name_is_left_out(program, newest, says):
    program("bin/python3.12", *f"echo {says}".split("\\n"))
    assert newest(12) is None


def test_every_python_is_looked_for_from_the_oldest_that_is_allowed():
    assert list(SEARCH["supported"]()) == [11, 12, 13, 14]
