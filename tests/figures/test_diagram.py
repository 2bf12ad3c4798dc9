"""The picture of a network: what stands in its boxes, and what plot_model writes."""

import numpy as np
import pytest
from PIL import Image

from tinycnn import Sequential, layers
from tinycnn.figures.diagram import network_diagram
from tinycnn.keras import utils


@pytest.fixture
def model():
    model = Sequential()
    model.add(layers.Conv2D(3, 2, input_shape=(5, 7, 1), activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(2, name="answer"))
    model.layers[0].trainable = False
    return model


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts if text.get_text()]


def test_a_box_for_each_layer_from_top_to_bottom(model):
    figure = network_diagram(model, names=False)
    assert texts(figure) == [
        "input (None, 5, 7, 1)",
        "Conv2D",
        "ReLU",
        "Flatten",
        "Dense",
    ]
    rows = [text.xy[1] for text in figure.axes[0].texts if not text.get_text()]
    assert len(rows) == 4  # one arrow from box to box
    assert figure.axes[0].get_ylim()[0] > figure.axes[0].get_ylim()[1]


def test_what_stands_in_a_box(model):
    found = texts(network_diagram(model, shapes=True, trainable=True))
    assert found[1].endswith("Conv2D  (None, 5, 7, 1) -> (None, 4, 6, 3)  (frozen)")
    assert found[-1] == "answer: Dense  (None, 72) -> (None, 2)"


def test_a_model_without_a_shape_has_no_input_box():
    assert texts(network_diagram(Sequential([layers.Flatten()]), names=False)) == [
        "Flatten"
    ]
    with pytest.raises(ValueError, match="no layers to draw"):
        network_diagram(Sequential())


def test_plot_model_writes_the_picture(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    utils.plot_model(model)
    utils.plot_model(model, to_file="big.png", show_shapes=True, rankdir="LR", dpi=96)
    utils.plot_model(model, tmp_path / "m.svg", show_layer_names=False)
    with Image.open("model.png") as small, Image.open("big.png") as big:
        assert big.size[0] > small.size[0] > 100
        assert np.asarray(small.convert("L")).min() < 100  # not empty
    assert "<svg" in (tmp_path / "m.svg").read_text()
