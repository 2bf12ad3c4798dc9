"""What the sites for a browser share: Pyodide beside tinycnn, and the command."""

import argparse
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from classroom.pyodide_folder import (
    INTERPRETER,
    LOCK,
    NotToBeHad,
    closure,
    pyodide_folder,
    sha256,
)

from tinycnn.text import quoted

PROJECT = Path(__file__).parents[2]
CACHE = PROJECT / "runs" / "pyodide"


@contextlib.contextmanager
def new_site(
    folder: Path, cache: Path, packages: Sequence[str]
) -> Iterator[tuple[Path, Path]]:
    """Yield (a folder to work in, Pyodide's); what is in its `site` goes to `folder`.

    Raises
    ------
    NotToBeHad
        If Pyodide or a package cannot be fetched.
    subprocess.CalledProcessError
        If a tool fails.
    """
    pyodide = pyodide_folder(cache, packages)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        yield work, pyodide
        shutil.copytree(work / "site", folder)


def wheel_of_tinycnn(folder: Path, python: str | Path = sys.executable) -> Path:
    """Build this checkout's wheel into a folder, and return it.

    Raises
    ------
    subprocess.CalledProcessError
        If pip fails.
    """
    pip = (python, "-m", "pip", "--quiet")
    run(*pip, "wheel", PROJECT, "--no-deps", "--wheel-dir", folder)
    (wheel,) = folder.glob("tinycnn*.whl")
    return wheel


def add_pyodide(
    target: Path,
    source: Path,
    wheel: Path,
    packages: Sequence[str],
    depends: Sequence[str],
) -> None:
    """Copy Pyodide and the packages, and name tinycnn in the list of packages.

    So ``import tinycnn``, or loading that package, loads it with what it depends on.
    """
    target.mkdir(parents=True, exist_ok=True)
    used = [entry["file_name"] for entry in closure(source, packages)]
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
        "depends": list(depends),
        "unvendored_tests": False,
        "shared_library": False,
    }
    (target / LOCK).write_text(json.dumps(lock), encoding="utf-8")


def run(*command: str | Path, cwd: Path | None = None) -> None:
    """Run a command, whose output is kept for the error."""
    subprocess.run(
        list(map(str, command)), cwd=cwd, check=True, capture_output=True, text=True
    )


def command(build: Callable[[Path], None], description: str) -> int:
    """Build a site into the folder on the command line, and a zip of it.

    Returns the exit status: 2 if the folder is there already or Pyodide cannot be
    fetched, 1 if a tool failed.
    """
    parser = argparse.ArgumentParser(description=description)
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
    # Without --bind it prints the address 0.0.0.0, where no service worker may run.
    serve = f"python -m http.server --bind 127.0.0.1 --directory {quoted(folder)}"
    print(f"To open it: {serve}, then http://localhost:8000")
    return 0
