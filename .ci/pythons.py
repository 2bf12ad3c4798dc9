"""Find the Pythons to test with: of each minor version the newest patch there is.

Looked for are python3.X in every folder of PATH, and what pyenv has installed. Prints a
line for each, its version and its path, and on stderr the minor versions without one.
"""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parent.parent
NEWEST = 14
# Says nothing of what cannot make an environment, and of the kinds of Python for which
# there need not be a NumPy: candidates for a release, and those without the GIL.
PROBE = """
import ensurepip, sys, sysconfig, venv
is_final = sys.version_info.releaselevel == "final"
if is_final and not sysconfig.get_config_var("Py_GIL_DISABLED"):
    print(*sys.version_info[:3], sep=".")
"""


def supported() -> range:
    """Return the minor versions from the oldest that pyproject.toml allows."""
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    oldest = tomllib.loads(text)["project"]["requires-python"].removeprefix(">=3.")
    return range(int(oldest), NEWEST + 1)


def newest(minor: int, path: str, pyenv: Path) -> tuple[str, Path] | None:
    """Return (version, path) of the newest Python 3.`minor` that runs, if any does."""
    found = [Path(folder) / f"python3.{minor}" for folder in path.split(os.pathsep)]
    found += sorted(pyenv.glob(f"versions/3.{minor}.*/bin/python"))
    versions = [(version_of(python), python) for python in found if python.is_file()]
    prefix = f"3.{minor}."
    running = [(v, python) for v, python in versions if v.startswith(prefix)]
    return max(running, key=lambda one: int(one[0].removeprefix(prefix)), default=None)


def version_of(python: Path) -> str:
    """Return such as "3.12.1"; "" for one that cannot run, as pyenv's shims may be."""
    try:
        run = subprocess.run(
            [python, "-c", PROBE], capture_output=True, text=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return run.stdout.strip() if run.returncode == 0 else ""


if __name__ == "__main__":
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for minor in supported():
        python = newest(minor, os.environ["PATH"], pyenv)
        if python:
            print(*python)
        else:
            print(f"Python 3.{minor}: none found", file=sys.stderr)
