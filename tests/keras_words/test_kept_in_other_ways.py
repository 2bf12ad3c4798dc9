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
    with pytest.raises(AttributeError, match=r"no tf\.lite\.RepresentativeDataset"):
        tf.lite.RepresentativeDataset(list)


@pytest.mark.filterwarnings("ignore::tinycnn.keras.words.KerasWordWarning")
def test_the_bytes_of_a_converter_answer_as_the_model(model):
    content = tf.lite.TFLiteConverter.from_keras_model(model).convert()
    Path("model.tflite").write_bytes(content)
    for interpreter in (
        tf.lite.Interpreter(model_path="model.tflite"),
        tf.lite.Interpreter(model_content=content),
    ):
        interpreter.allocate_tensors()
        entry, answer = (
            interpreter.get_input_details()[0],
            interpreter.get_output_details()[0],
        )
        assert entry["shape"].tolist() == [1, 3, 5, 1]
        assert answer["shape_signature"].tolist() == [-1, 2]
        with pytest.raises(RuntimeError, match="call invoke first"):
            interpreter.get_tensor(answer["index"])
        interpreter.set_tensor(entry["index"], X)
        interpreter.invoke()
        for found in (
            interpreter.get_tensor(answer["index"]),
            interpreter.tensor(answer["index"])(),
            interpreter.get_signature_runner("serving_default")(x=X)["outputs"],
        ):
            np.testing.assert_array_equal(found, model.predict(X))
    interpreter = tf.lite.Interpreter(model_content=content)
    with pytest.raises(RuntimeError, match="call set_tensor first"):
        interpreter.invoke()
    interpreter.tensor(0)()[:] = X[:1]
    interpreter.invoke()
    np.testing.assert_array_equal(interpreter.get_tensor(1), model.predict(X[:1]))
    runner = interpreter.get_signature_runner()
    assert list(runner.get_input_details()) == ["input"]
    assert list(runner.get_output_details()) == ["output"]
    assert "serving_default" in interpreter.get_signature_list()
    with pytest.raises(ValueError, match="model_path or model_content"):
        tf.lite.Interpreter()


def test_export_writes_the_model(model):
    model.export("answers")
    np.testing.assert_array_equal(load_model("answers").predict(X), model.predict(X))
