"""How many windows fit an input, and the messages for arguments that are not valid."""

import re

import numpy as np
import pytest

from tinycnn.shapes import (
    check_padding,
    pair,
    whole_number,
    window_grid,
    window_walk,
)


def windows_that_fit(length, window, stride):
    """Count in a loop, without a formula."""
    count = start = 0
    while start + window <= length:
        count += 1
        start += stride
    return count


@pytest.mark.parametrize("window", range(1, 8))
@pytest.mark.parametrize("stride", range(1, 6))
def test_valid_windows_are_as_many_as_a_loop_counts(window, stride):
    for length in range(window, 25):
        steps, border = window_walk(length, window, stride, "valid")
        assert steps == windows_that_fit(length, window, stride), length
        assert border == (0, 0)


@pytest.mark.parametrize("window", range(1, 8))
@pytest.mark.parametrize("stride", range(1, 6))
def test_same_starts_a_window_at_every_stride_with_the_smallest_border(window, stride):
    for length in range(1, 25):
        steps, (before, after) = window_walk(length, window, stride, "same")
        assert steps == len(range(0, length, stride)), length
        padded = before + length + after
        assert windows_that_fit(padded, window, stride) == steps
        assert after - before in (0, 1)  # the odd cell is at the end
        if before + after:
            assert windows_that_fit(padded - 1, window, stride) < steps


# TensorFlow's rule, by hand: length, window, stride -> steps, before, after.
@pytest.mark.parametrize(
    ("length", "window", "stride", "expected"),
    [
        (5, 3, 1, (5, (1, 1))),
        (5, 2, 1, (5, (0, 1))),
        (6, 3, 2, (3, (0, 1))),
        (5, 3, 2, (3, (1, 1))),
        (64, 3, 1, (64, (1, 1))),
        (7, 5, 3, (3, (2, 2))),
        (8, 5, 3, (3, (1, 2))),
        (6, 1, 4, (2, (0, 0))),  # the stride is larger than the window
        (1, 4, 1, (1, (1, 2))),  # the window is larger than the input
    ],
)
def test_same_borders_are_those_of_keras(length, window, stride, expected):
    assert window_walk(length, window, stride, "same") == expected


@pytest.mark.parametrize(
    ("length", "window"), [(64, 62), (62, 31), (31, 29), (29, 14)], ids=str
)
def test_the_sizes_of_the_tutorial(length, window):
    kernel, stride = (3, 1) if length - window == 2 else (2, 2)
    assert window_walk(length, kernel, stride, "valid")[0] == window


def test_a_grid_keeps_rows_and_columns_apart():
    grid, borders = window_grid((5, 9, 2), (2, 3), (1, 4), "same", "kernel")
    assert grid == (5, 3)
    assert borders == ((0, 1), (1, 1))


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2, 9, 1), "a 3x4 kernel does not fit in a 2x9 input; use a smaller one"),
        ((9, 3, 1), "a 3x4 kernel does not fit in a 9x3 input"),
        ((9, 9), "the input should be (rows, columns, channels), got (9, 9)"),
        ((9,), "the input should be (rows, columns, channels), got (9,)"),
    ],
)
def test_a_window_that_does_not_fit_is_refused(shape, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        window_grid(shape, (3, 4), (1, 1), "valid", "kernel")


@pytest.mark.parametrize("value", [1, 7, np.int64(7), np.uint8(3)])
def test_whole_numbers_become_ints(value):
    number = whole_number(value, "units")
    assert type(number) is int
    assert number == value


def test_zero_is_accepted_where_it_is_allowed():
    assert whole_number(0, "seed", least=0) == 0


@pytest.mark.parametrize(
    "value", [0, -1, 2.0, "3", None, True, np.True_, (1,), float("nan")], ids=repr
)
def test_anything_but_a_whole_number_is_refused(value):
    message = f"units should be a whole number of at least 1, got {value!r}"
    with pytest.raises(ValueError, match=re.escape(message)):
        whole_number(value, "units")


def test_a_seed_below_zero_is_refused():
    with pytest.raises(ValueError, match="seed should be a whole number of at least 0"):
        whole_number(-1, "seed", least=0)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(3, (3, 3)), ((2, 5), (2, 5)), ([2, 5], (2, 5)), (np.int32(4), (4, 4))],
)
def test_an_int_or_two_become_a_pair(value, expected):
    assert pair(value, "kernel_size") == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ((1, 2, 3), "kernel_size should be one whole number or two (down, across)"),
        ((), "kernel_size should be one whole number or two (down, across), got ()"),
        ((3,), "kernel_size should be one whole number or two"),
        ((3, 0), "kernel_size should be a whole number of at least 1, got 0"),
        ((-3, 1), "kernel_size should be a whole number of at least 1, got -3"),
        ((3, 2.5), "kernel_size should be a whole number of at least 1, got 2.5"),
        ("ab", "kernel_size should be a whole number of at least 1, got 'ab'"),
        (True, "kernel_size should be a whole number of at least 1, got True"),
    ],
    ids=repr,
)
def test_anything_but_a_pair_is_refused(value, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        pair(value, "kernel_size")


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_the_two_paddings_are_accepted(padding):
    assert check_padding(padding) == padding


@pytest.mark.parametrize("padding", ["full", "SAME", 0, None, ["same"]], ids=repr)
def test_other_paddings_are_refused(padding):
    message = f"padding should be 'valid' or 'same', got {padding!r}"
    with pytest.raises(ValueError, match=re.escape(message)):
        check_padding(padding)
