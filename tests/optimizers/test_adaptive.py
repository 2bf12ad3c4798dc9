"""Adagrad, RMSprop, Adadelta and Adam's relatives: steps worked out by hand."""

import copy
from math import sqrt

import numpy as np
import pytest

from tinycnn import optimizers
from tinycnn.optimizers import (
    OPTIMIZERS,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Nadam,
    RMSprop,
)

EPSILON = 1e-30  # too small to count


def walk(optimizer, grads, start=0.0):
    """Return where one number is after each of the gradients."""
    params, places = {"0.kernel": np.array([float(start)])}, []
    for grad in grads:
        optimizer.update(params, {"0.kernel": np.array([float(grad)])})
        places.append(float(params["0.kernel"][0]))
    return places


def test_nesterovs_step_contains_the_momentum_of_the_next():
    # v = -0.1 * 2              = -0.2   step = 0.5 * -0.2 - 0.1 * 2 = -0.3
    # v = 0.5 * -0.2 - 0.1 * 4  = -0.5   step = 0.5 * -0.5 - 0.1 * 4 = -0.65
    # v = 0.5 * -0.5            = -0.25  step = 0.5 * -0.25          = -0.125
    places = walk(SGD(0.1, momentum=0.5, nesterov=True), [2, 4, 0], start=1)
    assert places == pytest.approx([0.7, 0.05, -0.075])


def test_adagrad_by_hand():
    # v = 5 + 4 = 9: step 2 / 3;  v = 9 + 16 = 25: step -4 / 5
    optimizer = Adagrad(1.0, initial_accumulator_value=5, epsilon=EPSILON)
    assert walk(optimizer, [2, -4]) == pytest.approx([-2 / 3, -2 / 3 + 4 / 5])


def test_adagrads_sum_starts_at_a_tenth():
    assert walk(Adagrad(1.0, epsilon=EPSILON), [3]) == pytest.approx([-3 / sqrt(9.1)])


def test_rmsprop_by_hand():
    # v = 16 / 4 = 4: step 4 / 2;  v = 3 + 36 / 4 = 12: step 6 / sqrt(12)
    places = walk(RMSprop(1.0, rho=0.75, epsilon=EPSILON), [4, 6])
    assert places == pytest.approx([-2, -2 - 6 / sqrt(12)])


def test_rmsprops_epsilon_is_under_the_root_as_in_keras_3():
    # v = 0.1 * 1e-6 = 1e-7 and epsilon 3e-7: sqrt(4e-7) = 6.3246e-4
    places = walk(RMSprop(1.0, epsilon=3e-7), [1e-3])
    assert places == pytest.approx([-1e-3 / 6.32455532e-4])


def test_rmsprop_with_momentum_and_centred_by_hand():
    # v = 16 / 4 = 4, m = 4 / 4 = 1:             4 / sqrt(3);       b = 4 / sqrt(3)
    # v = 3 + 9 = 12, m = 0.75 + 1.5 = 2.25:     6 / sqrt(6.9375);  b = b / 2 + that
    optimizer = RMSprop(1.0, rho=0.75, momentum=0.5, epsilon=EPSILON, centered=True)
    first = 4 / sqrt(3)
    second = first / 2 + 6 / sqrt(12 - 2.25**2)
    assert walk(optimizer, [4, 6]) == pytest.approx([-first, -first - second])


def test_adadelta_by_hand():
    # epsilon 0.04, rho 0.75: v = 3.96 with grad = sqrt(15.84); sqrt(v + epsilon) = 2
    # delta = -0.2 / 2 * grad; d = delta**2 / 4
    grad = sqrt(15.84)
    first = -0.1 * grad
    d, v = first**2 / 4, 0.75 * 3.96 + 1 / 4
    second = -sqrt(d + 0.04) / sqrt(v + 0.04)
    places = walk(Adadelta(1.0, rho=0.75, epsilon=0.04), [grad, 1])
    assert places == pytest.approx([first, first + second])


def test_adamax_by_hand():
    # beta_1 1/2, beta_2 3/4. m = 2, v = 4: step 1 / (1 - 1/2) * 2 / 4 = 1
    # m = 1.5, v = max(3, 1) = 3: step 1 / (1 - 1/4) * 1.5 / 3 = 2 / 3
    places = walk(Adamax(1.0, beta_1=0.5, beta_2=0.75, epsilon=EPSILON), [4, 1])
    assert places == pytest.approx([-1, -1 - 2 / 3])


def test_nadam_by_hand():
    # u_1 = 0.5 * (1 - 0.48) = 0.26, u_2 = 0.5 * (1 - 0.4608) = 0.2696
    # m = 2, m_hat = 0.2696 * 2 / (1 - 0.26 * 0.2696) + 0.74 * 4 / 0.74; v_hat = 16
    places = walk(Nadam(1.0, beta_1=0.5, beta_2=0.75, epsilon=EPSILON), [4])
    m_hat = 0.2696 * 2 / (1 - 0.26 * 0.2696) + 4
    assert places == pytest.approx([-m_hat / 4])


def test_the_product_of_nadams_shares_after_ten_thousand_updates():
    nadam, product = Nadam(beta_1=0.9999), 1.0
    for t in range(1, 10_001):
        product *= 0.9999 * (1 - 0.5 * 0.96**t)
        if t in (1, 2, 1000, 1024, 1025, 10_000):
            assert nadam._product(t) == pytest.approx(product, rel=1e-12)


def test_weight_decay_shrinks_before_the_step():
    # 10 - 0.1 * 0.5 * 10 = 9.5, then 0.1 * 2
    assert walk(SGD(0.1, weight_decay=0.5), [2], start=10) == pytest.approx([9.3])
    adam, adamw = walk(Adam(0.1), [2], start=0), walk(AdamW(0.1), [2], start=0)
    assert adam == adamw
    assert walk(AdamW(0.1, weight_decay=0.5), [0], start=10) == pytest.approx([9.5])


@pytest.mark.parametrize(
    ("way", "wanted"),
    [
        ("clipnorm", {"a": [0.6, 0.8], "b": [0.0, 1.0]}),
        ("global_clipnorm", {"a": [3 / 13, 4 / 13], "b": [0.0, 12 / 13]}),
        ("clipvalue", {"a": [1.0, 1.0], "b": [0.0, 1.0]}),
    ],
)
def test_gradients_that_are_too_large_are_clipped(way, wanted):
    grads = {"a": np.array([3.0, 4.0]), "b": np.array([0.0, 12.0])}
    before, params = copy.deepcopy(grads), {name: np.zeros(2) for name in grads}
    SGD(1.0, **{way: 1.0}).update(params, grads)
    for name, param in params.items():
        np.testing.assert_allclose(param, -np.array(wanted[name]))
        np.testing.assert_array_equal(grads[name], before[name])


@pytest.mark.parametrize("way", ["clipnorm", "global_clipnorm", "clipvalue"])
def test_small_gradients_are_not_clipped(way):
    assert walk(SGD(1.0, **{way: 5.0}), [0, 3, -4]) == [0, -3, 1]


every = pytest.mark.parametrize("kind", OPTIMIZERS.values(), ids=OPTIMIZERS)
OPTIONS = {
    SGD: {"momentum": 0.5, "nesterov": True, "clipvalue": 2.0},
    RMSprop: {"rho": 0.8, "momentum": 0.3, "centered": True, "clipnorm": 3.0},
    Adagrad: {"initial_accumulator_value": 0.5, "weight_decay": 0.1},
    AdamW: {"weight_decay": 0.0},
    Nadam: {"beta_1": 0.7, "global_clipnorm": 2.0},
}


@every
def test_config_and_repr_make_the_same_optimizer_again(kind):
    for arguments in ({}, {"learning_rate": 0.02, **OPTIONS.get(kind, {})}):
        optimizer = kind(**arguments)
        again = kind(**optimizer.config())
        assert again.config() == optimizer.config()
        assert repr(eval(repr(optimizer))) == repr(optimizer)
        grads = [1.0, -3.0, 2.0]
        assert walk(again, grads, 5.0) == walk(optimizer, grads, 5.0)


@every
def test_get_config_is_config_with_the_name_and_from_config_takes_it(kind):
    optimizer = kind(learning_rate=0.02, **OPTIONS.get(kind, {}))
    settings = optimizer.get_config()
    assert settings == {"name": kind.name, **optimizer.config()}
    again = kind.from_config(settings)
    assert type(again) is kind
    assert again.config() == optimizer.config()


@every
def test_float32_stays_float32_and_grads_as_they_are(kind):
    optimizer = kind(**OPTIONS.get(kind, {}))
    params, grad = {"0.bias": np.ones(3, np.float32)}, np.ones(3, np.float32)
    grad.flags.writeable = False
    for _ in range(3):
        optimizer.update(params, {"0.bias": grad})
    arrays = [named["0.bias"] for named in optimizer.memory().values()]
    assert {array.dtype for array in [*params.values(), *arrays]} == {
        np.dtype(np.float32)
    }
    assert (grad == 1).all() and (params["0.bias"] < 1).all()


@every
def test_t_and_the_memory_are_all_that_a_twin_needs_to_go_on(kind):
    first, twin = (kind(**OPTIONS.get(kind, {})) for _ in range(2))
    walk(first, [1, -2, 3])
    twin.t = first.t
    for name, named in first.memory().items():
        twin.memory()[name].update({n: a.copy() for n, a in named.items()})
    assert walk(twin, [4, -5]) == walk(first, [4, -5])


@every
def test_what_is_named_as_never_negative_is_in_the_memory(kind):
    optimizer = kind()
    walk(optimizer, [1, -2, 3])
    for name in kind.never_negative:
        assert optimizer.memory()[name]["0.kernel"] >= 0


@every
def test_an_optimizer_is_found_by_its_keras_name(kind):
    assert type(optimizers.get(kind.__name__)) is kind
    assert type(optimizers.get(kind.__name__.lower())) is kind


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: SGD(clipnorm=0), ValueError, "clipnorm should be a number above 0"),
        (lambda: SGD(clipnorm=1, clipvalue=1), ValueError, "only one of clipnorm, glo"),
        (lambda: Adam(weight_decay=-1), ValueError, "weight_decay should be .* least"),
        (lambda: Adam(weight_decay="a"), ValueError, "weight_decay should be a number"),
        (lambda: SGD(0.1, 0.9, 1e-6), ValueError, "nesterov should be True or False, "),
        (lambda: RMSprop(rho=1), ValueError, "rho should be .* below 1, got 1"),
        (lambda: RMSprop(epsilon=0), ValueError, "epsilon should be .* above 0"),
        (lambda: Adagrad(0.1, -1), ValueError, "initial_accumulator_value should be"),
        (lambda: Adadelta(rho=-0.1), ValueError, "rho should be .* at least 0"),
        (lambda: Nadam(speed=1), TypeError, "Nadam has no argument 'speed'"),
    ],
)
def test_a_wrong_argument_is_named(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_an_option_that_is_none_is_off():
    options = {"clipnorm": None, "clipvalue": None, "weight_decay": None}
    assert SGD(**options).config() == SGD().config()
