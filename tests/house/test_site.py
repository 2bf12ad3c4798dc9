"""The pages: no link is dead, the site has all of them, and copies are current."""

import importlib.util
import re
from functools import cache

import pytest
from conftest import PROJECT
from notebook_cells import NOTEBOOKS, texts_of

DOCS = PROJECT / "docs"
SITE = DOCS / "site"
PAGES = [
    PROJECT / "README.md",
    *sorted(DOCS.glob("*.md")),
    *sorted((PROJECT / "walkthrough").rglob("*.md")),
    *NOTEBOOKS,
]
FENCE = re.compile(r"^(```+).*?^\1$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")


def program(name):
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def prose_of(path):
    """Return a page without its code."""
    is_notebook = path.suffix == ".ipynb"
    text = "\n".join(texts_of(path)) if is_notebook else path.read_text("utf-8")
    return FENCE.sub("", text)


@cache
def anchors_of(path):
    """Return what a link can name after #, as GitHub and the site make it."""
    headings = re.findall(r"^#+ (.+?)\s*$", prose_of(path), re.MULTILINE)
    plain = [re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", one) for one in headings]
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in plain}


def dead_links(path):
    for target in LINK.findall(re.sub(r"`[^`\n]*`", "`code`", prose_of(path))):
        if re.match(r"[a-z]+:", target):
            continue  # on the web
        name, _, anchor = target.partition("#")
        page = (path.parent / name).resolve() if name else path
        if not page.is_relative_to(PROJECT) or not page.exists():
            yield target
        elif anchor and anchor not in anchors_of(page):
            yield target


def test_a_command_makes_each_picture_that_a_page_shows():
    source = (DOCS / "make_pictures.py").read_text(encoding="utf-8")
    made = {path for path in (DOCS / "images").iterdir() if f'"{path.name}"' in source}
    assert made == set((DOCS / "images").iterdir())
    shown = {
        (path.parent / target).resolve()
        for path in PAGES
        for target in re.findall(r"!\[[^]]*\]\(([^):]+)\)", prose_of(path))
    }
    assert shown and shown <= made


def test_no_page_of_the_site_hides_a_page_that_is_whole():
    whole = {path.name for path in DOCS.glob("*.html")}
    assert whole == set(program("make_site").WHOLE)
    assert not whole & {path.with_suffix(".html").name for path in DOCS.glob("*.md")}


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(PROJECT)))
def test_every_link_within_the_project_leads_somewhere(path):
    assert list(dead_links(path)) == []


def test_a_dead_link_is_found(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "PROJECT", tmp_path)
    (tmp_path / "b.md").write_text("# The one *rule*, 2\n", encoding="utf-8")
    page = tmp_path / "a.md"
    page.write_text(
        "[a](b.md) [b](b.md#the-one-rule-2) [c](#missing) [d](c.md) [e](b.md#two)\n"
        "[f](https://example.org/x) `[g](z.md)`\n```\n[h](y.md)\n```\n",
        encoding="utf-8",
    )
    assert list(dead_links(page)) == ["#missing", "c.md", "b.md#two"]


def test_the_site_has_every_page():
    make_site = program("make_site")
    contents = (SITE / "index.md").read_text(encoding="utf-8")
    contents += " ".join(
        f"docs/{name}" for name in make_site.BELOW["docs/for-teachers"]
    )
    contents += " ".join(f" docs/{name}" for name in make_site.BELOW["docs/trust"])
    missing = [p.stem for p in DOCS.glob("*.md") if f"docs/{p.stem}" not in contents]
    assert not missing, "add them to docs/site/index.md"


def test_the_reference_describes_what_is_public():
    make_site = program("make_site")
    for path, title in make_site.REFERENCE.items():
        page = make_site.reference_page(path, title)
        assert page.startswith(f"# {title}\n") and f"tinycnn.{path}\n" in page
    layers = make_site.reference_page("layers", "Layers")
    assert ".. autoclass:: Conv2D\n" in layers and ".. autofunction:: Act" in layers
    assert "MaxPool2D\n" not in layers  # Keras's other name of MaxPooling2D
    assert "LSTM" not in layers  # not here, and so not described


def test_the_tutorial_side_by_side_is_current():
    maker = program("make_side_by_side")
    page = maker.PAGE.read_text(encoding="utf-8")
    assert page == maker.page(), "run docs/make_side_by_side.py"
    blocks = re.findall(r"```python\n(.*?)\n```", page, re.DOTALL)
    keras, tinycnn = "\n\n".join(blocks[::2]), "\n\n".join(blocks[1::2])
    assert keras != tinycnn
    assert re.sub(r"^from keras\b", "from tinycnn", keras, flags=re.M) == tinycnn
    # The same program as README's, which tests/test_tutorial.py runs.
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    program_there = re.search(r"```python\n(import os\n.*?)\n```", readme, re.DOTALL)[1]
    assert tinycnn.split() == program_there.split()
