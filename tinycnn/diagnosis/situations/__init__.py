"""What is right for one x, is it right in other situations? Layers and optimisers.

A gradient check has one batch of random numbers in a fresh array, and one layer. After
a ReLU many numbers are 0; a transposed photo is laid out in another order; a network
has several layers of one class, and calls each of them many times.
"""

from tinycnn.diagnosis.situations.layers import diagnose_situations, diagnose_size
from tinycnn.diagnosis.situations.optimizers import diagnose_rate, diagnose_steps
from tinycnn.diagnosis.situations.options import diagnose_options

__all__ = [
    "diagnose_options",
    "diagnose_rate",
    "diagnose_situations",
    "diagnose_size",
    "diagnose_steps",
]
