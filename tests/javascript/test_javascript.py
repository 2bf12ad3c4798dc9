"""The checks of the pages' scripts: they see all scripts, and no page holds types.

The checks themselves, `npm run check`, are run by .ci/run.
"""

import json
import re
from pathlib import Path

import pytest
from conftest import PROJECT

from tinycnn.page.html import FOLDER, SCRIPTS, TYPES, source
from tinycnn.page.report.html import FOLDER as REPORT

HERE = Path(__file__).parent
FOLDERS = ("tinycnn", "docs", "tests")
ALL = sorted(
    path
    for folder in FOLDERS
    for path in (PROJECT / folder).rglob("*.*js")
    if "node_modules" not in path.parts
)
CHECK = json.loads((HERE / "package.json").read_text(encoding="utf-8"))


def checked():
    """The files that each call of `tsc` includes."""
    for name in re.findall(r"tsc -p (\S+)", CHECK["scripts"]["types"]):
        settings = json.loads((HERE / name).read_text(encoding="utf-8"))
        yield {path.resolve() for glob in settings["include"] for path in globbed(glob)}


def globbed(pattern):
    up = len(re.match(r"(\.\./)*", pattern)[0]) // 3
    folder = HERE.parents[up - 1] if up else HERE
    return folder.glob(pattern[3 * up :])


@pytest.mark.parametrize("path", ALL, ids=lambda p: str(p.relative_to(PROJECT)))
def test_every_script_is_checked_once(path):
    assert [path in files for files in checked()].count(True) == 1


def test_the_linter_gets_the_folders_with_scripts():
    assert CHECK["scripts"]["lint"].split()[-len(FOLDERS) :] == list(FOLDERS)


def test_the_tools_have_exact_versions():
    for name, version in CHECK["devDependencies"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name


def test_the_elements_that_the_types_promise_are_in_the_pages():
    types = (HERE / "page.d.ts").read_text(encoding="utf-8")
    names = re.search(r"type PageId =(.*?);", types, re.DOTALL)[1]
    ids = set(re.findall(r'"([\w-]+)"', names)) | {"per-map"}
    pages = "".join(
        path.read_text(encoding="utf-8")
        for folder in (FOLDER, REPORT)
        for path in folder.glob("*.html")
    )
    assert len(ids) > 8
    assert ids <= set(re.findall(r'id="([\w-]+)"', pages))


@pytest.mark.parametrize("name", SCRIPTS)
def test_lines_of_types_stay_out_of_the_page(name):
    script = (FOLDER / name).read_text(encoding="utf-8")
    kept = source(FOLDER / name)
    assert not re.search(r"^\s*/\*\*", kept, re.MULTILINE)
    dropped = [line for line in script.split("\n") if line not in kept.split("\n")]
    assert all(line.lstrip().startswith("/** @") for line in dropped)
    # None is text: before each, every template is closed.
    for match in TYPES.finditer(script):
        assert script[: match.start()].count("`") % 2 == 0


def test_only_whole_lines_are_dropped(tmp_path):
    path = tmp_path / "a.js"
    path.write_text(
        "/** @param {A} a */\nconst f = /** @type {B} */ (b);\n  /** @type {C} */\n"
        '// why\n/** why */\nconst s = "/** @type {D} */";\n',
        encoding="utf-8",
    )
    assert source(path) == (
        "const f = /** @type {B} */ (b);\n// why\n/** why */\n"
        'const s = "/** @type {D} */";\n'
    )
