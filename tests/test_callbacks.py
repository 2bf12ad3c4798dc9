"""What else happens while a model learns: stopping early, saving, one's own."""

import math

import numpy as np
import pytest

from tinycnn import Sequential, load_model
from tinycnn.callbacks import Callback, EarlyStopping, ModelCheckpoint
from tinycnn.layers import Dense


class Model:
    """Has weights that say which epoch they are of, and nothing else."""

    def __init__(self):
        self.stop_training = False
        self.epoch = -1
        self.saved = []

    def get_weights(self):
        return [np.array([self.epoch])]

    def set_weights(self, weights):
        (self.epoch,) = (int(weight[0]) for weight in weights)

    def save(self, path):
        self.saved.append(path)


def played(callback, figures, name="val_loss", first=0):
    """Run a callback over the figures of some epochs; return (model, epochs run)."""
    callback.model = model = Model()
    callback.on_train_begin()
    epochs = 0
    logs = {}
    for epoch, figure in enumerate(figures, start=first):
        model.epoch = epoch
        logs = {"loss": 1.0, name: figure}
        callback.on_epoch_end(epoch, logs)
        epochs += 1
        if model.stop_training:
            break
    callback.on_train_end(logs)
    return model, epochs


NAN = math.nan


# The figures, the arguments -> epochs run, best epoch.
@pytest.mark.parametrize(
    ("figures", "arguments", "epochs", "best"),
    [
        ([5, 4, 3, 2], {}, 4, 3),
        ([5, 4, 4.5, 2], {}, 3, 1),
        ([5, 4, 4, 2], {}, 3, 1),  # equal is not better
        ([5, 4, 4.5, 2], {"patience": 1}, 3, 1),
        ([5, 4, 4.5, 2], {"patience": 2}, 4, 3),
        ([5, 4, 6, 6, 6, 1], {"patience": 3}, 5, 1),
        ([5, 4, 6, 6, 3, 6, 6, 6, 1], {"patience": 3}, 8, 4),
        ([5, 4.9, 4.8, 1], {"min_delta": 0.5}, 2, 0),
        ([5, 4.9, 4.8, 1], {"min_delta": -0.5, "patience": 3}, 4, 3),
        ([5, 4.8, 4.4, 1], {"min_delta": 0.5, "patience": 2}, 4, 3),
        ([1, 2, 3, 2], {"mode": "max"}, 4, 2),
        ([3, 2, 1], {"mode": "max"}, 2, 0),
        ([5, NAN, 4], {}, 2, 0),
        ([5, NAN, 4], {"patience": 2}, 3, 2),
        ([NAN, NAN, NAN, 4], {"patience": 3}, 3, None),
        ([NAN, 5, 4], {"patience": 2}, 3, 2),  # NaN at first is waited for, too
        ([NAN, 5, 4], {}, 1, None),
    ],
)
def test_early_stopping_waits_and_gives_the_best_weights_back(
    figures, arguments, epochs, best
):
    callback = EarlyStopping(**arguments)
    model, run = played(callback, figures)
    assert run == epochs
    assert callback.best_epoch == best
    stopped = model.stop_training
    assert callback.stopped_epoch == (epochs - 1 if stopped else None)
    assert model.epoch == (best if best is not None else epochs - 1)
    if best is not None:
        assert callback.best == figures[best]


def test_accuracies_should_grow():
    callback = EarlyStopping("val_accuracy", patience=1)
    model, epochs = played(callback, [0.5, 0.7, 0.6, 0.9], name="val_accuracy")
    assert (epochs, model.epoch, callback.best) == (3, 1, 0.7)


def test_the_last_weights_stay_if_one_wants_that():
    callback = EarlyStopping(restore_best_weights=False)
    model, epochs = played(callback, [5, 4, 6])
    assert (epochs, model.epoch) == (3, 2)


def test_epochs_are_counted_from_initial_epoch():
    callback = EarlyStopping(patience=2)
    _, epochs = played(callback, [5, 6, 7, 8], first=10)
    assert (epochs, callback.best_epoch, callback.stopped_epoch) == (3, 10, 12)


def test_the_training_before_is_forgotten():
    callback = EarlyStopping()
    played(callback, [1, 2])
    _, epochs = played(callback, [5, 4, 3])
    assert (epochs, callback.stopped_epoch) == (3, None)


@pytest.mark.parametrize("kind", [EarlyStopping, ModelCheckpoint])
def test_a_figure_that_is_not_there_is_named(kind):
    arguments = {"save_best_only": True} if kind is ModelCheckpoint else {}
    first = ["x.safetensors"] if kind is ModelCheckpoint else []
    callback = kind(*first, monitor="val_los", **arguments)
    message = (
        rf"{kind.__name__} should watch one of loss, val_loss, got 'val_los'; val_... "
        "needs validation_data in fit"
    )
    with pytest.raises(ValueError, match=message):
        played(callback, [1.0])


@pytest.mark.parametrize("mode", ["best", None, "MIN"])
def test_other_modes_are_refused(mode):
    with pytest.raises(ValueError, match=r"mode should be 'auto', 'min' or 'max', got"):
        EarlyStopping(mode=mode)


def test_checkpoints_are_named_after_epochs_and_figures():
    callback = ModelCheckpoint("m-{epoch:02d}-{val_loss:.2f}.safetensors")
    model, _ = played(callback, [0.5, 0.75])
    assert model.saved == ["m-01-0.50.safetensors", "m-02-0.75.safetensors"]


def test_only_the_best_are_saved_if_one_wants_that():
    callback = ModelCheckpoint("{epoch}.safetensors", save_best_only=True)
    model, _ = played(callback, [5, 6, 4, NAN, 4, 3])
    assert model.saved == ["1.safetensors", "3.safetensors", "6.safetensors"]


def test_the_best_accuracies_are_the_largest():
    callback = ModelCheckpoint("{epoch}.safetensors", "val_acc", save_best_only=True)
    model, _ = played(callback, [0.5, 0.4, 0.6], name="val_acc")
    assert model.saved == ["1.safetensors", "3.safetensors"]


# -- with a real model -------------------------------------------------------------

X = np.random.default_rng(0).random((10, 3), np.float32)
Y = np.arange(10) % 2


def small_model():
    model = Sequential([Dense(1, activation="sigmoid", input_shape=(3,))])
    model.compile("sgd", "binary_crossentropy", ["accuracy"])
    return model


def test_a_checkpoint_holds_the_weights_of_its_epoch(tmp_path):
    path = tmp_path / "model-{epoch}.safetensors"
    model = small_model()
    weights = []

    class Keep(Callback):
        def on_epoch_end(self, epoch, logs):
            weights.append(self.model.get_weights())

    model.fit(X, Y, epochs=3, verbose=0, callbacks=[ModelCheckpoint(path), Keep()])
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [
        f"model-{epoch}.safetensors" for epoch in (1, 2, 3)
    ]
    for epoch in range(3):
        loaded = load_model(tmp_path / f"model-{epoch + 1}.safetensors")
        for one, other in zip(loaded.get_weights(), weights[epoch], strict=True):
            assert one.tobytes() == other.tobytes()
    assert (weights[0][0] != weights[2][0]).any()


def test_early_stopping_stops_fit_with_the_best_epochs_weights():
    model = small_model()
    kept = []

    class Spoil(Callback):
        """Learn well for two epochs, then be spoiled."""

        def on_epoch_end(self, epoch, logs):
            kept.append(self.model.get_weights())
            logs["val_loss"] = [3.0, 2.0, 2.5, 2.6, 1.0][epoch]

    stopping = EarlyStopping(patience=2)
    history = model.fit(
        X,
        Y,
        epochs=5,
        verbose=0,
        validation_data=(X, Y),
        callbacks=[Spoil(), stopping],
    )
    assert history.epoch == [0, 1, 2, 3]
    assert (stopping.best_epoch, stopping.stopped_epoch) == (1, 3)
    for one, other in zip(model.get_weights(), kept[1], strict=True):
        assert one.tobytes() == other.tobytes()


class Diary(Callback):
    def __init__(self, pages, stop_at=None):
        self.pages, self.stop_at = pages, stop_at

    def on_train_begin(self):
        self.pages.append(("train begins", self.params["epochs"], self.params["steps"]))

    def on_train_end(self, logs):
        self.pages.append(("train ends", *logs))

    def on_epoch_begin(self, epoch):
        self.pages.append(("epoch begins", epoch))

    def on_epoch_end(self, epoch, logs):
        self.pages.append(("epoch ends", epoch, *logs))

    def on_train_batch_begin(self, batch):
        self.pages.append(("batch begins", batch))

    def on_train_batch_end(self, batch, logs):
        self.pages.append(("batch ends", batch, *logs))
        if self.stop_at == batch:
            self.model.stop_training = True


def test_the_moments_come_in_their_order():
    pages = []
    small_model().fit(
        X,
        Y,
        batch_size=5,
        epochs=2,
        verbose=0,
        validation_data=(X, Y),
        callbacks=[Diary(pages)],
    )
    figures = ("loss", "accuracy")
    all_figures = (*figures, "val_loss", "val_accuracy")
    assert pages == [
        ("train begins", 2, 2),
        ("epoch begins", 0),
        ("batch begins", 0),
        ("batch ends", 0, *figures),
        ("batch begins", 1),
        ("batch ends", 1, *figures),
        ("epoch ends", 0, *all_figures),
        ("epoch begins", 1),
        ("batch begins", 0),
        ("batch ends", 0, *figures),
        ("batch begins", 1),
        ("batch ends", 1, *figures),
        ("epoch ends", 1, *all_figures),
        ("train ends", *all_figures),
    ]


def test_a_callback_can_stop_within_an_epoch():
    pages = []
    model = small_model()
    model.fit(
        X, Y, batch_size=2, epochs=3, verbose=0, callbacks=[Diary(pages, stop_at=1)]
    )
    assert [page[0] for page in pages] == [
        "train begins",
        "epoch begins",
        *["batch begins", "batch ends"] * 2,
        "epoch ends",
        "train ends",
    ]
    history = model.fit(X, Y, epochs=2, verbose=0)
    assert history.epoch == [0, 1]  # the next training is not stopped


def test_callbacks_are_asked_in_the_order_given():
    asked = []

    class Named(Callback):
        def __init__(self, name):
            self.name = name

        def on_epoch_end(self, epoch, logs):
            asked.append(self.name)

    small_model().fit(X, Y, epochs=2, verbose=0, callbacks=[Named("a"), Named("b")])
    assert asked == ["a", "b", "a", "b"]


def test_a_bare_callback_does_nothing():
    one, other = small_model(), small_model()
    one.fit(X, Y, epochs=2, verbose=0, callbacks=[Callback()])
    other.fit(X, Y, epochs=2, verbose=0)
    assert (one.get_weights()[0] == other.get_weights()[0]).all()


def test_a_checkpoint_name_with_an_unknown_figure_is_said(tmp_path):
    callback = ModelCheckpoint(tmp_path / "{val_loss}.safetensors")
    with pytest.raises(ValueError, match=r"may hold \{epoch\}, \{loss\}, got"):
        callback.on_epoch_end(0, {"loss": 1.0})


def test_one_callback_needs_no_list_and_a_class_is_refused():
    model, x, y = Sequential([Dense(1, "sigmoid")]), np.zeros((4, 2)), [0, 1, 0, 1]
    model.compile("sgd", "binary_crossentropy")
    seen = []

    class Seeing(Callback):
        def on_epoch_end(self, epoch, logs):
            seen.append(epoch)

    model.fit(x, y, verbose=0, callbacks=Seeing())
    assert seen == [0]
    with pytest.raises(TypeError, match=r"got <class .*Seeing'>; write it with \(\)"):
        model.fit(x, y, verbose=0, callbacks=[Seeing])


def test_keras_words_are_refused_and_verbose_is_heard(capsys, tmp_path):
    with pytest.raises(TypeError, match="'options': the file is always written as a"):
        ModelCheckpoint("a.safetensors", options=1)
    model, x, y = Sequential([Dense(1, "sigmoid")]), np.zeros((4, 2)), [0, 1, 0, 1]
    model.compile("sgd", "binary_crossentropy")
    path = tmp_path / "m.safetensors"
    callbacks = [
        EarlyStopping("loss", patience=1, verbose=1),
        ModelCheckpoint(path, verbose=1),
    ]
    model.fit(x, y, epochs=9, verbose=0, callbacks=callbacks)
    said = capsys.readouterr().out
    assert f"saved {path}" in said
    assert "stopping: loss was best in epoch 1" in said
