"""Random numbers are a function of (seed, purpose, place) and of nothing else."""

from itertools import combinations

import numpy as np
import pytest

from tinycnn.batches import ArrayBatches
from tinycnn.randomness import PURPOSES, rng_for


def numbers(*place):
    return rng_for(*place).integers(2**63, size=8).tolist()


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_same_place_draws_the_same_numbers_again(purpose):
    first = numbers(3, purpose, 1, 2)
    numbers(3, purpose, 9)  # draws in between change nothing
    assert numbers(3, purpose, 1, 2) == first


@pytest.mark.parametrize(
    ("one", "other"),
    list(combinations(PURPOSES, 2)),
    ids=lambda purpose: purpose,
)
def test_two_purposes_share_no_numbers(one, other):
    for place in [(), (0,), (1,), (2, 5)]:
        assert not set(numbers(0, one, *place)) & set(numbers(0, other, *place))


def test_places_and_seeds_share_no_numbers():
    places = [(seed, "order", *place) for seed in range(4) for place in [(1,), (2,)]]
    places += [(0, "augmentation", 1, photo) for photo in range(1, 5)]
    places += [(0, "augmentation", 2, photo) for photo in range(1, 5)]
    drawn = [number for place in places for number in numbers(*place)]
    assert len(set(drawn)) == len(drawn)


def test_numpys_global_random_state_is_not_changed():
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    rng_for(0, "build", 1).random(10)
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


@pytest.mark.parametrize("seed", [-1, 1.5, "7", None, True], ids=repr)
def test_a_seed_that_is_not_a_whole_number_is_refused(seed):
    with pytest.raises(ValueError, match="seed should be a whole number of at least 0"):
        rng_for(seed, "order")


def test_every_pass_holds_each_photo_once_in_an_order_of_its_own():
    source = ArrayBatches(np.arange(11), batch_size=4, seed=5)
    orders = [source.order(number).tolist() for number in range(6)]
    assert all(sorted(order) == list(range(11)) for order in orders)
    assert len(set(map(tuple, orders))) == 6
    assert source.order(2).tolist() == orders[2]  # independent of earlier calls


def test_without_shuffle_photos_stay_in_order():
    source = ArrayBatches(np.arange(11), batch_size=4, shuffle=False)
    assert source.order(3).tolist() == list(range(11))
