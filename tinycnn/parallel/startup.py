"""What a command sets before NumPy is loaded; a program that imports us is left alone.

``python -m tinycnn.train`` loads the package, and NumPy with it, before a line of the
command runs. Two things cannot wait for that line:

- Ctrl-C. Until `command_line.Signals` takes over, what would be a traceback of Python's
  own import machinery is an exit status.
- How many threads NumPy's products (the BLAS) use. Not every BLAS can be told while it
  runs to leave the cores to `parallel.threads`, but each reads the environment when
  it is loaded. Who sets one of the BLAS's own variables decides alone.
"""

import os
import signal
import sys
from collections.abc import MutableMapping
from itertools import pairwise
from types import FrameType

from tinycnn.parallel.blas import SETTINGS, core_count
from tinycnn.parallel.threads import SETTING


def is_command(argv: list[str], words: list[str]) -> bool:
    """Return whether Python was started as ``python -m tinycnn...`` and still loads.

    Parameters
    ----------
    argv : list of str
        `sys.argv`; its first word is "-m" only while the module is being looked for.
    words : list of str
        `sys.orig_argv`, all words that Python was started with.
    """
    if argv[:1] != ["-m"]:
        return False
    names = [b for a, b in pairwise(words) if a == "-m"]
    return any(name.split(".")[0] == "tinycnn" for name in names[:1])


def end_at_once(number: int, _: FrameType | None) -> None:
    """End with the status that a shell shows for a program ended by this signal."""
    os._exit(128 + number)


def use_one_blas_thread(environment: MutableMapping[str, str]) -> None:
    """Give the products one thread and tinycnn the cores, unless told otherwise."""
    if not any(environment.get(name) for name in SETTINGS):
        environment.update(dict.fromkeys(SETTINGS, "1"))
        environment[SETTING] = environment.get(SETTING) or str(core_count())


if is_command(sys.argv, sys.orig_argv):
    for _number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(_number, end_at_once)
    use_one_blas_thread(os.environ)
