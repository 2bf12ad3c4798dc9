"""The causes that the diagnosis names for a bug of the museum."""

from tinycnn.diagnosis import (
    diagnose,
    diagnose_batches,
    diagnose_forward,
    diagnose_kinks,
    diagnose_loss,
    diagnose_optimizer,
    diagnose_training,
    reference,
)
from tinycnn.layers import BatchNormalization, Dropout, Layer
from tinycnn.losses import Loss


def library_class_of(buggy):
    """Return the library's class that a class of the museum derives from."""
    classes = type(buggy).__mro__
    return next(cls for cls in classes if cls.__module__.startswith("tinycnn."))


def causes_of_layer(layer, shape):
    """Return the findings in a layer, in the order in which the grader looks."""
    kind = library_class_of(layer)
    forward = [] if kind is Dropout else diagnose_forward(layer, shape)
    if forward := forward or diagnose_batches(layer, shape, backward=False):
        return forward
    if kind in (Dropout, BatchNormalization):
        if found := diagnose_training(layer, shape):
            return found
    return diagnose(layer, shape) or diagnose_kinks(layer, shape)


def causes_of(exhibit):
    """Return the causes that the diagnosis names, each once.

    The class counts as if it were named like the library's: as MyDense, MyAdam.
    """
    buggy = exhibit[0]
    name = type(buggy).__name__
    reference.REFERENCES[name] = library_class_of(buggy)
    try:
        if isinstance(buggy, Layer):
            found = causes_of_layer(buggy, exhibit[1])
        elif isinstance(buggy, Loss):
            found = diagnose_loss(buggy)
        else:
            found = diagnose_optimizer(buggy)
    finally:
        del reference.REFERENCES[name]
    return list(dict.fromkeys(finding.cause for finding in found))
