"""Explanations: sums that add up, slopes found by trying, and plain loops."""

import math
import re
import shutil
import warnings

import numpy as np
import pytest
import slow
from conftest import PROJECT
from PIL import Image

from tinycnn import Sequential
from tinycnn.explanation import (
    grad_cam,
    occlusion,
    receptive_field,
    saliency,
    top_patches,
    votes,
)
from tinycnn.keras.words import KerasWordWarning
from tinycnn.layers import (
    AveragePooling2D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPooling2D,
    Softmax,
    SumPooling2D,
)
from tinycnn.preprocessing.photos import PhotoError, Preprocessing

POOLINGS = {"MaxPooling2D": "max", "AveragePooling2D": "average", "SumPooling2D": "sum"}

# name: (layers, number of the last layer with maps)
STACKS = {
    "tutorial": lambda: (
        Conv2D(4, (3, 3), input_shape=(9, 8, 3), activation="relu"),
        MaxPooling2D(pool_size=(2, 2)),
        Flatten(),
        Dense(5, activation="relu"),
        Dense(1, activation="sigmoid"),
    ),
    "two convolutions, softmax, greyscale": lambda: (
        Conv2D(3, (3, 2), input_shape=(10, 9, 1), activation="relu"),
        MaxPooling2D((2, 2)),
        Conv2D(4, (2, 2), activation="relu"),
        Flatten(),
        Dense(3, activation="softmax"),
    ),
    "sum pooling": lambda: (
        Conv2D(3, (2, 3), input_shape=(7, 8, 3), activation="relu"),
        SumPooling2D((3, 2)),
        Flatten(),
        Dense(1, activation="sigmoid"),
    ),
    "average 'same'": lambda: (
        Conv2D(3, 3, input_shape=(8, 7, 2), activation="relu"),
        AveragePooling2D((3, 3), strides=2, padding="same"),
        Flatten(),
        Dense(4, activation="relu"),
        Dense(1, activation="sigmoid"),
    ),
    "strides with 'same'": lambda: (
        Conv2D(3, (4, 3), (3, 2), "same", input_shape=(9, 8, 2), activation="relu"),
        MaxPooling2D((2, 2), strides=1, padding="same"),
        Flatten(),
        Dense(4, activation="softmax"),
    ),
    "Dropout": lambda: (
        Conv2D(3, 3, input_shape=(8, 6, 3), activation="relu"),
        MaxPooling2D((2, 2)),
        Dropout(0.4),
        Flatten(),
        Dense(6, activation="relu"),
        Dropout(0.5),
        Dense(2, activation="softmax"),
    ),
    "no activation at the end": lambda: (
        Conv2D(3, 3, input_shape=(6, 7, 2)),
        Flatten(),
        Dense(3),
    ),
    "hidden sigmoid": lambda: (
        Conv2D(3, 3, input_shape=(6, 7, 2), activation="sigmoid"),
        MaxPooling2D((2, 2)),
        Flatten(),
        Dense(4, activation="sigmoid"),
        Dense(1, activation="sigmoid"),
    ),
}
each_stack = pytest.mark.parametrize("name", STACKS)


def up_to(model, number):
    """Return the layers to here, also where a layer's activation comes next."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "the last layer", KerasWordWarning)
        return Sequential(model.layers[: number + 1])


def model_of(name, seed=0, classes=True):
    """A model with random weights and biases: none at 0, ReLUs open and shut."""
    rng = np.random.default_rng(seed)
    model = Sequential(STACKS[name]())
    model.set_weights(
        [0.7 * rng.standard_normal(weight.shape) for weight in model.get_weights()]
    )
    count = max(2, model.output_shape[0])
    model.classes = ["ant", "bee", "cat", "dog"][:count] if classes else None
    return model


def photo_for(model, seed=1):
    return np.random.default_rng(seed).random(model.input_shape)


def slow_logits(model, x, first=0):
    """The logits by plain loops, from what goes into layer `first` on: (N, K)."""
    y = np.asarray(x, np.float64)
    for number, layer in enumerate(model.layers[first:], first):
        kind, is_last = type(layer).__name__, number == len(model.layers) - 1
        params = {name: p.astype(np.float64) for name, p in layer.params.items()}
        if is_last and kind in ("Sigmoid", "Softmax"):
            return y
        if kind == "Conv2D":
            y = slow.convolution(y, **params, strides=layer.strides,
                                 padding=layer.padding)  # fmt: skip
        elif kind in POOLINGS:
            y = slow.pooling(
                POOLINGS[kind], y, layer.pool_size, layer.strides, layer.padding
            )
        elif kind == "Dense":
            y = slow.dense(y, **params)
        elif kind != "Dropout":  # which does nothing here
            y = {"Flatten": slow.flatten, "ReLU": slow.relu}.get(kind, slow.sigmoid)(y)
    return y


def slow_logit(model, x, label, first=0):
    logits = slow_logits(model, x, first)[0]
    if len(logits) == 1:
        return float(logits[0]) * (1 if label else -1)
    return float(logits[label])


def slow_slope(model, x, label, place, first=0, h=1e-5):
    """d logit / d x[place] by trying, with plain loops."""
    ends = []
    for step in (h, -h):
        moved = np.array(x, np.float64)[np.newaxis]
        moved[0, *place] += step
        ends.append(slow_logit(model, moved, label, first))
    return (ends[0] - ends[1]) / (2 * h)


def some_places(shape, count=12, seed=3):
    numbers = np.random.default_rng(seed).permutation(math.prod(shape))[:count]
    return [tuple(map(int, np.unravel_index(n, shape))) for n in numbers]


# Votes -------------------------------------------------------------------------------


@each_stack
@pytest.mark.parametrize("layer", [None, "input", 0])
def test_votes_and_biases_add_up_to_the_logit(name, layer):
    model = model_of(name)
    x = photo_for(model)
    for label in range(max(2, model.output_shape[0])):
        found = votes(model, x, layer, label)
        expected = slow_logit(model, x[np.newaxis], label)
        assert found.logit == pytest.approx(expected, rel=1e-12)
        total = math.fsum(found.votes.ravel()) + found.biases
        is_exact = name != "hidden sigmoid"
        assert (total == pytest.approx(expected, rel=1e-12)) is is_exact
        assert found.is_exact is is_exact
        assert found.votes.sum() + found.remainder == pytest.approx(expected, rel=1e-12)
        assert found.votes.dtype == found.values.dtype == np.float64
        assert found.class_name == model.classes[label]


@each_stack
def test_a_vote_is_a_value_times_its_slope(name):
    model = model_of(name)
    x, label = photo_for(model), 1
    last = max(n for n, one in enumerate(model.layers) if len(one.output_shape) == 3)
    for layer in ("input", 0, last):
        found = votes(model, x, layer, label)
        first = 0 if layer == "input" else layer + 1
        values = x
        for one in model.layers[:first]:
            values = one.forward(np.asarray(values, np.float64).reshape(
                1, *one.input_shape))[0]  # fmt: skip
        np.testing.assert_allclose(found.values, values, rtol=1e-6)
        for place in some_places(values.shape):
            slope = slow_slope(model, found.values, label, place, first)
            expected = found.values[place] * slope
            assert found.votes[place] == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert votes(model, x, class_index=label).layer.startswith(f"layer {last} (")


def test_votes_of_the_tutorial_are_values_times_g():
    """logit = sum(value * G) + c, with G = W1[:, active] @ w2[active]."""
    model = model_of("tutorial")
    found = votes(model, photo_for(model), class_index=1)
    W1, b1, w2, b2 = (w.astype(np.float64) for w in model.get_weights()[2:])
    active = found.values.reshape(-1) @ W1 + b1 > 0
    assert 0 < active.sum() < len(active)
    G = (W1[:, active] @ w2[active, 0]).reshape(found.values.shape)
    np.testing.assert_allclose(found.votes, found.values * G, rtol=1e-12)
    c = b1[active] @ w2[active, 0] + b2[0]
    assert found.remainder == pytest.approx(c, rel=1e-12)
    np.testing.assert_allclose(found.per_cell, found.votes.sum(axis=2))
    other = votes(model, photo_for(model), class_index=0)
    np.testing.assert_array_equal(other.votes, -found.votes)
    assert other.logit == -found.logit


def test_hidden_units_vote_too():
    model = model_of("tutorial")
    found = votes(model, photo_for(model), layer=5, class_index="bee")
    w2, b2 = model.get_weights()[-2:]
    np.testing.assert_allclose(found.votes, found.values * w2[:, 0], rtol=1e-12)
    assert found.remainder == pytest.approx(float(b2[0]), rel=1e-6)
    assert found.extent is None


def test_the_text_is_the_sum_and_says_what_it_cannot_explain():
    model = model_of("tutorial")
    text = str(votes(model, photo_for(model), class_index="ant"))
    logit, plus, minus, rest = map(float, re.findall(r"[+-]\d+\.\d+", text))
    assert logit == pytest.approx(plus + minus + rest, abs=2e-4)
    assert "logit of ant" in text
    assert "layer 2 (MaxPooling2D)" in text
    assert text.endswith("(the biases)")
    model = model_of("hidden sigmoid")
    found = votes(model, photo_for(model), class_index="ant")
    rest, biases, unexplained = map(float, re.findall(r"[+-]\d+\.\d+", str(found))[3:])
    assert rest == pytest.approx(biases + unexplained, abs=2e-4)
    assert abs(unexplained) > 0.01
    assert "an approximation, since Sigmoid after them" in str(found)
    # Seen from behind the hidden sigmoid the rest is straight.
    assert votes(model, photo_for(model), layer=5).is_exact


def test_a_layer_that_is_not_known_makes_it_an_approximation():
    class Cube(Layer):
        def forward(self, x, training=False):
            self.kept = (x,)
            return x**3

        def backward(self, dy):
            (x,) = self.kept_for(dy)
            return 3 * x**2 * dy

    model = Sequential([Dense(2, input_shape=(3,)), Cube(), Dense(1)])
    found = votes(model, np.ones(3), layer="input")
    assert found.bent_by == ("Cube",)


def test_votes_lie_where_their_windows_are():
    model = model_of("tutorial")  # 3x3, then 2x2 by 2: a cell sees 4x4, 2 apart
    found = votes(model, photo_for(model))
    assert found.values.shape[:2] == (3, 3)
    assert found.extent == (0.5, 6.5, 6.5, 0.5)
    assert votes(model, photo_for(model), "input").extent == (-0.5, 7.5, 8.5, -0.5)


def test_one_output_and_two_say_the_same():
    """A sigmoid of one logit is a softmax of 0 and that logit."""
    one = Sequential([Dense(1, activation="sigmoid", input_shape=(3,))])
    two = Sequential([Dense(2, input_shape=(3,)), Softmax()])
    kernel = np.array([[0.5], [-1.0], [2.0]], np.float32)
    one.set_weights([kernel, np.array([0.25])])
    two.set_weights([np.hstack([0 * kernel, kernel]), np.array([0, 0.25])])
    x = np.array([1.0, 2.0, 3.0])
    for model in (one, two):
        found = votes(model, x, "input")
        assert found.class_index == 1
        np.testing.assert_allclose(found.votes, [0.5, -2, 6])
        assert found.logit == 4.75


# The class, the photo, the layer -----------------------------------------------------


def test_without_a_class_it_is_the_one_answered():
    for name in STACKS:
        for seed in range(4):
            model = model_of(name, seed)
            x = photo_for(model)
            assert votes(model, x).class_name == model.classify(x[np.newaxis])[0]
    model = model_of("tutorial")
    x = photo_for(model)
    answered = votes(model, x).class_index
    model.threshold = 1.0 if answered else 0.0
    assert votes(model, x).class_index == 1 - answered


def test_a_photo_is_prepared_as_the_training_was(tmp_path):
    model = model_of("tutorial")
    model.preprocessing = Preprocessing((9, 8), rescale=1 / 255)
    pixels = np.random.default_rng(0).integers(0, 256, (9, 8, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    x = pixels.astype(np.float32) * np.float32(1 / 255)
    asked = (x, x[np.newaxis], tmp_path / "photo.png", Image.fromarray(pixels))
    for explain in (saliency, grad_cam, occlusion, lambda *a: votes(*a).votes):
        first, *others = (explain(model, one) for one in asked)
        for other in others:
            np.testing.assert_array_equal(first, other)
    with pytest.raises(PhotoError, match=r"gone\.png"):
        votes(model, tmp_path / "gone.png")
    model.preprocessing = None
    with pytest.raises(ValueError, match="does not know how a photo becomes an array"):
        votes(model, tmp_path / "photo.png")


def test_numbers_up_to_255_are_warned_of():
    model = model_of("tutorial")
    model.input_range = (0.0, 1.0)
    with pytest.warns(UserWarning, match="divide by 255"):
        votes(model, 255 * photo_for(model))


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"class_index": "eel"}, r"one of 0 \(ant\), 1 \(bee\), got 'eel'"),
        ({"class_index": 2}, r"one of 0 \(ant\), 1 \(bee\), got 2"),
        ({"class_index": -1}, r"one of 0 \(ant\), 1 \(bee\), got -1"),
        ({"class_index": True}, r"one of .*, got True"),
        ({"layer": "conv"}, r"'input', a layer .* 0 to 7 \(summary.*got 'conv'"),
        ({"layer": 8}, r"0 to 7 .*got 8"),
        ({"layer": Flatten()}, r"got Flatten\(\)"),
        ({"layer": 6}, r"makes the logits, layer 6 \(Dense\); got layer 6 \(Dense\)"),
        ({"layer": -1}, r"layer 6 \(Dense\); got layer 7 \(Sigmoid\)"),
    ],
)
def test_what_cannot_be_explained_is_said(keywords, message):
    model = model_of("tutorial")
    with pytest.raises(ValueError, match=message):
        votes(model, photo_for(model), **keywords)


def test_photos_and_models_that_do_not_fit_are_said():
    model = model_of("tutorial", classes=False)
    x = photo_for(model)
    with pytest.raises(ValueError, match=r"0 to 1 \(the model knows no names\)"):
        votes(model, x, class_index="ant")
    with pytest.raises(ValueError, match=r"about one photo, got 2"):
        votes(model, np.stack([x, x]))
    with pytest.raises(ValueError, match=r"shape \(N, 9, 8, 3\), got \(8, 9, 3\)"):
        votes(model, x.transpose(1, 0, 2))
    with pytest.raises(ValueError, match="finite numbers, got NaN"):
        votes(model, np.full_like(x, np.nan))
    maps = Sequential([Conv2D(2, 3, input_shape=(6, 5, 1))])
    with pytest.raises(ValueError, match=r"one number per class.*\(4, 3, 2\): end it"):
        saliency(maps, np.zeros((6, 5, 1)))
    with pytest.raises(ValueError, match="not built yet: give its first layer"):
        votes(Sequential([Flatten(), Dense(1)]), x)
    flat = Sequential([Dense(2, input_shape=(3,))])
    for explain in (saliency, occlusion):
        with pytest.raises(ValueError, match=r"feature maps .* got input with output"):
            explain(flat, np.ones(3))
    with pytest.raises(ValueError, match="a model with a convolution, got one without"):
        grad_cam(flat, np.ones(3))
    with pytest.raises(ValueError, match=r"layer 4 \(Dense\) .*one before Flatten"):
        grad_cam(model, x, layer=4)


def test_layers_can_be_named_by_themselves_and_from_the_end():
    model = model_of("tutorial")
    x = photo_for(model)
    for layer in (2, model.layers[2], -6, np.int64(2)):
        assert votes(model, x, layer).layer == "layer 2 (MaxPooling2D)"


@each_stack
def test_nothing_of_the_model_is_touched(name):
    model = model_of(name)
    x = photo_for(model)
    model.forward(x[np.newaxis], training=True)
    model.backward(np.ones((1, *model.output_shape), np.float32))
    weights, grads = model.get_weights(), {k: g.copy() for k, g in model.grads.items()}
    caches = [layer.kept for layer in model.layers]
    given = x.copy()
    votes(model, x), saliency(model, x), grad_cam(model, x), occlusion(model, x)
    top_patches(model, x[np.newaxis], 0, 0)
    for before, after in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
        assert after.dtype == np.float32
    for key, gradient in model.grads.items():
        np.testing.assert_array_equal(gradient, grads[key])
    for cache, layer in zip(caches, model.layers, strict=True):
        assert layer.kept is cache
    np.testing.assert_array_equal(x, given)


# Saliency ----------------------------------------------------------------------------


@each_stack
def test_saliency_is_the_slope_found_by_trying(name):
    model = model_of(name)
    x = photo_for(model)
    rows, columns, channels = x.shape
    for label in (0, 1):
        plain, signed = (saliency(model, x, label, signed=s) for s in (False, True))
        assert plain.shape == (rows, columns)
        np.testing.assert_array_equal(plain, np.abs(signed))
        for row, column in some_places((rows, columns), 6):
            slopes = [
                slow_slope(model, x, label, (row, column, c)) for c in range(channels)
            ]
            strongest = max(slopes, key=abs)
            expected = pytest.approx(strongest, rel=1e-6, abs=1e-9)
            assert signed[row, column] == expected


# Grad-CAM ----------------------------------------------------------------------------


def slow_grad_cam(model, x, label, number):
    """The paper's formula, on slopes found by trying: a number for each cell."""
    maps = x[np.newaxis]
    for layer in model.layers[: number + 1]:
        maps = layer.forward(np.asarray(maps, np.float64))
    maps = maps[0]
    rows, columns, filters = maps.shape
    cam = np.zeros((rows, columns))
    for f in range(filters):
        weight = 0.0
        for i in range(rows):
            for j in range(columns):
                slope = slow_slope(model, maps, label, (i, j, f), number + 1)
                weight += slope / (rows * columns)
        cam += weight * maps[:, :, f]
    return np.maximum(cam, 0)


def between(cells, middles, pixel):
    """Linear between the two nearest cells; beyond the first and last, those."""
    if pixel <= middles[0]:
        return cells[0]
    for n in range(len(middles) - 1):
        if pixel <= middles[n + 1]:
            share = (pixel - middles[n]) / (middles[n + 1] - middles[n])
            return (1 - share) * cells[n] + share * cells[n + 1]
    return cells[-1]


@pytest.mark.parametrize(
    ("name", "number", "rows", "columns"),
    [
        # Centres by hand. A 3x3 window that begins at 0 has its middle at 1.
        ("tutorial", 0, [1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6]),
        # Row 0 of the last map sees rows 0..5, column 0 columns 0..4; then 2 further.
        ("two convolutions, softmax, greyscale", 4, [2.5, 4.5, 6.5], [2, 4, 6]),
        # 4 rows, 3 apart, on 9 rows; 3 columns, 2 apart, on 8: border behind only.
        ("strides with 'same'", 0, [1.5, 4.5, 7.5], [1, 3, 5, 7]),
        # 3x3 makes 6 rows and 5 columns; on these 3x3 by 2 has no border above, but
        # one at the left: rows 0..2, columns -1..1, which are 0..4 and -1..3 below.
        ("average 'same'", 2, [2, 4, 6], [1, 3, 5]),
    ],
)
def test_grad_cam_is_the_papers_formula(name, number, rows, columns):
    shown = 0
    for seed in range(3):
        model = model_of(name, seed)
        x = photo_for(model)
        for label in (0, 1):
            cam = slow_grad_cam(model, x, label, number)
            assert cam.shape == (len(rows), len(columns))
            expected = [
                [
                    between([between(row, columns, j) for row in cam], rows, i)
                    for j in range(x.shape[1])
                ]
                for i in range(x.shape[0])
            ]
            found = grad_cam(model, x, label, number)
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-8)
            shown += cam.any()
    assert shown >= 2


def test_grad_cam_tells_both_classes_of_a_sigmoid_apart():
    for layer in ("input", 0):
        model = model_of("tutorial")
        model.layers[0].params["kernel"] -= 0.2  # maps of both signs
        x = photo_for(model)
        ant, bee = (grad_cam(model, x, name, layer) for name in ("ant", "bee"))
        assert ant.any() or bee.any()
        if layer == "input":  # a cell for every pixel: nothing is in between
            assert not ((ant > 0) & (bee > 0)).any()
        else:
            assert ant.any() and bee.any()


@each_stack
def test_grad_cam_takes_the_last_convolution_with_its_activation(name):
    model = model_of(name)
    x = photo_for(model)
    last = {"two convolutions, softmax, greyscale": 4, "no activation at the end": 0}
    np.testing.assert_array_equal(
        grad_cam(model, x, 1), grad_cam(model, x, 1, last.get(name, 1))
    )


# Occlusion ---------------------------------------------------------------------------


def slow_occlusion(model, x, label, size, stride, value):
    def probability(photo):
        y = model.forward(photo[np.newaxis].astype(np.float32))[0].tolist()
        return ([1 - y[0], y[0]] if len(y) == 1 else y)[label]

    rows, columns, _ = x.shape
    drops = [[[] for _ in range(columns)] for _ in range(rows)]
    for top in range(0, rows - size[0] + stride[0], stride[0]):
        for left in range(0, columns - size[1] + stride[1], stride[1]):
            top_, left_ = min(top, rows - size[0]), min(left, columns - size[1])
            covered = x.copy()
            inside = [
                (i, j)
                for i in range(top_, top_ + size[0])
                for j in range(left_, left_ + size[1])
            ]
            for i, j in inside:
                covered[i, j] = value
            drop = probability(x) - probability(covered)
            for i, j in inside:
                drops[i][j].append(drop)
    return [[sum(cell) / len(cell) for cell in row] for row in drops]


@pytest.mark.parametrize(
    ("name", "size", "stride", "value"),
    [
        ("tutorial", (3, 2), (2, 1), 0.5),
        ("tutorial", (4, 3), (4, 3), [0.1, 0.9, 0.4]),
        ("two convolutions, softmax, greyscale", (10, 4), (1, 3), 1.0),
        ("no activation at the end", (2, 2), (2, 2), -1.0),
    ],
)
@pytest.mark.parametrize("batch_size", [1, 5, 32])
def test_occlusion_is_the_mean_of_what_the_squares_take(
    name, size, stride, value, batch_size
):
    model = model_of(name)
    x = photo_for(model)
    for label in (0, 1):
        found = occlusion(model, x, label, size, stride, value, batch_size)
        expected = slow_occlusion(model, x, label, size, stride, value)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
        assert np.abs(found).max() > 1e-3


def test_occlusion_covers_with_the_mean_colour_by_default():
    model = model_of("tutorial")
    x = photo_for(model)
    mean = x.mean(axis=(0, 1))
    np.testing.assert_array_equal(
        occlusion(model, x), occlusion(model, x, size=1, stride=1, value=mean)
    )
    grey = np.full_like(x, 0.3)
    assert np.abs(occlusion(model, grey)).max() < 1e-12


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"size": 9}, r"fit into the photo's 9x8 pixels, got \(9, 9\)"),
        ({"size": 0}, "size should be a whole number of at least 1, got 0"),
        ({"size": 2, "stride": 3}, r"at most size, \(2, 2\), .* got \(3, 3\)"),
        ({"value": [1, 2]}, r"for each of the 3 channels, got \[1.0, 2.0\]"),
        ({"value": np.nan}, "value should be a number, .* got nan"),
        ({"batch_size": 0}, "batch_size should be a whole number"),
    ],
)
def test_squares_that_do_not_work_are_said(keywords, message):
    model = model_of("tutorial")
    with pytest.raises(ValueError, match=message):
        occlusion(model, photo_for(model), **keywords)


# Receptive fields and top patches ----------------------------------------------------


@each_stack
def test_a_field_is_what_changes_the_cell(name):
    """All weights above 0: a much larger pixel changes each cell that can see it."""
    model = model_of(name)
    model.set_weights([0.01 + np.abs(weight) for weight in model.get_weights()])
    x = photo_for(model).astype(np.float32)
    for number, layer in enumerate(model.layers):
        if len(layer.output_shape) != 3 or name == "hidden sigmoid":
            continue
        part = up_to(model, number)
        before = part.predict(x[np.newaxis])[0, :, :, 0]
        seen = {cell: set() for cell in np.ndindex(before.shape)}
        for row, column in np.ndindex(x.shape[:2]):
            changed = x.copy()
            changed[row, column] += 1e4
            after = part.predict(changed[np.newaxis])[0, :, :, 0]
            for cell in zip(*np.nonzero(after != before), strict=True):
                seen[tuple(map(int, cell))].add((row, column))
        for cell, pixels in seen.items():
            top, bottom, left, right = receptive_field(model, number, *cell)
            box = {(r, c) for r in range(top, bottom) for c in range(left, right)}
            assert pixels == box, (number, cell)


def test_cells_and_layers_without_a_field_are_said():
    class Shift(Layer):
        def forward(self, x, training=False):
            return np.roll(x, 1, axis=1)

    model = model_of("tutorial")
    with pytest.raises(ValueError, match=r"cell of the 3x3 of a map, got \(0, 3\)"):
        receptive_field(model, 2, 0, 3)
    with pytest.raises(ValueError, match=r"layer 3 \(Flatten\) with output \(36,\)"):
        receptive_field(model, 3, 0, 0)
    assert receptive_field(model, "input", 4, 5) == (4, 5, 5, 6)
    model = Sequential([Shift(input_shape=(5, 4, 1)), Conv2D(1, 3)])
    with pytest.raises(ValueError, match="cell of Shift sees is not known"):
        receptive_field(model, 1, 0, 0)


@pytest.mark.parametrize("name", ["tutorial", "strides with 'same'", "average 'same'"])
@pytest.mark.parametrize("count", [1, 4, 50])
def test_top_patches_are_the_strongest_of_each_photo(name, count):
    model = model_of(name)
    rng = np.random.default_rng(5)
    photos = rng.random((40, *model.input_shape)).astype(np.float32)
    photos[7] = photos[3]  # a tie: the earlier photo first
    number, filter = 2, 1
    expected = []
    for n, photo in enumerate(photos):
        y = up_to(model, number).predict(photo[np.newaxis])[0]
        cells = [(-y[i, j, filter], n, i, j) for i, j in np.ndindex(y.shape[:2])]
        expected.append(min(cells))
    found = top_patches(model, photos, number, filter, count)
    assert len(found) == min(count, 40)
    for patch, (value, n, i, j) in zip(found, sorted(expected), strict=False):
        assert patch.value == pytest.approx(-value, rel=1e-5)
        assert (patch.path, patch.row, patch.column) == (f"photo {n}", i, j)
        top, bottom, left, right = patch.box
        assert patch.box == receptive_field(model, number, i, j)
        np.testing.assert_array_equal(patch.pixels, photos[n, top:bottom, left:right])


def test_top_patches_of_a_folder_leave_out_what_is_no_photo(tmp_path):
    model = model_of("tutorial")
    model.preprocessing = Preprocessing((9, 8), rescale=1 / 255)
    rng = np.random.default_rng(0)
    for n in range(3):
        path = tmp_path / "deep" / f"{n}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (20, 30, 3), np.uint8)).save(path)
    paths = sorted((tmp_path / "deep").iterdir())
    by_path = top_patches(model, paths, 0, 3)
    by_folder = top_patches(model, tmp_path, 0, 3)
    assert [p.path for p in by_path] == [p.path for p in by_folder]
    assert {p.path for p in by_path} == set(map(str, paths))
    (tmp_path / "bad.jpg").write_text("no photo")
    with pytest.warns(UserWarning, match=r"1 photo left out: .*bad\.jpg: it is no"):
        assert len(top_patches(model, tmp_path, 0, 3)) == 3
    with pytest.raises(PhotoError, match=r"bad\.jpg"):
        top_patches(model, [tmp_path / "bad.jpg"], 0, 3)
    with pytest.raises(ValueError, match="filter should be 0 to 3, got 4"):
        top_patches(model, paths, 0, 4)
    with pytest.raises(ValueError, match="at least one photo to look at, got none"):
        top_patches(model, np.zeros((0, 9, 8, 3)), 0, 0)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=r"no photo in the folder .*empty"):
        top_patches(model, tmp_path / "empty", 0, 0)


def test_top_patches_of_a_set_carry_its_file_names(heroes):
    from tinycnn.preprocessing.image import ImageDataGenerator

    photos = ImageDataGenerator(rescale=1 / 255).flow_from_directory(
        heroes / "test", target_size=(9, 8), class_mode="binary"
    )
    model = model_of("tutorial")
    found = top_patches(model, photos, 2, 0, count=3)
    assert {patch.path for patch in found} <= set(photos.filenames)


# The page in docs --------------------------------------------------------------------


def test_the_code_of_the_page_runs_as_it_stands(heroes, trained, tmp_path, monkeypatch):
    folder = tmp_path / "runs" / "drawings"
    shutil.copytree(heroes, folder / "Dataset")
    shutil.copy(trained[1] / "model.safetensors", folder)
    monkeypatch.chdir(tmp_path)
    page = (PROJECT / "docs" / "explanation.md").read_text(encoding="utf-8")
    first, second = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(first + second, {})
    for name in ("explanation.png", "patches.png"):
        with Image.open(name) as image:
            assert image.format == "PNG"
