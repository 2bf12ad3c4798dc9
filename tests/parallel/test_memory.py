"""Freed memory stays with the process: a large array reuses pages."""

import platform
import subprocess
import sys

from conftest import environment

PROGRAM = """
import resource
import sys
import numpy as np
if sys.argv[1] == "kept":
    import tinycnn
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def work():
    a = np.ones(2**20, np.uint8)
    return a + a
work()
before = faults()
for _ in range(50):
    work()
print((faults() - before) / 50)
"""


def test_a_large_array_reuses_the_memory_of_a_freed_one():
    if platform.libc_ver()[0] != "glibc":
        return  # other systems have their own rules for freed memory
    pages = {
        case: float(
            subprocess.run(
                [sys.executable, "-c", PROGRAM, case],
                env=environment(),
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            ).stdout
        )
        for case in ("kept", "returned")
    }
    assert pages["kept"] < 10 < 100 < pages["returned"]
