"""The loop of fit: which photos come when, and what is said about it."""

import io
import re
import sys
import time
import warnings
import weakref
from unittest import mock

import numpy as np
import pytest

from tinycnn import DivergedError, Sequential, batches, callbacks
from tinycnn.batches import ArrayBatches
from tinycnn.callbacks import Callback, History, ProgressBar
from tinycnn.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten
from tinycnn.models import loop
from tinycnn.models.loop import Means, evaluate_source, steps_sentence
from tinycnn.optimizers import SGD, Adam
from tinycnn.preprocessing.image import ImageDataGenerator

FIVE = np.array([0, 1, 1, 0, 1])


class Recorder:
    """In place of a network: learns nothing, and notes which photos it was shown."""

    stop_training = False

    def __init__(self):
        self.seen = []
        self.evaluated = []

    def train_on(self, network, compiled, batch, class_weight):
        self.seen.append(batch[0].astype(int).tolist())
        return {"loss": float(batch[0].mean(dtype=np.float64))}

    def evaluate_on(self, network, compiled, batch, is_training=False):
        self.evaluated.append(batch[0].astype(int).tolist())
        return {"loss": float(batch[0].mean())}

    def __enter__(self):
        self._patches = [
            mock.patch.object(loop, name, getattr(self, name))
            for name in ("train_on", "evaluate_on")
        ]
        for patch in self._patches:
            patch.start()
        return self

    def __exit__(self, *_):
        for patch in self._patches:
            patch.stop()


def trained(source, **changes):
    """Return (recorder, history) of a training run on this source."""
    settings = {
        "epochs": 1,
        "initial_epoch": 0,
        "steps_per_epoch": None,
        "validation": None,
        "validation_steps": None,
        "callbacks": [],
        "class_weight": None,
        "verbose": 0,
    }
    with Recorder() as recorder:
        return recorder, loop.fit(recorder, None, source, **(settings | changes))


def evaluated(source, steps):
    """Return (recorder, logs) of an evaluation."""
    with Recorder() as recorder:
        return recorder, evaluate_source(recorder, None, source, steps)


def numbered(count, batch_size, shuffle=True):
    return ArrayBatches(np.arange(count), np.arange(count), batch_size, shuffle)


def flat(batches):
    return [number for batch in batches for number in batch]


# -- steps and passes --------------------------------------------------------------


def test_an_epoch_is_one_pass():
    recorder, _ = trained(numbered(13, 5), epochs=3)
    assert [len(batch) for batch in recorder.seen] == [5, 5, 3] * 3
    for epoch in range(3):
        photos = flat(recorder.seen[3 * epoch : 3 * epoch + 3])
        assert sorted(photos) == list(range(13))
    assert len({tuple(flat(recorder.seen[i : i + 3])) for i in (0, 3, 6)}) == 3


def test_more_steps_than_a_pass_begin_the_data_again_as_keras_2_3_1():
    recorder, _ = trained(numbered(13, 5, shuffle=False), steps_per_epoch=7)
    assert flat(recorder.seen) == [*range(13), *range(13), *range(5)]


def test_passes_go_on_from_epoch_to_epoch():
    recorder, _ = trained(numbered(13, 5), steps_per_epoch=2, epochs=6)
    assert len(recorder.seen) == 12  # four whole passes
    assert [len(batch) for batch in recorder.seen] == [5, 5, 3] * 4
    for number in range(4):
        photos = flat(recorder.seen[3 * number : 3 * number + 3])
        assert sorted(photos) == list(range(13))


def test_the_batches_do_not_depend_on_how_steps_make_epochs():
    one, _ = trained(numbered(13, 5), steps_per_epoch=12)
    many, _ = trained(numbered(13, 5), steps_per_epoch=3, epochs=4)
    assert one.seen == many.seen


def test_the_tutorials_109_steps_of_109_photos():
    recorder, _ = trained(numbered(109, 32), steps_per_epoch=109, epochs=6)
    assert len(recorder.seen) == 654
    assert sum(map(len, recorder.seen)) == 654 // 4 * 109 + 32 + 32


@pytest.mark.parametrize("initial_epoch", [1, 2, 5])
@pytest.mark.parametrize("steps", [None, 2, 7])
def test_initial_epoch_shows_what_would_have_come(initial_epoch, steps):
    whole, history = trained(numbered(13, 5), epochs=6, steps_per_epoch=steps)
    rest, rest_history = trained(
        numbered(13, 5), epochs=6, initial_epoch=initial_epoch, steps_per_epoch=steps
    )
    assert rest.seen == whole.seen[initial_epoch * (steps or 3) :]
    assert rest_history.epoch == list(range(initial_epoch, 6))
    assert rest_history.history["loss"] == history.history["loss"][initial_epoch:]


def test_nothing_is_left_to_do_after_the_last_epoch():
    recorder, history = trained(numbered(13, 5), epochs=2, initial_epoch=2)
    assert recorder.seen == []
    assert history.epoch == []


@pytest.mark.parametrize(
    ("name", "value", "least"),
    [
        ("steps_per_epoch", 0, 1),
        ("steps_per_epoch", 2.5, 1),
        ("validation_steps", 0, 1),
        ("epochs", -1, 0),
        ("epochs", "6", 0),
        ("initial_epoch", -1, 0),
        ("epochs", True, 0),
    ],
)
def test_counts_that_are_none_are_refused(name, value, least):
    message = f"{name} should be a whole number of at least {least}, got {value!r}"
    with pytest.raises(ValueError, match=re.escape(message)):
        trained(numbered(13, 5), **{name: value})


@pytest.mark.parametrize(
    ("steps", "photos", "batch_size", "sentence"),
    [
        (109, 109, 32, "109 steps of up to 32 photos = 27.25 passes over 109 photos"),
        (1, 64, 32, "1 step of up to 32 photos = 0.5 passes over 64 photos"),
        (8, 109, 32, "8 steps of up to 32 photos = 2 passes over 109 photos"),
        (10, 9, 3, "10 steps of up to 3 photos = 3.33 passes over 9 photos"),
        (2, 5, 32, "2 steps of up to 5 photos = 2 passes over 5 photos"),
        (3, 1, 32, "3 steps of up to 1 photo = 3 passes over 1 photo"),
        (4, 109, 32, "4 steps of up to 32 photos = 1 pass over 109 photos"),
        (1200, 40, 40, "1,200 steps of up to 40 photos = 1200 passes over 40 photos"),
    ],
)
def test_the_sentence_about_steps(steps, photos, batch_size, sentence):
    assert steps_sentence(steps, numbered(photos, batch_size)) == sentence


def test_the_sentence_is_said_once_before_the_first_epoch(capsys):
    trained(numbered(109, 32), steps_per_epoch=109, epochs=2, verbose=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "109 steps of up to 32 photos = 27.25 passes over 109 photos"
    assert len(lines) == 3


@pytest.mark.parametrize("steps", [None, 4])
def test_nothing_is_said_about_one_pass(capsys, steps):
    trained(numbered(109, 32), steps_per_epoch=steps, verbose=2)
    assert "pass" not in capsys.readouterr().out


# -- validation --------------------------------------------------------------------


def test_36_validation_steps_are_one_pass_exactly():
    photos = numbered(36, 32, shuffle=False)
    one, logs = evaluated(photos, None)
    several, several_logs = evaluated(photos, 36)
    assert several_logs == logs
    assert one.evaluated == several.evaluated  # each batch is computed once
    assert [len(batch) for batch in one.evaluated] == [32, 4]


@pytest.mark.parametrize("steps", range(1, 12))
def test_partial_passes_count_as_if_the_batches_came_again_and_again(steps):
    photos = numbered(13, 5, shuffle=False)
    loss = evaluated(photos, steps)[1]["loss"]
    batches = [range(5), range(5, 10), range(10, 13)]
    shown = [number for step in range(steps) for number in batches[step % 3]]
    assert loss == pytest.approx(sum(shown) / len(shown), rel=1e-12)


def test_validation_photos_come_in_file_order_after_each_epoch():
    recorder, history = trained(
        numbered(13, 5), validation=numbered(7, 4), epochs=2, validation_steps=2
    )
    assert recorder.evaluated == [[0, 1, 2, 3], [4, 5, 6]] * 2
    assert history.history["val_loss"] == [3.0, 3.0]


def test_as_many_batches_of_a_generator_are_judged_as_steps_say():
    model = small_model()
    rng = np.random.default_rng(1)
    x, y = rng.random((9, 2), np.float32), np.arange(9) % 2
    handed_out = ((x[place : place + 3], y[place : place + 3]) for place in (0, 3, 6))
    judged = model.evaluate(handed_out, steps=2, verbose=0)
    assert judged == pytest.approx(model.evaluate(x[:6], y[:6], verbose=0), rel=1e-6)
    assert next(handed_out)[0].tolist() == x[6:].tolist()


# -- figures -----------------------------------------------------------------------


def test_means_are_weighted_by_batch_sizes():
    _, history = trained(numbered(109, 32))  # the last batch has 13 photos
    assert history.history["loss"][0] == pytest.approx(54.0, rel=1e-12)


def test_means_by_hand():
    means = Means()
    means.add({"loss": 1.0, "accuracy": 0.5}, 32)
    means.add({"loss": 4.0, "accuracy": 1.0}, 13)
    assert means.logs() == {"loss": (32 + 52) / 45, "accuracy": (16 + 13) / 45}


def test_history_keeps_one_number_per_epoch():
    history = History()
    history.on_epoch_end(0, {"loss": 0.75, "val_loss": 1.0})
    history.on_epoch_end(1, {"loss": 0.5, "val_loss": 2.0})
    assert history.history == {"loss": [0.75, 0.5], "val_loss": [1.0, 2.0]}
    assert history.epoch == [0, 1]
    assert repr(history) == "History(2 epochs: loss: 0.5000 - val_loss: 2.0000)"


# -- generators and lists ----------------------------------------------------------


def small_model(seed=0, optimizer=None):
    model = Sequential([Dense(1, activation="sigmoid", input_shape=(2,))], seed=seed)
    model.compile(optimizer or "sgd", "binary_crossentropy", ["accuracy"])
    return model


def batches_of(count, endless=False):
    rng = np.random.default_rng(0)
    made = [(rng.random((4, 2), np.float32), np.arange(4) % 2) for _ in range(count)]
    while True:
        yield from made
        if not endless:
            return


def test_an_endless_generator_goes_on_from_epoch_to_epoch():
    taken = []

    def counted():
        for number, batch in enumerate(batches_of(3, endless=True)):
            taken.append(number)
            yield batch

    history = small_model().fit(counted(), steps_per_epoch=5, epochs=3, verbose=0)
    assert history.epoch == [0, 1, 2]
    assert taken == list(range(15))  # and not one batch more


def test_a_generator_without_steps_is_one_epoch():
    history = small_model().fit(batches_of(3), verbose=0)
    assert len(history.history["loss"]) == 1


def test_an_exhausted_generator_ends_the_run_and_says_so(capsys):
    history = small_model().fit(batches_of(3), epochs=2, verbose=0)
    assert history.epoch == [0]
    assert "ends after 1 epoch: the generator has no more" in capsys.readouterr().out


@pytest.mark.parametrize("what", ["steps_per_epoch", "validation_steps", "steps"])
def test_a_generator_that_does_not_end_is_warned_about_by_name(monkeypatch, what):
    monkeypatch.setattr(batches.BatchStream, "PATIENCE_SECONDS", 0.05)

    class Enough(Exception):
        pass

    def for_ever():
        started = time.monotonic()
        while time.monotonic() - started < 0.5:
            yield from batches_of(1)
        raise Enough

    model, finite = small_model(), list(batches_of(2))
    run = {
        "steps_per_epoch": lambda: model.fit(for_ever(), verbose=0),
        "validation_steps": lambda: model.fit(
            finite, validation_data=for_ever(), verbose=0
        ),
        "steps": lambda: model.predict(for_ever()),
    }[what]
    message = rf"generator 'for_ever' has not ended .* pass {what}=number of batches"
    with pytest.warns(UserWarning, match=message) as caught, pytest.raises(Enough):
        run()
    assert len(caught) == 1


def test_validation_batches_of_a_generator_are_not_kept():
    alive = weakref.WeakSet()
    most = 0

    class Photos(np.ndarray):
        """An array that can be watched."""

        __hash__ = object.__hash__

    def many():
        nonlocal most
        for _ in range(20):
            ((x, y),) = batches_of(1)
            photos = x.copy().view(Photos)
            alive.add(photos)
            most = max(most, len(alive))
            yield photos, y

    model = small_model()
    model.evaluate(many(), verbose=0)
    assert most <= 3


def test_something_that_can_be_iterated_again_is_iterated_again():
    class Loader:
        starts = 0

        def __iter__(self):
            self.starts += 1
            return batches_of(3)

    loader = Loader()
    steps = []
    small_model().fit(
        loader, epochs=3, verbose=0, callbacks=[Steps(steps)], steps_per_epoch=None
    )
    assert steps == [0, 1, 2] * 3
    loader, steps = Loader(), []
    small_model().fit(
        loader, epochs=2, steps_per_epoch=5, verbose=0, callbacks=[Steps(steps)]
    )
    assert steps == [0, 1, 2, 3, 4] * 2


class Steps(Callback):
    def __init__(self, steps):
        self.steps = steps

    def on_train_batch_end(self, batch, logs):
        self.steps.append(batch)


def test_a_list_of_batches_is_a_pass(capsys):
    steps = []
    small_model().fit(
        list(batches_of(3)), epochs=2, verbose=2, callbacks=[Steps(steps)]
    )
    assert steps == [0, 1, 2] * 2
    assert "photos" not in capsys.readouterr().out


def test_a_generator_and_a_list_of_the_same_batches_give_the_same_weights():
    weights = []
    for source in (batches_of(3), list(batches_of(3))):
        model = small_model()
        model.fit(source, verbose=0, shuffle=False)
        weights.append(model.get_weights())
    for one, other in zip(*weights, strict=True):
        assert one.tobytes() == other.tobytes()


def test_a_list_may_be_validated_with():
    model = small_model()
    history = model.fit(
        list(batches_of(3)), validation_data=list(batches_of(2)), verbose=0
    )
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}


def test_validation_data_may_be_a_list_of_two_arrays():
    # Keras takes [X, y], too; a list of two batches stays one.
    pair, results = (X[:4], Y[:4]), []
    for data in (pair, [*pair], [pair, pair]):
        history = deep_model(1.0).fit(X, Y, validation_data=data, verbose=0).history
        results.append(history["val_loss"])
    assert results[0] == results[1] == pytest.approx(results[2])


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ([], "x should yield at least one batch, got an empty list"),
        (iter([]), "the generator has no more batches"),
        (iter([(1, 2, 3)]), r"a batch should be a pair \(x, y\), got 3 items"),
        ([np.ones((4, 2))], r"a batch should be a pair \(x, y\), got <class"),
        (7, "x should be arrays or yield batches, got int"),
        (np.ones((4, 2)), "an array x needs y, the labels"),
    ],
    ids=["no batch", "used up", "three things", "no pair", "a number", "no answers"],
)
def test_sources_that_are_none_are_refused(source, message):
    with pytest.raises(ValueError, match=message):
        small_model().fit(source, verbose=0)


# -- going on ----------------------------------------------------------------------


def augmented(count=10):
    rng = np.random.default_rng(0)
    photos = rng.integers(0, 256, (count, 6, 7, 3))
    generator = ImageDataGenerator(
        rescale=1 / 255, shear_range=10, zoom_range=0.2, horizontal_flip=True
    )
    return generator.flow(photos, np.arange(count) % 2, batch_size=4, seed=5)


def dropout_model():
    model = Sequential(
        [
            Conv2D(2, 3, input_shape=(6, 7, 3), activation="relu"),
            Flatten(),
            Dropout(0.5),
            Dense(1, activation="sigmoid"),
        ],
        seed=2,
    )
    model.compile(Adam(0.01), "binary_crossentropy", ["accuracy"])
    return model


@pytest.mark.parametrize("steps", [None, 2, 5])
def test_a_training_taken_up_again_is_one_that_never_stopped(steps):
    whole, parts = dropout_model(), dropout_model()
    history = whole.fit(augmented(), epochs=5, steps_per_epoch=steps, verbose=0)
    losses = []
    for initial_epoch, epochs in [(0, 1), (1, 3), (3, 5)]:
        part = parts.fit(
            augmented(),
            epochs=epochs,
            initial_epoch=initial_epoch,
            steps_per_epoch=steps,
            verbose=0,
        )
        losses += part.history["loss"]
    assert losses == history.history["loss"]
    assert parts.optimizer.t == whole.optimizer.t
    for name, param in whole.params.items():
        assert param.tobytes() == parts.params[name].tobytes(), name


def test_arrays_are_taken_up_again_too():
    x = np.random.default_rng(0).random((10, 6, 7, 3), np.float32)
    whole, parts = dropout_model(), dropout_model()
    whole.fit(x, np.arange(10) % 2, batch_size=4, epochs=3, verbose=0)
    for epoch in range(3):
        parts.fit(
            x,
            np.arange(10) % 2,
            batch_size=4,
            initial_epoch=epoch,
            epochs=epoch + 1,
            verbose=0,
        )
    for name, param in whole.params.items():
        assert param.tobytes() == parts.params[name].tobytes(), name


# -- divergence --------------------------------------------------------------------


def deep_model(learning_rate):
    model = Sequential(
        [
            Dense(5, activation="relu", input_shape=(3,)),
            Dense(4, activation="relu"),
            Dense(3, activation="softmax"),
        ]
    )
    model.compile(SGD(learning_rate), "categorical_crossentropy", ["accuracy"])
    return model


X = np.random.default_rng(0).random((6, 3), np.float32)
Y = np.arange(6) % 3


def test_a_learning_rate_of_1e30_is_found_and_placed(capfd):
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with pytest.raises(
            DivergedError,
            match=r"^epoch 1, step 2: the loss is nan; numbers stop being finite in "
            r"layer 2 \(Dense\); try a smaller learning_rate than 1e\+30$",
        ) as caught:
            deep_model(1e30).fit(X, Y, batch_size=2, epochs=3, verbose=0)
    assert (caught.value.epoch, caught.value.step) == (1, 2)
    assert not warned
    assert capfd.readouterr() == ("", "")


def test_epochs_are_counted_on():
    with pytest.raises(DivergedError, match=r"^epoch 8, step 1: ") as caught:
        deep_model(1e30).fit(X, Y, epochs=9, initial_epoch=6, verbose=0)
    assert caught.value.epoch == 8


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_photos_that_are_no_numbers_are_found(bad):
    x = X.copy()
    x[5, 1] = bad
    model = deep_model(0.1)
    source = [(x[:2], Y[:2]), (x[2:4], Y[2:4]), (x[4:], Y[4:])]
    with pytest.raises(
        DivergedError,
        match="epoch 1, step 3: the loss is nan: the photos of this batch hold NaN or",
    ):
        model.fit(source, shuffle=False, verbose=0)
    assert all(np.isfinite(param).all() for param in model.params.values())
    assert model.optimizer.t == 2  # nothing was learnt from the bad batch


def test_right_answers_that_are_no_numbers_are_found():
    model = Sequential([Dense(1, input_shape=(3,))])
    model.compile("sgd", "mse")
    with pytest.raises(DivergedError, match=r"the loss is nan; .* finite in the loss;"):
        model.train_on_batch(X, np.where(Y == 2, np.nan, Y))


def test_validation_of_a_diverged_model_prints_nothing_of_numpys():
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with pytest.raises(
            DivergedError,
            match=r"^epoch 1, validation after its last step: the loss is nan; numbers "
            r"stop being finite in layer 2 \(Dense\); try a smaller learning_rate",
        ):
            deep_model(1e30).fit(
                X, Y, epochs=3, validation_data=(X, Y), verbose=0, batch_size=6
            )
    assert not warned


@pytest.mark.filterwarnings("ignore:the numbers of x go up:UserWarning")
def test_a_large_loss_of_the_validation_does_not_end_the_run():
    model = Sequential([BatchNormalization(input_shape=(3,)), Dense(2, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    far = X[:2] * 1e9, np.array([0, 1])
    history = model.fit(X, Y % 2, epochs=2, validation_data=far, verbose=0).history
    assert max(history["val_loss"]) > 1e6
    assert len(history["loss"]) == 2


def test_a_diverged_error_is_an_arithmetic_error():
    assert issubclass(DivergedError, ArithmeticError)


# -- what is shown -----------------------------------------------------------------


def test_verbose_0_prints_nothing(capfd):
    trained(numbered(13, 5), steps_per_epoch=7, epochs=2, verbose=0)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("verbose", [1, 2])
def test_a_pipe_gets_one_line_per_epoch(capsys, verbose, monkeypatch):
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    trained(numbered(13, 5), epochs=12, validation=numbered(5, 5), verbose=verbose)
    out = capsys.readouterr().out
    assert "\r" not in out
    lines = out.splitlines()
    assert len(lines) == 12
    for number, line in enumerate(lines, start=1):
        pattern = rf"Epoch {number:>2}/12 - \d+\.\ds - loss: 6\.0000 - val_loss: 2\.0"
        assert re.match(pattern, line), line


class Screen(io.StringIO):
    """A fake terminal."""

    def isatty(self):
        return True


def fake_screen(monkeypatch):
    """Put a fake terminal in place (in the test itself: pytest sets stdout for it)."""
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(ProgressBar, "REFRESH_SECONDS", 0)
    return screen


def test_a_terminal_gets_a_bar_that_grows(monkeypatch):
    screen = fake_screen(monkeypatch)
    trained(numbered(12, 3), epochs=2, verbose=1)
    text = screen.getvalue()
    assert text.count("\n") == 2
    first = text.split("\n", maxsplit=1)[0].split("\r")[1:]
    cells = callbacks.callback.BAR_CELLS
    for step, drawn in enumerate(first[:4], start=1):
        bar = "=" * (cells * step // 4) + "." * (cells - cells * step // 4)
        assert drawn.startswith(f"Epoch 1/2 [{bar}] {step}/4 - "), drawn
        assert "s left - loss: " in drawn
    assert re.match(r"Epoch 1/2 - \d+\.\ds - loss: 5\.5000 *$", first[4])


def test_verbose_2_draws_no_bar_on_a_terminal(monkeypatch):
    screen = fake_screen(monkeypatch)
    trained(numbered(12, 3), epochs=2, verbose=2)
    assert "\r" not in screen.getvalue()
    assert screen.getvalue().count("\n") == 2


def test_the_bar_is_not_drawn_more_often_than_the_eye_can_follow(monkeypatch):
    screen = fake_screen(monkeypatch)
    monkeypatch.setattr(ProgressBar, "REFRESH_SECONDS", 3600)
    trained(numbered(12, 3), verbose=1)
    assert screen.getvalue().count("\r") == 1  # the epoch's last line only


def test_a_bar_without_a_known_end_counts_steps(monkeypatch):
    screen = fake_screen(monkeypatch)
    small_model().fit(batches_of(3), verbose=1)
    assert "\rEpoch 1/1 - step 2 loss: " in screen.getvalue()


def test_a_shorter_line_wipes_the_longer_one(monkeypatch):
    screen = fake_screen(monkeypatch)
    trained(numbered(12, 3), verbose=1)
    lines = screen.getvalue().rstrip("\n").split("\r")[1:]
    assert len(lines[-1]) >= len(lines[-2])
    shown = ""
    for line in lines:  # as a terminal would
        shown = line + shown[len(line) :]
    assert re.match(r"Epoch 1/1 - \d+\.\ds - loss: 5\.5000 *$", shown)


def test_small_and_large_figures_stay_readable():
    logs = {"loss": 0.00002, "accuracy": 0.5, "val_loss": 3e12, "zero": 0.0}
    assert callbacks.figures_text(logs) == (
        "loss: 2.00e-05 - accuracy: 0.5000 - val_loss: 3.00e+12 - zero: 0.0000"
    )
