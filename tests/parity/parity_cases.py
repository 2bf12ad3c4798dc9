"""What is compared with the frameworks, and how a difference is measured.

Nothing here knows a framework: the configurations are drawn by chance from a fixed
seed, so that PyTorch, Keras and the report all see the same ones.
"""

from typing import Any, NamedTuple

import numpy as np

from tinycnn.datasets.drawings import draw_heroes
from tinycnn.layers import (
    ELU,
    SELU,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Identity,
    LeakyReLU,
    MaxPooling2D,
    ReLU,
    Reshape,
    Resizing,
    SeparableConv2D,
    Sigmoid,
    Softmax,
    Softplus,
    SumPooling2D,
    Swish,
    Tanh,
    ZeroPadding2D,
)
from tinycnn.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    MeanAbsoluteError,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
)
from tinycnn.networks import tutorial_network
from tinycnn.optimizers import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Nadam,
    RMSprop,
    schedules,
)

POOLINGS = (MaxPooling2D, AveragePooling2D, SumPooling2D)
ACTIVATIONS = (ReLU, Sigmoid, Softmax)
# How often each layer is drawn.
COUNTS = {
    Conv2D: 130,
    **dict.fromkeys(POOLINGS, 70),
    Dense: 50,
    **dict.fromkeys(ACTIVATIONS, 15),
    Flatten: 10,
    BatchNormalization: 30,
    ZeroPadding2D: 20,
    **dict.fromkeys((GlobalAveragePooling2D, GlobalMaxPooling2D), 15),
    **dict.fromkeys((LeakyReLU, ELU, SELU, Tanh, Softplus, Swish), 10),
    **dict.fromkeys((DepthwiseConv2D, SeparableConv2D), 30),
    Reshape: 5,
    Resizing: 20,
    Identity: 2,
}
LOSSES = {
    "binary": BinaryCrossentropy,
    "categorical, integers": SparseCategoricalCrossentropy,
    "categorical, one-hot": CategoricalCrossentropy,
    "squares": MeanSquaredError,
    "absolute values": MeanAbsoluteError,
}
LOSS_COUNT = 30  # of each
KERNELS = (Conv2D, DepthwiseConv2D, SeparableConv2D)
NOTHING = 1e-30
OPTIMIZERS = {
    "adam": lambda: Adam(0.001),
    "sgd": lambda: SGD(0.01),
    "momentum": lambda: SGD(0.01, momentum=0.9),
    "Nesterov": lambda: SGD(0.01, momentum=0.9, nesterov=True),
    "adamw": lambda: AdamW(),
    "nadam": lambda: Nadam(),
    "adadelta": lambda: Adadelta(1.0),
    # Keras adds epsilon under the root or to the maximum, PyTorch after it.
    "rmsprop": lambda: RMSprop(epsilon=NOTHING),
    "rmsprop, momentum": lambda: RMSprop(momentum=0.5, epsilon=NOTHING),
    "adagrad": lambda: Adagrad(0.1, epsilon=NOTHING),
    "adamax": lambda: Adamax(epsilon=NOTHING),
}
# These steps are compared with Keras only, which has its own place for epsilon.
KERAS_OPTIMIZERS = {
    "rmsprop, epsilon": lambda: RMSprop(),
    "rmsprop, centred, epsilon": lambda: RMSprop(momentum=0.5, centered=True),
    "adagrad, epsilon": lambda: Adagrad(),
    "adamax, epsilon": lambda: Adamax(),
    "clipnorm": lambda: SGD(0.01, clipnorm=2.0),
    "clipvalue": lambda: SGD(0.01, clipvalue=0.5),
    "global_clipnorm": lambda: Adam(global_clipnorm=2.0),
    "weight decay": lambda: RMSprop(weight_decay=0.1),
    "exponential decay": lambda: SGD(schedules.ExponentialDecay(0.1, 10, 0.8)),
    "stairs": lambda: Adam(schedules.ExponentialDecay(0.1, 10, 0.8, staircase=True)),
    "inverse decay": lambda: SGD(schedules.InverseTimeDecay(0.1, 1, 0.05)),
    "pieces": lambda: SGD(schedules.PiecewiseConstantDecay([9, 50], [0.1, 0.01, 1.0])),
    "polynomial": lambda: SGD(schedules.PolynomialDecay(0.1, 30, power=2.0)),
    "polynomial, again": lambda: SGD(schedules.PolynomialDecay(0.1, 30, cycle=True)),
    "cosine": lambda: SGD(schedules.CosineDecay(0.1, 60, alpha=0.1)),
    "cosine, warm": lambda: SGD(
        schedules.CosineDecay(0.01, 60, warmup_target=0.2, warmup_steps=20)
    ),
}
STEPS = 100
# The largest difference allowed, over max(1, largest value).
LIMITS = {"float64": 1e-10, "float32": 1e-5}
# After many steps: Adam's step has full length even where rounding made its gradient.
WEIGHT_LIMITS = {"float64": 1e-10, "float32": 1e-4}


def difference(ours, theirs):
    """Return the largest difference over max(1, largest value); inf if not finite."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert ours.shape == theirs.shape, f"{ours.shape} is not {theirs.shape}"
    if not (np.isfinite(ours).all() and np.isfinite(theirs).all()):
        return float("inf")
    ours, theirs = ours.astype(np.float64), theirs.astype(np.float64)
    scale = max(1.0, np.abs(theirs).max(initial=0.0))
    return float(np.abs(ours - theirs).max(initial=0.0) / scale)


class Case(NamedTuple):
    """One layer, one input shape (with the batch axis), and a seed for the numbers."""

    layer_type: type
    arguments: dict[str, Any]
    shape: tuple[int, ...]
    seed: int
    training: bool = False

    def __str__(self):
        return f"{self.seed}: {self.layer_type(**self.arguments)!r} of {self.shape}"

    def built(self, dtype):
        """Return (layer, x): no param at zero; every second x has ties, kinks."""
        rng = np.random.default_rng(self.seed)
        layer = self.layer_type(**self.arguments)
        layer.build(self.shape[1:], rng, dtype)
        for param in layer.params.values():
            param[...] = rng.standard_normal(param.shape)
        for array in layer.state.values():
            array[...] = rng.uniform(0.5, 2.0, array.shape)
        x = rng.standard_normal(self.shape) * 3
        if self.layer_type is MaxPooling2D and self.seed % 2:
            x = np.maximum(x.round(), 0)  # as after a ReLU: whole windows are 0
        if self.layer_type is ReLU and self.seed % 2:
            x = x.round()  # the slope at 0 counts
        return layer, x.astype(dtype)

    def dy(self, y):
        """Return a random gradient for the output y."""
        rng = np.random.default_rng([self.seed, 1])
        return rng.standard_normal(y.shape).astype(y.dtype)


def run(case, dtype):
    """Return {"y", "dx", "dkernel", "dbias"} as tinycnn computes them."""
    layer, x = case.built(dtype)
    y = layer.forward(x, case.training)
    dx = layer.backward(case.dy(y))
    found = {"y": y, "dx": dx, **layer.state}
    found.update({f"d{name}": grad for name, grad in layer.grads.items()})
    assert {name: array.dtype.name for name, array in found.items()} == (
        dict.fromkeys(found, dtype)
    )
    return found


def differences(ours, theirs):
    """Return the difference of each named array; the names must be the same."""
    assert set(ours) == set(theirs)
    return {name: difference(array, theirs[name]) for name, array in ours.items()}


def assert_within(found, limit):
    """Fail with the names and sizes of the differences that are too large."""
    too_large = {name: value for name, value in found.items() if not value <= limit}
    assert not too_large, f"more than {limit}: {too_large}"


# Drawing the configurations -----------------------------------------------------------


def layer_cases(seed=0):
    """Return the configurations of all layers, the same ones for the same seed."""
    rng = np.random.default_rng(seed)
    kinds = [kind for kind, count in COUNTS.items() for _ in range(count)]
    cases = [_draw(kind, rng, number) for number, kind in enumerate(kinds)]
    for number in range(
        0, COUNTS[Conv2D], 10
    ):  # convolutions, some of them without a bias
        arguments = {**cases[number].arguments, "use_bias": False}
        cases.append(cases[number]._replace(arguments=arguments, seed=len(cases)))
    return cases


def _draw(kind, rng, number):
    batch = _between(rng, 1, 5)
    if kind is Resizing:
        photo = tuple(_between(rng, 1, 12) for _ in range(3))
        arguments = {"height": _between(rng, 1, 12), "width": _between(rng, 1, 12)}
        return Case(kind, arguments, (batch, *photo), number)
    if kind is Reshape:
        photo = tuple(_between(rng, 1, 8) for _ in range(3))
        return Case(kind, {"target_shape": (-1, photo[1])}, (batch, *photo), number)
    if kind in KERNELS or kind in POOLINGS:
        return _draw_windows(kind, rng, number, batch)
    if kind is Dense:
        arguments = {"units": _between(rng, 1, 20)}
        return Case(kind, arguments, (batch, _between(rng, 1, 60)), number)
    if kind is BatchNormalization:
        arguments = {
            "momentum": float(rng.random()),
            "epsilon": 10 ** -rng.uniform(2, 5),
        }
        shape = (batch + 1, *(_between(rng, 1, 8) for _ in range(rng.choice([1, 3]))))
        return Case(kind, arguments, shape, number, bool(rng.random() < 0.7))
    if kind in (ZeroPadding2D, GlobalAveragePooling2D, GlobalMaxPooling2D):
        photo = tuple(_between(rng, 1, 8) for _ in range(3))
        arguments = _draw_border(rng) if kind is ZeroPadding2D else {}
        return Case(kind, arguments, (batch, *photo), number)
    photo = tuple(_between(rng, 1, 8) for _ in range(rng.choice([1, 3])))
    names = {LeakyReLU: "negative_slope", ELU: "alpha"}
    arguments = {names[kind]: float(rng.random())} if kind in names else {}
    return Case(kind, arguments, (batch, *photo), number)


def _draw_border(rng):
    """Draw one number, two, or two pairs."""
    numbers = rng.integers(0, 4, 4).tolist()
    pairs = (tuple(numbers[:2]), tuple(numbers[2:]))
    return {"padding": (numbers[0], pairs[0], pairs)[rng.integers(3)]}


def _draw_windows(kind, rng, number, batch):
    """Draw a layer whose window walks over photos; "valid" needs a window that fits."""
    padding = str(rng.choice(["valid", "same"]))
    window = (_between(rng, 1, 5), _between(rng, 1, 5))
    least = window if padding == "valid" else (1, 1)
    photo = (_between(rng, least[0], 13), _between(rng, least[1], 13))
    strides = (_between(rng, 1, 4), _between(rng, 1, 4))
    arguments = {"strides": strides, "padding": padding}
    if kind in KERNELS:
        arguments.update(kernel_size=window)
        if kind is not DepthwiseConv2D:
            arguments.update(filters=_between(rng, 1, 6))
        if kind is not Conv2D:  # Keras on PyTorch has equal strides only
            down = strides[0]
            arguments.update(depth_multiplier=_between(rng, 1, 3), strides=(down, down))
    else:
        arguments.update(pool_size=window)
        if rng.random() < 0.3:
            del arguments["strides"]  # then they are the window's size
    return Case(kind, arguments, (batch, *photo, _between(rng, 1, 4)), number)


def _between(rng, least, most):
    return int(rng.integers(least, most, endpoint=True))


LAYER_CASES = layer_cases()


class LossCase(NamedTuple):
    """Right answers and what the network said, in float64."""

    name: str
    y_true: np.ndarray
    y_pred: np.ndarray
    weights: np.ndarray | None


def loss(case, dtype):
    """Return {"loss", "gradient"} as tinycnn computes them."""
    y_pred = case.y_pred.astype(dtype)
    value, gradient = LOSSES[case.name]()(case.y_true, y_pred, case.weights)
    assert gradient.dtype == dtype
    return {"loss": value, "gradient": gradient}


def loss_cases(name, seed=0):
    """Return random answers for a loss, some logits far beyond where exp overflows."""
    rng = np.random.default_rng([seed, list(LOSSES).index(name)])
    cases = []
    for number in range(LOSS_COUNT):
        batch, outputs = _between(rng, 1, 9), _between(rng, 1, 6)
        if name.startswith("categorical"):
            outputs += 1
        y_pred = rng.standard_normal((batch, outputs)) * (1, 10, 1000)[number % 3]
        y_true = rng.standard_normal((batch, outputs))
        if name == "binary":
            y_true = rng.integers(0, 2, (batch, outputs)).astype(float)
            if number % 2:
                y_true = rng.random((batch, outputs))  # half sure
        elif name.startswith("categorical"):
            y_true = rng.integers(0, outputs, batch)
            if name.endswith("one-hot"):
                y_true = np.eye(outputs)[y_true]
        weights = rng.uniform(0.5, 2, batch) if number % 5 == 4 else None
        cases.append(LossCase(name, y_true, y_pred, weights))
    return cases


# The tutorial's network ---------------------------------------------------------------


def hero_batches(steps, size, batch, dtype, seed=0):
    """Return batches (x, y) of drawn heroes in 0..1; they come round again."""
    photos, labels = draw_heroes(min(4, steps) * batch, seed=seed, size=size)
    order = np.random.default_rng(seed).permutation(len(photos))
    x, y = photos[order].astype(dtype) / np.array(255, dtype), labels[order]
    starts = [step * batch % len(x) for step in range(steps)]
    return [(x[start : start + batch], y[start : start + batch]) for start in starts]


class TrainingCase(NamedTuple):
    """How a copy of the tutorial's network is trained."""

    size: int
    batch: int
    pooling: str
    optimizer: str
    dtype: str

    def __str__(self):
        return (
            f"{self.size}x{self.size}, {self.pooling} pooling, batches of "
            f"{self.batch}, {self.optimizer}, {self.dtype}"
        )

    def network(self):
        """Return the untrained network, its weights of the case's dtype."""
        model = tutorial_network((self.size, self.size, 3), pooling=self.pooling)
        weights = model.get_weights()
        for layer in model.layers:
            layer.build(layer.input_shape, np.random.default_rng(0), self.dtype)
        model.set_weights(weights)
        optimizer = OPTIMIZERS[self.optimizer]()
        model.compile(optimizer, "binary_crossentropy")
        return model

    def batches(self, steps=STEPS):
        return hero_batches(steps, self.size, self.batch, self.dtype)


TRAINING_CASES = [
    TrainingCase(16, 16, "max", "adam", "float64"),
    TrainingCase(16, 16, "average", "adam", "float64"),
    TrainingCase(16, 16, "sum", "adam", "float64"),
    TrainingCase(16, 16, "max", "sgd", "float64"),
    TrainingCase(16, 16, "max", "momentum", "float64"),
    TrainingCase(16, 16, "max", "adam", "float32"),
    TrainingCase(16, 16, "max", "momentum", "float32"),
    TrainingCase(64, 4, "max", "adam", "float32"),
]


class Training(NamedTuple):
    """What a training leaves: the loss before each step, the weights after the last."""

    losses: list[float]
    weights: dict[str, np.ndarray]


def train(model, batches):
    """Train a tinycnn model, one step for each batch."""
    losses = [model.train_on_batch(*batch) for batch in batches]
    assert np.mean(losses[-5:]) < losses[0], "nothing was learnt"
    return Training(losses, model.params)


def training_differences(ours, theirs):
    """Return the differences of the loss curves, not divided, and of the weights."""
    pairs = zip(ours.losses, theirs.losses, strict=True)
    weights = differences(ours.weights, theirs.weights)
    return {
        "loss curve": max(abs(our_loss - loss) for our_loss, loss in pairs),
        "weights": max(weights.values()),
    }


def random_gradients(dtype, seed=0):
    """Return gradients of two params, one so small that epsilon decides its steps."""
    rng = np.random.default_rng(seed)
    return [
        {
            "plain": rng.standard_normal((3, 4)).astype(dtype),
            "tiny": (rng.standard_normal(5) * 1e-8).astype(dtype),
        }
        for _ in range(STEPS)
    ]


def optimize(name, gradients):
    """Return the params after tinycnn's optimiser saw these gradients."""
    params = {name: np.zeros_like(grad) for name, grad in gradients[0].items()}
    optimizer = {**OPTIMIZERS, **KERAS_OPTIMIZERS}[name]()
    for grads in gradients:
        optimizer.update(params, grads)
    return params
