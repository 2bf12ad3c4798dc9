"""The same layers, losses, optimisers and the tutorial's network in Keras.

Keras runs on PyTorch unless KERAS_BACKEND says otherwise before it is imported, and in
float32: its Dense computes no finer on PyTorch, even when float64 is asked for.
"""

import os

import numpy as np
import parity_cases
import pytest
from parity_cases import (
    LAYER_CASES,
    Training,
    TrainingCase,
    difference,
    differences,
    training_differences,
)

from tinycnn.layers import AveragePooling2D, SumPooling2D

os.environ.setdefault("KERAS_BACKEND", "torch")
if os.environ["KERAS_BACKEND"] == "torch":
    import torch_oracle  # noqa: F401 - its settings of PyTorch are wanted here too

keras = pytest.importorskip(
    "keras", reason="Keras is not installed (pip install '.[test,parity]')"
)
keras.config.set_image_data_format("channels_last")
DTYPE = "float32"
STEPS = 20
LOSS_CURVE_LIMIT = 1e-4


# Layers -------------------------------------------------------------------------------


def is_comparable(case):
    """Return whether Keras has such a layer, and its backend computes it as Keras says.

    On PyTorch, Keras 3 fills an uneven border of average pooling with copies of the
    edge and counts them as real cells; on JAX and TensorFlow it does not.
    """
    if case.layer_type is SumPooling2D:
        return False
    if case.layer_type is not AveragePooling2D or keras.backend.backend() != "torch":
        return True
    layer, _ = case.built(DTYPE)
    _, borders = layer._grid(layer.input_shape)
    return all(before == after for before, after in borders)


def compare_layer(case):
    """Return the difference of y."""
    return {"y": difference(parity_cases.run(case, DTYPE)["y"], output(case))}


def output(case):
    """Return y as Keras computes it, from the same weights."""
    ours, x = case.built(DTYPE)
    name = case.layer_type.__name__
    if name in ("SELU", "Sigmoid", "Tanh", "Softplus", "Swish"):  # not layers in Keras
        layer = keras.layers.Activation(name.lower(), dtype=DTYPE)
    else:
        layer = getattr(keras.layers, name)(**case.arguments, dtype=DTYPE)
    layer.build((None, *case.shape[1:]))
    layer.set_weights([*ours.params.values(), *ours.state.values()])
    return _array(layer(x, training=True) if case.training else layer(x))


CASES = [case for case in LAYER_CASES if is_comparable(case)]


# Losses and optimisers ----------------------------------------------------------------

LOSSES = {
    "binary": lambda: keras.losses.BinaryCrossentropy(from_logits=True),
    "categorical, integers": lambda: keras.losses.SparseCategoricalCrossentropy(
        from_logits=True
    ),
    "categorical, one-hot": lambda: keras.losses.CategoricalCrossentropy(
        from_logits=True
    ),
    "squares": lambda: keras.losses.MeanSquaredError(),
    "absolute values": lambda: keras.losses.MeanAbsoluteError(),
}
OPTIMIZERS = {
    "adam": lambda: keras.optimizers.Adam(),
    "sgd": lambda: keras.optimizers.SGD(0.01),
    "momentum": lambda: keras.optimizers.SGD(0.01, momentum=0.9),
}


def keras_optimizer(name):
    """Return Keras's optimiser: the class and the arguments of tinycnn's."""
    if name in OPTIMIZERS:
        return OPTIMIZERS[name]()
    ours = {**parity_cases.OPTIMIZERS, **parity_cases.KERAS_OPTIMIZERS}[name]()
    arguments = ours.config()
    if ours.schedule:
        schedule = getattr(keras.optimizers.schedules, type(ours.schedule).__name__)
        arguments["learning_rate"] = schedule(**ours.schedule.config())
    return getattr(keras.optimizers, type(ours).__name__)(**arguments)


def compare_loss(case):
    """Return the difference of the loss."""
    return {"loss": difference(parity_cases.loss(case, DTYPE)["loss"], loss(case))}


def compare_optimizer(name):
    """Return the differences of the params after the same random gradients."""
    gradients = parity_cases.random_gradients(DTYPE)
    ours, theirs = parity_cases.optimize(name, gradients), optimize(name, gradients)
    return differences(ours, theirs)


def loss(case):
    """Return a loss as Keras computes it."""
    y_true, y_pred = case.y_true.astype(DTYPE), case.y_pred.astype(DTYPE)
    return float(LOSSES[case.name]()(y_true, y_pred, case.weights))


def optimize(name, gradients):
    """Return the params after Keras's optimiser saw these gradients."""
    params = {
        key: keras.Variable(np.zeros_like(grad), dtype=DTYPE)
        for key, grad in gradients[0].items()
    }
    optimizer = keras_optimizer(name)
    for grads in gradients:
        optimizer.apply(
            [keras.ops.convert_to_tensor(grads[key]) for key in params],
            list(params.values()),
        )
    return {key: _array(param.value) for key, param in params.items()}


# The tutorial's network ---------------------------------------------------------------

# By what Keras does with the sigmoid. "logits": the loss sees the numbers before it, as
# Keras on TensorFlow (and tinycnn) arranges by itself. "probabilities": the tutorial's
# spelling to the letter, which on PyTorch and JAX clips them to 1e-7 .. 1 - 1e-7 and so
# learns nothing from a photo whose logit is beyond 16 on the wrong side. The first
# steps at 64x64 go there; those at 32x32 do not.
TRAINING_CASES = {
    "logits": TrainingCase(64, 32, "max", "adam", DTYPE),
    "probabilities": TrainingCase(32, 32, "max", "adam", DTYPE),
}


def compare_training(loss_from):
    """Return the differences of the loss curves and of the last weights."""
    case = TRAINING_CASES[loss_from]
    model, batches = case.network(), case.batches(STEPS)
    theirs = train(model, batches, loss_from)
    return training_differences(parity_cases.train(model, batches), theirs)


def train(model, batches, loss_from):
    """Train the tutorial's network in Keras from the weights of tinycnn's model."""
    from_logits = loss_from == "logits"
    layers = keras.layers
    theirs = keras.Sequential(
        [
            keras.Input(model.input_shape),
            layers.Conv2D(32, (3, 3), activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Flatten(),
            layers.Dense(units=128, activation="relu"),
            layers.Dense(units=1, activation=None if from_logits else "sigmoid"),
        ]
    )
    theirs.set_weights(model.get_weights())
    loss = keras.losses.BinaryCrossentropy(from_logits=from_logits)
    theirs.compile("adam", loss, jit_compile=False)
    losses = [float(theirs.train_on_batch(x, y.reshape(-1, 1))) for x, y in batches]
    weights = dict(zip(model.params, theirs.get_weights(), strict=True))
    return Training(losses, weights)


def _array(tensor):
    return np.array(keras.ops.convert_to_numpy(tensor))
