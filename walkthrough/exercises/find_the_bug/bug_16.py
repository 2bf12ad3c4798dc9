"""Find bug number 16: MyBinaryCrossentropy is not right.

What it should compute is described in my_exercises.py, how to search in README.md. When
you have fixed it, check it:

    python -m tinycnn.check bug_16.py
"""

import numpy as np

from tinycnn.losses import BinaryCrossentropy


class MyBinaryCrossentropy(BinaryCrossentropy):
    """The cross-entropy of yes-or-no labels, from logits."""

    def per_photo(self, y, y_pred):
        z, e = y_pred, np.exp(-np.abs(y_pred))
        loss = np.maximum(z, 0) - z * y + np.log1p(e)
        p = np.where(z >= 0, 1, e) / (1 + e)
        return loss.mean(axis=-1), (p - y) * p * (1 - p) / z.shape[-1]


# (For make.py, which never overwrites your work: made as 3ab00634c720aa40)
