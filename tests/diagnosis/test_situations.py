"""Mistakes that show only in some situations, and right layers in all of them."""

import numpy as np
import pytest
from parts import named, only

from tinycnn.diagnosis import (
    diagnose,
    diagnose_forward,
    diagnose_loss,
    diagnose_optimizer,
    diagnose_situations,
    diagnose_steps,
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
    Flatten,
    MaxPooling2D,
    ReLU,
    Sigmoid,
    SpatialDropout2D,
    SumPooling2D,
    Tanh,
)
from tinycnn.layers.windows import col2im, im2col
from tinycnn.losses import (
    LOSSES,
    BinaryCrossentropy,
    CategoricalCrossentropy,
    MeanAbsoluteError,
    MeanSquaredError,
)
from tinycnn.optimizers import OPTIMIZERS, SGD, Adam, RMSprop

PHOTO = (5, 6, 2)


@pytest.mark.parametrize("cls", sorted(set(LAYERS.values()), key=lambda c: c.__name__))
def test_the_librarys_layers_are_right_in_every_situation(cls):
    shape = (4,) if cls is Dense else PHOTO
    for arguments in ARGUMENTS.get(cls.__name__, [{}]):
        try:
            layer = cls(**arguments)
        except TypeError:  # it needs other arguments
            continue
        if isinstance(layer, Dropout):
            assert diagnose_training(layer, shape) == []
        else:
            assert diagnose_situations(layer, shape) == []


# -- one layer -------------------------------------------------------------------------


@pytest.mark.parametrize("layer", [AveragePooling2D(2), Conv2D(2, 2), Dense(3), Tanh()])
def test_zeros_in_x(layer):
    kind, shape = type(layer), (4,) if isinstance(layer, Dense) else PHOTO

    def forward(self, x, training=False):
        return kind.forward(self, np.where(x == 0, 0.1, x), training)

    cause, sentence = only(diagnose_situations(named(layer, forward=forward), shape))
    assert cause == "wrong_in_situation" and "where x has zeros in it" in sentence


@pytest.mark.parametrize("layer", [Sigmoid(), Tanh(), ReLU()])
def test_a_slope_that_is_changed_far_from_zero(layer):
    kind = type(layer)

    def backward(self, dy):
        return np.where(abs(self.seen) > 4, 0.3 * dy, kind.backward(self, dy))

    def forward(self, x, training=False):
        self.seen = x
        return kind.forward(self, x, training)

    layer = named(layer, forward=forward, backward=backward)
    cause, sentence = only(diagnose_situations(layer, (4,)))
    assert (
        cause == "wrong_in_situation" and "dx is wrong where x is beyond 3" in sentence
    )


@pytest.mark.parametrize("layer", [Sigmoid(), Dense(3), MaxPooling2D(2)])
@pytest.mark.parametrize("method", ["forward", "backward"])
@pytest.mark.parametrize("limit", [80, -20])
def test_an_argument_that_is_cut_off_in_place(layer, method, limit):
    kind, shape = type(layer), (4,) if isinstance(layer, Dense) else PHOTO

    def cut(self, array, *training):
        array[array > limit if limit > 0 else array < limit] = limit
        return getattr(kind, method)(self, array, *training)

    found = diagnose_situations(named(layer, **{method: cut}), shape)
    assert only(found)[0] == ("x_written" if method == "forward" else "dy_written")


@pytest.mark.parametrize("layer", [Sigmoid(), Conv2D(2, 2), AveragePooling2D(2)])
@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda dy: np.clip(dy, -5, 5), "large"),
        (lambda dy: np.where(abs(dy) < 1e-4, 0, dy), "small"),
        (lambda dy: dy / np.maximum(abs(dy).sum(), 1e3) * 1e3, "large"),
    ],
)
def test_a_dy_that_is_cut_off(layer, change, word):
    kind = type(layer)

    def backward(self, dy):
        return kind.backward(self, change(dy))

    cause, sentence = only(diagnose_situations(named(layer, backward=backward), PHOTO))
    assert cause == "wrong_in_situation"
    assert f"is wrong where dy is {word}; for other numbers it is right." in sentence


@pytest.mark.parametrize("layer", [SumPooling2D(2), Flatten(), Sigmoid()])
def test_numbers_read_in_the_order_of_memory(layer):
    kind = type(layer)

    def forward(self, x, training=False):
        return kind.forward(self, x.ravel("K").reshape(x.shape), training)

    found = diagnose_situations(named(layer, forward=forward), PHOTO)
    assert only(found)[0] == "order_in_memory"


@pytest.mark.parametrize("training", [False, True])
def test_one_photo(training):
    def forward(self, x, training_now=False):
        y = BatchNormalization.forward(self, x, training_now)
        return y + (len(x) == 1 and training_now == training)

    cause, sentence = only(
        diagnose_situations(named(BatchNormalization(), forward=forward), PHOTO)
    )
    assert cause == "wrong_in_situation" and "for a batch of one photo" in sentence
    assert ("training=True" in sentence) == training


@pytest.mark.parametrize("layer", [Conv2D(2, 2), Dense(3), MaxPooling2D(2), ReLU()])
def test_what_is_kept_in_the_class(layer):
    kind, kept = type(layer), {}

    def forward(self, x, training=False):
        kept["x"] = x
        return kind.forward(self, x, training)

    def backward(self, dy):
        kind.forward(self, kept["x"])
        return kind.backward(self, dy)

    layer = named(layer, forward=forward, backward=backward)
    found = diagnose_situations(layer, (4,) if kind is Dense else PHOTO)
    assert only(found)[0] == "kept_for_all_layers"


@pytest.mark.parametrize("method", ["forward", "backward"])
@pytest.mark.parametrize("layer", [Dense(3), Sigmoid(), SumPooling2D(2)])
def test_a_result_that_the_next_call_overwrites(layer, method):
    kind, arrays = type(layer), {}

    def overwriting(self, *arguments):
        result = getattr(kind, method)(self, *arguments)
        array = arrays.setdefault((method, result.shape), np.empty_like(result))
        array[...] = result
        return array

    arguments = {Dense: [3], SumPooling2D: [2]}.get(kind, [])
    layer = named(kind(*arguments), **{method: overwriting})
    cause, sentence = only(diagnose_situations(layer, (4,) if kind is Dense else PHOTO))
    assert cause == "result_overwritten"
    assert f"overwrites the {'y' if method == 'forward' else 'dx'} " in sentence


# -- sentences that were false ---------------------------------------------------------


@pytest.mark.parametrize("base", [Sigmoid, Tanh])
@pytest.mark.parametrize("place", [0, -1])
def test_one_branch_for_the_whole_batch(base, place):
    def forward(self, x, training=False):
        return base.forward(self, np.copysign(x, x.flat[place]))

    cause, _ = only(diagnose_forward(named(base(), forward=forward), (4,)))
    assert cause in ("branch_of_batch", "y_equals", "y_differs")
    found = diagnose_forward(named(base(), forward=lambda s, x, t=False:
                                   base.forward(s, abs(x))), (4,))  # fmt: skip
    assert only(found)[0] == "size_of_x"


@pytest.mark.parametrize(
    ("divisor", "cause"),
    [(lambda n: max(1, n - 1), "divided_by_one_less"),
     (lambda n: n**0.5, "divided_by_root_of_batch"),
     (lambda n: n, "divided_by_batch"), (lambda n: 4, "constant_factor")],
)  # fmt: skip
def test_by_which_number_of_the_batch_a_gradient_is_divided(divisor, cause):
    def backward(self, dy):
        dx = Dense.backward(self, dy)
        self.grads["kernel"] = self.grads["kernel"] / divisor(len(dy))
        return dx

    assert only(diagnose(named(Dense(3), backward=backward), (4,)))[0] == cause


@pytest.mark.parametrize("name", ["kernel", "bias"])
@pytest.mark.parametrize("layer", [Dense(3), Conv2D(2, 2)])
def test_a_gradient_that_is_filled_once(layer, name):
    kind = type(layer)

    def backward(self, dy):
        old = dict(self.grads)
        dx = kind.backward(self, dy)
        self.grads[name] = old.get(name, self.grads[name])
        return dx

    layer = named(kind(3) if kind is Dense else kind(2, 2), backward=backward)
    found = diagnose(layer, (4,) if kind is Dense else PHOTO)
    assert [(f.array, f.cause) for f in found] == [(name, "grads_kept")]


def test_a_border_that_wins_ties_loses_their_gradient():
    def backward(self, dy):
        dx = MaxPooling2D.backward(self, dy)
        return dx * 0.5 if np.ptp(self.seen) == 0 else dx

    def forward(self, x, training=False):
        self.seen = x
        return MaxPooling2D.forward(self, x, training)

    layer = named(MaxPooling2D((2, 3)), forward=forward, backward=backward)
    assert only(diagnose(layer, PHOTO))[0] == "ties_lost"


@pytest.mark.parametrize("base", [SumPooling2D, AveragePooling2D])
def test_cells_left_out_are_not_overwritten_ones(base):
    def backward(self, dy):
        dx = base.backward(self, dy)
        dx[:, -1], dx[:, :, -1] = 0, 0
        return dx

    layer = named(base((2, 2), 1), backward=backward)
    assert "overwritten" not in [f.cause for f in diagnose(layer, PHOTO)]


def test_a_gradient_that_is_rounded():
    def backward(self, dy):
        return Sigmoid.backward(self, dy).astype(np.float16).astype(dy.dtype)

    cause, sentence = only(diagnose(named(Sigmoid(), backward=backward), (4,)))
    assert cause == "nearly_right" and "right to about 3 digits" in sentence


# -- dropout and batch normalisation ---------------------------------------------------


def test_all_channels_of_a_cell_dropped_together():
    def forward(self, x, training=False):
        self.mask = np.ones_like(x)
        if training:
            kept = np.random.default_rng().random(x.shape[:-1]) >= self.rate
            self.mask = self.mask * kept[..., None] / (1 - self.rate)
        return x * self.mask

    layer = named(Dropout(0.3), forward=forward, backward=lambda s, dy: dy * s.mask)
    assert only(diagnose_training(layer, PHOTO))[0] == "mask_per_cell"
    assert diagnose_training(layer, (5, 6, 1)) == []  # with one channel it is right
    assert diagnose_training(SpatialDropout2D(0.3), PHOTO) == []


@pytest.mark.parametrize("shape", [PHOTO, (4,)])
def test_an_x_of_zero_is_not_a_dropped_one(shape):
    def forward(self, x, training=False):
        y = Dropout.forward(self, x, training)
        self.on = (y != 0) / (1 - self.rate * training)
        return y

    layer = named(Dropout(0.3), forward=forward, backward=lambda s, dy: dy * s.on)
    assert only(diagnose_training(layer, shape))[0] == "dropped_where_zero"


def test_a_first_batch_that_replaces_the_running_ones():
    def forward(self, x, training=False):
        given = self.momentum
        self.momentum = given if self.state["moving_mean"].any() else 0.0
        y = BatchNormalization.forward(self, x, training)
        self.momentum = given
        return y

    layer = named(BatchNormalization(), forward=forward)
    assert only(diagnose_training(layer, (4,)))[0] == "first_batch_replaces"


# -- windows ---------------------------------------------------------------------------


def test_windows_in_situations():
    kept = {}

    def adding(cols, shape, window, strides):
        array = kept.setdefault((shape, window), np.zeros(shape))
        array += col2im(cols, shape, window, strides)
        return array

    def up(padded, window, strides):
        (H, W), (SH, SW) = padded.shape[1:3], strides
        more = [-(n - k) % s for n, k, s in zip((H, W), window, (SH, SW), strict=True)]
        around = ((0, 0), (0, more[0]), (0, more[1]), (0, 0))
        return im2col(np.pad(padded, around), window, strides)

    def in_memory(padded, window, strides):
        return im2col(padded.ravel("K").reshape(padded.shape), window, strides)

    for name, mine, cause in (
        ("my_col2im", adding, "calls_kept"),
        ("my_im2col", up, "grid_rounded_up"),
        ("my_im2col", in_memory, "order_in_memory"),
        ("my_im2col", lambda *given: im2col(*given).squeeze(), "rows_shape"),
    ):
        (found,) = diagnose_windows(name, mine)
        assert found.cause == cause or cause == "rows_shape", found
    assert "its shape is (18,); it should be (1, 18)" in found.sentence


# -- losses and optimisers -------------------------------------------------------------


@pytest.mark.parametrize("base", [MeanSquaredError, MeanAbsoluteError])
def test_labels_without_their_axis(base):
    class Squeezed(base):
        def per_photo(self, y, y_pred):
            off = y_pred - np.squeeze(y)
            if base is MeanSquaredError:
                return (off**2).mean(axis=1), 2 * off / off.shape[1]
            return abs(off).mean(axis=1), np.sign(off) / off.shape[1]

    Squeezed.__name__ = f"My{base.__name__}"
    found = diagnose_loss(Squeezed())
    assert found[0].cause == "labels_of_all_photos"
    assert not any("equals" in f.sentence for f in found)


def test_labels_that_are_rounded():
    class MyBinaryCrossentropy(BinaryCrossentropy):
        def per_photo(self, y, y_pred):
            return super().per_photo(np.round(y), y_pred)

    cause, sentence = only(diagnose_loss(MyBinaryCrossentropy()))
    assert cause == "labels_changed" and "1 where y is above 0.5" in sentence


@pytest.mark.parametrize("base", [CategoricalCrossentropy, MeanSquaredError])
def test_photos_without_a_gradient(base):
    def per_photo(self, y, y_pred):
        loss, gradient = base.per_photo(self, y, y_pred)
        return loss, gradient * (loss > np.median(loss))[:, None]

    cause, sentence = only(diagnose_loss(named(base(), per_photo=per_photo)))
    assert cause == "some_photos_zero" and "dy_pred is 0 for 3 of 5 photos" in sentence


@pytest.mark.parametrize("cls", [SGD, Adam, RMSprop])
def test_small_gradients_that_move_nothing(cls):
    def update(self, params, grads):
        some = {n: np.where(abs(g) < 0.01, 0, g) for n, g in grads.items()}
        cls.update(self, params, some)

    found = diagnose_optimizer(named(cls(), update=update))
    assert only(found)[0] == "some_not_moved"


@pytest.mark.parametrize("cls", [SGD, Adam, RMSprop])
def test_gradients_taken_out_of_their_dict(cls):
    def popping(self, params, grads):
        cls.update(self, params, {name: grads.pop(name) for name in list(grads)})

    def rebinding(self, params, grads):
        for name in grads:
            grads[name] = grads[name] * 1
        cls.update(self, params, grads)

    for update in (popping, rebinding):
        found = diagnose_steps(named(cls(), update=update))
        assert only(found)[0] == "grads_dict_written"


@pytest.mark.parametrize("cls", [Adam, RMSprop])
def test_a_param_without_a_gradient_is_not_skipped(cls):
    def update(self, params, grads):
        some = {name: grad for name, grad in grads.items() if grad.any()}
        cls.update(self, {name: params[name] for name in some}, some)

    optimizer = named(
        cls(**({"momentum": 0.5} if cls is RMSprop else {})), update=update
    )
    assert diagnose_optimizer(optimizer) == []
    assert only(diagnose_steps(optimizer))[0] == "zero_gradient_skipped"


@pytest.mark.parametrize("kind", sorted({**LOSSES, **OPTIMIZERS}))
def test_the_librarys_losses_and_optimisers_are_right(kind):
    if kind in LOSSES:
        assert diagnose_loss(LOSSES[kind]()) == []
    else:
        for arguments in ARGUMENTS.get(OPTIMIZERS[kind].__name__, [{}]):
            optimizer = OPTIMIZERS[kind](**arguments)
            assert diagnose_optimizer(optimizer) + diagnose_steps(optimizer) == []
