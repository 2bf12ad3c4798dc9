"""The networks that are ready to be trained, and their recipes."""

import numpy as np
import pytest

from tinycnn.layers import Conv2D, MaxPooling2D
from tinycnn.networks import RECIPES, deep_network, tutorial_network
from tinycnn.networks.deep import check_size


def convolutions(model):
    return [layer for layer in model.layers if isinstance(layer, Conv2D)]


@pytest.mark.parametrize(
    ("shape", "filters", "last"),
    [
        ((64, 64, 3), [32, 64, 128, 128], (2, 2, 128)),
        ((46, 99, 1), [32, 64, 128, 128], (1, 4, 128)),
        ((45, 64, 1), [32, 32, 64, 64], (8, 13, 64)),
        ((28, 28, 1), [32, 32, 64, 64], (4, 4, 64)),
        ((15, 40, 3), [32, 32], (5, 18, 32)),
        ((6, 7, 1), [32, 32], (1, 1, 32)),
    ],
)
def test_blocks_halve_the_photo_to_not_less_than_one_cell(shape, filters, last):
    model = deep_network(shape)
    assert [layer.filters for layer in convolutions(model)] == filters
    pooled = [layer for layer in model.layers if isinstance(layer, MaxPooling2D)]
    assert pooled[-1].output_shape == last


def test_for_digits_it_has_fewer_than_100_000_parameters():
    assert deep_network((28, 28, 1), classes=10).count_params() == 76_010


def test_a_photo_too_small_for_a_block_is_refused():
    with pytest.raises(ValueError, match=r"6 rows and columns or more .* got 5x64"):
        deep_network((5, 64, 3))


@pytest.mark.parametrize("network", [deep_network, tutorial_network])
@pytest.mark.parametrize("shape", [(64, 64), "64", (None, None, 3), (64, 64, 0), 64])
def test_a_photo_of_another_shape_is_refused(network, shape):
    with pytest.raises(ValueError, match=r"^input_shape should be .*, got "):
        network(shape)


@pytest.mark.parametrize("network", [deep_network, tutorial_network])
def test_a_single_class_is_refused(network):
    with pytest.raises(ValueError, match=r"classes should be .* at least 2, got 1"):
        network((8, 8, 1), classes=1)


def test_a_photo_too_small_for_the_tutorials_network_is_refused():
    tutorial_network((4, 4, 1))
    with pytest.raises(ValueError, match=r"4 rows and columns or more .* got 5x3"):
        tutorial_network((5, 3, 1))


def test_feature_maps_larger_than_memory_are_refused():
    check_size(256, 256, 32)
    with pytest.raises(ValueError, match=r"32 photos of 1000x1000 .* 15\.3 GiB"):
        check_size(1000, 1000, 32)
    check_size(45, 45, 2000)  # two convolutions of 32 in the first block: 3.9 GiB
    with pytest.raises(ValueError, match=r"3000 photos of 45x45 .* 5\.8 GiB"):
        check_size(45, 45, 3000)


def test_the_learning_rate_falls_to_nothing_in_its_steps():
    model = deep_network((8, 8, 1), learning_rate=0.01, steps=4)
    x, y = np.random.default_rng(0).random((4, 8, 8, 1)), np.array([0, 1, 0, 1])
    rates = []
    for _ in range(5):
        model.train_on_batch(x, y)
        rates.append(model.optimizer.learning_rate)
    # half a cosine: at 0, 1, 2, 3 and 4 quarters of its way
    falls = (1 + np.cos(np.pi * np.arange(5) / 4)) / 2
    np.testing.assert_allclose(rates, 0.01 * falls, atol=1e-12)


def test_two_classes_have_one_output_and_more_have_one_each():
    assert deep_network((8, 8, 1)).output_shape == (1,)
    assert deep_network((8, 8, 1), classes=5).output_shape == (5,)


@pytest.mark.parametrize(("samples", "epochs"), [(30, 24), (60_000, 24)])
def test_the_tutorials_network_always_learns_for_24_epochs(samples, epochs):
    assert RECIPES["tutorial"].epochs_for(samples) == epochs


def test_the_deep_network_learns_for_more_epochs_where_photos_are_few():
    recipe = RECIPES["deep"]
    fewest, most = recipe.epochs
    assert recipe.epochs_for(10) == most
    assert recipe.epochs_for(10_000_000) == fewest
    between = recipe.photos // 20
    assert fewest <= recipe.epochs_for(between) == 20 <= most
