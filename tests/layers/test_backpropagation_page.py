"""docs/backpropagation.md: a section for every layer, whose code is run here."""

import re

import numpy as np
import pytest
from conftest import PROJECT

from tinycnn import layers, losses, shapes
from tinycnn.layers import LAYERS
from tinycnn.layers.preparation import RandomChange

PAGE = (PROJECT / "docs" / "backpropagation.md").read_text(encoding="utf-8")
SECTIONS = {
    part.partition("\n")[0].strip("# "): part
    for part in re.split(r"^(?=##+ )", PAGE, flags=re.MULTILINE)
}
WINDOWS = SECTIONS["Layers with windows"]
N, PHOTO = 3, (6, 7, 2)
CONV = {"kernel_size": (2, 3), "strides": 2}
# What a layer needs to be made; the others need nothing.
ARGUMENTS = {
    "Dense": {"units": 4},
    "Reshape": {"target_shape": (2, 6, 7)},
    "ZeroPadding2D": {"padding": ((1, 2), (0, 3))},
    "Conv2D": {"filters": 4, **CONV},
    "DepthwiseConv2D": {"depth_multiplier": 3, **CONV},
    "SeparableConv2D": {"filters": 4, "depth_multiplier": 3, **CONV},
    "SumPooling2D": {"pool_size": (3, 2), "strides": 2},
    "AveragePooling2D": {"pool_size": (3, 2), "strides": 2},
    "MaxPooling2D": {"pool_size": (3, 2), "strides": 2},
    "LeakyReLU": {"negative_slope": 0.3},
    "ELU": {"alpha": 0.7},
    "Dropout": {"rate": 0.4},
    "SpatialDropout2D": {"rate": 0.4},
    "Rescaling": {"scale": 0.3, "offset": -2},
    "Resizing": {"height": 4, "width": 9},
    "RandomRotation": {"factor": 0.2},
    "RandomZoom": {"height_factor": 0.3, "fill_mode": "constant"},
    "RandomTranslation": {"height_factor": 0.3, "width_factor": 0.2},
    "RandomBrightness": {"factor": 0.5, "value_range": (-1, 1)},
    "RandomContrast": {"factor": 0.5, "value_range": (-1, 1)},
}
IN_TRAINING = ("Dropout", "SpatialDropout2D", "BatchNormalization")


def code_of(section):
    """Return the Python of a section; one block at most."""
    blocks = re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1, section
    return blocks[0]


def matrices_of(layer):
    """Return what a linear layer does to each of N photos, from photos of one pixel."""
    size = int(np.prod(PHOTO))
    columns = []
    for pixel in np.eye(size):
        x = np.broadcast_to(pixel.reshape(PHOTO), (N, *PHOTO))
        columns.append(layer.forward(x, True).reshape(N, size))
    return np.stack(columns, axis=2)


def names_for(layer, x, dy):
    """Return the names that the code of a section finds."""
    names = {"np": np, "x": x, "dy": dy, **layer.params, **layer.config()}
    names |= dict(zip("NHWC", x.shape, strict=False))
    if dy.ndim == 4:
        names |= {"OH": dy.shape[1], "OW": dy.shape[2], "F": dy.shape[3]}
    if layer.window is not None:
        names |= dict(zip(("KH", "KW"), layer.window, strict=True))
        names["stride"] = layer.strides[0]
    match layer:
        case layers.SELU():
            names |= {"alpha": layer.alpha, "scale": layer.scale}
        case layers.ZeroPadding2D():
            (names["top"], names["bottom"]), (names["left"], names["right"]) = (
                layer.padding
            )
        case layers.Dropout():
            (names["mask"],) = layer.kept
        case layers.Resizing():
            names["R"], names["S"] = layer._weights(x.shape, x.dtype)
        case RandomChange():
            names["A"] = matrices_of(layer)
        case layers.RandomBrightness():
            names["low"], names["high"] = layer.value_range
            names["d"] = layer.drawn(x, layer.factor) * 2
        case layers.RandomContrast():
            names["low"], names["high"] = layer.value_range
            names["f"] = layer.drawn(x, (1 - layer.lower, 1 + layer.upper))
    return names


@pytest.mark.parametrize("name", LAYERS)
def test_the_code_of_a_section_computes_what_the_layer_does(name):
    layer = LAYERS[name](**ARGUMENTS.get(name, {}))
    shape = (5,) if name in ("Dense", "Softmax") else PHOTO
    rng = np.random.default_rng(7)
    layer.build(shape, rng, np.float64)
    for param in layer.params.values():
        param[...] = rng.standard_normal(param.shape)
    x = rng.standard_normal((N, *shape))
    if "Max" in name:
        x = x.round()  # so that windows have several largest cells
    training = name in IN_TRAINING or name.startswith("Random")
    y = layer.forward(x, training)
    dy = rng.standard_normal(y.shape)
    names = names_for(layer, x, dy)
    exec(code_of(WINDOWS), names)
    exec(code_of(SECTIONS[name]), names)

    layer.forward(x, training)
    dx = layer.backward(dy)
    assert names["y"].shape == y.shape
    np.testing.assert_allclose(names["y"], y, rtol=1e-9, atol=1e-12)
    assert names["dx"].shape == x.shape
    np.testing.assert_allclose(names["dx"], dx, rtol=1e-9, atol=1e-12)
    for param, slope in layer.grads.items():
        assert names[f"d{param}"].shape == slope.shape
        np.testing.assert_allclose(names[f"d{param}"], slope, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["BinaryCrossentropy", "CategoricalCrossentropy",
                                  "MeanSquaredError", "MeanAbsoluteError"])  # fmt: skip
def test_the_code_of_a_section_computes_what_the_loss_does(name):
    rng = np.random.default_rng(8)
    K = 5
    z = rng.standard_normal((N, K))
    y = np.eye(K)[rng.integers(0, K, N)]
    names = {"np": np, "z": z, "y": y, "N": N, "K": K}
    exec(code_of(SECTIONS[name]), names)
    loss, dz = getattr(losses, name)()(y, z)
    np.testing.assert_allclose(names["loss"], loss, rtol=1e-9)
    np.testing.assert_allclose(names["dz"], dz, rtol=1e-9, atol=1e-12)


def test_every_public_layer_and_loss_has_its_section():
    public = {
        name
        for name, thing in vars(layers).items()
        if isinstance(thing, type) and issubclass(thing, layers.Layer)
    }
    public |= {kind.__name__ for kind in losses.LOSSES.values()}
    # The contract, and the same formula for labels that are numbers.
    public -= {"Layer", "SparseCategoricalCrossentropy"}
    assert len(public) > 35
    assert {name for name in public if name not in SECTIONS} == set()
    assert "`SparseCategoricalCrossentropy`" in SECTIONS["CategoricalCrossentropy"]


def test_the_letters_are_those_of_the_library():
    legend = shapes.__doc__.partition("letter  meaning")[2]
    letters = re.findall(r"^(N|[A-Z]+(?:, [A-Z]+)?)  ", legend, re.MULTILINE)
    assert len(letters) == 6
    for row in letters:
        assert re.search(rf"^\| {row} \| ", PAGE, re.MULTILINE), row
