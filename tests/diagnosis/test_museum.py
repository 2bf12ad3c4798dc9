"""The museum of bugs: a check catches each, and correct code passes all checks."""

import copy
import math

import museum_table
import numpy as np
import pytest
import slow
from conftest import PROJECT
from museum import layers, losses, optimizers
from museum.naming import causes_of, library_class_of

from tinycnn.diagnosis import diagnose
from tinycnn.diagnosis.causes import CAUSES
from tinycnn.gradient_check import check_layer, check_loss, grid
from tinycnn.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    GlobalMaxPooling2D,
    MaxPooling2D,
    ReLU,
    Softmax,
)
from tinycnn.optimizers import SGD, Adagrad, Adam, RMSprop
from tinycnn.text import say


def name_of(buggy):
    return type(buggy).__name__


def original_of(buggy):
    """Return the library's object with the same arguments."""
    cls = library_class_of(buggy)
    return cls(**buggy.config()) if hasattr(buggy, "config") else cls()


# -- checks of layers: each returns whether the layer passes --------------------------


def built(layer, shape, dtype=np.float64):
    layer, rng = copy.deepcopy(layer), np.random.default_rng(1)
    output_shape = layer.build(shape, rng, dtype)
    x = slow.distinct((3, *shape), rng, dtype) / 4
    return layer, x, rng.standard_normal((3, *output_shape)).astype(dtype)


def arrays_of(layer, x, dy):
    """Return copies of y, dx and the grads; the layer gets copies of x and dy."""
    y = layer.forward(x.copy())
    dx = layer.backward(dy.copy())
    return copy.deepcopy({"y": y, "x": dx, **layer.grads})


def equal(a, b):
    return all(
        name in a and a[name].shape == b[name].shape and np.allclose(a[name], b[name])
        for name in b
    )


def gradient_check(layer, shape):
    return check_layer(layer, shape).is_right


def loop_oracle(layer, shape):
    layer, x, dy = built(layer, shape)
    params, name = copy.deepcopy(layer.params), name_of(original_of(layer))
    sizes = {k: v for k, v in vars(layer).items() if k in ("strides", "padding")}
    expected = {}
    if name == "Conv2D":
        expected["y"] = slow.convolution(x, **params, **sizes)
        gradients = slow.convolution_gradients(x, params["kernel"], dy, **sizes)
        expected |= dict(zip(("x", "kernel", "bias"), gradients, strict=True))
    elif name in ("DepthwiseConv2D", "SeparableConv2D"):
        kernels = [*layer.params.values()]
        expected["y"] = getattr(slow, name.lower())(x, *kernels, **sizes)
    elif name == "Reshape":
        expected["y"] = slow.reshape(x, layer.output_shape)
    elif name == "Dense":
        expected["y"] = slow.dense(x, **params)
        gradients = slow.dense_gradients(x, params["kernel"], dy)
        expected |= dict(zip(("x", "kernel", "bias"), gradients, strict=True))
    elif name.endswith("Pooling2D") and not name.startswith("Global"):
        pool, summary = layer.pool_size, name.removesuffix("Pooling2D").lower()
        expected["y"] = slow.pooling(summary, x, pool, **sizes)
        expected["x"] = slow.pooling_gradient(summary, x, dy, pool, **sizes)
    elif name == "BatchNormalization":
        moments = [np.zeros(shape[-1]), np.ones(shape[-1])]
        expected["y"] = slow.batch_normalization(
            x, *params.values(), *moments, layer.epsilon, training=False
        )
    elif name == "Dropout":
        expected["y"] = x
    else:
        arguments = {name: getattr(layer, name) for name in layer.config()}
        expected["y"] = getattr(slow, name.lower())(x, **arguments)
    return equal(arrays_of(layer, x, dy), expected)


def ties_conserve(layer, shape):
    layer, x, dy = built(layer, shape)
    if not isinstance(layer, (MaxPooling2D, GlobalMaxPooling2D)):
        return True
    dx = arrays_of(layer, np.ones_like(x), dy)["x"]
    return bool(np.isclose(dx.sum(), dy.sum()))


def agreed_at_kinks(layer, shape):
    """The slope of a ReLU at 0 is 0; of equal maxima the first gets the gradient."""
    layer, x, dy = built(layer, shape)
    x = np.round(x % 2 - 1)  # -1, 0, 1
    if isinstance(layer, ReLU):
        return not arrays_of(layer, x, dy)["x"][x == 0].any()
    if isinstance(layer, MaxPooling2D):
        sizes = (layer.pool_size, layer.strides, layer.padding)
        expected = slow.pooling_gradient("max", x, dy, *sizes)
        return np.allclose(arrays_of(layer, x, dy)["x"], expected)
    return True


def grads_are_not_added(layer, shape):
    layer, x, dy = built(layer, shape)
    params = copy.deepcopy(layer.params)
    first = arrays_of(layer, x, dy)
    layer.params = params
    return equal(arrays_of(layer, x, dy), first)


def last_forward_counts(layer, shape):
    layer, x, dy = built(layer, shape)
    fresh = arrays_of(copy.deepcopy(layer), x, dy)
    layer.forward(x[::-1].copy())
    return equal(arrays_of(layer, x, dy), fresh)


def params_unchanged(layer, shape):
    layer, x, dy = built(layer, shape)
    before = copy.deepcopy(layer.params)
    arrays_of(layer, x, dy)
    return all((layer.params[name] == before[name]).all() for name in before)


def x_and_dy_unchanged(layer, shape):
    layer, x, dy = built(layer, shape)
    x_before, dy_before = x.copy(), dy.copy()
    layer.forward(x)
    layer.backward(dy)
    return (x == x_before).all() and (dy == dy_before).all()


def float32_stays(layer, shape):
    arrays = arrays_of(*built(layer, shape, np.float32)).values()
    return all(array.dtype == np.float32 for array in arrays)


def own_params(layer, shape):
    one, other = built(layer, shape)[0].params, built(layer, shape)[0].params
    return not any(np.shares_memory(one[name], other[name]) for name in one)


def one_photo_is_the_first_of_a_batch(layer, shape):
    layer, x, _ = built(layer, shape)
    one = copy.deepcopy(layer).forward(x[:1])
    y = layer.forward(x)
    return one.shape == y[:1].shape and np.allclose(one, y[:1])


def far_apart(layer, shape):
    """A softmax is right for a photo whatever the logits of the next one are."""
    layer, x, _ = built(layer, shape)
    if not isinstance(layer, Softmax):
        return True
    with np.errstate(all="ignore"):
        y = layer.forward(x + np.array([[-1000.0], [0.0], [1000.0]]))
    return np.allclose(y, slow.softmax(x))


def below_zero(layer, shape):
    """A maximum may be below 0."""
    layer, x, _ = built(layer, shape)
    return not isinstance(layer, MaxPooling2D) or (layer.forward(-abs(x)) < 0).all()


def laws_of_dropout(layer, shape):
    """0 or 1 / (1 - rate), another mask for each photo and step, the same for dx."""
    if not isinstance(layer, Dropout):
        return True
    layer, _, _ = built(layer, shape)
    x, masks = np.ones((300, *shape)), []
    for layer.step in (1, 2):
        mask = layer.forward(x, True)
        share = np.mean(mask == 0)
        if set(np.unique(mask)) != {0, 1 / (1 - layer.rate)}:
            return False
        if abs(share - layer.rate) > 0.03 or (layer.backward(x) != mask).any():
            return False
        masks.append(mask)
    is_other = (masks[0] != masks[1]).any() and (mask[0] != mask[1]).any()
    return is_other and (layer.forward(x) == x).all()


def normal_in_training(layer, shape):
    """By loops: y during training, its gradient, and the running moments after it."""
    if not isinstance(layer, BatchNormalization):
        return True
    if not check_layer(layer, shape, training=True).is_right:
        return False
    layer, x, _ = built(layer, shape)
    params, moments = layer.params.values(), list(layer.state.values())
    y = layer.forward(x, True)
    expected = slow.batch_normalization(x, *params, *moments, layer.epsilon, True)
    rows, m = x.reshape(-1, shape[-1]), layer.momentum
    moved = [
        m * old + (1 - m) * new
        for old, new in zip(moments, (rows.mean(axis=0), rows.var(axis=0)), strict=True)
    ]
    after = slow.batch_normalization(x, *params, *moved, layer.epsilon, False)
    return np.allclose(y, expected) and np.allclose(layer.forward(x), after)


LAYER_CHECKS = [
    gradient_check, loop_oracle, ties_conserve, agreed_at_kinks, grads_are_not_added,
    last_forward_counts, params_unchanged, x_and_dy_unchanged, float32_stays,
    own_params, one_photo_is_the_first_of_a_batch, far_apart, below_zero,
    laws_of_dropout, normal_in_training,
]  # fmt: skip


# -- checks of losses -----------------------------------------------------------------


def loss_gradient_check(loss, y, shape):
    return check_loss(loss, y, shape).is_right


def extreme_logits(loss, y, shape):
    """Finite, without warnings, and not flat where each prediction is wrong."""
    if loss.last_activation is None:
        return True
    is_class = loss.targets(y, np.zeros(shape)) > 0.5
    try:
        with np.errstate(divide="raise", over="raise", invalid="raise"):
            results = [loss(y, np.where(is_class, -z, z)) for z in (80.0, 3e38)]
    except FloatingPointError:
        return False
    return all(
        math.isfinite(value) and gradient[is_class].all() for value, gradient in results
    )


def never_stops_growing(loss, y, shape):
    """If all logits are z and wrong, the loss is z; with K classes 2 z + log(K - 1)."""
    if loss.last_activation is None:
        return True
    is_class, K = loss.targets(y, np.zeros(shape)) > 0.5, shape[1]
    for z in (20.0, 80.0):
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            value = loss(y, np.where(is_class, -z, z))[0]
        if not math.isclose(value, z if K == 1 else 2 * z + math.log(K - 1)):
            return False
    return True


def value_by_hand(loss, y, shape):
    """At y_pred = 0: ln 2, ln 4, and (0 + 9 + 1 + 1) / 4, whatever the batch."""
    expected = {1: math.log(2), 4: math.log(4), 2: 11 / 4}[shape[1]]
    return math.isclose(loss(y, np.zeros(shape))[0], expected)


def photos_far_apart(loss, y, shape):
    """The loss of a batch is the mean over its photos, each alone."""
    if loss.last_activation is None:
        return True
    z = np.arange(float(shape[0] * shape[1])).reshape(shape) % 5
    z += np.resize([-1000.0, 0.0, 1000.0], shape[0])[:, np.newaxis]
    with np.errstate(all="ignore"):
        value = loss(y, z)[0]
        alone = [loss(y[n : n + 1], z[n : n + 1])[0] for n in range(len(z))]
    return not np.isfinite(alone).all() or math.isclose(value, np.mean(alone))


LOSS_CHECKS = [
    loss_gradient_check, extreme_logits, never_stops_growing, value_by_hand,
    photos_far_apart,
]  # fmt: skip


# -- checks of optimisers -------------------------------------------------------------


def case_of_steps():
    rng = np.random.default_rng(3)
    params = {"kernel": np.array([1.0, -2.0]), "bias": np.array([0.5, 3.0])}
    sizes = np.array([1.0, 1e-3])
    return params, [
        {name: rng.standard_normal(2) * sizes for name in params} for _ in range(25)
    ]


def sgd_steps(one, g, t, kept):
    kept["v"] = v = one.momentum * kept["v"] - one.learning_rate * g
    return one.momentum * v - one.learning_rate * g if one.nesterov else v


def adam_steps(one, g, t, kept):
    kept["m"] = 0.9 * kept["m"] + 0.1 * g
    kept["v"] = 0.999 * kept["v"] + 0.001 * g * g
    rate = 0.001 * math.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    return -rate * kept["m"] / (math.sqrt(kept["v"]) + 1e-7)


def rmsprop_steps(one, g, t, kept):
    kept["v"] = 0.9 * kept["v"] + 0.1 * g * g
    return -0.001 * g / math.sqrt(kept["v"] + 1e-7)


def adagrad_steps(one, g, t, kept):
    kept["v"] += g * g + (0.1 if t == 1 else 0)
    return -0.001 * g / math.sqrt(kept["v"] + 1e-7)


GOLDEN = {
    SGD: sgd_steps, Adam: adam_steps, RMSprop: rmsprop_steps, Adagrad: adagrad_steps,
}  # fmt: skip


def golden_steps(optimizer):
    """Compare with Keras's formula, computed one float at a time."""
    params, steps = case_of_steps()
    formula = next(f for kind, f in GOLDEN.items() if isinstance(optimizer, kind))
    decay = 0.001 * optimizer.weight_decay
    expected = {name: param.tolist() for name, param in params.items()}
    for name, numbers in expected.items():
        for place in range(2):
            kept = {"m": 0.0, "v": 0.0}
            for t, grads in enumerate(steps, start=1):
                numbers[place] -= decay * numbers[place]
                g = float(grads[name][place])
                numbers[place] += formula(optimizer, g, t, kept)
    optimizer = copy.deepcopy(optimizer)
    for grads in steps:
        optimizer.update(params, grads)
    return all(
        np.allclose(params[name], expected[name], rtol=1e-11, atol=0) for name in params
    )


def grads_unchanged(optimizer):
    params, (grads, *_) = case_of_steps()
    before = copy.deepcopy(grads)
    copy.deepcopy(optimizer).update(params, grads)
    return all((grads[name] == before[name]).all() for name in grads)


def goes_downhill(optimizer):
    """x * x gets smaller, and the caller's own array is updated."""
    optimizer, params = copy.deepcopy(optimizer), {"bias": np.array([1.0])}
    for _ in range(20):
        optimizer.update(params, {"bias": 2 * params["bias"]})
    return 0 < abs(params["bias"][0]) < 1


OPTIMIZER_CHECKS = [golden_steps, grads_unchanged, goes_downhill]


# -- the table ------------------------------------------------------------------------

ROOMS = {
    "layers": (LAYER_CHECKS, [(layer, shape) for layer, shape, _ in layers.EXHIBITS]),
    "losses": (LOSS_CHECKS, [exhibit[:3] for exhibit in losses.EXHIBITS]),
    "optimizers": (OPTIMIZER_CHECKS, [(buggy,) for buggy, _ in optimizers.EXHIBITS]),
}


def caught_by(checks, exhibit, *case):
    return [check for check in checks if not check(exhibit, *case)]


@pytest.mark.parametrize("room", ROOMS)
def test_every_bug_is_caught_by_a_named_check(room):
    checks, exhibits = ROOMS[room]
    rows = {name_of(bug): caught_by(checks, bug, *case) for bug, *case in exhibits}
    say(f"\n{room}: bug x check")
    for place, check in enumerate(checks):
        say(f"{'':<27}{'| ' * place}{check.__name__.replace('_', ' ')}")
    for name, caught in rows.items():
        marks = " ".join("x" if check in caught else "." for check in checks)
        say(f"{name:<27}{marks}")
    assert len(rows) == len(exhibits)
    assert [name for name, caught in rows.items() if not caught] == []
    # Every check catches a bug.
    assert {check for caught in rows.values() for check in caught} == set(checks)


@pytest.mark.parametrize("room", ROOMS)
def test_the_original_classes_pass_every_check(room):
    checks, exhibits = ROOMS[room]
    for exhibit, *case in exhibits:
        assert caught_by(checks, original_of(exhibit), *case) == [], exhibit


def test_there_are_at_least_25_exhibits_and_each_has_a_docstring():
    exhibits = [buggy for _, room in ROOMS.values() for buggy, *_ in room]
    assert len(exhibits) >= 25
    assert all(type(buggy).__doc__ for buggy in exhibits)


def test_the_page_of_the_museum_and_the_counts_quoted_elsewhere_are_current():
    page, uncaught = museum_table.page()
    docs = PROJECT / "docs"
    assert uncaught == []
    assert (docs / "museum.md").read_text(encoding="utf-8") == page, (
        "run tests/diagnosis/museum_table.py --write docs/museum.md"
    )
    count = sum(len(room) for _, room in ROOMS.values())
    trust = " ".join((docs / "trust.md").read_text(encoding="utf-8").split())
    for sentence in (
        f"a museum of {count} bugs",
        f"On the museum's {count} bugs it names the right one, and nothing else, for "
        f"{count - 1}.",
        f"knows {len(CAUSES)} causes",
    ):
        assert sentence in trust, sentence


# -- the diagnosis --------------------------------------------------------------------


def test_the_diagnosis_names_the_cause_and_nothing_else():
    exhibits = [*layers.EXHIBITS, *losses.EXHIBITS, *optimizers.EXHIBITS]
    rows = {
        name_of(exhibit[0]): (exhibit[-1], causes_of(exhibit)) for exhibit in exhibits
    }
    for name, (cause, found) in rows.items():
        say(f"{name:<27}{cause:<30}{', '.join(found) or '-'}")
    # It modifies the kernel and uses the wrong one for dx; only the former is named.
    unlike = {name: found for name, (cause, found) in rows.items() if found != [cause]}
    assert unlike == {"UpdatedBeforeDx": ["params_changed", "gradient_equals"]}


def test_the_diagnosis_finds_nothing_wrong_with_the_librarys_layers():
    for layer, shape, training in grid(photos=[(5, 6, 2)]):
        found = diagnose(layer, shape, batch=1, training=training)  # fast
        assert found == [], f"{layer!r}: {found}"


def test_the_diagnosis_finds_nothing_wrong_with_the_original_classes():
    exhibits = [(original_of(buggy), shape) for buggy, shape, _ in layers.EXHIBITS]
    originals = {repr(layer): (layer, shape) for layer, shape in exhibits}
    for layer, shape in originals.values():
        assert diagnose(layer, shape, batch=3) == [], layer
    assert diagnose(Conv2D(2, (2, 2), padding="same"), (4, 4, 1)) == []
    assert diagnose(Dense(4), (4,)) == []
