"""Learning rates that change: by hand, in an optimiser, in a model file."""

import json
import math

import numpy as np
import pytest

from tinycnn.layers import Dense
from tinycnn.models import Sequential, load_model
from tinycnn.optimizers import SGD, Adam
from tinycnn.optimizers.schedules import (
    SCHEDULES,
    CosineDecay,
    ExponentialDecay,
    InverseTimeDecay,
    LearningRateSchedule,
    PiecewiseConstantDecay,
    PolynomialDecay,
)

EXAMPLES = [
    # (schedule, {t: rate by hand})
    (ExponentialDecay(0.8, 10, 0.5), {0: 0.8, 5: 0.8 * math.sqrt(0.5), 20: 0.2}),
    (
        ExponentialDecay(0.8, 10, 0.5, staircase=True),
        {0: 0.8, 9: 0.8, 10: 0.4, 29: 0.2},
    ),
    (InverseTimeDecay(0.6, 1, 0.5), {0: 0.6, 1: 0.4, 2: 0.3, 4: 0.2}),
    (InverseTimeDecay(0.6, 4, 2, staircase=True), {0: 0.6, 3: 0.6, 4: 0.2, 8: 0.12}),
    (PiecewiseConstantDecay([2, 5], [3, 2, 1]), {0: 3, 2: 3, 3: 2, 5: 2, 6: 1, 99: 1}),
    (PolynomialDecay(1.1, 10, 0.1), {0: 1.1, 5: 0.6, 10: 0.1, 99: 0.1}),
    (PolynomialDecay(1.1, 10, 0.1, power=2), {0: 1.1, 5: 0.35, 10: 0.1}),
    (PolynomialDecay(1.1, 10, 0.1, cycle=True), {0: 1.1, 5: 0.6, 10: 0.1, 15: 0.35}),
    (CosineDecay(0.8, 10), {0: 0.8, 5: 0.4, 10: 0, 99: 0}),
    (CosineDecay(0.8, 6, alpha=0.5), {0: 0.8, 2: 0.7, 6: 0.4, 7: 0.4}),
    (CosineDecay(0, 10, 0, 0.8, 4), {0: 0, 1: 0.2, 4: 0.8, 9: 0.4, 14: 0, 20: 0}),
]


@pytest.mark.parametrize(("schedule", "rates"), EXAMPLES, ids=repr)
def test_the_rates_by_hand(schedule, rates):
    for t, rate in rates.items():
        assert schedule(t) == pytest.approx(rate, abs=1e-12), t


def test_the_examples_have_every_schedule():
    assert {type(one) for one, _ in EXAMPLES} == set(SCHEDULES.values())


def test_a_growing_rate_ends_at_infinity_and_not_in_an_error():
    assert ExponentialDecay(0.1, 1, 10)(10**6) == math.inf


class Halving(LearningRateSchedule):
    def __call__(self, t):
        return 0.5**t


def walk(optimizer, steps):
    params, places = {"bias": np.array([0.0])}, [0.0]
    for _ in range(steps):
        optimizer.update(params, {"bias": np.array([1.0])})
        places.append(float(params["bias"][0]))
    return -np.diff(places)


def test_an_optimiser_asks_its_schedule_before_each_update():
    sgd = SGD(Halving())
    assert sgd.learning_rate == 1.0
    np.testing.assert_array_equal(walk(sgd, 4), [1, 0.5, 0.25, 0.125])
    assert sgd.learning_rate == 0.125


def test_a_number_ends_a_schedule_and_a_schedule_may_begin_later():
    sgd = SGD(Halving())
    walk(sgd, 2)
    sgd.learning_rate = 3.0
    assert sgd.schedule is None
    np.testing.assert_array_equal(walk(sgd, 2), [3, 3])
    sgd.learning_rate = Halving()
    np.testing.assert_array_equal(walk(sgd, 2), [1 / 16, 1 / 32])


@pytest.mark.parametrize("rate", ["fast", None, -1, math.nan, math.inf, True])
def test_a_rate_that_is_none_is_refused_when_it_is_set(rate):
    sgd = SGD()
    with pytest.raises(ValueError, match="learning_rate should be a number at least 0"):
        sgd.learning_rate = rate
    assert sgd.learning_rate == 0.01


@pytest.mark.parametrize(("schedule", "rates"), EXAMPLES, ids=repr)
def test_a_schedule_is_kept_in_the_model_file(schedule, rates, tmp_path):
    model = Sequential([Dense(1, activation="sigmoid", input_shape=(3,))])
    model.compile(Adam(schedule), "binary_crossentropy")
    model.save(tmp_path / "model.safetensors")
    again = load_model(tmp_path / "model.safetensors").optimizer
    assert repr(again) == repr(model.optimizer)
    assert [again.schedule(t) for t in rates] == [schedule(t) for t in rates]
    json.dumps(again.config())


def test_of_a_schedule_of_ones_own_the_rate_it_reached_is_kept(tmp_path):
    model = Sequential([Dense(1, activation="sigmoid", input_shape=(3,))])
    model.compile(SGD(Halving()), "binary_crossentropy")
    model.fit(np.ones((8, 3)), np.ones(8), batch_size=2, verbose=0)
    model.save(tmp_path / "model.safetensors")
    assert load_model(tmp_path / "model.safetensors").optimizer.learning_rate == 0.125


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: ExponentialDecay(0, 1, 1), ValueError, "each learning rate should be"),
        (
            lambda: ExponentialDecay(1, 0, 1),
            ValueError,
            "decay_steps should be .*at l",
        ),
        (
            lambda: InverseTimeDecay(1, 1, -1),
            ValueError,
            "decay_rate should be .*least",
        ),
        (
            lambda: ExponentialDecay(1, 1, 1, 2),
            ValueError,
            "staircase should be True or",
        ),
        (lambda: PiecewiseConstantDecay([1], [1]), ValueError, "one more than boundar"),
        (
            lambda: PiecewiseConstantDecay([2, 1], [1, 1, 1]),
            ValueError,
            "should increa",
        ),
        (
            lambda: PiecewiseConstantDecay(["a"], [1, 1]),
            ValueError,
            "a boundary should",
        ),
        (
            lambda: PolynomialDecay(1, 1, power=0),
            ValueError,
            "power should be a number",
        ),
        (lambda: CosineDecay(1, 1, alpha="a"), ValueError, "alpha should be a number"),
        (lambda: SGD({"Lambda": {}}), ValueError, "a schedule should be one of Expon"),
        (
            lambda: SGD({"CosineDecay": []}),
            ValueError,
            "a schedule should be one of Ex",
        ),
        (lambda: SGD({"CosineDecay": {"a": 1}}), TypeError, "argument 'a'"),
        (lambda: SGD({}), ValueError, "a schedule should be one of"),
    ],
)
def test_a_wrong_argument_is_named(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_a_schedule_without_a_rule_says_so():
    with pytest.raises(NotImplementedError, match="Mine should define __call__"):
        type("Mine", (LearningRateSchedule,), {})()(0)
