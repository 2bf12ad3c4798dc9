"""The modules that only Keras has: utils, backend, activations, loss functions."""

import random
from importlib import import_module

import numpy as np
import pytest

from tinycnn import Sequential, layers, losses, randomness
from tinycnn.keras import activations, backend, loss_functions, utils
from tinycnn.preprocessing import image


def test_to_categorical_of_numbers_columns_and_more_classes():
    rows = [[0, 0, 1, 0], [1, 0, 0, 0]]
    assert utils.to_categorical([2, 0], 4).tolist() == rows
    assert (
        utils.to_categorical(np.array([[2.0], [0.0]]), num_classes=4).tolist() == rows
    )
    assert utils.to_categorical([1, 0]).dtype == np.float32
    assert utils.to_categorical([], 3).shape == (0, 3)
    assert utils.to_categorical(np.zeros((2, 5), int), 3).shape == (2, 5, 3)


@pytest.mark.parametrize(
    ("y", "classes", "message"),
    [
        ([0, 3], 3, "should be from 0 to 2 for num_classes=3, got 0 to 3"),
        ([-1, 0], None, "got -1 to 0"),
        (["cat", "dog"], None, r"should be given class numbers.*np.unique"),
        ([0.5, 1], None, "should be given class numbers"),
    ],
)
def test_to_categorical_says_what_is_wrong(y, classes, message):
    with pytest.raises(ValueError, match=message):
        utils.to_categorical(y, classes)


def test_normalize_divides_by_the_norm_of_a_row():
    x = np.array([[3.0, 4.0], [0.0, 0.0]])
    assert utils.normalize(x).tolist() == [[0.6, 0.8], [0.0, 0.0]]
    assert utils.normalize(x, axis=0, order=1).tolist() == [[1.0, 1.0], [0.0, 0.0]]


def test_a_photo_is_written_and_read_back(tmp_path):
    photo = np.random.default_rng(1).integers(0, 256, (5, 7, 3)).astype(np.float32)
    utils.save_img(tmp_path / "a.png", photo, scale=False)
    assert (utils.img_to_array(utils.load_img(tmp_path / "a.png")) == photo).all()
    with pytest.raises(ValueError, match="rows, columns, channels"):
        utils.save_img(tmp_path / "b.png", photo, data_format="channels_first")


def test_a_seed_holds_for_models_made_after_it(monkeypatch):
    monkeypatch.setattr(randomness, "_default_seed", 0)

    def weights(**seed):
        return Sequential([layers.Dense(2, input_shape=(3,))], **seed).get_weights()[0]

    plain = weights()
    utils.set_random_seed(7)
    assert (weights() == weights(seed=7)).all()
    assert (weights() != plain).all()
    assert (weights(seed=0) == plain).all()
    drawn = random.random(), np.random.rand()  # noqa: NPY002
    utils.set_random_seed(7)
    assert drawn == (random.random(), np.random.rand())  # noqa: NPY002


def test_the_backend_is_channels_last():
    assert backend.image_data_format() == "channels_last"
    assert backend.image_dim_ordering() == "tf"
    backend.set_image_data_format("channels_last")
    backend.set_image_dim_ordering("tf")
    backend.set_floatx(backend.floatx())
    backend.clear_session()
    backend.set_learning_phase(0)
    assert backend.epsilon() == 1e-7
    for setter, value in (
        (backend.set_image_data_format, "channels_first"),
        (backend.set_image_dim_ordering, "th"),
        (backend.set_floatx, "float16"),
        (backend.set_learning_phase, 1),
    ):
        with pytest.raises(ValueError, match=f"should be .*got {value!r}"):
            setter(value)


X = np.array([[-3.0, -0.5, 0.0], [0.25, 2.0, 100.0]])
FORMULAS = {
    "linear": lambda x: x,
    "relu": lambda x: max(x, 0),
    "leaky_relu": lambda x: x if x > 0 else 0.2 * x,
    "elu": lambda x: x if x > 0 else np.exp(x) - 1,
    "selu": lambda x: (
        1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * (np.exp(x) - 1))
    ),
    "tanh": lambda x: (1 - np.exp(-2 * x)) / (1 + np.exp(-2 * x)),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "swish": lambda x: x / (1 + np.exp(-x)),
    "silu": lambda x: x / (1 + np.exp(-x)),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_an_activation_is_its_formula(name):
    function = activations.get(name)
    expected = [[FORMULAS[name](x) for x in row] for row in X]
    np.testing.assert_allclose(function(X), expected, rtol=1e-12)
    assert function(X.astype(np.float32)).dtype == np.float32
    assert function(X.astype(int)).dtype == np.float32


def test_softmax_is_the_layers_and_never_overflows():
    np.testing.assert_allclose(activations.softmax(X), layers.Softmax()(X), rtol=1e-12)
    assert activations.softmax([1000.0, 1000.0]).tolist() == [0.5, 0.5]
    assert activations.sigmoid([-1000.0, 1000.0]).tolist() == [0.0, 1.0]


def test_every_activation_is_in_a_table():
    assert set(activations.FUNCTIONS) == {*FORMULAS, "softmax"}
    assert activations.get(None) is activations.linear
    assert activations.get(activations.relu) is activations.relu
    with pytest.raises(ValueError, match="should be one of linear, relu"):
        activations.get("relux")


@pytest.mark.parametrize("name", ["relu", "sigmoid", "softmax"])
def test_a_function_stands_for_its_name(name):
    function = getattr(activations, name)
    by_function = Sequential([layers.Dense(3, activation=function, input_shape=(2,))])
    by_name = Sequential([layers.Dense(3, activation=name, input_shape=(2,))])
    assert repr(by_function.layers) == repr(by_name.layers)
    assert repr(layers.Activation(function)) == repr(layers.Activation(name))
    assert repr(layers.Dense(3, function)) == repr(layers.Dense(3, name))


P = np.array([[0.2, 0.5, 0.3], [0.9, 0.05, 0.05]])


def test_a_loss_function_is_its_formula():
    f = loss_functions
    expected = [-np.log(0.5), -np.log(0.05)]
    np.testing.assert_allclose(
        f.categorical_crossentropy(np.eye(3)[[1, 2]], P), expected
    )
    np.testing.assert_allclose(f.sparse_categorical_crossentropy([1, 2], P), expected)
    np.testing.assert_allclose(
        f.binary_crossentropy([[1.0], [0.0]], [[0.8], [0.3]]), -np.log([0.8, 0.7])
    )
    np.testing.assert_allclose(
        f.mean_squared_error([[1.0, 2.0]], [[1.5, 0.0]]), [(0.25 + 4) / 2]
    )
    np.testing.assert_allclose(
        f.mean_absolute_error([[1.0, 2.0]], [[1.5, 0.0]]), [(0.5 + 2) / 2]
    )
    assert np.isfinite(f.binary_crossentropy([[1.0]], [[0.0]])).all()


@pytest.mark.parametrize("name", losses.LOSSES)
def test_compile_takes_a_loss_function(name):
    if hasattr(losses, name):
        model = Sequential([layers.Dense(2, "softmax", input_shape=(3,))])
        if name == "binary_crossentropy":
            model = Sequential([layers.Dense(1, "sigmoid", input_shape=(3,))])
        model.compile("adam", loss=getattr(losses, name))
        assert model.loss.name == name


@pytest.mark.parametrize("home", ["cache", "home/.tinycnn", "home/.keras"])
def test_get_file_finds_what_is_in_a_cache(home, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv(
        "TINYCNN_HOME", str(tmp_path / "cache") if home == "cache" else ""
    )
    folder = tmp_path / home / "datasets"
    (folder / "flower_photos").mkdir(parents=True)
    (folder / "weights.bin").touch()
    origin = "https://example.org/images/flower_photos.tgz"
    flowers = str(folder / "flower_photos")
    assert utils.get_file("flower_photos", origin, True) == flowers
    assert utils.get_file("flower_photos.tar", origin=origin, untar=True) == flowers
    assert utils.get_file(origin=origin, extract=True) == f"{flowers}.tgz"
    assert utils.get_file("weights.bin", origin) == str(folder / "weights.bin")


def test_get_file_finds_what_keras_3_has_unpacked(tmp_path, monkeypatch):
    monkeypatch.setenv("TINYCNN_HOME", str(tmp_path))
    unpacked = tmp_path / "datasets/photos_extracted"
    unpacked.mkdir(parents=True)
    (tmp_path / "datasets/photos.zip").write_bytes(b"")
    assert utils.get_file("photos.zip", "u/photos.zip", extract=True) == str(unpacked)
    plain = utils.get_file("photos.zip", "u/photos.zip")
    assert plain == str(tmp_path / "datasets/photos.zip")


def test_the_package_for_photos_is_ours_under_the_replaced_word():
    package = import_module("tinycnn_preprocessing")
    assert package.image is import_module("tinycnn_preprocessing.image")
    assert package.image.ImageDataGenerator is image.ImageDataGenerator
    assert package.__spec__.name == "tinycnn.preprocessing"


def test_get_file_says_what_to_put_where(tmp_path, monkeypatch):
    monkeypatch.setenv("TINYCNN_HOME", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"https://e\.org/a\.tgz and unpack"):
        utils.get_file("a", "https://e.org/a.tgz", untar=True)
    with pytest.raises(FileNotFoundError, match=r"and put it at .*own.sub.a\.bin"):
        utils.get_file(
            "a.bin", "u", cache_dir=str(tmp_path / "own"), cache_subdir="sub"
        )
    with pytest.raises(ValueError, match="the name of a file, or its origin"):
        utils.get_file()


def test_a_sequence_of_one_s_own_is_shuffled_after_each_pass():
    class Photos(utils.Sequence):
        def __init__(self):
            super().__init__(workers=2)
            self.passes = 0

        def __len__(self):
            return 3

        def __getitem__(self, index):
            return np.full((2, 2), index, np.float32), np.array([0, 1])

        def on_epoch_end(self):
            self.passes += 1

    model = Sequential([layers.Dense(1, activation="sigmoid", input_shape=(2,))])
    model.compile("sgd", "binary_crossentropy")
    photos = Photos()
    model.fit(photos, epochs=3, verbose=0)
    assert photos.passes == 2  # between the passes
    assert [batch[0][0, 0] for batch in photos] == [0, 1, 2]
    assert model.evaluate(photos, verbose=0) == pytest.approx(
        np.mean([model.evaluate(*photos[i], verbose=0) for i in range(3)])
    )
    with pytest.raises(NotImplementedError, match="Sequence should define __len__"):
        len(utils.Sequence())
    with pytest.raises(NotImplementedError, match="should define __getitem__"):
        utils.PyDataset()[0]
