"""Find bug number 8: MyMaxPooling2D is not right.

What it should compute is described in my_exercises.py, how to search in README.md. When
you have fixed it, check it:

    python -m tinycnn.check bug_08.py
"""

import numpy as np

from tinycnn.layers import MaxPooling2D
from tinycnn.layers.windows import crop, pad, window_cells


class MyMaxPooling2D(MaxPooling2D):
    """Keep the largest value of each window.

    "Is the feature anywhere in this window?" - its exact place is forgotten. Nothing is
    learnt.
    """

    def forward(self, x, training=False):
        x = self.check_input(x)
        _, borders = self._grid(x.shape[1:])
        padded = pad(x, borders, fill=-np.inf)
        first, *others = window_cells(padded, self.pool_size, self.strides)
        y = first.copy()
        winner = np.zeros(y.shape, int)
        for place, cell in enumerate(others, start=1):
            y = np.maximum(y, cell)
            winner[cell > y] = place
        self.kept = (padded.shape, borders, winner)
        return y

    def backward(self, dy):
        padded_shape, borders, winner = self.kept_for(dy)
        dpadded = np.zeros(padded_shape, dy.dtype)
        dcells = window_cells(dpadded, self.pool_size, self.strides)
        for place, dcell in enumerate(dcells):
            dcell += dy * (winner == place)
        return crop(dpadded, borders)


# (For make.py, which never overwrites your work: made as 8d41babb80dffd04)
