"""What every test lives under, and every program that a test starts.

NumPy raises instead of returning infinity or NaN (underflow is rounding and stays
silent), and nothing may reach for the network: only this computer itself, where tests
run their own servers, is let through.

    python tests/helpers/conditions.py tinycnn.train --epochs 3

runs a module or a script under the same conditions.
"""

import runpy
import socket
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
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def impose():
    """Set both for the rest of this process; the network's cannot be undone."""
    np.seterr(divide="raise", over="raise", invalid="raise", under="ignore")
    sys.addaudithook(_refuse_network)


def _refuse_network(event, arguments):
    if event in NETWORK and not _is_loopback(*arguments):
        # The first of a connection's arguments is the socket itself.
        raise RuntimeError(f"no network in tests: {event} {arguments[-1]!r}")


def _is_loopback(first, address=(), *_):
    """Whether an event's arguments - (socket, address) or (host, ...) - stay here."""
    if isinstance(first, socket.socket):
        first = address
        if not isinstance(address, tuple):  # of a file that is a socket
            return False
    host = first[0] if isinstance(first, tuple) and first else first
    return (host.decode() if isinstance(host, bytes) else host) in LOOPBACK


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
