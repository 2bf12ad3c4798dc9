"""A survey: what is noted of each photo agrees with what the photos themselves say."""

import hashlib

import numpy as np
import pytest

from tinycnn.batches import ArrayBatches, Survey, channel_means

SHAPES = [(5, 7, 3), (4, 9, 1), (64, 64, 3)]


def photos(shape, count=6):
    x = np.random.default_rng(0).integers(0, 256, (count, *shape), np.uint8)
    x[4], x[3] = x[1], x[2]
    x[3, -1, -1, -1] ^= 1
    return x


def survey_of(x, scaled):
    survey = Survey(scaled)
    for photo in x:
        survey.add(photo)
    return survey


@pytest.mark.parametrize("shape", SHAPES)
def test_equal_photos_alone_have_equal_digests(shape):
    digests = list(survey_of(photos(shape), np.float32).digests())
    assert [digests.index(digest) for digest in digests] == [0, 1, 2, 3, 1, 5]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_digest_of_all_photos_is_that_of_their_pixels_in_a_row(shape):
    x = photos(shape)
    expected = hashlib.sha256(x.tobytes()).hexdigest()
    assert survey_of(x, np.float32).pixels.hexdigest() == expected


@pytest.mark.parametrize("shape", SHAPES)
def test_mean_colours_are_to_the_last_bit_those_of_the_loaded_photos(shape):
    x = photos(shape)

    def scaled(pixels):
        return np.multiply(pixels, np.float32(1 / 255), dtype=np.float32)

    loaded = ArrayBatches(scaled(x), batch_size=4)
    surveyed = ArrayBatches(np.zeros_like(x))
    surveyed.survey = survey_of(x, scaled)
    means = channel_means(surveyed)
    assert means.shape == (6, shape[-1])
    np.testing.assert_array_equal(means, channel_means(loaded))
    by_hand = [[sum(scaled(p)[..., c].ravel().tolist()) for c in range(shape[-1])]
               for p in x]  # fmt: skip
    np.testing.assert_allclose(means, np.array(by_hand) / (shape[0] * shape[1]), 1e-12)


def test_a_survey_keeps_a_few_numbers_of_a_photo_and_not_its_pixels():
    survey = survey_of(np.zeros((3, 50, 50, 3), np.uint8), np.float32)
    kept = [part for part in vars(survey).values() if hasattr(part, "__len__")]
    assert sum(memoryview(part).nbytes for part in kept) == 3 * (32 + 3 * 8)
