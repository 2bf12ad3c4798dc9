"""tinycnn.preprocessing.generator: ImageDataGenerator on arrays, and its arguments."""

import math

import numpy as np
import pytest

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
        ("featurewise_center", "use rescale"),
        ("featurewise_std_normalization", "use rescale"),
        ("samplewise_center", "use rescale"),
        ("zca_whitening", "use rescale"),
        ("preprocessing_function", "use rescale: the model file records how"),
        ("brightness_range", "the brightness of a photo is not changed"),
        ("channel_shift_range", "the colours of a photo are not changed"),
        ("cval", "fill_mode is 'nearest', 'reflect', 'wrap' or 'constant' with zeros"),
        ("data_format", "channels last"),
        ("horizontal_flips", r"did you mean 'horizontal_flip'\?"),
    ],
)
def test_an_unsupported_keyword_of_keras_is_refused_with_an_alternative(
    keyword, alternative
):
    message = f"ImageDataGenerator has no argument '{keyword}': .*{alternative}"
    with pytest.raises(TypeError, match=message):
        ImageDataGenerator(**{keyword: 1})


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
