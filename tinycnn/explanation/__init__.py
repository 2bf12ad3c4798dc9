"""What did the network look at? Arrays in, arrays out; `tinycnn.figures` draws them.

Four answers to one question, about one photo and one class. `votes` is arithmetic: for
the tutorial's network its numbers add up to the logit. `saliency` and `grad_cam` are
read off the gradient, and `occlusion` covers a part and predicts again; these are
hints, not sums. `top_patches` finds the patches that a filter responds to most.

All is computed in float64 from a copy of the model, which stays as it is.
"""

from tinycnn.explanation.gradients import Votes, grad_cam, saliency, votes
from tinycnn.explanation.occlusions import occlusion
from tinycnn.explanation.patches import Patch, top_patches
from tinycnn.explanation.receptive_fields import receptive_field

__all__ = [
    "Patch", "Votes", "grad_cam", "occlusion", "receptive_field", "saliency",
    "top_patches", "votes",
]  # fmt: skip
