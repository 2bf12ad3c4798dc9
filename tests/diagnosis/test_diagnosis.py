"""The sentences of the diagnosis, and the causes that the museum does not show."""

import string
from pathlib import Path

import numpy as np
import pytest
from museum import layers as museum
from museum import losses, optimizers

from tinycnn.diagnosis import Finding, diagnose
from tinycnn.diagnosis.causes import CAUSES
from tinycnn.layers import Conv2D, Dense, ReLU, SumPooling2D


def buggy(cls, change, *arguments, **keywords):
    """Return a layer whose backward ends with ``change(layer, dx, dy)``."""

    class Mine(cls):
        def backward(self, dy):
            return change(self, super().backward(dy), dy)

    return Mine(*arguments, **keywords)


def changed_grad(name, change_grad):
    def change(layer, dx, dy):
        layer.grads[name] = change_grad(layer.grads[name])
        return dx

    return change


PHOTO = (5, 6, 2)
CASES = [
    (Dense, lambda layer, dx, dy: dx / len(dy) ** 2, "x", "divided_by_batch_twice"),
    (Dense, lambda layer, dx, dy: dx * len(dy), "x", "multiplied_by_batch"),
    (Dense, lambda layer, dx, dy: dx * 2, "x", "constant_factor"),
    (Dense, lambda layer, dx, dy: 0 * dx, "x", "zero"),
    (Dense, lambda layer, dx, dy: dx * np.nan, "x", "not_finite"),
    (Dense, lambda layer, dx, dy: dx.ravel(), "x", "shape_only"),
    (Dense, lambda layer, dx, dy: dx[:, 1:], "x", "wrong_shape"),
    (Dense, lambda layer, dx, dy: None, "x", "missing_gradient"),
    (Dense, lambda layer, dx, dy: dx + np.sin(3 * dx), "x", "unknown"),
    (Dense, lambda layer, dx, dy: dx**3, "x", "gradient_equals"),
    (
        Dense,
        changed_grad("kernel", lambda kernel: kernel[::-1]),
        "kernel",
        "gradient_equals",
    ),
    (Dense, changed_grad("bias", lambda bias: bias[np.newaxis]), "bias", "shape_only"),
]


@pytest.mark.parametrize(
    ("cls", "change", "array", "cause"), CASES, ids=[case[3] for case in CASES]
)
def test_more_causes(cls, change, array, cause):
    (found,) = diagnose(buggy(cls, change, 3), (4,))
    assert (found.array, found.cause) == (array, cause)


def test_a_rotated_kernel_gradient_is_named():
    rotate = changed_grad("kernel", lambda kernel: kernel[::-1, ::-1])
    (found,) = diagnose(buggy(Conv2D, rotate, 3, (2, 3)), PHOTO)
    assert (found.array, found.cause) == ("kernel", "flipped")


def test_a_forward_in_float32_is_named_before_gradients_are_computed():
    class Coarse(ReLU):
        def forward(self, x, training=False):
            return super().forward(x.astype(np.float32), training)

    assert diagnose(Coarse(), (4,)) == [
        Finding(
            "y",
            "wrong_dtype",
            "y is float32 for float64 input.",
            "Create arrays with the dtype of the input, np.zeros(shape, x.dtype) "
            "or dy.dtype. Note that np.sqrt(2) is a float64; math.sqrt(2) is not.",
        )
    ]


def test_a_sentence_names_the_array_and_the_numbers():
    (found,) = diagnose(buggy(Dense, lambda layer, dx, dy: dx / 2, 3), (4,))
    assert found.sentence == "dx is 0.5 times the correct gradient, everywhere."
    (found,) = diagnose(museum.BiasNotSummedOverPlaces(3, (2, 3)), PHOTO)
    assert found.sentence == "dbias is not summed over axes (0, 1)."
    (found,) = diagnose(buggy(Dense, lambda layer, dx, dy: dx[0], 3), (4,))
    assert found.sentence == (
        "dx has shape (4,); it should have (5, 4), the shape of the array it is the "
        "gradient of."
    )
    (found,) = diagnose(museum.SumOverwriting((2, 3), strides=1), PHOTO)
    assert found.hint == (
        "Use += instead of =: a cell in several windows gets the sum. Where arrays are "
        "the indices, only np.add.at adds every time."
    )


def test_the_layer_is_not_modified():
    layer = museum.GradAdded(3)
    diagnose(layer, (4,))
    assert (layer.params, layer.grads, layer.output_shape) == ({}, {}, None)


def test_an_error_of_the_layer_is_passed_on():
    def fail(layer, dx, dy):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        diagnose(buggy(SumPooling2D, fail), PHOTO)


def test_every_cause_has_a_sentence_and_a_hint():
    for cause, (sentence, hint) in CAUSES.items():
        assert cause.isidentifier()
        assert sentence.endswith(".")
        assert hint[-1] in ".?"
        assert not [f for _, f, *_ in string.Formatter().parse(hint) if f]


def test_every_cause_is_shown_by_a_test():
    rooms = (museum.EXHIBITS, losses.EXHIBITS, optimizers.EXHIBITS)
    shown = {exhibit[-1] for room in rooms for exhibit in room}
    here = Path(__file__).parent
    grading = here.parent / "grading"
    files = [*here.glob("test_*.py"), *grading.glob("test_*.py")]
    files.append(here.parent / "mistakes" / "verdicts.json")
    texts = [path.read_text(encoding="utf-8") for path in files]
    for cause in set(CAUSES) - shown:
        assert any(f'"{cause}"' in text for text in texts), cause
