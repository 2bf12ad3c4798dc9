"""Losses: hand-worked numbers, slopes, and logits of any size."""

import math

import numpy as np
import pytest
import slow

from tinycnn import losses
from tinycnn.losses import (
    LOSSES,
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Loss,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
)

LN = math.log
# Logits whose probabilities are round: sigmoid(ln 3) = 3 / 4, sigmoid(-ln 3) = 1 / 4;
# softmax(ln 1, ln 2, ln 5) = (1, 2, 5) / 8.
THREE_QUARTERS, ONE_EIGHTH = LN(3), [LN(1), LN(2), LN(5)]

BY_HAND = [
    # loss, y_true, y_pred, the loss's value, d loss / d y_pred
    (BinaryCrossentropy(), [1], [[0.0]], LN(2), [[-0.5]]),
    (BinaryCrossentropy(), [1], [[THREE_QUARTERS]], LN(4 / 3), [[-0.25]]),
    (BinaryCrossentropy(), [0], [[THREE_QUARTERS]], LN(4), [[0.75]]),
    (
        BinaryCrossentropy(),
        [1, 0],  # the mean of the two before
        [[THREE_QUARTERS], [THREE_QUARTERS]],
        (LN(4 / 3) + LN(4)) / 2,
        [[-0.125], [0.375]],
    ),
    (
        BinaryCrossentropy(),
        [[1, 1]],  # two outputs of one photo: their mean
        [[THREE_QUARTERS, -THREE_QUARTERS]],
        (LN(4 / 3) + LN(4)) / 2,
        [[-0.125, -0.375]],
    ),
    # A label between 0 and 1: -0.25 ln(1/4) - 0.75 ln(3/4) at p = 1/4.
    (
        BinaryCrossentropy(),
        [0.25],
        [[-THREE_QUARTERS]],
        0.25 * LN(4) + 0.75 * LN(4 / 3),
        [[0.0]],
    ),
    (CategoricalCrossentropy(), [0], [[0.0] * 4], LN(4), [[-0.75, 0.25, 0.25, 0.25]]),
    (CategoricalCrossentropy(), [2], [ONE_EIGHTH], LN(8 / 5), [[1 / 8, 2 / 8, -3 / 8]]),
    (CategoricalCrossentropy(), [0], [ONE_EIGHTH], LN(8), [[-7 / 8, 2 / 8, 5 / 8]]),
    (
        CategoricalCrossentropy(),
        [2, 0],
        [ONE_EIGHTH, ONE_EIGHTH],
        (LN(8 / 5) + LN(8)) / 2,
        [[1 / 16, 2 / 16, -3 / 16], [-7 / 16, 2 / 16, 5 / 16]],
    ),
    (MeanSquaredError(), [[0.0, 1.0]], [[0.0, 3.0]], 2.0, [[0.0, 2.0]]),
    # Photos (1 - 3)² = 4 and (5 - 2)² = 9: the mean is 6.5.
    (MeanSquaredError(), [3, 2], [[1.0], [5.0]], 6.5, [[-2.0], [3.0]]),
]


@pytest.mark.parametrize(("loss", "y_true", "y_pred", "value", "slope"), BY_HAND)
def test_loss_and_gradient_are_the_ones_worked_out_by_hand(
    loss, y_true, y_pred, value, slope
):
    found, gradient = loss(y_true, np.array(y_pred))
    assert type(found) is float
    assert found == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(gradient, slope, rtol=1e-12, atol=1e-16)


def cases(dtype=np.float64):
    rng = np.random.default_rng(6)
    logits = 3 * rng.standard_normal((5, 4)).astype(dtype)
    zeros_and_ones = rng.integers(0, 2, (5, 4))
    return {
        "binary, one output": (BinaryCrossentropy(), [1, 0, 0, 1, 1], logits[:, :1]),
        "binary, four": (BinaryCrossentropy(), zeros_and_ones, logits),
        "categorical": (CategoricalCrossentropy(), [3, 0, 1, 1, 2], logits),
        "sparse": (SparseCategoricalCrossentropy(), [3, 0, 1, 1, 2], logits),
        "squares": (MeanSquaredError(), rng.random((5, 4)), logits),
        "squares of maps": (
            MeanSquaredError(),
            rng.random((2, 3, 2)),
            rng.random((2, 3, 2)).astype(dtype),
        ),
    }


every_case = pytest.mark.parametrize("name", cases())


@pytest.mark.parametrize("weighted", [False, True])
@every_case
def test_the_gradient_is_the_numerical_one(name, weighted):
    loss, y_true, y_pred = cases()[name]
    weights = np.linspace(0.5, 2, len(y_pred)) if weighted else None
    _, gradient = loss(y_true, y_pred, weights)
    wanted = slow.numerical_gradient(lambda: loss(y_true, y_pred, weights)[0], y_pred)
    np.testing.assert_allclose(gradient, wanted, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@every_case
def test_the_gradient_has_the_outputs_dtype_and_nothing_is_written_to(name, dtype):
    loss, y_true, y_pred = cases(dtype)[name]
    y_true = np.asarray(y_true)
    kept = y_true.copy(), y_pred.copy()
    y_true.flags.writeable = y_pred.flags.writeable = False
    value, gradient = loss(y_true, y_pred)
    assert type(value) is float
    assert gradient.dtype == dtype
    assert gradient.shape == y_pred.shape
    np.testing.assert_array_equal(y_true, kept[0])
    np.testing.assert_array_equal(y_pred, kept[1])


def test_the_loss_is_computed_in_float64():
    y_pred = np.array([[0.1], [20.0], [-7.3]], np.float32)
    narrow, _ = BinaryCrossentropy()([1, 0, 1], y_pred)
    wide, _ = BinaryCrossentropy()([1, 0, 1], y_pred.astype(np.float64))
    assert narrow == wide


@every_case
def test_a_weight_multiplies_its_photo_and_the_mean_still_divides_by_all(name):
    loss, y_true, y_pred = cases()[name]
    alone = [loss(y_true[n : n + 1], y_pred[n : n + 1]) for n in range(len(y_pred))]
    weights = np.arange(len(y_pred), dtype=np.float64)  # 0, 1, 2, ...
    value, gradient = loss(y_true, y_pred, weights)
    products = [w * one for w, (one, _) in zip(weights, alone, strict=True)]
    assert value == pytest.approx(sum(products) / len(y_pred), rel=1e-12)
    for n, (_, slope) in enumerate(alone):
        wanted = weights[n] * slope[0] / len(y_pred)
        np.testing.assert_allclose(gradient[n], wanted, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [0.0, 17.0, 89.0, 710.0, 1e4, 1e30, 3e38])
def test_cross_entropies_are_finite_and_silent_for_logits_of_any_size(size, dtype):
    logits = np.array([[size], [-size], [size], [-size]], dtype)
    size = float(logits[0, 0])
    with np.errstate(all="raise", under="ignore"):
        value, gradient = BinaryCrossentropy()([1, 0, 0, 1], logits)
        pairs = np.concatenate([logits, -logits], axis=1)
        spread, dz = CategoricalCrossentropy()([0, 1, 1, 0], pairs)
    # Two photos are right and lose log(1 + exp(-size)), two are wrong: size more.
    right = math.log1p(math.exp(-size))
    assert value == pytest.approx(right + size / 2, rel=1e-12)
    p = 1 / (1 + math.exp(-size))
    slopes = np.array([p - 1, 1 - p, p, -p]) / 4
    np.testing.assert_allclose(gradient[:, 0], slopes, rtol=1e-6, atol=1e-7)
    assert math.isfinite(spread)
    assert spread == pytest.approx(math.log1p(math.exp(-2 * size)) + size, rel=1e-12)
    assert np.isfinite(dz).all()
    np.testing.assert_allclose(dz.sum(axis=1), 0, atol=1e-7)


def test_a_confident_wrong_answer_is_still_told_which_way_to_go():
    # Clipping p to 1 - 1e-7, as Keras 2.2 did, makes this gradient exactly 0.
    _, gradient = BinaryCrossentropy()([0], np.array([[40.0]], np.float32))
    assert gradient.item() == 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_gradient_of_a_cross_entropy_is_p_minus_y(dtype):
    logits = np.random.default_rng(0).standard_normal((6, 3)).astype(dtype)
    labels = [0, 1, 2, 2, 1, 0]
    one_hot = np.eye(3)[labels]
    _, dz = CategoricalCrossentropy()(labels, logits)
    np.testing.assert_allclose(6 * dz, slow.softmax(logits) - one_hot, atol=1e-6)
    _, dz = BinaryCrossentropy()(one_hot, logits)
    np.testing.assert_allclose(18 * dz, slow.sigmoid(logits) - one_hot, atol=1e-6)


@pytest.mark.parametrize(
    "loss", [CategoricalCrossentropy(), SparseCategoricalCrossentropy()]
)
def test_labels_as_numbers_and_as_one_hot_rows_are_the_same(loss):
    logits = np.random.default_rng(0).standard_normal((4, 3))
    one_hot = [[0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    wanted, gradient = loss(one_hot, logits)
    for labels in ([2, 0, 1, 2], [[2], [0], [1], [2]], np.float32([2, 0, 1, 2])):
        value, found = loss(labels, logits)
        assert value == wanted
        np.testing.assert_array_equal(found, gradient)


def test_shares_instead_of_one_hot_rows_may_be_rounded_to_three_places():
    third = np.full((1, 3), 0.333)
    loss, gradient = CategoricalCrossentropy()(third, np.zeros((1, 3)))
    assert loss == pytest.approx(LN(3), rel=2e-3)  # all the same to within rounding
    np.testing.assert_allclose(gradient, np.zeros((1, 3)), atol=1e-3)


def test_moving_all_logits_of_a_photo_changes_nothing():
    logits = np.random.default_rng(0).standard_normal((3, 4))
    shift = np.array([[5.0], [-70.0], [900.0]])
    value, gradient = CategoricalCrossentropy()([0, 1, 3], logits)
    moved, same = CategoricalCrossentropy()([0, 1, 3], logits + shift)
    assert moved == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(same, gradient, atol=1e-12)


ERRORS = [
    (BinaryCrossentropy(), [0, 1, 1], (2, 1), r"the output, \(2, 1\), got \(3,\)"),
    (BinaryCrossentropy(), [[0, 1]], (2, 1), r"the output, \(2, 1\), got \(1, 2\)"),
    (
        BinaryCrossentropy(),
        [0, 2],
        (2, 1),
        "should be 0 or 1, got 2; for three classes",
    ),
    (BinaryCrossentropy(), [0, -1], (2, 1), "should be 0 or 1, got -1"),
    (CategoricalCrossentropy(), [0, 3], (2, 3), r"numbers 0\.\.2, one.*3 outputs.*3$"),
    (CategoricalCrossentropy(), [0, -1], (2, 3), r"whole numbers 0\.\.2.*got -1"),
    (CategoricalCrossentropy(), [0, 0.5], (2, 3), r"whole numbers 0\.\.2.*got 0\.5"),
    (CategoricalCrossentropy(), [0, np.nan], (2, 3), r"whole numbers 0\.\.2.*got nan"),
    (CategoricalCrossentropy(), [0, 1, 2], (2, 3), r"\(2,\).*or \(2, 3\).*got \(3,\)"),
    (CategoricalCrossentropy(), [[1, 1, 0]], (1, 3), "one-hot labels should sum to 1"),
    (CategoricalCrossentropy(), [[2, -1, 0]], (1, 3), "one-hot labels should sum to 1"),
    (CategoricalCrossentropy(), [[0.5, 0.5015, 0]], (1, 3), "should sum to 1"),
    (CategoricalCrossentropy(), [[0.5, 0.4985, 0]], (1, 3), "should sum to 1"),
    (CategoricalCrossentropy(), [0, 0], (2, 1), "use Dense.1, activation='sigmoid'"),
    (CategoricalCrossentropy(), [[1], [1]], (2, 1), "softmax over one output is alwa"),
    (MeanSquaredError(), [[1, 2, 3]], (1, 2), r"\(1, 2\), got \(1, 3\)"),
]


@pytest.mark.parametrize(("loss", "y_true", "shape", "message"), ERRORS)
def test_labels_that_do_not_fit_are_answered_with_what_they_should_be(
    loss, y_true, shape, message
):
    with pytest.raises(ValueError, match=f"^{loss.name}: .*{message}"):
        loss(y_true, np.zeros(shape))


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_is_found_by_name_by_class_and_as_itself(name):
    loss = losses.get(name)
    assert loss.name == name
    assert losses.get(loss) is loss
    assert type(losses.get(type(loss))) is type(loss)


def test_mse_is_short_for_mean_squared_error():
    assert isinstance(losses.get("mse"), MeanSquaredError)
    assert isinstance(losses.get(["mse"]), MeanSquaredError)  # one for each output


@pytest.mark.parametrize("unknown", ["hinge", "MSE ", None, 3, int])
def test_an_unknown_loss_is_answered_with_the_known_ones(unknown):
    with pytest.raises(ValueError, match=r"one of binary_crossentropy, .*, mae, got"):
        losses.get(unknown)


def test_losses_say_which_last_layer_their_logits_come_from():
    assert BinaryCrossentropy.last_activation == "sigmoid"
    assert CategoricalCrossentropy.last_activation == "softmax"
    assert MeanSquaredError.last_activation is None


def test_a_loss_without_a_formula_says_so():
    with pytest.raises(NotImplementedError, match="Loss should define per_photo"):
        Loss()([1], np.zeros((1, 1)))


def test_labels_that_are_no_numbers_are_refused():
    with pytest.raises(ValueError, match="labels should be 0 or 1, got nan"):
        BinaryCrossentropy()([np.nan, 1], np.zeros((2, 1)))


def test_a_single_label_for_a_batch_is_refused():
    with pytest.raises(
        ValueError, match=r"the shape of the output, \(1, 1\), got \(\)"
    ):
        BinaryCrossentropy()(1, np.zeros((1, 1)))


def test_a_loss_object_is_called_as_in_keras_on_probabilities():
    p, y = [[0.6, 0.4], [0.4, 0.6]], [[0.0, 1.0], [0.0, 0.0]]
    by_hand = -np.mean(np.log([[0.4, 0.4], [0.6, 0.4]]))
    assert BinaryCrossentropy()(y, p).numpy() == pytest.approx(by_hand)
    assert float(losses.SparseCategoricalCrossentropy()([1, 0], p)) == pytest.approx(
        -np.log(0.4)
    )
    assert float(MeanSquaredError()([[0, 1]], [[1, 1]])) == 0.5
    logits = np.array([[2.0, -1.0]])
    loss = losses.CategoricalCrossentropy(from_logits=True)([[0, 1]], logits)
    assert loss.numpy() == loss[0] == pytest.approx(np.log1p(np.exp(3.0)))


def test_the_config_of_a_smoothed_loss_makes_it_again():
    loss = losses.CategoricalCrossentropy(label_smoothing=0.1)
    assert loss.config() == {"label_smoothing": 0.1}
    assert repr(losses.CategoricalCrossentropy(**loss.config())) == repr(loss)
