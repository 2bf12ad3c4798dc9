"""The record of the epochs: kernels and answers as they were, also after a resume."""

import base64

import numpy as np
import pytest
from reports import digits, images
from stacks import model_of

from tinycnn.callbacks import Callback
from tinycnn.page.report.epochs import (
    MOST_EPOCHS,
    EpochRecorder,
    epochs_facts,
)
from tinycnn.page.report.photo_choice import first_of_each_class


def numbers_of(packed):
    numbers = np.frombuffer(base64.b64decode(packed["int16"]), "<i2")
    return numbers * packed["scale"]


@pytest.fixture
def learnt():
    """A model that has learnt for three epochs, its data, and the record."""
    model, data, recorder = model_of("digits"), images(10), EpochRecorder()
    model.compile("sgd", "categorical_crossentropy")
    begin = model.layers[0].params["kernel"].copy()
    recorder.watch(data, 0)
    kernels = []

    class Copies(Callback):
        def on_epoch_end(self, epoch, logs):
            kernels.append(self.model.layers[0].params["kernel"].copy())

    model.fit(data.train, epochs=3, callbacks=[recorder, Copies()], verbose=0)
    return model, data, recorder, [begin, *kernels]


def test_each_record_is_the_network_of_its_epoch(learnt):
    model, data, recorder, kernels = learnt
    assert recorder.first == 0 and len(recorder.kernels) == 4
    for kept, kernel in zip(recorder.kernels, kernels, strict=True):
        assert np.array_equal(kept, kernel)
    assert not np.array_equal(kernels[0], kernels[3])
    y_pred = model.predict(data.test)[recorder.photos]
    assert np.allclose(recorder.answers[-1], y_pred, atol=1e-6)
    assert not np.allclose(recorder.answers[0], y_pred, atol=1e-6)
    assert [a.shape for a in recorder.answers] == [(6, 10)] * 4


def test_a_restored_record_goes_on_where_it_was(learnt):
    model, data, recorder, _ = learnt
    numbers, arrays = recorder.state()
    other = EpochRecorder()
    other.model = model
    other.restore(numbers, arrays)
    other.watch(data, 3)
    other.on_train_begin()
    for name in ("kernels", "answers"):
        kept, expected = getattr(other, name), getattr(recorder, name)
        assert np.array_equal(kept, expected), name
    assert other.photos == recorder.photos
    other.on_epoch_end(3, {})
    assert len(other.kernels) == 5 and len(recorder.kernels) == 4


@pytest.mark.parametrize("epochs", [2, 7])
def test_a_record_of_other_epochs_begins_afresh(learnt, epochs):
    model, data, recorder, _ = learnt
    recorder.watch(data, epochs)
    assert recorder.first == epochs and not recorder.kernels
    recorder.on_train_begin()
    assert len(recorder.kernels) == 1
    facts = epochs_facts(recorder, data, model.threshold, 64)
    assert facts["epochs"] == [epochs]


def test_a_record_of_other_photos_begins_afresh(learnt):
    _, _, recorder, _ = learnt
    recorder.watch(images(10, count=4), 3)
    assert recorder.photos == [0, 1, 2, 3] and not recorder.kernels


@pytest.mark.parametrize(
    "change",
    [
        {"kernels": np.zeros((4, 3, 3, 1, 5), np.float32)},
        {"kernels": np.zeros((4, 3, 3, 1, 4), np.float64)},
        {"answers": np.zeros((3, 6, 10), np.float32)},
        {"answers": np.zeros((4, 6, 9), np.float32)},
        {"answers": np.zeros((4, 6, 10), np.float64)},
        {"answers": np.zeros((), np.float32)},
        {"answers": np.zeros(4, np.float32)},
    ],
)
def test_records_that_do_not_fit_are_refused(learnt, change):
    recorder = learnt[2]
    numbers, arrays = recorder.state()
    with pytest.raises(ValueError, match="records of the epochs do not fit the model"):
        recorder.restore(numbers, {**arrays, **change})


@pytest.mark.parametrize("first", [-1, 0.5, None])
def test_a_first_epoch_that_is_none_is_refused(learnt, first):
    recorder = learnt[2]
    with pytest.raises(ValueError, match="first epoch should be 0 or more"):
        recorder.restore({"first": first}, recorder.state()[1])


def test_the_page_has_each_epoch_or_some_of_many():
    training = digits(epochs=100)
    recorder, facts = training.recorder, training.facts()["report"]["epochs"]
    assert len(facts["epochs"]) == len(facts["kernels"]) == MOST_EPOCHS
    assert (facts["epochs"][0], facts["epochs"][-1]) == (0, 100)
    assert set(np.diff(facts["epochs"])) <= {2, 3}
    classes = training.data.test.classes
    for epoch, packed, answers in zip(
        facts["epochs"], facts["kernels"], facts["answers"], strict=True
    ):
        kernel = recorder.kernels[epoch]
        assert facts["shape"] == kernel.shape
        rounded = numbers_of(packed).reshape(kernel.shape)
        assert np.abs(rounded - kernel).max() <= 0.51 * packed["scale"]
        y_pred = recorder.answers[epoch]
        assert [a["answer"] for a in answers] == y_pred.argmax(axis=1).tolist()
        largest = [a["probability"] for a in answers]
        assert largest == pytest.approx(y_pred.max(axis=1), abs=1e-6)
    assert [p["truth"] for p in facts["photos"]] == classes[recorder.photos].tolist()
    assert facts["photos"][2]["name"] == "test 2" and facts["part"] == "test"


def test_without_a_record_the_report_has_none():
    training = digits()
    training.recorder = EpochRecorder()
    assert training.facts()["report"]["epochs"] is None


def test_photos_are_chosen_from_each_class_in_turn():
    labels = np.array([2, 0, 0, 1, 2, 2])
    assert first_of_each_class(labels, 4) == [1, 3, 0, 2]
    assert first_of_each_class(labels, 9) == [1, 3, 0, 2, 4, 5]
