"""Find the bug: pieces of the museum as a single change in the library's own code.

The museum spoils a method from outside (``super().backward(dy / len(dy))``), which
anybody sees at once. Here the same mistake stands inside the method, as it would in
somebody's file. `walkthrough/exercises/make.py` writes the files.
"""

# What is plain to a reader takes the place of what is quick.
PLAIN = {
    "Dense": [
        ('product(x, self.params["kernel"])', 'x @ self.params["kernel"]'),
        ("product(x.T, dy)", "x.T @ dy"),
        ('product(dy, self.params["kernel"].T)', 'dy @ self.params["kernel"].T'),
    ],
    "Conv2D": [
        (
            "            # A product with ones is a sum, and several times as fast as "
            "sum(axis=0).\n",
            "",
        ),
        ("np.ones(len(dy), dy.dtype) @ dy", "dy.sum(axis=0)"),
    ],
    "MaxPooling2D": [
        (
            '            # ">": at a tie the first stays. Places grow, so the last to '
            "win is the max.\n",
            "",
        )
    ],
    "Adam": [
        (
            "each(partial(self._step, rate, arrays), _blocks(param))",
            "self._step(rate, arrays)",
        ),
        ("def _step(self, rate, arrays, rows):", "def _step(self, rate, arrays):"),
        ("(array[rows] for array in arrays)", "arrays"),
    ],
}
# (the museum's piece, the part, the changes; the cause that the check names)
HUNT = [
    ("ReLUWrongSide", "ReLU", [("(x > 0,)", "(x < 0,)")], "slope_on_wrong_side"),
    ("SigmoidFromX", "Sigmoid", [("(y,)\n", "(x,)\n")], "slope_from_x"),
    (
        "DividedByBatch",
        "Dense",
        [
            (
                "self._remembered(dy)\n",
                "self._remembered(dy)\n        dy = dy / len(dy)\n",
            )
        ],
        "divided_by_batch",
    ),
    (
        "BiasNotSummedOverBatch",
        "Dense",
        [("dy.sum(axis=0)", "dy")],
        "not_summed",
    ),
    ("KernelGradTransposed", "Dense", [("x.T @ dy", "dy.T @ x")], "axes_swapped"),
    (
        "StaleCache",
        "Dense",
        [
            (
                "        self._cache = (x,)\n",
                "        if self._cache is None:\n            self._cache = (x,)\n",
            )
        ],
        "stale",
    ),
    (
        "GradAdded",
        "Dense",
        [
            (
                '        self.grads = {"kernel": x.T @ dy, "bias": dy.sum(axis=0)}\n',
                "        dkernel, dbias = x.T @ dy, dy.sum(axis=0)\n"
                '        dkernel += self.grads.get("kernel", 0)\n'
                '        dbias += self.grads.get("bias", 0)\n'
                '        self.grads = {"kernel": dkernel, "bias": dbias}\n',
            )
        ],
        "accumulated",
    ),
    (
        "WinnerReadByRows",
        "MaxPooling2D",
        [
            (
                "            np.maximum(winner, (cell > y) * winner.dtype.type(place), "
                "out=winner)\n            np.maximum(y, cell, out=y)\n",
                "            np.maximum(y, cell, out=y)\n"
                "            np.maximum(winner, (cell > y) * winner.dtype.type(place), "
                "out=winner)\n",
            )
        ],
        "wrong_winner",
    ),
    (
        "MaxOverwriting",
        "MaxPooling2D",
        [
            (
                "dcell += dy * (winner == place)",
                "np.copyto(dcell, dy, where=winner == place)",
            )
        ],
        "overwritten",
    ),
    (
        "AverageDividedByWindow",
        "AveragePooling2D",
        [("dy / self._cells", "dy / (self.pool_size[0] * self.pool_size[1])")],
        "window_divided_wrongly",
    ),
    ("Overwriting", "col2im", [("pixels += ", "pixels[...] = ")], "overwritten"),
    (
        "BiasMean",
        "Conv2D",
        [("dy.sum(axis=0)", "dy.mean(axis=0)")],
        "mean_instead_of_sum",
    ),
    (
        "RowsColumnsSwapped",
        "Conv2D",
        [("dy = dy.reshape(", "dy = dy.transpose(0, 2, 1, 3).reshape(")],
        "axes_swapped",
    ),
    (
        "FlippedInBackward",
        "Conv2D",
        [
            (
                "K = kernel.reshape(",
                "K = kernel[::-1, ::-1].reshape(",
            )
        ],
        "kernel_rearranged",
    ),
    (
        "CroppedOnWrongSide",
        "Conv2D",
        [
            (
                "        return crop(dpadded, borders)\n",
                "        (top, bottom), (left, right) = borders\n"
                "        rows, columns = dpadded.shape[1:3]\n"
                "        return dpadded[:, bottom : rows - top, right : columns - left]"
                "\n",
            )
        ],
        "border_cropped_on_wrong_side",
    ),
    (
        "SlopeTwice",
        "BinaryCrossentropy",
        [("(p - y) / ", "(p - y) * p * (1 - p) / ")],
        "slope_twice",
    ),
    (
        "NaiveSigmoid",
        "BinaryCrossentropy",
        [
            ("z, e = y_pred, np.exp(-np.abs(y_pred))\n", "z = y_pred\n"),
            (
                "        loss = np.maximum(z, 0) - z * y + np.log1p(e)\n"
                "        p = np.where(z >= 0, 1, e) / (1 + e)\n",
                "        p = 1 / (1 + np.exp(-z))\n"
                "        loss = -y * np.log(p) - (1 - y) * np.log(1 - p)\n",
            ),
        ],
        "loss_overflows",
    ),
    (
        "WithoutMemory",
        "SGD",
        [("self.v.setdefault(name, np.zeros_like(param))", "np.zeros_like(param)")],
        "momentum_lost",
    ),
    (
        "WithoutPower",
        "Adam",
        [
            ("self.beta_2**self.t", "self.beta_2"),
            ("self.beta_1**self.t", "self.beta_1"),
        ],
        "adam_without_power",
    ),
    (
        "EpsilonInsideRoot",
        "Adam",
        [("(np.sqrt(v) + self.epsilon)", "np.sqrt(v + self.epsilon)")],
        "adam_epsilon_in_root",
    ),
    (
        "CountsParameters",
        "Adam",
        [
            (
                "        self.t += 1\n"
                "        correction = math.sqrt(1 - self.beta_2**self.t) / "
                "(1 - self.beta_1**self.t)\n"
                "        rate = self.learning_rate * correction\n"
                "        for name, param in params.items():\n",
                "        for name, param in params.items():\n"
                "            self.t += 1\n"
                "            correction = math.sqrt(1 - self.beta_2**self.t)\n"
                "            correction /= 1 - self.beta_1**self.t\n"
                "            rate = self.learning_rate * correction\n",
            )
        ],
        "adam_counts_parameters",
    ),
]
