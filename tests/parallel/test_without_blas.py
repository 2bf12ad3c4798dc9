"""NumPy without a BLAS, as in a browser: other sums in another order, same results."""

import numpy as np
import pytest

from tinycnn.layers import Conv2D, Dense
from tinycnn.networks import tutorial_network
from tinycnn.parallel import products, threads


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def without(monkeypatch):
    """Count the products that einsum makes."""
    count, einsum = [], np.einsum

    def counting(*arguments, **keywords):
        count.append(arguments)
        return einsum(*arguments, **keywords)

    monkeypatch.setattr(products, "HAS_BLAS", False)
    monkeypatch.setattr(np, "einsum", counting)
    return count


def test_this_numpy_has_a_blas():
    assert products.HAS_BLAS


@pytest.mark.parametrize("large", [0, 2**24])
@pytest.mark.parametrize("shape", [(7, 3, 5), (3, 9, 4), (2, 3, 11), (1, 1, 1)])
def test_a_product_is_the_same_without(shape, large, without, monkeypatch, rng):
    monkeypatch.setattr(products, "LARGE", large)
    rows, K, columns = shape
    a, b = rng.normal(size=(rows, K)), rng.normal(size=(columns, K)).T
    np.testing.assert_allclose(products.product(a, b), a @ b, rtol=1e-12)
    assert without


@pytest.mark.parametrize("layer, shape", [(Conv2D(3, 2), (5, 4, 2)), (Dense(3), (7,))])
def test_a_layer_uses_it_three_times_and_more(layer, shape, without, rng):
    layer.build(shape, rng=rng)
    y = layer.forward(rng.normal(size=(2, *shape)))
    layer.backward(np.ones_like(y))
    assert len(without) >= 3


def test_a_step_is_the_same_without(monkeypatch, rng):
    x, y = rng.random((6, 12, 10, 3), np.float32), rng.integers(0, 2, 6)

    def losses():
        model = tutorial_network((12, 10, 3))
        return [model.train_on_batch(x, y)[0] for _ in range(4)]

    expected = losses()
    monkeypatch.setattr(products, "HAS_BLAS", False)
    np.testing.assert_allclose(losses(), expected, rtol=1e-4)


def test_where_no_thread_starts_the_number_is_1(monkeypatch):
    monkeypatch.setattr(threads, "CAN_START", False)
    monkeypatch.setenv(threads.SETTING, "4")
    assert threads.thread_count() == 1
    monkeypatch.setenv(threads.SETTING, "four")
    with pytest.raises(ValueError, match="TINYCNN_NUM_THREADS should be a whole"):
        threads.thread_count()
