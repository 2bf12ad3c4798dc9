"""Run pytest inside Pyodide with the arguments of the command line."""

import os
import sys

import pytest

if __name__ == "__main__":
    os.chdir("/project")
    if status := pytest.main(sys.argv[1:]):
        raise RuntimeError(f"pytest ended with status {status}")
