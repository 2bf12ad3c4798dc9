"""What is wrong with my layer, loss or optimiser? The cause, read from the error."""

from tinycnn.diagnosis.finding import Finding
from tinycnn.diagnosis.layers import diagnose
from tinycnn.diagnosis.losses import diagnose_loss
from tinycnn.diagnosis.optimizers import diagnose_optimizer
from tinycnn.diagnosis.twins import diagnose_forward, twin_of

__all__ = [
    "Finding",
    "diagnose",
    "diagnose_forward",
    "diagnose_loss",
    "diagnose_optimizer",
    "twin_of",
]
