"""What the notebooks need: famous kernels, and guesses that are answered at once.

A notebook asks before it shows. ``guess("next number", 4)`` is one line in a cell of
its own; it prints at once whether that is right, and why, or what leads to a usual
wrong answer. `questions` is the table of them all; `kernels` has those of notebook 2.
"""

from tinycnn.lessons.guessing import guess, guesses

__all__ = ["guess", "guesses"]
