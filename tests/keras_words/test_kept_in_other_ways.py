"""What was learnt is not lost in scripts that keep a model as SavedModel or tflite."""

from pathlib import Path

import numpy as np
import pytest

import tinycnn as tf
from tinycnn import Sequential, layers, load_model
from tinycnn.keras import words
from tinycnn.keras.words import KerasWordWarning

X = np.random.default_rng(5).random((4, 3, 5, 1), np.float32)


@pytest.fixture
def model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = Sequential()
    model.add(layers.Flatten(input_shape=(3, 5, 1)))
    model.add(layers.Dense(2, activation="softmax"))
    model.compile(loss="categorical_crossentropy")
    model.fit(X, [0, 1, 0, 1], verbose=0)
    return model


def test_saved_model_save_writes_the_model(model):
    tf.saved_model.save(model, "kept/1")
    for loaded in (load_model("kept/1"), tf.saved_model.load("kept/1")):
        np.testing.assert_array_equal(loaded.predict(X), model.predict(X))


def test_the_bytes_of_a_converter_are_a_model_file(model, monkeypatch):
    monkeypatch.setattr(words, "_said", set())
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    with pytest.warns(KerasWordWarning, match="a model file of tinycnn's"):
        Path("model.tflite").write_bytes(converter.convert())
    loaded = load_model("model.tflite")
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))


def test_a_converter_reads_a_saved_model(model):
    model.save("kept")
    for make in ("from_saved_model", "from_keras_model_file"):
        converter = getattr(tf.lite.TFLiteConverter, make)("kept")
        np.testing.assert_array_equal(converter.model.predict(X), model.predict(X))


def test_what_is_not_there_is_refused_by_name():
    with pytest.raises(AttributeError, match=r"no tf\.lite\.Interpreter"):
        tf.lite.Interpreter(model_path="model.tflite")
