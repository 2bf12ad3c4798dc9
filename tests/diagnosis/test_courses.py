"""Kinds of mistakes from courses, in other layers than those they were found in."""

import inspect
import itertools

import numpy as np
import pytest
from parts import only

from tinycnn.diagnosis import (
    diagnose,
    diagnose_forward,
    diagnose_loss,
    diagnose_optimizer,
    diagnose_training,
    diagnose_windows,
)
from tinycnn.grading.cases import ARGUMENTS, USUAL
from tinycnn.grading.errors import add_error
from tinycnn.grading.grade import Grade
from tinycnn.layers import (
    ELU,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalMaxPooling2D,
    LeakyReLU,
    MaxPooling2D,
    Sigmoid,
    Softmax,
    SumPooling2D,
    Tanh,
)
from tinycnn.layers.windows import im2col
from tinycnn.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    MeanSquaredError,
)
from tinycnn.optimizers import OPTIMIZERS, SGD, Adagrad, Adam, RMSprop

PHOTO = (5, 6, 2)


def named(base, **members):
    """Return a student's class: named My..., with these methods."""
    return type(f"My{base.__name__}", (base,), members)


# -- numbers in the code ---------------------------------------------------------------


def test_each_argument_is_tried_with_another_number_than_its_default():
    """Else a number in the code is as good as self.rho: nothing shows it."""
    kinds = {cls.__name__: cls for cls in {*OPTIMIZERS.values(), BatchNormalization}}
    tried = set()
    for name, cls in kinds.items():
        for argument, parameter in inspect.signature(cls).parameters.items():
            if not isinstance(parameter.default, float) or not parameter.default:
                continue
            cases = [{**USUAL, **case} for case in ARGUMENTS.get(name, [{}])]
            values = {case.get(argument, parameter.default) for case in cases}
            assert values - {parameter.default}, f"{name}({argument})"
            tried.add(argument)
    assert tried >= {"learning_rate", "beta_1", "rho", "epsilon", "momentum"}


def rms(rho=None, epsilon=None):
    def update(self, params, grads):
        self.t += 1
        for name, grad in grads.items():
            old = self.v.get(name, 0 * grad)
            share = self.rho if rho is None else rho
            self.v[name] = share * old + (1 - share) * grad**2
            added = self.epsilon if epsilon is None else epsilon
            params[name] -= self.learning_rate * grad / np.sqrt(self.v[name] + added)

    return named(RMSprop, update=update)


def test_a_number_in_the_code_is_named_with_the_argument_it_stands_for():
    assert diagnose_optimizer(rms()(0.01, rho=0.8, epsilon=1e-4)) == []
    assert diagnose_optimizer(rms(0.9)(0.01)) == []  # the default: nothing to see
    cause, sentence = only(diagnose_optimizer(rms(0.9)(0.01, rho=0.8)))
    assert cause == "number_in_code"
    assert sentence == "The steps are those with rho = 0.9; here self.rho is 0.8."
    cause, sentence = only(diagnose_optimizer(rms(0.9, 1e-8)(0.01, 0.8, epsilon=1e-4)))
    assert (
        cause != "number_in_code"
        or sentence
        == "The steps are those with rho = 0.9 and epsilon = 1e-08; here self.rho is "
        "0.8 and self.epsilon is 0.0001."
    )


@pytest.mark.parametrize("name", ["learning_rate", "momentum"])
def test_an_argument_that_update_changes_is_named(name):
    def update(self, params, grads):
        SGD.update(self, params, grads)
        setattr(self, name, 0.9 * getattr(self, name))

    cause, sentence = only(diagnose_optimizer(named(SGD, update=update)(0.1, 0.7)))
    assert cause == "setting_changed"
    assert sentence.startswith(f"update changes self.{name}: after two updates")


@pytest.mark.parametrize(("place", "word"), [(0, "first"), (-1, "last")])
def test_the_gradient_of_another_param(place, word):
    def update(self, params, grads):
        one = list(grads.values())[place]
        SGD.update(self, params, {name: one.copy() for name in params})

    cause, sentence = only(diagnose_optimizer(named(SGD, update=update)(0.01, 0.7)))
    assert cause == "step_equals"
    assert f"the gradient of the {word} param is used for all" in sentence


def test_an_adagrad_that_forgets_is_not_told_of_rho():
    def update(self, params, grads):
        for name, grad in grads.items():
            self.v[name] = grad**2
            root = np.sqrt(self.v[name] + self.epsilon)
            params[name] -= self.learning_rate * grad / root

    cause, sentence = only(diagnose_optimizer(named(Adagrad, update=update)(0.01)))
    assert cause == "moments_not_added" and "rho" not in sentence


def test_another_epsilon_is_not_explained_by_two_other_differences():
    class MyAdam(Adam):
        def update(self, params, grads):
            given, self.epsilon = self.epsilon, 1e-8
            super().update(params, grads)
            self.epsilon = given

    cause, sentence = only(diagnose_optimizer(MyAdam(0.01)))
    assert cause == "number_in_code" and "epsilon = 1e-08" in sentence


# -- batch normalisation ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda x, mean, var, e: x / np.sqrt(var + e), "with x for (x - mean)"),
        (lambda x, mean, var, e: (x - mean) / np.sqrt(var), "/ sqrt(var)"),
        (lambda x, mean, var, e: (x - mean) / (var + e), "/ (var + epsilon)"),
    ],
)
def test_running_numbers_that_are_right_and_used_wrongly(change, words):
    def forward(self, x, training=False):
        if training:
            return BatchNormalization.forward(self, x, True)
        mean, var = self.state["moving_mean"], self.state["moving_variance"]
        BatchNormalization.forward(self, x)
        y = change(x, mean, var, self.epsilon)
        return self.params["gamma"] * y + self.params["beta"]

    found = diagnose_training(named(BatchNormalization, forward=forward)(), (4,))
    cause, sentence = only(found)
    assert cause == "normalized_as"
    assert words in sentence and "with the running mean and variance" in sentence


def test_running_numbers_that_are_right_and_used_in_an_unknown_way():
    def forward(self, x, training=False):
        y = BatchNormalization.forward(self, x, training)
        moved = self.state["moving_mean"].any()
        return y if training or not moved else y + np.sin(x)

    found = diagnose_training(named(BatchNormalization, forward=forward)(), (4,))
    cause, sentence = only(found)
    assert cause == "used_wrongly_outside"
    assert "the running mean and variance are right" in sentence


# -- losses ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "change", "words"),
    [
        (BinaryCrossentropy, lambda y: 0.8 * y + 0.1, "0.8 * y + 0.1"),
        (BinaryCrossentropy, lambda y: 1 - y, "-y + 1"),
        (CategoricalCrossentropy, lambda y: 0.8 * y + 0.05, "0.8 * y + 0.05"),
        (MeanSquaredError, lambda y: y / 255, "0.00392157 * y"),
    ],
)
def test_a_loss_of_other_labels(base, change, words):
    def per_photo(self, y, y_pred):
        return base.per_photo(self, change(y), y_pred)

    cause, sentence = only(diagnose_loss(named(base, per_photo=per_photo)()))
    assert cause == "labels_changed" and f"the label {words}, not" in sentence


@pytest.mark.parametrize("offset", [1e-7, 1e-9])
def test_a_gradient_that_is_right_is_not_called_wrong(offset):
    def per_photo(self, y, y_pred):
        loss, gradient = CategoricalCrossentropy.per_photo(self, y, y_pred)
        return -np.log(np.exp(-loss) + offset), gradient

    found = diagnose_loss(named(CategoricalCrossentropy, per_photo=per_photo)())
    assert only(found)[0] == "loss_capped"


# -- forward: another x, kernel or border ----------------------------------------------


def another_input(base, change):
    def forward(self, x, training=False):
        return base.forward(self, change(x), training)

    return named(base, forward=forward)


@pytest.mark.parametrize(
    ("layer", "shape", "change", "words"),
    [
        (Dense(3), (4,), lambda x: x - x.mean(axis=1, keepdims=True),
         "x minus the mean of its row"),
        (Conv2D(2, (2, 3)), PHOTO, lambda x: x / x.max(axis=(1, 2), keepdims=True),
         "x divided by the largest of its channel"),
        (MaxPooling2D((2, 2)), PHOTO, lambda x: 0 * x + x[..., :1],
         "in the first channel, for every channel"),
        (GlobalMaxPooling2D(), PHOTO, lambda x: 0 * x + x.max(axis=3, keepdims=True),
         "the largest of the channels in place of x"),
        (Softmax(), (4,), lambda x: 3 * x, "the softmax of 3 * x"),
        (Softmax(), (4,), lambda x: -x, "minus"),
    ],
)  # fmt: skip
def test_a_forward_of_another_x(layer, shape, change, words):
    mine = another_input(type(layer), change)
    layer.__class__ = mine
    cause, sentence = only(diagnose_forward(layer, shape))
    assert cause == "y_equals" and words in sentence


@pytest.mark.parametrize(("mode", "word"), [("wrap", "the other side of x"),
                                            ("reflect", "mirrors x")])  # fmt: skip
@pytest.mark.parametrize("base", [MaxPooling2D, AveragePooling2D, Conv2D])
def test_a_border_made_of_x(base, mode, word):
    def forward(self, x, training=False):
        _, borders = self._grid(x.shape[1:])
        plain = base(*arguments)
        plain.build(x.shape[1:], np.random.default_rng(0))
        padded = np.pad(x, ((0, 0), *borders, (0, 0)), mode=mode)
        plain.input_shape, plain.params = padded.shape[1:], self.params
        return plain.forward(padded)

    arguments = (2, (3, 2)) if base is Conv2D else ((3, 2), 1)
    layer = named(base, forward=forward)(*arguments, padding="same")
    cause, sentence = only(diagnose_forward(layer, PHOTO))
    assert cause == "y_equals" and f"with a border that {word}" in sentence.replace(
        "is the other", "the other"
    ).replace("that is", "that")


@pytest.mark.parametrize(
    ("axes", "word"),
    list(itertools.product([(1, 2), (1,), (3,)], ["mean", "max", "sum"])),
)
def test_a_flatten_that_reduces(axes, word):
    def forward(self, x, training=False):
        return getattr(x, word)(axis=axes).reshape(len(x), -1)

    cause, sentence = only(diagnose_forward(named(Flatten, forward=forward)(), PHOTO))
    assert cause == "y_equals"
    assert ("largest" if word == "max" else word) in sentence
    assert "window" not in sentence


@pytest.mark.parametrize("base", [Sigmoid, Tanh])
def test_a_forward_that_keeps_the_first_y(base):
    def forward(self, x, training=False):
        self.y = getattr(self, "y", base.forward(self, x))
        return self.y

    cause, sentence = only(diagnose_forward(named(base, forward=forward)(), (4,)))
    assert cause == "stale" and sentence.startswith("y from a second call")


# -- windows ---------------------------------------------------------------------------


def by_table(base, corner):
    """Pooling by a table of sums, with one of its corners changed."""

    def forward(self, x, training=False):
        (rows, columns), borders = self._grid(x.shape[1:])
        (KH, KW), (SH, SW) = self.pool_size, self.strides
        padded = np.pad(x, ((0, 0), *borders, (0, 0)))
        table = np.pad(padded.cumsum(1).cumsum(2), ((0, 0), (1, 0), (1, 0), (0, 0)))
        i, j = SH * np.arange(rows), SW * np.arange(columns)
        y = corner(lambda a, b: table[:, a][:, :, b], i, j, KH, KW)
        return y / (KH * KW) if base is AveragePooling2D else y

    return named(base, forward=forward)


@pytest.mark.parametrize("base", [SumPooling2D, AveragePooling2D])
@pytest.mark.parametrize(
    ("corner", "words"),
    [
        (lambda at, i, j, h, w: at(i + h, j + w) - at(i, j + w) - at(i + h, j),
         "- all that is above and to its left"),
        (lambda at, i, j, h, w: at(i + h, j + w) - at(i + h, j) + at(i, j),
         "+ all that is above it, as far as its right end"),
        (lambda at, i, j, h, w: at(i + h, j + w) - at(i + 1, j + w) - at(i + h, j)
         + at(i, j), "- its first row, and all to the left of that"),
        (lambda at, i, j, h, w: at(i + h, j + w) - at(i, j + w) - at(i + h, j + 1)
         + at(i, j), "- its first column, and all above that"),
    ],
)  # fmt: skip
def test_a_table_of_sums_with_a_wrong_corner(base, corner, words):
    def right(at, i, j, h, w):
        return at(i + h, j + w) - at(i, j + w) - at(i + h, j) + at(i, j)

    assert diagnose_forward(by_table(base, right)((2, 3), 1), PHOTO) == []
    cause, sentence = only(diagnose_forward(by_table(base, corner)((2, 3), 1), PHOTO))
    assert cause == "y_equals" and f"of each window {words}" in sentence


@pytest.mark.parametrize("base", [MaxPooling2D, SumPooling2D, AveragePooling2D])
@pytest.mark.parametrize("word", ["rows and", "without bringing"])
def test_windows_made_by_a_wrong_reshape(base, word):
    def forward(self, x, training=False):
        (OH, OW), _ = self._grid(x.shape[1:])
        KH, KW = self.pool_size
        part, N = x[:, : OH * KH, : OW * KW], len(x)
        if word == "rows and":
            cells = part.reshape(N, KH, OH, KW, OW, -1).transpose(0, 2, 4, 1, 3, 5)
        else:
            cells = part.reshape(N, OH, OW, KH, KW, x.shape[3])
        reduce = {MaxPooling2D: np.max, SumPooling2D: np.sum}.get(base, np.mean)
        return reduce(cells, axis=(3, 4))

    found = diagnose_forward(named(base, forward=forward)((2, 3)), PHOTO)
    cause, sentence = only(found)
    assert cause == "y_equals" and word in sentence


@pytest.mark.parametrize(("border", "words"), [(1, "one cell"), (2, "two cells")])
def test_an_im2col_that_pads(border, words):
    def my_im2col(padded, window, strides):
        around = (border, border)
        return im2col(np.pad(padded, ((0, 0), around, around, (0, 0))), window, strides)

    cause, sentence = only(diagnose_windows("my_im2col", my_im2col))
    assert cause == "padded_again" and f"with {words} more" in sentence


# -- backward --------------------------------------------------------------------------


@pytest.mark.parametrize("layer", [LeakyReLU(0.2), ELU(0.7), Tanh()])
def test_the_slope_at_dy(layer):
    base = type(layer)

    def backward(self, dy):
        base.forward(self, dy)
        return base.backward(self, dy)

    layer.__class__ = named(base, backward=backward)
    assert only(diagnose(layer, (4,)))[0] == "slope_at_dy"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda a: 1 / a, "1 / negative_slope * dy"),
        (lambda a: a * a, "negative_slope**2 * dy"),
        (lambda a: 1 - a, "(1 - negative_slope) * dy"),
        (lambda a: 0.5, "0.5 * dy"),
    ],
)
def test_a_slope_made_from_the_argument(change, words):
    def backward(self, dy):
        dx = LeakyReLU.backward(self, dy)
        a = self.negative_slope
        return np.where(np.isclose(dx, dy), dy, change(a) * dy)

    layer = named(LeakyReLU, backward=backward)(0.15)
    cause, sentence = only(diagnose(layer, (4,)))
    assert cause == "gradient_equals"
    assert f"equals {words} where x is below 0" in sentence


def test_a_gradient_cut_to_its_length():
    def backward(self, dy):
        dx = Dense.backward(self, dy)
        self.grads["kernel"] = self.grads["kernel"] / np.linalg.norm(
            self.grads["kernel"]
        )
        return dx

    cause, sentence = only(diagnose(named(Dense, backward=backward)(3), (4,)))
    assert cause == "constant_factor" and "as if divided by its length" in sentence


def test_the_gradient_of_the_first_photo_for_all():
    def backward(self, dy):
        dx = Flatten.backward(self, dy)
        return np.repeat(dx[:1], len(dx), axis=0)

    cause, sentence = only(diagnose(named(Flatten, backward=backward)(), PHOTO))
    assert cause == "gradient_equals" and "the first of its photos, for all" in sentence


# -- errors ----------------------------------------------------------------------------


def error_in(text, tmp_path):
    """Run a file whose last line fails; return the line that a student reads."""
    path = tmp_path / "mine.py"
    path.write_text(text, encoding="utf-8")
    grade = Grade("")
    try:
        exec(compile(text, str(path), "exec"), {"np": np})
    except Exception as error:
        add_error(grade, error, path)
    return grade.causes, grade.lines[0]


@pytest.mark.parametrize(
    ("line", "cause", "words"),
    [
        ("np.einsum('ni,io->no', y, x)", "einsum_letters",
         "i for 4 in y and for 3 in x."),
        ("np.einsum('abc,bac->a', z, z)", "einsum_letters",
         "for 2 in z and for 3 in z"),
        ("y - y.sum(axis=1)", "shapes_do_not_fit", "(5,) would fit as (5, 1)"),
        ("y + np.ones((4, 1))", "shapes_do_not_fit", "(4, 1) would fit as one row"),
        ("z * np.ones(2)", "shapes_do_not_fit", "lacks the last 2 axes of (2, 3, 5)"),
        ("z[:, :, :4] = z[:, :, 3:9]", "shapes_do_not_fit", "cut off there"),
        ("y @ y", "shapes_do_not_fit", "y @ y.T would give"),
    ],
)  # fmt: skip
def test_what_an_exception_says(line, cause, words, tmp_path):
    text = (
        "x, y, z = np.ones((3, 4)), np.ones((5, 4)), np.ones((2, 3, 5))\n"
        f"def forward():\n    {line}\n\n\nforward()\n"
    )
    causes, said = error_in(text, tmp_path)
    assert words in said
    assert causes == [cause]


def test_what_is_none_where_backward_uses_it(tmp_path):
    text = """
from tinycnn.layers import Layer


class MyLayer(Layer):
    def backward(self, dy):
        return dy * self.kept


MyLayer().backward(np.ones(3))
"""
    causes, said = error_in(text, tmp_path)
    assert causes == ["kept_none"]
    assert said.startswith("self.kept is None where backward uses it")
