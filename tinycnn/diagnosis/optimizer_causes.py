"""What can be wrong with an optimiser: sentences and hints, as for layers."""

OPTIMIZER_CAUSES: dict[str, tuple[str, str]] = {
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
