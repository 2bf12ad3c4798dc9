"""What is wrong with my layer, loss or optimiser? The cause, read from the error.

Exceptions raised by the code that is diagnosed are passed on.
"""

from tinycnn.diagnosis.calls import (
    depends_on_training,
    diagnose_batches,
    diagnose_randomness,
    is_only_for_training,
    repeatable,
)
from tinycnn.diagnosis.finding import Finding
from tinycnn.diagnosis.layers import diagnose
from tinycnn.diagnosis.losses import diagnose_loss
from tinycnn.diagnosis.optimizers import diagnose_optimizer
from tinycnn.diagnosis.reference import (
    diagnose_forward,
    diagnose_kinks,
    is_backward_right,
    reference_of,
)
from tinycnn.diagnosis.return_values import diagnose_return_values
from tinycnn.diagnosis.situations import (
    diagnose_options,
    diagnose_rate,
    diagnose_situations,
    diagnose_size,
    diagnose_steps,
)
from tinycnn.diagnosis.training import diagnose_training
from tinycnn.diagnosis.windows import diagnose_windows

__all__ = [
    "Finding",
    "depends_on_training",
    "diagnose",
    "diagnose_batches",
    "diagnose_forward",
    "diagnose_kinks",
    "diagnose_loss",
    "diagnose_optimizer",
    "diagnose_options",
    "diagnose_randomness",
    "diagnose_rate",
    "diagnose_return_values",
    "diagnose_situations",
    "diagnose_size",
    "diagnose_steps",
    "diagnose_training",
    "diagnose_windows",
    "is_backward_right",
    "is_only_for_training",
    "reference_of",
    "repeatable",
]
