"""TensorFlow 1's names in a Keras script: `tf.train`, `tf.layers`, graphs."""

import importlib
import subprocess
import sys

import numpy as np
import pytest

import tinycnn as tf
from tinycnn.keras import words

INPUTS = np.random.default_rng(0).standard_normal((6, 3)).astype(np.float32)
Y = np.array([[0], [1], [1], [0], [1], [0]])


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch):
    monkeypatch.setattr(words, "_said", set())


def learnt(optimizer):
    layers = [tf.layers.Dense(2, input_shape=(3,)), tf.layers.Dense(1, "sigmoid")]
    model = tf.Sequential(layers, seed=1)
    model.compile(optimizer, "binary_crossentropy")
    model.fit(INPUTS, Y, epochs=3, batch_size=2, verbose=0)
    return model.get_weights()


@pytest.mark.parametrize(
    ("old", "today"),
    [
        (
            lambda: tf.train.AdamOptimizer(0.01),
            lambda: tf.optimizers.Adam(0.01, epsilon=1e-8),
        ),
        (
            lambda: tf.compat.v1.train.AdamOptimizer(beta1=0.8, beta2=0.9, epsilon=0.1),
            lambda: tf.optimizers.Adam(beta_1=0.8, beta_2=0.9, epsilon=0.1),
        ),
        (
            lambda: tf.train.GradientDescentOptimizer(learning_rate=0.1),
            lambda: tf.optimizers.SGD(0.1),
        ),
        (
            lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
            lambda: tf.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
        ),
    ],
)
def test_three_optimizers_of_tf_train_are_todays(old, today):
    with pytest.warns(words.KerasWordWarning, match=r"is optimizers\.\w+\(.*\) today"):
        optimizer = old()
    for ours, expected in zip(learnt(optimizer), learnt(today()), strict=True):
        assert np.array_equal(ours, expected)


def test_momentum_of_tensorflow_1_by_hand():
    with pytest.warns(words.KerasWordWarning, match="SGD"):
        optimizer = tf.train.MomentumOptimizer(0.1, 0.5, use_nesterov=True)
    params = {"bias": np.array([1.0])}
    accumulator, expected = 0.0, 1.0
    for grad in (2.0, -1.0, 4.0):
        optimizer.update(params, {"bias": np.array([grad])})
        accumulator = 0.5 * accumulator + grad  # ApplyMomentum, use_nesterov
        expected -= 0.1 * grad + 0.1 * 0.5 * accumulator
    assert params["bias"] == pytest.approx([expected], rel=1e-12)


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("train.Checkpoint", r"no train\.Checkpoint: model\.save_weights\(path\)"),
        ("train.latest_checkpoint", r"model\.load_weights\(path\)"),
        ("train.RMSPropOptimizer", r"write optimizers\.RMSprop\(learning_rate\)"),
        ("train.exponential_decay", r"optimizers\.schedules has ExponentialDecay"),
        ("train.Example", "no TFRecord files"),
        ("placeholder", "a Sequential of layers"),
        ("layers.conv2d", "Conv2D, MaxPooling2D"),
        ("nn.conv2d", "a Sequential of layers"),
        ("nn.softmax_cross_entropy_with_logits", "from_logits=True"),
        ("losses.softmax_cross_entropy", "from_logits=True"),
    ],
)
def test_what_is_not_here_says_what_to_write(name, way):
    found = tf
    for part in name.split("."):
        found = getattr(found, part)
    with pytest.raises(TypeError, match=way):
        found(0.1)


def test_the_schedules_that_are_named_are_there():
    for name in ("ExponentialDecay", "CosineDecay", "PiecewiseConstantDecay"):
        assert hasattr(tf.optimizers.schedules, name)


def test_a_misspelt_name_of_tf_train_has_a_near_match():
    with pytest.raises(AttributeError, match="did you mean 'AdamOptimizer'"):
        tf.train.AdamOptimiser  # noqa: B018


def test_tf_train_is_still_the_command():
    assert callable(importlib.import_module("tinycnn.train").main)
    run = [sys.executable, "-W", "error", "-m", "tinycnn.train", "--help"]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage:")
    assert done.stderr == ""
