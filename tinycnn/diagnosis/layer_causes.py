"""What can be wrong with a layer's backward: the causes that a diagnosis can name.

Each has a sentence for what is wrong and a hint for where to look. ``{d}`` is the
gradient's name (dx, dkernel ...), ``{factor}`` how much too large it is.
"""

LAYER_CAUSES: dict[str, tuple[str, str]] = {
    "accumulated": (
        "{d} of a second call still holds the first call's gradient.",
        "Write grads anew in backward (=), never add to old ones (+=).",
    ),
    "axes_swapped": (
        "{d} holds the right numbers of an array whose axes were swapped or "
        "transposed.",
        "Look at each transpose, .T, reshape and (rows, columns) pair in backward.",
    ),
    "border_cropped_on_wrong_side": (
        "{d} is right, but shifted: the border was cut off on the wrong side.",
        "Cut off as many rows on top and columns on the left as forward added there.",
    ),
    "border_not_cropped": (
        "{d} still has the border that forward put around x.",
        "Cut the border off before returning dx.",
    ),
    "constant_factor": (
        "{d} is {factor:.6g} times what it should be, everywhere.",
        "Look for a factor left over or forgotten in backward (such as the 2 "
        "of a square).",
    ),
    "diagonal_only": (
        "{d} looks only at the output in its own place.",
        "Each output depends on every input here: y * (dy - sum of dy * y).",
    ),
    "divided_by_batch": (
        "{d} is divided by the number of photos once too often.",
        "The loss divides by N, once; a layer only sums.",
    ),
    "divided_by_batch_twice": (
        "{d} is divided by the number of photos twice.",
        "The loss divides by N, once; a layer only sums.",
    ),
    "dy_written": (
        "backward wrote into the dy it was given.",
        "Make a new array (dy * mask) instead of changing dy in place (dy[...] "
        "= , *=).",
    ),
    "flipped": (
        "{d} is upside down or mirrored.",
        "Look for [::-1] or a rotated kernel: this convolution does not flip.",
    ),
    "kernel_rearranged": (
        "{d} is computed with a kernel that is flipped or has its axes swapped.",
        "Look at the kernel in the line that makes dx: .T, reshape, [::-1], rot90.",
    ),
    "mean_instead_of_sum": (
        "{d} is the mean where the sum is due: {factor:.3g} times what it should be.",
        "Every window adds its share: use sum, not mean.",
    ),
    "missing_gradient": (
        "There is no gradient {d}: backward did not leave it.",
        "Set self.grads[...] for every name in self.params, and return dx.",
    ),
    "multiplied_by_batch": (
        "{d} is the number of photos times too large.",
        "The mean over the batch divides by N: did its derivative?",
    ),
    "not_divided_by_window": (
        "{d} is not divided by the number of cells in the window.",
        "The mean's derivative is 1 / cells for each cell.",
    ),
    "not_finite": (
        "{d} is infinite or not a number.",
        "Look for a division by 0, log(0) or exp of a large number.",
    ),
    "not_the_first_of_equals": (
        "{d} goes to {who} of several equal largest cells; it should go to the first.",
        "Does a cell win that is only as large as the best so far? Ask for larger, "
        "in row order. After a ReLU whole windows are equal.",
    ),
    "not_summed": (
        "{d} is not summed over axes {axes}.",
        "A number used in many places gets the sum of all their gradients.",
    ),
    "one_photo_only": (
        "{d} is that of a single photo (or window); the others are lost.",
        "Add up (+=) over the batch and over the windows, or use sum.",
    ),
    "overwritten": (
        "{d} is wrong where windows overlap: one window's gradient replaced another's.",
        "Write += instead of =; a cell seen by several windows gets the sum.",
    ),
    "params_changed": (
        "backward changed the parameter itself.",
        "backward only leaves gradients; the optimiser makes the step.",
    ),
    "shared_state": (
        "Two layers of this class share {d}: what one does changes the other.",
        "Make arrays and dicts in __init__ or build (self.x = ...), not in the class.",
    ),
    "sign": (
        "{d} has the wrong sign: it points the other way.",
        "Look for a minus that is missing or too much (p - y, not y - p).",
    ),
    "slope_at_zero": (
        "{d} has the slope {slope:.3g} where x is exactly 0; it should be 0 there.",
        "Is 0 counted as positive? Ask x > 0, not x >= 0.",
    ),
    "slope_from_dy": (
        "{d} asks for the sign of dy; the slope depends on the sign of x.",
        "Keep x > 0 in forward and multiply dy by it.",
    ),
    "slope_from_x": (
        "{d} is computed as x * (1 - x).",
        "The formula wants the output: y * (1 - y).",
    ),
    "slope_left_out": (
        "{d} is dy itself: the slope of the activation is missing.",
        "Multiply dy by the derivative at x.",
    ),
    "slope_on_wrong_side": (
        "{d} has its slope on the wrong side of 0.",
        "Check < and >: the slope of ReLU is 1 where x > 0.",
    ),
    "spread_over_window": (
        "{d} goes to all cells of the window; only the largest made a difference.",
        "Remember the winner in forward and give the gradient to it alone.",
    ),
    "stale": (
        "{d} of a second call is computed from what the first call kept.",
        "forward should keep what backward needs anew in every call.",
    ),
    "ties_counted_twice": (
        "{d} is given to every one of several equal maxima.",
        "Only one may get it (the first): use argmax, not x == max.",
    ),
    "unknown": (
        "{d} is wrong ({share:.0%} of its numbers), and in none of the usual ways.",
        "Take a 2x2 input and one window, and compare number by number.",
    ),
    "upstream_ignored": (
        "{d} does not depend on dy.",
        "Multiply by dy: the gradient comes from the layers above.",
    ),
    "window_divided_wrongly": (
        "{d} is divided by a wrong number of cells.",
        "Divide as forward does: by the real cells of each window, once.",
    ),
    "wrong_dtype": (
        "{d} is {got}, given {wanted}.",
        "Make arrays with the dtype of what comes in, np.zeros(shape, dy.dtype); "
        "np.sqrt(2) is a float64, too, math.sqrt(2) is not.",
    ),
    "wrong_shape": (
        "{d} has shape {got}; it should have {wanted}, the shape of what it "
        "belongs to.",
        "Print the shape after each line of backward.",
    ),
    "wrong_winner": (
        "{d} goes to one cell of each window, but not to the largest.",
        "Keep argmax in forward, and turn it into row and column with the "
        "window's width.",
    ),
    "x_written": (
        "The layer wrote into the x it was given.",
        "Make a new array (np.maximum(x, 0)) instead of changing x in place "
        "(x[x < 0] = 0).",
    ),
    "zero": (
        "{d} is 0 everywhere.",
        "Is the array filled after it is made with zeros?",
    ),
}
