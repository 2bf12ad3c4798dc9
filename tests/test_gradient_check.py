"""The gradient check finds what is wrong, and nothing that is right."""

import math

import numpy as np
import pytest

from tinycnn.gradient_check import (
    STEP,
    Report,
    check_layer,
    check_loss,
    check_model,
    grid,
    numerical_gradient,
    relative_error,
)
from tinycnn.layers import (
    LAYERS,
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
from tinycnn.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    MeanSquaredError,
)
from tinycnn.models import Sequential

RIGHT = [
    (Conv2D(3, (2, 3)), (5, 6, 2)),
    (Conv2D(2, (3, 2), strides=(2, 1), padding="same"), (5, 6, 2)),
    (MaxPooling2D((2, 3), strides=(1, 2)), (5, 6, 2)),
    (MaxPooling2D((2, 3), padding="same"), (5, 6, 2)),
    (AveragePooling2D((2, 3), padding="same"), (5, 6, 2)),
    (SumPooling2D(2, strides=1), (5, 6, 2)),
    (Flatten(), (3, 4, 2)),
    (Dense(4), (7,)),
    (ReLU(), (3, 4, 2)),
    (Sigmoid(), (7,)),
    (Softmax(), (7,)),
    (Dropout(0.4), (7,)),
]


@pytest.mark.parametrize(("layer", "shape"), RIGHT, ids=lambda value: repr(value))
@pytest.mark.parametrize("training", [False, True])
def test_the_librarys_own_layers_are_right(layer, shape, training):
    report = check_layer(layer, shape, training=training)
    assert report.is_right, str(report)
    assert report.skipped == 0
    assert set(report.errors) == {"x", *layer.infer_shapes(shape)[1]}


def test_the_layer_that_is_checked_is_not_touched():
    layer = Dense(2)
    check_layer(layer, (3,))
    assert layer.params == {}
    assert layer.output_shape is None


def test_the_grid_names_every_layer():
    assert {type(layer) for layer, _, _ in grid()} == set(LAYERS.values())


class TransposedDense(Dense):
    """dx and dkernel with x and dy in each other's place; square, so shapes agree."""

    def backward(self, dy):
        dx = super().backward(dy)
        self.grads["kernel"] = self.grads["kernel"].T
        return dx


class TransposedDx(Dense):
    def backward(self, dy):
        super().backward(dy)
        return dy @ self.params["kernel"]


class HalvedConv2D(Conv2D):
    def backward(self, dy):
        return super().backward(dy) / 2


class NoBiasGradient(Dense):
    def backward(self, dy):
        dx = super().backward(dy)
        del self.grads["bias"]
        return dx


class WrongBiasShape(Conv2D):
    def backward(self, dy):
        dx = super().backward(dy)
        self.grads["bias"] = self.grads["bias"][np.newaxis]
        return dx


class FlatDx(Flatten):
    def backward(self, dy):
        return dy


class AveragedBias(Dense):
    def backward(self, dy):
        dx = super().backward(dy)
        self.grads["bias"] = self.grads["bias"] / len(dy)
        return dx


class NotANumber(ReLU):
    def backward(self, dy):
        return dy * np.nan


class AlmostSigmoid(Sigmoid):
    """Wrong by a millionth."""

    def backward(self, dy):
        return super().backward(dy) * (1 + 1e-5)


class SwappedWinner(MaxPooling2D):
    """The gradient goes to the first cell, whoever won."""

    def backward(self, dy):
        padded_shape, borders, winner = self.kept
        self.kept = (padded_shape, borders, np.zeros_like(winner))
        return super().backward(dy)


@pytest.mark.parametrize(
    ("layer", "shape", "wrong"),
    [
        (TransposedDense(4), (4,), ["kernel"]),
        (TransposedDx(4), (4,), ["x"]),
        (HalvedConv2D(3, 2), (4, 5, 2), ["x"]),
        (NoBiasGradient(3), (4,), ["bias"]),
        (WrongBiasShape(3, 2), (4, 5, 2), ["bias"]),
        (FlatDx(), (3, 4, 2), ["x"]),
        (AveragedBias(3), (4,), ["bias"]),
        (NotANumber(), (4,), ["x"]),
        (AlmostSigmoid(), (4,), ["x"]),
        (SwappedWinner(2), (4, 6, 2), ["x"]),
    ],
    ids=lambda value: repr(value),
)
def test_a_spoiled_backward_is_found_and_named(layer, shape, wrong):
    report = check_layer(layer, shape)
    assert not report.is_right
    bad = [name for name, error in report.errors.items() if error > report.tolerance]
    assert bad == wrong
    assert report.worst == max(report.errors.values())
    assert str(report).startswith(f"{layer!r}: WRONG (relative errors: dx ")


@pytest.mark.parametrize("layer", [NoBiasGradient(3), WrongBiasShape(3, 1)])
def test_a_gradient_that_is_missing_or_misshapen_has_an_infinite_error(layer):
    shape = (4,) if isinstance(layer, Dense) else (4, 5, 2)
    assert check_layer(layer, shape).errors["bias"] == math.inf


@pytest.mark.parametrize(
    ("a", "n", "error"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0.0),
        ([0.25], [0.5], 0.25),  # below 1 the difference itself
        ([200.0], [100.0], 0.5),  # above 1 its share of the larger
        ([1.0, 2.0], [1.0], math.inf),
        ([math.nan], [1.0], math.inf),
        ([], [], 0.0),
    ],
)
def test_relative_errors_by_hand(a, n, error):
    assert relative_error(np.array(a), np.array(n)) == error


def test_a_report_says_what_was_left_out():
    report = Report("Dense(1)", {"x": 1e-12, "kernel": 2e-9}, skipped=3)
    assert str(report) == (
        "Dense(1): right (relative errors: dx 1.0e-12, dkernel 2.0e-09, "
        "3 at kinks left out)"
    )


# -- kinks -------------------------------------------------------------------------


def layer_gradient(layer, x, dy):
    """Return the numerical gradient as `check_layer` asks for it, at this very x."""
    layer.build(x.shape[1:], np.random.default_rng(0), np.float64)
    return numerical_gradient(
        lambda: float(np.sum(layer.forward(x) * dy)), x, lambda: [layer.kept[-1]]
    )


def test_numbers_within_h_of_relus_kink_are_left_out_and_counted():
    x = np.array([[-1.0, -STEP / 2, 0.0, STEP / 2, 2 * STEP, 1.0]])
    before = x.copy()
    gradient, skipped = layer_gradient(ReLU(), x, np.full(x.shape, 3.0))
    assert skipped == 3
    assert np.isnan(gradient[0]).tolist() == [False, True, True, True, False, False]
    np.testing.assert_allclose(gradient[0, [0, 4, 5]], [0, 3, 3], rtol=1e-9)
    assert (x == before).all()  # put back, to the bit


def test_ties_in_max_pooling_are_left_out_and_counted():
    x = np.array([[5.0, 5.0, 1.0, 2.0], [0.0, 1.0, 3.0, 4.0]]).reshape(1, 2, 4, 1)
    gradient, skipped = layer_gradient(MaxPooling2D(2), x, np.full((1, 1, 2, 1), 3.0))
    assert skipped == 2  # the two fives
    wanted = [[np.nan, np.nan, 0, 0], [0, 0, 0, 3]]
    np.testing.assert_allclose(gradient[0, :, :, 0], wanted, atol=1e-9)


def model_of(*layers, loss="binary_crossentropy", seed=1):
    model = Sequential(list(layers), seed=seed)
    model.compile("sgd", loss)
    return model


def photos(shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def test_a_models_kinks_are_left_out_and_counted():
    x = photos((2, 5))
    x[0, 1], x[1, 3] = 0, STEP / 3
    model = model_of(ReLU(input_shape=(5,)), Dense(1, activation="sigmoid"))
    report = check_model(model, x, [0, 1], per_array=100)
    assert report.skipped == 2
    assert report.is_right, str(report)
    assert "2 at kinks left out" in str(report)


def test_photos_of_one_colour_are_all_ties():
    model = model_of(
        MaxPooling2D(2, input_shape=(4, 6, 1)), Flatten(), Dense(1, "sigmoid")
    )
    report = check_model(model, np.ones((2, 4, 6, 1)), [0, 1], per_array=100)
    assert report.skipped == 48
    assert report.is_right, str(report)
    assert report.untried == ["x"]
    assert "dx not tried: only kinks, 48 at kinks left out" in str(report)


# -- whole models ------------------------------------------------------------------

MODELS = {
    "sigmoid": (
        lambda: model_of(
            Conv2D(3, (2, 3), input_shape=(6, 7, 2), activation="relu"),
            MaxPooling2D(2),
            Flatten(),
            Dense(4, activation="relu"),
            Dense(1, activation="sigmoid"),
        ),
        [0, 1, 1],
    ),
    "softmax": (
        lambda: model_of(
            Conv2D(3, (2, 3), input_shape=(6, 7, 2), activation="sigmoid"),
            AveragePooling2D((2, 3), padding="same"),
            Dropout(0.5),
            Flatten(),
            Dense(4, activation="softmax"),
            loss="categorical_crossentropy",
        ),
        [0, 3, 2],
    ),
    "mse": (
        lambda: model_of(
            Conv2D(2, 3, padding="same", input_shape=(6, 7, 2)),
            SumPooling2D((3, 2), strides=2),
            Flatten(),
            Dense(2, activation="sigmoid"),
            loss="mse",
        ),
        [[0.1, 0.9], [0.5, 0.2], [1.0, 0.0]],
    ),
}


@pytest.mark.parametrize(("make", "y"), MODELS.values(), ids=MODELS)
def test_whole_models_are_right_and_not_touched(make, y):
    model = make()
    weights = model.get_weights()
    report = check_model(model, photos((3, 6, 7, 2)), y)
    assert report.is_right, str(report)
    assert set(report.errors) == {"x", *model.params}
    for before, after in zip(weights, model.get_weights(), strict=True):
        assert after.dtype == np.float32
        assert (before == after).all()


def halved_dx(layer, dx):
    return dx / 2


def photos_mixed_up(layer, dx):
    return dx[::-1]


def kernel_upside_down(layer, dx):
    layer.grads["kernel"] = layer.grads["kernel"][::-1]
    return dx


def no_bias(layer, dx):
    layer.grads["bias"] = 0 * layer.grads["bias"]
    return dx


@pytest.mark.parametrize(("make", "y"), MODELS.values(), ids=MODELS)
@pytest.mark.parametrize(
    ("spoil", "wanted"),
    [
        (halved_dx, "x"),
        (photos_mixed_up, "x"),
        (kernel_upside_down, "0.kernel"),
        (no_bias, "0.bias"),
    ],
)
def test_a_model_with_one_spoiled_layer_is_wrong(make, y, spoil, wanted):
    class Spoiled(Conv2D):
        def backward(self, dy):
            return spoil(self, super().backward(dy))

    model = make()
    model.layers[0].__class__ = Spoiled
    report = check_model(model, photos((3, 6, 7, 2)), y, per_array=100)
    wrong = [name for name, error in report.errors.items() if error > report.tolerance]
    assert wrong == [wanted]


def test_a_spoiled_layer_in_the_middle_shows_in_everything_below_it():
    class HalvedReLU(ReLU):
        def backward(self, dy):
            return super().backward(dy) / 2

    model = model_of(
        Dense(5, input_shape=(4,)), HalvedReLU(), Dense(1, activation="sigmoid")
    )
    report = check_model(model, photos((3, 4)), [0, 1, 1], per_array=100)
    wrong = [name for name, error in report.errors.items() if error > report.tolerance]
    assert wrong == ["x", "0.kernel", "0.bias"]


def test_a_model_that_is_not_compiled_is_refused():
    model = Sequential([Dense(1, input_shape=(4,))])
    with pytest.raises(RuntimeError, match="the model is not compiled: call compile"):
        check_model(model, photos((3, 4)), [0, 1, 1])


# -- losses ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "y", "shape"),
    [
        (BinaryCrossentropy(), [0, 1, 1], (3, 1)),
        (BinaryCrossentropy(), [[0, 1], [1, 1], [0.3, 0.6]], (3, 2)),
        (CategoricalCrossentropy(), [2, 0, 1], (3, 4)),
        (CategoricalCrossentropy(), np.eye(4)[:3], (3, 4)),
        (MeanSquaredError(), [[0.5, 1], [1, 2], [3, -4]], (3, 2)),
    ],
)
def test_the_gradients_of_all_losses_are_right(loss, y, shape):
    report = check_loss(loss, y, shape)
    assert report.is_right, str(report)


def test_a_spoiled_loss_is_wrong():
    class NotDivided(BinaryCrossentropy):
        def per_photo(self, y, y_pred):
            loss, gradient = super().per_photo(y, y_pred)
            return loss, gradient * len(y)

    report = check_loss(NotDivided(), [0, 1, 1], (3, 1))
    assert not report.is_right
    assert str(report).startswith("NotDivided(): WRONG (relative errors: dy_pred ")


def test_where_nothing_could_be_tried_nothing_is_called_right():
    tied = check_model(
        model_of(MaxPooling2D(2, input_shape=(2, 2, 1)), Flatten(), Sigmoid()),
        np.ones((1, 2, 2, 1)),
        [1],
    )
    assert (tied.errors, tied.untried, tied.is_right) == ({}, ["x"], False)


def test_the_grid_has_500_configurations_of_all_layers():
    cases = [repr(case) for case in grid()]
    assert len(set(cases)) == len(cases) >= 500
