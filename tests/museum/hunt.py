"""Find the bug: bugs of the museum as a single change in the library's own code.

A class of the museum calls the library's method (``super().backward(dy / len(dy))``),
which shows the bug at once. Here the same bug is inside the method, as in a student's
file. `walkthrough/exercises/make.py` writes the files.
"""

# Simple code that replaces the library's fast code, so that the exercises read easily.
PLAIN = {
    "Dense": [
        ('product(x, self.params["kernel"])', 'x @ self.params["kernel"]'),
        (
            "        times = Product if self.reads_grads_once else product\n",
            "",
        ),
        ("times(x.T, dy)", "x.T @ dy"),
        ('product(dy, self.params["kernel"].T)', 'dy @ self.params["kernel"].T'),
    ],
    "Conv2D": [
        ("        seen = cols if cols.size <= LARGE else padded\n", ""),
        ("(padded.shape, borders, seen)", "(padded.shape, borders, cols)"),
        ("padded_shape, borders, seen", "padded_shape, borders, cols"),
        (
            "        cols = seen if seen.ndim == 2 else im2col(seen, self.kernel_size, "
            "self.strides)\n",
            "",
        ),
        ("np.ones(len(dy), dy.dtype) @ dy", "dy.sum(axis=0)"),
        (
            "        # col2im(dy @ K.T), without keeping the product as a whole\n",
            "",
        ),
    ],
    "MaxPooling2D": [
        (
            '            # ">": at a tie the first stays. Places grow, so the last to '
            "win is the max.\n"
            "            np.maximum(winner, (cell > y) * winner.dtype.type(place), "
            "out=winner)\n            np.maximum(y, cell, out=y)\n",
            "            winner[cell > y] = place\n"
            "            y = np.maximum(y, cell)\n",
        ),
        ("np.min_scalar_type(len(others))", "int"),
        (
            "        touch = all(s >= p for s, p in zip(self.strides, self.pool_size, "
            "strict=True))\n",
            "",
        ),
        (
            "            if touch:  # no cell is in two windows: writing is cheaper "
            "than adding\n"
            "                np.multiply(dy, winner == place, out=dcell)\n"
            "            else:\n"
            "                dcell += dy * (winner == place)\n",
            "            dcell += dy * (winner == place)\n",
        ),
    ],
    "Adam": [
        (
            "            # In blocks of rows: temporaries stay in the cache, and "
            "threads share them.\n"
            "            parallel_rows(self.step, arrays, blocks(param))",
            "            self.step(*arrays)",
        ),
    ],
}
# (class of the museum, part, changes, the cause that the check should name)
HUNT = [
    ("ReLUWrongSide", "ReLU", [("(x > 0,)", "(x < 0,)")], "slope_on_wrong_side"),
    ("SigmoidFromX", "Sigmoid", [("(y,)\n", "(x,)\n")], "slope_from_x"),
    (
        "DividedByBatch",
        "Dense",
        [
            (
                "self.kept_for(dy)\n",
                "self.kept_for(dy)\n        dy = dy / len(dy)\n",
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
                "        self.kept = (x,)\n",
                "        if self.kept is None:\n            self.kept = (x,)\n",
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
                "            winner[cell > y] = place\n"
                "            y = np.maximum(y, cell)\n",
                "            y = np.maximum(y, cell)\n"
                "            winner[cell > y] = place\n",
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
                "dcell[winner == place] = dy[winner == place]",
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
                "K = kernel.reshape(-1, self.filters)  # KH*KW*C, F\n        dpadded",
                "K = kernel[::-1, ::-1].reshape(-1, self.filters)  # KH*KW*C, F\n"
                "        dpadded",
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
        "WithoutVelocity",
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
                "        self.t += 1\n        for name, param in params.items():\n",
                "        for name, param in params.items():\n            self.t += 1\n",
            )
        ],
        "adam_counts_parameters",
    ),
]
# For teachers: (a question for a student who is stuck, when nothing shows the bug).
KEY = {
    "ReLUWrongSide": (
        "Take x = 2 and dy = 1, and go through both methods by hand. What is dx?",
        "In the first layer of a network, whose dx is not used.",
    ),
    "SigmoidFromX": (
        "Read backward aloud with the value of each letter. What did forward keep?",
        "With a loss that takes logits: then this backward is never called.",
    ),
    "DividedByBatch": (
        "Try it with one photo, then with two. The loss is a mean: where is the "
        "division by N?",
        "With one photo at a time; with Adam hardly ever, since Adam cancels a "
        "constant factor.",
    ),
    "BiasNotSummedOverBatch": (
        "What is the shape of the bias, and what is the shape of its gradient?",
        "With one photo at a time, except for the shape (1, units).",
    ),
    "KernelGradTransposed": (
        "Take 4 inputs and 3 units. What is the shape of each array in the line?",
        "With as many inputs as units there is no shape error; the numbers are wrong "
        "anyway.",
    ),
    "StaleCache": (
        "Call forward with one photo, then with another, then backward. Which of the "
        "two photos does the gradient belong to?",
        "In a test that calls forward once.",
    ),
    "GradAdded": (
        "Call backward twice and print the gradient each time.",
        "In a test that calls backward once.",
    ),
    "WinnerReadByRows": (
        "Take the window 1 3 / 2 0. Follow y and winner from cell to cell, in the "
        "order of the lines.",
        "Where the first cell of each window is the largest.",
    ),
    "MaxOverwriting": (
        "Take the row 1 5 2 and windows of two cells, one step apart. In how many "
        "windows is the 5 the maximum, and what is its gradient?",
        "With windows that do not overlap, as in the tutorial.",
    ),
    "AverageDividedByWindow": (
        'Take padding="same". How many real cells are in the window at the corner?',
        'With padding="valid".',
    ),
    "Overwriting": (
        "Which pixel is in several windows? Follow it through the loop.",
        "With windows that do not overlap.",
    ),
    "BiasMean": (
        "How often is one bias used in a feature map? What should happen to its "
        "gradient with twice as many photos?",
        "In most training runs: the biases learn far too slowly, but the kernels make "
        "up for it.",
    ),
    "RowsColumnsSwapped": (
        "Take a photo that is not square. Which number of dy is in the second row of "
        "the matrix?",
        "With a dy of equal numbers, as in a test with ones.",
    ),
    "FlippedInBackward": (
        "Is the kernel used in the same orientation in forward and in backward?",
        "In the first layer, whose dx is not used; with a kernel that is the same when "
        "rotated by 180 degrees, such as a blur.",
    ),
    "CroppedOnWrongSide": (
        'Take a 2x2 kernel and padding="same". On which side does forward add its row?',
        'With padding="valid", and with a 3x3 kernel: its border is equally wide on '
        "both sides.",
    ),
    "SlopeTwice": (
        "Differentiate the loss by z on paper. What is left of p (1 - p)?",
        "It learns, but slowly: the more certain a wrong answer is, the shorter the "
        "step.",
    ),
    "NaiveSigmoid": (
        "What is the result of each line at z = 80, and at z = -1000?",
        "As long as all logits are small, as in the first epochs.",
    ),
    "WithoutVelocity": (
        "Do two updates of one number by hand, with momentum 0.5 and the gradient 1 "
        "both times. Is the second step longer?",
        "Without momentum.",
    ),
    "WithoutPower": (
        "What is the correction in the first update, in the second, in the thousandth?",
        "In the first update it is right. Later the steps are too short, in the long "
        "run by a factor of three: it learns, but more slowly.",
    ),
    "EpsilonInsideRoot": (
        "Let all gradients be 0.0001. Which is larger, v or epsilon?",
        "With gradients much larger than 0.0003.",
    ),
    "CountsParameters": (
        "Take two parameters and one update. What is t for the second?",
        "With a single parameter, and late in a training run, when the correction is "
        "1.",
    ),
}
