"""Laws: what must hold for all inputs, not for the examples somebody thought of.

hypothesis chooses the sizes, strides and seeds, always the same ones. Where a law is
exact, the numbers are small integers: sums and products of those are exact in floating
point in whatever order they are taken, so the comparison is ``==``.
"""

import math

import numpy as np
import pytest
import slow
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tinycnn.files.safetensors import read_file, write_file
from tinycnn.layers import (
    AveragePooling2D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
    ReLU,
    Sigmoid,
    Softmax,
    SumPooling2D,
)
from tinycnn.layers.windows import col2im, im2col
from tinycnn.losses import CategoricalCrossentropy
from tinycnn.metrics import accuracy, wilson_interval
from tinycnn.models import Sequential, load_model
from tinycnn.preprocessing.augmentation import (
    FILL_MODES,
    Ranges,
    affine_matrix,
    augment,
    warp,
)

POOLINGS = {"max": MaxPooling2D, "average": AveragePooling2D, "sum": SumPooling2D}
# Divisible by 1 .. 16: divided by the cells of any window up to 4x4 it stays whole.
DIVISIBLE = 720720


def law(example_count):
    """Try a law on so many examples, the same ones in every run."""
    return settings(derandomize=True, deadline=None, max_examples=example_count)


seeds = st.integers(0, 2**32 - 1)
dtypes = st.sampled_from([np.float32, np.float64])


@st.composite
def walks(draw, paddings=("valid", "same"), largest=7):
    """Return (photo's shape (N, H, W, C), window, strides, padding)."""
    padding = draw(st.sampled_from(paddings))
    window = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    rows, columns = (
        draw(st.integers(least if padding == "valid" else 1, largest))
        for least in window
    )
    strides = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    count, channels = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    return (count, rows, columns, channels), window, strides, padding


def whole(rng, shape, dtype=np.float64, largest=4):
    """Return small whole numbers, as floats."""
    return rng.integers(-largest, largest + 1, shape).astype(dtype)


def built(layer, input_shape, rng, dtype=np.float64):
    """Return the layer with whole numbers as weights and no bias: a linear map."""
    layer.build(input_shape, rng, dtype)
    if "kernel" in layer.params:
        kernel = layer.params["kernel"]
        kernel[...] = whole(rng, kernel.shape)
        layer.params["bias"][...] = 0
    return layer


def convolution(x, window, strides, padding, rng):
    layer = Conv2D(int(rng.integers(1, 4)), window, strides, padding)
    return built(layer, x.shape[1:], rng, x.dtype)


# Windows


@law(120)
@given(walks(["valid"]), seeds, dtypes)
def test_im2col_and_col2im_are_adjoint_exactly(walk, seed, dtype):
    shape, window, strides, _ = walk
    rng = np.random.default_rng(seed)
    x = whole(rng, shape, dtype)
    cols = im2col(x, window, strides)
    c = whole(rng, cols.shape, dtype)
    assert (cols * c).sum() == (x * col2im(c, shape, window, strides)).sum()


@law(50)
@given(walks(["valid"]), seeds)
def test_col2im_of_im2col_counts_in_how_many_windows_a_pixel_is(walk, seed):
    shape, window, strides, _ = walk
    x = whole(np.random.default_rng(seed), shape)
    counts = np.zeros(shape)
    for _, cells in slow.real_cells(shape[1:3], window, strides, "valid"):
        for _, _, row, column in cells:
            counts[:, row, column] += 1
    back = col2im(im2col(x, window, strides), shape, window, strides)
    assert (back == x * counts).all()


# Convolution, and every other layer that is linear


@law(60)
@given(walks(), seeds, dtypes)
def test_convolution_is_linear_in_the_photo(walk, seed, dtype):
    shape, *how = walk
    rng = np.random.default_rng(seed)
    x_1, x_2 = whole(rng, (2, *shape), dtype)
    layer = convolution(x_1, *how, rng)
    mixed = layer.forward(3 * x_1 - 2 * x_2)
    assert (mixed == 3 * layer.forward(x_1) - 2 * layer.forward(x_2)).all()


@law(50)
@given(walks(), seeds)
def test_convolution_is_linear_in_the_kernel_and_the_bias_is_added(walk, seed):
    shape, *how = walk
    rng = np.random.default_rng(seed)
    x = whole(rng, shape)
    layer = convolution(x, *how, rng)
    kernel = layer.params["kernel"].copy()
    other = whole(rng, kernel.shape)
    bias = whole(rng, layer.params["bias"].shape)
    y = layer.forward(x)
    layer.params["kernel"][...] = other
    y_other = layer.forward(x)
    layer.params["kernel"][...] = 3 * kernel - 2 * other
    layer.params["bias"][...] = bias
    assert (layer.forward(x) == 3 * y - 2 * y_other + bias).all()


@law(60)
@given(walks(["valid"], largest=12), seeds, st.data())
def test_convolution_commutes_with_shifts_of_whole_strides(walk, seed, data):
    """Moved by k strides, the photo gives the same feature map, moved by k cells."""
    shape, window, strides, padding = walk
    rng = np.random.default_rng(seed)
    x = whole(rng, shape)
    layer = convolution(x, window, strides, padding, rng)
    y = layer.forward(x)
    rows, columns = y.shape[1:3]
    down = data.draw(st.integers(0, rows - 1))
    across = data.draw(st.integers(0, columns - 1))
    moved = np.roll(x, (down * strides[0], across * strides[1]), axis=(1, 2))
    y_moved = layer.forward(moved)
    # What was rolled in at the top and on the left is no shift: leave it out.
    assert (y_moved[:, down:, across:] == y[:, : rows - down, : columns - across]).all()


@law(40)
@given(walks(largest=4), seeds, st.integers(1, 2), st.integers(1, 2))
def test_on_black_ground_gradients_move_with_the_photo_too(walk, seed, down, across):
    """Both paddings, dx as well as y; the kernel's gradient does not notice at all."""
    shape, window, strides, padding = walk
    rng = np.random.default_rng(seed)
    margin = 16  # more than kernel and shift reach
    ground = ((0, 0), (margin, margin), (margin, margin), (0, 0))
    x = np.pad(whole(rng, shape), ground)
    layer = convolution(x, window, strides, padding, rng)
    y = layer.forward(x)
    dy = np.where(np.abs(y).max(axis=3, keepdims=True) > 0, whole(rng, y.shape), 0)
    dx, dkernel = layer.backward(dy), layer.grads["kernel"]
    pixels = down * strides[0], across * strides[1]

    y_moved = layer.forward(np.roll(x, pixels, axis=(1, 2)))
    dx_moved = layer.backward(np.roll(dy, (down, across), axis=(1, 2)))

    assert (y_moved == np.roll(y, (down, across), axis=(1, 2))).all()
    assert (dx_moved == np.roll(dx, pixels, axis=(1, 2))).all()
    assert (layer.grads["kernel"] == dkernel).all()


def linear_layers(window, strides, padding):
    yield Conv2D(3, window, strides, padding)
    yield SumPooling2D(window, strides, padding)
    yield AveragePooling2D(window, strides, padding)
    yield Flatten()


@law(50)
@given(walks(), seeds)
def test_backward_of_a_linear_layer_is_its_adjoint_exactly(walk, seed):
    shape, *how = walk
    rng = np.random.default_rng(seed)
    for layer in linear_layers(*how):
        x = DIVISIBLE * whole(rng, shape)
        y = built(layer, shape[1:], rng).forward(x)
        dy = DIVISIBLE * whole(rng, y.shape)
        dx = layer.backward(dy)
        assert (dy * y).sum() == (dx * x).sum()
        if layer.params:  # linear in the kernel as well
            kernel, dkernel = layer.params["kernel"], layer.grads["kernel"]
            assert (dy * y).sum() == (dkernel * kernel).sum()
            assert (layer.grads["bias"] == dy.sum(axis=(0, 1, 2))).all()


@law(30)
@given(st.integers(1, 4), st.integers(1, 9), st.integers(1, 5), seeds)
def test_backward_of_full_connection_is_its_adjoint_exactly(n, inputs, units, seed):
    rng = np.random.default_rng(seed)
    layer = built(Dense(units), (inputs,), rng)
    x, dy = whole(rng, (n, inputs)), whole(rng, (n, units))
    y = layer.forward(x)
    dx = layer.backward(dy)
    kernel, dkernel = layer.params["kernel"], layer.grads["kernel"]
    assert (dy * y).sum() == (dx * x).sum() == (dkernel * kernel).sum()
    assert (layer.grads["bias"] == dy.sum(axis=0)).all()


# Pooling


@law(80)
@given(walks(), seeds, dtypes)
def test_the_gradient_of_max_pooling_conserves_its_sum_exactly(walk, seed, dtype):
    shape, *how = walk
    rng = np.random.default_rng(seed)
    layer = MaxPooling2D(*how)
    layer.build(shape[1:], rng)
    x = whole(rng, shape, dtype, largest=1)  # full of ties
    dy = whole(rng, layer.forward(x).shape, dtype)
    dx = layer.backward(dy)
    assert (dx.sum(axis=(1, 2)) == dy.sum(axis=(1, 2))).all()


@law(50)
@given(walks(), seeds)
def test_each_windows_gradient_arrives_once_at_one_of_its_maxima(walk, seed):
    shape, *how = walk
    rng = np.random.default_rng(seed)
    layer = MaxPooling2D(*how)
    rows, columns, channels = layer.build(shape[1:], rng)
    # The same photo once for each window, and a dy that is 1 in that window only.
    x = np.repeat(whole(rng, shape[1:], largest=1)[np.newaxis], rows * columns, axis=0)
    y = layer.forward(x)
    one_window = np.eye(rows * columns).reshape(-1, rows, columns, 1)
    dx = layer.backward(np.repeat(one_window, channels, axis=3))
    for n, (place, cells) in enumerate(slow.real_cells(shape[1:3], *how)):
        inside = [(row, column) for _, _, row, column in cells]
        for c in range(channels):
            (winner,) = np.argwhere(dx[n, :, :, c])
            assert tuple(winner) in inside
            assert dx[n, *winner, c] == 1
            assert x[n, *winner, c] == y[n, *place, c]


@law(50)
@given(walks(), seeds)
def test_sum_and_average_pooling_conserve_the_gradient_by_weight_exactly(walk, seed):
    shape, *how = walk
    rng = np.random.default_rng(seed)
    cells = np.array([len(c) for _, c in slow.real_cells(shape[1:3], *how)])
    for kind, weight in (("sum", cells), ("average", np.ones_like(cells))):
        layer = POOLINGS[kind](*how)
        layer.build(shape[1:], rng, np.float64)
        y = layer.forward(whole(rng, shape))
        dy = DIVISIBLE * whole(rng, y.shape)
        dx = layer.backward(dy)
        wanted = (dy * weight.reshape(1, *y.shape[1:3], 1)).sum(axis=(1, 2))
        assert (dx.sum(axis=(1, 2)) == wanted).all()


INCREASING = {
    "a line": lambda x: 3 * x - 7,
    "cube": lambda x: x**3,
    "steps": lambda x: np.floor(x / 3),
    "ReLU": lambda x: ReLU()(x),
    "sigmoid": lambda x: Sigmoid()(x),
    "nothing left": np.zeros_like,
}


@pytest.mark.parametrize("name", INCREASING)
@law(25)
@given(walks(), seeds)
def test_max_pooling_commutes_with_increasing_functions(name, walk, seed):
    shape, *how = walk
    x = whole(np.random.default_rng(seed), shape, largest=9)
    increasing = INCREASING[name]
    before = MaxPooling2D(*how)(increasing(x))
    assert (before == increasing(MaxPooling2D(*how)(x))).all()


@law(40)
@given(walks(), seeds)
def test_the_average_lies_between_the_smallest_and_the_largest(walk, seed):
    shape, *how = walk
    x = DIVISIBLE * whole(np.random.default_rng(seed), shape)
    largest, smallest = MaxPooling2D(*how)(x), -MaxPooling2D(*how)(-x)
    average = AveragePooling2D(*how)(x)
    assert (smallest <= average).all() and (average <= largest).all()


@law(40)
@given(walks(), seeds, st.integers(-1000, 1000))
def test_max_and_average_pooling_move_with_a_constant(walk, seed, constant):
    shape, *how = walk
    x = DIVISIBLE * whole(np.random.default_rng(seed), shape)
    for kind in (MaxPooling2D, AveragePooling2D):
        y, moved = kind(*how)(x), kind(*how)(x + DIVISIBLE * constant)
        assert (moved == y + DIVISIBLE * constant).all()


# Augmentation


@law(40)
@given(
    st.tuples(*[st.integers(1, 6)] * 4),
    seeds,
    st.integers(0, 99),
    st.sampled_from([(True, False), (False, True), (True, True)]),
)
def test_flips_are_involutions(shape, seed, pass_number, directions):
    ranges = Ranges(horizontal_flip=directions[0], vertical_flip=directions[1])
    x = np.random.default_rng(seed).random(shape)
    which = seed, pass_number, np.arange(len(x))
    flipped = augment(x, ranges, *which)
    assert (augment(flipped, ranges, *which) == x).all()
    across, down = directions
    mirrors = [x, x[:, :, ::-1]] if across else [x]
    mirrors += [mirror[:, ::-1] for mirror in mirrors] if down else []
    for n in range(len(x)):  # and each photo is one of its own mirror images
        assert any((flipped[n] == mirror[n]).all() for mirror in mirrors)


@pytest.mark.parametrize("fill_mode", FILL_MODES)
@law(20)
@given(st.tuples(*[st.integers(1, 9)] * 4), seeds, dtypes)
def test_warp_with_the_identity_is_exact(fill_mode, shape, seed, dtype):
    x = np.random.default_rng(seed).uniform(-300, 300, shape).astype(dtype)
    nothing = np.repeat(affine_matrix(shape[1:3])[np.newaxis], len(x), axis=0)
    y = warp(x, nothing, fill_mode)
    assert y.dtype == dtype
    assert (y == x).all()


@pytest.mark.parametrize("fill_mode", FILL_MODES)
@law(15)
@given(st.tuples(*[st.integers(1, 9)] * 4), seeds)
def test_warp_with_a_mirror_is_the_flip_and_twice_the_photo(fill_mode, shape, seed):
    _, rows, columns, _ = shape
    x = np.random.default_rng(seed).random(shape)
    across = [[-1.0, 0, columns - 1], [0, 1, 0], [0, 0, 1]]
    down = [[1.0, 0, 0], [0, -1, rows - 1], [0, 0, 1]]
    for mirror, flipped in ((across, x[:, :, ::-1]), (down, x[:, ::-1])):
        matrices = np.array([mirror] * len(x))
        y = warp(x, matrices, fill_mode)
        assert (y == flipped).all()
        assert (warp(y, matrices, fill_mode) == x).all()


# Activations, flatten, dropout


logits = st.lists(st.integers(-50, 50), min_size=2, max_size=6)
numbers = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20)


@law(60)
@given(logits, st.integers(-10_000, 10_000), dtypes)
def test_softmax_ignores_a_constant_exactly_on_whole_numbers(row, constant, dtype):
    x, dy = np.array([row], dtype), np.array([row[::-1]], dtype)
    softmax, moved = Softmax(), Softmax()
    assert (softmax(x) == moved(x + dtype(constant))).all()
    assert (softmax.backward(dy) == moved.backward(dy)).all()


@law(50)
@given(st.lists(st.floats(-30, 30), min_size=2, max_size=6), st.floats(-1000, 1000))
def test_softmax_and_its_loss_ignore_a_constant_of_any_kind(row, constant):
    x = np.array([row])
    y, dy = Softmax()(x), np.cos(x)
    # The sum x + constant rounds to about 1e-13 of a thousand; nothing else differs.
    np.testing.assert_allclose(Softmax()(x + constant), y, rtol=1e-12)
    loss, gradient = CategoricalCrossentropy()([1], x)
    moved_loss, moved_gradient = CategoricalCrossentropy()([1], x + constant)
    assert moved_loss == pytest.approx(loss, rel=1e-12, abs=1e-12)
    np.testing.assert_allclose(moved_gradient, gradient, rtol=0, atol=1e-12)
    # Nobody can gain by moving all logits: the gradient along a constant is 0.
    softmax = Softmax()
    softmax(x)
    assert softmax.backward(dy).sum() == pytest.approx(0, abs=1e-14)
    assert gradient.sum() == pytest.approx(0, abs=1e-14)


@law(50)
@given(numbers)
@example([0.0, -0.0, 1e-300, 5e-324, 36.7, 709.0, 745.0, 1e308])
def test_sigmoid_of_minus_x_is_1_minus_sigmoid_of_x(row):
    x = np.array([row])
    there, back = Sigmoid(), Sigmoid()
    half_ulp = np.finfo(np.float64).eps
    np.testing.assert_allclose(back(-x), 1 - there(x), rtol=0, atol=half_ulp)
    ones = np.ones_like(x)
    slopes = there.backward(ones), back.backward(ones)
    np.testing.assert_allclose(*slopes, rtol=0, atol=half_ulp)


@law(30)
@given(numbers)
def test_relu_is_idempotent_and_what_it_takes_from_x_and_minus_x_is_x(row):
    x = np.array([row])
    y = ReLU()(x)
    assert (ReLU()(y) == y).all()
    assert (y - ReLU()(-x) == x).all()
    assert (y >= 0).all()


@law(60)
@given(st.lists(st.integers(1, 5), min_size=2, max_size=5))
def test_flatten_is_a_bijection(shape):
    x = np.arange(math.prod(shape), dtype=np.float64).reshape(shape)
    flatten = Flatten()
    y = flatten(x)
    assert y.shape == (shape[0], math.prod(shape[1:]))
    for photo, row in zip(x, y, strict=True):
        assert sorted(row) == sorted(photo.ravel())
    assert (flatten.backward(y) == x).all()
    dy = -y[::-1]
    assert (flatten.forward(flatten.backward(dy)) == dy).all()


@law(8)
@given(st.sampled_from([0.1, 0.25, 0.5, 0.8]), st.integers(0, 2**16))
def test_dropouts_mean_over_many_steps_is_the_number_itself(rate, seed):
    x = np.random.default_rng(seed).uniform(1, 2, (1, 60))
    dropout = Dropout(rate)
    dropout.build((60,), np.random.default_rng(seed))
    step_count = 400
    kept = np.zeros((step_count, 60))
    for step in range(step_count):
        dropout.step = step
        y = dropout.forward(x, training=True)
        kept[step] = y[0] / x[0]
        assert (dropout.backward(x) == y).all()  # dx = dy * the same mask
    is_kept = kept > 0
    np.testing.assert_allclose(kept[is_kept], 1 / (1 - rate), rtol=1e-12)
    # The mean of n masks spreads by sqrt(rate / (1 - rate) / n).
    spread = math.sqrt(rate / (1 - rate) / step_count)
    assert np.abs(kept.mean(axis=0) - 1).max() < 5 * spread
    assert abs(kept.mean() - 1) < 5 * spread / math.sqrt(60)


# A batch is its photos


def layers_of(shape, window, strides, padding, rng):
    """Return a layer of each kind for such photos, the flat ones for flat photos."""
    flat = (math.prod(shape[1:]),)
    walk = window, strides, padding
    yield Conv2D(int(rng.integers(1, 5)), *walk), shape[1:]
    for pooling in POOLINGS.values():
        yield pooling(*walk), shape[1:]
    for layer in (Flatten(), ReLU(), Sigmoid(), Softmax(), Dropout(0.5)):
        yield layer, shape[1:]
    yield Dense(int(rng.integers(1, 9))), flat


def close(one, other):
    """Compare: in float64 to 1e-12, in float32 to 1e-6 of the largest number.

    The last bits depend on the BLAS, which takes a sum in another order for another
    number of photos. Where all numbers are small, the sums they are rests of are not.
    """
    assert one.dtype == other.dtype
    largest = max(1.0, float(np.abs(other).max(initial=0)))
    share = {"float32": 1e-6, "float64": 1e-12}[one.dtype.name]
    np.testing.assert_allclose(one, other, rtol=0, atol=share * largest)


@law(25)
@given(walks(), seeds, dtypes)
def test_a_batch_equals_its_photos_one_by_one_in_every_layer(walk, seed, dtype):
    shape, *how = walk
    rng = np.random.default_rng(seed)
    for layer, input_shape in layers_of(shape, *how, rng):
        layer.build(input_shape, rng, dtype)
        x = rng.uniform(-1, 1, (4, *input_shape)).astype(dtype)
        y = layer.forward(x)
        dy = rng.uniform(-1, 1, y.shape).astype(dtype)
        dx, grads = layer.backward(dy), layer.grads
        alone = {name: np.zeros_like(grad) for name, grad in grads.items()}
        for n in range(len(x)):
            close(y[n], layer.forward(x[n : n + 1])[0])
            close(dx[n], layer.backward(dy[n : n + 1])[0])
            for name, grad in layer.grads.items():
                alone[name] += grad
        for name, grad in grads.items():
            close(grad, alone[name])


def small_model(seed, rate=0.5):
    return Sequential(
        [
            Conv2D(3, (3, 2), activation="relu", input_shape=(9, 8, 2)),
            MaxPooling2D((2, 2)),
            Conv2D(4, (2, 3), padding="same", strides=(1, 2), activation="relu"),
            AveragePooling2D((2, 1)),
            Flatten(),
            Dropout(rate),
            Dense(5, activation="sigmoid"),
            Dense(3, activation="softmax"),
        ],
        seed=seed,
    )


@law(12)
@given(st.integers(0, 2**16), st.integers(1, 7), dtypes)
def test_a_batch_equals_its_photos_one_by_one_in_a_whole_model(seed, size, dtype):
    model, rng = small_model(seed), np.random.default_rng(seed)
    # Weights are float32; photos in float64 make every sum a float64 one.
    x = rng.standard_normal((7, 9, 8, 2)).astype(dtype)
    y = model.forward(x)
    dy = rng.standard_normal(y.shape).astype(dtype)
    dx, grads = model.backward(dy), model.grads
    alone = {name: np.zeros_like(grad) for name, grad in grads.items()}
    close(model.predict(x, batch_size=size), y)
    for n in range(len(x)):
        close(model.forward(x[n : n + 1])[0], y[n])
        close(model.backward(dy[n : n + 1])[0], dx[n])
        for name, grad in model.grads.items():
            alone[name] += grad
    for name, grad in grads.items():
        close(grad, alone[name])


# Files


EDGES = [
    float(np.uint32(bits).view(np.float32))
    for bits in (
        0x0000_0000,
        0x8000_0000,  # -0.0
        0x0000_0001,  # the smallest denormal
        0x807F_FFFF,  # the largest denormal, negative
        0x0080_0000,  # the smallest normal number
        0x7F7F_FFFF,  # the largest number
        0xFF7F_FFFF,
        0x3F80_0001,  # the next after 1
    )
]
shapes = st.lists(st.integers(0, 4), max_size=4).map(tuple)
json_leaves = [
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
]
json_values = st.recursive(
    st.one_of(json_leaves),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


def any_bits(rng, shape):
    """Return float32 of any bits at all, some of them edges; infinities and NaN too."""
    bits = rng.integers(0, 2**32, shape, np.uint32)
    is_edge = rng.random(shape) < 0.3
    edges = rng.choice(np.array(EDGES, np.float32).view(np.uint32), shape)
    return np.where(is_edge, edges, bits).astype(np.uint32).view(np.float32)


def finite_bits(rng, shape):
    numbers = any_bits(rng, shape)
    return np.where(np.isfinite(numbers), numbers, np.float32(EDGES[3]))


def bits_of(array):
    assert array.dtype == np.float32
    return array.shape, array.tobytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("laws")


@law(30)
@given(st.dictionaries(st.text(max_size=6), shapes, max_size=4), json_values, seeds)
def test_writing_and_reading_is_the_identity_to_the_bit(folder, named, config, seed):
    rng = np.random.default_rng(seed)
    arrays = {name: any_bits(rng, shape) for name, shape in named.items()}
    path = write_file(folder / "any.safetensors", arrays, config)
    config_back, arrays_back = read_file(path)
    assert config_back == config
    assert list(arrays_back) == list(arrays)
    for name, array in arrays.items():
        assert bits_of(arrays_back[name]) == bits_of(array)


@law(15)
@given(seeds)
def test_saving_and_loading_a_model_is_the_identity_to_the_bit(folder, seed):
    model, rng = small_model(seed), np.random.default_rng(seed)
    model.set_weights([finite_bits(rng, w.shape) for w in model.get_weights()])
    path, again = folder / "model.safetensors", folder / "again.safetensors"
    model.save(path)
    loaded = load_model(path)
    assert list(loaded.params) == list(model.params)
    for name, param in model.params.items():
        assert bits_of(loaded.params[name]) == bits_of(param)
    assert repr(loaded) == repr(model)
    loaded.save(again)
    assert again.read_bytes() == path.read_bytes()


@law(5)
@given(st.integers(0, 2**16))
def test_a_loaded_model_gives_the_same_answers_to_the_bit(folder, seed):
    model = small_model(seed)
    model.save(folder / "model.safetensors")
    x = np.random.default_rng(seed).random((3, 9, 8, 2), np.float32)
    answers = load_model(folder / "model.safetensors").predict(x)
    assert bits_of(answers) == bits_of(model.predict(x))


# Metrics


@law(50)
@given(st.integers(1, 30), st.integers(1, 4), st.booleans(), seeds)
def test_accuracy_ignores_the_order_of_the_photos(n, outputs, one_hot, seed):
    rng = np.random.default_rng(seed)
    y_pred = rng.random((n, outputs))
    y_true = rng.integers(0, max(outputs, 2), n)
    if one_hot and outputs > 1:
        y_true = np.eye(outputs)[y_true]
    order = rng.permutation(n)
    assert accuracy(y_true[order], y_pred[order]) == accuracy(y_true, y_pred)


@law(40)
@given(st.integers(1, 30), st.integers(2, 5), seeds)
def test_accuracy_ignores_the_order_of_the_classes(n, classes, seed):
    rng = np.random.default_rng(seed)
    y_pred, y_true = rng.random((n, classes)), rng.integers(0, classes, n)
    order = rng.permutation(classes)
    renamed = np.argsort(order)[y_true]
    assert accuracy(renamed, y_pred[:, order]) == accuracy(y_true, y_pred)


counts = st.integers(1, 10_000).flatmap(
    lambda total: st.tuples(st.integers(0, total), st.just(total))
)


@law(60)
@given(counts)
@example((0, 1))
@example((1, 1))
@example((0, 10_000))
def test_wilsons_interval_holds_the_share_and_lies_in_0_to_1(count):
    right, total = count
    low, high = wilson_interval(right, total)
    # At 0 of n and n of n the share is the end itself, rounded.
    assert 0 <= low <= right / total + 1e-15
    assert right / total - 1e-15 <= high <= 1
    assert low < high


@law(60)
@given(counts, st.integers(2, 50))
def test_wilsons_interval_narrows_with_more_photos_of_the_same_share(count, times):
    right, total = count
    few, many = (wilson_interval(k * right, k * total) for k in (1, times))
    assert many[1] - many[0] < few[1] - few[0]


@law(40)
@given(counts)
def test_wilsons_interval_of_the_wrong_ones_is_the_mirror_image(count):
    right, total = count
    low, high = wilson_interval(right, total)
    mirrored = wilson_interval(total - right, total)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-14)


@law(60)
@given(counts)
@example((0, 7))
@example((7, 7))
def test_wilsons_ends_are_196_deviations_from_the_share(count):
    """What the formula is solved for: (share - end)² = 1.96² end (1 - end) / n."""
    right, total = count
    for end in wilson_interval(right, total):
        variance = end * (1 - end) / total
        assert (right / total - end) ** 2 == pytest.approx(
            1.959963984540054**2 * variance, rel=1e-9, abs=1e-14
        )
