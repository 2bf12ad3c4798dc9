"""The page that reads what was computed by hand: its numbers and its mistakes."""

import math
import sys

import numpy as np
import pytest
from conftest import PROJECT

sys.path.append(str(PROJECT / "docs"))

import make_pencil
import make_print_sheet as sheet
from pencil import mistakes


@pytest.fixture(scope="module")
def steps():
    return {s["name"]: s for part in make_pencil.parts() for s in part["steps"]}


def numbers_for(step, words):
    """The numbers of the one mistake whose description has these words."""
    (found,) = (m for m in step["mistakes"] if words in m["what"])
    return np.array(found["numbers"])


def test_the_page_is_current():
    text = make_pencil.PAGE.read_text(encoding="utf-8")
    assert text == make_pencil.page(), "run docs/make_pencil.py"
    assert "http:" not in text and "https:" not in text


def test_the_right_numbers_are_the_print_sheets(steps):
    results = sheet.page().partition("## Results")[2]
    for name, step in steps.items():
        if name in ("m", "v", "step"):
            continue
        shown = "Feature map" if name == "feature map" else name
        assert f". {shown}: `{sheet.row(np.array(step['right']).squeeze())}`" in results


def test_every_array_has_its_mistakes_and_none_of_them_is_right(steps):
    for step in steps.values():
        assert len(step["mistakes"]) >= 2, step["name"]
        for mistake in step["mistakes"]:
            assert np.shape(mistake["numbers"]) == np.shape(step["right"])
            assert mistake["numbers"] != step["right"]
            assert mistake["what"].startswith("you ")
            assert mistake["instead"].endswith(".")


def test_mistakes_with_the_same_numbers_are_known(steps):
    pairs = {
        (name, *sorted((one["what"], other["what"])))
        for name, step in steps.items()
        for one in step["mistakes"]
        for other in step["mistakes"]
        if one is not other and one["numbers"] == other["numbers"]
    }
    # Nine of the sixteen numbers behind ReLU are 0: the page then names both.
    first = "you took the first number of each square"
    assert pairs == {("pooled", first, "you took the smallest number of each square")}


# -- by hand, or in loops -----------------------------------------------------------


def test_feature_map(steps):
    step = steps["feature map"]
    mean = numbers_for(step, "mean")
    assert mean[0].round(4).tolist() == [0.4444, 0.3333, 0.4444]  # 4, 3, 4 by nine
    assert numbers_for(step, "left the kernel out")[0].tolist() == [6, 7, 6]
    # Top left window 1 1 1 / 0 1 1 / 0 0 1: 1s at the corners and the middle agree
    # except the bottom left; 0 on 0 at the left and at the bottom.
    assert numbers_for(step, "agree")[0, 0] == 4 + 2


def test_pooling(steps):
    assert numbers_for(steps["max"], "smallest").tolist() == [[1, 0], [0, 1]]
    assert numbers_for(steps["max"], "first").tolist() == [[1, 2], [4, 9]]
    assert numbers_for(steps["max"], "moved").tolist() == [[7, 7], [7, 9]]
    assert numbers_for(steps["average"], "added up").tolist() == [[16, 4], [12, 12]]
    assert numbers_for(steps["average"], "by 2").tolist() == [[8, 2], [6, 6]]
    assert numbers_for(steps["average"], "median").tolist() == [[4, 1], [4, 1]]
    assert numbers_for(steps["sum"], "mean").tolist() == [[4, 1], [3, 3]]


def test_convolution(steps):
    step = steps["convolution"]
    right = np.array(step["right"])
    assert (numbers_for(step, "left out the bias") == right + 1).all()
    assert (numbers_for(step, "subtracted") == right + 2).all()
    assert (numbers_for(step, "each of the nine") == right - 8).all()
    turned, exchanged = np.full((4, 4), -1.0), np.full((4, 4), -1.0)
    for i in range(4):
        for j in range(4):
            for a in range(3):
                for b in range(3):
                    pixel = sheet.PHOTO[i + a, j + b]
                    turned[i, j] += pixel * sheet.KERNEL[2 - a, 2 - b]
                    exchanged[i, j] += pixel * sheet.KERNEL[b, a]
    assert numbers_for(step, "turned").tolist() == turned.tolist()
    assert numbers_for(step, "kernel's rows and columns").tolist() == exchanged.tolist()
    # The middle on the corner: 0 0 / 0 1 under the kernel's lower right quarter.
    assert numbers_for(step, "middle of the kernel")[0, 0] == 0 * 0 + 1 * -1 - 1


def test_the_rest_of_forward(steps):
    assert numbers_for(steps["ReLU"], "minus signs")[0].tolist() == [3, 1, 1, 1]
    assert numbers_for(steps["pooled"], "and not what ReLU")[1, 1] == -1
    assert numbers_for(steps["logit"], "left out the bias") == 1.25
    # 2 2 1 0 in place of 2 1 2 0: 1 - 0.5 + 0.25 - 1
    assert numbers_for(steps["logit"], "column by column") == -0.25
    assert numbers_for(steps["p"], "minus sign").round(4) == 0.4378
    assert numbers_for(steps["loss"], "other class").round(4) == 0.5759
    assert numbers_for(steps["loss"], "base 10").round(4) == 0.3587


def test_backward(steps):
    p = 1 / (1 + math.exp(-0.25))
    assert numbers_for(steps["dlogit"], "took 1").item() == pytest.approx(p - 1)
    assert numbers_for(steps["dlogit"], "p(1 - p)").round(4) == 0.2461
    assert numbers_for(steps["dweights"], "left out").tolist() == [[2, 1, 2, 0]]
    message = np.array([0.5, -0.25, 0.25, 0.75]) * p
    everywhere = np.repeat(np.repeat(message.reshape(2, 2), 2, axis=0), 2, axis=1)
    found = numbers_for(steps["dReLU"], "to all four")
    np.testing.assert_allclose(found, everywhere, atol=1e-9)
    found = numbers_for(steps["dReLU"], "divided")
    np.testing.assert_allclose(found, everywhere / 4, atol=1e-9)
    ties = numbers_for(steps["dReLU"], "each of several")
    np.testing.assert_allclose(ties[2:, 2:], message[3], atol=1e-9)
    assert np.count_nonzero(ties[:2]) == 2
    through = numbers_for(steps["dconvolution"], "everything through")
    assert through[2, 2] == pytest.approx(message[3])
    cut = numbers_for(steps["dconvolution"], "negative messages")
    assert cut[0, 3] == 0 and cut[1, 1] == pytest.approx(message[0])
    first = numbers_for(steps["dkernel"], "only the first")
    np.testing.assert_allclose(first, sheet.PHOTO[:3, 3:] * message[1], atol=1e-9)
    mean = numbers_for(steps["dbias of the kernel"], "mean").item()
    assert mean == pytest.approx(message[:3].sum() / 16)


def test_adam(steps):
    assert numbers_for(steps["m"], "whole slope")[0, :2].tolist() == [5, 9.5]
    assert numbers_for(steps["m"], "0.9 and 0.1")[0, 1] == pytest.approx(4.95)
    absolute = numbers_for(steps["v"], "did not square the slope")[0]
    assert absolute[2] == pytest.approx(0.999 * (0.999 * 0.005 + 0.005) + 0.003)
    assert numbers_for(steps["v"], "forgot")[0].tolist() == [
        0.025, 0.025, 0.009, 0.016, 0,
    ]  # fmt: skip
    step = numbers_for(steps["step"], "left out the correction")[0, 0]
    assert step == pytest.approx(-0.001 * 0.5 / math.sqrt(0.025))
    step = numbers_for(steps["step"], "not by its root")[0, 0]
    assert step == pytest.approx(-0.001 * math.sqrt(0.001) / 0.1 * 0.5 / 0.025)


def test_a_mistake_that_the_numbers_cannot_show_is_left_out():
    same = mistakes.Mistake(np.ones((2, 2)), "you did it", "Do not.")
    assert make_pencil.step("x", np.ones((2, 2)), [same])["mistakes"] == []
