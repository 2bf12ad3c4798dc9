"""What can be wrong with a loss: sentences and hints, as for layers."""

LOSS_CAUSES: dict[str, tuple[str, str]] = {
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
}

# Other hints than a layer's, where the gradient is that of a loss.
LOSS_HINTS = {
    "constant_factor": "Look for a factor left over or forgotten (the 2 of a square).",
    "divided_by_batch": "per_photo is about one photo: the mean over N is taken later.",
    "not_divided_by_batch": "The loss is a mean over the batch: so is its gradient.",
    "unknown": "Take one photo and one output, and compare the two by hand.",
    "wrong_shape": "Print the shape after each line of the loss.",
}
