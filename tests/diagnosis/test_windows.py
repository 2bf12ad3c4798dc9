"""The causes of a wrong im2col or col2im."""

import numpy as np
import pytest

from tinycnn.diagnosis import diagnose_windows
from tinycnn.layers.windows import col2im, grid_of, im2col


def rows(order="nij", cell="abc", *, padded, window, strides):
    """im2col by loops, with any order of its rows and of its columns."""
    (N, H, W, C), (KH, KW) = padded.shape, window
    sizes = {"n": N, "i": (H - KH) // strides[0] + 1, "j": (W - KW) // strides[1] + 1}
    sizes |= {"a": KH, "b": KW, "c": C}
    result = []
    for place in np.ndindex(*(sizes[letter] for letter in order)):
        row = []
        for inner in np.ndindex(*(sizes[letter] for letter in cell)):
            at = dict(zip(order + cell, place + inner, strict=True))
            down, across = (
                at["i"] * strides[0] + at["a"],
                at["j"] * strides[1] + at["b"],
            )
            row.append(padded[at["n"], down, across, at["c"]])
        result.append(row)
    return np.array(result)


def ordered(order="nij", cell="abc"):
    return lambda padded, window, strides: rows(
        order, cell, padded=padded, window=window, strides=strides
    )


def scattered(put, cell="abc", order="nij"):
    """col2im by loops; `put(pixels, place, number)` stores one number."""

    def mine(cols, padded_shape, window, strides):
        padded = np.zeros(padded_shape, cols.dtype)
        places = np.arange(padded.size, dtype=float).reshape(padded_shape)
        flat = padded.reshape(-1)
        index = ordered(order, cell)(places, window, strides).astype(int)
        for place, number in zip(index.ravel(), cols.ravel(), strict=True):
            put(flat, place, number)
        return padded

    return mine


def plus(pixels, place, number):
    pixels[place] += number


def replace(pixels, place, number):
    pixels[place] = number


def by_window(cols, padded_shape, window, strides):
    """= instead of +=, window by window."""
    padded = np.zeros(padded_shape)
    grid = grid_of(padded_shape, window, strides)
    blocks = cols.reshape(padded_shape[0], *grid, *window, padded_shape[3])
    for i, j in np.ndindex(grid):
        down, across = i * strides[0], j * strides[1]
        padded[:, down : down + window[0], across : across + window[1]] = blocks[
            :, i, j
        ]
    return padded


def averaged(cols, padded_shape, window, strides):
    counts = col2im(np.ones_like(cols), padded_shape, window, strides)
    return col2im(cols, padded_shape, window, strides) / np.maximum(counts, 1)


def without_gaps(cols, padded_shape, window, strides):
    """Windows at (i, j) instead of (i * strides[0], j * strides[1])."""
    padded = np.zeros(padded_shape)
    grid = grid_of(padded_shape, window, strides)
    blocks = cols.reshape(padded_shape[0], *grid, *window, padded_shape[3])
    for i, j in np.ndindex(grid):
        padded[:, i : i + window[0], j : j + window[1]] += blocks[:, i, j]
    return padded


def without_last(cols, padded_shape, window, strides):
    """The last window is missing: range(... - 1)."""
    cols = cols.copy()
    cols[-1] = 0
    return col2im(cols, padded_shape, window, strides)


def a_square_of_windows(cols, padded_shape, window, strides):
    """for j in range(OH): as many windows across as down."""
    grid = grid_of(padded_shape, window, strides)
    blocks = cols.reshape(padded_shape[0], *grid, -1).copy()
    blocks[:, :, grid[0] :] = 0
    return col2im(blocks.reshape(cols.shape), padded_shape, window, strides)


def without_some(*args):
    """Right for a single number, wrong for some sums."""
    padded = col2im(*args)
    return np.where(padded % 7 == 3, 0, padded)


def by_another_width(cols, padded_shape, window, strides):
    """Row (n, i, j) is looked for at (n * OH + i) * OH + j."""
    N, OH, OW = padded_shape[0], *grid_of(padded_shape, window, strides)
    n, i, j = np.indices((N, OH, OW))
    return col2im(
        cols[((n * OH + i) * OH + j).ravel() % len(cols)], padded_shape, window, strides
    )


def overwriting(padded, window, strides):
    result = im2col(padded.copy(), window, strides)
    padded *= 0
    return result


IM2COL = {
    "channels_first": ordered(cell="cab"),
    "cells_by_columns": ordered(cell="bac"),
    "windows_by_columns": ordered("nji"),
    "photos_interleaved": ordered("ijn"),
    "cols_transposed": lambda *args: im2col(*args).T,
    "strides_ignored": lambda padded, window, strides: im2col(padded, window, (1, 1)),
    "strides_swapped": lambda padded, window, strides: im2col(
        padded, window, strides[::-1]
    ),
    "sides_swapped": lambda padded, window, strides: im2col(
        padded, window[::-1], strides
    ),
    "wrong_order": lambda *args: im2col(*args).T.reshape(-1, im2col(*args).shape[1]),
    "windows_shape": lambda *args: im2col(*args)[:-1],
    "rows_equal": lambda *args: im2col(*args) + 1,
    "windows_differ": lambda *args: np.sin(7 * im2col(*args)),
    "wrong_dtype": lambda *args: im2col(*args).astype(np.float64),
    "argument_written": overwriting,
    "nothing_returned": lambda *args: None,
    "not_an_array": lambda *args: im2col(*args).tolist(),
}
COL2IM = {
    "overwritten": scattered(replace),
    "channels_first": scattered(plus, "cab"),
    "cells_by_columns": scattered(plus, "bac"),
    "windows_by_columns": scattered(plus, order="nji"),
    "photos_interleaved": scattered(plus, order="ijn"),
    "pixels_averaged": averaged,
    "strides_ignored": without_gaps,
    "index_rules": a_square_of_windows,
    "number_misplaced": by_another_width,
    "not_adjoint": without_some,
    "windows_shape": lambda *args: col2im(*args)[:, 1:],
    "wrong_order": lambda *args: col2im(*args).transpose(0, 2, 1, 3).reshape(args[1]),
}


@pytest.mark.parametrize("cause", IM2COL)
def test_the_usual_mistakes_of_im2col_are_named(cause):
    (found,) = diagnose_windows("my_im2col", IM2COL[cause])
    assert (found.cause, found.array in ("cols", "")) == (cause, True)


@pytest.mark.parametrize("cause", COL2IM)
def test_the_usual_mistakes_of_col2im_are_named(cause):
    (found,) = diagnose_windows("my_col2im", COL2IM[cause])
    assert (found.cause, found.array) == (cause, "padded")
    if cause == "index_rules":
        assert "nothing of window column 2" in found.sentence


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_both_should_keep_the_dtype_of_their_argument(dtype):
    for name, function in (("my_im2col", im2col), ("my_col2im", col2im)):
        (found,) = diagnose_windows(
            name, lambda *args, f=function: f(*args).astype(dtype)
        )
        other = {np.float32: "float64", np.float64: "float32"}[dtype]
        sentence = f" is {np.dtype(dtype)} for {other} input."
        assert found.sentence.endswith(sentence)


def test_windows_that_overwrite_each_other_are_named_as_well():
    assert diagnose_windows("my_col2im", by_window)[0].cause == "overwritten"


def test_nothing_is_found_in_loops_and_in_the_library():
    assert diagnose_windows("my_im2col", ordered()) == []
    assert diagnose_windows("my_im2col", im2col) == []
    assert diagnose_windows("my_col2im", scattered(plus)) == []
    assert diagnose_windows("my_col2im", col2im) == []


def test_the_broken_law_is_reported_with_both_sums():
    (found,) = diagnose_windows("my_col2im", without_some)
    assert found.sentence.startswith("padded breaks the law: sum(im2col(x) * cols) is ")
    there, back = (float(part.split(" is ")[1].split(",")[0].split(";")[0])
                   for part in found.sentence.split(" and "))  # fmt: skip
    assert there > back > 0


def test_a_number_that_is_lost_or_added_twice_is_named_with_its_pixel():
    (found,) = diagnose_windows("my_col2im", without_last)
    assert found.sentence == (
        "padded is not right: number (a, b, c) = (0, 0, 0) of row (n, i, j) = "
        "(1, 2, 2) of cols is lost; it should be added to padded[1, 2, 2, 0] once."
    )

    def twice(cols, *rest):
        cols = cols.copy()
        cols[3, -1] *= 2
        return col2im(cols, *rest)

    (found,) = diagnose_windows("my_col2im", twice)
    assert found.sentence == (
        "padded is not right: number (a, b, c) = (1, 2, 0) of row (n, i, j) = "
        "(0, 1, 0) of cols is added to padded[0, 2, 2, 0] 2 times; it should be added "
        "to padded[0, 2, 2, 0] once."
    )


def test_an_error_of_the_function_is_passed_on():
    def mine(*args):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        diagnose_windows("my_im2col", mine)
