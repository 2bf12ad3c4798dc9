"""Parallel work: how many threads, in which order, in which context."""

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import environment

from tinycnn.parallel import blas, products, threads
from tinycnn.parallel.products import LARGE, product
from tinycnn.parallel.startup import is_command, use_one_blas_thread
from tinycnn.parallel.threads import parallel_map, pieces, thread_count


@pytest.fixture
def settings(monkeypatch):
    """Set only these variables, on a machine with four cores."""

    def set_only(**variables):
        for name in (threads.SETTING, *blas.SETTINGS):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(blas, "core_count", lambda: 4)

    return set_only


@pytest.mark.parametrize(
    ("blas_threads", "variables", "count"),
    [
        (4, {}, 4),
        (3, {}, 3),
        (1, {}, 1),
        (8, {}, 4),
        (4, {"TINYCNN_NUM_THREADS": "3"}, 3),
        (1, {"TINYCNN_NUM_THREADS": "2"}, 2),
        # Another BLAS cannot be limited; tinycnn uses the cores that it leaves free.
        (None, {}, 1),
        (None, {"MKL_NUM_THREADS": "1"}, 4),
        (None, {"OMP_NUM_THREADS": "2"}, 2),
        (None, {"OMP_NUM_THREADS": "3"}, 1),
        (None, {"MKL_NUM_THREADS": "1", "OMP_NUM_THREADS": "4"}, 4),
        (None, {"VECLIB_MAXIMUM_THREADS": "8"}, 1),
        (None, {"TINYCNN_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}, 1),
    ],
)
def test_the_number_of_threads(settings, monkeypatch, blas_threads, variables, count):
    control = blas_threads and (lambda: blas_threads, lambda count: None)
    monkeypatch.setattr(blas, "openblas", lambda: control)
    settings(**variables)
    assert thread_count() == count


@pytest.mark.parametrize("word", ["0", "-2", "two", "1.5"])
def test_a_setting_that_is_not_a_number_is_refused(settings, word):
    settings(TINYCNN_NUM_THREADS=word)
    with pytest.raises(ValueError, match=f"of at least 1, got '{word}'"):
        thread_count()


def test_results_come_in_order_and_from_several_threads(settings):
    settings(TINYCNN_NUM_THREADS="3")
    together = threading.Barrier(3, timeout=20)  # passes only if three run at once

    def work(item):
        together.wait()
        return item, threading.get_ident()

    items, names = zip(*parallel_map(work, "abc"), strict=True)
    assert items == ("a", "b", "c")
    assert len(set(names)) == 3
    assert threading.get_ident() in names  # the calling thread works, too


def test_one_item_or_one_thread_runs_in_the_calling_thread(settings):
    here = [threading.get_ident()]
    settings(TINYCNN_NUM_THREADS="3")
    assert parallel_map(lambda _: threading.get_ident(), [0]) == here
    settings(TINYCNN_NUM_THREADS="1")
    assert parallel_map(lambda _: threading.get_ident(), [0, 1]) == here * 2


def test_a_nested_map_runs_in_its_own_thread_and_cannot_deadlock(settings):
    settings(TINYCNN_NUM_THREADS="2")

    def inner(_):
        return threading.get_ident()

    for names in parallel_map(lambda _: parallel_map(inner, range(4)), range(4)):
        assert len(set(names)) == 1


def test_the_callers_errstate_applies_in_every_thread(settings):
    settings(TINYCNN_NUM_THREADS="2")
    zeros = [np.zeros(2), np.zeros(2)]
    with np.errstate(divide="ignore"):
        assert all(np.isinf(y).all() for y in parallel_map(lambda z: 1 / z, zeros))
    with (
        np.errstate(divide="raise"),
        pytest.raises(FloatingPointError, match="divide by zero"),
    ):
        parallel_map(lambda z: 1 / z, zeros)


def test_an_error_in_a_thread_is_raised_in_the_caller(settings):
    for count in "1", "2":
        settings(TINYCNN_NUM_THREADS=count)
        with pytest.raises(KeyError, match="b"):
            parallel_map({"a": 1}.__getitem__, ["a", "b"])


def test_after_an_error_the_remaining_items_are_not_begun(settings):
    settings(TINYCNN_NUM_THREADS="2")
    begun = []

    def work(item):
        begun.append(item)
        together.wait()
        raise OSError(item)

    together = threading.Barrier(2, timeout=20)
    with pytest.raises(OSError, match=r"0|1"):
        parallel_map(work, range(9))
    assert sorted(begun) == [0, 1]


def test_an_error_in_the_calling_thread_waits_for_the_others(settings):
    settings(TINYCNN_NUM_THREADS="2")
    here, ended = threading.get_ident(), []
    together = threading.Barrier(2, timeout=20)

    def work(item):
        together.wait()
        if threading.get_ident() == here:
            raise KeyboardInterrupt
        time.sleep(0.05)
        ended.append(item)

    with pytest.raises(KeyboardInterrupt):
        parallel_map(work, range(2))
    assert len(ended) == 1


@pytest.mark.parametrize(("length", "size"), [(0, 3), (1, 3), (6, 3), (7, 3)])
def test_pieces_cover_the_whole(length, size):
    found = [i for piece in pieces(length, size) for i in range(100)[piece]]
    assert found == list(range(length))
    assert all(1 <= piece.stop - piece.start <= size for piece in pieces(length, size))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_process_has_threads_of_its_own():
    program = """
import os
import shutil
from tinycnn.parallel.threads import parallel_map
assert parallel_map(abs, [-1, -2]) == [1, 2]
child = os.fork()
if not child:
    os._exit(0 if parallel_map(abs, [-1, -2]) == [1, 2] else 1)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env={**environment(), threads.SETTING: "2"},
        timeout=60,
        check=False,
    )
    assert run.returncode == 0


# (rows, K, columns): each of the three is the longest once; the last is not cut
SHAPES = [(11003, 511, 3), (3, 4099, 2053), (3, 511, 11003), (5, 7, 11)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("fortran", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_product_in_pieces_is_the_product(settings, shape, fortran, dtype):
    rows, middle, columns = shape
    assert (rows * middle * columns > LARGE) == (rows != 5)
    rng = np.random.default_rng(0)
    a = rng.integers(-9, 9, (rows, middle)).astype(dtype)  # small: the sums are exact
    b = rng.integers(-9, 9, (middle, columns)).astype(dtype)
    if fortran:
        a, b = np.asfortranarray(a), np.asfortranarray(b)
    expected = (a.astype(np.int64) @ b.astype(np.int64)).astype(dtype)
    for count in "1", "3":
        settings(TINYCNN_NUM_THREADS=count)
        y = product(a, b)
        assert y.dtype == dtype
        assert np.array_equal(y, expected)


ONE = {**dict.fromkeys(blas.SETTINGS, "1"), "TINYCNN_NUM_THREADS": "4"}


def test_only_a_command_of_ours_that_still_loads_is_one():
    assert is_command(["-m"], ["python", "-m", "tinycnn.train", "x"])
    assert is_command(["-m"], ["python", "-X", "utf8", "-m", "tinycnn"])
    assert is_command(["/venv/bin/tinycnn", "train"], ["python", "/venv/bin/tinycnn"])
    assert not is_command(["/home/ada/tinycnn.py"], ["python", "/home/ada/tinycnn.py"])
    assert not is_command([""], ["python"])
    assert not is_command(["-m"], ["python", "-m", "pytest", "-m", "tinycnn"])
    assert not is_command(["-m"], ["python", "-m", "tinycnn_of_others"])
    assert not is_command(["script.py"], ["python", "script.py", "-m", "tinycnn"])


def test_the_environment_is_set_before_numpy_loads(tmp_path):
    (tmp_path / "numpy").mkdir()
    (tmp_path / "numpy" / "__init__.py").write_text(
        "import os, sys\nsys.exit('threads: ' + os.environ['VECLIB_MAXIMUM_THREADS'])\n"
    )
    known = {n: v for n, v in environment().items() if not n.endswith("_THREADS")}
    run = subprocess.run(
        [sys.executable, "-m", "tinycnn.train"],
        env=known | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{known['PYTHONPATH']}"},
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert run.stderr == "threads: 1\n"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, ONE),
        ({"OMP_NUM_THREADS": "2"}, {"OMP_NUM_THREADS": "2"}),
        ({"OPENBLAS_NUM_THREADS": "", "HOME": "x"}, {**ONE, "HOME": "x"}),
        ({"TINYCNN_NUM_THREADS": "3"}, {**ONE, "TINYCNN_NUM_THREADS": "3"}),
        ({"TINYCNN_NUM_THREADS": ""}, ONE),
    ],
)
def test_a_command_gives_the_blas_one_thread_unless_a_variable_is_set(
    monkeypatch, variables, expected
):
    monkeypatch.setattr("tinycnn.parallel.startup.core_count", lambda: 4)
    use_one_blas_thread(variables)
    assert variables == expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (["-m", "tinycnn.tests_probe"], "1"),
        (["-c", "import tinycnn, os; print(os.environ.get('OPENBLAS_NUM_THREADS'))"],
         "None"),
    ],
)  # fmt: skip
def test_only_a_command_sets_the_variables(start, expected, tmp_path):
    package = tmp_path / "tinycnn"
    shutil.copytree(Path(threads.__file__).parents[1], package)
    probe = "import os; print(os.environ.get('OPENBLAS_NUM_THREADS'))"
    (package / "tests_probe.py").write_text(probe, encoding="utf-8")
    clean = {k: v for k, v in os.environ.items() if k not in blas.SETTINGS}
    run = subprocess.run(
        [sys.executable, *start],
        cwd=tmp_path,
        env={**clean, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert run.stdout.strip() == expected


def test_only_large_products_are_cut(monkeypatch):
    slices = []
    monkeypatch.setattr(
        products, "parallel_map", lambda work, items: slices.extend(items)
    )
    monkeypatch.setattr(products, "LARGE", 60)
    product(np.ones((3, 4)), np.ones((4, 4)))  # 48 multiply-adds
    assert slices == []
    product(np.ones((3, 4)), np.ones((4, 5)))  # 60
    assert slices == [slice(0, 2), slice(2, 4), slice(4, 5)]  # at most 4, of 5 columns


def test_threads_switch_frequently_only_during_a_parallel_map(settings):
    settings(TINYCNN_NUM_THREADS="2")
    interval = sys.getswitchinterval()
    assert parallel_map(lambda _: sys.getswitchinterval(), range(3)) == pytest.approx(
        [1e-4] * 3
    )
    with pytest.raises(KeyError):
        parallel_map({}.__getitem__, range(3))
    assert sys.getswitchinterval() == interval


@pytest.mark.parametrize("shape", [(8, 3, 2), (2, 8, 3), (2, 3, 8)])
def test_the_longest_of_the_three_sides_is_cut(monkeypatch, shape):
    rows, middle, columns = shape
    a = np.arange(1.0, rows * middle + 1).reshape(rows, middle)
    b = np.arange(1.0, middle * columns + 1).reshape(middle, columns)
    only_the_first = lambda work, items: [work(items[0])]  # noqa: E731
    monkeypatch.setattr(products, "LARGE", 1)
    monkeypatch.setattr(products, "parallel_map", only_the_first)
    monkeypatch.setattr(np, "empty", np.zeros)
    y, whole = product(a, b), a @ b
    if middle == 8:
        assert np.array_equal(y, a[:, :2] @ b[:2])
    else:
        done = (slice(2), slice(None)) if rows == 8 else (slice(None), slice(2))
        assert np.array_equal(y[done], whole[done])
        y[done] = 0
        assert not y.any()
