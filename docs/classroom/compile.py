"""Run by compile.mjs, in the browser's Python: compile what some modules import.

A compiled file that is not checked against its source is read as it is, without a look
at times: those of a file in a wheel change when it is unpacked. Those of tinycnn are
checked against the content of the source, so that a changed line of a layer takes
effect when the module is loaded again.
"""

import importlib
import importlib.util
import pkgutil
import py_compile
import sys
import zipimport
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

OUT = Path("/out")
PACKAGES = next(path for path in sys.path if path.endswith("site-packages"))
STDLIB = next(path for path in sys.path if path.endswith(".zip"))


def sources_of(names: list[str]) -> list[str]:
    """Return the paths of all sources that an import of some modules reads."""
    read, inner = [], SourceFileLoader.get_data

    def get_data(self: SourceFileLoader, path: str) -> bytes:
        read.append(path)  # of a module that fails at its import, too
        return inner(self, path)

    SourceFileLoader.get_data = get_data
    for name in names:
        package = importlib.import_module(name.removesuffix(".*"))
        if name.endswith(".*"):  # all of it, imported or not
            read += all_of(package)
    SourceFileLoader.get_data = inner
    for module in list(sys.modules.values()):
        spec = getattr(module, "__spec__", None)
        read.append(str(getattr(spec, "origin", None)))
    return sorted({path for path in read if path.endswith(".py")})


def all_of(package: ModuleType) -> list[str]:
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [str(importlib.util.find_spec(module.name).origin) for module in found]


def write_compiled(path: str) -> None:
    """Write the compiled file of a source, if it is in a package or in the library."""
    if path.startswith(f"{STDLIB}/"):
        content = zipimport.zipimporter(STDLIB).get_data(path)
        # In a zip the compiled file stands beside the source.
        target = OUT / "stdlib" / f"{path}c".removeprefix(f"{STDLIB}/")
    elif path.startswith(f"{PACKAGES}/"):
        content = Path(path).read_bytes()
        name = importlib.util.cache_from_source(path)
        target = OUT / "site-packages" / name.removeprefix(f"{PACKAGES}/")
    else:
        return
    source = OUT / "source.py"
    source.write_bytes(content)
    is_ours = path.startswith(f"{PACKAGES}/tinycnn/")
    modes = py_compile.PycInvalidationMode
    mode = modes.CHECKED_HASH if is_ours else modes.UNCHECKED_HASH
    py_compile.compile(
        str(source), str(target), path, doraise=True, invalidation_mode=mode
    )
    source.unlink()


for found in sources_of(sys.argv[1:]):
    write_compiled(found)
