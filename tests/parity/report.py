"""Measure how far tinycnn is from PyTorch and Keras: python tests/parity/report.py

Writes docs/parity.md, from the same comparisons as the tests (half a minute).
"""

import warnings
from collections import Counter, defaultdict
from importlib.metadata import version
from pathlib import Path

import keras_oracle
import torch_oracle
from parity_cases import (
    LAYER_CASES,
    LIMITS,
    LOSS_COUNT,
    LOSSES,
    OPTIMIZERS,
    STEPS,
    TRAINING_CASES,
    WEIGHT_LIMITS,
    loss_cases,
)

from tinycnn.text import say

PAGE = Path(__file__).parents[2] / "docs" / "parity.md"
PACKAGES = ("numpy", "torch", "keras")
TEXT = """\
# Parity with PyTorch and Keras

This page is written by `python tests/parity/report.py`, which measures what the tests
in `tests/parity/` check; both need `pip install '.[test,parity]'`. The last digits
depend on the machine. {packages}; Keras runs on {backend}.

A difference is the largest one in an array, divided by max(1, its largest value).
Inputs, weights and upstream gradients are random, from fixed seeds.

## Layers against PyTorch

{count} configurations, drawn at random from seed 0: batches of 1 to 5, photos up to
13x13 and mostly not square, windows up to 5x5, strides up to 4, "valid" and "same".
Allowed are {allowed}. y is the output; the gradients are
dx, dkernel and dbias. Half of the inputs of max pooling are full of ties, as after a
ReLU.

{layers}

## Losses against PyTorch

{loss_count} cases of each, some with logits in the thousands, soft labels (binary) or
weights. Allowed as above.

{losses}

## {steps} steps against PyTorch

The tutorial's network, from the same weights and on the same batches of drawn heroes:
the largest difference of the loss over all steps, and that of the weights after the
last one.
Allowed for the loss as above, for the weights {weights_allowed}:
Adam's step has full length even where the gradient is only rounding error.

{trainings}

The optimisers alone, on {steps} random gradients, some of them about 1e-8, where Adam's
epsilon decides. PyTorch's Adam adds its epsilon elsewhere: before each step it is set
to Keras's, divided by sqrt(1 - beta_2^t).

{optimizers}

## Against Keras

In float32; for layers only outputs are compared. Left out are sum pooling, which Keras
does not have, and, on PyTorch, average pooling with an uneven "same" border: there
Keras counts copies of the edge as real cells, unlike on its other backends.

{keras_layers}

The tutorial's network, {keras_steps} steps of Adam from the same weights on the same
batches of 32 drawn heroes. Allowed are {loss_allowed} for the loss, as an
absolute difference, and {keras_weights_allowed} for the weights.

{keras_trainings}

"From logits" is what Keras does on TensorFlow, and tinycnn everywhere. There the loss
jumps above 10 in the second step; most of the difference comes from Keras, whose Adam
computes its learning rate in float32. As the tutorial writes it, Keras on PyTorch
computes the loss from probabilities clipped to 1e-7 .. 1 - 1e-7: the result is the same
as long as no logit is beyond 16, as in the second row. The first steps at 64x64 exceed
that, and Keras's clipped loss diverges from tinycnn's and from PyTorch's.
"""


def main():
    warnings.filterwarnings("ignore", "You are using a softmax over axis")  # of one
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    text = TEXT.format(
        packages=packages,
        backend=keras_oracle.keras.backend.backend(),
        count=len(LAYER_CASES),
        allowed=_limits(LIMITS),
        weights_allowed=_limits(WEIGHT_LIMITS),
        keras_weights_allowed=_limit(WEIGHT_LIMITS[keras_oracle.DTYPE]),
        loss_allowed=_limit(keras_oracle.LOSS_CURVE_LIMIT),
        loss_count=LOSS_COUNT,
        steps=STEPS,
        keras_steps=keras_oracle.STEPS,
        layers=torch_layers(),
        losses=torch_losses(),
        trainings=torch_trainings(),
        optimizers=optimizers(),
        keras_layers=keras_layers(),
        keras_trainings=keras_trainings(),
    )
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    say(f"wrote docs/{PAGE.name}")


def torch_layers():
    counts, worst = Counter(), defaultdict(float)
    for case in LAYER_CASES:
        row = _kind(case)
        counts[row] += 1
        for dtype in LIMITS:
            for array, value in torch_oracle.compare_layer(case, dtype).items():
                column = (row, dtype, array == "y")
                worst[column] = max(worst[column], value)
    heads = [f"{what}, {dtype}" for dtype in LIMITS for what in ("y", "gradients")]
    return _table(
        ["layer", "configurations", *heads],
        [
            [row, count, *(worst[row, d, is_y] for d in LIMITS for is_y in (1, 0))]
            for row, count in sorted(counts.items())
        ],
    )


def torch_losses():
    rows = []
    for name in LOSSES:
        row = [name]
        for dtype in LIMITS:
            found = [
                torch_oracle.compare_loss(case, dtype) for case in loss_cases(name)
            ]
            row += [max(one[what] for one in found) for what in ("loss", "gradient")]
        rows.append(row)
    heads = [f"{what}, {dtype}" for dtype in LIMITS for what in ("value", "gradient")]
    return _table(["loss", *heads], rows)


def torch_trainings():
    rows = []
    for case in TRAINING_CASES:
        found = torch_oracle.compare_training(case)
        rows.append([str(case), found["loss curve"], found["weights"]])
    return _table(["training", "loss", "weights"], rows)


def optimizers():
    rows = []
    for name in OPTIMIZERS:
        found = [torch_oracle.compare_optimizer(name, dtype) for dtype in LIMITS]
        found.append(keras_oracle.compare_optimizer(name))
        rows.append([name, *(max(one.values()) for one in found)])
    heads = [f"PyTorch, {dtype}" for dtype in LIMITS]
    return _table(["optimiser", *heads, f"Keras, {keras_oracle.DTYPE}"], rows)


def keras_layers():
    counts, worst = Counter(), defaultdict(float)
    for case in keras_oracle.CASES:
        row = _kind(case)
        counts[row] += 1
        worst[row] = max(worst[row], keras_oracle.compare_layer(case)["y"])
    counts = dict(sorted(counts.items()))
    for name in LOSSES:
        row = f"loss: {name}"
        counts[row] = LOSS_COUNT
        found = [keras_oracle.compare_loss(case)["loss"] for case in loss_cases(name)]
        worst[row] = max(found)
    rows = [[row, count, worst[row]] for row, count in counts.items()]
    return _table(["layer or loss", "configurations", "y"], rows)


def keras_trainings():
    rows = []
    for loss_from, case in keras_oracle.TRAINING_CASES.items():
        found = keras_oracle.compare_training(loss_from)
        name = f"{case.size}x{case.size}, loss from {loss_from}"
        rows.append([name, found["loss curve"], found["weights"]])
    return _table(["training", "loss", "weights"], rows)


def _kind(case):
    """Return the name of a row: a layer, and its padding if that is a word."""
    padding = case.arguments.get("padding")
    is_word = isinstance(padding, str)
    return case.layer_type.__name__ + (f', "{padding}"' if is_word else "")


def _limits(limits):
    return " and ".join(f"{_limit(limits[dtype])} ({dtype})" for dtype in limits)


def _limit(limit):
    return f"{limit:.0e}".replace("e-0", "e-")


def _table(heads, rows):
    """Return a Markdown table, names to the left and numbers to the right."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)]]
    lines += [[_text(cell) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _text(cell):
    if isinstance(cell, float):
        return f"{cell:.1e}" if cell else "0"
    return str(cell)


if __name__ == "__main__":
    main()
