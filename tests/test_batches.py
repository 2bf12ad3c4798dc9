"""Batches: which photos come together, as a function of (seed, pass, index)."""

import itertools

import numpy as np
import pytest

from tinycnn.batches import ArrayBatches, Batches, stratified_split


def source(samples=11, **arguments):
    """Return batches of photos with their index as the only value; labels are 10 x."""
    numbers = np.arange(samples)
    arguments = {"batch_size": 4, **arguments}
    return ArrayBatches(numbers[:, np.newaxis], 10 * numbers, **arguments)


def numbers(batch):
    return batch[0][:, 0].astype(int).tolist()


def one_pass(batches, pass_number):
    return [numbers(batches.batch(pass_number, i)) for i in range(len(batches))]


def test_every_photo_comes_exactly_once_per_pass():
    batches = source()
    for pass_number in range(5):
        seen = list(itertools.chain(*one_pass(batches, pass_number)))
        assert sorted(seen) == list(range(11))


@pytest.mark.parametrize(
    ("samples", "batch_size", "sizes"),
    [(11, 4, [4, 4, 3]), (12, 4, [4, 4, 4]), (109, 32, [32, 32, 32, 13]), (3, 8, [3])],
)
def test_the_last_batch_is_short(samples, batch_size, sizes):
    batches = source(samples, batch_size=batch_size)
    assert len(batches) == len(sizes)
    assert [len(batch) for batch in one_pass(batches, 0)] == sizes


def test_x_and_y_stay_together():
    for x, y in itertools.islice(source(), 7):
        np.testing.assert_array_equal(y, 10 * x[:, 0])


def test_each_pass_has_an_order_of_its_own():
    batches = source(50, batch_size=50)
    orders = [tuple(batches.order(pass_number)) for pass_number in range(6)]
    assert len(set(orders)) == 6
    assert tuple(range(50)) not in orders


def test_photos_are_shuffled_and_not_only_the_batches():
    # joelnet shuffled the starts of the batches: neighbours always stayed neighbours.
    first = one_pass(source(40), 0)
    assert all(np.ptp(batch) > 3 for batch in first)


def test_the_order_is_a_function_of_seed_and_pass_only():
    fresh = [source(seed=3).batch(pass_number, 1)[0] for pass_number in range(4)]
    used = source(seed=3)
    next(used), used.batch(9, 0), list(used.in_order())
    for pass_number in (2, 0, 3, 1, 2):
        x, _ = used.batch(pass_number, 1)
        np.testing.assert_array_equal(x, fresh[pass_number])


def test_another_seed_gives_another_order():
    assert one_pass(source(seed=0), 0) != one_pass(source(seed=1), 0)


def test_numpys_global_random_state_is_neither_read_nor_changed():
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    expected = one_pass(source(), 0)
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002
    np.random.seed(99)  # noqa: NPY002
    assert one_pass(source(), 0) == expected


def test_in_order_yields_every_photo_once_in_file_order():
    batches = source(seed=5)
    next(batches)
    expected = [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10]]
    assert [numbers(batch) for batch in batches.in_order()] == expected
    assert [len(x) for x, _ in batches.in_order(6)] == [6, 5]


def test_without_shuffle_each_pass_is_in_file_order():
    batches = source(shuffle=False)
    assert one_pass(batches, 0) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10]]
    assert one_pass(batches, 7) == one_pass(batches, 0)


def test_iterating_never_ends_and_goes_through_pass_after_pass():
    batches = source()
    seen = [numbers(batch) for batch in itertools.islice(batches, 10)]
    expected = [*one_pass(batches, 0), *one_pass(batches, 1), *one_pass(batches, 2)]
    assert seen == [*expected, numbers(batches.batch(3, 0))]


def test_reset_starts_again_with_the_first_pass():
    batches = source()
    first = [numbers(next(batches)) for _ in range(5)]
    batches.reset()
    assert [numbers(next(batches)) for _ in range(5)] == first


def test_an_index_gives_a_batch_of_the_current_pass():
    batches = source()
    assert [numbers(batches[i]) for i in range(3)] == one_pass(batches, 0)
    assert numbers(batches[-1]) == one_pass(batches, 0)[-1]
    for _ in range(3):
        next(batches)
    assert numbers(batches[0]) == one_pass(batches, 1)[0]


@pytest.mark.parametrize("index", [3, -4])
def test_an_index_beyond_the_batches_is_refused(index):
    with pytest.raises(IndexError, match=rf"3 batches, 0\.\.2, got {index}"):
        source()[index]


def test_without_y_a_batch_is_x_alone_as_in_keras():
    batches = ArrayBatches(np.zeros((5, 2)), batch_size=2)
    assert next(batches).shape == (2, 2)
    assert batches[2].shape == (1, 2)
    x, y = batches.batch(0, 0)
    assert (x.shape, y) == ((2, 2), None)


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32, np.float64, bool])
def test_photos_come_as_float32_and_as_copies(dtype):
    photos = np.ones((5, 3), dtype)
    batches = ArrayBatches(photos, batch_size=5)
    x = next(batches)
    assert x.dtype == np.float32
    x[...] = 7
    assert (photos == 1).all()


def test_lists_are_accepted_too():
    batches = ArrayBatches([[1.0], [2.0]], [0, 1], shuffle=False)
    assert [array.tolist() for array in next(batches)] == [[[1.0], [2.0]], [0, 1]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": [], "y": []}, r"at least one photo, got \(0,\)"),
        ({"x": np.float32(3)}, r"at least one photo, got \(\)"),
        ({"x": ["a.jpg"]}, "x should be an array of numbers, got dtype"),
        ({"x": [1, 2], "y": [1]}, r"same length, got shapes \(2,\) and \(1,\)"),
        ({"x": [1, 2], "y": 1}, r"same length, got shapes \(2,\) and \(\)"),
        ({"x": [1], "batch_size": 0}, "batch_size should be a whole number.*got 0"),
        ({"x": [1], "batch_size": 2.0}, "batch_size should be a whole number.*got 2.0"),
        ({"x": [1], "seed": -1}, "seed should be a whole number of at least 0, got -1"),
        ({"x": [1], "seed": None}, "seed should be a whole number.*got None"),
    ],
)
def test_a_wrong_argument_is_named_with_what_it_should_be(arguments, message):
    with pytest.raises(ValueError, match=message):
        ArrayBatches(**arguments)


def test_the_repr_counts_photos_and_batches():
    assert repr(source(1)) == "ArrayBatches(1 photo in 1 batch)"
    assert repr(source(11)) == "ArrayBatches(11 photos in 3 batches)"


def test_load_is_for_subclasses_to_define():
    with pytest.raises(NotImplementedError, match="Batches should define load"):
        next(Batches(3))


LABELS = np.array([0, 1, 0, 2, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0])  # 9, 5 and 1 photos


def test_a_stratified_split_takes_the_share_of_each_class():
    train, test = stratified_split(LABELS, 0.2, seed=0)
    assert np.bincount(LABELS[test], minlength=3).tolist() == [2, 1, 0]
    assert sorted([*train, *test]) == list(range(15))
    assert train.tolist() == sorted(train)
    assert test.tolist() == sorted(test)


def test_a_split_is_a_function_of_the_seed():
    labels = np.repeat([0, 1], 50)
    first, again, other = (stratified_split(labels, 0.2, seed)[1] for seed in (0, 0, 1))
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()
    assert first.tolist() != [*range(10), *range(50, 60)]  # not just the first ones
    assert (first[:10] + 50).tolist() != first[10:].tolist()  # classes differ, too


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99, 1.0])
def test_a_class_of_two_photos_keeps_one_on_each_side(share):
    train, test = stratified_split([0, 0, 1, 1, 1], share, seed=0)
    labels = np.array([0, 0, 1, 1, 1])
    assert set(labels[train]) == set(labels[test]) == {0, 1}


def test_the_returned_order_is_read_only():
    order = ArrayBatches(np.arange(5.0)).order(0)
    with pytest.raises(ValueError, match="read-only"):
        order[:] = 0
