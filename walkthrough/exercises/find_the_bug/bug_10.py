"""Find bug number 10: MyAveragePooling2D is not right.

What it should compute is described in my_exercises.py, how to search in README.md. When
you have fixed it, check it:

    python -m tinycnn.check bug_10.py
"""

import numpy as np

from tinycnn.layers import SumPooling2D
from tinycnn.layers.windows import pad, window_cells


class MyAveragePooling2D(SumPooling2D):
    """Keep the mean of each window.

    Nothing is learnt.
    """

    @property
    def _cells(self):
        height, width, _ = shape = self.input_shape or (0, 0, 0)
        _, (down, across) = self._grid(shape)
        (KH, KW), (SH, SW) = self.pool_size, self.strides
        column = pad(np.ones((1, height, 1, 1), np.float32), (down, (0, 0)))
        row = pad(np.ones((1, 1, width, 1), np.float32), ((0, 0), across))
        rows_in = sum(window_cells(column, (KH, 1), (SH, 1)))
        columns_in = sum(window_cells(row, (1, KW), (1, SW)))
        return np.asarray(rows_in * columns_in, np.float32)

    def forward(self, x, training=False):
        return super().forward(x, training) / self._cells

    def backward(self, dy):
        return super().backward(dy / (self.pool_size[0] * self.pool_size[1]))


# (For make.py, which never overwrites your work: made as e83a2528e7bcd971)
