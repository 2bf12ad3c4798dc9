"""What did the network look at? Arrays in, arrays out; `tinycnn.figures` draws them.

Four answers to one question, about one photo and one class. `votes` is arithmetic: for
the tutorial's network its numbers add up to the logit. `saliency` and `grad_cam` are
read off the gradient, and `occlusion` is found by trying; these are hints, no sums.
`top_patches` asks the other way round: what does this filter like best?

All is computed in float64 from a copy of the model, which stays as it is.
"""

from tinycnn.explanation.gradients import Votes, grad_cam, saliency, votes
from tinycnn.explanation.occlusions import occlusion
from tinycnn.explanation.patches import Patch, top_patches
from tinycnn.explanation.receptive_fields import receptive_field

__all__ = [
    "Patch",
    "Votes",
    "grad_cam",
    "occlusion",
    "receptive_field",
    "saliency",
    "top_patches",
    "votes",
]
