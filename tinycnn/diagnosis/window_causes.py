"""What can be wrong with an im2col or a col2im: sentences and hints, as for layers."""

WINDOW_CAUSES: dict[str, tuple[str, str]] = {
    "argument_written": (
        "The function wrote into the array it was given.",
        "Make a new array first: np.zeros(...), or .copy().",
    ),
    "strides_ignored": (
        "{d} is right only for strides of 1.",
        "Window (i, j) begins at row i * strides[0] and column j * strides[1].",
    ),
    "strides_turned": (
        "{d} has the strides swapped.",
        "strides[0] goes down (rows), strides[1] across (columns).",
    ),
    "sides_swapped": (
        "{d} has the window's sides swapped.",
        "window[0] is its rows KH, window[1] its columns KW.",
    ),
    "channels_first": (
        "{d} takes the channel before the place in the window.",
        "In a row the order is KH, KW, C: the channel is the last to go on.",
    ),
    "window_turned": (
        "{d} takes the cells of a window column by column.",
        "In a row the order is KH, KW, C: first along the window's rows.",
    ),
    "walk_turned": (
        "{d} takes the windows column by column.",
        "The rows come in the order N, OH, OW: first across the photo.",
    ),
    "photos_mixed": (
        "{d} takes one window of every photo, then the next window.",
        "The rows come in the order N, OH, OW: all windows of a photo together.",
    ),
    "cols_transposed": (
        "{d} has each window as a column.",
        "Each window is a row: the shape is (N*OH*OW, KH*KW*C).",
    ),
    "cells_mixed": (
        "{d} holds the right numbers in a wrong order.",
        "Look at each transpose and reshape: a reshape alone moves no axis.",
    ),
    "windows_shape": (
        "{d} has shape {got}; it should have {wanted}.",
        "OH = (H - KH) // strides[0] + 1, and OW likewise.",
    ),
    "windows_differ": (
        "{d} is not what {twin} gives ({share:.0%} of its numbers).",
        "Take a 3x3 photo and a 2x2 window, write all out by hand, and compare.",
    ),
    "pixels_averaged": (
        "{d} is the mean of the windows at each pixel; it should be their sum.",
        "Do not divide: each window's gradient adds its whole share.",
    ),
    "not_adjoint": (
        "{d} breaks the law: sum(im2col(x) * cols) is {there:g}, and "
        "sum(x * col2im(cols)) is {back:g}; they should be equal.",
        "Each number of cols must be added, once, to the pixel im2col took it from.",
    ),
}
