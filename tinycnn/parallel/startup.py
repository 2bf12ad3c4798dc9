"""What the process needs before NumPy loads: one BLAS thread, and a larger heap.

Both happen when the package is imported; `tinycnn/__init__.py` imports this file first.

``python -m tinycnn.train`` loads the package, and NumPy with it, before a line of the
command runs, so the environment that `blas` speaks of is set here: one thread for the
BLAS, and the cores for `parallel.threads`. A variable that the user has set wins, and a
program that imports tinycnn keeps its own environment.
"""

import os
import sys
from collections.abc import MutableMapping
from itertools import pairwise

from tinycnn.parallel.blas import SETTINGS, core_count
from tinycnn.parallel.memory import keep_freed_memory
from tinycnn.parallel.threads import SETTING


def is_command(argv: list[str], original: list[str]) -> bool:
    """Return whether Python was started as ``python -m tinycnn...`` and still loads.

    `sys.argv` begins with "-m" only while Python looks for the module; `sys.orig_argv`
    is the whole command line. ``tinycnn`` is a program that pip has written.
    """
    if argv and os.path.basename(argv[0]) in ("tinycnn", "tinycnn.exe"):  # noqa: PTH119
        return True
    if argv[:1] != ["-m"]:
        return False
    names = [name for option, name in pairwise(original) if option == "-m"]
    return any(name.split(".")[0] == "tinycnn" for name in names[:1])


def use_one_blas_thread(environment: MutableMapping[str, str]) -> None:
    """Give the BLAS one thread and tinycnn the cores, if the environment is silent."""
    if not any(environment.get(name) for name in SETTINGS):
        environment.update(dict.fromkeys(SETTINGS, "1"))
        environment[SETTING] = environment.get(SETTING) or str(core_count())


if is_command(sys.argv, sys.orig_argv):
    use_one_blas_thread(os.environ)
keep_freed_memory()
