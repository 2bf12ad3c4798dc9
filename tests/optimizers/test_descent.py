"""Optimisers: steps worked out by hand, and Adam against the paper's own form."""

import copy
from decimal import Decimal, localcontext
from math import sqrt

import numpy as np
import pytest

from tinycnn import optimizers
from tinycnn.optimizers import SGD, Adam, Optimizer


def walk(optimizer, grads, start=0.0, dtype=np.float64):
    """Return where one number is after each of the gradients."""
    params, places = {"0.kernel": np.array([start], dtype)}, []
    for grad in grads:
        optimizer.update(params, {"0.kernel": np.array([grad], dtype)})
        places.append(float(params["0.kernel"][0]))
    return places


def test_sgd_steps_against_the_gradient():
    # 1 - 0.1 * 2 = 0.8;  0.8 - 0.1 * -3 = 1.1;  no gradient, no step
    assert walk(SGD(0.1), [2, -3, 0], start=1) == pytest.approx([0.8, 1.1, 1.1])


def test_momentum_keeps_its_share_of_the_last_step():
    # v = 0.5 * 0    - 0.1 * 2 = -0.2   ->  1 - 0.2 = 0.8
    # v = 0.5 * -0.2 - 0.1 * 4 = -0.5   ->  0.8 - 0.5 = 0.3
    # v = 0.5 * -0.5 - 0       = -0.25  ->  0.3 - 0.25 = 0.05
    places = walk(SGD(0.1, momentum=0.5), [2, 4, 0], start=1)
    assert places == pytest.approx([0.8, 0.3, 0.05])


def test_adams_first_three_steps_by_hand():
    # learning_rate 1, beta_1 = 1/2, beta_2 = 3/4, epsilon too small to count.
    # g =  4: m = 0/2 + 4/2 = 2      v = 0 + 16/4 = 4
    #         rate = sqrt(1 - 3/4) / (1 - 1/2) = 1            step = 2 / 2 = 1
    # g =  2: m = 2/2 + 2/2 = 2      v = 3 + 4/4 = 4
    #         rate = sqrt(7/16) / (3/4) = sqrt(7) / 3         step = sqrt(7) / 3
    # g = -4: m = 2/2 - 4/2 = -1     v = 3 + 16/4 = 7
    #         rate = sqrt(37/64) / (7/8) = sqrt(37) / 7       step = -rate / sqrt(7)
    places = walk(Adam(1, beta_1=0.5, beta_2=0.75, epsilon=1e-30), [4, 2, -4])
    first = -1
    second = first - sqrt(7) / 3
    third = second + sqrt(37) / 7 / sqrt(7)
    assert places == pytest.approx([first, second, third], rel=1e-12)


def test_adams_epsilon_stands_outside_the_correction_as_in_keras():
    # First step, g = 1e-6: m = 1e-7, v = 1e-15, sqrt(v) = 3.1622777e-8,
    # rate = sqrt(0.001) / 0.1 = 0.31622777.
    # Keras: 0.31622777 * 1e-7 / (3.1622777e-8 + 1e-7) = 0.24025307
    # (The paper's m_hat / (sqrt(v_hat) + epsilon) = 1e-6 / 1.1e-6 would be 0.909.)
    assert walk(Adam(1), [1e-6]) == pytest.approx([-0.24025307], rel=1e-7)


GRADS = [0.3, -0.02, 1e-5, 4.0, -4.0, 0.0, 2e-7, 0.11, -0.5, 0.07, 1e3, -0.2]


def paper_adam(
    grads, rate="0.001", beta_1="0.9", beta_2="0.999", epsilon="1e-7", wrong=None
):
    """Return where Adam is after each gradient, in 40 decimal places.

    Algorithm 1 of Kingma and Ba: m_hat and v_hat are corrected one by one. Keras's
    epsilon is the paper's made larger by 1 / sqrt(1 - beta_2**t). `wrong` names a
    mistake that was published somewhere.
    """
    with localcontext() as context:
        context.prec = 40
        rate, beta_1, beta_2, epsilon = map(Decimal, (rate, beta_1, beta_2, epsilon))
        place = m = v = Decimal(0)
        places = []
        for step, grad in enumerate(grads, start=1):
            t = {"no power t": 1, "t restarts": (step - 1) % 4 + 1}.get(wrong, step)
            g = Decimal(grad)
            m = beta_1 * m + (1 - beta_1) * g
            v = beta_2 * v + (1 - beta_2) * g * g
            first, second = 1 - beta_1**t, 1 - beta_2**t
            m_hat, v_hat = m / first, v / second
            if wrong == "multiplied instead of divided":
                m_hat, v_hat = m * first, v * second
            if wrong == "no correction":
                m_hat, v_hat = m, v
            wider = epsilon / (1 if wrong == "the paper's epsilon" else second.sqrt())
            place -= rate * m_hat / (v_hat.sqrt() + wider)
            places.append(float(place))
        return places


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"rate": "0.1"},
        {"beta_1": "0.5"},
        {"beta_1": "0"},
        {"beta_2": "0.9"},
        {"epsilon": "0.01"},
    ],
    ids=str,
)
def test_adam_is_the_papers_algorithm_with_keras_s_epsilon(arguments):
    ours = {name: float(value) for name, value in arguments.items()}
    ours["learning_rate"] = ours.pop("rate", 0.001)
    wanted = paper_adam(GRADS, **arguments)
    np.testing.assert_allclose(walk(Adam(**ours), GRADS), wanted, rtol=1e-11)


@pytest.mark.parametrize(
    "wrong",
    [
        "no power t",
        "t restarts",
        "multiplied instead of divided",
        "no correction",
        "the paper's epsilon",
    ],
)
def test_a_wrong_adam_gives_other_numbers_than_ours(wrong):
    grads = [*GRADS[:4], 1e-7, *GRADS[5:]]
    if wrong == "the paper's epsilon":
        grads = [1e-6, 2e-6, -1e-7, 5e-7, 1e-6]  # it only shows where gradients fade
    ours, theirs = walk(Adam(), grads), paper_adam(grads, wrong=wrong)
    assert abs(ours[-1] / theirs[-1] - 1) > 0.01
    np.testing.assert_allclose(ours, paper_adam(grads), rtol=1e-11)


def test_adams_t_never_restarts():
    adam = Adam()
    params = {"0.kernel": np.zeros(1)}
    for epoch in range(3):  # nothing tells Adam that an epoch or a fit has ended
        for step in range(4):
            grad = GRADS[4 * epoch + step]
            adam.update(params, {"0.kernel": np.array([grad])})
    assert adam.t == 12
    assert params["0.kernel"][0] == pytest.approx(paper_adam(GRADS)[-1], rel=1e-11)


def test_t_counts_updates_and_not_parameters():
    adam = Adam()
    names = ["0.kernel", "0.bias", "4.kernel"]
    params = {name: np.zeros(1) for name in names}
    for grad in GRADS:
        adam.update(params, {name: np.array([grad]) for name in names})
    assert adam.t == len(GRADS)
    for name in names:
        assert params[name][0] == pytest.approx(paper_adam(GRADS)[-1], rel=1e-11)


def test_each_number_has_its_own_moments():
    adam, params = Adam(), {"a": np.zeros((2, 3)), "b": np.zeros(3)}
    rng = np.random.default_rng(0)
    history = [
        {"a": rng.standard_normal((2, 3)), "b": rng.standard_normal(3)}
        for _ in range(5)
    ]
    for grads in history:
        adam.update(params, grads)
    for name, param in params.items():
        for place in np.ndindex(param.shape):
            alone = paper_adam([float(grads[name][place]) for grads in history])
            assert param[place] == pytest.approx(alone[-1], rel=1e-11)


def test_the_learning_rate_may_be_changed_between_updates():
    sgd = SGD(0.1)
    assert walk(sgd, [1]) == pytest.approx([-0.1])
    sgd.learning_rate = 0.5
    assert walk(sgd, [1]) == pytest.approx([-0.5])

    adam, params = Adam(), {"0.kernel": np.zeros(1)}
    slow_places, fast_places = paper_adam(GRADS), paper_adam(GRADS, rate="0.1")
    wanted = 0.0
    for step, grad in enumerate(GRADS):
        adam.learning_rate = 0.001 if step < 6 else 0.1
        places = slow_places if step < 6 else fast_places
        wanted += places[step] - (places[step - 1] if step else 0)
        adam.update(params, {"0.kernel": np.array([grad])})
    assert params["0.kernel"][0] == pytest.approx(wanted, rel=1e-11)


every_optimizer = pytest.mark.parametrize(
    "make",
    [lambda: SGD(0.1), lambda: SGD(0.1, momentum=0.9), lambda: Adam(0.1)],
    ids=["SGD", "momentum", "Adam"],
)


@every_optimizer
def test_params_change_in_place_and_grads_do_not(make):
    kernel, grad = np.ones((2, 3), np.float32), np.full((2, 3), 2, np.float32)
    params, grads = {"0.kernel": kernel}, {"0.kernel": grad}
    grad.flags.writeable = False
    optimizer = make()
    for _ in range(3):
        optimizer.update(params, grads)
    assert params["0.kernel"] is kernel
    assert (kernel < 1).all()
    assert (grad == 2).all()


@every_optimizer
def test_float32_stays_float32(make):
    optimizer, params = make(), {"0.bias": np.ones(3, np.float32)}
    optimizer.update(params, {"0.bias": np.ones(3, np.float32)})
    moments = [getattr(optimizer, name, {}) for name in ("m", "v")]
    arrays = [params["0.bias"], *(m["0.bias"] for m in moments if m)]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


@every_optimizer
def test_two_optimizers_share_nothing(make):
    first, second = make(), make()
    walk(first, [1, 2, 3])
    assert second.t == 0
    assert walk(second, [1, 2]) == walk(make(), [1, 2])


@every_optimizer
def test_t_and_the_memory_are_all_that_a_twin_needs_to_go_on(make):
    first, twin = make(), make()
    walk(first, [1, -2, 3])
    twin.t = first.t
    for kind, named in first.memory().items():
        twin.memory()[kind].update({name: a.copy() for name, a in named.items()})
    assert walk(twin, [4, -5]) == walk(first, [4, -5])


def test_memory_has_the_names_of_the_formulas():
    assert list(SGD().memory()) == ["v"]
    assert list(Adam().memory()) == ["m", "v"]
    assert Optimizer(0.1, {}).memory() == {}


@every_optimizer
def test_no_gradient_at_all_is_no_step_and_no_division_by_0(make):
    assert walk(make(), [0, 0], start=3) == [3, 3]


def test_adam_has_keras_s_defaults():
    assert Adam().config() == {
        "learning_rate": 0.001,
        "beta_1": 0.9,
        "beta_2": 0.999,
        "epsilon": 1e-7,
    }
    assert SGD().config() == {"learning_rate": 0.01, "momentum": 0.0}


@pytest.mark.parametrize("optimizer", [SGD(0.2, 0.5), Adam(0.1, 0.8, 0.99, 1e-3)])
def test_config_and_repr_make_the_same_optimizer_again(optimizer):
    again = type(optimizer)(**optimizer.config())
    assert repr(again) == repr(optimizer)
    assert eval(repr(optimizer)).config() == optimizer.config()
    assert walk(again, GRADS) == walk(optimizer, GRADS)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SGD(0), "learning_rate should be a number above 0 and finite, got 0"),
        (lambda: SGD(-1), "learning_rate should be a number above 0.*got -1"),
        (lambda: Adam(float("nan")), "learning_rate should be .* finite, got nan"),
        (lambda: Adam(float("inf")), "learning_rate should be .* finite, got inf"),
        (lambda: Adam("fast"), "learning_rate should be a number.*got 'fast'"),
        (lambda: Adam(True), "learning_rate should be a number.*got True"),
        (
            lambda: SGD(momentum=1),
            "momentum should be .* at least 0 and below 1, got 1",
        ),
        (lambda: SGD(momentum=-0.1), "momentum should be .* at least 0.*got -0.1"),
        (lambda: Adam(beta_1=1), "beta_1 should be .* at least 0 and below 1, got 1"),
        (lambda: Adam(beta_2=1), "beta_2 should be .* at least 0 and below 1, got 1"),
        (lambda: Adam(beta_2=-0.5), "beta_2 should be .* at least 0.*got -0.5"),
        (lambda: Adam(epsilon=0), "epsilon should be a number above 0.*got 0"),
    ],
)
def test_a_number_out_of_its_range_is_answered_with_the_range(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Adam(amsgrad=True), "'amsgrad': Adam has no AMSGrad"),
        (lambda: SGD(use_ema=True), "SGD has no argument 'use_ema'"),
        (lambda: SGD(speed=1), r"'speed': help\(SGD\) lists its arguments"),
    ],
)
def test_keras_words_that_do_not_exist_here_are_refused_by_name(make, message):
    with pytest.raises(TypeError, match=message):
        make()


def test_an_optimizer_is_found_by_name_by_class_and_as_itself():
    assert isinstance(optimizers.get("adam"), Adam)
    assert isinstance(optimizers.get("Adam"), Adam)
    assert isinstance(optimizers.get("sgd"), SGD)
    assert isinstance(optimizers.get(SGD), SGD)
    mine = Adam(0.5)
    assert optimizers.get(mine) is mine
    assert optimizers.get("adam") is not optimizers.get("adam")


@pytest.mark.parametrize("unknown", ["ftrl", None, 0.001, dict])
def test_an_unknown_optimizer_is_answered_with_the_known_ones(unknown):
    with pytest.raises(
        ValueError, match=r"one of sgd, adam, rmsprop, .*, or an object such as Adam"
    ):
        optimizers.get(unknown)


def test_an_optimizer_without_a_rule_says_so():
    with pytest.raises(NotImplementedError, match="should define update, or step"):
        Optimizer(0.1, {}).update({"bias": np.ones(2)}, {"bias": np.ones(2)})


def test_the_memory_is_what_an_optimiser_goes_on_with():
    assert type("Plain", (Optimizer,), {})(0.1, {}).memory() == {}
    for first in (SGD(0.1, 0.9), Adam(0.1)):
        params, grads = {"bias": np.array([1.0, -2.0])}, {"bias": np.array([0.5, 3.0])}
        first.update(params, grads)
        assert set(first.memory()) == ({"v"} if isinstance(first, SGD) else {"m", "v"})
        second, copied = type(first)(**first.config()), copy.deepcopy(params)
        second.t = first.t
        for name, arrays in copy.deepcopy(first.memory()).items():
            second.memory()[name].update(arrays)
        first.update(params, grads)
        second.update(copied, grads)
        assert (params["bias"] == copied["bias"]).all()
