"""Metrics under the names given to compile, logits as output, yes/no outputs."""

import subprocess

import numpy as np
import pytest
from conftest import command_line, environment
from PIL import Image

from tinycnn import Sequential, load_model, losses, metrics
from tinycnn.callbacks import Callback, EarlyStopping, ModelCheckpoint
from tinycnn.explanation import occlusion, votes
from tinycnn.keras import words
from tinycnn.keras.words import KerasWordWarning
from tinycnn.layers import Dense, Flatten, Sigmoid, Softmax
from tinycnn.page.facts import Explained
from tinycnn.preprocessing.photos import Preprocessing

RNG = np.random.default_rng(8)
X = RNG.random((20, 6)).astype(np.float32)
THREE = np.arange(20) % 3
TWO = np.arange(20) % 2


def model_for(units, last, loss, metrics=("accuracy",)):
    model = Sequential([Dense(5, "relu", input_shape=(6,)), Dense(units, last)])
    model.compile("adam", loss, metrics=list(metrics))
    return model


def fitted(*arguments, y=THREE, epochs=3, **keywords):
    model = model_for(*arguments, **keywords)
    model.fit(X, y, epochs=epochs, verbose=0, batch_size=6, validation_data=(X, y))
    return model


@pytest.mark.parametrize(
    "name", ["acc", "accuracy", "sparse_categorical_accuracy", "mse", "mae"]
)
def test_the_history_has_the_name_that_was_asked_for(name):
    model = fitted(3, "softmax", "sparse_categorical_crossentropy", metrics=[name])
    assert list(model.history.history) == ["loss", name, "val_loss", f"val_{name}"]
    assert model.metrics_names == ["loss", name]
    _, value = model.evaluate(X, THREE, verbose=0)
    p = model.predict(X)
    one_hot = np.eye(3)[THREE]
    expected = {
        "mse": np.mean((p - one_hot) ** 2),
        "mae": np.mean(np.abs(p - one_hot)),
    }.get(name, np.mean(p.argmax(1) == THREE))
    assert value == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("asked", "read"), [("acc", "accuracy"), ("accuracy", "acc")])
def test_acc_and_accuracy_are_found_under_either_name(
    tmp_path, monkeypatch, asked, read
):
    seen = []

    class Stop(Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append((logs.get(read), logs[f"val_{read}"]))

    model = model_for(3, "softmax", "categorical_crossentropy", metrics=[asked])
    path = str(tmp_path / ("{epoch}-{val_" + read + ":.2f}.h5"))
    callbacks = [Stop(), EarlyStopping(f"val_{read}"), ModelCheckpoint(path)]
    monkeypatch.setattr(words, "_said", set())
    with pytest.warns(KerasWordWarning) as said:
        history = model.fit(
            X, THREE, validation_split=0.3, verbose=0, callbacks=callbacks
        ).history
        assert history[read] == history[asked] == [seen[0][0]]
        assert history[f"val_{read}"] == [seen[0][1]]
        assert history.get(read) == history[asked]
    assert sorted(str(one.message) for one in said) == [
        f"the figure '{read}' is called '{asked}' here",
        f"the figure 'val_{read}' is called 'val_{asked}' here",
    ]
    assert f"val_{read}" in history
    assert sorted(history) == sorted(["loss", asked, "val_loss", f"val_{asked}"])
    assert history.get("val_auc") is None
    with pytest.raises(KeyError, match="val_auc"):
        history["val_auc"]
    assert len(list(tmp_path.iterdir())) == 1


def test_precision_and_recall_are_those_of_the_epoch_not_means_of_batches():
    kinds = [metrics.Precision(), metrics.Recall()]
    model = fitted(1, "sigmoid", "binary_crossentropy", y=TWO, metrics=kinds, epochs=9)
    yes = model.predict(X)[:, 0] > 0.5
    _, precision, recall = model.evaluate(X, TWO, batch_size=3, verbose=0)
    assert precision == pytest.approx(np.sum(yes & (TWO == 1)) / max(1, np.sum(yes)))
    assert recall == pytest.approx(np.sum(yes & (TWO == 1)) / np.sum(TWO == 1))


def test_a_function_of_the_users_is_a_metric():
    def bias(y_true, y_pred):
        return y_pred - y_true

    model = fitted(1, "sigmoid", "binary_crossentropy", y=TWO, metrics=[bias])
    _, value = model.evaluate(X, TWO, verbose=0)
    assert value == pytest.approx(np.mean(model.predict(X)[:, 0] - TWO), abs=1e-6)
    assert "val_bias" in model.history.history


def test_each_yes_or_no_output_counts_for_accuracy():
    y = (RNG.random((20, 4)) > 0.7).astype(int)
    y[:, 0] = 1
    model = fitted(4, "sigmoid", "binary_crossentropy", y=y)
    _, value = model.evaluate(X, y, verbose=0)
    assert value == pytest.approx(np.mean((model.predict(X) > 0.5) == y))
    one_hot = np.eye(4)[THREE]  # the labels do not show it, but the loss does
    _, value = model.evaluate(X, one_hot, verbose=0)
    assert value == pytest.approx(np.mean((model.predict(X) > 0.5) == one_hot))


@pytest.mark.parametrize(
    ("units", "last", "loss", "y"),
    [
        (1, "sigmoid", losses.BinaryCrossentropy, TWO),
        (3, "softmax", losses.CategoricalCrossentropy, np.eye(3)[THREE]),
        (3, "softmax", losses.SparseCategoricalCrossentropy, THREE),
    ],
)
def test_from_logits_learns_the_same_without_the_last_layer(
    tmp_path, units, last, loss, y
):
    plain = fitted(units, last, loss(), y=y)
    model = fitted(units, None, loss(from_logits=True), y=y)
    for name, values in plain.history.history.items():
        assert model.history.history[name] == pytest.approx(values, rel=1e-6)
    logits, activation = model.predict(X), {1: Sigmoid, 3: Softmax}[units]()
    np.testing.assert_allclose(activation(logits), plain.predict(X), rtol=1e-5)
    model.classes = ["a", "b", "c"][: max(2, units)]
    model.save(tmp_path / "logits.h5")
    again = load_model(tmp_path / "logits.h5")
    assert again.loss.from_logits
    assert again.evaluate(X, y, verbose=0) == model.evaluate(X, y, verbose=0)
    plain.classes = model.classes
    assert again.classify(X[:1])[0] == plain.classify(X[:1])[0]
    assert again.classify(X[:1])[1] == pytest.approx(plain.classify(X[:1])[1], rel=1e-5)


def test_logits_and_probabilities_are_not_mixed_up():
    with pytest.raises(ValueError, match="last layer with activation='softmax'"):
        model_for(3, None, losses.CategoricalCrossentropy())
    with pytest.raises(ValueError, match="last layer with activation='sigmoid'"):
        model_for(3, "softmax", losses.BinaryCrossentropy(from_logits=True))
    loss = losses.CategoricalCrossentropy(from_logits=True)
    with pytest.warns(UserWarning, match=r"ends with Softmax\(\), so from_logits=True"):
        one = fitted(3, "softmax", loss)
    two = fitted(3, "softmax", "categorical_crossentropy")
    np.testing.assert_array_equal(one.predict(X), two.predict(X))


@pytest.mark.parametrize(
    "name",
    [
        *("categorical_crossentropy", "sparse_categorical_crossentropy"),
        "binary_crossentropy",
    ],
)
def test_a_losss_function_may_stand_for_its_name(name):
    units, last, y = (1, "sigmoid", TWO) if "binary" in name else (3, "softmax", THREE)
    function = getattr(losses, name)
    model = fitted(units, last, function, y=y)
    rows = {"b": TWO[:, None], "c": np.eye(3)[THREE], "s": THREE}[name[0]]
    per_photo = function(rows, model.predict(X))
    loss, _ = model.evaluate(X, y, verbose=0)
    assert np.mean(per_photo) == pytest.approx(loss, rel=1e-5)


def test_label_smoothing_by_hand():
    loss = losses.CategoricalCrossentropy(label_smoothing=0.3)
    z = np.array([[1.0, 2.0, -1.0]])
    p = Softmax()(z)[0]
    y = [0.1, 0.8, 0.1]
    value, dz = loss([1], z)
    assert value == pytest.approx(-sum(y * np.log(p)))
    np.testing.assert_allclose(dz[0], p - y, rtol=1e-12)
    value, _ = losses.BinaryCrossentropy(label_smoothing=0.2)([1], np.array([[0.0]]))
    assert value == pytest.approx(np.log(2))
    with pytest.raises(ValueError, match="mean over the batch"):
        losses.BinaryCrossentropy(reduction="none")


@pytest.mark.parametrize("units", [1, 3])
def test_what_answers_for_logits_answers_with_probabilities(units, tmp_path):
    rng = np.random.default_rng(units)
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(4):
        pixels = rng.integers(0, 256, (6, 5, 3), np.uint8)
        Image.fromarray(pixels).save(photos / f"{number}.png")
    word = {1: "sigmoid", 3: "softmax"}[units]
    kind = {1: losses.BinaryCrossentropy, 3: losses.CategoricalCrossentropy}[units]
    plain = Sequential([Flatten(input_shape=(6, 5, 3)), Dense(units, word)])
    logits = Sequential([Flatten(input_shape=(6, 5, 3)), Dense(units)])
    logits.set_weights(plain.get_weights())
    printed = []
    for model, loss in ((plain, kind()), (logits, kind(from_logits=True))):
        model.compile("adam", loss)
        model.classes = ["a", "b", "c"][: max(2, units)]
        model.preprocessing = Preprocessing((6, 5), "rgb", rescale=1 / 255)
        model.save(tmp_path / "model.safetensors")
        command = command_line("predict", tmp_path / "model.safetensors", photos)
        run = subprocess.run(command, capture_output=True, text=True, env=environment())
        printed.append(run.stdout)
    assert printed[0] == printed[1]
    assert "%" in printed[0]
    x = rng.random((7, 6, 5, 3)).astype(np.float32)
    np.testing.assert_array_equal(logits.predict_classes(x), plain.predict_classes(x))
    for one in x:
        expected, got = votes(plain, one), votes(logits, one)
        assert (got.class_name, got.logit) == (expected.class_name, expected.logit)
        square = occlusion(logits, one, size=2)
        np.testing.assert_allclose(square, occlusion(plain, one, size=2), rtol=1e-12)
    expected, got = Explained(plain).content(), Explained(logits).content()
    assert {**got, "file": ""} == {**expected, "file": ""}
    assert got["answer"] == word


@pytest.mark.parametrize("units", [1, 3])
def test_auc_is_that_of_the_whole_epoch_by_counting_pairs(units):
    y = (RNG.random((20, units)) > 0.5).astype(int)
    fine = metrics.AUC(num_thresholds=100_000, name="area")
    model = fitted(units, "sigmoid", "binary_crossentropy", y=y, metrics=[fine, "AUC"])
    _, area, coarse = model.evaluate(X, y, batch_size=3, verbose=0)
    p = model.predict(X)
    pairs = p[y == 1][:, np.newaxis] - p[y == 0]
    assert area == pytest.approx(np.mean((pairs > 0) + 0.5 * (pairs == 0)), abs=1e-3)
    assert coarse == pytest.approx(area, abs=0.03)
    assert list(model.history.history)[1:3] == ["area", "auc"]
    logits = fitted(
        units, None, losses.BinaryCrossentropy(True), y=y, metrics=["AUC"], epochs=3
    )
    assert logits.evaluate(X, y, verbose=0)[1] == pytest.approx(coarse, abs=1e-6)


def test_auc_by_hand_and_without_one_of_the_answers():
    auc = metrics.AUC()
    assert auc([0, 0, 1, 1], [[0.1], [0.4], [0.35], [0.8]]) == pytest.approx(0.75)
    assert auc([1, 1], [[0.2], [0.3]]) == 0.0  # as in Keras: no curve


def test_top_k_counts_the_photos_whose_class_is_among_the_k_largest():
    p = np.array([[0.1, 0.2, 0.7], [0.5, 0.3, 0.2], [0.2, 0.5, 0.3]])
    top = [metrics.TopKCategoricalAccuracy(k)([1, 1, 0], p) for k in (1, 2, 3)]
    assert top == pytest.approx([0, 2 / 3, 1])
