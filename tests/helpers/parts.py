"""Parts of the library as a student's, and what is found in them."""

import copy


def named(part, **members):
    """Return a copy of a student's class: named My..., with these methods."""
    kind, part = type(part), copy.deepcopy(part)
    part.__class__ = type(f"My{kind.__name__}", (kind,), members)
    return part


def only(found):
    """Return the one finding, as (cause, sentence)."""
    (one,) = found
    return one.cause, one.sentence
