"""Wrong dropouts and batch normalisations, layers in training mode; and right ones."""
# ruff: noqa: NPY002 - students use np.random.rand

import numpy as np
import pytest

from tinycnn.diagnosis import diagnose_training
from tinycnn.diagnosis.dropout import diagnose_dropout
from tinycnn.diagnosis.training import diagnose_normalization
from tinycnn.layers import BatchNormalization, Dropout, Layer, SpatialDropout2D
from tinycnn.randomness import rng_for

SHAPES = [(5, 6, 2), (40,)]
KEEP = 0.7


def dropout(forward, backward="dy * self.mask", outside="x"):
    """Return a class: `forward` computes (mask, y) from x and rate."""

    class MyDropout(Dropout):
        calls = 0

        def forward(self, x, training=False):
            rate, keep, shape = self.rate, 1 - self.rate, x.shape
            known = {"np": np, "self": self, "x": x, "rate": rate, "keep": keep,
                     "shape": shape, "rand": np.random.rand}  # fmt: skip
            if not training:
                return eval(outside, known)
            self.x = x
            self.mask, y = eval(forward, known)
            return y

        def backward(self, dy):
            rate = self.rate
            known = {"np": np, "self": self, "dy": dy, "rate": rate, "keep": 1 - rate}
            return eval(backward, known)

    return MyDropout(0.3)


def masked(mask):
    return f"(lambda mask: (mask, x * mask))({mask})"


RIGHT = masked("(rand(*shape) >= rate) / keep")
DROPOUTS = {
    "not scaled": (masked("1.0 * (rand(*shape) >= rate)"), {}, "not_scaled"),
    "scaled by rate": (masked("(rand(*shape) >= rate) / rate"), {}, "scaled_by_rate"),
    "multiplied": (masked("(rand(*shape) >= rate) * keep"), {}, "multiplied_by_share"),
    "scaled twice": (masked("(rand(*shape) >= rate) / keep**2"), {}, "scaled_twice"),
    "twice as large": (masked("(rand(*shape) >= rate) * 2"), {}, "scale_wrong"),
    "numbers, not a mask": (masked("rand(*shape) * (rand(*shape) >= rate)"), {},
                            "scale_differs"),
    "rate is kept": (masked("(rand(*shape) < rate) / keep"), {}, "rate_is_kept"),
    "randn": (masked("(np.random.randn(*shape) >= rate) / keep"), {}, "share_dropped"),
    "one for all": (masked("(rand() >= rate) / keep * np.ones(shape)"), {},
                    "mask_per_batch"),
    "one for each photo": (
        masked("(rand(shape[0], *[1] * (x.ndim - 1)) >= rate) / keep * np.ones(shape)"),
        {}, "mask_per_photo"),
    "one photo's": (masked("(rand(1, *shape[1:]) >= rate) / keep * np.ones(shape)"), {},
                    "mask_shared_by_photos"),
    "nothing": (masked("np.ones(shape)"), {}, "nothing_dropped"),
    "everything": (masked("(rand(*shape) >= 7) / keep"), {}, "all_dropped"),
    "flat": ("(1, x.ravel())", {}, "y_shape_in_training"),
    "outside, too": (RIGHT, {"outside": RIGHT + "[1]"}, "drops_outside_training"),
    "scaled outside": (RIGHT, {"outside": "x * keep"}, "scaled_outside_training"),
    "changed outside": (RIGHT, {"outside": "x + 1"},
                        "changes_outside_training"),
    "another shape outside": (RIGHT, {"outside": "x[0]"}, "y_shape"),
    "a seed in forward": (
        masked("(np.random.default_rng(0).random(shape) >= rate) / keep"), {},
        "mask_never_changes"),
    "no mask in backward": (RIGHT, {"backward": "dy.copy()"}, "mask_left_out"),
    "no scale in backward": (RIGHT, {"backward": "dy * (self.mask > 0)"},
                             "scale_left_out"),
    "the scale once more": (RIGHT, {"backward": "dy * self.mask / keep"},
                            "scale_twice"),
    "divided by the mask": (
        RIGHT, {"backward": "dy * (self.mask > 0) * keep"}, "scale_inverted"),
    "the others": (RIGHT, {"backward": "dy * (self.mask == 0) / keep"}, "dropped_kept"),
    "the others, not scaled": (RIGHT, {"backward": "dy * (self.mask == 0)"},
                               "dropped_kept"),
    "a new mask": (
        RIGHT, {"backward": "dy * (np.random.rand(*dy.shape) >= rate) / keep"},
        "new_mask"),
    "zeros": (RIGHT, {"backward": "0 * dy"}, "zero"),
    "cubed": (RIGHT, {"backward": "dy**3"}, "unknown"),
    "the sum": (RIGHT, {"backward": "dy.sum(axis=0)"}, "wrong_shape"),
    "x written": ("(x.__imul__(2), x)", {}, "x_written"),
    "dy written": (RIGHT, {"backward": "dy.__imul__(self.mask)"}, "dy_written"),
    "the first mask": (
        "(lambda m, first: (first, x * m))(*(lambda m: (m, self.__dict__.setdefault("
        "'first', m)))((rand(*shape) >= rate) / keep))", {}, "stale"),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", DROPOUTS)
def test_the_cause_of_a_wrong_dropout(name, shape):
    forward, options, cause = DROPOUTS[name]
    layer = dropout(forward, **options)
    found = diagnose_dropout(layer, shape, Dropout(0.3))
    assert [f.cause for f in found] == [cause], found
    assert [f.cause for f in diagnose_training(layer, shape)] == [cause]
    assert layer.params == {}
    assert layer.output_shape is None  # it is not modified


NOT_SCALED = masked("1.0 * (rand(*shape) >= rate)")
RAISES = "dy.no_such_attribute"
TWO = {
    "of old": (NOT_SCALED, {"outside": "x * keep"},
               ["scaled_outside_training", "not_scaled"]),
    "never scaled, a new mask": (
        NOT_SCALED, {"backward": "dy * (np.random.rand(*dy.shape) >= rate)"},
        ["not_scaled", "new_mask"]),
    "outside, too, and the others": (
        RIGHT, {"outside": RIGHT + "[1]", "backward": "dy * (self.mask == 0) / keep"},
        ["drops_outside_training", "dropped_kept"]),
    "another shape outside, and no mask": (
        RIGHT, {"outside": "x[0]", "backward": "dy.copy()"},
        ["y_shape", "mask_left_out"]),
    "a seed in forward, not scaled": (
        masked("1.0 * (np.random.default_rng(0).random(shape) >= rate)"), {},
        ["not_scaled", "mask_never_changes"]),
    "one photo's, and a new mask": (
        masked("(rand(1, *shape[1:]) >= rate) / keep * np.ones(shape)"),
        {"backward": "dy * (np.random.rand(*dy.shape) >= rate) / keep"},
        ["mask_shared_by_photos", "new_mask"]),
    "three": (NOT_SCALED, {"outside": "x * keep", "backward": "0 * dy"},
              ["scaled_outside_training", "not_scaled", "zero"]),
    # One mistake: backward is right already.
    "scaled in backward only": (
        NOT_SCALED, {"backward": "dy * self.mask / keep"}, ["not_scaled"]),
    "everything, and backward": (
        masked("(rand(*shape) >= 7) / keep"), {"backward": "dy.copy()"},
        ["all_dropped"]),
    "outside, and an exception": (
        RIGHT, {"outside": "x * keep", "backward": RAISES},
        ["scaled_outside_training"]),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", TWO)
def test_two_mistakes_of_a_dropout_are_both_named(name, shape):
    forward, options, causes = TWO[name]
    found = diagnose_training(dropout(forward, **options), shape)
    assert [f.cause for f in found] == causes, found


def test_an_exception_in_training_is_passed_on_where_nothing_else_is_wrong():
    with pytest.raises(AttributeError, match="no_such_attribute") as caught:
        diagnose_training(dropout(RIGHT, backward=RAISES), (4,))
    assert caught.value.__notes__ == ["This is with training=True."]


def test_whole_channels_are_named_only_where_there_are_channels():
    mask = "(rand(len(x), 1, 1, shape[-1]) >= rate) / keep * np.ones(shape)"
    (found,) = diagnose_training(dropout(masked(mask)), (5, 6, 4))
    assert found.cause == "mask_per_channel"


class ByChannel(SpatialDropout2D):
    def forward(self, x, training=False):
        if not training:
            return x
        chance = np.random.rand(len(x), 1, 1, x.shape[-1])
        self.mask = (chance >= self.rate) / (1 - self.rate) * np.ones(x.shape)
        return x * self.mask

    def backward(self, dy):
        return dy * self.mask


class ByNumber(ByChannel):
    def forward(self, x, training=False):
        y = super().forward(x, training)
        if training:
            self.mask = (np.random.rand(*x.shape) >= self.rate) / (1 - self.rate)
        return x * self.mask if training else y


def test_a_spatial_dropout_drops_channels():
    for kind, causes in (
        (SpatialDropout2D, []),
        (ByChannel, []),
        (ByNumber, ["mask_per_number"]),
    ):
        found = diagnose_dropout(kind(0.3), (5, 6, 2), SpatialDropout2D(0.3))
        assert [f.cause for f in found] == causes
    (found,) = diagnose_dropout(ByChannel(0.3), (5, 6, 2), Dropout(0.3))
    assert found.cause == "mask_per_channel"


def test_a_dropout_that_forgets_to_stop_is_named():
    class MyDropout(Dropout):
        was = False

        def forward(self, x, training=False):
            self.was = self.was or training
            return super().forward(x, self.was)

    (found,) = diagnose_training(MyDropout(0.3), (5, 6, 2))
    assert found.cause == "drops_outside_training"


def test_the_sentences_give_the_shares_and_the_scales():
    _, _, cause = DROPOUTS["rate is kept"]
    (found,) = diagnose_training(dropout(DROPOUTS["rate is kept"][0]), (5, 6, 2))
    assert found.cause == cause
    share = int(found.sentence.split("%")[0].split()[-1])
    assert 66 <= share <= 74
    assert "it should be about 30%: the rate is the share that is dropped" in str(found)
    (found,) = diagnose_training(dropout(DROPOUTS["not scaled"][0]), (5, 6, 2))
    assert "they should be 1.429 times as large" in found.sentence


@pytest.mark.parametrize("backward", ["mask.mean()", "1 - rate"])
def test_a_share_that_is_the_rate_by_chance_does_not_hide_the_scale(backward):
    rng = np.random.default_rng(1)

    class MyDropout(Dropout):
        calls = 0

        def forward(self, x, training=False):
            if not training:
                return x
            type(self).calls += 1
            self.mask = rng.random(x.shape) >= self.rate
            if type(self).calls == 1:
                half = np.arange(x.size) % 2
                self.mask = rng.permutation(half).reshape(x.shape)
            return x * self.mask / self.mask.mean()

        def backward(self, dy):
            is_mean = backward == "mask.mean()"
            return dy * self.mask / (self.mask.mean() if is_mean else 1 - self.rate)

    found = diagnose_dropout(MyDropout(0.5), (5, 6, 2), Dropout(0.5))
    assert [(f.array, f.cause) for f in found][:1] == [("y", "scale_wrong")]
    assert "stale" not in [f.cause for f in found]


class KeptInTraining(Dropout):
    def forward(self, x, training=False):
        if training:
            self.mask = np.random.binomial(1, 1 - self.rate, x.shape) / (1 - self.rate)
            return x * self.mask
        return x

    def backward(self, dy):
        return dy * self.mask


class OwnGenerator(Dropout):
    rng = np.random.default_rng(5)

    def forward(self, x, training=False):
        self.mask = np.ones_like(x)
        if training:
            self.mask[self.rng.random(x.shape) < self.rate] = 0
            self.mask /= 1 - self.rate
        return x * self.mask

    def backward(self, dy):
        return np.einsum("n...,n...->n...", dy, self.mask)


class ExactShare(Dropout):
    """Drops exactly 30 % of a batch, one number after the other."""

    def forward(self, x, training=False):
        if not training:
            return x
        self.mask = np.full(x.size, 1 / (1 - self.rate))
        rng = np.random.default_rng()
        self.mask[rng.permutation(x.size)[: round(self.rate * x.size)]] = 0
        self.mask = self.mask.reshape(x.shape)
        y = np.empty_like(x)
        for n in range(len(x)):
            y[n] = x[n] * self.mask[n]
        return y

    def backward(self, dy):
        return self.mask * dy


class Recomputed(Dropout):
    """Draws the same mask once more in backward: no array is kept."""

    def mask(self, shape):
        chance = rng_for(7, "dropout", self.step).random(shape)
        return (chance >= self.rate) / (1 - self.rate)

    def forward(self, x, training=False):
        return x * self.mask(x.shape) if training else x

    def backward(self, dy):
        return dy * self.mask(dy.shape)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "kind", [Dropout, KeptInTraining, OwnGenerator, ExactShare, Recomputed]
)
@pytest.mark.parametrize("rate", [0, 0.1, 0.5, 0.9])
def test_a_right_dropout_is_right_however_it_is_written(kind, rate, shape):
    for seed in range(5):
        np.random.seed(seed)
        assert diagnose_dropout(kind(rate), shape, Dropout(rate)) == []


# -- batch normalisation --------------------------------------------------------------


def normalization(**changes):
    """Return a batch normalisation whose lines are replaced by name."""
    lines = {
        "axes": "tuple(range(x.ndim - 1))",
        "mean": "x.mean(axis=axes, keepdims=True)",
        "var": "x.var(axis=axes, keepdims=True)",
        "x_hat": "(x - mean) / np.sqrt(var + self.epsilon)",
        "y": "gamma * x_hat + beta",
        "moves": "training",
        "batch": "training",
        "moving_mean": "m * old + (1 - m) * mean.ravel()",
        "moving_variance": "m * old + (1 - m) * var.ravel()",
        "dx": "dy - dy.mean(axis=axes) - x_hat * (dy * x_hat).mean(axis=axes)",
        "scale": "gamma / np.sqrt(var + self.epsilon)",
        "dgamma": "(dy * x_hat).sum(axis=axes)",
        **changes,
    }

    class MyBatchNormalization(BatchNormalization):
        def forward(self, x, training=False):
            known = {"np": np, "self": self, "x": x, "m": self.momentum, **self.params,
                     "training": training}  # fmt: skip

            def value(name, **more):
                return eval(lines[name], {**known, **more})

            known["axes"] = value("axes")
            mean, var = self.state["moving_mean"], self.state["moving_variance"]
            is_batch = value("batch")
            if is_batch or value("moves"):
                known["mean"] = value("mean")
                known["var"] = value("var")
            if value("moves"):
                for name in self.state:
                    self.state[name] = value(name, old=self.state[name])
            if not is_batch:
                known |= {"mean": mean, "var": var}
            known["x_hat"] = value("x_hat")
            self.known = {**known, "is_batch": is_batch}
            return value("y")

        def backward(self, dy):
            known = {**self.known, "dy": dy}
            self.grads = {
                "gamma": eval(lines["dgamma"], known),
                "beta": dy.sum(axis=known["axes"]),
            }
            dx = eval(lines["dx"], known) if known["is_batch"] else dy
            return dx * eval(lines["scale"], known)

    return MyBatchNormalization(momentum=0.9, epsilon=0.1)


SAMPLE = "x.var(axis=axes, keepdims=True, ddof=1)"
NORMALIZATIONS = {
    "right": ({}, None),
    "running in training": ({"batch": "False"}, "running_in_training"),
    "a sample's": ({"var": SAMPLE}, "variance_of_a_sample"),
    "epsilon outside": ({"x_hat": "(x - mean) / (np.sqrt(var) + self.epsilon)"},
                        "epsilon_outside_root"),
    "no epsilon": ({"x_hat": "(x - mean) / np.sqrt(var)"}, "epsilon_left_out"),
    "no root": ({"x_hat": "(x - mean) / (var + self.epsilon)"}, "divided_by_variance"),
    "no mean": ({"x_hat": "x / np.sqrt(var + self.epsilon)"}, "mean_not_subtracted"),
    "no deviation": ({"x_hat": "x - mean"}, "not_divided_by_deviation"),
    "no gamma": ({"y": "x_hat + beta"}, "gamma_left_out"),
    "no beta": ({"y": "gamma * x_hat"}, "beta_left_out"),
    "neither": ({"y": "x_hat"}, "gamma_left_out"),
    "swapped": ({"y": "beta * x_hat + gamma"}, "gamma_beta_swapped"),
    "squared": ({"y": "gamma * x_hat**2"}, "differs_in_training"),
    "flat": ({"y": "(gamma * x_hat + beta).ravel()"}, "y_shape_in_training"),
    "per place": (
        {"axes": "(0,)", "moving_mean": "old", "moving_variance": "old"},
        "statistics_per_place"),
    "over channels": (
        {"axes": "tuple(range(x.ndim))", "moving_mean": "old",
         "moving_variance": "old"},
        "statistics_over_channels"),
    "per photo": (
        {"axes": "tuple(range(1, x.ndim))", "moving_mean": "old",
         "moving_variance": "old"}, "statistics_per_photo"),
    "constants": ({"dx": "dy"}, "statistics_constant"),
    "the variance is constant": ({"dx": "dy - dy.mean(axis=axes)"},
                                 "variance_constant"),
    "the mean is constant": ({"dx": "dy - x_hat * (dy * x_hat).mean(axis=axes)"},
                             "mean_constant"),
    "no gamma in dx": ({"scale": "1 / np.sqrt(var + self.epsilon)"},
                       "gamma_left_out_of_dx"),
    "a mean for dgamma": ({"dgamma": "(dy * x_hat).mean(axis=axes)"},
                          "mean_instead_of_sum"),
    "never moves": ({"moving_mean": "old", "moving_variance": "old"},
                    "running_never_move"),
    "the last batch": (
        {"moving_mean": "mean.ravel()", "moving_variance": "var.ravel()"},
        "running_last_batch"),
    "PyTorch's momentum": (
        {"moving_mean": "(1 - m) * old + m * mean.ravel()",
         "moving_variance": "(1 - m) * old + m * var.ravel()"}, "momentum_swapped"),
    "PyTorch's variance": (
        {"moving_variance":
         "m * old + (1 - m) * x.var(axis=axes, ddof=1)"},
        "running_variance_of_a_sample"),
    "deviations": (
        {"moving_variance": "m * old + (1 - m) * np.sqrt(var.ravel())"},
        "running_deviation"),
    "the mean only": ({"moving_variance": "old"}, "running_variance_never_moves"),
    "the variance only": ({"moving_mean": "old"}, "running_mean_never_moves"),
    "half": ({"moving_mean": "old / 2 + mean.ravel() / 2"}, "moment_becomes"),
    "bent": ({"moving_mean": "m * old + np.sin(9 * mean.ravel())"}, "running_differ"),
    "always": ({"moves": "True"}, "running_moves_outside"),
}  # fmt: skip


@pytest.mark.parametrize("shape", [(5, 6, 2), (3,)])
@pytest.mark.parametrize("name", NORMALIZATIONS)
def test_the_cause_of_a_wrong_batch_normalisation(name, shape):
    changes, cause = NORMALIZATIONS[name]
    if len(shape) == 1 and name in ("per place", "a mean for dgamma"):
        return  # there, the batch is all there is to sum over
    layer = normalization(**changes)
    reference = BatchNormalization(momentum=0.9, epsilon=0.1)
    found = diagnose_normalization(layer, shape, reference)
    causes = list(dict.fromkeys(f.cause for f in found))
    assert causes == ([cause] if cause else []), found


def test_batch_statistics_outside_training_are_named():
    layer = normalization(batch="True")
    reference = BatchNormalization(momentum=0.9, epsilon=0.1)
    (found,) = diagnose_normalization(layer, (5, 6, 2), reference)
    assert found.cause == "batch_statistics_outside"


# -- any layer ------------------------------------------------------------------------


class Noise(Layer):
    """Adds noise during training; the noise is a part of the slope."""

    def forward(self, x, training=False):
        self.gain = 1 + 0.1 * np.random.standard_normal(x.shape) if training else 1.0
        return x * self.gain

    def backward(self, dy):
        return dy * self.gain


class NewNoise(Noise):
    def backward(self, dy):
        return dy * (1 + 0.1 * np.random.standard_normal(dy.shape))


class WrongNoise(Noise):
    def backward(self, dy):
        return dy * self.gain if np.isscalar(self.gain) else -dy * self.gain


class Clock(Noise):
    """Its numbers cannot be repeated, so its gradient cannot be measured."""

    count = 0

    def forward(self, x, training=False):
        Clock.count += 1
        self.gain = 1 + Clock.count if training else 1.0
        return x * self.gain


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (Noise, None),
        (Clock, None),
        (
            NewNoise,
            "With training=True, dx is wrong: backward draws new random numbers from "
            "np.random.",
        ),
        (WrongNoise, "With training=True: dx has the wrong sign."),
    ],
)
def test_a_layer_that_changes_with_training_is_measured_there(kind, sentence):
    found = diagnose_training(kind(), (5, 6, 2))
    assert [f.sentence for f in found] == ([sentence] if sentence else [])
    if kind is NewNoise:
        assert found[0].cause == "backward_draws"


@pytest.mark.parametrize("base", [Layer, Dropout, BatchNormalization])
def test_a_return_that_is_missing_in_training_is_named(base):
    def forward(self, x, training=False):
        return None if training else x

    layer = type(f"My{base.__name__}", (base,), {"forward": forward})
    (found,) = diagnose_training(layer(0.5) if base is Dropout else layer(), (4,))
    assert found.cause == "nothing_returned"
    assert found.sentence == "With training=True: forward returns nothing (None)."


def test_an_exception_says_that_it_was_in_training():
    class Fails(Layer):
        def forward(self, x, training=False):
            return x[9999] if training else x

    for layer in (Fails(), type("MyDropout", (Dropout,), dict(vars(Fails)))(0.5)):
        with pytest.raises(IndexError) as caught:
            diagnose_training(layer, (4,))
        assert caught.value.__notes__ == ["This is with training=True."]
