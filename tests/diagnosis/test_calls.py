"""Layers that depend on chance, on the size of the batch, or on the call before."""
# ruff: noqa: NPY002 - students use np.random.rand

import random

import numpy as np
import pytest

from tinycnn.diagnosis import (
    depends_on_training,
    diagnose_batches,
    diagnose_randomness,
    diagnose_training,
    is_only_for_training,
    repeatable,
)
from tinycnn.diagnosis.calls import drawn, same_luck
from tinycnn.gradient_check import grid
from tinycnn.layers import Dense, Dropout, Layer, RandomFlip

OWN = np.random.default_rng(3)
OLD = np.random.RandomState(3)


def noisy(draw):
    """Return a layer that adds `draw(self, x)` to x, with training and without."""

    class Noisy(Layer):
        def __init__(self):
            super().__init__()
            self.rng = np.random.default_rng(4)

        def forward(self, x, training=False):
            return x + draw(self, x)

        def backward(self, dy):
            return dy

    return Noisy()


DRAWS = {
    "np.random": lambda self, x: np.random.rand(*x.shape),
    "random": lambda self, x: random.random(),
    "self.rng": lambda self, x: self.rng.random(x.shape),
    "np.random.default_rng": lambda self, x: np.random.default_rng().random(x.shape),
}


@pytest.mark.parametrize("name", DRAWS)
def test_random_numbers_outside_training_are_named_with_their_source(name):
    layer = noisy(DRAWS[name])
    (found,) = diagnose_randomness(layer, (4,))
    assert (found.array, found.cause) == ("y", "draws_random")
    assert found.sentence == (
        f"The same x gives another y: outside training, forward draws from {name}."
    )


class OfTheFile(Layer):
    def forward(self, x, training=False):
        return x + OWN.random(x.shape) + OLD.rand()


class LateWeights(Layer):
    """Draws its weights in the first forward, not in build."""

    weights = None

    def forward(self, x, training=False):
        if self.weights is None:
            self.weights = np.random.randn(x.shape[1], 3)
        return x @ self.weights


def test_generators_of_the_file_and_late_weights_are_named():
    (found,) = diagnose_randomness(OfTheFile(), (4,))
    assert "draws from OWN and OLD." in found.sentence
    (found,) = diagnose_randomness(LateWeights(), (4,))
    assert found.cause == "draws_random"
    assert "drawn in build" in found.hint


class EarlyWeights(Dense):
    """Its own weights, from np.random: they are drawn once, and kept."""

    def build(self, input_shape, rng, dtype=np.float32):
        shape = super().build(input_shape, rng, dtype)
        self.params["kernel"] = np.random.randn(*self.params["kernel"].shape)
        return shape


def unused(self, x):
    np.random.rand()
    return 0


@pytest.mark.parametrize(
    "layer",
    [noisy(lambda self, x: 1), noisy(unused), Dropout(0.5), EarlyWeights(3)],
    ids=repr,
)
def test_what_is_not_random_outside_training_is_not_named(layer):
    assert diagnose_randomness(layer, (4,)) == []


def test_the_users_random_numbers_go_on_as_if_nothing_had_happened():
    np.random.seed(1)
    random.seed(1)
    expected = np.random.RandomState(1).rand(), random.Random(1).random()
    state, make = OWN.bit_generator.state, np.random.default_rng
    with same_luck(OfTheFile()):
        np.random.rand(), random.random(), OWN.random()
        assert np.random.default_rng().random() == make(0).random()
    assert (np.random.rand(), random.random()) == expected
    assert OWN.bit_generator.state == state
    assert np.random.default_rng is make
    with drawn(OfTheFile()) as used:
        pass
    assert used == []


class OfTheClass(Layer):
    own = np.random.default_rng(7)

    def forward(self, x, training=False):
        return x + self.own.random(x.shape)


def test_a_generator_of_the_class_is_a_source_and_is_put_back():
    state = OfTheClass.own.bit_generator.state
    (found,) = diagnose_randomness(OfTheClass(), (4,))
    assert "forward draws from OfTheClass.own." in found.sentence
    with same_luck(OfTheClass):
        OfTheClass.own.random()
    OfTheClass.own.bit_generator.state = state
    with same_luck(OfTheClass):
        one = OfTheClass.own.random()
    assert OfTheClass.own.bit_generator.state == state
    with same_luck(OfTheClass()):
        assert OfTheClass.own.random() == one


@pytest.mark.parametrize("name", DRAWS)
def test_a_repeatable_layer_draws_the_same_numbers_each_time(name):
    layer = repeatable(noisy(DRAWS[name]))
    layer.build((4,), np.random.default_rng(0), np.float64)
    x = np.ones((2, 4))
    y = layer.forward(x)
    assert (layer.forward(x) == y).all()
    assert type(layer).__name__ == "Noisy"


# -- with and without training --------------------------------------------------------


class MaskInTraining(Layer):
    def forward(self, x, training=False):
        if training:
            self.mask = np.random.rand(*x.shape) > 0.5
            return x * self.mask
        return x

    def backward(self, dy):
        return dy * self.mask


class NeverWorks(MaskInTraining):
    def backward(self, dy):
        return dy * self.nothing


class Unwritten(MaskInTraining):
    def backward(self, dy):
        raise NotImplementedError


def test_which_layers_depend_on_training():
    for layer, expected in (
        (MaskInTraining(), True),
        (RandomFlip(), True),
        (Dense(3), False),
    ):
        shape = (5, 6, 2) if isinstance(layer, RandomFlip) else (4,)
        assert depends_on_training(layer, shape) is expected


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (MaskInTraining(), True),
        (NeverWorks(), False),
        (Unwritten(), False),
        (Dense(3), False),
    ],
    ids=repr,
)
def test_which_layers_keep_what_backward_needs_in_training_only(layer, expected):
    assert is_only_for_training(layer, (4,)) is expected


# -- the size of the batch ------------------------------------------------------------


class Squeezed(Dense):
    def forward(self, x, training=False):
        self.x = x
        return np.squeeze(x @ self.params["kernel"] + self.params["bias"])

    def backward(self, dy):
        self.grads = {"kernel": self.x.T @ dy, "bias": dy.sum(axis=0)}
        return dy @ self.params["kernel"].T


class SqueezedBack(Dense):
    def backward(self, dy):
        return np.squeeze(super().backward(dy))


class SqueezedBias(Dense):
    def backward(self, dy):
        dx = super().backward(dy)
        self.grads["bias"] = dy.sum(axis=0) if len(dy) > 1 else dy
        return dx


class FirstSize(Layer):
    """Makes dx in the size of the first batch."""

    N = None

    def forward(self, x, training=False):
        self.N = self.N or len(x)
        return 2 * x

    def backward(self, dy):
        dx = np.zeros((self.N, *dy.shape[1:]))
        dx[: len(dy)] = 2 * dy
        return dx


class FirstArray(Layer):
    """Writes y into an array of the first batch's size."""

    y = None

    def forward(self, x, training=False):
        if self.y is None:
            self.y = np.zeros(x.shape)
        self.y[: len(x)] = 2 * x
        return self.y.copy()


@pytest.mark.parametrize(
    ("layer", "backward", "sentence"),
    [
        (Squeezed(3), False,
         "For a batch of one photo y has shape (3,); it should have (1, 3)."),
        (SqueezedBack(3), True,
         "For a batch of one photo dx has shape (4,); it should have (1, 4)."),
        (SqueezedBias(3), True,
         "For a batch of one photo dbias has shape (1, 3); it should have (3,)."),
        (FirstSize(), True,
         "For a batch of one photo after one of 5, dx has shape (5, 4); it should have "
         "(1, 4)."),
        (FirstArray(), False,
         "For a batch of one photo after one of 5, y has shape (5, 4); it should have "
         "(1, 4)."),
    ],
)  # fmt: skip
def test_one_photo_and_batches_of_different_sizes(layer, backward, sentence):
    (found,) = diagnose_batches(layer, (4,), backward=backward)
    assert found.sentence == sentence
    cause = "batch_size_kept" if "after" in sentence else "one_photo_shape"
    assert found.cause == cause
    if backward:
        assert diagnose_batches(layer, (4,), backward=False) == []


def test_an_exception_for_one_photo_says_so():
    class Deviation(Layer):
        def forward(self, x, training=False):
            return x[[0, 1, *range(2, len(x))]]

    with pytest.raises(IndexError) as caught:
        diagnose_batches(Deviation(), (4,), backward=False)
    note = "This is for a batch of one photo; one of 5 photos works."
    assert caught.value.__notes__ == [note]

    class Kept(Layer):
        noise = None

        def forward(self, x, training=False):
            self.noise = np.ones(len(x) + 1) if self.noise is None else self.noise
            return x + self.noise[: len(x), np.newaxis].reshape(len(self.noise) - 1, 1)

    with pytest.raises(ValueError, match="reshape") as caught:
        diagnose_batches(Kept(), (4,), backward=False)
    assert caught.value.__notes__ == [f"{note} It comes after a batch of 5."]
    with pytest.raises(IndexError) as caught:
        diagnose_batches(type("Never", (Layer,), {"forward": lambda s, x, t: x[99]})(),
                         (4,), backward=False)  # fmt: skip
    assert not hasattr(caught.value, "__notes__")  # it fails for every batch


def test_nothing_is_found_in_the_librarys_layers():
    for layer, shape, _ in grid(photos=[(5, 6, 2)]):
        assert diagnose_randomness(layer, shape) == [], layer
        assert diagnose_batches(layer, shape, backward=True) == [], layer
        assert not is_only_for_training(layer, shape)
    for layer, shape, training in grid(photos=[(3, 5, 2)]):
        if training:
            assert diagnose_training(layer, shape) == [], layer
