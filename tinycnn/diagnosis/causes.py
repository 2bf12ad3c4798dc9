"""The causes a diagnosis can name: for each, what is wrong and a hint.

``{d}`` stands for the gradient's name (dx, dkernel ...), ``{factor}`` for its size as a
multiple of the correct gradient.
"""

CAUSES: dict[str, tuple[str, str]] = {
    # A layer's backward
    "accumulated": (
        "{d} from a second call still contains the gradient from the first.",
        "Assign the gradients anew in backward (=); do not add to old ones (+=).",
    ),
    "axes_swapped": (
        "{d} has the right numbers, but its axes are swapped or transposed.",
        "Check each transpose, .T, reshape and (rows, columns) pair in backward.",
    ),
    "border_cropped_on_wrong_side": (
        "{d} is right but shifted: the border was cropped on the wrong side.",
        "Crop as many rows at the top and columns on the left as forward added there.",
    ),
    "border_not_cropped": (
        "{d} still has the border that forward added around x.",
        "Crop the border before returning dx.",
    ),
    "constant_factor": (
        "{d} is {factor:.6g} times the correct gradient, everywhere.",
        "Look for an extra or missing factor in backward (such as the 2 of a square).",
    ),
    "diagonal_only": (
        "{d} takes into account only the output at the same position.",
        "Each output depends on every input here: y * (dy - sum of dy * y).",
    ),
    "divided_by_batch": (
        "{d} is divided by the number of photos once too often.",
        "The loss already divides by N; a layer only sums.",
    ),
    "divided_by_batch_twice": (
        "{d} is divided by the number of photos twice.",
        "The loss already divides by N; a layer only sums.",
    ),
    "dy_written": (
        "backward modified dy, its argument.",
        "Make a new array (dy * mask) instead of changing dy in place (dy[...] "
        "= , *=).",
    ),
    "flipped": (
        "{d} is flipped: upside down or mirrored.",
        "Look for [::-1] or a rotated kernel: this convolution does not flip.",
    ),
    "kernel_rearranged": (
        "{d} is computed with a kernel that is flipped or has its axes swapped.",
        "Check the kernel in the line that computes dx: .T, reshape, [::-1], rot90.",
    ),
    "mean_instead_of_sum": (
        "{d} is a mean and should be a sum: it is {factor:.3g} times the correct "
        "gradient.",
        "Every window adds its contribution: use sum, not mean.",
    ),
    "missing_gradient": (
        "The gradient {d} is missing.",
        "Set self.grads[...] for every name in self.params, and return dx.",
    ),
    "multiplied_by_batch": (
        "{d} is too large by a factor of N, the number of photos.",
        "If forward takes a mean over the batch, its derivative is divided by N too.",
    ),
    "not_divided_by_window": (
        "{d} is not divided by the number of cells in the window.",
        "The derivative of a mean is 1 / cells for each cell.",
    ),
    "not_finite": (
        "{d} is infinite or not a number.",
        "Look for a division by 0, log(0) or exp of a large number.",
    ),
    "not_the_first_of_equals": (
        "Where several cells share the maximum, {d} goes to {winner}; it should go to "
        "the first.",
        "Replace the maximum so far only by a larger cell (>, not >=), in row order. "
        "After a ReLU, often all cells of a window are equal.",
    ),
    "not_summed": (
        "{d} is not summed over axes {axes}.",
        "The gradient of a number that is used in many places is a sum over them.",
    ),
    "one_photo_only": (
        "{d} is the gradient of a single photo or window; the others are lost.",
        "Add up (+=) over the batch and over the windows, or use sum.",
    ),
    "overwritten": (
        "{d} is wrong where windows overlap: one window's gradient overwrites "
        "another's.",
        "Use += instead of =: a cell in several windows gets the sum.",
    ),
    "params_changed": (
        "backward changed the parameter itself.",
        "backward only computes gradients; the optimiser updates the parameters.",
    ),
    "shared_state": (
        "Two layers of this class share {d}: a change in one changes the other.",
        "Create arrays and dicts in __init__ or build (self.x = ...), not in the "
        "class body.",
    ),
    "sign": (
        "{d} has the wrong sign.",
        "Look for a missing or extra minus (p - y, not y - p).",
    ),
    "slope_at_zero": (
        "{d} uses slope {slope:.3g} where x is exactly 0; it should be 0 there.",
        "0 is not positive: compare x > 0, not x >= 0.",
    ),
    "slope_below_zero_lost": (
        "{d} is 0 where x is below 0: that is the slope of a plain ReLU.",
        "Below 0 multiply dy by the slope that forward uses there.",
    ),
    "slope_from_dy": (
        "{d} depends on the sign of dy; the slope depends on the sign of x.",
        "Keep x > 0 in forward and multiply dy by it.",
    ),
    "slope_from_x": (
        "{d} is computed as x * (1 - x).",
        "The formula needs the output: y * (1 - y).",
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
        "{d} equals dy: the slope of the activation is missing.",
        "Multiply dy by the derivative at x.",
    ),
    "slope_on_wrong_side": (
        "{d} has the slopes for x < 0 and x > 0 exchanged.",
        "Check < and >: the slope of ReLU is 1 where x > 0.",
    ),
    "spread_over_window": (
        "{d} goes to all cells of the window; only the largest one affects y.",
        "Keep the position of the maximum in forward and add dy to that cell only.",
    ),
    "stale": (
        "{d} from a second call uses values kept by the first call.",
        "forward should replace the values kept for backward in every call.",
    ),
    "ties_counted_twice": (
        "{d} goes to every one of several equal maxima.",
        "Only the first one gets it: use argmax, not x == max.",
    ),
    "unknown": (
        "{d} is wrong ({share:.0%} of its numbers) and matches no usual mistake.",
        "Take a 2x2 input and one window, and compare number by number.",
    ),
    "upstream_ignored": (
        "{d} does not depend on dy.",
        "Multiply by dy, the gradient that comes from the layers above.",
    ),
    "window_divided_wrongly": (
        "{d} is divided by the wrong number of cells.",
        "Divide as forward does: once, by the number of real cells in each window.",
    ),
    "wrong_dtype": (
        "{d} is {got} for {expected} input.",
        "Create arrays with the dtype of the input, np.zeros(shape, dy.dtype). Note "
        "that np.sqrt(2) is a float64; math.sqrt(2) is not.",
    ),
    "wrong_shape": (
        "{d} has shape {got}; it should have {expected}, the shape of the array it is "
        "the gradient of.",
        "Print the shape after each line of backward.",
    ),
    "wrong_winner": (
        "{d} goes to one cell of each window, but not to the largest.",
        "Keep argmax in forward, and convert it to row and column with the window's "
        "width.",
    ),
    "x_written": (
        "The layer modified x, its input.",
        "Make a new array (np.maximum(x, 0)) instead of changing x in place "
        "(x[x < 0] = 0).",
    ),
    "zero": (
        "{d} is 0 everywhere.",
        "Is the array filled after it is created with zeros?",
    ),
    # im2col and col2im
    "argument_written": (
        "The function modified its argument.",
        "Make a new array first: np.zeros(...), or .copy().",
    ),
    "strides_ignored": (
        "{d} is right only for strides of 1.",
        "Window (i, j) starts at row i * strides[0] and column j * strides[1].",
    ),
    "strides_swapped": (
        "{d} has the strides swapped.",
        "strides[0] is the step down (rows), strides[1] the step across (columns).",
    ),
    "sides_swapped": (
        "{d} has the sides of the window swapped.",
        "window[0] is its rows KH, window[1] its columns KW.",
    ),
    "channels_first": (
        "{d} has the channels before the rows and columns of the window.",
        "The order in a row is KH, KW, C: the channel changes fastest.",
    ),
    "cells_by_columns": (
        "{d} lists the cells of a window column by column.",
        "The order in a row is KH, KW, C: row by row.",
    ),
    "windows_by_columns": (
        "{d} lists the windows column by column.",
        "The rows are in the order N, OH, OW: windows from left to right, then down.",
    ),
    "photos_interleaved": (
        "{d} lists the first window of every photo, then the second, and so on.",
        "The rows are in the order N, OH, OW: all windows of one photo together.",
    ),
    "cols_transposed": (
        "{d} has one window in each column.",
        "Each window is a row: the shape is (N*OH*OW, KH*KW*C).",
    ),
    "wrong_order": (
        "{d} has the right numbers in the wrong order.",
        "Check each transpose and reshape: reshape alone never swaps axes.",
    ),
    "windows_shape": (
        "{d} has shape {got}; it should have {expected}.",
        "OH = (H - KH) // strides[0] + 1, and OW likewise.",
    ),
    "windows_differ": (
        "{d} differs from the result of {reference} ({share:.0%} of its numbers).",
        "Take a 3x3 photo and a 2x2 window, write out all numbers by hand, and "
        "compare.",
    ),
    "pixels_averaged": (
        "{d} is the mean over the windows at each pixel; it should be the sum.",
        "Do not divide: add each window's gradient in full.",
    ),
    "not_adjoint": (
        "{d} breaks the law: sum(im2col(x) * cols) is {there:g}, and "
        "sum(x * col2im(cols)) is {back:g}; they should be equal.",
        "Add each number of cols exactly once, to the pixel im2col copied it from.",
    ),
    # Losses
    "not_divided_by_batch": (
        "{d} is not divided by the number of photos.",
        "The loss is a mean over the batch, so its gradient is divided by N too.",
    ),
    "not_divided_by_outputs": (
        "{d} is not divided by the number of outputs K ({factor:.3g} times too large "
        "with {K}).",
        "The gradient of a mean over K outputs is divided by K.",
    ),
    "slope_twice": (
        "{d} contains the slope p (1 - p) once too often.",
        "For logits the gradient is p - y; the slope has already cancelled out.",
    ),
    "slope_missing": (
        "{d} lacks the slope p (1 - p).",
        "The loss takes logits: differentiate the sigmoid too, or use p - y.",
    ),
    "loss_summed": (
        "The loss is a sum over the photos, not a mean.",
        "Twice the photos must not give twice the loss: use mean, or divide by N.",
    ),
    "loss_differs": (
        "The loss is {got:.6g}; it should be {expected:.6g}.",
        "Compute one photo by hand, and take the mean over its outputs.",
    ),
    "loss_not_finite": (
        "The loss is infinite or not a number for some predictions between {low:.1f} "
        "and {high:.1f}.",
        "Predictions may be negative: do not take their log directly.",
    ),
    "loss_overflows": (
        "At a logit of {logit:g} the loss fails ({error}).",
        "Avoid exp of a large number and log of 0: exp(-abs(z)) is never above 1. For "
        "a softmax, subtract the largest z first.",
    ),
    "loss_capped": (
        "The loss stops growing: where all logits are {logit:g} and wrong, it is "
        "{got:.6g}; it should be {expected:.6g}.",
        "Do not clip z or p: write log(p) in terms of z, and nothing overflows.",
    ),
    "dead_zone": (
        "{d} is 0 at a logit of {logit:g}, where the prediction is completely wrong.",
        "Do not clip p: computed from logits, p - y never becomes flat.",
    ),
    # Optimisers
    "grads_written": (
        "update modified the gradients.",
        "Make a new array instead of changing grad in place (grad *= ...).",
    ),
    "not_in_place": (
        "update does not change the arrays in params.",
        "Change them in place (param -= step); param = param - step makes a new array.",
    ),
    "uphill": ("The step goes uphill.", "Subtract the step: param -= ..."),
    "momentum_lost": (
        "The velocity is lost after each update: momentum has no effect.",
        "Keep v between updates (self.v), one array for each name.",
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
        "From update {update} on, the steps differ from those of {reference}.",
        "Compute that update by hand for one number, line by line.",
    ),
    "adam_without_power": (
        "The bias correction lacks the power: it has 1 - beta, not 1 - beta**t.",
        "Use t, the number of the update, counted from 1.",
    ),
    "adam_without_correction": (
        "The bias correction (m and v start at 0) is missing.",
        "Multiply by sqrt(1 - beta_2**t) / (1 - beta_1**t).",
    ),
    "adam_multiplied": (
        "The step is multiplied by sqrt(v); it should be divided.",
        "m / (sqrt(v) + epsilon): the steeper, the shorter the step.",
    ),
    "adam_not_squared": (
        "v is a mean of |grad|; it should be of grad**2.",
        "v = beta_2 * v + (1 - beta_2) * grad**2.",
    ),
    "adam_without_root": (
        "The step is divided by v; it should be divided by its square root.",
        "m / (sqrt(v) + epsilon).",
    ),
    "adam_epsilon_in_root": (
        "epsilon is inside the square root, where 1e-7 has the effect of 3e-4.",
        "sqrt(v) + epsilon, not sqrt(v + epsilon).",
    ),
    "adam_epsilon_in_correction": (
        "epsilon is added after the correction of v, as in the paper and in PyTorch.",
        "That is correct there, but Keras adds epsilon to sqrt(v) before the "
        "correction.",
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
        "m and v add the whole gradient; the factor 1 - beta is missing.",
        "m = beta_1 * m + (1 - beta_1) * grad, and v likewise.",
    ),
    "adam_restarts": (
        "t starts again after {updates} updates.",
        "t counts all updates of a training run; a new epoch does not reset it.",
    ),
    # A layer's forward, compared with the library's
    "y_shape": (
        "y has shape {got}; it should have {expected}.",
        "N, the photos, is the first axis; with windows, count how often one fits.",
    ),
    "y_factor": (
        "y is {factor:.6g} times the correct output, everywhere.",
        "Is the sum divided by the number of cells, and by the right number?",
    ),
    "border_wins": (
        'y treats the border as real cells: with padding="same", y is 0 where all '
        "real cells are below 0.",
        "Fill the border with -np.inf, not with 0, so that it is never the maximum.",
    ),
    "border_counted": (
        'y counts the border too: with padding="same", the sum is divided by all '
        "cells of the window.",
        "Divide by the number of real cells in each window.",
    ),
    "y_differs": (
        "y differs from the output of {reference} ({share:.0%} of its numbers).",
        "Take a small input (a 3x3 photo), compute y by hand, and compare.",
    ),
    "y_axes_swapped": (
        "y has the right numbers in the wrong order: axes are swapped or reversed.",
        "Check each reshape, transpose and (rows, columns) pair in forward.",
    ),
    "bias_left_out": ("y lacks the bias.", 'Add params["bias"] to every output.'),
    "kernel_flipped": (
        "y is computed with the kernel rotated by 180 degrees.",
        "Use the kernel as it is: no [::-1], no rot90.",
    ),
    "kernel_axes_swapped": (
        "y is computed with a kernel whose axes are swapped.",
        "Check how the kernel is reshaped: rows, columns, channels, filters.",
    ),
    "other_params": (
        "params have the names and shapes {got}; they should have {expected}.",
        "Compare infer_shapes with the attributes in the layer's docstring.",
    ),
    "y_not_finite": (
        "y is infinite or not a number for some inputs between {low:.1f} and "
        "{high:.1f}.",
        "Inputs may be negative: look for a log or a root of a negative number, a "
        "division by 0, or the mean of an empty array.",
    ),
    "y_overflows": (
        "At x = {x:g} forward fails ({error}).",
        "Avoid exp of a large number: exp(-abs(x)) is never above 1.",
    ),
    # Signatures, return values, errors
    "wrong_arguments": (
        "{name} cannot be called as {call}: {error}. The library has {line}.",
        "Use the same arguments.",
    ),
    "super_not_called": (
        "__init__ does not set up what {base} needs (such as self.{missing}).",
        "Start it with super().__init__() - in an optimiser, with "
        "super().__init__(learning_rate).",
    ),
    "nothing_returned": (
        "{what} returns nothing (None).",
        "Is the last line a return?",
    ),
    "not_an_array": (
        "{what} is a {got}; it should be a NumPy array.",
        "Return one array; keep everything else in self.",
    ),
    "not_a_dict": (
        "self.grads is a {got}; it should be a dict of arrays.",
        "Write self.grads = dict(kernel=..., bias=...).",
    ),
    "grads_not_made": (
        'self.grads has no "{name}" yet: it is empty at first.',
        "Assign it anew in backward, self.grads = dict(kernel=..., bias=...); do not "
        "add to old gradients (+=).",
    ),
    "mask_returned": (
        "{what} is an array of True and False; it should be numbers.",
        "A mask only says where: multiply by it (dy * mask).",
    ),
    "part_not_right": (
        "{name} is not right yet, and {part} depends on it.",
        "Fix that one first, then check again.",
    ),
    "not_a_pair": (
        "per_photo returns {got}; it should return two arrays.",
        "Write return loss, gradient.",
    ),
    "loss_per_photo": (
        "The loss of per_photo has shape {got}; it should have {expected}.",
        "Return one number for each photo: the mean over the batch is taken later.",
    ),
    "shapes_do_not_fit": (
        "Two shapes do not fit together ({error}).",
        "Write each array's shape beside the line: is a .T or a reshape missing?",
    ),
    "whole_numbers": (
        "Fractions are stored in an array of integers.",
        "Create the array with a float dtype: np.zeros(shape, x.dtype).",
    ),
    "unexplained": (
        "{names}: differs from the numerical gradient (or has none to compare with), "
        "and no usual mistake explains it.",
        "Take a small input, and compare number by number.",
    ),
}

# Hints that replace those above where the gradient is that of a loss.
LOSS_HINTS = {
    "constant_factor": "Look for an extra or missing factor (the 2 of a square).",
    "divided_by_batch": "per_photo is about one photo: the mean over N is taken later.",
    "not_divided_by_batch": "The loss is a mean over the batch: so is its gradient.",
    "unknown": "Take one photo and one output, and compare the two by hand.",
    "wrong_shape": "Print the shape after each line of the loss.",
}
