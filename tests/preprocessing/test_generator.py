"""tinycnn.preprocessing.generator: ImageDataGenerator on arrays, and its arguments."""

import math

import numpy as np
import pytest
from PIL import Image

from tinycnn.batches import ArrayBatches
from tinycnn.keras import words
from tinycnn.keras.words import KerasWordWarning
from tinycnn.layers import Dense, Flatten
from tinycnn.models import Sequential, load_model
from tinycnn.preprocessing.augmentation import Ranges
from tinycnn.preprocessing.image import ImageDataGenerator, NumpyArrayIterator


def photos(count=10, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, 5, 6, 3), dtype=np.uint8)


def first_pass(batches):
    return [batches.batch(0, i) for i in range(len(batches))]


def test_the_tutorials_arguments_become_ranges():
    generator = ImageDataGenerator(
        rescale=1.0 / 255, shear_range=0.2, zoom_range=0.2, horizontal_flip=True
    )
    assert generator.rescale == 1 / 255
    assert generator.ranges == Ranges(shear=0.2, zoom=(0.8, 1.2), horizontal_flip=True)


def test_every_argument_sets_its_range():
    generator = ImageDataGenerator(
        rotation_range=1,
        width_shift_range=0.2,
        height_shift_range=0.3,
        shear_range=4,
        zoom_range=0.5,
        vertical_flip=True,
        fill_mode="wrap",
    )
    assert generator.ranges == Ranges(
        rotation=1,
        width_shift=0.2,
        height_shift=0.3,
        shear=4,
        zoom=(0.5, 1.5),
        vertical_flip=True,
        fill_mode="wrap",
    )


@pytest.mark.parametrize(
    ("zoom_range", "zoom"),
    [(0, (1, 1)), (0.25, (0.75, 1.25)), ((0.5, 3), (0.5, 3)), ([0.9, 1], (0.9, 1))],
)
def test_zoom_range_is_a_fraction_or_two_factors(zoom_range, zoom):
    assert ImageDataGenerator(zoom_range=zoom_range).ranges.zoom == zoom


@pytest.mark.parametrize("zoom_range", [1, 1.5, (0, 1), (0.5, 1, 2), (0.5,), math.nan])
def test_a_wrong_zoom_range_is_an_error(zoom_range):
    with pytest.raises(ValueError, match="zoom_range should give factors above 0"):
        ImageDataGenerator(zoom_range=zoom_range)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rotation_range": -1}, "rotation_range should be 0 or more, got -1"),
        ({"shear_range": "10"}, "shear_range should be 0 or more, got '10'"),
        ({"fill_mode": "edge"}, "fill_mode should be one of nearest, .* got 'edge'"),
        ({"rescale": "1/255"}, "such as 1/255 without quotes, got '1/255'"),
        ({"rescale": 0}, r"rescale should not be 0.0; try 1/255"),
        ({"rescale": math.inf}, "rescale should not be inf"),
        ({"validation_split": 1}, r"validation_split should be a fraction .* got 1"),
        (
            {"validation_split": -0.1},
            r"validation_split should be a fraction .* got -0.1",
        ),
    ],
)
def test_a_wrong_argument_is_an_error_at_once(arguments, message):
    with pytest.raises(ValueError, match=message):
        ImageDataGenerator(**arguments)


@pytest.mark.parametrize(
    ("keyword", "alternative"),
    [
        ("zca_whitening", "use rescale"),
        ("data_format", "channels last"),
        ("horizontal_flips", r"did you mean 'horizontal_flip'\?"),
    ],
)
def test_an_unsupported_keyword_of_keras_is_refused_with_an_alternative(
    keyword, alternative
):
    message = f"ImageDataGenerator has no argument '{keyword}': .*{alternative}"
    with pytest.raises(TypeError, match=message):
        ImageDataGenerator(fill_mode="constant", **{keyword: 1})


def test_flow_refuses_unknown_keywords():
    with pytest.raises(
        TypeError, match=r"flow has no argument 'sample_weight': class_w"
    ):
        ImageDataGenerator().flow(photos(), sample_weight=np.ones(10))
    with pytest.raises(
        TypeError, match=r"flow has no argument 'batches': did you mean 'batch_size'"
    ):
        ImageDataGenerator().flow(photos(), batches=3)


# flow: batches out of arrays


def test_flow_gives_each_photo_once_with_its_label():
    x, y = photos(), np.arange(10)
    batches = ImageDataGenerator().flow(x, y, batch_size=4)
    assert isinstance(batches, NumpyArrayIterator)
    assert (batches.samples, len(batches)) == (10, 3)
    parts = first_pass(batches)
    assert [len(part) for part, _ in parts] == [4, 4, 2]
    labels = np.concatenate([part for _, part in parts])
    assert sorted(labels.tolist()) == list(range(10))
    assert labels.tolist() != list(range(10))
    seen = np.concatenate([part for part, _ in parts])
    assert seen.dtype == np.float32
    np.testing.assert_array_equal(seen, x[labels])


def test_flow_without_labels_gives_photos_alone():
    batch = next(ImageDataGenerator().flow(photos(), shuffle=False))
    np.testing.assert_array_equal(batch, photos())


def test_flow_without_end_mixes_each_pass_anew():
    y = np.arange(10)
    batches = ImageDataGenerator().flow(photos(), y, batch_size=4)
    assert iter(batches) is batches
    seen = np.concatenate([next(batches)[1] for _ in range(9)])
    passes = seen.reshape(3, 10).tolist()
    assert [sorted(one) for one in passes] == [list(range(10))] * 3
    assert passes[0] != passes[1] != passes[2]


def test_flow_rescales_after_augmentation():
    x = photos()
    arguments = {"zoom_range": 0.4, "horizontal_flip": True}
    raw = ImageDataGenerator(**arguments).flow(x, seed=3)
    scaled = ImageDataGenerator(rescale=1 / 255, **arguments).flow(x, seed=3)
    left, right = next(raw), next(scaled)
    np.testing.assert_allclose(right, left / 255, rtol=1e-6)
    assert right.dtype == np.float32


def test_flow_augments_batches_and_never_plain_ones():
    x = photos()
    batches = ImageDataGenerator(zoom_range=0.4).flow(x, shuffle=False)
    assert not np.allclose(next(batches), x)
    np.testing.assert_array_equal(next(batches.in_order())[0], x)


def test_flow_is_a_function_of_the_seed():
    generator = ImageDataGenerator(zoom_range=0.4)
    first, again, other = (
        next(generator.flow(photos(), shuffle=False, seed=seed)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_flow_never_writes_to_the_callers_arrays():
    x = photos().astype(np.float32)
    x.flags.writeable = False
    generator = ImageDataGenerator(rescale=0.5, zoom_range=0.4, horizontal_flip=True)
    batch = next(generator.flow(x))
    assert not np.shares_memory(batch, x)
    unchanged = next(ImageDataGenerator().flow(x))
    assert not np.shares_memory(unchanged, x)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.zeros((4, 5, 6)), None, r"\(N, rows, columns, channels\), got \(4, 5, 6\)"),
        (
            np.zeros((4, 5, 6)),
            None,
            r"grey photos need a channel axis: x\[\.\.\., None",
        ),
        (np.zeros((0, 5, 6, 3)), None, "x should hold at least one photo"),
        (photos(4), [0, 1, 0], "x and y should have the same length, got shapes"),
        (["a.jpg"], None, "x should be an array of numbers, got dtype <U5"),
    ],
)
def test_flow_says_what_is_wrong_with_arrays(x, y, message):
    with pytest.raises(ValueError, match=message):
        ImageDataGenerator().flow(x, y)


# random_transform


def test_random_transform_changes_one_photo_by_the_seed():
    generator = ImageDataGenerator(zoom_range=0.4, rotation_range=20, rescale=1 / 255)
    x = photos(1)[0]
    y = generator.random_transform(x, seed=4)
    assert (y.shape, y.dtype) == (x.shape, np.float32)
    assert y.max() > 1  # rescaling is not a chance
    assert not np.allclose(y, x)
    np.testing.assert_array_equal(y, generator.random_transform(x, seed=4))
    assert not np.allclose(y, generator.random_transform(x, seed=5))


def test_random_transform_mirrors_some_photos():
    generator = ImageDataGenerator(horizontal_flip=True)
    x = photos(1)[0]
    mirrored = 0
    for seed in range(40):
        y = generator.random_transform(x, seed=seed)
        is_mirrored = np.array_equal(y, x[:, ::-1])
        assert is_mirrored or np.array_equal(y, x)
        mirrored += is_mirrored
    assert 8 < mirrored < 32


# Standardizing: the numbers of Keras's ImageDataGenerator, photo by photo


def quiet(**arguments):
    """A generator that warns that a model file cannot hold it."""
    with pytest.warns(UserWarning, match="a model file holds only rescale: predict"):
        return ImageDataGenerator(**arguments)


def test_samplewise_mean_and_deviation_are_each_photos():
    x = photos()
    generator = quiet(samplewise_std_normalization=True, rescale=0.5)
    y = next(generator.flow(x, shuffle=False))
    for photo, got in zip(x, y, strict=True):
        want = photo * 0.5
        want = (want - want.mean()) / (want - want.mean()).std()
        np.testing.assert_allclose(got, want, atol=2e-6)


def test_featurewise_mean_and_deviation_are_those_of_fit():
    x = photos()
    generator = quiet(featurewise_center=True, featurewise_std_normalization=True)
    generator.fit(x[:6])
    y = next(generator.flow(x, shuffle=False))
    for channel in range(3):
        learnt = x[:6, ..., channel].astype(float)
        want = (x[..., channel] - learnt.mean()) / (learnt.std() + 1e-6)
        np.testing.assert_allclose(y[..., channel], want, atol=2e-6)


def test_without_fit_no_mean_is_subtracted_as_in_keras(heroes, monkeypatch):
    monkeypatch.setattr(words, "_said", set())
    options = {"directory": heroes / "train", "target_size": (6, 5)}
    plain = ImageDataGenerator(rescale=0.5)
    generator = quiet(
        featurewise_center=True, featurewise_std_normalization=True, rescale=0.5
    )
    with pytest.warns(KerasWordWarning, match=r"fit\(x_train\) of the .* not called"):
        source = generator.flow_from_directory(**options)
    other = plain.flow_from_directory(**options)
    assert source.preprocessing == other.preprocessing
    np.testing.assert_array_equal(source[0][0], other[0][0])
    x = photos()
    np.testing.assert_array_equal(generator.standardize(x), plain.standardize(x))


def test_fit_without_a_use_for_it_changes_nothing():
    generator = ImageDataGenerator(rotation_range=10)
    generator.fit(photos(), augment=True, rounds=2)
    assert generator.mean is None
    with pytest.raises(ValueError, match="grey photos need a channel axis"):
        generator.fit(np.zeros((4, 5, 6)))


def test_a_function_gets_each_photo_before_rescale():
    x, seen = photos(), []

    def function(photo):
        seen.append(photo.shape)
        return photo - 100

    generator = quiet(preprocessing_function=function, rescale=0.1)
    y = next(generator.flow(x, shuffle=False))
    np.testing.assert_allclose(y, (x.astype(float) - 100) * 0.1, atol=1e-5)
    assert set(seen) == {(5, 6, 3)}
    np.testing.assert_array_equal(generator.standardize(x[3]), y[3])
    with pytest.raises(ValueError, match=r"should return the shape \(5, 6, 3\) that"):
        next(quiet(preprocessing_function=np.mean).flow(x))
    with pytest.raises(TypeError, match="preprocessing_function should be a function"):
        ImageDataGenerator(preprocessing_function="vgg16")


def test_a_model_file_cannot_hold_a_function_and_refuses_paths(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("ant/0", "ant/1", "bee/2", "bee/3"):
        path = tmp_path / "data" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8)).save(path)

    def centred(photo):
        return photo / 127.5 - 1

    def flow(generator):
        return generator.flow_from_directory(
            tmp_path / "data", (6, 6), class_mode="binary", shuffle=False
        )

    batches = flow(quiet(preprocessing_function=centred))
    x, _ = next(batches)
    assert x.min() < -0.9
    model = Sequential([Flatten(input_shape=(6, 6, 3)), Dense(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    same = flow(quiet(preprocessing_function=centred))
    model.fit(batches, epochs=1, validation_data=same, verbose=0)
    np.testing.assert_allclose(model.predict(same), model.predict(x), rtol=1e-5)
    model.save(tmp_path / "model.safetensors")
    loaded = load_model(tmp_path / "model.safetensors")
    np.testing.assert_allclose(loaded.predict(same), model.predict(x), rtol=1e-5)
    with pytest.raises(ValueError, match="does not know how a photo"):
        loaded.predict([tmp_path / "data/ant/0.png"])


# subset, save_to_dir, and what is not here


def test_subset_of_arrays_is_keras_and_validation_is_never_augmented():
    x, y = photos(), np.arange(10) % 2
    generator = ImageDataGenerator(validation_split=0.25, zoom_range=0.5)
    val = generator.flow(x, y, subset="validation", shuffle=False)
    train = generator.flow(x, y, subset="training", shuffle=False)
    assert (val.samples, train.samples) == (2, 8)
    np.testing.assert_array_equal(next(val)[0], x[:2])
    np.testing.assert_array_equal(next(train)[1], y[2:])
    assert train.n == 8
    with pytest.raises(ValueError, match=r"needs ImageDataGenerator.validation_split"):
        ImageDataGenerator().flow(x, y, subset="training")
    with pytest.raises(ValueError, match="subset should be one of"):
        generator.flow(x, y, subset="test")


def test_a_split_of_sorted_labels_names_the_classes_left_out():
    y = np.repeat(np.arange(5), 2)
    generator = ImageDataGenerator(validation_split=0.4)
    with pytest.warns(UserWarning, match=r"leaves 2 classes out .*\(0, 1\): shuffle"):
        generator.flow(photos(), y, subset="training")
    with pytest.warns(UserWarning, match=r"leaves 2 classes out .*\(0, 1\): shuffle"):
        generator.flow(photos(), np.eye(5)[y], subset="training")


def test_save_to_dir_writes_what_the_network_gets_and_replaces_nothing(tmp_path):
    generator = ImageDataGenerator(horizontal_flip=True)
    batches = generator.flow(
        photos(4), batch_size=2, save_to_dir=tmp_path / "new", save_prefix="cat",
        save_format="jpeg", shuffle=False,
    )  # fmt: skip
    for _ in range(4):
        batches.next()
    names = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert names == [f"cat_{i}_{k}.jpeg" for i in range(4) for k in (0, 1)]
    with Image.open(tmp_path / "new" / "cat_3_1.jpeg") as image:
        assert image.size == (6, 5)


def test_batch_index_is_that_of_the_next_batch():
    batches = ImageDataGenerator().flow(photos(), batch_size=4)
    seen = [batches.batch_index]
    for _ in range(4):
        batches.next()
        seen.append(batches.batch_index)
    assert seen == [0, 1, 2, 0, 1]


def test_photos_of_different_sizes_in_one_array_are_named():
    x = [np.zeros((5, 6, 3)), np.zeros((7, 6, 3))]
    message = r"should have one size, got the shapes \(5, 6, 3\) and \(7, 6, 3\)"
    with pytest.raises(ValueError, match=message):
        ImageDataGenerator().flow(x)
    ragged = np.empty(2, object)
    ragged[:] = x
    with pytest.raises(ValueError, match=message):
        ArrayBatches(ragged)
    ragged[1] = x[0] + 1
    assert ArrayBatches(ragged).x.shape == (2, 5, 6, 3)
