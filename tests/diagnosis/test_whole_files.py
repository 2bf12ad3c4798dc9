"""The kinds of mistakes that the whole files of `tests/mistakes/whole` showed first."""

import numpy as np
import pytest
from parts import named, only

from tinycnn.diagnosis import (
    diagnose,
    diagnose_forward,
    diagnose_loss,
    diagnose_optimizer,
    diagnose_rate,
    diagnose_situations,
    diagnose_size,
    diagnose_training,
    diagnose_windows,
)
from tinycnn.grading.cases import ARGUMENTS
from tinycnn.layers import (
    LAYERS,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    MaxPooling2D,
    ReLU,
    Sigmoid,
    SumPooling2D,
    Tanh,
)
from tinycnn.layers.windows import col2im, grid_of, im2col
from tinycnn.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    MeanSquaredError,
)
from tinycnn.optimizers import SGD, Adam, RMSprop

PHOTO = (5, 6, 2)


# -- layers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "layer, shape",
    [(Dense(3), (4,)), (Conv2D(2, (2, 3)), PHOTO), (BatchNormalization(), PHOTO)],
    ids=repr,
)
def test_params_that_are_copied_in_the_first_call(layer, shape):
    base = type(layer)

    def forward(self, x, training=False):
        if not hasattr(self, "copies"):
            self.copies = {name: param.copy() for name, param in self.params.items()}
        params, self.params = self.params, self.copies
        y = base.forward(self, x, training)
        self.params = params
        return y

    found = diagnose_forward(named(layer, forward=forward), shape)
    assert only(found)[0] == "params_copied"


@pytest.mark.parametrize(
    "layer, shape", [(Dense(3), (4,)), (Conv2D(2, (2, 3)), PHOTO)], ids=repr
)
def test_params_that_are_copied_in_the_first_backward(layer, shape):
    base = type(layer)

    def backward(self, dy):
        if not hasattr(self, "copies"):
            self.copies = {name: param.copy() for name, param in self.params.items()}
        params, self.params = self.params, self.copies
        dx = base.backward(self, dy)
        self.params = params
        return dx

    one = named(layer, backward=backward)
    assert diagnose_forward(one, shape) == diagnose(one, shape) == []
    cause, sentence = only(diagnose_situations(one, shape))
    assert cause == "params_copied"
    assert sentence.startswith("dx does not change")
    assert diagnose_situations(layer, shape) == []


@pytest.mark.parametrize("base", [SumPooling2D, AveragePooling2D])
def test_an_x_that_is_written_is_named_before_the_wrong_y(base):
    def forward(self, x, training=False):
        x *= 2
        return base.forward(self, x, training)

    found = diagnose_forward(named(base((2, 3)), forward=forward), PHOTO)
    assert [f.cause for f in found] == ["x_written"]


def test_the_librarys_layers_are_right_for_photos_of_another_size():
    for cls in sorted(set(LAYERS.values()), key=lambda c: c.__name__):
        for arguments in ARGUMENTS.get(cls.__name__, [{}]):
            if cls not in (Dense, Dropout) and "target_shape" not in arguments:
                try:
                    layer = cls(**arguments)
                except TypeError:  # it needs other arguments
                    continue
                if not isinstance(layer, Dropout):
                    assert diagnose_size(layer, PHOTO) == []


@pytest.mark.parametrize(
    "layer",
    [Conv2D(2, (2, 3)), MaxPooling2D((2, 3)), SumPooling2D(2, strides=1), Tanh()],
    ids=repr,
)
@pytest.mark.parametrize("axis, size", [(1, 6), (2, 7)])
def test_a_number_of_rows_or_columns_that_is_odd_or_even(layer, axis, size):
    base = type(layer)

    def forward(self, x, training=False):
        y = base.forward(self, x, training)
        return y + (x.shape[axis] == size)

    one = named(layer, forward=forward)
    assert diagnose_forward(one, PHOTO) == []
    sentence = "y is wrong for photos of 6x7; for 5x6 it is right."
    assert only(diagnose_size(one, PHOTO)) == ("wrong_for_size", sentence)


@pytest.mark.parametrize("base", [ReLU, Sigmoid, Tanh])
@pytest.mark.parametrize("place, word", [(-1, "last"), (0, "first")])
def test_the_slope_of_one_photo_for_all(base, place, word):
    def forward(self, x, training=False):
        y = base.forward(self, x)
        slopes = {ReLU: (x > 0).astype(x.dtype), Sigmoid: y * (1 - y), Tanh: 1 - y * y}
        self.slope = slopes[base][place]
        return y

    def backward(self, dy):
        return dy * self.slope

    layer = named(base(), forward=forward, backward=backward)
    sentence = only(diagnose(layer, (4,)))[1]
    assert f"dy times the slope of the {word} photo, for every photo" in sentence


@pytest.mark.parametrize("is_last", [True, False])
@pytest.mark.parametrize("name", ["x", "kernel", "bias"])
def test_the_bias_as_a_row_of_the_kernel_that_is_cut_out_wrongly(name, is_last):
    right, wrong = (slice(-1), slice(1, None)) if is_last else (slice(1, None),) * 2
    if not is_last:
        wrong = slice(-1)

    def joined(rows, row):
        return np.concatenate([rows, row] if is_last else [row, rows])

    def backward(self, dy):
        (x,) = self.kept
        whole = joined(self.params["kernel"], self.params["bias"][None])
        dwhole = joined(x.T @ dy, dy.sum(axis=0)[None])
        cut = {n: wrong if n == name else right for n in ("x", "kernel")}
        place = -1 if is_last != (name == "bias") else 0
        self.grads = {"kernel": dwhole[cut["kernel"]], "bias": dwhole[place]}
        return (dy @ whole.T)[:, cut["x"]]

    found = diagnose(named(Dense(3), backward=backward), (4,))
    assert [f.array for f in found] == [name]
    which = "first" if is_last else "last"
    words = {"x": "column", "kernel": "row", "bias": "row of dkernel"}[name]
    assert found[0].cause == "gradient_equals"
    assert f"the {which} {words}" in found[0].sentence


def test_the_means_of_batch_normalisation_over_the_photos_alone():
    def backward(self, dy):
        x_hat, std = self.kept_arrays
        gamma, axes = self.params["gamma"], (0, 1, 2)
        dbeta, dgamma = dy.sum(axis=axes), (dy * x_hat).sum(axis=axes)
        self.grads = {"gamma": dgamma, "beta": dbeta}
        if not self.is_training:
            return dy * gamma / std
        return gamma / std * (dy - (dbeta + x_hat * dgamma) / len(dy))

    def forward(self, x, training=False):
        y = BatchNormalization.forward(self, x, training)
        mean, var = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
        if not training:
            mean, var = self.state["moving_mean"], self.state["moving_variance"]
        std = np.sqrt(var + self.epsilon)
        self.kept_arrays, self.is_training = ((x - mean) / std, std), training
        return y

    layer = named(BatchNormalization(), forward=forward, backward=backward)
    found = diagnose_training(layer, PHOTO)
    assert found[0].cause == "gradient_equals"
    assert "divided by N for M = N * H * W" in found[0].sentence


# -- windows ---------------------------------------------------------------------------


def test_rows_and_pixels_of_wrong_windows():
    def numbers(shape, window, strides):
        OH, OW = grid_of(shape, window, strides)
        places = np.ndindex(shape[0], OH, OW)
        return [n * OH * OW + i * OH + j for n, i, j in places]

    def rows(padded, window, strides):
        cols = im2col(padded, window, strides)
        wrong = np.zeros_like(cols)
        wrong[numbers(padded.shape, window, strides)] = cols
        return wrong

    def pixels(cols, shape, window, strides):
        chosen = cols[numbers(shape, window, strides)]
        return col2im(chosen, shape, window, strides)

    def piled(cols, shape, window, strides):
        return col2im(cols, shape, window, strides).cumsum(axis=0)

    for name, mine, words in (
        ("my_im2col", rows, "window (i, j) in row i * OH + j for i * OW + j"),
        ("my_col2im", pixels, "row i * OH + j, for row i * OW + j of window (i, j)"),
        ("my_col2im", piled, "that of the photos before, as padded is set to 0"),
    ):
        cause, sentence = only(diagnose_windows(name, mine))
        assert (cause, words in sentence) == ("rows_equal", True), sentence


# -- losses ----------------------------------------------------------------------------


@pytest.mark.parametrize("base", [BinaryCrossentropy, CategoricalCrossentropy])
def test_probabilities_taken_for_logits(base):
    def per_photo(self, y, y_pred):
        p = np.clip(y_pred, 1e-7, 1 - 1e-7)
        if base is CategoricalCrossentropy:
            return -(y * np.log(p)).sum(axis=1), -y / p
        loss = -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean(axis=1)
        return loss, (p - y) / (p * (1 - p)) / p.shape[1]

    found = diagnose_loss(named(base(), per_photo=per_photo))
    assert only(found)[0] == "probabilities_expected"


@pytest.mark.parametrize("base", [BinaryCrossentropy, CategoricalCrossentropy])
def test_labels_between_0_and_1(base):
    def per_photo(self, y, y_pred):
        hard = np.where(y == 1, 1.0, 0.0)
        if base is CategoricalCrossentropy:
            hard = np.eye(y.shape[1])[y.argmax(axis=1)]
        return base.per_photo(self, hard, y_pred)[0], base.per_photo(self, y, y_pred)[1]

    found = diagnose_loss(named(base(), per_photo=per_photo))
    assert only(found)[0] == "loss_for_hard_labels"


@pytest.mark.parametrize("base", [BinaryCrossentropy, MeanSquaredError])
def test_a_gradient_divided_by_the_photos_and_not_by_the_outputs(base):
    def per_photo(self, y, y_pred):
        loss, gradient = base.per_photo(self, y, y_pred)
        return loss, gradient * y.shape[1] / len(y)

    cause, sentence = only(diagnose_loss(named(base(), per_photo=per_photo)))
    assert cause == "divided_by_photos" and "the number of outputs K" in sentence


# -- optimisers ------------------------------------------------------------------------


def test_a_velocity_without_the_rate_is_right_until_the_rate_changes():
    def update(self, params, grads):
        self.t += 1
        for name, param in params.items():
            old = self.v.get(name, 0)
            self.v[name] = self.momentum * old + grads[name]
            param -= self.learning_rate * self.v[name]

    optimizer = named(SGD(0.1, momentum=0.7), update=update)
    assert diagnose_optimizer(optimizer) == []
    assert only(diagnose_rate(optimizer))[0] == "rate_of_another_update"


@pytest.mark.parametrize("cls", [SGD, Adam, RMSprop])
def test_a_rate_that_is_read_once(cls):
    def update(self, params, grads):
        now, self.rate = self.learning_rate, getattr(self, "rate", self.learning_rate)
        self.learning_rate = self.rate
        cls.update(self, params, grads)
        self.learning_rate = now

    optimizer = named(cls(), update=update)
    assert diagnose_optimizer(optimizer) == []
    assert only(diagnose_rate(optimizer))[0] == "rate_of_another_update"


@pytest.mark.parametrize("cls", [SGD, Adam])
def test_a_state_that_all_optimisers_of_a_class_share(cls):
    shared = {}

    def update(self, params, grads):
        kept = shared.setdefault("state", {})
        for name in ("v", "m") if cls is Adam else ("v",):
            setattr(self, name, kept.setdefault(name, {}))
        cls.update(self, params, grads)

    optimizer = named(cls(0.1, **({"momentum": 0.5} if cls is SGD else {})))
    optimizer.__class__.update = update
    cause, sentence = only(diagnose_optimizer(optimizer))
    assert cause == "state_of_another" and cls.__name__ in sentence


def test_a_count_of_updates_that_all_optimisers_of_a_class_share():
    class MyAdam(Adam):
        updates = 0

        def update(self, params, grads):
            MyAdam.updates += 1
            self.t = MyAdam.updates - 1  # the library's update adds 1
            super().update(params, grads)

    assert only(diagnose_optimizer(MyAdam()))[0] == "state_of_another"


@pytest.mark.parametrize("is_global", [True, False])
def test_random_steps_are_not_taken_for_a_state_that_is_shared(is_global):
    def update(self, params, grads):
        source = np.random if is_global else np.random.default_rng()
        for name, param in params.items():
            param -= self.learning_rate * (grads[name] + source.normal())

    optimizer = named(SGD(0.1), update=update)
    assert only(diagnose_optimizer(optimizer))[0] != "state_of_another"
