"""What every test lives under, and every program that a test starts.

NumPy raises instead of returning infinity or NaN (underflow is rounding and stays
silent), and nothing may reach for the network.

    python tests/helpers/conditions.py tinycnn.train --epochs 3

runs a module or a script under the same conditions.
"""

import runpy
import sys
from pathlib import Path

import numpy as np

NETWORK = (
    "socket.connect",
    "socket.sendto",
    "socket.sendmsg",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.gethostbyaddr",
    "socket.getnameinfo",
)


def impose():
    """Set both for the rest of this process; the network's cannot be undone."""
    np.seterr(divide="raise", over="raise", invalid="raise", under="ignore")
    sys.addaudithook(_refuse_network)


def _refuse_network(event, arguments):
    if event in NETWORK:
        # The first of a connection's arguments is the socket itself.
        raise RuntimeError(f"no network in tests: {event} {arguments[-1]!r}")


def _run(program, *arguments):
    sys.argv = [program, *arguments]
    impose()
    if program.endswith(".py"):
        sys.path[0] = str(Path(program).parent)
        runpy.run_path(program, run_name="__main__")
    else:
        sys.path[0] = ""  # as for python -m
        runpy.run_module(program, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _run(*sys.argv[1:])
