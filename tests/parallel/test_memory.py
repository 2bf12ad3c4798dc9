"""Freed memory stays with the process: large arrays cost no new pages each time."""

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


def test_a_large_array_is_made_of_memory_that_another_has_left():
    if platform.libc_ver()[0] != "glibc":
        return  # other systems keep freed memory, or not, by rules of their own
    pages = {
        way: float(
            subprocess.run(
                [sys.executable, "-c", PROGRAM, way],
                env=environment(),
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            ).stdout
        )
        for way in ("kept", "given back")
    }
    assert pages["kept"] < 10 < 100 < pages["given back"]
