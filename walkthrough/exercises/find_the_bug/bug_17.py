"""Find bug number 17: MyBinaryCrossentropy is not right.

What it should compute is described in my_exercises.py, how to search in README.md. When
you have fixed it, check it:

    python -m tinycnn.check bug_17.py
"""

import numpy as np

from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    """The cross-entropy of yes-or-no labels, from logits."""

    def per_photo(self, y, y_pred):
        z = y_pred
        p = 1 / (1 + np.exp(-z))
        loss = -y * np.log(p) - (1 - y) * np.log(1 - p)
        return loss.mean(axis=-1), (p - y) / z.shape[-1]


# (For make.py, which never overwrites your work: made as 32a2993dd04249bb)
