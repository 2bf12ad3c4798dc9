"""Sequential: layers in a row that learn, answer and are kept."""

import io
import re
import warnings

import numpy as np
import pytest
from PIL import Image

from tinycnn import Sequential, load_model
from tinycnn.batches import ArrayBatches
from tinycnn.keras import words
from tinycnn.layers import (
    Activation,
    AveragePooling2D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
    ReLU,
    Sigmoid,
    Softmax,
)
from tinycnn.losses import BinaryCrossentropy, MeanSquaredError
from tinycnn.optimizers import SGD, Adam
from tinycnn.preprocessing.image import ImageDataGenerator, img_to_array, load_img
from tinycnn.preprocessing.photos import Preprocessing

SHAPE = (6, 7, 3)


def photos(count=4, seed=0, shape=SHAPE):
    return np.random.default_rng(seed).random((count, *shape), np.float32)


def layers(outputs=1, activation="sigmoid", shape=SHAPE):
    return [
        Conv2D(2, (2, 3), input_shape=shape, activation="relu"),
        MaxPooling2D((2, 2)),
        Flatten(),
        Dense(outputs, activation=activation),
    ]


def small_model(outputs=1, seed=0, optimizer="adam", shape=SHAPE):
    model = Sequential(
        layers(outputs, "sigmoid" if outputs == 1 else "softmax", shape), seed=seed
    )
    loss = "binary_crossentropy" if outputs == 1 else "categorical_crossentropy"
    model.compile(optimizer, loss, ["accuracy"])
    return model


def same_bits(one, other):
    """Return whether two models have the same weights, to the bit."""
    return [w.tobytes() for w in one.get_weights()] == [
        w.tobytes() for w in other.get_weights()
    ]


# -- building ----------------------------------------------------------------------


def tutorial():
    classifier = Sequential()
    classifier.add(Conv2D(32, (3, 3), input_shape=(64, 64, 3), activation="relu"))
    classifier.add(MaxPooling2D(pool_size=(2, 2)))
    classifier.add(Flatten())
    classifier.add(Dense(units=128, activation="relu"))
    classifier.add(Dense(units=1, activation="sigmoid"))
    return classifier


def test_the_tutorials_network_unfolds_into_eight_layers():
    model = tutorial()
    kinds = [Conv2D, ReLU, MaxPooling2D, Flatten, Dense, ReLU, Dense, Sigmoid]
    assert [type(layer) for layer in model.layers] == kinds
    assert {name: param.shape for name, param in model.params.items()} == {
        "0.kernel": (3, 3, 3, 32),
        "0.bias": (32,),
        "4.kernel": (31 * 31 * 32, 128),
        "4.bias": (128,),
        "6.kernel": (128, 1),
        "6.bias": (1,),
    }
    assert model.count_params() == 3_937_409
    assert model.input_shape == (64, 64, 3)
    assert model.output_shape == (1,)


def test_the_constructors_list_is_the_same_as_calling_add():
    one = Sequential(layers(), seed=3)
    other = Sequential(seed=3)
    for layer in layers():
        other.add(layer)
    assert repr(one.layers) == repr(other.layers)
    assert same_bits(one, other)


def test_an_activation_of_its_own_is_the_same_as_the_word():
    one = Sequential([Dense(3, activation="relu", input_shape=(2,))])
    other = Sequential([Dense(3, input_shape=(2,)), Activation("relu")])
    assert repr(one.layers) == repr(other.layers) == "[Dense(units=3), ReLU()]"


def test_linear_is_no_layer():
    assert len(Sequential([Dense(3, activation="linear")]).layers) == 1


def test_shapes_flow_as_layers_are_added():
    model = Sequential()
    shapes = []
    for layer in layers():
        model.add(layer)
        shapes.append(model.output_shape)
    assert shapes == [(5, 5, 2), (2, 2, 2), (8,), (1,)]
    assert all(layer.output_shape for layer in model.layers)


def test_without_input_shape_the_first_photos_decide():
    model = Sequential([Flatten(), Dense(2)])
    assert model.output_shape is None
    assert model.count_params() == 0
    assert model.forward(photos()).shape == (4, 2)
    assert model.input_shape == SHAPE


def test_building_late_makes_the_same_weights():
    early = Sequential([Dense(3, input_shape=(4,)), Dense(2)], seed=7)
    late = Sequential([Dense(3), Dense(2)], seed=7)
    late.build((4,))
    assert same_bits(early, late)


@pytest.mark.parametrize(
    ("before", "wrong", "message"),
    [
        (
            [MaxPooling2D(2, input_shape=(4, 4, 4)), MaxPooling2D(2)],
            Conv2D(4, 3),
            "layer 2 (Conv2D), given (1, 1, 4): a 3x3 kernel does not fit in a 1x1",
        ),
        (
            [Conv2D(2, 2, activation="relu", input_shape=SHAPE)],
            MaxPooling2D((9, 1)),
            "layer 2 (MaxPooling2D), given (5, 6, 2): a 9x1 pooling window does not f",
        ),
        (
            [MaxPooling2D(2, input_shape=SHAPE)],
            Dense(3),
            "layer 1 (Dense), given (3, 3, 3): ",
        ),
        (
            [Dense(3, input_shape=(5,))],
            Conv2D(2, 3),
            "layer 1 (Conv2D), given (3,): the input should be (rows, columns, channe",
        ),
    ],
)
def test_a_layer_that_cannot_follow_is_named_with_its_place(before, wrong, message):
    model = Sequential(before)
    count = len(model.layers)
    with pytest.raises(ValueError, match=re.escape(message)):
        model.add(wrong)
    assert len(model.layers) == count


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            Flatten,
            r"add should be given a layer, got <class .*Flatten'>; write it with",
        ),
        ("relu", r"add should be given a layer, got 'relu'$"),
        (None, r"add should be given a layer, got None$"),
    ],
)
def test_what_is_no_layer_is_refused(wrong, message):
    with pytest.raises(TypeError, match=message):
        Sequential().add(wrong)


def test_a_layer_twice_is_refused():
    dense = Dense(3, input_shape=(3,))
    message = r"Dense\(units=3\) is in this model already; make a new one for each pl"
    with pytest.raises(ValueError, match=message):
        Sequential([dense, dense])


@pytest.mark.parametrize("ask", ["forward", "predict"])
def test_a_model_without_layers_says_so(ask):
    with pytest.raises(RuntimeError, match="the model has no layers yet: add some"):
        getattr(Sequential(), ask)(photos())


# -- seeds and weights -------------------------------------------------------------


def test_the_same_seed_gives_the_same_weights_and_another_seed_others():
    assert same_bits(small_model(seed=1), small_model(seed=1))
    one, other = small_model(seed=1).params, small_model(seed=2).params
    assert (one["0.kernel"] != other["0.kernel"]).all()
    assert (one["4.kernel"] != other["4.kernel"]).all()


def test_two_layers_of_a_shape_start_differently():
    model = Sequential([Dense(3, input_shape=(3,)), Dense(3)])
    assert (model.params["0.kernel"] != model.params["1.kernel"]).all()


@pytest.mark.parametrize("seed", [-1, True, 1.5])
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises(ValueError, match="seed should be a whole number of at least 0"):
        Sequential(seed=seed)


def test_weights_can_be_taken_and_given():
    one, other = small_model(seed=1), small_model(seed=2)
    weights = one.get_weights()
    assert [weight.shape for weight in weights] == [(2, 3, 3, 2), (2,), (8, 1), (1,)]
    other.set_weights(weights)
    assert same_bits(one, other)
    weights[0][...] = 0  # copies: neither model changes
    assert one.params["0.kernel"].any()
    assert other.params["0.kernel"].any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda w: w[:3], "the model has 4 weight arrays, got 3"),
        (lambda w: [*w, w[0]], "the model has 4 weight arrays, got 5"),
        (
            lambda w: [*w[:3], np.zeros(2)],
            "the weights 4.bias should have shape (1,), got (2,)",
        ),
        (
            lambda w: [w[0], w[1], w[2].T, w[3]],
            "the weights 4.kernel should have shape (8, 1), got (1, 8)",
        ),
    ],
)
def test_weights_that_do_not_fit_are_refused_whole(change, message):
    model = small_model(seed=1)
    with pytest.raises(ValueError, match=re.escape(message)):
        model.set_weights(change([weight + 1 for weight in model.get_weights()]))
    assert same_bits(model, small_model(seed=1))


def test_a_model_of_the_first_layers_shares_weights_and_shows_feature_maps():
    model = small_model()
    first = Sequential(model.layers[:2])
    assert first.params["0.kernel"] is model.params["0.kernel"]
    maps = first.predict(photos())
    assert maps.shape == (4, 5, 5, 2)
    conv, relu = model.layers[:2]
    assert (maps == relu.forward(conv.forward(photos()))).all()
    model.fit(photos(), [0, 1, 0, 1], verbose=0)
    assert (first.predict(photos()) != maps).any()  # it learns with the model


# -- compile -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("optimizer", "loss", "wanted"),
    [
        ("adam", "binary_crossentropy", (Adam, BinaryCrossentropy)),
        ("SGD", "mse", (SGD, MeanSquaredError)),
        (SGD, MeanSquaredError, (SGD, MeanSquaredError)),
        (Adam(0.5), BinaryCrossentropy(), (Adam, BinaryCrossentropy)),
    ],
)
def test_compile_takes_names_classes_and_objects(optimizer, loss, wanted):
    model = Sequential(layers())
    model.compile(optimizer, loss)
    assert (type(model.optimizer), type(model.loss)) == wanted
    if isinstance(optimizer, Adam):
        assert model.optimizer is optimizer


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"optimizer": "ftrl"}, "optimizer should be one of sgd, adam, rmsprop, ada"),
        ({"optimizer": None}, "optimizer should be one of sgd, adam, rmsprop, adag"),
        ({"loss": "hinge"}, "loss should be one of binary_crossentropy, categorical"),
        ({"loss": None}, "loss should be one of binary_crossentropy, categorical"),
        ({"loss": max}, "got <built-in function max>, of which no derivative"),
        ({"metrics": ["f2"]}, r"metrics should be some of .*, got 'f2"),
    ],
)
def test_unknown_words_are_refused(arguments, message):
    given = {"optimizer": "adam", "loss": "binary_crossentropy"} | arguments
    with pytest.raises(ValueError, match=message):
        Sequential(layers()).compile(**given)


@pytest.mark.parametrize(
    ("keyword", "message"),
    [
        ("loss_weights", "compile has no argument 'loss_weights': a Sequential has on"),
        (
            "foo",
            r"compile has no argument 'foo': help\(Sequential.compile\) lists",
        ),
    ],
)
def test_keywords_of_keras_that_compile_has_not_are_named(keyword, message):
    with pytest.raises(TypeError, match=message):
        small_model().compile("adam", "binary_crossentropy", **{keyword: 2})


@pytest.mark.parametrize(
    ("loss", "last", "wanted"),
    [
        ("binary_crossentropy", Dense(1), "sigmoid"),
        ("binary_crossentropy", Dense(1, activation="relu"), "sigmoid"),
        ("binary_crossentropy", Dense(1, activation="softmax"), "sigmoid"),
        ("categorical_crossentropy", Dense(1, activation="sigmoid"), "softmax"),
        ("sparse_categorical_crossentropy", Dense(2), "softmax"),
    ],
)
def test_a_cross_entropy_says_which_last_layer_it_needs(loss, last, wanted):
    message = f"{loss} works on logits and needs a last layer with activation='{wanted}"
    model = Sequential([Flatten(input_shape=SHAPE), last])
    with pytest.raises(ValueError, match=re.escape(message)):
        model.compile("adam", loss)
    late = Sequential()  # compiled first, and so found out when it should learn
    late.compile("adam", loss)
    for layer in model.layers:
        late.layers.append(layer)
    with pytest.raises(ValueError, match=re.escape(message)):
        late.fit(photos(), [0, 1, 0, 1], verbose=0)


# -- forward and backward ----------------------------------------------------------


def test_backward_of_the_whole_model_agrees_with_trying():
    model = Sequential(
        [
            Conv2D(2, (2, 3), input_shape=(5, 6, 2), activation="sigmoid"),
            AveragePooling2D((2, 1)),
            Flatten(),
            Dense(3, activation="relu"),
            Dense(2, activation="softmax"),
        ],
        seed=4,
    )
    for layer in model.layers:
        layer.params = {k: v.astype(np.float64) for k, v in layer.params.items()}
    rng = np.random.default_rng(1)
    x = rng.standard_normal((3, 5, 6, 2))
    dy = rng.standard_normal(model.forward(x).shape)
    dx = model.backward(dy)
    arrays = {"x": (x, dx)} | {
        name: (param, model.grads[name]) for name, param in model.params.items()
    }
    assert len(arrays) == 7
    for name, (array, gradient) in arrays.items():
        assert gradient.shape == array.shape
        direction = rng.standard_normal(array.shape)
        kept, results = array.copy(), []
        for h in (1e-6, -1e-6):
            array[...] = kept + h * direction
            results.append(float(np.sum(model.forward(x) * dy)))
        array[...] = kept
        by_trying = (results[0] - results[1]) / 2e-6
        assert np.sum(gradient * direction) == pytest.approx(by_trying, rel=1e-6), name


def test_forward_switches_dropout_only_in_training():
    model = Sequential([Dropout(0.5, input_shape=(50,))])
    x = np.ones((2, 50), np.float32)
    assert (model.forward(x) == 1).all()
    assert set(np.unique(model.forward(x, training=True))) == {0, 2}


# -- fit ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"y": None}, "an array x needs y, the labels"),
        ({"y": [0, 1, 0]}, "x and y should have the same length, got shapes (4, 6,"),
        ({"x": np.empty((0, *SHAPE)), "y": []}, "x should hold at least one photo"),
        ({"x": [["a"], ["b"]], "y": [0, 1]}, "x should be an array of numbers, got"),
        ({"x": photos(shape=(7, 6, 3))}, "should be given an array of shape (N, 6, 7,"),
        ({"x": photos()[0], "y": range(6)}, "a single photo needs a batch axis"),
        ({"y": [0, 1, 2, 1]}, "labels should be 0 or 1, got 2; for three classes or"),
        ({"y": np.eye(4)}, "y_true should have the shape of the output, (4, 1), got"),
        ({"batch_size": 0}, "batch_size should be a whole number of at least 1, got 0"),
        ({"epochs": 1.5}, "epochs should be a whole number of at least 0, got 1.5"),
        ({"class_weight": {1: 2.0}}, "class_weight should have a weight for every la"),
        ({"validation_split": 1.0}, "validation_split should be a fraction between 0"),
        ({"validation_split": 0.9}, "leaves photos on both sides, got 0.9 of 4 photos"),
        ({"validation_split": -0.5}, "validation_split should be a fraction between 0"),
        (
            {"x": [(photos(), [0, 1, 0, 1])], "y": None, "validation_split": 0.5},
            "validation_split needs arrays x and y",
        ),
    ],
)  # fmt: skip
def test_fit_refuses_what_does_not_fit(arguments, message):
    given = {"x": photos(), "y": [0, 1, 0, 1], "verbose": 0} | arguments
    with pytest.raises(ValueError, match=re.escape(message)):
        small_model().fit(**given)


@pytest.mark.parametrize(
    ("keyword", "message"),
    [
        (
            "validation_freq",
            "fit has no argument 'validation_freq': validation",
        ),
        ("sample_weight", "fit has no argument 'sample_weight': class_weight weights"),
        ("foo", r"fit has no argument 'foo': help\(Sequential.fit\) lists"),
    ],
)
def test_keywords_of_keras_that_fit_has_not_are_named(keyword, message):
    with pytest.raises(TypeError, match=message):
        small_model().fit(photos(), [0, 1, 0, 1], **{keyword: 2})


@pytest.mark.parametrize("verb", ["fit", "evaluate", "train_on_batch"])
def test_a_model_that_is_not_compiled_says_so(verb):
    with pytest.raises(RuntimeError, match="the model is not compiled: call compile"):
        getattr(Sequential(layers()), verb)(photos(), [0, 1, 0, 1])


def test_twenty_tiny_photos_are_learnt_by_heart():
    model = small_model(seed=1, optimizer=Adam(0.03), shape=(8, 8, 1))
    x, y = photos(20, seed=3, shape=(8, 8, 1)), np.arange(20) % 2
    history = model.fit(x, y, epochs=150, batch_size=10, verbose=0)
    assert model.evaluate(x, y, verbose=0)[1] == 1.0
    assert history.history["loss"][-1] < history.history["loss"][0] / 4
    assert len(history.history["accuracy"]) == 150
    assert model.history is history


def test_the_same_seed_gives_the_same_model_to_the_byte(tmp_path):
    for name in ("one", "two"):
        np.random.seed(len(name))  # noqa: NPY002 - has no say
        model = small_model(seed=6)
        model.fit(photos(), [0, 1, 0, 1], epochs=3, batch_size=2, verbose=0)
        model.save(tmp_path / f"{name}.safetensors")
    one, two = ((tmp_path / f"{n}.safetensors").read_bytes() for n in ("one", "two"))
    assert one == two
    other = small_model(seed=7)
    other.fit(photos(), [0, 1, 0, 1], epochs=3, batch_size=2, verbose=0)
    assert not same_bits(model, other)


def test_shuffle_is_a_choice():
    weights = []
    for shuffle in (True, False):
        model = small_model()
        model.fit(photos(9), np.arange(9) % 2, batch_size=2, shuffle=shuffle, verbose=0)
        weights.append(model.get_weights()[0])
    assert (weights[0] != weights[1]).any()


def test_labels_as_numbers_and_one_hot_give_the_same_weights():
    y = np.array([0, 2, 1, 2])
    models = []
    for loss, labels in [
        ("categorical_crossentropy", y),
        ("categorical_crossentropy", np.eye(3)[y]),
        ("sparse_categorical_crossentropy", y),
        ("sparse_categorical_crossentropy", y[:, np.newaxis]),
    ]:
        model = small_model(outputs=3)
        model.compile("adam", loss, ["accuracy"])
        history = model.fit(photos(), labels, epochs=3, batch_size=2, verbose=0)
        models.append((model, history.history))
    for model, history in models[1:]:
        assert same_bits(model, models[0][0])
        assert history == models[0][1]


def test_train_on_batch_is_a_step_of_fit():
    one, other = small_model(), small_model()
    figures = one.train_on_batch(photos(), [0, 1, 0, 1])
    history = other.fit(photos(), [0, 1, 0, 1], shuffle=False, verbose=0).history
    assert figures == [history["loss"][0], history["accuracy"][0]]
    assert same_bits(one, other)
    one.compile("sgd", "binary_crossentropy")
    assert isinstance(one.train_on_batch(photos(), [0, 1, 0, 1]), float)


@pytest.mark.parametrize("outputs", [1, 3])
def test_an_update_of_sgd_is_the_learning_rate_times_the_gradient(outputs):
    model, x, y = small_model(outputs, optimizer=SGD(0.25)), photos(), [0, 1, 0, 1]
    p = model.forward(x)
    truth = np.reshape(y, (4, 1)) if outputs == 1 else np.eye(3)[y]
    # d loss / d p by the textbook's formula; fit itself starts at the logits.
    dp = (p - truth) / (p * (1 - p)) if outputs == 1 else -truth / p
    model.backward((dp / 4).astype(np.float32))
    wanted = {
        name: param - 0.25 * model.grads[name] for name, param in model.params.items()
    }
    model.train_on_batch(x, y)
    for name, param in model.params.items():
        np.testing.assert_allclose(param, wanted[name], rtol=1e-4, atol=1e-6)


def test_mean_squared_errors_gradient_goes_through_the_last_layer():
    model, x, y = small_model(optimizer=SGD(0.25)), photos(), [0, 1, 0, 1]
    model.compile(SGD(0.25), "mean_squared_error")
    p = model.forward(x)
    model.backward((2 * (p - np.reshape(y, (4, 1))) / 4).astype(np.float32))
    wanted = model.params["4.kernel"] - 0.25 * model.grads["4.kernel"]
    model.train_on_batch(x, y)
    np.testing.assert_allclose(model.params["4.kernel"], wanted, rtol=1e-4, atol=1e-7)


def test_a_model_with_nothing_to_learn_can_be_judged_like_any():
    model = Sequential([Flatten(input_shape=(1, 1, 1)), Sigmoid()])
    model.compile("sgd", "binary_crossentropy")
    history = model.fit(np.zeros((4, 1, 1, 1)), [0, 1, 0, 1], epochs=2, verbose=0)
    assert history.history["loss"] == pytest.approx([np.log(2)] * 2)


def test_dropout_drops_other_numbers_at_each_step():
    model = Sequential([Dropout(0.5, input_shape=(50,)), Dense(1, "sigmoid")])
    model.compile(SGD(1e-6), "binary_crossentropy")
    masks = []
    for _ in range(3):
        model.train_on_batch(np.ones((1, 50), np.float32), [1])
        masks.append(tuple(model.grads["1.kernel"][:, 0] != 0))
    assert len(set(masks)) == 3


def test_figures_are_from_before_the_update():
    model = small_model(optimizer=SGD(1.0))
    before = model.evaluate(photos(), [0, 1, 0, 1], verbose=0)
    assert model.train_on_batch(photos(), [0, 1, 0, 1]) == pytest.approx(before)
    assert model.evaluate(photos(), [0, 1, 0, 1], verbose=0)[0] < before[0]


def test_a_class_of_weight_two_counts_as_if_its_photos_came_twice():
    x, y = photos(5), np.array([0, 1, 0, 1, 0])
    ones = y == 1
    doubled = np.concatenate([x, x[ones]]), np.concatenate([y, y[ones]])
    # The mean divides by 5 photos, not by the 7 of the doubled batch.
    weighted = small_model(optimizer=SGD(0.5))
    twice = small_model(optimizer=SGD(0.5 * 7 / 5))
    loss, _ = weighted.train_on_batch(x, y, class_weight={0: 1.0, 1: 2.0})
    doubled_loss, _ = twice.train_on_batch(*doubled)
    assert loss == pytest.approx(doubled_loss * 7 / 5, rel=1e-6)
    for one, other in zip(weighted.get_weights(), twice.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-7)


def test_class_weights_reach_fit_and_weights_of_one_change_nothing():
    x, y = photos(5), np.array([0, 1, 0, 1, 0])
    plain, ones, heavy = (small_model() for _ in range(3))
    plain.fit(x, y, verbose=0)
    ones.fit(x, y, verbose=0, class_weight={0: 1, 1: 1})
    heavy.fit(x, y, verbose=0, class_weight={0: 1, 1: 5})
    assert same_bits(plain, ones)
    assert not same_bits(plain, heavy)


def test_validation_split_judges_the_last_part():
    x, y = photos(10), np.arange(10) % 2
    one, other = small_model(), small_model()
    first = one.fit(x, y, validation_split=0.3, verbose=0, batch_size=4, epochs=2)
    second = other.fit(
        x[:7],
        y[:7],
        validation_data=(x[7:], y[7:]),
        verbose=0,
        batch_size=4,
        epochs=2,
    )
    assert first.history == second.history
    assert same_bits(one, other)
    loss, accuracy = one.evaluate(x[7:], y[7:], verbose=0)
    assert first.history["val_loss"][-1] == pytest.approx(loss)
    assert first.history["val_accuracy"][-1] == accuracy


def test_validation_data_go_before_validation_split_as_in_keras():
    x, y = photos(10), np.arange(10) % 2
    one, other = small_model(), small_model()
    given = {"validation_data": (x[:2], y[:2]), "verbose": 0}
    first = one.fit(x, y, validation_split=0.3, **given)
    second = other.fit(x, y, **given)
    assert first.history == second.history
    assert same_bits(one, other)


def test_validation_changes_no_weight():
    x, y = photos(6), np.arange(6) % 2
    one, other = small_model(), small_model()
    one.fit(x, y, verbose=0, epochs=2)
    other.fit(x, y, verbose=0, epochs=2, validation_data=(photos(3, 9), [0, 1, 1]))
    assert same_bits(one, other)


# -- evaluate and predict ----------------------------------------------------------


def test_evaluate_is_what_one_computes_by_hand(capsys):
    model = small_model()
    x, y = photos(7), np.array([0, 1, 1, 0, 1, 1, 0])
    p = model.predict(x)[:, 0].astype(np.float64)
    by_hand = -np.mean(np.log(np.where(y == 1, p, 1 - p)))
    right = sum(int(pi > 0.5) == yi for pi, yi in zip(p, y, strict=True)) / 7
    for batch_size in (1, 3, 7, 32):
        loss, accuracy = model.evaluate(x, y, batch_size=batch_size)
        assert loss == pytest.approx(by_hand, rel=1e-5)
        assert accuracy == pytest.approx(right)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"7 - loss: {by_hand:.4f} - accuracy: {right:.4f}"] * 4
    model.evaluate(x, y, verbose=0)
    assert capsys.readouterr().out == ""


def test_photos_beyond_the_steps_are_not_judged():
    model = small_model()
    x, y = photos(7), np.array([0, 1, 1, 0, 1, 1, 0])
    source = ArrayBatches(x, y, batch_size=3)
    assert model.evaluate(source, steps=1, verbose=0) == pytest.approx(
        model.evaluate(x[:3], y[:3], verbose=0), rel=1e-6
    )


def test_the_models_threshold_decides():
    model = small_model()
    p = model.predict(photos(1))[0, 0]
    for threshold, accuracy in [(p - 0.01, 1.0), (p + 0.01, 0.0)]:
        model.threshold = float(threshold)
        assert model.evaluate(photos(1), [1], verbose=0)[1] == accuracy


@pytest.mark.parametrize("batch_size", [1, 2, 3, 7, 32])
def test_predicting_in_blocks_is_predicting_at_once(batch_size):
    model = small_model()
    at_once = model.forward(photos(7))
    in_blocks = model.predict(photos(7), batch_size=batch_size)
    assert in_blocks.shape == (7, 1)
    assert in_blocks.dtype == np.float32
    np.testing.assert_allclose(in_blocks, at_once, rtol=1e-6)


def test_predict_works_in_blocks(monkeypatch):
    sizes = []
    model = small_model()
    forward = model.forward
    monkeypatch.setattr(
        model, "forward", lambda x, **k: sizes.append(len(x)) or forward(x, **k)
    )
    model.predict(photos(7), batch_size=3)
    assert sizes == [3, 3, 1]


@pytest.mark.parametrize("verb", ["predict", "evaluate"])
def test_what_backward_would_have_needed_is_let_go(verb):
    model = small_model()
    model.forward(photos())
    assert all(layer.kept is not None for layer in model.layers)
    arguments = [photos()] if verb == "predict" else [photos(), [0, 1, 0, 1]]
    getattr(model, verb)(*arguments, verbose=0)
    assert all(layer.kept is None for layer in model.layers)


def test_predict_changes_neither_photos_nor_weights():
    model, x = small_model(seed=1), photos()
    model.predict(x)
    assert (x == photos()).all()
    assert same_bits(model, small_model(seed=1))


def test_whole_numbers_are_taken_as_floats():
    model = small_model()
    x = np.arange(2 * 6 * 7 * 3, dtype=np.uint8).reshape(2, 6, 7, 3)
    assert (model.predict(x) == model.predict(x.astype(np.float32))).all()


def test_numbers_up_to_255_are_warned_of_by_a_model_that_learnt_on_0_to_1():
    model = small_model()
    x = 255 * photos()
    model.predict(x)  # a model that has learnt nothing cannot know
    model.fit(photos(), [0, 1, 0, 1], verbose=0)
    model.predict(photos())
    with pytest.warns(UserWarning, match=r"to about 256.*went up to 0\.9.*by 255"):
        model.predict(x)


def test_photo_after_photo_the_same_line_warns_once(tmp_path):
    Image.new("RGB", (7, 6), (250, 180, 130)).save(tmp_path / "a.png")
    Image.new("RGB", (7, 6), (140, 180, 130)).save(tmp_path / "b.png")
    models = small_model(), small_model()
    for model in models:
        model.fit(photos(), [0, 1, 0, 1], verbose=0)

    def who(model):
        for name in ("a.png", "b.png", "a.png"):
            x = img_to_array(load_img(tmp_path / name))
            model.predict(x[np.newaxis])

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("default")
        who(models[0])
        assert len(said) == 1
        who(models[0])
        assert len(said) == 1
        models[0].predict(255 * photos())  # another line
        who(models[1])
        assert len(said) == 3
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        who(models[0])
        for _ in range(2):
            with pytest.raises(UserWarning, match="go up to about 256"):
                models[1].predict(255 * photos())


def test_a_model_that_learnt_on_0_to_255_is_not_warned():
    model = small_model()
    model.fit(255 * photos(), [0, 1, 0, 1], verbose=0)
    model.predict(255 * photos())


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (
            photos()[0],
            "got (6, 7, 3); a single photo needs a batch axis: x[np.newaxis]",
        ),
        (
            photos(shape=(7, 6, 3)),
            "should be given an array of shape (N, 6, 7, 3), got",
        ),
        ([["a"]], "x should be an array of numbers, got dtype"),
        (
            "photo.png",
            "this model did not learn from a folder, so it does not know how",
        ),
        ([], "should be given an array of shape (N, 6, 7, 3), got (0,)"),
    ],
    ids=["single photo", "other shape", "words", "path", "nothing"],
)
def test_what_cannot_be_predicted_is_refused(x, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        small_model().predict(x)


def test_no_photos_give_no_answers():
    assert small_model().predict(np.empty((0, *SHAPE), np.float32)).shape == (0, 1)


# -- folders of photos -------------------------------------------------------------


def dataset(folder, classes=("cats", "dogs"), count=3, size=(7, 6)):
    """Draw photos of one colour per class; size is (columns, rows)."""
    rng = np.random.default_rng(0)
    for label, name in enumerate(classes):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            colour = [0, 0, 0]
            colour[label] = 200 + int(rng.integers(50))
            Image.new("RGB", size, tuple(colour)).save(folder / name / f"{number}.png")
    return folder


def batches(folder, size=SHAPE[:2], **arguments):
    given = {"class_mode": "binary", "batch_size": 4} | arguments
    generator = ImageDataGenerator(rescale=1 / 255)
    return generator.flow_from_directory(folder, target_size=size, **given)


@pytest.fixture
def from_folder(tmp_path):
    folder = dataset(tmp_path / "train")
    model = small_model(optimizer=Adam(0.05), seed=1)
    model.fit(batches(folder), epochs=40, verbose=0)
    return model, folder


def test_fitting_from_a_folder_sets_classes_and_preprocessing(from_folder, tmp_path):
    model, folder = from_folder
    assert model.classes == ["cats", "dogs"]
    assert model.preprocessing == Preprocessing(SHAPE[:2], rescale=1 / 255)
    model.save(tmp_path / "model.safetensors")
    loaded = load_model(tmp_path / "model.safetensors")
    photo = folder / "dogs" / "0.png"
    assert loaded.classify(photo) == model.classify(photo)


def test_paths_images_and_lists_are_prepared_as_in_training(from_folder):
    model, folder = from_folder
    path = folder / "cats" / "1.png"
    with Image.open(path) as opened:
        image = opened.copy()
    array = np.asarray(image, np.float32)[np.newaxis] * np.float32(1 / 255)
    wanted = model.predict(array)
    for photo in (path, str(path), image, [path], (str(path),), [image]):
        np.testing.assert_array_equal(model.predict(photo), wanted)
    several = [path, folder / "dogs" / "0.png", image]
    answers = model.predict(several, batch_size=2)
    assert answers.shape == (3, 1)
    # The logits: near p = 0 a logit's last bit is many of the probability's.
    found, alone = (np.log(p / (1 - p)) for p in (answers[[0, 2]], wanted[[0, 0]]))
    np.testing.assert_allclose(found, alone, rtol=1e-6)


def test_photos_of_other_sizes_are_resized(from_folder, tmp_path):
    model, _ = from_folder
    Image.new("RGB", (31, 17), (0, 240, 0)).save(tmp_path / "large.jpg")
    assert model.classify(tmp_path / "large.jpg")[0] == "dogs"


def test_a_folder_is_predicted_in_file_order(from_folder):
    model, folder = from_folder
    paths = sorted(folder.glob("*/*.png"))
    answers = model.predict(batches(folder))
    np.testing.assert_allclose(answers, model.predict(paths), rtol=1e-6)
    assert (answers[:3] < 0.5).all()
    assert (answers[3:] > 0.5).all()


def test_classify_answers_who_it_is(from_folder):
    model, folder = from_folder
    for name in ("cats", "dogs"):
        answer, probability = model.classify(folder / name / "2.png")
        p = float(model.predict(folder / name / "2.png")[0, 0])
        assert answer == name
        assert probability == pytest.approx(p if name == "dogs" else 1 - p)
        assert probability > 0.5
    model.threshold = 0.999999
    answer, probability = model.classify(np.zeros((1, *SHAPE), np.float32))
    assert answer == "cats"


def test_classify_among_several_takes_the_largest():
    model = small_model(outputs=3)
    model.classes = ["a", "b", "c"]
    p = model.predict(photos(1))[0]
    assert model.classify(photos(1)) == ("abc"[p.argmax()], float(p.max()))


def test_a_model_that_does_not_know_its_classes_says_so():
    with pytest.raises(ValueError, match="this model does not know its classes: set"):
        small_model().classify(photos(1))


@pytest.mark.parametrize("class_mode", ["categorical", "sparse"])
def test_three_classes_are_learnt_with_softmax(tmp_path, class_mode):
    source = batches(
        dataset(tmp_path / "train", ("a", "b", "c")), class_mode=class_mode
    )
    model = small_model(outputs=3)
    model.fit(source, epochs=2, verbose=0, validation_data=source)
    assert model.classes == ["a", "b", "c"]
    assert len(model.evaluate(source, verbose=0)) == 2


@pytest.mark.parametrize(
    ("outputs", "classes", "message"),
    [
        (
            1,
            ("a", "b", "c"),
            "3 classes need Dense(3, activation='softmax') at the end, got 1 output",
        ),
        (
            3,
            ("a", "b"),
            "2 classes need Dense(2, activation='softmax') at the end or Dense(1, "
            "activation='sigmoid'), got 3 outputs",
        ),
    ],
)
def test_outputs_that_are_not_the_classes_are_found_before_the_first_step(
    tmp_path, outputs, classes, message
):
    source = batches(dataset(tmp_path / "train", classes), class_mode="sparse")
    model = small_model(outputs=outputs)
    with pytest.raises(ValueError, match=re.escape(message)):
        model.fit(source, verbose=0)
    assert model.optimizer.t == 0
    assert model.classes is None


def test_a_validation_folder_of_other_classes_is_refused(tmp_path):
    train = batches(dataset(tmp_path / "train"))
    test = batches(dataset(tmp_path / "test", ("birds", "cats")))
    message = (
        "the validation photos have the classes birds, cats and the training photos "
        "cats, dogs; they should be the same"
    )
    with pytest.raises(ValueError, match=message):
        small_model().fit(train, validation_data=test, verbose=0)


def test_a_folder_of_another_size_is_refused(tmp_path):
    source = batches(dataset(tmp_path / "train"), size=(7, 6))
    message = "the model wants photos of shape (6, 7, 3) and the folder's are (7, 6, 3)"
    with pytest.raises(ValueError, match=re.escape(message)):
        small_model().fit(source, verbose=0)


def test_a_folder_without_labels_cannot_be_learnt_from(tmp_path):
    source = batches(dataset(tmp_path / "train"), class_mode=None)
    with pytest.raises(ValueError, match="learning needs y, the right answers; class_"):
        small_model().fit(source, verbose=0)


# -- what a model looks like -------------------------------------------------------


def test_the_summary_is_a_table(capsys):
    model = Sequential(
        [
            Conv2D(4, 3, input_shape=(8, 9, 3), activation="relu"),
            MaxPooling2D(2),
            Flatten(),
            Dense(1, activation="sigmoid"),
        ]
    )
    model.summary()
    lines = capsys.readouterr().out.splitlines()
    table = [re.split(r"\s{2,}", line) for line in lines if set(line) != {"-"}]
    assert table == [
        ["layer", "output shape", "parameters", "bytes", "multiply-adds"],
        ["input", "8 x 9 x 3"],
        # 3*3*3*4 + 4 numbers; 6*7 windows of 3*3*3*4 products
        ["0 Conv2D", "6 x 7 x 4", "112", "448 bytes", "4,536"],
        ["1 ReLU", "6 x 7 x 4"],
        ["2 MaxPooling2D", "3 x 3 x 4"],
        ["3 Flatten", "36"],
        ["4 Dense", "1", "37", "148 bytes", "36"],
        ["5 Sigmoid", "1"],
        ["149 parameters (596 bytes as float32), 4,572 multiply-adds per photo"],
    ]
    rules = [line for line in lines if set(line) == {"-"}]
    assert len(rules) == 2
    assert len(rules[0]) == len(rules[1]) == max(map(len, lines[:9]))


def test_the_tutorials_summary_counts_its_parameters(capsys):
    tutorial().summary()
    out = capsys.readouterr().out
    assert "3,937,409 parameters (15.0 MiB as float32)" in out
    assert re.search(r"4 Dense +128 +3,936,384 +15\.0 MiB +3,936,256\n", out)


def test_a_summary_without_shapes_asks(capsys):
    Sequential([Flatten(), Dense(2)]).summary()
    out = capsys.readouterr().out
    assert re.search(r"input +\?\n", out)
    assert re.search(r"1 Dense +\?\n", out)
    assert "not known yet: give the first layer input_shape" in out


def test_a_summary_fits_a_terminal_without_our_signs(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", stream)
    tutorial().summary()
    assert b"3,937,409" in stream.buffer.getvalue()


def test_a_model_is_one_line():
    assert repr(Sequential()) == "Sequential(no layers yet; 0 parameters)"
    assert repr(Sequential([Flatten()])) == "Sequential(Flatten; 0 parameters)"
    assert repr(small_model()) == (
        "Sequential(6 x 7 x 3 > Conv2D > ReLU > MaxPooling2D > Flatten > Dense > "
        "Sigmoid; 47 parameters)"
    )


def test_a_notebook_gets_a_table_that_runs_nothing():
    strange = type("<script>alert(1)</script>&", (Softmax,), {})
    page = Sequential([Dense(3, input_shape=(2,)), strange()])._repr_html_()
    assert page.startswith("<table><tr><th>layer</th><th>output shape</th>")
    assert "<td>0 Dense</td><td>3</td><td>9</td><td>36 bytes</td><td>6</td>" in page
    assert "<td>1 &lt;script&gt;alert(1)&lt;/script&gt;&amp;</td>" in page
    assert "<script" not in page


def test_photos_to_judge_must_be_prepared_and_classed_like_the_training(heroes):
    scaled = ImageDataGenerator(rescale=1 / 255)
    options = {"target_size": (8, 8), "class_mode": "binary"}
    train = scaled.flow_from_directory(heroes / "train", **options)
    raw = ImageDataGenerator().flow_from_directory(heroes / "test", **options)
    model = Sequential([Flatten(), Dense(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    with pytest.raises(ValueError, match="should be prepared like the training photos"):
        model.fit(train, validation_data=raw)
    model.fit(train, verbose=0)
    with pytest.raises(ValueError, match=r"photos: rescale is None, not 1/255$"):
        model.evaluate(raw)
    model.classes = ["dogs", "cats"]
    with pytest.raises(
        ValueError, match=r"classes Iron Man, Pikachu and .* dogs, cats"
    ):
        model.evaluate(train)


def test_photos_that_are_only_resized_otherwise_are_judged_with_one_line(
    heroes, monkeypatch
):
    monkeypatch.setattr(words, "_said", set())
    options = {"directory": heroes / "train", "target_size": (8, 8)}
    options["class_mode"] = "binary"
    generator = ImageDataGenerator(rescale=1 / 255)
    train = generator.flow_from_directory(interpolation="nearest", **options)
    other = generator.flow_from_directory(**options)
    model = Sequential([Flatten(), Dense(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    with pytest.warns(words.KerasWordWarning) as said:
        model.fit(train, validation_data=other, verbose=0)
        model.evaluate(other, verbose=0)
        model.predict(other)
    assert [str(one.message) for one in said] == [
        "these photos are resized with interpolation='bilinear', the training photos "
        "with 'nearest'"
    ]
    assert model.preprocessing.interpolation == "nearest"


# -- what newcomers stumbled over ---------------------------------------------------


def test_answers_to_judge_by_handed_over_as_y_are_refused_at_once(heroes):
    photos = ImageDataGenerator().flow_from_directory(heroes / "test", (8, 8))
    model = small_model()
    with pytest.raises(ValueError, match=r"leave y out, .* as validation_data="):
        model.fit(photos, photos)
    with pytest.raises(ValueError, match=r"leave y out, .* as validation_data="):
        model.fit(np.zeros((2, 6, 7, 3)), photos)


def test_the_name_of_a_folder_is_no_source_of_photos():
    with pytest.raises(ValueError, match=r"got the path 'Dataset/train'; for a folder"):
        small_model().fit("Dataset/train")


def test_a_photo_without_batch_axis_is_named_in_its_own_shape():
    model = small_model()
    message = r"got \(6, 7, 3\); a single photo needs a batch axis: x\[np.newaxis\]"
    with pytest.raises(ValueError, match=message):
        model.predict(np.zeros((6, 7, 3)))
    with pytest.raises(ValueError, match="got dtype object"):
        model.predict(None)


def test_classify_answers_for_one_photo_only():
    model = small_model()
    model.classes = ["a", "b"]
    with pytest.raises(ValueError, match="for one photo, got 2; predict takes many"):
        model.classify(np.zeros((2, 6, 7, 3)))


def test_one_sigmoid_output_and_one_hot_labels_do_not_meet(heroes):
    photos = ImageDataGenerator().flow_from_directory(heroes / "test", (6, 7))
    with pytest.raises(ValueError, match="needs photos with class_mode='binary'"):
        small_model().fit(photos)


def test_labels_that_are_names_are_refused():
    with pytest.raises(ValueError, match=r"labels should be numbers, .* got \['ant'\]"):
        small_model().fit(np.zeros((2, 6, 7, 3)), ["ant", "bee"], verbose=0)


def test_class_weights_by_a_word_are_refused():
    with pytest.raises(ValueError, match="should be a dict, label -> weight"):
        small_model().fit(
            np.zeros((2, 6, 7, 3)), [0, 1], class_weight="balanced", verbose=0
        )


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("foo", r"help\(Sequential\) lists"),
    ],
)
def test_methods_of_keras_that_are_not_there_are_named(name, hint):
    with pytest.raises(AttributeError, match=f"Sequential has no '{name}': {hint}"):
        getattr(Sequential(), name)


@pytest.mark.parametrize("wanted", [(6, 7, 1), (6, 7)])
def test_grey_photos_may_come_with_or_without_their_axis_as_in_keras(wanted):
    model = Sequential([Flatten(input_shape=wanted), Dense(2, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    x = photos(shape=(6, 7))
    history = model.fit(x, [0, 1, 0, 1], validation_data=(x, [0, 1, 1, 0]), verbose=0)
    assert set(history.history) == {"loss", "val_loss"}
    np.testing.assert_array_equal(model.predict(x), model.predict(x[..., np.newaxis]))
    with pytest.raises(ValueError, match=r"shape \(N, 6, 7"):
        model.predict(photos(shape=(6, 7, 3)))


def test_the_validation_may_have_a_batch_size_of_its_own():
    model = Sequential(layers())
    model.compile("sgd", "binary_crossentropy")
    x, y, sizes = photos(5), [0, 1, 0, 1, 1], []
    forward = model.layers[0].forward
    model.layers[0].forward = lambda x, training=False: (
        sizes.append((len(x), training)),
        forward(x, training),
    )[1]
    model.fit(x, y, 5, validation_data=(x, y), validation_batch_size=2, verbose=0)
    assert [size for size, training in sizes if not training] == [2, 2, 1]
