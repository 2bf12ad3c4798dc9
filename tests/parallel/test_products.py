"""A product whose rows are computed where they are read; windows made again."""

import copy
import pickle

import numpy as np
import pytest

from tinycnn.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D, ReLU
from tinycnn.layers import conv as conv_module
from tinycnn.models import Sequential
from tinycnn.optimizers import SGD, Adam, Optimizer, RMSprop
from tinycnn.parallel.products import Product


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def lazy(rng):
    """A product, and its numbers by loops."""
    a, b = rng.standard_normal((7, 3)), rng.standard_normal((3, 5))
    numbers = np.array(
        [[sum(a[i, k] * b[k, j] for k in range(3)) for j in range(5)] for i in range(7)]
    )
    return Product(a, b), numbers


@pytest.mark.parametrize(
    "read",
    [
        np.asarray,
        lambda grad: grad[2:6],
        lambda grad: grad[3, 4],
        lambda grad: grad[:, 1:],
        lambda grad: grad[grad > 0],
        lambda grad: grad * 2 - grad / 3,
        lambda grad: 0.5 * grad,
        lambda grad: np.sqrt(np.abs(-grad)),
        lambda grad: grad.sum(axis=0),
        lambda grad: grad.T @ grad,
        lambda grad: np.linalg.norm(grad),
        lambda grad: np.clip(grad, -0.5, 0.5),
        lambda grad: (grad.shape, grad.size, grad.dtype, len(grad)),
        lambda grad: np.array([grad, grad]),
        lambda grad: np.add.reduce(grad, axis=1),
        lambda grad: copy.deepcopy(grad)[1:],
        lambda grad: pickle.loads(pickle.dumps(grad)) + 1,
        lambda grad: grad.astype(np.float32).tolist()[0],
    ],
)
def test_a_product_is_read_as_the_array_is(lazy, read):
    product, numbers = lazy
    got, expected = read(product), read(numbers)
    if isinstance(expected, tuple):
        assert got == expected
    else:
        assert np.allclose(got, expected, rtol=1e-6, atol=0)


def test_a_product_prints_as_its_array(lazy):
    assert repr(lazy[0]) == repr(np.asarray(lazy[0]))


def test_what_changes_a_product_in_place_is_read_later(lazy):
    product, numbers = lazy
    other, grads = product, {"kernel": product}
    grads["kernel"] *= 2
    np.add(other, 1, out=other)
    other[1:3, 0] = 5
    expected = 2 * numbers + 1
    expected[1:3, 0] = 5
    assert grads["kernel"] is product
    assert np.allclose(product, expected) and np.allclose(product[1:4], expected[1:4])
    copied = np.array(product)
    copied[...] = 0
    assert np.allclose(product, expected)


def test_a_product_changes_an_array_in_place(lazy):
    product, numbers = lazy
    param = np.ones((7, 5))
    same = param
    param -= product
    assert param is same and np.allclose(param, 1 - numbers)


def test_a_gradient_that_was_changed_is_what_the_optimiser_reads(batch):
    model, other = network("sgd"), network("sgd")
    for one in (model, other):
        one.train_on_batch(*batch)
        before = one.params["5.kernel"].copy()
        up_to, x = one.part(stop=-1), batch[0]
        dz = np.ones_like(up_to.forward(x, training=True))
        up_to.backward(dz, skip_dx=True)
        for grad in one.grads.values():
            if one is model:
                grad *= 0
        one.optimizer.update(*one.trainable_arrays())
        assert np.array_equal(one.params["5.kernel"], before) == (one is model)


def test_rows_are_computed_without_the_others(lazy, monkeypatch):
    monkeypatch.setattr(Product, "__array__", None)
    product, numbers = lazy
    assert np.allclose(product[4:6], numbers[4:6])


def network(optimizer="adam", **options):
    layers = [
        Conv2D(3, (3, 2), activation="relu"), MaxPooling2D(), Dropout(0.2), Flatten(),
        Dense(6, activation="relu"), Dense(1, activation="sigmoid"),
    ]  # fmt: skip
    model = Sequential(layers, seed=4)
    model.build((9, 8, 2))
    model.compile(optimizer, "binary_crossentropy", **options)
    return model


@pytest.fixture
def batch(rng):
    x = rng.random((5, 9, 8, 2)).astype(np.float32)
    return x, np.array([0, 1, 1, 0, 1], np.float32).reshape(-1, 1)


def eager(model, monkeypatch):
    """Let the gradients of this step be arrays from the beginning."""
    monkeypatch.setattr("tinycnn.layers.dense.Product", lambda a, b: a @ b)
    return model


def test_the_gradients_are_there_after_a_step(batch, monkeypatch):
    model, other = network(), network()
    model.train_on_batch(*batch)
    assert isinstance(model.grads["5.kernel"], Product)
    eager(other, monkeypatch).train_on_batch(*batch)
    for name, grad in other.grads.items():
        assert type(grad) is np.ndarray and grad.any(), name
        assert model.grads[name].shape == grad.shape == other.params[name].shape
        assert np.allclose(model.grads[name], grad, rtol=1e-5, atol=1e-8), name


class Plain(Optimizer):
    """An optimiser as a reader may write it, with arrays as a whole."""

    name = "plain"

    def update(self, params, grads):
        for name, param in params.items():
            param -= self.learning_rate * (grads[name] + 0.1 * param).clip(-1, 1)


@pytest.mark.parametrize(
    "make",
    [
        Adam,
        RMSprop,
        lambda: SGD(0.1, momentum=0.9, nesterov=True),
        lambda: Adam(clipnorm=0.01),
        lambda: Adam(global_clipnorm=0.01),
        lambda: Adam(clipvalue=1e-3),
        lambda: Plain(0.1),
    ],
)
def test_every_optimiser_makes_the_same_steps_from_a_product(batch, make, monkeypatch):
    models = network(make()), network(make())
    for _ in range(3):
        models[0].train_on_batch(*batch)
    before = models[1].params["5.kernel"].copy()
    for _ in range(3):
        eager(models[1], monkeypatch).train_on_batch(*batch)
    assert not np.allclose(models[1].params["5.kernel"], before, atol=1e-5)
    for name, param in models[1].params.items():
        assert np.allclose(models[0].params[name], param, rtol=1e-4, atol=1e-6), name


def test_adam_never_needs_the_whole_gradient(batch, monkeypatch):
    def refuse(*_):
        raise AssertionError("the whole gradient was computed")

    model = network()
    monkeypatch.setattr(Product, "__array__", refuse)
    model.train_on_batch(*batch)


def test_the_penalty_is_added_to_a_gradient_that_waits(batch):
    layers = [Conv2D(2, 3), Flatten(), Dense(3, kernel_regularizer="l2"), Dense(1)]
    plain = [Conv2D(2, 3), Flatten(), Dense(3), Dense(1)]
    models = [Sequential(some, seed=1) for some in (layers, plain)]
    for model in models:
        model.build((9, 8, 2))
        model.compile("sgd", "mse")
    kernel = models[0].params["2.kernel"].copy()
    for model in models:
        model.train_on_batch(*batch)
    slope = models[0].grads["2.kernel"] - models[1].grads["2.kernel"]
    assert np.allclose(slope, 2 * 0.01 * kernel, rtol=1e-2, atol=1e-5)


def test_photos_of_a_first_dense_may_be_changed_after_the_step(batch):
    model = Sequential([Flatten(), Dropout(0.0), Dense(1, "sigmoid")], seed=0)
    model.build((9, 8, 2))
    model.compile("adam", "binary_crossentropy")
    x, y = batch
    model.train_on_batch(x, y)
    before = np.array(model.grads["2.kernel"])
    x[...] = 0
    assert before.any() and np.array_equal(model.grads["2.kernel"], before)


def test_alone_a_dense_has_arrays(rng):
    layers = Dense(4), ReLU()
    model = Sequential(layers, seed=0)
    model.build((6,))
    model.backward(model.forward(rng.random((3, 6)), training=True))
    assert type(model.grads["0.kernel"]) is np.ndarray
    model.compile("sgd", "mse")
    model.train_on_batch(rng.random((3, 6)), rng.random((3, 4)))
    model.backward(model.forward(rng.random((3, 6))))
    assert type(layers[0].grads["kernel"]) is np.ndarray


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [1, (2, 3)])
def test_windows_that_are_made_again_give_the_same_bits(
    rng, monkeypatch, padding, strides
):
    x = rng.standard_normal((3, 9, 8, 2)).astype(np.float32)
    results = []
    for limit in (2**20, 0):
        monkeypatch.setattr(conv_module, "LARGE", limit)
        layer = Conv2D(4, (3, 2), strides, padding)
        layer.build((9, 8, 2), np.random.default_rng(0))
        y = layer.forward(x)
        largest = max(part.size for part in layer.kept if hasattr(part, "size"))
        assert (largest > 2 * x.size) == (limit > 0 and strides == 1)
        results.append((y, layer.backward(np.cos(y)), *layer.grads.values()))
    for one, other in zip(*results, strict=True):
        assert one.any() and np.array_equal(one, other)
