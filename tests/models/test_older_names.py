"""evaluate and predict: older names, steps, callbacks, and unlike preprocessing."""

import warnings

import numpy as np
import pytest

from tinycnn import Sequential
from tinycnn.batches import ArrayBatches
from tinycnn.callbacks import Callback
from tinycnn.layers import Dense
from tinycnn.preprocessing.photos import Preprocessing

RNG = np.random.default_rng(8)
X = RNG.random((20, 6)).astype(np.float32)
Y = np.arange(20) % 2


def model_for(units=1):
    model = Sequential([Dense(units, "softmax" if units > 1 else "sigmoid")], seed=3)
    loss = "categorical_crossentropy" if units > 1 else "binary_crossentropy"
    model.compile("adam", loss, metrics=["acc"])
    model.fit(X, Y, verbose=0)
    return model


def test_the_old_names_give_the_same_answers():
    model, source = model_for(), ArrayBatches(X, Y, 6, shuffle=True)
    p, sixes = model.predict(X), model.predict(X, 6)
    np.testing.assert_array_equal(model.predict_generator(source, steps=4), sixes)
    np.testing.assert_array_equal(model.predict_generator(source, 2), sixes[:12])
    np.testing.assert_array_equal(model.predict_proba(X), p)
    np.testing.assert_array_equal(model.predict_on_batch(X), p)
    np.testing.assert_array_equal(model.predict_classes(X), (p > 0.5).astype(int))
    many = model_for(3)
    labels = many.predict(X).argmax(axis=1)
    np.testing.assert_array_equal(many.predict_classes(X), labels)
    figures = model.evaluate(X, Y, verbose=0)
    assert model.evaluate_generator(source, steps=4) == pytest.approx(figures)
    assert model.test_on_batch(X, Y) == pytest.approx(figures)
    named = model.evaluate(X, Y, verbose=0, return_dict=True)
    assert list(named) == model.metrics_names == ["loss", "acc"]
    assert list(named.values()) == pytest.approx(figures)
    assert list(model.train_on_batch(X, Y, return_dict=True)) == ["loss", "acc"]


def test_predict_takes_generators_and_steps():
    model = model_for()
    # A BLAS may round a product of five rows and one of twenty differently.
    fives, eights, tens = (model.predict(X, size) for size in (5, 8, 10))
    np.testing.assert_allclose(fives, model.predict(X), rtol=1e-6)
    np.testing.assert_array_equal(model.predict(X, 8, steps=2), eights[:16])
    pairs = ((X[n : n + 5], Y[n : n + 5]) for n in range(0, 20, 5))
    np.testing.assert_array_equal(model.predict(pairs), fives)
    alone = (X[n : n + 5] for n in range(0, 20, 5))
    np.testing.assert_array_equal(model.predict(alone, steps=3), fives[:15])
    twice = model.predict(ArrayBatches(X, None, 10), steps=4)
    np.testing.assert_array_equal(twice, np.concatenate([tens, tens]))
    with pytest.raises(ValueError, match="steps should be"):
        model.predict(X, steps=0)


@pytest.mark.parametrize("verb", ["evaluate", "validation", "source", "generator"])
def test_numbers_of_255_after_learning_on_1_are_warned_about(verb):
    model, large = model_for(), X * 255
    ways = {
        "evaluate": lambda x: model.evaluate(x, Y, verbose=0),
        "validation": lambda x: model.fit(X, Y, validation_data=(x, Y), verbose=0),
        "source": lambda x: model.predict(ArrayBatches(x, Y)),
        "generator": lambda x: model.predict(iter([x])),
    }
    with pytest.warns(UserWarning, match="numbers of x go up to about 256, "):
        ways[verb](large)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ways[verb](X)


def test_photos_prepared_differently_are_warned_about():
    model, source = model_for(), ArrayBatches(X, Y)
    model.preprocessing = Preprocessing(target_size=(2, 3), rescale=1 / 255)
    source.preprocessing = Preprocessing(target_size=(2, 3))
    with pytest.warns(
        UserWarning, match=r"little: rescale is None, not 1/255; "
    ) as said:
        model.predict(source)
    assert said[0].filename == __file__  # the caller's line, not one of the library's
    source.preprocessing = model.preprocessing
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict(source)


def test_callbacks_of_evaluate_and_predict_are_called():
    class Seeing(Callback):
        def __init__(self):
            self.seen = []

        def on_test_begin(self, logs=None):
            self.seen.append("test")

        def on_test_batch_end(self, batch, logs=None):
            self.seen.append((batch, sorted(logs)))

        def on_test_end(self, logs=None):
            self.seen.append(sorted(logs))

        def on_predict_begin(self):
            self.seen.append("predict")

        def on_predict_batch_end(self, batch):
            self.seen.append(batch)

        def on_predict_end(self, logs):
            self.seen.append(self.model)

    model, seeing = model_for(), Seeing()
    model.evaluate(X, Y, batch_size=10, verbose=0, callbacks=[seeing])
    names = ["acc", "loss"]
    assert seeing.seen == ["test", (0, names), (1, names), names]
    seeing.seen = []
    model.predict(X, batch_size=10, callbacks=seeing)
    assert seeing.seen == ["predict", 0, 1, model]
