"""`Model(inputs, outputs)`: layers called one after the other are a Sequential."""

import numpy as np
import pytest

from tinycnn import Sequential, keras, load_model
from tinycnn.keras import layers
from tinycnn.models import Model

X = np.random.default_rng(2).random((6, 8, 7, 2)).astype(np.float32)
Y = np.arange(6) % 2


def functional():
    inputs = keras.Input(shape=(8, 7, 2))
    x = keras.Sequential([layers.Rescaling(0.5)], name="scaled")(inputs)
    x = layers.Conv2D(3, 2, activation="relu", name="first")(x)
    x = layers.Flatten()(x)
    outputs = layers.Dense(1, activation="sigmoid")(x)
    return inputs, x, outputs


def in_a_row():
    return Sequential(
        [
            keras.Input(shape=(8, 7, 2)),
            layers.Rescaling(0.5),
            layers.Conv2D(3, 2, activation="relu", name="first"),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda i, o: Model(i, o),
        lambda i, o: keras.Model(inputs=i, outputs=o),
        lambda i, o: keras.models.Model(inputs=[i], outputs=[o], name="net"),
        lambda i, o: Model(input=i, output=o),
    ],
)
def test_it_is_the_sequential_of_the_same_layers(make, tmp_path):
    inputs, _, outputs = functional()
    model, same = make(inputs, outputs), in_a_row()
    assert isinstance(model, Sequential)
    assert list(map(repr, model.layers)) == list(map(repr, same.layers))
    assert [one.name for one in model.layers] == [one.name for one in same.layers]
    for one in (model, same):
        one.compile("sgd", "binary_crossentropy")
        one.fit(X, Y, verbose=0)
    np.testing.assert_array_equal(model.predict(X), same.predict(X))
    model.save(tmp_path / "m.keras")
    loaded = load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))


def test_a_row_to_the_middle_is_a_network_of_those_layers():
    inputs, x, _ = functional()
    assert Model(inputs, x, name="features").output_shape == (7 * 6 * 3,)


@pytest.mark.parametrize(
    "make",
    [
        lambda i, x, o: Model(i, [x, o]),
        lambda i, x, o: Model([i, i], o),
        lambda i, x, o: Model(keras.Input((8, 7, 2)), o),
        lambda i, x, o: Model(i, o, "name", 3, trainable=False),
        lambda i, x, o: Model(inputs=i),
        lambda i, x, o: Model(),
    ],
)
def test_what_is_not_one_row_is_refused(make):
    with pytest.raises(TypeError, match=r"one row of layers.*model\.activations"):
        make(*functional())


def test_a_class_that_inherits_from_model_is_refused():
    with pytest.raises(TypeError, match=r"no models\.Model to inherit from"):
        type("Net", (Model,), {})


def test_numbers_are_not_there_before_photos_are():
    _, x, _ = functional()
    for use in (np.asarray, keras.activations.relu, np.mean):
        with pytest.raises(TypeError, match="no numbers before there are photos"):
            use(x)
    assert "Flatten()" in repr(x)


def test_a_layer_in_two_places_is_refused():
    inputs = keras.Input((4,))
    dense = layers.Dense(4)
    with pytest.raises(ValueError, match="is in this model already"):
        Model(inputs, dense(dense(inputs)))
