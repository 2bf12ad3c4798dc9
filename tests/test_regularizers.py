"""Regularisers: the penalty is in the loss and in the gradient, once a batch."""

import numpy as np
import pytest
import slow

from tinycnn.gradient_check import check_model
from tinycnn.layers import Conv2D, Dense, Flatten
from tinycnn.models import Sequential, load_model
from tinycnn.models.model_file import model_config
from tinycnn.optimizers import SGD
from tinycnn.regularizers import L1, L1L2, L2, check_regularizer, l1_l2


@pytest.mark.parametrize(
    ("regularizer", "penalty", "gradient"),
    [
        (L1(0.5), 0.5 * 6, [0.5, -0.5, 0.0, 0.5]),
        (L2(0.5), 0.5 * 14, [3.0, -2.0, 0.0, 1.0]),
        (L1L2(0.5, 0.25), 3 + 3.5, [2.0, -1.5, 0.0, 1.0]),
        (L1L2(), 0.0, [0.0, 0.0, 0.0, 0.0]),
    ],
    ids=repr,
)
def test_the_penalty_and_its_gradient_by_hand(regularizer, penalty, gradient):
    w = np.array([[3.0, -2.0], [0.0, 1.0]])
    assert regularizer(w) == penalty
    np.testing.assert_array_equal(regularizer.gradient(w).ravel(), gradient)


@pytest.mark.parametrize("regularizer", [L1(0.3), L2(0.2), L1L2(0.1, 0.4)], ids=repr)
def test_the_gradient_is_the_numerical_one(regularizer):
    w = slow.distinct((3, 4), np.random.default_rng(0))
    wanted = slow.numerical_gradient(lambda: regularizer(w), w)
    np.testing.assert_allclose(regularizer.gradient(w), wanted, rtol=1e-7)


def test_float32_stays_float32():
    assert L1L2(0.1, 0.2).gradient(np.ones(3, np.float32)).dtype == np.float32


def dense(**arguments):
    """A model of one weight, 2, and a bias, 1, that learns y = 0 from x = 1."""
    model = Sequential([Dense(1, input_shape=(1,), **arguments)])
    model.set_weights([np.array([[2.0]]), np.array([1.0])])
    model.compile(SGD(0.1), "mean_squared_error")
    return model


X, Y = np.ones((4, 1), np.float32), np.zeros((4, 1), np.float32)


def test_a_step_by_hand_whatever_the_number_of_photos():
    # loss 3**2 = 9, penalty 0.5 * 2**2 = 2; slope of w: 2 * 3 + 2 * 0.5 * 2 = 8
    for count in (1, 4):
        model = dense(kernel_regularizer=L2(0.5))
        assert model.evaluate(X, Y, verbose=0) == pytest.approx(11)
        assert model.train_on_batch(X[:count], Y[:count]) == pytest.approx(11)
        kernel, bias = model.get_weights()
        assert kernel.item() == pytest.approx(2 - 0.1 * 8)
        assert bias.item() == pytest.approx(1 - 0.1 * 6)


def test_a_bias_may_have_a_price_too():
    # 9 + 0.5 * |1|; slope of the bias 6 + 0.5
    model = dense(bias_regularizer=L1(0.5))
    assert model.train_on_batch(X, Y) == pytest.approx(9.5)
    assert model.get_weights()[1].item() == pytest.approx(1 - 0.1 * 6.5)


def test_the_penalty_is_in_the_losses_of_fit_too():
    plain, priced = dense(), dense(kernel_regularizer=L2(0.5))
    losses = [
        model.fit(X, Y, batch_size=4, validation_data=(X, Y), verbose=0).history
        for model in (plain, priced)
    ]
    assert losses[0]["loss"] == [pytest.approx(9)]
    assert losses[1]["loss"] == [pytest.approx(11)]
    w, b = (array.item() for array in priced.get_weights())
    assert losses[1]["val_loss"] == [pytest.approx((w + b) ** 2 + 0.5 * w**2)]


def network(seed=0):
    layers = [
        Conv2D(3, 2, kernel_regularizer=L1L2(0.01, 0.02), input_shape=(5, 6, 2)),
        Flatten(),
        Dense(4, kernel_regularizer="l2", bias_regularizer=L2(0.1), activation="tanh"),
        Dense(1, activation="sigmoid", use_bias=False),
    ]
    model = Sequential(layers, seed=seed)
    model.compile("sgd", "binary_crossentropy")
    return model


def test_the_gradients_of_a_network_with_penalties_are_right():
    rng, model = np.random.default_rng(1), network()
    model.layers[2].params["bias"][...] = 0.3
    x, y = rng.standard_normal((3, 5, 6, 2)), np.array([0, 1, 1])
    assert check_model(model, x, y).is_right
    model.layers[0].regularizers["kernel"].gradient = lambda w: 0.01 * w
    assert not check_model(model, x, y).is_right


def test_regularisers_are_kept_in_the_model_file(tmp_path):
    model = network()
    rng = np.random.default_rng(0)
    model.fit(rng.random((8, 5, 6, 2)), rng.integers(0, 2, 8), verbose=0)
    model.save(tmp_path / "model.safetensors")
    again = load_model(tmp_path / "model.safetensors")
    assert repr(again.layers) == repr(model.layers)
    assert again.penalty() == pytest.approx(model.penalty()) != 0
    assert list(again.arrays) == [
        "0.kernel",
        "0.bias",
        "2.kernel",
        "2.bias",
        "4.kernel",
    ]


def test_a_layer_without_them_is_described_as_ever():
    model = Sequential([Dense(2, input_shape=(3,))])
    assert model_config(model)["layers"] == [
        ["Dense", {"units": 2, "kernel_initializer": "glorot_uniform"}]
    ]
    assert model.penalty() == 0


def test_a_regulariser_goes_by_name_and_as_an_object():
    assert repr(check_regularizer("l2", "it")) == "L2(l2=0.01)"
    assert repr(check_regularizer("l1", "it")) == "L1(l1=0.01)"
    assert repr(check_regularizer("l1_l2", "it")) == "L1L2(l1=0.01, l2=0.01)"
    assert check_regularizer(None, "it") is None
    assert l1_l2 is L1L2
    assert repr(Dense(2, kernel_regularizer=L2(0.5))) == (
        "Dense(units=2, kernel_regularizer=L2(l2=0.5))"
    )


@pytest.mark.parametrize("wrong", ["l3", 0.01, L2, {"L2": 3}, {"Lambda": {}}, {}])
def test_another_is_answered_with_the_known_ones(wrong):
    with pytest.raises(ValueError, match=r"(?i)kernel_regularizer should be .*l1.*got"):
        Dense(2, kernel_regularizer=wrong)


@pytest.mark.parametrize("factor", [-0.1, "a", None, float("inf")])
def test_a_factor_out_of_its_range_is_named(factor):
    with pytest.raises(ValueError, match="l2 should be a number at least 0"):
        L2(factor)
