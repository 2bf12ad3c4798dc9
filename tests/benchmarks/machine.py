"""The machine and the versions that figures come from."""

import os
import platform
import re
import subprocess
import sys
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

PACKAGES = (
    "numpy",
    "pillow",
    "keras",
    "tensorflow",
    "tensorflow-cpu",
    "torch",
    "jax",
    "scipy",
    "dezero",
    "numpy-ml",
)
THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def facts():
    """What and its value, for the reader to compare with another machine."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    threads = [f"{v}={os.environ[v]}" for v in THREAD_VARIABLES if v in os.environ]
    return {
        "processor": f"{_processor()}, {_cores()} cores",
        "date": date.today().isoformat(),
        "system": f"{platform.system()}, {platform.machine()}",
        "Python": platform.python_version(),
        "BLAS of NumPy": f"{blas.get('name')} {blas.get('version', '')}".strip(),
        "threads": ", ".join(threads) or "each library's default",
        "packages": ", ".join(_versions()),
    }


def name():
    """A name for its page: the processor and the cores, in small letters."""
    words = re.sub(r"\(\w+\)|processor|cpu|@.*", " ", _processor().lower())
    return "-".join([*re.findall(r"[a-z0-9]+", words), str(_cores()), "cores"])


def _cores():
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def _processor():
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(encoding="utf-8").split("\n")
        names = [line.split(":")[1] for line in lines if line.startswith("model name")]
        if names:
            return re.sub(r"\((R|TM)\)", "", names[0]).strip()
    if sys.platform == "darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    return platform.processor() or platform.machine()


def _versions():
    for package in PACKAGES:
        try:
            yield f"{package} {version(package)}"
        except PackageNotFoundError:
            continue
