"""The golden files: numbers that SciPy, or 50 decimal digits, once computed.

``tests/golden/make.py`` made them without a line of the library; each file says in its
note how. Here the library is held against them, with nothing but NumPy installed.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from tinycnn import layers, losses
from tinycnn.optimizers import Adam
from tinycnn.preprocessing.augmentation import FILL_MODES, affine_matrix, warp

FOLDER = Path(__file__).parents[1] / "golden"


def golden(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


AUGMENTATION = golden("augmentation")["cases"]
ADAM = golden("adam")
LAYERS = golden("layers")["cases"]
LOSSES = golden("losses")["cases"]
# The files keep ten digits behind the point; the rest is the library's to get right.
KEPT = 0.5e-10


def assert_equals(actual, wanted, share, kept=KEPT):
    """Compare: `share` of max(1, the largest number), plus what the file left out."""
    wanted = np.array(wanted)
    assert actual.shape == wanted.shape
    largest = max(1.0, float(np.abs(wanted).max()))
    np.testing.assert_allclose(actual, wanted, rtol=0, atol=share * largest + kept)


both_dtypes = pytest.mark.parametrize(
    ("dtype", "share"),
    # float32 has 24 bits: 6e-8 for each operation, of which there are a few dozen.
    [(np.float64, 1e-13), (np.float32, 2e-6)],
    ids=["float64", "float32"],
)


def of_case(case):
    return f"{case['layer']} {case['arguments']}"


@both_dtypes
@pytest.mark.parametrize("case", LAYERS, ids=of_case)
def test_a_layer_gives_the_golden_output_and_gradients(case, dtype, share):
    layer = getattr(layers, case["layer"])(**case["arguments"])
    x, dy = np.array(case["x"], dtype), np.array(case["dy"], dtype)
    layer.build(x.shape[1:], np.random.default_rng(0), dtype)
    assert list(layer.params) == list(case["params"])
    for name, param in case["params"].items():
        layer.params[name][...] = param

    assert_equals(layer.forward(x), case["y"], share)
    assert_equals(layer.backward(dy), case["dx"], share)
    assert list(layer.grads) == list(case["grads"])
    for name, grad in case["grads"].items():
        assert_equals(layer.grads[name], grad, share)


@pytest.mark.parametrize("fill_mode", FILL_MODES)
@pytest.mark.parametrize(
    # For float32 the shares of the four pixels are rounded, too: 255 times 1e-6.
    ("dtype", "share"),
    [(np.float64, 1e-12), (np.float32, 1e-6)],
    ids=["float64", "float32"],
)
def test_photos_are_warped_as_scipy_warps_them_in_keras(fill_mode, dtype, share):
    for case in AUGMENTATION:
        photo = np.array([case["photo"]], dtype)
        matrix = affine_matrix(photo.shape[1:3], **case["change"])
        y = warp(photo, matrix[np.newaxis], fill_mode)
        assert_equals(y[0], case["results"][fill_mode], share)


def test_the_golden_photos_tell_the_fill_modes_apart():
    for case in AUGMENTATION:
        results = [json.dumps(case["results"][mode]) for mode in FILL_MODES]
        is_a_row = len(case["photo"]) == 1  # and constant leaves nothing of it
        assert len(set(results)) == len(FILL_MODES) or is_a_row


def golden_gradient(t, param):
    """Return the gradient before update t, by the rule that adam.json tells."""
    pull, goal, noise, asleep = (
        np.array(ADAM["problem"][name]) for name in ("pull", "goal", "noise", "asleep")
    )
    wobble = (7919 * t + 104729 * np.arange(len(param))) % 1009 - 504
    gradient = pull * (param.astype(np.float64) - goal) + noise * wobble / 512
    return np.where(t <= asleep, 0.0, gradient).astype(param.dtype)


def adam_walk(arguments, dtype):
    """Return the numbers after each of the golden steps."""
    optimizer, param = Adam(**arguments), np.array(ADAM["problem"]["start"], dtype)
    places = []
    for t in range(1, ADAM["steps"][-1] + 1):
        optimizer.update({"0.kernel": param}, {"0.kernel": golden_gradient(t, param)})
        if t in ADAM["steps"]:
            places.append(param.copy())
    return np.array(places)


of_run = pytest.mark.parametrize("run", ADAM["runs"], ids=lambda r: str(r["arguments"]))


@of_run
def test_adam_walks_2000_steps_along_the_golden_path(run):
    assert ADAM["steps"][-1] == 2000
    assert_equals(adam_walk(run["arguments"], np.float64), run["values"], 1e-12, 0)


@of_run
def test_adam_in_float32_keeps_to_the_golden_path(run):
    # Each update rounds a number of about 1 to 24 bits, by up to 6e-8 and by chance up
    # or down: n updates by about sqrt(n) * 3.5e-8, 1.6e-6 after 2000; m and v are
    # rounded as well. Seen were 4e-6 at worst; a wrong formula is off by 1e-4 or more.
    y = adam_walk(run["arguments"], np.float32)
    assert y.dtype == np.float32
    assert_equals(y, run["values"], 1e-5, 0)


@pytest.mark.parametrize(
    ("dtype", "share"),
    [(np.float64, 1e-14), (np.float32, 1e-7)],
    ids=["float64", "float32"],
)
@pytest.mark.parametrize("case", LOSSES, ids=lambda c: f"{c['name']} {c['y_pred']}")
def test_a_loss_and_its_gradient_are_the_golden_ones(case, dtype, share):
    y_pred = np.array(case["y_pred"], dtype)
    loss, gradient = losses.get(case["name"])(case["y_true"], y_pred)
    # The sum is made in float64, whatever y_pred is; but 0.1 in float32 is not 0.1.
    assert loss == pytest.approx(case["loss"], rel=10 * share, abs=share)
    assert gradient.dtype == dtype
    assert_equals(gradient, case["gradient"], share, 0)


@pytest.mark.parametrize("name", ["augmentation", "adam", "layers", "losses"])
def test_a_golden_file_is_small_and_says_how_it_was_made(name):
    assert (FOLDER / f"{name}.json").stat().st_size < 40_000
    assert len(golden(name)["note"]) > 100
