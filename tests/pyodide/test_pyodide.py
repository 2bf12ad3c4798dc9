"""The part of the tests that a browser can run, run inside Pyodide.

Node loads the Pyodide that browsers load. What is left out of the files is named here,
with the reason.
"""

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import PROJECT

sys.path.append(str(PROJECT / "docs" / "classroom"))
from pyodide_folder import NotToBeHad, pyodide_folder

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent
CACHE = PROJECT / "runs" / "pyodide"
SECONDS = 900
# Pure Python, so that the copies installed here run there as well.
PYTEST = ("pytest", "_pytest", "py", "pluggy", "iniconfig", "pygments")
FILES = {
    "layers": "layers/test_every_layer.py layers/test_conv.py layers/test_pooling.py",
    "the rest": """
        layers/test_golden.py layers/test_batch_normalization.py
        layers/test_preparation.py layers/test_lambda_and_light.py optimizers
        test_losses.py test_initializers.py test_regularizers.py test_constraints.py
        test_metrics.py test_text.py test_shapes.py test_callbacks.py
        test_randomness.py models/test_sequential.py models/test_loop.py
        grading/test_one_process.py preprocessing/test_augmentation.py
        preprocessing/test_generator.py
    """,
}
AT_LEAST = {"layers": 3500, "the rest": 1000, "commands": 4}
# reason: the tests in these files that cannot pass there for that reason.
LEFT_OUT = {
    "a file descriptor's output cannot be captured": (
        "models/test_loop.py::test_a_learning_rate_of_1e30_is_found_and_placed",
        "models/test_loop.py::test_verbose_0_prints_nothing",
    ),
}


def missing(reason):
    """Without Pyodide: a failure where it must be there, else a skip that says so."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def pyodide():
    if not (os.environ.get("CI") or CACHE.is_dir()):
        missing("the tests inside Pyodide download 85 MB: set CI=true to run them")
    if shutil.which("node") is None:
        missing("the tests inside Pyodide need Node")
    try:
        return pyodide_folder(CACHE)
    except NotToBeHad as error:
        missing(str(error))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with pytest."""
    site = tmp_path_factory.mktemp("site")
    for name in PYTEST:
        origin = Path(find_spec(name).origin)
        if origin.name == "__init__.py":
            shutil.copytree(origin.parent, site / name)
        else:
            shutil.copy(origin, site)
    return site


@pytest.fixture(scope="module")
def outputs(pyodide, site):
    """What the finished programs print; they run side by side."""
    left_out = [name for names in LEFT_OUT.values() for name in names]
    options = [
        # Files there are not what a terminal's are: only sys.stdout is captured.
        "--override-ini=addopts=", "--capture=sys", "--color=no", "-q", "-rf",
        "-p", "no:cacheprovider", *(f"--deselect=tests/{name}" for name in left_out),
    ]  # fmt: skip
    lines = {"commands": ["commands.py"]}
    for name, files in FILES.items():
        paths = [f"tests/{file}" for file in files.split()]
        lines[name] = ["suite.py", *options, *paths]
    programs = {
        name: subprocess.Popen(
            ["node", HERE / "run.mjs", pyodide, PROJECT, site, *line],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="utf-8", errors="replace",
        )
        for name, line in lines.items()
    }  # fmt: skip
    try:
        with ThreadPoolExecutor() as pool:  # a pipe that nothing reads fills up
            waiting = {
                name: pool.submit(program.communicate, timeout=SECONDS)
                for name, program in programs.items()
            }
            texts = {name: found.result()[0] for name, found in waiting.items()}
        yield {name: (programs[name].returncode, texts[name]) for name in texts}
    finally:
        for program in programs.values():
            program.kill()


@pytest.mark.parametrize("name", AT_LEAST)
def test_it_passes_inside_pyodide(name, outputs, capsys):
    status, output = outputs[name]
    for line in re.findall(r"^a step of .*$", output, re.MULTILINE):
        with capsys.disabled():
            sys.stdout.write(f"\n{line}\n")
    found = re.findall(r"(\d+) (passed|failed|errors?)\b", output)
    counts = {word: int(number) for number, word in found}
    assert set(counts) == {"passed"}, output
    assert counts["passed"] >= AT_LEAST[name]
    assert status == 0


def test_a_file_that_is_not_the_published_one_is_refused(pyodide, tmp_path):
    copy = tmp_path / pyodide.name
    shutil.copytree(pyodide, copy)
    wheel = next(copy.glob("numpy-*.whl"))
    wheel.write_bytes(wheel.read_bytes()[:-1])
    with pytest.raises(NotToBeHad, match=f"{wheel.name} is not the file that pyodide@"):
        pyodide_folder(tmp_path)
    assert not wheel.exists()
