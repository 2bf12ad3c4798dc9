"""All the causes that a diagnosis can name: what is wrong, and where to look."""

from tinycnn.diagnosis.layer_causes import LAYER_CAUSES
from tinycnn.diagnosis.loss_causes import LOSS_CAUSES
from tinycnn.diagnosis.optimizer_causes import OPTIMIZER_CAUSES
from tinycnn.diagnosis.window_causes import WINDOW_CAUSES

CAUSES: dict[str, tuple[str, str]] = {
    **LAYER_CAUSES,
    **WINDOW_CAUSES,
    **LOSS_CAUSES,
    **OPTIMIZER_CAUSES,
    # Forwards, next to the library's
    "y_shape": (
        "y has shape {got}; it should have {wanted}.",
        "The photos N come first; with windows, count how often one fits.",
    ),
    "y_factor": (
        "y is {factor:.6g} times what it should be, everywhere.",
        "Is the sum divided by the number of cells, and by how many?",
    ),
    "border_wins": (
        'y takes the border for a cell: with padding="same" it is 0 where all real '
        "cells are below 0.",
        "The border must never win: fill it with -np.inf, not with 0.",
    ),
    "border_counted": (
        'y counts the border, too: with padding="same" the sum is divided by all '
        "cells of the window.",
        "Divide by the real cells of each window only.",
    ),
    "y_differs": (
        "y is not what {twin} computes ({share:.0%} of its numbers).",
        "Take a small input (a 3x3 photo), work y out by hand, and compare.",
    ),
    "y_turned": (
        "y holds the right numbers in a wrong order: axes swapped or turned round.",
        "Look at each reshape, transpose and (rows, columns) pair in forward.",
    ),
    "bias_left_out": (
        "y lacks the bias.",
        'Add params["bias"] to every output.',
    ),
    "kernel_flipped": (
        "y is computed with the kernel turned by 180 degrees.",
        "Lay the kernel over the photo as it is: no [::-1], no rot90.",
    ),
    "kernel_turned": (
        "y is computed with a kernel whose axes are swapped.",
        "Look at the kernel's reshape: rows, columns, channels, filters.",
    ),
    "other_params": (
        "params have the names and shapes {got}; they should have {wanted}.",
        "Compare infer_shapes with the table in the layer's description.",
    ),
    "y_not_finite": (
        "y is infinite or not a number for some inputs between {low:.1f} and "
        "{high:.1f}.",
        "A layer is given numbers of either sign: look for a log or a root of a "
        "negative one, a division by 0, or the mean of nothing.",
    ),
    "y_overflows": (
        "At x = {x:g} forward fails ({error}).",
        "Never take exp of a large number: exp(-abs(x)) is always at most 1.",
    ),
    # What comes back from somebody's function at all
    "wrong_arguments": (
        "{name} cannot be called as {wanted}: {error}. The library has {line}.",
        "Take the arguments from there.",
    ),
    "super_not_called": (
        "__init__ leaves out what {base} sets up (such as self.{missing}).",
        "Make its first line super().__init__() - in an optimiser, "
        "super().__init__(learning_rate).",
    ),
    "nothing_returned": (
        "{what} returns nothing (None).",
        "Is the last line a return?",
    ),
    "no_array": (
        "{what} is a {got}; it should be a NumPy array.",
        "Return one array; what else should be kept goes into self.",
    ),
    "no_dict": (
        "self.grads is a {got}; it should be a dict of arrays.",
        "Write self.grads = dict(kernel=..., bias=...).",
    ),
    "grads_not_made": (
        'self.grads has no "{name}" yet: it is empty at first.',
        "Make it anew in backward, self.grads = dict(kernel=..., bias=...); never add "
        "to an old one (+=).",
    ),
    "mask_returned": (
        "{what} is True and False; it should be numbers.",
        "A mask says where, not how much: multiply by it (dy * mask).",
    ),
    "part_not_right": (
        "{name} is not right yet, and {part} does its work with it.",
        "Mend that one first, and ask again.",
    ),
    "no_pair": (
        "per_photo returns {got}; it should return two arrays.",
        "Write return loss, gradient.",
    ),
    "loss_per_photo": (
        "The loss of per_photo has shape {got}; it should have {wanted}.",
        "One number for each photo: the mean over the batch is taken later.",
    ),
    "shapes_do_not_fit": (
        "Two shapes do not fit together ({error}).",
        "Write each array's shape beside the line: is a .T or a reshape missing?",
    ),
    "whole_numbers": (
        "Numbers with a fraction are put into an array of whole numbers.",
        "Make the array for what it should hold: np.zeros(shape, x.dtype).",
    ),
    "unexplained": (
        "{names}: not the derivative found by trying (or none could be found), and no "
        "usual mistake explains it.",
        "Take a small input, and compare number by number.",
    ),
}
