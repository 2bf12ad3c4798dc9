"""Kinds of mistakes that a set of whole files showed: what was not tried before."""

import numpy as np
import pytest
from parts import named, only

from tinycnn.diagnosis import (
    diagnose,
    diagnose_loss,
    diagnose_optimizer,
    diagnose_options,
    diagnose_situations,
    diagnose_size,
    diagnose_steps,
    diagnose_windows,
)
from tinycnn.grading.cases import ARGUMENTS
from tinycnn.layers import AveragePooling2D, Conv2D, MaxPooling2D, Sigmoid, SumPooling2D
from tinycnn.layers.windows import im2col
from tinycnn.losses import (
    LOSSES,
    BinaryCrossentropy,
    CategoricalCrossentropy,
    MeanAbsoluteError,
    SparseCategoricalCrossentropy,
)
from tinycnn.optimizers import OPTIMIZERS, SGD, Adam, Nadam, RMSprop

PHOTO = (5, 6, 2)


# -- layers ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [MaxPooling2D, SumPooling2D, AveragePooling2D])
def test_a_fast_way_for_windows_that_fill_the_photo(kind):
    def forward(self, x, training=False):
        y = kind.forward(self, x, training)
        fills = x.shape[1] % self.pool_size[0] == x.shape[2] % self.pool_size[1] == 0
        return y[:, ::-1] if fills else y

    layer = named(kind((2, 3)), forward=forward)
    assert diagnose_situations(layer, PHOTO) == []
    cause, sentence = only(diagnose_size(layer, PHOTO))
    assert cause == "wrong_for_size"
    assert sentence == "y is wrong for photos of 12x6; for 5x6 it is right."


def test_an_exception_for_another_size_says_for_which():
    def forward(self, x, training=False):
        assert x.shape[1:3] == (5, 6), "only 5x6"
        return Sigmoid.forward(self, x, training)

    with pytest.raises(AssertionError, match="only 5x6") as caught:
        diagnose_size(named(Sigmoid(), forward=forward), PHOTO)
    assert caught.value.__notes__ == ["This is for photos of 6x7; 5x6 works."]


def test_backward_may_give_back_what_forward_kept():
    class MySigmoid(Sigmoid):
        def forward(self, x, training=False):
            self.stack = [1 / (1 + np.exp(-np.clip(x, -700, None)))]
            return self.stack[0].copy()

        def backward(self, dy):
            y = self.stack.pop()
            return dy * y * (1 - y)

    assert diagnose_situations(MySigmoid(), PHOTO) == []


@pytest.mark.parametrize("kind", [Sigmoid, SumPooling2D])
def test_a_number_of_photos_that_is_that_of_the_first_batch(kind):
    def backward(self, dy):
        self.first = getattr(self, "first", len(dy))
        dx = kind.backward(self, dy)
        dx[self.first :] = 0
        return dx

    layer = named(kind() if kind is Sigmoid else kind(2), backward=backward)
    cause, sentence = only(diagnose_situations(layer, PHOTO))
    assert cause == "stale" and sentence.startswith("dx from a second call")


@pytest.mark.parametrize("kind", ["Conv2D", "MaxPooling2D"])
def test_one_case_has_a_border_at_the_sides_only(kind):
    """There [top:-bottom] is empty."""
    (arguments,) = (
        one
        for one in ARGUMENTS[kind]
        if 1 in (one.get("kernel_size") or one["pool_size"])
        and one.get("padding") == "same"
    )
    base = {"Conv2D": Conv2D, "MaxPooling2D": MaxPooling2D}[kind]

    def backward(self, dy):
        return base.backward(self, dy)[:, 0:-0]

    found = diagnose(named(base(**arguments), backward=backward), PHOTO)
    assert only(found) == (
        "empty_slice",
        "dx is empty: its shape is (5, 0, 6, 2); it should be (5, 5, 6, 2).",
    )


@pytest.mark.parametrize("is_made_with_border", [False, True])
def test_a_place_that_is_one_number_made_and_taken_apart_with_two_widths(
    is_made_with_border,
):
    class MyMaxPooling2D(MaxPooling2D):
        def backward(self, dy):
            x = self.x
            (top, bottom), (left, right) = self.borders
            around = ((0, 0), (top, bottom), (left, right), (0, 0))
            padded = np.pad(x, around, constant_values=-np.inf)
            dx, wide = np.zeros(padded.shape, x.dtype), padded.shape[2]
            made, taken = (wide, x.shape[2])[:: 1 if is_made_with_border else -1]
            (KH, KW), (down, across) = self.pool_size, self.strides
            for n, i, j, c in np.ndindex(dy.shape):
                i0, j0 = i * down, j * across
                window = padded[n, i0 : i0 + KH, j0 : j0 + KW, c]
                a, b = np.unravel_index(window.argmax(), (KH, KW))
                place = divmod((i0 + a) * made + j0 + b, taken)
                if place[0] < dx.shape[1]:
                    dx[n, *place, c] += dy[n, i, j, c]
            return dx[:, top : top + x.shape[1], left : left + x.shape[2]]

        def forward(self, x, training=False):
            self.x = x
            return super().forward(x, training)

        @property
        def borders(self):
            total = [
                max((out - 1) * step + window - side, 0)
                for out, step, window, side in zip(
                    self.output_shape, self.strides, self.pool_size, self.x.shape[1:],
                    strict=False,
                )
            ]  # fmt: skip
            return [(t // 2, t - t // 2) for t in total]

    layer = MyMaxPooling2D((2, 3), strides=(1, 2), padding="same")
    cause, sentence = only(diagnose(layer, PHOTO))
    words = ["the width of x", "the width with its border"]
    made, taken = words[:: -1 if is_made_with_border else 1]
    assert cause == "gradient_equals"
    assert f"made with {made} and taken apart with {taken}" in sentence


# -- windows ---------------------------------------------------------------------------


@pytest.mark.parametrize("forgotten", ["strides", "window"])
def test_what_is_kept_for_a_next_call_by_a_part_of_the_arguments(forgotten):
    kept = {}

    def mine(padded, window, strides):
        key = padded.shape, (window if forgotten == "strides" else strides)
        window, strides = kept.setdefault(key, (window, strides))
        return im2col(padded, window, strides)

    assert only(diagnose_windows("my_im2col", mine))[0] == "calls_kept"


def test_a_mistake_of_square_photos_is_not_one_of_calls():
    def mine(padded, window, strides):
        cols = im2col(padded, window, strides)
        return cols[::-1] if 3 < padded.shape[1] == padded.shape[2] else cols

    assert only(diagnose_windows("my_im2col", mine))[0] != "calls_kept"


# -- losses ----------------------------------------------------------------------------


@pytest.mark.parametrize("cls", sorted(set(LOSSES.values()), key=lambda c: c.__name__))
def test_the_librarys_losses_are_right_with_each_option(cls):
    assert diagnose_options(cls()) == []
    assert diagnose_options(named(cls())) == []


@pytest.mark.parametrize("base", [BinaryCrossentropy, CategoricalCrossentropy])
def test_labels_that_are_smoothed_once_more(base):
    def per_photo(self, y, y_pred):
        s, classes = self.label_smoothing, max(2, y.shape[1])
        classes = 2 if base is BinaryCrossentropy else classes
        return base.per_photo(self, (1 - s) * y + s / classes, y_pred)

    loss = named(base(), per_photo=per_photo)
    assert diagnose_loss(loss) == []
    assert only(diagnose_options(loss)) == (
        "wrong_label_smoothing",
        "With label_smoothing=0.2 the loss is wrong; without it, it is right.",
    )


def test_logits_that_become_probabilities_with_from_logits():
    class MyBinaryCrossentropy(BinaryCrossentropy):
        def per_photo(self, y, y_pred):
            loss, dz = super().per_photo(y, y_pred)
            return loss, dz * 2 if self.from_logits else dz

    assert only(diagnose_options(MyBinaryCrossentropy())) == (
        "wrong_from_logits",
        "With from_logits=True dy_pred is wrong; without it, it is right.",
    )


def test_a_gradient_that_depends_on_the_other_photos():
    class MySparseCategoricalCrossentropy(SparseCategoricalCrossentropy):
        def per_photo(self, y, y_pred):
            loss, _ = super().per_photo(y, y_pred)
            p = np.exp(y_pred) / np.exp(y_pred).sum(axis=1, keepdims=True)
            return loss, (p - y) * (1 + p.max(axis=0))

    cause, sentence = only(diagnose_loss(MySparseCategoricalCrossentropy()))
    assert cause == "gradient_of_others"
    assert sentence == "dy_pred of a photo depends on the other photos of the batch."


def test_a_loss_that_is_smooth_around_0():
    class MyMeanAbsoluteError(MeanAbsoluteError):
        def per_photo(self, y, y_pred):
            d = y_pred - y
            loss = np.where(abs(d) < 1, d**2 / 2, abs(d) - 0.5).mean(axis=1)
            return loss, np.clip(d, -1, 1) / d.shape[1]

    found = diagnose_loss(MyMeanAbsoluteError())
    assert found[0].cause == "loss_equals"
    assert "d**2 / 2 below 1, abs(d) - 1/2 above" in found[0].sentence


# -- optimisers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cls", sorted(set(OPTIMIZERS.values()), key=lambda c: c.__name__)
)
def test_the_librarys_optimisers_are_right_in_each_situation(cls):
    assert diagnose_steps(named(cls(0.01))) == []
    assert diagnose_options(named(cls(0.01))) == []


@pytest.mark.parametrize("cls", [SGD, Adam, RMSprop])
def test_gradients_that_are_paired_by_their_order(cls):
    def update(self, params, grads):
        cls.update(self, params, dict(zip(params, grads.values(), strict=True)))

    assert only(diagnose_steps(named(cls(0.01), update=update)))[0] == "paired_by_order"


@pytest.mark.parametrize("cls", [Adam, Nadam])
def test_updates_that_are_counted_by_layer(cls):
    def update(self, params, grads):
        for name in params:
            self.t -= name.endswith("bias")  # the library's update counts each call
            cls.update(self, {name: params[name]}, {name: grads[name]})

    optimizer = named(cls(0.01), update=update)
    cause, sentence = only(diagnose_steps(optimizer))
    assert cause == "wrong_for_two_layers"
    assert sentence == (
        "For the params of two layers (0.kernel, 2.kernel, ...) the steps differ from "
        f"those of {cls.__name__}; for those of one layer they are right."
    )


@pytest.mark.parametrize("cls", [SGD, Adam])
def test_steps_that_are_wrong_for_arrays_with_two_axes(cls):
    def update(self, params, grads):
        means = {n: g if g.ndim == 1 else 0 * g + g.mean(0) for n, g in grads.items()}
        cls.update(self, params, means)

    optimizer = named(cls(0.01), update=update)
    assert diagnose_optimizer(optimizer) == []
    cause, sentence = only(diagnose_steps(optimizer))
    assert cause == "wrong_for_two_axes"
    assert "arrays with one axis they are right" in sentence


def test_a_nesterov_step_with_the_old_velocity():
    class MySGD(SGD):
        def update(self, params, grads):
            self.t += 1
            for name, param in params.items():
                v, step = self.v.get(name, 0 * param), self.learning_rate * grads[name]
                self.v[name] = new = self.momentum * v - step
                param += self.momentum * v - step if self.nesterov else new

    class PlainSGD(SGD):
        def update(self, params, grads):
            self.t += 1
            for name, param in params.items():
                v = self.momentum * self.v.get(name, 0 * param)
                self.v[name] = v - self.learning_rate * grads[name]
                param += self.v[name]

    cause, sentence = only(diagnose_options(MySGD(0.01, momentum=0.7)))
    assert cause == "wrong_nesterov" and "With nesterov=True" in sentence
    PlainSGD.__name__ = "MySGD"  # the exercise does not speak of it
    assert diagnose_options(PlainSGD(0.01, momentum=0.7)) == []
