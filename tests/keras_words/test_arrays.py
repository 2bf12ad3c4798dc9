"""`tf.`, `K.` and `ops.` on arrays, and answers that are read as numbers."""

import copy
import pickle

import numpy as np
import pytest

import tinycnn as tf
from tinycnn import Sequential, layers
from tinycnn.keras import arrays, names
from tinycnn.keras import backend as K
from tinycnn.keras.arrays import ReadyArray

X = np.random.default_rng(3).normal(size=(3, 4, 5)).astype(np.float32)


@pytest.fixture(scope="module")
def model():
    model = Sequential()
    model.add(layers.Flatten(input_shape=(4, 5)))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy")
    return model


def test_one_answer_is_a_number_whatever_its_shape(model):
    answer = model.predict(X[:1])
    assert answer.shape == (1, 1)
    assert float(answer) == float(answer[0]) == answer[0][0]
    assert "%.3f" % answer[0] == f"{answer[0][0]:.3f}"  # noqa: UP031 - as scripts do
    assert ["no", "yes"][int(answer > 0.5)] == ["no", "yes"][int(answer[0, 0] > 0.5)]
    assert int(np.round(answer)) == round(answer[0, 0])
    assert int(model.predict_classes(X[:1])) in (0, 1)
    assert int(np.argmax(answer, axis=1)) == 0
    for many in (model.predict(X), model.predict_proba(X), model.predict_on_batch(X)):
        with pytest.raises(TypeError, match=r"a single number, got an array \(3, 1\)"):
            float(many)


def test_what_a_model_or_a_layer_returns_has_numpy(model):
    for y in (model(X), layers.Flatten()(X), model.predict(X), K.mean(X, axis=0)):
        assert type(y.numpy()) is np.ndarray
        assert (y.numpy() == y).all()
    assert isinstance(tf.argmax(X[0, 0]).numpy(), np.int64)


def test_a_ready_array_is_shown_and_pickled_as_a_plain_one(model):
    answer = model.predict(X)
    assert repr(answer) == repr(np.asarray(answer))
    assert type(pickle.loads(pickle.dumps(answer))) is np.ndarray
    assert (pickle.loads(pickle.dumps(answer)) == answer).all()


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (tf.expand_dims(X, 0), X[None]),
        (tf.expand_dims(input=X, axis=1), X[:, None]),
        (tf.squeeze(X[:1]), X[0]),
        (tf.squeeze(X[:1, :1], axis=[0]), X[0, :1]),
        (tf.reshape(X, [-1, 10]), X.reshape(6, 10)),
        (tf.transpose(X, perm=[2, 0, 1]), X.transpose(2, 0, 1)),
        (tf.cast([1.7, -1.7], tf.int32), [1, -1]),
        (tf.argmax([[1, 9], [5, 2]]), [1, 0]),
        (tf.argmax([[1, 9], [5, 2]], axis=-1), [1, 0]),
        (tf.argmin([[1, 9], [5, 2]], 1), [0, 1]),
        (tf.math.argmax([[1, 9], [5, 2]]), [1, 0]),
        (K.argmax([[[1, 9], [5, 2]]]), [[1, 0]]),
        (tf.ops.argmax([[1, 9], [5, 2]]), 1),
        (tf.ops.mean(X, axis=(0, 1)), X.mean(axis=(0, 1))),
        (tf.ops.softmax([0.0, 0.0]), [0.5, 0.5]),
        (tf.one_hot([2, 0, 5], 3), [[0, 0, 1], [1, 0, 0], [0, 0, 0]]),
        (tf.one_hot([0, 1], depth=2, axis=0, on_value=5), [[5, 0], [0, 5]]),
        (tf.concat([[1], [2, 3]], axis=0), [1, 2, 3]),
        (tf.stack([[1, 2], [3, 4]], axis=1), [[1, 3], [2, 4]]),
        (K.concatenate([[[1]], [[2]]]), [[1, 2]]),
        (tf.constant([1, 2], shape=(2, 1)), [[1], [2]]),
        (tf.fill([2, 2], 7), [[7, 7], [7, 7]]),
        (tf.zeros([2]), [0, 0]),
        (tf.ones((1, 2)), [[1, 1]]),
        (tf.gather([5, 6, 7], [2, 0]), [7, 5]),
        (tf.reduce_mean(X), X.mean()),
        (tf.reduce_sum(input_tensor=X, axis=[0, 1]), X.sum(axis=(0, 1))),
        (tf.reduce_max(X, -1, True), X.max(axis=-1, keepdims=True)),
        (tf.clip_by_value([1, 5, 9], 2, 6), [2, 5, 6]),
        (tf.math.log([1.0, np.e]), [0, 1]),
        (tf.equal([1, 2], [1, 3]), [True, False]),
        (tf.shape(X), (3, 4, 5)),
        (K.int_shape(X), (3, 4, 5)),
        (K.sum(K.round(K.clip([-1.0, 0.7, 3.0], 0, 1))), 2),
        (K.flatten(X), X.ravel()),
        (K.permute_dimensions(X, (1, 0, 2)), X.transpose(1, 0, 2)),
        (tf.math.confusion_matrix([0, 1, 1], [0, 1, 0]), [[1, 0], [1, 1]]),
        (tf.math.confusion_matrix([0], [0], num_classes=2), [[1, 0], [0, 0]]),
    ],
)
def test_a_function_on_arrays(got, expected):
    np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-7)


def test_numbers_of_one_s_own_are_32_bits_wide():
    assert tf.constant([1.5]).dtype == np.float32
    assert tf.convert_to_tensor([1, 2]).dtype == np.int32
    assert tf.convert_to_tensor(np.array([1.5])).dtype == np.float64
    assert tf.constant([1], dtype=tf.float16).dtype == np.float16


def test_a_name_that_is_no_function_on_arrays():
    with pytest.raises(AttributeError, match="no attribute 'einsum'"):
        arrays.einsum  # noqa: B018
    with pytest.raises(AttributeError, match=r"no tf\.math\.erfinv"):
        tf.math.erfinv  # noqa: B018


def test_every_listed_function_is_there():
    for name, target in (*names.ALIASES["tinycnn"].items(),):
        if target.startswith("tinycnn.keras.arrays:"):
            assert callable(getattr(tf, name))
    for name in names.ALIASES["tinycnn.keras.backend"]:
        assert callable(getattr(K, name))


def test_a_metric_of_one_s_own_uses_the_backend():
    def recall(y_true, y_pred):
        found = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
        return found / (K.sum(K.round(K.clip(y_true, 0, 1))) + K.epsilon())

    model = Sequential([layers.Flatten(input_shape=(4, 5)), layers.Dense(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=[recall])
    history = model.fit(X, np.array([[1.0], [0.0], [1.0]]), verbose=0)
    right = model.predict(X)[[0, 2], 0] > 0.5
    assert model.evaluate(X, np.array([[1.0], [0.0], [1.0]]), verbose=0)[
        1
    ] == pytest.approx(right.mean(), abs=1e-6)
    assert 0 <= history.history["recall"][0] <= 1
    assert isinstance(model.predict(X), ReadyArray)


def test_the_largest_of_an_answer_is_a_number_that_can_be_rounded_and_looked_up(model):
    answer = model.predict(X)
    assert round(100 * np.max(answer), 2) == round(100 * float(answer.max()), 2)
    assert {np.max(answer): "best"}[answer.max()] == "best"
    assert np.max(answer, axis=1).numpy().shape == (3,)


def test_one_label_of_a_batch_has_numpy_and_is_an_index():
    labels = np.array([2, 0, 1]).view(arrays.BatchArray)
    names_of = ["ant", "bee", "cat"]
    assert [names_of[label] for label in labels] == ["cat", "ant", "bee"]
    assert names_of[labels[0].numpy()] == "cat"
    assert {labels[1]: 5}[labels[1]] == 5
    assert round(labels[2]) == 1
    photos = np.ones((2, 3, 3, 1)).view(arrays.BatchArray)
    assert photos[0].numpy().astype("uint8").shape == (3, 3, 1)


def test_the_learning_rate_is_set_as_a_variable_of_keras(model):
    optimizer = tf.optimizers.SGD(0.5)
    assert (
        K.get_value(optimizer.lr) == float(optimizer.lr) == optimizer.lr.numpy() == 0.5
    )
    K.set_value(optimizer.lr, 0.5 * K.get_value(optimizer.lr))
    assert optimizer.learning_rate == 0.25
    optimizer.lr.assign(np.float32(0.125))
    assert optimizer.learning_rate == optimizer.learning_rate.numpy() == 0.125
    K.set_value(optimizer.learning_rate, 0.5)
    optimizer.learning_rate.assign(2 * optimizer.learning_rate)
    assert optimizer.lr == 1.0
    half = np.float32([0.5])
    for product in (optimizer.lr * half, half * optimizer.lr):  # as with a plain float
        assert product.dtype == np.float32
    assert type(copy.deepcopy(optimizer.learning_rate)) is float
    with pytest.raises(TypeError, match=r"write model\.optimizer\.learning_rate = v"):
        K.set_value(float(optimizer.learning_rate), 0.1)
