"""The contract of tinycnn.layers.base: every promise, checked for every layer.

A new layer is a new row in CASES before it is code. Every row is non-square, so that
rows and columns cannot be mixed up unnoticed; dy is random, never ones.
"""

import json
import re
from typing import Any, NamedTuple

import numpy as np
import pytest
import slow

from tinycnn import initializers, regularizers
from tinycnn.initializers import RandomNormal
from tinycnn.layers import (
    ACTIVATIONS,
    ELU,
    LAYERS,
    SELU,
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Identity,
    Layer,
    LeakyReLU,
    MaxPooling2D,
    RandomBrightness,
    RandomContrast,
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
    ReLU,
    Rescaling,
    Reshape,
    Resizing,
    SeparableConv2D,
    Sigmoid,
    Softmax,
    Softplus,
    SpatialDropout2D,
    SumPooling2D,
    Swish,
    Tanh,
    ZeroPadding2D,
)
from tinycnn.models import Sequential
from tinycnn.regularizers import L1L2, L2

PHOTO = (5, 6, 2)


class Case(NamedTuple):
    layer_type: type
    arguments: dict[str, Any]
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    training: bool = False

    def layer(self):
        return self.layer_type(**self.arguments)

    def built(self, dtype=np.float64, seed=0):
        """Return the layer, with no param left at the zeros that would hide it."""
        layer, rng = self.layer(), np.random.default_rng(seed)
        layer.build(self.input_shape, rng, dtype)
        for param in layer.params.values():
            param[...] = rng.standard_normal(param.shape)
        for array in layer.state.values():
            array[...] = rng.uniform(0.5, 2.0, array.shape)
        return layer

    def photos(self, dtype=np.float64, seed=1, count=3):
        rng = np.random.default_rng(seed)
        return slow.distinct((count, *self.input_shape), rng, dtype)

    def dy(self, dtype=np.float64, seed=2, count=3):
        rng = np.random.default_rng(seed)
        return rng.standard_normal((count, *self.output_shape)).astype(dtype)

    def __str__(self):
        training = ", training" if self.training else ""
        return f"{self.layer()!r} of {self.input_shape}{training}"


def conv(output_shape, input_shape=PHOTO, **arguments):
    given = {"filters": 3, "kernel_size": (2, 3), **arguments}
    return Case(Conv2D, given, input_shape, output_shape)


def poolings(output_shape, input_shape=PHOTO, **arguments):
    kinds = (MaxPooling2D, AveragePooling2D, SumPooling2D)
    return [Case(kind, arguments, input_shape, output_shape) for kind in kinds]


CASES = [
    conv((4, 4, 3)),
    conv((2, 4, 3), strides=(2, 1)),
    conv((4, 2, 3), strides=(1, 2)),
    conv((5, 6, 3), padding="same"),
    conv((3, 6, 3), strides=(2, 1), padding="same"),
    conv((2, 2, 3), strides=(3, 4), padding="same"),  # stride larger than kernel
    conv((2, 2, 3), strides=(3, 4), kernel_size=(2, 1)),
    conv((5, 6, 1), kernel_size=1, filters=1),
    conv((1, 1, 3), kernel_size=(5, 6)),  # the kernel is the whole photo
    conv((2, 1, 3), input_shape=(2, 1, 2), padding="same"),  # kernel beyond it
    conv((4, 2, 1), input_shape=(6, 5, 1), kernel_size=(3, 4), filters=1),
    conv((4, 4, 3), kernel_initializer="he_normal"),
    conv((4, 4, 3), use_bias=False),
    conv(
        (4, 4, 3), kernel_initializer=RandomNormal(stddev=0.1), bias_initializer="ones"
    ),
    conv((4, 4, 3), kernel_regularizer=L1L2(0.1, 0.2), bias_regularizer="l2"),
    *poolings((2, 3, 2)),  # (2, 2): the fifth row is left out
    *poolings((2, 2, 2), pool_size=(2, 3)),
    *poolings((4, 2, 2), pool_size=(2, 3), strides=(1, 2)),  # overlapping
    *poolings((2, 5, 2), pool_size=(3, 2), strides=(2, 1)),
    *poolings((3, 3, 2), pool_size=(1, 2), strides=(2, 2)),  # stride > window
    *poolings((2, 2, 2), pool_size=2, strides=(3, 4), padding="same"),
    *poolings((3, 2, 2), pool_size=(2, 3), padding="same"),
    *poolings((3, 6, 2), pool_size=(3, 4), strides=(2, 1), padding="same"),
    *poolings((1, 1, 2), pool_size=(5, 6)),
    *poolings((2, 1, 2), (2, 1, 2), pool_size=(3, 4), strides=1, padding="same"),
    Case(Flatten, {}, PHOTO, (60,)),
    Case(Flatten, {}, (7,), (7,)),
    Case(Dense, {"units": 4}, (7,), (4,)),
    Case(Dense, {"units": 1}, (3,), (1,)),
    Case(Dense, {"units": 5, "kernel_initializer": "he_uniform"}, (2,), (5,)),
    Case(Dense, {"units": 4, "use_bias": False}, (7,), (4,)),
    Case(Dense, {"units": 4, "kernel_regularizer": L2(0.2)}, (7,), (4,)),
    *(
        Case(activation, {}, shape, shape)
        for activation in (
            *(ReLU, Sigmoid, Softmax, SELU, Tanh, Softplus, Swish, Identity),
        )
        for shape in ((7,), PHOTO)
    ),
    *(
        Case(activation, arguments, shape, shape)
        for activation, arguments in (
            (LeakyReLU, {}),
            (LeakyReLU, {"negative_slope": 0.1}),
            (ELU, {}),
            (ELU, {"alpha": 0.4}),
        )
        for shape in ((7,), PHOTO)
    ),
    *(
        Case(kind, {**first, **arguments}, PHOTO, (*grid, last))
        for kind, first, last in (
            (DepthwiseConv2D, {}, 4),
            (SeparableConv2D, {"filters": 3}, 3),
        )
        for arguments, grid in (
            ({"kernel_size": (2, 3), "depth_multiplier": 2}, (4, 4)),
            (
                {
                    "kernel_size": 2,
                    "strides": (2, 1),
                    "padding": "same",
                    "depth_multiplier": 2,
                    "use_bias": False,
                    "depthwise_initializer": RandomNormal(stddev=0.1),
                },
                (3, 6),
            ),
        )
    ),
    *(
        Case(
            Resizing, {"height": i, "width": j, "interpolation": how}, PHOTO, (i, j, 2)
        )
        for i, j, how in ((5, 6, "bilinear"), (3, 11, "bilinear"), (7, 2, "nearest"))
    ),
    Case(Reshape, {"target_shape": (3, -1)}, PHOTO, (3, 20)),
    Case(Reshape, {"target_shape": 7}, (7,), (7,)),
    *(
        Case(SpatialDropout2D, {"rate": 0.4}, PHOTO, PHOTO, training)
        for training in (False, True)
    ),
    Case(ZeroPadding2D, {}, PHOTO, (7, 8, 2)),
    Case(ZeroPadding2D, {"padding": (0, 3)}, PHOTO, (5, 12, 2)),
    Case(ZeroPadding2D, {"padding": ((1, 2), (0, 3))}, PHOTO, (8, 9, 2)),
    Case(ZeroPadding2D, {"padding": 0}, PHOTO, PHOTO),
    *(
        Case(kind, {}, shape, shape[2:])
        for kind in (GlobalAveragePooling2D, GlobalMaxPooling2D)
        for shape in (PHOTO, (1, 4, 3))
    ),
    *(
        Case(Dropout, {"rate": rate}, shape, shape, training)
        for rate in (0.0, 0.4)
        for shape in ((7,), PHOTO)
        for training in (False, True)
    ),
    *(
        Case(BatchNormalization, {"momentum": 0.9, "epsilon": 0.01}, s, s, training)
        for s in ((7,), PHOTO)
        for training in (False, True)
    ),
    Case(Rescaling, {"scale": 0.25, "offset": -1}, PHOTO, PHOTO),
    Case(Rescaling, {"scale": 3}, (7,), (7,)),
    *(
        Case(kind, arguments, PHOTO, PHOTO, training)
        for kind, arguments in (
            (RandomFlip, {}),
            (RandomFlip, {"mode": "vertical", "seed": 4}),
            (RandomRotation, {"factor": 0.2}),
            (RandomRotation, {"factor": (-0.1, 0.3), "fill_mode": "constant"}),
            (RandomZoom, {"height_factor": 0.4}),
            (RandomZoom, {"height_factor": (-0.3, 0), "width_factor": (0, 0.5)}),
            (RandomTranslation, {"height_factor": 0.3, "width_factor": (0.1, 0.4)}),
            (RandomContrast, {"factor": 0.4, "value_range": [-99, 99]}),
            (RandomContrast, {"factor": [0.2, 0.5], "value_range": [-9, 9]}),
            (RandomBrightness, {"factor": (-0.1, 0.3), "value_range": [-20, 20]}),
        )
        for training in (False, True)
    ),
]
RANDOM = (
    *(Dropout, SpatialDropout2D),
    *(RandomFlip, RandomRotation, RandomZoom, RandomTranslation),
    *(RandomBrightness, RandomContrast),
)

every_case = pytest.mark.parametrize("case", CASES, ids=str)


def run(case, layer, dtype=np.float64, seed=1, count=3):
    """Return (y, dx) of one forward and one backward."""
    y = layer.forward(case.photos(dtype, seed, count), case.training)
    return y, layer.backward(case.dy(dtype, seed + 100, count))


def test_the_table_has_every_layer_the_library_has():
    assert {case.layer_type for case in CASES} == set(LAYERS.values())


@every_case
def test_the_output_has_the_promised_shape(case):
    layer = case.built()
    assert case.layer().infer_shapes(case.input_shape)[0] == case.output_shape
    assert layer.output_shape == case.output_shape
    assert layer.input_shape == case.input_shape
    y, dx = run(case, layer)
    assert y.shape == (3, *case.output_shape)
    assert dx.shape == (3, *case.input_shape)


@every_case
def test_params_have_the_promised_shapes_and_dtype(case):
    layer = case.layer()
    assert layer.build(case.input_shape, np.random.default_rng(0)) == case.output_shape
    promised = case.layer().infer_shapes(case.input_shape)[1]
    assert {name: array.shape for name, array in layer.params.items()} == promised
    assert all(param.dtype == np.float32 for param in layer.params.values())


@every_case
def test_dx_and_every_grad_match_the_numerical_gradient(case):
    layer, x, dy = case.built(), case.photos(), case.dy()

    def loss_terms():
        return layer.forward(x, case.training) * dy

    layer.forward(x, case.training)
    found = {"x": layer.backward(dy), **layer.grads}
    for name, array in {"x": x, **layer.params}.items():
        wanted = slow.numerical_gradient(loss_terms, array)
        np.testing.assert_allclose(
            found[name], wanted, rtol=1e-6, atol=1e-9, err_msg=f"d{name}"
        )


@every_case
def test_float32_in_gives_float32_out_and_back(case):
    layer = case.built(np.float32)
    y, dx = run(case, layer, np.float32)
    arrays = {"y": y, "dx": dx, **layer.params, **layer.grads}
    assert {name for name, array in arrays.items() if array.dtype != np.float32} == (
        set()
    )


@every_case
def test_float64_in_gives_float64_out_and_back(case):
    layer = case.built(np.float64)
    y, dx = run(case, layer, np.float64)
    arrays = {"y": y, "dx": dx, **layer.params, **layer.grads}
    assert {name for name, array in arrays.items() if array.dtype != np.float64} == (
        set()
    )


# Left out: Dropout while training, which draws one mask for the whole batch, and batch
# normalisation, which takes the batch's own mean.
@pytest.mark.parametrize("case", [case for case in CASES if not case.training], ids=str)
def test_a_batch_of_three_equals_three_batches_of_one(case):
    layer, x, dy = case.built(np.float32), case.photos(np.float32), case.dy(np.float32)
    y = layer.forward(x, case.training)
    dx, grads = layer.backward(dy), layer.grads
    summed = {name: np.zeros_like(grad) for name, grad in grads.items()}
    for n in range(3):
        one = slice(n, n + 1)
        close = {"rtol": 1e-5, "atol": 1e-5}
        np.testing.assert_allclose(
            layer.forward(x[one], case.training), y[one], **close
        )
        np.testing.assert_allclose(layer.backward(dy[one]), dx[one], **close)
        for name, grad in layer.grads.items():
            summed[name] += grad
    for name, grad in grads.items():
        np.testing.assert_allclose(summed[name], grad, rtol=1e-5, atol=1e-4)


@every_case
def test_x_dy_and_params_are_not_written_to(case):
    layer, x, dy = case.built(), case.photos(), case.dy()
    arrays = [x, dy, *layer.params.values()]
    kept = [array.copy() for array in arrays]
    for array in arrays:
        array.flags.writeable = False  # writing would raise, even if undone later
    layer.forward(x, case.training)
    layer.backward(dy)
    for array, before in zip(arrays, kept, strict=True):
        np.testing.assert_array_equal(array, before)


@every_case
def test_grads_have_the_names_and_shapes_of_params(case):
    layer = case.built()
    run(case, layer)
    assert {name: grad.shape for name, grad in layer.grads.items()} == {
        name: param.shape for name, param in layer.params.items()
    }


@every_case
def test_config_makes_the_same_layer_again(case):
    layer = case.layer()
    config = json.loads(json.dumps(layer.config()))  # plain JSON, nothing else
    again = LAYERS[type(layer).__name__](**config)
    assert again.config() == layer.config()
    assert repr(again) == repr(layer)
    rngs = np.random.default_rng(5), np.random.default_rng(5)
    for twin, rng in zip((layer, again), rngs, strict=True):
        twin.build(case.input_shape, rng, np.float64)
    for mine, other in zip(run(case, layer), run(case, again), strict=True):
        np.testing.assert_array_equal(mine, other)


@every_case
def test_backward_before_forward_says_so(case):
    with pytest.raises(RuntimeError, match="backward needs a forward before it"):
        case.built().backward(case.dy())


@every_case
def test_backward_after_forget_says_so(case):
    layer = case.built()
    run(case, layer)
    layer.forget()
    with pytest.raises(RuntimeError, match="backward needs a forward before it"):
        layer.backward(case.dy())


@every_case
def test_forward_before_build_says_so(case):
    with pytest.raises(RuntimeError, match="is not built: call build"):
        case.layer().forward(case.photos())


@every_case
def test_the_same_seed_gives_the_same_params_and_numbers(case):
    twins = case.layer(), case.layer()
    for layer in twins:
        layer.build(case.input_shape, np.random.default_rng(7))
    for name, param in twins[0].params.items():
        np.testing.assert_array_equal(param, twins[1].params[name])
    (y, dx), (y_again, dx_again) = (run(case, layer) for layer in twins)
    np.testing.assert_array_equal(y, y_again)
    np.testing.assert_array_equal(dx, dx_again)


@every_case
def test_an_argument_that_is_none_is_refused_and_not_ignored(case):
    name = case.layer_type.__name__
    with pytest.raises(TypeError, match=f"^{name} has no argument 'colour'"):
        case.layer_type(**case.arguments, colour="red")


@every_case
def test_repr_is_the_call_that_makes_the_layer(case):
    layer = case.layer()
    names = {**LAYERS, **vars(initializers), **vars(regularizers)}
    assert eval(repr(layer), names).config() == layer.config()
    defaults = {
        "pool_size": [(2, 2), 2],
        "kernel_size": [1],
        "interpolation": ["bilinear"],
    }
    for name, value in case.arguments.items():
        if value not in defaults.get(name, []):
            assert f"{name}=" in repr(layer)


@every_case
def test_skip_dx_leaves_the_grads_as_they_are(case):
    whole, layer = case.built(), case.built()  # two, or old grads would be found
    layer.skip_dx = True
    run(case, whole)
    _, dx = run(case, layer)
    assert dx.dtype == np.float64
    assert dx.size in (0, case.photos().size)  # nothing, or all of it
    assert layer.grads.keys() == whole.grads.keys()
    for name, grad in layer.grads.items():
        np.testing.assert_array_equal(grad, whole.grads[name])


@every_case
def test_backward_goes_back_from_the_last_forward(case):
    layer, fresh = case.built(), case.built()
    layer.forward(case.photos(seed=8), case.training)
    _, dx = run(case, layer)
    _, wanted = run(case, fresh)
    np.testing.assert_array_equal(dx, wanted)
    for name, grad in layer.grads.items():
        np.testing.assert_array_equal(grad, fresh.grads[name])


@every_case
def test_grads_are_written_anew_and_not_added_to(case):
    layer = case.built()
    run(case, layer)
    once = {name: grad.copy() for name, grad in layer.grads.items()}
    run(case, layer)
    for name, grad in layer.grads.items():
        np.testing.assert_array_equal(grad, once[name])


@every_case
def test_arrays_handed_out_are_not_overwritten_by_a_later_call(case):
    layer = case.built()
    y, dx = run(case, layer)
    handed_out = [y, dx, *layer.grads.values()]
    kept = [array.copy() for array in handed_out]
    run(case, layer, seed=9)
    for array, before in zip(handed_out, kept, strict=True):
        np.testing.assert_array_equal(array, before)


@every_case
def test_a_wrong_input_shape_gets_the_wanted_one_named(case):
    wanted = ", ".join(map(str, ("N", *case.input_shape)))
    wrong = np.zeros((3, *case.input_shape[:-1], case.input_shape[-1] + 1))
    message = f"should be given an array of shape ({wanted}), got {wrong.shape}"
    with pytest.raises(ValueError, match=re.escape(message) + "$"):
        case.built().forward(wrong)


@every_case
def test_a_single_photo_gets_the_hint_about_the_batch_axis(case):
    with pytest.raises(ValueError, match=r"needs a batch axis: x\[np\.newaxis\]"):
        case.built().forward(case.photos()[0])


@pytest.mark.parametrize(
    ("shape", "built_for", "hint"),
    [
        (
            (9, 5, 6),
            (5, 6, 1),
            r"6\); grey photos need .*x\[\.\.\., np\.newaxis\]",
        ),
        ((9, 3, 5, 6), (5, 6, 3), r"last axis: np\.moveaxis\(x, 1, -1\)$"),
        ((9, 30), (5, 6, 1), r"reshape it: x\.reshape\(-1, 5, 6, 1\)$"),
        ((9, 31), (5, 6, 1), r"got \(9, 31\)$"),
    ],
)
def test_an_array_of_another_shape_gets_the_line_that_turns_it(shape, built_for, hint):
    layer = Flatten()
    layer.build(built_for, np.random.default_rng(0))
    with pytest.raises(ValueError, match=hint):
        layer(np.ones(shape))


@every_case
def test_a_batch_of_no_photos_works(case):
    layer = case.built()
    y = layer.forward(np.zeros((0, *case.input_shape)), case.training)
    assert y.shape == (0, *case.output_shape)
    assert layer.backward(np.zeros(y.shape)).shape == (0, *case.input_shape)
    assert all((grad == 0).all() for grad in layer.grads.values())


@every_case
def test_whole_numbers_are_taken_as_float32(case):
    layer = case.built(np.float32)
    photos = np.arange(2 * np.prod(case.input_shape), dtype=np.uint8)
    photos = photos.reshape(2, *case.input_shape)
    y = layer.forward(photos, case.training)
    assert y.dtype == np.float32
    np.testing.assert_array_equal(
        y, layer.forward(photos.astype(np.float32), case.training)
    )


@every_case
def test_infer_shapes_makes_and_keeps_nothing(case):
    layer = case.layer()
    layer.infer_shapes(case.input_shape)
    assert (layer.input_shape, layer.output_shape, layer.params) == (None, None, {})


POOLING_KINDS = {
    MaxPooling2D: "max",
    AveragePooling2D: "average",
    SumPooling2D: "sum",
}


def bias_of(layer):
    """A layer without a bias adds zeros."""
    return layer.params.get("bias", np.zeros(layer.output_shape[-1]))


def by_loops(case, layer, x):
    if case.layer_type is Conv2D:
        kernel, bias = layer.params["kernel"], bias_of(layer)
        return slow.convolution(x, kernel, bias, layer.strides, layer.padding)
    if case.layer_type in (DepthwiseConv2D, SeparableConv2D):
        loops = getattr(slow, case.layer_type.__name__.lower())
        kernels = [p for name, p in layer.params.items() if name != "bias"]
        return loops(x, *kernels, bias_of(layer), layer.strides, layer.padding)
    if case.layer_type is Reshape:
        return slow.reshape(x, case.output_shape)
    if case.layer_type in POOLING_KINDS:
        kind = POOLING_KINDS[case.layer_type]
        return slow.pooling(kind, x, layer.pool_size, layer.strides, layer.padding)
    if case.layer_type is Dense:
        return slow.dense(x, layer.params["kernel"], bias_of(layer))
    if isinstance(layer, BatchNormalization):
        numbers = [*layer.params.values(), *layer.state.values(), layer.epsilon]
        return slow.batch_normalization(x, *numbers, case.training)
    if case.layer_type is Rescaling:
        return np.array([n * layer.scale + layer.added for n in x.flat]).reshape(
            x.shape
        )
    # Those of an activation, and of the border.
    arguments = {name: getattr(layer, name) for name in layer.config()}
    return getattr(slow, case.layer_type.__name__.lower())(x, **arguments)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.layer_type not in RANDOM], ids=str
)
def test_forward_is_what_plain_loops_compute(case):
    layer, x = case.built(), case.photos()
    wanted = by_loops(case, layer, x)
    y = layer.forward(x, case.training)
    np.testing.assert_allclose(y, wanted, rtol=1e-10, atol=1e-12)


# What a row of the table cannot say.


def test_dense_gradients_are_what_plain_loops_compute():
    case = Case(Dense, {"units": 4}, (7,), (4,))
    layer, x, dy = case.built(), case.photos(), case.dy()
    layer.forward(x)
    dx, dkernel, dbias = slow.dense_gradients(x, layer.params["kernel"], dy)
    np.testing.assert_allclose(layer.backward(dy), dx, rtol=1e-12)
    np.testing.assert_allclose(layer.grads["kernel"], dkernel, rtol=1e-12)
    np.testing.assert_allclose(layer.grads["bias"], dbias, rtol=1e-12)


def test_the_slope_of_relu_at_its_kink_is_0():
    relu = ReLU()
    relu(np.array([[-1.0, 0.0, 2.0]]))
    assert relu.backward(np.array([[5.0, 6.0, 7.0]])).tolist() == [[0.0, 0.0, 7.0]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_activations_are_finite_and_silent_for_huge_numbers(activation, dtype):
    layer = activation()
    y = layer(np.array([[-3e38, -1000, 0, 1000, 3e38]], dtype))
    dx = layer.backward(np.ones_like(y))
    assert np.isfinite(y).all()
    assert np.isfinite(dx).all()


def test_the_slope_of_leaky_relu_at_its_kink_is_that_below_it():
    leaky = LeakyReLU(0.5)
    leaky(np.array([[-1.0, 0.0, 2.0]]))
    assert leaky.backward(np.array([[6.0, 6.0, 6.0]])).tolist() == [[3.0, 3.0, 6.0]]


def test_elu_with_alpha_1_has_no_kink():
    elu = ELU()
    elu(np.array([[-1e-9, 0.0, 1e-9]]))
    np.testing.assert_allclose(elu.backward(np.ones((1, 3))), 1, atol=1e-8)


def test_an_activation_goes_by_its_keras_name():
    assert repr(Activation("leaky_relu")) == "LeakyReLU(negative_slope=0.2)"
    assert repr(Activation(activation="tanh")) == "Tanh()"
    assert repr(Activation("silu")) == repr(Activation("swish")) == "Swish()"
    assert repr(Activation("linear")) == repr(Activation(None)) == "Identity()"
    assert Activation("elu", input_shape=(3,)).input_shape == (3,)
    with pytest.raises(TypeError, match="ELU has no argument 'colour'"):
        Activation("elu", colour="red")


def test_an_activation_may_be_a_layer():
    leaky = LeakyReLU(0.1)
    dense = Dense(3, activation=leaky, input_shape=(2,))
    assert repr(dense) == "Dense(units=3, activation=LeakyReLU(negative_slope=0.1))"
    assert Sequential([dense]).layers == [dense, leaky]
    assert Activation(leaky) is leaky


def test_of_equal_cells_of_a_map_the_first_gets_the_gradient():
    pool = GlobalMaxPooling2D()
    pool(np.array([1.0, 3, 3, 2, 3, 0]).reshape(1, 2, 3, 1))
    dx = pool.backward(np.array([[5.0]]))
    assert dx.ravel().tolist() == [0, 5, 0, 0, 0, 0]


@pytest.mark.parametrize("kind", [GlobalAveragePooling2D, GlobalMaxPooling2D])
def test_a_global_pooling_wants_maps(kind):
    with pytest.raises(ValueError, match=r"should be \(rows, columns, channels\)"):
        kind().build((7,), np.random.default_rng(0))


def test_softmax_sums_to_1_over_the_last_axis():
    y = Softmax()(slow.distinct((3, *PHOTO), np.random.default_rng(0)))
    np.testing.assert_allclose(y.sum(axis=-1), np.ones((3, 5, 6)))


def test_flatten_lets_the_channel_run_fastest():
    y = Flatten()(np.array([[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]]))  # 2x2, 2 channels
    assert y.tolist() == [[1, 2, 3, 4, 5, 6, 7, 8]]


def dropped(layer, step, x):
    layer.step = step
    return layer.forward(x, training=True)


def test_dropout_drops_its_share_and_scales_up_the_rest():
    layer = Dropout(0.25)
    layer.build((200,), np.random.default_rng(0))
    y = dropped(layer, 0, np.full((100, 200), 3, np.float32))
    assert np.unique(y).tolist() == [0, 4]  # 3 / (1 - 0.25)
    assert abs((y == 0).mean() - 0.25) < 0.01  # 20,000 numbers: 3 deviations


def test_spatial_dropout_drops_whole_maps():
    layer = SpatialDropout2D(0.25)
    layer.build((2, 3, 200), np.random.default_rng(0))
    y = dropped(layer, 0, np.full((50, 2, 3, 200), 3, np.float32))
    assert np.unique(y).tolist() == [0, 4]  # 3 / (1 - 0.25)
    np.testing.assert_array_equal(y, np.broadcast_to(y[:, :1, :1], y.shape))
    assert abs((y[:, 0, 0] == 0).mean() - 0.25) < 0.015  # 10,000 maps: 3.5 deviations


def test_dropout_changes_nothing_outside_training():
    layer, x, dy = Dropout(0.9), np.ones((2, 50)), np.full((2, 50), 3.0)
    np.testing.assert_array_equal(layer(x), x)
    np.testing.assert_array_equal(layer.backward(dy), dy)


def test_dropout_drops_others_at_each_step_and_the_same_at_the_same_step():
    layer, x = Dropout(0.5), np.ones((2, 50))
    layer.build((50,), np.random.default_rng(0))
    first, second = dropped(layer, 1, x), dropped(layer, 2, x)
    assert (first != second).any()
    np.testing.assert_array_equal(dropped(layer, 1, x), first)


def test_a_dropout_on_its_own_draws_as_at_step_0():
    layer, x = Dropout(0.5), np.ones((2, 50))
    layer.build((50,), np.random.default_rng(0))
    y = layer.forward(x, training=True)
    np.testing.assert_array_equal(y, dropped(layer, 0, x))


def test_a_rate_of_numpys_is_kept_as_plain_json():
    assert json.dumps(Dropout(np.float32(0.25)).config()) == '{"rate": 0.25}'


def test_two_dropouts_of_one_model_do_not_drop_the_same():
    rng, x = np.random.default_rng(0), np.ones((2, 50))
    layers = Dropout(0.5), Dropout(0.5)
    for layer in layers:
        layer.build((50,), rng)
    assert (dropped(layers[0], 0, x) != dropped(layers[1], 0, x)).any()


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5, True, "half", float("nan"), None])
def test_dropout_says_what_a_rate_should_be(rate):
    with pytest.raises(ValueError, match="rate should be the share that is dropped"):
        Dropout(rate)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Dense(0), ValueError, "units should be a whole number of at least 1"),
        (lambda: Dense(2.0), ValueError, "units should be a whole number.*got 2.0"),
        (lambda: Dense(True), ValueError, "units should be a whole number.*got True"),
        (lambda: Dense(1, activation="cosine"), ValueError, "activation should be one"),
        (lambda: Dense(1, activation=ReLU), ValueError, "a layer such as LeakyReLU.*"),
        (lambda: LeakyReLU(-0.1), ValueError, "negative_slope should be a number at "),
        (lambda: ELU(None), ValueError, "alpha should be a number at least 0.*None"),
        (lambda: ReLU(6), TypeError, r"ReLU\(6\): input_shape= is written by name"),
        (lambda: Softmax(-1), TypeError, r"Softmax\(-1\): input_shape= is written by"),
        (lambda: ReLU(max_value=6), TypeError, "nothing is cut off above"),
        (lambda: Dense(2, use_bias="no"), ValueError, "use_bias should be True or Fal"),
        (lambda: Resizing(2, 3, "cubic"), ValueError, "bilinear, nearest, got 'cubic'"),
        (
            lambda: Resizing(2, 3)(np.ones((2, 3))),
            ValueError,
            r"channels\), got \(3,\)",
        ),
        (lambda: Reshape((-1, -1)), ValueError, r"one length.*\(-1, -1\)"),
        (lambda: Reshape((0, 3)), ValueError, "target_shape should be a whole number"),
        (
            lambda: Reshape((5, -1))(np.ones((1, 7))),
            ValueError,
            r"7 numbers.*\(5, -1\)",
        ),
        (lambda: SpatialDropout2D(0.5)(np.ones((2, 3))), ValueError, "channels.*3"),
        (lambda: ZeroPadding2D(-1), ValueError, "each number of padding.*0, got -1"),
        (lambda: ZeroPadding2D((1, 2, 3)), ValueError, r"padding should.*\(1, 2, 3\)"),
        (lambda: ZeroPadding2D("same"), ValueError, "each number of padding.*'same'"),
        (lambda: ZeroPadding2D(((1,), 2)), ValueError, r"padding.*\(\(1,\), 2\)"),
        (lambda: Dense(1, kernel_initializer="x"), ValueError, "kernel_initializer sh"),
        (lambda: Dense(1, groups=2), TypeError, "'groups': every kernel sees every"),
        (
            lambda: Dense(1, kernel_regularizer="l3"),
            ValueError,
            "kernel_regularizer sho",
        ),
        (lambda: Dense(1, unit=2), TypeError, r"'unit': did you mean 'units'\?"),
        (lambda: Flatten(dtype="int8"), TypeError, "Flatten has no argument 'dtype'"),
        (lambda: Flatten(input_shape=(0, 3)), ValueError, "input_shape should be a wh"),
        (lambda: Activation("cos"), ValueError, "should be one of relu, sig.*'cos'"),
    ],
)
def test_wrong_arguments_are_named(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_a_number_as_input_shape_is_a_row_of_so_many():
    assert Dense(3, input_shape=7).input_shape == (7,)


@pytest.mark.parametrize("missing", ["forward", "backward"])
def test_a_layer_of_ones_own_says_what_it_has_to_define(missing):
    layer = type("Mine", (Layer,), {})()
    with pytest.raises(NotImplementedError, match=f"^Mine should define {missing}$"):
        getattr(layer, missing)(np.ones((1, 2)))


def test_a_called_layer_is_built_once_and_keeps_its_params():
    layer = Dense(3)
    first = layer(np.ones((1, 2)))
    layer.params["kernel"] *= 2
    np.testing.assert_array_equal(layer(np.ones((1, 2))), 2 * first)


def test_a_layer_called_on_its_own_starts_as_in_a_model_of_seed_0():
    x = np.ones((2, 4), np.float32)
    model = Sequential([Dense(3, input_shape=(4,))], seed=0)
    np.testing.assert_array_equal(Dense(3)(x), model.forward(x))


class Scale(Layer):
    """The least that a layer of one's own needs: its param, and what goes forward."""

    def infer_shapes(self, input_shape):
        return input_shape, {"scale": input_shape}

    def forward(self, x, training=False):
        return self.check_input(x) * self.params["scale"]


def test_a_param_without_an_initializer_starts_at_zero():
    layer = Scale()
    assert layer(np.ones((1, 2))).tolist() == [[0, 0]]
    assert layer.params["scale"].shape == (2,)


@pytest.mark.parametrize("shape", [(5, 6, 2), [5, 6, 2]], ids=["tuple", "list"])
def test_a_shape_may_be_a_list(shape):
    assert Conv2D(3, 2, input_shape=shape).input_shape == (5, 6, 2)
    conv = Conv2D(3, 2)
    conv.build(shape, np.random.default_rng(0))
    assert conv.forward(np.zeros((1, 5, 6, 2))).shape == (1, 4, 5, 3)


def test_numbers_may_come_as_a_list():
    relu = ReLU()
    assert relu([[-1.0, 2.0]]).tolist() == [[0, 2]]
    assert relu.forward([[-3.0, 4.0]]).tolist() == [[0, 4]]


def test_an_input_shape_alone_builds_nothing():
    with pytest.raises(RuntimeError, match="Dense is not built: call build"):
        Dense(3, input_shape=(2,)).forward(np.ones((1, 2)))


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (Dense(3, activation="relu"), "Dense(units=3, activation='relu')"),
        (Conv2D(3, (2, 3)), "Conv2D(filters=3, kernel_size=(2, 3))"),
        (MaxPooling2D((2, 2), 1), "MaxPooling2D(strides=(1, 1))"),
        (MaxPooling2D(3), "MaxPooling2D(pool_size=(3, 3))"),
    ],
)
def test_repr_is_what_one_would_write(layer, text):
    assert repr(layer) == text


def test_products_of_a_full_connection_are_counted_as_in_the_textbook():
    dense = Dense(128)
    dense.build((300,), np.random.default_rng(0))
    assert dense.multiply_adds() == 300 * 128
    assert Flatten().multiply_adds() == 0
    separable = SeparableConv2D(8, 3, depth_multiplier=2)
    separable.build((10, 12, 5), np.random.default_rng(0))
    depthwise = 8 * 10 * (3 * 3 * 5 * 2)
    assert separable.multiply_adds() == depthwise + 8 * 10 * (10 * 8)


def test_dense_says_that_its_input_should_be_flat():
    with pytest.raises(ValueError, match=r"flat.*\(5, 6, 2\); add Flatten\(\) before"):
        Dense(3).build(PHOTO, np.random.default_rng(0))


def test_an_activation_argument_is_not_silently_left_out_of_a_bare_layer():
    layer = Dense(3, activation="relu")
    layer.build((7,), np.random.default_rng(0))
    with pytest.raises(RuntimeError, match="gets its activation from"):
        layer.forward(np.zeros((1, 7)))


@pytest.mark.parametrize(
    ("layer", "dy_shape"),
    [(SumPooling2D(2), (1, 1, 1, 1)), (Conv2D(2, 2), (1, 3, 2, 2)), (ReLU(), (1, 4))],
)
def test_a_dy_of_another_shape_is_refused_and_not_broadcast(layer, dy_shape):
    layer(np.ones((1, 3, 4, 1)))
    with pytest.raises(ValueError, match=r"given dy of the output's shape \(N, "):
        layer.backward(np.ones(dy_shape))
