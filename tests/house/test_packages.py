"""What is handed on: the wheel and the source distribution, as pip would build them."""

import os
import re
import subprocess
import sys
import tarfile
import zipfile

import pytest
from conftest import PROJECT
from flit_core import buildapi

import tinycnn

PACKAGE = PROJECT / "tinycnn"
NAME = f"tinycnn-{tinycnn.__version__}"


MINE = """\
import numpy as np
from tinycnn.layers import Layer


class MyReLU(Layer):
    def forward(self, x, training=False):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dy):
        return dy * (self.x > 0)
"""


def build(kind, folder):
    """Return the path of a package, built as PEP 517 says, in the project's folder."""
    before = os.getcwd()  # noqa: PTH109 - the build knows no other way
    os.chdir(PROJECT)
    try:
        return folder / getattr(buildapi, f"build_{kind}")(str(folder))
    finally:
        os.chdir(before)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build("wheel", tmp_path_factory.mktemp("wheel"))


def files_below(folder):
    return {
        path.relative_to(folder.parent).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_the_package_whole_and_nothing_else(wheel):
    assert wheel.name == f"{NAME}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    facts = {name for name in names if name.startswith(f"{NAME}.dist-info/")}
    assert names - facts == files_below(PACKAGE)
    assert f"{NAME}.dist-info/entry_points.txt" in facts


def test_the_source_distribution_has_what_its_tests_need(tmp_path):
    with tarfile.open(build("sdist", tmp_path)) as archive:
        names = {name.removeprefix(f"{NAME}/") for name in archive.getnames()}
    for folder in ("tinycnn", "tests", "docs", "walkthrough"):
        assert files_below(PROJECT / folder) <= names
    assert {"pyproject.toml", "README.md", "LICENSE"} <= names


def test_the_commands_run_out_of_the_wheel_in_an_empty_folder(wheel, tmp_path):
    site, empty = tmp_path / "site", tmp_path / "empty"
    empty.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # What the program that pip writes does, under its name.
    program = tmp_path / "tinycnn"
    program.write_text(
        "import sys\nfrom tinycnn.__main__ import script\nsys.exit(script())\n",
        encoding="utf-8",
    )

    def run(*arguments):
        return subprocess.run(
            [sys.executable, program, *arguments],
            cwd=empty,
            env={**os.environ, "PYTHONPATH": str(site), "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert run("--version") == f"tinycnn {tinycnn.__version__}\n"
    assert "runs/drawings" in run("train", "--epochs", "1", "--image-size", "16")
    model = "runs/drawings/model.safetensors"
    photo = next((empty / "runs" / "drawings").rglob("test/*/*.*"))
    assert photo.name in run("predict", model, str(photo))
    run("explain", model, str(photo))
    run("export", model, "--to", "onnx")
    (empty / "mine.py").write_text(MINE, encoding="utf-8")
    assert "MyReLU" in run("check", "mine.py")
    assert "notebooks and the exercises into lessons" in run("lessons", "lessons")
    written = {path.name for path in empty.rglob("*.*")}
    assert {"report.html", "explanation.html", "model.onnx"} <= written


def test_the_facts_of_the_package(wheel):
    with zipfile.ZipFile(wheel) as archive:
        facts = archive.read(f"{NAME}.dist-info/METADATA").decode("utf-8")
        assert f"{NAME}.dist-info/licenses/LICENSE" in archive.namelist()
    facts = facts.partition("\n\n")[0].splitlines()
    assert f"Version: {tinycnn.__version__}" in facts
    assert "License-Expression: MIT" in facts and "License-File: LICENSE" in facts
    # An expression and a classifier would be two places that can differ.
    assert not any(line.startswith("Classifier: License") for line in facts)
    needed = [
        line for line in facts if line.startswith("Requires-Dist") and ";" not in line
    ]
    names = {re.match(r"Requires-Dist: (\w+)", line)[1] for line in needed}
    assert names == {"numpy", "pillow", "matplotlib"}
    oldest = int(re.search(r"Requires-Python: >=3\.(\d+)", "\n".join(facts))[1])
    minors = re.findall(r"Python :: 3\.(\d+)", "\n".join(facts))
    assert [int(minor) for minor in minors] == list(range(oldest, 15))


def test_the_version_is_in_one_place_and_what_repeats_it_is_right():
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'dynamic = ["version"]' in text and "\nversion" not in text


def test_the_changelog_has_this_version():
    text = (PROJECT / "docs" / "changelog.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert next(one for one in headings if one != "Unreleased") == tinycnn.__version__


def test_the_citation_names_this_version():
    text = (PROJECT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {tinycnn.__version__}\n" in text
