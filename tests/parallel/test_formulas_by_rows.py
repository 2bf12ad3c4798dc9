"""Formulas on blocks of rows: the same numbers as on whole arrays."""

import numpy as np
import pytest

from tinycnn.parallel import rows
from tinycnn.parallel.rows import by_rows, sum_of_rows

SHAPES = [(3, 5, 4), (2, 3, 7, 6), (7, 3), (1, 1), (0, 5), (257, 2)]


@pytest.fixture(params=[1, 24, 2**17])
def blocks_of(request, monkeypatch):
    monkeypatch.setattr(rows, "BLOCK_NUMBERS", request.param)
    monkeypatch.setattr(rows, "ROW_NUMBERS", 12)


def made(shape, dtype=np.float64):
    rng = np.random.default_rng(0)
    x, dy = (rng.standard_normal(shape).astype(dtype) for _ in range(2))
    return x, dy, rng.standard_normal(shape[-1]).astype(dtype)


def scaled(x, dy, mean, y):
    np.subtract(x, mean, out=y)
    y *= dy


@pytest.mark.usefixtures("blocks_of")
@pytest.mark.parametrize("shape", SHAPES)
def test_a_formula_by_rows_is_the_formula(shape):
    x, dy, mean = made(shape)
    found = by_rows(scaled, [x, dy], [mean])
    np.testing.assert_array_equal(found, dy * (x - mean))


@pytest.mark.usefixtures("blocks_of")
@pytest.mark.parametrize("shape", SHAPES)
def test_the_sum_of_rows_is_the_sum_over_all_axes_but_the_last(shape):
    x, dy, mean = made(shape)
    found = sum_of_rows(lambda x, dy, mean: dy * (x - mean), [x, dy], [mean])
    axes = tuple(range(len(shape) - 1))
    np.testing.assert_allclose(found, (dy * (x - mean)).sum(axis=axes), atol=1e-12)


def test_a_view_with_gaps_and_mixed_dtypes():
    x, _, mean = made((4, 6, 3))
    found = by_rows(np.multiply, [x[::2, ::3].astype(np.float32)], [mean])
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, x[::2, ::3].astype(np.float32) * mean)


def test_the_number_of_threads_changes_no_bit(monkeypatch):
    monkeypatch.setattr(rows, "BLOCK_NUMBERS", 2**10)
    x, dy, mean = made((8, 20, 20, 4), np.float32)
    found = []
    for threads in ("1", "3"):
        monkeypatch.setenv("TINYCNN_NUM_THREADS", threads)
        found.append(sum_of_rows(lambda x, m: (x - m) ** 2, [x], [mean]).tobytes())
        found.append(by_rows(np.multiply, [x, dy], []).tobytes())
    assert found[:2] == found[2:]
