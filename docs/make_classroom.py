"""Build the classroom, for browsers alone: python docs/make_classroom.py FOLDER.

The walkthrough as a static JupyterLite site: the notebooks without outputs and guesses,
the exercises and the grader, run by Python in the browser (Pyodide). All is served
from the one folder, also by ``python -m http.server`` from a USB stick; nothing is
fetched from elsewhere and nothing is sent. Writes FOLDER and FOLDER.zip; a folder that
is there already is refused. Needs npm, and `pip install '.[notebooks]'`; what is
downloaded (100 MB) is kept in runs/pyodide.
"""

import html
import json
import re
import sys
import venv
from pathlib import Path
from string import Template

from classroom.compiled import add_compiled
from classroom.static_site import (
    CACHE,
    PROJECT,
    add_pyodide,
    command,
    new_site,
    run,
    wheel_of_tinycnn,
)

# The kernel of this version is made for Pyodide 0.27; comm is the one package that it
# would otherwise fetch from the index.
TOOLS = (
    "jupyterlite-core[contents]==0.6.4",
    "jupyterlite-pyodide-kernel==0.6.1",
)
COMM = "comm==0.2.2"
# What the kernel loads before the first cell, besides tinycnn's own.
KERNEL = ("micropip", "packaging", "ssl", "sqlite3", "ipython", "jedi")
DEPENDS = ("numpy", "pillow", "matplotlib")
PACKAGES = (*DEPENDS, *KERNEL)
# What the kernel and the notebooks import.
MODULES = (
    "IPython", "matplotlib.pyplot", "matplotlib_inline.backend_inline", "micropip",
    "PIL.JpegImagePlugin", "PIL.PngImagePlugin", "pygments.styles.default", "tinycnn.*",
)  # fmt: skip
SETTINGS = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "appName": "tinycnn",
        "exposeAppInBrowser": True,
        "litePluginSettings": {
            "@jupyterlite/pyodide-kernel-extension:kernel": {
                "pyodideUrl": "./static/pyodide/pyodide.js",
                "disablePyPIFallback": True,
            }
        },
    },
}


def build(folder: Path, cache: Path = CACHE) -> None:
    """Write the site into a folder that does not exist yet; see `new_site`."""
    with new_site(folder, cache, PACKAGES) as (work, pyodide):
        contents, lite = work / "contents", work / "lite"
        run(sys.executable, PROJECT / "walkthrough" / "run.py", "--clear", contents)
        lite.mkdir()
        settings = json.dumps(SETTINGS, indent=2)
        (lite / "jupyter-lite.json").write_text(settings, encoding="utf-8")
        python = _tools(cache)
        pip = (python, "-m", "pip", "--quiet")
        run(*pip, "download", COMM, "--no-deps", "--dest", work)
        (comm,) = work.glob("comm*.whl")
        wheel = wheel_of_tinycnn(work, python)
        run(
            python, "-m", "jupyter", "lite", "build",
            "--lite-dir", lite, "--contents", contents, "--piplite-wheels", comm,
            "--output-dir", work / "site", "--no-sourcemaps",
            cwd=lite,
        )  # fmt: skip
        target = work / "site" / "static" / "pyodide"
        add_pyodide(target, pyodide, wheel, PACKAGES, DEPENDS)
        add_compiled(target, (*PACKAGES, "tinycnn"), MODULES)
        index = work / "site" / "index.html"
        lites = index.read_text(encoding="utf-8")
        page = start_page(sorted(contents.glob("[0-9]*.ipynb")), lites)
        index.write_text(page, encoding="utf-8")


def start_page(notebooks: list[Path], lites: str) -> str:
    """Return the page on which the classroom opens: the lessons by their titles.

    JupyterLite's own leads to its laboratory, which needs a wide screen, cuts the names
    of the notebooks off, and does not say where to begin. Its other pages read the
    settings in it, which the new one keeps.
    """
    lines = []
    for path in notebooks:
        first = json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"]
        title = re.findall(r"^# (.+)$", "".join(first), re.MULTILINE)[0]
        address = f"notebooks/index.html?path={path.name}"
        lines.append(f'<li><a href="{address}">{html.escape(title)}</a></li>')
    (settings,) = re.findall(
        r'<script\s+id="jupyter-config-data".*?</script>', lites, re.DOTALL
    )
    template = (PROJECT / "docs" / "classroom" / "start.html").read_text("utf-8")
    return Template(template).substitute(lessons="\n".join(lines), settings=settings)


def _tools(cache: Path) -> Path:
    """Return the Python of an environment with JupyterLite and nothing else.

    Where `notebook` or `jupyterlab` is installed, their extensions get into the site,
    which then shows nothing.
    """
    home = cache / "jupyterlite"
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (home / "complete").is_file():
        venv.create(home, with_pip=True, clear=True)
        run(python, "-m", "pip", "install", "--quiet", *TOOLS)
        (home / "complete").touch()
    return python


if __name__ == "__main__":
    sys.exit(command(build, "Build the classroom as a site."))
