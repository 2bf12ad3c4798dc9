"""The BLAS uses one thread while tinycnn's own threads run."""

import contextlib
import os
import subprocess
import sys
import threading

import numpy as np
import pytest
from conftest import environment

from tinycnn.layers import Dense, ReLU
from tinycnn.models import Sequential
from tinycnn.parallel import blas
from tinycnn.parallel.process_setting import ProcessSetting


class BlasStub:
    """A stub of the BLAS that records the thread counts it is set to."""

    def __init__(self, count):
        self.count, self.counts_set = count, []

    def get(self):
        return self.count

    def put(self, count):
        self.count = count
        self.counts_set.append(count)


@pytest.fixture
def blas_stub(monkeypatch):
    library = BlasStub(3)
    monkeypatch.setattr(blas, "openblas", lambda: (library.get, library.put))
    monkeypatch.setattr(blas, "core_count", lambda: 4)
    for name in blas.SETTINGS:
        monkeypatch.delenv(name, raising=False)
    return library


def test_it_is_set_once_and_restored_at_the_end(blas_stub):
    with blas.one_thread:
        with blas.one_thread:
            assert blas_stub.counts_set == [1]
            assert blas.thread_count() == 3  # as it will be again
        assert blas_stub.counts_set == [1]
    assert blas_stub.counts_set == [1, 3]


def test_it_is_restored_after_an_error(blas_stub):
    with contextlib.suppress(KeyError), blas.one_thread:
        raise KeyError
    assert blas_stub.counts_set == [1, 3]


def test_of_two_threads_the_last_one_restores_it(blas_stub):
    is_in, may_leave = threading.Event(), threading.Event()

    def other():
        with blas.one_thread:
            is_in.set()
            may_leave.wait(20)

    thread = threading.Thread(target=other)
    with blas.one_thread:
        thread.start()
        is_in.wait(20)
    assert blas_stub.counts_set == [1]
    may_leave.set()
    thread.join()
    assert blas_stub.counts_set == [1, 3]


def test_the_count_never_exceeds_the_cores(blas_stub):
    blas_stub.count = 64
    assert blas.thread_count() == 4


@pytest.mark.parametrize(
    ("variables", "count"),
    [
        ({}, 4),
        ({"OMP_NUM_THREADS": "3"}, 3),
        ({"MKL_NUM_THREADS": "2", "OMP_NUM_THREADS": "3"}, 2),
        ({"OPENBLAS_NUM_THREADS": "some"}, 4),
        ({"OPENBLAS_NUM_THREADS": "0"}, 1),
    ],
)
def test_of_another_blas_only_the_environment_is_known(
    blas_stub, monkeypatch, variables, count
):
    monkeypatch.setattr(blas, "openblas", lambda: None)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert blas.thread_count() == count
    with blas.one_thread:
        assert blas.thread_count() == count
    assert blas_stub.counts_set == []


def test_the_functions_that_are_found_are_openblas_own():
    """In a process of its own, where OpenBLAS may use several threads."""
    config = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    if "openblas" not in config["name"]:
        assert blas.openblas() is None or blas.openblas()[0]() >= 1
        return
    program = """
from tinycnn.parallel import blas
get, put = blas.openblas()
put(2)
assert get() == 2
with blas.one_thread:
    assert get() == 1
assert get() == 2
"""
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={**environment(), "OPENBLAS_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_without_numpys_extension_nothing_is_found(monkeypatch):
    blas.openblas.cache_clear()
    try:
        monkeypatch.setattr(blas, "find_spec", lambda name: None)
        assert blas.openblas() is None
        blas.openblas.cache_clear()
        monkeypatch.undo()
        monkeypatch.setattr(blas, "NAMES", ["no_{}_such_function"])
        assert blas.openblas() is None
    finally:
        blas.openblas.cache_clear()


def test_a_step_and_a_prediction_use_one_blas_thread(blas_stub):
    seen = []

    class Watched(ReLU):
        def forward(self, x, training=False):
            seen.append(("forward", blas_stub.count))
            return super().forward(x, training)

        def backward(self, dy):
            seen.append(("backward", blas_stub.count))
            return super().backward(dy)

    layers = [Dense(2, input_shape=(3,)), Watched(), Dense(1, activation="sigmoid")]
    model = Sequential(layers)
    model.compile("adam", "binary_crossentropy")
    x = np.zeros((2, 3), np.float32)
    model.train_on_batch(x, np.array([0, 1]))
    model.predict(x)
    assert seen == [("forward", 1), ("backward", 1), ("forward", 1)]
    assert blas_stub.count == 3


SAME = """
import sys
import numpy as np
from tinycnn.parallel import blas
from tinycnn.models import Sequential
from tinycnn.networks import tutorial_network
model = tutorial_network((64, 64, 3))
model.compile("adam", "binary_crossentropy")
rng = np.random.default_rng(0)
x, y = rng.random((40, 64, 64, 3), np.float32), rng.integers(0, 2, 40)
model.fit(x, y, epochs=2, verbose=0)
model.save(sys.argv[1])
if control := blas.openblas():
    print(control[0]())
"""


def test_the_number_of_blas_threads_changes_no_bit_of_a_model(tmp_path):
    if blas.openblas() is None:
        return  # another BLAS may change bits, and a checkpoint records that
    known = {
        name: value
        for name, value in environment().items()
        if name not in (*blas.SETTINGS, "TINYCNN_NUM_THREADS")
    }
    models = []
    for count in "1", "2":
        path = tmp_path / f"{count}.safetensors"
        run = subprocess.run(
            [sys.executable, "-c", SAME, path],
            env={**known, "OPENBLAS_NUM_THREADS": count},
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        assert int(run.stdout) == min(int(count), os.cpu_count())
        models.append(path.read_bytes())
    assert models[0] == models[1]


def test_a_process_setting_can_be_entered_again():
    entered = []

    @contextlib.contextmanager
    def context():
        entered.append("in")
        yield
        entered.append("out")

    setting = ProcessSetting(context)
    for _ in range(2):
        with setting, setting:
            assert entered[-1] == "in"
    assert entered == ["in", "out"] * 2


def test_a_setting_whose_context_fails_can_be_entered_again():
    @contextlib.contextmanager
    def context():
        raise OSError("not now")
        yield

    setting = ProcessSetting(context)
    for _ in range(2):
        with pytest.raises(OSError, match="not now"), setting:
            pass
    assert setting.depth == 0
