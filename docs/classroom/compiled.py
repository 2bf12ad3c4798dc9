"""Compiled files beside the sources of a browser's Python: it starts sooner.

Pyodide's packages hold sources alone, and a browser keeps nothing that Python compiles,
so every start of every notebook would compile hundreds of modules again: a quarter of
the wait for the first figure on a slow computer. The sources stay where they are; they
can be opened, and errors show their lines.
"""

import json
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from classroom.pyodide_folder import LOCK, NotToBeHad, sha256
from classroom.static_site import run

SCRIPT = Path(__file__).with_name("compile.mjs")
STDLIB = "python_stdlib.zip"


def add_compiled(folder: Path, packages: Sequence[str], modules: Sequence[str]) -> None:
    """Add what the import of some modules would compile to the archives of a folder.

    Parameters
    ----------
    folder : Path
        Pyodide's, of a site, with the archives of the packages. The SHA-256 in its list
        of packages are made anew.
    packages : sequence of str
        The packages that hold the modules.
    modules : sequence of str
        What a page imports: those, and all that they import, are compiled. A name that
        ends in ".*" stands for the whole package.

    Raises
    ------
    NotToBeHad
        If Node is not installed.
    subprocess.CalledProcessError
        If a module cannot be imported.
    """
    if (node := shutil.which("node")) is None:
        raise NotToBeHad("Node is not installed, which comes with npm")
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary)
        run(node, SCRIPT, folder, out, ",".join(packages), ",".join(modules))
        _add(folder / STDLIB, out / "stdlib")
        lock = json.loads((folder / LOCK).read_text(encoding="utf-8"))
        for entry in lock["packages"].values():
            archive = folder / entry["file_name"]
            if archive.suffix == ".whl" and archive.is_file():
                _add(archive, out / "site-packages")
                entry["sha256"] = sha256(archive.read_bytes())
    (folder / LOCK).write_text(json.dumps(lock), encoding="utf-8")


def _add(archive: Path, compiled: Path) -> None:
    """Add to an archive the compiled files whose sources are in it."""
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as target:
        sources = {name for name in target.namelist() if name.endswith(".py")}
        for path in sorted(compiled.rglob("*.pyc")):
            name = path.relative_to(compiled)
            if path.parent.name == "__pycache__":
                source = name.parents[1] / f"{path.name.partition('.')[0]}.py"
            else:
                source = name.with_suffix(".py")
            if source.as_posix() in sources:
                # Of one time, so that the same files give the same archive.
                entry = zipfile.ZipInfo(name.as_posix())
                target.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
