"""Build the site: python docs/make_site.py [FOLDER]; without FOLDER, runs/site.

Gathers the pages of docs/ and walkthrough/, README, and a page of the reference for
each part of the library, and lets Sphinx make HTML of them. A warning fails the build,
and so does a link within the site that leads nowhere. Nothing is executed: notebooks
keep the outputs with which they are stored. Needs `pip install '.[docs]'`.
"""

import argparse
import importlib
import inspect
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).parents[1]
SITE = Path(__file__).parent / "site"
# The reference: a page for each, with what it describes.
REFERENCE = {
    "models": "Models: compile, fit, evaluate, predict, save",
    "layers": "Layers",
    "losses": "Losses",
    "optimizers": "Optimisers",
    "initializers": "Initialisers",
    "regularizers": "Regularisers",
    "constraints": "Constraints",
    "metrics": "Metrics and baselines",
    "callbacks": "Callbacks",
    "batches": "Batches",
    "networks": "The networks of the commands",
    "preprocessing.image": "Photos from files and folders",
    "datasets": "Data sets by name",
    "figures": "Figures",
    "explanation": "Explanations",
    "page": "The explaining page",
    "gradient_check": "The gradient check",
    "diagnosis": "Diagnosis: why is a layer wrong?",
    "grading": "Grading",
    "export": "Export to Keras, PyTorch and ONNX",
    "lessons": "The lessons: guesses and their sheet",
    "shapes": "Shapes and their letters",
}
# Pages that the sidebar shows below another one; the others are in site/index.md.
BELOW = {
    "walkthrough/exercises/README": ["hints"],
    "docs/for-teachers": ["guesses", "answers", "print-sheet"],
    "docs/trust": ["museum", "mutation"],
}
# Not print-sheet.html: that is the name of the page of print-sheet.md.
WHOLE = ("pencil.html", "print-sheet-a4.html")
SLIPS = """\
What is wrong, unclear or missing in the tutorial that this course follows, in its own
words. Find the slip first; the notebook shows the answer and lets you run it. The
changes that its program needed are in
[the tutorial, side by side](docs/side-by-side.md)."""


def names_of(module: object) -> list[str]:
    """Return the classes and functions of a module that the library makes its own.

    Other spellings of Keras's, which lead to the same things, are in docs/keras.md.
    """
    there = vars(module)
    own = module.__name__  # type: ignore[attr-defined]
    names = []
    for name in there.get("__all__", there):
        thing = there.get(name)
        if name.startswith("_") or not (
            inspect.isclass(thing) or inspect.isroutine(thing)
        ):
            continue
        home = thing.__module__
        is_here = home == own or ("__all__" in there and home.startswith("tinycnn."))
        if thing.__name__ == name and is_here and inspect.getdoc(thing):
            names.append(name)
    return names


def reference_page(path: str, title: str) -> str:
    """Return a page of the reference, in Markdown."""
    name = f"tinycnn.{path}"
    module = importlib.import_module(name)
    lines = [f"# {title}", "", "```{eval-rst}", f".. automodule:: {name}", ""]
    lines += [f".. currentmodule:: {name}", ""]
    for one in sorted(names_of(module), key=str.lower):
        if inspect.isclass(getattr(module, one)):
            lines += [f".. autoclass:: {one}", "   :members:", ""]
        else:
            lines += [f".. autofunction:: {one}", ""]
    return "\n".join([*lines, "```", ""])


def slips_page(notebooks: list[Path]) -> str:
    """Return the tutorial's slips as a list, each with where to run it."""
    lines = ["# The tutorial's slips", "", SLIPS, ""]
    for path in notebooks:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts = ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]
        heading = ""
        for text in texts:
            if found := re.search(r"^## (.+)$", text, re.MULTILINE):
                heading = found[1]
            if slip := re.search(r"^\*\*Slip (\d+)\.\*\* (.+)$", text, re.MULTILINE):
                if heading:
                    anchor = re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-"))
                    link = f"walkthrough/{path.name}#{anchor}"
                    lines += [f"## [{heading}]({link})", ""]
                    heading = ""
                lines += [f"* **Slip {slip[1]}.** {slip[2]}"]
        lines += [""]
    return re.sub(r"\n\n\n+|\n(?=## )", "\n\n", "\n".join(lines))


def contents(paths: list[str], caption: str = "") -> str:
    """Return a table of contents, which only the sidebar shows."""
    head = ["", "```{toctree}", ":hidden:", *([f":caption: {caption}"] * bool(caption))]
    return "\n".join([*head, *paths, "```", ""])


def gather(folder: Path) -> None:
    """Put the pages together, at the places that their links expect."""
    shutil.copy2(PROJECT / "README.md", folder)
    unwanted = shutil.ignore_patterns("site", "__pycache__", "*.py", "pencil")
    shutil.copytree(PROJECT / "docs", folder / "docs", ignore=unwanted)
    hidden = shutil.ignore_patterns(".*", "__pycache__", "make.py")
    shutil.copytree(PROJECT / "walkthrough", folder / "walkthrough", ignore=hidden)
    notebooks = sorted((folder / "walkthrough").glob("[0-9]*.ipynb"))
    lessons = [*(path.stem for path in notebooks), "exercises/README"]
    machines = sorted((folder / "docs" / "measured").glob("*.md"))
    found = {
        "walkthrough/README": lessons,
        "docs/performance": [f"measured/{path.stem}" for path in machines],
    }
    for path, below in {**found, **BELOW}.items():
        with (folder / f"{path}.md").open("a", encoding="utf-8") as page:
            page.write(contents(below))
    for path in SITE.glob("*.md"):
        shutil.copy2(path, folder / path.name)
    slips = slips_page(notebooks)
    (folder / "slips.md").write_text(slips, encoding="utf-8")
    reference = folder / "api"
    reference.mkdir()
    index = (folder / "api.md").read_text(encoding="utf-8")
    (reference / "index.md").write_text(
        index.format(pages="\n".join(REFERENCE)), encoding="utf-8"
    )
    (folder / "api.md").unlink()
    for path, title in REFERENCE.items():
        page = reference_page(path, title)
        (reference / f"{path}.md").write_text(page, encoding="utf-8")


def build(output: Path) -> int:
    """Make the site; return Sphinx's exit status."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "pages")
        folder.mkdir()
        gather(folder)
        command = [sys.executable, "-m", "sphinx", "-b", "html", "-c", str(SITE)]
        command += ["-W", "--keep-going", "-n", "-q", "-j", "2"]
        command += ["-d", str(Path(temporary, "doctrees")), str(folder), str(output)]
        status = subprocess.run(command, check=False).returncode
    # Pages that are whole already, to which others lead.
    for name in WHOLE:
        shutil.copy2(PROJECT / "docs" / name, output / "docs")
    return status


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the site.")
    parser.add_argument(
        "folder", nargs="?", type=Path, default=PROJECT / "runs" / "site"
    )
    output = parser.parse_args().folder
    status = build(output)
    if status == 0:
        print(f"wrote {output}: open index.html there")
    return status


if __name__ == "__main__":
    sys.exit(main())
