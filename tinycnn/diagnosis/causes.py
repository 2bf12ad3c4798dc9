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
        "The axes of {d}, or those of dy on the way to it, are swapped or transposed.",
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
        "{d} is {factor:.6g} times the correct gradient, everywhere{name}.",
        "Look for an extra or missing factor in backward (such as the 2 of a square).",
    ),
    "diagonal_only": (
        "{d} takes into account only the output at the same position.",
        "Each output depends on every input here: y * (dy - sum of dy * y).",
    ),
    "leftover_missing": (
        "{d} has shape {got}, and x has {expected}: the last rows or columns of x fill "
        "no window, and are missing.",
        "Create dx with np.zeros(x.shape), and fill in the part that has windows.",
    ),
    "leftover_on_wrong_side": (
        "{d} is right but shifted: the rows and columns of x that fill no window are "
        "at the bottom and on the right.",
        "There dx is 0; the first window starts at row 0 and column 0.",
    ),
    "winner_divided": (
        "{d} goes to the largest cell, but divided by the number of cells.",
        "The largest cell alone makes y: it gets dy, the others 0.",
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
        "Use += instead of =: a cell in several windows gets the sum. Where arrays "
        "are the indices, only np.add.at adds every time.",
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
    "slope_at_dy": (
        "{d} is dy times the slope at dy; it should be dy times the slope at x.",
        "Keep in forward what the slope needs: x, y, or where x is below 0.",
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
    "sum_over_batch": (
        "{d} sums dy * y over the whole batch; it should be for each photo.",
        "y * (dy - sum of dy * y), the sum over the last axis: axis=-1, keepdims=True.",
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
        "Create arrays with the dtype of the input, np.zeros(shape, x.dtype) or "
        "dy.dtype. Note that np.sqrt(2) is a float64; math.sqrt(2) is not.",
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
    "y_written": (
        "backward modified y, the array that forward returned.",
        "The next layer may still use it: make a new array instead of changing the one "
        "kept in self (*=, -=, out=).",
    ),
    "state_changed": (
        'backward changes self.state["{what}"].',
        "Running means move in forward alone, once for each batch.",
    ),
    "empty_slice": (
        "{d} is empty: its shape is {got}; it should be {expected}.",
        "The slice [a:-b] is empty where b is 0: write [a : a + H], and likewise for "
        "columns.",
    ),
    "x_written": (
        "The layer modified x, its input.",
        "Make a new array instead of changing x in place (x[...] = , x -= 1, out=x): "
        "np.where(...), or x = x.copy() before.",
    ),
    "zero": (
        "{d} is 0 everywhere.",
        "Is the array filled after it is created with zeros?",
    ),
    # Found by composition: what the result equals
    "y_equals": (
        "y equals {what}; it should be {right}.",
        "Compare the line that computes y with the formula.",
    ),
    "y_whole_numbers": (
        "y holds whole numbers: the fractions are cut off.",
        "Create arrays with the dtype of x: np.zeros(shape, x.dtype).",
    ),
    "gradient_equals": (
        "{d} equals {what}; it should be {right}.",
        "Compare the line that computes it with the formula.",
    ),
    "wrong_at": (
        "{d} is {where}.",
        "Does each loop run from the first to the last, with its own index, and is "
        "return after all loops?",
    ),
    "shape_only": (
        "{d} has the right numbers in the right order, but its shape is {got}; it "
        "should be {expected}.",
        "Look at the last reshape, at keepdims, and at the axes of the last sum.",
    ),
    "summed_over_axes": (
        "{d} has shape {got}; it should have {expected}: the right numbers are there, "
        "but as their {word} over axes {axes}.",
        "Look for a sum or a mean that is too much, or for an index that einsum loses.",
    ),
    "axes_in_other_order": (
        "{d} has shape {got}; it should have {expected}: the numbers are right, and "
        "the axes are in another order.",
        "Check the last .T or transpose, and the order of the factors in @.",
    ),
    "photos_missing": (
        "{d} has shape {got}; it should have {expected}: it has only the {count} "
        "photos.",
        "Look for an index such as [0] or a loop that returns too early.",
    ),
    # im2col and col2im
    "rows_equal": (
        "{d} holds {what}; it should hold {right}.",
        "Check each index, slice, reshape and transpose against the docstring.",
    ),
    "argument_written": (
        "The function modified its argument.",
        "Make a new array first: np.zeros(...), or .copy().",
    ),
    "padded_again": (
        "{d} holds the windows of a photo with {border} more on each side.",
        "The photo that im2col gets has its border already.",
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
    "number_misplaced": (
        "{d} is not right: number (a, b, c) = {number} of row (n, i, j) = {row} of "
        "cols is {what}; it should be added to padded{right} once.",
        "Add each number of cols exactly once, to the pixel im2col copied it from.",
    ),
    "empty_window": (
        "A window is empty: it starts beyond the end of the photo.",
        "Window (i, j) starts at row i * strides[0] and column j * strides[1]; the "
        "strides may differ from the window's size.",
    ),
    "sizes_differ": (
        "The pieces that are joined into one array have different shapes.",
        "With windows: one of them reaches beyond the end of the photo. Window (i, j) "
        "starts at row i * strides[0] and column j * strides[1].",
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
    "loss_summed_over_outputs": (
        "The loss is the sum over the outputs of a photo; it should be the mean.",
        "Twice the outputs should not be twice the loss: mean(axis=1).",
    ),
    "loss_divided_by_batch": (
        "The loss of each photo is divided by the number of photos.",
        "per_photo is about one photo: the mean over the batch is taken later.",
    ),
    "loss_factor": (
        "The loss is {factor:.6g} times the correct one{name}.",
        "Look for an extra or missing factor, a logarithm to another base (np.log2), "
        "or a mean where there should be a sum.",
    ),
    "loss_of_one_side": (
        "The loss counts only the labels that are {label}: the term of the others is "
        "missing.",
        "-y log(p) - (1 - y) log(1 - p): for each label one of the two is 0.",
    ),
    "labels_changed": (
        "The loss and its gradient are those of the label {what}, not of y.",
        "Use the y that per_photo gets as it is.",
    ),
    "probabilities_expected": (
        "per_photo takes y_pred for probabilities; they are logits.",
        "The activation is part of the loss: compute p from the logits z, and write "
        "log(p) in terms of z, so that nothing overflows.",
    ),
    "loss_for_hard_labels": (
        "The loss is right where every label is 0 or 1, and wrong for labels between.",
        "A label may be 0.9 (label smoothing makes such labels): multiply by y and, "
        "for a sigmoid, by 1 - y. y == 1, y > 0.5 and argmax lose it.",
    ),
    "divided_by_photos": (
        "{d} is divided by the number of photos N; it should be by the number of "
        "outputs K.",
        "per_photo is about one photo: its loss is a mean over K outputs, and the mean "
        "over N is taken later.",
    ),
    "loss_equals": (
        "The loss of a photo equals {what}; it should be {right}.",
        "Compare the line that computes the loss with the formula.",
    ),
    "loss_same_for_all": (
        "Every photo gets the mean loss of the whole batch.",
        "per_photo returns one loss for each photo: take the mean over its outputs "
        "(axis=1), not over the batch.",
    ),
    "loss_of_others": (
        "The loss of a photo depends on the other photos of the batch.",
        "Sum over the outputs of each photo (axis=1), not over the photos.",
    ),
    "gradient_of_others": (
        "{d} of a photo depends on the other photos of the batch.",
        "Each photo has its own row: sum over its outputs (axis=1), and index both "
        "axes, dz[np.arange(N), labels].",
    ),
    "loss_slope_of_photo": (
        "{d} has the same number for all outputs of a photo; each output has its own.",
        "Compute it output by output: sum only where the loss does.",
    ),
    "pair_exchanged": (
        "per_photo returns the gradient first and the loss after it.",
        "Write return loss, gradient.",
    ),
    "loss_of_the_batch": (
        "per_photo returns one number for the whole batch; it should return one for "
        "each photo.",
        "Take the mean over the outputs alone (axis=1): the mean over the batch is "
        "taken later.",
    ),
    "loss_of_each_output": (
        "per_photo returns a loss for each output of each photo, shape {got}; it "
        "should return one for each photo, {expected}.",
        "Take the mean over the outputs: axis=1.",
    ),
    "loss_over_the_photos": (
        "per_photo returns a loss for each output, shape {got}; it should return one "
        "for each photo, {expected}.",
        "Take the mean or the sum over the outputs (axis=1), not over the photos "
        "(axis=0).",
    ),
    "loss_negative": (
        "The loss has the wrong sign: it is largest where the prediction is right.",
        "The logarithm of a probability is below 0: there is a minus before the sum.",
    ),
    "loss_batch_maximum": (
        "Where the logits of the photos in a batch are far apart (-1000, 0, 1000), the "
        "loss is infinite or not a number; each photo alone is right: {what} is "
        "subtracted.",
        "Subtract each photo's own maximum: z.max(axis=-1, keepdims=True).",
    ),
    "loss_far_apart": (
        "Where the logits of the photos in a batch are far apart (-1000, 0, 1000), the "
        "loss is wrong; each photo alone is right.",
        "A photo's loss should not depend on the photos beside it: look for a max, sum "
        "or mean over the whole batch.",
    ),
    "loss_fails_where_right": (
        "Where the prediction is right and sure (a logit of {logit:g}), the loss fails "
        "({error}).",
        "0 * log(0) is not a number: write log(p) in terms of z.",
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
    "uphill_at_first": (
        "The first step is as long as it should be, and goes uphill.",
        "Look for a minus, and for a difference the wrong way round: grad - m, not "
        "m - grad.",
    ),
    "moments_one_array": (
        "m and v are one and the same array: what is written into one is in the other.",
        "Make two: self.m[name] = np.zeros_like(grad), and self.v[name] likewise.",
    ),
    "uphill": ("The step goes uphill.", "Subtract the step: param -= ..."),
    "momentum_lost": (
        "The velocity is lost after each update: momentum has no effect.",
        "Keep v between updates (self.v), one array for each name.",
    ),
    "momentum_averaged": (
        "The velocity is a running mean: the gradient is multiplied by 1 - momentum.",
        "v = momentum * v - learning_rate * grad: the whole gradient is added.",
    ),
    "momentum_sign": (
        "The velocity turns round in each update: momentum is subtracted.",
        "v = momentum * v - learning_rate * grad, then param += v.",
    ),
    "momentum_old": (
        "The step uses the velocity of the update before.",
        "First v = momentum * v - learning_rate * grad, then param += v.",
    ),
    "rate_twice": (
        "The gradient is multiplied by the learning rate twice.",
        "It belongs either into v or into the step.",
    ),
    "rate_left_out": (
        "The learning rate has no effect.",
        "v = momentum * v - learning_rate * grad.",
    ),
    "moments_without_root": (
        "The step is divided by v; it should be divided by its square root.",
        "grad / sqrt(v + epsilon).",
    ),
    "moments_not_squared": (
        "v is made of |grad|; it should be of grad**2.",
        "v = rho * v + (1 - rho) * grad**2; in Adagrad, v += grad**2.",
    ),
    "moments_swapped": (
        "v keeps 1 - rho of the old; it should be rho.",
        "v = rho * v + (1 - rho) * grad**2.",
    ),
    "moments_not_added": (
        "v is the square of this gradient alone; it should be the sum of all.",
        "v += grad**2, kept by name in self.v.",
    ),
    "number_in_code": (
        "The steps are those with {used}; here {given}.",
        "Read it from self: a number in the code is right for one argument only.",
    ),
    "setting_changed": (
        "update changes self.{what}: after two updates it is {after:.6g}, and it was "
        "{before:.6g}.",
        "Give what is computed from it a name of its own: the arguments stay as they "
        "are.",
    ),
    "moments_fade": (
        "v fades; in Adagrad it only grows.",
        "v += grad**2.",
    ),
    "updates_not_counted": (
        "self.t is {got} after {updates} updates; it should be {updates}.",
        "self.t += 1 once in update: schedules and checkpoints depend on it.",
    ),
    "step_equals": (
        "The steps are those of {reference} with this difference: {what}.",
        "Compare the lines of update with the formulas, one by one.",
    ),
    "nesterov_lost": (
        "nesterov has no effect: the step is that of plain momentum.",
        "The step is momentum * v - learning_rate * grad, with the new v.",
    ),
    "decay_in_gradient": (
        "The weight decay is added to the gradient, and divided by sqrt(v) with it.",
        "Shrink the param itself: param -= learning_rate * weight_decay * param.",
    ),
    "index_rules": (
        "{d} is not right: for {where} and {holds}, {what}.",
        "Compare each index and slice with the formula in the docstring.",
    ),
    "normalized_as": (
        "y equals {what}; it should be {right}.",
        "Compare each line of forward with the formula.",
    ),
    "moment_becomes": (
        "In update {number}, {kind} becomes {what}; it should become {right}.",
        "Compare the line that computes it with the formula.",
    ),
    "step_of_moments": (
        "What is kept ({kept}) is right, the step made from it is not: {what}.",
        "Compare the lines that change param with the formula.",
    ),
    "step_of_moments_differs": (
        "What is kept ({kept}) is right, the step made from it is not: {what}.",
        "Compute that step by hand for one number, line by line.",
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
    "adam_correction_without_root": (
        "The bias correction of v lacks the square root.",
        "sqrt(1 - beta_2**t) / (1 - beta_1**t).",
    ),
    "adam_only_m_corrected": (
        "Only m is corrected for starting at 0; v is not.",
        "Multiply by sqrt(1 - beta_2**t) / (1 - beta_1**t).",
    ),
    "adam_only_v_corrected": (
        "Only v is corrected for starting at 0; m is not.",
        "Multiply by sqrt(1 - beta_2**t) / (1 - beta_1**t).",
    ),
    "adam_correction_inverted": (
        "The bias correction is turned over: it multiplies where it should divide.",
        "Multiply by sqrt(1 - beta_2**t) / (1 - beta_1**t).",
    ),
    "adam_counts_late": (
        "The bias correction uses a t that is too large by 1.",
        "t is 1 in the first update.",
    ),
    "adam_gradient_for_m": (
        "The step uses the gradient itself; it should use m.",
        "m / (sqrt(v) + epsilon).",
    ),
    "adam_moments_lost": (
        "m and v start at 0 in each update.",
        "Keep them between updates: self.m and self.v, one array for each name.",
    ),
    "step_factor": (
        "Every step is {factor:.6g} times the correct one.",
        "Look for an extra or missing factor, such as the number of parameters.",
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
    "y_strides_swapped": (
        "y has shape {got}, as with the strides swapped, {size}; with {strides} it has "
        "{expected}.",
        "strides are (down, across): the first goes with rows and OH, the second with "
        "columns and OW.",
    ),
    "y_shape": (
        "y has shape {got}; it should have {expected}.",
        "N, the photos, is the first axis; with windows, count how often one fits.",
    ),
    "y_factor": (
        "y is {factor:.6g} times the correct output, everywhere{name}.",
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
        "y differs from the output of {reference} ({share:.0%} of its numbers{where}).",
        "Take a small input (a 3x3 photo), compute y by hand, and compare.",
    ),
    "starts_at_zero": (
        "y is never below 0: where all cells of a window are below 0, y is 0.",
        "The search for the largest starts at 0 (np.zeros): start with the first cell, "
        "or with -np.inf.",
    ),
    "y_strides_ignored": (
        "y has shape {got}; it should have {expected}: the windows move by {size}, and "
        "the strides are {strides}.",
        "Window (i, j) starts at row i * strides[0] and column j * strides[1].",
    ),
    "photos_joined": (
        "y has shape {got}; it should have {expected}: all photos are joined.",
        "The first axis stays the batch: x.reshape(len(x), -1).",
    ),
    "size_of_x": (
        "y is computed from abs(x): it is the same for x and -x.",
        "exp(-abs(x)) never overflows, but for x < 0 the formula needs exp(x) above: "
        "e / (1 + e).",
    ),
    "minus_forgotten": (
        "y is the correct output for -x.",
        "Look for a missing or extra minus in exp(-x).",
    ),
    "softmax_over_batch": (
        "y sums to 1 over the batch (axis 0), and should for each photo.",
        "The sum is over the last axis: axis=-1, keepdims=True.",
    ),
    "softmax_over_all": (
        "y sums to 1 over the whole batch, and should for each photo.",
        "The sum is over the last axis: axis=-1, keepdims=True.",
    ),
    "not_divided_by_sum": (
        "The rows of y do not sum to 1: exp is not divided by its sum.",
        "e / e.sum(axis=-1, keepdims=True).",
    ),
    "exp_left_out": (
        "y is x divided by its sum, without exp.",
        "e = exp(x), then e / e.sum(axis=-1, keepdims=True).",
    ),
    "maximum_over_batch": (
        "The maximum over the batch (axis 0) is subtracted, another number for each "
        "class: y is not the softmax.",
        "Subtract each photo's own maximum: x.max(axis=-1, keepdims=True).",
    ),
    "logarithm_of_softmax": (
        "y is the logarithm of the softmax.",
        "Return e / e.sum(axis=-1, keepdims=True).",
    ),
    "flatten_order": (
        "y has the numbers of each photo in another order: a transpose, or order='F'.",
        "x.reshape(len(x), -1) takes them in the order of the axes: rows, columns, "
        "channels.",
    ),
    "photos_interleaved_flat": (
        "y mixes the numbers of different photos.",
        "The first axis stays the batch: x.reshape(len(x), -1).",
    ),
    "batch_maximum": (
        "Where the logits of the photos in a batch are far apart (-1000, 0, 1000), y "
        "is not the softmax: {what} is subtracted, so for whole photos exp is 0 or "
        "infinite.",
        "Subtract each photo's own maximum: x.max(axis=-1, keepdims=True).",
    ),
    "y_differs_far_out": (
        "Where x is large (-1000 to 1000), y differs from the output of {reference}.",
        "Is x clipped, or rounded?",
    ),
    "y_overflows_far_apart": (
        "Where numbers in a batch are far apart (-1000, 0, 1000), y is infinite or not "
        "a number.",
        "exp(-abs(x)) is never above 1. For a softmax, subtract each photo's own "
        "maximum: x.max(axis=-1, keepdims=True).",
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
    # Calls: random numbers, the size of the batch
    "draws_random": (
        "The same x gives another y: outside training, forward draws from {sources}.",
        "Draw only if training is True; initial weights are drawn in build, from its "
        "rng.",
    ),
    "one_photo_shape": (
        "For a batch of {n} {d} has shape {got}; it should have {expected}.",
        "np.squeeze removes every axis of length 1, that of the batch as well: use "
        "reshape(len(x), ...), or name the axis.",
    ),
    "axis_lost": (
        "{d} has shape {got}; it should have {expected}: an axis of length 1 is lost.",
        "np.squeeze and indices such as [..., 0] remove axes: use reshape, or keep the "
        "axis.",
    ),
    "batch_size_kept": (
        "For a batch of {n} after one of {before}, {d} has shape {got}; it should have "
        "{expected}.",
        "Take the number of photos from x or dy in every call (len(x)); do not keep it."
        "",
    ),
    # Dropout
    "scaled_outside_training": (
        "Outside training y is {factor:.6g} times x; it should be x itself.",
        "The paper of 2014 scales here; today the scale belongs into training: divide "
        "by 1 - rate there.",
    ),
    "drops_outside_training": (
        "Outside training, numbers are set to 0.",
        "Drop only if training is True; otherwise y is x.",
    ),
    "changes_outside_training": (
        "Outside training y differs from x ({share:.0%} of its numbers).",
        "Change x only if training is True; otherwise y is x.",
    ),
    "y_shape_in_training": (
        "With training=True, y has shape {got}; it should have {expected}.",
        "The mask has the shape of x.",
    ),
    "nothing_dropped": (
        "With training=True, nothing is dropped; it should be {rate:.0%} of the "
        "numbers.",
        "Is the mask computed, and is x multiplied by it?",
    ),
    "all_dropped": (
        "With training=True, all numbers are dropped.",
        "Compare random numbers from 0 to 1 with the rate: np.random.rand(*x.shape) >= "
        "rate.",
    ),
    "rate_is_kept": (
        "With training=True, {share:.0%} of the numbers are dropped; it should be "
        "about {rate:.0%}: the rate is the share that is dropped, not kept.",
        "Keep a number where a random number from 0 to 1 is at least rate (>=, not <).",
    ),
    "share_dropped": (
        "With training=True, {share:.0%} of the numbers are dropped; it should be "
        "about {rate:.0%}.",
        "Compare random numbers spread evenly from 0 to 1 (rand, not randn) with the "
        "rate.",
    ),
    "mask_per_batch": (
        "With training=True, the whole batch is dropped, or none of it: there is one "
        "random number for all.",
        "Draw a random number for each number of x: np.random.rand(*x.shape).",
    ),
    # In one situation only
    "wrong_for_size": (
        "{d} is wrong for photos of {other}; for {size} it is right.",
        "Look for a size that is written as a number, the same number for rows and "
        "columns, or a branch for windows that fill the photo.",
    ),
    "wrong_in_situation": (
        "{d} is wrong {where}; {other} it is right.",
        "Look for what is special there: a comparison, np.maximum, len(x) == 1, a "
        "division.",
    ),
    "params_copied": (
        "{d} does not change when the params do: it is made of a copy of them.",
        "Read self.params in every call: the optimiser changes those arrays.",
    ),
    "order_in_memory": (
        "{d} is wrong if {what} is a transposed array, whose numbers lie in memory in "
        "another order.",
        "as_strided and views of bytes need the array's own strides, not ones "
        "computed from its shape; a reshape of np.zeros_like(x) may be a copy, and "
        "what is written into it lost. np.ascontiguousarray(x) helps against both.",
    ),
    "kept_for_all_layers": (
        "{d} is made of what another layer of this class kept in its forward.",
        "Keep what backward needs in self (self.x = x), not in the class or in a "
        "global variable: a network has several layers of a class.",
    ),
    "result_overwritten": (
        "The next call overwrites the {d} that was returned before.",
        "Return a new array in every call: an array kept in self and filled again is "
        "the one that the caller holds.",
    ),
    "grads_kept": (
        "{d} from a second call is still that of the first call.",
        "Assign it anew in every call of backward (self.grads[...] = ...): setdefault "
        "and `if not in` keep the old one.",
    ),
    "ties_lost": (
        "Where several cells share the maximum, part of dy reaches no cell of x.",
        "A border of another number than -np.inf can win there, and its gradient is "
        "cropped.",
    ),
    "divided_by_one_less": (
        "{d} is divided by N - 1, one less than the number of photos.",
        "The loss already divides by N; a layer only sums.",
    ),
    "divided_by_root_of_batch": (
        "{d} is divided by the root of the number of photos.",
        "The loss already divides by N; a layer only sums.",
    ),
    "branch_of_batch": (
        "One number of the batch decides for all of them between the formula for x "
        "above 0 and that for x below 0.",
        "Choose the formula for each number by itself: np.where(x < 0, ..., ...).",
    ),
    "calls_kept": (
        "{d} from a second call is wrong: it holds what the first call left.",
        "Make the array in the function, in every call: np.zeros(...).",
    ),
    "grid_rounded_up": (
        "{d} has {got} rows, as if a window that fits only in part counted; it should "
        "have {expected}.",
        "Round down: OH = (H - KH) // strides[0] + 1, and OW likewise.",
    ),
    "labels_of_all_photos": (
        "With one output, each prediction is compared with the labels of all photos.",
        "(N, 1) minus (N,) is a table (N, N): keep the shape (N, 1) of y.",
    ),
    "grads_dict_written": (
        "update changes the dict of the gradients: its keys, or which arrays it holds.",
        "Read grads[name], without pop and without assigning to it.",
    ),
    "rate_of_another_update": (
        "Once learning_rate changes, the steps differ from those of {reference}.",
        "Read self.learning_rate in every update. SGD's velocity is made of steps that "
        "have the rate of their own update: v = momentum * v - learning_rate * grad.",
    ),
    "paired_by_order": (
        "update pairs params and grads by their order in the dicts.",
        "grads[name] belongs to params[name]: go through one dict, by name.",
    ),
    "wrong_for_two_axes": (
        "For a kernel of shape (2, 3) the steps differ from those of {reference}; for "
        "arrays with one axis they are right.",
        "Each number has its own step: a sum, a largest number or a product over an "
        "axis has no place in update.",
    ),
    "wrong_for_two_layers": (
        "For the params of two layers ({names}, ...) the steps differ from those of "
        "{reference}; for those of one layer they are right.",
        "Count t once in each update, whatever the names are, and keep a state for "
        "each name.",
    ),
    "wrong_nesterov": (
        "With nesterov=True the steps differ from those of {reference}; without it "
        "they are right.",
        "With the new v: param = param + momentum * v - learning_rate * grad.",
    ),
    "wrong_label_smoothing": (
        "With label_smoothing={value} {what} is wrong; without it, it is right.",
        "The labels that per_photo gets are smoothed already.",
    ),
    "wrong_from_logits": (
        "With from_logits={value} {what} is wrong; without it, it is right.",
        "per_photo gets logits in both cases; from_logits is about the model's end.",
    ),
    "state_of_another": (
        "A second {reference} does not make the steps of the first, for the same "
        "params and gradients: what they keep is shared.",
        "Keep everything in self (self.v = {} in __init__, self.t += 1): not in the "
        "class, in a global variable nor in the default of an argument.",
    ),
    "zero_gradient_skipped": (
        "The steps are right until the gradient of a whole param is 0; then they "
        "differ from those of {reference}.",
        "A gradient of 0 is a gradient: what is kept (v, m) fades, and the param still "
        "moves.",
    ),
    "nearly_right": (
        "{d} is right to about {digits} digits only.",
        "Something on the way is rounded: look for float16, round and astype.",
    ),
    "some_photos_zero": (
        "{d} is 0 for {count} of {N} photos, and right for the others.",
        "Every photo has a gradient, however sure or right its prediction is.",
    ),
    "some_not_moved": (
        "In update 1, numbers whose gradient is at most {below:.4g} in size are not "
        "moved; all others are right.",
        "Each number is moved by its own gradient, however small.",
    ),
    "mask_per_cell": (
        "With training=True, all channels of a cell are dropped together.",
        "Draw a random number for each number of x: the shape of the mask is x.shape.",
    ),
    "dropped_where_zero": (
        "With training=True, an x of 0 counts as dropped: its dx is always 0.",
        "Keep the mask itself: y is 0 where a number is dropped, but also where x is.",
    ),
    "mask_shared_by_photos": (
        "With training=True, every photo of the batch loses the same numbers.",
        "Draw a random number for each number of x, for every photo: the shape of the "
        "mask is x.shape, not x.shape[1:].",
    ),
    "mask_per_photo": (
        "With training=True, a photo is dropped as a whole, or not at all.",
        "Draw a random number for each number of x: the shape of the mask is x.shape.",
    ),
    "mask_per_number": (
        "With training=True, numbers are dropped one by one; it should be whole "
        "channels.",
        "Draw a random number for each channel of each photo: the shape of the mask is "
        "(N, 1, 1, C).",
    ),
    "mask_per_channel": (
        "With training=True, whole channels are dropped.",
        "That is another layer (SpatialDropout2D). Here the shape of the mask is "
        "x.shape.",
    ),
    "not_scaled": (
        "With training=True, the numbers that are kept are not scaled; they should be "
        "{scale:.4g} times as large.",
        "Divide by 1 - rate, so that the expected sum stays the same.",
    ),
    "scaled_by_rate": (
        "With training=True, the numbers that are kept are divided by rate; it should "
        "be 1 - rate.",
        "The share that is kept is 1 - rate: divide by that.",
    ),
    "multiplied_by_share": (
        "With training=True, the numbers that are kept are multiplied by 1 - rate; "
        "they should be divided by it.",
        "Fewer numbers are left, so each has to be larger, not smaller.",
    ),
    "scaled_twice": (
        "With training=True, the numbers that are kept are divided by 1 - rate twice.",
        "Divide either the mask or y.",
    ),
    "scale_wrong": (
        "With training=True, the numbers that are kept are {got:.4g} times as large; "
        "they should be {scale:.4g} times as large.",
        "Divide by 1 - rate, so that the expected sum stays the same.",
    ),
    "scale_differs": (
        "With training=True, the numbers that are kept are multiplied by different "
        "numbers, from {low:.4g} to {high:.4g}.",
        "A mask is 0 or 1 / (1 - rate), nothing between: compare the random numbers "
        "with the rate.",
    ),
    "mask_left_out": (
        "With training=True, {d} equals dy: backward does not use the mask.",
        "Keep the mask in forward: dx = dy * mask.",
    ),
    "scale_left_out": (
        "With training=True, {d} lacks the scale 1 / (1 - rate) of forward.",
        "Keep the mask together with the scale: dx = dy * mask.",
    ),
    "scale_twice": (
        "With training=True, {d} contains the scale 1 / (1 - rate) twice.",
        "If the mask contains the scale, dx = dy * mask.",
    ),
    "scale_inverted": (
        "With training=True, {d} is divided by the scale of forward; it should be "
        "multiplied by it.",
        "The derivative of x * mask is the mask: dx = dy * mask.",
    ),
    "dropped_kept": (
        "With training=True, {d} passes where forward dropped the number, and is 0 "
        "elsewhere.",
        "Use the mask of forward as it is: dx = dy * mask.",
    ),
    "new_mask": (
        "With training=True, {d} has its zeros at other places than y: backward draws "
        "a new mask.",
        "Keep the mask in forward (self.mask = ...), and use that one.",
    ),
    "backward_draws": (
        "With training=True, {d} is wrong: backward draws new random numbers from "
        "{sources}.",
        "Keep in forward what it has drawn (self.mask = ...), and use that.",
    ),
    "mask_never_changes": (
        "With training=True, every call drops the same numbers.",
        "Draw the mask in forward, in each call, and do not set the seed there.",
    ),
    # Batch normalisation
    "running_in_training": (
        "With training=True, y is normalised with the running mean and variance.",
        "During training, use the mean and variance of the batch; the running ones are "
        "for afterwards.",
    ),
    "batch_statistics_outside": (
        "Outside training y is normalised with the mean and variance of the batch.",
        "Outside training, use the running mean and variance: a photo's answer should "
        "not depend on the photos beside it.",
    ),
    "variance_of_a_sample": (
        "With training=True, the variance is that of a sample: it is divided by M - 1, "
        "not by M.",
        "Use np.var as it is (ddof=0); M is the number of values of a channel.",
    ),
    "epsilon_outside_root": (
        "With training=True, epsilon is added to the deviation; it should be added to "
        "the variance.",
        "sqrt(var + epsilon), not sqrt(var) + epsilon.",
    ),
    "epsilon_left_out": (
        "With training=True, epsilon is missing: a constant channel is divided by 0.",
        "sqrt(var + epsilon).",
    ),
    "divided_by_variance": (
        "With training=True, y is divided by the variance; it should be its root.",
        "(x - mean) / sqrt(var + epsilon).",
    ),
    "mean_not_subtracted": (
        "With training=True, the mean is not subtracted.",
        "(x - mean) / sqrt(var + epsilon).",
    ),
    "not_divided_by_deviation": (
        "With training=True, y is not divided by the deviation.",
        "(x - mean) / sqrt(var + epsilon).",
    ),
    "gamma_left_out": (
        "With training=True, y lacks gamma.",
        "y = gamma * x_hat + beta.",
    ),
    "beta_left_out": (
        "With training=True, y lacks beta.",
        "y = gamma * x_hat + beta.",
    ),
    "gamma_beta_swapped": (
        "gamma and beta are swapped.",
        "y = gamma * x_hat + beta: gamma scales, beta shifts.",
    ),
    "statistics_per_place": (
        "With training=True, each place of a photo has a mean and variance of its own.",
        "A channel has one mean for all photos and places: axis=(0, 1, 2) for photos.",
    ),
    "statistics_over_channels": (
        "With training=True, all channels share one mean and variance.",
        "Each channel has its own: the mean is over all axes but the last.",
    ),
    "mean_over_channels": (
        "With training=True, one mean of all channels is subtracted from each.",
        "Each channel has its own: the mean is over all axes but the last.",
    ),
    "statistics_per_photo": (
        "With training=True, each photo has a mean and variance of its own.",
        "That is another layer (layer or instance normalisation). Here the mean is "
        "over the batch as well: axis=(0, 1, 2) for photos.",
    ),
    "differs_in_training": (
        "With training=True, y differs from that of BatchNormalization ({share:.0%} of "
        "its numbers).",
        "Take one channel with three numbers, compute mean, variance and y by hand, "
        "and compare.",
    ),
    "statistics_constant": (
        "With training=True, {d} takes mean and variance for constants.",
        "Every x moves the mean and the variance of its channel: dx has three terms.",
    ),
    "variance_constant": (
        "With training=True, {d} lacks the way through the variance.",
        "Every x moves the variance of its channel: - x_hat * mean of (dy * x_hat).",
    ),
    "mean_constant": (
        "With training=True, {d} lacks the way through the mean.",
        "Every x moves the mean of its channel: - mean of dy.",
    ),
    "gamma_left_out_of_dx": (
        "With training=True, {d} lacks gamma.",
        "y = gamma * x_hat + beta, so dx_hat = gamma * dy.",
    ),
    "running_never_move": (
        "After three batches y outside training is what it was before: the running "
        "mean and variance stay what they were, or are not used.",
        "Move them in every forward with training=True: momentum * moving + "
        "(1 - momentum) * batch.",
    ),
    "gradient_of_statistics_outside": (
        "Outside training dx contains the gradients of mean and variance.",
        "The running ones do not depend on x: dx = dy * gamma / sqrt(var + epsilon).",
    ),
    "running_moves_outside": (
        "The running mean and variance move outside training, too.",
        "Move them only if training is True.",
    ),
    "first_batch_replaces": (
        "The first batch replaces the running mean and variance; it should move them.",
        "They start at 0 and 1, and the first batch moves them like all others.",
    ),
    "momentum_swapped": (
        "The running mean and variance keep 1 - momentum of the old; it should be "
        "momentum, {momentum:g}.",
        "momentum * moving + (1 - momentum) * batch; PyTorch's momentum is the other "
        "share.",
    ),
    "running_last_batch": (
        "The running mean and variance are those of the last batch.",
        "momentum * moving + (1 - momentum) * batch.",
    ),
    "running_variance_of_a_sample": (
        "The running variance is that of a sample: it is divided by M - 1, as in "
        "PyTorch, not by M.",
        "Use np.var as it is (ddof=0) for the running variance, too.",
    ),
    "running_deviation": (
        "The running variance is a mean of deviations; it should be of variances.",
        "Keep var, and take the root when it is used.",
    ),
    "running_variance_never_moves": (
        "Outside training y is that of a running variance that is still 1; only the "
        "mean has moved.",
        "Move both in training, momentum * moving + (1 - momentum) * batch, and use "
        "both outside.",
    ),
    "running_mean_never_moves": (
        "Outside training y is that of a running mean that is still 0; only the "
        "variance has moved.",
        "Move both in training, momentum * moving + (1 - momentum) * batch, and use "
        "both outside.",
    ),
    "running_differ": (
        "After three batches y outside training differs from that of "
        "BatchNormalization ({share:.0%} of its numbers): the running mean and "
        "variance are others.",
        "They start at 0 and 1, and move with every batch: momentum * moving + "
        "(1 - momentum) * batch.",
    ),
    "used_wrongly_outside": (
        "After three batches the running mean and variance are right, and y outside "
        "training is not that of them ({share:.0%} of its numbers differ).",
        "gamma * (x - moving_mean) / sqrt(moving_variance + epsilon) + beta.",
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
    "misspelt": (
        "There is no {wrong}: you wrote {wrong} for {right}.",
        "Use the same name everywhere.",
    ),
    "not_kept": (
        "backward needs self.{name}, and forward does not keep it: write "
        "self.{name} = ... there.",
        "forward must keep in self what backward needs.",
    ),
    "kept_in_local": (
        "backward needs {name}, which is a variable of forward and is gone when "
        "forward ends: write self.{name} = {name} there, and read self.{name}.",
        "forward must keep in self what backward needs.",
    ),
    "kept_none": (
        "self.{name} is None where backward uses it: forward has put no array there.",
        "Every forward keeps anew what backward needs (self.kept = ...), whatever is "
        "there already.",
    ),
    "einsum_letters": (
        "A letter of einsum stands for axes of two sizes: {what}.",
        "Each letter is one axis, the same in every array: write the shape of each "
        "array below its letters.",
    ),
    "counts_from_zero": (
        "The division is by 1 - beta**t, and self.t is still 0.",
        "Count first: self.t += 1 at the start of update, so that t is 1 in the first.",
    ),
    "grads_exchanged": (
        "{d} and {other} are exchanged.",
        "Check which name each array gets in self.grads, and what backward returns.",
    ),
    "other_grads": (
        "self.grads has the names {got}; it should have {expected}.",
        "The names are those of self.params: the optimiser finds the gradient of each "
        "param by its name.",
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
    "arguments_written": (
        "per_photo modified {what}, its argument.",
        "Make a new array (y_pred - y) instead of changing one in place (-=, out=).",
    ),
    "loss_per_photo": (
        "The loss of per_photo has shape {got}; it should have {expected}.",
        "Return one number for each photo: the mean over the batch is taken later.",
    ),
    "shapes_do_not_fit": (
        "Two shapes do not fit together ({error}){name}.",
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

# The hint of "y_differs", by the kind of layer; of "unknown", where x is a row.
BY_HAND = {
    "gradient": "Take two rows of two numbers, and compare number by number.",
    "slopes": "Take one x below 0 and one above, and compare dx with the slope there.",
    "gradient of a channel": "Take one channel with three numbers, let dy be 1, 2, 4, "
    "and compute dx by hand.",
    "mask": "For one photo, print y / x, the mask of forward, and dx / dy, that of "
    "backward: they should be the same.",
    "gradient of windows": "Take a 3x3 photo, let dy be 1 for one window and 0 for the "
    "others, and write down which cells of dx should get how much.",
    "gradient of params": "Take one photo and one output, let dy be 1, and compare "
    "number by number: a param's gradient is then what it is multiplied by in forward.",
    "windows": "Take a small input (a 3x3 photo), compute y by hand, and compare.",
    "rows": "Take one row of two numbers, compute y by hand, and compare.",
    "flat": "Take two photos of 2x2 cells, with the numbers 0 to 7, and compare the "
    "rows.",
    "numbers": "Take a number below 0 and one above, compute y by hand, and compare.",
}
# Hints that replace those above where the gradient is that of a loss.
LOSS_HINTS = {
    "constant_factor": "Look for an extra or missing factor (the 2 of a square).",
    "divided_by_batch": "per_photo is about one photo: the mean over N is taken later.",
    "not_divided_by_batch": "The loss is a mean over the batch: so is its gradient.",
    "unknown": "Take one photo and one output, and compare the two by hand.",
    "wrong_shape": "Print the shape after each line of the loss.",
}
