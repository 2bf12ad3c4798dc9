"""The name that was probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches

# What other books and libraries call the params, and the ways to write an attribute.
OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "kernel": ("w", "weight", "weights", "kernels", "filters", "dkernel", "dw"),
    "bias": ("b", "biases", "dbias", "db"),
    "gamma": ("scale", "dgamma"),
    "beta": ("shift", "dbeta"),
}


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like another one, or None.

    Examples
    --------
    >>> nearest("biases", ["kernel", "bias"])
    'bias'
    >>> nearest("W", ["kernel", "bias"])
    'kernel'
    >>> nearest("myrelu", ["MyReLU", "MyDense"])
    'MyReLU'
    >>> nearest("momentum", ["kernel", "bias"])
    """
    names = list(known)
    folded = {one.casefold(): one for one in reversed(names)}
    for one in names:
        if name.casefold() in OTHER_NAMES.get(one, ()):
            return one
    found = get_close_matches(name.casefold(), folded, n=1, cutoff=0.7)
    return folded[found[0]] if found else None
