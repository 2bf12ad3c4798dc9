"""A pass in tiles gives what the plain twin gives, whatever the layers and threads."""

import copy

import numpy as np
import pytest

from tinycnn.layers import (
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    ReLU,
    Sigmoid,
    SumPooling2D,
)
from tinycnn.models import Sequential, tiles
from tinycnn.models.step import learn
from tinycnn.models.tiles import Tiles, swapped, tile_size
from tinycnn.networks import tutorial_network
from tinycnn.parallel import threads

STACKS = {
    "the tutorial's": [
        Conv2D(4, (3, 2), activation="relu"), MaxPooling2D(), Flatten(), Dense(3),
    ],
    "deeper": [
        Conv2D(3, 3, padding="same", activation="relu"),
        Conv2D(2, (2, 3), strides=(2, 1), padding="same", activation="relu"),
        MaxPooling2D((2, 3), strides=1),
        Conv2D(3, 2, activation="sigmoid"),
        AveragePooling2D(2, padding="same"),
        Flatten(),
        Dense(2),
    ],
    "without a weight in front": [SumPooling2D((2, 3)), Flatten(), Dense(2)],
    "a Dropout between": [
        Conv2D(3, 2), Dropout(0.4), ReLU(), MaxPooling2D(), Flatten(), Dense(1),
    ],
    "several poolings": [
        ReLU(), MaxPooling2D((1, 2)), MaxPooling2D((2, 1)), ReLU(), Flatten(), Dense(2),
    ],
    "two batch normalisations": [
        Conv2D(3, 2), BatchNormalization(), ReLU(), MaxPooling2D(),
        Conv2D(2, (2, 3), padding="same"), BatchNormalization(), ReLU(),
        GlobalAveragePooling2D(), Dropout(0.4), Dense(2),
    ],
    "maps at the end": [Conv2D(2, 2), ReLU(), MaxPooling2D(2)],
    "nothing in front": [Flatten(), Dropout(0.3), Dense(4), ReLU(), Dense(1)],
    "no weights": [ReLU(), MaxPooling2D(2), Sigmoid()],
}  # fmt: skip


def same(found, wanted, tolerance):
    """Whether two arrays differ by at most this share of the largest number."""
    scale = max(1.0, float(abs(wanted).max()))
    is_close = abs(found - wanted).max() <= tolerance * scale
    return found.shape == wanted.shape and bool(is_close)


@pytest.fixture(params=[1, 3])
def tile(request, monkeypatch):
    """Photos in a tile; three threads."""
    monkeypatch.setenv(threads.SETTING, "3")
    monkeypatch.setattr(tiles, "tile_size", lambda front: request.param)


def case(name, dtype=np.float64, batch=7):
    model = Sequential(copy.deepcopy(STACKS[name]), seed=3)
    model.build((9, 8, 2))
    rng = np.random.default_rng(5)
    for layer in model.layers:
        layer.step = 4
        layer.params = {
            key: rng.standard_normal(param.shape).astype(dtype)
            for key, param in layer.params.items()
        }
        layer.state = {key: one.astype(dtype) for key, one in layer.state.items()}
    # Small whole numbers: ties in most windows, and zeros at ReLU's kink.
    x = rng.integers(-3, 4, (batch, 9, 8, 2)).astype(dtype)
    return model, x, rng.standard_normal((batch, *model.output_shape)).astype(dtype)


def plain_step(layers, x, dy):
    """Output and gradients of layers, all photos at once, in plain loops."""
    for layer in layers:
        x = layer.forward(x, training=True)
    for layer in reversed(layers):
        dy = layer.backward(dy)
    return x, dy, [copy.deepcopy(layer.grads) for layer in layers]


@pytest.mark.parametrize("skip_dx", [False, True])
@pytest.mark.parametrize("name", STACKS)
def test_tiles_give_what_all_photos_at_once_give(name, skip_dx, tile):
    model, x, dy = case(name)
    y, dx, grads = plain_step(copy.deepcopy(model.layers), x, dy)
    assert same(model.forward(x, training=True), y, 1e-12)
    assert isinstance(model.stages[0], Tiles)
    found = model.backward(dy, skip_dx)
    assert skip_dx or same(found, dx, 1e-12)
    for layer, wanted in zip(model.layers, grads, strict=True):
        assert layer.grads.keys() == wanted.keys()
        for key, grad in wanted.items():
            assert same(layer.grads[key], grad, 1e-12), key
        assert not layer.skip_dx


class Squared(Conv2D):
    """A convolution whose output is not linear in the kernel."""

    def forward(self, x, training=False):
        return super().forward(x, training) ** 2


NORMALISED = {
    "two convolutions": STACKS["two batch normalisations"],
    "without a bias": [
        Conv2D(3, (3, 2), use_bias=False), BatchNormalization(epsilon=0.1), ReLU(),
        Flatten(), Dense(4, use_bias=False), BatchNormalization(), Sigmoid(),
    ],
    "one after the other": [Conv2D(3, 2), BatchNormalization(), BatchNormalization()],
    "nothing it fits into": [
        BatchNormalization(), Conv2D(2, 3, activation="relu"), BatchNormalization(),
        MaxPooling2D(), BatchNormalization(), Squared(2, 2), BatchNormalization(),
    ],
}  # fmt: skip
LEFT = {"nothing it fits into": 4}  # of the batch normalisations


def normalised(name, dtype=np.float64):
    """A model whose running means are far from their start, and photos."""
    model = Sequential(copy.deepcopy(NORMALISED[name]), seed=3)
    model.build((9, 8, 2))
    rng = np.random.default_rng(8)
    for layer in model.layers:
        for arrays in (layer.params, layer.state):
            for key, array in arrays.items():
                arrays[key] = rng.uniform(0.5, 2, array.shape).astype(dtype)
    return model, rng.standard_normal((7, 9, 8, 2)).astype(dtype)


@pytest.mark.parametrize("is_tiled", [False, True])
@pytest.mark.parametrize("name", NORMALISED)
def test_an_answer_needs_no_pass_for_a_normalisation(name, is_tiled, monkeypatch):
    if is_tiled:
        monkeypatch.setattr(tiles, "tile_size", lambda front: 2)
    for dtype, tolerance in ((np.float64, 1e-14), (np.float32, 2e-6)):
        model, x = normalised(name, dtype)
        before = copy.deepcopy(model.get_weights())
        wanted = x
        for layer in copy.deepcopy(model.layers):
            wanted = layer.forward(wanted)
        y = model.forward(x, keep=False)
        assert y.dtype == dtype
        assert same(y, wanted, tolerance)
        for weight, kept in zip(model.get_weights(), before, strict=True):
            np.testing.assert_array_equal(weight, kept)
        if not is_tiled:
            layers = [type(stage) for stage in model.stages]
            assert layers.count(BatchNormalization) == LEFT.get(name, 0)
        assert all(layer.kept is None for layer in model.layers)


@pytest.mark.parametrize("name", NORMALISED)
def test_what_backward_goes_through_is_not_folded(name):
    model, x = normalised(name)
    wanted = x
    for layer in copy.deepcopy(model.layers):
        wanted = layer.forward(wanted)
    np.testing.assert_array_equal(model.forward(x), wanted)
    model.backward(np.ones_like(wanted))
    assert all(layer.grads.keys() == layer.params.keys() for layer in model.layers)


def test_the_means_of_a_batch_are_used_when_training_even_if_nothing_is_kept():
    (model, x), (kept, _) = (normalised("without a bias") for _ in range(2))
    y = model.forward(x, training=True, keep=False)
    np.testing.assert_array_equal(y, kept.forward(x, training=True))
    assert not same(y, kept.forward(x), 1e-2)


def test_what_needs_the_whole_batch_stands_between_tiles(tile):
    model, x, _ = case("two batch normalisations")
    model.forward(x)
    assert [type(stage) for stage in model.stages] == [
        Tiles, BatchNormalization, Tiles, BatchNormalization, Tiles, Dropout, Dense,
    ]  # fmt: skip
    assert [len(stage.part.layers) for stage in model.stages[::2][:3]] == [1, 3, 2]


@pytest.mark.parametrize("name", STACKS)
def test_without_keep_nothing_is_kept(name, tile):
    model, x, _ = case(name)
    y = model.forward(x, keep=False)
    assert all(layer.kept is None for layer in (*model.stages, *model.layers))
    assert same(y, model.part().activations(x)[-1], 1e-12)


@pytest.mark.parametrize("name", STACKS)
def test_activations_and_gradients_are_those_of_the_loop(name):
    model, x, dy = case(name, batch=2)
    copies = copy.deepcopy(model.layers)
    y, dx, grads = plain_step(copies, x, dy)
    outputs = model.activations(x, training=True)
    gradients = model.gradients(dy)
    assert len(outputs) == len(gradients) == len(model.layers) + 1
    assert np.array_equal(outputs[0], x) and np.array_equal(outputs[-1], y)
    assert gradients[-1] is dy and np.array_equal(gradients[0], dx)
    for output, gradient in zip(outputs, gradients, strict=True):
        assert output.shape == gradient.shape
    for layer, wanted in zip(model.layers, grads, strict=True):
        assert all(np.array_equal(layer.grads[key], wanted[key]) for key in wanted)


@pytest.mark.parametrize("name", STACKS)
def test_the_number_of_threads_changes_no_bit(name, monkeypatch):
    found = []
    monkeypatch.setattr(tiles, "tile_size", lambda front: 2)
    for count in "1", "3":
        monkeypatch.setenv(threads.SETTING, count)
        model, x, dy = case(name, np.float32)
        y = model.forward(x, training=True)
        model.backward(dy, skip_dx=True)
        found.append([y.tobytes(), *(grad.tobytes() for grad in model.grads.values())])
    assert found[0] == found[1]


def test_relu_behind_max_pooling_is_the_same_to_the_bit():
    model, x, _ = case("the tutorial's")
    relu, pool = model.layers[1:3]
    y = model.layers[0].forward(x)
    y[0] = np.round(y[0])  # ties
    y[1] = -abs(y[1])  # whole windows that ReLU makes 0
    y[2, :4] = 0
    pooled = pool.forward(relu.forward(y))
    dy = np.random.default_rng(1).standard_normal(pooled.shape)
    dx = relu.backward(pool.backward(dy))
    first, second = swapped([relu, pool])
    assert (type(first), type(second)) == (MaxPooling2D, ReLU)
    assert np.array_equal(second.forward(first.forward(y)), pooled)
    assert np.array_equal(first.backward(second.backward(dy)), dx)
    assert relu.output_shape == y.shape[1:]  # the layer itself is as it was


def test_only_max_pooling_and_relu_change_places():
    for stack in ([ReLU(), AveragePooling2D(2)], [Sigmoid(), MaxPooling2D(2)]):
        assert [type(one) for one in swapped(stack)] == [type(one) for one in stack]


def test_a_tile_of_the_tutorials_network_takes_at_most_four_megabytes():
    front = tutorial_network((64, 64, 3)).part(stop=4)
    assert tile_size(front) == 8  # 62 * 62 * 32 numbers of 4 bytes each
    wide = Sequential([Conv2D(1, 9, padding="same", input_shape=(64, 64, 3))])
    assert tile_size(wide) == 1  # 64 * 64 * 9 * 9 * 3 numbers in the windows


def test_a_layer_of_somebodys_own_gets_all_photos_at_once():
    class Mine(ReLU):
        def forward(self, x, training=False):
            self.seen = len(x)
            return super().forward(x)

    model = Sequential([Conv2D(2, 2, input_shape=(4, 5, 1)), Mine(), Flatten()])
    model.forward(np.zeros((50, 4, 5, 1)))
    assert model.layers[1].seen == 50


@pytest.mark.parametrize("last", ["sigmoid", None])
def test_a_step_of_learning_is_the_plain_step(last, tile):
    layers = [*copy.deepcopy(STACKS["deeper"][:-1]), Dense(1, activation=last)]
    model = Sequential(layers, seed=1)
    model.build((9, 8, 2))
    loss = "binary_crossentropy" if last else "mean_squared_error"
    model.compile("sgd", loss)
    rng = np.random.default_rng(2)
    x, y = rng.random((7, 9, 8, 2), np.float32), rng.integers(0, 2, (7, 1))
    plain = copy.deepcopy(model)
    outputs = plain.activations(x, training=True)
    before = outputs[-1]
    below = plain.layers[:-1] if last else plain.layers
    value, dy = plain.loss(y, outputs[len(below)])
    for layer in reversed(below):
        dy = layer.backward(dy)
    plain.optimizer.update(plain.params, plain.grads)

    found, output = learn(model, model.optimizer, model.loss, x, y)
    assert abs(found - value) < 1e-6
    assert same(output, before, 1e-6)
    for key, param in plain.params.items():
        assert same(model.params[key], param, 1e-6), key


def test_a_backward_that_fails_leaves_no_layer_without_dx():
    model, x, _ = case("the tutorial's")
    model.forward(x)
    with pytest.raises(ValueError, match="should be given dy of the output's shape"):
        model.part(stop=1).backward(np.ones((1, 2)), skip_dx=True)
    assert not model.layers[0].skip_dx
