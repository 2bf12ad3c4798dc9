"""Pooling: max, average and sum of a window."""

import itertools

import numpy as np
import pytest
import slow

from tinycnn.layers import AveragePooling2D, MaxPooling2D, SumPooling2D

KINDS = {"max": MaxPooling2D, "average": AveragePooling2D, "sum": SumPooling2D}
every_kind = pytest.mark.parametrize("kind", KINDS)


def one_channel(rows):
    return np.array(rows, np.float64)[np.newaxis, :, :, np.newaxis]


def pooled(kind, rows, **arguments):
    return KINDS[kind](**arguments)(one_channel(rows))[0, :, :, 0].tolist()


@every_kind
def test_pooling_halves_the_shape(kind):
    pool = KINDS[kind](pool_size=(2, 2))
    assert pool.build((62, 62, 32), np.random.default_rng(0)) == (31, 31, 32)
    assert pool.forward(np.zeros((1, 62, 62, 32), np.float32)).shape == (1, 31, 31, 32)


@every_kind
@pytest.mark.parametrize(
    ("input_shape", "arguments", "output_shape"),
    [
        ((29, 29, 32), {}, (14, 14, 32)),  # an odd size leaves out its last row
        ((5, 6, 2), {}, (2, 3, 2)),
        ((5, 6, 2), {"padding": "same"}, (3, 3, 2)),
        ((6, 5, 1), {"pool_size": (3, 2)}, (2, 2, 1)),
        ((6, 5, 1), {"pool_size": (3, 2), "strides": 1}, (4, 4, 1)),
        ((6, 5, 1), {"pool_size": 2, "strides": (1, 3)}, (5, 2, 1)),
        ((6, 5, 1), {"pool_size": 2, "strides": (1, 3), "padding": "same"}, (6, 2, 1)),
    ],
)
def test_sizes_that_do_not_divide_are_rounded_as_in_keras(
    kind, input_shape, arguments, output_shape
):
    pool = KINDS[kind](**arguments)
    assert pool.build(input_shape, np.random.default_rng(0)) == output_shape


ROWS = [[1, 2, 5, 0], [4, 3, 8, 6], [9, 9, 9, 9]]


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [("max", [[4, 8]]), ("average", [[2.5, 4.75]]), ("sum", [[10, 19]])],
)
def test_by_hand_and_the_row_left_over_counts_nowhere(kind, numbers):
    assert pooled(kind, ROWS) == numbers


# With "same" a 2x2 window hangs over the right and the bottom of a 3x3 photo.
@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        ("max", [[-1, -3], [-7, -9]]),  # the border is no 0 that could win
        ("average", [[-3, -4.5], [-7.5, -9]]),  # of 4, 2, 2 and 1 real cells
        ("sum", [[-12, -9], [-15, -9]]),
    ],
)
def test_with_same_only_real_cells_count(kind, numbers):
    rows = [[-1, -2, -3], [-4, -5, -6], [-7, -8, -9]]
    assert pooled(kind, rows, padding="same") == numbers


def test_an_average_with_same_keeps_an_even_photo_even():
    y = AveragePooling2D((3, 2), 1, "same")(np.full((2, 5, 6, 2), 0.75))
    np.testing.assert_array_equal(y, np.full((2, 5, 6, 2), 0.75))


GRID = list(
    itertools.product(
        KINDS,
        [(5, 6), (6, 5), (3, 7)],
        [(2, 3), (3, 1), (1, 2), (3, 3)],
        [None, (1, 1), (2, 1), (1, 3), (3, 4)],
        ["valid", "same"],
    )
)


@pytest.mark.parametrize(("kind", "photo", "pool_size", "strides", "padding"), GRID)
def test_forward_and_backward_are_what_plain_loops_compute(
    kind, photo, pool_size, strides, padding
):
    rng = np.random.default_rng(4)
    pool = KINDS[kind](pool_size, strides, padding)
    output_shape = pool.build((*photo, 2), rng, np.float64)
    x = rng.integers(-2, 3, (2, *photo, 2)).astype(np.float64)  # full of ties
    dy = rng.standard_normal((2, *output_shape))
    walk = (pool_size, strides, padding)

    y, dx = pool.forward(x), pool.backward(dy)

    np.testing.assert_allclose(y, slow.pooling(kind, x, *walk), rtol=1e-12)
    wanted = slow.pooling_gradient(kind, x, dy, *walk)
    np.testing.assert_allclose(dx, wanted, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    ("rows", "winner"),
    [
        ([[7, 7, 7], [7, 7, 7]], (0, 0)),
        ([[1, 7, 7], [7, 0, 7]], (0, 1)),
        ([[1, 2, 3], [7, 7, 7]], (1, 0)),
        ([[0, 0, 0], [0, 0, 0]], (0, 0)),  # as it often is after a ReLU
        ([[1, 2, 3], [4, 5, 6]], (1, 2)),
        ([[-np.inf, -np.inf, -np.inf]] * 2, (0, 0)),
    ],
)
def test_at_a_tie_the_first_maximum_in_row_order_gets_the_whole_gradient(rows, winner):
    pool = MaxPooling2D((2, 3))
    pool(one_channel(rows))
    dx = pool.backward(np.full((1, 1, 1, 1), 5.0))
    wanted = np.zeros((2, 3))
    wanted[winner] = 5
    assert dx[0, :, :, 0].tolist() == wanted.tolist()


def test_a_tie_with_same_goes_to_a_real_cell_and_not_to_the_border():
    pool = MaxPooling2D((3, 3), 1, "same")
    pool(np.full((1, 1, 1, 1), np.finfo(np.float64).min))
    assert pool.backward(np.ones((1, 1, 1, 1))).item() == 1


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("kind", ["max", "average"])
def test_the_gradient_of_a_window_is_handed_on_whole(kind, padding):
    rng = np.random.default_rng(0)
    pool = KINDS[kind]((2, 3), (1, 2), padding)
    y = pool(rng.integers(0, 2, (3, 5, 6, 2)))  # ties everywhere
    dy = rng.integers(-9, 10, y.shape).astype(np.float64)
    np.testing.assert_allclose(pool.backward(dy).sum(), dy.sum(), rtol=1e-12)


def test_a_cell_that_wins_in_two_windows_gets_both_gradients():
    pool = MaxPooling2D((1, 2), strides=1)
    pool(one_channel([[1, 9, 2]]))
    dx = pool.backward(np.reshape([10.0, 200.0], (1, 1, 2, 1)))
    assert dx.ravel().tolist() == [0, 210, 0]


def test_sum_pooling_is_average_pooling_times_the_cells():
    x = np.random.default_rng(0).standard_normal((2, 5, 6, 2))
    y = SumPooling2D((2, 3))(x)
    np.testing.assert_allclose(y, 6 * AveragePooling2D((2, 3))(x), rtol=1e-12)


def test_a_window_of_more_than_256_cells_finds_its_maximum():
    x = np.zeros((1, 17, 18, 1))
    x[0, 16, 17, 0] = 1  # place 305: beyond what one byte can count
    pool = MaxPooling2D((17, 18))
    assert pool(x).item() == 1
    assert pool.backward(np.ones((1, 1, 1, 1)))[0, 16, 17, 0] == 1


@every_kind
def test_strides_are_the_window_if_not_said(kind):
    pool = KINDS[kind]((2, 3))
    assert pool.strides == (2, 3)
    assert pool.config() == KINDS[kind]((2, 3), strides=(2, 3)).config()


@every_kind
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pool_size": 0}, "pool_size should be a whole number of at least 1, got 0"),
        ({"pool_size": (2, 2.0)}, "pool_size should be a whole number.*got 2.0"),
        ({"pool_size": (2,)}, r"pool_size should be one whole number or two.*\(2,\)"),
        ({"strides": -1}, "strides should be a whole number of at least 1, got -1"),
        ({"padding": "full"}, "padding should be 'valid' or 'same', got 'full'"),
    ],
)
def test_a_wrong_argument_is_named_with_what_it_should_be(kind, arguments, message):
    with pytest.raises(ValueError, match=message):
        KINDS[kind](**arguments)


@every_kind
def test_a_photo_that_does_not_fit_is_refused_by_build(kind):
    pool = KINDS[kind]((2, 3))
    message = "a 2x3 pooling window does not fit in a 5x2 input.*padding='same'"
    with pytest.raises(ValueError, match=message):
        pool.build((5, 2, 4), np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"\(rows, columns, channels\), got \(60,\)"):
        pool.build((60,), np.random.default_rng(0))


@every_kind
def test_keras_words_that_do_not_exist_here_are_refused_by_name(kind):
    with pytest.raises(TypeError, match="no argument 'data_format': arrays are always"):
        KINDS[kind](data_format="channels_first")
