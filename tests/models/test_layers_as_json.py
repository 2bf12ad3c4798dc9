"""A model's layers as JSON, as plain data, and as a new model."""

import json

import numpy as np
import pytest

from tinycnn import Sequential, load_model
from tinycnn.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten, ReLU
from tinycnn.models import clone_model, model_from_json


def stack(*more, seed=7):
    first = Conv2D(3, (2, 3), activation="relu", input_shape=(6, 5, 2))
    return Sequential([first, *more, Flatten(), Dense(2, "softmax")], seed=seed)


def test_json_and_back_gives_the_same_layers_and_first_weights():
    model = stack(BatchNormalization(), Dropout(0.25))
    text = model.to_json(indent=2)
    again = model_from_json(text)
    assert again.to_json(indent=2) == text
    assert list(map(repr, again.layers)) == list(map(repr, model.layers))
    for one, two in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)  # the seed is in the JSON
    assert "kernel" not in json.loads(text)["config"]


def test_json_and_a_file_of_weights_give_the_model_back(tmp_path):
    model = stack()
    model.set_weights([a + 0.5 for a in model.get_weights()])
    model.save_weights(tmp_path / "model.h5")
    again = model_from_json(model.to_json())
    again.load_weights(tmp_path / "model.h5")
    x = np.random.default_rng(0).random((2, 6, 5, 2))
    np.testing.assert_array_equal(again.predict(x), model.predict(x))


def test_config_and_back_also_without_a_shape():
    model = Sequential([Dense(3), ReLU()])
    again = Sequential.from_config(model.get_config())
    assert again.output_shape is None
    assert again.predict(np.ones((2, 4))).shape == (2, 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not json", "should be given what model.to_json"),
        ("[]", "should be given what model.to_json"),
        ('{"class_name": "Sequential", "config": {"layers": []}}', "not from tinycnn"),
        ('{"tinycnn": 1, "config": {}}', "not get_config of a model: no 'input_shape'"),
        (
            '{"tinycnn": 1, "config": {"input_shape": null, "seed": 0, '
            '"layers": [["Popen", {}]]}}',
            "layers should be of",
        ),
    ],
)
def test_other_json_is_refused_in_one_line(text, message):
    with pytest.raises(ValueError, match=message):
        model_from_json(text)


def test_yaml_is_answered_with_json():
    with pytest.raises(AttributeError, match=r"to_yaml.*to_json writes the layers"):
        stack().to_yaml()


def test_a_clone_has_the_layers_and_new_weights(tmp_path):
    class Twice(ReLU):
        """A layer of the user's own."""

        def forward(self, x, training=False):
            return 2 * super().forward(x, training)

    for model in (stack(), stack(Twice())):
        first = model.get_weights()
        model.set_weights([a + 1 for a in first])
        clone = clone_model(model)
        assert list(map(type, clone.layers)) == list(map(type, model.layers))
        for one, two in zip(clone.get_weights(), first, strict=True):
            np.testing.assert_array_equal(one, two)
    model = stack()
    model.save(tmp_path / "m.h5")
    loaded = clone_model(load_model(tmp_path / "m.h5"))
    assert np.abs(loaded.layers[0].params["kernel"]).max() > 0
