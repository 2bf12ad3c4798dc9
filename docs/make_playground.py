"""Build the playground, for browsers alone: python docs/make_playground.py FOLDER.

One page on which a network learns from photos dropped into it, trained by tinycnn
itself in the browser's Python (Pyodide), in a worker. All is served from the one
folder, also by ``python -m http.server`` from a USB stick; nothing is fetched from
elsewhere and nothing is sent. Writes FOLDER and FOLDER.zip; a folder that is there
already is refused. Needs npm; what is downloaded is kept in runs/pyodide.
"""

import ast
import shutil
import sys
from pathlib import Path
from string import Template

from classroom.compiled import add_compiled
from classroom.static_site import (
    CACHE,
    add_pyodide,
    command,
    new_site,
    wheel_of_tinycnn,
)

from tinycnn.page import html
from tinycnn.page.report import html as report

HERE = Path(__file__).parent / "playground"
WEB = HERE / "web"
PACKAGES = ("numpy", "pillow")  # matplotlib, the largest, draws nothing here
STYLES = (
    *(html.FOLDER / name for name in html.STYLES),
    report.FOLDER / "report.css",
    WEB / "playground.css",
)
SCRIPTS = (
    *(html.FOLDER / name for name in ("numbers.js", "colours.js", "elements.js")),
    *(report.FOLDER / name for name in ("charts.js", "pictures.js", "filters.js")),
    *(
        WEB / f"{name}.js"
        for name in (
            "wishes", "camera", "boxes", "training", "looking_back", "asking",
            "keeping", "start",
        )
    ),
)  # fmt: skip
FETCHED = (HERE / "worker.js", HERE / "playground.py")


def policy() -> str:
    """Return the page's Content-Security-Policy.

    The frame of an explaining page is held to it as well, so the hashes of that page's
    scripts and styles are in it. WebAssembly is what Python is compiled to.
    """
    hashes = html.parts().hashes
    return (
        "default-src 'none'; connect-src 'self'; img-src 'self' data:; "
        f"style-src 'self' {hashes['style']}; "
        f"script-src 'self' 'wasm-unsafe-eval' {hashes['script']}; "
        "worker-src blob:; frame-src 'self'; base-uri 'none'; form-action 'none'"
    )


def write_page(folder: Path) -> None:
    """Write the page, its styles and its scripts into a folder that is there."""
    for path in (*STYLES, *SCRIPTS, *FETCHED):
        shutil.copy(path, folder)
    template = Template((WEB / "index.html").read_text(encoding="utf-8"))
    page = template.substitute(
        policy=policy(),
        styles="\n".join(f'<link rel="stylesheet" href="{p.name}">' for p in STYLES),
        scripts="\n".join(f'<script src="{p.name}"></script>' for p in SCRIPTS),
    )
    (folder / "index.html").write_text(page, encoding="utf-8")


def imported() -> list[str]:
    """Return the names of the modules that the worker's Python imports."""
    source = (HERE / "playground.py").read_text(encoding="utf-8")
    names = ["PIL.JpegImagePlugin", "PIL.PngImagePlugin"]
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
    return names


def build(folder: Path, cache: Path = CACHE) -> None:
    """Write the site into a folder that does not exist yet; see `new_site`."""
    with new_site(folder, cache, PACKAGES) as (work, pyodide):
        site = work / "site"
        add_pyodide(
            site / "pyodide", pyodide, wheel_of_tinycnn(work), PACKAGES, PACKAGES
        )
        add_compiled(site / "pyodide", ("tinycnn",), imported())
        write_page(site)


if __name__ == "__main__":
    sys.exit(command(build, "Build the playground as a site."))
