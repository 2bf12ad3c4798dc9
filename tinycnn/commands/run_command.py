"""A command out of a notebook: as in a terminal where there is one, else in here."""

import contextlib
import importlib
import io
import os
import subprocess
import sys
from pathlib import Path

from tinycnn.commands.process import Signals, exit_status
from tinycnn.parallel import threads


def run_command(
    name: str, *arguments: object, cwd: str | Path = "."
) -> "subprocess.CompletedProcess[str]":
    """Run ``python -m tinycnn.NAME ARGUMENTS`` in a folder and keep what it prints.

    Parameters
    ----------
    name : str
        "train", "predict", "explain", "export" or "check".
    *arguments
        What follows it on the command line.
    cwd : str or Path, default "."
        The folder to run it in.

    Returns
    -------
    subprocess.CompletedProcess
        Its `stdout` and `stderr` are text; its `returncode` is 0 if all went well.

    Notes
    -----
    A browser cannot start a program. There the command runs in this process, with the
    same output and exit status.

    Examples
    --------
    >>> run_command("predict", "no-such-model.safetensors", "photo.png").returncode
    2
    """
    line = [f"tinycnn.{name}", *map(str, arguments)]
    if not threads.CAN_START:
        return _in_this_process(line, cwd)
    return subprocess.run(
        [sys.executable, "-m", *line],
        cwd=cwd,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def _in_this_process(
    line: list[str], cwd: str | Path
) -> "subprocess.CompletedProcess[str]":
    main = importlib.import_module(line[0]).main
    out, err, before = io.StringIO(), io.StringIO(), sys.argv
    sys.argv = line
    try:
        with (
            contextlib.chdir(cwd),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            status = exit_status(main, Signals())
    except SystemExit as end:  # --help, or a wrong option
        status = end.code if isinstance(end.code, int) else 2
    finally:
        sys.argv = before
    return subprocess.CompletedProcess(line, status, out.getvalue(), err.getvalue())
