"""Build the classroom, for browsers alone: python docs/make_classroom.py FOLDER.

The walkthrough as a static JupyterLite site: the notebooks without outputs and guesses,
the exercises and the grader, run by Python in the browser (Pyodide). All is served
from the one folder, also by ``python -m http.server`` from a USB stick; nothing is
fetched from elsewhere and nothing is sent. Writes FOLDER and FOLDER.zip; a folder that
is there already is refused. Needs npm, and `pip install '.[notebooks]'`; what is
downloaded (100 MB) is kept in runs/pyodide.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from classroom.pyodide_folder import (
    INTERPRETER,
    LOCK,
    NotToBeHad,
    closure,
    pyodide_folder,
    sha256,
)

PROJECT = Path(__file__).parents[1]
CACHE = PROJECT / "runs" / "pyodide"
# The kernel of this version is made for Pyodide 0.27; comm is the one package that it
# would otherwise fetch from the index.
TOOLS = (
    "jupyterlite-core[contents]==0.6.4",
    "jupyterlite-pyodide-kernel==0.6.1",
)
COMM = "comm==0.2.2"
# What the kernel loads before the first cell, besides tinycnn's own.
KERNEL = ("micropip", "packaging", "ssl", "sqlite3", "ipython", "jedi")
PACKAGES = ("numpy", "pillow", "matplotlib", *KERNEL)
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
    """Write the site into a folder that does not exist yet.

    Raises
    ------
    NotToBeHad
        If Pyodide or a package cannot be fetched.
    subprocess.CalledProcessError
        If a tool fails.
    """
    pyodide = pyodide_folder(cache, PACKAGES)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        contents, lite = work / "contents", work / "lite"
        _run(sys.executable, PROJECT / "walkthrough" / "run.py", "--clear", contents)
        lite.mkdir()
        settings = json.dumps(SETTINGS, indent=2)
        (lite / "jupyter-lite.json").write_text(settings, encoding="utf-8")
        python = _tools(cache)
        pip = (python, "-m", "pip", "--quiet")
        _run(*pip, "download", COMM, "--no-deps", "--dest", work)
        _run(*pip, "wheel", PROJECT, "--no-deps", "--wheel-dir", work)
        (comm,), (wheel,) = work.glob("comm*.whl"), work.glob("tinycnn*.whl")
        _run(
            python, "-m", "jupyter", "lite", "build",
            "--lite-dir", lite, "--contents", contents, "--piplite-wheels", comm,
            "--output-dir", work / "site", "--no-sourcemaps",
            cwd=lite,
        )  # fmt: skip
        _add_pyodide(work / "site" / "static" / "pyodide", pyodide, wheel)
        shutil.copytree(work / "site", folder)


def _tools(cache: Path) -> Path:
    """Return the Python of an environment with JupyterLite and nothing else.

    Where `notebook` or `jupyterlab` is installed, their extensions get into the site,
    which then shows nothing.
    """
    home = cache / "jupyterlite"
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (home / "complete").is_file():
        venv.create(home, with_pip=True, clear=True)
        _run(python, "-m", "pip", "install", "--quiet", *TOOLS)
        (home / "complete").touch()
    return python


def _add_pyodide(target: Path, source: Path, wheel: Path) -> None:
    """Copy Pyodide and the packages, and name tinycnn in the list of packages.

    So ``import tinycnn`` loads it, in every notebook, with no cell that installs it.
    """
    target.mkdir(parents=True, exist_ok=True)
    used = [entry["file_name"] for entry in closure(source, PACKAGES)]
    for name in (*INTERPRETER, *used):
        shutil.copy(source / name, target)
    shutil.copy(wheel, target)
    lock = json.loads((source / LOCK).read_text(encoding="utf-8"))
    lock["packages"]["tinycnn"] = {
        "name": "tinycnn",
        "version": wheel.name.split("-")[1],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": sha256(wheel.read_bytes()),
        "package_type": "package",
        "imports": ["tinycnn"],
        "depends": ["numpy", "pillow", "matplotlib"],
        "unvendored_tests": False,
        "shared_library": False,
    }
    (target / LOCK).write_text(json.dumps(lock), encoding="utf-8")


def _run(*command: str | Path, cwd: Path | None = None) -> None:
    subprocess.run(
        list(map(str, command)), cwd=cwd, check=True, capture_output=True, text=True
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the classroom as a site.")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    folder = parser.parse_args().folder
    if folder.exists():
        print(f"error: {folder} is there already", file=sys.stderr)
        return 2
    try:
        build(folder)
    except NotToBeHad as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or error.stdout or "").strip().splitlines()[-1:]
        print(f"error: {error.cmd[:5]}: {' '.join(lines)}", file=sys.stderr)
        return 1
    archive = shutil.make_archive(str(folder), "zip", folder)
    size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    packed = Path(archive).stat().st_size
    print(f"wrote {folder}, {size / 1e6:.0f} MB, and {archive}, {packed / 1e6:.0f} MB")
    print(f"To open it: python -m http.server --directory {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
