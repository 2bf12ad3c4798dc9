"""A checkpoint holds everything, or is refused in one line."""

import json
import os
import signal
import struct

import numpy as np
import pytest
from conftest import PROJECT
from safetensors.numpy import load_file

from tinycnn import DivergedError, ModelFileError, Sequential, load_model
from tinycnn.callbacks import Callback, EarlyStopping, ModelCheckpoint
from tinycnn.commands.checkpoint import (
    Checkpoint,
    load_checkpoint,
    mark_finished,
    versions,
)
from tinycnn.commands.process import Interrupted, Signals
from tinycnn.files.safetensors import read_file, write_file
from tinycnn.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten
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

RNG = np.random.default_rng(5)
X = RNG.random((20, 6, 5, 2), dtype=np.float32)
Y = (RNG.random(20) > 0.5).astype(np.float32)


def small_model(optimizer="adam"):
    layers = [
        Conv2D(3, (3, 3), input_shape=(6, 5, 2), activation="relu"),
        Flatten(),
        Dropout(0.3),
        Dense(1, "sigmoid"),
    ]
    model = Sequential(layers, seed=3)
    model.compile(optimizer, "binary_crossentropy", ["accuracy"])
    return model


class Save(Callback):
    """Saves a checkpoint after one of the epochs; it stands behind the others."""

    def __init__(self, path, after, callbacks):
        self.path, self.after, self.callbacks = path, after, callbacks
        self.rows = []

    def on_epoch_end(self, epoch, logs):
        self.rows.append(logs)
        if len(self.rows) == self.after:
            Checkpoint(
                self.model,
                self.rows,
                self.callbacks,
                {"a": 1},
                is_stopped=self.model.stop_training,
            ).save(self.path)


def fit(model, epochs, callbacks, first=0):
    return model.fit(
        X, Y, epochs=epochs, initial_epoch=first, validation_split=0.3, verbose=0,
        callbacks=callbacks, batch_size=6,
    )  # fmt: skip


def resumed(path, optimizer, epochs, callback):
    """(checkpoint, its model after the remaining epochs, their history)."""
    checkpoint = load_checkpoint(path, [callback])
    last = checkpoint.epoch if checkpoint.is_stopped else epochs
    history = fit(checkpoint.model, last, [callback], first=checkpoint.epoch)
    return checkpoint, checkpoint.model, history


OPTIMIZERS = [
    Adam(0.01, clipnorm=1.0),
    SGD(schedules.ExponentialDecay(0.3, 5, 0.7), momentum=0.9, nesterov=True),
    RMSprop(0.01, momentum=0.5, centered=True),
    Adagrad(schedules.CosineDecay(0.1, 20), weight_decay=0.01),
    Adadelta(1.0),
    Adamax(0.01),
    AdamW(0.01, global_clipnorm=1.0),
    Nadam(schedules.PiecewiseConstantDecay([4, 8], [0.01, 0.02, 0.005])),
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda one: one.name)
def test_a_fit_with_any_optimiser_schedule_and_layer_is_resumed(optimizer, tmp_path):
    def model():
        layers = [
            Conv2D(3, 3, input_shape=(6, 5, 2), use_bias=False),
            BatchNormalization(),
            Flatten(),
            Dense(4, activation="elu", kernel_regularizer="l1_l2"),
            Dense(1, activation="sigmoid"),
        ]
        model = Sequential(layers, seed=3)
        kind = type(optimizer)
        model.compile(kind(**optimizer.config()), "binary_crossentropy", ["accuracy"])
        return model

    path, whole, stopping = tmp_path / "c", model(), EarlyStopping(patience=99)
    history = fit(whole, 4, [stopping])
    before, again = EarlyStopping(patience=99), EarlyStopping(patience=99)
    fit(model(), 2, [before, Save(path, 2, [before])])
    checkpoint = load_checkpoint(path, [again])
    rows = fit(checkpoint.model, 4, [again], first=2).history
    assert checkpoint.model.optimizer.learning_rate == whole.optimizer.learning_rate
    for name, figures in rows.items():
        assert figures[-2:] == history.history[name][-2:], name
    assert again.best == stopping.best
    for name, array in whole.arrays.items():
        np.testing.assert_array_equal(checkpoint.model.arrays[name], array, name)


@pytest.mark.parametrize("optimizer", [Adam(0.01), SGD(0.1, momentum=0.9)])
@pytest.mark.parametrize("after", [1, 3, "the last"])
def test_a_resumed_fit_equals_one_that_was_never_interrupted(
    optimizer, after, tmp_path
):
    path = tmp_path / "checkpoint.safetensors"
    kind, arguments = type(optimizer), optimizer.config()
    whole, stopping = small_model(kind(**arguments)), EarlyStopping(patience=2)
    history = fit(whole, 60, [stopping])
    assert stopping.stopped_epoch is not None
    if after == "the last":  # killed before the best weights are given back
        after = stopping.stopped_epoch + 1
    before = EarlyStopping(patience=2)
    fit(small_model(kind(**arguments)), after, [before, Save(path, after, [before])])

    again = EarlyStopping(patience=2)
    checkpoint, model, continued = resumed(path, optimizer, 60, again)
    assert checkpoint.epoch == after
    assert checkpoint.notes == {"a": 1}
    assert checkpoint.versions == versions()
    for name in ("best", "best_epoch", "stopped_epoch", "waited"):
        assert getattr(again, name) == getattr(stopping, name)
    losses = [row["val_loss"] for row in checkpoint.rows]
    losses += continued.history.get("val_loss", [])
    assert losses == history.history["val_loss"]
    for one, other in zip(whole.get_weights(), model.get_weights(), strict=True):
        assert np.array_equal(one, other)


class Halving(Callback):
    """Halves the learning rate when the loss has grown twice: a schedule with state."""

    def __init__(self):
        self.last, self.grown = None, 0

    def state(self):
        return {"last": self.last, "grown": self.grown}, {}

    def restore(self, numbers, arrays):
        self.last, self.grown = numbers["last"], numbers["grown"]

    def on_epoch_end(self, epoch, logs):
        self.grown += self.last is not None and logs["val_loss"] > self.last
        self.last = logs["val_loss"]
        if self.grown == 2:
            self.model.optimizer.learning_rate /= 2
            self.grown = 0


def test_a_schedule_of_ones_own_is_resumed_with_its_state(tmp_path):
    path = tmp_path / "checkpoint.safetensors"
    whole = small_model(Adam(0.03))
    fit(whole, 12, [Halving()])
    assert whole.optimizer.learning_rate < 0.03
    before, again = Halving(), Halving()
    fit(small_model(Adam(0.03)), 5, [before, Save(path, 5, [before])])
    assert before.grown == 1  # what would be lost without it
    _, model, _ = resumed(path, Adam(0.03), 12, again)
    assert model.optimizer.learning_rate == whole.optimizer.learning_rate
    for one, other in zip(whole.get_weights(), model.get_weights(), strict=True):
        assert np.array_equal(one, other)


VERSION_1 = PROJECT / "tests/golden/checkpoint-version-1.safetensors"


def test_a_checkpoint_of_format_version_1_is_resumed(tmp_path):
    """tinycnn before the format changed wrote the file: three epochs of `fit` below."""
    again, stopping = EarlyStopping(patience=2), EarlyStopping(patience=2)
    whole = small_model(Adam(0.01))
    history = fit(whole, 60, [stopping])
    checkpoint, model, continued = resumed(VERSION_1, Adam(0.01), 60, again)
    assert (checkpoint.epoch, checkpoint.model.seed) == (3, 3)
    assert checkpoint.notes == {"a": 1}
    assert (again.best_epoch, again.stopped_epoch) == (
        stopping.best_epoch,
        stopping.stopped_epoch,
    )
    # Its bits are those of the machine and the NumPy that wrote it.
    losses = [row["val_loss"] for row in checkpoint.rows]
    losses += continued.history["val_loss"]
    np.testing.assert_allclose(losses, history.history["val_loss"], rtol=1e-5)
    for one, other in zip(whole.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    checkpoint = load_checkpoint(VERSION_1)
    checkpoint.save(tmp_path / "new.safetensors")
    assert load_checkpoint(tmp_path / "new.safetensors").rows == checkpoint.rows


@pytest.fixture
def saved(tmp_path):
    """(path of a checkpoint, its JSON, its arrays)."""
    path = tmp_path / "checkpoint.safetensors"
    best = ModelCheckpoint(tmp_path / "best.safetensors", save_best_only=True)
    stopping = EarlyStopping(patience=9)
    fit(small_model(), 2, [best, stopping, Save(path, 2, [best, stopping])])
    head = path.read_bytes()
    length = struct.unpack("<Q", head[:8])[0]
    metadata = json.loads(head[8 : 8 + length])["__metadata__"]
    return path, json.loads(metadata["tinycnn"]), load_file(path)


def test_a_checkpoint_holds_what_it_should(saved):
    _, config, arrays = saved
    weights = ["0.kernel", "0.bias", "4.kernel", "4.bias"]
    assert set(arrays) == {
        *weights,
        *(f"{kind}.{w}" for kind in ("m", "v", "callback 1") for w in weights),
        "figures",
    }
    assert arrays["figures"].shape == (2, 4)
    assert (config["epoch"], config["step"]) == (2, 6)
    assert config["model"]["seed"] == 3
    name, numbers = config["callbacks"][0]
    assert (name, numbers) == ("ModelCheckpoint", {"best": pytest.approx(0.7, 1)})
    assert config["versions"]["NumPy"] == np.__version__


def callbacks_of():
    return [ModelCheckpoint("best.safetensors"), EarlyStopping()]


def test_it_loads_again(saved):
    assert load_checkpoint(saved[0], callbacks_of()).model.optimizer.t == 6


def test_without_callbacks_their_state_is_ignored(saved):
    checkpoint = load_checkpoint(saved[0])
    assert (checkpoint.epoch, list(checkpoint.callbacks)) == (2, [])


def test_marking_a_checkpoint_finished_changes_nothing_else(saved):
    path, config, arrays = saved
    mark_finished(path)
    assert load_checkpoint(path, callbacks_of()).is_finished
    again, arrays_again = read_file(path)
    assert again == {**config, "is_finished": True}
    assert set(arrays_again) == set(arrays)
    for name, array in arrays.items():
        assert array.tobytes() == arrays_again[name].tobytes()


def put(*keys, value):
    """A change of one entry of the JSON."""

    def change(config, arrays):
        room = config
        for key in keys[:-1]:
            room = room[key]
        room[keys[-1]] = value

    return change


def drop(name):
    return lambda config, arrays: arrays.pop(name)


def array(name, change):
    def changed(config, arrays):
        arrays[name] = change(arrays[name])

    return changed


def nan_in(numbers):
    numbers = numbers.copy()
    numbers.flat[0] = np.nan
    return numbers


HOSTILE = {
    "format": (put("format", value="tinycnn model"), "it does not hold a checkpoint"),
    "newer": (put("version", value=3), "it was made by a newer tinycnn"),
    "true version": (put("version", value=True), "format version True"),
    "another entry": (put("more", value=1), "its entries should be"),
    "no model": (lambda config, arrays: config.pop("model"), "its entries should be"),
    "model no dict": (put("model", value=[]), "model should be of type dict"),
    "unknown layer": (put("model", "layers", 0, 0, value="os"), "layers should be of"),
    "not compiled": (put("model", "compiled", value=None), "the model is not compiled"),
    "no epoch": (put("epoch", value=0), "epoch should be a whole number of at least 1"),
    "true epoch": (put("epoch", value=True), "epoch should be of type int"),
    "other epoch": (put("epoch", value=3), "the metrics should be 4 for each of 3"),
    "no step": (put("step", value=0), "step should be a whole number of at least 1"),
    "giant step": (put("step", value=10**30), "step should be at most"),
    "figures": (put("figures", value=["a", "a", "b", "c"]), "the metrics should be"),
    "no figures": (put("figures", value=7), "figures should be of type list"),
    "figures no text": (put("figures", value=[1, 2, 3, 4]), "the metrics should be 4"),
    "figures gone": (drop("figures"), "the metrics should be 4"),
    "short figures": (array("figures", lambda a: a.astype("f4")), "the metrics should"),
    "nan figure": (array("figures", nan_in), "the numbers figures are not all finite"),
    "nan weight": (array("0.kernel", nan_in), "the numbers 0.kernel are not all"),
    "nan moment": (array("m.0.kernel", nan_in), "the numbers m.0.kernel are not all"),
    "negative v": (array("v.0.bias", lambda a: a - 1), "v, means of squares"),
    "weight gone": (drop("4.bias"), "4.bias should be float32 of shape"),
    "moment gone": (drop("m.4.bias"), "the array 'm.4.bias' should be"),
    "best gone": (drop("callback 1.0.kernel"), "no '0.kernel'"),
    "best shape": (
        array("callback 1.0.kernel", lambda a: a[:-1]), "do not fit the model"
    ),
    "best dtype": (
        array("callback 1.0.bias", np.float64), "do not fit the model"
    ),
    "nan in best": (
        array("callback 1.0.bias", nan_in), "callback 1.0.bias are not all finite"
    ),
    "best of another": (
        lambda config, arrays: arrays.update({"callback 0.x": arrays["0.bias"]}),
        "ModelCheckpoint has no arrays x",
    ),
    "best of none": (
        lambda config, arrays: arrays.update({"callback 2.x": arrays["0.bias"]}),
        "the array 'callback 2.x' should be None",
    ),
    "moment's shape": (array("v.0.bias", lambda a: a[:-1]), "'v.0.bias' should be"),
    "moment's dtype": (array("v.0.bias", np.float64), "the array 'v.0.bias' should be"),
    "one more": (
        lambda config, arrays: arrays.update({"w.0.bias": arrays["0.bias"]}),
        "the array 'w.0.bias' should be None",
    ),
    "no callbacks": (put("callbacks", value=[]), "with the callbacks [], not with"),
    "callbacks": (put("callbacks", value=3), "callbacks should be of type list"),
    "callback": (put("callbacks", 0, value=[1, 2, 3]), "too many values"),
    "other callback": (
        put("callbacks", 0, 0, value="os"), "it was made with the callbacks ['os', "
    ),
    "counter gone": (
        put("callbacks", 1, 1, value={}), "EarlyStopping should have best"
    ),
    "one counter more": (
        put("callbacks", 1, 1, "model", value=1), "EarlyStopping should have best"
    ),
    "text counter": (
        put("callbacks", 1, 1, "waited", value="x"), "should be numbers"
    ),
    "true counter": (
        put("callbacks", 1, 1, "waited", value=True), "should be numbers"
    ),
    "state no dict": (put("callbacks", 1, 1, value=[1]), "EarlyStopping should have"),
    "version 1": (put("version", value=1), "no 'monitors'"),
    "stopped": (put("is_stopped", value=None), "is_stopped should be of type bool"),
    "notes": (put("notes", value=[]), "notes should be of type dict"),
    "versions": (put("versions", value=2), "versions should be of type dict"),
    "flag": (put("is_finished", value=1), "is_finished should be of type bool"),
    "list": (lambda config, arrays: [config], "it does not hold a checkpoint"),
    "escape": (put("callbacks", 0, 0, value="\x1b[31m"), "made with the callbacks"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_checkpoint_is_refused_in_one_line(case, saved):
    path, config, arrays = saved
    change, words = HOSTILE[case]
    changed = change(config, arrays)
    write_file(path, arrays, changed if isinstance(changed, list) else config)
    with pytest.raises(ModelFileError) as caught:
        load_checkpoint(path, callbacks_of())
    message = str(caught.value)
    assert words in message
    assert "checkpoint.safetensors is not a checkpoint that can be resumed" in message
    assert len(message.splitlines()) == 1
    assert message.isprintable()


def test_damaged_and_missing_checkpoints_are_refused(saved):
    path = saved[0]
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(ModelFileError, match="it is cut off"):
        load_checkpoint(path)
    path.unlink()
    with pytest.raises(ModelFileError, match="there is no such file"):
        load_checkpoint(path)


def test_a_checkpoint_is_no_model_and_a_model_no_checkpoint(saved, tmp_path):
    words = r"checkpoint of a training run, not its model; take .* beside it, or finish"
    with pytest.raises(ModelFileError, match=words):
        load_model(saved[0])
    small_model().save(tmp_path / "model.safetensors")
    with pytest.raises(ModelFileError, match="it does not hold a checkpoint"):
        load_checkpoint(tmp_path / "model.safetensors")
    words = r"not a folder or a device; use .*model\.safetensors$"
    with pytest.raises(ModelFileError, match=words):
        load_model(tmp_path)


def test_numbers_that_are_no_more_finite_are_never_written(tmp_path):
    model = small_model(Adam(7.0))
    fit(model, 1, [])
    model.optimizer.v["0.bias"][0] = np.inf
    path = tmp_path / "checkpoint.safetensors"
    with pytest.raises(
        DivergedError, match=r"^epoch 1: after it the numbers v\.0\.bias are not all "
        r"finite; try a smaller learning_rate than 7$",
    ):  # fmt: skip
        Checkpoint(model, [{"loss": 1.0}]).save(path)
    assert not path.exists()


# -- numbers going wrong ---------------------------------------------------------------


def test_a_learning_rate_of_a_million_is_found_though_all_numbers_are_finite():
    with pytest.raises(
        DivergedError,
        match=r"^epoch 1, step 2: the loss is \d\.\d+e\+\d+; numbers grow beyond "
        r"1,000,000 first in layer 0 \(Conv2D\); try a smaller learning_rate than "
        r"1e\+06$",
    ):
        fit(small_model(Adam(1e6)), 3, [])


def test_nan_in_a_batch_is_said_with_its_place():
    x = X.copy()
    x[9] = np.nan
    model = small_model()
    with pytest.raises(DivergedError, match="photos of this batch hold NaN") as caught:
        model.fit(x, Y, epochs=3, verbose=0, batch_size=4)
    assert (caught.value.epoch, 1 <= caught.value.step <= 5) == (1, True)
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


def test_a_squared_error_may_be_large_with_good_reason():
    model = Sequential([Flatten(input_shape=(6, 5, 2)), Dense(1)])
    model.compile(SGD(1e-9), "mean_squared_error")
    history = model.fit(X, Y * 1e5, verbose=0)
    assert history.history["loss"][0] > 1e6


@pytest.mark.parametrize("value", [0, 128, 255])
def test_constant_photos_train_to_finite_numbers(value):
    model = small_model()
    history = fit_on(model, np.full_like(X, value / 255))
    assert np.isfinite(history.history["loss"]).all()
    assert model.predict(X).std() < 0.5


def test_one_photo_per_class_is_learnt():
    model = small_model(Adam(0.01))
    history = model.fit(X[:2], np.array([0.0, 1.0]), epochs=200, verbose=0)
    assert history.history["loss"][-1] < 0.2


def fit_on(x_model, x):
    return x_model.fit(x, Y, epochs=5, verbose=0)


# -- signals ---------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="Windows has no signals to send")
def test_a_first_signal_waits_and_a_second_does_not():
    with Signals() as signals, signals.working():
        with pytest.raises(Interrupted) as caught, signals.waiting():
            os.kill(os.getpid(), signal.SIGTERM)
            assert signals.received == signal.SIGTERM
            signals.check()
        assert caught.value.status == 143
        with pytest.raises(Interrupted), signals.waiting():
            os.kill(os.getpid(), signal.SIGINT)
            raise AssertionError("a second signal should not wait")


@pytest.mark.skipif(os.name != "posix", reason="Windows has no signals to send")
def test_a_signal_that_comes_while_an_object_is_deleted_is_not_lost(capfd):
    class Deleted:
        def __del__(self):
            os.kill(os.getpid(), signal.SIGINT)
            sum(range(10))

    with Signals() as signals, signals.working():
        one = Deleted()
        del one
        with pytest.raises(Interrupted):
            signals.check()
    assert capfd.readouterr().err == ""
