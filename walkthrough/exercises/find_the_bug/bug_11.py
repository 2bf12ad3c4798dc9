"""Find bug number 11: my_col2im is not right.

What it should compute is described in my_exercises.py, how to search in README.md. When
you have fixed it, check it:

    python -m tinycnn.check bug_11.py
"""

import numpy as np

from tinycnn.layers.windows import grid_of, window_cells


def my_col2im(cols, padded_shape, window, strides):
    """Return the rows added up at their pixels: the adjoint of `im2col`."""
    padded = np.zeros(padded_shape, cols.dtype)
    batch, _, _, channels = padded_shape
    grid = grid_of(padded_shape, window, strides)
    cells = cols.reshape(batch, *grid, window[0] * window[1], channels)
    for place, pixels in enumerate(window_cells(padded, window, strides)):
        pixels[...] = cells[:, :, :, place]
    return padded


# (For make.py, which never overwrites your work: made as e2a83e30c9ebce48)
