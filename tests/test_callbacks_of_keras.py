"""Callbacks that scripts bring along or name, and the methods that fit calls."""

import csv
import re

import numpy as np
import pytest

from tinycnn import DivergedError, Sequential, figures
from tinycnn.callbacks import (
    BackupAndRestore,
    Callback,
    CSVLogger,
    EarlyStopping,
    History,
    LambdaCallback,
    LearningRateScheduler,
    ReduceLROnPlateau,
    RemoteMonitor,
    TensorBoard,
    TerminateOnNaN,
)
from tinycnn.keras import words
from tinycnn.keras.words import KerasWordWarning
from tinycnn.layers import Dense
from tinycnn.optimizers import SGD

X = np.random.default_rng(1).random((8, 3)).astype(np.float32)
Y = np.arange(8) % 2


def fit(*callbacks, rate=0.5, **keywords):
    model = Sequential([Dense(1, "sigmoid", input_shape=(3,))])
    model.compile(SGD(rate), "binary_crossentropy", metrics=["accuracy"])
    settings = {"epochs": 4, "verbose": 0, "batch_size": 4, **keywords}
    return model, model.fit(X, Y, callbacks=list(callbacks), **settings).history


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch):
    monkeypatch.setattr(words, "_said", set())


@pytest.mark.filterwarnings("ignore:the figure 'acc':UserWarning")
def test_every_method_of_a_callback_is_called_with_figures():
    class Old(Callback):
        def __init__(self):  # without super().__init__()
            self.seen = []

        def on_train_begin(self, logs={}):  # noqa: B006 - as the tutorials write it
            self.seen.append("begin")

        def on_batch_begin(self, batch, logs=None):
            self.seen.append(("bb", batch, logs))

        def on_batch_end(self, batch, logs={}):  # noqa: B006
            self.seen.append(("be", batch, logs.get("loss") > 0, "acc" in logs))

        def on_test_begin(self, logs=None):
            self.seen.append("test")

        def on_epoch_begin(self, epoch, logs=None):
            self.seen.append(("epoch", epoch))

        def on_epoch_end(self, epoch, logs={}):  # noqa: B006
            self.lr = float(self.model.optimizer.lr)
            if logs.get("acc") > -1:
                self.model.stop_training = True

        def on_train_end(self):
            self.seen.append(self.params["epochs"])

    class New(Callback):
        seen = 0

        def on_train_batch_end(self, batch, logs=None):
            self.seen += logs["loss"] > 0

    old, new = Old(), New()
    _, history = fit(old, new, validation_data=(X, Y))
    assert len(history["loss"]) == 1
    ends = [("bb", n, {}) for n in range(2)], [("be", n, True, True) for n in range(2)]
    batches = [one for pair in zip(*ends, strict=True) for one in pair]
    assert old.seen == ["begin", ("epoch", 0), *batches, "test", 4]
    assert old.lr == 0.5
    assert new.seen == 2


def test_a_schedule_sets_the_learning_rate_of_each_epoch(capsys):
    model, history = fit(LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1)))
    assert history["lr"] == pytest.approx([0.1, 0.05, 0.1 / 3, 0.025])
    with pytest.warns(KerasWordWarning, match="'learning_rate' is called 'lr' here"):
        assert history["learning_rate"] == history["lr"]
    assert model.optimizer.learning_rate == pytest.approx(0.025)
    _, history = fit(LearningRateScheduler(lambda epoch, lr: lr / 2, verbose=1))
    assert history["lr"] == pytest.approx([0.25, 0.125, 0.0625, 0.03125])
    assert "epoch 4: learning rate 0.03125" in capsys.readouterr().out


def test_the_schedule_is_what_the_steps_use():
    model, _ = fit(LearningRateScheduler(lambda epoch: 0.0 if epoch else 0.1), epochs=1)
    longer, _ = fit(LearningRateScheduler(lambda epoch: 0.0 if epoch else 0.1))
    for one, two in zip(model.get_weights(), longer.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_the_rate_falls_on_a_plateau_as_in_keras():
    # Keras 2.15's rates after each epoch, for these losses and arguments.
    losses = [1.0, 0.9, 0.95, 0.94, 0.93, 0.92, 0.5, 0.6, 0.6, 0.6, 0.6]
    callback = ReduceLROnPlateau(
        "loss", factor=0.5, patience=2, cooldown=1, min_lr=0.03
    )
    callback.model = Sequential([Dense(1)])
    callback.model.compile(SGD(0.1), "mse")
    callback.on_train_begin()
    rates = []
    for epoch, loss in enumerate(losses):
        callback.on_epoch_end(epoch, {"loss": loss})
        rates.append(callback.model.optimizer.learning_rate)
    assert rates == pytest.approx([0.1] * 3 + [0.05] * 2 + [0.03] * 6)


def test_a_plateau_ends_in_the_history(capsys):
    callback = ReduceLROnPlateau("loss", patience=1, min_delta=9.0, verbose=1)
    _, history = fit(callback)
    assert history["lr"] == pytest.approx([0.5, 0.5, 0.05, 0.005])
    assert "epoch 2: learning rate falls to 0.05" in capsys.readouterr().out
    with pytest.raises(ValueError, match="factor should be"):
        ReduceLROnPlateau(factor=1.5)


def test_a_csv_log_has_a_line_for_each_epoch(tmp_path):
    path = tmp_path / "logs" / "log.csv"
    _, history = fit(CSVLogger(path), epochs=2)
    fit(CSVLogger(path, append=True), epochs=1)
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["0", "1", "0"]
    assert float(rows[1]["loss"]) == history["loss"][1]
    fit(CSVLogger(path, separator=";"), epochs=1)
    beside = tmp_path / "logs" / "log-epochs.csv"
    assert beside.read_text().startswith("epoch;accuracy;loss\n0;")
    fit(CSVLogger(path), epochs=1)  # a log of its own is replaced
    assert len(path.read_text().splitlines()) == 2


def test_a_table_of_the_users_is_never_a_log(tmp_path, capsys):
    path = tmp_path / "labels.csv"
    path.write_text("photo,label\na.png,1\n")
    fit(CSVLogger(path), epochs=1)
    assert path.read_text() == "photo,label\na.png,1\n"
    assert "not replaced: the log is" in capsys.readouterr().out


def test_tensorboard_says_what_is_written_and_writes_it(tmp_path, capsys):
    fit(TensorBoard(log_dir=tmp_path / "logs", histogram_freq=1), epochs=2)
    line = capsys.readouterr().out
    assert "event files are not written" in line
    (name,) = re.findall(r"tinycnn\.figures\.(\w+)", line)
    assert hasattr(figures, name)
    assert len((tmp_path / "logs" / "epochs.csv").read_text().splitlines()) == 3


def test_functions_in_place_of_methods():
    seen = []
    fit(
        LambdaCallback(
            on_train_begin=lambda logs: seen.append("begin"),
            on_batch_end=lambda batch, logs: seen.append(batch),
            on_epoch_end=lambda epoch, logs: seen.append(sorted(logs)),
            on_train_end=None,
        ),
        epochs=1,
    )
    assert seen == ["begin", 0, 1, ["accuracy", "loss"]]
    with pytest.raises(TypeError, match="a callback has no method 'on_lunch'"):
        LambdaCallback(on_lunch=print)


def test_a_diverged_run_ends_with_a_line_if_that_is_wanted(capsys):
    model = Sequential([Dense(1, input_shape=(3,))])
    model.compile(SGD(1e30), "mse")
    with pytest.raises(DivergedError):
        model.fit(X, Y, epochs=5, verbose=0)
    model.fit(X, Y, epochs=5, verbose=0, callbacks=[TerminateOnNaN()])
    assert "the training run ends: epoch" in capsys.readouterr().out


@pytest.mark.parametrize("kind", [BackupAndRestore, RemoteMonitor])
def test_what_is_not_here_is_said_before_any_training(kind):
    with pytest.raises(ValueError, match=f"{kind.__name__} is not here: "):
        kind("folder")


@pytest.mark.filterwarnings("ignore:the figure 'acc':UserWarning")
def test_a_metric_that_will_not_be_there_is_said_before_any_training():
    seen = []
    counting = LambdaCallback(on_batch_end=lambda batch, logs: seen.append(batch))
    for monitor in ("val_loss", "lossy"):
        with pytest.raises(ValueError, match="should watch one of loss, accuracy, got"):
            fit(EarlyStopping(monitor), counting)
    assert seen == []
    fit(EarlyStopping("acc"))


def test_a_history_of_ones_own_is_the_one_that_fit_returns():
    mine = History()
    _, first = fit(mine, epochs=3)
    assert mine.history == first
    assert mine.epoch == [0, 1, 2]
    assert mine.params["epochs"] == 3
    assert type(mine.model) is Sequential
    _, second = fit(mine, epochs=1)  # begins anew
    assert mine.history == second


def test_the_history_that_fit_returns_knows_how_it_was_run():
    model, _ = fit(LearningRateScheduler(lambda epoch: 0.5**epoch), epochs=2)
    assert model.history.params["steps"] == 2
    assert model.history.history["lr"] == [1.0, 0.5]  # of a callback before it
    assert model.history.model is None  # a model is freed with its last name
