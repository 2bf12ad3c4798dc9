"""What the diagnosis says of somebody's own im2col and col2im."""

import numpy as np
import pytest

from tinycnn.diagnosis import diagnose_windows
from tinycnn.layers.windows import col2im, grid_of, im2col


def rows(order="nij", cell="abc", *, padded, window, strides):
    """im2col by loops, with the orders of its two axes as one likes."""
    (N, H, W, C), (KH, KW) = padded.shape, window
    sizes = {"n": N, "i": (H - KH) // strides[0] + 1, "j": (W - KW) // strides[1] + 1}
    sizes |= {"a": KH, "b": KW, "c": C}
    found = []
    for place in np.ndindex(*(sizes[letter] for letter in order)):
        row = []
        for inner in np.ndindex(*(sizes[letter] for letter in cell)):
            at = dict(zip(order + cell, place + inner, strict=True))
            down, across = (
                at["i"] * strides[0] + at["a"],
                at["j"] * strides[1] + at["b"],
            )
            row.append(padded[at["n"], down, across, at["c"]])
        found.append(row)
    return np.array(found)


def ordered(order="nij", cell="abc"):
    return lambda padded, window, strides: rows(
        order, cell, padded=padded, window=window, strides=strides
    )


def added(put, cell="abc", order="nij"):
    """col2im by loops; `put(pixels, place, number)` writes one number."""

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
    """= for +=, one window after the other."""
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


def packed(cols, padded_shape, window, strides):
    """Windows at (i, j) for (i * strides[0], j * strides[1])."""
    padded = np.zeros(padded_shape)
    grid = grid_of(padded_shape, window, strides)
    blocks = cols.reshape(padded_shape[0], *grid, *window, padded_shape[3])
    for i, j in np.ndindex(grid):
        padded[:, i : i + window[0], j : j + window[1]] += blocks[:, i, j]
    return padded


def lost(cols, padded_shape, window, strides):
    """The last window is forgotten: range(... - 1)."""
    cols = cols.copy()
    cols[-1] = 0
    return col2im(cols, padded_shape, window, strides)


def written(padded, window, strides):
    result = im2col(padded.copy(), window, strides)
    padded *= 0
    return result


IM2COL = {
    "channels_first": ordered(cell="cab"),
    "window_turned": ordered(cell="bac"),
    "walk_turned": ordered("nji"),
    "photos_mixed": ordered("ijn"),
    "cols_transposed": lambda *given: im2col(*given).T,
    "strides_ignored": lambda padded, window, strides: im2col(padded, window, (1, 1)),
    "strides_turned": lambda padded, window, strides: im2col(
        padded, window, strides[::-1]
    ),
    "sides_swapped": lambda padded, window, strides: im2col(
        padded, window[::-1], strides
    ),
    "cells_mixed": lambda *given: im2col(*given).T.reshape(-1, im2col(*given).shape[1]),
    "windows_shape": lambda *given: im2col(*given)[:-1],
    "windows_differ": lambda *given: im2col(*given) + 1,
    "wrong_dtype": lambda *given: im2col(*given).astype(np.float64),
    "argument_written": written,
    "nothing_returned": lambda *given: None,
    "no_array": lambda *given: im2col(*given).tolist(),
}
COL2IM = {
    "overwritten": added(replace),
    "channels_first": added(plus, "cab"),
    "window_turned": added(plus, "bac"),
    "walk_turned": added(plus, order="nji"),
    "photos_mixed": added(plus, order="ijn"),
    "pixels_averaged": averaged,
    "strides_ignored": packed,
    "not_adjoint": lost,
    "windows_shape": lambda *given: col2im(*given)[:, 1:],
    "cells_mixed": lambda *given: (
        col2im(*given).transpose(0, 2, 1, 3).reshape(given[1])
    ),
}


@pytest.mark.parametrize("cause", IM2COL)
def test_the_usual_mistakes_of_im2col_are_named(cause):
    (found,) = diagnose_windows("my_im2col", IM2COL[cause])
    assert (found.cause, found.array in ("cols", "")) == (cause, True)


@pytest.mark.parametrize("cause", COL2IM)
def test_the_usual_mistakes_of_col2im_are_named(cause):
    (found,) = diagnose_windows("my_col2im", COL2IM[cause])
    assert (found.cause, found.array) == (cause, "padded")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_both_keep_the_dtype_of_what_comes_in(dtype):
    for name, function in (("my_im2col", im2col), ("my_col2im", col2im)):
        (found,) = diagnose_windows(
            name, lambda *given, f=function: f(*given).astype(dtype)
        )
        given = {np.float32: "float64", np.float64: "float32"}[dtype]
        wanted = f" is {np.dtype(dtype)}, given {given}."
        assert found.sentence.endswith(wanted)


def test_windows_that_replace_each_other_are_named_as_well():
    assert diagnose_windows("my_col2im", by_window)[0].cause == "overwritten"


def test_loops_and_the_library_are_right():
    assert diagnose_windows("my_im2col", ordered()) == []
    assert diagnose_windows("my_im2col", im2col) == []
    assert diagnose_windows("my_col2im", added(plus)) == []
    assert diagnose_windows("my_col2im", col2im) == []


def test_the_law_is_told_with_its_numbers():
    (found,) = diagnose_windows("my_col2im", lost)
    assert found.sentence.startswith("padded breaks the law: sum(im2col(x) * cols) is ")
    there, back = (float(part.split(" is ")[1].split(",")[0].split(";")[0])
                   for part in found.sentence.split(" and "))  # fmt: skip
    assert there > back > 0


def test_an_error_of_the_function_is_passed_on():
    def mine(*given):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        diagnose_windows("my_im2col", mine)
