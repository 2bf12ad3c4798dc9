"""The notebooks of the walkthrough: their cells, and their code run without Jupyter."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "walkthrough"
DOCS = FOLDER.parent / "docs"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def cells_of(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def source_of(cell):
    return "".join(cell["source"])


def texts_of(path):
    return [source_of(c) for c in cells_of(path) if c["cell_type"] == "markdown"]


def code_of(path):
    """Return the code of a notebook's cells."""
    return [source_of(c) for c in cells_of(path) if c["cell_type"] == "code"]


def unwritten(cell):
    """Return a cell that a student is to write as run.py --clear leaves it."""
    pytest.importorskip("nbclient", reason="needs pip install '.[notebooks]'")
    spec = importlib.util.spec_from_file_location("run", FOLDER / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.unwritten(cell)


def cells_until(path, heading):
    """Return the code cells above a section, and those in it."""
    above, inside, is_there = [], [], False
    for cell in cells_of(path):
        text = source_of(cell)
        if cell["cell_type"] == "code":
            (inside if is_there else above).append(text)
        elif is_there and re.search("^## ", text, re.M):
            break
        else:
            is_there = is_there or f"## {heading}\n" in text
    assert inside, heading
    return above, inside


def links_in(text):
    """Return where the links of a page lead, without those on the web (a colon)."""
    return re.findall(r"\]\(([^)#:\n]+)\)", text)


def play(monkeypatch, *cells):
    """Run code cells one after the other; return their names and the figures shown."""
    import matplotlib.pyplot as plt

    figures = []

    def show():
        figures.extend(plt.figure(number) for number in plt.get_fignums())
        plt.close("all")

    monkeypatch.setattr(plt, "show", show)
    names = {"__name__": "__main__"}
    for cell in cells:
        code = re.sub("^%.*$", "", cell, flags=re.M)  # lines for Jupyter alone
        exec(compile(code, "a cell", "exec"), names)
    return names, figures
