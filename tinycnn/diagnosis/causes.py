"""All the causes that a diagnosis can name: what is wrong, and where to look."""

from tinycnn.diagnosis.layer_causes import LAYER_CAUSES
from tinycnn.diagnosis.window_causes import WINDOW_CAUSES

CAUSES: dict[str, tuple[str, str]] = {
    **LAYER_CAUSES,
    **WINDOW_CAUSES,
    # Forwards, next to the library's
    "y_shape": (
        "y has shape {got}; it should have {wanted}.",
        "The photos N come first; with windows, count how often one fits.",
    ),
    "y_factor": (
        "y is {factor:.6g} times what it should be, everywhere.",
        "Is the sum divided by the number of cells, and by how many?",
    ),
    "y_differs": (
        "y is not what {twin} computes ({share:.0%} of its numbers).",
        "Take a 3x3 photo and one window, work y out by hand, and compare.",
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
        "negative one, or a division by 0.",
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
        "Never take exp of a large number or log of 0: see the Notes of the loss.",
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
}

# Other hints than a layer's, where the gradient is that of a loss.
LOSS_HINTS = {
    "constant_factor": "Look for a factor left over or forgotten (the 2 of a square).",
    "divided_by_batch": "per_photo is about one photo: the mean over N is taken later.",
    "not_divided_by_batch": "The loss is a mean over the batch: so is its gradient.",
    "unknown": "Take one photo and one output, and compare the two by hand.",
    "wrong_shape": "Print the shape after each line of the loss.",
}
