"""All the causes that a diagnosis can name: what is wrong, and where to look.

Each has a sentence for what is wrong and a hint for where to look. ``{d}`` is the
gradient's name (dx, dkernel ...), ``{factor}`` how much too large it is.
"""

CAUSES: dict[str, tuple[str, str]] = {
    # A layer's backward
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
    "slope_below_zero_lost": (
        "{d} is 0 where x is below 0: that is the slope of a plain ReLU.",
        "Below 0 multiply dy by the slope that forward uses there.",
    ),
    "slope_from_dy": (
        "{d} asks for the sign of dy; the slope depends on the sign of x.",
        "Keep x > 0 in forward and multiply dy by it.",
    ),
    "slope_from_x": (
        "{d} is computed as x * (1 - x).",
        "The formula wants the output: y * (1 - y).",
    ),
    "slope_from_x_of_tanh": (
        "{d} is computed as 1 - x**2.",
        "The formula wants the output: 1 - y**2.",
    ),
    "slope_of_sigmoid": (
        "{d} is computed as y * (1 - y), the slope of a sigmoid.",
        "The slope of tanh is 1 - y**2.",
    ),
    "alpha_left_out": (
        "{d} is dy * exp(x) below 0: alpha is missing.",
        "The derivative of alpha * (exp(x) - 1) is alpha * exp(x).",
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
    # im2col and col2im
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
    # Losses
    "not_divided_by_batch": (
        "{d} is not divided by the number of photos.",
        "The loss is a mean over the batch, so its gradient is one, too: / N.",
    ),
    "not_divided_by_outputs": (
        "{d} is not divided by the number of outputs K ({factor:.3g} times too large "
        "with {K}).",
        "A loss that is a mean over K outputs has a gradient with / K.",
    ),
    "slope_twice": (
        "{d} has the slope p (1 - p) once too often.",
        "From logits the gradient is p - y; the slope has cancelled out already.",
    ),
    "slope_missing": (
        "{d} lacks the slope p (1 - p).",
        "The loss takes logits: go through the sigmoid, too, or use p - y.",
    ),
    "loss_summed": (
        "The loss is a sum over the photos, not a mean.",
        "Twice the photos must not be twice as wrong: use mean, or divide by N.",
    ),
    "loss_differs": (
        "The loss is {got:.6g}; it should be {wanted:.6g}.",
        "Work out one photo by hand, and take the mean over its outputs.",
    ),
    "loss_not_finite": (
        "The loss is infinite or not a number for some predictions between {low:.1f} "
        "and {high:.1f}.",
        "A loss is given numbers of either sign: no log of them as they are.",
    ),
    "loss_overflows": (
        "At a logit of {logit:g} the loss fails ({error}).",
        "Never take exp of a large number or log of 0: exp(-abs(z)) is always at most "
        "1. With a softmax, take the largest z from all of them first.",
    ),
    "loss_capped": (
        "The loss stops growing: for logits of {logit:g}, all on the wrong side, it is "
        "{got:.6g}; it should be {wanted:.6g}.",
        "Clip neither z nor p: write log(p) out with z, and nothing overflows.",
    ),
    "dead_zone": (
        "{d} is 0 at a logit of {logit:g}, where the answer is as wrong as can be.",
        "Do not clip p: from logits, p - y never goes flat.",
    ),
    # Optimisers
    "grads_written": (
        "update wrote into the gradients it was given.",
        "Make a new array instead of changing grad in place (grad *= ...).",
    ),
    "not_in_place": (
        "update leaves the arrays it was given as they were.",
        "Change them in place (param -= step); param = param - step is a new array.",
    ),
    "uphill": (
        "The step goes uphill.",
        "Subtract the step: param -= ...",
    ),
    "momentum_lost": (
        "The velocity is forgotten after each update: momentum has no effect.",
        "Keep v between updates (self.v), one for each name.",
    ),
    "nesterov_lost": (
        "nesterov has no effect: the step is that of plain momentum.",
        "The step is momentum * v - learning_rate * grad, with the new v.",
    ),
    "decay_in_gradient": (
        "The weight decay is added to the gradient, and divided by sqrt(v) with it.",
        "Shrink the param itself: param -= learning_rate * weight_decay * param.",
    ),
    "steps_differ": (
        "From update {update} on the steps are not those of {twin}.",
        "Write out that update by hand for one number, line by line.",
    ),
    "adam_without_power": (
        "The correction lacks the power: 1 - beta for 1 - beta**t.",
        "Use t, the number of the update, counted from 1.",
    ),
    "adam_without_correction": (
        "The correction for m and v starting at 0 is missing.",
        "Multiply by sqrt(1 - beta_2**t) / (1 - beta_1**t).",
    ),
    "adam_multiplied": (
        "The step is multiplied by sqrt(v); it should be divided.",
        "m / (sqrt(v) + epsilon): steep directions get shorter steps.",
    ),
    "adam_not_squared": (
        "v is a mean of |grad|; it should be of grad**2.",
        "v = beta_2 * v + (1 - beta_2) * grad**2.",
    ),
    "adam_without_root": (
        "The step is divided by v; it should be by its square root.",
        "m / (sqrt(v) + epsilon).",
    ),
    "adam_epsilon_in_root": (
        "epsilon stands under the root, where 1e-7 weighs as 3e-4.",
        "sqrt(v) + epsilon, not sqrt(v + epsilon).",
    ),
    "adam_epsilon_in_correction": (
        "epsilon is added after v was corrected: the paper's and PyTorch's form.",
        "Right there, but not Keras's numbers: add epsilon to sqrt(v), then correct.",
    ),
    "adam_counts_parameters": (
        "t counts the parameters; it should count the updates.",
        "t += 1 once in update, before the loop over the params.",
    ),
    "adam_shared_moments": (
        "All parameters share one m and one v.",
        "Keep m and v by name: self.m[name], self.v[name].",
    ),
    "adam_betas_swapped": (
        "beta_1 and beta_2 are swapped.",
        "beta_1 (0.9) belongs to m, beta_2 (0.999) to v.",
    ),
    "adam_share_forgotten": (
        "m and v add the whole gradient; they should add a share of it.",
        "m = beta_1 * m + (1 - beta_1) * grad, and v likewise.",
    ),
    "adam_restarts": (
        "t starts again after {updates} updates.",
        "t counts all updates of a training; it never restarts, in no epoch.",
    ),
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

# Other hints than a layer's, where the gradient is that of a loss.
LOSS_HINTS = {
    "constant_factor": "Look for a factor left over or forgotten (the 2 of a square).",
    "divided_by_batch": "per_photo is about one photo: the mean over N is taken later.",
    "not_divided_by_batch": "The loss is a mean over the batch: so is its gradient.",
    "unknown": "Take one photo and one output, and compare the two by hand.",
    "wrong_shape": "Print the shape after each line of the loss.",
}
