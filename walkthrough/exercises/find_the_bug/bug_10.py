"""Find the bug number 10: MyAveragePooling2D is not right.

What it should do stands in my_exercises.py, and how to hunt in README.md. Ask

    python -m tinycnn.check bug_10.py
"""

import numpy as np

from tinycnn.layers import SumPooling2D
from tinycnn.layers.windows import pad, window_cells


class MyAveragePooling2D(SumPooling2D):
    """Keep the mean of each window.

    Nothing is learnt.
    """

    def build(self, input_shape, rng, dtype=np.float32):
        output_shape = super().build(input_shape, rng, dtype)
        _, borders = self._grid(input_shape)
        real = pad(np.ones((1, *input_shape[:2], 1), dtype), borders)
        self._cells = sum(window_cells(real, self.pool_size, self.strides))
        return output_shape

    def forward(self, x, training=False):
        return super().forward(x, training) / self._cells

    def backward(self, dy):
        return super().backward(dy / (self.pool_size[0] * self.pool_size[1]))


# Made by make.py, c200c3f98ab33f94
