"""Ctrl-C while NumPy is still being loaded: a command ends quietly.

``python -m tinycnn.train`` loads the package, and NumPy with it, before a line of the
command runs. Until `command_line.Signals` takes over, what would be a traceback of
Python's own import machinery is an exit status. A program that imports the library is
left alone.
"""

import os
import signal
import sys
from itertools import pairwise
from types import FrameType


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


if is_command(sys.argv, sys.orig_argv):
    for _number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(_number, end_at_once)
